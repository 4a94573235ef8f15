//! Messages about what actions do beyond one request: captures, jobs, batches, what people do by hand, how it is verified.

catalogue! {
    past_the_mask(field) { en: "the anonymisation writes `{field}` with a value of its own", de: "die Anonymisierung schreibt `{field}` mit einem eigenen Wert" }
    past_the_mask_why() { en: "read back, the field is compared with its mask, so the erasure would count as not verified", de: "beim Nachlesen wird das Feld mit seiner Maske verglichen, die Löschung gälte also als nicht geprüft" }
    past_the_mask_help(field) { en: "write `{{{{ masked.{field} }}}}` there and state the value as the field's `mask` (`mask: \"text:-\"`), or mark the field `fixed`", de: "dort `{{{{ masked.{field} }}}}` schreiben und den Wert als `mask` des Felds angeben (`mask: \"text:-\"`), oder das Feld als `fixed` kennzeichnen" }
    only_in_steps(word) { en: "`{word}` belongs to a step that writes", de: "`{word}` gehört zu einem Schritt, der schreibt" }
    only_in_steps_help() { en: "leave it out here; a request that reads is sent once, and its reply is read as it comes", de: "hier weglassen; eine lesende Anfrage wird einmal gesendet, und ihre Antwort gilt, wie sie kommt" }
    capture_name(name) { en: "`{name}` cannot be the name of a captured value", de: "`{name}` kann kein Name für einen übernommenen Wert sein" }
    capture_taken(name) { en: "`{name}` already means something here", de: "`{name}` hat hier schon eine Bedeutung" }
    capture_name_help() { en: "use a name of its own, of small letters, digits and `_`, such as   capture: {{ job: $.id }}", de: "einen eigenen Namen aus Kleinbuchstaben, Ziffern und `_` wählen, etwa   capture: {{ job: $.id }}" }
    capture_header() { en: "this names no header", de: "das benennt kein Kopffeld" }
    capture_header_help() { en: "write the header's name behind the dot, `header.X-Job-Id`, or a path into the reply, `$.id`", de: "hinter den Punkt den Namen des Kopffelds schreiben, `header.X-Job-Id`, oder einen Pfad in die Antwort, `$.id`" }
    poll_without_done() { en: "`poll` does not say when the job is done", de: "`poll` sagt nicht, wann der Auftrag erledigt ist" }
    poll_without_done_why() { en: "that the system answers says nothing about the job", de: "dass das System antwortet, sagt nichts über den Auftrag" }
    poll_without_done_help() { en: "add a condition over the reply:   done: \"body.status == 'completed'\"", de: "eine Bedingung über die Antwort ergänzen:   done: \"body.status == 'completed'\"" }
    blind(word, root) { en: "the condition `{word}` reads nothing of `{root}`", de: "die Bedingung `{word}` liest nichts aus `{root}`" }
    blind_why() { en: "it would be true whatever the system says", de: "sie träfe zu, was auch immer das System sagt" }
    blind_help(root) { en: "compare something of it, such as   {root}.status == 'deleted'", de: "etwas daraus vergleichen, etwa   {root}.status == 'deleted'" }
    manual_and_request() { en: "an action is done by requests or by a person, not by both", de: "eine Aktion geschieht durch Anfragen oder von Hand, nicht beides" }
    manual_and_request_help() { en: "leave `manual` and what a person reads (`irreversible` may stay), or remove `manual`", de: "nur `manual` stehen lassen (`irreversible` darf bleiben), oder `manual` entfernen" }
    batch_without_each() { en: "this step writes a batch, and nothing says what became of each record", de: "dieser Schritt schreibt einen Stapel, und nichts sagt, was aus jedem Datensatz geworden ist" }
    batch_without_each_why() { en: "one status for many people is no evidence for any of them", de: "ein einziger Status für viele Personen belegt für keine etwas" }
    batch_without_each_help() { en: "add:   each: {{ at: \"$[*]\", key: id, done: item.success }}   or write the records one by one, without `batch`", de: "ergänzen:   each: {{ at: \"$[*]\", key: id, done: item.success }}   oder die Datensätze einzeln schreiben, ohne `batch`" }
    each_without_batch() { en: "`each` maps the reply to a batch, and this is none", de: "`each` ordnet die Antwort auf einen Stapel zu, und das ist keiner" }
    each_without_batch_help() { en: "add `batch: NUMBER` to the action, or use `outcome`", de: "bei der Aktion `batch: ANZAHL` ergänzen, oder `outcome` verwenden" }
    batch_size() { en: "a batch has a size from 1 to 10000, and records whose key is one field", de: "ein Stapel hat eine Größe von 1 bis 10000 und Datensätze, deren Schlüssel ein einziges Feld ist" }
    batch_size_help() { en: "write such a number, or leave `batch` out: the records are then written one by one", de: "eine solche Zahl schreiben, oder `batch` weglassen: dann werden die Datensätze einzeln geschrieben" }
    verify_word(word, action) { en: "`{word}` says nothing about `{action}`", de: "`{word}` sagt nichts über `{action}`" }
    verify_word_help() { en: "a removal is verified by `gone`, or by a request that finds nothing; all else by `holds`", de: "eine Löschung wird mit `gone` geprüft oder mit einer Anfrage, die nichts findet; alles andere mit `holds`" }
    verify_needs_holds(action) { en: "the request that verifies `{action}` has no `holds`", de: "der Anfrage, die `{action}` prüft, fehlt `holds`" }
    verify_needs_holds_help() { en: "add what is true of its record afterwards:   holds: \"record.blocked == true\"", de: "ergänzen, was danach für ihren Datensatz gilt:   holds: \"record.blocked == true\"" }
}
