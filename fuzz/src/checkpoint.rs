//! The log over all cases: notes, checkpoints, proofs and keys as texts, and the arithmetic of proofs against a second one.

use dsr::keys::Digest;
use dsr::translog::{Checkpoint, Consistency, Inclusion, Note, Signed, VerifierKey, Voucher, tree};
use sha2::{Digest as _, Sha256};

use super::base::log_key;
use super::choices::Choices;

/// Sizes of trees under whose roots the invented log put its key.
const SIGNED: [u8; 4] = [1, 7, 8, 20];

pub fn run(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else {
        return;
    };
    match kind % 6 {
        0 => note(data),
        1 => checkpoint(data),
        2 => inclusion(data),
        3 => consistency(data),
        4 => key(data),
        _ => arithmetic(&mut Choices(data)),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut add = |kind: u8, text: String| seeds.push([&[kind], text.as_bytes()].concat());
    for size in SIGNED {
        let signed = log_key().checkpoint(u64::from(size), tree::root(&leaves(size)));
        add(0, signed.to_string());
        add(1, signed.to_string());
        let text = signed.to_string();
        add(1, text.replacen("\n\n", "\nan extension\n\n", 1));
        add(1, format!("{text}\u{2014} witness.example/x AAAAAAAA\n"));
        for index in [0, size / 2, size - 1] {
            let path = tree::inclusion(&leaves(size), usize::from(index)).expect("a leaf");
            let proof = Inclusion {
                index: u64::from(index),
                path,
                signed: signed.clone(),
            };
            add(2, proof.to_string());
            add(
                2,
                proof
                    .to_string()
                    .replacen("\nindex", "\nextra AAAA\nindex", 1),
            );
        }
        for from in [1, size / 2, size] {
            let path = tree::consistency(&leaves(size), usize::from(from)).expect("a beginning");
            let proof = Consistency {
                from: u64::from(from),
                path,
                signed: signed.clone(),
            };
            add(3, proof.to_string());
        }
    }
    add(4, log_key().key().to_string());
    add(
        4,
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".into(),
    );
    for count in [1u8, 2, 3, 8, 13, 40] {
        seeds.push(vec![5, count, count / 2, 0]);
        seeds.push(vec![5, count, count / 3, 1, 0, 3]);
        seeds.push(vec![5, count, count / 2, 2, 5, 1, 0, 0, 0, 0, 0, 0, 0, 4]);
    }
    seeds
}

fn leaves(count: u8) -> Vec<Digest> {
    (0..count).map(|nth| tree::leaf(&[nth])).collect()
}

/// Only what the log's key signed is vouched for by it.
fn must_be_signed(checkpoint: &Checkpoint, voucher: Voucher) {
    let own = SIGNED.iter().any(|size| {
        let root = tree::root(&leaves(*size));
        checkpoint.size == u64::from(*size)
            && checkpoint.root == root
            && checkpoint.origin == log_key().key().name
    });
    assert!(
        own || voucher != Voucher::Named,
        "vouched for, and never signed"
    );
}

fn note(data: &[u8]) {
    let Some(note) = Note::parse(data) else {
        return;
    };
    assert_eq!(
        note.to_string().as_bytes(),
        data,
        "there is one way to write a note"
    );
    assert!(note.text.ends_with('\n') && !note.signers().is_empty());
    assert_eq!(note.vouched(&[]), Voucher::Nobody);
    if note.vouched(&[log_key().key()]) == Voucher::Named {
        let signed = Signed::parse(data).expect("the log signs checkpoints and nothing else");
        must_be_signed(&signed.checkpoint, Voucher::Named);
    }
}

fn checkpoint(data: &[u8]) {
    let Some(signed) = Signed::parse(data) else {
        return;
    };
    assert_eq!(
        signed.to_string().as_bytes(),
        data,
        "there is one way to write a checkpoint"
    );
    let said = &signed.checkpoint;
    let stated = format!("{}\n{}\n", said.origin, said.size);
    assert!(signed.note.text.starts_with(&stated));
    assert!(
        !said.origin.is_empty()
            && said
                .origin
                .chars()
                .all(|c| !c.is_control() && !c.is_whitespace())
    );
    must_be_signed(said, signed.vouched(&[log_key().key()]));
    assert_eq!(signed.vouched(&[]), Voucher::Nobody);
}

fn inclusion(data: &[u8]) {
    let Some(proof) = Inclusion::parse(data) else {
        return;
    };
    let text = proof.to_string();
    assert_eq!(Inclusion::parse(text.as_bytes()).as_ref(), Some(&proof));
    let beside = data
        .split(|byte| *byte == b'\n')
        .nth(1)
        .is_some_and(|line| line.starts_with(b"extra "));
    assert_eq!(
        text.as_bytes() == data,
        !beside,
        "there is one way to write a proof"
    );
    let checkpoint = &proof.signed.checkpoint;
    must_be_signed(checkpoint, proof.signed.vouched(&[log_key().key()]));
    let leaf = tree::leaf(&[proof.index.to_le_bytes()[0]]);
    let expected =
        included(&leaf, proof.index, checkpoint.size, &proof.path) == Some(checkpoint.root);
    assert_eq!(proof.holds_for(&leaf), expected);
}

fn consistency(data: &[u8]) {
    let Some(proof) = Consistency::parse(data) else {
        return;
    };
    assert_eq!(
        proof.to_string().as_bytes(),
        data,
        "there is one way to write a proof"
    );
    let now = &proof.signed.checkpoint;
    must_be_signed(now, proof.signed.vouched(&[log_key().key()]));
    let before = tree::root(&leaves(proof.from.min(60) as u8));
    let expected = begins((proof.from, before), (now.size, now.root), &proof.path);
    assert_eq!(proof.holds_from(proof.from, &before), expected);
    assert!(
        !proof.holds_from(proof.from ^ 1, &before),
        "a proof from another size"
    );
}

fn key(data: &[u8]) {
    let Some(key) = std::str::from_utf8(data).ok().and_then(VerifierKey::parse) else {
        return;
    };
    let text = std::str::from_utf8(data).expect("it was read").trim();
    assert_eq!(key.to_string(), text, "there is one way to write a key");
    assert!(key.pem().starts_with("-----BEGIN PUBLIC KEY-----\n"));
}

/// Proofs of small trees hold, and after any change hold only if the definition says so.
fn arithmetic(choices: &mut Choices<'_>) {
    let count = 1 + choices.below(64) as u8;
    let leaves = leaves(count);
    let index = choices.below(usize::from(count));
    let mut size = u64::from(count);
    let (mut at, mut from) = (index as u64, index as u64 + 1);
    let mut audit = tree::inclusion(&leaves, index).expect("a leaf");
    let mut path = tree::consistency(&leaves, index + 1).expect("a beginning");
    let (mut root, mut before) = (tree::root(&leaves), tree::root(&leaves[..=index]));
    let own = leaves[index];
    assert!(tree::verify_inclusion(&own, at, size, &audit, &root));
    assert!(tree::verify_consistency(
        (from, &before),
        (size, &root),
        &path
    ));
    let changes = choices.below(6);
    for _ in 0..changes {
        let digest = |choices: &mut Choices<'_>| match choices.below(3) {
            0 => leaves[choices.below(leaves.len())],
            1 => tree::root(&leaves[..choices.below(leaves.len() + 1)]),
            _ => Digest([choices.byte(); 32]),
        };
        match choices.below(10) {
            0 => size = choices.long(),
            1 => at = choices.long(),
            2 => from = choices.long(),
            3 => root = digest(choices),
            4 => before = digest(choices),
            5 => audit.push(digest(choices)),
            6 => path.push(digest(choices)),
            7 => drop(audit.pop()),
            8 => drop(path.pop()),
            _ => {
                let nth = choices.below(path.len().max(audit.len()).max(1));
                let with = digest(choices);
                for path in [&mut path, &mut audit] {
                    path.get_mut(nth)
                        .into_iter()
                        .for_each(|digest| *digest = with);
                }
            }
        }
    }
    let expected = included(&own, at, size, &audit) == Some(root);
    assert_eq!(
        tree::verify_inclusion(&own, at, size, &audit, &root),
        expected
    );
    let expected = begins((from, before), (size, root), &path);
    assert_eq!(
        tree::verify_consistency((from, &before), (size, &root), &path),
        expected
    );
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Digest(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The largest power of two below a size of at least 2.
fn half(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

/// The root that an audit path leads to, by the definition of RFC 6962, 2.1.1.
fn included(leaf: &Digest, index: u64, size: u64, path: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    if size == 1 {
        return path.is_empty().then_some(*leaf);
    }
    let (beside, path) = path.split_last()?;
    let left = half(size);
    match index < left {
        true => Some(node(&included(leaf, index, left, path)?, beside)),
        false => Some(node(
            beside,
            &included(leaf, index - left, size - left, path)?,
        )),
    }
}

/// Whether the second tree begins with the first, by the definition of RFC 6962, 2.1.2.
fn begins(first: (u64, Digest), second: (u64, Digest), path: &[Digest]) -> bool {
    match first.0 {
        0 if second.0 == 0 => path.is_empty() && first.1 == second.1,
        0 => path.is_empty() && first.1 == Digest::sha256(b""),
        size if size > second.0 => false,
        size if size == second.0 => path.is_empty() && first.1 == second.1,
        size => roots(size, second.0, Some(first.1), path) == Some((first.1, second.1)),
    }
}

/// Both roots; `known` is the first one as long as it is a whole subtree that needs no hash in the path.
fn roots(
    first: u64,
    second: u64,
    known: Option<Digest>,
    path: &[Digest],
) -> Option<(Digest, Digest)> {
    if first == second {
        return match (known, path) {
            (Some(known), []) => Some((known, known)),
            (None, [own]) => Some((*own, *own)),
            _ => None,
        };
    }
    let (beside, path) = path.split_last()?;
    let left = half(second);
    match first <= left {
        true => {
            let (before, after) = roots(first, left, known, path)?;
            Some((before, node(&after, beside)))
        }
        false => {
            let (before, after) = roots(first - left, second - left, None, path)?;
            Some((node(beside, &before), node(beside, &after)))
        }
    }
}
