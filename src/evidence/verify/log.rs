//! What a bundle says of its place in the log over all cases: the statement is in it, and so is the opening of the case.

use serde::Deserialize;
use serde_json::Value;

use super::super::{CASE_PROOF, OPENED, OPENED_PROOF, STATEMENT, commitment};
use super::checks::Said;
use super::content::Content;
use super::{Logged, Verdict, reason};
use crate::diagnostic::Exit;
use crate::keys::Digest;
use crate::messages::{held, translog as say};
use crate::translog::{Inclusion, VerifierKey, Voucher, tree};

/// `opened.json`.
#[derive(Deserialize)]
struct Opened {
    leaf: String,
    disclosures: Vec<String>,
}

/// The leaf itself.
#[derive(Deserialize)]
struct Leaf {
    _sd: Vec<String>,
    kind: String,
}

/// Holds the proofs against what the statement says, if it could be read.
pub(super) fn check(
    content: &Content,
    said: Option<&Said>,
    (keys, must_be_logged): (&[VerifierKey], bool),
    verdict: &mut Verdict,
) {
    let statement = content.small.get(STATEMENT);
    pinned(content, said, keys, must_be_logged, verdict);
    // The bundle in a complete case lies in the same log.
    let is_said = verdict.reasons.iter().any(|known| known.code == "E674");
    let named = said.and_then(|said| said.log.as_ref());
    let mut fail = |code, text| verdict.reasons.push(reason(code, text));
    let there = |name| content.small.get(name).map(Vec::as_slice);
    if there(CASE_PROOF).is_some() != named.is_some() {
        fail("E671", say::proof_missing(CASE_PROOF));
    }
    let opened_at = named.and_then(|named| named.opened);
    for name in [OPENED, OPENED_PROOF] {
        if there(name).is_some() != opened_at.is_some() {
            fail("E671", say::proof_missing(name));
        }
    }
    let (Some(said), Some(named), Some(statement)) = (said, named, statement) else {
        return;
    };

    let read = |name| there(name).map(|bytes| (name, Inclusion::parse(bytes)));
    let mut proofs = Vec::new();
    for (name, proof) in [read(CASE_PROOF), read(OPENED_PROOF)].into_iter().flatten() {
        match proof {
            Some(proof) if proof.signed.checkpoint.origin == named.origin => {
                proofs.push((name, proof));
            }
            _ => fail("E671", say::proof_form(name)),
        }
    }
    let mut vouched = Vec::new();
    for (name, proof) in &proofs {
        let leaf = match *name {
            CASE_PROOF => Some(tree::leaf(statement)),
            _ => opening(content, said).filter(|_| opened_at == Some(proof.index)),
        };
        if !leaf.is_some_and(|leaf| proof.holds_for(&leaf)) {
            fail("E672", say::not_in_the_log(*name));
        }
        vouched.push(proof.signed.vouched(keys));
    }
    let of = |wanted| proofs.iter().find(|(name, _)| *name == wanted);
    let (case, opened) = (of(CASE_PROOF), of(OPENED_PROOF));
    // A case is opened before anything is said about it.
    if let (Some((_, case)), Some((_, opened))) = (case, opened)
        && opened.index >= case.index
    {
        fail("E672", say::not_in_the_log(OPENED_PROOF));
    }
    if vouched.contains(&Voucher::Forged) {
        fail("E673", say::checkpoint_forged());
    } else if !keys.is_empty() && vouched.contains(&Voucher::Nobody) && !is_said {
        let mut unknown = reason("E674", say::key_unknown(&named.origin));
        unknown.exit = Exit::Waiting;
        unknown.help = vec![say::key_unknown_help()];
        verdict.reasons.push(unknown);
    }
    let Some((_, case)) = case else {
        return;
    };
    let checkpoint = &case.signed.checkpoint;
    verdict.log = Some(Logged {
        origin: checkpoint.origin.clone(),
        index: case.index,
        size: checkpoint.size,
        root: checkpoint.root,
        opened: opened.map(|(_, proof)| proof.index),
        is_key_named: vouched.iter().all(|one| *one == Voucher::Named),
        checkpoint: case.signed.to_string(),
    });
}

/// A bundle that names no log may be older than the log, or have been taken out of it: its own journal tells, and so does whoever has the
/// log's key and asks for it.
fn pinned(
    content: &Content,
    said: Option<&Said>,
    keys: &[VerifierKey],
    must_be_logged: bool,
    verdict: &mut Verdict,
) {
    let Some(said) = said else {
        return;
    };
    let is_hidden = match &said.log {
        None => said.is_logged,
        Some(log) => log.opened.is_none() && content.chain.opened().is_some(),
    };
    if is_hidden {
        let what = held::log_left_out();
        verdict.reasons.push(reason("E736", what));
    } else if said.log.is_none() && must_be_logged && !keys.is_empty() {
        let mut unlogged = reason("E765", held::in_no_log());
        unlogged.help = vec![held::in_no_log_help()];
        verdict.reasons.push(unlogged);
    }
}

/// The hash of the leaf of the opened case, if the leaf commits to this case and the journal has it too.
fn opening(content: &Content, said: &Said) -> Option<Digest> {
    let opened: Opened = serde_json::from_slice(content.small.get(OPENED)?).ok()?;
    let leaf: Leaf = serde_json::from_str(&opened.leaf).ok()?;
    let discloses = |name: &str, value: Value| {
        let mut said = opened
            .disclosures
            .iter()
            .filter_map(|disclosure| commitment::open(disclosure, &leaf._sd));
        said.any(|(known, stated)| known == name && stated == value)
    };
    let hash = tree::leaf(opened.leaf.as_bytes());
    let is_this_case = leaf.kind == "opened"
        && said
            .case
            .as_deref()
            .is_some_and(|case| discloses("case", Value::from(case)))
        && said
            .received
            .is_some_and(|day| discloses("received", Value::from(day.to_string())))
        && content.chain.opened() == Some(hash);
    is_this_case.then_some(hash)
}
