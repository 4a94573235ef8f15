//! Very many records: memory stays where it was.
//!
//! Memory is measured in a process of its own, because other tests run beside this one.

use std::process::Command;

use dsr::messages::Lang;
use dsr::package::{Folder, Kind, Package, Zip};
use secrecy::SecretString;
use serde_json::json;

use crate::material::{House, record};

/// Set in the process that measures.
const COUNT: &str = "DSR_TEST_RECORDS";

/// Kilobytes that the process has in memory, and the most that it had.
fn memory() -> (u64, u64) {
    let status = fs_err::read_to_string("/proc/self/status").unwrap();
    let line = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (line("VmRSS:"), line("VmHWM:"))
}

fn fill(package: &mut Package<'_>, house: &House, count: u64) {
    let mut writer = package
        .object("shop", &house.systems[0].objects[1])
        .unwrap();
    for id in 0..count {
        let note = if id % 7 == 0 {
            "Bitte bei bernd@example.com melden"
        } else {
            "ohne Besonderheiten"
        };
        writer
            .push(&record(json!({
                "id": id,
                "shipping_address": "Musterstraße 12\n80331 München",
                "note": note,
                "ordered_at": "2025-02-03",
                "customer_id": 4711,
                format!("extra_{}", id % 1_000): "x",
            })))
            .unwrap();
    }
    writer.finish().unwrap();
}

/// Runs in the other process; says how much memory it took at most, in kilobytes.
#[test]
#[ignore = "started by the test below"]
fn measured() {
    let Ok(count) = std::env::var(COUNT) else {
        return;
    };
    let count: u64 = count.parse().unwrap();
    let house = House::new(Lang::De);
    let root = tempfile::tempdir().unwrap();
    let mut warm = Package::new(
        house.material(Kind::Access, true),
        Box::new(Folder::create(&root.path().join("warm")).unwrap()),
    )
    .unwrap();
    fill(&mut warm, &house, 2_000);
    warm.finish().unwrap();
    let (before, _) = memory();
    let started = std::time::Instant::now();
    let file = fs_err::File::create(root.path().join("package.zip")).unwrap();
    let mut out = std::io::BufWriter::new(file);
    let zip = Zip::with_password(&mut out, &SecretString::from("x"));
    let mut material = house.material(Kind::Access, true);
    material.scratch = Some(root.path());
    let mut package = Package::new(material, Box::new(zip)).unwrap();
    fill(&mut package, &house, count);
    let summary = package.finish().unwrap();
    assert_eq!(summary.records, count);
    drop(out);
    let (_, most) = memory();
    let bytes = fs_err::metadata(root.path().join("package.zip"))
        .unwrap()
        .len();
    eprintln!(
        "grew by {} kB, {} ms, {bytes} bytes",
        most.saturating_sub(before),
        started.elapsed().as_millis()
    );
    assert!(
        most.saturating_sub(before) < 30_000,
        "grew by {} kB",
        most - before
    );
    assert!(
        fs_err::read_dir(root.path()).unwrap().count() == 2,
        "a temporary file has a name"
    );
}

fn run(count: u64) {
    let done = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "many::measured",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(COUNT, count.to_string())
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("grew by"), "{said}");
    eprintln!(
        "{}",
        said.lines()
            .find(|line| line.contains("grew by"))
            .unwrap_or_default()
    );
}

#[test]
#[cfg(target_os = "linux")]
fn memory_stays_flat() {
    run(200_000);
}
