//! One document under the eye: what was found in it, what of it could not be read, and how much it may still cost.
//!
//! Readers of formats hand their text in as it comes, in pieces of any size; nothing of it is kept but what stands around a hit.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::needle::Needles;
use super::unread::Why;

/// Hits that are kept of one document; more are counted.
const MOST_HITS: usize = 50;
/// Characters before and after a hit that a person sees.
const AROUND: usize = 60;
/// One document may take so long.
const LONGEST: Duration = Duration::from_secs(120);
/// Archives and letters in one another.
pub(super) const DEEPEST: usize = 4;
/// A part that has to be held in memory as a whole: a letter, an attachment.
pub(super) const LARGEST_PART: u64 = 48 << 20;

/// Where in a document something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    Name,
    Whole,
    Line(u64),
    Page(u32),
    Slide(u32),
    Cell(String, String),
}

/// One place that names the person.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hit {
    /// Index of the needle.
    pub(super) needle: usize,
    pub(super) spelling: String,
    /// Parts from the outside in: the letter of a mailbox, the attachment.
    pub(super) part: String,
    pub(super) at: At,
    pub(super) snippet: String,
}

impl Hit {
    /// As it stands in a record.
    pub(super) fn json(&self) -> Value {
        let mut out = json!({ "found": self.spelling, "snippet": self.snippet });
        if !self.part.is_empty() {
            out["part"] = json!(self.part);
        }
        match &self.at {
            At::Name => out["name"] = json!(true),
            At::Whole => {}
            At::Line(line) => out["line"] = json!(line),
            At::Page(page) => out["page"] = json!(page),
            At::Slide(slide) => out["slide"] = json!(slide),
            At::Cell(sheet, cell) => {
                out["sheet"] = json!(sheet);
                out["cell"] = json!(cell);
            }
        }
        out
    }
}

/// Looks at one document.
pub(super) struct Look<'n> {
    pub(super) needles: &'n Needles,
    pub(super) hits: Vec<Hit>,
    /// Hits beyond those that are kept.
    pub(super) more: u64,
    /// Needles that were found at all.
    pub(super) found: Vec<bool>,
    /// Parts that could not be read.
    pub(super) unread: Vec<(String, Why)>,
    pub(super) fallback: &'static encoding_rs::Encoding,
    stopped: &'n AtomicBool,
    began: Instant,
    /// Bytes that may still be unpacked.
    budget: Rc<Cell<u64>>,
    parts: Vec<String>,
}

impl<'n> Look<'n> {
    pub(super) fn new(
        needles: &'n Needles,
        fallback: &'static encoding_rs::Encoding,
        budget: u64,
        stopped: &'n AtomicBool,
    ) -> Look<'n> {
        Look {
            found: vec![false; needles.all.len()],
            needles,
            hits: Vec::new(),
            more: 0,
            unread: Vec::new(),
            fallback,
            stopped,
            began: Instant::now(),
            budget: Rc::new(Cell::new(budget)),
            parts: Vec::new(),
        }
    }

    /// The same document with nothing found in it yet.
    pub(super) fn aside(&self) -> Look<'n> {
        Look {
            found: vec![false; self.needles.all.len()],
            hits: Vec::new(),
            unread: Vec::new(),
            more: 0,
            budget: Rc::clone(&self.budget),
            parts: self.parts.clone(),
            ..*self
        }
    }

    /// Looks through a text whose lines do not count.
    pub(super) fn text(&mut self, at: &At, text: &str) {
        self.window(text, 0..text.len(), false, &mut |_, _| at.clone());
    }

    /// The same for a text whose layout may have put blanks into words.
    pub(super) fn loose(&mut self, at: &At, text: &str) {
        self.window(text, 0..text.len(), true, &mut |_, _| at.clone());
    }

    /// Looks through lines, the first of which is counted so.
    pub(super) fn lines(&mut self, first: u64, text: &str) {
        self.lines_within(first, text, 0..text.len());
    }

    /// The same, where only hits that begin in this range count and the rest is what stands around them.
    pub(super) fn lines_within(&mut self, first: u64, text: &str, range: std::ops::Range<usize>) {
        // Counted on from the hit before: a text may hold the same address on every line.
        let (mut place, mut line) = (0, first);
        self.window(text, range, false, &mut |text, at| {
            if at < place {
                (place, line) = (0, first);
            }
            line += memchr::memchr_iter(b'\n', &text.as_bytes()[place..at]).count() as u64;
            place = at;
            At::Line(line)
        });
    }

    fn window(
        &mut self,
        text: &str,
        range: std::ops::Range<usize>,
        is_loose: bool,
        at: &mut dyn FnMut(&str, usize) -> At,
    ) {
        let cleaned;
        let text = if !text.is_ascii() && text.contains(is_invisible) {
            cleaned = text.replace(is_invisible, "");
            &cleaned
        } else {
            text
        };
        let needles = self.needles;
        for (index, needle) in needles.all.iter().enumerate() {
            needles.each(needle, text, is_loose, |found| {
                if !range.contains(&found.start) {
                } else if self.found[index] && self.hits.len() >= MOST_HITS {
                    self.more += 1;
                } else {
                    let hit = Hit {
                        needle: index,
                        spelling: found.spelling,
                        part: self.parts.join(" › "),
                        at: at(text, found.start),
                        snippet: snippet(text, found.start, found.end),
                    };
                    self.keep(hit);
                }
            });
        }
    }

    pub(super) fn keep(&mut self, hit: Hit) {
        // A text that is looked at twice, with its markup and without, shows one hit.
        let same = |known: &Hit| {
            known.needle == hit.needle
                && known.at == hit.at
                && known.part == hit.part
                && known.spelling.eq_ignore_ascii_case(&hit.spelling)
        };
        if self.hits.iter().any(same) {
            return;
        }
        let first = !std::mem::replace(&mut self.found[hit.needle], true);
        if first || self.hits.len() < MOST_HITS {
            self.hits.push(hit);
        } else {
            self.more += 1;
        }
    }

    /// Looks into a part of the document; `None` if parts lie too deep in one another.
    pub(super) fn within<T>(
        &mut self,
        part: &str,
        look: impl FnOnce(&mut Look<'n>) -> T,
    ) -> Option<T> {
        let plain = part.chars().map(|c| if c.is_control() { ' ' } else { c });
        let short: String = plain.take(120).collect();
        self.parts.push(short);
        let result = (self.parts.len() <= DEEPEST).then(|| look(self));
        if result.is_none() {
            self.miss(Why::Packed);
        }
        self.parts.pop();
        result
    }

    /// Notes that this part could not be read.
    pub(super) fn miss(&mut self, why: Why) {
        // A mailbox of broken letters is one finding a letter, and a mailbox of a million is still told in numbers.
        if self.unread.len() < 10_000 {
            self.unread.push((self.parts.join(" › "), why));
        }
    }

    /// Set when nobody waits for the search any more.
    pub(super) fn stopped(&self) -> &'n AtomicBool {
        self.stopped
    }

    /// # Errors
    /// Nobody waits for the search any more, or the document took too long.
    pub(super) fn go_on(&self) -> Result<(), Why> {
        if self.stopped.load(Ordering::Relaxed) {
            return Err(Why::Changed);
        }
        if self.began.elapsed() > LONGEST {
            return Err(Why::Slow);
        }
        Ok(())
    }

    /// What is unpacked from here counts against what the document may come to.
    pub(super) fn gauge<R: Read>(&self, inner: R) -> Gauge<R> {
        Gauge {
            inner,
            budget: Rc::clone(&self.budget),
            piece: Rc::new(Cell::new(u64::MAX)),
        }
    }

    /// The same for bytes that are held in memory.
    ///
    /// # Errors
    /// It is too much.
    pub(super) fn spend(&self, bytes: u64) -> Result<(), Why> {
        let left = self.budget.get().saturating_sub(bytes);
        self.budget.set(left);
        match left {
            0 => Err(Why::TooLarge),
            _ => Ok(()),
        }
    }

    pub(super) fn is_spent(&self) -> bool {
        self.budget.get() == 0
    }
}

/// Counts what comes out of an archive, and ends it when it is too much.
pub(super) struct Gauge<R> {
    inner: R,
    budget: Rc<Cell<u64>>,
    piece: Rc<Cell<u64>>,
}

impl<R> Gauge<R> {
    /// A second limit, for the largest piece that is held in memory; whoever holds it sets it back after each piece.
    pub(super) fn piece(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.piece)
    }
}

impl<R: Read> Read for Gauge<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        for limit in [&self.budget, &self.piece] {
            let left = limit.get().saturating_sub(count as u64);
            limit.set(left);
            if left == 0 && count > 0 {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(count)
    }
}

/// Signs that show nothing and stand in the middle of words: soft hyphens, joiners, marks of byte order.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}')
}

/// What stands around a hit, on one line.
fn snippet(text: &str, start: usize, end: usize) -> String {
    let before: Vec<char> = text[..start].chars().rev().take(AROUND).collect();
    let after = text[end..].chars().take(AROUND);
    let all = before
        .into_iter()
        .rev()
        .chain(text[start..end].chars().take(200))
        .chain(after)
        .map(|c| if c.is_control() { ' ' } else { c });
    let all: String = all.collect();
    let words: Vec<&str> = all.split_whitespace().collect();
    words.join(" ")
}
