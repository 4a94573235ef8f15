//! Expressions between `{{ }}`, escaped for where the text lands.
//!
//! Only expressions are ever compiled, never statements, so a connector cannot loop or branch. Everything is compiled and its
//! names are checked when the file is read; what is left to go wrong while a request is built is a value that is missing or that
//! does not fit, and that is an [`Unfit`], never an empty text. Values cannot change the structure of what they are put into:
//! a path takes them as one percent-encoded segment, a longer text only behind a quoting filter, and bodies are built as trees.

mod expression;
mod filters;
mod joining;
mod probe;
mod words;

use std::borrow::Cow;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value as Json;

use crate::connector::Fault;
use crate::diagnostic::Diagnostic;
use crate::messages::template as say;
use crate::yaml::{Node, Value as Yaml, Wanted, error, wrong_kind};

use expression::{Expression, Truth};
pub use expression::{Members, Scope, Within};
pub use filters::ldap_assertion;

/// Unreserved characters of RFC 3986 stay, all else is encoded.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Longest text that a template may become, in bytes.
const LONGEST: usize = 1 << 20;

/// The values that expressions can name while a request is built. Personal.
#[derive(Clone, Default)]
pub struct Names(Vec<(Cow<'static, str>, minijinja::Value)>);

impl Names {
    /// Adds a name; one that is there already is replaced.
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Serialize) -> Names {
        let name = name.into();
        self.0.retain(|(known, _)| *known != name);
        self.0
            .push((name, minijinja::Value::from(minijinja::value::Serde(value))));
        self
    }

    fn context(&self) -> minijinja::Value {
        minijinja::Value::from_pairs(self.0.iter().cloned())
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[names]")
    }
}

/// A value that cannot stand where an expression puts it. Holds the expression, never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Missing, null or blank.
    Missing(String),
    /// Not representable there: a control character, a list in a path, a text too long.
    Refused(String),
}

impl From<Unfit> for Fault {
    fn from(unfit: Unfit) -> Fault {
        match unfit {
            Unfit::Missing(expression) => Fault::no_value(expression),
            Unfit::Refused(expression) => Fault::unfit(expression),
        }
    }
}

/// A text with expressions in it.
#[derive(Clone, Debug)]
pub struct Template {
    pub text: String,
    parts: Arc<[Part]>,
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Expression(Expression),
}

impl Template {
    /// Compiles a scalar; everything wrong with it is noted, and then there is no template.
    pub fn compile(
        node: &Node,
        scope: &Scope<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Template> {
        let Some(text) = node.scalar() else {
            errors.push(wrong_kind(node, Wanted::Text));
            return None;
        };
        let before = errors.len();
        let parts = expression::parts(&text, node, scope, errors)?;
        (errors.len() == before).then(|| Template {
            text,
            parts: parts.into(),
        })
    }

    /// A text without any expression.
    pub fn literal(text: impl Into<String>) -> Template {
        let text = text.into();
        Template {
            parts: Arc::from([Part::Literal(text.clone())]),
            text,
        }
    }

    /// Every name that the expressions read, with its members: `record.id`.
    pub fn reads(&self) -> impl Iterator<Item = &str> {
        self.parts
            .iter()
            .flat_map(|part| match part {
                Part::Literal(_) => [].iter(),
                Part::Expression(expression) => expression.reads.iter(),
            })
            .map(String::as_str)
    }

    /// Whether it is exactly one expression.
    pub fn is_expression(&self) -> bool {
        matches!(self.parts[..], [Part::Expression(_)])
    }

    /// Whether a text can be what this became: what is written out stands where it does, and anything in the place of expressions.
    pub fn fits(&self, text: &str) -> bool {
        let [parts @ .., last] = &self.parts[..] else {
            return text.is_empty();
        };
        let mut rest = text;
        let mut open = false;
        for part in parts {
            match part {
                Part::Expression(_) => open = true,
                Part::Literal(words) => {
                    let at = match open {
                        true => rest.find(words.as_str()),
                        false => rest.starts_with(words.as_str()).then_some(0),
                    };
                    let Some(at) = at else {
                        return false;
                    };
                    rest = &rest[at + words.len()..];
                    open = false;
                }
            }
        }
        match last {
            Part::Expression(_) => true,
            Part::Literal(words) if open => rest.ends_with(words.as_str()),
            Part::Literal(words) => rest == words,
        }
    }

    /// Everything that is written out, in order.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(text) => Some(text.as_str()),
            Part::Expression(_) => None,
        })
    }

    /// What stands before the first expression.
    pub fn literal_start(&self) -> &str {
        match self.parts.first() {
            Some(Part::Literal(text)) => text,
            _ => "",
        }
    }

    /// The text with each expression shown as `{record.id}`: what a plan prints.
    pub fn masked(&self) -> String {
        let mut out = String::new();
        for part in self.parts.iter() {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Expression(expression) => {
                    out.push('{');
                    out.push_str(&expression.text);
                    out.push('}');
                }
            }
        }
        out
    }

    /// The value, with its type if the scalar is exactly one expression, else as text.
    ///
    /// # Errors
    /// A value is missing or does not fit.
    pub fn value(&self, names: &Names) -> Result<Json, Unfit> {
        match &self.parts[..] {
            [Part::Expression(expression)] => expression.value(&names.context()),
            _ => self.text(names).map(Json::String),
        }
    }

    /// The value as text.
    ///
    /// # Errors
    /// A value is missing, blank, or no scalar.
    pub fn text(&self, names: &Names) -> Result<String, Unfit> {
        self.render(names, |expression, text, out| {
            if text.trim().is_empty() {
                return Err(Unfit::Missing(expression.to_owned()));
            }
            out.push_str(&text);
            Ok(())
        })
    }

    /// The value of a header: one line of printable ASCII.
    ///
    /// # Errors
    /// As [`Template::text`], and for anything that could begin another header.
    pub fn header(&self, names: &Names) -> Result<String, Unfit> {
        let text = self.text(names)?;
        let printable = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        if printable && text.trim() == text {
            Ok(text)
        } else {
            Err(Unfit::Refused(self.masked()))
        }
    }

    /// The path, each expression percent-encoded as one segment or a part of one.
    ///
    /// # Errors
    /// As [`Template::text`], and for values that would make a segment `.` or `..`, which servers and clients resolve away.
    pub fn path(&self, names: &Names) -> Result<String, Unfit> {
        let path = self.render(names, |expression, text, out| {
            if text.trim().is_empty() {
                return Err(Unfit::Missing(expression.to_owned()));
            }
            out.extend(utf8_percent_encode(&text, SEGMENT));
            Ok(())
        })?;
        let climbs = |segment: &str| {
            let plain = percent_decode_str(segment).decode_utf8_lossy();
            plain == "." || plain == ".."
        };
        if path.split('/').any(climbs) {
            return Err(Unfit::Refused(self.masked()));
        }
        Ok(path)
    }

    /// A base URL. The first expression may be a whole URL, if the text begins with it; others are names within the URL and
    /// cannot lengthen or leave it.
    ///
    /// # Errors
    /// As [`Template::text`], and for anything but letters, digits, `-`, `_` and single dots in the others.
    pub fn url(&self, names: &Names) -> Result<String, Unfit> {
        let starts_with_url = matches!(self.parts.first(), Some(Part::Expression(_)));
        self.render(names, |expression, text, out| {
            let whole = out.is_empty() && starts_with_url;
            let word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let named = text.chars().all(word) && !text.contains("..") && !text.starts_with('.');
            if text.trim().is_empty() {
                return Err(Unfit::Missing(expression.to_owned()));
            }
            if !whole && !named {
                return Err(Unfit::Refused(expression.to_owned()));
            }
            out.push_str(if whole {
                text.trim_end_matches('/')
            } else {
                &text
            });
            Ok(())
        })
    }

    fn render(
        &self,
        names: &Names,
        mut put: impl FnMut(&str, String, &mut String) -> Result<(), Unfit>,
    ) -> Result<String, Unfit> {
        let context = names.context();
        let mut out = String::new();
        for part in self.parts.iter() {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Expression(expression) => {
                    put(&expression.text, expression.scalar(&context)?, &mut out)?;
                }
            }
            if out.len() > LONGEST {
                return Err(Unfit::Refused(self.masked()));
            }
        }
        Ok(out)
    }
}

/// An expression that is true or false.
#[derive(Clone, Debug)]
pub struct Condition {
    pub text: String,
    expression: Arc<Expression>,
    /// The sides of its `or`, if it is one.
    sides: Arc<[Expression]>,
}

impl Condition {
    /// Compiles a scalar that is one expression, without braces.
    pub fn compile(
        node: &Node,
        scope: &Scope<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Condition> {
        let text = match &node.value {
            Yaml::Text(text) => text.clone(),
            _ => {
                errors.push(
                    error("E304", say::not_a_condition())
                        .help(say::not_a_condition_help())
                        .at(node.place.clone()),
                );
                return None;
            }
        };
        let expression = expression::condition(&text, node, scope, errors)?;
        let sides = expression::sides(&text, node, scope);
        Some(Condition {
            text,
            expression: Arc::new(expression),
            sides: sides.into(),
        })
    }

    /// Every name that it reads, with its members.
    pub fn reads(&self) -> impl Iterator<Item = &str> {
        self.expression.reads.iter().map(String::as_str)
    }

    /// Whether it holds, a missing value counting as false: for conditions whose truth makes the tool more careful.
    ///
    /// # Errors
    /// The expression cannot be computed with these values.
    pub fn holds(&self, names: &Names) -> Result<bool, Unfit> {
        Ok(self.expression.truth(&names.context())? != Truth::No)
    }

    /// Whether it is exactly `true` and every value that it names is there: for conditions that let something count as gone or
    /// done. A reply without the field that `gone` asks for is no proof of absence. Of an `or`, one side is enough.
    ///
    /// # Errors
    /// As [`Condition::holds`].
    pub fn proves(&self, names: &Names) -> Result<bool, Unfit> {
        let context = names.context();
        let proven =
            |one: &Expression| Ok(one.all_there(&context) && one.truth(&context)? == Truth::Yes);
        for side in self.sides.iter() {
            if proven(side) == Ok(true) {
                return Ok(true);
            }
        }
        proven(&self.expression)
    }

    /// The part of it that is true of everything that can be read: the whole, or a side of its `or`.
    pub fn always(&self) -> Option<&str> {
        let parts = self.sides.iter().chain([&*self.expression]);
        let always = |one: &&Expression| {
            let Some(worlds) = probe::worlds(&one.text) else {
                return false;
            };
            let mut proven = 0;
            for names in &worlds {
                let context = names.context();
                match one.truth(&context) {
                    // What cannot be computed of such values, or comes to no truth, says nothing.
                    Err(_) | Ok(Truth::Something) => {}
                    Ok(_) if !one.all_there(&context) => {}
                    Ok(Truth::Yes) => proven += 1,
                    Ok(_) => return false,
                }
            }
            proven > 0
        };
        let mut parts = parts.filter(always);
        parts.next().map(|one| one.text.as_str())
    }

    /// Whether each side of its `or`s reads something of these names.
    pub fn every_side_reads(&self, roots: &[&str]) -> bool {
        probe::every_side_reads(self.text.trim(), roots)
    }
}

/// A JSON-like structure with templates as its leaves.
#[derive(Clone, Debug)]
pub enum Structure {
    Leaf(Template),
    /// A number, a boolean or null as the file has it.
    Fixed(Json),
    List(Vec<Structure>),
    Map(Vec<(String, Structure)>),
}

impl Structure {
    /// Compiles a node and all below it.
    pub fn compile(
        node: &Node,
        scope: &Scope<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Structure> {
        Some(match &node.value {
            Yaml::Null => Structure::Fixed(Json::Null),
            Yaml::Bool(value) => Structure::Fixed(Json::Bool(*value)),
            Yaml::Number(text) => Structure::Fixed(
                serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.clone())),
            ),
            Yaml::Text(_) => Structure::Leaf(Template::compile(node, scope, errors)?),
            Yaml::List(items) => Structure::List(
                items
                    .iter()
                    .map(|item| Structure::compile(item, scope, errors))
                    .collect::<Option<_>>()?,
            ),
            Yaml::Map(entries) => {
                let mut out = Vec::with_capacity(entries.len());
                for (name, value) in entries {
                    if name.text.contains("{{") {
                        errors.push(
                            error("E301", say::expression_as_key())
                                .help(say::expression_as_key_help())
                                .at(name.place.clone()),
                        );
                        return None;
                    }
                    out.push((name.text.clone(), Structure::compile(value, scope, errors)?));
                }
                Structure::Map(out)
            }
        })
    }

    /// Every name that its expressions read, with its members.
    pub fn reads(&self) -> Vec<&str> {
        match self {
            Structure::Leaf(template) => template.reads().collect(),
            Structure::Fixed(_) => Vec::new(),
            Structure::List(items) => items.iter().flat_map(Structure::reads).collect(),
            Structure::Map(entries) => entries.iter().flat_map(|(_, s)| s.reads()).collect(),
        }
    }

    /// The tree with all values in place. A value lands as one leaf or one subtree and cannot reach beyond it.
    ///
    /// # Errors
    /// A value is missing or does not fit.
    pub fn render(&self, names: &Names) -> Result<Json, Unfit> {
        self.build(names, true)
    }

    /// As [`Structure::render`], for searches: an expression that comes out null or blank is an error, because a server may take
    /// an empty criterion for none.
    ///
    /// # Errors
    /// As [`Structure::render`].
    pub fn criterion(&self, names: &Names) -> Result<Json, Unfit> {
        self.build(names, false)
    }

    fn build(&self, names: &Names, blanks: bool) -> Result<Json, Unfit> {
        Ok(match self {
            Structure::Leaf(template) => {
                let value = template.value(names)?;
                let blank = match &value {
                    Json::Null => true,
                    Json::String(text) => text.trim().is_empty(),
                    Json::Array(items) => items.is_empty(),
                    _ => false,
                };
                if blank && !blanks && template.reads().next().is_some() {
                    return Err(Unfit::Missing(template.text.clone()));
                }
                value
            }
            Structure::Fixed(value) => value.clone(),
            Structure::List(items) => Json::Array(
                items
                    .iter()
                    .map(|item| item.build(names, blanks))
                    .collect::<Result<_, _>>()?,
            ),
            Structure::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|(key, value)| Ok((key.clone(), value.build(names, blanks)?)))
                    .collect::<Result<_, Unfit>>()?,
            ),
        })
    }

    /// The tree with each expression shown as `{record.id}`, for a plan.
    pub fn masked(&self) -> Json {
        match self {
            Structure::Leaf(template) => Json::String(template.masked()),
            Structure::Fixed(value) => value.clone(),
            Structure::List(items) => Json::Array(items.iter().map(Structure::masked).collect()),
            Structure::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.masked()))
                    .collect(),
            ),
        }
    }
}

#[cfg(test)]
mod tests;
