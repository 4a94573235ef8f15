//! Parts of records that only a package holds: asked for when one is made, in full or not without a word.

use serde_json::{Value, json};

use crate::support::http::{Received, Reply};
use crate::town::World;

const TICKETS: &str = r#"
  tickets:
    find: [{ by: email, get: /tickets, query: { email: "{{ value }}" } }]
    read: { get: "/tickets/{{ record.id }}", records: $ }
    fields: { email: { category: contact.email, identity: email } }
    export:
      comments: { get: "/tickets/{{ record.id }}/comments", page: { number: query.page, start: 1, total: $.total }, category: content.message }
    remove: { delete: "/tickets/{{ record.id }}" }
"#;

/// Two tickets with three comments each, two on a page; `third` is what the second page of the second ticket is answered with.
fn desk(request: &Received, third: fn() -> Reply) -> Reply {
    let ticket = |id: u64| json!({"id": id, "email": "anna@example.org"});
    let comment = |of: u64, id: u64| json!({"id": id, "text": format!("comment {of}-{id} =cmd()"), "author": {"name": "Ben Tal", "mail": "ben@example.org"}});
    let path: Vec<&str> = request.path().split('/').skip(1).collect();
    match path.as_slice() {
        ["tickets"] => Reply::json(json!({"items": [ticket(1), ticket(2)]})),
        ["tickets", id] => Reply::json(ticket(id.parse().unwrap())),
        ["tickets", id, "comments"] => {
            let id: u64 = id.parse().unwrap();
            match (id, request.query("page").as_deref()) {
                (_, Some("1")) => {
                    Reply::json(json!({"items": [comment(id, 1), comment(id, 2)], "total": 3}))
                }
                (2, _) => third(),
                _ => Reply::json(json!({"items": [comment(id, 3)], "total": 3})),
            }
        }
        _ => Reply::status(404),
    }
}

fn export(world: &World) -> (i32, Value) {
    let to = world.workspace.path("draft");
    let to = to.to_str().unwrap();
    let arguments = [
        "export",
        "--email",
        "anna@example.org",
        "--folder",
        "--to",
        to,
        "--format",
        "json",
    ];
    let ran = world.workspace.run(&arguments);
    assert!(!ran.err.contains("panicked"), "{ran:?}");
    (ran.code.unwrap(), ran.json())
}

fn comments(world: &World) -> Vec<String> {
    let data: Value = serde_json::from_str(
        &world
            .workspace
            .read("draft/data/town/tickets_comments.json"),
    )
    .unwrap();
    let records = data["records"].as_array().unwrap().iter();
    records
        .map(|one| format!("{} {}", one["id"], one["comments"]["id"]))
        .collect()
}

#[test]
fn a_package_holds_every_part_of_every_record() {
    let world = World::answering(&[TICKETS], |request| {
        desk(request, || {
            Reply::json(json!({"items": [{"id": 3, "text": "last"}], "total": 3}))
        })
    });
    let (code, found) = world.find();
    assert_eq!(code, 0, "{found}");
    let lines = world.server.lines();
    assert!(
        !lines.iter().any(|line| line.contains("comments")),
        "a search does not ask: {lines:#?}"
    );
    let (code, made) = export(&world);
    assert_eq!(code, 0, "{made}");
    assert_eq!(comments(&world), ["1 1", "1 2", "1 3", "2 1", "2 2", "2 3"]);
    let table = world.workspace.read("draft/data/town/tickets_comments.csv");
    assert_eq!(table.lines().count(), 7, "{table}");
    let page = world.workspace.read("draft/overview.html");
    assert!(
        page.contains("comment 2-1") && page.contains("tickets/comments"),
        "{page}"
    );
}

#[test]
fn a_part_that_is_missing_is_never_missing_silently() {
    type Answers = (&'static str, fn() -> Reply);
    let thirds: [Answers; 5] = [
        ("E505", || Reply::status(404)),
        ("E505", || Reply::status(500)),
        ("E507", || Reply::status(403)),
        ("E310", || Reply::json(json!({"total": 3}))),
        ("E312", || Reply::json(json!({"items": [], "total": 3}))),
    ];
    for (fault, third) in thirds {
        let world = World::answering(&[TICKETS], move |request| desk(request, third));
        let (code, made) = export(&world);
        assert_eq!(code, 3, "{fault} {made}");
        assert!(made.to_string().contains(fault), "{fault} {made}");
        assert_eq!(
            comments(&world),
            ["1 1", "1 2", "1 3", "2 1", "2 2"],
            "what came is there"
        );
        let page = world.workspace.read("draft/overview.html");
        assert!(page.contains("not searched: "), "{page}");
    }
}

#[test]
fn a_portable_package_asks_for_no_parts() {
    let world = World::answering(&[TICKETS], |request| desk(request, || Reply::status(500)));
    let to = world.workspace.path("draft");
    let arguments = [
        "export",
        "--portable",
        "--email",
        "anna@example.org",
        "--folder",
        "--to",
        to.to_str().unwrap(),
    ];
    let ran = world.workspace.run(&arguments);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let lines = world.server.lines();
    assert!(
        !lines.iter().any(|line| line.contains("comments")),
        "{lines:#?}"
    );
}
