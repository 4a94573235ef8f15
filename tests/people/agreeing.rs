//! What two people agree on beside plans: changes of the inventory, the release of a hold, the early end of a case; and whoever tries it
//! alone.

use dsr::keys::Digest;
use dsr::ledger::{Event, Ledger};
use dsr::people::Matter;
use dsr::trust::Lock;
use dsr::workspace::Workspace;

use super::*;

/// Signs what dsr.yaml asks for, each with their own key, and returns what the last of them was told.
#[track_caller]
pub(super) fn agree(company: &Company, names: &[&str]) -> String {
    let mut said = String::new();
    for name in names {
        let looked = refused(company, name, &["approve", "dsr.yaml"], 4, "E991");
        let (_, rest) = looked.split_once("--expect ").unwrap();
        let count: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let yes = ["approve", "dsr.yaml", "--yes", "--expect", &count];
        said = ok(company, name, &yes).err;
    }
    said
}

/// Two operators and two approvers at one machine, and an inventory that the ledger knows.
fn known() -> Company {
    let company = Company::new();
    for name in ["op1", "op2", "ap1", "ap2"] {
        key(&company, name);
    }
    list(&company, &PEOPLE);
    stand(&company);
    company
}

const PEOPLE: [(&str, &str, &str); 4] = [
    ("op1", "operator", ""),
    ("op2", "operator", ""),
    ("ap1", "approver", ""),
    ("ap2", "approver", ""),
];

/// Somebody looks, and with that the ledger knows what the inventory asks for.
#[track_caller]
fn stand(company: &Company) {
    ok(
        company,
        "op1",
        &[&["find", "--reason", "look"][..], &ANNA].concat(),
    );
}

fn change(company: &Company, old: &str, new: &str) {
    let text = company.read("dsr.yaml");
    assert!(text.contains(old), "{old}");
    company.write("dsr.yaml", &text.replacen(old, new, 1));
}

/// Every command that writes to a system or destroys, in the name of op1. None of them gets as far as that.
#[track_caller]
fn nothing_is_written(company: &Company, words: &str) {
    let erase = [&["erase"][..], &ANNA, &["--identity", "letter"]].concat();
    let restrict = [
        &["restrict"][..],
        &ANNA,
        &["--because", "contested", "--identity", "letter"],
    ]
    .concat();
    let rectify = [
        &["rectify"][..],
        &ANNA,
        &["--set", "contact.address=Ulm", "--identity", "letter"],
    ]
    .concat();
    let sweep: &[&str] = &["sweep", "--apply"];
    let before = company.customers();
    for command in [&erase[..], &restrict[..], &rectify[..], sweep] {
        let said = refused(company, "op1", command, 4, "E990");
        assert!(said.contains(words), "{said}");
        assert!(said.contains("dsr approve dsr.yaml --as NAME"), "{said}");
    }
    assert_eq!(company.customers(), before);
}

#[test]
fn a_change_of_the_inventory_waits_for_two_and_looking_goes_on() {
    let company = known();
    let sound = company.read("dsr.yaml");
    change(&company, "keep: P8Y", "keep: P1M");
    nothing_is_written(
        &company,
        "the period of booking_documents was changed from P8Y to P1M",
    );
    stand(&company);
    let export = [&["export"][..], &ANNA, &["--identity", "letter"]].concat();
    let exported = run(&company, "op1", &export);
    assert!(
        matches!(exported.code, 0 | 3 | 4) && !exported.err.contains("E990"),
        "{}",
        exported.err
    );
    // One alone is none, whoever it is, and however often they sign.
    let said = agree(&company, &["op1"]);
    assert!(said.contains("ap1, ap2") && !said.contains("op2"), "{said}");
    let again = run(
        &company,
        "op1",
        &["approve", "dsr.yaml", "--yes", "--expect", "1"],
    );
    assert_eq!(again.code, 4, "{}", again.err);
    assert!(
        again.err.contains("has signed this already"),
        "{}",
        again.err
    );
    // Two operators are two people, and neither of them approves.
    agree(&company, &["op2"]);
    nothing_is_written(&company, "P1M");
    let said = agree(&company, &["ap1"]);
    assert!(said.contains("op1, op2, ap1"), "{said}");
    refused(&company, "ap2", &["approve", "dsr.yaml"], 2, "E992");
    planned(&company);
    // The way back is a change as well.
    company.write("dsr.yaml", &sound);
    nothing_is_written(&company, "from P1M to P8Y");
}

#[test]
fn each_change_that_needs_two_is_named_and_stops_what_writes() {
    let company = known();
    let sound = company.read("dsr.yaml");
    key(&company, "evil");
    let changes: [(&str, &str, &str); 13] = [
        (
            "approval: four_eyes",
            "approval: none",
            "`approval` was `four_eyes` and is `none`",
        ),
        (
            "  ap2: { role: approver, key: \"keys/ap2.pub\" }\n",
            "",
            "`ap2` (approver) is no longer listed",
        ),
        (
            "  ap2: { role: approver",
            "  ap2: { role: operator",
            "`ap2` was approver and is operator",
        ),
        ("keys/ap2.pub", "keys/evil.pub", "the key of `ap2` was"),
        (
            "approval: four",
            "  evil: { role: approver, key: keys/evil.pub }\napproval: four",
            "`evil` is new under `people`, as approver",
        ),
        (
            "keys/ap2.pub\"",
            "keys/ap2.pub\", recipient: \"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\"",
            "(`recipient`)",
        ),
        (
            "kind: min",
            "kind: keep",
            "the rule of booking_documents was `min` and is `keep`",
        ),
        (
            "start: eoy(issued_on)",
            "start: issued_on",
            "counted from `eoy(issued_on)`",
        ),
        (
            "purpose: accounting",
            "purpose: advertising",
            "purpose, basis",
        ),
        (
            "table: orders",
            "table: orders_archive",
            "shop.orders was the table `orders` and is `orders_archive`",
        ),
        (
            "engine: csv\n",
            "engine: csv\n    status: disabled\n",
            "the system newsletter was connected and is disabled",
        ),
        (
            "data_types:\n",
            "data_types:\n  orders: { objects: [shop.orders], purpose: x, basis: art6_1_f, keep: P1D, start: event(note), kind: max, then: remove }\n",
            "orders",
        ),
        (
            "people:\n",
            "evidence: { keep: P1D }\npeople:\n",
            "closed cases were kept for P3Y and are kept for P1D",
        ),
    ];
    let erase = [&["erase"][..], &ANNA, &["--identity", "letter"]].concat();
    for (old, new, words) in changes {
        company.write("dsr.yaml", &sound);
        change(&company, old, new);
        let said = refused(&company, "op1", &erase, 4, "E990");
        assert!(said.contains(words), "{words}: {said}");
        let german = refused(
            &company,
            "op1",
            &[&erase[..], &["--lang", "de"]].concat(),
            4,
            "E990",
        );
        assert!(german.contains("zwei Personen"), "{german}");
    }
    // A system that is gone, and one of its objects.
    let (start, rest) = sound.split_once("  paper_files:\n").unwrap();
    let (_, end) = rest.split_once("data_types:\n").unwrap();
    company.write("dsr.yaml", &format!("{start}data_types:\n{end}"));
    refused(
        &company,
        "op1",
        &erase,
        4,
        "paper_files is not in the inventory any more",
    );
    let (start, rest) = sound.split_once("      orders:\n").unwrap();
    let (_, end) = rest.split_once("      invoices:\n").unwrap();
    company.write("dsr.yaml", &format!("{start}      invoices:\n{end}"));
    refused(
        &company,
        "op1",
        &erase,
        4,
        "shop.orders is not looked through any more",
    );
    company.write("dsr.yaml", &sound);
    // What needs nobody: a comment, a bound, another owner, one more system.
    change(&company, "owner: office", "owner: archive # since May");
    change(
        &company,
        "systems:\n",
        "limits: { records: 900 }\nsystems:\n  cellar:\n    engine: manual\n    owner: office\n    manual: { find: \"Search.\", erase: \"Destroy.\", days: 7 }\n",
    );
    planned(&company);
    // That one stands from now on, and does not go by one hand.
    change(
        &company,
        "  cellar:\n    engine: manual\n",
        "  cellar:\n    engine: manual\n    status: disabled\n",
    );
    refused(
        &company,
        "op1",
        &erase,
        4,
        "the system cellar was searched by people and is disabled",
    );
}

#[test]
fn nobody_brings_a_second_key_of_their_own_along() {
    let company = known();
    key(&company, "evil");
    // Under a new name, and as the key of a colleague.
    for (old, new, name) in [
        (
            "approval: four",
            "  evil: { role: approver, key: keys/evil.pub }\napproval: four",
            "evil",
        ),
        ("keys/ap1.pub", "keys/evil.pub", "ap1"),
    ] {
        let sound = company.read("dsr.yaml");
        change(&company, old, new);
        agree(&company, &["op1"]);
        let said = run(
            &company,
            name,
            &["approve", "dsr.yaml", "--yes", "--expect", "1"],
        );
        match name {
            "evil" => assert!(said.code == 2 && said.err.contains("E993"), "{}", said.err),
            // The old key of ap1 is asked for, and that is another person's.
            _ => assert!(
                said.code == 0 && said.err.contains("op1, ap1"),
                "{}",
                said.err
            ),
        }
        company.write("dsr.yaml", &sound);
        if name == "ap1" {
            agree(&company, &["op1", "ap2"]);
        }
    }
    // Whoever owns the machine of op1 alone has not the passphrase of ap1.
    change(&company, "keys/ap1.pub", "keys/evil.pub");
    agree(&company, &["op1"]);
    fs_err::write(company.path("../ap1.pass"), "pass words of evil\n").unwrap();
    let yes = ["approve", "dsr.yaml", "--yes", "--expect", "1"];
    refused(&company, "ap1", &yes, 2, "E977");
    nothing_is_written(&company, "the key of `ap1` was");
}

#[test]
fn whoever_was_taken_off_the_list_agrees_to_nothing_more() {
    let company = known();
    let gone = PEOPLE.iter().filter(|one| one.0 != "ap1").copied();
    list(&company, &gone.collect::<Vec<_>>());
    // To their own end they may agree: they were listed before it.
    agree(&company, &["ap1", "op1"]);
    change(&company, "keep: P8Y", "keep: P1M");
    refused(&company, "ap1", &["approve", "dsr.yaml"], 2, "E827");
    agree(&company, &["op1"]);
    nothing_is_written(&company, "P1M");
    // Listed once more by whoever wants their word: that is a change too, and not theirs to agree to.
    let text = company.read("dsr.yaml");
    company.write(
        "dsr.yaml",
        &text.replace(
            "approval: four",
            "  ap1: { role: approver, key: keys/ap1.pub }\napproval: four",
        ),
    );
    refused(&company, "ap1", &["approve", "dsr.yaml"], 2, "E993");
    nothing_is_written(&company, "`ap1` is new");
    // And a stranger of whom nobody has heard.
    refused(&company, "nobody", &["approve", "dsr.yaml"], 2, "E827");
}

#[test]
fn four_eyes_do_not_end_by_two_of_them() {
    let company = known();
    let case = planned(&company);
    change(&company, "approval: four_eyes", "approval: none");
    nothing_is_written(&company, "`approval` was `four_eyes` and is `none`");
    let yes = [&["apply", case.as_str()][..], &YES].concat();
    refused(&company, "op1", &yes, 4, "E990");
    refused(
        &company,
        "ap1",
        &[&["approve", case.as_str()][..], &YES].concat(),
        4,
        "E990",
    );
    // Neither with the people gone who could object.
    let text = company.read("dsr.yaml");
    let (start, rest) = text.split_once("people:\n").unwrap();
    let (_, end) = rest.split_once("approval: none\n").unwrap();
    company.write("dsr.yaml", &format!("{start}{end}"));
    let erase = [
        &["erase"][..],
        &ANNA,
        &["--identity", "letter", "--yes", "--expect", "4"],
    ]
    .concat();
    let said = company.run(&erase);
    assert_eq!(said.code, 4, "{}", said.err);
    assert!(
        said.err.contains("E990") && said.err.contains("`ap1` (approver) is no longer listed"),
        "{}",
        said.err
    );
    assert_eq!(company.customers().len(), 3);
    // Two people may, also those who are not listed any more.
    agree(&company, &["ap1", "op1"]);
    let said = company.run(&erase);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(company.customers().len(), 2);
}

/// Appends events as somebody would who can write to the ledger's file and makes its chain whole again.
fn forge(company: &Company, events: &[Event]) {
    let workspace = Workspace::find(&company.path("")).unwrap();
    let lock = Lock::read(&workspace).unwrap();
    let mut ledger = Ledger::open(&workspace, &lock).unwrap();
    ledger.append(None, jiff::Timestamp::now(), events).unwrap();
}

fn agreements(company: &Company) -> Vec<Event> {
    let events = events(company, "agreed").into_iter();
    events
        .map(|event| serde_json::from_value(event).unwrap())
        .collect()
}

#[test]
fn an_approval_counts_for_one_change_once() {
    let company = known();
    let sound = company.read("dsr.yaml");
    let weak = sound.replace("keep: P8Y", "keep: P1M");
    company.write("dsr.yaml", &weak);
    agree(&company, &["op1", "ap1"]);
    let first = agreements(&company);
    assert_eq!(first.len(), 2);
    company.write("dsr.yaml", &sound);
    agree(&company, &["op1", "ap2"]);
    // There and back again: what was signed for the first time does not count for the second.
    company.write("dsr.yaml", &weak);
    nothing_is_written(&company, "P1M");
    forge(&company, &first);
    nothing_is_written(&company, "P1M");
    // Nor with the day or the digests of the new change written over it.
    agree(&company, &["op1"]);
    let asked = agreements(&company).pop().unwrap();
    let (Event::Agreed { matter, .. }, Event::Agreed { by, proof, .. }) = (asked, first[1].clone())
    else {
        panic!("no agreement");
    };
    forge(
        &company,
        &[Event::Agreed {
            matter: matter.clone(),
            by,
            proof: proof.clone(),
        }],
    );
    // Nor the signature of the one under the name of the other, or of somebody who only operates.
    for by in ["ap1", "ap2", "op2"] {
        let by = by.to_owned();
        let proof = proof.clone();
        forge(
            &company,
            &[Event::Agreed {
                matter: matter.clone(),
                by,
                proof,
            }],
        );
    }
    nothing_is_written(&company, "P1M");
    agree(&company, &["ap1"]);
    planned(&company);
}

#[test]
fn an_approval_of_another_change_does_not_count() {
    let company = known();
    let sound = company.read("dsr.yaml");
    // ap1 agrees to nine years, and the file says a month.
    company.write("dsr.yaml", &sound.replace("keep: P8Y", "keep: P9Y"));
    agree(&company, &["ap1"]);
    company.write("dsr.yaml", &sound.replace("keep: P8Y", "keep: P1M"));
    let said = agree(&company, &["op1"]);
    assert!(said.contains("ap1"), "{said}");
    nothing_is_written(&company, "P1M");
    // A change that was taken back is over, and so is the word that was given to it.
    company.write("dsr.yaml", &sound);
    stand(&company);
    company.write("dsr.yaml", &sound.replace("keep: P8Y", "keep: P9Y"));
    agree(&company, &["op1"]);
    nothing_is_written(&company, "P9Y");
}

#[test]
fn terms_written_into_the_ledger_by_hand_let_nobody_in() {
    let company = known();
    change(&company, "keep: P8Y", "keep: P1M");
    stand(&company);
    let noted = events(&company, "terms_changed");
    let last: Event = serde_json::from_value(noted.last().unwrap().clone()).unwrap();
    // The new terms once more, and with the policy of one.
    let Event::TermsChanged {
        inventory,
        terms,
        operator,
    } = last.clone()
    else {
        panic!("no terms");
    };
    let mut alone = terms;
    alone.approval = dsr::inventory::Approval::None;
    let alone_too = {
        let mut terms = alone.clone();
        terms.people = None;
        terms
    };
    let noted = |terms| Event::TermsChanged {
        inventory,
        terms,
        operator: operator.clone(),
    };
    forge(
        &company,
        &[last.clone(), noted(alone), noted(alone_too), last],
    );
    nothing_is_written(&company, "P1M");
    // An agreement without signatures, and one with those of keys that nobody has.
    let own = dsr::people::own::PersonKey::random();
    let matter = Matter::Terms {
        before: Digest([1; 32]),
        after: Digest([2; 32]),
        since: Digest([3; 32]),
    };
    let day = jiff::Zoned::now().date();
    for by in ["op1", "ap1"] {
        let proof = own.agree("ledger", &matter, by, day);
        forge(
            &company,
            &[Event::Agreed {
                matter: matter.clone(),
                by: by.to_owned(),
                proof,
            }],
        );
    }
    nothing_is_written(&company, "P1M");
    // The first terms changed in the file itself: the chain does not hold any more.
    let file = fs_err::read_dir(company.path(".dsr")).unwrap();
    let mut file = file.map(|entry| entry.unwrap().path());
    let file = file
        .find(|path| path.to_string_lossy().ends_with("ledger.db"))
        .unwrap();
    let file = Connection::open(file).unwrap();
    let line: (i64, Vec<u8>) = file
        .query_row(
            "SELECT seq, bytes FROM event WHERE instr(bytes, 'terms_changed') > 0 ORDER BY seq LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let edited = String::from_utf8(line.1)
        .unwrap()
        .replace("\"P8Y\"", "\"P1M\"");
    let hash = Digest::sha256(edited.as_bytes());
    file.execute_batch("DROP TRIGGER event_stays").unwrap();
    file.execute(
        "UPDATE event SET bytes = ?1, hash = ?2 WHERE seq = ?3",
        (edited.as_bytes(), &hash.0[..], line.0),
    )
    .unwrap();
    let erase = [&["erase"][..], &ANNA, &["--identity", "letter"]].concat();
    let said = run(&company, "op1", &erase);
    assert!(
        said.err.contains("E636") && said.code == 1,
        "{} {}",
        said.code,
        said.err
    );
    assert_eq!(company.customers().len(), 3);
}

#[test]
fn a_hold_goes_by_two() {
    let company = known();
    let add = [
        "hold",
        "add",
        "--system",
        "shop",
        "--ground",
        "bao132",
        "--reason",
        "audit of the shop",
    ];
    let said = ok(&company, "op1", &add);
    let hold = format!("{}{}", said.out, said.err);
    let at = hold.find("H-").unwrap();
    let hold = hold[at..at + 8].to_owned();
    refused(&company, "ap1", &["approve", &hold], 2, "E992");
    refused(&company, "op1", &["hold", "release", &hold], 2, "E441");
    let release = [
        "hold",
        "release",
        hold.as_str(),
        "--reason",
        "the audit is over",
    ];
    let said = refused(&company, "op1", &release, 4, "E442");
    assert!(
        said.contains(&format!("dsr approve {hold} --as NAME")) && said.contains("ap1, ap2"),
        "{said}"
    );
    let yes = ["approve", hold.as_str(), "--yes", "--expect", "1"];
    // The same person, another operator, nobody's yes, another number.
    refused(&company, "op1", &yes, 2, "E995");
    refused(&company, "op2", &yes, 2, "E978");
    let said = refused(&company, "ap1", &["approve", &hold], 4, "E991");
    for words in ["op1 asks", "the audit is over", "audit of the shop"] {
        assert!(said.contains(words), "{said}");
    }
    refused(
        &company,
        "ap1",
        &["approve", &hold, "--yes", "--expect", "2"],
        4,
        "E991",
    );
    // Two operators are not enough.
    refused(&company, "op2", &release, 4, "E442");
    assert!(events(&company, "hold_released").is_empty());
    ok(&company, "ap1", &yes);
    // What was agreed to is this reason.
    let other = ["hold", "release", hold.as_str(), "--reason", "I say so"];
    refused(&company, "op1", &other, 4, "E442");
    refused(
        &company,
        "ap1",
        &["hold", "release", &hold, "--reason", "the audit is over"],
        2,
        "E978",
    );
    ok(&company, "op1", &release);
    assert_eq!(events(&company, "hold_released").len(), 1);
    refused(&company, "ap2", &yes, 2, "E439");
    let said = ok(&company, "op1", &["audit", "log"]);
    assert!(
        said.out
            .contains(&format!("signed the release of hold {hold}")),
        "{}",
        said.out
    );
    assert!(!said.out.contains("audit is over"));
}

/// One of the workspace's databases as a copy has it: one file, the write-ahead log folded in.
fn copied(company: &Company, name: &str) -> Vec<u8> {
    let file = company.path(".dsr").join(name);
    let connection = Connection::open(&file).unwrap();
    let _: i64 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .unwrap();
    drop(connection);
    fs_err::read(file).unwrap()
}

fn put_back(company: &Company, name: &str, bytes: &[u8]) {
    for end in ["", "-wal", "-shm"] {
        let _ = fs_err::remove_file(company.path(".dsr").join(format!("{name}{end}")));
    }
    fs_err::write(company.path(".dsr").join(name), bytes).unwrap();
}

/// A company that came to four eyes and then set a hold, with its databases from the time when one person was enough.
fn once_alone() -> (Company, [(&'static str, Vec<u8>); 2], String) {
    let company = Company::new();
    let alone = [&["find", "--reason", "look"][..], &ANNA].concat();
    let looked = company.run(&alone);
    assert_eq!(looked.code, 0, "{}", looked.err);
    let old = ["ledger.db", "vault.db"].map(|name| (name, copied(&company, name)));
    for (name, ..) in PEOPLE {
        key(&company, name);
    }
    list(&company, &PEOPLE);
    stand(&company);
    let add = [
        &[
            "hold",
            "add",
            "--ground",
            "art17_3_e",
            "--reason",
            "a claim",
        ][..],
        &ANNA,
    ]
    .concat();
    let said = ok(&company, "op1", &add);
    let at = said.out.find("H-").unwrap();
    let hold = said.out[at..at + 8].to_owned();
    (company, old, hold)
}

const ADOPT: [&str; 4] = ["audit", "adopt", "--reason", "the disk failed"];

#[test]
fn an_older_ledger_is_accepted_by_two_and_ends_neither_holds_nor_four_eyes() {
    let (company, old, hold) = once_alone();
    let weak = company
        .read("dsr.yaml")
        .replace("approval: four_eyes", "approval: none");
    let sound = company.read("dsr.yaml");
    put_back(&company, "ledger.db", &old[0].1);
    // Whatever the inventory and that ledger say: what the vault remembers asks for two.
    for inventory in [&sound, &weak] {
        company.write("dsr.yaml", inventory);
        for _ in 0..2 {
            let said = refused(&company, "op1", &ADOPT, 4, "E996");
            assert!(said.contains("dsr approve ledger --as NAME"), "{said}");
            assert!(said.contains("ap1, ap2"), "{said}");
        }
    }
    company.write("dsr.yaml", &sound);
    // What looks over the holds meanwhile clears none of their words away.
    let add = ["hold", "add", "--system", "shop", "--ground", "bao132"];
    let add = [&add[..], &["--reason", "x"]].concat();
    refused(&company, "op1", &add, 2, "E634");
    // Not the same person twice, not two operators, and not without a yes.
    let yes = ["approve", "ledger", "--yes", "--expect", "1"];
    refused(&company, "op1", &yes, 2, "E995");
    refused(&company, "op2", &yes, 2, "E978");
    refused(&company, "op2", &ADOPT, 4, "E996");
    refused(&company, "ap1", &["approve", "ledger"], 4, "E991");
    let said = ok(&company, "ap1", &yes);
    for words in ["op1, op2 asks", "the disk failed", "events"] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    // What was agreed to is this reason.
    let other = ["audit", "adopt", "--reason", "I say so"];
    refused(&company, "op2", &other, 4, "E996");
    // The words of the second asker took the place of the first; so all of it is asked for again.
    refused(&company, "op1", &ADOPT, 4, "E996");
    ok(&company, "ap2", &yes);
    let done = ok(&company, "op1", &ADOPT);
    assert!(done.err.contains("stand again: 1"), "{}", done.err);
    // Who agreed stands in the ledger, and so does the hold, with whom it is on.
    let signed = events(&company, "agreed");
    let by: Vec<&str> = signed
        .iter()
        .map(|one| one["by"].as_str().unwrap())
        .collect();
    assert_eq!(by, ["op1", "ap2"]);
    assert!(signed.iter().all(|one| one["matter"]["of"] == "adopt"));
    let listed = ok(&company, "op1", &["hold", "list"]);
    assert!(listed.out.contains(&hold), "{}", listed.out);
    let log = ok(&company, "op1", &["audit", "log"]);
    assert!(
        log.out.contains("agreed to accept an older ledger"),
        "{}",
        log.out
    );
    ok(&company, "op1", &["audit", "log", "--verify"]);
    refused(&company, "ap1", &yes, 2, "E992");
    // And four eyes bind as before.
    change(&company, "approval: four_eyes", "approval: none");
    nothing_is_written(&company, "`approval` was `four_eyes` and is `none`");
}

#[test]
fn with_the_vault_of_then_the_words_beside_the_head_still_ask_for_two() {
    let (company, old, hold) = once_alone();
    for (name, bytes) in &old {
        put_back(&company, name, bytes);
    }
    refused(&company, "op1", &ADOPT, 4, "E996");
    change(&company, "approval: four_eyes", "approval: none");
    refused(&company, "op1", &ADOPT, 4, "E996");
    ok(
        &company,
        "ap1",
        &["approve", "ledger", "--yes", "--expect", "1"],
    );
    ok(&company, "op1", &ADOPT);
    // That vault has not the words of the hold; four eyes bind all the same.
    let listed = ok(&company, "op1", &["hold", "list"]);
    assert!(!listed.out.contains(&hold), "{}", listed.out);
    nothing_is_written(&company, "`approval` was `four_eyes` and is `none`");
}

#[test]
fn where_one_is_enough_an_older_ledger_takes_their_key_and_keeps_the_holds() {
    let company = Company::new();
    key(&company, "op1");
    let people = "people:\n  op1: { role: operator, key: keys/op1.pub }\nsystems:\n";
    company.write("dsr.yaml", &INVENTORY.replace("systems:\n", people));
    stand(&company);
    let old = copied(&company, "ledger.db");
    let add = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        "a claim",
    ];
    let hold = ok(&company, "op1", &[&add[..], &ANNA].concat()).out;
    put_back(&company, "ledger.db", &old);
    fs_err::write(company.path("../op1.pass"), "somebody else's words\n").unwrap();
    refused(&company, "op1", &ADOPT, 2, "E977");
    fs_err::write(company.path("../op1.pass"), "pass words of op1\n").unwrap();
    ok(&company, "op1", &ADOPT);
    let listed = ok(&company, "op1", &["hold", "list"]);
    assert!(listed.out.contains(hold.trim()), "{}", listed.out);
    let held = [&["erase"][..], &ANNA, &["--identity", "letter"]].concat();
    let held = run(&company, "op1", &held);
    assert!(
        held.err.contains(hold.trim()) || held.out.contains(hold.trim()),
        "{}",
        held.err
    );
}

#[test]
fn an_approver_who_left_does_not_release_a_hold() {
    let company = known();
    let add = [
        "hold", "add", "--system", "shop", "--ground", "bao132", "--reason", "audit",
    ];
    let said = ok(&company, "op1", &add);
    let hold = format!("{}{}", said.out, said.err);
    let at = hold.find("H-").unwrap();
    let hold = hold[at..at + 8].to_owned();
    let release = ["hold", "release", hold.as_str(), "--reason", "over"];
    refused(&company, "op1", &release, 4, "E442");
    ok(
        &company,
        "ap1",
        &["approve", &hold, "--yes", "--expect", "1"],
    );
    let left = PEOPLE.iter().filter(|one| one.0 != "ap1").copied();
    list(&company, &left.collect::<Vec<_>>());
    refused(&company, "op1", &release, 4, "E990");
    agree(&company, &["op1", "ap2"]);
    let said = refused(&company, "op1", &release, 4, "E442");
    assert!(!said.contains("ap1") && said.contains("ap2"), "{said}");
    ok(
        &company,
        "ap2",
        &["approve", &hold, "--yes", "--expect", "1"],
    );
    ok(&company, "op1", &["hold", "release", &hold]);
}

#[test]
fn a_case_ends_before_its_day_by_two() {
    let company = known();
    let open = [&["case", "open"][..], &ANNA, &["--right", "erasure"]].concat();
    ok(&company, "op1", &open);
    let case = case(&company);
    let early = |reason| {
        [
            "case", "purge", &case, "--early", "--reason", reason, "--yes",
        ]
    };
    refused(&company, "op1", &early("order"), 4, "E697");
    ok(
        &company,
        "op1",
        &["case", "close", &case, "--how", "withdrawn"],
    );
    let yes = ["approve", case.as_str(), "--yes", "--expect", "1"];
    refused(&company, "ap1", &early("order"), 2, "E978");
    let said = refused(&company, "op1", &early("order"), 4, "E844");
    assert!(
        said.contains(&format!("dsr approve {case} --as NAME")),
        "{said}"
    );
    refused(&company, "op1", &yes, 2, "E995");
    refused(&company, "op2", &yes, 2, "E978");
    refused(&company, "op1", &early("order"), 4, "E844");
    let said = refused(&company, "ap1", &["approve", &case], 4, "E991");
    assert!(said.contains("before its day: order"), "{said}");
    let german = refused(
        &company,
        "ap1",
        &["approve", &case, "--lang", "de"],
        4,
        "E991",
    );
    assert!(german.contains("vorzeitig vernichten"), "{german}");
    ok(&company, "ap1", &yes);
    // What was agreed to is this reason.
    refused(&company, "op1", &early("other"), 4, "E844");
    assert!(events(&company, "case_purged").is_empty());
    ok(&company, "op1", &early("order"));
    let purged = events(&company, "case_purged");
    assert_eq!((purged.len(), &purged[0]["reason"]), (1, &"order".into()));
}

#[test]
fn a_shorter_time_for_cases_does_not_make_their_end_one_persons() {
    let company = known();
    let open = [&["case", "open"][..], &ANNA, &["--right", "erasure"]].concat();
    ok(&company, "op1", &open);
    let case = case(&company);
    ok(
        &company,
        "op1",
        &["case", "close", &case, "--how", "withdrawn"],
    );
    change(&company, "people:\n", "evidence: { keep: P1D }\npeople:\n");
    let purge = ["case", "purge", &case, "--early", "--reason", "x", "--yes"];
    refused(&company, "op1", &purge, 4, "E990");
    assert!(events(&company, "case_purged").is_empty());
}

/// Parcels that are due by a rule which the first run only shows.
fn shipping() -> Company {
    let company = known();
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.execute_batch(
        "CREATE TABLE parcels (id INTEGER PRIMARY KEY, email TEXT, sent_on TEXT);
         INSERT INTO parcels VALUES (1, 'anna@example.org', '2020-01-01');
         WITH RECURSIVE k(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM k WHERE n < 30)
         INSERT INTO parcels SELECT n, 'other@example.org', '2026-11-01' FROM k;",
    )
    .unwrap();
    change(
        &company,
        "  newsletter:\n",
        "      parcels:
        table: parcels
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        clock: sent_on
        erase: remove
  newsletter:\n",
    );
    change(
        &company,
        "data_types:\n",
        "data_types:
  parcels: { objects: [shop.parcels], purpose: shipping, basis: art6_1_f, keep: P3Y, start: clock, kind: max, then: remove }\n",
    );
    company
}

fn parcels(company: &Company) -> u32 {
    let shop = Connection::open(company.path("shop.db")).unwrap();
    shop.query_row("SELECT count(*) FROM parcels", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn a_retention_rule_sweeps_only_once_two_have_agreed_to_it() {
    let company = shipping();
    let sweep = ["sweep", "--apply", "--data-type", "parcels"];
    // A new rule is shown to whoever looks, and carried out for nobody.
    ok(&company, "op1", &["sweep", "--data-type", "parcels"]);
    refused(&company, "op1", &sweep, 4, "E990");
    assert_eq!(parcels(&company), 30);
    agree(&company, &["op1", "ap1"]);
    // Cron needs nobody's word each night from here on.
    let done = run(&company, "op1", &sweep);
    assert!(matches!(done.code, 0 | 4), "{}", done.err);
    let _ = run(&company, "op1", &sweep);
    assert_eq!(parcels(&company), 29, "{}", done.err);
    // A shorter period, in the hand of one: nothing of it is carried out, tonight or any other night.
    change(&company, "keep: P3Y", "keep: P1D");
    for _ in 0..2 {
        ok(&company, "op1", &["sweep", "--data-type", "parcels"]);
        refused(&company, "op1", &sweep, 4, "E990");
    }
    assert_eq!(parcels(&company), 29);
    // Another day to count from, which the rule does not name.
    change(&company, "keep: P1D", "keep: P3Y");
    change(&company, "clock: sent_on", "clock: id");
    let said = refused(&company, "op1", &sweep, 4, "E990");
    assert!(
        said.contains("counted from `clock(sent_on)` and counts from `clock(id)`"),
        "{said}"
    );
    assert_eq!(parcels(&company), 29);
}

#[test]
fn the_next_cover_sheet_tells_what_was_agreed_and_what_was_not() {
    let company = known();
    let sound = company.read("dsr.yaml");
    company.write("dsr.yaml", &sound.replace("keep: P8Y", "keep: P9Y"));
    agree(&company, &["op1", "ap1"]);
    let agreed = company.read("dsr.yaml");
    change(
        &company,
        "engine: csv\n",
        "engine: csv\n    status: disabled\n",
    );
    let looked = run(
        &company,
        "op1",
        &[&["find", "--reason", "look"][..], &ANNA].concat(),
    );
    assert_eq!(looked.code, 3, "{}", looked.err);
    company.write("dsr.yaml", &agreed);
    let case = planned(&company);
    approve(&company, "ap1", &case);
    ok(&company, "op1", &["apply", &case]);
    let cover = |name: &str| {
        let file =
            fs_err::File::open(company.path(&format!("evidence/{case}.evidence.zip"))).unwrap();
        let mut zip = zip::ZipArchive::new(file).unwrap();
        let mut text = String::new();
        for place in 0..zip.len() {
            let mut file = zip.by_index(place).unwrap();
            if file.name().is_ok_and(|one| one.ends_with(name)) {
                std::io::Read::read_to_string(&mut file, &mut text).unwrap();
            }
        }
        text
    };
    let page = cover(".html");
    for words in [
        "agreed to by op1, ap1",
        "from P8Y to P9Y",
        "two people have not agreed to it",
        "newsletter was connected and is disabled",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for (lang, words) in [
        ("en", "agreed to by op1, ap1"),
        ("de", "zugestimmt haben op1, ap1"),
    ] {
        let list = ok(
            &company,
            "op1",
            &[
                "audit",
                "log",
                "--anomalies",
                "--lang",
                lang,
                "--format",
                "json",
            ],
        );
        let list: Value = serde_json::from_str(&list.out).unwrap();
        let list = list["anomalies"].as_array().unwrap();
        let of = |kind: &str| -> Vec<&str> {
            let found = list.iter().filter(|one| one["kind"] == kind);
            found.map(|one| one["what"].as_str().unwrap()).collect()
        };
        assert_eq!(of("agreed").len(), 1, "{list:?}");
        assert!(of("agreed")[0].contains(words), "{list:?}");
        assert_eq!(of("not_agreed").len(), 1, "{list:?}");
    }
}

/// The plans that were carried out. An approver has signed each of them.
fn started(company: &Company) -> std::collections::BTreeSet<String> {
    let plans = |kind: &str, is_meant: &dyn Fn(&Value) -> bool| {
        let events = events(company, kind).into_iter();
        let plans = events.filter(|event| is_meant(event));
        plans
            .map(|event| event["plan"].as_str().unwrap().to_owned())
            .collect()
    };
    let started: std::collections::BTreeSet<String> = plans("apply_started", &|_| true);
    let approved: std::collections::BTreeSet<String> = plans("signed", &|event| {
        event["purpose"] == "approve" && event["by"] == "ap1"
    });
    assert!(started.is_subset(&approved), "{started:?} {approved:?}");
    started
}

#[test]
fn many_people_of_one_file_wait_for_a_second_person_each() {
    let company = known();
    company.write("people.csv", "email\nanna@example.org\nbert@example.org\n");
    let erase = [
        "erase",
        "--subjects",
        "people.csv",
        "--identity",
        "letter",
        "--yes",
        "--expect",
        "5",
    ];
    let newsletter = || company.read("newsletter.csv");
    let (customers, subscribers) = (company.customers(), newsletter());
    let said = refused(&company, "op1", &erase, 4, "E850");
    assert!(said.contains("dsr approve"), "{said}");
    let list = ok(&company, "op1", &["case", "list", "--format", "json"]);
    let list: Value = serde_json::from_str(&list.out).unwrap();
    let cases: Vec<&str> = list["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["case"].as_str().unwrap())
        .collect();
    assert_eq!(cases.len(), 2);
    // One of the two is approved, and only that one is carried out.
    let yes = |case: &str| {
        let looked = refused(&company, "ap1", &["approve", case], 4, "E852");
        let (_, rest) = looked.split_once("--expect ").unwrap();
        let count: String = rest.chars().take_while(char::is_ascii_digit).collect();
        ok(
            &company,
            "ap1",
            &["approve", case, "--yes", "--expect", &count],
        );
        count
    };
    refused(
        &company,
        "op1",
        &["approve", cases[0], "--yes", "--expect", "4"],
        2,
        "E979",
    );
    let first = yes(cases[0]);
    assert_eq!(
        (company.customers(), newsletter()),
        (customers, subscribers)
    );
    let said = run(&company, "op1", &erase);
    assert_eq!(said.code, 4, "{}\n{}", said.out, said.err);
    assert_eq!(started(&company).len(), 1, "{}\n{}", said.out, said.err);
    let second = yes(cases[1]);
    assert_eq!(
        first.parse::<u8>().unwrap() + second.parse::<u8>().unwrap(),
        5
    );
    let said = run(&company, "op1", &erase);
    assert_eq!(started(&company).len(), 2, "{}\n{}", said.out, said.err);
    assert_eq!(company.customers().len(), 2);
    assert_eq!(newsletter(), "Mail;Name\n");
}
