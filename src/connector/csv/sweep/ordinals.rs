//! How often rows of the same bytes came before, in memory that does not grow with them.
//!
//! What was met last is kept in memory; when that is much, it is sorted and put aside in a temporary file without a name, which holds
//! parts of keyed digests and nothing else. Almost all rows are the only ones of their kind: a filter (Bloom 1970, Space/Time Trade-offs
//! in Hash Coding) says of them that they were never put aside, so that hardly ever a file is asked.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use crate::keys::Digest;

/// Different rows that are kept in memory: what a table of 65,536 places takes before it grows, and in tests of this room few.
const RECENT: usize = if cfg!(test) { 500 } else { 7 << 13 };

/// Bits of the filter, 4 MB, and how many of them a row sets.
const BITS: usize = 1 << 25;
const SET: usize = 3;

/// Rows between two that are known of a file by heart, and bytes of one.
const STEP: usize = 128;
const ENTRY: usize = 20;

/// Half of a keyed digest; that two rows share one by chance will not happen.
type Half = u128;

/// A row, and how often it was met.
type Entry = (Half, u32);

/// Counts rows of the same bytes.
#[derive(Default)]
pub(super) struct Ordinals {
    /// Rows that were met since the last ones were put aside, and how often they were met altogether.
    recent: HashMap<Half, u32>,
    /// Of what was put aside. Empty while nothing was.
    filter: Vec<u64>,
    /// Each at most half as long as the one before it.
    aside: Vec<Run>,
}

impl Ordinals {
    /// How many rows of these bytes came before this one.
    ///
    /// # Errors
    /// What the folder for temporary files refuses.
    pub(super) fn next(&mut self, digest: &Digest) -> io::Result<u64> {
        let half = half(digest);
        if let Some(count) = self.recent.get_mut(&half) {
            let before = *count;
            *count += 1;
            return Ok(before.into());
        }
        if self.recent.len() == RECENT {
            self.put_aside()?;
        }
        let before = self.counted(half)?;
        self.recent.insert(half, before + 1);
        Ok(before.into())
    }

    /// How often a row was met, as far as the files know.
    fn counted(&self, half: Half) -> io::Result<u32> {
        if self.filter.is_empty() || bits(half).any(|(word, bit)| self.filter[word] & bit == 0) {
            return Ok(0);
        }
        for run in self.aside.iter().rev() {
            if let Some(count) = run.find(half)? {
                return Ok(count);
            }
        }
        Ok(0)
    }

    fn put_aside(&mut self) -> io::Result<()> {
        if self.filter.is_empty() {
            self.filter = vec![0; BITS / 64];
        }
        let mut entries: Vec<Entry> = self.recent.drain().collect();
        entries.sort_unstable();
        let mut run = Writing::begin()?;
        for entry in entries {
            bits(entry.0).for_each(|(word, bit)| self.filter[word] |= bit);
            run.push(entry)?;
        }
        let mut run = run.end()?;
        while let Some(older) = self.aside.pop_if(|older| older.count < 2 * run.count) {
            run = merged(older, run)?;
        }
        self.aside.push(run);
        Ok(())
    }
}

fn half(digest: &Digest) -> Half {
    let (half, _) = digest.0.split_at(16);
    half.try_into().map(Half::from_be_bytes).unwrap_or_default()
}

/// The places of a row in the filter. Its own bits are as good as chance.
fn bits(half: Half) -> impl Iterator<Item = (usize, u64)> {
    (0..SET).map(move |place| {
        let place = (half >> (32 * place)) as usize % BITS;
        (place / 64, 1 << (place % 64))
    })
}

/// Two runs as one. Where both know a row, the newer one has counted on from the older.
fn merged(older: Run, newer: Run) -> io::Result<Run> {
    let mut out = Writing::begin()?;
    let (mut older, mut newer) = (older.entries()?, newer.entries()?);
    let (mut left, mut right) = (older.next()?, newer.next()?);
    while let Some(entry) = left.min(right).or(left).or(right) {
        let (is_left, is_right) = (
            left.is_some_and(|(half, _)| half == entry.0),
            right.is_some_and(|(half, _)| half == entry.0),
        );
        out.push(right.filter(|_| is_right).unwrap_or(entry))?;
        if is_left {
            left = older.next()?;
        }
        if is_right {
            right = newer.next()?;
        }
    }
    out.end()
}

/// Rows in their order, each once, in a file that is gone when it is closed.
struct Run {
    file: File,
    count: usize,
    /// Every so many of them, from the first on.
    known: Vec<Half>,
}

impl Run {
    /// How often a row was met, if it lies here.
    fn find(&self, half: Half) -> io::Result<Option<u32>> {
        let behind = self.known.partition_point(|known| *known <= half);
        let Some(step) = behind.checked_sub(1) else {
            return Ok(None);
        };
        let mut block = [0; STEP * ENTRY];
        let block = &mut block[..STEP.min(self.count - step * STEP) * ENTRY];
        let mut file = &self.file;
        file.seek(SeekFrom::Start((step * STEP * ENTRY) as u64))?;
        file.read_exact(block)?;
        let (entries, _) = block.as_chunks::<ENTRY>();
        let found = entries.binary_search_by_key(&half, |entry| read(entry).0);
        Ok(found.ok().map(|index| read(&entries[index]).1))
    }

    /// All of it, from the beginning.
    fn entries(mut self) -> io::Result<Entries> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(Entries {
            input: BufReader::with_capacity(1 << 16, self.file),
            left: self.count,
        })
    }
}

struct Entries {
    input: BufReader<File>,
    left: usize,
}

impl Entries {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut entry = [0; ENTRY];
        self.input.read_exact(&mut entry)?;
        Ok(Some(read(&entry)))
    }
}

fn read(entry: &[u8; ENTRY]) -> Entry {
    let (half, met) = entry.split_at(16);
    let half = half.try_into().map(Half::from_be_bytes);
    let met = met.try_into().map(u32::from_be_bytes);
    (half.unwrap_or_default(), met.unwrap_or_default())
}

/// A run that is being made.
struct Writing {
    out: BufWriter<File>,
    count: usize,
    known: Vec<Half>,
}

impl Writing {
    fn begin() -> io::Result<Writing> {
        Ok(Writing {
            out: BufWriter::with_capacity(1 << 16, tempfile::tempfile()?),
            count: 0,
            known: Vec::new(),
        })
    }

    fn push(&mut self, (half, met): Entry) -> io::Result<()> {
        if self.count.is_multiple_of(STEP) {
            self.known.push(half);
        }
        self.count += 1;
        self.out.write_all(&half.to_be_bytes())?;
        self.out.write_all(&met.to_be_bytes())
    }

    fn end(self) -> io::Result<Run> {
        let file = self.out.into_inner();
        Ok(Run {
            file: file.map_err(io::IntoInnerError::into_error)?,
            count: self.count,
            known: self.known,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digests as good as chance, of which so many differ.
    fn digest(number: u64, different: u64) -> Digest {
        Digest::sha256(&(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % different).to_le_bytes())
    }

    #[test]
    fn rows_are_counted_as_a_table_of_all_would() {
        let met = 11 * RECENT as u64;
        // Every row once; most of them once; each some times; a few very often.
        for different in [u64::MAX, 4 * met, met / 5, 3 * RECENT as u64, 1000] {
            let (mut ordinals, mut all) = (Ordinals::default(), HashMap::<Half, u64>::new());
            for number in 0..met {
                let digest = digest(number, different);
                let count = all.entry(half(&digest)).or_default();
                assert_eq!(
                    ordinals.next(&digest).unwrap(),
                    *count,
                    "{number} of {different}"
                );
                *count += 1;
            }
            let rows: usize = ordinals.aside.iter().map(|run| run.count).sum();
            assert!(
                ordinals.recent.len() <= RECENT
                    && rows <= all.len() + ordinals.aside.len() * RECENT
            );
            assert_eq!(ordinals.aside.is_empty(), different <= RECENT as u64);
        }
    }

    #[test]
    fn there_are_few_files_however_many_rows() {
        let mut ordinals = Ordinals::default();
        for number in 0..40 * RECENT as u64 {
            ordinals.next(&digest(number, u64::MAX)).unwrap();
        }
        assert!(ordinals.aside.len() <= 6, "{}", ordinals.aside.len());
        let known: usize = ordinals.aside.iter().map(|run| run.known.len()).sum();
        assert!(known <= 40 * RECENT / STEP + ordinals.aside.len());
    }
}
