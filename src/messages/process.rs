//! Sentences about plugins: programs beside `dsr` that speak with a system.

catalogue! {
    network_word() { en: "`network` is `own`, or left out", de: "`network` ist `own` oder fehlt" }
    network_word_help() { en: "`network: own` if the program opens connections itself; without it, it sends its requests through dsr", de: "`network: own`, wenn das Programm selbst Verbindungen öffnet; ohne das gehen seine Anfragen durch dsr" }
    no_file_of_its_own(file) { en: "no word of `run` is a file in the folder of {file}", de: "kein Wort von `run` ist eine Datei im Ordner von {file}" }
    no_file_of_its_own_why() { en: "dsr.lock must be able to say which program it is", de: "dsr.lock muss sagen können, welches Programm es ist" }
    no_file_of_its_own_help() { en: "write:   run: [python3, plugins/erp.py]   or   run: [plugins/erp]", de: "schreiben:   run: [python3, plugins/erp.py]   oder   run: [plugins/erp]" }
    unreadable_file(file, why) { en: "the plugin's file {file} cannot be read: {why}", de: "die Datei {file} des Plugins ist nicht lesbar: {why}" }
    unreadable_file_help(file) { en: "correct the path; it starts in the folder of {file}", de: "den Pfad berichtigen; er beginnt im Ordner von {file}" }
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

    silent(seconds) { en: "it gave no signature within {seconds} s", de: "es lieferte in {seconds} s keine Signatur" }
    no_signer() { en: "it does not say that it signs requests (`signs: true`)", de: "es sagt nicht, dass es Anfragen signiert (`signs: true`)" }
    signs_otherwise() { en: "a signature is not made of `headers` and `query` with texts in them", de: "eine Signatur besteht nicht aus `headers` und `query` mit Texten darin" }
    signs_beyond() { en: "it wanted to set more on a request than the headers and parameters that the connector lists", de: "es wollte an einer Anfrage mehr setzen als die Kopfzeilen und Parameter, die der Konnektor aufzählt" }
    signs_over(name) { en: "it wanted to replace `{name}`, which the request has already", de: "es wollte `{name}` ersetzen, das die Anfrage schon hat" }
    signs_nothing() { en: "it gave nothing to put on the request", de: "es lieferte nichts, was an die Anfrage gehört" }
    no_such_setting(name) { en: "this connector has no setting `{name}` that is no secret", de: "dieser Konnektor hat keine Einstellung `{name}`, die kein Geheimnis ist" }
    no_such_setting_secret(name) { en: "this connector has no secret setting `{name}`", de: "dieser Konnektor hat keine geheime Einstellung `{name}`" }
    no_such_setting_help() { en: "`settings` and `secrets` of a plugin list what it is handed, by the names of the connector's `settings:`; secrets only under `secrets`", de: "`settings` und `secrets` eines Plugins zählen auf, was es erhält, mit den Namen aus `settings:` des Konnektors; Geheimnisse nur unter `secrets`" }
    not_to_be_signed(name) { en: "a plugin may not set `{name}`", de: "`{name}` darf ein Plugin nicht setzen" }
    not_to_be_signed_why() { en: "it can change what a request asks, where it goes or what it is taken for", de: "damit ließe sich ändern, was eine Anfrage verlangt, wohin sie geht oder wofür sie gehalten wird" }
    not_to_be_signed_help() { en: "list headers that are made for signatures:   headers: [Authorization, X-Date]", de: "Kopfzeilen aufzählen, die für Signaturen da sind:   headers: [Authorization, X-Date]" }
    no_place_to_sign() { en: "nothing says where the plugin puts its signature", de: "nichts sagt, wohin das Plugin seine Signatur setzt" }
    no_place_to_sign_help() { en: "list the headers or parameters that it gives:   headers: [Authorization, X-Date]", de: "die Kopfzeilen oder Parameter aufzählen, die es liefert:   headers: [Authorization, X-Date]" }
    signed_by_plugin() { en: "its requests are signed by a plugin that has been handed secrets; what it does with them is its author's word, and dsr does not enforce it", de: "seine Anfragen signiert ein Plugin, das Geheimnisse erhalten hat; was es damit tut, sagt sein Autor, und dsr erzwingt es nicht" }
    signed_by_plugin_help() { en: "use a key of its own for dsr, with no more rights than needed", de: "für dsr einen eigenen Schlüssel mit nur den nötigen Rechten verwenden" }

    own_network() { en: "its plugin opens connections of its own and has been handed the secrets; that it only reads while reading is its author's word, and dsr does not enforce it", de: "sein Plugin öffnet eigene Verbindungen und hat die Geheimnisse erhalten; dass es beim Lesen nur liest, sagt sein Autor, und dsr erzwingt es nicht" }
    own_network_help() { en: "give the account no more rights than needed; leave out `network: own` where the system speaks HTTP", de: "dem Konto nur die nötigen Rechte geben; `network: own` weglassen, wo das System HTTP spricht" }

    trust_head(program) { en: "The plugin {program}", de: "Das Plugin {program}" }
    trust_file(file, digest) { en: "  consists of {file}, SHA-256 {digest}", de: "  besteht aus {file}, SHA-256 {digest}" }
    trust_run(system, words) { en: "  is started for {system} as: {words}", de: "  wird für {system} gestartet als: {words}" }
    trust_asks(system, objects) { en: "  speaks for {system} about: {objects}", de: "  spricht für {system} über: {objects}" }
    trust_can(object, actions) { en: "  may be told to change {object}: {actions}", de: "  darf angewiesen werden, {object} zu ändern: {actions}" }
    trust_signs_for(system) { en: "  signs the requests to {system}:", de: "  signiert die Anfragen an {system}:" }
    trust_signs(words) { en: "  has every request signed by a program, started as: {words}", de: "  lässt jede Anfrage von einem Programm signieren, gestartet als: {words}" }
    trust_handed(settings) { en: "  hands the program the settings: {settings}", de: "  gibt dem Programm die Einstellungen: {settings}" }
    trust_handed_secrets(secrets) { en: "  hands the program the secrets: {secrets}; dsr cannot see what it does with them", de: "  gibt dem Programm die Geheimnisse: {secrets}; dsr sieht nicht, was es damit tut" }
    trust_sees_bodies() { en: "  shows the program each request with its whole body", de: "  zeigt dem Programm jede Anfrage mit ihrem ganzen Rumpf" }
    trust_sees() { en: "  shows the program method, URL and headers of each request, and the digest of its body", de: "  zeigt dem Programm Methode, URL und Kopfzeilen jeder Anfrage und die Prüfsumme ihres Rumpfs" }
    trust_sets(names) { en: "  lets the program set on requests: {names}", de: "  lässt das Programm an Anfragen setzen: {names}" }
    trust_own(system) { en: "  opens connections of its own for {system} and is handed its secrets; dsr cannot see what it does", de: "  öffnet für {system} eigene Verbindungen und erhält die Geheimnisse; dsr sieht nicht, was es tut" }
}
