//! Messages about expressions in connector files.

catalogue! {
    statement(sign) { en: "`{sign}` begins a statement; a connector has expressions only", de: "`{sign}` leitet eine Anweisung ein; in einem Konnektor gibt es nur Ausdrücke" }
    statement_help() { en: "use {{{{ … }}}} with one expression, and `when:` for a request that is sent only sometimes", de: "{{{{ … }}}} mit einem einzigen Ausdruck verwenden, und `when:` für eine Anfrage, die nur manchmal gesendet wird" }
    expression_as_key() { en: "a key cannot hold an expression", de: "ein Schlüssel darf keinen Ausdruck enthalten" }
    unclosed() { en: "`{{{{` is never closed", de: "`{{{{` wird nicht geschlossen" }
    not_an_expression() { en: "this is not an expression", de: "das ist kein Ausdruck" }
    not_a_condition() { en: "a condition is expected here: an expression as text", de: "hier wird eine Bedingung erwartet: ein Ausdruck als Text" }
    braces_in_condition() { en: "a condition is an expression already and takes no braces", de: "eine Bedingung ist schon ein Ausdruck und braucht keine Klammern" }
    braces_in_condition_help() { en: "leave out {{{{ and }}}}", de: "{{{{ und }}}} weglassen" }
    unknown_filter(name) { en: "there is no filter `{name}`", de: "den Filter `{name}` gibt es nicht" }
    known_filters(names) { en: "filters: {names}", de: "Filter: {names}" }
    call() { en: "there are no functions in expressions", de: "in Ausdrücken gibt es keine Funktionen" }
    test() { en: "there are no tests with `is`; compare with ==", de: "Prüfungen mit `is` gibt es nicht; mit == vergleichen" }
    unknown_name(name) { en: "the name `{name}` is not known here", de: "der Name `{name}` ist hier nicht bekannt" }
    known_names(names) { en: "known here: {names}", de: "hier bekannt: {names}" }
    only_the_key(name, known) { en: "`{name}` is not known here: reading one record starts from its key, so there is only {known}", de: "`{name}` ist hier nicht bekannt: gelesen wird über den Schlüssel, also gibt es nur {known}" }
    undeclared_setting(name) { en: "the setting `{name}` is not declared", de: "die Einstellung `{name}` ist nicht vereinbart" }
    all_settings() { en: "settings are named one by one", de: "Einstellungen werden einzeln genannt" }
    secret_elsewhere(name) { en: "the secret `{name}` is used outside of `api.auth`", de: "das Geheimnis `{name}` wird außerhalb von `api.auth` verwendet" }
    secret_elsewhere_why() { en: "only there it is kept out of logs, plans and redirects", de: "nur dort ist gesichert, dass es in keinem Protokoll, keinem Plan und keiner Umleitung landet" }
    unquoted() { en: "this value is put into a longer text without quoting", de: "dieser Wert wird ohne Maskierung in einen längeren Text eingesetzt" }
    unquoted_why() { en: "an address such as o'brien@example.org would change the meaning of the text around it", de: "eine Adresse wie o'brien@example.org würde den Sinn des umgebenden Textes ändern" }
    joined(name) { en: "`{name}` is joined with other text without quoting", de: "`{name}` wird ohne Maskierung mit anderem Text verbunden" }
    quoting_undone() { en: "what was quoted is changed once more, so that the quoting holds no longer", de: "was maskiert war, wird noch einmal verändert; damit gilt die Maskierung nicht mehr" }
    quoting_undone_help() { en: "change the value first, then quote it, and join it last", de: "den Wert zuerst ändern, dann maskieren und zuletzt verbinden" }
    quote_before_joining(name) { en: "quote the value itself before it is joined: ({name} | quoted)", de: "den Wert selbst maskieren, bevor er verbunden wird: ({name} | quoted)" }
    within_quotes(filter) { en: "`{filter}` puts quotes around the value, and it stands between quotes already", de: "`{filter}` setzt den Wert in Anführungszeichen, und er steht schon zwischen welchen" }
    within_quotes_why() { en: "its first quote would close those, and the value would stand outside of them", de: "das erste Zeichen schlösse sie, und der Wert stünde außerhalb" }
    within_quotes_help() { en: "leave out the quotes around the expression", de: "die Anführungszeichen um den Ausdruck weglassen" }
    of_another_language(filter) { en: "`{filter}` quotes for another language than that of this text", de: "`{filter}` maskiert für eine andere Sprache als die dieses Textes" }
    of_another_language_why() { en: "what it lets through would mean something here", de: "was es durchlässt, hätte hier eine Bedeutung" }
    of_another_language_help() { en: "xml between tags and in the quotes of attributes, ldap behind `(name=`, soql or sql behind SELECT; quoted, odata, jql, csv and url in texts of their own", de: "xml zwischen Tags und in den Anführungszeichen von Attributen, ldap hinter `(name=`, soql oder sql hinter SELECT; quoted, odata, jql, csv und url in ihren eigenen Texten" }
    write_instead(text) { en: "write: {text}", de: "stattdessen: {text}" }
    quoting_filters() { en: "quoting filters: soql, odata, jql, sql, ldap, quoted, xml, url, csv, md5, sha256; text for keys and numbers", de: "maskierende Filter: soql, odata, jql, sql, ldap, quoted, xml, url, csv, md5, sha256; text bei Schlüsseln und Zahlen" }
    text_on_personal() { en: "`text` quotes nothing and may stand only behind keys, settings and numbers", de: "`text` maskiert nichts und darf nur hinter Schlüsseln, Einstellungen und Zahlen stehen" }
    not_a_condition_help() { en: "write it in quotes: \"status == 404\"", de: "in Anführungszeichen schreiben: \"status == 404\"" }
    expression_as_key_help() { en: "write the key out; only values can be expressions", de: "den Schlüssel ausschreiben; nur Werte können Ausdrücke sein" }
    unclosed_help() { en: "close it with }}}}", de: "mit }}}} schließen" }
    call_help() { en: "use a filter: {{{{ value | upper }}}}", de: "einen Filter verwenden: {{{{ value | upper }}}}" }
    test_help() { en: "a missing value is false in a condition anyway", de: "ein fehlender Wert ist in einer Bedingung ohnehin falsch" }
    stepped() { en: "a slice has a beginning and an end, and no step", de: "ein Ausschnitt hat Anfang und Ende, aber keine Schrittweite" }
    stepped_help() { en: "leave out the step: value[0:3]", de: "die Schrittweite weglassen: value[0:3]" }
    not_an_expression_help() { en: "an expression is a name with members and filters: record.id, value | lower", de: "ein Ausdruck ist ein Name mit Bestandteilen und Filtern: record.id, value | lower" }
    secret_elsewhere_help() { en: "move it to `api.auth`", de: "nach `api.auth` verschieben" }
    only_the_key_help() { en: "list it under `key` if it names the record, else leave it out", de: "unter `key` aufführen, wenn es den Datensatz benennt, sonst weglassen" }
}
