//! What proves retention runs, under attack: statements that are taken away, changed, exchanged or forged, names that are edited, a ledger
//! that is set back, and runs that nobody started.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{INVENTORY, Shop, rule};

impl Shop {
    /// A look, the run that erases, and one that finds nothing.
    fn with_runs() -> Shop {
        let shop = Shop::new();
        shop.sweep(&[]).ends_with(0);
        shop.sweep(&["--apply"]).ends_with(0);
        shop.sweep(&["--apply"]).ends_with(0);
        shop
    }

    fn audit(&self, code: i32) -> Value {
        let ran = self.workspace.run(&["audit", "runs", "--format", "json"]);
        ran.ends_with(code).json()
    }

    /// Folders of runs, in the order of their numbers.
    fn folders(&self) -> Vec<PathBuf> {
        let audit = self.workspace.run(&["audit", "runs", "--format", "json"]);
        let audit = audit.json();
        let runs = audit["runs"].as_array().unwrap();
        runs.iter()
            .map(|run| {
                let name = run["sweep"].as_str().unwrap();
                self.workspace.path(&format!("evidence/sweeps/{name}"))
            })
            .collect()
    }

    /// What the audit complains of, by code.
    fn complaints(&self) -> Vec<String> {
        let audit = self.audit(5);
        let mut codes: Vec<String> = Vec::new();
        let runs = audit["runs"].as_array().unwrap();
        for problems in runs.iter().chain([&audit]).map(|one| &one["problems"]) {
            let found = problems.as_array().unwrap().iter();
            codes.extend(found.map(|one| one["code"].as_str().unwrap().to_owned()));
        }
        codes.sort();
        codes.dedup();
        codes
    }
}

fn names_file(folder: &Path) -> PathBuf {
    let files = fs_err::read_dir(folder).unwrap();
    files
        .map(|file| file.unwrap().path())
        .find(|file| file.extension().is_some_and(|end| end == "names"))
        .unwrap()
}

fn statement(folder: &Path) -> Value {
    serde_json::from_slice(&fs_err::read(folder.join("statement.json")).unwrap()).unwrap()
}

#[test]
fn each_run_leaves_a_statement_that_names_the_one_before() {
    let shop = Shop::with_runs();
    let audit = shop.audit(0);
    let runs = audit["runs"].as_array().unwrap();
    // The look is no run; the one that found nothing is.
    assert_eq!(runs.len(), 2);
    assert_eq!(
        (
            runs[0]["due"].clone(),
            runs[0]["done"].clone(),
            runs[1]["done"].clone()
        ),
        (20.into(), 20.into(), 0.into())
    );
    let folders = shop.folders();
    let (first, second) = (statement(&folders[0]), statement(&folders[1]));
    assert_eq!(first["predecessor"], Value::Null);
    assert_eq!(second["predecessor"], runs[0]["statement"]);
    assert_eq!(
        (first["number"].clone(), second["number"].clone()),
        (1.into(), 2.into())
    );
    let accounts = first["rules"].as_array().unwrap();
    let accounts = accounts.iter().find(|rule| rule["data_type"] == "accounts");
    let accounts = accounts.unwrap();
    assert_eq!(
        (
            accounts["due"].clone(),
            accounts["done"].clone(),
            accounts["still_due"].clone(),
            accounts["keep"].clone(),
            accounts["engine"].clone()
        ),
        (
            20.into(),
            20.into(),
            0.into(),
            "P2Y".into(),
            "sqlite".into()
        )
    );
    assert_eq!(accounts["batches"].as_array().unwrap().len(), 3);
    let booking = first["rules"].as_array().unwrap();
    let booking = booking.iter().find(|rule| rule["data_type"] == "booking");
    assert_eq!(booking.unwrap()["statute"], "de.ao147.voucher");
    // What nobody knows, and what is a person's, stands nowhere.
    let text = fs_err::read_to_string(folders[0].join("statement.json")).unwrap();
    assert!(!text.contains('@') && !text.contains("p00"), "{text}");
}

#[test]
fn spared_records_are_counted_with_their_reasons() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.sql(
        "INSERT INTO orders (customer, ordered_on) VALUES ('p08@example.org', date('now', '-10 days'));
         INSERT INTO customers (email, last_seen) VALUES ('u@example.org', NULL), ('v@example.org', '2099-01-01');",
    );
    let case = [
        "case",
        "open",
        "--email",
        "p00@example.org",
        "--right",
        "access",
    ];
    shop.workspace.run(&case).ends_with(0);
    let hold = [
        "hold",
        "add",
        "--ground",
        "art17_3_e",
        "--reason",
        "a claim",
        "--email",
        "p02@example.org",
    ];
    shop.workspace.run(&hold).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    let said = statement(&shop.folders()[0]);
    let rules = said["rules"].as_array().unwrap();
    let accounts = rules.iter().find(|rule| rule["data_type"] == "accounts");
    let accounts = accounts.unwrap();
    assert_eq!(
        accounts["spared"],
        json!({ "hold": 1, "open_request": 1, "referenced": 1, "unknown_start": 1, "future": 1 })
    );
    assert_eq!(
        (accounts["due"].clone(), accounts["done"].clone()),
        (17.into(), 17.into())
    );
}

#[test]
fn rules_that_nobody_could_look_at_stand_in_the_statement() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.sql("ALTER TABLE customers RENAME TO people");
    shop.sweep(&["--apply"]).ends_with(3);
    let said = statement(&shop.folders()[0]);
    assert_eq!(said["missed"][0]["data_type"], "accounts");
    assert_eq!(said["missed"][0]["why"], "E512");
    assert_eq!(
        (said["complete"].clone(), said["exit"].clone()),
        (false.into(), 3.into())
    );
}

#[test]
fn every_tampering_is_found() {
    let remove = |file: PathBuf| fs_err::remove_file(file).unwrap();
    type Tamper<'t> = &'t dyn Fn(&Shop, &[PathBuf]);
    let cases: &[(&str, Tamper<'_>, &[&str])] = &[
        (
            "a statement is taken away",
            &|_, folders| remove(folders[0].join("statement.json")),
            &["E476"],
        ),
        (
            "a whole run is taken away",
            &|_, folders| fs_err::remove_dir_all(&folders[0]).unwrap(),
            &["E476", "E480"],
        ),
        (
            "a signature is taken away",
            &|_, folders| remove(folders[1].join("statement.p7s")),
            &["E478"],
        ),
        (
            "a number is changed",
            &|_, folders| {
                let file = folders[0].join("statement.json");
                let text = fs_err::read_to_string(&file).unwrap();
                fs_err::write(&file, text.replace("\"done\":20", "\"done\":21")).unwrap();
            },
            &["E477", "E478"],
        ),
        (
            "two statements are exchanged",
            &|_, folders| {
                for name in ["statement.json", "statement.p7s"] {
                    let (one, two) = (folders[0].join(name), folders[1].join(name));
                    let kept = fs_err::read(&one).unwrap();
                    fs_err::rename(&two, &one).unwrap();
                    fs_err::write(&two, kept).unwrap();
                }
            },
            &["E477"],
        ),
        (
            "a name is edited",
            &|_, folders| {
                let file = names_file(&folders[0]);
                let mut names = fs_err::read(&file).unwrap();
                names[100] ^= 1;
                fs_err::write(&file, names).unwrap();
            },
            &["E480"],
        ),
        (
            "a name is added",
            &|_, folders| {
                let file = names_file(&folders[0]);
                let mut names = fs_err::read(&file).unwrap();
                names.extend([7; 32]);
                fs_err::write(&file, names).unwrap();
            },
            &["E480"],
        ),
        (
            "the last name is cut off",
            &|_, folders| {
                let file = names_file(&folders[0]);
                let names = fs_err::read(&file).unwrap();
                fs_err::write(&file, &names[..names.len() - 32]).unwrap();
            },
            &["E480"],
        ),
        (
            "a run is made up",
            &|shop, folders| {
                let strange = shop.workspace.path("evidence/sweeps/S2026-AAAAAA");
                fs_err::create_dir(&strange).unwrap();
                for name in ["statement.json", "statement.p7s"] {
                    fs_err::copy(folders[1].join(name), strange.join(name)).unwrap();
                }
            },
            &["E482"],
        ),
    ];
    for (what, tamper, expected) in cases {
        let shop = Shop::with_runs();
        let folders = shop.folders();
        tamper(&shop, &folders);
        assert_eq!(shop.complaints(), *expected, "{what}");
        let table = shop.workspace.run(&["audit", "runs"]).ends_with(5);
        assert!(table.err.contains(expected[0]), "{what}: {table:?}");
    }
}

#[test]
fn a_ledger_that_is_set_back_does_not_know_the_last_run() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    let ledger = shop.workspace.path(".dsr/ledger.db");
    let old = Shop::snapshot(&ledger);
    shop.sweep(&["--apply"]).ends_with(0);
    for end in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{end}", ledger.display()));
        if file.exists() {
            fs_err::remove_file(file).unwrap();
        }
    }
    fs_err::write(&ledger, old).unwrap();
    let complaints = shop.complaints();
    assert!(complaints.contains(&"E482".to_owned()), "{complaints:?}");
}

impl Shop {
    /// The ledger as a backup would have it: one file, the write-ahead log folded in.
    fn snapshot(ledger: &Path) -> Vec<u8> {
        let connection = rusqlite::Connection::open(ledger).unwrap();
        let _: i64 = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .unwrap();
        drop(connection);
        fs_err::read(ledger).unwrap()
    }

    /// Rewrites the ledger as somebody would who knows how its hashes are made.
    pub(super) fn forge(&self, change: impl Fn(&mut Vec<Value>)) {
        use sha2::Digest as _;
        let ledger = rusqlite::Connection::open(self.workspace.path(".dsr/ledger.db")).unwrap();
        ledger
            .execute_batch("DROP TRIGGER event_stays; DROP TRIGGER event_remains;")
            .unwrap();
        let mut lines: Vec<Value> = ledger
            .prepare("SELECT bytes FROM event ORDER BY seq")
            .unwrap()
            .query_map([], |row| row.get::<_, Vec<u8>>(0))
            .unwrap()
            .map(|bytes| serde_json::from_slice(&bytes.unwrap()).unwrap())
            .collect();
        change(&mut lines);
        ledger.execute("DELETE FROM event", []).unwrap();
        let mut prev = "0".repeat(64);
        for (seq, line) in (1i64..).zip(&mut lines) {
            line["seq"] = json!(seq);
            line["prev"] = json!(prev);
            let bytes = dsr::canonical::bytes(line);
            let hash: [u8; 32] = sha2::Sha256::digest(&bytes).into();
            prev = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            ledger
                .execute(
                    "INSERT INTO event (seq, bytes, hash) VALUES (?1, ?2, ?3)",
                    (seq, bytes, hash),
                )
                .unwrap();
        }
    }
}

#[test]
fn a_ledger_that_was_forged_with_right_hashes_is_told_by_the_statements() {
    // The figures of a batch: the statement that was sealed says something else.
    let shop = Shop::with_runs();
    shop.forge(|lines| {
        for line in lines {
            if line["event"] == "sweep_rule_ended" {
                line["remaining"] = json!(5);
            }
        }
    });
    let complaints = shop.complaints();
    assert!(complaints.contains(&"E481".to_owned()), "{complaints:?}");
    // A whole run taken out of the chain: the next one names it.
    let shop = Shop::with_runs();
    let first = shop.folders()[0].clone();
    let name = first.file_name().unwrap().to_str().unwrap().to_owned();
    fs_err::remove_dir_all(&first).unwrap();
    shop.forge(|lines| lines.retain(|line| line["sweep"] != name.as_str()));
    let complaints = shop.complaints();
    assert!(complaints.contains(&"E479".to_owned()), "{complaints:?}");
}

#[test]
fn a_seal_of_somebody_else_is_none() {
    let (shop, other) = (Shop::with_runs(), Shop::with_runs());
    let rotate = ["key", "rotate", "seal", "--yes"];
    other.workspace.run(&rotate).ends_with(0);
    other.sweep(&["--apply"]).ends_with(0);
    // Here only the new certificate is known, with which nobody has sealed these runs.
    let (keys, theirs) = (".dsr/keys", other.workspace.path(".dsr/keys"));
    for file in fs_err::read_dir(shop.workspace.path(keys)).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap();
        if name.starts_with("seal") && name.ends_with(".cert.pem") {
            fs_err::remove_file(&file).unwrap();
        }
    }
    let certificate = "seal.cert.pem";
    let known = shop.workspace.path(keys).join(certificate);
    fs_err::copy(theirs.join(certificate), known).unwrap();
    assert_eq!(shop.complaints(), ["E478"]);
    // The house that changed its seal knows both.
    other.audit(0);
}

#[test]
fn a_missed_slot_is_a_gap_and_a_run_over_some_rules_fills_none() {
    let every = |text: &str| text.replace("batch: 7", "batch: 7, every: 1d");
    let shop = Shop::with(every);
    shop.sweep(&[]).ends_with(0);
    shop.sweep(&["--apply"]).ends_with(0);
    shop.audit(0);
    // Three days pass: the ledger tells of it as if it had been written then.
    shop.forge(|lines| {
        for line in lines {
            let at: jiff::Timestamp = line["at"].as_str().unwrap().parse().unwrap();
            line["at"] = json!(at - jiff::SignedDuration::from_hours(73));
        }
    });
    let audit = shop.workspace.run(&["audit", "runs", "--format", "json"]);
    let audit = audit.json();
    assert_eq!(audit["gaps"][0]["missing"], 2, "{audit}");
    let rhythm = shop.workspace.run(&["audit", "runs"]);
    assert!(rhythm.err.contains("W321"), "{rhythm:?}");
}

#[test]
fn what_was_missing_before_the_first_run_stays_missing_after_it() {
    let every = |text: &str| text.replace("batch: 7", "batch: 7, every: 1d");
    let gaps = |shop: &Shop, code| shop.audit(code)["gaps"].clone();
    let shop = Shop::with(every);
    shop.sweep(&[]).ends_with(0);
    shop.moved(-10);
    assert_eq!(gaps(&shop, 3)[0]["missing"], 9);
    shop.sweep(&["--apply"]).ends_with(0);
    let after = gaps(&shop, 3);
    assert_eq!(
        (&after[0]["missing"], after.as_array().unwrap().len()),
        (&json!(9), 1)
    );
    // Days that somebody has explained can be left out.
    let today = jiff::Zoned::now().date();
    let later = today.to_string();
    let line = ["audit", "runs", "--from", &later];
    shop.workspace.run(&line).ends_with(0);
    // The days that are asked for have those that were due on them and no others, here as in the proof of a period.
    let day = |ago: i32| today - jiff::Span::new().days(ago);
    let within = |from, to| {
        let (from, to) = (day(from).to_string(), day(to).to_string());
        let line = ["audit", "runs", "--from", &from, "--to", &to];
        let line = [&line[..], &["--format", "json"]].concat();
        let audit = shop.workspace.run(&line).json();
        let gaps = audit["gaps"].as_array().unwrap().iter();
        gaps.map(|gap| gap["missing"].as_u64().unwrap())
            .sum::<u64>()
    };
    let proven = |from, to| {
        let period = format!("{}..{}", day(from), day(to));
        let line = ["evidence", "make", "--period", &period, "--format", "json"];
        let made = shop.workspace.run(&line).json();
        let file = fs_err::File::open(made["path"].as_str().unwrap()).unwrap();
        let mut zip = zip::ZipArchive::new(file).unwrap();
        let said: Value =
            serde_json::from_reader(zip.by_name("data/statement.json").unwrap()).unwrap();
        // A period without runs, in which none was due, does not speak of them.
        said["predicate"]["sweeps"]["missing"].as_u64().unwrap_or(0)
    };
    for (from, to, expected) in [(30, 1, 9), (7, 5, 3), (8, 8, 1), (30, 20, 0)] {
        assert_eq!(within(from, to), expected, "{from}..{to}");
        assert_eq!(proven(from, to), expected, "{from}..{to}");
    }
    // A house that had no rhythm before is late by none.
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.moved(-10);
    shop.workspace.write("dsr.yaml", &every(INVENTORY));
    assert_eq!(gaps(&shop, 0), json!([]));
    shop.sweep(&["--apply"]).ends_with(0);
    assert_eq!(gaps(&shop, 0), json!([]));
}

#[test]
fn a_run_that_never_ended_is_told() {
    let shop = Shop::killed_in_a_batch();
    let audit = shop.audit(3);
    assert_eq!(audit["runs"][0]["ended"], Value::Null);
    shop.sweep(&["--apply"]).ends_with(0);
    let audit = shop.audit(0);
    assert_eq!(
        (
            audit["runs"][0]["resumed"].clone(),
            audit["runs"][0]["due"].clone(),
            audit["runs"][0]["done"].clone()
        ),
        (1.into(), 20.into(), 20.into())
    );
}

#[test]
fn a_run_without_a_single_rule_leaves_its_link() {
    let shop = Shop::new();
    let types = INVENTORY.find("data_types:").unwrap();
    shop.workspace.write("dsr.yaml", &INVENTORY[..types]);
    shop.sweep(&["--apply"]).ends_with(0);
    let audit = shop.audit(0);
    assert_eq!(audit["runs"].as_array().unwrap().len(), 1);
    assert_eq!(audit["runs"][0]["number"], 1);
}

#[test]
fn nothing_is_erased_that_could_not_be_sealed_afterwards() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let key = shop.workspace.path(".dsr/keys/seal.key.pem");
    let kept = fs_err::read(&key).unwrap();
    fs_err::remove_file(&key).unwrap();
    let ran = shop.sweep(&["--apply"]).ends_with(2);
    assert!(ran.err.contains("E861"), "{ran:?}");
    assert_eq!(shop.count("customers"), 40);
    fs_err::write(&key, kept).unwrap();
    let run = shop.json(&["--apply"]);
    assert_eq!(rule(&run, "accounts")["done"], 20);
    assert_eq!(run["number"], 1);
}

#[test]
fn days_limit_what_is_listed() {
    let shop = Shop::with_runs();
    let list = |more: &[&str]| {
        let line = [&["audit", "runs", "--format", "json"], more].concat();
        let ran = shop.workspace.run(&line).ends_with(0).json();
        ran["runs"].as_array().unwrap().len()
    };
    assert_eq!(list(&["--from", "2020-01-01"]), 2);
    assert_eq!(list(&["--to", "2020-01-01"]), 0);
}

#[test]
fn days_in_which_nothing_can_have_run_are_refused() {
    let shop = Shop::with_runs();
    let refused: [(&[&str], &str); 4] = [
        (&["--from", "2026-03-03", "--to", "2026-01-01"], "E438"),
        (&["--from", "2099-03-03", "--to", "2099-01-01"], "E438"),
        (&["--from", "2099-01-01"], "E939"),
        (&["--from", "2099-01-01", "--to", "2099-01-02"], "E939"),
    ];
    for (days, code) in refused {
        let runs = [&["audit", "runs"], days].concat();
        let sample = [&["audit", "sample", "--n", "1", "--seed", "s"], days].concat();
        for line in [runs, sample] {
            let ran = shop.workspace.run(&line).ends_with(2);
            assert!(ran.err.contains(code), "{line:?}: {ran:?}");
            assert_eq!(ran.out, "", "{line:?}");
        }
    }
}

/// What differs from run to run, taken out.
pub(super) fn steady(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, sign) in [
        (r"S20\d\d-[0-9A-Z]{6}", "S[run]"),
        (r"\b[0-9a-f]{64}\b", "[digest]"),
        (r"\b20\d\d-\d\d-\d\d( \d\d:\d\d:\d\d)?", "[day]"),
        (r"\b\d\d\.\d\d\.20\d\d( \d\d:\d\d:\d\d)?", "[day]"),
        (r"─{3,}", "───"),
        (r" {3,}", "   "),
    ] {
        let pattern = regex::Regex::new(pattern).unwrap();
        text = pattern.replace_all(&text, sign).into_owned();
    }
    text
}

#[test]
fn the_list_as_an_auditor_sees_it() {
    let shop = Shop::with_runs();
    let held = shop.folders()[0].join("statement.p7s");
    let mut screen = String::new();
    for broken in [false, true] {
        if broken {
            fs_err::remove_file(&held).unwrap();
        }
        for lang in ["en", "de"] {
            let ran = shop.workspace.run_in(lang, &["audit", "runs"]);
            screen += &format!("--- {lang} {broken}\n{}{}", ran.out, ran.err);
        }
    }
    let csv = shop.workspace.run(&["audit", "runs", "--format", "csv"]);
    screen += &format!("--- csv\n{}", csv.out);
    insta::assert_snapshot!("audit_runs", steady(&screen));
}

#[test]
fn figures_for_monitoring_name_rules_and_nobody() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    shop.sweep(&["--metrics", "dsr.prom"]).ends_with(2);
    let line = ["--apply", "--metrics", "dsr.prom"];
    shop.sweep(&line).ends_with(0);
    let text = shop.workspace.read("dsr.prom");
    let accounts =
        "{data_type=\"accounts\",system=\"shop\",object=\"customers\",action=\"remove\"}";
    for expected in [
        format!("dsr_sweep_due{accounts} 20\n"),
        format!("dsr_sweep_done{accounts} 20\n"),
        format!("dsr_sweep_remaining{accounts} 0\n"),
        format!("dsr_sweep_failed{accounts} 0\n"),
        "\ndsr_sweep_complete 1\n".to_owned(),
        "\ndsr_sweep_statement_number 1\n".to_owned(),
    ] {
        assert!(text.contains(&expected), "{expected}: {text}");
    }
    assert!(!text.contains('@'), "{text}");
    // Every line is a comment or a name with labels and a whole number, and each name is announced once.
    let sample = regex::Regex::new(r#"^dsr_\w+(\{(\w+="[^"\\]*",?)+\})? \d+$"#).unwrap();
    for line in text.lines() {
        assert!(line.starts_with("# ") || sample.is_match(line), "{line}");
    }
    let time = |text: &str| -> i64 {
        let name = "\ndsr_sweep_last_run_timestamp_seconds ";
        let at = text.find(name).unwrap() + name.len();
        text[at..].lines().next().unwrap().parse().unwrap()
    };
    assert!((jiff::Timestamp::now().as_second() - time(&text)).abs() < 120);
    shop.sql("ALTER TABLE customers RENAME TO people");
    shop.sweep(&line).ends_with(3);
    let text = shop.workspace.read("dsr.prom");
    let failed = format!("dsr_sweep_failed{accounts} 1\n");
    assert!(text.contains(&failed), "{text}");
}

#[test]
fn a_run_begins_only_where_its_figures_can_be_written() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    fs_err::create_dir(shop.workspace.path("figures")).unwrap();
    let before = shop.events("sweep_planned");
    for (file, code) in [("nowhere/dsr.prom", "E646"), ("figures", "E937")] {
        for (lang, words) in [
            ("en", "file of the workspace"),
            ("de", "Datei des Arbeitsordners"),
        ] {
            let line = ["sweep", "--apply", "--metrics", file];
            let ran = shop.workspace.run_in(lang, &line).ends_with(2);
            assert!(ran.err.contains(code), "{ran:?}");
            assert!(!ran.err.contains(words), "it is no file of it: {ran:?}");
        }
    }
    assert_eq!(
        (shop.count("customers"), shop.events("sweep_started")),
        (40, 0)
    );
    assert_eq!(shop.events("sweep_planned"), before);
    // Trying left nothing behind.
    let left = fs_err::read_dir(shop.workspace.path("")).unwrap();
    let names = left.map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
    let left: Vec<String> = names.filter(|name| name.starts_with(".dsr-")).collect();
    assert!(left.is_empty(), "{left:?}");
    shop.sweep(&["--apply", "--metrics", "figures/dsr.prom"])
        .ends_with(0);
    assert_eq!(shop.count("customers"), 20);
}

#[test]
fn the_examples_for_cron_and_systemd_run() {
    let shop = Shop::new();
    shop.sweep(&[]).ends_with(0);
    let mut commands = 0;
    for file in [
        "cron/dsr-sweep",
        "systemd/dsr-sweep.service",
        "systemd/dsr-audit-runs.service",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let text = fs_err::read_to_string(path.join(file)).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let ways = [&["--quiet"][..], &["--log", "journal"]];
            let found = ways.into_iter().find_map(|way| {
                let head = format!("dsr {} ", way.join(" "));
                Some((way, line.split_once(&head)?.1))
            });
            let Some((way, command)) = found else {
                continue;
            };
            let command = command.split(" > ").next().unwrap();
            // As cron and systemd hand it to a shell, which says what day it was a week ago.
            let command = command
                .replace("\\%", "%")
                .replace("%%", "%")
                .replace("$$", "$");
            let command = command.trim_end_matches('\'');
            let said = std::process::Command::new("sh")
                .args(["-c", &format!("printf '%s\\n' {command}")])
                .output()
                .unwrap();
            assert!(said.status.success() && said.stderr.is_empty(), "{said:?}");
            let words = String::from_utf8(said.stdout).unwrap();
            assert!(!words.contains('$'), "{words}");
            let words = words.lines().map(|word| {
                let is_file = word.ends_with(".prom");
                if is_file { "dsr.prom" } else { word }
            });
            let line: Vec<&str> = way.iter().copied().chain(words).collect();
            shop.workspace.run(&line).ends_with(0);
            commands += 1;
        }
    }
    assert_eq!(commands, 5);
    assert_eq!(shop.count("customers"), 20);
}

/// The units are sound to systemd itself, every alarm leads to a unit that is there, and what fails is what ought to raise one.
#[test]
fn the_units_for_systemd_are_sound_and_raise_the_alarm() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/systemd");
    let folder = tempfile::tempdir().unwrap();
    let mut units = Vec::new();
    for file in fs_err::read_dir(examples).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs_err::read_to_string(&file).unwrap();
        assert!(!text.contains("SuccessExitStatus"), "{name}");
        if let Some((_, alarm)) = text.split_once("\nOnFailure=") {
            assert!(alarm.starts_with("dsr-alarm@%n.service\n"), "{name}");
        }
        let timed = name.replace(".timer", ".service");
        assert!(file.with_file_name(timed).exists(), "{name}");
        // Here the program lies elsewhere.
        let text = text.replace("/usr/local/bin/dsr", env!("CARGO_BIN_EXE_dsr"));
        let name = name.replace("@.", "@dsr-sweep.service.");
        fs_err::write(folder.path().join(&name), text).unwrap();
        units.push(folder.path().join(name));
    }
    assert_eq!(units.len(), 5);
    let verified = std::process::Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(&units)
        .output();
    if let Ok(verified) = verified {
        let said = String::from_utf8_lossy(&verified.stderr).into_owned();
        // It reads the machine's other units as well, and may complain of them.
        let own: Vec<&str> = said.lines().filter(|line| line.contains("dsr-")).collect();
        assert!(verified.status.success() && own.is_empty(), "{own:?}");
    }
    // A run that waits for a person raises the alarm there, as every code but 0 does.
    let shop = Shop::new();
    shop.sweep(&["--apply"]).ends_with(4);
    shop.workspace
        .run(&["--quiet", "audit", "runs"])
        .ends_with(0);
    fs_err::remove_dir_all(shop.workspace.path("evidence/sweeps")).unwrap();
    shop.workspace
        .run(&["--quiet", "audit", "runs"])
        .ends_with(5);
    let killed = Shop::killed_in_a_batch();
    killed
        .workspace
        .run(&["--quiet", "audit", "runs"])
        .ends_with(3);
}

#[test]
fn a_period_carries_the_statements_of_its_runs() {
    use std::io::Read as _;
    let shop = Shop::with_runs();
    let folders = shop.folders();
    let today = jiff::Zoned::now().date();
    let period = format!(
        "{}..{}",
        today.yesterday().unwrap(),
        today.tomorrow().unwrap()
    );
    let make = ["evidence", "make", "--period", &period, "--format", "json"];
    let made = shop.workspace.run(&make).ends_with(0).json();
    let path = made["path"].as_str().unwrap().to_owned();
    shop.workspace
        .run(&["evidence", "verify", &path])
        .ends_with(0);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/verify-evidence.sh");
    let checked = std::process::Command::new(script)
        .arg(&path)
        .arg(shop.workspace.path(".dsr/keys/seal.cert.pem"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "{said}");
    let mut zip = zip::ZipArchive::new(fs_err::File::open(&path).unwrap()).unwrap();
    let mut file = |name: &str| {
        let mut bytes = Vec::new();
        let mut file = zip.by_name(name).unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    };
    for (number, folder) in (1..).zip(&folders) {
        let sweep = folder.file_name().unwrap().to_str().unwrap();
        for (end, name) in [("json", "statement.json"), ("p7s", "statement.p7s")] {
            let inside = file(&format!("data/sweeps/{number:06}-{sweep}.{end}"));
            assert_eq!(inside, fs_err::read(folder.join(name)).unwrap());
        }
    }
    let said: Value = serde_json::from_slice(&file("data/statement.json")).unwrap();
    assert_eq!(
        said["predicate"]["sweeps"],
        json!({ "count": 2, "complete": 2, "missing": 0, "withoutStatement": 0, "due": 20, "done": 20, "spared": 0 })
    );
    forged_runs(&shop, &path);
    // What is not at hand is counted as such.
    fs_err::remove_file(folders[0].join("statement.json")).unwrap();
    let made = shop.workspace.run(&make).ends_with(0).json();
    let path = made["path"].as_str().unwrap();
    let mut zip = zip::ZipArchive::new(fs_err::File::open(path).unwrap()).unwrap();
    let said: Value = serde_json::from_reader(zip.by_name("data/statement.json").unwrap()).unwrap();
    assert_eq!(said["predicate"]["sweeps"]["withoutStatement"], 1);
    let gaps = said["predicate"]["notProven"].as_array().unwrap();
    let gap = gaps
        .iter()
        .find(|gap| gap["kind"] == "sweep_without_statement");
    assert_eq!(gap.unwrap()["count"], 1);
    shop.workspace
        .run(&["evidence", "verify", path])
        .ends_with(0);
    let cover = std::io::read_to_string(zip.by_name("data/00-COVER.txt").unwrap()).unwrap();
    let cover = cover.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        cover.contains("Retention runs without a sealed statement at hand (1)"),
        "{cover}"
    );
}

/// What the holder of the seal can make of the runs in a container.
fn forged_runs(shop: &Shop, path: &str) {
    use crate::tamper::{self, Files};
    let read = |name: &str| shop.workspace.read(&format!(".dsr/keys/{name}"));
    let key = read("seal.key.pem");
    let seal = dsr::evidence::Seal::from_pem(&key.into(), &read("seal.cert.pem")).unwrap();
    let files = tamper::without_log(tamper::files_of(Path::new(path)));
    let verdict = |files: Files| -> Vec<String> {
        let bytes = tamper::pack(&tamper::seal_anew(files, &seal));
        let forged = shop.workspace.path("forged.zip");
        fs_err::write(&forged, bytes).unwrap();
        let forged = forged.to_str().unwrap();
        let line = ["evidence", "verify", forged, "--format", "json"];
        let said = shop.workspace.run(&line).json();
        let reasons = said["reasons"].as_array().unwrap().iter();
        let mut codes: Vec<String> = reasons
            .map(|reason| reason["code"].as_str().unwrap().to_owned())
            .collect();
        codes.dedup();
        // The cover knows of the log that is taken out here, and tells as much of every forgery.
        codes.retain(|code| code != "E896");
        codes
    };
    assert_eq!(verdict(files.clone()), Vec::<String>::new());
    let names: Vec<String> = files
        .iter()
        .map(|(name, _)| name.clone())
        .filter(|name| name.starts_with("data/sweeps/"))
        .collect();
    assert_eq!(names.len(), 4);
    // Junk in the place of each file, each file gone, and each pair gone.
    for name in &names {
        let mut junk = files.clone();
        *tamper::file_mut(&mut junk, name) = b"junk".to_vec();
        assert_eq!(verdict(junk), ["E739"], "{name}");
        let mut gone = files.clone();
        gone.retain(|(own, _)| own != name);
        assert_eq!(verdict(gone), ["E739"], "{name}");
        let stem = name.rsplit_once('.').unwrap().0;
        let mut gone = files.clone();
        gone.retain(|(own, _)| !own.starts_with(stem));
        assert_eq!(verdict(gone), ["E739"], "{stem}");
    }
    // Figures that the statements do not give.
    for (member, value) in [
        ("count", 99),
        ("complete", 1),
        ("withoutStatement", 1),
        ("due", 5000),
        ("done", 5000),
        ("spared", 3),
    ] {
        let figures =
            tamper::restated(files.clone(), &|said| said["sweeps"][member] = json!(value));
        let codes = verdict(figures);
        assert!(codes.contains(&"E739".to_owned()), "{member}: {codes:?}");
    }
    let silent = tamper::restated(files.clone(), &|said| {
        said.as_object_mut().unwrap().remove("sweeps");
    });
    assert_eq!(verdict(silent), ["E739"]);
    // Runs that were missed, and are not named.
    let missed = tamper::restated(files.clone(), &|said| said["sweeps"]["missing"] = json!(2));
    assert_eq!(verdict(missed), ["E738"]);
    // A statement that was written anew, and sealed by the same hand: the next one still names the old.
    let rewritten = |change: &dyn Fn(&mut Value), name: &str| {
        let mut files = files.clone();
        let bytes = tamper::file_mut(&mut files, name);
        let mut said: Value = serde_json::from_slice(bytes).unwrap();
        change(&mut said);
        *bytes = dsr::canonical::bytes(&said);
        let bytes = bytes.clone();
        let now = jiff::Timestamp::now();
        let der = dsr::evidence::detached::sign(&bytes, &seal, now).unwrap();
        *tamper::file_mut(&mut files, &name.replace(".json", ".p7s")) = der;
        verdict(files)
    };
    assert_eq!(
        rewritten(&|said| said["operator"] = json!("nobody"), &names[0]),
        ["E739"]
    );
    assert_eq!(
        rewritten(&|said| said["day"] = json!("2020-01-01"), &names[2]),
        ["E739"]
    );
    // Sealed by somebody else.
    let (key, certificate) =
        dsr::evidence::certificate::make("Mallory Ltd", "2026-11-22T00:00:00Z".parse().unwrap())
            .unwrap();
    let mallory = dsr::evidence::Seal::from_pem(&key, &certificate).unwrap();
    let mut strange = files.clone();
    let bytes = tamper::file(&files, &names[0]).to_vec();
    let now = jiff::Timestamp::now();
    *tamper::file_mut(&mut strange, &names[1]) =
        dsr::evidence::detached::sign(&bytes, &mallory, now).unwrap();
    assert_eq!(verdict(strange), ["E739"]);
}
