//! One expression: cut out of its text, checked against the names of its place, compiled, evaluated.
//!
//! What the expression engine cannot tell before it runs is found by a walk over the words (`words`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use minijinja::value::ValueKind;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde_json::Value as Json;

use super::joining::{self, Flaw};
use super::words::{self, Foreign, closing, first_foreign_word};
use super::{LONGEST, Part, Unfit, filters};
use crate::diagnostic::{Diagnostic, Place};
use crate::messages::{access as say_access, template as say};
use crate::yaml::{Node, error, nearest};

/// Instructions that one expression may take.
const FUEL: u64 = 10_000;

/// Where a text lands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// `api.url`: only settings can be named there.
    Url,
    /// `api.auth`: the place of secrets.
    Auth,
    /// `api.envelope`: the other one.
    Envelope,
    /// What a file is called in a package: it is sent nowhere, and the package keeps to names that every system can hold.
    FileName,
    Path,
    Query,
    Header,
    Body,
    Condition,
}

/// What can be named in a place.
#[derive(Clone, Copy)]
pub struct Scope<'s> {
    pub within: Within,
    /// Declared settings and whether each is a secret.
    pub settings: &'s BTreeMap<String, bool>,
    pub names: &'s [(Cow<'s, str>, Members<'s>)],
}

/// What a name holds.
#[derive(Clone, Copy)]
pub enum Members<'s> {
    /// One personal value.
    Value,
    /// One value that is no person's, such as a date.
    Plain,
    /// Any members; those listed are the parts of a key.
    Record(&'s [String]),
    /// The parts of a key, and nothing else.
    Key(&'s [String]),
    /// What `api.auth` brings: secrets, which stand alone and only where nothing else sees them.
    Auth(&'s [String]),
}

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Expression {
    pub(super) text: String,
    pub(super) reads: Vec<String>,
    /// Of these, those that `default` follows wherever they stand.
    defaulted: Vec<String>,
    compiled: Compiled,
}

struct Compiled(minijinja::Expression<'static, 'static>);

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[compiled]")
    }
}

/// What a condition came to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    /// No boolean, but something: an error object, a text.
    Something,
}

/// `{{ }}` are strict; in conditions a missing value is one, and false.
fn environment(condition: bool) -> &'static Environment<'static> {
    static STRICT: OnceLock<Environment<'static>> = OnceLock::new();
    static CONDITIONS: OnceLock<Environment<'static>> = OnceLock::new();
    let make = |behaviour| {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(behaviour);
        environment.set_fuel(Some(FUEL));
        environment.set_debug(true);
        filters::add(&mut environment);
        environment
    };
    if condition {
        CONDITIONS.get_or_init(|| make(UndefinedBehavior::Chainable))
    } else {
        STRICT.get_or_init(|| make(UndefinedBehavior::Strict))
    }
}

impl Expression {
    /// The value with its type.
    pub(super) fn value(&self, context: &Value) -> Result<Json, Unfit> {
        let value = self.evaluate(context)?;
        let json = serde_json::to_value(&value).map_err(|_| self.refused())?;
        match &json {
            Json::String(text) if text.len() > LONGEST => Err(self.refused()),
            _ => Ok(json),
        }
    }

    /// The value as text: of a text, a whole number, a boolean.
    pub(super) fn scalar(&self, context: &Value) -> Result<String, Unfit> {
        let value = self.evaluate(context)?;
        match value.kind() {
            ValueKind::None => Err(self.missing()),
            ValueKind::String => Ok(value.as_str().unwrap_or_default().to_owned()),
            ValueKind::Bool => Ok(value.to_string()),
            ValueKind::Number if value.is_integer() => Ok(value.to_string()),
            _ => Err(self.refused()),
        }
    }

    pub(super) fn truth(&self, context: &Value) -> Result<Truth, Unfit> {
        let value = self.compiled.0.eval(context.clone());
        // `length` of nothing: what is missing says more than that it could not be computed.
        let value = value.map_err(|_| match self.all_there(context) {
            true => self.refused(),
            false => self.missing(),
        })?;
        Ok(match value.kind() {
            ValueKind::Bool if value.is_true() => Truth::Yes,
            _ if value.is_true() => Truth::Something,
            _ => Truth::No,
        })
    }

    /// Whether every value that it names is there. One that `default` stands in for may be missing, but not what it would be in:
    /// a reply that is built otherwise shows nothing.
    pub(super) fn all_there(&self, context: &Value) -> bool {
        self.reads.iter().all(|name| {
            let (within, optional) = match name.rsplit_once('.') {
                Some((within, _)) if self.defaulted.contains(name) => (within, true),
                _ => (name.as_str(), false),
            };
            let there = within.split('.').try_fold(context.clone(), |here, member| {
                let next = here.get_attr(member).ok()?;
                (!next.is_undefined()).then_some(next)
            });
            there.is_some_and(|there| !optional || there.kind() == ValueKind::Map)
        })
    }

    fn evaluate(&self, context: &Value) -> Result<Value, Unfit> {
        let outcome = self.compiled.0.eval(context.clone());
        match outcome {
            Ok(value) if value.is_undefined() => Err(self.missing()),
            Ok(value) => Ok(value),
            Err(_) if !self.all_there(context) => Err(self.missing()),
            Err(_) => Err(self.refused()),
        }
    }

    fn missing(&self) -> Unfit {
        Unfit::Missing(self.text.clone())
    }

    fn refused(&self) -> Unfit {
        Unfit::Refused(self.text.clone())
    }
}

/// Cuts a text into literals and expressions.
pub(super) fn parts(
    text: &str,
    node: &Node,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<Part>> {
    for statement in ["{%", "{#"] {
        if text.contains(statement) {
            errors.push(
                error("E301", say::statement(statement))
                    .at(place_of(node, statement, 0))
                    .help(say::statement_help()),
            );
            return None;
        }
    }
    let mut parts = Vec::new();
    // What can be written out so far, without the values.
    let mut before = vec![String::new()];
    let mut rest = text;
    let mut nth = 0;
    let alone = |start: usize, end: usize| text[..start].is_empty() && text[end..].is_empty();
    while let Some(open) = rest.find("{{") {
        if open > 0 {
            parts.push(Part::Literal(rest[..open].to_owned()));
            for text in &mut before {
                text.push_str(&rest[..open]);
            }
        }
        let inner = &rest[open + 2..];
        let Some(length) = closing(inner) else {
            errors.push(
                error("E304", say::unclosed())
                    .help(say::unclosed_help())
                    .at(place_of(node, "{{", nth)),
            );
            return None;
        };
        let source = inner[..length].trim();
        let place = expression_place(node, source, nth);
        let expression = compile(source, &place, scope, false, errors)?;
        let start = text.len() - rest.len() + open;
        let embedded = !alone(start, start + 2 + length + 2);
        check_alone(&expression, embedded, &place, scope, errors)?;
        before = check_quoting(&expression, &before, embedded, &place, scope, errors)?;
        parts.push(Part::Expression(expression));
        rest = &inner[length + 2..];
        nth += 1;
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(Part::Literal(rest.to_owned()));
    }
    Some(parts)
}

/// Compiles a condition.
pub(super) fn condition(
    text: &str,
    node: &Node,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Expression> {
    if text.contains("{{") {
        errors.push(
            error("E304", say::braces_in_condition())
                .at(node.place.clone())
                .help(say::braces_in_condition_help()),
        );
        return None;
    }
    let place = expression_place(node, text.trim(), 0);
    compile(text.trim(), &place, scope, true, errors)
}

/// The sides of a condition that is an `or`, each a condition; none if it is anything else.
pub(super) fn sides(text: &str, node: &Node, scope: &Scope<'_>) -> Vec<Expression> {
    let sides = words::sides(text.trim());
    if sides.len() < 2 {
        return Vec::new();
    }
    // What is wrong with one was said of the whole.
    let side = |source: &&str| compile(source, &node.place, scope, true, &mut Vec::new());
    let compiled: Option<Vec<Expression>> = sides.iter().map(side).collect();
    compiled.unwrap_or_default()
}

fn compile(
    source: &str,
    place: &Place,
    scope: &Scope<'_>,
    condition: bool,
    errors: &mut Vec<Diagnostic>,
) -> Option<Expression> {
    let shifted = |range: Range<usize>| {
        let exact = place.source.text.get(place.start..place.end) == Some(source);
        let mut place = place.clone();
        if exact && range.end <= source.len() {
            place.end = place.start + range.end.max(range.start + 1).min(source.len().max(1));
            place.start += range.start;
        }
        place
    };
    if let Some((what, range)) = first_foreign_word(source) {
        let diagnostic = match what {
            Foreign::Filter(name) => {
                let all = filters::QUOTING.iter().chain(filters::PLAIN).copied();
                let diagnostic = error("E304", say::unknown_filter(name)).at(shifted(range));
                match nearest(name, all.clone()) {
                    Some(near) => diagnostic.help(crate::messages::yaml::did_you_mean(near)),
                    None => diagnostic.help(say::known_filters(all.collect::<Vec<_>>().join(", "))),
                }
            }
            Foreign::Call => error("E304", say::call())
                .help(say::call_help())
                .at(shifted(range)),
            Foreign::Test => error("E304", say::test())
                .help(say::test_help())
                .at(shifted(range)),
        };
        errors.push(diagnostic);
        return None;
    }
    let compiled = match environment(condition).compile_expression_owned(source.to_owned()) {
        Ok(compiled) => compiled,
        Err(failure) => {
            let reason = failure.detail().unwrap_or("syntax").to_owned();
            let place = failure.range().map_or_else(|| place.clone(), shifted);
            errors.push(
                error("E304", say::not_an_expression())
                    .help(say::not_an_expression_help())
                    .at(place)
                    .why(crate::messages::Text::same(reason)),
            );
            return None;
        }
    };
    if joining::steps(source) {
        errors.push(
            error("E304", say::stepped())
                .help(say::stepped_help())
                .at(place.clone()),
        );
        return None;
    }
    let mut reads: Vec<String> = compiled.undeclared_variables(true).into_iter().collect();
    // The engine takes `record['@id']` for the whole of `record`. Settings are named by a dot, so that secrets are seen.
    for root in reads.clone() {
        if root != "settings"
            && !root.contains('.')
            && let Some(members) = words::subscripts(source, &root)
        {
            reads.retain(|read| *read != root);
            reads.extend(members);
        }
    }
    reads.sort();
    reads.dedup();
    let before = errors.len();
    for read in &reads {
        let place = standing_alone(source, read).map_or_else(|| place.clone(), shifted);
        check_name(read, &place, scope, errors);
    }
    (errors.len() == before).then(|| Expression {
        text: source.to_owned(),
        defaulted: words::defaulted(source),
        reads,
        compiled: Compiled(compiled),
    })
}

/// Where a dotted name stands in an expression, if it is spelled in one piece.
fn standing_alone(source: &str, name: &str) -> Option<Range<usize>> {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    source
        .match_indices(name)
        .map(|(at, _)| at..at + name.len())
        .find(|range| {
            !source[..range.start].ends_with(part) && !source[range.end..].starts_with(part)
        })
}

fn check_name(read: &str, place: &Place, scope: &Scope<'_>, errors: &mut Vec<Diagnostic>) {
    let mut words = read.split('.');
    let root = words.next().unwrap_or_default();
    let member = words.next();
    // A reply is judged by what it says alone; elsewhere a setting that is not declared is said to be that.
    let no_settings = scope.within == Within::Condition && scope.settings.is_empty();
    if root == "settings" && !no_settings {
        match member.and_then(|name| scope.settings.get(name)) {
            Some(true) if !matches!(scope.within, Within::Auth | Within::Envelope) => errors.push(
                error("E113", say::secret_elsewhere(member.unwrap_or_default()))
                    .help(say::secret_elsewhere_help())
                    .at(place.clone())
                    .why(say::secret_elsewhere_why()),
            ),
            Some(_) => {}
            None => {
                let known = scope.settings.keys().map(String::as_str);
                let diagnostic = match member {
                    Some(name) => error("E111", say::undeclared_setting(name)),
                    None => error("E111", say::all_settings()),
                };
                errors.push(
                    with_nearest(diagnostic, member.unwrap_or_default(), known).at(place.clone()),
                );
            }
        }
        return;
    }
    match scope.names.iter().find(|(name, _)| *name == root) {
        Some((_, Members::Key(parts))) if !member.is_some_and(|m| parts.iter().any(|p| p == m)) => {
            let known: Vec<String> = parts.iter().map(|part| format!("{root}.{part}")).collect();
            errors.push(
                error("E303", say::only_the_key(read, known.join(", ")))
                    .help(say::only_the_key_help())
                    .at(place.clone()),
            );
        }
        Some((_, Members::Auth(names)))
            if !member.is_some_and(|m| names.iter().any(|n| n == m)) =>
        {
            let known: Vec<String> = names.iter().map(|name| format!("auth.{name}")).collect();
            let wrong = error("E303", say::unknown_name(read)).at(place.clone());
            errors.push(with_nearest(wrong, read, known.iter().map(String::as_str)));
        }
        Some(_) => {}
        None => {
            let known: Vec<&str> = scope
                .names
                .iter()
                .map(|(name, _)| &**name)
                .chain((!no_settings).then_some("settings"))
                .collect();
            let diagnostic = error("E303", say::unknown_name(root)).at(place.clone());
            errors.push(with_nearest(diagnostic, root, known.iter().copied()));
        }
    }
}

fn with_nearest<'k>(
    diagnostic: Diagnostic,
    word: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Diagnostic {
    match nearest(word, known.clone()) {
        Some(near) => diagnostic.help(crate::messages::yaml::did_you_mean(near)),
        None => diagnostic.help(say::known_names(known.collect::<Vec<_>>().join(", "))),
    }
}

/// A secret in a body is that secret and nothing else: no part of it, and nothing around it.
fn check_alone(
    expression: &Expression,
    embedded: bool,
    place: &Place,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<()> {
    let secret = |read: &String| {
        let root = read.split('.').next().unwrap_or_default();
        let mut known = scope.names.iter();
        known.any(|(name, members)| *name == root && matches!(members, Members::Auth(_)))
    };
    let bare = !embedded && expression.reads.first() == Some(&expression.text);
    if scope.within != Within::Body || bare || !expression.reads.iter().any(secret) {
        return Some(());
    }
    errors.push(
        error("E370", say_access::secret_not_alone(&expression.text))
            .at(place.clone())
            .why(say_access::secret_not_alone_why())
            .help(say_access::secret_not_alone_help()),
    );
    None
}

/// Rule 4: inside a longer text a value goes through a quoting filter, wherever it is joined with it. Settings are the inventory's
/// own words, so the base URL and the credentials may be put together from them; in a path encoding is enough, except between
/// quotes or brackets. Returns everything that can stand before what follows.
fn check_quoting(
    expression: &Expression,
    before: &[String],
    embedded: bool,
    place: &Place,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<String>> {
    let source = &expression.text;
    let is_harmless = |read: &str| harmless(read, scope);
    let flaw = match joining::behind(source, before, embedded, scope.within, &is_harmless) {
        Ok(after) => return Some(after),
        Err(flaw) => flaw,
    };
    let wrong = match flaw {
        Flaw::Unquoted => error("E302", say::unquoted())
            .why(say::unquoted_why())
            .help(say::write_instead(format!("{{{{ {source} | quoted }}}}")))
            .help(say::quoting_filters()),
        Flaw::Joined(name) => error("E302", say::joined(&name))
            .why(say::unquoted_why())
            .help(say::quote_before_joining(&name))
            .help(say::quoting_filters()),
        Flaw::Undone => error("E302", say::quoting_undone())
            .why(say::unquoted_why())
            .help(say::quoting_undone_help()),
        Flaw::Personal => error("E302", say::text_on_personal())
            .why(say::unquoted_why())
            .help(say::quoting_filters()),
        Flaw::WithinQuotes(filter) => error("E242", say::within_quotes(filter))
            .why(say::within_quotes_why())
            .help(say::within_quotes_help()),
        Flaw::Foreign(filter) => error("E243", say::of_another_language(filter))
            .why(say::of_another_language_why())
            .help(say::of_another_language_help()),
        Flaw::Member => error("E301", say::expression_as_key()).help(say::expression_as_key_help()),
    };
    errors.push(wrong.at(place.clone()));
    None
}

/// Whether a name is a key, a setting, or no person's value.
fn harmless(read: &str, scope: &Scope<'_>) -> bool {
    let (root, member) = read.split_once('.').unwrap_or((read, ""));
    root == "settings"
        || scope.names.iter().any(|(name, members)| {
            *name == root
                && match members {
                    Members::Value | Members::Auth(_) => false,
                    Members::Plain => true,
                    Members::Record(keys) | Members::Key(keys) => keys.iter().any(|k| k == member),
                }
        })
}

/// Where the nth occurrence of a text stands in the file, or the whole scalar.
fn place_of(node: &Node, needle: &str, nth: usize) -> Place {
    let mut place = node.place.clone();
    let raw = place.source.text.get(place.start..place.end).unwrap_or("");
    if let Some((at, _)) = raw.match_indices(needle).nth(nth) {
        place.end = place.start + at + needle.len();
        place.start += at;
    }
    place
}

/// Where an expression stands in the file: behind the nth `{{`, if the file spells it as the value has it.
fn expression_place(node: &Node, expression: &str, nth: usize) -> Place {
    let mut place = node.place.clone();
    let source = Arc::clone(&place.source);
    let raw = source.text.get(place.start..place.end).unwrap_or("");
    let from = raw.match_indices("{{").nth(nth).map_or(0, |(at, _)| at + 2);
    if let Some(at) = raw[from..].find(expression)
        && !expression.is_empty()
    {
        place.start += from + at;
        place.end = place.start + expression.len();
    }
    place
}
