//! `dsr evidence`: make a bundle, and check one.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::journey::{self, prove};
use crate::cli::plan;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::certificate::Anchor;
use crate::evidence::verify::{self, Verdict};
use crate::messages::cli as say;
use crate::ui::Format;
use crate::workspace::Workspace;

/// Make and verify evidence bundles
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Assemble the bundle of a case from ledger and vault
    Make {
        /// Number of the case
        #[arg(value_name = "CASE")]
        case: String,
    },
    /// Verify a bundle; needs no workspace
    Verify {
        /// The zip, or the folder it was unpacked to
        #[arg(value_name = "BUNDLE")]
        bundle: PathBuf,
        /// Certificate (PEM) that the seal must lead to; repeat for several
        #[arg(long, value_name = "FILE")]
        anchor: Vec<PathBuf>,
        /// SHA-256 fingerprint of the certificate that sealed it
        #[arg(long, value_name = "HEX")]
        fingerprint: Vec<String>,
    },
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::Make { case } => make(context, &case),
        Verb::Verify { bundle, anchor, fingerprint } => verify(context, &bundle, &anchor, &fingerprint),
    }
}

fn make(context: &mut Context, case: &str) -> Result<Exit> {
    let id = plan::case_id(case)?;
    let house = context.house()?;
    let opened = journey::reopen(&house, &id)?;
    let made = prove::make(context, &house, &opened)?;
    house.close()?;
    if context.ui.format == Format::Json {
        context.ui.json(&json!({
            "schema": "dsr.evidence/1",
            "case": id,
            "path": made.path.display().to_string(),
            "bundle": made.bundle,
            "gaps": made.gaps,
        }));
    }
    context.ui.say(&say::evidence_made(made.path.display().to_string()));
    for gap in &made.gaps {
        context.ui.say(&say::not_proven(gap.text.clone()));
    }
    Ok(Exit::Done)
}

fn verify(context: &mut Context, bundle: &std::path::Path, files: &[PathBuf], fingerprints: &[String]) -> Result<Exit> {
    let mut anchors = Vec::new();
    for file in files {
        let unreadable = |error: std::io::Error| {
            Diagnostic::new("E863", Exit::Usage, say::anchor_unreadable()).why(crate::messages::Text::same(error.to_string()))
        };
        anchors.extend(Anchor::from_pem(&fs_err::read_to_string(file).map_err(unreadable)?)?);
    }
    for text in fingerprints {
        let wrong = || Diagnostic::new("E864", Exit::Usage, say::not_a_fingerprint()).help(say::fingerprint_help());
        anchors.push(Anchor::from_fingerprint(text).ok_or_else(wrong)?);
    }
    // In a workspace its own certificate is the default anchor.
    if anchors.is_empty()
        && let Ok(workspace) = Workspace::find(&context.folder())
        && let Ok(pem) = fs_err::read_to_string(workspace.keys_dir().join(prove::SEAL_CERTIFICATE))
    {
        anchors.extend(Anchor::from_pem(&pem)?);
    }
    let verdict = verify::verify(bundle, &anchors);
    Ok(show(context, &verdict))
}

/// Prints a verdict and turns it into an exit code.
pub(crate) fn show(context: &Context, verdict: &Verdict) -> Exit {
    if context.ui.format == Format::Json {
        context.ui.json(&verdict.json());
    } else {
        for line in verdict.in_words() {
            context.ui.data(&line);
        }
    }
    verdict.exit()
}
