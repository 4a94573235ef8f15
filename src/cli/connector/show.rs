//! `dsr connector show`: a connector as it is written, or with everything written out.

use serde_json::json;

use super::{meant, path_of};
use crate::cli::context::Context;
use crate::connector::definition;
use crate::diagnostic::{Exit, Result};
use crate::keys::Digest;
use crate::ui::Format;

/// Show a connector as it is written
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The file of a connector, or its name
    #[arg(value_name = "CONNECTOR")]
    connector: String,
    /// With what it extends, and all defaults written out
    #[arg(long)]
    expanded: bool,
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let (volume, library) = meant(context, &args.connector)?;
    let text = match args.expanded {
        true => definition::expanded(&volume, &library)?,
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
            "text": text,
        })),
        Format::Table | Format::Csv => context.ui.raw(text.as_bytes()),
    }
    Ok(Exit::Done)
}
