//! One call for several records: what became of each is said by its own item, or by nobody.

use dsr::connector::Effect;
use serde_json::{Value, json};

use crate::support::http::{Reply, Server};
use crate::writer::remove_all;

const BATCH: &str = r#"
batch: 3
steps:
  - name: delete
    delete: /users
    query: { ids: "{{ keys | join(',') }}" }
    each: { at: "$.results[*]", key: id, done: item.ok, gone: "item.error == 'GONE'", blocked: "item.error == 'LOCKED'" }
"#;

fn users(count: usize) -> Vec<Value> {
    (1..=count).map(|n| json!({ "id": n })).collect()
}

async fn of(items: Value) -> Vec<Result<Effect, String>> {
    let server = Server::start(move |_| Reply::json(json!({ "results": items })));
    let effects = remove_all(&server, BATCH, &users(3), 3, None).await;
    assert_eq!(server.lines(), ["DELETE /users?ids=1%2C2%2C3"]);
    effects
}

#[tokio::test]
async fn each_record_has_the_outcome_of_its_own_item() {
    let said = of(json!([
        {"id": 2, "ok": false, "error": "LOCKED"},
        {"id": "1", "ok": true},
        {"id": 3, "ok": false, "error": "GONE"},
    ]));
    assert_eq!(
        said.await,
        [Ok(Effect::Done), Ok(Effect::Blocked), Ok(Effect::Gone)]
    );
    let said = of(json!([{"id": 1, "ok": true}, {"id": 2, "ok": "yes"}, {"id": 3}]));
    assert_eq!(
        said.await,
        [Ok(Effect::Done), Err("E555".into()), Err("E555".into())]
    );
}

#[tokio::test]
async fn a_record_without_an_item_is_unknown() {
    for items in [
        json!([{"id": 2, "ok": true}]),
        json!([{"ok": true}, {"id": 2, "ok": true}, 7]),
    ] {
        let unknown = Ok(Effect::Unknown);
        assert_eq!(
            of(items).await,
            [unknown.clone(), Ok(Effect::Done), unknown]
        );
    }
    for nothing in [json!([]), json!(null), json!({"id": 1, "ok": true})] {
        assert_eq!(of(nothing).await, vec![Ok(Effect::Unknown); 3]);
    }
}

#[tokio::test]
async fn a_reply_about_others_or_about_one_twice_is_believed_about_nobody() {
    let all = json!([{"id": 1, "ok": true}, {"id": 2, "ok": true}, {"id": 3, "ok": true}]);
    for more in [
        json!({"id": 4, "ok": true}),
        json!({"id": 2, "ok": false}),
        json!({"id": 2, "ok": true}),
    ] {
        let mut items = all.clone();
        items.as_array_mut().unwrap().push(more);
        assert_eq!(of(items).await, vec![Err("E554".to_owned()); 3]);
    }
}

#[tokio::test]
async fn a_key_that_holds_the_separator_names_nobody_else() {
    let server = Server::start(|_| Reply::json(json!({"results": []})));
    let users = [json!({"id": "1,2"}), json!({"id": "3"})];
    let effects = remove_all(&server, BATCH, &users, 2, None).await;
    assert_eq!(effects, vec![Err("E330".to_owned()); 2]);
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn one_status_for_all_says_nothing_about_any() {
    for (reply, expected) in [
        (Reply::status(404), Err("E505".to_owned())),
        (Reply::status(409), Err("E505".to_owned())),
        (Reply::status(403), Err("E507".to_owned())),
        (Reply::status(500), Ok(Effect::Unknown)),
        (Reply::dropped(), Ok(Effect::Unknown)),
        (Reply::html("<html>"), Ok(Effect::Unknown)),
        (
            Reply::bytes("application/json", "{"),
            Err("E314".to_owned()),
        ),
    ] {
        let shown = format!("{reply:?}");
        let server = Server::start(move |_| reply.clone());
        let effects = remove_all(&server, BATCH, &users(2), 2, None).await;
        assert_eq!(effects, vec![expected; 2], "{shown}");
    }
}

#[tokio::test]
async fn only_what_the_plan_names_is_sent_and_only_what_is_done_goes_on() {
    let two = r#"
batch: 9
steps:
  - { post: /delete, body: { ids: "{{ keys }}" }, each: { at: "$[*]", key: id, done: item.ok, gone: item.gone } }
  - { post: /purge, body: { ids: "{{ keys }}" }, idempotent: true, each: { at: "$[*]", key: id, done: item.ok } }
"#;
    let server = Server::start(|request| {
        let ids = request.json()["ids"].as_array().unwrap().clone();
        let item = |id: &Value| json!({"id": id, "ok": id != &json!(2), "gone": id == &json!(3)});
        Reply::json(ids.iter().map(item).collect())
    });
    // The last one is not in the plan.
    let effects = remove_all(&server, two, &users(4), 3, None).await;
    assert_eq!(
        effects,
        [
            Ok(Effect::Done),
            Err("E555".into()),
            Ok(Effect::Done),
            Err("E339".into())
        ]
    );
    let sent: Vec<Value> = server
        .received()
        .iter()
        .map(|r| r.json()["ids"].clone())
        .collect();
    assert_eq!(sent, [json!([1, 2, 3]), json!([1, 3])]);
}
