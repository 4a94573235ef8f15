//! What stands out in a ledger, and why somebody would ask about it.

catalogue! {
    adopted(known, found) { en: "a ledger of {found} events was accepted; this account had known {known}", de: "ein Protokoll mit {found} Einträgen wurde anerkannt; dieses Konto kannte {known}" }
    adopted_unreadable(found) { en: "a ledger of {found} events was accepted; what this account had known of it could not be read", de: "ein Protokoll mit {found} Einträgen wurde anerkannt; was dieses Konto davon kannte, war nicht lesbar" }
    restored(backup) { en: "ledger, vault and keys were put back from the backup {backup}", de: "Protokoll, Tresor und Schlüssel wurden aus der Sicherung {backup} zurückgeholt" }
    clock_differs(authority, seconds) { en: "{authority} gave a time that is {seconds} s away from this machine's", de: "{authority} nannte eine Zeit, die um {seconds} s von der dieses Rechners abweicht" }
    in_the_future() { en: "the last event lies in the future", de: "der letzte Eintrag liegt in der Zukunft" }
    purged_early(reason) { en: "the case was destroyed before its day: {reason}", de: "der Vorgang wurde vor seinem Tag vernichtet: {reason}" }
    approval_dropped() { en: "a second person no longer has to agree (`approval`)", de: "es muss keine zweite Person mehr zustimmen (`approval`)" }
    identity_assumed() { en: "identity no longer has to be confirmed (`requests.identity`)", de: "die Identität muss nicht mehr bestätigt werden (`requests.identity`)" }
    reason_dropped() { en: "whoever looks without a case no longer has to say why (`requests.reason`)", de: "wer ohne Vorgang sucht, muss keinen Grund mehr angeben (`requests.reason`)" }
    bound_raised(name, before, after) { en: "{name} was raised from {before} to {after}", de: "{name} wurde von {before} auf {after} angehoben" }
    system_removed(name) { en: "the system {name} is not in the inventory any more", de: "das System {name} steht nicht mehr im Inventar" }
    system_disabled(name) { en: "the system {name} was disabled", de: "das System {name} wurde abgeschaltet" }
    system_not_connected(name) { en: "the system {name} is no longer connected", de: "das System {name} ist nicht mehr angebunden" }
    control_removed(name) { en: "{name} has no control person any more", de: "{name} hat keine Kontrollperson mehr" }
    insecure_http(name) { en: "{name} may be spoken to without encryption", de: "{name} darf unverschlüsselt angesprochen werden" }
    unconfirmed_writes(name) { en: "{name} may be written to without a test that confirms the write", de: "in {name} darf ohne bestätigenden Test geschrieben werden" }
    object_removed(place) { en: "{place} is not looked through any more", de: "{place} wird nicht mehr durchsucht" }
    finder_removed(place, lost) { en: "{place} is no longer searched by: {lost}", de: "{place} wird nicht mehr durchsucht nach: {lost}" }
    erase_dropped(place) { en: "{place} is no longer erased or made anonymous", de: "{place} wird nicht mehr gelöscht oder anonymisiert" }
    data_type_removed(name) { en: "the data type {name} has no rule any more", de: "für die Datenart {name} gilt keine Regel mehr" }
    rule_kind(name, before, after) { en: "the rule of {name} was `{before}` and is `{after}`", de: "die Regel für {name} war `{before}` und ist `{after}`" }
    keep_shortened(name, before, after) { en: "the period of {name} was shortened from {before} to {after}", de: "die Frist für {name} wurde von {before} auf {after} verkürzt" }
    keep_lengthened(name, before, after) { en: "the period of {name} was lengthened from {before} to {after}", de: "die Frist für {name} wurde von {before} auf {after} verlängert" }
    keep_changed(name, before, after) { en: "the period of {name} was changed from {before} to {after}", de: "die Frist für {name} wurde von {before} auf {after} geändert" }
    objects_left(name, lost) { en: "the rule of {name} no longer covers: {lost}", de: "die Regel für {name} gilt nicht mehr für: {lost}" }
    was_and_is(what, before, after) { en: "`{what}` was {before} and is {after}", de: "`{what}` war {before} und ist {after}" }
    yes() { en: "yes", de: "ja" }
    no() { en: "no", de: "nein" }
    system_added(name, status) { en: "the system {name} is new: {status}", de: "das System {name} ist neu: {status}" }
    object_added(place) { en: "{place} is new", de: "{place} ist neu" }
    amended_otherwise() { en: "what the inventory asks for changed", de: "was das Inventar verlangt, wurde geändert" }
    agreed_to_terms() { en: "agreed to a change of the inventory", de: "hat einer Änderung des Inventars zugestimmt" }
    fewer(systems, before) { en: "not asked, unlike in the case {before}: {systems}", de: "anders als im Vorgang {before} nicht befragt: {systems}" }
    looked(count) { en: "searches without a case and without a reason on this day: {count}", de: "Suchen ohne Vorgang und ohne Grund an diesem Tag: {count}" }
    exported_again(what, times) { en: "{what} was made {times} times", de: "{what} wurde {times}-mal erstellt" }

    why_adopted() { en: "events that others relied on may have been taken out", de: "es können Einträge fehlen, auf die sich andere verlassen haben" }
    why_restored() { en: "what happened after the copy was made is missing", de: "es fehlt, was nach der Sicherung geschah" }
    why_clock() { en: "deadlines and the order of events rest on the clock", de: "Fristen und Reihenfolge hängen an der Uhr" }
    why_early() { en: "nobody can ask about the case any more", de: "zu dem Vorgang lässt sich nichts mehr nachfragen" }
    why_weakened() { en: "a mistake or misuse is less likely to be noticed", de: "ein Versehen oder Missbrauch fällt weniger auf" }
    why_left() { en: "what lies there is neither found nor erased", de: "was dort liegt, wird weder gefunden noch gelöscht" }
    why_retention() { en: "records are erased too early or too late if it was a mistake", de: "war es ein Versehen, wird zu früh oder zu spät gelöscht" }
    why_fewer() { en: "the answer may leave out what lies there", de: "in der Antwort kann fehlen, was dort liegt" }
    why_no_reason() { en: "nobody can tell afterwards whether it was for the work", de: "später lässt sich nicht sagen, ob es dienstlich war" }
    why_repeated() { en: "each copy is another place from which the data can get away", de: "jede Kopie ist ein weiterer Ort, von dem Daten abfließen können" }

    head_when() { en: "When", de: "Wann" }
    head_who() { en: "Who", de: "Wer" }
    head_case() { en: "Case", de: "Vorgang" }
    head_what() { en: "What", de: "Was" }
    head_why() { en: "Why it matters", de: "Warum es zählt" }
    none() { en: "Nothing stands out.", de: "Nichts fällt auf." }
    some(count) { en: "Things that stand out: {count}. None is forbidden; each should have an explanation.", de: "Auffälligkeiten: {count}. Nichts davon ist verboten; für alles sollte es eine Erklärung geben." }

    /// Heading on the cover sheet.
    noticed() { en: "What stands out", de: "Was auffällt" }
    noticed_intro() { en: "Since the last case of this kind, or in this one. None of it is forbidden; each should have an explanation.", de: "Seit dem letzten Vorgang dieser Art oder in diesem. Nichts davon ist verboten; für alles sollte es eine Erklärung geben." }
}
