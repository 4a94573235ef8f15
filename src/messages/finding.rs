//! What the doctor says of systems, and what to do about it.

catalogue! {
    no_index(column) { en: "a search by {column} has to read the whole table, for want of an index", de: "ohne Index muss die Suche über {column} die ganze Tabelle lesen" }
    no_blank_index(column) { en: "for want of an index of its own, a search by {column} has to read the whole table to find addresses with white space before or behind them", de: "ohne einen eigenen Index muss die Suche über {column} die ganze Tabelle lesen, um Adressen mit Leerraum davor oder dahinter zu finden" }
    no_index_help() { en: "have this run by whoever looks after the database", de: "dies von der Datenbankbetreuung ausführen lassen" }
    trigger(what) { en: "a trigger may keep copies of what is erased ({what})", de: "ein Trigger könnte Kopien von Gelöschtem behalten ({what})" }
    trigger_help() { en: "look at what it writes, and add that table to the inventory", de: "nachsehen, wohin er schreibt, und diese Tabelle ins Inventar aufnehmen" }
    key_not_unique(what) { en: "no index keeps the key unique; a key that meets several rows is refused ({what})", de: "kein Index hält den Schlüssel eindeutig; trifft er mehrere Zeilen, wird er abgelehnt ({what})" }
    key_not_unique_help() { en: "name the column that is unique under `key`, or make it so", de: "unter `key` die eindeutige Spalte angeben oder sie eindeutig machen" }
    no_transactions_help() { en: "convert the table (ALTER TABLE … ENGINE=InnoDB), name the table behind the view, or say `erase: manual`", de: "die Tabelle umwandeln (ALTER TABLE … ENGINE=InnoDB), statt der Sicht die Tabelle dahinter angeben oder `erase: manual` eintragen" }
    unseen_help() { en: "this right shows the account the names of tables, not their rows", de: "dieses Recht zeigt dem Konto die Namen der Tabellen, nicht deren Zeilen" }
    keeps_history_help() { en: "erase by hand with DELETE HISTORY, or end the versioning", de: "von Hand mit DELETE HISTORY löschen oder die Versionierung beenden" }
    cascade(what) { en: "the database would delete rows elsewhere together with one of this; while there are any, the removal is blocked ({what})", de: "mit einer Zeile dieser Tabelle würde die Datenbank andere löschen; solange es solche gibt, ist das Löschen gesperrt ({what})" }
    cascade_help() { en: "add that table as an object `under` this one, so that it is planned and erased first", de: "diese Tabelle als Objekt mit `under` aufnehmen, damit sie zuerst geplant und gelöscht wird" }
    pooled(host) { en: "a connection pooler stands before {host} and does not pass on session settings; each read still runs in a read-only transaction", de: "vor {host} steht ein Verbindungspool, der Sitzungseinstellungen nicht weitergibt; jedes Lesen läuft trotzdem in einer Transaktion, die nur liest" }
    pooled_help() { en: "give dsr the address of the server itself", de: "dsr die Adresse des Servers selbst geben" }
    rule(table, rules) { en: "a rule rewrites what is done to {table} ({rules}); a write may land elsewhere, or nowhere", de: "eine Regel schreibt um, was mit {table} geschieht ({rules}); ein Schreibzugriff kann woanders landen oder nirgends" }
    rule_help() { en: "have the rule removed, or name the table that really holds the rows", de: "die Regel entfernen lassen oder die Tabelle angeben, in der die Zeilen wirklich liegen" }
    view(name) { en: "{name} is a view: it may leave rows out, and a removal through it may fail", de: "{name} ist eine Sicht: Sie kann Zeilen weglassen, und Löschen durch sie kann scheitern" }
    copy(name) { en: "{name} is a materialised view, a copy: what is erased elsewhere stays in it until it is refreshed", de: "{name} ist eine materialisierte Sicht, also eine Kopie: Anderswo Gelöschtes bleibt darin, bis sie aufgefrischt wird" }
    foreign(name) { en: "{name} is a foreign table: its rows lie on another server, with rights and triggers that cannot be seen from here", de: "{name} ist eine Fremdtabelle: Ihre Zeilen liegen auf einem anderen Server, dessen Rechte und Trigger von hier aus nicht zu sehen sind" }
    view_help() { en: "name the table behind it in dsr.yaml", de: "in der dsr.yaml die Tabelle dahinter angeben" }
    foreign_help() { en: "connect the other server as a system of its own", de: "den anderen Server als eigenes System anbinden" }
    partitioned(table) { en: "{table} is partitioned; the search reaches all partitions, and an index has to be made without CONCURRENTLY", de: "{table} ist partitioniert; die Suche erreicht alle Partitionen, ein Index muss ohne CONCURRENTLY angelegt werden" }
    inherited(table) { en: "other tables inherit from {table}: no index keeps a key unique over all of them", de: "andere Tabellen erben von {table}: kein Index hält einen Schlüssel über alle hinweg eindeutig" }
    inherited_help() { en: "look whether a key can occur in two of them; such a key is refused", de: "prüfen, ob ein Schlüssel in zweien vorkommen kann; ein solcher wird abgelehnt" }
    published(table, names) { en: "{table} is replicated to others by the publication {names}, which may keep what is erased here", de: "{table} wird durch die Publikation {names} an andere repliziert; dort kann bleiben, was hier gelöscht wird" }
    published_help() { en: "look which subscribers apply deletions, and add those that keep rows to the inventory", de: "prüfen, welche Abonnenten Löschungen nachvollziehen, und die übrigen ins Inventar aufnehmen" }
    open_file(path) { en: "every account of this machine can read {path}", de: "jedes Konto dieses Rechners kann {path} lesen" }
    open_file_help() { en: "take the right to read from others (Art. 32 GDPR)", de: "anderen das Leserecht nehmen (Art. 32 DSGVO)" }
    superuser(account, what) { en: "the account {account} may do far more than dsr needs ({what})", de: "das Konto {account} darf weit mehr, als dsr braucht ({what})" }
    superuser_help() { en: "use an account that may only read the listed tables, and write where the inventory erases", de: "ein Konto verwenden, das nur die aufgeführten Tabellen lesen und dort schreiben darf, wo das Inventar löscht" }
    share(path, kind) { en: "{path} lies on a network share ({kind}), where locks may not hold", de: "{path} liegt auf einer Netzfreigabe ({kind}), auf der Sperren womöglich nicht gelten" }
    share_help() { en: "run dsr on the machine that has the disk, or see that no other program writes at the same time", de: "dsr auf dem Rechner mit dem Datenträger ausführen oder sicherstellen, dass kein anderes Programm gleichzeitig schreibt" }
    missing_right(account, right, table) { en: "the account {account} lacks {right} on {table}, which the inventory's actions need", de: "dem Konto {account} fehlt {right} an {table}, was die Aktionen des Inventars brauchen" }
    missing_right_help() { en: "have the right granted, or let a person do it: `erase: manual`", de: "das Recht erteilen lassen oder es von Hand tun: `erase: manual`" }
    no_rectify(account, columns, table) { en: "the account {account} may not update {columns} of {table}, so a rectification (Art. 16) fails there", de: "das Konto {account} darf {columns} von {table} nicht ändern; eine Berichtigung (Art. 16) scheitert dort" }
    no_rectify_help() { en: "have UPDATE granted on these columns, or mark them `fixed: true`", de: "UPDATE auf diese Spalten erteilen lassen oder sie mit `fixed: true` kennzeichnen" }
    file_read_only(path) { en: "{path} or its folder cannot be written by this account, so nothing can be erased there", de: "{path} oder der Ordner ist für dieses Konto nicht beschreibbar; dort lässt sich nichts löschen" }
    file_read_only_help() { en: "give the account that runs dsr write access to the file and its folder", de: "dem Konto, unter dem dsr läuft, Schreibrechte auf Datei und Ordner geben" }
    owner(account, table) { en: "the account {account} owns {table}, so it could change or drop it and switch its security off", de: "das Konto {account} besitzt {table}; es könnte sie ändern, verwerfen und ihren Schutz abschalten" }
    too_wide(account, rights, table) { en: "the account {account} has rights on {table} that no action of the inventory needs ({rights})", de: "das Konto {account} hat an {table} Rechte, die keine Aktion des Inventars braucht ({rights})" }
    too_wide_help() { en: "have them revoked; what an account may not do, nobody can do with it", de: "sie entziehen lassen; was ein Konto nicht darf, kann niemand damit tun" }
    loose_key(column, table) { en: "the key column {column} of {table} takes texts for equal that are written differently; such keys are refused as ambiguous", de: "die Schlüsselspalte {column} von {table} hält verschieden geschriebene Texte für gleich; solche Schlüssel werden als mehrdeutig abgelehnt" }
    loose_key_help() { en: "use a key that is compared exactly, such as a number or a uuid", de: "einen Schlüssel verwenden, der genau verglichen wird, etwa eine Nummer oder eine UUID" }
    ascii_column(column, table) { en: "the collation of {table}.{column} folds only A to Z: a search may miss values with Ä, É or Ø in another case", de: "die Sortierfolge von {table}.{column} kennt Groß und Klein nur von A bis Z: Eine Suche kann Werte mit Ä, É oder Ø in anderer Schreibung übersehen" }
    loose_column(column, table) { en: "the collation of {table}.{column} is nondeterministic: it compares more texts as equal, and a search for a part of a text is refused by older servers", de: "die Sortierfolge von {table}.{column} ist nichtdeterministisch: Sie hält mehr Texte für gleich, und ältere Server lehnen die Suche nach Textteilen ab" }
    collation_help() { en: "give the column a collation that knows the language, or the database's own", de: "der Spalte eine Sortierfolge geben, die die Sprache kennt, oder die der Datenbank" }
    replica() { en: "this server is a replica: it may lag behind, and nothing can be written to it", de: "dieser Server ist ein Replikat: Er kann zurückliegen, und geschrieben werden kann dort nicht" }
    replica_help() { en: "name the primary server in the address", de: "in der Adresse den Primärserver angeben" }
    clock(seconds) { en: "the system's clock differs from this one by {seconds} s; beyond 300 s nothing is written to it", de: "die Uhr des Systems weicht um {seconds} s ab; über 300 s wird dort nichts geschrieben" }
    clock_help() { en: "let both machines take the time from the same source", de: "beide Rechner die Zeit aus derselben Quelle beziehen lassen" }
    plain_http() { en: "personal data and credentials travel unencrypted (`insecure_http: true`)", de: "personenbezogene Daten und Zugangsdaten gehen unverschlüsselt über die Leitung (`insecure_http: true`)" }
    plain_http_help() { en: "have https switched on at the system (Art. 32(1)(a) GDPR)", de: "https am System einschalten lassen (Art. 32 Abs. 1 lit. a DSGVO)" }
    unconfirmed(action) { en: "no specification or trial confirms the connector's {action}; it is planned as a task for a person", de: "keine Spezifikation und kein Versuch bestätigt „{action}“ dieses Konnektors; es wird als Aufgabe für einen Menschen geplant" }
    unconfirmed_allowed(action) { en: "no specification or trial confirms the connector's {action}, and the inventory allows it all the same", de: "keine Spezifikation und kein Versuch bestätigt „{action}“ dieses Konnektors; das Inventar lässt es trotzdem zu" }
    unconfirmed_help() { en: "try it on a test account of the system, then have the connector say so", de: "es an einem Testkonto des Systems ausprobieren und dann im Konnektor vermerken" }
    cannot(action) { en: "the connector has no {action}; it is planned as a task for a person", de: "der Konnektor kennt „{action}“ nicht; es wird als Aufgabe für einen Menschen geplant" }
    cannot_help() { en: "describe the request in the connector, if the system has one", de: "die Anfrage im Konnektor beschreiben, falls das System eine hat" }
    unreadable() { en: "the connector cannot read a record by its key: what a search no longer returns is not proven to be gone, and that a removed one is gone rests on the system's answer and on the search", de: "der Konnektor kann keinen Datensatz über seinen Schlüssel lesen: Was eine Suche nicht mehr liefert, gilt nicht als gelöscht, und dass ein gelöschter Datensatz fort ist, stützt sich auf die Antwort des Systems und auf die Suche" }
    unreadable_help() { en: "describe in the connector how one record is fetched by its key: `read`", de: "im Konnektor mit `read` beschreiben, wie ein Datensatz über seinen Schlüssel abgerufen wird" }
    unproven_help() { en: "name a control person for the system, so that each check tries the credential", de: "dem System eine Kontrollperson geben; dann probiert jede Prüfung die Zugangsdaten aus" }
    no_limit() { en: "the server does not keep to the time limit that dsr sets (statement_timeout)", de: "der Server hält das Zeitlimit nicht ein, das dsr setzt (statement_timeout)" }
    no_limit_help() { en: "connect to the server itself instead of through a pooler", de: "direkt mit dem Server verbinden statt über einen Verbindungspool" }
    write_ahead(path) { en: "{path} is written through a log beside it ({path}-wal): a copy of the file alone is not the whole database", de: "{path} wird über ein Protokoll daneben geschrieben ({path}-wal): Eine Kopie der Datei allein ist nicht die ganze Datenbank" }
    write_ahead_help() { en: "back up with the program's own means; dsr empties the log after each erasure", de: "mit den Mitteln des Programms sichern; dsr leert das Protokoll nach jeder Löschung" }
    no_control() { en: "no control person: an empty answer of this system stays unproven", de: "keine Kontrollperson: Eine leere Antwort dieses Systems bleibt unbewiesen" }
    no_control_help() { en: "put an invented person into the system and name them under `control`", de: "im System eine erfundene Person anlegen und unter `control` angeben" }
}
