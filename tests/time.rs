//! Time by RFC 3161, with an authority around `openssl ts`: tokens attacked, bundles stamped and tampered with, authorities that lie,
//! refuse or are silent, and the way from the opening of a case to the stamped proof.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first surprise and says what it skipped"
)]

mod support;

#[path = "evidence/material.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod material;
#[path = "verifier/page.rs"]
mod page;
#[path = "evidence/tamper.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod tamper;
#[path = "support/tsa.rs"]
mod tsa;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use dsr::diagnostic::Diagnostic;
use dsr::evidence::stamp::{self, Request};
use dsr::evidence::{
    self, Anchor, Anchors, Authority, Clock, Made, Standing, Time, Verdict, Witnesses,
};
use dsr::inventory::TimeAuthority;
use dsr::keys::Digest;
use dsr::tsa::Authorities;
use material::{Case, organisation, seal_of};
use support::house::{HEAD, House};
use support::http::{Received, Reply, Server};
use tamper::{Files, files_of, pack};
use tsa::{Kind, Tsa};

/// An authority at hand, without a network.
struct AtHand<'t>(&'t Tsa);

impl Authority for AtHand<'_> {
    fn stamp(&self, content: &Digest) -> Result<Vec<u8>, Diagnostic> {
        let request = Request::new(*content, None, [3; 8]);
        let reply = self.0.reply(&request.to_der().unwrap());
        request.read(&reply).map(|(token, _)| token)
    }
}

struct Silent;

impl Authority for Silent {
    fn stamp(&self, _: &Digest) -> Result<Vec<u8>, Diagnostic> {
        let what = dsr::messages::Text::same("silent");
        Err(Diagnostic::new("E666", dsr::diagnostic::Exit::Failed, what))
    }
}

fn anchors(pem: &str) -> Vec<Anchor> {
    Anchor::from_pem(pem).unwrap()
}

fn codes(reasons: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<_> = reasons.iter().map(|reason| reason.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// A stamped bundle with everything that verifies it.
struct Bench {
    folder: tempfile::TempDir,
    certificate: String,
    made: Made,
}

impl Bench {
    fn new(tsa: &Tsa) -> Bench {
        Bench::with(&AtHand(tsa), Some(tsa))
    }

    fn with(authority: &dyn Authority, opening: Option<&Tsa>) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let organisation = organisation();
        let case = Case::new();
        let mut material = case.material();
        material.open_stamp = opening.map(|tsa| tsa.token(&case.journal[0].bytes));
        // Somebody else's clock stands now, so the organisation's certificate has to be of now too.
        material.now = jiff::Timestamp::now();
        let witnesses = Witnesses {
            time: Some(authority),
            log: None,
        };
        let made =
            evidence::make(&material, &seal_of(&organisation), witnesses, folder.path()).unwrap();
        std::fs::write(folder.path().join("organisation.pem"), &organisation.1).unwrap();
        Bench {
            folder,
            certificate: organisation.1,
            made,
        }
    }

    fn verify(&self, path: &Path, time: &str) -> Verdict {
        let anchors = Anchors {
            seal: anchors(&self.certificate),
            time: if time.is_empty() {
                vec![]
            } else {
                anchors(time)
            },
            ..Anchors::default()
        };
        evidence::verify(path, &anchors).unwrap()
    }

    fn files(&self) -> Files {
        files_of(&self.made.path)
    }

    /// Exit code and words of the script for stock tools.
    fn script(&self, path: &Path, tsa: Option<&Path>) -> (i32, String) {
        let mut command = Command::new("bash");
        command
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/scripts/verify-evidence.sh"
            ))
            .arg(path)
            .arg(self.folder.path().join("organisation.pem"))
            .args(tsa);
        let output = command.output().unwrap();
        let said =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap(), said.into_owned())
    }

    fn unpacked(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        tamper::unpack(&self.files(), &folder);
        folder
    }
}

#[test]
fn tokens_of_every_kind_hold_for_what_they_are_over_and_nothing_else() {
    for kind in [Kind::Rsa, Kind::P256, Kind::P384] {
        let Some(tsa) = Tsa::new("Clock", kind) else {
            return;
        };
        let over = Digest::sha256(b"content");
        let token = tsa.token(b"content");
        assert!(tsa.accepts(&token, b"content"));
        let stamp = stamp::verify(&token, &over).unwrap();
        assert_eq!(stamp.policy.to_string(), "1.2.3.4.1");
        let age = jiff::Timestamp::now().as_second() - stamp.at.as_second();
        assert!((0..120).contains(&age), "{age}");
        assert!(stamp.authority().contains("Clock"), "{}", stamp.authority());
        assert!(!stamp.calls_itself_qualified);
        let anchor = stamp.anchor(&anchors(&tsa.ca_pem())).unwrap();
        assert!(anchor.name().contains("CN=Root"), "{}", anchor.name());
        assert!(stamp.anchor(&[]).is_none());
        let other = Tsa::new("Clock", kind).unwrap();
        assert!(
            stamp.anchor(&anchors(&other.ca_pem())).is_none(),
            "same name, other key"
        );
        let wrong = stamp::verify(&token, &Digest::sha256(b"other")).unwrap_err();
        assert_eq!(codes(&wrong), ["E716"]);
    }
}

#[test]
fn no_byte_of_a_token_can_change_what_it_says() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let over = Digest::sha256(b"content");
    let token = tsa.token(b"content");
    let trusted = anchors(&tsa.ca_pem());
    let say = |token: &[u8]| {
        let stamp = stamp::verify(token, &over).ok()?;
        Some((
            stamp.at,
            stamp.policy,
            stamp.authority(),
            stamp.certificate.clone(),
        ))
    };
    let honest = say(&token).unwrap();
    for at in 0..token.len() {
        for bit in [0x01, 0x80] {
            let mut bent = token.clone();
            bent[at] ^= bit;
            // What is not signed, such as certificates beside the way, may change; what is said may not.
            if let Some(said) = say(&bent) {
                assert!(said == honest, "byte {at}");
            }
        }
    }
    for length in 0..token.len() {
        assert!(stamp::verify(&token[..length], &over).is_err());
    }
    assert!(stamp::verify(&[&token[..], &[0]].concat(), &over).is_err());
    assert!(
        stamp::verify(&token, &over)
            .unwrap()
            .anchor(&trusted)
            .is_some()
    );
    use proptest::prelude::*;
    proptest!(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() }, |(
        garbage in proptest::collection::vec(any::<u8>(), 0..300),
        places in proptest::collection::vec((0..4000usize, any::<u8>()), 1..6)
    )| {
        prop_assert!(stamp::verify(&garbage, &over).is_err());
        let mut bent = token.clone();
        for (at, byte) in places {
            let length = bent.len();
            bent[at % length] = byte;
        }
        if let Some(said) = say(&bent) {
            prop_assert!(said == honest);
        }
        let _ = Request::new(over, None, [1; 8]).read(&bent);
    });
}

#[test]
fn a_certificate_that_is_not_for_time_alone_stamps_nothing() {
    let Some(tsa) = Tsa::new("Clock", Kind::Rsa) else {
        return;
    };
    let over = Digest::sha256(b"content");
    let token = tsa.token(b"content");
    for extensions in ["no_purpose", "not_critical", "two_purposes", "no_signing"] {
        let odd = tsa.signed_anew(&token, extensions, None, &[]);
        let wrong = stamp::verify(&odd, &over).unwrap_err();
        assert_eq!(codes(&wrong), ["E719"], "{extensions}");
    }
    let past = Some(("20200101000000Z", "20210101000000Z"));
    let future = Some(("20400101000000Z", "20410101000000Z"));
    for days in [past, future] {
        let odd = tsa.signed_anew(&token, "tsa", days, &[]);
        assert_eq!(
            codes(&stamp::verify(&odd, &over).unwrap_err()),
            ["E719"],
            "{days:?}"
        );
    }
    let now = Some(("20250101000000Z", "20400101000000Z"));
    let sound = tsa.signed_anew(&token, "tsa", now, &[]);
    assert!(stamp::verify(&sound, &over).is_ok());
}

#[test]
fn signatures_are_verified_in_the_usual_ways_and_refused_in_weak_ones() {
    let Some(tsa) = Tsa::new("Clock", Kind::Rsa) else {
        return;
    };
    let over = Digest::sha256(b"content");
    let token = tsa.token(b"content");
    for options in [
        &["-md", "sha384"][..],
        &["-md", "sha512"],
        &[
            "-md",
            "sha256",
            "-keyopt",
            "rsa_padding_mode:pss",
            "-keyopt",
            "rsa_pss_saltlen:digest",
        ],
        &[
            "-md",
            "sha512",
            "-keyopt",
            "rsa_padding_mode:pss",
            "-keyopt",
            "rsa_pss_saltlen:digest",
        ],
    ] {
        let anew = tsa.signed_anew(&token, "tsa", None, options);
        let stamp = stamp::verify(&anew, &over);
        assert!(stamp.is_ok(), "{options:?}: {stamp:?}");
    }
    for options in [
        &["-md", "sha1"][..],
        &[
            "-md",
            "sha256",
            "-keyopt",
            "rsa_padding_mode:pss",
            "-keyopt",
            "rsa_pss_saltlen:20",
        ],
    ] {
        let weak = tsa.signed_anew(&token, "tsa", None, options);
        let wrong = stamp::verify(&weak, &over).unwrap_err();
        assert_eq!(codes(&wrong), ["E717"], "{options:?}");
        assert!(
            wrong[0].what.en.contains("not known or too weak"),
            "{}",
            wrong[0].what.en
        );
    }
}

/// The events are of yesterday, and the opening is stamped now: that proves nothing of it, and bundle and verdict say so.
#[test]
fn an_opening_that_was_stamped_late_is_told() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let organisation = organisation();
    let case = Case::new();
    let mut material = case.material();
    material.open_stamp = Some(tsa.token(&case.journal[0].bytes));
    material.now = jiff::Timestamp::now();
    let seal = seal_of(&organisation);
    let made = evidence::make(&material, &seal, Witnesses::default(), folder.path()).unwrap();
    let late = made
        .gaps
        .iter()
        .find(|gap| gap.kind == "opening_stamped_late")
        .unwrap();
    let minutes = late.count.unwrap();
    assert!(minutes >= 10, "{minutes}");
    let verdict = |path: &Path| {
        let seal = anchors(&organisation.1);
        evidence::verify(path, &Anchors::of_seal(seal)).unwrap()
    };
    let told = |verdict: &Verdict| {
        let gaps = verdict.not_proven.iter();
        gaps.filter(|gap| gap["kind"] == "opening_stamped_late")
            .count()
    };
    let said = verdict(&made.path);
    assert_eq!(said.standing, Standing::Valid);
    assert_eq!((said.time.opened_late, told(&said)), (Some(minutes), 1));
    // Nor can it be left out: the verdict works it out by itself.
    let silent = tamper::restated(files_of(&made.path), &|said| {
        let gaps = said["notProven"].as_array_mut().unwrap();
        gaps.retain(|gap| gap["kind"] != "opening_stamped_late");
    });
    let path = folder.path().join("silent.zip");
    std::fs::write(&path, pack(&tamper::seal_anew(silent, &seal))).unwrap();
    let said = verdict(&path);
    assert_eq!((said.time.opened_late, told(&said)), (Some(minutes), 1));
}

/// The journal says that the opening was stamped: then the stamp is there, and it is that one.
#[test]
fn the_stamp_of_the_opening_cannot_be_left_out_or_exchanged() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let organisation = organisation();
    let mut case = Case::new();
    let [token, other] = [(); 2].map(|()| tsa.token(&case.journal[0].bytes));
    let mut events: Vec<dsr::ledger::Event> =
        case.journal.iter().map(|line| line.event.clone()).collect();
    let stamped = dsr::ledger::Event::TimeStamped {
        of: dsr::ledger::Stamped::Opened,
        digest: case.journal[0].hash,
        token: Digest::sha256(&token),
        at: jiff::Timestamp::now(),
        authority: "Clock".into(),
    };
    events.insert(1, stamped);
    case.journal = material::journal(&events);
    let mut material = case.material();
    material.open_stamp = Some(token);
    material.now = jiff::Timestamp::now();
    let seal = seal_of(&organisation);
    let made = evidence::make(&material, &seal, Witnesses::default(), folder.path()).unwrap();
    let said = |files: Files| {
        let path = folder.path().join("forged.zip");
        std::fs::write(&path, pack(&tamper::seal_anew(files, &seal))).unwrap();
        let anchors = Anchors::of_seal(anchors(&organisation.1));
        codes(&evidence::verify(&path, &anchors).unwrap().reasons)
    };
    const STAMP: &str = "data/time/open.tst";
    let files = || files_of(&made.path);
    assert_eq!(said(files()), Vec::<&str>::new());
    let left_out = files().into_iter().filter(|(name, _)| name != STAMP);
    assert_eq!(said(left_out.collect()), ["E712"]);
    let mut exchanged = files();
    *tamper::file_mut(&mut exchanged, STAMP) = other;
    assert_eq!(said(exchanged), ["E716"]);
}

#[test]
fn a_stamped_bundle_says_when_and_by_whom_and_stock_tools_agree() {
    for kind in [Kind::Rsa, Kind::P256] {
        let Some(tsa) = Tsa::new("Clock", kind) else {
            return;
        };
        let bench = Bench::new(&tsa);
        let Time::Stamped { at, authority, .. } = &bench.made.time else {
            panic!("{:?}", bench.made.time);
        };
        assert!(authority.contains("Clock"));
        let gaps: Vec<&str> = bench.made.gaps.iter().map(|gap| gap.kind).collect();
        assert!(!gaps.contains(&"time_stamp_beside"), "{gaps:?}");
        assert!(!gaps.contains(&"no_time_stamp") && !gaps.contains(&"opening_not_stamped"));

        let verdict = bench.verify(&bench.made.path, &tsa.ca_pem());
        assert_eq!(
            (verdict.standing, codes(&verdict.reasons)),
            (Standing::Valid, vec![])
        );
        assert_eq!(verdict.unchecked, Vec::<String>::new());
        assert_eq!(verdict.time.clock, Clock::Stamped);
        assert_eq!(verdict.time.seal.as_ref().unwrap().at, *at);
        for stamping in [
            &verdict.time.seal,
            &verdict.time.container,
            &verdict.time.opened,
        ] {
            let anchor = stamping.as_ref().unwrap().anchor.as_ref().unwrap();
            assert!(anchor.name().contains("CN=Root"), "{}", anchor.name());
        }
        assert!(
            verdict
                .anchor
                .as_ref()
                .unwrap()
                .name()
                .contains("Acme GmbH")
        );
        assert!(verdict.level.unwrap().en.starts_with("Level S1"));

        // Somebody who names no authority, or another one of the same name, is told so.
        let other = Tsa::new("Clock", kind).unwrap().ca_pem();
        for pem in ["", &other] {
            let verdict = bench.verify(&bench.made.path, pem);
            assert_eq!(verdict.standing, Standing::Valid);
            assert_eq!(verdict.time.clock, Clock::StampedByUnknown);
            assert!(verdict.level.unwrap().en.starts_with("Level S0"));
        }

        let (code, said) = bench.script(&bench.made.path, Some(&tsa.ca()));
        assert_eq!(code, 0, "{said}");
        for words in ["Stamped: ", "Seal stamped: ", "Case opened, not after: "] {
            let line = said.lines().find(|line| line.starts_with(words));
            assert!(
                line.is_some_and(|l| l.ends_with("by the authority you named")),
                "{said}"
            );
        }
        let (code, said) = bench.script(&bench.made.path, None);
        assert_eq!(code, 0, "{said}");
        assert_eq!(
            said.matches("by an authority that you did not name")
                .count(),
            3,
            "{said}"
        );

        let folder = bench.unpacked("unpacked");
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let list = read("META-INF/ASiCManifest002.xml");
        assert!(tsa.accepts(&read("META-INF/timestamp002.tst"), &list));
        let text = String::from_utf8(list).unwrap();
        assert!(
            text.contains("URI=\"META-INF/ASiCManifest001.xml\""),
            "{text}"
        );
        assert!(!text.contains("signature001.p7s") && text.contains("data/time/open.tst"));
        let cades = Command::new("openssl")
            .args([
                "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any",
            ])
            .args([
                "-in",
                "META-INF/signature001.p7s",
                "-content",
                "META-INF/ASiCManifest001.xml",
            ])
            .args(["-CAfile", "../organisation.pem", "-out", "/dev/null"])
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(
            cades.status.success(),
            "{}",
            String::from_utf8_lossy(&cades.stderr)
        );
        assert_eq!(
            bench.verify(&folder, &tsa.ca_pem()).time.clock,
            Clock::Stamped
        );
    }
}

/// An independent validator of signatures reads the seal as one with a signature time stamp.
#[test]
fn pyhanko_reads_the_seal_and_its_time() {
    let there = Command::new("pyhanko").arg("--version").output();
    if !there.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
        eprintln!("skipped: needs pyHanko (pip install pyhanko-cli)");
        return;
    }
    let Some(tsa) = Tsa::new("Clock", Kind::Rsa) else {
        return;
    };
    let bench = Bench::new(&tsa);
    let folder = bench.unpacked("unpacked");
    let ran = Command::new("pyhanko")
        .args([
            "sign",
            "validate",
            "--pretty-print",
            "--no-revocation-check",
        ])
        .args(["--trust", "../organisation.pem", "--trust"])
        .arg(tsa.ca())
        .args([
            "--trust-replace",
            "--detached",
            "META-INF/signature001.p7s",
            "META-INF/ASiCManifest001.xml",
        ])
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    // "INVALID" has these letters too.
    assert!(
        said.contains("VALID") && !said.contains("INVALID"),
        "{said}"
    );
}

#[test]
fn the_printed_commands_for_the_time_work_as_printed() {
    let Some(tsa) = Tsa::new("Clock", Kind::Rsa) else {
        return;
    };
    let bench = Bench::new(&tsa);
    std::fs::copy(tsa.ca(), bench.folder.path().join("tsa-ca.pem")).unwrap();
    let text = String::from_utf8(tamper::file(&bench.files(), "VERIFY.txt").to_vec()).unwrap();
    // The page says all of it in both languages.
    let (_, first) = text.split_once("    t=").unwrap();
    let (reading, rest) = first.split_once("    openssl cms").unwrap();
    let (_, stamp) = rest.split_once("    openssl ts -verify").unwrap();
    let stamp = stamp.lines().enumerate();
    let stamp = stamp.take_while(|(at, line)| *at == 0 || line.starts_with("    "));
    let stamp: Vec<&str> = stamp.map(|(_, line)| line).collect();
    let commands = format!("t={reading}\nopenssl ts -verify{}\n", stamp.join("\n"));
    assert_eq!(
        commands
            .trim()
            .lines()
            .filter(|line| !line.is_empty())
            .count(),
        3 + 4,
        "{commands}"
    );
    let output = Command::new("bash")
        .args(["-e", "-c", &commands])
        .current_dir(bench.unpacked("bundle"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("Verification: OK") && said.contains("Time stamp: "),
        "{said}"
    );
    assert!(!said.contains("FAIL"), "{said}");
    assert_eq!(said.matches("OK ").count(), 17, "{said}");
}

/// The page for browsers, with organisation and authority named.
fn page(bench: &Bench, tsa: &Tsa) -> Option<page::Page> {
    let mut page = page::Page::open("en")?;
    page.trust(&bench.folder.path().join("organisation.pem"));
    page.trust_time(&tsa.ca());
    Some(page)
}

#[test]
fn every_tampering_with_the_time_is_detected() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let bench = Bench::new(&tsa);
    let other = Bench::new(&tsa);
    const LIST: &str = "META-INF/ASiCManifest002.xml";
    const TOKEN: &str = "META-INF/timestamp002.tst";
    const SEAL: &str = "META-INF/signature001.p7s";
    let edit = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = bench.files();
        change(tamper::file_mut(&mut files, name));
        files
    };
    let without = |gone: &str| -> Files {
        bench
            .files()
            .into_iter()
            .filter(|(name, _)| name != gone)
            .collect()
    };
    let foreign = |name: &str| {
        let own = tamper::file(&other.files(), name).to_vec();
        edit(name, &|bytes| bytes.clone_from(&own))
    };
    let flip = |bytes: &mut Vec<u8>| {
        let at = bytes.len() - 3;
        bytes[at] ^= 1;
    };
    let replaced = |bytes: &mut Vec<u8>, from: &str, to: &str| {
        *bytes = String::from_utf8(bytes.clone())
            .unwrap()
            .replace(from, to)
            .into_bytes();
    };
    let cases: Vec<(&str, Files, &[&str])> = vec![
        ("token of another bundle", foreign(TOKEN), &["E716"]),
        ("list of another bundle", foreign(LIST), &["E718"]),
        ("token bent", edit(TOKEN, &flip), &["E717"]),
        (
            "token cut",
            edit(TOKEN, &|bytes| bytes.truncate(60)),
            &["E715"],
        ),
        ("token empty", edit(TOKEN, &Vec::clear), &["E715"]),
        ("token removed", without(TOKEN), &["E718"]),
        ("list removed", without(LIST), &["E718"]),
        ("list bent", edit(LIST, &flip), &["E718"]),
        (
            "a line of the list removed",
            edit(LIST, &|bytes| {
                let text = String::from_utf8(bytes.clone()).unwrap();
                let kept = text.lines().filter(|line| !line.contains("data/law.json"));
                *bytes = kept
                    .map(|line| format!("{line}\n"))
                    .collect::<String>()
                    .into_bytes();
            }),
            &["E718"],
        ),
        (
            "token over the sealed list in the place of the other",
            {
                let token = tsa.token(tamper::file(&bench.files(), "META-INF/ASiCManifest001.xml"));
                edit(TOKEN, &|bytes| bytes.clone_from(&token))
            },
            &["E716"],
        ),
        ("seal of another bundle", foreign(SEAL), &["E742"]),
        (
            "opening of another case",
            {
                let token = tsa.token(b"{}");
                tamper::relist_all(edit("data/time/open.tst", &|bytes| {
                    bytes.clone_from(&token)
                }))
            },
            &["E716", "E742"],
        ),
        (
            "token of somebody without the purpose",
            {
                let token = tamper::file(&bench.files(), TOKEN).to_vec();
                let token = tsa.signed_anew(&token, "no_purpose", None, &[]);
                edit(TOKEN, &|bytes| bytes.clone_from(&token))
            },
            &["E719"],
        ),
        (
            "file added beside the stamped list",
            [
                bench.files(),
                vec![("data/extra.txt".to_owned(), b"x".to_vec())],
            ]
            .concat(),
            &["E711", "E718"],
        ),
        (
            "evidence changed",
            edit("data/law.json", &|bytes| replaced(bytes, "P8Y", "P1Y")),
            &["E718", "E724"],
        ),
    ];
    let mut page = page(&bench, &tsa);
    for (number, (what, files, expected)) in cases.iter().enumerate() {
        let path = bench.folder.path().join(format!("tampered-{number}.zip"));
        std::fs::write(&path, pack(files)).unwrap();
        let verdict = bench.verify(&path, &tsa.ca_pem());
        assert_eq!(verdict.standing, Standing::Invalid, "{what}");
        let found = codes(&verdict.reasons);
        for code in *expected {
            assert!(
                found.contains(code),
                "{what}: {code} is not among {found:?}"
            );
        }
        let (code, said) = bench.script(&path, Some(&tsa.ca()));
        assert_eq!(code, 5, "{what}, by the script: {said}");
        if let Some(page) = &mut page {
            assert_eq!(page.verify(&path), page::said(&verdict, false), "{what}");
        }
    }

    // A token moved from one seal to another.
    let theirs = stamp_of(tamper::file(&other.files(), SEAL));
    let moved = with_stamp(tamper::file(&bench.files(), SEAL), &theirs);
    let path = bench.folder.path().join("moved.zip");
    std::fs::write(&path, pack(&edit(SEAL, &|bytes| bytes.clone_from(&moved)))).unwrap();
    let verdict = bench.verify(&path, &tsa.ca_pem());
    assert_eq!(codes(&verdict.reasons), ["E716"]);
    assert_eq!(bench.script(&path, Some(&tsa.ca())).0, 5);
    if let Some(page) = &mut page {
        assert_eq!(page.verify(&path), page::said(&verdict, false));
    }

    // What nobody signed can be taken away; then nothing is claimed of it.
    let bare: Files = bench
        .files()
        .into_iter()
        .filter(|(name, _)| name != TOKEN && name != LIST)
        .collect();
    let path = bench.folder.path().join("bare.zip");
    std::fs::write(&path, pack(&bare)).unwrap();
    let verdict = bench.verify(&path, &tsa.ca_pem());
    assert_eq!(
        (verdict.standing, verdict.time.clock),
        (Standing::Valid, Clock::Stamped)
    );
    assert!(verdict.time.container.is_none());
}

fn signed(seal: &[u8]) -> cms::signed_data::SignedData {
    use der::Decode as _;
    let outer = cms::content_info::ContentInfo::from_der(seal).unwrap();
    outer.content.decode_as().unwrap()
}

/// The token that travels in a seal.
fn stamp_of(seal: &[u8]) -> Vec<u8> {
    use der::Encode as _;
    let signer = signed(seal).signer_infos.0.into_vec().remove(0);
    let attribute = signer.unsigned_attrs.unwrap().into_vec().remove(0);
    attribute.values.get(0).unwrap().to_der().unwrap()
}

/// The same seal with another token in it.
fn with_stamp(seal: &[u8], token: &[u8]) -> Vec<u8> {
    use der::{Any, Decode as _, Encode as _};
    let mut data = signed(seal);
    let mut signer = data.signer_infos.0.into_vec().remove(0);
    let mut attribute = signer.unsigned_attrs.unwrap().into_vec().remove(0);
    attribute.values = vec![Any::from_der(token).unwrap()].try_into().unwrap();
    signer.unsigned_attrs = Some(vec![attribute].try_into().unwrap());
    data.signer_infos = vec![signer].try_into().unwrap();
    let outer = cms::content_info::ContentInfo {
        content_type: der::asn1::ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2"),
        content: Any::encode_from(&data).unwrap(),
    };
    outer.to_der().unwrap()
}

#[test]
fn a_bundle_whose_time_is_pending_is_stamped_later_and_nothing_else_changes() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let bench = Bench::with(&Silent, None);
    assert!(matches!(&bench.made.time, Time::Pending(why) if why.code == "E666"));
    let path = &bench.made.path;
    let pending = bench.verify(path, &tsa.ca_pem());
    assert_eq!(
        (pending.standing, pending.time.clock),
        (Standing::Valid, Clock::Pending)
    );
    let before = bench.files();
    let bytes = std::fs::read(path).unwrap();
    let gaps: Vec<&str> = bench.made.gaps.iter().map(|gap| gap.kind).collect();
    assert!(gaps.contains(&"opening_not_stamped"), "{gaps:?}");
    let (code, said) = bench.script(path, Some(&tsa.ca()));
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("No third party has stamped the time."),
        "{said}"
    );

    let again = evidence::stamp_later(path, &bench.made.bundle, &Silent).unwrap();
    assert!(matches!(again, Time::Pending(_)));
    assert_eq!(std::fs::read(path).unwrap(), bytes, "untouched");
    let other = evidence::stamp_later(path, &Digest::sha256(b"x"), &AtHand(&tsa));
    assert_eq!(other.unwrap_err().diagnostics[0].code, "E669");

    let time = evidence::stamp_later(path, &bench.made.bundle, &AtHand(&tsa)).unwrap();
    let Time::Stamped { token, .. } = time else {
        panic!("{time:?}");
    };
    let verdict = bench.verify(path, &tsa.ca_pem());
    assert_eq!(
        (verdict.standing, verdict.time.clock),
        (Standing::Valid, Clock::Stamped)
    );
    assert_eq!(verdict.bundle, Some(bench.made.bundle));
    let after = bench.files();
    for (name, bytes) in &before {
        let is_seal = name.ends_with(".p7s");
        assert_eq!(tamper::file(&after, name) == bytes, !is_seal, "{name}");
    }
    assert_eq!(after.len(), before.len() + 2);
    let (code, said) = bench.script(path, Some(&tsa.ca()));
    assert_eq!(code, 0, "{said}");
    let left: Vec<_> = std::fs::read_dir(bench.folder.path())
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");

    // Once more changes nothing, and tells the same.
    let bytes = std::fs::read(path).unwrap();
    let again = evidence::stamp_later(path, &bench.made.bundle, &Silent).unwrap();
    assert!(matches!(again, Time::Stamped { token: known, .. } if known == token));
    assert_eq!(std::fs::read(path).unwrap(), bytes);

    // A bundle that was tampered with is not stamped.
    let mut files = bench.files();
    tamper::file_mut(&mut files, "data/law.json")[3] ^= 1;
    let bent = bench.folder.path().join("bent.zip");
    std::fs::write(&bent, pack(&files)).unwrap();
    let refused = evidence::stamp_later(&bent, &bench.made.bundle, &AtHand(&tsa)).unwrap_err();
    assert_eq!(refused.diagnostics[0].code, "E669");
}

#[test]
fn a_token_that_an_authority_spoilt_is_no_stamp() {
    struct Wrong(Vec<u8>);
    impl Authority for Wrong {
        fn stamp(&self, _: &Digest) -> Result<Vec<u8>, Diagnostic> {
            Ok(self.0.clone())
        }
    }
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    for token in [tsa.token(b"something else"), b"no token".to_vec(), vec![]] {
        let bench = Bench::with(&Wrong(token), None);
        assert!(matches!(bench.made.time, Time::Pending(_)));
        let verdict = bench.verify(&bench.made.path, "");
        assert_eq!(
            (verdict.standing, verdict.time.clock),
            (Standing::Valid, Clock::Pending)
        );
    }
}

fn at(url: &str) -> TimeAuthority {
    TimeAuthority::at(url.to_owned())
}

fn ask(all: &[TimeAuthority]) -> Result<Vec<u8>, Diagnostic> {
    Authorities::new(all, Path::new("/")).stamp(&Digest::sha256(b"content"))
}

fn answer(bytes: Vec<u8>) -> Reply {
    Reply::bytes("application/timestamp-reply", bytes)
}

fn serve(tsa: &Arc<Tsa>) -> Server {
    let tsa = Arc::clone(tsa);
    Server::start(move |request| answer(tsa.reply(&request.body)))
}

#[test]
fn authorities_that_lie_refuse_or_are_silent_stamp_nothing() {
    let Some(tsa) = Tsa::new("Clock", Kind::Rsa) else {
        return;
    };
    let tsa = Arc::new(tsa);
    let good = serve(&tsa);
    let token = ask(&[at(&good.url)]).unwrap();
    assert!(tsa.accepts(&token, b"content"));
    let asked: &Received = &good.received()[0];
    assert_eq!(asked.method, "POST");
    assert_eq!(
        asked.header("content-type"),
        Some("application/timestamp-query")
    );
    assert_eq!(asked.header("authorization"), None);

    let replayed = tsa.reply(&asked.body);
    let other = {
        let request = Request::new(Digest::sha256(b"other"), None, [9; 8]);
        tsa.reply(&request.to_der().unwrap())
    };
    // PKIStatusInfo: rejection, badRequest.
    let refused = vec![0x30, 9, 0x30, 7, 2, 1, 2, 3, 2, 5, 0x20];
    let elsewhere = good.url.clone();
    type Answer = Box<dyn Fn() -> Reply + Send + Sync>;
    let lies: Vec<(&str, Answer, &str)> = vec![
        (
            "answer to an earlier question",
            Box::new(move || answer(replayed.clone())),
            "E663",
        ),
        (
            "answer over something else",
            Box::new(move || answer(other.clone())),
            "E663",
        ),
        ("refusal", Box::new(move || answer(refused.clone())), "E662"),
        ("page", Box::new(|| Reply::html("<p>hello")), "E661"),
        ("garbage", Box::new(|| answer(b"hello".to_vec())), "E661"),
        ("nothing", Box::new(|| answer(vec![])), "E661"),
        ("flood", Box::new(|| answer(vec![0x30; 200_000])), "E661"),
        ("error", Box::new(|| Reply::status(500)), "E661"),
        ("no entry", Box::new(|| Reply::status(401)), "E661"),
        (
            "redirect",
            Box::new(move || Reply::to(307, elsewhere.clone())),
            "E661",
        ),
        ("dropped", Box::new(Reply::dropped), "E660"),
    ];
    for (what, reply, code) in lies {
        let server = Server::start(move |_| reply());
        let refusal = ask(&[at(&server.url)]).unwrap_err();
        let why = refusal.why.unwrap().en;
        assert_eq!(refusal.code, "E666", "{what}");
        assert!(why.contains(code), "{what}: {why}");
        assert!(!why.contains("hello"), "{why}");
        // The next one in the list is asked, and answers.
        let token = ask(&[at(&server.url), at(&good.url)]).unwrap();
        assert!(tsa.accepts(&token, b"content"), "{what}");
    }
    assert_eq!(
        good.lines()
            .iter()
            .filter(|line| line.starts_with("GET"))
            .count(),
        0
    );

    let dead = format!("http://127.0.0.1:{}", free_port());
    let both = ask(&[at(&dead), at(&format!("{dead}/x"))]).unwrap_err();
    assert_eq!(both.why.unwrap().en.matches("E660").count(), 2);
    assert!(ask(&[at(&dead), at(&good.url)]).is_ok());

    // Who was silent is not asked again in the same run.
    let silent = Server::start(|_| Reply::status(503));
    let all = Authorities::new(&[at(&silent.url)], Path::new("/"));
    for _ in 0..3 {
        assert!(all.stamp(&Digest::sha256(b"content")).is_err());
    }
    assert_eq!(silent.received().len(), 1);
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn an_authority_is_checked_against_its_own_certificates_and_asked_as_it_wants() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let tsa = Arc::new(tsa);
    let served = Arc::clone(&tsa);
    let server = Server::start(move |request| match request.header("authorization") {
        // acme:secret-word
        Some("Basic YWNtZTpzZWNyZXQtd29yZA==") => answer(served.reply(&request.body)),
        _ => Reply::status(401),
    });
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("password");
    std::fs::write(&secret, "secret-word\n").unwrap();
    std::os::unix::fs::chown(&secret, None, None).unwrap();
    let mut rights = std::fs::metadata(&secret).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o600);
    std::fs::set_permissions(&secret, rights).unwrap();
    let mut named = at(&server.url);
    assert!(
        ask(std::slice::from_ref(&named))
            .unwrap_err()
            .why
            .unwrap()
            .en
            .contains("401")
    );
    named.user = Some("acme".to_owned());
    named.password = Some(dsr::secret::Reference::File(secret.clone()));
    named.ca = Some(tsa.ca());
    let token = ask(std::slice::from_ref(&named)).unwrap();
    assert!(tsa.accepts(&token, b"content"));

    named.policy = Some("1.2.3.4.5".to_owned());
    let token = ask(std::slice::from_ref(&named)).unwrap();
    let stamp = stamp::verify(&token, &Digest::sha256(b"content")).unwrap();
    assert_eq!(stamp.policy.to_string(), "1.2.3.4.5");
    named.policy = Some("1.2.3.4.9".to_owned());
    let refusal = ask(std::slice::from_ref(&named))
        .unwrap_err()
        .why
        .unwrap()
        .en;
    assert!(
        refusal.contains("E662") && refusal.contains("unacceptedPolicy"),
        "{refusal}"
    );
    named.policy = None;

    let other = Tsa::new("Clock", Kind::P256).unwrap();
    named.ca = Some(other.ca());
    let refusal = ask(std::slice::from_ref(&named))
        .unwrap_err()
        .why
        .unwrap()
        .en;
    assert!(refusal.contains("E664"), "{refusal}");
    named.ca = Some(folder.path().join("nothing.pem"));
    assert!(
        ask(std::slice::from_ref(&named))
            .unwrap_err()
            .why
            .unwrap()
            .en
            .contains("E665")
    );
    named.ca = None;
    std::fs::remove_file(&secret).unwrap();
    let refusal = ask(std::slice::from_ref(&named)).unwrap_err();
    assert!(refusal.why.as_ref().unwrap().en.contains("E665"));
    assert!(!format!("{refusal:?}").contains("secret-word"));
}

/// A shop with one customer, and the authorities that its inventory names.
fn shop(evidence: &str) -> House {
    let systems = "  shop:
    engine: sqlite
    settings: { path: shop.db }
    control: { email: control@example.com }
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, name: person.name }
        erase: remove
";
    let house = House::bare();
    house.write("dsr.yaml", format!("{HEAD}{evidence}systems:\n{systems}"));
    house.run(&["init", "--yes"]).expect(0);
    house.sql(
        "shop.db",
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
         INSERT INTO customers VALUES (1, 'control@example.com', 'Control'), (2, 'anna@example.org', 'Anna');",
    );
    house
}

const ERASE: [&str; 6] = [
    "erase",
    "--email",
    "anna@example.org",
    "--yes",
    "--expect",
    "1",
];

#[test]
fn a_case_is_stamped_from_its_opening_to_its_proof() {
    let Some(tsa) = Tsa::new("Clock", Kind::Rsa) else {
        return;
    };
    let tsa = Arc::new(tsa);
    let server = serve(&tsa);
    let ca = tsa.ca();
    let house = shop(&format!(
        "evidence: {{ tsa: {{ url: \"{}/tsr\", ca: \"{}\" }} }}\n",
        server.url,
        ca.display()
    ));
    let ran = house.run(&ERASE);
    ran.expect(0);
    assert!(ran.err.contains("stamped by"), "{ran:?}");
    assert_eq!(server.received().len(), 3, "opening, seal, files");

    let bundle = house.bundle().unwrap();
    let bundle = bundle.to_str().unwrap();
    let verdict = house.run(&["evidence", "verify", bundle, "--format", "json"]);
    let json = verdict.expect(0).json();
    assert_eq!(json["standing"], "valid");
    assert_eq!(json["time"]["standing"], "stamped", "{json}");
    for part in ["seal", "container", "opened"] {
        let subject = json["time"][part]["anchor"]["subject"].as_str().unwrap();
        assert!(subject.contains("CN=Root"), "{json}");
    }
    assert!(
        json["anchor"]["subject"]
            .as_str()
            .unwrap()
            .contains("Example GmbH")
    );
    assert!(json["level"].as_str().unwrap().starts_with("Level S1"));
    let shown = house.run(&["evidence", "verify", bundle]);
    assert!(shown.expect(0).out.contains("vouched for by"), "{shown:?}");

    // Elsewhere nobody knows the authority until it is named.
    let elsewhere = House::bare();
    let certificate = house.path(".dsr/keys/seal.cert.pem");
    let certificate = std::fs::read_dir(house.path(".dsr"))
        .ok()
        .map_or_else(|| certificate.clone(), |_| find(&house, "seal.cert.pem"));
    let certificate = certificate.to_str().unwrap();
    let args = [
        "evidence",
        "verify",
        bundle,
        "--anchor",
        certificate,
        "--format",
        "json",
    ];
    let json = elsewhere.run(&args).expect(0).json();
    assert_eq!(json["time"]["standing"], "stamped_by_unknown");
    let ca = ca.to_str().unwrap();
    let json = elsewhere
        .run(&[&args[..], &["--tsa", ca]].concat())
        .expect(0)
        .json();
    assert_eq!(json["time"]["standing"], "stamped");

    let case = json["case"].as_str().unwrap();
    let history = house.run(&["case", "show", case]);
    assert!(
        history.expect(0).out.contains("the opening was stamped by"),
        "{history:?}"
    );
    assert!(history.out.contains("was stamped by"), "{history:?}");
    let json = house
        .run(&["case", "show", case, "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(json["time_pending"], serde_json::json!([]));
    house.run(&["audit", "log", "--verify"]).expect(0);
}

fn find(house: &House, name: &str) -> PathBuf {
    let all = house.files();
    all.into_iter().find(|path| path.ends_with(name)).unwrap()
}

/// Each day's checkpoint of the log over all cases gets a time of somebody else's, and leaves the house with that.
#[test]
fn the_checkpoint_of_a_day_is_stamped_once_and_asked_for_again_while_pending() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let tsa = Arc::new(tsa);
    let awake = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (served, is_awake) = (Arc::clone(&tsa), Arc::clone(&awake));
    let server =
        Server::start(
            move |request| match is_awake.load(std::sync::atomic::Ordering::SeqCst) {
                true => answer(served.reply(&request.body)),
                false => Reply::status(503),
            },
        );
    let house = shop(&format!("evidence: {{ tsa: [\"{}\"] }}\n", server.url));
    let opened = ["--email", "anna@example.org", "--right", "access"];
    house
        .run(&[&["case", "open"], &opened[..]].concat())
        .expect(0);
    let anchor = |code| {
        let ran = house.run(&["evidence", "log", "anchor", "--format", "json"]);
        ran.expect(code);
        let said = ran.json();
        (said["left_the_house"] == true, ran)
    };
    let (out, ran) = anchor(3);
    assert!(!out && ran.err.contains("W278"), "{ran:?}");

    awake.store(true, std::sync::atomic::Ordering::SeqCst);
    let (out, ran) = anchor(0);
    assert!(out, "{ran:?}");
    let file = house.path(ran.json()["file"].as_str().unwrap());
    let token = std::fs::read(file.with_extension("tst")).unwrap();
    assert!(tsa.accepts(&token, &std::fs::read(&file).unwrap()));
    let asked = server.received().len();
    let (out, ran) = anchor(0);
    assert!(out, "{ran:?}");
    assert_eq!(server.received().len(), asked, "once a day");
    house.run(&["audit", "log", "--verify"]).expect(0);
}

#[test]
fn a_silent_authority_stops_nobody_and_is_asked_again() {
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let tsa = Arc::new(tsa);
    let awake = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (served, is_awake) = (Arc::clone(&tsa), Arc::clone(&awake));
    let server =
        Server::start(
            move |request| match is_awake.load(std::sync::atomic::Ordering::SeqCst) {
                true => answer(served.reply(&request.body)),
                false => Reply::status(503),
            },
        );
    let house = shop(&format!("evidence: {{ tsa: [\"{}\"] }}\n", server.url));
    let ran = house.run(&ERASE);
    ran.expect(0);
    assert!(
        ran.err.contains("W276") && ran.err.contains("W275"),
        "{ran:?}"
    );
    assert_eq!(server.received().len(), 1, "asked once in a run");

    let bundle = house.bundle().unwrap();
    let path = bundle.to_str().unwrap();
    let json = house
        .run(&["evidence", "verify", path, "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(json["time"]["standing"], "pending");
    let case = json["case"].as_str().unwrap().to_owned();
    let show = house.run(&["case", "show", &case]);
    assert!(
        show.expect(0)
            .all()
            .contains("Evidence without a time stamp yet: 1"),
        "{show:?}"
    );
    let check = house.run(&["check"]);
    let waits = "bundles that wait for a time stamp: 1";
    assert!(check.all().contains(waits), "{check:?}");

    let bytes = std::fs::read(&bundle).unwrap();
    let ran = house.run(&["evidence", "stamp", &case, "--format", "json"]);
    let json = ran.expect(3).json();
    assert_eq!(json["pending"][0]["case"], case.as_str());
    assert_eq!(std::fs::read(&bundle).unwrap(), bytes);

    awake.store(true, std::sync::atomic::Ordering::SeqCst);
    let ran = house.run(&["evidence", "stamp", "--all", "--format", "json"]);
    let json = ran.expect(0).json();
    assert_eq!(json["stamped"][0]["number"], 1);
    assert_eq!(json["pending"], serde_json::json!([]));
    let json = house
        .run(&["evidence", "verify", path, "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(json["time"]["standing"], "stamped_by_unknown");
    assert_eq!(json["standing"], "valid");
    let none = house.run(&["evidence", "stamp", "--all"]);
    assert!(
        none.expect(0).all().contains("No evidence waits"),
        "{none:?}"
    );

    // A run that died between the file and the ledger is made good without another stamp.
    let asked = server.received().len();
    let json = house
        .run(&["evidence", "make", &case, "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(json["time"]["state"], "stamped");
    assert_eq!(server.received().len(), asked + 3, "opening, seal, files");
    let second = house.run(&[
        "evidence",
        "verify",
        json["path"].as_str().unwrap(),
        "--format",
        "json",
    ]);
    let json = second.expect(0).json();
    assert!(json["time"]["opened"]["at"].is_string(), "{json}");
    house.run(&["audit", "log", "--verify"]).expect(0);
}

/// An authority behind TLS that wants a certificate of whoever asks. It serves until the test ends.
fn serve_with_certificates(tsa: Arc<Tsa>, config: rustls::ServerConfig) -> u16 {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = BufReader::new(rustls::StreamOwned::new(connection, stream));
            let mut length = 0;
            let mut line = String::new();
            // A caller without a certificate gets no further than this.
            while stream.read_line(&mut line).is_ok_and(|read| read > 2) {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            if length == 0 || stream.read_exact(&mut body).is_err() {
                continue;
            }
            let reply = tsa.reply(&body);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                reply.len()
            );
            let _ = stream
                .get_mut()
                .write_all(&[head.as_bytes(), &reply].concat());
            stream.get_mut().conn.send_close_notify();
            let _ = stream.get_mut().flush();
        }
    });
    port
}

#[test]
fn an_authority_may_want_a_certificate() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use rustls::pki_types::PrivatePkcs8KeyDer;
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let key = || KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_key = key();
    let root = params.self_signed(&root_key).unwrap();
    let issuer = Issuer::new(params, root_key);
    let issued = |names: Vec<String>| {
        let key = key();
        let params = CertificateParams::new(names).unwrap();
        (params.signed_by(&key, &issuer).unwrap(), key)
    };
    let (server, server_key) = issued(vec!["localhost".to_owned()]);
    let (client, client_key) = issued(vec!["acme.example".to_owned()]);

    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let verifier = rustls::server::WebPkiClientVerifier::builder(Arc::new(roots)).build();
    let config = rustls::ServerConfig::builder()
        .with_client_cert_verifier(verifier.unwrap())
        .with_single_cert(
            vec![server.der().clone()],
            PrivatePkcs8KeyDer::from(server_key.serialize_der()).into(),
        )
        .unwrap();
    let port = serve_with_certificates(Arc::new(tsa), config);

    for (pair, stamped) in [
        (", certificate: client.pem, key: \"file:client.key\"", true),
        ("", false),
    ] {
        let mut house = shop(&format!(
            "evidence: {{ tsa: {{ url: \"https://localhost:{port}/\"{pair} }} }}\n"
        ));
        house.write("root.pem", root.pem());
        house.write("client.pem", client.pem());
        house.write("client.key", client_key.serialize_pem());
        let secret = house.path("client.key");
        let mut rights = std::fs::metadata(&secret).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o600);
        std::fs::set_permissions(&secret, rights).unwrap();
        let trusted = house.path("root.pem");
        house.env("SSL_CERT_FILE", trusted.to_str().unwrap());
        let ran = house.run(&ERASE);
        ran.expect(0);
        assert_eq!(ran.err.contains("stamped by"), stamped, "{ran:?}");
        assert_eq!(ran.err.contains("E660"), !stamped, "{ran:?}");
    }
}

/// Written by the first version that stamps. It must stay readable; it is never made anew.
#[test]
fn the_golden_stamped_bundle_stays_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let pem = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        anchors(&text)
    };
    let anchors = Anchors {
        seal: pem("evidence-2.pem"),
        time: pem("evidence-2-tsa.pem"),
        ..Anchors::default()
    };
    let verdict = evidence::verify(&folder.join("evidence-2.zip"), &anchors).unwrap();
    assert_eq!(
        (verdict.standing, codes(&verdict.reasons)),
        (Standing::Valid, vec![])
    );
    assert_eq!(verdict.time.clock, Clock::Stamped);
    assert!(verdict.time.opened.unwrap().anchor.is_some());
}

#[test]
fn without_an_authority_nothing_is_asked_and_nothing_said() {
    let house = shop("");
    let ran = house.run(&ERASE);
    ran.expect(0);
    assert!(!ran.err.contains("stamp"), "{ran:?}");
    let bundle = house.bundle().unwrap();
    let path = bundle.to_str().unwrap();
    let json = house
        .run(&["evidence", "verify", path, "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(json["time"]["standing"], "none");
    house.run(&["evidence", "stamp", "--all"]).expect(2);
    house.run(&["evidence", "stamp"]).expect(2);
}

#[test]
fn passwords_do_not_travel_in_clear_and_halves_are_refused() {
    for (evidence, words) in [
        (
            "{ url: \"http://tsa.example/\", user: a, password: \"env:P\" }",
            "unencrypted",
        ),
        (
            "{ url: \"https://tsa.example/\", user: a }",
            "`password` is missing",
        ),
        (
            "{ url: \"https://tsa.example/\", key: \"env:K\" }",
            "`certificate` is missing",
        ),
        (
            "{ url: \"https://tsa.example/\", policy: best }",
            "object identifier",
        ),
        ("{ url: \"https://u:p@tsa.example/\" }", "not the URL"),
        ("{ ca: tsa.pem }", "url"),
        ("{ url: \"https://tsa.example/\", colour: red }", "colour"),
    ] {
        let house = House::bare();
        house.write(
            "dsr.yaml",
            format!("{HEAD}evidence: {{ tsa: {evidence} }}\nsystems: {{}}\n"),
        );
        let ran = house.run(&["init", "--yes"]);
        let ran = if ran.code == 2 {
            ran
        } else {
            house.run(&["case", "list"])
        };
        assert_eq!(ran.code, 2, "{evidence}: {ran:?}");
        assert!(ran.err.contains(words), "{evidence}: {ran:?}");
    }
}
