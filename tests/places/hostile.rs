//! Services that list their places wrongly, endlessly or not to the end.

use serde_json::json;

use crate::support::http::Reply;
use crate::town::{LISTS, MEMBERS, World, answer, faults, keys};

/// Nothing is said to be found where a place is missing.
fn refused(world: &World, expected: &[&str]) {
    let (code, found) = world.find();
    assert_eq!(code, 3, "{found}");
    assert_eq!(faults(&found), expected, "{found}");
    assert_eq!(keys(&found), Vec::<String>::new());
}

#[test]
fn a_list_of_places_that_breaks_off_leaves_everything_below_unsearched() {
    type Answers = (&'static str, fn() -> Reply);
    let broken: [Answers; 4] = [
        ("E505", || Reply::status(500)),
        ("E507", || Reply::status(403)),
        ("E310", || Reply::json(json!({"total": 2}))),
        ("E206", || {
            Reply::json(json!({"lists": [{"name": "nameless"}], "total": 2}))
        }),
    ];
    for (fault, second) in broken {
        let world = World::answering(&[LISTS, MEMBERS], move |request| {
            match (request.path(), request.query("page").as_deref()) {
                ("/lists", Some("1")) => {
                    Reply::json(json!({"lists": [{"id": "news"}], "total": 2}))
                }
                ("/lists", _) => second(),
                _ => Reply::json(
                    json!({"items": [{"id": "m1", "email": "anna@example.org", "list_id": "news"}]}),
                ),
            }
        });
        refused(&world, &[&format!("lists {fault}"), "members E545"]);
    }
}

#[test]
fn an_endless_list_of_places_ends_at_the_cap() {
    let capped = LISTS
        .replace("fields: {}", "cap: 5")
        .replace(", total: $.total", "");
    let world = World::answering(&[&capped, MEMBERS], |request| match request.path() {
        "/lists" => {
            let page = request.query("page").unwrap();
            Reply::json(json!({"lists": [{"id": format!("l{page}")}]}))
        }
        _ => Reply::json(json!({"items": []})),
    });
    refused(&world, &["lists E324", "members E545"]);
    assert!(
        world.server.lines().len() <= 7,
        "{:#?}",
        world.server.lines()
    );
    // One page for ever.
    let world = World::answering(&[&capped, MEMBERS], |_| {
        Reply::json(json!({"lists": [{"id": "l1"}]}))
    });
    refused(&world, &["lists E311", "members E545"]);
}

#[test]
fn one_key_in_two_places_is_no_key() {
    let short = MEMBERS
        .replace("key: [list_id, id]", "key: id")
        .replace(
            "      list_id: { category: account.id, links: lists }\n",
            "",
        )
        .replace("    read:", "    # read:")
        .replace("/lists/{{ record.list_id }}/members", "/members");
    let world = World::new(&[LISTS, &short], "");
    refused(&world, &["members E325"]);
    // The same record seen in two places is one record.
    let world = World::new(&[LISTS, &short], "");
    {
        let mut town = world.town.lock().unwrap();
        town.names_the_list = false;
        for members in town.lists.values_mut() {
            for member in members.values_mut() {
                member["since"] = json!("always");
            }
        }
    }
    let (code, found) = world.find();
    assert_eq!(
        (code, keys(&found)),
        (0, vec!["members:m1".to_owned()]),
        "{found}"
    );
}

#[test]
fn a_member_of_another_place_is_a_near_miss() {
    let world = World::answering(&[LISTS, MEMBERS], |request| match request.path() {
        "/lists" => Reply::json(json!({"lists": [{"id": "news"}], "total": 1})),
        "/lists/news/members" => Reply::json(
            json!({"items": [{"id": "m1", "email": "anna@example.org", "list_id": "staff"}]}),
        ),
        _ => Reply::json(json!({"id": "m1", "email": "anna@example.org", "list_id": "staff"})),
    });
    let (code, found) = world.find();
    assert_eq!((code, keys(&found).len()), (0, 0), "{found}");
    assert_eq!(found["objects"][0]["near_misses"], 1);
}

#[test]
fn a_place_that_goes_away_between_plan_and_erasure_is_not_written_to() {
    let unread = MEMBERS.replace("    read:", "    # read:").replace(
        "{ email: \"{{ value }}\" }",
        "{ email: \"{{ value }}\", of: \"{{ parent.name }}\" }",
    );
    let world = World::new(&[LISTS, &unread], "");
    let planned = world.workspace.run(&[
        "erase",
        "--email",
        "anna@example.org",
        "--identity",
        "confirmed",
    ]);
    let case = planned.case().unwrap_or_else(|| panic!("{planned:?}"));
    world.town.lock().unwrap().lists.remove("news");
    world.server.clear();
    let ran = world
        .workspace
        .run(&["apply", &case, "--yes", "--expect", "1", "--format", "json"]);
    assert!(!ran.err.contains("panicked"), "{ran:?}");
    assert_eq!(
        world.writes(),
        ["DELETE /lists/a%2Fb%3Fc/members/m1"],
        "{ran:?}"
    );
}

#[test]
fn the_service_of_these_tests_answers_as_it_should() {
    let world = World::new(&[LISTS, MEMBERS], "");
    let mut town = world.town.lock().unwrap();
    let request = crate::support::http::Received {
        method: "DELETE".into(),
        target: "/lists/none/members/m1".into(),
        headers: Default::default(),
        body: Vec::new(),
        nth: 0,
    };
    let reply = format!("{:?}", answer(&mut town, &request));
    assert!(reply.contains("404"), "{reply}");
}
