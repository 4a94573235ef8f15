//! Messages about objects and fields, as inventories and connector files describe them.

catalogue! {
    unknown_category(name) { en: "unknown category `{name}`", de: "unbekannte Kategorie `{name}`" }
    categories_are(list) { en: "the categories are: {list}; your own stand under `x.`", de: "die Kategorien sind: {list}; eigene stehen unter `x.`" }
    own_category() { en: "a category of your own is `x.` and small letters, digits or `_`, such as `x.loyalty_tier`", de: "eine eigene Kategorie besteht aus `x.` und Kleinbuchstaben, Ziffern oder `_`, etwa `x.treuestufe`" }
    unknown_mask(mask) { en: "unknown mask `{mask}`", de: "unbekannte Maske `{mask}`" }
    masks_are() { en: "the masks are: \"null\", empty, keep, token, year, zero, text:…", de: "die Masken sind: \"null\", empty, keep, token, year, zero, text:…" }
    empty_text_mask() { en: "the mask `text:` names no text", de: "die Maske `text:` nennt keinen Text" }
    empty_text_mask_help() { en: "write the text behind the colon, or `empty` for an empty text", de: "den Text hinter den Doppelpunkt schreiben, oder `empty` für einen leeren Text" }
    bad_kind(kind) { en: "`{kind}` cannot be a kind of identity", de: "`{kind}` kann keine Art von Identität sein" }
    bad_kind_why() { en: "`age` and `all` are words of the language, and a name fits many people, so it never identifies one", de: "`age` und `all` sind Wörter der Sprache, und ein Name passt auf viele Menschen, er benennt also nie genau einen" }
    bad_kind_help() { en: "a kind is written in small letters, digits and `_`, with `SYSTEM:` before it if it belongs to one system: email, customer_no, directus:user", de: "eine Art wird mit Kleinbuchstaben, Ziffern und `_` geschrieben, mit `SYSTEM:` davor, wenn sie nur zu einem System gehört: email, customer_no, directus:user" }
    bad_name() { en: "this name is empty or contains control characters", de: "dieser Name ist leer oder enthält Steuerzeichen" }
    bad_name_help() { en: "write the name as the system knows it", de: "den Namen so schreiben, wie ihn das System kennt" }
    bad_json_path() { en: "this is not a JSONPath", de: "das ist kein JSONPath" }
    json_path_help() { en: "a path follows RFC 9535 and begins with `$`: `$.address.city`, `$.items[*].id`", de: "ein Pfad folgt RFC 9535 und beginnt mit `$`: `$.address.city`, `$.items[*].id`" }
    path_why(reason, position) { en: "{reason} (character {position})", de: "{reason} (Zeichen {position})" }
    unknown_erase(word) { en: "unknown way to erase `{word}`", de: "unbekannte Art der Löschung `{word}`" }
    erase_is() { en: "erase: remove, anonymise, restrict, retain (with `reason`), manual, or with OBJECT", de: "erase: remove, anonymise, restrict, retain (mit `reason`), manual oder with OBJEKT" }
    retain_reason() { en: "`erase: retain` without a reason", de: "`erase: retain` ohne Begründung" }
    retain_reason_why() { en: "the reason is printed in the answer to the person (Art. 12(4))", de: "die Begründung steht in der Antwort an die betroffene Person (Art. 12 Abs. 4)" }
    retain_reason_help() { en: "add beside it:   reason: \"why the law keeps it\"", de: "daneben ergänzen:   reason: \"weshalb es aufzubewahren ist\"" }
    idle_reason() { en: "`reason` without `erase: retain` or `erase: manual` says nothing", de: "`reason` ohne `erase: retain` oder `erase: manual` besagt nichts" }
    idle_reason_help() { en: "remove it, or state what happens to these records: erase: retain", de: "entfernen, oder angeben, was mit diesen Datensätzen geschieht: erase: retain" }
    named_twice(name) { en: "`{name}` is named twice here", de: "`{name}` steht hier zweimal" }
    named_twice_help() { en: "remove one of them", de: "eines davon entfernen" }
    no_words() { en: "a text that a person has to read is empty", de: "ein Text, den ein Mensch lesen soll, ist leer" }
    no_words_help() { en: "say it in a sentence: what is to be done and where, or what cannot be undone", de: "in einem Satz sagen: was wo zu tun ist, oder was sich nicht rückgängig machen lässt" }
    zero_cap() { en: "a cap of 0 would find nobody", de: "mit der Grenze 0 würde niemand gefunden" }
    zero_cap_help() { en: "state how many records one person can have at most (default 500)", de: "angeben, wie viele Datensätze eine Person höchstens haben kann (Vorgabe 500)" }
}
