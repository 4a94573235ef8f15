//! What must be true of a bundle's time stamps: each is over what it lies beside, and holds. Whose they are is a fact of the verdict and
//! no reason against it; one that does not hold is.

use super::super::bundle::{STAMPED, read_asic_manifest};
use super::super::{ASIC_MANIFEST, OPEN_STAMP, SIGNATURE, TIME_MANIFEST, TIME_STAMP};
use super::super::{certificate, seal, stamp};
use super::checks::{is_later, is_outside};
use super::content::Content;
use super::{Anchor, Clock, Stamping, Verdict, reason};
use crate::keys::Digest;
use crate::messages::stamp as say;

/// Checks all tokens, and notes what they say.
pub(super) fn run(
    content: &Content,
    signature: Option<&seal::Signature>,
    anchors: &[Anchor],
    verdict: &mut Verdict,
) {
    for (token, value) in signature.iter().flat_map(|signature| {
        signature
            .tokens
            .iter()
            .map(|token| (token, signature.value))
    }) {
        let found = check(SIGNATURE, token, &value, anchors, verdict);
        let known = verdict.time.seal.as_ref();
        if known.is_none_or(|known| known.anchor.is_none())
            && found
                .as_ref()
                .is_some_and(|f| f.anchor.is_some() || known.is_none())
        {
            verdict.time.seal = found;
        }
    }
    if let Some(list) = list(content, verdict)
        && let Some(token) = content.small.get(TIME_STAMP)
    {
        verdict.time.container = check(TIME_STAMP, token, &list, anchors, verdict);
    }
    opening(content, anchors, verdict);
    verdict.time.clock = match verdict.time.best() {
        Some(best) if best.anchor.is_some() => Clock::Stamped,
        Some(_) => Clock::StampedByUnknown,
        None => Clock::None,
    };
}

/// The stamp over the first event, and that it is there where the journal speaks of it.
fn opening(content: &Content, anchors: &[Anchor], verdict: &mut Verdict) {
    let named = &content.told.history.opening_stamps;
    match content.small.get(OPEN_STAMP) {
        Some(token) => {
            if let Some(first) = content.chain.first() {
                verdict.time.opened = check(OPEN_STAMP, token, &first, anchors, verdict);
            }
            if !named.is_empty() && !named.contains(&Digest::sha256(token)) {
                let what = say::other_than_journal(OPEN_STAMP);
                verdict.reasons.push(reason("E716", what));
            }
        }
        None if !named.is_empty() => {
            let what = say::left_out(OPEN_STAMP);
            verdict.reasons.push(reason("E712", what));
        }
        None => {}
    }
}

fn check(
    file: &str,
    token: &[u8],
    content: &Digest,
    anchors: &[Anchor],
    verdict: &mut Verdict,
) -> Option<Stamping> {
    match stamp::verify(token, content) {
        Ok(stamp) => {
            let anchor = stamp.anchor(anchors);
            let broken_path = match anchor {
                Some(_) => None,
                None => stamp.broken_path(anchors),
            };
            Some(Stamping {
                at: stamp.at,
                authority: stamp.authority(),
                fingerprint: certificate::fingerprint(&stamp.certificate),
                policy: stamp.policy.to_string(),
                token: stamp.token,
                calls_itself_qualified: stamp.calls_itself_qualified,
                broken_path,
                anchor,
            })
        }
        Err(reasons) => {
            let named = reasons.into_iter().map(|mut reason| {
                reason.what = say::in_file(file, reason.what);
                reason
            });
            verdict.reasons.extend(named);
            None
        }
    }
}

/// Digest of the list that is stamped, if it names exactly the files that are sealed, and the sealed list.
fn list(content: &Content, verdict: &mut Verdict) -> Option<Digest> {
    let mut refuse = |what| {
        verdict.reasons.push(reason("E718", what));
        None
    };
    let (there, token) = [TIME_MANIFEST, TIME_STAMP]
        .map(|name| content.small.contains_key(name))
        .into();
    match (there, token) {
        (false, false) => return None,
        (true, false) => return refuse(say::list_alone(TIME_MANIFEST, TIME_STAMP)),
        (false, true) => return refuse(say::list_alone(TIME_STAMP, TIME_MANIFEST)),
        (true, true) => {}
    }
    let listed = content
        .text(TIME_MANIFEST)
        .and_then(|text| read_asic_manifest(text, STAMPED));
    let is_complete = listed.is_some_and(|listed| {
        let is_named = |name: &&String| !is_outside(name) && !is_later(name);
        content.files.keys().filter(is_named).eq(listed.keys())
            && listed
                .iter()
                .all(|(name, digest)| content.digest(name) == Some(*digest))
            && listed.contains_key(ASIC_MANIFEST)
    });
    match is_complete {
        true => content.digest(TIME_MANIFEST),
        false => refuse(say::list_form(TIME_MANIFEST)),
    }
}
