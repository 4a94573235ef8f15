//! The lists of a bundle and everything else in it that is text: each of these files replaced in a bundle that is valid with its own.
//!
//! Nobody can make another file of the same digest, so `valid` means that it is the same; and what is not complained of must be what a
//! second, simpler reader finds in it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use dsr::evidence::verify::Kind;
use dsr::evidence::{Standing, Verdict};
use dsr::keys::Digest;
use dsr::translog::Inclusion;
use serde::Deserialize;
use serde_json::Value;

use super::base::{Base, Files, SEALED_LIST, STATEMENT, TIME_LIST, all, judge};

const MANIFEST: &str = "manifest-sha256.txt";
const TAGS: &str = "tagmanifest-sha256.txt";
const JOURNAL: &str = "data/journal.jsonl";
const RECORDS: &str = "data/records.jsonl";
const CASES: &str = "data/cases.jsonl";
const OPENED: &str = "data/log/opened.json";
const OPENED_PROOF: &str = "data/log/opened.tlog-proof";
const CASE_PROOF: &str = "data/log/case.tlog-proof";

const FILES: [&str; 15] = [
    MANIFEST,
    TAGS,
    "bag-info.txt",
    "bagit.txt",
    SEALED_LIST,
    TIME_LIST,
    STATEMENT,
    JOURNAL,
    RECORDS,
    OPENED,
    OPENED_PROOF,
    CASE_PROOF,
    "data/seal/change-01.txt",
    "mimetype",
    CASES,
];

/// The statement of a period, beside which lines of cases are read.
const PERIOD: &str = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"urn:dsr:evidence-period:1","predicate":{"schema":"dsr-evidence-period/1","period":{"from":"2026-01-01","until":"2026-12-31"},"number":1,"predecessor":null,"controller":{"name":"Example GmbH","seat":"DE-BE"},"made":"2027-01-02T03:04:05Z","ledger":{"count":9,"head":"0000000000000000000000000000000000000000000000000000000000000000"},"cases":{"count":1,"merkleRoot":"0000000000000000000000000000000000000000000000000000000000000000"},"figures":{"cases":1,"open":0,"answered":1,"onTime":1,"late":0,"refused":0,"withdrawn":0,"nothingFound":0,"withoutBundle":0,"purged":0,"medianDays":9},"notProven":[],"seal":{"level":"S0","certificate":"0000000000000000000000000000000000000000000000000000000000000000"}}}"#;
const AUTHORITY: &str = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"urn:dsr:evidence-authority:1","predicate":{"schema":"dsr-evidence-authority/1","case":"2026-K7QF3M","number":1,"bundle":"0000000000000000000000000000000000000000000000000000000000000000","notProven":[],"seal":{"level":"S0","certificate":"0000000000000000000000000000000000000000000000000000000000000000"}}}"#;
const CASE: &str = r#"{"seq":0,"case":"2026-K7QF3M","rights":["erasure"],"received":"2026-01-02","opened":"2026-01-03","due":"2026-02-02","answered":"2026-01-11","closed":"2026-01-12","closing":"answered","days":9,"late":false,"outcomes":{"removed":3},"bundles":[{"number":1,"id":"0000000000000000000000000000000000000000000000000000000000000000","made":"2026-01-12"}],"gaps":{"no_log":1},"purged":false}"#;

pub fn run(data: &[u8]) {
    let [base, file, content @ ..] = data else {
        return;
    };
    let base = &all()[usize::from(*base) % 3];
    let name = FILES[usize::from(*file) % FILES.len()];
    let zip = match name {
        CASES => base.with(&[(STATEMENT, PERIOD.as_bytes()), (name, content)]),
        _ => base.with(&[(name, content)]),
    };
    let verdict = judge(zip, &base.anchors);
    let same = base.files.get(name).is_some_and(|own| own == content);
    assert_eq!(
        verdict.standing == Standing::Valid,
        same,
        "{name}: {:?}",
        verdict.reasons
    );
    if !same {
        look_again(base, name, content, &verdict);
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (nth, base) in (0u8..).zip(all()) {
        for (file, name) in (0u8..).zip(FILES) {
            if let Some(content) = base.files.get(name) {
                seeds.push([&[nth, file], content.as_slice()].concat());
            }
        }
    }
    // A type that is no text.
    for nth in 0..3 {
        let content = [all()[0].files["mimetype"].as_slice(), &[0xff]].concat();
        seeds.push([&[nth, 13], content.as_slice()].concat());
    }
    for (file, text) in [(6, PERIOD), (6, AUTHORITY), (14, CASE)] {
        seeds.push([&[2, file], text.as_bytes(), b"\n"].concat());
    }
    seeds
}

fn has(verdict: &Verdict, codes: &[&str]) -> bool {
    verdict
        .reasons
        .iter()
        .any(|reason| codes.contains(&reason.code))
}

/// What is not complained of must be so.
fn look_again(base: &Base, name: &str, content: &[u8], verdict: &Verdict) {
    let digests = |wanted: &dyn Fn(&str) -> bool| -> BTreeMap<String, Digest> {
        let files = base.files.iter().filter(|(own, _)| wanted(own));
        files
            .map(|(own, content)| (own.clone(), Digest::sha256(content)))
            .collect()
    };
    match name {
        MANIFEST if !has(verdict, &["E721"]) => {
            let wrong = sums(content, &digests(&|own| own.starts_with("data/")));
            // The list of tags finds that this list changed.
            assert_eq!(complaints(verdict, "E720"), wrong + 1);
        }
        TAGS if !has(verdict, &["E721"]) => {
            let wrong = sums(content, &digests(&|own| !own.contains('/') && own != TAGS));
            assert_eq!(complaints(verdict, "E720"), wrong);
        }
        "bag-info.txt" if !has(verdict, &["E722"]) => {
            let payload = base
                .files
                .iter()
                .filter(|(own, _)| own.starts_with("data/"));
            let (count, size) = payload.fold((0, 0), |(count, size), (_, own)| {
                (count + 1, size + own.len())
            });
            let text = std::str::from_utf8(content).expect("text");
            assert!(text.contains(&format!("Payload-Oxum: {size}.{count}")));
        }
        "bagit.txt" => assert!(has(verdict, &["E721"])),
        "mimetype" => assert!(has(verdict, &["E714", "E710"])),
        SEALED_LIST if !has(verdict, &["E711", "E712", "E723", "E724"]) => {
            let sealed = digests(&|own| own != "mimetype" && !own.starts_with("META-INF/"));
            let text = std::str::from_utf8(content).expect("text");
            assert_eq!(
                text.matches("<asic:DataObjectReference ").count(),
                sealed.len()
            );
            for (own, digest) in sealed {
                let value = BASE64.encode(digest.0);
                assert!(
                    text.contains(&format!("URI=\"{own}\""))
                        && text.contains(&format!(">{value}<"))
                );
            }
        }
        SEALED_LIST => assert!(has(verdict, &["E723", "E742"]) || verdict.fingerprint.is_none()),
        TIME_LIST => assert!(has(verdict, &["E716", "E718"])),
        STATEMENT => statement(base, content, verdict, &digests),
        JOURNAL => assert!(has(verdict, &["E730", "E731"])),
        RECORDS => assert!(has(verdict, &["E732"])),
        OPENED => assert!(
            has(verdict, &["E671", "E672"])
                || leaf(content) == base.files.get(name).and_then(|own| leaf(own))
        ),
        OPENED_PROOF | CASE_PROOF => assert!(
            has(verdict, &["E671", "E672", "E673", "E674"])
                || is_proof_of(&base.files, name, content)
        ),
        CASES => {
            let good = !has(verdict, &["E732"]);
            assert!(!good, "the root over no known lines is nothing but zeros");
            assert!(verdict.kind == Kind::Period && verdict.cases <= content.len() as u64 + 1);
        }
        _ => {}
    }
}

fn complaints(verdict: &Verdict, code: &str) -> usize {
    verdict
        .reasons
        .iter()
        .filter(|reason| reason.code == code)
        .count()
}

/// Every line is one that `sha256sum` writes, and there is one for each file; returns how many state another digest.
fn sums(content: &[u8], files: &BTreeMap<String, Digest>) -> usize {
    let text = std::str::from_utf8(content).expect("text");
    let lines: BTreeMap<&str, &str> = text
        .lines()
        .map(|line| {
            (
                line.get(66..).expect("a name"),
                line.get(..66).expect("a digest"),
            )
        })
        .collect();
    assert_eq!(lines.len(), text.matches('\n').count());
    assert!(lines.keys().eq(files.keys()), "other files than there are");
    let of = |name: &str| format!("{}  ", files[name].hex());
    lines
        .iter()
        .filter(|(name, digest)| of(name) != **digest)
        .count()
}

/// The digests of those files whose name is wanted.
/// What a second reader takes from a statement. It names its members, as the first one does: what nobody reads may be text that a reader
/// of everything refuses, half a pair of surrogates or a number beyond all bounds.
#[derive(Deserialize)]
struct Listing {
    subject: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    digest: Sha256,
}

#[derive(Deserialize)]
struct Sha256 {
    sha256: String,
}

#[derive(Deserialize)]
struct OfCase {
    predicate: Predicate,
}

#[derive(Deserialize)]
struct Predicate {
    case: String,
    records: Records,
    journal: Journal,
    seal: Sealed,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Records {
    count: u64,
    merkle_root: String,
    outcomes: BTreeMap<String, u64>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Journal {
    count: u64,
    head: String,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Sealed {
    certificate: String,
}

type Digests<'a> = dyn Fn(&dyn Fn(&str) -> bool) -> BTreeMap<String, Digest> + 'a;

fn statement(base: &Base, content: &[u8], verdict: &Verdict, digests: &Digests<'_>) {
    if has(verdict, &["E733"]) {
        return;
    }
    let said: Listing = serde_json::from_slice(content).expect("a list of files");
    let listed: BTreeMap<&str, &str> = said
        .subject
        .iter()
        .map(|file| (file.name.as_str(), file.digest.sha256.as_str()))
        .collect();
    let files = digests(&|own| own.starts_with("data/") && ![STATEMENT, CASE_PROOF].contains(&own));
    assert_eq!(listed.len(), said.subject.len());
    assert!(
        files
            .iter()
            .all(|(name, digest)| listed.get(name.as_str()) == Some(&digest.hex().as_str()))
    );
    assert_eq!(listed.len(), files.len());
    if verdict.kind != Kind::Case {
        return;
    }
    let of_case = |content: &[u8]| -> Predicate {
        let said: OfCase = serde_json::from_slice(content).expect("a statement");
        said.predicate
    };
    let (said, was) = (of_case(content), of_case(&base.files[STATEMENT]));
    if !has(verdict, &["E732"]) {
        assert_eq!(said.records, was.records);
    }
    if !has(verdict, &["E731"]) {
        assert_eq!((said.journal, said.case), (was.journal, was.case));
    }
    if !has(verdict, &["E735"]) {
        assert_eq!(said.seal, was.seal);
    }
    // Another statement is not the one that the log holds.
    assert!(has(verdict, &["E671", "E672"]) || verdict.log.is_none());
}

fn leaf(content: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(content).ok()?;
    Some(value["leaf"].as_str()?.to_owned())
}

/// Whether a proof says what one of the bundle's own says, beside what nobody signed.
fn is_proof_of(files: &Files, name: &str, content: &[u8]) -> bool {
    let read = |name: &str| files.get(name).and_then(|own| Inclusion::parse(own));
    let Some(given) = Inclusion::parse(content) else {
        return false;
    };
    let same_place = read(name).is_some_and(|own| own.index == given.index);
    let signed = [CASE_PROOF, OPENED_PROOF]
        .iter()
        .filter_map(|name| read(name));
    same_place
        && signed
            .into_iter()
            .any(|own| own.signed.checkpoint == given.signed.checkpoint)
}
