//! How one seal follows another: the old key signs the fingerprint of the new certificate.
//!
//! What is signed is four lines of text, so that `openssl dgst -verify` can check it. Every bundle carries the changes that led to its
//! certificate, so that a reader who once pinned an old one can follow, step by step, and is told so. A step proves that whoever held
//! the old key named the new certificate, and no more: of an old key that was stolen, a thief can say the same, as he could seal with it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use x509_cert::Certificate;

use super::certificate::{self, Anchor};
use super::seal::Seal;
use crate::diagnostic::Result;
use crate::keys::Digest;

/// Where the changes lie in a bundle.
pub(super) const FOLDER: &str = "data/seal/";
/// Changes that a bundle carries at most, the latest ones.
pub(super) const MOST: usize = 16;
const HEAD: &str = "dsr seal change 1";

/// One seal in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The certificate before.
    pub previous: Certificate,
    /// Fingerprint of the certificate that follows.
    pub certificate: Digest,
    pub at: Timestamp,
    /// The old key's signature over [`Change::text`] in DER; absent where the old key could not sign any more.
    pub signature: Option<Vec<u8>>,
}

impl Change {
    /// The old seal names the certificate that follows it.
    ///
    /// # Errors
    /// Those of signing.
    pub fn link(old: &Seal, certificate: Digest, at: Timestamp) -> Result<Change> {
        let mut change = Change {
            previous: old.certificate().clone(),
            certificate,
            at: Timestamp::from_second(at.as_second()).unwrap_or(at),
            signature: None,
        };
        change.signature = Some(old.sign_message(change.text().as_bytes())?);
        Ok(change)
    }

    /// What is signed.
    pub fn text(&self) -> String {
        format!(
            "{HEAD}\nprevious: {}\ncertificate: {}\nat: {}\n",
            certificate::fingerprint(&self.previous).hex(),
            self.certificate.hex(),
            self.at
        )
    }

    /// Whether the old certificate's key signed this change, while that certificate was valid.
    pub fn holds(&self) -> bool {
        let signed = |signature: &Vec<u8>| {
            certificate::has_signed(
                &self.previous,
                &ring::signature::ECDSA_P256_SHA256_ASN1,
                self.text().as_bytes(),
                signature,
            )
        };
        self.signature.as_ref().is_some_and(signed)
            && certificate::may_seal(&self.previous)
            && certificate::is_valid_at(&self.previous, self.at)
    }

    /// The names and bytes under which a bundle carries the change.
    pub(super) fn files(&self, number: usize) -> Vec<(String, Vec<u8>)> {
        let name = |end: &str| format!("{FOLDER}change-{number:02}.{end}");
        let mut files = vec![
            (
                name("previous.pem"),
                certificate::pem(&self.previous).into_bytes(),
            ),
            (name("txt"), self.text().into_bytes()),
        ];
        files.extend(self.signature.clone().map(|bytes| (name("sig"), bytes)));
        files
    }

    fn read(text: &[u8], previous: &[u8], signature: Option<&Vec<u8>>) -> Option<Change> {
        let text = std::str::from_utf8(text).ok()?;
        let mut lines = text.lines();
        if lines.next()? != HEAD {
            return None;
        }
        let mut value = |name: &str| lines.next()?.strip_prefix(name);
        value("previous: ")?;
        let certificate = Digest::from_hex(value("certificate: ")?)?;
        let at = value("at: ")?.parse().ok()?;
        let previous = certificate::read_all(std::str::from_utf8(previous).ok()?);
        let change = Change {
            previous: previous.ok()?.into_iter().next()?,
            certificate,
            at,
            signature: signature.cloned(),
        };
        // The old certificate must be the one that the text names.
        (change.text() == text).then_some(change)
    }
}

/// Whether a file of a bundle belongs to a change of seal.
pub(super) fn is_file(name: &str) -> bool {
    let numbered = name
        .strip_prefix(FOLDER)
        .and_then(|rest| rest.strip_prefix("change-"));
    numbered.is_some_and(|rest| {
        let (number, end) = rest.split_once('.').unwrap_or_default();
        number.len() == 2
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && ["txt", "sig", "previous.pem"].contains(&end)
    })
}

/// The changes that the files of a bundle tell of, of those that can be read.
pub(super) fn read(files: &BTreeMap<String, Vec<u8>>) -> Vec<Change> {
    let texts = files
        .iter()
        .filter(|(name, _)| is_file(name) && name.ends_with(".txt"));
    let changes = texts.filter_map(|(name, text)| {
        let name = name.strip_suffix(".txt")?;
        let previous = files.get(&format!("{name}.previous.pem"))?;
        Change::read(text, previous, files.get(&format!("{name}.sig")))
    });
    changes.collect()
}

/// The anchored certificate from which signed changes lead to this one, each made before the next. `sealed` is when the seal says that
/// it was made.
pub(super) fn follow(
    own: Digest,
    sealed: Timestamp,
    changes: &[Change],
    anchors: &[Anchor],
) -> Option<Digest> {
    let (mut current, mut before) = (own, sealed);
    for _ in 0..MOST {
        let leads = |change: &&Change| {
            change.certificate == current && change.at <= before && change.holds()
        };
        let step = changes.iter().find(leads)?;
        current = certificate::fingerprint(&step.previous);
        before = step.at;
        if certificate::vouched_for_seal(&step.previous, &[], anchors, step.at).is_some() {
            return Some(current);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(at: &str) -> Seal {
        let (key, pem) = certificate::make("Acme", at.parse().unwrap()).unwrap();
        Seal::from_pem(&key, &pem).unwrap()
    }

    fn own(seal: &Seal) -> Digest {
        certificate::fingerprint(seal.certificate())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_reader_who_knows_an_old_certificate_can_follow_and_nobody_else_can_lead() {
        let [first, second, third, thief] =
            ["2026-01-01", "2027-01-01", "2028-01-01", "2027-06-01"]
                .map(|day| seal(&format!("{day}T00:00:00Z")));
        let one = Change::link(&first, own(&second), at("2027-01-01T12:00:00Z")).unwrap();
        let two = Change::link(&second, own(&third), at("2028-01-01T12:00:00Z")).unwrap();
        let changes = [one.clone(), two.clone()];
        let known = |seal: &Seal| vec![Anchor::Fingerprint(own(seal))];
        let sealed = at("2028-05-05T00:00:00Z");
        let led =
            |changes: &[Change], anchors: &[Anchor]| follow(own(&third), sealed, changes, anchors);
        assert_eq!(led(&changes, &known(&first)), Some(own(&first)));
        assert_eq!(led(&changes, &known(&second)), Some(own(&second)));
        assert_eq!(led(&changes, &known(&thief)), None);
        assert_eq!(led(&changes, &[]), None);
        assert_eq!(
            led(&changes[1..], &known(&first)),
            None,
            "a step is missing"
        );

        // A seal that says it is older than the change; a step backwards; a circle; a link that the thief's key made.
        assert_eq!(
            follow(
                own(&third),
                at("2027-12-31T00:00:00Z"),
                &changes,
                &known(&second)
            ),
            None
        );
        assert_eq!(follow(own(&first), sealed, &changes, &known(&third)), None);
        let circle = [
            Change::link(&third, own(&second), at("2027-02-01T00:00:00Z")).unwrap(),
            two.clone(),
        ];
        assert_eq!(led(&circle, &known(&first)), None);
        let forged = Change {
            previous: first.certificate().clone(),
            ..Change::link(&thief, own(&third), two.at).unwrap()
        };
        assert_eq!(led(&[forged], &known(&first)), None);
        // After its end, and before its beginning, a certificate names no other.
        for day in ["2037-01-02T00:00:00Z", "2025-12-31T00:00:00Z"] {
            let late = Change::link(&first, own(&third), at(day)).unwrap();
            assert_eq!(
                follow(own(&third), Timestamp::MAX, &[late], &known(&first)),
                None,
                "{day}"
            );
        }
        let unsigned = Change {
            signature: None,
            ..two
        };
        assert_eq!(led(&[unsigned], &known(&second)), None);
    }

    #[test]
    fn no_byte_of_a_change_can_change() {
        let (first, second) = (seal("2026-01-01T00:00:00Z"), seal("2027-01-01T00:00:00Z"));
        let change = Change::link(&first, own(&second), at("2027-01-01T12:00:00Z")).unwrap();
        let files: BTreeMap<_, _> = change.files(1).into_iter().collect();
        assert_eq!(read(&files), [change]);
        assert!(files.keys().all(|name| is_file(name)));
        let anchors = [Anchor::Fingerprint(own(&first))];
        let holds = |files: &BTreeMap<String, Vec<u8>>| {
            follow(
                own(&second),
                at("2027-02-02T00:00:00Z"),
                &read(files),
                &anchors,
            )
            .is_some()
        };
        assert!(holds(&files));
        for name in files.keys() {
            for nth in 0..files[name].len() {
                let mut bent = files.clone();
                bent.get_mut(name).unwrap()[nth] ^= 1;
                // Line ends and words around the PEM text of a certificate say nothing.
                assert!(
                    !holds(&bent) || name.ends_with(".pem"),
                    "{name}, byte {nth}"
                );
            }
        }
        for name in [
            "data/seal/change-1.txt",
            "data/seal/change-001.txt",
            "data/seal/x",
            "data/seal/change-01.pem",
        ] {
            assert!(!is_file(name), "{name}");
        }
    }
}
