//! People who work here: the keys that they sign with, and what they sign.
//!
//! The public half of a person's key lies in the workspace, in git; the private one where only that person reaches it (`own`). What
//! is signed is a text of a few lines that anybody can write down again, so that stock `openssl dgst -sha256 -verify` checks it years
//! later. Signing and verifying share no code but the text: the one is done by `p256`, the other by `ring`.

pub mod approval;
pub mod own;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _, LineEnding};
use serde::{Deserialize, Serialize};

use crate::keys::Digest;

/// Roles of people in the inventory.
pub const OPERATOR: &str = "operator";
pub const APPROVER: &str = "approver";

/// A public key on P-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(p256::PublicKey);

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in PEM (RFC 7468, 13); `None` for anything but a point on P-256.
    pub fn from_pem(pem: &str) -> Option<PublicKey> {
        p256::PublicKey::from_public_key_pem(pem.trim())
            .ok()
            .map(PublicKey)
    }

    /// # Panics
    /// Never: a point has this form.
    pub fn pem(&self) -> String {
        self.0
            .to_public_key_pem(LineEnding::LF)
            .expect("a point has a form")
    }

    /// Base64 of the SubjectPublicKeyInfo in DER: the key on one line.
    ///
    /// # Panics
    /// Never: a point has this form.
    pub fn line(&self) -> String {
        let der = self.0.to_public_key_der().expect("a point has a form");
        STANDARD.encode(der.as_bytes())
    }

    /// Reads what [`PublicKey::line`] wrote.
    pub fn from_line(line: &str) -> Option<PublicKey> {
        let der = STANDARD.decode(line).ok()?;
        p256::PublicKey::from_public_key_der(&der)
            .ok()
            .map(PublicKey)
    }

    /// SHA-256 of the SubjectPublicKeyInfo in DER, as `openssl pkey -pubin -outform DER | openssl dgst -sha256` gives it. However the
    /// file writes the point, the same key has the same fingerprint.
    ///
    /// # Panics
    /// Never: a point has this form.
    pub fn fingerprint(&self) -> Digest {
        let der = self.0.to_public_key_der().expect("a point has a form");
        Digest::sha256(der.as_bytes())
    }

    /// Whether its private half signed these bytes: ECDSA over SHA-256, in DER (RFC 3279, 2.2.3).
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        use p256::elliptic_curve::sec1::ToEncodedPoint as _;
        let point = self.0.to_encoded_point(false);
        let algorithm = &ring::signature::ECDSA_P256_SHA256_ASN1;
        ring::signature::UnparsedPublicKey::new(algorithm, point.as_bytes())
            .verify(message, signature)
            .is_ok()
    }
}

/// What somebody stands for with a signature. Two purposes never share a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// This plan is what I have planned.
    Plan,
    /// This plan may be carried out.
    Approve,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Purpose::Plan => "plan",
            Purpose::Approve => "approve",
        }
    }
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    pub purpose: Purpose,
    /// Id of the workspace's ledger.
    pub ledger: &'a str,
    pub case: &'a str,
    pub plan: Digest,
    /// Who signs, by pseudonym.
    pub person: &'a str,
    pub day: Date,
}

impl Statement<'_> {
    /// The text, one fact a line; none of them can hold a line break.
    pub fn text(&self) -> String {
        let Statement {
            ledger,
            case,
            plan,
            person,
            day,
            ..
        } = self;
        let purpose = self.purpose.word();
        format!(
            "dsr signature 1\npurpose: {purpose}\nledger: {ledger}\ncase: {case}\nplan: {plan}\nperson: {person}\nday: {day}\n"
        )
    }
}

/// What two people agree on that is no plan. Each of them signs the same text with a key of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Matter {
    /// The inventory may ask for something else than before.
    Terms {
        /// What two people have to agree on (`Terms::binding`), before and after.
        before: Digest,
        after: Digest,
        /// Hash of the event since which the terms before have stood: the same change, made again later, is another.
        since: Digest,
    },
    /// A hold may be released.
    Release {
        hold: String,
        /// Keyed digest of why.
        reason: Digest,
    },
    /// A closed case may be destroyed before its day.
    Purge {
        of_case: String,
        /// Hash of the event that closed it: a case that was opened again is another.
        closed: Digest,
        /// A code.
        reason: String,
    },
    /// A ledger may be accepted that does not contain what is remembered of it.
    Adopt {
        /// Hash of the head that is remembered.
        known: Digest,
        /// Hash of the head that is there.
        found: Digest,
        /// Keyed digest of why.
        reason: Digest,
    },
}

impl Matter {
    /// What is signed, one fact a line; none of them can hold a line break.
    pub fn text(&self, ledger: &str, person: &str, day: Date) -> String {
        let facts = match self {
            Matter::Terms {
                before,
                after,
                since,
            } => format!("terms\nbefore: {before}\nafter: {after}\nsince: {since}"),
            Matter::Release { hold, reason } => format!("release\nhold: {hold}\nreason: {reason}"),
            Matter::Purge {
                of_case,
                closed,
                reason,
            } => format!("purge\ncase: {of_case}\nclosed: {closed}\nreason: {reason}"),
            Matter::Adopt {
                known,
                found,
                reason,
            } => format!("adopt\nknown: {known}\nfound: {found}\nreason: {reason}"),
        };
        format!(
            "dsr signature 1\npurpose: agree\nledger: {ledger}\nmatter: {facts}\nperson: {person}\nday: {day}\n"
        )
    }
}

/// A signature and what has to be known to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Id of the ledger that it was made for.
    pub ledger: String,
    pub day: Date,
    /// Fingerprint of the public key.
    pub key: Digest,
    /// Base64 of the DER.
    pub signature: String,
}

impl Proof {
    /// Whether this person's key signed this about the plan.
    pub fn holds(
        &self,
        purpose: Purpose,
        (case, plan): (&str, Digest),
        person: &str,
        key: &PublicKey,
    ) -> bool {
        let statement = Statement {
            purpose,
            ledger: &self.ledger,
            case,
            plan,
            person,
            day: self.day,
        };
        self.is_of(&statement.text(), key)
    }

    /// Whether this person's key signed that they agree.
    pub fn agrees(&self, matter: &Matter, person: &str, key: &PublicKey) -> bool {
        self.is_of(&matter.text(&self.ledger, person, self.day), key)
    }

    fn is_of(&self, text: &str, key: &PublicKey) -> bool {
        let signature = STANDARD.decode(&self.signature);
        self.key == key.fingerprint()
            && signature.is_ok_and(|signature| key.has_signed(text.as_bytes(), &signature))
    }
}

/// A fingerprint as it is compared by telephone: groups of four signs, the first half of it, which nobody can hit by trying.
pub fn spoken(digest: &Digest) -> String {
    let hex = digest.hex()[..32].to_uppercase();
    let groups: Vec<&str> = (0..8).map(|at| &hex[at * 4..at * 4 + 4]).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::own::PersonKey;
    use super::*;

    const CASE: &str = "2026-K7QF3M";

    fn statement(key: &PersonKey) -> Proof {
        key.sign(&Statement {
            purpose: Purpose::Approve,
            ledger: "ledger",
            case: CASE,
            plan: Digest([7; 32]),
            person: "ap1",
            day: jiff::civil::date(2026, 11, 22),
        })
    }

    #[test]
    fn a_signature_holds_for_what_was_signed_and_for_nothing_else() {
        let (key, other) = (PersonKey::random(), PersonKey::random());
        let proof = statement(&key);
        let (plan, public) = (Digest([7; 32]), key.public());
        let holds = |proof: &Proof, purpose, about, person, key: &PublicKey| {
            proof.holds(purpose, about, person, key)
        };
        assert!(holds(
            &proof,
            Purpose::Approve,
            (CASE, plan),
            "ap1",
            &public
        ));
        assert!(!holds(&proof, Purpose::Plan, (CASE, plan), "ap1", &public));
        assert!(!holds(
            &proof,
            Purpose::Approve,
            ("2026-K7QF3N", plan),
            "ap1",
            &public
        ));
        let another = Digest([8; 32]);
        assert!(!holds(
            &proof,
            Purpose::Approve,
            (CASE, another),
            "ap1",
            &public
        ));
        assert!(!holds(
            &proof,
            Purpose::Approve,
            (CASE, plan),
            "ap2",
            &public
        ));
        assert!(!holds(
            &proof,
            Purpose::Approve,
            (CASE, plan),
            "ap1",
            &other.public()
        ));
        let changes: [fn(&mut Proof); 4] = [
            |proof| proof.ledger = "another".to_owned(),
            |proof| proof.day = jiff::civil::date(2026, 11, 23),
            |proof| proof.key = Digest([1; 32]),
            |proof| proof.signature = "AAAA".to_owned(),
        ];
        for change in changes {
            let mut changed = proof.clone();
            change(&mut changed);
            assert!(!holds(
                &changed,
                Purpose::Approve,
                (CASE, plan),
                "ap1",
                &public
            ));
        }
    }

    #[test]
    fn what_two_people_agree_on_is_signed_as_a_whole() {
        let key = PersonKey::random();
        let day = jiff::civil::date(2026, 11, 23);
        let [one, two] = [Digest([1; 32]), Digest([2; 32])];
        let terms = |before, after, since| Matter::Terms {
            before,
            after,
            since,
        };
        let release = |hold: &str, reason| Matter::Release {
            hold: hold.to_owned(),
            reason,
        };
        let purge = |of_case: &str, closed, reason: &str| Matter::Purge {
            of_case: of_case.to_owned(),
            closed,
            reason: reason.to_owned(),
        };
        let all = [
            terms(one, two, one),
            terms(two, one, one),
            terms(one, two, two),
            release("H-K7QF3M", one),
            release("H-K7QF3N", one),
            release("H-K7QF3M", two),
            purge(CASE, one, "order"),
            purge(CASE, two, "order"),
            purge(CASE, one, "other"),
            purge("2026-K7QF3N", one, "order"),
        ];
        for signed in &all {
            let proof = key.agree("ledger", signed, "ap1", day);
            for other in &all {
                let holds = proof.agrees(other, "ap1", &key.public());
                assert_eq!(holds, signed == other, "{signed:?} {other:?}");
            }
            assert!(!proof.agrees(signed, "ap2", &key.public()));
            assert!(!proof.agrees(signed, "ap1", &PersonKey::random().public()));
            let moved = Proof {
                ledger: "another".to_owned(),
                ..proof.clone()
            };
            assert!(!moved.agrees(signed, "ap1", &key.public()));
        }
        let public = key.public();
        assert_eq!(PublicKey::from_line(&public.line()), Some(public));
        assert_eq!(PublicKey::from_line("AAAA"), None);
    }

    #[test]
    fn the_same_point_has_the_same_fingerprint_however_it_is_written() {
        use p256::elliptic_curve::sec1::ToEncodedPoint as _;
        let public = PersonKey::random().public();
        // SubjectPublicKeyInfo of a compressed point (RFC 5480, 2.2): 33 bytes instead of 65.
        let point = public.0.to_encoded_point(true);
        let mut der = vec![
            0x30, 0x39, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
        ];
        der.extend([
            0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
        ]);
        der.extend([0x03, 0x22, 0x00]);
        der.extend(point.as_bytes());
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD
                .encode(&der)
                .as_bytes()
                .chunks(64)
                .map(|line| String::from_utf8_lossy(line))
                .collect::<Vec<_>>()
                .join("\n")
        );
        let read = PublicKey::from_pem(&pem).unwrap();
        assert_eq!(read.fingerprint(), public.fingerprint());
        assert_eq!(PublicKey::from_pem(&public.pem()).unwrap(), public);
        for wrong in [
            "",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        ] {
            assert!(PublicKey::from_pem(wrong).is_none());
        }
    }
}
