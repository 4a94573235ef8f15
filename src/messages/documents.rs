//! Messages about documents in folders and shares.

catalogue! {
    erase_by_hand() { en: "erase what concerns the person, or the document", de: "löschen, was die Person betrifft, oder das Dokument" }

    bad_pattern() { en: "this is no pattern for paths", de: "das ist kein Suchmuster für Pfade" }
    bad_pattern_help() { en: "write a folder, `shares/personal`, or a pattern: `*` within a folder, `**` over folders; `skip` may leave out some documents and not all", de: "einen Ordner schreiben, `shares/personal`, oder ein Suchmuster: `*` innerhalb eines Ordners, `**` über Ordner hinweg; `skip` kann manche Dokumente ausnehmen, nicht alle" }
    bad_size() { en: "this is no size", de: "das ist keine Größe" }
    bad_size_help() { en: "write it as 200MB or 2GB, from 1MB to 64GB", de: "als 200MB oder 2GB schreiben, von 1MB bis 64GB" }
    bad_encoding(label) { en: "the encoding `{label}` is not known, or holds no ASCII", de: "die Kodierung `{label}` ist unbekannt oder enthält kein ASCII" }
    encodings_are() { en: "use a WHATWG label of an encoding that holds ASCII, such as windows-1252 or iso-8859-15; UTF-8 and UTF-16 are recognised without it", de: "einen WHATWG-Namen einer Kodierung verwenden, die ASCII enthält, etwa windows-1252 oder iso-8859-15; UTF-8 und UTF-16 werden auch so erkannt" }
    not_in_texts(kind) { en: "documents cannot be searched by `{kind}`", de: "Dokumente lassen sich nicht nach `{kind}` durchsuchen" }
    not_in_texts_why() { en: "a text does not say whose name it holds, and many people share one", de: "ein Text sagt nicht, wessen Name in ihm steht, und viele Menschen heißen gleich" }
    not_in_texts_help() { en: "search by what names one person: email, phone, iban, a number of your own", de: "nach dem suchen, was eine Person bezeichnet: email, phone, iban, eine eigene Nummer" }
    never_written() { en: "documents are never written to", de: "in Dokumente wird nie geschrieben" }
    never_written_why() { en: "a document speaks of others too, and only a reader can tell what in it is the person's", de: "ein Dokument spricht auch von anderen; was darin die Person betrifft, sieht nur, wer es liest" }
    never_written_help() { en: "write `erase: {{ manual: \"what is to be done\" }}`, or leave it out; each document becomes a task with its path and places", de: "`erase: {{ manual: \"was zu tun ist\" }}` schreiben oder weglassen; jedes Dokument wird zu einer Aufgabe mit Pfad und Fundstellen" }

    why_image() { en: "pictures", de: "Bilder" }
    why_scanned() { en: "PDF pages without text (scans)", de: "PDF-Seiten ohne Text (Scans)" }
    why_media() { en: "sound and film", de: "Ton und Film" }
    why_encrypted() { en: "encrypted", de: "verschlüsselt" }
    why_legacy() { en: "old Office format", de: "altes Office-Format" }
    why_packed() { en: "archives and attached files", de: "Archive und angehängte Dateien" }
    why_unknown() { en: "unknown format", de: "unbekanntes Format" }
    why_too_large() { en: "too large", de: "zu groß" }
    why_broken() { en: "damaged", de: "beschädigt" }
    why_slow() { en: "took too long", de: "dauerte zu lange" }
    why_forbidden() { en: "no permission", de: "keine Berechtigung" }
    why_changed() { en: "changed meanwhile", de: "währenddessen geändert" }
    why_failed() { en: "could not be read", de: "nicht lesbar" }
    why_link() { en: "links that lead out of the folder", de: "Verknüpfungen, die aus dem Ordner führen" }
    why_no_object() { en: "of no object", de: "zu keinem Objekt gehörig" }

    page(page) { en: "page {page}", de: "Seite {page}" }
    line(line) { en: "line {line}", de: "Zeile {line}" }
    slide(slide) { en: "slide {slide}", de: "Folie {slide}" }
    cell(sheet, cell) { en: "sheet {sheet} {cell}", de: "Blatt {sheet} {cell}" }
    in_name() { en: "its name", de: "sein Name" }
    in_text() { en: "its text", de: "sein Text" }
    in_part(part, at) { en: "{part}, {at}", de: "{part}, {at}" }
    more_places(count) { en: "{count} more", de: "{count} weitere" }

    task_erase(path, places, what) { en: "{path} ({places}): {what}.", de: "{path} ({places}): {what}." }
    task_decide(path, places, because) { en: "{path} ({places}): decide and note it ({because}).", de: "{path} ({places}): entscheiden und festhalten ({because})." }
    task_correct(path, places) { en: "{path} ({places}): correct what the case says, if it stands there.", de: "{path} ({places}): berichtigen, was der Vorgang nennt, soweit es dort steht." }
    task_restrict(path, places) { en: "{path} ({places}): take it out of ordinary use, so that only those work with it who have to.", de: "{path} ({places}): aus der gewöhnlichen Nutzung nehmen, sodass nur damit arbeitet, wer es muss." }
    task_lift(path, places) { en: "{path} ({places}): if it was locked for this case, unlock it.", de: "{path} ({places}): wurde es für diesen Vorgang gesperrt, die Sperre aufheben." }
    task_suppress(path, places) { en: "{path} ({places}): if it is a list for advertising, take the person off it.", de: "{path} ({places}): ist es eine Liste für Werbung, die Person daraus nehmen." }
    task_look(count, reasons) { en: "Look through the documents that dsr could not read: {count} ({reasons}).", de: "Die Dokumente durchsehen, die dsr nicht lesen konnte: {count} ({reasons})." }
    task_look_named(text, paths) { en: "{text} {paths}", de: "{text} {paths}" }
    and_others(paths, count) { en: "{paths} and {count} more (`dsr find --format json` names them)", de: "{paths} und {count} weitere (`dsr find --format json` nennt sie)" }

    unread(count, reasons) { en: "documents not read: {count} ({reasons})", de: "nicht gelesene Dokumente: {count} ({reasons})" }
    places_of(path, places) { en: "{path}: {places}", de: "{path}: {places}" }

    warn_unread(count, reasons) { en: "documents that dsr cannot look into: {count} ({reasons})", de: "Dokumente, in die dsr nicht hineinsehen kann: {count} ({reasons})" }
    warn_unread_help() { en: "each search of the share will be incomplete and give its owner a task to look through them; convert them, or leave out by `skip` what cannot hold personal data", de: "jede Suche in der Freigabe bleibt unvollständig und gibt den Zuständigen die Aufgabe, sie durchzusehen; die Dokumente umwandeln oder mit `skip` ausnehmen, was keine personenbezogenen Daten enthalten kann" }
    warn_skipped(count) { en: "documents that `skip` leaves out: {count}", de: "Dokumente, die `skip` ausnimmt: {count}" }
    warn_skipped_help() { en: "see that none of them can hold personal data; every evidence repeats the number", de: "sicherstellen, dass keines davon personenbezogene Daten enthalten kann; jeder Nachweis wiederholt die Zahl" }
    hint_weak() { en: "the documents are searched by numbers only, which say little in a text", de: "die Dokumente werden nur nach Nummern durchsucht, die in einem Text wenig besagen" }
    hint_weak_help() { en: "add `email` or `phone` to `find`", de: "bei `find` `email` oder `phone` ergänzen" }
    hint_share(path, kind) { en: "{path} lies on a network share ({kind}); every search reads all of it over the network", de: "{path} liegt auf einer Netzfreigabe ({kind}); jede Suche liest alles über das Netz" }
    hint_share_help() { en: "run dsr near the share if a search takes long, and raise `within`", de: "dsr nahe bei der Freigabe ausführen, wenn eine Suche lange dauert, und `within` erhöhen" }

    still_names(task, path) { en: "{task} is not done: {path} still names the person", de: "{task} ist nicht erledigt: {path} nennt die Person noch" }
    still_names_help() { en: "erase there what concerns the person (its name counts too), save it, and note the task as done again; what the law keeps is said with `--despite-document --note \"why\"`", de: "dort löschen, was die Person betrifft (auch im Dateinamen), speichern und die Aufgabe erneut als erledigt melden; was aufzubewahren ist, mit `--despite-document --note \"warum\"` festhalten" }
    unlooked(task, path, why) { en: "{task} cannot be checked: {path} could not be read ({why})", de: "{task} lässt sich nicht prüfen: {path} war nicht lesbar ({why})" }
    unlooked_help() { en: "see to it that dsr can read the document, or say with `--despite-document --note \"why\"` that you looked", de: "dafür sorgen, dass dsr das Dokument lesen kann, oder mit `--despite-document --note \"warum\"` festhalten, dass Sie nachgesehen haben" }
    note_missing() { en: "`--despite-document` needs `--note` with the reason", de: "`--despite-document` braucht `--note` mit dem Grund" }
    looked_again(path) { en: "{path} was read again: it names the person no more.", de: "{path} wurde noch einmal gelesen: Es nennt die Person nicht mehr." }
    gone(path) { en: "{path} is not there any more.", de: "{path} gibt es nicht mehr." }
    point_documents(object, count) { en: "{object}: {count} documents name the person. Documents speak of others too: none is attached; hand over copies of what concerns the person, others made unreadable (Art. 15(3) and (4) GDPR).", de: "{object}: {count} Dokumente nennen die Person. Dokumente sprechen auch von anderen, beigefügt ist daher keines; Kopien dessen herausgeben, was die Person betrifft, andere unkenntlich gemacht (Art. 15 Abs. 3 und 4 DSGVO)." }
}
