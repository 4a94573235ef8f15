//! What the runner of recorded tests makes of bodies, keys, missing values and records that are left alone.

use super::{codes, run, wrong};

/// A connector with one object `guests` and whatever else is given.
fn connector(fields: &str, rest: &str) -> String {
    format!(
        r#"dsr: 1
connector: inn
version: 1.0.0
settings: {{ url: {{ type: url }}, key: {{ secret: true }} }}
api:
  url: "{{{{ settings.url }}}}"
  auth: {{ bearer: "{{{{ settings.key }}}}" }}
  records: "$.items[*]"
objects:
  guests:
    find: [{{ by: email, get: /guests, query: {{ email: "{{{{ value }}}}" }} }}]
    read: {{ get: "/guests/{{{{ record.id }}}}", records: $ }}
    fields: {{ email: {{ category: contact.email, identity: email{fields} }}, name: person.name }}
{rest}"#
    )
}

fn tests(case: &str) -> String {
    format!(
        "dsr: 1\ntests: inn\nsettings: {{ url: \"https://inn.example.com/api\", key: invented }}\ncases:\n  - name: one\n    run: erase\n    subject: {{ email: ada@example.org }}\n{case}"
    )
}

/// Every document of GraphQL is full of braces, and all of them go to one path.
#[test]
fn a_written_out_text_is_compared_as_a_text() {
    let connector = r#"dsr: 1
connector: inn
version: 1.0.0
settings: { url: { type: url }, key: { secret: true } }
api:
  url: "{{ settings.url }}"
  auth: { bearer: "{{ settings.key }}" }
objects:
  guests:
    find: [{ by: email, post: /graphql, read_only: true, body: { query: "query($e: String) { guests(email: $e) { id email } }", variables: { e: "{{ value }}" } }, records: "$.data.guests[*]" }]
    fields: { email: { category: contact.email, identity: email } }
    remove: { post: /graphql, body: { query: "mutation($i: Int) { drop(id: $i) { id } }", variables: { i: "{{ record.id }}" } } }
"#;
    let search = |found: &str| {
        format!(
            "      - {{ post: /graphql, body: {{ query: \"query($e: String) {{ guests(email: $e) {{ id email }} }}\", variables: {{ e: ada@example.org }} }}, reply: {{ json: {{ data: {{ guests: [{found}] }} }} }} }}\n"
        )
    };
    let write = "      - { post: /graphql, body: { query: \"mutation($i: Int) { drop(id: $i) { id } }\", variables: { i: 7 } }, reply: { json: { data: { drop: { id: 7 } } } } }\n";
    let ada = "{ id: 7, email: ada@example.org }";
    let (before, after) = (search(ada), search(""));
    let expect = "    expect: { found: { guests: [7] }, outcomes: { guests/7: removed } }\n    derive: none\n";
    let told = tests(&format!("    exchanges:\n{before}{write}{after}{expect}"));
    let report = run(connector, &told);
    assert!(report.holds(), "{}", wrong(&report));
    // What stands behind the write has not happened before it.
    let told = tests(&format!("    exchanges:\n{write}{before}{after}{expect}"));
    let report = run(connector, &told);
    assert_eq!(codes(&report), ["E772"], "{}", wrong(&report));
}

#[test]
fn a_key_of_one_part_may_hold_a_slash() {
    let connector = connector("", "    remove: { delete: \"/guests/{{ record.id }}\" }\n");
    for (found, record) in [("a/b", "guests/a/b"), ("a%2Fb", "guests/a%2Fb")] {
        let told = tests(&format!(
            r#"    exchanges:
      - {{ get: /guests, reply: {{ json: {{ items: [{{ id: a/b, email: ada@example.org, name: Ada }}] }} }} }}
      - {{ get: /guests/a%2Fb, reply: {{ json: {{ id: a/b, email: ada@example.org, name: Ada }} }} }}
      - {{ delete: /guests/a%2Fb, reply: {{ status: 204 }} }}
      - {{ get: /guests/a%2Fb, reply: {{ status: 404 }} }}
      - {{ get: /guests, reply: {{ json: {{ items: [] }} }} }}
    expect: {{ found: {{ guests: ["{found}"] }}, outcomes: {{ "{record}": removed }}, exported: {{ "{record}": {{ name: Ada }} }} }}
    derive: none
"#
        ));
        let report = run(&connector, &told);
        assert!(report.holds(), "{}", wrong(&report));
    }
}

/// Not that something could not be computed, but what is missing.
#[test]
fn the_length_of_what_is_missing_says_that_it_is_missing() {
    let connector = connector(
        "",
        "    outcome: { failed: \"body.errors | length > 0\" }\n    remove: { delete: \"/guests/{{ record.id }}\" }\n",
    );
    let told = tests(
        "    exchanges:\n      - { get: /guests, reply: { json: { items: [] } } }\n    expect: { error: E317 }\n    derive: none\n",
    );
    let report = run(&connector, &told);
    assert!(report.holds(), "{}", wrong(&report));
    let said = connector.replace("body.errors |", "body.errors | default([]) |");
    let report = run(&said, &told);
    assert_eq!(codes(&report), ["E778"], "{}", wrong(&report));
}

/// A guest is not written while a note below is not settled; but one that has gone meanwhile is gone.
#[test]
fn what_is_left_alone_and_gone_has_gone() {
    let connector = connector(
        "",
        r#"    remove: { delete: "/guests/{{ record.id }}" }
  notes:
    find: [{ under: guests, get: "/guests/{{ parent.id }}/notes" }]
    read: { get: "/notes/{{ record.id }}", records: $ }
    fields: { guest: { category: account.id, links: guests }, text: content.note }
    remove: { delete: "/notes/{{ record.id }}" }
"#,
    );
    // Only what was erased is searched for once more.
    let searched = "      - { get: /guests, reply: { json: { items: [] } } }\n";
    let there = "{ json: { id: 7, email: ada@example.org, name: Ada } }";
    for (reply, outcome, after) in [
        ("{ status: 404 }", "already_gone", searched),
        (there, "failed", ""),
    ] {
        let told = tests(&format!(
            r#"    exchanges:
      - {{ get: /guests, reply: {{ json: {{ items: [{{ id: 7, email: ada@example.org, name: Ada }}] }} }} }}
      - {{ get: /guests/7, reply: {{ json: {{ id: 7, email: ada@example.org, name: Ada }} }} }}
      - {{ get: /guests/7/notes, reply: {{ json: {{ items: [{{ id: 1, guest: 7, text: likes tea }}] }} }} }}
      - {{ get: /notes/1, reply: {{ json: {{ id: 1, guest: 7, text: likes tea }} }} }}
      - {{ delete: /notes/1, reply: {{ status: 409 }} }}
      - {{ get: /guests/7, reply: {reply} }}
{after}    expect: {{ outcomes: {{ guests/7: {outcome}, notes/1: blocked }} }}
    derive: none
"#
        ));
        let report = run(&connector, &told);
        assert!(report.holds(), "{outcome}\n{}", wrong(&report));
    }
}

/// The first of two requests to one address answers that nothing is there, and the second is sent all the same.
#[test]
fn an_anonymisation_in_two_steps_may_find_the_record_gone() {
    let connector = connector(
        ", mask: token",
        r#"    anonymise:
      steps:
        - { patch: "/guests/{{ record.id }}", body: { name: "{{ masked.name }}" }, idempotent: true }
        - { patch: "/guests/{{ record.id }}", body: { email: "{{ masked.email }}" }, idempotent: true }
    erase: anonymise
"#,
    );
    let told = tests(
        r#"    exchanges:
      - { get: /guests, reply: { json: { items: [{ id: 7, email: ada@example.org, name: Ada }] } } }
      - { get: /guests/7, reply: { json: { id: 7, email: ada@example.org, name: Ada } } }
      - { patch: /guests/7, body: { name: null }, reply: { json: {} } }
      - { patch: /guests/7, reply: { json: {} } }
      - { get: /guests/7, reply: { json: { id: 7, email: TOKEN, name: null } } }
      - { get: /guests, reply: { json: { items: [] } } }
    expect: { outcomes: { guests/7: anonymised } }
    derive: [already_gone]
"#,
    );
    let token = token_of(&connector, &told);
    let report = run(&connector, &told.replace("TOKEN", &token));
    assert!(report.holds(), "{}", wrong(&report));
}

/// The token that a run writes, from what it says that it asked.
fn token_of(connector: &str, told: &str) -> String {
    let asked = told.replace(
        "- { patch: /guests/7, reply",
        "- { patch: /guests/7, body: { email: nobody }, reply",
    );
    let said = wrong(&run(connector, &asked));
    let behind = said.split("\"email\":\"").nth(1);
    let token = behind.and_then(|text| text.split('"').next());
    token.unwrap_or_else(|| panic!("{said}")).to_owned()
}
