//! The bundle that lies in the container of a complete case: it is verified as one that came alone, it must be the one that the container
//! names, and what opens its lines must open exactly these.
//!
//! It is set aside while the container is read, in memory where it is small and in a nameless file where it is not, and verified then with
//! the same anchors. Openings are held against record lines by one digest over both, line by line: neither is kept.

use std::fs::File;
use std::io::{Seek as _, Write as _};

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::super::source::Source;
use super::super::{authority, commitment, gap};
use super::content::Content;
use super::{Anchors, Verdict, held, reason};
use crate::keys::Digest;
use crate::messages::held as say;

/// What opens the record lines of the bundle.
pub(super) const OPENINGS: &str = "data/openings.jsonl";
/// A bundle of at most so many bytes is held in memory.
const IN_MEMORY: usize = 8 << 20;

/// Under which name the bundle lies in a container, by the statement; `None` if it is no container of that kind.
pub(super) fn wanted(statement: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Said {
        #[serde(rename = "predicateType")]
        kind: String,
        predicate: Named,
    }
    #[derive(Deserialize)]
    struct Named {
        case: String,
        number: u32,
    }
    let said: Said = serde_json::from_slice(statement).ok()?;
    (said.kind == authority::PREDICATE)
        .then(|| authority::inner_name(&said.predicate.case, said.predicate.number))
}

/// A file that was set aside.
#[derive(Default)]
pub(super) struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    pub(super) fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if let Some(file) = &mut self.file {
            return file.write_all(bytes);
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > IN_MEMORY {
            let mut file = tempfile::tempfile()?;
            file.write_all(&std::mem::take(&mut self.memory))?;
            self.file = Some(file);
        }
        Ok(())
    }

    fn open(self) -> std::io::Result<Result<Source, Vec<crate::diagnostic::Diagnostic>>> {
        match self.file {
            Some(mut file) => {
                file.rewind()?;
                Source::of_file(file)
            }
            None => Source::of_bytes(self.memory),
        }
    }
}

/// Commitments line by line: number of the line, and its digests in their order.
#[derive(Default)]
pub(super) struct Commitments {
    hasher: Sha256,
    count: u64,
}

impl Commitments {
    fn add(&mut self, mut digests: Vec<String>) {
        digests.sort();
        self.hasher.update(self.count.to_be_bytes());
        for digest in digests {
            self.hasher.update((digest.len() as u64).to_be_bytes());
            self.hasher.update(digest);
        }
        self.count += 1;
    }

    fn sum(&self) -> (u64, Digest) {
        (self.count, Digest(self.hasher.clone().finalize().into()))
    }

    /// Takes a record line in; `false` if it commits to nothing that can be read.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Line {
            _sd: Vec<String>,
        }
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            return false;
        };
        self.add(line._sd);
        true
    }
}

/// The openings, line by line.
#[derive(Default)]
pub(super) struct Opened {
    commitments: Commitments,
}

impl Opened {
    /// Takes a line in; `false` if it opens nothing, or stands out of its place.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Line {
            seq: u64,
            disclosures: Vec<String>,
        }
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            return false;
        };
        let is_next = line.seq == self.commitments.count;
        let opens = line
            .disclosures
            .iter()
            .all(|disclosure| commitment::read(disclosure).is_some());
        let digests = line.disclosures.iter();
        self.commitments
            .add(digests.map(|one| commitment::digest(one)).collect());
        is_next && opens
    }
}

/// Verifies the bundle in the container, and holds it against what the container says of it.
pub(super) fn check(
    content: &mut Content,
    said: &authority::Predicate,
    anchors: &Anchors,
    verdict: &mut Verdict,
) {
    let name = authority::inner_name(&said.case, said.number);
    let shown = super::super::page::plain(&name);
    let Some(spool) = content.inner.take() else {
        let what = say::inner_missing(shown);
        verdict.reasons.push(reason("E748", what));
        return;
    };
    let opened = content.openings.commitments.sum();
    let mut refuse = |why| {
        let what = say::inner_wrong(&shown, why);
        verdict.reasons.push(reason("E748", what));
    };
    let source = match spool.open() {
        Ok(Ok(source)) => source,
        Ok(Err(reasons)) => return reasons.into_iter().for_each(|one| refuse(one.what)),
        Err(_) => return refuse(crate::messages::evidence::damaged(&shown)),
    };
    let (own, commitments) = super::judge_inner(source, anchors);
    // Who sealed both is said once; so is that a log is not known.
    let known = ["E746", "E674"];
    let by_same = own.fingerprint.is_some() && own.fingerprint == verdict.fingerprint;
    for one in &own.reasons {
        match known.contains(&one.code) && by_same {
            true if verdict.reasons.iter().any(|other| other.code == one.code) => {}
            true => verdict.reasons.push(one.clone()),
            false => {
                let what = say::inner_wrong(&shown, one.what.clone());
                verdict.reasons.push(reason("E748", what));
            }
        }
    }
    let is_it = own.kind == super::Kind::Case
        && own.bundle == Some(said.bundle)
        && own.case.as_deref() == Some(&*super::super::page::plain(&said.case))
        && own.number == Some(said.number);
    if !is_it {
        let what = say::inner_other(&shown);
        verdict.reasons.push(reason("E748", what));
    }
    if commitments.is_none_or(|lines| lines.sum() != opened) {
        let what = say::openings_wrong();
        verdict.reasons.push(reason("E749", what));
    }
    // The bundle was entered into the log, and so is everything that is made of it afterwards.
    if own.log.is_some() && said.log.is_none() {
        let what = say::log_left_out();
        verdict.reasons.push(reason("E736", what));
    }
    // What the verdict about the bundle tells by itself, this one tells too; its own stamp is its own matter.
    let is_told = |gap: &Value| held::TOLD.iter().any(|kind| gap["kind"] == *kind);
    let (told, mut wanted): (Vec<_>, Vec<_>) = own.not_proven.into_iter().partition(is_told);
    wanted.retain(|gap| gap["kind"] != gap::BESIDE);
    held::at_least(wanted, verdict);
    for gap in told {
        let is_it = |known: &Value| known["kind"] == gap["kind"];
        if !verdict.not_proven.iter().any(is_it) {
            verdict.not_proven.push(gap);
        }
    }
    verdict.records = own.records;
    verdict.events = own.events;
    verdict.warnings.extend(
        own.warnings
            .into_iter()
            .filter(|one| one.code == "W345" || one.code == "W346"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings_are_those_of_the_lines_or_not() {
        let disclosure = |salt: &str| {
            use base64::Engine as _;
            base64::engine::general_purpose::URL_SAFE_NO_PAD
                .encode(format!("[\"{salt}\",\"key\",\"x\"]"))
        };
        let record = |salts: &[&str]| {
            let digests = salts
                .iter()
                .map(|salt| commitment::digest(&disclosure(salt)));
            serde_json::json!({ "_sd": digests.collect::<Vec<_>>(), "seq": 0 }).to_string()
        };
        let opening = |seq: u64, salts: &[&str]| {
            let all: Vec<String> = salts.iter().map(|salt| disclosure(salt)).collect();
            serde_json::json!({ "seq": seq, "disclosures": all }).to_string()
        };
        let mut lines = Commitments::default();
        assert!(lines.take(record(&["a", "b"]).as_bytes()));
        assert!(lines.take(record(&["c"]).as_bytes()));
        let same = |openings: &[String]| {
            let mut opened = Opened::default();
            openings.iter().all(|line| opened.take(line.as_bytes()))
                && opened.commitments.sum() == lines.sum()
        };
        assert!(same(&[opening(0, &["b", "a"]), opening(1, &["c"])]));
        for wrong in [
            vec![opening(0, &["a", "b"])],
            vec![opening(1, &["c"]), opening(0, &["a", "b"])],
            vec![opening(0, &["a"]), opening(1, &["b", "c"])],
            vec![opening(0, &["a", "b"]), opening(1, &["d"])],
            vec!["{}".to_owned()],
        ] {
            assert!(!same(&wrong), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_large_goes_to_a_file_and_comes_back() {
        let mut spool = Spool::default();
        for _ in 0..9 {
            spool.write(&vec![7; 1 << 20]).unwrap();
        }
        assert!(spool.file.is_some() && spool.memory.is_empty());
        assert!(spool.open().unwrap().is_err(), "no zip, and read as one");
    }
}
