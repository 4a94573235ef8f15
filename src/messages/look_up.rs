//! Messages about what a connector does not read and people look up: tasks, screens, gaps, and mistakes in its file.

catalogue! {
    task_export(system, holds, screen) {
        en: "Look up in {system} what its connector does not read, and hand over what is the person's: {holds}. Where: {screen}",
        de: "In {system} nachsehen, was der Konnektor nicht liest, und übergeben, was die Person betrifft: {holds}. Wo: {screen}",
    }
    task_rectify(system, holds, screen) {
        en: "Look up in {system} what its connector does not read, and correct it as the case says: {holds}. Where: {screen}",
        de: "In {system} nachsehen, was der Konnektor nicht liest, und nach dem Vorgang berichtigen: {holds}. Wo: {screen}",
    }
    task_restrict(system, holds, screen) {
        en: "Look up in {system} what its connector does not read, and lock it against any use but storage: {holds}. Where: {screen}",
        de: "In {system} nachsehen, was der Konnektor nicht liest, und es für jede Nutzung außer dem Speichern sperren: {holds}. Wo: {screen}",
    }
    task_erase(system, holds, screen) {
        en: "Look up in {system} what its connector does not read, and erase what no law keeps: {holds}. Where: {screen}",
        de: "In {system} nachsehen, was der Konnektor nicht liest, und löschen, was kein Gesetz aufzubewahren verlangt: {holds}. Wo: {screen}",
    }
    task_keep(holds, keep, screen) { en: "{holds}: {keep} Where: {screen}", de: "{holds}: {keep} Wo: {screen}" }
    at_screen(task, screen) { en: "{task} Where: {screen}", de: "{task} Wo: {screen}" }

    connector_restricts_not(object) { en: "this connector does not restrict {object}", de: "dieser Konnektor schränkt {object} nicht ein" }
    connector_lifts_not(object) { en: "this connector does not lift the restriction of {object}", de: "dieser Konnektor hebt die Einschränkung von {object} nicht auf" }
    connector_suppresses_not(object) { en: "this connector opts nobody out in {object}", de: "dieser Konnektor meldet in {object} niemanden ab" }
    inventory_restricts_not(object) { en: "the inventory names no `restrict` for {object}", de: "das Inventar nennt für {object} kein `restrict`" }
    inventory_lifts_not(object) { en: "the inventory names no `unrestrict` for {object}", de: "das Inventar nennt für {object} kein `unrestrict`" }
    no_suppression(object) { en: "dsr opts nobody out in {object}", de: "dsr meldet in {object} niemanden ab" }

    row_open(holds, screen) { en: "TO LOOK UP BY HAND: {holds}. Where: {screen}", de: "VON HAND NACHZUSEHEN: {holds}. Wo: {screen}" }
    row_found(holds, count) { en: "looked up by hand ({count}): {holds}", de: "von Hand nachgesehen ({count}): {holds}" }
    by_hand(names) { en: "to look up by hand: {names}", de: "von Hand nachzusehen: {names}" }
    to_look_up(count) {
        en: "Not read by any connector, to be looked up by people: {count}. In a case for a package there is a task for each (`dsr task list`).",
        de: "Von keinem Konnektor gelesen, von Menschen nachzusehen: {count}. In einem Vorgang mit Auskunft gibt es dafür je eine Aufgabe (`dsr task list`).",
    }
    look_at(names) { en: "  - to be looked up by hand and added: {names}", de: "  - von Hand nachzusehen und beizulegen: {names}" }
    finish_first(case) {
        en: "The package is whole once these tasks are done: `dsr task list --case {case}`",
        de: "Vollständig ist das Paket, sobald diese Aufgaben erledigt sind: `dsr task list --case {case}`",
    }
    beside_package() {
        en: "What was found belongs into the answer: hand it over beside the package.",
        de: "Gefundenes gehört zur Antwort: Es ist neben dem Paket zu übergeben.",
    }

    person_open() { en: "is looked up by a person; the result is not part of this package", de: "wird von Menschen nachgesehen; das Ergebnis ist nicht Teil dieses Pakets" }
    person_found() { en: "was looked up by a person; what was found is handed over beside this package", de: "wurde von Menschen nachgesehen; Gefundenes wird neben diesem Paket übergeben" }

    kind() { en: "look-up by hand", de: "Nachsehen von Hand" }
    reason() { en: "no connector reads it, and nobody has looked it up", de: "kein Konnektor liest es, und niemand hat nachgesehen" }

    erase_waits(names) { en: "what is still to be looked up for the person's package would be gone: {names}", de: "was für die Auskunft der Person noch nachzusehen ist, wäre verloren: {names}" }
    erase_waits_why() { en: "with the record that leads there, the way to it is often erased too", de: "mit dem Datensatz, der dorthin führt, verschwindet oft auch der Weg dorthin" }
    erase_waits_help(case) { en: "have the tasks done first (`dsr task list --case {case}`), or erase all the same with --despite-access", de: "zuerst die Aufgaben erledigen lassen (`dsr task list --case {case}`), oder mit --despite-access trotzdem löschen" }

    no_right() { en: "`for` names nothing for which somebody would look there", de: "`for` nennt nichts, wofür jemand dort nachsehen soll" }
    no_right_help(rights) { en: "name what it matters for ({rights}), or leave `for` out; where nobody has to look, write `off` with the reason", de: "nennen, wofür es zählt ({rights}), oder `for` weglassen; wo niemand nachsehen muss, `off` mit dem Grund schreiben" }
    unknown_right(word) { en: "`{word}` is nothing that a person can ask for", de: "`{word}` ist nichts, was eine Person verlangen kann" }
    rights_are(rights) { en: "write one or several of: {rights}", de: "eines oder mehrere davon schreiben: {rights}" }
}
