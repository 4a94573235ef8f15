//! `dsr evidence`: make a bundle, and check one.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::journey::{self, prove};
use crate::cli::plan;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::certificate::{Anchor, spoken};
use crate::evidence::verify::{self, Standing, Verdict};
use crate::messages::{Text, cli as say};
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
        Verb::Verify {
            bundle,
            anchor,
            fingerprint,
        } => verify(context, &bundle, &anchor, &fingerprint),
    }
}

fn make(context: &mut Context, case: &str) -> Result<Exit> {
    let id = plan::case_id(case)?;
    let house = context.house()?;
    crate::cli::export::register::expire(context, &house)?;
    let opened = journey::look_into(&house, &id)?;
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
    context
        .ui
        .say(&say::evidence_made(made.path.display().to_string()));
    for gap in &made.gaps {
        context.ui.say(&say::not_proven(gap.text.clone()));
    }
    Ok(Exit::Done)
}

fn verify(
    context: &mut Context,
    bundle: &std::path::Path,
    files: &[PathBuf],
    fingerprints: &[String],
) -> Result<Exit> {
    let mut anchors = Vec::new();
    for file in files {
        let unreadable = |error: std::io::Error| {
            Diagnostic::new("E863", Exit::Usage, say::anchor_unreadable())
                .why(crate::messages::os::why_at(file, &error))
                .help(say::anchor_unreadable_help())
        };
        anchors.extend(Anchor::from_pem(
            &fs_err::read_to_string(file).map_err(unreadable)?,
        )?);
    }
    for text in fingerprints {
        let wrong = || {
            Diagnostic::new("E864", Exit::Usage, say::not_a_fingerprint())
                .help(say::fingerprint_help())
        };
        anchors.push(Anchor::from_fingerprint(text).ok_or_else(wrong)?);
    }
    // In a workspace its own certificate is the default anchor.
    if anchors.is_empty()
        && let Ok(workspace) = Workspace::find(&context.folder())
        && let Ok(pem) = fs_err::read_to_string(workspace.keys_dir().join(prove::SEAL_CERTIFICATE))
    {
        anchors.extend(Anchor::from_pem(&pem)?);
    }
    let verdict = verify::verify(bundle, &anchors)?;
    show(context, &verdict);
    Ok(verdict.exit())
}

/// Prints a verdict.
pub(crate) fn show(context: &Context, verdict: &Verdict) {
    if context.ui.format == Format::Json {
        return context.ui.json(&verdict_json(verdict));
    }
    let lang = context.ui.lang;
    context.ui.data(&verdict.sentence());
    let mut facts = Vec::new();
    let mut fact = |name: Text, value: Option<String>| {
        facts.extend(value.map(|value| vec![name.to(lang).to_owned(), value]))
    };
    fact(say::fact_case(), verdict.case.clone());
    fact(
        say::fact_bundle(),
        verdict.bundle.map(|digest| digest.hex()),
    );
    fact(say::fact_signer(), verdict.signer.clone());
    fact(
        say::fact_fingerprint(),
        verdict.fingerprint.as_ref().map(spoken),
    );
    fact(
        say::fact_sealed_at(),
        verdict
            .sealed_at
            .map(|at| say::by_own_clock(at.to_string()).to(lang).to_owned()),
    );
    fact(
        say::fact_level(),
        verdict
            .level
            .as_ref()
            .map(|level| level.to(lang).to_owned()),
    );
    fact(
        say::fact_content(),
        Some(
            say::counts(verdict.files, verdict.records, verdict.events)
                .to(lang)
                .to_owned(),
        ),
    );
    context.ui.rows(&[say::fact(), say::value()], &facts);
    for reason in &verdict.reasons {
        context.ui.warn(reason);
    }
    if !verdict.not_proven.is_empty() {
        context
            .ui
            .say(&say::says_not_proven(verdict.not_proven.len()));
    }
}

pub(crate) fn verdict_json(verdict: &Verdict) -> serde_json::Value {
    let standing = match verdict.standing {
        Standing::Valid => "valid",
        Standing::IntactButSignerUnknown => "intact_but_signer_unknown",
        Standing::Invalid => "invalid",
    };
    json!({
        "schema": "dsr.verdict/1",
        "standing": standing,
        "reasons": verdict.reasons.iter().map(|reason| json!({ "code": reason.code, "message": reason.what.en })).collect::<Vec<_>>(),
        "case": verdict.case,
        "bundle": verdict.bundle,
        "number": verdict.number,
        "predecessor": verdict.predecessor,
        "signer": verdict.signer,
        "fingerprint": verdict.fingerprint,
        "sealed_at": verdict.sealed_at,
        "level": verdict.level.as_ref().map(|level| &level.en),
        "files": verdict.files,
        "bytes": verdict.bytes,
        "records": verdict.records,
        "events": verdict.events,
        "not_proven": verdict.not_proven,
        "unchecked": verdict.unchecked,
    })
}
