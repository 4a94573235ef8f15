//! Which cases an auditor looks at: drawn so that anybody can draw them again.
//!
//! Each case gets the SHA-256 of the seed and its number, one behind the other; those with the lowest digests are drawn. Whoever names
//! the seed cannot know beforehand which cases that will be, and with `sha256sum` and `sort` everybody comes to the same ones.

use crate::case_id::CaseId;
use crate::keys::Digest;

/// Where a case stands under this seed; lower ones are drawn first.
pub fn rank(seed: &str, case: &CaseId) -> Digest {
    Digest::sha256(format!("{seed}{case}").as_bytes())
}

/// All cases by their rank under this seed.
pub fn ranked(seed: &str, cases: Vec<CaseId>) -> Vec<(Digest, CaseId)> {
    let mut all: Vec<(Digest, CaseId)> = cases
        .into_iter()
        .map(|case| (rank(seed, &case), case))
        .collect();
    all.sort_by_key(|one| one.0.0);
    all
}

/// Whether a text can be a seed: it stands in the ledger, so it is a code and no free text.
pub fn is_seed(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases() -> Vec<CaseId> {
        ["2026-K7QF3M", "2026-0000A1", "2026-0000B2"]
            .iter()
            .filter_map(|text| text.parse().ok())
            .collect()
    }

    #[test]
    fn the_order_depends_on_the_seed_alone() {
        let cases = cases();
        assert!(!cases.is_empty());
        let first = ranked("2026-audit", cases.clone());
        let mut backwards = cases;
        backwards.reverse();
        assert_eq!(first, ranked("2026-audit", backwards));
        assert!(first.windows(2).all(|two| two[0].0.hex() < two[1].0.hex()));
        // printf '%s%s' 2026-audit 2026-K7QF3M | sha256sum
        let known = "2026-K7QF3M".parse().unwrap();
        assert_eq!(
            rank("2026-audit", &known),
            Digest::sha256(b"2026-audit2026-K7QF3M")
        );
    }

    #[test]
    fn a_seed_is_a_code() {
        for good in ["1", "2026-audit", "a.b_c-D9"] {
            assert!(is_seed(good));
        }
        for bad in ["", "Anna Beispiel", "ä", "a\n", &"x".repeat(65)] {
            assert!(!is_seed(bad), "{bad}");
        }
    }
}
