//! The test file of a connector: cases with the exchanges that were recorded for them and what has to come out.
//!
//! Read like a connector file: everything that is wrong with it is noted with its place, unknown keys are errors, and what a case
//! names (objects, fields, settings, kinds of identity) has to exist in the connector, so that a misspelt expectation cannot pass.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use super::exchange::{self, Exchange, json};
use super::outline;
use crate::connector::definition::Definition;
use crate::connector::grammar::{mapping, text};
use crate::connector::object::{Action, Erase, Object};
use crate::diagnostic::{Diagnostic, Place, Result, Source, Trouble};
use crate::messages::{connector as say_connector, describe, replay as say, yaml as say_yaml};
use crate::plan::{Correction, Outcome};
use crate::replay::derive::Kind as Derived;
use crate::subject::{Identity, Kind, Kinds};
use crate::yaml::{Fields, Node, Value, Wanted, error, nearest, wrong_kind};

/// Errors shown at once.
const MOST: usize = 20;

/// A test file, checked against its connector.
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
}

const RUNS: [(&str, Run); 8] = [
    ("find", Run::Find),
    ("export", Run::Export),
    ("erase", Run::Erase),
    ("rectify", Run::Rectify),
    ("restrict", Run::Restrict),
    ("lift", Run::Lift),
    ("optout", Run::Optout),
    ("describe", Run::Describe),
];

impl Run {
    pub fn word(self) -> &'static str {
        RUNS.iter()
            .find(|(_, run)| *run == self)
            .map_or("", |(word, _)| word)
    }

    /// Whether it plans and writes.
    pub fn writes(self) -> bool {
        !matches!(self, Run::Find | Run::Export | Run::Describe)
    }
}

/// A stated expectation and where it stands.
pub struct Stated<T> {
    pub value: T,
    pub place: Place,
}

/// What has to come out. What is not stated is not judged.
#[derive(Default)]
pub struct Expect {
    /// Keys by object; an object that is not named holds nothing.
    pub found: Option<Stated<BTreeMap<String, Vec<String>>>>,
    pub near_misses: Option<Stated<u64>>,
    /// By `object/key`, all of them.
    pub outcomes: Option<Stated<BTreeMap<String, String>>>,
    /// Field values by `object/key`.
    pub exported: Option<Stated<BTreeMap<String, BTreeMap<String, Json>>>>,
    /// Members by object, some of those that come.
    pub described: Option<Stated<BTreeMap<String, Vec<String>>>>,
    /// Items by part, by `object/key`.
    pub parts: Option<Stated<BTreeMap<String, BTreeMap<String, u64>>>>,
    /// Names of files, by `object/key`.
    pub files: Option<Stated<BTreeMap<String, Vec<String>>>>,
    pub waited: Option<Stated<Duration>>,
    pub error: Option<Stated<String>>,
}

/// Reads the test file of a connector.
///
/// # Errors
/// Everything that is wrong with it (exit 2), in the order of the file.
pub fn read(path: &Path, definition: &Definition) -> Result<TestFile> {
    let text = fs_err::read_to_string(path).map_err(|failure| {
        let why = crate::messages::os::why_at(path, &failure);
        error("E750", say::unreadable(why)).help(say::unreadable_help())
    })?;
    let source = Arc::new(Source {
        path: path.to_owned(),
        text,
    });
    parse(&source, definition)
}

/// The same for a text.
///
/// # Errors
/// As [`read`].
pub fn parse(source: &Arc<Source>, definition: &Definition) -> Result<TestFile> {
    let node = crate::yaml::parse(source)?;
    let mut errors = Vec::new();
    match top(&node, source, definition, &mut errors) {
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
    definition: &Definition,
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
        && name.scalar().as_deref() != Some(&definition.name)
    {
        let stated = name.scalar().unwrap_or_default();
        fields.error(
            error("E751", say::other_connector(stated, &definition.name))
                .at(name.place.clone())
                .help(say::other_connector_help(&definition.name)),
        );
        // All else would be measured by the wrong connector.
        return None;
    }
    let settings_node = fields.optional("settings");
    let here = settings_node.map_or_else(|| fields.place.clone(), |node| node.place.clone());
    let settings = settings(settings_node, &here, definition, fields.errors());
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
            let (known, derive) = ((definition, &kinds), derive.as_slice());
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
    definition: &Definition,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let entries = node
        .and_then(|node| mapping(node, errors))
        .unwrap_or_default();
    for (name, node) in entries {
        let Some(rule) = definition.settings.get(&name.text) else {
            let known = definition.settings.keys().map(String::as_str);
            let wrong = error("E752", say::unknown_setting(&name.text)).at(name.place.clone());
            errors.push(did_you_mean(wrong, &name.text, known));
            continue;
        };
        let Some(value) = text(node, errors) else {
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
    for (name, rule) in &definition.settings {
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
    known: (&Definition, &Kinds),
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
    (definition, kinds): (&Definition, &Kinds),
    derive: &[Derived],
    errors: &mut Vec<Diagnostic>,
) -> Option<Case> {
    let mut fields = Fields::of(node, errors)?;
    let name = fields.required("name");
    let run = fields.required("run").and_then(|node| {
        let word = node.scalar().unwrap_or_default();
        let found = RUNS.iter().find(|(known, _)| *known == word);
        if found.is_none() {
            let wrong = match word.as_str() {
                "sweep" => error("E755", say::no_sweep_yet()),
                _ => error("E755", say::unknown_run(word)),
            };
            let words: Vec<&str> = RUNS.iter().map(|(word, _)| *word).collect();
            fields.error(
                wrong
                    .at(node.place.clone())
                    .help(say::runs_are(words.join(", "))),
            );
        }
        found.map(|(_, run)| *run)
    });
    let subject = match fields.required("subject") {
        Some(node) => subject(node, definition, kinds, fields.errors()),
        None => Vec::new(),
    };
    let choose = match fields.optional("choose") {
        Some(node) => choose(node, definition, fields.errors()),
        None => Vec::new(),
    };
    let set_node = fields.optional("set");
    let set = match set_node {
        Some(node) => set(node, definition, fields.errors()),
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
    let expect_node = fields.required("expect");
    let expect = match expect_node {
        Some(node) => expect(node, definition, fields.errors()),
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
        None => derive.to_vec(),
    };
    fields.finish();
    let name = name?;
    Some(Case {
        name: text(name, errors)?,
        place: name.place.clone(),
        run: run?,
        subject,
        choose,
        set,
        exchanges,
        expect: expect?,
        derive,
    })
}

/// The person; at least one identity must be one that the connector searches by, or nothing would be asked.
fn subject(
    node: &Node,
    definition: &Definition,
    kinds: &Kinds,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Identity> {
    let searched = outline::searched_by(definition);
    let mut out = Vec::new();
    let before = errors.len();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        let Some(value) = text(node, errors) else {
            continue;
        };
        match kinds.stated(&Kind(name.text.clone()), &value) {
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
            error("E758", say::never_searched(&definition.name))
                .at(node.place.clone())
                .help(say::never_searched_help(searched.join(", "))),
        );
    }
    out
}

fn choose(
    node: &Node,
    definition: &Definition,
    errors: &mut Vec<Diagnostic>,
) -> Vec<(String, Erase)> {
    let mut out = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        if !is_object(&name.text, &name.place, definition, errors) {
            continue;
        }
        let Some(erase) = crate::connector::grammar::erase(node, None, errors) else {
            continue;
        };
        if let Erase::With { object } = &erase {
            is_object(object, &node.place, definition, errors);
        }
        let action = match &erase {
            Erase::Remove => Some(Action::Remove),
            Erase::Anonymise => Some(Action::Anonymise),
            Erase::Restrict => Some(Action::Restrict),
            Erase::Retain { .. } | Erase::Manual { .. } | Erase::With { .. } => None,
        };
        let has = |action| {
            let object = definition.object(&name.text);
            object.is_some_and(|object| object.http(action).is_some())
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
fn set(node: &Node, definition: &Definition, errors: &mut Vec<Diagnostic>) -> Vec<Correction> {
    let mut out = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        let fields = definition.objects.iter().flat_map(|object| {
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
        let Some(value) = text(node, errors) else {
            continue;
        };
        out.push(Correction {
            field: match is_field {
                true => format!("{}.{}", definition.name, name.text),
                false => name.text.clone(),
            },
            value,
            was: None,
        });
    }
    out
}

fn expect(node: &Node, definition: &Definition, errors: &mut Vec<Diagnostic>) -> Option<Expect> {
    let mut fields = Fields::of(node, errors)?;
    let mut out = Expect::default();
    if let Some(node) = fields.optional("found") {
        let value = found(node, definition, fields.errors());
        out.found = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("near_misses") {
        let count = node.scalar().and_then(|text| text.parse().ok());
        match count {
            Some(count) => out.near_misses = Some(stated(count, node)),
            None => fields.error(wrong_kind(node, Wanted::Count)),
        }
    }
    if let Some(node) = fields.optional("outcomes") {
        let value = outcomes(node, definition, fields.errors());
        out.outcomes = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("exported") {
        let value = exported(node, definition, fields.errors());
        out.exported = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("described") {
        let value = found(node, definition, fields.errors());
        out.described = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("parts") {
        let value = parts(node, definition, fields.errors());
        out.parts = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("files") {
        let value = files(node, definition, fields.errors());
        out.files = Some(stated(value, node));
    }
    if let Some(node) = fields.optional("waited")
        && let Some(waited) = crate::connector::definition::duration(node, fields.errors())
    {
        out.waited = Some(stated(waited, node));
    }
    if let Some(node) = fields.optional("error") {
        let code = node.scalar().unwrap_or_default();
        let is_code = code.len() == 4
            && code.starts_with('E')
            && code[1..].bytes().all(|b| b.is_ascii_digit());
        if !is_code {
            fields.error(
                error("E761", say::not_a_code())
                    .at(node.place.clone())
                    .help(say::not_a_code_help()),
            );
        }
        out.error = Some(stated(code, node));
    }
    fields.finish();
    Some(out)
}

fn stated<T>(value: T, node: &Node) -> Stated<T> {
    Stated {
        value,
        place: node.place.clone(),
    }
}

fn found(
    node: &Node,
    definition: &Definition,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_object(&name.text, &name.place, definition, errors);
        let keys: Option<Vec<String>> = node
            .list()
            .and_then(|items| items.iter().map(Node::scalar).collect());
        match keys {
            Some(keys) => drop(out.insert(name.text.clone(), keys)),
            None => errors.push(wrong_kind(node, Wanted::List)),
        }
    }
    out
}

fn outcomes(
    node: &Node,
    definition: &Definition,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_record(&name.text, &name.place, definition, errors);
        let Some(word) = text(node, errors) else {
            continue;
        };
        let known = serde_json::from_value::<Outcome>(Json::String(word.clone())).is_ok();
        if !known && word != super::play::WAITING {
            let wrong = error("E762", say::unknown_outcome(&word)).at(node.place.clone());
            errors.push(did_you_mean(wrong, &word, OUTCOMES));
        }
        out.insert(name.text.clone(), word);
    }
    out
}

/// Outcomes that a case can come to, for remedies.
const OUTCOMES: [&str; 16] = [
    "removed",
    "anonymised",
    "restricted",
    "unrestricted",
    "rectified",
    "suppressed",
    "already_gone",
    "retained",
    "manual",
    "blocked",
    "changed",
    "failed",
    "unknown",
    "not_verified",
    "pending",
    super::play::WAITING,
];

fn exported(
    node: &Node,
    definition: &Definition,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, BTreeMap<String, Json>> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_record(&name.text, &name.place, definition, errors);
        let mut values = BTreeMap::new();
        for (field, node) in mapping(node, errors).unwrap_or_default() {
            values.insert(field.text.clone(), json(node));
        }
        out.insert(name.text.clone(), values);
    }
    out
}

/// Number of items by part, for records.
fn parts(
    node: &Node,
    definition: &Definition,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_record(&name.text, &name.place, definition, errors);
        let object = name.text.split('/').next().unwrap_or_default();
        let known = definition.object(object).map(Object::parts);
        let known = known.unwrap_or_default().iter();
        let known: Vec<&str> = known.map(|part| part.name.as_str()).collect();
        let mut counts = BTreeMap::new();
        for (part, node) in mapping(node, errors).unwrap_or_default() {
            if !known.contains(&part.text.as_str()) {
                let wrong = error("E760", say::unknown_part(object, &part.text));
                let wrong = wrong.at(part.place.clone());
                errors.push(did_you_mean(wrong, &part.text, known.iter().copied()));
            }
            match node.scalar().and_then(|text| text.parse().ok()) {
                Some(count) => drop(counts.insert(part.text.clone(), count)),
                None => errors.push(wrong_kind(node, Wanted::Count)),
            }
        }
        out.insert(name.text.clone(), counts);
    }
    out
}

/// Names of files, for records.
fn files(
    node: &Node,
    definition: &Definition,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        is_record(&name.text, &name.place, definition, errors);
        let items = node.list().map(|items| items.iter().map(Node::scalar));
        match items.and_then(Iterator::collect) {
            Some(names) => drop(out.insert(name.text.clone(), names)),
            None => errors.push(wrong_kind(node, Wanted::List)),
        }
    }
    out
}

/// `object/key` of an object that there is.
fn is_record(name: &str, place: &Place, definition: &Definition, errors: &mut Vec<Diagnostic>) {
    match name.split_once('/') {
        Some((object, key)) if !key.is_empty() => {
            is_object(object, place, definition, errors);
        }
        _ => errors.push(
            error("E760", say::not_a_record(name))
                .at(place.clone())
                .help(say::not_a_record_help()),
        ),
    }
}

fn is_object(
    name: &str,
    place: &Place,
    definition: &Definition,
    errors: &mut Vec<Diagnostic>,
) -> bool {
    let known = definition.object(name).is_some();
    if !known {
        let names = definition.objects.iter().map(|object| object.name.as_str());
        let wrong = error("E760", say::unknown_object(name, &definition.name)).at(place.clone());
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
