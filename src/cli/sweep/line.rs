//! A rule of a run: what it meets, what speaks against carrying it out, and what it came to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Zoned;
use jiff::civil::Date;

use super::spare::{Spared, Unfound};
use super::{Args, anonymous, is_paused};
use crate::cli::block_on;
use crate::cli::context::House;
use crate::connector::sweeping::{Alike, Blind, Due, Survey};
use crate::connector::{Fault, Key};
use crate::diagnostic::{Exit, Result};
use crate::execute::CLOCK_TOLERANCE_S;
use crate::hold::{Hold, HoldId};
use crate::inventory::{self, Engine, System};
use crate::ledger::{Brake, Recipient, RuleMissed, RulePlanned};
use crate::sweep::anonymity::Scheme;
use crate::sweep::{History, Rule, Walked, brakes, recipients};

/// One rule, with what a run found out about it.
pub(super) struct Line {
    pub(super) rule: Rule,
    /// Whether it is one of those that the command names; others are only here to settle what a killed run left open.
    pub(super) chosen: bool,
    pub(super) survey: std::result::Result<Survey, Fault>,
    /// Due, and held or part of an open request.
    pub(super) spared: u64,
    /// Those among them that are spared for an open request.
    pub(super) requested: u64,
    /// Due, and the control person's.
    pub(super) control: u64,
    /// Records that others refer to, where this run may take those others first (`order`).
    pub(super) referred_to: BTreeSet<Key>,
    pub(super) brakes: Vec<Brake>,
    /// Holds that are on all of it.
    pub(super) whole: Vec<HoldId>,
    /// Holds that keep some of what is due by its day, those on all of it included.
    pub(super) holds: Vec<Hold>,
    /// What would be due without the holds on some days.
    pub(super) unheld: Option<Due>,
    /// Who is to be spared, and cannot be found there.
    pub(super) unfound: Vec<Unfound>,
    /// Why it cannot be seen how far copies lag behind.
    pub(super) blind: Option<Blind>,
    /// How many are usual, where earlier runs tell.
    pub(super) usual: Option<u64>,
    /// How many a person says are due.
    pub(super) expected: Option<u64>,
    /// Runs in a row, this one included, that found nothing where the ones before did.
    pub(super) idle: Option<usize>,
    /// The oldest day of a record that is still due after the run.
    pub(super) oldest_left: Option<Date>,
    pub(super) walked: Option<Walked>,
    pub(super) remaining: Option<u64>,
    /// Records that a part of this run had done which was killed; they are not among those that are due any more.
    pub(super) earlier: u64,
    /// How many of those became due only while the run was at work, such as records whose last child it has erased. They are the next run's.
    pub(super) late: u64,
    /// What the system itself does besides when records are written to, by name.
    pub(super) triggers: Vec<String>,
    /// By how many seconds the system's clock is off.
    pub(super) offset: Option<i64>,
    /// What becomes of the columns, where records become anonymous.
    pub(super) scheme: Option<Scheme>,
    /// Who holds copies of what goes.
    pub(super) recipients: Vec<Recipient>,
    /// Records that would stand out, or do, and those after the run.
    pub(super) alike: Option<Alike>,
    pub(super) after: Option<Alike>,
}

impl Line {
    /// Records that were due when the run began, those that a killed part of it had done included; `None` where nobody could count them.
    pub(super) fn due(&self) -> Option<u64> {
        let survey = self.survey.as_ref().ok()?;
        Some(survey.due + self.earlier)
    }

    pub(super) fn may_write(&self) -> bool {
        self.chosen && self.brakes.is_empty()
    }

    pub(super) fn planned(&self) -> RulePlanned {
        let survey = self.survey.clone().unwrap_or_default();
        let (statute, norm, keep) = match &self.rule.data_type.rule {
            inventory::Rule::Catalogue { statute, .. } => {
                let norm = statute.versions.last().map(|version| version.norm.clone());
                (Some(statute.id.clone()), norm, None)
            }
            inventory::Rule::Stated { keep, because, .. } => {
                (None, because.clone(), Some(keep.to_string()))
            }
        };
        RulePlanned {
            rule: self.rule.id,
            data_type: self.rule.data_type.name.clone(),
            system: self.rule.system.name.clone(),
            object: self.rule.object.name.clone(),
            action: self.rule.action,
            records: survey.records,
            more: survey.more,
            due: survey.due,
            referenced: survey.referenced,
            unknown: survey.unknown,
            future: survey.future,
            spared: self.spared,
            requested: self.requested,
            control: self.control,
            engine: engine(&self.rule.system).map(str::to_owned),
            statute,
            norm,
            keep,
            brakes: self.brakes.clone(),
            triggers: self.triggers.clone(),
            holds: self.holds.iter().map(|hold| hold.id.clone()).collect(),
            recipients: self.recipients.clone(),
        }
    }

    /// Why it cannot be said what the rule meets; `None` if it can.
    pub(super) fn missed(&self) -> Option<RuleMissed> {
        let why = match (&self.rule.due, &self.survey) {
            (Err(obstacle), _) => obstacle.word().to_owned(),
            (_, Err(fault)) => fault.code.clone(),
            _ => return None,
        };
        Some(RuleMissed {
            rule: self.rule.id,
            data_type: self.rule.data_type.name.clone(),
            system: self.rule.system.name.clone(),
            object: self.rule.object.name.clone(),
            action: self.rule.action,
            why,
        })
    }

    /// The exit code that this rule asks for.
    pub(super) fn exit(&self, applied: bool) -> Exit {
        if let Err(obstacle) = self.rule.due {
            return match obstacle {
                // Kept on purpose, or another rule's run settles what a killed one left.
                _ if obstacle.is_meant() || !self.chosen => Exit::Done,
                _ if obstacle.contradicts_the_law() => Exit::Waiting,
                // Nobody looked at these records, and nobody is going to before the inventory is mended.
                _ => Exit::Incomplete,
            };
        }
        if self.survey.is_err() {
            return Exit::Incomplete;
        }
        if let Some(walked) = &self.walked {
            let free = self.chosen && self.whole.is_empty();
            let rest = free && self.remaining.is_none_or(|rest| rest > self.late);
            let left = rest || anonymous::stood_out(self) > 0;
            return match walked.fault.is_some() || walked.halted.is_some() || left {
                true => Exit::Incomplete,
                false => Exit::Done,
            };
        }
        // A file that cannot be read keeps no other one from being counted.
        let read = match self.fault() {
            Some(_) => Exit::Incomplete,
            None => Exit::Done,
        };
        if !applied || !self.is_stopped() {
            return read;
        }
        let stopped = match self.brakes.iter().any(|brake| brake.waits_for_a_person()) {
            true => Exit::Waiting,
            // A hold is a reason, and not a fault.
            false if self.brakes.iter().all(|brake| *brake == Brake::Held) => Exit::Done,
            false => Exit::Incomplete,
        };
        read.and(stopped)
    }
}

impl Line {
    /// Whether a brake stops anything. Where nothing is due there is nothing to wait for, but for what somebody has to mend: a scheme, a number.
    pub(super) fn is_stopped(&self) -> bool {
        let due = self.survey.as_ref().is_ok_and(|survey| survey.due > 0);
        let to_mend = |brake: &Brake| matches!(brake, Brake::Weak | Brake::Number);
        !self.brakes.is_empty() && (due || self.brakes.iter().any(to_mend))
    }

    /// What failed in its system, in all of it or in a part.
    pub(super) fn fault(&self) -> Option<&Fault> {
        let walked = self.walked.as_ref();
        let part = self.survey.as_ref().ok().and_then(|it| it.broken.as_ref());
        let fault = self.survey.as_ref().err();
        fault
            .or_else(|| walked.and_then(|walked| walked.fault.as_ref()))
            .or(part)
    }

    /// Holds that keep something here and that somebody should have looked at by now.
    pub(super) fn to_review(&self, today: Date) -> impl Iterator<Item = &Hold> {
        self.holds
            .iter()
            .filter(move |hold| hold.is_to_review(today))
    }
}

/// What a rule meets, and what speaks against carrying it out.
pub(super) fn look(
    house: &House,
    rule: Rule,
    history: &History,
    spared: &Spared,
    args: &Args,
    now: &Zoned,
) -> Result<Line> {
    let earlier = history.of(&rule.id);
    let usual = brakes::usual(&earlier.done);
    let mut line = Line {
        usual,
        expected: args.expect,
        late: 0,
        survey: Ok(Survey::default()),
        spared: 0,
        requested: 0,
        control: 0,
        referred_to: BTreeSet::new(),
        whole: Vec::new(),
        holds: Vec::new(),
        unheld: None,
        unfound: Vec::new(),
        blind: None,
        idle: None,
        oldest_left: None,
        brakes: Vec::new(),
        walked: None,
        remaining: None,
        earlier: 0,
        triggers: Vec::new(),
        offset: None,
        scheme: None,
        alike: None,
        after: None,
        chosen: args.names(&rule),
        recipients: recipients(&house.inventory, &rule),
        rule,
    };
    let Ok(whole) = line.rule.due.clone() else {
        return Ok(line);
    };
    let due = spared.without_held_days(&line.rule, &whole);
    let by_days = spared.by_days(&line.rule, &whole);
    let on_all: Vec<Hold> = spared.held(&line.rule).into_iter().cloned().collect();
    line.rule.due = Ok(due.clone());
    line.unheld = Some(whole.clone());
    line.whole = on_all.iter().map(|hold| hold.id.clone()).collect();
    let keys = spared.of(&line.rule);
    let requested = spared.requested(&line.rule);
    let controls = spared.controls(&line.rule);
    let looked = block_on(async {
        let Some(mut surveyor) = house.doors().surveyor(&line.rule.system)? else {
            return Err(Fault::not_connected());
        };
        let health = surveyor.check().await?;
        let is_copy = |(code, _): &(String, String)| code == "W214";
        if args.apply && health.notes.warnings.iter().any(is_copy) {
            return Err(Fault::replica());
        }
        let triggers = surveyor.acts_along(&line.rule.object).await?;
        let judged = anonymous::judge(house, &mut *surveyor, &line.rule, &due, &keys).await?;
        let object = &line.rule.object;
        // What is to be written waits for no more than the brakes need.
        let survey = match args.apply {
            true => {
                let share = house.inventory.limits.sweep.share;
                surveyor.survey_for(object, &due, share).await?
            }
            false => surveyor.survey(object, &due).await?,
        };
        let asked = surveyor.still(object, &due, &requested).await?;
        let mut holds = on_all.clone();
        for (hold, keys) in spared.by_person(&line.rule) {
            let hold = spared.hold(hold).cloned();
            if !surveyor.still(object, &due, &keys).await?.is_empty() {
                holds.extend(hold);
            }
        }
        let mut all = survey.due;
        if !by_days.is_empty() {
            all = surveyor.due(object, &whole).await?;
            for (hold, beside) in &by_days {
                if surveyor.due(object, beside).await? < all {
                    holds.push((*hold).clone());
                }
            }
        }
        let free = match on_all.is_empty() {
            true => {
                let held = surveyor.still(object, &due, &keys).await?;
                survey.due.saturating_sub(held.len() as u64)
            }
            false => 0,
        };
        // A hold on all of it keeps theirs as well.
        let control = match on_all.is_empty() {
            true => surveyor.still(object, &due, &controls).await?.len() as u64,
            false => 0,
        };
        // Whoever cannot be asked for that says nothing of copies.
        let blind = surveyor.blind().await.unwrap_or(None);
        let found = Survey {
            due: free,
            // Where all of it is spared, the oldest is one of those.
            oldest: survey.oldest.filter(|_| free > 0),
            ..survey
        };
        let kept = all.saturating_sub(free).saturating_sub(control);
        let spared = (kept, asked.len() as u64, holds);
        Ok((health, found, (spared, control), judged, (blind, triggers)))
    })?;
    match looked {
        Ok((health, survey, (held, control), judged, (blind, triggers))) => {
            (line.scheme, line.alike) = judged;
            (line.spared, line.requested, line.holds) = held;
            line.control = control;
            line.blind = blind;
            line.brakes = brakes::check(
                &survey,
                &earlier,
                &house.inventory.limits.sweep,
                // Whatever day is looked at: when it was shown last is said of today.
                now.date(),
                &triggers,
                args.expect,
            );
            line.triggers = triggers;
            line.offset = health.notes.clock_offset_s;
            if line.offset.unwrap_or(0).abs() > CLOCK_TOLERANCE_S {
                line.brakes.push(Brake::Clock);
            }
            if !spared.knows(&line.rule) {
                line.brakes.push(Brake::Holds);
            }
            if !line.whole.is_empty() {
                line.brakes.push(Brake::Held);
            }
            if anonymous::is_weak(&line) {
                line.brakes.push(Brake::Weak);
            }
            let window = house.inventory.limits.sweep.window;
            if window.is_some_and(|window| !window.holds(now.time())) {
                line.brakes.push(Brake::Window);
            }
            if is_paused(house) {
                line.brakes.push(Brake::Stopped);
            }
            if survey.due == 0 && survey.broken.is_none() && line.brakes.is_empty() {
                let mut with_this = earlier.clone();
                with_this.ended(0, Some(0), false);
                line.idle = with_this.idle();
            }
            line.unfound = spared.unfound(&line.rule, survey.due > 0);
            line.survey = Ok(survey);
        }
        Err(fault) => {
            line.unfound = spared.unfound(&line.rule, false);
            line.survey = Err(fault);
        }
    }
    Ok(line)
}

/// How many systems tell another time than this machine, of those that tell one.
pub(super) fn clocks(lines: &[Line]) -> (usize, usize) {
    let told = lines.iter().filter_map(|line| {
        let offset = line.offset?;
        Some((line.rule.system.name.as_str(), offset))
    });
    let told: BTreeMap<&str, i64> = told.collect();
    let wrong = told
        .values()
        .filter(|offset| offset.abs() > CLOCK_TOLERANCE_S);
    (wrong.count(), told.len())
}

/// The word for an engine that can be swept.
fn engine(system: &System) -> Option<&'static str> {
    match system.engine {
        Engine::Postgres => Some("postgres"),
        Engine::Mysql => Some("mysql"),
        Engine::Sqlite => Some("sqlite"),
        Engine::Csv(_) => Some("csv"),
        Engine::Rest(_) => Some("rest"),
        _ => None,
    }
}
