//! Two batches in flight, one from each end of the days: where they meet, what comes between, and what happens while both are open.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::program::{Running, Workspace};
use super::{
    APPLY, DUE, ROWS, Server, booked, books_hold, finish, inventory, lead_to, looked_at, mysql,
    postgres, rule, seed, survivors,
};

/// Somebody who holds a row that the first batch from either end wants.
struct Holder {
    let_go: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Holder {
    fn of(server: &Server) -> Holder {
        let (let_go, told) = mpsc::channel();
        let (ready, is_ready) = mpsc::channel();
        let url = server.url().to_owned();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                use sqlx::{Connection as _, Executor as _};
                let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
                let held = "BEGIN; SELECT * FROM visits WHERE id IN (1, 1499) FOR UPDATE";
                connection.execute(sqlx::raw_sql(held)).await.unwrap();
                ready.send(()).unwrap();
                let _ = told.recv();
            });
        });
        is_ready.recv().unwrap();
        Holder { let_go, thread }
    }

    fn lets_go(self) {
        self.let_go.send(()).unwrap();
        self.thread.join().unwrap();
    }
}

/// Statements of a run that wait for somebody else.
const WAITS: &str = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%RETURNING%'";

/// A run whose two statements both wait, what they wait for, and the workspace; nothing without a server.
fn both_wait() -> Option<(Server, Workspace, Running, Holder)> {
    let server = Server::Postgres(postgres::database(&seed())?);
    let workspace = patient(&server, 50);
    looked_at(&workspace);
    let holder = Holder::of(&server);
    let running = workspace.start(APPLY);
    let patience = Instant::now() + Duration::from_secs(60);
    while server.value(&format!("SELECT count(*) {WAITS}")) != "2" {
        assert!(Instant::now() < patience, "they do not both wait");
        std::thread::sleep(Duration::from_millis(10));
    }
    Some((server, workspace, running, holder))
}

/// A workspace that waits for others as long as a test takes.
fn patient(server: &Server, batch: usize) -> Workspace {
    let text = inventory(server.engine())
        .replace("request: 2s, lock: 1s", "request: 60s, lock: 60s")
        .replace("batch: 50", &format!("batch: {batch}"));
    let mut workspace = Workspace::new(&text, &[]);
    lead_to(&mut workspace, server.url());
    workspace
}

#[test]
fn a_hold_that_is_set_while_two_batches_are_open_takes_both_back() {
    let Some((server, workspace, running, holder)) = both_wait() else {
        return;
    };
    let hold = ["hold", "add", "--ground", "art17_3_e", "--reason", "claim"];
    let on = ["--email", "p2@example.org"];
    workspace.run(&[&hold[..], &on].concat()).ends_with(0);
    holder.lets_go();
    running.wait().ends_with(3);
    assert_eq!(server.count("visits"), ROWS);
    assert_eq!(booked(&workspace), 0);
    finish(&workspace, "the next run");
    assert_eq!(server.count("visits WHERE id = 2"), 1);
    assert_eq!(server.count("visits"), ROWS - DUE + 1);
    books_hold(&workspace, DUE - 1, "the next run");
}

#[test]
fn a_pause_while_two_batches_are_open_ends_with_one_of_them() {
    let Some((server, workspace, running, holder)) = both_wait() else {
        return;
    };
    workspace.run(&["sweep", "--pause"]).ends_with(0);
    holder.lets_go();
    running.wait().ends_with(3);
    assert_eq!(server.count("visits"), ROWS - 50);
    books_hold(&workspace, 50, "the run that was paused");
    workspace.run(&["sweep", "--resume"]).ends_with(0);
    finish(&workspace, "the next run");
    assert_eq!(server.rows(), survivors());
    books_hold(&workspace, DUE, "the next run");
}

#[test]
fn a_run_that_is_killed_with_two_open_batches_has_written_neither() {
    let Some((server, workspace, mut running, holder)) = both_wait() else {
        return;
    };
    running.kill();
    holder.lets_go();
    assert_eq!(booked(&workspace), 0);
    finish(&workspace, "the next run");
    assert_eq!(server.rows(), survivors());
    books_hold(&workspace, DUE, "the next run");
}

#[test]
fn a_connection_that_dies_loses_nothing_of_the_other_ones() {
    for end in ["LIKE", "NOT LIKE"] {
        let Some((server, workspace, running, holder)) = both_wait() else {
            return;
        };
        let one =
            format!("SELECT count(pg_terminate_backend(pid)) {WAITS} AND query {end} '% DESC %'");
        assert_eq!(server.value(&one), "1", "{end}");
        holder.lets_go();
        let ran = running.wait();
        assert!([Some(0), Some(3)].contains(&ran.code), "{end}: {ran:?}");
        let lost = ROWS - server.count("visits");
        assert_eq!(booked(&workspace), lost, "{end}: {ran:?}");
        finish(&workspace, end);
        assert_eq!(server.rows(), survivors(), "{end}");
        books_hold(&workspace, DUE, end);
    }
}

/// Ties that are longer than a batch, days that are none, and keys whose order nobody knows; the rule lets stay what is called so.
fn ragged() -> (String, u64) {
    let mut rows = Vec::new();
    let mut due = 0;
    for number in 0..400_u32 {
        let day = match number % 10 {
            0 => "NULL".to_owned(),
            1 => "'2030-01-01'".to_owned(),
            2 => ["'1970-01-01'", "'1900-01-01'"][number as usize / 10 % 2].to_owned(),
            3 | 4 => "'2012-02-29'".to_owned(),
            5 => format!("'{}-12-31'", 1960 + number / 20),
            _ => format!("'2011-05-{:02}'", 1 + number % 7),
        };
        let is_due = number % 10 > 2;
        due += u64::from(is_due);
        let kind = ["stays", "goes"][usize::from(is_due)];
        let id = u64::from(number) * 7919 % 401;
        rows.push(format!("('k-{id}''\"\\ä', '{kind}', {day})"));
    }
    let table = "CREATE TABLE visits (id varchar(40) PRIMARY KEY, email varchar(80), seen_on date); CREATE INDEX seen ON visits (seen_on);";
    let rows = rows.join(", ");
    (format!("{table} INSERT INTO visits VALUES {rows};"), due)
}

#[test]
fn both_ends_together_take_each_row_once() {
    let (rows, due) = ragged();
    // Days without a month or a number are none, and only MariaDB has them.
    let no_days = "INSERT INTO visits VALUES ('a', 'stays', '2010-00-00'), ('b', 'stays', '2011-05-00'), ('c', 'stays', '2011-05-00')";
    let lenient = format!("SET sql_mode = 'NO_BACKSLASH_ESCAPES'; {rows} {no_days};");
    let servers = [
        postgres::database(&rows).map(|database| (Server::Postgres(database), 0)),
        mysql::database(&lenient).map(|database| (Server::Mariadb(database), 3)),
    ];
    for (server, no_days) in servers.into_iter().flatten() {
        let workspace = patient(&server, 7);
        let shown = rule(&workspace, &[]);
        let counts = ["due", "unknown_start", "future"].map(|name| shown[name].as_u64());
        assert_eq!(counts, [Some(due), Some(80 + no_days), Some(40)], "{shown}");
        let ran = workspace.run(APPLY).ends_with(0);
        let left = |kind: &str| server.count(&format!("visits WHERE email = '{kind}'"));
        assert_eq!(
            (left("goes"), left("stays")),
            (0, 400 - due + no_days),
            "{ran:?}"
        );
        books_hold(&workspace, due, server.engine());
    }
}

#[test]
fn rows_that_come_and_change_meanwhile_are_counted_as_they_went() {
    let Some(database) = postgres::database(&seed()) else {
        return;
    };
    let server = Server::Postgres(database);
    let workspace = patient(&server, 10);
    looked_at(&workspace);
    let (is_over, came, kept) = (AtomicBool::new(false), 60_u64, 30);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Days go up and down among those that are due, new rows come at both ends and in between, and some are due no more.
            for round in 0..came {
                let day = ["2010-01-01", "2011-05-05", "2015-06-07"][round as usize % 3];
                let id = 1 + round * 331 % ROWS;
                server.sql(&format!(
                    "INSERT INTO visits VALUES ({}, 'new@example.org', '{day}');
                     UPDATE visits SET seen_on = '{day}' WHERE id = {id} AND id % 3 > 0;",
                    10_000 + round,
                ));
                if round < kept {
                    let late = 3 * round + 1;
                    server.sql(&format!(
                        "UPDATE visits SET seen_on = '2030-01-01' WHERE id = {late};"
                    ));
                }
            }
            is_over.store(true, Ordering::Relaxed);
        });
        while !is_over.load(Ordering::Relaxed) {
            let ran = workspace.run(APPLY);
            assert!([Some(0), Some(3)].contains(&ran.code), "{ran:?}");
        }
    });
    finish(&workspace, "the last run");
    assert_eq!(server.count("visits WHERE seen_on < '2030-01-01'"), 0);
    let lost = ROWS + came - server.count("visits");
    books_hold(&workspace, lost, "the last run");
}
