//! The log over all cases: bundles in it, tampered proofs, and whoever tries to write it anew.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    dead_code,
    reason = "a test stops at the first surprise, says what it skipped, and shares its material with other tests"
)]

#[path = "evidence/material.rs"]
mod material;
#[path = "verifier/page.rs"]
mod page;
#[path = "evidence/tamper.rs"]
mod tamper;
#[path = "support/workspace.rs"]
mod workspace;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use dsr::diagnostic::Result;
use dsr::evidence::commitment::Opened;
use dsr::evidence::{self, Anchor, Anchoring, Anchors, Log, Made, Standing, Verdict, Witnesses};
use dsr::keys::Digest;
use dsr::ledger::{Event, Leaf};
use dsr::translog::{Inclusion, Signed, Signer, VerifierKey, Voucher, tree};
use material::{CASE, Case, organisation, seal_of};
use tamper::{Files, file, file_mut, files_of, pack, relist_all};
use workspace::Company;

const CASE_PROOF: &str = "data/log/case.tlog-proof";
const OPENED_PROOF: &str = "data/log/opened.tlog-proof";
const OPENED: &str = "data/log/opened.json";

/// A log in memory, with entries of other cases in it.
struct Book {
    signer: Signer,
    leaves: RefCell<Vec<Digest>>,
    anchored: bool,
}

impl Book {
    fn new(own: Digest) -> Book {
        let mut leaves: Vec<Digest> = (0..5u8).map(|i| tree::leaf(&[i])).collect();
        leaves.push(own);
        leaves.extend((5..11u8).map(|i| tree::leaf(&[i])));
        Book {
            signer: Signer::from_pem(&Signer::make(), "dsr.log/test".into()).unwrap(),
            leaves: RefCell::new(leaves),
            anchored: true,
        }
    }

    fn proof(&self, index: usize) -> Inclusion {
        let leaves = &self.leaves.borrow()[..=index];
        Inclusion {
            index: index as u64,
            path: tree::inclusion(leaves, index).unwrap(),
            signed: self.signer.checkpoint(index as u64 + 1, tree::root(leaves)),
        }
    }
}

impl Log for Book {
    fn key(&self) -> VerifierKey {
        self.signer.key()
    }

    fn prove(&self, leaf: &Digest) -> Result<Option<Inclusion>> {
        let index = self.leaves.borrow().iter().position(|own| own == leaf);
        Ok(index.map(|index| self.proof(index)))
    }

    fn anchoring(&self) -> Result<Anchoring> {
        Ok(match self.anchored {
            true => Anchoring::Daily,
            false => Anchoring::Never,
        })
    }

    fn append(&self, statement: &[u8]) -> Result<Inclusion> {
        self.leaves.borrow_mut().push(tree::leaf(statement));
        let index = self.leaves.borrow().len() - 1;
        Ok(self.proof(index))
    }
}

struct Bench {
    folder: tempfile::TempDir,
    organisation: (secrecy::SecretString, String),
    book: Book,
    made: Made,
}

fn opened() -> Opened {
    let day = jiff::civil::date(2026, 1, 31);
    Opened::of(&Case::new().key, CASE, day)
}

fn logged_case() -> Case {
    let mut case = Case::new();
    let mut events = material::events(&case.plan);
    let leaf = opened().hash();
    let of = Leaf::Opened;
    events.insert(1, Event::LeafAppended { leaf, of });
    case.journal = material::journal(&events);
    case
}

impl Bench {
    fn new() -> Bench {
        Bench::with(&logged_case(), Book::new(opened().hash()))
    }

    fn with(case: &Case, book: Book) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let organisation = organisation();
        let witnesses = Witnesses {
            log: Some(&book),
            ..Witnesses::default()
        };
        let seal = seal_of(&organisation);
        let made = evidence::make(&case.material(), &seal, witnesses, folder.path()).unwrap();
        std::fs::write(folder.path().join("organisation.pem"), &organisation.1).unwrap();
        Bench {
            folder,
            organisation,
            book,
            made,
        }
    }

    fn files(&self) -> Files {
        files_of(&self.made.path)
    }

    fn verify(&self, path: &Path, keys: &[VerifierKey]) -> Verdict {
        let anchors = Anchors {
            log: keys.to_vec(),
            ..Anchors::of_seal(Anchor::from_pem(&self.organisation.1).unwrap())
        };
        evidence::verify(path, &anchors).unwrap()
    }

    /// What whoever holds the seal can make of changed files: every list and the seal anew.
    fn sealed(&self, name: &str, files: Files) -> PathBuf {
        let mut files = relist_all(files);
        let list = self.folder.path().join("list");
        std::fs::write(&list, file(&files, "META-INF/ASiCManifest001.xml")).unwrap();
        std::fs::write(self.folder.path().join("key.pem"), {
            use secrecy::ExposeSecret as _;
            self.organisation.0.expose_secret()
        })
        .unwrap();
        let signed = std::process::Command::new("openssl")
            .args([
                "cms", "-sign", "-cades", "-binary", "-outform", "DER", "-md", "sha256",
            ])
            .args([
                "-in",
                "list",
                "-signer",
                "organisation.pem",
                "-inkey",
                "key.pem",
                "-out",
                "p7s",
            ])
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(signed.status.success(), "{signed:?}");
        *file_mut(&mut files, "META-INF/signature001.p7s") =
            std::fs::read(self.folder.path().join("p7s")).unwrap();
        let path = self.folder.path().join(name);
        std::fs::write(&path, pack(&files)).unwrap();
        path
    }

    fn script(&self, path: &Path, key: Option<&VerifierKey>) -> (i32, String) {
        let mut command = std::process::Command::new("bash");
        command
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/scripts/verify-evidence.sh"
            ))
            .arg(path)
            .arg(self.folder.path().join("organisation.pem"));
        if let Some(key) = key {
            command.args(["--log-key", &key.to_string()]);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap(), said)
    }
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    let mut codes: Vec<_> = verdict.reasons.iter().map(|reason| reason.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn has_tools() -> bool {
    let says = |tool: &str, arg: &str, word: &str| {
        std::process::Command::new(tool)
            .arg(arg)
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(word))
    };
    let all = says("bash", "--version", "bash")
        && says("openssl", "version", "OpenSSL 3")
        && says("unzip", "-v", "UnZip");
    if !all {
        assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
        eprintln!("skipped: needs bash, OpenSSL 3 and unzip");
    }
    all
}

#[test]
fn a_bundle_in_the_log_is_valid_for_dsr_and_for_stock_tools() {
    let bench = Bench::new();
    let own = bench.book.key();
    let verdict = bench.verify(&bench.made.path, std::slice::from_ref(&own));
    assert_eq!(
        (verdict.standing, codes(&verdict)),
        (Standing::Valid, vec![])
    );
    let log = verdict.log.unwrap();
    assert_eq!((log.index, log.size, log.opened), (12, 13, Some(5)));
    assert_eq!(
        (log.origin.as_str(), log.is_key_named),
        ("dsr.log/test", true)
    );
    let checkpoint = Signed::parse(log.checkpoint.as_bytes()).unwrap();
    assert_eq!(
        checkpoint.vouched(std::slice::from_ref(&own)),
        Voucher::Named
    );
    // The checkpoint of the opening is a beginning of the later one.
    let path = tree::consistency(&bench.book.leaves.borrow(), 6).unwrap();
    let early = Inclusion::parse(file(&bench.files(), OPENED_PROOF)).unwrap();
    let early = early.signed.checkpoint;
    assert!(tree::verify_consistency(
        (early.size, &early.root),
        (log.size, &log.root),
        &path
    ));

    let nobody = bench.verify(&bench.made.path, &[]);
    assert_eq!(nobody.standing, Standing::Valid);
    assert!(!nobody.log.unwrap().is_key_named);
    if has_tools() {
        let (code, said) = bench.script(&bench.made.path, Some(&own));
        assert!(
            code == 0
                && said.contains("entry 12 of 13 in dsr.log/test, signed by the key you named"),
            "{said}"
        );
        let (code, said) = bench.script(&bench.made.path, None);
        assert!(
            code == 0 && said.contains("its key was not named"),
            "{said}"
        );
    }
    let gaps: Vec<&str> = bench.made.gaps.iter().map(|gap| gap.kind).collect();
    assert!(gaps.contains(&"log_is_ours"), "{gaps:?}");
    for absent in ["no_log", "opened_not_logged", "log_not_anchored"] {
        assert!(!gaps.contains(&absent), "{gaps:?}");
    }
    let cover = String::from_utf8(file(&bench.files(), "data/00-COVER.txt").to_vec()).unwrap();
    assert!(cover.contains("entry no. 5 (counted from 0)"), "{cover}");
    assert!(cover.contains("Eintrag Nr. 5 (gezählt ab 0)"), "{cover}");
}

#[test]
fn a_bundle_whose_journal_speaks_of_the_log_cannot_leave_it_out() {
    let bench = Bench::new();
    let seal = seal_of(&bench.organisation);
    let write = |name: &str, files: Files| {
        let path = bench.folder.path().join(name);
        std::fs::write(&path, pack(&tamper::seal_anew(files, &seal))).unwrap();
        path
    };
    let hidden = write("nolog.zip", tamper::without_log(bench.files()));
    for keys in [&[][..], &[bench.book.key()]] {
        let verdict = bench.verify(&hidden, keys);
        assert_eq!(
            verdict.standing,
            Standing::Invalid,
            "with a key or without one"
        );
        assert!(codes(&verdict).contains(&"E736"), "{:?}", codes(&verdict));
    }
    // The place of the statement alone, without that of the opening.
    let mut files = bench.files();
    files.retain(|(name, _)| !name.starts_with("data/log/opened"));
    let files = tamper::restated(files, &|said| {
        said["log"]["opened"] = serde_json::Value::Null
    });
    let verdict = bench.verify(&write("unopened.zip", files), &[]);
    assert!(codes(&verdict).contains(&"E736"), "{:?}", codes(&verdict));
}

#[test]
fn every_position_in_a_log_is_proven_to_the_script_too() {
    if !has_tools() {
        return;
    }
    // Alone, the second of two, after three: left, right and lifted nodes.
    for before in [0, 1, 3] {
        let mut case = Case::new();
        case.journal = material::journal(&material::events(&case.plan));
        let mut book = Book::new(opened().hash());
        book.leaves.get_mut().truncate(before);
        let bench = Bench::with(&case, book);
        let (code, said) = bench.script(&bench.made.path, Some(&bench.book.key()));
        assert_eq!(code, 0, "{said}");
        let verdict = bench.verify(&bench.made.path, &[bench.book.key()]);
        assert_eq!(verdict.standing, Standing::Valid, "{before}");
        assert_eq!(verdict.log.unwrap().index, before as u64);
    }
}

#[test]
fn a_case_from_before_the_log_says_so() {
    let mut book = Book::new(opened().hash());
    book.anchored = false;
    let bench = Bench::with(&Case::new(), book);
    let gaps: Vec<&str> = bench.made.gaps.iter().map(|gap| gap.kind).collect();
    assert!(
        gaps.contains(&"opened_not_logged") && gaps.contains(&"log_not_anchored"),
        "{gaps:?}"
    );
    let names: Vec<String> = bench.files().into_iter().map(|(name, _)| name).collect();
    assert!(names.iter().any(|name| name == CASE_PROOF));
    assert!(
        !names
            .iter()
            .any(|name| name == OPENED || name == OPENED_PROOF)
    );
    let verdict = bench.verify(&bench.made.path, &[bench.book.key()]);
    assert_eq!(verdict.log.unwrap().opened, None);
}

/// Everything that whoever holds the seal, but not the truth, can do to the log's files.
#[test]
fn every_tampering_with_the_log_is_detected_even_under_the_right_seal() {
    if !has_tools() {
        return;
    }
    let bench = Bench::new();
    let own = bench.book.key();
    let edit = |name: &str, change: &dyn Fn(&str) -> String| {
        let mut files = bench.files();
        let bytes = file_mut(&mut files, name);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let changed = change(&text);
        assert_ne!(changed, text, "{name}");
        *bytes = changed.into_bytes();
        files
    };
    let without = |names: &[&str]| -> Files {
        let files = bench.files().into_iter();
        files
            .filter(|(name, _)| !names.contains(&name.as_str()))
            .collect()
    };
    let unlogged = |files: Files| {
        let mut files = files;
        let bytes = file_mut(&mut files, "data/statement.json");
        let mut said: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        said["predicate"].as_object_mut().unwrap().remove("log");
        *bytes = dsr::canonical::bytes(&said);
        files
    };
    let forger = Book {
        signer: Signer::from_pem(&Signer::make(), "dsr.log/test".into()).unwrap(),
        leaves: RefCell::new(bench.book.leaves.borrow().clone()),
        anchored: true,
    };
    let other_log = Signer::from_pem(&Signer::make(), "dsr.log/other".into()).unwrap();
    let with = |name: &'static str, text: String| {
        let mut files = bench.files();
        *file_mut(&mut files, name) = text.into_bytes();
        files
    };
    let of_other_log = {
        let mut proof = bench.book.proof(12);
        let checkpoint = proof.signed.checkpoint;
        proof.signed = other_log.checkpoint(checkpoint.size, checkpoint.root);
        proof.to_string()
    };
    let other_case = Opened::of(
        &Case::new().key,
        "2026-000000",
        jiff::civil::date(2026, 1, 31),
    );
    let other_opened =
        serde_json::json!({"disclosures": other_case.disclosures, "leaf": other_case.leaf});
    let line = |text: &str, nth: usize, from: char| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let to = if lines[nth].starts_with('A') {
            "B"
        } else {
            "A"
        };
        assert!(from == '^');
        lines[nth].replace_range(0..1, to);
        lines.join("\n") + "\n"
    };
    let cases: Vec<(&str, Files, &str)> = vec![
        (
            "another index",
            edit(CASE_PROOF, &|t| t.replace("index 12", "index 11")),
            "E672",
        ),
        (
            "a hash of the path",
            edit(CASE_PROOF, &|t| line(t, 2, '^')),
            "E672",
        ),
        (
            "the root",
            edit(CASE_PROOF, &|t| {
                let at = t.lines().position(|l| l == "13").unwrap();
                line(t, at + 1, '^')
            }),
            "E673",
        ),
        (
            "the size",
            edit(CASE_PROOF, &|t| t.replace("\n13\n", "\n14\n")),
            "E673",
        ),
        (
            "the signature",
            edit(CASE_PROOF, &|t| {
                let at = t.rfind(' ').unwrap() + 20;
                let sign = if &t[at..=at] == "A" { "B" } else { "A" };
                format!("{}{sign}{}", &t[..at], &t[at + 1..])
            }),
            "E673",
        ),
        (
            "another key in the log's name",
            with(CASE_PROOF, forger.proof(12).to_string()),
            "E673",
        ),
        ("another log", with(CASE_PROOF, of_other_log), "E671"),
        ("no proof", with(CASE_PROOF, "index 12\n".into()), "E671"),
        (
            "the proof of the opening instead",
            with(CASE_PROOF, bench.book.proof(5).to_string()),
            "E672",
        ),
        (
            "another entry as the opening",
            with(OPENED_PROOF, bench.book.proof(4).to_string()),
            "E672",
        ),
        (
            "another case's opening",
            with(OPENED, other_opened.to_string()),
            "E672",
        ),
        (
            "a disclosure left out",
            edit(OPENED, &|t| {
                let mut value: serde_json::Value = serde_json::from_str(t).unwrap();
                value["disclosures"] = serde_json::json!([]);
                value.to_string()
            }),
            "E672",
        ),
        ("proof left out", without(&[CASE_PROOF]), "E671"),
        ("opening left out", without(&[OPENED, OPENED_PROOF]), "E671"),
        ("not spoken of", unlogged(bench.files()), "E671"),
        (
            "statement changed",
            edit("data/law.json", &|t| t.replace("P8Y", "P9Y")),
            "E672",
        ),
    ];
    let mut page = page::Page::open("en");
    if let Some(page) = &mut page {
        page.trust(&bench.folder.path().join("organisation.pem"));
        page.trust_log(&own.to_string());
        let verdict = bench.verify(&bench.made.path, std::slice::from_ref(&own));
        assert_eq!(page.verify(&bench.made.path), page::said(&verdict, false));
    }
    for (number, (what, files, code)) in cases.into_iter().enumerate() {
        let path = bench.sealed(&format!("tampered-{number}.zip"), files);
        let verdict = bench.verify(&path, std::slice::from_ref(&own));
        assert_eq!(verdict.standing, Standing::Invalid, "{what}");
        assert!(
            codes(&verdict).contains(&code),
            "{what}: {:?}",
            codes(&verdict)
        );
        let (exit, said) = bench.script(&path, Some(&own));
        assert_eq!(exit, 5, "{what}, by the script: {said}");
        if let Some(page) = &mut page {
            assert_eq!(page.verify(&path), page::said(&verdict, false), "{what}");
        }
    }
    // Whoever takes the whole log out of a bundle can do so with the seal, and not out of its journal.
    let bare = unlogged(without(&[CASE_PROOF, OPENED, OPENED_PROOF]));
    let verdict = bench.verify(&bench.sealed("bare.zip", bare), &[own]);
    assert_eq!((verdict.standing, &verdict.log), (Standing::Invalid, &None));
    assert!(codes(&verdict).contains(&"E736"));
}

#[test]
fn a_stranger_to_the_log_key_is_told_and_a_stranger_to_both_is_only_a_stranger() {
    let bench = Bench::new();
    let other = Signer::from_pem(&Signer::make(), "dsr.log/other".into())
        .unwrap()
        .key();
    let verdict = bench.verify(&bench.made.path, std::slice::from_ref(&other));
    assert_eq!(
        (verdict.standing, codes(&verdict)),
        (Standing::Invalid, vec!["E674"])
    );
    let stranger = Anchors {
        log: vec![other.clone()],
        ..Anchors::default()
    };
    let verdict = evidence::verify(&bench.made.path, &stranger).unwrap();
    assert_eq!(verdict.standing, Standing::IntactButSignerUnknown);
    if has_tools() {
        let (code, said) = bench.script(&bench.made.path, Some(&other));
        assert!(code == 5 && said.contains("another log"), "{said}");
    }
}

/// A company in which Anna was erased.
fn company() -> Company {
    let company = Company::new();
    erase(&company, "anna@example.org", "4");
    company
}

fn erase(company: &Company, email: &str, records: &str) -> workspace::Output {
    company.run(&[
        "erase",
        "--email",
        email,
        "--identity",
        "letter",
        "--yes",
        "--expect",
        records,
    ])
}

fn ask(company: &Company, args: &[&str]) -> workspace::Output {
    company.run(&[&["evidence", "log"], args].concat())
}

#[test]
fn an_auditor_needs_no_workspace_to_follow_the_log() {
    let company = company();
    let key = ask(&company, &["key"]).out;
    let first = ask(&company, &["checkpoint"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let opened = company.run(&[
        "case",
        "open",
        "--email",
        "berta@example.org",
        "--right",
        "access",
    ]);
    assert_eq!(opened.code, 0, "{}", opened.err);
    let auditor = Company::nothing();
    auditor.write("vkey", &key);
    auditor.write("old", &first.out);
    auditor.write("new", &ask(&company, &["checkpoint"]).out);
    let from = company.path("kept").display().to_string();
    company.write("kept", &first.out);
    let proof = ask(&company, &["consistency", "--from", &from]);
    assert_eq!(proof.code, 0, "{}", proof.err);
    auditor.write("proof", &proof.out);

    let check = |args: &[&str]| ask(&auditor, &[&["verify"], args].concat());
    let named = ["--log-key", "vkey"];
    assert_eq!(
        check(&[&["old", "new", "proof"], &named[..]].concat()).code,
        0
    );
    assert_eq!(check(&[&["old", "proof"], &named[..]].concat()).code, 0);
    assert_eq!(
        check(&["old", "new", "proof"]).code,
        4,
        "nobody named the key"
    );
    assert_eq!(check(&["old", "new"]).code, 2, "without a proof");
    assert_eq!(
        check(&[&["new", "old"], &named[..]].concat()).code,
        5,
        "it shrank"
    );
    assert_eq!(check(&["old", "vkey"]).code, 2);
    let by_size = ask(&company, &["consistency", "--from", "1"]);
    auditor.write("other-proof", &by_size.out);
    assert_eq!(
        check(&[&["old", "new", "other-proof"], &named[..]].concat()).code,
        5
    );
    // Another log of another house.
    let other = Company::new();
    erase(&other, "anna@example.org", "4");
    auditor.write("foreign", &ask(&other, &["checkpoint"]).out);
    assert_eq!(check(&["old", "foreign"]).code, 2);

    // What the auditor recomputes from the list of leaves is the root.
    let listed = ask(&company, &["leaves", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    let leaves: Vec<Digest> = listed["leaves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|leaf| serde_json::from_value(leaf["leaf"].clone()).unwrap())
        .collect();
    let now = Signed::parse(auditor.read("new").as_bytes())
        .unwrap()
        .checkpoint;
    assert_eq!(
        (now.size, now.root),
        (leaves.len() as u64, tree::root(&leaves))
    );
    for (index, leaf) in leaves.iter().enumerate() {
        let proof = ask(&company, &["prove", &index.to_string()]);
        let proof = Inclusion::parse(proof.out.as_bytes()).unwrap();
        assert!(proof.holds_for(leaf), "{index}");
    }
    assert_eq!(ask(&company, &["prove", "99"]).code, 2);
    assert_eq!(ask(&company, &["consistency", "--from", "99"]).code, 2);
}

#[test]
fn a_bundle_of_the_program_is_in_its_log() {
    let company = company();
    let case = company.case();
    let key = ask(&company, &["key"]).out;
    let bundle = format!("evidence/{case}.evidence.zip");
    let verdict = company.run(&["evidence", "verify", &bundle, "--format", "json"]);
    let verdict: serde_json::Value = serde_json::from_str(&verdict.out).unwrap();
    assert_eq!(verdict["standing"], "valid", "{verdict}");
    assert_eq!(verdict["log"]["key_named"], true, "{verdict}");
    assert_eq!(
        (&verdict["log"]["opened"], &verdict["log"]["index"]),
        (&0.into(), &1.into())
    );
    let elsewhere = Company::nothing();
    let bytes = fs_err::read(company.path(&bundle)).unwrap();
    fs_err::write(elsewhere.path("bundle.zip"), bytes).unwrap();
    let pem = company.read(".dsr/keys/seal.cert.pem");
    elsewhere.write("organisation.pem", &pem);
    let verify = |more: &[&str]| {
        let args = [
            "evidence",
            "verify",
            "bundle.zip",
            "--anchor",
            "organisation.pem",
        ];
        elsewhere.run(&[&args, more].concat())
    };
    assert_eq!(verify(&[]).code, 0);
    assert_eq!(verify(&["--log-key", key.trim()]).code, 0);
    let stranger = Company::new();
    let other = ask(&stranger, &["key"]).out;
    assert_eq!(verify(&["--log-key", other.trim()]).code, 5);
    // Both entries of the case can be proven.
    for (more, index) in [(&[][..], 1), (&["--opened"][..], 0)] {
        let proof = ask(&company, &[&["prove", &case], more].concat());
        let proof = Inclusion::parse(proof.out.as_bytes()).unwrap();
        assert_eq!(proof.index, index);
    }
    // A case that is dropped half-way stays in the log.
    let leaves = ask(&company, &["leaves", "--format", "csv"]).out;
    assert!(leaves.contains(&case), "{leaves}");
}

#[test]
fn two_processes_at_once_give_one_log() {
    let company = Company::new();
    let mut running = Vec::new();
    for round in 0..6 {
        let address = format!("person{round}@example.org");
        let mut command = company.command(env!("CARGO_BIN_EXE_dsr"));
        command.args(["case", "open", "--email", &address, "--right", "access"]);
        command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        running.push(command.spawn().unwrap());
    }
    for child in &mut running {
        assert!(child.wait().unwrap().success());
    }
    let cases: serde_json::Value =
        serde_json::from_str(&company.run(&["case", "list", "--format", "json"]).out).unwrap();
    let cases: Vec<String> = cases["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["case"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(cases.len(), 6);
    let mut making: Vec<_> = cases
        .iter()
        .map(|case| {
            let mut command = company.command(env!("CARGO_BIN_EXE_dsr"));
            command.args(["evidence", "make", case]);
            command
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    for child in &mut making {
        assert!(child.wait().unwrap().success());
    }
    let listed = ask(&company, &["leaves", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(listed["size"], 12);
    let leaves: Vec<Digest> = listed["leaves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|leaf| serde_json::from_value(leaf["leaf"].clone()).unwrap())
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    for case in &cases {
        let path = company.path(&format!("evidence/{case}.evidence.zip"));
        let verdict = company.run(&[
            "evidence",
            "verify",
            path.to_str().unwrap(),
            "--format",
            "json",
        ]);
        let verdict: serde_json::Value = serde_json::from_str(&verdict.out).unwrap();
        assert_eq!(verdict["standing"], "valid", "{verdict}");
        // Every checkpoint that was given away is a beginning of the one log.
        for name in [CASE_PROOF, OPENED_PROOF] {
            let proof = Inclusion::parse(file(&files_of(&path), name)).unwrap();
            let checkpoint = proof.signed.checkpoint;
            let size = usize::try_from(checkpoint.size).unwrap();
            assert_eq!(checkpoint.root, tree::root(&leaves[..size]));
            assert!(seen.insert(proof.index), "one entry for each");
        }
    }
    assert_eq!(seen.len(), 12);
}

fn copy_folder(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => drop(fs_err::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn a_ledger_that_was_set_back_is_an_alarm() {
    let company = Company::new();
    let open = |email: &str| {
        let opened = company.run(&["case", "open", "--email", email, "--right", "access"]);
        assert_eq!(opened.code, 0, "{}", opened.err);
    };
    open("anna@example.org");
    copy_folder(&company.path(".dsr"), &company.path("backup"));
    open("berta@example.org");
    let out = ask(&company, &["anchor", "--sent"]);
    assert_eq!(out.code, 0, "{}", out.err);
    let kept = ask(&company, &["checkpoint"]).out;
    company.write("kept", &kept);

    // Set back, and everything that remembers it outside the workspace gone with it.
    fs_err::remove_dir_all(company.path(".dsr")).unwrap();
    copy_folder(&company.path("backup"), &company.path(".dsr"));
    use std::os::unix::fs::PermissionsExt as _;
    for folder in [".dsr", ".dsr/keys"] {
        let private = std::fs::Permissions::from_mode(0o700);
        fs_err::set_permissions(company.path(folder), private).unwrap();
    }
    let refused = ask(&company, &["checkpoint"]);
    assert!(
        refused.code == 2 && refused.err.contains("E634"),
        "{}",
        refused.err
    );
    let state = company.path("../state");
    fs_err::remove_dir_all(state).unwrap();
    for args in [&["anchor"][..], &["consistency", "--from", "kept"]] {
        let alarm = ask(&company, args);
        assert!(
            alarm.code == 5 && alarm.err.contains("E675"),
            "{}",
            alarm.err
        );
    }
    // Another case in the place of the one that is gone makes the size right, and nothing else.
    open("carla@example.org");
    for args in [&["anchor"][..], &["consistency", "--from", "kept"]] {
        let alarm = ask(&company, args);
        assert!(
            alarm.code == 5 && alarm.err.contains("E675"),
            "{}",
            alarm.err
        );
    }
    company.write("forked", &ask(&company, &["checkpoint"]).out);
    assert_eq!(ask(&company, &["verify", "kept", "forked"]).code, 5);
}

/// The inventory with ways out for checkpoints.
fn with_ways(command: &str, script: &str) -> Company {
    let company = Company::new();
    company.write("send", script);
    use std::os::unix::fs::PermissionsExt as _;
    let run = std::fs::Permissions::from_mode(0o700);
    fs_err::set_permissions(company.path("send"), run).unwrap();
    let inventory = company.read("dsr.yaml");
    let log = format!("\nevidence: {{ log: {{ copy_to: [auditor], command: {command} }} }}\n");
    company.write("dsr.yaml", &(inventory + &log));
    let trusted = company.run(&["trust", "--yes", "dsr.yaml"]);
    assert_eq!(trusted.code, 0, "{}", trusted.err);
    let opened = company.run(&[
        "case",
        "open",
        "--email",
        "anna@example.org",
        "--right",
        "access",
    ]);
    assert_eq!(opened.code, 0, "{}", opened.err);
    company
}

#[test]
fn a_checkpoint_is_given_out_once_a_day_and_what_failed_is_made_up_for() {
    let company = with_ways(
        r#"[./send, "a;b $(id)"]"#,
        "#!/bin/sh\nprintf '%s\\n' \"$1\" >> sent\ncat >> sent\n",
    );

    // The share is not mounted: nothing is out, and it is not called out.
    let failed = ask(&company, &["anchor"]);
    assert!(
        failed.code == 1 && failed.err.contains("E679"),
        "{}",
        failed.err
    );
    let once = company.read("sent");
    assert!(
        once.starts_with("a;b $(id)\ndsr.log/"),
        "one way that fails keeps the checkpoint from no other: {once}"
    );
    let bundle = |number: &str| {
        let case = company.case();
        let made = company.run(&["evidence", "make", &case, "--format", "json"]);
        assert_eq!(made.code, 0, "{}", made.err);
        let said: serde_json::Value = serde_json::from_str(&made.out).unwrap();
        let gaps = said["gaps"].as_array().unwrap().iter();
        let anchored = gaps.clone().all(|gap| gap["kind"] != "log_not_anchored");
        assert_eq!(anchored, number == "second");
    };
    bundle("first");
    fs_err::create_dir(company.path("auditor")).unwrap();
    let done = ask(&company, &["anchor", "--format", "json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let said: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (&said["left_the_house"], &said["size"]),
        (&true.into(), &1.into())
    );
    let file = company.path(said["file"].as_str().unwrap());
    let text = fs_err::read_to_string(&file).unwrap();
    // No shell, and not a second time.
    assert_eq!(company.read("sent"), format!("a;b $(id)\n{text}"));
    assert_eq!(company.read("sent"), once);
    let copy = company.path("auditor").join(file.file_name().unwrap());
    assert_eq!(fs_err::read_to_string(&copy).unwrap(), text);
    // Again on the same day: the same checkpoint, and the program is not run again.
    let again = ask(&company, &["anchor"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(company.read("sent"), format!("a;b $(id)\n{text}"));
    bundle("second");

    // Somebody changed the copy that the auditor has: told, and not overwritten.
    fs_err::write(&copy, "nothing\n").unwrap();
    let odd = ask(&company, &["anchor"]);
    assert_eq!(odd.code, 1, "{}", odd.err);
    assert_eq!(fs_err::read_to_string(&copy).unwrap(), "nothing\n");
    let chain = company.run(&["audit", "log", "--verify"]);
    assert_eq!(chain.code, 0, "{}", chain.err);
}

#[test]
fn check_says_that_no_checkpoint_ever_left_the_house() {
    let company = Company::new();
    assert!(
        !company.run(&["check"]).out.contains("W282"),
        "no entry yet"
    );
    erase(&company, "anna@example.org", "4");
    let said = company.run(&["check"]).out;
    assert!(
        said.contains("No checkpoint of the log over all cases has left the house (2 entries)")
            && said.contains("dsr evidence log anchor"),
        "{said}"
    );
    assert_eq!(ask(&company, &["anchor", "--sent"]).code, 0);
    assert!(!company.run(&["check"]).out.contains("W282"));
    // A word is a word, in the evidence too.
    let case = company.case();
    let gaps = || -> Vec<String> {
        let made = company.run(&["evidence", "make", &case, "--format", "json"]);
        assert_eq!(made.code, 0, "{}", made.err);
        let said: serde_json::Value = serde_json::from_str(&made.out).unwrap();
        let gaps = said["gaps"].as_array().unwrap().iter();
        gaps.map(|gap| gap["kind"].as_str().unwrap().to_owned())
            .filter(|kind| kind.contains("anchor"))
            .collect()
    };
    assert_eq!(gaps(), ["log_anchored_by_word"]);
    let again = ask(&company, &["anchor", "--sent", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(
        (&said["left_the_house"], &said["by_word"]),
        (&true.into(), &true.into())
    );
    // A copy of the same checkpoint makes more of it, and counts.
    let inventory = company.read("dsr.yaml");
    let log = "\nevidence: { log: { copy_to: [auditor] } }\n";
    company.write("dsr.yaml", &(inventory + log));
    fs_err::create_dir(company.path("auditor")).unwrap();
    let copied = ask(&company, &["anchor", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&copied.out).unwrap();
    assert_eq!(said["by_word"], false, "{}", copied.err);
    assert_eq!(gaps(), Vec::<String>::new());
}

#[test]
fn a_program_that_fails_is_told_and_started_again() {
    let company = with_ways(
        "[./send]",
        "#!/bin/sh\ncat > /dev/null\n[ -e ready ] && echo taken >> sent\n",
    );
    fs_err::create_dir(company.path("auditor")).unwrap();
    for _ in 0..2 {
        let failed = ask(&company, &["anchor"]);
        assert!(
            failed.code == 1 && failed.err.contains("E679"),
            "{}",
            failed.err
        );
    }
    company.write("ready", "");
    for _ in 0..2 {
        let done = ask(&company, &["anchor"]);
        assert_eq!(done.code, 0, "{}", done.err);
    }
    assert_eq!(company.read("sent"), "taken\n");
}

#[test]
fn a_checkpoint_that_nobody_is_named_for_waits_for_a_person() {
    let company = Company::new();
    let empty = ask(&company, &["anchor"]);
    assert_eq!(empty.code, 0, "there is nothing to send: {}", empty.err);
    erase(&company, "anna@example.org", "4");
    for _ in 0..2 {
        let waits = ask(&company, &["anchor", "--format", "json"]);
        assert_eq!(waits.code, 4, "{}", waits.err);
        let said: serde_json::Value = serde_json::from_str(&waits.out).unwrap();
        assert_eq!(said["left_the_house"], false);
    }
    let shown = ask(&company, &["anchor"]);
    assert!(
        shown.code == 4 && shown.out.contains("dsr.log/"),
        "{}",
        shown.err
    );
    for args in [&["anchor", "--sent"][..], &["anchor"]] {
        let sent = ask(&company, args);
        assert_eq!(sent.code, 0, "{}", sent.err);
    }
}

#[test]
fn the_key_is_the_callers_alone_and_its_loss_is_told() {
    let company = Company::new();
    let file = company.path(".dsr/keys/log.key.pem");
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs_err::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = ask(&company, &["key"]).out;
    assert!(VerifierKey::parse(&key).is_some(), "{key}");
    // The public key in the other form is the same.
    if has_tools() {
        let pem = std::process::Command::new("openssl")
            .args(["pkey", "-pubout", "-in"])
            .arg(&file)
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8_lossy(&pem.stdout),
            ask(&company, &["key", "--pem"]).out
        );
    }
    // From elsewhere, by reference: it is the same log under the same key.
    let inventory = company.read("dsr.yaml");
    fs_err::copy(&file, company.path("moved.pem")).unwrap();
    let private = std::fs::Permissions::from_mode(0o600);
    fs_err::set_permissions(company.path("moved.pem"), private).unwrap();
    fs_err::remove_file(&file).unwrap();
    let lost = ask(&company, &["key"]);
    assert!(lost.code == 2 && lost.err.contains("E676"), "{}", lost.err);
    let named = inventory + "\nevidence: { log: { key: { secret: \"file:moved.pem\" } } }\n";
    company.write("dsr.yaml", &named);
    assert_eq!(ask(&company, &["key"]).out, key);
    company.write("moved.pem", "nonsense");
    fs_err::set_permissions(
        company.path("moved.pem"),
        std::fs::Permissions::from_mode(0o600),
    )
    .unwrap();
    let wrong = ask(&company, &["key"]);
    assert!(
        wrong.code == 2 && wrong.err.contains("E676"),
        "{}",
        wrong.err
    );
}

#[test]
fn nothing_about_the_person_or_the_case_is_in_what_leaves_the_house() {
    let company = company();
    let case = company.case();
    for args in [
        &["checkpoint"][..],
        &["prove", "0"],
        &["consistency", "--from", "1"],
        &["anchor"],
    ] {
        let out = ask(&company, args).out;
        for word in [case.as_str(), "anna", "Beispiel"] {
            assert!(!out.contains(word), "{word} in {out}");
        }
    }
}
