//! What each run did, folded from the ledger, and the statement that is sealed about it.
//!
//! A statement is made of events alone. So whoever has the ledger can make it again and compare byte by byte, and a run whose statement could
//! not be sealed when it ended gets the same one later. Each names the one before it by its digest: a run that is taken out leaves a hole.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::canonical;
use crate::keys::Digest;
use crate::ledger::{DeferredPart, Event, RuleMissed, RulePlanned, Stored};
use crate::sweep::rhythm::{self, Gap};

/// The version of the statement's form.
pub const SCHEMA: &str = "dsr.sweep.statement/1";

/// Every run of a ledger that was to write, in their order.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    pub runs: Vec<Run>,
    /// When the ledger was made.
    made: Option<Timestamp>,
    /// Since when the inventory has asked for runs in a rhythm, as far as the ledger knows what it asks for.
    asked: Asked,
    /// What the last look found: the run that it belongs to may be about to start.
    looked: Option<Looked>,
}

/// What the ledger has noted of a rhythm.
#[derive(Clone, Copy, Debug, Default)]
enum Asked {
    #[default]
    NothingNoted,
    NoRhythm,
    Since(Timestamp),
}

#[derive(Clone, Debug)]
struct Looked {
    sweep: String,
    inventory: Digest,
    rules: Vec<RulePlanned>,
    missed: Vec<RuleMissed>,
    limited: bool,
    every_s: Option<u64>,
}

/// One run.
#[derive(Clone, Debug)]
pub struct Run {
    pub sweep: String,
    pub day: Date,
    pub begun: Timestamp,
    /// How often it went on after it was killed.
    pub resumed: u32,
    pub version: String,
    pub operator: String,
    pub inventory: Digest,
    /// Whether it was about some of the rules only.
    pub limited: bool,
    /// Seconds after which the next run is expected.
    pub every_s: Option<u64>,
    pub rules: Vec<Part>,
    /// Rules that could not be looked at, or are not swept.
    pub missed: Vec<RuleMissed>,
    /// What it did about erasures that requests have left for later; `None` where there were none.
    pub deferred: Option<Vec<DeferredPart>>,
    pub ended: Option<Ended>,
    pub sealed: Option<Sealed>,
}

/// What a run did under one rule.
#[derive(Clone, Debug)]
pub struct Part {
    pub planned: RulePlanned,
    pub batches: Vec<Batch>,
    /// Batches that were begun before the last look, which does not count their records any more.
    earlier: usize,
    /// Counted after the last batch; `None` if nobody could.
    pub remaining: Option<u64>,
    pub stopped: Option<String>,
    /// Whether it was gone through.
    pub walked: bool,
}

#[derive(Clone, Debug)]
pub struct Batch {
    pub number: u32,
    /// Records that were about to be written to.
    pub records: u64,
    /// How many were, and the root of their names; `None` while nobody knows.
    pub done: Option<(u64, Digest)>,
    /// A later run told so after one was killed.
    pub settled: bool,
    /// Records of which nobody can tell any more what became of them.
    pub unknown: u64,
}

/// The end of a run, and the event that tells it.
#[derive(Clone, Debug)]
pub struct Ended {
    pub at: Timestamp,
    pub complete: bool,
    pub exit: u8,
    pub seq: u64,
    pub hash: Digest,
}

/// What the ledger says of a run's statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub statement: Digest,
    pub number: u64,
    pub predecessor: Option<Digest>,
}

impl Part {
    /// Records that were due when the run began, those that a killed part of it had done included.
    pub fn due(&self) -> u64 {
        let earlier = self.batches.iter().take(self.earlier);
        self.planned.due + earlier.map(Batch::count).sum::<u64>()
    }

    pub fn done(&self) -> u64 {
        self.batches.iter().map(Batch::count).sum()
    }

    /// Records of which nobody can tell any more whether they were written to.
    pub fn unknown(&self) -> u64 {
        self.batches.iter().map(|batch| batch.unknown).sum()
    }
}

impl Batch {
    fn count(&self) -> u64 {
        self.done.map_or(0, |(count, _)| count)
    }
}

impl Runs {
    /// Takes one event more; the ledger's order.
    pub fn take(&mut self, stored: &Stored) {
        self.note(stored);
        match &stored.event {
            Event::SweepPlanned {
                sweep,
                inventory,
                rules,
                missed,
                limited,
                every_s,
                ..
            } => {
                self.looked = Some(Looked {
                    sweep: sweep.clone(),
                    inventory: *inventory,
                    rules: rules.clone(),
                    missed: missed.clone(),
                    limited: *limited,
                    every_s: *every_s,
                });
            }
            Event::SweepStarted {
                sweep,
                day,
                version,
                operator,
            } => {
                let looked = self.looked.take().filter(|looked| looked.sweep == *sweep);
                let open = self.runs.last_mut().filter(|run| run.sweep == *sweep);
                let run = match open {
                    Some(run) => {
                        run.resumed += 1;
                        run
                    }
                    None => {
                        self.runs.push(Run {
                            sweep: sweep.clone(),
                            day: *day,
                            begun: stored.at,
                            resumed: 0,
                            version: version.clone(),
                            operator: operator.clone(),
                            inventory: Digest([0; 32]),
                            limited: false,
                            every_s: None,
                            rules: Vec::new(),
                            missed: Vec::new(),
                            deferred: None,
                            ended: None,
                            sealed: None,
                        });
                        match self.runs.last_mut() {
                            Some(run) => run,
                            None => return,
                        }
                    }
                };
                if let Some(looked) = looked {
                    run.look(looked);
                }
            }
            Event::SweepBatchStarted {
                sweep,
                rule,
                batch,
                records,
                ..
            } => {
                if let Some(part) = self.part(sweep, rule) {
                    part.batches.push(Batch {
                        number: *batch,
                        records: *records,
                        done: None,
                        settled: false,
                        unknown: 0,
                    });
                }
            }
            Event::SweepBatchEnded {
                sweep,
                rule,
                batch,
                done,
                root,
                settled,
                unknown,
            } => {
                if let Some(part) = self.part(sweep, rule)
                    && let Some(found) = part.batches.iter_mut().find(|one| one.number == *batch)
                {
                    found.done = Some((*done, *root));
                    found.settled = *settled;
                    found.unknown = *unknown;
                }
            }
            Event::SweepRuleEnded {
                sweep,
                rule,
                remaining,
                stopped,
                ..
            } => {
                if let Some(part) = self.part(sweep, rule) {
                    part.walked = true;
                    part.remaining = *remaining;
                    part.stopped.clone_from(stopped);
                }
            }
            Event::SweepDeferred { sweep, parts } => {
                if let Some(run) = self.run(sweep) {
                    run.deferred = Some(parts.clone());
                }
            }
            Event::SweepEnded {
                sweep,
                complete,
                exit,
            } => {
                if let Some(run) = self.run(sweep) {
                    run.ended = Some(Ended {
                        at: stored.at,
                        complete: *complete,
                        exit: *exit,
                        seq: stored.seq,
                        hash: stored.hash,
                    });
                }
            }
            Event::SweepSealed {
                sweep,
                statement,
                number,
                predecessor,
            } => {
                if let Some(run) = self.run(sweep) {
                    run.sealed = Some(Sealed {
                        statement: *statement,
                        number: *number,
                        predecessor: *predecessor,
                    });
                }
            }
            _ => {}
        }
    }

    /// What the inventory asked for first, it has asked for since the ledger was made: nobody knows of another one before.
    fn note(&mut self, stored: &Stored) {
        let made = *self.made.get_or_insert(stored.at);
        let every_s = match &stored.event {
            Event::TermsChanged { terms, .. } => terms.every_s,
            Event::SweepPlanned { every_s, .. } => *every_s,
            _ => return,
        };
        self.asked = match (self.asked, every_s) {
            (Asked::Since(at), _) => Asked::Since(at),
            (_, None) => Asked::NoRhythm,
            (Asked::NothingNoted, Some(_)) => Asked::Since(made),
            (Asked::NoRhythm, Some(_)) => Asked::Since(stored.at),
        };
    }

    /// Since when runs are expected: from then on the first one can be missing. `every_s` is the rhythm of the inventory as it is now.
    fn expected_since(&self, every_s: Option<u64>) -> Option<Timestamp> {
        match self.asked {
            Asked::Since(at) => Some(at),
            Asked::NothingNoted => self.made.filter(|_| every_s.is_some()),
            Asked::NoRhythm => None,
        }
    }

    /// The runs that were due from `start` on and before `end`, and were not; `now` ends the last stretch. A run over some of the rules
    /// stands for none.
    pub fn gaps(
        &self,
        every_s: Option<u64>,
        now: Timestamp,
        (start, end): (Timestamp, Timestamp),
    ) -> Vec<Gap> {
        let whole: Vec<&Run> = self.runs.iter().filter(|run| !run.limited).collect();
        // The inventory's word begins the first stretch, and its rhythm is the one of the run that ends it.
        let first = whole.first().map_or(every_s, |run| run.every_s.or(every_s));
        let begin = self.expected_since(every_s).map(|since| (since, first));
        let begins = whole.iter().map(|run| (run.begun, run.every_s.or(every_s)));
        let ends = whole.iter().map(|run| run.begun).chain([now]);
        let ends = ends.skip(usize::from(begin.is_none()));
        let stretches = begin.into_iter().chain(begins).zip(ends);
        let gaps = stretches.filter_map(|((from, every), to)| {
            let missing = rhythm::missing_within((from, to), every?, (start, end));
            (missing > 0).then(|| Gap {
                from: from.max(start),
                to: to.min(end),
                missing,
            })
        });
        gaps.collect()
    }

    fn run(&mut self, sweep: &str) -> Option<&mut Run> {
        self.runs.iter_mut().rev().find(|run| run.sweep == sweep)
    }

    fn part(&mut self, sweep: &str, rule: &Digest) -> Option<&mut Part> {
        let run = self.run(sweep)?;
        run.rules.iter_mut().find(|part| part.planned.rule == *rule)
    }

    /// The statement that was sealed last.
    pub fn tip(&self) -> Option<&Sealed> {
        let sealed = self.runs.iter().filter_map(|run| run.sealed.as_ref());
        sealed.max_by_key(|sealed| sealed.number)
    }

    /// Runs that have ended and have no statement yet, oldest first.
    pub fn unsealed(&self) -> impl Iterator<Item = &Run> {
        let wanting = |run: &&Run| run.ended.is_some() && run.sealed.is_none();
        self.runs.iter().filter(wanting)
    }
}

impl Run {
    fn look(&mut self, looked: Looked) {
        self.inventory = looked.inventory;
        self.limited = looked.limited;
        self.every_s = looked.every_s;
        self.missed = looked.missed;
        for planned in looked.rules {
            let known = self.rules.iter_mut();
            let mut known = known.filter(|part| part.planned.rule == planned.rule);
            match known.next() {
                Some(part) => {
                    part.planned = planned;
                    part.earlier = part.batches.len();
                    (part.remaining, part.stopped, part.walked) = (None, None, false);
                }
                None => self.rules.push(Part {
                    planned,
                    batches: Vec::new(),
                    earlier: 0,
                    remaining: None,
                    stopped: None,
                    walked: false,
                }),
            }
        }
    }

    pub fn due(&self) -> u64 {
        self.rules.iter().map(Part::due).sum()
    }

    pub fn done(&self) -> u64 {
        self.rules.iter().map(Part::done).sum()
    }

    /// Records that requests have left for later: those that were due, and those that went.
    pub fn owed(&self) -> (u64, u64) {
        let parts = || self.deferred.iter().flatten();
        let due = parts().map(|part| part.due).sum();
        (due, parts().map(|part| part.done).sum())
    }

    /// Records of which nobody can tell any more whether they were written to.
    pub fn unknown(&self) -> u64 {
        self.rules.iter().map(Part::unknown).sum()
    }

    /// Due, and spared for a hold or an open request.
    pub fn spared(&self) -> u64 {
        self.rules.iter().map(|part| part.planned.spared).sum()
    }

    /// Due, and spared because they are a control person's.
    pub fn control(&self) -> u64 {
        self.rules.iter().map(|part| part.planned.control).sum()
    }

    /// The bytes of the statement; `None` while the run has not ended.
    pub fn statement(
        &self,
        ledger: &str,
        number: u64,
        predecessor: Option<Digest>,
    ) -> Option<Vec<u8>> {
        let ended = self.ended.as_ref()?;
        let rules: Vec<Value> = self.rules.iter().map(said).collect();
        let time = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut statement = json!({
            "schema": SCHEMA,
            "sweep": self.sweep,
            "number": number,
            "predecessor": predecessor,
            "day": self.day,
            "begun": time(self.begun),
            "ended": time(ended.at),
            "resumed": self.resumed,
            "every_s": self.every_s,
            "limited": self.limited,
            "operator": self.operator,
            "version": self.version,
            "inventory": self.inventory,
            "complete": ended.complete,
            "exit": ended.exit,
            "rules": rules,
            "missed": self.missed,
            "ledger": { "id": ledger, "count": ended.seq, "head": ended.hash },
        });
        if let Some(parts) = &self.deferred {
            statement["deferred"] = json!(parts);
        }
        Some(canonical::bytes(&statement))
    }
}

fn said(part: &Part) -> Value {
    let planned = &part.planned;
    let batches: Vec<Value> = part
        .batches
        .iter()
        .map(|batch| {
            let mut said = json!({
                "number": batch.number,
                "records": batch.records,
                "done": batch.done.map(|(count, _)| count),
                "root": batch.done.map(|(_, root)| root),
                "settled": batch.settled,
            });
            if batch.unknown > 0 {
                said["unknown"] = json!(batch.unknown);
            }
            said
        })
        .collect();
    let mut said = json!({
        "rule": planned.rule,
        "data_type": planned.data_type,
        "system": planned.system,
        "object": planned.object,
        "engine": planned.engine,
        "action": planned.action,
        "statute": planned.statute,
        "norm": planned.norm,
        "keep": planned.keep,
        "records": planned.records,
        "due": part.due(),
        "done": part.done(),
        "spared": {
            "hold": planned.spared - planned.requested.min(planned.spared),
            "open_request": planned.requested,
            "referenced": planned.referenced,
            "unknown_start": planned.unknown,
            "future": planned.future,
        },
        "brakes": planned.brakes,
        "walked": part.walked,
        "stopped": part.stopped,
        "still_due": part.remaining,
        "batches": batches,
    });
    if planned.control > 0 {
        said["spared"]["control"] = json!(planned.control);
    }
    if planned.more {
        said["more_records"] = json!(true);
    }
    // Statements of runs before holds were named in the ledger are made anew as they were.
    if !planned.holds.is_empty() {
        said["holds"] = json!(planned.holds);
    }
    if !planned.recipients.is_empty() {
        said["recipients"] = json!(planned.recipients);
    }
    said
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::connector::Action;

    fn stored(seq: u64, event: Event) -> Stored {
        Stored {
            seq,
            at: Timestamp::from_second(1_800_000_000 + seq.cast_signed()).unwrap(),
            case: None,
            n: None,
            event,
            bytes: Vec::new(),
            hash: Digest::sha256(&seq.to_be_bytes()),
            prev: Digest([0; 32]),
            case_prev: None,
        }
    }

    fn rule() -> Digest {
        Digest::sha256(b"rule")
    }

    fn planned(due: u64) -> Event {
        Event::SweepPlanned {
            sweep: "S1".into(),
            day: date(2026, 11, 22),
            inventory: Digest::sha256(b"inventory"),
            rules: vec![RulePlanned {
                rule: rule(),
                data_type: "accounts".into(),
                system: "shop".into(),
                object: "customers".into(),
                action: Action::Remove,
                records: 40,
                more: false,
                due,
                referenced: 1,
                unknown: 2,
                future: 3,
                spared: 5,
                requested: 4,
                control: 2,
                engine: Some("sqlite".into()),
                statute: None,
                norm: None,
                keep: Some("P2Y".into()),
                brakes: Vec::new(),
                triggers: Vec::new(),
                holds: Vec::new(),
                recipients: Vec::new(),
            }],
            missed: Vec::new(),
            limited: false,
            every_s: Some(86_400),
            operator: "op".into(),
        }
    }

    fn started() -> Event {
        Event::SweepStarted {
            sweep: "S1".into(),
            day: date(2026, 11, 22),
            version: "0".into(),
            operator: "op".into(),
        }
    }

    fn begun(batch: u32) -> Event {
        Event::SweepBatchStarted {
            sweep: "S1".into(),
            rule: rule(),
            batch,
            records: 7,
            root: rule(),
            plan: None,
        }
    }

    fn ended(batch: u32, settled: bool) -> Event {
        Event::SweepBatchEnded {
            sweep: "S1".into(),
            rule: rule(),
            batch,
            done: 7,
            root: rule(),
            settled,
            unknown: 0,
        }
    }

    fn fold(events: Vec<Event>) -> Runs {
        let mut runs = Runs::default();
        for (seq, event) in (1..).zip(events) {
            runs.take(&stored(seq, event));
        }
        runs
    }

    fn end() -> [Event; 2] {
        [
            Event::SweepRuleEnded {
                sweep: "S1".into(),
                rule: rule(),
                done: 20,
                spared: 5,
                remaining: Some(0),
                stopped: None,
            },
            Event::SweepEnded {
                sweep: "S1".into(),
                complete: true,
                exit: 0,
            },
        ]
    }

    #[test]
    fn a_run_that_was_killed_and_went_on_counts_each_record_once() {
        // Seven were written to when the run was killed; nobody had said so, and thirteen are left.
        let mut events = vec![planned(20), started(), begun(1), planned(13), started()];
        events.extend([ended(1, true), begun(2), ended(2, false)]);
        events.extend(end());
        let runs = fold(events);
        assert_eq!(runs.runs.len(), 1);
        let run = &runs.runs[0];
        assert_eq!((run.due(), run.done(), run.resumed), (20, 14, 1));
        assert_eq!(run.rules[0].remaining, Some(0));
        let said = run.statement("L", 1, None).unwrap();
        let said: Value = serde_json::from_slice(&said).unwrap();
        assert_eq!(said["rules"][0]["spared"]["hold"], 1);
        assert_eq!(said["rules"][0]["spared"]["open_request"], 4);
        assert_eq!(said["rules"][0]["spared"]["control"], 2);
        assert_eq!(said["rules"][0]["batches"][0]["settled"], true);
        assert_eq!(said["ledger"]["count"], 10);
        assert_eq!(said["predecessor"], Value::Null);
    }

    #[test]
    fn a_look_is_no_run_and_a_run_without_an_end_has_no_statement() {
        assert!(fold(vec![planned(20)]).runs.is_empty());
        let open = fold(vec![planned(20), started(), begun(1)]);
        assert!(open.runs[0].statement("L", 1, None).is_none());
        assert_eq!(open.unsealed().count(), 0);
        let mut events = vec![planned(20), started()];
        events.extend(end());
        let done = fold(events);
        assert_eq!(done.unsealed().count(), 1);
        assert!(done.tip().is_none());
    }
}
