//! Messages about databases.

catalogue! {
    not_a_database() { en: "this is no SQLite database, or it is damaged", de: "das ist keine SQLite-Datenbank, oder sie ist beschädigt" }
    no_access(code) { en: "it cannot be opened ({code})", de: "sie lässt sich nicht öffnen ({code})" }
    disk_full() { en: "the disk is full", de: "der Datenträger ist voll" }
    not_an_address() { en: "this is no address of the form postgres://user@host/database", de: "das ist keine Adresse der Form postgres://benutzer@rechner/datenbank" }
    not_a_mysql_address() { en: "this is no address of the form mysql://user@host/database", de: "das ist keine Adresse der Form mysql://benutzer@rechner/datenbank" }
    password_in_the_open() { en: "a password does not belong into the inventory; make the whole address a secret", de: "ein Passwort gehört nicht ins Inventar; die ganze Adresse als Geheimnis angeben" }
    certificate_expired() { en: "it has expired", de: "es ist abgelaufen" }
    certificate_unknown_issuer() { en: "its issuer is unknown here; name the issuer's certificate in ca_file", de: "sein Aussteller ist hier unbekannt; dessen Zertifikat in ca_file angeben" }
    certificate_other_name() { en: "it was issued for another name", de: "es ist für einen anderen Namen ausgestellt" }
    certificate_refused() { en: "it is not acceptable", de: "es ist nicht annehmbar" }
    server_refused_handshake() { en: "the server broke off; it may ask for a client certificate", de: "der Server hat abgebrochen; vielleicht verlangt er ein Client-Zertifikat" }
    key_unusable() { en: "client_cert and client_key cannot be used together", de: "client_cert und client_key sind zusammen nicht verwendbar" }
    no_index(what) { en: "a search has to read the whole table, for want of an index; this would make one: {what}", de: "ohne Index muss die Suche die ganze Tabelle lesen; so entstünde einer: {what}" }
    no_blank_index(what) { en: "to find addresses with white space around them, a search has to read the whole table, for want of an index; this would make one: {what}", de: "um Adressen mit Leerraum davor oder dahinter zu finden, muss die Suche ohne Index die ganze Tabelle lesen; so entstünde einer: {what}" }
    trigger(what) { en: "a trigger of the table may keep copies of what is erased ({what})", de: "ein Trigger der Tabelle könnte Kopien von Gelöschtem behalten ({what})" }
    pooled(what) { en: "a connection pooler stands before the server and does not pass on session settings; each read still runs in a read-only transaction ({what})", de: "vor dem Server steht ein Verbindungspool, der Sitzungseinstellungen nicht weitergibt; jedes Lesen läuft trotzdem in einer Transaktion, die nur liest ({what})" }
    key_not_unique(what) { en: "no index keeps the key unique; a key that meets several rows is refused ({what})", de: "kein Index hält den Schlüssel eindeutig; trifft er mehrere Zeilen, wird er abgelehnt ({what})" }
    cascade(what) { en: "the database would delete rows of another table together with one of this; while there are any, the removal is blocked ({what})", de: "mit einer Zeile dieser Tabelle würde die Datenbank Zeilen einer anderen löschen; solange es solche gibt, ist das Löschen gesperrt ({what})" }
    no_transactions(what) { en: "the server cannot undo a write to it; reading cannot write, but may see a change half done, and nothing is written to it ({what})", de: "der Server kann ein Schreiben darin nicht zurücknehmen; gelesen wird, ohne dass etwas geschrieben werden kann, doch womöglich mitten in einer Änderung, und geschrieben wird darin nichts ({what})" }
    unseen(what) { en: "this account does not see all triggers and foreign keys that a write would set off; this shows them to it: {what}", de: "dieses Konto sieht nicht alle Trigger und Fremdschlüssel, die ein Schreiben auslöst; damit sieht es sie: {what}" }
    keeps_history(what) { en: "the table keeps former versions of its rows, so nothing can be erased from it before that history is deleted ({what})", de: "die Tabelle bewahrt frühere Fassungen ihrer Zeilen auf; gelöscht ist daraus erst etwas, wenn auch dieser Verlauf gelöscht ist ({what})" }
    replica(what) { en: "this server only copies another one; it may lag behind, and takes no writing ({what})", de: "dieser Server ist nur die Kopie eines anderen; er kann nachhängen und lässt kein Schreiben zu ({what})" }
    statement_pooling() { en: "08P01: a connection pooler in statement mode allows no transactions; connect to the server itself", de: "08P01: ein Verbindungspool im Modus „statement“ lässt keine Transaktionen zu; direkt mit dem Server verbinden" }
}
