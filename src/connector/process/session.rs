//! What is said to the program of one system and heard from it: one question at a time, answered to its end.

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use super::hello::{self, PROTOCOL};
use super::http::Http;
use super::message::{self, Refused, Said};
use super::program::{Program, Running};
use crate::connector::transport::Transport;
use crate::connector::{Fault, Notes, Opening, Patience};
use crate::inventory::{Engine, ProcessSettings, System};
use crate::messages::process as say;

/// What may be done at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Read,
    Write,
}

impl Phase {
    fn word(self) -> &'static str {
        match self {
            Phase::Read => "read",
            Phase::Write => "write",
        }
    }
}

/// Why a question has no answer.
#[derive(Debug)]
pub(super) enum Lost {
    /// The program never got it.
    Unsent(Fault),
    /// The program says that nothing happened.
    Said(Fault),
    Blocked,
    /// Whether anything happened is not known.
    Broken(Fault),
}

impl Lost {
    pub(super) fn fault(self) -> Fault {
        match self {
            Lost::Unsent(fault) | Lost::Said(fault) | Lost::Broken(fault) => fault,
            Lost::Blocked => Fault::plugin_failed(),
        }
    }
}

/// One system's program, running or not yet.
pub(super) struct Session {
    system: Arc<System>,
    program: Program,
    plugin: ProcessSettings,
    opening: Opening,
    phase: Phase,
    http: Http,
    running: Option<Running>,
    patience: Option<Patience>,
    name: Option<String>,
    last: u64,
}

/// Takes what answers a question; `false` when it had enough.
pub(super) type Take<'a> = &'a mut (dyn FnMut(Said) -> Result<bool, Fault> + Send);

impl Session {
    pub(super) fn new(opening: &Opening, phase: Phase) -> Result<Session, Fault> {
        let Engine::Process(plugin) = &opening.system.engine else {
            return Err(Fault::unreadable_here());
        };
        Ok(Session {
            system: Arc::clone(&opening.system),
            program: Program {
                folder: opening.folder.clone(),
                run: plugin.run.clone(),
                files: plugin.files.clone(),
                log: plugin.log.clone(),
                simulated: matches!(opening.transport, Transport::Replay(_)),
            },
            plugin: plugin.clone(),
            http: Http::new(opening, phase)?,
            opening: opening.clone(),
            phase,
            running: None,
            patience: None,
            name: None,
            last: 0,
        })
    }

    pub(super) fn own_network(&self) -> bool {
        self.plugin.own_network
    }

    pub(super) fn patience(&mut self, patience: Patience) {
        self.patience = Some(patience);
    }

    pub(super) fn notes(&self) -> Notes {
        let mut notes = self.http.notes();
        notes.server.clone_from(&self.name);
        if self.plugin.own_network {
            notes
                .warnings
                .push(("W265".to_owned(), self.system.name.clone()));
        }
        notes
    }

    /// Starts the program, if it does not run, and hears what it can do.
    pub(super) async fn start(&mut self) -> Result<(), Fault> {
        if self.running.is_some() {
            return Ok(());
        }
        self.running = Some(self.program.start()?);
        let settings = &self.opening.settings;
        let secrets: Vec<&String> = settings.secret.keys().collect();
        let mut hello = json!({
            "do": "hello",
            "dsr": env!("CARGO_PKG_VERSION"),
            "protocol": PROTOCOL,
            "settings": settings.plain,
            "secrets": secrets,
        });
        if self.plugin.own_network {
            let values: Map<String, Value> = settings
                .secret
                .iter()
                .map(|(name, value)| (name.clone(), json!(value.expose_secret())))
                .collect();
            hello["secret_values"] = Value::Object(values);
        }
        let mut nothing = |_: Said| Err(Fault::plugin_broke(say::out_of_place()));
        let done = self.ask(hello, &mut nothing).await.map_err(Lost::fault)?;
        let name = hello::compare(&done.unwrap_or_default(), &self.system.objects);
        match name {
            Ok(name) => self.name = Some(name),
            Err(fault) => {
                self.running = None;
                return Err(fault);
            }
        }
        Ok(())
    }

    /// Asks one thing. `None` if the taker had enough; the program is ended then, because it is still speaking.
    pub(super) async fn call(
        &mut self,
        question: Value,
        take: Take<'_>,
    ) -> Result<Option<Map<String, Value>>, Lost> {
        self.start().await.map_err(Lost::Unsent)?;
        self.ask(question, take).await
    }

    async fn ask(
        &mut self,
        question: Value,
        take: Take<'_>,
    ) -> Result<Option<Map<String, Value>>, Lost> {
        let Some(mut running) = self.running.take() else {
            return Err(Lost::Unsent(Fault::plugin_ended()));
        };
        let answer = self.converse(&mut running, question, take).await;
        // A program that has broken off or is still speaking is not asked again.
        if matches!(answer, Ok(Some(_)) | Err(Lost::Said(_) | Lost::Blocked)) {
            self.running = Some(running);
        }
        answer
    }

    async fn converse(
        &mut self,
        running: &mut Running,
        mut question: Value,
        take: Take<'_>,
    ) -> Result<Option<Map<String, Value>>, Lost> {
        self.last += 1;
        let id = self.last;
        question["id"] = json!(id);
        question["phase"] = json!(self.phase.word());
        running.tell(&question).await.map_err(Lost::Broken)?;
        loop {
            let limit = self.system.timeouts.request;
            let line = running.line(limit, self.patience.as_ref()).await;
            let line = line.map_err(Lost::Broken)?;
            match message::read(&line, id).map_err(Lost::Broken)? {
                Said::Progress => {}
                Said::Http(asked) => {
                    let reply = self.http.send(&asked).await.map_err(Lost::Broken)?;
                    let reply = json!({ "id": id, "reply": reply });
                    running.tell(&reply).await.map_err(Lost::Broken)?;
                }
                Said::Done(done) => return Ok(Some(done)),
                Said::Error(Refused::Retry) => return Err(Lost::Said(Fault::plugin_busy())),
                Said::Error(Refused::Blocked) => return Err(Lost::Blocked),
                Said::Error(Refused::Failed) => return Err(Lost::Said(Fault::plugin_failed())),
                said => match take(said) {
                    Ok(true) => {}
                    Ok(false) => return Ok(None),
                    Err(fault) => return Err(Lost::Broken(fault)),
                },
            }
        }
    }
}
