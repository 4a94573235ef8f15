//! What the inventory's objects and connector files say in the same words: fields, categories, masks, keys, `erase`.
//!
//! Each function takes a spanned node apart, notes what is wrong in `errors` and returns what could be understood, so that one
//! reading of a file shows all its mistakes. What concerns several parts at once (does the action exist, does the field of the
//! identity exist) is left to the caller, who knows the engine.

use serde_json_path::JsonPath as Compiled;

use crate::connector::categories;
use crate::connector::object::{At, Erase, Field, Mask};
use crate::connector::rest::request::JsonPath;
use crate::diagnostic::Diagnostic;
use crate::messages::{Text, grammar as say, yaml as say_yaml};
use crate::subject::Kind;
use crate::yaml::{Fields, Name, Node, Value, Wanted, error, nearest, wrong_kind};

/// What a field's name says about where the field lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Connector files: `a.b` is the member `b` of the member `a`; `at` says anything else.
    Path,
    /// SQL and CSV: the whole name is one column, dots included; there is no `at`.
    Column,
}

/// Most records of one person in one object, if nothing else is stated.
pub const CAP: usize = 500;

/// `fields`: a mapping of field names to a category or a longer description; `{}` for a place.
pub fn fields(node: &Node, names: Names, errors: &mut Vec<Diagnostic>) -> Vec<Field> {
    let Some(entries) = mapping(node, errors) else {
        return Vec::new();
    };
    entries
        .iter()
        .filter_map(|(name, node)| field(name, node, names, errors))
        .collect()
}

/// One field, `name: category` or `name: { category, … }`.
pub fn field(
    name: &Name,
    node: &Node,
    names: Names,
    errors: &mut Vec<Diagnostic>,
) -> Option<Field> {
    name_is_sound(name, errors).then_some(())?;
    let mut field = Field {
        name: name.text.clone(),
        category: String::new(),
        at: from_name(&name.text, names),
        identity: None,
        links: Vec::new(),
        split: None,
        mask: None,
        fixed: false,
        volatile: false,
        self_service: false,
        portable: false,
        base64: false,
    };
    if !matches!(node.value, Value::Map(_)) {
        field.category = category(node, errors)?;
        return Some(field);
    }
    let mut long = Fields::of(node, errors)?;
    let stated = long.required("category");
    field.category = stated
        .and_then(|node| category(node, long.errors()))
        .unwrap_or_default();
    if names == Names::Path
        && let Some(node) = long.optional("at")
        && let Some(stated) = at(node, long.errors())
    {
        field.at = stated;
    }
    if let Some(node) = long.optional("identity") {
        field.identity = kind(node, long.errors());
    }
    if let Some(node) = long.optional("links") {
        field.links = self::names(node, long.errors());
    }
    field.split = long.text("split").filter(|separator| !separator.is_empty());
    if let Some(node) = long.raw("mask") {
        field.mask = mask(node, long.errors());
    }
    field.fixed = long.boolean("fixed").unwrap_or(false);
    field.volatile = long.boolean("volatile").unwrap_or(false);
    field.self_service = long.boolean("self_service").unwrap_or(false);
    field.portable = long.boolean("portable").unwrap_or(false);
    field.base64 = long.boolean("base64").unwrap_or(false);
    long.finish();
    (!field.category.is_empty()).then_some(field)
}

/// A category of the closed list, or one's own under `x.` (E201).
pub fn category(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<String> {
    let name = text(node, errors)?;
    if categories::is_known(&name) {
        return Some(name);
    }
    let known = categories::CATEGORIES.iter().map(|category| category.name);
    let help = if name.starts_with("x.") {
        say::own_category()
    } else {
        match near_category(&name) {
            Some(near) => say_yaml::did_you_mean(near),
            None => say::categories_are(known.collect::<Vec<_>>().join(", ")),
        }
    };
    errors.push(
        error("E201", say::unknown_category(&name))
            .at(node.place.clone())
            .help(help),
    );
    None
}

/// The nearest by spelling, else the one whose second word it is (`email` means `contact.email`).
fn near_category(name: &str) -> Option<&'static str> {
    let all = || categories::CATEGORIES.iter().map(|category| category.name);
    nearest(name, all()).or_else(|| {
        let last = name.rsplit('.').next().unwrap_or(name);
        all().find(|known| known.split('.').nth(1) == Some(last))
    })
}

/// A kind of identity that a field can hold (E203); `age`, `all` and `name` never are.
pub fn kind(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Kind> {
    let word = text(node, errors)?;
    if is_kind(&word) && !["age", "all", "name"].contains(&word.as_str()) {
        return Some(Kind(word));
    }
    errors.push(
        error("E203", say::bad_kind(&word))
            .at(node.place.clone())
            .why(say::bad_kind_why())
            .help(say::bad_kind_help()),
    );
    None
}

/// Whether a word has the form of a kind: `email`, `customer_no`, `directus:user`.
pub fn is_kind(word: &str) -> bool {
    let parts: Vec<&str> = word.split(':').collect();
    parts.len() <= 2
        && parts.iter().all(|part| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
        })
}

/// Where a field lies: a path of member names where it is that simple, so that the field can be written, else the compiled path.
pub fn at(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<At> {
    let compiled = json_path(node, errors)?;
    Some(match member_names(&compiled.text) {
        Some(names) => At::Path(names),
        None => At::JsonPath(compiled),
    })
}

/// An RFC 9535 JSONPath (E305).
pub fn json_path(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<JsonPath> {
    let text = text(node, errors)?;
    match Compiled::parse(&text) {
        Ok(path) => Some(JsonPath { path, text }),
        Err(reason) => {
            let why = say::path_why(Text::same(reason.message()), reason.position());
            errors.push(
                error("E305", say::bad_json_path())
                    .at(node.place.clone())
                    .why(why)
                    .help(say::json_path_help()),
            );
            None
        }
    }
}

fn from_name(name: &str, names: Names) -> At {
    match names {
        Names::Path => At::Path(name.split('.').map(str::to_owned).collect()),
        Names::Column => At::Path(vec![name.to_owned()]),
    }
}

/// The names in `$.a['b']`; `None` if the path holds anything but plain member names.
pub(crate) fn member_names(path: &str) -> Option<Vec<String>> {
    let mut rest = path.strip_prefix('$')?;
    let mut names = Vec::new();
    while !rest.is_empty() {
        let (name, behind) = if let Some(dotted) = rest.strip_prefix('.') {
            let end = dotted.find(['.', '[']).unwrap_or(dotted.len());
            dotted.split_at(end)
        } else {
            rest.strip_prefix("['")?.split_once("']")?
        };
        let plain = |c: char| c.is_alphanumeric() || "_-@ /".contains(c);
        if name.is_empty() || !name.chars().all(plain) {
            return None;
        }
        names.push(name.to_owned());
        rest = behind;
    }
    (!names.is_empty()).then_some(names)
}

/// A mask (E202). YAML's null and the quoted word mean the same.
pub fn mask(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Mask> {
    if matches!(node.value, Value::Null) {
        return Some(Mask::Null);
    }
    let word = text(node, errors)?;
    let known = match word.as_str() {
        "null" => Mask::Null,
        "empty" => Mask::Empty,
        "keep" => Mask::Keep,
        "token" => Mask::Token,
        "year" => Mask::Year,
        "zero" => Mask::Zero,
        other => match other.strip_prefix("text:").map(str::trim) {
            Some("") => {
                errors.push(
                    error("E202", say::empty_text_mask())
                        .at(node.place.clone())
                        .help(say::empty_text_mask_help()),
                );
                return None;
            }
            Some(stated) => Mask::Text(stated.to_owned()),
            None => {
                errors.push(
                    error("E202", say::unknown_mask(&word))
                        .at(node.place.clone())
                        .help(say::masks_are()),
                );
                return None;
            }
        },
    };
    Some(known)
}

/// `key`: the fields that name a record, in their order; `default` where nothing is stated.
pub fn key(node: Option<&Node>, default: &str, errors: &mut Vec<Diagnostic>) -> Vec<String> {
    let stated = node.map(|node| names(node, errors)).unwrap_or_default();
    if stated.is_empty() {
        vec![default.to_owned()]
    } else {
        stated
    }
}

/// One name or a list of names without repetition: `key`, `after`, `links`, `under`, `columns`.
pub fn names(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<String> {
    let nodes = match node.list() {
        Some(items) => items.iter().collect(),
        None => vec![node],
    };
    let mut out: Vec<String> = Vec::new();
    for node in nodes {
        let Some(name) = text(node, errors) else {
            continue;
        };
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            errors.push(bad_name(node.place.clone()));
        } else if out.contains(&name) {
            errors.push(
                error("E208", say::named_twice(&name))
                    .at(node.place.clone())
                    .help(say::named_twice_help()),
            );
        } else {
            out.push(name);
        }
    }
    out
}

/// `erase` with the `reason` beside it: `remove`, `anonymise`, `restrict`, `retain`, `manual`, `manual TEXT`, `with OBJECT`
/// (E204, E207, E209). The task of `manual` may stand behind the word or in `reason`; it is empty if neither names one.
pub fn erase(node: &Node, reason: Option<&Node>, errors: &mut Vec<Diagnostic>) -> Option<Erase> {
    if node.map().is_some() {
        let mut fields = crate::yaml::Fields::of(node, errors)?;
        let task = fields.required("manual");
        let task = task.and_then(|node| self::words(node, fields.errors()));
        fields.finish();
        return Some(Erase::Manual { task: task? });
    }
    let stated_words = text(node, errors)?;
    let (word, rest) = stated_words
        .trim()
        .split_once(char::is_whitespace)
        .map_or((stated_words.trim(), ""), |(word, rest)| {
            (word, rest.trim())
        });
    let stated = reason.and_then(|node| self::words(node, errors));
    if let Some(node) = reason
        && !["retain", "manual"].contains(&word)
    {
        errors.push(
            error("E209", say::idle_reason())
                .at(node.place.clone())
                .help(say::idle_reason_help()),
        );
    }
    let erase = match (word, rest) {
        ("remove", "") => Erase::Remove,
        ("anonymise", "") => Erase::Anonymise,
        ("restrict", "") => Erase::Restrict,
        ("retain", "") => match stated {
            Some(reason) => Erase::Retain { reason },
            // A reason without words was refused above.
            None if reason.is_some() => return None,
            None => {
                errors.push(
                    error("E207", say::retain_reason())
                        .at(node.place.clone())
                        .why(say::retain_reason_why())
                        .help(say::retain_reason_help()),
                );
                return None;
            }
        },
        ("manual", "") => Erase::Manual {
            task: stated.unwrap_or_else(|| Text::same("")),
        },
        ("manual", task) => Erase::Manual {
            task: Text::same(task.trim_start_matches(':').trim_start()),
        },
        ("with", object) if !object.is_empty() => Erase::With {
            object: object.to_owned(),
        },
        _ => {
            let near = nearest(
                word,
                [
                    "remove",
                    "anonymise",
                    "restrict",
                    "retain",
                    "manual",
                    "with",
                ],
            );
            let mut wrong = error("E204", say::unknown_erase(&stated_words)).at(node.place.clone());
            if let Some(near) = near.filter(|near| *near != word) {
                wrong = wrong.help(say_yaml::did_you_mean(near));
            }
            errors.push(wrong.help(say::erase_is()));
            return None;
        }
    };
    Some(erase)
}

/// A sentence that a person reads: a text that is the same in every language, or `{ en: …, de: … }`. One without a word would leave
/// that person with nothing (E244).
pub fn words(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Text> {
    let said = |node: &Node, errors: &mut Vec<Diagnostic>| {
        let text = text(node, errors)?;
        let said = text.trim();
        // Signs that show nothing are no words either.
        if said.chars().any(char::is_alphanumeric) {
            return Some(said.to_owned());
        }
        errors.push(
            error("E244", say::no_words())
                .at(node.place.clone())
                .help(say::no_words_help()),
        );
        None
    };
    if node.map().is_none() {
        return said(node, errors).map(Text::same);
    }
    let mut fields = crate::yaml::Fields::of(node, errors)?;
    let [en, de] = ["en", "de"].map(|lang| {
        let node = fields.required(lang)?;
        said(node, fields.errors())
    });
    fields.finish();
    Some(Text { en: en?, de: de? })
}

/// `clock`: a column, or for connector files a field or a JSONPath that begins with `$`.
pub fn clock(node: &Node, names: Names, errors: &mut Vec<Diagnostic>) -> Option<String> {
    let stated = text(node, errors)?;
    if names == Names::Path && stated.starts_with('$') {
        return json_path(node, errors).map(|path| path.text);
    }
    if stated.trim().is_empty() || stated.chars().any(char::is_control) {
        errors.push(bad_name(node.place.clone()));
        return None;
    }
    Some(stated)
}

/// `cap`: at least one record (E216).
pub fn cap(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<usize> {
    let number = match &node.value {
        Value::Number(text) => text.parse::<usize>().ok(),
        _ => None,
    };
    match number {
        Some(0) => errors.push(
            error("E216", say::zero_cap())
                .at(node.place.clone())
                .help(say::zero_cap_help()),
        ),
        Some(cap) => return Some(cap),
        None => errors.push(wrong_kind(node, Wanted::Count)),
    }
    None
}

/// Whether the name of a field, object or system can be shown and used; the error is noted (E218).
pub fn name_is_sound(name: &Name, errors: &mut Vec<Diagnostic>) -> bool {
    let sound = !name.text.trim().is_empty() && !name.text.chars().any(char::is_control);
    if !sound {
        errors.push(bad_name(name.place.clone()));
    }
    sound
}

/// The entries of a mapping; anything else is noted as an error.
pub fn mapping<'n>(node: &'n Node, errors: &mut Vec<Diagnostic>) -> Option<&'n [(Name, Node)]> {
    let entries = node.map();
    if entries.is_none() {
        errors.push(wrong_kind(node, Wanted::Mapping));
    }
    entries
}

/// The scalar as text; anything else is noted as an error.
pub fn text(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<String> {
    let scalar = node.scalar();
    if scalar.is_none() {
        errors.push(wrong_kind(node, Wanted::Text));
    }
    scalar
}

fn bad_name(place: crate::diagnostic::Place) -> Diagnostic {
    error("E218", say::bad_name())
        .at(place)
        .help(say::bad_name_help())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Source;

    fn node(text: &str) -> Node {
        let source = Arc::new(Source {
            path: "dsr.yaml".into(),
            text: text.into(),
        });
        crate::yaml::parse(&source).expect("test text is YAML")
    }

    fn codes(errors: &[Diagnostic]) -> Vec<&str> {
        errors.iter().map(|error| error.code).collect()
    }

    #[test]
    fn short_and_long_fields_say_the_same() {
        let mut errors = Vec::new();
        let all = fields(
            &node(
                "a.b: contact.email\nc: { category: x.tier, at: \"$['d'].e\", mask: null, links: [p, q], identity: crm:user }\nf: { category: person.name, at: \"$.list[*]\", mask: \"text:n n\" }\n",
            ),
            Names::Path,
            &mut errors,
        );
        assert_eq!(codes(&errors), [""; 0]);
        assert!(matches!(&all[0].at, At::Path(names) if names == &["a", "b"]));
        assert!(all[0].mask.is_none(), "default masks are the plan's affair");
        assert!(matches!(&all[1].at, At::Path(names) if names == &["d", "e"]));
        assert_eq!(all[1].mask, Some(Mask::Null));
        assert_eq!(all[1].links, ["p", "q"]);
        assert!(matches!(&all[2].at, At::JsonPath(_)));
        assert_eq!(all[2].mask, Some(Mask::Text("n n".into())));
    }

    #[test]
    fn a_column_is_one_name_and_has_no_path() {
        let mut errors = Vec::new();
        let all = fields(
            &node("a.b: contact.email\nc: { category: person.name, at: \"$.x\" }\n"),
            Names::Column,
            &mut errors,
        );
        assert!(matches!(&all[0].at, At::Path(names) if names == &["a.b"]));
        assert_eq!(codes(&errors), ["E120"]);
    }

    #[test]
    fn unknown_categories_name_the_nearest() {
        for (word, near) in [
            ("contact.emial", "contact.email"),
            ("email", "contact.email"),
            ("personal.name", "person.name"),
        ] {
            let mut errors = Vec::new();
            assert_eq!(category(&node(word), &mut errors), None);
            assert_eq!(codes(&errors), ["E201"]);
            assert_eq!(errors[0].help[0].en, format!("did you mean `{near}`?"));
        }
    }

    #[test]
    fn masks_kinds_and_paths_that_are_none() {
        let mut errors = Vec::new();
        for wrong in ["nul", "\"text:\"", "0", "text"] {
            assert_eq!(mask(&node(wrong), &mut errors), None, "{wrong}");
        }
        assert_eq!(codes(&errors), ["E202"; 4]);
        errors.clear();
        for wrong in ["name", "age", "all", "Email", "a:b:c", "a b", "':x'"] {
            assert_eq!(kind(&node(wrong), &mut errors), None, "{wrong}");
        }
        assert_eq!(codes(&errors), ["E203"; 7]);
        errors.clear();
        for wrong in ["address.city", "$.items[", "$..[?", "\"\""] {
            assert!(json_path(&node(wrong), &mut errors).is_none(), "{wrong}");
        }
        assert_eq!(codes(&errors), ["E305"; 4]);
    }

    #[test]
    fn every_way_to_erase() {
        let reason = node("the law");
        let mut errors = Vec::new();
        let mut say = |text: &str, reason: Option<&Node>| erase(&node(text), reason, &mut errors);
        assert_eq!(say("remove", None), Some(Erase::Remove));
        assert_eq!(
            say("retain", Some(&reason)),
            Some(Erase::Retain {
                reason: Text::same("the law")
            })
        );
        assert_eq!(
            say("manual Delete it by hand.", None),
            Some(Erase::Manual {
                task: Text::same("Delete it by hand.")
            })
        );
        assert_eq!(
            say("with partners", None),
            Some(Erase::With {
                object: "partners".into()
            })
        );
        for wrong in ["delete", "with", "remove it", "anonymize"] {
            assert_eq!(say(wrong, None), None, "{wrong}");
        }
        assert_eq!(say("retain", None), None);
        assert_eq!(say("remove", Some(&reason)), Some(Erase::Remove));
        assert_eq!(
            codes(&errors),
            ["E204", "E204", "E204", "E204", "E207", "E209"]
        );
        assert_eq!(errors[3].help[0].en, "did you mean `anonymise`?");
    }

    #[test]
    fn names_are_sound_and_stand_once() {
        let mut errors = Vec::new();
        assert_eq!(key(None, "id", &mut errors), ["id"]);
        assert_eq!(
            key(Some(&node("[tenant, id]")), "id", &mut errors),
            ["tenant", "id"]
        );
        assert!(errors.is_empty());
        assert_eq!(names(&node("[a, a, '', \"b\\e\"]"), &mut errors), ["a"]);
        assert_eq!(codes(&errors), ["E208", "E218", "E218"]);
        errors.clear();
        assert_eq!(cap(&node("0"), &mut errors), None);
        assert_eq!(cap(&node("-3"), &mut errors), None);
        assert_eq!(cap(&node("20"), &mut errors), Some(20));
        assert_eq!(codes(&errors), ["E216", "E121"]);
    }
}
