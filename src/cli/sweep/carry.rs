//! Carries the cleared rules of a sweep out, one after the other.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::book::{self, Ledgers};
use super::lost;
use super::singly::Singly;
use super::spare::Spared;
use super::{Line, Sweep, is_paused};
use crate::cli::context::{Context, House};
use crate::cli::{block_on, interrupt};
use crate::connector::sweeping::{Cleared, Due, Namer, Renewer, Surveyor, Sweeper};
use crate::connector::{Fault, Key};
use crate::diagnostic::Result;
use crate::inventory::Engine;
use crate::ledger::Event;
use crate::plan;
use crate::sweep::{Before, Halt, History, Renewal, Rule, Walk, Walked};

/// Writes what the rules without a brake make due, and counts afterwards what is left.
pub(super) fn carry_out(
    context: &Context,
    house: &House,
    sweep: &mut Sweep,
    history: &History,
    spared: &Spared,
) -> Result<()> {
    let started = Event::SweepStarted {
        sweep: sweep.id.clone(),
        day: sweep.day,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        operator: house.operator.clone(),
    };
    house.write(None, context.now(), &[started])?;
    let asked = Arc::new(AtomicBool::new(false));
    let listener = crate::cli::spawn(listen(Arc::clone(&asked)))?;
    let shown = history.shown();
    let id = sweep.id.clone();
    let zone = sweep.zone.clone();
    let halt = || {
        if asked.load(Ordering::SeqCst) {
            return Some(Halt::Interrupted);
        }
        if is_paused(house) {
            return Some(Halt::Stopped);
        }
        if overtaken(house, spared) {
            return Some(Halt::HoldsChanged);
        }
        let now = context.now().to_zoned(zone.clone()).time();
        let window = house.inventory.limits.sweep.window;
        window
            .is_some_and(|window| !window.holds(now))
            .then_some(Halt::Window)
    };
    let open = history.open.as_ref();
    let mut book = Ledgers {
        context,
        house,
        sweep: id.clone(),
    };
    if let Some(open) = open {
        for lost in &mut sweep.lost {
            lost.end(context, house, &mut book, &id, open)?;
        }
    }
    for line in &mut sweep.lines {
        let before = open.map_or_else(Before::default, |open| open.before(&line.rule.id));
        if let (Some(open), Some(why)) = (open, lost::unasked(line))
            && !before.unsettled.is_empty()
        {
            let of = (id.as_str(), &line.rule.id);
            line.walked = Some(lost::give_up(context, house, &mut book, of, open, why)?);
            continue;
        }
        let Ok(due) = line.rule.due.clone() else {
            continue;
        };
        // A table that is not there says why nobody reads its batch any more.
        let is_gone = line
            .survey
            .as_ref()
            .is_err_and(|fault| fault.code == "E512");
        if line.survey.is_err() && (!is_gone || before.unsettled.is_empty()) {
            continue;
        }
        if !line.may_write() && before.unsettled.is_empty() {
            // Copies that a killed run has left beside the files hold what the rule is about.
            if open.is_some() && matches!(line.rule.system.engine, Engine::Csv(_)) {
                block_on(clear(house, &line.rule, &shown))?;
            }
            continue;
        }
        let Some(cleared) = Cleared::new(line.rule.id, &shown) else {
            continue;
        };
        let walked = block_on(walk(
            house, line, &due, &cleared, &mut book, spared, before, &halt,
        ))??;
        let (mut walked, mut remaining) = walked;
        // A file that could not be read is part of the rule, also where no other one held anything to do.
        let survey = line.survey.as_ref().ok();
        if let Some(fault) = survey.and_then(|survey| survey.broken.clone()) {
            walked.fault = walked.fault.or(Some(fault));
            remaining = None;
        }
        let due_before = survey.map_or(0, |survey| survey.due);
        let undone = due_before.saturating_sub(walked.done.saturating_sub(walked.settled));
        line.late = remaining.map_or(0, |rest| rest.saturating_sub(undone));
        let before = open.map_or(0, |open| open.done(&line.rule.id));
        let done = walked.done + before;
        line.earlier = before + walked.settled;
        let stopped = walked.fault.as_ref().map(|fault| fault.code.clone());
        let stopped = stopped.or_else(|| walked.halted.map(|halt| halt.word().to_owned()));
        let lost = walked.lost.as_ref().map(|fault| fault.code.clone());
        let stopped = stopped.or(lost);
        let unfinished = walked.open;
        line.walked = Some(Walked { done, ..walked });
        line.remaining = remaining;
        line.after = super::anonymous::after(house, line, &due, spared)?;
        if unfinished {
            // What became of the last batch is read by the next run, which goes on with this sweep.
            continue;
        }
        let ended = Event::SweepRuleEnded {
            sweep: id.clone(),
            rule: line.rule.id,
            done,
            spared: line.spared,
            remaining,
            stopped,
        };
        house.write(None, context.now(), &[ended])?;
    }
    super::owed::carry_out(context, house, &id, sweep.day, &mut sweep.owed, &halt)?;
    listener.abort();
    let open = super::history(house)?.open;
    book::tidy(house, open.as_ref())?;
    sweep.unfinished = open.is_some_and(|open| open.unsettled().next().is_some());
    // A run with a batch of which nobody knows what became goes on, whenever its system answers again.
    if !sweep.unfinished {
        let exit = sweep.exit();
        let parts = super::owed::told::parts(house, &id, &sweep.owed)?;
        let deferred = (!parts.is_empty()).then(|| Event::SweepDeferred {
            sweep: id.clone(),
            parts,
        });
        let ended = Event::SweepEnded {
            sweep: id,
            complete: sweep.is_complete(),
            exit: exit as u8,
        };
        let events: Vec<Event> = deferred.into_iter().chain([ended]).collect();
        house.write(None, context.now(), &events)?;
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "all of it belongs to one walk")]
async fn walk(
    house: &House,
    line: &Line,
    due: &Due,
    cleared: &Cleared,
    book: &mut Ledgers<'_>,
    spared: &Spared,
    before: Before,
    halt: &dyn Fn() -> Option<Halt>,
) -> Result<(Walked, Option<u64>)> {
    let doors = house.doors();
    let system = &line.rule.system;
    let _turn = crate::execute::Doors::turn(&*doors, system).await;
    let failed = |fault: Fault| Walked {
        fault: Some(fault),
        ..Walked::default()
    };
    let opened = doors.surveyor(system).and_then(|surveyor| {
        let hand = match system.engine {
            Engine::Csv(_) => doors.renewer(system, cleared)?.map(Hand::Files),
            Engine::Rest(_) => Some(Hand::Singly),
            _ => {
                // Neither connects before it is needed, and the second one seldom is.
                let first = doors.sweeper(system, cleared)?;
                let both = [first, doors.sweeper(system, cleared)?];
                let both: Vec<_> = both.into_iter().flatten().collect();
                (!both.is_empty()).then_some(Hand::Batches(both))
            }
        };
        Ok((surveyor, hand))
    });
    let (mut surveyor, mut hand) = match opened {
        Ok((Some(surveyor), Some(hand))) => (surveyor, hand),
        Ok(_) => return Ok((failed(Fault::not_connected()), None)),
        Err(fault) => return Ok((failed(fault), None)),
    };
    if let Hand::Batches(sweepers) = &mut hand
        && let Some(first) = sweepers.first_mut()
        && let Err(fault) = first.ready().await
    {
        let open = !before.unsettled.is_empty();
        return Ok((
            Walked {
                open,
                ..failed(fault)
            },
            None,
        ));
    }
    let limits = &house.inventory.limits.sweep;
    let asked_for = spared.set(&line.rule);
    let keys: BTreeSet<Key> = asked_for.union(&line.referred_to).cloned().collect();
    let most = match line.may_write() {
        true => line.survey.as_ref().map_or(0, |survey| survey.due),
        // Only what an interrupted run left open is settled.
        false => 0,
    };
    let sweep = book.sweep.clone();
    let sweepers = match hand {
        Hand::Batches(sweepers) => sweepers,
        Hand::Singly => {
            let singly = Singly {
                context: book.context,
                house,
                sweep: &sweep,
                rule: &line.rule,
                due,
                surveyor: &mut *surveyor,
                book,
                spared: &keys,
                most,
                halt,
                before,
            };
            let walked = singly.run().await?;
            // What was listed before it was written to says nothing about now.
            let again = doors.surveyor(system).ok().flatten();
            let mut again = again.unwrap_or(surveyor);
            return Ok(remaining(walked, &mut *again, line, due, asked_for).await);
        }
        Hand::Files(mut renewer) => {
            let renewal = Renewal {
                sweep: &sweep,
                rule: &line.rule,
                due,
                renewer: &mut *renewer,
                book,
                spared: Arc::new(keys),
                most,
                namer: namer(house, &line.rule),
                halt,
                overtaken: &|| overtaken(house, spared),
                before,
            };
            let walked = renewal.run().await?;
            return Ok(remaining(walked, &mut *surveyor, line, due, asked_for).await);
        }
    };
    let walk = Walk {
        sweep: &sweep,
        rule: &line.rule,
        due,
        surveyor: &mut *surveyor,
        sweepers,
        book,
        spared: &keys,
        most,
        batch: limits.batch,
        lag: Duration::from_secs(u64::from(limits.lag)),
        naming: &plan::Namer::of(&house.key),
        masks: &|records| super::anonymous::work(house, line, records),
        halt,
        overtaken: &|| overtaken(house, spared),
        before,
    };
    let walked = walk.run().await?;
    Ok(remaining(walked, &mut *surveyor, line, due, asked_for).await)
}

/// What writes to a system, and in which portions.
enum Hand {
    Batches(Vec<Box<dyn Sweeper>>),
    Files(Box<dyn Renewer>),
    Singly,
}

/// What is left afterwards; nothing is known of that where the system has failed.
async fn remaining(
    walked: Walked,
    surveyor: &mut dyn Surveyor,
    line: &Line,
    due: &Due,
    spared: BTreeSet<Key>,
) -> (Walked, Option<u64>) {
    if walked.fault.is_some() {
        return (walked, None);
    }
    let spared: Vec<Key> = spared.into_iter().collect();
    let counted = async {
        let left = surveyor.due(&line.rule.object, due).await?;
        let held = surveyor.still(&line.rule.object, due, &spared).await?;
        Ok::<u64, Fault>(left.saturating_sub(held.len() as u64))
    };
    let counted = counted.await.ok();
    (walked, counted)
}

/// Names the records of a rule's object.
fn namer(house: &House, rule: &Rule) -> Namer {
    let namer = plan::Namer::of(&house.key);
    let (system, object) = (rule.system.name.clone(), rule.object.name.clone());
    Arc::new(move |key| namer.name(&system, &object, key))
}

/// Removes what a killed run has left beside the files of a system; what cannot be removed now is the next run's.
async fn clear(house: &House, rule: &Rule, shown: &[crate::keys::Digest]) {
    let doors = house.doors();
    let _turn = crate::execute::Doors::turn(&*doors, &rule.system).await;
    if let Some(cleared) = Cleared::new(rule.id, shown)
        && let Ok(Some(mut renewer)) = doors.renewer(&rule.system, &cleared)
        && let Err(fault) = renewer.files().await
    {
        tracing::warn!(code = fault.code, "left as it is beside the files");
    }
}

/// A ledger that cannot be read says nothing about holds.
fn overtaken(house: &House, spared: &Spared) -> bool {
    spared.is_outdated(house).unwrap_or(true)
}

/// Ctrl-C and a service manager's wish: the batch in flight is finished. A second Ctrl-C ends the program.
async fn listen(asked: Arc<AtomicBool>) {
    let mut taken = interrupt::take();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                () = taken.asked() => {}
            }
            asked.store(true, Ordering::SeqCst);
            return taken.asked_again().await;
        }
    }
    taken.asked().await;
    asked.store(true, Ordering::SeqCst);
    taken.asked_again().await;
}
