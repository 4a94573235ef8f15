//! What proves that an action took effect: the request that its connector names for that, else the record itself; and what
//! cannot be proven yet, because the system is still at it.
//!
//! A recycle bin, a job that runs, an index that lags: in all of these the record's absence says less than it seems. Nothing here
//! waits longer than a run may last; what is open then stays open in the ledger, and the next run looks again.

use std::time::Duration;

use tokio::time::Instant;

use super::Lane;
use crate::connector::object::{Field, HttpAction, Object, as_text, proves};
use crate::connector::{Action, Fault, Patience, Record, Sight};
use crate::execute::Ended;
use crate::execute::recover::{self, State, Status};
use crate::plan::{Level, Outcome, Step};

/// How long one run looks for the effect of what it wrote, where the connector allows days.
const LONGEST_LOOK: Duration = Duration::from_secs(60);

impl Lane<'_> {
    /// The state after a write: as the action's own verification shows it, else as the record does.
    pub(super) async fn proof(&mut self, object: &Object, step: &Step) -> Result<State, Fault> {
        let sight = match step.action {
            Some(action) => self.reader.verify(object, action, &step.key).await?,
            None => Sight::NotAsked,
        };
        Ok(match sight {
            Sight::NotAsked => {
                let record = self.look(object, step).await?;
                match (self.state(object, step, record.as_ref()), &record) {
                    // A write over HTTP may change more than the values that were planned; each of these has to stand.
                    (State::Other, Some(record)) if holds_values(object, step, &record.data) => {
                        State::After
                    }
                    (state, _) => state,
                }
            }
            Sight::Nothing => State::Absent,
            Sight::Shows(data) if shows_effect(object, step, &data) => match step.action {
                Some(Action::Remove) => State::Absent,
                _ => State::After,
            },
            Sight::Shows(_) => State::Before,
        })
    }

    /// What a step comes to whose job is still running, or of which nobody can tell any more whether it ended.
    pub(super) async fn unfinished(
        &mut self,
        object: &Object,
        action: Action,
        step: &Step,
        running: bool,
    ) -> Option<Ended> {
        let done = recover::done(action);
        let open = Ended::new(Outcome::Pending, Some(Level::L0));
        Some(match self.proof(object, step).await {
            Ok(State::After) => Ended::new(done, Some(Level::L1)),
            Ok(State::Absent | State::Unfound)
                if action == Action::Remove && !hides(object, action) =>
            {
                Ended::new(done, Some(Level::L1))
            }
            _ if running => open,
            // A soft deletion that went before may hide it just as well.
            Ok(State::Absent | State::Unfound) if action == Action::Remove => {
                Ended::new(Outcome::Unknown, None)
            }
            _ => return None,
        })
    }

    /// Whether the time is not over yet in which the system may still come to show what it took.
    pub(super) fn is_open(&self, object: &Object, step: &Step, status: Status) -> bool {
        let (Some(action), Status::Accepted) = (step.action, status) else {
            return false;
        };
        let Some(does) = object.http(action) else {
            return false;
        };
        let may_take = does.takes()
            + Duration::from_millis(does.verify.after_ms)
            + Duration::from_millis(does.verify.within_ms);
        let began = self.run.taken.get(&step.no);
        began.is_some_and(|ago| *ago + self.opened.elapsed() < may_take)
    }

    /// How long a request of an earlier run, and the job that it may have started, can still be under way.
    pub(super) fn may_be_under_way(&self, object: &Object, action: Action) -> Duration {
        let job = object.http(action).map(HttpAction::takes);
        self.request_limit() + job.unwrap_or_default()
    }

    /// A record that an earlier run may have removed by halves, as far as it can be written to again: by its key.
    ///
    /// # Errors
    /// What the step has come to, where its steps cannot be sent once more.
    pub(super) async fn half_removed(
        &mut self,
        object: &Object,
        step: &Step,
        status: Status,
    ) -> Result<Option<Record>, Ended> {
        let Some(does) = step.action.filter(|action| *action == Action::Remove) else {
            return Ok(None);
        };
        let Some(does) = object.http(does) else {
            return Ok(None);
        };
        let still_there = match does.verify.request {
            // It was found by a search and is not there any more; its recycle bin may tell.
            Some(_) => match self.proof(object, step).await {
                Ok(state) => state != State::Absent,
                Err(fault) if status == Status::Untouched => {
                    return Err(Ended::failed(Outcome::Failed, fault));
                }
                Err(fault) => return Err(Ended::failed(Outcome::Unknown, fault)),
            },
            None => status != Status::Untouched && !does.absence_proves(),
        };
        if !still_there {
            return Ok(None);
        }
        if self.is_open(object, step, status) {
            return Err(Ended::new(Outcome::Pending, Some(Level::L0)));
        }
        let again = does
            .steps
            .iter()
            .all(|step| step.idempotent || step.read_only)
            && does.needs_only_the_key(&object.key);
        match (again, status) {
            (true, _) => Ok(Some(Record {
                key: step.key.clone(),
                data: self.key_as_data(&object.name, &step.key),
            })),
            (false, Status::Untouched) => Err(Ended::new(Outcome::NotVerified, Some(Level::L0))),
            (false, _) => Err(Ended::new(Outcome::Unknown, None)),
        }
    }

    /// Until when the effect of a write that was sent then is looked for, and until when this run does so.
    pub(super) fn looks_until(&self, sent: Instant, within: Duration) -> (Instant, Instant) {
        let run = sent + within.min(LONGEST_LOOK);
        let far = Duration::from_secs(365 * 24 * 60 * 60);
        (sent + within.min(far), run.min(self.patience().until))
    }

    /// How long this lane may wait for a system to finish what it took: a tenth of its time is left for the rest.
    pub(super) fn patience(&self) -> Patience {
        let stop = self.run.stop.clone();
        Patience {
            until: self.opened + self.system.within.mul_f64(0.9),
            stop: std::sync::Arc::new(move || stop.is_asked()),
        }
    }
}

/// Whether a record that `read` does not return may be there all the same, because the action has several steps.
pub(super) fn hides(object: &Object, action: Action) -> bool {
    object
        .http(action)
        .is_some_and(|does| !does.absence_proves())
}

/// Whether a record over HTTP holds every value that the step was to write, and the condition of its verification. Fields that change
/// by themselves say nothing.
fn holds_values(object: &Object, step: &Step, data: &serde_json::Value) -> bool {
    let Some(action @ (Action::Anonymise | Action::Rectify)) = step.action else {
        return false;
    };
    let mut written = step.changes.iter().filter_map(|(name, value)| {
        let field = object.field(name).filter(|field| !field.volatile)?;
        Some((field, value))
    });
    let Some(does) = object.http(action) else {
        return false;
    };
    let stands = |(field, value): (&Field, &Option<String>)| {
        let value = value.clone().map_or(serde_json::Value::Null, Into::into);
        as_text(&field.at.all(data)) == value
    };
    let holds = does.verify.holds.as_ref();
    written.clone().next().is_some()
        && written.all(stands)
        && holds.is_none_or(|holds| proves(holds, data))
}

/// Whether what the verifying request shows is what the action was to bring about.
fn shows_effect(object: &Object, step: &Step, data: &serde_json::Value) -> bool {
    let Some(action) = step.action else {
        return false;
    };
    let holds = object
        .http(action)
        .and_then(|does| does.verify.holds.as_ref());
    match action {
        Action::Remove => object.says_gone(action, data),
        Action::Restrict | Action::Unrestrict | Action::Suppress => {
            holds.is_some_and(|holds| proves(holds, data))
        }
        Action::Anonymise | Action::Rectify => {
            let written = step.changes.iter().all(|(name, value)| {
                object.field(name).is_some_and(|field| {
                    let stands = as_text(&field.at.all(data));
                    stands == value.clone().map_or(serde_json::Value::Null, Into::into)
                })
            });
            written && holds.is_none_or(|holds| proves(holds, data))
        }
    }
}
