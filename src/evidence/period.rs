//! The container of a period: every case that was at work in it, on one line each, with key figures, under one seal.
//!
//! It is made from the ledger alone, and from the bundles that lie at hand: what a case does not prove is taken from its sealed
//! statement. A case without a bundle, and a bundle that is not at hand, are named. Nobody is; a case has only its number.

pub(super) mod cover;
mod figures;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bundle::Label;
use super::chain::Chain;
use super::gap::{self, Gap};
use super::given::Journal;
use super::history::History;
use super::merkle::Tree;
use super::sieve::Sieve;
use super::source::Source;
use super::statement::{self, KIND, Statement};
use super::witness::Place;
use super::{ASIC_MANIFEST, STATEMENT, Seal, Time, Witnesses, certificate, sealed, unwritable};
use crate::canonical;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::ledger::{Closing, Event};
use crate::messages::evidence as say_evidence;
use crate::plan::Outcome;

use cover::Front;
pub use figures::Figures;

pub(super) const PREDICATE: &str = "urn:dsr:evidence-period:1";
pub(super) const FORMAT: &str = "dsr-evidence-period/1";
pub(super) const LINES: &str = "data/cases.jsonl";
/// Where the statements about retention runs lie, each with its own seal beside it.
pub(super) const SWEEPS: &str = "data/sweeps/";
/// A case as its line tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseLine {
    /// Counts from 0.
    pub seq: u64,
    pub case: String,
    pub rights: Vec<String>,
    pub received: Date,
    pub opened: Date,
    /// One month after receipt, day for day.
    pub due: Date,
    pub answered: Option<Date>,
    pub closed: Option<Date>,
    /// `None` while it is open, and for the first ledgers.
    pub closing: Option<Closing>,
    /// From receipt to the answer.
    pub days: Option<i32>,
    /// Answered after its day, or not answered though its day has passed.
    pub late: bool,
    /// What became of records, by outcome.
    pub outcomes: BTreeMap<String, u64>,
    pub bundles: Vec<BundleLine>,
    /// What the latest bundle does not prove, by kind; `None` if there is no bundle, or it is not at hand.
    pub gaps: Option<BTreeMap<String, u64>>,
    /// All that is personal in it was destroyed.
    pub purged: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BundleLine {
    pub number: u32,
    pub id: Digest,
    pub made: Date,
}

/// The cases of a period, taken in one after the other.
pub struct Book {
    from: Date,
    until: Date,
    today: Date,
    zone: TimeZone,
    lines: Vec<CaseLine>,
}

/// What a container of a period is made of, beside its cases.
pub struct Material {
    pub controller: String,
    pub seat: String,
    pub contact: Option<String>,
    /// Events in the whole ledger, and the hash of the last one.
    pub ledger: (u64, Digest),
    /// Counts from 1 over all periods.
    pub number: u32,
    /// Id of the container before this one, of whatever period.
    pub predecessor: Option<Digest>,
    pub keep_until: Option<Date>,
    pub now: Timestamp,
    /// Retention runs that began in the period, oldest first.
    pub sweeps: Vec<SweepLine>,
    /// Retention runs that were due in the period, by their rhythm, and were not.
    pub sweeps_missing: u64,
}

/// A retention run, and the sealed statement about it if it is at hand.
pub struct SweepLine {
    pub sweep: String,
    /// Place in the chain of all runs, the statement, and the seal over it.
    pub statement: Option<(u64, Vec<u8>, Vec<u8>)>,
    pub complete: bool,
    pub due: u64,
    pub done: u64,
    pub spared: u64,
    /// Records that requests have left for later: those that were due, and those that went.
    pub owed: (u64, u64),
}

/// Retention runs in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SweepFigures {
    /// Runs that were due and were not; the first versions did not count them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) missing: Option<u64>,
    pub(super) count: u64,
    pub(super) complete: u64,
    /// Runs of which no statement is at hand.
    pub(super) without_statement: u64,
    pub(super) due: u64,
    pub(super) done: u64,
    pub(super) spared: u64,
    /// Records that requests have left for later.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(super) deferred_due: u64,
    #[serde(default, skip_serializing_if = "is_none")]
    pub(super) deferred_done: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl SweepFigures {
    pub(super) fn of(runs: &[SweepLine], missing: u64) -> SweepFigures {
        let mut figures = SweepFigures {
            missing: Some(missing),
            ..SweepFigures::default()
        };
        for run in runs {
            figures.count += 1;
            figures.complete += u64::from(run.complete);
            figures.without_statement += u64::from(run.statement.is_none());
            figures.due += run.due;
            figures.done += run.done;
            figures.spared += run.spared;
            figures.deferred_due += run.owed.0;
            figures.deferred_done += run.owed.1;
        }
        figures
    }

    /// What the runs leave open.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let incomplete = self.count.saturating_sub(self.complete);
        let open: [Open; 3] = [
            ("sweep_incomplete", incomplete),
            ("sweep_without_statement", self.without_statement),
            ("sweep_missing", self.missing.unwrap_or(0)),
        ];
        let some = open.into_iter().filter(|(_, count)| *count > 0);
        some.map(|(kind, count)| Gap::new(kind).count(count))
            .collect()
    }
}

/// A kind of gap, and how often there is one.
type Open = (&'static str, u64);

/// What the lines of cases leave open, counted one after the other; the verifier counts again.
#[derive(Clone, Debug, Default)]
pub(super) struct Left {
    without_bundle: u64,
    not_at_hand: u64,
    open: u64,
    unsaid: u64,
    /// Bundles that say so of themselves, by kind.
    kinds: BTreeMap<String, u64>,
}

/// Kinds of gaps that are told apart; there are some forty.
const MOST_KINDS: usize = 500;

impl Left {
    /// Takes a case in; `false` if it names more kinds than there are.
    pub(super) fn take(&mut self, line: &CaseLine) -> bool {
        let add = |count: &mut u64, is: bool| *count += u64::from(is);
        add(&mut self.without_bundle, line.bundles.is_empty());
        let missing = !line.bundles.is_empty() && line.gaps.is_none();
        add(&mut self.not_at_hand, missing);
        add(&mut self.open, line.closed.is_none());
        let unsaid = line.closed.is_some() && line.closing.is_none();
        add(&mut self.unsaid, unsaid);
        let kinds = line.gaps.iter().flatten().map(|(kind, _)| kind);
        for kind in kinds.filter(|kind| !ALWAYS.contains(&kind.as_str())) {
            if self.kinds.len() >= MOST_KINDS && !self.kinds.contains_key(kind) {
                return false;
            }
            *self.kinds.entry(kind.clone()).or_default() += 1;
        }
        true
    }

    pub(super) fn gaps(&self) -> Vec<Gap> {
        let open: [Open; 4] = [
            ("case_without_bundle", self.without_bundle),
            ("bundle_not_at_hand", self.not_at_hand),
            ("case_open", self.open),
            ("closing_not_recorded", self.unsaid),
        ];
        let some = open.into_iter().filter(|(_, count)| *count > 0);
        let some = some.map(|(kind, count)| Gap::new(kind).count(count));
        let kinds = self.kinds.iter();
        let kinds =
            kinds.map(|(kind, count)| Gap::new("in_bundles").count(*count).code(Some(kind)));
        some.chain(kinds).collect()
    }
}

/// A container that was written.
#[derive(Debug)]
pub struct Made {
    pub path: PathBuf,
    pub id: Digest,
    pub gaps: Vec<Gap>,
    pub figures: Figures,
    pub cases: u64,
    pub time: Time,
}

impl Book {
    /// `zone` says to which day a time belongs; `today` which cases are late by now.
    pub fn new(from: Date, until: Date, today: Date, zone: TimeZone) -> Book {
        Book {
            from,
            until,
            today,
            zone,
            lines: Vec::new(),
        }
    }

    /// Takes a case in if it was at work in the period: opened by its end, and not closed before it began. Its events pass by once. `folder` is
    /// where bundles lie, and what does not fit into memory.
    ///
    /// # Errors
    /// E704 if the events of the case do not follow each other, E701 if the folder takes no file; those of the ledger.
    pub fn take(&mut self, case: &str, journal: &dyn Journal, folder: &Path) -> Result<()> {
        let io = |error: std::io::Error| unwritable(folder, &error);
        let day = |at: Timestamp| at.to_zoned(self.zone.clone()).date();
        let mut chain = Chain::default();
        let mut history = History::in_folder(folder);
        let (mut opened, mut closed, mut closing) = (None, None, None);
        let (mut bundles, mut purged) = (Vec::new(), false);
        journal.each(&mut |line| {
            let holds = Digest::sha256(&line.bytes) == line.hash && chain.follow(&line.bytes);
            if !holds || chain.case() != Some(case) {
                return Err(broken(line.seq));
            }
            match &line.event {
                Event::CaseOpened { received, .. } if chain.count() == 1 => {
                    opened = Some((*received, day(line.at)));
                }
                Event::EvidenceMade { bundle, number } => bundles.push(BundleLine {
                    number: *number,
                    id: *bundle,
                    made: day(line.at),
                }),
                Event::CaseClosed { closing: how, .. } => {
                    (closed, closing) = (Some(day(line.at)), *how);
                }
                Event::CasePurged { .. } => purged = true,
                _ => {}
            }
            history.take(line.at, &line.event, &io)
        })?;
        // A ledger without cases has events that are about none.
        let Some((received, opened)) = opened else {
            return Ok(());
        };
        if opened.min(received) > self.until || closed.is_some_and(|day| day < self.from) {
            return Ok(());
        }
        let due = received.saturating_add(jiff::Span::new().months(1));
        let told = closing.is_some_and(|closing| closing != Closing::Withdrawn);
        let answered = closed.filter(|_| told);
        let days = answered.and_then(|answered| Some(received.until(answered).ok()?.get_days()));
        let late = match (answered, closed) {
            (Some(answered), _) => answered > due,
            // Withdrawn: nobody waits for an answer.
            (None, Some(_)) => false,
            (None, None) => self.today > due,
        };
        let gaps = bundles.last();
        let gaps = gaps.and_then(|bundle| gaps_of(folder, case, bundle));
        self.lines.push(CaseLine {
            seq: 0,
            case: case.to_owned(),
            rights: history.rights.clone(),
            received,
            opened,
            due,
            answered,
            closed,
            closing,
            days,
            late,
            outcomes: outcomes(&history, folder, &io)?,
            bundles,
            gaps,
            purged,
        });
        Ok(())
    }
}

/// What became of the records, by outcome: of one that several plans came upon, what the last of them says.
fn outcomes(
    history: &History,
    folder: &Path,
    io: &dyn Fn(std::io::Error) -> Diagnostic,
) -> Result<BTreeMap<String, u64>> {
    let mut known: Vec<Outcome> = Vec::new();
    let mut sieve = Sieve::in_folder(folder);
    history.walk(None, io, &mut |touched, _| {
        let order = history.order(&touched.plan).unwrap_or(0);
        let code = known.iter().position(|one| *one == touched.outcome);
        let code = code.unwrap_or_else(|| {
            known.push(touched.outcome);
            known.len() - 1
        });
        let many = |_| io(std::io::Error::other("too many plans"));
        let order = u16::try_from(order).map_err(many)?;
        let code = u8::try_from(code).map_err(many)?;
        Ok(sieve.put(order, &touched.record, code).map_err(io)?)
    })?;
    let mut counts = BTreeMap::new();
    let mut count = |code: u8| {
        let code = say_evidence::code(&known[usize::from(code)]).to_owned();
        *counts.entry(code).or_default() += 1;
    };
    sieve.last(&mut count).map_err(io)?;
    Ok(counts)
}

/// What a bundle says that it does not prove, if the file at hand is the one that the ledger names.
fn gaps_of(folder: &Path, case: &str, bundle: &BundleLine) -> Option<BTreeMap<String, u64>> {
    let path = folder.join(super::file_name(case, bundle.number));
    let mut source = Source::open(&path).ok()?.ok()?;
    let mut whole = |name: &str| {
        let mut bytes = Vec::new();
        let read = source.stream(name, &mut |part| {
            if bytes.len() <= LARGEST {
                bytes.extend_from_slice(part);
            }
        });
        read.ok().map(|()| bytes)
    };
    let list = whole(ASIC_MANIFEST)?;
    let statement = whole(STATEMENT)?;
    let listed =
        super::bundle::read_asic_manifest(std::str::from_utf8(&list).ok()?, super::bundle::SEALED)?;
    let is_it = Digest::sha256(&list) == bundle.id
        && listed.get(STATEMENT) == Some(&Digest::sha256(&statement));
    let said: Statement = serde_json::from_slice(&statement).ok().filter(|_| is_it)?;
    let mut gaps = BTreeMap::new();
    for gap in &said.predicate.not_proven {
        let kind = gap.get("kind").and_then(Value::as_str).unwrap_or("unknown");
        *gaps.entry(kind.to_owned()).or_default() += 1;
    }
    Some(gaps)
}

const LARGEST: usize = 4 << 20;

/// The file name of a period's container.
pub fn file_name(from: Date, until: Date, number: u32) -> String {
    format!("period-{from}--{until}.{number}.evidence.zip")
}

/// Makes the container, verifies it, and only then gives it its name in the folder.
///
/// # Errors
/// As for a bundle: E701 to E703, E706.
pub fn make(
    material: &Material,
    mut book: Book,
    seal: &Seal,
    witnesses: Witnesses<'_>,
    folder: &Path,
) -> Result<Made> {
    book.lines
        .sort_by(|one, other| (one.received, &one.case).cmp(&(other.received, &other.case)));
    for (seq, line) in (0..).zip(&mut book.lines) {
        line.seq = seq;
    }
    let mut figures = Figures::default();
    book.lines.iter().for_each(|line| figures.take(line));
    let place = Place::of_container(witnesses.log)?;
    let sweeps = SweepFigures::of(&material.sweeps, material.sweeps_missing);
    let witnessed = gap::of_container(witnesses, place.as_ref());
    let gaps = gaps(&book, &sweeps, seal, witnessed);
    let name = file_name(book.from, book.until, material.number);
    let path = folder.join(&name);
    let file = sealed::begin_file(&path)?;
    let told = Told {
        figures: &figures,
        gaps: &gaps,
        sweeps: (!material.sweeps.is_empty() || material.sweeps_missing > 0).then_some(sweeps),
        place: place.as_ref(),
    };
    let (id, time) = write(material, &book, &told, seal, witnesses, file.as_file())
        .map_err(|failure| failure.explain(&path))?;
    sealed::finish_file(file, &path, seal, place.as_ref())?;
    Ok(Made {
        path,
        id,
        gaps: gap::left(gaps, &time),
        figures,
        cases: book.lines.len() as u64,
        time,
    })
}

/// What is worked out before anything is written.
struct Told<'t> {
    figures: &'t Figures,
    gaps: &'t [Gap],
    sweeps: Option<SweepFigures>,
    place: Option<&'t Place>,
}

fn write(
    material: &Material,
    book: &Book,
    told: &Told<'_>,
    seal: &Seal,
    witnesses: Witnesses<'_>,
    file: impl std::io::Write + std::io::Seek,
) -> Result<(Digest, Time), super::bundle::Failure> {
    let mut bundle = sealed::begin(::zip::ZipWriter::new(file))?;
    let mut tree = Tree::default();
    bundle.stream(LINES, |out| {
        for line in &book.lines {
            let bytes = canonical::bytes(line);
            tree.push(&bytes);
            out.write_all(&bytes)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    for run in &material.sweeps {
        if let Some((number, statement, signature)) = &run.statement {
            let name = |end: &str| format!("{SWEEPS}{number:06}-{}.{end}", run.sweep);
            bundle.add(&name("json"), statement)?;
            bundle.add(&name("p7s"), signature)?;
        }
    }
    let program = json!({ "dsr": env!("CARGO_PKG_VERSION"), "system": std::env::consts::OS });
    bundle.add("data/environment.json", &canonical::bytes(&program))?;
    let front = Front {
        controller: &material.controller,
        seat: &material.seat,
        contact: material.contact.as_deref(),
        days: (book.from, book.until),
        made: material.now,
        number: material.number,
        predecessor: material.predecessor,
        ledger: material.ledger,
        keep_until: material.keep_until,
        figures: told.figures,
        sweeps: told.sweeps,
        lines: &book.lines,
        gaps: told.gaps.iter().map(Gap::text).collect(),
        certificate: seal.certificate(),
        worth: seal.worth(witnesses),
        log: told.place.map(|place| place.key.name.as_str()),
        witnessed: witnesses.into(),
    };
    let verify = super::page::text(&cover::instructions(&front));
    let label = Label {
        controller: &material.controller,
        identifier: &format!("{}--{}", book.from, book.until),
        now: material.now,
        keep_until: material.keep_until,
        openings_until: None,
        verify: &verify,
    };
    let page = cover::page(&front);
    let say = |files: &BTreeMap<String, Digest>| {
        let mut said = json!({
            "_type": KIND,
            "subject": sealed::subject(files),
            "predicateType": PREDICATE,
            "predicate": {
                "schema": FORMAT,
                "period": { "from": book.from, "until": book.until },
                "number": material.number,
                "predecessor": material.predecessor,
                "made": material.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "controller": { "name": material.controller, "seat": material.seat, "contact": material.contact },
                "keepUntil": material.keep_until,
                "cases": { "count": tree.count(), "merkleRoot": tree.root() },
                "figures": told.figures,
                "ledger": { "count": material.ledger.0, "head": material.ledger.1 },
                "notProven": told.gaps,
                "seal": statement::claim(seal, witnesses),
            },
        });
        if let Some(figures) = &told.sweeps {
            said["predicate"]["sweeps"] = json!(figures);
        }
        if let Some(place) = told.place {
            said["predicate"]["log"] = place.said();
        }
        said
    };
    sealed::end(bundle, &page, say, &label, seal, witnesses)
}

/// What the period says of itself, in the same words as its bundles.
const ALWAYS: [&str; 6] = [
    "no_time_stamp",
    gap::BESIDE,
    "no_log",
    "log_is_ours",
    "due_nominal",
    "self_signed",
];

/// What the bundles of a period say of themselves and the first periods did not repeat.
pub(super) const LATER: [&str; 3] = ["same_word", "changes_not_listed", "approval_none"];

/// What the container of a period does not prove; `witnessed` is what its time and the log leave open.
fn gaps(book: &Book, sweeps: &SweepFigures, seal: &Seal, witnessed: Vec<Gap>) -> Vec<Gap> {
    let mut left = Left::default();
    for line in &book.lines {
        left.take(line);
    }
    let mut gaps = left.gaps();
    gaps.extend(sweeps.gaps());
    if book.until >= book.today {
        gaps.push(Gap::new("period_not_over"));
    }
    gaps.push(Gap::new("never_entered"));
    gaps.extend(witnessed);
    gaps.push(Gap::new("due_nominal"));
    if certificate::is_self_issued(seal.certificate()) {
        gaps.push(Gap::new("self_signed"));
    }
    gaps
}

fn broken(seq: u64) -> crate::diagnostic::Trouble {
    Diagnostic::new("E704", Exit::Failed, say_evidence::contradiction())
        .why(say_evidence::journal_broken(seq))
        .help(say_evidence::contradiction_help())
        .into()
}

/// The statement of a period as the verifier reads it.
#[derive(Deserialize)]
pub(super) struct Said {
    pub(super) predicate: Predicate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Predicate {
    pub(super) schema: String,
    pub(super) controller: statement::Controller,
    pub(super) made: Timestamp,
    /// Absent in the first statements; `null` where there is no such day.
    #[serde(default, deserialize_with = "statement::stated")]
    pub(super) keep_until: Option<Option<Date>>,
    pub(super) ledger: Head,
    pub(super) period: Range,
    pub(super) number: u32,
    pub(super) predecessor: Option<Digest>,
    pub(super) cases: Cases,
    pub(super) figures: Figures,
    pub(super) sweeps: Option<SweepFigures>,
    pub(super) not_proven: Vec<Value>,
    pub(super) seal: statement::Level,
    pub(super) log: Option<statement::Log>,
}

#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) count: u64,
    pub(super) head: Digest,
}

#[derive(Deserialize)]
pub(super) struct Range {
    pub(super) from: Date,
    pub(super) until: Date,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cases {
    pub(super) count: u64,
    pub(super) merkle_root: Digest,
}
