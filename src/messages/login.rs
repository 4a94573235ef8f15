//! Messages of `dsr login` and `dsr logout`.

catalogue! {
    ask(setting, system, reference) { en: "Secret `{setting}` of {system}, to be kept as {reference} (it is not shown):", de: "Geheimnis `{setting}` von {system}, wird als {reference} abgelegt (die Eingabe bleibt unsichtbar):" }
    kept(setting, system, reference) { en: "`{setting}` of {system} lies in the keyring as {reference}.", de: "`{setting}` von {system} liegt als {reference} im Schlüsselbund." }
    tried(system) { en: "{system} accepted it.", de: "{system} hat es angenommen." }
    untried(system) { en: "It was not tried on {system}; `dsr check --system {system}` does that.", de: "Es wurde nicht an {system} ausprobiert; das macht `dsr check --system {system}`." }
    unproven(system) { en: "{system} answers, but nothing showed that it accepts this; give it a control person.", de: "{system} antwortet, aber nichts hat gezeigt, dass es das annimmt; eine Kontrollperson würde es zeigen." }
    elsewhere_too(setting, reference) { en: "`{setting}` is not in the keyring but {reference}; it was left alone.", de: "`{setting}` liegt nicht im Schlüsselbund, sondern ist {reference}; daran wurde nichts geändert." }
    removed(reference) { en: "{reference} is gone from the keyring.", de: "{reference} ist aus dem Schlüsselbund entfernt." }
    was_not_there(reference) { en: "{reference} was not in the keyring.", de: "{reference} lag nicht im Schlüsselbund." }
    shared(reference, systems) { en: "{reference} also served {systems}, which cannot be searched until `dsr login` stores it again.", de: "{reference} diente auch {systems}; bis `dsr login` es wieder ablegt, wird dort nicht gesucht." }

    elsewhere(system) { en: "the secrets of {system} do not lie in the keyring", de: "die Geheimnisse von {system} liegen nicht im Schlüsselbund" }
    not_from_keyring() { en: "dsr.yaml says where a secret lies, and `login` stores only what it names `keyring:`", de: "die dsr.yaml sagt, wo ein Geheimnis liegt, und `login` legt nur ab, was dort `keyring:` heißt" }
    help_env(name) { en: "env:{name}: set the variable where dsr runs, such as `export {name}=…` or EnvironmentFile= of the unit", de: "env:{name}: die Variable dort setzen, wo dsr läuft, etwa mit `export {name}=…` oder EnvironmentFile= der Unit" }
    help_file(path) { en: "file:{path}: write it so that only you can read it: (umask 077; cat > '{path}')", de: "file:{path}: so schreiben, dass nur das eigene Konto sie liest: (umask 077; cat > '{path}')" }
    help_credential(name) { en: "credential:{name}: systemd-creds encrypt --name={name} - /etc/credstore.encrypted/{name}, and LoadCredentialEncrypted={name} in the unit", de: "credential:{name}: systemd-creds encrypt --name={name} - /etc/credstore.encrypted/{name}, und LoadCredentialEncrypted={name} in der Unit" }
    help_command(program) { en: "command:{program}: store it in the program that is asked, such as the password manager", de: "command:{program}: es in dem Programm ablegen, das gefragt wird, etwa im Passwortmanager" }
    help_keyring() { en: "or write `secret: \"keyring:NAME\"` in dsr.yaml and run `dsr login` again", de: "oder in der dsr.yaml `secret: \"keyring:NAME\"` schreiben und `dsr login` erneut aufrufen" }
    no_secrets(system) { en: "{system} has no secret to be stored", de: "{system} hat kein Geheimnis, das abzulegen wäre" }
    no_secrets_help() { en: "`dsr login` lists the systems that have some", de: "`dsr login` zeigt die Systeme, die welche haben" }
    no_keyring(why) { en: "the keyring cannot be used: {why}", de: "der Schlüsselbund ist nicht verwendbar: {why}" }
    no_keyring_server() { en: "on a server without one, name the secret in dsr.yaml by `credential:NAME` (systemd-creds encrypt) or `file:PATH` (mode 0600)", de: "auf einem Server ohne Schlüsselbund das Geheimnis in der dsr.yaml mit `credential:NAME` (systemd-creds encrypt) oder `file:PFAD` (Modus 0600) angeben" }
    too_few_lines(wanted, came) { en: "{came} of {wanted} secrets came over standard input", de: "über die Standardeingabe kamen {came} von {wanted} Geheimnissen" }
    too_few_lines_help(settings) { en: "one line each, in this order: {settings}", de: "je eine Zeile, in dieser Reihenfolge: {settings}" }
    empty(setting) { en: "`{setting}` is empty", de: "`{setting}` ist leer" }
    empty_help() { en: "nothing was changed; run the command again", de: "es wurde nichts geändert; den Befehl wiederholen" }
    refused(system, code, why) { en: "nothing was kept, because {system} did not accept it: {code}: {why}", de: "nichts wurde abgelegt, weil {system} es nicht angenommen hat: {code}: {why}" }
    refused_help() { en: "type it again, or have a new one made in the system", de: "es erneut eingeben oder im System ein neues anlegen" }
    unreachable(system, code, why) { en: "nothing was kept, because it could not be tried on {system}: {code}: {why}", de: "nichts wurde abgelegt, weil es sich an {system} nicht ausprobieren ließ: {code}: {why}" }
    unreachable_help() { en: "run the command again when the system answers, or with --unchecked", de: "den Befehl wiederholen, wenn das System antwortet, oder mit --unchecked" }
    not_kept() { en: "the keyring gave back something else than was stored", de: "der Schlüsselbund hat etwas anderes zurückgegeben, als abgelegt wurde" }

    setting() { en: "Setting", de: "Einstellung" }
    reference() { en: "Where", de: "Wo" }
    there() { en: "there", de: "vorhanden" }
    asked_when_needed() { en: "asked when needed", de: "wird bei Bedarf gefragt" }
    none_needed() { en: "No system needs a secret.", de: "Kein System braucht ein Geheimnis." }
}
