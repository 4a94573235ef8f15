//! The seal changes: old bundles stay valid, readers of old certificates can follow, an interruption leaves a key that seals.

use dsr::evidence::{self, Anchor, Anchors, Standing, Verdict};

use crate::pki::{Pki, has, mode};
use crate::workspace::{Company, INVENTORY, Output};

const CERTIFICATE: &str = ".dsr/keys/seal.cert.pem";
const KEY: &str = ".dsr/keys/seal.key.pem";

fn open(company: &Company) -> String {
    let opened = company.run(&[
        "case",
        "open",
        "--email",
        "anna@example.org",
        "--right",
        "access",
    ]);
    assert_eq!(opened.code, 0, "{}", opened.err);
    company.case()
}

fn make(company: &Company, case: &str) -> Output {
    let made = company.run(&["evidence", "make", case]);
    assert_eq!(made.code, 0, "{}", made.err);
    made
}

fn rotate(company: &Company, more: &[&str]) -> Output {
    company.run(&[&["key", "rotate", "seal", "--yes"], more].concat())
}

fn bundle(case: &str, number: u32) -> String {
    format!("evidence/{}", evidence::file_name(case, number))
}

fn verified(company: &Company, bundle: &str, certificate: &str) -> Verdict {
    let anchors = Anchor::from_pem(certificate).unwrap();
    evidence::verify(&company.path(bundle), &Anchors::of_seal(anchors)).unwrap()
}

/// The list without the days on which certificates end, ten years from now.
fn listed(company: &Company, arguments: &[&str]) -> String {
    let end = regex::Regex::new(
        r"2036-\d\d-\d\d(T00:00:00Z)?|\d\d\.\d\d\.2036|2037-\d\d-\d\d|\d\d\.\d\d\.2037",
    )
    .unwrap();
    end.replace_all(&company.run(arguments).screen(), "[end]")
        .into_owned()
}

fn changes(company: &Company) -> Vec<serde_json::Value> {
    let log = company.run(&["audit", "log", "--format", "json"]);
    let log: serde_json::Value = serde_json::from_str(&log.out).unwrap();
    let events = log["events"].as_array().unwrap().iter();
    let events = events.map(|stored| stored["event"].clone());
    events
        .filter(|event| event["event"] == "seal_changed")
        .collect()
}

#[test]
fn a_seal_that_changed_twice_leaves_every_bundle_valid_and_everybody_can_follow() {
    let company = Company::new();
    let case = open(&company);
    make(&company, &case);
    let first = company.read(CERTIFICATE);
    insta::assert_snapshot!("rotate", rotate(&company, &[]).screen());
    let second = company.read(CERTIFICATE);
    make(&company, &case);
    insta::assert_snapshot!("rotate_de", rotate(&company, &["--lang", "de"]).screen());
    let third = company.read(CERTIFICATE);
    make(&company, &case);
    assert!(first != second && second != third);

    // With the workspace's own certificates, and with each by itself.
    for number in 1..=3 {
        let run = company.run(&["evidence", "verify", &bundle(&case, number)]);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let standings = |certificate: &str| -> Vec<(Standing, bool)> {
        let verdicts = (1..=3).map(|n| verified(&company, &bundle(&case, n), certificate));
        verdicts
            .map(|verdict| (verdict.standing, verdict.followed.is_some()))
            .collect()
    };
    let (valid, led) = ((Standing::Valid, false), (Standing::Valid, true));
    let unknown = (Standing::IntactButSignerUnknown, false);
    assert_eq!(standings(&first), [valid, led, led]);
    // A later certificate says nothing about what was sealed before it.
    assert_eq!(standings(&second), [unknown, valid, led]);
    assert_eq!(standings(&third), [unknown, unknown, valid]);

    let told = changes(&company);
    assert_eq!(told.len(), 2);
    assert_eq!(told[1]["previous"], told[0]["certificate"]);
    assert_eq!(told[0]["operator"], "op");
    fs_err::write(company.path("first.pem"), &first).unwrap();
    let followed = company.run(&[
        "evidence",
        "verify",
        &bundle(&case, 3),
        "--anchor",
        "first.pem",
    ]);
    insta::assert_snapshot!("verify_followed", followed.screen());
    insta::assert_snapshot!("key_list", listed(&company, &["key", "list"]));
    insta::assert_snapshot!(
        "key_list_de",
        listed(&company, &["--lang", "de", "key", "list"])
    );
    assert_eq!(company.run(&["key", "export-cert"]).out, third);

    // No old key of the seal is left behind, and nothing in the folder of keys is open to others.
    let files = fs_err::read_dir(company.path(".dsr/keys")).unwrap();
    let keys = files.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        let name = name.to_string_lossy();
        name.starts_with("seal") && name.ends_with(".key.pem")
    });
    assert_eq!(keys.count(), 1);
    assert!(!company.run(&["check"]).out.contains("W247"));
}

#[test]
fn the_cover_tells_of_the_change_and_stock_tools_can_follow_it() {
    let company = Company::new();
    let case = open(&company);
    make(&company, &case);
    let first = company.read(CERTIFICATE);
    assert_eq!(rotate(&company, &[]).code, 0);
    make(&company, &case);
    if !has(&["openssl", "unzip", "bash"]) {
        return;
    }
    fs_err::write(company.path("first.pem"), &first).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = company.command(program).args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code().unwrap(), text)
    };
    let zip = bundle(&case, 2);
    assert_eq!(run("unzip", &["-q", &zip, "-d", "unpacked"]).0, 0);
    let cover = company.read("unpacked/data/00-COVER.txt");
    for words in ["Changes of the seal", "Wechsel des Siegels", "signiert"] {
        assert!(cover.contains(words), "{words}");
    }
    // As the guide shows it.
    let line = "openssl x509 -in first.pem -noout -pubkey > first.pub; openssl dgst -sha256 -verify first.pub \
        -signature unpacked/data/seal/change-01.sig unpacked/data/seal/change-01.txt";
    assert_eq!(run("bash", &["-c", line]), (0, "Verified OK\n".to_owned()));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/verify-evidence.sh");
    let (code, said) = run("bash", &[script, &zip, "first.pem"]);
    assert!(code == 0 && said.contains("followed"), "{code} {said}");
    assert_eq!(run("bash", &[script, &zip, CERTIFICATE]).0, 0);
    let stranger = Company::new();
    let other = stranger.path(CERTIFICATE).display().to_string();
    assert_eq!(run("bash", &[script, &zip, &other]).0, 4);
}

/// The certificate takes its place before its key: whoever is killed in between seals with the new key.
#[test]
fn an_interrupted_change_leaves_a_key_that_seals() {
    let company = Company::new();
    let case = open(&company);
    let (old, old_key) = (company.read(CERTIFICATE), company.read(KEY));
    assert_eq!(rotate(&company, &[]).code, 0);
    let name = fs_err::read_dir(company.path(".dsr/keys")).unwrap();
    let new = company.read(CERTIFICATE);
    let waiting = name
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .find(|name| {
            name.ends_with(".cert.pem")
                && name != "seal.cert.pem"
                && company.read(&format!(".dsr/keys/{name}")) == new
        })
        .unwrap()
        .replace(".cert.pem", ".key.pem");
    // As if the last rename had not come to pass.
    fs_err::rename(
        company.path(KEY),
        company.path(&format!(".dsr/keys/{waiting}")),
    )
    .unwrap();
    company.write(KEY, &old_key);
    mode(&company.path(KEY), 0o600);
    make(&company, &case);
    assert_eq!(
        verified(&company, &bundle(&case, 1), &new).standing,
        Standing::Valid
    );
    assert!(!company.path(&format!(".dsr/keys/{waiting}")).exists());
    assert_ne!(company.read(KEY), old_key);
    assert!(
        verified(&company, &bundle(&case, 1), &old)
            .followed
            .is_some()
    );
}

#[test]
fn a_seal_that_moves_to_where_nobody_can_read_it_is_named_by_the_one_before() {
    if !has(&["openssl"]) {
        return;
    }
    let (company, pki) = (Company::new(), Pki::new());
    let case = open(&company);
    make(&company, &case);
    let first = company.read(CERTIFICATE);
    pki.openssl("pkcs12 -export -inkey key.pem -in cert.pem -out seal.p12 -passout pass:");
    pki.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out second.key");
    pki.certify("second.key", "second.pem", "");
    for file in ["seal.p12", "cert.pem", "second.key", "second.pem"] {
        fs_err::copy(pki.path(file), company.path(file)).unwrap();
        mode(&company.path(file), 0o600);
    }
    // Into a PKCS#12 file: the workspace's own key lies there and signs by itself.
    company.write(
        "dsr.yaml",
        &format!("{INVENTORY}evidence: {{ seal: {{ pkcs12: seal.p12 }} }}\n"),
    );
    let made = make(&company, &case);
    assert!(!made.err.contains("W280"), "{}", made.err);
    // Nobody asked for it with `dsr key`, so it is told, once.
    assert!(made.err.contains("W347"), "{}", made.err);
    assert!(
        verified(&company, &bundle(&case, 2), &first)
            .followed
            .is_some()
    );
    let refused = rotate(&company, &[]);
    assert!(
        refused.code == 2 && refused.err.contains("E960"),
        "{}",
        refused.err
    );
    insta::assert_snapshot!("rotate_elsewhere", refused.screen());

    // On to another key: the old one names it while it is still there.
    insta::assert_snapshot!(
        "rotate_announced",
        rotate(&company, &["--certificate", "second.pem"]).screen()
    );
    insta::assert_snapshot!(
        "key_list_announced",
        listed(&company, &["key", "list", "--format", "json"])
    );
    let named = "evidence: { seal: { key: \"file:second.key\", certificate: second.pem } }";
    company.write("dsr.yaml", &format!("{INVENTORY}{named}\n"));
    let asked = make(&company, &case).err;
    assert!(
        !asked.contains("W280") && !asked.contains("W347"),
        "{asked}"
    );
    let verdict = verified(&company, &bundle(&case, 3), &first);
    assert!(verdict.standing == Standing::Valid && verdict.followed.is_some());
    assert_eq!(changes(&company).len(), 2);

    // And to one that nobody named: it seals, it is noted, and it is said that nobody can follow.
    company.write("dsr.yaml", INVENTORY);
    let unlinked = make(&company, &case);
    assert!(unlinked.err.contains("W280"), "{}", unlinked.err);
    assert!(!make(&company, &case).err.contains("W280"), "once");
    assert_eq!(changes(&company).len(), 3);
    let second = company.read("second.pem");
    assert_eq!(
        verified(&company, &bundle(&case, 4), &second).standing,
        Standing::IntactButSignerUnknown
    );
    // Every certificate that ever sealed is a default anchor of the workspace.
    for number in 1..=5 {
        assert_eq!(
            company
                .run(&["evidence", "verify", &bundle(&case, number)])
                .code,
            0,
            "{number}"
        );
    }
}

#[test]
fn what_cannot_follow_is_refused_and_nothing_changes() {
    if !has(&["openssl"]) {
        return;
    }
    let (company, pki) = (Company::new(), Pki::new());
    pki.openssl("req -x509 -newkey rsa:2048 -noenc -keyout rsa.key -out rsa.pem -subj /O=Acme");
    pki.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout old.key -out old.pem -days 1 -subj /O=Acme -addext keyUsage=digitalSignature");
    for file in ["key.pem", "cert.pem", "rsa.pem", "root.pem", "root.key"] {
        fs_err::copy(pki.path(file), company.path(file)).unwrap();
    }
    let before = (company.read(CERTIFICATE), company.read(KEY));
    let own = company.path(CERTIFICATE).display().to_string();
    let own_key = company.path(KEY).display().to_string();
    for (arguments, code) in [
        (vec!["--certificate", "rsa.pem"], "E962"),
        (vec!["--certificate", "root.pem"], "E962"),
        (vec!["--certificate", &own], "E961"),
        (vec!["--key", &own_key, "--certificate", &own], "E961"),
        (
            vec!["--key", "key.pem", "--certificate", "root.pem"],
            "E703",
        ),
        (
            vec!["--key", "missing", "--certificate", "cert.pem"],
            "E965",
        ),
        (vec!["--certificate", "dsr.yaml"], "E707"),
    ] {
        let refused = rotate(&company, &arguments);
        assert!(
            refused.code == 2 && refused.err.contains(code),
            "{arguments:?}: {}",
            refused.err
        );
    }
    let asked = company.run(&["key", "rotate", "seal"]);
    assert_ne!(asked.code, 0, "nobody is at the terminal to say yes");
    assert_eq!(before, (company.read(CERTIFICATE), company.read(KEY)));
    assert!(!company.path(".dsr/keys/seal-changes.json").exists());
    // A key and a certificate of an authority are taken over.
    let taken = rotate(&company, &["--key", "key.pem", "--certificate", "cert.pem"]);
    assert_eq!(taken.code, 0, "{}", taken.err);
    assert_eq!(company.read(CERTIFICATE), pki.read("cert.pem"));
    let unknown = company.run(&["key", "export-cert", "00:11"]);
    assert!(unknown.code == 2 && unknown.err.contains("E963"));
}
