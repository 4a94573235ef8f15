//! The journal's chain: each stored event names the hash of the case's event before it.

use std::borrow::Cow;

use serde::Deserialize;

use crate::keys::Digest;

/// A chain as far as it has been followed.
#[derive(Default)]
pub(super) struct Chain {
    count: u64,
    head: Option<Digest>,
    case: Option<String>,
}

#[derive(Deserialize)]
struct Link<'l> {
    #[serde(borrow)]
    case: Cow<'l, str>,
    /// Counts from 1.
    n: u64,
    /// Zeros in the first event.
    case_prev: Digest,
}

impl Chain {
    /// Follows one line; `false` if it is not the next one of the same case.
    pub(super) fn follow(&mut self, line: &[u8]) -> bool {
        let before = self
            .head
            .replace(Digest::sha256(line))
            .unwrap_or(Digest([0; 32]));
        self.count += 1;
        let Ok(link) = serde_json::from_slice::<Link<'_>>(line) else {
            return false;
        };
        let case = self
            .case
            .get_or_insert_with(|| link.case.clone().into_owned());
        link.case_prev == before && link.n == self.count && link.case == *case
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Hash of the last line.
    pub(super) fn head(&self) -> Option<Digest> {
        self.head
    }

    pub(super) fn case(&self) -> Option<&str> {
        self.case.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(case: &str, n: u64, prev: Digest) -> Vec<u8> {
        format!("{{\"case\":\"{case}\",\"case_prev\":\"{prev}\",\"n\":{n}}}").into_bytes()
    }

    #[test]
    fn only_the_next_line_follows() {
        let zeros = Digest([0; 32]);
        let first = line("A", 1, zeros);
        let head = Digest::sha256(&first);
        let follows = |second: &[u8]| {
            let mut chain = Chain::default();
            assert!(chain.follow(&first));
            chain.follow(second)
        };
        assert!(follows(&line("A", 2, head)));
        assert!(!follows(&line("A", 3, head)), "one is missing");
        assert!(!follows(&line("A", 2, zeros)), "a second beginning");
        assert!(
            !follows(&line("A", 2, Digest::sha256(b"x"))),
            "another history"
        );
        assert!(!follows(&line("B", 2, head)), "another case");
        assert!(!follows(b"{}"));
        assert!(
            !Chain::default().follow(&line("A", 5, zeros)),
            "the beginning is missing"
        );
    }
}
