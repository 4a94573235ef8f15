//! Proofs as files: that a leaf is in a log (c2sp.org/tlog-proof), and that a log begins with an earlier state of itself (the body
//! of c2sp.org/tlog-witness, so that a witness takes the same text).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::checkpoint::{Signed, hash, number};
use super::tree;
use crate::keys::Digest;

const INCLUSION: &str = "c2sp.org/tlog-proof@v1";
/// No file of ours is longer.
const LONGEST: usize = 256 * 1024;
/// No path in a tree of 2^64 leaves is longer.
const LONGEST_PATH: usize = 64;

/// The proof that a leaf is in a log, with the checkpoint it is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// Counted from 0.
    pub index: u64,
    pub path: Vec<Digest>,
    pub signed: Signed,
}

impl Inclusion {
    /// Reads a proof; `None` if it is none. What it says beside (`extra`) is left aside, as nobody signed it.
    pub fn parse(bytes: &[u8]) -> Option<Inclusion> {
        let (first, rest) = text(bytes)?.split_once('\n')?;
        let (mut line, mut rest) = rest.split_once('\n').filter(|_| first == INCLUSION)?;
        if let Some(extra) = line.strip_prefix("extra ") {
            BASE64.decode(extra).ok()?;
            (line, rest) = rest.split_once('\n')?;
        }
        let index = number(line.strip_prefix("index ")?)?;
        let (path, signed) = path_and_checkpoint(rest)?;
        Some(Inclusion {
            index,
            path,
            signed,
        })
    }

    /// Whether it proves that this leaf is in the tree of its checkpoint.
    pub fn holds_for(&self, leaf: &Digest) -> bool {
        let checkpoint = &self.signed.checkpoint;
        tree::verify_inclusion(
            leaf,
            self.index,
            checkpoint.size,
            &self.path,
            &checkpoint.root,
        )
    }
}

impl std::fmt::Display for Inclusion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{INCLUSION}\nindex {}", self.index)?;
        tail(f, &self.path, &self.signed)
    }
}

/// The proof that the tree of a checkpoint begins with the one of an earlier size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    pub from: u64,
    pub path: Vec<Digest>,
    pub signed: Signed,
}

impl Consistency {
    /// Reads a proof; `None` if it is none.
    pub fn parse(bytes: &[u8]) -> Option<Consistency> {
        let (first, rest) = text(bytes)?.split_once('\n')?;
        let from = number(first.strip_prefix("old ")?)?;
        let (path, signed) = path_and_checkpoint(rest)?;
        Some(Consistency { from, path, signed })
    }

    /// Whether it proves that its tree begins with this one.
    pub fn holds_from(&self, size: u64, root: &Digest) -> bool {
        let now = &self.signed.checkpoint;
        let (first, second) = ((size, root), (now.size, &now.root));
        size == self.from && tree::verify_consistency(first, second, &self.path)
    }
}

impl std::fmt::Display for Consistency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "old {}", self.from)?;
        tail(f, &self.path, &self.signed)
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.len() <= LONGEST)
}

/// The hashes up to an empty line, and the checkpoint behind it.
fn path_and_checkpoint(mut rest: &str) -> Option<(Vec<Digest>, Signed)> {
    let mut path = Vec::new();
    loop {
        let line;
        (line, rest) = rest.split_once('\n')?;
        if line.is_empty() {
            return Some((path, Signed::parse(rest.as_bytes())?));
        }
        if path.len() >= LONGEST_PATH {
            return None;
        }
        path.push(hash(line)?);
    }
}

fn tail(f: &mut std::fmt::Formatter<'_>, path: &[Digest], signed: &Signed) -> std::fmt::Result {
    for hash in path {
        writeln!(f, "{}", BASE64.encode(hash.0))?;
    }
    write!(f, "\n{signed}")
}

#[cfg(test)]
mod tests {
    use super::super::{Signer, Voucher};
    use super::*;

    fn leaves(count: u8) -> Vec<Digest> {
        (0..count).map(|i| tree::leaf(&[i])).collect()
    }

    fn inclusion(count: u8, index: usize) -> Inclusion {
        let all = leaves(count);
        let signer = Signer::from_seed([3; 32], "dsr.log/test".into());
        Inclusion {
            index: index as u64,
            path: tree::inclusion(&all, index).unwrap(),
            signed: signer.checkpoint(u64::from(count), tree::root(&all)),
        }
    }

    #[test]
    fn a_proof_goes_round_and_holds_for_its_leaf_alone() {
        let proof = inclusion(11, 6);
        let text = proof.to_string();
        let back = Inclusion::parse(text.as_bytes()).unwrap();
        assert_eq!(back, proof);
        let key = Signer::from_seed([3; 32], "dsr.log/test".into()).key();
        assert_eq!(back.signed.vouched(&[key]), Voucher::Named);
        for (index, leaf) in leaves(11).iter().enumerate() {
            assert_eq!(back.holds_for(leaf), index == 6);
        }
        let extra = text.replacen("index", "extra AAAA\nindex", 1);
        assert_eq!(Inclusion::parse(extra.as_bytes()), Some(proof));
    }

    /// Written once and kept: a reader of today's proofs must exist for ever.
    #[test]
    fn the_bytes_of_a_proof_do_not_change() {
        let expected = "c2sp.org/tlog-proof@v1\nindex 2\n";
        let text = inclusion(3, 2).to_string();
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(
            Digest::sha256(text.as_bytes()).hex(),
            "52d2e6b639e08add043faa76d345040ad022b8e50a1449bc86442a27eef69cf5"
        );
    }

    #[test]
    fn other_forms_are_no_proofs() {
        let text = inclusion(11, 6).to_string();
        for (from, to) in [
            ("@v1", "@v2"),
            ("index 6", "index 06"),
            ("index 6", "index -6"),
            ("index 6", "extra !\nindex 6"),
            ("index 6\n", ""),
            ("=\n", "\n"),
            ("=\n\n", "=\n"),
        ] {
            let wrong = text.replacen(from, to, 1);
            assert_eq!(Inclusion::parse(wrong.as_bytes()), None, "{to}");
        }
        assert_eq!(Inclusion::parse(&text.as_bytes()[..text.len() - 1]), None);
        let many = text.replacen(
            "index 6\n",
            &format!("index 6\n{}", format!("{}=\n", "A".repeat(43)).repeat(70)),
            1,
        );
        assert_eq!(Inclusion::parse(many.as_bytes()), None);
    }

    #[test]
    fn a_consistency_proof_goes_round_and_shows_a_fork() {
        let all = leaves(20);
        let signer = Signer::from_seed([3; 32], "dsr.log/test".into());
        let proof = Consistency {
            from: 13,
            path: tree::consistency(&all, 13).unwrap(),
            signed: signer.checkpoint(20, tree::root(&all)),
        };
        let back = Consistency::parse(proof.to_string().as_bytes()).unwrap();
        assert_eq!(back, proof);
        assert!(back.holds_from(13, &tree::root(&all[..13])));
        assert!(!back.holds_from(12, &tree::root(&all[..12])));
        assert!(!back.holds_from(13, &tree::root(&leaves(14)[1..])));
        assert_eq!(Consistency::parse(b"old 013\n\n"), None);
    }
}
