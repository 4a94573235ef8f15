//! Advisory locks: one for a commit to the ledger, one for each case or sweep that is being worked on.
//!
//! A lock is the operating system's, so it goes when its holder dies, whatever the file says. The file says who holds it, for the
//! message to the one who waits: process, since when it takes locks, and which command, never with its arguments, which may name a
//! person.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use super::{Workspace, file_trouble, make_folder};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{Text, store as say};

static COMMAND: OnceLock<&'static str> = OnceLock::new();

/// Says which verb this process carries out; it stands in the locks that it takes. The first call counts.
pub fn announce(command: &'static str) {
    let _ = COMMAND.set(command);
}

/// A lock that is held until this is dropped or the process dies.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "closing the file releases the lock")] File);

/// The right to work on one case or sweep, held until this is dropped or the process dies.
#[derive(Debug)]
pub struct Lease(#[expect(dead_code, reason = "dropping it releases the lock")] Held);

/// Takes the lease of a case or sweep without waiting.
///
/// # Errors
/// E605 (exit 1) naming holder and age if another process works on it.
pub fn lease(workspace: &Workspace, name: &str) -> Result<Lease> {
    lease_within(workspace, name, Duration::ZERO)
}

/// Takes a lease, waiting for it that long.
///
/// # Errors
/// E605 (exit 1) naming holder and age if another process still has it.
pub fn lease_within(workspace: &Workspace, name: &str, wait: Duration) -> Result<Lease> {
    let folder = workspace.private_dir().join("leases");
    make_folder(&folder, 0o700).map_err(|e| file_trouble(&e))?;
    let mut file = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => file.push(char::from(byte)),
            other => file.push_str(&format!("%{other:02x}")),
        }
    }
    match acquire(&folder.join(file), wait)? {
        Ok(held) => Ok(Lease(held)),
        Err(holder) => Err(
            Diagnostic::new("E605", Exit::Failed, say::lease_taken(name))
                .why(holder)
                .help(say::lease_taken_help())
                .into(),
        ),
    }
}

/// Takes a lock, waiting for it; the inner error says who holds it.
pub(crate) fn acquire(path: &Path, wait: Duration) -> Result<Result<Held, Text>> {
    let mut file = open(path).map_err(|e| file_trouble(&e))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if start.elapsed() < wait => {
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(TryLockError::WouldBlock) => return Ok(Err(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(file_trouble(&error)),
        }
    }
    sign(&mut file).map_err(|e| file_trouble(&e))?;
    Ok(Ok(Held(file)))
}

#[derive(Serialize, Deserialize)]
struct Holder {
    command: String,
    pid: u32,
    since: jiff::Timestamp,
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = fs_err::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path)?.into_file())
}

/// Writes who holds the lock, unless it stands there from the last time: a command takes the ledger's lock some twenty times.
fn sign(file: &mut File) -> std::io::Result<()> {
    static LINE: OnceLock<Vec<u8>> = OnceLock::new();
    let line = LINE.get_or_init(|| {
        // A wait is measured with the machine's clock as it is; nothing of it is recorded.
        let since = jiff::Timestamp::try_from(SystemTime::now()).unwrap_or_default();
        let holder = Holder {
            command: COMMAND.get().copied().unwrap_or("dsr").to_owned(),
            pid: std::process::id(),
            since,
        };
        let mut line = crate::canonical::bytes(&holder);
        line.push(b'\n');
        line
    });
    let mut there = Vec::new();
    file.read_to_end(&mut there)?;
    if there == *line {
        return Ok(());
    }
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(line)
}

fn holder(file: &mut File) -> Text {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    match read
        .ok()
        .and_then(|_| serde_json::from_str::<Holder>(&text).ok())
    {
        Some(holder) => {
            let age = SystemTime::now()
                .duration_since(holder.since.into())
                .unwrap_or_default();
            say::held_by(holder.command, holder.pid, age.as_secs())
        }
        None => say::held_by_unknown(),
    }
}
