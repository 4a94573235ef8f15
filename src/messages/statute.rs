//! Messages about the catalogue of rules: what it says, and how a date was reckoned.

use crate::messages::Text;
use crate::statute::{Begin, Keep, Kind, Read, Reckoning, Version};

catalogue! {
    head_rule() { en: "Rule", de: "Regel" }
    head_kind() { en: "Kind", de: "Art" }
    head_period() { en: "Period", de: "Frist" }
    head_start() { en: "Counts from", de: "Beginn" }
    head_about() { en: "About", de: "Wofür" }
    head_latest() { en: "Gone by, at the latest", de: "Spätestens zu löschen nach" }
    head_url() { en: "Read it at", de: "Nachzulesen" }
    head_event_day() { en: "Day of the event", de: "Tag des Ereignisses" }
    head_counted() { en: "Counts from the day", de: "Fristbeginn" }
    head_until() { en: "Last day", de: "Letzter Tag" }
    head_free() { en: "Free from", de: "Frei ab" }
    head_latest_day() { en: "To be deleted by, at the latest", de: "Spätestens zu löschen bis" }
    head_norm() { en: "Norm", de: "Norm" }
    head_event() { en: "Event", de: "Ereignis" }
    head_valid() { en: "Valid", de: "Gültig" }
    head_note() { en: "Note", de: "Hinweis" }
    head_source() { en: "Source", de: "Quelle" }
    head_checked() { en: "Checked on", de: "Geprüft am" }
    head_regulated() { en: "Banks, insurers, investment firms", de: "Banken, Versicherer, Wertpapierinstitute" }
    head_name() { en: "Of this rule", de: "Zu dieser Regel" }
    head_value() { en: "Says", de: "Angabe" }

    min() { en: "must be kept", de: "ist aufzubewahren" }
    max() { en: "has to be gone by then", de: "bis dahin zu löschen" }
    keep() { en: "kept on purpose, and reviewed", de: "bewusst behalten, regelmäßig durchzusehen" }
    read_norm() { en: "the text of the norm was read", de: "der Wortlaut der Norm wurde gelesen" }
    read_quotation() { en: "a quotation of the norm was read", de: "ein Zitat der Norm wurde gelesen" }
    read_secondary() { en: "literature was read, not the norm: have it checked", de: "gelesen wurde Literatur, nicht die Norm: prüfen lassen" }
    unread() { en: "nothing was read: have it checked", de: "gelesen wurde nichts: prüfen lassen" }
    event() { en: "the day itself", de: "der Tag selbst" }
    eoy() { en: "the end of its calendar year", de: "das Ende des Kalenderjahres" }
    fy_end() { en: "the end of its financial year", de: "das Ende des Geschäftsjahres" }
    eoy_after() { en: "the end of the calendar year after it", de: "das Ende des folgenden Kalenderjahres" }
    years(count) { en: "{count} years", de: "{count} Jahre" }
    months(count) { en: "{count} months", de: "{count} Monate" }
    no_time() { en: "no further time", de: "keine weitere Zeit" }
    open() { en: "without an end", de: "ohne Ende" }
    valid_from(day) { en: "from {day}", de: "ab {day}" }
    valid_to(day) { en: "to {day}", de: "bis {day}" }
    valid_between(from, to) { en: "{from} to {to}", de: "{from} bis {to}" }
    valid_ever() { en: "in every version that is known here", de: "in jeder hier bekannten Fassung" }
    no_legal_advice() { en: "no legal advice: have the rules that you use checked", de: "keine Rechtsberatung: verwendete Regeln prüfen lassen" }

    step_event(event, day) { en: "{event}: {day}", de: "{event}: {day}" }
    step_start(from, day) { en: "counts from {from}: {day}", de: "Fristbeginn ist {from}: {day}" }
    step_keep(keep, day) { en: "{keep} from there: {day}", de: "{keep} von dort an: {day}" }
    step_version(day, day_before, until) { en: "this version holds since {day}; to {day_before} an earlier one kept it longer, so it is kept to {until}", de: "diese Fassung gilt seit {day}; bis {day_before} galt eine frühere mit längerer Frist, daher aufzubewahren bis {until}" }
    step_open() { en: "no end can be reckoned; review it every year", de: "ein Ende ist nicht zu berechnen; jährlich durchsehen" }
    step_norm(norm) { en: "norm: {norm}", de: "Norm: {norm}" }
    kept_until(day) { en: "must be kept to {day}", de: "aufzubewahren bis {day}" }
    gone_by(day) { en: "may be there to {day}", de: "darf vorhanden sein bis {day}" }
    free_from(day) { en: "may be deleted from {day}", de: "darf gelöscht werden ab {day}" }
    delete_from(day) { en: "to be deleted from {day}", de: "zu löschen ab {day}" }
    latest(day) { en: "to be deleted by {day} at the latest", de: "spätestens zu löschen bis {day}" }

    no_such_rule(id) { en: "the catalogue has no rule `{id}`", de: "der Katalog hat keine Regel `{id}`" }
    no_such_rule_help() { en: "`dsr law list` shows them", de: "`dsr law list` zeigt sie" }
    year_unknown(id) { en: "{id} counts from the end of the financial year, which is not known", de: "{id} zählt ab dem Ende des Geschäftsjahres, und das ist nicht bekannt" }
    year_unknown_help() { en: "add --financial-year-end MM-DD, or state controller.financial_year_end in the inventory", de: "--financial-year-end MM-TT angeben, oder controller.financial_year_end im Inventar nennen" }
    not_a_year_end(text) { en: "`{text}` is no month and day", de: "`{text}` ist kein Monat mit Tag" }
    not_a_year_end_help() { en: "write the last day of the financial year as MM-DD, such as 06-30", de: "den letzten Tag des Geschäftsjahres als MM-TT schreiben, etwa 06-30" }
    beyond(id, event) { en: "the period of {id} from {event} ends beyond the year 9999", de: "die Frist von {id} ab {event} endet nach dem Jahr 9999" }
    beyond_help() { en: "give the day of the event as it stands in the record", de: "den Tag des Ereignisses angeben, wie er im Datensatz steht" }
    in_place_of(id, norm) { en: "holds here in the place of {id} ({norm}), as for a bank, an insurer or an investment firm", de: "gilt hier anstelle von {id} ({norm}), wie für eine Bank, einen Versicherer oder ein Wertpapierinstitut" }
    no_rules_left() { en: "no rule matches", de: "keine Regel passt dazu" }
}

/// What a rule demands, in words.
pub fn kind(kind: Kind) -> Text {
    match kind {
        Kind::Min => min(),
        Kind::Max => max(),
        Kind::Keep => keep(),
    }
}

/// What was read, in words.
pub fn read(read: Read) -> Text {
    match read {
        Read::NormText => read_norm(),
        Read::Quotation => read_quotation(),
        Read::Secondary => read_secondary(),
        Read::Unread => unread(),
    }
}

/// From when it counts, in words.
pub fn begin(begin: Begin) -> Text {
    match begin {
        Begin::Event => event(),
        Begin::Eoy => eoy(),
        Begin::FyEnd => fy_end(),
        Begin::EoyAfter => eoy_after(),
    }
}

/// How long, in words.
pub fn period(keep: Keep) -> Text {
    match keep {
        Keep::Open => open(),
        Keep::For(span) => match (i32::from(span.get_years()), span.get_months()) {
            (0, 0) => no_time(),
            (0, count) => months(count),
            (count, 0) => years(count),
            _ => Text::same(span.to_string()),
        },
    }
}

/// When a version holds, in words.
pub fn valid(version: &Version) -> Text {
    match (version.valid_from, version.valid_to) {
        (Some(from), Some(to)) => valid_between(from, to),
        (Some(from), None) => valid_from(from),
        (None, Some(to)) => valid_to(to),
        (None, None) => valid_ever(),
    }
}

/// The steps from the event to the end, one sentence each.
pub fn steps(reckoning: &Reckoning<'_>, day: jiff::civil::Date) -> Vec<Text> {
    let version = reckoning.version;
    let mut steps = vec![
        step_event(version.event.clone(), day),
        step_start(begin(version.start), reckoning.counted_from),
    ];
    match (version.keep, reckoning.until) {
        (Keep::For(span), Some(until)) => {
            let own = reckoning.counted_from.saturating_add(span);
            steps.push(step_keep(period(version.keep), own));
            if let Some(from) = version.valid_from
                && own < until
                && reckoning.before.is_some()
            {
                steps.push(step_version(
                    from,
                    from.saturating_sub(jiff::Span::new().days(1)),
                    until,
                ));
            }
        }
        _ => steps.push(step_open()),
    }
    steps.push(step_norm(&version.norm));
    steps
}
