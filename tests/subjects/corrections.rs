//! `rectify --subjects`: each line says what is right for one person, and nobody gets what stands in another's.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::company::{Company, address};

/// As a German spreadsheet has it: who, what stands there, what should; different things for different people.
fn spreadsheet(company: &Company) -> String {
    let text = "\u{feff}Aktenzeichen;E-Mail;E-Mail alt;E-Mail neu;Anschrift (neu);Telefon neu;Bemerkung\r\n\
        T-1;person1@example.org;person1@example.org;eins@example.org;;;Heirat\r\n\
        T-2;PERSON2@example.org;;;Köln;;\r\n\
        T-3;person3@example.org;;;Bonn;0221 123456;Umzug\r\n";
    company.file("personen.csv", text)
}

fn rectify<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["rectify", "--subjects", file], more].concat()
}

#[test]
fn everybody_gets_the_values_of_their_own_line_and_an_empty_cell_leaves_what_there_is() {
    let company = Company::new(4, "assumed");
    let file = spreadsheet(&company);
    let before = company.everything();

    let plan = company.json(&rectify(&file, &["--plan"])).ends_with(0);
    assert!(plan.err.contains("E-Mail as email"), "{plan:?}");
    for read in [
        "E-Mail alt as old value of contact.email",
        "E-Mail neu as new value of contact.email",
        "Anschrift (neu) as new value of contact.address",
        "Telefon neu as new value of contact.phone",
        "Not read: Bemerkung",
    ] {
        assert!(plan.err.contains(read), "{read}: {}", plan.err);
    }
    let plan = plan.json();
    let writes = |at: usize| plan["people"][at]["result"]["writes"].clone();
    assert_eq!([0, 1, 2].map(writes), [json!(3), json!(1), json!(2)]);
    assert_eq!(company.everything(), before);

    let wrong = company.json(&rectify(&file, &["--yes", "--expect", "5"]));
    assert!(wrong.ends_with(4).out.contains("E851"));
    assert_eq!(company.everything(), before);

    let done = company.json(&rectify(&file, &["--yes", "--expect", "6"]));
    let done = done.ends_with(0);
    let fields = done
        .err
        .lines()
        .find(|line| line.contains("letters.readers.mail"));
    assert!(
        fields.is_some_and(|line| line.contains("is corrected")),
        "{}",
        done.err
    );
    let answer = done.json();
    assert_eq!(answer["verb"], "rectify");
    for person in answer["people"].as_array().unwrap() {
        let result = &person["result"];
        assert_eq!(result["complete"], json!(true), "{person}");
        let bundle = result["evidence"].as_str().unwrap();
        company
            .workspace
            .run(&["evidence", "verify", bundle])
            .ends_with(0);
    }
    let names = "SELECT group_concat(email || ' ' || town, ', ') FROM people";
    assert_eq!(
        company.shop(names),
        "eins@example.org Ulm, person2@example.org Köln, person3@example.org Bonn, person4@example.org Ulm"
    );
    assert_eq!(
        company.workspace.read("letters.csv").lines().nth(1),
        Some("eins@example.org,Person 1,")
    );
    let phones = [Value::Null, Value::Null, json!("0221 123456"), Value::Null];
    assert_eq!(company.at_the_desk("phone"), phones);
    assert_eq!(company.cases().len(), 3);

    // Once more: everybody is finished, whatever their address is by now.
    let asked = company.desk.lock().unwrap().asked;
    let again = company.json(&rectify(&file, &["--yes", "--expect", "0"]));
    let again = again.ends_with(0).json();
    for person in again["people"].as_array().unwrap() {
        assert_eq!(person["result"]["finished_before"], json!(true), "{person}");
    }
    assert_eq!(company.desk.lock().unwrap().asked, asked);
    assert_eq!(company.cases().len(), 3);
}

#[test]
fn killed_in_the_middle_every_correction_comes_true_once() {
    let people = 8;
    let mut text = "email;was:person.name;person.name;contact.phone\n".to_owned();
    for no in 1..=people {
        text.push_str(&format!(
            "{};Person {no};Right {no};0221 12345{no}\n",
            address(no)
        ));
    }
    for events in [1, 9, 30, 45, 60, 80, 100] {
        let company = Company::new(people + 1, "assumed");
        let file = company.file("people.csv", &text);
        let line = rectify(&file, &["--yes", "--expect", "24"]);
        let workspace = &company.workspace;
        let killed = workspace.run_with("DSR_TEST_KILL_AFTER", &events.to_string(), &line);
        assert_ne!(killed.code, Some(0), "killed after {events} events");
        company.to_the_end(&rectify(&file, &[])).ends_with(0);
        let right = "SELECT count(*) FROM people WHERE name = 'Right ' || id";
        assert_eq!(
            company.shop(&right.replace("count(*)", "count(*) || ''")),
            "8",
            "{events}"
        );
        let letters = company.workspace.read("letters.csv");
        assert_eq!(letters.matches("Right ").count(), 8, "{events}");
        let effects = company.desk.lock().unwrap().effects.clone();
        let each: BTreeSet<&String> = effects.iter().collect();
        assert_eq!((effects.len(), each.len()), (8, 8), "{events}");
        let cases = company.cases();
        assert_eq!(cases.len(), 8, "{events}");
        let nothing = |case: &Value| case["waits_for"] == json!("nothing");
        assert!(cases.iter().all(nothing), "{events}: {cases:?}");
        let again = company.json(&rectify(&file, &["--yes", "--expect", "0"]));
        again.ends_with(0);
        assert_eq!(company.desk.lock().unwrap().effects.len(), 8);
    }
}

#[test]
fn what_cannot_be_written_for_one_stops_nobody_else() {
    let company = Company::new(5, "assumed");
    company.desk.lock().unwrap().stubborn = Some("2".into());
    let text = "email,person.name,contact.address,was:contact.address,desk.users.note\n\
        person1@example.org,Right 1,,,\n\
        person2@example.org,Right 2,,,\n\
        person3@example.org,,Bonn,Berlin,\n\
        person4@example.org,,,,another\n\
        person5@example.org,,Bonn,Ulm,\n";
    let file = company.file("people.csv", text);
    let ran = company.json(&rectify(&file, &["--yes", "--expect", "7"]));
    // Worse than that two wait for a person is that a system did not do what it should.
    let ran = ran.ends_with(3);
    let people = ran.json()["people"].clone();
    let code = |at: usize| people[at]["errors"][0]["code"].clone();
    assert_eq!([2, 3].map(code), ["E425", "E422"]);
    assert!(ran.err.contains("line or entry 4") && ran.err.contains("line or entry 5"));
    assert_eq!(people[1]["result"]["complete"], json!(false));
    for at in [0, 4] {
        assert_eq!(people[at]["result"]["complete"], json!(true), "{people}");
    }
    let towns = "SELECT group_concat(town) FROM people";
    assert_eq!(company.shop(towns), "Ulm,Ulm,Ulm,Ulm,Bonn");
    // The same command goes on; two lines still wait for a person, and that is no wrong command line.
    company.desk.lock().unwrap().stubborn = None;
    company.to_the_end(&rectify(&file, &[])).ends_with(4);
    let names = company.at_the_desk("name");
    assert_eq!(
        names[..3],
        [json!("Right 1"), json!("Right 2"), json!("Person 3")]
    );
}

#[test]
fn a_line_that_is_wrong_is_named_with_all_others_and_nothing_is_opened() {
    let company = Company::new(6, "assumed");
    let before = company.everything();
    let refused = |text: &str, more: &[&str]| {
        let file = company.file("wrong.csv", text);
        let ran = company.json(&rectify(
            &file,
            &[more, &["--yes", "--expect", "3"]].concat(),
        ));
        let ran = ran.ends_with(2);
        assert!(
            !ran.err.contains("person1@") && !ran.out.contains("person1@"),
            "{ran:?}"
        );
        let errors = ran.json()["errors"].as_array().unwrap().clone();
        let codes = errors
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned());
        (codes.collect::<Vec<_>>(), ran.err)
    };
    let (codes, said) = refused(
        "E-Mail;E-Mail neu;Name alt;Name neu;Eingang;Eingangsweg\n\
        person1@example.org;keine;;;;\n\
        person2@example.org;;Person 2;;;\n\
        person3@example.org;;;(leer);;\n\
        person4@example.org;;;Right 4;31.12.2099;\n\
        person5@example.org;;;Right 5;31.02.2026;per Brief\n\
        person6@example.org;;(leer);Right 6;;\n",
        &[],
    );
    assert_eq!(codes, ["E424", "E956", "E957", "E833", "E948", "E834"]);
    for row in 2..=6 {
        assert!(
            said.contains(&format!("line or entry {row}")),
            "{row}: {said}"
        );
    }
    assert!(!said.contains("line or entry 7"), "{said}");
    assert!(!said.contains("keine") && !said.contains("Right"), "{said}");

    let one = |text: &str, more: &[&str]| refused(text, more).0.join(" ");
    assert_eq!(one("E-Mail;Name\nperson1@example.org;Right\n", &[]), "E955");
    assert_eq!(
        one(
            "email;contact.emial\nperson1@example.org;a@example.org\n",
            &[]
        ),
        "E954"
    );
    assert_eq!(
        one(
            "email;Schuhgröße neu;Name neu\nperson1@example.org;44;Right\n",
            &[]
        ),
        "E954"
    );
    assert_eq!(
        one("email;Name alt\nperson1@example.org;Person 1\n", &[]),
        "E955"
    );
    assert_eq!(
        one(
            "email;Name alt;Anschrift neu\nperson1@example.org;Person 1;Bonn\n",
            &[]
        ),
        "E868"
    );
    assert_eq!(
        one(
            "email;Name neu;neuer Name\nperson1@example.org;Right;Right\n",
            &[]
        ),
        "E946"
    );
    assert_eq!(one("Name neu\nRight\n", &[]), "E947");
    let list = "[{ \"email\": \"person1@example.org\", \"person.name\": [\"One\", \"Two\"] }]";
    assert_eq!(one(list, &[]), "E421");
    let accept = ["--accept", "shop.people:1"];
    assert_eq!(
        one("email;Name neu\nperson1@example.org;Right\n", &accept),
        "E953"
    );
    for flag in [
        ["--set", "person.name=X"],
        ["--was", "person.name=X"],
        ["--set-from", "x.yaml"],
    ] {
        let file = company.file("right.csv", "email;Name neu\nperson1@example.org;Right\n");
        let ran = company.workspace.run(&rectify(&file, &flag)).ends_with(2);
        assert!(ran.err.contains("E820"), "{ran:?}");
    }
    assert_eq!(company.everything(), before);
    assert!(company.cases().is_empty());
    assert_eq!(company.desk.lock().unwrap().asked, 0);
}

#[test]
fn columns_are_named_by_hand_and_lists_are_people_too() {
    let company = Company::new(3, "required");
    let text = r#"[
        { "Kunde": 1001, "E-Mail": "eins@example.org", "Bisher": "person1@example.org", "how": "letter" },
        { "Kunde": "1002", "E-Mail": "", "Bisher": null, "Tel": "0221 123456", "Tel bisher": "(leer)", "how": "letter" } ]"#;
    let file = company.file("people.json", text);
    let mapped = [
        "--map",
        "customer_no=Kunde",
        "--map",
        "contact.email=E-Mail",
        "--map",
        "was:contact.email=Bisher",
        "--map",
        "contact.phone=Tel",
        "--map",
        "was:contact.phone=Tel bisher",
        "--map",
        "identity=how",
    ];
    // A customer number leads to an address, and what is found by that alone waits for a word.
    let ran = company.to_the_end(&rectify(&file, &mapped)).ends_with(4);
    assert_eq!(
        company.shop("SELECT group_concat(email) FROM people"),
        "eins@example.org,person2@example.org,person3@example.org"
    );
    assert_eq!(ran.json()["people"].as_array().unwrap().len(), 2);
    assert_eq!(
        company.at_the_desk("phone"),
        [Value::Null, Value::Null, Value::Null]
    );
    let accept = [
        "rectify",
        "--case",
        &case_of(&company, &ran.json(), 1),
        "--accept",
        "desk.users:2",
        "--yes",
        "--expect",
        "1",
    ];
    company.json(&accept).ends_with(4);
    assert_eq!(company.at_the_desk("phone")[1], json!("0221 123456"));
    let wrong = company.json(&rectify(&file, &["--map", "contact.fax=Tel"]));
    assert!(wrong.ends_with(2).out.contains("E944"));
}

fn case_of(company: &Company, answer: &Value, at: usize) -> String {
    let case = &answer["people"][at]["result"]["case"];
    let case = case.as_str().unwrap().to_owned();
    assert!(company.cases().iter().any(|one| one["case"] == json!(case)));
    case
}

/// What is asked is remembered before it is planned; a run that was killed in between left a case that looked finished, by the plan of
/// what had been asked before.
#[test]
fn killed_before_it_planned_a_correction_is_not_taken_for_the_restriction_that_was_finished() {
    for events in [3, 4, 5] {
        let company = crate::lifting::restricted(3, 2);
        let text = "email,person.name\nperson1@example.org,Right 1\nperson2@example.org,Right 2\n";
        let file = company.file("people.csv", text);
        let line = rectify(&file, &["--yes", "--expect", "6"]);
        let killed = company
            .workspace
            .run_with("DSR_TEST_KILL_AFTER", &events.to_string(), &line);
        assert_ne!(killed.code, Some(0), "{events}");
        company.to_the_end(&rectify(&file, &[])).ends_with(0);
        let names = company.shop("SELECT group_concat(name) FROM people");
        assert_eq!(names, "Right 1,Right 2,Person 3", "{events}");
    }
}

/// The same for one person: `apply` said that nothing was left, and the correction was never made.
#[test]
fn apply_goes_on_with_what_was_asked_last_though_it_was_never_planned() {
    let company = crate::lifting::restricted(2, 1);
    let case = company.cases()[0]["case"].as_str().unwrap().to_owned();
    let correct = [
        "rectify",
        "--case",
        &case,
        "--set",
        "person.name=Right 1",
        "--yes",
        "--expect",
        "3",
    ];
    let killed = company
        .workspace
        .run_with("DSR_TEST_KILL_AFTER", "2", &correct);
    assert_ne!(killed.code, Some(0), "{killed:?}");
    let apply = ["apply", &case, "--yes", "--expect", "3"];
    let ran = company.json(&apply).ends_with(0);
    let names = company.shop("SELECT group_concat(name) FROM people");
    assert_eq!(names, "Right 1,Person 2", "{ran:?}");
}
