//! Killed at every event of an erasure, gone on with, compared with a run that nobody disturbed; and other things that happen to
//! people who erase: a server that is slow, down, forgetful or wrong about the time, records that change, a second pair of hands.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "crash/landscape.rs"]
mod landscape;
#[path = "crash/mishaps.rs"]
mod mishaps;
mod support {
    #[path = "../support/http.rs"]
    pub(crate) mod http;
    #[path = "../support/postgres.rs"]
    pub(crate) mod postgres;
    #[path = "../support/program.rs"]
    pub(crate) mod program;
}

use std::sync::atomic::{AtomicU64, Ordering};

use landscape::Landscape;

/// What an erasure leaves behind when nothing goes wrong.
struct Undisturbed {
    everything: String,
    proven: Vec<String>,
    effects: Vec<String>,
    events: u64,
}

fn undisturbed() -> Undisturbed {
    let landscape = Landscape::new();
    let ran = landscape.erase().ends_with(0);
    let case = ran.case().expect("a case");
    landscape.verify(&case);
    assert_eq!(landscape.effects(), landscape.sent());
    let log = landscape.workspace.run(&["audit", "log"]).ends_with(0);
    // The first event was written when the workspace was made.
    let events = log.out.lines().filter(|line| line.contains(&case)).count();
    Undisturbed {
        everything: landscape.everything(),
        proven: landscape.proven(&case),
        effects: landscape.effects(),
        events: events as u64,
    }
}

#[test]
fn killed_at_any_event_the_same_command_completes_it() {
    let expected = undisturbed();
    assert!(expected.events > 20, "{}", expected.events);
    assert!(
        !expected.everything.contains("anna@"),
        "{}",
        expected.everything
    );
    assert!(expected.everything.contains("ben@example.org"));
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, |n| n.get().max(2)) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    let (when, n) = match at % 2 {
                        0 => ("DSR_TEST_KILL_BEFORE", at / 2 + 1),
                        _ => ("DSR_TEST_KILL_AFTER", at / 2 + 1),
                    };
                    if n > expected.events {
                        break;
                    }
                    killed(when, n, &expected);
                }
            });
        }
    });
}

/// The event by which an erasure is approved: opened, identity, searched, planned, approved.
const APPROVED: u64 = 5;

fn killed(when: &str, n: u64, expected: &Undisturbed) {
    let landscape = Landscape::new();
    let count = landscape.writes();
    let line = landscape.erase_line(&count.to_string()).map(str::to_owned);
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    let first = landscape.workspace.run_with(when, &n.to_string(), &line);
    assert_eq!(first.code, None, "{when}={n}: not killed: {first:?}");
    // Until the plan is approved the same command is repeated; from then on `apply` knows all there is to know.
    let again = match first.case() {
        Some(case) if n > APPROVED => landscape.apply(&case, count),
        _ => landscape.workspace.run(&line),
    };
    assert_eq!(
        again.code,
        Some(0),
        "{when}={n}: {first:?}\n-- then --\n{again:?}"
    );
    let case = again.case().expect("a case");
    assert_eq!(landscape.everything(), expected.everything, "{when}={n}");
    assert_eq!(
        landscape.proven(&case),
        expected.proven,
        "{when}={n}: {again:?}"
    );
    assert_eq!(landscape.effects(), expected.effects, "{when}={n}");
    landscape.verify(&case);
}
