//! Messages in the package that a person receives, and in the list for whoever reviews it.
//!
//! They are read by people who know neither computers nor the law (Art. 12(1) GDPR): short sentences, no abbreviation that is not
//! explained, and the article behind them for whoever wants to look it up.

use crate::messages::Text;

// The head of the page.
catalogue! {
    title_access() { en: "Your personal data with us", de: "Ihre personenbezogenen Daten bei uns" }
    title_portable() { en: "Your data to take with you", de: "Ihre Daten zum Mitnehmen" }
    subtitle_access(controller) { en: "Answer of {controller} to your request under Art. 15 GDPR", de: "Auskunft von {controller} auf Ihre Anfrage nach Art. 15 DSGVO" }
    subtitle_access_ch(controller) { en: "Answer of {controller} to your request under Art. 25 of the Swiss Data Protection Act (DSG)", de: "Auskunft von {controller} auf Ihr Begehren nach Art. 25 DSG" }
    subtitle_portable(controller) { en: "Data from {controller} under Art. 20 GDPR (data portability)", de: "Daten von {controller} nach Art. 20 DSGVO (Datenübertragbarkeit)" }
    subtitle_portable_ch(controller) { en: "Data from {controller} under Art. 28 of the Swiss Data Protection Act (DSG)", de: "Daten von {controller} nach Art. 28 DSG (Datenherausgabe)" }
    draft() { en: "DRAFT", de: "ENTWURF" }
    draft_why() { en: "Nobody has reviewed this package yet. It must not be handed over in this form. What is to be looked at stands in REVIEW.txt.", de: "Dieses Paket hat noch niemand geprüft. So darf es nicht herausgegeben werden. Was zu prüfen ist, steht in REVIEW.txt." }
    case() { en: "Case number", de: "Vorgangsnummer" }
    controller() { en: "Controller", de: "Verantwortlicher" }
    contact() { en: "Questions to", de: "Fragen an" }
    no_contact() { en: "the controller named above", de: "den oben genannten Verantwortlichen" }
    received() { en: "Your request arrived on", de: "Ihre Anfrage ist eingegangen am" }
    made() { en: "As of", de: "Stand" }
    expires() { en: "We delete our copy of this package on", de: "Unsere Kopie dieses Pakets löschen wir am" }
    searched_for() { en: "Searched for", de: "Gesucht wurde nach" }
    intro_access() { en: "This page shows what we hold about you. Everything that it shows stands in full in the files beside it.", de: "Diese Seite zeigt, was wir über Sie gespeichert haben. Alles, was sie zeigt, steht vollständig in den beiliegenden Dateien." }
    intro_portable() { en: "The files beside this page hold the data that you gave us or that arose from your use, in formats that other providers can read. What a field means stands in schema.json.", de: "Die beiliegenden Dateien enthalten die Daten, die Sie uns gegeben haben oder die durch Ihre Nutzung entstanden sind, in Formaten, die andere Anbieter einlesen können. Was ein Feld bedeutet, steht in schema.json." }
    contents() { en: "Contents", de: "Inhalt" }
}

// What was not searched.
catalogue! {
    not_searched() { en: "Not searched", de: "Nicht durchsucht" }
    not_searched_why() { en: "This answer is not complete yet. The following could not be searched or settled automatically. That does not mean that nothing is held there.", de: "Diese Antwort ist noch nicht vollständig. Folgendes ließ sich nicht automatisch durchsuchen oder klären. Das heißt nicht, dass dort nichts gespeichert ist." }
    system_failed(reason) { en: "could not be searched: {reason}", de: "konnte nicht durchsucht werden: {reason}" }
    system_unasked() { en: "has not been searched", de: "wurde nicht durchsucht" }
    system_manual() { en: "is searched by a person; the result is not part of this package", de: "wird von Menschen durchsucht; das Ergebnis ist nicht Teil dieses Pakets" }
    system_partly() { en: "was searched in part", de: "wurde nur teilweise durchsucht" }
    object_failed(reason) { en: "not searched: {reason}", de: "nicht durchsucht: {reason}" }
    object_waiting(count) { en: "records that may be yours and were not yet assigned to you ({count}); they are not part of this package", de: "Datensätze, die zu Ihnen gehören könnten und Ihnen noch nicht zugeordnet sind ({count}); sie sind nicht Teil dieses Pakets" }
    object_unsearched() { en: "not searched", de: "nicht durchsucht" }
    not_connected() { en: "is known to us and not connected; it has not been searched", de: "ist uns bekannt, aber nicht angebunden, und wurde nicht durchsucht" }
    disabled() { en: "is switched off for searching and has not been searched", de: "ist für die Suche abgeschaltet und wurde nicht durchsucht" }
}

// The confirmation.
catalogue! {
    confirmation() { en: "What we hold", de: "Was wir gespeichert haben" }
    yes_held(records, systems) { en: "Yes, we hold personal data about you: {records} in {systems}.", de: "Ja, wir verarbeiten personenbezogene Daten über Sie: {records} in {systems}." }
    yes_portable(records, systems) { en: "This package holds {records} from {systems}.", de: "Dieses Paket enthält {records} aus {systems}." }
    nothing_held() { en: "We hold no personal data about you beyond your request and what we keep to answer it and to prove that we did.", de: "Wir haben keine personenbezogenen Daten über Sie gespeichert, ausgenommen Ihre Anfrage selbst und was wir aufbewahren, um sie zu beantworten und das zu belegen." }
    nothing_found() { en: "In the systems that were searched, nothing about you was found. As the search is not complete, this is no final answer.", de: "In den durchsuchten Systemen wurde nichts über Sie gefunden. Da die Suche nicht vollständig ist, ist das keine abschließende Antwort." }
    nothing_portable() { en: "Nothing that you could take with you was found.", de: "Es wurde nichts gefunden, was Sie mitnehmen könnten." }
    unproven(names) { en: "Nothing was found in {names}; for these no test entry is set up that would show that the search works.", de: "Nichts gefunden wurde in {names}; dort ist kein Testeintrag eingerichtet, der zeigen würde, dass die Suche funktioniert." }
    head_system() { en: "System", de: "System" }
    head_object() { en: "Kind of record", de: "Art der Daten" }
    head_categories() { en: "Categories of data", de: "Kategorien von Daten" }
    head_records() { en: "Records", de: "Datensätze" }
    no_records() { en: "none", de: "keine" }
    nothing_here() { en: "Nothing about you was found here.", de: "Hier wurde nichts über Sie gefunden." }
}

/// Records in words.
pub fn records(count: u64) -> Text {
    match count {
        1 => Text {
            en: "1 record".into(),
            de: "1 Datensatz".into(),
        },
        n => Text {
            en: format!("{} records", grouped(n, ',')),
            de: format!("{} Datensätze", grouped(n, '.')),
        },
    }
}

/// Systems in words, in German in the dative, which both sentences need.
pub fn systems(count: u64) -> Text {
    match count {
        1 => Text {
            en: "1 system".into(),
            de: "1 System".into(),
        },
        n => Text {
            en: format!("{n} systems"),
            de: format!("{n} Systemen"),
        },
    }
}

/// A number with its thousands apart.
pub fn number(count: u64) -> Text {
    Text {
        en: grouped(count, ','),
        de: grouped(count, '.'),
    }
}

fn grouped(number: u64, mark: char) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

// An object.
catalogue! {
    purpose() { en: "Purpose", de: "Zweck" }
    basis() { en: "Legal basis", de: "Rechtsgrundlage" }
    period() { en: "How long", de: "Speicherdauer" }
    recipients() { en: "Recipients", de: "Empfänger" }
    source() { en: "Where from", de: "Herkunft" }
    files() { en: "Files", de: "Dateien" }
    not_stated(contact) { en: "not recorded in our register; ask {contact}", de: "in unserem Verzeichnis nicht vermerkt; fragen Sie bitte {contact}" }
    record(number) { en: "Record {number}", de: "Datensatz {number}" }
    shown_part(shown, all) { en: "This page shows the first {shown} of {all} records. All of them stand in the files.", de: "Diese Seite zeigt die ersten {shown} von {all} Datensätzen. Alle stehen in den Dateien." }
    not_portable_object() { en: "The inventory names no field here as data that you provided, so nothing of it is part of this package.", de: "Hier ist kein Feld als von Ihnen bereitgestellt eingetragen; deshalb ist davon nichts in diesem Paket." }
    recipient_flow(system, object) { en: "{system} (our system, {object}): receives a copy", de: "{system} (unser System, {object}): erhält eine Kopie" }
    recipient_product(product) { en: "the provider of {product}, with which this system is run", de: "der Anbieter von {product}, mit dem dieses System betrieben wird" }
    source_flow(system, object) { en: "taken over from {system} ({object})", de: "übernommen aus {system} ({object})" }
    kept_until() { en: "Must be kept until", de: "Aufzubewahren bis" }
    deleted_by() { en: "Deleted by", de: "Wird gelöscht bis" }
    planned_until() { en: "Kept until", de: "Gespeichert bis" }
    day(day) { en: "{day}", de: "{day}" }
    ends_on(day) { en: "For your records this is {day}.", de: "Für Ihre Datensätze ist das der {day}." }
    ends_between(first, last) { en: "For your records this is between {first} and {last}.", de: "Für Ihre Datensätze liegt das zwischen dem {first} und dem {last}." }
    ends_unknown(count) { en: "For {count} of them the day cannot be reckoned, because its start is not recorded.", de: "Bei {count} davon lässt sich der Tag nicht berechnen, weil der Beginn nicht vermerkt ist." }
    rule_min(span, start, norm) { en: "at least {span} {start}, as the law demands ({norm})", de: "mindestens {span} {start}, weil das Gesetz es verlangt ({norm})" }
    rule_max(span, start) { en: "at most {span} {start}", de: "höchstens {span} {start}" }
    rule_keep(span, start) { en: "{span} {start}", de: "{span} {start}" }
    rule_catalogue(id) { en: "without a fixed end, reviewed regularly ({id})", de: "ohne festes Ende, regelmäßig überprüft ({id})" }
    then_remove(rule) { en: "{rule}; then deleted.", de: "{rule}; danach gelöscht." }
    then_anonymise(rule) { en: "{rule}; then made anonymous.", de: "{rule}; danach anonymisiert." }
    then_restrict(rule) { en: "{rule}; then locked.", de: "{rule}; danach gesperrt." }
    start_event(field) { en: "from the date in “{field}”", de: "ab dem Datum in „{field}“" }
    start_eoy(field) { en: "from the end of the calendar year of “{field}”", de: "ab Ende des Kalenderjahres von „{field}“" }
    start_eoy_after(field) { en: "from the end of the calendar year after “{field}”", de: "ab Ende des auf „{field}“ folgenden Kalenderjahres" }
    start_fy(field) { en: "from the end of the financial year of “{field}”", de: "ab Ende des Geschäftsjahres von „{field}“" }
    key_label() { en: "Number in the system", de: "Kennung im System" }
    rule_label() { en: "Date or detail for the storage period", de: "Datum oder Angabe zur Speicherdauer" }
    own_label(name) { en: "Other: {name}", de: "Sonstiges: {name}" }
    binary_label(label) { en: "{label} (file)", de: "{label} (Datei)" }
    file_of(size) { en: "({size})", de: "({size})" }
    yes() { en: "yes", de: "ja" }
    no() { en: "no", de: "nein" }
    empty() { en: "empty", de: "leer" }
    cut(count) { en: "(shortened; the files hold all {count} characters)", de: "(gekürzt; die Dateien enthalten alle {count} Zeichen)" }
    more_items(count) { en: "and {count} more in the files", de: "und {count} weitere in den Dateien" }
    removed() { en: "[removed: password, key or other credential]", de: "[entfernt: Passwort, Schlüssel oder andere Zugangsdaten]" }
    card_removed() { en: "[removed: card number ending ", de: "[entfernt: Kartennummer mit den letzten Ziffern " }
    and_list(all, last) { en: "{all} and {last}", de: "{all} und {last}" }
}

// What the package leaves out.
catalogue! {
    not_included() { en: "Not included", de: "Nicht enthalten" }
    not_included_fields() { en: "Your records have further fields that our register does not list as personal. Their names and the number of records in which they hold something:", de: "Ihre Datensätze haben weitere Felder, die in unserem Verzeichnis nicht als personenbezogen geführt werden. Die Namen dieser Felder und die Zahl der Datensätze, in denen etwas steht:" }
    not_included_columns() { en: "The database tables in which your records lie have further columns that our register does not list for them. We did not read these columns, so it is not known whether they hold anything about you. Their names, and the number of your records in the table:", de: "Die Datenbanktabellen, in denen Ihre Datensätze liegen, haben weitere Spalten, die in unserem Verzeichnis dafür nicht geführt werden. Wir haben diese Spalten nicht gelesen; ob darin etwas über Sie steht, ist daher nicht bekannt. Die Namen dieser Spalten und die Zahl Ihrer Datensätze in der Tabelle:" }
    not_included_more_columns(count) { en: "further columns: {count}", de: "weitere Spalten: {count}" }
    not_included_blind() { en: "Here we see only a part of what the database holds. There may be further columns that we cannot name:", de: "Hier sehen wir nur einen Teil dessen, was die Datenbank enthält. Es kann weitere Spalten geben, die wir nicht nennen können:" }
    listed_for(objects) { en: "(listed under {objects})", de: "(geführt unter {objects})" }
    head_column() { en: "Column", de: "Spalte" }
    not_included_more() { en: "further fields", de: "weitere Felder" }
    not_included_credentials(count) { en: "Passwords, keys, tokens and full card numbers were taken out, so that nobody who gets hold of this package can use them: {count} in all. In their place stands [removed: …].", de: "Passwörter, Schlüssel, Token und vollständige Kartennummern wurden entfernt, damit niemand sie missbrauchen kann, dem dieses Paket in die Hände fällt: insgesamt {count}. An ihrer Stelle steht [removed: …], auf dieser Seite [entfernt: …]." }
    not_included_tables() { en: "This page covers the kinds of records listed above. Whether a system holds data in places that our register does not know cannot be seen from there.", de: "Diese Seite umfasst die oben genannten Arten von Daten. Ob ein System an Stellen Daten hält, die unser Verzeichnis nicht kennt, lässt sich daraus nicht erkennen." }
    not_included_portable() { en: "These fields are not part of a package under Art. 20, for instance because we derived them ourselves or they belong to others. You can ask for them under Art. 15:", de: "Diese Felder gehören nicht zu einem Paket nach Art. 20, etwa weil wir sie selbst abgeleitet haben oder sie andere betreffen. Sie können sie nach Art. 15 anfordern:" }
    not_included_empty() { en: "Of the records found, no field was left out.", de: "Aus den gefundenen Datensätzen wurde kein Feld ausgelassen." }
    head_where() { en: "Where", de: "Wo" }
    head_field() { en: "Field", de: "Feld" }
    head_count() { en: "Records with a value", de: "Datensätze mit Inhalt" }
}

// Rights.
catalogue! {
    rights() { en: "Your rights", de: "Ihre Rechte" }
    right_rectification() { en: "to have wrong data corrected and missing data completed (Art. 16 GDPR)", de: "falsche Daten berichtigen und fehlende ergänzen zu lassen (Art. 16 DSGVO)" }
    right_erasure() { en: "to have data erased, unless a reason to keep them stands against it (Art. 17 GDPR)", de: "Daten löschen zu lassen, soweit kein Grund zur Aufbewahrung entgegensteht (Art. 17 DSGVO)" }
    right_restriction() { en: "to have the processing restricted, that is, to have data locked (Art. 18 GDPR)", de: "die Verarbeitung einschränken, Daten also sperren zu lassen (Art. 18 DSGVO)" }
    right_portability() { en: "to receive data that you provided in a format that you can take with you (Art. 20 GDPR)", de: "von Ihnen bereitgestellte Daten in einem Format zum Mitnehmen zu erhalten (Art. 20 DSGVO)" }
    right_objection() { en: "to object to the processing, at any time and without reasons where it serves advertising (Art. 21 GDPR)", de: "der Verarbeitung zu widersprechen, bei Werbung jederzeit und ohne Begründung (Art. 21 DSGVO)" }
    right_withdrawal() { en: "to withdraw a consent at any time; what happened before stays lawful (Art. 7(3) GDPR)", de: "eine Einwilligung jederzeit zu widerrufen; was vorher geschah, bleibt rechtmäßig (Art. 7 Abs. 3 DSGVO)" }
    ch_right_rectification() { en: "to have wrong data corrected (Art. 32(1) DSG)", de: "unrichtige Daten berichtigen zu lassen (Art. 32 Abs. 1 DSG)" }
    ch_right_erasure() { en: "to have data erased or destroyed, or a processing prohibited (Art. 32(2) DSG)", de: "Daten löschen oder vernichten oder eine Bearbeitung verbieten zu lassen (Art. 32 Abs. 2 DSG)" }
    ch_right_portability() { en: "to receive data that you disclosed to us in a common electronic format (Art. 28 DSG)", de: "von Ihnen bekanntgegebene Daten in einem gängigen elektronischen Format zu erhalten (Art. 28 DSG)" }
    rights_how(contact) { en: "Write to {contact}. This costs you nothing.", de: "Schreiben Sie an {contact}. Das kostet Sie nichts." }
    complaint() { en: "You can also complain to a supervisory authority, for instance to the one at our seat (Art. 77 GDPR):", de: "Sie können sich außerdem bei einer Aufsichtsbehörde beschweren, etwa bei der für unseren Sitz zuständigen (Art. 77 DSGVO):" }
    complaint_ch() { en: "You can also turn to the federal authority (Art. 49 DSG):", de: "Sie können sich außerdem an die Behörde des Bundes wenden (Art. 49 DSG):" }
    complaint_unknown() { en: "You can also complain to a supervisory authority for data protection, for instance to the one where you live or work (Art. 77 GDPR). A list stands at www.edpb.europa.eu.", de: "Sie können sich außerdem bei einer Datenschutz-Aufsichtsbehörde beschweren, etwa an Ihrem Wohn- oder Arbeitsort (Art. 77 DSGVO). Eine Liste steht auf www.edpb.europa.eu." }
    automated() { en: "Automated decisions", de: "Automatisierte Entscheidungen" }
    automated_unknown(contact) { en: "Whether decisions about you are made by machines alone (Art. 22 GDPR) is not recorded in our register; ask {contact}.", de: "Ob über Sie Entscheidungen allein durch Maschinen getroffen werden (Art. 22 DSGVO), ist in unserem Verzeichnis nicht vermerkt; fragen Sie bitte {contact}." }
    transfers() { en: "Transfers to other countries", de: "Übermittlung in andere Länder" }
    transfers_unknown(contact) { en: "Whether data about you go to countries outside the European Economic Area, and what protects them there (Art. 15(2) GDPR), is not recorded in our register; ask {contact}.", de: "Ob Daten über Sie in Länder außerhalb des Europäischen Wirtschaftsraums gelangen und was sie dort schützt (Art. 15 Abs. 2 DSGVO), ist in unserem Verzeichnis nicht vermerkt; fragen Sie bitte {contact}." }
    origin() { en: "Where the data come from", de: "Woher die Daten stammen" }
    origin_stated() { en: "Where we know it, it stands at each kind of record above. For the others our register does not record it.", de: "Soweit bekannt, steht das oben bei der jeweiligen Art von Daten. Bei den übrigen ist es in unserem Verzeichnis nicht vermerkt." }
    further() { en: "Further information", de: "Weitere Angaben" }
    file_list() { en: "Files in this package", de: "Dateien in diesem Paket" }
    file_list_intro() { en: "JSON files suit programs, CSV files open in a spreadsheet. manifest.json names every file with its check sum.", de: "JSON-Dateien eignen sich für Programme, CSV-Dateien öffnen sich in einer Tabellenkalkulation. manifest.json nennt jede Datei mit ihrer Prüfsumme." }
    head_file() { en: "File", de: "Datei" }
    head_size() { en: "Size", de: "Größe" }
    binaries(count) { en: "Further files, such as pictures, in files/: {count}.", de: "Weitere Dateien, etwa Bilder, in files/: {count}." }
}

/// What a category is called.
pub fn category(name: &str) -> Option<Text> {
    let (en, de) = match name {
        "person.name" => ("Name", "Name"),
        "person.birth_date" => ("Date of birth", "Geburtsdatum"),
        "person.gender" => ("Gender", "Geschlecht"),
        "person.image" => ("Picture", "Bild"),
        "person.id_number" => (
            "Number of an official document",
            "Nummer eines amtlichen Dokuments",
        ),
        "person.interest" => ("Interest or preference", "Interesse oder Vorliebe"),
        "contact.email" => ("E-mail address", "E-Mail-Adresse"),
        "contact.phone" => ("Telephone number", "Telefonnummer"),
        "contact.address" => ("Postal address", "Anschrift"),
        "account.id" => ("Customer or account number", "Kunden- oder Kontonummer"),
        "account.login" => ("User name", "Benutzername"),
        "device.id" => ("Device", "Gerät"),
        "device.ip" => ("IP address", "IP-Adresse"),
        "device.location" => ("Location", "Standort"),
        "content.message" => ("Message", "Nachricht"),
        "content.note" => ("Note", "Notiz"),
        "content.file" => ("Document", "Dokument"),
        "order.item" => ("Order or purchase", "Bestellung oder Kauf"),
        "finance.invoice" => ("Invoice", "Rechnung"),
        "finance.payment" => ("Payment", "Zahlung"),
        "finance.bank" => ("Bank account", "Bankverbindung"),
        "finance.card" => ("Payment card", "Zahlungskarte"),
        "employment.role" => ("Job or position", "Beruf oder Stellung"),
        "employment.pay" => ("Pay", "Vergütung"),
        "employment.record" => ("Employment", "Beschäftigung"),
        "consent.choice" => ("Consent or choice", "Einwilligung oder Wahl"),
        "special.health" => ("Health", "Gesundheit"),
        "special.belief" => ("Religion or belief", "Religion oder Weltanschauung"),
        "special.union" => ("Trade union membership", "Gewerkschaftszugehörigkeit"),
        "special.biometric" => ("Biometric data", "Biometrische Daten"),
        "special.origin" => ("Ethnic origin", "Ethnische Herkunft"),
        "special.political" => ("Political opinion", "Politische Meinung"),
        "special.genetic" => ("Genetic data", "Genetische Daten"),
        "special.sexual" => (
            "Sex life or orientation",
            "Sexualleben oder sexuelle Orientierung",
        ),
        "criminal.record" => (
            "Criminal offence or conviction",
            "Straftat oder Verurteilung",
        ),
        _ => return None,
    };
    Some(Text {
        en: en.into(),
        de: de.into(),
    })
}

/// A legal basis as the inventory names it, in words.
pub fn legal_basis(name: &str) -> Option<Text> {
    let (en, de) = match name {
        "art6_1_a" => (
            "your consent (Art. 6(1)(a) GDPR)",
            "Ihre Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)",
        ),
        "art6_1_b" => (
            "a contract with you, or steps towards one (Art. 6(1)(b) GDPR)",
            "ein Vertrag mit Ihnen oder dessen Anbahnung (Art. 6 Abs. 1 Buchst. b DSGVO)",
        ),
        "art6_1_c" => (
            "a legal duty (Art. 6(1)(c) GDPR)",
            "eine rechtliche Verpflichtung (Art. 6 Abs. 1 Buchst. c DSGVO)",
        ),
        "art6_1_d" => (
            "vital interests (Art. 6(1)(d) GDPR)",
            "lebenswichtige Interessen (Art. 6 Abs. 1 Buchst. d DSGVO)",
        ),
        "art6_1_e" => (
            "a task in the public interest (Art. 6(1)(e) GDPR)",
            "eine Aufgabe im öffentlichen Interesse (Art. 6 Abs. 1 Buchst. e DSGVO)",
        ),
        "art6_1_f" => (
            "our legitimate interests (Art. 6(1)(f) GDPR)",
            "unsere berechtigten Interessen (Art. 6 Abs. 1 Buchst. f DSGVO)",
        ),
        "art9_2_a" => (
            "your explicit consent (Art. 9(2)(a) GDPR)",
            "Ihre ausdrückliche Einwilligung (Art. 9 Abs. 2 Buchst. a DSGVO)",
        ),
        "art9_2_b" => (
            "employment and social law (Art. 9(2)(b) GDPR)",
            "Arbeits- und Sozialrecht (Art. 9 Abs. 2 Buchst. b DSGVO)",
        ),
        _ => return None,
    };
    Some(Text {
        en: en.into(),
        de: de.into(),
    })
}

/// A part of a period in words.
pub fn span_part(count: i64, unit: char) -> Text {
    let one = count == 1;
    let (en, de) = match (unit, one) {
        ('Y', true) => ("year", "Jahr"),
        ('Y', false) => ("years", "Jahre"),
        ('M', true) => ("month", "Monat"),
        ('M', false) => ("months", "Monate"),
        ('W', true) => ("week", "Woche"),
        ('W', false) => ("weeks", "Wochen"),
        (_, true) => ("day", "Tag"),
        (_, false) => ("days", "Tage"),
    };
    Text {
        en: format!("{count} {en}"),
        de: format!("{count} {de}"),
    }
}

// The list for the reviewer.
catalogue! {
    review_title() { en: "To review before this package is handed over", de: "Vor der Herausgabe dieses Pakets zu prüfen" }
    review_intro() { en: "This list is for the controller and is not handed over. Names and keys may be personal.", de: "Diese Liste ist für den Verantwortlichen und wird nicht herausgegeben. Namen und Schlüssel können personenbezogen sein." }
    review_open() { en: "What the inventory does not answer", de: "Was das Inventar nicht beantwortet" }
    review_search() { en: "What was not searched", de: "Was nicht durchsucht wurde" }
    review_others() { en: "Free text that may speak of other people (Art. 15(4) GDPR)", de: "Freitext, der von anderen Personen handeln könnte (Art. 15 Abs. 4 DSGVO)" }
    review_others_intro() { en: "The values are not repeated here. Read them in the file; black out what others have a right to, and say in the answer what and why.", de: "Die Werte stehen nicht hier. Bitte in der Datei lesen; schwärzen, worauf andere ein Recht haben, und in der Antwort sagen, was und warum." }
    review_always() { en: "Always", de: "Immer" }
    review_none() { en: "nothing", de: "nichts" }
    trace_email() { en: "e-mail address", de: "E-Mail-Adresse" }
    trace_phone() { en: "telephone number", de: "Telefonnummer" }
    trace_account() { en: "bank account", de: "Bankverbindung" }
    flag_line(object, key, field, traces) { en: "{object}, record {key}, field {field}: {traces}", de: "{object}, Datensatz {key}, Feld {field}: {traces}" }
    flag_more(object, count) { en: "{object}: further places ({count})", de: "{object}: weitere Stellen ({count})" }
    point_no_type(object) { en: "{object}: no entry under data_types, so purpose, legal basis and storage period are not stated (Art. 15(1)(a), (d) GDPR)", de: "{object}: kein Eintrag unter data_types, daher fehlen Zweck, Rechtsgrundlage und Speicherdauer (Art. 15 Abs. 1 Buchst. a, d DSGVO)" }
    point_no_purpose(object) { en: "{object}: no purpose is stated (Art. 15(1)(a) GDPR)", de: "{object}: kein Zweck angegeben (Art. 15 Abs. 1 Buchst. a DSGVO)" }
    point_no_basis(object) { en: "{object}: no legal basis is stated", de: "{object}: keine Rechtsgrundlage angegeben" }
    point_no_start(object, count) { en: "{object}: records for which the end of the storage period cannot be reckoned ({count})", de: "{object}: Datensätze, bei denen sich das Ende der Speicherdauer nicht berechnen lässt ({count})" }
    point_no_recipient(object) { en: "{object}: no recipient is recorded; recipients are to be named (Art. 15(1)(c) GDPR, CJEU C-154/21)", de: "{object}: kein Empfänger vermerkt; Empfänger sind zu benennen (Art. 15 Abs. 1 Buchst. c DSGVO, EuGH C-154/21)" }
    point_recipient_name(object, product) { en: "{object}: name the company behind {product} as a recipient (CJEU C-154/21)", de: "{object}: Das Unternehmen hinter {product} als Empfänger benennen (EuGH C-154/21)" }
    point_source(objects) { en: "{objects}: the source of the data is not recorded (Art. 15(1)(g) GDPR)", de: "{objects}: Die Herkunft der Daten ist nicht vermerkt (Art. 15 Abs. 1 Buchst. g DSGVO)" }
    point_automated() { en: "whether there are automated decisions, and by what logic, is not recorded (Art. 15(1)(h), 22 GDPR)", de: "Ob es automatisierte Entscheidungen gibt und nach welcher Logik, ist nicht vermerkt (Art. 15 Abs. 1 Buchst. h, Art. 22 DSGVO)" }
    point_transfers() { en: "transfers to third countries and their safeguards are not recorded (Art. 15(2) GDPR)", de: "Übermittlungen in Drittländer und deren Garantien sind nicht vermerkt (Art. 15 Abs. 2 DSGVO)" }
    point_contact() { en: "the inventory names no contact (controller.contact)", de: "Das Inventar nennt keinen Kontakt (controller.contact)" }
    point_authority(seat) { en: "for the seat {seat} no supervisory authority is known; write DE-BY and not DE for a seat in Germany", de: "Für den Sitz {seat} ist keine Aufsichtsbehörde bekannt; bei Sitz in Deutschland DE-BY statt DE schreiben" }
    point_authority_check(name, site) { en: "compare the address of the authority ({name}) with {site}", de: "Die Anschrift der Behörde ({name}) mit {site} vergleichen" }
    point_unlisted(object, count) { en: "{object}: fields that the inventory does not list ({count}); decide whether they are personal", de: "{object}: im Inventar nicht geführte Felder ({count}); entscheiden, ob sie personenbezogen sind" }
    point_unread(object, count, records) { en: "{object}: columns of the table that the inventory does not list and that were not read ({count}; records: {records}); decide whether they are personal, and list those that are", de: "{object}: Spalten der Tabelle, die das Inventar nicht aufführt und die nicht gelesen wurden ({count}; Datensätze: {records}); entscheiden, ob sie personenbezogen sind, und in diesem Fall aufführen" }
    point_listed_elsewhere(object, count) { en: "{object}: columns that the inventory lists for another object of the same table only ({count}); look whether that object holds these records too", de: "{object}: Spalten, die das Inventar nur bei einem anderen Objekt derselben Tabelle aufführt ({count}); prüfen, ob jenes Objekt auch diese Datensätze enthält" }
    point_forbidden(object, columns) { en: "{object}: the account of dsr may not read {columns}; before it is listed it needs the right SELECT", de: "{object}: Das Konto von dsr darf {columns} nicht lesen; vor dem Aufführen braucht es das Recht SELECT" }
    point_view(object) { en: "{object}: this is a view or a table of another server; look what the tables behind it hold beyond its columns", de: "{object}: Das ist eine Sicht oder die Tabelle eines anderen Servers; prüfen, was die Tabellen dahinter über diese Spalten hinaus enthalten" }
    point_grants(object) { en: "{object}: the account of dsr has rights to single columns, and the server shows it no others; look what else the table has", de: "{object}: Das Konto von dsr hat Rechte an einzelnen Spalten, und der Server zeigt ihm keine anderen; prüfen, welche die Tabelle noch hat" }
    point_unasked(object) { en: "{object}: this search did not look which other columns the table has; make a new draft", de: "{object}: Diese Suche hat nicht nachgesehen, welche Spalten die Tabelle noch hat; einen neuen Entwurf erstellen" }
    point_credentials(object, count) { en: "{object}: credentials and card numbers taken out ({count}); look whether it was too many or too few", de: "{object}: entfernte Zugangsdaten und Kartennummern ({count}); prüfen, ob es zu viele oder zu wenige sind" }
    point_basis_portable(object, basis) { en: "{object}: Art. 20 applies to consent and contract only, the basis here is {basis}", de: "{object}: Art. 20 gilt nur bei Einwilligung und Vertrag, hier ist die Grundlage {basis}" }
    point_category(object, field, category) { en: "{object}.{field}: the category {category} has no words for people; explain it in the answer", de: "{object}.{field}: Die Kategorie {category} hat keine Bezeichnung für Laien; in der Antwort erklären" }
    point_unproven(object) { en: "{object}: nothing was found and no control person shows that the search works", de: "{object}: nichts gefunden, und keine Kontrollperson zeigt, dass die Suche funktioniert" }
    point_files(object, count) { en: "{object}: files taken along unread ({count}); look at what they show of others", de: "{object}: ungelesen beiliegende Dateien ({count}); ansehen, was sie über andere zeigen" }
    where_reason(what, reason) { en: "{what}: {reason}", de: "{what}: {reason}" }
    task_of(owner, task) { en: "{owner}: {task}", de: "{owner}: {task}" }
}
