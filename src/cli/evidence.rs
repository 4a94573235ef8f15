//! `dsr evidence`: make a bundle, have it stamped, check one, and show what opens it.

mod authority;
mod disclose;
mod log;
mod make;
pub(crate) mod openings;
mod reveal;
mod stamp;
mod verifier;

use std::path::PathBuf;

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::journey;
use crate::cli::key::in_four;
use crate::cli::seal;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::certificate::{Anchor, spoken};
use crate::evidence::verify::{self, Anchors, Clock, Kind, Stamping, Standing, Timing, Verdict};
use crate::evidence::{Time, Vouched, in_words};
use crate::messages::{
    Text, cli as say, held, profiles, seal as words, stamp as say_stamp, translog,
};
use crate::tsa::Authorities;
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
    /// Assemble the bundle of a case, or of all cases of a period, from ledger and vault
    Make(make::Args),
    /// Ask the time-stamping authorities again, for bundles whose time is pending
    Stamp {
        /// Number of the case
        #[arg(value_name = "CASE", required_unless_present = "all")]
        case: Option<String>,
        /// All cases, and the containers of periods
        #[arg(long, conflicts_with = "case")]
        all: bool,
    },
    /// Print the verifier for a browser, one HTML file that needs no network
    Verifier {
        /// Write it to a file instead of stdout
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Show one record's line with what opens it, and how somebody else can check it
    Reveal(reveal::Args),
    /// Encrypt what opens the latest bundle to named recipients
    Disclose(disclose::Args),
    /// Verify a bundle; needs no workspace
    Verify {
        /// The zip, or the folder it was unpacked to
        #[arg(value_name = "BUNDLE")]
        bundle: PathBuf,
        /// Certificate (PEM) that the seal must lead to; repeat for several
        #[arg(long, value_name = "FILE")]
        anchor: Vec<PathBuf>,
        /// Certificate (PEM) that time stamps must lead to; repeat for several
        #[arg(long, value_name = "FILE")]
        tsa: Vec<PathBuf>,
        /// SHA-256 fingerprint of the certificate that sealed it
        #[arg(long, value_name = "HEX")]
        fingerprint: Vec<String>,
        /// Key of the log over all cases (NAME+ID+KEY), or a file with keys; repeat for several
        #[arg(long, value_name = "VKEY|FILE")]
        log_key: Vec<String>,
    },
    /// The log over all cases: checkpoints, proofs, entries
    Log(log::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    context.speak_as_here();
    match args.verb {
        Verb::Make(args) => make::run(context, &args),
        Verb::Reveal(args) => reveal::run(context, &args),
        Verb::Disclose(args) => disclose::run(context, &args),
        Verb::Verifier { output } => verifier::run(context, output.as_deref()),
        Verb::Verify {
            bundle,
            anchor,
            tsa,
            fingerprint,
            log_key,
        } => verify(context, &bundle, &anchor, &tsa, &fingerprint, &log_key),
        Verb::Stamp { case, .. } => stamp::run(context, case.as_deref()),
        Verb::Log(args) => log::run(context, args),
    }
}

fn verify(
    context: &mut Context,
    bundle: &std::path::Path,
    files: &[PathBuf],
    authorities: &[PathBuf],
    fingerprints: &[String],
    log_keys: &[String],
) -> Result<Exit> {
    if let Err(error) = fs_err::symlink_metadata(bundle) {
        let none = Diagnostic::new("E647", Exit::Usage, say::no_bundle_there());
        return Err(none
            .why(crate::messages::os::why_at(bundle, &error))
            .help(say::no_bundle_there_help())
            .into());
    }
    // A pipe would be waited for without end.
    let is_other = |kind: std::fs::Metadata| !kind.is_file() && !kind.is_dir();
    if fs_err::metadata(bundle).is_ok_and(is_other) {
        let none = Diagnostic::new("E647", Exit::Usage, say::no_bundle_there());
        let why = say::no_file_or_folder(bundle.display().to_string());
        return Err(none.why(why).help(say::no_bundle_there_help()).into());
    }
    let mut anchors = certificates(files)?;
    let mut time = certificates(authorities)?;
    let mut keys = log::named_keys(log_keys)?;
    // A key that is named and finds nothing is an answer; the workspace's own keys are only a help.
    let must_be_logged = !keys.is_empty();
    for text in fingerprints {
        let wrong = || {
            Diagnostic::new("E864", Exit::Usage, say::not_a_fingerprint())
                .help(say::fingerprint_help())
        };
        anchors.push(Anchor::from_fingerprint(text).ok_or_else(wrong)?);
    }
    // In a workspace its own certificates, today's and those before, are the default anchors, and with them the keys of its own log.
    if anchors.is_empty()
        && let Ok(workspace) = Workspace::find(&context.folder())
    {
        for pem in seal::certificates(&workspace) {
            anchors.extend(Anchor::from_pem(&pem)?.into_iter().take(1));
        }
        if keys.is_empty() {
            keys = journey::log::known_keys(&workspace);
        }
    }
    // So are the authorities that its inventory names for the time.
    if time.is_empty()
        && let Ok(workspace) = Workspace::find(&context.folder())
        && let Ok((inventory, _)) = crate::cli::context::read_with(&workspace, None)
    {
        let named = Authorities::new(&inventory.evidence.tsa, &inventory.folder);
        time.extend(named.anchors()?);
    }
    let anchors = Anchors {
        seal: anchors,
        time,
        log: keys,
        must_be_logged,
    };
    let verdict = verify::verify(bundle, &anchors)?;
    show(context, &verdict);
    Ok(verdict.exit())
}

/// Every certificate of these files.
fn certificates(files: &[PathBuf]) -> Result<Vec<Anchor>> {
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
    Ok(anchors)
}

/// What is known of a new bundle's time.
fn time_json(time: &Time) -> serde_json::Value {
    match time {
        Time::NotAsked => json!({ "state": "not_asked" }),
        Time::Stamped { at, authority, .. } => {
            json!({ "state": "stamped", "at": at, "authority": authority })
        }
        Time::Pending(why) => json!({ "state": "pending", "code": why.code }),
    }
}

/// A stamp in words: when, by whom, and who vouches for that one.
fn stamping(stamping: &Stamping) -> Text {
    let at = stamping.at.to_string();
    let text = match &stamping.anchor {
        Some(anchor) => say_stamp::time_anchored(at, &stamping.authority, anchor.name()),
        None => match stamping.broken_path.clone() {
            Some(why) => say_stamp::time_broken(at, &stamping.authority, why),
            None => say_stamp::time_unknown(at, &stamping.authority),
        },
    };
    match stamping.calls_itself_qualified {
        true => say_stamp::calls_itself_qualified(text),
        false => text,
    }
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
    let period = verdict.period;
    fact(
        profiles::period(),
        period.map(|(from, until)| profiles::range(from, until).to(lang).to_owned()),
    );
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
        say_stamp::fact_anchor(),
        verdict.anchor.as_ref().map(Vouched::name),
    );
    let time = match (verdict.time.best(), verdict.time.clock) {
        (Some(best), _) => Some(stamping(best)),
        (None, Clock::Pending) => Some(say_stamp::time_pending()),
        (None, _) => None,
    };
    fact(
        say_stamp::fact_time(),
        time.map(|time| time.to(lang).to_owned()),
    );
    let opened = verdict.time.opened.as_ref().map(stamping);
    let opened = opened.map(say_stamp::not_after);
    let opened = opened.map(|opened| match verdict.time.opened_late {
        Some(minutes) => held::stamped_late(opened, minutes),
        None => opened,
    });
    fact(
        say_stamp::fact_opened(),
        opened.map(|opened| opened.to(lang).to_owned()),
    );
    if let Some((name, value)) = made(&verdict.time) {
        fact(name, Some(value.to(lang).to_owned()));
    }
    fact(
        say::fact_level(),
        verdict
            .level
            .as_ref()
            .map(|level| level.to(lang).to_owned()),
    );
    fact(
        words::fact_followed(),
        verdict
            .followed
            .as_ref()
            .map(|old| words::followed(in_four(&spoken(old))).to(lang).to_owned()),
    );
    fact(
        say::fact_content(),
        Some(counts(verdict).to(lang).to_owned()),
    );
    let logged = match &verdict.log {
        Some(log) if log.is_key_named => {
            Some(translog::fact_named(log.index, log.size, &log.origin))
        }
        Some(log) => Some(translog::fact_unnamed(log.index, log.size, &log.origin)),
        // Of a file that could not be judged nothing is said.
        None => (verdict.standing != Standing::Invalid).then(translog::fact_none),
    };
    fact(
        translog::fact_log(),
        logged.map(|text| text.to(lang).to_owned()),
    );
    fact(
        say::fact_unchecked(),
        unchecked(&verdict.unchecked).map(|names| names.to(lang).to_owned()),
    );
    let is_csv = context.ui.format == Format::Csv;
    if is_csv {
        let name = || say::fact_not_proven().to(lang).to_owned();
        let row = |gap| vec![name(), in_words(gap).to(lang).to_owned()];
        facts.extend(verdict.not_proven.iter().map(row));
    }
    context.ui.rows(&[say::fact(), say::value()], &facts);
    for told in verdict.reasons.iter().chain(&verdict.warnings) {
        context.ui.warn(told);
    }
    if !verdict.not_proven.is_empty() && !is_csv {
        context.ui.data(&say::says_not_proven());
        for gap in &verdict.not_proven {
            context.ui.data(&say::one_not_proven(in_words(gap)));
        }
    }
}

/// Files beside the seal that were not looked at, some of them by name.
fn unchecked(files: &[String]) -> Option<Text> {
    const NAMED: usize = 6;
    let named = Text::same(files[..files.len().min(NAMED)].join(", "));
    let named = match files.len().saturating_sub(NAMED) {
        0 => named,
        more => held::and_more(named, more),
    };
    (!files.is_empty()).then(|| held::unchecked(named))
}

/// Between which stamps the seal was made: the one of the opening was sealed with everything else.
fn made(time: &Timing) -> Option<(Text, Text)> {
    let from = time.opened.as_ref()?.at.to_string();
    Some(match time.best() {
        Some(best) => {
            let until = best.at.to_string();
            (say_stamp::fact_made(), say_stamp::made_between(from, until))
        }
        None => (say_stamp::fact_made_after(), say_stamp::made_after(from)),
    })
}

fn anchor_json(anchor: &Vouched) -> serde_json::Value {
    json!({ "fingerprint": anchor.fingerprint, "subject": anchor.subject })
}

fn timing_json(time: &Timing) -> serde_json::Value {
    let clock = match time.clock {
        Clock::Stamped => "stamped",
        Clock::StampedByUnknown => "stamped_by_unknown",
        Clock::Pending => "pending",
        Clock::None => "none",
    };
    let stamping = |stamping: &Option<Stamping>| {
        stamping.as_ref().map(|stamping| {
            json!({
                "at": stamping.at,
                "authority": stamping.authority,
                "fingerprint": stamping.fingerprint,
                "policy": stamping.policy,
                "token": stamping.token,
                "calls_itself_qualified": stamping.calls_itself_qualified,
                "anchor": stamping.anchor.as_ref().map(anchor_json),
            })
        })
    };
    json!({
        "standing": clock,
        "seal": stamping(&time.seal),
        "container": stamping(&time.container),
        "opened": stamping(&time.opened),
        "opened_late_minutes": time.opened_late,
    })
}

/// How much there is, by what the container is about.
fn counts(verdict: &Verdict) -> Text {
    let files = say::files(verdict.files);
    match verdict.kind {
        Kind::Case => say::and_further(
            say::and_further(files, say::records(verdict.records)),
            say::events(verdict.events),
        ),
        Kind::Period => say::and_further(files, say::cases(verdict.cases)),
        Kind::Authority => files,
    }
}

/// A gap as the statement names it, with its words.
fn worded(gap: &serde_json::Value) -> serde_json::Value {
    let mut gap = match gap.is_object() {
        true => gap.clone(),
        false => json!({ "kind": "?" }),
    };
    gap["message"] = json!(in_words(&gap).en);
    gap
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
        "kind": match verdict.kind {
            Kind::Case => "case",
            Kind::Period => "period",
            Kind::Authority => "authority",
        },
        "reasons": verdict.reasons.iter().map(|reason| json!({ "code": reason.code, "message": reason.what.en })).collect::<Vec<_>>(),
        "issued": verdict.is_issued,
        "warnings": verdict.warnings.iter().map(|told| json!({ "code": told.code, "message": told.what.en })).collect::<Vec<_>>(),
        "case": verdict.case,
        "period": verdict.period.map(|(from, until)| json!({ "from": from, "until": until })),
        "cases": verdict.cases,
        "bundle": verdict.bundle,
        "number": verdict.number,
        "predecessor": verdict.predecessor,
        "signer": verdict.signer,
        "fingerprint": verdict.fingerprint,
        "anchor": verdict.anchor.as_ref().map(anchor_json),
        "sealed_at": verdict.sealed_at,
        "followed": verdict.followed,
        "seal_level": verdict.worth.map(|worth| worth.level().code()),
        "time": timing_json(&verdict.time),
        "level": verdict.level.as_ref().map(|level| &level.en),
        "files": verdict.files,
        "bytes": verdict.bytes,
        "records": verdict.records,
        "events": verdict.events,
        "log": verdict.log.as_ref().map(|log| json!({
            "origin": log.origin,
            "index": log.index,
            "size": log.size,
            "root": journey::log::base64(&log.root),
            "opened": log.opened,
            "key_named": log.is_key_named,
            "checkpoint": log.checkpoint,
        })),
        "not_proven": verdict.not_proven.iter().map(worded).collect::<Vec<_>>(),
        "unknown": verdict.unknown,
        "unchecked": verdict.unchecked,
    })
}
