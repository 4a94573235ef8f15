//! Holds what is known of a record from several places together, for any number of records in the same memory.
//!
//! Names of records (keyed digests) are thrown into a few hundred heaps by their first byte, so that the same name always comes to lie
//! in the same heap, and each heap is looked through by itself. What does not fit into memory waits in a nameless file.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::keys::Digest;

/// Heaps.
const HEAPS: usize = 256;
/// Entries of a heap that are held in memory.
const HELD: usize = 64;
/// Bytes of a name, and of an entry: name, place, what is known.
const NAME: usize = 32;
const SIZE: usize = NAME + 3;

/// Where a name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whence {
    /// The latest plan has it.
    Planned,
    /// Something was done to it, or should have been.
    Touched,
    /// It was found, and is the person's.
    Found,
    /// It was found, and waits for a person's word.
    Waiting,
}

impl From<Whence> for u8 {
    fn from(from: Whence) -> u8 {
        from as u8
    }
}

const ALL: [Whence; 4] = [
    Whence::Planned,
    Whence::Touched,
    Whence::Found,
    Whence::Waiting,
];

/// Names by place, such as a system with its object.
pub(super) struct Sieve {
    folder: PathBuf,
    heaps: Vec<Heap>,
    file: Option<File>,
    /// Where the file ends.
    end: u64,
}

#[derive(Clone, Default)]
struct Heap {
    held: Vec<u8>,
    /// Where the rest lies in the file, in pieces of one length.
    pieces: Vec<u64>,
}

impl Sieve {
    /// One that uses a file in this folder when the names become many.
    pub(super) fn in_folder(folder: &Path) -> Sieve {
        Sieve {
            folder: folder.to_owned(),
            heaps: vec![Heap::default(); HEAPS],
            file: None,
            end: 0,
        }
    }

    /// # Errors
    /// Those of the file.
    pub(super) fn put(
        &mut self,
        place: u16,
        name: &Digest,
        known: impl Into<u8>,
    ) -> std::io::Result<()> {
        let heap = &mut self.heaps[usize::from(name.0[0])];
        heap.held.extend_from_slice(&name.0);
        heap.held.extend_from_slice(&place.to_be_bytes());
        heap.held.push(known.into());
        if heap.held.len() < HELD * SIZE {
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(tempfile::tempfile_in(&self.folder)?);
        }
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(self.end))?;
            file.write_all(&heap.held)?;
        }
        heap.pieces.push(self.end);
        self.end += heap.held.len() as u64;
        heap.held.clear();
        Ok(())
    }

    /// Hands over each name of each place once, with all that is known of it: sorted, and as often as it was put in.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn each(self, visit: &mut dyn FnMut(u16, &[Whence])) -> std::io::Result<()> {
        self.sorted(&mut |entries| {
            for same in entries.chunk_by(|one, other| one[..SIZE - 1] == other[..SIZE - 1]) {
                let known: Vec<Whence> = same
                    .iter()
                    .map(|entry| ALL[usize::from(entry[SIZE - 1])])
                    .collect();
                visit(
                    u16::from_be_bytes([same[0][NAME], same[0][NAME + 1]]),
                    &known,
                );
            }
        })
    }

    /// Hands over what the last place knows of each name.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn last(self, visit: &mut dyn FnMut(u8)) -> std::io::Result<()> {
        self.sorted(&mut |entries| {
            let same = entries.chunk_by(|one, other| one[..NAME] == other[..NAME]);
            same.filter_map(|same| same.last())
                .for_each(|last| visit(last[SIZE - 1]));
        })
    }

    /// The entries of each heap in the order of names and places.
    fn sorted(mut self, visit: &mut dyn FnMut(&[[u8; SIZE]])) -> std::io::Result<()> {
        for heap in &self.heaps {
            let mut bytes = heap.held.clone();
            for piece in &heap.pieces {
                let start = bytes.len();
                bytes.resize(start + HELD * SIZE, 0);
                if let Some(file) = &mut self.file {
                    file.seek(SeekFrom::Start(*piece))?;
                    file.read_exact(&mut bytes[start..])?;
                }
            }
            let (entries, _) = bytes.as_chunks_mut::<SIZE>();
            entries.sort_unstable();
            visit(entries);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn names_come_together_however_many_there_are() {
        let folder = tempfile::tempdir().unwrap();
        for count in [10u32, 40_000] {
            let mut sieve = Sieve::in_folder(folder.path());
            for number in 0..count {
                let name = Digest::sha256(&number.to_le_bytes());
                sieve.put(7, &name, Whence::Found).unwrap();
                if number % 2 == 0 {
                    sieve.put(7, &name, Whence::Planned).unwrap();
                }
                if number % 5 == 0 {
                    sieve.put(7, &name, Whence::Found).unwrap();
                    sieve.put(9, &name, Whence::Touched).unwrap();
                }
            }
            assert_eq!(sieve.file.is_some(), count > 10_000);
            let mut met: BTreeMap<(u16, Vec<Whence>), u32> = BTreeMap::new();
            let mut visit = |place, known: &[Whence]| {
                *met.entry((place, known.to_vec())).or_default() += 1;
            };
            sieve.each(&mut visit).unwrap();
            use Whence::{Found, Planned, Touched};
            let tenth = count / 10;
            let wanted = [
                ((7, vec![Planned, Found]), 4 * tenth),
                ((7, vec![Planned, Found, Found]), tenth),
                ((7, vec![Found]), 4 * tenth),
                ((7, vec![Found, Found]), tenth),
                ((9, vec![Touched]), 2 * tenth),
            ];
            assert_eq!(met, BTreeMap::from(wanted));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_last_place_has_the_last_word() {
        let folder = tempfile::tempdir().unwrap();
        let mut sieve = Sieve::in_folder(folder.path());
        for number in 0..20_000u32 {
            let name = Digest::sha256(&number.to_le_bytes());
            if number % 4 == 0 {
                sieve.put(3, &name, 5u8).unwrap();
            }
            sieve.put(2, &name, 9u8).unwrap();
        }
        let mut counts = BTreeMap::new();
        let mut visit = |known: u8| *counts.entry(known).or_insert(0) += 1;
        sieve.last(&mut visit).unwrap();
        assert_eq!(counts, BTreeMap::from([(5, 5_000), (9, 15_000)]));
    }
}
