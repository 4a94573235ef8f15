use serde_json::json;

use super::*;
use crate::connector::rest::page;
use crate::connector::rest::request::{Page, Source};

fn reply(content_type: &str, body: &[u8], decode: Option<Decode>) -> Reply {
    let mut headers = reqwest::header::HeaderMap::new();
    if !content_type.is_empty() {
        headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
    }
    Reply {
        status: 200,
        headers,
        body: body.to_vec(),
        url: url::Url::parse("https://api.example.org/x").unwrap(),
        decode,
    }
}

fn read(content_type: &str, body: &str, decode: Option<Decode>) -> Result<Value, String> {
    let content = reply(content_type, body.as_bytes(), decode).content();
    content.map(|c| c.value).map_err(|fault| fault.code)
}

fn xml(body: &str) -> Result<Value, String> {
    read("", body, Some(Decode::Xml))
}

fn path(text: &str) -> JsonPath {
    JsonPath {
        path: serde_json_path::JsonPath::parse(text).unwrap(),
        text: text.to_owned(),
    }
}

fn records(body: &str, records: &str, total: Option<&str>) -> Result<Vec<Value>, String> {
    let mut content = reply("text/xml", body.as_bytes(), None).content().unwrap();
    let page = Page {
        total: total.map(|text| Source::Body(path(text))),
        ..Page::default()
    };
    page::of_reply(&mut content, &path(records), &page).map_err(|fault| fault.code)
}

#[test]
fn the_content_type_decides_where_nothing_is_stated() {
    let rows = json!([{"id": "1", "name": "N"}]);
    for (content_type, body, value) in [
        ("", "{\"a\": 1}", json!({"a": 1})),
        ("application/json", "\u{feff}[1]", json!([1])),
        ("Application/JSON; charset=utf-8", "[1]", json!([1])),
        ("application/vnd.api+json", "[1]", json!([1])),
        (
            "application/x-ndjson",
            "{\"a\":1}\r\n\n{\"a\":2}\n",
            json!([{"a": 1}, {"a": 2}]),
        ),
        ("application/jsonl", "", json!([])),
        (
            "text/csv; header=present",
            "id,name\r\n1,N\r\n",
            rows.clone(),
        ),
        (
            "text/csv",
            "id,name\n1,\"N, \"\"x\"\"\ny\"\n",
            json!([{"id": "1", "name": "N, \"x\"\ny"}]),
        ),
        ("application/csv", "id,name\n", json!([])),
        ("text/xml", "<a>1</a>", json!({"a": "1"})),
        ("application/atom+xml", "<a>1</a>", json!({"a": "1"})),
        ("text/plain", "accepted", json!("accepted")),
        ("image/png", "\u{1}", json!("AQ==")),
    ] {
        assert_eq!(read(content_type, body, None), Ok(value), "{content_type}");
    }
    // Latin-1, as the header says; 0xFC is ü.
    let latin = reply("text/csv; charset=iso-8859-1", b"id,name\n1,\xfc\n", None);
    assert_eq!(
        latin.content().unwrap().value,
        json!([{"id": "1", "name": "ü"}])
    );
    let declared = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xfc</a>";
    let latin = reply("application/xml", declared, None);
    assert_eq!(latin.content().unwrap().value, json!({"a": "ü"}));
    let utf16: Vec<u8> = "\u{feff}<a>ü</a>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let wide = reply("application/xml", &utf16, None);
    assert_eq!(wide.content().unwrap().value, json!({"a": "ü"}));
}

#[test]
fn what_is_stated_is_read_and_what_is_plainly_something_else_is_not() {
    use Decode::*;
    assert_eq!(read("text/html", "[1]", Some(Json)), Ok(json!([1])));
    assert_eq!(
        read("text/plain", "[1]\n[2]", Some(JsonLines)),
        Ok(json!([[1], [2]]))
    );
    assert_eq!(read("", "a\n1\n", Some(Csv)), Ok(json!([{"a": "1"}])));
    let page = "<html><body>please log in</body></html>";
    for decode in [None, Some(Csv), Some(Xml), Some(Text)] {
        assert_eq!(
            read("text/html", page, decode),
            Err("E318".into()),
            "{decode:?}"
        );
        assert_eq!(
            read("application/xhtml+xml", page, decode),
            Err("E318".into()),
            "{decode:?}"
        );
    }
    for content_type in ["application/json", "application/xml", "application/jsonl"] {
        assert_eq!(
            read(content_type, "error,x\n", Some(Csv)),
            Err("E318".into())
        );
    }
}

#[test]
fn nothing_broken_is_nothing_found() {
    use Decode::*;
    for (decode, body) in [
        (Json, ""),
        (Json, "{\"a\": ["),
        (Json, "<a/>"),
        (Json, "[1] [2]"),
        // Nobody but the server can say that no line is an empty list.
        (JsonLines, ""),
        (JsonLines, "{\"a\":1}\n{\"a\":"),
        (JsonLines, "<html>"),
        (Csv, ""),
        (Csv, "id,name\n1\n"),
        (Csv, "id,name\n1,2,3\n"),
        (Csv, "id,id\n1,2\n"),
        (Csv, "id,\n1,2\n"),
        (Csv, "id,name\n1,\"N\n2,M\n"),
        (Xml, ""),
        (Xml, "text"),
        (Xml, "<a>"),
        (Xml, "<a></b>"),
        (Xml, "<a/><b/>"),
        (Xml, "<a/>text"),
        (Xml, "<a>&nosuch;</a>"),
        (Xml, "<a>&#0;</a>"),
        (Xml, "<a>&#8;</a>"),
        (Xml, "<a>\u{1}</a>"),
        (Xml, "<a b='1' b='2'/>"),
        (Xml, "<a b='<'/>"),
        (Xml, "<a b=1/>"),
        (Xml, "<1/>"),
        (Xml, "<a & b/>"),
        (Xml, "<a>a & b</a>"),
        (Xml, "<!DOCTYPE a><a/>"),
        (Xml, "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
        (Xml, "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"),
        (Xml, "<a><![CDATA[x</a>"),
        (Xml, "<a><!-- x -- y --></a>"),
    ] {
        assert_eq!(
            read("", body, Some(decode)),
            Err("E314".into()),
            "{decode:?} {body}"
        );
    }
    let wild = reply("text/csv", b"id\n\xff\n", None).content();
    assert_eq!(wild.err().map(|fault| fault.code).as_deref(), Some("E314"));
}

#[test]
fn deep_and_long_documents_are_refused_or_read_flat() {
    let deep = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    assert!(xml(&deep(100)).is_ok());
    assert_eq!(xml(&deep(101)), Err("E314".into()));
    assert_eq!(xml(&"<a>".repeat(1_000_000)), Err("E314".into()));
    assert_eq!(
        read("application/json", &"[".repeat(1_000_000), None),
        Err("E314".into())
    );
    let wide = "<b/>".repeat(1_000_000);
    assert_eq!(xml(&format!("<a>{wide}</a>")), Err("E314".into()));
    let long = "x".repeat(10 << 20);
    assert_eq!(xml(&format!("<a>{long}</a>")), Ok(json!({"a": long})));
}

#[test]
fn elements_attributes_texts_and_lists() {
    for (body, value) in [
        ("<a/>", json!({"a": ""})),
        ("<a></a>", json!({"a": ""})),
        ("<a> x </a>", json!({"a": " x "})),
        ("<a b='1'/>", json!({"a": {"@b": "1"}})),
        ("<a b='1'>x</a>", json!({"a": {"@b": "1", "#text": "x"}})),
        (
            "<a>\n  <b>1</b>\n  <b>2</b>\n</a>",
            json!({"a": {"b": ["1", "2"]}}),
        ),
        (
            "<a><b>1</b><c/><b/></a>",
            json!({"a": {"b": ["1", ""], "c": ""}}),
        ),
        ("<a>x<b>1</b>y</a>", json!({"a": {"b": "1", "#text": "xy"}})),
        (
            "<n:a xmlns:n='urn:x' xmlns='urn:y'><n:b>1</n:b></n:a>",
            json!({"n:a": {"n:b": "1"}}),
        ),
        (
            "<a xmlns:xsi='urn:z'><b xsi:nil='true'/></a>",
            json!({"a": {"b": null}}),
        ),
        (
            "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;<![CDATA[<c>&]]></a>",
            json!({"a": "<&>\"'AB<c>&"}),
        ),
        (
            "<?xml version='1.0'?><!-- c --><?p i?><a b='&lt;&#10;'><!-- c --></a>",
            json!({"a": {"@b": "<\n"}}),
        ),
        ("<a>1\r\n2\r3</a>", json!({"a": "1\n2\n3"})),
    ] {
        assert_eq!(xml(body), Ok(value), "{body}");
    }
}

#[test]
fn one_element_is_a_list_where_the_path_says_so() {
    let many = "<r><u><g><id>1</id></g><g><id>2</id></g></u></r>";
    let one = "<r><u><g><id>1</id></g></u></r>";
    assert_eq!(
        records(many, "$.r.u.g[*]", None),
        Ok(vec![json!({"id": "1"}), json!({"id": "2"})])
    );
    assert_eq!(
        records(one, "$.r.u.g[*]", None),
        Ok(vec![json!({"id": "1"})])
    );
    assert_eq!(
        records(one, "$['r'][\"u\"]['g'][*]", None),
        Ok(vec![json!({"id": "1"})])
    );
    assert_eq!(
        records(one, "$.r.u.g[?@.id == '1']", None),
        Ok(vec![json!({"id": "1"})])
    );
    assert_eq!(records(one, "$.r.u.g", None), Ok(vec![json!({"id": "1"})]));
    let nested = "<r><u><g><id>1</id></g></u><u/><u><g><id>2</id></g><g><id>3</id></g></u></r>";
    assert_eq!(records(nested, "$.r.u[*].g[*]", None).unwrap().len(), 3);
}

#[test]
fn an_empty_list_is_told_from_a_missing_one() {
    let none = |body| records(body, "$.r.u.g[*]", None);
    for body in [
        "<r><u/></r>",
        "<r><u>\n</u></r>",
        "<r><u count='0'/></r>",
        "<r><x/><u/></r>",
    ] {
        assert_eq!(none(body), Ok(vec![]), "{body}");
    }
    for body in [
        "<r/>",
        "<r><x/></r>",
        "<r><u><error/></u></r>",
        "<r><u>not allowed</u></r>",
        "<error/>",
        "<r><u/><u/></r>",
    ] {
        assert_eq!(none(body), Err("E310".into()), "{body}");
    }
    let feed = |total: &str| {
        let body = format!("<feed><title/><total>{total}</total></feed>");
        records(&body, "$.feed.entry[*]", Some("$.feed.total"))
    };
    assert_eq!(feed("0"), Ok(vec![]));
    for total in ["1", "", "x"] {
        assert_eq!(feed(total), Err("E310".into()), "{total}");
    }
    assert_eq!(
        records("<r><u><g>5</g></u></r>", "$.r.u.g[*]", None),
        Err("E331".into())
    );
}

#[test]
fn numbers_and_booleans_are_read_from_texts_only_where_there_are_no_others() {
    let text = reply(
        "text/xml",
        b"<r><n u='x'> 5 </n><m>true</m><z>0</z></r>",
        None,
    );
    let text = text.content().unwrap();
    assert_eq!(text.count(&path("$.r.n")), Some(5));
    assert_eq!(text.flag(&path("$.r.m")), Some(true));
    assert_eq!(text.flag(&path("$.r.z")), Some(false));
    assert_eq!(text.flag(&path("$.r.n")), None);
    let typed = reply(
        "application/json",
        b"{\"n\": \"5\", \"m\": \"true\", \"k\": 5}",
        None,
    );
    let typed = typed.content().unwrap();
    assert_eq!(typed.count(&path("$.n")), None);
    assert_eq!(typed.flag(&path("$.m")), None);
    assert_eq!(typed.count(&path("$.k")), Some(5));
}

#[test]
fn paths_give_records_from_xml_the_shape_they_ask_for() {
    let shaped = |mut value: Value, path: &str| {
        shape(&mut value, path, None);
        value
    };
    let mail = json!({"mails": {"mail": "a"}});
    assert_eq!(
        shaped(mail.clone(), "$.mails.mail[*]"),
        json!({"mails": {"mail": ["a"]}})
    );
    assert_eq!(
        shaped(mail.clone(), "$.mails.mail[*]['#text']"),
        json!({"mails": {"mail": [{"#text": "a"}]}})
    );
    assert_eq!(
        shaped(mail.clone(), "$.mails.mail[?@.x == ']'].y"),
        json!({"mails": {"mail": ["a"]}})
    );
    for untouched in [
        "$.mails.mail",
        "$..mail[*]",
        "$.other[*]",
        "$.mails.mail.x[*]",
    ] {
        assert_eq!(shaped(mail.clone(), untouched), mail, "{untouched}");
    }
}
