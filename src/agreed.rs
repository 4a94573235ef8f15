//! What two people have agreed on that is no plan, folded from the ledger: changes of what the inventory asks for, the release of a hold,
//! the early end of a case, the acceptance of an older ledger.
//!
//! A change of the inventory is held against the terms that stand: those that the ledger noted first, or that two people agreed on last.
//! Whoever signs has to be listed in the terms *before* the change, with the key that stands there, so nobody brings a second key of their
//! own along with the change that needs one.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::Approval;
use crate::inventory::terms::{Connected, DataTerms, PersonTerms, SystemTerms, Terms};
use crate::keys::Digest;
use crate::ledger::{Event, Stored};
use crate::messages::{Text, agreed as say, anomaly as say_anomaly};
use crate::people::{APPROVER, Matter, Proof, PublicKey, spoken};

/// Terms that stand.
#[derive(Clone, Debug)]
pub struct Standing {
    pub terms: Terms,
    /// Hash of the event since which they do.
    pub since: Digest,
}

/// A signature as the ledger has it. Whether it counts is another question.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Signed {
    pub matter: Matter,
    pub by: String,
    pub proof: Proof,
}

/// What an event did to the terms that stand.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    Nothing,
    /// They were changed in these points, and two people have to agree.
    Asked(Vec<Text>),
    /// Two people have agreed to the change.
    Agreed(Vec<Text>, Vec<String>),
}

/// Reads the events of a ledger in their order.
#[derive(Default)]
pub struct Register {
    standing: Option<Standing>,
    /// Terms that wait for two people.
    waiting: Option<Terms>,
    signed: Vec<Signed>,
}

impl Register {
    /// Takes the next event in.
    pub fn take(&mut self, stored: &Stored) -> Turn {
        match &stored.event {
            Event::TermsChanged { terms, .. } => {
                let changes = self.differences(terms);
                if changes.is_empty() {
                    self.settle(terms.clone(), stored.hash);
                    return Turn::Nothing;
                }
                self.waiting = Some(terms.clone());
                Turn::Asked(changes)
            }
            Event::Agreed { matter, by, proof } => {
                self.signed.push(Signed {
                    matter: matter.clone(),
                    by: by.clone(),
                    proof: proof.clone(),
                });
                self.try_to_settle(stored.hash)
            }
            _ => Turn::Nothing,
        }
    }

    fn settle(&mut self, terms: Terms, since: Digest) {
        self.waiting = None;
        self.standing = Some(Standing { terms, since });
    }

    fn try_to_settle(&mut self, since: Digest) -> Turn {
        let Some(terms) = self.waiting.clone() else {
            return Turn::Nothing;
        };
        let signers: Vec<String> = self
            .signers_of(&terms)
            .into_iter()
            .map(str::to_owned)
            .collect();
        if !self.is_enough(&signers) {
            return Turn::Nothing;
        }
        let changes = self.differences(&terms);
        self.settle(terms, since);
        Turn::Agreed(changes, signers)
    }

    /// The terms that stand; none in a workspace whose ledger has noted none yet.
    pub fn standing(&self) -> Option<&Standing> {
        self.standing.as_ref()
    }

    /// In what an inventory asks for something else than what stands, where that needs two people.
    pub fn differences(&self, now: &Terms) -> Vec<Text> {
        match &self.standing {
            Some(standing) if binds(&standing.terms) => changes(&standing.terms, now),
            _ => Vec::new(),
        }
    }

    /// What has to be signed for these terms to stand.
    pub fn matter(&self, now: &Terms) -> Option<Matter> {
        let standing = self.standing.as_ref()?;
        Some(Matter::Terms {
            before: standing.terms.binding(),
            after: now.binding(),
            since: standing.since,
        })
    }

    /// Who has agreed to these terms: people of the terms that stand, each once, with a key that nobody else of them has.
    pub fn signers_of(&self, now: &Terms) -> Vec<&str> {
        let Some(matter) = self.matter(now) else {
            return Vec::new();
        };
        self.signers(&matter, &|name| self.person(name)?.public())
    }

    /// Who has agreed to a matter, each once and with a key of their own; `key` is the one that is listed for somebody.
    pub fn signers(&self, matter: &Matter, key: &dyn Fn(&str) -> Option<PublicKey>) -> Vec<&str> {
        signers(&self.signed, matter, key)
    }

    /// What was signed last of the matters that are meant.
    pub fn last(&self, is_meant: impl Fn(&Matter) -> bool) -> Option<&Matter> {
        let mut meant = self.signed.iter().rev().map(|one| &one.matter);
        meant.find(|matter| is_meant(matter))
    }

    /// Somebody whom the standing terms list.
    pub fn person(&self, name: &str) -> Option<&PersonTerms> {
        self.standing.as_ref()?.terms.people.as_ref()?.get(name)
    }

    /// Two people, one of whom may approve.
    fn is_enough(&self, signers: &[String]) -> bool {
        let names: Vec<&str> = signers.iter().map(String::as_str).collect();
        let standing = self.standing.as_ref();
        standing.is_some_and(|standing| is_enough(&standing.terms, &names))
    }

    /// Whose signature the change still needs, by name.
    pub fn missing(&self, now: &Terms) -> Vec<&str> {
        let signers = self.signers_of(now);
        let people = self
            .standing
            .as_ref()
            .and_then(|one| one.terms.people.as_ref());
        let people = people.into_iter().flatten();
        let free =
            people.filter(|(name, one)| !signers.contains(&name.as_str()) && one.key.is_some());
        let approves = |one: &PersonTerms| one.role == APPROVER;
        let signed = |name: &&str| self.person(name).is_some_and(approves);
        let needs_approver = !signers.is_empty() && !signers.iter().any(signed);
        free.filter(|(_, one)| !needs_approver || approves(one))
            .map(|(name, _)| name.as_str())
            .collect()
    }
}

/// Whether a change of these terms needs two people: if four eyes are demanded, and two have a key, one of them an approver. Before that
/// nobody could agree to the first keys; the first ledgers do not say who worked here at all.
pub fn binds(terms: &Terms) -> bool {
    let people = terms.people.iter().flat_map(BTreeMap::values);
    let with_key: Vec<&PersonTerms> = people.filter(|one| one.public().is_some()).collect();
    let approves = with_key.iter().any(|one| one.role == APPROVER);
    terms.approval == Approval::FourEyes && with_key.len() > 1 && approves
}

/// Who has signed a matter, each once and with a key of their own; `key` is the one that is listed for somebody.
fn signers<'s>(
    signed: &'s [Signed],
    matter: &Matter,
    key: &dyn Fn(&str) -> Option<PublicKey>,
) -> Vec<&'s str> {
    let mut keys = BTreeSet::new();
    let mut out: Vec<&str> = Vec::new();
    for signed in signed.iter().filter(|one| one.matter == *matter) {
        let Some(key) = key(&signed.by) else {
            continue;
        };
        let holds = signed.proof.agrees(matter, &signed.by, &key);
        if holds && !out.contains(&signed.by.as_str()) && keys.insert(key.fingerprint()) {
            out.push(&signed.by);
        }
    }
    out
}

/// Who of the people whom these terms list has agreed to a matter.
pub fn signers_under<'s>(terms: &Terms, signed: &'s [Signed], matter: &Matter) -> Vec<&'s str> {
    let people = terms.people.as_ref();
    signers(signed, matter, &|name| people?.get(name)?.public())
}

/// Whether these are two people of terms, one of whom may approve.
pub fn is_enough(terms: &Terms, signers: &[&str]) -> bool {
    let people = terms.people.as_ref();
    let approves = |name: &&str| {
        let person = people.and_then(|people| people.get(*name));
        person.is_some_and(|one| one.role == APPROVER)
    };
    signers.len() > 1 && signers.iter().any(approves)
}

/// In what the terms after ask for something else, as far as two people have to agree on that. Systems, and objects of them, that come to be
/// asked besides need nobody's word.
pub fn changes(before: &Terms, after: &Terms) -> Vec<Text> {
    let mut found = Vec::new();
    let word = |approval: Approval| match approval {
        Approval::None => "none",
        Approval::FourEyes => "four_eyes",
    };
    if before.approval != after.approval {
        found.push(say::approval(word(before.approval), word(after.approval)));
    }
    people(before, after, &mut found);
    if before.cases != after.cases {
        let said = |terms: &Terms| terms.cases.clone().unwrap_or_default();
        found.push(say::cases(said(before), said(after)));
    }
    for (name, one) in &before.systems {
        system(name, one, after.systems.get(name), &mut found);
    }
    let names: BTreeSet<&String> = before
        .data_types
        .keys()
        .chain(after.data_types.keys())
        .collect();
    for name in names {
        match (before.data_types.get(name), after.data_types.get(name)) {
            (Some(_), None) => found.push(say_anomaly::data_type_removed(name)),
            (None, Some(new)) => found.push(say::data_type_new(name, new.keep.as_str())),
            (Some(old), Some(new)) if old != new => found.extend(data_type(name, old, new)),
            _ => {}
        }
    }
    found
}

fn people(before: &Terms, after: &Terms, found: &mut Vec<Text>) {
    let nobody = BTreeMap::new();
    let old = before.people.as_ref().unwrap_or(&nobody);
    let new = after.people.as_ref().unwrap_or(&nobody);
    let key = |one: &PersonTerms| match one.public() {
        Some(key) => Text::same(spoken(&key.fingerprint())),
        None => say::no_key(),
    };
    for (name, one) in old {
        let Some(now) = new.get(name) else {
            found.push(say::person_gone(name, one.role.as_str()));
            continue;
        };
        if one.role != now.role {
            found.push(say::role(name, one.role.as_str(), now.role.as_str()));
        }
        if one.key != now.key {
            found.push(say::key(name, key(one), key(now)));
        }
        if one.recipient != now.recipient {
            found.push(say::recipient(name));
        }
    }
    for (name, one) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        found.push(say::person_new(name, one.role.as_str(), key(one)));
    }
}

fn system(name: &str, before: &SystemTerms, after: Option<&SystemTerms>, found: &mut Vec<Text>) {
    let Some(after) = after else {
        return found.push(say_anomaly::system_removed(name));
    };
    let word = |status: Connected| match status {
        Connected::Active => say::asked(),
        Connected::Manual => say::asked_by_people(),
        Connected::NotConnected => say::not_connected(),
        Connected::Disabled => say::disabled(),
    };
    if before.status != after.status {
        found.push(say::system(name, word(before.status), word(after.status)));
    }
    let gone = before
        .objects
        .keys()
        .filter(|object| !after.objects.contains_key(*object));
    found.extend(gone.map(|object| say_anomaly::object_removed(format!("{name}.{object}"))));
    for (object, old) in &before.objects {
        let new = after.objects.get(object);
        // What hangs below a record keeps it: looked for in an empty table, nothing would.
        if let (Some(old), Some(new)) = (&old.table, new.and_then(|new| new.table.as_ref()))
            && old != new
        {
            found.push(say::table(format!("{name}.{object}"), old, new));
        }
    }
}

fn data_type(name: &str, before: &DataTerms, after: &DataTerms) -> Vec<Text> {
    let mut found = Vec::new();
    if before.kind != after.kind {
        let (from, to) = (before.kind.as_str(), after.kind.as_str());
        found.push(say_anomaly::rule_kind(name, from, to));
    }
    let norm = |terms: &DataTerms| match &terms.rule {
        Some(rule) => Text::same(rule),
        None => say::own_rule(),
    };
    if before.rule != after.rule {
        found.push(say::norm(name, norm(before), norm(after)));
    }
    if before.keep != after.keep {
        let (from, to) = (before.keep.as_str(), after.keep.as_str());
        found.push(say_anomaly::keep_changed(name, from, to));
    }
    if before.then != after.then {
        found.push(say::then(name, before.then.as_str(), after.then.as_str()));
    }
    let apart = |one: &DataTerms, other: &DataTerms| {
        let gone: Vec<String> = one.objects.difference(&other.objects).cloned().collect();
        (!gone.is_empty()).then(|| gone.join(", "))
    };
    found.extend(apart(before, after).map(|lost| say_anomaly::objects_left(name, lost)));
    found.extend(apart(after, before).map(|more| say::objects_more(name, more)));
    for (place, from) in &before.start {
        match after.start.get(place) {
            Some(to) if to != from => found.push(say::start(place, from, to)),
            _ => {}
        }
    }
    if before.stated != after.stated {
        found.push(say::stated(name));
    }
    // Whatever a later program adds to the terms is not passed over in silence.
    if found.is_empty() {
        found.push(say::other(name));
    }
    found
}

#[cfg(test)]
mod tests;
