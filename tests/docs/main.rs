//! The documents keep their word: every command in them is run, every page of reference is made from the program.
//!
//! `DSR_UPDATE_DOCS=1 cargo test --test docs` writes the generated pages anew.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

#[path = "../support/workspace.rs"]
mod workspace;

mod commands;
mod connectors;
mod diagnostics;
mod pages;

use std::path::{Path, PathBuf};

/// A file of the project.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a page with what it should say, or writes it when that is asked for.
fn keep(path: &str, wanted: &str) {
    let file = project(path);
    let found = fs_err::read_to_string(&file).unwrap_or_default();
    if found == wanted {
        return;
    }
    if std::env::var_os("DSR_UPDATE_DOCS").is_some() {
        fs_err::write(&file, wanted).unwrap();
        return;
    }
    let line = found
        .lines()
        .zip(wanted.lines())
        .position(|(found, wanted)| found != wanted)
        .unwrap_or_else(|| found.lines().count().min(wanted.lines().count()));
    panic!(
        "{path}:{} differs from the program.\n  there:  {}\n  wanted: {}\n`DSR_UPDATE_DOCS=1 cargo test --test docs` writes it anew.",
        line + 1,
        found.lines().nth(line).unwrap_or("(end)"),
        wanted.lines().nth(line).unwrap_or("(end)"),
    );
}

/// Every Markdown file of the project that is for its readers.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![project("README.md")];
    let mut folders = vec![project("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
