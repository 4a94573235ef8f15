//! Periods that are too short, too long, or counted from the wrong day.

use super::{Lint, Severity};
use crate::concept::measure::{self, Length};
use crate::concept::{Concept, Entry, Holding, start};
use crate::inventory::{
    Controller, DataType, DutySource, Rule, RuleKind, StartType, as_rule, implied,
};
use crate::law;
use crate::messages::lint as say;
use crate::statute::{self, Begin, Kind, Read, Statute};

pub(super) fn lints(concept: &Concept<'_>) -> Vec<Lint> {
    let controller = &concept.inventory.controller;
    let mut lints = Vec::new();
    for entry in &concept.entries {
        lints.extend(stated_duties(controller, entry));
        lints.extend(implied_duties(controller, entry));
        lints.extend(cited_duty(entry.data_type));
        lints.extend(possible_duty(controller, entry));
        lints.extend(lengths(entry));
        lints.extend(creation(entry));
        lints.extend(foreign_norms(controller, entry.data_type));
        lints.extend(catalogue(controller, entry));
    }
    lints
}

/// The key that says how long: `rule` or `keep`.
fn period_key(entry: &Entry<'_>) -> &'static str {
    match entry.data_type.rule {
        Rule::Catalogue { .. } => "rule",
        Rule::Stated { .. } => "keep",
    }
}

/// What the inventory itself names: not shorter than the longest of them, and not longer than the law allows.
fn stated_duties(controller: &Controller, entry: &Entry<'_>) -> Vec<Lint> {
    let data_type = entry.data_type;
    let year = controller.financial_year;
    let mut lints = Vec::new();
    for statute in data_type.about.justified_by.iter().flatten().copied() {
        let norm = &measure::current(statute).norm;
        if measure::is_shorter(&data_type.rule, &as_rule(statute), year) {
            let says = (
                say::too_short(&data_type.name, &statute.id, norm),
                say::too_short_help(&statute.id),
            );
            let key = period_key(entry);
            let lint = Lint::on("E451", Severity::Error, data_type, key, says);
            lints.push(lint.why(say::too_short_why()));
        }
        if !law::counts_alike(data_type, statute) {
            let event = measure::current(statute).event.clone();
            let says = (
                say::other_day(&data_type.name, &statute.id, event),
                say::other_day_help(&statute.id),
            );
            let lint = Lint::on("E444", Severity::Error, data_type, "justified_by", says);
            lints.push(lint.why(say::other_day_why()));
        }
        let window = data_type.about.window;
        if measure::is_too_long(&data_type.rule, window, statute, year) {
            let says = (
                say::too_long(&data_type.name, &statute.id, norm),
                say::too_long_help(),
            );
            let key = period_key(entry);
            let lint = Lint::on("E459", Severity::Error, data_type, key, says);
            lints.push(lint.why(say::too_long_why()));
        }
    }
    lints
}

/// What the fields imply, while nobody has said which duties apply. An empty `justified_by` says that none does.
fn implied_duties(controller: &Controller, entry: &Entry<'_>) -> Vec<Lint> {
    let data_type = entry.data_type;
    let denied = match &data_type.about.justified_by {
        None => false,
        Some(duties) if duties.is_empty() => true,
        Some(_) => return Vec::new(),
    };
    let country = controller.seat.get(..2).unwrap_or_default();
    let mut lints = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for holding in &entry.holdings {
        for field in &holding.object.fields {
            let found = implied(&field.category, country)
                .and_then(|id| statute::applying(id, controller.regulated_finance));
            let Some(statute) = found.filter(|statute| !seen.contains(&statute.id.as_str())) else {
                continue;
            };
            let year = controller.financial_year;
            if !measure::is_shorter(&data_type.rule, &as_rule(statute), year) {
                continue;
            }
            seen.push(&statute.id);
            let place = format!("{}.{}", holding.name(), field.name);
            let norm = &measure::current(statute).norm;
            lints.push(if denied {
                let says = (
                    say::denied_duty(&data_type.name, place, &statute.id, norm),
                    say::denied_duty_help(&statute.id),
                );
                Lint::on("W307", Severity::Hint, data_type, "justified_by", says)
            } else {
                let says = (
                    say::too_short_by_category(
                        &data_type.name,
                        place,
                        &field.category,
                        &statute.id,
                        norm,
                    ),
                    say::too_short_by_category_help(&statute.id),
                );
                let lint = Lint::on("E453", Severity::Error, data_type, period_key(entry), says);
                lint.why(say::too_short_why())
            });
        }
    }
    lints
}

/// What the words of `because` mean: no duty ends before the norm that it names. A category says it more exactly.
fn cited_duty(data_type: &DataType) -> Option<Lint> {
    let of = |source| data_type.duties.iter().find(|duty| duty.by == source);
    if of(DutySource::Category).is_some() || of(DutySource::Named).is_some() {
        return None;
    }
    // Of several that may be meant, the last of the catalogue is the shortest.
    let statute = of(DutySource::Words)?.norms.last()?;
    let norm = &measure::current(statute).norm;
    let says = (
        say::shorter_than_cited(&data_type.name, &statute.id, norm),
        say::too_short_help(&statute.id),
    );
    let lint = Lint::on("E443", Severity::Error, data_type, "keep", says);
    Some(lint.why(say::too_short_why()))
}

/// Words by which a data type says that its messages are business letters.
const LETTERS: &[&str] = &[
    "geschäftsbrief",
    "handelsbrief",
    "geschaeftsbrief",
    "business letter",
    "commercial letter",
    "business correspondence",
    "geschäftskorrespondenz",
];

/// A duty that a category alone does not settle: payments and bank data are mostly vouchers, and messages business letters where the data
/// type says so.
fn possible(category: &str, country: &str, data_type: &DataType) -> Option<&'static str> {
    let message = match category {
        "finance.payment" | "finance.bank" => false,
        "content.message" | "content.file" => true,
        _ => return None,
    };
    if message {
        let because = match &data_type.rule {
            Rule::Stated { because, .. } => because.as_deref(),
            Rule::Catalogue { .. } => None,
        };
        let title = data_type.about.title.as_ref();
        let texts = [
            Some(data_type.name.as_str()),
            data_type.purpose.as_deref(),
            data_type.about.reason.as_deref(),
            because,
            title.map(|title| title.de.as_str()),
            title.map(|title| title.en.as_str()),
        ];
        let said = texts.into_iter().flatten().any(|text| {
            let text = text.to_lowercase().replace(['_', '-'], " ");
            LETTERS.iter().any(|word| text.contains(word))
        });
        if !said {
            return None;
        }
    }
    match (country, message) {
        ("DE", true) => Some("de.ao147.letter"),
        ("DE", false) => Some("de.ao147.voucher"),
        ("AT", _) => Some("at.bao132"),
        ("CH", _) => Some("ch.or958f"),
        _ => None,
    }
}

/// While nobody has said which duties apply: the first of those that may, and are longer than the period.
fn possible_duty(controller: &Controller, entry: &Entry<'_>) -> Option<Lint> {
    let data_type = entry.data_type;
    if data_type.about.justified_by.is_some() || !data_type.duties.is_empty() {
        return None;
    }
    let country = controller.seat.get(..2).unwrap_or_default();
    entry.holdings.iter().find_map(|holding| {
        let mut fields = holding.object.fields.iter();
        fields.find_map(|field| {
            let id = possible(&field.category, country, data_type)?;
            let statute = statute::applying(id, controller.regulated_finance)?;
            let year = controller.financial_year;
            if !measure::is_shorter(&data_type.rule, &as_rule(statute), year) {
                return None;
            }
            let place = format!("{}.{}", holding.name(), field.name);
            let norm = &measure::current(statute).norm;
            let says = (
                say::possible_duty(&data_type.name, place, &field.category, &statute.id, norm),
                say::possible_duty_help(&statute.id),
            );
            let lint = Lint::on(
                "W309",
                Severity::Warning,
                data_type,
                period_key(entry),
                says,
            );
            Some(lint.why(say::possible_duty_why()))
        })
    })
}

/// Window and class against the period itself.
fn lengths(entry: &Entry<'_>) -> Vec<Lint> {
    let data_type = entry.data_type;
    let mut lints = Vec::new();
    let Some(keeps) = entry.keeps else {
        return lints;
    };
    if let Some(window) = entry.window
        && keeps > Length::NONE
        && window > keeps
    {
        let says = (
            say::long_window(&data_type.name, window.iso(), keeps.iso()),
            say::long_window_help(),
        );
        let lint = Lint::on("E456", Severity::Error, data_type, "window", says);
        lints.push(lint.why(say::long_window_why()));
    }
    let whole = keeps.and(entry.window.unwrap_or(Length::NONE));
    if let Some(class) = data_type.about.class.map(Length::of)
        && whole > class
    {
        let says = (
            say::small_class(&data_type.name, whole.iso(), class.iso()),
            say::small_class_help(whole.iso()),
        );
        let lint = Lint::on("E457", Severity::Error, data_type, "class", says);
        lints.push(lint.why(say::small_class_why()));
    }
    lints
}

/// Periods that count from the day on which a record was made, where something else is meant: duties to keep would end up to a year
/// too early, and everything else without regard to what happened since.
fn creation(entry: &Entry<'_>) -> Option<Lint> {
    let data_type = entry.data_type;
    let is_meant = data_type.about.start_type == Some(StartType::Collection);
    let is_duty = match &data_type.rule {
        Rule::Catalogue { statute, .. } if start::is_making(statute) => return None,
        Rule::Catalogue { statute, .. } => statute.kind == Kind::Min,
        Rule::Stated { kind, .. } => *kind == RuleKind::Min && !is_meant,
    };
    if is_meant && !is_duty {
        return None;
    }
    let (holding, field) = entry.holdings.iter().find_map(|holding| {
        let field = holding.start.as_deref()?;
        start::is_creation(field).then_some((holding, field))
    })?;
    let name = holding.name();
    let lint = if is_duty {
        let says = (
            say::creation_of_duty(&data_type.name, &name, field, event(entry)),
            say::creation_of_duty_help(),
        );
        Lint::on("E454", Severity::Error, data_type, "start", says).why(say::creation_of_duty_why())
    } else {
        let says = (
            say::creation(&data_type.name, &name, field),
            say::creation_help(),
        );
        Lint::on("E447", Severity::Error, data_type, "start", says).why(say::creation_why())
    };
    Some(at_clock(lint, entry, holding).object(&name))
}

/// The day may be named by the object and not by the data type.
fn at_clock(mut lint: Lint, entry: &Entry<'_>, holding: &Holding<'_>) -> Lint {
    let names_field = match &entry.data_type.rule {
        Rule::Catalogue { field, .. } => field.is_some(),
        Rule::Stated { start, .. } => start.field().is_some(),
    };
    if !names_field {
        let path = [
            "systems",
            &holding.system.name,
            "objects",
            &holding.object.name,
            "clock",
        ];
        lint.path = path.iter().map(|key| (*key).to_owned()).collect();
    }
    lint
}

/// What a rule counts from, in words.
fn event(entry: &Entry<'_>) -> crate::messages::Text {
    match &entry.data_type.rule {
        Rule::Catalogue { statute, .. } => measure::current(statute).event.clone(),
        Rule::Stated { .. } => say::its_event(),
    }
}

/// Norms of another country than the seat's. A branch or taxes there make them right, so it is for a person to say.
fn foreign_norms(controller: &Controller, data_type: &DataType) -> Option<Lint> {
    let country = controller.seat.get(..2)?.to_ascii_lowercase();
    let rule = match &data_type.rule {
        Rule::Catalogue { statute, .. } => Some(*statute),
        Rule::Stated { .. } => None,
    };
    let is_foreign = |statute: &&Statute| statute.order() != "gdpr" && statute.order() != country;
    let key = match rule.filter(is_foreign) {
        Some(_) => "rule",
        None => "justified_by",
    };
    let named = data_type.about.justified_by.iter().flatten().copied();
    let mut foreign: Vec<&str> = Vec::new();
    for statute in rule.into_iter().chain(named).filter(is_foreign) {
        if !foreign.contains(&statute.id.as_str()) {
            foreign.push(&statute.id);
        }
    }
    if foreign.is_empty() {
        return None;
    }
    let is_known = statute::all().iter().any(|one| one.order() == country);
    let help = match is_known {
        true => say::foreign_norm_help(&country),
        false => say::foreign_norm_unknown_help(),
    };
    let what = say::foreign_norm(&data_type.name, foreign.join(", "), &controller.seat);
    let lint = Lint::on("W355", Severity::Hint, data_type, key, (what, help));
    Some(lint.why(say::foreign_norm_why()))
}

/// What is to be known of a rule that is used.
fn catalogue(controller: &Controller, entry: &Entry<'_>) -> Vec<Lint> {
    let data_type = entry.data_type;
    let mut lints = Vec::new();
    if entry.begin == Begin::FyEnd && controller.financial_year.is_none() {
        let key = match &data_type.rule {
            Rule::Catalogue { .. } => "rule",
            Rule::Stated { .. } => "start",
        };
        let says = (say::no_year(&data_type.name), say::no_year_help());
        let lint = Lint::on("W306", Severity::Warning, data_type, key, says);
        lints.push(lint.why(say::no_year_why()));
    }
    if let Rule::Catalogue { statute, .. } = &data_type.rule
        && matches!(
            measure::current(statute).read,
            Read::Secondary | Read::Unread
        )
    {
        let says = (
            say::unread_norm(&data_type.name, &statute.id),
            say::unread_norm_help(&statute.id),
        );
        lints.push(Lint::on("W308", Severity::Hint, data_type, "rule", says));
    }
    lints
}

#[cfg(test)]
mod tests {
    use crate::concept::lint::tests::codes;

    const NOBODY: [&str; 0] = [];
    const VOUCHER: &str = "rule: de.ao147.voucher\n    start: issued_on\n    justified_by: [de.ao147.voucher, de.ustg14b.invoice]";

    fn invoices(rule: &str) -> Vec<String> {
        codes(&[(VOUCHER, rule)])
    }

    #[test]
    fn a_period_is_not_shorter_than_what_the_inventory_names() {
        let named = |keep: &str, start: &str, duties: &str| {
            invoices(&format!(
                "keep: {keep}\n    start: {start}\n    kind: min\n    because: \"§ 147 AO\"\n    start_type: end_of_process\n    justified_by: [{duties}]"
            ))
        };
        assert_eq!(named("P8Y", "eoy(issued_on)", "de.ao147.voucher"), NOBODY);
        // A year too short; from the day itself; the longest of two.
        assert_eq!(
            named("P7Y", "eoy(issued_on)", "de.ao147.voucher"),
            ["E451 keep"]
        );
        assert_eq!(named("P8Y", "issued_on", "de.ao147.voucher"), ["E451 keep"]);
        let two = "de.ao147.letter, de.ao147.books";
        assert_eq!(named("P8Y", "eoy(issued_on)", two), ["E451 keep"]);
        assert_eq!(named("P10Y", "eoy(issued_on)", two), NOBODY);
        // A rule of the catalogue is held against the others as well.
        let letter =
            "rule: de.ao147.letter\n    start: issued_on\n    justified_by: [de.ao147.voucher]";
        assert_eq!(invoices(letter), ["E451 rule"]);
        let books =
            "rule: de.ao147.books\n    start: issued_on\n    justified_by: [de.ao147.voucher]";
        assert_eq!(invoices(books), NOBODY);
    }

    #[test]
    fn banks_keep_vouchers_longer() {
        let bank = ("seat: DE-BY", "seat: DE-BY, regulated_finance: true");
        assert_eq!(codes(&[bank]), ["W308 rule"]);
        let eight = "keep: P8Y\n    start: eoy(issued_on)\n    kind: min\n    because: \"§ 147 AO\"\n    start_type: end_of_process";
        assert_eq!(codes(&[bank, (VOUCHER, eight)]), ["E453 keep"]);
        assert_eq!(codes(&[(VOUCHER, eight)]), NOBODY);
    }

    #[test]
    fn a_category_implies_the_duty_of_the_country() {
        let two = |kind: &str| {
            format!(
                "keep: P2Y\n    start: eoy(issued_on)\n    kind: {kind}\n    because: old habit\n    start_type: end_of_process"
            )
        };
        assert_eq!(invoices(&two("max")), ["E453 keep"]);
        assert_eq!(invoices(&two("min")), ["E453 keep", "W311 because"]);
        assert_eq!(
            invoices("rule: de.ao147.letter\n    start: issued_on"),
            ["E453 rule"]
        );
        // Somebody looked and says that none applies: shown, and no error.
        let denied = two("max") + "\n    justified_by: []";
        assert_eq!(invoices(&denied), ["W307 justified_by"]);
        // Seven years are enough in Austria, and not in Germany.
        let seven = two("max").replace("P2Y", "P7Y");
        let in_ = |seat: &'static str| codes(&[("seat: DE-BY", seat), (VOUCHER, &seven)]);
        assert_eq!(in_("seat: DE-BY"), ["E453 keep"]);
        assert_eq!(in_("seat: AT"), NOBODY);
        assert_eq!(in_("seat: CH"), ["E453 keep"]);
        assert_eq!(in_("seat: FR"), NOBODY, "no duty of that country is known");
        // A field that only names an invoice is not one.
        let number = ("number: finance.invoice", "number: account.id");
        assert_eq!(codes(&[number, (VOUCHER, &two("max"))]), NOBODY);
        let pay = ("number: finance.invoice", "number: employment.pay");
        assert_eq!(codes(&[pay, (VOUCHER, &two("max"))]), ["E453 keep"]);
    }

    #[test]
    fn a_norm_of_another_country_is_pointed_at() {
        let at = |seat: &'static str| codes(&[("seat: DE-BY", seat)]);
        assert_eq!(at("seat: DE-HH"), NOBODY);
        assert_eq!(at("seat: AT"), ["W355 rule"], "one for both norms");
        assert_eq!(
            at("seat: FR"),
            ["W355 rule"],
            "the catalogue has none of it"
        );
        let named = |duties: &str| {
            let rule = format!(
                "keep: P10Y\n    start: eoy(issued_on)\n    kind: max\n    reason: claims\n    start_type: end_of_process\n    justified_by: [{duties}]"
            );
            codes(&[("seat: DE-BY", "seat: AT"), (VOUCHER, &rule)])
        };
        assert_eq!(named("at.bao132, de.ao147.voucher"), ["W355 justified_by"]);
        assert_eq!(named("at.bao132"), NOBODY);
        // What follows from the regulation itself is of no country.
        let list = "rule: gdpr.suppression\n    start: issued_on";
        let swiss = [("seat: DE-BY", "seat: CH"), (VOUCHER, list)];
        assert_eq!(codes(&swiss), ["W308 rule"]);
    }

    #[test]
    fn a_duty_is_as_long_as_the_norm_that_its_words_name() {
        let number = ("number: finance.invoice", "number: account.id");
        let named = |keep: &str, because: &str| {
            let rule = format!(
                "keep: {keep}\n    start: eoy(issued_on)\n    kind: min\n    because: \"{because}\"\n    start_type: end_of_process"
            );
            codes(&[number, (VOUCHER, &rule)])
        };
        // Which of the duties of a paragraph is meant, the words leave open: the shortest is certain.
        assert_eq!(named("P1Y", "§147 AO"), ["E443 keep"]);
        assert_eq!(named("P5Y", "§ 147 AO, § 257 HGB"), ["E443 keep"]);
        assert_eq!(named("P6Y", "§ 147 AO"), NOBODY);
        assert_eq!(named("P6Y", "§ 147 AO, § 14b UStG"), ["E443 keep"]);
        assert_eq!(named("P8Y", "§ 147 AO, § 14b UStG"), NOBODY);
        assert_eq!(named("P1Y", "§ 10 BORA"), NOBODY, "not in the catalogue");
    }

    #[test]
    fn a_norm_that_counts_from_another_kind_of_day_is_named() {
        let duties =
            |rule: &str, duties: &str| invoices(&format!("{rule}\n    justified_by: [{duties}]"));
        let voucher = "rule: de.ao147.voucher\n    start: issued_on";
        assert_eq!(duties(voucher, "de.sgb4.28f"), ["E444 justified_by"]);
        let left = "keep: P3Y\n    start: eoy(left_on)\n    kind: max\n    reason: claims\n    start_type: end_of_relationship";
        assert_eq!(
            duties(left, "de.ao147.voucher"),
            ["E451 keep", "E444 justified_by"]
        );
        // Nobody leaves before the last payment.
        let long = left.replace("P3Y", "P10Y");
        assert_eq!(duties(&long, "de.ao147.voucher"), NOBODY);
    }

    #[test]
    fn payments_and_letters_may_have_to_be_kept() {
        let orders = |note: &'static str, purpose: &'static str| {
            codes(&[
                ("note: content.note", note),
                ("purpose: delivery", purpose),
                ("keep: P3Y\n    start: clock", "keep: P1Y\n    start: clock"),
            ])
        };
        for category in ["note: finance.payment", "note: finance.bank"] {
            assert_eq!(orders(category, "purpose: delivery"), ["W309 keep"]);
            assert_eq!(
                orders(category, "purpose: delivery\n    justified_by: []"),
                NOBODY,
                "somebody looked"
            );
        }
        let message = "note: content.message";
        assert_eq!(orders(message, "purpose: delivery"), NOBODY);
        for letters in ["purpose: Geschäftsbriefe", "purpose: business letters"] {
            assert_eq!(orders(message, letters), ["W309 keep"]);
            assert_eq!(orders("note: content.note", letters), NOBODY);
        }
    }

    #[test]
    fn what_the_law_wants_gone_does_not_stay_longer() {
        let gwg = |keep: &str| {
            invoices(&format!(
                "keep: {keep}\n    start: eoy(ended_on)\n    kind: max\n    reason: money laundering\n    start_type: end_of_relationship\n    justified_by: [de.gwg8]"
            ))
        };
        assert_eq!(gwg("P5Y"), NOBODY);
        assert_eq!(gwg("P4Y"), ["E451 keep"]);
        assert_eq!(gwg("P10Y"), ["E459 keep"], "with a month of window");
    }

    #[test]
    fn windows_and_classes_fit_the_period() {
        let orders = |text: &str| codes(&[("window: P1M\n    class: P37M", text)]);
        assert_eq!(orders("window: P3Y"), NOBODY);
        assert_eq!(orders("window: P37M"), ["E456 window"]);
        assert_eq!(orders("window: P1M\n    class: P3Y"), ["E457 class"]);
        assert_eq!(orders("window: P1Y\n    class: P4Y"), NOBODY);
        assert_eq!(orders("class: P2Y"), ["E457 class", "W302 orders"]);
        // A period of no length has a window all the same, and what has no end needs none.
        let id = "rule: gdpr.dsr.id-evidence\n    start: issued_on\n    justified_by: []";
        assert_eq!(invoices(id), ["W308 rule", "W307 justified_by"]);
        let list = "rule: gdpr.suppression\n    start: issued_on";
        assert_eq!(invoices(list), ["W308 rule"]);
    }

    #[test]
    fn no_period_counts_from_the_making_of_the_record_unseen() {
        // The clock of the object says it where the data type does not.
        let clock = "rule: de.ao147.voucher";
        assert_eq!(invoices(clock), ["E454 clock"]);
        assert_eq!(
            invoices("rule: de.ao147.voucher\n    start: Anlagedatum"),
            ["E454 start"]
        );
        let meant = "rule: de.ao147.voucher\n    start_type: collection";
        assert_eq!(
            invoices(meant),
            ["E454 clock"],
            "a voucher is not dated by its row"
        );
        // Records of working time are dated by their making.
        let number = ("number: finance.invoice", "number: employment.record");
        let hours = "rule: de.arbzg16\n    start: created_at";
        assert_eq!(codes(&[number, (VOUCHER, hours)]), NOBODY);

        let orders = |start: &str| codes(&[("start: clock", start)]);
        assert_eq!(orders("start: created_at"), ["E447 start"]);
        assert_eq!(orders("start: eoy(created_at)"), ["E447 start"]);
        let collected = [
            ("start: clock", "start: created_at"),
            ("start_type: end_of_process", "start_type: collection"),
        ];
        assert_eq!(codes(&collected), NOBODY);
    }

    #[test]
    fn a_financial_year_has_to_be_known_where_it_counts() {
        let swiss = ("seat: DE-BY", "seat: CH");
        let books = (VOUCHER, "rule: ch.or958f\n    start: issued_on");
        assert_eq!(codes(&[swiss, books]), ["W306 rule"]);
        let known = ("seat: DE-BY", "seat: CH, financial_year_end: \"06-30\"");
        assert_eq!(codes(&[known, books]), NOBODY);
        let stated = ("start: clock", "start: fy_end(ordered_at)");
        assert_eq!(codes(&[stated]), ["W306 start"]);
    }
}
