//! Conditions that cannot be false, however they are written.

use super::*;

fn condition(text: &str) -> Condition {
    let settings = BTreeMap::from([("url".to_owned(), false)]);
    let scope = Scope {
        within: Within::Condition,
        settings: &settings,
        names: &[
            ("status".into(), Members::Plain),
            ("body".into(), Members::Value),
            ("record".into(), Members::Value),
        ],
    };
    let yaml = serde_json::to_string(text).unwrap();
    let mut errors = Vec::new();
    Condition::compile(&node(&yaml), &scope, &mut errors).expect(text)
}

#[test]
fn what_cannot_be_false_is_seen() {
    for always in [
        "true",
        "1 == 1",
        "not false",
        "record.id == record.id",
        "record['id'] == record.id",
        "record.id in [record.id]",
        "record.id <= record.id",
        "record.name | lower == record.name | lower",
        "record.name | length >= 0",
        "not (record.id != record.id)",
        "record.x or not record.x",
        "record.x or true",
        "record.x or 1 == 1",
        "(record.x or true)",
        "record.x == 1 or record.x != 1",
        "record.id == record.id and not false",
        "true if record.x else true",
        "body[0].id == body[0].id",
        "status == 404 or status != 404",
    ] {
        assert!(condition(always).always().is_some(), "{always}");
    }
    for real in [
        "record.deleted",
        "record.deleted == true",
        "not record.active",
        "status == 404",
        "status in [404, 410] or status == 400 and body.code == 7",
        "status >= 400",
        "status != 200",
        "record.name != 'Anna'",
        "record.name != record.email",
        "record.name == 'removed ' ~ record.id",
        "record.tags | length == 0",
        "record.tags | length > 0",
        "not body[0].datas",
        "body.result[0].size == 0",
        "'users' not in body",
        "'deleted' in record.name",
        "record.blocked in ['_x0020_', ' ', '']",
        "record.state | default('off') == 'off'",
        "record.date < '2020-01-01'",
        "record.count >= 0",
        "body.error not in ['a', 'b', 'c']",
        "record.a == 1 and record.b == 2 and record.c == 3 and record.d == 4 and record.e == 5",
        "not record.a and not record.b and not record.c and not record.d",
        "(record.x or record.y) and record.z",
    ] {
        assert_eq!(condition(real).always(), None, "{real}");
    }
}

#[test]
fn every_side_reads_what_it_decides_about() {
    let reads = |text: &str| condition(text).every_side_reads(&["status", "body"]);
    assert!(reads("status == 404 or body.gone"));
    assert!(reads("status == 404 and (body.gone or body.error == 'x')"));
    assert!(reads("(body.state or 'none') == 'gone'"));
    for blind in [
        "status == 404 or true",
        "status == 404 or settings.url == 'x'",
        "true or status == 404",
        "status == 404 and (body.gone or 1 == 1)",
        "not (status == 200 or false)",
        "body.a or body.b or 'c'",
        "(body.a or true) if status == 200 else body.b",
    ] {
        assert!(!reads(blind), "{blind}");
    }
}
