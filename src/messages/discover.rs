//! Sentences of `connector discover`: what was guessed about a system, and why.

catalogue! {
    by_its_name() { en: "by its name", de: "nach seinem Namen" }
    refers(column, table) { en: "foreign key {column} → {table}", de: "Fremdschlüssel {column} → {table}" }
    primary_key() { en: "primary key", de: "Primärschlüssel" }
    booked() { en: "by its name a document that a law may keep: say for how long under data_types, or `erase: remove`", de: "dem Namen nach ein Beleg, den ein Gesetz aufbewahren lässt: unter data_types sagen, wie lange, oder `erase: remove`" }
    booked_reason() { en: "a booked document; the time the law sets is not stated yet", de: "ein gebuchter Beleg; die gesetzliche Frist ist noch nicht angegeben" }
    a_view() { en: "a view; what it shows lies in tables", de: "eine Sicht; was sie zeigt, liegt in Tabellen" }
    nothing_personal() { en: "no column is personal by its name, and nothing here belongs to a person's record", de: "keine Spalte ist dem Namen nach personenbezogen, und nichts hier gehört zum Datensatz einer Person" }
    no_way(columns) { en: "personal by name ({columns}), but without an identity and without a reference to a person: say how its rows are found", de: "dem Namen nach personenbezogen ({columns}), aber ohne Kennung und ohne Verweis auf eine Person: angeben, wie die Zeilen gefunden werden" }
    no_key() { en: "there is no primary key: name columns that together name one row", de: "es gibt keinen Primärschlüssel: Spalten nennen, die zusammen eine Zeile benennen" }
    uneven(columns) { en: "only some of the files have these columns: {columns}", de: "nur manche der Dateien haben diese Spalten: {columns}" }
    a_doer(column, table) { en: "{column} → {table} tells who did something, not whose row it is; no link is proposed", de: "{column} → {table} sagt, wer etwas getan hat, nicht, wem die Zeile gehört; eine Verknüpfung wird nicht vorgeschlagen" }
    undeclared(column, kind) { en: "{column} looks like an identity `{kind}`, which the inventory does not declare under `identities`", de: "{column} sieht nach einer Kennung `{kind}` aus, die das Inventar unter `identities` nicht führt" }
    unclear(columns) { en: "nothing follows from the names: {columns}", de: "aus den Namen folgt nichts: {columns}" }
    proposed_for(system) { en: "Proposed from what {system} says of itself; no record was read.", de: "Vorgeschlagen nach dem, was {system} über sich sagt; kein Datensatz wurde gelesen." }
    nothing_counts() { en: "Nothing of it counts until you have read it, corrected it and put it into dsr.yaml.", de: "Nichts davon gilt, bevor Sie es gelesen, berichtigt und in dsr.yaml übernommen haben." }
    already(object) { en: "{object} is in the inventory; these columns it does not list", de: "{object} steht im Inventar; diese Spalten führt es nicht auf" }
    left() { en: "Not proposed", de: "Nicht vorgeschlagen" }
    open() { en: "Open points", de: "Offene Punkte" }
    summary(objects, fields, left) { en: "objects: {objects}, personal columns: {fields}, not proposed: {left}", de: "Objekte: {objects}, personenbezogene Spalten: {fields}, nicht vorgeschlagen: {left}" }
    nothing_new(system) { en: "nothing is proposed for {system}", de: "für {system} wird nichts vorgeschlagen" }
    no_outline(system) { en: "`{system}` cannot say what it holds", de: "`{system}` kann nicht sagen, was es enthält" }
    no_outline_help() { en: "databases, CSV files and services with a description of their data can; for others: dsr connector new", de: "Datenbanken, CSV-Dateien und Dienste mit einer Beschreibung ihrer Daten können es; für andere: dsr connector new" }
    by_hand(system) { en: "`{system}` is searched by a person, or not connected", de: "`{system}` wird von einem Menschen durchsucht oder ist nicht angeschlossen" }
    by_hand_help() { en: "give it `engine` and `settings` in dsr.yaml; `status: not_connected` may stay until its objects are described", de: "in dsr.yaml `engine` und `settings` angeben; `status: not_connected` darf bleiben, bis die Objekte beschrieben sind" }
    unreached(system, code, text) { en: "`{system}` could not be asked: {code} {text}", de: "`{system}` ließ sich nicht fragen: {code} {text}" }
    point(name, text) { en: "  {name}: {text}", de: "  {name}: {text}" }
    column_object() { en: "Object", de: "Objekt" }
    column_column() { en: "Column", de: "Spalte" }
    column_category() { en: "Category", de: "Kategorie" }
    column_identity() { en: "Identity", de: "Kennung" }
    column_because() { en: "Because", de: "Grund" }
}
