//! People to choose from: who is called so, in every object that can be searched by name.
//!
//! A name identifies nobody. What is found here is listed, never planned and never followed: no record below it is read, and no
//! identity in it is searched until a person picked it. Each candidate really bears the name, whatever the system returned for it,
//! and does not state another postcode or day of birth than asked for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::Date;

use crate::connector::object::{Finder, How, Object};
use crate::connector::{Fault, Key, Notes, Probe, Reader, Record, Shape, manual};
use crate::find::guard::{self, Verdict};
use crate::find::narrow::{self, Postcode};
use crate::find::places;
use crate::find::{Open, Watch, opened};
use crate::findings::{
    Control, Findings, Found, FoundBy, Known, Match, ObjectFindings, ObjectStatus, SystemFindings,
    SystemStatus,
};
use crate::inventory::{Engine, Status, System};
use crate::subject::name::Name;
use crate::subject::{Identity, Kind, Kinds, Origin};

/// More people of one name than anybody compares by eye.
pub const CAP: usize = 50;

/// Whom to look for.
#[derive(Clone)]
pub struct Query {
    pub name: Name,
    pub postcode: Option<Postcode>,
    pub born: Option<Date>,
}

/// A search for people of a name.
pub struct Candidates {
    /// Every system of the inventory.
    pub systems: Vec<Arc<System>>,
    /// The names to which the command is limited; the others are listed as not searched.
    pub only: Option<Vec<String>>,
    pub kinds: Arc<Kinds>,
    pub query: Query,
    pub open: Arc<Open>,
    pub watch: Arc<dyn Watch>,
}

/// Whether an object can be searched by name.
pub fn is_searchable(object: &Object) -> bool {
    object.find.iter().any(by_name)
}

fn by_name(finder: &Finder) -> bool {
    finder.by.as_ref().is_some_and(|kind| kind.0 == Kind::NAME)
}

/// The identities that a picked record leads to. Values that the person can edit are none: anybody could write another's into them.
pub fn identities(object: &Object, record: &Record, kinds: &Kinds) -> Vec<Identity> {
    let mut object = object.clone();
    object.fields.retain(|field| !field.self_service);
    guard::carried(&object, record, kinds)
}

/// What a list shows of somebody: enough to tell people apart.
pub struct Person {
    pub name: String,
    pub town: Option<String>,
    /// The year alone.
    pub born: Option<i16>,
}

/// Who a candidate is, as the record says.
pub fn person(object: &Object, found: &Found) -> Person {
    let finder = object.find.get(found.found_by.finder);
    let names = finder.map(|finder| guard::names(object, finder, &found.record));
    Person {
        name: names.unwrap_or_default().join(" "),
        town: narrow::town(object, &found.record),
        born: narrow::year_of_birth(object, &found.record),
    }
}

impl Candidates {
    /// Systems that are connected and cannot be searched by name, so that the answer says nothing of them.
    pub fn unsearchable(&self) -> Vec<String> {
        let systems = self.systems.iter();
        systems
            .filter(|system| !self.asks(system))
            .map(|system| system.name.clone())
            .collect()
    }

    /// Whether the system belongs to the answer: it can be searched by name, or a person searches it, or it should be searched and is not.
    fn asks(&self, system: &System) -> bool {
        system.objects.iter().any(is_searchable)
            || matches!(system.status, Status::Disabled | Status::NotConnected)
            || matches!(system.engine, Engine::Manual(_) | Engine::None)
    }

    /// Asks all systems at the same time. A fault of one is part of the result, so there is no error.
    ///
    /// Every record is `linked`: it waits for a person. An object with more than [`CAP`] people of the name has the fault E320.
    pub async fn run(self) -> Findings {
        let identity = self.query.name.identity();
        let mut running = Vec::new();
        for system in self.systems.iter().filter(|system| self.asks(system)) {
            let limited = self
                .only
                .as_ref()
                .is_some_and(|only| !only.contains(&system.name));
            let skip = match (&system.status, &system.engine) {
                (Status::Disabled, _) => Some(Fault::disabled()),
                (Status::NotConnected, _) | (_, Engine::None) => Some(Fault::not_connected()),
                _ if limited => Some(Fault::left_out()),
                _ => None,
            };
            if skip.is_some() || matches!(system.engine, Engine::Manual(_)) {
                let status = match skip {
                    Some(_) => SystemStatus::NotSearched,
                    None => SystemStatus::Manual,
                };
                running.push(Asked::Not(Box::new(answer(system, status, skip))));
                continue;
            }
            let lane = Lane {
                system: Arc::clone(system),
                kinds: Arc::clone(&self.kinds),
                query: self.query.clone(),
                identity: identity.clone(),
            };
            let (open, watch) = (Arc::clone(&self.open), Arc::clone(&self.watch));
            let system = Arc::clone(system);
            running.push(Asked::Running(
                system,
                tokio::spawn(async move { lane.run(open, watch).await }),
            ));
        }
        let mut systems = Vec::new();
        for asked in running {
            systems.push(match asked {
                Asked::Not(findings) => *findings,
                Asked::Running(system, task) => task.await.unwrap_or_else(|_| {
                    answer(&system, SystemStatus::NotSearched, Some(Fault::panicked()))
                }),
            });
        }
        Findings {
            rounds: 1,
            identities: vec![Known {
                identity,
                from: Origin::Stated,
                shared: false,
            }],
            systems,
        }
    }
}

enum Asked {
    Not(Box<SystemFindings>),
    Running(Arc<System>, tokio::task::JoinHandle<SystemFindings>),
}

fn answer(system: &System, status: SystemStatus, error: Option<Fault>) -> SystemFindings {
    SystemFindings {
        system: system.name.clone(),
        status,
        elapsed_ms: 0,
        error,
        task: manual::tasks(system).map(|tasks| tasks.find),
        owner: system.owner.clone(),
        objects: Vec::new(),
        notes: Notes::default(),
        documents: None,
        look_up: Vec::new(),
    }
}

/// One system's part.
struct Lane {
    system: Arc<System>,
    kinds: Arc<Kinds>,
    query: Query,
    identity: Identity,
}

/// What is known of a record about whether it is a candidate.
#[derive(Clone, Copy, PartialEq)]
enum Fits {
    Yes,
    No,
    /// The shortened record does not say; the whole one has to be read first.
    Unseen,
}

impl Lane {
    async fn run(self, open: Arc<Open>, watch: Arc<dyn Watch>) -> SystemFindings {
        let began = Instant::now();
        watch.system_began(&self.system.name);
        let mut out = answer(&self.system, SystemStatus::Searched, None);
        match opened(open, &self.system).await {
            Err(fault) => {
                out.status = SystemStatus::NotSearched;
                out.error = Some(fault);
            }
            Ok(mut reader) => {
                self.ask(reader.as_mut(), &mut out, began).await;
                out.notes = reader.notes();
            }
        }
        out.elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let records = out.objects.iter().map(|object| object.records.len()).sum();
        watch.system_ended(&self.system.name, out.status, records);
        out
    }

    async fn ask(&self, reader: &mut dyn Reader, out: &mut SystemFindings, began: Instant) {
        for object in self
            .system
            .objects
            .iter()
            .filter(|object| is_searchable(object))
        {
            let left = self.system.within.saturating_sub(began.elapsed());
            let mut here = ObjectFindings {
                object: object.name.clone(),
                status: ObjectStatus::Searched,
                error: out.error.clone(),
                near_misses: 0,
                control: Control::None,
                shape: Shape::new(),
                unread: None,
                streamed: None,
                records: Vec::new(),
            };
            if here.error.is_none() {
                let asked =
                    tokio::time::timeout(left, self.object(reader, object, &mut here)).await;
                let cut = asked.is_err();
                here.error = match asked {
                    Ok(Ok(())) => None,
                    Ok(Err(fault)) => Some(fault),
                    Err(_) => Some(Fault::cut(self.system.within.as_secs())),
                };
                // After a break in the middle of an answer the reader is not to be used again.
                if cut || here.error.as_ref().is_some_and(Fault::is_of_system) {
                    out.error = here.error.clone();
                }
            }
            if here.error.is_some() {
                here.status = ObjectStatus::NotSearched;
                here.records.clear();
            }
            out.objects.push(here);
        }
        let failed = out
            .objects
            .iter()
            .filter(|object| object.error.is_some())
            .count();
        out.status = match failed {
            0 => SystemStatus::Searched,
            all if all == out.objects.len() => SystemStatus::NotSearched,
            _ => SystemStatus::Incomplete,
        };
    }

    async fn object(
        &self,
        reader: &mut dyn Reader,
        object: &Object,
        here: &mut ObjectFindings,
    ) -> Result<(), Fault> {
        here.shape = reader.shape(object).await?;
        let mut found: BTreeMap<Key, Found> = BTreeMap::new();
        for (number, finder) in object.find.iter().enumerate().filter(|(_, f)| by_name(f)) {
            for (record, parent) in self.records(reader, object, number, here).await? {
                let found_by = FoundBy {
                    finder: number,
                    identity: Some(self.identity.clone()),
                    parent,
                    also: Vec::new(),
                };
                found.entry(record.key.clone()).or_insert(Found {
                    record,
                    matched: Match::Linked,
                    matched_by: finder.by.iter().cloned().collect(),
                    found_by,
                    path: Vec::new(),
                });
                if found.len() > CAP {
                    return Err(Fault::cap(CAP));
                }
            }
        }
        here.records = found.into_values().collect();
        self.look_for_control(reader, object, here).await
    }

    /// What one finder returns and the query lets through, read in full where a search returns only parts.
    async fn records(
        &self,
        reader: &mut dyn Reader,
        object: &Object,
        number: usize,
        here: &mut ObjectFindings,
    ) -> Result<Vec<(Record, Option<(String, Key)>)>, Fault> {
        let finder = &object.find[number];
        if finder.under.is_empty() {
            let probe = Probe::Identity(&self.identity);
            let records = self.answer(reader, object, number, probe, here).await?;
            return Ok(records.into_iter().map(|record| (record, None)).collect());
        }
        let mut all = Vec::new();
        for (name, place) in places::above(reader, &self.system, finder).await? {
            let probe = Probe::Within {
                identity: &self.identity,
                parent: &place,
            };
            let records = self.answer(reader, object, number, probe, here).await?;
            let parent = Some((name, place.key.clone()));
            all.extend(records.into_iter().map(|record| (record, parent.clone())));
        }
        Ok(all)
    }

    /// What one finder returns for one question.
    async fn answer(
        &self,
        reader: &mut dyn Reader,
        object: &Object,
        number: usize,
        probe: Probe<'_>,
        here: &mut ObjectFindings,
    ) -> Result<Vec<Record>, Fault> {
        let finder = &object.find[number];
        let mut kept = Vec::new();
        let mut refused = 0;
        reader
            .find(object, number, probe, &mut |record| {
                match self.fits_in(object, finder, probe, &record) {
                    Fits::Yes => kept.push(record),
                    Fits::Unseen if finder.partial => kept.push(record),
                    Fits::Unseen | Fits::No => refused += 1,
                }
                kept.len() <= CAP
            })
            .await?;
        if kept.len() > CAP {
            return Err(Fault::cap(CAP));
        }
        if (finder.partial || matches!(object.how, How::Http { .. })) && reader.reads_by_key(object)
        {
            let mut whole = Vec::with_capacity(kept.len());
            for short in kept {
                let record = reader
                    .read(object, &short.key)
                    .await?
                    .ok_or_else(Fault::unreadable_after_find)?;
                match self.fits_in(object, finder, probe, &record) {
                    Fits::Yes => whole.push(record),
                    Fits::Unseen if self.fits_in(object, finder, probe, &short) == Fits::Yes => {
                        whole.push(record);
                    }
                    Fits::Unseen | Fits::No => refused += 1,
                }
            }
            kept = whole;
        }
        here.near_misses += refused;
        Ok(kept)
    }

    /// As [`Lane::fits`], of what was asked for in a place: it has to lie there as well.
    fn fits_in(&self, object: &Object, finder: &Finder, probe: Probe<'_>, record: &Record) -> Fits {
        match (
            guard::below(object, finder, probe, record),
            self.fits(object, finder, record),
        ) {
            (Verdict::Refused, _) | (_, Fits::No) => Fits::No,
            (Verdict::Unseen, _) | (_, Fits::Unseen) => Fits::Unseen,
            (Verdict::Passed, Fits::Yes) => Fits::Yes,
        }
    }

    fn fits(&self, object: &Object, finder: &Finder, record: &Record) -> Fits {
        let names = guard::names(object, finder, record);
        if names.is_empty() {
            return Fits::Unseen;
        }
        let elsewhere = |code: &Postcode| code.excludes(object, record);
        let other = |born: Date| narrow::is_born_otherwise(born, object, record);
        let fits = self.query.name.fits(names.iter().map(String::as_str))
            && !self.query.postcode.as_ref().is_some_and(elsewhere)
            && !self.query.born.is_some_and(other);
        if fits { Fits::Yes } else { Fits::No }
    }

    /// Looks for the person who must be there, so that "nobody" means something.
    async fn look_for_control(
        &self,
        reader: &mut dyn Reader,
        object: &Object,
        here: &mut ObjectFindings,
    ) -> Result<(), Fault> {
        let Some(control) = &self.system.control else {
            return Ok(());
        };
        let mut asked = false;
        for (number, finder) in object.find.iter().enumerate() {
            if finder.by.as_ref() != Some(&control.kind) {
                continue;
            }
            let places = places::above(reader, &self.system, finder).await?;
            let mut probes: Vec<Probe<'_>> = match finder.under.is_empty() {
                true => vec![Probe::Identity(control)],
                false => Vec::new(),
            };
            probes.extend(places.iter().map(|(_, parent)| Probe::Within {
                identity: control,
                parent,
            }));
            asked |= !probes.is_empty();
            for probe in probes {
                let mut seen = false;
                reader
                    .find(object, number, probe, &mut |record| {
                        let verdict = guard::check(object, finder, probe, &record, &self.kinds);
                        seen |= verdict == Verdict::Passed
                            || (verdict == Verdict::Unseen && finder.partial);
                        !seen
                    })
                    .await?;
                if seen {
                    here.control = Control::Found;
                    return Ok(());
                }
            }
        }
        if asked {
            here.control = Control::NotFound;
            return Err(Fault::blind(&control.kind.0));
        }
        Ok(())
    }
}
