//! Messages about cases.

catalogue! {
    waits_identity() { en: "confirmation of identity", de: "Bestätigung der Identität" }
    waits_search() { en: "a search", de: "eine Suche" }
    waits_plan() { en: "a plan", de: "einen Plan" }
    waits_approval() { en: "approval of the plan", de: "Freigabe des Plans" }
    waits_apply() { en: "the plan to be carried out", de: "die Ausführung des Plans" }
    waits_again() { en: "systems that could not be reached", de: "Systeme, die nicht erreichbar waren" }
    waits_person() { en: "a person: records were blocked, changed or could not be verified", de: "einen Menschen: Datensätze waren blockiert, verändert oder nicht nachprüfbar" }
    waits_evidence() { en: "the evidence bundle", de: "das Nachweispaket" }
    waits_nothing() { en: "nothing", de: "nichts" }
}
