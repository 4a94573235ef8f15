//! `dsr evidence log`: the log over all cases, for whoever keeps it and whoever checks it.

mod anchor;

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::case_id::CaseId;
use crate::cli::case::when;
use crate::cli::context::{Context, House};
use crate::cli::journey::log;
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::ledger::Leaf;
use crate::messages::{Text, os, translog as say};
use crate::translog::{Checkpoint, Consistency, Leaves, Signed, VerifierKey, Voucher, tree};
use crate::ui::Format;

/// The log over all cases
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Print how many entries the log has and which root, signed
    Checkpoint,
    /// Print the proof that an entry is in the log
    Prove {
        /// A case (its latest entry), or the number of an entry
        #[arg(value_name = "CASE|INDEX")]
        what: String,
        /// Of a case, the entry of its opening
        #[arg(long)]
        opened: bool,
    },
    /// Print the proof that the log begins with an earlier state of itself
    Consistency {
        /// File with the earlier checkpoint, or its number of entries
        #[arg(long, value_name = "CHECKPOINT|SIZE")]
        from: String,
    },
    /// Print the log's public key, for auditors
    Key {
        /// As openssl reads it
        #[arg(long)]
        pem: bool,
    },
    /// List entries
    Leaves {
        /// First entry, counted from 0
        #[arg(long, value_name = "N", default_value_t = 0)]
        from: u64,
        /// Last entry; the last of the log if not given
        #[arg(long, value_name = "N")]
        to: Option<u64>,
    },
    /// Check that a later checkpoint continues an earlier one; needs no workspace
    Verify {
        /// File with the earlier checkpoint
        #[arg(value_name = "OLD")]
        old: PathBuf,
        /// File with the later checkpoint, or the consistency proof that holds it
        #[arg(value_name = "NEW")]
        new: PathBuf,
        /// File with the consistency proof, if NEW is a checkpoint alone
        #[arg(value_name = "PROOF")]
        proof: Option<PathBuf>,
        /// Key of the log (NAME+ID+KEY), or a file with keys; repeat for several
        #[arg(long, value_name = "VKEY|FILE")]
        log_key: Vec<String>,
    },
    /// Give the checkpoint of today out of the house; for cron
    Anchor(anchor::Args),
}

pub(super) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::Checkpoint => checkpoint(context),
        Verb::Prove { what, opened } => prove(context, &what, opened),
        Verb::Consistency { from } => consistency(context, &from),
        Verb::Key { pem } => key(context, pem),
        Verb::Leaves { from, to } => leaves(context, from, to),
        Verb::Verify {
            old,
            new,
            proof,
            log_key,
        } => verify(context, &old, &new, proof.as_deref(), &log_key),
        Verb::Anchor(args) => anchor::run(context, &args),
    }
}

/// `dsr.log/1`: what was printed, its text, and what it says.
fn print(context: &Context, kind: &str, text: &str, checkpoint: &Checkpoint) {
    match context.ui.format {
        Format::Json => context.ui.json(&json!({
            "schema": "dsr.log/1",
            "kind": kind,
            "text": text,
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": log::base64(&checkpoint.root),
        })),
        Format::Table | Format::Csv => context.ui.raw(text.as_bytes()),
    }
}

fn checkpoint(context: &mut Context) -> Result<Exit> {
    let house = context.house()?;
    let (signer, leaves) = (log::signer(&house)?, log::leaves(&house)?);
    let signed = log::checkpoint(&house, &signer, &leaves, leaves.len())?;
    let signed = signed.ok_or_else(|| no_leaf(leaves.len(), &leaves))?;
    print(
        context,
        "checkpoint",
        &signed.to_string(),
        &signed.checkpoint,
    );
    Ok(Exit::Done)
}

fn prove(context: &mut Context, what: &str, opened: bool) -> Result<Exit> {
    let house = context.house()?;
    let (signer, leaves) = (log::signer(&house)?, log::leaves(&house)?);
    let index = match CaseId::parse(what) {
        Some(case) => entry_of(&house, &leaves, &case, opened)?,
        None => what.parse().map_err(|_| no_leaf(what, &leaves))?,
    };
    let proof = log::inclusion(&house, &signer, &leaves, index, leaves.len())?;
    let proof = proof.ok_or_else(|| no_leaf(index, &leaves))?;
    print(
        context,
        "inclusion",
        &proof.to_string(),
        &proof.signed.checkpoint,
    );
    Ok(Exit::Done)
}

fn entry_of(house: &House, leaves: &Leaves, case: &CaseId, opened: bool) -> Result<usize> {
    let own = log::of_case(house, leaves, case)?;
    let mut own = own.iter().rev();
    let found = own.find(|(_, of, _)| !opened || *of == Leaf::Opened);
    let none = || {
        Diagnostic::new("E678", Exit::Usage, say::case_not_logged(case.as_str()))
            .help(say::case_not_logged_help())
    };
    Ok(found.map(|(index, ..)| *index).ok_or_else(none)?)
}

fn no_leaf(what: impl ToString, leaves: &Leaves) -> Trouble {
    Diagnostic::new("E678", Exit::Usage, say::no_such_leaf(what.to_string()))
        .help(say::no_such_leaf_help(leaves.len()))
        .into()
}

fn consistency(context: &mut Context, from: &str) -> Result<Exit> {
    let house = context.house()?;
    let (signer, leaves) = (log::signer(&house)?, log::leaves(&house)?);
    let known = match from.parse::<u64>() {
        Ok(_) => None,
        Err(_) => Some(read_checkpoint(Path::new(from))?.0.checkpoint),
    };
    if let Some(known) = &known {
        same_log(&known.origin, &signer.key().name)?;
        if !leaves.contradicted(&[(known.size, known.root)]).is_empty() {
            return Err(not_a_continuation(known.size, say::shrunk_help()));
        }
    }
    let size = known.map_or_else(|| from.parse().unwrap_or_default(), |known| known.size);
    let first = usize::try_from(size).unwrap_or(usize::MAX);
    let path = tree::consistency(leaves.hashes(), first);
    let path = path.ok_or_else(|| no_leaf(size, &leaves))?;
    let signed = log::checkpoint(&house, &signer, &leaves, leaves.len())?;
    let signed = signed.ok_or_else(|| no_leaf(leaves.len(), &leaves))?;
    let proof = Consistency {
        from: size,
        path,
        signed,
    };
    print(
        context,
        "consistency",
        &proof.to_string(),
        &proof.signed.checkpoint,
    );
    Ok(Exit::Done)
}

/// The log contradicts what was kept of it.
fn not_a_continuation(from: u64, help: Text) -> Trouble {
    Diagnostic::new("E675", Exit::Unproven, say::not_a_continuation(from))
        .why(say::not_a_continuation_why())
        .help(help)
        .into()
}

fn key(context: &mut Context, pem: bool) -> Result<Exit> {
    let house = context.house()?;
    let key = log::signer(&house)?.key();
    if context.ui.format == Format::Json {
        context.ui.json(&json!({
            "schema": "dsr.log.key/1",
            "origin": key.name,
            "vkey": key.to_string(),
            "pem": key.pem(),
        }));
        return Ok(Exit::Done);
    }
    match pem {
        true => context.ui.raw(key.pem().as_bytes()),
        false => context.ui.raw(format!("{key}\n").as_bytes()),
    }
    context.ui.say(&say::key_give_away());
    Ok(Exit::Done)
}

fn leaves(context: &mut Context, from: u64, to: Option<u64>) -> Result<Exit> {
    let house = context.house()?;
    let leaves = log::leaves(&house)?;
    let last = to.map_or(leaves.len(), |to| {
        usize::try_from(to).unwrap_or(usize::MAX).saturating_add(1)
    });
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let entries = leaves.entries(&house.ledger(), from, last)?;
    if context.ui.format == Format::Json {
        let entries = entries.iter().map(|entry| {
            json!({
                "index": entry.index,
                "leaf": entry.leaf,
                "of": entry.of,
                "case": entry.case,
                "at": entry.at,
            })
        });
        context.ui.json(&json!({
            "schema": "dsr.log.leaves/1",
            "size": leaves.len(),
            "leaves": entries.collect::<Vec<_>>(),
        }));
        return Ok(Exit::Done);
    }
    if leaves.is_empty() {
        context.ui.say(&say::log_is_empty());
    }
    let lang = context.ui.lang;
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| {
            let of = match entry.of {
                Leaf::Opened => say::of_opened(),
                Leaf::Statement => say::of_statement(),
                Leaf::Period => say::of_period(),
                Leaf::Authority => say::of_authority(),
            };
            vec![
                entry.index.to_string(),
                when(context, entry.at),
                of.to(lang).to_owned(),
                entry
                    .case
                    .as_ref()
                    .map_or_else(String::new, CaseId::to_string),
                match context.ui.format {
                    // A table is to be looked at; whoever computes takes the data.
                    Format::Table => entry.leaf.hex()[..16].to_owned(),
                    Format::Csv | Format::Json => entry.leaf.hex(),
                },
            ]
        })
        .collect();
    let columns = [
        say::head_index(),
        say::head_when(),
        say::head_of(),
        say::head_case(),
        say::head_hash(),
    ];
    context.ui.rows(&columns, &rows);
    Ok(Exit::Done)
}

fn verify(
    context: &mut Context,
    old: &Path,
    new: &Path,
    proof: Option<&Path>,
    log_keys: &[String],
) -> Result<Exit> {
    let keys = named_keys(log_keys)?;
    let (old, _) = read_checkpoint(old)?;
    let (new, mut held) = read_checkpoint(new)?;
    if let Some(file) = proof {
        let none = || {
            Diagnostic::new(
                "E677",
                Exit::Usage,
                say::proof_is_none(file.display().to_string()),
            )
            .help(say::file_help())
        };
        held = Some(Consistency::parse(&read(file, say::file_help)?).ok_or_else(none)?);
    }
    let (before, now) = (&old.checkpoint, &new.checkpoint);
    same_log(&before.origin, &now.origin)?;
    let vouched = [old.vouched(&keys), new.vouched(&keys)];
    if vouched.contains(&Voucher::Forged) {
        return Err(Diagnostic::new("E673", Exit::Unproven, say::checkpoint_forged()).into());
    }
    let broken = || not_a_continuation(before.size, say::not_a_continuation_help());
    let holds = match held {
        // The proof is over the later checkpoint and no other.
        Some(held) if held.signed.checkpoint == *now => held.holds_from(before.size, &before.root),
        Some(_) => false,
        None if before.size == now.size => before.root == now.root,
        None if before.size > now.size => false,
        None => {
            let what = say::proof_needed(before.size, now.size);
            return Err(Diagnostic::new("E677", Exit::Usage, what)
                .help(say::proof_needed_help())
                .into());
        }
    };
    if !holds {
        return Err(broken());
    }
    let is_named = vouched == [Voucher::Named; 2];
    if !keys.is_empty() && !is_named {
        let what = say::key_unknown(&now.origin);
        return Err(Diagnostic::new("E674", Exit::Unproven, what)
            .help(say::key_unknown_help())
            .into());
    }
    if context.ui.format == Format::Json {
        context.ui.json(&json!({
            "schema": "dsr.log.verify/1",
            "origin": now.origin,
            "from": before.size,
            "to": now.size,
            "root": log::base64(&now.root),
            "key_named": is_named,
        }));
    } else {
        context.ui.data(&say::continues(before.size, now.size));
    }
    if is_named {
        return Ok(Exit::Done);
    }
    context.ui.warn(&Diagnostic::new(
        "W279",
        Exit::Waiting,
        say::continues_unnamed(),
    ));
    Ok(Exit::Waiting)
}

fn same_log(one: &str, two: &str) -> Result<()> {
    match one == two {
        true => Ok(()),
        false => {
            let what = say::another_log(one, two);
            Err(Diagnostic::new("E677", Exit::Usage, what)
                .help(say::file_help())
                .into())
        }
    }
}

fn read(file: &Path, help: impl Fn() -> Text) -> Result<Vec<u8>> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::new("E677", Exit::Usage, say::file_unreadable())
            .why(os::why_at(file, &error))
            .help(help())
    };
    Ok(fs_err::read(file).map_err(unreadable)?)
}

/// A checkpoint, alone or behind the consistency proof that leads to it.
fn read_checkpoint(file: &Path) -> Result<(Signed, Option<Consistency>)> {
    let bytes = read(file, say::file_help)?;
    if let Some(proof) = Consistency::parse(&bytes) {
        return Ok((proof.signed.clone(), Some(proof)));
    }
    let none = || {
        Diagnostic::new(
            "E677",
            Exit::Usage,
            say::file_is_none(file.display().to_string()),
        )
        .help(say::file_help())
    };
    Ok((Signed::parse(&bytes).ok_or_else(none)?, None))
}

/// Keys as the command line names them, each written out or in a file.
pub(super) fn named_keys(named: &[String]) -> Result<Vec<VerifierKey>> {
    let none =
        || Diagnostic::new("E677", Exit::Usage, say::vkey_is_none()).help(say::vkey_is_none_help());
    let mut keys = Vec::new();
    for text in named {
        if let Some(key) = VerifierKey::parse(text) {
            keys.push(key);
            continue;
        }
        let bytes = read(Path::new(text), say::vkey_is_none_help)?;
        let lines = String::from_utf8(bytes).map_err(|_| none())?;
        let lines = lines.lines().filter(|line| !line.trim().is_empty());
        let read: Option<Vec<VerifierKey>> = lines.map(VerifierKey::parse).collect();
        keys.extend(read.filter(|read| !read.is_empty()).ok_or_else(none)?);
    }
    Ok(keys)
}
