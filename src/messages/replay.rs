//! Messages about tests of connectors: what is wrong with a test file, and what did not come out as recorded.

catalogue! {
    unreadable(why) { en: "the test file cannot be read: {why}", de: "Testdatei nicht lesbar: {why}" }
    unreadable_help() { en: "the tests of connectors/NAME.yml stand in connectors/tests/NAME.test.yml; `--tests FILE` names another file", de: "die Tests zu connectors/NAME.yml stehen in connectors/tests/NAME.test.yml; `--tests DATEI` nennt eine andere" }
    other_connector(stated, name) { en: "these are tests of `{stated}`, the connector is called `{name}`", de: "das sind Tests für `{stated}`, der Konnektor heißt `{name}`" }
    other_connector_help(name) { en: "write:   tests: {name}", de: "schreiben:   tests: {name}" }
    unknown_setting(name) { en: "the connector has no setting `{name}`", de: "der Konnektor hat keine Einstellung `{name}`" }
    missing_setting(name) { en: "the setting `{name}` has no value", de: "die Einstellung `{name}` hat keinen Wert" }
    missing_setting_help(name) { en: "add under settings an invented one, also for secrets:   {name}: …", de: "unter settings einen erfundenen ergänzen, auch für Geheimnisse:   {name}: …" }
    setting_misfit(name, what) { en: "the setting `{name}` does not fit: {what}", de: "die Einstellung `{name}` passt nicht: {what}" }
    setting_misfit_help() { en: "write an invented value of the form that the connector asks for", de: "einen erfundenen Wert in der Form schreiben, die der Konnektor verlangt" }
    derive_form() { en: "`derive` is all, none, or a list of derived cases", de: "`derive` ist all, none oder eine Liste abgeleiteter Fälle" }
    unknown_derived(word) { en: "there is no derived case `{word}`", de: "einen abgeleiteten Fall `{word}` gibt es nicht" }
    derive_help(words) { en: "all, none, or of these: {words}", de: "all, none oder aus diesen: {words}" }
    case_twice(name) { en: "two cases are called `{name}`", de: "zwei Fälle heißen `{name}`" }
    case_twice_help() { en: "give each a name that says what it shows", de: "jedem einen Namen geben, der sagt, was er zeigt" }
    unknown_run(word) { en: "`run: {word}` is nothing that could be carried out", de: "`run: {word}` lässt sich nicht ausführen" }
    no_sweep_yet() { en: "sweeps cannot be tested by this version", de: "Löschläufe kann diese Version nicht prüfen" }
    runs_are(words) { en: "one of: {words}", de: "eines von: {words}" }
    set_with_rectify() { en: "`set` says what `run: rectify` corrects, and belongs to nothing else", de: "`set` nennt, was `run: rectify` berichtigt, und gehört zu nichts anderem" }
    set_with_rectify_help() { en: "write:   run: rectify   and   set: {{ person.name: Ada Moss }}   together", de: "`run: rectify` und `set: {{ person.name: Ada Moss }}` gehören zusammen" }
    expects_nothing(run) { en: "the case expects nothing by which `run: {run}` could fail", de: "der Fall erwartet nichts, woran `run: {run}` scheitern könnte" }
    expect_outcomes() { en: "say what becomes of each record:   outcomes: {{ users/7: removed }}", de: "sagen, was aus jedem Datensatz wird:   outcomes: {{ users/7: removed }}" }
    expect_found() { en: "say what is found:   found: {{ users: [7] }}   (or {{}} for nothing)", de: "sagen, was gefunden wird:   found: {{ users: [7] }}   (oder {{}} für nichts)" }
    bad_identity(reason) { en: "nobody can be searched by this: {reason}", de: "danach lässt sich niemand suchen: {reason}" }
    bad_identity_help() { en: "write an invented identity, such as email: ada@example.org", de: "eine erfundene Identität schreiben, etwa email: ada@example.org" }
    never_searched(name) { en: "{name} searches by nothing that this person is known by", de: "{name} sucht nach nichts, was von dieser Person bekannt ist" }
    never_searched_help(kinds) { en: "it searches by: {kinds}", de: "gesucht wird nach: {kinds}" }
    unknown_field(name) { en: "`{name}` is neither a field (object.field) nor the category of one", de: "`{name}` ist weder ein Feld (objekt.feld) noch die Kategorie eines Feldes" }
    not_a_record(name) { en: "`{name}` names no record", de: "`{name}` benennt keinen Datensatz" }
    not_a_record_help() { en: "write object/key, such as users/7; parts of a key are joined by `/`", de: "objekt/schlüssel schreiben, etwa users/7; Teile eines Schlüssels verbindet `/`" }
    unknown_object(object, name) { en: "{name} has no object `{object}`", de: "{name} hat kein Objekt `{object}`" }
    not_a_code() { en: "`error` is the code of a fault", de: "`error` ist der Code eines Fehlers" }
    not_a_code_help() { en: "write it like this:   error: E310", de: "so schreiben:   error: E310" }
    unknown_outcome(word) { en: "there is no outcome `{word}`", de: "ein Ergebnis `{word}` gibt es nicht" }
    one_verb() { en: "an exchange has exactly one verb", de: "ein Austausch hat genau ein Verb" }
    one_verb_help() { en: "write:   - {{ get: /users/7, reply: {{ json: {{ … }} }} }}", de: "schreiben:   - {{ get: /users/7, reply: {{ json: {{ … }} }} }}" }
    bad_path() { en: "this is neither a path below the connector's URL nor a whole URL", de: "das ist weder ein Pfad unter der URL des Konnektors noch eine ganze URL" }
    bad_path_help() { en: "begin it with `/`; parameters stand under query: {{ page: 2 }}", de: "mit `/` beginnen; Parameter stehen unter query: {{ page: 2 }}" }
    bad_header(name) { en: "`{name}` cannot be sent as a header", de: "`{name}` lässt sich nicht als Kopfzeile senden" }
    bad_header_help() { en: "write name and value without line ends:   Retry-After: \"2\"", de: "Name und Wert ohne Zeilenende schreiben:   Retry-After: \"2\"" }
    bad_reply() { en: "a reply has a status from 100 to 599, and one body at most", de: "eine Antwort hat einen Status von 100 bis 599 und höchstens einen Inhalt" }
    bad_reply_help() { en: "write:   reply: {{ status: 200, json: {{ … }} }}   or text, or bytes", de: "schreiben:   reply: {{ status: 200, json: {{ … }} }}   oder text oder bytes" }
    bad_bytes() { en: "these are no bytes in base64", de: "das sind keine Bytes in Base64" }
    bad_bytes_help() { en: "encode them with base64 (RFC 4648, 4)", de: "mit Base64 kodieren (RFC 4648, 4)" }

    not_recorded(asked) { en: "asked for, and not recorded: {asked}", de: "gefragt, aber nicht aufgezeichnet: {asked}" }
    nearest_recorded(words) { en: "the nearest recorded one is {words}", de: "am nächsten kommt {words}" }
    nothing_near() { en: "nothing recorded has this path", de: "nichts Aufgezeichnetes hat diesen Pfad" }
    not_recorded_help() { en: "record the reply to it, or correct the connector", de: "die Antwort darauf aufzeichnen oder den Konnektor berichtigen" }
    not_asked(words) { en: "recorded, and never asked for: {words}", de: "aufgezeichnet, aber nie gefragt: {words}" }
    asked_less(words, came, times) { en: "recorded {times} times, and asked for {came} times: {words}", de: "{times}-mal aufgezeichnet, {came}-mal gefragt: {words}" }
    not_asked_help() { en: "remove it, or correct the connector, which should send it", de: "entfernen oder den Konnektor berichtigen, der es senden sollte" }
    out_of_order(asked) { en: "sent too early: {asked}", de: "zu früh gesendet: {asked}" }
    out_of_order_why(words) { en: "this is recorded before it, and was not sent yet: {words}", de: "das ist davor aufgezeichnet und noch nicht gesendet: {words}" }
    answered_again(words) { en: "after the write, answered as before it: {words}", de: "nach dem Schreiben beantwortet wie davor: {words}" }
    out_of_order_help() { en: "writes come in the order of the file; correct it, or the connector", de: "Schreibendes kommt in der Reihenfolge der Datei; sie oder den Konnektor berichtigen" }
    other_found(came, wanted) { en: "found {came}, expected {wanted}", de: "gefunden {came}, erwartet {wanted}" }
    other_near_misses(came, wanted) { en: "{came} near misses, expected {wanted}", de: "{came} Beinahetreffer, erwartet {wanted}" }
    other_outcomes(came, wanted) { en: "came to {came}, expected {wanted}", de: "ergab {came}, erwartet {wanted}" }
    step_fault(record, code, text) { en: "{record}: {code} {text}", de: "{record}: {code} {text}" }
    not_exported(record) { en: "{record} was not found, so nothing of it is exported", de: "{record} wurde nicht gefunden, also auch nicht ausgegeben" }
    no_such_field(record, field) { en: "{record} has no field `{field}`", de: "{record} hat kein Feld `{field}`" }
    other_value(field, came, wanted) { en: "{field} is {came}, expected {wanted}", de: "{field} ist {came}, erwartet {wanted}" }
    other_wait(came, wanted) { en: "waited {came}, expected {wanted}", de: "gewartet {came}, erwartet {wanted}" }
    no_error() { en: "no error", de: "kein Fehler" }
    other_error(came, wanted) { en: "came to {came}, expected {wanted}", de: "ergab {came}, erwartet {wanted}" }
    unexpected_fault(place, code, text) { en: "{place}: {code} {text}", de: "{place}: {code} {text}" }
    refused_plan(code, what) { en: "nothing could be planned: {code} {what}", de: "es ließ sich nichts planen: {code} {what}" }
    no_runtime() { en: "the case could not be started", de: "der Fall ließ sich nicht starten" }
    no_runtime_help() { en: "close other programs, then run the command again", de: "andere Programme beenden und den Befehl noch einmal ausführen" }

    derived_plan_mode() { en: "planning alone only reads", de: "Planen allein liest nur" }
    derived_stranger() { en: "a stranger in the replies is left alone", de: "Fremde in den Antworten bleiben unberührt" }
    derived_no_envelope() { en: "a reply without its envelope is no empty one", de: "eine Antwort ohne Hülle ist keine leere" }
    derived_already_gone() { en: "what is gone already is done", de: "was schon weg ist, ist erledigt" }
    derived_throttled() { en: "throttling is waited out", de: "Drosselung wird abgewartet" }
    derived_lost_reply() { en: "a lost reply is settled by reading", de: "eine verlorene Antwort klärt das Lesen" }
    derived_changed() { en: "a record that changed is not written", de: "was sich geändert hat, wird nicht geschrieben" }
    derived_forbidden() { en: "what cannot be looked at is not verified", de: "was sich nicht ansehen lässt, gilt nicht als geprüft" }
    derived_repeated_page() { en: "a repeated page is an error", de: "eine wiederholte Seite ist ein Fehler" }

    no_file(name) { en: "there is no connector `{name}` here", de: "einen Konnektor `{name}` gibt es hier nicht" }
    no_file_help() { en: "name a file, or one of connectors/ without its ending", de: "eine Datei nennen oder eine aus connectors/ ohne Endung" }
    no_connectors() { en: "there are no connectors in connectors/", de: "in connectors/ liegen keine Konnektoren" }
    no_connectors_help() { en: "name the file of one: dsr connector test FILE", de: "die Datei eines Konnektors nennen: dsr connector test DATEI" }
    one_test_file() { en: "`--tests` names the tests of one connector", de: "`--tests` nennt die Tests eines Konnektors" }
    one_test_file_help() { en: "name one connector with it", de: "dazu einen Konnektor nennen" }
    uncovered(what) { en: "no case shows {what}", de: "kein Fall zeigt {what}" }
    uncovered_help() { en: "record a case that carries it out", de: "einen Fall aufzeichnen, der es ausführt" }

    connector() { en: "connector", de: "Konnektor" }
    case() { en: "case", de: "Fall" }
    run_word() { en: "run", de: "Art" }
    result() { en: "result", de: "Ergebnis" }
    derived() { en: "derived", de: "abgeleitet" }
    waited() { en: "waited", de: "gewartet" }
    passed() { en: "passed", de: "bestanden" }
    failed() { en: "FAILED", de: "GESCHEITERT" }
    derived_counts(right, all) { en: "{right} of {all}", de: "{right} von {all}" }
    summary(connectors, cases, derived, wrong, took) { en: "{connectors} connectors, {cases} cases, {derived} derived; {wrong} failed; {took}", de: "{connectors} Konnektoren, {cases} Fälle, {derived} abgeleitete; {wrong} gescheitert; {took}" }
    not_derived(case, kind, why) { en: "{case}: {kind}: not derived: {why}", de: "{case}: {kind}: nicht abgeleitet: {why}" }
    failed_case(connector, case) { en: "{connector}: {case}", de: "{connector}: {case}" }
    failed_derived(connector, case, kind) { en: "{connector}: {case}, derived: {kind}", de: "{connector}: {case}, abgeleitet: {kind}" }
}
