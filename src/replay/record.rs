//! Records a case against a running sandbox: the real search, plan and execution, with a note of what was asked and answered.
//!
//! What is noted is disguised (`record/disguise.rs`): secrets and everything personal become invented values, the same value always the
//! same. The text made of it (`record/paper.rs`) is looked through for what was there before (`record/leak.rs`), and played once: a
//! recording that gives somebody away, or that its own connector does not accept, is not handed out. Who asks for consent, and who
//! writes files, is `cli`.

mod disguise;
mod invent;
mod leak;
mod notation;
mod paper;
mod shape;
mod talk;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use secrecy::ExposeSecret as _;
use url::Url;

use super::file::{Case, Expect, Run};
use super::judge;
use super::play::{Played, Stage};
use super::specimen::Specimen;
use super::tape;
use crate::connector::Settings;
use crate::connector::definition::Definition;
use crate::connector::rest::request::Verb;
use crate::connector::transport::{Answer, Asked, Tap, Transport};
use crate::diagnostic::{Diagnostic, Place, Result, Source, Trouble};
use crate::execute::Results;
use crate::findings::Findings;
use crate::messages::replay as say;
use crate::plan::{Correction, Plan};
use crate::subject::{Identity, Kinds};
use crate::yaml::error;
pub(super) use paper::invented;

/// What is to be recorded.
pub struct Wanted {
    pub name: String,
    pub run: Run,
    pub subject: Vec<Identity>,
    /// As they were typed; they are originals too.
    pub typed: Vec<String>,
    pub set: Vec<Correction>,
    /// Members whose values stay, and members whose values are replaced although they look like keys.
    pub keep: Vec<String>,
    pub hide: Vec<String>,
}

/// A case under way.
pub struct Recorder {
    definition: Definition,
    /// Its file, and those that it extends.
    text: String,
    settings: Settings,
    kinds: Kinds,
    wanted: Wanted,
    case: Case,
    stage: Stage,
    log: Arc<Log>,
    findings: Option<Findings>,
    plan: Option<Plan>,
    results: Results,
}

/// A case as it goes into a test file.
pub struct Recorded {
    /// The whole file.
    pub text: String,
    pub exchanges: usize,
    /// How many different values were replaced.
    pub replaced: usize,
    pub expect: serde_json::Value,
    /// What derived cases come to that do not hold: the connector's faults, and none of the recording.
    pub wrong: Vec<Diagnostic>,
}

/// One request and its reply.
#[derive(Clone)]
pub(super) struct Taken {
    pub(super) verb: Verb,
    pub(super) url: Url,
    pub(super) base: Url,
    pub(super) body: Option<Vec<u8>>,
    pub(super) writes: bool,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) reply: Vec<u8>,
}

/// Everything that was asked, in the order of the replies.
#[derive(Default)]
struct Log(Mutex<Vec<Taken>>);

impl Tap for Log {
    fn took(&self, asked: &Asked<'_>, answer: &Answer) {
        let taken = Taken {
            verb: asked.verb,
            url: asked.url.clone(),
            base: asked.base.clone(),
            body: asked
                .body
                .map(<[u8]>::to_vec)
                .filter(|body| !body.is_empty()),
            writes: asked.writes && !matches!(asked.verb, Verb::Get | Verb::Head),
            status: answer.status,
            headers: answer.headers.clone(),
            reply: answer.body.clone(),
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(taken);
    }
}

impl Log {
    /// What was asked, without readings that were answered as before: a replay answers those by itself.
    fn taken(&self) -> Vec<Taken> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out: Vec<Taken> = Vec::new();
        let mut since = 0;
        for one in all.iter() {
            let again = |known: &Taken| {
                known.verb == one.verb
                    && known.url == one.url
                    && known.body == one.body
                    && known.status == one.status
                    && known.reply == one.reply
            };
            if one.writes {
                out.push(one.clone());
                since = out.len();
            } else if !out[since..].iter().any(again) {
                out.push(one.clone());
            }
        }
        out
    }
}

impl Recorder {
    /// Opens the sandbox with these settings.
    pub fn new(
        definition: &Definition,
        text: String,
        settings: Settings,
        kinds: Kinds,
        wanted: Wanted,
    ) -> Recorder {
        let log = Arc::new(Log::default());
        let stage = Stage::with(
            &Specimen::from(definition),
            &kinds,
            settings.clone(),
            Transport::Record(Arc::clone(&log) as Arc<dyn Tap>),
        );
        let nowhere = Source {
            path: "recording".into(),
            text: String::new(),
        };
        let case = Case {
            name: wanted.name.clone(),
            place: Place {
                source: Arc::new(nowhere),
                start: 0,
                end: 0,
            },
            run: wanted.run,
            subject: wanted.subject.clone(),
            before: None,
            choose: Vec::new(),
            set: wanted.set.clone(),
            exchanges: Vec::new(),
            expect: Expect::default(),
            derive: Vec::new(),
        };
        Recorder {
            definition: definition.clone(),
            text,
            settings,
            kinds,
            wanted,
            case,
            stage,
            log,
            findings: None,
            plan: None,
            results: Results::new(),
        }
    }

    /// Searches, and plans where the case writes.
    ///
    /// # Errors
    /// The sandbox could not be searched (E797), or there can be no plan.
    pub async fn search(&mut self) -> Result<Option<Plan>> {
        let findings = self.stage.search(&self.case.subject).await;
        let fault = findings.systems.iter().find_map(|system| {
            let inner = system
                .objects
                .iter()
                .find_map(|object| object.error.clone());
            system.error.clone().or(inner)
        });
        if let Some(fault) = fault {
            let what = say::sandbox_fault(&fault.code);
            return Err(error("E797", what)
                .why(fault.text)
                .help(say::sandbox_fault_help())
                .into());
        }
        if self.case.run.writes() {
            self.plan = Some(self.stage.plan(&self.case, &findings)?);
        }
        self.findings = Some(findings);
        Ok(self.plan.clone())
    }

    /// What the search came to.
    pub fn findings(&self) -> Option<&Findings> {
        self.findings.as_ref()
    }

    /// How many records the search found.
    pub fn found(&self) -> usize {
        self.findings
            .as_ref()
            .map_or(0, |findings| findings.records().count())
    }

    /// Carries the plan out, once somebody has agreed to it.
    ///
    /// # Errors
    /// Those of the executor.
    pub async fn apply(&mut self) -> Result<(), Trouble> {
        if let (Some(plan), Some(findings)) = (&self.plan, &self.findings) {
            self.results = self.stage.apply(plan.clone(), findings).await?;
        }
        Ok(())
    }

    /// Looks whether what was recorded so far could be saved, before anything is written to the sandbox that cannot be taken back.
    ///
    /// # Errors
    /// As [`Recorder::write`], but for what the connector makes of the recording.
    pub fn rehearse(&self, existing: Option<&Arc<Source>>) -> Result<()> {
        self.paper(&self.played()?, existing).map(|_| ())
    }

    /// The case as a test file: a new one, or behind the cases of an existing one.
    ///
    /// # Errors
    /// A reply cannot be recorded (E792), an original value is left (E793), the connector does not accept the recording (E795), or the
    /// file cannot take it (E798).
    pub fn write(&self, existing: Option<&Arc<Source>>) -> Result<Recorded> {
        let (written, replaced) = self.paper(&self.played()?, existing)?;
        let wrong = paper::play(&self.definition, &written.text, &self.wanted.name)?;
        Ok(Recorded {
            text: written.text,
            exchanges: written.exchanges,
            replaced,
            expect: written.expect,
            wrong,
        })
    }

    fn played(&self) -> Result<Played> {
        let Some(findings) = self.findings.clone() else {
            let wrong = error("E797", say::sandbox_fault("E797"));
            return Err(wrong.help(say::sandbox_fault_help()).into());
        };
        Ok(Played {
            findings,
            plan: self.plan.clone(),
            results: self.results.clone(),
            tape: tape::Record {
                log: Vec::new(),
                misses: Vec::new(),
                unused: Vec::new(),
            },
            waited: Duration::ZERO,
            trouble: None,
            beside: Default::default(),
            described: None,
        })
    }

    /// The file, looked through for originals, and how many values were replaced.
    fn paper(
        &self,
        played: &Played,
        existing: Option<&Arc<Source>>,
    ) -> Result<(paper::Paper, usize)> {
        let taken = self.log.taken();
        let invented = paper::settings(&self.definition, existing)?;
        let secrets: Vec<String> = self
            .settings
            .secret
            .values()
            .map(|secret| secret.expose_secret().to_owned())
            .collect();
        let reads_csv = self.text.contains("decode: csv");
        let told: Vec<Option<notation::Told>> = taken
            .iter()
            .map(|one| notation::read(one, reads_csv))
            .collect();
        let disguise = disguise::Disguise::new(disguise::Known {
            definition: &self.definition,
            text: &self.text,
            kinds: &self.kinds,
            wanted: &self.wanted,
            plain: &self.settings.plain,
            secrets: &secrets,
            invented: &invented,
            taken: &taken,
            told: &told,
        });
        let sheet = paper::Sheet {
            definition: &self.definition,
            wanted: &self.wanted,
            played,
            disguise: &disguise,
            invented: &invented,
            told: &told,
            headers: headers_in(&self.text),
        };
        let written = paper::write(&sheet, &taken, existing)?;
        leak::look(&disguise, &written)?;
        Ok((written, disguise.replaced()))
    }
}

/// Headers of replies that a connector reads, in small letters.
fn headers_in(text: &str) -> Vec<String> {
    let pattern = regex::Regex::new(r#"headers?[.\[]['"]?([A-Za-z0-9-]+)"#).ok();
    let found = pattern
        .iter()
        .flat_map(|pattern| pattern.captures_iter(text));
    found.map(|found| found[1].to_lowercase()).collect()
}

/// Values for settings in a test file.
type Invented = BTreeMap<String, String>;

/// What a case came to, in words that still name records by their own keys.
fn outcome(played: &Played) -> (BTreeMap<String, Vec<String>>, u64, BTreeMap<String, String>) {
    (
        judge::found(played),
        judge::near_misses(played),
        judge::outcomes(played),
    )
}
