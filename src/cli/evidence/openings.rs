//! What opens the commitments of a case's latest bundle, as it lies in the vault: in parts, so that one record of a million is found
//! without holding the others.

use serde_json::Value;

use crate::case::item;
use crate::case_id::CaseId;
use crate::cli::context::House;
use crate::connector::Key as RecordKey;
use crate::diagnostic::Result;
use crate::evidence::{Opening, Openings, commitment};
use crate::keys::Digest;
use crate::vault::Item;

/// Lines in a part.
const PART: usize = 1_000;

/// Puts the openings of a new bundle in the place of those before.
///
/// # Errors
/// Those of the vault.
pub(crate) fn keep(house: &House, case: &CaseId, openings: &Openings<'_>) -> Result<()> {
    let mut vault = house.vault();
    let mut parts = 0;
    vault.put_each(case, &mut |put| {
        let mut part: Vec<Opening> = Vec::with_capacity(PART);
        let mut keep = |part: &mut Vec<Opening>| {
            put(Item::new(item::openings(parts), part))?;
            parts += 1;
            part.clear();
            Ok(())
        };
        openings.each(&mut |opening| {
            part.push(opening);
            match part.len() == PART {
                true => keep(&mut part),
                false => Ok(()),
            }
        })?;
        match part.is_empty() {
            true => Ok(()),
            false => keep(&mut part),
        }
    })?;
    for name in vault.names(case)? {
        let number = name.strip_prefix("openings.").and_then(|n| n.parse().ok());
        if name == item::OPENINGS || number.is_some_and(|number: usize| number >= parts) {
            vault.remove(case, &name)?;
        }
    }
    Ok(())
}

/// Hands the openings over in the order of the lines, part by part, until the visitor has enough (`false`).
///
/// # Errors
/// Those of the vault and of the visitor.
pub(crate) fn each(
    house: &House,
    case: &CaseId,
    visit: &mut dyn FnMut(Opening) -> Result<bool>,
) -> Result<()> {
    let first = house.vault().read(case, item::OPENINGS)?;
    if let Some(all) = first {
        let all: Vec<Opening> = all;
        for opening in all {
            if !visit(opening)? {
                break;
            }
        }
        return Ok(());
    }
    for n in 0.. {
        let part: Option<Vec<Opening>> = house.vault().read(case, &item::openings(n))?;
        let Some(part) = part else {
            break;
        };
        for opening in part {
            if !visit(opening)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// How many lines are opened.
///
/// # Errors
/// Those of the vault.
pub(crate) fn count(house: &House, case: &CaseId) -> Result<u64> {
    let mut count = 0;
    each(house, case, &mut |_| {
        count += 1;
        Ok(true)
    })?;
    Ok(count)
}

/// The opening of the line that has these commitments, looked for under its number first.
///
/// # Errors
/// Those of the vault.
pub(crate) fn of(
    house: &House,
    case: &CaseId,
    seq: u64,
    commitments: &[String],
) -> Result<Option<Opening>> {
    let fits = |opening: &Opening| {
        let digest = |disclosure: &String| commitment::digest(disclosure);
        opening
            .disclosures
            .iter()
            .map(digest)
            .any(|digest| commitments.contains(&digest))
    };
    let part = usize::try_from(seq).unwrap_or(usize::MAX) / PART;
    let likely: Option<Vec<Opening>> = house.vault().read(case, &item::openings(part))?;
    let mut found = likely
        .into_iter()
        .flatten()
        .find(|opening| opening.seq == seq && fits(opening));
    if found.is_none() {
        // An earlier bundle has other numbers.
        each(house, case, &mut |opening| {
            found = fits(&opening).then_some(opening);
            Ok(found.is_none())
        })?;
    }
    Ok(found)
}

/// Numbers of the lines that are about a record.
///
/// # Errors
/// Those of the vault.
pub(crate) fn lines_of(house: &House, case: &CaseId, record: &Digest) -> Result<Vec<u64>> {
    let (name, mut lines) = (Value::from(record.hex()), Vec::new());
    each(house, case, &mut |opening| {
        let mut read = opening
            .disclosures
            .iter()
            .filter_map(|disclosure| commitment::read(disclosure));
        if read.any(|(what, value)| what == "record" && value == name) {
            lines.push(opening.seq);
        }
        Ok(true)
    })?;
    Ok(lines)
}

/// A record's key from its written form.
pub(crate) fn key(text: &str) -> Option<RecordKey> {
    let part = |part: &str| part.replace("%2F", "/").replace("%25", "%");
    RecordKey::new(text.split('/').map(part).collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_key_is_the_key() {
        for parts in [
            vec!["4711"],
            vec!["a/b", "100%"],
            vec!["%2F", "%25", "%252F"],
            vec!["anna@example.org"],
        ] {
            let own = RecordKey::new(parts.iter().map(|part| (*part).to_owned()).collect());
            let own = own.unwrap();
            assert!(key(&own.to_string()) == Some(own), "{parts:?}");
        }
        assert!(key("").is_none() && key("a//b").is_none());
    }
}
