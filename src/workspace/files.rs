//! Making and replacing files, and what their failures mean to the user.

use std::io::Write as _;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Exit, Trouble};
use crate::messages::{Text, store as say};

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
        .why(Text::same(error.to_string()))
        .help(help)
        .into()
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
