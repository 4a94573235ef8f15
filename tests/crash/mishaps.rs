//! What else happens between a plan and its end.

use std::time::{Duration, Instant};

use crate::landscape::{ANNA, Landscape, Mood};

fn outcome(landscape: &Landscape, case: &str, object: &str) -> String {
    let mut found: Vec<String> = landscape
        .workspace
        .records(case)
        .iter()
        .filter(|record| record["object"] == object)
        .map(|record| record["outcome"].as_str().expect("an outcome").to_owned())
        .collect();
    found.dedup();
    found.join(" ")
}

fn wait_for(what: impl Fn() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn closures(landscape: &Landscape) -> usize {
    let sent = landscape.sent();
    sent.iter().filter(|line| line.starts_with("POST")).count()
}

#[test]
fn a_write_under_way_when_the_process_dies_is_not_sent_again() {
    let landscape = Landscape::new();
    landscape.mood(Mood::SlowClosure);
    let count = landscape.writes().to_string();
    let mut running = landscape.workspace.start(&landscape.erase_line(&count));
    wait_for(|| closures(&landscape) == 1);
    running.kill();
    assert!(
        landscape
            .effects()
            .iter()
            .all(|line| !line.starts_with("POST"))
    );
    // The desk is still at it when the next run looks.
    let again = landscape.erase().ends_with(0);
    let case = again.case().expect("a case");
    assert_eq!(closures(&landscape), 1);
    assert_eq!(outcome(&landscape, &case, "accounts"), "removed");
    landscape.verify(&case);
}

#[test]
fn a_lost_reply_is_settled_by_reading() {
    let landscape = Landscape::new();
    landscape.mood(Mood::LostReply);
    let ran = landscape.erase().ends_with(0);
    let case = ran.case().expect("a case");
    assert_eq!(closures(&landscape), 1);
    assert_eq!(outcome(&landscape, &case, "accounts"), "removed");
}

#[test]
fn a_server_that_is_down_when_searched_is_erased_later() {
    let landscape = Landscape::new();
    landscape.mood(Mood::Down);
    let healthy = landscape.writes() - 4;
    let line = landscape
        .erase_line(&healthy.to_string())
        .map(str::to_owned);
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    let ran = landscape.workspace.run(&line).ends_with(3);
    let case = ran.case().expect("a case");
    assert!(!landscape.workspace.read("newsletter.csv").contains("Berg"));
    landscape.mood(Mood::Well);
    landscape.apply(&case, 4).ends_with(0);
    assert_eq!(landscape.effects().len(), 4);
    landscape.verify(&case);
}

#[test]
fn a_server_that_is_down_when_written_to_is_written_to_later() {
    let landscape = Landscape::new();
    let plan = ["plan", "--email", ANNA, "--identity", "letter"];
    let case = landscape
        .workspace
        .run(&plan)
        .ends_with(0)
        .case()
        .expect("a case");
    landscape.mood(Mood::Well);
    // Approved, and dead before anything was written.
    let count = landscape.writes().to_string();
    let line = ["apply", &case, "--yes", "--expect", &count];
    let first = landscape
        .workspace
        .run_with("DSR_TEST_KILL_AFTER", "3", &line);
    assert_eq!(first.code, None);
    landscape.mood(Mood::Down);
    landscape.workspace.run(&line).ends_with(3);
    assert!(landscape.effects().is_empty());
    assert!(!landscape.workspace.read("newsletter.csv").contains("Berg"));
    assert_eq!(outcome(&landscape, &case, "users"), "failed");
    landscape.mood(Mood::Well);
    landscape.workspace.run(&line).ends_with(0);
    assert_eq!(landscape.effects().len(), 4);
    assert_eq!(outcome(&landscape, &case, "users"), "removed");
}

#[test]
fn a_record_that_changed_since_the_plan_is_not_written() {
    let landscape = Landscape::new();
    let count = landscape.writes().to_string();
    let line = landscape.erase_line(&count).map(str::to_owned);
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    // Events 1 to 5 open, confirm, search, plan, approve.
    let first = landscape
        .workspace
        .run_with("DSR_TEST_KILL_AFTER", "5", &line);
    let case = first.case().expect("a case");
    {
        let mut desk = landscape.desk.lock().expect("the desk");
        desk.accounts.get_mut("a1").expect("an account")["email"] = "new@example.org".into();
        desk.users.get_mut("u1").expect("a user")["name"] = "Anna Tal".into();
    }
    // Going on finds the change, plans afresh, and asks about another number than the one it was told.
    let ran = landscape
        .workspace
        .run(&["apply", &case, "--yes", "--expect", &count]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert_eq!(closures(&landscape), 0);
    {
        let desk = landscape.desk.lock().expect("the desk");
        assert_eq!(desk.accounts["a1"]["email"], "new@example.org");
        assert!(desk.users.contains_key("u1"));
    }
    // The user is planned as it is now; its tickets are anonymous by now and are planned with it; the account is nobody's we know.
    let planned = landscape
        .workspace
        .run(&["plan", "--case", &case, "--format", "json"]);
    let planned = planned.ends_with(0).json();
    let keys: Vec<&str> = planned["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .filter(|step| !step["action"].is_null())
        .map(|step| step["key"].as_str().unwrap_or_default())
        .collect();
    assert!(keys.contains(&"u1") && !keys.contains(&"a1"), "{keys:?}");
    let writes = planned["writes"].as_u64().expect("a number");
    landscape
        .apply(&case, usize::try_from(writes).expect("a small number"))
        .ends_with(0);
    assert!(
        !landscape
            .desk
            .lock()
            .expect("the desk")
            .users
            .contains_key("u1")
    );
}

#[test]
fn reading_that_is_forbidden_afterwards_proves_nothing() {
    let landscape = Landscape::new();
    landscape.mood(Mood::Closed);
    let ran = landscape.erase().ends_with(5);
    let case = ran.case().expect("a case");
    assert!(outcome(&landscape, &case, "accounts").contains("not_verified"));
    // Once reading is allowed again, what was sent is settled without being sent again.
    landscape.mood(Mood::Well);
    landscape.apply(&case, 0).ends_with(0);
    assert_eq!(outcome(&landscape, &case, "accounts"), "removed");
    assert_eq!(closures(&landscape), 1);
}

#[test]
fn a_server_that_forgets_what_it_was_told_is_not_believed() {
    let landscape = Landscape::new();
    landscape.mood(Mood::Forgetful);
    let ran = landscape.erase().ends_with(5);
    let case = ran.case().expect("a case");
    assert_eq!(outcome(&landscape, &case, "users"), "not_verified");
    landscape.mood(Mood::Well);
    landscape.apply(&case, 1).ends_with(0);
    assert_eq!(outcome(&landscape, &case, "users"), "removed");
}

#[test]
fn a_search_that_still_finds_what_was_removed_counts() {
    let landscape = Landscape::new();
    landscape.mood(Mood::StaleIndex);
    let ran = landscape.erase().ends_with(5);
    let case = ran.case().expect("a case");
    assert_eq!(outcome(&landscape, &case, "users"), "not_verified");
}

#[test]
fn an_interrupted_run_ends_what_is_in_flight_and_goes_on_later() {
    let landscape = Landscape::new();
    landscape.mood(Mood::Slow);
    let count = landscape.writes().to_string();
    let running = landscape.workspace.start(&landscape.erase_line(&count));
    wait_for(|| !landscape.sent().is_empty());
    running.signal(rustix::process::Signal::INT);
    let ran = running.wait().ends_with(3);
    let case = ran.case().expect("a case");
    assert!(landscape.effects().len() < 4, "{:?}", landscape.effects());
    assert_eq!(landscape.effects(), landscape.sent());
    landscape.mood(Mood::Well);
    landscape.apply(&case, landscape.writes()).ends_with(0);
    assert_eq!(landscape.effects().len(), 4);
    assert_eq!(landscape.effects(), landscape.sent());
    landscape.verify(&case);
}

/// Nothing is in flight that would have to be ended: the search is left, and the same command begins it anew.
#[test]
fn an_interrupted_search_is_left_at_once() {
    let landscape = Landscape::new();
    landscape.mood(Mood::Stuck);
    let count = landscape.writes().to_string();
    let began = Instant::now();
    let running = landscape.workspace.start(&landscape.erase_line(&count));
    wait_for(|| landscape.was_asked());
    running.signal(rustix::process::Signal::INT);
    let ran = running.wait().ends_with(3);
    assert!(ran.err.contains("E649"), "{ran:?}");
    assert!(began.elapsed() < Duration::from_secs(120));
    assert!(landscape.sent().is_empty());
    landscape.mood(Mood::Well);
    landscape.erase().ends_with(0);
    assert_eq!(landscape.effects().len(), 4);
}

#[test]
fn two_hands_do_not_work_on_one_case() {
    let landscape = Landscape::new();
    landscape.mood(Mood::Slow);
    let count = landscape.writes().to_string();
    let running = landscape.workspace.start(&landscape.erase_line(&count));
    wait_for(|| !landscape.sent().is_empty());
    let second = landscape.erase();
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(
        second.err.contains("E605") && second.err.contains("erase"),
        "{second:?}"
    );
    running.wait().ends_with(0);
    assert_eq!(landscape.effects(), landscape.sent());
}

#[test]
fn a_system_that_lives_in_another_time_is_not_written_to() {
    let landscape = Landscape::without_club();
    landscape.mood(Mood::AnotherTime);
    // The desk is the only system that tells the time, so it is most of them.
    let ran = landscape.erase();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("E855"), "{ran:?}");
    assert!(landscape.sent().is_empty());
    assert!(landscape.workspace.read("newsletter.csv").contains("Berg"));
    // The clock is put right: nothing of what it said remembers the wrong time.
    landscape.mood(Mood::Well);
    let case = ran.case().expect("a case");
    landscape.apply(&case, landscape.writes()).ends_with(0);
    assert_eq!(landscape.effects().len(), 4);
}

#[test]
fn a_slow_system_is_cut_and_the_others_are_done() {
    let landscape = Landscape::with("within: 3s");
    landscape.mood(Mood::SlowWrites);
    let count = landscape.writes().to_string();
    let line = landscape.erase_line(&count).map(str::to_owned);
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    let began = Instant::now();
    let ran = landscape.workspace.run(&line);
    assert!(began.elapsed() < Duration::from_secs(40));
    assert!(matches!(ran.code, Some(3)), "{ran:?}");
    let case = ran.case().expect("a case");
    assert!(
        !landscape.workspace.read("newsletter.csv").contains("Berg"),
        "{ran:?}"
    );
    landscape.mood(Mood::Well);
    landscape
        .workspace
        .run(&["apply", &case, "--yes", "--expect", &count])
        .ends_with(0);
    assert_eq!(landscape.effects().len(), 4);
    landscape.verify(&case);
}

#[test]
fn a_finished_case_finds_nothing_and_writes_nothing() {
    let landscape = Landscape::new();
    let case = landscape.erase().ends_with(0).case().expect("a case");
    let (before, sent) = (landscape.everything(), landscape.sent());
    landscape.apply(&case, 0).ends_with(0);
    assert_eq!(landscape.workspace.bundles(&case).len(), 1);
    let again = landscape.erase_line("0");
    landscape.workspace.run(&again).ends_with(0);
    assert_eq!((landscape.everything(), landscape.sent()), (before, sent));
    assert_eq!(landscape.workspace.bundles(&case).len(), 2);
    landscape.verify(&case);
}

#[test]
fn a_person_who_comes_back_the_same_day_is_erased_again() {
    let landscape = Landscape::new();
    let first = landscape.workspace.read("newsletter.csv");
    let mut users = landscape.desk.lock().expect("the desk").users.clone();
    let case = landscape.erase().ends_with(0).case().expect("a case");
    // The nightly sync brings the very same records.
    landscape.workspace.write("newsletter.csv", &first);
    landscape
        .desk
        .lock()
        .expect("the desk")
        .users
        .append(&mut users);
    for _ in 0..2 {
        // The second time the plan is the very plan of the first.
        let plan = landscape
            .workspace
            .run(&["plan", "--case", &case, "--format", "json"]);
        let plan = plan.ends_with(0).json();
        let expect = plan["writes"].to_string();
        landscape
            .workspace
            .run(&["erase", "--case", &case, "--yes", "--expect", &expect])
            .ends_with(0);
        assert!(!landscape.workspace.read("newsletter.csv").contains("Berg"));
        assert!(
            !landscape
                .desk
                .lock()
                .expect("the desk")
                .users
                .contains_key("u1")
        );
        landscape.workspace.write("newsletter.csv", &first);
        let user = serde_json::json!({"id": "u1", "email": ANNA, "name": "N"});
        landscape
            .desk
            .lock()
            .expect("the desk")
            .users
            .insert("u1".into(), user);
    }
    landscape.verify(&case);
}

#[test]
fn a_law_that_is_written_down_after_the_plan_counts() {
    let landscape = Landscape::new();
    let count = landscape.writes().to_string();
    let line = landscape.erase_line(&count).map(str::to_owned);
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    let first = landscape
        .workspace
        .run_with("DSR_TEST_KILL_AFTER", "5", &line);
    let case = first.case().expect("a case");
    let inventory = landscape.workspace.read("dsr.yaml");
    // Nobody knows when the period of an account begins.
    let minimum = "  contracts: { objects: [desk.accounts], purpose: contract, basis: art6_1_c, keep: P6Y, start: event(email), kind: min, because: \"§257 HGB\", then: remove }\n";
    landscape
        .workspace
        .write("dsr.yaml", &format!("{inventory}{minimum}"));
    // The number that was approved is not the number of the plan that the new rules make.
    let ran = landscape
        .workspace
        .run(&["apply", &case, "--yes", "--expect", &count]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(landscape.sent().is_empty());
    // It has to be seen first.
    landscape
        .workspace
        .run(&["plan", "--case", &case])
        .ends_with(0);
    landscape.apply(&case, landscape.writes() - 1).ends_with(0);
    assert!(
        landscape
            .desk
            .lock()
            .expect("the desk")
            .accounts
            .contains_key("a1")
    );
    assert_eq!(closures(&landscape), 0);
}
