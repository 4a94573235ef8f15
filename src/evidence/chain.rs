//! The journal's chain: each stored event names the hash of the case's event before it.

use serde::Deserialize;

use crate::keys::Digest;

/// A chain as far as it has been followed.
#[derive(Default)]
pub(super) struct Chain {
    count: u64,
    head: Option<Digest>,
    case: Option<String>,
    next: Option<u64>,
}

#[derive(Deserialize)]
struct Link {
    case: String,
    n: u64,
    case_prev: Option<Digest>,
}

impl Chain {
    /// Follows one line; `false` if it is not the next one of the same case.
    pub(super) fn follow(&mut self, line: &[u8]) -> bool {
        let Ok(link) = serde_json::from_slice::<Link>(line) else {
            return false;
        };
        // The first event has nothing before it, written as null or as zeros.
        let before = link.case_prev.filter(|digest| digest.0 != [0; 32]);
        let follows = before == self.head
            && self.next.map_or(link.n <= 1, |next| link.n == next)
            && self.case.as_ref().is_none_or(|case| *case == link.case);
        self.next = link.n.checked_add(1);
        self.case = Some(link.case);
        self.head = Some(Digest::sha256(line));
        self.count += 1;
        follows
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
        let first = line("A", 0, zeros);
        let head = Digest::sha256(&first);
        let follows = |second: &[u8]| {
            let mut chain = Chain::default();
            assert!(chain.follow(&first));
            chain.follow(second)
        };
        assert!(follows(&line("A", 1, head)));
        assert!(!follows(&line("A", 2, head)), "one is missing");
        assert!(!follows(&line("A", 1, zeros)), "a second beginning");
        assert!(
            !follows(&line("A", 1, Digest::sha256(b"x"))),
            "another history"
        );
        assert!(!follows(&line("B", 1, head)), "another case");
        assert!(!follows(b"{}"));
        assert!(
            !Chain::default().follow(&line("A", 5, zeros)),
            "the beginning is missing"
        );
    }
}
