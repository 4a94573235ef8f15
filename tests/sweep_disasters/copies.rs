//! Servers that go down in the middle of a run, and servers that only copy another one.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::private::{Private, ask, wait_for};
use super::{
    APPLY, Chance, DUE, ROWS, ROWS_OF_MARIADB, ROWS_OF_POSTGRES, booked, books_hold, events,
    finish, lead_to, looked_at, seed, survivors, workspace,
};

fn count(url: &str) -> u64 {
    let of = match url.starts_with("postgres") {
        true => "SELECT count(*)::text FROM visits",
        false => "SELECT CAST(count(*) AS CHAR) FROM visits",
    };
    ask(url, of).unwrap().parse().unwrap()
}

/// Goes down at some moment of a run, in every way; whatever was confirmed is still gone when it is back.
fn goes_down(server: &Private, engine: &str, signals: &[Signal]) {
    ask(&server.url, &seed()).unwrap();
    let workspace = workspace(engine, &server.url);
    looked_at(&workspace);
    let mut chance = Chance(0x5eed_0005);
    for signal in signals {
        // Counted before: where everything else is slow, the first batches may be through by then.
        let before = count(&server.url);
        let running = workspace.start(APPLY);
        let patience = Instant::now() + Duration::from_secs(120);
        while count(&server.url) == before {
            assert!(Instant::now() < patience, "no batch came through");
        }
        std::thread::sleep(Duration::from_millis(chance.below(150)));
        server.end(*signal);
        server.again();
        // The run may have waited until the server was back.
        let ran = running.wait();
        assert!([Some(0), Some(3)].contains(&ran.code), "{ran:?}");
        let lost = ROWS - count(&server.url);
        let said = booked(&workspace);
        assert!(
            said <= lost && lost - said <= 50,
            "{engine} {signal:?}: {said} are said to be gone, {lost} are"
        );
        if ran.code == Some(0) {
            break;
        }
    }
    finish(&workspace, engine);
    let rows = match engine {
        "postgres" => ROWS_OF_POSTGRES,
        _ => ROWS_OF_MARIADB,
    };
    assert_eq!(ask(&server.url, rows).unwrap(), survivors());
    books_hold(&workspace, DUE, engine);
}

#[test]
fn postgres_goes_down_and_has_a_copy() {
    let Some(server) = Private::start("postgresql", "DSR_TEST_POSTGRES") else {
        return;
    };
    goes_down(
        &server,
        "postgres",
        &[Signal::QUIT, Signal::INT, Signal::QUIT],
    );
    ask(&server.url, "DROP TABLE visits").unwrap();
    ask(&server.url, &seed()).unwrap();
    let copy = standby(&server);
    refused_by_a_copy("postgres", &server.url, &copy.url);
    ask(&server.url, "DROP TABLE visits").unwrap();
    ask(&server.url, &seed()).unwrap();
    waits_for_a_copy(&server.url, &copy.url);
}

#[test]
fn mariadb_goes_down_and_stops_writing() {
    let Some(server) = Private::start("mariadb", "DSR_TEST_MARIADB") else {
        return;
    };
    // What is confirmed is to be on the disk, as in every server that somebody relies on.
    let durable = "SET GLOBAL innodb_flush_log_at_trx_commit = 1";
    ask(&server.url, durable).unwrap();
    goes_down(&server, "mysql", &[Signal::KILL, Signal::TERM]);
    ask(&server.url, "DROP TABLE visits").unwrap();
    ask(&server.url, &seed()).unwrap();
    ask(&server.url, "SET GLOBAL read_only = 1").unwrap();
    let workspace = workspace("mysql", &server.url);
    looked_at(&workspace);
    refused(&workspace, &server.url);
    ask(&server.url, "SET GLOBAL read_only = 0").unwrap();
    finish(&workspace, "writing again");
    books_hold(&workspace, DUE, "writing again");
}

/// Not a word in the ledger that claims work, and a remedy.
fn refused(workspace: &super::program::Workspace, url: &str) {
    for _ in 0..2 {
        let ran = workspace.run(APPLY).ends_with(3);
        assert!(
            ran.err.contains("E591") && ran.err.contains("the server that takes writing"),
            "{ran:?}"
        );
    }
    for kind in ["sweep_batch_started", "sweep_batch_ended"] {
        assert!(events(workspace, kind).is_empty(), "{kind}");
    }
    assert_eq!(count(url), ROWS);
}

fn refused_by_a_copy(engine: &str, original: &str, copy: &str) {
    let mut workspace = workspace(engine, original);
    looked_at(&workspace);
    lead_to(&mut workspace, copy);
    let patience = Instant::now() + Duration::from_secs(20);
    while ask(copy, "SELECT count(*)::text FROM visits").ok() != Some(ROWS.to_string()) {
        assert!(Instant::now() < patience, "the copy never came");
        std::thread::sleep(Duration::from_millis(50));
    }
    refused(&workspace, copy);
    assert_eq!(count(original), ROWS);
    lead_to(&mut workspace, original);
    finish(&workspace, "the original");
    books_hold(&workspace, DUE, "the original");
}

/// While a copy lags, no further batch begins.
fn waits_for_a_copy(original: &str, copy: &str) {
    let workspace = workspace("postgres", original);
    let text = workspace
        .read("dsr.yaml")
        .replace("batch: 50", "batch: 50, lag: 1");
    workspace.write("dsr.yaml", &text);
    looked_at(&workspace);
    ask(copy, "SELECT pg_wal_replay_pause()::text").unwrap();
    let lag = "SELECT (max(replay_lag) > interval '2 seconds')::text FROM pg_stat_replication";
    let patience = Instant::now() + Duration::from_secs(30);
    while ask(original, lag).unwrap() != "true" {
        assert!(Instant::now() < patience, "no lag is seen");
        ask(original, "CREATE TABLE noise (id int); DROP TABLE noise").unwrap();
        std::thread::sleep(Duration::from_millis(200));
    }
    let running = workspace.start(APPLY);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(count(original), ROWS, "a batch began");
    ask(copy, "SELECT pg_wal_replay_resume()::text").unwrap();
    running.wait().ends_with(0);
    books_hold(&workspace, DUE, "a copy that lagged");
}

/// A hot standby, and the server that it is taken from; both go with their values.
struct Standby<'a> {
    original: &'a Private,
    url: String,
}

impl Drop for Standby<'_> {
    fn drop(&mut self) {
        let _ = self.control(&["-m", "immediate", "-w", "stop"]).status();
    }
}

impl Standby<'_> {
    fn control(&self, words: &[&str]) -> std::process::Command {
        let folder = self.original.data().join("standby");
        let mut line = vec![
            program("pg_ctl"),
            "-D".to_owned(),
            folder.display().to_string(),
        ];
        line.extend(words.iter().map(|word| (*word).to_owned()));
        self.original.as_owner(&line)
    }
}

fn program(name: &str) -> String {
    let mut found: Vec<_> = fs_err::read_dir("/usr/lib/postgresql")
        .map(|folder| folder.filter_map(Result::ok).collect())
        .unwrap_or_default();
    found.sort_by_key(|version| version.file_name());
    let path = found
        .pop()
        .map(|version| version.path().join("bin").join(name));
    path.map_or_else(|| name.to_owned(), |path| path.display().to_string())
}

fn standby(original: &Private) -> Standby<'_> {
    let mut url = url::Url::parse(&original.url).unwrap();
    let folder = original.data().join("standby");
    let (port, password) = (url.port().unwrap(), url.password().unwrap().to_owned());
    let copy = [
        program("pg_basebackup"),
        "-D".to_owned(),
        folder.display().to_string(),
        "-R".to_owned(),
        "-c".to_owned(),
        "fast".to_owned(),
        "-h".to_owned(),
        "127.0.0.1".to_owned(),
        "-p".to_owned(),
        port.to_string(),
        "-U".to_owned(),
        "postgres".to_owned(),
    ];
    let made = original
        .as_owner(&copy)
        .env("PGPASSWORD", password)
        .status();
    assert!(made.unwrap().success(), "no copy was made");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let own = free.local_addr().unwrap().port();
    drop(free);
    url.set_port(Some(own)).unwrap();
    let standby = Standby {
        original,
        url: url.to_string(),
    };
    let options = format!(
        "-p {own} -c listen_addresses=localhost -c unix_socket_directories={} -c fsync=off -c wal_receiver_status_interval=1 \
         -c hot_standby_feedback=off",
        original.data().display()
    );
    let started = standby.control(&[
        "-w",
        "-t",
        "60",
        "-o",
        &options,
        "-l",
        "standby.log",
        "start",
    ]);
    let mut started = started;
    assert!(
        started.status().unwrap().success(),
        "the copy does not start"
    );
    wait_for(&standby.url);
    standby
}
