//! Messages about systems that did not answer as they should, and what to do about it.

use crate::messages::Text;

catalogue! {
    refused() { en: "connection refused", de: "Verbindung abgelehnt" }
    dns(host) { en: "no address found for the host {host}", de: "zum Rechnernamen {host} gibt es keine Adresse" }
    tls(reason) { en: "the TLS certificate could not be verified ({reason})", de: "das TLS-Zertifikat ließ sich nicht prüfen ({reason})" }
    no_tls() { en: "the server offers no TLS", de: "der Server bietet kein TLS an" }
    connection() { en: "the connection broke", de: "die Verbindung ist abgerissen" }
    timeout(seconds) { en: "no answer within {seconds} s", de: "keine Antwort innerhalb von {seconds} s" }
    cut(seconds) { en: "stopped after {seconds} s, the time this system may take", de: "nach {seconds} s abgebrochen, so lange darf dieses System brauchen" }
    status(status) { en: "the system answered with HTTP status {status}", de: "das System hat mit dem HTTP-Status {status} geantwortet" }
    credential(status) { en: "the system refused the credential ({status})", de: "das System hat die Zugangsdaten abgelehnt ({status})" }
    forbidden(status) { en: "the credential lacks a permission ({status})", de: "den Zugangsdaten fehlt eine Berechtigung ({status})" }
    row_security(table) { en: "row-level security may hide rows of {table} from the account, so an empty answer would mean nothing", de: "Row-Level Security verbirgt dem Konto womöglich Zeilen von {table}; eine leere Antwort würde daher nichts besagen" }
    database(code) { en: "the database refused the statement (SQLSTATE {code})", de: "die Datenbank hat die Anweisung abgelehnt (SQLSTATE {code})" }
    no_base(base) { en: "the directory has no entry {base}, or the account may not see it", de: "im Verzeichnis gibt es keinen Eintrag {base}, oder das Konto darf ihn nicht sehen" }
    size_limit(limit) { en: "the directory stopped before the end of the search ({limit})", de: "das Verzeichnis hat vor dem Ende der Suche abgebrochen ({limit})" }
    referral(host) { en: "the directory refers to another one ({host}), which is never followed", de: "das Verzeichnis verweist auf ein anderes ({host}); dem wird nie gefolgt" }
    directory(code) { en: "the directory refused the request ({code})", de: "das Verzeichnis hat die Anfrage abgelehnt ({code})" }
    no_attribute(attribute) { en: "the directory knows no attribute {attribute}", de: "das Verzeichnis kennt kein Attribut {attribute}" }
    busy(code) { en: "the directory cannot answer at the moment ({code})", de: "das Verzeichnis kann im Augenblick nicht antworten ({code})" }
    parted(attribute) { en: "the values of {attribute} came only in part", de: "die Werte von {attribute} kamen nur zum Teil" }
    takes_along(table) { en: "left alone: the database would delete rows of {table} along with it (ON DELETE CASCADE), and they stand in no plan", de: "nicht angefasst: Die Datenbank würde Zeilen aus {table} mitlöschen (ON DELETE CASCADE), und die stehen in keinem Plan" }
    plan_kin() { en: "add that table as an object `under` this one in dsr.yaml, so that its rows are planned and erased first; then plan anew", de: "die Tabelle in der dsr.yaml als Objekt mit `under` aufnehmen, damit ihre Zeilen zuerst geplant und gelöscht werden; dann neu planen" }
    locked() { en: "the database or file is locked by another program", de: "die Datenbank oder Datei ist durch ein anderes Programm gesperrt" }
    no_table(table) { en: "the table {table} does not exist or may not be read", de: "die Tabelle {table} gibt es nicht, oder sie darf nicht gelesen werden" }
    no_column(table, column) { en: "the table {table} has no column {column}", de: "die Tabelle {table} hat keine Spalte {column}" }
    no_dates(column) { en: "the column {column} holds no dates from which a period could count", de: "die Spalte {column} enthält keine Datumsangaben, ab denen eine Frist zählen könnte" }
    not_anonymous(records) { en: "{records} records did not show their masks after the write, so nothing of it was kept", de: "{records} Datensätze zeigten nach dem Schreiben ihre Masken nicht; nichts davon wurde behalten" }
    not_anonymised_here() { en: "in this kind of system a sweep erases and restricts records, and makes none anonymous", de: "in dieser Art von System löscht und sperrt ein Löschlauf Datensätze und anonymisiert keine" }
    more_than_shown(path) { en: "{path} holds more that is due than this run has counted, so nothing of it was written", de: "{path} enthält mehr Fälliges, als dieser Lauf gezählt hat; daran wurde nichts geschrieben" }
    unsynced(path) { en: "the disk did not confirm the new {path}; the next run reads which one is there", de: "der Datenträger hat die neue Datei {path} nicht bestätigt; der nächste Lauf liest nach, welche da ist" }
    not_read_again() { en: "the connector does not say how one of these records is read by its key, so none could be judged again before it is written to", de: "der Konnektor sagt nicht, wie einer dieser Datensätze über seinen Schlüssel gelesen wird; keiner ließe sich vor dem Schreiben noch einmal beurteilen" }
    no_action(action) { en: "the connector has no confirmed request for `{action}`", de: "der Konnektor hat keine bestätigte Anfrage für `{action}`" }
    describe_action() { en: "describe `read` and the action in the connector, or take the object out of its data type", de: "`read` und die Aktion im Konnektor beschreiben oder das Objekt aus seiner Datenart nehmen" }
    changed_file(path) { en: "{path} was written to meanwhile, so nothing of it was changed", de: "{path} wurde währenddessen beschrieben; daran wurde nichts geändert" }
    let_it_erase() { en: "let the rule say `then: remove` or `then: restrict`, or take the system out of its data type", de: "in der Regel `then: remove` oder `then: restrict` angeben oder das System aus ihrer Datenart nehmen" }
    lost_plan(records) { en: "the vault has lost what a killed run had begun: of {records} records nobody can read any more what became of them", de: "der Tresor hat verloren, was ein abgebrochener Lauf begonnen hatte: bei {records} Datensätzen kann niemand mehr nachlesen, was daraus wurde" }
    lost_batch(why, records) { en: "{why}: of {records} records that a killed run had begun nobody can read any more what became of them", de: "{why}: bei {records} Datensätzen, die ein abgebrochener Lauf begonnen hatte, kann niemand mehr nachlesen, was daraus wurde" }
    file_gone(file) { en: "the file {file} is not there any more", de: "die Datei {file} ist nicht mehr da" }
    table_gone(place) { en: "the table of {place} is not there any more", de: "die Tabelle von {place} ist nicht mehr da" }
    system_unasked(system) { en: "{system} is not asked any more", de: "{system} wird nicht mehr gefragt" }
    rule_gone() { en: "the inventory does not have the rule any more", de: "das Inventar hat die Regel nicht mehr" }
    rule_other() { en: "the rule is another by now", de: "die Regel ist inzwischen eine andere" }
    look_where_it_went() { en: "look at where the records are by now, and keep what was found there with the statement of the run; the next run goes on without this batch", de: "dort nachsehen, wo die Datensätze inzwischen sind, und das Ergebnis zur Erklärung des Laufs nehmen; der nächste Lauf geht ohne diesen Stapel weiter" }
    look_for_them() { en: "look into the system, and see whether an older backup of the vault was restored", de: "im System nachsehen, und ob eine ältere Sicherung des Tresors eingespielt wurde" }
    unsettled() { en: "the connection broke while changes were being committed; the next run reads what became of them", de: "die Verbindung brach ab, während Änderungen festgeschrieben wurden; der nächste Lauf liest nach, was daraus wurde" }
    lagging(seconds) { en: "a copy of the database lags {seconds} s behind and does not catch up", de: "eine Kopie der Datenbank hinkt {seconds} s hinterher und holt nicht auf" }
    no_file(path) { en: "no file matches {path}", de: "zu {path} gibt es keine Datei" }
    unreadable(path, reason) { en: "cannot read {path} ({reason})", de: "{path} lässt sich nicht lesen ({reason})" }
    unwritable(path, reason) { en: "cannot write {path} ({reason})", de: "{path} lässt sich nicht schreiben ({reason})" }
    no_header(path, column) { en: "{path} has no column {column} in its first line", de: "{path} hat in der ersten Zeile keine Spalte {column}" }
    empty_folder(path) { en: "the folder {path} holds no documents, so that nothing can be said of it", de: "der Ordner {path} enthält keine Dokumente; über ihn lässt sich daher nichts sagen" }
    unread_documents(count) { en: "documents that could not be looked into: {count}", de: "Dokumente, in die nicht hineingesehen werden konnte: {count}" }
    mount_share() { en: "see whether the share is mounted and `path` is right", de: "nachsehen, ob die Freigabe eingehängt ist und `path` stimmt" }
    look_through() { en: "look through them: `dsr find --format json` names them, and a case has a task for it; what need not be searched can be left out by `skip`, which the evidence repeats", de: "sie durchsehen: `dsr find --format json` nennt sie, und ein Vorgang hat dafür eine Aufgabe; was nicht durchsucht werden muss, nimmt `skip` aus, was der Nachweis wiederholt" }
    broken_file(path, line) { en: "{path} is not readable as it is described: line {line}", de: "{path} ist nicht so aufgebaut wie beschrieben: Zeile {line}" }
    envelope(path) { en: "the reply has another shape than the connector describes ({path} is missing)", de: "die Antwort ist anders aufgebaut, als der Konnektor beschreibt ({path} fehlt)" }
    undecodable(form) { en: "the reply cannot be read as {form}", de: "die Antwort ist nicht als {form} lesbar" }
    other_format(wanted, came) { en: "the reply came as {came} where {wanted} is expected", de: "die Antwort kam als {came}, erwartet ist {wanted}" }
    no_way_on() { en: "the system announces more records and gives no way to them", de: "das System kündigt weitere Datensätze an, aber keinen Weg zu ihnen" }
    too_large(limit) { en: "the reply is larger than {limit}", de: "die Antwort ist größer als {limit}" }
    repeated_page() { en: "the same page came twice", de: "dieselbe Seite kam zweimal" }
    count_mismatch(said, came) { en: "the system announced {said} records and sent {came}", de: "das System hat {said} Datensätze angekündigt und {came} geschickt" }
    page_limit(pages) { en: "more than {pages} pages", de: "mehr als {pages} Seiten" }
    other_origin() { en: "the reply leads to another server, which the connector does not allow", de: "die Antwort führt zu einem anderen Server, den der Konnektor nicht erlaubt" }
    redirected() { en: "the write was answered with a redirect, which is never followed", de: "der Schreibzugriff wurde umgeleitet; Umleitungen werden dabei nie befolgt" }
    empty_key(part) { en: "a record came without its key ({part})", de: "ein Datensatz kam ohne seinen Schlüssel ({part})" }
    two_records() { en: "reading one record by its key returned several", de: "zu einem Schlüssel kamen mehrere Datensätze" }
    cap(cap) { en: "more than {cap} records match one person; nothing of this object is touched", de: "mehr als {cap} Datensätze passen zu einer Person; von diesem Objekt wird nichts angefasst" }
    too_many_places(cap) { en: "more than {cap} places to search in; nothing below them was searched", de: "mehr als {cap} Orte, in denen zu suchen wäre; darunter wurde nichts durchsucht" }
    one_key_in_two_places() { en: "two places hold different records under the same key, so none of them can be told apart", de: "an zwei Orten stehen verschiedene Datensätze unter demselben Schlüssel; sie lassen sich nicht auseinanderhalten" }
    too_many_items(part, limit) { en: "the part `{part}` of a record has more than {limit} items", de: "der Teil `{part}` eines Datensatzes hat mehr als {limit} Einträge" }
    large_file(limit) { en: "the file is larger than {limit}", de: "die Datei ist größer als {limit}" }
    other_host() { en: "the file lies on a server that the connector does not allow", de: "die Datei liegt auf einem Server, den der Konnektor nicht erlaubt" }
    page_for_file() { en: "a page for people came in the place of the file, as of a log-in", de: "statt der Datei kam eine Seite für Menschen, etwa eine Anmeldung" }
    no_base64() { en: "the file in the reply is not in Base64", de: "die Datei in der Antwort ist nicht in Base64 kodiert" }
    no_one_file(path) { en: "the reply does not hold exactly one file at {path}", de: "die Antwort enthält nicht genau eine Datei bei {path}" }
    much_beside_file(limit) { en: "the reply holds more than {limit} beside the file", de: "die Antwort enthält neben der Datei mehr als {limit}" }
    hand_file_over() { en: "fetch the file from the system and hand it over otherwise, or raise `limit` under `files` of the connector", de: "die Datei aus dem System holen und auf anderem Weg übergeben, oder im Konnektor unter `files` das `limit` erhöhen" }
    allow_host() { en: "if the server belongs to the system, add its host to `hosts` under `files` of the connector; else fetch the file by hand", de: "gehört der Server zum System, seinen Rechnernamen unter `files` des Konnektors in `hosts` ergänzen; sonst die Datei von Hand holen" }
    show_credentials() { en: "see whether the account may open the file; a connector sends credentials with `auth: true` under `files`", de: "prüfen, ob das Konto die Datei öffnen darf; ein Konnektor sendet die Zugangsdaten mit `auth: true` unter `files`" }
    blind(kind) { en: "the control person was not found by {kind}, so an empty answer would mean nothing", de: "die Kontrollperson wurde über „{kind}“ nicht gefunden; eine leere Antwort würde daher nichts besagen" }
    secret(reference) { en: "the secret {reference} is missing", de: "das Geheimnis {reference} fehlt" }
    secret_unreadable(reference, reason) { en: "the secret {reference} cannot be used: {reason}", de: "das Geheimnis {reference} ist nicht verwendbar: {reason}" }
    no_token(reason) { en: "the token endpoint gave no token ({reason})", de: "der Token-Endpunkt hat kein Token ausgestellt ({reason})" }
    said_no(status) { en: "the reply says that the request failed, though its HTTP status is {status}", de: "die Antwort meldet einen Fehler, obwohl ihr HTTP-Status {status} ist" }
    not_let_in(name) { en: "the log-in was answered without {name}", de: "die Anmeldung wurde ohne {name} beantwortet" }
    other_reply() { en: "the reply belongs to another request", de: "die Antwort gehört zu einer anderen Anfrage" }
    no_csrf() { en: "the system gave no CSRF token", de: "das System hat kein CSRF-Token herausgegeben" }
    signing_key() { en: "the private key of the settings cannot sign as the connector asks", de: "der private Schlüssel aus den Einstellungen kann nicht so signieren, wie es der Konnektor verlangt" }
    unreadable_after_find() { en: "a record that the search returned cannot be read by its key", de: "ein Datensatz aus der Suche ist über seinen Schlüssel nicht lesbar" }
    wrong_type(field) { en: "the field {field} holds something that cannot be compared", de: "das Feld {field} enthält etwas, das sich nicht vergleichen lässt" }
    no_value(field) { en: "the field {field} that a request needs is empty", de: "das Feld {field}, das eine Anfrage braucht, ist leer" }
    paused(seconds) { en: "the system asks to wait {seconds} s", de: "das System bittet um {seconds} s Wartezeit" }
    clock(seconds) { en: "the system's clock differs by {seconds} s", de: "die Uhr des Systems weicht um {seconds} s ab" }
    panicked() { en: "an internal fault stopped this system's part; the others went on", de: "ein interner Fehler hat den Teil dieses Systems beendet; die anderen liefen weiter" }
    left_out() { en: "left out by --system", de: "durch --system ausgelassen" }
    shows_otherwise() { en: "a search shows the record otherwise than it was written", de: "eine Suche zeigt den Datensatz anders, als er geschrieben wurde" }
    still_found() { en: "a search still returns the record, or the person under a key that no plan names", de: "eine Suche liefert den Datensatz noch immer oder die Person unter einem Schlüssel, den kein Plan nennt" }
    disabled() { en: "switched off in the inventory", de: "im Inventar abgeschaltet" }
    not_connected() { en: "not connected", de: "nicht angebunden" }
    interrupted() { en: "interrupted", de: "unterbrochen" }
    parent_missing() { en: "the object above it could not be searched", de: "das übergeordnete Objekt ließ sich nicht durchsuchen" }
    view(table) { en: "{table} is a view; what hangs on the rows below it, and what acts when they go, it does not show", de: "{table} ist eine Sicht; was an den Zeilen darunter hängt und was bei ihrem Löschen mitwirkt, zeigt sie nicht" }
    read_only() { en: "the system allows no writing", de: "das System lässt kein Schreiben zu" }
    unfit(expression) { en: "the value of {expression} does not fit where the request puts it", de: "der Wert von {expression} passt nicht an die Stelle, an die ihn die Anfrage setzt" }
    not_a_record() { en: "the reply lists something that is no record", de: "die Antwort führt etwas auf, das kein Datensatz ist" }
    base_url() { en: "the settings give no usable address for this system", de: "die Einstellungen ergeben keine brauchbare Adresse für dieses System" }
    unreadable_here() { en: "the connector describes no request for this", de: "der Konnektor beschreibt dafür keine Anfrage" }
    other_record() { en: "another record came than the one that was asked for", de: "es kam ein anderer Datensatz als der verlangte" }
    plain_http() { en: "plain http is refused; the system needs https, or `insecure_http: true` in the inventory", de: "unverschlüsseltes http wird abgelehnt; das System braucht https oder `insecure_http: true` im Inventar" }
    not_planned() { en: "this write is not in the approved plan", de: "dieser Schreibzugriff steht nicht im freigegebenen Plan" }
    tls_expired() { en: "expired", de: "abgelaufen" }
    tls_not_yet() { en: "not valid yet", de: "noch nicht gültig" }
    tls_unknown_issuer() { en: "unknown issuer", de: "unbekannter Aussteller" }
    tls_other_name() { en: "issued for another name", de: "auf einen anderen Namen ausgestellt" }
    tls_other() { en: "certificate not accepted", de: "Zertifikat nicht anerkannt" }
    tls_handshake() { en: "the server does not speak TLS as expected", de: "der Server spricht TLS nicht wie erwartet" }
    rules_changed() { en: "left alone, because the inventory has changed since the plan", de: "nicht angefasst, weil sich das Inventar seit der Planung geändert hat" }
    unfound() { en: "left alone: no search returns it any more, which does not prove that it is gone; somebody may have changed what it was found by", de: "nicht angefasst: Keine Suche liefert den Datensatz mehr; dass er gelöscht ist, beweist das nicht, denn vielleicht hat jemand die Angabe geändert, über die er gefunden wurde" }
    no_transactions(table, kept_by) { en: "nothing is written to {table}, because the server could not undo a write there ({kept_by})", de: "in {table} wird nicht geschrieben, weil der Server dort nichts zurücknehmen könnte ({kept_by})" }
    replica() { en: "this server only copies another one and takes no writing", de: "dieser Server ist nur die Kopie eines anderen und lässt kein Schreiben zu" }
    unseen_children(table) { en: "nothing is removed from {table}, because this account does not see whether rows of other tables would vanish along with it", de: "aus {table} wird nichts gelöscht, weil dieses Konto nicht sieht, ob mit einer Zeile auch Zeilen anderer Tabellen verschwänden" }
    keeps_history(table) { en: "{table} keeps the former versions of its rows, so nothing would be erased", de: "{table} bewahrt frühere Fassungen ihrer Zeilen auf, gelöscht wäre also nichts" }
    sign_in() { en: "the server asks for the password in a way that this line does not protect, or that is not known here", de: "der Server verlangt das Passwort auf eine Weise, die diese Leitung nicht schützt oder die hier unbekannt ist" }
    no_effect() { en: "the reply was lost, and the record stands as before", de: "die Antwort ging verloren, und der Datensatz steht da wie zuvor" }
    unencodable(path, column, encoding) { en: "{path} is kept in {encoding}, which lacks a character of the new value of {column}; nothing was written", de: "{path} steht in {encoding}; darin fehlt ein Zeichen des neuen Werts von {column}; es wurde nichts geschrieben" }
    other_encoding(path, encoding) { en: "{path} is declared as {encoding}, but is UTF-8", de: "{path} ist als {encoding} angegeben, ist aber UTF-8" }
    multibyte(path, encoding) { en: "{path} is kept in {encoding}; rows can be removed from such a file, but not changed", de: "{path} steht in {encoding}; aus einer solchen Datei lassen sich Zeilen entfernen, aber nicht ändern" }
    many_identities(limit) { en: "the records that match one person carry more than {limit} different identities", de: "die Datensätze, die zu einer Person passen, tragen mehr als {limit} verschiedene Kennungen" }
    below_streamed() { en: "the object above it holds too many records to look below each of them", de: "im übergeordneten Objekt liegen zu viele Datensätze, um unter jedem einzelnen zu suchen" }
    undescribed(what) { en: "what the system says of {what} names no members", de: "was das System über {what} sagt, nennt keine Felder" }
    changed_meanwhile(records) { en: "{records} records were written or changed after the search and are left out", de: "nach der Suche geschriebene oder geänderte Datensätze sind nicht enthalten: {records}" }
    no_capture(name) { en: "the reply lacks the value `{name}` that the next step needs", de: "in der Antwort fehlt der Wert `{name}`, den der nächste Schritt braucht" }
    job_failed() { en: "the system took the job and reports that it failed", de: "das System hat den Auftrag angenommen und meldet, dass er fehlgeschlagen ist" }
    other_items() { en: "the reply to a batch names a record twice, or one that was not sent", de: "die Antwort auf einen Stapel nennt einen Datensatz zweimal oder einen, der nicht gesendet wurde" }
    refused_item() { en: "the system did not carry out this record of the batch", de: "das System hat diesen Datensatz des Stapels nicht ausgeführt" }
    other_path() { en: "the reply leads a POST that only reads to another path, of which nobody said that it only reads", de: "die Antwort führt einen POST, der nur liest, zu einem anderen Pfad, von dem niemand gesagt hat, dass er nur liest" }
    child_open() { en: "left alone, because a record below it is not done yet", de: "noch nicht angefasst, weil ein untergeordneter Datensatz noch nicht erledigt ist" }
}

catalogue! {
    try_again() { en: "run the command again later; it goes on where it stopped", de: "den Befehl später wiederholen; er macht dort weiter, wo er aufgehört hat" }
    see_that_it_runs() { en: "see that the system runs, and that its address in dsr.yaml is right", de: "prüfen, ob das System läuft und seine Adresse in der dsr.yaml stimmt" }
    check_certificate() { en: "have the certificate renewed, correct the host name, or name the issuer's certificate with `ca_file`", de: "das Zertifikat erneuern lassen, den Rechnernamen berichtigen oder das Zertifikat des Ausstellers mit `ca_file` angeben" }
    switch_tls_on() { en: "switch TLS on at the server; there is no silent way back to plain text", de: "TLS am Server einschalten; einen stillen Rückfall auf Klartext gibt es nicht" }
    renew_credential() { en: "renew the credential where dsr.yaml refers to it, then run `dsr check`", de: "die Zugangsdaten an der Stelle erneuern, auf die dsr.yaml verweist, dann `dsr check` aufrufen" }
    renew_grant() { en: "renew the secret or the consent where dsr.yaml refers to it; where a person has to agree in a browser, run `dsr login SYSTEM`", de: "das Geheimnis oder die Zustimmung dort erneuern, worauf dsr.yaml verweist; muss jemand im Browser zustimmen, `dsr login SYSTEM` aufrufen" }
    correct_key() { en: "store the whole private key in PEM form, RSA for RS256 and PS256, a P-256 key for ES256", de: "den ganzen privaten Schlüssel in PEM-Form ablegen, RSA für RS256 und PS256, einen P-256-Schlüssel für ES256" }
    see_its_log() { en: "look into the system's own log for the reason", de: "im Protokoll des Systems nach dem Grund sehen" }
    grant_permission() { en: "have the account given the permission; without it nobody can tell whether records are missing or hidden", de: "dem Konto die Berechtigung geben lassen; ohne sie ist nicht zu erkennen, ob Datensätze fehlen oder nur verborgen sind" }
    pass_row_security() { en: "give the account of dsr the attribute BYPASSRLS (`ALTER ROLE … BYPASSRLS`); a policy that lets it see every row is not enough, because nobody could tell", de: "dem Konto von dsr das Attribut BYPASSRLS geben (`ALTER ROLE … BYPASSRLS`); eine Policy, die alle Zeilen zeigt, genügt nicht, weil das niemand prüfen könnte" }
    set_secret() { en: "set what the reference names, such as the environment variable, then run the command again", de: "bereitstellen, was der Verweis nennt, etwa die Umgebungsvariable, dann den Befehl wiederholen" }
    look_at_statement() { en: "look the number up in the database's documentation; its log names the statement", de: "die Nummer in der Dokumentation der Datenbank nachschlagen; deren Protokoll nennt die Anweisung" }
    correct_base() { en: "correct `base` in dsr.yaml, or let the account read below it", de: "`base` in der dsr.yaml berichtigen, oder dem Konto das Lesen darunter erlauben" }
    lift_limit() { en: "have the limits for the account of dsr lifted (`limits` in OpenLDAP, the LDAP policies in Active Directory), or narrow `base` and `filter`", de: "die Grenzen für das Konto von dsr aufheben lassen (`limits` bei OpenLDAP, LDAP-Richtlinien bei Active Directory), oder `base` und `filter` enger fassen" }
    name_other_directory() { en: "name a base that lies in this directory alone, and list the other one as a system of its own; for writing, give the address of the server that takes it", de: "eine Basis angeben, die ganz in diesem Verzeichnis liegt, und das andere als eigenes System aufnehmen; zum Schreiben die Adresse des Servers angeben, der es zulässt" }
    look_at_directory() { en: "look the word up in RFC 4511, appendix A; the log of the directory names the reason", de: "das Wort in RFC 4511, Anhang A, nachschlagen; das Protokoll des Verzeichnisses nennt den Grund" }
    correct_attribute() { en: "write the attribute in dsr.yaml as the directory's schema has it", de: "das Attribut in der dsr.yaml so schreiben wie im Schema des Verzeichnisses" }
    leave_attribute_out() { en: "leave the attribute out of `fields`; for memberships, write an object with `each`", de: "das Attribut aus `fields` weglassen; für Mitgliedschaften ein Objekt mit `each` schreiben" }
    wait_for_lock() { en: "close the program that holds it (a browser, a backup), then run the command again", de: "das Programm schließen, das sie hält (Betrachter, Sicherung), dann den Befehl wiederholen" }
    correct_names() { en: "write table and columns in dsr.yaml as the database has them, or let the account read them", de: "Tabelle und Spalten in der dsr.yaml so schreiben wie in der Datenbank, oder dem Konto das Lesen erlauben" }
    allow_writing() { en: "use an account that may write, or erase there by hand: `engine: manual`", de: "ein Konto verwenden, das schreiben darf, oder dort von Hand löschen: `engine: manual`" }
    count_from_dates() { en: "name a column of dates as `start` of the data type, or as `clock` of the object", de: "eine Spalte mit Datumsangaben als `start` der Datenart oder als `clock` des Objekts angeben" }
    let_masks_be_told() { en: "see whether a trigger changes what is written, or the records change while the run goes; else give the columns masks that can be told (`\"null\"`, `text:…`)", de: "nachsehen, ob ein Trigger das Geschriebene ändert oder die Datensätze sich während des Laufs ändern; sonst den Spalten erkennbare Masken geben (`\"null\"`, `text:…`)" }
    see_to_copies() { en: "see why the replication lags; `limits.sweep.lag` says how far it may", de: "nachsehen, warum die Replikation hinterherhinkt; `limits.sweep.lag` sagt, wie weit sie darf" }
    correct_path() { en: "correct `path`, or the rights of the file and its folder", de: "`path` berichtigen, oder die Rechte der Datei und ihres Ordners" }
    correct_file() { en: "correct the file, or `delimiter`, `encoding` and the columns in dsr.yaml", de: "die Datei berichtigen, oder `delimiter`, `encoding` und die Spalten in der dsr.yaml" }
    other_value() { en: "use a value in the characters of that encoding, or convert the file to UTF-8 and correct `encoding`", de: "einen Wert in den Zeichen dieser Kodierung verwenden, oder die Datei nach UTF-8 umwandeln und `encoding` berichtigen" }
    correct_encoding() { en: "write `encoding: utf-8` in the settings of the system", de: "in den Einstellungen des Systems `encoding: utf-8` schreiben" }
    convert_file() { en: "convert the file to UTF-8 and write `encoding: utf-8`, or have the rows removed: `erase: remove`", de: "die Datei nach UTF-8 umwandeln und `encoding: utf-8` schreiben, oder die Zeilen entfernen lassen: `erase: remove`" }
    see_control() { en: "look whether the control person is still there, and whether the account may see all records", de: "nachsehen, ob es die Kontrollperson noch gibt und ob das Konto alle Datensätze sehen darf" }
    compare_connector() { en: "compare the connector with the system's present version; until it fits, nothing of this object is taken as read", de: "den Konnektor mit der jetzigen Version des Systems vergleichen; bis er passt, gilt von diesem Objekt nichts als gelesen" }
    name_fewer_identities() { en: "take `identity:` away from fields that name the record and not a person, such as an order's number", de: "`identity:` bei Feldern weglassen, die den Datensatz und keine Person benennen, etwa einer Bestellnummer" }
    reach_directly() { en: "give the object a finder that searches it `by:` an identity, or have its owner hand these records over", de: "dem Objekt einen Suchweg `by:` über eine Kennung geben, oder diese Datensätze von den Zuständigen herausgeben lassen" }
    look_at_job() { en: "look at the record in the system, which may say why; the same command tries once more", de: "den Datensatz im System ansehen, das den Grund vielleicht nennt; derselbe Befehl versucht es noch einmal" }
    raise_places() { en: "if there really are so many, raise `cap` of the place in the connector", de: "gibt es wirklich so viele, am Ort im Konnektor `cap` erhöhen" }
    name_the_place() { en: "add the place to the object's `key` in the connector, such as `key: [list_id, id]`, with a field that links to it", de: "den Ort im Konnektor in den `key` des Objekts aufnehmen, etwa `key: [list_id, id]`, mit einem Feld, das auf ihn verweist" }
    hand_over_otherwise() { en: "hand this part over by the system's own means, and say so in the answer", de: "diesen Teil mit den Mitteln des Systems selbst herausgeben und in der Antwort darauf hinweisen" }
    raise_cap() { en: "look why so many match; if they are one person's, raise `cap`", de: "nachsehen, warum so viele passen; gehören sie einer Person, `cap` erhöhen" }
    correct_origin() { en: "if the system has moved, correct its address; a connector never follows to another server", de: "ist das System umgezogen, seine Adresse berichtigen; ein Konnektor folgt nie auf einen anderen Server" }
    use_https() { en: "use https; if the system cannot, write `insecure_http: true` on it, which the evidence repeats", de: "https verwenden; kann das System das nicht, bei ihm `insecure_http: true` schreiben, was der Nachweis wiederholt" }
    allow_more_time() { en: "run the command again; if it stays slow, add the missing index (`dsr check`) or raise `within`", de: "den Befehl wiederholen; bleibt es langsam, den fehlenden Index anlegen (`dsr check`) oder `within` erhöhen" }
    report_it() { en: "run the command again; if it comes back, report it with the output of -vv", de: "den Befehl wiederholen; kommt es wieder, mit der Ausgabe von -vv melden" }
    connect_it() { en: "ask its owner; connect it when there is a way", de: "bei den Zuständigen erfragen; anbinden, sobald es einen Weg gibt" }
    search_parent() { en: "see what is said of the object above it", de: "nachsehen, was zum übergeordneten Objekt gemeldet wird" }
    finish_below() { en: "see what is said of the records below it; once they are done, the same command goes on with this one", de: "nachsehen, was zu den Datensätzen darunter gemeldet wird; sind sie erledigt, macht derselbe Befehl hier weiter" }
    set_clock() { en: "set the clock of this machine or of the system", de: "die Uhr dieses Rechners oder des Systems stellen" }
    search_all() { en: "run the command without --system", de: "den Befehl ohne --system aufrufen" }
    look_there() { en: "look at the record in the system: a replica, a recycle bin or another copy may still show it", de: "den Datensatz im System ansehen: Replikat, Papierkorb oder eine zweite Kopie zeigen ihn vielleicht noch" }
    find_it_otherwise() { en: "run the same command with --case CASE, which searches afresh; if it stays away, look it up in the system by its key", de: "denselben Befehl mit --case VORGANG aufrufen, der neu sucht; bleibt der Datensatz weg, ihn im System über seinen Schlüssel suchen" }
    plan_again() { en: "make a new plan by the same command with --case CASE", de: "mit demselben Befehl und --case VORGANG neu planen" }
    use_transactions() { en: "convert the table (`ALTER TABLE … ENGINE=InnoDB`), name the table behind the view, or erase there by hand: `erase: manual`", de: "die Tabelle umstellen (`ALTER TABLE … ENGINE=InnoDB`), die Tabelle hinter der Sicht angeben oder dort von Hand löschen: `erase: manual`" }
    name_the_table() { en: "name the table below it as `table` of the object", de: "als `table` des Objekts die Tabelle darunter angeben" }
    use_primary() { en: "give the address of the server that takes writing", de: "die Adresse des Servers angeben, der Schreiben zulässt" }
    plugin_unstarted(reason) { en: "the plugin could not be started: {reason}", de: "das Plugin ließ sich nicht starten: {reason}" }
    plugin_broke(reason) { en: "the plugin broke the protocol: {reason}", de: "das Plugin hat das Protokoll verletzt: {reason}" }
    plugin_busy() { en: "the plugin says that it cannot now", de: "das Plugin sagt, dass es jetzt nicht kann" }
    plugin_request(reason) { en: "a request of the plugin was not sent: {reason}", de: "eine Anfrage des Plugins wurde nicht gesendet: {reason}" }
    plugin_protocol(version) { en: "the plugin does not speak version {version} of the protocol", de: "das Plugin spricht nicht Version {version} des Protokolls" }
    plugin_lacks(object, what) { en: "the plugin does not offer for {object} what the inventory expects: {what}", de: "das Plugin bietet für {object} nicht, was das Inventar erwartet: {what}" }
    plugin_incomplete() { en: "the plugin says that it could not read everything", de: "das Plugin sagt, dass es nicht alles lesen konnte" }
    plugin_failed() { en: "the plugin says that it failed", de: "das Plugin sagt, dass es gescheitert ist" }
    plugin_ended() { en: "the plugin ended before it had answered", de: "das Plugin endete, bevor es geantwortet hatte" }
    plugin_changed(file) { en: "the plugin's file {file} was changed while dsr was running", de: "die Datei {file} des Plugins wurde geändert, während dsr lief" }
    start_plugin() { en: "try its command in a terminal; `plugin: {{ log: FILE }}` keeps what it writes to standard error", de: "seinen Befehl in einem Terminal versuchen; `plugin: {{ log: DATEI }}` hält fest, was es auf die Standardfehlerausgabe schreibt" }
    mend_plugin() { en: "have the plugin's author compare it with docs/reference/plugin-protocol.md", de: "das Plugin von seinem Autor mit docs/reference/plugin-protocol.md vergleichen lassen" }
    match_plugin() { en: "correct the object in dsr.yaml, or take the version of the plugin that has it", de: "das Objekt in dsr.yaml berichtigen oder die Version des Plugins nehmen, die es hat" }
    trust_plugin() { en: "look at it and allow it again with dsr trust", de: "ansehen und mit dsr trust erneut erlauben" }
    show_children() { en: "let the account see all tables of the database, with the GRANT that `dsr check` prints", de: "dem Konto alle Tabellen der Datenbank zeigen, mit dem GRANT, den `dsr check` ausgibt" }
    end_history() { en: "erase there by hand with `DELETE HISTORY` (`erase: manual`), or end the versioning of the table", de: "dort von Hand löschen, mit `DELETE HISTORY` (`erase: manual`), oder die Versionierung der Tabelle beenden" }
    encrypt_sign_in() { en: "switch TLS on for this line (name the issuer's certificate in `ca_file`), or give the account a password of caching_sha2_password or mysql_native_password", de: "TLS für diese Leitung einschalten (das Zertifikat des Ausstellers in `ca_file` angeben) oder dem Konto ein Passwort nach caching_sha2_password oder mysql_native_password geben" }
}

/// What to do about a fault, by its code.
pub fn remedy(code: &str) -> Text {
    match code {
        "E131" | "E132" => correct_origin(),
        "E206" | "E214" | "E215" | "E310" | "E311" | "E312" | "E313" | "E314" | "E315" | "E316"
        | "E317" | "E318" | "E319" | "E330" | "E331" | "E333" | "E334" | "E552" | "E554"
        | "E556" | "E577" | "E596" | "E597" | "E598" => compare_connector(),
        "E320" => raise_cap(),
        "E324" => raise_places(),
        "E327" => hand_over_otherwise(),
        "E557" => hand_file_over(),
        "E558" => allow_host(),
        "E559" => show_credentials(),
        "E325" => name_the_place(),
        "E570" => name_fewer_identities(),
        "E571" => reach_directly(),
        "E573" => mount_share(),
        "E574" => look_through(),
        "E332" | "E501" | "E502" => see_that_it_runs(),
        "E335" => use_https(),
        "E339" | "E551" => plan_again(),
        "E503" => check_certificate(),
        "E504" | "E540" => allow_more_time(),
        "E553" | "E555" => look_at_job(),
        "E505" | "E508" | "E509" | "E544" | "E550" | "E572" => try_again(),
        "E506" => renew_credential(),
        "E533" | "E535" => renew_grant(),
        "E534" => see_its_log(),
        "E536" | "E537" => compare_connector(),
        "E538" => correct_key(),
        "E507" => grant_permission(),
        "E510" => look_at_statement(),
        "E511" => wait_for_lock(),
        "E512" | "E513" => correct_names(),
        "E514" => allow_writing(),
        "E251" => name_the_table(),
        "E858" => plan_kin(),
        "E515" => switch_tls_on(),
        "E516" => count_from_dates(),
        "E474" => let_masks_be_told(),
        "E490" => let_it_erase(),
        "E494" | "E495" => describe_action(),
        "E483" => look_for_them(),
        "E994" => look_where_it_went(),
        "E491" | "E492" | "E493" | "E517" => try_again(),
        "E518" => see_to_copies(),
        "E520" | "E521" | "E522" => correct_path(),
        "E523" | "E524" => correct_file(),
        "E530" => see_control(),
        "E531" | "E532" => set_secret(),
        "E542" | "E543" => connect_it(),
        "E545" => search_parent(),
        "E549" => finish_below(),
        "E560" => other_value(),
        "E561" => correct_encoding(),
        "E562" => convert_file(),
        "E563" => correct_base(),
        "E564" => lift_limit(),
        "E565" => name_other_directory(),
        "E566" => look_at_directory(),
        "E567" => correct_attribute(),
        "E568" => try_again(),
        "E569" => leave_attribute_out(),
        "E546" => set_clock(),
        "E547" => search_all(),
        "E427" | "E548" => look_there(),
        "E429" => find_it_otherwise(),
        "E580" => pass_row_security(),
        "E581" | "E588" | "E589" => start_plugin(),
        "E582" | "E584" | "E585" | "E587" => mend_plugin(),
        "E583" => try_again(),
        "E586" => match_plugin(),
        "E595" => trust_plugin(),
        "E590" => use_transactions(),
        "E591" => use_primary(),
        "E592" => show_children(),
        "E593" => end_history(),
        "E594" => encrypt_sign_in(),
        _ => report_it(),
    }
}
