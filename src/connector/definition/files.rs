//! `files`: what a record names and a package holds beside it, and from where it may come.
//!
//! The address of a file may be what the system says it is. It is followed only to the server of `api.url` and to hosts that stand in
//! the file or come from the settings, so that whoever writes into a record cannot send the program anywhere else.

use std::borrow::Cow;

use super::request::{self, Context, Phase};
use crate::connector::attachment::{self, FileRule, Host, LIMIT, MEMBERS, MOST, Spot};
use crate::connector::grammar;
use crate::connector::object::ExportPart;
use crate::connector::rest::request::{Decode, JsonPath, Verb};
use crate::diagnostic::Diagnostic;
use crate::messages::attachment as say;
use crate::template::{Members, Scope, Template, Within};
use crate::yaml::{Fields, Node, Wanted, error, wrong_kind};

/// Every entry; `parts` are those of the same object.
pub(super) fn read<'c>(
    node: &Node,
    key: &'c [String],
    parts: &[ExportPart],
    context: &impl Fn(Phase, Vec<(Cow<'c, str>, Members<'c>)>) -> Context<'c>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<FileRule> {
    let Some(items) = node.list() else {
        errors.push(wrong_kind(node, Wanted::List));
        return Vec::new();
    };
    if let Some(taken) = key.iter().find(|part| MEMBERS.contains(&part.as_str())) {
        let wrong = error("E326", crate::messages::place::part_name(taken));
        errors.push(wrong.at(node.place.clone()).help(say::key_is_taken()));
    }
    let known: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    items
        .iter()
        .filter_map(|item| entry(item, key, &known, context, errors))
        .collect()
}

fn entry<'c>(
    node: &Node,
    key: &'c [String],
    parts: &[&str],
    context: &impl Fn(Phase, Vec<(Cow<'c, str>, Members<'c>)>) -> Context<'c>,
    errors: &mut Vec<Diagnostic>,
) -> Option<FileRule> {
    let mut fields = Fields::of(node, errors)?;
    let before = fields.errors().len();
    let each = fields.required("each");
    let each = each.and_then(|node| place(node, parts, fields.errors()));
    let mut names = vec![
        ("record".into(), Members::Record(key)),
        ("file".into(), Members::Record(&[])),
    ];
    if matches!(&each, Some((Some(_), _))) {
        names.push(("item".into(), Members::Record(&[])));
    }
    let context = context(Phase::File, names);
    let name = fields.optional("name");
    let name = name.map(|node| {
        let scope = context.scope(Within::FileName);
        Template::compile(node, &scope, fields.errors())
    });
    let hosts = fields.optional("hosts");
    let hosts = hosts.map(|node| self::hosts(node, &context, fields.errors()));
    let base64_node = fields.optional("base64");
    let at = base64_node.map(|node| spot(node, fields.errors()));
    let kind_node = fields.optional("type");
    let kind = kind_node.map(|node| {
        let scope = context.scope(Within::Body);
        Template::compile(node, &scope, fields.errors())
    });
    if let (Some(node), None) = (kind_node, base64_node) {
        let wrong = error("E181", say::idle_type()).at(node.place.clone());
        fields.error(wrong.help(say::idle_type_help()));
    }
    let auth = fields.boolean("auth");
    let limit = fields.optional("limit");
    let limit = limit.map(|node| size(node, fields.errors()));
    let category = fields.optional("category");
    let category = category.map(|node| grammar::category(node, fields.errors()));
    let mut request = request::read(&mut fields, &context);
    let place = fields.place.clone();
    if let Some(request) = &mut request {
        if base64_node.is_some() {
            request.decode = Some(Decode::Json);
        }
        if request.call.is_some() && base64_node.is_none() {
            let wrong = error("E179", say::call_without_base64()).at(place.clone());
            fields.error(wrong.help(say::call_without_base64_help()));
        }

        let reads = request.reads();
        let mut roots = reads.iter().filter_map(|read| read.split('.').next());
        if !roots.any(|root| root == "file") {
            let wrong = error("E329", say::same_file()).at(place.clone());
            fields.error(wrong.help(say::same_file_help()));
        }
        if request.path.is_expression() && request.verb != Verb::Get {
            let wrong = error("E130", say::address_needs_get()).at(place);
            fields.error(wrong.help(say::address_needs_get_help()));
        }
    }
    let sound = fields.errors().len() == before;
    fields.finish();
    let (part, each) = each?;
    sound.then_some(())?;
    let request = request?;
    Some(FileRule {
        part,
        each,
        name: match name {
            Some(name) => Some(name?),
            None => None,
        },
        hosts: hosts.unwrap_or_else(|| Some(Vec::new()))?,
        auth: auth.unwrap_or(!request.path.is_expression()),
        request,
        limit: limit.unwrap_or(Some(LIMIT))?,
        base64: match at {
            Some(at) => Some(attachment::Within {
                at: at?,
                kind: match kind {
                    Some(kind) => Some(kind?),
                    None => None,
                },
            }),
            None => None,
        },
        category: category.unwrap_or_else(|| Some("content.file".to_owned()))?,
    })
}

/// Where the file stands in a JSON reply: known as the reply comes, so without anything that has to look ahead (E180).
fn spot(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Spot> {
    let path = grammar::json_path(node, errors)?;
    let spot = Spot::parse(&path.text);
    if spot.is_none() {
        errors.push(
            error("E180", say::no_spot(&path.text))
                .at(node.place.clone())
                .why(say::no_spot_why())
                .help(say::no_spot_help()),
        );
    }
    spot
}

/// Where files are named. Items of a part are looked at one by one as they come, so a path into a part goes through `[*]` first and
/// counts from the item (E328).
fn place(
    node: &Node,
    parts: &[&str],
    errors: &mut Vec<Diagnostic>,
) -> Option<(Option<String>, JsonPath)> {
    let whole = grammar::json_path(node, errors)?;
    let rest = whole.text.strip_prefix('$').unwrap_or_default();
    let quoted = |rest: &str, sign: char| {
        let rest = rest.strip_prefix('[')?.strip_prefix(sign)?;
        let (name, behind) = rest.split_once(sign)?;
        Some((name.to_owned(), behind.strip_prefix(']')?.to_owned()))
    };
    let plain = rest.strip_prefix('.').filter(|rest| !rest.starts_with('.'));
    let plain = plain.map(|rest| {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        (rest[..end].to_owned(), rest[end..].to_owned())
    });
    let first = plain
        .or_else(|| quoted(rest, '\''))
        .or_else(|| quoted(rest, '"'));
    let mentions = |part: &&str| {
        let mut words = whole
            .text
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.any(|word| word == *part)
    };
    let Some((part, behind)) = first.filter(|(name, _)| parts.contains(&name.as_str())) else {
        // A path that reaches a part in another way would find nothing and say nothing.
        let first_is_plain =
            !rest.starts_with("..") && !rest.starts_with("[") && !rest.starts_with(".*");
        return match parts.iter().find(|part| mentions(part) && !first_is_plain) {
            Some(part) => {
                errors.push(not_one_by_one(part, node));
                None
            }
            None => Some((None, whole)),
        };
    };
    let item = behind
        .strip_prefix("[*]")
        .or_else(|| behind.strip_prefix(".*"));
    let Some(item) = item else {
        errors.push(not_one_by_one(&part, node));
        return None;
    };
    let text = format!("${item}");
    let path = serde_json_path::JsonPath::parse(&text).ok()?;
    Some((Some(part), JsonPath { path, text }))
}

fn not_one_by_one(part: &str, node: &Node) -> Diagnostic {
    error("E328", say::not_one_by_one(part))
        .at(node.place.clone())
        .why(say::not_one_by_one_why())
        .help(say::not_one_by_one_help(part))
}

/// Hosts that stand in the file or are put together from settings.
fn hosts(
    node: &Node,
    context: &Context<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<Template>> {
    let nodes = match node.list() {
        Some(items) => items.iter().collect(),
        None => vec![node],
    };
    let scope = Scope {
        within: Within::Url,
        settings: context.settings,
        names: &context.names,
    };
    let mut out = Vec::new();
    for node in nodes {
        let host = Template::compile(node, &scope, errors)?;
        if host.reads().any(|read| !read.starts_with("settings.")) {
            errors.push(
                error("E395", say::told_host())
                    .at(node.place.clone())
                    .why(say::told_host_why())
                    .help(say::told_host_help()),
            );
            return None;
        }
        // A setting can be any name, so one stands for it here.
        let mut text = host.text.clone();
        while let Some((start, end)) = text.find("{{").zip(text.find("}}")) {
            text.replace_range(start..end + 2, "x");
        }
        if Host::parse(&text).is_none() && text != "x" {
            errors.push(
                error("E396", say::no_host(&host.text))
                    .at(node.place.clone())
                    .help(say::no_host_help()),
            );
            return None;
        }
        out.push(host);
    }
    Some(out)
}

/// `500kB`, `10MB`, `1GB`, in steps of a thousand (E397).
fn size(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<u64> {
    let text = node.scalar().unwrap_or_default();
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "kb" => Some(1_000),
        "mb" => Some(1_000_000),
        "gb" => Some(1_000_000_000),
        _ => None,
    };
    let number = number.parse::<u64>().ok();
    let bytes = factor.zip(number).and_then(|(f, n)| n.checked_mul(f));
    let sound = bytes.filter(|bytes| (1..=MOST).contains(bytes));
    if sound.is_none() {
        errors.push(
            error("E397", say::no_size())
                .at(node.place.clone())
                .help(say::no_size_help()),
        );
    }
    sound
}
