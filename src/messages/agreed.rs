//! What two people agree on that is no plan: changes of the inventory, the release of a hold, the early end of a case.

catalogue! {
    // What has changed.
    approval(before, after) { en: "`approval` was `{before}` and is `{after}`", de: "`approval` war `{before}` und ist `{after}`" }
    person_new(name, role, key) { en: "`{name}` is new under `people`, as {role}, key: {key}", de: "`{name}` ist neu unter `people`, als {role}, Schlüssel: {key}" }
    person_gone(name, role) { en: "`{name}` ({role}) is no longer listed under `people`", de: "`{name}` ({role}) steht nicht mehr unter `people`" }
    role(name, before, after) { en: "`{name}` was {before} and is {after}", de: "`{name}` war {before} und ist {after}" }
    key(name, before, after) { en: "the key of `{name}` was {before} and is {after}", de: "der Schlüssel von `{name}` war {before} und ist {after}" }
    no_key() { en: "none", de: "keiner" }
    recipient(name) { en: "plans for `{name}` are encrypted to another key (`recipient`)", de: "Pläne für `{name}` werden für einen anderen Schlüssel verschlüsselt (`recipient`)" }
    cases(before, after) { en: "closed cases were kept for {before} and are kept for {after} (`evidence.keep`)", de: "geschlossene Vorgänge wurden {before} aufbewahrt und werden {after} aufbewahrt (`evidence.keep`)" }
    system(name, before, after) { en: "the system {name} was {before} and is {after}", de: "das System {name} war {before} und ist {after}" }
    asked() { en: "connected", de: "angebunden" }
    asked_by_people() { en: "searched by people", de: "von Menschen durchsucht" }
    not_connected() { en: "not connected", de: "nicht angebunden" }
    disabled() { en: "disabled", de: "abgeschaltet" }
    data_type_new(name, keep) { en: "the data type {name} is new, with a period of {keep}", de: "die Datenart {name} ist neu, mit einer Frist von {keep}" }
    own_rule() { en: "stated in the inventory", de: "im Inventar angegeben" }
    norm(name, before, after) { en: "the rule of {name} was {before} and is {after}", de: "die Regel für {name} war {before} und ist {after}" }
    then(name, before, after) { en: "at the end of the period of {name} stood `{before}`, and stands `{after}`", de: "am Ende der Frist für {name} stand `{before}`, jetzt steht dort `{after}`" }
    objects_more(name, more) { en: "the rule of {name} now covers: {more}", de: "die Regel für {name} gilt jetzt auch für: {more}" }
    table(place, before, after) { en: "{place} was the table `{before}` and is `{after}`", de: "{place} war die Tabelle `{before}` und ist `{after}`" }
    start(place, before, after) { en: "the period in {place} counted from `{before}` and counts from `{after}`", de: "die Frist in {place} begann mit `{before}` und beginnt mit `{after}`" }
    stated(name) { en: "purpose, basis, ground or end of purpose of {name} changed", de: "Zweck, Rechtsgrundlage, Begründung oder Zweckende von {name} wurde geändert" }
    other(name) { en: "the rule of {name} changed", de: "die Regel für {name} wurde geändert" }

    // What stops a command.
    open(count) { en: "dsr.yaml asks for something else than before, points: {count}; two people have to agree to that first, and no system was written to", de: "die dsr.yaml verlangt anderes als zuvor, Punkte: {count}; dem müssen erst zwei Personen zustimmen, und es wurde in kein System geschrieben" }
    open_help(names) { en: "each signs with a key of their own, at least one of them as approver: `dsr approve dsr.yaml --as NAME`; who can still sign: {names}", de: "jede unterschreibt mit eigenem Schlüssel, mindestens eine in der Rolle approver: `dsr approve dsr.yaml --as NAME`; unterschreiben können noch: {names}" }
    open_back() { en: "or put dsr.yaml and keys/ back as they were; searching and exporting go on meanwhile", de: "oder dsr.yaml und keys/ wieder auf den alten Stand bringen; Suche und Auskunft gehen inzwischen weiter" }
    pending(count) { en: "dsr.yaml asks for something else than before, points: {count}; until two people agree to that nothing is erased; searching goes on", de: "die dsr.yaml verlangt anderes als zuvor, Punkte: {count}; bis zwei Personen dem zustimmen, wird nichts gelöscht; die Suche geht weiter" }

    // Agreeing.
    no_terms() { en: "nothing was changed that two people have to agree on", de: "es wurde nichts geändert, dem zwei Personen zustimmen müssen" }
    no_terms_help() { en: "`approval: four_eyes` asks for two, from the first command on that writes to the ledger; there is nothing to sign", de: "`approval: four_eyes` verlangt zwei, ab dem ersten Befehl, der ins Protokoll schreibt; es gibt nichts zu unterschreiben" }
    terms_intro(count) { en: "Changes of dsr.yaml since it was last agreed on: {count}", de: "Änderungen der dsr.yaml, seit ihr zuletzt zugestimmt wurde: {count}" }
    change(what) { en: "  - {what}", de: "  - {what}" }
    signed_by(names) { en: "Signed so far: {names}", de: "Bisher unterschrieben: {names}" }
    signed_before(name) { en: "`{name}` has signed this already.", de: "`{name}` hat das schon unterschrieben." }
    signed() { en: "Signed.", de: "Unterschrieben." }
    still_missing(names) { en: "A second person has to sign too, one of: {names}. Next: `dsr approve dsr.yaml --as NAME`", de: "Es muss noch eine zweite Person unterschreiben, eine aus: {names}. Weiter mit: `dsr approve dsr.yaml --as NAME`" }
    terms_stand(names) { en: "Agreed by {names}: from now on dsr.yaml holds as it is.", de: "Zugestimmt haben {names}: die dsr.yaml gilt ab jetzt, wie sie ist." }
    not_before(name) { en: "`{name}` cannot agree to this change", de: "`{name}` kann dieser Änderung nicht zustimmen" }
    not_before_why() { en: "only those agree who were listed before the change, with the key that was listed then; otherwise somebody could bring a second key of their own along", de: "zustimmen kann nur, wer schon vor der Änderung aufgeführt war, mit dem damaligen Schlüssel; sonst könnte jemand einen zweiten eigenen Schlüssel mitbringen" }
    not_before_help(names) { en: "nothing was signed; one of these can: {names}", de: "es wurde nichts unterschrieben; zustimmen kann eine Person aus: {names}" }
    ask_count(count) { en: "To sign, type the number of what you agree to ({count}):", de: "Zum Unterschreiben die Anzahl dessen eingeben, dem Sie zustimmen ({count}):" }
    no_consent() { en: "nobody has said yes to this; nothing was signed", de: "dem hat niemand zugestimmt; es wurde nichts unterschrieben" }
    no_consent_help(count) { en: "read it above, then say yes at a terminal, or in a script with `--yes --expect {count}`", de: "oben lesen, dann am Terminal zustimmen, im Skript mit `--yes --expect {count}`" }

    // The release of a hold.
    release_waits(hold, name) { en: "`{name}` asks to release hold {hold}, and a second person has to agree", de: "`{name}` möchte den Löschstopp {hold} aufheben; eine zweite Person muss zustimmen" }
    release_help(hold, names) { en: "an approver looks at it, one of {names}: `dsr approve {hold} --as NAME`, and then again `dsr hold release {hold}`", de: "jemand mit der Rolle approver sieht ihn an, eine Person aus {names}: `dsr approve {hold} --as NAME`, danach noch einmal `dsr hold release {hold}`" }
    waits_why() { en: "the inventory demands two people (`approval: four_eyes`); until then it stands, and nothing that it covers is erased", de: "das Inventar verlangt zwei Personen (`approval: four_eyes`); bis dahin gilt er, und was er umfasst, wird nicht gelöscht" }
    reason_needed(hold) { en: "why hold {hold} is released is not said", de: "warum der Löschstopp {hold} aufgehoben wird, ist nicht angegeben" }
    reason_needed_help(hold) { en: "say it in a sentence: `dsr hold release {hold} --reason TEXT`", de: "in einem Satz angeben: `dsr hold release {hold} --reason TEXT`" }
    release_intro(names, hold) { en: "{names} asks to release hold {hold}. What it keeps may be erased then.", de: "{names} möchte den Löschstopp {hold} aufheben. Was er hält, kann dann gelöscht werden." }
    release_because(reason) { en: "Because: {reason}", de: "Begründung: {reason}" }
    release_of(scope, ground) { en: "It covers: {scope}. Ground: {ground}", de: "Er umfasst: {scope}. Grund: {ground}" }
    release_set(because) { en: "It was set because: {because}", de: "Gesetzt wurde er, weil: {because}" }
    release_next(hold, names) { en: "Agreed and signed. Next: `dsr hold release {hold} --as {names}`", de: "Zugestimmt und unterschrieben. Weiter mit: `dsr hold release {hold} --as {names}`" }
    nobody_asks_release(hold) { en: "nobody asks to release hold {hold}", de: "niemand möchte den Löschstopp {hold} aufheben" }
    nobody_asks_release_help(hold) { en: "an operator asks: `dsr hold release {hold} --reason TEXT --as NAME`", de: "jemand mit der Rolle operator beantragt es: `dsr hold release {hold} --reason TEXT --as NAME`" }
    reason_lost() { en: "the reason in the vault is not the one that was signed", de: "die Begründung im Tresor ist nicht die unterschriebene" }

    // The acceptance of an older ledger.
    adopt_waits(name) { en: "`{name}` asks to accept a ledger in which events are missing, and a second person has to agree; nothing was written to it", de: "`{name}` möchte ein Protokoll anerkennen, in dem Einträge fehlen; eine zweite Person muss zustimmen; es wurde nichts hineingeschrieben" }
    adopt_why() { en: "what this machine remembers demands two people (`approval: four_eyes`), whatever the older ledger says: holds, agreements and four eyes themselves may be among what is missing", de: "was dieser Rechner weiß, verlangt zwei Personen (`approval: four_eyes`), was immer das ältere Protokoll sagt: Unter dem Fehlenden können Löschstopps, Zustimmungen und das Vier-Augen-Prinzip selbst sein" }
    adopt_help(names) { en: "an approver looks at it, one of {names}: `dsr approve ledger --as NAME`, and then the same command again, with the same reason; or restore the newest copy of `.dsr`", de: "jemand mit der Rolle approver sieht es an, eine Person aus {names}: `dsr approve ledger --as NAME`, danach noch einmal derselbe Befehl mit demselben Grund; oder die neueste Fassung von `.dsr` wiederherstellen" }
    adopt_intro(names, known, found) { en: "{names} asks to accept the ledger as it is: this account knew {known} events, and {found} are there. Whatever the missing ones said does not hold any more, but for holds that the vault still knows.", de: "{names} möchte das Protokoll anerkennen, wie es ist: Dieses Konto kannte {known} Einträge, vorhanden sind {found}. Was in den fehlenden stand, gilt nicht mehr, außer Löschstopps, die der Tresor noch kennt." }
    adopt_next(names) { en: "Agreed and signed. Next, with the same reason: `dsr audit adopt --reason TEXT --as {names}`", de: "Zugestimmt und unterschrieben. Weiter mit demselben Grund: `dsr audit adopt --reason TEXT --as {names}`" }
    nobody_asks_adoption() { en: "nobody asks to accept an older ledger", de: "niemand möchte ein älteres Protokoll anerkennen" }
    nobody_asks_adoption_help() { en: "where one is there, somebody asks: `dsr audit adopt --reason TEXT --as NAME`", de: "ist eines da, beantragt es jemand: `dsr audit adopt --reason TEXT --as NAME`" }
    event_adopt() { en: "agreed to accept an older ledger", de: "stimmt der Anerkennung eines älteren Protokolls zu" }

    // The early end of a case.
    purge_waits(case, name) { en: "`{name}` asks to destroy case {case} before its day, and a second person has to agree", de: "`{name}` möchte den Vorgang {case} vorzeitig vernichten; eine zweite Person muss zustimmen" }
    purge_why(day) { en: "the inventory demands two people (`approval: four_eyes`) before {day}; nothing was destroyed", de: "das Inventar verlangt vor dem {day} zwei Personen (`approval: four_eyes`); es wurde nichts vernichtet" }
    purge_help(case, names, reason) { en: "an approver looks at it, one of {names}: `dsr approve {case} --as NAME`, and then again `dsr case purge {case} --early --reason {reason}`", de: "jemand mit der Rolle approver sieht ihn an, eine Person aus {names}: `dsr approve {case} --as NAME`, danach noch einmal `dsr case purge {case} --early --reason {reason}`" }
    purge_intro(names, case, reason) { en: "{names} asks to destroy case {case} before its day: {reason}. Nobody can ask about the case afterwards.", de: "{names} möchte den Vorgang {case} vorzeitig vernichten: {reason}. Danach lässt sich zu dem Vorgang nichts mehr nachfragen." }
    purge_next(case, reason, names) { en: "Agreed and signed. Next: `dsr case purge {case} --early --reason {reason} --as {names}`", de: "Zugestimmt und unterschrieben. Weiter mit: `dsr case purge {case} --early --reason {reason} --as {names}`" }

    own_wish(name) { en: "`{name}` has asked for this and cannot agree to it too", de: "`{name}` hat das beantragt und kann dem nicht selbst zustimmen" }
    own_wish_help() { en: "another person with the role approver looks at it; nothing was signed", de: "eine andere Person mit der Rolle approver sieht es an; es wurde nichts unterschrieben" }

    // In lists and on the cover sheet.
    event_terms() { en: "signed a change of the inventory", de: "eine Änderung des Inventars unterschrieben" }
    event_release(hold) { en: "signed the release of hold {hold}", de: "die Aufhebung des Löschstopps {hold} unterschrieben" }
    event_purge(case) { en: "signed the early end of case {case}", de: "das vorzeitige Ende des Vorgangs {case} unterschrieben" }
    changed_agreed(names, changes) { en: "agreed to by {names}: {changes}", de: "zugestimmt haben {names}: {changes}" }
    changed_alone(changes) { en: "two people have not agreed to it, and nothing was erased by it: {changes}", de: "dem haben keine zwei Personen zugestimmt, und nichts wurde danach gelöscht: {changes}" }
    why_agreed() { en: "two people have changed what protects others", de: "zwei Personen haben geändert, was andere schützt" }
    why_alone() { en: "somebody has changed by themselves what needs two", de: "jemand hat allein geändert, was zwei Personen braucht" }
}
