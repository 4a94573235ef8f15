//! Which cases were purged, remembered where a backup of `.dsr` does not reach: beside the ledger's head in the user's state folder, and
//! in the evidence folder.
//!
//! A vault that is put back from an older copy holds the key of every case that was purged since. Whoever opens the workspace next reads
//! these lists and purges them once more. Each line carries a keyed digest under the workspace's key, so that nobody else can have a case
//! destroyed by writing its number here. The lists name cases and no persons.

use std::collections::BTreeMap;
use std::io::{ErrorKind as Kind, Write as _};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case_id::CaseId;
use crate::diagnostic::Result;
use crate::keys::{Digest, Key, Purpose};
use crate::workspace::{Workspace, file_trouble, make_folder};

/// A case that was purged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purge {
    pub case: CaseId,
    pub at: Timestamp,
    /// Why it was early; a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    purge: Purge,
    mac: Digest,
}

fn mac(key: &Key, ledger: &str, purge: &Purge) -> Digest {
    let said = crate::canonical::bytes(&("purged", ledger, purge));
    key.derive(Purpose::Name).mac(&said)
}

fn files(workspace: &Workspace, ledger: &str) -> [PathBuf; 2] {
    [
        workspace.heads.join(format!("{ledger}.purged")),
        workspace.evidence_dir().join("purged.jsonl"),
    ]
}

/// Notes a purge in both places; one that stands there already is not noted again.
///
/// # Errors
/// Those of writing a file.
pub fn note(workspace: &Workspace, ledger: &str, key: &Key, purge: &Purge) -> Result<()> {
    let line = Line {
        purge: purge.clone(),
        mac: mac(key, ledger, purge),
    };
    let mut bytes = crate::canonical::bytes(&line);
    bytes.push(b'\n');
    for file in files(workspace, ledger) {
        if read(&file, ledger, key)?.contains_key(&purge.case) {
            continue;
        }
        let write = || -> std::io::Result<()> {
            if let Some(folder) = file.parent() {
                make_folder(folder, 0o700)?;
            }
            let mut options = fs_err::OpenOptions::new();
            options.append(true).create(true);
            #[cfg(unix)]
            fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut out = options.open(&file)?;
            out.write_all(&bytes)?;
            out.sync_all()
        };
        write().map_err(|error| file_trouble(&error))?;
    }
    Ok(())
}

/// All purges that either list knows, by their cases. Lines that this workspace did not write do not count.
///
/// # Errors
/// Those of reading a file that is there.
pub fn all(workspace: &Workspace, ledger: &str, key: &Key) -> Result<Vec<Purge>> {
    let mut all = BTreeMap::new();
    for file in files(workspace, ledger) {
        all.append(&mut read(&file, ledger, key)?);
    }
    Ok(all.into_values().collect())
}

fn read(file: &std::path::Path, ledger: &str, key: &Key) -> Result<BTreeMap<CaseId, Purge>> {
    let bytes = match fs_err::read(file) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::NotADirectory) => {
            return Ok(BTreeMap::new());
        }
        Err(error) => return Err(file_trouble(&error)),
    };
    let lines = bytes.split(|byte| *byte == b'\n');
    let ours = lines.filter_map(|line| {
        let line: Line = serde_json::from_slice(line).ok()?;
        (line.mac == mac(key, ledger, &line.purge)).then_some(line.purge)
    });
    Ok(ours.map(|purge| (purge.case.clone(), purge)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::tests::{noon, workspace};

    const LEDGER: &str = "00112233445566778899aabbccddeeff";

    fn purge(case: &str) -> Purge {
        Purge {
            case: CaseId::parse(case).unwrap(),
            at: noon(),
            early: Some("authority_order".to_owned()),
        }
    }

    #[test]
    fn either_list_is_enough_and_nothing_stands_there_twice() {
        let (_folder, workspace) = workspace();
        let key = Key::random();
        let (one, two) = (purge("2026-AAAAAA"), purge("2026-BBBBBB"));
        for one in [&one, &one, &two] {
            note(&workspace, LEDGER, &key, one).unwrap();
        }
        for gone in files(&workspace, LEDGER) {
            let text = fs_err::read_to_string(&gone).unwrap();
            assert_eq!(text.lines().count(), 2, "{text}");
            fs_err::remove_file(&gone).unwrap();
            assert_eq!(
                all(&workspace, LEDGER, &key).unwrap(),
                [one.clone(), two.clone()]
            );
            fs_err::write(&gone, text).unwrap();
        }
    }

    #[test]
    fn nobody_has_a_case_destroyed_by_writing_its_number() {
        let (_folder, workspace) = workspace();
        let key = Key::random();
        note(&workspace, LEDGER, &key, &purge("2026-AAAAAA")).unwrap();
        let file = &files(&workspace, LEDGER)[1];
        let line = fs_err::read_to_string(file).unwrap();
        for forged in [
            // Another case, another ledger's line, no digest, no JSON, and a line that was cut.
            line.replace("2026-AAAAAA", "2026-BBBBBB"),
            line.replace("authority_order", "mistake"),
            "{\"case\":\"2026-BBBBBB\",\"at\":\"2026-03-01T12:00:00Z\"}\n".to_owned(),
            "2026-BBBBBB\n".to_owned(),
            line[..line.len() / 2].to_owned(),
        ] {
            fs_err::write(file, format!("{forged}{line}")).unwrap();
            let known = all(&workspace, LEDGER, &key).unwrap();
            let known: Vec<&str> = known.iter().map(|one| one.case.as_str()).collect();
            assert!(!known.contains(&"2026-BBBBBB"), "{forged}");
        }
        assert!(all(&workspace, LEDGER, &Key::random()).unwrap().is_empty());
        let other = "ffeeddccbbaa99887766554433221100";
        assert!(all(&workspace, other, &key).unwrap().is_empty());
    }
}
