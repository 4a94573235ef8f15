//! An event of the ledger as a short sentence, and who did it. Nobody's name is in it: the ledger holds none.

use crate::cli::case::in_words;
use crate::cli::report;
use crate::findings::SystemStatus;
use crate::ledger::{Event, Needless, Stamped};
use crate::messages::{Text, agreed as say_agreed, audit as say};
use crate::people::Matter;
use crate::task::Tasks;

/// The pseudonym of whoever did it, where the event says so.
pub(super) fn who(event: &Event) -> Option<String> {
    let value = serde_json::to_value(event).ok()?;
    let said = value.get("operator").or_else(|| value.get("by"))?;
    said.as_str().map(str::to_owned)
}

/// What happened.
pub(super) fn of(event: &Event) -> Text {
    of_the_workspace(event)
        .or_else(|| in_words(event, &Tasks::default()))
        .unwrap_or_else(|| Text::same(kind(event)))
}

/// The name of the kind, as it stands in the file.
fn kind(event: &Event) -> String {
    let value = serde_json::to_value(event).unwrap_or_default();
    value["event"].as_str().unwrap_or_default().to_owned()
}

/// What belongs to no case, and what the history of a case leaves out or says with more than the event holds.
fn of_the_workspace(event: &Event) -> Option<Text> {
    let number = |digest: &crate::keys::Digest| digest.hex()[..12].to_owned();
    let place = |system: &str, object: &str| format!("{system}.{object}");
    Some(match event {
        Event::LedgerMade { version, .. } => say::made(version.as_str()),
        Event::LedgerAdopted { known, found, .. } => say::set_back(known.count, found.count),
        Event::TermsChanged { .. } => say::terms(),
        Event::Agreed { matter, .. } => match matter {
            Matter::Terms { .. } => say_agreed::event_terms(),
            Matter::Release { hold, .. } => say_agreed::event_release(hold),
            Matter::Purge { of_case, .. } => say_agreed::event_purge(of_case),
            Matter::Adopt { .. } => say_agreed::event_adopt(),
        },
        Event::BackupMade {
            backup,
            until: Some(until),
            ..
        } => say::backup_until(number(backup), *until),
        Event::BackupMade { backup, .. } => say::backup(number(backup)),
        Event::BackupDestroyed { backup, .. } => say::backup_gone(number(backup)),
        Event::BackupRestored { backup, .. } => say::backup_back(number(backup)),
        Event::Searched { systems, .. } => {
            let asked = systems
                .iter()
                .filter(|one| one.status != SystemStatus::Manual);
            let answered = asked
                .clone()
                .filter(|one| one.status == SystemStatus::Searched);
            let objects = systems.iter().flat_map(|one| &one.objects);
            let records: u64 = objects.map(|object| object.records).sum();
            say::looked(answered.count(), asked.count(), records)
        }
        Event::StepStarted { system, object, .. }
        | Event::DeferredStarted { system, object, .. } => say::about_to(place(system, object)),
        Event::StepVerified { outcome, .. } | Event::DeferredVerified { outcome, .. } => {
            say::verified(report::outcome(Some(*outcome)))
        }
        Event::TaskOpened { system, due, .. } => say::task_opened(system.as_str(), *due),
        Event::TaskReminded { .. } => say::task_reminded(),
        Event::TaskDone { .. } => say::task_done(),
        Event::TaskDropped { because, .. } => match because {
            Some(Needless::Erased) => say::task_erased(),
            None => say::task_dropped(),
        },
        Event::SealChanged { .. } => say::seal_changed(),
        Event::Sampled { cases, .. } => say::sampled(cases.len()),
        Event::PeriodSealed {
            from, until, cases, ..
        } => say::period(*from, *until, *cases),
        Event::LeafAppended { .. } => say::leaf(),
        Event::TimeStamped {
            of: Stamped::Period | Stamped::Checkpoint,
            authority,
            ..
        } => say::stamped(authority.as_str()),
        Event::LogAnchored { size, .. } => say::anchored(*size),
        Event::SweepPlanned { sweep, rules, .. } => {
            let due: u64 = rules.iter().map(|rule| rule.due).sum();
            say::sweep_planned(sweep.as_str(), due)
        }
        Event::SweepStarted { sweep, .. } => say::sweep_started(sweep.as_str()),
        Event::SweepBatchStarted { records, .. } => say::batch_started(*records),
        Event::SweepBatchEnded { done, unknown, .. } => match unknown {
            0 => say::batch_ended(*done),
            _ => say::batch_given_up(*done, *unknown),
        },
        Event::SweepRuleEnded { done, .. } => say::rule_ended(*done),
        Event::SweepEnded { sweep, exit, .. } => say::sweep_ended(sweep.as_str(), *exit),
        Event::SweepDeferred { parts, .. } => {
            let done: u64 = parts.iter().map(|part| part.done).sum();
            say::sweep_deferred(done)
        }
        Event::SweepSealed { number, .. } => say::sweep_sealed(*number),
        Event::HoldAdded { hold, .. } => say::hold_added(hold.as_str()),
        Event::HoldWidened { hold, .. } => say::hold_widened(hold.as_str()),
        Event::HoldReleased { hold, .. } => say::hold_released(hold.as_str()),
        _ => return None,
    })
}
