//! Words of the deletion concept.

use crate::messages::{Text, package};
use crate::statute::Begin;

catalogue! {
    title() { en: "Deletion concept", de: "Löschkonzept" }
    subtitle(controller, day) { en: "{controller}, as of {day}", de: "{controller}, Stand {day}" }
    after() { en: "After DIN 66398 and ISO/IEC 27555, computed from the inventory by dsr.", de: "Nach DIN 66398 und ISO/IEC 27555, von dsr aus dem Inventar berechnet." }

    controller() { en: "Controller", de: "Verantwortlicher" }
    seat() { en: "Seat", de: "Sitz" }
    contact() { en: "Contact", de: "Kontakt" }
    as_of() { en: "As of", de: "Stand" }
    version() { en: "Version", de: "Fassung" }
    version_is(digest) { en: "dsr.yaml with SHA-256 {digest}", de: "dsr.yaml mit SHA-256 {digest}" }
    year_end() { en: "Financial year", de: "Geschäftsjahr" }
    year_not_stated() { en: "end not stated", de: "Ende nicht angegeben" }
    year_stated(day) { en: "ends on {day}", de: "endet am {day}" }
    sector() { en: "Sector", de: "Branche" }
    regulated() { en: "bank, insurer or investment firm: longer duties to keep apply", de: "Bank, Versicherer oder Wertpapierinstitut: längere Aufbewahrungspflichten gelten" }
    gaps() { en: "Gaps", de: "Lücken" }
    gaps_are(errors, warnings, hints) { en: "errors: {errors}, warnings: {warnings}, hints: {hints}; see section 6", de: "Fehler: {errors}, Warnungen: {warnings}, Hinweise: {hints}; siehe Abschnitt 6" }

    section(number, title) { en: "{number} {title}", de: "{number} {title}" }
    classes() { en: "Deletion classes", de: "Löschklassen" }
    classes_intro() { en: "A class is a standard period with a kind of start. The standard period is the most that may lie between the start and the deletion in regular operation; it contains the time for which the data are kept and the time in which deletion is carried out.", de: "Eine Löschklasse besteht aus einer Regellöschfrist und der Art des Startzeitpunkts. Die Regellöschfrist ist das Höchste, was im Regelbetrieb zwischen Startzeitpunkt und Löschung liegen darf; sie umfasst die Vorhaltefrist und das Ausführungsfenster." }
    no_classes() { en: "The inventory has no data types yet, so there are no classes.", de: "Das Inventar enthält noch keine Datenarten, daher gibt es keine Löschklassen." }
    standard() { en: "Standard period", de: "Regellöschfrist" }
    from_collection() { en: "from collection", de: "ab Erhebung" }
    from_process() { en: "from the end of a process", de: "ab Ende eines Vorgangs" }
    from_relationship() { en: "from the end of the relationship", de: "ab Ende der Beziehung" }
    from_unknown() { en: "kind of start not stated", de: "Art des Startzeitpunkts nicht angegeben" }
    without_end() { en: "no end, reviewed", de: "ohne Ende, regelmäßig durchzusehen" }

    data_types() { en: "Data types and their deletion rules", de: "Datenarten und ihre Löschregeln" }
    data_types_short() { en: "Data types", de: "Datenarten" }
    data_types_intro() { en: "A data type is what is used for the same purpose, on the same basis, about the same people, wherever it lies. Each has exactly one rule.", de: "Eine Datenart umfasst, was für denselben Zweck auf derselben Grundlage über dieselben Personen verwendet wird, gleich wo es liegt. Für jede gilt genau eine Löschregel." }
    data_type() { en: "Data type", de: "Datenart" }
    subjects() { en: "People concerned", de: "Betroffene Personen" }
    purpose() { en: "Purpose", de: "Zweck" }
    basis() { en: "Legal basis", de: "Rechtsgrundlage" }
    categories() { en: "Personal data", de: "Personenbezogene Daten" }
    rule() { en: "Deletion rule", de: "Löschregel" }
    rule_by_catalogue(id, title) { en: "{id}: {title}", de: "{id}: {title}" }
    nature() { en: "Nature of the period", de: "Art der Frist" }
    is_min() { en: "duty to keep: not to be deleted before", de: "Aufbewahrungspflicht: vorher nicht zu löschen" }
    is_max() { en: "limit: to be deleted by then", de: "Höchstfrist: bis dahin zu löschen" }
    is_keep() { en: "kept on purpose, and reviewed", de: "bewusst behalten, regelmäßig durchzusehen" }
    norm() { en: "Norm", de: "Norm" }
    reason() { en: "Reason", de: "Begründung" }
    period() { en: "Kept for", de: "Vorhaltefrist" }
    starts() { en: "Starting point", de: "Startzeitpunkt" }
    start_is(begin, event) { en: "{begin}: {event}", de: "{begin}: {event}" }
    the_event() { en: "the day itself", de: "der Tag selbst" }
    the_year() { en: "end of the calendar year", de: "Ende des Kalenderjahres" }
    the_financial_year() { en: "end of the financial year", de: "Ende des Geschäftsjahres" }
    the_next_year() { en: "end of the calendar year after it", de: "Ende des folgenden Kalenderjahres" }
    window() { en: "Window for execution", de: "Ausführungsfenster" }
    class() { en: "Deletion class", de: "Löschklasse" }
    class_is(standard, from) { en: "{standard} {from}", de: "{standard} {from}" }
    half_class(standard, from) { en: "{standard}, {from}", de: "{standard}, {from}" }
    action() { en: "Then", de: "Danach" }
    locked_from() { en: "Restricted from", de: "Eingeschränkt ab" }
    locked_after(period, event) { en: "the end of the purpose, {period} after {event}", de: "Ende des Zwecks, {period} nach {event}" }
    then_remove() { en: "deleted", de: "gelöscht" }
    then_anonymise() { en: "made anonymous", de: "anonymisiert" }
    then_restrict() { en: "restricted", de: "eingeschränkt" }
    duties() { en: "Duties to keep that it honours", de: "Berücksichtigte Aufbewahrungspflichten" }
    duty_is(id, norm) { en: "{id} ({norm})", de: "{id} ({norm})" }
    no_duties() { en: "none, according to the inventory", de: "laut Inventar keine" }
    steering() { en: "Steering system", de: "Löschsteuerndes System" }
    itself(system) { en: "{system}, the only one that holds them", de: "{system}, als einziges mit diesen Daten" }
    not_stated() { en: "not stated", de: "nicht angegeben" }
    none_stated() { en: "none stated", de: "keines angegeben" }
    places() { en: "Where", de: "Fundorte" }
    place_fields(name, fields) { en: "{name} ({fields})", de: "{name} ({fields})" }

    systems() { en: "What follows for each system", de: "Umsetzungsvorgaben je System" }
    responsible() { en: "Responsible", de: "Zuständig" }
    nobody() { en: "nobody is named", de: "niemand benannt" }
    reached() { en: "Carried out", de: "Umsetzung" }
    by_program() { en: "through its interface", de: "über die Schnittstelle" }
    by_hand() { en: "by hand", de: "von Hand" }
    by_hand_within(days) { en: "by hand, within {days} days", de: "von Hand, innerhalb von {days} Tagen" }
    not_connected() { en: "not at all: the system is known and not connected", de: "gar nicht: das System ist bekannt, aber nicht angebunden" }
    switched_off() { en: "not at all: the system is switched off", de: "gar nicht: das System ist abgeschaltet" }
    find_task() { en: "To find", de: "Suchen" }
    erase_task() { en: "To delete", de: "Löschen" }
    object() { en: "Object", de: "Objekt" }
    counts_from() { en: "Counts from", de: "Zählt ab" }
    with_(object) { en: "with {object}", de: "mit {object}" }
    no_field() { en: "no day is named", de: "kein Tag benannt" }
    no_rule() { en: "NO RULE", de: "KEINE LÖSCHREGEL" }
    no_objects() { en: "no objects are described", de: "keine Objekte beschrieben" }
    system() { en: "System", de: "System" }
    deleted_within() { en: "Kept, then", de: "Vorhaltefrist, danach" }
    keeps_then(keep, then) { en: "{keep}, then {then}", de: "{keep}, danach {then}" }

    responsibilities() { en: "Responsibilities", de: "Zuständigkeiten" }
    responsibilities_intro() { en: "The controller decides on data types, rules and exceptions. Owners see to it that the rules are carried out in their systems and do what is done by hand there. The data-protection officer advises and monitors, and does not decide (Art. 38(6), 39 GDPR).", de: "Der Verantwortliche entscheidet über Datenarten, Löschregeln und Ausnahmen. Die zuständigen Stellen sorgen dafür, dass die Regeln in ihren Systemen umgesetzt werden, und erledigen dort, was von Hand zu tun ist. Die oder der Datenschutzbeauftragte berät und überwacht, entscheidet aber nicht (Art. 38 Abs. 6, Art. 39 DSGVO)." }

    special_cases() { en: "Special cases", de: "Sonderfälle" }
    case_min() { en: "Duties to keep", de: "Aufbewahrungspflichten" }
    case_min_is() { en: "While a duty to keep runs, data are not deleted, also where the person asks for it: they are restricted and deleted when it has ended (Art. 17(3)(b) GDPR).", de: "Solange eine Aufbewahrungspflicht läuft, wird nicht gelöscht, auch nicht auf Verlangen der Person: die Daten werden eingeschränkt und nach Ablauf gelöscht (Art. 17 Abs. 3 Buchst. b DSGVO)." }
    case_start() { en: "Unknown start", de: "Unbekannter Beginn" }
    case_start_is() { en: "Without a usable day no period can be reckoned. Such records are never deleted by themselves; they are listed, and a person decides.", de: "Ohne brauchbaren Tag lässt sich keine Frist berechnen. Solche Datensätze werden nie selbsttätig gelöscht; sie werden aufgeführt, und ein Mensch entscheidet." }
    case_hold() { en: "Suspension of deletion", de: "Aussetzen der Löschung" }
    case_hold_is() { en: "A hold stops the deletion of what it covers, for a stated ground such as pending proceedings, and is reviewed at least every twelve months. It stops neither access nor restriction.", de: "Ein Löschstopp hält die Löschung dessen an, was er erfasst, aus einem angegebenen Grund wie einem anhängigen Verfahren, und wird mindestens alle zwölf Monate überprüft. Auskunft und Einschränkung hält er nicht auf." }
    case_request() { en: "Requests of data subjects", de: "Anfragen betroffener Personen" }
    case_request_is() { en: "What waits to be handed over is not deleted before it is. A request for erasure is answered before the period ends, unless a duty to keep or a hold stands against it.", de: "Was zur Auskunft ansteht, wird vorher nicht gelöscht. Ein Löschverlangen wird vor Fristende erfüllt, soweit keine Aufbewahrungspflicht und kein Löschstopp entgegensteht." }
    case_below() { en: "Data that belong together", de: "Zusammengehörige Daten" }
    case_below_is() { en: "What hangs below a record goes before it. A record above one that has to stay is made anonymous, or waits.", de: "Was unter einem Datensatz hängt, geht vor ihm. Ein Datensatz über einem, der bleiben muss, wird anonymisiert oder wartet." }
    case_kept() { en: "Kept on purpose", de: "Bewusst behalten" }
    case_kept_is(names) { en: "{names}: kept because it protects people, and reviewed every year.", de: "{names}: wird zum Schutz der Personen behalten und jährlich durchgesehen." }
    case_anonymous() { en: "Anonymous instead of deleted", de: "Anonymisieren statt löschen" }
    case_anonymous_is(names) { en: "{names}: the personal fields are emptied or replaced. Where the rest still points to a person, that is no deletion.", de: "{names}: die personenbezogenen Felder werden geleert oder ersetzt. Weist der Rest noch auf eine Person hin, ist das keine Löschung." }

    not_covered() { en: "Not covered", de: "Nicht abgedeckt" }
    not_covered_intro() { en: "This section is part of every copy. It lists what is wrong or missing in the inventory, and what an inventory cannot say.", de: "Dieser Abschnitt gehört zu jeder Ausfertigung. Er nennt, was im Inventar falsch ist oder fehlt, und was ein Inventar nicht aussagen kann." }
    nothing_wrong() { en: "Nothing wrong or missing was found in the inventory.", de: "Im Inventar wurde nichts Falsches oder Fehlendes gefunden." }
    grade() { en: "Severity", de: "Schwere" }
    place() { en: "Place", de: "Stelle" }
    what() { en: "What", de: "Was" }
    code() { en: "Code", de: "Code" }
    case() { en: "Case", de: "Fall" }
    applies() { en: "What applies", de: "Was gilt" }
    line() { en: "Line", de: "Zeile" }
    remedy() { en: "Remedy", de: "Abhilfe" }
    limits() { en: "Beyond the inventory", de: "Außerhalb des Inventars" }
    limit_backups() { en: "Backups, replicas and exports: their number, place and age, and that deletions are repeated after a restore.", de: "Sicherungen, Kopien und Exporte: Zahl, Ort und Alter, und dass Löschungen nach einem Wiederherstellen wiederholt werden." }
    limit_logs() { en: "Logs of the systems themselves, and what processors keep beyond what is described here.", de: "Protokolle der Systeme selbst, und was Auftragsverarbeiter über das hier Beschriebene hinaus behalten." }
    limit_hand(names) { en: "Carried out by people, so no program shows that it was done: {names}.", de: "Von Menschen umgesetzt, kein Programm belegt die Ausführung: {names}." }
    limit_reach(names) { en: "Known and not reached: what these hold is not described here: {names}.", de: "Bekannt, aber nicht erreicht; was darin liegt, ist hier nicht beschrieben: {names}." }
    limit_fields() { en: "Fields that the inventory does not list, such as free text with personal data.", de: "Felder, die das Inventar nicht aufführt, etwa Freitext mit personenbezogenen Angaben." }
    no_judgement() { en: "The concept says what the inventory states. Whether the periods are right is for the controller and the data-protection officer to judge; the catalogue is no legal advice.", de: "Das Konzept gibt wieder, was im Inventar steht. Ob die Fristen richtig sind, beurteilen Verantwortlicher und Datenschutzbeauftragte; der Katalog ist keine Rechtsberatung." }

    written(path) { en: "Written: {path}", de: "Geschrieben: {path}" }
    place_taken(path) { en: "{path} is there already, and is no page like this one", de: "{path} ist schon da und keine solche Seite" }
    place_taken_help() { en: "name another file; an older concept is replaced, anything else is not", de: "eine andere Datei nennen; ein älteres Konzept wird ersetzt, anderes nicht" }
    unwritable(path, reason) { en: "cannot write {path} ({reason})", de: "{path} ist nicht zu schreiben ({reason})" }
    unwritable_help() { en: "name a folder that is there and may be written to", de: "einen vorhandenen Ordner nennen, in den geschrieben werden darf" }
    lint_title(errors, warnings, hints) { en: "errors: {errors}, warnings: {warnings}, hints: {hints}", de: "Fehler: {errors}, Warnungen: {warnings}, Hinweise: {hints}" }
    lint_line(severity, code, place, what) { en: "{severity} {code} {place}: {what}", de: "{severity} {code} {place}: {what}" }
    counted(errors, warnings) { en: "The deletion concept has gaps (errors: {errors}, warnings: {warnings}); `dsr report concept --lint` lists them.", de: "Das Löschkonzept hat Lücken (Fehler: {errors}, Warnungen: {warnings}); `dsr report concept --lint` zeigt sie." }
}

/// How a period counts, in words.
pub fn begin(begin: Begin) -> Text {
    match begin {
        Begin::Event => the_event(),
        Begin::Eoy => the_year(),
        Begin::FyEnd => the_financial_year(),
        Begin::EoyAfter => the_next_year(),
    }
}

/// A length of months and days in words: years as far as they go, then months, then days.
pub fn length(months: i64, days: i64) -> Text {
    let parts = [(months / 12, 'Y'), (months % 12, 'M'), (days, 'D')];
    let mut said = parts
        .into_iter()
        .filter(|(count, _)| *count != 0)
        .map(|(count, unit)| package::span_part(count, unit));
    let Some(first) = said.next() else {
        return package::span_part(0, 'D');
    };
    said.fold(first, |all, more| Text {
        en: format!("{} {}", all.en, more.en),
        de: format!("{} {}", all.de, more.de),
    })
}

/// A legal basis as the inventory names it, as a citation: `art6_1_c` is Art. 6(1)(c) GDPR.
pub fn legal_basis(name: &str) -> Text {
    let parts: Vec<&str> = name.split('_').collect();
    let is = |part: &str, test: fn(&u8) -> bool| !part.is_empty() && part.bytes().all(|b| test(&b));
    let number = |part: &str| is(part, u8::is_ascii_digit);
    let article = |part: &str| {
        let rest = part.strip_prefix("art")?;
        number(rest).then(|| rest.to_owned())
    };
    let Some(article) = parts.first().and_then(|first| article(first)) else {
        return Text::same(name);
    };
    match parts[1..] {
        [] => Text {
            en: format!("Art. {article} GDPR"),
            de: format!("Art. {article} DSGVO"),
        },
        [paragraph] if number(paragraph) => Text {
            en: format!("Art. {article}({paragraph}) GDPR"),
            de: format!("Art. {article} Abs. {paragraph} DSGVO"),
        },
        [paragraph, letter] if number(paragraph) && is(letter, u8::is_ascii_lowercase) => Text {
            en: format!("Art. {article}({paragraph})({letter}) GDPR"),
            de: format!("Art. {article} Abs. {paragraph} Buchst. {letter} DSGVO"),
        },
        _ => Text::same(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_and_citations_read_well() {
        for (months, days, en, de) in [
            (24, 0, "2 years", "2 Jahre"),
            (25, 0, "2 years 1 month", "2 Jahre 1 Monat"),
            (11, 0, "11 months", "11 Monate"),
            (37, 0, "3 years 1 month", "3 Jahre 1 Monat"),
            (97, 0, "8 years 1 month", "8 Jahre 1 Monat"),
            (0, 42, "42 days", "42 Tage"),
            (12, 1, "1 year 1 day", "1 Jahr 1 Tag"),
            (0, 0, "0 days", "0 Tage"),
        ] {
            let said = length(months, days);
            assert_eq!((said.en.as_str(), said.de.as_str()), (en, de));
        }
        for (name, en, de) in [
            (
                "art6_1_c",
                "Art. 6(1)(c) GDPR",
                "Art. 6 Abs. 1 Buchst. c DSGVO",
            ),
            (
                "art9_2_h",
                "Art. 9(2)(h) GDPR",
                "Art. 9 Abs. 2 Buchst. h DSGVO",
            ),
            ("art10", "Art. 10 GDPR", "Art. 10 DSGVO"),
            ("art28_3", "Art. 28(3) GDPR", "Art. 28 Abs. 3 DSGVO"),
            ("bdsg26", "bdsg26", "bdsg26"),
            ("art", "art", "art"),
        ] {
            let said = legal_basis(name);
            assert_eq!((said.en.as_str(), said.de.as_str()), (en, de), "{name}");
        }
    }
}
