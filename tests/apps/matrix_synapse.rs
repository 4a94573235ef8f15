//! Matrix Synapse, with accounts, uploaded files, and messages that others have read.

use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::{Value, json};

use crate::support::house::House;
use crate::town::{CONTROL, Case, Site, sqlite_places, started, variable};

const ADMIN: &str = "/_synapse/admin";
const CLIENT: &str = "/_matrix/client/v3";
/// What the tested person writes everywhere, to be looked for afterwards.
const TOLD: &str = "ring me at 040 5550166";

/// The home server for one test alone: whoever reads the list of all accounts while another makes one is told of a list that does not
/// add up (E312), and rightly so.
struct Chat {
    site: Site,
    _turn: MutexGuard<'static, ()>,
}

impl Deref for Chat {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

/// The home server with the control person in it; `None` without it.
fn chat() -> Option<Chat> {
    static SEEDED: OnceLock<()> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let url = started("DSR_TEST_SYNAPSE", "Matrix Synapse")?;
    let token = format!("Bearer {}", variable("DSR_TEST_SYNAPSE_TOKEN"));
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let chat = Site::new(&url, &[("Authorization", &token)]);
    SEEDED.get_or_init(|| {
        let control = person(&chat, "control", CONTROL);
        upload(&signed_in(&chat, &control), "here.png");
    });
    Some(Chat {
        site: chat,
        _turn: turn,
    })
}

/// Makes an account and returns its id.
fn person(chat: &Site, login: &str, email: &str) -> String {
    let id = format!("@{login}:example.org");
    let account = json!({
        "displayname": "Ada Moss",
        "threepids": [{"medium": "email", "address": email}],
    });
    chat.put(&format!("{ADMIN}/v2/users/{id}"), &account);
    id
}

fn user_of(chat: &Site, id: &str) -> Value {
    chat.get(&format!("{ADMIN}/v2/users/{id}"))
}

/// The home server as this account uses it.
fn signed_in(chat: &Site, id: &str) -> Site {
    let token = chat.post(&format!("{ADMIN}/v1/users/{id}/login"), &json!({}));
    let token = format!("Bearer {}", token["access_token"].as_str().unwrap());
    Site::new(&chat.url, &[("Authorization", &token)])
}

/// Uploads a file and returns its number.
fn upload(account: &Site, name: &str) -> String {
    let file = json!({"not": "a picture"});
    let path = format!("/_matrix/media/v3/upload?filename={name}");
    let uri = account.post(&path, &file)["content_uri"].clone();
    uri.as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

fn percent(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// What this account sees of the messages of a room.
fn messages(account: &Site, room: &str) -> Vec<Value> {
    let path = format!("{CLIENT}/rooms/{room}/messages?dir=b&limit=50");
    let chunk = account.get(&path)["chunk"].clone();
    let events = chunk.as_array().unwrap().iter();
    events
        .filter(|event| event["type"] == "m.room.message")
        .map(|event| event["content"].clone())
        .collect()
}

/// A workspace around the home server.
fn case(chat: &Site, email: &str, token: &str) -> Case {
    let mut house = House::new(
        &format!(
            "  chat:
    connector: matrix-synapse@1
    owner: it
    control: {{ email: {CONTROL} }}
    settings: {{ url: \"{}\", server_name: example.org, token: {{ secret: \"env:CHAT_TOKEN\" }} }}
",
            chat.url
        ),
        &[],
    );
    house.env("CHAT_TOKEN", token);
    Case {
        house,
        system: "chat",
        email: email.to_owned(),
    }
}

fn sound(chat: &Site, email: &str) -> Case {
    case(chat, email, &variable("DSR_TEST_SYNAPSE_TOKEN"))
}

#[test]
fn an_account_is_erased_with_its_files_and_messages_stay_for_those_who_were_there() {
    let Some(chat) = chat() else { return };
    let email = "ada.goes@example.org";
    let ada = person(&chat, "ada.goes", email);
    let namesake = person(&chat, "nada.goes", "nada.goes@example.org");
    let later = person(&chat, "carla", "carla@example.org");
    let (hers, others, latecomers) = (
        signed_in(&chat, &ada),
        signed_in(&chat, &namesake),
        signed_in(&chat, &later),
    );
    let file = upload(&hers, "crane.png");
    let other_file = upload(&others, "gate.png");
    let room = hers.post(
        &format!("{CLIENT}/createRoom"),
        &json!({"name": "Harbour", "preset": "public_chat"}),
    );
    let room = percent(room["room_id"].as_str().unwrap());
    others.post(&format!("{CLIENT}/join/{room}"), &json!({}));
    let said = json!({"msgtype": "m.text", "body": TOLD});
    hers.put(
        &format!("{CLIENT}/rooms/{room}/send/m.room.message/1"),
        &said,
    );
    let before = user_of(&chat, &namesake);

    let case = sound(&chat, email);
    case.house.run(&["check"]).expect(0);
    let mut expected = vec![format!("media:{file}"), format!("users:{ada}")];
    expected.sort();
    assert_eq!(case.found(), expected);
    let package = case.package();
    for told in [email, "Ada Moss", "crane.png"] {
        assert!(package.contains(told), "{told} is not in {package}");
    }
    assert!(!package.contains("gate.png") && !package.contains("nada.goes"));

    case.carried_out(
        &["rectify", "--set", "chat.users.displayname=Ada Moor"],
        1,
        0,
    );
    assert_eq!(user_of(&chat, &ada)["displayname"], "Ada Moor");

    assert_eq!(
        case.carried_out(&["erase"], 2, 0),
        ["media removed", "users anonymised"]
    );
    let user = user_of(&chat, &ada);
    assert_eq!(user["deactivated"], true);
    assert_eq!(user["erased"], true);
    assert_eq!(user["threepids"], json!([]));
    assert!(matches!(&user["displayname"], Value::Null) || user["displayname"] == "");
    let media = |id: &str| chat.status(&format!("{ADMIN}/v1/media/example.org/{id}"));
    assert_eq!((media(&file), media(&other_file)), (404, 200));
    assert_eq!(case.found(), Vec::<String>::new());
    case.proven_without(&[email, "040 5550166", "crane.png"]);

    let mut after = user_of(&chat, &namesake);
    after["last_seen_ts"] = before["last_seen_ts"].clone();
    assert_eq!(after, before);
    // Whoever was in the room still reads it; whoever comes now does not.
    assert_eq!(messages(&others, &room), [said]);
    latecomers.post(&format!("{CLIENT}/join/{room}"), &json!({}));
    assert_eq!(messages(&latecomers, &room), [json!({})]);
    // The id is a tombstone.
    let again = chat.ask(
        "POST",
        &format!("{CLIENT}/register"),
        Some(&json!({"username": "ada.goes"})),
    );
    assert_ne!(again.0, 200, "{again:?}");
    // What the page says is left over in the database: whom to notify by mail was deleted, and that is remembered.
    let left = sqlite_places(&variable("DSR_TEST_SYNAPSE_DATABASE"), "ada.goes@%");
    assert_eq!(left, ["deleted_pushers.pushkey"]);
}

#[test]
fn an_account_is_suspended_found_all_the_same_and_freed() {
    let Some(chat) = chat() else { return };
    let email = "ada.locked@example.org";
    let ada = person(&chat, "ada.locked", email);
    let case = sound(&chat, email);
    let restrict = ["restrict", "--because", "contested"];
    assert_eq!(case.carried_out(&restrict, 1, 0), ["users restricted"]);
    assert_eq!(user_of(&chat, &ada)["suspended"], true);
    assert_eq!(case.found(), [format!("users:{ada}")]);
    case.lifted();
    assert_eq!(user_of(&chat, &ada)["suspended"], false);
    // A lock that the administrator set hides nobody either.
    chat.put(&format!("{ADMIN}/v2/users/{ada}"), &json!({"locked": true}));
    assert_eq!(case.found(), [format!("users:{ada}")]);
}

#[test]
fn every_page_of_many_accounts_is_read() {
    let Some(chat) = chat() else { return };
    for n in 0..103 {
        let id = format!("@many{n}:example.org");
        chat.put(
            &format!("{ADMIN}/v2/users/{id}"),
            &json!({"displayname": "Many"}),
        );
    }
    let email = "zoe@example.org";
    let zoe = person(&chat, "zzz.last", email);
    assert_eq!(sound(&chat, email).found(), [format!("users:{zoe}")]);
}

#[test]
fn whoever_is_no_administrator_is_told_so_and_finds_nothing_empty() {
    let Some(chat) = chat() else { return };
    let email = "ada.hidden@example.org";
    let ada = person(&chat, "ada.hidden", email);
    let own = chat.post(&format!("{ADMIN}/v1/users/{ada}/login"), &json!({}));
    let own = own["access_token"].as_str().unwrap();
    for (token, code) in [("syt_wrong", "E506"), (own, "E507")] {
        let narrow = case(&chat, email, token);
        let ran = narrow.house.run(&["check"]);
        ran.expect(3);
        assert!(ran.all().contains(code), "{}", ran.all());
        let ran = narrow.about(&["find"], 3);
        assert_eq!(ran.json()["complete"], json!(false));
        assert_eq!(ran.records("chat"), Vec::<String>::new());
    }
}
