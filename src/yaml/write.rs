//! Nodes as YAML again: what was merged or completed, in a form that [`super::parse`] reads as the same.
//!
//! Comments, anchors and the author's own line breaks are gone; texts stand in quotes unless they can be nothing else.

use super::{Name, Node, Value};

/// Mappings and lists that fit into so many characters stand on one line.
const WIDTH: usize = 110;

/// On one line.
pub fn flow(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text(text) => scalar(text),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(name, node)| format!("{}: {}", key(name), flow(node)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// As a file.
pub fn block(node: &Node) -> String {
    let mut out = String::new();
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => mapping(entries, 0, true, &mut out),
        _ => {
            out.push_str(&flow(node));
            out.push('\n');
        }
    }
    out
}

fn mapping(entries: &[(Name, Node)], indent: usize, top: bool, out: &mut String) {
    for (name, node) in entries {
        out.push_str(&" ".repeat(indent));
        out.push_str(&key(name));
        out.push(':');
        below(node, indent, top, out);
    }
}

/// What stands behind a colon or a dash.
fn below(node: &Node, indent: usize, open: bool, out: &mut String) {
    let line = flow(node);
    let empty = matches!(&node.value, Value::Map(e) if e.is_empty())
        || matches!(&node.value, Value::List(e) if e.is_empty());
    let fits = (!open || empty) && indent + line.chars().count() <= WIDTH;
    match &node.value {
        Value::Map(entries) if !fits => {
            out.push('\n');
            mapping(entries, indent + 2, false, out);
        }
        Value::List(items) if !fits && items.iter().any(|item| item.map().is_some()) => {
            out.push('\n');
            for item in items {
                out.push_str(&" ".repeat(indent + 2));
                out.push('-');
                match item.map() {
                    Some(entries) if indent + 4 + flow(item).chars().count() > WIDTH => {
                        let mut inner = String::new();
                        mapping(entries, indent + 4, false, &mut inner);
                        out.push(' ');
                        out.push_str(inner.trim_start());
                    }
                    _ => {
                        out.push(' ');
                        out.push_str(&flow(item));
                        out.push('\n');
                    }
                }
            }
        }
        _ => {
            out.push(' ');
            out.push_str(&line);
            out.push('\n');
        }
    }
}

fn key(name: &Name) -> String {
    // Keys are texts whatever they look like, and a number is one without quotes too.
    match name.text.bytes().all(|b| b.is_ascii_digit()) && !name.text.is_empty() {
        true => name.text.clone(),
        false => scalar(&name.text),
    }
}

/// A text: plain where every reader of YAML takes it for a text, else in double quotes.
pub fn scalar(text: &str) -> String {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '/');
    let signs = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_-./@".contains(&b));
    // `.inf` and `nan` are numbers to some.
    let number = text.parse::<f64>().is_ok();
    if starts && signs && !number && !words.contains(&text.to_ascii_lowercase().as_str()) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            sign if sign.is_control() || sign == '\u{feff}' => {
                out.push_str(&format!("\\U{:08X}", u32::from(sign)));
            }
            sign => out.push(sign),
        }
    }
    out.push('"');
    out
}

/// JSON on one line; of an exchange, what is asked stands before what is answered.
pub fn json(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => scalar(text),
        serde_json::Value::Array(items) => format!(
            "[{}]",
            items.iter().map(json).collect::<Vec<_>>().join(", ")
        ),
        serde_json::Value::Object(members) if members.is_empty() => "{}".to_owned(),
        serde_json::Value::Object(members) => {
            // What is asked stands before what is answered.
            let order = ["get", "post", "put", "patch", "delete", "head"];
            let rank = |name: &str| match name {
                "reply" => 2,
                name if order.contains(&name) => 0,
                _ => 1,
            };
            let mut all: Vec<(&String, &serde_json::Value)> = members.iter().collect();
            all.sort_by_key(|(name, _)| rank(name));
            let parts: Vec<String> = all
                .iter()
                .map(|(name, value)| format!("{}: {}", name_of(name), json(value)))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

fn name_of(name: &str) -> String {
    match !name.is_empty()
        && name.bytes().all(|sign| sign.is_ascii_digit())
        && !name.starts_with('0')
    {
        true => name.to_owned(),
        false => scalar(name),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Source;

    fn read(text: &str) -> Node {
        let source = Source {
            path: "x.yml".into(),
            text: text.to_owned(),
        };
        crate::yaml::parse(&Arc::new(source)).unwrap_or_else(|wrong| panic!("{wrong:?}\n{text}"))
    }

    #[test]
    fn what_is_written_reads_as_the_same() {
        let long = "word ".repeat(40);
        let text = format!(
            "a: 007\nb: {{ \"null\": null, x: true, \"true\": \"true\", n: \"12\", 7: [] }}\nc:\n  - {{ q: \"a'b\\\"c\\\\d: #e\", long: \"{long}\" }}\n  - [1, [2, {{}}]]\n  - plain\nd: \"$['@odata.nextLink']\"\ne: \"{{{{ value | soql }}}}\"\nf: \"\\n\\t\\u0007ä\"\n\"g h\": |\n  two\n  lines\n"
        );
        let node = read(&text);
        let written = block(&node);
        assert_eq!(flow(&read(&written)), flow(&node), "{written}");
        assert_eq!(block(&read(&written)), written);
        assert_eq!(
            flow(&read(&format!("x: {}\n", flow(&node)))),
            format!("{{ x: {} }}", flow(&node))
        );
    }
}
