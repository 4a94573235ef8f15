//! `look_up`: what the system holds about people that the file does not read, and the screen on which a person looks it up.

use super::object::known_object;
use crate::connector::grammar;
use crate::connector::look_up::{LookUp, Right};
use crate::diagnostic::Diagnostic;
use crate::messages::look_up as say;
use crate::yaml::{Fields, Node, error, nearest};

/// Every entry, in the order of the file. `objects` are those whose records may lead there.
pub(super) fn read(node: &Node, objects: &[&str], errors: &mut Vec<Diagnostic>) -> Vec<LookUp> {
    let mut out = Vec::new();
    for (name, node) in grammar::mapping(node, errors).unwrap_or_default() {
        if !grammar::name_is_sound(name, errors) {
            continue;
        }
        let Some(mut fields) = Fields::of(node, errors) else {
            continue;
        };
        let holds = fields
            .required("holds")
            .and_then(|node| grammar::words(node, fields.errors()));
        let screen = fields
            .required("screen")
            .and_then(|node| grammar::words(node, fields.errors()));
        let rights = match fields.optional("for") {
            Some(node) => rights(node, fields.errors()),
            None => Right::USUAL.to_vec(),
        };
        let under = match fields.optional("under") {
            Some(node) => {
                let named = grammar::names(node, fields.errors());
                for name in &named {
                    known_object(name, objects, &node.place, fields.errors());
                }
                named
            }
            None => Vec::new(),
        };
        let categories = match fields.optional("category") {
            Some(node) => {
                let one = std::slice::from_ref(node);
                let stated = node.list().unwrap_or(one).iter();
                stated
                    .filter_map(|node| grammar::category(node, fields.errors()))
                    .collect()
            }
            None => Vec::new(),
        };
        let off = fields
            .optional("off")
            .and_then(|node| grammar::words(node, fields.errors()));
        fields.finish();
        if let (Some(holds), Some(screen)) = (holds, screen) {
            out.push(LookUp {
                name: name.text.clone(),
                holds,
                screen,
                rights,
                under,
                categories,
                off,
            });
        }
    }
    out
}

/// `for`: a right or several (E246).
fn rights(node: &Node, errors: &mut Vec<Diagnostic>) -> Vec<Right> {
    let known = || Right::ALL.iter().map(|right| right.word());
    let words: Vec<&str> = known().collect();
    let mut out = Vec::new();
    let names = grammar::names(node, errors);
    if node.list().is_some_and(<[Node]>::is_empty) {
        errors.push(
            error("E246", say::no_right())
                .at(node.place.clone())
                .help(say::no_right_help(words.join(", "))),
        );
    }
    for name in names {
        match Right::ALL.into_iter().find(|right| right.word() == name) {
            Some(right) => out.push(right),
            None => {
                let wrong = error("E246", say::unknown_right(&name)).at(node.place.clone());
                let wrong = match nearest(&name, known()) {
                    Some(near) => wrong.help(crate::messages::yaml::did_you_mean(near)),
                    None => wrong,
                };
                errors.push(wrong.help(say::rights_are(words.join(", "))));
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}
