//! Messages about erasures that requests have left for a later day, and that a sweep carries out.

catalogue! {
    heading() { en: "What requests have left for a later day, and is due", de: "Was Vorgänge für später aufgeschoben haben und nun fällig ist" }
    looks_needed() { en: "More of what requests have left is due than goes without a look: look at this table, and name the number that is due: dsr sweep --apply --deferred --expect N", de: "Von dem, was Vorgänge aufgeschoben haben, ist mehr fällig, als ohne einen Blick gelöscht wird: diese Tabelle ansehen und die fällige Anzahl angeben: dsr sweep --apply --deferred --expect N" }
    head_case() { en: "Case", de: "Vorgang" }
    head_norm() { en: "Kept by", de: "Behalten nach" }
    head_since() { en: "Free since", de: "Frei seit" }
    by_hold(holds) { en: "hold {holds}", de: "Löschstopp {holds}" }
    by_released_hold() { en: "a hold that was released", de: "einem aufgehobenen Löschstopp" }
    held(count) { en: "{count} held", de: "{count} durch einen Löschstopp gehalten" }
    spared(count) { en: "{count} of a person whose request is open", de: "{count} einer Person mit offenem Vorgang" }
    changed(count) { en: "{count} changed since", de: "{count} seither geändert" }
    kept(count) { en: "{count} kept by law or a person's decision", de: "{count} weiter durch Gesetz oder eine Entscheidung behalten" }
    open(count) { en: "{count} not done", de: "{count} nicht erledigt" }
    unreadable(count) { en: "{count} cannot be read by their keys", de: "{count} nicht über ihre Schlüssel lesbar" }
    left_to_people(place, case) { en: "{place}: records that case {case} left are others by now, so a sweep does not erase them", de: "{place}: Datensätze, die der Vorgang {case} zurückließ, sind inzwischen andere; ein Löschlauf löscht sie nicht" }
    left_to_people_help(case) { en: "look at them, then erase them by hand or with dsr erase --case {case}", de: "ansehen, dann von Hand löschen oder mit dsr erase --case {case}" }
    failed(place, case) { en: "{place}: what case {case} left could not all be erased", de: "{place}: was der Vorgang {case} zurückließ, konnte nicht ganz gelöscht werden" }
    held_up(due) { en: "what requests have left for a later day is held up; due: {due}", de: "was Vorgänge aufgeschoben haben, ist angehalten; fällig: {due}" }
    left(due) { en: "what requests have left for a later day was not all dealt with; still due: {due}", de: "was Vorgänge aufgeschoben haben, wurde nicht ganz abgearbeitet; noch fällig: {due}" }
    busy() { en: "somebody else is at work on the case", de: "am Vorgang arbeitet gerade jemand anderes" }
    in_bundle_head() { en: "Erased later", de: "Später gelöscht" }
    in_bundle(place, outcome, count) { en: "{place}: {outcome}, {count} record(s)", de: "{place}: {outcome}, {count} Datensatz/Datensätze" }
    tasks_erased(tasks, case) { en: "Case {case}: no longer needed, because the records are erased: {tasks}.", de: "Vorgang {case}: nicht mehr nötig, weil die Datensätze gelöscht sind: {tasks}." }
    event_due(records) { en: "Erasures that were left for later came due: {records}", de: "Aufgeschobene Löschungen wurden fällig: {records}" }
}
