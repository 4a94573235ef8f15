//! A program beside `dsr` while it runs: started with an empty environment, spoken to in lines, ended with everything it started.
//!
//! It gets a group of its own. What it writes to standard error goes into the file that was named for it, or nowhere: it could hold
//! anything. What is said in the lines is the affair of `session` and `sign`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::connector::{Fault, Patience};
use crate::keys::Digest;
use crate::messages::process as say;

/// Longest line, either way.
pub(super) const LONGEST: usize = 16 << 20;

/// What is started, and as which files it was allowed.
#[derive(Clone, Debug)]
pub(super) struct Program {
    /// Where it runs, and from where its files are named.
    pub(super) folder: PathBuf,
    /// The program and its arguments.
    pub(super) run: Vec<String>,
    pub(super) files: Vec<(String, Digest)>,
    /// Takes what it writes to standard error.
    pub(super) log: Option<String>,
    /// Whether the clock is simulated: it stands still then while the program is waited for.
    pub(super) simulated: bool,
}

impl Program {
    /// # Errors
    /// E595 if a file is another than was allowed, E581 if it does not start.
    pub(super) fn start(&self) -> Result<Running, Fault> {
        let folder = match self.folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => &self.folder,
        };
        for (file, digest) in &self.files {
            // Somebody may have changed it since it was read.
            let bytes = fs_err::read(folder.join(file));
            if !bytes.is_ok_and(|bytes| Digest::sha256(&bytes) == *digest) {
                return Err(Fault::plugin_changed(file));
            }
        }
        let Some((program, arguments)) = self.run.split_first() else {
            return Err(Fault::plugin_unstarted(say::no_program_file()));
        };
        let folder = fs_err::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let program = match program.contains('/') {
            true => folder.join(program),
            false => on_path(program)
                .ok_or_else(|| Fault::plugin_unstarted(say::not_on_path(program)))?,
        };
        let log = match &self.log {
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
        let why = |error: std::io::Error| Fault::plugin_unstarted(crate::messages::os::why(&error));
        let mut child = command.spawn().map_err(why)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Running {
                child,
                input,
                output: BufReader::new(output),
                simulated: self.simulated,
            }),
            _ => Err(Fault::plugin_ended()),
        }
    }
}

/// A program that was started; it ends when this is dropped.
pub(super) struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    simulated: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        // What the program started ends with it, where the system knows groups of programs.
        #[cfg(unix)]
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

impl Running {
    /// Says one thing.
    ///
    /// # Errors
    /// E582 if it is too long for a line, E589 if nobody takes it.
    pub(super) async fn tell(&mut self, message: &Value) -> Result<(), Fault> {
        let mut line = message.to_string();
        if line.len() >= LONGEST {
            return Err(Fault::plugin_broke(say::long_line()));
        }
        line.push('\n');
        let sent = async {
            self.input.write_all(line.as_bytes()).await?;
            self.input.flush().await
        };
        match within(Duration::from_secs(60), self.simulated, sent).await {
            Some(Ok(())) => Ok(()),
            _ => Err(Fault::plugin_ended()),
        }
    }

    /// The next line, within this time.
    ///
    /// # Errors
    /// It says nothing for so long, ends, or says what is no line; E536 if nobody wants to wait any longer.
    pub(super) async fn line(
        &mut self,
        limit: Duration,
        patience: Option<&Patience>,
    ) -> Result<String, Fault> {
        let mut bytes = Vec::new();
        let mut source = (&mut self.output).take(LONGEST as u64 + 1);
        let read = source.read_until(b'\n', &mut bytes);
        let read = within(limit, self.simulated, read);
        let read = async {
            tokio::select! {
                read = read => Some(read),
                () = stopped(patience) => None,
            }
        };
        match read.await {
            None => Err(Fault::interrupted()),
            Some(None) => Err(Fault::timeout(limit.as_secs())),
            Some(Some(Err(_) | Ok(0))) => Err(Fault::plugin_ended()),
            Some(Some(Ok(_))) if bytes.len() > LONGEST => {
                Err(Fault::plugin_broke(say::long_line()))
            }
            Some(Some(Ok(_))) => {
                String::from_utf8(bytes).map_err(|_| Fault::plugin_broke(say::no_json()))
            }
        }
    }
}

/// What comes of something within a time, `None` if it takes longer. A simulated clock would run ahead while a program is waited
/// for, because nothing else is to be done: it is held by a thread that counts the time of the world.
async fn within<T>(limit: Duration, simulated: bool, what: impl Future<Output = T>) -> Option<T> {
    if !simulated {
        return tokio::time::timeout(limit, what).await.ok();
    }
    let (done, waits) = std::sync::mpsc::channel::<()>();
    let held = tokio::task::spawn_blocking(move || waits.recv_timeout(limit).is_ok());
    tokio::select! {
        biased;
        came = what => {
            drop(done);
            Some(came)
        }
        _ = held => None,
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

/// A program by its bare name, as a shell would find it.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn log_file(file: &Path) -> Result<Stdio, Fault> {
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
