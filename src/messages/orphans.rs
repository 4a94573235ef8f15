//! Messages about orphans: records that name a parent which is gone, and records that no data type covers.

catalogue! {
    links_heading() { en: "Records whose parent is gone", de: "Datensätze, deren übergeordneter Datensatz fehlt" }
    uncovered_heading() { en: "Records that no data type covers", de: "Datensätze ohne Datenart" }
    head_kind() { en: "Kind", de: "Art" }
    kind_orphan() { en: "parent is gone", de: "verwaist" }
    kind_uncovered() { en: "no data type", de: "ohne Datenart" }
    head_names() { en: "Names", de: "Verweist auf" }
    head_by() { en: "By", de: "Durch" }
    head_orphans() { en: "Without parent", de: "Verwaist" }
    head_blank() { en: "Of these 0 or empty", de: "Davon 0 oder leer" }
    head_keys() { en: "First keys", de: "Erste Schlüssel" }
    head_about() { en: "About", de: "Angaben zu" }
    or() { en: " or ", de: " oder " }
    counted() { en: "counted", de: "gezählt" }
    nothing_to_look_at() { en: "The inventory names no link between objects of databases, and every object has a data type.", de: "Das Inventar nennt keine Verknüpfung zwischen Objekten von Datenbanken, und jedes Objekt hat eine Datenart." }
    gone(place, count, parents) { en: "{place}: records that name one of {parents} which is not there: {count}", de: "{place}: Datensätze, die auf einen von {parents} verweisen, den es nicht gibt: {count}" }
    gone_why() { en: "whoever is looked for by the record above is not found in them any more, and no erasure of that record takes them along", de: "wer über den übergeordneten Datensatz gesucht wird, wird in ihnen nicht mehr gefunden, und keine Löschung dieses Datensatzes nimmt sie mit" }
    gone_help(statement) { en: "see them: {statement}", de: "ansehen: {statement}" }
    gone_rule_help() { en: "Records without a parent are never erased for that: a data type whose period counts from a date of their own makes them due, or whoever runs the system removes them.", de: "Verwaiste Datensätze werden deshalb nie gelöscht: Eine Datenart, deren Frist ab einem eigenen Datum zählt, macht sie fällig, oder wer das System betreibt, entfernt sie." }
    uncovered_help() { en: "Each of these needs a data type, or nothing ever makes its records due: dsr report concept --lint", de: "Jedes davon braucht eine Datenart, sonst werden seine Datensätze nie fällig: dsr report concept --lint" }
    failed(place) { en: "{place} could not be looked through", de: "{place} konnte nicht durchgesehen werden" }
    engine() { en: "only databases are looked through", de: "nur Datenbanken werden durchgesehen" }
}
