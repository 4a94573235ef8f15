//! The Merkle tree (RFC 6962, section 2.1): roots, proofs that a leaf is in it, and proofs that a tree begins with a smaller one.
//!
//! Making proofs follows the definition, verifying them follows the algorithms of RFC 9162 (2.1.3.2 and 2.1.4.2); the two share no
//! code but the hash of a node.

use sha2::{Digest as _, Sha256};

use crate::keys::Digest;

/// A tree that is being built. One hash a level is kept, so a million leaves cost as much memory as ten.
#[derive(Clone, Default)]
pub struct Tree {
    /// Roots of complete subtrees, the largest first, with their heights.
    subtrees: Vec<(u32, Digest)>,
    count: u64,
}

impl Tree {
    /// Adds a line as the next leaf.
    pub fn push(&mut self, line: &[u8]) {
        self.push_leaf(leaf(line));
    }

    /// Adds a leaf of which only the hash is known.
    pub fn push_leaf(&mut self, leaf: Digest) {
        let mut hash = leaf;
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
        let hashes = self.subtrees.iter().rev().map(|(_, hash)| *hash);
        let root = hashes.reduce(|right, left| node(&left, &right));
        root.unwrap_or_else(|| Digest::sha256(b""))
    }
}

/// A hash on the way from a leaf to the root, and the side on which it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sibling {
    Left(Digest),
    Right(Digest),
}

/// A tree that is being built with one of its leaves under watch: its audit path (RFC 6962, 2.1.1) comes about as the lines pass by.
pub struct Watch {
    /// As in [`Tree`], and whether the leaf lies below.
    subtrees: Vec<(u32, Digest, bool)>,
    count: u64,
    leaf: u64,
    path: Vec<Sibling>,
}

impl Watch {
    /// Watches the leaf with this number, from 0.
    pub fn new(leaf: u64) -> Watch {
        Watch {
            subtrees: Vec::new(),
            count: 0,
            leaf,
            path: Vec::new(),
        }
    }

    /// Adds a line as the next leaf.
    pub fn push(&mut self, line: &[u8]) {
        let (mut hash, mut ours, mut height) = (leaf(line), self.count == self.leaf, 0);
        while let Some((_, left, left_ours)) =
            self.subtrees.pop_if(|(other, _, _)| *other == height)
        {
            (hash, ours) = self.join((left, left_ours), (hash, ours));
            height += 1;
        }
        self.subtrees.push((height, hash, ours));
        self.count += 1;
    }

    /// Number of leaves, root, and the path of the leaf; `None` if there is no such leaf.
    pub fn finish(mut self) -> Option<(u64, Digest, Vec<Sibling>)> {
        let mut right: Option<(Digest, bool)> = None;
        while let Some((_, hash, ours)) = self.subtrees.pop() {
            right = Some(match right {
                None => (hash, ours),
                Some(right) => self.join((hash, ours), right),
            });
        }
        let (root, ours) = right?;
        ours.then_some((self.count, root, self.path))
    }

    fn join(&mut self, left: (Digest, bool), right: (Digest, bool)) -> (Digest, bool) {
        match (left.1, right.1) {
            (true, _) => self.path.push(Sibling::Right(right.0)),
            (_, true) => self.path.push(Sibling::Left(left.0)),
            _ => {}
        }
        (node(&left.0, &right.0), left.1 || right.1)
    }
}

/// The hash of a leaf; the prefix byte keeps it from being taken for an inner node.
pub fn leaf(bytes: &[u8]) -> Digest {
    let hash = Sha256::new().chain_update([0]).chain_update(bytes);
    Digest(hash.finalize().into())
}

fn node(left: &Digest, right: &Digest) -> Digest {
    let hash = Sha256::new().chain_update([1]).chain_update(left.0);
    Digest(hash.chain_update(right.0).finalize().into())
}

/// The root over these leaf hashes.
pub fn root(leaves: &[Digest]) -> Digest {
    let mut tree = Tree::default();
    leaves.iter().for_each(|leaf| tree.push_leaf(*leaf));
    tree.root()
}

/// Where a tree of more than one leaf is divided: the largest power of two below its size.
fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

/// The audit path of a leaf, from its sibling up to the root's child (RFC 6962, 2.1.1); `None` if there is no such leaf.
pub fn inclusion(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    let (mut leaves, mut index) = (leaves, index);
    let mut path = Vec::new();
    while leaves.len() > 1 {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if index < left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            index -= left.len();
            leaves = right;
        }
    }
    path.reverse();
    Some(path)
}

/// The proof that the tree of the first `first` leaves is the beginning of this one (RFC 6962, 2.1.2). Empty if it is the whole
/// tree or no leaf at all; `None` if it would be larger.
pub fn consistency(leaves: &[Digest], first: usize) -> Option<Vec<Digest>> {
    if first > leaves.len() {
        return None;
    }
    if first == 0 || first == leaves.len() {
        return Some(Vec::new());
    }
    let (mut leaves, mut first, mut known) = (leaves, first, true);
    let mut path = Vec::new();
    while first < leaves.len() {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if first <= left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            first -= left.len();
            leaves = right;
            known = false;
        }
    }
    // Whoever holds the first root need not be told it.
    if !known {
        path.push(root(leaves));
    }
    path.reverse();
    Some(path)
}

/// Whether a leaf is in the tree of this size and root, by its audit path (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    path: &[Digest],
    root: &Digest,
) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for beside in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(beside, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the tree of the second size and root begins with that of the first (RFC 9162, 2.1.4.2).
pub fn verify_consistency(first: (u64, &Digest), second: (u64, &Digest), path: &[Digest]) -> bool {
    let ((small, small_root), (large, large_root)) = (first, second);
    if small > large {
        return false;
    }
    if small == large {
        return path.is_empty() && small_root == large_root;
    }
    if small == 0 {
        return path.is_empty() && *small_root == Digest::sha256(b"");
    }
    // A complete tree is its own beginning of the path.
    let own = small.is_power_of_two().then_some(small_root);
    let mut path = own.into_iter().chain(path);
    let Some(start) = path.next() else {
        return false;
    };
    let (mut at, mut last) = (small - 1, large - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut before, mut after) = (*start, *start);
    for beside in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            before = node(beside, &before);
            after = node(beside, &after);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            after = node(&after, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && before == *small_root && after == *large_root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition of RFC 6962 2.1, word for word.
    fn defined(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::sha256(b""),
            [one] => *one,
            many => {
                let k = many.len().next_power_of_two() / 2;
                node(&defined(&many[..k]), &defined(&many[k..]))
            }
        }
    }

    /// PATH of RFC 6962 2.1.1, word for word.
    fn defined_path(m: usize, leaves: &[Digest]) -> Vec<Digest> {
        if leaves.len() == 1 {
            return vec![];
        }
        let k = leaves.len().next_power_of_two() / 2;
        let (mut path, last) = match m < k {
            true => (defined_path(m, &leaves[..k]), defined(&leaves[k..])),
            false => (defined_path(m - k, &leaves[k..]), defined(&leaves[..k])),
        };
        path.push(last);
        path
    }

    /// SUBPROOF of RFC 6962 2.1.2, word for word.
    fn defined_subproof(m: usize, leaves: &[Digest], b: bool) -> Vec<Digest> {
        if m == leaves.len() {
            return if b { vec![] } else { vec![defined(leaves)] };
        }
        let k = leaves.len().next_power_of_two() / 2;
        let (mut proof, last) = match m <= k {
            true => (defined_subproof(m, &leaves[..k], b), defined(&leaves[k..])),
            false => (
                defined_subproof(m - k, &leaves[k..], false),
                defined(&leaves[..k]),
            ),
        };
        proof.push(last);
        proof
    }

    fn leaves(count: usize) -> Vec<Digest> {
        (0..count).map(|i| leaf(&vec![7; i])).collect()
    }

    #[test]
    fn every_leaf_of_every_tree_has_a_path_to_the_root() {
        let lines: Vec<Vec<u8>> = (0..40u8).map(|i| vec![i; 3]).collect();
        for size in 0..lines.len() {
            for leaf in 0..=size {
                let mut watch = Watch::new(leaf as u64);
                lines[..size].iter().for_each(|line| watch.push(line));
                let Some((count, root, path)) = watch.finish() else {
                    assert_eq!(leaf, size, "only the leaf that is not there has none");
                    continue;
                };
                let mut tree = Tree::default();
                lines[..size].iter().for_each(|line| tree.push(line));
                assert_eq!((count, root), (size as u64, tree.root()));
                let start = super::leaf(&lines[leaf]);
                let end = path.iter().fold(start, |hash, sibling| match sibling {
                    Sibling::Left(left) => node(left, &hash),
                    Sibling::Right(right) => node(&hash, right),
                });
                assert_eq!(end, root, "leaf {leaf} of {size}");
                // RFC 6962: no longer than the tree is high.
                assert!(path.len() <= usize::BITS as usize - (size - 1).leading_zeros() as usize);
            }
        }
    }

    #[test]
    fn roots_and_proofs_are_those_of_the_definition_for_all_sizes() {
        let all = leaves(72);
        for size in 0..=all.len() {
            let now = &all[..size];
            let root_now = root(now);
            assert_eq!(root_now, defined(now), "{size}");
            for index in 0..size {
                let path = inclusion(now, index).unwrap();
                assert_eq!(path, defined_path(index, now), "{index} of {size}");
                assert!(verify_inclusion(
                    &now[index],
                    index as u64,
                    size as u64,
                    &path,
                    &root_now
                ));
            }
            assert_eq!(inclusion(now, size), None);
            for first in 0..=size {
                let path = consistency(now, first).unwrap();
                if first > 0 {
                    assert_eq!(path, defined_subproof(first, now, true));
                }
                let before = root(&all[..first]);
                assert!(
                    verify_consistency((first as u64, &before), (size as u64, &root_now), &path),
                    "{first} to {size}"
                );
            }
            assert_eq!(consistency(now, size + 1), None);
        }
    }

    /// The eight leaves that certificate-transparency logs publish with their roots and proofs.
    fn published() -> Vec<Digest> {
        let lines: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        lines.map(leaf).to_vec()
    }

    fn hex(hashes: &[Digest]) -> Vec<String> {
        hashes.iter().map(Digest::hex).collect()
    }

    #[test]
    fn published_answers() {
        let all = published();
        let roots: Vec<Digest> = (0..=8).map(|size| root(&all[..size])).collect();
        assert_eq!(
            hex(&roots),
            [
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ]
        );
        assert_eq!(
            hex(&inclusion(&all, 0).unwrap()),
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        );
        assert_eq!(
            hex(&consistency(&all, 6).unwrap()),
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A proof holds for nothing but what it was made for.
        #[test]
        fn a_changed_inclusion_proof_fails(size in 1..200usize, at in 0..200usize, bit in 0..256usize, place in 0..12usize) {
            let all = leaves(size);
            let index = at % size;
            let (root, path) = (root(&all), inclusion(&all, index).unwrap());
            let (index, size) = (index as u64, size as u64);
            let check = |leaf: &Digest, index, size, path: &[Digest]| verify_inclusion(leaf, index, size, path, &root);
            let own = all[usize::try_from(index).unwrap()];
            prop_assert!(check(&own, index, size, &path));
            prop_assert!(!check(&leaf(b"another"), index, size, &path));
            for other in 0..size {
                prop_assert!(other == index || !check(&own, other, size, &path));
            }
            let mut flipped = path.clone();
            if let Some(hash) = flipped.get_mut(place) {
                hash.0[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(!check(&own, index, size, &flipped));
                flipped.remove(place);
                prop_assert!(!check(&own, index, size, &flipped));
            }
            let longer: Vec<Digest> = path.iter().copied().chain([root]).collect();
            prop_assert!(!check(&own, index, size, &longer));
        }

        /// A tree in which an earlier leaf is another, missing, or in another place does not begin with the earlier one.
        #[test]
        fn a_fork_is_not_consistent(size in 2..120usize, before in 1..120usize, at in 0..120usize, kind in 0..3u8) {
            let honest = leaves(size);
            let before = 1 + before % (size - 1);
            let at = at % before;
            let mut forked = honest.clone();
            match kind {
                0 => forked[at] = leaf(b"another"),
                1 => { forked.remove(at); forked.push(leaf(b"in its place")); }
                _ => forked.insert(at, leaf(b"slipped in")),
            }
            let first = root(&honest[..before]);
            let (large, root_now) = (forked.len() as u64, root(&forked));
            for path in [consistency(&forked, before).unwrap(), consistency(&honest, before).unwrap()] {
                prop_assert!(!verify_consistency((before as u64, &first), (large, &root_now), &path));
            }
        }

        /// Whatever stands in a proof, verifying it ends.
        #[test]
        fn any_numbers_are_judged(a in any::<u64>(), b in any::<u64>(), n in 0..70usize) {
            let hashes = leaves(n);
            let root = Digest([1; 32]);
            prop_assert!(!verify_inclusion(&Digest([2; 32]), a, b, &hashes, &root));
            let _ = verify_consistency((a, &root), (b, &root), &hashes);
        }
    }
}
