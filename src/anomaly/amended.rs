//! Every change of what an inventory asks for, whether it asks for more or for less: for the cover sheet of a case.

use std::collections::{BTreeMap, BTreeSet};

use crate::agreed;
use crate::inventory::terms::{Connected, Ending, ObjectTerms, SystemTerms, Terms};
use crate::messages::{Text, agreed as say_agreed, anomaly as say};

/// In what the terms after differ from those before, in words.
pub fn amended(before: &Terms, after: &Terms) -> Vec<Text> {
    let mut found = agreed::changes(before, after);
    let mut differ = |what: &str, old: Text, new: Text| {
        if old != new {
            found.push(say::was_and_is(what, old, new));
        }
    };
    let yes = |is| if is { say::yes() } else { say::no() };
    differ(
        "requests.identity",
        yes(before.identity),
        yes(after.identity),
    );
    differ("requests.reason", yes(before.reason), yes(after.reason));
    let number = |limits: &BTreeMap<String, u64>, name: &String| match limits.get(name) {
        Some(limit) => Text::same(limit.to_string()),
        None => say_agreed::no_key(),
    };
    let names: BTreeSet<&String> = before.limits.keys().chain(after.limits.keys()).collect();
    for name in names {
        let (old, new) = (number(&before.limits, name), number(&after.limits, name));
        differ(&format!("limits.{name}"), old, new);
    }
    for (name, one) in &after.systems {
        match before.systems.get(name) {
            Some(old) => system(name, old, one, &mut found),
            None => found.push(say::system_added(name, connected(one.status))),
        }
    }
    // Whatever a later program adds to the terms is not passed over in silence.
    if found.is_empty() && before != after {
        found.push(say::amended_otherwise());
    }
    found
}

fn system(name: &str, before: &SystemTerms, after: &SystemTerms, found: &mut Vec<Text>) {
    let yes = |is| if is { say::yes() } else { say::no() };
    for (key, old, new) in [
        ("control", before.control, after.control),
        ("insecure_http", before.insecure_http, after.insecure_http),
        (
            "unconfirmed_writes",
            before.unconfirmed_writes,
            after.unconfirmed_writes,
        ),
    ] {
        if old != new {
            found.push(say::was_and_is(format!("{name}.{key}"), yes(old), yes(new)));
        }
    }
    for (object, new) in &after.objects {
        let place = format!("{name}.{object}");
        match before.objects.get(object) {
            Some(old) => self::object(&place, old, new, found),
            None => found.push(say::object_added(place)),
        }
    }
}

fn object(place: &str, before: &ObjectTerms, after: &ObjectTerms, found: &mut Vec<Text>) {
    let mut differ = |key: &str, old: Text, new: Text| {
        if old != new {
            found.push(say::was_and_is(format!("{place}.{key}"), old, new));
        }
    };
    let number = |cap: u64| Text::same(cap.to_string());
    differ("cap", number(before.cap), number(after.cap));
    let list = |find: &BTreeSet<String>| match find.is_empty() {
        true => say_agreed::no_key(),
        false => Text::same(find.iter().cloned().collect::<Vec<_>>().join(", ")),
    };
    differ("find", list(&before.find), list(&after.find));
    let ending = |ending: Ending| {
        Text::same(match ending {
            Ending::Remove => "remove",
            Ending::Anonymise => "anonymise",
            Ending::Restrict => "restrict",
            Ending::Retain => "retain",
            Ending::Manual => "manual",
        })
    };
    differ("erase", ending(before.erase), ending(after.erase));
}

fn connected(status: Connected) -> Text {
    match status {
        Connected::Active => say_agreed::asked(),
        Connected::Manual => say_agreed::asked_by_people(),
        Connected::NotConnected => say_agreed::not_connected(),
        Connected::Disabled => say_agreed::disabled(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn terms(change: impl Fn(&mut Value)) -> Terms {
        let mut value = json!({
            "approval": "none", "identity": true, "reason": true, "limits": {"records": 100},
            "systems": {"crm": {"status": "active", "control": true, "objects": {
                "contacts": {"cap": 10, "find": ["email"], "erase": "remove"}}}},
            "data_types": {}, "people": {"op1": {"role": "operator"}},
        });
        change(&mut value);
        serde_json::from_value(value).unwrap()
    }

    fn between(change: impl Fn(&mut Value)) -> Vec<String> {
        let found = amended(&terms(|_| {}), &terms(change));
        found.into_iter().map(|text| text.en).collect()
    }

    #[test]
    fn every_change_has_words_whichever_way_it_goes() {
        assert_eq!(between(|_| {}), Vec::<String>::new());
        for (place, value, words) in [
            (
                "/identity",
                json!(false),
                "`requests.identity` was yes and is no",
            ),
            (
                "/limits/records",
                json!(50),
                "`limits.records` was 100 and is 50",
            ),
            (
                "/systems/crm/control",
                json!(false),
                "`crm.control` was yes and is no",
            ),
            (
                "/systems/crm/objects/contacts/cap",
                json!(11),
                "`crm.contacts.cap` was 10 and is 11",
            ),
            (
                "/systems/crm/objects/contacts/find",
                json!(["email", "phone"]),
                "`crm.contacts.find` was email and is email, phone",
            ),
            (
                "/systems/crm/objects/contacts/erase",
                json!("manual"),
                "`crm.contacts.erase` was remove and is manual",
            ),
            (
                "/approval",
                json!("four_eyes"),
                "`approval` was `none` and is `four_eyes`",
            ),
            (
                "/people/op1/role",
                json!("approver"),
                "`op1` was operator and is approver",
            ),
        ] {
            let found = between(|terms| *terms.pointer_mut(place).unwrap() = value.clone());
            assert_eq!(found, [words], "{place}");
        }
        let new = json!({"status": "manual", "control": false, "objects": {}});
        assert_eq!(
            between(|terms| terms["systems"]["erp"] = new.clone()),
            ["the system erp is new: searched by people"]
        );
    }
}
