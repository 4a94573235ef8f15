//! Evidence of very many records: made and verified in the memory that few take, and nothing is missed at its far end.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "../benches/many/case.rs"]
mod case;
#[path = "support/program.rs"]
mod program;

use std::path::{Path, PathBuf};

use case::Became;
use program::{Ran, Workspace};

const INVENTORY: &str = "dsr: 1
controller: { name: Acme GmbH, seat: DE-BY, language: en }
requests: { identity: required, reason: optional }
approval: none
systems:
  shop:
    engine: sqlite
    settings: { path: orders.db }
    objects:
      orders:
        table: orders
        key: id
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email }
          note: content.note
        erase: remove
";

/// A workspace with one case of so many records.
fn filled(records: u32) -> (Workspace, String) {
    filled_with(records, Became::Removed)
}

fn filled_with(records: u32, became: Became) -> (Workspace, String) {
    let workspace = Workspace::new(INVENTORY, &[]);
    let heads = workspace.path("../heads");
    let case = case::fill(&workspace.path(""), Some(&heads), records, became).expect("a case");
    (workspace, case)
}

/// Ends well; returns the most memory that it held, in KiB.
fn peak(workspace: &Workspace, arguments: &[&str]) -> u64 {
    let (ran, peak) = workspace.start(arguments).watched();
    ran.ends_with(0);
    peak
}

fn bundle(workspace: &Workspace, case: &str) -> String {
    workspace.bundles(case)[0].display().to_string()
}

fn unpacked(workspace: &Workspace, case: &str) -> PathBuf {
    let folder = workspace.path("../opened");
    let file = fs_err::File::open(bundle(workspace, case)).unwrap();
    zip::ZipArchive::new(file)
        .unwrap()
        .extract(&folder)
        .unwrap();
    folder
}

#[test]
fn ten_times_the_records_cost_no_more_memory() {
    let peaks = [300, 3_000].map(|records| {
        let (workspace, case) = filled(records);
        let made = peak(&workspace, &["evidence", "make", &case]);
        let verified = peak(
            &workspace,
            &["evidence", "verify", &bundle(&workspace, &case)],
        );
        let verdict = [
            "evidence",
            "verify",
            &bundle(&workspace, &case),
            "--format",
            "json",
        ];
        let verdict = workspace.run(&verdict).ends_with(0).json();
        assert_eq!(verdict["records"], records);
        // Opening, log, identity, two searches, plan, approval, begin and end of the run, and three for each record.
        assert_eq!(verdict["events"], 9 + 3 * records);
        let period = ["evidence", "make", "--period", "2000-01-01..2999-12-31"];
        let sealed = peak(&workspace, &period);
        let cases = records_of_period(&workspace);
        assert_eq!(cases, format!("{{\"removed\":{records}}}"));
        (made, verified, sealed)
    });
    // Held, the events alone of the larger case would be 20 MB more.
    let [
        (made_few, verified_few, sealed_few),
        (made_many, verified_many, sealed_many),
    ] = peaks;
    assert!(made_many < made_few + 8 * 1024, "make: {peaks:?}");
    assert!(verified_many < verified_few + 4 * 1024, "verify: {peaks:?}");
    assert!(sealed_many < sealed_few + 6 * 1024, "period: {peaks:?}");
}

/// What became of records, by the only line of the only container of a period.
fn records_of_period(workspace: &Workspace) -> String {
    use std::io::Read as _;
    let files = fs_err::read_dir(workspace.path("evidence")).unwrap();
    let mut files = files.map(|file| file.unwrap().path());
    let period = files.find(|file| file.display().to_string().contains("period-"));
    let mut zip = zip::ZipArchive::new(fs_err::File::open(period.unwrap()).unwrap()).unwrap();
    let mut lines = String::new();
    let mut file = zip.by_name("data/cases.jsonl").unwrap();
    file.read_to_string(&mut lines).unwrap();
    assert_eq!(lines.lines().count(), 1);
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();
    line["outcomes"].to_string()
}

/// The lines of a file of the unpacked bundle, changed, and what the verification says then.
fn tampered(
    workspace: &Workspace,
    folder: &Path,
    file: &str,
    change: impl FnOnce(&mut Vec<Vec<u8>>),
) -> String {
    let path = folder.join(file);
    let before = fs_err::read(&path).unwrap();
    let mut lines: Vec<Vec<u8>> = before
        .split_inclusive(|b| *b == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    change(&mut lines);
    fs_err::write(&path, lines.concat()).unwrap();
    let verdict: Ran = workspace.run(&["evidence", "verify", &folder.display().to_string()]);
    fs_err::write(&path, before).unwrap();
    verdict.ends_with(5).err
}

#[test]
fn one_line_at_the_far_end_is_not_missed() {
    let records = 2_500usize;
    let (workspace, case) = filled(u32::try_from(records).unwrap());
    workspace.run(&["evidence", "make", &case]).ends_with(0);
    let folder = unpacked(&workspace, &case);
    let whole = ["evidence", "verify", &folder.display().to_string()];
    workspace.run(&whole).ends_with(0);
    let last = records - 1;
    // Lines of the record file count from 1; the journal begins with eight that are no step's.
    for (file, code, event) in [
        ("data/records.jsonl", "E732", last),
        ("data/journal.jsonl", "E730", 9 + 3 * records - 3),
    ] {
        let big = fs_err::metadata(folder.join(file)).unwrap().len();
        assert!(big > 1 << 20, "{file} is read on threads of its own");
        let says = |said: &str, line: usize, what: &str| {
            assert!(
                said.contains("E724") && said.contains("E720"),
                "{file}, {what}: {said}"
            );
            assert!(said.contains("E733"), "{file}, {what}: {said}");
            assert!(said.contains(code), "{file}, {what}: {said}");
            let line = line.to_string();
            let named = said.contains(&line) || said.contains(&thousands(&line));
            assert!(named, "{file}, {what}, line {line}: {said}");
        };
        // A bit of the line before the last: the records have only the root to say so, the journal the next line.
        let flipped = tampered(&workspace, &folder, file, |lines| {
            let at = lines.len() - 2;
            let middle = lines[at]
                .windows(8)
                .position(|w| w == b"\"system\"" || w == b"\"outcome")
                .unwrap();
            lines[at][middle + 12] ^= 1;
        });
        assert!(flipped.contains(code), "{flipped}");
        assert!(flipped.contains("E724") && flipped.contains("E720") && flipped.contains("E733"));
        let removed = tampered(&workspace, &folder, file, |lines| {
            lines.remove(event - 1);
        });
        says(&removed, event, "removed");
        let twice = tampered(&workspace, &folder, file, |lines| {
            let line = lines[event - 1].clone();
            lines.insert(event, line);
        });
        says(&twice, event + 1, "twice");
        let turned = tampered(&workspace, &folder, file, |lines| {
            lines.swap(event - 2, event - 1)
        });
        says(&turned, event - 1, "another order");
        let cut = tampered(&workspace, &folder, file, |lines| {
            lines.pop();
        });
        assert!(
            cut.contains("E724") && cut.contains(if code == "E732" { "E732" } else { "E731" }),
            "{cut}"
        );
        let open = tampered(&workspace, &folder, file, |lines| {
            lines.last_mut().unwrap().pop();
        });
        assert!(open.contains("E724") && open.contains(code), "{open}");
    }
    workspace.run(&whole).ends_with(0);
}

fn thousands(number: &str) -> String {
    match number.len().checked_sub(3) {
        Some(at) if at > 0 => format!("{},{}", &number[..at], &number[at..]),
        _ => number.to_owned(),
    }
}

/// Plan, findings and openings that lie in parts are those of the case: each line opens.
#[test]
fn every_line_of_a_case_in_parts_opens() {
    let (workspace, case) = filled(2_001);
    workspace.run(&["evidence", "make", &case]).ends_with(0);
    for line in ["0", "999", "1000", "2000"] {
        let shown = workspace
            .run(&["evidence", "reveal", &case, line])
            .ends_with(0);
        let key = format!("{:09}", 1000 + line.parse::<u32>().unwrap());
        assert!(shown.out.contains(&key), "{line}: {}", shown.out);
    }
    workspace
        .run(&["evidence", "reveal", &case, "2001"])
        .ends_with(2);
    // A part that is gone is said to be so, and nothing is made.
    let vault = rusqlite::Connection::open(workspace.path(".dsr/vault.db")).unwrap();
    let gone = "DELETE FROM item WHERE name LIKE 'findings.part.1'";
    assert_eq!(vault.execute(gone, []).unwrap(), 1);
    let refused = workspace.run(&["evidence", "make", &case]).ends_with(1);
    assert!(refused.err.contains("E653"), "{}", refused.err);
    let gone = "DELETE FROM item WHERE name LIKE 'plan.%.part.0'";
    assert_eq!(vault.execute(gone, []).unwrap(), 1);
    let refused = workspace.run(&["evidence", "make", &case]).ends_with(1);
    assert!(refused.err.contains("E653"), "{}", refused.err);
}

/// The authority's container is encrypted as it is written, and verified before it has a name, without lying in memory.
#[test]
fn a_complete_case_of_many_more_records_costs_no_more_memory() {
    use std::io::Read as _;
    let key = age::x25519::Identity::generate();
    let public = key.to_public().to_string();
    // Both lie in parts; caches are full with the smaller one already.
    let peaks = [1_500, 5_000].map(|records| {
        let (workspace, case) = filled(records);
        let make = ["evidence", "make", &case, "--profile", "authority"];
        let to = ["--recipient", &public, "--yes"];
        let held = peak(&workspace, &[&make[..], &to].concat());

        let name = format!("evidence/{case}.authority.evidence.zip.age");
        let sealed = fs_err::read(workspace.path(&name)).unwrap();
        let opened = age::Decryptor::new(&sealed[..]).unwrap();
        let mut opened = opened
            .decrypt(std::iter::once(&key as &dyn age::Identity))
            .unwrap();
        let mut plain = Vec::new();
        opened.read_to_end(&mut plain).unwrap();
        let container = workspace.path("../container.zip");
        fs_err::write(&container, &plain).unwrap();
        let verify = ["evidence", "verify", &container.display().to_string()];
        let verdict = [&verify[..], &["--format", "json"]].concat();
        let verdict = workspace.run(&verdict).ends_with(0).json();
        assert_eq!(verdict["kind"], "authority");
        assert_eq!(verdict["records"], records);

        // What was written one by one is one whole.
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(plain)).unwrap();
        let mut json = |name: &str| -> serde_json::Value {
            let file = zip.by_name(&format!("data/{name}")).unwrap();
            serde_json::from_reader(file).unwrap()
        };
        let findings = json("findings.json");
        let found = findings["systems"][0]["objects"][0]["records"].as_array();
        let found = found.unwrap();
        assert_eq!(found.len(), records as usize);
        let last = format!("Order {}, ring twice", records - 1);
        assert_eq!(found[found.len() - 1]["record"]["data"]["note"], last);
        let findings: dsr::findings::Findings = serde_json::from_value(findings).unwrap();
        assert_eq!(findings.records().count(), records as usize);
        let plan: dsr::plan::Plan = serde_json::from_value(json("plans/1.json")).unwrap();
        assert_eq!(plan.steps.len(), records as usize);
        let shown = ["case", "show", &case, "--format", "json"];
        let shown = workspace.run(&shown).ends_with(0).json();
        assert_eq!(shown["plans"][0]["plan"], serde_json::json!(plan.id()));
        let history = json("history.json");
        let told = history.as_array().unwrap();
        assert!(told.len() >= 5 && told.iter().all(|one| one["de"].is_string()));
        // Nothing else is left in the folder, and nothing of it in clear.
        for file in fs_err::read_dir(workspace.path("evidence")).unwrap() {
            let path = file.unwrap().path();
            let bytes = fs_err::read(&path).unwrap();
            let told = memchr::memmem::find(&bytes, b"ring twice");
            assert!(told.is_none(), "{}", path.display());
        }
        held
    });
    let [few, many] = peaks;
    assert!(many < few + 6 * 1024, "{peaks:?}");
}

/// The end of a case goes through all that it did, and through all that it leaves for a later day.
#[test]
fn the_purge_of_many_more_records_costs_no_more_memory() {
    for became in [Became::Removed, Became::Retained] {
        let peaks = [1_500, 6_000].map(|records| {
            let (workspace, case) = filled_with(records, became);
            workspace.run(&["case", "close", &case]).ends_with(0);
            let purge = ["case", "purge", &case, "--early", "--reason", "test"];
            let kept = if became == Became::Retained {
                records
            } else {
                0
            };
            let held = peak(&workspace, &[&purge[..], &["--yes"]].concat());
            let vault = rusqlite::Connection::open(workspace.path(".dsr/vault.db")).unwrap();
            let count = |sql: &str, of: &[&str]| -> u32 {
                let of = rusqlite::params_from_iter(of);
                vault.query_row(sql, of, |row| row.get(0)).unwrap()
            };
            let left = count("SELECT count(*) FROM deferred", &[]);
            assert_eq!(left, kept, "what is left is known without the case");
            let own = "SELECT count(*) FROM item WHERE owner = ?1";
            assert_eq!(count(own, &[&case]), 0);
            held
        });
        let [few, many] = peaks;
        assert!(many < few + 5 * 1024, "{became:?} {peaks:?}");
    }
}
