//! What became of each record, for any number of records in the same memory.
//!
//! Records have places of one size, in the order of plans and steps, gathered into pages. The pages that are at work are held, the others
//! lie in a nameless file beside the bundle and come back when they are asked for; a case of ordinary size never needs the file. What lies
//! there stands in the ledger too: codes, days and keyed digests, nothing personal.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::connector::Action;
use crate::hold::HoldId;
use crate::keys::Digest;
use crate::plan::{Decision, Level, Outcome};

/// Records of a page.
const PAGE: u32 = 256;
/// Pages that are held: less than two megabytes. Systems are worked for at the same time, each in a page of its own.
const HELD: usize = 64;
/// Bytes of a record in the file.
const SIZE: usize = 80;

/// One planned or touched record.
#[derive(Clone)]
pub(super) struct Touched {
    pub(super) plan: Digest,
    pub(super) step: u32,
    pub(super) record: Digest,
    pub(super) system: String,
    pub(super) object: String,
    /// Absent where only the intent of an earlier plan is known.
    pub(super) decision: Option<Decision>,
    pub(super) action: Option<Action>,
    pub(super) outcome: Outcome,
    pub(super) level: Option<Level>,
    pub(super) until: Option<Date>,
    pub(super) fault: Option<String>,
    /// Holds that keep it.
    pub(super) holds: Vec<HoldId>,
    pub(super) at: Option<Timestamp>,
    pub(super) verified_at: Option<Timestamp>,
}

/// Records by plan and step.
#[derive(Default)]
pub(super) struct Records(RefCell<Store>);

impl Records {
    /// Records that go to a file in this folder when they become many.
    pub(super) fn in_folder(folder: &Path) -> Records {
        Records(RefCell::new(Store {
            folder: folder.to_owned(),
            ..Store::default()
        }))
    }

    /// The record of a step.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn get(&self, plan: &Digest, step: u32) -> std::io::Result<Option<Touched>> {
        let mut store = self.0.borrow_mut();
        let Some(number) = store.plans.iter().position(|id| id == plan) else {
            return Ok(None);
        };
        let slot = store.slot(number, step)?;
        Ok(slot.map(|slot| store.read(*plan, step, &slot)))
    }

    /// Notes what is known of a step's record, in the place of what was known before.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn put(&self, touched: &Touched) -> std::io::Result<()> {
        let mut store = self.0.borrow_mut();
        let number = number_of(&mut store.plans, &touched.plan);
        let slot = store.written(touched)?;
        let page = store.page((usize::from(number), touched.step / PAGE), true)?;
        if let Some(page) = page {
            page.is_changed = true;
            page.slots[(touched.step % PAGE) as usize] = Some(slot);
        }
        Ok(())
    }

    /// The first step from this one on, below `end`, that has a record, with the record.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn next(
        &self,
        plan: &Digest,
        from: u32,
        end: u32,
    ) -> std::io::Result<Option<Touched>> {
        let mut store = self.0.borrow_mut();
        let Some(number) = store.plans.iter().position(|id| id == plan) else {
            return Ok(None);
        };
        let mut at = from;
        while at < end {
            let known = store
                .places
                .range((number, at / PAGE)..=(number, u32::MAX))
                .next();
            let Some((&(_, page), _)) = known else {
                return Ok(None);
            };
            at = at.max(page * PAGE);
            let last = u32::min(end - 1, page * PAGE + (PAGE - 1));
            while at <= last {
                if let Some(slot) = store.slot(number, at)? {
                    return Ok(Some(store.read(*plan, at, &slot)));
                }
                let Some(next) = at.checked_add(1) else {
                    return Ok(None);
                };
                at = next;
            }
        }
        Ok(None)
    }
}

#[derive(Default)]
struct Store {
    folder: PathBuf,
    plans: Vec<Digest>,
    names: Names,
    /// Every page that there is, with its place in the file.
    places: BTreeMap<(usize, u32), u64>,
    held: BTreeMap<(usize, u32), Page>,
    /// Made when the first page has to go.
    file: Option<File>,
    /// Counts looks at pages.
    now: u64,
}

/// The words and codes that records have in common.
#[derive(Default)]
struct Names {
    systems: Vec<String>,
    objects: Vec<String>,
    decisions: Vec<Decision>,
    actions: Vec<Action>,
    outcomes: Vec<Outcome>,
    levels: Vec<Level>,
    faults: Vec<String>,
    holds: Vec<Vec<HoldId>>,
    /// Where in the list these holds stand: of one record there may be others than of the next.
    holds_at: BTreeMap<Vec<HoldId>, u32>,
}

struct Page {
    slots: Vec<Option<Slot>>,
    is_changed: bool,
    looked_at: u64,
}

/// A record whose words and codes are numbers.
#[derive(Clone, Copy)]
struct Slot {
    record: Digest,
    system: u16,
    object: u16,
    outcome: u16,
    /// Decision, action, level and fault, from 1; 0 where there is none.
    others: [u16; 4],
    /// From 1; 0 where nothing holds it.
    holds: u32,
    until: Option<Date>,
    at: Option<Timestamp>,
    verified_at: Option<Timestamp>,
}

impl Store {
    fn written(&mut self, touched: &Touched) -> std::io::Result<Slot> {
        fn one<T: PartialEq + Clone>(known: &mut Vec<T>, value: Option<&T>) -> u16 {
            value.map_or(0, |value| number_of(known, value).saturating_add(1))
        }
        let names = &mut self.names;
        let slot = Slot {
            record: touched.record,
            system: number_of(&mut names.systems, &touched.system),
            object: number_of(&mut names.objects, &touched.object),
            outcome: number_of(&mut names.outcomes, &touched.outcome),
            others: [
                one(&mut names.decisions, touched.decision.as_ref()),
                one(&mut names.actions, touched.action.as_ref()),
                one(&mut names.levels, touched.level.as_ref()),
                one(&mut names.faults, touched.fault.as_ref()),
            ],
            holds: names.number_of_holds(&touched.holds)?,
            until: touched.until,
            at: touched.at,
            verified_at: touched.verified_at,
        };
        let most = usize::from(u16::MAX);
        match names.systems.len() < most && names.objects.len() < most && names.faults.len() < most
        {
            true => Ok(slot),
            false => Err(std::io::Error::other("too many systems, objects or faults")),
        }
    }

    fn read(&self, plan: Digest, step: u32, slot: &Slot) -> Touched {
        fn one<T: Clone>(known: &[T], number: u16) -> Option<T> {
            known.get(usize::from(number.checked_sub(1)?)).cloned()
        }
        let names = &self.names;
        let [decision, action, level, fault] = slot.others;
        Touched {
            plan,
            step,
            record: slot.record,
            system: names.systems[usize::from(slot.system)].clone(),
            object: names.objects[usize::from(slot.object)].clone(),
            decision: one(&names.decisions, decision),
            action: one(&names.actions, action),
            outcome: names.outcomes[usize::from(slot.outcome)],
            level: one(&names.levels, level),
            until: slot.until,
            fault: one(&names.faults, fault),
            holds: names.holds_of(slot.holds),
            at: slot.at,
            verified_at: slot.verified_at,
        }
    }

    fn slot(&mut self, number: usize, step: u32) -> std::io::Result<Option<Slot>> {
        let page = self.page((number, step / PAGE), false)?;
        Ok(page.and_then(|page| page.slots[(step % PAGE) as usize]))
    }

    /// A page, got back if it lies in the file; `None` if there is none and none is to be made.
    fn page(&mut self, name: (usize, u32), make: bool) -> std::io::Result<Option<&mut Page>> {
        self.now += 1;
        let now = self.now;
        if !self.held.contains_key(&name) {
            let place = self.places.get(&name).copied();
            if place.is_none() && !make {
                return Ok(None);
            }
            if self.held.len() >= HELD {
                self.let_one_go()?;
            }
            let slots = match place {
                Some(place) => self.back(place)?,
                None => vec![None; PAGE as usize],
            };
            if place.is_none() {
                let place = self.places.len() as u64;
                self.places.insert(name, place);
            }
            let page = Page {
                slots,
                is_changed: place.is_none(),
                looked_at: now,
            };
            self.held.insert(name, page);
        }
        let Some(page) = self.held.get_mut(&name) else {
            return Ok(None);
        };
        page.looked_at = now;
        Ok(Some(page))
    }

    /// Writes the page down that was not looked at for the longest time.
    fn let_one_go(&mut self) -> std::io::Result<()> {
        let oldest = self.held.iter().min_by_key(|(_, page)| page.looked_at);
        let Some(name) = oldest.map(|(name, _)| *name) else {
            return Ok(());
        };
        let (Some(page), Some(place)) = (self.held.remove(&name), self.places.get(&name)) else {
            return Ok(());
        };
        if !page.is_changed {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(SIZE * PAGE as usize);
        for slot in &page.slots {
            bytes.extend_from_slice(&slot.as_ref().map_or([0; SIZE], Slot::bytes));
        }
        if self.file.is_none() {
            self.file = Some(tempfile::tempfile_in(&self.folder)?);
        }
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        file.seek(SeekFrom::Start(place * (SIZE as u64 * u64::from(PAGE))))?;
        file.write_all(&bytes)
    }

    fn back(&mut self, place: u64) -> std::io::Result<Vec<Option<Slot>>> {
        let mut bytes = vec![0; SIZE * PAGE as usize];
        let gone = || std::io::Error::other("a page was never written");
        let file = self.file.as_mut().ok_or_else(gone)?;
        file.seek(SeekFrom::Start(place * (SIZE as u64 * u64::from(PAGE))))?;
        file.read_exact(&mut bytes)?;
        let (slots, _) = bytes.as_chunks::<SIZE>();
        Ok(slots.iter().map(Slot::of_bytes).collect())
    }
}

impl Names {
    fn number_of_holds(&mut self, holds: &[HoldId]) -> std::io::Result<u32> {
        if holds.is_empty() {
            return Ok(0);
        }
        if let Some(known) = self.holds_at.get(holds) {
            return Ok(*known);
        }
        let many = |_| std::io::Error::other("too many holds");
        let number = u32::try_from(self.holds.len() + 1).map_err(many)?;
        self.holds.push(holds.to_vec());
        self.holds_at.insert(holds.to_vec(), number);
        Ok(number)
    }

    fn holds_of(&self, number: u32) -> Vec<HoldId> {
        let at = number.checked_sub(1).map(|at| at as usize);
        let holds = at.and_then(|at| self.holds.get(at));
        holds.cloned().unwrap_or_default()
    }
}

impl Slot {
    fn bytes(&self) -> [u8; SIZE] {
        let mut out = [0; SIZE];
        out[0] = 1
            | u8::from(self.until.is_some()) << 1
            | u8::from(self.at.is_some()) << 2
            | u8::from(self.verified_at.is_some()) << 3;
        out[1..33].copy_from_slice(&self.record.0);
        let codes = [self.system, self.object, self.outcome];
        for (n, code) in codes.iter().chain(&self.others).enumerate() {
            out[33 + 2 * n..35 + 2 * n].copy_from_slice(&code.to_le_bytes());
        }
        if let Some(day) = self.until {
            out[47..49].copy_from_slice(&day.year().to_le_bytes());
            out[49..51].copy_from_slice(&[day.month().cast_unsigned(), day.day().cast_unsigned()]);
        }
        out[75..79].copy_from_slice(&self.holds.to_le_bytes());
        for (at, time) in [(51, self.at), (63, self.verified_at)] {
            if let Some(time) = time {
                out[at..at + 8].copy_from_slice(&time.as_second().to_le_bytes());
                out[at + 8..at + 12].copy_from_slice(&time.subsec_nanosecond().to_le_bytes());
            }
        }
        out
    }

    fn of_bytes(bytes: &[u8; SIZE]) -> Option<Slot> {
        fn part<const N: usize>(bytes: &[u8; SIZE], at: usize) -> [u8; N] {
            let mut out = [0; N];
            out.copy_from_slice(&bytes[at..at + N]);
            out
        }
        let has = |bit: u8| bytes[0] & 1 << bit != 0;
        let code = |n: usize| u16::from_le_bytes(part(bytes, 33 + 2 * n));
        let time = |at: usize| {
            let second = i64::from_le_bytes(part(bytes, at));
            Timestamp::new(second, i32::from_le_bytes(part(bytes, at + 8))).ok()
        };
        let day = || {
            let year = i16::from_le_bytes(part(bytes, 47));
            Date::new(year, bytes[49].cast_signed(), bytes[50].cast_signed()).ok()
        };
        has(0).then(|| Slot {
            record: Digest(part(bytes, 1)),
            system: code(0),
            object: code(1),
            outcome: code(2),
            others: [code(3), code(4), code(5), code(6)],
            holds: u32::from_le_bytes(part(bytes, 75)),
            until: has(1).then(day).flatten(),
            at: has(2).then(|| time(51)).flatten(),
            verified_at: has(3).then(|| time(63)).flatten(),
        })
    }
}

/// The number of a value, a new one if it was not met before.
fn number_of<T: PartialEq + Clone>(known: &mut Vec<T>, value: &T) -> u16 {
    let number = known.iter().position(|other| other == value);
    let number = number.unwrap_or_else(|| {
        known.push(value.clone());
        known.len() - 1
    });
    u16::try_from(number).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(number: u32) -> HoldId {
        HoldId::parse(["H-K7QF3M", "H-K7QF3N", "H-K7QF3P"][number as usize]).unwrap()
    }

    fn touched(plan: u8, step: u32) -> Touched {
        let odd = step % 2 == 1;
        let at = Timestamp::from_millisecond(1_800_000_000_123 + i64::from(step)).unwrap();
        Touched {
            plan: Digest([plan; 32]),
            step,
            record: Digest::sha256(&step.to_le_bytes()),
            system: format!("system{}", step % 3),
            object: "orders".to_owned(),
            decision: odd.then_some(Decision::Retain),
            action: (!odd).then_some(Action::Remove),
            outcome: if odd {
                Outcome::Retained
            } else {
                Outcome::Removed
            },
            level: (!odd).then_some(Level::L2),
            until: odd.then(|| jiff::civil::date(2034, 12, 31)),
            fault: step.is_multiple_of(7).then(|| format!("E50{}", step % 10)),
            holds: (0..step % 4 * u32::from(odd)).map(hold).collect(),
            at: Some(at),
            verified_at: step.is_multiple_of(5).then_some(at),
        }
    }

    fn same(one: &Touched, other: &Touched) -> bool {
        let text = |t: &Touched| {
            let codes = (t.decision, t.action, t.outcome, t.level, t.until, t.at);
            format!(
                "{} {} {:?} {} {} {codes:?} {:?} {:?} {:?}",
                t.plan, t.step, t.record, t.system, t.object, t.fault, t.holds, t.verified_at
            )
        };
        text(one) == text(other)
    }

    #[test]
    fn many_records_come_back_as_they_were_and_few_are_held() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::in_folder(folder.path());
        // Two plans at the same time, and each record noted twice, as intent and outcome are.
        let count = PAGE * (HELD as u32 + 10);
        for round in 0..2 {
            for step in (0..count).filter(|step| step % 1000 != 999) {
                for plan in [1, 2] {
                    let mut touched = touched(plan, step);
                    if round == 0 {
                        (touched.outcome, touched.level) = (Outcome::Unknown, None);
                    }
                    records.put(&touched).unwrap();
                }
            }
        }
        assert!(records.0.borrow().held.len() <= HELD);
        assert!(records.0.borrow().file.is_some());
        for plan in [1, 2] {
            let (mut at, mut met) = (0, 0);
            while let Some(found) = records.next(&Digest([plan; 32]), at, u32::MAX).unwrap() {
                assert!(same(&found, &touched(plan, found.step)), "{}", found.step);
                at = found.step + 1;
                met += 1;
            }
            assert_eq!(met, count - count / 1000);
        }
        assert!(records.get(&Digest([1; 32]), 999).unwrap().is_none());
        assert!(records.get(&Digest([3; 32]), 0).unwrap().is_none());
        let last = records.get(&Digest([2; 32]), count - 1).unwrap().unwrap();
        assert!(same(&last, &touched(2, count - 1)));
        assert!(records.next(&Digest([1; 32]), 999, 1000).unwrap().is_none());
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "the file has no name"
        );
    }

    #[test]
    fn few_records_need_no_file() {
        let records = Records::in_folder(Path::new("/nowhere"));
        for step in [0, 5, 100_000, u32::MAX] {
            records.put(&touched(1, step)).unwrap();
        }
        let mut steps = Vec::new();
        let mut at = 0;
        while let Some(found) = records.next(&Digest([1; 32]), at, u32::MAX).unwrap() {
            steps.push(found.step);
            at = found.step + 1;
        }
        assert_eq!(steps, [0, 5, 100_000]);
        assert!(records.get(&Digest([1; 32]), u32::MAX).unwrap().is_some());
    }
}
