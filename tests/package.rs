//! The package that a person receives: what stands in it, what may not, and that it stays whole with hostile and with very many
//! records.
//!
//! The pages of the sample lie in `target/tmp/package` afterwards, to be looked at in a browser and on paper.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

#[path = "package/containers.rs"]
mod containers;
#[path = "package/contents.rs"]
mod contents;
#[path = "package/hostile.rs"]
mod hostile;
#[path = "package/many.rs"]
mod many;
#[path = "package/material.rs"]
mod material;

/// Whether a program is there.
fn has(program: &str) -> bool {
    std::process::Command::new(program)
        .arg("--help")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok()
}
