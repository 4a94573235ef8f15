//! What an action cannot say, with the whole message.

use std::sync::Arc;

use dsr::connector::definition;
use dsr::diagnostic::Source;
use dsr::messages::Lang;

use crate::writer::connector;

fn said(remove: &str, lang: Lang) -> Vec<String> {
    let source = Arc::new(Source {
        path: "desk.yml".into(),
        text: connector(remove),
    });
    match definition::parse(source) {
        Ok(_) => panic!("it was taken: {remove}"),
        Err(trouble) => {
            let all = trouble.diagnostics.iter();
            all.map(|one| dsr::ui::diagnostic::render(one, lang, false))
                .collect()
        }
    }
}

const DELETE: &str = "delete: \"/users/{{ record.id }}\"";

/// A name for the snapshot, the code, and what is wrong.
fn all() -> Vec<(&'static str, &'static str, String)> {
    let with = |more: &str| format!("{DELETE}\n{more}");
    let steps = |first: &str, second: &str| {
        format!(
            "steps:\n  - {{ {DELETE}, {first} }}\n  - {{ delete: \"/bin/{{{{ record.id }}}}\", {second} }}"
        )
    };
    vec![
        ("capture_shadows", "E390", with("capture: { record: $.id }")),
        ("capture_name", "E390", with("capture: { Job-Id: $.id }")),
        ("capture_twice", "E390", steps("capture: { job: $.id }", "capture: { job: $.id }")),
        ("capture_header", "E391", with("capture: { job: \"header.X Job\" }")),
        ("capture_path", "E305", with("capture: { job: id }")),
        ("capture_unknown", "E303", steps("capture: { job: $.id }", "headers: { X-Job: \"{{ jub }}\" }")),
        ("capture_too_early", "E303", steps("headers: { X-Job: \"{{ job }}\" }", "capture: { job: $.id }")),
        ("capture_unquoted", "E302", steps("capture: { job: $.id }", "query: { q: \"id={{ job }}\" }")),
        ("poll_without_done", "E241", with("capture: { job: $.id }\npoll: { get: \"/jobs/{{ job }}\" }")),
        ("poll_writes", "E140", with("poll: { post: /jobs, done: body.done }")),
        ("poll_blind", "E341", with("poll: { get: /jobs, done: \"true\" }")),
        ("poll_of_poll", "E392", with("poll: { get: /jobs, done: body.done, poll: { get: /x, done: body.done } }")),
        ("poll_with_records", "E120", with("poll: { get: /jobs, done: body.done, records: $ }")),
        ("manual_and_request", "E394", with("manual: Delete it in Settings, Users.")),
        ("batch_without_each", "E231", "batch: 10\ndelete: /users\nquery: { ids: \"{{ keys }}\" }".to_owned()),
        ("each_without_batch", "E232", with("each: { at: \"$[*]\", key: id, done: item.ok }")),
        ("each_blind", "E341", "batch: 9\ndelete: /users\nquery: { ids: \"{{ keys }}\" }\neach: { at: \"$[*]\", key: id, done: \"true\" }".to_owned()),
        ("batch_of_none", "E233", with("batch: 0")),
        ("batch_names_record", "E303", format!("batch: 9\n{DELETE}\neach: {{ at: \"$[*]\", key: id, done: item.ok }}")),
        ("batch_keyless", "E344", "batch: 9\ndelete: /users\neach: { at: \"$[*]\", key: id, done: item.ok }".to_owned()),
        ("verify_holds_after_remove", "E393", with("verify: { holds: record.gone }")),
        ("verify_gone_blind", "E341", with("verify: { gone: \"true\" }")),
        ("verify_gone_keyless", "E344", with("verify: { get: /deleted }")),
        ("verify_writes", "E140", with("verify: { post: \"/deleted/{{ record.id }}\" }")),
        ("verify_names_fields", "E303", with("verify: { get: \"/deleted/{{ record.email }}\" }")),
        ("limits_rate", "E121", with("limits: { rate: fast }")),
    ]
}

#[test]
fn what_cannot_be_carried_out_is_refused_with_place_and_remedy() {
    let mut shown = String::new();
    for (name, code, remove) in all() {
        let messages = said(&remove, Lang::En);
        assert!(
            messages
                .iter()
                .any(|message| message.contains(&format!("[{code}]"))),
            "{name}: {messages:#?}"
        );
        assert_eq!(messages.len(), 1, "{name}: {messages:#?}");
        shown.push_str(&format!("== {name}\n{}\n", messages.join("\n")));
    }
    insta::assert_snapshot!("refusals", shown);
}

#[test]
fn the_same_in_german() {
    let mut shown = String::new();
    let mut seen = std::collections::BTreeSet::new();
    for (name, code, remove) in all() {
        if seen.insert(code) {
            shown.push_str(&format!(
                "== {name}\n{}\n",
                said(&remove, Lang::De).join("\n")
            ));
        }
    }
    insta::assert_snapshot!("refusals_de", shown);
}

#[test]
fn a_search_takes_no_words_of_a_step() {
    for (word, more) in [
        ("capture", "capture: { id: $.id }"),
        ("when", "when: \"value == 'x'\""),
        ("poll", "poll: { get: /x, done: body.done }"),
        ("each", "each: { at: \"$[*]\", key: id, done: item.ok }"),
    ] {
        let text = connector(DELETE).replace("query: { email", &format!("{more}, query: {{ email"));
        let source = Arc::new(Source {
            path: "desk.yml".into(),
            text,
        });
        let trouble = definition::parse(source).expect_err(word);
        assert_eq!(trouble.diagnostics[0].code, "E392", "{word}: {trouble:#?}");
        assert!(trouble.diagnostics[0].what.en.contains(word));
    }
}
