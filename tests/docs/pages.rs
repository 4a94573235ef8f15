//! Pages of reference that are made from the program: help pages, exit codes, examples of the JSON output.

use dsr::diagnostic::Exit;

use crate::workspace::{Company, Output};
use crate::{documents, keep, project};

/// The names of the commands, as the help page lists them.
fn below(company: &Company, path: &[&str]) -> Vec<String> {
    let page = company.run(&[path, &["--help"]].concat()).out;
    let listed = |line: &&str| {
        line.starts_with("  ") && line[2..].starts_with(|c: char| c.is_ascii_lowercase())
    };
    let lines: Vec<&str> = page.lines().collect();
    let from = if path.is_empty() {
        Some(0)
    } else {
        lines.iter().position(|line| *line == "Commands:")
    };
    let Some(from) = from else {
        return Vec::new();
    };
    let part = lines[from..].iter().copied();
    let part = part
        .take_while(|line| !line.starts_with("Options:") && !line.starts_with("Every command:"));
    part.filter(listed)
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn help_pages(lang: &str) -> String {
    let company = Company::nothing();
    let mut out = String::new();
    let mut page = |path: &[&str], level: &str| {
        let args = [&["--lang", lang], path, &["--help"]].concat();
        let shown = company.run(&args);
        assert_eq!(shown.code, 0, "{}", shown.err);
        let title = [&["dsr"], path].concat().join(" ");
        out.push_str(&format!(
            "\n{level} `{title}`\n\n```text\n{}```\n",
            shown.out
        ));
    };
    page(&[], "##");
    for verb in below(&company, &[]) {
        page(&[&verb], "##");
        for sub in below(&company, &[&verb]) {
            page(&[&verb, &sub], "###");
            for third in below(&company, &[&verb, &sub]) {
                page(&[&verb, &sub, &third], "####");
            }
        }
    }
    out
}

#[test]
fn help_pages_stand_in_the_reference() {
    let english = help_pages("en");
    assert!(english.contains("### `dsr evidence verify`"), "{english}");
    keep(
        "docs/reference/cli.md",
        &format!(
            "# Commands\n\nThe help pages as `dsr` prints them. [Deutsch](cli.de.md)\n{english}"
        ),
    );
    keep(
        "docs/reference/cli.de.md",
        &format!(
            "# Befehle\n\nDie Hilfeseiten, wie `dsr --lang de` sie zeigt. [English](cli.md)\n{}",
            help_pages("de")
        ),
    );
}

#[test]
fn every_exit_code_is_explained() {
    let page = fs_err::read_to_string(project("docs/reference/exit-codes.md")).unwrap();
    let codes = [
        Exit::Done,
        Exit::Failed,
        Exit::Usage,
        Exit::Incomplete,
        Exit::Waiting,
        Exit::Unproven,
        Exit::Deadline,
    ];
    for code in codes {
        assert!(
            page.contains(&format!("\n| {} | ", code as u8)),
            "no row for {code:?}"
        );
    }
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit());
    assert_eq!(rows.count(), codes.len());
    // The order in which conditions win.
    let mut ranked = codes.to_vec();
    ranked.sort_by(|a, b| {
        if a.and(*b) == *a {
            std::cmp::Ordering::Less
        } else {
            std::cmp::Ordering::Greater
        }
    });
    let order: Vec<String> = ranked
        .iter()
        .map(|code| (*code as u8).to_string())
        .collect();
    assert!(
        page.contains(&order.join(", ")),
        "the order is {}",
        order.join(", ")
    );
}

/// A public key of age whose secret part nobody has kept.
const RECIPIENT: &str = "age1ynjnczjl44kgv4x54zqy9sg5s4u8mtgjkwa9jvdca8pqqm06z4cqzrkwej";

/// The commands whose output the page of JSON shows, in order; each makes what the next one needs.
fn outputs() -> Vec<(&'static str, Output)> {
    let company = Company::new();
    let json = |args: &[&str]| company.run(&[args, &["--format", "json"]].concat());
    let anna = ["--email", "anna@example.org"];
    // The case of the others is about an erasure.
    let elsewhere = Company::new();
    let export = ["export", "--folder", "--format", "json"];
    let mut out = vec![
        ("dsr.check/1", json(&["check", "--compliance"])),
        ("dsr.concept/1", json(&["report", "concept"])),
        ("dsr.find/1", json(&[&["find"], &anna[..]].concat())),
        ("dsr.candidates/1", candidates()),
        (
            "dsr.export/1",
            elsewhere.run(&[&export[..], &anna[..]].concat()),
        ),
        (
            "dsr.exports/1",
            elsewhere.run(&["export", "--list", "--format", "json"]),
        ),
        ("dsr.plan/1", json(&[&["plan"], &anna[..]].concat())),
        ("dsr.error/1", json(&[&["erase"], &anna[..]].concat())),
        (
            "dsr.apply/1",
            json(
                &[
                    &["erase"],
                    &anna[..],
                    &["--identity", "letter", "--yes", "--expect", "4"],
                ]
                .concat(),
            ),
        ),
        ("dsr.cases/1", json(&["case", "list"])),
    ];
    let case = company.case();
    out.push(("dsr.case/1", json(&["case", "show", &case])));
    let task = ["task", "done", case.as_str(), "T1", "--found", "1"];
    out.push(("dsr.tasks/1", json(&task)));
    out.push(("dsr.reminders/1", json(&["task", "remind", &case, "T2"])));
    company.run(&["note", &case, "She asked for an answer by letter."]);
    out.push(("dsr.notes/1", json(&["note", &case, "--list"])));
    out.push(("dsr.schemas/1", json(&["schema"])));
    out.push(("dsr.audit/1", json(&["audit", "log"])));
    out.push(("dsr.anomalies/1", json(&["audit", "log", "--anomalies"])));
    let copy = ["backup", "copy.tar.age", "--to", RECIPIENT];
    let copy = elsewhere.run(&[&copy[..], &["--format", "json"]].concat());
    out.push(("dsr.backup/1", copy));
    let list = ["backup", "--list", "--format", "json"];
    out.push(("dsr.backups/1", elsewhere.run(&list)));
    out.push(("dsr.evidence/1", json(&["evidence", "make", &case])));
    // In a company of its own, so that the case above stays one of erasure.
    let other = Company::new();
    let truth = [&["rectify"], &anna[..], &["--format", "json"]].concat();
    out.push(("dsr.truth/1", other.run(&truth)));
    other.write("people.csv", "Ticket,E-mail\nDS-101,anna@example.org\n");
    let many = [
        "find",
        "--subjects",
        "people.csv",
        "--map",
        "reference=Ticket",
    ];
    out.push((
        "dsr.subjects/1",
        other.run(&[&many[..], &["--format", "json"]].concat()),
    ));
    let bundle = format!("evidence/{case}.evidence.zip");
    let secretive = Company::with(
        "engine: sqlite\n    settings: { path: shop.db }",
        "engine: postgres\n    settings: { url: { secret: \"env:SHOP_URL\" } }",
    );
    out.push((
        "dsr.login.list/1",
        secretive.run(&["login", "--format", "json"]),
    ));
    let bookings = Company::nothing();
    bookings.write(
        "connectors/bookings.yml",
        include_str!("../connectors/bookings.yml"),
    );
    bookings.write(
        "connectors/tests/bookings.test.yml",
        include_str!("../connectors/tests/bookings.test.yml"),
    );
    out.push((
        "dsr.connector.test/1",
        bookings.run(&["connector", "test", "--format", "json"]),
    ));
    let extended = Company::new();
    extended.write(
        "connectors/cms.yml",
        "dsr: 1\nextends: directus@1\ntitle: Our site\nobjects: { users: { cap: 900 } }\n",
    );
    for verb in ["show", "check", "diff"] {
        let schema = ["dsr.connector.", verb, "/1"].concat();
        let output = extended.run(&["connector", verb, "connectors/cms.yml", "--format", "json"]);
        let known = [
            "dsr.connector.show/1",
            "dsr.connector.check/1",
            "dsr.connector.diff/1",
        ];
        out.extend(
            known
                .into_iter()
                .find(|one| **one == schema)
                .map(|one| (one, output)),
        );
    }
    out.push(("dsr.verdict/1", json(&["evidence", "verify", &bundle])));
    let log = |args: &[&str]| json(&[&["evidence", "log"], args].concat());
    out.push(("dsr.log/1", log(&["checkpoint"])));
    out.push(("dsr.log.key/1", log(&["key"])));
    out.push(("dsr.log.leaves/1", log(&["leaves"])));
    out.push(("dsr.log.anchor/1", log(&["anchor"])));
    company.write("old", &company.run(&["evidence", "log", "checkpoint"]).out);
    out.push(("dsr.log.verify/1", log(&["verify", "old", "old"])));
    // Nobody listens there, so what is asked for stays pending.
    let inventory = company.read("dsr.yaml");
    company.write(
        "dsr.yaml",
        &format!("{inventory}\nevidence: {{ tsa: [\"http://127.0.0.1:9/\"] }}\n"),
    );
    let stamp = ["evidence", "stamp", "--all", "--format", "json"];
    out.push(("dsr.stamps/1", company.run(&stamp)));
    out
}

/// A list of people of one name.
fn candidates() -> Output {
    let by_email = "find: [{ by: email, column: email }";
    let company = Company::with(
        by_email,
        &format!("{by_email}, {{ by: name, column: name }}"),
    );
    company.run(&["find", "--name", "Anna Beispiel", "--format", "json"])
}

/// Replaces the block below `## SCHEMA` by what the program prints; the words around it are written by hand.
#[test]
fn json_is_shown_as_it_is() {
    let path = "docs/reference/json.md";
    let mut page = fs_err::read_to_string(project(path)).unwrap();
    for (schema, output) in outputs() {
        let value: serde_json::Value = serde_json::from_str(&output.out)
            .unwrap_or_else(|error| panic!("{schema}: {error}\n{}", output.err));
        assert_eq!(value["schema"], schema);
        let heading = format!("\n## `{schema}`\n");
        let at = page
            .find(&heading)
            .unwrap_or_else(|| panic!("{path} has no heading for {schema}"));
        let from = at + page[at..].find("```json\n").expect("an example") + "```json\n".len();
        let to = from + page[from..].find("```").expect("its end");
        let words = &page[at + heading.len()..from];
        for name in value
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| *name != "schema")
        {
            assert!(
                words.contains(&format!("`{name}`")),
                "{path}: {schema} does not explain `{name}`"
            );
        }
        page.replace_range(from..to, &shortened(&output.data()));
    }
    keep(path, &page);
}

/// Long lists are cut after two entries of each kind: a reader wants the form.
fn shortened(json: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(json).unwrap();
    fn cut(value: &mut serde_json::Value, name: &str) {
        match value {
            serde_json::Value::Array(items) => {
                if matches!(
                    name,
                    "events"
                        | "history"
                        | "steps"
                        | "gaps"
                        | "not_proven"
                        | "schemas"
                        | "compliance"
                        | "cases"
                ) {
                    items.truncate(2);
                }
                items.iter_mut().for_each(|item| cut(item, ""));
            }
            serde_json::Value::Object(fields) => {
                fields.iter_mut().for_each(|(name, value)| cut(value, name));
            }
            _ => {}
        }
    }
    cut(&mut value, "");
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

/// Every page can be reached from the index, and no link leads nowhere.
#[test]
fn links_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#\s]+)[^)]*\)").unwrap();
    let mut reached =
        std::collections::BTreeSet::from([project("README.md"), project("docs/README.md")]);
    for path in documents() {
        let text = fs_err::read_to_string(&path).unwrap();
        for found in link.captures_iter(&text) {
            let target = &found[1];
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let file = path.parent().unwrap().join(target);
            assert!(file.exists(), "{}: nothing at {target}", path.display());
            reached.insert(fs_err::canonicalize(file).unwrap());
        }
    }
    for path in documents() {
        assert!(
            reached.contains(&path),
            "no page links to {}",
            path.display()
        );
    }
}
