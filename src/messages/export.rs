//! Messages about packages for people.

catalogue! {
    draft_of_access() { en: "draft of the Art. 15 package", de: "Entwurf der Auskunft (Art. 15)" }
    final_of_access() { en: "Art. 15 package", de: "Auskunft (Art. 15)" }
    draft_of_portability() { en: "draft of the Art. 20 package", de: "Entwurf der Datenübertragung (Art. 20)" }
    final_of_portability() { en: "Art. 20 package", de: "Datenübertragung (Art. 20)" }
    sealed_none() { en: "not encrypted", de: "unverschlüsselt" }
    sealed_age() { en: "encrypted (age)", de: "verschlüsselt (age)" }
    sealed_aes() { en: "encrypted (AES-256)", de: "verschlüsselt (AES-256)" }
    short(article) { en: "Art. {article}", de: "Art. {article}" }
    short_draft(article) { en: "Art. {article}, draft", de: "Art. {article}, Entwurf" }
    short_none() { en: "NONE", de: "KEINE" }
}

// What stops the command.
catalogue! {
    no_draft() { en: "there is no draft that somebody could have looked at", de: "es gibt keinen Entwurf, den jemand hätte durchsehen können" }
    no_draft_why() { en: "What is handed over is made from the findings of a draft, so that it holds what was looked at and nothing else.", de: "Herausgegeben wird, was aus den Fundstellen eines Entwurfs entsteht: genau das Durchgesehene und nichts anderes." }
    no_draft_help(command) { en: "make the draft and look at it: {command}", de: "den Entwurf erstellen und durchsehen: {command}" }
    stale_draft() { en: "the draft does not answer for the person any more", de: "der Entwurf gibt nicht mehr wieder, was über die Person bekannt ist" }
    stale_identity() { en: "An identity was added to the case since, and nobody has looked for it yet.", de: "Seither kam zum Vorgang eine Kennung hinzu, nach der noch niemand gesucht hat." }
    stale_acceptance() { en: "A record that waited then was accepted as the person's since.", de: "Seither wurde ein Datensatz, der damals wartete, als der der Person angenommen." }
    stale_source() { en: "Records are to be asked for again by a number or a key that the person had then, and the systems do not say any more that it is theirs; it may be somebody else's by now.", de: "Datensätze müssten über eine Nummer oder einen Schlüssel erneut geholt werden, die damals zur Person gehörten; die Systeme bestätigen das nicht mehr, sie können inzwischen jemand anderem gehören." }
    nothing_new_on_review() { en: "--accept and --system change what is in the package, and --reviewed makes it as it was looked at", de: "--accept und --system ändern, was im Paket steht; --reviewed erstellt es so, wie es durchgesehen wurde" }
    nothing_new_on_review_help() { en: "make a new draft with them first, look at it, then use --reviewed alone", de: "damit zuerst einen neuen Entwurf erstellen und durchsehen, dann --reviewed allein verwenden" }
    place_taken(path) { en: "something is at {path} already", de: "unter {path} liegt schon etwas" }
    place_taken_help() { en: "name a file that does not exist, or a folder; nothing is ever written over", de: "eine Datei nennen, die es noch nicht gibt, oder einen Ordner; überschrieben wird nie etwas" }
    no_eyes_for_passphrase() { en: "nobody is here to read the passphrase of the package", de: "hier liest niemand die Passphrase des Pakets" }
    no_eyes_for_passphrase_why() { en: "It is shown once, at a terminal, and stored nowhere; what goes to a pipe may end in a log.", de: "Sie wird einmal am Terminal gezeigt und nirgends gespeichert; was durch eine Pipe geht, kann in einem Protokoll landen." }
    no_eyes_for_passphrase_help() { en: "encrypt to a public key with --recipient, run it at a terminal, or take the field `passphrase` of --format json", de: "mit --recipient an einen öffentlichen Schlüssel verschlüsseln, am Terminal aufrufen oder bei --format json das Feld `passphrase` verwenden" }
    access_first() { en: "the person asked for their data, and the package is not made yet", de: "die Person hat Auskunft verlangt, und das Paket ist noch nicht erstellt" }
    access_first_why() { en: "What is erased cannot be handed over any more (Art. 15 GDPR).", de: "Was gelöscht ist, kann nicht mehr herausgegeben werden (Art. 15 DSGVO)." }
    access_first_help(command) { en: "make the package first: {command}; or add --despite-access if the person has what they asked for", de: "zuerst das Paket erstellen: {command}; oder --despite-access angeben, wenn die Person schon hat, was sie verlangt" }
    ask_despite_access() { en: "Erase before the package is made? [y/N]", de: "Löschen, bevor das Paket erstellt ist? [j/N]" }
    not_a_recipient() { en: "this is no public key of age", de: "das ist kein öffentlicher Schlüssel von age" }
    recipient_help() { en: "a public key begins with age1; `age-keygen` makes a pair, and only its public half belongs here", de: "ein öffentlicher Schlüssel beginnt mit age1; `age-keygen` erzeugt ein Paar, und hierher gehört nur die öffentliche Hälfte" }
    recipients_unreadable() { en: "the file with the public keys cannot be read", de: "die Datei mit den öffentlichen Schlüsseln ist nicht lesbar" }
    recipients_unreadable_help() { en: "check the path; the file holds one public key a line", de: "den Pfad prüfen; in der Datei steht je Zeile ein öffentlicher Schlüssel" }
    not_an_expiry() { en: "--expires takes a day or a time from now on, at most ten years ahead", de: "--expires erwartet einen Tag oder eine Zeitspanne ab heute, höchstens zehn Jahre voraus" }
    expiry_help() { en: "for example P30D (30 days), P2W (two weeks) or 2034-12-31", de: "zum Beispiel P30D (30 Tage), P2W (zwei Wochen) oder 31.12.2034" }
    not_deleted(path) { en: "a package whose day has come could not be deleted in {path}", de: "ein Paket, dessen Tag gekommen ist, ließ sich in {path} nicht löschen" }
    not_deleted_help() { en: "check the rights of the folder, or delete it by hand; `dsr export --list` names it", de: "die Rechte des Ordners prüfen oder es von Hand löschen; `dsr export --list` nennt es" }
    nothing_to_apply() { en: "the person asked for their data, and for nothing that would be carried out", de: "die Person hat Auskunft verlangt und nichts, was auszuführen wäre" }
    nothing_to_apply_help(command) { en: "go on with {command}; if they ask for erasure too, `dsr erase` adds it to the case", de: "weiter mit {command}; verlangt sie auch Löschung, nimmt `dsr erase` das in den Vorgang auf" }
}

// The conversation.
catalogue! {
    open_folder() { en: "The folder will NOT be encrypted: whoever can read its files reads everything. Hand it over only in a way that nobody else can look into.", de: "Der Ordner wird NICHT verschlüsselt: Wer die Dateien lesen kann, liest alles. Nur so weitergeben, dass niemand sonst hineinsieht." }
    passphrase(words) { en: "Passphrase: {words}", de: "Passphrase: {words}" }
    passphrase_of_draft() { en: "It opens the draft. It is shown this once and stored nowhere; if it is lost, make another draft.", de: "Damit öffnen Sie den Entwurf. Sie wird nur jetzt gezeigt und nirgends gespeichert; ist sie verloren, einen neuen Entwurf erstellen." }
    passphrase_once() { en: "It is shown this once and stored nowhere. Tell it the person over another channel than the package, such as the telephone. The names of the files in the package can be read without it.", de: "Sie wird nur jetzt gezeigt und nirgends gespeichert. Der Person auf anderem Weg als das Paket mitteilen, etwa am Telefon. Die Namen der Dateien im Paket sind auch ohne sie lesbar." }
    made(what, path) { en: "{what}: {path}", de: "{what}: {path}" }
    expires(day) { en: "It is deleted on {day}, if it still lies there.", de: "Es wird am {day} gelöscht, wenn es dann noch dort liegt." }
    expires_elsewhere(day) { en: "It lies outside the workspace, where nothing is deleted: delete it by hand, at the latest on {day}.", de: "Es liegt außerhalb des Arbeitsordners, wo nichts gelöscht wird: bis spätestens {day} von Hand löschen." }
    look_at() { en: "Before it is handed over, look at the draft:", de: "Vor der Herausgabe den Entwurf durchsehen:" }
    look_at_others() { en: "  - other people's data in notes, messages and free text (Art. 15(4) GDPR)", de: "  - Daten anderer Personen in Notizen, Nachrichten und Freitext (Art. 15 Abs. 4 DSGVO)" }
    look_at_secrets() { en: "  - trade secrets, and what the law keeps from the person", de: "  - Geschäftsgeheimnisse, und was das Gesetz der Person vorenthält" }
    look_at_unsearched(names) { en: "  - NOT SEARCHED: {names}; the package says so first", de: "  - NICHT DURCHSUCHT: {names}; das Paket nennt es als Erstes" }
    look_at_manual(names) { en: "  - to be added by hand by their owners: {names}", de: "  - von den Zuständigen von Hand beizulegen: {names}" }
    look_at_waiting(count) { en: "  - records that wait for your word and are NOT in it: {count}", de: "  - Datensätze, die auf Ihr Wort warten und NICHT enthalten sind: {count}" }
    look_at_unread(count) { en: "  - columns of database tables that were not read, because the inventory does not list them there: {count}", de: "  - Spalten von Datenbanktabellen, die nicht gelesen wurden, weil das Inventar sie dort nicht aufführt: {count}" }
    look_at_left_out(count) { en: "  - fields that the inventory does not list and that are NOT in it: {count}", de: "  - Felder, die das Inventar nicht aufführt und die NICHT enthalten sind: {count}" }
    look_at_identity() { en: "  - the person's identity, which is not confirmed yet", de: "  - die Identität der Person, die noch nicht bestätigt ist" }
    then(command) { en: "Then make the package: {command}", de: "Dann das Paket erstellen: {command}" }
    waits(place, key, why) { en: "waits: {place}:{key} ({why})", de: "wartet: {place}:{key} ({why})" }
    waits_many(place, count) { en: "waits: {place}, records: {count} (found over other records or a shared address only; name the identity that leads to them)", de: "wartet: {place}, Datensätze: {count} (nur über andere Datensätze oder eine geteilte Adresse gefunden; die Kennung angeben, die zu ihnen führt)" }
    linked() { en: "found over another record only", de: "nur über einen anderen Datensatz gefunden" }
    shared() { en: "found by a shared address only", de: "nur über eine geteilte Adresse gefunden" }
    accept_help(case) { en: "Accept them with `dsr export --case {case} --accept SYSTEM.OBJECT:KEY`, or leave them out.", de: "Annehmen mit `dsr export --case {case} --accept SYSTEM.OBJEKT:SCHLÜSSEL`, oder weglassen." }
    no_packages() { en: "No packages were made here.", de: "Hier wurden keine Pakete erstellt." }
}

// Columns and cells.
catalogue! {
    system() { en: "System", de: "System" }
    object() { en: "Object", de: "Objekt" }
    records() { en: "Records", de: "Datensätze" }
    result() { en: "Result", de: "Ergebnis" }
    included() { en: "in the package", de: "im Paket" }
    nothing_found() { en: "nothing found", de: "nichts gefunden" }
    not_searched(why) { en: "NOT SEARCHED: {why}", de: "NICHT DURCHSUCHT: {why}" }
    broke_off(why) { en: "INCOMPLETE: {why}", de: "UNVOLLSTÄNDIG: {why}" }
    by_hand() { en: "by hand, by its owner", de: "von Hand, durch die Zuständigen" }
    some_wait(count) { en: "in the package; waiting: {count}", de: "im Paket; es warten: {count}" }
    all_wait(count) { en: "waiting: {count}", de: "es warten: {count}" }
    case() { en: "Case", de: "Vorgang" }
    when() { en: "Made", de: "Erstellt" }
    what() { en: "Package", de: "Paket" }
    encryption() { en: "Encryption", de: "Verschlüsselung" }
    delete_on() { en: "Delete on", de: "Zu löschen am" }
    state() { en: "State", de: "Stand" }
    path() { en: "Path", de: "Pfad" }
    state_there() { en: "there", de: "vorhanden" }
    state_overdue() { en: "OVERDUE: delete it by hand", de: "ÜBERFÄLLIG: von Hand löschen" }
    state_missing() { en: "not found there: moved or deleted", de: "dort nicht mehr: verschoben oder gelöscht" }
    state_deleted(day) { en: "deleted {day}", de: "gelöscht am {day}" }
    state_unknown() { en: "unknown: the case was purged", de: "unbekannt: der Vorgang wurde vernichtet" }
}
