//! Whose certificate it is, where an authority vouches for the seal: one that issues to many vouches for each of them, so the verdict names
//! the holder, and says so where that is not the controller whom the statement names.

use serde::Deserialize;

use super::super::STATEMENT;
use super::super::certificate::holders;
use super::super::page::plain;
use super::content::Content;
use super::{Standing, Verdict};
use crate::diagnostic::{Diagnostic, Exit};
use crate::messages::evidence as say;

#[derive(Deserialize)]
struct Statement {
    predicate: Predicate,
}

#[derive(Deserialize)]
struct Predicate {
    controller: Controller,
}

#[derive(Deserialize)]
struct Controller {
    name: String,
}

/// Notes whether the certificate was issued by somebody whom the caller trusts, and a warning where another than the controller holds it.
pub(super) fn check(content: &Content, verdict: &mut Verdict) {
    let (Some(own), Some(anchor)) = (&verdict.certificate, &verdict.anchor) else {
        return;
    };
    if verdict.fingerprint == Some(anchor.fingerprint) {
        return;
    }
    verdict.is_issued = true;
    let said = content.small.get(STATEMENT);
    let said = said.and_then(|bytes| serde_json::from_slice::<Statement>(bytes).ok());
    let controller = said.map_or_else(String::new, |said| plain(&said.predicate.controller.name));
    if is_one(&holders(own), &controller) {
        return;
    }
    let signer = verdict.signer.clone().unwrap_or_default();
    verdict.warnings.push(
        Diagnostic::new("W340", Exit::Done, say::other_holder(signer, controller))
            .help(say::other_holder_help()),
    );
}

/// Whether one of these is the controller's name: the same words, but for capitals and blanks. Only those of ASCII are told apart, so
/// that the page and the script come to the same.
fn is_one(holders: &[String], controller: &str) -> bool {
    let small = |words: &str| {
        let words = words.to_ascii_lowercase();
        let words: Vec<&str> = words.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
        words.join(" ")
    };
    let wanted = small(controller);
    let is_it = |holder: &String| {
        let holder = plain(holder);
        let holder = holder
            .strip_suffix(" (dsr evidence seal)")
            .unwrap_or(&holder);
        small(holder) == wanted
    };
    !wanted.is_empty() && holders.iter().any(is_it)
}

impl Verdict {
    /// The standing where an authority vouches for the seal: who sealed is said, for the authority vouches for many.
    pub(super) fn of_issued(&self) -> Option<crate::messages::Text> {
        let is_told = self.standing == Standing::Valid && self.is_issued;
        let signer = self.signer.clone().filter(|_| is_told)?;
        Some(say::verdict_issued(signer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_but_for_capitals_and_blanks() {
        let holders = |name: &str| vec!["DE".to_owned(), name.to_owned()];
        for same in ["Acme GmbH", "ACME  GmbH ", "Acme GmbH (dsr evidence seal)"] {
            assert!(is_one(&holders(same), "Acme GmbH"), "{same}");
        }
        for other in ["Acme", "Mallory Ltd", "", "Acme GmbH & Co. KG"] {
            assert!(!is_one(&holders(other), "Acme GmbH"), "{other}");
        }
        assert!(!is_one(&holders(""), ""), "nobody is nobody");
    }
}
