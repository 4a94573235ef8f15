//! A bundle from beginning to end: made, verified by `dsr` and by stock tools, tampered with in every way we know.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first surprise and says what it skipped"
)]

#[path = "evidence/forged.rs"]
mod forged;
#[path = "evidence/forgeries.rs"]
mod forgeries;
#[path = "evidence/material.rs"]
mod material;
#[path = "evidence/tamper.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod tamper;
#[path = "evidence/tamperings.rs"]
mod tamperings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dsr::evidence::{self, Anchor, Anchors, Made, Standing, Verdict, Witnesses};
use dsr::inventory::Approval;
use dsr::ledger::Event;
use material::{CANARIES, CASE, Case, organisation, seal_of};
use tamper::{Files, files_of, pack};
use tamperings::{hostile_zips, resealed, tamperings};

/// A made bundle, the certificate that sealed it, and room to play.
struct Bench {
    folder: tempfile::TempDir,
    certificate: String,
    key: String,
    made: Made,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let organisation = organisation();
        let case = Case::new();
        let made = evidence::make(
            &case.material(),
            &seal_of(&organisation),
            Witnesses::default(),
            folder.path(),
        )
        .unwrap();
        std::fs::write(folder.path().join("organisation.pem"), &organisation.1).unwrap();
        Bench {
            folder,
            key: secrecy::ExposeSecret::expose_secret(&organisation.0).to_owned(),
            certificate: organisation.1,
            made,
        }
    }

    /// Exit code of `dsr evidence verify`; none if a signal ended it.
    fn program(&self, path: &Path) -> Option<i32> {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dsr"));
        command.args(["evidence", "verify", "--anchor", "organisation.pem"]);
        command.arg(path).current_dir(self.folder.path());
        command.output().unwrap().status.code()
    }

    fn anchors(&self) -> Vec<Anchor> {
        Anchor::from_pem(&self.certificate).unwrap()
    }

    fn files(&self) -> Files {
        files_of(&self.made.path)
    }

    fn verify(&self, path: &Path) -> Verdict {
        evidence::verify(path, &Anchors::of_seal(self.anchors())).unwrap()
    }

    /// Exit code of the script for stock tools; `None` where these are missing.
    fn script(&self, path: &Path, with_certificate: bool) -> Option<i32> {
        let mut command = std::process::Command::new("bash");
        command
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/scripts/verify-evidence.sh"
            ))
            .arg(path);
        if with_certificate {
            command.arg(self.folder.path().join("organisation.pem"));
        }
        let output = command.output().ok()?;
        output.status.code()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    let mut codes: Vec<_> = verdict.reasons.iter().map(|reason| reason.code).collect();
    codes.sort();
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
    // LibreSSL has no -cades.
    let all = says("bash", "--version", "bash")
        && says("openssl", "version", "OpenSSL ")
        && says("unzip", "-v", "UnZip");
    if !all {
        assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
        eprintln!("skipped: needs bash, OpenSSL 3 and unzip");
    }
    all
}

#[test]
fn a_bundle_is_valid_for_dsr_and_for_stock_tools() {
    let bench = Bench::new();
    let verdict = bench.verify(&bench.made.path);
    assert_eq!(
        (verdict.standing, codes(&verdict)),
        (Standing::Valid, vec![])
    );
    assert_eq!(verdict.case.as_deref(), Some(CASE));
    assert_eq!(
        (verdict.files, verdict.records, verdict.events),
        (18, 7, 19)
    );
    assert_eq!(verdict.bundle, Some(bench.made.bundle));
    assert_eq!(verdict.sealed_at, Some(material::now()));
    assert_eq!(
        bench.made.path.file_name().unwrap(),
        "2026-K7QF3M.evidence.zip"
    );

    let nobody = evidence::verify(&bench.made.path, &Anchors::default()).unwrap();
    assert_eq!(nobody.standing, Standing::IntactButSignerUnknown);
    let pinned = Anchor::Fingerprint(verdict.fingerprint.unwrap());
    assert_eq!(
        evidence::verify(&bench.made.path, &Anchors::of_seal(vec![pinned]))
            .unwrap()
            .standing,
        Standing::Valid
    );

    let folder = bench.folder.path().join("unpacked");
    tamper::unpack(&bench.files(), &folder);
    assert_eq!(bench.verify(&folder).standing, Standing::Valid);

    if has_tools() {
        assert_eq!(bench.script(&bench.made.path, true), Some(0));
        assert_eq!(bench.script(&bench.made.path, false), Some(4));
        assert_eq!(bench.script(&folder, true), Some(0));
    }
}

#[test]
fn the_container_begins_as_the_standard_asks() {
    let bench = Bench::new();
    let bytes = std::fs::read(&bench.made.path).unwrap();
    assert_eq!(&bytes[30..38], b"mimetype");
    assert_eq!(&bytes[38..69], b"application/vnd.etsi.asic-e+zip");
    assert_eq!(bytes[28..30], [0, 0], "no extra field");
    assert_eq!(bytes[8..10], [0, 0], "stored");
}

#[test]
fn the_same_material_gives_the_same_bytes_and_openings() {
    let (case, organisation) = (Case::new(), organisation());
    let make = || {
        let folder = tempfile::tempdir().unwrap();
        let made = evidence::make(
            &case.material(),
            &seal_of(&organisation),
            Witnesses::default(),
            folder.path(),
        )
        .unwrap();
        (std::fs::read(&made.path).unwrap(), made.openings)
    };
    assert_eq!(make(), make());
}

#[test]
fn nothing_that_names_the_person_is_in_the_bundle() {
    use base64::Engine as _;
    let bench = Bench::new();
    let hex = |text: &str| -> String { text.bytes().map(|b| format!("{b:02x}")).collect() };
    let percent = |text: &str| -> String { text.bytes().map(|b| format!("%{b:02x}")).collect() };
    let mut needles: Vec<String> = Vec::new();
    for canary in CANARIES {
        for text in [
            canary.to_owned(),
            canary.to_lowercase(),
            canary.to_uppercase(),
        ] {
            needles.extend([
                hex(&text),
                percent(&text),
                text.replace('@', "%40"),
                text.replace(' ', "+"),
            ]);
            // Any alignment within longer base64 text, either alphabet.
            for shift in 0..3 {
                let padded = [vec![0; shift], text.clone().into_bytes()].concat();
                let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(padded);
                let inner = &encoded[shift + usize::from(shift > 0)..encoded.len() - 2];
                needles.extend([inner.to_owned(), inner.replace('+', "-").replace('/', "_")]);
            }
            needles.push(text);
        }
    }
    let planted = serde_json::to_string(&Case::new().plan).unwrap();
    assert!(
        CANARIES
            .iter()
            .filter(|canary| planted.contains(**canary))
            .count()
            >= 3,
        "the trap is set"
    );
    for (name, bytes) in bench.files() {
        let text = String::from_utf8_lossy(&bytes);
        let folded = text.to_lowercase();
        for needle in &needles {
            assert!(!text.contains(needle.as_str()), "{needle} in {name}");
            let plain = !needle.chars().any(|c| c.is_ascii_digit()) || needle.contains('@');
            assert!(
                !(plain && folded.contains(&needle.to_lowercase())),
                "{needle} in {name}"
            );
        }
    }
    // The openings hold it, and say nothing when they are printed.
    let opening = &bench.made.openings[0];
    let line: serde_json::Value = serde_json::from_slice(
        tamper::file(&bench.files(), "data/records.jsonl")
            .split(|b| *b == b'\n')
            .next()
            .unwrap(),
    )
    .unwrap();
    let commitments: Vec<String> = serde_json::from_value(line["_sd"].clone()).unwrap();
    let opened: Vec<_> = opening
        .disclosures
        .iter()
        .map(|disclosure| evidence::commitment::open(disclosure, &commitments).unwrap())
        .collect();
    assert_eq!(
        opened[1],
        ("key".to_owned(), serde_json::json!(["CANARY-KEY-4711-0"]))
    );
    assert!(!format!("{:?}", bench.made).contains(&opening.disclosures[0]));
}

#[test]
fn the_cover_says_what_was_done_and_what_is_not_proven() {
    let bench = Bench::new();
    let files = bench.files();
    let cover = String::from_utf8(tamper::file(&files, "data/00-COVER.txt").to_vec()).unwrap();
    for words in [
        "Fällig: 28.02.2026, rechnerisch",
        "Due: 2026-02-28, nominal",
        "NICHT BEWIESEN",
        "NOT PROVEN",
        "warehouse steht im Inventar",
        "erp was not searched, or not completely (E502).",
        "fleet was not searched, or not completely (not connected).",
        "hr_archive is searched by a person",
        "newsletter.list returned no record",
        "shop.customers (1): may be the person's",
        "shop.reviews (1): the outcome is \"unknown\"",
        "crm.notes (1): the outcome is \"to be done by hand\"",
        "crm.leads (1): no later search confirmed the outcome (L1",
        "No third party has stamped the time",
        "§147 AO, 8 years",
        "legal hold (its reason is in the case file)",
        "[left out: the words contained something personal",
        "ap1; four eyes required",
        "do not repack",
        "Get-FileHash",
    ] {
        assert!(cover.contains(words), "{words}\n{cover}");
    }
    let fingerprint = bench.verify(&bench.made.path).fingerprint.unwrap();
    assert!(cover.contains(&evidence::certificate::spoken(&fingerprint)));
    let html = String::from_utf8(tamper::file(&files, "data/00-COVER.html").to_vec()).unwrap();
    assert!(html.contains("default-src 'none'; style-src 'sha256-"));
    for forbidden in [
        "<script", "http://", "https://", " style=", "onclick", "<img", "<link",
    ] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.contains("NICHT BEWIESEN") && html.contains("NOT PROVEN"));
}

/// Every tampering that a lone bundle can show, with the codes that must be among the reasons.
#[test]
fn every_tampering_is_detected() {
    let bench = Bench::new();
    let other = Bench::new();
    let cases = tamperings(&bench.files(), &other.files(), &other.certificate);
    assert!(cases.len() >= 25, "{}", cases.len());
    let with_script = has_tools();
    for (number, (what, files, expected)) in cases.iter().enumerate() {
        let path = bench.write(&format!("tampered-{number}.zip"), &pack(files));
        let verdict = bench.verify(&path);
        assert_eq!(verdict.standing, Standing::Invalid, "{what}");
        assert_eq!(bench.program(&path), Some(5), "{what}, by the program");
        let found = codes(&verdict);
        for code in *expected {
            assert!(
                found.contains(code),
                "{what}: {code} is not among {found:?}"
            );
        }
        assert!(
            verdict.reasons.iter().all(|reason| !reason.help.is_empty()),
            "{what}"
        );
        if with_script {
            assert_eq!(bench.script(&path, true), Some(5), "{what}, by the script");
        }
    }
}

/// The golden bundles of the first versions name such a search among what is not proven, and stay valid.
#[test]
fn a_search_that_took_long_is_no_gap_and_what_may_keep_copies_is() {
    let bench = Bench::new();
    let gaps = bench.made.gaps.iter();
    let mut codes: Vec<Option<&str>> = gaps
        .filter(|gap| gap.kind == "warning")
        .map(|gap| gap.code.as_deref())
        .collect();
    codes.dedup();
    assert_eq!(codes, [Some("W204")]);
    let lines = tamper::file(&bench.files(), "data/systems.jsonl").to_vec();
    let lines = String::from_utf8(lines).unwrap();
    assert!(
        lines.contains("\"W204\"") && !lines.contains("\"W203\""),
        "{lines}"
    );
}

/// What whoever sealed can try afterwards, with the seal: the statement is held against the files all the same.
#[test]
fn what_the_sealing_key_can_cover_up_is_told() {
    if !has_tools() {
        return;
    }
    let bench = Bench::new();
    for (number, (what, files, expected, by_script)) in
        resealed(&bench.files(), &bench.key, &bench.certificate)
            .iter()
            .enumerate()
    {
        let path = bench.write(&format!("resealed-{number}.zip"), &pack(files));
        let verdict = bench.verify(&path);
        assert_eq!(verdict.standing, Standing::Invalid, "{what}");
        assert_eq!(codes(&verdict), *expected, "{what}");
        assert_eq!(bench.program(&path), Some(5), "{what}, by the program");
        let code = if *by_script { 5 } else { 0 };
        assert_eq!(
            bench.script(&path, true),
            Some(code),
            "{what}, by the script"
        );
    }
}

#[test]
fn a_forger_with_a_key_of_his_own_is_a_stranger() {
    let bench = Bench::new();
    // The same organisation name, the same case, everything consistent, another key.
    let forged = Bench::new();
    let verdict = bench.verify(&forged.made.path);
    assert_eq!(verdict.standing, Standing::IntactButSignerUnknown);
    assert_eq!(codes(&verdict), ["E746"]);
    assert_ne!(
        verdict.fingerprint,
        bench.verify(&bench.made.path).fingerprint
    );
    if has_tools() {
        assert_eq!(bench.script(&forged.made.path, true), Some(4));
    }
}

#[test]
fn an_authority_may_vouch_for_the_seal() {
    use rcgen::{
        BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    };
    let authority = |name: &str| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        (Issuer::new(params, key), pem)
    };
    let (issuer, trusted) = authority("Trust Centre");
    let (_, namesake) = authority("Trust Centre");
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Acme GmbH");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let key = KeyPair::generate().unwrap();
    let own = params.signed_by(&key, &issuer).unwrap().pem();
    let seal = seal_of(&(key.serialize_pem().into(), own + &trusted));

    let bench = Bench::new();
    let folder = bench.folder.path().join("issued");
    std::fs::create_dir(&folder).unwrap();
    let made = evidence::make(
        &Case::new().material(),
        &seal,
        Witnesses::default(),
        &folder,
    )
    .unwrap();
    for (pem, standing, exit) in [
        (&trusted, Standing::Valid, 0),
        (&namesake, Standing::IntactButSignerUnknown, 4),
    ] {
        let anchors = Anchor::from_pem(pem).unwrap();
        assert_eq!(
            evidence::verify(&made.path, &Anchors::of_seal(anchors))
                .unwrap()
                .standing,
            standing
        );
        std::fs::write(bench.folder.path().join("organisation.pem"), pem).unwrap();
        if has_tools() {
            assert_eq!(bench.script(&made.path, true), Some(exit));
        }
    }
    assert!(made.gaps.iter().all(|gap| gap.kind != "self_signed"));
}

/// What an authority that was named may not vouch for, because a rule for the way to it is broken, or because the certificate is for
/// something else.
#[test]
fn an_authority_vouches_only_by_its_rules_and_for_documents() {
    use rcgen::{
        BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose as Purpose, IsCa,
        Issuer, KeyPair, KeyUsagePurpose,
    };
    let named = |name: &str| {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params
    };
    let authority = |name: &str, constraints| {
        let mut params = named(name);
        params.is_ca = IsCa::Ca(constraints);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params
    };
    let keys = [(); 4].map(|()| KeyPair::generate().unwrap());
    let made = |most, purposes: Vec<Purpose>| {
        let root = authority("Trust Centre", BasicConstraints::Unconstrained);
        let upper = authority("Upper", BasicConstraints::Constrained(most));
        let lower = authority("Lower", BasicConstraints::Unconstrained);
        let mut leaf = named("Acme GmbH");
        leaf.extended_key_usages = purposes;
        let below = |params: &CertificateParams, key| Issuer::new(params.clone(), key);
        let root_pem = root.self_signed(&keys[0]).unwrap().pem();
        let leaf = leaf.signed_by(&keys[3], &below(&lower, &keys[2])).unwrap();
        let lower = lower.signed_by(&keys[2], &below(&upper, &keys[1])).unwrap();
        let upper = upper.signed_by(&keys[1], &below(&root, &keys[0])).unwrap();
        let chain = [leaf.pem(), lower.pem(), upper.pem()];
        (root_pem, chain)
    };
    let bench = Bench::new();
    let documents = || vec![Purpose::EmailProtection];
    for (number, (most, purposes, code)) in [
        (1, documents(), None),
        (0, documents(), Some("E746")),
        (1, vec![Purpose::ServerAuth], Some("E744")),
        (1, vec![Purpose::TimeStamping], Some("E744")),
    ]
    .into_iter()
    .enumerate()
    {
        let (root, chain) = made(most, purposes);
        let seal = seal_of(&(keys[3].serialize_pem().into(), chain.concat()));
        let folder = bench.folder.path().join(format!("path-{number}"));
        std::fs::create_dir(&folder).unwrap();
        let case = Case::new();
        let made = evidence::make(&case.material(), &seal, Witnesses::default(), &folder).unwrap();
        let verdict = |pem: &str| {
            let anchors = Anchors::of_seal(Anchor::from_pem(pem).unwrap());
            evidence::verify(&made.path, &anchors).unwrap()
        };
        let by_root = verdict(&root);
        assert_eq!(
            codes(&by_root),
            code.into_iter().collect::<Vec<_>>(),
            "{number}"
        );
        if code == Some("E746") {
            assert_eq!(by_root.standing, Standing::IntactButSignerUnknown);
            let said = &by_root.reasons[0].what.en;
            assert!(
                said.contains("CN=Upper") && said.contains("(path length)"),
                "{said}"
            );
        }
        // Whoever named the certificate itself knows whose it is.
        assert_eq!(verdict(&chain[0]).standing, Standing::Valid, "{number}");
    }
}

/// Somebody waits behind a pipe without end.
#[cfg(unix)]
#[test]
fn what_is_neither_a_file_nor_a_folder_is_no_bundle() {
    let bench = Bench::new();
    let pipe = bench.folder.path().join("pipe.zip");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert_eq!(bench.program(&pipe), Some(2));
    assert_eq!(bench.program(Path::new("/dev/null")), Some(2));
    assert!(evidence::verify(&pipe, &Anchors::default()).is_err());
}

/// The commands that stand on every cover sheet and in `VERIFY.txt`.
#[test]
fn the_printed_commands_work_as_printed() {
    if !has_tools() {
        return;
    }
    let bench = Bench::new();
    let text = String::from_utf8(tamper::file(&bench.files(), "VERIFY.txt").to_vec()).unwrap();
    let commands: String = text
        .lines()
        .skip_while(|line| !line.starts_with("    mkdir"))
        .take_while(|line| line.starts_with("    "))
        .map(|line| format!("{}\n", line.trim_start()))
        .collect();
    assert_eq!(commands.lines().count(), 12, "{commands}");
    let output = std::process::Command::new("bash")
        .args(["-e", "-c", &commands])
        .current_dir(bench.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("CAdES Verification successful") && !said.contains("FAIL"),
        "{said}"
    );
    assert_eq!(said.matches("OK ").count(), 15, "{said}");
}

/// Archives extend a sealed container with programs of their own; what was sealed stays valid.
#[test]
fn a_container_that_another_program_extended_stays_valid() {
    let bench = Bench::new();
    let later = [
        "META-INF/ASiCArchiveManifest001.xml",
        "META-INF/timestamp003.tst",
    ];
    let mut files = bench.files();
    files.extend(later.map(|name| (name.to_owned(), b"later".to_vec())));
    let path = bench.write("extended.zip", &tamper::pack_as_stream(&files));
    let verdict = bench.verify(&path);
    assert_eq!(
        (verdict.standing, codes(&verdict)),
        (Standing::Valid, vec![])
    );
    assert_eq!(
        verdict.unchecked, later,
        "and what was not checked is named"
    );
    // Anybody can put such files there, so they raise nothing.
    assert_eq!(verdict.level, bench.verify(&bench.made.path).level);
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_dsr"));
    program
        .args(["evidence", "verify", "--lang", "en"])
        .arg(&path);
    let said = program.current_dir(bench.folder.path()).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("Not checked"), "{said}");
    assert!(later.iter().all(|name| said.contains(name)), "{said}");
    assert!(!said.contains("S3 "), "{said}");
    if has_tools() {
        assert_eq!(bench.script(&path, true), Some(0));
    }

    // The names of our own stamp are no place for anything else.
    let mut files = bench.files();
    files.push(("META-INF/timestamp002.tst".to_owned(), b"later".to_vec()));
    let path = bench.write("stamped.zip", &pack(&files));
    assert_eq!(codes(&bench.verify(&path)), ["E718"]);
    if has_tools() {
        assert_eq!(bench.script(&path, true), Some(5));
    }
}

#[test]
fn hostile_zips_are_refused() {
    let bench = Bench::new();
    let good = std::fs::read(&bench.made.path).unwrap();
    let cases = hostile_zips(&good, &bench.files());
    let with_script = has_tools();
    for (number, (what, bytes)) in cases.iter().enumerate() {
        let path = bench.write(&format!("hostile-{number}.zip"), bytes);
        let verdict = bench.verify(&path);
        assert_eq!(verdict.standing, Standing::Invalid, "{what}");
        assert_eq!(codes(&verdict), ["E710"], "{what}");
        assert_eq!(bench.program(&path), Some(5), "{what}, by the program");
        if with_script {
            assert_eq!(bench.script(&path, true), Some(5), "{what}, by the script");
        }
    }
    assert!(
        evidence::verify(
            &bench.folder.path().join("nowhere.zip"),
            &Anchors::default()
        )
        .is_err()
    );
}

#[cfg(unix)]
#[test]
fn a_link_in_an_unpacked_bundle_is_not_followed() {
    let bench = Bench::new();
    let folder = bench.folder.path().join("linked");
    tamper::unpack(&bench.files(), &folder);
    std::fs::rename(
        folder.join("data/law.json"),
        bench.folder.path().join("law.json"),
    )
    .unwrap();
    std::os::unix::fs::symlink("../../law.json", folder.join("data/law.json")).unwrap();
    assert_eq!(codes(&bench.verify(&folder)), ["E710"]);
}

#[test]
fn no_byte_can_change_unnoticed() {
    let bench = Bench::new();
    let good = std::fs::read(&bench.made.path).unwrap();
    let content = bench.files();
    let path = bench.folder.path().join("flipped.zip");
    let check = |at: usize, bit: u8| {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << bit;
        std::fs::write(&path, &bytes).unwrap();
        let verdict = bench.verify(&path);
        match verdict.standing {
            // Harmless only where every file is still the same, such as in the spare bits behind packed data.
            Standing::Valid => {
                assert_eq!(tamper::files_of(&path), content, "byte {at}, bit {bit}");
            }
            // The signer is known here: whoever bends a byte must not be told as a stranger who sealed well.
            Standing::IntactButSignerUnknown => panic!("byte {at}, bit {bit}: a stranger"),
            Standing::Invalid => {}
        }
    };
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
        cases: 600,
        failure_persistence: None,
        ..Default::default()
    });
    runner
        .run(&(0..good.len(), 0..8u8), |(at, bit)| {
            check(at, bit);
            Ok(())
        })
        .unwrap();
    // The heads and the directory, byte for byte.
    let directory = good.len() - 1400;
    (0..120)
        .chain(directory..good.len())
        .for_each(|at| check(at, 0));
}

#[test]
fn arbitrary_bytes_never_panic() {
    use proptest::prelude::*;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.zip");
    proptest!(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() }, |(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..400), ends in any::<bool>()
    )| {
        if ends {
            bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
            bytes.extend([40, 0, 0, 0, 3, 0, 0, 0, 0, 0]);
        }
        std::fs::write(&path, &bytes).unwrap();
        prop_assert_eq!(evidence::verify(&path, &Anchors::default()).unwrap().standing, Standing::Invalid);
    });
}

/// Behind the form of the zip: every file in its turn holds anything, with its lists rebuilt, so that each reader is reached.
#[test]
fn arbitrary_files_never_panic() {
    use proptest::prelude::*;
    let bench = Bench::new();
    let files = bench.files();
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    let words = [
        &b"{"[..],
        b"}",
        b"[",
        b"]",
        b"\"",
        b":",
        b",",
        b"null",
        b"0",
        b"-1",
        b"\n",
        b"\\",
        b"seq",
        b"n",
        b"event",
        b"\x30\x82",
        b"\xff",
    ];
    proptest!(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() }, |(
        which in 0..names.len(), kept in 0..=1000usize, gone in 0..60usize,
        put in proptest::collection::vec(prop_oneof![
            any::<u8>().prop_map(|byte| vec![byte]),
            (0..words.len()).prop_map(move |at| words[at].to_vec()),
        ], 0..40)
    )| {
        let mut changed = files.clone();
        let bytes = tamper::file_mut(&mut changed, &names[which]);
        let before = bytes.clone();
        let start = bytes.len() * kept / 1000;
        let end = (start + gone).min(bytes.len());
        bytes.splice(start..end, put.concat());
        prop_assume!(*bytes != before);
        let is_listed = !names[which].starts_with("META-INF/") && names[which].contains('/')
            && names[which] != "data/statement.json";
        let changed = match is_listed {
            true => tamper::relist_all(changed),
            false => changed,
        };
        let anchors = Anchors::of_seal(bench.anchors());
        let verdict = evidence::verify::verify_bytes(pack(&changed), &anchors).unwrap();
        prop_assert_eq!(verdict.standing, Standing::Invalid, "{}", names[which]);
    });
}

#[test]
fn a_bundle_that_would_hide_something_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = organisation();
    let refusal = |change: &dyn Fn(&mut Case)| {
        let mut case = Case::new();
        change(&mut case);
        let trouble = evidence::make(
            &case.material(),
            &seal_of(&organisation),
            Witnesses::default(),
            folder.path(),
        )
        .unwrap_err();
        trouble.diagnostics[0].code
    };
    assert_eq!(
        refusal(&|case| {
            case.journal.remove(3);
        }),
        "E704"
    );
    assert_eq!(refusal(&|case| case.journal[2].bytes[20] ^= 1), "E704");
    assert_eq!(
        refusal(&|case| {
            case.plan.steps.pop();
        }),
        "E704"
    );
    assert_eq!(refusal(&|case| case.plan.steps[0].label = None), "E704");
    let case = Case::new();
    let mut without_plan = case.material();
    without_plan.plan = None;
    let trouble = evidence::make(
        &without_plan,
        &seal_of(&organisation),
        Witnesses::default(),
        folder.path(),
    )
    .unwrap_err();
    assert_eq!(trouble.diagnostics[0].code, "E705");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is left behind"
    );

    // A journal that ends in the middle of a run is told, not hidden.
    let events: Vec<_> = material::events(&case.plan).into_iter().take(7).collect();
    let mut cut = Case::new();
    cut.journal = material::journal(&events);
    let made = evidence::make(
        &cut.material(),
        &seal_of(&organisation),
        Witnesses::default(),
        folder.path(),
    )
    .unwrap();
    let kinds: Vec<&str> = made.gaps.iter().map(|gap| gap.kind).collect();
    for kind in [
        "interrupted",
        "unknown",
        "pending",
        "not_accepted",
        "no_time_stamp",
    ] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    let again = evidence::make(
        &cut.material(),
        &seal_of(&organisation),
        Witnesses::default(),
        folder.path(),
    )
    .unwrap_err();
    assert_eq!(again.diagnostics[0].code, "E702");
}

/// What is handed in beside the events, and where a gap could be lost with it: each attempt is refused, or the gap is named all the same.
#[test]
fn no_gap_can_be_lost_with_what_is_handed_in() {
    type Alter = fn(&mut evidence::Material<'_>);
    let refused: [(&str, Alter); 5] = [
        ("a later day of receipt moves the deadline", |m| {
            m.received = jiff::civil::date(2026, 2, 28);
        }),
        ("another operator makes two people of one", |m| {
            m.operator = "op2".into();
        }),
        ("a better way to confirm identity", |m| {
            m.identity_method = "passport".into();
        }),
        ("the plan of nobody", |m| m.plan = None),
        ("the same case under another name", |m| {
            m.case = "2026-ZZZZZZ"
        }),
    ];
    let organisation = organisation();
    let folder = tempfile::tempdir().unwrap();
    let case = Case::new();
    for (what, alter) in refused {
        let mut material = case.material();
        alter(&mut material);
        let made = evidence::make(
            &material,
            &seal_of(&organisation),
            Witnesses::default(),
            folder.path(),
        );
        let code = made.unwrap_err().diagnostics[0].code;
        assert!(["E704", "E705"].contains(&code), "{what}: {code}");
    }
    // A later bundle must say so.
    let earlier = |events: &mut Vec<Event>| {
        events.push(Event::EvidenceMade {
            bundle: dsr::keys::Digest::sha256(b"first"),
            number: 1,
        });
    };
    let mut second = Case::new();
    let mut events = material::events(&second.plan);
    earlier(&mut events);
    second.journal = material::journal(&events);
    for (number, predecessor) in [(1, None), (2, None), (1, Some("first")), (2, Some("other"))] {
        let mut material = second.material();
        material.number = number;
        material.predecessor = predecessor.map(|text| dsr::keys::Digest::sha256(text.as_bytes()));
        let made = evidence::make(
            &material,
            &seal_of(&organisation),
            Witnesses::default(),
            folder.path(),
        );
        assert_eq!(made.unwrap_err().diagnostics[0].code, "E704", "{number}");
    }
    // An answer to a request that was withdrawn, or on another day.
    for closing in [
        dsr::ledger::Closing::Withdrawn,
        dsr::ledger::Closing::Answered,
    ] {
        let mut ended = Case::new();
        let mut events = material::events(&ended.plan);
        events.push(Event::CaseClosed {
            closing: Some(closing),
            operator: Some("op1".into()),
        });
        ended.journal = material::journal(&events);
        let made = evidence::make(
            &ended.material(),
            &seal_of(&organisation),
            Witnesses::default(),
            folder.path(),
        );
        assert_eq!(made.unwrap_err().diagnostics[0].code, "E704", "{closing:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let with = |kind: &str, count: Option<u64>, gaps: Vec<(&'static str, Option<u64>)>| {
        assert!(
            gaps.contains(&(kind, count)),
            "{kind} {count:?} in {gaps:?}"
        );
    };
    let keep = |_: &mut Vec<Event>| {};
    // Two customers were found and one is planned: without the findings the other would vanish.
    with(
        "found_unaccounted",
        Some(1),
        gaps_of(keep, |m| m.findings = None),
    );
    let plain = gaps_of(keep, |_| {});
    assert!(
        plain.iter().all(|(kind, _)| *kind != "found_unaccounted"),
        "{plain:?}"
    );
    with("not_accepted", Some(1), plain);
    with(
        "inventory_missing",
        None,
        gaps_of(keep, |m| m.inventory_extract = serde_json::Value::Null),
    );
    // A day of answer that no event bears out.
    with("answer_not_recorded", None, gaps_of(keep, |_| {}));
    // The request was taken, and the time in which it may take effect was running when the run ended.
    let settling = |events: &mut Vec<Event>| {
        for event in events {
            if let Event::StepEnded {
                step: 1,
                outcome,
                level,
                ..
            } = event
            {
                (*outcome, *level) = (dsr::plan::Outcome::Pending, Some(dsr::plan::Level::L0));
            }
        }
    };
    with("settling", Some(1), gaps_of(settling, |_| {}));
    // Documents that nobody could look into, whether their number is at hand or not.
    let unread = |events: &mut Vec<Event>| {
        if let Event::Searched { systems, .. } = &mut events[2] {
            systems[0].status = dsr::findings::SystemStatus::Incomplete;
            systems[0].error = Some("E574".into());
        }
    };
    with(
        "unread_documents",
        None,
        gaps_of(unread, |m| m.findings = None),
    );
}

/// Gaps of a case whose events and material were changed before the bundle was made.
fn gaps_of(
    change: impl FnOnce(&mut Vec<Event>),
    alter: impl FnOnce(&mut evidence::Material<'_>),
) -> Vec<(&'static str, Option<u64>)> {
    let mut case = Case::new();
    let mut events = material::events(&case.plan);
    change(&mut events);
    case.journal = material::journal(&events);
    let mut material = case.material();
    alter(&mut material);
    let folder = tempfile::tempdir().unwrap();
    let made = evidence::make(
        &material,
        &seal_of(&organisation()),
        Witnesses::default(),
        folder.path(),
    )
    .unwrap();
    let verdict = evidence::verify(&made.path, &Anchors::default()).unwrap();
    assert_eq!(codes(&verdict), ["E746"]);
    assert_eq!(
        verdict.not_proven.len(),
        made.gaps.len(),
        "the verdict repeats every gap"
    );
    made.gaps.iter().map(|gap| (gap.kind, gap.count)).collect()
}

#[test]
fn every_weakness_of_a_case_is_named() {
    let with = |kind: &str, gaps: Vec<(&str, Option<u64>)>| {
        assert!(
            gaps.iter().any(|(own, _)| *own == kind),
            "{kind} in {gaps:?}"
        );
    };
    let keep = |_: &mut Vec<Event>| {};
    let same = |_: &mut evidence::Material<'_>| {};
    let by_operator =
        |material: &mut evidence::Material<'_>| material.approver = Some("op1".to_owned());
    let without = |kind: fn(&Event) -> bool| {
        move |events: &mut Vec<Event>| events.retain(|event| !kind(event))
    };
    let approved = |policy: Approval, by: &'static str| {
        move |events: &mut Vec<Event>| {
            for event in events {
                if let Event::Approved {
                    policy: own,
                    by: who,
                    ..
                } = event
                {
                    (*own, *who) = (policy, by.to_owned());
                }
            }
        }
    };
    let sound = gaps_of(keep, same);
    for kind in [
        "approval_missing",
        "approval_none",
        "identity_not_confirmed",
        "not_answered",
        "no_search",
        "not_applied",
    ] {
        assert!(sound.iter().all(|(own, _)| *own != kind), "{kind}");
    }
    with(
        "approval_none",
        gaps_of(approved(Approval::None, "op1"), by_operator),
    );
    with(
        "approval_missing",
        gaps_of(approved(Approval::FourEyes, "op1"), by_operator),
    );
    with(
        "approval_missing",
        gaps_of(
            without(|event| matches!(event, Event::Approved { .. })),
            |material| material.approver = None,
        ),
    );
    with(
        "identity_not_confirmed",
        gaps_of(
            without(|event| matches!(event, Event::IdentityConfirmed { .. })),
            same,
        ),
    );
    with(
        "no_search",
        gaps_of(
            without(|event| matches!(event, Event::Searched { .. })),
            |material| {
                material.findings = None;
            },
        ),
    );
    with("not_applied", gaps_of(|events| events.truncate(5), same));
    with(
        "not_answered",
        gaps_of(keep, |material| material.answered = None),
    );
    with(
        "changes_not_listed",
        gaps_of(keep, |material| material.number = 2),
    );
    let answers = |change: fn(&mut dsr::ledger::SystemAnswer)| {
        move |events: &mut Vec<Event>| {
            if let Event::Searched { systems, .. } = &mut events[2] {
                systems.iter_mut().for_each(change);
            }
        }
    };
    let objects = gaps_of(answers(|answer| answer.objects.clear()), same);
    assert_eq!(
        objects
            .iter()
            .filter(|(kind, _)| *kind == "not_searched")
            .count(),
        5,
        "an answer without objects"
    );
    let blind = |answer: &mut dsr::ledger::SystemAnswer| {
        answer
            .objects
            .iter_mut()
            .for_each(|object| object.control = dsr::findings::Control::NotFound);
    };
    assert_eq!(
        gaps_of(answers(blind), same)
            .iter()
            .filter(|(kind, _)| *kind == "not_searched")
            .count(),
        10,
        "eight blind objects"
    );
}

#[test]
fn steps_of_an_earlier_plan_are_not_forgotten() {
    let mut earlier = material::plan();
    earlier.day = jiff::civil::date(2026, 11, 1);
    let id = earlier.id();
    let mut gaps = gaps_of(
        |events| {
            let old = material::events(&earlier);
            // Of seven planned steps one was ended and one only begun, before everything was planned again.
            events.splice(3..3, old[3..9].iter().cloned());
        },
        |_| {},
    );
    gaps.retain(|(kind, _)| matches!(*kind, "never_begun" | "interrupted" | "unknown"));
    gaps.sort();
    assert_eq!(
        gaps,
        [
            ("interrupted", None),
            ("never_begun", Some(5)),
            ("unknown", Some(1)),
            ("unknown", Some(1))
        ]
    );
    assert_ne!(id, material::plan().id());
}

#[test]
fn a_search_after_the_erasure_does_not_unmake_what_was_found() {
    let mut case = Case::new();
    let mut events = material::events(&case.plan);
    let Event::Searched { verb, systems, .. } = &mut events[2].clone() else {
        panic!()
    };
    for object in systems.iter_mut().flat_map(|system| &mut system.objects) {
        object.records = 0;
    }
    events.push(Event::Searched {
        back: BTreeMap::new(),
        verb: verb.clone(),
        operator: "op1".into(),
        identities: vec![],
        rounds: 1,
        complete: true,
        systems: systems.clone(),
        reason: None,
    });
    case.journal = material::journal(&events);
    let folder = tempfile::tempdir().unwrap();
    let made = evidence::make(
        &case.material(),
        &seal_of(&organisation()),
        Witnesses::default(),
        folder.path(),
    )
    .unwrap();
    let systems = tamper::file(&files_of(&made.path), "data/systems.jsonl").to_vec();
    let crm = String::from_utf8(systems)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    assert!(
        crm.contains("\"object\":\"contacts\",\"records\":1"),
        "{crm}"
    );
}

/// Written by the first version of the format. It must stay readable; it is never made anew.
#[test]
fn the_golden_bundle_stays_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let pem = std::fs::read_to_string(folder.join("evidence-1.pem")).unwrap();
    let verdict = evidence::verify(
        &folder.join("evidence-1.zip"),
        &Anchors::of_seal(Anchor::from_pem(&pem).unwrap()),
    )
    .unwrap();
    assert_eq!(
        (verdict.standing, codes(&verdict)),
        (Standing::Valid, vec![])
    );
    assert_eq!((verdict.records, verdict.events), (7, 19));
}

/// The first whose inventory says which accounts read and write, and whose bag says until when it may be opened.
#[test]
fn the_golden_bundle_with_accounts_stays_valid_for_dsr_and_for_the_script() {
    let golden = |end: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        folder.join(format!("evidence-8.{end}"))
    };
    let pem = std::fs::read_to_string(golden("pem")).unwrap();
    let key = std::fs::read_to_string(golden("vkey")).unwrap();
    let anchors = Anchors {
        log: vec![dsr::translog::VerifierKey::parse(key.trim()).unwrap()],
        ..Anchors::of_seal(Anchor::from_pem(&pem).unwrap())
    };
    let verdict = evidence::verify(&golden("zip"), &anchors).unwrap();
    assert_eq!(
        (verdict.standing, codes(&verdict)),
        (Standing::Valid, vec![])
    );
    let files = files_of(&golden("zip"));
    let inventory: serde_json::Value =
        serde_json::from_slice(tamper::file(&files, "data/inventory.json")).unwrap();
    let systems = inventory["extract"]["systems"].as_array().unwrap();
    let mut said: Vec<&str> = systems
        .iter()
        .map(|system| system["accounts"].as_str().unwrap())
        .collect();
    said.sort_unstable();
    assert_eq!(said, ["none", "same", "same", "same", "same"]);
    let label = String::from_utf8(tamper::file(&files, "bag-info.txt").to_vec()).unwrap();
    assert!(label.contains("Dsr-Openings-Until: 2029-11-23\n"));
    // Whoever says something else of the accounts is found out.
    let mut changed = files.clone();
    let inventory = tamper::file_mut(&mut changed, "data/inventory.json");
    *inventory = String::from_utf8(inventory.clone())
        .unwrap()
        .replace("\"accounts\":\"same\"", "\"accounts\":\"none\"")
        .into_bytes();
    let changed = evidence::verify::verify_bytes(pack(&changed), &anchors).unwrap();
    assert_eq!(changed.standing, Standing::Invalid);
    if !has_tools() {
        return;
    }
    let script = std::process::Command::new("bash")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/scripts/verify-evidence.sh"
        ))
        .args([golden("zip"), golden("pem")])
        .arg("--log-key")
        .arg(golden("vkey"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&script.stdout);
    assert!(
        script.status.code() == Some(0) && said.contains("Level S0 of S0 to S3: "),
        "{said}"
    );
}
