//! Whose open case is whose: looked up while nobody else can open one.

use crate::case::item;
use crate::case_id::CaseId;
use crate::cli::context::House;
use crate::cli::journey::{LOOK_FOR_CASE, outline_of};
use crate::diagnostic::{Result, Trouble};
use crate::subject::Identity;
use crate::workspace::{Lease, lease_within};

/// All cases with the identities that were stated for them. Two runs that look for the same person must not both open a case, so
/// nobody else opens one while this is held.
pub(crate) struct Register {
    cases: Vec<(CaseId, std::result::Result<Vec<Identity>, Trouble>)>,
    _looking: Lease,
}

impl Register {
    /// # Errors
    /// Another run is opening cases and does not come to an end.
    pub(crate) fn open(house: &House) -> Result<Register> {
        let looking = lease_within(&house.workspace, "open", LOOK_FOR_CASE)?;
        let ids = house.ledger().cases()?;
        let mut cases = Vec::new();
        for id in ids {
            let subject: Result<Option<Vec<Identity>>> = house.vault().read(&id, item::SUBJECT);
            cases.push((id, subject.map(Option::unwrap_or_default)));
        }
        Ok(Register {
            cases,
            _looking: looking,
        })
    }

    /// The open cases of a person with one of these identities; more than one if the identities are of several people, or somebody's
    /// requests came under different ones.
    ///
    /// Whose case it is takes one look into the vault; only then is its history gone through, so that many cases cost little.
    ///
    /// # Errors
    /// An open case of which nobody can say whose it is, where none is surely this person's: it may be.
    pub(crate) fn of(&self, house: &House, stated: &[Identity]) -> Result<Vec<CaseId>> {
        let maybe = |(_, subject): &&(CaseId, _)| match subject {
            Ok(subject) => {
                let subject: &Vec<Identity> = subject;
                subject.iter().any(|identity| stated.contains(identity))
            }
            Err(_) => true,
        };
        let (mut found, mut unreadable) = (Vec::new(), None);
        for (id, subject) in self.cases.iter().filter(maybe) {
            if found.contains(id) || outline_of(house, id)?.is_none_or(|case| case.closed) {
                continue;
            }
            match subject {
                Ok(_) => found.push(id.clone()),
                Err(_) => unreadable = unreadable.or(Some(id)),
            }
        }
        if let (true, Some(id)) = (found.is_empty(), unreadable) {
            // Read once more for its error, which can be told only once.
            let subject: Option<Vec<Identity>> = house.vault().read(id, item::SUBJECT)?;
            found.extend(subject.map(|_| id.clone()));
        }
        Ok(found)
    }

    /// Notes a case that was opened since.
    pub(crate) fn note(&mut self, id: &CaseId, stated: &[Identity]) {
        self.cases.push((id.clone(), Ok(stated.to_vec())));
    }
}
