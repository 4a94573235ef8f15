//! Request Tracker, with users who never log in, their tickets, and the history that keeps everything.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::support::house::House;
use crate::town::{CONTROL, Case, Site, id, keys, sqlite_places, started, variable};

const API: &str = "/REST/2.0";
/// What the tested person writes everywhere, to be looked for afterwards.
const TOLD: &str = "ring me at 040 5550177";

/// Request Tracker with the control person in it; `None` without it.
fn desk() -> Option<Site> {
    static SEEDED: OnceLock<()> = OnceLock::new();
    let url = started("DSR_TEST_RT", "Request Tracker")?;
    let token = format!("token {}", variable("DSR_TEST_RT_TOKEN"));
    let desk = Site::new(&url, &[("Authorization", &token)]);
    SEEDED.get_or_init(|| {
        person(&desk, "control", CONTROL);
        ticket(&desk, CONTROL, "Here");
    });
    Some(desk)
}

/// Makes a user and returns the number, which the answer to the creation does not say.
fn person(desk: &Site, name: &str, email: &str) -> String {
    let user = json!({
        "Name": name, "EmailAddress": email, "RealName": "Ada Moss", "NickName": "Ada", "HomePhone": "040 5550177", "City": "Hamburg",
        "Comments": TOLD,
    });
    desk.post(&format!("{API}/user"), &user);
    id(&desk.get(&format!("{API}/user/{name}")))
}

fn ticket(desk: &Site, requestor: &str, subject: &str) -> String {
    let ticket =
        json!({"Queue": "General", "Subject": subject, "Requestor": requestor, "Content": TOLD});
    let made = desk.post(&format!("{API}/ticket"), &ticket);
    made["id"].as_str().unwrap().to_owned()
}

fn user_of(desk: &Site, id: &str) -> Value {
    desk.get(&format!("{API}/user/{id}"))
}

fn ticket_of(desk: &Site, id: &str) -> Value {
    desk.get(&format!("{API}/ticket/{id}"))
}

/// A workspace around Request Tracker. `more` stands in the entry of the system.
fn case(desk: &Site, email: &str, token: &str, more: &str) -> Case {
    let mut house = House::new(
        &format!(
            "  desk:
    connector: request-tracker@1
    owner: support
    control: {{ email: {CONTROL} }}
    settings: {{ url: \"{}\", token: {{ secret: \"env:RT_TOKEN\" }} }}
{more}",
            desk.url
        ),
        &[],
    );
    house.env("RT_TOKEN", token);
    Case {
        house,
        system: "desk",
        email: email.to_owned(),
    }
}

fn sound(desk: &Site, email: &str) -> Case {
    case(desk, email, &variable("DSR_TEST_RT_TOKEN"), "")
}

fn places(pattern: &str) -> Vec<String> {
    sqlite_places(&variable("DSR_TEST_RT_DATABASE"), pattern)
}

#[test]
fn a_user_becomes_anonymous_tickets_are_a_task_and_a_namesake_stays() {
    let Some(desk) = desk() else { return };
    let email = "ada.stays@example.org";
    let ada = person(&desk, "ada.stays", email);
    let namesake = person(&desk, "nada.stays", "nada.stays@example.org");
    let own = ticket(&desk, email, "The parcel of Ada Moss");
    let resolved = ticket(&desk, email, "Another parcel");
    desk.put(
        &format!("{API}/ticket/{resolved}"),
        &json!({"Status": "resolved"}),
    );
    let other = ticket(&desk, "nada.stays@example.org", "A letter");
    desk.post(
        &format!("{API}/ticket/{own}/correspond"),
        &json!({"Content": "We look for it", "ContentType": "text/plain"}),
    );
    desk.put(&format!("{API}/ticket/{other}"), &json!({"Cc": email}));
    let before = (user_of(&desk, &namesake), ticket_of(&desk, &other));

    let case = sound(&desk, email);
    case.house.run(&["check"]).expect(0);
    let mut expected = [keys("tickets", &[&own, &resolved]), keys("users", &[&ada])].concat();
    expected.sort();
    assert_eq!(case.found(), expected);
    let package = case.package();
    for told in [
        email,
        TOLD,
        "The parcel of Ada Moss",
        "Hamburg",
        "We look for it",
    ] {
        assert!(package.contains(told), "{told} is not in {package}");
    }
    assert!(!package.contains("nada.stays"), "{package}");

    let set = [
        "--set",
        "desk.users.RealName=Ada Moor",
        "--set",
        "desk.tickets.Subject=Parcel",
    ];
    case.carried_out(&[&["rectify"], &set[..]].concat(), 3, 0);
    assert_eq!(user_of(&desk, &ada)["RealName"], "Ada Moor");
    assert_eq!(ticket_of(&desk, &own)["Subject"], "Parcel");

    assert_eq!(
        case.carried_out(&["erase"], 1, 0),
        ["tickets manual", "tickets manual", "users anonymised"]
    );
    let user = user_of(&desk, &ada);
    for field in [
        "EmailAddress",
        "RealName",
        "NickName",
        "HomePhone",
        "City",
        "Comments",
    ] {
        assert!(
            matches!(&user[field], Value::Null) || user[field] == "",
            "{field}: {user}"
        );
    }
    assert!(!user["Name"].as_str().unwrap().contains("ada"), "{user}");
    assert_eq!(case.found(), Vec::<String>::new());
    case.proven_without(&[email, "040 5550177", "Hamburg", "The parcel"]);
    assert_eq!(user_of(&desk, &namesake), before.0);
    assert_eq!(ticket_of(&desk, &other)["Subject"], before.1["Subject"]);
    // What the page says is left over: the history of the user, and the tickets with their messages.
    assert_eq!(places("ada.stays%"), ["Transactions.OldValue"]);
    assert_eq!(places("%To: ada.stays%"), ["Attachments.Headers"]);
    assert_eq!(
        places("%The parcel of Ada Moss%"),
        [
            "Attachments.Subject",
            "Attachments.Content",
            "Attachments.Headers",
            "Transactions.OldValue"
        ]
    );
}

#[test]
fn a_user_is_disabled_found_all_the_same_and_enabled_again() {
    let Some(desk) = desk() else { return };
    let email = "ada.locked@example.org";
    let ada = person(&desk, "ada.locked", email);
    let case = sound(&desk, email);
    let restrict = ["restrict", "--because", "contested"];
    assert_eq!(case.carried_out(&restrict, 1, 0), ["users restricted"]);
    assert_eq!(user_of(&desk, &ada)["Disabled"], "1");
    assert_eq!(case.found(), [format!("users:{ada}")]);
    case.lifted();
    assert_eq!(user_of(&desk, &ada)["Disabled"], "0");
}

/// The page says so, because nobody could tell from an answer.
#[test]
fn tickets_that_are_deleted_or_in_a_queue_out_of_sight_are_not_found() {
    let Some(desk) = desk() else { return };
    let email = "ada.deletes@example.org";
    let ada = person(&desk, "ada.deletes", email);
    let (kept, deleted) = (
        ticket(&desk, email, "A letter"),
        ticket(&desk, email, "The zebra"),
    );
    desk.yes("DELETE", &format!("{API}/ticket/{deleted}"), None);
    let found = sound(&desk, email).found();
    assert_eq!(found, [format!("tickets:{kept}"), format!("users:{ada}")]);
    // Only marked: the interface deletes nothing.
    let left = places("The zebra");
    assert!(left.contains(&"Tickets.Subject".to_owned()), "{left:?}");
    let hidden = sound(&desk, "ada.vault@example.org").found();
    assert!(
        hidden.len() == 1 && hidden[0].starts_with("users:"),
        "{hidden:?}"
    );
}

#[test]
fn every_page_of_many_tickets_is_read() {
    let Some(desk) = desk() else { return };
    let email = "ada.many@example.org";
    let ada = person(&desk, "ada.many", email);
    let mut all: Vec<String> = (0..13)
        .map(|n| ticket(&desk, email, &format!("No. {n}")))
        .map(|id| format!("tickets:{id}"))
        .collect();
    all.push(format!("users:{ada}"));
    all.sort();
    // Making a ticket takes Request Tracker a while, so the pages are short.
    let more = "    extend: { api: { page: { of: 5 } } }\n";
    let token = variable("DSR_TEST_RT_TOKEN");
    assert_eq!(case(&desk, email, &token, more).found(), all);
}

#[test]
fn whoever_may_not_see_users_is_told_so_and_finds_nothing_empty() {
    let Some(desk) = desk() else { return };
    let email = "ada.hidden@example.org";
    person(&desk, "ada.hidden", email);
    let wrong = case(&desk, email, "1-2-0123456789abcdef", "");
    let ran = wrong.house.run(&["check"]);
    ran.expect(3);
    assert!(ran.all().contains("E506"), "{}", ran.all());
    wrong.about(&["find"], 3);
    let narrow = case(&desk, email, &variable("DSR_TEST_RT_NARROW_TOKEN"), "");
    let ran = narrow.house.run(&["check"]);
    ran.expect(3);
    // The list shows the user; the record itself comes without number and address.
    assert!(ran.all().contains("E206"), "{}", ran.all());
    let ran = narrow.about(&["find"], 3);
    assert_eq!(ran.json()["complete"], json!(false), "{ran:?}");
    assert_eq!(ran.records("desk"), Vec::<String>::new());
}
