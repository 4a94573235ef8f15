//! Messages about the form of YAML files.

catalogue! {
    tab() { en: "a tab is used for indentation", de: "eingerückt wird hier mit einem Tabulator" }
    tab_help() { en: "YAML indents with spaces", de: "YAML rückt mit Leerzeichen ein" }
    merge_key() { en: "merge keys (`<<`) are not part of these files", de: "Verschmelzungsschlüssel (`<<`) sind in diesen Dateien nicht erlaubt" }
    too_many_aliases() { en: "too many aliases or too deep a nesting", de: "zu viele Verweise oder zu tiefe Verschachtelung" }
    unquoted_braces() { en: "`{{{{` begins a YAML mapping unless the text is quoted", de: "`{{{{` beginnt in YAML eine Zuordnung, wenn der Text nicht in Anführungszeichen steht" }
    quote_braces() { en: "write it in quotes: \"{{{{ … }}}}\"", de: "in Anführungszeichen schreiben: \"{{{{ … }}}}\"" }
    not_yaml() { en: "this is not YAML as it is expected here", de: "das ist kein YAML, wie es hier erwartet wird" }
    duplicate_key(key, line) { en: "the key `{key}` stands here a second time (first in line {line})", de: "der Schlüssel `{key}` steht hier zum zweiten Mal (zuerst in Zeile {line})" }
    duplicate_key_help() { en: "the first would be lost without a word; rename or remove one of them", de: "der erste ginge stillschweigend verloren; einen der beiden umbenennen oder entfernen" }
    wrong_kind(wanted, found) { en: "{wanted} is expected here, this is {found}", de: "hier wird {wanted} erwartet, das ist {found}" }
    missing_key(key) { en: "the key `{key}` is missing", de: "der Schlüssel `{key}` fehlt" }
    unknown_key(key) { en: "unknown key `{key}`", de: "unbekannter Schlüssel `{key}`" }
    did_you_mean(near) { en: "did you mean `{near}`?", de: "ist `{near}` gemeint?" }
    known_keys(keys) { en: "known here: {keys}", de: "hier bekannt: {keys}" }
    kind_nothing() { en: "nothing", de: "nichts" }
    kind_boolean() { en: "true or false", de: "true oder false" }
    kind_number() { en: "a number", de: "eine Zahl" }
    kind_count() { en: "a whole number from 0", de: "eine ganze Zahl ab 0" }
    kind_text() { en: "text", de: "ein Text" }
    kind_text_or_list() { en: "text or a list of texts", de: "ein Text oder eine Liste von Texten" }
    kind_list() { en: "a list", de: "eine Liste" }
    kind_mapping() { en: "a mapping", de: "eine Zuordnung" }
}
