//! `export`: further parts of a record, which a package holds and nothing else asks for.

use std::borrow::Cow;

use super::action::names_the_key;
use super::request::{self, Context, Phase};
use crate::connector::grammar;
use crate::connector::object::ExportPart;
use crate::diagnostic::Diagnostic;
use crate::messages::place as say;
use crate::template::Members;
use crate::yaml::{Fields, Node, error};

/// Each part by its name: a request that knows `record`, with a `category` if it is one of the list.
pub(super) fn read<'c>(
    node: &Node,
    key: &'c [String],
    context: &impl Fn(Phase, Vec<(Cow<'c, str>, Members<'c>)>) -> Context<'c>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<ExportPart> {
    let mut parts = Vec::new();
    for (name, node) in grammar::mapping(node, errors).unwrap_or_default() {
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.text.is_empty()
            || !name.text.chars().all(word)
            || key.contains(&name.text)
            || name.text == "files"
        {
            errors.push(
                error("E326", say::part_name(&name.text))
                    .at(name.place.clone())
                    .help(say::part_name_help()),
            );
            continue;
        }
        let Some(mut fields) = Fields::of(node, errors) else {
            continue;
        };
        let stated = fields.optional("category");
        let stated = stated.map(|node| grammar::category(node, fields.errors()));
        let names = vec![("record".into(), Members::Record(key))];
        let request = request::read(&mut fields, &context(Phase::Find, names));
        fields.finish();
        let (Some(request), Some(category)) = (
            request,
            stated.unwrap_or_else(|| Some(format!("x.{}", name.text))),
        ) else {
            continue;
        };
        // Nothing else says whose the items are.
        names_the_key(&[&request], key, node, errors);
        parts.push(ExportPart {
            name: name.text.clone(),
            category,
            request,
        });
    }
    parts
}
