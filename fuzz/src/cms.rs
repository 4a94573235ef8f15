//! The seal: signatures, the certificates in them, and changes of seal with the certificates that they carry.
//!
//! The container around the signature is as small as can be, so it is never valid; what counts is what the verdict says of the seal.

use dsr::evidence::{Anchor, Anchors, certificate};
use dsr::keys::Digest;

use super::base::{Base, SEALED_LIST, SIGNATURE, all, judge, seals};
use super::container::{Entry, pack};
use super::zip::resealed;

const CHANGE: &str = "data/seal/change-01";

pub fn run(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else {
        return;
    };
    match kind % 5 {
        3 => change(data),
        4 => certificates(data),
        nth => seal(data, &all()[usize::from(nth)]),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (nth, base) in (0u8..).zip(all()) {
        let own = &base.files[SIGNATURE];
        seeds.push([&[nth], own.as_slice()].concat());
        let other = resealed(own, &base.files[SEALED_LIST], &seals()[2]).expect("a signature");
        seeds.push([&[nth], other.as_slice()].concat());
        let other = resealed(own, b"another list", &seals()[0]).expect("a signature");
        seeds.push([&[nth], other.as_slice()].concat());
    }
    for seal in seals() {
        seeds.push([&[3], seal.pem().as_bytes()].concat());
        seeds.push([&[4], seal.pem().as_bytes()].concat());
    }
    for pem in [
        include_str!("../../tests/golden/evidence-1.pem"),
        include_str!("../../tests/golden/evidence-2-tsa.pem"),
    ] {
        seeds.push([&[4], pem.as_bytes()].concat());
    }
    seeds
}

fn small(base: &Base, further: Vec<Entry>) -> Vec<u8> {
    let mut entries = vec![
        Entry::plain("mimetype", base.files["mimetype"].as_slice()),
        Entry::plain(SEALED_LIST, base.files[SEALED_LIST].as_slice()),
    ];
    entries.extend(further);
    pack(&entries)
}

fn seal(data: &[u8], base: &Base) {
    let verdict = judge(
        small(base, vec![Entry::plain(SIGNATURE, data)]),
        &base.anchors,
    );
    let broken = verdict
        .reasons
        .iter()
        .any(|reason| ("E740"..="E744").contains(&reason.code));
    assert_ne!(
        verdict.fingerprint.is_some(),
        broken,
        "a signer without a seal that holds"
    );
    assert_eq!(
        verdict.bundle,
        Some(Digest::sha256(&base.files[SEALED_LIST]))
    );
    let own = verdict.fingerprint == Some(base.fingerprint);
    // The changes of seal are not in the container, so nobody is followed.
    assert!(
        own || verdict.anchor.is_none(),
        "somebody else is vouched for"
    );
    assert!(verdict.followed.is_none());
    if own {
        assert_eq!(
            verdict.sealed_at,
            Some(base.sealed_at),
            "the seal never said this time"
        );
    }
    let stamp = verdict.time.seal.filter(|stamp| stamp.anchor.is_some());
    if let Some(stamp) = stamp {
        let said = Some((stamp.at, stamp.policy));
        assert!(
            own && said == base.stamp,
            "the authority never said this time"
        );
    }
}

/// The certificate of the seal before, as the bundle of the house carries it.
fn change(data: &[u8]) {
    let base = &all()[2];
    let mut further = vec![
        Entry::plain(SIGNATURE, base.files[SIGNATURE].as_slice()),
        Entry::plain(format!("{CHANGE}.previous.pem"), data),
    ];
    for name in ["txt", "sig"].map(|end| format!("{CHANGE}.{end}")) {
        further.push(Entry::plain(name.as_str(), base.files[&name].as_slice()));
    }
    let verdict = judge(small(base, further), &base.anchors);
    assert_eq!(verdict.fingerprint, Some(base.fingerprint));
    assert!(verdict.anchor.is_none());
    let old = certificate::fingerprint(seals()[1].certificate());
    if let Some(followed) = verdict.followed {
        let text = std::str::from_utf8(data).expect("a certificate in PEM");
        let read = certificate::read_all(text).expect("a certificate in PEM");
        assert!(
            followed == old && certificate::fingerprint(&read[0]) == old,
            "another past"
        );
    }
}

/// Certificates that a reader of bundles trusts.
fn certificates(data: &[u8]) {
    let Some(anchors) = std::str::from_utf8(data)
        .ok()
        .and_then(|text| Anchor::from_pem(text).ok())
    else {
        return;
    };
    assert!(!anchors.is_empty());
    for anchor in &anchors {
        let Anchor::Certificate(certificate) = anchor else {
            panic!("a certificate in PEM is no fingerprint");
        };
        let again = certificate::read_all(&certificate::pem(certificate))
            .expect("what was read can be written");
        assert_eq!(again, [(**certificate).clone()]);
        let _ = certificate::valid_until(certificate);
    }
    // Whoever trusts these need not trust the golden seal, and nothing breaks over them.
    let base = &all()[0];
    let anchors = Anchors::of_seal(anchors);
    let verdict = judge(
        small(
            base,
            vec![Entry::plain(SIGNATURE, base.files[SIGNATURE].as_slice())],
        ),
        &anchors,
    );
    let own = anchors.seal.iter().any(|anchor| matches!(anchor, Anchor::Certificate(one) if certificate::fingerprint(one) == base.fingerprint));
    assert_eq!(
        verdict.anchor.is_some(),
        own,
        "only its own certificate vouches for the golden seal"
    );
}
