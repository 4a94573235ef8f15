//! Messages about where connectors lie and what extends them.

catalogue! {
    unreadable_file(reason) { en: "the connector file cannot be read: {reason}", de: "die Konnektordatei ist nicht lesbar: {reason}" }
    unreadable_file_help() { en: "check the path and the permissions of the file", de: "Pfad und Rechte der Datei prüfen" }
    too_large() { en: "it is larger than 1 MiB", de: "sie ist größer als 1 MiB" }
    name_is_taken(name) { en: "a connector named `{name}` comes with the program", de: "ein Konnektor namens `{name}` gehört zum Programm" }
    name_is_taken_why() { en: "nothing that comes with the program is replaced by accident", de: "nichts, was zum Programm gehört, wird aus Versehen ersetzt" }
    name_is_taken_help(name, major) { en: "to change it, begin the file with:   extends: {name}@{major}      (and state only what is different); else give it another name", de: "soll er geändert werden, beginnt die Datei mit:   extends: {name}@{major}      (darunter steht nur, was anders ist); sonst einen anderen Namen wählen" }

    extends_nothing(name) { en: "there is no connector `{name}` to extend", de: "es gibt keinen Konnektor `{name}`, der zu erweitern wäre" }
    extends_nothing_help() { en: "`dsr connector list` shows those that there are", de: "`dsr connector list` zeigt die vorhandenen" }
    extends_itself(name) { en: "extending `{name}` leads back to this file", de: "die Erweiterung von `{name}` führt zu dieser Datei zurück" }
    extends_itself_help() { en: "let one of the files stand on its own, or extend a connector that comes with the program", de: "eine der Dateien muss für sich stehen oder einen mitgelieferten Konnektor erweitern" }
    extends_version_help(name, found) { en: "read what has changed, then write:   extends: {name}@{found}", de: "die Änderungen ansehen, dann schreiben:   extends: {name}@{found}" }
    nothing_to_change(way) { en: "the connector below has no `{way}`", de: "der Konnektor darunter hat kein `{way}`" }
    nothing_to_change_help(known) { en: "there are: {known}; something new has to be complete", de: "vorhanden sind: {known}; Neues muss vollständig sein" }
    nothing_to_remove_help() { en: "leave it out: there is nothing to remove", de: "weglassen: es gibt nichts zu entfernen" }
    mask_null() { en: "null takes away what stood there; the mask itself is written in quotes:   mask: \"null\"", de: "null entfernt, was dort stand; die Maske selbst steht in Anführungszeichen:   mask: \"null\"" }
    write_without_plus(word) { en: "there is no list to append to; write `{word}` without `+`", de: "es gibt keine Liste, an die anzuhängen wäre; `{word}` ohne `+` schreiben" }
    no_list(way) { en: "`{way}` is no list, so nothing can be appended to it", de: "`{way}` ist keine Liste, an die sich anhängen ließe" }
    no_list_help(word) { en: "write `{word}` without `+` to replace it", de: "`{word}` ohne `+` schreiben, um es zu ersetzen" }
}
