//! Messages about rectification, restriction and its end, and opting out: plans, screens and errors.

use crate::messages::Text;

catalogue! {
    ground_contested() { en: "the person contests that the data are right (Art. 18(1)(a) GDPR)", de: "die Person bestreitet die Richtigkeit (Art. 18 Abs. 1 lit. a DSGVO)" }
    ground_unlawful() { en: "unlawful processing, and the person does not want erasure (Art. 18(1)(b) GDPR)", de: "unrechtmäßige Verarbeitung, die Person lehnt die Löschung ab (Art. 18 Abs. 1 lit. b DSGVO)" }
    ground_claims() { en: "the person needs the data for legal claims (Art. 18(1)(c) GDPR)", de: "die Person braucht die Daten für Rechtsansprüche (Art. 18 Abs. 1 lit. c DSGVO)" }
    ground_objection() { en: "an objection is being weighed (Art. 18(1)(d) GDPR)", de: "über einen Widerspruch ist noch nicht entschieden (Art. 18 Abs. 1 lit. d DSGVO)" }
    lift_verified() { en: "the data were checked and are right by now", de: "die Daten wurden geprüft und stimmen jetzt" }
    lift_lawful() { en: "the processing is lawful by now", de: "die Verarbeitung ist jetzt rechtmäßig" }
    lift_claim_settled() { en: "the legal claim is settled", de: "der Rechtsanspruch ist erledigt" }
    lift_grounds_override() { en: "the objection was weighed, and other grounds override it", de: "der Widerspruch wurde abgewogen, andere Gründe überwiegen" }
    lift_person_asked() { en: "the person asked for it", de: "die Person hat darum gebeten" }
    optout_objection() { en: "objection to direct marketing (Art. 21(2), (3) GDPR)", de: "Widerspruch gegen Direktwerbung (Art. 21 Abs. 2, 3 DSGVO)" }
    optout_withdrawal() { en: "consent withdrawn (Art. 7(3) GDPR)", de: "Einwilligung widerrufen (Art. 7 Abs. 3 DSGVO)" }
    restricted_elsewhere() { en: "is restricted, but not by this case; whoever set the lock decides", de: "ist eingeschränkt, aber nicht durch diesen Vorgang; darüber entscheidet, wer gesperrt hat" }
    restricted_already() { en: "is restricted already", de: "ist schon eingeschränkt" }
    lifted_already() { en: "is not restricted any more", de: "ist nicht mehr eingeschränkt" }
    suppressed_already() { en: "is opted out already", de: "ist schon abgemeldet" }
    correct_already() { en: "already so", de: "steht schon so da" }
    correction() { en: "correction asked for (Art. 16 GDPR)", de: "Berichtigung verlangt (Art. 16 DSGVO)" }
    cannot_write(fields) { en: "dsr cannot write {fields} here", de: "dsr kann {fields} hier nicht schreiben" }
    why_fixed() { en: "it is marked as not to be written, or is computed by the system", de: "es ist als nicht beschreibbar gekennzeichnet oder wird vom System berechnet" }
    why_key() { en: "it is part of the key that names the record", de: "es gehört zum Schlüssel, der den Datensatz benennt" }
    why_volatile() { en: "it changes by itself", de: "es ändert sich von selbst" }
    why_several() { en: "it holds several values at once", de: "es enthält mehrere Werte zugleich" }
    why_connector() { en: "this connector does not correct it", de: "dieser Konnektor berichtigt es nicht" }
    why_engine() { en: "dsr has no way to correct it here", de: "dsr kann es hier nicht berichtigen" }

    task_correct(count, object, because) { en: "Correct records of {object}: {count} ({because}).", de: "Datensätze in {object} berichtigen: {count} ({because})." }
    task_restrict(count, object, because) { en: "Lock records of {object} against any use but storage: {count} ({because}).", de: "Datensätze in {object} für jede Nutzung außer dem Speichern sperren: {count} ({because})." }
    task_lift(count, object, because) { en: "Decide whether the lock on records of {object} ends: {count} ({because}).", de: "Entscheiden, ob die Sperre von Datensätzen in {object} endet: {count} ({because})." }
    task_unlock(task) { en: "The restriction ends; undo what was done by hand: {task}", de: "Die Einschränkung endet; von Hand Erledigtes zurücknehmen: {task}" }
    task_suppress(count, object, because) { en: "Use records of {object} no longer for advertising, or for what the consent was given: {count} ({because}).", de: "Datensätze in {object} nicht mehr für Werbung oder den eingewilligten Zweck verwenden: {count} ({because})." }
    by_hand_correct(fields) { en: "Correct this person's data: {fields}. The new values are in the case.", de: "Die Daten dieser Person berichtigen: {fields}. Die neuen Werte stehen im Vorgang." }
    by_hand_restrict() { en: "Lock this person's data against any use but storage.", de: "Die Daten dieser Person für jede Nutzung außer dem Speichern sperren." }
    by_hand_lift() { en: "End the restriction of this person's data.", de: "Die Einschränkung der Daten dieser Person aufheben." }
    by_hand_suppress() { en: "Use this person's data no longer for advertising, or for what the consent was given.", de: "Die Daten dieser Person nicht mehr für Werbung oder den eingewilligten Zweck verwenden." }

    shortened(count) { en: "(shortened; --format json shows all {count} characters)", de: "(gekürzt; --format json zeigt alle {count} Zeichen)" }
    no_such_field(field) { en: "nothing here is called `{field}`", de: "`{field}` gibt es hier nicht" }
    no_such_field_help() { en: "write a category, such as contact.email, or SYSTEM.OBJECT.FIELD; `dsr rectify` without --set shows what there is", de: "eine Kategorie wie contact.email oder SYSTEM.OBJEKT.FELD schreiben; `dsr rectify` ohne --set zeigt, was da ist" }
    not_writable(place) { en: "{place} cannot be corrected", de: "{place} lässt sich nicht berichtigen" }
    not_writable_help() { en: "have it corrected in the system itself, and leave it out here", de: "im System selbst berichtigen lassen und hier weglassen" }
    does_not_fit(place) { en: "the new value does not fit into {place}; nothing was written", de: "der neue Wert passt nicht in {place}; es wurde nichts geschrieben" }
    no_such_day() { en: "there is no such day in the calendar", de: "einen solchen Tag gibt es im Kalender nicht" }
    no_such_day_help() { en: "write the day of birth as 1990-02-28 or 28.02.1990", de: "den Geburtstag als 28.02.1990 oder 1990-02-28 schreiben" }
    does_not_fit_help() { en: "correct the value, or leave this field out by naming the others one by one (SYSTEM.OBJECT.FIELD)", de: "den Wert berichtigen, oder dieses Feld auslassen und die anderen einzeln nennen (SYSTEM.OBJEKT.FELD)" }
    unique_twice(place) { en: "two records of this person would get the same value in {place}, which allows it only once", de: "zwei Datensätze dieser Person bekämen denselben Wert in {place}, wo er nur einmal stehen darf" }
    too_precise(name, scale) { en: "`{name}` keeps {scale} decimal places; the value has more and would be rounded", de: "`{name}` hat {scale} Nachkommastellen; der Wert hat mehr und würde gerundet" }
    was_differs(place) { en: "{place} does not hold what was expected there; nothing was written", de: "in {place} steht nicht, was dort erwartet wurde; es wurde nichts geschrieben" }
    was_differs_help() { en: "look at the values with `dsr rectify` without --set, then decide", de: "die Werte mit `dsr rectify` ohne --set ansehen, dann entscheiden" }
    twice(place) { en: "two values are given for {place}", de: "für {place} sind zwei Werte angegeben" }
    twice_help() { en: "give one", de: "einen angeben" }
    ambiguous(category, object) { en: "`{category}` meets several fields of {object}, so it is not clear which one is wrong", de: "`{category}` trifft mehrere Felder von {object}; es ist unklar, welches falsch ist" }
    ambiguous_help(fields) { en: "name the field: {fields}", de: "das Feld nennen: {fields}" }
    ask_field(category, object, fields) { en: "Which field of {object} does `{category}` mean ({fields})?", de: "Welches Feld von {object} ist mit `{category}` gemeint ({fields})?" }
    not_a_correction() { en: "--set and --was take FIELD=VALUE", de: "--set und --was erwarten FELD=WERT" }
    correction_help() { en: "for example --set contact.email=new@example.org; values that should not stand in the shell history go into a file: --set-from FILE, or - for standard input", de: "zum Beispiel --set contact.email=neu@example.org; Werte, die nicht in der Befehlsgeschichte stehen sollen, in eine Datei: --set-from DATEI, oder - für die Standardeingabe" }
    empty_value(field) { en: "no value is given for `{field}`", de: "für `{field}` ist kein Wert angegeben" }
    empty_value_help() { en: "a correction puts a right value in the place of a wrong one; taking a value away is erasure", de: "eine Berichtigung setzt den richtigen Wert an die Stelle des falschen; einen Wert zu entfernen ist Löschung" }
    was_without_set(field) { en: "--was names `{field}`, for which no new value is given", de: "--was nennt `{field}`, wofür kein neuer Wert angegeben ist" }
    set_file_unreadable() { en: "the file with the corrections cannot be read", de: "die Datei mit den Berichtigungen ist nicht lesbar" }
    set_file_help() { en: "YAML or JSON, one line for each field: `contact.email: new@example.org`, or `contact.email: {{ was: old@example.org, set: new@example.org }}`", de: "YAML oder JSON, je Feld eine Zeile: `contact.email: neu@example.org` oder `contact.email: {{ was: alt@example.org, set: neu@example.org }}`" }
    two_inputs() { en: "identities and corrections cannot both come from standard input", de: "Kennungen und Berichtigungen können nicht beide von der Standardeingabe kommen" }
    because_missing(codes) { en: "it is not said why; --because takes one of {codes}", de: "es ist nicht gesagt, warum; --because erwartet eines von {codes}" }
    because_help() { en: "the ground decides how long the restriction lasts, and stands in the ledger", de: "vom Grund hängt ab, wie lange die Einschränkung dauert; er steht im Protokoll" }
    lift_because_help() { en: "the ground for lifting stands in the ledger", de: "der Grund für die Aufhebung steht im Protokoll" }
    optout_because_help() { en: "objection: against direct marketing (Art. 21(2) GDPR); withdrawal: of a consent (Art. 7(3) GDPR)", de: "objection: Widerspruch gegen Direktwerbung (Art. 21 Abs. 2 DSGVO); withdrawal: Widerruf einer Einwilligung (Art. 7 Abs. 3 DSGVO)" }
    other_codes(code, codes) { en: "`{code}` is no ground here; --because takes one of {codes}", de: "`{code}` ist hier kein Grund; --because erwartet eines von {codes}" }
    until_past(day) { en: "the restriction cannot end on {day}, which is past", de: "die Einschränkung kann nicht am {day} enden, der Tag ist vorbei" }
    until_help() { en: "give a day to come, or leave --until out", de: "einen künftigen Tag angeben oder --until weglassen" }
    notice_missing() { en: "the person has not been told that the restriction ends", de: "die Person weiß noch nicht, dass die Einschränkung endet" }
    notice_why() { en: "The person is told before a restriction is lifted (Art. 18(3) GDPR).", de: "Vor der Aufhebung einer Einschränkung wird die Person unterrichtet (Art. 18 Abs. 3 DSGVO)." }
    notice_help(case) { en: "tell the person, note it with `dsr restrict --case {case} --notice-sent DATE`, and lift the restriction on a later day", de: "die Person unterrichten, mit `dsr restrict --case {case} --notice-sent DATUM` vermerken und die Einschränkung an einem späteren Tag aufheben" }
    notice_today(day) { en: "the person was told on {day} only; the restriction can be lifted the day after at the earliest", de: "die Person wurde erst am {day} unterrichtet; die Einschränkung lässt sich frühestens am Tag danach aufheben" }
    notice_future(day) { en: "the notice cannot have been sent on {day}, which is still to come", de: "die Unterrichtung kann nicht am {day} erfolgt sein, der Tag liegt in der Zukunft" }
    notice_future_help() { en: "give the day on which it was sent", de: "den Tag angeben, an dem sie abging" }
    notice_too_early(day, restricted) { en: "the notice of {day} is older than the restriction of {restricted}, so it cannot speak of its end", de: "die Unterrichtung vom {day} ist älter als die Einschränkung vom {restricted} und kann deren Ende nicht meinen" }
    notice_noted_later(day, noted) { en: "the notice is noted as sent on {noted}, so it cannot have been sent on {day}", de: "die Unterrichtung ist für den {noted} vermerkt und kann nicht am {day} erfolgt sein" }
    nothing_restricted(case) { en: "case {case} has restricted nothing that could be lifted", de: "der Vorgang {case} hat nichts eingeschränkt, was sich aufheben ließe" }
    nothing_restricted_help(case) { en: "locks that others set are not touched; `dsr case show {case}` lists what it did", de: "Sperren anderer bleiben unberührt; `dsr case show {case}` zeigt, was er getan hat" }
    no_case_restricted() { en: "no open case has restricted anything for this person", de: "kein offener Vorgang hat für diese Person etwas eingeschränkt" }
    no_case_restricted_help() { en: "name the case that set the restriction with --case; `dsr case list` shows the open ones", de: "den Vorgang, der die Einschränkung gesetzt hat, mit --case angeben; `dsr case list` zeigt die offenen" }
    notice_noted(day) { en: "Noted: the person was told on {day} that the restriction ends.", de: "Vermerkt: Die Person wurde am {day} darüber unterrichtet, dass die Einschränkung endet." }
    lift_alone() { en: "--until and --lift exclude each other", de: "--until und --lift schließen einander aus" }
    notice_without_lift() { en: "--notice-sent goes with --subjects only to lift restrictions", de: "--notice-sent gilt mit --subjects nur, um Einschränkungen aufzuheben" }
    notice_without_lift_help() { en: "add --lift: who was told today is noted, and waits until tomorrow", de: "--lift hinzufügen: Wer erst heute unterrichtet wurde, wird vermerkt und wartet bis morgen" }
    lift_alone_help() { en: "leave out one of the two", de: "eines von beiden weglassen" }

    field() { en: "Field", de: "Feld" }
    category() { en: "Category", de: "Kategorie" }
    value() { en: "Value", de: "Wert" }
    differs() { en: "Compared", de: "Vergleich" }
    old_value() { en: "Now", de: "Bisher" }
    new_value() { en: "Then", de: "Künftig" }
    truth_head() { en: "What the systems hold today", de: "Was die Systeme heute enthalten" }
    equal() { en: "equal", de: "gleich" }
    format_only() { en: "only written differently", de: "nur anders geschrieben" }
    conflict() { en: "DIFFERS", de: "WEICHT AB" }
    missing() { en: "missing", de: "fehlt" }
    less() { en: "less than elsewhere", de: "weniger als anderswo" }
    several_fields(place, fields) { en: "{place} has several fields of this category; to correct one, name it: {fields}", de: "{place} hat mehrere Felder dieser Kategorie; zum Berichtigen eines nennen: {fields}" }
    truth_next(case) { en: "To correct a value: dsr rectify --case {case} --set FIELD=VALUE", de: "Einen Wert berichtigen: dsr rectify --case {case} --set FELD=WERT" }
    will_rectify() { en: "is corrected", de: "wird berichtigt" }
    will_restrict() { en: "is restricted", de: "wird eingeschränkt" }
    will_lift() { en: "restriction ends", de: "Einschränkung endet" }
    will_suppress() { en: "is opted out", de: "wird abgemeldet" }
    will_correct(fields, records) { en: "To be corrected, fields: {fields}, records: {records}.", de: "Zu berichtigen, Felder: {fields}, Datensätze: {records}." }
    until() { en: "Until", de: "Bis" }
    remains() { en: "What was not written, and why", de: "Was nicht geschrieben wurde, und warum" }
    empty() { en: "(empty)", de: "(leer)" }

    event_asked(what) { en: "asked for: {what}", de: "verlangt: {what}" }
    asked_correction(fields) { en: "correction of {fields}", de: "Berichtigung von {fields}" }
    asked_restriction(because) { en: "restriction, because {because}", de: "Einschränkung: {because}" }
    asked_restriction_until(because, until) { en: "restriction until {until}, because {because}", de: "Einschränkung bis {until}: {because}" }
    asked_lift(because) { en: "end of the restriction, because {because}", de: "Ende der Einschränkung: {because}" }
    asked_optout(because) { en: "no further use, because {because}", de: "keine weitere Nutzung: {because}" }
    event_notice(day, operator) { en: "{operator} told the person on {day} that the restriction ends", de: "{operator} hat die Person am {day} über das Ende der Einschränkung unterrichtet" }

    mark_unverified(action) { en: "`{action}` does not say how to see afterwards that it took effect", de: "bei `{action}` steht nicht, woran man danach erkennt, dass es gewirkt hat" }
    mark_unverified_why() { en: "Neither a restriction nor its end changes a personal field, so without a sign of its own it could never be proven.", de: "Weder eine Einschränkung noch ihr Ende ändert ein persönliches Feld; ohne ein eigenes Kennzeichen wäre sie nie zu beweisen." }
    mark_unverified_help() { en: "name the flag: verify: {{ holds: \"record.blocked == true\" }}", de: "das Kennzeichen nennen: verify: {{ holds: \"record.blocked == true\" }}" }
    head_asked() { en: "What was asked for", de: "Was verlangt wurde" }
    head_done() { en: "Done", de: "Ausgeführt" }
    left() { en: "Not done by dsr, and why", de: "Nicht durch dsr erledigt, und warum" }
    right_withdrawal() { en: "withdrawal of consent (Art. 7(3))", de: "Widerruf der Einwilligung (Art. 7 Abs. 3)" }
    notice_sent(day) { en: "told on {day}, before the restriction was lifted (Art. 18(3) GDPR)", de: "am {day} unterrichtet, vor der Aufhebung der Einschränkung (Art. 18 Abs. 3 DSGVO)" }
    head_notice() { en: "Notice to the person", de: "Unterrichtung der Person" }
    asked_field(field, digest) { en: "{field} (new value, keyed digest {digest})", de: "{field} (neuer Wert, verschlüsselte Prüfsumme {digest})" }
}

/// What is to be done, and behind it how in this house.
pub fn by_hand_so(act: Text, how: Text) -> Text {
    Text {
        en: format!("{} {}", act.en, how.en),
        de: format!("{} {}", act.de, how.de),
    }
}
