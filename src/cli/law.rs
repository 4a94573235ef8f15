//! `dsr law`: the catalogue of rules on keeping and deleting, and how a date is reckoned. Needs no workspace.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{Text, statute as say};
use crate::statute::{self, FinancialYear, Kind, Reckoning, Statute, Version};
use crate::ui::Format;
use crate::workspace::Workspace;

/// Look at the rules on keeping and deleting, and see how a date is reckoned
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List the rules
    List {
        /// Only of this legal order: de, at, ch or gdpr
        #[arg(long, value_name = "ORDER", ignore_case = true)]
        order: Option<Order>,
        /// Only duties to keep (min), limits (max) or what is kept on purpose (keep)
        #[arg(long, value_name = "KIND")]
        kind: Option<KindArg>,
    },
    /// Show a rule with its versions and sources
    Show {
        /// The rule, such as de.ao147.voucher
        #[arg(value_name = "RULE")]
        rule: String,
    },
    /// Reckon from the day of an event until when something is kept
    Explain {
        /// The rule, such as de.ao147.voucher
        #[arg(value_name = "RULE")]
        rule: String,
        /// Day of the event that the rule counts from
        #[arg(long, value_name = "DATE", value_parser = crate::cli::usage::day)]
        event: Date,
        /// Last day of the financial year, such as 06-30; without it that of the inventory
        #[arg(long, value_name = "MM-DD")]
        financial_year_end: Option<String>,
        /// Reckon for a bank, an insurer or an investment firm
        #[arg(long)]
        regulated_finance: bool,
    },
}

// The legal orders of the catalogue, as its rules begin.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Order {
    De,
    At,
    Ch,
    Gdpr,
}

impl Order {
    fn word(self) -> &'static str {
        match self {
            Order::De => "de",
            Order::At => "at",
            Order::Ch => "ch",
            Order::Gdpr => "gdpr",
        }
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum KindArg {
    Min,
    Max,
    Keep,
}

impl KindArg {
    fn kind(self) -> Kind {
        match self {
            KindArg::Min => Kind::Min,
            KindArg::Max => Kind::Max,
            KindArg::Keep => Kind::Keep,
        }
    }
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    context.speak_as_here();
    match args.verb {
        Verb::List { order, kind } => {
            list(context, order.map(Order::word), kind.map(KindArg::kind));
            Ok(Exit::Done)
        }
        Verb::Show { rule } => show(context, &rule),
        Verb::Explain {
            rule,
            event,
            financial_year_end,
            regulated_finance,
        } => explain(
            context,
            &rule,
            event,
            financial_year_end.as_deref(),
            regulated_finance,
        ),
    }
}

fn list(context: &Context, order: Option<&str>, kind: Option<Kind>) {
    let wanted = |statute: &&Statute| {
        order.is_none_or(|order| statute.order() == order)
            && kind.is_none_or(|kind| statute.kind == kind)
    };
    let found: Vec<&Statute> = statute::all().iter().filter(wanted).collect();
    if context.ui.format == Format::Json {
        let rules: Vec<Value> = found.into_iter().map(statute_json).collect();
        return context
            .ui
            .json(&json!({ "schema": "dsr.law/1", "rules": rules }));
    }
    let lang = context.ui.lang;
    let in_words = |text: Text| text.to(lang).to_owned();
    let rows: Vec<Vec<String>> = found
        .into_iter()
        .map(|statute| {
            let version = current(statute);
            vec![
                statute.id.clone(),
                in_words(say::kind(statute.kind)),
                in_words(say::period(version.keep)),
                in_words(say::begin(version.start)),
                statute.title.to(lang).to_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return context.ui.say(&say::no_rules_left());
    }
    let head = [
        say::head_rule(),
        say::head_kind(),
        say::head_period(),
        say::head_start(),
        say::head_about(),
    ];
    context.ui.rows(&head, &rows);
    context.ui.say(&say::no_legal_advice());
}

fn show(context: &Context, id: &str) -> Result<Exit> {
    let statute = find(id)?;
    if context.ui.format == Format::Json {
        context
            .ui
            .json(&json!({ "schema": "dsr.law/1", "rules": [statute_json(statute)] }));
        return Ok(Exit::Done);
    }
    let mut facts = vec![
        (say::head_rule(), Text::same(&statute.id)),
        (say::head_about(), statute.title.clone()),
        (say::head_kind(), say::kind(statute.kind)),
    ];
    if let Some(other) = &statute.regulated_finance {
        facts.push((say::head_regulated(), Text::same(other)));
    }
    for version in &statute.versions {
        facts.extend([
            (say::head_valid(), say::valid(version)),
            (say::head_period(), say::period(version.keep)),
            (say::head_start(), say::begin(version.start)),
        ]);
        if let Some(latest) = version.latest {
            let latest = say::period(statute::Keep::For(latest));
            facts.push((say::head_latest(), latest));
        }
        facts.extend([
            (say::head_event(), version.event.clone()),
            (say::head_norm(), Text::same(&version.norm)),
            (say::head_source(), Text::same(&version.source)),
            (
                say::head_checked(),
                say::step_event(version.checked_on, say::read(version.read)),
            ),
        ]);
    }
    if let Some(note) = &statute.note {
        facts.push((say::head_note(), note.clone()));
    }
    facts.push((say::head_url(), Text::same(&statute.url)));
    let lang = context.ui.lang;
    let rows: Vec<Vec<String>> = facts
        .iter()
        .map(|(name, value)| vec![name.to(lang).to_owned(), value.to(lang).to_owned()])
        .collect();
    context
        .ui
        .rows(&[say::head_name(), say::head_value()], &rows);
    context.ui.say(&say::no_legal_advice());
    Ok(Exit::Done)
}

fn explain(
    context: &Context,
    id: &str,
    event: Date,
    year: Option<&str>,
    regulated_finance: bool,
) -> Result<Exit> {
    let controller = Workspace::find(&context.folder())
        .ok()
        .and_then(|workspace| crate::inventory::controller(&workspace.inventory_file()));
    let regulated = regulated_finance
        || controller
            .as_ref()
            .is_some_and(|controller| controller.regulated_finance);
    let asked = find(id)?;
    let statute = statute::applying(&asked.id, regulated).unwrap_or(asked);
    let year = match year {
        Some(text) => Some(FinancialYear::parse(text).ok_or_else(|| {
            Diagnostic::new("E971", Exit::Usage, say::not_a_year_end(text))
                .help(say::not_a_year_end_help())
        })?),
        None => controller.and_then(|controller| controller.financial_year),
    };
    let reckoning = statute.reckon(event, year).ok_or_else(|| {
        let by_year = |version: &Version| version.start == statute::Begin::FyEnd;
        match year.is_none() && statute.versions.iter().any(by_year) {
            true => Diagnostic::new("E972", Exit::Usage, say::year_unknown(&statute.id))
                .help(say::year_unknown_help()),
            false => Diagnostic::new("E464", Exit::Usage, say::beyond(&statute.id, event))
                .help(say::beyond_help()),
        }
    })?;
    if context.ui.format == Format::Json {
        context.ui.json(&json!({
            "schema": "dsr.reckoning/1",
            "rule": statute.id,
            "asked": asked.id,
            "kind": statute.kind,
            "event": event,
            "counted_from": reckoning.counted_from,
            "keep": reckoning.version.keep.word(),
            "until": reckoning.until,
            "free_from": reckoning.free_from(),
            "latest": reckoning.latest,
            "norm": reckoning.version.norm,
            "valid_from": reckoning.version.valid_from,
            "source": reckoning.version.source,
            "read": reckoning.version.read,
            "checked_on": reckoning.version.checked_on,
        }));
        return Ok(Exit::Done);
    }
    let ui = &context.ui;
    if ui.format == Format::Csv {
        let reckoned = (&reckoning, event);
        ui.rows(
            &[say::head_name(), say::head_value()],
            &facts(context, statute, reckoned),
        );
        return Ok(Exit::Done);
    }
    ui.data(&Text::same(&statute.id).with(&statute.title));
    if asked.id != statute.id {
        ui.data(&say::in_place_of(&asked.id, &current(asked).norm));
    }
    for step in say::steps(&reckoning, event) {
        ui.data(&step);
    }
    if let (Some(until), Some(free)) = (reckoning.until, reckoning.free_from()) {
        let (kept, then) = match statute.kind {
            Kind::Min => (say::kept_until(until), say::free_from(free)),
            Kind::Max | Kind::Keep => (say::gone_by(until), say::delete_from(free)),
        };
        ui.data(&kept);
        ui.data(&then);
    }
    if let Some(day) = reckoning.latest {
        ui.data(&say::latest(day));
    }
    if let Some(note) = &statute.note {
        ui.say(note);
    }
    Ok(Exit::Done)
}

/// What was reckoned, for a spreadsheet: a line for each figure, days as days.
fn facts(
    context: &Context,
    statute: &Statute,
    (reckoning, event): (&Reckoning<'_>, Date),
) -> Vec<Vec<String>> {
    let version = reckoning.version;
    let day = |day: Option<Date>| day.map(crate::messages::sweep::day);
    let facts = [
        (say::head_rule(), Some(Text::same(&statute.id))),
        (say::head_about(), Some(statute.title.clone())),
        (say::head_kind(), Some(say::kind(statute.kind))),
        (say::head_event(), Some(version.event.clone())),
        (say::head_event_day(), day(Some(event))),
        (say::head_start(), Some(say::begin(version.start))),
        (say::head_counted(), day(Some(reckoning.counted_from))),
        (say::head_period(), Some(say::period(version.keep))),
        (say::head_until(), day(reckoning.until)),
        (say::head_free(), day(reckoning.free_from())),
        (say::head_latest_day(), day(reckoning.latest)),
        (say::head_norm(), Some(Text::same(&version.norm))),
    ];
    let lang = context.ui.lang;
    let said = facts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    said.map(|(name, value)| vec![name.to(lang).to_owned(), value.to(lang).to_owned()])
        .collect()
}

/// The version that holds last.
fn current(statute: &Statute) -> &Version {
    statute.versions.last().expect("a rule has a version")
}

fn find(id: &str) -> Result<&'static Statute> {
    statute::find(id).ok_or_else(|| {
        let wrong = Diagnostic::new("E970", Exit::Usage, say::no_such_rule(id));
        let ids = statute::all().iter().map(|statute| statute.id.as_str());
        match crate::yaml::nearest(id, ids) {
            Some(near) => wrong.help(crate::messages::yaml::did_you_mean(near)),
            None => wrong.help(say::no_such_rule_help()),
        }
        .into()
    })
}

fn statute_json(statute: &Statute) -> Value {
    let versions: Vec<Value> = statute
        .versions
        .iter()
        .map(|version| {
            json!({
                "valid_from": version.valid_from,
                "valid_to": version.valid_to,
                "keep": version.keep.word(),
                "latest": version.latest.map(|span| span.to_string()),
                "start": version.start,
                "event": { "de": version.event.de, "en": version.event.en },
                "norm": version.norm,
                "source": version.source,
                "read": version.read,
                "checked_on": version.checked_on,
            })
        })
        .collect();
    json!({
        "rule": statute.id,
        "kind": statute.kind,
        "title": { "de": statute.title.de, "en": statute.title.en },
        "regulated_finance": statute.regulated_finance,
        "url": statute.url,
        "note": statute.note.as_ref().map(|note| json!({ "de": note.de, "en": note.en })),
        "versions": versions,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_orders_that_can_be_asked_for_are_those_of_the_catalogue() {
        let known: BTreeSet<&str> = statute::all().iter().map(Statute::order).collect();
        let named: BTreeSet<&str> = Order::value_variants()
            .iter()
            .map(|order| order.word())
            .collect();
        assert_eq!(named, known);
    }
}
