//! What the holder of the sealing key can change in a bundle, for each program that has to notice once all of it is listed and sealed anew.

use serde_json::{Value, json};

use crate::tamper::{Files, file, file_mut, restated};

/// Each gap that the statement names, with the files without it, and where it has a number with that made none.
pub(crate) fn without_gaps(files: &Files) -> Vec<(Value, Files, Option<Files>)> {
    let said: Value = serde_json::from_slice(file(files, "data/statement.json")).unwrap();
    let gaps = said["predicate"]["notProven"].as_array().unwrap();
    let without = |at: usize| {
        restated(files.clone(), &|said| {
            drop(said["notProven"].as_array_mut().unwrap().remove(at));
        })
    };
    let fewer = |at: usize| {
        restated(files.clone(), &|said| {
            said["notProven"][at]["count"] = json!(0);
        })
    };
    let each = gaps.iter().enumerate();
    each.map(|(at, gap)| {
        let fewer = gap["count"].is_u64().then(|| fewer(at));
        (gap.clone(), without(at), fewer)
    })
    .collect()
}

/// Statements that say other than the journal, each with the member that does.
pub(crate) fn other_facts(files: &Files) -> Vec<(&'static str, Files)> {
    let other = json!("0".repeat(64));
    let facts = [
        ("received", json!("2030-01-01")),
        ("due", json!({ "date": "2031-01-01", "kind": "nominal" })),
        ("operator", json!("somebody")),
        ("rights", json!(["access"])),
        ("closed", json!(true)),
        ("answered", json!("soon")),
        ("plan", other),
        ("plan", Value::Null),
        ("approver", json!("bob")),
        ("identity", json!("passport")),
        ("channel", json!("telephone")),
        ("channel", Value::Null),
        ("systems", json!([])),
        ("tasks", json!([{ "task": "T1" }])),
        ("asked", json!([{ "verb": "erase" }])),
        ("noticeSent", json!(["2026-01-01"])),
    ];
    let facts = facts.into_iter();
    facts
        .map(|(name, value)| {
            let say = |said: &mut Value| said[name] = value.clone();
            (name, restated(files.clone(), &say))
        })
        .collect()
}

/// Statements that speak of another inventory or lock than the files beside them.
pub(crate) fn other_inventories(files: &Files) -> Vec<(&'static str, Files)> {
    let other = |name: &'static str| {
        let say = |said: &mut Value| said[name] = json!("0".repeat(64));
        (name, restated(files.clone(), &say))
    };
    ["inventory", "lock"].map(other).to_vec()
}

/// Small files that are none of their form.
pub(crate) fn junk(files: &Files) -> Vec<(&'static str, Files)> {
    let spoilt = |name: &'static str| {
        let mut files = files.clone();
        *file_mut(&mut files, &format!("data/{name}")) = b"junk\n".to_vec();
        (name, files)
    };
    let names = [
        "systems.jsonl",
        "inventory.json",
        "law.json",
        "environment.json",
    ];
    names.map(spoilt).to_vec()
}

/// The answer of each system changed in its line.
pub(crate) fn answers(files: &Files, change: &dyn Fn(&mut Value)) -> Files {
    let mut files = files.clone();
    let bytes = file_mut(&mut files, "data/systems.jsonl");
    let lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let mut lines: Vec<Value> = lines
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    lines.iter_mut().for_each(change);
    *bytes = lines
        .iter()
        .flat_map(|line| [dsr::canonical::bytes(line), b"\n".to_vec()])
        .flatten()
        .collect();
    files
}

/// A system that was not searched, and says that it was.
pub(crate) fn searched(files: &Files) -> Files {
    answers(files, &|line| {
        if line["system"] == "erp" {
            (line["status"], line["error"]) = (json!("searched"), Value::Null);
        }
    })
}

/// Records that say they are proven better than any event does, and no word of the weak ones.
pub(crate) fn better_levels(files: &Files) -> Files {
    let mut files = files.clone();
    let bytes = file_mut(&mut files, "data/records.jsonl");
    let text = String::from_utf8(bytes.clone()).unwrap();
    *bytes = text
        .replace("\"level\":\"L1\"", "\"level\":\"L4\"")
        .into_bytes();
    let root = {
        let mut tree = dsr::evidence::merkle::Tree::default();
        bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .for_each(|line| tree.push(line));
        tree.root()
    };
    restated(files, &|said| {
        said["records"]["merkleRoot"] = json!(root);
        let gaps = said["notProven"].as_array_mut().unwrap();
        gaps.retain(|gap| gap["kind"] != "weakly_proven");
    })
}

/// Record lines that say other than the journal, each with what was done to them.
pub(crate) fn other_records(files: &Files) -> Vec<(&'static str, Files)> {
    let changed = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut files = files.clone();
        let bytes = file_mut(&mut files, "data/records.jsonl");
        let lines = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        let mut lines: Vec<Value> = lines
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        change(&mut lines);
        let lines: Vec<Vec<u8>> = lines.iter().map(dsr::canonical::bytes).collect();
        let mut tree = dsr::evidence::merkle::Tree::default();
        lines.iter().for_each(|line| tree.push(line));
        *bytes = lines
            .iter()
            .flat_map(|line| [line, &b"\n"[..]].concat())
            .collect();
        restated(files, &|said| {
            said["records"]["merkleRoot"] = json!(tree.root())
        })
    };
    let set = |at: usize, name: &'static str, value: Value| {
        changed(&|lines| lines[at][name] = value.clone())
    };
    let exchanged = |names: &'static [&'static str]| {
        changed(&|lines| {
            for name in names {
                let one = lines[0][name].take();
                let other = std::mem::replace(&mut lines[4][name], one);
                lines[0][name] = other;
            }
        })
    };
    vec![
        ("systems exchanged", exchanged(&["system", "object"])),
        ("steps exchanged", exchanged(&["step"])),
        ("times exchanged", exchanged(&["at"])),
        ("another object", set(0, "object", json!("nonsense"))),
        ("kept for longer", set(4, "until", json!("2099-12-31"))),
        ("kept for ever", set(4, "until", Value::Null)),
        (
            "done at another time",
            set(0, "at", json!("2020-01-01T00:00:00Z")),
        ),
        (
            "looked at later",
            set(0, "verified_at", json!("2030-01-01T00:00:00Z")),
        ),
        ("never looked at", set(0, "verified_at", Value::Null)),
        ("another decision", set(2, "decision", json!("retain"))),
        ("another action", set(3, "action", json!("remove"))),
        ("a fault", set(1, "fault", json!("E500"))),
        ("another step", set(1, "step", json!(9))),
        (
            "one that was begun at another time",
            set(6, "at", json!("2026-11-21T11:00:00Z")),
        ),
    ]
}

/// All of them, each with what was done.
#[allow(dead_code, reason = "tests/evidence.rs looks at each group by itself")]
pub(crate) fn all(files: &Files) -> Vec<(String, Files)> {
    let mut all = vec![
        ("nothing".to_owned(), files.clone()),
        ("a system searched".to_owned(), searched(files)),
        ("better levels".to_owned(), better_levels(files)),
    ];
    let emptied = answers(files, &|line| line["objects"] = json!([]));
    all.push(("no objects".to_owned(), emptied));
    let none = restated(files.clone(), &|said| said["notProven"] = json!([]));
    all.push(("no gap at all".to_owned(), none));
    for (gap, without, fewer) in without_gaps(files) {
        all.push((format!("without {gap}"), without));
        all.extend(fewer.map(|fewer| (format!("fewer of {gap}"), fewer)));
    }
    let others = [
        other_facts(files),
        other_inventories(files),
        junk(files),
        other_records(files),
    ];
    for (name, files) in others.concat() {
        all.push((format!("another {name}"), files));
    }
    all
}
