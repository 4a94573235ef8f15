//! `describe`: where a system says which members its records have, asked by `dsr connector discover` and by nothing else.

use std::borrow::Cow;

use super::request::{self, Context, Phase};
use crate::connector::grammar::json_path;
use crate::connector::object::{At, Describe};
use crate::diagnostic::Diagnostic;
use crate::messages::describe as say;
use crate::template::Members;
use crate::yaml::{Fields, Node, error};

/// One such request or several. Each knows nothing but settings, so that no person is asked for.
pub(super) fn read<'c>(
    node: &Node,
    context: &impl Fn(Phase, Vec<(Cow<'c, str>, Members<'c>)>) -> Context<'c>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Describe> {
    let nodes = node
        .list()
        .map_or_else(|| vec![node], |all| all.iter().collect());
    let one = |node: &Node| {
        let mut fields = Fields::of(node, errors)?;
        let name = member(&mut fields, "name");
        let label = member(&mut fields, "label");
        let type_name = member(&mut fields, "type");
        let below = fields.optional("below");
        if let Some(node) = below
            && !node.scalar().is_some_and(|text| is_path(&text))
        {
            let wrong = error("E399", say::no_members()).at(node.place.clone());
            fields.error(wrong.help(say::no_members_help()));
        }
        let below = below.and_then(Node::scalar);
        let request = request::read(&mut fields, &context(Phase::Find, Vec::new()));
        fields.finish();
        Some(Describe {
            request: request?,
            name,
            label,
            type_name,
            below,
        })
    };
    nodes.into_iter().filter_map(one).collect()
}

/// Where an item holds something: a JSONPath, or members from the outside in.
fn member(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<At> {
    let node = fields.optional(key)?;
    let text = node.scalar().unwrap_or_default();
    if text.starts_with('$') {
        return json_path(node, fields.errors()).map(At::JsonPath);
    }
    if !is_path(&text) {
        let wrong = error("E399", say::no_members()).at(node.place.clone());
        fields.error(wrong.help(say::no_members_help()));
    }
    Some(At::Path(text.split('.').map(str::to_owned).collect()))
}

fn is_path(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "_-@".contains(c);
    text.split('.')
        .all(|name| !name.is_empty() && name.chars().all(plain))
}
