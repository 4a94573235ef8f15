//! `restrict --lift --subjects`: everybody on their own day of notice and ground, and only what their case restricted.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::company::{Company, address};

fn today() -> jiff::civil::Date {
    jiff::Zoned::now().date()
}

/// As it stands in a German spreadsheet.
fn german(day: jiff::civil::Date) -> String {
    day.strftime("%d.%m.%Y").to_string()
}

fn yesterday() -> jiff::civil::Date {
    today().yesterday().unwrap()
}

/// A company that restricted the first ones of its people.
pub(crate) fn restricted(people: u32, these: u32) -> Company {
    let company = Company::new(people, "assumed");
    let mut text = "email\n".to_owned();
    for no in 1..=these {
        text.push_str(&format!("{}\n", address(no)));
    }
    let file = company.file("restrict.csv", &text);
    let line = ["restrict", "--subjects", &file, "--because", "contested"];
    company.to_the_end(&line).ends_with(0);
    assert_eq!(
        locked(&company),
        (these as usize, these as usize, these as usize)
    );
    company.desk.lock().unwrap().effects.clear();
    company
}

/// Locks in the shop, the letters, at the desk.
fn locked(company: &Company) -> (usize, usize, usize) {
    let shop = company.shop("SELECT count(*) || '' FROM people WHERE blocked");
    let letters = company.workspace.read("letters.csv");
    let desk = company.at_the_desk("locked");
    (
        shop.parse().unwrap(),
        letters.matches(",yes").count(),
        desk.iter().filter(|flag| **flag == json!(true)).count(),
    )
}

fn lift<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["restrict", "--lift", "--subjects", file], more].concat()
}

#[test]
fn everybody_is_lifted_on_their_own_notice_and_ground() {
    let company = restricted(5, 4);
    let text = format!(
        "Aktenzeichen;E-Mail;Unterrichtet am;Grund\r\n\
        T-1;person1@example.org;{};geprüft\r\n\
        T-2;person2@example.org;{};person_asked\r\n\
        T-3;person3@example.org;{};\r\n\
        T-4;person4@example.org;;\r\n\
        T-5;person5@example.org;{};\r\n",
        german(yesterday()),
        yesterday(),
        german(today()),
        yesterday(),
    );
    let file = company.file("people.csv", &text);
    let for_all = ["--because", "claim_settled"];
    let plan = company.json(&lift(&file, &[&for_all[..], &["--plan"]].concat()));
    let plan = plan.ends_with(4).json();
    assert_eq!(plan["people"][0]["result"]["verb"], "lift");
    assert_eq!(locked(&company), (4, 4, 4));

    let ran = company.json(&lift(
        &file,
        &[&for_all[..], &["--yes", "--expect", "6"]].concat(),
    ));
    let ran = ran.ends_with(4);
    assert!(ran.err.contains("restriction ends"), "{}", ran.err);
    assert_eq!(locked(&company), (2, 2, 2));
    let answer = ran.json();
    assert_eq!(answer["verb"], "lift");
    let code = |at: usize| answer["people"][at]["errors"][0]["code"].clone();
    // Told today only; never told; nobody who was restricted.
    assert_eq!([2, 3, 4].map(code), ["E875", "E874", "E959"]);
    assert_eq!(
        company.cases().len(),
        4,
        "nobody gets a case by being lifted"
    );
    let grounds: Vec<String> = (0..2)
        .map(|at| {
            let case = answer["people"][at]["result"]["case"].as_str().unwrap();
            let shown = company.workspace.run(&["case", "show", case]).ends_with(0);
            format!("{shown:?}")
        })
        .collect();
    assert!(grounds[0].contains("were checked"), "{}", grounds[0]);
    assert!(grounds[1].contains("asked for it"), "{}", grounds[1]);

    // The same command for those who can be lifted has nothing left to do, and the notice is not noted twice.
    let two: String = text.split_inclusive('\n').take(3).collect();
    let file = company.file("two.csv", &two);
    let again = company
        .json(&lift(&file, &["--yes", "--expect", "0"]))
        .ends_with(0);
    for person in again.json()["people"].as_array().unwrap() {
        assert_eq!(person["result"]["finished_before"], json!(true), "{person}");
    }
    let log = company.json(&["audit", "log"]).ends_with(0).json();
    let events = log["events"].as_array().unwrap().iter();
    let sent = events.filter(|event| event["event"]["event"] == "notice_sent");
    assert_eq!(sent.count(), 3, "{log}");
}

#[test]
fn killed_in_the_middle_every_lock_is_lifted_once_and_no_other() {
    let people = 6;
    for events in [1, 8, 20, 33, 45, 60, 70] {
        let company = restricted(people + 1, people);
        // Somebody else's lock on somebody who is not in the file.
        company.desk.lock().unwrap().users.get_mut("7").unwrap()["locked"] = json!(true);
        let mut text = "email,told\n".to_owned();
        for no in 1..=people {
            text.push_str(&format!("{},{}\n", address(no), yesterday()));
        }
        let file = company.file("people.csv", &text);
        let verified = ["--because", "verified"];
        let line = lift(
            &file,
            &[&verified[..], &["--yes", "--expect", "18"]].concat(),
        );
        let workspace = &company.workspace;
        let killed = workspace.run_with("DSR_TEST_KILL_AFTER", &events.to_string(), &line);
        assert_ne!(killed.code, Some(0), "killed after {events} events");
        company.to_the_end(&lift(&file, &verified)).ends_with(0);
        assert_eq!(locked(&company), (0, 0, 1), "{events}");
        let effects = company.desk.lock().unwrap().effects.clone();
        let each: BTreeSet<&String> = effects.iter().collect();
        assert_eq!((effects.len(), each.len()), (6, 6), "{events}");
        let cases = company.cases();
        assert_eq!(cases.len(), 6);
        let nothing = |case: &Value| case["waits_for"] == json!("nothing");
        assert!(cases.iter().all(nothing), "{events}: {cases:?}");
        // A lock that somebody sets again afterwards is not this command's.
        company.desk.lock().unwrap().users.get_mut("1").unwrap()["locked"] = json!(true);
        company.to_the_end(&lift(&file, &verified)).ends_with(0);
        assert_eq!(locked(&company), (0, 0, 2), "{events}");
    }
}

#[test]
fn what_one_system_refuses_for_one_stops_nobody_else() {
    let company = restricted(3, 3);
    company.desk.lock().unwrap().stubborn = Some("2".into());
    let file = company.file(
        "people.csv",
        "email\nperson1@example.org\nperson2@example.org\nperson3@example.org\n",
    );
    let told = yesterday().to_string();
    let line = lift(&file, &["--because", "verified", "--notice-sent", &told]);
    company.to_the_end(&line).ends_with(3);
    assert_eq!(locked(&company), (0, 0, 1));
    company.desk.lock().unwrap().stubborn = None;
    company.to_the_end(&line).ends_with(0);
    assert_eq!(locked(&company), (0, 0, 0));
    assert_eq!(company.desk.lock().unwrap().effects.len(), 3);
}

#[test]
fn days_and_grounds_that_cannot_be_are_named_with_their_lines() {
    let company = restricted(6, 6);
    let asked = company.desk.lock().unwrap().asked;
    let text = "email;Unterrichtet am;Grund\n\
        person1@example.org;31.02.2026;verified\n\
        person2@example.org;31.12.2099;verified\n\
        person3@example.org;01.11.26;verified\n\
        person4@example.org;01.11.2026;weil\n\
        person5@example.org;gestern;contested\n\
        person6@example.org;01.11.2026;\n";
    let file = company.file("people.csv", text);
    let ran = company
        .json(&lift(&file, &["--yes", "--expect", "1"]))
        .ends_with(2);
    let errors = ran.json()["errors"].as_array().unwrap().clone();
    let codes: Vec<&str> = errors
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["E958", "E876", "E958", "E872", "E958", "E872", "E871"]
    );
    for row in 2..=7 {
        assert!(
            ran.err.contains(&format!("line or entry {row}")),
            "{row}: {ran:?}"
        );
    }
    assert!(
        errors
            .iter()
            .all(|one| !one["help"].as_array().unwrap().is_empty())
    );
    let without = [
        "restrict",
        "--subjects",
        &file,
        "--because",
        "contested",
        "--notice-sent",
        "2026-11-01",
    ];
    assert!(company.json(&without).ends_with(2).out.contains("E877"));
    let accept = lift(
        &file,
        &["--because", "verified", "--accept", "shop.people:1"],
    );
    assert!(company.json(&accept).ends_with(2).out.contains("E953"));
    assert_eq!(locked(&company), (6, 6, 6));
    assert_eq!(company.desk.lock().unwrap().asked, asked);
    let log = company.json(&["audit", "log"]).ends_with(0);
    assert!(!log.out.contains("notice_sent"), "{}", log.out);
}
