//! Messages about where connectors lie and what extends them.

use crate::messages::Text;

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
    extends_version(name, found, asked) { en: "the connector {name} has version {found}; this file extends {asked}", de: "der Konnektor {name} liegt in Version {found} vor; diese Datei erweitert {asked}" }
    extends_version_help(name, found) { en: "read what has changed, then write:   extends: {name}@{found}", de: "die Änderungen ansehen, dann schreiben:   extends: {name}@{found}" }
    nothing_to_change(way) { en: "the connector below has no `{way}`", de: "der Konnektor darunter hat kein `{way}`" }
    nothing_to_change_help(known) { en: "there are: {known}; something new has to be complete", de: "vorhanden sind: {known}; Neues muss vollständig sein" }
    nothing_to_remove_help() { en: "leave it out: there is nothing to remove", de: "weglassen: es gibt nichts zu entfernen" }
    mask_null() { en: "null takes away what stood there; the mask itself is written in quotes:   mask: \"null\"", de: "null entfernt, was dort stand; die Maske selbst steht in Anführungszeichen:   mask: \"null\"" }
    write_without_plus(word) { en: "there is no list to append to; write `{word}` without `+`", de: "es gibt keine Liste, an die anzuhängen wäre; `{word}` ohne `+` schreiben" }
    no_connector(name) { en: "there is no connector `{name}`, and no such file", de: "es gibt weder einen Konnektor `{name}` noch eine Datei dieses Namens" }
    extends_no_other(name) { en: "`{name}` extends no other connector", de: "`{name}` erweitert keinen anderen Konnektor" }
    extends_no_other_help() { en: "name a file that begins with:   extends: NAME@MAJOR", de: "eine Datei angeben, die mit   extends: NAME@MAJOR   beginnt" }
    column_connector() { en: "connector", de: "Konnektor" }
    column_version() { en: "version", de: "Version" }
    column_title() { en: "title", de: "Titel" }
    column_from() { en: "from", de: "Herkunft" }
    column_objects() { en: "objects", de: "Objekte" }
    column_actions() { en: "actions", de: "Aktionen" }
    from_path() { en: "file", de: "Datei" }
    from_workspace() { en: "workspace", de: "Arbeitsordner" }
    from_user() { en: "own", de: "eigener" }
    from_program() { en: "program", de: "Programm" }
    no_connectors_help() { en: "name the file of one: dsr connector check FILE", de: "die Datei eines Konnektors nennen: dsr connector check DATEI" }
    called_otherwise(file, name) { en: "the file is called `{file}`, and the connector in it `{name}`", de: "die Datei heißt `{file}`, der Konnektor darin `{name}`" }
    called_otherwise_why(file) { en: "an inventory finds a connector by the name of its file:   connector: {file}", de: "ein Inventar findet einen Konnektor nach dem Namen seiner Datei:   connector: {file}" }
    called_otherwise_help(name) { en: "rename the file to {name}.yml, or give the connector the name of the file", de: "die Datei in {name}.yml umbenennen oder dem Konnektor den Namen der Datei geben" }
    by_hand(action) { en: "{action} (by hand)", de: "{action} (von Hand)" }
    expanded_replies() {
        en: "# What a reply means where `outcome` does not say it, asked in this order:\n#   retry    408, 425, 429, 500, 502, 503, 504 and lost connections, as far as a repetition is safe\n#   gone     404, 410\n#   blocked  409, 423\n#   failed   every other status from 400; 401, 403 and 407 always\n#   done     2xx\n",
        de: "# Was eine Antwort bedeutet, wo `outcome` nichts sagt, in dieser Reihenfolge:\n#   retry    408, 425, 429, 500, 502, 503, 504 und abgebrochene Verbindungen, soweit eine Wiederholung gefahrlos ist\n#   gone     404, 410\n#   blocked  409, 423\n#   failed   jeder andere Status ab 400; 401, 403 und 407 immer\n#   done     2xx\n"
    }
    cannot_be_read(name) { en: "{name} cannot be used:", de: "{name} ist nicht verwendbar:" }
    is_sound(name, version) { en: "{name} {version} is sound", de: "{name} {version} ist fehlerfrei" }
    column_safety() { en: "safety", de: "Sicherheit" }
    column_place() { en: "where", de: "Stelle" }
    column_before() { en: "before", de: "vorher" }
    column_after() { en: "now", de: "jetzt" }
    changes_nothing(name) { en: "{name} changes nothing", de: "{name} ändert nichts" }
    yes() { en: "yes", de: "ja" }
    changes_safety(path, before, after) { en: "This file changes a safety property: {path}, {before} before, {after} now", de: "Diese Datei ändert eine Sicherheitseigenschaft: {path}, vorher {before}, jetzt {after}" }
    plan_changes_safety(system, path, before, after) { en: "{system}: the connector is changed here in a safety property: {path}, {before} before, {after} now", de: "{system}: der Konnektor ist hier in einer Sicherheitseigenschaft geändert: {path}, vorher {before}, jetzt {after}" }
    nothing_stated() { en: "nothing", de: "nichts" }
    comes_with_the_program(name, version) { en: "{name} {version} comes with the program and is trusted with it", de: "{name} {version} gehört zum Programm und ist mit ihm zugelassen" }
    stands_on(name, version) { en: "This file extends {name} {version}", de: "Diese Datei erweitert {name} {version}" }
    no_list(way) { en: "`{way}` is no list, so nothing can be appended to it", de: "`{way}` ist keine Liste, an die sich anhängen ließe" }
    no_list_help(word) { en: "write `{word}` without `+` to replace it", de: "`{word}` ohne `+` schreiben, um es zu ersetzen" }
}

/// What stands somewhere, as YAML, or that nothing does.
pub fn stated(yaml: &Option<String>) -> Text {
    match yaml {
        Some(yaml) => Text::same(yaml.as_str()),
        None => nothing_stated(),
    }
}
