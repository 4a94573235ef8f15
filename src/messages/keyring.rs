//! Messages about the keyring of the person's session.

catalogue! {
    unreachable() { en: "no keyring can be reached from here", de: "von hier aus ist kein Schlüsselbund erreichbar" }
    unreachable_help() { en: "run the command in a desktop session with a keyring; `-vv` shows the reason", de: "den Befehl in einer Desktop-Sitzung mit Schlüsselbund ausführen; `-vv` zeigt den Grund" }
    no_default() { en: "the keyring service holds no keyring yet", de: "der Schlüsselbunddienst enthält noch keinen Schlüsselbund" }
    no_default_help() { en: "make one in the desktop's password manager", de: "in der Passwortverwaltung des Desktops einen anlegen" }
    locked() { en: "the keyring is locked", de: "der Schlüsselbund ist gesperrt" }
    locked_help() { en: "unlock it in the desktop's password manager and run the command again", de: "ihn in der Passwortverwaltung des Desktops entsperren und den Befehl wiederholen" }
    denied() { en: "the keyring denies access", de: "der Schlüsselbund verweigert den Zugriff" }
    denied_help() { en: "allow dsr to use it in the desktop's password manager and run the command again", de: "dsr in der Passwortverwaltung des Desktops den Zugriff erlauben und den Befehl wiederholen" }
    several() { en: "the keyring holds several entries of this name", de: "der Schlüsselbund enthält mehrere Einträge dieses Namens" }
    several_help() { en: "delete the wrong ones in the desktop's password manager; dsr does not guess", de: "die falschen in der Passwortverwaltung des Desktops löschen; dsr rät nicht" }
    not_text() { en: "the keyring's entry is not UTF-8 text", de: "der Eintrag im Schlüsselbund ist kein UTF-8-Text" }
    not_text_help() { en: "store it again as text", de: "ihn als Text neu hinterlegen" }
    silent(seconds) { en: "the keyring gave no answer within {seconds} s", de: "der Schlüsselbund hat innerhalb von {seconds} s nicht geantwortet" }
    silent_help() { en: "look for a window in which it asks for something, then run the command again", de: "nachsehen, ob er in einem Fenster etwas fragt, und den Befehl dann wiederholen" }
    not_built() { en: "this dsr was built without keyrings", de: "dieses dsr wurde ohne Schlüsselbund gebaut" }
    not_built_help() { en: "use a dsr that was built with the feature `keyring`", de: "ein dsr verwenden, das mit dem Feature `keyring` gebaut ist" }
    failed() { en: "the keyring failed", de: "der Schlüsselbund ist gescheitert" }
    failed_help() { en: "restart the keyring service (a new login does) and run the command again; `-vv` shows the reason", de: "den Schlüsselbunddienst neu starten (durch erneutes Anmelden) und den Befehl wiederholen; `-vv` zeigt den Grund" }

    secret_missing(reference, command) { en: "the secret {reference} is missing; store it: {command}", de: "das Geheimnis {reference} fehlt; hinterlegen mit: {command}" }
    secret_unusable(why, help) { en: "{why}; {help}, or name the secret by credential:, file: or a command", de: "{why}; {help} oder das Geheimnis mit credential:, file: oder einem Kommando angeben" }

    key_gone(account) { en: "the workspace key is missing in the keyring (service dsr, account {account})", de: "der Schlüssel des Arbeitsbereichs fehlt im Schlüsselbund (Dienst dsr, Konto {account})" }
    key_gone_why(file) { en: "{file} says that it lies there; a new key would not open the vault, so none is made", de: "laut {file} liegt er dort; ein neuer Schlüssel würde den Tresor nicht öffnen, deshalb wird keiner angelegt" }
    key_gone_help(command) { en: "restore the keyring, or put the key back from where you keep it safe: {command}", de: "den Schlüsselbund wiederherstellen oder den Schlüssel vom sicheren Ort zurückbringen: {command}" }
    key_gone_credential(credential) { en: "or hand the key over as the systemd credential {credential}", de: "oder den Schlüssel als systemd-Credential {credential} übergeben" }
    key_unreadable(why) { en: "the workspace key cannot be read: {why}", de: "der Schlüssel des Arbeitsbereichs ist nicht lesbar: {why}" }
    key_unwritable(why) { en: "the workspace key cannot be put into the keyring: {why}", de: "der Schlüssel des Arbeitsbereichs lässt sich nicht im Schlüsselbund ablegen: {why}" }
    key_file_instead() { en: "`dsr init --key file` keeps the key in a file that only you can read", de: "`dsr init --key file` legt den Schlüssel in einer Datei ab, die nur der eigene Benutzer lesen kann" }
    key_not_kept() { en: "the keyring gave back something else than was stored", de: "der Schlüsselbund hat etwas anderes zurückgegeben, als abgelegt wurde" }
    key_elsewhere(place) { en: "this workspace has a key already, in {place}", de: "dieser Arbeitsbereich hat schon einen Schlüssel ({place})" }
    key_elsewhere_help() { en: "run `dsr init` without --key; the key stays where it is", de: "`dsr init` ohne --key aufrufen; der Schlüssel bleibt, wo er ist" }
    in_credential(credential) { en: "the systemd credential {credential}", de: "systemd-Credential {credential}" }
    in_keyring(account) { en: "the keyring (service dsr, account {account})", de: "Schlüsselbund, Dienst dsr, Konto {account}" }
    in_file(file) { en: "the file {file}", de: "Datei {file}" }
    key_kept(account) { en: "The workspace key lies in your keyring (service dsr, account {account}).", de: "Der Schlüssel des Arbeitsbereichs liegt im eigenen Schlüsselbund (Dienst dsr, Konto {account})." }
    key_copy(command) { en: "Keep a copy in a safe place, without it nothing in the vault can be read: {command}", de: "Eine Kopie an einem sicheren Ort aufbewahren, denn ohne ihn ist im Tresor nichts lesbar: {command}" }
}
