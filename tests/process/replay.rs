//! Plugins before recorded exchanges: the worked tests, and what must not pass for a test.

use super::support::house::House;
use super::{plugins, python, snapshot};

/// The worked plugin with a test file that reads like the worked one, changed.
fn tested(change: impl Fn(String) -> String) -> super::support::house::Ran {
    let house = House::bare();
    plugins(&house);
    let text = String::from_utf8(super::examples("soap.test.yml")).unwrap();
    house.write("plugins/soap.test.yml", change(text));
    house.run(&["connector", "test", "plugins/soap.test.yml"])
}

#[test]
fn the_worked_plugin_holds_before_its_recorded_exchanges() {
    if !python() {
        return;
    }
    let ran = tested(|text| text);
    let took = regex::Regex::new("[0-9]+ ms").unwrap();
    let words = ran.expect(0).all();
    snapshot("worked_tests", &took.replace_all(&words, "[time]"));
}

#[test]
fn what_the_exchanges_do_not_say_fails_the_case() {
    if !python() {
        return;
    }
    for (what, from, to, code) in [
        (
            "another outcome",
            "outcomes: { customers/K-1: restricted }",
            "outcomes: { customers/K-1: removed }",
            "E7",
        ),
        (
            "a write taken for a look",
            "{ post: /, headers: { SOAPAction: '\"urn:example:ChangeCustomer\"' }",
            "{ post: /, read_only: true, headers: { SOAPAction: '\"urn:example:ChangeCustomer\"' }",
            "E7",
        ),
        (
            "another password",
            "<Password>invented<",
            "<Password>other<",
            "E7",
        ),
        (
            "words of connectors",
            "cases:\n",
            "sign_in: []\ncases:\n",
            "E173",
        ),
        ("no objects", "objects:\n", "things:\n", "E175"),
        (
            "connections of its own",
            "files: [dsr_plugin.py] }",
            "files: [dsr_plugin.py], network: own }",
            "E172",
        ),
        (
            "read_only of what reads anyway",
            "{ post: /, read_only: true, times: 2,",
            "{ get: /, read_only: true, times: 2,",
            "E174",
        ),
        (
            "a file that is not there",
            "files: [dsr_plugin.py] }",
            "files: [missing.py] }",
            "E166",
        ),
    ] {
        let ran = tested(|text| {
            assert!(text.contains(from), "{what}");
            text.replace(from, to)
        });
        ran.expect(2);
        assert!(
            ran.all().contains(&format!("[{code}")),
            "{what}: {}",
            ran.all()
        );
    }
}

#[test]
fn a_program_that_hangs_or_dies_ends_its_case() {
    for (body, code) in [
        ("sleep 600", "E504"),
        ("exit 1", "E589"),
        ("read -r line; echo hello; read -r line", "E582"),
    ] {
        let house = House::bare();
        house.write("crm.sh", format!("#!/bin/sh\n{body}\n"));
        super::executable(&house.path("crm.sh"));
        house.write(
            "crm.test.yml",
            format!(
                "dsr: 1
tests: crm
plugin: {{ run: [./crm.sh] }}
settings: {{ url: \"https://crm.example.com\" }}
objects:
  people:
    key: id
    find: [{{ by: email, column: mail }}]
    fields: {{ id: account.id, mail: {{ category: contact.email, identity: email }} }}
    actions: [remove]
    erase: remove
cases:
  - {{ name: nobody, run: find, subject: {{ email: ada@example.org }}, exchanges: [], expect: {{ error: {code} }} }}
"
            ),
        );
        let began = std::time::Instant::now();
        let mut command = house.command();
        command.args(["connector", "test", "crm.test.yml"]);
        super::support::house::finish(command, "").expect(0);
        assert!(began.elapsed() < std::time::Duration::from_secs(100));
    }
}

#[test]
fn no_plugin_starts_unless_its_tests_are_named() {
    let house = House::bare();
    house.write("connectors/crm.sh", "#!/bin/sh\ntouch ran\n");
    super::executable(&house.path("connectors/crm.sh"));
    house.write(
        "connectors/crm.test.yml",
        "dsr: 1\ntests: crm\nplugin: { run: [./crm.sh] }\nobjects: {}\ncases: []\n",
    );
    let ran = house.run(&["connector", "test"]);
    ran.expect(2);
    assert!(!house.path("connectors/ran").exists(), "{}", ran.all());
}
