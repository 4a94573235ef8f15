//! A newsletter service with lists and members, and a workspace that knows it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::http::{Received, Reply, Server};
use crate::support::program::Workspace;

/// What the service holds: members by list and id.
#[derive(Default)]
pub(crate) struct Town {
    pub(crate) lists: BTreeMap<String, BTreeMap<String, Value>>,
    /// Members say in which list they are.
    pub(crate) names_the_list: bool,
}

pub(crate) struct World {
    pub(crate) workspace: Workspace,
    pub(crate) town: Arc<Mutex<Town>>,
    pub(crate) server: Server,
}

pub(crate) const LISTS: &str = r#"
  lists:
    find: [{ by: all, get: /lists, records: "$.lists[*]", page: { number: query.page, start: 1, total: $.total } }]
    fields: {}
"#;

pub(crate) const MEMBERS: &str = r#"
  members:
    key: [list_id, id]
    find: [{ by: email, under: lists, get: "/lists/{{ parent.id }}/members", query: { email: "{{ value }}" } }]
    read: { get: "/lists/{{ record.list_id }}/members/{{ record.id }}", records: $ }
    fields:
      list_id: { category: account.id, links: lists }
      email: { category: contact.email, identity: email }
      name: person.name
    remove: { delete: "/lists/{{ record.list_id }}/members/{{ record.id }}" }
"#;

pub(crate) fn connector(objects: &[&str]) -> String {
    format!(
        "dsr: 1\nconnector: town\nversion: 1.0.0\nsettings: {{ url: {{ type: url }} }}\napi:\n  url: \"{{{{ settings.url }}}}\"\n  records: \"$.items[*]\"\n  limits: {{ retries: 0 }}\nobjects:\n{}",
        objects.concat().trim_start_matches('\n')
    )
}

impl World {
    /// Three lists, one with a slash in its name; Anna is on two of them, Ben on all.
    pub(crate) fn new(objects: &[&str], more: &str) -> World {
        let mut town = Town {
            names_the_list: true,
            ..Town::default()
        };
        for list in ["news", "a/b?c", "events"] {
            let members = town.lists.entry(list.to_owned()).or_default();
            let mut add = |id: &str, email: &str, name: &str| {
                let member = json!({"id": id, "email": email, "name": name, "since": list});
                members.insert(id.to_owned(), member);
            };
            add("m2", "ben@example.org", "Ben Tal");
            if list != "events" {
                add("m1", "Anna@Example.org", "Anna Berg");
            }
        }
        let town = Arc::new(Mutex::new(town));
        let state = Arc::clone(&town);
        let server = Server::start(move |request| answer(&mut state.lock().unwrap(), request));
        World::around(objects, more, town, server)
    }

    /// With a service that answers otherwise.
    pub(crate) fn answering(
        objects: &[&str],
        answer: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> World {
        World::around(objects, "", Arc::default(), Server::start(answer))
    }

    /// The same, with more words about the system and the inventory behind it.
    pub(crate) fn keeping(
        objects: &[&str],
        more: &str,
        answer: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> World {
        World::around(objects, more, Arc::default(), Server::start(answer))
    }

    fn around(objects: &[&str], more: &str, town: Arc<Mutex<Town>>, server: Server) -> World {
        let inventory = format!(
            "dsr: 1\ncontroller: {{ name: Acme GmbH, seat: DE-BY, language: en, contact: privacy@example.org }}\nsystems:\n  town:\n    connector: town@1\n    settings: {{ url: \"{}\" }}\n    owner: helpdesk@example.org\n    {more}\n",
            server.url
        );
        let connector = connector(objects);
        World {
            workspace: Workspace::new(&inventory, &[("town.yml", &connector)]),
            town,
            server,
        }
    }

    /// What `find` says of the town, with the exit code.
    pub(crate) fn find(&self) -> (i32, Value) {
        let arguments = ["find", "--email", "anna@example.org", "--format", "json"];
        let ran = self.workspace.run(&arguments);
        let found = ran.json()["systems"][0].clone();
        (ran.code.unwrap(), found)
    }

    /// `LIST/ID` of everybody who is on a list still.
    pub(crate) fn left(&self) -> Vec<String> {
        let town = self.town.lock().unwrap();
        let lists = town.lists.iter();
        lists
            .flat_map(|(list, members)| members.keys().map(move |id| format!("{list} {id}")))
            .collect()
    }

    pub(crate) fn writes(&self) -> Vec<String> {
        let received = self.server.received();
        let writes = received.iter().filter(|request| request.is_write());
        writes.map(Received::line).collect()
    }
}

/// `OBJECT:KEY` of the records that `find` shows.
pub(crate) fn keys(found: &Value) -> Vec<String> {
    let records = found["records"].as_array().unwrap();
    let name = |record: &Value, name: &str| record[name].as_str().unwrap().to_owned();
    let keys = records
        .iter()
        .map(|r| format!("{}:{}", name(r, "object"), name(r, "key")));
    keys.collect()
}

/// `OBJECT CODE` of what was not searched.
pub(crate) fn faults(found: &Value) -> Vec<String> {
    let objects = found["objects"].as_array().unwrap().iter();
    objects
        .filter(|object| object["error"].is_object())
        .map(|object| {
            let name = object["object"].as_str().unwrap();
            format!("{name} {}", object["error"]["code"].as_str().unwrap())
        })
        .collect()
}

pub(crate) fn answer(town: &mut Town, request: &Received) -> Reply {
    let plain = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let path: Vec<String> = request.path().split('/').skip(1).map(plain).collect();
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let says = town.names_the_list;
    let shown = |list: &str, member: &Value| {
        let mut member = member.clone();
        if says {
            member["list_id"] = json!(list);
        }
        member
    };
    match (request.method.as_str(), parts.as_slice()) {
        // One list a page.
        ("GET", ["lists"]) => {
            let page: usize = request.query("page").unwrap().parse().unwrap();
            let lists = town.lists.keys().skip(page - 1).take(1);
            let lists: Vec<Value> = lists
                .map(|id| json!({"id": id, "name": format!("List {id}")}))
                .collect();
            Reply::json(json!({"lists": lists, "total": town.lists.len()}))
        }
        ("GET", ["lists", list, "members"]) => match town.lists.get(*list) {
            // The search is fuzzy: it finds everybody.
            Some(members) => {
                let members: Vec<Value> = members.values().map(|one| shown(list, one)).collect();
                Reply::json(json!({"items": members}))
            }
            None => Reply::status(404),
        },
        ("GET", ["lists", list, "members", id]) => {
            match town.lists.get(*list).and_then(|members| members.get(*id)) {
                Some(member) => Reply::json(shown(list, member)),
                None => Reply::status(404),
            }
        }
        ("DELETE", ["lists", list, "members", id]) => {
            let gone = town
                .lists
                .get_mut(*list)
                .and_then(|members| members.remove(*id));
            Reply::status(if gone.is_some() { 204 } else { 404 })
        }
        _ => Reply::status(404),
    }
}
