//! The Merkle tree over the record lines (RFC 6962, section 2.1), built as the lines pass by.
//!
//! One hash per level is kept, so a million lines cost as much memory as ten. With the root in the sealed statement, a single line
//! can be shown with its audit path while all others stay hidden.

use sha2::{Digest as _, Sha256};

use crate::keys::Digest;

/// A tree that is being built.
#[derive(Default)]
pub struct Tree {
    /// Roots of complete subtrees, the largest first, with their heights.
    subtrees: Vec<(u32, [u8; 32])>,
    count: u64,
}

impl Tree {
    /// Adds a line as the next leaf.
    pub fn push(&mut self, line: &[u8]) {
        // The prefix bytes keep a leaf from being taken for an inner node.
        let mut hash: [u8; 32] = Sha256::new()
            .chain_update([0])
            .chain_update(line)
            .finalize()
            .into();
        let mut height = 0;
        while let Some((_, left)) = self.subtrees.pop_if(|(other, _)| *other == height) {
            hash = node(&left, &hash);
            height += 1;
        }
        self.subtrees.push((height, hash));
        self.count += 1;
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The root over all leaves so far; of no leaves, the hash of nothing.
    pub fn root(&self) -> Digest {
        let root = self
            .subtrees
            .iter()
            .rev()
            .map(|(_, hash)| *hash)
            .reduce(|right, left| node(&left, &right));
        root.map_or_else(|| Digest::sha256(b""), Digest)
    }
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 6962 2.1, word for word.
    fn defined(lines: &[Vec<u8>]) -> [u8; 32] {
        match lines {
            [] => Sha256::digest(b"").into(),
            [one] => Sha256::new()
                .chain_update([0])
                .chain_update(one)
                .finalize()
                .into(),
            many => {
                let k = many.len().next_power_of_two() / 2;
                node(&defined(&many[..k]), &defined(&many[k..]))
            }
        }
    }

    #[test]
    fn the_stream_gives_the_root_that_the_definition_gives() {
        let lines: Vec<Vec<u8>> = (0..70u8).map(|i| vec![i; usize::from(i)]).collect();
        for size in 0..lines.len() {
            let mut tree = Tree::default();
            lines[..size].iter().for_each(|line| tree.push(line));
            assert_eq!(tree.root().0, defined(&lines[..size]), "{size}");
        }
    }

    #[test]
    fn known_answer() {
        // The one-leaf and empty-tree vectors that certificate-transparency logs publish.
        assert_eq!(
            Tree::default().root().hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        let mut tree = Tree::default();
        tree.push(b"");
        assert_eq!(
            tree.root().hex(),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
    }
}
