//! Messages of holds: why records must not be erased for now, who looks again and when, and what waits to be erased.

catalogue! {
    set_anew(count) { en: "Holds that the accepted ledger did not know, and that stand again: {count}.", de: "Löschstopps, die das anerkannte Protokoll nicht kannte und die wieder gelten: {count}." }
    not_known(holds) { en: "the accepted ledger does not know these holds, and the vault says too little to set them anew: {holds}", de: "das anerkannte Protokoll kennt diese Löschstopps nicht, und der Tresor sagt zu wenig, um sie neu zu setzen: {holds}" }
    not_known_help() { en: "what they covered may be erased now: set them anew with `dsr hold add`, by what your files say of them", de: "was sie umfassten, kann jetzt gelöscht werden: nach den eigenen Akten mit `dsr hold add` neu setzen" }
    // Grounds.
    ground_claims() { en: "legal claims, Art. 17(3)(e) GDPR", de: "Rechtsansprüche, Art. 17 Abs. 3 Buchst. e DSGVO" }
    ground_assessment() { en: "tax assessment still open, § 147(3) sentence 5 AO", de: "Festsetzungsfrist noch offen, § 147 Abs. 3 Satz 5 AO" }
    ground_bao() { en: "pending tax proceedings, § 132(1) BAO", de: "anhängiges Abgabenverfahren, § 132 Abs. 1 BAO" }
    ground_ugb() { en: "pending proceedings, § 212(1) UGB", de: "anhängiges Verfahren, § 212 Abs. 1 UGB" }
    ground_order() { en: "order of a court or an authority", de: "Anordnung eines Gerichts oder einer Behörde" }

    // Why a record stays.
    holds_record(id, ground, review_by) { en: "hold {id} ({ground}), to be reviewed by {review_by}", de: "Löschstopp {id} ({ground}), zu prüfen bis {review_by}" }
    holds_and_law(holds, duty, until) { en: "{holds}; besides until {until}: {duty}", de: "{holds}; daneben bis {until}: {duty}" }
    holds_and_law_open(holds, duty) { en: "{holds}; besides: {duty}", de: "{holds}; daneben: {duty}" }
    will_hold_and_lock() { en: "stays (held), is restricted", de: "bleibt (Löschstopp), wird eingeschränkt" }
    held_since_plan(ids) { en: "hold set since the plan: {ids}", de: "Löschstopp seit dem Plan: {ids}" }
    because_held_by(ids) { en: "legal hold {ids} (its reason is kept encrypted)", de: "Löschstopp {ids} (der Grund liegt verschlüsselt)" }
    step_held(outcome, ids) { en: "{outcome} ({ids})", de: "{outcome} ({ids})" }
    came_between(ids, count) { en: "holds set since the plan keep records that it would have erased: {count} ({ids})", de: "seit dem Plan gesetzte Löschstopps halten Datensätze, die er gelöscht hätte: {count} ({ids})" }
    came_between_help(case) { en: "nothing of them was written; `dsr erase --case {case}` plans anew, with the hold", de: "davon wurde nichts geschrieben; `dsr erase --case {case}` plant neu, mit dem Löschstopp" }
    task_lock(count, object, because) { en: "Lock records of {object} against any other use, and erase none of them: {count} ({because}).", de: "Datensätze in {object} für jede andere Nutzung sperren und keinen davon löschen: {count} ({because})." }
    task_keep(because) { en: "Destroy nothing of the person's; lock it against any other use ({because}).", de: "Nichts von der Person vernichten; für jede andere Nutzung sperren ({because})." }
    task_document(path, because) { en: "Do not delete {path}; lock it against any other use ({because}).", de: "{path} nicht löschen; für jede andere Nutzung sperren ({because})." }

    // Setting one.
    scope_empty() { en: "the hold does not say what it covers", de: "es fehlt, was der Löschstopp umfasst" }
    scope_empty_help() { en: "name a person (`--email`, `--id`, `--subject`, `--case`), a `--system`, an `--object` or a `--data-type`; days alone cover everything, and say nothing", de: "eine Person (`--email`, `--id`, `--subject`, `--case`), ein `--system`, ein `--object` oder eine `--data-type` nennen; Tage allein umfassen alles und sagen nichts" }
    unknown_object(name) { en: "no object `{name}` in the inventory", de: "kein Objekt `{name}` im Inventar" }
    known_objects(names) { en: "the inventory has {names}", de: "das Inventar kennt {names}" }
    unknown_data_type(name) { en: "no data type `{name}` in the inventory", de: "keine Datenart `{name}` im Inventar" }
    known_data_types(names) { en: "the inventory has {names}", de: "das Inventar kennt {names}" }
    no_data_types() { en: "the inventory has no data types; name a system or an object", de: "das Inventar kennt keine Datenarten; ein System oder Objekt nennen" }
    contradiction(one, other) { en: "{one} and {other} have nothing in common, so the hold would cover nothing", de: "{one} und {other} haben nichts gemeinsam, der Löschstopp würde also nichts umfassen" }
    contradiction_help() { en: "leave one of them out, or set two holds", de: "eines davon weglassen oder zwei Löschstopps setzen" }
    review_too_late(day) { en: "--review-by {day} is more than twelve months ahead", de: "--review-by {day} liegt mehr als zwölf Monate voraus" }
    review_too_late_help(last) { en: "name a day until {last}; whoever reviews the hold then may set it anew", de: "einen Tag bis {last} nennen; bei der Prüfung lässt er sich neu setzen" }
    review_past(day) { en: "--review-by {day} has passed", de: "--review-by {day} liegt in der Vergangenheit" }
    review_past_help(last) { en: "name a day from today until {last}", de: "einen Tag von heute bis {last} nennen" }
    reason_empty() { en: "the reason is empty, or longer than 4 KB", de: "der Grund ist leer oder länger als 4 KB" }
    reason_help() { en: "say in a sentence what it is about, for whoever reviews it: `--reason TEXT`; it is kept encrypted", de: "in einem Satz sagen, worum es geht, für die spätere Prüfung: `--reason TEXT`; er wird verschlüsselt aufbewahrt" }
    unclocked(place) { en: "{place} has no clock: a range of days covers all of its records, because none of them says when it began", de: "{place} hat keine Uhr (`clock`): ein Zeitraum umfasst dort alle Datensätze, weil keiner seinen Beginn nennt" }
    unclocked_help() { en: "name the column under `clock` in the inventory, if there is one", de: "die Spalte im Inventar unter `clock` nennen, wenn es eine gibt" }
    nobody_found() { en: "no system that was searched holds anything of this person, so the hold keeps nothing there today", de: "kein durchsuchtes System enthält etwas zu dieser Person; der Löschstopp hält dort heute also nichts fest" }
    nobody_found_help(hold) { en: "check the identities for a mistype; the hold stands all the same: dsr hold release {hold} ends it", de: "die Kennungen auf Tippfehler prüfen; der Löschstopp gilt trotzdem: dsr hold release {hold} hebt ihn auf" }
    followed(holds) { en: "holds on this person that go by what was corrected from now on, too: {holds}", de: "Löschstopps auf diese Person, die von jetzt an auch nach den berichtigten Angaben gelten: {holds}" }
    learnt_partly(systems) { en: "not searched for further identities of the person: {systems}", de: "nicht nach weiteren Kennungen der Person durchsucht: {systems}" }
    learnt_partly_help() { en: "the hold stands for what is known; sweeps know the person's records by these identities alone, so once the systems answer, set it again and release this one", de: "der Löschstopp gilt für das Bekannte; Löschläufe erkennen Datensätze der Person nur an diesen Kennungen: antworten die Systeme wieder, neu setzen und diesen aufheben" }
    added(id, what, review_by) { en: "Hold {id} stands: {what}. To be reviewed by {review_by}; it ends only when it is released.", de: "Löschstopp {id} gilt: {what}. Zu prüfen bis {review_by}; er endet nur, wenn er aufgehoben wird." }
    knows(count) { en: "Identities of the person that it goes by: {count}.", de: "Kennungen der Person, nach denen er gilt: {count}." }
    handed_out(case, task) { en: "case {case} has given out task {task}, which asks somebody to erase by hand", de: "der Vorgang {case} hat die Aufgabe {task} vergeben, von Hand zu löschen" }
    handed_out_help(case) { en: "tell its owner now; `dsr erase --case {case}` plans anew, with the hold", de: "jetzt die Zuständigen unterrichten; `dsr erase --case {case}` plant neu, mit dem Löschstopp" }

    // Scopes in words.
    scope_person() { en: "a person", de: "eine Person" }
    scope_person_of(case) { en: "the person of case {case}", de: "die Person des Vorgangs {case}" }
    scope_system(name) { en: "system {name}", de: "System {name}" }
    scope_data_type(name) { en: "data type {name}", de: "Datenart {name}" }
    scope_from(day) { en: "from {day}", de: "ab {day}" }
    scope_until(day) { en: "until {day}", de: "bis {day}" }

    // Looking at them.
    head_hold() { en: "Hold", de: "Löschstopp" }
    head_scope() { en: "Covers", de: "Umfasst" }
    head_ground() { en: "Ground", de: "Grund" }
    head_set() { en: "Set", de: "Gesetzt" }
    head_review() { en: "Review by", de: "Zu prüfen bis" }
    head_state() { en: "State", de: "Stand" }
    stands() { en: "stands", de: "gilt" }
    to_review() { en: "stands, REVIEW DUE", de: "gilt, PRÜFUNG FÄLLIG" }
    lost() { en: "stands, COVERS NOTHING BY ITS NAME", de: "gilt, UMFASST NICHTS UNTER DIESEM NAMEN" }
    released_on(day) { en: "released {day}", de: "aufgehoben {day}" }
    no_holds() { en: "No hold stands.", de: "Kein Löschstopp gilt." }
    no_holds_at_all() { en: "No hold was ever set.", de: "Noch kein Löschstopp gesetzt." }
    review_due(ids) { en: "holds to be reviewed: {ids}", de: "zu prüfende Löschstopps: {ids}" }
    review_due_help(id) { en: "look with `dsr hold show {id}` whether it is still needed; release it, or set it anew and release this one", de: "mit `dsr hold show {id}` prüfen, ob er noch nötig ist; aufheben, oder neu setzen und diesen aufheben" }
    overview(count) { en: "Holds to be reviewed: {count}. `dsr hold list` lists them.", de: "Zu prüfende Löschstopps: {count}. `dsr hold list` listet sie auf." }
    names_nothing(id, name) { en: "hold {id} is on {name}, which the inventory does not know", de: "der Löschstopp {id} gilt für {name}, was das Inventar nicht kennt" }
    names_nothing_why() { en: "A hold by a name that nobody bears would keep nothing, so nothing is erased until that is settled.", de: "Unter einem Namen, den nichts trägt, hielte er nichts; solange das nicht geklärt ist, wird nichts gelöscht." }
    names_nothing_help(id) { en: "give it its name back in the inventory; or set the hold anew under the new name, then `dsr hold release {id}`", de: "im Inventar den Namen wiederherstellen; oder den Löschstopp unter dem neuen Namen setzen, dann `dsr hold release {id}`" }
    unknown_hold(id) { en: "no hold has the number {id}", de: "kein Löschstopp hat die Nummer {id}" }
    unknown_hold_help() { en: "`dsr hold list --all` lists them; a number looks like H-K7QF3M", de: "`dsr hold list --all` listet sie auf; eine Nummer sieht so aus: H-K7QF3M" }
    released_before(id, day) { en: "hold {id} was released on {day}", de: "der Löschstopp {id} wurde am {day} aufgehoben" }
    released_before_help() { en: "`dsr hold list` lists those that stand", de: "`dsr hold list` listet die geltenden auf" }
    released(id) { en: "Hold {id} is released.", de: "Der Löschstopp {id} ist aufgehoben." }
    now_due(count) { en: "Records that an erasure left and that nothing keeps any more: {count}. `dsr hold list --deferred` lists them.", de: "Von einer Löschung zurückgelassene Datensätze, die nun nichts mehr hält: {count}. `dsr hold list --deferred` listet sie auf." }
    still_kept(count) { en: "Records that another hold or the law keeps all the same: {count}.", de: "Datensätze, die ein anderer Löschstopp oder das Gesetz weiter hält: {count}." }
    for_people(count) { en: "Records on which a person has to decide now: {count}.", de: "Datensätze, über die nun ein Mensch entscheiden muss: {count}." }

    // One of them.
    head_fact() { en: "Of this hold", de: "Zu diesem Löschstopp" }
    head_says() { en: "Says", de: "Angabe" }
    fact_case() { en: "Case", de: "Vorgang" }
    fact_set_by() { en: "Set by", de: "Gesetzt von" }
    fact_reason() { en: "Reason", de: "Begründung" }
    fact_person() { en: "Person", de: "Person" }
    fact_person_gone() { en: "no longer kept", de: "nicht mehr aufbewahrt" }
    fact_released() { en: "Released", de: "Aufgehoben" }
    fact_release_reason() { en: "Released because", de: "Aufgehoben, weil" }
    fact_keeps() { en: "Records left by erasures", de: "Von Löschungen zurückgelassene Datensätze" }
    by_on(day, operator) { en: "{day} by {operator}", de: "{day} von {operator}" }

    // What waits.
    head_case() { en: "Case", de: "Vorgang" }
    head_place() { en: "Object", de: "Objekt" }
    head_records() { en: "Records", de: "Datensätze" }
    head_free() { en: "To be erased from", de: "Zu löschen ab" }
    head_because() { en: "Because", de: "Weil" }
    free_now() { en: "now", de: "sofort" }
    free_never() { en: "no day known", de: "kein Tag bekannt" }
    free_hold() { en: "when released", de: "mit der Aufhebung" }
    free_person() { en: "when released, by a person", de: "mit der Aufhebung, durch einen Menschen" }
    free_person_now() { en: "by a person", de: "durch einen Menschen" }
    only_person() { en: "a person has to decide", de: "ein Mensch muss entscheiden" }
    only_held() { en: "no duty to keep", de: "keine Aufbewahrungspflicht" }
    no_deferred() { en: "No erasure waits for a later day.", de: "Keine Löschung wartet auf einen späteren Tag." }
    deferred_due(count) { en: "Records that may be erased now: {count}.", de: "Datensätze, die jetzt gelöscht werden dürfen: {count}." }
    case_deferred(count, first) { en: "Records left for a later erasure: {count}, the first from {first}. `dsr hold list --deferred` lists them.", de: "Für eine spätere Löschung zurückgelassen: {count}, der erste ab {first}. `dsr hold list --deferred` listet sie auf." }
    case_deferred_open(count) { en: "Records left for a later erasure: {count}. `dsr hold list --deferred` lists them.", de: "Für eine spätere Löschung zurückgelassen: {count}. `dsr hold list --deferred` listet sie auf." }

    // The end of a case.
    stands_hold(ids) { en: "holds on its person stand ({ids}), and what is in the case may be needed for what they are about", de: "Löschstopps zu seiner Person gelten ({ids}); was im Vorgang liegt, kann dafür nötig sein" }
    stands_decision(count) { en: "a person has to decide on records once a hold is released ({count}), and only this case knows which these are", de: "über Datensätze hat nach Aufhebung eines Löschstopps ein Mensch zu entscheiden ({count}), und nur dieser Vorgang weiß, welche das sind" }
    outlives(count) { en: "Records that are to be erased later: {count}. They stay known without the case; `dsr hold list --deferred` lists them.", de: "Später zu löschende Datensätze: {count}. Sie bleiben auch ohne den Vorgang bekannt; `dsr hold list --deferred` listet sie auf." }
}
