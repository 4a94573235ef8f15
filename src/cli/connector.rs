//! `dsr connector`: what writers of connector files need. Works without a workspace too.

mod check;
mod diff;
mod discover;
mod list;
mod new;
mod record;
mod show;
mod test;

use std::path::{Path, PathBuf};

use crate::cli::context::Context;
use crate::connector::library::{self, Library, Origin, Volume};
use crate::diagnostic::{Exit, Result};
use crate::messages::{library as say, yaml as say_yaml};
use crate::workspace::Workspace;
use crate::yaml::{error, nearest};

/// Write, check and test connectors
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// List the connectors that there are: those that came along, your own and those of this workspace
    List,
    /// Show a connector as it is written
    Show(show::Args),
    /// Draft a connector and a first test of it, from a few answers or from an OpenAPI document
    New(Box<new::Args>),
    /// Look for mistakes in connector files, without asking a system
    Check(check::Args),
    /// Show what an overlay changes in the connector below it, safety properties first
    Diff(diff::Args),
    /// Ask a system what it holds and propose objects, identities and links for the inventory
    Discover(discover::Args),
    /// Carry a case out against a sandbox and write it down as a test, with invented values
    Record(Box<record::Args>),
    /// Replay the recorded exchanges of connectors, and cases derived from them
    Test(test::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    context.speak_as_here();
    match args.verb {
        Verb::List => list::run(context),
        Verb::Show(args) => show::run(context, &args),
        Verb::New(args) => new::run(context, &args),
        Verb::Check(args) => check::run(context, &args),
        Verb::Diff(args) => diff::run(context, &args),
        Verb::Discover(args) => discover::run(context, &args),
        Verb::Record(args) => record::run(context, &args),
        Verb::Test(args) => test::run(context, &args),
    }
}

/// Where connectors are looked up: beside the inventory of the workspace, or in `connectors/` here.
fn home(context: &Context) -> PathBuf {
    let folder = context.folder();
    Workspace::find(&folder).map_or(folder, |workspace| workspace.folder)
}

/// The connector that words mean: a file if there is one, else a name, which may say its version as an inventory does. With it
/// comes where it would look for what it extends.
fn meant(context: &Context, words: &str) -> Result<(Volume, Library)> {
    let file = context.folder().join(words);
    if file.is_file() {
        let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
        // Beside an inventory it stands for its name, and may take nobody else's.
        let is_house = |folder: &Path| folder.join("dsr.yaml").is_file();
        let is_home = folder.parent().is_some_and(is_house);
        let origin = match is_home && folder.ends_with("connectors") {
            true => Origin::Workspace,
            // A file of a checkout, or one that somebody sent: the program's own wording may be older or newer.
            false if !folder.ancestors().any(is_house) => Origin::Loose,
            false => Origin::Path,
        };
        return Ok((library::open(&file, origin)?, Library::around(&folder)));
    }
    let library = Library::of(&home(context));
    let name = words.split('@').next().unwrap_or(words);
    if let Some(found) = library.find(name, &[])? {
        return Ok((found, library));
    }
    let wrong = error("E785", say::no_connector(words));
    Err(match nearest(name, library::shipped_names()) {
        Some(near) => wrong.help(say_yaml::did_you_mean(near)),
        None => wrong.help(say::extends_nothing_help()),
    }
    .into())
}

/// Where a connector lies, as a program reads it; one that came along has no path.
fn path_of(volume: &Volume) -> Option<String> {
    volume.file().map(|file| file.display().to_string())
}
