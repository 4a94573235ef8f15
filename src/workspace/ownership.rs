//! Who owns a file and who else can reach it; the only place that knows users and modes.

use std::path::Path;

use super::{file_trouble, shown};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::store as say;

/// What is wrong with the owner or the write permission of a file or folder; nothing if it does not exist.
#[cfg(unix)]
pub(super) fn check(path: &Path) -> Result<Vec<Diagnostic>> {
    use std::os::unix::fs::MetadataExt as _;
    let Some(meta) = metadata(path)? else {
        return Ok(Vec::new());
    };
    let mut wrong = Vec::new();
    let me = rustix::process::geteuid().as_raw();
    if meta.uid() != me {
        let diagnostic = Diagnostic::new(
            "E601",
            Exit::Usage,
            say::foreign_owner(shown(path), user(meta.uid()), user(me)),
        );
        wrong.push(
            diagnostic
                .help(say::foreign_owner_help(meta.uid()))
                .help(say::take_over(me, word(path))),
        );
    }
    // An access list that lets others write shows in the group bits too.
    if meta.mode() & 0o022 != 0 {
        let what = say::writable_by_others(shown(path), format!("{:04o}", meta.mode() & 0o7777));
        wrong.push(
            Diagnostic::new("E602", Exit::Usage, what)
                .help(say::run(format!("chmod go-w {}", word(path)))),
        );
    }
    Ok(wrong)
}

/// What is wrong if a file or folder that only the owner may see can be seen by others; nothing if it does not exist.
#[cfg(unix)]
pub(super) fn check_private(path: &Path) -> Result<Option<Diagnostic>> {
    use std::os::unix::fs::MetadataExt as _;
    let Some(meta) = metadata(path)? else {
        return Ok(None);
    };
    Ok((meta.mode() & 0o077 != 0).then(|| {
        let what = say::readable_by_others(shown(path), format!("{:04o}", meta.mode() & 0o7777));
        let command = format!("chmod go= {}", word(path));
        Diagnostic::new("E603", Exit::Usage, what).help(say::run(command))
    }))
}

#[cfg(not(unix))]
pub(super) fn check(_: &Path) -> Result<Vec<Diagnostic>> {
    Ok(Vec::new())
}

#[cfg(not(unix))]
pub(super) fn check_private(_: &Path) -> Result<Option<Diagnostic>> {
    Ok(None)
}

/// Refuses a file that anyone but the caller could have written or read.
///
/// # Errors
/// E601 to E603.
pub(crate) fn private_file(path: &Path) -> Result<()> {
    let mut wrong = check(path)?;
    wrong.extend(check_private(path)?);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.into())
    }
}

fn metadata(path: &Path) -> Result<Option<std::fs::Metadata>> {
    match fs_err::metadata(path) {
        Ok(meta) => Ok(Some(meta)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_trouble(&error)),
    }
}

/// `anna (1001)`, or the number alone where the machine's own list does not know it.
#[cfg(unix)]
fn user(uid: u32) -> String {
    let wanted = uid.to_string();
    let name = fs_err::read_to_string("/etc/passwd").ok().and_then(|list| {
        list.lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields.get(2) == Some(&wanted.as_str()))
            .map(|fields| fields[0].to_owned())
    });
    match name {
        Some(name) => format!("{name} ({uid})"),
        None => wanted,
    }
}

/// A path as one word for a shell.
fn word(path: &Path) -> String {
    let text = shown(path);
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:,".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
