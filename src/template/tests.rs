//! The promise under attack: no value changes the structure of what it is put into.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::diagnostic::Source;

mod conditions;
mod joining;

fn node(yaml: &str) -> Node {
    let source = Arc::new(Source {
        path: "x.yml".into(),
        text: yaml.into(),
    });
    crate::yaml::parse(&source).expect("test text is YAML")
}

fn key() -> Vec<String> {
    vec!["id".to_owned()]
}

fn compile_in(yaml: &str, within: Within) -> Result<Structure, Vec<Diagnostic>> {
    let settings = BTreeMap::from([("url".to_owned(), false), ("token".to_owned(), true)]);
    let key = key();
    let scope = Scope {
        within,
        settings: &settings,
        names: &[
            ("value".into(), Members::Value),
            ("record".into(), Members::Record(&key)),
            ("before".into(), Members::Plain),
            ("masked".into(), Members::Value),
        ],
    };
    let mut errors = Vec::new();
    let structure = Structure::compile(&node(yaml), &scope, &mut errors);
    structure.filter(|_| errors.is_empty()).ok_or(errors)
}

fn template(yaml: &str, within: Within) -> Template {
    match compile_in(yaml, within).expect("compiles") {
        Structure::Leaf(template) => template,
        _ => panic!("no scalar"),
    }
}

fn code(yaml: &str, within: Within) -> &'static str {
    let errors = compile_in(yaml, within).expect_err("must be refused");
    assert!(
        !errors[0].help.is_empty(),
        "no remedy: {}",
        errors[0].what.en
    );
    errors[0].code
}

fn names(value: &str) -> Names {
    Names::default().with("value", value).with(
        "record",
        json!({"id": 7, "name": value, "none": null, "list": [1, 2]}),
    )
}

/// Values that have broken out of something somewhere.
const HOSTILE: &[&str] = &[
    "../../admin",
    "..",
    ".",
    "%2e%2e",
    "%2E%2E/",
    "a/b",
    "a?b=c",
    "a#b",
    "a&b=c",
    "a;b",
    "a\\b",
    "\"",
    "'",
    "o'brien@example.org",
    "\r\nX-Evil: 1",
    "a\nb",
    "{{ 7 * 7 }}",
    "{% x %}",
    "}}",
    "{\"id\": 1}",
    "\u{202e}",
    "\u{0}",
    "ü@example.org",
    "＇",
    "／",
    "a b",
    "' or '1'='1",
    "\" OR type:admin \"",
    "\\' OR 1=1 --",
    "*",
    "%",
    "a,b",
    "]]>",
    "<x/>",
    "\u{2028}",
    "//evil.example",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(HOSTILE).prop_map(str::to_owned),
        "\\PC{0,20}",
        any::<String>(),
        "[./%?#&='\"{}\\\\\r\n 2eE]{0,12}",
    ]
}

proptest! {
    #[test]
    fn a_value_in_a_path_is_one_segment(value in value()) {
        let path = template("\"/guests/{{ value }}/notes\"", Within::Path);
        match path.path(&names(&value)) {
            Ok(path) => {
                let url = url::Url::parse(&format!("https://api.example.org/v2{path}")).unwrap();
                let segments: Vec<&str> = url.path_segments().unwrap().collect();
                prop_assert_eq!(segments.len(), 4, "{}", url);
                prop_assert_eq!((segments[0], segments[1], segments[3]), ("v2", "guests", "notes"));
                prop_assert_eq!(percent_decode_str(segments[2]).decode_utf8().unwrap(), value.as_str());
                prop_assert_eq!(url.host_str(), Some("api.example.org"));
                prop_assert!(url.query().is_none() && url.fragment().is_none());
            }
            Err(_) => prop_assert!(value.trim().is_empty() || value == "." || value == ".."),
        }
    }

    #[test]
    fn a_value_in_a_body_is_one_leaf(value in value()) {
        let body = compile_in("{ a: \"{{ value }}\", b: { c: 1 }, d: [\"{{ record.name }}\"] }", Within::Body).unwrap();
        let sent = body.render(&names(&value)).unwrap();
        let back: Json = serde_json::from_str(&sent.to_string()).unwrap();
        prop_assert_eq!(back, json!({"a": value, "b": {"c": 1}, "d": [value]}));
    }

    #[test]
    fn a_value_in_a_header_stays_on_its_line(value in value()) {
        let header = template("\"{{ value }}\"", Within::Header);
        if let Ok(header) = header.header(&names(&value)) {
            prop_assert!(header.chars().all(|c| c == ' ' || c.is_ascii_graphic()));
            prop_assert_eq!(header, value);
        }
    }

    #[test]
    fn quoting_filters_keep_what_they_quote(value in value()) {
        for (filter, mark, escape) in [("soql", '\'', '\\'), ("jql", '"', '\\'), ("quoted", '"', '\\'), ("odata", '\'', '\''), ("sql", '\'', '\''), ("csv", '"', '"')] {
            let query = template(&format!("'a = {{{{ value | {filter} }}}} and b'"), Within::Query);
            let Ok(text) = query.text(&names(&value)) else { continue };
            let quoted = text.strip_prefix("a = ").and_then(|t| t.strip_suffix(" and b")).unwrap();
            let inner = quoted.strip_prefix(mark).and_then(|t| t.strip_suffix(mark)).unwrap();
            // Reading it back by the notation's rule gives the value and ends only at the end.
            let mut plain = String::new();
            let mut chars = inner.chars();
            while let Some(c) = chars.next() {
                if c == escape {
                    plain.push(chars.next().expect("an escape is followed by what it escapes"));
                } else {
                    prop_assert_ne!(c, mark, "{} breaks out of {}", value, filter);
                    plain.push(c);
                }
            }
            prop_assert_eq!(&plain, &value);
        }
    }

    #[test]
    fn a_value_in_an_ldap_filter_is_one_assertion(value in value()) {
        let filter = template("'(&(mail={{ value | ldap }})(objectClass=person))'", Within::Query);
        if let Ok(text) = filter.text(&names(&value)) {
            let inner = text.strip_prefix("(&(mail=").and_then(|t| t.strip_suffix(")(objectClass=person))")).unwrap();
            let mut plain = Vec::new();
            let mut bytes = inner.bytes();
            while let Some(byte) = bytes.next() {
                prop_assert!(!b"*()\0".contains(&byte), "{} breaks out", value);
                plain.push(if byte == b'\\' {
                    let pair = [bytes.next().unwrap(), bytes.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap()
                } else {
                    byte
                });
            }
            prop_assert_eq!(String::from_utf8(plain).unwrap(), value);
        }
    }

    #[test]
    fn xml_and_url_mean_what_they_were_given(value in value()) {
        let text = template("'a={{ value | url }}&b=1'", Within::Query);
        if let Ok(text) = text.text(&names(&value)) {
            let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
            prop_assert_eq!(pairs, [("a".to_owned(), value.clone()), ("b".to_owned(), "1".to_owned())]);
        }
        let text = template("'<a>{{ value | xml }}</a>'", Within::Body);
        if let Ok(text) = text.text(&names(&value)) {
            let inner = text.strip_prefix("<a>").and_then(|t| t.strip_suffix("</a>")).unwrap();
            prop_assert!(!inner.contains(['<', '>', '"', '\'']));
            let plain = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            prop_assert_eq!(plain, value);
        }
    }

    #[test]
    fn text_lets_nothing_through_that_means_something(value in value()) {
        let query = template("\"id:{{ record.id | text }}\"", Within::Query);
        let names = Names::default().with("record", json!({"id": value}));
        if let Ok(text) = query.text(&names) {
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:@+~/=".contains(c)));
        }
    }
}

#[test]
fn a_lone_expression_keeps_its_type() {
    let body = compile_in(
        "{ n: \"{{ record.id }}\", t: \"x{{ record.id | text }}\", l: \"{{ record.list }}\", z: \"{{ record.none }}\", m: \"{{ record | merge({'name': 'x'}) }}\" }",
        Within::Body,
    )
    .unwrap();
    assert_eq!(
        body.render(&names("v")).unwrap(),
        json!({"n": 7, "t": "x7", "l": [1, 2], "z": null, "m": {"id": 7, "name": "x", "none": null, "list": [1, 2]}})
    );
}

#[test]
fn missing_values_are_errors_in_texts_and_false_in_conditions() {
    let missing = |yaml| template(yaml, Within::Query).text(&names("v")).unwrap_err();
    for yaml in [
        "\"{{ record.nope }}\"",
        "\"{{ record.none }}\"",
        "\"{{ record.a.b }}\"",
        "\"{{ record.nope | lower }}\"",
    ] {
        assert!(matches!(missing(yaml), Unfit::Missing(_)), "{yaml}");
    }
    assert!(matches!(
        template("\"{{ record.list }}\"", Within::Path).path(&names("v")),
        Err(Unfit::Refused(_))
    ));
    for blank in ["", " ", "\t"] {
        assert!(
            template("\"/g/{{ value }}\"", Within::Path)
                .path(&names(blank))
                .is_err()
        );
        assert!(
            template("\"{{ value }}\"", Within::Query)
                .text(&names(blank))
                .is_err()
        );
    }

    let settings = BTreeMap::new();
    let scope = Scope {
        within: Within::Condition,
        settings: &settings,
        names: &[
            ("status".into(), Members::Plain),
            ("body".into(), Members::Value),
        ],
    };
    let condition = |text: &str| {
        let mut errors = Vec::new();
        Condition::compile(&node(&format!("\"{text}\"")), &scope, &mut errors).expect("compiles")
    };
    let names = Names::default()
        .with("status", 200)
        .with("body", json!({"error": {"code": 5}, "ok": true}));
    let both = |text: &str| {
        let condition = condition(text);
        (
            condition.holds(&names).unwrap(),
            condition.proves(&names).unwrap(),
        )
    };
    assert_eq!(both("status == 200"), (true, true));
    assert_eq!(both("body.ok"), (true, true));
    assert_eq!(both("body.error"), (true, false));
    assert_eq!(both("body.nope.at.all == 1"), (false, false));
    assert_eq!(
        both("body.state != 'active'"),
        (true, false),
        "an absent field proves nothing"
    );
    assert_eq!(
        both("status in [200, 204] and body.error.code == 5"),
        (true, true)
    );
    // What `default` stands in for may be missing, what it would be in may not.
    assert_eq!(both("body.state | default('off') == 'off'"), (true, true));
    assert_eq!(
        both("body.a.state | default('off') == 'off'"),
        (true, false)
    );
    assert_eq!(
        both("body.ok.state | default('off') == 'off'"),
        (true, false)
    );
    assert_eq!(
        both("body.state | default('off') == 'off' and body.state != 'on'"),
        (true, false)
    );
    assert_eq!(both("body.ok and (body.nope or body.ok)"), (true, false));
    let computed = |text: &str| condition(text).holds(&names);
    assert!(matches!(
        computed("body.items | length > 0"),
        Err(Unfit::Missing(_))
    ));
    assert!(matches!(
        computed("body.ok | length > 0"),
        Err(Unfit::Refused(_))
    ));
    assert_eq!(computed("body.items | default([]) | length > 0"), Ok(false));
}

#[test]
fn a_text_fits_what_it_was_made_of() {
    let fits = |yaml: &str, text: &str| template(yaml, Within::Path).fits(text);
    assert!(fits("\"/g\"", "/g"));
    assert!(!fits("\"/g\"", "/g/1") && !fits("\"/g\"", "a/g"));
    assert!(fits("\"/g/{{ value }}\"", "/g/7"));
    assert!(!fits("\"/g/{{ value }}\"", "/h/7"));
    assert!(fits("\"/g/{{ value }}/x\"", "/g/a/x/x"));
    assert!(!fits("\"/g/{{ value }}/x\"", "/g/a/y"));
    assert!(fits("\"{{ value }}\"", ""));
    assert!(fits("\"/{{ value }}/m/{{ value }}\"", "/a/m/b"));
    assert!(!fits("\"/{{ value }}/m/{{ value }}\"", "/a/n/b"));
}

#[test]
fn what_no_template_may_say() {
    use Within::*;
    assert_eq!(code("\"{% if value %}x\"", Query), "E301");
    assert_eq!(code("\"{# note #}\"", Query), "E301");
    assert_eq!(code("{ \"{{ value }}\": 1 }", Body), "E301");
    for unquoted in [
        "\"mail = '{{ value }}'\"",
        "\"a{{ value | lower }}\"",
        "\"a{{ (value | soql) ~ value }}\"",
        "\"a{{ value if value else value | soql }}\"",
        "\"a{{ value | soql | lower }}\"",
        "\"a{{ (value | soql).x }}\"",
        "\" {{ value }}\"",
        "\"{{ value }}{{ value }}\"",
        "\"a{{ value | text }}\"",
        "\"a{{ record.name | text }}\"",
        "\"a{{ [value][0] | text }}\"",
        "\"a{{ value | replace('x', value) | text }}\"",
        "\"{{ value | text }}\"",
    ] {
        for within in [Query, Header, Body] {
            assert_eq!(code(unquoted, within), "E302", "{unquoted}");
        }
    }
    assert_eq!(code("\"/A('{{ value }}')\"", Path), "E302");
    assert_eq!(code("\"/A({{ value }})\"", Path), "E302");
    assert!(compile_in("\"/A({{ value | odata }})\"", Path).is_ok());
    assert!(
        compile_in(
            "\"a{{ value | digits | text }} {{ before | text }}\"",
            Query
        )
        .is_ok()
    );
    assert_eq!(code("\"{{ vaule }}\"", Query), "E303");
    assert_eq!(code("\"{{ settings.token }}\"", Query), "E113");
    assert_eq!(code("\"{{ settings.nope }}\"", Query), "E111");
    assert_eq!(code("\"{{ settings }}\"", Query), "E111");
    assert_eq!(code("\"{{ settings['token'] }}\"", Query), "E111");
    for syntax in [
        "\"{{ value\"",
        "\"{{ }}\"",
        "\"{{ value | }}\"",
        "\"{{ value | nosuch }}\"",
        "\"{{ value | map(attribute='x') }}\"",
        "\"{{ range(9) }}\"",
        "\"{{ value.upper() }}\"",
        "\"{{ value is defined }}\"",
        "\"{{ (value)() }}\"",
        "\"{{ 1 + }}\"",
        "\"{{ value[::-1] }}\"",
        "\"{{ (value | digits)[0:3:1] | lower }}\"",
        "\"{{ value }} }} {{ value\"",
    ] {
        let found = code(syntax, Path);
        assert_eq!(found, "E304", "{syntax}");
    }
}

#[test]
fn errors_stand_at_the_expression_in_the_file() {
    let errors = compile_in(
        "\"mail = {{ value | sql }} and '{{ vaule }}'\"",
        Within::Query,
    )
    .unwrap_err();
    assert_eq!(errors[0].code, "E303");
    let place = errors[0].place.as_ref().unwrap();
    assert_eq!(&place.source.text[place.start..place.end], "vaule");
    assert_eq!(errors[0].help[0].en, "did you mean `value`?");
    let errors = compile_in("x: \"{{ value | lowr }}\"", Within::Body).unwrap_err();
    let place = errors[0].place.as_ref().unwrap();
    assert_eq!(&place.source.text[place.start..place.end], "lowr");
    assert_eq!(errors[0].help[0].en, "did you mean `lower`?");
}

#[test]
fn filters_compute_what_vendors_ask_for() {
    let render = |expression: &str, value: &str| {
        template(&format!("\"{{{{ {expression} }}}}\""), Within::Path)
            .text(&names(value))
            .ok()
    };
    // RFC 1321, A.5 and FIPS 180-4.
    assert_eq!(
        render("value | lower | md5", "ABC").as_deref(),
        Some("900150983cd24fb0d6963f7d28e17f72")
    );
    assert_eq!(
        render("value | sha256", "abc").as_deref(),
        Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    );
    assert_eq!(
        render("value | digits", "+49 (30) 12").as_deref(),
        Some("493012")
    );
    assert_eq!(
        render("value | date('%d.%m.%Y')", "2026-11-21T23:30:00Z").as_deref(),
        Some("21.11.2026")
    );
    assert_eq!(
        render("value | date('%d.%m.%Y')", "/Date(1735689600000+0060)/").as_deref(),
        Some("01.01.2025")
    );
    assert_eq!(
        render("value | sql", "back\\slash"),
        None,
        "MySQL and the standard read it differently"
    );
    assert_eq!(render("record.id | soql", "x").as_deref(), Some("7"));
    assert_eq!(
        render("value | xml", "<a&'\">").as_deref(),
        Some("&lt;a&amp;&#39;&quot;&gt;")
    );
    assert_eq!(render("value | url", "a/ü").as_deref(), Some("a%2F%C3%BC"));
    assert_eq!(render("value | xml", "\u{ffff}"), None);
    // RFC 4515, section 4.
    assert_eq!(
        render(
            "value | ldap",
            "Parens R Us (for all your parenthetical needs)"
        )
        .as_deref(),
        Some("Parens R Us \\28for all your parenthetical needs\\29")
    );
    assert_eq!(
        render("value | ldap", "C:\\*").as_deref(),
        Some("C:\\5c\\2a")
    );
    assert_eq!(ldap_assertion("\0 "), "\\00\\20");
}

#[test]
fn members_in_brackets_are_members() {
    let reads = |yaml: &str| {
        template(yaml, Within::Body)
            .reads()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(reads("\"{{ record['@id'] }}\""), ["record.@id"]);
    assert_eq!(reads("\"{{ record[\\\"id\\\"] }}\""), ["record.id"]);
    assert_eq!(
        reads("\"{{ record['id'] if record.name else record['x'] }}\""),
        ["record.id", "record.name", "record.x"]
    );
    for whole in [
        "\"{{ record }}\"",
        "\"{{ record[value] }}\"",
        "\"{{ record['id'] if record else 1 }}\"",
        "\"{{ record['a.b'] }}\"",
        "\"{{ record['i' ~ 'd'] }}\"",
        "\"{{ [record]['id'] }}\"",
    ] {
        assert!(reads(whole).contains(&"record".to_owned()), "{whole}");
    }
    assert_eq!(code("\"{{ settings['token'] }}\"", Within::Query), "E111");
    let path = template("\"/g/{{ record['id'] }}\"", Within::Path);
    assert_eq!(path.path(&names("v")).unwrap(), "/g/7");
}

#[test]
fn debug_shows_no_value() {
    assert_eq!(format!("{:?}", names("anna@example.org")), "[names]");
}

#[test]
fn an_expression_cannot_grow_beyond_its_bounds() {
    let ten = "'aaaaaaaaaa'";
    let tenfold = " | replace('a', 'aaaaaaaaaa')".repeat(11);
    for grown in [
        format!("{ten}{tenfold}"),
        format!("({ten}{tenfold}) | length"),
        format!("{ten} * 100000000000"),
        format!("({ten} * 100000000000) | length"),
        format!("([{ten}] * 100000000000) | length"),
    ] {
        let yaml = format!("\"{{{{ {grown} }}}}\"");
        let Ok(Structure::Leaf(template)) = compile_in(&yaml, Within::Body) else {
            continue;
        };
        assert!(
            matches!(template.value(&names("x")), Err(Unfit::Refused(_))),
            "{grown}"
        );
    }
    let short = template("\"{{ value | replace('a', 'bb') }}\"", Within::Body);
    assert_eq!(short.value(&names("banana")), Ok(json!("bbbnbbnbb")));
}
