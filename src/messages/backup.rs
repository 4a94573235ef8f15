//! Messages about copies of ledger, vault and keys: made, listed, put back.

catalogue! {
    place_taken(path) { en: "something lies at {path} already", de: "unter {path} liegt bereits etwas" }
    place_taken_help() { en: "name a file that does not exist yet", de: "eine Datei nennen, die es noch nicht gibt" }
    no_recipient() { en: "nobody is named to whom the backup is encrypted", de: "es ist niemand genannt, für den die Sicherung verschlüsselt wird" }
    no_recipient_help() { en: "name a public key with `--to age1…` or a file of them with `--recipients-file`; `age-keygen -o backup.key` makes a pair: keep the file away from this machine", de: "einen öffentlichen Schlüssel mit `--to age1…` oder eine Datei davon mit `--recipients-file` nennen; `age-keygen -o backup.key` erzeugt ein Paar: die Datei nicht auf diesem Rechner aufbewahren" }
    until_passed(day) { en: "the copy is to be destroyed by {day}, which has passed", de: "die Sicherung soll bis {day} vernichtet sein, und der Tag ist vorbei" }
    until_passed_help() { en: "name the last day on which it is kept, today or later", de: "den letzten Tag nennen, an dem sie aufbewahrt wird, heute oder später" }
    inside(path) { en: "{path} lies in the workspace: what destroys the workspace destroys the backup", de: "{path} liegt im Arbeitsordner: was ihn zerstört, zerstört auch die Sicherung" }
    inside_help() { en: "move it to another disk, or another machine", de: "auf einen anderen Datenträger oder Rechner bringen" }
    made(path, events, number) { en: "Written: {path}, the ledger with {events} events, vault and keys. Its number is {number}.", de: "Geschrieben: {path}, das Protokoll mit {events} Einträgen, Tresor und Schlüssel. Die Nummer der Sicherung ist {number}." }
    key_inside() { en: "The workspace key is in it: whoever holds a secret key of age that it is encrypted to reads every case that is not purged.", de: "Der Schlüssel des Arbeitsordners liegt darin: Wer einen der geheimen age-Schlüssel hat, liest jeden Vorgang, der nicht vernichtet ist." }
    key_outside(place) { en: "The workspace key is not in it ({place}). Without that key nothing in the vault can be read: keep a copy of it apart.", de: "Der Schlüssel des Arbeitsordners liegt nicht darin ({place}). Ohne ihn ist im Tresor nichts lesbar: eine Kopie davon getrennt aufbewahren." }
    not_inside() { en: "Not in it: dsr.yaml, dsr.lock and connectors (in git), evidence and exports (folders to be copied as they are), passwords of the systems.", de: "Nicht darin: dsr.yaml, dsr.lock und Konnektoren (in Git), Nachweise und Pakete (Ordner, die sich kopieren lassen), Kennwörter der Systeme." }
    knows_until(day) { en: "Until it is destroyed on {day}, it opens every case that has a key today, also those that are purged meanwhile.", de: "Bis zu ihrer Vernichtung am {day} öffnet sie jeden Vorgang, der heute einen Schlüssel hat, auch wenn er inzwischen vernichtet wird." }
    knows() { en: "Until somebody destroys it, it opens every case that has a key today, also those that are purged later. Say with `--until` how long it is kept, and note its end with `dsr backup --destroyed`.", de: "Bis sie jemand vernichtet, öffnet sie jeden Vorgang, der heute einen Schlüssel hat, auch wenn er später vernichtet wird. Mit `--until` sagen, wie lange sie aufbewahrt wird, und ihr Ende mit `dsr backup --destroyed` vermerken." }

    head_backup() { en: "Backup", de: "Sicherung" }
    head_made() { en: "Made", de: "Erstellt" }
    head_until() { en: "Kept until", de: "Aufbewahrt bis" }
    head_key() { en: "Key", de: "Schlüssel" }
    head_recipients() { en: "Recipients", de: "Empfänger" }
    head_purged() { en: "Purged cases it opens", de: "Vernichtete Vorgänge darin" }
    head_state() { en: "State", de: "Stand" }
    with_key() { en: "inside", de: "darin" }
    without_key() { en: "elsewhere", de: "anderswo" }
    without_end() { en: "without end", de: "unbefristet" }
    state_there() { en: "kept", de: "vorhanden" }
    state_due() { en: "to be destroyed", de: "zu vernichten" }
    state_destroyed(day) { en: "destroyed {day}", de: "vernichtet {day}" }
    none() { en: "The ledger knows of no backup. Copies that were made by other means are not in it.", de: "Das Protokoll kennt keine Sicherung. Kopien, die auf anderem Weg entstanden, stehen nicht darin." }
    others() { en: "Copies of the disk or of `.dsr` that were made by other means are not listed; they know as much.", de: "Auf anderem Weg entstandene Kopien des Datenträgers oder von `.dsr` stehen hier nicht; sie wissen ebenso viel." }

    unknown(number) { en: "the ledger knows of no backup {number}, or of several", de: "das Protokoll kennt keine Sicherung {number}, oder mehrere" }
    unknown_help() { en: "`dsr backup --list` shows the numbers; the first 8 characters are enough", de: "`dsr backup --list` zeigt die Nummern; die ersten 8 Zeichen genügen" }
    noted_destroyed(number) { en: "Noted that the backup {number} does not exist any more.", de: "Vermerkt, dass es die Sicherung {number} nicht mehr gibt." }

    /// At a purge.
    still_holds(count) { en: "Backups that still open this case: {count}. Destroy them, or wait until their day; then note it with `dsr backup --destroyed`:", de: "Sicherungen, die diesen Vorgang noch öffnen: {count}. Sie vernichten oder ihren Tag abwarten; danach mit `dsr backup --destroyed` vermerken:" }
    still_until(number, made, until) { en: "  {number} of {made}, kept until {until}", de: "  {number} vom {made}, aufbewahrt bis {until}" }
    still(number, made) { en: "  {number} of {made}, kept without end", de: "  {number} vom {made}, unbefristet aufbewahrt" }

    there_already(folder) { en: "there is something in {folder} already", de: "in {folder} liegt bereits etwas" }
    there_already_help() { en: "a backup never overwrites: if what lies there is broken or old, rename the folder, and keep it until all is well", de: "eine Sicherung überschreibt nichts: ist das Vorhandene beschädigt oder alt, den Ordner umbenennen und aufheben, bis alles stimmt" }
    no_identity() { en: "the file holds no secret key of age", de: "die Datei enthält keinen geheimen age-Schlüssel" }
    no_identity_help() { en: "name the file that `age-keygen` wrote for this backup; one that is itself encrypted has to be decrypted first", de: "die Datei nennen, die `age-keygen` für diese Sicherung schrieb; eine verschlüsselte zuerst entschlüsseln" }
    not_opened(file) { en: "{file} cannot be opened with this key", de: "{file} lässt sich mit diesem Schlüssel nicht öffnen" }
    not_readable(file) { en: "{file} cannot be read", de: "{file} lässt sich nicht lesen" }
    not_opened_help() { en: "look whether it is the backup, and the key that belongs to one of its recipients (`dsr backup --list` shows their fingerprints)", de: "prüfen, ob es die Sicherung ist und der Schlüssel zu einem der Empfänger gehört (`dsr backup --list` zeigt die Fingerabdrücke)" }
    damaged() { en: "this is not a whole backup; nothing was written", de: "das ist keine vollständige Sicherung; es wurde nichts geschrieben" }
    damaged_help() { en: "take another copy of it, or an earlier backup", de: "eine andere Kopie davon nehmen oder eine frühere Sicherung" }
    other_ledger(id) { en: "the backup is of the ledger {id}, and dsr.lock names another; nothing was written", de: "die Sicherung gehört zum Protokoll {id}, in der dsr.lock steht ein anderes; es wurde nichts geschrieben" }
    other_ledger_help() { en: "work in the workspace that the backup is of, with its dsr.lock from git", de: "im Arbeitsordner arbeiten, zu dem die Sicherung gehört, mit seiner dsr.lock aus Git" }
    restored(made, events) { en: "Put back: ledger with {events} events, vault and keys, as they stood on {made}.", de: "Zurückgeholt: Protokoll mit {events} Einträgen, Tresor und Schlüssel, Stand {made}." }
    restored_behind(known, found) { en: "This account knows of {known} events, and {found} are there. Nothing is written before somebody accepts that: `dsr audit adopt --reason TEXT`.", de: "Dieses Konto kennt {known} Einträge, vorhanden sind {found}. Es wird nichts geschrieben, bevor das jemand anerkennt: `dsr audit adopt --reason TEXT`." }
    restored_look() { en: "What the systems were asked to do since then is not in the ledger: look through the bundles in evidence and the letters that went out.", de: "Was seitdem in den Systemen veranlasst wurde, steht nicht im Protokoll: Nachweise und versandte Schreiben durchsehen." }
    purge_repeated(case) { en: "the vault held the key of the case {case} again, which had been purged; it was purged once more", de: "der Tresor enthielt wieder den Schlüssel des bereits vernichteten Vorgangs {case}; er wurde erneut vernichtet" }
    purge_repeated_help() { en: "an older copy of the vault was put back; the copy itself still opens the case", de: "es wurde eine ältere Fassung des Tresors zurückgeholt; diese Fassung selbst öffnet den Vorgang weiterhin" }
}
