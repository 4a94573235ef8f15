//! Messages of the commands.

catalogue! {
    ask_email() { en: "E-mail address of the person:", de: "E-Mail-Adresse der Person:" }
    ask_reason() { en: "Why do you look this person up?", de: "Warum wird diese Person gesucht?" }
    reason_missing() { en: "the inventory asks for a reason with each search", de: "das Inventar verlangt zu jeder Suche einen Grund" }
    reason_help() { en: "add --reason TEXT; it is kept encrypted", de: "--reason TEXT angeben; er wird verschlüsselt aufbewahrt" }
    not_a_case_id() { en: "this is not the number of a case", de: "das ist keine Vorgangsnummer" }
    case_id_help() { en: "a case number looks like 2026-K7QF3M; `dsr case list` shows the open ones", de: "eine Vorgangsnummer sieht aus wie 2026-K7QF3M; `dsr case list` zeigt die offenen" }
    not_kind_value() { en: "--id takes KIND=VALUE", de: "--id erwartet ART=WERT" }
    kind_value_help() { en: "for example --id customer_no=4711", de: "zum Beispiel --id customer_no=4711" }
    unknown_kind(kind) { en: "the inventory knows no identity of the kind `{kind}`", de: "das Inventar kennt keine Kennung der Art `{kind}`" }
    known_kinds(kinds) { en: "known here: {kinds}", de: "hier bekannt: {kinds}" }
    name_is_no_identity() { en: "a name identifies nobody; `dsr find --name NAME` lists people to choose from", de: "ein Name identifiziert niemanden; `dsr find --name NAME` listet auf, wer in Frage kommt" }
    identity_help() { en: "state the exact value that names this one person", de: "den genauen Wert angeben, der nur diese Person benennt" }
    subject_unreadable() { en: "the file with the person's identities cannot be read", de: "die Datei mit den Kennungen der Person ist nicht lesbar" }
    subject_unreadable_help() { en: "check the path, or write the identities to standard input and give `-`", de: "den Pfad prüfen, oder die Kennungen über die Standardeingabe geben und `-` schreiben" }
    subject_form() { en: "the file with the person's identities is not a mapping from kinds to values", de: "die Datei mit den Kennungen der Person ist keine Zuordnung von Arten zu Werten" }
    subject_form_help() { en: "for example: {{ \"email\": \"anna@example.org\", \"customer_no\": [\"4711\"] }}", de: "zum Beispiel: {{ \"email\": \"anna@example.org\", \"customer_no\": [\"4711\"] }}" }
    subject_twice() { en: "a kind of identity stands twice in the file", de: "eine Art von Kennung steht zweimal in der Datei" }
    subject_twice_help() { en: "several values of one kind are a list: email: [anna@example.org, anna@example.com]", de: "mehrere Werte einer Art sind eine Liste: email: [anna@example.org, anna@example.com]" }
    in_line(line) { en: "line {line}", de: "Zeile {line}" }
    unknown_person(person) { en: "`{person}` is not one of the people of the inventory", de: "`{person}` steht nicht unter `people:` im Inventar" }
    nobody_listed(person) { en: "`{person}` is not known: the inventory lists no people", de: "`{person}` ist nicht bekannt: Im Inventar stehen keine Personen" }
    nobody_listed_help() { en: "leave --as out, or list the people who work here under `people:` in dsr.yaml", de: "--as weglassen, oder unter `people:` in der dsr.yaml aufführen, wer hier arbeitet" }
    known_people(names) { en: "use --as with one of: {names}", de: "--as mit einem von diesen verwenden: {names}" }
    not_trusted(path) { en: "the connector {path} is not trusted as it is now", de: "der Konnektor {path} ist in seiner jetzigen Fassung nicht zugelassen" }
    not_trusted_plugin(path) { en: "the plugin {path} is not trusted as it is now", de: "das Plugin {path} ist in seiner jetzigen Fassung nicht zugelassen" }
    not_trusted_signer(path) { en: "the program {path}, which signs a connector's requests, is not trusted as it is now", de: "das Programm {path}, das die Anfragen eines Konnektors signiert, ist in seiner jetzigen Fassung nicht zugelassen" }
    not_trusted_seal(path) { en: "the program {path}, which seals evidence, is not trusted as it is now", de: "das Programm {path}, das Nachweise siegelt, ist in seiner jetzigen Fassung nicht zugelassen" }
    not_started(program, place) { en: "the program {program} at {place} is not trusted as it is named now", de: "das Programm {program} unter {place} ist so, wie es jetzt dort steht, nicht zugelassen" }
    trust_starts() { en: "dsr.yaml has these programs started, with your rights:", de: "dsr.yaml lässt diese Programme starten, mit Ihren Rechten:" }
    trust_starts_at(place, words) { en: "  {place}: {words}", de: "  {place}: {words}" }
    trust_starts_file(file, digest) { en: "    {file}, SHA-256 {digest}", de: "    {file}, SHA-256 {digest}" }
    trust_starts_missing(file) { en: "    {file}, which cannot be read", de: "    {file}, nicht lesbar" }
    trust_starts_found(file) { en: "    found at {file}; updates of it are left to the operating system", de: "    gefunden unter {file}; seine Aktualisierungen bleiben dem Betriebssystem überlassen" }
    trust_starts_nothing() { en: "dsr.yaml has no programs started for secrets or checkpoints.", de: "dsr.yaml lässt für Geheimnisse und Prüfpunkte keine Programme starten." }
    not_trusted_why() { en: "what is not in dsr.lock, or has changed since, never runs", de: "was nicht in dsr.lock steht oder sich seither geändert hat, läuft nie" }
    trust_help(path) { en: "look at what it may do, then allow it: dsr trust {path}", de: "ansehen, was er darf, dann zulassen: dsr trust {path}" }
    already_trusted(path) { en: "{path} is trusted already.", de: "{path} ist bereits zugelassen." }
    trust_head(name, version, digest) { en: "Connector {name} {version}, SHA-256 {digest}. It may:", de: "Konnektor {name} {version}, SHA-256 {digest}. Er darf:" }
    may_contact(origin) { en: "  contact: {origin}", de: "  Verbindung aufnehmen mit: {origin}" }
    may_write(action, requests) { en: "  write ({action}): {requests}", de: "  schreiben ({action}): {requests}" }
    may_read(object, requests) { en: "  read ({object}): {requests}", de: "  lesen ({object}): {requests}" }
    may_match(object, cap, usual) { en: "  take up to {cap} records of {object} for one person's; usual are {usual}", de: "  bis zu {cap} Datensätze von {object} einer Person zurechnen; üblich sind {usual}" }
    may_log_in(request) { en: "  log in and out by: {request}", de: "  an- und abmelden mit: {request}" }
    may_post(request) { en: "  POST that, by its author's word, only reads: {request}", de: "  POST, der laut Autor nur liest: {request}" }
    no_connector(name) { en: "there is no connector `{name}`", de: "einen Konnektor `{name}` gibt es nicht" }
    no_connector_help(name) { en: "put its file at connectors/{name}.yml beside dsr.yaml, then run: dsr trust connectors/{name}.yml", de: "seine Datei als connectors/{name}.yml neben dsr.yaml legen, dann: dsr trust connectors/{name}.yml" }
    ask_trust() { en: "Allow it? [y/N]", de: "Zulassen? [j/N]" }
    not_trusted_now() { en: "not allowed; dsr.lock is unchanged", de: "nicht zugelassen; dsr.lock ist unverändert" }
    not_trusted_now_help() { en: "while it is not allowed, every command that reads the inventory stops; take the system out of dsr.yaml, or run the command again", de: "solange er nicht zugelassen ist, hält jeder Befehl an, der das Inventar liest; das System aus der dsr.yaml nehmen oder den Befehl wiederholen" }
    trusted(path) { en: "{path} is trusted now and stands in dsr.lock.", de: "{path} ist jetzt zugelassen und steht in dsr.lock." }
    control_person() { en: "this is the control person of a system, and nothing of theirs is changed", de: "das ist die Kontrollperson eines Systems; an ihren Daten wird nichts geändert" }
    control_person_why() { en: "searches are proven by finding this person; without the record, the whole system would count as not searched", de: "dass sie gefunden wird, beweist jede Suche; ohne ihren Datensatz gälte das ganze System als nicht durchsucht" }
    control_person_help() { en: "if the record is to go all the same, name another person under `control` first", de: "soll der Datensatz trotzdem weg, zuerst unter `control` eine andere Person eintragen" }
    unknown_case(case) { en: "there is no case {case} here", de: "einen Vorgang {case} gibt es hier nicht" }
    unknown_case_help() { en: "`dsr case list --all` shows them all", de: "`dsr case list --all` zeigt alle" }
    case_is_closed(case) { en: "the case {case} is closed", de: "der Vorgang {case} ist geschlossen" }
    case_is_closed_help(case) { en: "`dsr case show {case}` shows what was done; a new request opens a new case by itself", de: "`dsr case show {case}` zeigt, was geschah; eine neue Anfrage eröffnet von selbst einen neuen Vorgang" }
    case_is_purged(case) { en: "the key of case {case} was destroyed, so nothing personal of it can be read", de: "der Schlüssel des Vorgangs {case} wurde vernichtet; nichts Persönliches daraus ist mehr lesbar" }
    case_is_purged_help(case) { en: "its bundle under evidence/ still verifies, and `dsr case show {case}` still lists what was done", de: "sein Nachweis unter evidence/ bleibt prüfbar, und `dsr case show {case}` führt weiter auf, was geschah" }
    joined_case(case, received) { en: "Going on with case {case}, received {received}.", de: "Vorgang {case} wird fortgesetzt, eingegangen am {received}." }
    opened_case(case, received) { en: "Case {case} opened, received {received}.", de: "Vorgang {case} eröffnet, eingegangen am {received}." }
    received_in_future(day) { en: "the request cannot have been received on {day}", de: "die Anfrage kann nicht am {day} eingegangen sein" }
    received_help(today) { en: "give the day of receipt, at the latest {today}", de: "den Tag des Eingangs angeben, spätestens {today}" }
    not_a_code() { en: "channel, method and reason are short codes here, not sentences", de: "Eingangsweg, Methode und Grund sind hier kurze Kürzel, keine Sätze" }
    code_help() { en: "letters, digits, - and _, at most 40, for example e-mail or portal-login; nothing personal, because it stands in the ledger", de: "Buchstaben, Ziffern, - und _, höchstens 40, etwa e-mail oder portal-login; nichts Persönliches, denn es steht im Protokoll" }
    not_a_record() { en: "--accept takes SYSTEM.OBJECT:KEY", de: "--accept erwartet SYSTEM.OBJEKT:SCHLÜSSEL" }
    record_help() { en: "copy it from the list of findings", de: "aus der Liste der Fundstellen übernehmen" }
    record_nowhere() { en: "--accept names a system or an object that the inventory does not have", de: "--accept nennt ein System oder Objekt, das nicht im Inventar steht" }
    record_not_found(place) { en: "no record with this key was found in {place}", de: "in {place} wurde kein Datensatz mit diesem Schlüssel gefunden" }
    record_not_found_why(case) { en: "Case {case} is open and was searched just now; nothing was accepted, planned or changed.", de: "Der Vorgang {case} ist eröffnet und wurde eben durchsucht; angenommen, geplant oder geändert wurde nichts." }
    record_not_found_help(case) { en: "`dsr find --case {case}` shows the records that wait", de: "`dsr find --case {case}` zeigt, welche Datensätze warten" }
    other_receipt(case, received) { en: "case {case} has another day of receipt: {received}", de: "Vorgang {case} hat einen anderen Tag des Eingangs: {received}" }
    other_receipt_help(case, day) { en: "leave --received out; if the case has the wrong day: dsr case correct {case} --received {day} --reason CODE", de: "--received weglassen; hat der Vorgang den falschen Tag: dsr case correct {case} --received {day} --reason CODE" }
    other_channel(case, channel) { en: "case {case} has another channel: {channel}", de: "Vorgang {case} hat einen anderen Eingangsweg: {channel}" }
    other_channel_help(case, channel) { en: "leave --channel out; if the case has the wrong one: dsr case correct {case} --channel {channel} --reason CODE", de: "--channel weglassen; hat der Vorgang den falschen: dsr case correct {case} --channel {channel} --reason CODE" }
    identity_open() { en: "the person's identity is not confirmed", de: "die Identität der Person ist nicht bestätigt" }
    identity_open_why() { en: "Before identity is confirmed, nothing is handed over, corrected or erased (Art. 12(6) GDPR).", de: "Bevor die Identität bestätigt ist, wird nichts herausgegeben, berichtigt oder gelöscht (Art. 12 Abs. 6 DSGVO)." }
    identity_open_help(case) { en: "say how it was confirmed: --identity METHOD, such as reply-to-stored-address; the case {case} stays open", de: "angeben, wie sie bestätigt wurde: --identity METHODE, etwa reply-to-stored-address; der Vorgang {case} bleibt offen" }
    ask_identity() { en: "How was it confirmed (a short code such as reply-to-stored-address, portal-login, id-card)?", de: "Wie wurde sie bestätigt (ein Kürzel, etwa reply-to-stored-address, portal-login, ausweis)?" }
    method_again() { en: "One word of letters, digits, - and _, at most 40 characters, nothing personal; Enter alone stops.", de: "Ein Wort aus den Buchstaben a bis z, Ziffern, - und _, höchstens 40 Zeichen, nichts Persönliches; die Eingabetaste allein bricht ab." }
    unknown_system(name) { en: "the inventory has no system `{name}`", de: "im Inventar steht kein System `{name}`" }
    known_systems(names) { en: "its systems are: {names}", de: "seine Systeme sind: {names}" }
    too_many_records(found, limit) { en: "{found} records were found, more than the {limit} that one command may touch", de: "{found} Datensätze wurden gefunden, mehr als die {limit}, die ein Befehl anfassen darf" }
    limits_help() { en: "look at them with `dsr find`; if they are right, raise `limits: {{ records: … }}` in dsr.yaml", de: "mit `dsr find` ansehen; wenn alles stimmt, `limits: {{ records: … }}` in dsr.yaml erhöhen" }
    plan_missing() { en: "the plan that the ledger names is not in the vault as it was", de: "der Plan, den das Protokoll nennt, liegt nicht unverändert im Tresor" }
    plan_missing_help() { en: "restore the vault from a backup, or ask once more with --case CASE for a fresh plan", de: "den Tresor aus einer Sicherung wiederherstellen oder denselben Befehl mit --case VORGANG wiederholen, um neu zu planen" }
    plan_not_approved() { en: "the plan is not approved", de: "der Plan ist nicht freigegeben" }
    plan_not_approved_help(case, command) { en: "run `dsr {command} --case {case}`; it shows the plan and asks", de: "`dsr {command} --case {case}` aufrufen; das zeigt den Plan und fragt" }
    other_number(found, expected) { en: "records that would be written: {found}; --expect names {expected}", de: "Datensätze, die geschrieben würden: {found}; --expect nennt {expected}" }
    look_first(case, command) { en: "nothing was written; look at the plan, then run `dsr {command} --case {case}` again", de: "es wurde nichts geschrieben; den Plan ansehen, dann `dsr {command} --case {case}` erneut aufrufen" }
    consent_missing(writes) { en: "records that would be written: {writes}; nobody is at the terminal to confirm it", de: "Datensätze, die geschrieben würden: {writes}; am Terminal sitzt niemand, der es bestätigt" }
    consent_help(writes) { en: "nothing was written; in a script: --yes --expect {writes}", de: "es wurde nichts geschrieben; in einem Skript: --yes --expect {writes}" }
    not_confirmed() { en: "not confirmed", de: "nicht bestätigt" }
    ask_surname(writes) { en: "To change or erase {writes} records, type the surname as the letter has it (anything else stops):", de: "Um Datensätze zu ändern oder zu löschen ({writes}), den Nachnamen aus dem Brief eingeben (alles andere bricht ab):" }
    ask_number(writes) { en: "To change or erase {writes} records, type their number (anything else stops):", de: "Um Datensätze zu ändern oder zu löschen ({writes}), ihre Anzahl eingeben (alles andere bricht ab):" }
    wrong_clock(wrong, all) { en: "the clocks of {wrong} of {all} systems differ from this machine's by more than five minutes, so this machine's is probably wrong; nothing was written", de: "die Uhren von {wrong} der {all} Systeme weichen um mehr als fünf Minuten von der dieses Rechners ab, vermutlich geht also diese falsch; es wurde nichts geschrieben" }
    wrong_clock_help() { en: "set the clock, then run the command again", de: "die Uhr stellen, dann den Befehl wiederholen" }
    search_interrupted() { en: "the search was interrupted", de: "die Suche wurde unterbrochen" }
    search_interrupted_help() { en: "nothing was written to any system; the same command asks all of them again", de: "in kein System wurde geschrieben; derselbe Befehl fragt alle noch einmal" }
    interrupted(case) { en: "Interrupted. What was begun is finished and noted; go on with: dsr apply {case}", de: "Unterbrochen. Begonnenes ist zu Ende geführt und vermerkt; weiter mit: dsr apply {case}" }
    going_on() { en: "An approved plan is not finished; going on with it.", de: "Ein freigegebener Plan ist noch nicht zu Ende; er wird fortgesetzt." }
    prove_later(case) { en: "the systems are done and the ledger has it all; once this is mended: dsr evidence make {case}", de: "die Systeme sind fertig, und im Protokoll steht alles; wenn das behoben ist: dsr evidence make {case}" }
    evidence_made(path) { en: "Evidence: {path}", de: "Nachweis: {path}" }
    not_proven(gap) { en: "Not proven: {gap}", de: "Nicht bewiesen: {gap}" }
    next_step(what, command) { en: "Waits for: {what}. Next: {command}", de: "Wartet auf: {what}. Weiter mit: {command}" }
    as_of(day) { en: "As it would be on {day}; this plan is not kept.", de: "So sähe es am {day} aus; dieser Plan wird nicht aufbewahrt." }
    not_as_shown(case, added, gone, changed) { en: "the plan that was shown for case {case} is not what there is to do by now: {added} records more, {gone} gone, {changed} changed", de: "der gezeigte Plan zu Vorgang {case} ist nicht mehr, was jetzt zu tun wäre: {added} Datensätze mehr, {gone} fort, {changed} geändert" }
    not_as_shown_why(added, gone, changed) { en: "more: {added}; gone: {gone}; changed: {changed}", de: "mehr: {added}; fort: {gone}; geändert: {changed}" }
    not_as_shown_help(case) { en: "nothing was written; `dsr plan --case {case}` shows the plan anew, then `dsr apply {case}` carries that out", de: "es wurde nichts geschrieben; `dsr plan --case {case}` zeigt den Plan neu, danach führt `dsr apply {case}` ihn aus" }
    came_back(case, count, places) { en: "{count} records that case {case} has erased are there again: {places}", de: "{count} Datensätze, die der Vorgang {case} gelöscht hat, sind wieder da: {places}" }
    came_back_help(case) { en: "a restored backup, an import or the person may have brought them back; `dsr erase --case {case}` erases them again while the case is open, `dsr erase` with the person's address opens a new one", de: "eine Rücksicherung, ein Import oder die Person selbst kann sie zurückgebracht haben; `dsr erase --case {case}` löscht sie erneut, solange der Vorgang offen ist, `dsr erase` mit der Adresse der Person eröffnet einen neuen" }
    plan_made(case, plan, writes) { en: "Plan {plan} of case {case}. Records to be written: {writes}. Nothing was written. Carry it out: dsr apply {case}", de: "Plan {plan} zu Vorgang {case}. Zu schreibende Datensätze: {writes}. Es wurde nichts geschrieben. Ausführen: dsr apply {case}" }
    lock_unreadable() { en: "dsr.lock cannot be read", de: "dsr.lock ist nicht lesbar" }
    lock_unreadable_help() { en: "restore it from git (`git checkout dsr.lock`), then make the evidence again", de: "aus Git wiederherstellen (`git checkout dsr.lock`), dann den Nachweis erneut erstellen" }
    seal_missing() { en: "the key that seals evidence cannot be used", de: "der Schlüssel, der Nachweise siegelt, ist nicht verwendbar" }
    seal_missing_help() { en: "`dsr init` makes one where there is none; a lost one comes from the backup of .dsr/keys", de: "`dsr init` legt einen an, wo keiner ist; ein verlorener kommt aus der Sicherung von .dsr/keys" }
    half_a_seal() { en: "of the sealing key and its certificate only one is there", de: "von Siegelschlüssel und Zertifikat ist nur eines da" }
    half_a_seal_help() { en: "restore the other from the backup of .dsr/keys, or move both away and run `dsr init` for a new pair", de: "das andere aus der Sicherung von .dsr/keys holen, oder beide wegräumen und mit `dsr init` ein neues Paar anlegen" }
    anchor_unreadable() { en: "the certificate cannot be read", de: "das Zertifikat ist nicht lesbar" }
    anchor_unreadable_help() { en: "name a file with the certificate in PEM form", de: "eine Datei mit dem Zertifikat in PEM-Form angeben" }
    no_bundle_there() { en: "there is no such bundle", de: "diesen Nachweis gibt es nicht" }
    no_file_or_folder(path) { en: "{path} is neither a regular file nor a folder", de: "{path} ist weder eine gewöhnliche Datei noch ein Ordner" }
    no_bundle_there_help() { en: "name the zip, or the folder it was unpacked to; a workspace keeps its bundles in evidence/", de: "die Zip-Datei nennen oder den Ordner, in den sie entpackt wurde; ein Arbeitsordner legt seine Nachweise unter evidence/ ab" }
    not_a_fingerprint() { en: "this is not a SHA-256 fingerprint", de: "das ist kein SHA-256-Fingerabdruck" }
    fingerprint_help() { en: "64 hexadecimal digits, colons and spaces allowed", de: "64 hexadezimale Ziffern, Doppelpunkte und Leerzeichen sind erlaubt" }
    ask_controller() { en: "Name of the controller [Example GmbH]:", de: "Name des Verantwortlichen [Example GmbH]:" }
    ask_seat() { en: "Seat, such as DE-BY [DE]:", de: "Sitz, etwa DE-BY [DE]:" }
    made(path) { en: "Made {path}", de: "Angelegt: {path}" }
    nothing_to_make() { en: "Everything is there already.", de: "Es ist alles schon da." }
    init_check() { en: "Next: run `dsr check`.", de: "Weiter: `dsr check` aufrufen." }
    init_next() { en: "Next: describe your systems in dsr.yaml, then run `dsr check`.", de: "Weiter: die Systeme in dsr.yaml beschreiben, dann `dsr check` aufrufen." }
    no_runtime() { en: "the program cannot start its workers", de: "das Programm kann keine Threads starten" }
    no_runtime_help() { en: "the machine lacks threads or memory: end other programs, then run the command again; what was begun is in the ledger", de: "dem Rechner fehlen Threads oder Speicher: andere Programme beenden, dann den Befehl wiederholen; Begonnenes steht im Protokoll" }
    fact() { en: "What", de: "Was" }
    value() { en: "Value", de: "Wert" }
    verifier_written(path) { en: "The verifier lies at {path}. Open it in a browser; it works without a network.", de: "Das Prüfprogramm liegt unter {path}. Es öffnet sich im Browser und braucht kein Netz." }
    verifier_beside(path) { en: "The verifier lies beside it: {path}. Whoever audits you should rather take it from the release page of dsr than from you.", de: "Das Prüfprogramm liegt daneben: {path}. Wer Sie prüft, sollte es besser von der Veröffentlichungsseite von dsr beziehen als von Ihnen." }
    fact_case() { en: "Case", de: "Vorgang" }
    fact_bundle() { en: "Bundle", de: "Nachweis" }
    fact_signer() { en: "Sealed by", de: "Gesiegelt von" }
    fact_fingerprint() { en: "Fingerprint", de: "Fingerabdruck" }
    fact_sealed_at() { en: "Sealed at", de: "Gesiegelt am" }
    by_own_clock(at) { en: "{at} by the sealing machine's own clock", de: "{at} nach der eigenen Uhr des siegelnden Rechners" }
    fact_level() { en: "Seal level", de: "Siegelstufe" }
    fact_content() { en: "Content", de: "Inhalt" }
    fact_unchecked() { en: "Not checked", de: "Nicht geprüft" }
    one_file() { en: "1 file", de: "1 Datei" }
    many_files(count) { en: "{count} files", de: "{count} Dateien" }
    one_record() { en: "1 record", de: "1 Datensatz" }
    many_records(count) { en: "{count} records", de: "{count} Datensätze" }
    one_event() { en: "1 event", de: "1 Ereignis" }
    many_events(count) { en: "{count} events", de: "{count} Ereignisse" }
    one_case() { en: "1 case", de: "1 Vorgang" }
    many_cases(count) { en: "{count} cases", de: "{count} Vorgänge" }
    and_further(before, after) { en: "{before}, {after}", de: "{before}, {after}" }
    says_not_proven() { en: "NOT PROVEN by it, as its sealed statement says:", de: "NICHT BEWIESEN ist damit, wie die gesiegelte Erklärung selbst sagt:" }
    one_not_proven(what) { en: "  - {what}", de: "  - {what}" }
    fact_not_proven() { en: "Not proven", de: "Nicht bewiesen" }
    audit_seq() { en: "No.", de: "Nr." }
    audit_at() { en: "At (UTC)", de: "Zeit (UTC)" }
    audit_hash() { en: "Hash", de: "Hash" }
    ledger_whole(count, head) { en: "The ledger is whole: {count} events, head {head}.", de: "Das Protokoll ist unversehrt: {count} Ereignisse, Kopf {head}." }
    ledger_broken(seq) { en: "the ledger is broken at event {seq}", de: "das Protokoll ist bei Ereignis {seq} beschädigt" }
    ledger_broken_help() { en: "what comes before is intact; keep the file as it is, and restore from a backup", de: "was davor liegt, ist unversehrt; die Datei so belassen und aus einer Sicherung wiederherstellen" }
    nameless() { en: "the controller has no name", de: "der Verantwortliche hat keinen Namen" }
    nameless_help() { en: "give the name under which the organisation answers: --controller \"Acme GmbH\"", de: "den Namen angeben, unter dem die Organisation antwortet: --controller \"Muster GmbH\"" }
    first_inventory(controller, seat, language) {
        en: "# What dsr knows of your systems. `dsr check` says whether it is right.
dsr: 1
controller: {{ name: {controller}, seat: {seat}, language: {language} }}

# Before identity is confirmed, nothing is handed over or erased.
requests: {{ identity: required }}

# One entry for each system that holds personal data. Systems that are not connected yet belong here too: they stand in
# every answer as not searched, so that nobody forgets them.
systems:
  paper_files:
    engine: manual
    owner: office
    manual: {{ find: \"Search the paper files.\", erase: \"Destroy the person's file.\", days: 14 }}
",
        de: "# Was dsr über Ihre Systeme weiß. `dsr check` sagt, ob es stimmt.
dsr: 1
controller: {{ name: {controller}, seat: {seat}, language: {language} }}

# Bevor die Identität bestätigt ist, wird nichts herausgegeben oder gelöscht.
requests: {{ identity: required }}

# Ein Eintrag je System mit personenbezogenen Daten. Auch noch nicht angebundene Systeme gehören hierher: Sie stehen dann in
# jeder Antwort als nicht durchsucht, und niemand vergisst sie.
systems:
  paper_files:
    engine: manual
    owner: office
    manual: {{ find: \"Papierakten durchsehen.\", erase: \"Akte der Person vernichten.\", days: 14 }}
"
    }
    nothing_left(case, command) { en: "Case {case} has nothing left to carry out. To look for the person again: dsr {command} --case {case}", de: "Im Vorgang {case} ist nichts mehr auszuführen. Erneut nach der Person suchen: dsr {command} --case {case}" }
}

pub fn files(count: usize) -> crate::messages::Text {
    match count {
        1 => one_file(),
        count => many_files(count),
    }
}

pub fn records(count: u64) -> crate::messages::Text {
    match count {
        1 => one_record(),
        count => many_records(count),
    }
}

pub fn events(count: u64) -> crate::messages::Text {
    match count {
        1 => one_event(),
        count => many_events(count),
    }
}

pub fn cases(count: u64) -> crate::messages::Text {
    match count {
        1 => one_case(),
        count => many_cases(count),
    }
}
