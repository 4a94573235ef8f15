//! Messages about evidence: the words of the cover sheet, of what is not proven, and of what is wrong with a bundle.

use jiff::Timestamp;

use crate::findings::SystemStatus;
use crate::messages::Text;
use crate::plan::{Decision, Level, Outcome};

// The cover sheet.
catalogue! {
    title() { en: "Evidence on a data-subject request", de: "Nachweis zu einer Betroffenenanfrage" }
    subtitle(controller, case) { en: "{controller} · case {case}", de: "{controller} · Vorgang {case}" }
    controller() { en: "Controller", de: "Verantwortlicher" }
    contact() { en: "Contact", de: "Kontakt" }
    case() { en: "Case", de: "Vorgang" }
    rights() { en: "Asked for", de: "Begehrt" }
    received() { en: "Received", de: "Eingegangen" }
    received_by(day, channel) { en: "{day} (channel: {channel})", de: "{day} (Weg: {channel})" }
    due() { en: "Due", de: "Fällig" }
    due_nominal(day) { en: "{day}, nominal: one month from receipt, Art. 12(3) GDPR, without holidays and extensions", de: "{day}, rechnerisch: ein Monat ab Eingang, Art. 12 Abs. 3 DSGVO, ohne Feiertage und Verlängerung" }
    answered() { en: "Answered", de: "Beantwortet" }
    not_yet() { en: "not when this bundle was made", de: "nicht vor Erstellung dieses Nachweises" }
    day(day) { en: "{day}", de: "{day}" }
    identity() { en: "Identity confirmed by", de: "Identität geprüft durch" }
    identity_not_confirmed(method) { en: "not confirmed in this case ({method})", de: "in diesem Vorgang nicht bestätigt ({method})" }
    operator() { en: "Operator (pseudonym)", de: "Bearbeitung (Pseudonym)" }
    decider() { en: "Decision and approval (pseudonym)", de: "Entscheidung und Freigabe (Pseudonym)" }
    four_eyes(by) { en: "{by}; four eyes required", de: "{by}; Vier-Augen-Prinzip" }
    no_four_eyes(by) { en: "{by}; a second person is not required by the inventory", de: "{by}; das Inventar verlangt keine zweite Person" }
    named_only(by) { en: "{by} is named, the ledger holds no approval", de: "{by} ist genannt, im Journal steht keine Freigabe" }
    nobody_approved() { en: "no approval recorded", de: "keine Freigabe aufgezeichnet" }
    plan() { en: "Plan (SHA-256)", de: "Plan (SHA-256)" }
    made() { en: "Bundle made", de: "Nachweis erstellt" }
    number() { en: "Bundle of this case, number", de: "Nachweis dieses Vorgangs, Nummer" }
    number_after(number, before) { en: "{number}; the one before has the id {before}", de: "{number}; der vorige hat die Kennung {before}" }
    keep_until() { en: "Kept until", de: "Aufbewahrt bis" }
    openings_until() { en: "What opens its lines, until", de: "Was seine Zeilen aufdeckt, bis" }
    openings_until_day(day) { en: "{day} at the latest, with every copy that was handed out (disclosures.age); `dsr case purge` destroys it", de: "spätestens {day}, mit jeder ausgehändigten Kopie (disclosures.age); `dsr case purge` vernichtet es" }
    accounts_same(systems) { en: "In these systems dsr reads, writes and looks again with one and the same account: {systems}. That a record is gone there is what this account was shown.", de: "In diesen Systemen liest, schreibt und prüft dsr mit ein und demselben Konto: {systems}. Dass ein Datensatz dort weg ist, beruht auf dem, was dieses Konto gezeigt bekam." }
    accounts_unknown(systems) { en: "Whether reading and writing use the same account is up to a plugin, and not known, in: {systems}.", de: "Ob dasselbe Konto liest und schreibt, bestimmt ein Plugin und ist nicht bekannt: {systems}." }
    amendments() { en: "Changes to inventory and people", de: "Änderungen an Inventar und Personen" }
    amendments_since_bundle() { en: "Since the bundle before this one, as the ledger noted them:", de: "Seit dem vorigen Nachweis, wie im Protokoll verzeichnet:" }
    amendments_since_opening() { en: "Since the case was opened, as the ledger noted them:", de: "Seit der Eröffnung des Vorgangs, wie im Protokoll verzeichnet:" }
    no_amendments_since_bundle() { en: "The ledger notes none since the bundle before this one.", de: "Seit dem vorigen Nachweis verzeichnet das Protokoll keine." }
    no_amendments_since_opening() { en: "The ledger notes none since the case was opened.", de: "Seit der Eröffnung des Vorgangs verzeichnet das Protokoll keine." }
    at_host(system, host) { en: "{system} ({host})", de: "{system} ({host})" }
    systems() { en: "Systems", de: "Systeme" }
    outcomes() { en: "What became of the records", de: "Was aus den Datensätzen wurde" }
    packages() { en: "Packages made for the person", de: "Für die Person erstellte Pakete" }
    package_deleted(at) { en: "deleted {at}", de: "gelöscht {at}" }
    head_made() { en: "Made", de: "Erstellt" }
    head_package() { en: "Package", de: "Paket" }
    head_encryption() { en: "Encryption", de: "Verschlüsselung" }
    head_delete_on() { en: "Delete on", de: "Zu löschen am" }
    head_sha256() { en: "SHA-256", de: "SHA-256" }
    lasting() { en: "What cannot be undone", de: "Was sich nicht rückgängig machen lässt" }
    head_effect() { en: "Effect", de: "Folge" }
    kept() { en: "Not erased, and why", de: "Nicht gelöscht, und warum" }
    tasks() { en: "What people did by hand", de: "Was Menschen von Hand erledigten" }
    task_search() { en: "search by hand", de: "Suche von Hand" }
    task_act() { en: "work by hand", de: "Arbeit von Hand" }
    task_open(due) { en: "open, due {due}", de: "offen, fällig am {due}" }
    task_erased() { en: "no longer needed: a retention run has erased the records", de: "nicht mehr nötig: ein Löschlauf hat die Datensätze gelöscht" }
    task_dropped() { en: "no longer needed", de: "nicht mehr nötig" }
    task_done(day, operator) { en: "done on {day}, as {operator} states", de: "erledigt am {day} laut {operator}" }
    task_found(words, count) { en: "{words}; found: {count}", de: "{words}; gefunden: {count}" }
    task_proof(digest) { en: "SHA-256 {digest}", de: "SHA-256 {digest}" }
    task_processor(digest) { en: "L4, the processor's written confirmation, SHA-256 {digest}", de: "L4, schriftliche Bestätigung des Auftragsverarbeiters, SHA-256 {digest}" }
    task_proof_head() { en: "Proof", de: "Beleg" }
    task_no_proof() { en: "without proof", de: "ohne Beleg" }
    because_held() { en: "legal hold (its reason is in the case file)", de: "Löschstopp (der Grund steht in der Fallakte)" }
    because_unknown() { en: "no reason is recorded in the last plan", de: "im letzten Plan ist kein Grund verzeichnet" }
    withheld() { en: "[left out: the words contained something personal; see the case file]", de: "[ausgelassen: der Wortlaut enthielt Personenbezogenes; siehe Fallakte]" }
    seal() { en: "Seal", de: "Siegel" }
    signer() { en: "Certificate", de: "Zertifikat" }
    fingerprint() { en: "SHA-256 fingerprint, to compare by telephone", de: "SHA-256-Fingerabdruck zum Vergleich am Telefon" }
    inventory() { en: "SHA-256 of the full dsr.yaml", de: "SHA-256 der vollständigen dsr.yaml" }
    lock() { en: "SHA-256 of dsr.lock", de: "SHA-256 von dsr.lock" }
    connectors() { en: "Connectors (SHA-256, first 16 digits)", de: "Konnektoren (SHA-256, erste 16 Stellen)" }
    program() { en: "Made with", de: "Erstellt mit" }
    check() { en: "How to check this bundle", de: "So prüfen Sie diesen Nachweis" }
    verify_title() { en: "How to check this bundle", de: "So prüfen Sie diesen Nachweis" }
    check_container() {
        en: "This zip is an ASiC-E container (ETSI EN 319 162-1); do not repack it. Unpacked it is a BagIt 1.0 bag (RFC 8493). It holds nothing that names the person; what opens single records stays with the controller. What it says about the person is pseudonymised and therefore still personal data (Art. 4(5) GDPR): keep it as such.",
        de: "Diese Zip-Datei ist ein ASiC-E-Container (ETSI EN 319 162-1); bitte nicht neu packen. Entpackt ist sie ein BagIt-Ordner (BagIt 1.0, RFC 8493). Sie enthält nichts, was die Person benennt; was einzelne Datensätze aufdeckt, bleibt beim Verantwortlichen. Was darin zur Person steht, ist pseudonymisiert und damit weiterhin personenbezogen (Art. 4 Nr. 5 DSGVO): entsprechend aufbewahren.",
    }
    check_anchor() {
        en: "The certificate (organisation.pem) must reach you on another way than this bundle: from a contract or from an earlier audit. At the least, compare its fingerprint by telephone, with a number that you did not take from here.",
        de: "Das Zertifikat (organisation.pem) muss Sie auf einem anderen Weg erreichen als dieser Nachweis: aus einem Vertrag oder einer früheren Prüfung. Vergleichen Sie wenigstens den Fingerabdruck am Telefon, unter einer Nummer, die nicht von hier stammt.",
    }
    check_openssl() {
        en: "Linux, macOS (with openssl@3) and Git Bash on Windows; no line may say FAIL, the one before the last must say \"CAdES Verification successful\", and the last names who sealed. If organisation.pem is that of an authority which issued the certificate, it vouches for everybody it issues to: the last line must then name the organisation. The certificates are judged at the stamped time, or else at the one that the seal names:",
        de: "Linux, macOS (mit openssl@3) und Git Bash unter Windows; keine Zeile darf FAIL melden, die vorletzte muss \"CAdES Verification successful\" lauten, und die letzte nennt, wer gesiegelt hat. Ist organisation.pem das Zertifikat einer ausstellenden Stelle, steht es für alle ein, denen sie eines ausstellt: Dann muss die letzte Zeile die Organisation nennen. Beurteilt werden die Zertifikate zur gestempelten Zeit, sonst zu der, die das Siegel nennt:",
    }
    check_files() {
        en: "`find` may show no file that the lines with OK did not name, but for mimetype and the files of META-INF that this page names.",
        de: "`find` darf außer mimetype und den hier genannten Dateien unter META-INF keine Datei zeigen, die nicht oben mit OK genannt wurde.",
    }
    check_powershell() {
        en: "Windows PowerShell, in the unpacked folder; it must print nothing (this compares the files, not the seal):",
        de: "Windows PowerShell, im entpackten Ordner; die Ausgabe muss leer bleiben (verglichen werden die Dateien, nicht das Siegel):",
    }
    check_verifier() {
        en: "`dsr evidence verify`, verify.html (for a browser, without a network) and scripts/verify-evidence.sh check more (journal, counts, zip tricks). Get any of them from the release page of dsr, not from the audited party.",
        de: "`dsr evidence verify`, verify.html (für den Browser, ohne Netz) und scripts/verify-evidence.sh prüfen mehr (Journal, Zahlen, Zip-Tricks). Beziehen Sie jedes davon von der Veröffentlichungsseite von dsr, nicht von der geprüften Stelle.",
    }
    status_with(status, code) { en: "{status} ({code})", de: "{status} ({code})" }
    status_unknown() { en: "no answer recorded", de: "keine Antwort aufgezeichnet" }
}

// What is not proven.
catalogue! {
    not_proven() { en: "NOT PROVEN", de: "NICHT BEWIESEN" }
    not_proven_intro() { en: "This bundle does not prove the following. Numbers in brackets count records or steps; codes are explained in the reference of dsr.", de: "Folgendes beweist dieser Nachweis nicht. Zahlen in Klammern zählen Datensätze oder Schritte; Kennungen erklärt die Referenz von dsr." }
    gap_never_asked(system) { en: "{system} stands in the inventory and no answer of it is recorded.", de: "{system} steht im Inventar, eine Antwort dieses Systems ist nicht aufgezeichnet." }
    gap_task_open(system, count) { en: "{system}: tasks for people are not done ({count}).", de: "{system}: Aufgaben für Menschen sind nicht erledigt ({count})." }
    gap_task_without_proof(system, count) { en: "{system}: tasks are said to be done, without proof ({count}).", de: "{system}: Aufgaben gelten als erledigt, ohne Beleg ({count})." }
    gap_by_hand(system) { en: "{system} is searched by a person; dsr cannot see what was found there.", de: "{system} wird von Menschen durchsucht; was dort gefunden wurde, kann dsr nicht sehen." }
    gap_system_not_searched(system, reason) { en: "{system} was not searched, or not completely ({reason}).", de: "{system} wurde nicht oder nicht vollständig durchsucht ({reason})." }
    gap_object_not_searched(object, reason) { en: "{object} was not searched ({reason}).", de: "{object} wurde nicht durchsucht ({reason})." }
    gap_no_control(object) { en: "{object} returned no record, and no control person is configured there who would show that searching works.", de: "{object} lieferte keinen Datensatz, und dort ist keine Kontrollperson eingerichtet, die zeigt, dass die Suche funktioniert." }
    gap_no_search() { en: "No search is recorded in this case.", de: "In diesem Vorgang ist keine Suche aufgezeichnet." }
    gap_warning(system, code, place) { en: "{system}: warning {code} ({place}) weakens what was read or written there.", de: "{system}: Die Warnung {code} ({place}) schwächt ab, was dort gelesen oder geschrieben wurde." }
    gap_warning_alone(system, code) { en: "{system}: warning {code} weakens what was read or written there.", de: "{system}: Die Warnung {code} schwächt ab, was dort gelesen oder geschrieben wurde." }
    gap_not_accepted(object, count) { en: "{object} ({count}): may be the person's; somebody has to decide.", de: "{object} ({count}): gehört vielleicht zur Person; die Entscheidung steht aus." }
    gap_not_planned(object, count) { en: "{object} ({count}): found, but in no plan.", de: "{object} ({count}): gefunden, steht aber in keinem Plan." }
    gap_open(object, count, outcome) { en: "{object} ({count}): the outcome is \"{outcome}\".", de: "{object} ({count}): Ergebnis „{outcome}“." }
    gap_lost(object, count) { en: "{object} ({count}): found once and by no later search, without dsr having written to it. Whether it was erased or only cannot be found any more is not proven.", de: "{object} ({count}): einmal gefunden und danach von keiner Suche mehr, ohne dass dsr dort geschrieben hätte. Ob der Datensatz gelöscht oder nur nicht mehr auffindbar ist, ist nicht bewiesen." }
    gap_weak(object, count, level) { en: "{object} ({count}): no later search confirmed the outcome ({level}).", de: "{object} ({count}): Keine spätere Suche hat das Ergebnis bestätigt ({level})." }
    gap_weak_alone(object, count) { en: "{object} ({count}): no later search confirmed the outcome.", de: "{object} ({count}): Keine spätere Suche hat das Ergebnis bestätigt." }
    gap_identity() { en: "Nobody confirmed in this case that the request came from the person.", de: "Niemand hat in diesem Vorgang bestätigt, dass die Anfrage von der Person stammt." }
    gap_not_applied() { en: "The last plan was not carried out.", de: "Der letzte Plan wurde nicht ausgeführt." }
    gap_interrupted() { en: "A run was begun and its end is not recorded.", de: "Ein Lauf wurde begonnen, sein Ende ist nicht aufgezeichnet." }
    gap_incomplete() { en: "The last run of a plan ended incomplete.", de: "Der letzte Lauf eines Plans endete unvollständig." }
    gap_never_begun(count) { en: "Steps of an earlier plan were never begun ({count}).", de: "Schritte eines früheren Plans wurden nie begonnen ({count})." }
    gap_approval_missing() { en: "A plan was carried out without a recorded approval by a second person, or without any.", de: "Ein Plan wurde ausgeführt, ohne dass die Freigabe einer zweiten Person oder überhaupt eine Freigabe aufgezeichnet ist." }
    gap_approval_none() { en: "No second person had to approve (approval: none).", de: "Eine zweite Person musste nicht freigeben (approval: none)." }
    gap_not_answered() { en: "No answer to the person is recorded.", de: "Eine Antwort an die Person ist nicht aufgezeichnet." }
    gap_no_time_stamp() { en: "No third party has stamped the time; all times come from the clock of the machine that dsr ran on.", de: "Kein Dritter hat die Zeit bestätigt; alle Zeiten stammen von der Uhr des Rechners, auf dem dsr lief." }
    gap_no_log() { en: "The case stands in no log that others hold; that no other case was left out cannot be seen here.", de: "Der Vorgang steht in keinem Verzeichnis, das andere führen; ob ein anderer Vorgang fehlt, ist hier nicht zu sehen." }
    gap_due_nominal() { en: "The due date is nominal; holidays, extensions and suspensions are not taken into account.", de: "Die Fälligkeit ist rechnerisch; Feiertage, Verlängerungen und Hemmungen sind nicht berücksichtigt." }
    gap_self_signed() { en: "Who sealed shows only by comparing the fingerprint over another channel; the certificate is self-signed.", de: "Wer gesiegelt hat, zeigt erst der Vergleich des Fingerabdrucks auf anderem Weg; das Zertifikat ist selbst ausgestellt." }
    gap_same_word() { en: "Outcomes were read back from the systems themselves; that another account than the one that writes looked again is recorded of none.", de: "Die Ergebnisse wurden bei den Systemen selbst nachgelesen; dass dabei ein anderes Konto nachsah als das, das schreibt, ist für keines verzeichnet." }
    gap_changes() { en: "Changes to inventory and people since the bundle before are not listed; compare the digests of dsr.yaml and dsr.lock.", de: "Änderungen an Inventar und Personen seit dem vorigen Nachweis sind nicht aufgeführt; vergleichen Sie die Prüfsummen von dsr.yaml und dsr.lock." }
    reason_blind() { en: "the control person was not found", de: "die Kontrollperson wurde nicht gefunden" }
    reason_unknown() { en: "reason not recorded", de: "Grund nicht aufgezeichnet" }
}

// Making.
catalogue! {
    contradiction() { en: "ledger and vault contradict each other; no evidence was made", de: "Journal und Tresor widersprechen sich; es wurde kein Nachweis erstellt" }
    contradiction_help() { en: "run `dsr check`; if a backup was restored, restore ledger and vault of the same time", de: "`dsr check` ausführen; nach einer Wiederherstellung müssen Journal und Tresor vom selben Zeitpunkt stammen" }
    journal_broken(seq) { en: "event {seq} does not follow the one before it", de: "das Ereignis {seq} schließt nicht an das vorige an" }
    step_without_plan() { en: "an event speaks of a step or plan that the ledger does not know", de: "ein Ereignis nennt einen Schritt oder Plan, den das Journal nicht kennt" }
    other_plan() { en: "the plan in the vault is not the last one that the ledger names", de: "der Plan im Tresor ist nicht der letzte, den das Journal nennt" }
    step_differs(step) { en: "step {step} names another record in the ledger than in the plan", de: "der Schritt {step} nennt im Journal einen anderen Datensatz als im Plan" }
    plan_missing() { en: "the plan that the ledger names is not in the vault; evidence without it would hide steps", de: "der Plan, den das Journal nennt, liegt nicht im Tresor; ein Nachweis ohne ihn würde Schritte verschweigen" }
    plan_missing_help() { en: "restore the vault from its backup, then make the evidence again", de: "den Tresor aus der Sicherung wiederherstellen und den Nachweis erneut erstellen" }
    exists(path) { en: "{path} exists; evidence is never replaced", de: "{path} gibt es schon; ein Nachweis wird nie ersetzt" }
    exists_help() { en: "keep it, or move it elsewhere if the ledger does not know it (a run that was interrupted)", de: "behalten, oder an einen anderen Ort legen, wenn das Journal ihn nicht kennt (abgebrochener Lauf)" }
    unwritable(path, reason) { en: "cannot write {path} ({reason})", de: "{path} lässt sich nicht schreiben ({reason})" }
    unwritable_help() { en: "check free space and permissions of the folder, then make the evidence again", de: "freien Platz und Rechte des Ordners prüfen und den Nachweis erneut erstellen" }
    seal_unusable(why) { en: "the seal's key or certificate cannot be used: {why}", de: "Schlüssel oder Zertifikat des Siegels sind nicht verwendbar: {why}" }
    seal_unusable_help() { en: "name a P-256 key (PKCS#8, PEM) and the certificate made for it under `evidence.seal`", de: "unter `evidence.seal` einen P-256-Schlüssel (PKCS#8, PEM) und das dazu ausgestellte Zertifikat angeben" }
    seal_no_p256() { en: "it is no P-256 key in PKCS#8 form", de: "das ist kein P-256-Schlüssel in PKCS#8-Form" }
    seal_other_key() { en: "the certificate belongs to another key", de: "das Zertifikat gehört zu einem anderen Schlüssel" }
    seal_other_purpose() { en: "the certificate is for something else than documents (extended key usage), and you did not name it itself", de: "das Zertifikat ist für anderes als Dokumente bestimmt (erweiterte Schlüsselverwendung), und Sie haben es nicht selbst genannt" }
    seal_key_usage() { en: "the certificate is not meant for signing (key usage)", de: "das Zertifikat ist nicht zum Signieren bestimmt (Schlüsselverwendung)" }
    certificate_unreadable() { en: "there is no readable certificate in PEM form", de: "es liegt kein lesbares Zertifikat in PEM-Form vor" }
    certificate_unreadable_help() { en: "a certificate begins with -----BEGIN CERTIFICATE-----; convert others with `openssl x509`", de: "ein Zertifikat beginnt mit -----BEGIN CERTIFICATE-----; andere Formen mit `openssl x509` umwandeln" }
    self_check_failed() { en: "the finished bundle did not verify and was thrown away", de: "der fertige Nachweis hielt der eigenen Prüfung nicht stand und wurde verworfen" }
    self_check_help() { en: "check that the seal's certificate is valid today, then make the evidence again; if it fails again, this is a fault of dsr", de: "prüfen, ob das Siegelzertifikat heute gültig ist, und den Nachweis erneut erstellen; schlägt das wieder fehl, ist es ein Fehler in dsr" }
}

// Verifying.
catalogue! {
    unreadable(path, reason) { en: "cannot read {path} ({reason})", de: "{path} lässt sich nicht lesen ({reason})" }
    unreadable_help() { en: "name the zip or the folder that it was unpacked into", de: "die Zip-Datei oder den Ordner angeben, in den sie entpackt wurde" }
    invalid_help() { en: "do not rely on this copy; get the bundle again from whoever made it, and compare both", de: "auf diese Kopie ist kein Verlass; den Nachweis erneut beim Ersteller anfordern und beide vergleichen" }
    verdict_issued(signer) { en: "valid: intact, and sealed by {signer}, whose certificate was issued by an authority you named", de: "gültig: unverändert und gesiegelt von {signer}; das Zertifikat hat eine von Ihnen genannte Stelle ausgestellt" }
    other_holder(signer, controller) { en: "the certificate ({signer}) is not made out to the controller that the bundle names ({controller})", de: "das Zertifikat ({signer}) ist nicht auf den Verantwortlichen ausgestellt, den der Nachweis nennt ({controller})" }
    other_holder_help() { en: "the authority you named issues certificates to many; find out who this is, or name the organisation's own certificate", de: "die genannte Stelle stellt vielen Zertifikate aus; klären, wer das ist, oder das Zertifikat der Organisation selbst angeben" }
    verdict_valid() { en: "valid: intact, and sealed by a signer you know", de: "gültig: unverändert und von einem bekannten Unterzeichner gesiegelt" }
    verdict_unknown() { en: "intact, but the signer is unknown", de: "unverändert, aber der Unterzeichner ist unbekannt" }
    verdict_invalid() { en: "invalid", de: "ungültig" }
    zip_gap(name) { en: "the zip holds bytes that belong to no file (at {name})", de: "die Zip-Datei enthält Bytes, die zu keiner Datei gehören (bei {name})" }
    zip_headers_differ(name) { en: "the zip says two different things about {name}", de: "die Zip-Datei sagt zweierlei über {name}" }
    zip_end() { en: "this is no zip, or something stands before its beginning or after its end", de: "das ist keine Zip-Datei, oder vor ihrem Anfang oder hinter ihrem Ende steht etwas" }
    zip_name(name) { en: "a file has a name that no bundle contains: {name}", de: "eine Datei hat einen Namen, den kein Nachweis enthält: {name}" }
    zip_twice(name) { en: "{name} is there twice", de: "{name} ist doppelt vorhanden" }
    zip_kind(name) { en: "{name} is no plain file (a link, encrypted, or packed in an unusual way)", de: "{name} ist keine gewöhnliche Datei (Verweis, verschlüsselt oder ungewöhnlich gepackt)" }
    zip_mimetype() { en: "the zip does not begin with the container's type (mimetype first, not packed)", de: "die Zip-Datei beginnt nicht mit dem Containertyp (mimetype an erster Stelle, ungepackt)" }
    too_many_files(most) { en: "there are more than {most} files", de: "es sind mehr als {most} Dateien" }
    too_large() { en: "unpacked it would be far larger than any bundle", de: "entpackt wäre sie weit größer als jeder Nachweis" }
    file_too_large(name) { en: "{name} is far larger than it can be", de: "{name} ist weit größer, als die Datei sein kann" }
    damaged(name) { en: "{name} is damaged and cannot be unpacked", de: "{name} ist beschädigt und lässt sich nicht entpacken" }
    file_missing(name) { en: "{name} is missing", de: "{name} fehlt" }
    file_unlisted(name) { en: "{name} was added: the sealed list does not name it", de: "{name} kam hinzu: die gesiegelte Liste nennt die Datei nicht" }
    file_changed(name, list) { en: "{name} was changed: its digest is not the one in {list}", de: "{name} wurde verändert: die Prüfsumme weicht von {list} ab" }
    page_differs(name) { en: "{name} is not what statement, journal and answers give: somebody wrote another one and sealed it", de: "{name} ist nicht, was sich aus Erklärung, Journal und Antworten ergibt: jemand hat eine andere Fassung geschrieben und gesiegelt" }
    cover_not_compared() { en: "the cover was not compared with what was verified: the bundle does not hold all that a cover says", de: "das Deckblatt wurde nicht mit dem Geprüften verglichen: der Nachweis enthält nicht alles, was ein Deckblatt sagt" }
    cover_of_other_version(files) { en: "another version of dsr made this bundle, and these pages are not word for word what this version would write: {files}", de: "eine andere Version von dsr hat diesen Nachweis erstellt, und diese Seiten stimmen nicht Wort für Wort mit dem überein, was diese Version schriebe: {files}" }
    cover_not_compared_help() { en: "do not rely on what the cover says; what is not proven stands in this verdict, as the statement names it", de: "nicht auf das Deckblatt verlassen; was nicht bewiesen ist, steht in diesem Ergebnis, wie die Erklärung es nennt" }
    file_unknown(name) { en: "{name} is sealed and belongs to no bundle of this format", de: "{name} ist gesiegelt und gehört zu keinem Nachweis dieses Formats" }
    file_unknown_help() { en: "nothing of it was checked; ask the organisation what it is, or verify with the version of dsr that made the bundle", de: "nichts daran wurde geprüft; bei der Organisation nachfragen, was es ist, oder mit der Version von dsr prüfen, die den Nachweis erstellt hat" }
    mimetype_wrong() { en: "mimetype names another kind of container", de: "mimetype nennt eine andere Art von Container" }
    asic_form() { en: "META-INF/ASiCManifest001.xml has another form than this format", de: "META-INF/ASiCManifest001.xml ist anders aufgebaut als in diesem Format" }
    bag_form(name) { en: "{name} has another form than this format", de: "{name} ist anders aufgebaut als in diesem Format" }
    bag_incomplete(name) { en: "{name} does not list exactly the files that are there", de: "{name} nennt nicht genau die vorhandenen Dateien" }
    oxum_wrong() { en: "number or size of the files under data is not the one in bag-info.txt (Payload-Oxum)", de: "Anzahl oder Größe der Dateien unter data weicht von bag-info.txt ab (Payload-Oxum)" }
    chain_broken(line) { en: "data/journal.jsonl, line {line}: the event does not follow the one before it", de: "data/journal.jsonl, Zeile {line}: das Ereignis schließt nicht an das vorige an" }
    record_broken(line) { en: "data/records.jsonl, line {line}: this is no record line in its place", de: "data/records.jsonl, Zeile {line}: das ist keine Datensatzzeile an ihrem Platz" }
    journal_differs() { en: "the journal is not the one of the statement (number of events, last hash or case)", de: "das Journal ist nicht das der Erklärung (Zahl der Ereignisse, letzte Prüfsumme oder Vorgang)" }
    records_differ() { en: "the record lines are not those of the statement (number, Merkle root or outcomes)", de: "die Datensatzzeilen sind nicht die der Erklärung (Anzahl, Merkle-Wurzel oder Ergebnisse)" }
    statement_form() { en: "data/statement.json has another form than this format", de: "data/statement.json ist anders aufgebaut als in diesem Format" }
    statement_files() { en: "data/statement.json does not name exactly the evidence files with their digests", de: "data/statement.json nennt nicht genau die Nachweisdateien mit ihren Prüfsummen" }
    other_signer() { en: "the statement names another certificate than the one that sealed", de: "die Erklärung nennt ein anderes Zertifikat als das, mit dem gesiegelt wurde" }
    seal_form() { en: "META-INF/signature001.p7s is no detached CAdES signature of this format", de: "META-INF/signature001.p7s ist keine abgesetzte CAdES-Signatur dieses Formats" }
    seal_certificate_swapped() { en: "the certificate in the seal is not the one that the signature names (signing-certificate-v2)", de: "das Zertifikat im Siegel ist nicht das, das die Signatur nennt (signing-certificate-v2)" }
    seal_broken() { en: "the signature does not hold", de: "die Signatur hält der Prüfung nicht stand" }
    seal_other_content() { en: "the seal belongs to another list of files", de: "das Siegel gehört zu einer anderen Dateiliste" }
    seal_expired() { en: "the certificate was not valid when the seal was made", de: "das Zertifikat war zum Zeitpunkt des Siegelns nicht gültig" }
    signer_unknown(fingerprint) { en: "nobody you trust vouches for the certificate {fingerprint}", de: "niemand, dem Sie vertrauen, steht für das Zertifikat {fingerprint} ein" }
    signer_unknown_by(fingerprint, why) { en: "nobody you trust vouches for the certificate {fingerprint}: it leads to one that you named, but {why}", de: "niemand, dem Sie vertrauen, steht für das Zertifikat {fingerprint} ein: es führt zu einem von Ihnen genannten, aber {why}" }
    path_not_valid(subject) { en: "{subject} on the way was not valid at that time", de: "{subject} auf dem Weg dorthin war zu dieser Zeit nicht gültig" }
    path_names(subject) { en: "{subject} on the way limits the names in what it issues (name constraints), which is not evaluated here", de: "{subject} auf dem Weg dorthin beschränkt die Namen darunter (name constraints), was hier nicht ausgewertet wird" }
    path_unreadable(subject) { en: "{subject} on the way bears an extension twice, or one that cannot be read", de: "{subject} auf dem Weg dorthin trägt eine Erweiterung zweimal oder eine unlesbare" }
    path_critical(subject, oid) { en: "{subject} on the way bears a critical extension that is not understood here ({oid})", de: "{subject} auf dem Weg dorthin trägt eine kritische Erweiterung, die hier nicht bekannt ist ({oid})" }
    path_no_authority(subject) { en: "{subject} on the way is no authority (basic constraints)", de: "{subject} auf dem Weg dorthin ist keine Zertifizierungsstelle (basic constraints)" }
    path_may_not_issue(subject) { en: "{subject} on the way may not issue certificates (key usage)", de: "{subject} auf dem Weg dorthin darf keine Zertifikate ausstellen (Schlüsselverwendung)" }
    path_too_long(subject) { en: "{subject} on the way allows fewer authorities below it (path length)", de: "{subject} auf dem Weg dorthin erlaubt weniger Zertifizierungsstellen unter sich (Pfadlänge)" }
    signer_unknown_help() { en: "get the certificate or its fingerprint from the organisation over another channel and name it with --anchor", de: "Zertifikat oder Fingerabdruck auf anderem Weg von der Organisation beziehen und mit --anchor angeben" }
}

catalogue! {
    outcome_removed() { en: "removed", de: "gelöscht" }
    outcome_anonymised() { en: "anonymised", de: "anonymisiert" }
    outcome_restricted() { en: "restricted", de: "in der Verarbeitung eingeschränkt" }
    outcome_unrestricted() { en: "restriction lifted", de: "Einschränkung aufgehoben" }
    outcome_suppressed() { en: "no longer used for this purpose", de: "für diesen Zweck nicht mehr verwendet" }
    outcome_rectified() { en: "rectified", de: "berichtigt" }
    outcome_already_gone() { en: "already gone", de: "war bereits gelöscht" }
    outcome_retained() { en: "retained", de: "aufbewahrt" }
    outcome_manual() { en: "to be done by hand", de: "von Hand zu erledigen" }
    outcome_blocked() { en: "blocked by the system", de: "vom System verweigert" }
    outcome_changed() { en: "changed since the plan, not written", de: "seit dem Plan geändert, nicht geschrieben" }
    outcome_lost() { en: "no longer found, not written; not proven to be gone", de: "nicht mehr gefunden, nicht geschrieben; dass er gelöscht ist, ist nicht bewiesen" }
    outcome_held() { en: "held", de: "zurückgehalten (Löschstopp)" }
    outcome_failed() { en: "failed", de: "fehlgeschlagen" }
    outcome_unknown() { en: "unknown", de: "ungewiss" }
    outcome_not_verified() { en: "not verified", de: "nicht bestätigt" }
    outcome_pending() { en: "pending", de: "ausstehend" }
    channel_letter() { en: "letter", de: "Brief" }
    channel_email() { en: "e-mail", de: "E-Mail" }
    channel_phone() { en: "telephone", de: "Telefon" }
    channel_fax() { en: "fax", de: "Fax" }
    channel_portal() { en: "portal", de: "Portal" }
    channel_in_person() { en: "in person", de: "persönlich" }
    channel_unspecified() { en: "not stated", de: "nicht angegeben" }
    decision_erase() { en: "erase", de: "löschen" }
    decision_restrict() { en: "restrict until the period ends, then erase", de: "einschränken bis Fristablauf, dann löschen" }
    decision_retain() { en: "retain (the system cannot restrict)", de: "aufbewahren (das System kann nicht einschränken)" }
    decision_refuse() { en: "refuse", de: "ablehnen" }
    decision_manual() { en: "a person decides or acts", de: "ein Mensch entscheidet oder handelt" }
    decision_held() { en: "held", de: "Löschstopp" }
    decision_rectify() { en: "rectify", de: "berichtigen" }
    decision_lift() { en: "lift the restriction", de: "Einschränkung aufheben" }
    decision_suppress() { en: "use no longer for this purpose", de: "für diesen Zweck nicht mehr verwenden" }
    decision_unknown_start() { en: "start of the period unknown", de: "Fristbeginn unbekannt" }
    level_none() { en: "not proven", de: "nicht belegt" }
    level_l0() { en: "L0: the system accepted", de: "L0: das System hat angenommen" }
    level_l1() { en: "L1: shown by reading it again", de: "L1: durch erneutes Lesen belegt" }
    level_l2() { en: "L2: shown by searching again", de: "L2: durch erneute Suche belegt" }
    level_l3() { en: "L3: still so after the settling time", de: "L3: auch nach der Beruhigungszeit noch so" }
    level_l4() { en: "L4: confirmed in writing by the processor", de: "L4: vom Auftragsverarbeiter schriftlich bestätigt" }
    status_searched() { en: "searched", de: "durchsucht" }
    status_incomplete() { en: "searched in part", de: "teilweise durchsucht" }
    status_not_searched() { en: "NOT searched", de: "NICHT durchsucht" }
    status_manual() { en: "by hand", de: "von Hand" }
    right_access() { en: "access (Art. 15)", de: "Auskunft (Art. 15)" }
    right_rectification() { en: "rectification (Art. 16)", de: "Berichtigung (Art. 16)" }
    right_erasure() { en: "erasure (Art. 17)", de: "Löschung (Art. 17)" }
    right_restriction() { en: "restriction (Art. 18)", de: "Einschränkung (Art. 18)" }
    right_portability() { en: "portability (Art. 20)", de: "Datenübertragbarkeit (Art. 20)" }
    right_objection() { en: "objection (Art. 21)", de: "Widerspruch (Art. 21)" }
    head_system() { en: "System", de: "System" }
    head_status() { en: "Status", de: "Stand" }
    head_found() { en: "Found", de: "Gefunden" }
    head_erased() { en: "Erased", de: "Gelöscht" }
    head_kept() { en: "Kept", de: "Behalten" }
    head_open() { en: "Open", de: "Offen" }
    head_weakest() { en: "Weakest proof", de: "Schwächster Beleg" }
    head_where() { en: "Where", de: "Wo" }
    head_count() { en: "Records", de: "Datensätze" }
    head_outcome() { en: "Outcome", de: "Ergebnis" }
    head_level() { en: "How proven", de: "Wie belegt" }
    head_decision() { en: "Decision", de: "Entscheidung" }
    head_until() { en: "Until", de: "Bis" }
    head_because() { en: "Because", de: "Grund" }
}

/// A time to the second.
pub fn instant(at: Timestamp) -> Text {
    Text {
        en: at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        de: at.strftime("%d.%m.%Y, %H:%M:%S UTC").to_string(),
    }
}

pub fn systems_head() -> [Text; 7] {
    [
        head_system(),
        head_status(),
        head_found(),
        head_erased(),
        head_kept(),
        head_open(),
        head_weakest(),
    ]
}

pub fn outcomes_head() -> [Text; 4] {
    [head_where(), head_count(), head_outcome(), head_level()]
}

pub fn packages_head() -> [Text; 6] {
    [
        head_made(),
        head_package(),
        head_count(),
        head_encryption(),
        head_delete_on(),
        head_sha256(),
    ]
}

pub fn lasting_head() -> [Text; 3] {
    [head_where(), head_count(), head_effect()]
}

pub fn kept_head() -> [Text; 5] {
    [
        head_where(),
        head_count(),
        head_decision(),
        head_until(),
        head_because(),
    ]
}

/// The way on which a request came, where it has a usual name.
pub fn channel(code: &str) -> Option<Text> {
    Some(match code {
        "letter" => channel_letter(),
        "email" | "e-mail" | "mail" => channel_email(),
        "phone" | "telephone" => channel_phone(),
        "fax" => channel_fax(),
        "portal" => channel_portal(),
        "in_person" | "in-person" => channel_in_person(),
        "unspecified" => channel_unspecified(),
        _ => return None,
    })
}

/// An outcome in words.
pub fn outcome(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Removed => outcome_removed(),
        Outcome::Anonymised => outcome_anonymised(),
        Outcome::Restricted => outcome_restricted(),
        Outcome::Unrestricted => outcome_unrestricted(),
        Outcome::Rectified => outcome_rectified(),
        Outcome::Suppressed => outcome_suppressed(),
        Outcome::AlreadyGone => outcome_already_gone(),
        Outcome::Retained => outcome_retained(),
        Outcome::Manual => outcome_manual(),
        Outcome::Blocked => outcome_blocked(),
        Outcome::Changed => outcome_changed(),
        Outcome::Held => outcome_held(),
        Outcome::Failed => outcome_failed(),
        Outcome::Unknown => outcome_unknown(),
        Outcome::NotVerified => outcome_not_verified(),
        Outcome::Pending => outcome_pending(),
    }
}

/// An outcome as files write it.
pub fn code(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Removed => "removed",
        Outcome::Anonymised => "anonymised",
        Outcome::Restricted => "restricted",
        Outcome::Unrestricted => "unrestricted",
        Outcome::Rectified => "rectified",
        Outcome::Suppressed => "suppressed",
        Outcome::AlreadyGone => "already_gone",
        Outcome::Retained => "retained",
        Outcome::Manual => "manual",
        Outcome::Blocked => "blocked",
        Outcome::Changed => "changed",
        Outcome::Held => "held",
        Outcome::Failed => "failed",
        Outcome::Unknown => "unknown",
        Outcome::NotVerified => "not_verified",
        Outcome::Pending => "pending",
    }
}

/// A decision in words.
pub fn decision(decision: Decision) -> Text {
    match decision {
        Decision::Erase => decision_erase(),
        Decision::Restrict => decision_restrict(),
        Decision::Retain => decision_retain(),
        Decision::Refuse => decision_refuse(),
        Decision::Manual => decision_manual(),
        Decision::Held => decision_held(),
        Decision::UnknownStart => decision_unknown_start(),
        Decision::Rectify => decision_rectify(),
        Decision::Lift => decision_lift(),
        Decision::Suppress => decision_suppress(),
    }
}

/// How well something is proven, in words.
pub fn level(level: Option<Level>) -> Text {
    match level {
        None => level_none(),
        Some(Level::L0) => level_l0(),
        Some(Level::L1) => level_l1(),
        Some(Level::L2) => level_l2(),
        Some(Level::L3) => level_l3(),
        Some(Level::L4) => level_l4(),
    }
}

/// The level's name alone.
pub fn level_short(level: Option<Level>) -> Text {
    level.map_or_else(level_none, |level| Text::same(format!("{level:?}")))
}

pub fn status(status: SystemStatus) -> Text {
    match status {
        SystemStatus::Searched => status_searched(),
        SystemStatus::Incomplete => status_incomplete(),
        SystemStatus::NotSearched => status_not_searched(),
        SystemStatus::Manual => status_manual(),
    }
}

/// The columns of what people did by hand.
pub fn tasks_head() -> [Text; 5] {
    [
        crate::messages::desk::task(),
        crate::messages::desk::system(),
        crate::messages::desk::to_do(),
        crate::messages::desk::state(),
        task_proof_head(),
    ]
}

/// The right behind a verb or the word that the case was opened with.
pub fn right(word: &str) -> Text {
    match word {
        "access" | "export" => right_access(),
        "rectification" | "rectify" => right_rectification(),
        "erasure" | "erase" => right_erasure(),
        "restriction" | "restrict" => right_restriction(),
        "portability" => right_portability(),
        "objection" | "optout" => right_objection(),
        "consent_withdrawal" => crate::messages::rights::right_withdrawal(),
        other => Text::same(other),
    }
}
