//! Checkpoints (c2sp.org/tlog-checkpoint): how many leaves a log has, and the root over them, signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::note::{self, Note, VerifierKey, Voucher};
use crate::keys::Digest;

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// Number of its leaves.
    pub size: u64,
    pub root: Digest,
}

impl Checkpoint {
    /// The text that is signed.
    pub(super) fn text(&self) -> String {
        let root = BASE64.encode(self.root.0);
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// Reads the text; lines after the third are others' and say nothing here.
    fn parse(text: &str) -> Option<Checkpoint> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let plain = note::is_name(origin) && lines.all(|line| !line.is_empty());
        let checkpoint = Checkpoint {
            origin: origin.to_owned(),
            size: number(size)?,
            root: hash(root)?,
        };
        plain.then_some(checkpoint)
    }
}

/// A checkpoint under signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub checkpoint: Checkpoint,
    pub note: Note,
}

impl Signed {
    /// Reads a signed checkpoint; `None` if it is none.
    pub fn parse(bytes: &[u8]) -> Option<Signed> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        Some(Signed { checkpoint, note })
    }

    /// Who vouches for it. A named key of this log that is not among the signers does: somebody else speaks in the log's name.
    pub fn vouched(&self, keys: &[VerifierKey]) -> Voucher {
        let own: Vec<VerifierKey> = keys
            .iter()
            .filter(|key| key.name == self.checkpoint.origin)
            .cloned()
            .collect();
        match self.note.vouched(&own) {
            Voucher::Nobody if !own.is_empty() => Voucher::Forged,
            vouched => vouched,
        }
    }
}

impl std::fmt::Display for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.note.fmt(f)
    }
}

/// A number in decimal without leading zeroes.
pub(super) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash in base64.
pub(super) fn hash(text: &str) -> Option<Digest> {
    Some(Digest(BASE64.decode(text).ok()?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::Signer;
    use super::*;

    fn signer() -> Signer {
        Signer::from_seed([3; 32], "dsr.log/test".into())
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: "dsr.log/test".into(),
            size: 20_852,
            root: Digest::sha256(b"root"),
        }
    }

    #[test]
    fn a_checkpoint_goes_round_and_holds_under_its_key_alone() {
        let signed = signer().checkpoint(20_852, Digest::sha256(b"root"));
        let text = signed.to_string();
        assert!(text.starts_with("dsr.log/test\n20852\n"), "{text}");
        let back = Signed::parse(text.as_bytes()).unwrap();
        assert_eq!((&back, &back.checkpoint), (&signed, &checkpoint()));
        assert_eq!(back.vouched(&[signer().key()]), Voucher::Named);
        assert_eq!(back.vouched(&[]), Voucher::Nobody);
        let stranger = Signer::from_seed([3; 32], "dsr.log/other".into()).key();
        assert_eq!(back.vouched(&[stranger]), Voucher::Nobody);
        let thief = Signer::from_seed([4; 32], "dsr.log/test".into()).key();
        assert_eq!(back.vouched(std::slice::from_ref(&thief)), Voucher::Forged);
        assert_eq!(back.vouched(&[thief, signer().key()]), Voucher::Named);
        for (from, to) in [
            ("20852", "20853"),
            ("\n20852", "\n020852"),
            ("dsr.log/test\n2", "dsr.log/tes\n2"),
        ] {
            let other = text.replacen(from, to, 1);
            let other = Signed::parse(other.as_bytes());
            let vouched = other.map(|other| other.vouched(&[signer().key()]));
            assert_ne!(vouched, Some(Voucher::Named), "{to}");
        }
    }

    #[test]
    fn the_example_of_the_specification_is_read() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
        let signed = Signed::parse(text.as_bytes()).unwrap();
        assert_eq!(signed.checkpoint.size, 20_852_163);
        assert_eq!(signed.to_string(), text);
        for wrong in [
            text.replace("20852163", "-1"),
            text.replace("20852163", "99999999999999999999"),
            text.replace("CsUY", "CsU"),
            text.replace("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", ""),
        ] {
            assert_eq!(Signed::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
