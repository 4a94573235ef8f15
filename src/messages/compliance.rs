//! The checklist of `dsr check --compliance`.

catalogue! {
    contact() { en: "people can reach the controller", de: "der Verantwortliche ist für Betroffene erreichbar" }
    contact_help() { en: "write `contact` under `controller`", de: "unter `controller` einen `contact` angeben" }
    owners() { en: "every system has somebody who is responsible for it", de: "für jedes System ist jemand zuständig" }
    owners_help() { en: "write `owner` at each of them", de: "bei jedem davon `owner` angeben" }
    unconnected() { en: "systems that are not connected are listed with somebody to ask", de: "nicht angebundene Systeme stehen mit Zuständigen im Inventar" }
    unconnected_help() { en: "write `owner` at each of them, and ask there for every request", de: "bei jedem `owner` angeben und dort bei jeder Anfrage nachfragen" }
    controls() { en: "every connected system has a control person, so that nothing found is proven", de: "jedes angebundene System hat eine Kontrollperson, damit „nichts gefunden“ bewiesen ist" }
    controls_help() { en: "put an invented person into each of them and name them under `control`", de: "in jedem eine erfundene Person anlegen und unter `control` angeben" }
    retention() { en: "every object belongs to a kind of data with a rule of retention", de: "jedes Objekt gehört zu einer Datenart mit Löschregel" }
    retention_help() { en: "list them under `objects` of one of the `data_types`", de: "sie unter `objects` einer der `data_types` aufführen" }
    purposes() { en: "every kind of data has a purpose and a legal basis", de: "jede Datenart hat Zweck und Rechtsgrundlage" }
    purposes_help() { en: "write `purpose` and `basis` at each of them", de: "bei jeder `purpose` und `basis` angeben" }
    categories() { en: "every object says which of its fields are personal, and what they are about", de: "jedes Objekt nennt seine personenbezogenen Felder und deren Kategorien" }
    categories_help() { en: "list the fields of each of them under `fields`", de: "die Felder unter `fields` aufführen" }
    special() { en: "special categories of data lie under a kind of data with a basis of Art. 9(2)", de: "besondere Kategorien liegen unter einer Datenart mit einer Grundlage nach Art. 9 Abs. 2" }
    special_help() { en: "give their kind of data a `basis` such as art9_2_a, after checking that it holds", de: "ihrer Datenart eine `basis` wie art9_2_a geben, nachdem geprüft ist, dass sie trägt" }
    identity() { en: "identity is confirmed before anything is handed over or changed", de: "die Identität wird bestätigt, bevor etwas herausgegeben oder geändert wird" }
    identity_help() { en: "write `requests: {{ identity: required }}`, or note elsewhere who confirms it", de: "`requests: {{ identity: required }}` schreiben oder anderswo festhalten, wer sie bestätigt" }
    approval() { en: "a second person approves what is erased, or it is stated that none does", de: "eine zweite Person gibt Löschungen frei, oder es ist festgehalten, dass keine es tut" }
    approval_help() { en: "list the people and write `approval: four_eyes` or `approval: none`", de: "die Personen aufführen und `approval: four_eyes` oder `approval: none` angeben" }
    seal() { en: "evidence is sealed with a key whose certificate somebody else issued", de: "Nachweise werden mit einem Schlüssel gesiegelt, dessen Zertifikat jemand anders ausgestellt hat" }
    seal_help() { en: "have a sealing certificate issued; until then hand the fingerprint of your own to auditors over another channel", de: "ein Siegelzertifikat ausstellen lassen; bis dahin der Prüfung den Fingerabdruck des eigenen auf anderem Weg geben" }
    tsa() { en: "a time-stamping service is named", de: "ein Zeitstempeldienst ist angegeben" }
    tsa_help() { en: "name one under `evidence: {{ tsa: [ADDRESS] }}`", de: "einen unter `evidence: {{ tsa: [ADRESSE] }}` angeben" }
    manual() { en: "systems that are searched by hand have a task for searching and one for erasing", de: "von Hand durchsuchte Systeme haben eine Aufgabe fürs Suchen und eine fürs Löschen" }
    manual_help() { en: "write `find` and `erase` under `manual`", de: "unter `manual` sowohl `find` als auch `erase` angeben" }
    flows() { en: "it is known which system passes data on to which", de: "es ist bekannt, welches System Daten an welches weitergibt" }
    flows_help() { en: "list them under `flows`, with `every` and `deletes`", de: "sie unter `flows` aufführen, mit `every` und `deletes`" }
    encrypted() { en: "nothing travels unencrypted", de: "nichts geht unverschlüsselt über die Leitung" }
    encrypted_help() { en: "have https switched on and take `insecure_http` out", de: "https einschalten lassen und `insecure_http` entfernen" }
    confirmed() { en: "every write that a connector makes is confirmed by a specification or a trial", de: "jeder Schreibzugriff eines Konnektors ist durch Spezifikation oder Versuch bestätigt" }
    confirmed_help() { en: "try them on a test account and take `unconfirmed` out of the connector", de: "sie an einem Testkonto ausprobieren und `unconfirmed` aus dem Konnektor nehmen" }
    disabled() { en: "no system is switched off", de: "kein System ist abgeschaltet" }
    disabled_help() { en: "switch them on again, or take them out once nothing personal is left in them", de: "sie wieder einschalten oder herausnehmen, sobald nichts Personenbezogenes mehr darin liegt" }
    fulfilled() { en: "fulfilled", de: "erfüllt" }
    open() { en: "open", de: "offen" }
    not_applicable() { en: "not applicable", de: "entfällt" }
    point() { en: "Point", de: "Punkt" }
    state() { en: "State", de: "Stand" }
    article() { en: "GDPR", de: "DSGVO" }
    where_() { en: "Where, and what to do", de: "Wo, und was zu tun ist" }
    title(open, all) { en: "Compliance checklist: {open} of {all} points open", de: "Checkliste Datenschutz: {open} von {all} Punkten offen" }
    more(open, all) { en: "Compliance checklist: {open} of {all} points open; `dsr check --compliance` lists them.", de: "Checkliste Datenschutz: {open} von {all} Punkten offen; `dsr check --compliance` zeigt sie." }
    no_judgement() { en: "The list says what the inventory states, not whether the law is kept; that is for your data-protection officer to judge.", de: "Die Liste gibt wieder, was im Inventar steht, nicht ob das Recht eingehalten ist; das beurteilt die oder der Datenschutzbeauftragte." }
}
