//! `dsr key`: the keys of the organisation: the one that seals, and those of the people who work here.

mod list;
mod person;
mod rotate;

pub(crate) use list::in_four;

use crate::cli::context::Context;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::certificate::{self, Anchor};
use crate::messages::seal as say;

/// Keys of people, and the key that seals evidence: make, show, change
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Make a key for the person whom --as names
    New(person::Args),
    /// Which certificate seals, which ones did before, and the keys of people
    List,
    /// Print a certificate as PEM, to give to auditors
    ExportCert {
        /// Beginning of its SHA-256 fingerprint; without it the one that seals
        #[arg(value_name = "HEX")]
        fingerprint: Option<String>,
    },
    /// Another key from now on, for the seal or for the person whom --as names; what the old one signed stays valid
    Rotate(rotate::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    context.speak_as_here();
    match args.verb {
        Verb::New(args) => person::new(context, &args),
        Verb::List => list::run(context),
        Verb::ExportCert { fingerprint } => export(context, fingerprint.as_deref()),
        Verb::Rotate(args) => rotate::run(context, &args),
    }
}

fn export(context: &mut Context, wanted: Option<&str>) -> Result<Exit> {
    let house = context.house()?;
    let Some(wanted) = wanted else {
        let seal = crate::cli::seal::open(&house)?;
        context.ui.raw(seal.pem().as_bytes());
        return Ok(Exit::Done);
    };
    let wanted: String = wanted
        .chars()
        .filter(|sign| !matches!(sign, ':' | ' '))
        .collect::<String>()
        .to_ascii_lowercase();
    let is_it = |pem: &String| {
        let first = Anchor::from_pem(pem)
            .ok()
            .and_then(|all| all.into_iter().next());
        matches!(first, Some(Anchor::Certificate(found)) if certificate::fingerprint(&found).hex().starts_with(&wanted))
    };
    let mut found = crate::cli::seal::certificates(&house.workspace);
    found.retain(is_it);
    // The workspace's own lies there a second time once another followed it.
    found.dedup();
    match found.first().filter(|_| !wanted.is_empty()) {
        Some(pem) => {
            context.ui.raw(pem.as_bytes());
            Ok(Exit::Done)
        }
        None => Err(
            Diagnostic::new("E963", Exit::Usage, say::no_such_certificate())
                .help(say::no_such_certificate_help())
                .into(),
        ),
    }
}
