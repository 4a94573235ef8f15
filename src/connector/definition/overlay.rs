//! Connectors that extend others: `extends: NAME@MAJOR` in a file, `extend:` in the inventory.
//!
//! What is merged are nodes that know where they stand, before anything is read from them, so that a mistake in an overlay is shown
//! with the overlay's line. Mappings merge, scalars and lists replace, `null` removes, a key that ends in `+` appends. Whatever
//! speaks of something that the connector below does not have is refused (E400): a word that changes nothing is a typing error that
//! leaves data behind.

pub mod change;

use std::path::PathBuf;
use std::sync::Arc;

use super::request::VERBS;
use crate::connector::library::{self, Library};
use crate::diagnostic::{Diagnostic, Result, Source, Trouble};
use crate::keys::Digest;
use crate::messages::{inventory as say_inventory, library as say, yaml as say_yaml};
use crate::yaml::{Name, Node, Value, error, nearest, wrong_kind};
use change::Change;

/// Parts of a connector that an overlay can speak of, beside its own head.
const PARTS: [&str; 7] = [
    "title", "docs", "settings", "api", "screen", "look_up", "objects",
];

/// What an overlay file may say of itself.
const HEAD: [&str; 4] = ["dsr", "extends", "connector", "version"];

/// One file of those that a connector is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    pub version: String,
    pub digest: Digest,
    /// `None` for one that comes with the program.
    pub file: Option<PathBuf>,
}

/// A connector with everything that extends it.
pub(super) struct Whole {
    pub(super) node: Node,
    /// The last one that extends first, the one below all of them last.
    pub(super) parts: Vec<Part>,
    /// What was changed in the undermost one.
    pub(super) changes: Vec<Change>,
}

/// Reads a file and what it extends, and puts `extend` of the inventory on top.
///
/// # Errors
/// What is no YAML, a name that nothing has (E401), a circle (E402), another version than was asked for (E108), and everything in
/// the overlays that finds nothing to change (E400, E403).
pub(super) fn whole(
    source: &Arc<Source>,
    library: &Library,
    extend: Option<&Node>,
) -> Result<Whole> {
    let mut passed = vec![library::identity(&source.path)];
    let mut stack = Stack {
        library,
        passed: &mut passed,
        parts: Vec::new(),
        bottom: None,
    };
    let mut node = stack.read(source)?;
    let (parts, bottom) = (stack.parts, stack.bottom);
    let mut changed = parts.len() > 1;
    let bottom = bottom.unwrap_or_else(|| node.clone());
    if let Some(extend) = extend {
        let mut errors = Vec::new();
        known_parts(extend, &[], &mut errors);
        node = merge(node, extend, &mut Vec::new(), &mut errors);
        sound(errors)?;
        changed = true;
    }
    let changes = match changed {
        true => change::changes(&bottom, &node),
        false => Vec::new(),
    };
    Ok(Whole {
        node,
        parts,
        changes,
    })
}

struct Stack<'a> {
    library: &'a Library,
    passed: &'a mut Vec<PathBuf>,
    parts: Vec<Part>,
    bottom: Option<Node>,
}

impl Stack<'_> {
    fn read(&mut self, source: &Arc<Source>) -> Result<Node> {
        let node = crate::yaml::parse(source)?;
        let name = source.path.file_stem().unwrap_or_default();
        let shipped = source.path.to_string_lossy().starts_with("dsr:");
        let name = name.to_string_lossy();
        let own = self.parts.len();
        self.parts.push(Part {
            name: name.strip_prefix("dsr:").unwrap_or(&name).to_owned(),
            version: String::new(),
            digest: Digest::sha256(source.text.as_bytes()),
            file: (!shipped).then(|| source.path.clone()),
        });
        let node = match entry(&node, "extends") {
            None => {
                self.bottom = Some(node.clone());
                if let Some(stated) = entry(&node, "connector").and_then(Node::scalar) {
                    self.parts[own].name = stated;
                }
                node
            }
            Some(extends) => {
                let below = self.below(extends)?;
                let mut errors = Vec::new();
                known_parts(&node, &HEAD, &mut errors);
                if entry(&node, "dsr").is_none() {
                    let missing = error("E122", say_yaml::missing_key("dsr"));
                    let missing = missing.help(say_yaml::missing_key_help("dsr"));
                    errors.push(missing.at(node.place.clone()));
                }
                let merged = merge(below, &node, &mut Vec::new(), &mut errors);
                sound(errors)?;
                merged
            }
        };
        let version = entry(&node, "version").and_then(Node::scalar);
        self.parts[own].version = version.unwrap_or_default();
        Ok(node)
    }

    /// The connector that `extends` names, whole.
    fn below(&mut self, extends: &Node) -> Result<Node> {
        let stated = extends.scalar().unwrap_or_default();
        let Some((name, major)) = reference(&stated) else {
            return Err(error("E107", say_inventory::connector_form(&stated))
                .help(say_inventory::connector_form_help())
                .at(extends.place.clone())
                .into());
        };
        let Some(found) = self.library.find(name, self.passed)? else {
            let circle = self.library.find(name, &[])?.is_some();
            let wrong = match circle {
                true => error("E402", say::extends_itself(name)).help(say::extends_itself_help()),
                false => {
                    let wrong = error("E401", say::extends_nothing(name));
                    match nearest(name, library::shipped_names()) {
                        Some(near) => wrong.help(say_yaml::did_you_mean(near)),
                        None => wrong.help(say::extends_nothing_help()),
                    }
                }
            };
            return Err(wrong.at(extends.place.clone()).into());
        };
        self.passed.push(library::identity(&found.source.path));
        let node = self.read(&found.source)?;
        let version = entry(&node, "version").and_then(Node::scalar);
        let version = version.unwrap_or_default();
        match major_of(&version) {
            // A version that is none is said when the connector is read.
            Some(found) if found != major => {
                Err(error("E108", say::extends_version(name, &version, major))
                    .at(extends.place.clone())
                    .why(say_inventory::connector_version_why())
                    .help(say::extends_version_help(name, found))
                    .into())
            }
            _ => Ok(node),
        }
    }
}

fn sound(mut errors: Vec<Diagnostic>) -> Result<()> {
    errors.truncate(20);
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Trouble::from(errors)),
    }
}

/// `NAME@MAJOR`.
pub(crate) fn reference(stated: &str) -> Option<(&str, u32)> {
    let (name, major) = stated.split_once('@')?;
    let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let good = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(sign);
    let major = major.parse().ok().filter(|_| !major.starts_with('+'))?;
    good.then_some((name, major))
}

/// The first number of a version.
pub(crate) fn major_of(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// The value under a key of a mapping.
pub(super) fn entry<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let mut entries = node.map()?.iter();
    let (_, found) = entries.find(|(name, _)| name.text == key)?;
    (!matches!(found.value, Value::Null)).then_some(found)
}

/// Keys at the top of an overlay (E120).
fn known_parts(node: &Node, head: &[&'static str], errors: &mut Vec<Diagnostic>) {
    for (name, _) in node.map().unwrap_or_default() {
        let known = || PARTS.iter().chain(head).copied();
        if known().any(|key| key == name.text) {
            continue;
        }
        let wrong = error("E120", say_yaml::unknown_key(&name.text)).at(name.place.clone());
        errors.push(match nearest(&name.text, known()) {
            Some(near) => wrong.help(say_yaml::did_you_mean(near)),
            None => wrong.help(say_yaml::known_keys(known().collect::<Vec<_>>().join(", "))),
        });
    }
}

/// Puts one node over another. `at` is the way to them from the top.
fn merge(below: Node, over: &Node, at: &mut Vec<String>, errors: &mut Vec<Diagnostic>) -> Node {
    let (Value::Map(entries), Value::Map(changes)) = (&below.value, &over.value) else {
        return over.clone();
    };
    let mut out = entries.clone();
    for (name, change) in changes {
        if at.is_empty() && name.text == "extends" {
            continue;
        }
        let found = out.iter().position(|(known, _)| known.text == name.text);
        let list = name.text.strip_suffix('+').filter(|word| !word.is_empty());
        match (found, list) {
            (None, Some(word)) => append(&mut out, word, (name, change), at, errors),
            (Some(found), _) if matches!(change.value, Value::Null) => {
                out.remove(found);
            }
            (Some(found), _) => {
                at.push(name.text.clone());
                let merged = merge(out[found].1.clone(), change, at, errors);
                at.pop();
                out[found] = (name.clone(), merged);
            }
            (None, None) => {
                let known: Vec<&str> = out.iter().map(|(name, _)| name.text.as_str()).collect();
                match nothing_there(name, change, at, &known) {
                    Some(wrong) => errors.push(wrong),
                    None => out.push((name.clone(), change.clone())),
                }
            }
        }
    }
    Node {
        value: Value::Map(out),
        place: over.place.clone(),
    }
}

/// `WORD+`: adds to a list (E403 where there is none).
fn append(
    out: &mut [(Name, Node)],
    word: &str,
    (name, change): (&Name, &Node),
    at: &[String],
    errors: &mut Vec<Diagnostic>,
) {
    let Some(more) = change.list() else {
        errors.push(wrong_kind(change, crate::yaml::Wanted::List));
        return;
    };
    let Some((_, target)) = out.iter_mut().find(|(known, _)| known.text == word) else {
        let wrong = error("E400", say::nothing_to_change(way(at, word)));
        let wrong = wrong.help(say::write_without_plus(word));
        errors.push(wrong.at(name.place.clone()));
        return;
    };
    match &mut target.value {
        Value::List(items) => items.extend(more.iter().cloned()),
        _ => errors.push(
            error("E403", say::no_list(way(at, word)))
                .help(say::no_list_help(word))
                .at(name.place.clone()),
        ),
    }
}

/// Why a key that the connector below does not have cannot be added: it takes away or changes what is not there (E400).
fn nothing_there(name: &Name, change: &Node, at: &[String], known: &[&str]) -> Option<Diagnostic> {
    let at: Vec<&str> = at.iter().map(String::as_str).collect();
    let has = |word: &str| entry(change, word).is_some();
    let whole = match (at.as_slice(), &change.value) {
        (_, Value::Null) => false,
        (["objects"], Value::Map(_)) => has("find"),
        (["look_up"], Value::Map(_)) => has("screen"),
        (["objects", _, "fields"], Value::Map(_)) => has("category"),
        (["objects", _], Value::Map(_)) if !["fields", "export"].contains(&name.text.as_str()) => {
            let verbs = VERBS.iter().map(|(verb, _)| *verb);
            let words = ["call", "steps", "manual"];
            !is_request(&name.text) || verbs.chain(words).any(has)
        }
        _ => true,
    };
    if whole {
        return None;
    }
    let wanted = nearest(&name.text, known.iter().copied());
    let owned: Vec<String> = at.iter().map(|&part| part.to_owned()).collect();
    let wrong = error("E400", say::nothing_to_change(way(&owned, &name.text)));
    let wrong = wrong.at(name.place.clone());
    let null = matches!(change.value, Value::Null);
    Some(match (wanted, null) {
        (Some(near), _) => wrong.help(say_yaml::did_you_mean(near)),
        (None, true) if name.text == "mask" => wrong.help(say::mask_null()),
        (None, true) => wrong.help(say::nothing_to_remove_help()),
        (None, false) => wrong.help(say::nothing_to_change_help(known.join(", "))),
    })
}

fn is_request(word: &str) -> bool {
    let words = [
        "read",
        "remove",
        "anonymise",
        "restrict",
        "unrestrict",
        "rectify",
        "suppress",
    ];
    words.contains(&word)
}

fn way(at: &[String], last: &str) -> String {
    let mut parts = at.to_vec();
    parts.push(last.to_owned());
    parts.join(".")
}

#[cfg(test)]
mod tests;
