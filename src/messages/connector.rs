//! Messages about connector files.

catalogue! {
    language_number() { en: "this connector is written in another version of the language", de: "dieser Konnektor ist in einer anderen Fassung der Sprache geschrieben" }
    language_number_help() { en: "this program reads:   dsr: 1", de: "dieses Programm liest:   dsr: 1" }
    connector_name() { en: "the name of a connector consists of small letters, digits and `-`", de: "der Name eines Konnektors besteht aus Kleinbuchstaben, Ziffern und `-`" }
    version() { en: "a version has three numbers, such as 1.0.0", de: "eine Version besteht aus drei Zahlen, etwa 1.0.0" }
    protocols() { en: "the protocols are rest, odata2, odata4 and jsonrpc2", de: "die Protokolle sind rest, odata2, odata4 und jsonrpc2" }

    setting_name(name) { en: "`{name}` cannot name a setting: letters, digits and `_` only", de: "`{name}` kann keine Einstellung benennen: nur Buchstaben, Ziffern und `_`" }
    setting_type(kind) { en: "`{kind}` is no type of setting; there are text, url, integer and boolean", de: "`{kind}` ist kein Typ für eine Einstellung; es gibt text, url, integer und boolean" }
    setting_bad_pattern() { en: "`pattern` is not a regular expression", de: "`pattern` ist kein regulärer Ausdruck" }
    setting_unused(name) { en: "the setting `{name}` is never used", de: "die Einstellung `{name}` wird nirgends verwendet" }
    setting_unused_below(name) { en: "take it out in the file that extends the connector:   settings: {{ {name}: null }}", de: "in der Datei herausnehmen, die den Konnektor erweitert:   settings: {{ {name}: null }}" }
    setting_unused_help() { en: "remove it, or use it as {{{{ settings.… }}}}", de: "entfernen, oder als {{{{ settings.… }}}} verwenden" }
    secret_default() { en: "a secret stands in the connector file", de: "in der Konnektordatei steht ein Geheimnis" }
    secret_default_help() { en: "remove `default`; the inventory refers to the secret", de: "`default` entfernen; das Inventar verweist auf das Geheimnis" }
    setting_empty() { en: "the value is empty or contains control characters", de: "der Wert ist leer oder enthält Steuerzeichen" }
    setting_not_integer() { en: "a whole number is expected", de: "erwartet wird eine ganze Zahl" }
    setting_not_boolean() { en: "true or false is expected", de: "erwartet wird true oder false" }
    setting_pattern(pattern) { en: "the value does not have the form {pattern}", de: "der Wert hat nicht die Form {pattern}" }
    setting_one_of(list) { en: "the value is one of: {list}", de: "der Wert ist einer von: {list}" }
    url_unreadable() { en: "this is not a URL", de: "das ist keine URL" }
    url_insecure() { en: "the URL must begin with https:// (http:// only on this machine, or with `insecure_http: true` on the system)", de: "die URL muss mit https:// beginnen (http:// nur auf diesem Rechner oder mit `insecure_http: true` am System)" }
    url_extras() { en: "the URL has a host and perhaps a path, but no user, query or fragment", de: "die URL hat einen Rechnernamen und vielleicht einen Pfad, aber weder Benutzer noch Abfrage noch Fragment" }

    base_url() { en: "the address of the server is not given by a setting and not written out", de: "die Adresse des Servers stammt weder aus einer Einstellung noch ist sie ausgeschrieben" }
    base_url_why() { en: "whoever trusts this file must see where it leads, and nothing but settings may decide it", de: "wer dieser Datei vertraut, muss sehen, wohin sie führt, und nur Einstellungen dürfen das bestimmen" }
    base_url_help() { en: "write:   url: \"{{{{ settings.url }}}}\" with `type: url`, or   url: \"https://api.example.com\"", de: "schreiben:   url: \"{{{{ settings.url }}}}\" mit `type: url`, oder   url: \"https://api.example.com\"" }
    one_auth() { en: "`auth` is exactly one of the known ways", de: "`auth` ist genau eine der bekannten Arten" }
    one_auth_help() { en: "none, or one of bearer, basic, header", de: "none oder eines von bearer, basic, header" }
    rate() { en: "a rate is a number of requests in a time, such as 10/s or 700/10m", de: "eine Rate ist eine Zahl von Anfragen in einer Zeit, etwa 10/s oder 700/10m" }
    duration() { en: "a duration is a number with ms, s, m, h or d, such as 30s", de: "eine Dauer ist eine Zahl mit ms, s, m, h oder d, etwa 30s" }

    one_verb() { en: "a request has exactly one of get, head, post, put, patch, delete", de: "eine Anfrage hat genau eines von get, head, post, put, patch, delete" }
    one_verb_help() { en: "such as:   get: /users", de: "zum Beispiel:   get: /users" }
    no_steps() { en: "`steps` lists at least one request", de: "`steps` führt mindestens eine Anfrage auf" }
    body_with_get() { en: "GET and HEAD carry no body", de: "GET und HEAD haben keinen Inhalt" }
    read_only_verb(verb) { en: "{verb} cannot be read-only", de: "{verb} kann nicht nur lesend sein" }
    writing_verb(verb) { en: "this request sends {verb}, but may only read", de: "diese Anfrage sendet {verb}, darf aber nur lesen" }
    writing_verb_why() { en: "find, export, plan and verify may only read", de: "find, export, plan und verify dürfen nur lesen" }
    writing_verb_help() { en: "if this POST only searches, add:   read_only: true", de: "wenn dieses POST nur sucht, ergänzen:   read_only: true" }
    records_help() { en: "say where the records lie in the reply:   records: \"$.items[*]\", or `$` if the reply is the record", de: "angeben, wo die Datensätze in der Antwort stehen:   records: \"$.items[*]\", oder `$`, wenn die Antwort der Datensatz ist" }
    page_elsewhere() { en: "only a search has pages", de: "nur eine Suche hat Seiten" }
    page_parameter() { en: "a page's parameter travels in the query or in the body: `query.NAME`, `body.NAME`", de: "der Parameter einer Seite steht in der Abfrage oder im Rumpf: `query.NAME`, `body.NAME`" }
    one_page_form() { en: "`page` is none or link_header, or has exactly one of link_header, next, cursor, offset and number", de: "`page` ist none oder link_header oder hat genau eines von link_header, next, cursor, offset und number" }
    path_with_host() { en: "a path begins with one `/` and names no server", de: "ein Pfad beginnt mit genau einem `/` und nennt keinen Server" }
    path_help() { en: "it is joined to `api.url`", de: "er wird an `api.url` angehängt" }
    path_with_query() { en: "a path has no `?`, no `#`, no `\\` and no `.` or `..` between slashes", de: "ein Pfad enthält kein `?`, kein `#`, kein `\\` und kein `.` oder `..` zwischen Schrägstrichen" }
    path_query_help() { en: "parameters stand under `query`", de: "Parameter stehen unter `query`" }
    flat_values() { en: "a parameter is a text, a number, true or false, or a list of those", de: "ein Parameter ist ein Text, eine Zahl, true oder false oder eine Liste davon" }
    header_name(name) { en: "`{name}` is not a header that a connector may set", de: "`{name}` ist kein Kopffeld, das ein Konnektor setzen darf" }
    statuses() { en: "status codes from 100 to 599 are expected", de: "erwartet werden Statuscodes von 100 bis 599" }
    status_meaning(word) { en: "one of these status codes cannot mean `{word}`", de: "einer dieser Statuscodes kann nicht `{word}` bedeuten" }
    status_meaning_why() { en: "401 and 403 are lost permissions and never pass for an erasure; only 4xx can say that something is gone, only 2xx that it is done", de: "401 und 403 sind fehlende Rechte und gelten nie als Löschung; nur 4xx kann besagen, dass etwas fort ist, nur 2xx, dass es getan ist" }
    blind_condition(word) { en: "the condition `{word}` reads nothing from the reply", de: "die Bedingung `{word}` liest nichts aus der Antwort" }
    blind_condition_why() { en: "it would be true whatever the system answers", de: "sie träfe zu, was auch immer das System antwortet" }
    blind_side(word) { en: "one side of the condition `{word}` reads nothing of what the system says", de: "eine Seite der Bedingung `{word}` liest nichts von dem, was das System sagt" }
    blind_side_help(names) { en: "let each side of `or` compare something of: {names}", de: "auf jeder Seite von `or` etwas hieraus vergleichen: {names}" }
    always_true(word, part) { en: "the condition `{word}` cannot be false: {part}", de: "die Bedingung `{word}` kann nicht falsch sein: {part}" }
    always_true_help() { en: "compare what the system says with what it says in this case only", de: "vergleichen, was das System sagt, und zwar mit dem, was es nur in diesem Fall sagt" }
    true_of_nothing(word) { en: "the condition `{word}` is true of a reply in which nothing stands", de: "die Bedingung `{word}` trifft auf eine Antwort zu, in der nichts steht" }
    true_of_nothing_why() { en: "a system that is disturbed, or lets nobody in, answers so as well", de: "so antwortet auch ein gestörtes System, oder eines, das niemanden einlässt" }
    true_of_nothing_help() { en: "compare a value that the reply has to hold, or a status such as 404", de: "einen Wert vergleichen, der in der Antwort stehen muss, oder einen Status wie 404" }
    blind_condition_help() { en: "compare something in status, headers, body or text", de: "etwas aus status, headers, body oder text vergleichen" }

    no_objects() { en: "a connector describes at least one object", de: "ein Konnektor beschreibt mindestens ein Objekt" }
    object_like_kind(name) { en: "the object `{name}` is named like a kind of identity", de: "das Objekt `{name}` heißt wie eine Art von Identität" }
    unknown_object(name) { en: "there is no object `{name}` in this file", de: "ein Objekt `{name}` gibt es in dieser Datei nicht" }
    no_finder() { en: "`find` lists at least one way to reach records", de: "`find` führt mindestens einen Weg zu den Datensätzen auf" }
    by_or_under() { en: "a way to reach records starts from an identity or from another object", de: "ein Weg zu Datensätzen beginnt bei einer Identität oder bei einem anderen Objekt" }
    no_finder_help() { en: "such as:   find: [{{ by: email, get: /users, query: {{ email: \"{{{{ value }}}}\" }} }}]", de: "zum Beispiel:   find: [{{ by: email, get: /users, query: {{ email: \"{{{{ value }}}}\" }} }}]" }
    nameless() { en: "an object searched by name has no field `person.name`", de: "ein nach Namen durchsuchtes Objekt hat kein Feld `person.name`" }
    nameless_why() { en: "without it nobody can tell whether the records returned are of that name", de: "ohne es lässt sich nicht sagen, ob die gelieferten Datensätze diesen Namen tragen" }
    nameless_help() { en: "list the field that holds the name: name: person.name", de: "das Feld mit dem Namen aufführen: name: person.name" }
    unguarded(kind) { en: "people are searched by {kind}, but no field says where the {kind} is", de: "gesucht wird nach „{kind}“, aber kein Feld sagt, wo „{kind}“ steht" }
    unguarded_why() { en: "without it dsr cannot check that the records found belong to the person", de: "ohne dieses Feld kann dsr nicht prüfen, ob die gefundenen Datensätze zur Person gehören" }
    unguarded_help(kind) { en: "add under `fields`:   {kind}: {{ category: …, identity: {kind} }}", de: "unter `fields` ergänzen:   {kind}: {{ category: …, identity: {kind} }}" }
    partial_without_read() { en: "`partial` needs `read`, which completes the records", de: "`partial` braucht `read`, das die Datensätze vervollständigt" }
    reads_everything() { en: "this search does not send the value, so it reads all records", de: "diese Suche sendet den Wert nicht, liest also alle Datensätze" }
    reads_everything_why() { en: "the guard keeps only those of the person; on large systems this takes long", de: "der Wächter behält nur die der Person; bei großen Systemen dauert das" }
    under_nobody() { en: "this search names no parent, and no field links its records to one", de: "diese Suche nennt keinen übergeordneten Datensatz, und kein Feld verknüpft die Treffer mit einem" }
    under_nobody_why() { en: "it would return the records of everybody as those of the person", de: "sie würde die Datensätze aller als die der Person zurückgeben" }
    under_nobody_help() { en: "use {{{{ parent.… }}}} in the request, or give a field `links`", de: "{{{{ parent.… }}}} in der Anfrage verwenden oder einem Feld `links` geben" }
    absent_action(action) { en: "`erase: {action}` names an action that this object does not have", de: "`erase: {action}` nennt eine Aktion, die dieses Objekt nicht hat" }
    keyless_request(verb, parts) { en: "this {verb} does not name the record: {parts} is missing", de: "dieses {verb} benennt den Datensatz nicht: {parts} fehlt" }
    keyless_request_why() { en: "a request that does not name every part of the key could reach other records, or all of them", de: "eine Anfrage, die nicht jeden Teil des Schlüssels nennt, könnte andere Datensätze treffen, oder alle" }
    keyless_request_help(part) { en: "use {{{{ record.{part} }}}} in the path or the body", de: "{{{{ record.{part} }}}} im Pfad oder im Inhalt verwenden" }
    plural_path(field) { en: "the field `{field}` can lie in several places, so it cannot be written", de: "das Feld `{field}` kann an mehreren Stellen stehen und lässt sich deshalb nicht schreiben" }
    plural_path_help() { en: "give it `fixed: true` or `mask: keep` and erase it another way, or list its places as fields of their own", de: "ihm `fixed: true` oder `mask: keep` geben und es anders löschen, oder seine Stellen als eigene Felder aufführen" }

    /// Stands for W330 of a reader's notes.
    unproven_credential(system) { en: "{system} answers, but nothing showed that its credential is accepted", de: "{system} antwortet, aber nichts hat gezeigt, dass die Zugangsdaten angenommen werden" }
    unproven_credential_help() { en: "name a control person for the system, or search for somebody", de: "dem System eine Kontrollperson geben oder nach jemandem suchen" }
    setting_name_help() { en: "write it like `api_key`", de: "schreiben wie `api_key`" }
    setting_type_help() { en: "leave `type` out for a text", de: "`type` für einen Text weglassen" }
    setting_bad_pattern_help() { en: "such as:   pattern: \"[a-z0-9-]+\"", de: "zum Beispiel:   pattern: \"[a-z0-9-]+\"" }
    no_objects_help() { en: "describe what the system holds about people under `objects`", de: "unter `objects` beschreiben, was das System über Personen enthält" }
    object_like_kind_help() { en: "name the object after what it holds, such as `contacts`", de: "das Objekt nach seinem Inhalt benennen, etwa `contacts`" }
    absent_action_help() { en: "describe the action beside it, or choose another for `erase`", de: "die Aktion daneben beschreiben oder für `erase` eine andere wählen" }
    partial_without_read_help() { en: "add `read`, or leave `partial` out", de: "`read` ergänzen oder `partial` weglassen" }
    reads_everything_help() { en: "if the system can search, send {{{{ value }}}}", de: "wenn das System suchen kann, {{{{ value }}}} mitsenden" }
    unknown_object_help() { en: "name an object of this file", de: "ein Objekt dieser Datei nennen" }
    no_steps_help() { en: "such as:   steps: [{{ delete: \"/users/{{{{ record.id }}}}\" }}]", de: "zum Beispiel:   steps: [{{ delete: \"/users/{{{{ record.id }}}}\" }}]" }
    page_parameter_help() { en: "such as:   size: query.per_page, or   offset: body.paging.from", de: "zum Beispiel:   size: query.per_page oder   offset: body.paging.from" }
    one_page_form_help() { en: "such as:   page: {{ next: $.next }}, or   page: {{ number: query.page, start: 1 }}", de: "zum Beispiel:   page: {{ next: $.next }} oder   page: {{ number: query.page, start: 1 }}" }
    statuses_help() { en: "such as:   [404, 410]", de: "zum Beispiel:   [404, 410]" }
    status_meaning_help() { en: "leave it out of the list, or tell it apart by a condition over the body", de: "aus der Liste streichen oder durch eine Bedingung über den Inhalt unterscheiden" }
    body_with_get_help() { en: "send it as `query`, or use POST with `read_only: true`", de: "als `query` senden oder POST mit `read_only: true` verwenden" }
    read_only_verb_help() { en: "leave `read_only` out", de: "`read_only` weglassen" }
    reading_verbs_help() { en: "search and read with GET, or with a POST that only searches", de: "mit GET suchen und lesen oder mit einem POST, das nur sucht" }
    page_elsewhere_help() { en: "leave `page` out here", de: "`page` hier weglassen" }
    flat_values_help() { en: "write it out as a text", de: "als Text ausschreiben" }
    header_value(name) { en: "the value of `{name}` is not one line of printable ASCII", de: "der Wert von `{name}` ist keine einzelne Zeile aus druckbarem ASCII" }
    header_value_help() { en: "write it on one line, without spaces at its ends", de: "in eine Zeile schreiben, ohne Leerzeichen am Anfang und Ende" }
    header_name_help() { en: "leave it to dsr, or set another header", de: "dsr überlassen oder ein anderes Kopffeld setzen" }
    protocols_help() { en: "write:   protocol: rest, or leave it out", de: "schreiben:   protocol: rest, oder weglassen" }
    rate_help() { en: "such as:   rate: 10/s", de: "zum Beispiel:   rate: 10/s" }
    duration_help() { en: "such as:   30s", de: "zum Beispiel:   30s" }
    connector_name_help() { en: "such as:   connector: bookings", de: "zum Beispiel:   connector: bookings" }
    version_help() { en: "write:   version: 1.0.0", de: "schreiben:   version: 1.0.0" }
    setting_default_help() { en: "correct `default`, or leave it out", de: "`default` berichtigen oder weglassen" }
    idle_page_word(word) { en: "`{word}` means nothing in this form of `page`", de: "`{word}` bedeutet in dieser Form von `page` nichts" }
    idle_page_word_help() { en: "`into` belongs to `cursor`, `start` to `offset` and `number`, `pages` to `number`", de: "`into` gehört zu `cursor`, `start` zu `offset` und `number`, `pages` zu `number`" }
    page_into_help() { en: "say where the cursor is sent back:   into: query.cursor", de: "angeben, wo der Zeiger zurückgeschickt wird:   into: query.cursor" }
    no_body_for_page(place) { en: "the pages need `{place}`, and this request has no JSON body written out as a mapping", de: "die Seiten brauchen `{place}`, und diese Anfrage hat keinen JSON-Rumpf, der als Zuordnung ausgeschrieben ist" }
    no_body_for_page_help() { en: "give it one (`body: {{ … }}`), or write another `page` on this request, such as   page: none", de: "einen angeben (`body: {{ … }}`) oder bei dieser Anfrage ein anderes `page` schreiben, zum Beispiel   page: none" }
    page_place_taken(place) { en: "something else stands at `{place}` already", de: "bei `{place}` steht schon etwas anderes" }
    page_place_taken_why() { en: "one of the two would be lost", de: "eines von beiden ginge verloren" }
    page_place_taken_help() { en: "leave it out of `query` and `body`, and give each parameter of `page` a place of its own", de: "es in `query` und `body` weglassen und jedem Parameter von `page` einen eigenen Ort geben" }
    json_member(word) { en: "a JSON body with the one member `{word}` is written:   body: {{ json: {{ {word}: … }} }}", de: "ein JSON-Rumpf mit dem einzigen Bestandteil `{word}` wird so geschrieben:   body: {{ json: {{ {word}: … }} }}" }
    xml_root() { en: "an XML body is exactly one element", de: "ein XML-Rumpf ist genau ein Element" }
    xml_root_help() { en: "such as:   xml: {{ contact: {{ \"@id\": …, name: … }} }}", de: "zum Beispiel:   xml: {{ contact: {{ \"@id\": …, name: … }} }}" }
    xml_name(name) { en: "`{name}` is no element, attribute or text of XML", de: "`{name}` ist kein Element, Attribut oder Text in XML" }
    xml_name_help() { en: "an element is named by letters, digits, `-`, `_` and `.`; `@name` is an attribute and `#text` the text beside them, each with one plain value", de: "ein Element heißt mit Buchstaben, Ziffern, `-`, `_` und `.`; `@name` ist ein Attribut und `#text` der Text daneben, jeweils mit einem einfachen Wert" }
    xml_list() { en: "a list in a list cannot be written in XML", de: "eine Liste in einer Liste lässt sich in XML nicht schreiben" }
    xml_list_help() { en: "a list repeats its element; name an element for the inner one", de: "eine Liste wiederholt ihr Element; für die innere ein Element benennen" }
    csv_rows() { en: "a CSV body is a list of rows that all have the same columns", de: "ein CSV-Rumpf ist eine Liste von Zeilen mit denselben Spalten" }
    csv_rows_help() { en: "such as:   csv: [{{ email: …, status: removed }}]", de: "zum Beispiel:   csv: [{{ email: …, status: removed }}]" }
    decoders() { en: "this is none of the notations that a reply is read in", de: "das ist keine der Schreibweisen, in denen eine Antwort gelesen wird" }
    decoders_help() { en: "one of json, jsonl, csv, xml, text, bytes; without `decode` the content type decides", de: "eine von json, jsonl, csv, xml, text, bytes; ohne `decode` entscheidet der Content-Type" }
    no_records_in(word) { en: "a reply read as {word} has no records", de: "eine als {word} gelesene Antwort hat keine Datensätze" }
    no_records_in_help() { en: "read it as json, jsonl, csv or xml", de: "als json, jsonl, csv oder xml lesen" }
}
