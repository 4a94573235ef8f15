//! Four eyes with real processes: keys, roles, approvals here and on a second machine, and everybody who tries to get around them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "people/agreeing.rs"]
mod agreeing;
#[path = "support/workspace.rs"]
mod workspace;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use agreeing::agree;
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;
use workspace::{Company, INVENTORY, Output};

const ANNA: [&str; 2] = ["--email", "anna@example.org"];
const YES: [&str; 3] = ["--yes", "--expect", "4"];

/// Makes a key for somebody here and gives their age recipient.
#[track_caller]
fn key(company: &Company, name: &str) -> String {
    let pass = format!("../{name}.pass");
    company.write(&pass, &format!("pass words of {name}\n"));
    let private = std::fs::Permissions::from_mode(0o600);
    fs_err::set_permissions(company.path(&pass), private).unwrap();
    let reference = format!("file:{pass}");
    let made = company.run(&["key", "new", "--as", name, "--passphrase", &reference]);
    assert_eq!(made.code, 0, "{}", made.err);
    recipient(&made.err)
}

fn recipient(said: &str) -> String {
    let (_, rest) = said.split_once("recipient: \"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// People as the inventory lists them: name, role, recipient.
fn list(company: &Company, people: &[(&str, &str, &str)]) {
    let mut text = String::from("people:\n");
    for (name, role, recipient) in people {
        let recipient = match recipient.is_empty() {
            true => String::new(),
            false => format!(", recipient: \"{recipient}\""),
        };
        text += &format!("  {name}: {{ role: {role}, key: \"keys/{name}.pub\"{recipient} }}\n");
    }
    let text = format!("{text}approval: four_eyes\nsystems:\n");
    company.write("dsr.yaml", &INVENTORY.replace("systems:\n", &text));
}

/// A company with an operator and an approver who both work at one machine.
fn company() -> Company {
    let company = Company::new();
    for name in ["op1", "ap1"] {
        key(&company, name);
    }
    list(
        &company,
        &[("op1", "operator", ""), ("ap1", "approver", "")],
    );
    company
}

fn run(company: &Company, name: &str, args: &[&str]) -> Output {
    company.run(&[&["--as", name], args].concat())
}

#[track_caller]
fn ok(company: &Company, name: &str, args: &[&str]) -> Output {
    let done = run(company, name, args);
    assert_eq!(done.code, 0, "{name} {args:?}\n{}\n{}", done.out, done.err);
    done
}

#[track_caller]
fn refused(company: &Company, name: &str, args: &[&str], exit: i32, code: &str) -> String {
    let done = run(company, name, args);
    assert_eq!(
        done.code, exit,
        "{name} {args:?}\n{}\n{}",
        done.out, done.err
    );
    assert!(done.err.contains(code), "{code}: {}", done.err);
    done.err
}

/// The operator plans an erasure and gets as far as one person gets; returns the case.
#[track_caller]
fn planned(company: &Company) -> String {
    let erase = [&["erase"][..], &ANNA, &["--identity", "letter"]].concat();
    let said = refused(company, "op1", &erase, 4, "E850");
    assert!(said.contains("dsr approve"), "{said}");
    assert_eq!(company.customers().len(), 3);
    case(company)
}

fn case(company: &Company) -> String {
    let list = run(
        company,
        "op1",
        &["case", "list", "--all", "--format", "json"],
    );
    let list: Value = serde_json::from_str(&list.out).unwrap();
    list["cases"][0]["case"].as_str().unwrap().to_owned()
}

#[track_caller]
fn approve(company: &Company, name: &str, case: &str) -> Output {
    ok(company, name, &[&["approve", case][..], &YES].concat())
}

fn events(company: &Company, kind: &str) -> Vec<Value> {
    let log = ok(company, "op1", &["audit", "log", "--format", "json"]);
    let log: Value = serde_json::from_str(&log.out).unwrap();
    let events = log["events"].as_array().unwrap().iter();
    events
        .map(|stored| stored["event"].clone())
        .filter(|event| event["event"] == kind)
        .collect()
}

/// Whether stock OpenSSL finds that a public key signed a message.
fn openssl_verifies(folder: &Path, public: &Path, message: &str, signature: &str) -> bool {
    let (text, sig) = (folder.join("message"), folder.join("signature"));
    fs_err::write(&text, message).unwrap();
    let mut decode = Command::new("openssl")
        .args(["base64", "-d", "-A"])
        .stdin(Stdio::piped())
        .stdout(fs_err::File::create(&sig).unwrap().into_parts().0)
        .spawn()
        .unwrap();
    let mut stdin = decode.stdin.take().unwrap();
    stdin.write_all(signature.as_bytes()).unwrap();
    drop(stdin);
    assert!(decode.wait().unwrap().success());
    let done = Command::new("openssl")
        .args(["dgst", "-sha256", "-verify"])
        .arg(public)
        .arg("-signature")
        .args([&sig, &text])
        .output()
        .unwrap();
    done.status.success()
}

#[test]
fn two_people_erase_what_one_of_them_cannot() {
    let company = company();
    let case = planned(&company);
    refused(&company, "op1", &["apply", &case], 4, "E850");
    // What the next person types, with their name.
    let next = format!("dsr approve {case} --as ap1");
    for line in [
        &["case", "show", &case][..],
        &["case", "show", &case, "--format", "json"],
        &["case", "list"],
        &[],
    ] {
        let told = run(&company, "op1", line);
        assert!(
            told.out.contains(&next) || told.err.contains(&next),
            "{line:?}: {} {}",
            told.out,
            told.err
        );
    }
    let shown = approve(&company, "ap1", &case);
    assert!(shown.err.contains("op1 made this plan"), "{}", shown.err);
    assert!(shown.err.contains("§147 AO"), "{}", shown.err);
    assert_eq!(company.customers().len(), 3, "to approve writes nothing");
    ok(&company, "op1", &["apply", &case]);
    assert_eq!(
        company.customers(),
        ["control@acme.example", "anna.b@example.org"]
    );

    let bundle = format!("evidence/{case}.evidence.zip");
    let verdict = ok(
        &company,
        "op1",
        &["evidence", "verify", &bundle, "--format", "json"],
    );
    assert!(!verdict.out.contains("approval_missing") && !verdict.out.contains("approval_none"));
    let approved = &events(&company, "approved")[0];
    assert_eq!(
        (&approved["by"], &approved["policy"]),
        (&"ap1".into(), &"four_eyes".into())
    );

    // What an auditor does with stock tools: the lines are written down again from the journal.
    let folder = tempfile::tempdir().unwrap();
    let signed = events(&company, "signed");
    let purposes: Vec<&str> = signed
        .iter()
        .map(|event| event["purpose"].as_str().unwrap())
        .collect();
    assert_eq!(
        purposes,
        ["plan", "approve"],
        "the same plan is signed once"
    );
    for event in &signed {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (by, proof) = (text(&event["by"]), &event["proof"]);
        let purpose = text(&event["purpose"]);
        let message = format!(
            "dsr signature 1\npurpose: {purpose}\nledger: {}\ncase: {case}\nplan: {}\nperson: {by}\nday: {}\n",
            text(&proof["ledger"]),
            text(&event["plan"]),
            text(&proof["day"])
        );
        let public = |name: &str| company.path(&format!("keys/{name}.pub"));
        let signature = text(&proof["signature"]);
        assert!(openssl_verifies(
            folder.path(),
            &public(&by),
            &message,
            &signature
        ));
        let other = if by == "op1" { "ap1" } else { "op1" };
        assert!(!openssl_verifies(
            folder.path(),
            &public(other),
            &message,
            &signature
        ));
        let changed = message.replace(&case, "2020-AAAAAA");
        assert!(!openssl_verifies(
            folder.path(),
            &public(&by),
            &changed,
            &signature
        ));
    }
}

/// The lines that the auditors' guide gives for the approval in the journal of a bundle.
#[test]
fn the_lines_of_the_guide_check_an_approval() {
    let company = company();
    let case = planned(&company);
    approve(&company, "ap1", &case);
    ok(&company, "op1", &["apply", &case]);
    let folder = tempfile::tempdir().unwrap();
    let file = fs_err::File::open(company.path(&format!("evidence/{case}.evidence.zip"))).unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    let mut journal = Vec::new();
    std::io::copy(
        &mut zip.by_name("data/journal.jsonl").unwrap(),
        &mut journal,
    )
    .unwrap();
    fs_err::create_dir_all(folder.path().join("bundle/data")).unwrap();
    fs_err::write(folder.path().join("bundle/data/journal.jsonl"), journal).unwrap();
    for guide in ["verify-evidence.md", "verify-evidence.de.md"] {
        let guide = format!("{}/docs/guides/{guide}", env!("CARGO_MANIFEST_DIR"));
        let guide = fs_err::read_to_string(guide).unwrap();
        let (_, rest) = guide
            .split_once("```text\njq -j 'select(.event == \"signed\"")
            .unwrap();
        let lines = format!(
            "jq -j 'select(.event == \"signed\"{}",
            rest.split("```").next().unwrap()
        );
        let run = |lines: &str, signer: &str| {
            let key = company.read(&format!("keys/{signer}.pub"));
            fs_err::write(folder.path().join("ap1.pub"), key).unwrap();
            let script = ["-euo", "pipefail", "-c", lines];
            let done = Command::new("bash")
                .args(script)
                .current_dir(folder.path())
                .output()
                .unwrap();
            String::from_utf8(done.stdout).unwrap()
        };
        assert!(run(&lines, "ap1").contains("Verified OK"));
        assert!(!run(&lines, "op1").contains("Verified OK"));
        let maker = lines.replace("approve", "plan");
        assert!(run(&maker, "op1").contains("Verified OK"));
        assert!(!run(&maker, "ap1").contains("Verified OK"));
    }
}

#[test]
fn nobody_is_both_and_each_refusal_says_why() {
    let company = company();
    key(&company, "op2");
    let people = [
        ("op1", "operator", ""),
        ("op2", "operator", ""),
        ("ap1", "approver", ""),
    ];
    list(&company, &people);
    let erase = [&["erase"][..], &ANNA, &["--identity", "letter"]].concat();
    let said = refused(&company, "ap1", &erase, 2, "E978");
    assert!(said.contains("op1, op2"), "{said}");
    let case = planned(&company);
    refused(&company, "ap1", &["apply", &case], 2, "E978");
    refused(&company, "op1", &["approve", &case], 2, "E979");
    let said = refused(&company, "op2", &["approve", &case], 2, "E978");
    assert!(said.contains("ap1"), "{said}");
    refused(&company, "op", &["approve", &case], 2, "E827");
    // Whatever the roles are by now.
    let swapped = [
        ("op1", "approver", ""),
        ("op2", "operator", ""),
        ("ap1", "approver", ""),
    ];
    list(&company, &swapped);
    agree(&company, &["op1", "ap1"]);
    refused(&company, "op1", &["approve", &case], 2, "E979");
    // Whoever made it is no operator any more, so nobody stands for it.
    refused(
        &company,
        "ap1",
        &[&["approve", &case][..], &YES].concat(),
        4,
        "E987",
    );
    list(&company, &people);
    agree(&company, &["op1", "op2"]);
    // A yes without the right number, and nobody at the terminal.
    refused(
        &company,
        "ap1",
        &["approve", &case, "--yes", "--expect", "5"],
        4,
        "E851",
    );
    refused(&company, "ap1", &["approve", &case], 4, "E852");
    assert!(events(&company, "approved").is_empty());
    assert_eq!(company.customers().len(), 3);
}

#[test]
fn one_key_under_two_names_is_no_second_person() {
    let company = company();
    let op1 = company.read("keys/op1.pub");
    company.write("keys/ap1.pub", &op1);
    refused(&company, "ap1", &["case", "list"], 2, "E974");
    company.write("keys/ap1.pub", "no key");
    refused(&company, "op1", &["case", "list"], 2, "E973");
    // Twice in the file: the second one would count without a word.
    let listed = company.read("dsr.yaml");
    let twice = listed.replace(
        "approval:",
        "  op1: { role: approver, key: keys/x.pub }\napproval:",
    );
    company.write("dsr.yaml", &twice);
    refused(&company, "op1", &["case", "list"], 2, "E001");
    company.write("dsr.yaml", &listed);
    fs_err::remove_file(company.path("keys/ap1.pub")).unwrap();
    let case = planned(&company);
    refused(&company, "ap1", &["approve", &case], 2, "E975");
}

#[test]
fn a_name_is_a_claim_until_its_key_signs() {
    let company = company();
    let home = company.path("../.config/dsr/people");
    let away = company.path("../elsewhere");
    fs_err::rename(&home, &away).unwrap();
    let erase = [&["erase"][..], &ANNA, &["--identity", "letter"]].concat();
    refused(&company, "op1", &erase, 2, "E976");
    assert!(events(&company, "planned").is_empty());
    fs_err::rename(&away, &home).unwrap();
    let pass = company.read("../op1.pass");
    fs_err::write(company.path("../op1.pass"), "pass words of another").unwrap();
    refused(&company, "op1", &erase, 2, "E977");
    fs_err::write(company.path("../op1.pass"), pass).unwrap();
    // A key that others could have copied.
    let files: Vec<PathBuf> = fs_err::read_dir(&home)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "pem"))
        .collect();
    assert_eq!(files.len(), 2);
    for file in &files {
        let mode = fs_err::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs_err::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    refused(&company, "op1", &erase, 2, "E603");
    for file in &files {
        fs_err::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    // Another's key under the name.
    let [first, second] = [0, 1].map(|at| fs_err::read(&files[at]).unwrap());
    fs_err::write(&files[0], second).unwrap();
    fs_err::write(&files[1], first).unwrap();
    let said = refused(&company, "op1", &erase, 2, "E977");
    assert!(said.contains("passphrase"), "{said}");
    // Also where the passphrase is the same: what opens is not the key that is listed.
    fs_err::write(company.path("../op1.pass"), company.read("../ap1.pass")).unwrap();
    let said = refused(&company, "op1", &erase, 2, "E977");
    assert!(said.contains("another key"), "{said}");
}

#[test]
fn stock_openssl_reads_a_private_key() {
    let company = company();
    let home = company.path("../.config/dsr/people");
    let file = fs_err::read_dir(home)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let file = file
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "pem"));
    let file = file.unwrap();
    let publics = ["op1", "ap1"].map(|name| company.read(&format!("keys/{name}.pub")));
    let read = |pass: &str| {
        let done = Command::new("openssl")
            .args(["pkey", "-pubout", "-passin", &format!("pass:{pass}"), "-in"])
            .arg(&file)
            .output()
            .unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    let opened = ["op1", "ap1"].map(|name| read(&format!("pass words of {name}")));
    assert!(
        opened.iter().any(|public| publics.contains(public)),
        "{opened:?}"
    );
    assert_eq!(read("pass words of nobody"), "");
}

#[test]
fn an_approval_ends_with_its_approver_its_key_and_its_plan() {
    let company = company();
    key(&company, "ap2");
    let both = [
        ("op1", "operator", ""),
        ("ap1", "approver", ""),
        ("ap2", "approver", ""),
    ];
    list(&company, &both);
    let case = planned(&company);
    approve(&company, "ap1", &case);
    let apply = ["apply", case.as_str()];
    // Not listed any more.
    list(
        &company,
        &[("op1", "operator", ""), ("ap2", "approver", "")],
    );
    agree(&company, &["op1", "ap2"]);
    let said = refused(&company, "op1", &apply, 4, "E850");
    assert!(said.contains("`ap1` is not listed"), "{said}");
    // Another role by now.
    list(
        &company,
        &[
            ("op1", "operator", ""),
            ("ap1", "operator", ""),
            ("ap2", "approver", ""),
        ],
    );
    agree(&company, &["op1", "ap2"]);
    refused(&company, "op1", &apply, 4, "E850");
    list(&company, &both);
    agree(&company, &["op1", "ap2"]);
    // Another key by now.
    let old = company.read("keys/ap1.pub");
    let rotated = ["key", "rotate", "--passphrase", "file:../ap1.pass"];
    let said = ok(&company, "ap1", &rotated).err;
    assert!(said.contains("need a new approval"), "{said}");
    agree(&company, &["op1", "ap2"]);
    let said = refused(&company, "op1", &apply, 4, "E850");
    assert!(said.contains("another key"), "{said}");
    let keys = ok(&company, "op1", &["key", "list", "--format", "json"]);
    let keys: Value = serde_json::from_str(&keys.out).unwrap();
    let of_ap1 = keys["people"].as_array().unwrap().iter();
    let of_ap1: Vec<&Value> = of_ap1.filter(|key| key["person"] == "ap1").collect();
    assert_eq!(of_ap1.len(), 2);
    assert_eq!(
        (&of_ap1[0]["current"], &of_ap1[1]["current"]),
        (&true.into(), &false.into())
    );
    let kept = fs_err::read_dir(company.path("keys")).unwrap();
    let kept = kept.map(|entry| fs_err::read_to_string(entry.unwrap().path()).unwrap());
    assert_eq!(
        kept.filter(|text| *text == old).count(),
        1,
        "the old key checks what it signed"
    );
    // Another plan by now: somebody has changed a record, and it was planned anew.
    approve(&company, "ap2", &case);
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.execute("UPDATE customers SET town = 'Ulm' WHERE id = 2", [])
        .unwrap();
    ok(&company, "op1", &["erase", "--case", &case, "--plan"]);
    refused(&company, "op1", &apply, 4, "E850");
    assert_eq!(company.customers().len(), 3);
    approve(&company, "ap2", &case);
    ok(&company, "op1", &apply);
    assert_eq!(company.customers().len(), 2);
}

#[test]
fn a_forged_signature_in_the_ledger_counts_for_nothing() {
    // Whoever can write to the ledger can make it whole again; what they cannot make is the approver's signature.
    let company = company();
    let case = planned(&company);
    let signed = events(&company, "signed");
    assert_eq!(signed.len(), 1);
    assert_eq!(signed[0]["purpose"], "plan");
    // The operator's own signature does not serve as an approval: another purpose, another text.
    let file = format!("{case}.approval");
    let proof = &signed[0]["proof"];
    let plan = signed[0]["plan"].as_str().unwrap();
    let forged = serde_json::json!({
        "schema": "dsr.approval/1", "case": case, "plan": plan, "person": "ap1",
        "ledger": proof["ledger"], "day": proof["day"], "key": proof["key"],
        "message": format!("dsr signature 1\npurpose: approve\nledger: {}\ncase: {case}\nplan: {plan}\nperson: ap1\nday: {}\n",
            proof["ledger"].as_str().unwrap(), proof["day"].as_str().unwrap()),
        "signature": proof["signature"],
    });
    company.write(&file, &forged.to_string());
    refused(
        &company,
        "op1",
        &["apply", &case, "--approval", &file],
        2,
        "E984",
    );
    assert!(events(&company, "approved").is_empty());
}

#[test]
fn one_person_cannot_destroy_a_case_before_its_day() {
    let company = company();
    let open = [&["case", "open"][..], &ANNA, &["--right", "erasure"]].concat();
    ok(&company, "op1", &open);
    let case = case(&company);
    ok(
        &company,
        "op1",
        &["case", "close", &case, "--how", "withdrawn"],
    );
    let early = [
        "case", "purge", &case, "--early", "--reason", "order", "--yes",
    ];
    refused(&company, "op1", &early, 4, "E844");
    assert!(events(&company, "case_purged").is_empty());
}

/// A machine of the approver's own, with no workspace.
struct Desk {
    home: TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk {
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn run(&self, args: &[&str]) -> (i32, String) {
        let done = Command::new(env!("CARGO_BIN_EXE_dsr"))
            .args(args)
            .current_dir(self.home.path())
            .env("HOME", self.home.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_STATE_HOME")
            .env("LC_ALL", "C")
            .env("DSR_TEST_PASS", "quite another pass phrase")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (
            done.status.code().unwrap(),
            String::from_utf8(done.stderr).unwrap(),
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Takes a file along from the workspace.
    fn fetch(&self, company: &Company, name: &str) {
        fs_err::copy(company.path(name), self.path(name)).unwrap();
    }

    fn hand_back(&self, company: &Company, name: &str) {
        fs_err::copy(self.path(name), company.path(name)).unwrap();
    }

    #[track_caller]
    fn key(&self, name: &str) -> (String, String) {
        let (code, said) = self.run(&[
            "key",
            "new",
            "--as",
            name,
            "--passphrase",
            "env:DSR_TEST_PASS",
        ]);
        assert_eq!(code, 0, "{said}");
        let public = fs_err::read_to_string(self.path(&format!("{name}.pub"))).unwrap();
        (recipient(&said), public)
    }
}

/// The operator's company, the approver's desk, and the case whose plan has been written for them.
fn apart() -> (Company, Desk, String) {
    let (company, desk) = (Company::new(), Desk::new());
    key(&company, "op1");
    let (recipient, public) = desk.key("ap1");
    company.write("keys/ap1.pub", &public);
    list(
        &company,
        &[("op1", "operator", ""), ("ap1", "approver", &recipient)],
    );
    let case = planned(&company);
    ok(&company, "op1", &["plan", "show", &case, "--for", "ap1"]);
    desk.fetch(&company, &format!("{case}.plan.age"));
    (company, desk, case)
}

/// Signs the plan at the desk and brings the approval back.
#[track_caller]
fn signed(company: &Company, desk: &Desk, case: &str) -> String {
    let (code, said) = desk.run(&[
        "approve",
        &format!("{case}.plan.age"),
        "--as",
        "ap1",
        "--yes",
        "--expect",
        "4",
    ]);
    assert_eq!(code, 0, "{said}");
    let file = format!("{case}.approval");
    desk.hand_back(company, &file);
    file
}

#[test]
fn a_second_machine_approves_without_the_workspace() {
    let (company, desk, case) = apart();
    let sheet = format!("{case}.plan.age");
    let (code, said) = desk.run(&["approve", &sheet, "--as", "ap1"]);
    assert_eq!(code, 4, "{said}");
    assert!(
        said.contains("Anna Beispiel") && said.contains("§147 AO"),
        "{said}"
    );
    assert!(!desk.path(&format!("{case}.approval")).exists());
    // Stock age opens it too.
    let opened = Command::new("age")
        .args(["-d", "-i"])
        .arg(desk.path(".config/dsr/people/age.key"))
        .arg(desk.path(&sheet))
        .output()
        .unwrap();
    let opened: Value = serde_json::from_slice(&opened.stdout).unwrap();
    assert_eq!(opened["case"], case.as_str());
    let file = signed(&company, &desk, &case);
    ok(&company, "op1", &["apply", &case, "--approval", &file]);
    assert_eq!(company.customers().len(), 2);
    // It checks with stock tools.
    let approval: Value = serde_json::from_str(&company.read(&file)).unwrap();
    let text = |name: &str| approval[name].as_str().unwrap().to_owned();
    let public = company.path("keys/ap1.pub");
    assert!(openssl_verifies(
        desk.home.path(),
        &public,
        &text("message"),
        &text("signature")
    ));
    // And once used it is used up.
    let again = run(&company, "op1", &["apply", &case, "--approval", &file]);
    assert_eq!(again.code, 2, "{}", again.err);
    assert!(again.err.contains("E984"), "{}", again.err);
}

#[test]
fn an_approval_of_anything_else_does_not_count() {
    let (company, desk, case) = apart();
    let file = signed(&company, &desk, &case);
    let approval = company.read(&file);
    let attempt = |company: &Company, text: &str| {
        company.write(&file, text);
        refused(
            company,
            "op1",
            &["apply", &case, "--approval", &file],
            2,
            "E984",
        );
        assert_eq!(company.customers().len(), 3);
    };
    let change = |name: &str, to: &str| {
        let mut value: Value = serde_json::from_str(&approval).unwrap();
        let old = value[name].as_str().unwrap().to_owned();
        value[name] = to.into();
        let message = value["message"].as_str().unwrap().replace(&old, to);
        value["message"] = message.into();
        value.to_string()
    };
    // Another case, plan, workspace, person, day, key; and the plain text changed alone.
    let zeros = "0".repeat(64);
    for (name, to) in [
        ("case", "2020-AAAAAA"),
        ("plan", zeros.as_str()),
        ("ledger", "00000000000000000000000000000000"),
        ("person", "op1"),
        ("person", "nobody"),
        ("day", "2020-02-02"),
        ("key", zeros.as_str()),
        ("signature", "AAAA"),
        ("schema", "dsr.approval/2"),
    ] {
        attempt(&company, &change(name, to));
    }
    attempt(
        &company,
        &approval.replace("purpose: approve", "purpose: plan"),
    );
    attempt(&company, &approval[..approval.len() / 2]);
    attempt(&company, "");
    // Nobody is left of what it speaks.
    company.write(&file, &approval);
    let listed = company.read("dsr.yaml");
    company.write(
        "dsr.yaml",
        &listed
            .replace("role: approver", "role: operator")
            .replace("approval: four_eyes", "approval: none"),
    );
    refused(
        &company,
        "op1",
        &["apply", &case, "--approval", &file],
        4,
        "E990",
    );
    company.write("dsr.yaml", &listed);
    // The plan changed after it was signed.
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.execute("UPDATE customers SET town = 'Ulm' WHERE id = 2", [])
        .unwrap();
    ok(&company, "op1", &["erase", "--case", &case, "--plan"]);
    attempt(&company, &approval);
    // The same people in another workspace, with a case and a plan of their own.
    let (other, ..) = apart();
    let foreign = self::case(&other);
    other.write(&file, &approval);
    refused(
        &other,
        "op1",
        &["apply", &foreign, "--approval", &file],
        2,
        "E984",
    );
}

#[test]
fn what_the_approver_sees_is_what_is_signed() {
    let (company, desk, case) = apart();
    let sheet = format!("{case}.plan.age");
    let identity = desk.path(".config/dsr/people/age.key");
    let opened = Command::new("age")
        .args(["-d", "-i"])
        .arg(&identity)
        .arg(desk.path(&sheet))
        .output()
        .unwrap();
    let listed = company.read("dsr.yaml");
    let to = recipient(&listed);
    let seal = |text: &str| {
        let mut age = Command::new("age")
            .args(["-r", &to, "-o"])
            .arg(desk.path("forged.plan.age"))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        age.stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        assert!(age.wait().unwrap().success());
    };
    let text = String::from_utf8(opened.stdout).unwrap();
    let attempt = |text: &str, exit: i32, code: &str| {
        seal(text);
        let (done, said) = desk.run(&[
            "approve",
            "forged.plan.age",
            "--as",
            "ap1",
            "--yes",
            "--expect",
            "4",
        ]);
        assert_eq!((done, said.contains(code)), (exit, true), "{said}");
        assert!(!desk.path(&format!("{case}.approval")).exists());
    };
    // A harmless label over another record; another case; a step that nobody sees.
    attempt(&text.replace("Anna Beispiel", "Bert Muster"), 2, "E983");
    attempt(&text.replace(&case, "2020-AAAAAA"), 2, "E983");
    let mut value: Value = serde_json::from_str(&text).unwrap();
    value["plan"]["steps"].as_array_mut().unwrap().pop();
    attempt(&value.to_string(), 2, "E983");
    // With an id that fits, the operator's signature does not.
    let mut forged: dsr::people::approval::Sheet = serde_json::from_str(&text).unwrap();
    forged.plan.steps.pop();
    forged.id = forged.plan.id();
    attempt(&serde_json::to_string(&forged).unwrap(), 4, "E987");
    let mut nobody: Value = serde_json::from_str(&text).unwrap();
    nobody["makers"] = serde_json::json!([]);
    attempt(&nobody.to_string(), 4, "E987");
    // A fact that would bring lines of its own into what is signed.
    let mut lines: Value = serde_json::from_str(&text).unwrap();
    lines["ledger"] = "00\ncase: 2020-AAAAAA".into();
    attempt(&lines.to_string(), 2, "E983");
    nobody["shown"] = "nothing happens to anybody".into();
    attempt(&nobody.to_string(), 2, "E983");
    // For somebody else, and by somebody else.
    let (done, said) = desk.run(&["approve", &sheet, "--as", "ap2"]);
    assert_eq!((done, said.contains("E988")), (2, true), "{said}");
    let stranger = Desk::new();
    stranger.key("ap1");
    stranger.fetch(&company, &sheet);
    let (done, said) = stranger.run(&["approve", &sheet, "--as", "ap1"]);
    assert_eq!((done, said.contains("E983")), (2, true), "{said}");
    fs_err::write(desk.path("plain.plan.age"), &text).unwrap();
    let (done, said) = desk.run(&["approve", "plain.plan.age", "--as", "ap1"]);
    assert_eq!((done, said.contains("E983")), (2, true), "{said}");
    // The plan itself is as it was.
    signed(&company, &desk, &case);
}

#[test]
fn a_plan_leaves_the_house_for_an_approver_only() {
    let company = company();
    let case = planned(&company);
    for name in ["op1", "nobody", "ap1"] {
        refused(
            &company,
            "op1",
            &["plan", "show", &case, "--for", name],
            2,
            "E985",
        );
    }
    assert!(!company.path(&format!("{case}.plan.age")).exists());
    ok(&company, "op1", &["plan", "show", &case]);
}
