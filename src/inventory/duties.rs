//! The duties to keep that bind a kind of data beside its own rule: those that the inventory names, those that its categories imply in
//! the country of the seat, and those that the words of its norm mean.
//!
//! What follows for a record is `law`'s affair. A duty that somebody named always binds; of those that only follow from a category or from
//! words, the ones that the rule falls short of.

use std::fmt;

use crate::connector::Object;
use crate::connector::object::Erase;
use crate::inventory::{About, Controller, Rule, RuleKind, StartType, System};
use crate::statute::{self, Statute};

/// A duty to keep beside a data type's own rule.
#[derive(Clone)]
pub struct Duty {
    /// Rules of the catalogue of which at least one applies: the number of a paragraph alone may leave open which.
    pub norms: Vec<&'static Statute>,
    pub by: Source,
}

/// What a duty was found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `justified_by`.
    Named,
    /// The category of a field.
    Category,
    /// The norm in `because`.
    Words,
}

impl fmt::Debug for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.norms.iter().map(|one| one.id.as_str()).collect();
        write!(f, "{:?} {ids:?}", self.by)
    }
}

/// Every duty that binds a data type with these objects, each norm once.
pub(super) fn of(
    rule: &Rule,
    about: &About,
    systems: &[System],
    objects: &[&Object],
    controller: Option<&Controller>,
) -> Vec<Duty> {
    let year = controller.and_then(|controller| controller.financial_year);
    let regulated = controller.is_some_and(|controller| controller.regulated_finance);
    let falls_short = |norms: &[&'static Statute]| {
        norms
            .iter()
            .all(|norm| rule.is_shorter_than(&as_rule(norm), year))
    };
    let mut duties: Vec<Duty> = Vec::new();
    let mut add = |norms: Vec<&'static Statute>, by: Source| {
        let same = |duty: &Duty| {
            duty.norms
                .iter()
                .map(|one| &one.id)
                .eq(norms.iter().map(|one| &one.id))
        };
        let binds = by == Source::Named || falls_short(&norms);
        if binds && !duties.iter().any(same) {
            duties.push(Duty { norms, by });
        }
    };
    for norm in about.justified_by.iter().flatten().copied() {
        add(vec![norm], Source::Named);
    }
    if about.justified_by.is_none() {
        let country = controller.and_then(|controller| controller.seat.get(..2));
        let fields = objects
            .iter()
            .flat_map(|object| with_followers(systems, object))
            .flat_map(|object| &object.fields);
        for field in fields {
            let id = implied(&field.category, country.unwrap_or_default());
            if let Some(norm) = id.and_then(|id| statute::applying(id, regulated)) {
                add(vec![norm], Source::Category);
            }
        }
    }
    if let Rule::Stated {
        kind: RuleKind::Min,
        because: Some(because),
        ..
    } = rule
    {
        for norms in statute::cited(because) {
            let applying = norms
                .into_iter()
                .filter_map(|norm| statute::applying(&norm.id, regulated));
            add(applying.collect(), Source::Words);
        }
    }
    duties
}

/// The duty to keep that comes with a category in the country of the controller's seat.
pub fn implied(category: &str, country: &str) -> Option<&'static str> {
    match (category, country) {
        ("finance.invoice", "DE") => Some("de.ao147.voucher"),
        ("employment.pay", "DE") => Some("de.estg41.payroll"),
        ("finance.invoice" | "employment.pay", "AT") => Some("at.bao132"),
        ("finance.invoice" | "employment.pay", "CH") => Some("ch.or958f"),
        _ => None,
    }
}

/// A norm as a rule by itself.
pub fn as_rule(statute: &'static Statute) -> Rule {
    Rule::Catalogue {
        statute,
        field: None,
    }
}

/// An object with those that go when it goes (`erase: with`).
fn with_followers<'s>(systems: &'s [System], object: &'s Object) -> Vec<&'s Object> {
    let mut all = vec![object];
    let owner = systems
        .iter()
        .find(|system| system.objects.iter().any(|one| std::ptr::eq(one, object)));
    let objects = owner.map_or(&[][..], |system| &system.objects[..]);
    loop {
        let next = objects.iter().find(|one| {
            let follows = matches!(&one.erase, Erase::With { object } if all.iter().any(|other| other.name == *object));
            follows && !all.iter().any(|other| std::ptr::eq(*other, *one))
        });
        match next {
            Some(next) => all.push(next),
            None => return all,
        }
    }
}

impl StartType {
    /// The kind of moment that a rule of the catalogue counts from.
    pub fn of_statute(statute: &Statute) -> StartType {
        match statute.id.as_str() {
            "de.arbzg16" | "de.milog17" | "at.glbg.applicant" | "de.uwg7a" => StartType::Collection,
            "de.gwg8" | "de.bgb195.contract" | "de.bgb630f" | "gdpr.consent.proof"
            | "gdpr.suppression" => StartType::EndOfRelationship,
            // A voucher, a letter, a case, a delivery: the transaction is over with it.
            _ => StartType::EndOfProcess,
        }
    }

    /// What a data type states, else what its rule of the catalogue implies.
    pub fn of(rule: &Rule, about: &About) -> Option<StartType> {
        about.start_type.or(match rule {
            Rule::Catalogue { statute, .. } => Some(StartType::of_statute(statute)),
            Rule::Stated { .. } => None,
        })
    }
}
