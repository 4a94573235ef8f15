//! The deletion concept as a page: what it says in both languages, with hostile words in every place, in a real browser; and that
//! nothing of what is missing can be left out.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use dsr::concept::document::{Block, document};
use dsr::concept::{Concept, page};
use dsr::diagnostic::Source;
use dsr::inventory::{Inventory, Load};
use dsr::messages::Lang;
use jiff::civil::{Date, date};

const DAY: Date = date(2026, 11, 22);

fn read(text: &str) -> Option<Inventory> {
    let source = Arc::new(Source {
        path: "dsr.yaml".into(),
        text: text.to_owned(),
    });
    let load: Load<'_> = &|_| unreachable!("no connectors here");
    let read = dsr::inventory::parse(&source, Path::new("."), load);
    read.ok().map(|(inventory, _)| inventory)
}

fn example(name: &str) -> Inventory {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/concept");
    let text = fs_err::read_to_string(path.join(name)).unwrap();
    read(&text).expect("an inventory")
}

fn html(inventory: &Inventory, lang: Lang) -> String {
    page::html(&document(&Concept::of(inventory), DAY), lang)
}

#[test]
fn the_page_reads_well_in_both_languages() {
    for name in ["broken", "sound"] {
        let inventory = example(&format!("{name}.yaml"));
        for (lang, ending) in [(Lang::En, "en"), (Lang::De, "de")] {
            let page = html(&inventory, lang);
            let body = &page[page.find("<body>").unwrap()..];
            insta::with_settings!({
                snapshot_path => "concept",
                prepend_module_to_snapshot => false,
                omit_expression => true,
                filters => [(r"\b[0-9a-f]{64}\b", "[digest]")],
            }, {
                insta::assert_snapshot!(format!("{name}_{ending}"), body);
            });
        }
    }
}

#[test]
fn what_is_missing_cannot_be_left_out() {
    let inventory = example("broken.yaml");
    let concept = Concept::of(&inventory);
    let codes: Vec<&str> = concept.lints.iter().map(|lint| lint.code).collect();
    for code in [
        "E450", "E453", "E454", "E455", "W296", "W297", "W298", "E446", "W302", "W305",
    ] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    let made = document(&concept, DAY);
    let listed = made.blocks.iter().find_map(|block| match block {
        Block::Gaps(gaps) => Some(gaps.len()),
        _ => None,
    });
    assert_eq!(listed, Some(codes.len()));
    for lang in [Lang::En, Lang::De] {
        let page = html(&inventory, lang);
        for lint in &concept.lints {
            let count = codes.iter().filter(|code| **code == lint.code).count();
            assert_eq!(page.matches(lint.code).count(), count, "{}", lint.code);
        }
        assert_eq!(page.matches("id=\"gaps\"").count(), 1);
        assert_eq!(page.matches("href=\"#gaps\"").count(), 1);
        // No rule of the style, on screen or on paper, takes anything away.
        for hiding in [
            "hidden",
            "visibility",
            "opacity",
            "clip",
            "height:0",
            "font-size:0",
        ] {
            assert!(!page.contains(hiding), "{hiding}");
        }
        assert!(!page.contains("display:none"));
    }
    // Where nothing is wrong the section is there all the same, with what no inventory can say.
    let sound = html(&example("sound.yaml"), Lang::De);
    for words in [
        "6 Nicht abgedeckt",
        "nichts Falsches",
        "Sicherungen, Kopien und Exporte",
    ] {
        assert!(sound.contains(words), "{words}");
    }
}

/// What somebody may write into an inventory, or a system may call its columns.
const BAD: &[&str] = &[
    "<script>document.title='owned'</script>",
    "</style><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\"><svg onload=document.title='owned'>",
    "</dd></dl></main><h1>owned</h1>",
    "--><!--<b>owned</b>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<base href=http://127.0.0.1:9/>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "<style>*{display:none}</style>",
    "`<b>owned</b>`",
    "a\u{202e}gnp.exe\u{2066}",
    "javascript:document.title='owned'",
    "&lt;script&gt;",
    "{{7*7}}",
];

/// An inventory with such words wherever words are free.
fn hostile(bad: &str) -> Inventory {
    let word = serde_json::to_string(bad).unwrap();
    let text = format!(
        "dsr: 1
controller: {{ name: {word}, seat: DE, language: en, contact: {word} }}
systems:
  paper: {{ engine: manual, owner: {word}, manual: {{ find: {word}, erase: {word} }} }}
  shop:
    engine: csv
    settings: {{ path: x.csv }}
    owner: {word}
    objects:
      one:
        find: [{{ by: email, column: Mail }}]
        fields: {{ Mail: {{ category: contact.email, identity: email }}, {word}: special.health }}
        clock: {word}
        erase: remove
      two:
        find: [{{ by: email, column: Mail }}]
        fields: {{ Mail: {{ category: contact.email, identity: email }}, {word}: finance.invoice }}
        erase: remove
data_types:
  kind:
    title: {{ en: {word}, de: {word} }}
    subjects: [{word}, other]
    objects: [shop.one]
    purpose: {word}
    basis: {word}
    keep: P1Y
    start: clock
    kind: min
    because: {word}
    reason: {word}
    then: remove
"
    );
    read(&text).unwrap_or_else(|| panic!("refused: {bad}"))
}

#[test]
fn hostile_words_stay_words() {
    let good = html(&hostile("plain"), Lang::De);
    let tags = |page: &str| page.matches('<').count();
    for bad in BAD {
        let page = html(&hostile(bad), Lang::De);
        let body = &page[page.find("<body>").unwrap()..];
        for tag in [
            "<script",
            "<img",
            "<svg",
            "<base",
            "<link",
            "<style",
            "<meta",
            "<b>",
            "<h1>owned",
        ] {
            assert!(!body.contains(tag), "{tag} of {bad}");
        }
        assert_eq!(page.matches("</main>").count(), 1, "{bad}");
        assert_eq!(page.matches("<style>").count(), 1, "{bad}");
        // A start that has a bracket in it may be read in another way; words never make tags.
        let code = page.matches("<code>").count() * 2;
        let plain = good.matches("<code>").count() * 2;
        assert_eq!(tags(&page) - code, tags(&good) - plain, "{bad}");
        assert!(
            !page
                .chars()
                .any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        );
        assert!(page.contains("default-src 'none'"));
    }
}

fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|done| done.status.success())
}

#[test]
fn a_browser_shows_it_and_runs_nothing() {
    if !has("chromium") {
        eprintln!("skipped: needs chromium");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let page = root.path().join("page.html");
    fs_err::write(&page, html(&hostile(BAD[1]), Lang::De)).unwrap();
    let done = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=2000",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            root.path().join("profile").display()
        ))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let seen = String::from_utf8(done.stdout).unwrap();
    let title = &seen[seen.find("<title>").unwrap()..seen.find("</title>").unwrap()];
    assert!(title.contains("Löschkonzept"), "{title}");
    assert!(!seen.contains("<script"));
    assert_eq!(seen.matches("<h2>").count(), 6);
    assert_eq!(seen.matches("</main>").count(), 1);
}

#[test]
fn only_its_own_pages_are_recognised() {
    let page = html(&example("sound.yaml"), Lang::En);
    assert!(page::is_one(page.as_bytes()));
    for other in [
        &b""[..],
        b"dsr: 1\n",
        b"<!DOCTYPE html>\n<html lang=\"en\"><body><main>home</main>",
        b"\xff\xfe",
    ] {
        assert!(!page::is_one(other));
    }
}
