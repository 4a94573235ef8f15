//! Habits of systems that look like failures and are none, and mistakes of authors that are to be said when a file is read.

use dsr::replay::derive::{Came, Kind};
use dsr::{connector::definition, replay};

use crate::{codes, connector, run, source, wrong};

/// A connector for guests, with the rest of the object.
fn desk(api: &str, object: &str) -> String {
    format!(
        r#"dsr: 1
connector: desk
version: 1.0.0
settings: {{ key: {{ secret: true }} }}
api: {{ url: https://desk.example.com, auth: {{ bearer: "{{{{ settings.key }}}}" }}, records: "$.items[*]"{api} }}
objects:
  guests:
{object}"#
    )
}

const FIND: &str = r#"    find: [{ by: email, get: /guests, query: { email: "{{ value }}" } }]
    read: { get: "/guests/{{ record.id }}", records: $ }
"#;

fn cases(cases: &str) -> String {
    format!("dsr: 1\ntests: desk\nsettings: {{ key: invented }}\nderive: none\ncases:\n{cases}")
}

fn holds(connector: &str, tests: &str) {
    let report = run(connector, tests);
    assert!(report.holds(), "{}", wrong(&report));
}

/// Codes of what is wrong with a test file.
fn refused(connector_text: &str, tests: &str) -> Vec<&'static str> {
    let definition = connector(connector_text);
    match replay::parse(&source("tests.yml", tests), &definition) {
        Ok(_) => Vec::new(),
        Err(trouble) => trouble.diagnostics.iter().map(|one| one.code).collect(),
    }
}

#[test]
fn an_action_that_is_chosen_and_absent_is_refused_when_the_file_is_read() {
    let desk = desk(
        "",
        &format!(
            "{FIND}    fields: {{ email: {{ category: contact.email, identity: email }} }}\n    remove: {{ delete: \"/guests/{{{{ record.id }}}}\" }}\n"
        ),
    );
    let test = |choose: &str| {
        cases(&format!(
            "  - {{ name: one, run: erase, subject: {{ email: ada@example.org }}, choose: {{ guests: {choose} }}, exchanges: [], expect: {{ outcomes: {{}} }} }}\n"
        ))
    };
    assert_eq!(refused(&desk, &test("anonymise")), ["E205"]);
    assert_eq!(refused(&desk, &test("restrict")), ["E205"]);
    assert_eq!(refused(&desk, &test("with nobody")), ["E760"]);
    assert_eq!(refused(&desk, &test("remove")), [""; 0]);
}

#[test]
fn a_field_that_a_person_corrects_becomes_a_task_also_where_it_is_named() {
    let desk = desk(
        "",
        &format!(
            "{FIND}    fields: {{ email: {{ category: contact.email, identity: email }}, name: person.name }}\n    rectify: {{ manual: {{ en: Correct it, de: Berichtigen }} }}\n    remove: {{ delete: \"/guests/{{{{ record.id }}}}\" }}\n"
        ),
    );
    for set in ["guests.name", "person.name"] {
        holds(
            &desk,
            &cases(&format!(
                r#"  - name: a name
    run: rectify
    subject: {{ email: ada@example.org }}
    set: {{ {set}: Ada Reed }}
    exchanges:
      - {{ get: /guests, reply: {{ json: {{ items: [{{ id: 7, email: ada@example.org, name: Ada Moss }}] }} }} }}
      - {{ get: /guests/7, reply: {{ json: {{ id: 7, email: ada@example.org, name: Ada Moss }} }} }}
    expect: {{ outcomes: {{ guests/7: manual }} }}
"#
            )),
        );
    }
}

#[test]
fn what_follows_a_locked_record_stays_with_it() {
    let desk = desk(
        "",
        &format!(
            r#"{FIND}    fields: {{ email: {{ category: contact.email, identity: email }} }}
    restrict: {{ put: "/guests/{{{{ record.id }}}}", body: {{ locked: true }}, verify: {{ holds: record.locked }} }}
    erase: restrict
  mails:
    find: [{{ under: guests, get: "/guests/{{{{ parent.id }}}}/mails" }}]
    fields: {{ text: content.message }}
    erase: with guests
"#
        ),
    );
    holds(
        &desk,
        &cases(
            r#"  - name: locked
    run: erase
    subject: { email: ada@example.org }
    exchanges:
      - { get: /guests, reply: { json: { items: [{ id: 7, email: ada@example.org }] } } }
      - { get: /guests/7, reply: { json: { id: 7, email: ada@example.org, locked: false } } }
      - { get: /guests/7/mails, reply: { json: { items: [{ id: 1, text: Hello }] } } }
      - { put: /guests/7, reply: { json: {} } }
      - { get: /guests/7, reply: { json: { id: 7, email: ada@example.org, locked: true } } }
      - { get: /guests, reply: { json: { items: [{ id: 7, email: ada@example.org, locked: true }] } } }
    expect: { outcomes: { guests/7: restricted, mails/1: retained } }
"#,
        ),
    );
}

#[test]
fn the_last_search_believes_a_record_that_says_that_it_is_gone() {
    let desk = |gone: &str| {
        desk(
            "",
            &format!(
                r#"{FIND}    fields: {{ email: {{ category: contact.email, identity: email }} }}
    remove: {{ delete: "/guests/{{{{ record.id }}}}", verify: {{ gone: {gone} }} }}
"#
            ),
        )
    };
    let test = |last: &str| {
        cases(&format!(
            r#"  - name: marked
    run: erase
    subject: {{ email: ada@example.org }}
    exchanges:
      - {{ get: /guests, reply: {{ json: {{ items: [{{ id: 7, email: ada@example.org }}] }} }} }}
      - {{ get: /guests/7, reply: {{ json: {{ id: 7, email: ada@example.org }} }} }}
      - {{ delete: /guests/7, reply: {{ status: 204 }} }}
      - {{ get: /guests/7, reply: {{ json: {{ id: 7, email: ada@example.org, deleted: true }} }} }}
      - {{ get: /guests, reply: {{ json: {{ items: [{{ id: 7, email: ada@example.org{last} }}] }} }} }}
    expect: {{ outcomes: {{ guests/7: removed }} }}
"#
        ))
    };
    holds(&desk("record.deleted"), &test(", deleted: true"));
    // One that does not say so is found.
    assert!(codes(&run(&desk("record.deleted"), &test(", deleted: false"))).contains(&"E775"));
    assert!(codes(&run(&desk("record.deleted"), &test(""))).contains(&"E775"));
    // What one side of an `or` shows needs nothing of the other.
    for gone in [
        "\"record.deleted or record.state == 'gone'\"",
        "\"record.state == 'gone' or record.deleted\"",
        "\"(record.state == 'a or b') or record.deleted and record.id == 7\"",
    ] {
        holds(&desk(gone), &test(", deleted: true"));
    }
    for gone in [
        "\"record.deleted and record.state != 'here'\"",
        "\"record.state != 'here' or record.kind != 'guest'\"",
        "\"'x or y' == record.state or not record.hidden\"",
    ] {
        assert!(codes(&run(&desk(gone), &test(", deleted: true"))).contains(&"E775"));
    }
}

#[test]
fn a_secret_of_a_test_may_have_lines() {
    let desk = desk(
        "",
        &format!(
            "{FIND}    fields: {{ email: {{ category: contact.email, identity: email }} }}\n    remove: {{ delete: \"/guests/{{{{ record.id }}}}\" }}\n"
        ),
    );
    let test = |key: &str| {
        format!(
            "dsr: 1\ntests: desk\nsettings: {{ key: {key} }}\ncases: [{{ name: one, run: find, subject: {{ email: ada@example.org }}, exchanges: [{{ get: /guests, reply: {{ json: {{ items: [] }} }} }}], expect: {{ found: {{}} }} }}]\n"
        )
    };
    let pem = r#""-----BEGIN PRIVATE KEY-----\ninvented\n-----END PRIVATE KEY-----\n""#;
    assert_eq!(refused(&desk, &test(pem)), [""; 0]);
    assert_eq!(refused(&desk, &test("\"\\n \"")), ["E752"]);
    assert_eq!(refused(&desk, &test("\"a\\0b\"")), ["E752"]);
    let open = desk.replace("{ secret: true }", "{}");
    assert_eq!(refused(&open, &test(pem)), ["E752"]);
}

const BATCH: &str = r#"    find: [{ by: email, get: /guests, query: { email: "{{ value }}" } }]
    read: { get: "/guests/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email }, name: person.name }
    remove:
      batch: 10
      post: /remove
      body: { ids: "{{ keys }}" }
      each: { at: "$.results[*]", key: id, done: item.ok }
"#;

#[test]
fn nothing_is_derived_of_one_status_for_several_records() {
    let test = cases(
        r#"  - name: both
    run: erase
    subject: { email: ada@example.org }
    derive: [already_gone]
    exchanges:
      - { get: /guests, reply: { json: { items: [{ id: 7, email: ada@example.org }, { id: 8, email: ada@example.org }] } } }
      - { get: /guests/7, reply: { json: { id: 7, email: ada@example.org, name: Ada } } }
      - { get: /guests/8, reply: { json: { id: 8, email: ada@example.org, name: Ada } } }
      - { post: /remove, body: { ids: [7, 8] }, reply: { json: { results: [{ id: 7, ok: true }, { id: 8, ok: true }] } } }
      - { get: /guests/7, reply: { status: 404 } }
      - { get: /guests/8, reply: { status: 404 } }
      - { get: /guests, reply: { json: { items: [] } } }
    expect: { outcomes: { guests/7: removed, guests/8: removed } }
"#,
    );
    let report = run(&desk("", BATCH), &test);
    assert!(report.holds(), "{}", wrong(&report));
    let derived = &report.cases[0].derived[0];
    assert_eq!(derived.kind, Kind::AlreadyGone);
    assert!(matches!(&derived.came, Came::NotDerived(why) if why.en.contains("several records")));
}

#[test]
fn a_batch_of_one_in_xml_is_a_list_of_one() {
    let object = BATCH
        .replace("$.results[*]", "$.results.result[*]")
        .replace(
            "done: item.ok",
            "done: item.ok == 'yes', blocked: item.ok == 'locked'",
        );
    let test = |ok: &str, after: &str, outcome: &str| {
        cases(&format!(
            r#"  - name: one
    run: erase
    subject: {{ email: ada@example.org }}
    exchanges:
      - {{ get: /guests, reply: {{ json: {{ items: [{{ id: 7, email: ada@example.org }}] }} }} }}
      - {{ get: /guests/7, reply: {{ json: {{ id: 7, email: ada@example.org, name: Ada }} }} }}
      - {{ post: /remove, reply: {{ headers: {{ Content-Type: application/xml }}, text: "<results><result><id>7</id><ok>{ok}</ok></result></results>" }} }}
{after}    expect: {{ outcomes: {{ guests/7: {outcome} }} }}
"#
        ))
    };
    let gone = "      - { get: /guests/7, reply: { status: 404 } }\n      - { get: /guests, reply: { json: { items: [] } } }\n";
    holds(&desk("", &object), &test("yes", gone, "removed"));
    holds(&desk("", &object), &test("locked", "", "blocked"));
}

#[test]
fn each_written_field_has_to_hold_its_value_and_others_may_follow() {
    let object = format!(
        r#"{FIND}    fields:
      email: {{ category: contact.email, identity: email }}
      name: person.name
      photo: {{ category: person.image, fixed: true }}
    anonymise: {{ patch: "/guests/{{{{ record.id }}}}", body: "{{{{ masked | merge({{'photo': false}}) }}}}" }}
    erase: anonymise
"#
    );
    let test = |name: &str| {
        cases(&format!(
            r#"  - name: photo
    run: erase
    subject: {{ email: ada@example.org }}
    exchanges:
      - {{ get: /guests, reply: {{ json: {{ items: [{{ id: 7, email: ada@example.org }}] }} }} }}
      - {{ get: /guests/7, reply: {{ json: {{ id: 7, email: ada@example.org, name: Ada, photo: x.png }} }} }}
      - {{ patch: /guests/7, body: {{ email: null, name: null, photo: false }}, reply: {{ json: {{}} }} }}
      - {{ get: /guests/7, reply: {{ json: {{ id: 7, email: null, name: {name}, photo: null }} }} }}
      - {{ get: /guests, reply: {{ json: {{ items: [] }} }} }}
    expect: {{ outcomes: {{ guests/7: anonymised }} }}
"#
        ))
    };
    holds(&desk("", &object), &test("null"));
    assert!(codes(&run(&desk("", &object), &test("Ada"))).contains(&"E775"));
}

#[test]
fn a_cap_counts_the_persons_records_and_not_those_that_are_looked_at() {
    let object = r#"    find: [{ by: email, get: /guests, partial: true }]
    read: { get: "/guests/{{ record.id }}", records: $ }
    cap: CAP
    fields: { email: { category: contact.email, identity: email } }
    remove: { delete: "/guests/{{ record.id }}" }
"#;
    let test = |error: &str| {
        cases(&format!(
            r#"  - name: three
    run: find
    subject: {{ email: ada@example.org }}
    exchanges:
      - {{ get: /guests, reply: {{ json: {{ items: [{{ id: 6 }}, {{ id: 7 }}, {{ id: 8 }}, {{ id: 9 }}] }} }} }}
      - {{ get: /guests/6, reply: {{ json: {{ id: 6, email: eve@example.org }} }} }}
      - {{ get: /guests/7, reply: {{ json: {{ id: 7, email: ada@example.org }} }} }}
      - {{ get: /guests/8, reply: {{ json: {{ id: 8, email: ada@example.org }} }} }}
      - {{ get: /guests/9, reply: {{ json: {{ id: 9, email: bob@example.org }} }} }}
    expect: {error}
"#
        ))
    };
    holds(
        &desk("", &object.replace("CAP", "2")),
        &test("{ found: { guests: [7, 8] }, near_misses: 2 }"),
    );
    let report = run(
        &desk("", &object.replace("CAP", "1")),
        &test("{ error: E320 }"),
    );
    // The last one is not asked for any more, which is all that is wrong.
    assert!(
        codes(&report).iter().all(|code| *code == "E771"),
        "{}",
        wrong(&report)
    );
}

#[test]
fn a_key_that_is_a_number_can_be_sent_as_one() {
    let object = r#"    find: [{ by: email, get: /guests, query: { email: "{{ value }}" } }]
    read: { post: /read, read_only: true, body: { ids: ["{{ record.id | number }}"] }, records: "$.items[*]" }
    fields: { email: { category: contact.email, identity: email } }
    remove: { post: /remove, body: { id: "{{ record.id | number }}" } }
"#;
    let test = |id: &str, body: &str, expect: &str| {
        cases(&format!(
            r#"  - name: number
    run: find
    subject: {{ email: ada@example.org }}
    exchanges:
      - {{ get: /guests, reply: {{ json: {{ items: [{{ id: {id}, email: ada@example.org }}] }} }} }}
{body}    expect: {expect}
"#
        ))
    };
    let body = "      - { post: /read, body: { ids: [7] }, reply: { json: { items: [{ id: 7, email: ada@example.org }] } } }\n";
    for id in ["7", "\"7\""] {
        holds(
            &desk("", object),
            &test(id, body, "{ found: { guests: [7] } }"),
        );
    }
    for id in ["\"7a\"", "\"007\"", "\"0x7\"", "\"7.5\"", "\" 7\""] {
        holds(&desk("", object), &test(id, "", "{ error: E330 }"));
    }
    let wrong = desk(
        "",
        &object.replace(
            "\"{{ record.id | number }}\" } }",
            "\"x{{ record.id }}\" } }",
        ),
    );
    let refused = definition::parse(source("desk.yml", &wrong)).err().unwrap();
    assert_eq!(refused.diagnostics[0].code, "E302");
}
