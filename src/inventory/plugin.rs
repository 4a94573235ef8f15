//! `plugin` of a system: the program that speaks with it.
//!
//! No program runs when an inventory is read; only the files are, so that `dsr.lock` can be asked about their content.

use std::path::Path;

use crate::connector::grammar;
use crate::diagnostic::Diagnostic;
use crate::inventory::ProcessSettings;
use crate::inventory::settings::{Stated, stated};
use crate::keys::Digest;
use crate::messages::{os, process as say};
use crate::secret;
use crate::yaml::{Fields, Node, error};

/// Larger files are no programs that anybody looks through.
const LARGEST: u64 = 16 << 20;

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
    let mut named: Vec<String> = further
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
    // An argument that is a file beside the inventory is part of the program: `[python3, plugins/erp.py]`.
    for (nth, word) in run.iter().enumerate() {
        let is_program = nth == 0 && word.contains('/');
        if (is_program || folder.join(word).is_file()) && !named.contains(word) {
            named.insert(0, word.clone());
        }
    }
    if named.is_empty() {
        errors.push(
            error("E165", say::no_file_of_its_own())
                .at(place)
                .why(say::no_file_of_its_own_why())
                .help(say::no_file_of_its_own_help()),
        );
        return None;
    }
    let mut files = Vec::new();
    for name in named {
        match content(&folder.join(&name)) {
            Ok(bytes) => files.push((name, Digest::sha256(&bytes))),
            Err(_) if !needed => {}
            Err(why) => errors.push(
                error("E166", say::unreadable_file(&name, why))
                    .at(place.clone())
                    .help(say::unreadable_file_help()),
            ),
        }
    }
    Some(ProcessSettings {
        run,
        files,
        own_network,
        log,
    })
}

/// The bytes of one file of a plugin.
pub(crate) fn content(file: &Path) -> Result<Vec<u8>, crate::messages::Text> {
    match fs_err::metadata(file) {
        Ok(size) if !size.is_file() || size.len() > LARGEST => Err(say::no_program_file()),
        Ok(_) => fs_err::read(file).map_err(|failure| os::why_at(file, &failure)),
        Err(failure) => Err(os::why_at(file, &failure)),
    }
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
