//! Signed notes (c2sp.org/signed-note): a text, an empty line, and a line for each signature.
//!
//! A note is read strictly: what has another form than the specification's is no note. A signature by a key that nobody named says
//! nothing, and one by a named key that does not hold makes the note worthless.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::keys::Digest;

/// The type of Ed25519 signatures.
const ED25519: u8 = 1;
/// No note of ours is longer, with the signatures of many witnesses.
const LONGEST: usize = 128 * 1024;
const MOST_SIGNATURES: usize = 64;

/// A log's public key with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    pub name: String,
    pub public: [u8; 32],
}

impl VerifierKey {
    /// Reads `NAME+ID+KEY`; `None` for any other form, another kind of key, or an id that is not the key's.
    pub fn parse(text: &str) -> Option<VerifierKey> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
        let key = BASE64.decode(key).ok()?;
        let (kind, public) = key.split_first()?;
        let key = VerifierKey {
            name: name.to_owned(),
            public: public.try_into().ok()?,
        };
        let is_ours = *kind == ED25519 && is_name(name) && id == hex(key.id());
        is_ours.then_some(key)
    }

    /// The first four bytes of SHA-256 over name, line feed, kind and key.
    pub fn id(&self) -> [u8; 4] {
        let mut bytes = format!("{}\n", self.name).into_bytes();
        bytes.push(ED25519);
        bytes.extend(self.public);
        let digest = Digest::sha256(&bytes).0;
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// The public key as `openssl` reads it (RFC 8410).
    pub fn pem(&self) -> String {
        let mut der = vec![0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
        der.extend(self.public);
        let body = BASE64.encode(der);
        format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
    }

    fn holds(&self, text: &str, signature: &[u8]) -> bool {
        let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, self.public);
        key.verify(text.as_bytes(), signature).is_ok()
    }
}

/// As C2SP writes it: name, id, kind and key.
impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key: Vec<u8> = [ED25519].into_iter().chain(self.public).collect();
        write!(f, "{}+{}+{}", self.name, hex(self.id()), BASE64.encode(key))
    }
}

/// Key names hold no white space and no plus, and here no control characters either.
pub(super) fn is_name(name: &str) -> bool {
    let fine = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    !name.is_empty() && name.len() <= 200 && name.chars().all(fine)
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// Who vouches for a note, of the keys that the reader named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voucher {
    /// One of them, and none of them wrongly.
    Named,
    /// None of them.
    Nobody,
    /// A signature in the name of one of them does not hold.
    Forged,
}

/// A text and who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Ends in a line feed.
    pub text: String,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl Note {
    /// A note with one signature.
    pub(super) fn signed(text: String, key: &VerifierKey, signature: &[u8]) -> Note {
        let signature = Signature {
            name: key.name.clone(),
            id: key.id(),
            bytes: signature.to_vec(),
        };
        Note {
            text,
            signatures: vec![signature],
        }
    }

    /// Reads a note; `None` if it is none.
    pub fn parse(bytes: &[u8]) -> Option<Note> {
        let whole = std::str::from_utf8(bytes).ok()?;
        let plain = whole.len() <= LONGEST && whole.chars().all(|c| c >= ' ' || c == '\n');
        let (text, signatures) = whole.rsplit_once("\n\n").filter(|_| plain)?;
        let signatures = signatures.strip_suffix('\n')?;
        let signatures: Option<Vec<Signature>> = signatures.split('\n').map(signature).collect();
        let signatures = signatures.filter(|all| all.len() <= MOST_SIGNATURES)?;
        Some(Note {
            text: format!("{text}\n"),
            signatures,
        })
    }

    /// Whether one of these keys signed it.
    pub fn vouched(&self, keys: &[VerifierKey]) -> Voucher {
        let mut out = Voucher::Nobody;
        for signature in &self.signatures {
            let is_its =
                |key: &&VerifierKey| key.name == signature.name && key.id() == signature.id;
            match keys.iter().find(is_its) {
                Some(key) if key.holds(&self.text, &signature.bytes) => out = Voucher::Named,
                Some(_) => return Voucher::Forged,
                None => {}
            }
        }
        out
    }

    /// Names and ids of those who signed.
    pub fn signers(&self) -> Vec<(String, String)> {
        let signers = self.signatures.iter();
        signers.map(|one| (one.name.clone(), hex(one.id))).collect()
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            let bytes: Vec<u8> = signature
                .id
                .iter()
                .chain(&signature.bytes)
                .copied()
                .collect();
            writeln!(f, "\u{2014} {} {}", signature.name, BASE64.encode(bytes))?;
        }
        Ok(())
    }
}

fn signature(line: &str) -> Option<Signature> {
    let (name, bytes) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = BASE64.decode(bytes).ok()?;
    let (id, bytes) = bytes.split_first_chunk::<4>()?;
    let signature = Signature {
        name: name.to_owned(),
        id: *id,
        bytes: bytes.to_vec(),
    };
    (is_name(name) && !bytes.is_empty()).then_some(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    #[test]
    fn the_example_of_the_specification_holds() {
        let key = VerifierKey::parse(KEY).unwrap();
        assert_eq!(key.to_string(), KEY);
        let note = Note::parse(NOTE.as_bytes()).unwrap();
        assert_eq!(note.to_string(), NOTE);
        assert_eq!(note.vouched(std::slice::from_ref(&key)), Voucher::Named);
        assert_eq!(note.vouched(&[]), Voucher::Nobody);
        let other = NOTE.replace("an example", "another");
        let other = Note::parse(other.as_bytes()).unwrap();
        assert_eq!(other.vouched(&[key]), Voucher::Forged);
    }

    #[test]
    fn a_key_that_does_not_agree_with_itself_is_none() {
        for text in [
            KEY.replace("530d903a", "530d903b"),
            KEY.replace("530d903a", "530D903A"),
            KEY.replace("example.com/foo", "example.com/fo"),
            KEY.replace("AekyeR", "AukyeR"),
            KEY.replace("+Aeky", "Aeky"),
            "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".into(),
            String::new(),
        ] {
            assert_eq!(VerifierKey::parse(&text), None, "{text}");
        }
    }

    #[test]
    fn strangers_are_ignored_and_other_forms_are_no_notes() {
        let key = VerifierKey::parse(KEY).unwrap();
        let stranger = "\u{2014} stranger.example/x AAAAAAAA\n";
        let with = format!("{NOTE}{stranger}");
        let note = Note::parse(with.as_bytes()).unwrap();
        assert_eq!(note.vouched(std::slice::from_ref(&key)), Voucher::Named);
        assert_eq!(note.signers().len(), 2);
        let alone = format!("text\n\n{stranger}");
        let alone = Note::parse(alone.as_bytes()).unwrap();
        assert_eq!(alone.vouched(&[key]), Voucher::Nobody);
        for text in [
            "",
            "\n",
            "text\n",
            "text\n\n",
            "text\n\n\u{2014} name\n",
            "text\n\n\u{2014} name AAA=\n",
            "text\n\n\u{2014} na+me AAAAAAAA\n",
            "text\n\n- name AAAAAAAA\n",
            "text\n\n\u{2014} name AAAAAAAA",
            "te\rxt\n\n\u{2014} name AAAAAAAA\n",
        ] {
            assert_eq!(Note::parse(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(Note::parse(b"\xff\n\n\xe2\x80\x94 n AAAAAAAA\n"), None);
    }
}
