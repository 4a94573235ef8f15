use std::path::Path;

use super::*;

/// An initialised workspace in a folder that goes with the test.
pub(crate) fn workspace() -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let made = Workspace::init(&folder.path().join("acme"), "dsr: 1\n", noon()).unwrap();
    (folder, made.workspace)
}

pub(crate) fn noon() -> jiff::Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}
