//! What an author sees when a connector is wrong.
//!
//! Each file in `connectors/broken/` has beside it what `dsr` says about it, in both languages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsr::connector::definition;
use dsr::diagnostic::{Diagnostic, Source};
use dsr::messages::Lang;
use dsr::ui::diagnostic::render;

const FOLDER: &str = "tests/connectors/broken";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs_err::read_dir(root().join(FOLDER))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    files
}

fn complaints(path: &Path) -> Vec<Diagnostic> {
    let source = Arc::new(Source {
        path: path.file_name().unwrap().into(),
        text: fs_err::read_to_string(path).unwrap(),
    });
    match definition::parse(source) {
        Err(trouble) => trouble.diagnostics,
        Ok(definition) => definition.warnings,
    }
}

#[test]
fn every_mistake_is_explained() {
    let files = files("yml");
    assert!(files.len() >= 60, "{}", files.len());
    let (mut seen, mut others) = (BTreeSet::new(), Vec::new());
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let complaints = complaints(&path);
        let first = complaints
            .first()
            .unwrap_or_else(|| panic!("{name} is not broken"));
        let code = name.split_once('_').map(|(code, _)| code);
        if code.is_some_and(|code| code.len() == 4 && first.code.to_lowercase() != code) {
            others.push(format!("{name} says {}", first.code));
        }
        let mut shown = Vec::new();
        for lang in [Lang::En, Lang::De] {
            shown.extend(complaints.iter().map(|one| render(one, lang, false)));
        }
        let shown = shown.join("\n\n");
        assert!(
            !shown.contains("hunter2"),
            "{name}: a secret is shown\n{shown}"
        );
        for one in &complaints {
            assert!(!one.help.is_empty(), "{name}: no remedy");
        }
        assert!(
            seen.insert(shown.clone()),
            "{name}: says what another file says"
        );
        insta::with_settings!({
            snapshot_path => "connectors/broken",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, shown);
        });
    }
    assert!(others.is_empty(), "{others:#?}");
}

/// Every code in these sources stands in the answer to one of the broken files.
#[test]
fn every_code_has_an_example() {
    let answers: String = files("snap")
        .iter()
        .map(|path| fs_err::read_to_string(path).unwrap())
        .collect();
    let code = regex::Regex::new(r#""([EW]\d{3})""#).unwrap();
    let mut sources = vec![
        root().join("src/connector/grammar.rs"),
        root().join("src/yaml.rs"),
    ];
    for folder in [
        "src/connector/definition",
        "src/connector/definition/auth",
        "src/template",
    ] {
        sources.push(root().join(format!("{folder}.rs")));
        let inside = fs_err::read_dir(root().join(folder)).unwrap();
        let inside = inside.map(|entry| entry.unwrap().path());
        sources.extend(inside.filter(|path| path.is_file()));
    }
    // A file that cannot be read, one that takes the name of another and a circle of files are told apart by their paths.
    let elsewhere = ["E521", "E402"];
    let mut missing = BTreeSet::new();
    for path in sources.iter().filter(|path| !path.ends_with("tests.rs")) {
        let text = fs_err::read_to_string(path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for found in code.captures_iter(text) {
            let found = found[1].to_owned();
            if !elsewhere.contains(&found.as_str()) && !answers.contains(&format!("[{found}]")) {
                missing.insert(found);
            }
        }
    }
    assert!(missing.is_empty(), "no example for {missing:?}");
}
