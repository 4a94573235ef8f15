//! What the holder of the sealing key can make of a bundle: everything is listed and sealed anew, so that only the content itself can
//! contradict it.

use dsr::evidence::{Anchors, Standing};
use serde_json::{Value, json};

use super::material::seal_of;
use super::tamper::{Files, file, file_mut, pack, restated, seal_anew};
use super::{Bench, codes};

impl Bench {
    fn own_seal(&self) -> dsr::evidence::Seal {
        seal_of(&(self.key.clone().into(), self.certificate.clone()))
    }

    /// The codes of the reasons against changed files that were sealed anew.
    fn forged(&self, files: Files) -> (Vec<&'static str>, Vec<Value>) {
        let path = self.write("forged.zip", &pack(&seal_anew(files, &self.own_seal())));
        let verdict = self.verify(&path);
        assert_eq!(
            verdict.standing == Standing::Valid,
            verdict.reasons.is_empty()
        );
        let program = self.program(&path);
        assert_eq!(program == Some(0), verdict.standing == Standing::Valid);
        (codes(&verdict), verdict.not_proven)
    }

    fn restated(&self, change: &dyn Fn(&mut Value)) -> Vec<&'static str> {
        self.forged(restated(self.files(), change)).0
    }
}

#[test]
fn a_bundle_that_is_sealed_anew_without_a_change_stays_valid() {
    let bench = Bench::new();
    assert_eq!(bench.forged(bench.files()).0, Vec::<&str>::new());
}

#[test]
fn no_gap_that_the_files_show_can_be_left_out() {
    let bench = Bench::new();
    let files = bench.files();
    let said: Value = serde_json::from_slice(file(&files, "data/statement.json")).unwrap();
    let gaps = said["predicate"]["notProven"].as_array().unwrap();
    let mut unseen = Vec::new();
    for at in 0..gaps.len() {
        let codes =
            bench.restated(&|said| drop(said["notProven"].as_array_mut().unwrap().remove(at)));
        match codes.as_slice() {
            ["E738"] => {}
            [] => unseen.push(gaps[at]["kind"].as_str().unwrap()),
            other => panic!("{}: {other:?}", gaps[at]),
        }
        if gaps[at]["count"].is_u64() && codes == ["E738"] {
            let fewer = bench.restated(&|said| said["notProven"][at]["count"] = json!(0));
            assert_eq!(fewer, ["E738"], "{}", gaps[at]);
        }
    }
    // What only the vault knew, whose clock it was, and an answer that the verdict tells of by itself.
    assert_eq!(
        unseen,
        ["not_accepted", "answer_not_recorded", "no_time_stamp"]
    );
    assert_eq!(
        bench.restated(&|said| said["notProven"] = json!([])),
        ["E738"]
    );
    let (_, told) = bench.forged(restated(files, &|said| {
        let gaps = said["notProven"].as_array_mut().unwrap();
        gaps.retain(|gap| gap["kind"] != "answer_not_recorded");
    }));
    assert!(told.iter().any(|gap| gap["kind"] == "answer_not_recorded"));
}

#[test]
fn a_statement_that_says_other_than_the_journal_is_seen() {
    let bench = Bench::new();
    let other = json!("0".repeat(64));
    for (name, value) in [
        ("received", json!("2030-01-01")),
        ("due", json!({ "date": "2031-01-01", "kind": "nominal" })),
        ("operator", json!("somebody")),
        ("rights", json!(["access"])),
        ("closed", json!(true)),
        ("answered", json!("soon")),
        ("plan", other.clone()),
        ("plan", Value::Null),
        ("approver", json!("bob")),
        ("identity", json!("passport")),
        ("systems", json!([])),
        ("tasks", json!([{ "task": "T1" }])),
        ("asked", json!([{ "verb": "erase" }])),
        ("noticeSent", json!(["2026-01-01"])),
    ] {
        let codes = bench.restated(&|said| said[name] = value.clone());
        assert!(codes.contains(&"E737"), "{name}: {codes:?}");
    }
    for name in ["inventory", "lock"] {
        let codes = bench.restated(&|said| said[name] = other.clone());
        assert_eq!(codes, ["E734"], "{name}");
    }
}

#[test]
fn small_files_that_are_junk_are_seen() {
    let bench = Bench::new();
    for name in [
        "systems.jsonl",
        "inventory.json",
        "law.json",
        "environment.json",
    ] {
        let mut files = bench.files();
        *file_mut(&mut files, &format!("data/{name}")) = b"junk\n".to_vec();
        assert_eq!(bench.forged(files).0, ["E734"], "{name}");
    }
    // One system more, and one that answered something else.
    let lines = |change: &dyn Fn(&mut Value)| {
        let mut files = bench.files();
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
        bench.forged(files).0
    };
    assert_eq!(lines(&|_| {}), Vec::<&str>::new());
    let searched = lines(&|line| {
        if line["system"] == "erp" {
            (line["status"], line["error"]) = (json!("searched"), Value::Null);
        }
    });
    assert_eq!(searched, ["E737"], "it was not searched");
    let emptied = lines(&|line| line["objects"] = json!([]));
    assert!(emptied.contains(&"E737"), "{emptied:?}");
}

#[test]
fn levels_that_no_event_states_are_seen() {
    let bench = Bench::new();
    let mut files = bench.files();
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
    let files = restated(files, &|said| {
        said["records"]["merkleRoot"] = json!(root);
        let gaps = said["notProven"].as_array_mut().unwrap();
        gaps.retain(|gap| gap["kind"] != "weakly_proven");
    });
    assert_eq!(bench.forged(files).0, ["E732"]);
}

#[test]
fn a_log_key_that_was_named_and_finds_nothing_is_told() {
    let bench = Bench::new();
    let key = dsr::translog::Signer::from_pem(
        &dsr::translog::Signer::make(),
        "dsr.log/0123456789abcdef0123456789abcdef".to_owned(),
    )
    .unwrap()
    .key();
    let anchors = |must_be_logged, seal| Anchors {
        log: vec![key.clone()],
        must_be_logged,
        ..Anchors::of_seal(seal)
    };
    let verdict = |anchors: &Anchors| dsr::evidence::verify(&bench.made.path, anchors).unwrap();
    let named = verdict(&anchors(true, bench.anchors()));
    assert_eq!(
        (named.standing, codes(&named)),
        (Standing::Invalid, vec!["E765"])
    );
    let unknown = verdict(&anchors(true, Vec::new()));
    assert_eq!(unknown.standing, Standing::IntactButSignerUnknown);
    // The keys of one's own workspace are only a help.
    let helped = verdict(&anchors(false, bench.anchors()));
    assert_eq!(helped.standing, Standing::Valid);
}
