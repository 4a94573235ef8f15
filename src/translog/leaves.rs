//! The leaves of the log, read off the ledger.
//!
//! The log is nothing but the `leaf_appended` events in the ledger's order. So that a workspace with many cases need not read its
//! whole ledger for every answer, hashes and positions are copied into `.dsr/log/leaves`, with a note of how far that reaches. The copy is
//! believed only if the ledger still has, at that place, the event it had then, and the copied hashes still give the root they gave;
//! else everything is read anew. Losing it costs time and nothing else.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::tree::{self, Tree};
use crate::case_id::CaseId;
use crate::diagnostic::Result;
use crate::keys::Digest;
use crate::ledger::{Event, Head, Leaf, Ledger};
use crate::workspace::{Workspace, acquire, file_trouble, make_folder, replace};

/// Bytes of one leaf in the copy: its hash, and the position of its event.
const RECORD: usize = 40;
/// What is copied now; others are read anew.
const FORM: u8 = 1;
/// The copy is renewed when the ledger has grown by this many events.
const BEHIND: u64 = 256;

/// All leaves, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaves {
    hashes: Vec<Digest>,
    /// Positions of their events in the ledger.
    seqs: Vec<u64>,
    /// The last event of the ledger that was looked at.
    read_to: u64,
    /// The last checkpoint of which the ledger says that it left the house.
    pub anchored: Option<Anchored>,
    /// The last one of which more than an operator's word says so: it was stamped, copied, or handed to a program.
    pub witnessed: Option<Anchored>,
}

/// A checkpoint that left the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchored {
    pub size: u64,
    pub root: Digest,
    pub copies: u32,
}

/// What is known of one leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counted from 0.
    pub index: u64,
    pub leaf: Digest,
    pub of: Leaf,
    pub case: Option<CaseId>,
    pub at: jiff::Timestamp,
}

/// How far the copy reaches.
#[derive(Serialize, Deserialize)]
struct Reach {
    ledger: String,
    /// The last event that was read, and its hash.
    seq: u64,
    hash: Digest,
    leaves: u64,
    root: Digest,
    anchored: Option<Anchored>,
    #[serde(default)]
    witnessed: Option<Anchored>,
    /// 0 in copies that do not tell a word from a copy that left the house.
    #[serde(default)]
    form: u8,
}

impl Leaves {
    /// The leaves that the ledger holds now.
    ///
    /// # Errors
    /// Those of reading the ledger. A copy that cannot be read or written is no error.
    pub fn of(workspace: &Workspace, ledger: &Ledger) -> Result<Leaves> {
        let copy = Copy::of(workspace);
        let mut leaves = copy.read(ledger)?.unwrap_or_default();
        let copied = leaves.read_to;
        let head = leaves.follow(ledger)?;
        if head.count >= copied.saturating_add(BEHIND) {
            copy.write(ledger, &leaves, head)?;
        }
        Ok(leaves)
    }

    /// The leaves read off the ledger alone, whatever the copy says.
    ///
    /// # Errors
    /// Those of reading the ledger.
    pub fn afresh(ledger: &Ledger) -> Result<Leaves> {
        let mut leaves = Leaves::default();
        leaves.follow(ledger)?;
        Ok(leaves)
    }

    /// Takes in what was added since these were read.
    ///
    /// # Errors
    /// Those of reading the ledger.
    pub fn catch_up(&mut self, ledger: &Ledger) -> Result<()> {
        self.follow(ledger).map(drop)
    }

    /// Reads on; returns how far.
    fn follow(&mut self, ledger: &Ledger) -> Result<Head> {
        let head = ledger.of_the_log(self.read_to, &mut |stored| match stored.event {
            Event::LeafAppended { leaf, .. } => {
                self.hashes.push(leaf);
                self.seqs.push(stored.seq);
            }
            Event::LogAnchored {
                size,
                root,
                copies,
                sent,
            } if copies > 0 || sent => {
                let anchored = Some(Anchored { size, root, copies });
                self.anchored = anchored;
                if copies > 0 {
                    self.witnessed = anchored;
                }
            }
            _ => {}
        })?;
        self.read_to = head.count;
        Ok(head)
    }

    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    pub fn hashes(&self) -> &[Digest] {
        &self.hashes
    }

    /// The root of the first leaves; `None` if there are not as many.
    pub fn root(&self, size: usize) -> Option<Digest> {
        self.hashes.get(..size).map(tree::root)
    }

    /// Position in the log of the leaf that this event added.
    pub fn index_of(&self, seq: u64) -> Option<usize> {
        self.seqs.binary_search(&seq).ok()
    }

    /// When the oldest leaf was appended that no checkpoint covers which somebody else has; `None` if all are covered.
    ///
    /// # Errors
    /// Those of reading the ledger.
    pub fn uncovered_since(&self, ledger: &Ledger) -> Result<Option<jiff::Timestamp>> {
        let size = self.witnessed.map_or(0, |last| last.size);
        let index = usize::try_from(size).unwrap_or(usize::MAX);
        let oldest = self.entries(ledger, index, index.saturating_add(1))?;
        Ok(oldest.first().map(|entry| entry.at))
    }

    /// Leaves with case, kind and time, from one position up to another, which is left out.
    ///
    /// # Errors
    /// Those of reading the ledger.
    pub fn entries(&self, ledger: &Ledger, from: usize, to: usize) -> Result<Vec<Entry>> {
        let mut out = Vec::new();
        for index in from..to.min(self.len()) {
            let Some(stored) = ledger.event(self.seqs[index])? else {
                continue;
            };
            if let Event::LeafAppended { leaf, of } = stored.event {
                out.push(Entry {
                    index: index as u64,
                    leaf,
                    of,
                    case: stored.case,
                    at: stored.at,
                });
            }
        }
        Ok(out)
    }

    /// The checkpoints among these, as size and root, that this log does not continue: it has fewer leaves, or others.
    pub fn contradicted(&self, known: &[(u64, Digest)]) -> Vec<u64> {
        let mut sizes: Vec<&(u64, Digest)> = known.iter().collect();
        sizes.sort();
        let mut tree = Tree::default();
        let mut leaves = self.hashes.iter();
        let mut out = Vec::new();
        for (size, root) in sizes {
            while tree.count() < *size
                && let Some(leaf) = leaves.next()
            {
                tree.push_leaf(*leaf);
            }
            if tree.count() != *size || tree.root() != *root {
                out.push(*size);
            }
        }
        out.dedup();
        out
    }
}

/// The copied hashes and how far they reach.
struct Copy {
    folder: PathBuf,
}

impl Copy {
    fn of(workspace: &Workspace) -> Copy {
        Copy {
            folder: workspace.private_dir().join("log"),
        }
    }

    /// What was copied, if the ledger still begins with it.
    fn read(&self, ledger: &Ledger) -> Result<Option<Leaves>> {
        let Some(reach) = self.reach().filter(|reach| reach.ledger == ledger.id()) else {
            return Ok(None);
        };
        if reach.form != FORM {
            return Ok(None);
        }
        if ledger.hash_of(reach.seq)? != Some(reach.hash) {
            return Ok(None);
        }
        let Ok(bytes) = fs_err::read(self.folder.join("leaves")) else {
            return Ok(None);
        };
        let (records, _) = bytes.as_chunks::<RECORD>();
        let count = usize::try_from(reach.leaves).unwrap_or(usize::MAX);
        let Some(records) = records.get(..count) else {
            return Ok(None);
        };
        let mut leaves = Leaves {
            read_to: reach.seq,
            anchored: reach.anchored,
            witnessed: reach.witnessed,
            ..Leaves::default()
        };
        for record in records {
            let (hash, seq) = record.split_at(32);
            leaves
                .hashes
                .push(Digest(hash.try_into().unwrap_or_default()));
            leaves
                .seqs
                .push(u64::from_be_bytes(seq.try_into().unwrap_or_default()));
        }
        let ordered = leaves.seqs.is_sorted_by(|a, b| a < b)
            && leaves.seqs.last().is_none_or(|last| *last <= reach.seq);
        let whole = ordered && tree::root(&leaves.hashes) == reach.root;
        Ok(whole.then_some(leaves))
    }

    fn reach(&self) -> Option<Reach> {
        let bytes = fs_err::read(self.folder.join("reach.json")).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Copies anew, unless another process is at it.
    fn write(&self, ledger: &Ledger, leaves: &Leaves, head: Head) -> Result<()> {
        make_folder(&self.folder, 0o700).map_err(|e| file_trouble(&e))?;
        let Ok(_held) = acquire(&self.folder.join("lock"), Duration::ZERO)? else {
            return Ok(());
        };
        let reach = Reach {
            ledger: ledger.id().to_owned(),
            seq: head.count,
            hash: head.hash,
            leaves: leaves.len() as u64,
            root: tree::root(&leaves.hashes),
            anchored: leaves.anchored,
            witnessed: leaves.witnessed,
            form: FORM,
        };
        let records = leaves.hashes.iter().zip(&leaves.seqs);
        let bytes: Vec<u8> = records
            .flat_map(|(hash, seq)| hash.0.into_iter().chain(seq.to_be_bytes()))
            .collect();
        // A reader between the two finds a root that is not that of the hashes, and reads the ledger.
        let put = |name: &str, bytes: &[u8]| {
            replace(&self.folder.join(name), bytes, 0o600).map_err(|e| file_trouble(&e))
        };
        put("leaves", &bytes)?;
        put("reach.json", &crate::canonical::bytes(&reach))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::Lock;
    use crate::workspace::tests::{noon, workspace};

    fn open(workspace: &Workspace) -> Ledger {
        Ledger::open(workspace, &Lock::read(workspace).unwrap()).unwrap()
    }

    fn append(ledger: &mut Ledger, numbers: std::ops::Range<u32>) {
        for number in numbers {
            let leaf = tree::leaf(&number.to_be_bytes());
            let of = match number % 2 {
                0 => Leaf::Opened,
                _ => Leaf::Statement,
            };
            let case = CaseId::parse("2026-AAAAAA").unwrap();
            let events = [Event::IdentityAssumed, Event::LeafAppended { leaf, of }];
            ledger.append(Some(&case), noon(), &events).unwrap();
        }
    }

    fn copied(workspace: &Workspace) -> u64 {
        Copy::of(workspace).reach().map_or(0, |reach| reach.leaves)
    }

    #[test]
    fn the_copy_and_the_ledger_say_the_same() {
        let (_folder, workspace) = workspace();
        let mut ledger = open(&workspace);
        for round in 0..5 {
            append(&mut ledger, round * 100..(round + 1) * 100);
            let leaves = Leaves::of(&workspace, &ledger).unwrap();
            assert_eq!(leaves, Leaves::afresh(&ledger).unwrap());
            assert_eq!(leaves.len(), (round as usize + 1) * 100);
        }
        assert!(copied(&workspace) >= 300, "{}", copied(&workspace));
        let leaves = Leaves::of(&workspace, &ledger).unwrap();
        let entries = leaves.entries(&ledger, 7, 9).unwrap();
        assert_eq!(
            entries
                .iter()
                .map(|entry| (entry.index, entry.of))
                .collect::<Vec<_>>(),
            [(7, Leaf::Statement), (8, Leaf::Opened)]
        );
        // The first event of the ledger, and then two for each leaf.
        assert_eq!(leaves.index_of(1 + 2 * 8), Some(7));
        assert_eq!(leaves.index_of(2 * 8), None);
    }

    #[test]
    fn a_copy_that_is_wrong_in_any_way_is_not_believed() {
        let (_folder, workspace) = workspace();
        let mut ledger = open(&workspace);
        append(&mut ledger, 0..200);
        let right = Leaves::of(&workspace, &ledger).unwrap();
        let file = |name: &str| workspace.private_dir().join("log").join(name);
        let (records, reach) = (
            fs_err::read(file("leaves")).unwrap(),
            fs_err::read_to_string(file("reach.json")).unwrap(),
        );
        let mut flipped = records.clone();
        flipped[3 * RECORD] ^= 1;
        let mut unordered = records.clone();
        unordered[3 * RECORD + 33] ^= 1;
        let short = records[..records.len() - 1].to_vec();
        let other = reach.replace(ledger.id(), &"0".repeat(32));
        let later = reach.replace("\"seq\":401", "\"seq\":399");
        assert_ne!(later, reach);
        for (records, reach) in [
            (&flipped, &reach),
            (&unordered, &reach),
            (&short, &reach),
            (&vec![], &reach),
            (&records, &other),
            (&records, &later),
            (&records, &String::new()),
        ] {
            fs_err::write(file("leaves"), records).unwrap();
            fs_err::write(file("reach.json"), reach).unwrap();
            assert_eq!(Leaves::of(&workspace, &ledger).unwrap(), right);
        }
    }

    #[test]
    fn a_log_that_lost_or_changed_a_leaf_contradicts_what_was_kept() {
        let mut leaves = Leaves {
            hashes: (0..50u8).map(|i| tree::leaf(&[i])).collect(),
            ..Leaves::default()
        };
        let kept: Vec<(u64, Digest)> = [0, 1, 17, 32, 50]
            .map(|size| (size as u64, leaves.root(size).unwrap()))
            .to_vec();
        assert_eq!(leaves.contradicted(&kept), Vec::<u64>::new());
        leaves.hashes[20] = tree::leaf(b"another");
        assert_eq!(leaves.contradicted(&kept), [32, 50]);
        leaves.hashes.truncate(20);
        assert_eq!(leaves.contradicted(&kept), [32, 50]);
        leaves.hashes.clear();
        assert_eq!(leaves.contradicted(&kept), [1, 17, 32, 50]);
    }
}
