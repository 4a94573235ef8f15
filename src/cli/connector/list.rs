//! `dsr connector list`: every connector that an inventory here can name.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{home, path_of};
use crate::cli::context::Context;
use crate::connector::definition::{self, Definition};
use crate::connector::library::{Library, Origin, Volume};
use crate::connector::object::{Action, Erase, How, Object};
use crate::diagnostic::{Exit, Result, Trouble};
use crate::messages::{Text, library as say};
use crate::ui::{Format, diagnostic as draw};

/// A connector that cannot be used, and why.
struct Broken {
    name: String,
    origin: Origin,
    path: Option<String>,
    trouble: Trouble,
}

pub(crate) fn run(context: &Context) -> Result<Exit> {
    let library = Library::of(&home(context));
    let (mut sound, mut broken) = (Vec::new(), Vec::new());
    let (volumes, unreadable) = library.all();
    for one in unreadable {
        broken.push(Broken {
            path: Some(one.file.display().to_string()),
            name: one.name,
            origin: one.origin,
            trouble: one.trouble,
        });
    }
    for volume in volumes {
        match definition::load(&volume, &library, None) {
            Ok(definition) => sound.push((volume, definition)),
            Err(trouble) => broken.push(Broken {
                path: path_of(&volume),
                origin: volume.origin,
                name: volume.name,
                trouble,
            }),
        }
    }
    match context.ui.format {
        Format::Json => context.ui.json(&document(context, &sound, &broken)),
        Format::Table | Format::Csv => table(context, &sound, &broken),
    }
    Ok(match broken.is_empty() {
        true => Exit::Done,
        false => Exit::Usage,
    })
}

fn table(context: &Context, sound: &[(Volume, Definition)], broken: &[Broken]) {
    let lang = context.ui.lang;
    let columns = [
        say::column_connector(),
        say::column_version(),
        say::column_title(),
        say::column_from(),
        say::column_objects(),
        say::column_actions(),
    ];
    let rows: Vec<Vec<String>> = sound
        .iter()
        .map(|(volume, definition)| {
            let objects = definition.objects.iter().map(|object| object.name.as_str());
            let all = |by_hand| -> BTreeSet<Action> {
                let objects = definition.objects.iter();
                objects
                    .flat_map(|object| actions(object, by_hand))
                    .collect()
            };
            let (sent, by_hand) = (all(false), all(true));
            let words = sent.iter().map(|action| action.word().to_owned());
            // What some object does by itself needs no second word.
            let others = by_hand.difference(&sent);
            let others = others.map(|action| say::by_hand(action.word()).to(lang).to_owned());
            let actions: Vec<String> = words.chain(others).collect();
            vec![
                volume.name.clone(),
                definition.version.clone(),
                definition.title.clone().unwrap_or_default(),
                from(volume.origin).to(lang).to_owned(),
                objects.collect::<Vec<_>>().join(", "),
                actions.join(", "),
            ]
        })
        .collect();
    context.ui.rows(&columns, &rows);
    for one in broken {
        let name = one.path.clone().unwrap_or_else(|| one.name.clone());
        context.ui.heading(&say::cannot_be_read(name));
        for wrong in &one.trouble.diagnostics {
            context.ui.warn(wrong);
        }
    }
}

fn from(origin: Origin) -> Text {
    match origin {
        Origin::Path | Origin::Loose => say::from_path(),
        Origin::Workspace => say::from_workspace(),
        Origin::User => say::from_user(),
        Origin::Shipped => say::from_program(),
    }
}

/// What can be done to records of an object: by the program, or by a person in the system's own screens.
fn actions(object: &Object, by_hand: bool) -> Vec<Action> {
    let How::Http { actions, .. } = &object.how else {
        return Vec::new();
    };
    let actions = actions.iter();
    let meant = actions.filter(|(_, does)| does.manual.is_some() == by_hand);
    meant.map(|(action, _)| *action).collect()
}

/// `dsr.connector.list/1`
fn document(context: &Context, sound: &[(Volume, Definition)], broken: &[Broken]) -> Value {
    let lang = context.ui.lang;
    let words = |object: &Object, by_hand| -> Vec<&str> {
        let actions = actions(object, by_hand).into_iter();
        actions.map(Action::word).collect()
    };
    let object = |object: &Object| {
        let erase = match &object.erase {
            Erase::Remove => "remove",
            Erase::Anonymise => "anonymise",
            Erase::Restrict => "restrict",
            Erase::Retain { .. } => "retain",
            Erase::Manual { .. } => "manual",
            Erase::With { .. } => "with",
        };
        let by = object.find.iter().filter_map(|finder| finder.by.as_ref());
        json!({
            "object": object.name,
            "find_by": by.map(|kind| kind.0.as_str()).collect::<BTreeSet<_>>(),
            "actions": words(object, false),
            "by_hand": words(object, true),
            "erase": erase,
        })
    };
    let sound = sound.iter().map(|(volume, definition)| {
        let below = definition.parts.get(1);
        json!({
            "name": volume.name,
            "version": definition.version,
            "title": definition.title,
            "origin": volume.origin.word(),
            "path": path_of(volume),
            "sha256": definition.digest.hex(),
            "extends": below.map(|part| format!("{} {}", part.name, part.version)),
            "objects": definition.objects.iter().map(object).collect::<Vec<_>>(),
        })
    });
    let broken = broken.iter().map(|one| {
        let wrong = one.trouble.diagnostics.iter();
        json!({
            "name": one.name,
            "origin": one.origin.word(),
            "path": one.path,
            "errors": wrong.map(|one| draw::json(one, lang)).collect::<Vec<_>>(),
        })
    });
    json!({
        "schema": "dsr.connector.list/1",
        "connectors": sound.collect::<Vec<_>>(),
        "broken": broken.collect::<Vec<_>>(),
    })
}
