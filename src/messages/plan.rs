//! Messages about what a plan does and why it cannot be made.

catalogue! {
    mask_refused(place) { en: "the mask for {place} cannot be written, so nothing was", de: "die Maske für {place} ist nicht schreibbar, deshalb wurde nichts geschrieben" }
    only_retain_with_rule(reason) { en: "the connector expects a duty to keep it ({reason}), but no data type of the inventory states one", de: "der Konnektor geht von einer Aufbewahrungspflicht aus ({reason}), im Inventar steht dazu aber keine Datenart" }
    unconfirmed_write() { en: "this write is not confirmed by any specification; `unconfirmed_writes: allow` at the system permits it", de: "dieser Schreibzugriff ist durch keine Spezifikation bestätigt; `unconfirmed_writes: allow` beim System erlaubt ihn" }
    child_stays(child) { en: "records of {child} stay and point to it", de: "Datensätze aus {child} bleiben und verweisen darauf" }
    cannot_anonymise(child) { en: "records of {child} stay and point to it, and it cannot be made anonymous", de: "Datensätze aus {child} bleiben und verweisen darauf, und er lässt sich nicht anonymisieren" }
    child_unsure(child) { en: "records of {child} stay, and nothing tells whether they belong to it and would go along", de: "Datensätze aus {child} bleiben, und nichts verrät, ob sie dazugehören und mitgelöscht würden" }
    child_waits(child) { en: "records of {child} that hang below it wait for --accept and would go along", de: "Datensätze aus {child} darunter warten auf --accept und würden mitgelöscht" }
    anonymous_already() { en: "is anonymous already", de: "ist schon anonym" }
    locked_with(object) { en: "stays with {object}, where erasing means restricting; it has no restriction of its own", de: "bleibt mit {object}, wo Löschen Einschränken bedeutet; eine eigene Einschränkung hat es nicht" }
    follows(object) { en: "follows what happens to {object}", de: "folgt dem, was mit {object} geschieht" }
    task_lock(count, object, until, because) { en: "Lock records of {object}, kept until {until}, against any other use: {count} ({because}).", de: "In {object} bis {until} aufzubewahrende Datensätze für jede andere Nutzung sperren: {count} ({because})." }
    task_start(count, object, because) { en: "Find out when the period began for records of {object}: {count} ({because}).", de: "Fristbeginn klären für Datensätze in {object}: {count} ({because})." }
    task_decide(count, object, because) { en: "Decide on records of {object}: {count} ({because}).", de: "Über Datensätze in {object} entscheiden: {count} ({because})." }
    waits_linked() { en: "reached over other records only; waits for --accept", de: "nur über andere Datensätze erreicht; wartet auf --accept" }
    waits_shared() { en: "carries only an address that several people share; waits for --accept", de: "trägt nur eine Adresse, die sich mehrere Personen teilen; wartet auf --accept" }
    waits_child() { en: "an object below it could not be searched", de: "ein Objekt darunter ließ sich nicht durchsuchen" }
}
