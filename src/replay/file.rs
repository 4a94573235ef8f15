//! The test file of a connector: cases with the exchanges that were recorded for them and what has to come out.
//!
//! Read like a connector file: everything that is wrong with it is noted with its place, unknown keys are errors, and what a case
//! names (objects, fields, settings, kinds of identity) has to exist in the connector, so that a misspelt expectation cannot pass.

mod expect;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::exchange::{self, Exchange};
use super::outline;
use super::specimen::Specimen;
use crate::connector::grammar::{self, mapping};
use crate::connector::object::{Action, Erase};
use crate::connector::rest::request::Verb;
use crate::diagnostic::{Diagnostic, Place, Result, Source, Trouble};
use crate::messages::{connector as say_connector, describe, replay as say, yaml as say_yaml};
use crate::plan::Correction;
use crate::replay::derive::Kind as Derived;
use crate::subject::name::Name;
use crate::subject::{Identity, Kind, Kinds};
use crate::yaml::{Fields, Node, Value, Wanted, error, nearest, wrong_kind};
pub(super) use expect::{Expect, Stated};

/// Errors shown at once.
const MOST: usize = 20;

/// A test file, checked against its connector.
#[derive(Default)]
pub struct TestFile {
    pub path: std::path::PathBuf,
    pub settings: BTreeMap<String, String>,
    pub kinds: Kinds,
    /// Answered as often as they are asked, in every case.
    pub sign_in: Vec<Exchange>,
    pub cases: Vec<Case>,
}

/// One recorded conversation.
pub struct Case {
    pub name: String,
    /// Where its name stands.
    pub place: Place,
    pub run: Run,
    pub subject: Vec<Identity>,
    /// Of a retention run: the day before which records are asked for.
    pub before: Option<Date>,
    /// Another answer to an erasure, by object.
    pub choose: Vec<(String, Erase)>,
    pub set: Vec<Correction>,
    pub exchanges: Vec<Exchange>,
    pub expect: Expect,
    pub derive: Vec<Derived>,
}

/// What is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    Find,
    Export,
    Erase,
    Rectify,
    Restrict,
    Lift,
    Optout,
    /// What `dsr connector discover` asks; the subject is the control person.
    Describe,
    /// Who bears a name, for a person to choose from.
    Candidates,
    /// What is older than a day, and what an erasure makes of it.
    Sweep,
}

const RUNS: [(&str, Run); 10] = [
    ("find", Run::Find),
    ("export", Run::Export),
    ("erase", Run::Erase),
    ("rectify", Run::Rectify),
    ("restrict", Run::Restrict),
    ("lift", Run::Lift),
    ("optout", Run::Optout),
    ("describe", Run::Describe),
    ("candidates", Run::Candidates),
    ("sweep", Run::Sweep),
];

impl Run {
    pub fn word(self) -> &'static str {
        RUNS.iter()
            .find(|(_, run)| *run == self)
            .map_or("", |(word, _)| word)
    }

    /// Whether it plans and writes.
    pub fn writes(self) -> bool {
        !matches!(
            self,
            Run::Find | Run::Export | Run::Describe | Run::Candidates
        )
    }
}

/// Reads the test file of a connector.
///
/// # Errors
/// Everything that is wrong with it (exit 2), in the order of the file.
pub fn read(path: &Path, what: impl Into<Specimen>) -> Result<TestFile> {
    let text = text(path)?;
    let source = Arc::new(Source {
        path: path.to_owned(),
        text,
    });
    parse(&source, what)
}

pub(super) fn text(path: &Path) -> Result<String> {
    fs_err::read_to_string(path).map_err(|failure| {
        let why = crate::messages::os::why_at(path, &failure);
        error("E750", say::unreadable(why))
            .help(say::unreadable_help())
            .into()
    })
}

/// The same for a text.
///
/// # Errors
/// As [`read`].
pub fn parse(source: &Arc<Source>, what: impl Into<Specimen>) -> Result<TestFile> {
    let node = crate::yaml::parse(source)?;
    of_node(&node, source, &what.into())
}

/// The same for what was read already.
pub(super) fn of_node(node: &Node, source: &Source, specimen: &Specimen) -> Result<TestFile> {
    let mut errors = Vec::new();
    match top(node, source, specimen, &mut errors) {
        Some(file) if errors.is_empty() => Ok(file),
        _ => {
            errors.sort_by_key(|one| one.place.as_ref().map_or(0, |place| place.start));
            errors.truncate(MOST);
            Err(Trouble::from(errors))
        }
    }
}

fn top(
    node: &Node,
    source: &Source,
    specimen: &Specimen,
    errors: &mut Vec<Diagnostic>,
) -> Option<TestFile> {
    let mut fields = Fields::of(node, errors)?;
    if let Some(number) = fields.required("dsr")
        && number.scalar().as_deref() != Some("1")
    {
        let wrong = error("E100", crate::messages::connector::language_number());
        let help = crate::messages::connector::language_number_help();
        fields.error(wrong.at(number.place.clone()).help(help));
    }
    if let Some(name) = fields.required("tests")
        && name.scalar().as_deref() != Some(&specimen.name)
    {
        let stated = name.scalar().unwrap_or_default();
        fields.error(
            error("E751", say::other_connector(stated, &specimen.name))
                .at(name.place.clone())
                .help(say::other_connector_help(&specimen.name)),
        );
        // All else would be measured by the wrong connector.
        return None;
    }
    let settings_node = fields.optional("settings");
    let here = settings_node.map_or_else(|| fields.place.clone(), |node| node.place.clone());
    let settings = settings(settings_node, &here, specimen, fields.errors());
    let kinds = Kinds {
        country: fields.text("country").unwrap_or_else(|| "DE".to_owned()),
        ..Kinds::default()
    };
    let derive = match fields.optional("derive") {
        Some(node) => derived(node, fields.errors()),
        None => Derived::ALL.to_vec(),
    };
    let sign_in = match fields.optional("sign_in") {
        Some(node) => exchange::list(node, fields.errors()),
        None => Vec::new(),
    };
    // Which published specification speaks of the exchanges: the contract tests read it.
    fields.optional("contract");
    let cases = match fields.required("cases") {
        Some(node) => {
            let (known, derive) = ((specimen, &kinds), derive.as_slice());
            cases(node, known, derive, fields.errors())
        }
        None => Vec::new(),
    };
    fields.finish();
    Some(TestFile {
        path: source.path.clone(),
        settings,
        kinds,
        sign_in,
        cases,
    })
}

/// Values for the connector's settings, secrets too: nothing in a test file is a secret.
fn settings(
    node: Option<&Node>,
    here: &Place,
    specimen: &Specimen,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let entries = node
        .and_then(|node| mapping(node, errors))
        .unwrap_or_default();
    for (name, node) in entries {
        let Some(rule) = specimen.settings.get(&name.text) else {
            let known = specimen.settings.keys().map(String::as_str);
            let wrong = error("E752", say::unknown_setting(&name.text)).at(name.place.clone());
            errors.push(did_you_mean(wrong, &name.text, known));
            continue;
        };
        let Some(value) = grammar::text(node, errors) else {
            continue;
        };
        // A private key stands in lines.
        let lines = ['\n', '\r'];
        let checked = match rule.secret {
            true => value.replace(lines, " "),
            false => value.clone(),
        };
        if let Err(what) = rule.check(&checked, false) {
            let wrong = error("E752", say::setting_misfit(&name.text, what));
            errors.push(
                wrong
                    .at(node.place.clone())
                    .help(say::setting_misfit_help()),
            );
        }
        out.insert(name.text.clone(), value);
    }
    for (name, rule) in &specimen.settings {
        if rule.is_required() && !entries.iter().any(|(stated, _)| stated.text == *name) {
            errors.push(
                error("E752", say::missing_setting(name))
                    .at(here.clone())
                    .help(say::missing_setting_help(name)),
            );
        }
    }
    out
}

fn derived(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<Derived> {
    match node.text() {
        Some("all") => return Derived::ALL.to_vec(),
        Some("none") => return Vec::new(),
        _ => {}
    }
    let Some(items) = node.list() else {
        errors.push(
            error("E753", say::derive_form())
                .at(node.place.clone())
                .help(say::derive_help(Derived::words())),
        );
        return Vec::new();
    };
    let mut out = Vec::new();
    for item in items {
        let word = item.scalar().unwrap_or_default();
        match Derived::ALL.iter().find(|kind| kind.word() == word) {
            Some(kind) => out.push(*kind),
            None => errors.push(
                error("E753", say::unknown_derived(word))
                    .at(item.place.clone())
                    .help(say::derive_help(Derived::words())),
            ),
        }
    }
    out
}

fn cases(
    node: &Node,
    known: (&Specimen, &Kinds),
    derive: &[Derived],
    errors: &mut Vec<Diagnostic>,
) -> Vec<Case> {
    let Some(items) = node.list() else {
        errors.push(wrong_kind(node, Wanted::List));
        return Vec::new();
    };
    let mut out: Vec<Case> = Vec::new();
    for item in items {
        let Some(case) = case(item, known, derive, errors) else {
            continue;
        };
        if out.iter().any(|other| other.name == case.name) {
            let wrong = error("E754", say::case_twice(&case.name)).at(case.place.clone());
            errors.push(wrong.help(say::case_twice_help()));
        }
        out.push(case);
    }
    out
}

fn case(
    node: &Node,
    (specimen, kinds): (&Specimen, &Kinds),
    derive: &[Derived],
    errors: &mut Vec<Diagnostic>,
) -> Option<Case> {
    let mut fields = Fields::of(node, errors)?;
    let name = fields.required("name");
    let run = fields.required("run").and_then(|node| {
        let word = node.scalar().unwrap_or_default();
        let found = RUNS.iter().find(|(known, _)| *known == word);
        if found.is_none() {
            let wrong = error("E755", say::unknown_run(word));
            let words: Vec<&str> = RUNS.iter().map(|(word, _)| *word).collect();
            fields.error(
                wrong
                    .at(node.place.clone())
                    .help(say::runs_are(words.join(", "))),
            );
        }
        found.map(|(_, run)| *run)
    });
    let before = match run {
        Some(Run::Sweep) => fields
            .required("before")
            .and_then(|node| day(node, fields.errors())),
        _ => None,
    };
    // Whoever asks by age asks for nobody.
    let stated = match run {
        Some(Run::Sweep) => None,
        _ => fields.required("subject"),
    };
    let subject = match stated {
        Some(node) => {
            let by_name = run == Some(Run::Candidates);
            subject(node, by_name, specimen, kinds, fields.errors())
        }
        None => Vec::new(),
    };
    let choose = match fields.optional("choose") {
        Some(node) => choose(node, specimen, fields.errors()),
        None => Vec::new(),
    };
    let set_node = fields.optional("set");
    let set = match set_node {
        Some(node) => set(node, specimen, fields.errors()),
        None => Vec::new(),
    };
    if let Some(run) = run
        && (run == Run::Rectify) != set_node.is_some()
    {
        let place = set_node.map_or_else(|| fields.place.clone(), |node| node.place.clone());
        fields.error(
            error("E756", say::set_with_rectify())
                .at(place)
                .help(say::set_with_rectify_help()),
        );
    }
    let exchanges = match fields.required("exchanges") {
        Some(node) => exchange::list(node, fields.errors()),
        None => Vec::new(),
    };
    for exchange in exchanges.iter().filter(|one| one.read_only.is_some()) {
        if !specimen.is_plugin() || exchange.verb != Verb::Post {
            fields.error(
                error("E174", say::read_only_elsewhere())
                    .at(exchange.place.clone())
                    .help(say::read_only_elsewhere_help()),
            );
        }
    }
    let expect_node = fields.required("expect");
    let expect = match expect_node {
        Some(node) => expect::expect(node, specimen, fields.errors()),
        None => None,
    };
    if let (Some(run), Some(expect), Some(node)) = (run, &expect, expect_node) {
        let enough = match run.writes() {
            _ if run == Run::Describe => expect.described.is_some() || expect.error.is_some(),
            true => expect.outcomes.is_some() || expect.error.is_some(),
            false => {
                let beside = expect.parts.is_some() || expect.files.is_some();
                beside
                    || expect.found.is_some()
                    || expect.exported.is_some()
                    || expect.error.is_some()
            }
        };
        if !enough {
            let wrong = error("E757", say::expects_nothing(run.word())).at(node.place.clone());
            fields.error(wrong.help(match run.writes() {
                _ if run == Run::Describe => describe::expect_described(),
                true => say::expect_outcomes(),
                false => say::expect_found(),
            }));
        }
    }
    let derive = match fields.optional("derive") {
        Some(node) => derived(node, fields.errors()),
        // Cases are derived from a search for a person.
        None if run == Some(Run::Sweep) => Vec::new(),
        None => derive.to_vec(),
    };
    fields.finish();
    let name = name?;
    Some(Case {
        name: grammar::text(name, errors)?,
        place: name.place.clone(),
        run: run?,
        subject,
        before,
        choose,
        set,
        exchanges,
        expect: expect?,
        derive,
    })
}

/// A day as it is written everywhere in these files: 2026-01-15.
fn day(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Date> {
    let found = node.scalar().and_then(|word| word.parse().ok());
    if found.is_none() {
        errors.push(
            error("E755", say::no_day())
                .at(node.place.clone())
                .help(say::no_day_help()),
        );
    }
    found
}

/// The person; at least one identity must be one that the connector searches by, or nothing would be asked. `by_name` where people of
/// a name are listed: then there is the name alone.
fn subject(
    node: &Node,
    by_name: bool,
    specimen: &Specimen,
    kinds: &Kinds,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Identity> {
    let searched = outline::searched_by(specimen);
    let mut out = Vec::new();
    let before = errors.len();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        let Some(value) = grammar::text(node, errors) else {
            continue;
        };
        let is_name = name.text == Kind::NAME;
        if is_name != by_name {
            errors.push(
                error("E758", say::names_list_people())
                    .at(name.place.clone())
                    .help(say::names_list_people_help()),
            );
            continue;
        }
        let read = match is_name {
            true => Name::read(&value).map(|name| name.identity()),
            false => kinds.stated(&Kind(name.text.clone()), &value),
        };
        match read {
            Ok(identity) => out.push(identity),
            Err(reason) => errors.push(
                error("E758", say::bad_identity(reason))
                    .at(node.place.clone())
                    .help(say::bad_identity_help()),
            ),
        }
    }
    let asked = |identity: &Identity| searched.contains(&identity.kind.0.as_str());
    if errors.len() == before && !out.iter().any(asked) {
        errors.push(
            error("E758", say::never_searched(&specimen.name))
                .at(node.place.clone())
                .help(say::never_searched_help(searched.join(", "))),
        );
    }
    out
}

fn choose(node: &Node, specimen: &Specimen, errors: &mut Vec<Diagnostic>) -> Vec<(String, Erase)> {
    let mut out = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        if !is_object(&name.text, &name.place, specimen, errors) {
            continue;
        }
        let Some(erase) = grammar::erase(node, None, errors) else {
            continue;
        };
        if let Erase::With { object } = &erase {
            is_object(object, &node.place, specimen, errors);
        }
        let action = match &erase {
            Erase::Remove => Some(Action::Remove),
            Erase::Anonymise => Some(Action::Anonymise),
            Erase::Restrict => Some(Action::Restrict),
            Erase::Retain { .. } | Erase::Manual { .. } | Erase::With { .. } => None,
        };
        let has = |action| {
            let object = specimen.object(&name.text);
            object.is_some_and(|object| match specimen.is_plugin() {
                true => object.can(action),
                false => object.http(action).is_some(),
            })
        };
        if let Some(action) = action.filter(|action| !has(*action)) {
            let wrong = error("E205", say_connector::absent_action(action.word()));
            let help = say_connector::absent_action_help();
            errors.push(wrong.at(node.place.clone()).help(help));
        }
        out.push((name.text.clone(), erase));
    }
    out
}

/// Corrections by category, or by `object.field`.
fn set(node: &Node, specimen: &Specimen, errors: &mut Vec<Diagnostic>) -> Vec<Correction> {
    let mut out = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        let fields = specimen.objects.iter().flat_map(|object| {
            let here = object.fields.iter();
            here.map(move |field| (format!("{}.{}", object.name, field.name), &field.category))
        });
        let known: Vec<(String, &String)> = fields.collect();
        let is_field = known.iter().any(|(field, _)| *field == name.text);
        let is_category = known.iter().any(|(_, category)| **category == name.text);
        if !is_field && !is_category {
            let wrong = error("E759", say::unknown_field(&name.text)).at(name.place.clone());
            let words = known.iter().flat_map(|(f, c)| [f.as_str(), c.as_str()]);
            errors.push(did_you_mean(wrong, &name.text, words));
            continue;
        }
        let Some(value) = grammar::text(node, errors) else {
            continue;
        };
        out.push(Correction {
            field: match is_field {
                true => format!("{}.{}", specimen.name, name.text),
                false => name.text.clone(),
            },
            value,
            was: None,
        });
    }
    out
}

fn is_object(name: &str, place: &Place, specimen: &Specimen, errors: &mut Vec<Diagnostic>) -> bool {
    let known = specimen.object(name).is_some();
    if !known {
        let names = specimen.objects.iter().map(|object| object.name.as_str());
        let wrong = error("E760", say::unknown_object(name, &specimen.name)).at(place.clone());
        errors.push(did_you_mean(wrong, name, names));
    }
    known
}

/// With the nearest word, else all of them.
fn did_you_mean<'w>(
    wrong: Diagnostic,
    word: &str,
    known: impl IntoIterator<Item = &'w str>,
) -> Diagnostic {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => wrong.help(say_yaml::did_you_mean(near)),
        None => wrong.help(say_yaml::known_keys(known.join(", "))),
    }
}

/// Whether a node is left out on purpose.
pub(super) fn is_null(node: &Node) -> bool {
    matches!(node.value, Value::Null)
}
