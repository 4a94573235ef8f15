//! Making and replacing files, and what their failures mean to the user.

use std::io::Write as _;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Exit, Trouble};
use crate::messages::{Text, os, store as say};
use crate::workspace::shown;

/// A failed file operation as something the user can act on. `fs_err` puts the path into the words of the error.
pub(crate) fn file_trouble(error: &std::io::Error) -> Trouble {
    use std::io::ErrorKind as Kind;
    let (code, what, help) = match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded => {
            ("E606", say::disk_full(), say::disk_full_help())
        }
        Kind::ReadOnlyFilesystem | Kind::PermissionDenied => {
            ("E607", say::not_writable(), say::not_writable_help())
        }
        _ => ("E608", say::file_failed(), say::file_failed_help()),
    };
    Diagnostic::new(code, Exit::Failed, what)
        .why(why(error))
        .help(help)
        .into()
}

/// The reason in words, with the path where the error names one: between marks, as the libraries for files and temporary files write it.
fn why(error: &std::io::Error) -> Text {
    let said = error.to_string();
    match said.split(['`', '"']).nth(1) {
        Some(path) => os::why_at(Path::new(path), error),
        None => Text::same(said),
    }
}

/// Refuses a new file whose folder is not there.
///
/// # Errors
/// E646 (exit 2).
pub(crate) fn require_folder_of(path: &Path) -> Result<(), Trouble> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => return Ok(()),
    };
    if folder.is_dir() {
        return Ok(());
    }
    let missing = Diagnostic::new("E646", Exit::Usage, say::nowhere(shown(folder)));
    Err(missing.help(say::nowhere_help()).into())
}

/// Writes a file that does not exist yet, with this mode whatever the umask allows beyond it.
pub(crate) fn write_new(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes a file beside the old one and renames it over it, durably.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".dsr-")
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    file.as_file()
        .set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = mode;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    #[cfg(unix)]
    fs_err::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Makes a folder and those above it with this mode at most; leaves existing ones as they are.
pub(crate) fn make_folder(path: &Path, mode: u32) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    #[cfg(not(unix))]
    let _ = mode;
    builder
        .create(path)
        .map_err(|e| std::io::Error::new(e.kind(), format!("{}: {e}", path.display())))
}
