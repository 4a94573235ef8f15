//! Messages of retention runs.

catalogue! {
    purpose_over(period, norm) { en: "end of the purpose ({period}; Art. 18(2) GDPR), kept until then by: {norm}", de: "Ende des Zwecks ({period}; Art. 18 Abs. 2 DSGVO), danach noch aufbewahrt nach: {norm}" }
    own_decision(data_type, period) { en: "own decision ({data_type}: {period})", de: "eigene Festlegung ({data_type}: {period})" }
    removes() { en: "erase", de: "löschen" }
    anonymises() { en: "anonymise", de: "anonymisieren" }
    restricts() { en: "restrict", de: "einschränken" }

    head_rule() { en: "Data type", de: "Datenart" }
    head_where() { en: "Where", de: "Wo" }
    head_does() { en: "Does", de: "Aktion" }
    head_records() { en: "Records", de: "Datensätze" }
    head_due() { en: "Due", de: "Fällig" }
    head_oldest() { en: "Oldest", de: "Ältester" }
    head_left_alone() { en: "Left alone", de: "Ausgelassen" }
    head_state() { en: "State", de: "Stand" }
    head_done() { en: "Done", de: "Erledigt" }
    head_remaining() { en: "Still due", de: "Noch fällig" }

    held(count, holds) { en: "{count} held ({holds})", de: "{count} unter Löschstopp ({holds})" }
    control(count) { en: "{count} of the control person", de: "{count} der Kontrollperson" }
    requested(count) { en: "{count} in an open request", de: "{count} in einem offenen Vorgang" }
    held_as_well(holds) { en: "held as well: {holds}", de: "auch unter Löschstopp: {holds}" }
    referenced(count) { en: "{count} others refer to", de: "{count} mit abhängigen Datensätzen" }
    unknown(count) { en: "{count} without a date", de: "{count} ohne Datum" }
    future(count) { en: "{count} dated in the future", de: "{count} mit Datum in der Zukunft" }

    disconnected() { en: "not connected", de: "nicht angebunden" }
    engine() { en: "this kind of system is not swept", de: "diese Art von System wird nicht durchlaufen" }
    on_purpose() { en: "kept on purpose", de: "bewusst behalten" }
    not_by_age() { en: "the connector does not list records by this date", de: "der Konnektor listet Datensätze nicht nach diesem Datum" }
    no_start() { en: "no date to count from", de: "kein Datum, ab dem gezählt wird" }
    no_financial_year() { en: "the end of the financial year is not stated", de: "das Ende des Geschäftsjahres ist nicht angegeben" }

    short_minimum(id) { en: "shorter than {id}", de: "kürzer als {id}" }
    other_day(id) { en: "{id} counts from another kind of day", de: "{id} zählt ab einem anderen Tag" }
    kept_longer(own, norms) { en: "{own}; not before the end of: {norms}", de: "{own}; nicht vor Ablauf von: {norms}" }
    short_minimum_refused(data_type, id, norm) { en: "the rule of `{data_type}` is stated as a duty to keep and ends before {id} ({norm}): it is not carried out", de: "die Regel von `{data_type}` ist als Aufbewahrungspflicht angegeben und endet vor {id} ({norm}): sie wird nicht ausgeführt" }
    short_minimum_why() { en: "it would delete what the law wants kept; requests are decided by the norm meanwhile", de: "sie würde löschen, was nach dem Gesetz aufzubewahren ist; über Anfragen entscheidet solange die Norm" }
    short_minimum_help(id) { en: "write `rule: {id}` in place of the period, or make the period as long; where other duties apply, name them: `justified_by: [RULE]`", de: "statt der Frist `rule: {id}` schreiben, oder die Frist ebenso lang machen; gelten andere Pflichten, sie nennen: `justified_by: [REGEL]`" }
    other_day_refused(data_type, id, event) { en: "{id} binds `{data_type}` and counts from another kind of day than it names ({event}): the rule is not carried out", de: "{id} bindet `{data_type}` und zählt ab einem anderen Tag, als dort genannt ist ({event}): die Regel wird nicht ausgeführt" }
    other_day_why() { en: "from the day that is named nobody can tell when this duty ends; requests keep the records meanwhile", de: "ab dem genannten Tag lässt sich nicht sagen, wann diese Pflicht endet; bei Anfragen bleiben die Datensätze solange erhalten" }
    other_day_help(id) { en: "make `{id}` the rule, with its field under `start`, and leave in `justified_by` the duties that count from the same day; or give the records to a data type of their own", de: "`{id}` zur Regel machen, mit ihrem Feld unter `start`, und in `justified_by` die Pflichten lassen, die ab demselben Tag zählen; oder den Datensätzen eine eigene Datenart geben" }

    day(day) { en: "{day}", de: "{day}" }

    ready() { en: "ready", de: "bereit" }
    nothing_due() { en: "nothing due", de: "nichts fällig" }
    finished() { en: "done", de: "erledigt" }
    stopped(why) { en: "stopped: {why}", de: "angehalten: {why}" }

    brake_new() { en: "shown for the first time", de: "zum ersten Mal gezeigt" }
    brake_forgotten() { en: "not shown for more than a month", de: "seit mehr als einem Monat nicht gezeigt" }
    brake_triggers() { en: "other triggers act on its records than before", de: "andere Trigger als zuvor wirken auf seine Datensätze" }
    brake_cap(most) { en: "more than {most} records", de: "mehr als {most} Datensätze" }
    brake_share(percent) { en: "more than {percent} % of all records", de: "mehr als {percent} % aller Datensätze" }
    brake_unusual(usual) { en: "far more than the usual {usual}", de: "weit mehr als die üblichen {usual}" }
    brake_number(due, expected) { en: "due: {due}, and --expect names {expected}", de: "fällig: {due}, --expect nennt aber {expected}" }
    brake_window() { en: "outside of the maintenance window", de: "außerhalb des Wartungsfensters" }
    brake_stopped() { en: "paused with dsr sweep --pause", de: "dsr sweep --pause gilt" }
    brake_clock() { en: "the system's clock shows another time", de: "die Uhr des Systems geht anders" }
    brake_holds() { en: "it cannot be told which records are held", de: "nicht feststellbar, welche Datensätze einem Löschstopp oder offenen Vorgang unterliegen" }

    brake_held(holds) { en: "held: {holds}", de: "Löschstopp: {holds}" }

    halted_interrupted() { en: "interrupted", de: "unterbrochen" }
    halted_stopped() { en: "paused with dsr sweep --pause", de: "dsr sweep --pause gilt" }
    halted_window() { en: "the maintenance window has closed", de: "das Wartungsfenster ist zu Ende" }
    halted_holds() { en: "a hold or a request came in between", de: "ein Löschstopp oder ein Vorgang kam dazwischen" }

    plan_heading(day) { en: "What the rules make due on {day}", de: "Was am {day} nach den Regeln fällig ist" }
    run_heading(sweep, day) { en: "Sweep {sweep} of {day}", de: "Löschlauf {sweep} vom {day}" }
    no_rules() { en: "The inventory names no data types, so there is nothing to sweep.", de: "Das Inventar nennt keine Datenarten; es gibt nichts zu durchlaufen." }
    no_rules_help() { en: "Data types and their rules stand under `data_types`; dsr law list shows the rules of the law.", de: "Datenarten und ihre Regeln stehen unter `data_types`; dsr law list zeigt die Regeln des Gesetzes." }
    no_such_rule() { en: "No rule of the inventory is about this, so there is nothing to do; dsr sweep shows all rules.", de: "Das betrifft keine Regel des Inventars; es gibt nichts zu tun. Alle Regeln zeigt dsr sweep." }
    nothing_written() { en: "Nothing was written. To carry the rules out that an earlier run has shown: dsr sweep --apply", de: "Nichts wurde geschrieben. Um Regeln auszuführen, die ein früherer Lauf gezeigt hat: dsr sweep --apply" }
    nothing_written_deferred() { en: "Nothing was written. What is due is erased by dsr sweep --apply --deferred, or by the next run over all rules.", de: "Nichts wurde geschrieben. Fälliges löscht dsr sweep --apply --deferred oder der nächste Lauf über alle Regeln." }
    nothing_written_paused() { en: "Nothing was written, and nothing will be: sweeps are paused. dsr sweep --resume lets them go on.", de: "Nichts wurde geschrieben, und solange Löschläufe angehalten sind, wird nichts geschrieben: dsr sweep --resume lässt sie weiterlaufen." }
    looks_needed() { en: "Rules that were shown for the first time, or exceed their bounds, wait for a look at this table. The next run with --apply carries out what was only new; what was not shown for more than a month waits for dsr sweep without --apply; beyond the bounds, name the number that is due: dsr sweep --apply --data-type NAME --expect N", de: "Regeln, die zum ersten Mal gezeigt wurden oder ihre Grenzen überschreiten, warten auf einen Blick in diese Tabelle. Der nächste Lauf mit --apply führt aus, was nur neu war; was seit mehr als einem Monat nicht gezeigt wurde, wartet auf dsr sweep ohne --apply; jenseits der Grenzen die fällige Anzahl angeben: dsr sweep --apply --data-type NAME --expect N" }
    nothing_deferred() { en: "Requests have left nothing that is due.", de: "Aus Vorgängen ist nichts Aufgeschobenes fällig." }
    resume_first() { en: "Sweeps are paused: dsr sweep --resume lets them go on, and the same command then does what is left.", de: "Löschläufe sind angehalten: dsr sweep --resume lässt sie weiterlaufen, danach erledigt derselbe Befehl, was übrig ist." }
    unclear(count) { en: "{count} unclear", de: "{count} ungeklärt" }
    unclear_batch(place, count) { en: "{place}: of {count} records of an interrupted run nobody can tell whether it wrote to them; none of them counts as done", de: "{place}: bei {count} Datensätzen eines unterbrochenen Laufs lässt sich nicht mehr sagen, ob er sie bearbeitet hat; keiner davon zählt als erledigt" }
    cut_short(sweep) { en: "Sweep {sweep} was about more than this command, so it is ended as not complete: dsr sweep --apply does the rest.", de: "Der Löschlauf {sweep} galt mehr als diesem Befehl und endet deshalb als unvollständig: dsr sweep --apply erledigt den Rest." }
    became_due(place, count) { en: "{place}: {count} records became due only during the run, such as those to which nothing refers any more; they are the next run's.", de: "{place}: {count} Datensätze wurden erst während des Laufs fällig, etwa weil nichts mehr von ihnen abhängt; sie erledigt der nächste Lauf." }
    held_up(data_type, place, due) { en: "the rule `{data_type}` in {place} is held up and was not carried out; due: {due}", de: "die Regel `{data_type}` in {place} ist angehalten und wurde nicht ausgeführt; fällig: {due}" }
    left_over(data_type, place, rest) { en: "the rule `{data_type}` in {place} was not carried out to the end; still due: {rest}", de: "die Regel `{data_type}` in {place} wurde nicht bis zum Ende ausgeführt; noch fällig: {rest}" }
    left_uncounted(data_type, place) { en: "the rule `{data_type}` in {place} was not carried out to the end, and what is left could not be counted", de: "die Regel `{data_type}` in {place} wurde nicht bis zum Ende ausgeführt, und was übrig ist, ließ sich nicht zählen" }
    look_again() { en: "look at what it meets with dsr sweep; the next run goes by that look", de: "mit dsr sweep ansehen, was sie trifft; danach richtet sich der nächste Lauf" }
    name_the_number(which, due) { en: "look at it with dsr sweep; if it is right: dsr sweep --apply {which} --expect {due}", de: "mit dsr sweep ansehen; stimmt es: dsr sweep --apply {which} --expect {due}" }
    next_run() { en: "look at its number; the next run carries it out", de: "die Anzahl ansehen; der nächste Lauf führt sie aus" }
    goes_on() { en: "What is left is done by the same command.", de: "Was übrig ist, erledigt derselbe Befehl." }
    resumed(sweep) { en: "Sweep {sweep} was not finished; it goes on.", de: "Der Löschlauf {sweep} wurde nicht beendet; er wird fortgesetzt." }
    settled(count) { en: "{count} records of the interrupted run were found done.", de: "{count} Datensätze des unterbrochenen Laufs waren bereits erledigt." }
    scans(place) { en: "{place}: no index leads to what is due, so every run reads the whole table", de: "{place}: kein Index führt zum Fälligen, daher liest jeder Lauf die ganze Tabelle" }
    scans_help(statement) { en: "make one: {statement}", de: "einen anlegen: {statement}" }
    acts_along(place, triggers) { en: "{place}: the database itself does more than the rule when records are written to ({triggers})", de: "{place}: die Datenbank selbst tut mehr als die Regel, wenn Datensätze geschrieben werden ({triggers})" }
    acts_along_help() { en: "read what these triggers and rules do: rows of other tables that they write to stand in no evidence, and copies that they keep stay", de: "nachlesen, was diese Trigger und Regeln tun: Zeilen anderer Tabellen, die sie schreiben, stehen in keinem Nachweis, und Kopien, die sie behalten, bleiben" }
    rule_failed(place) { en: "{place} could not be swept to the end", de: "{place} konnte nicht bis zum Ende durchlaufen werden" }

    metrics_nowhere(file) { en: "the figures could not be written into {file}; nothing was begun", de: "die Zahlen ließen sich nicht in {file} schreiben; begonnen wurde nichts" }
    metrics_lost(file) { en: "the run is done as its table says, but its figures could not be written into {file}", de: "der Lauf ist erledigt, wie seine Tabelle es sagt, nur seine Zahlen ließen sich nicht in {file} schreiben" }
    metrics_help() { en: "let the account that runs dsr write into that folder, or name a file elsewhere with --metrics", de: "dem Konto, unter dem dsr läuft, das Schreiben in diesen Ordner erlauben, oder mit --metrics eine Datei an anderer Stelle angeben" }

    unknown_data_type(name) { en: "the inventory has no data type `{name}`", de: "das Inventar hat keine Datenart `{name}`" }
    data_types_are(names) { en: "it has: {names}", de: "es hat: {names}" }
    expect_one() { en: "--expect names the number of one rule, and here it would be that of several", de: "--expect nennt die Anzahl einer Regel; hier wären es mehrere" }
    expect_data_type_help() { en: "name one data type with --data-type, and where it still has several rules, one with --system or --then; for what requests have left: --deferred", de: "eine Datenart mit --data-type angeben, und wenn sie dann noch mehrere Regeln hat, eine mit --system oder --then; für das, was Vorgänge aufgeschoben haben: --deferred" }
    expect_system_help(data_type, systems) { en: "`{data_type}` lies in several systems; name one with --system: {systems}", de: "`{data_type}` liegt in mehreren Systemen; eines mit --system angeben: {systems}" }
    expect_then_help(data_type, then) { en: "`{data_type}` restricts its records first and erases them later, which are two rules; name one with --then: its `active_until` is `--then restrict`, the end of its period `--then {then}`", de: "`{data_type}` schränkt seine Datensätze erst ein und löscht sie später, das sind zwei Regeln; eine mit --then angeben: `active_until` ist `--then restrict`, das Ende der Frist `--then {then}`" }
    expect_objects_help(data_type, system, objects) { en: "`{data_type}` has a rule for each of several objects of {system} ({objects}), and no number can name one of them: give each object a data type of its own, or raise the bound under `limits.sweep` in dsr.yaml for this run", de: "`{data_type}` hat für mehrere Objekte von {system} je eine Regel ({objects}), und keine Anzahl kann eine davon benennen: jedem Objekt eine eigene Datenart geben, oder die Grenze unter `limits.sweep` in dsr.yaml für diesen Lauf anheben" }
    expect_nothing_deferred() { en: "--expect names how many records requests have left that are due, and none is", de: "--expect nennt, wie viele von Vorgängen aufgeschobene Datensätze fällig sind; es ist keiner" }
    expect_nothing_deferred_help() { en: "leave --expect out; `dsr sweep --deferred` shows what is due", de: "--expect weglassen; `dsr sweep --deferred` zeigt, was fällig ist" }
    expect_no_rule() { en: "--expect names the number of one rule, and the command is about none", de: "--expect nennt die Anzahl einer Regel; der Befehl gilt keiner" }
    expect_no_rule_help() { en: "`dsr sweep` lists the rules with their data types and systems", de: "`dsr sweep` listet die Regeln mit ihren Datenarten und Systemen auf" }

    not_carried_out(data_type, place) { en: "the rule `{data_type}` in {place} is not carried out", de: "die Regel `{data_type}` in {place} wird nicht ausgeführt" }
    state_financial_year() { en: "state when the financial year ends: controller.financial_year_end", de: "angeben, wann das Geschäftsjahr endet: controller.financial_year_end" }
    state_a_start(data_type, object) { en: "name the date that counts: `start` of the data type `{data_type}`, or `clock` of the object `{object}`", de: "das Datum angeben, ab dem gezählt wird: `start` der Datenart `{data_type}` oder `clock` des Objekts `{object}`" }
    list_by_age(object) { en: "a connector lists what is old by a search `by: age`, and counts from the `clock` of its object: name that day as `start`, add both to the object `{object}` in a connector of your own, or take the rule out of `data_types`", de: "ein Konnektor listet Altes mit einer Suche `by: age` und zählt ab `clock` seines Objekts: diesen Tag als `start` angeben, beides im eigenen Konnektor beim Objekt `{object}` ergänzen, oder die Regel aus `data_types` nehmen" }
    connect_it() { en: "connect the system, or let nobody expect anything of this rule: take it out of `data_types`", de: "das System anbinden, oder die Regel aus `data_types` nehmen, damit niemand etwas von ihr erwartet" }
    idle(data_type, place, runs) { en: "the rule `{data_type}` in {place} has found nothing for {runs} runs, and usually did before", de: "die Regel `{data_type}` in {place} hat seit {runs} Läufen nichts gefunden, davor gewöhnlich schon" }
    idle_help() { en: "see whether the application still writes the date that the rule counts from, and still writes to this table", de: "klären, ob die Anwendung das Datum noch schreibt, ab dem die Regel zählt, und ob sie diese Tabelle noch benutzt" }
    to_review(hold, day) { en: "the hold {hold} keeps records from being erased, and somebody was to look by {day} whether it is still needed", de: "der Löschstopp {hold} hält Datensätze zurück und hätte bis {day} überprüft werden sollen" }
    to_review_help(hold) { en: "dsr hold show {hold} says why it was set; release it, or set a new one with another day", de: "dsr hold show {hold} zeigt, warum er gesetzt wurde; ihn aufheben, oder einen neuen mit einem anderen Tag setzen" }
    copies_unseen(system) { en: "{system} has copies, and it cannot be seen how far they lag behind: no batch waits for them", de: "{system} hat Kopien (Replikate), deren Rückstand nicht zu sehen ist: Kein Stapel wartet auf sie" }
    may_not_see_copies_help() { en: "let the account look: GRANT pg_read_all_stats TO the account", de: "dem Konto den Blick erlauben: GRANT pg_read_all_stats TO, dann der Name des Kontos" }
    cannot_see_copies_help() { en: "a primary of MariaDB does not know it; watch Seconds_Behind_Master on the copy, make limits.sweep.batch small, and stop a run with dsr sweep --pause", de: "ein Primärserver von MariaDB kennt ihn nicht; auf der Kopie Seconds_Behind_Master beobachten, limits.sweep.batch klein wählen und einen Lauf mit dsr sweep --pause anhalten" }

    recipients(place, named) { en: "Recipients of what goes from {place} (Art. 19 GDPR): {named}.", de: "Empfänger dessen, was aus {place} verschwindet (Art. 19 DSGVO): {named}." }
    told_system(to) { en: "{to}, in whose system it is done", de: "{to}, in dessen System es geschieht" }
    told_flow(to) { en: "{to}, by the flow that brought them", de: "{to}, über den Datenfluss, der sie brachte" }
    told_rule(to) { en: "{to}, by a rule of its own", de: "{to}, nach eigener Regel" }
    told_person(to) { en: "{to}, whom nothing in the inventory tells", de: "{to}, dem nichts im Inventar davon sagt" }
    untold(place, to) { en: "{to} receives copies of records in {place}, and nothing in the inventory takes them along", de: "{to} erhält Kopien der Datensätze in {place}, und nichts im Inventar nimmt sie mit" }
    untold_why() { en: "whoever was given data is told when they are erased or restricted, also of one's own accord (Art. 19 with Art. 17(1) GDPR); a sweep keeps no names that could be passed on later", de: "wer Daten erhalten hat, erfährt von ihrer Löschung oder Einschränkung, auch von einer ohne Antrag (Art. 19 mit Art. 17 Abs. 1 DSGVO); ein Löschlauf behält keine Namen, die sich später weitergeben ließen" }
    untold_help(to) { en: "give {to} a rule of its own under `data_types`; or, if its flow deletes there too, write `deletes: hard` at the flow", de: "{to} eine eigene Regel unter `data_types` geben; oder beim Datenfluss `deletes: hard` angeben, wenn er auch dort löscht" }
    untold_help_by(to, owner) { en: "give {to} a rule of its own under `data_types`; or, if its flow deletes there too, write `deletes: hard` at the flow; until then see with {owner} that the copies go", de: "{to} eine eigene Regel unter `data_types` geben; oder beim Datenfluss `deletes: hard` angeben, wenn er auch dort löscht; bis dahin mit {owner} dafür sorgen, dass die Kopien verschwinden" }
    untold_lock_help(to) { en: "lock the copies as well: `active_until` or `then: restrict` in the data type of {to}", de: "auch die Kopien sperren: `active_until` oder `then: restrict` in der Datenart von {to}" }
    untold_lock_help_by(to, owner) { en: "lock the copies as well: `active_until` or `then: restrict` in the data type of {to}; until then see with {owner} that nobody uses them", de: "auch die Kopien sperren: `active_until` oder `then: restrict` in der Datenart von {to}; bis dahin mit {owner} dafür sorgen, dass niemand sie verwendet" }

    head_record() { en: "Record", de: "Datensatz" }
    head_why() { en: "Left alone because", de: "Ausgelassen, weil" }
    head_owner() { en: "Owner", de: "Zuständig" }
    left_unknown() { en: "no date to count from", de: "kein Datum, ab dem gezählt wird" }
    left_future() { en: "dated in the future", de: "Datum in der Zukunft" }
    left_referenced() { en: "others refer to it", de: "andere Datensätze hängen davon ab" }
    left_requested() { en: "in an open request", de: "in einem offenen Vorgang" }
    left_control() { en: "control person", de: "Kontrollperson" }
    left_held(holds) { en: "held: {holds}", de: "Löschstopp: {holds}" }
    unsearched(place, who) { en: "{place} is not swept: nobody can say which of its records belong to {who}", de: "{place} wird nicht durchlaufen: Es ist nicht feststellbar, welche Datensätze dort zu {who} gehören" }
    unsearched_why(places) { en: "not searched, though it may lead there: {places}", de: "nicht durchsucht, obwohl es dorthin führen kann: {places}" }
    unsearched_help() { en: "the next run goes on once these systems answer; `dsr check` says what is wrong with them, and one that is gone for good has `status: disabled`", de: "der nächste Lauf macht weiter, sobald diese Systeme antworten; `dsr check` sagt, woran es liegt, und ein System, das es nicht mehr gibt, bekommt `status: disabled`" }
    nothing_leads() { en: "the person is known by nothing by which any system can be searched", de: "von der Person ist nichts bekannt, wonach sich irgendein System durchsuchen ließe" }
    nothing_leads_help() { en: "give the case a further identity (`dsr case open --case CASE --right RIGHT --same-person --email ADDRESS`) or close it; set the hold anew with one and release this one", de: "dem Vorgang eine weitere Identität geben (`dsr case open --case VORGANG --right RECHT --same-person --email ADRESSE`) oder ihn schließen; den Löschstopp mit einer weiteren neu setzen und diesen aufheben" }
    unled(who, places) { en: "{who}: nothing that is known of this person leads to {places}, so nothing is spared for them there", de: "{who}: Nichts, was von dieser Person bekannt ist, führt zu {places}; dort wird für sie nichts ausgelassen" }
    unled_why(kinds) { en: "known are only: {kinds}", de: "bekannt ist nur: {kinds}" }
    unled_help() { en: "if the person may have records there, find out by what they go there and add it: to a case with `dsr case open --case CASE --right RIGHT --same-person --id KIND=VALUE`, to a hold by setting it anew", de: "kann die Person dort Datensätze haben, klären, worunter sie dort geführt wird, und es nachtragen: einem Vorgang mit `dsr case open --case VORGANG --right RECHT --same-person --id ART=WERT`, einem Löschstopp, indem er neu gesetzt wird" }
    left_nothing() { en: "No record is left alone.", de: "Kein Datensatz wird ausgelassen." }
    left_count(count) { en: "Records that are left alone: {count}", de: "Ausgelassene Datensätze: {count}" }
    paused_now() { en: "Sweeps are paused. A run that is at work stops after its batch. dsr sweep --resume lets them go on.", de: "Löschläufe sind angehalten. Ein laufender hört nach seinem Stapel auf. dsr sweep --resume lässt sie weiterlaufen." }
    resumed_now() { en: "Sweeps may run again.", de: "Löschläufe dürfen wieder laufen." }
    was_not_paused() { en: "Sweeps were not paused.", de: "Löschläufe waren nicht angehalten." }
    clock_unknown(seat) { en: "the time zone of the controller's seat ({seat}) is not known to this machine", de: "die Zeitzone am Sitz des Verantwortlichen ({seat}) ist diesem Rechner nicht bekannt" }
    clock_unknown_help() { en: "install the time zones (Debian: apt-get install tzdata)", de: "die Zeitzonen installieren (Debian: apt-get install tzdata)" }
}
