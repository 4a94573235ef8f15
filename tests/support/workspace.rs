//! A small company for tests of whole commands: a SQLite shop with three tables, a CSV newsletter, a cupboard of paper.
//!
//! Anna is a customer with an invoice that the law keeps; another Anna of the same name must never be touched.
#![allow(
    dead_code,
    reason = "each test program uses the part of the company that it needs"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::Connection;
use tempfile::TempDir;

pub(crate) const INVENTORY: &str = r#"dsr: 1
controller: { name: "Acme GmbH", seat: DE-BY, language: en, contact: privacy@acme.example }
identities:
  customer_no: { like: "^[0-9]{4,10}$", trusted_from: [shop.customers] }
systems:
  shop:
    engine: sqlite
    settings: { path: shop.db }
    control: { email: control@acme.example }
    owner: web-team
    objects:
      customers:
        table: customers
        key: id
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email }
          customer_no: { category: account.id, identity: customer_no }
          name: person.name
          town: contact.address
        erase: remove
      orders:
        table: orders
        key: id
        find: [{ under: customers, column: customer_id }]
        fields: { note: content.note }
        erase: remove
      invoices:
        table: invoices
        key: id
        find: [{ by: customer_no, column: customer_no }]
        fields: { customer_no: { category: account.id, identity: customer_no }, name: person.name }
        clock: issued_on
        erase: remove
  newsletter:
    engine: csv
    settings: { path: newsletter.csv, delimiter: ";" }
    objects:
      subscribers:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email }, Name: person.name }
        erase: remove
  paper_files:
    engine: manual
    owner: office
    manual: { find: "Search the paper files.", erase: "Destroy the person's file.", days: 14 }
data_types:
  booking_documents:
    { objects: [shop.invoices], purpose: accounting, basis: art6_1_c, keep: P8Y, start: eoy(issued_on), kind: min, because: "§147 AO", then: remove }
"#;

const SHOP: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL, customer_no TEXT UNIQUE, name TEXT, town TEXT);
    CREATE INDEX customers_email ON customers (lower(email));
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, note TEXT);
    CREATE INDEX orders_customer ON orders (customer_id);
    CREATE TABLE invoices (id INTEGER PRIMARY KEY, customer_no TEXT, name TEXT, issued_on TEXT);
    CREATE INDEX invoices_customer ON invoices (customer_no);
    CREATE TABLE subscribers (id INTEGER PRIMARY KEY, email TEXT, name TEXT, locked BOOLEAN NOT NULL DEFAULT 0);
    CREATE INDEX subscribers_email ON subscribers (lower(email));
    INSERT INTO subscribers VALUES (1, 'anna@example.org', 'Anna Beispiel', 0), (2, 'bert@example.org', 'Bert Muster', 0);
    INSERT INTO customers VALUES (1, 'control@acme.example', '1000', 'Control Person', 'Nowhere'),
        (2, 'Anna@example.org', '4711', 'Anna Beispiel', 'Köln'), (3, 'anna.b@example.org', '4712', 'Anna Beispiel', 'Bonn');
    INSERT INTO orders VALUES (10, 2, 'gift for Bert'), (11, 2, NULL), (12, 3, 'leave at the door');
    INSERT INTO invoices VALUES (100, '4711', 'Anna Beispiel', '2025-03-04'), (101, '4712', 'Anna Beispiel', '2025-03-05');
";

const NEWSLETTER: &str =
    "Mail;Name\nanna@example.org;Anna Beispiel\nbert@example.org;Bert Muster\n";

/// Makes the shop's database.
pub(crate) fn make_shop(file: &Path) {
    let shop = Connection::open(file).unwrap();
    shop.execute_batch(SHOP).unwrap();
}

/// A workspace in a folder of its own, which goes when the test ends.
pub(crate) struct Company {
    folder: TempDir,
}

impl Company {
    /// An empty folder.
    pub(crate) fn nothing() -> Company {
        let folder = tempfile::Builder::new().prefix("acme").tempdir().unwrap();
        fs_err::create_dir(folder.path().join("work")).unwrap();
        Company { folder }
    }

    /// The workspace with its systems.
    pub(crate) fn new() -> Company {
        let company = Company::nothing();
        company.write("dsr.yaml", INVENTORY);
        company.write("newsletter.csv", NEWSLETTER);
        make_shop(&company.path("shop.db"));
        // Whatever the umask says, so that screens are the same everywhere.
        #[cfg(unix)]
        for name in ["newsletter.csv", "shop.db"] {
            use std::os::unix::fs::PermissionsExt as _;
            let private = std::fs::Permissions::from_mode(0o600);
            fs_err::set_permissions(company.path(name), private).unwrap();
        }
        let made = company.run(&["init", "--yes"]);
        assert_eq!(made.code, 0, "{}", made.err);
        company
    }

    /// The same with a text of the inventory replaced.
    pub(crate) fn with(old: &str, new: &str) -> Company {
        assert!(INVENTORY.contains(old), "the inventory has no {old}");
        let company = Company::new();
        company.write("dsr.yaml", &INVENTORY.replace(old, new));
        company
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let file = self.path(name);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        fs_err::write(file, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path(name)).unwrap()
    }

    /// A command that would run here, with an environment of its own and nobody at the terminal.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path(""))
            .env_remove("NO_COLOR")
            .env_remove("DSR_SHOP_PASSWORD")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .env("COLUMNS", "100")
            .env("HOME", self.folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let mut command = self.command(env!("CARGO_BIN_EXE_dsr"));
        // A restriction can be lifted on the day after the notice that follows it, for which no test can wait.
        if args.contains(&"restrict") && args.contains(&"--because") && !args.contains(&"--lift") {
            command.env("TZ", "<-24>24");
        }
        let done = command.args(args).output().unwrap();
        Output {
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            code: done.status.code().expect("a signal ended it"),
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
            folder: self.path("").display().to_string(),
        }
    }

    /// The number of the one case there is.
    pub(crate) fn case(&self) -> String {
        let mut list = self.run(&["case", "list", "--all", "--format", "json"]);
        if list.code != 0 {
            // Where people are listed, somebody has to say who they are.
            list = self.run(&["--as", "op1", "case", "list", "--all", "--format", "json"]);
        }
        let list: serde_json::Value = serde_json::from_str(&list.out).unwrap();
        list["cases"][0]["case"].as_str().unwrap().to_owned()
    }

    /// Customers of the shop that are left.
    pub(crate) fn customers(&self) -> Vec<String> {
        let shop = Connection::open(self.path("shop.db")).unwrap();
        let mut rows = shop
            .prepare("SELECT email FROM customers ORDER BY id")
            .unwrap();
        let rows = rows.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

/// What a command said.
pub(crate) struct Output {
    args: Vec<String>,
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    folder: String,
}

impl Output {
    /// Everything a person sees, without what differs from run to run.
    pub(crate) fn screen(&self) -> String {
        let mut screen = format!("$ dsr {}\n", self.args.join(" "));
        for (name, text) in [("stdout", &self.out), ("stderr", &self.err)] {
            if !text.is_empty() {
                screen.push_str(&format!("--- {name}\n{text}"));
            }
        }
        steady(&screen, &self.folder) + &format!("--- exit {}\n", self.code)
    }

    /// The data without what differs from run to run.
    pub(crate) fn data(&self) -> String {
        steady(&self.out, &self.folder)
    }
}

/// Replaces times, numbers of cases, digests and paths. Dates of the past and of a far future are part of what is tested.
pub(crate) fn steady(text: &str, folder: &str) -> String {
    let mut text = text.replace(folder.trim_end_matches('/'), "[workspace]");
    for (pattern, sign) in [
        (r"\x{feff}", "[BOM]"),
        (r"\b[0-9a-f]{64}\b", "[digest]"),
        (r"\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", "+[key]"),
        (r"[A-Za-z0-9+/]{91}=", "[signature]"),
        (r"[A-Za-z0-9+/]{43}=", "[root]"),
        (r"\b([0-9A-F]{2}[:\s]+){31}[0-9A-F]{2}\b", "[fingerprint]"),
        (r"\b([0-9a-f]{4} ){15}[0-9a-f]{4}\b", "[fingerprint]"),
        (r"\b([0-9A-F]{4} ){7}[0-9A-F]{4}\b", "[fingerprint]"),
        (r"\b[0-9a-f]{12,32}\b", "[hex]"),
        (r"\b20\d\d-[0-9A-Z]{6}\b", "[case]"),
        (r"\bH-[0-9A-Z]{6}\b", "[hold]"),
        (r"\b20[2][0-9]-\d\d-\d\dT[0-9:.]+Z", "[time]"),
        (r"\b20(2[6-9]|3[0-2])-\d\d-\d\d( \d\d:\d\d:\d\d)?", "[day]"),
        (
            r"\b\d\d\.\d\d\.20(2[6-9]|3[0-2])( \d\d:\d\d:\d\d)?",
            "[day]",
        ),
        (r"\b\d+ ms\b", "[ms]"),
        (r#""(elapsed|connect|request)_ms": \d+"#, r#""${1}_ms": 12"#),
        (r#""bytes": \d+"#, r#""bytes": 40000"#),
        (r#""days_left": -?\d+"#, r#""days_left": 14"#),
        (r"-\d+ (OVERDUE|ÜBERFÄLLIG)", "-100 $1"),
        (r"SQLite \d+\.\d+\.\d+", "SQLite [version]"),
        (r"─{3,}", "───"),
        (r"(\S) {3,}", "$1   "),
        // A month has as many days as it has.
        (r"(\[day\]   )(2[789]|3[01])   ", "${1}30   "),
    ] {
        let pattern = regex::Regex::new(pattern).unwrap();
        text = pattern.replace_all(&text, sign).into_owned();
    }
    text
}
