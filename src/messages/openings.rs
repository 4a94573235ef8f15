//! Messages about what opens a bundle's commitments: shown to one reader, given to recipients, destroyed with its case; and about
//! the profiles in which evidence is made.

// Showing one record.
catalogue! {
    head(case, bundle) { en: "Case {case}, bundle {bundle}", de: "Vorgang {case}, Nachweis {bundle}" }
    line(seq, count) { en: "The record's line in data/records.jsonl (`seq` {seq}; there are {count} lines):", de: "Die Zeile des Datensatzes in data/records.jsonl (`seq` {seq}; es gibt {count} Zeilen):" }
    stands_in_line(digest) { en: "  prints a digest that stands in `_sd` of the line: {digest}", de: "  gibt einen Wert aus, der in `_sd` der Zeile steht: {digest}" }
    path_intro(steps) { en: "That the line stands in the bundle (RFC 6962, audit path of {steps} steps; openssl and xxd):", de: "Dass die Zeile im Nachweis steht (RFC 6962, Prüfpfad mit {steps} Schritten; openssl und xxd):" }
    root(root) { en: "It prints the `merkleRoot` of data/statement.json: {root}", de: "Ausgegeben wird die `merkleRoot` aus data/statement.json: {root}" }
    shown_once() { en: "This names a person's record. The ledger says that it was shown.", de: "Dies nennt den Datensatz einer Person. Im Protokoll steht, dass er gezeigt wurde." }
    no_such_line(count) { en: "the bundle has no such line; lines in all: {count}, counted from 0", de: "diese Zeile hat der Nachweis nicht; Zeilen insgesamt: {count}, gezählt ab 0" }
    not_a_record() { en: "this names no record", de: "das bezeichnet keinen Datensatz" }
    unknown_record() { en: "no line of the latest bundle is about this record", de: "keine Zeile des neuesten Nachweises betrifft diesen Datensatz" }
    which_record() { en: "name it by `seq` of its line, as SYSTEM.OBJECT:KEY, or by its digest in the ledger", de: "ihn mit `seq` seiner Zeile, als SYSTEM.OBJEKT:SCHLÜSSEL oder mit seinem Wert im Protokoll bezeichnen" }
    several_lines(lines) { en: "several lines are about this record: {lines}", de: "mehrere Zeilen betreffen diesen Datensatz: {lines}" }
    several_lines_help() { en: "each plan has a line of its own; name one of them by its number", de: "jeder Plan hat eine eigene Zeile; eine davon mit ihrer Nummer angeben" }
    bundle_broken() { en: "the bundle's lines do not fit its statement", de: "die Zeilen des Nachweises passen nicht zu seiner Erklärung" }
    bundle_broken_help() { en: "run `dsr evidence verify` on it, and make a new one", de: "`dsr evidence verify` darauf anwenden und einen neuen erstellen" }
    openings_differ() { en: "what the vault holds does not open the line", de: "was der Tresor enthält, öffnet die Zeile nicht" }
    openings_differ_help(case) { en: "make a new bundle with `dsr evidence make {case}`; its lines open again", de: "mit `dsr evidence make {case}` einen neuen Nachweis erstellen; dessen Zeilen öffnen sich wieder" }
    other_bundle(case) { en: "the file is no bundle of case {case} that the ledger knows", de: "die Datei ist kein Nachweis des Vorgangs {case}, den das Protokoll kennt" }
    other_bundle_help() { en: "name the right file with `--bundle`", de: "die richtige Datei mit `--bundle` angeben" }
    no_bundle(case) { en: "case {case} has no bundle yet", de: "der Vorgang {case} hat noch keinen Nachweis" }
    no_bundle_help(case) { en: "make one with `dsr evidence make {case}`", de: "mit `dsr evidence make {case}` einen erstellen" }
    event_revealed(operator) { en: "One record was shown to be checked, by {operator}", de: "Ein Datensatz wurde zur Prüfung gezeigt, durch {operator}" }
}

// Giving them to recipients.
catalogue! {
    bad_recipient(name) { en: "what stands under `recipients.{name}` is no public key of age", de: "was unter `recipients.{name}` steht, ist kein öffentlicher Schlüssel von age" }
    bad_recipient_help() { en: "write the public key, which begins with `age1`", de: "den öffentlichen Schlüssel angeben, der mit `age1` beginnt" }
    no_recipient() { en: "nobody is named who may open it", de: "niemand ist genannt, der es öffnen darf" }
    no_recipient_help() { en: "name a public key of age with `--recipient`, or list them under `evidence.recipients` of dsr.yaml", de: "mit `--recipient` einen öffentlichen Schlüssel von age nennen oder sie in dsr.yaml unter `evidence.recipients` aufführen" }
    what_they_see(recipients, records) {
        en: "{recipients} will be able to read, for each of the {records} records in the bundle: its digest in the ledger, its key in its system (often a customer number or an e-mail address), and its categories of data, special ones too. They see no content of a record. What was given away cannot be taken back.",
        de: "{recipients} kann danach zu jedem der {records} Datensätze im Nachweis lesen: seinen Wert im Protokoll, seinen Schlüssel im System (oft eine Kundennummer oder E-Mail-Adresse) und seine Datenkategorien, auch besondere. Inhalte der Datensätze sind nicht dabei. Was herausgegeben ist, lässt sich nicht zurückholen.",
    }
    ask_disclose() { en: "Encrypt it to them? [y/N]", de: "Dafür verschlüsseln? [j/N]" }
    disclosed(path) { en: "Written, encrypted: {path}. The age program opens it with the recipient's key.", de: "Verschlüsselt abgelegt: {path}. Das Programm age öffnet es mit dem Schlüssel des Empfängers." }
    not_confirmed() { en: "not confirmed; nothing was done", de: "nicht bestätigt; nichts wurde getan" }
    confirm_help() { en: "`--yes` confirms where nobody can be asked", de: "`--yes` bestätigt, wo niemand gefragt werden kann" }
    place_taken(path) { en: "{path} exists; nothing is replaced", de: "{path} gibt es schon; nichts wird ersetzt" }
    place_taken_help() { en: "name another file with `--to`, or move the one that is there", de: "mit `--to` eine andere Datei angeben oder die vorhandene verschieben" }
    event_disclosed(records, count, operator) { en: "What opens {records} records was encrypted to recipients ({count}), by {operator}", de: "Was {records} Datensätze öffnet, wurde für Empfänger ({count}) verschlüsselt, durch {operator}" }
}

// Destroying what is personal.
catalogue! {
    what_is_destroyed(case, notes, lines) {
        en: "Destroyed for ever: the key of case {case}, and with it the person's identities, findings, plans, documents, notes ({notes}) and what opens the bundle's lines ({lines}). Records in the systems are not touched.",
        de: "Für immer vernichtet werden: der Schlüssel des Vorgangs {case} und mit ihm die Kennungen der Person, Fundstellen, Pläne, Belege, Notizen ({notes}) und was die Zeilen des Nachweises öffnet ({lines}). Datensätze in den Systemen bleiben unberührt.",
    }
    ask_purge() { en: "Type the number of the case to destroy it:", de: "Zum Vernichten die Nummer des Vorgangs eingeben:" }
    purged(case) { en: "Case {case} is purged.", de: "Der Vorgang {case} ist vernichtet." }
    purged_before(day) { en: "The case was purged on {day}.", de: "Der Vorgang wurde am {day} vernichtet." }
    remains(day, events, bundles) {
        en: "All that was personal was destroyed on {day}. What remains: the events of the case in the ledger ({events}) and its bundles ({bundles}), which still verify and name nobody.",
        de: "Alles Persönliche wurde am {day} vernichtet. Es bleiben die Ereignisse des Vorgangs im Protokoll ({events}) und seine Nachweise ({bundles}); sie bleiben prüfbar und nennen niemanden.",
    }
    copies_elsewhere() {
        en: "Copies that were encrypted to recipients and handed over are not reached, nor are backups of this machine: ask the recipients to delete theirs.",
        de: "Kopien, die für Empfänger verschlüsselt und herausgegeben wurden, sind nicht erreichbar, ebenso wenig Sicherungen dieses Rechners: Bitten Sie die Empfänger, ihre zu löschen.",
    }
    cannot_purge(case) { en: "case {case} cannot be purged", de: "der Vorgang {case} kann nicht vernichtet werden" }
    cannot_purge_help() { en: "settle what is in the way; only the day can be gone before, with `--early --reason CODE`", de: "das Genannte klären; nur dem Tag kann mit `--early --reason CODE` vorgegriffen werden" }
    stands_open() { en: "it is not closed", de: "er ist nicht geschlossen" }
    stands_early(day) { en: "it is kept until {day}", de: "er wird bis {day} aufbewahrt" }
    stands_packages(count) { en: "packages for the person still lie where they were written ({count}; `dsr export --list` shows where); delete them, or wait for their day", de: "Pakete für die Person liegen noch dort, wohin sie geschrieben wurden ({count}; `dsr export --list` zeigt, wo); löschen oder ihren Tag abwarten" }
    was_kept(place, day) { en: "{place} was kept by law until {day}, and no later erasure of it is recorded", de: "{place} war von Gesetzes wegen bis {day} aufzubewahren, und eine spätere Löschung ist nicht verzeichnet" }
    was_kept_help() { en: "look there before the case forgets which records these are", de: "dort nachsehen, bevor der Vorgang vergisst, welche Datensätze das sind" }
    event_purged(operator) { en: "All that is personal was destroyed by {operator}", de: "Alles Persönliche wurde vernichtet durch {operator}" }
    event_purged_early(operator, reason) { en: "All that is personal was destroyed EARLY by {operator}: {reason}", de: "Alles Persönliche wurde VORZEITIG vernichtet durch {operator}: {reason}" }
}

// What a bundle must not hide.
catalogue! {
    not_opened() { en: "the events of the case do not begin with its opening", de: "die Ereignisse des Vorgangs beginnen nicht mit seiner Eröffnung" }
    other_opening() { en: "day of receipt or operator are not those that the ledger names", de: "Eingangstag oder bearbeitende Person sind nicht die, die das Journal nennt" }
    other_identity() { en: "identity was confirmed in another way than stated", de: "die Identität wurde anders bestätigt als angegeben" }
    other_number() { en: "number or predecessor of the bundle are not those that follow from the ledger", de: "Nummer oder Vorgänger des Nachweises ergeben sich so nicht aus dem Journal" }
    other_answer() { en: "the answer is stated for another day than the ledger says, or for a request that was withdrawn", de: "die Antwort ist für einen anderen Tag angegeben als im Journal, oder für eine zurückgezogene Anfrage" }
    gap_unread(system, count) { en: "{system}: documents that nobody could look into ({count}).", de: "{system}: Dokumente, in die niemand hineinsehen konnte ({count})." }
    gap_inventory() { en: "The systems of the inventory are not at hand; one that was never asked would not show.", de: "Die Systeme des Inventars liegen nicht vor; ein nie gefragtes fiele nicht auf." }
    gap_unaccounted(object, count) { en: "{object} ({count}): a search found more records than any plan or the findings at hand account for.", de: "{object} ({count}): Eine Suche fand mehr Datensätze, als ein Plan oder die vorliegenden Fundstellen erklären." }
    gap_settling(object, count) { en: "{object} ({count}): the system took the request; the time in which it may take effect was not over when the run ended.", de: "{object} ({count}): Das System hat den Auftrag angenommen; die Frist, in der er wirken kann, lief am Ende des Laufs noch." }
    gap_answer() { en: "The day of the answer is stated; no event of the case records it.", de: "Der Tag der Antwort ist angegeben; kein Ereignis des Vorgangs hält ihn fest." }
}

// What is wrong with the container of a period.
catalogue! {
    case_broken(line) { en: "line {line} of data/cases.jsonl is no case, or out of its place", de: "Zeile {line} von data/cases.jsonl ist kein Vorgang oder steht am falschen Platz" }
    cases_differ() { en: "the cases are not those that the statement speaks of", de: "die Vorgänge sind nicht die, von denen die Erklärung spricht" }
}

// The profiles on the command line.
catalogue! {
    not_a_period() { en: "this is no period", de: "das ist kein Zeitraum" }
    period_ahead(from) { en: "the period has not begun: its first day is {from}", de: "der Zeitraum hat noch nicht begonnen: Sein erster Tag ist der {from}" }
    period_ahead_help() { en: "name a period that has begun; its last day may lie ahead, and cases that are opened until then are missing in it", de: "einen Zeitraum nennen, der begonnen hat; sein letzter Tag darf noch kommen, doch fehlen dann Vorgänge, die bis dahin eröffnet werden" }
    not_a_period_help() { en: "write the first and the last day: `--period 2026-01-01..2026-12-31`", de: "ersten und letzten Tag angeben: `--period 01.01.2026..31.12.2026`" }
    recipient_of_nothing() { en: "this bundle is not encrypted: it names nobody", de: "dieser Nachweis wird nicht verschlüsselt: Er nennt niemanden" }
    recipient_of_nothing_help() { en: "leave `--recipient` out; with `--profile authority` the whole case is encrypted to them", de: "`--recipient` weglassen; mit `--profile authority` wird der ganze Vorgang dafür verschlüsselt" }
}
