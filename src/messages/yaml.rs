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
    did_you_mean_one_of(list) { en: "did you mean one of these: {list}?", de: "ist eines davon gemeint: {list}?" }
    known_keys(keys) { en: "known here: {keys}", de: "hier bekannt: {keys}" }
    missing_key_help(key) { en: "add:   {key}: …", de: "ergänzen:   {key}: …" }
    merge_key_help() { en: "write the keys out where they belong", de: "die Schlüssel dort ausschreiben, wo sie hingehören" }
    too_many_aliases_help() { en: "write values out instead of referring to them with `*`, and nest at most 32 deep", de: "Werte ausschreiben, statt mit `*` auf sie zu verweisen, und höchstens 32-fach verschachteln" }
    tag() { en: "tags (`!…`) are not part of these files", de: "Tags (`!…`) sind in diesen Dateien nicht erlaubt" }
    tag_help() { en: "leave the tag out; a text that begins with `!` stands in quotes", de: "das Tag weglassen; ein Text, der mit `!` beginnt, steht in Anführungszeichen" }
    not_yaml_help() { en: "look at this line and the one before for a bracket or quotation mark that is not closed, or a wrong indentation", de: "in dieser Zeile und der davor nach einer offenen Klammer, einem offenen Anführungszeichen oder einer falschen Einrückung suchen" }
    write_boolean() { en: "write true or false, without quotes", de: "true oder false schreiben, ohne Anführungszeichen" }
    write_count() { en: "write a whole number, without quotes", de: "eine ganze Zahl schreiben, ohne Anführungszeichen" }
    write_text() { en: "write one word, or a text in quotes", de: "ein Wort schreiben, oder einen Text in Anführungszeichen" }
    write_text_or_list() { en: "write one word, or several as [a, b]", de: "ein Wort schreiben, oder mehrere als [a, b]" }
    write_list() { en: "write [a, b], or one line for each that begins with `- `", de: "[a, b] schreiben, oder je eine Zeile, die mit `- ` beginnt" }
    write_mapping() { en: "write `key: value` in lines of their own, or {{ key: value }}", de: "`schlüssel: wert` in eigenen Zeilen schreiben, oder {{ schlüssel: wert }}" }
    kind_nothing() { en: "nothing", de: "nichts" }
    kind_boolean() { en: "true or false", de: "true oder false" }
    kind_number() { en: "a number", de: "eine Zahl" }
    kind_count() { en: "a whole number from 0", de: "eine ganze Zahl ab 0" }
    kind_text() { en: "text", de: "ein Text" }
    kind_text_or_list() { en: "text or a list of texts", de: "ein Text oder eine Liste von Texten" }
    kind_list() { en: "a list", de: "eine Liste" }
    kind_mapping() { en: "a mapping", de: "eine Zuordnung" }
}
