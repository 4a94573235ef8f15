//! Messages about systems that say which members their records have.

catalogue! {
    no_members() { en: "this is no path of members", de: "das ist kein Pfad von Feldern" }
    no_members_help() { en: "write names with dots between them (`properties`, `field.key`); `name`, `label` and `type` may be a JSONPath as well", de: "Namen mit Punkten dazwischen schreiben (`properties`, `field.key`); `name`, `label` und `type` dürfen auch ein JSONPath sein" }
    nothing_says(system) { en: "nothing says what records of `{system}` hold: its connector has no `describe`, it speaks no OData, and it has no `control` person", de: "nichts sagt, was Datensätze von `{system}` enthalten: sein Konnektor hat kein `describe`, es spricht kein OData, und es hat keine Kontrollperson (`control`)" }
    nothing_says_help() { en: "state `control` at the system; the members of that invented person's records are then shown by name", de: "beim System `control` angeben; die Felder der Datensätze dieser erfundenen Person werden dann mit Namen gezeigt" }
    by_its_label() { en: "by what people call it there", de: "nach dem, wie es dort heißt" }
    a_sample() { en: "seen in the control person's record: what that one lacks is not shown", de: "am Datensatz der Kontrollperson abgelesen: was dieser nicht hat, fehlt hier" }
    sampled_from(system) { en: "Proposed from what {system} says of itself and from the records of its control person; nobody else's were looked at.", de: "Vorgeschlagen nach dem, was {system} über sich sagt, und nach den Datensätzen seiner Kontrollperson; niemand sonst wurde angesehen." }
    in_the_connector(object) { en: "{object} is in the connector; these members it does not list", de: "{object} steht im Konnektor; diese Felder führt er nicht auf" }
    ask_for_it() { en: "Where the connector's requests name the members that they want ($select, properties, fields), name the new ones there as well.", de: "Wo Anfragen des Konnektors die gewünschten Felder aufzählen ($select, properties, fields), müssen die neuen dort dazu." }
    other_members(came, wanted) { en: "described: {came}; expected among it: {wanted}", de: "beschrieben: {came}; darunter erwartet: {wanted}" }
    expect_described() { en: "state `described`, or an `error`", de: "`described` oder einen `error` angeben" }
    taken_elsewhere(name) { en: "a connector named `{name}` comes with this program, and reads otherwise", de: "ein Konnektor namens `{name}` gehört zu diesem Programm und lautet anders" }
    taken_elsewhere_help() { en: "beside an inventory this file would be refused (E101); it is only looked at here", de: "neben einem Inventar würde diese Datei abgelehnt (E101); hier wird sie nur angesehen" }
}
