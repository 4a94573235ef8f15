use super::*;
use crate::inventory::terms::{Ending, ObjectTerms};
use crate::people::own::PersonKey;

fn person(role: &str, key: &PersonKey) -> PersonTerms {
    PersonTerms {
        role: role.to_owned(),
        key: Some(key.public().line()),
        recipient: None,
    }
}

struct People {
    op1: PersonKey,
    ap1: PersonKey,
    ap2: PersonKey,
}

fn people() -> People {
    People {
        op1: PersonKey::random(),
        ap1: PersonKey::random(),
        ap2: PersonKey::random(),
    }
}

fn terms(keys: &People) -> Terms {
    let contacts = ObjectTerms {
        cap: 100,
        find: ["email".to_owned()].into(),
        erase: Ending::Remove,
        table: Some("contacts".to_owned()),
    };
    let crm = SystemTerms {
        status: Connected::Active,
        control: true,
        insecure_http: false,
        unconfirmed_writes: false,
        objects: BTreeMap::from([("contacts".to_owned(), contacts)]),
    };
    let invoices = DataTerms {
        objects: ["crm.contacts".to_owned()].into(),
        rule: None,
        keep: "P8Y".to_owned(),
        kind: "min".to_owned(),
        then: "remove".to_owned(),
        start: BTreeMap::from([("crm.contacts".to_owned(), "eoy(made)".to_owned())]),
        stated: Some(Digest([1; 32])),
    };
    let people = [
        ("op1", person("operator", &keys.op1)),
        ("ap1", person("approver", &keys.ap1)),
        ("ap2", person("approver", &keys.ap2)),
    ];
    Terms {
        approval: Approval::FourEyes,
        identity: true,
        reason: true,
        limits: BTreeMap::new(),
        every_s: None,
        systems: BTreeMap::from([("crm".to_owned(), crm)]),
        data_types: BTreeMap::from([("invoices".to_owned(), invoices)]),
        people: Some(people.map(|(name, one)| (name.to_owned(), one)).into()),
        cases: Some("P3Y".to_owned()),
    }
}

type Change = fn(&mut Terms);

fn rule(terms: &mut Terms) -> &mut DataTerms {
    terms.data_types.get_mut("invoices").unwrap()
}

fn contacts(terms: &mut Terms) -> &mut ObjectTerms {
    let crm = terms.systems.get_mut("crm").unwrap();
    crm.objects.get_mut("contacts").unwrap()
}

fn of(terms: &mut Terms, name: &str) -> PersonTerms {
    terms.people.as_mut().unwrap()[name].clone()
}

/// Each change that binds, by a word of what is said of it.
const BINDING: [(&str, Change); 19] = [
    ("crm.notes", |t| {
        rule(t).objects.insert("crm.notes".to_owned());
    }),
    ("`four_eyes`", |t| t.approval = Approval::None),
    ("P1D", |t| t.cases = Some("P1D".to_owned())),
    ("`ap2` (approver)", |t| {
        t.people.as_mut().unwrap().remove("ap2");
    }),
    ("`ap3` is new", |t| {
        let one = of(t, "ap2");
        t.people.as_mut().unwrap().insert("ap3".to_owned(), one);
    }),
    ("`ap2` was approver", |t| {
        let mut one = of(t, "ap2");
        one.role = "operator".to_owned();
        t.people.as_mut().unwrap().insert("ap2".to_owned(), one);
    }),
    ("the key of `ap2`", |t| {
        let mut one = of(t, "ap2");
        one.key = None;
        t.people.as_mut().unwrap().insert("ap2".to_owned(), one);
    }),
    ("`recipient`", |t| {
        let mut one = of(t, "ap2");
        one.recipient = Some("age1".to_owned());
        t.people.as_mut().unwrap().insert("ap2".to_owned(), one);
    }),
    ("not in the inventory", |t| t.systems.clear()),
    ("disabled", |t| {
        t.systems.get_mut("crm").unwrap().status = Connected::Disabled;
    }),
    ("crm.contacts is not looked through", |t| {
        t.systems.get_mut("crm").unwrap().objects.clear();
    }),
    ("was the table `contacts` and is `archive`", |t| {
        contacts(t).table = Some("archive".to_owned());
    }),
    ("has no rule", |t| t.data_types.clear()),
    ("from P8Y to P1M", |t| rule(t).keep = "P1M".to_owned()),
    ("`max`", |t| rule(t).kind = "max".to_owned()),
    ("stands `restrict`", |t| {
        rule(t).then = "restrict".to_owned()
    }),
    ("de.ao147", |t| rule(t).rule = Some("de.ao147".to_owned())),
    ("counts from `paid`", |t| {
        let place = "crm.contacts".to_owned();
        rule(t).start.insert(place, "paid".to_owned());
    }),
    ("purpose, basis", |t| rule(t).stated = Some(Digest([2; 32]))),
];

#[test]
fn what_two_people_agree_on_is_told_and_signed_and_nothing_else_is() {
    let keys = people();
    let before = terms(&keys);
    for (words, change) in BINDING {
        let mut after = before.clone();
        change(&mut after);
        for (one, other) in [(&before, &after), (&after, &before)] {
            assert_ne!(one.binding(), other.binding(), "{words}");
        }
        let said = changes(&before, &after);
        assert_eq!(said.len(), 1, "{words}: {said:?}");
        assert!(said[0].en.contains(words), "{words}: {said:?}");
    }
    let free: [Change; 4] = [
        |t| t.identity = false,
        |t| t.reason = false,
        |t| {
            t.limits.insert("records".to_owned(), 9);
        },
        |t| t.systems.get_mut("crm").unwrap().control = false,
    ];
    for change in free {
        let mut after = before.clone();
        change(&mut after);
        assert!(changes(&before, &after).is_empty());
        assert_eq!(before.binding(), after.binding());
    }
    // What comes to be asked besides needs nobody's word, and is part of what stands from then on.
    let mut more = before.clone();
    let crm = more.systems["crm"].clone();
    more.systems.insert("shop".to_owned(), crm);
    assert!(changes(&before, &more).is_empty());
    assert_eq!(changes(&more, &before).len(), 1);
}

/// A ledger in memory: the hash of each event is its number.
#[derive(Default)]
struct Story {
    register: Register,
    told: u8,
}

impl Story {
    fn tell(&mut self, event: Event) -> Turn {
        self.told += 1;
        self.register.take(&Stored {
            seq: self.told.into(),
            case: None,
            n: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            event,
            bytes: Vec::new(),
            hash: Digest([self.told; 32]),
            prev: Digest([0; 32]),
            case_prev: None,
        })
    }

    fn note(&mut self, terms: &Terms) -> Turn {
        self.tell(Event::TermsChanged {
            inventory: Digest([9; 32]),
            terms: terms.clone(),
            operator: "op1".to_owned(),
        })
    }

    fn sign(&mut self, terms: &Terms, name: &str, key: &PersonKey) -> Turn {
        let matter = self.register.matter(terms).unwrap();
        self.tell(signed(&matter, name, key))
    }
}

fn signed(matter: &Matter, name: &str, key: &PersonKey) -> Event {
    Event::Agreed {
        matter: matter.clone(),
        by: name.to_owned(),
        proof: key.agree("ledger", matter, name, jiff::civil::date(2026, 11, 23)),
    }
}

#[test]
fn two_of_those_who_were_listed_before_let_a_change_stand() {
    let keys = people();
    let (sound, mut weak) = (terms(&keys), terms(&keys));
    rule(&mut weak).keep = "P1M".to_owned();
    let mut story = Story::default();
    assert_eq!(story.note(&sound), Turn::Nothing);
    assert!(matches!(story.note(&weak), Turn::Asked(changes) if changes.len() == 1));
    assert_eq!(story.sign(&weak, "op1", &keys.op1), Turn::Nothing);
    // Once more, under another's name, and with a key of nobody.
    assert_eq!(story.sign(&weak, "op1", &keys.op1), Turn::Nothing);
    assert_eq!(story.sign(&weak, "ap1", &keys.op1), Turn::Nothing);
    assert_eq!(
        story.sign(&weak, "ap3", &PersonKey::random()),
        Turn::Nothing
    );
    assert_eq!(story.register.missing(&weak), ["ap1", "ap2"]);
    let agreed = story.sign(&weak, "ap1", &keys.ap1);
    assert!(matches!(agreed, Turn::Agreed(_, names) if names == ["op1", "ap1"]));
    assert!(story.register.differences(&weak).is_empty());
    assert_eq!(story.register.differences(&sound).len(), 1);
}

#[test]
fn a_signature_of_an_earlier_change_never_counts_for_a_later_one() {
    let keys = people();
    let (sound, mut weak) = (terms(&keys), terms(&keys));
    weak.approval = Approval::None;
    let mut story = Story::default();
    story.note(&sound);
    story.note(&weak);
    let first = story.register.matter(&weak).unwrap();
    story.sign(&weak, "ap1", &keys.ap1);
    // Taken back, and made again.
    story.note(&sound);
    story.note(&weak);
    assert_ne!(story.register.matter(&weak).unwrap(), first);
    story.tell(signed(&first, "ap1", &keys.ap1));
    assert_eq!(story.sign(&weak, "op1", &keys.op1), Turn::Nothing);
    assert_eq!(story.register.signers_of(&weak), ["op1"]);
    assert!(matches!(
        story.sign(&weak, "ap2", &keys.ap2),
        Turn::Agreed(..)
    ));
    // Under the policy of one nobody is asked, and with the policy of two what stands then is what counts.
    let mut other = weak.clone();
    rule(&mut other).keep = "P9Y".to_owned();
    assert_eq!(story.note(&other), Turn::Nothing);
    assert_eq!(story.note(&sound), Turn::Nothing);
    assert!(matches!(story.note(&weak), Turn::Asked(_)));
}

#[test]
fn terms_of_the_first_ledgers_bind_nobody_and_cannot_be_brought_back() {
    let keys = people();
    let mut old = terms(&keys);
    old.people = None;
    let mut story = Story::default();
    story.note(&old);
    assert_eq!(story.note(&terms(&keys)), Turn::Nothing);
    assert!(matches!(story.note(&old), Turn::Asked(_)));
    assert_eq!(story.register.differences(&terms(&keys)).len(), 0);
}

#[test]
fn what_was_agreed_before_terms_named_tables_holds_and_their_names_ask_nobody() {
    let keys = people();
    let (sound, mut old) = (terms(&keys), terms(&keys));
    contacts(&mut old).table = None;
    let mut weak = old.clone();
    weak.cases = Some("P1D".to_owned());
    let mut story = Story::default();
    story.note(&old);
    story.note(&weak);
    story.sign(&weak, "op1", &keys.op1);
    assert!(matches!(
        story.sign(&weak, "ap1", &keys.ap1),
        Turn::Agreed(..)
    ));
    let named = Terms {
        cases: weak.cases.clone(),
        ..sound
    };
    assert_eq!(story.note(&named), Turn::Nothing);
    let mut other = named.clone();
    contacts(&mut other).table = Some("archive".to_owned());
    assert!(matches!(story.note(&other), Turn::Asked(_)));
}

#[test]
fn nothing_binds_before_two_people_have_a_key() {
    let keys = people();
    let sound = terms(&keys);
    let mut keyless = sound.clone();
    for one in keyless.people.as_mut().unwrap().values_mut() {
        one.key = None;
    }
    let mut alone = keyless.clone();
    let op1 = person("operator", &keys.op1);
    let op2 = person("operator", &keys.ap2);
    let people = alone.people.as_mut().unwrap();
    people.extend([("op1".to_owned(), op1), ("op2".to_owned(), op2)]);
    let mut story = Story::default();
    for terms in [&keyless, &alone, &sound] {
        assert_eq!(story.note(terms), Turn::Nothing);
    }
    // From then on no key leaves by one hand.
    assert!(matches!(story.note(&alone), Turn::Asked(_)));
    assert!(matches!(story.note(&keyless), Turn::Asked(_)));
}
