//! Messages about places of a connector (`by: all`), about what is found under them, and about searches by age.

catalogue! {
    of_records(word) { en: "`{word}` stands at a place, and a place is no record of a person", de: "`{word}` steht an einem Ort, und ein Ort ist kein Datensatz über eine Person" }
    of_records_why() { en: "with `by: all` an object is only walked through; it is never exported and never written", de: "mit `by: all` wird ein Objekt nur durchlaufen; es wird nie herausgegeben und nie beschrieben" }
    of_records_help() { en: "leave it out; if the records are people's, replace `by: all` by a search for an identity", de: "weglassen; gehören die Datensätze Personen, `by: all` durch eine Suche nach einer Kennung ersetzen" }
    other_way() { en: "an object with `by: all` has another way in as well", de: "ein Objekt mit `by: all` hat zusätzlich einen anderen Weg" }
    other_way_why() { en: "it would be a place and a record of a person at once", de: "es wäre zugleich ein Ort und ein Datensatz über eine Person" }
    other_way_help() { en: "describe the place and the records in it as two objects", de: "den Ort und die Datensätze darin als zwei Objekte beschreiben" }
    under_records(object) { en: "a place lies under `{object}`, whose records are people's", de: "ein Ort liegt unter `{object}`, dessen Datensätze Personen gehören" }
    under_records_why() { en: "what lies below a person's record belongs to that person and is found, exported and erased with it", de: "was unter dem Datensatz einer Person liegt, gehört zu ihr und wird mit ihm gefunden, herausgegeben und gelöscht" }
    under_records_help() { en: "leave `by: all` out and give the object its fields and `erase`; it may be `erase: with …`", de: "`by: all` weglassen und dem Objekt seine Felder und `erase` geben; auch `erase: with …` ist möglich" }
    not_a_record(object) { en: "`{object}` is a place, and records are needed here", de: "`{object}` ist ein Ort, gebraucht werden hier Datensätze" }
    not_a_record_why() { en: "places are never written, so nothing can wait for them or go with them", de: "Orte werden nie beschrieben; darauf kann nichts warten und damit kann nichts mitgehen" }
    not_a_record_help() { en: "name an object whose records are people's, or leave it out", de: "ein Objekt nennen, dessen Datensätze Personen gehören, oder weglassen" }
    everybody(place) { en: "everything in `{place}` would be taken for the person's", de: "alles unter `{place}` würde für Daten der Person gehalten" }
    everybody_why(place) { en: "`{place}` is a place and holds the records of everybody", de: "`{place}` ist ein Ort und enthält die Datensätze aller" }
    everybody_help(place) { en: "search inside it by an identity:   {{ by: email, under: {place}, get: …, query: {{ email: \"{{{{ value }}}}\" }} }}", de: "darin nach einer Kennung suchen:   {{ by: email, under: {place}, get: …, query: {{ email: \"{{{{ value }}}}\" }} }}" }
    part_name(name) { en: "`{name}` cannot name a part of a record", de: "`{name}` kann keinen Teil eines Datensatzes benennen" }
    part_name_help() { en: "use small letters, digits and `_`, no name of the key, and not `files`", de: "Kleinbuchstaben, Ziffern und `_` verwenden, keinen Namen aus dem Schlüssel und nicht `files`" }
    no_clock() { en: "`by: age` needs to know where the date lies in a record", de: "`by: age` muss wissen, wo das Datum in einem Datensatz steht" }
    no_clock_why() { en: "each record that comes is compared with the day, so that nothing newer is ever touched", de: "jeder gelieferte Datensatz wird mit dem Tag verglichen, damit nichts Jüngeres angefasst wird" }
    no_clock_help() { en: "add to the object:   clock: last_login, or a JSONPath:   clock: \"$.meta.seen\"", de: "am Objekt ergänzen:   clock: last_login, oder einen JSONPath:   clock: \"$.meta.seen\"" }
}
