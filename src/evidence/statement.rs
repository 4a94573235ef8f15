//! `statement.json`: an in-toto Statement v1 over all evidence files, with the summary of the case as its predicate.
//!
//! The statement binds the files to the counts: how many records and events there are, and what hash each list ends in, so that
//! a line cannot be cut off.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::gap::{self, Gap};
use super::history::{Asked, History};
use super::merkle::Tree;
use super::screen::Screen;
use super::witness::Place;
use super::{FORMAT, Material, Seal, Witnesses, certificate};
use crate::connector::Notes;
use crate::keys::Digest;
use crate::messages::evidence as say;

pub(super) const KIND: &str = "https://in-toto.io/Statement/v1";
pub(super) const PREDICATE: &str = "urn:dsr:evidence:1";

/// What the seal is claimed to be worth, and whose it is. Whether a stamp came is no part of the statement, which is sealed before.
pub(super) fn claim(seal: &Seal, witnesses: Witnesses<'_>) -> Value {
    json!({
        "level": seal.worth(witnesses).level().code(),
        "certificate": certificate::fingerprint(seal.certificate()),
    })
}

/// The statement's content; `claim` is what is said of the seal, `files` are the evidence files with their digests.
pub(super) fn make(
    material: &Material<'_>,
    history: &History,
    gaps: &[Gap],
    (claim, place): (&Value, Option<&Place>),
    files: &BTreeMap<String, Digest>,
    tree: &Tree,
    screen: &Screen,
) -> Value {
    let subject: Vec<Value> = files
        .iter()
        .map(|(name, digest)| json!({"name": name, "digest": {"sha256": digest}}))
        .collect();
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    for (sort, count) in &history.sorts {
        *outcomes
            .entry(say::code(&sort.outcome).to_owned())
            .or_default() += count;
    }
    let systems: Vec<Value> = history
        .systems
        .values()
        .map(|(_, answer)| answered(answer))
        .collect();
    let tasks: Vec<Value> = history.tasks.iter().map(task).collect();
    let mut statement = json!({
        "_type": KIND,
        "subject": subject,
        "predicateType": PREDICATE,
        "predicate": {
            "schema": FORMAT,
            "case": material.case,
            "number": material.number,
            "predecessor": material.predecessor,
            "made": material.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "controller": {"name": material.controller, "seat": material.seat, "contact": material.contact},
            "keepUntil": material.keep_until,
            "rights": history.rights,
            "asked": history.asked.iter().map(asked).collect::<Vec<_>>(),
            "noticeSent": history.notices,
            "channel": history.channel.as_deref().map(|channel| screen.words(channel).en),
            "received": material.received,
            "due": {"date": due(material.received), "kind": "nominal"},
            "answered": material.answered,
            "closed": history.closed,
            "identity": screen.words(&material.identity_method).en,
            "operator": material.operator,
            "approver": material.approver,
            "approval": material.approval,
            "plan": history.latest,
            "inventory": material.inventory_digest,
            "lock": material.lock_digest,
            "records": {"count": tree.count(), "merkleRoot": tree.root(), "outcomes": outcomes},
            "journal": {"count": history.count, "head": history.head},
            "systems": systems,
            "tasks": tasks,
            "notProven": gaps,
            "seal": claim,
        },
    });
    if !history.deferred.is_empty() {
        let deferred = history.deferred.iter().map(|((system, object, outcome), count)| {
            json!({"system": system, "object": object, "outcome": outcome, "records": count})
        });
        statement["predicate"]["deferred"] = deferred.collect();
    }
    if let Some(place) = place {
        statement["predicate"]["log"] = place.said();
    }
    statement
}

/// What a system answered, summed up.
pub(super) fn answered(answer: &crate::ledger::SystemAnswer) -> Value {
    let records = answer.objects.iter().map(|object| object.records);
    let records = records.fold(0u64, u64::saturating_add);
    json!({"system": answer.system, "status": answer.status, "error": answer.error, "records": records})
}

/// What a person was asked to do, without the words, and what came of it.
pub(super) fn task(task: &crate::task::TaskState) -> Value {
    use crate::task::State;
    let state = match &task.state {
        State::Open => "open",
        State::Done(_) => "done",
        State::Dropped(_) => "dropped",
    };
    let done = task.done();
    let mut said = json!({
        "task": task.name(),
        "digest": task.id,
        "system": task.system,
        "kind": task.kind,
        "due": task.due,
        "state": state,
        "found": done.and_then(|done| done.found),
        "proof": done.and_then(|done| done.proof),
        "level": done.and_then(|done| done.level),
    });
    // Older statements say nothing of it.
    if let Some(because) = task.needless() {
        said["because"] = json!(because);
    }
    said
}

/// What was asked for beyond a right: codes, days, names of fields, keyed digests.
pub(super) fn asked(asked: &Asked) -> Value {
    json!({
        "verb": asked.verb,
        "because": asked.because,
        "until": asked.until,
        "fields": asked.fields.iter().map(|(field, digest)| json!({"field": field, "value": digest})).collect::<Vec<_>>(),
    })
}

/// Art. 12(3): one month from receipt. The nominal day, without holidays and extensions.
pub(super) fn due(received: jiff::civil::Date) -> jiff::civil::Date {
    received.saturating_add(jiff::Span::new().months(1))
}

/// One line of `systems.jsonl`: what a system answered, and what was seen of it meanwhile.
pub(super) fn system(
    at: Option<Timestamp>,
    answer: &crate::ledger::SystemAnswer,
    notes: Option<&Notes>,
    screen: &Screen,
) -> Value {
    let mut line = json!({
        "system": answer.system,
        "status": answer.status,
        "error": answer.error,
        "at": at,
        "objects": answer.objects,
    });
    if let Some(notes) = notes {
        let clean = |text: &Option<String>| text.as_ref().map(|text| screen.words(text).en);
        line["host"] = json!(clean(&notes.host));
        line["server"] = json!(clean(&notes.server));
        line["tls"] = json!(clean(&notes.tls));
        line["certificate"] = json!(notes.certificate);
        line["clock_offset_s"] = json!(notes.clock_offset_s);
        line["warnings"] = notes
            .warnings
            .iter()
            .filter(|(code, _)| gap::weakens(code))
            .map(|(code, place)| json!([code, screen.words(place).en]))
            .collect();
    }
    line
}

/// `environment.json`: with what the case was worked on.
pub(super) fn environment(material: &Material<'_>) -> Value {
    let connectors: Vec<Value> = material
        .connectors
        .iter()
        .map(|(name, version, digest)| json!({"name": name, "version": version, "sha256": digest}))
        .collect();
    json!({
        "dsr": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "clock": "system clock of the machine",
        "inventory": material.inventory_digest,
        "lock": material.lock_digest,
        "connectors": connectors,
    })
}

/// A statement as the verifier reads it: what can be held against the files.
#[derive(Deserialize)]
pub(super) struct Statement {
    #[serde(rename = "_type")]
    pub(super) kind: String,
    pub(super) subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    pub(super) predicate_type: String,
    pub(super) predicate: Predicate,
}

#[derive(Deserialize)]
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) digest: Digests,
}

#[derive(Deserialize)]
pub(super) struct Digests {
    pub sha256: Digest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Predicate {
    pub(super) schema: String,
    pub(super) controller: Controller,
    pub(super) made: Timestamp,
    /// Absent in the first statements; `null` where there is no such day.
    #[serde(default, deserialize_with = "stated")]
    pub(super) keep_until: Option<Option<jiff::civil::Date>>,
    pub(super) case: String,
    pub(super) number: u32,
    pub(super) predecessor: Option<Digest>,
    pub(super) records: Records,
    pub(super) journal: Journal,
    pub(super) received: Option<jiff::civil::Date>,
    pub(super) not_proven: Vec<Value>,
    pub(super) seal: Level,
    /// Bundles that were made beside no log have none.
    pub(super) log: Option<Log>,
}

/// A member that may be there and say nothing.
pub(super) fn stated<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from).map(Some)
}

#[derive(Deserialize)]
pub(super) struct Controller {
    pub(super) name: String,
    pub(super) seat: String,
    /// The first statements do not say.
    pub(super) contact: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Log {
    pub(super) origin: String,
    /// Position of the leaf of the opened case.
    pub(super) opened: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Records {
    pub(super) count: u64,
    pub(super) merkle_root: Digest,
    pub(super) outcomes: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
pub(super) struct Journal {
    pub(super) count: u64,
    pub(super) head: Option<Digest>,
}

#[derive(Deserialize)]
pub(super) struct Level {
    pub(super) level: String,
    pub(super) certificate: Digest,
}
