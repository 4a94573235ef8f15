//! Reads every file of a bundle once: digests of all, the small ones whole, records and journal line by line.

use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;

use sha2::{Digest as _, Sha256};

use super::super::chain::Chain;
use super::super::lines::Lines;
use super::super::merkle::Tree;
use super::super::source::{Piece, Source};
use super::super::{
    ASIC_MANIFEST, CASE_PROOF, OPEN_STAMP, OPENED, OPENED_PROOF, SIGNATURE, STATEMENT,
    TIME_MANIFEST, TIME_STAMP, period, sheet, succession,
};
use super::held::Told;
use super::inner::{self, Spool};
use super::reason;
use super::records::Records;
use super::steps::Steps;
use super::sweeps::{self, Sweeps};
use crate::diagnostic::Diagnostic;
use crate::keys::Digest;
use crate::messages::{evidence as say, held, openings};

/// Files that are looked into as a whole may not be larger.
const SMALL: usize = 4 << 20;
/// But for what grows with the inventory.
const LARGER: [&str; 3] = ["data/inventory.json", "data/systems.jsonl", sheet::FILE];
const LARGE_SMALL: usize = 16 << 20;
/// So may the files that tell of a change of seal: a certificate, four lines, a signature. There may be many of them.
const SMALLEST: usize = 64 << 10;
/// A file of lines that is larger is worth threads of its own.
const LARGE: u64 = 512 * 1024;
/// Pieces of a file that wait to be looked into.
const UNDER_WAY: usize = 4;

/// What was read.
#[derive(Default)]
pub(super) struct Content {
    /// Digest and size of every file that could be read.
    pub(super) files: BTreeMap<String, (Digest, u64)>,
    /// The lists, the seal, the time stamps, the statement, and what the log says.
    pub(super) small: BTreeMap<String, Vec<u8>>,
    pub(super) records: Records,
    pub(super) chain: Chain,
    /// What the journal says of each step.
    pub(super) steps: Steps,
    /// The events of the journal that are about no single step.
    pub(super) told: Told,
    /// Over the cases of a period.
    pub(super) cases: Tree,
    pub(super) figures: period::Figures,
    /// The cases themselves, for the cover lists them.
    pub(super) case_lines: CaseLines,
    /// What the cases of a period leave open.
    pub(super) left: period::Left,
    /// Retention runs of a period.
    pub(super) sweeps: Sweeps,
    /// What opens the lines of a bundle that lies in this container.
    pub(super) openings: inner::Opened,
    /// What the record lines commit to, where somebody wants to hold openings against it.
    pub(super) commitments: Option<inner::Commitments>,
    /// The bundle that lies in this container.
    pub(super) inner: Option<Spool>,
}

impl Content {
    /// A small file as text; `None` if it is not there, and if it is no text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.small.get(name)?).ok()
    }

    /// Whether a small file is there and is not this text.
    pub(super) fn is_other(&self, name: &str, text: &str) -> bool {
        let file = self.small.get(name);
        file.is_some_and(|bytes| bytes != text.as_bytes())
    }

    pub(super) fn digest(&self, name: &str) -> Option<Digest> {
        self.files.get(name).map(|(digest, _)| *digest)
    }
}

/// What came of reading one file.
struct Reading {
    digest: Digest,
    size: u64,
    /// Whether it could be read to its end.
    whole: bool,
    /// The first line that is not what has to stand there, from 1.
    bad_line: Option<u64>,
    /// All of it, where it is looked into as a whole; one byte more than allowed if it is too large.
    content: Option<Vec<u8>>,
}

/// Reads everything, noting what cannot be read. Files with very many lines are read beside each other. What the record lines commit to is
/// only looked at where it is wanted.
pub(super) fn read(
    source: &mut Source,
    with_commitments: bool,
    reasons: &mut Vec<Diagnostic>,
) -> Content {
    let mut content = Content {
        commitments: with_commitments.then(inner::Commitments::default),
        ..Content::default()
    };
    content.records = Records::beside(&content.steps);
    let names = source.names();
    let mut read: BTreeMap<String, Reading> = BTreeMap::new();
    // First of all, because it says what kind of container this is.
    let mut wanted = None;
    if names.iter().any(|name| name == STATEMENT) {
        let reading = one(source, STATEMENT, None);
        wanted = reading.content.as_deref().and_then(inner::wanted);
        read.insert(STATEMENT.to_owned(), reading);
    }
    let Content {
        records,
        chain,
        steps,
        told,
        cases,
        figures,
        case_lines,
        left,
        sweeps,
        openings,
        commitments,
        inner,
        ..
    } = &mut content;
    let mut record = |line: &[u8]| {
        let commits = commitments.as_mut().is_none_or(|all| all.take(line));
        records.take(line) && commits
    };
    let mut journal = |line: &[u8]| {
        let is_next = chain.follow_steps(line, &mut |step| steps.take(step));
        let is_first = chain.count() == 1;
        is_next && ((chain.is_of_step() && !is_first) || told.take(line))
    };
    let mut period = |line: &[u8]| case(cases, figures, left, case_lines, line);
    let mut opened = |line: &[u8]| openings.take(line);
    let lines: [(&str, &mut Follow<'_>); 4] = [
        ("data/records.jsonl", &mut record),
        ("data/journal.jsonl", &mut journal),
        (period::LINES, &mut period),
        (inner::OPENINGS, &mut opened),
    ];
    std::thread::scope(|scope| {
        let mut beside = Vec::new();
        for (name, follow) in lines {
            if !names.iter().any(|known| known == name) {
                continue;
            }
            if source.size(name) < LARGE {
                read.insert(name.to_owned(), one(source, name, Some(follow)));
                continue;
            }
            let mut source = source.clone();
            beside.push((name, scope.spawn(move || large(&mut source, name, follow))));
        }
        for name in &names {
            let is_done = read.contains_key(name) || beside.iter().any(|(other, _)| other == name);
            if is_done {
                continue;
            }
            let reading = if wanted.as_ref() == Some(name) {
                let (reading, spool) = spooled(source, name);
                *inner = spool;
                reading
            } else {
                let mut reading = one(source, name, None);
                // One after the other: there may be very many.
                if sweeps::is_file(name)
                    && let Some(bytes) = &reading.content
                    && bytes.len() <= most_of(name)
                {
                    sweeps.take(name, bytes);
                    reading.content = None;
                }
                reading
            };
            read.insert(name.clone(), reading);
        }
        for (name, reading) in beside {
            read.insert(
                name.to_owned(),
                reading.join().unwrap_or_else(|_| Reading::none()),
            );
        }
    });
    let is_lost = content.steps.is_lost();
    for (name, reading) in read {
        if !reading.whole || (is_lost && name == "data/journal.jsonl") {
            reasons.push(reason("E713", say::damaged(&name)));
        }
        match (reading.bad_line, name.as_str()) {
            (Some(line), "data/journal.jsonl") => {
                reasons.push(reason("E730", say::chain_broken(line)));
            }
            (Some(line), period::LINES) => {
                reasons.push(reason("E732", openings::case_broken(line)));
            }
            (Some(line), inner::OPENINGS) => {
                reasons.push(reason("E749", held::opening_line(line)));
            }
            (Some(line), _) => reasons.push(reason("E732", say::record_broken(line))),
            _ => {}
        }
        match reading.content {
            Some(whole) if whole.len() > most_of(&name) => {
                reasons.push(reason("E713", say::file_too_large(&name)));
            }
            Some(whole) => {
                content.small.insert(name.clone(), whole);
            }
            None => {}
        }
        content.files.insert(name, (reading.digest, reading.size));
    }
    content
}

/// No answer takes a century.
const MOST_DAYS: u32 = 36_525;

/// Says whether a line is what has to stand there.
type Follow<'f> = dyn FnMut(&[u8]) -> bool + Send + 'f;

/// Reads one file to its end.
fn one(source: &mut Source, name: &str, follow: Option<&mut Follow<'_>>) -> Reading {
    let mut reading = Reading::none();
    let mut hasher = Sha256::new();
    let mut content = is_small(name).then(Vec::new);
    let most = most_of(name);
    let mut following = follow.map(Following::new);
    let outcome = source.stream(name, &mut |bytes| {
        hasher.update(bytes);
        reading.size += bytes.len() as u64;
        if let Some(whole) = content.as_mut().filter(|whole| whole.len() <= most) {
            whole.extend_from_slice(bytes);
        }
        if let Some(following) = &mut following {
            following.feed(bytes);
        }
    });
    Reading {
        digest: Digest(hasher.finalize().into()),
        whole: outcome.is_ok(),
        bad_line: following.and_then(Following::bad_line),
        content,
        ..reading
    }
}

/// The bundle that lies in a container, set aside to be looked into; it is held in memory while it is small.
fn spooled(source: &mut Source, name: &str) -> (Reading, Option<Spool>) {
    let mut reading = Reading::none();
    let mut hasher = Sha256::new();
    let mut spool = Spool::default();
    let mut kept = Ok(());
    let outcome = source.stream(name, &mut |bytes| {
        hasher.update(bytes);
        reading.size += bytes.len() as u64;
        if kept.is_ok() {
            kept = spool.write(bytes);
        }
    });
    reading.digest = Digest(hasher.finalize().into());
    reading.whole = outcome.is_ok() && kept.is_ok();
    (reading, kept.is_ok().then_some(spool))
}

/// The same for a file with very many lines: what is unpacked here is hashed on one thread and followed on another.
fn large(source: &mut Source, name: &str, follow: &mut Follow<'_>) -> Reading {
    std::thread::scope(|scope| {
        let (to_hash, pieces) = sync_channel::<Piece>(UNDER_WAY);
        let hashing = scope.spawn(move || {
            let (mut hasher, mut size) = (Sha256::new(), 0);
            for piece in pieces {
                hasher.update(piece.bytes());
                size += piece.bytes().len() as u64;
            }
            (Digest(hasher.finalize().into()), size)
        });
        let (to_follow, pieces) = sync_channel::<Piece>(UNDER_WAY);
        let following = scope.spawn(move || {
            let mut following = Following::new(follow);
            for piece in pieces {
                following.feed(piece.bytes());
            }
            following.bad_line()
        });
        // Nobody listens any more after a panic; what that one had to say is then the worst.
        let outcome = source.pieces(name, &mut |piece| {
            drop(to_hash.send(piece.clone()));
            drop(to_follow.send(piece));
        });
        drop((to_hash, to_follow));
        let (digest, size, hashed) = match hashing.join() {
            Ok((digest, size)) => (digest, size, true),
            Err(_) => (Digest([0; 32]), 0, false),
        };
        Reading {
            digest,
            size,
            whole: outcome.is_ok() && hashed,
            bad_line: following.join().unwrap_or(Some(1)),
            content: None,
        }
    })
}

impl Reading {
    fn none() -> Reading {
        Reading {
            digest: Digest([0; 32]),
            size: 0,
            whole: false,
            bad_line: None,
            content: None,
        }
    }
}

/// The lines of a file, each looked at when it is whole.
struct Following<'f, 'g> {
    follow: &'g mut Follow<'f>,
    lines: Lines,
    count: u64,
    bad_line: Option<u64>,
}

impl<'f, 'g> Following<'f, 'g> {
    fn new(follow: &'g mut Follow<'f>) -> Following<'f, 'g> {
        Following {
            follow,
            lines: Lines::default(),
            count: 0,
            bad_line: None,
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.lines.feed(bytes, &mut |line| {
            self.count += 1;
            if !(self.follow)(line) {
                self.bad_line.get_or_insert(self.count);
            }
        });
    }

    fn bad_line(self) -> Option<u64> {
        match self.lines.is_broken() {
            true => self.bad_line.or(Some(self.count + 1)),
            false => self.bad_line,
        }
    }
}

/// How many bytes a file may have that is looked into as a whole.
fn most_of(name: &str) -> usize {
    match (succession::is_file(name), LARGER.contains(&name)) {
        (true, _) => SMALLEST,
        (false, true) => LARGE_SMALL,
        (false, false) => SMALL,
    }
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
    ) || [
        ASIC_MANIFEST,
        CASE_PROOF,
        OPEN_STAMP,
        OPENED,
        OPENED_PROOF,
        SIGNATURE,
        STATEMENT,
        TIME_MANIFEST,
        TIME_STAMP,
        "data/environment.json",
        "data/inventory.json",
        "data/law.json",
        "data/systems.jsonl",
        sheet::FILE,
    ]
    .contains(&name)
        || succession::is_file(name)
        || sweeps::is_file(name)
}

/// Takes a case's line into the tree and the figures; `false` if it is none or out of its place.
fn case(
    cases: &mut Tree,
    figures: &mut period::Figures,
    left: &mut period::Left,
    lines: &mut CaseLines,
    line: &[u8],
) -> bool {
    let expected = cases.count();
    cases.push(line);
    let Ok(case) = serde_json::from_slice::<period::CaseLine>(line) else {
        return false;
    };
    // Days are counted one by one, so hostile ones cannot fill the memory.
    if case
        .days
        .is_some_and(|days| days.unsigned_abs() > MOST_DAYS)
    {
        return false;
    }
    figures.take(&case);
    let fits = left.take(&case) && case.seq == expected;
    lines.take(case);
    fits
}

/// The cases of a period, as long as they are few enough to be held.
#[derive(Default)]
pub(super) struct CaseLines {
    known: Vec<period::CaseLine>,
    are_too_many: bool,
}

/// Cases that are held; a container with more has to be read by its lines.
const MOST_CASES: usize = 20_000;

impl CaseLines {
    fn take(&mut self, line: period::CaseLine) {
        match self.known.len() < MOST_CASES {
            true => self.known.push(line),
            false => self.are_too_many = true,
        }
    }

    /// All of them; `None` if they were too many.
    pub(super) fn whole(&self) -> Option<&[period::CaseLine]> {
        (!self.are_too_many).then_some(&self.known)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn days_without_end_fill_no_memory() {
        let taken = |days: i64| {
            let mut content = Content::default();
            let line = format!(
                r#"{{"seq":0,"case":"2026-K7QF3M","rights":[],"received":"2026-01-02","opened":"2026-01-03","due":"2026-02-02","answered":null,"closed":null,"closing":null,"days":{days},"late":false,"outcomes":{{}},"bundles":[],"gaps":null,"purged":false}}"#
            );
            let Content {
                cases,
                figures,
                case_lines,
                left,
                ..
            } = &mut content;
            case(cases, figures, left, case_lines, line.as_bytes())
        };
        assert!(taken(0) && taken(30) && taken(-3) && taken(36_525));
        for days in [36_526, -36_526, i64::from(i32::MAX), i64::from(i32::MIN)] {
            assert!(!taken(days), "{days}");
        }
    }

    pub(in super::super) fn packed(files: &[(&str, &[u8])]) -> Source {
        use std::io::Write as _;
        let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = ::zip::write::SimpleFileOptions::default()
            .compression_method(::zip::CompressionMethod::Stored);
        for (name, bytes) in files {
            zip.start_file(*name, stored).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let zip = zip.finish().unwrap().into_inner();
        Source::of_bytes(zip).unwrap().map_err(drop).unwrap()
    }

    /// There may be a hundred changes of seal; whole files of four megabytes each would be too many.
    #[test]
    fn a_change_of_seal_is_a_small_file() {
        let read_one = |size: usize| {
            let bytes = vec![b'x'; size];
            let mut source = packed(&[
                ("mimetype", super::super::super::MIMETYPE.as_bytes()),
                ("data/seal/change-01.previous.pem", &bytes),
            ]);
            let mut reasons = Vec::new();
            let content = read(&mut source, false, &mut reasons);
            (reasons.len(), content.small.len())
        };
        assert_eq!(read_one(64 << 10), (0, 2));
        assert_eq!(read_one((64 << 10) + 1), (1, 1));
    }
}
