//! Redmine, with issues and their history, time, a wiki, and what its database holds afterwards.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::support::house::House;
use crate::town::{CONTROL, Case, Site, id, keys, mails, sqlite_places, started, variable};

/// What the tested person writes everywhere, to be looked for afterwards.
const TOLD: &str = "ring me at 040 5550199";
/// Project of a role that may do everything, and the numbers that Redmine's own default data gives.
const MANAGER: u64 = 3;
const DEVELOPMENT: u64 = 9;

/// Redmine with a project and the control person in it; `None` without Redmine.
fn tracker() -> Option<Site> {
    static SEEDED: OnceLock<()> = OnceLock::new();
    let url = started("DSR_TEST_REDMINE", "Redmine")?;
    let key = variable("DSR_TEST_REDMINE_KEY");
    let tracker = Site::new(&url, &[("X-Redmine-API-Key", &key)]);
    SEEDED.get_or_init(|| {
        project(&tracker, "harbour");
        let control = person(&tracker, "control", CONTROL);
        join(&tracker, "harbour", &control);
        let issue = issue(&tracker, "harbour", "control", "Here");
        time(&tracker, &issue, "control", "Here");
    });
    Some(tracker)
}

fn project(tracker: &Site, name: &str) {
    tracker.post(
        "/projects.json",
        &json!({"project": {"name": name, "identifier": name}}),
    );
}

fn person(tracker: &Site, login: &str, email: &str) -> String {
    let user = json!({"login": login, "firstname": "Ada", "lastname": "Moss", "mail": email, "password": "invented, and long"});
    id(&tracker.post("/users.json", &json!({"user": user}))["user"])
}

fn join(tracker: &Site, project: &str, user: &str) {
    let membership = json!({"user_id": user.parse::<u64>().unwrap(), "role_ids": [MANAGER]});
    tracker.post(
        &format!("/projects/{project}/memberships.json"),
        &json!({"membership": membership}),
    );
}

/// The system as another account uses it.
fn signed_in(tracker: &Site, login: &str) -> Site {
    tracker.with("X-Redmine-Switch-User", login)
}

fn issue(tracker: &Site, project: &str, login: &str, subject: &str) -> String {
    let issue = json!({"project_id": project, "tracker_id": 1, "priority_id": 2, "subject": subject, "description": TOLD});
    id(&signed_in(tracker, login).post("/issues.json", &json!({"issue": issue}))["issue"])
}

fn note(tracker: &Site, issue: &str, login: &str) {
    signed_in(tracker, login).put(
        &format!("/issues/{issue}.json"),
        &json!({"issue": {"notes": format!("{TOLD}, writes {login}")}}),
    );
}

fn time(tracker: &Site, issue: &str, login: &str, comments: &str) -> String {
    let entry = json!({"issue_id": issue.parse::<u64>().unwrap(), "hours": 1.5, "activity_id": DEVELOPMENT, "comments": comments, "spent_on": "2026-04-02"});
    id(
        &signed_in(tracker, login).post("/time_entries.json", &json!({"time_entry": entry}))["time_entry"],
    )
}

fn user_of(tracker: &Site, id: &str) -> Value {
    tracker.get(&format!("/users/{id}.json?include=memberships,groups"))["user"].clone()
}

fn issue_of(tracker: &Site, id: &str) -> Value {
    tracker.get(&format!("/issues/{id}.json?include=journals,children"))["issue"].clone()
}

/// A workspace around Redmine. `more` stands in the entry of the system.
fn case(tracker: &Site, email: &str, key: &str, more: &str) -> Case {
    let mut house = House::new(
        &format!(
            "  projects:
    connector: redmine@1
    owner: it
    control: {{ email: {CONTROL} }}
    settings: {{ url: \"{}\", key: {{ secret: \"env:REDMINE_KEY\" }} }}
{more}",
            tracker.url
        ),
        &[],
    );
    house.env("REDMINE_KEY", key);
    Case {
        house,
        system: "projects",
        email: email.to_owned(),
    }
}

fn sound(tracker: &Site, email: &str) -> Case {
    case(tracker, email, &variable("DSR_TEST_REDMINE_KEY"), "")
}

fn places(pattern: &str) -> Vec<String> {
    sqlite_places(&variable("DSR_TEST_REDMINE_DATABASE"), pattern)
}

#[test]
fn an_account_with_issues_becomes_anonymous_and_a_namesake_stays() {
    let Some(tracker) = tracker() else { return };
    let email = "ada.stays@example.org";
    let ada = person(&tracker, "ada.stays", email);
    let namesake = person(&tracker, "nada.stays", "nada.stays@example.org");
    join(&tracker, "harbour", &ada);
    join(&tracker, "harbour", &namesake);
    let own = issue(&tracker, "harbour", "ada.stays", "The crane of Ada Moss");
    let closed = issue(&tracker, "harbour", "ada.stays", "The gate");
    tracker.put(
        &format!("/issues/{closed}.json"),
        &json!({"issue": {"status_id": 5}}),
    );
    let other = issue(&tracker, "harbour", "nada.stays", "Another crane");
    note(&tracker, &own, "ada.stays");
    note(&tracker, &own, "nada.stays");
    note(&tracker, &other, "ada.stays");
    let spent = time(&tracker, &own, "ada.stays", "Had a cold");
    let time_of_other = time(&tracker, &own, "nada.stays", "Helped");
    let before = (
        user_of(&tracker, &namesake),
        issue_of(&tracker, &other)["description"].clone(),
        tracker.get(&format!("/time_entries/{time_of_other}.json")),
    );

    let case = sound(&tracker, email);
    case.house.run(&["check"]).expect(0);
    let mut expected = [
        keys("issues", &[&own, &closed]),
        keys("time_entries", &[&spent]),
        keys("users", &[&ada]),
    ]
    .concat();
    expected.sort();
    assert_eq!(case.found(), expected);
    assert_eq!(case.near_misses(), 1, "the namesake's account");

    let package = case.package();
    for told in [
        email,
        TOLD,
        "The crane of Ada Moss",
        "Had a cold",
        "harbour",
        "writes ada.stays",
    ] {
        assert!(package.contains(told), "{told} is not in {package}");
    }
    assert!(!package.contains("Helped") && !package.contains("nada.stays@example.org"));
    let api_key = user_of(&tracker, &ada)["api_key"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        !package.contains(&api_key),
        "a credential is in the package"
    );

    let set = [
        "--set",
        "projects.users.lastname=Moor",
        "--set",
        "projects.issues.subject=Crane",
        "--set",
        "projects.time_entries.comments=On the phone",
    ];
    case.carried_out(&[&["rectify"], &set[..]].concat(), 4, 0);
    assert_eq!(user_of(&tracker, &ada)["lastname"], "Moor");
    assert_eq!(issue_of(&tracker, &own)["subject"], "Crane");
    let entry = tracker.get(&format!("/time_entries/{spent}.json"));
    assert_eq!(entry["time_entry"]["comments"], "On the phone");

    assert_eq!(
        case.carried_out(&["erase"], 2, 0),
        [
            "issues manual",
            "issues manual",
            "time_entries anonymised",
            "users anonymised"
        ]
    );
    let user = user_of(&tracker, &ada);
    assert_eq!(user["status"], 3, "locked");
    assert_eq!(user["firstname"], "Erased");
    assert!(
        user["mail"].as_str().unwrap().ends_with("@erased.invalid"),
        "{user}"
    );
    let entry = tracker.get(&format!("/time_entries/{spent}.json"));
    assert_eq!(entry["time_entry"]["comments"], "");
    assert_eq!(case.found(), Vec::<String>::new());
    case.proven_without(&[email, "040 5550199", "Had a cold", &api_key]);

    assert_eq!(user_of(&tracker, &namesake), before.0);
    assert_eq!(issue_of(&tracker, &other)["description"], before.1);
    assert_eq!(
        tracker.get(&format!("/time_entries/{time_of_other}.json")),
        before.2
    );
    // What the page says is left over: texts, notes also to the issues of others, former values in the history.
    let history = issue_of(&tracker, &own)["journals"].to_string();
    assert!(history.contains("The crane of Ada Moss"), "{history}");
    assert!(history.contains("writes ada.stays"), "{history}");
    let elsewhere = issue_of(&tracker, &other)["journals"].to_string();
    assert!(elsewhere.contains("writes ada.stays"), "{elsewhere}");
    assert!(!elsewhere.contains("Moor"), "{elsewhere}");
    assert_eq!(
        places("ada.stays%"),
        Vec::<String>::new(),
        "neither login nor address"
    );
    assert_eq!(places("%writes ada.stays%"), ["journals.notes"]);
    // The old address is told that it is no longer hers.
    let told = mails(&variable("DSR_TEST_REDMINE_MAILS"), email);
    assert!(
        told.iter().any(|mail| mail.contains("@erased.invalid")),
        "{told:?}"
    );
}

#[test]
fn where_a_case_removes_issues_everything_under_them_goes_and_what_stays_is_anonymous() {
    let Some(tracker) = tracker() else { return };
    let email = "ada.goes@example.org";
    let ada = person(&tracker, "ada.goes", email);
    join(&tracker, "harbour", &ada);
    let other = person(&tracker, "goner", "goner@example.org");
    join(&tracker, "harbour", &other);
    let own = issue(&tracker, "harbour", "ada.goes", "A crane");
    let below = json!({"project_id": "harbour", "tracker_id": 1, "priority_id": 2, "subject": "Its rope", "parent_issue_id": own.parse::<u64>().unwrap()});
    let below =
        id(&signed_in(&tracker, "goner").post("/issues.json", &json!({"issue": below}))["issue"]);
    let booked = time(&tracker, &own, "goner", "Looked at it");
    let foreign = issue(&tracker, "harbour", "goner", "A gate");
    note(&tracker, &foreign, "ada.goes");
    let spent = time(&tracker, &foreign, "ada.goes", "Helped");
    signed_in(&tracker, "ada.goes").put(
        "/projects/harbour/wiki/Cranes.json",
        &json!({"wiki_page": {"text": format!("{TOLD}, says the wiki")}}),
    );

    let more =
        "    extend: { objects: { issues: { erase: remove }, time_entries: { erase: remove } } }\n";
    let key = variable("DSR_TEST_REDMINE_KEY");
    let case = case(&tracker, email, &key, more);
    assert_eq!(
        case.carried_out(&["erase"], 3, 0),
        ["issues removed", "time_entries removed", "users removed"]
    );
    for path in [
        format!("/users/{ada}.json"),
        format!("/issues/{own}.json"),
        format!("/issues/{below}.json"),
        format!("/time_entries/{booked}.json"),
        format!("/time_entries/{spent}.json"),
    ] {
        assert_eq!(tracker.status(&path), 404, "{path}");
    }
    assert_eq!(case.found(), Vec::<String>::new());
    case.proven_without(&[email, "040 5550199"]);
    // What she wrote to the issues of others, and to the wiki, is Anonymous's.
    let journal = issue_of(&tracker, &foreign)["journals"][0].clone();
    assert_eq!(journal["user"]["name"], "Anonymous");
    assert!(journal["notes"].as_str().unwrap().contains(TOLD));
    let page = tracker.get("/projects/harbour/wiki/Cranes.json");
    assert_eq!(page["wiki_page"]["author"]["name"], "Anonymous");
    assert_eq!(places("ada.goes%"), Vec::<String>::new());
    assert_eq!(
        places("%040 5550199, says the wiki%"),
        ["wiki_content_versions.data", "wiki_contents.text"]
    );
}

#[test]
fn an_account_without_issues_is_deleted() {
    let Some(tracker) = tracker() else { return };
    let email = "ada.silent@example.org";
    let ada = person(&tracker, "ada.silent", email);
    let case = sound(&tracker, email);
    assert_eq!(case.carried_out(&["erase"], 1, 0), ["users removed"]);
    assert_eq!(tracker.status(&format!("/users/{ada}.json")), 404);
    assert_eq!(places("%ada.silent%"), Vec::<String>::new());
    case.proven_without(&[email]);
}

#[test]
fn a_lock_is_set_found_and_taken_away() {
    let Some(tracker) = tracker() else { return };
    let email = "ada.locked@example.org";
    let ada = person(&tracker, "ada.locked", email);
    let case = sound(&tracker, email);
    let restrict = ["restrict", "--because", "contested"];
    assert_eq!(case.carried_out(&restrict, 1, 0), ["users restricted"]);
    assert_eq!(user_of(&tracker, &ada)["status"], 3);
    assert_eq!(case.found(), [format!("users:{ada}")]);
    case.lifted();
    assert_eq!(user_of(&tracker, &ada)["status"], 1);
}

#[test]
fn every_page_of_many_issues_is_read() {
    let Some(tracker) = tracker() else { return };
    let email = "ada.many@example.org";
    let ada = person(&tracker, "ada.many", email);
    join(&tracker, "harbour", &ada);
    let mut all: Vec<String> = (0..103)
        .map(|n| issue(&tracker, "harbour", "ada.many", &format!("No. {n}")))
        .map(|id| format!("issues:{id}"))
        .collect();
    all.push(format!("users:{ada}"));
    all.sort();
    assert_eq!(sound(&tracker, email).found(), all);
}

#[test]
fn another_address_of_an_account_is_a_near_miss_and_stays_where_the_account_becomes_anonymous() {
    let Some(tracker) = tracker() else { return };
    let email = "ada.first@example.org";
    let ada = person(&tracker, "ada.first", email);
    join(&tracker, "harbour", &ada);
    issue(&tracker, "harbour", "ada.first", "A crane");
    rusqlite::Connection::open(variable("DSR_TEST_REDMINE_DATABASE"))
        .unwrap()
        .execute(
            "INSERT INTO email_addresses(user_id, address, is_default, notify, created_on, updated_on) VALUES (?, 'ada.second@example.org', 0, 1, '2026-01-01', '2026-01-01')",
            [&ada],
        )
        .unwrap();
    let second = sound(&tracker, "ada.second@example.org");
    assert_eq!(second.found(), Vec::<String>::new());
    assert_eq!(second.near_misses(), 1);
    sound(&tracker, email).carried_out(&["erase"], 1, 0);
    assert_eq!(places("ada.first%"), Vec::<String>::new());
    assert_eq!(places("ada.second%"), ["email_addresses.address"]);
}

#[test]
fn issues_of_a_project_that_is_archived_are_shown_to_nobody() {
    let Some(tracker) = tracker() else { return };
    let email = "ada.archived@example.org";
    let ada = person(&tracker, "ada.archived", email);
    project(&tracker, "old-harbour");
    join(&tracker, "old-harbour", &ada);
    let own = issue(&tracker, "old-harbour", "ada.archived", "A crane");
    let case = sound(&tracker, email);
    assert_eq!(case.found().len(), 2);
    tracker.put("/projects/old-harbour/archive.json", &json!({}));
    assert_eq!(case.found(), [format!("users:{ada}")]);
    tracker.put("/projects/old-harbour/unarchive.json", &json!({}));
    tracker.put(
        "/projects/old-harbour.json",
        &json!({"project": {"enabled_module_names": ["wiki"]}}),
    );
    assert_eq!(case.found(), [format!("users:{ada}")]);
    case.carried_out(&["erase"], 1, 0);
    tracker.put(
        "/projects/old-harbour.json",
        &json!({"project": {"enabled_module_names": ["wiki", "issue_tracking"]}}),
    );
    let left = issue_of(&tracker, &own);
    assert_eq!(left["author"]["name"], "Anonymous");
    assert_eq!(left["description"], TOLD);
}

#[test]
fn the_owner_of_the_key_cannot_be_erased_by_it() {
    let Some(tracker) = tracker() else { return };
    let admin = user_of(&tracker, "1");
    let email = admin["mail"].as_str().unwrap();
    let case = sound(&tracker, email);
    assert_eq!(case.carried_out(&["erase"], 1, 4), ["users blocked"]);
    let mut after = user_of(&tracker, "1");
    after["last_login_on"] = admin["last_login_on"].clone();
    assert_eq!(after, admin);
}

#[test]
fn whoever_may_not_see_accounts_is_told_so_and_finds_nothing_empty() {
    let Some(tracker) = tracker() else { return };
    let email = "ada.hidden@example.org";
    let ada = person(&tracker, "ada.hidden", email);
    let wrong = case(&tracker, email, "0123456789abcdef", "");
    let ran = wrong.house.run(&["check"]);
    ran.expect(3);
    assert!(ran.all().contains("E506"), "{}", ran.all());
    wrong.about(&["find"], 3);
    let key = user_of(&tracker, &ada)["api_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let narrow = case(&tracker, email, &key, "");
    let ran = narrow.house.run(&["check"]);
    ran.expect(3);
    assert!(ran.all().contains("E507"), "{}", ran.all());
    let ran = narrow.about(&["find"], 3);
    assert_eq!(ran.json()["complete"], json!(false));
    assert_eq!(ran.records("projects"), Vec::<String>::new());
}
