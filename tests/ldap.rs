//! The `ldap` engine over a real OpenLDAP with the whole program, and over servers that misbehave. `scripts/test` provides the server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/house.rs"]
mod house;
#[path = "support/ldap.rs"]
mod ldap;

use std::sync::atomic::Ordering;

use house::{HEAD, House, Ran, leaks};
use ldap::{Branch, ROOT, Trap, branch, endless, owned};
use serde_json::{Value, json};

const ANNA: &str = "anna@example.org";

/// People with everything that can be several, and their memberships.
fn people(branch: &Branch) -> String {
    format!(
        r#"      people:
        base: "ou=people,{0}"
        filter: "(objectClass=inetOrgPerson)"
        key: entryUUID
        find: [{{ by: email, attribute: mail }}]
        fields:
          mail: {{ category: contact.email, identity: email }}
          cn: person.name
          sn: person.name
          telephoneNumber: contact.phone
        erase: remove
      memberships:
        base: "ou=groups,{0}"
        filter: "(objectClass=groupOfNames)"
        each: member
        key: [entryUUID, member]
        find: [{{ under: people, on: {{ member: dn }} }}]
        fields: {{ cn: employment.role }}
"#,
        branch.base
    )
}

/// A system around objects, with an account of the directory.
fn system(url: &str, account: &str, settings: &str, objects: &str) -> String {
    format!(
        "  directory:
    engine: ldap
    timeouts: {{ connect: 2s, request: 5s }}
    settings: {{ url: \"{url}\", user: \"cn={account},{ROOT}\", password: {{ secret: \"env:DIRECTORY_PASSWORD\" }}{settings} }}
    objects:\n{objects}"
    )
}

fn house_of(branch: &Branch, systems: &str) -> House {
    let mut house = House::new(systems, &[]);
    house.env("DIRECTORY_PASSWORD", &branch.password);
    house
}

fn house(branch: &Branch, objects: &str) -> House {
    house_of(branch, &system(&branch.url, "dsr", "", objects))
}

fn anna() -> Value {
    json!({ "email": ANNA })
}

fn erase(house: &House, expect: usize) -> Ran {
    house.about(
        &anna(),
        &["erase", "--yes", "--expect", &expect.to_string()],
    )
}

fn codes(ran: &Ran, system: &str) -> Vec<String> {
    let system = ran.system(system);
    let objects = system["objects"].as_array().cloned().unwrap_or_default();
    let all = objects.iter().chain([&system]);
    let codes = all.filter_map(|one| one["error"]["code"].as_str());
    let mut codes: Vec<String> = codes.map(str::to_owned).collect();
    codes.dedup();
    codes
}

/// Anna with two addresses, a namesake, a colleague, a group with two of them.
fn seeded(branch: &Branch) -> (String, String, String) {
    let anna = branch.person(
        "anna",
        "Anna Adler",
        &["Anna@Example.org", "adler@example.org"],
        &[
            ("telephoneNumber", "+49 30 1234567"),
            ("description", "left-handed"),
        ],
    );
    let other = branch.person("anna2", "Anna Adler", &["a.adler@example.org"], &[]);
    let group = branch.dn("cn=choir,ou=groups");
    let upper = anna
        .replace("uid=anna", "UID=Anna")
        .replace(",ou=people", ", OU=People");
    branch.add(
        "cn=choir,ou=groups",
        &[
            ("objectClass", "groupOfNames"),
            ("member", &upper),
            ("member", &other),
        ],
    );
    (anna, other, group)
}

#[test]
fn a_person_is_taken_out_of_groups_removed_and_proven_gone() {
    let Some(branch) = branch() else { return };
    let (anna, other, group) = seeded(&branch);
    let house = house(&branch, &people(&branch));
    let found = house.about(&self::anna(), &["find"]);
    found.expect(0);
    assert_eq!(found.records("directory").len(), 2, "{}", found.out);
    let ran = erase(&house, 2);
    ran.expect(0);
    assert_eq!(
        ran.outcomes(),
        ["directory.memberships removed", "directory.people removed"]
    );
    assert_eq!(ran.json()["complete"], json!(true));
    assert!(!branch.is_there(&anna));
    assert_eq!(
        branch.values(&other, "cn").unwrap(),
        ["Anna Adler"],
        "the namesake"
    );
    assert_eq!(branch.values(&group, "member").unwrap(), [other]);
    for record in ran.json()["records"].as_array().unwrap() {
        // A membership is found under its person alone.
        let level = if record["object"] == "people" {
            "L2"
        } else {
            "L1"
        };
        assert_eq!(record["level"], level, "{record:#}");
    }
    let bundle = house.bundle().expect("a bundle");
    house
        .run(&["evidence", "verify", &bundle.to_string_lossy()])
        .expect(0);
    for (name, bytes) in house.bundled() {
        let planted = [
            ANNA,
            "adler@example.org",
            "Anna Adler",
            "1234567",
            "uid=anna",
            "left-handed",
        ];
        assert!(leaks(&bytes, &planted).is_empty(), "{name}");
    }
    let again = house.about(&self::anna(), &["find"]);
    assert_eq!(again.records("directory"), Vec::<String>::new());
    erase(&house, 0).expect(0);
}

#[test]
fn of_several_values_one_is_corrected_and_all_are_handed_over() {
    let Some(branch) = branch() else { return };
    let (anna, ..) = seeded(&branch);
    let house = house(&branch, &people(&branch));
    // Found by the second address as well.
    let found = house.about(&json!({"email": "adler@example.org"}), &["find"]);
    assert_eq!(found.records("directory").len(), 2, "{}", found.out);
    let exported = house.about(&self::anna(), &["export", "--folder"]);
    assert!([0, 4].contains(&exported.code), "{exported:?}");
    let held: Vec<String> = house
        .files()
        .into_iter()
        .filter(|path| path.to_string_lossy().contains("export"))
        .filter_map(|path| fs_err::read_to_string(path).ok())
        .collect();
    for value in [
        "Anna@Example.org",
        "adler@example.org",
        "+49 30 1234567",
        "choir",
    ] {
        assert!(
            held.iter().any(|text| text.contains(value)),
            "{value}: {exported:?}"
        );
    }
    assert!(
        held.iter()
            .all(|text| !text.contains("left-handed") && !text.contains("a.adler@"))
    );
    assert!(
        held.iter().any(|text| text.contains("description")),
        "named, though not read"
    );

    let correct = |more: &[&str]| {
        let line = ["rectify", "--yes", "--expect", "1"];
        house.about(&self::anna(), &[&line[..], more].concat())
    };
    let unsaid = correct(&["--set", "directory.people.mail=anna.neu@example.org"]);
    unsaid.expect(2);
    assert!(
        unsaid.out.contains("E422") && unsaid.out.contains("--was"),
        "{}",
        unsaid.out
    );
    let wrong = correct(&[
        "--set",
        "directory.people.mail=anna.neu@example.org",
        "--was",
        "directory.people.mail=x@example.org",
    ]);
    assert!(wrong.out.contains("E425"), "{}", wrong.out);
    let ran = correct(&[
        "--set",
        "directory.people.mail=anna.neu@example.org",
        "--was",
        "directory.people.mail=adler@example.org",
    ]);
    ran.expect(0);
    assert_eq!(ran.outcomes(), ["directory.people rectified"]);
    assert_eq!(
        branch.values(&anna, "mail").unwrap(),
        ["Anna@Example.org", "anna.neu@example.org"]
    );
    // A single value needs no such words, and one that was missing is added.
    correct(&["--set", "contact.phone=+49 40 7654321"]).expect(0);
    assert_eq!(
        branch.values(&anna, "telephoneNumber").unwrap(),
        ["+49 40 7654321"]
    );
    branch.set(&anna, "telephoneNumber", &[]);
    correct(&["--set", "contact.phone=+49 40 1111111"]).expect(0);
    assert_eq!(
        branch.values(&anna, "telephoneNumber").unwrap(),
        ["+49 40 1111111"]
    );
}

/// The habits of Active Directory: binary keys, addresses in a form, a bit that locks.
fn windows(branch: &Branch) -> String {
    format!(
        r#"      users:
        base: "ou=people,{}"
        filter: "(objectClass=windowsUser)"
        key: objectGUID
        find:
          - {{ by: email, attribute: mail }}
          - {{ by: email, attribute: proxyAddresses, form: "smtp:{{}}" }}
        fields:
          mail: {{ category: contact.email, identity: email }}
          proxyAddresses: {{ category: contact.email, identity: email }}
          cn: person.name
        restrict: {{ add_bits: {{ userAccountControl: 2 }} }}
        unrestrict: {{ remove_bits: {{ userAccountControl: 2 }} }}
"#,
        branch.base
    )
}

fn windows_user(branch: &Branch) -> String {
    let dn = branch.dn("cn=Anna Adler,ou=people");
    let mut all = owned(&[
        ("objectClass", "inetOrgPerson"),
        ("objectClass", "windowsUser"),
        ("sn", "Adler"),
        ("mail", ANNA),
        ("userAccountControl", "66048"),
        ("proxyAddresses", "SMTP:anna@example.org"),
        ("proxyAddresses", "smtp:a.adler@example.org"),
        ("proxyAddresses", "sip:anna@example.org"),
    ]);
    // Signs among them that mean something in a filter; each run of the tests has another.
    let mut guid = vec![
        0xff, 0x04, 0x25, 0x3f, 0x89, 0x4f, 0xd3, 0x11, 0x9a, 0x0c, 0x28, 0x2a,
    ];
    guid.extend(std::process::id().to_be_bytes());
    all.push((b"objectGUID".to_vec(), [guid].into()));
    branch.add_many(vec![(dn.clone(), all)]);
    dn
}

#[test]
fn habits_of_active_directory_are_understood() {
    let Some(branch) = branch() else { return };
    let dn = windows_user(&branch);
    let house = house(&branch, &windows(&branch));
    let found = house.about(&json!({"email": "A.Adler@example.org"}), &["find"]);
    assert_eq!(
        found.records("directory"),
        [format!(
            "users:3f2504ff-4f89-11d3-9a0c-282a{:08x} stated",
            std::process::id()
        )],
        "{}",
        found.out
    );
    let lock = house.about(
        &anna(),
        &[
            "restrict",
            "--because",
            "contested",
            "--until",
            "2099-12-31",
            "--yes",
            "--expect",
            "1",
        ],
    );
    lock.expect(0);
    assert_eq!(lock.outcomes(), ["directory.users restricted"]);
    assert_eq!(branch.values(&dn, "userAccountControl").unwrap(), ["66050"]);
    // Another bit set since then stays.
    branch.set(&dn, "userAccountControl", &["66058"]);
    let case = lock.json()["case"].as_str().map(str::to_owned).unwrap();
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap().to_string();
    house
        .run(&["restrict", "--case", &case, "--notice-sent", &yesterday])
        .expect(0);
    let lift = house.run(&[
        "restrict",
        "--lift",
        "--case",
        &case,
        "--because",
        "verified",
        "--yes",
        "--expect",
        "1",
        "--format",
        "json",
    ]);
    lift.expect(0);
    assert_eq!(branch.values(&dn, "userAccountControl").unwrap(), ["66056"]);

    let ran = house.about(
        &anna(),
        &[
            "rectify",
            "--yes",
            "--expect",
            "1",
            "--set",
            "directory.users.proxyAddresses=anna.neu@example.org",
            "--was",
            "directory.users.proxyAddresses=anna@example.org",
        ],
    );
    ran.expect(0);
    let mut expected = [
        "SMTP:anna.neu@example.org",
        "sip:anna@example.org",
        "smtp:a.adler@example.org",
    ];
    expected.sort_unstable();
    assert_eq!(branch.values(&dn, "proxyAddresses").unwrap(), expected);
    let ran = erase(&house, 1);
    ran.expect(0);
    assert!(!branch.is_there(&dn));
}

#[test]
fn an_attribute_locks_where_there_are_no_bits() {
    let Some(branch) = branch() else { return };
    let (anna, ..) = seeded(&branch);
    let objects = people(&branch).replacen(
        "        erase: remove\n",
        "        restrict: { set: { pwdAccountLockedTime: \"000001010000Z\" } }\n        unrestrict: { set: { pwdAccountLockedTime: null } }\n        erase: restrict\n",
        1,
    );
    let house = house(
        &branch,
        &objects[..objects.find("      memberships").unwrap()],
    );
    let ran = erase(&house, 1);
    assert_eq!(ran.outcomes(), ["directory.people restricted"], "{ran:?}");
    assert_eq!(
        branch.values(&anna, "pwdAccountLockedTime").unwrap(),
        ["000001010000Z"]
    );
}

#[test]
fn an_entry_is_renamed_only_where_that_is_wanted() {
    let Some(branch) = branch() else { return };
    let (anna, other, _) = seeded(&branch);
    let objects = people(&branch)
        .replacen("erase: remove", "erase: anonymise", 1)
        .replacen(
            "          cn:",
            "          uid: account.login\n          cn:",
            1,
        );
    let objects = objects[..objects.find("      memberships").unwrap()].to_owned();
    let first = house(&branch, &objects);
    let refused = erase(&first, 1);
    refused.expect(2);
    assert!(
        refused.out.contains("E250") && refused.out.contains("rename: true"),
        "{}",
        refused.out
    );
    assert!(branch.is_there(&anna));

    let house = house(
        &branch,
        &objects.replacen("        key:", "        rename: true\n        key:", 1),
    );
    let uuid = branch.values(&anna, "entryUUID").unwrap();
    let ran = erase(&house, 1);
    ran.expect(0);
    assert_eq!(ran.outcomes(), ["directory.people anonymised"]);
    assert!(!branch.is_there(&anna) && branch.is_there(&other));
    let now = branch.found(&format!("(entryUUID={})", uuid[0]));
    assert_eq!(now.len(), 1);
    let text = [
        branch.values(&now[0], "*").unwrap().join(" "),
        now[0].clone(),
    ]
    .concat();
    for value in ["anna", "Anna", "Adler", "adler", "1234567"] {
        assert!(!text.contains(value), "{value}: {text}");
    }
    assert_eq!(
        branch.values(&now[0], "mail").unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(
        branch.values(&now[0], "description").unwrap(),
        ["left-handed"],
        "what nobody listed"
    );
    assert_eq!(
        branch.values(&now[0], "sn").unwrap()[0].len(),
        20,
        "a surname must stand there"
    );
}

#[test]
fn twelve_hundred_entries_come_page_by_page_or_not_at_all() {
    let Some(branch) = branch() else { return };
    let entries = (0..1200).map(|nth| {
        let dn = branch.dn(&format!("uid=u{nth},ou=people"));
        let number = nth.to_string();
        let all = [
            ("objectClass", "inetOrgPerson"),
            ("cn", number.as_str()),
            ("sn", "x"),
            ("employeeNumber", "K-1"),
        ];
        (dn, owned(&all))
    });
    branch.add_many(entries.collect());
    let objects = format!(
        r#"      people:
        base: "ou=people,{}"
        filter: "(objectClass=inetOrgPerson)"
        key: entryUUID
        cap: 2000
        find: [{{ by: customer_no, attribute: employeeNumber }}]
        fields: {{ employeeNumber: {{ category: account.id, identity: customer_no }}, cn: person.name }}
"#,
        branch.base
    );
    let asked = json!({ "customer_no": "K-1" });
    let all = house(&branch, &objects);
    let found = all.about(&asked, &["find"]);
    found.expect(0);
    assert_eq!(found.records("directory").len(), 1200);
    // The other account gets a hundred entries and no more: that is no answer.
    let few = house_of(&branch, &system(&branch.url, "limited", "", &objects));
    let found = few.about(&asked, &["find"]);
    found.expect(3);
    assert_eq!(codes(&found, "directory"), ["E564"], "{}", found.out);
    assert_eq!(found.records("directory"), Vec::<String>::new());
}

#[test]
fn an_account_without_rights_is_told_from_an_empty_directory() {
    let Some(branch) = branch() else { return };
    let (anna, ..) = seeded(&branch);
    let blind = house_of(
        &branch,
        &system(&branch.url, "nobody", "", &people(&branch)),
    );
    let found = blind.about(&self::anna(), &["find"]);
    found.expect(3);
    assert!(
        codes(&found, "directory").contains(&"E563".to_owned()),
        "{}",
        found.out
    );
    let mut wrong = house(&branch, &people(&branch));
    wrong.env("DIRECTORY_PASSWORD", "not this one");
    let found = wrong.about(&self::anna(), &["find"]);
    found.expect(3);
    assert!(
        codes(&found, "directory").contains(&"E506".to_owned()),
        "{}",
        found.out
    );
    assert!(!found.all().contains("not this one"));
    // No password at all would be let in as nobody.
    wrong.env("DIRECTORY_PASSWORD", "");
    wrong.about(&self::anna(), &["find"]).expect(3);
    // Who may only read finds her and fails to remove her.
    let reader = house_of(
        &branch,
        &system(&branch.url, "reader", "", &people(&branch)),
    );
    let ran = erase(&reader, 2);
    ran.expect(3);
    assert!(ran.out.contains("E507"), "{}", ran.out);
    assert!(branch.is_there(&anna));
}

/// Plans an erasure and gives its case.
fn planned(house: &House) -> String {
    let plan = house.about(&anna(), &["plan"]);
    plan.expect(0);
    plan.json()["case"].as_str().unwrap().to_owned()
}

/// An erasure whose run died right behind the intent to write.
fn begun_and_dead(house: &mut House) -> String {
    house.env("DSR_TEST_KILL_AFTER", "8");
    let dead = erase(house, 1);
    assert_eq!(dead.code, -1, "{dead:?}");
    house.without("DSR_TEST_KILL_AFTER");
    let opened = dead
        .err
        .find("Case ")
        .map(|at| dead.err[at + 5..].split(' ').next().unwrap().to_owned());
    opened.unwrap_or_else(|| panic!("{dead:?}"))
}

fn apply(house: &House, case: &str, expect: &str) -> Ran {
    house.run(&[
        "apply", case, "--yes", "--expect", expect, "--format", "json",
    ])
}

#[test]
fn what_somebody_changed_after_the_approval_is_left_alone() {
    let Some(branch) = branch() else { return };
    let (anna, ..) = seeded(&branch);
    let objects = people(&branch);
    let mut house = house(
        &branch,
        &objects[..objects.find("      memberships").unwrap()],
    );
    let case = begun_and_dead(&mut house);
    branch.set(&anna, "sn", &["Adler-Neu"]);
    // The step ends as changed; what is there now is planned afresh, and asked about again.
    let ran = apply(&house, &case, "9");
    ran.expect(4);
    assert!(branch.is_there(&anna), "{ran:?}");
    let shown = house.run(&["case", "show", &case, "--format", "json"]);
    assert!(shown.out.contains("\"changed\""), "{}", shown.out);
    // What nobody listed may change, and who is moved to another branch is not gone.
    let mut house = self::house(
        &branch,
        &objects[..objects.find("      memberships").unwrap()],
    );
    let case = begun_and_dead(&mut house);
    branch.set(&anna, "description", &["right-handed"]);
    let moved = branch.rename(&anna, "uid=anna", &branch.dn("ou=groups"));
    let ran = apply(&house, &case, "1");
    assert_eq!(ran.outcomes(), ["directory.people removed"], "{ran:?}");
    assert!(!branch.is_there(&moved), "{ran:#?}");
}

#[test]
fn a_change_between_reading_and_writing_is_refused_by_the_server() {
    for (attribute, outcome) in [("description", "removed"), ("sn", "changed")] {
        let Some(branch) = branch() else { return };
        let (anna, ..) = seeded(&branch);
        let meddler = branch.clone();
        let dn = anna.clone();
        let meddle = move || meddler.set(&dn, attribute, &["meddled"]);
        let trap = Trap::meddling(&branch.url, meddle);
        let objects = people(&branch);
        let objects = &objects[..objects.find("      memberships").unwrap()];
        let house = house_of(&branch, &system(&trap.url, "dsr", "", objects));
        let ran = erase(&house, 1);
        assert_eq!(
            ran.outcomes(),
            [format!("directory.people {outcome}")],
            "{ran:?}"
        );
        assert_eq!(branch.is_there(&anna), outcome == "changed");
    }
}

#[test]
fn an_entry_with_others_below_and_a_group_without_members_stay() {
    let Some(branch) = branch() else { return };
    let (anna, other, group) = seeded(&branch);
    branch.set(&group, "member", &[&anna]);
    let device = format!("cn=phone,{anna}");
    branch.add_many(vec![(device.clone(), owned(&[("objectClass", "device")]))]);
    let house = house(&branch, &people(&branch));
    let ran = erase(&house, 2);
    ran.expect(4);
    let outcomes = ran.outcomes();
    assert!(
        outcomes.contains(&"directory.memberships blocked".to_owned()),
        "{outcomes:?}"
    );
    assert!(branch.is_there(&anna) && branch.is_there(&other));
    assert_eq!(
        branch.values(&group, "member").unwrap(),
        std::slice::from_ref(&anna)
    );
    // With another member the membership goes, and the entry is kept by what lies below it.
    branch.set(&group, "member", &[&anna, &other]);
    let house = self::house(&branch, &people(&branch));
    let ran = erase(&house, 2);
    ran.expect(4);
    assert_eq!(
        ran.outcomes(),
        ["directory.memberships removed", "directory.people blocked"],
        "{}",
        ran.out
    );
    branch.delete(&device);
    let house = self::house(&branch, &people(&branch));
    erase(&house, 1).expect(0);
    assert!(!branch.is_there(&anna));
}

#[test]
fn lines_are_encrypted_and_certificates_verified() {
    let Some(branch) = branch() else { return };
    seeded(&branch);
    let objects = people(&branch);
    let secure = std::env::var("DSR_TEST_OPENLDAPS").unwrap();
    let ca = fs_err::read(std::env::var("DSR_TEST_OPENLDAP_CA").unwrap()).unwrap();
    for (url, more, code) in [
        (&secure, ", ca_file: ca.pem", None),
        (&branch.url, ", ca_file: ca.pem, starttls: yes", None),
        (&secure, "", Some("E503")),
        (&branch.url, ", starttls: yes", Some("E503")),
        (
            &secure.replace("localhost", "127.0.0.1"),
            ", ca_file: ca.pem",
            Some("E503"),
        ),
        (&secure.replace("ldaps:", "ldap:"), "", Some("E508")),
    ] {
        let house = house_of(&branch, &system(url, "dsr", more, &objects));
        house.write("ca.pem", &ca);
        let found = house.about(&anna(), &["find"]);
        match code {
            None => {
                found.expect(0);
                assert_eq!(
                    found.records("directory").len(),
                    2,
                    "{url}{more}: {}",
                    found.out
                );
            }
            Some(code) => {
                found.expect(3);
                assert!(found.out.contains(code), "{url}{more}: {}", found.out);
            }
        }
    }
}

#[test]
fn no_value_means_more_than_itself() {
    let Some(branch) = branch() else { return };
    seeded(&branch);
    let strange = "weird)(uid=\\5c(";
    branch.add_many(vec![(
        branch.dn("cn=strange,ou=people"),
        owned(&[
            ("objectClass", "inetOrgPerson"),
            ("sn", "x"),
            ("uid", strange),
        ]),
    )]);
    let inventory = format!(
        "{}systems:\n{}",
        HEAD.replace(
            "customer_no: { like: \"^[0-9A-Z-]{1,20}$\" }",
            "login: { like: \"^.+$\" }"
        ),
        system(
            &branch.url,
            "dsr",
            "",
            &format!(
                "      people:
        base: \"{}\"
        filter: \"(objectClass=inetOrgPerson)\"
        key: entryUUID
        find: [{{ by: login, attribute: uid }}]
        fields: {{ uid: {{ category: account.login, identity: login }} }}\n",
                branch.base
            )
        )
    );
    let mut house = House::with(&inventory, &[]);
    house.env("DIRECTORY_PASSWORD", &branch.password);
    for value in [
        "anna)(objectClass=person",
        ")(|(uid=anna",
        "\\2a",
        "(uid=anna)",
        "|(uid=anna)",
        "anna\\00",
        "anna\\2a",
        ")(",
        "\\",
    ] {
        let found = house.about(&json!({ "login": value }), &["find"]);
        // Some are refused before anything is asked.
        if found.code == 2 {
            assert!(found.err.contains("E824"), "{value}: {found:?}");
            continue;
        }
        found.expect(0);
        assert_eq!(found.records("directory"), Vec::<String>::new(), "{value}");
    }
    for value in [strange, "anna"] {
        let found = house.about(&json!({ "login": value }), &["find"]);
        assert_eq!(
            found.records("directory").len(),
            1,
            "{value}: {}",
            found.out
        );
    }
}

#[test]
fn a_server_that_goes_away_in_the_middle_is_settled_by_reading() {
    let Some(branch) = branch() else { return };
    let (anna, _, group) = seeded(&branch);
    let trap = Trap::before(&branch.url);
    let house = house_of(&branch, &system(&trap.url, "dsr", "", &people(&branch)));
    let case = planned(&house);
    trap.armed.store(true, Ordering::SeqCst);
    let ran = apply(&house, &case, "2");
    ran.expect(3);
    // The membership went, and nobody heard of it; the entry was not begun.
    assert_eq!(branch.values(&group, "member").unwrap().len(), 1);
    assert!(branch.is_there(&anna), "{}", ran.out);
    assert_eq!(ran.json()["complete"], json!(false));
    trap.armed.store(false, Ordering::SeqCst);
    let still = apply(&house, &case, "2");
    still.expect(3);
    trap.down.store(false, Ordering::SeqCst);
    let ran = apply(&house, &case, "2");
    ran.expect(0);
    assert_eq!(
        ran.outcomes(),
        ["directory.memberships removed", "directory.people removed"]
    );
    assert!(!branch.is_there(&anna));
    let bundle = house.bundle().unwrap();
    house
        .run(&["evidence", "verify", &bundle.to_string_lossy()])
        .expect(0);
}

#[test]
fn a_referral_is_named_and_never_followed() {
    let Some(branch) = branch() else { return };
    seeded(&branch);
    branch.add(
        "ou=far,ou=people",
        &[
            ("objectClass", "referral"),
            ("objectClass", "extensibleObject"),
            ("ref", "ldap://far.example.com/ou=far,dc=example,dc=com"),
        ],
    );
    let house = house(&branch, &people(&branch));
    let found = house.about(&anna(), &["find"]);
    found.expect(3);
    assert!(
        codes(&found, "directory").contains(&"E565".to_owned()),
        "{}",
        found.out
    );
    assert!(
        found.out.contains("far.example.com") && !found.out.contains("ou=far"),
        "{}",
        found.out
    );
}

#[test]
fn pages_that_never_end_are_refused() {
    let url = endless();
    let objects = "      people:
        base: \"dc=example,dc=org\"
        filter: \"(objectClass=person)\"
        key: entryUUID
        find: [{ by: email, attribute: mail }]
        fields: { mail: { category: contact.email, identity: email } }\n";
    let mut house = House::new(&system(&url, "dsr", "", objects), &[]);
    house.env("DIRECTORY_PASSWORD", "secret");
    let found = house.about(&anna(), &["find"]);
    found.expect(3);
    assert_eq!(codes(&found, "directory"), ["E311"], "{}", found.out);
}

#[test]
fn the_doctor_says_what_is_left_over_and_what_is_misspelt() {
    let Some(branch) = branch() else { return };
    seeded(&branch);
    let objects = people(&branch);
    let objects = &objects[..objects.find("      memberships").unwrap()];
    let house = house(&branch, objects);
    let check = house.run(&["check", "--format", "json"]);
    assert!(
        check.out.contains("W256") && check.out.contains("member"),
        "{}",
        check.out
    );
    assert!(check.out.contains("OpenLDAP"), "{}", check.out);
    let cared = self::house(&branch, &people(&branch));
    assert!(
        !cared
            .run(&["check", "--format", "json"])
            .out
            .contains("W256")
    );
    let misspelt = self::house(
        &branch,
        &objects.replace("telephoneNumber", "telefonNummer"),
    );
    let found = misspelt.about(&anna(), &["find"]);
    found.expect(3);
    assert_eq!(codes(&found, "directory"), ["E567"]);
    let elsewhere = self::house(&branch, &objects.replace("ou=people", "ou=persons"));
    let found = elsewhere.about(&anna(), &["find"]);
    found.expect(3);
    assert_eq!(codes(&found, "directory"), ["E563"]);
}
