//! What the tests of retention runs share: the head of their inventories, days that lie behind, and the statements of all runs.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses a part of this"
)]

use std::path::Path;

use serde_json::Value;

/// Everything before the systems: who is responsible, and the bounds of a run.
pub fn head(limits: &str) -> String {
    format!(
        "dsr: 1
controller: {{ name: \"Acme GmbH\", seat: DE-BY, language: en, contact: privacy@example.org }}
requests: {{ identity: assumed }}
limits: {{ sweep: {{ {limits} }} }}
systems:
"
    )
}

/// A day so many days ago, on the calendar of the seat, whose day is another than this machine's for some hours.
///
/// # Panics
/// If there is no such day.
pub fn ago(days: i64) -> String {
    let now = jiff::Timestamp::now().in_tz("Europe/Berlin").unwrap();
    let day = now.date().checked_sub(jiff::Span::new().days(days));
    day.unwrap().to_string()
}

/// What runs have left in the vault of a workspace, by name; nothing once no batch is under way.
///
/// # Panics
/// If the workspace cannot be opened.
pub fn left_in_the_vault(folder: &Path) -> Vec<String> {
    let workspace = dsr::workspace::Workspace::find(folder).unwrap();
    let text = fs_err::read_to_string(folder.join(".dsr/keys/workspace.key")).unwrap();
    let digest = dsr::keys::Digest::from_hex(text.trim()).unwrap();
    let key = dsr::keys::Key::from_bytes(digest.0);
    let vault = dsr::vault::Vault::open(&workspace, &key).unwrap();
    let names = vault.names_for_workspace().unwrap().into_iter();
    names.filter(|name| name.starts_with("sweep/")).collect()
}

/// The sealed statements of all runs of a workspace, in their order.
///
/// # Panics
/// If there are none, or one of them is none.
pub fn statements(workspace: &Path) -> Vec<Value> {
    let runs = fs_err::read_dir(workspace.join("evidence/sweeps")).unwrap();
    let texts = runs.map(|run| fs_err::read(run.unwrap().path().join("statement.json")).unwrap());
    let mut all: Vec<Value> = texts
        .map(|text| serde_json::from_slice(&text).unwrap())
        .collect();
    all.sort_by_key(|one| one["number"].as_u64());
    all
}
