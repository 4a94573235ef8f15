//! Keys that digest: what lets the same record be recognised without saying whose it is.
//!
//! Each case has one random key; everything keyed in that case derives from it by HKDF-SHA-256 (RFC 5869) under a label, so
//! destroying the one key blinds all digests, salts and masks of the case at once. The workspace key does the same for what
//! outlives a case. Where keys are stored is the vault's business.

use ring::{hkdf, hmac};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a derived key is for. Two purposes never share a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Digest of a record's key and personal fields: has it changed, is it the one we planned.
    Record,
    /// Digest of a record's name (system, object, key): the same name in ledger and evidence.
    Name,
    /// Digest of an identity.
    Identity,
    /// Values that take the place of identities when a record is made anonymous.
    Mask,
    /// Salts and nonces of the commitments in the evidence.
    Salt,
    /// Encryption of what is personal in the case.
    Vault,
    /// Digest of a CSV row, which names it.
    Row,
    /// Encryption of the case keys themselves.
    Wrap,
    /// Encryption of what an erasure left for a later day; of the workspace, so that it outlives the case.
    Deferred,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Purpose::Record => b"dsr/1 record",
            Purpose::Name => b"dsr/1 name",
            Purpose::Identity => b"dsr/1 identity",
            Purpose::Mask => b"dsr/1 mask",
            Purpose::Salt => b"dsr/1 salt",
            Purpose::Vault => b"dsr/1 vault",
            Purpose::Row => b"dsr/1 row",
            Purpose::Wrap => b"dsr/1 wrap",
            Purpose::Deferred => b"dsr/1 deferred",
        }
    }
}

/// A random key of 256 bits, of a case or of the workspace.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[key]")
    }
}

impl Key {
    pub fn from_bytes(bytes: [u8; 32]) -> Key {
        Key(bytes)
    }

    /// The raw key, for the one place that stores it.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A fresh key from the operating system's random source.
    pub fn random() -> Key {
        let mut bytes = [0; 32];
        ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)
            .expect("the system has randomness");
        Key(bytes)
    }

    /// The key for one purpose.
    pub fn derive(&self, purpose: Purpose) -> Key {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"");
        let info = [purpose.label()];
        let prk = salt.extract(&self.0);
        let okm = prk
            .expand(&info, hkdf::HKDF_SHA256)
            .expect("32 bytes are within HKDF's limit");
        let mut out = [0; 32];
        okm.fill(&mut out).expect("32 bytes are what was asked for");
        Key(out)
    }

    /// HMAC-SHA-256 of a message under this key as it is; derive it for its purpose first.
    pub fn mac(&self, message: &[u8]) -> Digest {
        self.macs().of(message)
    }

    /// The same for very many messages.
    pub fn macs(&self) -> Macs {
        Macs(hmac::Key::new(hmac::HMAC_SHA256, &self.0))
    }
}

/// HMAC-SHA-256 of very many messages under one key, which is taken in once.
pub struct Macs(hmac::Key);

impl Macs {
    /// As [`Key::mac`].
    pub fn of(&self, message: &[u8]) -> Digest {
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&self.0, message).as_ref());
        Digest(out)
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// 32 bytes that recognise something: a SHA-256, or an HMAC-SHA-256 where the content could be guessed. Written in hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Plain SHA-256, for content that is not personal.
    pub fn sha256(bytes: &[u8]) -> Digest {
        use sha2::Digest as _;
        Digest(sha2::Sha256::digest(bytes).into())
    }

    /// In hexadecimal digits, in small letters.
    pub fn hex(&self) -> String {
        let digits = |byte: &u8| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        };
        self.0.iter().flat_map(digits).map(char::from).collect()
    }

    /// Whether a text is this digest in hexadecimal digits, in small letters.
    pub fn is_written(&self, hex: &str) -> bool {
        let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
        let is = |byte: &u8, pair: &[u8; 2]| {
            DIGITS[usize::from(byte >> 4)] == pair[0] && DIGITS[usize::from(byte & 15)] == pair[1]
        };
        rest.is_empty()
            && pairs.len() == 32
            && self.0.iter().zip(pairs).all(|(byte, pair)| is(byte, pair))
    }

    /// The digest that 64 hexadecimal digits write, in capitals or not.
    pub fn from_hex(hex: &str) -> Option<Digest> {
        let (pairs, []) = hex.as_bytes().as_chunks::<2>() else {
            return None;
        };
        let mut out = [0; 32];
        if pairs.len() != out.len() {
            return None;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        for (byte, [high, low]) in out.iter_mut().zip(pairs) {
            *byte = u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?;
        }
        Some(Digest(out))
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex())
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex()[..12])
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.hex())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Digest, D::Error> {
        /// Takes the text where it stands: a journal has thousands of digests, and none of them needs a copy first.
        struct Hex;
        impl serde::de::Visitor<'_> for Hex {
            type Value = Digest;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a digest of 64 hexadecimal digits")
            }

            fn visit_str<E: serde::de::Error>(self, hex: &str) -> Result<Digest, E> {
                Digest::from_hex(hex).ok_or_else(|| E::custom("a digest has 64 hexadecimal digits"))
            }
        }
        d.deserialize_str(Hex)
    }
}

/// Writes 20 characters of RFC 4648 base32 in lower case: what a `token` mask puts in the place of an identity.
pub fn token(mac: &Digest) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut bits = 0u32;
    let mut held = 0;
    let mut out = String::with_capacity(20);
    for byte in mac.0 {
        bits = (bits << 8) | u32::from(byte);
        held += 8;
        while held >= 5 && out.len() < 20 {
            held -= 5;
            out.push(char::from(ALPHABET[((bits >> held) & 31) as usize]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_do_not_share_keys_and_hex_goes_round() {
        let key = Key::from_bytes([7; 32]);
        let record = key.derive(Purpose::Record).mac(b"x");
        assert_ne!(record, key.derive(Purpose::Name).mac(b"x"));
        assert_eq!(Digest::from_hex(&record.hex()), Some(record));
        assert_eq!(token(&record).len(), 20);
    }

    #[test]
    fn only_64_hexadecimal_digits_are_a_digest() {
        let digits = "0123456789abcdef".repeat(4);
        let digest = Digest::from_hex(&digits).unwrap();
        assert_eq!(digest.hex(), digits);
        assert!(digest.is_written(&digits));
        for other in [
            &digits[1..],
            &digits[2..],
            &format!("{digits}0"),
            &digits.to_uppercase(),
            "",
        ] {
            assert!(!digest.is_written(other), "{other}");
        }
        assert_eq!(Digest::from_hex(&digits.to_uppercase()), Some(digest));
        assert_eq!(
            serde_json::from_str::<Digest>(&format!("\"{digits}\"")).unwrap(),
            digest
        );
        for other in [
            &digits[1..],
            &digits[2..],
            &format!("{digits}00"),
            // A sign is no digit, although a number may have one.
            &format!("+f{}", &digits[2..]),
            &format!("g{}", &digits[1..]),
            &format!("é{}", &digits[2..]),
        ] {
            assert_eq!(Digest::from_hex(other), None, "{other}");
            assert!(serde_json::from_value::<Digest>(other.to_owned().into()).is_err());
        }
    }
}
