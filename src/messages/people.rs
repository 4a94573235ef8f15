//! Messages about files that name many people.

catalogue! {
    unreadable() { en: "the file of people cannot be read", de: "die Datei mit den Personen ist nicht lesbar" }
    unreadable_help() { en: "name a CSV file with a header line, or a JSON file with a list of people; from a spreadsheet, save as “CSV UTF-8”", de: "eine CSV-Datei mit Kopfzeile oder eine JSON-Datei mit einer Liste von Personen angeben; aus einer Tabellenkalkulation als „CSV UTF-8“ speichern" }
    not_text() { en: "its bytes are no text in UTF-8, UTF-16 or Windows-1252", de: "ihre Bytes sind kein Text in UTF-8, UTF-16 oder Windows-1252" }
    is_workbook() { en: "it is a workbook or another packed file, not a CSV file", de: "sie ist eine Arbeitsmappe oder eine andere gepackte Datei, keine CSV-Datei" }
    read_in(encoding) { en: "The file is not in UTF-8; it was read as {encoding}, in which spreadsheets save CSV files.", de: "Die Datei ist nicht in UTF-8; gelesen wurde sie als {encoding}, wie Tabellenkalkulationen CSV-Dateien speichern." }
    nobody() { en: "the file names nobody", de: "die Datei nennt niemanden" }
    nobody_help() { en: "a line or an entry for each person is expected below the header", de: "erwartet wird je Person eine Zeile unter der Kopfzeile oder ein Eintrag" }
    no_list() { en: "the file does not hold a list of people", de: "die Datei enthält keine Liste von Personen" }
    no_list_help() { en: "write them as [{{ \"email\": \"anna@example.org\" }}, {{ \"email\": … }}]", de: "so schreiben: [{{ \"email\": \"anna@example.org\" }}, {{ \"email\": … }}]" }
    no_column() { en: "no column of the file is known to name a person", de: "von keiner Spalte der Datei ist bekannt, dass sie eine Person benennt" }
    no_column_help(columns) { en: "say which one does, such as --map email=COLUMN; its columns are: {columns}", de: "angeben, welche es tut, etwa --map email=SPALTE; die Spalten sind: {columns}" }
    not_a_mapping() { en: "--map takes what is named and the column that holds it", de: "--map braucht, was benannt wird, und die Spalte, in der es steht" }
    not_a_mapping_help() { en: "such as --map email=Mail or --map reference=Ticket", de: "etwa --map email=Mail oder --map reference=Ticket" }
    unknown_target(name) { en: "`{name}` is neither an identity nor one of reference, received, channel, identity", de: "`{name}` ist weder eine Identität noch eines von reference, received, channel, identity" }
    known_targets(names) { en: "known identities: {names}", de: "bekannte Identitäten: {names}" }
    unknown_column(name) { en: "the file has no column `{name}`", de: "die Datei hat keine Spalte `{name}`" }
    columns_are(columns) { en: "its columns are: {columns}", de: "ihre Spalten sind: {columns}" }
    twice(name) { en: "two columns would be read as `{name}`", de: "zwei Spalten würden als `{name}` gelesen" }
    twice_help(name) { en: "say which one counts with --map {name}=COLUMN", de: "mit --map {name}=SPALTE angeben, welche gilt" }
    ragged(row) { en: "line {row} has another number of columns than the header", de: "Zeile {row} hat eine andere Zahl von Spalten als die Kopfzeile" }
    ragged_help() { en: "nothing was read from the file; mend the line and run the command again", de: "aus der Datei wurde nichts übernommen; die Zeile berichtigen und den Befehl wiederholen" }
    in_row(row) { en: "in line or entry {row} of the file", de: "in Zeile oder Eintrag {row} der Datei" }
    in_row_because(row, why) { en: "in line or entry {row} of the file: {why}", de: "in Zeile oder Eintrag {row} der Datei: {why}" }
    no_identity(row) { en: "line or entry {row} names nobody: everything that could is empty", de: "Zeile oder Eintrag {row} benennt niemanden: alles, was es könnte, ist leer" }
    no_identity_help() { en: "fill it in or take it out; nothing was asked or written for anybody", de: "ausfüllen oder herausnehmen; es wurde für niemanden etwas abgefragt oder geschrieben" }
    same_person(first, second) { en: "lines or entries {first} and {second} name the same person", de: "Zeilen oder Einträge {first} und {second} benennen dieselbe Person" }
    same_person_help() { en: "put what is known of a person into one line, so that there is one case, one plan and one proof", de: "was über eine Person bekannt ist, in eine Zeile schreiben, damit es einen Vorgang, einen Plan und einen Nachweis gibt" }
    more_troubles(count) { en: "the file has {count} more mistakes like these", de: "die Datei hat {count} weitere Fehler dieser Art" }
    more_troubles_help() { en: "mend the ones named first, then run the command again", de: "zuerst die genannten berichtigen, dann den Befehl wiederholen" }
    not_a_day(row) { en: "the day of receipt in line or entry {row} cannot be read", de: "der Eingangstag in Zeile oder Eintrag {row} ist nicht lesbar" }
    not_a_day_help() { en: "write it as 2026-11-21 or 21.11.2026", de: "so schreiben: 2026-11-21 oder 21.11.2026" }
    read_as(column, what) { en: "{column} as {what}", de: "{column} als {what}" }
    mapping(people, columns) { en: "People: {people}; read: {columns}.", de: "Personen: {people}; gelesen: {columns}." }
    not_read(columns) { en: "Not read: {columns}.", de: "Nicht gelesen: {columns}." }
    row() { en: "Line", de: "Zeile" }
    reference() { en: "Reference", de: "Zeichen" }
    records() { en: "Records", de: "Datensätze" }
    systems() { en: "Systems", de: "Systeme" }
    result() { en: "Result", de: "Ergebnis" }
    searched() { en: "searched", de: "durchsucht" }
    not_searched(systems) { en: "NOT searched: {systems}", de: "NICHT durchsucht: {systems}" }
    waits_for_word() { en: "some records wait for your word; `dsr find` for this person alone shows them", de: "einige Datensätze warten auf Ihr Wort; `dsr find` zu dieser Person allein zeigt sie" }
    not_begun() { en: "not begun", de: "nicht begonnen" }
    case() { en: "Case", de: "Vorgang" }
    evidence() { en: "Evidence", de: "Nachweis" }
    to_be_written() { en: "To be written", de: "Zu schreiben" }
    waiting() { en: "Wait for your word", de: "Warten auf Ihr Wort" }
    irreversible(effect) { en: "Cannot be undone: {effect}", de: "Nicht rückgängig zu machen: {effect}" }
    ask_identity(people) { en: "How was the identity of all {people} confirmed (a short code such as reply-to-stored-address, portal-login)?", de: "Wie wurde die Identität aller {people} bestätigt (ein Kürzel, etwa reply-to-stored-address, portal-login)?" }
    look_first() { en: "nothing was written for anybody; each case keeps its plan, and the same command goes on", de: "es wurde für niemanden etwas geschrieben; jeder Vorgang behält seinen Plan, und derselbe Befehl macht weiter" }
    same_command() { en: "The same command goes on where this one stopped; what is finished is not done twice.", de: "Derselbe Befehl macht dort weiter, wo dieser aufgehört hat; Fertiges wird nicht wiederholt." }
    next_of_each() { en: "`dsr` alone shows what each case waits for, and the next command.", de: "Worauf jeder Vorgang wartet und wie es weitergeht, zeigt `dsr` allein." }
    stopped(case) { en: "stopped before case {case} had its turn", de: "angehalten, bevor der Vorgang {case} an der Reihe war" }
    stopped_help() { en: "run the same command again", de: "denselben Befehl erneut aufrufen" }
    finished_before() { en: "finished before", de: "schon früher fertig" }
    done() { en: "done and proven", de: "erledigt und nachgewiesen" }
    incomplete() { en: "INCOMPLETE", de: "UNVOLLSTÄNDIG" }
    waits() { en: "waits for a person", de: "wartet auf einen Menschen" }
    unproven() { en: "NOT PROVEN", de: "NICHT BEWIESEN" }
    failed() { en: "FAILED", de: "FEHLGESCHLAGEN" }
    package() { en: "Package", de: "Paket" }
    made() { en: "made", de: "erstellt" }
    passphrase_of(path, passphrase) { en: "{path}: {passphrase}", de: "{path}: {passphrase}" }
    plans_made() { en: "Each case keeps its plan. Nothing was written; the same command without --plan goes on.", de: "Jeder Vorgang behält seinen Plan. Es wurde nichts geschrieben; derselbe Befehl ohne --plan macht weiter." }
    accept_is_for_one() { en: "--accept takes a record for one person's, and a file names many", de: "--accept nimmt einen Datensatz als den einer Person an, eine Datei nennt aber viele" }
    accept_is_for_one_help() { en: "plan the file first (--plan), which shows the case of each person; accept with the same command and --case CASE --accept SYSTEM.OBJECT:KEY in place of the file, then run it with the file again", de: "zuerst die Datei planen (--plan), dann steht bei jeder Person ihr Vorgang; mit demselben Befehl und --case VORGANG --accept SYSTEM.OBJEKT:SCHLÜSSEL anstelle der Datei annehmen, danach den Befehl mit der Datei wiederholen" }
    map_corrections() { en: "a column of new values is a category or a field, such as contact.email=COLUMN; one of old values was:contact.email=COLUMN", de: "eine Spalte mit neuen Werten ist eine Kategorie oder ein Feld, etwa contact.email=SPALTE; eine mit bisherigen Werten was:contact.email=SPALTE" }
    map_notices() { en: "also notice=COLUMN for the day on which the person was told, and because=COLUMN for the ground", de: "außerdem notice=SPALTE für den Tag der Unterrichtung und because=SPALTE für den Grund" }
    new_value_of(field) { en: "new value of {field}", de: "neuer Wert von {field}" }
    old_value_of(field) { en: "old value of {field}", de: "bisheriger Wert von {field}" }
    unknown_correction(column) { en: "the column `{column}` sounds like new or old values, but of something that is not there", de: "die Spalte `{column}` klingt nach neuen oder bisherigen Werten, aber von etwas, das es nicht gibt" }
    unknown_correction_help(names) { en: "say what it holds, such as --map contact.email=COLUMN or --map was:contact.email=COLUMN, or give it another heading if it is to be left out; categories here: {names}", de: "angeben, was darin steht, etwa --map contact.email=SPALTE oder --map was:contact.email=SPALTE, oder ihr eine andere Überschrift geben, wenn sie nicht zählt; Kategorien hier: {names}" }
    no_new_values() { en: "no column of the file is known to hold new values", de: "von keiner Spalte der Datei ist bekannt, dass sie neue Werte enthält" }
    no_new_values_help(columns) { en: "write the category or SYSTEM.OBJECT.FIELD above it, or “E-mail new”, or say it: --map contact.email=COLUMN; its columns are: {columns}", de: "die Kategorie oder SYSTEM.OBJEKT.FELD darüberschreiben, auch „E-Mail neu“, oder angeben: --map contact.email=SPALTE; die Spalten sind: {columns}" }
    old_without_new(field) { en: "a column says what stands in `{field}` now, and none what is right", de: "eine Spalte sagt, was bisher in `{field}` steht, und keine, was richtig ist" }
    old_without_new_help(field) { en: "name the column with the new values: --map {field}=COLUMN", de: "die Spalte mit den neuen Werten nennen: --map {field}=SPALTE" }
    nothing_new(row) { en: "line or entry {row} gives no new value", de: "Zeile oder Eintrag {row} nennt keinen neuen Wert" }
    nothing_new_help() { en: "an empty cell leaves a value as it is; fill one in, or take the line out", de: "eine leere Zelle lässt den Wert, wie er ist; eine ausfüllen oder die Zeile herausnehmen" }
    emptied(row, field) { en: "line or entry {row} wants `{field}` emptied", de: "Zeile oder Eintrag {row} will `{field}` leeren" }
    emptied_help() { en: "leave the cell empty to keep the value, or have it erased; `(empty)` can stand among old values only, where nothing stands yet", de: "die Zelle leer lassen, um den Wert zu behalten, oder ihn löschen lassen; `(leer)` kann nur bei den bisherigen Werten stehen, wo noch nichts steht" }
    mend_the_line() { en: "mend the line; nothing was asked or written for anybody", de: "die Zeile berichtigen; es wurde für niemanden etwas abgefragt oder geschrieben" }
    not_a_notice(row) { en: "the day of notice in line or entry {row} cannot be read", de: "der Tag der Unterrichtung in Zeile oder Eintrag {row} ist nicht lesbar" }
    not_a_notice_help() { en: "write the day on which the person was told as 2026-11-21 or 21.11.2026; leave the cell empty if the case knows it", de: "den Tag, an dem die Person unterrichtet wurde, so schreiben: 2026-11-21 oder 21.11.2026; die Zelle leer lassen, wenn der Vorgang ihn kennt" }
    no_open_case() { en: "there is no open case of this person that could have restricted anything", de: "es gibt keinen offenen Vorgang dieser Person, der etwas eingeschränkt haben könnte" }
    no_open_case_help() { en: "`dsr case list --all` shows all cases; name the person as their case knows them, or take the line out", de: "`dsr case list --all` zeigt alle Vorgänge; die Person so benennen, wie ihr Vorgang sie kennt, oder die Zeile herausnehmen" }
    day_of_notice() { en: "day of notice", de: "Tag der Unterrichtung" }
    ground() { en: "ground", de: "Grund" }
    ground_of_line_help() { en: "in a file it stands in a column `because`; --because counts for lines that say none", de: "in einer Datei steht er in einer Spalte „Grund“; --because gilt für Zeilen, die keinen nennen" }
    place() { en: "Where", de: "Wo" }
    people() { en: "People", de: "Personen" }
}
