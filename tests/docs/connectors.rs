//! A page for each connector that comes with the program, made from its file, and what every one of them has to say of itself.

use std::fmt::Write as _;

use dsr::connector::Action;
use dsr::connector::definition::{self, Definition};
use dsr::connector::library;
use dsr::connector::object::{Erase, How, Object};

use crate::{keep, project};

/// The connectors that must stay short, with the most lines that count.
const LINES: [(&str, usize); 3] = [("directus", 34), ("zendesk", 60), ("salesforce", 115)];

fn all() -> Vec<(String, Definition)> {
    let names = library::shipped_names();
    let read = |name: &str| {
        let volume = library::shipped(name).unwrap();
        let definition = definition::parse(volume.source)
            .unwrap_or_else(|wrong| panic!("{name}: {:#?}", wrong.diagnostics));
        (name.to_owned(), definition)
    };
    names.map(read).collect()
}

fn reached(object: &Object) -> String {
    let ways = object.find.iter().map(|finder| match &finder.by {
        Some(kind) => format!("by {}", kind.0),
        None => format!("under {}", finder.under.join(", ")),
    });
    let mut ways: Vec<String> = ways.collect();
    ways.dedup();
    ways.join("; ")
}

fn erases(object: &Object) -> String {
    match &object.erase {
        Erase::Remove => "removed".to_owned(),
        Erase::Anonymise => "made anonymous".to_owned(),
        Erase::Restrict => "restricted".to_owned(),
        Erase::Retain { reason } => format!("kept: {}", reason.en),
        Erase::Manual { task } if task.en.is_empty() => "–".to_owned(),
        Erase::Manual { task } => format!("by hand: {}", task.en),
        Erase::With { object } => format!("with {object}"),
    }
}

/// How an action is carried out, in one word for the table.
fn word(object: &Object, action: Action) -> &'static str {
    let How::Http { actions, .. } = &object.how else {
        return "–";
    };
    match actions.iter().find(|(known, _)| *known == action) {
        None => "–",
        Some((_, does)) if does.manual.is_some() => "by hand",
        Some((_, does)) if does.unconfirmed => "unconfirmed",
        Some(_) => "yes",
    }
}

/// A system block that only lacks the values.
fn block(name: &str, definition: &Definition) -> String {
    let major = definition.version.split('.').next().unwrap();
    let settings = definition.settings.iter().map(|(setting, rule)| {
        let value = match (&rule.default, rule.secret) {
            (_, true) => format!(
                "{{ secret: \"env:{}_{}\" }}",
                name.replace('-', "_").to_uppercase(),
                setting.to_uppercase()
            ),
            (Some(default), _) => format!("\"{default}\""),
            (None, _) => "\"…\"".to_owned(),
        };
        format!("      {setting}: {value}\n")
    });
    let settings: String = settings.collect();
    format!(
        "```yaml\nsystems:\n  {}:\n    connector: {name}@{major}\n    settings:\n{settings}```\n",
        name.replace('-', "_")
    )
}

fn page(name: &str, definition: &Definition) -> String {
    let docs = &definition.docs;
    let title = definition.title.as_deref().unwrap_or(name);
    let mut out = format!(
        "# {title}\n\n<!-- Generated from connectors/{name}.yml: DSR_UPDATE_DOCS=1 cargo test --test docs -->\n\nConnector `{name}`, version {}.",
        definition.version
    );
    if let Some(url) = &docs.url {
        write!(out, " The vendor's description of the interface: <{url}>.").unwrap();
    }
    write!(
        out,
        " [All connectors](README.md)\n\n## In dsr.yaml\n\n{}",
        block(name, definition)
    )
    .unwrap();
    out.push_str("\n| Setting | | |\n|---|---|---|\n");
    for (setting, rule) in &definition.settings {
        let need = match (rule.secret, rule.is_required()) {
            (true, _) => "secret",
            (_, true) => "required",
            _ => "optional",
        };
        let help = rule.help.as_ref().map_or("", |help| help.en.as_str());
        writeln!(out, "| `{setting}` | {need} | {} |", cell(help)).unwrap();
    }
    let mut part = |heading: &str, text: &str| {
        if !text.is_empty() {
            write!(out, "\n## {heading}\n\n{text}\n").unwrap();
        }
    };
    let list = |items: &[String]| -> String {
        let items: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
        items.join("\n")
    };
    part(
        "What the account must be allowed",
        docs.permissions.as_deref().unwrap_or_default(),
    );
    let mut erasing = docs.erasing.clone().unwrap_or_default();
    erasing.push_str("\n\n| Object | Found | Erased | Categories |\n|---|---|---|---|\n");
    for object in &definition.objects {
        let mut categories: Vec<&str> = object.fields.iter().map(|f| f.category.as_str()).collect();
        categories.sort_unstable();
        categories.dedup();
        let row = [reached(object), erases(object), categories.join(", ")];
        let row: Vec<String> = row.iter().map(|text| cell(text)).collect();
        writeln!(erasing, "| {} | {} |", object.name, row.join(" | ")).unwrap();
    }
    part("What erasure means", erasing.trim());
    let (mut lasting, mut by_hand, mut unconfirmed) = (Vec::new(), Vec::new(), Vec::new());
    for object in &definition.objects {
        let How::Http { actions, .. } = &object.how else {
            continue;
        };
        for (action, does) in actions {
            let what = format!("`{}.{}`", object.name, action.word());
            if let Some(irreversible) = &does.irreversible {
                lasting.push(format!("{what}: {}", irreversible.en));
            }
            if let Some(manual) = &does.manual {
                by_hand.push(format!("{what}: {}", manual.en));
            }
            if does.unconfirmed {
                unconfirmed.push(format!(
                    "{what}: {}",
                    does.steps
                        .iter()
                        .map(|step| step.describe())
                        .collect::<Vec<_>>()
                        .join("; ")
                ));
            }
        }
        if let Erase::Manual { task } = &object.erase
            && !task.en.is_empty()
        {
            by_hand.push(format!("`{}`: {}", object.name, task.en));
        }
    }
    let listed = definition.objects.iter().filter_map(|object| {
        let by_age = object.find.iter().any(|finder| finder.is_by_age());
        let clock = object.clock.as_deref().filter(|_| by_age)?;
        Some(format!("`{}`, by `{clock}`", object.name))
    });
    part(
        "What retention runs can list by age",
        &list(&listed.collect::<Vec<_>>()),
    );
    part("What nobody can undo", &list(&lasting));
    part("What a person does", &list(&by_hand));
    if !unconfirmed.is_empty() {
        unconfirmed.insert(0, "No specification or trial confirms these writes. They are planned for a person until the system says `unconfirmed_writes: allow`.".to_owned());
    }
    part("Unconfirmed writes", &list(&unconfirmed));
    let mut beside = Vec::new();
    for object in &definition.objects {
        for part in object.parts() {
            let (name, request) = (&part.name, part.request.describe());
            beside.push(format!("`{}/{name}`: {request}", object.name));
        }
        for rule in object.files() {
            let (request, hosts, known) =
                dsr::connector::attachment::describe(rule, &definition.origin());
            let known = if known { "with" } else { "without" };
            beside.push(format!(
                "`{}/files`: {request}, from {}, {known} credentials, up to {} each",
                object.name,
                hosts.join(", "),
                dsr::connector::attachment::size(rule.limit)
            ));
        }
    }
    part("What a package holds beside the records", &list(&beside));
    let look_up = definition.look_up.iter().map(|part| {
        let rights = part.rights.iter().map(|right| right.word());
        let under = match part.under.as_slice() {
            [] => String::new(),
            objects => format!(" Whoever has records in {}.", objects.join(", ")),
        };
        format!(
            "`{}`: {}. Where: {}. For {}.{under}",
            part.name,
            part.holds.en,
            part.screen.en,
            rights.collect::<Vec<_>>().join(", ")
        )
    });
    let mut look_up: Vec<String> = look_up.collect();
    if !look_up.is_empty() {
        look_up.insert(0, "This connector does not read the following. Whoever has a record that leads there gets a task for each; `off` with a reason takes one away.".to_owned());
    }
    part("What a person looks up", &list(&look_up));
    let mut screens: Vec<(String, Vec<&str>)> = Vec::new();
    for object in definition
        .objects
        .iter()
        .filter(|object| !object.is_place())
    {
        let Some(screen) = &object.screen else {
            continue;
        };
        match screens.iter_mut().find(|(known, _)| *known == screen.en) {
            Some((_, names)) => names.push(&object.name),
            None => screens.push((screen.en.clone(), vec![&object.name])),
        }
    }
    let screens = screens
        .iter()
        .map(|(screen, names)| format!("{}: {screen}", names.join(", ")));
    part(
        "Where a person finds the records",
        &list(&screens.collect::<Vec<_>>()),
    );
    part("What is left over", &list(&docs.left_over));
    part("Limits", docs.limits.as_deref().unwrap_or_default());
    part("What surprises", &list(&docs.gotchas));
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn index(all: &[(String, Definition)]) -> String {
    let mut out = String::from(
        "# Connectors that come with the program\n\n<!-- Generated from connectors/*.yml: DSR_UPDATE_DOCS=1 cargo test --test docs -->\n\nWhat each of them finds, corrects, restricts and erases. Every object can be exported. `–`: this connector does not do it, and a person gets a task that names the screen.\n\n| System | Object | Find | Rectify | Restrict | Opt out | Erase | |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (name, definition) in all {
        let title = definition.title.as_deref().unwrap_or(name);
        for object in &definition.objects {
            let mut notes = Vec::new();
            if let How::Http { actions, .. } = &object.how {
                if actions.iter().any(|(_, does)| does.unconfirmed) {
                    notes.push("unconfirmed writes");
                }
                if actions.iter().any(|(_, does)| does.irreversible.is_some()) {
                    notes.push("irreversible effects");
                }
            }
            let erases = erases(object);
            let erases = erases.split(':').next().unwrap();
            writeln!(
                out,
                "| [{title}]({name}.md) | {} | {} | {} | {} | {} | {erases} | {} |",
                object.name,
                cell(&reached(object)),
                word(object, Action::Rectify),
                word(object, Action::Restrict),
                word(object, Action::Suppress),
                notes.join(", ")
            )
            .unwrap();
        }
    }
    out
}

#[test]
fn every_shipped_connector_has_its_page() {
    let all = all();
    for (name, definition) in &all {
        keep(
            &format!("docs/connectors/{name}.md"),
            &page(name, definition),
        );
    }
    keep("docs/connectors/README.md", &index(&all));
    for entry in fs_err::read_dir(project("docs/connectors")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let known = name == "README" || all.iter().any(|(known, _)| known == name);
        assert!(known, "docs/connectors/{name}.md belongs to no connector");
    }
}

/// What an administrator and a privacy officer have to know of each of them.
#[test]
fn every_shipped_connector_says_what_one_must_know() {
    let mut missing = Vec::new();
    for (name, definition) in all() {
        let mut lacks = |what: &str| missing.push(format!("{name}: {what}"));
        let docs = &definition.docs;
        let stated = [
            ("docs.url", docs.url.is_some()),
            ("docs.permissions", docs.permissions.is_some()),
            ("docs.erasing", docs.erasing.is_some()),
            ("docs.left_over", !docs.left_over.is_empty()),
            ("docs.limits", docs.limits.is_some()),
            ("title", definition.title.is_some()),
            ("the name of its file", definition.name == name),
            (
                "a test file",
                project(&format!("connectors/tests/{name}.test.yml")).is_file(),
            ),
        ];
        stated
            .iter()
            .filter(|(_, there)| !there)
            .for_each(|(what, _)| lacks(what));
        for (setting, _) in definition
            .settings
            .iter()
            .filter(|(_, rule)| rule.help.is_none())
        {
            lacks(&format!("help of the setting {setting}"));
        }
        for object in &definition.objects {
            let mut texts = Vec::new();
            match &object.erase {
                Erase::Retain { reason } => texts.push(reason),
                Erase::Manual { task } => texts.push(task),
                _ => {}
            }
            if let How::Http { actions, .. } = &object.how {
                for (_, does) in actions {
                    texts.extend(does.manual.iter().chain(&does.irreversible));
                }
            }
            // Whatever the connector does not do becomes a task, and that says where.
            match &object.screen {
                Some(screen) => texts.push(screen),
                None if object.is_place() => {}
                None => lacks(&format!("{}: the screen", object.name)),
            }
            // A place has nothing to be erased, and says nothing of it.
            let said = texts.iter().filter(|text| !text.en.is_empty());
            for text in said.filter(|text| text.en == text.de) {
                lacks(&format!("{}: both languages of {:?}", object.name, text.en));
            }
        }
        for part in &definition.look_up {
            for text in [&part.holds, &part.screen] {
                if text.en == text.de {
                    lacks(&format!("{}: both languages of {:?}", part.name, text.en));
                }
            }
            if part.categories.is_empty() {
                lacks(&format!("{}: what is personal in it", part.name));
            }
        }
        // Request Tracker keeps a person in users and tickets alone.
        if definition.look_up.is_empty() && name != "request-tracker" {
            lacks("what a person looks up");
        }
        let text = library::shipped(&name).unwrap().source.text.clone();
        let counts = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
        let lines = text.lines().filter(counts).count();
        if let Some((_, most)) = LINES
            .iter()
            .find(|(known, most)| *known == name && lines > *most)
        {
            lacks(&format!("{lines} lines, at most {most}"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// An unknown system takes twenty lines: the connector that the tests attack, and the one that the guide ends with, in both languages.
#[test]
fn a_home_made_connector_is_twenty_lines_at_most() {
    let block = |guide: &str| {
        let text = fs_err::read_to_string(project(guide)).unwrap();
        let mut blocks = text.split("```yaml\n").skip(1);
        let block = blocks.find(|block| block.contains("connector: bookings\nversion:"));
        let block = block.unwrap_or_else(|| panic!("{guide}"));
        block.split("```").next().unwrap().to_owned()
    };
    let all = [
        include_str!("../connectors/bookings.yml").to_owned(),
        block("docs/guides/write-a-connector.md"),
        block("docs/guides/connector-schreiben.md"),
    ];
    for text in all {
        let counts = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
        let lines = text.lines().filter(counts).count();
        assert!((10..=20).contains(&lines), "{lines} lines:\n{text}");
        let source = std::sync::Arc::new(dsr::diagnostic::Source {
            path: "bookings.yml".into(),
            text,
        });
        assert_eq!(definition::parse(source).unwrap().name, "bookings");
    }
}

/// What the program deletes says that nobody can undo it, or its page says from where it can be taken back.
#[test]
fn every_deletion_says_whether_it_can_be_undone() {
    let mut silent = Vec::new();
    for (name, definition) in all() {
        let docs = &definition.docs;
        let said = [
            &docs.left_over[..],
            &[docs.erasing.clone().unwrap_or_default()],
        ]
        .concat();
        let ways_back = ["trash", "recycle bin", "restore it", "bring back"];
        let has_way_back = said
            .iter()
            .any(|text| ways_back.iter().any(|way| text.contains(way)));
        for object in &definition.objects {
            let How::Http { actions, .. } = &object.how else {
                continue;
            };
            let removes = actions
                .iter()
                .filter(|(action, does)| *action == Action::Remove && does.manual.is_none());
            for (_, does) in removes {
                if does.irreversible.is_none() && !has_way_back {
                    silent.push(format!("{name}.{}", object.name));
                }
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}
