//! What the holder of the sealing key can make of a bundle: everything is listed and sealed anew, so that only the content itself can
//! contradict it.

use dsr::evidence::{Anchors, Standing};
use serde_json::{Value, json};

use super::material::seal_of;
use super::tamper::{Files, pack, restated, seal_anew};
use super::{Bench, codes, forgeries};

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
    let mut unseen = Vec::new();
    for (gap, without, fewer) in forgeries::without_gaps(&files) {
        let codes = bench.forged(without).0;
        match codes.as_slice() {
            ["E738"] => {}
            [] => unseen.push(gap["kind"].as_str().unwrap().to_owned()),
            other => panic!("{gap}: {other:?}"),
        }
        if let Some(fewer) = fewer.filter(|_| codes == ["E738"]) {
            assert_eq!(bench.forged(fewer).0, ["E738"], "{gap}");
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
    for (name, files) in forgeries::other_facts(&bench.files()) {
        let codes = bench.forged(files).0;
        assert!(codes.contains(&"E737"), "{name}: {codes:?}");
    }
    for (name, files) in forgeries::other_inventories(&bench.files()) {
        assert_eq!(bench.forged(files).0, ["E734"], "{name}");
    }
}

#[test]
fn small_files_that_are_junk_are_seen() {
    let bench = Bench::new();
    let files = bench.files();
    for (name, files) in forgeries::junk(&files) {
        assert_eq!(bench.forged(files).0, ["E734"], "{name}");
    }
    // One system more, and one that answered something else.
    let lines = |change: &dyn Fn(&mut Value)| bench.forged(forgeries::answers(&files, change)).0;
    assert_eq!(lines(&|_| {}), Vec::<&str>::new());
    let searched = bench.forged(forgeries::searched(&files)).0;
    assert_eq!(searched, ["E737"], "it was not searched");
    let emptied = lines(&|line| line["objects"] = json!([]));
    assert!(emptied.contains(&"E737"), "{emptied:?}");
}

#[test]
fn levels_that_no_event_states_are_seen() {
    let bench = Bench::new();
    let files = forgeries::better_levels(&bench.files());
    assert_eq!(bench.forged(files).0, ["E732"]);
}

#[test]
fn a_record_line_says_what_the_journal_says_of_its_step() {
    let bench = Bench::new();
    for (name, files) in forgeries::other_records(&bench.files()) {
        let codes = bench.forged(files).0;
        assert!(codes.contains(&"E732"), "{name}: {codes:?}");
    }
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
