//! Messages about what retention runs leave behind, and whether none is missing.

catalogue! {
    head_day() { en: "Day", de: "Tag" }
    head_number() { en: "No.", de: "Nr." }
    head_run() { en: "Run", de: "Lauf" }
    head_who() { en: "By", de: "Von" }
    head_rules() { en: "Rules", de: "Regeln" }
    head_due() { en: "Due", de: "Fällig" }
    head_done() { en: "Done", de: "Erledigt" }
    head_spared() { en: "Spared", de: "Verschont" }
    with_control(spared, control) { en: "{spared}, and {control} of the control person", de: "{spared}, dazu {control} der Kontrollperson" }
    head_state() { en: "State", de: "Stand" }
    head_proof() { en: "Proof", de: "Nachweis" }

    complete() { en: "complete", de: "vollständig" }
    left_over() { en: "something is left", de: "nicht alles erledigt" }
    waits() { en: "waits for a person", de: "wartet auf einen Menschen" }
    unfinished() { en: "never ended", de: "nie beendet" }
    unclear(state, records) { en: "{state}, {records} unclear", de: "{state}, {records} ungeklärt" }
    of_some(state) { en: "{state}, some rules only", de: "{state}, nur einige Regeln" }
    went_on(state, times) { en: "{state}, killed {times} time(s)", de: "{state}, {times}-mal abgebrochen" }
    holds() { en: "holds", de: "hält" }
    no_statement() { en: "no statement yet", de: "noch keine Erklärung" }
    gap(count) { en: "missing: {count}", de: "fehlend: {count}" }

    heading(count) { en: "Retention runs: {count}", de: "Löschläufe: {count}" }
    none_in_days(count) { en: "None of the {count} runs was on these days.", de: "Von {count} Läufen war keiner an diesen Tagen." }
    nobody_ran() { en: "No sweep has written yet; dsr sweep --apply does.", de: "Noch kein Löschlauf hat geschrieben; das tut dsr sweep --apply." }
    no_rhythm() { en: "When runs are expected is not stated, so none can be missing: limits.sweep.every in dsr.yaml, such as 1d", de: "Wann Läufe erwartet werden, ist nicht angegeben, also kann keiner fehlen: limits.sweep.every in dsr.yaml, etwa 1d" }
    all_hold(count) { en: "The chain, the names and the ledger agree with every statement ({count}).", de: "Kette, Namen und Protokoll stimmen mit allen Erklärungen überein ({count})." }
    sealed(number, digest) { en: "Statement {number} of the runs is sealed: {digest}", de: "Erklärung {number} über die Läufe ist gesiegelt: {digest}" }

    statement_missing(sweep) { en: "the statement of sweep {sweep} is missing", de: "die Erklärung über den Löschlauf {sweep} fehlt" }
    statement_missing_help() { en: "restore evidence/sweeps from a backup", de: "evidence/sweeps aus einer Sicherung wiederherstellen" }
    statement_changed(sweep) { en: "the statement of sweep {sweep} is another than the one that was sealed", de: "die Erklärung über den Löschlauf {sweep} ist eine andere als die gesiegelte" }
    proof_changed_help() { en: "restore evidence/sweeps from a backup and look again; if it stays so, find out who changed it", de: "evidence/sweeps aus einer Sicherung wiederherstellen und noch einmal prüfen; bleibt es so, klären, wer es geändert hat" }
    seal_wrong(sweep) { en: "the seal of the statement of sweep {sweep} does not hold", de: "das Siegel der Erklärung über den Löschlauf {sweep} hält nicht" }
    seal_missing() { en: "there is no signature beside it", de: "daneben liegt keine Signatur" }
    chain_wrong(sweep) { en: "the statement of sweep {sweep} does not follow the one before it", de: "die Erklärung über den Löschlauf {sweep} folgt nicht auf die vorige" }
    chain_wrong_help() { en: "keep the ledger as it is; a run before this one was taken out, put in or changed", de: "das Protokoll so belassen; ein Lauf davor wurde entfernt, eingefügt oder geändert" }
    names_wrong(sweep, place) { en: "the names of the records of sweep {sweep} in {place} are not those of the ledger", de: "die Namen der Datensätze des Löschlaufs {sweep} in {place} sind nicht die des Protokolls" }
    ledger_tells_other(sweep) { en: "the statement of sweep {sweep} is sealed, and the ledger tells something else", de: "die Erklärung über den Löschlauf {sweep} ist gesiegelt, und das Protokoll erzählt etwas anderes" }
    ledger_tells_other_help() { en: "keep both as they are; dsr audit log --verify says whether the ledger is whole", de: "beides so belassen; dsr audit log --verify sagt, ob das Protokoll unversehrt ist" }
    unknown_run(folder) { en: "there is proof of a run that the ledger does not know: {folder}", de: "es gibt Nachweise eines Laufs, den das Protokoll nicht kennt: {folder}" }
    unknown_run_help() { en: "the ledger may have been set back to an older state; restore the newer one", de: "das Protokoll wurde vielleicht auf einen älteren Stand zurückgesetzt; den neueren wiederherstellen" }

    runs_missing(count, from, to) { en: "runs missing between {from} and {to}: {count}", de: "zwischen {from} und {to} fehlende Läufe: {count}" }
    runs_missing_help() { en: "see why the schedule did not start dsr sweep --apply; what was due then is done by the next run; once that is settled, look at later days only: dsr audit runs --from DAY", de: "klären, warum der Zeitplan dsr sweep --apply nicht gestartet hat; was damals fällig war, erledigt der nächste Lauf; ist das geklärt, nur spätere Tage ansehen: dsr audit runs --from TAG" }
    run_unfinished(sweep) { en: "sweep {sweep} never ended, or has no statement", de: "der Löschlauf {sweep} wurde nie beendet oder hat keine Erklärung" }
    run_unfinished_help() { en: "run dsr sweep --apply: it goes on where the run was killed, and seals what is not sealed", de: "dsr sweep --apply ausführen: das setzt den abgebrochenen Lauf fort und siegelt, was noch nicht gesiegelt ist" }

    in_period() { en: "Retention runs", de: "Löschläufe" }
    in_period_count() { en: "Runs", de: "Läufe" }
    in_period_complete() { en: "of these complete", de: "davon vollständig" }
    in_period_due() { en: "Records that were due", de: "Fällige Datensätze" }
    in_period_done() { en: "Records erased or restricted", de: "Gelöschte oder eingeschränkte Datensätze" }
    in_period_spared() { en: "Records spared for a hold or an open request", de: "Wegen eines Löschstopps oder eines offenen Vorgangs verschonte Datensätze" }
    in_period_owed() { en: "Records that requests had left for later, and that were due", de: "Von Vorgängen aufgeschobene, nun fällige Datensätze" }
    in_period_owed_done() { en: "of these erased", de: "davon gelöscht" }
    in_period_without() { en: "Runs without a statement at hand", de: "Läufe ohne vorliegende Erklärung" }
}
