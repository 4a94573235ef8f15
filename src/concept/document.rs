//! The concept as a document: sections of facts, tables and paragraphs, the same for a terminal and for a page.
//!
//! What is missing is a section of its own that nothing leaves out, and the head of the document counts it.

use jiff::civil::Date;

use super::lint::{Lint, Severity};
use super::measure::Length;
use super::{Concept, Entry, Holding, is_out_of_reach};
use crate::inventory::{DataType, Engine, Rule, RuleKind, StartType, Status, System, Then};
use crate::messages::{Lang, Text, check as say_check, concept as say, package};
use crate::statute::{Begin, FinancialYear, Kind};

/// A part of the document.
pub enum Block {
    Heading(Text),
    /// The head of something within a section: its name for people, and the one in the inventory.
    Part(Text, String),
    Paragraph(Text),
    /// Names with their values.
    Facts(Vec<(Text, Text)>),
    Table {
        head: Vec<Text>,
        rows: Vec<Vec<Text>>,
    },
    List(Vec<Text>),
    /// What is wrong or missing.
    Gaps(Vec<Gap>),
}

/// A lint as it stands in the document.
pub struct Gap {
    pub severity: Severity,
    pub code: &'static str,
    /// Line of the inventory.
    pub line: Option<usize>,
    pub what: Text,
    pub why: Option<Text>,
    pub remedy: Text,
}

pub struct Document {
    pub title: Text,
    pub subtitle: Text,
    pub facts: Vec<(Text, Text)>,
    /// How much is missing: the last of the facts, which stands out.
    pub gaps: (Text, Text),
    pub blocks: Vec<Block>,
}

/// Writes one section.
type Section = fn(&Concept<'_>, &mut Vec<Block>);

/// The document of a concept; `day` is the day on which it is made.
pub fn document(concept: &Concept<'_>, day: Date) -> Document {
    let controller = &concept.inventory.controller;
    let mut blocks = Vec::new();
    let sections: [(Text, Section); 6] = [
        (say::classes(), classes),
        (say::data_types(), data_types),
        (say::systems(), systems),
        (say::responsibilities(), responsibilities),
        (say::special_cases(), special_cases),
        (say::not_covered(), not_covered),
    ];
    for (at, (title, write)) in sections.into_iter().enumerate() {
        blocks.push(Block::Heading(say::section(at + 1, title)));
        write(concept, &mut blocks);
    }
    Document {
        title: say::title(),
        subtitle: say::subtitle(&controller.name, day),
        facts: facts(concept, day),
        gaps: gaps(concept),
        blocks,
    }
}

fn facts(concept: &Concept<'_>, day: Date) -> Vec<(Text, Text)> {
    let controller = &concept.inventory.controller;
    let contact = controller.contact.as_ref();
    let year = controller
        .financial_year
        .map_or_else(say::year_not_stated, year_end);
    let mut facts = vec![
        (say::controller(), Text::same(&controller.name)),
        (say::seat(), Text::same(&controller.seat)),
        (
            say::contact(),
            contact.map_or_else(say::not_stated, Text::same),
        ),
        (say::as_of(), package::day(day)),
        (
            say::version(),
            say::version_is(concept.inventory.digest.to_string()),
        ),
        (say::year_end(), year),
    ];
    if controller.regulated_finance {
        facts.push((say::sector(), say::regulated()));
    }
    facts
}

fn gaps(concept: &Concept<'_>) -> (Text, Text) {
    let [errors, warnings, hints] = [Severity::Error, Severity::Warning, Severity::Hint]
        .map(|severity| concept.count(severity));
    (say::gaps(), say::gaps_are(errors, warnings, hints))
}

fn year_end(year: FinancialYear) -> Text {
    let (month, day) = year.month_day();
    say::year_stated(Text {
        en: format!("{month:02}-{day:02}"),
        de: format!("{day:02}.{month:02}."),
    })
}

fn classes(concept: &Concept<'_>, out: &mut Vec<Block>) {
    out.push(Block::Paragraph(say::classes_intro()));
    let matrix = concept.matrix();
    if matrix.is_empty() {
        return out.push(Block::Paragraph(say::no_classes()));
    }
    let unknown = matrix.iter().any(|row| !row.cells[3].is_empty());
    let columns = if unknown { 4 } else { 3 };
    let mut head = vec![say::standard()];
    head.extend(StartType::ALL.map(|one| from(Some(one))));
    if unknown {
        head.push(from(None));
    }
    let rows = matrix.iter().map(|row| {
        let cells = row.cells[..columns].iter().map(|cell| {
            let names = cell.iter().map(|entry| title(entry.data_type));
            joined(names)
        });
        let standard = row.standard.map_or_else(say::without_end, length);
        std::iter::once(standard).chain(cells).collect()
    });
    let rows = rows.collect();
    out.push(Block::Table { head, rows });
}

fn data_types(concept: &Concept<'_>, out: &mut Vec<Block>) {
    out.push(Block::Paragraph(say::data_types_intro()));
    for entry in &concept.entries {
        let data_type = entry.data_type;
        out.push(Block::Part(title(data_type), data_type.name.clone()));
        out.push(Block::Facts(rule_facts(entry)));
    }
}

fn rule_facts(entry: &Entry<'_>) -> Vec<(Text, Text)> {
    let data_type = entry.data_type;
    let about = &data_type.about;
    let or = |text: Option<Text>| text.unwrap_or_else(say::not_stated);
    let categories = entry.categories().into_iter().map(category);
    let mut facts = vec![
        (
            say::subjects(),
            or((!about.subjects.is_empty()).then(|| Text::same(about.subjects.join(", ")))),
        ),
        (
            say::purpose(),
            or(data_type.purpose.as_ref().map(Text::same)),
        ),
        (
            say::basis(),
            or(data_type.basis.as_deref().map(say::legal_basis)),
        ),
        (say::categories(), joined(categories)),
    ];
    if let Rule::Catalogue { statute, .. } = &data_type.rule {
        let rule = say::rule_by_catalogue(&statute.id, &statute.title);
        facts.push((say::rule(), rule));
    }
    facts.push((say::nature(), nature(&data_type.rule)));
    match &data_type.rule {
        Rule::Catalogue { statute, .. } => {
            let norm = &super::measure::current(statute).norm;
            facts.push((say::norm(), Text::same(norm)));
        }
        Rule::Stated {
            because: Some(because),
            kind,
            ..
        } => {
            let name = match kind {
                RuleKind::Min => say::norm(),
                RuleKind::Max | RuleKind::Keep => say::reason(),
            };
            facts.push((name, Text::same(because)));
        }
        Rule::Stated { because: None, .. } => {}
    }
    if let Some(reason) = &about.reason {
        facts.push((say::reason(), Text::same(reason)));
    }
    if let Some(duties) = &about.justified_by {
        let said = duties
            .iter()
            .map(|statute| say::duty_is(&statute.id, &super::measure::current(statute).norm));
        let said = match duties.is_empty() {
            true => say::no_duties(),
            false => joined(said),
        };
        facts.push((say::duties(), said));
    }
    facts.extend([
        (
            say::period(),
            entry.keeps.map_or_else(say::without_end, length),
        ),
        (say::starts(), starting_point(entry)),
        (
            say::window(),
            entry.window.map_or_else(say::none_stated, length),
        ),
        (say::class(), class(entry)),
    ]);
    if let Some(active) = &data_type.active_until {
        let after = say::locked_after(length(Length::of(active.plus)), active.event.words());
        facts.push((say::locked_from(), after));
    }
    facts.extend([
        (say::action(), then(data_type.then)),
        (say::steering(), steering(entry)),
        (say::places(), places(entry)),
    ]);
    facts
}

/// The class in words: standard period and kind of start.
pub fn class(entry: &Entry<'_>) -> Text {
    let standard = entry.standard.map_or_else(say::without_end, length);
    match entry.start_type {
        Some(start) => say::class_is(standard, from(Some(start))),
        None => say::half_class(standard, from(None)),
    }
}

fn starting_point(entry: &Entry<'_>) -> Text {
    let event = match &entry.data_type.rule {
        Rule::Catalogue { statute, .. } => super::measure::current(statute).event.clone(),
        Rule::Stated { .. } => {
            let mut fields: Vec<&str> = entry
                .holdings
                .iter()
                .filter_map(|holding| holding.start.as_deref())
                .collect();
            fields.dedup();
            Text::same(fields.join(", "))
        }
    };
    if event.en.is_empty() {
        return begin(entry.begin);
    }
    say::start_is(begin(entry.begin), event)
}

fn begin(begin: Begin) -> Text {
    say::begin(begin)
}

fn steering(entry: &Entry<'_>) -> Text {
    if let Some(system) = &entry.data_type.steering {
        return Text::same(system);
    }
    let mut systems: Vec<&str> = entry
        .holdings
        .iter()
        .map(|holding| holding.system.name.as_str())
        .collect();
    systems.dedup();
    match systems[..] {
        [one] => say::itself(one),
        _ => say::not_stated(),
    }
}

fn places(entry: &Entry<'_>) -> Text {
    let described = entry.holdings.iter().map(place);
    joined(described.chain(entry.undescribed().map(Text::same)))
}

fn place(holding: &Holding<'_>) -> Text {
    let fields: Vec<&str> = holding
        .object
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    say::place_fields(holding.name(), fields.join(", "))
}

fn systems(concept: &Concept<'_>, out: &mut Vec<Block>) {
    for system in &concept.inventory.systems {
        out.push(Block::Part(Text::same(&system.name), String::new()));
        let owner = system.owner.as_ref();
        let mut facts = vec![
            (
                say::responsible(),
                owner.map_or_else(say::nobody, Text::same),
            ),
            (say::reached(), reached(system)),
        ];
        if let Engine::Manual(tasks) = &system.engine {
            for (name, task) in [
                (say::find_task(), &tasks.find),
                (say::erase_task(), &tasks.erase),
            ] {
                let task = task.as_ref().map_or_else(say::not_stated, Text::same);
                facts.push((name, task));
            }
        }
        out.push(Block::Facts(facts));
        let rows = rows_of(concept, system);
        if !rows.is_empty() {
            let head = vec![
                say::object(),
                say::data_type(),
                say::counts_from(),
                say::deleted_within(),
            ];
            out.push(Block::Table { head, rows });
        } else if !is_out_of_reach(system) {
            out.push(Block::Paragraph(say::no_objects()));
        }
    }
}

/// How rules are carried out in a system.
pub fn reached(system: &System) -> Text {
    match (system.status, &system.engine) {
        (Status::NotConnected, _) => say::not_connected(),
        (Status::Disabled, _) => say::switched_off(),
        (Status::Active, Engine::Manual(tasks)) if tasks.days > 0 => {
            say::by_hand_within(tasks.days)
        }
        (Status::Active, Engine::Manual(_)) => say::by_hand(),
        (Status::Active, Engine::None) => say::not_connected(),
        (Status::Active, _) => say::by_program(),
    }
}

fn rows_of(concept: &Concept<'_>, system: &System) -> Vec<Vec<Text>> {
    let mut rows = Vec::new();
    for object in &system.objects {
        let is_it = |holding: &&Holding<'_>| std::ptr::eq(holding.object, object);
        let found = concept.entries.iter().find_map(|entry| {
            let holding = entry.holdings.iter().find(is_it)?;
            Some((entry, holding))
        });
        if let Some((entry, holding)) = found {
            let start = match (&holding.follows, &holding.start) {
                (Some(other), _) => say::with_(other),
                (None, Some(field)) => say::start_is(begin(entry.begin), field),
                (None, None) => say::no_field(),
            };
            let keep = entry.keeps.map_or_else(say::without_end, length);
            rows.push(vec![
                Text::same(&object.name),
                title(entry.data_type),
                start,
                say::keeps_then(keep, then(entry.data_type.then)),
            ]);
        } else if concept.uncovered.iter().any(|one| is_it(&one)) {
            rows.push(vec![
                Text::same(&object.name),
                say::no_rule(),
                Text::same(""),
                Text::same(""),
            ]);
        }
    }
    rows
}

fn responsibilities(concept: &Concept<'_>, out: &mut Vec<Block>) {
    out.push(Block::Paragraph(say::responsibilities_intro()));
    let rows = concept.inventory.systems.iter().map(|system| {
        let types = concept.entries.iter().filter(|entry| {
            let mut holdings = entry.holdings.iter();
            holdings.any(|holding| std::ptr::eq(holding.system, system))
        });
        vec![
            Text::same(&system.name),
            system.owner.as_ref().map_or_else(say::nobody, Text::same),
            joined(types.map(|entry| title(entry.data_type))),
        ]
    });
    out.push(Block::Table {
        head: vec![say::system(), say::responsible(), say::data_types_short()],
        rows: rows.collect(),
    });
}

fn special_cases(concept: &Concept<'_>, out: &mut Vec<Block>) {
    let named = |of: &dyn Fn(&Entry<'_>) -> bool| {
        let found = concept.entries.iter().filter(|entry| of(entry));
        joined(found.map(|entry| title(entry.data_type)))
    };
    let mut facts = vec![
        (say::case_min(), say::case_min_is()),
        (say::case_hold(), say::case_hold_is()),
        (say::case_request(), say::case_request_is()),
        (say::case_start(), say::case_start_is()),
        (say::case_below(), say::case_below_is()),
    ];
    let kept = named(&|entry| match &entry.data_type.rule {
        Rule::Catalogue { statute, .. } => statute.kind == Kind::Keep,
        Rule::Stated { kind, .. } => *kind == RuleKind::Keep,
    });
    if !kept.en.is_empty() {
        facts.push((say::case_kept(), say::case_kept_is(kept)));
    }
    let anonymous = named(&|entry| entry.data_type.then == Then::Anonymise);
    if !anonymous.en.is_empty() {
        facts.push((say::case_anonymous(), say::case_anonymous_is(anonymous)));
    }
    out.push(Block::Facts(facts));
}

fn not_covered(concept: &Concept<'_>, out: &mut Vec<Block>) {
    out.push(Block::Paragraph(say::not_covered_intro()));
    if concept.lints.is_empty() {
        out.push(Block::Paragraph(say::nothing_wrong()));
    } else {
        out.push(Block::Gaps(concept.lints.iter().map(gap).collect()));
    }
    out.push(Block::Part(say::limits(), String::new()));
    let names = |of: &dyn Fn(&System) -> bool| {
        let systems = concept.inventory.systems.iter();
        let found = systems.filter(|system| of(system));
        let names: Vec<&str> = found.map(|system| system.name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let by_hand = names(&|system| {
        system.status == Status::Active && matches!(system.engine, Engine::Manual(_))
    });
    let unreached = names(&|system| system.status != Status::Active);
    let mut limits = Vec::new();
    limits.extend(by_hand.map(say::limit_hand));
    limits.extend(unreached.map(say::limit_reach));
    limits.extend([say::limit_fields(), say::limit_backups(), say::limit_logs()]);
    out.push(Block::List(limits));
    out.push(Block::Paragraph(say::no_judgement()));
}

fn gap(lint: &Lint) -> Gap {
    Gap {
        severity: lint.severity,
        code: lint.code,
        line: lint.place.as_ref().map(|place| place.line_column().0),
        what: lint.what.clone(),
        why: lint.why.clone(),
        remedy: lint.remedy.clone(),
    }
}

/// A severity in words.
pub fn severity(severity: Severity) -> Text {
    match severity {
        Severity::Error => say_check::error(),
        Severity::Warning => say_check::warning(),
        Severity::Hint => say_check::hint(),
    }
}

/// What a data type is called.
pub fn title(data_type: &DataType) -> Text {
    let title = data_type.about.title.clone();
    title.unwrap_or_else(|| Text::same(&data_type.name))
}

fn category(name: &str) -> Text {
    package::category(name).unwrap_or_else(|| Text::same(name))
}

fn nature(rule: &Rule) -> Text {
    let kind = match rule {
        Rule::Catalogue { statute, .. } => statute.kind,
        Rule::Stated { kind, .. } => match kind {
            RuleKind::Min => Kind::Min,
            RuleKind::Max => Kind::Max,
            RuleKind::Keep => Kind::Keep,
        },
    };
    match kind {
        Kind::Min => say::is_min(),
        Kind::Max => say::is_max(),
        Kind::Keep => say::is_keep(),
    }
}

/// What happens at the end, in words.
pub fn then(then: Then) -> Text {
    match then {
        Then::Remove => say::then_remove(),
        Then::Anonymise => say::then_anonymise(),
        Then::Restrict => say::then_restrict(),
    }
}

/// A kind of start, as the head of a column.
fn from(start: Option<StartType>) -> Text {
    match start {
        Some(StartType::Collection) => say::from_collection(),
        Some(StartType::EndOfProcess) => say::from_process(),
        Some(StartType::EndOfRelationship) => say::from_relationship(),
        None => say::from_unknown(),
    }
}

/// A length in words.
pub fn length(length: Length) -> Text {
    say::length(length.months, length.days)
}

fn joined(texts: impl Iterator<Item = Text>) -> Text {
    let all: Vec<Text> = texts.collect();
    let of = |lang: Lang| {
        let words: Vec<&str> = all.iter().map(|text| text.to(lang)).collect();
        words.join(", ")
    };
    Text {
        en: of(Lang::En),
        de: of(Lang::De),
    }
}
