//! The page of diagnostics: one heading for each code that the source uses, its meaning and what to do.
//!
//! A code with one message means what that says. A code that several messages share, or whose message is put together at run
//! time, has its meaning in `docs/reference/diagnostics.txt`: `E121 A value has the wrong form. | What to do.`; so nobody can
//! give a code a second meaning without writing it down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;

use crate::{keep, project};

/// What the source says about one code.
#[derive(Default)]
struct Uses {
    says: BTreeSet<String>,
    remedies: BTreeSet<String>,
    rooms: BTreeSet<String>,
}

/// English messages by file and name.
fn catalogue() -> BTreeMap<(String, String), String> {
    let message =
        Regex::new(r#"(?m)^\s+(\w+)\s*\([^()]*\)\s*\{\s*en:\s*"((?:[^"\\]|\\.)*)""#).unwrap();
    let mut all = BTreeMap::new();
    for file in fs_err::read_dir(project("src/messages")).unwrap() {
        let path = file.unwrap().path();
        let room = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs_err::read_to_string(&path).unwrap();
        for found in message.captures_iter(&text) {
            let words = found[2]
                .replace("{{", "{")
                .replace("}}", "}")
                .replace("\\\"", "\"");
            all.insert((room.clone(), found[1].to_owned()), words);
        }
    }
    all
}

fn sources(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // Messages speak of codes and do not use them.
        if path.ends_with("messages") {
            continue;
        }
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("tests.rs")
        {
            out.push(path);
        }
    }
}

fn uses() -> BTreeMap<String, Uses> {
    let catalogue = catalogue();
    let code = Regex::new(r#""([EW]\d{3})""#).unwrap();
    let alias = Regex::new(r"(\w+) as say\b").unwrap();
    let call = Regex::new(r"\b(\w+)::(\w+)\(").unwrap();
    let help = Regex::new(r"\.help\(\s*(?:crate::messages::)?(\w+)::(\w+)\(").unwrap();
    let mut files = Vec::new();
    sources(&project("src"), &mut files);
    files.sort();
    let mut all: BTreeMap<String, Uses> = BTreeMap::new();
    for path in files {
        let text = fs_err::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        let room = alias
            .captures(text)
            .map(|found| found[1].to_owned())
            .unwrap_or_default();
        let look = |module: &str, name: &str| {
            let module = if module == "say" {
                room.as_str()
            } else {
                module
            };
            catalogue
                .get(&(module.to_owned(), name.to_owned()))
                .cloned()
        };
        let places: Vec<_> = code.captures_iter(text).collect();
        for (at, found) in places.iter().enumerate() {
            let from = found.get(0).unwrap().end();
            let next = places
                .get(at + 1)
                .map_or(text.len(), |next| next.get(0).unwrap().start());
            let mut to = next.min(from + 420).min(text.len());
            while !text.is_char_boundary(to) {
                to -= 1;
            }
            let part = &text[from..to];
            // An arm of a `match` speaks of a code that is given elsewhere.
            if part.starts_with(" =>") || part.starts_with(" |") || part.starts_with(") =>") {
                continue;
            }
            let uses = all.entry(found[1].to_owned()).or_default();
            let relative = path.strip_prefix(project("src")).unwrap();
            let top = relative
                .components()
                .next()
                .unwrap()
                .as_os_str()
                .to_str()
                .unwrap();
            uses.rooms.insert(top.trim_end_matches(".rs").to_owned());
            // The message stands right behind the code; farther away it is another's.
            let first = call
                .captures(part)
                .filter(|call| call.get(0).unwrap().start() < 90);
            uses.says
                .extend(first.and_then(|call| look(&call[1], &call[2])));
            for found in help.captures_iter(part) {
                uses.remedies.extend(look(&found[1], &found[2]));
            }
        }
    }
    faults(&catalogue, &mut all);
    all.retain(|_, uses| !uses.rooms.is_empty());
    all
}

/// Faults of systems, whose messages and remedies have tables of their own.
fn faults(catalogue: &BTreeMap<(String, String), String>, all: &mut BTreeMap<String, Uses>) {
    let text = fs_err::read_to_string(project("src/connector/fault.rs")).unwrap();
    let row = Regex::new(r#"(?m)^\s+"(E\d{3})" (?:true|false) (\w+)\("#).unwrap();
    for found in row.captures_iter(&text) {
        let uses = all.entry(found[1].to_owned()).or_default();
        let message = &catalogue[&("fault".to_owned(), found[2].to_owned())];
        uses.says.insert(message.clone());
        uses.remedies
            .insert(dsr::messages::fault::remedy(&found[1]).en);
    }
    let last_resort = dsr::messages::fault::report_it();
    for code in dsr::connector::fault::CODES {
        let advice = dsr::messages::fault::remedy(code);
        assert!(
            advice != last_resort || *code == "E541",
            "{code} needs a remedy in messages/fault.rs"
        );
        assert!(all.contains_key(*code), "{code} is missing");
    }
}

/// `E121 Meaning. | Remedy.`
fn written() -> BTreeMap<String, (String, String)> {
    let text = fs_err::read_to_string(project("docs/reference/diagnostics.txt")).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut all = BTreeMap::new();
    for line in lines {
        let (code, rest) = line.split_once(' ').expect("a code and its meaning");
        let (meaning, remedy) = rest.split_once(" | ").unwrap_or((rest, ""));
        let twice = all.insert(code.to_owned(), (meaning.to_owned(), remedy.to_owned()));
        assert!(twice.is_none(), "{code} stands twice");
    }
    all
}

/// The first letter large, a full stop at the end.
fn sentence(words: &str) -> String {
    let mut signs = words.chars();
    let first = signs
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    let sentence = first + signs.as_str();
    if sentence.ends_with(['.', ':', '?']) {
        sentence
    } else {
        sentence + "."
    }
}

/// Without advice that another one gives as well, in the same words but for marks and capitals.
fn without_repetition(remedies: Vec<String>) -> Vec<String> {
    let plain = |words: &str| {
        let words = words.to_lowercase().replace('`', "");
        let words: Vec<&str> = words.split_whitespace().collect();
        words.join(" ").trim_end_matches('.').to_owned()
    };
    let mut kept: Vec<String> = Vec::new();
    for remedy in remedies {
        let new = plain(&remedy);
        if kept.iter().any(|known| plain(known).contains(&new)) {
            continue;
        }
        kept.retain(|known| !new.contains(&plain(known)));
        kept.push(remedy);
    }
    kept
}

#[test]
fn advice_is_not_given_twice() {
    let said = |all: &[&str]| without_repetition(all.iter().map(|one| (*one).to_owned()).collect());
    assert_eq!(
        said(&["Run `dsr check`.", "Run dsr check.", "Look.", "Look."]),
        ["Run `dsr check`.", "Look."]
    );
    assert_eq!(
        said(&["Run it again.", "Run it again; or wait.", "Wait."]),
        ["Run it again; or wait.", "Wait."]
    );
}

const GROUPS: [(&str, &str); 14] = [
    ("E0", "YAML"),
    ("E1", "Inventory and connectors: form"),
    ("E2", "Inventory and connectors: objects"),
    ("E3", "Connectors: expressions, replies"),
    ("E4", "Plans"),
    ("E5", "Systems"),
    ("E6", "Workspace, ledger, vault"),
    ("E75", "Tests of connectors"),
    ("E76", "Tests of connectors"),
    ("E77", "Tests of connectors"),
    ("E78", "Tests of connectors"),
    ("E7", "Evidence"),
    ("E8", "Commands"),
    ("E9", "Commands: names, secrets, tasks, many people"),
];

#[test]
fn every_code_has_one_meaning_and_a_remedy() {
    let uses = uses();
    let written = written();
    let mut page = String::from(
        "# Diagnostics\n\nEvery error and warning has a code with one meaning. `E` stops a command or a part of it, `W` warns.\n\n<!-- Generated from the source and diagnostics.txt: DSR_UPDATE_DOCS=1 cargo test --test docs -->\n",
    );
    let mut missing = Vec::new();
    let mut group = "";
    for (code, uses) in &uses {
        let title = GROUPS.iter().find(|(start, _)| code.starts_with(start));
        let title = title.map_or("Warnings", |(_, title)| title);
        if title != group {
            group = title;
            page.push_str(&format!("\n## {title}\n"));
        }
        let only = uses.says.iter().next().filter(|_| uses.says.len() == 1);
        let (meaning, remedy) = match (written.get(code), only) {
            (Some((meaning, remedy)), _) => (meaning.clone(), remedy.clone()),
            (None, Some(only)) => (only.clone(), String::new()),
            (None, None) => {
                missing.push(format!(
                    "{code} in {:?} needs a line in diagnostics.txt; it says {:?}",
                    uses.rooms, uses.says
                ));
                continue;
            }
        };
        page.push_str(&format!("\n### {code}\n\n{}\n", sentence(&meaning)));
        if uses.says.len() > 1 {
            page.push('\n');
            for says in &uses.says {
                page.push_str(&format!("- {}\n", sentence(says)));
            }
        }
        let mut remedies: Vec<String> = uses
            .remedies
            .iter()
            .map(|remedy| sentence(remedy))
            .collect();
        if !remedy.is_empty() {
            remedies.insert(0, sentence(&remedy));
        }
        let remedies = without_repetition(remedies);
        if remedies.is_empty() {
            missing.push(format!(
                "{code} in {:?} has no remedy; write one in diagnostics.txt: {code} {meaning} | …",
                uses.rooms
            ));
        }
        page.push_str(&format!("\nWhat to do: {}\n", remedies.join(" Or: ")));
    }
    for code in written.keys().filter(|code| !uses.contains_key(*code)) {
        missing.push(format!(
            "{code} stands in diagnostics.txt, but nothing uses it"
        ));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    keep("docs/reference/diagnostics.md", &page);
}
