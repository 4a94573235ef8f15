//! `dsr backup`: an encrypted copy of ledger, vault and keys; which copies there are and what they still know; a copy put back.

use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::backup::{self, known};
use crate::cli::context::{Context, House};
use crate::cli::usage;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::handover::seal;
use crate::harmless::typed;
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::{Say as _, backup as say};
use crate::ui::Format;
use crate::vault::KeySource;
use crate::workspace::{Workspace, shown};

/// Fewer characters of a copy's number are not enough to name it.
const SHORTEST: usize = 8;

/// Write an encrypted copy of ledger, vault and keys, list the copies, put one back
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where to write it: a file that does not exist yet; without it in this folder, with the day in its name
    #[arg(value_name = "FILE", conflicts_with_all = ["list", "destroyed", "restore"])]
    file: Option<PathBuf>,
    /// Encrypt to this public key of age; repeat for several
    #[arg(long, value_name = "AGE1...", conflicts_with_all = ["list", "destroyed", "restore"])]
    to: Vec<String>,
    /// Encrypt to the public keys of age in this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "destroyed", "restore"])]
    recipients_file: Option<PathBuf>,
    /// Last day on which this copy is kept
    #[arg(long, value_name = "DATE", value_parser = usage::day, conflicts_with_all = ["list", "destroyed", "restore"])]
    until: Option<Date>,
    /// List the copies that were made, and how many purged cases each still opens
    #[arg(long, conflicts_with_all = ["destroyed", "restore"])]
    list: bool,
    /// Note that a copy does not exist any more: its number, or how that begins
    #[arg(long, value_name = "NUMBER", conflicts_with = "restore")]
    destroyed: Option<String>,
    /// Put ledger, vault and keys back from this file; never over what is there
    #[arg(long, value_name = "FILE", requires = "identity")]
    restore: Option<PathBuf>,
    /// File with the secret key of age that opens the copy
    #[arg(long, value_name = "FILE", requires = "restore")]
    identity: Option<PathBuf>,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    if let (Some(file), Some(identity)) = (&args.restore, &args.identity) {
        return restore(context, file, identity);
    }
    let house = context.house()?;
    match &args.destroyed {
        Some(number) => destroyed(context, &house, number),
        None if args.list => list(context, &house),
        None => make(context, &house, &args),
    }
}

fn make(context: &Context, house: &House, args: &Args) -> Result<Exit> {
    let recipients = recipients(args)?;
    let today = context.today();
    if let Some(until) = args.until.filter(|until| *until < today) {
        let wrong = Diagnostic::new("E645", Exit::Usage, say::until_passed(until));
        return Err(wrong.help(say::until_passed_help()).into());
    }
    let path = args.file.clone();
    let path = path.unwrap_or_else(|| PathBuf::from(format!("dsr-backup-{today}.tar.age")));
    backup::free(&path)?;
    if lies_in(&path, &house.workspace.folder) {
        let warning = Diagnostic::new("W362", Exit::Done, say::inside(shown(&path)));
        context.ui.warn(&warning.help(say::inside_help()));
    }
    let made = context.now();
    let whole = backup::write(&house.workspace, &house.ledger(), &recipients, &path, made)?;
    let manifest = whole.manifest.clone();
    let number = whole.digest;
    let fingerprint = |key: &Recipient| Digest::sha256(key.to_string().as_bytes());
    let event = Event::BackupMade {
        backup: number,
        head: manifest.head,
        key: manifest.key,
        until: args.until,
        recipients: recipients.iter().map(fingerprint).collect(),
        operator: house.operator.clone(),
    };
    // A copy that nobody knows of would be worse than one that never got its name.
    house.write(None, context.now(), &[event])?;
    whole.put(&path)?;
    house.close()?;
    if context.ui.format == Format::Json {
        context.ui.json(&json!({
            "schema": "dsr.backup/1",
            "backup": number,
            "path": path.display().to_string(),
            "events": manifest.head.count,
            "key": manifest.key,
            "until": args.until,
            "recipients": recipients.iter().map(fingerprint).collect::<Vec<_>>(),
        }));
    }
    let ui = &context.ui;
    ui.say(&say::made(
        shown(&path),
        manifest.head.count,
        short(&number),
    ));
    ui.say(&match (manifest.key, &house.key_source) {
        (true, KeySource::File(_)) => say::key_inside(),
        (_, elsewhere) => say::key_outside(elsewhere.text()),
    });
    ui.say(&say::not_inside());
    ui.say(&match args.until {
        Some(until) => say::knows_until(until),
        None => say::knows(),
    });
    Ok(Exit::Done)
}

fn recipients(args: &Args) -> Result<Vec<Recipient>> {
    let mut keys = seal::recipients(&args.to, args.recipients_file.as_deref())?;
    if keys.is_empty() {
        let nobody = Diagnostic::new("E641", Exit::Usage, say::no_recipient());
        return Err(nobody.help(say::no_recipient_help()).into());
    }
    keys.sort_by_key(ToString::to_string);
    keys.dedup_by_key(|key| key.to_string());
    Ok(keys)
}

fn lies_in(path: &Path, folder: &Path) -> bool {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs_err::canonicalize(parent).is_ok_and(|parent| parent.starts_with(folder))
}

/// As much of a number as a person compares.
fn short(number: &Digest) -> String {
    number.hex()[..12].to_owned()
}

fn day_of(at: jiff::Timestamp) -> Date {
    at.to_zoned(TimeZone::system()).date()
}

fn list(context: &Context, house: &House) -> Result<Exit> {
    let all = known::all(&house.ledger())?;
    let purges = match all.is_empty() {
        true => Default::default(),
        false => known::purges(&house.ledger())?,
    };
    let today = context.today();
    let opens = |copy: &known::Known| -> Vec<&str> {
        let purges = purges.iter();
        let held = purges.filter(|(_, (opened, purged))| copy.holds(*opened, Some(*purged)));
        held.map(|(case, _)| case.as_str()).collect()
    };
    if context.ui.format == Format::Json {
        let one = |copy: &known::Known| {
            json!({
                "backup": copy.backup,
                "made": copy.made,
                "events": copy.events,
                "key": copy.key,
                "until": copy.until,
                "recipients": copy.recipients,
                "operator": copy.operator,
                "destroyed": copy.destroyed,
                "opens": match copy.destroyed {
                    Some(_) => Vec::new(),
                    None => opens(copy),
                },
            })
        };
        context.ui.json(&json!({
            "schema": "dsr.backups/1",
            "backups": all.iter().map(one).collect::<Vec<_>>(),
        }));
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        context.ui.say(&say::none());
        return Ok(Exit::Done);
    }
    let lang = context.ui.lang;
    let row = |copy: &known::Known| {
        let state = match copy.destroyed {
            Some(at) => say::state_destroyed(day_of(at)),
            None if copy.exists(today) => say::state_there(),
            None => say::state_due(),
        };
        let key = match copy.key {
            true => say::with_key(),
            false => say::without_key(),
        };
        let until = match copy.until {
            Some(until) => until.say(lang),
            None => say::without_end().to(lang).to_owned(),
        };
        let opened = match copy.destroyed {
            Some(_) => 0,
            None => opens(copy).len(),
        };
        vec![
            short(&copy.backup),
            day_of(copy.made).say(lang),
            until,
            key.to(lang).to_owned(),
            copy.recipients.len().to_string(),
            opened.to_string(),
            state.to(lang).to_owned(),
        ]
    };
    let head = [
        say::head_backup(),
        say::head_made(),
        say::head_until(),
        say::head_key(),
        say::head_recipients(),
        say::head_purged(),
        say::head_state(),
    ];
    context
        .ui
        .rows(&head, &all.iter().map(row).collect::<Vec<_>>());
    context.ui.say(&say::others());
    Ok(Exit::Done)
}

fn destroyed(context: &Context, house: &House, number: &str) -> Result<Exit> {
    let all = known::all(&house.ledger())?;
    let given = number.trim().to_lowercase();
    let mut meant = all
        .iter()
        .filter(|copy| given.len() >= SHORTEST && copy.backup.hex().starts_with(&given));
    let (Some(copy), None) = (meant.next(), meant.next()) else {
        let unknown = Diagnostic::new("E643", Exit::Usage, say::unknown(typed(number)));
        return Err(unknown.help(say::unknown_help()).into());
    };
    if copy.destroyed.is_none() {
        let event = Event::BackupDestroyed {
            backup: copy.backup,
            operator: house.operator.clone(),
        };
        house.write(None, context.now(), &[event])?;
        house.close()?;
    }
    context.ui.say(&say::noted_destroyed(short(&copy.backup)));
    Ok(Exit::Done)
}

fn restore(context: &mut Context, file: &Path, identity: &Path) -> Result<Exit> {
    let workspace = Workspace::find(&context.folder())?;
    context.speak_as_stated(&workspace);
    let keys = backup::identities(identity)?;
    let restored = backup::restore(&workspace, file, &keys)?;
    let manifest = &restored.manifest;
    let events = manifest.head.count;
    context
        .ui
        .say(&say::restored(day_of(manifest.made), events));
    // Opening it purges once more what was purged since.
    let house = context.house()?;
    let missed = house.ledger().missed();
    match missed {
        Some(known) => context.ui.say(&say::restored_behind(known.count, events)),
        None => {
            let event = Event::BackupRestored {
                backup: restored.digest,
                operator: house.operator.clone(),
            };
            house.write(None, context.now(), &[event])?;
            crate::cli::case::purge::say_again(context, &house)?;
            house.close()?;
        }
    }
    context.ui.say(&say::restored_look());
    Ok(match missed {
        Some(_) => Exit::Waiting,
        None => Exit::Done,
    })
}
