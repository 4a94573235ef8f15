//! Messages about databases and about values that take the place of personal ones.

catalogue! {
    not_a_database() { en: "this is no SQLite database, or it is damaged", de: "das ist keine SQLite-Datenbank, oder sie ist beschädigt" }
    no_access(code) { en: "it cannot be opened ({code})", de: "sie lässt sich nicht öffnen ({code})" }
    disk_full() { en: "the disk is full", de: "der Datenträger ist voll" }
}
