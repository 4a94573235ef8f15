//! The stores between processes: many writers, and writers that die.
//!
//! Each process is this test program again, told by the environment to run only `helper`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use dsr::case_id::CaseId;
use dsr::diagnostic::Exit;
use dsr::ledger::{Event, Ledger};
use dsr::trust::Lock;
use dsr::vault::{Vault, workspace_key};
use dsr::workspace::{Workspace, lease};
use jiff::Timestamp;

const TASK: &str = "DSR_TEST_TASK";

/// What a process of these tests does. Run as a test of its own, it shows that nothing happens without being told.
#[test]
fn helper() {
    let Ok(task) = std::env::var(TASK) else {
        assert!(std::env::var_os("DSR_TEST_KILL_BEFORE").is_none());
        return;
    };
    let folder = std::env::current_dir().unwrap();
    if task == "init" {
        Workspace::init(&folder, "dsr: 1\n", Timestamp::now()).unwrap();
        return;
    }
    let workspace = Workspace::find(&folder).unwrap();
    match task.as_str() {
        "lease" => {
            let _lease = lease(&workspace, "2026-K7QF3M").unwrap();
            fs_err::write(folder.join("ready"), "").unwrap();
            std::thread::sleep(Duration::from_secs(60));
        }
        "append" => {
            let mut ledger = open(&workspace);
            for commit in [1, 2, 1] {
                let events = vec![Event::IdentityAssumed; commit];
                ledger
                    .append(Some(&case()), Timestamp::now(), &events)
                    .unwrap();
            }
            ledger.close().unwrap();
        }
        "append often" => {
            let mut ledger = open(&workspace);
            for _ in 0..20 {
                ledger
                    .append(Some(&case()), Timestamp::now(), &[Event::IdentityAssumed])
                    .unwrap();
            }
            ledger.close().unwrap();
        }
        "vault" => {
            let key = workspace_key(&workspace).unwrap().0;
            let mut vault = Vault::open(&workspace, &key).unwrap();
            vault.create_case(&case()).unwrap();
            for number in 0..20 {
                let name = format!("{}/{number}", std::process::id());
                vault.put(&case(), &name, &number).unwrap();
            }
        }
        other => panic!("unknown task {other}"),
    }
}

fn case() -> CaseId {
    CaseId::parse("2026-K7QF3M").unwrap()
}

fn open(workspace: &Workspace) -> Ledger {
    Ledger::open(workspace, &Lock::read(workspace).unwrap()).unwrap()
}

fn start(folder: &Path, task: &str, variable: Option<(&str, u64)>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "helper"])
        .current_dir(folder)
        .env(TASK, task)
        .env("XDG_STATE_HOME", state(folder))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some((name, number)) = variable {
        command.env(name, number.to_string());
    }
    command.spawn().unwrap()
}

fn run(folder: &Path, task: &str) -> ExitStatus {
    start(folder, task, None).wait().unwrap()
}

fn state(folder: &Path) -> std::path::PathBuf {
    folder.with_extension("state")
}

/// A workspace made by a process of its own, with the user's state folder beside it.
fn workspace() -> (tempfile::TempDir, Workspace) {
    let parent = tempfile::tempdir().unwrap();
    let folder = fs_err::canonicalize(parent.path()).unwrap().join("acme");
    // Whatever the umask: a folder that others can write is refused.
    DirBuilder::new().mode(0o755).create(&folder).unwrap();
    assert!(run(&folder, "init").success());
    let heads = state(&folder).join("dsr/heads");
    assert_eq!(fs_err::read_dir(&heads).unwrap().count(), 1);
    (parent, Workspace { folder, heads })
}

#[test]
fn killed_before_or_after_a_commit_the_ledger_holds_whole_commits() {
    for (variable, number, written) in [
        ("DSR_TEST_KILL_BEFORE", 1, 0),
        ("DSR_TEST_KILL_BEFORE", 2, 1),
        ("DSR_TEST_KILL_BEFORE", 3, 1),
        ("DSR_TEST_KILL_BEFORE", 4, 3),
        ("DSR_TEST_KILL_AFTER", 1, 1),
        ("DSR_TEST_KILL_AFTER", 2, 3),
        ("DSR_TEST_KILL_AFTER", 3, 3),
        ("DSR_TEST_KILL_AFTER", 4, 4),
    ] {
        let (_parent, workspace) = workspace();
        let killed = start(&workspace.folder, "append", Some((variable, number)));
        let status = killed.wait_with_output().unwrap().status;
        assert_eq!(status.signal(), Some(9), "{variable}={number}");
        let ledger = open(&workspace);
        assert!(ledger.verify().unwrap().is_whole(), "{variable}={number}");
        let events = ledger.case_events(&case()).unwrap();
        assert_eq!(events.len(), written, "{variable}={number}");
        // It died holding the commit lock; the next one writes at once.
        let since = Instant::now();
        assert!(run(&workspace.folder, "append").success());
        assert!(since.elapsed() < Duration::from_secs(9));
        assert_eq!(ledger.case_events(&case()).unwrap().len(), written + 4);
        assert!(ledger.verify().unwrap().is_whole());
    }
}

#[test]
fn several_processes_write_one_chain_and_one_vault() {
    let (_parent, workspace) = workspace();
    let tasks = [
        "append often",
        "vault",
        "append often",
        "vault",
        "append often",
    ];
    let started: Vec<Child> = tasks
        .iter()
        .map(|task| start(&workspace.folder, task, None))
        .collect();
    for mut child in started {
        assert!(child.wait().unwrap().success());
    }
    let ledger = open(&workspace);
    assert!(ledger.verify().unwrap().is_whole());
    assert_eq!(ledger.case_events(&case()).unwrap().len(), 60);
    let key = workspace_key(&workspace).unwrap().0;
    let vault = Vault::open(&workspace, &key).unwrap();
    let names = vault.names(&case()).unwrap();
    assert_eq!(names.len(), 40);
    for name in names {
        assert!(vault.read::<u32>(&case(), &name).unwrap().is_some());
    }
}

#[test]
fn a_lease_names_its_holder_and_dies_with_it() {
    let (_parent, workspace) = workspace();
    let mut holder = start(&workspace.folder, "lease", None);
    while !workspace.folder.join("ready").exists() {
        assert!(
            holder.try_wait().unwrap().is_none(),
            "the holder ended early"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    let trouble = lease(&workspace, "2026-K7QF3M").unwrap_err();
    assert_eq!(trouble.exit(), Exit::Failed);
    let why = trouble.diagnostics[0].why.as_ref().unwrap();
    assert!(
        why.en.contains(&format!("process {}", holder.id())),
        "{}",
        why.en
    );
    holder.kill().unwrap();
    holder.wait().unwrap();
    lease(&workspace, "2026-K7QF3M").unwrap();
}

#[test]
fn a_commit_waits_only_so_long_for_another_process() {
    let (_parent, workspace) = workspace();
    let held = fs_err::File::open(workspace.private_dir().join("ledger.lock")).unwrap();
    held.lock().unwrap();
    let since = Instant::now();
    let waited = ("DSR_TEST_LOCK_WAIT_MS", 50);
    let mut child = start(&workspace.folder, "append", Some(waited));
    assert!(!child.wait().unwrap().success());
    assert!(since.elapsed() < Duration::from_secs(9));
    assert!(open(&workspace).case_events(&case()).unwrap().is_empty());
    held.unlock().unwrap();
    assert!(run(&workspace.folder, "append").success());
}
