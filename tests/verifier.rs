//! The verifier in one HTML file, in the browser it is made for: it says what `dsr` says of every bundle that we know how to spoil, it
//! asks for nothing, and nothing in a bundle has power over it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first surprise and says what it skipped"
)]

#[path = "evidence/forgeries.rs"]
#[allow(dead_code, reason = "shared with tests/evidence.rs")]
mod forgeries;
#[path = "evidence/material.rs"]
#[allow(dead_code, reason = "shared with tests/evidence.rs")]
mod material;
#[path = "verifier/page.rs"]
mod page;
#[path = "evidence/tamper.rs"]
#[allow(dead_code, reason = "shared with tests/evidence.rs")]
mod tamper;
#[path = "evidence/tamperings.rs"]
mod tamperings;
#[path = "support/workspace.rs"]
mod workspace;

use std::path::{Path, PathBuf};
use std::process::Command;

use dsr::evidence::{self, Anchor, Anchors, Witnesses};
use dsr::ledger::Event;
use material::{Case, organisation, seal_of};
use page::{Page, project, said, skipped};
use serde_json::json;
use tamper::{Files, files_of, pack};

/// A bundle of this case, and the certificate that sealed it.
fn made(
    case: &Case,
    folder: &Path,
    change: impl FnOnce(&mut evidence::Material<'_>),
) -> (PathBuf, String) {
    made_by(&organisation(), case, folder, change)
}

fn made_by(
    organisation: &(secrecy::SecretString, String),
    case: &Case,
    folder: &Path,
    change: impl FnOnce(&mut evidence::Material<'_>),
) -> (PathBuf, String) {
    let mut material = case.material();
    change(&mut material);
    let made = evidence::make(
        &material,
        &seal_of(organisation),
        Witnesses::default(),
        folder,
    )
    .unwrap();
    (made.path, organisation.1.clone())
}

#[test]
fn the_page_says_of_every_bundle_what_dsr_says() {
    let Some(mut page) = Page::open("en") else {
        return skipped();
    };
    let room = tempfile::tempdir().unwrap();
    let organisation = organisation();
    let (path, certificate) = made_by(&organisation, &Case::new(), room.path(), |_| {});
    let key = secrecy::ExposeSecret::expose_secret(&organisation.0).to_owned();
    let elsewhere = tempfile::tempdir().unwrap();
    let (other_path, other_certificate) = made(&Case::new(), elsewhere.path(), |_| {});
    let anchors = Anchors::of_seal(Anchor::from_pem(&certificate).unwrap());
    let (good, files) = (std::fs::read(&path).unwrap(), files_of(&path));

    // Nobody is trusted yet.
    let unknown = evidence::verify(&path, &Anchors::default()).unwrap();
    assert_eq!(page.verify(&path), said(&unknown, false));
    let fingerprint = page
        .browser
        .value("document.querySelector('#fingerprint').textContent");
    let spoken = evidence::certificate::spoken(&unknown.fingerprint.unwrap());
    let compact = |words: &str| words.split_whitespace().collect::<String>();
    assert_eq!(compact(fingerprint.as_str().unwrap()), compact(&spoken));

    let pem = room.path().join("organisation.pem");
    std::fs::write(&pem, &certificate).unwrap();
    page.trust(&pem);
    // The file that is there is looked at again.
    page.looked();
    assert_eq!(page.verify(&path), ("valid".to_owned(), vec![]));
    let stranger = evidence::verify(&other_path, &anchors).unwrap();
    assert_eq!(page.verify(&other_path), said(&stranger, false));

    let tampered = tamperings::tamperings(&files, &files_of(&other_path), &other_certificate);
    let tampered = tampered
        .into_iter()
        .map(|(what, files, _)| (what, pack(&files)));
    let resealed = tamperings::resealed(&files, &key, &certificate);
    let resealed = resealed
        .into_iter()
        .map(|(what, files, ..)| (what, pack(&files)));
    let hostile = tamperings::hostile_zips(&good, &files);
    let later: Files = [
        files.clone(),
        vec![("META-INF/evidencerecord001.ers".into(), b"later".to_vec())],
    ]
    .concat();
    let more = [
        (
            "extended by another program",
            tamper::pack_as_stream(&later),
        ),
        (
            "record line of another kind",
            spoil(&files, "data/records.jsonl", "\"seq\":0", "\"seq\":0.5"),
        ),
        (
            "the same member twice",
            spoil(
                &files,
                "data/records.jsonl",
                "\"seq\":0",
                "\"seq\":0,\"seq\":0",
            ),
        ),
        (
            "no outcome of ours",
            spoil(
                &files,
                "data/records.jsonl",
                "\"outcome\":\"held\"",
                "\"outcome\":\"<b>x</b>\"",
            ),
        ),
        (
            "a statement of another kind",
            spoil(&files, "data/statement.json", "in-toto.io", "in-tato.io"),
        ),
        (
            "a statement that is none",
            spoil(&files, "data/statement.json", "\"_type\"", "\"type\""),
        ),
        ("nested deeply", {
            let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
            spoil(
                &files,
                "data/statement.json",
                "{\"_type\"",
                &format!("{{\"a\":{deep},\"_type\""),
            )
        }),
        (
            "a journal line without end",
            spoil(
                &files,
                "data/journal.jsonl",
                "\"case_opened\"",
                &"x".repeat(2 << 20),
            ),
        ),
        (
            "the list in another form",
            spoil(
                &files,
                "META-INF/ASiCManifest001.xml",
                "<asic:SigReference",
                "<asic:SigReference ",
            ),
        ),
    ];
    let cases: Vec<(&str, Vec<u8>)> = tampered
        .chain(resealed)
        .chain(hostile)
        .chain(more)
        .collect();
    assert!(cases.len() >= 60);
    let file = room.path().join("case.zip");
    for (what, bytes) in &cases {
        std::fs::write(&file, bytes).unwrap();
        let verdict = evidence::verify(&file, &anchors).unwrap();
        assert_eq!(page.verify(&file), said(&verdict, false), "{what}");
    }
    // The same words in the other language.
    page.browser
        .value("document.querySelector('[data-lang=de]').click()");
    for (what, bytes) in cases.iter().step_by(5) {
        std::fs::write(&file, bytes).unwrap();
        let verdict = evidence::verify(&file, &anchors).unwrap();
        assert_eq!(page.verify(&file), said(&verdict, true), "{what}");
    }
    page.was_calm();
    // To be looked at by people.
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verifier");
    std::fs::create_dir_all(&pictures).unwrap();
    for lang in ["de", "en"] {
        let choose = format!("document.querySelector('[data-lang={lang}]').click()");
        page.browser.value(&choose);
        for (name, bundle) in [
            ("valid", &path),
            ("unknown", &other_path),
            ("invalid", &file),
        ] {
            page.verify(bundle);
            let to = pictures.join(format!("{name}.{lang}.png"));
            page.browser.picture(&to);
        }
    }
}

/// The holder of the key contradicts the files: everything is listed and sealed anew.
#[test]
fn the_page_holds_a_statement_against_its_files_as_dsr_does() {
    let Some(mut page) = Page::open("en") else {
        return skipped();
    };
    let room = tempfile::tempdir().unwrap();
    let organisation = organisation();
    let (path, certificate) = made_by(&organisation, &Case::new(), room.path(), |_| {});
    let anchors = Anchors::of_seal(Anchor::from_pem(&certificate).unwrap());
    let pem = room.path().join("organisation.pem");
    std::fs::write(&pem, &certificate).unwrap();
    page.trust(&pem);
    let file = room.path().join("forged.zip");
    let forgeries = forgeries::all(&files_of(&path));
    assert!(forgeries.len() >= 45, "{}", forgeries.len());
    let mut seen = std::collections::BTreeSet::new();
    for (what, files) in forgeries {
        std::fs::write(
            &file,
            pack(&tamper::seal_anew(files, &seal_of(&organisation))),
        )
        .unwrap();
        let mut verdict = evidence::verify(&file, &anchors).unwrap();
        // The page says itself that it does not compare the cover.
        if verdict.reasons.iter().all(|reason| reason.code == "E896") {
            verdict.reasons.clear();
            verdict.standing = evidence::Standing::Valid;
        }
        assert_eq!(page.verify(&file), said(&verdict, false), "{what}");
        assert_eq!(page.gaps(), verdict.not_proven.len(), "{what}");
        seen.extend(verdict.reasons.iter().map(|reason| reason.code));
    }
    assert!(seen.is_superset(&["E732", "E734", "E737", "E738"].into()));
    page.was_calm();
}

/// One file changed, and all lists rebuilt that can be without the key.
fn spoil(files: &Files, name: &str, from: &str, to: &str) -> Vec<u8> {
    let mut files = files.clone();
    let text = String::from_utf8(tamper::file(&files, name).to_vec()).unwrap();
    assert!(text.contains(from), "{from} in {name}");
    *tamper::file_mut(&mut files, name) = text.replacen(from, to, 1).into_bytes();
    let rebuilt = name.starts_with("data/") && name != "data/statement.json";
    pack(&if rebuilt {
        tamper::relist_all(files)
    } else {
        files
    })
}

#[test]
fn a_bundle_is_dropped_in_and_a_certificate_too() {
    let Some(mut page) = Page::open("en") else {
        return skipped();
    };
    let (zip, pem) = (
        project("tests/golden/evidence-1.zip"),
        project("tests/golden/evidence-1.pem"),
    );
    page.drop(&[&zip]);
    assert_eq!(page.standing(), "intact_but_signer_unknown");
    page.drop(&[&pem]);
    assert_eq!(page.standing(), "valid");
    page.drop(&[
        &project("tests/golden/evidence-1.pem"),
        &project("tests/golden/evidence-2.zip"),
    ]);
    assert_eq!(page.standing(), "intact_but_signer_unknown");
    page.was_calm();
}

#[test]
fn the_golden_bundle_stays_valid() {
    let Some(mut page) = Page::open("de") else {
        return skipped();
    };
    page.trust(&project("tests/golden/evidence-1.pem"));
    let (standing, reasons) = page.verify(&project("tests/golden/evidence-1.zip"));
    assert_eq!((standing.as_str(), reasons), ("valid", vec![]));
    let shown = page.browser.value("document.body.innerText");
    let shown = shown.as_str().unwrap();
    for words in [
        "NICHT BEWIESEN",
        "2026-K7QF3M",
        "warehouse steht im Inventar",
        "eröffnet von op1",
        "06:D0:85:73",
        "crm.contacts",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    page.trust(&project("tests/golden/evidence-8.pem"));
    page.looked();
    let (standing, reasons) = page.verify(&project("tests/golden/evidence-8.zip"));
    assert_eq!((standing.as_str(), reasons), ("valid", vec![]));
    // What is kept has no level, and is not called unproven.
    let rows = page.browser.value(
        "[...document.querySelectorAll('tr')].map((row) => [...row.cells].map((cell) => cell.textContent).join('|')).join('\\n')",
    );
    let rows = rows.as_str().unwrap();
    for row in [
        "shop.invoices|1|aufbewahrt|-",
        "desk|durchsucht|4|Kontrollperson gefunden: users, tickets",
    ] {
        assert!(rows.contains(row), "{row}\n{rows}");
    }
    page.was_calm();
}

/// On a telephone nothing runs out of the page, and each cell stands behind the word over its column.
#[test]
fn a_narrow_screen_shows_everything() {
    let Some(mut page) = Page::open("de") else {
        return skipped();
    };
    page.browser.wide(360);
    page.trust(&project("tests/golden/evidence-8.pem"));
    let (standing, _) = page.verify(&project("tests/golden/evidence-8.zip"));
    assert_eq!(standing, "valid");
    let fits = "document.documentElement.scrollWidth <= 360 && [...document.querySelectorAll('.wide')].every((one) => one.scrollWidth <= one.clientWidth)";
    assert_eq!(page.browser.value(fits), true);
    let words = "[...document.querySelectorAll('td')].every((cell) => cell.dataset.head !== '' && ['grid', 'none'].includes(getComputedStyle(cell).display))";
    assert_eq!(page.browser.value(words), true);
}

/// Words that would run, load, hide or turn something if they were more than words.
const HOSTILE: [&str; 8] = [
    "<script>window.owned = 1</script>",
    "<img src=x onerror=\"window.owned = 2\">",
    "</script><script>window.owned = 3</script>",
    "<svg onload=window.owned=4>",
    "javascript:window.owned=5",
    "\u{202e}gnitirw\u{2066} lortnoc \u{7}\u{0}\u{1b}[2J",
    "<meta http-equiv=refresh content=0;url=https://example.org>",
    "{{constructor.constructor('window.owned=6')()}}",
];

#[test]
fn nothing_in_a_bundle_has_power_over_the_page() {
    let Some(mut page) = Page::open("en") else {
        return skipped();
    };
    let room = tempfile::tempdir().unwrap();
    let mut case = Case::new();
    let mut events = material::events(&case.plan);
    let (mut identity, mut approver) = (String::new(), String::new());
    for (at, event) in events.iter_mut().enumerate() {
        let bad = HOSTILE[at % HOSTILE.len()].to_owned();
        match event {
            Event::CaseOpened {
                channel,
                operator,
                rights,
                ..
            } => {
                (*channel, *operator) = (bad.clone(), bad.clone());
                rights.push(bad);
            }
            Event::IdentityConfirmed { method, operator } => {
                identity = bad.clone();
                (*method, *operator) = (bad.clone(), bad)
            }
            Event::Searched { systems, .. } => {
                for (at, system) in systems.iter_mut().enumerate() {
                    system.error = Some(HOSTILE[at % HOSTILE.len()].to_owned());
                }
            }
            Event::Approved { by, .. } => {
                approver = bad.clone();
                *by = bad;
            }
            _ => {}
        }
    }
    let long = "x".repeat(300_000);
    events.push(Event::Noted {
        note: dsr::keys::Digest([7; 32]),
        operator: long,
    });
    case.journal = material::journal(&events);
    let (path, certificate) = made(&case, room.path(), |material| {
        material.controller = HOSTILE.concat();
        material.contact = Some(HOSTILE[1].to_owned());
        material.operator = HOSTILE[0].to_owned();
        material.identity_method.clone_from(&identity);
        material.approver = Some(approver.clone());
    });
    let pem = room.path().join("organisation.pem");
    std::fs::write(&pem, &certificate).unwrap();
    page.trust(&pem);
    let scripts = page.browser.value("document.scripts.length");
    let anchors = Anchors::of_seal(Anchor::from_pem(&certificate).unwrap());
    let file = room
        .path()
        .join("\u{202e}<script>window.owned=7<\u{2215}script>.zip");
    std::fs::copy(&path, &file).unwrap();
    for lang in ["en", "de"] {
        page.browser.value(&format!(
            "document.querySelector('[data-lang={lang}]').click()"
        ));
        let verdict = evidence::verify(&path, &anchors).unwrap();
        assert_eq!(page.verify(&file), said(&verdict, lang == "de"));
        let shown = page.browser.value("document.body.innerText");
        let shown = shown.as_str().unwrap();
        assert!(
            shown.contains("<script>window.owned = 1</script>"),
            "shown as words"
        );
        for bad in ['\u{202e}', '\u{2066}', '\u{7}', '\u{1b}'] {
            assert!(!shown.contains(bad), "{bad:?}");
        }
        assert!(shown.len() < 60_000, "{}", shown.len());
        for (what, expected) in [
            ("document.scripts.length", scripts.clone()),
            ("window.owned === undefined", json!(true)),
            (
                "document.querySelectorAll('img, svg, iframe, object, embed, link, base, form[action]').length",
                json!(0),
            ),
            (
                "document.querySelectorAll('meta[http-equiv]').length",
                json!(1),
            ),
        ] {
            assert_eq!(page.browser.value(what), expected, "{what}");
        }
    }
    page.was_calm();
    // The policy alone would stop a script, and a way out.
    let ran = page.browser.value(
        "(() => { try { const one = document.createElement('script'); one.textContent = 'window.owned = 8'; document.body.append(one); } catch {} return window.owned === undefined; })()",
    );
    assert_eq!(ran, json!(true));
    let left = page
        .browser
        .value("fetch('https://example.org/').then(() => 'left', () => 'kept')");
    assert_eq!(left, json!("kept"));
}

#[test]
fn many_records_are_counted_and_few_are_shown() {
    let Some(mut page) = Page::open("en") else {
        return skipped();
    };
    let room = tempfile::tempdir().unwrap();
    let mut case = Case::new();
    let mut events = material::events(&case.plan);
    let note = |at: u32| Event::Noted {
        note: dsr::keys::Digest::sha256(&at.to_be_bytes()),
        operator: format!("op{at}"),
    };
    events.extend((0..20_000).map(note));
    case.journal = material::journal(&events);
    let (path, _) = made(&case, room.path(), |_| {});
    assert_eq!(page.verify(&path).0, "intact_but_signer_unknown");
    let elements = page.browser.value("document.querySelectorAll('*').length");
    assert!(elements.as_u64().unwrap() < 4000, "{elements}");
    let shown = page.browser.value("document.body.innerText");
    assert!(
        shown.as_str().unwrap().contains("and 19,7"),
        "the rest is counted"
    );
    page.was_calm();
}

#[test]
fn dsr_hands_the_page_out() {
    let page = std::fs::read(project("verifier/verify.html")).unwrap();
    let dsr = || Command::new(env!("CARGO_BIN_EXE_dsr"));
    let room = tempfile::tempdir().unwrap();
    let printed = dsr()
        .args(["evidence", "verifier"])
        .current_dir(room.path())
        .output()
        .unwrap();
    assert!(printed.status.success());
    assert!(printed.stdout == page, "what it prints is the page");
    let file = room.path().join("verify.html");
    let written = dsr()
        .args(["evidence", "verifier", "--output", "verify.html"])
        .current_dir(room.path())
        .output()
        .unwrap();
    assert!(written.status.success() && written.stdout.is_empty());
    assert!(std::fs::read(&file).unwrap() == page);
    let nowhere = dsr()
        .args(["evidence", "verifier", "--output", "nowhere/verify.html"])
        .current_dir(room.path())
        .output()
        .unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("E701"));
}

/// From a company's own case: the page beside the bundle, and what both say of it.
#[test]
fn the_page_lies_beside_a_bundle_on_request() {
    let company = workspace::Company::new();
    let erased = [
        "erase",
        "--email",
        "anna@example.org",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "4",
    ];
    assert_eq!(company.run(&erased).code, 0);
    let case = company.case();
    let made = company.run(&["evidence", "make", &case, "--format", "json"]);
    let made: serde_json::Value = serde_json::from_str(&made.out).unwrap();
    assert!(made["verifier"].is_null() && !company.path("evidence/verify.html").exists());
    let made = company.run(&[
        "evidence",
        "make",
        &case,
        "--with-verifier",
        "--format",
        "json",
    ]);
    assert!(
        made.err.contains("rather take it from the release page"),
        "{}",
        made.err
    );
    let made: serde_json::Value = serde_json::from_str(&made.out).unwrap();
    let beside = std::fs::read(made["verifier"].as_str().unwrap()).unwrap();
    assert!(beside == std::fs::read(project("verifier/verify.html")).unwrap());

    let Some(mut page) = Page::open("en") else {
        return skipped();
    };
    page.trust(&company.path(".dsr/keys/seal.cert.pem"));
    let bundle = PathBuf::from(made["path"].as_str().unwrap());
    assert_eq!(page.verify(&bundle), ("valid".to_owned(), vec![]));
    page.was_calm();
}

/// What the page may do stands in its policy, by the digests of what is in it.
#[test]
fn the_policy_names_what_is_in_the_page() {
    use base64::Engine as _;
    let page = std::fs::read_to_string(project("verifier/verify.html")).unwrap();
    let between = |start: &str, end: &str| {
        let (_, rest) = page.split_once(start).unwrap();
        rest.split_once(end).unwrap().0.to_owned()
    };
    let hash = |text: &str| {
        let digest = dsr::keys::Digest::sha256(text.as_bytes());
        base64::engine::general_purpose::STANDARD.encode(digest.0)
    };
    let policy = between("Content-Security-Policy\" content=\"", "\"");
    let (script, style) = (
        hash(&between("<script>", "</script>")),
        hash(&between("<style>", "</style>")),
    );
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; connect-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )
    );
    for never in [
        "innerHTML",
        "outerHTML",
        "document.write",
        "insertAdjacentHTML",
        "eval(",
        "new Function",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        "importScripts",
    ] {
        assert!(!page.contains(never), "{never}");
    }
    assert!(page.len() < 500_000, "{}", page.len());
}

/// Needs what `npm ci` puts there; `scripts/test` does that.
#[test]
fn the_page_is_what_its_sources_make() {
    let folder = project("verifier");
    if !folder.join("node_modules").exists() {
        assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
        eprintln!("skipped: needs npm, and `npm ci` in the folder verifier");
        return;
    }
    for script in ["check", "test"] {
        let run = Command::new("npm")
            .args(["run", "--silent", script])
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{script}: {}{}",
            String::from_utf8_lossy(&run.stdout),
            String::from_utf8_lossy(&run.stderr)
        );
    }
}
