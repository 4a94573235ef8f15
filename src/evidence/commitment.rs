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

/// The digest that stands in the line for a disclosure.
pub fn digest(disclosure: &str) -> String {
    BASE64.encode(Digest::sha256(disclosure.as_bytes()).0)
}

/// Name and value of a disclosure, if one of the digests in a line's `_sd` commits to it.
pub fn open(disclosure: &str, commitments: &[String]) -> Option<(String, Value)> {
    if !commitments.contains(&digest(disclosure)) {
        return None;
    }
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
    fn the_digest_is_the_one_that_rfc_9901_gives() {
        // RFC 9901, 4.2.3: the disclosure of the family name.
        assert_eq!(
            digest("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"),
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
        );
    }
}
