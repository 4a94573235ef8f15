//! `dsr trust`: shows what a connector, a plugin or the inventory itself may do or have started, then notes its digest in `dsr.lock`.
//! What is not there never runs.

mod inventory;
mod plugin;
mod signer;

use std::path::{Path, PathBuf};

use crate::cli::context::Context;
use crate::connector::definition::{self, Definition};
use crate::connector::library::{self, Library, Origin};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{attachment, cli as say, library as words};
use crate::trust::{Lock, Trusted};
use crate::workspace::Workspace;

/// Show what a connector, a plugin or a program that dsr.yaml names may do, then allow it
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The file of the connector, one of the program, or dsr.yaml
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let workspace = Workspace::find(&context.folder())?;
    workspace.check_ownership()?;
    context.speak_as_stated(&workspace);
    let mut lock = Lock::read(&workspace)?;
    let file = if args.file.is_absolute() {
        args.file.clone()
    } else {
        context.folder().join(&args.file)
    };
    // `-C` may be relative too, and the lock counts from the workspace and not from here.
    let file = fs_err::canonicalize(&file).unwrap_or(file);
    let named = args.file.to_string_lossy();
    if let Some(shipped) = library::shipped(&named).filter(|_| !file.exists()) {
        let definition = definition::parse(shipped.source)?;
        let (name, version) = (definition.name, definition.version);
        context
            .ui
            .say(&words::comes_with_the_program(name, version));
        return Ok(Exit::Done);
    }
    if file == workspace.inventory_file() {
        return inventory::trust(context, &workspace, &mut lock, args.yes);
    }
    if let Some(plugin) = plugin::named(&workspace, &file)? {
        return plugin::trust(context, &workspace, &mut lock, &plugin, args.yes);
    }
    if let Some(program) = signer::named(&workspace, &file)? {
        return signer::trust(context, &workspace, &mut lock, &program, args.yes);
    }
    let volume = library::open(&file, Origin::Path)?;
    let around = Library::around(file.parent().unwrap_or(Path::new(".")));
    let definition = definition::load(&volume, &around, None)?;
    let path = workspace.relative(&file);
    let signers = plugin::pinned(&workspace, &definition);
    let all_known = signers
        .iter()
        .all(|(path, digest)| lock.is_trusted(path, digest));
    if lock.is_trusted(&path, &definition.digest) && all_known {
        context.ui.say(&say::already_trusted(&path));
        return Ok(Exit::Done);
    }
    for below in definition.parts.iter().skip(1) {
        context
            .ui
            .say(&words::stands_on(&below.name, &below.version));
    }
    for change in definition.changes.iter().filter(|change| change.safety) {
        let (before, after) = (words::stated(&change.before), words::stated(&change.after));
        let changed = words::changes_safety(&change.path, before, after);
        context.ui.say(&changed);
    }
    context.ui.say(&say::trust_head(
        definition.name.clone(),
        definition.version.clone(),
        definition.digest.hex(),
    ));
    for origin in definition.contacts() {
        context.ui.say(&say::may_contact(origin));
    }
    for request in definition.log_ins() {
        context.ui.say(&say::may_log_in(request));
    }
    for (object, requests) in definition.reads() {
        context.ui.say(&say::may_read(object, requests.join("; ")));
    }
    for (object, cap) in definition.wide_caps() {
        let usual = crate::connector::grammar::CAP;
        context.ui.say(&say::may_match(object, cap, usual));
    }
    for (action, requests) in definition.writes() {
        context.ui.say(&say::may_write(action, requests.join("; ")));
    }
    for (object, request, hosts, known) in definition.downloads() {
        let hosts = hosts.join(", ");
        context.ui.say(&match known {
            true => attachment::may_fetch(object, request, hosts),
            false => attachment::may_fetch_bare(object, request, hosts),
        });
    }
    for post in definition.read_only_posts() {
        context.ui.say(&say::may_post(post));
    }
    if let Some(signing) = definition.signing() {
        plugin::show_signing(context, signing, &signers);
    }
    confirm(context, args.yes)?;
    for (path, digest) in &signers {
        plugin::note(&mut lock, path, *digest);
    }
    note(&workspace, &mut lock, &file, &definition)?;
    for path in std::iter::once(&path).chain(signers.iter().map(|(path, _)| path)) {
        context.ui.say(&say::trusted(path));
    }
    Ok(Exit::Done)
}

/// Asks, unless it was said beforehand.
fn confirm(context: &Context, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    let answer = context.ui.ask(&say::ask_trust())?;
    match answer.to_lowercase().as_str() {
        "y" | "yes" | "j" | "ja" => Ok(()),
        _ => Err(
            Diagnostic::new("E870", Exit::Waiting, say::not_trusted_now())
                .help(say::not_trusted_now_help())
                .into(),
        ),
    }
}

/// Notes in `dsr.lock` that a connector may run as it is now.
pub(crate) fn note(
    workspace: &Workspace,
    lock: &mut Lock,
    file: &Path,
    definition: &Definition,
) -> Result<()> {
    lock.trust(Trusted {
        name: definition.parts[0].name.clone(),
        version: definition.version.clone(),
        path: workspace.relative(file),
        sha256: definition.digest,
    });
    lock.write(workspace)
}
