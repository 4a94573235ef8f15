//! Evidence of every kind as the program makes it, with time stamps and its place in the log: judged by `dsr`, by the page for browsers, by
//! the script for stock tools and by other people's programs; stamped late, killed on the way, and tampered with.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

#[path = "support/http.rs"]
mod http;
#[path = "evidence/material.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod material;
#[path = "support/outsiders.rs"]
mod outsiders;
#[path = "verifier/page.rs"]
mod page;
#[path = "evidence/tamper.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod tamper;
#[path = "support/tsa.rs"]
mod tsa;
#[path = "support/workspace.rs"]
mod workspace;

#[path = "witnessed/golden.rs"]
mod golden;
#[path = "witnessed/kinds.rs"]
mod kinds;
#[path = "witnessed/late.rs"]
mod late;
#[path = "witnessed/levels.rs"]
mod levels;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dsr::evidence::{self, Anchor, Anchors, Verdict};
use dsr::translog::VerifierKey;
use http::{Reply, Server};
use page::{Page, said};
use serde_json::Value;
use tsa::{Kind, Tsa};
use workspace::{Company, Output};

fn ok(company: &Company, args: &[&str]) -> Output {
    let done = company.run(args);
    assert_eq!(done.code, 0, "{args:?}\n{}\n{}", done.out, done.err);
    done
}

fn json(company: &Company, args: &[&str]) -> Value {
    parsed(&ok(company, &[args, &["--format", "json"]].concat()))
}

fn parsed(done: &Output) -> Value {
    serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}: {}", done.err))
}

/// A company, its log's key, and the authority that its inventory names.
struct Bench {
    company: Company,
    tsa: Arc<Tsa>,
    server: Server,
    /// While this is false the authority answers nobody.
    awake: Arc<AtomicBool>,
}

impl Bench {
    /// None where OpenSSL is missing.
    fn new(kind: Kind) -> Option<Bench> {
        let tsa = Arc::new(Tsa::new("Clock", kind)?);
        let awake = Arc::new(AtomicBool::new(true));
        let (served, is_awake) = (Arc::clone(&tsa), Arc::clone(&awake));
        let server = Server::start(move |request| match is_awake.load(Ordering::SeqCst) {
            true => Reply::bytes("application/timestamp-reply", served.reply(&request.body)),
            false => Reply::status(503),
        });
        let company = Company::with("identities:\n", &asking(&server, &tsa));
        Some(Bench {
            company,
            tsa,
            server,
            awake,
        })
    }

    fn sleeps(&self, sleeps: bool) {
        self.awake.store(!sleeps, Ordering::SeqCst);
    }

    /// Anna is erased; the number of the case.
    fn erase(&self) -> String {
        let erase = ["erase", "--email", "anna@example.org", "--yes"];
        let consent = ["--identity", "letter", "--expect", "4"];
        ok(&self.company, &[&erase[..], &consent].concat());
        self.company.case()
    }

    fn bundle(&self, case: &str) -> PathBuf {
        self.company.path(&format!("evidence/{case}.evidence.zip"))
    }

    /// What making a period said, and where it lies.
    fn period(&self) -> (Value, PathBuf) {
        let made = json(
            &self.company,
            &["evidence", "make", "--period", "2026-01-01..2035-12-31"],
        );
        let path = self.company.path("").join(made["path"].as_str().unwrap());
        (made, path)
    }

    /// The complete case, decrypted, with what making it said; none where age is missing.
    fn authority(&self, case: &str) -> Option<(Output, PathBuf)> {
        let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
        if !has("age") || !has("age-keygen") {
            assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
            eprintln!("skipped: needs age");
            return None;
        }
        let key = self.company.path("authority.txt");
        if !key.exists() {
            let made = Command::new("age-keygen").arg("-o").arg(&key).output();
            assert!(made.unwrap().status.success());
        }
        let public = Command::new("age-keygen").arg("-y").arg(&key).output();
        let public = String::from_utf8(public.unwrap().stdout).unwrap();
        let make = ["evidence", "make", case, "--profile", "authority"];
        let to = ["--recipient", public.trim(), "--yes", "--format", "json"];
        let done = ok(&self.company, &[&make[..], &to].concat());
        let sealed = parsed(&done)["path"].as_str().unwrap().to_owned();
        let plain = self.company.path(&format!("authority-{case}.zip"));
        let opened = Command::new("age")
            .args(["-d", "-i"])
            .arg(&key)
            .arg("-o")
            .arg(&plain)
            .arg(self.company.path("").join(sealed))
            .output()
            .unwrap();
        assert!(opened.status.success(), "{opened:?}");
        Some((done, plain))
    }

    fn certificate(&self) -> PathBuf {
        self.company.path(".dsr/keys/seal.cert.pem")
    }

    fn log_key(&self) -> String {
        ok(&self.company, &["evidence", "log", "key"])
            .out
            .trim()
            .to_owned()
    }

    fn anchors(&self) -> Anchors {
        let pem = fs_err::read_to_string(self.certificate()).unwrap();
        Anchors {
            seal: Anchor::from_pem(&pem).unwrap(),
            time: Anchor::from_pem(&self.tsa.ca_pem()).unwrap(),
            log: vec![VerifierKey::parse(&self.log_key()).unwrap()],
            must_be_logged: true,
        }
    }

    fn verdict(&self, path: &Path) -> Verdict {
        evidence::verify(path, &self.anchors()).unwrap()
    }

    /// What the program says in the company's own workspace.
    fn told(&self, path: &Path) -> Value {
        let path = path.to_str().unwrap();
        let done = self
            .company
            .run(&["evidence", "verify", path, "--format", "json"]);
        parsed(&done)
    }

    fn script(&self, path: &Path) -> (i32, String) {
        let tsa = self.tsa.ca();
        script(path, &self.certificate(), Some(&tsa), &self.log_key())
    }

    /// The page, with everybody named.
    fn page(&self) -> Option<Page> {
        let mut page = Page::open("en")?;
        page.trust(&self.certificate());
        page.trust_time(&self.tsa.ca());
        page.trust_log(&self.log_key());
        Some(page)
    }
}

/// Lines for the inventory that name the authority.
fn asking(server: &Server, tsa: &Tsa) -> String {
    let (url, ca) = (&server.url, tsa.ca());
    format!(
        "evidence: {{ tsa: {{ url: \"{url}\", ca: \"{}\" }} }}\nidentities:\n",
        ca.display()
    )
}

/// Exit code and words of the script for stock tools, with everybody named.
fn script(path: &Path, certificate: &Path, tsa: Option<&Path>, log_key: &str) -> (i32, String) {
    let output = Command::new("bash")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/scripts/verify-evidence.sh"
        ))
        .args([path, certificate])
        .args(tsa)
        .args(["--log-key", log_key])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), said.into_owned())
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    let mut codes: Vec<_> = verdict.reasons.iter().map(|reason| reason.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn kinds_of(gaps: &[Value]) -> Vec<&str> {
    let kinds = gaps.iter().map(|gap| gap["kind"].as_str().unwrap());
    kinds.collect()
}

/// What dsr says in English, held against what the page says.
fn same_on(page: &mut Option<Page>, path: &Path, verdict: &Verdict, what: &str) {
    if let Some(page) = page {
        assert_eq!(
            page.verify(path),
            said(verdict, false),
            "{what}, on the page"
        );
    }
}
