//! What an auditor has without `dsr`: the commands that a bundle prints, and the script. Both are tried with certificates of every kind, and
//! attacked with what only they could miss.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first surprise and says what it skipped"
)]

#[path = "stock/forged.rs"]
mod forged;
#[path = "evidence/material.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod material;
#[path = "verifier/page.rs"]
mod page;
#[path = "support/stock.rs"]
mod stock;
#[path = "evidence/tamper.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod tamper;
#[path = "support/tsa.rs"]
mod tsa;
#[path = "support/workspace.rs"]
mod workspace;

use std::path::{Path, PathBuf};
use std::process::Command;

use dsr::diagnostic::Diagnostic;
use dsr::evidence::stamp::Request;
use dsr::evidence::{self, Anchor, Anchors, Authority, Standing, Witnesses};
use dsr::keys::Digest;
use material::{Case, seal_of};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use stock::{has_tools, printed, ran, run_printed, script};
use tamper::{Files, files_of, pack};
use tsa::{Kind, Tsa};
use workspace::Company;

struct AtHand<'t>(&'t Tsa);

impl Authority for AtHand<'_> {
    fn stamp(&self, content: &Digest) -> Result<Vec<u8>, Diagnostic> {
        let request = Request::new(*content, None, [3; 8]);
        let reply = self.0.reply(&request.to_der().unwrap());
        request.read(&reply).map(|(token, _)| token)
    }
}

/// A certification authority, and certificates that it issues: the key and the certificate, both PEM.
struct Centre {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Centre {
    fn new() -> Centre {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Trust Centre");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Centre {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    fn issue(&self, organisation: &str) -> (secrecy::SecretString, String) {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::OrganizationName, organisation);
        params
            .distinguished_name
            .push(DnType::CommonName, format!("{organisation} Seal 1"));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().unwrap();
        let own = params.signed_by(&key, &self.issuer).unwrap().pem();
        (key.serialize_pem().into(), own + &self.pem)
    }
}

/// A folder with a bundle, and beside it the certificates that an auditor has.
fn sealed(
    seal: &(secrecy::SecretString, String),
    pinned: &str,
    now: Option<jiff::Timestamp>,
    tsa: Option<&Tsa>,
) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let case = Case::new();
    let mut material = case.material();
    material.now = now.unwrap_or_else(jiff::Timestamp::now);
    material.open_stamp = tsa.map(|tsa| tsa.token(&case.journal[0].bytes));
    let at_hand = tsa.map(AtHand);
    let witnesses = Witnesses {
        time: at_hand.as_ref().map(|one| one as &dyn Authority),
        log: None,
    };
    let made = evidence::make(&material, &seal_of(seal), witnesses, folder.path()).unwrap();
    fs_err::write(folder.path().join("organisation.pem"), pinned).unwrap();
    (folder, made.path)
}

fn instructions(bundle: &Path) -> String {
    let text = tamper::file(&files_of(bundle), "VERIFY.txt").to_vec();
    printed(&String::from_utf8(text).unwrap())
}

#[test]
fn the_printed_commands_hold_for_certificates_of_every_kind() {
    if !has_tools() {
        return;
    }
    let old: jiff::Timestamp = "2010-06-01T12:00:00Z".parse().unwrap();
    let expired = evidence::certificate::make("Acme GmbH", old).unwrap();
    let then = old
        .checked_add(jiff::SignedDuration::from_hours(24))
        .unwrap();
    let own = evidence::certificate::make("Acme GmbH", jiff::Timestamp::now()).unwrap();
    let centre = Centre::new();
    let issued = centre.issue("Acme GmbH");
    let leaf = issued
        .1
        .split_inclusive("-----END CERTIFICATE-----")
        .next()
        .unwrap();
    for (what, seal, pinned, now) in [
        ("of its own", &own, own.1.as_str(), None),
        ("expired since", &expired, &expired.1, Some(then)),
        ("issued, the authority pinned", &issued, &centre.pem, None),
        ("issued, the certificate pinned", &issued, leaf, None),
    ] {
        let (folder, bundle) = sealed(seal, pinned, now, None);
        let commands = instructions(&bundle);
        let (good, said) = run_printed(&commands, folder.path());
        assert!(
            good && said.contains("CAdES Verification successful") && !said.contains("FAIL"),
            "{what}: {said}"
        );
        // What is told as trouble stands behind it here.
        let last = said.lines().rfind(|line| line.starts_with("subject"));
        let last = last.unwrap_or_default();
        assert!(last.contains("Acme GmbH"), "{what}: {said}");
        // Against somebody else's certificate they fail.
        let stranger = evidence::certificate::make("Acme GmbH", jiff::Timestamp::now()).unwrap();
        fs_err::write(folder.path().join("organisation.pem"), &stranger.1).unwrap();
        fs_err::remove_dir_all(folder.path().join("bundle")).unwrap();
        let (good, said) = run_printed(&commands, folder.path());
        assert!(!good && !said.contains("successful"), "{what}: {said}");
    }
}

#[test]
fn the_printed_commands_hold_for_stamps_and_authorities_below_others() {
    if !has_tools() {
        return;
    }
    let Some(tsa) = Tsa::new("Clock", Kind::P256) else {
        return;
    };
    let own = evidence::certificate::make("Acme GmbH", jiff::Timestamp::now()).unwrap();
    // The key of the authority once more, under a certificate that another one issued: no root, and pinned all the same.
    let home = tsa.ca().parent().unwrap().to_owned();
    let make = "openssl ecparam -name prime256v1 -genkey -noout -out above.key &&
        openssl req -x509 -new -key above.key -out above.pem -subj /CN=Above -days 30 -config tsa.cnf -extensions ca &&
        openssl req -new -key ca.key -out below.csr -subj /O=Clock/CN=Root -config tsa.cnf &&
        openssl x509 -req -in below.csr -CA above.pem -CAkey above.key -CAcreateserial -days 30 -extfile tsa.cnf -extensions ca -out below.pem";
    let (code, said) = ran(Command::new("bash")
        .args(["-e", "-c", make])
        .current_dir(&home));
    assert_eq!(code, 0, "{said}");
    let (folder, bundle) = sealed(&own, &own.1, None, Some(&tsa));
    let commands = instructions(&bundle);
    assert!(commands.contains("ts -verify"), "{commands}");
    for name in ["ca.pem", "below.pem"] {
        fs_err::copy(home.join(name), folder.path().join("tsa-ca.pem")).unwrap();
        let (good, said) = run_printed(&commands, folder.path());
        assert!(good && said.contains("Verification: OK"), "{name}: {said}");
        assert!(!said.contains("FAIL"), "{name}: {said}");
        fs_err::remove_dir_all(folder.path().join("bundle")).unwrap();
        let pem = fs_err::read_to_string(home.join(name)).unwrap();
        let anchors = Anchors {
            seal: Anchor::from_pem(&own.1).unwrap(),
            time: Anchor::from_pem(&pem).unwrap(),
            ..Anchors::default()
        };
        let verdict = evidence::verify(&bundle, &anchors).unwrap();
        assert_eq!(verdict.time.clock, evidence::Clock::Stamped, "{name}");
    }
    // Bytes behind the token, which no signature covers.
    let mut files = files_of(&bundle);
    tamper::file_mut(&mut files, "META-INF/timestamp002.tst").extend(b"junk");
    let bent = folder.path().join("bent.zip");
    fs_err::write(&bent, pack(&files)).unwrap();
    let (code, said) = ran(script()
        .arg(&bent)
        .arg(folder.path().join("organisation.pem")));
    assert!(
        code == 5 && said.contains("FAIL META-INF/timestamp002.tst is no time stamp"),
        "{said}"
    );
    let anchors = Anchors::of_seal(Anchor::from_pem(&own.1).unwrap());
    assert_eq!(
        evidence::verify(&bent, &anchors).unwrap().standing,
        Standing::Invalid
    );
}

/// The authority that is pinned vouches for every customer it has: who sealed is said, and that it is another than the controller.
#[test]
fn another_customer_of_the_same_authority_is_named() {
    if !has_tools() {
        return;
    }
    let centre = Centre::new();
    let anchors = Anchors::of_seal(Anchor::from_pem(&centre.pem).unwrap());
    for (organisation, is_other) in [("ACME GmbH", false), ("Mallory Ltd", true)] {
        let (folder, bundle) = sealed(&centre.issue(organisation), &centre.pem, None, None);
        let verdict = evidence::verify(&bundle, &anchors).unwrap();
        assert_eq!(verdict.standing, Standing::Valid);
        let sentence = verdict.sentence();
        assert!(sentence.en.contains(organisation), "{}", sentence.en);
        assert!(sentence.en.contains("issued by an authority you named"));
        let codes: Vec<&str> = verdict.warnings.iter().map(|told| told.code).collect();
        assert_eq!(codes, if is_other { vec!["W340"] } else { vec![] });

        let pinned = folder.path().join("organisation.pem");
        let (code, said) = ran(script().arg(&bundle).arg(&pinned));
        assert_eq!(code, 0, "{said}");
        assert!(
            said.contains(&format!("sealed by O={organisation}")),
            "{said}"
        );
        assert!(
            !said.contains("holder of the certificate you named"),
            "{said}"
        );
        assert_eq!(said.contains("WARNING: "), is_other, "{said}");
        let (_, said) = ran(script().arg(&bundle).arg(&pinned).args(["--lang", "de"]));
        assert!(
            said.contains("GÜLTIG: ") && said.contains(organisation),
            "{said}"
        );
        assert_eq!(said.contains("WARNUNG: "), is_other, "{said}");

        match page::Page::open("en") {
            None => page::skipped(),
            Some(mut page) => {
                page.trust(&pinned);
                assert_eq!(page.verify(&bundle), ("valid".to_owned(), vec![]));
                let shown = page.text();
                assert!(
                    shown.contains("issued by an authority you named"),
                    "{shown}"
                );
                let told = page
                    .browser
                    .value("document.querySelector('#stranger') !== null");
                assert_eq!(told, serde_json::json!(is_other), "{shown}");
            }
        }
        // The certificate itself, pinned, needs no words about others.
        let certificate = centre_leaf(&bundle);
        fs_err::write(&pinned, certificate).unwrap();
        let (code, said) = ran(script().arg(&bundle).arg(&pinned));
        assert!(
            code == 0 && said.contains("holder of the certificate you named"),
            "{said}"
        );
        assert!(!said.contains("WARNING"), "{said}");
    }
}

/// The certificate that sealed a bundle, out of the bundle.
fn centre_leaf(bundle: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let seal = folder.path().join("seal");
    fs_err::write(
        &seal,
        tamper::file(&files_of(bundle), "META-INF/signature001.p7s"),
    )
    .unwrap();
    let output = Command::new("openssl")
        .args(["pkcs7", "-inform", "DER", "-print_certs", "-in"])
        .arg(&seal)
        .output()
        .unwrap();
    let all = String::from_utf8(output.stdout).unwrap();
    let own = all.split_inclusive("-----END CERTIFICATE-----");
    let own = own.filter(|part| part.contains("BEGIN"));
    let mut own: Vec<&str> = own.collect();
    own.retain(|part| {
        !part.contains("subject=CN = Trust Centre") && !part.contains("subject=CN=Trust Centre")
    });
    own[0].to_owned()
}

/// A company with one erased person, and its bundle.
fn erased() -> (Company, PathBuf) {
    let company = Company::new();
    let consent = ["--identity", "letter", "--yes", "--expect", "4"];
    let erase = ["erase", "--email", "anna@example.org"];
    assert_eq!(company.run(&[&erase[..], &consent].concat()).code, 0);
    let bundle = company.path(&format!("evidence/{}.evidence.zip", company.case()));
    (company, bundle)
}

/// The same bundle changed, and sealed anew by somebody whom the auditor takes for the organisation.
fn resealed(
    folder: &Path,
    bundle: &Path,
    change: &dyn Fn(&mut Files, &mut serde_json::Value),
) -> (PathBuf, PathBuf) {
    let own = evidence::certificate::make("Acme GmbH", jiff::Timestamp::now()).unwrap();
    resealed_by(&own, folder, bundle, change)
}

/// The same with a key and a certificate of one's own.
fn resealed_by(
    own: &(secrecy::SecretString, String),
    folder: &Path,
    bundle: &Path,
    change: &dyn Fn(&mut Files, &mut serde_json::Value),
) -> (PathBuf, PathBuf) {
    let fingerprint = match Anchor::from_pem(&own.1).unwrap().remove(0) {
        Anchor::Certificate(own) => evidence::certificate::fingerprint(&own),
        Anchor::Fingerprint(own) => own,
    };
    let mut files = files_of(bundle);
    let said = tamper::file(&files, "data/statement.json").to_vec();
    let mut said: serde_json::Value = serde_json::from_slice(&said).unwrap();
    said["predicate"]["seal"]["certificate"] = serde_json::json!(fingerprint);
    change(&mut files, &mut said);
    *tamper::file_mut(&mut files, "data/statement.json") = dsr::canonical::bytes(&said);
    let mut files = tamper::relist_all(files);
    let at = |name: &str| folder.join(name);
    fs_err::write(
        at("list"),
        tamper::file(&files, "META-INF/ASiCManifest001.xml"),
    )
    .unwrap();
    fs_err::write(at("anew.key"), secrecy::ExposeSecret::expose_secret(&own.0)).unwrap();
    fs_err::write(at("anew.pem"), &own.1).unwrap();
    let (code, said) = ran(Command::new("openssl")
        .args([
            "cms", "-sign", "-binary", "-cades", "-md", "sha256", "-outform", "DER", "-in", "list",
        ])
        .args(["-signer", "anew.pem", "-inkey", "anew.key", "-out", "p7s"])
        .current_dir(folder));
    assert_eq!(code, 0, "{said}");
    *tamper::file_mut(&mut files, "META-INF/signature001.p7s") = fs_err::read(at("p7s")).unwrap();
    let path = at("anew.zip");
    fs_err::write(&path, pack(&files)).unwrap();
    (path, at("anew.pem"))
}

#[test]
fn a_log_that_was_left_out_is_missed() {
    if !has_tools() {
        return;
    }
    let (company, bundle) = erased();
    let (same, certificate) = resealed(&company.path(""), &bundle, &|_, _| ());
    let (code, said) = ran(script().arg(&same).arg(&certificate));
    // Sealed anew, the statement is another than the one in the log; nothing else is wrong with it.
    assert!(
        code == 5 && said.contains("FAIL data/log/case.tlog-proof does not prove"),
        "{said}"
    );
    let (hidden, certificate) = resealed(&company.path(""), &bundle, &|files, said| {
        files.retain(|(name, _)| !name.starts_with("data/log/"));
        said["predicate"].as_object_mut().unwrap().remove("log");
    });
    let (code, said) = ran(script().arg(&hidden).arg(&certificate));
    assert_eq!(code, 5, "{said}");
    assert!(
        said.contains("FAIL the journal says that the case is in a log"),
        "{said}"
    );
    assert!(!said.contains("the seal does not hold"), "{said}");
    let mut page = page::Page::open("en");
    if let Some(page) = &mut page {
        page.trust(&certificate);
        let (standing, reasons) = page.verify(&hidden);
        assert_eq!(standing, "invalid");
        assert!(
            reasons.iter().any(|one| one.starts_with("E736 ")),
            "{reasons:?}"
        );
    } else {
        page::skipped();
    }

    // One that is older than the log is valid, unless somebody asks for the log.
    let golden = |name: &str| page::project(&format!("tests/golden/{name}"));
    let (old, pem) = (golden("evidence-1.zip"), golden("evidence-1.pem"));
    assert_eq!(ran(script().arg(&old).arg(&pem)).0, 0);
    let key = fs_err::read_to_string(golden("evidence-3.vkey")).unwrap();
    let (code, said) = ran(script().arg(&old).arg(&pem).args(["--log-key", key.trim()]));
    assert!(
        code == 5 && said.contains("FAIL the bundle is in no log"),
        "{said}"
    );
    if let Some(page) = &mut page {
        page.trust(&pem);
        page.looked();
        assert_eq!(page.verify(&old).0, "valid");
        page.trust_log(&key);
        page.looked();
        let (standing, reasons) = page.verify(&old);
        assert_eq!(standing, "invalid");
        assert!(reasons[0].starts_with("E765 "), "{reasons:?}");
    }
}

#[test]
fn the_printed_command_checks_the_checkpoint() {
    if !has_tools() {
        return;
    }
    let (company, bundle) = erased();
    let certificate = fs_err::read(company.path(".dsr/keys/seal.cert.pem")).unwrap();
    fs_err::write(company.path("evidence/organisation.pem"), certificate).unwrap();
    let key = company.run(&["evidence", "log", "key", "--pem"]);
    fs_err::write(company.path("evidence/log.pem"), key.out).unwrap();
    let commands = instructions(&bundle);
    let folder = company.path("evidence");
    let (good, said) = run_printed(&commands, &folder);
    assert!(
        good && said.contains("Signature Verified Successfully"),
        "{said}"
    );
    fs_err::remove_dir_all(folder.join("bundle")).unwrap();
    let (other, _) = erased();
    let key = other.run(&["evidence", "log", "key", "--pem"]);
    fs_err::write(company.path("evidence/log.pem"), key.out).unwrap();
    let (good, said) = run_printed(&commands, &folder);
    assert!(!good && !said.contains("Successfully"), "{said}");
}

#[test]
fn the_log_is_followed_across_the_years_without_dsr() {
    if !has_tools() {
        return;
    }
    let (company, _) = erased();
    let print = |name: &str, args: &[&str]| {
        let done = company.run(args);
        assert_eq!(done.code, 0, "{}", done.err);
        company.write(name, &done.out);
        company.path(name)
    };
    let old = print("old", &["evidence", "log", "checkpoint"]);
    let key = print("log.vkey", &["evidence", "log", "key"]);
    let bert = [
        "erase",
        "--email",
        "bert@example.org",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "1",
    ];
    company.run(&bert);
    let now = print("now", &["evidence", "log", "checkpoint"]);
    let proof = print(
        "proof",
        &[
            "evidence",
            "log",
            "consistency",
            "--from",
            old.to_str().unwrap(),
        ],
    );
    let list = print(
        "leaves.csv",
        &["evidence", "log", "leaves", "--format", "csv"],
    );
    let log = |files: &[&Path], keys: &[&str]| ran(script().arg("--log").args(files).args(keys));
    let named = ["--log-key", key.to_str().unwrap()];
    let (code, said) = log(&[&old, &proof], &named);
    assert!(
        code == 0 && said.contains("both signed by the key you named"),
        "{said}"
    );
    let (code, said) = log(&[&old, &now, &list], &named);
    assert!(
        code == 0 && said.contains("are those of both checkpoints"),
        "{said}"
    );
    assert_eq!(log(&[&old, &proof, &list], &[]).0, 4, "nobody's key");
    // As a German program writes it: with semicolons, and a mark in front.
    let german = print(
        "einträge.csv",
        &[
            "evidence", "log", "leaves", "--format", "csv", "--lang", "de",
        ],
    );
    let text = fs_err::read_to_string(&german).unwrap();
    assert!(
        text.contains("\n0;") && !text.starts_with("Entry"),
        "{text}"
    );
    let (code, said) = log(&[&old, &now, &german], &named);
    assert!(
        code == 0 && said.contains("are those of both checkpoints"),
        "{said}"
    );
    let bent = text
        .replacen("\n0;", "\n0;;", 1)
        .replacen("\n1;", "\n2;", 1);
    company.write("verschoben.csv", &bent);
    let bent = company.path("verschoben.csv");
    assert_eq!(log(&[&old, &now, &bent], &named).0, 5, "out of its place");
    assert_eq!(
        log(&[&old, &now], &[]).0,
        2,
        "nothing leads from one to the other"
    );

    let text = fs_err::read_to_string(&list).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() >= 5, "{text}");
    let spoilt = |name: &str, lines: Vec<String>| {
        company.write(name, &(lines.join("\n") + "\n"));
        company.path(name)
    };
    let all = || lines.iter().map(|line| (*line).to_owned());
    let short = spoilt("short.csv", all().take(lines.len() - 1).collect());
    let bent = spoilt(
        "bent.csv",
        all()
            .map(|line| match line.starts_with("1,") {
                true => line[..line.len() - 4].to_owned() + "0000",
                false => line,
            })
            .collect(),
    );
    for list in [&short, &bent] {
        let (code, said) = log(&[&old, &now, list], &named);
        assert_eq!(code, 5, "{said}");
    }
    let holed = spoilt(
        "holed.csv",
        all().filter(|line| !line.starts_with("1,")).collect(),
    );
    let (code, said) = log(&[&old, &now, &holed], &named);
    assert!(
        code == 5 && said.contains("entry 1 is missing in"),
        "{said}"
    );
    // A log that went on from another past.
    let (other, _) = erased();
    let done = other.run(&["evidence", "log", "checkpoint"]).out;
    let own = fs_err::read_to_string(&old).unwrap();
    let forged: Vec<&str> = own.lines().take(2).chain(done.lines().skip(2)).collect();
    let forged = spoilt(
        "forged",
        forged.iter().map(|line| (*line).to_owned()).collect(),
    );
    let (code, said) = log(&[&forged, &proof], &[]);
    assert!(code == 5 && said.contains("entries were changed"), "{said}");
    let (code, said) = ran(script()
        .args(["--lang", "de", "--log"])
        .args([&forged, &now, &list]));
    assert!(code == 5 && said.contains("UNGÜLTIG"), "{said}");
}

#[test]
fn wrong_use_is_no_finding() {
    if !has_tools() {
        return;
    }
    let golden = |name: &str| page::project(&format!("tests/golden/{name}"));
    let bundle = golden("evidence-3.zip");
    let key = fs_err::read_to_string(golden("evidence-3.vkey")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs_err::write(folder.path().join(name), text).unwrap();
        folder.path().join(name)
    };
    let pem = golden("evidence-3.pem");
    for wrong in ["nowhere.vkey", "", "dsr.log/x+00000000+AQ=="] {
        let (code, said) = ran(script().arg(&bundle).arg(&pem).args(["--log-key", wrong]));
        assert_eq!(code, 2, "{wrong}: {said}");
    }
    let other = "dsr.log/other+83f781cb+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n";
    let both = write("both.vkey", &format!("{other}\n{key}"));
    let (code, said) = ran(script().arg(&bundle).arg(&pem).arg("--log-key").arg(&both));
    assert!(
        code == 0 && said.contains("signed by the key you named"),
        "{said}"
    );
    let junk = write("junk.vkey", &format!("{key}\njunk\n"));
    assert_eq!(ran(script().arg(&bundle).arg("--log-key").arg(&junk)).0, 2);
    let no_certificate = write("empty.pem", "");
    for wrong in [Path::new("/dev/null"), &no_certificate, &junk] {
        let (code, said) = ran(script().arg(&bundle).arg(wrong));
        assert_eq!(code, 2, "{}: {said}", wrong.display());
        let (code, said) = ran(script().arg(&bundle).arg(&pem).arg(wrong));
        assert_eq!(code, 2, "{}: {said}", wrong.display());
    }
    assert_eq!(ran(script().arg("--nonsense").arg(&bundle)).0, 2);
}

/// As on macOS: an openssl without -cades before the right one, `shasum` and the `date` of BSD.
#[test]
fn the_tools_of_other_systems_do() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str, text: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.path().join(name);
        fs_err::write(&path, text).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    let find = |name: &str| {
        let said = Command::new("bash")
            .args(["-c", &format!("command -v {name}")])
            .output()
            .unwrap();
        String::from_utf8(said.stdout).unwrap().trim().to_owned()
    };
    for name in [
        "bash", "sed", "awk", "grep", "sort", "find", "cmp", "split", "xargs", "unzip", "cut",
        "head", "tail", "tr", "wc", "od", "cat", "mktemp", "mkdir", "rm", "mv", "cp", "comm",
        "uniq", "paste",
    ] {
        std::os::unix::fs::symlink(find(name), folder.path().join(name)).unwrap();
    }
    let (date, sum, openssl) = (find("date"), find("sha256sum"), find("openssl"));
    place(
        "date",
        &format!(
            "#!/bin/bash\n# date -u -j -f FORMAT TEXT +%s\n[ \"$1 $2 $3\" = '-u -j -f' ] || {{ echo 'date: illegal option' >&2; exit 1; }}\n\
             [ \"$4\" = '%b %e %T %Y %Z' ] || [ \"$4\" = '%Y-%m-%dT%H:%M:%SZ' ] || exit 1\nexec {date} -u -d \"$5\" \"$6\"\n"
        ),
    );
    place(
        "shasum",
        &format!("#!/bin/bash\n[ \"$1 $2\" = '-a 256' ] || exit 1\nshift 2\nexec {sum} \"$@\"\n"),
    );
    place(
        "openssl",
        "#!/bin/bash\necho 'LibreSSL: unknown option' >&2\nexit 1\n",
    );
    let golden = |name: &str| page::project(&format!("tests/golden/{name}"));
    let run = |openssl: Option<&str>| {
        let mut command = script();
        command.env("PATH", folder.path());
        if let Some(openssl) = openssl {
            command.env("OPENSSL", openssl);
        }
        command
            .arg(golden("evidence-2.zip"))
            .arg(golden("evidence-2.pem"))
            .arg(golden("evidence-2-tsa.pem"));
        ran(&mut command)
    };
    let (code, said) = run(None);
    assert!(
        code == 1 && said.contains("OPENSSL=/path/to/openssl"),
        "{said}"
    );
    let (code, said) = run(Some(&openssl));
    assert!(
        code == 0 && said.contains("VALID: ") && !said.contains("FAIL"),
        "{said}"
    );
    assert!(said.contains("by the authority you named"), "{said}");
    let mut whole = script();
    whole
        .arg(golden("evidence-2.zip"))
        .arg(golden("evidence-2.pem"))
        .arg(golden("evidence-2-tsa.pem"));
    assert_eq!(ran(&mut whole).1, said, "and the same words");
    // What opens lines, too.
    let key = fs_err::read_to_string(golden("evidence-7.age-key")).unwrap();
    let opened = decrypted(
        &golden("evidence-7.disclosures.age"),
        &key.trim().parse().unwrap(),
    );
    let openings = folder.path().join("openings.jsonl");
    fs_err::write(&openings, opened).unwrap();
    let mut command = script();
    command.env("PATH", folder.path()).env("OPENSSL", &openssl);
    command.arg(golden("evidence-7.zip")).arg("--openings");
    let (code, said) = ran(command.arg(&openings));
    assert!(code == 4 && said.contains("Opened: all "), "{code} {said}");
}

/// A period with retention runs that were sealed before and after a change of the seal. It must stay readable; it is never made anew.
#[test]
fn the_golden_period_stays_valid_and_its_runs_cannot_be_exchanged() {
    if !has_tools() {
        return;
    }
    let golden = |end: &str| page::project(&format!("tests/golden/evidence-6.{end}"));
    let key = fs_err::read_to_string(golden("vkey")).unwrap();
    let anchors = Anchors {
        seal: Anchor::from_pem(&fs_err::read_to_string(golden("pem")).unwrap()).unwrap(),
        log: vec![dsr::translog::VerifierKey::parse(key.trim()).unwrap()],
        ..Anchors::default()
    };
    let verdict = evidence::verify(&golden("zip"), &anchors).unwrap();
    assert_eq!(verdict.standing, Standing::Valid, "{:?}", verdict.reasons);
    assert!(verdict.followed.is_some() && verdict.log.unwrap().is_key_named);
    let checked = || {
        let mut command = script();
        command.arg(golden("zip")).arg(golden("pem"));
        command
    };
    let (code, said) = ran(checked().arg("--log-key").arg(golden("vkey")));
    assert!(
        code == 0 && said.contains("Retention runs with a sealed statement: 3"),
        "{said}"
    );

    // Whoever seals the container anew has not sealed the runs: the first ones are by the certificate before, the last one by a stranger.
    type Change = fn(&mut Files, &mut serde_json::Value);
    let folder = tempfile::tempdir().unwrap();
    let no_log: Change = |files, said| {
        files.retain(|(name, _)| !name.starts_with("data/log/"));
        said["predicate"].as_object_mut().unwrap().remove("log");
    };
    let cases: [(&str, Change, &str); 7] = [
        (
            "a number that a shell takes for octal",
            |files, _| {
                for (name, bytes) in files {
                    if name.starts_with("data/sweeps/000001") && name.ends_with(".json") {
                        let text = String::from_utf8(bytes.clone()).unwrap();
                        *bytes = text.replace("\"number\":1,", "\"number\":08,").into_bytes();
                    }
                }
            },
            "data/sweeps/000001-S2026-GFT2YF.json is no statement of a retention run",
        ),
        (
            "a run left out and not counted",
            |files, said| {
                files.retain(|(name, _)| !name.starts_with("data/sweeps/000002"));
                said["predicate"]["sweeps"]["count"] = serde_json::json!(2);
            },
            "000003-S2026-W3XB0T.json does not follow the one before it",
        ),
        (
            "nothing but a new seal",
            |_, _| (),
            "the seal over data/sweeps/000003",
        ),
        (
            "another number of runs",
            |_, said| said["predicate"]["sweeps"]["count"] = serde_json::json!(99),
            "the number of retention runs",
        ),
        (
            "a run left out",
            |files, _| files.retain(|(name, _)| !name.starts_with("data/sweeps/000002")),
            "the number of retention runs",
        ),
        (
            "a statement embellished",
            |files, _| {
                for (name, bytes) in files {
                    if name.starts_with("data/sweeps/000001") && name.ends_with(".json") {
                        let text = String::from_utf8(bytes.clone()).unwrap();
                        *bytes = text
                            .replace("\"complete\":true", "\"complete\":null")
                            .into_bytes();
                    }
                }
            },
            "the seal over data/sweeps/000001",
        ),
        (
            "a seal left out",
            |files, _| {
                files.retain(|(name, _)| {
                    !(name.starts_with("data/sweeps/000001") && name.ends_with("p7s"))
                });
            },
            ".p7s is missing",
        ),
    ];
    for (what, change, words) in cases {
        let (path, certificate) = resealed(folder.path(), &golden("zip"), &|files, said| {
            no_log(files, said);
            change(files, said);
        });
        let (code, said) = ran(script().arg(path).arg(certificate));
        assert!(code == 5 && said.contains(words), "{what}: {said}");
    }
}

/// What an auditor's own key makes of the encrypted openings.
fn decrypted(path: &Path, key: &age::x25519::Identity) -> String {
    use std::io::Read as _;
    let sealed = fs_err::read(path).unwrap();
    let opened = age::Decryptor::new(&sealed[..]).unwrap();
    let mut opened = opened
        .decrypt(std::iter::once(key as &dyn age::Identity))
        .unwrap();
    let mut text = String::new();
    opened.read_to_string(&mut text).unwrap();
    text
}

/// The bundle against somebody's openings, by the script.
fn held(bundle: &Path, certificate: &Path, openings: &Path, more: &[&str]) -> (i32, String) {
    let mut script = script();
    script.arg(bundle).arg(certificate).arg("--openings");
    ran(script.arg(openings).args(more))
}

#[test]
fn what_opens_a_bundle_is_held_against_its_lines() {
    if !has_tools() {
        return;
    }
    let (company, bundle) = erased();
    let case = company.case();
    let certificate = company.path(".dsr/keys/seal.cert.pem");
    let key = age::x25519::Identity::generate();
    let public = key.to_public().to_string();
    let disclose = ["evidence", "disclose", &case, "--recipient", &public];
    assert_eq!(company.run(&[&disclose[..], &["--yes"]].concat()).code, 0);
    let sealed = company.path(&format!("evidence/{case}.disclosures.age"));
    let good = decrypted(&sealed, &key);
    let file = company.path("openings.jsonl");
    let told = |text: &str, more: &[&str]| {
        fs_err::write(&file, text).unwrap();
        held(&bundle, &certificate, &file, more)
    };
    let records = good.lines().count() - 1;
    let (code, said) = told(&good, &[]);
    assert_eq!(code, 0, "{said}");
    let words = format!("Opened: all {records} records");
    assert!(said.contains(&words) && said.contains("VALID"), "{said}");
    let (_, said) = told(&good, &["--lang", "de"]);
    let words = format!("Aufgedeckt: alle {records} Datensätze");
    assert!(said.contains(&words), "{said}");

    // One record alone, as it is revealed.
    let reveal = ["evidence", "reveal", &case, "1", "--format", "json"];
    let revealed = company.run(&reveal).out;
    let (code, said) = told(&revealed, &[]);
    assert!(code == 0 && said.contains("Opened: record 1"), "{said}");

    let lines: Vec<&str> = good.lines().collect();
    let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect();
    let other_value = lines[1].replacen("\",\"", "\",\"WyJh", 1);
    let swapped = lines[1..3].iter().rev().zip(["0", "1"]);
    let swapped: Vec<String> = swapped
        .map(|(line, seq)| format!("{},\"seq\":{seq}}}", line.rsplit_once(',').unwrap().0))
        .collect();
    let wrong: [(&str, String); 5] = [
        ("a line is missing", joined(&lines[..records])),
        (
            "another value",
            joined(&[&[lines[0], &other_value], &lines[2..]].concat()),
        ),
        (
            "two records exchanged",
            joined(&[&[lines[0], &swapped[0], &swapped[1]], &lines[3..]].concat()),
        ),
        (
            "a revealed record under another number",
            revealed.replace("\"seq\": 1", "\"seq\": 0"),
        ),
        (
            "a revealed record with one value bent",
            revealed.replacen("\"disclosure\": \"Wy", "\"disclosure\": \"WyJ", 1),
        ),
    ];
    for (what, text) in &wrong {
        let (code, said) = told(text, &[]);
        assert!(
            code == 5 && said.contains("does not open exactly what the record lines commit to"),
            "{what}: {code} {said}"
        );
        let (_, said) = told(text, &["--lang", "de"]);
        assert!(said.contains("FEHLER ") && said.contains("deckt nicht genau"));
    }
    let other = lines[0].replace(
        &lines[0][11..75],
        "00000000000000000000000000000000000000000000000000000000000000aa",
    );
    let (code, said) = told(&joined(&[&[other.as_str()], &lines[1..]].concat()), &[]);
    assert!(
        code == 5 && said.contains("opens another bundle"),
        "{code} {said}"
    );
    // What is none at all is a mistake of whoever asks.
    for (what, text) in [
        ("words", "something else\n".to_owned()),
        ("out of order", joined(&[lines[0], lines[2], lines[1]])),
        (
            "a revealed record without a number",
            revealed.replace("\"seq\"", "\"sequence\""),
        ),
    ] {
        let (code, said) = told(&text, &[]);
        assert!(
            code == 2 && said.contains("holds no openings"),
            "{what}: {code} {said}"
        );
    }
    let (code, said) = held(&bundle, &certificate, &sealed, &[]);
    assert!(
        code == 2 && said.contains("is encrypted: first run age -d"),
        "{code} {said}"
    );
    let period = page::project("tests/golden/evidence-4.zip");
    let (code, said) = held(&period, &certificate, &file, &[]);
    assert!(
        code == 2 && said.contains("a period has no record lines"),
        "{code} {said}"
    );
}

/// The openings in a complete case are held against the bundle in it without being named.
#[test]
fn the_script_holds_the_openings_of_a_complete_case_against_the_bundle_in_it() {
    if !has_tools() {
        return;
    }
    let room = tempfile::tempdir().unwrap();
    let pem = page::project("tests/golden/evidence-3.pem");
    let golden = page::project("tests/golden/evidence-5.zip");
    let (code, said) = ran(script().arg(&golden).arg(&pem).arg("--inner"));
    assert!(
        code == 0 && said.contains("  | Opened: all 5 records"),
        "{code} {said}"
    );
    let mut files = files_of(&golden);
    let openings = tamper::file_mut(&mut files, "data/openings.jsonl");
    let text = String::from_utf8(openings.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    *openings = format!("{}\n", lines[..4].join("\n")).into_bytes();
    let bent = room.path().join("bent.zip");
    fs_err::write(&bent, pack(&tamper::relist_all(files))).unwrap();
    let (code, said) = ran(script().arg(&bent).arg(&pem).arg("--inner"));
    assert!(
        code == 5 && said.contains("does not open exactly"),
        "{code} {said}"
    );
}

/// Bundles and their openings with the keys that read them. They must stay readable; they are never made anew.
#[test]
fn the_golden_openings_open_the_golden_bundle() {
    // Those of the first versions do not say until when they may be kept.
    golden_openings(7, None);
    golden_openings(8, Some("2029-11-23"));
}

fn golden_openings(number: u32, keep_until: Option<&str>) {
    let golden = |end: &str| page::project(&format!("tests/golden/evidence-{number}.{end}"));
    let (bundle, certificate) = (golden("zip"), golden("pem"));
    let pem = fs_err::read_to_string(&certificate).unwrap();
    let anchors = Anchors::of_seal(Anchor::from_pem(&pem).unwrap());
    let verdict = evidence::verify(&bundle, &anchors).unwrap();
    assert_eq!(verdict.standing, Standing::Valid, "{:?}", verdict.reasons);

    let key = fs_err::read_to_string(golden("age-key")).unwrap();
    let openings = decrypted(&golden("disclosures.age"), &key.trim().parse().unwrap());
    let (head, openings) = openings.split_once('\n').unwrap();
    let head: serde_json::Value = serde_json::from_str(head).unwrap();
    assert_eq!(head["schema"], "dsr.disclosures/1");
    assert_eq!(head["keep_until"].as_str(), keep_until);
    assert_eq!(head["bundle"], serde_json::json!(verdict.bundle));
    assert_eq!(head["records"], verdict.records);
    let lines = tamper::file(&files_of(&bundle), "data/records.jsonl").to_vec();
    let lines = String::from_utf8(lines).unwrap();
    assert_eq!(lines.lines().count(), openings.lines().count());
    for (line, opening) in lines.lines().zip(openings.lines()) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let commitments: Vec<String> = serde_json::from_value(line["_sd"].clone()).unwrap();
        let opening: evidence::Opening = serde_json::from_str(opening).unwrap();
        assert_eq!(line["seq"], opening.seq);
        let opened = opening.disclosures.iter();
        let opened = opened.map(|one| evidence::commitment::open(one, &commitments).unwrap().0);
        let opened: Vec<String> = opened.collect();
        assert_eq!(opened, ["record", "key", "categories"]);
    }

    if !has_tools() {
        return;
    }
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("openings.jsonl");
    fs_err::write(&file, openings).unwrap();
    let (code, said) = held(&bundle, &certificate, &file, &[]);
    let words = format!("Opened: all {} records", verdict.records);
    assert!(code == 0 && said.contains(&words), "{code} {said}");
    match page::Page::open("en") {
        None => page::skipped(),
        Some(mut page) => {
            page.trust(&certificate);
            assert_eq!(page.verify(&bundle), ("valid".to_owned(), vec![]));
        }
    }
}
