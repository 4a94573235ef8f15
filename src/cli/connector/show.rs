//! `dsr connector show`: a connector as it is written, or with everything written out.

use serde_json::json;

use super::{meant, path_of};
use crate::cli::context::Context;
use crate::connector::definition;
use crate::connector::library::{self, Volume};
use crate::diagnostic::{Exit, Result};
use crate::keys::Digest;
use crate::messages::replay;
use crate::replay::lent;
use crate::ui::Format;
use crate::yaml::error;

/// Show a connector as it is written
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The file of a connector, or its name
    #[arg(value_name = "CONNECTOR")]
    connector: String,
    /// With what it extends, and all defaults written out
    #[arg(long)]
    expanded: bool,
    /// Its test file instead
    #[arg(long, conflicts_with = "expanded")]
    tests: bool,
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let (volume, library) = meant(context, &args.connector)?;
    let text = match args.expanded {
        _ if args.tests => tests(&volume)?,
        true => definition::expanded(&volume, &library, context.ui.lang)?,
        false => volume.source.text.clone(),
    };
    match context.ui.format {
        Format::Json => context.ui.json(&json!({
            "schema": "dsr.connector.show/1",
            "name": volume.name,
            "origin": volume.origin.word(),
            "path": path_of(&volume),
            "sha256": Digest::sha256(volume.source.text.as_bytes()).hex(),
            "expanded": args.expanded,
            "tests": args.tests,
            "text": text,
        })),
        Format::Table | Format::Csv => context.ui.raw(text.as_bytes()),
    }
    Ok(Exit::Done)
}

/// The text of a connector's test file: the one beside it, or the one that came with it.
fn tests(volume: &Volume) -> Result<String> {
    let none = || {
        let wrong = error("E781", replay::tests_elsewhere(&volume.name));
        wrong.help(replay::tests_elsewhere_help(&volume.name))
    };
    let Some(file) = volume.file() else {
        let shipped = library::shipped_tests(&volume.name).ok_or_else(none)?;
        return Ok(shipped.text.clone());
    };
    let own = lent::tests_of(file);
    match own.is_file() {
        true => Ok(library::open(&own, volume.origin)?.source.text.clone()),
        false => Err(none().into()),
    }
}
