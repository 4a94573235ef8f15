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

    open_this(system) { en: "Open this address in a browser and let dsr into {system}:", de: "Diese Adresse in einem Browser öffnen und dsr den Zugang zu {system} erlauben:" }
    waiting_for_browser(redirect) { en: "Waiting for the browser to come back to {redirect} (on a machine without one: --paste).", de: "Warten, bis der Browser auf {redirect} zurückkommt (auf einem Rechner ohne Browser: --paste)." }
    paste_it(redirect) { en: "The browser then shows an address that begins with {redirect} and cannot be opened there. Paste it here whole:", de: "Der Browser zeigt danach eine Adresse, die mit {redirect} beginnt und sich dort nicht öffnen lässt. Sie hier ganz einfügen:" }
    browser_done() { en: "dsr has what it needs. This window can be closed.", de: "dsr hat, was es braucht. Dieses Fenster kann geschlossen werden." }
    browser_refused() { en: "dsr was not let in. This window can be closed.", de: "dsr hat keinen Zugang erhalten. Dieses Fenster kann geschlossen werden." }
    browser_foreign() { en: "This is not what dsr is waiting for.", de: "Darauf wartet dsr nicht." }
    no_consent(system) { en: "nobody let dsr into {system}", de: "niemand hat dsr den Zugang zu {system} erlaubt" }
    no_consent_help() { en: "run the command again with an account that may agree", de: "den Befehl mit einem Konto wiederholen, das zustimmen darf" }
    browser_silent() { en: "the browser did not come back", de: "der Browser ist nicht zurückgekommen" }
    browser_silent_help() { en: "run the command again; where the browser runs on another machine, with --paste", de: "den Befehl wiederholen; läuft der Browser auf einem anderen Rechner, mit --paste" }
    no_listener(port) { en: "this machine gives no port to wait on ({port})", de: "auf diesem Rechner lässt sich kein Port zum Warten öffnen ({port})" }
    no_listener_help() { en: "choose another port with --port, or use --paste", de: "mit --port einen anderen Port wählen oder --paste verwenden" }
    foreign_answer() { en: "this is not the address that the browser was sent to", de: "das ist nicht die Adresse, zu der der Browser geschickt wurde" }
    foreign_answer_help() { en: "run the command again and paste the whole address, from http to its end", de: "den Befehl wiederholen und die ganze Adresse einfügen, von http bis zum Ende" }
    no_refresh_token(system) { en: "{system} gave access that cannot be renewed", de: "{system} hat einen Zugang gegeben, der sich nicht erneuern lässt" }
    no_refresh_token_help() { en: "many systems give a refresh token only for a scope such as `offline_access`, or with a parameter in `authorize_url`; add it to the connector", de: "viele Systeme geben ein Refresh-Token nur mit einem Scope wie `offline_access` oder mit einem Parameter in `authorize_url`; im Konnektor ergänzen" }

    setting() { en: "Setting", de: "Einstellung" }
    reference() { en: "Where", de: "Wo" }
    there() { en: "there", de: "vorhanden" }
    asked_when_needed() { en: "asked when needed", de: "wird bei Bedarf gefragt" }
    none_needed() { en: "No system needs a secret.", de: "Kein System braucht ein Geheimnis." }
}
