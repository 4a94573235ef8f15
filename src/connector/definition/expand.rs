//! A connector with everything written out that a protocol or the language adds by itself, so that nothing is hidden in a default.
//!
//! What comes out is a connector file again and says the same. What replies mean where nothing is stated has no words of its own in
//! the language, so it stands in a comment.

use super::{Protocol, overlay, place};
use crate::connector::grammar::CAP;
use crate::connector::library::{Library, Volume};
use crate::connector::look_up::Right;
use crate::connector::rest::request::Next;
use crate::diagnostic::Result;
use crate::messages::{Lang, library as say};
use crate::yaml::{Name, Node, Value, write};

/// The text of a connector with what it extends and all defaults.
///
/// # Errors
/// Those of reading it.
pub fn expanded(volume: &Volume, library: &Library, lang: Lang) -> Result<String> {
    super::load(volume, library, None)?;
    let mut node = overlay::whole(&volume.source, library, None)?.node;
    let api = overlay::entry(&node, "api");
    let word = api.and_then(|api| overlay::entry(api, "protocol"));
    let word = word.and_then(Node::scalar).unwrap_or_default();
    let protocol = Protocol::of(&word).unwrap_or_default();
    let settings = child(&mut node, "settings").and_then(entries);
    for (_, setting) in settings.into_iter().flatten() {
        add(setting, "type", text("text"));
        add(setting, "secret", Value::Bool(false));
    }
    let mut inherited = Inherited {
        records: None,
        page: Value::Null,
    };
    if let Some(api) = child(&mut node, "api") {
        of_api(api, protocol);
        inherited.records = overlay::entry(api, "records").map(|node| node.value.clone());
        if let Some(page) = overlay::entry(api, "page") {
            inherited.page = page.value.clone();
        }
    }
    let objects = child(&mut node, "objects").and_then(entries);
    for (_, object) in objects.into_iter().flatten() {
        of_object(object, &inherited);
    }
    let look_up = child(&mut node, "look_up").and_then(entries);
    for (_, one) in look_up.into_iter().flatten() {
        let usual = usual_rights(one);
        add(one, "for", usual);
    }
    let replies = say::expanded_replies();
    Ok(format!("{}{}", replies.to(lang), write::block(&node)))
}

struct Inherited {
    records: Option<Value>,
    page: Value,
}

fn of_api(api: &mut Node, protocol: Protocol) {
    add(api, "protocol", text(protocol.word()));
    add(api, "auth", text("none"));
    if let Some(records) = protocol.records() {
        add(api, "records", text(&records.text));
    }
    match protocol.page().next {
        Next::Url(path) => {
            let next = (name(api, "next"), node(api, text(&path.text)));
            add(api, "page", Value::Map(vec![next]));
        }
        _ => add(api, "page", text("none")),
    }
    if let Some(page) = child(api, "page") {
        of_page(page);
    }
    let etag = match protocol.etag().and_then(|etag| etag.at) {
        Some(at) => text(&at.text),
        None => Value::Bool(false),
    };
    add(api, "etag", etag);
    add(api, "csrf", Value::Bool(protocol == Protocol::OData2));
    add(api, "limits", Value::Map(Vec::new()));
    if let Some(limits) = child(api, "limits") {
        add(limits, "retries", Value::Number("5".to_owned()));
        add(limits, "timeout", text("30s"));
        add(limits, "parallel", Value::Number("4".to_owned()));
    }
}

fn of_page(page: &mut Node) {
    if page.text() == Some("link_header") {
        let way = (name(page, "link_header"), node(page, Value::Bool(true)));
        page.value = Value::Map(vec![way]);
    }
    if page.map().is_none() {
        return;
    }
    if overlay::entry(page, "offset").is_some() {
        add(page, "start", Value::Number("0".to_owned()));
    } else if overlay::entry(page, "number").is_some() {
        add(page, "start", Value::Number("1".to_owned()));
    }
    add(page, "of", Value::Number("100".to_owned()));
    add(page, "max", Value::Number("10000".to_owned()));
}

fn of_object(object: &mut Node, inherited: &Inherited) {
    add(object, "key", text("id"));
    let place = overlay::entry(object, "find").and_then(Node::list);
    let place = place.is_some_and(|ways| {
        let by = |way: &Node| overlay::entry(way, "by").and_then(Node::scalar);
        ways.iter().any(|way| by(way).as_deref() == Some("all"))
    });
    let cap = if place { place::MOST } else { CAP };
    add(object, "cap", Value::Number(cap.to_string()));
    if overlay::entry(object, "remove").is_some() {
        add(object, "erase", text("remove"));
    }
    if let Some(Value::List(finders)) = child(object, "find").map(|node| &mut node.value) {
        for finder in finders {
            if !place {
                add(finder, "partial", Value::Bool(false));
            }
            of_search(finder, inherited);
        }
    }
    let parts = child(object, "export").and_then(entries);
    for (_, part) in parts.into_iter().flatten() {
        of_search(part, inherited);
    }
    if let Some(Value::List(files)) = child(object, "files").map(|node| &mut node.value) {
        for file in files {
            of_request(file);
            // An address that the system names is not shown the credentials.
            let below = ["get", "post"].into_iter();
            let mut below = below.filter_map(|verb| overlay::entry(file, verb));
            let below = below.any(|path| path.scalar().unwrap_or_default().starts_with('/'))
                || overlay::entry(file, "call").is_some();
            add(file, "auth", Value::Bool(below));
            add(file, "hosts", Value::List(Vec::new()));
            add(file, "limit", text("10MB"));
            add(file, "category", text("content.file"));
        }
    }
    if let Some(read) = child(object, "read") {
        of_request(read);
        if let Some(records) = &inherited.records {
            add(read, "records", records.clone());
        }
    }
    for action in [
        "remove",
        "anonymise",
        "restrict",
        "unrestrict",
        "rectify",
        "suppress",
    ] {
        let Some(action) = child(object, action) else {
            continue;
        };
        if overlay::entry(action, "manual").is_some() {
            continue;
        }
        add(action, "unconfirmed", Value::Bool(false));
        match child(action, "steps").map(|node| &mut node.value) {
            Some(Value::List(steps)) => steps.iter_mut().for_each(of_request),
            _ => of_request(action),
        }
        add(action, "verify", Value::Map(Vec::new()));
        if let Some(verify) = child(action, "verify") {
            add(verify, "after", text("0s"));
            add(verify, "within", text("0s"));
        }
    }
}

/// A request whose reply goes on over pages.
fn of_search(request: &mut Node, inherited: &Inherited) {
    of_request(request);
    if let Some(records) = &inherited.records {
        add(request, "records", records.clone());
    }
    add(request, "page", inherited.page.clone());
    if let Some(page) = child(request, "page") {
        of_page(page);
    }
}

fn of_request(request: &mut Node) {
    let has = |verb: &str| overlay::entry(request, verb).is_some();
    let reads = has("get") || has("head");
    let repeats = !has("post") && !has("patch") && !has("call");
    add(request, "read_only", Value::Bool(reads));
    add(request, "idempotent", Value::Bool(repeats));
    if let Some(poll) = child(request, "poll") {
        add(poll, "every", text("5s"));
        add(poll, "within", text("15m"));
    }
}

/// The rights for which somebody looks where the file does not say.
fn usual_rights(near: &Node) -> Value {
    let words = Right::USUAL
        .iter()
        .map(|right| node(near, text(right.word())));
    Value::List(words.collect())
}

fn entries(node: &mut Node) -> Option<&mut Vec<(Name, Node)>> {
    match &mut node.value {
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

fn child<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let found = entries(node)?.iter_mut().find(|(name, _)| name.text == key);
    found.map(|(_, node)| node)
}

fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

/// A key that stands where the mapping itself does.
fn name(near: &Node, key: &str) -> Name {
    Name {
        text: key.to_owned(),
        place: near.place.clone(),
    }
}

fn node(near: &Node, value: Value) -> Node {
    Node {
        value,
        place: near.place.clone(),
    }
}

/// Adds what is not stated. A null is a way not to state something.
fn add(to: &mut Node, key: &str, value: Value) {
    if matches!(value, Value::Null) {
        return;
    }
    let (new_name, new_node) = (name(to, key), node(to, value));
    let Some(entries) = entries(to) else { return };
    match entries.iter_mut().find(|(name, _)| name.text == key) {
        Some((_, found)) if matches!(found.value, Value::Null) => *found = new_node,
        Some(_) => {}
        None => entries.push((new_name, new_node)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::connector::definition::{self, Definition};
    use crate::connector::library::{self, Origin};
    use crate::diagnostic::Source;

    /// Everything of a connector that decides what it does, as text.
    fn said(definition: &Definition) -> String {
        // Limits of objects and requests are counted under numbers of their own, handed out as files are read.
        let counter = regex::Regex::new(r"counter: \d+").unwrap();
        let (api, objects) = (&definition.api, &definition.objects);
        let all = format!("{api:#?}\n{objects:#?}\n{:#?}", definition.look_up);
        counter.replace_all(&all, "counter: _").into_owned()
    }

    fn says_the_same(volume: &Volume) {
        let text = expanded(volume, &Library::default(), Lang::En).unwrap();
        let again = |text: String| {
            let path = volume.source.path.clone();
            definition::parse(Arc::new(Source { path, text }))
                .unwrap_or_else(|wrong| panic!("{:#?}", wrong.diagnostics))
        };
        let before = again(volume.source.text.clone());
        let (before, after) = (said(&before), said(&again(text.clone())));
        let unlike = before
            .lines()
            .zip(after.lines())
            .position(|(one, other)| one != other);
        if let Some(line) = unlike {
            let near = |said: &str| {
                let lines: Vec<&str> = said.lines().skip(line.saturating_sub(8)).take(12).collect();
                lines.join("\n")
            };
            let name = &volume.name;
            panic!("{name}:\n{}\n\n{}\n\n{text}", near(&before), near(&after));
        }
    }

    #[test]
    fn what_is_written_out_says_the_same() {
        for name in library::shipped_names() {
            says_the_same(&library::shipped(name).unwrap());
        }
        for protocol in ["odata2", "odata4"] {
            let text = format!(
                "dsr: 1\nconnector: erp\nversion: 1.0.0\nsettings: {{ key: {{ secret: true }} }}\napi: {{ protocol: {protocol}, url: https://erp.example.org, auth: {{ bearer: \"{{{{ settings.key }}}}\" }} }}\nobjects:\n  people:\n    find:\n      - {{ by: email, get: /People, query: {{ mail: \"{{{{ value }}}}\" }} }}\n      - {{ by: email, post: /Search, read_only: true, body: {{ q: \"{{{{ value }}}}\" }}, page: {{ offset: query.from }} }}\n    fields: {{ email: {{ category: contact.email, identity: email }} }}\n    remove: {{ steps: [{{ post: \"/People/{{{{ record.id }}}}/hide\" }}, {{ delete: \"/People/{{{{ record.id }}}}\" }}], verify: {{ within: 1m }} }}\n"
            );
            let source = Arc::new(Source {
                path: "erp.yml".into(),
                text,
            });
            says_the_same(&Volume {
                name: "erp".into(),
                origin: Origin::Path,
                source,
            });
        }
    }
}
