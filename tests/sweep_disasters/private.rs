//! Servers of a test's own, which it may kill, start again and copy.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A server that runs until this value goes.
pub(crate) struct Private {
    folder: tempfile::TempDir,
    script: PathBuf,
    name: &'static str,
    pub(crate) url: String,
    /// The server's command, as it was started.
    line: Vec<String>,
}

impl Private {
    /// `None` where the tests have no server of this kind.
    pub(crate) fn start(name: &'static str, variable: &str) -> Option<Private> {
        use std::io::Write as _;
        if std::env::var_os(variable).is_none() {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: needs a server of its own ({variable})"
            );
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("scripts/servers")
            .join(name);
        let folder = tempfile::Builder::new()
            .prefix("dsr-server")
            .tempdir()
            .unwrap();
        let started = Command::new(&script)
            .arg("start")
            .arg(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&started.stdout).into_owned();
        assert!(started.status.success(), "{started:?}");
        let url = said.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            (name == variable).then(|| value.to_owned())
        });
        let mut server = Private {
            folder,
            script,
            name,
            url: url.unwrap(),
            line: Vec::new(),
        };
        let line = fs_err::read(format!("/proc/{}/cmdline", server.pid())).unwrap();
        let words = line
            .split(|byte| *byte == 0)
            .filter(|word| !word.is_empty());
        server.line = words
            .map(|word| String::from_utf8(word.to_vec()).unwrap())
            .collect();
        Some(server)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join(self.name)
    }

    fn pid(&self) -> i32 {
        let file = match self.name {
            "postgresql" => "cluster/postmaster.pid",
            _ => "cluster/server.pid",
        };
        let text = fs_err::read_to_string(self.data().join(file)).unwrap();
        text.lines().next().unwrap().trim().parse().unwrap()
    }

    /// A command as the user to whom the server belongs.
    pub(crate) fn as_owner(&self, line: &[String]) -> Command {
        let owner = match self.name {
            "postgresql" => "postgres",
            _ => "mysql",
        };
        let mut command = if rustix::process::getuid().is_root() {
            let mut command = Command::new("setpriv");
            command
                .arg(format!("--reuid={owner}"))
                .arg(format!("--regid={owner}"))
                .arg("--clear-groups")
                .args(line);
            command
        } else {
            let mut command = Command::new(&line[0]);
            command.args(&line[1..]);
            command
        };
        command
            .current_dir(self.data())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Ends the server by a signal: SIGKILL as when the machine dies, SIGQUIT and SIGINT as its administrator stops it at once or fast.
    pub(crate) fn end(&self, signal: rustix::process::Signal) {
        let pid = self.pid();
        let process = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(process, signal).unwrap();
        let patience = Instant::now() + Duration::from_secs(30);
        while self.is_there(pid) {
            assert!(Instant::now() < patience, "{} does not end", self.name);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A process that its parent has not asked about is gone as well.
    fn is_there(&self, pid: i32) -> bool {
        let state = fs_err::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let state = state
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next());
        state.is_some_and(|state| state != 'Z')
    }

    /// Starts it again as it was, and returns when it takes connections.
    pub(crate) fn again(&self) {
        let mut child = self.as_owner(&self.line).spawn().unwrap();
        // Whoever asks whether it is gone is to get an answer.
        std::thread::spawn(move || child.wait());
        wait_for(&self.url);
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = Command::new(&self.script)
            .arg("stop")
            .arg(self.folder.path())
            .stdout(Stdio::null())
            .status();
    }
}

/// Returns when a server answers a question.
pub(crate) fn wait_for(url: &str) {
    let patience = Instant::now() + Duration::from_secs(60);
    while let Err(why) = ask(url, "SELECT '1'") {
        assert!(Instant::now() < patience, "no server: {why}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The one text that a question brings; nothing where it brings none.
pub(crate) fn ask(url: &str, sql: &str) -> Result<String, String> {
    use sqlx::{AssertSqlSafe, Connection as _, Row as _};
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let work = async move {
        let failed = |error: sqlx::Error| error.to_string();
        if url.starts_with("postgres") {
            let mut line = sqlx::PgConnection::connect(&url).await.map_err(failed)?;
            let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut line).await;
            let rows = rows.map_err(failed)?;
            let text = rows
                .first()
                .and_then(|row| row.try_get_unchecked::<Option<String>, _>(0).ok());
            Ok(text.flatten().unwrap_or_default())
        } else {
            let mut line = sqlx::MySqlConnection::connect(&url).await.map_err(failed)?;
            let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut line).await;
            let rows = rows.map_err(failed)?;
            let text = rows
                .first()
                .and_then(|row| row.try_get_unchecked::<Option<String>, _>(0).ok());
            Ok(text.flatten().unwrap_or_default())
        }
    };
    let wait = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(work)
    };
    std::thread::spawn(wait).join().unwrap()
}
