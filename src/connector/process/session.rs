//! The running program: started once, asked one thing at a time, ended with everything it started.
//!
//! It gets an empty environment and a group of its own. What it writes to standard error goes into the file that the inventory
//! names, or nowhere: it could hold anything.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::hello::{self, PROTOCOL};
use super::http::Http;
use super::message::{self, Refused, Said};
use crate::connector::{Fault, Notes, Opening, Patience};
use crate::inventory::{Engine, ProcessSettings, System};
use crate::keys::Digest;
use crate::messages::process as say;

/// Longest line, either way.
pub(super) const LONGEST: usize = 16 << 20;

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
    folder: PathBuf,
    plugin: ProcessSettings,
    opening: Opening,
    phase: Phase,
    http: Http,
    running: Option<Running>,
    patience: Option<Patience>,
    name: Option<String>,
    last: u64,
}

struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // What the program started ends with it.
        if let Some(group) = self
            .child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.start_kill();
    }
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
            folder: opening.folder.clone(),
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
        self.running = Some(self.spawn()?);
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
        tell(running, &question).await.map_err(Lost::Broken)?;
        loop {
            let line = self.line(running).await.map_err(Lost::Broken)?;
            match message::read(&line, id).map_err(Lost::Broken)? {
                Said::Progress => {}
                Said::Http(asked) => {
                    let reply = self.http.send(&asked).await.map_err(Lost::Broken)?;
                    let reply = json!({ "id": id, "reply": reply });
                    tell(running, &reply).await.map_err(Lost::Broken)?;
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

    /// The next line, within the time that one request may take.
    async fn line(&self, running: &mut Running) -> Result<String, Fault> {
        let limit = self.system.timeouts.request;
        let mut bytes = Vec::new();
        let mut source = (&mut running.output).take(LONGEST as u64 + 1);
        let read = tokio::time::timeout(limit, source.read_until(b'\n', &mut bytes));
        let read = async {
            tokio::select! {
                read = read => Some(read),
                () = stopped(self.patience.as_ref()) => None,
            }
        };
        match read.await {
            None => Err(Fault::interrupted()),
            Some(Err(_)) => Err(Fault::timeout(limit.as_secs())),
            Some(Ok(Err(_))) => Err(Fault::plugin_ended()),
            Some(Ok(Ok(0))) => Err(Fault::plugin_ended()),
            Some(Ok(Ok(_))) if bytes.len() > LONGEST => Err(Fault::plugin_broke(say::long_line())),
            Some(Ok(Ok(_))) => {
                String::from_utf8(bytes).map_err(|_| Fault::plugin_broke(say::no_json()))
            }
        }
    }

    fn spawn(&self) -> Result<Running, Fault> {
        for (file, digest) in &self.plugin.files {
            // Somebody may have changed it since the inventory was read.
            let bytes = fs_err::read(self.folder.join(file));
            if !bytes.is_ok_and(|bytes| Digest::sha256(&bytes) == *digest) {
                return Err(Fault::plugin_changed(file));
            }
        }
        let Some((program, arguments)) = self.plugin.run.split_first() else {
            return Err(Fault::plugin_unstarted(say::no_program_file()));
        };
        let folder = fs_err::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let program = match program.contains('/') {
            true => folder.join(program),
            false => on_path(program)
                .ok_or_else(|| Fault::plugin_unstarted(say::not_on_path(program)))?,
        };
        let log = match &self.plugin.log {
            Some(log) => log_file(&folder.join(log))?,
            None => Stdio::null(),
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&folder)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let why = |error: std::io::Error| {
            Fault::plugin_unstarted(crate::messages::Text::same(error.kind().to_string()))
        };
        let mut child = command.spawn().map_err(why)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Running {
                child,
                input,
                output: BufReader::new(output),
            }),
            _ => Err(Fault::plugin_ended()),
        }
    }
}

async fn stopped(patience: Option<&Patience>) {
    loop {
        if patience.is_some_and(Patience::is_over) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn tell(running: &mut Running, message: &Value) -> Result<(), Fault> {
    let mut line = message.to_string();
    if line.len() >= LONGEST {
        return Err(Fault::plugin_broke(say::long_line()));
    }
    line.push('\n');
    let sent = async {
        running.input.write_all(line.as_bytes()).await?;
        running.input.flush().await
    };
    match tokio::time::timeout(Duration::from_secs(60), sent).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Fault::plugin_ended()),
    }
}

/// A program by its bare name, as a shell would find it.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn log_file(file: &std::path::Path) -> Result<Stdio, Fault> {
    let mut options = fs_err::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let unusable =
        |error: std::io::Error| Fault::unwritable("log", crate::messages::os::why_at(file, &error));
    let (open, _) = options.open(file).map_err(unusable)?.into_parts();
    Ok(Stdio::from(open))
}
