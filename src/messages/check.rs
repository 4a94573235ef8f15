//! Messages of `dsr check`.

catalogue! {
    state() { en: "State", de: "Zustand" }
    server() { en: "Server", de: "Server" }
    account() { en: "Account", de: "Konto" }
    control() { en: "Control persons", de: "Kontrollpersonen" }
    connected_in() { en: "Connect", de: "Verbinden" }
    asked_in() { en: "Request", de: "Anfrage" }
    by_hand() { en: "searched by hand", de: "wird von Hand durchsucht" }
    not_connected() { en: "not connected", de: "nicht angebunden" }
    switched_off() { en: "switched off", de: "abgeschaltet" }
    reachable() { en: "reachable, credential works", de: "erreichbar, Zugangsdaten gültig" }
    partly(count, all) { en: "reachable, but {count} of {all} objects cannot be searched", de: "erreichbar, doch {count} von {all} Objekten nicht durchsuchbar" }
    failed(code, why) { en: "{code}: {why}", de: "{code}: {why}" }
    of(found, all) { en: "{found} of {all}", de: "{found} von {all}" }
    workspace() { en: "workspace", de: "Arbeitsordner" }
    to_do(errors, warnings, hints) { en: "To do (errors: {errors}, warnings: {warnings}, hints: {hints})", de: "Zu tun (Fehler: {errors}, Warnungen: {warnings}, Hinweise: {hints})" }
    nothing_to_do() { en: "Nothing to do.", de: "Nichts zu tun." }
    error() { en: "Error", de: "Fehler" }
    warning() { en: "Warning", de: "Warnung" }
    hint() { en: "Hint", de: "Hinweis" }
    line(severity, code, place, what) { en: "{severity} {code} {place}: {what}", de: "{severity} {code} {place}: {what}" }

    key_in_credential() { en: "The workspace key comes from a systemd credential.", de: "Der Schlüssel des Arbeitsordners kommt aus einem systemd-Credential." }
    key_in_keyring(account) { en: "the workspace key lies in the keyring (service dsr, account {account}); while it is unlocked, every program that you run can read the key", de: "der Schlüssel des Arbeitsordners liegt im Schlüsselbund (Dienst dsr, Konto {account}); solange dieser entsperrt ist, kann jedes Programm desselben Benutzers ihn lesen" }
    key_in_keyring_help() { en: "on a server, a systemd credential named dsr-workspace-key is safer", de: "auf einem Server ist ein systemd-Credential namens dsr-workspace-key sicherer" }
    key_in_file() { en: "the workspace key lies in a file, which your account and root can read", de: "der Schlüssel des Arbeitsordners liegt in einer Datei, die das eigene Konto und root lesen können" }
    key_in_file_help() { en: "on a server, a systemd credential named dsr-workspace-key is safer; at a desk, the keyring is (`dsr init --key keyring` for a new workspace)", de: "auf einem Server ist ein systemd-Credential namens dsr-workspace-key sicherer, am Arbeitsplatz der Schlüsselbund (`dsr init --key keyring` für einen neuen Arbeitsordner)" }
    ledger_broken(seq, flaw) { en: "the ledger is not whole: event {seq}: {flaw}", de: "das Protokoll ist nicht unversehrt: Ereignis {seq}: {flaw}" }
    ledger_broken_help() { en: "restore it from a backup, and find out who wrote to it; `dsr audit log` shows it", de: "es aus einer Sicherung wiederherstellen und klären, wer hineingeschrieben hat; `dsr audit log` zeigt es" }
    clock_behind() { en: "this machine's clock is before the last event of the ledger; until it is past it, nothing is written", de: "die Uhr dieses Rechners steht vor dem letzten Ereignis des Protokolls; vorher wird nichts geschrieben" }
    clock_behind_help() { en: "set the clock, best from a time server", de: "die Uhr stellen, am besten nach einem Zeitserver" }
    no_seal(why) { en: "no evidence can be sealed: {why}", de: "Nachweise lassen sich nicht siegeln: {why}" }
    no_seal_help() { en: "restore the sealing key and its certificate from a backup, or see `evidence.seal` in dsr.yaml", de: "Siegelschlüssel und Zertifikat aus einer Sicherung wiederherstellen, oder `evidence.seal` in der dsr.yaml prüfen" }
    seal_expired(day) { en: "the sealing certificate is not valid today; its last day is {day}", de: "das Siegelzertifikat gilt heute nicht; sein letzter Tag ist der {day}" }
    seal_expires(day) { en: "the sealing certificate expires on {day}", de: "das Siegelzertifikat läuft am {day} ab" }
    seal_expires_help() { en: "have a new one issued and put it in the place of .dsr/keys/seal.cert.pem with its key; old bundles stay valid", de: "ein neues ausstellen lassen und samt Schlüssel an die Stelle von .dsr/keys/seal.cert.pem legen; alte Nachweise bleiben gültig" }
    disk(megabytes) { en: "only {megabytes} MB are free on the disk of the workspace", de: "auf dem Datenträger des Arbeitsordners sind nur noch {megabytes} MB frei" }
    disk_help() { en: "make room; an erasure that cannot write its events stops", de: "Platz schaffen; eine Löschung, die ihre Ereignisse nicht schreiben kann, hält an" }
    leftover(name, days) { en: "exports/{name} is {days} days old; a package for a person has no business here that long", de: "exports/{name} ist {days} Tage alt; so lange hat ein Paket für eine Person hier nichts zu suchen" }
    leftover_help() { en: "delete it, if the person has it", de: "löschen, wenn die Person es hat" }
    readable(name) { en: "others can read {name}, which is personal or secret", de: "andere können {name} lesen; die Datei ist personenbezogen oder geheim" }
    readable_help() { en: "take the rights from others", de: "anderen die Rechte nehmen" }
    not_ignored(lines) { en: ".gitignore lacks {lines}; a commit could publish personal data", de: "in .gitignore fehlt {lines}; ein Commit könnte Personenbezogenes veröffentlichen" }
    not_ignored_help() { en: "run `dsr init`, which adds what is missing", de: "`dsr init` aufrufen; der Befehl ergänzt, was fehlt" }
    stale_trust(path) { en: "dsr.lock trusts {path}, which is missing or has another content now", de: "dsr.lock vertraut {path}; die Datei fehlt oder hat jetzt einen anderen Inhalt" }
    stale_trust_help() { en: "restore the file, or look at it and run `dsr trust` again", de: "die Datei wiederherstellen, oder sie ansehen und `dsr trust` erneut aufrufen" }
}
