//! What `dsr connector new` asks and says, and what it writes beside what it guessed.

catalogue! {
    no_openapi(file) { en: "{file} is no OpenAPI document", de: "{file} ist kein OpenAPI-Dokument" }
    no_openapi_help() { en: "it begins with `openapi: 3…` or `swagger: \"2.0\"` and has `paths`; without such a document leave out --openapi, and a few answers make a draft", de: "es beginnt mit `openapi: 3…` oder `swagger: \"2.0\"` und hat `paths`; ohne ein solches Dokument --openapi weglassen, dann entsteht der Entwurf aus einigen Antworten" }
    unreadable_openapi(why) { en: "the OpenAPI document cannot be read: {why}", de: "OpenAPI-Dokument nicht lesbar: {why}" }
    unreadable_openapi_help() { en: "name a file with --openapi; download it first if it lies on a server", de: "mit --openapi eine Datei angeben; liegt sie auf einem Server, vorher herunterladen" }
    nobody_in_there(file) { en: "{file} describes no list in which a person could be found", de: "{file} beschreibt keine Liste, in der sich eine Person finden ließe" }
    nobody_in_there_why(operations) { en: "none of its {operations} operations takes an e-mail address, or returns records that hold one", de: "keine der {operations} Operationen nimmt eine E-Mail-Adresse entgegen oder gibt Datensätze mit einer zurück" }
    nobody_in_there_help() { en: "look at --path if it was given; else leave out --openapi, and state the path of the search yourself", de: "--path prüfen, falls angegeben; sonst --openapi weglassen und den Pfad der Suche selbst nennen" }
    bad_answer(flag) { en: "--{flag} has a form that cannot be used", de: "--{flag} hat eine Form, mit der nichts anzufangen ist" }
    bad_name_help() { en: "small letters, digits and `-`, such as bookings", de: "Kleinbuchstaben, Ziffern und `-`, etwa bookings" }
    bad_url_help() { en: "scheme, host and path, with https, such as https://bookings.example.com/api; http only for this machine", de: "Schema, Host und Pfad mit https, etwa https://bookings.example.com/api; http nur für diesen Rechner" }
    bad_auth_help() { en: "one of: none, bearer, basic, header:NAME, query:NAME", de: "eines von: none, bearer, basic, header:NAME, query:NAME" }
    bad_find_help() { en: "a path below the address with {{email}} where the e-mail address goes, such as /guests?email={{email}}", de: "ein Pfad unter der Adresse mit {{email}} an der Stelle der E-Mail-Adresse, etwa /guests?email={{email}}" }
    bad_item_help() { en: "a path with {{KEY}} at the end, such as /guests/{{id}}, or none", de: "ein Pfad mit {{SCHLÜSSEL}} am Ende, etwa /guests/{{id}}, oder none" }
    bad_records_help() { en: "members down to the list, such as $.items[*], or $[*] for a reply that is the list itself", de: "der Weg zur Liste, etwa $.items[*], oder $[*], wenn die Antwort selbst die Liste ist" }
    bad_fields_help() { en: "names with commas between them, the e-mail address among them, such as email,name,phone", de: "Namen mit Komma dazwischen, darunter die E-Mail-Adresse, etwa email,name,phone" }
    missing_answer(flag) { en: "--{flag} is missing, and nobody is at the terminal to ask", de: "--{flag} fehlt, und niemand sitzt am Terminal, der gefragt werden könnte" }
    missing_answer_help() { en: "state it, or run the command at a terminal, where it asks; `dsr connector new --help` lists them all", de: "angeben, oder den Befehl an einem Terminal ausführen, dort fragt er; `dsr connector new --help` zählt alles auf" }
    is_there(file) { en: "{file} exists already", de: "{file} gibt es schon" }
    is_there_help() { en: "nothing is overwritten: take another --name, or move the file away", de: "nichts wird überschrieben: einen anderen --name nehmen oder die Datei wegräumen" }
    cannot_write(why) { en: "the file cannot be written: {why}", de: "Datei nicht zu schreiben: {why}" }
    cannot_write_help() { en: "check folder, space and permissions, then run the command again", de: "Ordner, Platz und Rechte prüfen, dann den Befehl wiederholen" }
    name_taken(name) { en: "a connector named {name} comes with the program", de: "ein Konnektor namens {name} gehört zum Programm" }
    name_taken_help(name) { en: "use it (`dsr connector show {name}`), change it by a file with `extends`, or take another --name", de: "ihn verwenden (`dsr connector show {name}`), ihn mit einer Datei mit `extends` ändern oder einen anderen --name nehmen" }

    ask_name() { en: "What is the connector to be called? (small letters, such as bookings):", de: "Wie soll der Konnektor heißen? (Kleinbuchstaben, etwa bookings):" }
    ask_url() { en: "Address of the interface, such as https://bookings.example.com/api:", de: "Adresse der Schnittstelle, etwa https://bookings.example.com/api:" }
    ask_auth() { en: "How does it let you in? none, bearer, basic, header:NAME or query:NAME [bearer]:", de: "Wie wird man eingelassen? none, bearer, basic, header:NAME oder query:NAME [bearer]:" }
    ask_find() { en: "Path of the search by e-mail [/users?email={{email}}]:", de: "Pfad der Suche nach E-Mail [/users?email={{email}}]:" }
    ask_records() { en: "Where do the records lie in its reply? [$[*]]:", de: "Wo liegen in der Antwort die Datensätze? [$[*]]:" }
    ask_item(default) { en: "Path of one record, or none [{default}]:", de: "Pfad eines Datensatzes oder none [{default}]:" }
    ask_fields() { en: "Personal fields, with commas between them [email,name]:", de: "Personenbezogene Felder, durch Komma getrennt [email,name]:" }
    ask_delete() { en: "Does a DELETE of that path remove the record? [y/N]:", de: "Entfernt ein DELETE dieses Pfads den Datensatz? [j/N]:" }

    open_server(stated) { en: "the document names the server `{stated}`, which cannot be used as it stands; the inventory states the address", de: "das Dokument nennt den Server `{stated}`, der so nicht zu gebrauchen ist; die Adresse nennt das Inventar" }
    open_no_server() { en: "the document names no server; the inventory states the address", de: "das Dokument nennt keinen Server; die Adresse nennt das Inventar" }
    open_no_auth() { en: "the document does not say how one is let in; state bearer, basic, header, query, oauth2, oauth1 or session", de: "das Dokument sagt nicht, wie man eingelassen wird; bearer, basic, header, query, oauth2, oauth1 oder session angeben" }
    open_strange_auth() { en: "the document lets in by a way that could not be taken over; state one by hand", de: "die Anmeldung des Dokuments ließ sich nicht übernehmen; von Hand angeben" }
    open_auth(name) { en: "taken from the scheme `{name}`", de: "übernommen vom Schema `{name}`" }
    open_auth_of(name, others) { en: "taken from the scheme `{name}`; there are also: {others}", de: "übernommen vom Schema `{name}`; es gibt auch: {others}" }
    open_authorization() { en: "the document names only the header; most systems want a word before the key, such as Bearer", de: "das Dokument nennt nur die Kopfzeile; die meisten Systeme verlangen ein Wort vor dem Schlüssel, etwa Bearer" }
    open_setting() { en: "a part of the path, or a parameter that must be sent; write it out if it is the same everywhere", de: "Teil des Pfads oder Parameter, der gesendet werden muss; ausschreiben, wenn er überall gleich ist" }
    open_left(count, paths) { en: "lists that may hold personal data too and were not taken over: {count} (--path chooses): {paths}", de: "Listen, die ebenfalls personenbezogene Daten enthalten können und nicht übernommen wurden: {count} (--path wählt aus): {paths}" }
    open_key(param) { en: "guessed: the path of one record calls its key `{param}`, which no member of a record is called", de: "geraten: der Pfad eines Datensatzes nennt seinen Schlüssel `{param}`, aber kein Feld des Datensatzes heißt so" }
    open_no_key() { en: "guessed: the document shows no member that names a record", de: "geraten: das Dokument zeigt kein Feld, das einen Datensatz benennt" }
    open_by_address(param) { en: "guessed: `{param}` finds by e-mail address; see whether it also finds addresses in capitals and second addresses", de: "geraten: `{param}` findet nach E-Mail-Adresse; prüfen, ob auch Adressen in Großbuchstaben und Zweitadressen gefunden werden" }
    open_by_word(param) { en: "guessed: `{param}` searches by any word; see in which form it wants an address, and whether it finds every record", de: "geraten: `{param}` sucht nach beliebigen Wörtern; prüfen, in welcher Form die Adresse verlangt wird und ob jeder Datensatz gefunden wird" }
    open_by_phone(param) { en: "guessed: `{param}` finds by telephone number; see in which spelling", de: "geraten: `{param}` findet nach Telefonnummer; prüfen, in welcher Schreibweise" }
    open_in_path() { en: "guessed: the address is a part of the path; see whether addresses in capitals are found, and what an address that nobody has gets as its answer", de: "geraten: die Adresse ist Teil des Pfads; prüfen, ob Adressen in Großbuchstaben gefunden werden und was bei einer Adresse kommt, die niemand hat" }
    open_by_digest(param) { en: "guessed: `{param}` is the MD5 digest of the address in small letters; see whether every address is found", de: "geraten: `{param}` ist der MD5-Wert der Adresse in Kleinbuchstaben; prüfen, ob jede Adresse gefunden wird" }
    open_gone() { en: "guessed: 404 says that nobody has the address; a wrong path gets 404 as well, so let `gone` name what else the reply says", de: "geraten: 404 heißt, dass niemand die Adresse hat; ein falscher Pfad ergibt ebenfalls 404, daher in `gone` nennen, was die Antwort sonst noch sagt" }
    open_under(object) { en: "guessed: these lie below a record of `{object}`; see whether each of them is about that person", de: "geraten: diese Datensätze liegen unter einem von `{object}`; prüfen, ob jeder davon diese Person betrifft" }
    open_under_by(param, object) { en: "guessed: `{param}` takes the key of a record of `{object}`; see whether all of the person's records come, others are refused here", de: "geraten: `{param}` nimmt den Schlüssel eines Datensatzes von `{object}`; prüfen, ob alle Datensätze der Person kommen, fremde werden hier abgewiesen" }
    open_place(object) { en: "guessed: each of them is looked into for {object}; if only some hold people, write these into the path", de: "geraten: in jedem davon wird nach {object} gesucht; enthalten nur einzelne Personen, diese in den Pfad schreiben" }
    open_part() { en: "guessed: read for access requests only; see whether it holds anybody else's data, and whether an erasure of the record removes it", de: "geraten: nur für Auskünfte gelesen; prüfen, ob Daten anderer darin stehen und ob eine Löschung des Datensatzes sie entfernt" }
    open_below_left(count, paths) { en: "below each record, and not taken over: {count}: {paths}", de: "unter jedem Datensatz und nicht übernommen: {count}: {paths}" }
    open_plain_fields() { en: "no name says what is personal: the plain members are listed, because all of it is about somebody", de: "kein Name verrät, was personenbezogen ist: die einfachen Felder stehen hier, weil alles jemanden betrifft" }
    open_reads_all() { en: "no parameter finds by an address: every record is read and compared here (W201); look for a better way", de: "kein Parameter findet nach einer Adresse: jeder Datensatz wird gelesen und hier verglichen (W201); nach einem besseren Weg suchen" }
    open_post() { en: "guessed: this POST only searches; it is sent while reading, so make sure that it changes nothing", de: "geraten: dieser POST sucht nur; er wird beim Lesen gesendet, also sicherstellen, dass er nichts ändert" }
    open_page() { en: "pages are guessed from the names of parameters and members; find a person with more records than one page holds", de: "die Seiten sind aus Namen von Parametern und Feldern geraten; eine Person mit mehr Datensätzen als einer Seite suchen" }
    open_no_page() { en: "no pages were seen: if the list has any, all but the first would be missed; state `page`", de: "keine Seiten erkannt: gibt es welche, fehlte alles ab der zweiten; `page` angeben" }
    open_no_reply() { en: "the document does not describe the reply; state `records` and the fields", de: "das Dokument beschreibt die Antwort nicht; `records` und die Felder angeben" }
    open_fields() { en: "categories are guessed from names; correct them, remove what is not personal", de: "die Kategorien sind aus Namen geraten; berichtigen und entfernen, was nicht personenbezogen ist" }
    open_other_fields(names) { en: "not listed, because their names say nothing; add what is personal: {names}", de: "nicht aufgeführt, weil die Namen nichts verraten; ergänzen, was personenbezogen ist: {names}" }
    open_no_email_field() { en: "guessed: no member of a record is called like an e-mail address; records are compared by this one", de: "geraten: kein Feld des Datensatzes heißt wie eine E-Mail-Adresse; an diesem werden Datensätze erkannt" }
    open_category(name) { en: "`{name}` says nothing about its category; take one of the list if one fits", de: "`{name}` verrät keine Kategorie; eine aus der Liste nehmen, wenn eine passt" }
    open_write() { en: "guessed: the document has this operation, nobody has confirmed what it does; planned for a person until `unconfirmed` is removed", de: "geraten: das Dokument hat diese Operation, was sie bewirkt, hat niemand bestätigt; für einen Menschen geplant, bis `unconfirmed` entfernt ist" }
    open_anonymise() { en: "there is no DELETE for a record: an erasure overwrites the fields above, if nobody decides otherwise", de: "es gibt kein DELETE für einen Datensatz: eine Löschung überschreibt die Felder oben, wenn niemand anders entscheidet" }
    open_by_hand() { en: "nothing writes to these records: name the screen on which a person erases them, or look for the call", de: "nichts schreibt in diese Datensätze: das Bild nennen, auf dem ein Mensch sie löscht, oder den Aufruf suchen" }
    open_no_test() { en: "no invented exchange could be made that the connector accepts; record one: dsr connector record", de: "es ließ sich kein Austausch erfinden, den der Konnektor annimmt; einen aufzeichnen: dsr connector record" }
    open_no_read() { en: "without a path of one record nothing can be read again before and after a write", de: "ohne den Pfad eines Datensatzes lässt sich vor und nach dem Schreiben nichts noch einmal lesen" }
    by_hand(object) { en: "Open the record under {object} in the system and delete it.", de: "Den Datensatz unter {object} im System öffnen und löschen." }

    trial_head() { en: "Invented by `dsr connector new`: the replies are what the connector expects, not what the system said.\nReplace them by real ones: dsr connector record", de: "Erfunden von `dsr connector new`: Die Antworten sind, was der Konnektor erwartet, nicht, was das System gesagt hat.\nDurch echte ersetzen: dsr connector record" }
    trial_find() { en: "an invented person is found", de: "eine erfundene Person wird gefunden" }
    trial_erase() { en: "an invented person is erased", de: "eine erfundene Person wird gelöscht" }

    column_line() { en: "line", de: "Zeile" }
    column_place() { en: "where", de: "Stelle" }
    column_open() { en: "open", de: "offen" }
    wrote(file) { en: "{file} written", de: "{file} geschrieben" }
    open_count(count) { en: "Open points: {count}; each stands in the file as `# open: …`", de: "Offene Punkte: {count}; jeder steht in der Datei als `# open: …`" }
    nothing_open() { en: "Nothing is open.", de: "Nichts ist offen." }
    not_sound() { en: "The draft cannot be used as it stands; correct what follows, then run `dsr connector check`", de: "Der Entwurf ist so nicht verwendbar; das Folgende berichtigen, dann `dsr connector check` ausführen" }
    next_steps(name) { en: "Next: dsr connector check {name}, then dsr connector test {name}", de: "Weiter: dsr connector check {name}, dann dsr connector test {name}" }

    not_a_sandbox() { en: "this case would write, and nobody said that what answers is a sandbox", de: "dieser Fall würde schreiben, und niemand hat gesagt, dass ein Testsystem antwortet" }
    not_a_sandbox_why() { en: "recording an erasure is erasing; a system of the inventory is written to by cases alone, which the ledger remembers", de: "eine Löschung aufzuzeichnen heißt zu löschen; in ein System des Inventars schreiben nur Vorgänge, die im Protokoll stehen" }
    not_a_sandbox_help() { en: "with a test person in a sandbox: dsr connector record --sandbox --connector NAME --set url=… --set key=env:NAME --run … --subject … --case …", de: "mit einer Testperson in einem Testsystem: dsr connector record --sandbox --connector NAME --set url=… --set key=env:NAME --run … --subject … --case …" }
    runs_that_can_be_recorded(words) { en: "one of: {words}", de: "eines von: {words}" }
    only_http_is_recorded() { en: "a system of the inventory that has a `connector`; nothing else sends requests that could be recorded", de: "ein System des Inventars mit `connector`; nichts anderes sendet Anfragen, die sich aufzeichnen ließen" }
    set_form() { en: "NAME=VALUE, such as url=https://sandbox.example.com", de: "NAME=WERT, etwa url=https://sandbox.example.com" }
    settings_are(known) { en: "the connector's settings are: {known}", de: "die Einstellungen des Konnektors sind: {known}" }
    setting_is_missing(name) { en: "state it with --set {name}=…; a secret as env:NAME, file:PATH or keyring:NAME", de: "mit --set {name}=… angeben; ein Geheimnis als env:NAME, file:PFAD oder keyring:NAME" }
    secret_by_reference(name) { en: "a secret is never typed: --set {name}=env:NAME, with the value in the environment, or file:PATH, keyring:NAME", de: "ein Geheimnis wird nie eingetippt: --set {name}=env:NAME mit dem Wert in der Umgebung, oder file:PFAD, keyring:NAME" }
    subject_form() { en: "an e-mail address of a test person, or KIND=VALUE, such as customer_no=4711", de: "die E-Mail-Adresse einer Testperson oder ART=WERT, etwa customer_no=4711" }
    change_form() { en: "with --run rectify, and only there: a category or OBJECT.FIELD of the connector with its new value, such as person.name=Ada", de: "mit --run rectify, und nur dort: eine Kategorie oder OBJEKT.FELD des Konnektors mit dem neuen Wert, etwa person.name=Ada" }
    case_form() { en: "a few words on one line that say what the case shows", de: "einige Wörter in einer Zeile, die sagen, was der Fall zeigt" }
    nothing_to_write() { en: "the search found nothing that this case would write to", de: "die Suche hat nichts gefunden, was dieser Fall schreiben würde" }
    nothing_to_write_help() { en: "put the test person into the sandbox first; with --run find the search alone can be recorded", de: "die Testperson zuerst im Testsystem anlegen; mit --run find lässt sich die Suche allein aufzeichnen" }
    will_write(name) { en: "This is carried out now, in the sandbox of {name}, and cannot be taken back.", de: "Das wird jetzt im Testsystem von {name} ausgeführt und lässt sich nicht zurücknehmen." }
    look_at_the_plan() { en: "look at the plan above; nothing was written to the sandbox, and nothing recorded", de: "den Plan oben ansehen; im Testsystem wurde nichts geschrieben und nichts aufgezeichnet" }
    recorded(case, exchanges, records, replaced) { en: "Recorded: {case}. Exchanges: {exchanges}, records: {records}, values replaced: {replaced}.", de: "Aufgezeichnet: {case}. Austausche: {exchanges}, Datensätze: {records}, ersetzte Werte: {replaced}." }
    recorded_in(file) { en: "It stands in {file}. Look through it before you pass it on.", de: "Der Fall steht in {file}. Vor der Weitergabe durchsehen." }
    derived_do_not_hold() { en: "The recording itself holds; what is said above is wrong with the connector, and `dsr connector test` shows it with its place.", de: "Die Aufzeichnung selbst stimmt; das oben Genannte ist am Konnektor falsch, `dsr connector test` zeigt es mit seiner Stelle." }
}
