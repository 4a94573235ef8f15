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
    no_day() { en: "`before` is not a day", de: "`before` ist kein Tag" }
    no_day_help() { en: "write it as 2024-01-01", de: "als 2024-01-01 schreiben" }
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
    unknown_part(object, part) { en: "`{object}` has no part `{part}`", de: "`{object}` hat keinen Teil `{part}`" }
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

    sandbox_fault(code) { en: "the sandbox could not be searched ({code}), so nothing was recorded", de: "das Testsystem ließ sich nicht durchsuchen ({code}), daher wurde nichts aufgezeichnet" }
    sandbox_fault_help() { en: "see that it runs, and that the settings and the secret are right; then record again", de: "prüfen, ob es läuft und ob Einstellungen und Geheimnis stimmen; dann erneut aufzeichnen" }
    no_json_reply(no) { en: "reply {no} is neither JSON, XML, CSV nor plain text that can be written down again, so the personal values in it cannot be told", de: "Antwort {no} ist weder JSON, XML, CSV noch reiner Text, der sich wieder niederschreiben lässt; die personenbezogenen Werte darin sind nicht zu erkennen" }
    no_json_reply_help() { en: "write this case by hand, with invented values; nothing was saved", de: "diesen Fall von Hand schreiben, mit erfundenen Werten; gespeichert wurde nichts" }
    exchange_no(no) { en: "exchange {no}", de: "Austausch {no}" }
    original_left(place) { en: "the recording still holds a value of the sandbox ({place}), so it was not saved", de: "die Aufzeichnung enthält noch einen Wert des Testsystems ({place}), daher wurde sie nicht gespeichert" }
    original_left_why() { en: "every value is looked for as it stands, in other letters, percent-encoded, in base64, in hexadecimal and as a digest", de: "jeder Wert wird gesucht, wie er dasteht, in anderer Schreibung, prozentkodiert, in Base64, hexadezimal und als Prüfsumme" }
    original_left_help() { en: "have the member that holds it replaced with --hide NAME; use another test person if its name or address is a common word", de: "das Feld, in dem er steht, mit --hide NAME ersetzen lassen; eine andere Testperson nehmen, wenn ihr Name oder ihre Adresse ein gewöhnliches Wort ist" }
    not_accepted(name) { en: "the connector does not accept the recording of `{name}`, so it was not saved", de: "der Konnektor nimmt die Aufzeichnung von „{name}“ nicht an, daher wurde sie nicht gespeichert" }
    not_accepted_help() { en: "if it reads a word of the reply that was replaced, let that member stay with --keep NAME; else write the case by hand", de: "liest er ein Wort der Antwort, das ersetzt wurde, dieses Feld mit --keep NAME stehen lassen; sonst den Fall von Hand schreiben" }
    no_place_for_case(file) { en: "{file} cannot take a further case", de: "{file} kann keinen weiteren Fall aufnehmen" }
    no_place_for_case_help() { en: "let `cases` be its last key, each case on lines of its own with `  - ` before it; or name another file with --tests", de: "`cases` muss der letzte Schlüssel sein, jeder Fall auf eigenen Zeilen mit `  - ` davor; oder mit --tests eine andere Datei nennen" }
    case_is_there(name) { en: "a case `{name}` is recorded already", de: "ein Fall „{name}“ ist schon aufgezeichnet" }
    case_is_there_help() { en: "nothing is overwritten: take another name with --case, or remove that case from the file", de: "nichts wird überschrieben: mit --case einen anderen Namen nehmen oder den Fall aus der Datei entfernen" }

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

    derived_wrong(title) { en: "it does not hold that {title}", de: "es gilt nicht: {title}" }
    derived_wrong_help(kind) { en: "correct the connector, or record what is missing; docs/reference/connector-tests.md explains `{kind}`", de: "den Konnektor berichtigen oder aufzeichnen, was fehlt; `{kind}` erklärt docs/reference/connector-tests.md" }
    derived_asked(asked) { en: "asked for, and not recorded: {asked}", de: "gefragt, aber nicht aufgezeichnet: {asked}" }
    ends_in_a_fault() { en: "the recorded case ends in a fault", de: "der aufgezeichnete Fall endet in einem Fehler" }
    speaks_of_many() { en: "the first write is one for several records, and a status says of none of them that it is gone", de: "der erste Schreibzugriff gilt mehreren Datensätzen, und ein Status besagt von keinem, dass er fehlt" }
    finds_nobody() { en: "the recorded case finds nobody", de: "der aufgezeichnete Fall findet niemanden" }
    erases_nothing() { en: "the recorded case erases nothing", de: "der aufgezeichnete Fall löscht nichts" }
    writes_nothing() { en: "the recorded case writes nothing", de: "der aufgezeichnete Fall schreibt nichts" }
    sent_while_planning(words) { en: "while planning it sent {words}", de: "beim Planen ging {words} hinaus" }
    found_otherwise() { en: "something else was found", de: "gefunden wurde etwas anderes" }
    names_nobody() { en: "no reply holds the person's identities", de: "keine Antwort enthält die Identitäten der Person" }
    wrote_a_stranger(words) { en: "although the replies are about somebody else, it sent {words}", de: "obwohl die Antworten von jemand anderem handeln, ging {words} hinaus" }
    found_a_stranger(record) { en: "although the replies are about somebody else, it took {record} for the person's", de: "obwohl die Antworten von jemand anderem handeln, galt {record} als Datensatz der Person" }
    no_near_miss() { en: "the guard refused nothing, so it saw nothing", de: "der Abgleich hat nichts zurückgewiesen, also nichts gesehen" }
    first_is_no_success() { en: "the first reply is no success", de: "die erste Antwort ist kein Erfolg" }
    envelope_not_missed() { en: "the first reply was `{{}}`, and that passed for a reply", de: "die erste Antwort war `{{}}`, und das ging als Antwort durch" }
    record_came_to(record, came) { en: "{record} came to {came}", de: "{record} ergab {came}" }
    waited_less(waited, least) { en: "it waited {waited}, and was told to wait {least}", de: "gewartet {waited}, verlangt waren {least}" }
    all_repeatable() { en: "every write of it may be repeated", de: "alles, was er schreibt, darf wiederholt werden" }
    sent_again(words) { en: "its reply was lost, and it was sent again: {words}", de: "die Antwort ging verloren, und es wurde noch einmal gesendet: {words}" }
    nothing_to_change() { en: "what is read before a write holds no field that could have changed", de: "was vor dem Schreiben gelesen wird, enthält kein Feld, das sich geändert haben könnte" }
    wrote_over(words) { en: "the record had changed, and it sent {words}", de: "der Datensatz war geändert, und es ging {words} hinaus" }
    nothing_unverified(outcomes) { en: "nothing came to not_verified: {outcomes}", de: "nichts ergab not_verified: {outcomes}" }
    nothing_in_pages() { en: "nothing that the case asks for comes in pages", de: "nichts, wonach der Fall fragt, kommt seitenweise" }
    no_page_with_records() { en: "no page with records is recorded", de: "keine Seite mit Datensätzen ist aufgezeichnet" }
    no_second_page() { en: "no second page is recorded, and the first cannot be made to announce one", de: "eine zweite Seite ist nicht aufgezeichnet, und die erste lässt sich keine ankündigen" }
    page_taken(codes) { en: "a page that came again is no E311 here but: {codes}", de: "eine wiederholte Seite ergibt hier nicht E311, sondern: {codes}" }

    looks_personal(object, members) { en: "recorded members of `{object}` look personal, and no field lists them: {members}", de: "aufgezeichnete Angaben von `{object}` sehen personenbezogen aus, und kein Feld führt sie: {members}" }
    looks_personal_why() { en: "what no field lists is not corrected, not made anonymous and not explained to the person", de: "was kein Feld führt, wird weder berichtigt noch anonymisiert und der Person nicht erklärt" }
    looks_personal_help(object) { en: "list them under `fields` of `{object}` with their categories; what is about somebody or something else takes a category of its own (x.NAME) and   mask: keep", de: "sie unter `fields` von `{object}` mit ihren Kategorien aufführen; was jemand anderen oder etwas anderes betrifft, erhält eine eigene Kategorie (x.NAME) und   mask: keep" }
    tests_elsewhere(name) { en: "there is no test of `{name}`", de: "zu `{name}` gibt es keinen Test" }
    tests_elsewhere_help(name) { en: "record one (dsr connector record --connector {name}), or name one of your own: dsr connector test {name} --tests FILE", de: "einen aufzeichnen (dsr connector record --connector {name}) oder einen eigenen nennen: dsr connector test {name} --tests DATEI" }
    no_connectors() { en: "there are no connectors in connectors/", de: "in connectors/ liegen keine Konnektoren" }
    no_connectors_help() { en: "name the file of one (dsr connector test FILE), or test all that came with the program: dsr connector test --all", de: "die Datei eines Konnektors nennen (dsr connector test DATEI) oder alle mitgelieferten testen: dsr connector test --all" }
    replayed_with(overlay, below, version) { en: "{overlay} has no test of its own; replayed was what is recorded for {below} {version}, which it extends.", de: "{overlay} hat keinen eigenen Test; abgespielt wurde, was für {below} {version} aufgezeichnet ist, worauf er aufbaut." }
    changes(path, before, after) { en: "  it changes {path}: {before} → {after}", de: "  er ändert {path}: {before} → {after}" }
    changes_safety(path, before, after) { en: "  it changes {path}: {before} → {after} (safety)", de: "  er ändert {path}: {before} → {after} (Sicherheit)" }
    differs() { en: "DIFFERS", de: "ANDERS" }
    differing(cases, below) { en: "Cases that come out otherwise than with {below} alone: {cases}. That is what these changes do, or what they break.", de: "Fälle, die anders ausgehen als mit {below} allein: {cases}. Das ist, was diese Änderungen bewirken oder was sie beschädigen." }
    differing_help(overlay, below) { en: "Where it is meant, give {overlay} a test that says so: record one (dsr connector record --connector {overlay}), or correct those of {below}, which this prints: dsr connector show {below} --tests", de: "Wo es gewollt ist, gehört zu {overlay} ein Test, der das sagt: einen aufzeichnen (dsr connector record --connector {overlay}) oder die von {below} anpassen; sie zeigt: dsr connector show {below} --tests" }
    one_test_file() { en: "`--tests` names the tests of one connector", de: "`--tests` nennt die Tests eines Konnektors" }
    one_test_file_help() { en: "name one connector with it", de: "dazu einen Konnektor nennen" }
    names_list_people() { en: "a name identifies nobody: people of a name are listed by `run: candidates`, and by nothing else", de: "ein Name kennzeichnet niemanden: Personen eines Namens zählt `run: candidates` auf, und nur anhand des Namens" }
    names_list_people_help() { en: "write   run: candidates, subject: {{ name: Ada Moss }}   or another identity", de: "schreiben:   run: candidates, subject: {{ name: Ada Moss }}   oder eine andere Identität" }
    uncovered(what) { en: "no case shows {what}", de: "kein Fall zeigt {what}" }
    no_traffic(why) { en: "the requests and replies could not be written: {why}", de: "Anfragen und Antworten ließen sich nicht schreiben: {why}" }
    no_traffic_help() { en: "name a file in a folder that can be written to", de: "eine Datei in einem beschreibbaren Ordner nennen" }
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
    summary(connectors, cases, derived, wrong, took) { en: "connectors: {connectors}, cases: {cases}, derived: {derived}, failed: {wrong}, time: {took}", de: "Konnektoren: {connectors}, Fälle: {cases}, abgeleitete: {derived}, gescheitert: {wrong}, Zeit: {took}" }
    not_derived(connector, kind, cases, why) { en: "{connector}: {kind}: not derived (cases: {cases}): {why}", de: "{connector}: {kind}: nicht abgeleitet (Fälle: {cases}): {why}" }
    failed_case(connector, case) { en: "{connector}: {case}", de: "{connector}: {case}" }
    failed_derived(connector, case, kind) { en: "{connector}: {case}, derived: {kind}", de: "{connector}: {case}, abgeleitet: {kind}" }
    starts(program) { en: "Starting {program}, with invented settings and recorded exchanges.", de: "Gestartet wird {program}, mit erfundenen Einstellungen und aufgezeichneten Anfragen." }
    of_connectors_only(word) { en: "`{word}` belongs to the tests of connectors", de: "`{word}` gehört zu den Tests von Konnektoren" }
    of_connectors_only_help() { en: "leave it out: a plugin signs in by requests of its own, which are exchanges as all others", de: "weglassen: ein Plugin meldet sich mit eigenen Anfragen an, die aufgezeichnet werden wie alle anderen" }
    plugin_without_objects() { en: "the test of a plugin names no `plugin` or no `objects`", de: "der Test eines Plugins nennt kein `plugin` oder keine `objects`" }
    plugin_without_objects_help() { en: "write both as they stand in dsr.yaml; paths begin in the folder of this file", de: "beides schreiben, wie es in dsr.yaml steht; Pfade beginnen im Ordner dieser Datei" }
    own_network_is_not_recorded() { en: "a plugin that opens connections of its own has no exchanges that could be recorded", de: "ein Plugin, das selbst Verbindungen öffnet, hat keine Anfragen, die sich aufzeichnen ließen" }
    own_network_is_not_recorded_why() { en: "it would reach a real system from a test, and write to it", de: "es würde aus einem Test heraus ein echtes System erreichen und darin schreiben" }
    own_network_is_not_recorded_help() { en: "try it on a copy of its system, in a workspace of its own", de: "an einer Kopie seines Systems in einem eigenen Arbeitsordner ausprobieren" }
    read_only_elsewhere() { en: "`read_only` stands where it says nothing", de: "`read_only` steht, wo es nichts sagt" }
    read_only_elsewhere_help() { en: "leave it out; in tests of plugins it marks a POST that only reads", de: "weglassen; in Tests von Plugins kennzeichnet es einen POST, der nur liest" }
}
