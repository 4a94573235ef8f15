//! Tasks, notes, the end of a case, and the overview of it all.

use crate::see;
use crate::workspace::Company;

const ANNA: [&str; 2] = ["--email", "anna@example.org"];

/// A company whose case has three open tasks.
fn erased() -> (Company, String) {
    let company = Company::new();
    let consent = ["--identity", "letter", "--yes", "--expect", "4"];
    let done = company.run(&[&["erase"], &ANNA[..], &consent[..]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    let case = company.case();
    (company, case)
}

#[test]
fn tasks_are_listed_with_owner_and_day() {
    let (company, case) = erased();
    see!("task_list", company.run(&["task", "list"]));
    see!(
        "task_list_de",
        company.run(&["--lang", "de", "task", "list"])
    );
    see!(
        "task_list_json",
        company.run(&["task", "list", "--case", &case, "--format", "json"])
    );
    see!(
        "task_list_csv_de",
        company.run(&[
            "--lang", "de", "--format", "csv", "task", "list", "--owner", "office"
        ])
    );
    see!(
        "task_list_overdue",
        company.run(&["task", "list", "--overdue"])
    );
    see!("overview", company.run(&[]));
    see!("overview_de", company.run(&["--lang", "de"]));
}

#[test]
fn a_task_is_done_with_a_word_or_a_document() {
    let (company, case) = erased();
    company.write("confirmation.pdf", "signed and stamped");
    see!(
        "task_done_nothing_found",
        company.run(&[
            "task",
            "done",
            &case,
            "T1",
            "--found",
            "nothing",
            "--proof",
            "confirmation.pdf"
        ])
    );
    see!(
        "task_done_without_proof_de",
        company.run(&[
            "--lang",
            "de",
            "task",
            "done",
            &case,
            "T2",
            "--note",
            "locked by Ms Muster"
        ])
    );
    see!("task_list_all", company.run(&["task", "list", "--all"]));
    see!(
        "task_list_all_json",
        company.run(&["task", "list", "--all", "--format", "json"])
    );
    see!(
        "task_done_twice",
        company.run(&["task", "done", &case, "T2"])
    );
    see!(
        "task_proof",
        company.run(&["task", "proof", &case, "T1", "--save", "copy.pdf"])
    );
    assert_eq!(company.read("copy.pdf"), "signed and stamped");
    see!(
        "task_proof_there_already",
        company.run(&["task", "proof", &case, "T1", "--save", "copy.pdf"])
    );
    see!(
        "task_proof_none",
        company.run(&["task", "proof", &case, "T2", "--save", "other.pdf"])
    );
}

#[test]
fn what_is_wrong_with_a_task_is_said() {
    let (company, case) = erased();
    let done = |more: &[&str]| company.run(&[&["task", "done", case.as_str()], more].concat());
    see!("task_unknown", done(&["T9"]));
    see!("task_search_without_result", done(&["T1"]));
    see!("task_search_wrong_result", done(&["T1", "--found", "some"]));
    see!("task_act_with_result", done(&["T2", "--found", "2"]));
    see!(
        "task_proof_missing",
        done(&["T2", "--proof", "nowhere.pdf"])
    );
    company.write("empty.pdf", "");
    see!(
        "task_proof_empty_de",
        done(&["T2", "--proof", "empty.pdf", "--lang", "de"])
    );
    see!(
        "task_confirmed_by_nobody",
        done(&["T2", "--confirmed-by-processor"])
    );
    see!(
        "task_done_in_no_case",
        company.run(&["task", "done", "2026-K7QF3M", "T1"])
    );
}

#[test]
fn reminders_are_printed_and_not_sent() {
    let (company, case) = erased();
    see!("task_remind", company.run(&["task", "remind"]));
    see!(
        "task_remind_within",
        company.run(&["task", "remind", "--due-within", "P20D"])
    );
    see!(
        "task_remind_not_yet",
        company.run(&["task", "remind", "--due-within", "P3D"])
    );
    see!(
        "task_remind_one_with_identities",
        company.run(&["task", "remind", &case, "T1", "--with-identities"])
    );
    see!(
        "task_remind_json",
        company.run(&["task", "remind", &case, "T2", "--format", "json"])
    );
    let german = Company::with("language: en", "language: de");
    let consent = ["--identity", "letter", "--yes", "--expect", "4"];
    german.run(&[&["erase"], &ANNA[..], &consent[..]].concat());
    // Owners read the language of the controller, whoever runs the command.
    see!(
        "task_remind_de",
        german.run(&["--lang", "en", "task", "remind"])
    );
}

#[test]
fn notes_lie_with_the_case() {
    let company = Company::new();
    company.run(&[&["case", "open", "--right", "erasure"], &ANNA[..]].concat());
    let case = company.case();
    see!(
        "note",
        company.run(&["note", &case, "She called, and \u{1b}[31mlikes tea."])
    );
    see!(
        "note_again_de",
        company.run(&["--lang", "de", "note", &case, "Zweite Notiz"])
    );
    see!("note_list", company.run(&["note", &case, "--list"]));
    see!(
        "note_list_json",
        company.run(&["note", &case, "--list", "--format", "json"])
    );
    see!("note_in_case", company.run(&["case", "show", &case]));
    see!("note_empty", company.run(&["note", &case, "  "]));
    let long = "x".repeat(64 * 1024 + 1);
    assert_eq!(company.run(&["note", &case, &long]).code, 2);
    see!("note_nobody_asked", company.run(&["note", &case]));
}

#[test]
fn a_case_is_opened_before_anybody_searches() {
    let company = Company::new();
    let open = |more: &[&str]| company.run(&[&["case", "open"], &ANNA[..], more].concat());
    see!(
        "case_open",
        open(&[
            "--right",
            "access",
            "--channel",
            "letter",
            "--received",
            "2026-01-02"
        ])
    );
    see!(
        "case_open_joins_de",
        open(&["--right", "erasure", "--lang", "de"])
    );
    see!(
        "case_open_json",
        open(&["--right", "erasure", "--format", "json"])
    );
    company.run(&[
        "case",
        "open",
        "--email",
        "bert@example.org",
        "--right",
        "access",
    ]);
    see!("overview_overdue", company.run(&[]));
    see!("overview_overdue_de", company.run(&["--lang", "de"]));
    see!("case_open_wrong_right", open(&["--right", "oblivion"]));
}

#[test]
fn a_case_is_closed_once_nothing_is_open() {
    let (company, case) = erased();
    see!(
        "case_close_too_early",
        company.run(&["case", "close", &case])
    );
    see!(
        "case_close_too_early_de",
        company.run(&["--lang", "de", "case", "close", &case])
    );
    company.run(&["task", "done", &case, "T1", "--found", "nothing"]);
    company.run(&["task", "done", &case, "T2"]);
    see!(
        "case_close_nothing_found",
        company.run(&["case", "close", &case, "--how", "nothing_found"])
    );
    see!(
        "case_close_json",
        company.run(&["case", "close", &case, "--format", "json"])
    );
    see!("case_close_twice", company.run(&["case", "close", &case]));
    see!("overview_all_closed", company.run(&[]));
    see!(
        "overview_all_closed_json",
        company.run(&["--format", "json"])
    );
    assert_eq!(company.run(&["note", &case, "She thanked us."]).code, 0);
}

#[test]
fn a_request_that_was_withdrawn_leaves_no_work() {
    let company = Company::new();
    company.run(&[&["plan"], &ANNA[..]].concat());
    let case = company.case();
    see!(
        "case_close_answered_de",
        company.run(&["--lang", "de", "case", "close", &case])
    );
    see!(
        "case_close_withdrawn",
        company.run(&["case", "close", &case, "--how", "withdrawn"])
    );
    see!(
        "case_withdrawn_tasks",
        company.run(&["task", "list", "--all"])
    );
}

/// Where no program can write, every task names the screen, who does it, until when, and what proves it.
#[test]
fn the_cash_desk_without_an_interface_leaves_no_task_open() {
    let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/cashwerk");
    let company = Company::nothing();
    for file in [
        "dsr.yaml",
        "exports/customers.csv",
        "exports/gift_cards.csv",
        "exports/loyalty.csv",
        "exports/staff.csv",
    ] {
        company.write(file, &fs_err::read_to_string(project.join(file)).unwrap());
    }
    assert_eq!(company.run(&["init", "--yes"]).code, 0);
    let customers = company.read("exports/customers.csv");
    let asked: [&[&str]; 4] = [
        &["rectify", "--set", "contact.email=anna@example.net"],
        &[
            "rectify",
            "--set",
            "cashwerk-customers.customers.last_name=Muster",
        ],
        &["restrict", "--because", "contested"],
        &["optout", "--because", "objection"],
    ];
    for words in asked {
        let plan = company.run(&[words, &ANNA[..], &["--plan"]].concat());
        let json = company.run(&[words, &ANNA[..], &["--plan", "--format", "json"]].concat());
        let told: serde_json::Value = serde_json::from_str(&json.out).unwrap_or_default();
        let tasks = told["tasks"].as_array().cloned().unwrap_or_default();
        assert!(!tasks.is_empty(), "{words:?}: {} {}", plan.out, plan.err);
        for task in &tasks {
            let text = task["text"].to_string();
            for named in ["Screen: ", "Proof: "] {
                // Looking for the person among the receipts has no day of its own.
                assert!(text.contains(named), "{words:?}: {text}");
            }
        }
    }
    assert_eq!(company.read("exports/customers.csv"), customers);
}
