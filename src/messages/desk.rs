//! Messages of the desk: tasks, reminders, notes, opening and closing of cases, the overview, schemas and manual pages.

catalogue! {
    // Tasks.
    task() { en: "Task", de: "Aufgabe" }
    owner() { en: "Owner", de: "Zuständig" }
    system() { en: "System", de: "System" }
    to_do() { en: "What", de: "Was" }
    due() { en: "Due", de: "Fällig" }
    days_left() { en: "Days left", de: "Resttage" }
    state() { en: "State", de: "Stand" }
    is_open() { en: "open", de: "offen" }
    is_overdue() { en: "OVERDUE", de: "ÜBERFÄLLIG" }
    is_done() { en: "done", de: "erledigt" }
    is_done_proven() { en: "done, with proof", de: "erledigt, mit Beleg" }
    is_erased() { en: "no longer needed: a sweep has erased the records", de: "nicht mehr nötig: ein Löschlauf hat die Datensätze gelöscht" }
    is_dropped() { en: "no longer needed", de: "nicht mehr nötig" }
    found(count) { en: "found: {count}", de: "gefunden: {count}" }
    days_overdue(days) { en: "{days} OVERDUE", de: "{days} ÜBERFÄLLIG" }
    no_tasks() { en: "No such tasks.", de: "Keine solchen Aufgaben." }
    unknown_task(case, task) { en: "case {case} has no task {task}", de: "im Vorgang {case} gibt es keine Aufgabe {task}" }
    unknown_task_help(case) { en: "`dsr task list --case {case} --all` lists them: T1, T2 …", de: "`dsr task list --case {case} --all` listet sie auf: T1, T2 …" }
    task_not_open(task) { en: "task {task} is not open", de: "Aufgabe {task} ist nicht offen" }
    task_not_open_why() { en: "It was done already, or nothing asks for it any more; what was said about it stays as it is.", de: "Sie ist schon erledigt oder nicht mehr nötig; was dazu gesagt wurde, bleibt stehen." }
    found_missing(task) { en: "task {task} is a search, and it is not said what was found", de: "Aufgabe {task} ist eine Suche, und es fehlt, was gefunden wurde" }
    found_missing_help() { en: "say `--found nothing`, or the number of records: `--found 2`", de: "`--found nothing` angeben oder die Anzahl der Datensätze: `--found 2`" }
    found_unwanted(task) { en: "task {task} is no search, so nothing can be found with it", de: "Aufgabe {task} ist keine Suche, also lässt sich damit nichts finden" }
    found_unwanted_help() { en: "leave `--found` out", de: "`--found` weglassen" }
    found_wrong() { en: "`--found` takes `nothing` or a number", de: "`--found` verlangt `nothing` oder eine Zahl" }
    proof_unreadable() { en: "the proof cannot be read", de: "der Beleg lässt sich nicht lesen" }
    proof_unreadable_help() { en: "name a file that you can read", de: "eine lesbare Datei nennen" }
    proof_size(most) { en: "the proof is empty or larger than {most} MB", de: "der Beleg ist leer oder größer als {most} MB" }
    proof_size_help() { en: "hand in the page that matters, as a PDF or a picture", de: "die maßgebliche Seite als PDF oder Bild einreichen" }
    task_is_done(task, case) { en: "Task {task} of case {case} is done.", de: "Aufgabe {task} im Vorgang {case} ist erledigt." }
    without_proof() { en: "No proof was handed in; the evidence will say so.", de: "Ein Beleg fehlt; der Nachweis wird das sagen." }
    proof_kept(digest) { en: "The proof lies encrypted in the vault; SHA-256 {digest}.", de: "Der Beleg liegt verschlüsselt im Tresor; SHA-256 {digest}." }
    act_needless(task) { en: "Task {task} is no longer needed, because nothing was found.", de: "Aufgabe {task} entfällt, weil nichts gefunden wurde." }
    act_follows() { en: "What was found by hand is not in the plan; the further tasks of the system say what to do with it.", de: "Von Hand Gefundenes steht nicht im Plan; was damit geschieht, sagen die weiteren Aufgaben des Systems." }
    waits_now(what) { en: "The case now waits for: {what}.", de: "Der Vorgang wartet jetzt auf: {what}." }
    no_proof(task) { en: "task {task} has no proof", de: "zu Aufgabe {task} gibt es keinen Beleg" }
    no_proof_help() { en: "one is handed in with `dsr task done CASE TASK --proof FILE`", de: "eingereicht wird er mit `dsr task done VORGANG AUFGABE --proof DATEI`" }
    cannot_save(path) { en: "{path} cannot be written", de: "{path} lässt sich nicht schreiben" }
    cannot_save_help() { en: "name a file that is not there yet, in a folder that you can write to", de: "eine Datei nennen, die es noch nicht gibt, in einem beschreibbaren Ordner" }
    saved(path) { en: "Written to {path}.", de: "Geschrieben nach {path}." }

    // Reminders.
    remind_to(owner) { en: "To: {owner}", de: "An: {owner}" }
    remind_no_owner() { en: "(nobody is named as the owner)", de: "(niemand ist als zuständig genannt)" }
    remind_about(subject) { en: "Subject: {subject}", de: "Betreff: {subject}" }
    remind_subject(count) { en: "Requests under the GDPR, your open tasks: {count}", de: "Anfragen nach der DSGVO, Ihre offenen Aufgaben: {count}" }
    remind_intro() { en: "Hello,\n\nplease do the following:", de: "Guten Tag,\n\nbitte erledigen Sie Folgendes:" }
    remind_task(case, task, system, text) { en: "- Case {case}, task {task}, {system}: {text}", de: "- Vorgang {case}, Aufgabe {task}, {system}: {text}" }
    remind_due(due, days) { en: "  due {due}, days left: {days}", de: "  fällig am {due}, Resttage: {days}" }
    remind_overdue(due, days) { en: "  was due {due}, OVERDUE for days: {days}", de: "  war fällig am {due}, ÜBERFÄLLIG seit Tagen: {days}" }
    remind_person(identities) { en: "  person: {identities}", de: "  Person: {identities}" }
    remind_ask() { en: "  The person's details come to you separately; please ask for them if they have not.", de: "  Angaben zur Person erhalten Sie gesondert; bitte fragen Sie nach, falls sie fehlen." }
    remind_end(contact) { en: "When it is done, please send a document that shows it to {contact}.", de: "Ist es erledigt, senden Sie bitte einen Beleg dafür an {contact}." }
    nothing_due() { en: "No open task is due.", de: "Keine offene Aufgabe ist fällig." }
    reminders_noted(count) { en: "Nothing was sent. The reminders are noted in the ledger; tasks: {count}.", de: "Verschickt wurde nichts. Die Erinnerungen sind im Protokoll vermerkt; Aufgaben: {count}." }

    // Notes.
    note_empty() { en: "the note is empty", de: "die Notiz ist leer" }
    note_empty_help() { en: "write it behind the number of the case, or hand it in with `-` on standard input", de: "sie hinter der Nummer des Vorgangs angeben oder mit `-` über die Standardeingabe" }
    note_unreadable() { en: "the note is longer than 64 KB, or is not UTF-8", de: "die Notiz ist länger als 64 KB oder nicht in UTF-8" }
    note_unreadable_help() { en: "write down what matters; a document belongs to a task, with `--proof`", de: "das Wesentliche notieren; ein Dokument gehört mit `--proof` zu einer Aufgabe" }
    ask_note() { en: "Note:", de: "Notiz:" }
    note_kept(case) { en: "Noted in case {case}; the words lie encrypted in the vault.", de: "Im Vorgang {case} notiert; der Wortlaut liegt verschlüsselt im Tresor." }
    no_notes() { en: "No notes.", de: "Keine Notizen." }
    by_whom() { en: "By", de: "Von" }
    note() { en: "Note", de: "Notiz" }
    words_gone() { en: "(the words were purged)", de: "(der Wortlaut wurde vernichtet)" }

    // Closing a case.
    cannot_close(case) { en: "case {case} cannot be closed", de: "Vorgang {case} lässt sich nicht schließen" }
    stands_tasks(tasks) { en: "open tasks: {tasks}", de: "offene Aufgaben: {tasks}" }
    stands_identity() { en: "the person's identity is not confirmed", de: "die Identität der Person ist nicht bestätigt" }
    stands_plan() { en: "a plan is not approved, or not carried out to its end", de: "ein Plan ist nicht freigegeben oder nicht zu Ende ausgeführt" }
    stands_restriction() { en: "records are still restricted on request (Art. 18 GDPR)", de: "Datensätze sind noch auf Antrag eingeschränkt (Art. 18 DSGVO)" }
    stands_search() { en: "not every system was searched", de: "nicht jedes System wurde durchsucht" }
    stands_records(count) { en: "records were found: {count}", de: "Datensätze wurden gefunden: {count}" }
    stands_person() { en: "outcomes are unsettled: blocked, changed, unknown or not verified", de: "Ergebnisse sind ungeklärt: blockiert, verändert, unbekannt oder nicht nachgeprüft" }
    stands_back(count, places) { en: "records that it has erased are there again: {count} ({places})", de: "Datensätze, die er gelöscht hat, sind wieder da: {count} ({places})" }
    close_back(case) { en: "or, where they may stay, say why:   dsr note {case}", de: "oder, wenn sie bleiben dürfen, notieren, warum:   dsr note {case}" }
    stands_acceptance() { en: "records wait for your word (--accept)", de: "Datensätze warten auf Ihr Wort (--accept)" }
    stands_evidence() { en: "the evidence is not made since the last run", de: "seit dem letzten Durchlauf fehlt der Nachweis" }
    stands_nothing_done() { en: "nothing was done in the case yet", de: "im Vorgang ist noch nichts geschehen" }
    close_next(command) { en: "go on with `{command}`", de: "weiter mit `{command}`" }
    close_lift(case) { en: "once its ground has ended, lift the restriction with `dsr restrict --lift --case {case}`; until then the case stays open, and retention runs leave the person's records alone", de: "ist der Grund entfallen, die Einschränkung mit `dsr restrict --lift --case {case}` aufheben; bis dahin bleibt der Vorgang offen, und Löschläufe lassen die Datensätze der Person aus" }
    close_other() { en: "or close it as `--how refused` or `--how withdrawn`, if that is how it ended", de: "oder mit `--how refused` oder `--how withdrawn` schließen, wenn es so geendet hat" }
    closed(case, how) { en: "Case {case} is closed: {how}.", de: "Vorgang {case} ist geschlossen: {how}." }
    owners_left() { en: "Systems that are not connected were not searched; the evidence says so.", de: "Systeme, die nicht angebunden sind, wurden nicht durchsucht; der Nachweis sagt das." }
    prove_closed(case) { en: "the case is closed all the same; `dsr evidence make {case}` makes the bundle", de: "der Vorgang ist dennoch geschlossen; `dsr evidence make {case}` erstellt den Nachweis" }

    // The overview.
    open_tasks() { en: "Tasks", de: "Aufgaben" }
    tasks_open(count) { en: "{count} open", de: "{count} offen" }
    tasks_overdue(open, overdue) { en: "{open} open, {overdue} OVERDUE", de: "{open} offen, {overdue} ÜBERFÄLLIG" }
    cases_overdue(count) { en: "Open cases past their nominal day: {count}.", de: "Offene Vorgänge, deren nomineller Termin verstrichen ist: {count}." }
    overdue_tasks(count) { en: "Overdue tasks: {count}. `dsr task list --overdue` lists them, `dsr task remind` writes to their owners.", de: "Überfällige Aufgaben: {count}. `dsr task list --overdue` listet sie auf, `dsr task remind` schreibt den Zuständigen." }
    first_steps() {
        en: "No cases yet. First steps:\n  dsr check                         do all systems answer?\n  dsr find --email ADDRESS          where is a person; opens no case\n  dsr erase --email ADDRESS         opens a case and asks before it writes\n  dsr case open --email ADDRESS --right access   opens a case without searching",
        de: "Noch keine Vorgänge. Erste Schritte:\n  dsr check                         antworten alle Systeme?\n  dsr find --email ADRESSE          wo liegen Daten einer Person; eröffnet keinen Vorgang\n  dsr erase --email ADRESSE         eröffnet einen Vorgang und fragt, bevor geschrieben wird\n  dsr case open --email ADRESSE --right access   eröffnet einen Vorgang, ohne zu suchen",
    }

    // Schemas and manual pages.
    schema_name() { en: "Name", de: "Name" }
    schema_about() { en: "Describes", de: "Beschreibt" }
    unknown_schema(name) { en: "there is no schema `{name}`", de: "es gibt kein Schema `{name}`" }
    schemas_are(names) { en: "there are: {names}", de: "es gibt: {names}" }
    cannot_write_pages(folder) { en: "the manual pages cannot be written to {folder}", de: "die Handbuchseiten lassen sich nicht nach {folder} schreiben" }
    cannot_write_pages_help() { en: "name a folder that you can write to", de: "einen beschreibbaren Ordner nennen" }
    pages_written(count, folder) { en: "Manual pages written to {folder}: {count}.", de: "Handbuchseiten geschrieben nach {folder}: {count}." }
}
