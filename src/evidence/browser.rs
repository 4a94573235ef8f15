//! The verifier for a browser: one HTML file that needs no network and no installation, with its program inside.
//!
//! It is built from the sources under `verifier/` and lies there as it is handed out, so that building `dsr` needs Rust alone;
//! `scripts/test` builds it again and compares every byte. It makes the checks of [`super::verify`] with code of its own, in another
//! language: what both say was found twice.

use std::path::{Path, PathBuf};

use crate::diagnostic::Result;

/// The file.
pub const PAGE: &str = include_str!("../../verifier/verify.html");

/// Its name beside a bundle.
const NAME: &str = "verify.html";

/// Writes the page, over an older one if there is one.
///
/// # Errors
/// E701 if it cannot be written.
pub fn write(path: &Path) -> Result<()> {
    fs_err::write(path, PAGE).map_err(|error| super::unwritable(path, &error).into())
}

/// Puts the page beside a bundle, and says where.
///
/// # Errors
/// E701 if it cannot be written.
pub fn beside(bundle: &Path) -> Result<PathBuf> {
    let path = bundle.with_file_name(NAME);
    write(&path)?;
    Ok(path)
}
