//! Messages about cases.

catalogue! {
    waits_identity() { en: "confirmation of identity", de: "Bestätigung der Identität" }
    waits_search() { en: "a search", de: "eine Suche" }
    waits_plan() { en: "a plan", de: "einen Plan" }
    waits_review() { en: "a look at the draft of the package", de: "eine Durchsicht des Entwurfs" }
    waits_approval() { en: "approval of the plan", de: "Freigabe des Plans" }
    waits_apply() { en: "the plan to be carried out", de: "die Ausführung des Plans" }
    waits_again() { en: "systems that have not answered in full yet", de: "Systeme, die noch nicht vollständig geantwortet haben" }
    waits_person() { en: "a person: records were blocked, changed, could not be verified or came back", de: "einen Menschen: Datensätze waren blockiert, verändert, nicht nachprüfbar oder sind wieder da" }
    waits_evidence() { en: "the evidence bundle", de: "den Nachweis" }
    waits_acceptance() { en: "your word on records that may be somebody else's (--accept)", de: "Ihr Wort zu Datensätzen, die auch jemand anderem gehören können (--accept)" }
    waits_owners() { en: "the owners of systems that are not connected", de: "die Zuständigen der Systeme, die nicht angebunden sind" }
    waits_tasks() { en: "people who have tasks", de: "Menschen, die Aufgaben haben" }
    waits_lift() { en: "the end of the ground for which records are restricted (`dsr restrict --lift`)", de: "das Ende des Grundes, aus dem Datensätze eingeschränkt sind (`dsr restrict --lift`)" }
    waits_nothing() { en: "nothing", de: "nichts" }
}

catalogue! {
    no_open_cases() { en: "No open cases. `dsr find --email ADDRESS` looks a person up, `dsr erase --email ADDRESS` opens a case.", de: "Keine offenen Vorgänge. `dsr find --email ADRESSE` sucht eine Person, `dsr erase --email ADRESSE` eröffnet einen Vorgang." }
    case() { en: "Case", de: "Vorgang" }
    received() { en: "Received", de: "Eingang" }
    due_nominal() { en: "Due (nominal)", de: "Fällig (nominell)" }
    days_left() { en: "Days left", de: "Resttage" }
    state_closed() { en: "nothing: closed", de: "nichts: geschlossen" }
    state_purged() { en: "nothing: closed, its key destroyed", de: "nichts: geschlossen, der Schlüssel vernichtet" }
    waits_for() { en: "Waits for", de: "Wartet auf" }
    next_command() { en: "Next", de: "Weiter mit" }
    when() { en: "When", de: "Wann" }
    what() { en: "What", de: "Was" }
    head(case, received, due) { en: "Case {case}, received {received}, due {due} (nominal month, without holidays).", de: "Vorgang {case}, eingegangen am {received}, fällig am {due} (nomineller Monat, ohne Feiertage)." }
    waiting(what) { en: "Waits for: {what}.", de: "Wartet auf: {what}." }
    next(command) { en: "Next: {command}", de: "Weiter mit: {command}" }
    event_opened(rights, channel, operator) { en: "opened by {operator} ({rights}; channel {channel})", de: "eröffnet von {operator} ({rights}; Eingangsweg {channel})" }
    event_rights(rights) { en: "further right: {rights}", de: "weiteres Recht: {rights}" }
    event_identity(method, operator) { en: "identity confirmed by {operator}: {method}", de: "Identität bestätigt von {operator}: {method}" }
    event_assumed() { en: "identity vouched for by the caller, as the inventory allows", de: "Identität vom aufrufenden Programm verbürgt, wie es das Inventar erlaubt" }
    event_identity_added(count, operator) { en: "further identities stated as the person's by {operator}: {count}; identity is to be confirmed anew", de: "weitere Kennungen als die der Person angegeben von {operator}: {count}; die Identität ist neu zu bestätigen" }
    event_identity_removed(count, operator) { en: "identities taken out by {operator}, stated by mistake: {count}; identity is to be confirmed anew", de: "irrtümlich angegebene Kennungen herausgenommen von {operator}: {count}; die Identität ist neu zu bestätigen" }
    event_receipt_corrected(received, operator, reason) { en: "day of receipt corrected to {received} by {operator} ({reason}); the deadline runs from it", de: "Tag des Eingangs berichtigt auf {received} von {operator} ({reason}); die Frist läuft ab diesem Tag" }
    event_channel_corrected(channel, operator, reason) { en: "channel corrected to {channel} by {operator} ({reason})", de: "Eingangsweg berichtigt auf {channel} von {operator} ({reason})" }
    event_accepted(place, operator) { en: "a record of {place} accepted by {operator}", de: "Datensatz aus {place} angenommen von {operator}" }
    event_searched(systems, by_hand, records) { en: "searched; systems: {systems}, by hand: {by_hand}, records: {records}", de: "gesucht; Systeme: {systems}, von Hand: {by_hand}, Datensätze: {records}" }
    event_searched_partly(systems, by_hand, records) { en: "searched INCOMPLETELY; systems: {systems}, by hand: {by_hand}, records: {records}", de: "UNVOLLSTÄNDIG gesucht; Systeme: {systems}, von Hand: {by_hand}, Datensätze: {records}" }
    event_planned(plan, records) { en: "plan {plan} made, records: {records}", de: "Plan {plan} aufgestellt, Datensätze: {records}" }
    event_approved(plan, by) { en: "plan {plan} approved by {by}", de: "Plan {plan} freigegeben von {by}" }
    event_signed_plan(plan, by) { en: "plan {plan} signed by {by}, who made it", de: "Plan {plan} von {by} als Urheber unterschrieben" }
    event_signed_approval(plan, by) { en: "approval of plan {plan} signed by {by}", de: "Freigabe des Plans {plan} von {by} unterschrieben" }
    event_started(run) { en: "run {run} of the plan began", de: "{run}. Durchlauf des Plans begonnen" }
    event_step(place, outcome) { en: "{place}: {outcome}", de: "{place}: {outcome}" }
    event_ended(exit) { en: "run ended with exit code {exit}", de: "Durchlauf beendet mit Code {exit}" }
    event_evidence(bundle) { en: "evidence bundle {bundle} made", de: "Nachweis {bundle} erstellt" }
    event_task(task, system, due) { en: "task {task} opened: {system}, due {due}", de: "Aufgabe {task} eröffnet: {system}, fällig am {due}" }
    event_reminded(task, operator) { en: "reminder for task {task} written by {operator}", de: "Erinnerung an Aufgabe {task} geschrieben von {operator}" }
    event_task_read(task, operator) { en: "task {task} done, says {operator}; its document was read again and names the person no more", de: "Aufgabe {task} laut {operator} erledigt; ihr Dokument wurde noch einmal gelesen und nennt die Person nicht mehr" }
    event_task_done(task, operator) { en: "task {task} done, says {operator}; no proof was kept", de: "Aufgabe {task} laut {operator} erledigt; kein Beleg hinterlegt" }
    event_task_proven(task, operator, proof) { en: "task {task} done, says {operator}; proof {proof}", de: "Aufgabe {task} laut {operator} erledigt; Beleg {proof}" }
    event_erased(task) { en: "task {task} no longer needed: a sweep has erased its records", de: "Aufgabe {task} nicht mehr nötig: ein Löschlauf hat ihre Datensätze gelöscht" }
    event_dropped(task) { en: "task {task} no longer needed", de: "Aufgabe {task} nicht mehr nötig" }
    event_noted(operator) { en: "note by {operator}", de: "Notiz von {operator}" }
    event_exported(what, records, sealed, expires, operator) { en: "{what} made by {operator}: records: {records}, {sealed}, to be deleted on {expires}", de: "{what} erstellt von {operator}: Datensätze: {records}, {sealed}, zu löschen am {expires}" }
    event_export_expired() { en: "a package reached its day and was deleted", de: "ein Paket hat seinen Tag erreicht und wurde gelöscht" }
    event_closed() { en: "closed", de: "geschlossen" }
    event_closed_as(how, operator) { en: "closed by {operator}: {how}", de: "geschlossen von {operator}: {how}" }
    lost(place, count) { en: "{place} ({count}): named by an earlier plan, not found any more, and not written to by dsr; that it is gone is not proven", de: "{place} ({count}): in einem früheren Plan genannt, jetzt nicht mehr gefunden, und dsr hat dort nichts geschrieben; dass der Datensatz gelöscht ist, ist nicht bewiesen" }
    lost_help() { en: "look the record up in the system by its key, and search for the person once more if it bears another address now; the evidence names it as not proven", de: "den Datensatz im System über seinen Schlüssel suchen und, falls er jetzt eine andere Adresse trägt, die Person damit erneut suchen; der Nachweis führt ihn als nicht bewiesen auf" }
    closed_answered() { en: "answered", de: "beantwortet" }
    closed_refused() { en: "refused", de: "abgelehnt" }
    closed_withdrawn() { en: "withdrawn", de: "zurückgezogen" }
    closed_nothing_found() { en: "nothing found", de: "nichts gefunden" }
}
