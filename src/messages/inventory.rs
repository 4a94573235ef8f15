//! Messages about the inventory.

catalogue! {
    unreadable(path, reason) { en: "cannot read {path} ({reason})", de: "{path} ist nicht lesbar ({reason})" }
    unreadable_help() { en: "start in the folder of dsr.yaml or below it, or name it with -C", de: "im Ordner von dsr.yaml oder darunter starten, oder ihn mit -C angeben" }
    too_large() { en: "it is not a file, or far larger than an inventory", de: "keine Datei, oder viel größer als ein Inventar" }
    not_utf8(path) { en: "{path} is not UTF-8 text", de: "{path} ist kein UTF-8-Text" }
    not_utf8_help() { en: "save it as UTF-8", de: "die Datei als UTF-8 speichern" }
    more_errors(count) { en: "{count} more errors are not shown", de: "{count} weitere Fehler werden nicht gezeigt" }
    more_errors_help() { en: "they come once these are mended", de: "sie erscheinen, sobald diese behoben sind" }

    language_number(found) { en: "the file says it is written in language {found}; this version knows language 1", de: "die Datei ist laut eigener Angabe in Sprache {found} geschrieben; diese Version kennt Sprache 1" }
    language_number_help() { en: "write:   dsr: 1", de: "schreiben:   dsr: 1" }
    no_engine(system) { en: "`{system}` names neither an engine nor a connector", de: "`{system}` nennt weder eine Engine noch einen Konnektor" }
    no_engine_help() { en: "add `engine: postgres`, mysql, sqlite, csv, ldap, files, process or manual, or `connector: NAME@MAJOR`; for a system that is only known: `status: not_connected`", de: "`engine: postgres`, mysql, sqlite, csv, ldap, files, process oder manual ergänzen, oder `connector: NAME@HAUPTVERSION`; für ein System, das nur bekannt ist: `status: not_connected`" }
    two_engines(system) { en: "`{system}` names both an engine and a connector", de: "`{system}` nennt eine Engine und einen Konnektor zugleich" }
    two_engines_help() { en: "remove one of them", de: "eines von beiden entfernen" }
    not_yet(what) { en: "{what} is not in this version", de: "{what} gibt es in dieser Version noch nicht" }
    postgres_ledger_word() { en: "a ledger in PostgreSQL", de: "ein Protokoll in PostgreSQL" }
    postgres_ledger_help() { en: "write:   ledger: sqlite", de: "schreiben:   ledger: sqlite" }
    unknown_engine(engine) { en: "unknown engine `{engine}`", de: "unbekannte Engine `{engine}`" }
    engines_are() { en: "the engines are: postgres, mysql, sqlite, csv, ldap, files, process, manual; anything with an HTTP interface takes `connector: NAME@MAJOR`", de: "die Engines sind: postgres, mysql, sqlite, csv, ldap, files, process, manual; was eine HTTP-Schnittstelle hat, nimmt `connector: NAME@HAUPTVERSION`" }
    connector_form(text) { en: "`{text}` does not name a connector and its version", de: "`{text}` nennt keinen Konnektor mit seiner Version" }
    connector_form_help() { en: "write its name and major version: salesforce@1", de: "Name und Hauptversion schreiben: salesforce@1" }
    connector_version(name, found, asked) { en: "the connector {name} has version {found}; the inventory asks for {asked}", de: "der Konnektor {name} liegt in Version {found} vor; das Inventar verlangt {asked}" }
    connector_version_why() { en: "another major version has another key, another `erase`, or lacks an object", de: "eine andere Hauptversion hat einen anderen Schlüssel, ein anderes `erase` oder ein Objekt weniger" }
    connector_version_help(name, major) { en: "read what has changed, then write:   connector: {name}@{major}", de: "nachlesen, was sich geändert hat, dann schreiben:   connector: {name}@{major}" }

    bad_url() { en: "this is not a URL that fits here", de: "das ist keine URL, die hier passt" }
    bad_url_parts() { en: "the URL holds a user, a query or a fragment", de: "die URL enthält einen Benutzer, eine Abfrage oder ein Fragment" }
    bad_url_help(form) { en: "write it as {form}", de: "in der Form {form} schreiben" }
    bad_url_parts_help() { en: "write scheme, host and path only", de: "nur Schema, Rechner und Pfad schreiben" }
    not_a_window(text) { en: "`{text}` is no window of time", de: "`{text}` ist kein Zeitfenster" }
    not_a_window_help() { en: "write from when to when, on the clock of the controller's seat: window: 22:00-05:00", de: "von wann bis wann schreiben, nach der Uhr am Sitz des Verantwortlichen: window: 22:00-05:00" }
    ping_by_program() { en: "the address of a monitoring service comes from no program", de: "die Adresse eines Überwachungsdienstes kommt nicht von einem Programm" }
    ping_by_program_help() { en: "say where it lies: env:NAME, file:PATH, keyring:NAME or credential:NAME", de: "angeben, wo sie liegt: env:NAME, file:PFAD, keyring:NAME oder credential:NAME" }
    not_a_rhythm(text) { en: "`{text}` is no time between an hour and 31 days", de: "`{text}` ist keine Zeit zwischen einer Stunde und 31 Tagen" }
    not_a_rhythm_help() { en: "write how often dsr sweep --apply is to run, in whole hours or days: every: 1d", de: "angeben, wie oft dsr sweep --apply laufen soll, in ganzen Stunden oder Tagen: every: 1d" }
    plain_http() { en: "the URL does not begin with https://", de: "die URL beginnt nicht mit https://" }
    plain_http_why() { en: "credentials and personal data would travel in the clear", de: "Zugangsdaten und personenbezogene Daten gingen unverschlüsselt durchs Netz" }
    plain_http_help() { en: "use https; if the system cannot, say so on the system: insecure_http: true (the evidence repeats it)", de: "https verwenden; kann das System das nicht, am System angeben: insecure_http: true (der Nachweis wiederholt es)" }
    sqlite_url() { en: "name the file:   settings: {{ path: \"shop.db\" }}", de: "die Datei nennen:   settings: {{ path: \"shop.db\" }}" }
    literal_secret(name) { en: "`{name}` holds a secret in plain text", de: "`{name}` enthält ein Geheimnis im Klartext" }
    literal_secret_why() { en: "the inventory lies in version control and is shown to others; whoever reads it could open the system", de: "das Inventar liegt in der Versionsverwaltung und wird anderen gezeigt; wer es liest, käme in das System" }
    literal_secret_help() { en: "change the secret, since it has been written down, and refer to it: {{ secret: \"env:NAME\" }}, file:PATH, credential:NAME or {{ secret: {{ command: [program, argument] }} }}", de: "das Geheimnis ändern, denn es wurde aufgeschrieben, und darauf verweisen: {{ secret: \"env:NAME\" }}, file:PFAD, credential:NAME oder {{ secret: {{ command: [programm, argument] }} }}" }
    not_secret(name) { en: "`{name}` is no secret of this connector, so it is written out", de: "`{name}` ist bei diesem Konnektor kein Geheimnis und wird daher ausgeschrieben" }
    not_secret_help() { en: "write the value itself", de: "den Wert selbst schreiben" }
    missing_setting(name) { en: "the setting `{name}` is missing", de: "die Einstellung `{name}` fehlt" }
    missing_setting_help(line) { en: "add under settings:   {line}", de: "unter settings ergänzen:   {line}" }
    bad_delimiter() { en: "a delimiter is one sign that is neither a letter, a digit, a quotation mark nor a line end", de: "ein Trennzeichen ist genau ein Zeichen, das weder Buchstabe, Ziffer, Anführungszeichen noch Zeilenende ist" }
    delimiters_are() { en: "usual are \";\" \",\" \"|\" and \"\\t\"", de: "üblich sind \";\" \",\" \"|\" und \"\\t\"" }
    bad_encoding(label) { en: "the encoding `{label}` is not known or cannot be written back", de: "die Kodierung `{label}` ist unbekannt oder lässt sich nicht zurückschreiben" }
    encodings_are() { en: "usual are utf-8, windows-1252, latin1, iso-8859-15 and utf-16le", de: "üblich sind utf-8, windows-1252, latin1, iso-8859-15 und utf-16le" }
    bad_pattern() { en: "this is not a pattern for file names", de: "das ist kein Muster für Dateinamen" }
    bad_pattern_help() { en: "`*` stands for any part of a name, `**` for folders: events/*.csv", de: "`*` steht für einen beliebigen Teil des Namens, `**` für Ordner: events/*.csv" }
    not_of_form(name, form) { en: "`{name}` does not have the form that the connector asks for ({form})", de: "`{name}` hat nicht die Form, die der Konnektor verlangt ({form})" }
    not_of_form_help() { en: "the connector's documentation shows an example", de: "die Dokumentation des Konnektors zeigt ein Beispiel" }
    form_integer() { en: "a whole number", de: "eine ganze Zahl" }
    form_boolean() { en: "true or false", de: "true oder false" }

    none_of(word) { en: "`{word}` is not one of the words known here", de: "`{word}` ist keines der hier bekannten Wörter" }
    words_are(words) { en: "known here: {words}", de: "hier bekannt: {words}" }
    tls_words() { en: "write `verify` or leave it out: certificates are always checked, except on loopback and sockets", de: "`verify` schreiben oder weglassen: Zertifikate werden immer geprüft, außer auf dem eigenen Rechner und bei Sockets" }
    bad_duration() { en: "this is not a duration longer than nothing", de: "das ist keine Dauer, die länger als nichts ist" }
    durations_are() { en: "write a number and a unit: 500ms, 30s, 10m, 1h; or ISO 8601: PT15M, P1D", de: "eine Zahl und eine Einheit schreiben: 500ms, 30s, 10m, 1h; oder ISO 8601: PT15M, P1D" }
    bad_label(name) { en: "`{name}` cannot be a name here", de: "`{name}` kann hier kein Name sein" }
    bad_label_help() { en: "names begin with a letter and go on with letters, digits, `_` and `-`, because `SYSTEM.OBJECT:KEY` names a record", de: "Namen beginnen mit einem Buchstaben und bestehen aus Buchstaben ohne Umlaute, Ziffern, `_` und `-`, weil `SYSTEM.OBJEKT:SCHLÜSSEL` einen Datensatz benennt" }
    bad_number(from, to) { en: "a whole number from {from} to {to} is expected here", de: "hier wird eine ganze Zahl von {from} bis {to} erwartet" }
    bad_number_help() { en: "leave the key out for the default", de: "den Schlüssel für die Vorgabe weglassen" }
    bad_seat(seat) { en: "`{seat}` is not a country or a part of one by ISO 3166", de: "`{seat}` ist weder ein Land noch ein Landesteil nach ISO 3166" }
    seats_are() { en: "write the two letters of the country, DE, AT or CH, or with the state: DE-BY, AT-9, CH-ZH; it decides holidays and telephone numbers", de: "die zwei Buchstaben des Staates schreiben, DE, AT oder CH, oder mit Land: DE-BY, AT-9, CH-ZH; danach richten sich Feiertage und Telefonnummern" }
    bad_regex() { en: "this is not a regular expression", de: "das ist kein regulärer Ausdruck" }
    bad_regex_help() { en: "write it in quotes, such as \"^[0-9]{{6,10}}$\"", de: "in Anführungszeichen schreiben, etwa \"^[0-9]{{6,10}}$\"" }
    bad_tsa() { en: "this is not the URL of a timestamping authority", de: "das ist nicht die URL eines Zeitstempeldienstes" }
    bad_tsa_help() { en: "write it with http:// or https://", de: "mit http:// oder https:// schreiben" }
    too_few_eyes() { en: "`approval: four_eyes` needs an operator and an approver under `people`", de: "`approval: four_eyes` braucht unter `people` jemanden, der bearbeitet (operator), und jemanden, der freigibt (approver)" }
    too_few_eyes_help() { en: "add them with their roles and keys, or write:   approval: none", de: "beide mit Rolle und Schlüssel ergänzen, oder schreiben:   approval: none" }
    unsaid_approval() { en: "several people work here, and the inventory does not say whether plans need a second one's approval", de: "hier arbeiten mehrere Personen, und das Inventar sagt nicht, ob Pläne eine zweite Freigabe brauchen" }
    unsaid_approval_help() { en: "write:   approval: four_eyes   (or none)", de: "schreiben:   approval: four_eyes   (oder none)" }

    bad_control(reason) { en: "the control person cannot be searched: {reason}", de: "die Kontrollperson lässt sich nicht suchen: {reason}" }
    control_form() { en: "a control is one synthetic person, named by one identity:   control: {{ email: control@acme.example }}", de: "die Kontrollperson ist eine erfundene Person mit einer Angabe:   control: {{ email: control@acme.example }}" }
    control_count(count) { en: "one identity is expected here, these are {count}", de: "hier wird eine Angabe erwartet, das sind {count}" }
    blind_control(system, kind) { en: "no object of `{system}` is searched by {kind}, so its control person would never be found", de: "kein Objekt von `{system}` wird über {kind} durchsucht, die Kontrollperson würde also nie gefunden" }
    blind_control_help(kinds) { en: "name the control person by: {kinds}", de: "die Kontrollperson benennen durch: {kinds}" }
    unknown_kind(kind) { en: "no field and no entry of `identities` is of the kind `{kind}`", de: "kein Feld und kein Eintrag unter `identities` ist von der Art `{kind}`" }
    near_kind(kind, near) { en: "`{kind}` is not declared, and looks like `{near}` misspelt", de: "`{kind}` ist nicht angegeben und sieht aus wie ein verschriebenes `{near}`" }
    declare_kind(kind) { en: "if it is a kind of its own, declare it:   identities: {{ {kind}: {{}} }}", de: "ist es eine eigene Art, dann angeben:   identities: {{ {kind}: {{}} }}" }
    unknown_object(reference) { en: "there is no object `{reference}`", de: "es gibt kein Objekt `{reference}`" }
    reference_help() { en: "write SYSTEM.OBJECT as they stand under `systems`", de: "SYSTEM.OBJEKT schreiben, wie sie unter `systems` stehen" }
    unknown_system(system) { en: "there is no system `{system}`", de: "es gibt kein System `{system}`" }
    unknown_system_help() { en: "write the name as it stands under `systems`", de: "den Namen so schreiben, wie er unter `systems` steht" }

    kind_as_name(name) { en: "an object cannot be called `{name}`, because that is a kind of identity", de: "ein Objekt kann nicht `{name}` heißen, denn so heißt eine Art von Identität" }
    kind_as_name_help() { en: "name it after its records, such as customers", de: "nach seinen Datensätzen benennen, etwa customers" }
    no_action(object, action) { en: "`{object}` cannot be dealt with by `{action}`", de: "`{object}` lässt sich nicht mit `{action}` behandeln" }
    set_action_why(action) { en: "nothing says which columns `{action}` sets", de: "nirgends steht, welche Spalten `{action}` setzt" }
    set_action_help(action) { en: "add to the object:   {action}: {{ set: {{ blocked: true }} }}", de: "am Objekt ergänzen:   {action}: {{ set: {{ blocked: true }} }}" }
    connector_action_why(connector) { en: "the connector {connector} describes no such action", de: "der Konnektor {connector} beschreibt keine solche Aktion" }
    connector_action_help() { en: "choose one that it has, or add it to the connector file", de: "eine wählen, die er hat, oder sie in der Konnektordatei ergänzen" }
    no_identity_field(kind) { en: "people are searched by {kind}, but no field says where it stands", de: "gesucht wird über {kind}, aber kein Feld sagt, wo das steht" }
    no_identity_field_why() { en: "without it dsr cannot check that the records found belong to the person", de: "ohne das kann dsr nicht prüfen, ob gefundene Datensätze der Person gehören" }
    no_identity_field_help(object, line) { en: "add under objects.{object}.fields:   {line}", de: "unter objects.{object}.fields ergänzen:   {line}" }
    lock_without_end() { en: "`active_until` says when records are locked before they are erased, and this data type never erases them", de: "`active_until` sagt, ab wann Datensätze vor der Löschung eingeschränkt werden, und diese Datenart löscht nie" }
    lock_without_end_help() { en: "write `then: remove` or `then: anonymise` with a period, or leave `active_until` out", de: "`then: remove` oder `then: anonymise` mit einer Frist angeben oder `active_until` weglassen" }
    locked_too_late() { en: "the purpose ends when the records have to be gone already", de: "der Zweck endet erst, wenn die Datensätze schon gelöscht sein müssen" }
    locked_too_late_help() { en: "make `plus` shorter than `keep`, or leave `active_until` out", de: "`plus` kürzer als `keep` angeben oder `active_until` weglassen" }
    no_clock() { en: "`by: age` needs to know which column holds the date", de: "`by: age` muss wissen, in welcher Spalte das Datum steht" }
    no_clock_help() { en: "add to the object:   clock: COLUMN", de: "am Objekt ergänzen:   clock: SPALTE" }
    stranger(object, other) { en: "`{object}` is erased with `{other}`, but is not found under it", de: "`{object}` wird mit `{other}` gelöscht, aber nicht darunter gefunden" }
    stranger_why() { en: "without that way nobody can say which of its records belongs to which", de: "ohne diesen Weg lässt sich nicht sagen, welcher Datensatz zu welchem gehört" }
    stranger_help(other) { en: "add to `find`:   {{ under: {other}, column: … }}", de: "unter `find` ergänzen:   {{ under: {other}, column: … }}" }
    cycle(path) { en: "these objects lead round in a circle: {path}", de: "diese Objekte führen im Kreis: {path}" }
    cycle_why() { en: "children are dealt with before their parents, and here nobody is first", de: "Kinder werden vor ihren Eltern behandelt, und hier käme niemand zuerst" }
    cycle_help() { en: "remove one of the `under`, `after` or `erase: with`", de: "eines der `under`, `after` oder `erase: with` entfernen" }
    no_such_object(name) { en: "this system has no object `{name}`", de: "dieses System hat kein Objekt `{name}`" }
    objects_are(names) { en: "its objects are: {names}", de: "seine Objekte sind: {names}" }
    finder_by_or_under() { en: "a way to find says either `by` or `under`", de: "ein Suchweg nennt entweder `by` oder `under`" }
    finder_help() { en: "write {{ by: email, column: mail }} or {{ under: customers, column: customer_id }}", de: "{{ by: email, column: mail }} oder {{ under: customers, column: customer_id }} schreiben" }
    finder_column() { en: "which column is compared must be said once: `column`, or `columns` (with `under`: or `on`)", de: "welche Spalte verglichen wird, muss genau einmal dastehen: `column` oder `columns` (bei `under`: oder `on`)" }
    by_all() { en: "`by: all` is for places in connector files; a table is searched by something that names a person", de: "`by: all` gilt für Orte in Konnektordateien; eine Tabelle wird über etwas durchsucht, das eine Person benennt" }
    no_finder() { en: "`find` lists no way to find records", de: "`find` nennt keinen Weg zu Datensätzen" }
    several_keys(parent, keys) { en: "`{parent}` is named by several columns ({keys}), so one `column` cannot point at it", de: "`{parent}` wird durch mehrere Spalten benannt ({keys}), eine einzelne `column` kann also nicht darauf zeigen" }
    several_keys_help(on) { en: "write:   on: {{ {on} }}   with this table's columns on the left", de: "schreiben:   on: {{ {on} }}   mit den Spalten dieser Tabelle links" }
    bad_table(name) { en: "`{name}` is not a table or schema.table", de: "`{name}` ist weder eine Tabelle noch schema.tabelle" }
    bad_table_help() { en: "write it as in the database, without quotation marks", de: "wie in der Datenbank schreiben, ohne Anführungszeichen" }
    sets_nothing(action) { en: "`{action}` sets no column", de: "`{action}` setzt keine Spalte" }
    sets_key(column) { en: "`{column}` is part of the key, so it cannot be set", de: "`{column}` gehört zum Schlüssel und lässt sich nicht setzen" }
    sets_key_help() { en: "set a column that marks the record, such as blocked", de: "eine Spalte setzen, die den Datensatz kennzeichnet, etwa blocked" }
    masks_nothing(object) { en: "`erase: anonymise` would change nothing in `{object}`", de: "`erase: anonymise` würde in `{object}` nichts ändern" }
    masks_nothing_why() { en: "every field is kept or cannot be written, or there is none", de: "alle Felder bleiben stehen oder sind nicht beschreibbar, oder es gibt keine" }
    masks_nothing_help() { en: "list the personal columns under `fields`, or write `erase: remove`", de: "die personenbezogenen Spalten unter `fields` aufführen, oder `erase: remove` schreiben" }
    masks_key(column) { en: "`{column}` is part of the key, and `erase: anonymise` would overwrite it", de: "`{column}` gehört zum Schlüssel, und `erase: anonymise` würde ihn überschreiben" }
    masks_key_why() { en: "the record could not be read back afterwards, so nothing would be proven", de: "der Datensatz wäre danach nicht mehr auffindbar, also nichts bewiesen" }
    masks_key_help() { en: "use a key without personal data, or mask: keep, or erase: remove", de: "einen Schlüssel ohne Personenbezug verwenden, oder mask: keep, oder erase: remove" }
    unguarded_column(column, kind) { en: "the column `{column}` is searched by {kind}, but is not a field with `identity: {kind}`", de: "die Spalte `{column}` wird über {kind} durchsucht, ist aber kein Feld mit `identity: {kind}`" }
    unguarded_column_why() { en: "records that match in this column only are taken for near misses and left alone", de: "Datensätze, die nur in dieser Spalte passen, gelten als Beinahetreffer und bleiben unberührt" }

    flow_to_itself() { en: "a flow leads from one object to another", de: "ein Datenfluss führt von einem Objekt zu einem anderen" }
    flow_to_itself_help() { en: "correct `from` or `to`", de: "`from` oder `to` berichtigen" }
    foreign_master(master) { en: "the master `{master}` is neither end of this flow", de: "`{master}` ist als `master` angegeben, aber keines der beiden Enden dieses Flusses" }
    foreign_master_help(from, to) { en: "write {from} or {to}", de: "{from} oder {to} schreiben" }
    unwatched_flows() { en: "flows are read and checked, but nothing in this version watches them yet", de: "Datenflüsse werden gelesen und geprüft, aber in dieser Version überwacht sie noch nichts" }
    unwatched_flows_why() { en: "after an erasure, a sync may write the person back", de: "nach einer Löschung kann ein Abgleich die Person zurückschreiben" }
    unwatched_flows_help() { en: "pause these flows while erasing, and search again afterwards:   dsr find", de: "die Flüsse während der Löschung anhalten und danach noch einmal suchen:   dsr find" }

    two_data_types(object, first) { en: "`{object}` already belongs to the data type `{first}`", de: "`{object}` gehört schon zur Datenart `{first}`" }
    two_data_types_help() { en: "an object has exactly one rule: remove it from one of them", de: "für ein Objekt gilt genau eine Regel: aus einer der beiden entfernen" }
    no_objects() { en: "a data type needs at least one object", de: "eine Datenart braucht mindestens ein Objekt" }
    no_rule(name) { en: "the data type `{name}` has no rule", de: "die Datenart `{name}` hat keine Regel" }
    no_rule_help() { en: "name one of the catalogue (`rule: de.ao147.voucher`; see `dsr law list`), or state it with `keep`, `start` and `kind`", de: "eine des Katalogs nennen (`rule: de.ao147.voucher`; siehe `dsr law list`), oder sie mit `keep`, `start` und `kind` angeben" }
    two_rules(key) { en: "`{key}` stands beside `rule`, which already says it", de: "`{key}` steht neben `rule`, die das schon festlegt" }
    two_rules_help(key) { en: "remove `{key}`, or remove `rule` and state the period with keep, start and kind", de: "`{key}` entfernen, oder `rule` entfernen und die Frist mit keep, start und kind angeben" }
    unknown_rule(id) { en: "the catalogue has no rule `{id}`", de: "der Katalog hat keine Regel `{id}`" }
    unknown_rule_help() { en: "`dsr law list` shows them; they look like de.ao147.voucher", de: "`dsr law list` zeigt sie; sie sehen aus wie de.ao147.voucher" }
    other_start(id) { en: "{id} says itself from when it counts", de: "{id} sagt selbst, ab wann gezählt wird" }
    other_start_help(field) { en: "name the field alone: start: {field}", de: "nur das Feld nennen: start: {field}" }
    bad_financial_year(stated) { en: "`{stated}` is no month and day", de: "`{stated}` ist kein Monat mit Tag" }
    bad_financial_year_help() { en: "write the last day of the financial year as \"MM-DD\", such as \"06-30\"", de: "den letzten Tag des Geschäftsjahres als \"MM-TT\" schreiben, etwa \"06-30\"" }
    half_rule(key) { en: "`keep` without `{key}` is half a rule", de: "`keep` ohne `{key}` ist nur eine halbe Regel" }
    no_kind_why() { en: "whether data must be kept that long (min) or must be gone by then (max) decides what happens to an erasure request", de: "ob so lange aufzubewahren ist (min) oder bis dahin gelöscht sein muss (max), entscheidet über einen Löschantrag" }
    no_kind_help() { en: "add `kind: min` for a statutory period, `kind: max` for one of your own", de: "`kind: min` für eine gesetzliche Frist ergänzen, `kind: max` für eine selbst gesetzte" }
    no_start_why() { en: "a period without a beginning never ends", de: "eine Frist ohne Beginn endet nie" }
    no_period() { en: "nothing stands where a period belongs", de: "hier fehlt eine Frist" }
    bad_period(stated) { en: "`{stated}` is no period", de: "`{stated}` ist keine Frist" }
    period_nothing() { en: "it is over as soon as it begins", de: "sie endet, sobald sie beginnt" }
    period_nothing_help() { en: "write at least a day: P1D", de: "mindestens einen Tag schreiben: P1D" }
    period_back() { en: "it would end before it begins", de: "sie endete, bevor sie beginnt" }
    period_hours() { en: "periods count whole days: no hours, minutes or seconds", de: "Fristen zählen ganze Tage, keine Stunden, Minuten oder Sekunden" }
    period_fraction() { en: "periods count whole units: no fractions", de: "Fristen zählen ganze Einheiten, keine Bruchteile" }
    period_fraction_help() { en: "write a smaller unit: P6M for half a year, P18M for one and a half", de: "eine kleinere Einheit schreiben: P6M für ein halbes Jahr, P18M für anderthalb" }
    period_endless() { en: "no calendar reaches that far", de: "so weit reicht kein Kalender" }
    period_endless_help() { en: "write how long the data are needed: P10Y, P30Y; without an end are only rules of the catalogue that say so themselves (`dsr law list --kind keep`)", de: "schreiben, wie lange die Daten gebraucht werden: P10Y, P30Y; ohne Ende sind nur Regeln des Katalogs, die es selbst sagen (`dsr law list --kind keep`)" }
    period_open() { en: "a period of one's own ends one day, whatever its `kind`", de: "eine eigene Frist endet eines Tages, gleich welcher `kind`" }
    period_open_help() { en: "write a period such as P30Y, with `kind: keep` for what is kept on purpose; without an end are only rules of the catalogue that say so themselves: `rule: gdpr.suppression` in place of `keep` (`dsr law list --kind keep`)", de: "eine Frist wie P30Y schreiben, mit `kind: keep` für bewusst Behaltenes; ohne Ende sind nur Regeln des Katalogs, die es selbst sagen: `rule: gdpr.suppression` statt `keep` (`dsr law list --kind keep`)" }
    periods_are() { en: "write it by ISO 8601 in years, months, weeks or days: P8Y, P18M, P6W, P42D", de: "nach ISO 8601 in Jahren, Monaten, Wochen oder Tagen schreiben: P8Y, P18M, P6W, P42D" }
    not_a_duty(id) { en: "`{id}` is no duty to keep", de: "`{id}` ist keine Aufbewahrungspflicht" }
    not_a_duty_why() { en: "only a duty to keep says that a period must not be shorter", de: "nur eine Aufbewahrungspflicht besagt, dass eine Frist nicht kürzer sein darf" }
    not_a_duty_help() { en: "name rules of kind min (`dsr law list --kind min`); say under `reason` why data are kept for another reason", de: "Regeln der Art min nennen (`dsr law list --kind min`); andere Gründe unter `reason` angeben" }
    no_norm() { en: "`kind: min` without a norm", de: "`kind: min` ohne Norm" }
    no_norm_why() { en: "only a law can stand against an erasure request; the letter to the person names it", de: "einem Löschantrag kann nur ein Gesetz entgegenstehen; das Schreiben an die Person nennt es" }
    no_norm_help() { en: "add   because: \"§147 AO\"   or use a catalogue rule", de: "ergänzen:   because: \"§ 147 AO\"   oder eine Regel des Katalogs verwenden" }
    bad_start(text) { en: "`{text}` does not say from when the period counts", de: "`{text}` sagt nicht, ab wann die Frist läuft" }
    starts_are() { en: "write clock, event(FIELD), eoy(FIELD), fy_end(FIELD) or eoy_after(FIELD)", de: "clock, event(FELD), eoy(FELD), fy_end(FELD) oder eoy_after(FELD) schreiben" }
    start_without_clock(object) { en: "`start: clock`, but `{object}` has no clock", de: "`start: clock`, aber `{object}` hat kein `clock`" }
    start_without_clock_help() { en: "add `clock: COLUMN` to the object, or name the field: event(FIELD)", de: "am Objekt `clock: SPALTE` ergänzen, oder das Feld nennen: event(FELD)" }
}
