//! Every kind of evidence with stamp and log, as everybody sees it who may have to judge it.

use std::path::{Path, PathBuf};
use std::process::Command;

use dsr::evidence::{Clock, Standing};
use serde_json::{Value, json};

use crate::tamper::{Files, file, file_mut, files_of, pack, relist_all, unpack};
use crate::tsa::{Kind, Tsa};
use crate::{Bench, codes, json, kinds_of, outsiders, same_on};

const LIST: &str = "META-INF/ASiCManifest002.xml";
const TOKEN: &str = "META-INF/timestamp002.tst";
const SEAL: &str = "META-INF/signature001.p7s";
const PROOF: &str = "data/log/case.tlog-proof";

/// All three kinds, each with its name.
fn containers(bench: &Bench) -> Vec<(&'static str, PathBuf)> {
    let case = bench.erase();
    let (made, period) = bench.period();
    assert_eq!(made["time"]["state"], "stamped", "{made}");
    let mut all = vec![("case", bench.bundle(&case)), ("period", period)];
    if let Some((done, authority)) = bench.authority(&case) {
        let said = crate::parsed(&done);
        assert_eq!(said["time"]["state"], "stamped", "{said}");
        all.push(("authority", authority));
    }
    all
}

#[test]
fn every_kind_is_stamped_and_in_the_log_and_everybody_says_so() {
    for kind in [Kind::Rsa, Kind::P256] {
        let Some(bench) = Bench::new(kind) else {
            return;
        };
        let mut page = bench.page();
        for (kind, path) in containers(&bench) {
            judged(&bench, kind, &path);
            let verdict = bench.verdict(&path);
            same_on(&mut page, &path, &verdict, kind);
            if let Some(page) = &mut page {
                let shown = page.text();
                for words in [
                    "vouched for by",
                    "signed by a key that you named",
                    "Level S1",
                ] {
                    assert!(shown.contains(words), "{kind}: {words}\n{shown}");
                }
                assert!(
                    !shown.contains("is made after this page is sealed"),
                    "{kind}"
                );
                let opened = shown.contains("the stamp of the opening was there to be sealed");
                assert_eq!(opened, kind == "case", "{shown}");
            }
            by_other_programs(&bench, kind, &path);
        }
        if let Some(page) = page {
            page.was_calm();
        }
        crate::ok(&bench.company, &["audit", "log", "--verify"]);
    }
}

/// What `dsr` and the script say.
fn judged(bench: &Bench, kind: &str, path: &Path) {
    let verdict = bench.verdict(path);
    assert_eq!(
        (verdict.standing, codes(&verdict)),
        (Standing::Valid, vec![]),
        "{kind}"
    );
    assert_eq!(verdict.time.clock, Clock::Stamped);
    assert!(verdict.time.seal.is_some() && verdict.time.container.is_some());
    assert_eq!(verdict.time.opened.is_some(), kind == "case");
    let log = verdict.log.unwrap();
    assert!(log.is_key_named);
    assert_eq!(log.opened.is_some(), kind == "case");

    let told = bench.told(path);
    assert_eq!(
        (&told["standing"], &told["kind"]),
        (&json!("valid"), &json!(kind))
    );
    assert_eq!(told["seal_level"], "S1", "{told}");
    let gaps = kinds_of(told["not_proven"].as_array().unwrap());
    for absent in ["time_stamp_beside", "no_time_stamp", "no_log"] {
        assert!(!gaps.contains(&absent), "{kind}: {gaps:?}");
    }
    for there in ["log_is_ours", "log_not_anchored"] {
        assert!(gaps.contains(&there), "{kind}: {gaps:?}");
    }
    // The cover was sealed before the stamp came, and says where it would lie.
    let cover = String::from_utf8(file(&files_of(path), "data/00-COVER.txt").to_vec()).unwrap();
    for words in [
        "META-INF/timestamp002.tst",
        "data/log/case.tlog-proof",
        "S1",
    ] {
        assert!(cover.contains(words), "{kind}: {words}\n{cover}");
    }
    // Without the authority the stamp proves less, and that is said again.
    let mut strangers = bench.anchors();
    strangers.time.clear();
    let verdict = dsr::evidence::verify(path, &strangers).unwrap();
    assert_eq!(verdict.time.clock, Clock::StampedByUnknown);
    assert!(kinds_of(&verdict.not_proven).contains(&"time_stamp_beside"));

    let (code, said) = bench.script(path);
    assert_eq!(code, 0, "{kind}: {said}");
    for words in ["Stamped: ", "Seal stamped: "] {
        let line = said.lines().find(|line| line.starts_with(words));
        assert!(
            line.is_some_and(|l| l.ends_with("by the authority you named")),
            "{kind}: {said}"
        );
    }
    assert!(
        said.contains("signed by the key you named"),
        "{kind}: {said}"
    );
}

/// OpenSSL, bagit and pyHanko, and the commands that are printed in the container.
fn by_other_programs(bench: &Bench, kind: &str, path: &Path) {
    let room = tempfile::tempdir().unwrap();
    let folder = room.path().join("bundle");
    unpack(&files_of(path), &folder);
    let (certificate, tsa) = (bench.certificate(), bench.tsa.ca());
    for (who, found, words) in [
        (
            "OpenSSL, the seal",
            outsiders::openssl_seal(&folder, &certificate),
            "CAdES Verification successful",
        ),
        (
            "OpenSSL, the time",
            outsiders::openssl_time(&folder, &tsa),
            "Verification: OK",
        ),
        ("bagit", outsiders::bagit(&folder), "is valid"),
        (
            "pyHanko",
            outsiders::pyhanko(&folder, &certificate, Some(&tsa)),
            "judged VALID",
        ),
    ] {
        if let Some((good, said)) = found {
            assert!(good && said.contains(words), "{kind}, {who}: {said}");
        }
    }
    // Each of them also sees what it looks at when it was changed.
    fs_err::write(folder.join("data/environment.json"), b"{}").unwrap();
    fs_err::write(folder.join("META-INF/ASiCManifest002.xml"), b"<a/>").unwrap();
    let list = folder.join("META-INF/ASiCManifest001.xml");
    let text = fs_err::read_to_string(&list).unwrap();
    fs_err::write(&list, text.replace("VERIFY.txt", "VERIFY.tyt")).unwrap();
    for (who, found) in [
        (
            "OpenSSL, the seal",
            outsiders::openssl_seal(&folder, &certificate),
        ),
        ("OpenSSL, the time", outsiders::openssl_time(&folder, &tsa)),
        ("bagit", outsiders::bagit(&folder)),
        (
            "pyHanko",
            outsiders::pyhanko(&folder, &certificate, Some(&tsa)),
        ),
    ] {
        if let Some((good, said)) = found {
            assert!(!good || said.contains("INVALID"), "{kind}, {who}: {said}");
        }
    }

    let text = String::from_utf8(file(&files_of(path), "VERIFY.txt").to_vec()).unwrap();
    let commands: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("    mkdir"))
        .take_while(|line| !line.contains("Get-Content"))
        .filter(|line| line.starts_with("    "))
        .collect();
    assert!(commands.len() > 8, "{kind}: {text}");
    let at_hand = |name: &str, from: &Path| {
        fs_err::copy(from, room.path().join(name)).unwrap();
    };
    fs_err::remove_dir_all(&folder).unwrap();
    let zip = commands[0].rsplit("../").next().unwrap();
    at_hand(zip, path);
    at_hand("organisation.pem", &certificate);
    at_hand("tsa-ca.pem", &tsa);
    let key = bench.company.run(&["evidence", "log", "key", "--pem"]);
    fs_err::write(room.path().join("log.pem"), key.out).unwrap();
    let ran = Command::new("bash")
        .args(["-e", "-c", &commands.join("\n")])
        .current_dir(room.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    assert!(
        ran.status.success() && !said.contains("FAIL"),
        "{kind}: {said}"
    );
    for words in [
        "CAdES Verification successful",
        "Verification: OK",
        "Time stamp: ",
    ] {
        assert!(said.contains(words), "{kind}: {words}\n{said}");
    }
}

/// What can be done to stamp and log of a container without its key.
#[test]
fn every_tampering_with_time_and_log_of_every_kind_is_detected() {
    let Some(bench) = Bench::new(Kind::P256) else {
        return;
    };
    let mut page = bench.page();
    let all = containers(&bench);
    let stranger = Tsa::new("Clock", Kind::P256).unwrap();
    for (at, (kind, path)) in all.iter().enumerate() {
        let own = files_of(path);
        let other = files_of(&all[(at + 1) % all.len()].1);
        let edit = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
            let mut files = own.clone();
            change(file_mut(&mut files, name));
            files
        };
        let foreign = |name: &str| edit(name, &|bytes| *bytes = file(&other, name).to_vec());
        let without = |gone: &str| -> Files {
            let left = own.iter().filter(|(name, _)| name != gone);
            left.cloned().collect()
        };
        let unlogged = edit("data/statement.json", &|bytes| {
            let mut said: Value = serde_json::from_slice(bytes).unwrap();
            said["predicate"].as_object_mut().unwrap().remove("log");
            *bytes = dsr::canonical::bytes(&said);
        });
        let raised = edit("data/statement.json", &|bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text
                .replace("\"level\":\"S1\"", "\"level\":\"S7\"")
                .into_bytes();
        });
        let cases: Vec<(&str, Files, &[&str])> = vec![
            ("token of another container", foreign(TOKEN), &["E716"]),
            (
                "stamped list of another container",
                foreign(LIST),
                &["E718"],
            ),
            ("seal of another container", foreign(SEAL), &["E742"]),
            ("token removed", without(TOKEN), &["E718"]),
            ("stamped list removed", without(LIST), &["E718"]),
            ("token cut", edit(TOKEN, &|b| b.truncate(60)), &["E715"]),
            (
                "token bent",
                edit(TOKEN, &|b| {
                    let at = b.len() - 3;
                    b[at] ^= 1;
                }),
                &["E717"],
            ),
            (
                "token of a stranger over something else",
                edit(TOKEN, &|b| *b = stranger.token(b"else")),
                &["E716"],
            ),
            (
                "proof of another container",
                foreign(PROOF),
                &["E672", "E724"],
            ),
            ("proof removed", without(PROOF), &["E671", "E712"]),
            (
                "proof bent",
                edit(PROOF, &|b| *b = b"c2sp.org/tlog-proof@v1\n".to_vec()),
                &["E671", "E724"],
            ),
            (
                "log not spoken of, lists rebuilt",
                relist_all(unlogged),
                &["E671", "E742"],
            ),
            (
                "no level of ours, lists rebuilt",
                relist_all(raised),
                &["E733", "E742"],
            ),
        ];
        for (number, (what, files, expected)) in cases.iter().enumerate() {
            let what = format!("{kind}: {what}");
            let tampered = bench.company.path(&format!("tampered-{number}.zip"));
            fs_err::write(&tampered, pack(files)).unwrap();
            let verdict = bench.verdict(&tampered);
            assert_eq!(verdict.standing, Standing::Invalid, "{what}");
            let found = codes(&verdict);
            for code in *expected {
                assert!(
                    found.contains(code),
                    "{what}: {code} is not among {found:?}"
                );
            }
            same_on(&mut page, &tampered, &verdict, &what);
            let (code, said) = bench.script(&tampered);
            assert_eq!(code, 5, "{what}, by the script: {said}");
        }
        // What nobody signed can be taken away; what is left is told.
        let bare: Files = own
            .iter()
            .filter(|(name, _)| ![TOKEN, LIST].contains(&name.as_str()))
            .cloned()
            .collect();
        let path = bench.company.path("bare.zip");
        fs_err::write(&path, pack(&bare)).unwrap();
        let verdict = bench.verdict(&path);
        assert_eq!(verdict.standing, Standing::Valid, "{kind}");
        assert!(verdict.time.container.is_none() && verdict.time.seal.is_some());
        same_on(&mut page, &path, &verdict, kind);
    }
}

/// The log over all cases holds an entry for each container, and each can be asked for.
#[test]
fn containers_have_entries_of_their_own_in_the_log() {
    let Some(bench) = Bench::new(Kind::P256) else {
        return;
    };
    let all = containers(&bench);
    let listed = json(&bench.company, &["evidence", "log", "leaves"]);
    let leaves: Vec<(&Value, bool)> = listed["leaves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|leaf| (&leaf["of"], leaf["case"].is_null()))
        .collect();
    let mut expected = vec![("opened", false), ("statement", false), ("period", true)];
    if all.len() == 3 {
        expected.extend([("statement", false), ("authority", false)]);
    }
    let expected: Vec<(Value, bool)> = expected
        .into_iter()
        .map(|(of, bare)| (json!(of), bare))
        .collect();
    assert_eq!(
        leaves,
        expected
            .iter()
            .map(|(of, bare)| (of, *bare))
            .collect::<Vec<_>>()
    );
    for lang in ["en", "de"] {
        let shown = crate::ok(
            &bench.company,
            &["evidence", "log", "leaves", "--lang", lang],
        );
        let word = if lang == "en" {
            "period told"
        } else {
            "Zeitraum belegt"
        };
        assert!(shown.out.contains(word), "{}", shown.out);
    }
    for (number, (kind, path)) in [(1, &all[0]), (2, &all[1])] {
        let log = bench.verdict(path).log.unwrap();
        assert_eq!(log.index, number, "{kind}");
    }
    if let Some((kind, path)) = all.get(2) {
        assert_eq!(bench.verdict(path).log.unwrap().index, 4, "{kind}");
        let case = bench.company.case();
        let history = crate::ok(&bench.company, &["case", "show", &case]);
        for words in [
            "complete case for an authority entered in the log",
            "the complete case for an authority was stamped by",
        ] {
            assert!(history.out.contains(words), "{}", history.out);
        }
        // The next bundle's journal holds these events too, and is read everywhere.
        let made = json(&bench.company, &["evidence", "make", &case]);
        let path = bench.company.path("").join(made["path"].as_str().unwrap());
        let verdict = bench.verdict(&path);
        assert_eq!(verdict.standing, Standing::Valid);
        let mut page = bench.page();
        same_on(&mut page, &path, &verdict, "the next bundle");
        if let Some(page) = &mut page {
            let shown = page.text();
            assert!(
                shown.contains("the complete case for an authority was stamped by"),
                "{shown}"
            );
        }
        assert_eq!(bench.script(&path).0, 0);
    }
}
