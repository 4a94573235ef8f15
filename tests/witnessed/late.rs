//! Stamps that come late: of periods as of cases, through kills at every step, and never over something else.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dsr::diagnostic::Diagnostic;
use dsr::evidence::stamp::Request;
use dsr::evidence::{Authority, Clock, Standing, Time, Witnesses};
use dsr::keys::Digest;
use serde_json::json;

use crate::http::{Reply, Server};
use crate::material::{Case, seal_of};
use crate::tamper::files_of;
use crate::tsa::{Kind, Tsa};
use crate::workspace::Company;
use crate::{Bench, asking, json, kinds_of, parsed, same_on};

#[test]
fn a_period_that_nobody_stamped_is_stamped_later() {
    let Some(bench) = Bench::new(Kind::Rsa) else {
        return;
    };
    let case = bench.erase();
    bench.sleeps(true);
    let make = ["evidence", "make", "--period", "2026-01-01..2035-12-31"];
    let done = crate::ok(&bench.company, &[&make[..], &["--format", "json"]].concat());
    assert!(done.err.contains("W275"), "{}", done.err);
    let made = parsed(&done);
    assert_eq!(made["time"]["state"], "pending");
    let gaps = kinds_of(made["gaps"].as_array().unwrap());
    assert!(gaps.contains(&"time_stamp_beside"), "{gaps:?}");
    let path = bench.company.path("").join(made["path"].as_str().unwrap());

    let mut page = bench.page();
    let pending = bench.verdict(&path);
    assert_eq!(
        (pending.standing, pending.time.clock),
        (Standing::Valid, Clock::Pending)
    );
    same_on(&mut page, &path, &pending, "pending");
    if let Some(page) = &mut page {
        let shown = page.text();
        assert!(
            shown.contains("no stamp is here, though the bundle announces one"),
            "{shown}"
        );
    }
    let (code, said) = bench.script(&path);
    assert!(
        code == 0 && said.contains("No third party has stamped the time."),
        "{said}"
    );
    let check = bench.company.run(&["check"]);
    assert!(
        check.out.contains("bundles that wait for a time stamp: 1"),
        "{}",
        check.out
    );

    let bytes = fs_err::read(&path).unwrap();
    let all = ["evidence", "stamp", "--all", "--format", "json"];
    let silent = bench.company.run(&all);
    assert_eq!(silent.code, 3, "{}", silent.err);
    let period = json!({ "from": "2026-01-01", "until": "2035-12-31" });
    let pending = &parsed(&silent)["pending"];
    assert_eq!(
        (
            &pending[0]["case"],
            &pending[0]["period"],
            &pending[0]["bundle"]
        ),
        (&json!(null), &period, &made["bundle"])
    );
    assert_eq!(fs_err::read(&path).unwrap(), bytes, "untouched");

    bench.sleeps(false);
    let stamped = parsed(&crate::ok(&bench.company, &all));
    assert_eq!(stamped["stamped"][0]["period"], period, "{stamped}");
    let verdict = bench.verdict(&path);
    assert_eq!(
        (verdict.standing, verdict.time.clock),
        (Standing::Valid, Clock::Stamped)
    );
    assert!(!kinds_of(&verdict.not_proven).contains(&"time_stamp_beside"));
    same_on(&mut page, &path, &verdict, "stamped");
    assert_eq!(bench.script(&path).0, 0);
    let nothing = crate::ok(&bench.company, &["evidence", "stamp", "--all"]);
    assert!(nothing.err.contains("No evidence waits"), "{}", nothing.err);

    // The next period asks for the one before it as well, and a case complete says that it cannot be stamped later.
    bench.sleeps(true);
    crate::ok(&bench.company, &make);
    bench.sleeps(false);
    let asked = bench.server.received().len();
    let beside = [&make[..], &["--with-verifier", "--format", "json"]].concat();
    let third = parsed(&crate::ok(&bench.company, &beside));
    assert!(third["verifier"].as_str().unwrap().ends_with("verify.html"));
    assert_eq!(third["number"], 3);
    assert_eq!(bench.server.received().len(), asked + 4, "two for each");
    let none = json(&bench.company, &["evidence", "stamp", "--all"]);
    assert_eq!(none["stamped"], json!([]));
    bench.sleeps(true);
    if let Some((done, plain)) = bench.authority(&case) {
        assert!(
            done.err.contains("W275") && done.err.contains("cannot be stamped later"),
            "{}",
            done.err
        );
        assert_eq!(parsed(&done)["time"]["state"], "pending");
        let verdict = bench.verdict(&plain);
        assert_eq!(
            (verdict.standing, verdict.time.clock),
            (Standing::Valid, Clock::Pending)
        );
        same_on(&mut page, &plain, &verdict, "complete case");
    }
    crate::ok(&bench.company, &["audit", "log", "--verify"]);
}

#[test]
fn what_is_not_the_bundle_any_more_is_not_stamped_and_does_not_keep_the_others_from_it() {
    let Some(bench) = Bench::new(Kind::P256) else {
        return;
    };
    bench.sleeps(true);
    let case = bench.erase();
    for _ in 0..2 {
        crate::ok(&bench.company, &["evidence", "make", &case]);
    }
    let path = |number: u32| match number {
        1 => bench.bundle(&case),
        number => bench
            .company
            .path(&format!("evidence/{case}.{number}.evidence.zip")),
    };
    bench.sleeps(false);
    // The second in the place of the first: E669. The second gone: E667.
    let first = fs_err::read(path(1)).unwrap();
    fs_err::rename(path(2), path(1)).unwrap();
    let ran = bench
        .company
        .run(&["evidence", "stamp", &case, "--format", "json"]);
    assert!(ran.code != 0, "{}", ran.err);
    assert!(
        ran.err.contains("E669") && ran.err.contains("E667"),
        "{}",
        ran.err
    );
    let said = parsed(&ran);
    assert_eq!(said["stamped"].as_array().unwrap().len(), 1, "{said}");
    assert_eq!(said["stamped"][0]["number"], 3);
    assert_eq!(said["pending"].as_array().unwrap().len(), 2);
    // Put right, the rest follows.
    fs_err::rename(path(1), path(2)).unwrap();
    fs_err::write(path(1), first).unwrap();
    let said = json(&bench.company, &["evidence", "stamp", &case]);
    assert_eq!(said["stamped"].as_array().unwrap().len(), 2);
    for number in 1..4 {
        assert_eq!(bench.verdict(&path(number)).time.clock, Clock::Stamped);
    }
}

/// An authority at hand, without a network; silent while it is none.
struct AtHand<'t>(Option<&'t Tsa>);

impl Authority for AtHand<'_> {
    fn stamp(&self, content: &Digest) -> Result<Vec<u8>, Diagnostic> {
        let silent = || {
            let what = dsr::messages::Text::same("silent");
            Diagnostic::new("E666", dsr::diagnostic::Exit::Failed, what)
        };
        let tsa = self.0.ok_or_else(silent)?;
        let request = Request::new(*content, None, [3; 8]);
        let reply = tsa.reply(&request.to_der().unwrap());
        request.read(&reply).map(|(token, _)| token)
    }
}

#[test]
fn a_seal_whose_certificate_has_run_out_is_not_stamped_any_more() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let then: jiff::Timestamp = "2000-01-01T00:00:00Z".parse().unwrap();
    let organisation = dsr::evidence::certificate::make("Acme GmbH", then).unwrap();
    let case = Case::new();
    let mut material = case.material();
    material.now = then + jiff::SignedDuration::from_hours(1);
    let witnesses = Witnesses {
        time: Some(&AtHand(None)),
        log: None,
    };
    let made =
        dsr::evidence::make(&material, &seal_of(&organisation), witnesses, folder.path()).unwrap();
    assert!(matches!(made.time, Time::Pending(_)));
    let bytes = fs_err::read(&made.path).unwrap();
    let refused = dsr::evidence::stamp_later(&made.path, &made.bundle, &AtHand(Some(&tsa)));
    let refused = refused.unwrap_err().diagnostics.remove(0);
    assert_eq!(refused.code, "E669");
    assert!(
        refused.what.en.contains("not valid any more"),
        "{}",
        refused.what.en
    );
    assert_eq!(fs_err::read(&made.path).unwrap(), bytes, "untouched");
}

/// Kills a process, and waits until it is gone.
fn kill(pid: u32) {
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(killed.unwrap().success());
}

/// A company whose one bundle waits for its stamp, and an authority that ends whoever asks for the n-th time.
struct Deadly {
    company: Company,
    bundle: PathBuf,
    case: String,
    /// The process that asks.
    asking: Arc<AtomicU32>,
    /// The request with which it ends, counted from 1; 0 for none.
    deadly: Arc<AtomicU32>,
    _server: Server,
}

impl Deadly {
    fn new(tsa: &Arc<Tsa>) -> Deadly {
        let (asking_pid, deadly) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let (pid, left, served) = (
            Arc::clone(&asking_pid),
            Arc::clone(&deadly),
            Arc::clone(tsa),
        );
        let server = Server::start(move |request| {
            let answer =
                || Reply::bytes("application/timestamp-reply", served.reply(&request.body));
            match left.load(Ordering::SeqCst) {
                // Before anything was started: nobody is there.
                u32::MAX => return Reply::status(503),
                0 => return answer(),
                1 => {}
                more => {
                    left.store(more - 1, Ordering::SeqCst);
                    return answer();
                }
            }
            while pid.load(Ordering::SeqCst) == 0 {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            kill(pid.load(Ordering::SeqCst));
            Reply::dropped()
        });
        let company = Company::with("identities:\n", &asking(&server, tsa));
        deadly.store(u32::MAX, Ordering::SeqCst);
        let erase = ["erase", "--email", "anna@example.org", "--yes"];
        let consent = ["--identity", "letter", "--expect", "4"];
        crate::ok(&company, &[&erase[..], &consent].concat());
        let case = company.case();
        deadly.store(0, Ordering::SeqCst);
        Deadly {
            bundle: company.path(&format!("evidence/{case}.evidence.zip")),
            company,
            case,
            asking: asking_pid,
            deadly,
            _server: server,
        }
    }

    fn stamping(&self, variables: &[(&str, &str)]) -> Child {
        self.asking.store(0, Ordering::SeqCst);
        let child = self
            .company
            .command(env!("CARGO_BIN_EXE_dsr"))
            .args(["evidence", "stamp", &self.case])
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.asking.store(child.id(), Ordering::SeqCst);
        child
    }

    /// The bundle is the old one or the new one, whole, and the next command completes what was begun.
    fn is_whole(&self, old: &[u8], what: &str) {
        let bytes = fs_err::read(&self.bundle).unwrap();
        let path = self.bundle.to_str().unwrap();
        let verdict = json(&self.company, &["evidence", "verify", path]);
        assert_eq!(verdict["standing"], "valid", "{what}");
        let expected = if bytes == old { "pending" } else { "stamped" };
        assert_eq!(verdict["time"]["standing"], expected, "{what}");
        self.deadly.store(0, Ordering::SeqCst);
        crate::ok(&self.company, &["evidence", "stamp", &self.case]);
        let verdict = json(&self.company, &["evidence", "verify", path]);
        assert_eq!(verdict["standing"], "valid", "{what}");
        assert_eq!(verdict["time"]["standing"], "stamped", "{what}");
        let shown = json(&self.company, &["case", "show", &self.case]);
        assert_eq!(shown["time_pending"], json!([]), "{what}");
        crate::ok(&self.company, &["audit", "log", "--verify"]);
        assert_eq!(
            files_of(Path::new(path))
                .iter()
                .filter(|(name, _)| name.ends_with(".p7s"))
                .count(),
            1
        );
    }
}

#[test]
fn whoever_is_killed_while_stamping_leaves_the_old_bundle_or_the_new_one() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256).map(Arc::new) else {
        return;
    };
    // With each of the two requests, and before and after the event in the ledger.
    for (request, variable) in [
        (1, None),
        (2, None),
        (0, Some("DSR_TEST_KILL_BEFORE")),
        (0, Some("DSR_TEST_KILL_AFTER")),
    ] {
        let what = format!("{request} {variable:?}");
        let bench = Deadly::new(&tsa);
        let old = fs_err::read(&bench.bundle).unwrap();
        bench.deadly.store(request, Ordering::SeqCst);
        let variables: Vec<(&str, &str)> = variable.iter().map(|name| (*name, "1")).collect();
        let status = bench.stamping(&variables).wait().unwrap();
        assert_eq!(status.code(), None, "{what}: it was to be killed");
        let is_old = fs_err::read(&bench.bundle).unwrap() == old;
        assert_eq!(is_old, variable.is_none(), "{what}");
        bench.is_whole(&old, &what);
    }
    // While the new file is there without its name yet.
    let mut met = 0;
    for _ in 0..12 {
        let bench = Deadly::new(&tsa);
        let old = fs_err::read(&bench.bundle).unwrap();
        let mut child = bench.stamping(&[]);
        let folder = bench.company.path("evidence");
        let is_there = || {
            let mut entries = fs_err::read_dir(&folder).unwrap().flatten();
            entries.any(|entry| {
                entry
                    .file_name()
                    .to_string_lossy()
                    .starts_with(".evidence-")
            })
        };
        while child.try_wait().unwrap().is_none() {
            if is_there() {
                child.kill().unwrap();
                break;
            }
        }
        if child.wait().unwrap().code().is_none() {
            met += 1;
            bench.is_whole(&old, "while writing");
        }
        if met == 3 {
            break;
        }
    }
    assert!(met > 0, "no run was met while it was writing");
}
