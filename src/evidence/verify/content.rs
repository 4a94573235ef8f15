//! Reads every file of a bundle once: digests of all, the small ones whole, records and journal line by line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;

use sha2::{Digest as _, Sha256};

use super::super::chain::Chain;
use super::super::merkle::Tree;
use super::super::source::Source;
use super::super::{ASIC_MANIFEST, SIGNATURE, STATEMENT, statement};
use super::reason;
use crate::diagnostic::Diagnostic;
use crate::keys::Digest;
use crate::messages::evidence as say;

/// Files that are looked into as a whole may not be larger.
const SMALL: usize = 4 << 20;
/// No line of records or journal may be longer.
const LONGEST_LINE: usize = 1 << 20;
/// Pieces of a file, of at most 64 KiB, that wait to be looked into.
const UNDER_WAY: usize = 8;

/// What was read.
#[derive(Default)]
pub(super) struct Content {
    /// Digest and size of every file that could be read.
    pub(super) files: BTreeMap<String, (Digest, u64)>,
    /// The lists, the seal and the statement.
    pub(super) small: BTreeMap<String, Vec<u8>>,
    pub(super) tree: Tree,
    pub(super) outcomes: BTreeMap<String, u64>,
    pub(super) chain: Chain,
}

impl Content {
    /// A small file as text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.small.get(name)?).ok()
    }

    pub(super) fn digest(&self, name: &str) -> Option<Digest> {
        self.files.get(name).map(|(digest, _)| *digest)
    }
}

/// Reads everything, noting what cannot be read. Lines are looked into beside the reading, which unpacks and hashes meanwhile.
pub(super) fn read(source: &mut Source, reasons: &mut Vec<Diagnostic>) -> Content {
    let mut content = Content::default();
    for name in source.names() {
        let mut hasher = Sha256::new();
        let mut size = 0;
        let mut whole = is_small(&name).then(Vec::new);
        let mut take = |bytes: &[u8]| {
            hasher.update(bytes);
            size += bytes.len() as u64;
            if let Some(whole) = whole.as_mut().filter(|whole| whole.len() <= SMALL) {
                whole.extend_from_slice(bytes);
            }
        };
        let follow: Option<&mut Follow<'_>> = match name.as_str() {
            "data/records.jsonl" => Some(&mut |line| record(&mut content, line)),
            "data/journal.jsonl" => Some(&mut |line| content.chain.follow(line)),
            _ => None,
        };
        let (outcome, bad_line) = match follow {
            Some(follow) => beside(follow, |send| {
                source.stream(&name, &mut |bytes| {
                    take(bytes);
                    send(bytes);
                })
            }),
            None => (source.stream(&name, &mut take), None),
        };
        if outcome.is_err() {
            reasons.push(reason("E713", say::damaged(&name)));
        }
        match (bad_line, name.as_str()) {
            (Some(line), "data/journal.jsonl") => {
                reasons.push(reason("E730", say::chain_broken(line)));
            }
            (Some(line), _) => reasons.push(reason("E732", say::record_broken(line))),
            _ => {}
        }
        match whole {
            Some(whole) if whole.len() > SMALL => {
                reasons.push(reason("E713", say::file_too_large(&name)));
            }
            Some(whole) => {
                content.small.insert(name.clone(), whole);
            }
            None => {}
        }
        content
            .files
            .insert(name, (Digest(hasher.finalize().into()), size));
    }
    content
}

/// Says whether a line is what has to stand there.
type Follow<'f> = dyn FnMut(&[u8]) -> bool + Send + 'f;

/// Follows the lines of what `read` hands over, on a thread of its own. Returns what `read` does, and the first line that is wrong.
fn beside<T>(
    follow: &mut Follow<'_>,
    read: impl FnOnce(&mut dyn FnMut(&[u8])) -> T,
) -> (T, Option<u64>) {
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Vec<u8>>(UNDER_WAY);
        let following = scope.spawn(move || {
            let mut lines = Lines::default();
            let (mut bad_line, mut count) = (None, 0u64);
            for bytes in receive {
                lines.feed(&bytes, &mut |line| {
                    count += 1;
                    if !follow(line) {
                        bad_line.get_or_insert(count);
                    }
                });
            }
            if lines.is_broken() {
                bad_line.get_or_insert(count + 1);
            }
            bad_line
        });
        // Nobody listens any more after a panic, and that makes the first line a wrong one.
        let done = read(&mut |bytes| drop(send.send(bytes.to_vec())));
        drop(send);
        (done, following.join().unwrap_or(Some(1)))
    })
}

/// Files that are looked into as a whole.
fn is_small(name: &str) -> bool {
    matches!(
        name,
        "mimetype"
            | "bagit.txt"
            | "bag-info.txt"
            | "manifest-sha256.txt"
            | "tagmanifest-sha256.txt"
    ) || [ASIC_MANIFEST, SIGNATURE, STATEMENT].contains(&name)
}

/// Takes a record line into the tree and the counts; `false` if it is no record or out of its place.
fn record(content: &mut Content, line: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Record<'r> {
        seq: u64,
        #[serde(borrow)]
        outcome: Cow<'r, str>,
    }
    let expected = content.tree.count();
    content.tree.push(line);
    let Ok(record) = serde_json::from_slice::<Record<'_>>(line) else {
        return false;
    };
    match content.outcomes.get_mut(&*record.outcome) {
        Some(count) => *count += 1,
        // The list of outcomes is closed, so hostile words cannot fill the memory.
        None if statement::is_outcome(&record.outcome) => {
            content.outcomes.insert(record.outcome.into_owned(), 1);
        }
        None => return false,
    }
    record.seq == expected
}

/// Cuts a stream into lines that end in LF.
#[derive(Default)]
struct Lines {
    held: Vec<u8>,
    too_long: bool,
}

impl Lines {
    fn feed(&mut self, mut bytes: &[u8], line: &mut dyn FnMut(&[u8])) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            if self.held.is_empty() {
                line(&bytes[..end]);
            } else {
                self.hold(&bytes[..end]);
                line(&self.held);
                self.held.clear();
            }
            bytes = &bytes[end + 1..];
        }
        self.hold(bytes);
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.held.len() + bytes.len() > LONGEST_LINE {
            self.too_long = true;
            self.held.clear();
        } else {
            self.held.extend_from_slice(bytes);
        }
    }

    /// Whether a line was too long, or the last one has no end.
    fn is_broken(&self) -> bool {
        self.too_long || !self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_they_arrive() {
        let text = b"a\n\nbc\ndef\n";
        for size in 1..=text.len() {
            let mut lines = Lines::default();
            let mut seen = Vec::new();
            for chunk in text.chunks(size) {
                lines.feed(chunk, &mut |line| seen.push(line.to_vec()));
            }
            assert_eq!(
                seen,
                [b"a".to_vec(), vec![], b"bc".to_vec(), b"def".to_vec()]
            );
            assert!(!lines.is_broken());
        }
        let mut lines = Lines::default();
        lines.feed(b"a\nb", &mut |_| {});
        assert!(lines.is_broken(), "no end");
        let mut lines = Lines::default();
        for _ in 0..40 {
            lines.feed(&vec![b'x'; 64 * 1024], &mut |_| {});
        }
        assert!(lines.is_broken() && lines.held.len() <= LONGEST_LINE);
    }
}
