//! Sentences about a sample of cases that is looked at once more.

catalogue! {
    title() { en: "Sample of cases, looked at once more", de: "Stichprobe von Vorgängen, noch einmal angesehen" }
    subtitle(controller, at) { en: "{controller}, {at}", de: "{controller}, {at}" }
    drawn(n, of, seed) { en: "{n} of {of} cases, drawn with the seed {seed}", de: "{n} von {of} Vorgängen, gezogen mit dem Startwert {seed}" }
    nobody() { en: "there is no case to draw from; nothing was looked at", de: "es gibt keinen Vorgang zum Ziehen; angesehen wurde nichts" }
    nobody_help() { en: "--all takes open cases too; --from and --to count the day of receipt", de: "--all nimmt auch offene Vorgänge; --from und --to zählen den Tag des Eingangs" }
    left_out(count) { en: "open cases that were not drawn from: {count}", de: "offene Vorgänge, aus denen nicht gezogen wurde: {count}" }
    left_out_help() { en: "draw with --all: whoever leaves a case open must not keep it out of the sample", de: "mit --all ziehen: Wer einen Vorgang offen lässt, darf ihn damit nicht der Stichprobe entziehen" }
    how() { en: "How the sample was drawn", de: "Wie die Stichprobe gezogen wurde" }
    how_words() { en: "Each case gets the SHA-256 of the seed and its number, one behind the other; those with the lowest digests are drawn. population.csv lists all cases that could be drawn, left-out.csv the open ones that could not. Both together must be those of the list of log entries (`dsr evidence log leaves`) and of the register of requests. This draws them again:", de: "Jeder Vorgang erhält den SHA-256 aus Startwert und Nummer, unmittelbar hintereinander; gezogen werden die mit den niedrigsten Werten. population.csv nennt alle Vorgänge, die gezogen werden konnten, left-out.csv die offenen, die es nicht konnten. Beide zusammen müssen die der Liste der Einträge (`dsr evidence log leaves`) und des Eingangsregisters sein. So werden sie nachgezogen:" }
    fact_seed() { en: "Seed", de: "Startwert" }
    fact_population() { en: "Cases to draw from", de: "Vorgänge zur Auswahl" }
    fact_population_words(count, which) { en: "{count} ({which})", de: "{count} ({which})" }
    only_closed() { en: "closed", de: "abgeschlossene" }
    open_too() { en: "closed and open", de: "abgeschlossene und offene" }
    fact_received() { en: "Received", de: "Eingegangen" }
    between(from, to) { en: "{from} to {to}", de: "{from} bis {to}" }
    since(from) { en: "since {from}", de: "seit {from}" }
    until(to) { en: "until {to}", de: "bis {to}" }
    any_day() { en: "on any day", de: "an jedem Tag" }
    fact_operator() { en: "Looked at by (pseudonym)", de: "Angesehen von (Pseudonym)" }
    fact_program() { en: "With", de: "Mit" }
    results() { en: "Result", de: "Ergebnis" }
    result_good() { en: "Every bundle is valid and every record is as its evidence says.", de: "Jeder Nachweis ist gültig, und jeder Datensatz ist so, wie es sein Nachweis sagt." }
    result_bad(records, bundles) { en: "NOT as the evidence says: records {records}, bundles {bundles}.", de: "NICHT so, wie es der Nachweis sagt: Datensätze {records}, Nachweise {bundles}." }
    result_open(count) { en: "Records that nobody looked at: {count}.", de: "Datensätze, die niemand angesehen hat: {count}." }
    result_purged(count) { en: "Of these, in purged cases, of which nobody knows any more what to look for: {count}. Only their bundles were verified.", de: "Davon in vernichteten Vorgängen, bei denen niemand mehr weiß, wonach zu suchen wäre: {count}. Geprüft wurden nur deren Nachweise." }
    limits() { en: "What this does not show", de: "Was das nicht zeigt" }
    limit_systems() { en: "Each record was looked for where it lay: under its key, and by the identities of the request. Copies elsewhere, and systems searched by hand, were not looked into.", de: "Jeder Datensatz wurde dort gesucht, wo er lag: unter seinem Schlüssel und mit den Kennungen aus der Anfrage. Kopien anderswo und von Hand durchsuchte Systeme wurden nicht angesehen." }
    limit_same_word() { en: "The systems were asked through the accounts that dsr has; whether they tell the truth, only a look of your own shows.", de: "Gefragt wurden die Systeme über die Konten von dsr; ob sie die Wahrheit sagen, zeigt nur ein eigener Blick." }
    limit_purged() { en: "Of a purged case only the bundles can be verified; what would be looked for is not known any more.", de: "Von einem vernichteten Vorgang lassen sich nur die Nachweise prüfen; wonach zu suchen wäre, ist nicht mehr bekannt." }
    limit_appeared() { en: "Records of the person that no plan of the case knows are counted, not judged: somebody may have become a customer again.", de: "Datensätze der Person, die kein Plan des Vorgangs kennt, werden gezählt, nicht bewertet: Jemand kann wieder Kunde geworden sein." }
    cases() { en: "Cases", de: "Vorgänge" }
    bundles() { en: "Bundles", de: "Nachweise" }
    records() { en: "Records", de: "Datensätze" }
    none_written() { en: "No record of this case was erased, made anonymous or restricted.", de: "Kein Datensatz dieses Vorgangs wurde gelöscht, anonymisiert oder gesperrt." }
    appeared(place, count) { en: "{place}: records that no plan knows: {count}", de: "{place}: Datensätze, die kein Plan kennt: {count}" }
    case_heading(case) { en: "Case {case}", de: "Vorgang {case}" }
    state_closed() { en: "closed", de: "abgeschlossen" }
    state_open() { en: "open", de: "offen" }
    state_purged() { en: "purged", de: "vernichtet" }
    head_case() { en: "Case", de: "Vorgang" }
    head_rank() { en: "SHA-256 of seed and case", de: "SHA-256 aus Startwert und Vorgang" }
    head_received() { en: "Received", de: "Eingegangen" }
    head_state() { en: "State", de: "Stand" }
    head_bundle() { en: "Bundle", de: "Nachweis" }
    head_id() { en: "Id", de: "Kennung" }
    head_reasons() { en: "Reasons", de: "Gründe" }
    head_record() { en: "Record (keyed digest)", de: "Datensatz (Prüfsumme mit Schlüssel)" }
    head_where() { en: "Where", de: "Wo" }
    head_proven() { en: "Proven then", de: "Damals bewiesen" }
    head_now() { en: "Now", de: "Jetzt" }
    head_bad() { en: "Not as proven", de: "Nicht wie bewiesen" }
    head_open() { en: "Not seen", de: "Nicht gesehen" }
    now_gone() { en: "not there", de: "nicht da" }
    now_as_proven() { en: "as proven", de: "wie bewiesen" }
    now_found_again() { en: "FOUND AGAIN", de: "WIEDER GEFUNDEN" }
    now_absent() { en: "not there any more, though it was to stay", de: "nicht mehr da, obwohl er bleiben sollte" }
    now_not_seen() { en: "could not be looked at", de: "ließ sich nicht ansehen" }
    now_purged() { en: "not known any more (case purged)", de: "nicht mehr bekannt (Vorgang vernichtet)" }
    with_code(words, code) { en: "{words} ({code})", de: "{words} ({code})" }
    bundle_valid() { en: "valid", de: "gültig" }
    bundle_unknown() { en: "intact, signer unknown", de: "unverändert, Unterzeichner unbekannt" }
    bundle_invalid() { en: "INVALID", de: "UNGÜLTIG" }
    bundle_another() { en: "ANOTHER than the ledger names", de: "EIN ANDERER, als das Protokoll nennt" }
    bundle_missing() { en: "MISSING", de: "FEHLT" }
    found_again(case, record, place) { en: "{case}: record {record} in {place} is not as its evidence says", de: "{case}: der Datensatz {record} in {place} ist nicht so, wie es sein Nachweis sagt" }
    found_again_help() { en: "look into the system; a restored backup or an import may have brought it back; `dsr erase --case` erases it again while the case is open, `dsr erase` with the person's address in a new one", de: "im System nachsehen; eine Rücksicherung oder ein Import kann ihn zurückgebracht haben; `dsr erase --case` löscht ihn erneut, solange der Vorgang offen ist, `dsr erase` mit der Adresse der Person in einem neuen" }
    bundle_fails(case, number, state) { en: "{case}: bundle {number} is {state}", de: "{case}: Nachweis {number}: {state}" }
    bundle_fails_help() { en: "restore the file from a backup and verify it again; if it stays so, find out who changed it", de: "die Datei aus einer Sicherung holen und erneut prüfen; bleibt es dabei, klären, wer sie geändert hat" }
    not_seen(case, place, count) { en: "{case}: records in {place} could not be looked at ({count})", de: "{case}: Datensätze in {place} ließen sich nicht ansehen ({count})" }
    not_seen_help() { en: "see that the system can be reached (`dsr check`), then draw again with the same seed", de: "dafür sorgen, dass das System erreichbar ist (`dsr check`), dann mit demselben Startwert erneut ziehen" }
    not_seen_purged(case, place, count) { en: "{case}: nobody looked at records in {place} ({count}): the case is purged", de: "{case}: Datensätze in {place} hat niemand angesehen ({count}): der Vorgang ist vernichtet" }
    not_seen_purged_help() { en: "what its bundle proves stands as it was sealed; whether it is still so, this sample does not say", de: "was der Nachweis beweist, steht wie gesiegelt; ob es heute noch so ist, sagt diese Stichprobe nicht" }
    papers_exist(path) { en: "{path} exists already", de: "{path} gibt es schon" }
    papers_exist_help() { en: "name another folder; working papers are never replaced", de: "einen anderen Ordner angeben; Arbeitspapiere werden nie ersetzt" }
    papers_written(path) { en: "working papers: {path}", de: "Arbeitspapiere: {path}" }
}

/// The columns of the table of cases on the screen.
pub fn cases_head() -> [super::Text; 6] {
    [
        head_case(),
        head_received(),
        head_state(),
        bundles(),
        head_bad(),
        head_open(),
    ]
}
