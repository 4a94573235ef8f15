//! A machine that does not do what it should: wrong files, no room, no rights, no secrets; and files of random bytes.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::json;

use crate::support::house::{HEAD, House, Ran, finish};
use crate::{SHOP, SHOP_TABLE};

const ANNA: &str = "anna@example.org";
const ERASE: [&str; 6] = ["erase", "--email", ANNA, "--yes", "--expect", "1"];

fn house() -> House {
    let house = House::new(SHOP, &[]);
    house.sql("shop.db", SHOP_TABLE);
    house.sql("shop.db", "INSERT INTO people VALUES (1, 'anna@example.org', NULL, 'Anna'), (2, 'berta@example.org', NULL, 'Berta')");
    house
}

/// A clear sentence, a remedy, the right code, and nothing lost.
#[track_caller]
fn refused(ran: &Ran, code: i32, says: &str) {
    ran.expect(code);
    assert!(ran.err.contains(says), "{says} is not in:\n{}", ran.err);
    assert!(ran.err.contains("= help:"), "no remedy:\n{}", ran.err);
}

fn rows(house: &House) -> String {
    house.sql_value("shop.db", "SELECT group_concat(id) FROM people")
}

fn mode(house: &House, name: &str, mode: u32) {
    fs_err::set_permissions(house.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn bad_inventories_and_flags_say_what_and_where() {
    let house = house();
    let good = house.read("dsr.yaml");
    for (broken, says) in [
        (good.replace("erase: remove", "erase: destroy"), "dsr.yaml:"),
        (good.replace("key: id", "kee: id"), "kee"),
        (format!("{good}{SHOP}"), "shop"),
        (good.replace("dsr: 1", "dsr: 99"), "dsr.yaml:"),
        (
            good.replace(
                "settings: { path: shop.db }",
                "settings: { path: shop.db, password: hunter2hunter2 }",
            ),
            "dsr.yaml:",
        ),
        ("\t: {".to_owned(), "dsr.yaml:"),
        (String::new(), "dsr"),
        ("a: &a [*a]".to_owned(), "dsr"),
        ("\u{feff}".repeat(3), "dsr"),
    ] {
        house.write("dsr.yaml", &broken);
        let ran = house.run(&ERASE);
        refused(&ran, 2, says);
        assert!(!ran.err.contains("hunter2hunter2"), "{}", ran.err);
    }
    house.write("dsr.yaml", [0xff, 0xfe, 0, b'd']);
    house.run(&ERASE).expect(2);
    house.write("dsr.yaml", &good);
    for args in [
        &["erase", "--force"][..],
        &["find", "--format", "xml"],
        &["fnid"],
        &["erase", "--yes"],
        &["find", "--system", "shopp", "--email", ANNA],
        &["find", "--lang", "fr"],
        &["apply"],
    ] {
        refused(&house.run(args), 2, "error");
    }
    assert_eq!(rows(&house), "1,2");
    assert_eq!(
        house.sql_value(
            ".dsr/ledger.db",
            "SELECT count(DISTINCT case_id) FROM event"
        ),
        "0"
    );
    house.run(&ERASE).expect(0);
}

#[test]
fn a_workspace_that_others_can_write_is_refused() {
    let house = house();
    house.run(&["find", "--email", ANNA]).expect(0);
    for (name, wrong, right) in [
        ("", 0o777, 0o755),
        ("dsr.yaml", 0o666, 0o644),
        ("dsr.lock", 0o664, 0o644),
        (".dsr", 0o755, 0o700),
        (".dsr", 0o770, 0o700),
        ("connectors", 0o777, 0o755),
    ] {
        mode(&house, name, wrong);
        for args in [
            &["find", "--email", ANNA][..],
            &ERASE,
            &["check"],
            &["case", "list"],
        ] {
            refused(&house.run(args), 2, "chmod");
        }
        mode(&house, name, right);
    }
    mode(&house, ".dsr/keys/workspace.key", 0o644);
    let ran = house.run(&ERASE);
    assert!(
        matches!(ran.code, 1 | 2) && ran.err.contains("= help:"),
        "{ran:?}"
    );
    mode(&house, ".dsr/keys/workspace.key", 0o600);
    assert_eq!(rows(&house), "1,2");
    house.run(&ERASE).expect(0);
}

#[test]
fn no_home_and_no_secret_are_said() {
    let mut house = House::new(&format!("{SHOP}  crm:
    connector: crm@1
    settings: {{ url: \"http://127.0.0.1:1\", key: {{ secret: \"env:CRM_KEY_THAT_IS_NOT_SET\" }} }}\n"), &[("crm", crate::CRM)]);
    house.sql("shop.db", SHOP_TABLE);
    house.sql(
        "shop.db",
        "INSERT INTO people VALUES (1, 'anna@example.org', NULL, 'Anna')",
    );
    let ran = house.about(&json!({"email": ANNA}), &["find"]);
    ran.expect(3);
    assert_eq!(ran.system("crm")["error"]["code"], "E531");
    assert!(
        ran.system("crm")["error"]["text"]
            .as_str()
            .unwrap()
            .contains("CRM_KEY_THAT_IS_NOT_SET")
    );
    assert_eq!(ran.records("shop"), ["people:1 stated"]);
    house.run(&ERASE).expect(3);
    assert_eq!(
        house.sql_value("shop.db", "SELECT count(*) FROM people"),
        "0"
    );
    house.without("HOME").without("XDG_STATE_HOME");
    refused(&house.run(&["find", "--email", ANNA]), 1, "HOME");
    house.env("HOME", "relative/home");
    refused(&house.run(&["find", "--email", ANNA]), 1, "HOME");
}

#[test]
fn a_locked_database_is_an_error_of_that_system_and_a_locked_ledger_ends_the_run() {
    let house = house();
    let ledger = rusqlite::Connection::open(house.path(".dsr/ledger.db")).unwrap();
    ledger.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let held = std::thread::scope(|scope| {
        let run = scope.spawn(|| house.run(&["find", "--email", ANNA]));
        // Meanwhile the target, which has a lock of its own, in another workspace.
        let other = self::house();
        other.write(
            "dsr.yaml",
            other.read("dsr.yaml").replace(
                "    settings",
                "    timeouts: { lock: 200ms }\n    settings",
            ),
        );
        let target = rusqlite::Connection::open(other.path("shop.db")).unwrap();
        target.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let ran = other.about(&json!({"email": ANNA}), &["find"]);
        ran.expect(3);
        assert!(
            ran.system("shop").to_string().contains("E511"),
            "{:#}",
            ran.system("shop")
        );
        target.execute_batch("ROLLBACK; BEGIN IMMEDIATE").unwrap();
        let ran = other.run(&ERASE);
        ran.expect(3);
        let case = ran
            .err
            .split_whitespace()
            .find(|word| word.starts_with("20") && word.len() == 11)
            .unwrap()
            .to_owned();
        target.execute_batch("ROLLBACK").unwrap();
        assert_eq!(rows(&other), "1,2");
        other.run(&["apply", &case]).expect(0);
        assert_eq!(rows(&other), "2");
        run.join().unwrap()
    });
    refused(&held, 1, "ledger.db");
    ledger.execute_batch("ROLLBACK").unwrap();
    house.run(&ERASE).expect(0);
    assert_eq!(rows(&house), "2");
}

#[test]
fn output_that_is_lost_is_no_success() {
    let house = house();
    for args in [
        &["find", "--email", ANNA][..],
        &["find", "--email", ANNA, "--format", "json"],
        &["audit", "log"],
        &ERASE,
    ] {
        let mut command = house.command();
        let full = fs_err::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        command.args(args).stdout(full.into_file());
        let out = command.output().unwrap();
        let err = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(1), "{args:?}: {err}");
        assert!(err.contains("E812") && err.contains("= help:"), "{err}");
    }
    assert_eq!(
        rows(&house),
        "2",
        "what was said and what was done are two things"
    );
}

/// A file system of so many kilobytes, if this machine lets us make one.
struct Small(std::path::PathBuf);

impl Small {
    fn mount(folder: &std::path::Path, kilobytes: u32) -> Option<Small> {
        let options = format!("size={kilobytes}k,mode=755");
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder)
            .output()
            .ok()?;
        done.status.success().then(|| Small(folder.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let house = house();
    // No file may grow beyond what is there: writes fail in the middle, as on a full disk.
    for kilobytes in ["0", "8", "40", "72", "120"] {
        let dsr = env!("CARGO_BIN_EXE_dsr");
        let limit = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$@\"");
        let plain = house.command();
        let mut command = Command::new("bash");
        command.env_clear().envs(
            plain
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        command
            .args(["-c", &limit, "bash", dsr, "-C"])
            .arg(&house.folder)
            .args(ERASE);
        let ran = finish(command, "");
        assert!(!ran.err.contains("panicked"), "{ran:?}");
        if ran.code != 0 {
            assert!(matches!(ran.code, 1 | 3), "{kilobytes}: {ran:?}");
            assert!(
                ran.err.contains("help") || ran.code == 3,
                "{kilobytes}: {}",
                ran.err
            );
        }
    }
    // What was begun goes on as if nothing had been.
    house.run(&["audit", "log"]).expect(0);
    let ran = house.run(&["erase", "--email", ANNA, "--yes", "--expect", "1"]);
    assert!(matches!(ran.code, 0 | 4), "{ran:?}");
    assert_eq!(rows(&house), "2");
    house.run(&["audit", "log"]).expect(0);
    assert_eq!(house.sql_value("shop.db", "PRAGMA integrity_check"), "ok");
}

#[test]
fn a_full_file_system_loses_nothing() {
    let mut house = House::bare();
    let Some(small) = Small::mount(&house.folder, 400) else {
        return;
    };
    house.write("dsr.yaml", format!("{HEAD}systems:\n{SHOP}"));
    house.run(&["init", "--yes"]).expect(0);
    let data = house.root.path().join("data");
    fs_err::create_dir_all(&data).unwrap();
    house.write(
        "dsr.yaml",
        format!(
            "{HEAD}systems:\n{}",
            SHOP.replace("shop.db", &data.join("shop.db").to_string_lossy())
        ),
    );
    let shop = data.join("shop.db").to_string_lossy().into_owned();
    house.sql(&shop, SHOP_TABLE);
    house.sql(&shop, "INSERT INTO people VALUES (1, 'anna@example.org', NULL, 'Anna'), (2, 'berta@example.org', NULL, 'Berta')");
    // Fill what is left.
    house.write("evidence/filler", []);
    let mut filler = fs_err::File::create(house.path("evidence/filler")).unwrap();
    let mut block = vec![0_u8; 4096];
    while std::io::Write::write_all(&mut filler, &block).is_ok() {
        block[0] = 1;
    }
    drop(filler);
    let ran = house.run(&ERASE);
    refused(&ran, 1, "full");
    assert_eq!(
        house.sql_value(&shop, "SELECT count(*) FROM people"),
        "2",
        "what cannot be noted is not done"
    );
    fs_err::remove_file(house.path("evidence/filler")).unwrap();
    house.run(&ERASE).expect(0);
    assert_eq!(
        house.sql_value(&shop, "SELECT group_concat(id) FROM people"),
        "2"
    );
    house.run(&["audit", "log"]).expect(0);
    house.env("HOME", "/nonexistent");
    drop(small);
}

#[test]
fn a_read_only_folder_is_said() {
    let house = house();
    house.run(&["find", "--email", ANNA]).expect(0);
    let bind = |extra: &str| {
        Command::new("mount")
            .args(["-o", extra])
            .arg(&house.folder)
            .arg(&house.folder)
            .output()
    };
    let bound = bind("bind").is_ok_and(|done| done.status.success())
        && bind("remount,bind,ro").is_ok_and(|done| done.status.success());
    let _unmount = bound.then(|| Small(house.folder.clone()));
    if !bound {
        // Root writes anywhere, so without a mount only another account sees a read-only folder.
        for name in [".dsr/ledger.db", ".dsr/vault.db", ".dsr", ""] {
            mode(
                &house,
                name,
                if name.ends_with(".db") { 0o400 } else { 0o500 },
            );
        }
        if fs_err::write(house.path("probe"), "").is_ok() {
            return;
        }
    }
    for args in [&ERASE[..], &["find", "--email", ANNA], &["init", "--yes"]] {
        let ran = house.run(args);
        ran.expect(if args[0] == "init" && ran.code == 0 {
            0
        } else {
            1
        });
        assert!(ran.code == 0 || ran.err.contains("= help:"), "{}", ran.err);
    }
    drop(_unmount);
    for name in ["", ".dsr"] {
        mode(&house, name, 0o700);
    }
    for name in [".dsr/ledger.db", ".dsr/vault.db"] {
        mode(&house, name, 0o600);
    }
    assert_eq!(rows(&house), "1,2");
    house.run(&ERASE).expect(0);
}

#[test]
fn a_ledger_that_is_gone_or_foreign_is_never_replaced_in_silence() {
    let house = house();
    house.run(&["find", "--email", ANNA]).expect(0);
    let all = [".dsr/ledger.db", ".dsr/ledger.db-wal", ".dsr/ledger.db-shm"];
    let away = |to: &House| {
        for name in all {
            if house.path(name).exists() {
                fs_err::rename(house.path(name), to.path(&name.replace(".dsr/", ""))).unwrap();
            }
        }
    };
    let shelf = House::bare();
    away(&shelf);
    for args in [&ERASE[..], &["find", "--email", ANNA], &["init", "--yes"]] {
        refused(&house.run(args), 2, "ledger");
        assert!(!house.path(".dsr/ledger.db").exists());
    }
    let other = self::house();
    fs_err::copy(other.path(".dsr/ledger.db"), house.path(".dsr/ledger.db")).unwrap();
    refused(&house.run(&ERASE), 2, "ledger");
    house.write(
        ".dsr/ledger.db",
        "this is no database, and long enough to be looked at as one",
    );
    let ran = house.run(&ERASE);
    assert!(
        matches!(ran.code, 1 | 2) && ran.err.contains("= help:"),
        "{ran:?}"
    );
    assert_eq!(rows(&house), "1,2");
}

/// Random and mangled files: never a panic, always an error of the reader with a place or a remedy.
#[test]
fn no_bytes_make_the_readers_panic() {
    use proptest::prelude::*;
    let acme = include_str!("../inventory/acme.yaml");
    let mangled = |good: &'static str| {
        (
            0..good.len(),
            0..good.len(),
            proptest::collection::vec(any::<u8>(), 0..12),
            0..4_usize,
        )
            .prop_map(move |(at, to, noise, how)| {
                let mut bytes = good.as_bytes().to_vec();
                match how {
                    0 => bytes.truncate(at),
                    1 => drop(bytes.splice(at.min(to)..at.max(to), noise)),
                    2 => drop(bytes.splice(at..at, noise)),
                    _ => {
                        let line = good[..good.floor_char_boundary(at)]
                            .rfind('\n')
                            .map_or(0, |n| n + 1);
                        let copy = bytes[line..]
                            .split_inclusive(|b| *b == b'\n')
                            .next()
                            .unwrap_or(b"")
                            .to_vec();
                        drop(bytes.splice(line..line, copy));
                    }
                }
                bytes
            })
    };
    let any_file = |good| {
        prop_oneof![
            1 => proptest::collection::vec(any::<u8>(), 0..300),
            1 => "[\\[\\]{}:,&*!|>'\"%@`#\\-? \n\ta-z0-9]{0,200}".prop_map(String::into_bytes),
            6 => mangled(good),
        ]
    };
    let folder = tempfile::tempdir().unwrap();
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        proptest::test_runner::Config {
            cases: 400,
            failure_persistence: None,
            ..Default::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let file = folder.path().join("dsr.yaml");
    let exits_with_2 = |trouble: dsr::diagnostic::Trouble| {
        assert_eq!(trouble.exit() as u8, 2, "{trouble:?}");
        assert!((1..=21).contains(&trouble.diagnostics.len()));
        for diagnostic in &trouble.diagnostics {
            let text = dsr::ui::diagnostic::render(diagnostic, dsr::messages::Lang::De, false);
            assert!(
                !text.chars().any(|c| c.is_control() && c != '\n'),
                "{text:?}"
            );
        }
    };
    runner
        .run(
            &(any_file(acme), any_file(crate::CRM)),
            |(inventory, connector)| {
                fs_err::write(&file, &inventory).unwrap();
                let load = |_: &dsr::inventory::Wanted<'_>| {
                    let text = crate::CRM.to_owned();
                    let source = dsr::diagnostic::Source {
                        path: "crm.yml".into(),
                        text,
                    };
                    dsr::connector::definition::parse(std::sync::Arc::new(source))
                };
                if let Err(trouble) = dsr::inventory::read(&file, &load) {
                    exits_with_2(trouble);
                }
                let own = folder.path().join("crm.yml");
                fs_err::write(&own, &connector).unwrap();
                if let Err(trouble) = dsr::connector::definition::read(&own) {
                    exits_with_2(trouble);
                }
                Ok(())
            },
        )
        .unwrap();
}
