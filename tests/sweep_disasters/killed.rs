//! Runs that are killed, and two runs at once.

use std::time::Duration;

use super::{APPLY, Chance, DUE, Server, booked, books_hold, events, finish, looked_at, survivors};

#[test]
fn killed_at_any_moment_the_next_run_finishes() {
    for server in Server::all() {
        let workspace = server.workspace();
        looked_at(&workspace);
        let mut chance = Chance(0x5eed_0001);
        let mut kills = 0;
        for round in 0..10 {
            let mut running = workspace.start(APPLY);
            // Early at first: on a quick machine a whole run takes no longer than a tenth of a second.
            std::thread::sleep(Duration::from_millis(15 + chance.below(40 + 50 * round)));
            running.kill();
            kills += u32::from(running.wait().code.is_none());
            let left = server.count("visits");
            let said = booked(&workspace);
            // What the database lost beyond what is said is one batch in flight.
            let lost = DUE + DUE / 2 - left;
            assert!(said <= lost && lost - said <= 50, "{said} of {lost}");
            if left == DUE / 2 {
                break;
            }
        }
        assert!(kills > 0, "no run was killed");
        finish(&workspace, server.engine());
        assert_eq!(server.rows(), survivors());
        books_hold(&workspace, DUE, server.engine());
    }
}

#[test]
fn killed_at_any_event_the_next_run_finishes() {
    for server in Server::all() {
        let workspace = server.workspace();
        looked_at(&workspace);
        let mut chance = Chance(0x5eed_0002);
        for when in ["DSR_TEST_KILL_BEFORE", "DSR_TEST_KILL_AFTER"] {
            for _ in 0..3 {
                let at = (3 + chance.below(9)).to_string();
                let killed = workspace.run_with(when, &at, APPLY);
                assert_eq!(killed.code, None, "{when} {at}: {killed:?}");
            }
        }
        finish(&workspace, server.engine());
        assert_eq!(server.rows(), survivors());
        books_hold(&workspace, DUE, server.engine());
    }
}

#[test]
fn two_workspaces_on_one_database_do_nothing_twice() {
    for server in Server::all() {
        let both = [server.workspace(), server.workspace()];
        both.iter().for_each(looked_at);
        let running: Vec<_> = both.iter().map(|one| one.start(APPLY)).collect();
        for ran in running {
            // Whoever waited for the other's locks too long leaves the rest to its next run.
            let ran = ran.wait();
            assert!([Some(0), Some(3)].contains(&ran.code), "{ran:?}");
        }
        for one in &both {
            finish(one, server.engine());
        }
        assert_eq!(server.rows(), survivors());
        let done: Vec<u64> = both.iter().map(booked).collect();
        assert_eq!(done.iter().sum::<u64>(), DUE, "{done:?}");
        for (one, done) in both.iter().zip(done) {
            books_hold(one, done, server.engine());
        }
    }
}

#[test]
fn two_runs_of_one_workspace_never_write_together() {
    for server in Server::all() {
        let workspace = server.workspace();
        looked_at(&workspace);
        let running: Vec<_> = (0..3).map(|_| workspace.start(APPLY)).collect();
        let mut refused = 0;
        for ran in running {
            let ran = ran.wait();
            match ran.code {
                Some(0) => {}
                _ => {
                    refused += 1;
                    assert!(ran.err.contains("E605"), "{ran:?}");
                    ran.ends_with(1);
                }
            }
        }
        assert!(refused > 0, "none met the other");
        assert_eq!(server.rows(), survivors());
        books_hold(&workspace, DUE, server.engine());
        assert!(events(&workspace, "sweep_started").len() <= 2);
    }
}

#[test]
fn a_hold_that_is_set_during_a_run_keeps_what_was_still_there() {
    for server in Server::all() {
        let workspace = server.workspace();
        looked_at(&workspace);
        let running = workspace.start(APPLY);
        // Late enough that the run is at work, early enough that it is not through.
        while server.count("visits") == DUE + DUE / 2 {
            std::thread::sleep(Duration::from_millis(2));
        }
        let hold = [
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
        ];
        let last = format!("p{}@example.org", DUE + DUE / 2 - 1);
        let on = ["--email", last.as_str()];
        workspace.run(&[&hold[..], &on].concat()).ends_with(0);
        let there = server.count(&format!("visits WHERE email = '{last}'"));
        running.wait();
        let after = finish(&workspace, server.engine());
        let kept = server.count(&format!("visits WHERE email = '{last}'"));
        assert_eq!(kept, there, "{after:?}");
        assert_eq!(server.count("visits"), DUE / 2 + kept);
        books_hold(&workspace, DUE - kept, server.engine());
    }
}
