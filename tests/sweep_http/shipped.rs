//! Connectors that come with the program, swept before servers that answer as the vendors' do: the listing by age is what they make of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::http::{Received, Reply, Server};
use crate::support::program::Workspace;
use crate::support::sweeping::{ago, head};

/// Number and day of each record.
type Records = Arc<Mutex<BTreeMap<u32, String>>>;

struct Shipped {
    workspace: Workspace,
    records: Records,
    server: Server,
}

/// Twelve records, every second one long ago; `answer` speaks as the vendor does.
fn shipped(
    connector: &str,
    settings: &str,
    object: &str,
    answer: fn(&Records, &Received) -> Reply,
) -> Shipped {
    let days = |id: u32| if id.is_multiple_of(2) { 900 } else { 30 };
    let records = (1..=12).map(|id| (id, ago(days(id)))).collect();
    let records: Records = Arc::new(Mutex::new(records));
    let state = Arc::clone(&records);
    let server = Server::start(move |request| answer(&state, request));
    let inventory = format!(
        "{}  system:\n    connector: {connector}@1\n    settings: {{ url: \"{}\", {settings} }}\n\
         data_types:\n  old: {{ objects: [system.{object}], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }}\n",
        head("records: 100, share: 1"),
        server.url
    );
    let workspace = Workspace::new(&inventory, &[]);
    workspace.write("secret", "invented");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs_err::set_permissions(workspace.path("secret"), private).unwrap();
    Shipped {
        workspace,
        records,
        server,
    }
}

impl Shipped {
    fn rule(&self, more: &[&str]) -> Value {
        let ran = self
            .workspace
            .run(&[&["sweep", "--format", "json"], more].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json()["rules"][0].clone()
    }

    /// What is old is listed, erased and gone; nothing newer is touched, and the next run has nothing to do.
    fn is_swept(&self) {
        let shown = self.rule(&[]);
        assert_eq!(
            [&shown["due"], &shown["obstacle"]],
            [&json!(6), &json!(null)]
        );
        assert!(self.server.received().iter().all(|asked| !asked.is_write()));
        let run = self.rule(&["--apply"]);
        assert_eq!([&run["done"], &run["remaining"]], [&json!(6), &json!(0)]);
        let left: Vec<u32> = self.records.lock().unwrap().keys().copied().collect();
        assert_eq!(left, [1, 3, 5, 7, 9, 11]);
        assert_eq!(self.rule(&["--apply"])["due"], json!(0));
        self.workspace.run(&["audit", "runs"]).ends_with(0);
    }
}

fn wordpress(records: &Records, request: &Received) -> Reply {
    let mut records = records.lock().unwrap();
    let comment = |id: u32, day: &str| {
        json!({"id": id, "author": 0, "author_name": "Ada Moss", "author_email": "ada@example.org",
               "author_url": "", "author_ip": "192.0.2.7", "author_user_agent": "-",
               "date": format!("{day}T09:00:00"), "content": {"raw": "Nice."}, "status": "approved", "type": "comment"})
    };
    let id = request.path().strip_prefix("/wp-json/wp/v2/comments/");
    let id = id.and_then(|id| id.parse::<u32>().ok());
    match (request.method.as_str(), id) {
        ("GET", None) if request.path() == "/wp-json/wp/v2/comments" => {
            let (before, status) = (request.query("before"), request.query("status"));
            // Held comments and spam are left out unless they are asked for.
            assert_eq!(status.as_deref(), Some("any"));
            let before = before.expect("only what is older is asked for");
            let older = records
                .iter()
                .filter(|(_, day)| format!("{day}T09:00:00") < before);
            Reply::json(older.map(|(id, day)| comment(*id, day)).collect())
        }
        ("GET", Some(id)) => match records.get(&id) {
            Some(day) => Reply::json(comment(id, day)),
            None => Reply::json(json!({"code": "rest_comment_invalid_id"})).with_status(404),
        },
        ("DELETE", Some(id)) => {
            // Without it a comment would only be moved to the trash.
            assert_eq!(request.query("force").as_deref(), Some("true"));
            records.remove(&id);
            Reply::json(json!({"deleted": true}))
        }
        _ => Reply::json(json!([])),
    }
}

fn redmine(records: &Records, request: &Received) -> Reply {
    let mut records = records.lock().unwrap();
    let entry = |id: u32, day: &str| json!({"id": id, "user": {"id": 7, "name": "Ada Moss"}, "hours": 1.5, "comments": "x", "spent_on": day});
    let id = request.path().strip_prefix("/time_entries/");
    let id = id.and_then(|id| id.trim_end_matches(".json").parse::<u32>().ok());
    match (request.method.as_str(), id) {
        ("GET", None) if request.path() == "/time_entries.json" => {
            let to = request
                .query("to")
                .expect("only what is older is asked for");
            let offset: usize = request.query("offset").map_or(0, |at| at.parse().unwrap());
            let older: Vec<Value> = records
                .iter()
                .filter(|(_, day)| **day <= to)
                .map(|(id, day)| entry(*id, day))
                .collect();
            let page: Vec<&Value> = older.iter().skip(offset).take(4).collect();
            Reply::json(
                json!({"time_entries": page, "total_count": older.len(), "offset": offset, "limit": 4}),
            )
        }
        ("GET", Some(id)) => match records.get(&id) {
            Some(day) => Reply::json(json!({ "time_entry": entry(id, day) })),
            None => Reply::status(404),
        },
        ("DELETE", Some(id)) => match records.remove(&id) {
            Some(_) => Reply::status(204),
            None => Reply::status(404),
        },
        _ => Reply::status(404),
    }
}

#[test]
fn old_comments_of_wordpress_go_past_the_trash() {
    let settings = "user: dsr, password: { secret: \"file:secret\" }, reassign: 1";
    shipped("wordpress", settings, "comments", wordpress).is_swept();
}

#[test]
fn old_time_of_redmine_goes_over_all_pages() {
    let settings = "key: { secret: \"file:secret\" }";
    shipped("redmine", settings, "time_entries", redmine).is_swept();
}
