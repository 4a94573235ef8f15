//! `dsr man`: the help pages as manual pages, in either language.

use std::path::{Path, PathBuf};

use clap::Command;

use crate::cli::context::Context;
use crate::cli::help;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::desk as say;

/// Print the manual page, or write one for each command
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Write a page for each command to this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut command = help::command(context.ui.lang);
    command.build();
    let Some(folder) = &args.dir else {
        context.ui.raw(&page(command));
        return Ok(Exit::Done);
    };
    let mut pages = Vec::new();
    collect(command, &mut pages);
    write(folder, &pages).map_err(|error| {
        let path = folder.display().to_string();
        Diagnostic::new("E931", Exit::Usage, say::cannot_write_pages(path))
            .why(crate::messages::os::why(&error))
            .help(say::cannot_write_pages_help())
    })?;
    let path = folder.display().to_string();
    context.ui.say(&say::pages_written(pages.len(), path));
    Ok(Exit::Done)
}

/// Each command's page under its name, `dsr-evidence-verify`; commands above come first.
fn collect(command: Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let below: Vec<Command> = command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
        .cloned()
        .collect();
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
        .to_owned();
    pages.push((name, page(command)));
    for sub in below {
        collect(sub, pages);
    }
}

fn page(command: Command) -> Vec<u8> {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
        .to_owned();
    let man = clap_mangen::Man::new(command)
        .title(name)
        .section("1")
        .source(concat!("dsr ", env!("CARGO_PKG_VERSION")));
    let mut out = Vec::new();
    // Writing to memory does not fail.
    let _ = man.render(&mut out);
    out
}

fn write(folder: &Path, pages: &[(String, Vec<u8>)]) -> std::io::Result<()> {
    fs_err::create_dir_all(folder)?;
    for (name, page) in pages {
        fs_err::write(folder.join(format!("{name}.1")), page)?;
    }
    Ok(())
}
