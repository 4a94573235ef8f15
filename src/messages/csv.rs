//! Messages about CSV files.

catalogue! {
    not_regular() { en: "it is not a regular file", de: "es ist keine gewöhnliche Datei" }
    permission() { en: "permission denied", de: "keine Berechtigung" }
    vanished() { en: "it is no longer there", de: "sie ist nicht mehr da" }
    disk_full() { en: "the disk is full", de: "der Datenträger ist voll" }
    other(kind) { en: "{kind}", de: "Systemmeldung: {kind}" }
    path_not_text() { en: "its name is not valid text", de: "ihr Name ist kein gültiger Text" }
    bad_pattern() { en: "the pattern is not valid", de: "das Suchmuster ist ungültig" }
    encoding(name) { en: "the encoding {name} is not supported", de: "die Zeichenkodierung {name} wird nicht unterstützt" }
    marked_read_only() { en: "the file is marked read-only", de: "die Datei ist schreibgeschützt" }
    folder_read_only() { en: "its folder is marked read-only", de: "ihr Ordner ist schreibgeschützt" }
    hard_links(count) {
        en: "it has {count} names (hard links), and the data would remain under the others",
        de: "sie hat {count} Namen (harte Links), und unter den anderen blieben die Daten stehen",
    }
    rights() {
        en: "its owner and permissions could not be kept",
        de: "Eigentümer und Zugriffsrechte ließen sich nicht erhalten",
    }
    warn_folder(path) { en: "rows of {path} can be neither changed nor removed: the file or its folder is not writable", de: "in {path} lassen sich Zeilen weder ändern noch entfernen: Datei oder Ordner sind nicht beschreibbar" }
    warn_folder_help() { en: "give the account that runs dsr write access to the file and its folder", de: "dem Konto, unter dem dsr läuft, Schreibrechte auf Datei und Ordner geben" }
    warn_large(path) { en: "{path} is larger than 1 GB, so each search takes seconds", de: "{path} ist größer als 1 GB; jede Suche dauert daher Sekunden" }
    warn_large_help() { en: "move old rows to files of their own, or keep the data in a database", de: "alte Zeilen in eigene Dateien auslagern oder die Daten in einer Datenbank halten" }
    warn_links(path) { en: "{path} has several names (hard links), so it will not be rewritten", de: "{path} hat mehrere Namen (harte Links) und wird deshalb nicht neu geschrieben" }
    warn_links_help() { en: "replace the hard links by copies that are listed here, or by symbolic links", de: "die harten Links durch Kopien ersetzen, die hier aufgeführt sind, oder durch symbolische Links" }
}
