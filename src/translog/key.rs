//! The log's own key (Ed25519): what signs checkpoints, and nothing else.
//!
//! It is not the key of the seal, so that a new seal does not begin a new log. In a file it is PKCS#8 as RFC 8410 writes it, which
//! `openssl` reads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::checkpoint::{Checkpoint, Signed};
use super::note::{Note, VerifierKey};
use crate::keys::{Digest, Key};

/// PKCS#8 of an Ed25519 key, up to the key itself (RFC 8410, section 7).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
];
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// The key of one log.
pub struct Signer {
    pair: Ed25519KeyPair,
    /// The log's name.
    origin: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[key of {}]", self.origin)
    }
}

impl Signer {
    /// A fresh key as PEM.
    pub fn make() -> SecretString {
        let seed = Key::random();
        let der = Zeroizing::new([&PKCS8[..], seed.expose()].concat());
        let body = Zeroizing::new(BASE64.encode(&*der));
        SecretString::from(format!("{BEGIN}\n{}\n{END}\n", *body))
    }

    /// Takes a key in PEM; `None` if it is no Ed25519 key.
    pub fn from_pem(pem: &SecretString, origin: String) -> Option<Signer> {
        let body = pem.expose_secret().trim();
        let body = body.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let body: Zeroizing<String> =
            Zeroizing::new(body.chars().filter(|c| !c.is_whitespace()).collect());
        let der = Zeroizing::new(BASE64.decode(&*body).ok()?);
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).ok()?;
        Some(Signer { pair, origin })
    }

    #[cfg(test)]
    pub(crate) fn from_seed(seed: [u8; 32], origin: String) -> Signer {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes");
        Signer { pair, origin }
    }

    /// The public key with the log's name.
    pub fn key(&self) -> VerifierKey {
        let mut public = [0; 32];
        public.copy_from_slice(self.pair.public_key().as_ref());
        VerifierKey {
            name: self.origin.clone(),
            public,
        }
    }

    /// Signs a checkpoint. The caller answers for it that every tree signed before is a beginning of this one.
    pub fn checkpoint(&self, size: u64, root: Digest) -> Signed {
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size,
            root,
        };
        let text = checkpoint.text();
        let signature = self.pair.sign(text.as_bytes());
        Signed {
            note: Note::signed(text, &self.key(), signature.as_ref()),
            checkpoint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_round_and_no_two_are_the_same() {
        let pem = Signer::make();
        let read = |pem: &SecretString| Signer::from_pem(pem, "dsr.log/x".into());
        let one = read(&pem).unwrap();
        assert_eq!(one.key(), read(&pem).unwrap().key());
        assert_ne!(one.key(), read(&Signer::make()).unwrap().key());
        assert_eq!(VerifierKey::parse(&one.key().to_string()), Some(one.key()));
        for wrong in [
            "",
            "x",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        ] {
            assert!(read(&SecretString::from(wrong)).is_none());
        }
        assert!(!format!("{one:?}").contains("PRIVATE"));
    }
}
