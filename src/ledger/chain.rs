//! How a line is linked to the lines before it, and how it is read back.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::store::{Line, Tips};
use super::verify::{Flaw, damaged};
use super::{Event, Head};
use crate::case_id::CaseId;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::store as say;

/// An event as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Position in the ledger, counted from 1.
    pub seq: u64,
    pub case: Option<CaseId>,
    /// Position within the case, counted from 1; `None` if the event belongs to no case.
    pub n: Option<u64>,
    pub at: Timestamp,
    pub event: Event,
    /// The canonical JSON that is hashed, and that the journal of a bundle holds.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes.
    pub hash: Digest,
    /// Hash of the event before this one in the ledger; 64 zeros in the first.
    pub prev: Digest,
    /// Hash of the event before this one in its case; 64 zeros in the first.
    pub case_prev: Option<Digest>,
}

/// What each line says beside its event.
#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    seq: u64,
    pub(super) prev: Digest,
    pub(super) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<CaseId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case_prev: Option<Digest>,
}

impl Header {
    pub(super) fn read(line: &Line) -> Result<Header> {
        if Digest::sha256(&line.bytes) != line.hash {
            return Err(damaged(line.seq, Flaw::Hash));
        }
        serde_json::from_slice(&line.bytes).map_err(|_| damaged(line.seq, Flaw::Unreadable))
    }
}

impl Stored {
    /// Reads a line and checks it against its own hash and columns; the links to other lines are not its business.
    pub(super) fn read(line: Line) -> Result<Stored> {
        let seq = line.seq;
        Stored::check(line).map_err(|flaw| damaged(seq, flaw))
    }

    pub(super) fn check(line: Line) -> std::result::Result<Stored, Flaw> {
        if Digest::sha256(&line.bytes) != line.hash {
            return Err(Flaw::Hash);
        }
        let header: Header = serde_json::from_slice(&line.bytes).map_err(|_| Flaw::Unreadable)?;
        let event = serde_json::from_slice(&line.bytes).map_err(|_| Flaw::Unreadable)?;
        let whole = header.case.is_some() == header.n.is_some()
            && header.case.is_some() == header.case_prev.is_some();
        let case = header.case.as_ref().map(CaseId::as_str);
        if !whole || (header.seq, case, header.n) != (line.seq, line.case.as_deref(), line.n) {
            return Err(Flaw::Columns);
        }
        Ok(Stored {
            seq: line.seq,
            case: header.case,
            n: line.n,
            at: header.at,
            event,
            bytes: line.bytes,
            hash: line.hash,
            prev: header.prev,
            case_prev: header.case_prev,
        })
    }
}

/// The chain of one case, followed event by event.
#[derive(Default)]
pub(super) struct CaseCheck {
    head: Option<Head>,
}

impl CaseCheck {
    pub(super) fn next(&mut self, stored: &Stored) -> std::result::Result<(), Flaw> {
        let head = self.head.unwrap_or(Head::EMPTY);
        if stored.n != Some(head.count + 1) || stored.case_prev != Some(head.hash) {
            return Err(Flaw::CaseChain);
        }
        self.head = Some(Head {
            count: head.count + 1,
            hash: stored.hash,
        });
        Ok(())
    }
}

/// The lines for events that follow these tips.
pub(super) fn link(
    tips: &Tips,
    case: Option<&CaseId>,
    at: Timestamp,
    events: &[Event],
) -> Result<Vec<Line>> {
    let mut head = head(tips.last.as_ref(), |line| Some(line.seq));
    let mut case_head = head_of_case(tips);
    let mut lines = Vec::with_capacity(events.len());
    for event in events {
        let header = Header {
            seq: head.count + 1,
            prev: head.hash,
            at,
            case: case.cloned(),
            n: case.map(|_| case_head.count + 1),
            case_prev: case.map(|_| case_head.hash),
        };
        let bytes = write(&header, event);
        let hash = Digest::sha256(&bytes);
        head = Head {
            count: header.seq,
            hash,
        };
        case_head = Head {
            count: case_head.count + 1,
            hash,
        };
        lines.push(Line {
            seq: header.seq,
            case: case.map(|case| case.as_str().to_owned()),
            n: header.n,
            bytes,
            hash,
        });
    }
    Ok(lines)
}

fn head_of_case(tips: &Tips) -> Head {
    head(tips.case_last.as_ref(), |line| line.n)
}

fn head(line: Option<&Line>, count: impl Fn(&Line) -> Option<u64>) -> Head {
    line.map_or(Head::EMPTY, |line| Head {
        count: count(line).unwrap_or(0),
        hash: line.hash,
    })
}

fn write(header: &Header, event: &Event) -> Vec<u8> {
    let both = (serde_json::to_value(header), serde_json::to_value(event));
    let (Ok(Value::Object(mut line)), Ok(Value::Object(event))) = both else {
        unreachable!("header and event are structs");
    };
    for (name, value) in event {
        let taken = line.insert(name, value);
        debug_assert!(
            taken.is_none(),
            "an event's field has the name of a header's"
        );
    }
    crate::canonical::bytes(&line)
}

/// Since when a run knows which events lie behind it.
pub(super) struct Clock {
    pub(super) opened: Instant,
    /// Time of the last event when the ledger was opened.
    pub(super) at_open: Option<Timestamp>,
    /// The last time that this run handed in.
    pub(super) given: Option<Timestamp>,
}

/// A run may have asked for the time shortly before it opened the ledger.
const SLACK: Duration = Duration::from_secs(1);

impl Clock {
    /// The time a line may carry, given what was handed in and the time of the event before it.
    ///
    /// An event that lies later than what was handed in is excused only if another process can have written it since then; the
    /// line takes its time. Otherwise the clock went back, and nothing may be written.
    pub(super) fn time(&self, at: Timestamp, last: Option<Timestamp>) -> Result<Timestamp> {
        let Some(last) = last.filter(|last| *last > at) else {
            return Ok(at);
        };
        let behind = |other: Timestamp| other.duration_since(at);
        let within = |gap: SignedDuration, limit: Duration| {
            gap <= SignedDuration::try_from(limit).unwrap_or(SignedDuration::MAX)
        };
        let excused = self.given.is_none_or(|given| given <= at)
            && self
                .at_open
                .is_none_or(|other| within(behind(other), SLACK))
            && within(behind(last), self.opened.elapsed() + SLACK);
        if excused {
            return Ok(last);
        }
        let what = say::clock_went_back(at.to_string(), last.to_string());
        Err(Diagnostic::new("E633", Exit::Failed, what)
            .help(say::clock_went_back_help())
            .into())
    }
}
