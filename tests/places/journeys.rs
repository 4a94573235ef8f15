//! People found in places, exported, erased and looked for again.

use serde_json::{Value, json};

use crate::support::http::Reply;
use crate::town::{LISTS, MEMBERS, World, faults, keys};

const ERASE: [&str; 9] = [
    "erase",
    "--email",
    "anna@example.org",
    "--identity",
    "confirmed",
    "--yes",
    "--expect",
    "2",
    "--format",
];

fn erase(world: &World) -> Value {
    let mut arguments = ERASE.to_vec();
    arguments.push("json");
    let ran = world.workspace.run(&arguments);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.json()
}

#[test]
fn a_person_is_found_on_every_list_and_no_list_is_found() {
    let world = World::new(&[LISTS, MEMBERS], "");
    let (code, found) = world.find();
    assert_eq!(code, 0, "{found}");
    assert_eq!(keys(&found), ["members:a%2Fb?c/m1", "members:news/m1"]);
    let objects: Vec<&str> = found["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| object["object"].as_str().unwrap())
        .collect();
    assert_eq!(objects, ["members"], "a place is nothing that is found");
    assert_eq!(found["objects"][0]["near_misses"], 3, "Ben, on three lists");
    let lines = world.server.lines();
    let asked = |line: &str| lines.iter().filter(|known| known.as_str() == line).count();
    // What a name may hold is one segment, whatever it looks like.
    let encoded = "GET /lists/a%2Fb%3Fc/members?email=anna%40example.org";
    assert_eq!(asked(encoded), 1, "{lines:#?}");
    assert_eq!(asked("GET /lists/a%2Fb%3Fc/members/m1"), 1, "{lines:#?}");
    assert_eq!(asked("GET /lists?page=3"), 1, "all pages: {lines:#?}");
}

#[test]
fn an_erasure_takes_one_person_off_every_list_and_nobody_else() {
    // The service says in which list somebody is, or leaves it out; records are read by their key, or searched again.
    let unread = MEMBERS.replace("    read:", "    # read:");
    let by_name = MEMBERS.replace("    read:", "    # read:").replace(
        "{ email: \"{{ value }}\" }",
        "{ email: \"{{ value }}\", of: \"{{ parent.name }}\" }",
    );
    for members in [MEMBERS, unread.as_str(), by_name.as_str()] {
        for says in [true, false] {
            let world = World::new(&[LISTS, members], "");
            world.town.lock().unwrap().names_the_list = says;
            let done = erase(&world);
            let outcomes: Vec<&str> = done["records"]
                .as_array()
                .unwrap()
                .iter()
                .map(|record| record["outcome"].as_str().unwrap())
                .collect();
            assert_eq!(outcomes, ["removed", "removed"], "{says} {members}\n{done}");
            assert_eq!(world.left(), ["a/b?c m2", "events m2", "news m2"]);
            let mut writes = world.writes();
            writes.sort();
            assert_eq!(
                writes,
                [
                    "DELETE /lists/a%2Fb%3Fc/members/m1",
                    "DELETE /lists/news/members/m1"
                ]
            );
        }
    }
}

#[test]
fn what_another_system_reveals_is_searched_in_every_place_too() {
    let profiles = r#"
  profiles:
    find: [{ by: email, get: /profiles, query: { email: "{{ value }}" } }]
    fields:
      email: { category: contact.email, identity: email }
      id: { category: account.id, identity: "town:member" }
    remove: { delete: "/profiles/{{ record.id }}" }
"#;
    let entries = r#"
  entries:
    key: [list_id, id]
    find: [{ by: "town:member", under: lists, get: "/lists/{{ parent.id }}/entries", query: { member: "{{ value }}" } }]
    fields:
      list_id: { category: account.id, links: lists }
      member: { category: account.id, identity: "town:member" }
    remove: { delete: "/lists/{{ record.list_id }}/entries/{{ record.id }}" }
"#;
    let world = World::answering(&[LISTS, entries, profiles], |request| {
        match request.path() {
            "/lists" => Reply::json(json!({"lists": [{"id": "l1"}, {"id": "l2"}], "total": 2})),
            "/profiles" => {
                Reply::json(json!({"items": [{"id": "p7", "email": "anna@example.org"}]}))
            }
            "/lists/l2/entries" => Reply::json(
                json!({"items": [{"id": 1, "member": "p7"}, {"id": 2, "member": "p8"}]}),
            ),
            _ => Reply::json(json!({"items": []})),
        }
    });
    let (code, found) = world.find();
    assert_eq!((code, faults(&found)), (4, Vec::<String>::new()));
    assert_eq!(keys(&found), ["entries:l2/1", "profiles:p7"]);
}

#[test]
fn places_lie_in_places() {
    let places = r#"
  teams:
    find: [{ by: all, get: /teams }]
  boards:
    key: [team, id]
    find: [{ by: all, under: teams, get: "/teams/{{ parent.id }}/boards" }]
    fields: { team: { category: account.id, links: teams } }
  cards:
    key: [team, board, id]
    find: [{ by: email, under: boards, get: "/teams/{{ parent.team }}/boards/{{ parent.id }}/cards", query: { mail: "{{ value }}" } }]
    fields:
      team: { category: account.id, links: boards }
      board: { category: account.id, links: boards }
      mail: { category: contact.email, identity: email }
    remove: { delete: "/teams/{{ record.team }}/boards/{{ record.board }}/cards/{{ record.id }}" }
"#;
    let world = World::answering(&[places], |request| match request.path() {
        "/teams" => Reply::json(json!({"items": [{"id": 1}, {"id": 2}]})),
        // The same board number in both teams, and the same card in both boards.
        "/teams/1/boards" | "/teams/2/boards" => Reply::json(json!({"items": [{"id": 5}]})),
        "/teams/1/boards/5/cards" | "/teams/2/boards/5/cards" => Reply::json(
            json!({"items": [{"id": 9, "mail": "anna@example.org"}, {"id": 8, "mail": "anna@example.org", "team": 7}]}),
        ),
        _ => Reply::status(404),
    });
    let (code, found) = world.find();
    assert_eq!((code, faults(&found)), (0, Vec::<String>::new()));
    assert_eq!(keys(&found), ["cards:1/5/9", "cards:2/5/9"]);
    assert_eq!(
        found["objects"][0]["near_misses"], 2,
        "of a team that is another"
    );
}

#[test]
fn the_control_person_is_on_one_list_at_least() {
    for (control, code) in [("control@example.org", 3), ("ben@example.org", 0)] {
        let world = World::new(
            &[LISTS, MEMBERS],
            &format!("control: {{ email: {control} }}"),
        );
        let (ended, found) = world.find();
        assert_eq!(ended, code, "{found}");
        let blind = if code == 3 {
            vec!["members E530"]
        } else {
            vec![]
        };
        assert_eq!(faults(&found), blind);
    }
}

#[test]
fn a_package_holds_the_members_and_no_list() {
    let world = World::new(&[LISTS, MEMBERS], "");
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
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let data = world.workspace.read("draft/data/town/members.json");
    assert!(data.contains("a/b?c") && !data.contains("Ben"), "{data}");
    assert!(!world.workspace.path("draft/data/town/lists.json").exists());
    let page = world.workspace.read("draft/overview.html");
    assert!(!page.contains("town.lists"), "{page}");
}

#[test]
fn doctor_tries_the_credential_with_the_list_of_places() {
    let world = World::new(&[LISTS, MEMBERS], "");
    let ran = world.workspace.run(&["check", "--format", "json"]);
    let said = format!("{ran:?}");
    assert!(!said.contains("W330") && !said.contains("lists"), "{said}");
    assert!(
        world
            .server
            .lines()
            .contains(&"GET /lists?page=1".to_owned())
    );
}
