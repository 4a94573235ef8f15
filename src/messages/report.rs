//! Words of tables and summaries.

catalogue! {
    system() { en: "System", de: "System" }
    object() { en: "Object", de: "Objekt" }
    record() { en: "Record", de: "Datensatz" }
    result() { en: "Result", de: "Ergebnis" }
    recognised_by() { en: "Recognised by", de: "Erkannt an" }
    on_erasure() { en: "On erasure", de: "Bei Löschung" }
    happens() { en: "What happens", de: "Was geschieht" }
    kept_until() { en: "Kept until", de: "Aufbewahrt bis" }
    because() { en: "Because", de: "Grund" }
    remains() { en: "What remains, and why", de: "Was bleibt, und warum" }
    proof() { en: "Proof", de: "Nachweis" }
    by_hand(task) { en: "by hand: {task}", de: "von Hand: {task}" }
    not_searched(why) { en: "NOT SEARCHED: {why}", de: "NICHT DURCHSUCHT: {why}" }
    was_not_searched() { en: "NOT SEARCHED", de: "NICHT DURCHSUCHT" }
    nothing() { en: "nothing found", de: "nichts gefunden" }
    nothing_unproven() { en: "nothing found (unproven)", de: "nichts gefunden (unbewiesen)" }
    found() { en: "found", de: "gefunden" }
    linked(flag) { en: "linked, not yet accepted: {flag}", de: "verknüpft, noch nicht angenommen: {flag}" }
    shared(flag) { en: "shared address, not yet accepted: {flag}", de: "geteilte Adresse, noch nicht angenommen: {flag}" }
    would_remove() { en: "removed", de: "gelöscht" }
    would_anonymise() { en: "made anonymous", de: "anonymisiert" }
    would_restrict() { en: "restricted", de: "eingeschränkt" }
    would_retain() { en: "kept", de: "aufbewahrt" }
    would_retain_until(until) { en: "kept until {until}", de: "bis {until} aufbewahrt" }
    would_be_manual() { en: "by hand", de: "von Hand" }
    would_follow(object) { en: "with {object}", de: "mit {object}" }
    found_in(records, systems) { en: "Records: {records}. Systems that answered: {systems}.", de: "Datensätze: {records}. Systeme, die geantwortet haben: {systems}." }
    waiting(count, flag) { en: "Left alone until you say whether they are this person's: {count}. To accept one, add its flag to the next command: dsr erase {flag} (or export, and so on).", de: "Unberührt, bis Sie sagen, ob sie zu dieser Person gehören: {count}. Zum Annehmen das Kennzeichen an den nächsten Befehl anhängen: dsr erase {flag} (oder export und so weiter)." }
    near_misses(count) { en: "Returned by systems, but not this person's, and left alone: {count}.", de: "Von Systemen geliefert, aber nicht von dieser Person, und unberührt gelassen: {count}." }
    shared_address(value) { en: "{value} leads to several people, so it was not followed any further.", de: "{value} führt zu mehreren Personen und wurde deshalb nicht weiterverfolgt." }
    unproven(count) { en: "Empty answers that are unproven, because no control person was found in the same search: {count}.", de: "Leere Antworten, die unbewiesen sind, weil in derselben Suche keine Kontrollperson gefunden wurde: {count}." }
    incomplete() { en: "The search is INCOMPLETE: not everything was searched.", de: "Die Suche ist UNVOLLSTÄNDIG: Es wurde nicht alles durchsucht." }
    remedy(system, code, remedy) { en: "{system} ({code}): {remedy}.", de: "{system} ({code}): {remedy}." }
    irreversible(place, effect) { en: "Cannot be undone, {place}: {effect}", de: "Nicht umkehrbar, {place}: {effect}" }
    task(system, text, owner, due) { en: "By hand, {system}: {text} Owner: {owner}, by {due}.", de: "Von Hand, {system}: {text} Zuständig: {owner}, bis {due}." }
    waits() { en: "waits", de: "wartet" }
    will_remove() { en: "is removed", de: "wird gelöscht" }
    will_anonymise() { en: "is made anonymous", de: "wird anonymisiert" }
    will_retain() { en: "stays", de: "bleibt" }
    is_held() { en: "stays (held)", de: "bleibt (Löschstopp)" }
    start_unknown() { en: "stays (start unknown)", de: "bleibt (Beginn unbekannt)" }
    will_be_manual() { en: "by hand", de: "von Hand" }
    pending() { en: "pending", de: "ausstehend" }
    removed() { en: "removed", de: "gelöscht" }
    anonymised() { en: "made anonymous", de: "anonymisiert" }
    restricted() { en: "restricted", de: "eingeschränkt" }
    unrestricted() { en: "restriction lifted", de: "Einschränkung aufgehoben" }
    suppressed() { en: "opted out", de: "abgemeldet" }
    rectified() { en: "rectified", de: "berichtigt" }
    already_gone() { en: "was already gone", de: "war schon fort" }
    retained() { en: "kept", de: "aufbewahrt" }
    manual() { en: "by hand", de: "von Hand" }
    blocked() { en: "refused by the system", de: "vom System verweigert" }
    not_found_again() { en: "not found any more, left alone", de: "nicht mehr gefunden, unberührt gelassen" }
    changed() { en: "changed since the plan, left alone", de: "seit dem Plan geändert, unberührt gelassen" }
    held() { en: "held", de: "Löschstopp" }
    failed() { en: "FAILED", de: "FEHLGESCHLAGEN" }
    unknown() { en: "UNKNOWN", de: "UNGEWISS" }
    not_verified() { en: "NOT VERIFIED", de: "NICHT BESTÄTIGT" }
    l0() { en: "L0 accepted", de: "L0 angenommen" }
    l1() { en: "L1 read back", de: "L1 zurückgelesen" }
    l2() { en: "L2 searched again", de: "L2 neu gesucht" }
    l3() { en: "L3 still so later", de: "L3 auch später noch" }
    l4() { en: "L4 confirmed in writing", de: "L4 schriftlich bestätigt" }
}
