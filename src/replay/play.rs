//! Carries one case out: the real search, plan and execution, with a tape in the place of the system and a clock that only moves
//! when everybody waits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::{Date, date};

use super::beside::{self, Beside};
use super::file::{Case, Run as What, TestFile};
use super::specimen::Specimen;
use super::tape::{Record, Tamper, Tape};
use crate::connector::object::{Erase, How, Object};
use crate::connector::outline::Outline;
use crate::connector::transport::{Replay, Transport};
use crate::connector::{self, Digester, Fault, Opening, Reader, Settings, Writer, sql};
use crate::diagnostic::Trouble;
use crate::execute::{Doors, Journal, Results, Run, Stop, Unheld};
use crate::find::candidates::{Candidates, Query};
use crate::find::{Depth, Search, Unwatched, age};
use crate::findings::{
    Control, Findings, Found, FoundBy, Match, ObjectFindings, ObjectStatus, SystemFindings,
    SystemStatus,
};
use crate::inventory::{
    Approval, Controller, EvidenceSettings, Expand, Inventory, Limits, SweepLimits, System,
};
use crate::keys::{Digest, Key, Purpose};
use crate::ledger::Event;
use crate::messages::Lang;
use crate::plan::{
    self, Action, Aim, Approved, Ground, LiftReason, OptoutGround, Plan, Restricted, build,
};
use crate::subject::name::Name;
use crate::subject::{Identity, Kinds};

/// Outcome of a record that the plan leaves to a person's word.
pub(super) const WAITING: &str = "waiting";

/// Every case is of this day, and has the same key, so that masks and digests are the same in every run.
const DAY: Date = date(2026, 1, 15);
const KEY: [u8; 32] = [0x5a; 32];

/// How far a case is carried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Nothing is written.
    Plan,
    End,
}

/// What a case came to.
pub(super) struct Played {
    pub findings: Findings,
    pub plan: Option<Plan>,
    pub results: Results,
    /// What the system says of its objects, or why it does not.
    pub described: Option<std::result::Result<Outline, Fault>>,
    pub tape: Record,
    pub waited: Duration,
    /// What an export asked for beside the records.
    pub beside: Beside,
    /// Why there is no plan, or no run.
    pub trouble: Option<Trouble>,
}

/// Plays a case with a tape of its exchanges.
///
/// # Errors
/// No runtime could be made.
pub(super) fn play(
    specimen: &Specimen,
    file: &TestFile,
    case: &Case,
    until: Until,
    strict: bool,
    tamper: Option<Tamper>,
) -> std::io::Result<Played> {
    let tape = Arc::new(Tape::new(
        specimen,
        &case.exchanges,
        &file.sign_in,
        strict,
        tamper,
    ));
    let runtime = tokio::runtime::Builder::new_current_thread()
        // A plugin is a program that is waited for.
        .enable_all()
        .start_paused(true)
        .build()?;
    let stage = Stage::new(specimen, file, case, Arc::clone(&tape));
    Ok(runtime.block_on(stage.play(case, until, &tape)))
}

/// A system of this connector in an inventory of its own.
pub(super) struct Stage {
    inventory: Inventory,
    system: Arc<System>,
    doors: Arc<Entrance>,
    key: Key,
}

/// Opens the system with the settings of the test file, and the tape in its place.
struct Entrance {
    system: Arc<System>,
    folder: PathBuf,
    settings: Settings,
    transport: Transport,
}

impl Entrance {
    fn opening(&self) -> Opening {
        Opening {
            system: Arc::clone(&self.system),
            folder: self.folder.clone(),
            settings: self.settings.clone(),
            row_key: Key::from_bytes(KEY).derive(Purpose::Row),
            descriptions: sql::Descriptions::default(),
            transport: self.transport.clone(),
        }
    }
}

#[async_trait]
impl Doors for Entrance {
    fn reader(&self, _: &System) -> Result<Box<dyn Reader>, Fault> {
        connector::reader(&self.opening())
    }

    fn writer(&self, _: &System, approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
        connector::writer(&self.opening(), approved)
    }
}

/// Nothing is remembered of a test.
struct Forgetful;

impl Journal for Forgetful {
    fn write(&self, _: &[Event]) -> Result<(), Trouble> {
        Ok(())
    }
}

impl Stage {
    fn new(specimen: &Specimen, file: &TestFile, case: &Case, tape: Arc<Tape>) -> Stage {
        let mut settings = Settings::default();
        for (name, value) in &file.settings {
            match specimen.settings.get(name).is_some_and(|rule| rule.secret) {
                true => drop(settings.secret.insert(name.clone(), value.clone().into())),
                false => drop(settings.plain.insert(name.clone(), value.clone())),
            }
        }
        let transport = Transport::Replay(tape as Arc<dyn Replay>);
        let mut stage = Stage::with(specimen, &file.kinds, settings, transport);
        stage.choose(&case.choose);
        // Where the connector lets ask, the records of a person are another case's affair.
        let lets_ask = specimen.objects.iter().any(|object| {
            let How::Http { describe, .. } = &object.how else {
                return false;
            };
            !describe.is_empty()
        });
        if case.run == What::Describe && !lets_ask {
            stage.change(|system| system.control = case.subject.first().cloned());
        }
        stage
    }

    /// A system of this connector with these settings, behind whatever carries its requests.
    pub(super) fn with(
        specimen: &Specimen,
        kinds: &Kinds,
        settings: Settings,
        transport: Transport,
    ) -> Stage {
        let mut system = System::named(&specimen.name);
        system.objects.clone_from(&specimen.objects);
        // What nobody has confirmed is tested all the same.
        system.unconfirmed_writes = true;
        system.engine = specimen.engine();
        let inventory = inventory(system.clone(), kinds);
        let system = Arc::new(system);
        let doors = Entrance {
            system: Arc::clone(&system),
            folder: specimen.folder.clone(),
            settings,
            transport,
        };
        Stage {
            inventory,
            system,
            doors: Arc::new(doors),
            key: Key::from_bytes(KEY),
        }
    }

    /// Other answers to an erasure than the connector gives.
    fn choose(&mut self, choices: &[(String, Erase)]) {
        self.change(|system| {
            for (name, erase) in choices {
                let mut objects = system.objects.iter_mut();
                if let Some(object) = objects.find(|object| object.name == *name) {
                    object.erase = erase.clone();
                }
            }
        });
    }

    fn change(&mut self, change: impl FnOnce(&mut System)) {
        let mut system = System::clone(&self.system);
        change(&mut system);
        self.inventory.systems = vec![system.clone()];
        self.system = Arc::new(system);
        self.doors = Arc::new(Entrance {
            system: Arc::clone(&self.system),
            folder: self.doors.folder.clone(),
            settings: self.doors.settings.clone(),
            transport: self.doors.transport.clone(),
        });
    }

    async fn play(self, case: &Case, until: Until, tape: &Tape) -> Played {
        let began = tokio::time::Instant::now();
        let describes = case.run == What::Describe;
        let findings = match describes {
            true => Findings {
                rounds: 0,
                identities: Vec::new(),
                systems: Vec::new(),
            },
            false if case.run == What::Candidates => self.candidates(&case.subject).await,
            false if case.run == What::Sweep => self.aged(case.before).await,
            false => self.search(&case.subject).await,
        };
        let described = match describes {
            true => Some(self.describe().await),
            false => None,
        };
        let mut played = Played {
            plan: None,
            results: Results::new(),
            beside: Beside::default(),
            described,
            trouble: None,
            waited: Duration::ZERO,
            tape: tape.record(),
            findings,
        };
        if case.run == What::Export
            && !tape.has_missed()
            && let Ok(mut reader) = self.doors.reader(&self.system)
        {
            let objects = &self.system.objects;
            played.beside = beside::gather(reader.as_mut(), objects, &played.findings).await;
        }
        // What nobody recorded has no answer, and everything after it would be made up.
        if case.run.writes() && !tape.has_missed() {
            match self.plan(case, &played.findings) {
                Err(trouble) => played.trouble = Some(trouble),
                Ok(plan) => {
                    played.plan = Some(plan.clone());
                    if until == Until::End {
                        tape.apply();
                        match self.apply(plan, &played.findings).await {
                            Ok(results) => played.results = results,
                            Err(trouble) => played.trouble = Some(trouble),
                        }
                    }
                }
            }
        }
        played.waited = began.elapsed();
        played.tape = tape.record();
        played
    }

    async fn describe(&self) -> std::result::Result<Outline, Fault> {
        let mut reader = self.doors.reader(&self.system)?;
        Ok(reader.outline().await?.unwrap_or_default())
    }

    /// Who bears the name of the subject. Nobody is followed.
    async fn candidates(&self, subject: &[Identity]) -> Findings {
        let doors = Arc::clone(&self.doors);
        let Some(name) = subject.first().map(Name::of) else {
            return Findings {
                rounds: 0,
                identities: Vec::new(),
                systems: Vec::new(),
            };
        };
        let candidates = Candidates {
            systems: vec![Arc::clone(&self.system)],
            only: None,
            kinds: Arc::new(self.inventory.kinds.clone()),
            query: Query {
                name,
                postcode: None,
                born: None,
            },
            open: Arc::new(move |system| doors.reader(system)),
            watch: Arc::new(Unwatched),
        };
        candidates.run().await
    }

    /// Reads what a search returned in part, as a run does before it writes.
    async fn complete(&self, object: &Object, records: &mut [Found]) -> Result<(), Fault> {
        let mut reader = self.doors.reader(&self.system)?;
        for found in records {
            let whole = reader.read(object, &found.record.key).await?;
            found.record = whole.ok_or_else(Fault::unreadable_after_find)?;
        }
        Ok(())
    }

    /// What is older than a day, in every object that can be asked for it.
    async fn aged(&self, before: Option<Date>) -> Findings {
        let mut objects = Vec::new();
        let by_age = |object: &&Object| object.find.iter().any(|finder| finder.is_by_age());
        for object in self.system.objects.iter().filter(by_age) {
            let finder = object.find.iter().position(|finder| finder.is_by_age());
            let (mut records, mut newer) = (Vec::new(), 0);
            let mut each = |record, is_older| {
                match is_older {
                    true => records.push(Found {
                        record,
                        matched: Match::Stated,
                        matched_by: Vec::new(),
                        found_by: FoundBy {
                            finder: finder.unwrap_or_default(),
                            identity: None,
                            parent: None,
                            also: Vec::new(),
                        },
                        path: Vec::new(),
                    }),
                    false => newer += 1,
                }
                true
            };
            let asked = async {
                let mut reader = self.doors.reader(&self.system)?;
                let day = before.unwrap_or(DAY);
                age::listed(reader.as_mut(), &self.system, object, day, &mut each).await
            };
            let mut error = asked.await.err();
            let is_partial = finder.is_some_and(|number| object.find[number].partial);
            if is_partial && error.is_none() {
                error = self.complete(object, &mut records).await.err();
            }
            objects.push(ObjectFindings {
                object: object.name.clone(),
                status: match error {
                    Some(_) => ObjectStatus::NotSearched,
                    None => ObjectStatus::Searched,
                },
                error,
                near_misses: newer,
                control: Control::None,
                shape: Default::default(),
                unread: None,
                records,
                streamed: None,
            });
        }
        let error = objects.iter().find_map(|object| object.error.clone());
        Findings {
            rounds: 1,
            identities: Vec::new(),
            systems: vec![SystemFindings {
                system: self.system.name.clone(),
                status: match error {
                    Some(_) => SystemStatus::NotSearched,
                    None => SystemStatus::Searched,
                },
                elapsed_ms: 0,
                error: None,
                task: None,
                owner: None,
                objects,
                notes: Default::default(),
                documents: None,
                look_up: Default::default(),
            }],
        }
    }

    pub(super) async fn search(&self, subject: &[Identity]) -> Findings {
        let doors = Arc::clone(&self.doors);
        let search = Search {
            systems: vec![Arc::clone(&self.system)],
            only: None,
            kinds: Arc::new(self.inventory.kinds.clone()),
            expand: self.inventory.expand.clone(),
            known: Search::stated(subject.to_vec()),
            accepted: BTreeSet::new(),
            depth: Depth::Whole,
            hold: None,
            open: Arc::new(move |system| doors.reader(system)),
            watch: Arc::new(Unwatched),
        };
        let mut findings = search.run().await;
        // Whoever runs the program accepts what other records led to; here nobody is there to ask.
        for object in findings.systems.iter_mut().flat_map(|s| &mut s.objects) {
            for found in &mut object.records {
                if found.matched == Match::Linked {
                    found.matched = Match::Stated;
                }
            }
        }
        findings
    }

    pub(super) fn plan(&self, case: &Case, findings: &Findings) -> Result<Plan, Trouble> {
        let basis = build::Basis {
            case: "2026-AAAAAA",
            inventory: &self.inventory,
            findings,
            case_key: &self.key,
            workspace_key: &self.key,
            holds: &[],
            held: &Default::default(),
            day: DAY,
            describe: &connector::describe,
        };
        build::plan(&basis, &self.aim(case, findings))
    }

    fn aim(&self, case: &Case, findings: &Findings) -> Aim {
        match case.run {
            What::Rectify => Aim::Rectify {
                corrections: case.set.clone(),
            },
            What::Restrict => Aim::Restrict {
                because: Ground::Contested,
                until: None,
            },
            What::Lift => Aim::Lift {
                because: LiftReason::Verified,
                notice: DAY,
                records: findings
                    .records()
                    .map(|(system, object, found)| {
                        let (system, object) = (&system.system, &object.object);
                        let key = &found.record.key;
                        Restricted {
                            record: plan::name_of(&self.key, system, object, key),
                            system: system.clone(),
                            object: object.clone(),
                            key: key.clone(),
                            after: None,
                        }
                    })
                    .collect(),
            },
            What::Optout => Aim::Optout {
                because: OptoutGround::Objection,
            },
            What::Erase
            | What::Find
            | What::Export
            | What::Describe
            | What::Candidates
            | What::Sweep => Aim::Erase,
        }
    }

    pub(super) async fn apply(&self, plan: Plan, findings: &Findings) -> Result<Results, Trouble> {
        let id = plan.id();
        let mut identities: Vec<Identity> = findings
            .identities
            .iter()
            .map(|known| known.identity.clone())
            .collect();
        identities.extend(self.corrected(&plan));
        let Some(approved) = Approved::new(plan, &[id]) else {
            return Ok(Results::new());
        };
        let run = Run {
            approved: Arc::new(approved),
            systems: vec![Arc::clone(&self.system)],
            doors: Arc::clone(&self.doors) as Arc<dyn Doors>,
            journal: Arc::new(Forgetful),
            history: Vec::new(),
            taken: Default::default(),
            digester: Digester::new(self.key.derive(Purpose::Record)),
            identities,
            kinds: Arc::new(self.inventory.kinds.clone()),
            watch: Arc::new(Unwatched),
            stop: Stop::default(),
            rested: Duration::ZERO,
            rules_changed: false,
            standing: Arc::new(Unheld),
        };
        run.apply().await
    }

    /// The identities that corrections write: the search afterwards goes by them too.
    fn corrected(&self, plan: &Plan) -> Vec<Identity> {
        let steps = plan.steps.iter();
        let steps = steps.filter(|step| step.action == Some(Action::Rectify));
        steps
            .flat_map(|step| {
                let object = self.system.object(&step.object);
                let fields = object.into_iter().flat_map(|object| &object.fields);
                fields.filter_map(|field| {
                    let value = step.changes.get(&field.name)?.as_deref()?;
                    let kind = field.identity.as_ref()?;
                    self.inventory.kinds.identity(kind, value).ok()
                })
            })
            .collect()
    }
}

/// Of nobody's company: no rule keeps anything, no flow brings anything back.
fn inventory(system: System, kinds: &Kinds) -> Inventory {
    Inventory {
        folder: ".".into(),
        digest: Digest::sha256(b"test"),
        source: Arc::new(crate::diagnostic::Source {
            path: "dsr.yaml".into(),
            text: String::new(),
        }),
        controller: Controller {
            name: "Test".to_owned(),
            seat: kinds.country.clone(),
            language: Lang::En,
            contact: None,
            regulated_finance: false,
            financial_year: None,
        },
        identity_required: false,
        reason_required: false,
        people: BTreeMap::new(),
        approval: Approval::None,
        kinds: kinds.clone(),
        expand: Expand {
            rounds: 3,
            stop_on_shared: true,
        },
        limits: Limits {
            people: usize::MAX,
            records: usize::MAX,
            sweep: SweepLimits::default(),
        },
        systems: vec![system],
        flows: Vec::new(),
        data_types: Vec::new(),
        evidence: EvidenceSettings::default(),
        started: Vec::new(),
    }
}
