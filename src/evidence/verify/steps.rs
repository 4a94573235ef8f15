//! Each record's line held against what the journal says of its step, in the same memory for any number of records.
//!
//! Journal and lines have different orders: systems are worked for at the same time, a step may be begun again, and a later look changes
//! what is known of it. So the journal is folded: of each step its latest state is kept, as two digests, and a sum over all states. The
//! lines are summed up the same way, and both sums must be the same. The digests are made under a key that is new in every run, so that
//! nobody can make up lines whose sum fits. Steps have places of one size in pages; those that are not at work lie in a nameless file.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use super::super::chain::{StepEvent, StepKind, StepLine};
use super::super::flat::Alike;
use super::sorts;

/// Steps of a page.
const PAGE: u32 = 256;
/// Pages that are held, together a megabyte.
const HELD: usize = 256;
/// Pages of a journal: far more steps than any case has, and a gigabyte at most. The tests fill no disk.
const MOST: usize = if cfg!(test) { 1 << 10 } else { 1 << 18 };
/// Bytes of a step.
const SIZE: usize = 16;

/// What a record's line says of its step.
#[derive(Clone, Copy, Default)]
pub(super) struct Line<'l> {
    pub(super) sort: sorts::Line<'l>,
    pub(super) action: Option<&'l str>,
    pub(super) decision: Option<&'l str>,
    pub(super) until: Option<&'l str>,
}

/// In what the lines of records of one sort differ.
#[derive(Clone, Copy, Default)]
pub(super) struct Own<'l> {
    pub(super) at: Option<&'l str>,
    pub(super) step: Option<u64>,
    pub(super) verified_at: Option<&'l str>,
}

/// What became of a step, as digests: what was done, and how it ended. Both are zero where nothing is known.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct State {
    done: u64,
    end: u64,
}

impl State {
    /// What the step adds to the sum. The first digest is another one for each step and nobody outside knows it, so that neither an end nor a
    /// step can be put in the place of another.
    fn sum(self) -> u64 {
        self.done.wrapping_mul(self.end)
    }
}

/// What many lines say, as digests: all of a state but what is each step's own.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    done: u64,
    end: u64,
    /// Whether it is said of what nobody has begun.
    is_pending: bool,
}

/// Digests under one key.
#[derive(Clone, Default)]
struct Marks {
    key: RandomState,
}

impl Marks {
    /// Of a step that was begun and of which nobody knows how it ended, the plan alone says what was decided.
    fn mark(&self, line: &Line<'_>) -> Mark {
        let sort = &line.sort;
        let [plan, system, object] = [sort.plan, sort.system, sort.object].map(Some);
        let is_open = sort.outcome == "unknown" && sort.level.is_none();
        let done = match is_open {
            true => [plan, system, object, line.action, None, None, None],
            false => {
                let others = (line.action, line.decision, line.until, sort.fault);
                let (action, decision, until, fault) = others;
                [plan, system, object, action, decision, until, fault]
            }
        };
        Mark {
            done: self.key.hash_one((is_open, done)),
            end: self.end(sort),
            is_pending: sort.outcome == "pending" && [sort.level, sort.fault] == [None; 2],
        }
    }

    /// How it ended.
    fn end(&self, sort: &sorts::Line<'_>) -> u64 {
        self.key.hash_one((sort.outcome, sort.level))
    }

    fn state(&self, mark: &Mark, own: &Own<'_>) -> State {
        let mut hasher = self.key.build_hasher();
        hasher.write_u64(mark.done);
        // No step has this number.
        hasher.write_u64(own.step.unwrap_or(u64::MAX));
        hasher.write(own.at.unwrap_or_default().as_bytes());
        State {
            done: hasher.finish(),
            end: own
                .verified_at
                .map_or(mark.end, |at| self.looked(mark.end, at)),
        }
    }

    /// How it ended, and when somebody looked again.
    fn looked(&self, end: u64, at: &str) -> u64 {
        let mut hasher = self.key.build_hasher();
        hasher.write_u64(end);
        hasher.write(at.as_bytes());
        hasher.finish()
    }
}

/// The record lines, summed up.
#[derive(Default)]
pub(super) struct Lines {
    marks: Marks,
    sum: u64,
}

impl Lines {
    pub(super) fn mark(&self, line: &Line<'_>) -> Mark {
        self.marks.mark(line)
    }

    pub(super) fn take(&mut self, mark: &Mark, own: &Own<'_>) {
        // Planned and never begun: the journal has no event of it.
        let is_untouched = mark.is_pending && [own.at, own.verified_at] == [None; 2];
        if !is_untouched {
            self.sum = self.sum.wrapping_add(self.marks.state(mark, own).sum());
        }
    }
}

/// The steps as the journal tells them.
#[derive(Default)]
pub(super) struct Steps {
    marks: Marks,
    sum: u64,
    plans: HashMap<String, u32>,
    alike: Alike<Event>,
    pages: Pages,
    /// Whether an event contradicts those before it, or is none.
    is_broken: bool,
}

impl Steps {
    /// Lines to be held against these steps.
    pub(super) fn lines(&self) -> Lines {
        Lines {
            marks: self.marks.clone(),
            sum: 0,
        }
    }

    /// Whether the lines say what the journal says: of each step that it knows one line, and no other.
    pub(super) fn are_those_of(&self, lines: &Lines) -> bool {
        !self.is_broken && self.sum == lines.sum
    }

    /// Whether something could not be set aside, so that nothing can be said.
    pub(super) fn is_lost(&self) -> bool {
        self.pages.is_lost
    }

    /// Takes in an event of a step.
    pub(super) fn take(&mut self, line: &StepLine<'_, '_>) {
        let alike = line.alike();
        let known = alike.and_then(|(number, at, step)| Some((self.alike.get(number)?, at, step)));
        let taken = match known {
            Some((event, at, step)) => self.fold(event, at, step),
            None => line.event().and_then(|said| {
                let event = self.tell(&said)?;
                if let Some((number, ..)) = alike {
                    self.alike.put(number, event);
                }
                Some(())
            }),
        };
        self.is_broken |= taken.is_none();
    }

    fn tell(&mut self, said: &StepEvent<'_>) -> Option<Event> {
        let event = self.event(said)?;
        self.fold(event, said.at, said.step)?;
        Some(event)
    }

    /// What an event says, but for what is each step's own; `None` if there are more plans than any case has.
    fn event(&mut self, said: &StepEvent<'_>) -> Option<Event> {
        let mut line = Line {
            sort: sorts::Line {
                fault: said.fault,
                level: said.level,
                object: said.object,
                outcome: said.outcome,
                plan: said.plan,
                system: said.system,
            },
            action: said.action,
            decision: Some(said.decision),
            until: said.until,
        };
        // Also where an earlier attempt had ended: until this one ends, nobody knows.
        if said.kind == StepKind::Started {
            (line.sort.outcome, line.sort.level) = ("unknown", None);
        }
        Some(Event {
            kind: said.kind,
            plan: self.plan(said.plan)?,
            mark: self.marks.mark(&line),
        })
    }

    fn fold(&mut self, event: Event, at: &str, step: u32) -> Option<()> {
        let place = self.pages.place(event.plan, step)?;
        let before = *place;
        *place = match event.kind {
            StepKind::Started | StepKind::Ended => {
                let own = Own {
                    at: Some(at),
                    step: Some(u64::from(step)),
                    verified_at: None,
                };
                self.marks.state(&event.mark, &own)
            }
            StepKind::Verified if before == State::default() => return None,
            StepKind::Verified => State {
                end: self.marks.looked(event.mark.end, at),
                ..before
            },
        };
        let after = place.sum();
        self.sum = self.sum.wrapping_sub(before.sum()).wrapping_add(after);
        Some(())
    }

    /// The number of a plan; `None` if there are more than any case has.
    fn plan(&mut self, plan: &str) -> Option<u32> {
        let next = u32::try_from(self.plans.len()).ok()?;
        match self.plans.get(plan) {
            Some(number) => Some(*number),
            None if self.plans.len() >= MOST => None,
            None => {
                self.plans.insert(plan.to_owned(), next);
                Some(next)
            }
        }
    }
}

/// What events say that are alike.
#[derive(Clone, Copy)]
struct Event {
    kind: StepKind,
    plan: u32,
    mark: Mark,
}

/// A plan's number, and a page of its steps.
type Name = (u32, u32);

/// The states of all steps, in pages.
#[derive(Default)]
struct Pages {
    held: Vec<Page>,
    /// Where pages are held.
    at: HashMap<Name, usize>,
    /// Where they lie in the file.
    filed: HashMap<Name, u64>,
    file: Option<File>,
    /// The page that was looked at last.
    last: usize,
    /// Counts looks at pages.
    now: u64,
    is_lost: bool,
}

struct Page {
    name: Name,
    states: Vec<State>,
    looked_at: u64,
}

impl Pages {
    /// The place of a step; `None` if there are more than any case has, or it cannot be got back.
    fn place(&mut self, plan: u32, step: u32) -> Option<&mut State> {
        let name = (plan, step / PAGE);
        if self
            .held
            .get(self.last)
            .is_none_or(|page| page.name != name)
        {
            self.last = match self.at.get(&name) {
                Some(at) => *at,
                None => self.bring(name)?,
            };
            self.now += 1;
            self.held[self.last].looked_at = self.now;
        }
        Some(&mut self.held[self.last].states[(step % PAGE) as usize])
    }

    /// Makes a page, or gets it back from the file, in the place of another if there are many.
    fn bring(&mut self, name: Name) -> Option<usize> {
        let is_new = !self.filed.contains_key(&name);
        if is_new && self.filed.len() + self.held.len() >= MOST {
            return None;
        }
        if self.held.len() < HELD {
            self.held.push(Page {
                name,
                states: vec![State::default(); PAGE as usize],
                looked_at: 0,
            });
            self.at.insert(name, self.held.len() - 1);
            return Some(self.held.len() - 1);
        }
        let oldest = (0..HELD).min_by_key(|at| self.held[*at].looked_at)?;
        let exchanged = self.exchange(oldest, name);
        self.is_lost |= exchanged.is_err();
        exchanged.ok().map(|()| oldest)
    }

    fn exchange(&mut self, at: usize, name: Name) -> std::io::Result<()> {
        const BYTES: usize = SIZE * PAGE as usize;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let page = &mut self.held[at];
        let next = self.filed.len() as u64;
        let place = *self.filed.entry(page.name).or_insert(next);
        let mut bytes = Vec::with_capacity(BYTES);
        for state in &page.states {
            bytes.extend_from_slice(&state.done.to_le_bytes());
            bytes.extend_from_slice(&state.end.to_le_bytes());
        }
        file.seek(SeekFrom::Start(place * BYTES as u64))?;
        file.write_all(&bytes)?;
        self.at.remove(&page.name);
        page.name = name;
        self.at.insert(name, at);
        match self.filed.get(&name) {
            None => page.states.fill(State::default()),
            Some(place) => {
                file.seek(SeekFrom::Start(place * BYTES as u64))?;
                file.read_exact(&mut bytes)?;
                let (numbers, _) = bytes.as_chunks::<8>();
                let (pairs, _) = numbers.as_chunks::<2>();
                for (state, [done, end]) in page.states.iter_mut().zip(pairs) {
                    *state = State {
                        done: u64::from_le_bytes(*done),
                        end: u64::from_le_bytes(*end),
                    };
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "7";

    fn event(kind: StepKind, step: u32, at: &'static str) -> StepEvent<'static> {
        StepEvent {
            kind,
            at,
            plan: PLAN,
            step,
            system: "crm",
            object: "contacts",
            action: Some("remove"),
            decision: "erase",
            outcome: "removed",
            level: Some("L1"),
            until: None,
            fault: None,
        }
    }

    /// A record's line: what many say, and what is its own.
    #[derive(Clone, Copy)]
    struct Whole {
        said: Line<'static>,
        own: Own<'static>,
    }

    fn line(step: u32, at: &'static str) -> Whole {
        Whole {
            said: Line {
                sort: sorts::Line {
                    fault: None,
                    level: Some("L1"),
                    object: "contacts",
                    outcome: "removed",
                    plan: PLAN,
                    system: "crm",
                },
                action: Some("remove"),
                decision: Some("erase"),
                until: None,
            },
            own: Own {
                at: Some(at),
                step: Some(u64::from(step)),
                verified_at: None,
            },
        }
    }

    fn tell(steps: &mut Steps, event: &StepEvent<'_>) {
        let told = steps.tell(event);
        steps.is_broken |= told.is_none();
    }

    fn take(sums: &mut Lines, line: &Whole) {
        let mark = sums.mark(&line.said);
        sums.take(&mark, &line.own);
    }

    fn is_said(events: &[StepEvent<'_>], lines: &[Whole]) -> bool {
        let mut steps = Steps::default();
        let mut sums = steps.lines();
        events.iter().for_each(|event| tell(&mut steps, event));
        lines.iter().for_each(|line| take(&mut sums, line));
        steps.are_those_of(&sums)
    }

    #[test]
    fn each_line_says_what_the_journal_says_last_of_its_step() {
        use StepKind::{Ended, Started, Verified};
        let begun = event(Started, 0, "1");
        let ended = event(Ended, 0, "2");
        let other = event(Ended, 1, "3");
        // The order of the one is not that of the other.
        assert!(is_said(
            &[other, begun, ended],
            &[line(0, "2"), line(1, "3")]
        ));
        let again = [begun, ended, event(Started, 0, "4"), event(Ended, 0, "5")];
        assert!(is_said(&again, &[line(0, "5")]));
        assert!(!is_said(&again, &[line(0, "2")]), "an earlier attempt");
        let looked = StepEvent {
            level: Some("L2"),
            ..event(Verified, 0, "6")
        };
        let mut raised = line(0, "2");
        raised.said.sort.level = Some("L2");
        raised.own.verified_at = Some("6");
        assert!(is_said(&[begun, ended, looked], &[raised]));
        assert!(!is_said(&[begun, ended], &[raised]));
        assert!(!is_said(&[looked], &[]), "nothing to look at");
        let mut open = line(0, "1");
        (open.said.sort.outcome, open.said.sort.level) = ("unknown", None);
        (open.said.decision, open.said.until) = (None, Some("2030-01-01"));
        assert!(is_said(&[begun], &[open]), "of the plan alone");
        assert!(!is_said(&[begun, ended], &[open]));
    }

    #[test]
    fn no_line_can_be_exchanged_left_out_or_told_twice() {
        let events = [
            event(StepKind::Ended, 0, "1"),
            StepEvent {
                system: "shop",
                until: Some("2033-12-31"),
                ..event(StepKind::Ended, 1, "1")
            },
        ];
        let mut second = line(1, "1");
        second.said.sort.system = "shop";
        second.said.until = Some("2033-12-31");
        let good = [line(0, "1"), second];
        assert!(is_said(&events, &good));
        assert!(!is_said(&events, &good[..1]));
        assert!(!is_said(&events, &[good[0], good[1], good[1]]));
        assert!(!is_said(&events, &[good[0], good[0]]));
        type Change = dyn Fn(&mut [Whole; 2]);
        let changes: [&Change; 12] = [
            &|lines| {
                let [one, other] = lines;
                std::mem::swap(&mut one.said.sort.system, &mut other.said.sort.system);
            },
            &|lines| {
                let [one, other] = lines;
                std::mem::swap(&mut one.own.step, &mut other.own.step);
            },
            &|lines| lines[0].said.sort.object = "nonsense",
            &|lines| lines[0].said.sort.plan = "8",
            &|lines| lines[0].said.sort.fault = Some("E500"),
            &|lines| lines[0].said.sort.level = Some("L2"),
            &|lines| lines[0].said.action = None,
            &|lines| lines[0].said.decision = Some("retain"),
            &|lines| lines[0].own.at = Some("2"),
            &|lines| lines[0].own.verified_at = Some("2"),
            &|lines| lines[1].said.until = Some("2099-12-31"),
            // As if it had never been begun.
            &|lines| {
                lines[0].said.sort.outcome = "pending";
                (lines[0].said.sort.level, lines[0].own.at) = (None, None);
            },
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut lines = good;
            change(&mut lines);
            assert!(!is_said(&events, &lines), "{number}");
        }
    }

    #[test]
    fn many_steps_are_folded_in_the_memory_of_few() {
        let mut steps = Steps::default();
        let mut sums = steps.lines();
        let count = PAGE * (HELD as u32 + 40);
        for kind in [StepKind::Started, StepKind::Ended, StepKind::Verified] {
            for step in 0..count {
                tell(&mut steps, &event(kind, step, "1"));
            }
        }
        for step in (0..count).rev() {
            let mut line = line(step, "1");
            line.own.verified_at = Some("1");
            take(&mut sums, &line);
        }
        assert!(steps.are_those_of(&sums));
        assert!(steps.pages.held.len() <= HELD && steps.pages.file.is_some());
        tell(&mut steps, &event(StepKind::Ended, 5, "2"));
        assert!(!steps.are_those_of(&sums), "an old page came back");
    }

    #[test]
    fn hostile_steps_fill_no_disk() {
        let mut pages = Pages::default();
        let mut made = (0..).take_while(|page| pages.place(0, page * PAGE).is_some());
        assert_eq!(made.by_ref().count(), MOST);
    }
}
