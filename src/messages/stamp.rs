//! Messages about time stamps: what is wrong with a token, what an authority answered, what waits for its time.

// Tokens.
catalogue! {
    token_form() { en: "the time stamp is no RFC 3161 token of this format", de: "der Zeitstempel ist kein Token nach RFC 3161 in diesem Format" }
    token_other_content() { en: "the time stamp belongs to something else than what it lies beside", de: "der Zeitstempel gehört zu etwas anderem als dem, wobei er liegt" }
    token_broken() { en: "the signature of the time stamp does not hold", de: "die Signatur des Zeitstempels hält der Prüfung nicht stand" }
    token_certificate_swapped() { en: "the certificate in the time stamp is not the one that its signature names (signing-certificate)", de: "das Zertifikat im Zeitstempel ist nicht das, das seine Signatur nennt (signing-certificate)" }
    token_purpose() { en: "the certificate of the time stamp is not for time stamps alone (extended key usage)", de: "das Zertifikat des Zeitstempels ist nicht allein für Zeitstempel bestimmt (erweiterte Schlüsselverwendung)" }
    token_expired() { en: "the certificate of the time stamp was not valid at its own time", de: "das Zertifikat des Zeitstempels war zu dessen eigener Zeit nicht gültig" }
    unknown_algorithm(oid) { en: "the time stamp is signed in a way that is not known or too weak ({oid})", de: "der Zeitstempel ist mit einem unbekannten oder zu schwachen Verfahren signiert ({oid})" }
    unknown_digest(oid) { en: "the time stamp uses a digest that is not known or too weak ({oid})", de: "der Zeitstempel verwendet eine unbekannte oder zu schwache Prüfsumme ({oid})" }
    digests_differ() { en: "the time stamp names two different digests for its signature", de: "der Zeitstempel nennt zwei verschiedene Prüfsummen für seine Signatur" }
    in_file(file, what) { en: "{file}: {what}", de: "{file}: {what}" }
    list_form(file) { en: "{file} is not the list of the sealed files", de: "{file} ist nicht die Liste der gesiegelten Dateien" }
    list_alone(file, other) { en: "{file} is there without {other}", de: "{file} ist vorhanden, {other} nicht" }
    other_than_journal(file) { en: "{file} is not the time stamp that the journal names", de: "{file} ist nicht der Zeitstempel, den das Journal nennt" }
    left_out(file) { en: "{file} is missing: the journal says that the opening of the case was stamped", de: "{file} fehlt: laut Journal wurde die Eröffnung des Vorgangs gestempelt" }
    seal_expired_when_stamped() { en: "the certificate of the seal was not valid at the stamped time", de: "das Zertifikat des Siegels war zur gestempelten Zeit nicht gültig" }
}

// What an authority answers.
catalogue! {
    unreachable(host) { en: "{host} does not answer", de: "{host} antwortet nicht" }
    unreachable_help() { en: "check the address under `evidence.tsa`, the network and the firewall", de: "Adresse unter `evidence.tsa`, Netz und Firewall prüfen" }
    timed_out() { en: "no answer within the time", de: "keine Antwort in der vorgesehenen Zeit" }
    no_connection() { en: "no connection", de: "keine Verbindung" }
    no_tls() { en: "the encrypted connection failed", de: "die verschlüsselte Verbindung kam nicht zustande" }
    not_an_answer(host) { en: "{host} answered with something else than a time stamp", de: "{host} antwortete mit etwas anderem als einem Zeitstempel" }
    http_status(status) { en: "HTTP status {status}", de: "HTTP-Status {status}" }
    content_type() { en: "it is not of the type application/timestamp-reply", de: "sie hat nicht den Typ application/timestamp-reply" }
    answer_large() { en: "the answer is far larger than a time stamp", de: "die Antwort ist weit größer als ein Zeitstempel" }
    answer_form() { en: "what came is no answer of a time-stamping authority", de: "was kam, ist keine Antwort eines Zeitstempeldienstes" }
    answer_form_help() { en: "check that the address under `evidence.tsa` is the one for RFC 3161 requests", de: "prüfen, ob die Adresse unter `evidence.tsa` die für Anfragen nach RFC 3161 ist" }
    http_refused_help() { en: "check user, password and certificate under `evidence.tsa`, and the quota with the provider", de: "Benutzer, Kennwort und Zertifikat unter `evidence.tsa` prüfen, das Kontingent beim Anbieter" }
    refused(status) { en: "the authority refused (status {status})", de: "der Zeitstempeldienst lehnte ab (Status {status})" }
    refused_help() { en: "check the policy and the contract with the provider", de: "Richtlinie (policy) und Vertrag mit dem Anbieter prüfen" }
    no_reason_given() { en: "it names no reason", de: "einen Grund nennt er nicht" }
    answer_does_not_hold() { en: "the answer of the authority is not to be relied on", de: "auf die Antwort des Zeitstempeldienstes ist kein Verlass" }
    answer_does_not_hold_help() { en: "tell the provider; somebody in between may have changed or replayed the answer", de: "den Anbieter benachrichtigen; die Antwort kann unterwegs verändert oder wiederverwendet worden sein" }
    other_nonce() { en: "it was made for another question (nonce)", de: "sie gehört zu einer anderen Anfrage (nonce)" }
    other_policy(policy) { en: "it was made under the policy {policy}, which was not asked for", de: "sie folgt der Richtlinie {policy}, um die nicht gebeten wurde" }
    other_authority(host) { en: "the answer of {host} comes from an authority that its `ca` does not vouch for", de: "die Antwort von {host} stammt von einer Stelle, für die deren `ca` nicht einsteht" }
    other_authority_help() { en: "compare the certificates in the file with those the provider publishes; if the provider has new ones, add them", de: "die Zertifikate der Datei mit den veröffentlichten des Anbieters vergleichen; hat er neue, diese ergänzen" }
    settings(host) { en: "{host} cannot be asked with these settings", de: "{host} lässt sich mit diesen Angaben nicht fragen" }
    settings_help() { en: "check `ca`, `certificate`, `key` and `password` under `evidence.tsa`", de: "`ca`, `certificate`, `key` und `password` unter `evidence.tsa` prüfen" }
    no_pair() { en: "certificate and key are no readable PEM files that belong together", de: "Zertifikat und Schlüssel sind keine lesbaren, zusammengehörenden PEM-Dateien" }
    nobody_answered() { en: "no time-stamping authority gave a usable answer", de: "kein Zeitstempeldienst gab eine brauchbare Antwort" }
    nobody_answered_help() { en: "`dsr evidence stamp --all` asks again; until then the time is pending", de: "`dsr evidence stamp --all` fragt erneut; bis dahin steht die Zeit aus" }
    no_authority() { en: "the inventory names no time-stamping authority", de: "das Inventar nennt keinen Zeitstempeldienst" }
    no_authority_help() { en: "name one under `evidence: {{ tsa: [ADDRESS] }}`", de: "einen unter `evidence: {{ tsa: [ADRESSE] }}` angeben" }
    password_in_clear() { en: "a password for a time-stamping authority would travel unencrypted", de: "ein Kennwort für einen Zeitstempeldienst ginge unverschlüsselt über das Netz" }
    password_in_clear_help() { en: "write the address with https://, or leave `user` and `password` out", de: "die Adresse mit https:// schreiben, oder `user` und `password` weglassen" }
    bad_policy() { en: "this is no object identifier", de: "das ist kein Objektbezeichner (OID)" }
    bad_policy_help() { en: "write it as numbers with dots, such as 0.4.0.2023.1.1", de: "als Zahlen mit Punkten schreiben, etwa 0.4.0.2023.1.1" }
    half_of_a_pair(other) { en: "`{other}` is missing beside it", de: "`{other}` fehlt daneben" }
    half_of_a_pair_help() { en: "write both, or none: user and password, certificate and key", de: "beides angeben oder keines: user und password, certificate und key" }
}

// Bundles and cases.
catalogue! {
    pending() { en: "The evidence is sealed; its time is pending, because no authority gave a usable answer.", de: "Der Nachweis ist gesiegelt; die Zeit steht aus, weil kein Zeitstempeldienst eine brauchbare Antwort gab." }
    pending_sealed_off_help() { en: "it is encrypted, so it cannot be stamped later; make it again when an authority answers, or give it away with the time that its bundle has", de: "er ist verschlüsselt und lässt sich daher nicht nachträglich stempeln; neu erstellen, sobald ein Zeitstempeldienst antwortet, oder mit der Zeit abgeben, die der enthaltene Nachweis hat" }
    opening_pending() { en: "No authority has stamped the opening of the case yet; the next command of the case asks again.", de: "Die Eröffnung des Vorgangs ist noch nicht gestempelt; der nächste Befehl zum Vorgang fragt erneut." }
    stamped(at, authority) { en: "Time: {at}, stamped by {authority}", de: "Zeit: {at}, gestempelt von {authority}" }
    stamped_bundle(case, number, at) { en: "Evidence {number} of case {case} is stamped: {at}", de: "Nachweis {number} zum Vorgang {case} ist gestempelt: {at}" }
    stamped_period(number, from, until, at) { en: "Container {number} of the period {from} to {until} is stamped: {at}", de: "Nachweis {number} des Zeitraums {from} bis {until} ist gestempelt: {at}" }
    nothing_pending() { en: "No evidence waits for a time stamp.", de: "Kein Nachweis wartet auf einen Zeitstempel." }
    bundle_missing(path) { en: "{path} is not there, so it cannot be stamped", de: "{path} ist nicht vorhanden und kann daher nicht gestempelt werden" }
    bundle_missing_help() { en: "put the bundle back into the evidence folder", de: "den Nachweis in den Nachweisordner zurücklegen" }
    bundle_other(path) { en: "{path} is not the bundle that was made, so it is not stamped", de: "{path} ist nicht der erstellte Nachweis und wird daher nicht gestempelt" }
    bundle_other_help() { en: "get the bundle back from a copy, or make new evidence with `dsr evidence make`", de: "den Nachweis aus einer Kopie zurückholen oder mit `dsr evidence make` einen neuen erstellen" }
    seal_is_over(path) { en: "the certificate of the seal on {path} is not valid any more; a stamp from now on would prove nothing about the seal", de: "das Zertifikat des Siegels auf {path} ist nicht mehr gültig; ein Stempel von jetzt an bewiese nichts über das Siegel" }
    seal_is_over_help() { en: "make new evidence with a valid certificate: `dsr evidence make`", de: "mit einem gültigen Zertifikat einen neuen Nachweis erstellen: `dsr evidence make`" }
    waiting(count) { en: "bundles that wait for a time stamp: {count}", de: "Nachweise, die auf einen Zeitstempel warten: {count}" }
    waiting_help() { en: "ask the authorities again: `dsr evidence stamp --all`", de: "die Zeitstempeldienste erneut fragen: `dsr evidence stamp --all`" }
    case_pending(count) { en: "Evidence without a time stamp yet: {count}. `dsr evidence stamp` asks again.", de: "Nachweise noch ohne Zeitstempel: {count}. `dsr evidence stamp` fragt erneut." }
    event_stamped_opening(authority) { en: "the opening was stamped by {authority}", de: "die Eröffnung wurde gestempelt von {authority}" }
    event_stamped_authority(authority) { en: "the complete case for an authority was stamped by {authority}", de: "der vollständige Vorgang für eine Behörde wurde gestempelt von {authority}" }
    event_stamped_bundle(bundle, authority) { en: "evidence {bundle} was stamped by {authority}", de: "Nachweis {bundle} wurde gestempelt von {authority}" }
}

// The verdict.
catalogue! {
    fact_time() { en: "Stamped", de: "Gestempelt" }
    fact_opened() { en: "Case opened", de: "Eröffnet" }
    fact_anchor() { en: "Seal anchor", de: "Siegelanker" }
    time_anchored(at, authority, anchor) { en: "{at} by {authority}, vouched for by {anchor}", de: "{at} von {authority}, dafür steht ein: {anchor}" }
    time_unknown(at, authority) { en: "{at} by {authority}, an authority that you did not name", de: "{at} von {authority}, einer Stelle, die Sie nicht benannt haben" }
    time_broken(at, authority, why) { en: "{at} by {authority}, which leads to an authority that you named, but {why}", de: "{at} von {authority}; das Zertifikat führt zu einer von Ihnen genannten Stelle, aber {why}" }
    time_pending() { en: "no stamp is here, though the bundle announces one; whether it never came or was taken away cannot be seen", de: "kein Stempel liegt bei, obwohl der Nachweis einen ankündigt; ob er nie kam oder entfernt wurde, ist nicht zu erkennen" }
    not_after(when) { en: "not after {when}", de: "nicht nach {when}" }
    fact_made() { en: "Sealed between", de: "Gesiegelt zwischen" }
    made_between(from, until) { en: "{from} and {until}: the stamp of the opening was there to be sealed, and the seal there to be stamped", de: "{from} und {until}: der Stempel der Eröffnung lag beim Siegeln vor, das Siegel beim Stempeln" }
    fact_made_after() { en: "Sealed", de: "Gesiegelt" }
    made_after(from) { en: "not before {from}: the stamp of the opening was there to be sealed", de: "nicht vor {from}: der Stempel der Eröffnung lag beim Siegeln vor" }
    calls_itself_qualified(what) { en: "{what}; calls itself qualified, compare with the trusted list", de: "{what}; nennt sich qualifiziert, mit der Vertrauensliste vergleichen" }
}

// The cover sheet, which is sealed before the stamp is got.
catalogue! {
    gap_stamp_outside() { en: "The time stamp of a third party is made after this page is sealed and lies beside the seal (META-INF/timestamp002.tst). Where that file is missing, or its authority is not one you trust, all times come from the clock of the machine that dsr ran on.", de: "Der Zeitstempel eines Dritten entsteht nach dem Siegeln dieser Seite und liegt neben dem Siegel (META-INF/timestamp002.tst). Fehlt diese Datei, oder vertrauen Sie ihrem Aussteller nicht, stammen alle Zeiten von der Uhr des Rechners, auf dem dsr lief." }
    gap_opening() { en: "No third party has stamped the opening of the case; when it was opened says only the clock of the machine that dsr ran on.", de: "Kein Dritter hat die Eröffnung des Vorgangs gestempelt; wann er eröffnet wurde, sagt nur die Uhr des Rechners, auf dem dsr lief." }
    check_time() {
        en: "If META-INF/timestamp002.tst is there, a third party has stamped the time. The certificate of that authority (tsa-ca.pem) must reach you on another way than this bundle too: from its own page or from the trusted list. The first line must end with \"Verification: OK\", the second says when:",
        de: "Liegt META-INF/timestamp002.tst vor, hat ein Dritter die Zeit gestempelt. Auch das Zertifikat dieser Stelle (tsa-ca.pem) muss Sie auf anderem Weg erreichen als dieser Nachweis: von deren eigener Seite oder über die Vertrauensliste. Die erste Zeile muss mit „Verification: OK“ enden, die zweite sagt, wann:",
    }
}
