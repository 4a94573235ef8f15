//! Sentences about plugins: programs beside `dsr` that speak with a system.

catalogue! {
    network_word() { en: "`network` is `own`, or left out", de: "`network` ist `own` oder fehlt" }
    network_word_help() { en: "`network: own` if the program opens connections itself; without it, it sends its requests through dsr", de: "`network: own`, wenn das Programm selbst Verbindungen öffnet; ohne das gehen seine Anfragen durch dsr" }
    no_file_of_its_own() { en: "no word of `run` is a file beside the inventory", de: "kein Wort von `run` ist eine Datei beim Inventar" }
    no_file_of_its_own_why() { en: "dsr.lock must be able to say which program it is", de: "dsr.lock muss sagen können, welches Programm es ist" }
    no_file_of_its_own_help() { en: "write:   run: [python3, plugins/erp.py]   or   run: [plugins/erp]", de: "schreiben:   run: [python3, plugins/erp.py]   oder   run: [plugins/erp]" }
    unreadable_file(file, why) { en: "the plugin's file {file} cannot be read: {why}", de: "die Datei {file} des Plugins ist nicht lesbar: {why}" }
    unreadable_file_help() { en: "correct the path; it starts in the folder of dsr.yaml", de: "den Pfad berichtigen; er beginnt im Ordner von dsr.yaml" }
    no_program_file() { en: "it is no file of at most 16 MiB", de: "es ist keine Datei von höchstens 16 MiB" }
    not_on_path(program) { en: "there is no {program} in PATH", de: "in PATH gibt es kein {program}" }
    no_plugin_action(word) { en: "`{word}` is no action of a plugin", de: "`{word}` ist keine Aktion eines Plugins" }
    no_plugin_action_help() { en: "remove, anonymise, rectify, restrict, unrestrict", de: "remove, anonymise, rectify, restrict, unrestrict" }
    no_mark(action) { en: "`{action}` leaves no mark that could be read back", de: "`{action}` hinterlässt kein Zeichen, das sich nachlesen ließe" }
    no_mark_help(action) { en: "say which field shows it:   {action}: {{ set: {{ locked: yes }} }}", de: "sagen, welches Feld es zeigt:   {action}: {{ set: {{ gesperrt: ja }} }}" }

    no_json() { en: "a line is no JSON object", de: "eine Zeile ist kein JSON-Objekt" }
    other_id() { en: "a line answers another question", de: "eine Zeile beantwortet eine andere Frage" }
    not_one_thing() { en: "a line does not say one of the things that can be said", de: "eine Zeile sagt nicht eines von dem, was gesagt werden kann" }
    no_outcome() { en: "an outcome names no key or no word for what became of it", de: "ein Ergebnis nennt keinen Schlüssel oder kein Wort für das, was geschehen ist" }
    out_of_place() { en: "it said something that nobody asked for", de: "es hat etwas gesagt, wonach niemand gefragt hat" }
    no_complete() { en: "`done` does not say whether all was read (`complete`)", de: "`done` sagt nicht, ob alles gelesen wurde (`complete`)" }
    long_line() { en: "a line is longer than 16 MiB", de: "eine Zeile ist länger als 16 MiB" }
    unknown_member() { en: "it has a member that the protocol does not know", de: "sie hat einen Teil, den das Protokoll nicht kennt" }
    no_method() { en: "its method is none of GET, HEAD, POST, PUT, PATCH, DELETE", de: "ihre Methode ist keine von GET, HEAD, POST, PUT, PATCH, DELETE" }
    writes_while_reading() { en: "while reading, only GET, HEAD and a POST with `read_only: true` are sent", de: "beim Lesen werden nur GET, HEAD und ein POST mit `read_only: true` gesendet" }
    no_url() { en: "its URL is none", de: "ihre URL ist keine" }
    bad_header() { en: "a header cannot be sent, or is dsr's own affair", de: "eine Kopfzeile lässt sich nicht senden oder ist Sache von dsr" }
    two_bodies() { en: "it has two bodies, or one that is no text", de: "sie hat zwei Rümpfe oder einen, der kein Text ist" }
    unclosed_secret() { en: "a place for a secret is not written {{{{secret:NAME}}}} or {{{{secret:NAME|xml}}}}", de: "ein Platz für ein Geheimnis ist nicht {{{{secret:NAME}}}} oder {{{{secret:NAME|xml}}}} geschrieben" }
    no_such_secret() { en: "it names a secret that the settings do not have", de: "sie nennt ein Geheimnis, das die Einstellungen nicht haben" }

    own_network() { en: "its plugin opens connections of its own and has been handed the secrets; that it only reads while reading is its author's word, and dsr does not enforce it", de: "sein Plugin öffnet eigene Verbindungen und hat die Geheimnisse erhalten; dass es beim Lesen nur liest, sagt sein Autor, und dsr erzwingt es nicht" }
    own_network_help() { en: "give the account no more rights than needed; leave out `network: own` where the system speaks HTTP", de: "dem Konto nur die nötigen Rechte geben; `network: own` weglassen, wo das System HTTP spricht" }

    trust_head(program) { en: "The plugin {program}", de: "Das Plugin {program}" }
    trust_file(file, digest) { en: "  consists of {file}, SHA-256 {digest}", de: "  besteht aus {file}, SHA-256 {digest}" }
    trust_run(system, words) { en: "  is started for {system} as: {words}", de: "  wird für {system} gestartet als: {words}" }
    trust_asks(system, objects) { en: "  speaks for {system} about: {objects}", de: "  spricht für {system} über: {objects}" }
    trust_can(object, actions) { en: "  may be told to change {object}: {actions}", de: "  darf angewiesen werden, {object} zu ändern: {actions}" }
    trust_own(system) { en: "  opens connections of its own for {system} and is handed its secrets; dsr cannot see what it does", de: "  öffnet für {system} eigene Verbindungen und erhält die Geheimnisse; dsr sieht nicht, was es tut" }
}
