//! Messages about the workspace, its lock, its ledger and its vault.

catalogue! {
    no_workspace(folder) { en: "no dsr.yaml in {folder} or any folder above it", de: "weder in {folder} noch in einem Ordner darüber liegt eine dsr.yaml" }
    no_folder(folder) { en: "the folder {folder} cannot be opened", de: "der Ordner {folder} lässt sich nicht öffnen" }
    no_workspace_help() { en: "change into the workspace, name it with `dsr -C DIR`, or make one with `dsr init`", de: "in den Arbeitsordner wechseln, ihn mit `dsr -C ORDNER` angeben oder mit `dsr init` einen anlegen" }
    foreign_owner(path, owner, me) { en: "{path} belongs to user {owner}, and you are user {me}; whoever owns it could make you erase the wrong data", de: "{path} gehört dem Benutzer {owner}, angemeldet ist {me}; wem die Datei gehört, der könnte die falschen Daten löschen lassen" }
    foreign_owner_help(owner) { en: "work as the owner: `sudo -u '#{owner}' dsr …`", de: "als Eigentümer arbeiten: `sudo -u '#{owner}' dsr …`" }
    take_over(me, path) { en: "or, having read every file in it, take it over: `chown -R {me} {path}`", de: "oder nach Durchsicht aller Dateien übernehmen: `chown -R {me} {path}`" }
    writable_by_others(path, mode) { en: "{path} can be written by others (mode {mode}); they could change whose data is erased", de: "in {path} können auch andere schreiben (Rechte {mode}); sie könnten ändern, wessen Daten gelöscht werden" }
    readable_by_others(path, mode) { en: "{path} can be read by others (mode {mode}), and it protects personal data", de: "{path} können auch andere lesen (Rechte {mode}); hier liegen geschützte personenbezogene Daten" }
    run(command) { en: "run `{command}`", de: "`{command}` ausführen" }
    network_share(folder, kind) { en: "{folder} lies on a network share ({kind}), where two machines could write the ledger at once and destroy it", de: "{folder} liegt auf einem Netzlaufwerk ({kind}); dort könnten zwei Rechner gleichzeitig in das Protokoll schreiben und es zerstören" }
    network_share_help() { en: "move the workspace to a disk of this machine", de: "den Arbeitsordner auf eine Festplatte dieses Rechners verlegen" }
    disk_full() { en: "the disk is full", de: "der Datenträger ist voll" }
    disk_full_help() { en: "free some space and run the command again; it continues where it stopped", de: "Platz schaffen und den Befehl wiederholen; er macht dort weiter, wo er aufgehört hat" }
    not_writable() { en: "a file of the workspace cannot be opened for writing", de: "eine Datei des Arbeitsordners lässt sich nicht zum Schreiben öffnen" }
    not_writable_help() { en: "check that the disk is not mounted read-only and that you own the workspace (`ls -la`)", de: "prüfen, ob der Datenträger schreibgeschützt eingehängt ist und wem der Arbeitsordner gehört (`ls -la`)" }
    file_failed() { en: "a file of the workspace could not be read or written", de: "eine Datei des Arbeitsordners ließ sich nicht lesen oder schreiben" }
    file_failed_help() { en: "remove the cause named above and run the command again; it continues where it stopped", de: "die genannte Ursache beheben und den Befehl wiederholen; er macht dort weiter, wo er aufgehört hat" }
    nowhere(folder) { en: "there is no folder {folder}", de: "den Ordner {folder} gibt es nicht" }
    nowhere_help() { en: "make it, or name another; nothing was written", de: "ihn anlegen oder einen anderen nennen; es wurde nichts geschrieben" }
    lease_taken(name) { en: "{name} is being worked on by another process", de: "ein anderer Prozess ist gerade daran: {name}" }
    lease_taken_help() { en: "wait until it has finished; if the process is dead, its lease is gone already and the command can be repeated", de: "warten, bis er fertig ist; endet der Prozess, wird die Sperre von selbst frei und der Befehl kann wiederholt werden" }
    held_by(command, pid, seconds) { en: "held by `{command}`, process {pid}, for {seconds} s", de: "gehalten von `{command}`, Prozess {pid}, seit {seconds} s" }
    held_by_unknown() { en: "the holder has not written its name yet", de: "wer die Sperre hält, steht noch nicht in der Datei" }
    database_locked(file) { en: "{file} is locked by another program", de: "{file} ist durch ein anderes Programm gesperrt" }
    database_locked_help() { en: "close programs that have the file open (a database browser, a backup) and run the command again", de: "Programme schließen, die die Datei geöffnet haben (Datenbankbetrachter, Datensicherung), und den Befehl wiederholen" }
    database_broken(file) { en: "{file} is damaged or is no SQLite file", de: "{file} ist beschädigt oder keine SQLite-Datei" }
    database_broken_help() { en: "keep the file as it is, and restore `.dsr` from the latest backup", de: "die Datei unverändert aufbewahren und `.dsr` aus der letzten Sicherung wiederherstellen" }
    database_failed(file) { en: "{file} could not be read or written", de: "{file} ließ sich nicht lesen oder schreiben" }
    database_failed_help() { en: "run the command again; if it fails once more, look for errors of the disk in the system's log", de: "den Befehl wiederholen; schlägt er erneut fehl, im Systemprotokoll nach Fehlern des Datenträgers suchen" }
    no_state_folder() { en: "there is no folder outside the workspace in which to remember how far the ledger has come", de: "außerhalb des Arbeitsordners gibt es keinen Ordner, in dem sich der Stand des Protokolls festhalten lässt" }
    no_state_folder_help() { en: "set HOME or XDG_STATE_HOME to an absolute path that this account can write", de: "HOME oder XDG_STATE_HOME auf einen absoluten Pfad setzen, in den dieses Konto schreiben darf" }

    lock_missing() { en: "the workspace has no dsr.lock", de: "im Arbeitsordner fehlt die dsr.lock" }
    lock_missing_help() { en: "a new workspace gets one by `dsr init`; an old one has it in git (`git checkout dsr.lock`)", de: "ein neuer Arbeitsordner erhält sie durch `dsr init`, bei einem alten liegt sie in Git (`git checkout dsr.lock`)" }
    lock_missing_beside_ledger() { en: "there is a ledger, but no dsr.lock that says it is the right one", de: "es gibt ein Protokoll, aber keine dsr.lock, die es als das richtige ausweist" }
    lock_missing_beside_ledger_help() { en: "restore dsr.lock from git (`git checkout dsr.lock`) or from a backup; never start a new ledger beside an old one", de: "dsr.lock aus Git (`git checkout dsr.lock`) oder aus einer Sicherung wiederherstellen; nie ein neues Protokoll neben einem alten beginnen" }
    lock_unreadable() { en: "dsr.lock cannot be understood", de: "die dsr.lock ist nicht lesbar" }
    lock_unreadable_help() { en: "restore it from git (`git checkout dsr.lock`); after a merge, keep the `ledger` line of this workspace and run `dsr trust` for changed files", de: "aus Git wiederherstellen (`git checkout dsr.lock`); nach einer Zusammenführung die Zeile `ledger` dieses Arbeitsordners behalten und geänderte Dateien mit `dsr trust` freigeben" }
    lock_without_ledger() { en: "dsr.lock names no ledger", de: "in der dsr.lock steht kein Protokoll" }
    ledger_id_malformed() { en: "the ledger id in dsr.lock does not have 32 hexadecimal digits", de: "die Protokollkennung in der dsr.lock hat nicht 32 Hexadezimalziffern" }

    ledger_exists() { en: "there is a ledger with a history already", de: "es gibt bereits ein Protokoll mit Einträgen" }
    ledger_missing(id) { en: "the ledger {id} that dsr.lock names is missing", de: "das Protokoll {id}, das in der dsr.lock steht, fehlt" }
    ledger_missing_help() { en: "restore `.dsr` from the backup of this workspace; a new ledger would hide everything that was done", de: "`.dsr` aus der Sicherung dieses Arbeitsordners wiederherstellen; ein neues Protokoll würde alles Bisherige verbergen" }
    ledger_foreign(id) { en: "the ledger in `.dsr` is another one than {id}, which dsr.lock names", de: "in `.dsr` liegt ein anderes Protokoll als {id}, das in der dsr.lock steht" }
    clock_went_back(now, last) { en: "the clock shows {now}, but the last event was written at {last}; nothing was written", de: "die Uhr zeigt {now}, der letzte Eintrag stammt aber von {last}; es wurde nichts geschrieben" }
    clock_went_back_help() { en: "set the clock of this machine (`timedatectl`); if it is right and was ahead before, wait until it has passed the last event, or put back a copy from before that: rename `.dsr`, then `dsr backup --restore FILE --identity KEY` and `dsr audit adopt --reason TEXT`", de: "die Uhr dieses Rechners stellen (`timedatectl`); geht sie richtig und ging vorher vor, warten, bis der letzte Eintrag überholt ist, oder eine Sicherung von davor zurückholen: `.dsr` umbenennen, dann `dsr backup --restore DATEI --identity SCHLÜSSEL` und `dsr audit adopt --reason TEXT`" }
    ledger_set_back() { en: "the ledger does not contain what this account remembers of it; nothing was written", de: "im Protokoll fehlt, was dieses Konto davon kennt; es wurde nichts geschrieben" }
    ledger_behind(known, found) { en: "it had {known} events and now has {found}", de: "es hatte {known} Einträge und hat jetzt {found}" }
    ledger_differs(known) { en: "event {known} is another one than before", de: "der Eintrag {known} ist ein anderer als zuvor" }
    head_unreadable(file) { en: "{file} should say how far it had come, and cannot be understood", de: "{file} sollte seinen letzten Stand nennen und ist nicht lesbar" }
    ledger_set_back_help() { en: "restore the newest copy of `.dsr`; if this is the newest, say why with `dsr audit adopt --reason TEXT`", de: "die neueste Fassung von `.dsr` wiederherstellen; ist dies die neueste, den Grund mit `dsr audit adopt --reason TEXT` angeben" }
    ledger_busy(seconds) { en: "the ledger was locked for longer than {seconds} s", de: "das Protokoll war länger als {seconds} s gesperrt" }
    ledger_busy_help() { en: "a commit takes milliseconds: see what the process named above is doing, end it if it hangs, and run the command again", de: "ein Eintrag dauert Millisekunden: nachsehen, was der genannte Prozess tut, ihn beenden, falls er hängt, und den Befehl wiederholen" }
    ledger_damaged(seq) { en: "event {seq} of the ledger cannot be relied on", de: "auf den Eintrag {seq} des Protokolls ist kein Verlass" }
    ledger_damaged_help() { en: "keep the file as it is, see what is affected with `dsr audit log`, and restore `.dsr` from a backup", de: "die Datei unverändert aufbewahren, mit `dsr audit log` den Umfang feststellen und `.dsr` aus einer Sicherung wiederherstellen" }
    flaw_hash() { en: "its bytes were changed", de: "sein Inhalt wurde verändert" }
    flaw_unreadable() { en: "it is not an event that this version knows", de: "es ist kein Eintrag, den diese Version kennt" }
    flaw_columns() { en: "it stands in another place than it says", de: "er steht an einer anderen Stelle, als er selbst angibt" }
    flaw_chain() { en: "an event before it is missing or was exchanged", de: "ein Eintrag davor fehlt oder wurde ausgetauscht" }
    flaw_case_chain() { en: "an event of its case before it is missing or was exchanged", de: "ein früherer Eintrag desselben Vorgangs fehlt oder wurde ausgetauscht" }
    flaw_clock() { en: "it is older than the event before it", de: "er ist älter als der Eintrag davor" }
    flaw_first() { en: "a ledger begins with its own id, and only there", de: "ein Protokoll beginnt mit seiner eigenen Kennung, und nur dort steht sie" }
    flaw_remembered() { en: "what this account remembers of the ledger is missing: its end was cut off or rewritten", de: "was dieses Konto vom Protokoll kennt, fehlt: das Ende wurde abgeschnitten oder neu geschrieben" }

    vault_missing() { en: "the vault `.dsr/vault.db` is missing", de: "der Tresor `.dsr/vault.db` fehlt" }
    vault_missing_help() { en: "restore `.dsr` from the backup of this workspace; a new workspace gets a vault by `dsr init`", de: "`.dsr` aus der Sicherung dieses Arbeitsordners wiederherstellen; ein neuer Arbeitsordner erhält den Tresor durch `dsr init`" }
    vault_other_key() { en: "the workspace key does not open this vault", de: "der Schlüssel des Arbeitsordners öffnet diesen Tresor nicht" }
    vault_other_key_help() { en: "restore the key and the vault of the same workspace; nothing in the vault can be read without its key", de: "Schlüssel und Tresor desselben Arbeitsordners wiederherstellen; ohne den passenden Schlüssel ist im Tresor nichts lesbar" }
    vault_no_case_key(case) { en: "the vault holds no key for the case {case}", de: "im Tresor liegt kein Schlüssel für den Vorgang {case}" }
    vault_no_case_key_help() { en: "the case was purged, or `vault.db` is older than the ledger: then restore the newest `vault.db`", de: "der Vorgang wurde vernichtet, oder `vault.db` ist älter als das Protokoll: dann die neueste `vault.db` wiederherstellen" }
    vault_item_damaged(name, case) { en: "the item {name} of {case} in the vault was changed or cannot be read", de: "der Eintrag {name} zu {case} im Tresor wurde verändert oder ist nicht lesbar" }
    vault_not_flushed() { en: "the data was removed from the vault, but another program kept its log from being emptied; repeat the command", de: "die Daten sind aus dem Tresor entfernt, ein anderes Programm hat aber verhindert, dass sein Zwischenspeicher geleert wird; den Befehl wiederholen" }
    key_missing(path) { en: "the workspace key {path} is missing", de: "der Schlüssel des Arbeitsordners {path} fehlt" }
    key_missing_help(credential) { en: "restore the file from where you keep it safe, or hand it over as the systemd credential {credential}; without it nothing in the vault can be read", de: "die Datei vom sicheren Ort zurückholen oder als systemd-Credential {credential} übergeben; ohne sie ist im Tresor nichts lesbar" }
    key_malformed(path) { en: "{path} does not hold a key of 64 hexadecimal digits", de: "{path} enthält keinen Schlüssel aus 64 Hexadezimalziffern" }
}
