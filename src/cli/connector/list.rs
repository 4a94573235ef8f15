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

pub(crate) fn run(context: &Context) -> Result<Exit> {
    let library = Library::of(&home(context));
    let (mut sound, mut broken) = (Vec::new(), Vec::new());
    for volume in library.all()? {
        match definition::load(&volume, &library, None) {
            Ok(definition) => sound.push((volume, definition)),
            Err(trouble) => broken.push((volume, trouble)),
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

fn table(context: &Context, sound: &[(Volume, Definition)], broken: &[(Volume, Trouble)]) {
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
            let actions: BTreeSet<Action> = definition.objects.iter().flat_map(actions).collect();
            let actions: Vec<&str> = actions.into_iter().map(Action::word).collect();
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
    for (volume, trouble) in broken {
        let name = path_of(volume).unwrap_or_else(|| volume.name.clone());
        context.ui.heading(&say::cannot_be_read(name));
        for wrong in &trouble.diagnostics {
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

/// What can be done to records of an object, by the program or by hand.
fn actions(object: &Object) -> Vec<Action> {
    match &object.how {
        How::Http { actions, .. } => actions.iter().map(|(action, _)| *action).collect(),
        _ => Vec::new(),
    }
}

/// `dsr.connector.list/1`
fn document(
    context: &Context,
    sound: &[(Volume, Definition)],
    broken: &[(Volume, Trouble)],
) -> Value {
    let lang = context.ui.lang;
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
            "actions": actions(object).into_iter().map(Action::word).collect::<Vec<_>>(),
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
    let broken = broken.iter().map(|(volume, trouble)| {
        let wrong = trouble.diagnostics.iter();
        json!({
            "name": volume.name,
            "origin": volume.origin.word(),
            "path": path_of(volume),
            "errors": wrong.map(|one| draw::json(one, lang)).collect::<Vec<_>>(),
        })
    });
    json!({
        "schema": "dsr.connector.list/1",
        "connectors": sound.collect::<Vec<_>>(),
        "broken": broken.collect::<Vec<_>>(),
    })
}
