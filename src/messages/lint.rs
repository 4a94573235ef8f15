//! Messages of the lints of a deletion concept.

catalogue! {
    uncovered(object, categories) { en: "`{object}` holds personal data ({categories}) and belongs to no data type", de: "`{object}` enthält personenbezogene Daten ({categories}) und gehört zu keiner Datenart" }
    uncovered_why() { en: "without a rule nobody knows when the data have to go (Art. 5(1)(e) GDPR), and nothing will delete them", de: "ohne Löschregel weiß niemand, wann die Daten zu löschen sind (Art. 5 Abs. 1 Buchst. e DSGVO), und nichts löscht sie" }
    uncovered_help(object) { en: "list `{object}` under `objects` of one of the `data_types`, or let it follow another object with `erase: with OBJECT`", de: "`{object}` unter `objects` einer der `data_types` aufführen, oder mit `erase: with OBJEKT` einem anderen Objekt folgen lassen" }

    too_short(name, id, norm) { en: "the period of `{name}` is shorter than {id} ({norm}), which it names itself", de: "die Frist von `{name}` ist kürzer als {id} ({norm}), obwohl sie sich darauf beruft" }
    too_short_why() { en: "the data would be deleted while they must be kept; a period from the day itself ends up to a year before one from the end of its year", de: "die Daten würden gelöscht, solange sie aufzubewahren sind; eine Frist ab dem Tag selbst endet bis zu einem Jahr vor einer ab dem Jahresende" }
    too_short_help(id) { en: "write `rule: {id}` in place of the period, or make the period as long and count it the same way", de: "statt der Frist `rule: {id}` schreiben, oder die Frist ebenso lang machen und gleich zählen" }
    too_short_by_category(name, field, category, id, norm) { en: "`{field}` ({category}) has to be kept by {id} ({norm}), and the period of `{name}` is shorter", de: "`{field}` ({category}) ist nach {id} ({norm}) aufzubewahren, und die Frist von `{name}` ist kürzer" }
    too_short_by_category_help(id) { en: "write `rule: {id}`, or move the object to a data type that has it; where other duties apply, name them: `justified_by: [RULE]`, and where none does, `justified_by: []`", de: "`rule: {id}` schreiben, oder das Objekt in eine Datenart mit dieser Regel verschieben; gelten andere Pflichten, sie nennen: `justified_by: [REGEL]`; gilt keine, `justified_by: []`" }
    two_rules(first, second, one, other) { en: "`{first}` and `{second}` are the same records, and belong to `{one}` and `{other}`: each record has two rules", de: "`{first}` und `{second}` sind dieselben Datensätze und gehören zu `{one}` und `{other}`: jeder Datensatz hat zwei Löschregeln" }
    two_rules_why() { en: "every run carries both out, so whichever ends first decides, and what the other one keeps is gone", de: "jeder Lauf führt beide aus, also entscheidet die, die zuerst endet; was die andere aufbewahrt, ist dann fort" }
    two_rules_help() { en: "list them once, with all their fields, in one data type", de: "sie nur einmal aufführen, mit allen Feldern, in einer Datenart" }
    foreign_norm(name, ids, seat) { en: "`{name}` rests on norms of another country than that of the controller's seat ({seat}): {ids}", de: "`{name}` stützt sich auf Normen eines anderen Landes als dem des Sitzes ({seat}): {ids}" }
    foreign_norm_why() { en: "a duty to keep binds where the law of its country applies, such as to a branch or to taxes there; elsewhere it keeps no record from an erasure", de: "eine Aufbewahrungspflicht bindet, wo das Recht ihres Landes gilt, etwa für eine Niederlassung oder Steuern dort; sonst steht sie keiner Löschung entgegen" }
    foreign_norm_help(order) { en: "nothing, if it applies to these records; else name a norm of the seat (`dsr law list --order {order}`)", de: "nichts, wenn sie für diese Datensätze gilt; sonst eine Norm des Sitzes nennen (`dsr law list --order {order}`)" }
    foreign_norm_unknown_help() { en: "nothing, if it applies to these records; else state the norm of the seat with `keep`, `kind: min` and `because` (the catalogue has none of that country)", de: "nichts, wenn sie für diese Datensätze gilt; sonst die Norm des Sitzes mit `keep`, `kind: min` und `because` angeben (der Katalog hat keine dieses Landes)" }
    denied_duty(name, field, id, norm) { en: "`{name}` says that no duty to keep applies, although `{field}` looks like {id} ({norm})", de: "laut `{name}` gilt keine Aufbewahrungspflicht, obwohl `{field}` nach {id} ({norm}) aussieht" }
    denied_duty_help(id) { en: "nothing, if somebody looked; else `rule: {id}`", de: "nichts, wenn das geprüft ist; sonst `rule: {id}`" }
    too_long(name, id, norm) { en: "`{name}`, with its window, ends after the day by which {id} ({norm}) wants the data gone", de: "`{name}` endet samt Ausführungsfenster nach dem Tag, bis zu dem die Daten nach {id} ({norm}) zu löschen sind" }
    too_long_why() { en: "the same law that wants them kept forbids to keep them longer", de: "dasselbe Gesetz, das die Aufbewahrung verlangt, verbietet eine längere" }
    too_long_help() { en: "shorten `keep` or `window`", de: "`keep` oder `window` kürzen" }

    shorter_than_cited(name, id, norm) { en: "the period of `{name}` is shorter than the norm that its own words name: {id} ({norm})", de: "die Frist von `{name}` ist kürzer als die Norm, die sie selbst nennt: {id} ({norm})" }
    other_day(name, id, event) { en: "`{name}` names {id}, which counts from another kind of day than it does ({event})", de: "`{name}` nennt {id}, das ab einem anderen Tag zählt als die Datenart ({event})" }
    other_day_why() { en: "from the day that is named nobody can tell when this duty ends, so nothing is erased", de: "ab dem genannten Tag lässt sich nicht sagen, wann diese Pflicht endet; gelöscht wird daher nichts" }
    other_day_help(id) { en: "make `{id}` the rule, with its field under `start`, and leave in `justified_by` the duties that count from the same day; or give the records to a data type of their own", de: "`{id}` zur Regel machen, mit ihrem Feld unter `start`, und in `justified_by` die Pflichten lassen, die ab demselben Tag zählen; oder den Datensätzen eine eigene Datenart geben" }
    possible_duty(name, field, category, id, norm) { en: "`{field}` ({category}) may have to be kept by {id} ({norm}), and the period of `{name}` is shorter", de: "`{field}` ({category}) ist womöglich nach {id} ({norm}) aufzubewahren, und die Frist von `{name}` ist kürzer" }
    possible_duty_why() { en: "payments and bank statements are mostly vouchers, and letters about business have to be kept; the category alone does not settle it", de: "Zahlungen und Kontoauszüge sind meist Buchungsbelege, und Geschäftsbriefe sind aufzubewahren; die Kategorie allein entscheidet das nicht" }
    possible_duty_help(id) { en: "have it looked at: `rule: {id}`, or `justified_by: [RULE]` with the duty that applies, or `justified_by: []` where none does", de: "prüfen lassen: `rule: {id}`, oder `justified_by: [REGEL]` mit der Pflicht, die gilt, oder `justified_by: []`, wenn keine gilt" }
    reverse_lock(name) { en: "`{name}` locks its records once their duty to keep is over, and never erases them", de: "`{name}` schränkt Datensätze ein, sobald ihre Aufbewahrungspflicht vorbei ist, und löscht sie nie" }
    reverse_lock_why() { en: "it is the reverse of what is meant: what a duty keeps is locked while the duty runs, and erased at its end (Art. 5(1)(b), (e) GDPR)", de: "gemeint ist das Umgekehrte: eingeschränkt wird, solange die Pflicht läuft, gelöscht an ihrem Ende (Art. 5 Abs. 1 Buchst. b, e DSGVO)" }
    reverse_lock_help() { en: "write `then: remove` or `then: anonymise`; an erasure on request locks what a duty still keeps", de: "`then: remove` oder `then: anonymise` schreiben; eine Löschung auf Antrag schränkt ein, was eine Pflicht noch erhält" }
    unnamed_norm(name, because) { en: "`{name}` is stated as a duty to keep, and \"{because}\" names no norm", de: "`{name}` ist als Aufbewahrungspflicht angegeben, doch „{because}“ nennt keine Norm" }
    unnamed_norm_why() { en: "only a law stands against a request for erasure (Art. 17(3)(b) GDPR); a rule of the house does not", de: "nur ein Gesetz steht einem Löschantrag entgegen (Art. 17 Abs. 3 Buchst. b DSGVO), eine Hausregel nicht" }
    unnamed_norm_help() { en: "name the norm, such as \"§ 147 AO\"; where there is none, write `kind: max` with a `reason`", de: "die Norm nennen, etwa „§ 147 AO“; gibt es keine, `kind: max` mit einer `reason` schreiben" }

    creation_of_duty(name, object, field, event) { en: "`{name}` counts in `{object}` from `{field}`, when the record was made; its period begins with: {event}", de: "`{name}` zählt in `{object}` ab `{field}`, der Anlage des Datensatzes; die Frist beginnt aber mit: {event}" }
    creation_of_duty_why() { en: "a record may be made long before or after its event; counted from there, a duty to keep ends too early, often by months", de: "ein Datensatz kann lange vor oder nach seinem Ereignis angelegt sein; von dort gezählt endet eine Aufbewahrungspflicht zu früh, oft um Monate" }
    creation_of_duty_help() { en: "name the field of the event under `start`, such as the date on the document", de: "unter `start` das Feld des Ereignisses nennen, etwa das Datum auf dem Beleg" }
    its_event() { en: "the event that the norm names", de: "dem Ereignis, das die Norm nennt" }
    creation(name, object, field) { en: "`{name}` counts in `{object}` from `{field}`, when the record was made, and not from what happened last", de: "`{name}` zählt in `{object}` ab `{field}`, der Anlage des Datensatzes, und nicht ab dem letzten Ereignis" }
    creation_why() { en: "data in use would be deleted, whatever happened since they were collected", de: "so würden Daten gelöscht, die noch gebraucht werden, gleich was seit ihrer Erhebung geschah" }
    creation_help() { en: "name the field of the event under `start`; if the collection itself is meant, say so:   start_type: collection", de: "unter `start` das Feld des Ereignisses nennen; ist die Erhebung selbst gemeint, das angeben:   start_type: collection" }

    alternatives(name, key, word) { en: "`{key}` of `{name}` says \"{word}\": a data type has exactly one rule", de: "`{key}` von `{name}` enthält „{word}“: eine Datenart hat genau eine Löschregel" }
    alternatives_why() { en: "with an alternative, nobody can say of a record which of the two it is; nor can a program", de: "bei einer Alternative lässt sich einem Datensatz nicht ansehen, welche gilt; auch ein Programm kann es nicht" }
    alternatives_help() { en: "make two data types of it, such as applicants with and without consent to stay in the pool; if one rule is meant, word it without the alternative", de: "zwei Datenarten daraus machen, etwa Bewerbungen mit und ohne Einwilligung in den Pool; ist nur eine Regel gemeint, sie ohne Alternative fassen" }

    long_window(name, window, keep) { en: "the window of `{name}` ({window}) is longer than its period ({keep})", de: "das Ausführungsfenster von `{name}` ({window}) ist länger als die Frist ({keep})" }
    long_window_why() { en: "the data would lie there for more than twice as long as they are needed", de: "die Daten lägen mehr als doppelt so lange vor, wie sie gebraucht werden" }
    long_window_help() { en: "shorten `window`: it is the time between two runs, with some room", de: "`window` kürzen: es ist die Zeit zwischen zwei Läufen mit etwas Reserve" }
    small_class(name, whole, class) { en: "`{name}` takes {whole} with its window, and its class only allows {class}", de: "`{name}` braucht samt Ausführungsfenster {whole}, die Löschklasse lässt aber nur {class} zu" }
    small_class_why() { en: "the standard period of a class is the most that may lie between start and deletion; it has to hold the period and the window", de: "die Regellöschfrist der Klasse ist das Höchste zwischen Startzeitpunkt und Löschung; sie muss Vorhaltefrist und Ausführungsfenster fassen" }
    small_class_help(whole) { en: "write   class: {whole}   or more, or shorten `keep` or `window`", de: "`class: {whole}` oder mehr schreiben, oder `keep` oder `window` kürzen" }

    foreign_steering(name, system) { en: "`{system}` steers `{name}` and holds none of its objects", de: "`{system}` steuert `{name}` und enthält keines der Objekte" }
    foreign_steering_why() { en: "the steering system is the one whose records say when the period begins, so it has to hold them", de: "im löschsteuernden System steht, wann die Frist beginnt; es muss die Daten also enthalten" }
    foreign_steering_help(systems) { en: "name one of these under `steering`: {systems}", de: "unter `steering` eines von diesen nennen: {systems}" }
    no_steering(name, systems) { en: "`{name}` lies in several systems ({systems}), and none is named as the one that steers", de: "`{name}` liegt in mehreren Systemen ({systems}), und kein löschsteuerndes ist genannt" }
    no_steering_help() { en: "name the system whose day counts under `steering`", de: "das System, dessen Tag zählt, unter `steering` nennen" }

    orphans(name, parent, child, other) { en: "`{name}` removes `{parent}` before `{child}` is due, which hangs below it and belongs to `{other}`", de: "`{name}` löscht `{parent}`, bevor das darunter hängende `{child}` aus `{other}` fällig ist" }
    orphans_why() { en: "the removal would leave an orphan, take along what has to stay, or be refused by the database", de: "die Löschung hinterließe Waisen, nähme mit, was bleiben muss, oder scheiterte an der Datenbank" }
    orphans_help() { en: "write `then: anonymise` for the parent, or make its period at least as long", de: "beim übergeordneten Objekt `then: anonymise` schreiben, oder dessen Frist mindestens so lang machen" }

    no_reason(name) { en: "`{name}` has a period that no law asks for, and no reason in writing", de: "`{name}` hat eine Frist, die kein Gesetz verlangt, und keine schriftliche Begründung" }
    no_reason_why() { en: "a limit of one's own choice has to be shown to be necessary (Art. 5(2) GDPR)", de: "dass eine selbst gewählte Frist nötig ist, muss belegt werden können (Art. 5 Abs. 2 DSGVO)" }
    no_reason_help() { en: "add   reason: \"why it takes this long and not longer\"", de: "ergänzen:   reason: \"warum so lange und nicht länger\"" }
    special(name, object, category) { en: "`{object}` holds `{category}` under `{name}`, which names no basis for it", de: "`{object}` enthält `{category}` unter `{name}`; eine Grundlage dafür ist nicht angegeben" }
    special_why() { en: "special categories need a ground of Art. 9(2) GDPR and criminal records one of Art. 10; a business rule carries neither, nor its period", de: "besondere Kategorien brauchen eine Grundlage nach Art. 9 Abs. 2 DSGVO, Strafdaten eine nach Art. 10; eine kaufmännische Regel trägt weder sie noch ihre Frist" }
    special_help() { en: "give these data a data type of their own with their own rule, or state a `basis` such as art9_2_a after checking that it holds", de: "diesen Daten eine eigene Datenart mit eigener Regel geben, oder nach Prüfung eine `basis` wie art9_2_a angeben" }
    twins(name, other) { en: "`{name}` and `{other}` have the same purpose and basis and end at different times", de: "`{name}` und `{other}` haben denselben Zweck und dieselbe Grundlage, enden aber verschieden" }
    twins_why() { en: "data types are cut by purpose, basis and people; the same three ask for the same period", de: "Datenarten werden nach Zweck, Grundlage und Personenkreis gebildet; sind die drei gleich, ist es auch die Frist" }
    twins_help() { en: "join them, or say in `purpose` or `subjects` what tells them apart", de: "sie zusammenlegen, oder in `purpose` oder `subjects` sagen, was sie unterscheidet" }

    no_purpose(name, key) { en: "`{name}` says nothing under `{key}`", de: "bei `{name}` fehlt `{key}`" }
    no_purpose_why() { en: "how long data are needed follows from what they are for; without purpose and basis no period can be judged", de: "wie lange Daten gebraucht werden, folgt aus ihrem Zweck; ohne Zweck und Rechtsgrundlage lässt sich keine Frist beurteilen" }
    no_purpose_help() { en: "write `purpose` and `basis`, such as art6_1_b", de: "`purpose` und `basis` angeben, etwa art6_1_b" }
    no_start_type(name) { en: "`{name}` has no class: it does not say what kind of moment its period counts from", de: "`{name}` hat keine Löschklasse: die Art des Startzeitpunkts fehlt" }
    no_start_type_why() { en: "a class is a standard period with a kind of start", de: "eine Löschklasse besteht aus Regellöschfrist und Art des Startzeitpunkts" }
    no_start_type_help() { en: "add   start_type: collection, end_of_process or end_of_relationship", de: "ergänzen:   start_type: collection (Erhebung), end_of_process (Ende eines Vorgangs) oder end_of_relationship (Ende der Beziehung)" }
    no_window(name) { en: "`{name}` does not say how long its execution may take", de: "bei `{name}` ist kein Ausführungsfenster angegeben" }
    no_window_why() { en: "between the end of a period and the run that carries it out lies some time; it belongs to the standard period", de: "zwischen Fristende und dem Lauf, der löscht, vergeht Zeit; sie gehört zur Regellöschfrist" }
    no_window_help() { en: "add   window: P1M   or the time between two runs with some room", de: "ergänzen:   window: P1M   oder die Zeit zwischen zwei Läufen mit etwas Reserve" }
    no_owner(system) { en: "nobody is responsible for `{system}`", de: "für `{system}` ist niemand zuständig" }
    no_owner_help() { en: "name whoever carries the rules out there under `owner`", de: "unter `owner` nennen, wer die Regeln dort umsetzt" }
    out_of_reach(system) { en: "`{system}` is not connected or switched off: no rule is carried out there", de: "`{system}` ist nicht angebunden oder abgeschaltet: dort wird keine Regel ausgeführt" }
    out_of_reach_help() { en: "connect it, or have its owner carry the rules out and say so elsewhere", de: "es anbinden, oder die Regeln von der zuständigen Stelle umsetzen lassen und das an anderer Stelle festhalten" }

    no_year(name) { en: "`{name}` counts from the end of the financial year, and that is not stated", de: "`{name}` zählt ab dem Ende des Geschäftsjahres, und das ist nicht angegeben" }
    no_year_why() { en: "without it no end can be reckoned: every record would have an unknown start", de: "ohne diese Angabe ist kein Ende zu berechnen: jeder Datensatz hätte einen unbekannten Beginn" }
    no_year_help() { en: "state it at the controller:   financial_year_end: \"12-31\"", de: "beim Verantwortlichen angeben:   financial_year_end: \"12-31\"" }
    unread_norm(name, id) { en: "`{name}` rests on {id}, whose norm nobody read for the catalogue", de: "`{name}` stützt sich auf {id}; für den Katalog hat niemand die Norm selbst gelesen" }
    unread_norm_help(id) { en: "have it checked; `dsr law show {id}` says what was read", de: "prüfen lassen; `dsr law show {id}` sagt, was gelesen wurde" }
}
