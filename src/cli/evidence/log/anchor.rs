//! `dsr evidence log anchor`: gives the day's checkpoint to others, so that the log cannot be written anew behind their backs.
//!
//! It is made to be run by cron: what was done today is not done again, and what failed is made up for by the next run. Before anything
//! is given out, the log is read off the ledger afresh and held against every checkpoint that was given out before; one that it
//! does not continue is an alarm.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::json;

use super::not_a_continuation;
use crate::cli::context::{Context, House};
use crate::cli::journey::log;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::stamp;
use crate::keys::Digest;
use crate::ledger::{Event, Stamped};
use crate::messages::{Text, os, translog as say};
use crate::translog::{Anchored, Leaves, Signed};
use crate::ui::Format;
use crate::workspace::{file_trouble, lease_within, make_folder, replace, shown};

/// How long a program may take that a checkpoint is handed to, in seconds.
const PATIENCE: u64 = 60;
/// Ending of the file that notes, beside a checkpoint, that the program has taken it.
const HANDED: &str = "handed";
/// How long a run waits for another.
const OTHER_RUN: Duration = Duration::from_secs(10);

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// State that you sent the printed text to somebody who keeps it
    #[arg(long)]
    sent: bool,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    let _alone = lease_within(&house.workspace, "log-anchor", OTHER_RUN)?;
    let signer = log::signer(&house)?;
    // The copy of the hashes is not asked: what leaves the house comes from the ledger alone.
    let leaves = Leaves::afresh(&house.ledger())?;
    let folder = house.workspace.evidence_dir().join("log");
    let settings = &house.inventory.evidence.log;
    let places: Vec<PathBuf> = settings
        .copy_to
        .iter()
        .map(|path| house.inventory.folder.join(path))
        .collect();
    let origin = signer.key().name;
    let mut known = kept(&folder, &origin);
    for place in &places {
        known.extend(kept(place, &origin));
    }
    known.extend(leaves.anchored.map(|last| (last.size, last.root)));
    let known: Vec<(u64, Digest)> = known.into_iter().collect();
    if let Some(size) = leaves.contradicted(&known).first() {
        return Err(not_a_continuation(*size, say::shrunk_help()));
    }
    if leaves.is_empty() {
        context.ui.say(&say::log_is_empty());
        return Ok(Exit::Done);
    }

    let file = folder.join(format!("{}.checkpoint", context.today()));
    let written = fs_err::read(&file).ok();
    let written = written.as_deref().and_then(Signed::parse);
    let name = house.workspace.relative(&file);
    let is_new = written.is_none();
    let signed = match written {
        Some(signed) => signed,
        None => {
            house.ledger().is_current()?;
            let root = leaves.root(leaves.len());
            let root = root.unwrap_or_else(|| Digest::sha256(b""));
            let signed = signer.checkpoint(leaves.len() as u64, root);
            make_folder(&folder, 0o700).map_err(|e| file_trouble(&e))?;
            replace(&file, signed.to_string().as_bytes(), 0o600).map_err(|e| file_trouble(&e))?;
            signed
        }
    };
    let (size, root) = (signed.checkpoint.size, signed.checkpoint.root);
    let is_last =
        |last: Option<Anchored>| last.is_some_and(|last| (last.size, last.root) == (size, root));
    let is_out = is_last(leaves.witnessed);
    let was_sent = is_last(leaves.anchored);
    context.ui.say(&match (is_new, is_out || was_sent) {
        (true, _) => say::anchored(size, &name),
        (false, true) => say::anchored_before(&name),
        (false, false) => say::written_before(&name),
    });

    let mut out = Out::default();
    time(context, &house, &signed, &file, &mut out)?;
    for place in &places {
        copy(context, place, &file, &signed, &mut out);
    }
    // Copies may be repeated; a program would send the same twice. What one of them cannot take keeps it from no other.
    let handed = file.with_extension(HANDED);
    let is_handed = fs_err::read(&handed).is_ok_and(|text| text == signed.to_string().as_bytes());
    out.copies += u32::from(is_handed);
    if !settings.command.is_empty() && !is_out && !is_handed {
        hand(context, &house, &signed, &handed, &mut out)?;
    }
    // A word is noted as a word: it is no copy.
    let sent = args.sent && !is_out && !was_sent;
    if sent {
        context.ui.say(&say::noted_as_sent());
        if out.copies == 0 {
            context.ui.say(&say::only_a_word());
        }
    }
    let has_ways = !places.is_empty() || !settings.command.is_empty();
    if !has_ways && out.copies == 0 && !sent && !is_out && !was_sent {
        context.ui.say(&say::not_out());
        if context.ui.format != Format::Json {
            mail(context, &signed);
        }
    }
    let leaves_now = !is_out && out.failed.is_empty() && (out.copies > 0 || sent);
    let is_gone = is_out || was_sent || leaves_now;
    if leaves_now {
        let event = Event::LogAnchored {
            size,
            root,
            copies: out.copies,
            sent,
        };
        house.write(None, context.now(), &[event])?;
    }
    house.close()?;
    if context.ui.format == Format::Json {
        let failed = out.failed.iter().map(|failed| failed.what.en.as_str());
        context.ui.json(&json!({
            "schema": "dsr.log.anchor/1",
            "checkpoint": signed.to_string(),
            "size": size,
            "root": log::base64(&root),
            "file": name,
            "left_the_house": is_gone,
            "by_word": !is_out && out.copies == 0 && (was_sent || leaves_now),
            "failed": failed.collect::<Vec<_>>(),
        }));
    }
    for failed in &out.failed {
        context.ui.warn(failed);
    }
    // Somebody has to send it.
    let waits = match is_gone {
        true => Exit::Done,
        false => Exit::Waiting,
    };
    let exits = out.failed.iter().map(|failed| failed.exit);
    Ok(exits.fold(out.exit.and(waits), Exit::and))
}

/// What was given out, and what could not be.
struct Out {
    copies: u32,
    failed: Vec<Diagnostic>,
    exit: Exit,
}

impl Default for Out {
    fn default() -> Out {
        Out {
            copies: 0,
            failed: Vec::new(),
            exit: Exit::Done,
        }
    }
}

impl Out {
    fn fail(&mut self, place: &str, why: Text) {
        let what = say::cannot_hand_out(place);
        let failed = Diagnostic::new("E679", Exit::Failed, what).why(why);
        self.failed.push(failed.help(say::cannot_hand_out_help()));
    }
}

/// Every checkpoint of this log that lies in a folder.
fn kept(folder: &Path, origin: &str) -> BTreeSet<(u64, Digest)> {
    let Ok(entries) = fs_err::read_dir(folder) else {
        return BTreeSet::new();
    };
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    files
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| ending == "checkpoint")
        })
        .filter_map(|path| Signed::parse(&fs_err::read(path).ok()?))
        .filter(|signed| signed.checkpoint.origin == origin)
        .map(|signed| (signed.checkpoint.size, signed.checkpoint.root))
        .collect()
}

/// A token over a checkpoint, as an authority gave it.
struct Token {
    der: Vec<u8>,
    at: Timestamp,
    authority: String,
}

/// Asks the time-stamping authorities of the inventory; `None` if it names none. This is the one place where they are plugged in.
fn stamped(house: &House, checkpoint: &Digest) -> Option<std::result::Result<Token, Diagnostic>> {
    let authority = house.authority()?;
    let token = authority.stamp(checkpoint).and_then(|der| {
        let holds = stamp::verify(&der, checkpoint).map_err(|mut all| all.remove(0))?;
        Ok(Token {
            at: holds.at,
            authority: holds.authority(),
            der,
        })
    });
    Some(token)
}

/// The checkpoint's time by somebody else's clock, once a day.
fn time(
    context: &Context,
    house: &House,
    signed: &Signed,
    file: &Path,
    out: &mut Out,
) -> Result<()> {
    let token_file = file.with_extension("tst");
    if token_file.exists() {
        out.copies += 1;
        return Ok(());
    }
    let digest = Digest::sha256(signed.to_string().as_bytes());
    match stamped(house, &digest) {
        None => {}
        Some(Ok(token)) => {
            replace(&token_file, &token.der, 0o600).map_err(|e| file_trouble(&e))?;
            let event = Event::TimeStamped {
                of: Stamped::Checkpoint,
                digest,
                token: Digest::sha256(&token.der),
                at: token.at,
                authority: token.authority,
            };
            house.write(None, context.now(), &[event])?;
            out.copies += 1;
        }
        Some(Err(why)) => {
            let pending = Diagnostic::new("W278", Exit::Incomplete, say::time_pending());
            let pending = pending.why(why.what).help(say::time_pending_help());
            context.ui.warn(&pending);
            out.exit = Exit::Incomplete;
        }
    }
    Ok(())
}

/// Puts the checkpoint, and its token if there is one, into a folder.
fn copy(context: &Context, place: &Path, file: &Path, signed: &Signed, out: &mut Out) {
    let target = place.join(file.file_name().unwrap_or_default());
    let text = signed.to_string();
    let put = || -> std::io::Result<bool> {
        match fs_err::read(&target) {
            Ok(there) if there != text.as_bytes() => return Ok(false),
            Ok(_) => {}
            // The folder is not made: one that is missing may be a share that is not mounted.
            Err(_) => replace(&target, text.as_bytes(), 0o644)?,
        }
        if let Ok(token) = fs_err::read(file.with_extension("tst")) {
            replace(&target.with_extension("tst"), &token, 0o644)?;
        }
        Ok(true)
    };
    match put() {
        Ok(true) => {
            out.copies += 1;
            context.ui.say(&say::copied(shown(&target)));
        }
        Ok(false) => out.fail(&shown(place), say::other_there()),
        Err(error) => out.fail(&shown(place), os::why(&error)),
    }
}

/// Hands the checkpoint to the program of the inventory, on its standard input; `handed` notes that it took it.
fn hand(
    context: &Context,
    house: &House,
    signed: &Signed,
    handed: &Path,
    out: &mut Out,
) -> Result<()> {
    let Some((program, arguments)) = house.inventory.evidence.log.command.split_first() else {
        return Ok(());
    };
    let folder = &house.inventory.folder;
    let path = match program.contains('/') {
        true => folder.join(program),
        false => program.into(),
    };
    let mut command = Command::new(path);
    command.args(arguments).current_dir(folder);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // A group of its own, so that what the program started ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let status = command.spawn().and_then(|mut child| {
        if let Some(mut input) = child.stdin.take() {
            // A program that does not read its input has nothing to show for it, and says so by how it ends.
            let _ = input.write_all(signed.to_string().as_bytes());
        }
        wait(&mut child)
    });
    match status {
        Ok(Some(status)) if status.success() => {
            out.copies += 1;
            context.ui.say(&say::handed(program));
            replace(handed, signed.to_string().as_bytes(), 0o600).map_err(|e| file_trouble(&e))?;
        }
        Ok(Some(status)) => out.fail(program, say::program_failed(status.to_string())),
        Ok(None) => out.fail(program, say::program_slow(PATIENCE)),
        Err(error) => out.fail(program, os::why(&error)),
    }
    Ok(())
}

/// How it ended; `None` if it did not, and had to be ended.
fn wait(child: &mut Child) -> std::io::Result<Option<ExitStatus>> {
    let until = Instant::now() + Duration::from_secs(PATIENCE);
    while Instant::now() < until {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    child.wait()?;
    Ok(None)
}

/// The text that somebody can send.
fn mail(context: &Context, signed: &Signed) {
    let empty = Text::same("");
    for text in [
        say::mail_subject(context.today()),
        empty.clone(),
        say::mail_text(),
        empty,
    ] {
        context.ui.data(&text);
    }
    context.ui.raw(signed.to_string().as_bytes());
}
