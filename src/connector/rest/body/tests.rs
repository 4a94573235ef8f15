//! No value changes the structure of a body, and what one end writes the other reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::connector::rest::client::Reply;
use crate::connector::rest::request::Decode;
use crate::diagnostic::Source;
use crate::template::{Members, Scope, Within};
use crate::yaml::Node;

fn node(yaml: &str) -> Node {
    let source = Arc::new(Source {
        path: "x.yml".into(),
        text: yaml.into(),
    });
    crate::yaml::parse(&source).expect("test text is YAML")
}

fn structure(yaml: &str) -> Structure {
    let key = ["id".to_owned()];
    let scope = Scope {
        within: Within::Body,
        settings: &BTreeMap::new(),
        names: &[
            ("value".into(), Members::Value),
            ("record".into(), Members::Record(&key)),
        ],
    };
    let mut errors = Vec::new();
    let structure = Structure::compile(&node(yaml), &scope, &mut errors);
    assert!(errors.is_empty(), "{errors:?}");
    structure.expect("compiles")
}

fn names(value: impl serde::Serialize) -> Names {
    Names::default().with("value", value).with(
        "record",
        json!({"id": 7, "tags": ["a", "b"], "flag": true, "none": null, "tree": {"x": {"@y": "1", "#text": "z"}, "l": [1, 2]}}),
    )
}

fn made(body: &Body, names: &Names) -> Result<(String, &'static str), String> {
    let (payload, kind) = make(body, names, false).map_err(|fault| fault.code)?;
    Ok((String::from_utf8(payload.bytes()).unwrap(), kind))
}

fn back(decode: Decode, text: &str) -> Value {
    let reply = Reply {
        status: 200,
        headers: reqwest::header::HeaderMap::new(),
        body: text.as_bytes().to_vec(),
        url: url::Url::parse("https://api.example.org/").unwrap(),
        decode: Some(decode),
    };
    reply.content().expect("readable").value
}

#[test]
fn every_notation_with_its_content_type() {
    let names = names("A & B");
    let form = ["{{ value }}", "{{ record.tags }}", "{{ record.none }}"];
    let form = form
        .iter()
        .enumerate()
        .map(|(i, text)| (format!("k{i}"), structure(&format!("\"{text}\""))))
        .collect();
    assert_eq!(
        made(&Body::Form(form), &names),
        Ok((
            "k0=A+%26+B&k1=a&k1=b&k2=".to_owned(),
            "application/x-www-form-urlencoded"
        ))
    );
    let xml = structure(
        "{ guest: { \"@id\": \"{{ record.id }}\", zip: \"{{ value }}\", note: { \"@lang\": de, \"#text\": \"{{ value }}\" }, tag: \"{{ record.tags }}\", alias: [x, 5], flag: \"{{ record.flag }}\", none: null, more: \"{{ record.tree }}\" } }",
    );
    assert_eq!(
        made(&Body::Xml(xml), &names),
        Ok((
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<guest id=\"7\"><zip>A &amp; B</zip><note lang=\"de\">A &amp; B</note><tag>a</tag><tag>b</tag><alias>x</alias><alias>5</alias><flag>true</flag><none></none><more><l>1</l><l>2</l><x y=\"1\">z</x></more></guest>".to_owned(),
            "application/xml"
        ))
    );
    let csv = structure(
        "[{ mail: \"{{ value }}\", id: \"{{ record.id }}\" }, { id: 8, mail: 'say \"x\", y' }]",
    );
    assert_eq!(
        made(&Body::Csv(csv), &names),
        Ok((
            "mail,id\r\nA & B,7\r\n\"say \"\"x\"\", y\",8\r\n".to_owned(),
            "text/csv; charset=utf-8"
        ))
    );
    let Structure::Leaf(text) = structure("\"remove {{ value | quoted }}\"") else {
        panic!()
    };
    assert_eq!(
        made(&Body::Text(text), &names),
        Ok(("remove \"A & B\"".to_owned(), "text/plain; charset=utf-8"))
    );
}

#[test]
fn what_a_notation_cannot_hold_is_refused() {
    let refused = |body: &Body, value: Value| made(body, &names(value)).unwrap_err();
    let xml = Body::Xml(structure("{ a: { b: \"{{ value }}\" } }"));
    for value in ["\u{0}", "a\u{b}b", "\u{1b}", "\u{fffe}", "\u{ffff}"] {
        assert_eq!(refused(&xml, json!(value)), "E330", "{value:?}");
    }
    for value in [
        json!([["a"]]),
        json!({"a b": 1}),
        json!({"": 1}),
        json!({"x><y": 1}),
        json!({"@a": {"b": 1}}),
        json!({"@a b": 1}),
        json!({"#text": [1]}),
    ] {
        assert_eq!(refused(&xml, value.clone()), "E330", "{value}");
    }
    let root = Body::Xml(structure("{ a: \"{{ value }}\" }"));
    assert_eq!(refused(&root, json!(["x", "y"])), "E330");
    let csv = Body::Csv(structure("[{ a: \"{{ value }}\" }]"));
    for value in [json!("\u{0}"), json!("\u{1b}"), json!([1]), json!({"a": 1})] {
        assert_eq!(refused(&csv, value.clone()), "E330", "{value}");
    }
    let rows = Body::Csv(structure("\"{{ value }}\""));
    for value in [
        json!("a,b"),
        json!([]),
        json!([{}]),
        json!(["a"]),
        json!([{"a": 1}, {"b": 1}]),
        json!([{"a": 1}, {"a": 1, "b": 2}]),
    ] {
        assert_eq!(refused(&rows, value.clone()), "E330", "{value}");
    }
    assert_eq!(
        made(
            &rows,
            &names(json!([{"b": 1, "a": null}, {"a": "x", "b": 2}]))
        ),
        Ok(("a,b\r\n,1\r\nx,2\r\n".to_owned(), "text/csv; charset=utf-8"))
    );
    let form = Body::Form(vec![("a".to_owned(), structure("\"{{ value }}\""))]);
    for value in [json!({"a": 1}), json!([[1]])] {
        assert_eq!(refused(&form, value.clone()), "E330", "{value}");
    }
    // An empty criterion of a search may be taken for none.
    for body in [&xml, &csv, &form] {
        for blank in [json!(""), json!(" "), Value::Null] {
            let outcome = make(body, &names(blank), true).map(|(payload, _)| payload.bytes());
            assert_eq!(outcome.unwrap_err().code, "E317");
        }
    }
}

#[test]
fn parameters_of_pages_go_into_the_tree() {
    let mut payload = Payload::Tree(json!({"a": {"b": 1}}));
    let put = |payload: &mut Payload, path: &str, value: Value| {
        let names: Vec<String> = path.split('.').map(str::to_owned).collect();
        payload.put(&names, value)
    };
    put(&mut payload, "a.c.d", json!("x")).unwrap();
    put(&mut payload, "n", json!(5)).unwrap();
    put(&mut payload, "n", json!(6)).unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&payload.bytes()).unwrap(),
        json!({"a": {"b": 1, "c": {"d": "x"}}, "n": 6})
    );
    assert!(put(&mut payload, "n.m", json!(1)).is_err());
    assert!(put(&mut Payload::Bytes(Vec::new()), "n", json!(1)).is_err());
}

/// Texts of all kinds, with what has a meaning in some notation more often than by chance.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,20}",
        any::<String>(),
        "[<>&'\"\\]\\[!?/=;,#%+ \r\n\taé\u{0}-]{0,16}",
    ]
}

proptest! {
    #[test]
    fn a_value_in_a_form_is_one_parameter(value in value()) {
        let form = Body::Form(vec![
            ("a".to_owned(), structure("\"{{ value }}\"")),
            ("b&c".to_owned(), structure("'x'")),
        ]);
        let (text, _) = made(&form, &names(&value)).unwrap();
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        prop_assert_eq!(pairs, [("a".to_owned(), value), ("b&c".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn a_value_in_xml_is_one_text(value in value()) {
        let xml = Body::Xml(structure("{ r: { \"@a\": \"{{ value }}\", b: \"{{ value }}\", c: \"{{ value }}\", d: 1 } }"));
        match made(&xml, &names(&value)) {
            Ok((text, _)) => prop_assert_eq!(
                back(Decode::Xml, &text),
                json!({"r": {"@a": value, "b": value, "c": value, "d": "1"}})
            ),
            Err(_) => prop_assert!(!value.chars().all(is_xml_char)),
        }
    }

    #[test]
    fn a_value_in_csv_is_one_cell(value in value()) {
        let csv = Body::Csv(structure("[{ a: \"{{ value }}\", b: 1 }, { a: x, b: \"{{ value }}\" }]"));
        match made(&csv, &names(&value)) {
            Ok((text, _)) => prop_assert_eq!(
                back(Decode::Csv, &text),
                json!([{"a": value, "b": "1"}, {"a": "x", "b": value}])
            ),
            Err(_) => prop_assert!(value.chars().any(|c| c.is_control() && !"\t\r\n".contains(c))),
        }
    }

    #[test]
    fn a_value_in_a_text_stays_within_its_quotes(value in value()) {
        let Structure::Leaf(text) = structure("\"<a b='1'>{{ value | xml }}</a>\"") else { panic!() };
        if let Ok((text, _)) = made(&Body::Text(text), &names(&value)) {
            prop_assert_eq!(back(Decode::Xml, &text), json!({"a": {"@b": "1", "#text": value}}));
        }
    }
}
