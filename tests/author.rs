//! Drafts of connectors: what is read from an OpenAPI document and from answers loads, passes the test that is written with it, and
//! marks everything guessed.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs the program in a folder that is no workspace.
fn dsr(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_dsr"))
        .current_dir(folder)
        .env("LANG", "C")
        .env("XDG_CONFIG_HOME", folder.join("none"))
        .args(args)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        done.status.code().unwrap(),
        text(&done.stdout),
        text(&done.stderr),
    )
}

fn document(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/author")
        .join(name)
        .display()
        .to_string()
}

macro_rules! see {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($name, $text)
        })
    };
}

#[test]
fn an_openapi_document_becomes_a_connector_that_loads_and_passes_its_test() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let (code, out, err) = dsr(
        home,
        &["connector", "new", "--openapi", &document("library.yaml")],
    );
    assert_eq!(code, 0, "{out}{err}");
    see!("library_screen", format!("{out}{err}"));
    let file = fs_err::read_to_string(home.join("connectors/city-library.yml")).unwrap();
    see!("library_file", file);
    see!(
        "library_test",
        fs_err::read_to_string(home.join("connectors/tests/city-library.test.yml")).unwrap()
    );
    assert_eq!(dsr(home, &["connector", "check", "city-library"]).0, 0);
    assert_eq!(dsr(home, &["connector", "test", "city-library"]).0, 0);
    // Each open point stands in the line that the list names.
    let json = dsr(
        home,
        &[
            "connector",
            "new",
            "--name",
            "other",
            "--openapi",
            &document("library.yaml"),
            "--format",
            "json",
        ],
    )
    .1;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let lines: Vec<&str> = file.lines().collect();
    for open in json["open"].as_array().unwrap() {
        let line = usize::try_from(open["line"].as_u64().unwrap()).unwrap();
        assert!(
            lines[line - 1].trim_start().starts_with("# open: "),
            "{open}"
        );
        assert!(
            lines[line - 1].ends_with(open["what"].as_str().unwrap()),
            "{open}"
        );
    }
    assert_eq!(
        file.matches("# open: ").count(),
        json["open"].as_array().unwrap().len()
    );
    // No write that was only read in the document is carried out before a person confirmed it.
    let writes = file.lines().filter(|line| {
        ["rectify:", "remove:", "anonymise:"]
            .iter()
            .any(|word| line.trim_start().starts_with(word))
    });
    for write in writes {
        assert!(write.contains("unconfirmed: true"), "{write}");
    }
}

#[test]
fn swagger_2_is_read_too_and_what_the_document_leaves_open_is_a_setting() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = dsr(
        folder.path(),
        &[
            "--lang",
            "de",
            "connector",
            "new",
            "--name",
            "club",
            "--openapi",
            &document("members.json"),
        ],
    );
    assert_eq!(code, 0, "{out}{err}");
    see!(
        "club_file",
        fs_err::read_to_string(folder.path().join("connectors/club.yml")).unwrap()
    );
    see!("club_screen", format!("{out}{err}"));
    assert_eq!(dsr(folder.path(), &["connector", "test", "club"]).0, 0);
}

#[test]
fn a_few_answers_become_a_connector() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let answers = [
        "connector",
        "new",
        "--name",
        "bookings",
        "--url",
        "https://bookings.example.com/api",
        "--auth",
        "header:X-Api-Key",
        "--find",
        "/guests?email={email}",
        "--records",
        "$.items[*]",
        "--item",
        "/guests/{id}",
        "--fields",
        "email,name,note=content.note",
        "--delete",
    ];
    let (code, out, err) = dsr(home, &answers);
    assert_eq!(code, 0, "{out}{err}");
    see!(
        "answers_file",
        fs_err::read_to_string(home.join("connectors/bookings.yml")).unwrap()
    );
    assert_eq!(dsr(home, &["connector", "test", "bookings", "--all"]).0, 0);
    // Nothing is overwritten, neither the connector nor a test that is there already.
    let (code, out, err) = dsr(home, &answers);
    see!("answers_again", format!("{code}\n{out}{err}"));
    fs_err::remove_file(home.join("connectors/bookings.yml")).unwrap();
    assert_eq!(dsr(home, &answers).0, 2);
    assert!(!home.join("connectors/bookings.yml").exists());
}

#[test]
fn a_search_in_a_language_of_its_own_quotes_the_address() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = dsr(
        folder.path(),
        &[
            "connector",
            "new",
            "--name",
            "a",
            "--url",
            "https://a.example.com",
            "--auth",
            "none",
            "--find",
            "/people/search?query=email:{email}&state=all",
            "--item",
            "none",
            "--fields",
            "mail",
        ],
    );
    assert_eq!(code, 0, "{out}{err}");
    see!(
        "quoted_file",
        fs_err::read_to_string(folder.path().join("connectors/a.yml")).unwrap()
    );
    assert_eq!(dsr(folder.path(), &["connector", "check", "a"]).0, 0);
}

#[test]
fn what_cannot_be_used_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    fs_err::write(home.join("x.yaml"), "a: 1\n").unwrap();
    fs_err::write(home.join("empty.yaml"), "openapi: 3.1.0\ninfo: { title: Nothing }\npaths: { /branches: { get: { responses: {} } } }\n").unwrap();
    let new = |more: &[&str]| {
        let args: Vec<&str> = ["connector", "new"].iter().chain(more).copied().collect();
        let (code, _, err) = dsr(home, &args);
        format!("{}\nexit {code}\n{err}\n", more.join(" "))
    };
    let base = [
        "--name",
        "b",
        "--url",
        "https://b.example.com",
        "--find",
        "/p?m={email}",
    ];
    let with = |more: &[&str]| new(&base.iter().chain(more).copied().collect::<Vec<_>>());
    let all = [
        new(&[]),
        new(&["--name", "Bookings"]),
        new(&["--name", "directus"]),
        new(&["--name", "b", "--url", "http://b.example.com"]),
        new(&["--name", "b", "--url", "https://b.example.com"]),
        new(&[
            "--name",
            "b",
            "--url",
            "https://b.example.com",
            "--find",
            "/people",
        ]),
        with(&["--auth", "magic"]),
        with(&["--records", "items"]),
        with(&["--item", "/p"]),
        with(&["--fields", "name"]),
        with(&["--fields", "email,x=nonsense"]),
        new(&["--openapi", "absent.yaml"]),
        new(&["--openapi", "x.yaml"]),
        new(&["--openapi", "empty.yaml"]),
    ];
    see!("refused", all.join("\n"));
    assert!(!home.join("connectors").exists());
}

/// At a terminal each answer is asked for, and most have a default.
#[test]
fn at_a_terminal_it_asks() {
    use std::io::Write as _;
    let has_script = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .any(|folder| folder.join("script").is_file());
    if !has_script {
        eprintln!("skipped: needs script (util-linux), which makes a terminal");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let command = format!(
        "{} --lang de --color never connector new",
        env!("CARGO_BIN_EXE_dsr")
    );
    let mut child = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(folder.path())
        .env("XDG_CONFIG_HOME", folder.path().join("none"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let answers =
        "bookings\nhttps://b.example.com/api\nbasic\n/v1/guests?email={email}\n$.items[*]\n\n\nj\n";
    child
        .stdin
        .take()
        .unwrap()
        .write_all(answers.as_bytes())
        .unwrap();
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}");
    assert!(said.contains("Wie soll der Konnektor heißen?"), "{said}");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("asked_file", fs_err::read_to_string(folder.path().join("connectors/bookings.yml")).unwrap());
    });
    assert_eq!(
        dsr(folder.path(), &["connector", "test", "bookings", "--all"]).0,
        0
    );
}

/// What lies below a record, an address in a path, and lists of people within lists: each is proposed in the way that cannot reach
/// anybody else's records.
#[test]
fn what_lies_below_a_record_and_an_address_in_the_path_are_proposed() {
    for (document_name, name) in [
        ("shop.yaml", "corner-shop"),
        ("mailer.json", "mailer"),
        ("letters.yaml", "letters"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        let new = ["connector", "new", "--openapi", &document(document_name)];
        let (code, out, err) = dsr(home, &new);
        assert_eq!(code, 0, "{out}{err}");
        let file = fs_err::read_to_string(home.join(format!("connectors/{name}.yml"))).unwrap();
        let tests =
            fs_err::read_to_string(home.join(format!("connectors/tests/{name}.test.yml"))).unwrap();
        see!(format!("{name}_file"), file);
        see!(format!("{name}_test"), tests);
        assert_eq!(dsr(home, &["connector", "check", name]).0, 0);
        let (code, out, err) = dsr(home, &["connector", "test", name]);
        assert_eq!(code, 0, "{out}{err}");
    }
}

/// A membership is no property: what many people share is neither removed nor searched with one of them.
#[test]
fn what_many_people_share_is_never_removed_with_one_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    assert_eq!(
        dsr(
            home,
            &["connector", "new", "--openapi", &document("shop.yaml")]
        )
        .0,
        0
    );
    let file = fs_err::read_to_string(home.join("connectors/corner-shop.yml")).unwrap();
    assert!(!file.contains("delete: \"/groups"), "{file}");
    // Asked for by a parameter that a server may ignore, and without a word of whose they are.
    assert!(!file.contains("get: /hits"), "{file}");
    assert!(file.contains("/hits"), "{file}");
    // The list is a place, and nobody's record.
    assert_eq!(
        dsr(
            home,
            &["connector", "new", "--openapi", &document("letters.yaml")]
        )
        .0,
        0
    );
    let file = fs_err::read_to_string(home.join("connectors/letters.yml")).unwrap();
    assert!(
        !file.contains("delete: \"/lists/{{ record.id }}\""),
        "{file}"
    );
}

/// Every OpenAPI document at hand, of whatever kind: what is written from it loads, and what cannot be used is refused with a reason.
#[test]
fn no_document_of_a_vendor_leads_to_a_file_that_does_not_load() {
    let Some(folder) = specifications() else {
        return;
    };
    let index = fs_err::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut made = 0;
    for (at, line) in index.lines().skip(1).enumerate() {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[vendor, file, bytes, format, ..] = columns.as_slice() else {
            continue;
        };
        let size: u64 = bytes.parse().unwrap_or(0);
        // The largest take long without optimisation and show nothing else.
        if !(format.contains("openapi") || format.contains("swagger")) || size > 1_200_000 {
            continue;
        }
        let spec = folder.join(vendor).join(file).display().to_string();
        let name = format!("spec-{at}");
        let new = ["connector", "new", "--name", &name, "--openapi", &spec];
        let (code, out, err) = dsr(home.path(), &new);
        if code != 0 {
            assert_eq!(code, 2, "{spec}: {out}{err}");
            let told = err.contains("error[E788]") || err.contains("error[E005]");
            assert!(told, "{spec}: {err}");
            continue;
        }
        made += 1;
        let (code, out, err) = dsr(home.path(), &["connector", "check", &name]);
        assert_eq!(code, 0, "{spec}: {out}{err}");
        let test = home
            .path()
            .join(format!("connectors/tests/{name}.test.yml"));
        assert!(test.is_file(), "{spec}: no test holds");
    }
    assert!(made > 20, "{made}");
}

fn specifications() -> Option<PathBuf> {
    let folder = std::env::var_os("DSR_SPECS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/specs"),
        PathBuf::from,
    );
    let is_there = folder.join("INDEX.tsv").is_file();
    if !is_there {
        eprintln!("skipped: needs a folder of specifications (DSR_SPECS)");
    }
    is_there.then_some(folder)
}

/// Documents of vendors, where they are at hand: whatever is written from them loads.
#[test]
fn documents_of_vendors_become_connectors_that_load() {
    let Some(folder) = specifications() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let wanted = [
        ("zendesk/zendesk-support-openapi.yml", Some("users")),
        ("stripe/stripe-customers.json", Some("customers")),
        ("freshdesk/freshdesk-rest-api-openapi.yml", Some("contacts")),
        ("weclapp/openapi.json", Some("contact")),
        ("discourse/discourse.local.json", Some("users")),
        ("openproject/openproject-openapi.yml", Some("users")),
        (
            "personio/personio-personnel-data-api-oa3.yaml",
            Some("employees"),
        ),
        ("klaviyo/profiles.json", Some("profiles")),
        ("billbee/billbee.io.json", Some("customers")),
        ("lexoffice/lexoffice-openapi.yml", Some("contacts")),
        (
            "dynamics-business-central/BCOpenApiSpecification.json",
            Some("customers"),
        ),
        ("brevo/brevo-contacts-api-openapi.yml", Some("contacts")),
    ];
    for (at, (spec, object)) in wanted.into_iter().enumerate() {
        let file = folder.join(spec);
        if !file.is_file() {
            eprintln!("skipped: needs {spec}");
            continue;
        }
        let name = format!("vendor-{at}");
        let (code, out, err) = dsr(
            home.path(),
            &[
                "connector",
                "new",
                "--name",
                &name,
                "--openapi",
                &file.display().to_string(),
            ],
        );
        assert_eq!(code, 0, "{spec}: {out}{err}");
        let text =
            fs_err::read_to_string(home.path().join(format!("connectors/{name}.yml"))).unwrap();
        if let Some(object) = object {
            assert!(text.contains(&format!("\n  {object}:\n")), "{spec}: {text}");
        }
        assert!(
            home.path()
                .join(format!("connectors/tests/{name}.test.yml"))
                .is_file(),
            "{spec}: no test holds\n{text}"
        );
        assert_eq!(
            dsr(home.path(), &["connector", "test", &name]).0,
            0,
            "{spec}"
        );
    }
}
