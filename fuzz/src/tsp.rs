//! Time stamps: tokens, and what an authority answers.
//!
//! No authority that is known here ever says anything but what it said in the answers that lie among the seeds.

use std::sync::OnceLock;

use dsr::evidence::certificate;
use dsr::evidence::stamp::{self, Request, Stamp};
use dsr::keys::Digest;
use jiff::Timestamp;

use super::base::{TIME_LIST, TIME_STAMP, all};

/// Answers of invented authorities to [`request`]: RSA, ECDSA on P-384, the certificate named by SHA-1, and a refusal.
const ANSWERS: [&[u8]; 4] = [
    include_bytes!("../seeds/tsp/rsa.tsr"),
    include_bytes!("../seeds/tsp/p384.tsr"),
    include_bytes!("../seeds/tsp/v1.tsr"),
    include_bytes!("../seeds/tsp/refused.tsr"),
];
const OPEN: &str = "data/time/open.tst";

pub fn run(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else {
        return;
    };
    match kind % 4 {
        3 => answer(data),
        kind => token(data, &contents()[usize::from(kind)]),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let stamped = &all()[1].files;
    let mut seeds = vec![
        [&[0], stamped[OPEN].as_slice()].concat(),
        [&[1], stamped[TIME_STAMP].as_slice()].concat(),
    ];
    for answer in ANSWERS {
        seeds.push([&[3], answer].concat());
        // The token behind a status of five or more bytes.
        if let Some(at) = answer
            .windows(2)
            .position(|pair| pair == [0x30, 0x82])
            .filter(|at| *at == 0)
        {
            let inner = at + 4 + 2 + usize::from(answer[5]);
            seeds.push([&[2], &answer[inner..]].concat());
        }
    }
    seeds
}

/// What tokens are over: the first event of the golden bundle, its list of files, and the content of [`request`].
fn contents() -> &'static [Digest; 3] {
    static CONTENTS: OnceLock<[Digest; 3]> = OnceLock::new();
    CONTENTS.get_or_init(|| {
        let files = &all()[1].files;
        let first = files["data/journal.jsonl"]
            .split(|byte| *byte == b'\n')
            .next();
        [
            Digest::sha256(first.expect("a line")),
            Digest::sha256(&files[TIME_LIST]),
            Digest([7; 32]),
        ]
    })
}

fn request() -> Request {
    Request::new(Digest([7; 32]), None, [1; 8])
}

/// What a token says of which content: authority, time, policy, and whether it calls itself qualified.
type Said = (Digest, Digest, Timestamp, String, bool);

fn said(stamp: &Stamp, content: &Digest) -> Said {
    let policy = stamp.policy.to_string();
    let authority = certificate::fingerprint(&stamp.certificate);
    (
        authority,
        *content,
        stamp.at,
        policy,
        stamp.calls_itself_qualified,
    )
}

fn known() -> &'static [Said] {
    static KNOWN: OnceLock<Vec<Said>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let files = &all()[1].files;
        let [opened, list, own] = contents();
        let mut known = Vec::new();
        for (name, content) in [(OPEN, opened), (TIME_STAMP, list)] {
            let stamp = stamp::verify(&files[name], content).expect("a golden token");
            known.push(said(&stamp, content));
        }
        for answer in &ANSWERS[..3] {
            let (_, stamp) = request().read(answer).expect("an answer");
            known.push(said(&stamp, own));
        }
        assert!(request().read(ANSWERS[3]).is_err());
        known
    })
}

fn token(data: &[u8], content: &Digest) {
    match stamp::verify(data, content) {
        Ok(stamp) => must_be_said(&stamp, content, data),
        Err(reasons) => {
            let codes: Vec<&str> = reasons.iter().map(|reason| reason.code).collect();
            let ours = |code: &&str| ["E715", "E716", "E717", "E719"].contains(code);
            assert!(!codes.is_empty() && codes.iter().all(ours), "{codes:?}");
        }
    }
}

fn must_be_said(stamp: &Stamp, content: &Digest, token: &[u8]) {
    let said = said(stamp, content);
    let is_known = known().iter().any(|known| known.0 == said.0);
    assert!(
        !is_known || known().contains(&said),
        "a known authority never said {said:?}"
    );
    assert_eq!(stamp.token, Digest::sha256(token));
    let authority = stamp.authority();
    assert_eq!(dsr::harmless::shown(&authority), authority);
    assert!(authority.chars().count() <= 200);
    let anchor = stamp.anchor(&all()[1].anchors.time);
    assert!(
        anchor.is_none() || said.0 == known()[0].0,
        "an anchor for somebody else"
    );
    assert!(
        stamp::verify(token, &Digest([8; 32])).is_err(),
        "a token over everything"
    );
}

fn answer(data: &[u8]) {
    match request().read(data) {
        Ok((token, stamp)) => {
            let alone = stamp::verify(&token, &Digest([7; 32])).expect("a token that was accepted");
            assert_eq!(alone.token, stamp.token);
            must_be_said(&stamp, &Digest([7; 32]), &token);
            let other = Request::new(Digest([7; 32]), None, [2; 8]);
            assert!(other.read(data).is_err(), "an answer to every question");
        }
        Err(refusal) => assert!(["E661", "E662", "E663", "E664"].contains(&refusal.code)),
    }
}
