//! `plugin` of a system: the program that speaks with it.
//!
//! No program runs when an inventory is read; only the files are, so that `dsr.lock` can be asked about their content.

use std::path::Path;

use crate::connector::{Object, grammar, process};
use crate::diagnostic::Diagnostic;
use crate::inventory::ProcessSettings;
use crate::inventory::context::Context;
use crate::inventory::object::{Dialect, objects};
use crate::inventory::settings::{Stated, stated};
use crate::messages::process as say;
use crate::secret;
use crate::subject::Kind;
use crate::yaml::{Fields, Node, error};

/// The value of `plugin`.
pub(super) fn plugin(
    node: &Node,
    folder: &Path,
    needed: bool,
    errors: &mut Vec<Diagnostic>,
) -> Option<ProcessSettings> {
    let mut top = Fields::of(node, errors)?;
    let run = top.required("run");
    let place = run.map_or_else(|| node.place.clone(), |node| node.place.clone());
    let run = run
        .map(|node| grammar::names(node, top.errors()))
        .unwrap_or_default();
    let further = top.optional("files");
    let named: Vec<String> = further
        .map(|node| grammar::names(node, top.errors()))
        .unwrap_or_default();
    let own_network = match top.text("network").as_deref() {
        None => false,
        Some("own") => true,
        Some(_) => {
            top.error(
                error("E164", say::network_word())
                    .at(node.place.clone())
                    .help(say::network_word_help()),
            );
            false
        }
    };
    let log = top.text("log");
    top.finish();
    if run.is_empty() {
        return None;
    }
    let files = process::pinned(&run, named, folder, needed, &place, errors)?;
    Some(ProcessSettings {
        run,
        files,
        own_network,
        log,
    })
}

/// A plugin and its objects, for a test that says of it what an inventory does.
pub(crate) fn plugged(
    plugin_node: &Node,
    objects_node: &Node,
    folder: &Path,
    errors: &mut Vec<Diagnostic>,
) -> Option<(ProcessSettings, Vec<Object>)> {
    let mut context = Context::default();
    let known = [Kind::EMAIL, Kind::PHONE];
    context.kinds.extend(known.map(str::to_owned));
    let settings = plugin(plugin_node, folder, true, errors);
    let objects = objects(objects_node, Dialect::Plugin, &mut context, errors);
    context.check_kinds(errors);
    Some((settings?, objects))
}

/// `settings`: any names; what sounds like a secret has to be a reference.
pub(super) fn settings(node: Option<&Node>, errors: &mut Vec<Diagnostic>) -> Stated {
    let names: Vec<String> = node
        .and_then(Node::map)
        .unwrap_or_default()
        .iter()
        .map(|(name, _)| name.text.clone())
        .collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    stated(node, &known, secret::sounds_secret, errors)
}
