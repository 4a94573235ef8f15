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
    write_instead(text) { en: "write: {text}", de: "stattdessen: {text}" }
    quoting_filters() { en: "quoting filters: soql, odata, jql, sql, ldap, quoted, xml, url, csv, md5, sha256; text for keys and numbers", de: "maskierende Filter: soql, odata, jql, sql, ldap, quoted, xml, url, csv, md5, sha256; text bei Schlüsseln und Zahlen" }
    text_on_personal() { en: "`text` quotes nothing and may stand only behind keys, settings and numbers", de: "`text` maskiert nichts und darf nur hinter Schlüsseln, Einstellungen und Zahlen stehen" }
    not_a_condition_help() { en: "write it in quotes: \"status == 404\"", de: "in Anführungszeichen schreiben: \"status == 404\"" }
    expression_as_key_help() { en: "write the key out; only values can be expressions", de: "den Schlüssel ausschreiben; nur Werte können Ausdrücke sein" }
    unclosed_help() { en: "close it with }}}}", de: "mit }}}} schließen" }
    call_help() { en: "use a filter: {{{{ value | upper }}}}", de: "einen Filter verwenden: {{{{ value | upper }}}}" }
    test_help() { en: "a missing value is false in a condition anyway", de: "ein fehlender Wert ist in einer Bedingung ohnehin falsch" }
    not_an_expression_help() { en: "an expression is a name with members and filters: record.id, value | lower", de: "ein Ausdruck ist ein Name mit Bestandteilen und Filtern: record.id, value | lower" }
    secret_elsewhere_help() { en: "move it to `api.auth`", de: "nach `api.auth` verschieben" }
    only_the_key_help() { en: "list it under `key` if it names the record, else leave it out", de: "unter `key` aufführen, wenn es den Datensatz benennt, sonst weglassen" }
}
