//! Messages about the further profiles of evidence: the container of a period, and one case complete for an authority.

use crate::messages::{Text, held};

// The cover of a period.
catalogue! {
    period_title() { en: "Evidence on data-subject requests of a period", de: "Nachweis über Betroffenenanfragen eines Zeitraums" }
    period_subtitle(controller, from, until) { en: "{controller} · {from} to {until}", de: "{controller} · {from} bis {until}" }
    period() { en: "Period", de: "Zeitraum" }
    range(from, until) { en: "{from} to {until}", de: "{from} bis {until}" }
    which() { en: "Cases in it", de: "Erfasste Vorgänge" }
    which_cases() { en: "all that the ledger holds and that were received or opened by the end of the period and not closed before it began; what became of them is told as of the day on which this was made", de: "alle im Protokoll, die bis zum Ende des Zeitraums eingingen oder eröffnet wurden und nicht vor seinem Beginn geschlossen waren; was aus ihnen wurde, gilt für den Tag der Erstellung" }
    number() { en: "Container of a period, number", de: "Zeitraum-Nachweis, Nummer" }
    ledger() { en: "Ledger when this was made", de: "Protokoll bei der Erstellung" }
    ledger_head(count, head) { en: "{count} events, the last with SHA-256 {head}", de: "{count} Ereignisse, das letzte mit SHA-256 {head}" }
    figures() { en: "Key figures", de: "Kennzahlen" }
    cases() { en: "Cases", de: "Vorgänge" }
    count_cases() { en: "Cases", de: "Vorgänge" }
    count_open() { en: "Open", de: "Offen" }
    count_answered() { en: "Answered", de: "Beantwortet" }
    count_on_time() { en: "Answered by the nominal day", de: "Bis zum rechnerischen Tag beantwortet" }
    count_late() { en: "LATE: answered or still open after it", de: "VERSPÄTET: danach beantwortet oder noch offen" }
    count_refused() { en: "Refused (Art. 12(5) GDPR), among those answered", de: "Abgelehnt (Art. 12 Abs. 5 DSGVO), unter den beantworteten" }
    count_withdrawn() { en: "Withdrawn", de: "Zurückgezogen" }
    count_nothing() { en: "Nothing found, among those answered", de: "Nichts gefunden, unter den beantworteten" }
    median() { en: "Days from receipt to answer (median)", de: "Tage vom Eingang bis zur Antwort (Median)" }
    count_without() { en: "Without a bundle", de: "Ohne Nachweis" }
    count_purged() { en: "Purged", de: "Vernichtet" }
    head_case() { en: "Case", de: "Vorgang" }
    head_rights() { en: "Asked for", de: "Begehrt" }
    head_received() { en: "Received", de: "Eingegangen" }
    head_due() { en: "Due", de: "Fällig" }
    head_answered() { en: "Answered", de: "Beantwortet" }
    head_closed() { en: "Closed as", de: "Geschlossen als" }
    head_records() { en: "Records", de: "Datensätze" }
    head_bundle() { en: "Latest bundle", de: "Neuester Nachweis" }
    day_late(day) { en: "{day} LATE", de: "{day} VERSPÄTET" }
    open() { en: "open", de: "offen" }
    open_late() { en: "open, LATE", de: "offen, VERSPÄTET" }
    no_bundle() { en: "NONE", de: "KEINER" }
    bundle(number, id) { en: "{number}: {id}", de: "{number}: {id}" }
    bundle_elsewhere(number, id) { en: "{number}, not at hand: {id}", de: "{number}, liegt nicht vor: {id}" }
    not_closed() { en: "-", de: "-" }
    closed_answered() { en: "answered", de: "beantwortet" }
    closed_refused() { en: "refused", de: "abgelehnt" }
    closed_withdrawn() { en: "withdrawn", de: "zurückgezogen" }
    closed_nothing() { en: "nothing found", de: "nichts gefunden" }
}

// On the screen.
catalogue! {
    period_counted(cases, late) { en: "Cases: {cases}, late: {late}.", de: "Vorgänge: {cases}, verspätet: {late}." }
}

// What a period does not prove.
catalogue! {
    not_proven_intro() { en: "This container does not prove the following. Each case's own bundle says more.", de: "Folgendes beweist dieser Nachweis nicht. Mehr sagt der Nachweis jedes einzelnen Vorgangs." }
    gap_no_bundle(count) { en: "Cases without a bundle of their own ({count}); they are marked NONE in the list.", de: "Vorgänge ohne eigenen Nachweis ({count}); in der Liste stehen sie mit KEINER." }
    gap_not_at_hand(count) { en: "Bundles that the ledger names and that were not at hand ({count}); what they do not prove is not known here.", de: "Nachweise, die das Protokoll nennt und die nicht vorlagen ({count}); was sie nicht beweisen, ist hier nicht bekannt." }
    gap_open(count) { en: "Cases that were not closed ({count}).", de: "Nicht geschlossene Vorgänge ({count})." }
    gap_closing(count) { en: "Closed cases of which the ledger does not say how they ended ({count}).", de: "Geschlossene Vorgänge, deren Ende das Protokoll nicht näher bezeichnet ({count})." }
    gap_in_bundles(what, count) { en: "Bundles that say of themselves: {what} ({count}).", de: "Nachweise, die selbst angeben: {what} ({count})." }
    gap_not_over() { en: "The period was not over when this was made.", de: "Der Zeitraum war bei der Erstellung noch nicht zu Ende." }
    gap_never_entered() { en: "That every request was entered. Compare with the registers of post, mail and tickets.", de: "Dass jede Anfrage erfasst wurde. Vergleichen Sie mit Posteingang, E-Mail und Tickets." }
    kind_not_searched() { en: "a system or object was not searched", de: "ein System oder Objekt wurde nicht durchsucht" }
    kind_no_search() { en: "no search is recorded", de: "keine Suche ist aufgezeichnet" }
    kind_never_asked() { en: "a system was never asked", de: "ein System wurde nie gefragt" }
    kind_by_hand() { en: "a system is searched by a person, without proof", de: "ein System wird von Menschen durchsucht, ohne Beleg" }
    kind_zero() { en: "an empty answer without a control person", de: "eine leere Antwort ohne Kontrollperson" }
    kind_weak() { en: "no later search confirmed an outcome (level L0 or L1)", de: "keine spätere Suche bestätigte ein Ergebnis (Stufe L0 oder L1)" }
    kind_task() { en: "a task for people was open", de: "eine Aufgabe für Menschen war offen" }
    kind_task_done() { en: "a task for people is said to be done, without proof", de: "eine Aufgabe für Menschen gilt ohne Beleg als erledigt" }
    kind_manual() { en: "a record was left for people to deal with", de: "ein Datensatz blieb Menschen überlassen" }
    kind_undecided() { en: "nobody decided whose a record is", de: "über die Zugehörigkeit eines Datensatzes wurde nicht entschieden" }
    kind_unplanned() { en: "a record was found that no plan has, or not found again", de: "ein Datensatz steht in keinem Plan oder wurde nicht wiedergefunden" }
    kind_unfinished() { en: "a plan was not carried out, or not to its end", de: "ein Plan wurde nicht oder nicht zu Ende ausgeführt" }
    kind_unapproved() { en: "no second person approved", de: "keine zweite Person hat freigegeben" }
    kind_same_word() { en: "outcomes were read back from the systems themselves", de: "Ergebnisse wurden bei den Systemen selbst nachgelesen" }
    kind_changes() { en: "changes to inventory and people are not listed", de: "Änderungen an Inventar und Personen sind nicht aufgeführt" }
    kind_warning() { en: "a warning weakens what was read or written", de: "eine Warnung schwächt ab, was gelesen oder geschrieben wurde" }
    kind_unread() { en: "documents that nobody could look into", de: "Dokumente, in die niemand hineinsehen konnte" }
    kind_settling() { en: "a request to a system had not settled", de: "ein Auftrag an ein System war noch nicht wirksam" }
    kind_answer() { en: "an answer to the person is not recorded", de: "eine Antwort an die Person ist nicht aufgezeichnet" }
    kind_anchor() { en: "no checkpoint of the log had left the house", de: "kein Prüfpunkt des Verzeichnisses hatte das Haus verlassen" }
    kind_opening() { en: "the opening of the case was not stamped, or is not in the log", de: "die Eröffnung des Vorgangs war nicht gestempelt oder steht nicht im Verzeichnis" }
    kind_identity() { en: "identity was not confirmed", de: "die Identität war nicht bestätigt" }
}

// One case complete.
catalogue! {
    authority_title() { en: "One data-subject request, complete", de: "Eine Betroffenenanfrage, vollständig" }
    personal() { en: "PERSONAL DATA", de: "PERSONENBEZOGENE DATEN" }
    personal_intro() { en: "This container names the person and says where their records were. It was encrypted for the recipients below and for nobody else; do not upload it to public validators.", de: "Dieser Nachweis nennt die Person und sagt, wo ihre Datensätze lagen. Er wurde nur für die unten Genannten verschlüsselt; bitte nicht zu öffentlichen Prüfdiensten hochladen." }
    recipient() { en: "Encrypted to", de: "Verschlüsselt für" }
    own_bundle() { en: "Bundle in it (number and id)", de: "Enthaltener Nachweis (Nummer und Kennung)" }
    contents() { en: "What lies in it", de: "Was enthalten ist" }
    head_file() { en: "File", de: "Datei" }
    head_what() { en: "Holds", de: "Inhalt" }
    holds_bundle() { en: "the bundle of the case as auditors get it, without the person; it has its own seal", de: "der Nachweis des Vorgangs, wie ihn Prüfende erhalten, ohne die Person; mit eigenem Siegel" }
    holds_openings() { en: "what opens the bundle's record lines: SD-JWT disclosures by number of the line (RFC 9901)", de: "was die Datensatzzeilen des Nachweises öffnet: SD-JWT-Disclosures je Zeilennummer (RFC 9901)" }
    holds_person() { en: "the identities by which the person was looked for", de: "die Kennungen, nach denen die Person gesucht wurde" }
    holds_findings() { en: "what the latest search found, with the records' content", de: "was die letzte Suche fand, mit dem Inhalt der Datensätze" }
    holds_plan(number) { en: "plan {number}: what was to become of each record, and why", de: "Plan {number}: was aus jedem Datensatz werden sollte, und warum" }
    holds_history() { en: "what happened, in German and English; the events themselves are the bundle's journal", de: "was geschah, auf Deutsch und Englisch; die Ereignisse selbst stehen im Journal des Nachweises" }
    holds_notes() { en: "notes and correspondence, as the operators wrote them down", de: "Notizen und Schriftverkehr, wie sie festgehalten wurden" }
    holds_exports() { en: "the packages that were made for the person", de: "die für die Person erstellten Pakete" }
    holds_tasks() { en: "what people did by hand", de: "was Menschen von Hand erledigten" }
    holds_proof(task) { en: "the document that shows that {task} was done", de: "der Beleg dafür, dass {task} erledigt wurde" }
    what_authority_sees(recipients, case) {
        en: "{recipients} will be able to read everything about case {case}: the person's identities, what was found with its content, plans, notes, documents and what opens the bundle. What was given away cannot be taken back.",
        de: "{recipients} kann danach alles zum Vorgang {case} lesen: die Kennungen der Person, die Fundstellen mit ihrem Inhalt, Pläne, Notizen, Belege und was den Nachweis öffnet. Was herausgegeben ist, lässt sich nicht zurückholen.",
    }
    ask_authority() { en: "Encrypt all of it to them? [y/N]", de: "Alles dafür verschlüsseln? [j/N]" }
    authority_made(path, name) { en: "Written, encrypted: {path}. To open it: age -d -i KEY -o {name} {name}.age", de: "Verschlüsselt abgelegt: {path}. Zum Öffnen: age -d -i SCHLÜSSEL -o {name} {name}.age" }
    files_collected(count) { en: "Files of the case: {count}.", de: "Dateien des Vorgangs: {count}." }
}

pub fn contents_head() -> [Text; 2] {
    [head_file(), head_what()]
}

/// What kind of gap it is, in words where it has some.
pub fn kind(kind: &str) -> Text {
    match kind {
        "not_searched" => kind_not_searched(),
        "never_asked" => kind_never_asked(),
        "no_search" => kind_no_search(),
        "searched_by_hand" => kind_by_hand(),
        "zero_without_control" => kind_zero(),
        "weakly_proven" => kind_weak(),
        "task_open" => kind_task(),
        "task_without_proof" => kind_task_done(),
        "manual" => kind_manual(),
        "not_accepted" => kind_undecided(),
        "not_planned" | "not_found_again" | "found_unaccounted" => kind_unplanned(),
        "not_applied" | "interrupted" | "incomplete" | "never_begun" => kind_unfinished(),
        "approval_missing" | "approval_none" => kind_unapproved(),
        "same_word" => kind_same_word(),
        "changes_not_listed" => kind_changes(),
        "warning" => kind_warning(),
        "unread_documents" => kind_unread(),
        "settling" => kind_settling(),
        "not_answered" | "answer_not_recorded" => kind_answer(),
        "answered_by_word" => held::kind_by_word(),
        "opening_stamped_late" => held::kind_late(),
        "log_anchored_by_word" | "log_anchor_old" => held::kind_anchor_old(),
        "identity_not_confirmed" => kind_identity(),
        "log_not_anchored" => kind_anchor(),
        "opening_not_stamped" | "opened_not_logged" => kind_opening(),
        other => Text::same(crate::html::plain(other)),
    }
}

pub fn cases_head() -> [Text; 8] {
    [
        head_case(),
        head_rights(),
        head_received(),
        head_due(),
        head_answered(),
        head_closed(),
        head_records(),
        head_bundle(),
    ]
}
