//! Commitments: what names a record stands in the evidence only as a salted digest.
//!
//! A disclosure is base64url of the JSON `[salt, name, value]`, its digest base64url of SHA-256 over the disclosure's ASCII, both as
//! in SD-JWT (RFC 9901, 4.2.3). Whoever is given a disclosure can check it against the line with one shell command; without it,
//! 128 bits of salt keep the value from being guessed. Salts derive from the case key, so making the evidence again after a crash
//! gives the same commitments, and destroying the key leaves digests that nothing can be searched with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::keys::{Digest, Key, Purpose};

/// What opens the commitments of one line. Personal: belongs into the vault, never into a bundle.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The line's number in `records.jsonl`, from 0.
    pub seq: u64,
    /// SD-JWT disclosures, in the order in which they were made.
    pub disclosures: Vec<String>,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opening({}, [redacted])", self.seq)
    }
}

/// Makes salts, nonces and commitments for one case.
pub struct Committer {
    key: Key,
}

impl Committer {
    pub fn new(case_key: &Key) -> Committer {
        Committer {
            key: case_key.derive(Purpose::Salt),
        }
    }

    /// The nonce of a line: whoever sees its hash as a neighbour's audit path cannot guess the line.
    pub fn nonce(&self, plan: &Digest, step: u32) -> String {
        self.bits(&json!(["n", plan, step]))
    }

    /// A disclosure of one value of one step.
    pub fn disclose(&self, plan: &Digest, step: u32, name: &str, value: &Value) -> String {
        let salt = self.bits(&json!(["sd", plan, step, name]));
        BASE64.encode(crate::canonical::bytes(&json!([salt, name, value])))
    }

    /// 128 bits in base64url.
    fn bits(&self, of: &Value) -> String {
        BASE64.encode(&self.key.mac(&crate::canonical::bytes(of)).0[..16])
    }
}

/// The leaf that the log over all cases holds of a case that was opened. It names no case: number and day of receipt are committed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The exact text; its hash as a leaf is what the log holds.
    pub leaf: String,
    /// What opens it.
    pub disclosures: Vec<String>,
}

impl Opened {
    /// The leaf of this case; the same whenever it is made.
    pub fn of(case_key: &Key, case: &str, received: jiff::civil::Date) -> Opened {
        let committer = Committer::new(case_key);
        let disclose = |name: &str, value: Value| {
            let salt = committer.bits(&json!(["opened", "sd", name]));
            BASE64.encode(crate::canonical::bytes(&json!([salt, name, value])))
        };
        let disclosures = vec![
            disclose("case", json!(case)),
            disclose("received", json!(received)),
        ];
        let mut commitments: Vec<String> = disclosures.iter().map(|d| digest(d)).collect();
        commitments.sort();
        let leaf = json!({
            "_sd": commitments,
            "_sd_alg": "sha-256",
            "kind": "opened",
            "n": committer.bits(&json!(["opened", "n"])),
        });
        Opened {
            leaf: crate::canonical::text(&leaf),
            disclosures,
        }
    }

    /// The hash of the leaf.
    pub fn hash(&self) -> Digest {
        crate::translog::tree::leaf(self.leaf.as_bytes())
    }

    /// `opened.json` of a bundle: the leaf's text and what opens it.
    pub(super) fn file(&self) -> Vec<u8> {
        crate::canonical::bytes(&json!({"disclosures": self.disclosures, "leaf": self.leaf}))
    }
}

/// The digest that stands in the line for a disclosure.
pub fn digest(disclosure: &str) -> String {
    BASE64.encode(Digest::sha256(disclosure.as_bytes()).0)
}

/// Name and value of a disclosure, if one of the digests in a line's `_sd` commits to it.
pub fn open(disclosure: &str, commitments: &[String]) -> Option<(String, Value)> {
    if !commitments.contains(&digest(disclosure)) {
        return None;
    }
    read(disclosure)
}

/// Name and value of a disclosure, whatever commits to it.
pub fn read(disclosure: &str) -> Option<(String, Value)> {
    let (_, name, value): (String, String, Value) =
        serde_json::from_slice(&BASE64.decode(disclosure).ok()?).ok()?;
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commitments_open_repeat_and_differ() {
        let plan = Digest::sha256(b"plan");
        let committer = Committer::new(&Key::from_bytes([1; 32]));
        let disclosure = committer.disclose(&plan, 0, "key", &json!("4711"));
        let commitment = digest(&disclosure);
        assert_eq!(
            open(&disclosure, &[commitment]),
            Some(("key".to_owned(), json!("4711")))
        );
        let again = Committer::new(&Key::from_bytes([1; 32]));
        assert_eq!(disclosure, again.disclose(&plan, 0, "key", &json!("4711")));
        let other = committer.disclose(&plan, 1, "key", &json!("4711"));
        assert_eq!(open(&other, &[digest(&disclosure)]), None);
        let stranger = Committer::new(&Key::from_bytes([2; 32]));
        assert_ne!(
            disclosure,
            stranger.disclose(&plan, 0, "key", &json!("4711"))
        );
        assert_ne!(committer.nonce(&plan, 0), committer.nonce(&plan, 1));
    }

    #[test]
    fn the_leaf_of_an_opened_case_says_nothing_and_opens() {
        let day = jiff::civil::date(2026, 1, 31);
        let make = |key: u8| Opened::of(&Key::from_bytes([key; 32]), "2026-K7QF3M", day);
        let opened = make(1);
        assert_eq!(opened, make(1));
        assert_ne!(opened.hash(), make(2).hash());
        assert!(!opened.leaf.contains("2026"), "{}", opened.leaf);
        let leaf: Value = serde_json::from_str(&opened.leaf).unwrap();
        let commitments: Vec<String> = serde_json::from_value(leaf["_sd"].clone()).unwrap();
        let said: Vec<_> = opened
            .disclosures
            .iter()
            .map(|d| open(d, &commitments).unwrap())
            .collect();
        let of = |name: &str, value: &str| (name.to_owned(), json!(value));
        assert_eq!(
            said,
            [of("case", "2026-K7QF3M"), of("received", "2026-01-31")]
        );
    }

    #[test]
    fn the_digest_is_the_one_that_rfc_9901_gives() {
        // RFC 9901, 4.2.3: the disclosure of the family name.
        assert_eq!(
            digest("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"),
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
        );
    }
}
