//! The program itself, run in a workspace of its own: made once, copied for each test.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses a part of this"
)]

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// A workspace with its own state folder; both go with this value.
pub struct Workspace {
    folder: tempfile::TempDir,
    /// Set in the environment of every run.
    pub environment: Vec<(String, String)>,
}

/// What a run of the program came to.
pub struct Ran {
    /// `None` if a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// # Panics
    /// With all that the program said, if it ended otherwise.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// The first case number in what it said.
    pub fn case(&self) -> Option<String> {
        let number = regex::Regex::new(r"20\d\d-[0-9A-Z]{6}").expect("a pattern");
        let said = format!("{}{}", self.out, self.err);
        number.find(&said).map(|found| found.as_str().to_owned())
    }
}

impl std::fmt::Debug for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {:?}\n{}\n{}", self.code, self.out, self.err)
    }
}

impl Workspace {
    /// A fresh workspace with this inventory and these connectors, which are trusted.
    pub fn new(inventory: &str, connectors: &[(&str, &str)]) -> Workspace {
        let folder = tempfile::Builder::new()
            .prefix("dsr-workspace-")
            .tempdir()
            .expect("a folder");
        copy(template(), folder.path());
        let workspace = Workspace {
            folder,
            environment: Vec::new(),
        };
        workspace.write("dsr.yaml", inventory);
        for (name, text) in connectors {
            workspace.write(&format!("connectors/{name}"), text);
            let file = format!("connectors/{name}");
            workspace.run(&["trust", &file, "--yes"]).ends_with(0);
        }
        workspace
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("acme").join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs_err::write(path, text).expect("written");
    }

    pub fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path(name)).expect("readable")
    }

    /// The program, ready to be run here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path());
        command
            .arg("-C")
            .arg(self.path(""))
            .args(["--lang", "en"])
            .args(arguments);
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        let is = |word: &str| arguments.contains(&word);
        // A restriction can be lifted on the day after the notice that follows it, for which no test can wait: it is made in a zone
        // in which it is the day before.
        if is("restrict") && is("--because") && !is("--lift") {
            command.env("TZ", "<-24>24");
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("it runs"))
    }

    /// In another language.
    pub fn run_in(&self, lang: &str, arguments: &[&str]) -> Ran {
        let english = self.command(arguments);
        let mut command = Command::new(english.get_program());
        command.env_clear().stdin(Stdio::null());
        for (name, value) in english.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let mut is_lang = false;
        for argument in english.get_args() {
            command.arg(if is_lang { lang.as_ref() } else { argument });
            is_lang = argument == "--lang";
        }
        Ran::of(command.output().expect("it runs"))
    }

    /// With one more variable in the environment.
    pub fn run_with(&self, name: &str, value: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        Ran::of(command.env(name, value).output().expect("it runs"))
    }

    /// Started, and not waited for.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(command.spawn().expect("it starts"))
    }

    /// The names of the case's bundles, oldest first.
    pub fn bundles(&self, case: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for number in 1.. {
            let name = match number {
                1 => format!("{case}.evidence.zip"),
                number => format!("{case}.{number}.evidence.zip"),
            };
            let path = self.path("evidence").join(name);
            if !path.exists() {
                return found;
            }
            found.push(path);
        }
        found
    }

    /// The files of the case's last bundle whose name holds this word, one after the other.
    pub fn inside(&self, case: &str, word: &str) -> String {
        let bundles = self.bundles(case);
        let file = fs_err::File::open(bundles.last().expect("a bundle")).expect("readable");
        let mut zip = zip::ZipArchive::new(file).expect("a zip");
        let mut text = String::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).expect("a file");
            if file.name().is_ok_and(|name| name.contains(word)) {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).expect("bytes");
                text.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
        text
    }

    /// The records of the case's last bundle.
    pub fn records(&self, case: &str) -> Vec<Value> {
        let bundles = self.bundles(case);
        let last = bundles.last().expect("a bundle");
        let file = fs_err::File::open(last).expect("readable");
        let mut zip = zip::ZipArchive::new(file).expect("a zip");
        let names: Vec<String> = zip
            .file_names()
            .map(|name| name.expect("a name").into_owned())
            .collect();
        let mut names = names.iter();
        let name = names
            .find(|name| name.ends_with("data/records.jsonl"))
            .expect("records");
        let mut text = String::new();
        zip.by_name(name)
            .expect("records")
            .read_to_string(&mut text)
            .expect("text");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

/// A run that goes on.
pub struct Running(Child);

impl Running {
    /// How nice each of its threads is to other programs.
    #[cfg(target_os = "linux")]
    pub fn niceness(&self) -> Vec<i32> {
        let tasks = fs_err::read_dir(format!("/proc/{}/task", self.0.id())).expect("it runs");
        let stats =
            tasks.filter_map(|task| fs_err::read_to_string(task.ok()?.path().join("stat")).ok());
        // The name in brackets may hold anything; the 17th word behind it is the one (proc(5)).
        let nice = |stat: String| {
            stat.rsplit_once(')')?
                .1
                .split_whitespace()
                .nth(16)?
                .parse()
                .ok()
        };
        stats.filter_map(nice).collect()
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, signal).expect("it still runs");
    }

    pub fn kill(&mut self) {
        self.0.kill().expect("it still runs");
        self.0.wait().expect("it ends");
    }

    /// With the most memory that the program held, in KiB.
    pub fn watched(mut self) -> (Ran, u64) {
        let status = format!("/proc/{}/status", self.0.id());
        let mut peak = 0;
        while self.0.try_wait().expect("it can be asked").is_none() {
            let text = fs_err::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let held = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
            peak = peak.max(held.unwrap_or(0));
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        (self.wait(), peak)
    }

    pub fn wait(self) -> Ran {
        Ran::of(self.0.wait_with_output().expect("it ends"))
    }
}

fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dsr"));
    let kept = ["PATH", "TMPDIR", "LLVM_PROFILE_FILE"];
    let kept: Vec<_> = kept
        .iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)))
        .collect();
    command
        .env_clear()
        .envs(kept)
        .env("HOME", home)
        .env("XDG_STATE_HOME", home.join("state"))
        .stdin(Stdio::null());
    command
}

/// Made once for the whole test binary; `init` makes keys and a certificate.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let acme = folder.path().join("acme");
        fs_err::create_dir(&acme).expect("a folder");
        let output = program(folder.path())
            .arg("-C")
            .arg(&acme)
            .args(["init", "--yes", "--controller", "Acme GmbH"])
            .output()
            .expect("it runs");
        Ran::of(output).ends_with(0);
        folder
    });
    folder.path()
}

fn copy(from: &Path, to: &Path) {
    for entry in fs_err::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (old, new) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().expect("a type").is_dir() {
            fs_err::create_dir(&new).expect("a folder");
            copy(&old, &new);
            let rights = fs_err::metadata(&old).expect("metadata").permissions();
            fs_err::set_permissions(&new, rights).expect("rights");
        } else {
            fs_err::copy(&old, &new).expect("a copy");
        }
    }
}
