//! Asks all systems about one person, in rounds.
//!
//! All systems are asked at the same time and none waits for another; what a record reveals (a customer number) is searched in the
//! others in the next round. Every record passes the guard, and a system that could not be asked is *not searched*, never *nothing
//! found*. Which record is really the person's is decided in `find/classify.rs`; this file keeps the rounds, `find/session.rs`
//! speaks with one system.

pub mod age;
mod below;
pub mod candidates;
mod classify;
mod guard;
mod look_up;
pub mod narrow;
pub mod places;
pub mod reach;
mod session;
mod stream;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use crate::connector::files::Documents;
use crate::connector::{Fault, Key, Reader, manual};
use crate::findings::{Findings, Known, SystemFindings, SystemStatus};
use crate::inventory::{Engine, Expand, Status, System};
use crate::subject::{Identity, Kinds, Origin};

pub use below::below;
use session::Session;
pub use stream::{Flow, stream};

/// Opens a system for reading. The caller fetches secrets and picks the engine.
pub type Open = dyn Fn(&System) -> Result<Box<dyn Reader>, Fault> + Send + Sync;

/// Hears how a search goes on, for a person who waits.
pub trait Watch: Send + Sync {
    fn system_began(&self, _system: &str) {}
    fn system_ended(&self, _system: &str, _status: SystemStatus, _records: usize) {}
    /// So many documents of a system of folders have been read.
    fn system_reads(&self, _system: &str, _documents: u64) {}
}

/// Nobody watches.
pub struct Unwatched;

impl Watch for Unwatched {}

/// Records that a person accepted as the subject's: system, object, key.
pub type Accepted = BTreeSet<(String, String, Key)>;

/// How much of a record a search fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything: records are completed by reading them, and one that cannot be read is a fault.
    Whole,
    /// Who is found at all, for the look after an erasure: there a record that the search shows and a reading does not is the very
    /// thing that is looked for.
    Keys,
}

/// What a search starts from.
pub struct Search {
    /// Every system of the inventory, asked or not.
    pub systems: Vec<Arc<System>>,
    /// The names to which the command is limited; the others are listed as not searched.
    pub only: Option<Vec<String>>,
    pub kinds: Arc<Kinds>,
    pub expand: Expand,
    /// Stated identities, and those that earlier searches of the same case led to.
    pub known: Vec<Known>,
    pub accepted: Accepted,
    pub depth: Depth,
    /// More records of one object than this are counted and not kept; [`stream`] hands them over later. `None` keeps them all.
    pub hold: Option<usize>,
    pub open: Arc<Open>,
    pub watch: Arc<dyn Watch>,
}

impl Search {
    /// A search that starts from stated identities alone.
    pub fn stated(identities: Vec<Identity>) -> Vec<Known> {
        identities
            .into_iter()
            .map(|identity| Known {
                identity,
                from: Origin::Stated,
                shared: false,
            })
            .collect()
    }

    /// Runs the rounds. A fault of one system is part of the result, so there is no error.
    pub async fn run(self) -> Findings {
        let mut lanes: Vec<Lane> = self
            .systems
            .iter()
            .map(|system| Lane::new(system, &self))
            .collect();
        let mut known = self.known.clone();
        let mut asked: BTreeSet<Identity> = BTreeSet::new();
        let mut rounds = 0;
        while rounds < self.expand.rounds.max(1) {
            // Identities known to be shared are still asked for when stated: their records are shown, they only do not spread.
            let fresh: Vec<Known> = known
                .iter()
                .filter(|k| !asked.contains(&k.identity))
                .cloned()
                .collect();
            if fresh.is_empty() && rounds > 0 {
                break;
            }
            asked.extend(fresh.iter().map(|k| k.identity.clone()));
            rounds += 1;
            self.round(&mut lanes, Arc::new(fresh)).await;
            classify::mark_shared(
                &mut known,
                lanes.iter().filter_map(Lane::session),
                &self.expand,
            );
            let sessions: Vec<&Session> = lanes.iter().filter_map(Lane::session).collect();
            classify::withdraw_trust(&mut known, &sessions, &self.accepted);
            classify::spread(
                &mut known,
                lanes.iter().filter_map(Lane::session),
                &self.kinds,
                &self.accepted,
            );
        }
        let systems = lanes
            .into_iter()
            .map(|lane| lane.finish(&known, &self.accepted))
            .collect();
        Findings {
            rounds,
            identities: known,
            systems,
        }
    }

    /// One round: every system at the same time, each in a task of its own so that a fault in one cannot reach another.
    async fn round(&self, lanes: &mut [Lane], fresh: Arc<Vec<Known>>) {
        let mut running = Vec::new();
        for (index, lane) in lanes.iter_mut().enumerate() {
            let session = match &mut lane.state {
                LaneState::NotAsked(..) => continue,
                LaneState::Unopened => None,
                LaneState::Asked(slot) => slot.take(),
            };
            let system = Arc::clone(&lane.system);
            let (open, kinds) = (Arc::clone(&self.open), Arc::clone(&self.kinds));
            let (depth, hold) = (self.depth, self.hold);
            let fresh = Arc::clone(&fresh);
            let watch = Arc::clone(&self.watch);
            let task = tokio::spawn(async move {
                watch.system_began(&system.name);
                tracing::info!(system = system.name, identities = fresh.len(), "asking");
                let mut session = match session {
                    Some(session) => session,
                    None => match opened(open, &system).await {
                        Ok(mut reader) => {
                            let (watch, name) = (Arc::clone(&watch), system.name.clone());
                            reader.report_to(Arc::new(move |count| {
                                watch.system_reads(&name, count);
                            }));
                            Box::new(Session::new(system, reader, kinds, depth, hold))
                        }
                        Err(fault) => {
                            watch.system_ended(&system.name, SystemStatus::NotSearched, 0);
                            return Err(fault);
                        }
                    },
                };
                session.round(&fresh).await;
                let (status, records) = (session.status(), session.count());
                tracing::info!(system = session.name(), ?status, records, "answered");
                watch.system_ended(session.name(), session.status(), session.count());
                Ok(session)
            });
            running.push((index, task));
        }
        for (index, task) in running {
            lanes[index].state = match task.await {
                Ok(Ok(session)) => LaneState::Asked(Some(session)),
                Ok(Err(fault)) => LaneState::NotAsked(SystemStatus::NotSearched, Some(fault)),
                Err(_) => LaneState::NotAsked(SystemStatus::NotSearched, Some(Fault::panicked())),
            };
        }
    }
}

/// Opens a system on a thread of its own, within its time: a program that gives out a secret may be slow, or hang.
async fn opened(open: Arc<Open>, system: &Arc<System>) -> Result<Box<dyn Reader>, Fault> {
    let named = Arc::clone(system);
    let opening = tokio::task::spawn_blocking(move || open(&named));
    match tokio::time::timeout(system.within, opening).await {
        Ok(opened) => opened.unwrap_or_else(|_| Err(Fault::panicked())),
        Err(_) => Err(Fault::cut(system.within.as_secs())),
    }
}

/// One system's place in the result.
struct Lane {
    system: Arc<System>,
    began: Instant,
    state: LaneState,
}

enum LaneState {
    Unopened,
    /// The session is out of its slot only while a round runs.
    Asked(Option<Box<Session>>),
    NotAsked(SystemStatus, Option<Fault>),
}

impl Lane {
    fn new(system: &Arc<System>, search: &Search) -> Lane {
        let limited = search
            .only
            .as_ref()
            .is_some_and(|only| !only.contains(&system.name));
        let state = match (&system.status, &system.engine) {
            (Status::Disabled, _) => {
                LaneState::NotAsked(SystemStatus::NotSearched, Some(Fault::disabled()))
            }
            (Status::NotConnected, _) | (_, Engine::None) => {
                LaneState::NotAsked(SystemStatus::NotSearched, Some(Fault::not_connected()))
            }
            _ if limited => LaneState::NotAsked(SystemStatus::NotSearched, Some(Fault::left_out())),
            (_, Engine::Manual(_)) => LaneState::NotAsked(SystemStatus::Manual, None),
            _ => LaneState::Unopened,
        };
        Lane {
            system: Arc::clone(system),
            began: Instant::now(),
            state,
        }
    }

    fn session(&self) -> Option<&Session> {
        match &self.state {
            LaneState::Asked(Some(session)) => Some(session),
            _ => None,
        }
    }

    fn finish(self, known: &[Known], accepted: &Accepted) -> SystemFindings {
        let task = manual::tasks(&self.system).map(|tasks| tasks.find);
        let mut findings = SystemFindings {
            system: self.system.name.clone(),
            status: SystemStatus::NotSearched,
            elapsed_ms: 0,
            error: None,
            task,
            owner: self.system.owner.clone(),
            objects: Vec::new(),
            notes: crate::connector::Notes::default(),
            documents: None,
            look_up: Vec::new(),
        };
        match self.state {
            LaneState::NotAsked(status, error) => {
                findings.status = status;
                findings.error = error;
            }
            LaneState::Asked(Some(session)) => {
                findings.elapsed_ms =
                    u64::try_from(session.elapsed().as_millis()).unwrap_or(u64::MAX);
                findings.status = session.status();
                findings.error = session.fault().cloned();
                findings.notes = session.notes();
                findings.documents = session.documents();
                let unread = findings.documents.as_ref().map_or(0, Documents::unread);
                // What nobody could look into was not searched: the answer is no whole one.
                if unread > 0 && findings.status == SystemStatus::Searched {
                    findings.status = SystemStatus::Incomplete;
                    let fault = || Fault::unread_documents(unread);
                    findings.error.get_or_insert_with(fault);
                    findings.task = findings.documents.as_ref().map(manual::look_through);
                }
                // A system that did not answer at all has one error, not one an object.
                if findings.status != SystemStatus::NotSearched || findings.error.is_none() {
                    findings.objects = session.finish(known, accepted);
                    findings.look_up = look_up::concerning(&self.system, &findings.objects);
                }
            }
            LaneState::Unopened | LaneState::Asked(None) => {
                findings.elapsed_ms =
                    u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
                findings.error = Some(Fault::panicked());
            }
        }
        findings
    }
}
