//! Bundles that a program can read in two ways, and what strangers write into them to be believed or to be shown.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dsr::evidence::{self, Anchor, Anchors, Standing};
use rcgen::{CertificateParams, DnType, KeyPair, KeyUsagePurpose};
use serde_json::{Value, json};

use crate::stock::{has_tools, ran, script};
use crate::tamper::{self, Files, file, file_mut, files_of, pack};
use crate::{Centre, page, resealed, resealed_by, sealed};

type Change = fn(&mut Files, &mut Value);

fn golden(name: &str) -> PathBuf {
    page::project(&format!("tests/golden/{name}"))
}

/// Whether `dsr` calls a file valid that is sealed by this certificate.
fn is_valid(path: &Path, pem: &Path) -> bool {
    let pem = fs_err::read_to_string(pem).unwrap();
    let anchors = Anchors::of_seal(Anchor::from_pem(&pem).unwrap());
    evidence::verify(path, &anchors).unwrap().standing == Standing::Valid
}

/// Without the stamp over the list, which nobody would make anew.
fn unstamped(files: &mut Files) {
    let stamp = ["META-INF/ASiCManifest002.xml", "META-INF/timestamp002.tst"];
    files.retain(|(name, _)| !stamp.contains(&name.as_str()));
}

/// Opens the page, which trusts one certificate.
fn trusting(pem: &Path) -> Option<page::Page> {
    let mut page = page::Page::open("en");
    match &mut page {
        Some(page) => page.trust(pem),
        None => page::skipped(),
    }
    page
}

/// Whether the page and `dsr` call a file valid, each by itself, or neither of them does.
fn all_say(page: &mut Option<page::Page>, path: &Path, pem: &Path, valid: bool, what: &str) {
    assert_eq!(is_valid(path, pem), valid, "{what}, by dsr");
    if let Some(page) = page {
        let (standing, reasons) = page.verify(path);
        assert_eq!(
            standing == "valid",
            valid,
            "{what}, by the page: {reasons:?}"
        );
    }
}

fn edit(files: &mut Files, name: &str, from: &str, to: &str) {
    let bytes = file_mut(files, name);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{name}: {text}");
    *bytes = text.replacen(from, to, 1).into_bytes();
}

#[test]
fn what_the_statement_says_is_read_where_it_stands() {
    if !has_tools() {
        return;
    }
    let cases: [(&str, Change, &str); 7] = [
        ("nothing but a new seal", |_, _| (), ""),
        (
            "another kind, named further inside",
            |_, said| {
                said["predicate"]["zz"] = json!({"predicateType": "urn:dsr:evidence-authority:1"});
            },
            "",
        ),
        (
            "the true counts beside the stated ones",
            |_, said| {
                let said = &mut said["predicate"];
                said["zz"] = json!({"journal": said["journal"], "records": said["records"]});
                said["journal"] = json!({"count": 99, "head": "ab".repeat(32)});
                said["records"]["count"] = json!(500);
            },
            "the journal is not the one of the statement",
        ),
        (
            "a record line without an end",
            |files, _| {
                file_mut(files, "data/records.jsonl").extend(b"{\"seq\":2,\"outcome\":\"failed\"}");
            },
            "data/records.jsonl is no JSON, has a last line without an end",
        ),
        (
            "an event without an end",
            |files, _| file_mut(files, "data/journal.jsonl").extend(b"{\"event\":\"x\"}"),
            "data/journal.jsonl is no JSON, has a last line without an end",
        ),
        (
            "another certificate",
            |_, said| said["predicate"]["seal"]["certificate"] = json!("0".repeat(64)),
            "names another certificate than the one that sealed",
        ),
        (
            "a digest in two spellings of one name",
            |files, _| edit(files, "data/environment.json", "{", "{\"\\u0064sr\":\"9\","),
            "data/environment.json is no JSON",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let own = evidence::certificate::make("Acme GmbH", jiff::Timestamp::now()).unwrap();
    let mut page = None;
    for (what, change, words) in cases {
        let bundle = golden("evidence-1.zip");
        let (path, pem) = resealed_by(&own, folder.path(), &bundle, &change);
        page = page.or_else(|| trusting(&pem));
        let (code, said) = ran(script().arg(&path).arg(&pem));
        assert_eq!(code, if words.is_empty() { 0 } else { 5 }, "{what}: {said}");
        assert!(said.contains(words), "{what}: {said}");
        assert!(!said.contains("the seal does not hold"), "{what}: {said}");
        if !what.starts_with("a digest") {
            all_say(&mut page, &path, &pem, words.is_empty(), what);
        }
    }
}

#[test]
fn a_statement_in_another_form_than_the_canonical_one_is_refused() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spelled.zip");
    for (from, to) in [
        ("{\"_type\":", "{ \"_type\":"),
        ("{\"_type\":", "{\n\"_type\":"),
        ("{\"_type\":", "{\"zz\":1,\"_type\":"),
        ("{\"_type\":", "{\"_typ\\u0065\":"),
        ("{\"_type\":", "{\"_type\":\"\",\"_type\":"),
        ("\"count\":", "\"count\":0"),
        ("\"count\":", "\"count\":1.0,\"countless\":"),
        ("\"count\":", "\"count\"::"),
        ("\"predicate\":{", "\"predicate\":{]"),
        ("\"predicate\":{", "\"predicate\":{\"\":\"\u{1}\","),
        ("}]}", "}]"),
        ("}]}", "}]}}"),
        ("}]}", "}]}\n"),
        ("}]}", "}],\"zz\":\"\\/\"}"),
    ] {
        let mut files = files_of(&golden("evidence-1.zip"));
        edit(&mut files, "data/statement.json", from, to);
        fs_err::write(&path, pack(&tamper::relist_under_statement(files))).unwrap();
        let (code, said) = ran(script().arg(&path));
        assert!(
            code == 5 && said.contains("FAIL data/statement.json is no canonical JSON"),
            "{to:?}: {code} {said}"
        );
    }
    let (_, said) = ran(script().arg(&path).args(["--lang", "de"]));
    assert!(
        said.contains("FEHLER data/statement.json ist kein kanonisches JSON"),
        "{said}"
    );
}

/// For a shell 08 is no number, and a sum with it ends everything around it.
#[test]
fn a_number_with_a_zero_in_front_is_none() {
    if !has_tools() {
        return;
    }
    let cases: [(&str, Change); 3] = [
        ("data/log/case.tlog-proof", |files, _| {
            edit(files, "data/log/case.tlog-proof", "index 1\n", "index 08\n");
            edit(files, "data/log/case.tlog-proof", "\n2\n", "\n9\n");
        }),
        ("data/log/case.tlog-proof", |files, _| {
            edit(files, "data/log/case.tlog-proof", "\n2\n", "\n09\n");
        }),
        ("data/log/opened.tlog-proof", |files, _| {
            edit(
                files,
                "data/log/opened.tlog-proof",
                "index 0\n",
                "index 00\n",
            );
        }),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, change) in cases {
        let (path, pem) = resealed(
            folder.path(),
            &golden("evidence-3.zip"),
            &|files, statement| {
                unstamped(files);
                change(files, statement);
            },
        );
        let (code, said) = ran(script()
            .arg(&path)
            .arg(&pem)
            .arg("--log-key")
            .arg(golden("evidence-3.vkey")));
        assert!(
            code == 5 && said.contains(&format!("FAIL {name} is no proof")),
            "{code} {said}"
        );
    }
    let checkpoint = |name: &str, size: &str| {
        let path = folder.path().join(name);
        let root = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let text = format!("dsr.log/x\n{size}\n{root}\n\n\u{2014} dsr.log/x AAAA\n");
        fs_err::write(&path, text).unwrap();
        path
    };
    let good = checkpoint("good", "7");
    assert_eq!(ran(script().arg("--log").args([&good, &good])).0, 4);
    for size in ["09", "00", "007", "+7", " 7", "7 ", "1e1", "0x7", "-1", ""] {
        let bad = checkpoint("bad", size);
        for files in [[&good, &bad], [&bad, &good]] {
            let (code, said) = ran(script().arg("--log").args(files));
            assert!(
                code == 2 && said.contains("bad holds no checkpoint of a log"),
                "{size:?}: {code} {said}"
            );
        }
    }
}

/// Whatever the cause: a part that was given up half-way never passes for one that found nothing.
#[test]
fn a_check_that_broke_off_is_no_good_one() {
    if !has_tools() {
        return;
    }
    let text = fs_err::read_to_string(page::project("scripts/verify-evidence.sh")).unwrap();
    let ends: Vec<usize> = text.match_indices("\n  ended ").map(|(at, _)| at).collect();
    assert_eq!(ends.len(), 10, "each part says that it came to its end");
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.sh");
    let run = |at: usize, with: &str, args: &[&Path]| {
        let text = format!("{}\n  {with}{}", &text[..at], &text[at..]);
        fs_err::write(&broken, text).unwrap();
        let mut command = Command::new("bash");
        command.arg(&broken).args(args).env("LC_ALL", "C");
        ran(&mut command)
    };
    let (bundle, pem) = (golden("evidence-1.zip"), golden("evidence-1.pem"));
    let whole = [bundle.as_path(), pem.as_path()];
    assert_eq!(run(ends[0], ":", &whole).0, 0);
    for at in &ends {
        let (code, said) = run(*at, "if true; then : $((08)); fi", &whole);
        assert!(
            code == 5 && said.contains("INVALID") && !said.contains("VALID: intact"),
            "{code} {said}"
        );
    }
    let (code, said) = run(ends[4], "exit 0", &whole);
    assert!(
        code == 5 && said.contains("INVALID: the check broke off"),
        "{code} {said}"
    );
    let (code, said) = run(ends[4], "lang=de; : $((08))", &whole);
    assert!(
        code == 5 && said.contains("UNGÜLTIG: Die Prüfung brach vor ihrem Ende ab."),
        "{code} {said}"
    );
    let years = "across_the_years() { # OLD, NEW, LEAVES";
    let at = text.find(years).unwrap() + years.len();
    let key = golden("evidence-3.vkey");
    let (code, said) = run(at, ": $((08))", &[Path::new("--log"), &key, &key]);
    assert!(
        code == 5 && said.contains("INVALID: the check broke off"),
        "{code} {said}"
    );
}

/// Exit code and words of which each line is harmless, and none is without end.
fn harmless(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(dsr::harmless::lines(&said), said);
    assert!(said.lines().all(|line| line.len() <= 2010), "{said}");
    (output.status.code().unwrap(), said)
}

#[test]
fn nothing_that_strangers_wrote_paints_on_a_terminal() {
    if !has_tools() {
        return;
    }
    let paint = "\u{9b}2J\u{9b}H\u{1b}[2J\u{202e}\u{2066}\u{200b}\u{ad}\u{feff}\u{e0041}\u{7f}\nVALID: intact, Grüße";
    let long = "ü".repeat(4000);
    let centre = Centre::new();
    for name in [paint, &long] {
        let (folder, bundle) = sealed(&centre.issue(name), &centre.pem, None, None);
        let pinned = folder.path().join("organisation.pem");
        for language in ["en", "de"] {
            let mut command = script();
            command.arg(&bundle).arg(&pinned).args(["--lang", language]);
            let (code, said) = harmless(&mut command);
            let words = ["authority you named.", "Stelle ausgestellt."];
            let last = said.lines().last().unwrap();
            assert!(
                code == 0 && words.iter().any(|words| last.ends_with(words)),
                "{code} {said}"
            );
            assert!(!said.lines().any(|line| line == "VALID: intact, Grüße"));
            assert!(said.contains("Grüße") || said.contains('…'), "{said}");
        }
    }

    // The name of a log, in what is sealed and in what is not.
    let folder = tempfile::tempdir().unwrap();
    let (path, pem) = resealed(folder.path(), &golden("evidence-3.zip"), &|files, said| {
        unstamped(files);
        files.retain(|(name, _)| !name.starts_with("data/log/opened"));
        let origin = said["predicate"]["log"]["origin"].as_str().unwrap();
        let name = format!("dsr.log/\u{9b}2J\u{202e}{}", "x".repeat(5000));
        edit(files, "data/log/case.tlog-proof", origin, &name);
        said["predicate"]["log"] = json!({"opened": null, "origin": name});
    });
    let (code, said) = harmless(script().arg(&path).arg(&pem));
    assert!(
        code == 5 && said.contains("Log over all cases: entry 1 of 2 in dsr.log/?2J?xxx"),
        "{code} {said}"
    );
    let checkpoint = String::from_utf8(file(&files_of(&path), "data/log/case.tlog-proof").to_vec());
    let checkpoint = checkpoint.unwrap();
    let (_, checkpoint) = checkpoint.split_once("\n\n").unwrap();
    let [own, other] = ["own", "other"].map(|name| folder.path().join(name));
    fs_err::write(&own, checkpoint).unwrap();
    fs_err::write(&other, checkpoint.replacen("dsr.log/", "dsr.log/\u{9b}", 1)).unwrap();
    let (code, said) = harmless(script().arg("--log").args([&own, &other]));
    assert!(code == 2 && said.contains("are of two logs"), "{said}");

    // Files in a folder, whose names no zip has bounded.
    let unpacked = folder.path().join("unpacked");
    tamper::unpack(&files_of(&golden("evidence-1.zip")), &unpacked);
    fs_err::write(
        unpacked.join("data/\u{1b}[2J\u{9b}2J\u{202e}\nVALID: intact"),
        "",
    )
    .unwrap();
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let name = std::ffi::OsStr::from_bytes(b"data/\x9b2J");
        fs_err::write(unpacked.join(name), "").unwrap();
    }
    let (code, said) = harmless(script().arg(&unpacked).arg(golden("evidence-1.pem")));
    assert!(
        code == 5 && said.contains("files were added or are missing: "),
        "{code} {said}"
    );
    assert!(!said.lines().any(|line| line.starts_with("VALID")));
}

#[test]
fn a_certificate_that_is_not_for_sealing_seals_nothing() {
    if !has_tools() {
        return;
    }
    let certificate = |usage: KeyUsagePurpose, key: KeyPair| {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Acme GmbH");
        params.key_usages = vec![usage];
        let pem = params.self_signed(&key).unwrap().pem();
        (key.serialize_pem().into(), pem)
    };
    let p384 = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let p256 = || KeyPair::generate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (what, own, is_good) in [
        (
            "for signing",
            certificate(KeyUsagePurpose::ContentCommitment, p256()),
            true,
        ),
        (
            "for encryption",
            certificate(KeyUsagePurpose::KeyEncipherment, p256()),
            false,
        ),
        (
            "of another curve",
            certificate(KeyUsagePurpose::DigitalSignature, p384),
            false,
        ),
    ] {
        let (path, pem) = resealed_by(&own, folder.path(), &golden("evidence-1.zip"), &|_, _| ());
        assert_eq!(is_valid(&path, &pem), is_good, "{what}");
        let (code, said) = ran(script().arg(&path).arg(&pem));
        assert_eq!(code, if is_good { 0 } else { 5 }, "{what}: {said}");
        let words = "FAIL the certificate is not meant for sealing";
        assert_eq!(said.contains(words), !is_good, "{what}: {said}");
    }
}

/// A zip, and where a file of it begins: its own header and its entry in the directory.
struct Zip {
    bytes: Vec<u8>,
    local: usize,
    central: usize,
}

impl Zip {
    const NAME: &'static [u8] = b"data/records.jsonl";

    fn of(bytes: Vec<u8>) -> Zip {
        let behind = |signature: &[u8; 4], length: usize| {
            (0..bytes.len())
                .find(|at| {
                    bytes[*at..].starts_with(signature)
                        && bytes[at + length..].starts_with(Zip::NAME)
                })
                .unwrap()
        };
        let (local, central) = (behind(b"PK\x03\x04", 30), behind(b"PK\x01\x02", 46));
        Zip {
            bytes,
            local,
            central,
        }
    }

    fn put(&mut self, at: usize, number: u32, size: usize) {
        self.bytes[at..at + size].copy_from_slice(&number.to_le_bytes()[..size]);
    }

    /// The unpacked size, as both headers state it.
    fn says_size(mut self, size: u32) -> Zip {
        self.put(self.local + 22, size, 4);
        self.put(self.central + 24, size, 4);
        self
    }

    /// Something behind the name in the directory; `length` is where its length stands.
    fn adds(mut self, length: usize, what: &[u8]) -> Zip {
        let at = self.central + 46 + Zip::NAME.len();
        self.bytes.splice(at..at, what.iter().copied());
        let added = u32::try_from(what.len()).unwrap();
        self.put(self.central + length, added, 2);
        let end = self.bytes.len() - 22;
        let size = u32::from_le_bytes(self.bytes[end + 12..end + 16].try_into().unwrap());
        self.put(end + 12, size + added, 4);
        self
    }

    /// Bytes that belong to no file, before the directory.
    fn hides(mut self, what: &[u8]) -> Zip {
        let end = self.bytes.len() - 22;
        let start = u32::from_le_bytes(self.bytes[end + 16..end + 20].try_into().unwrap());
        self.put(end + 16, start + u32::try_from(what.len()).unwrap(), 4);
        let at = start as usize;
        self.bytes.splice(at..at, what.iter().copied());
        self
    }
}

#[test]
fn a_zip_that_programs_read_in_two_ways_is_refused() {
    if !has_tools() {
        return;
    }
    let (bundle, pem) = (golden("evidence-1.zip"), golden("evidence-1.pem"));
    let files = files_of(&bundle);
    let size = u64::try_from(file(&files, "data/records.jsonl").len()).unwrap();
    let zip = || Zip::of(pack(&files));
    let elsewhere = [&[1, 0, 8, 0][..], &size.to_le_bytes()].concat();
    let renamed = [&[0x75, 0x70, 6, 0, 1][..], &[0; 4], b"x"].concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two-ways.zip");
    let mut page = trusting(&pem);
    for (what, bytes, is_good) in [
        ("nothing", zip().bytes, true),
        (
            "sizes behind the data",
            tamper::pack_as_stream(&files),
            true,
        ),
        ("a smaller size", zip().says_size(10).bytes, false),
        (
            "the true size elsewhere",
            zip().says_size(u32::MAX).adds(30, &elsewhere).bytes,
            false,
        ),
        ("another name", zip().adds(30, &renamed).bytes, false),
        ("a comment", zip().adds(32, b"see elsewhere").bytes, false),
        ("bytes of no file", zip().hides(&[b'x'; 200]).bytes, false),
    ] {
        fs_err::write(&path, bytes).unwrap();
        all_say(&mut page, &path, &pem, is_good, what);
        let (code, said) = ran(script().arg(&path).arg(&pem));
        assert_eq!(code, if is_good { 0 } else { 5 }, "{what}: {said}");
        let told = said.contains("FAIL the zip has another form than this format")
            || said.contains("FAIL the zip says another thing than it holds");
        assert_eq!(told, !is_good, "{what}: {said}");
    }
}

/// Exit code and words of what has to end soon.
fn soon(args: &[&str], path: &Path) -> (i32, String) {
    let mut command = Command::new("bash");
    // What reads without end is ended by the system at the latest.
    command.args(["-c", "ulimit -t 20; exec bash \"$@\"", "-"]);
    command.arg(page::project("scripts/verify-evidence.sh"));
    command.args(args).arg(path).env("LC_ALL", "C");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{} is read without end", path.display());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    crate::stock::told(&child.wait_with_output().unwrap())
}

#[test]
fn what_is_neither_a_file_nor_a_folder_is_not_read() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    for path in [Path::new("/dev/zero"), Path::new("/dev/null"), &pipe] {
        let (code, said) = soon(&[], path);
        assert!(
            code == 2 && said.contains("is neither a file nor a folder"),
            "{code} {said}"
        );
    }
    let (code, said) = soon(&["--lang", "de"], &pipe);
    assert!(
        code == 2 && said.contains("ist weder eine Datei noch ein Ordner"),
        "{code} {said}"
    );
    // What is a file by another way is one.
    let link = folder.path().join("link.zip");
    std::os::unix::fs::symlink(golden("evidence-1.zip"), &link).unwrap();
    assert_eq!(soon(&[], &link).0, 4);
    let mut empty = fs_err::File::create(folder.path().join("empty.zip")).unwrap();
    empty.flush().unwrap();
    assert_eq!(soon(&[], empty.path()).0, 5);
}
