//! Plans and findings as they lie in the vault: whole, or, where they speak of very many records, without these, which then lie beside
//! them in parts. So whoever can do with one record after the other need not hold all of them.

use std::cell::Cell;

use serde_json::json;

use crate::case::item;
use crate::case_id::CaseId;
use crate::cli::context::House;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::{Journal, JournalLine, Planned, Searched};
use crate::findings::{Findings, Found};
use crate::keys::Digest;
use crate::messages::cli as say;
use crate::plan::{Plan, Step};
use crate::vault::parts::{self, PART};
use crate::vault::{Item, Vault};

/// A plan on its way into the vault.
pub(crate) fn plan_items(plan: &Plan) -> Vec<Item<'static>> {
    let name = item::plan(&plan.id());
    match plan.steps.len() <= PART {
        true => vec![Item::new(name, plan)],
        false => parts::divided(&name, json!(plan.without_steps()), &plan.steps),
    }
}

/// Findings on their way into the vault.
pub(crate) fn findings_items(findings: &Findings) -> Vec<Item<'static>> {
    let name = item::FINDINGS;
    if findings.records().count() <= PART {
        return vec![Item::new(name, findings)];
    }
    let mut records: Vec<(usize, usize, &Found)> = Vec::new();
    for (number, system) in findings.systems.iter().enumerate() {
        for (object, own) in system.objects.iter().enumerate() {
            let found = own.records.iter();
            records.extend(found.map(|found| (number, object, found)));
        }
    }
    parts::divided(name, json!(findings.without_records()), &records)
}

/// Removes the parts of earlier findings from this number on, which the present ones have not.
///
/// # Errors
/// Those of the vault.
pub(crate) fn forget_parts(vault: &mut Vault, case: &CaseId, count: usize) -> Result<()> {
    for name in vault.names(case)? {
        let number = parts::number_of(item::FINDINGS, &name);
        if number.is_some_and(|number| number >= count) {
            vault.remove(case, &name)?;
        }
    }
    Ok(())
}

fn missing() -> Diagnostic {
    Diagnostic::new("E842", Exit::Failed, say::plan_missing()).help(say::plan_missing_help())
}

/// The findings of the latest search, whole.
///
/// # Errors
/// Those of the vault.
pub(crate) fn findings(house: &House, case: &CaseId) -> Result<Option<Findings>> {
    let vault = house.vault();
    let Some(mut findings) = vault.read::<Findings>(case, item::FINDINGS)? else {
        return Ok(None);
    };
    let count = vault.parts(case, item::FINDINGS)?;
    let mut take = |(system, object, found): (usize, usize, Found)| {
        let system = findings.systems.get_mut(system);
        let object = system.and_then(|system| system.objects.get_mut(object));
        let object = object.ok_or_else(|| vault.damaged(case, item::FINDINGS))?;
        object.records.push(found);
        Ok(())
    };
    vault.each_in_parts(case, item::FINDINGS, count, &mut take)?;
    Ok(Some(findings))
}

/// A plan of the case, whole; its bytes must still have its id.
///
/// # Errors
/// E842 if it is not there or another one; those of the vault.
pub(crate) fn plan(house: &House, case: &CaseId, id: &Digest) -> Result<Plan> {
    let (vault, name) = (house.vault(), item::plan(id));
    let mut plan: Plan = vault.read(case, &name)?.ok_or_else(missing)?;
    let count = vault.parts(case, &name)?;
    vault.each_in_parts(case, &name, count, &mut |step| {
        plan.steps.push(step);
        Ok(())
    })?;
    match plan.id() == *id {
        true => Ok(plan),
        false => Err(missing().into()),
    }
}

/// What lies in parts, and a vault of its own to read them from: the other one may be at work when they are asked for.
struct Apart {
    vault: Vault,
    parts: usize,
}

impl Apart {
    fn of(house: &House, parts: usize) -> Result<Option<Apart>> {
        let open = || {
            Ok(Apart {
                vault: house.second_vault()?,
                parts,
            })
        };
        (parts > 0).then(open).transpose()
    }
}

/// A plan that is read from the vault whenever it is asked for.
pub(crate) struct PlanInVault<'h> {
    case: &'h CaseId,
    name: String,
    id: Digest,
    head: Plan,
    apart: Option<Apart>,
}

impl<'h> PlanInVault<'h> {
    /// # Errors
    /// As for [`plan`].
    pub(crate) fn open(house: &House, case: &'h CaseId, id: &Digest) -> Result<PlanInVault<'h>> {
        let plan = PlanInVault::if_kept(house, case, id)?.ok_or_else(missing)?;
        let found = plan.head.id_with(&mut |visit| {
            Planned::each(&plan, &mut |step| {
                visit(step);
                Ok(())
            })
        })?;
        match found == *id {
            true => Ok(plan),
            false => Err(missing().into()),
        }
    }

    /// The same as it lies there; `None` if the vault holds none of this name.
    ///
    /// # Errors
    /// Those of the vault.
    pub(crate) fn if_kept(
        house: &House,
        case: &'h CaseId,
        id: &Digest,
    ) -> Result<Option<PlanInVault<'h>>> {
        let name = item::plan(id);
        let Some(head) = house.vault().read(case, &name)? else {
            return Ok(None);
        };
        let parts = house.vault().parts(case, &name)?;
        Ok(Some(PlanInVault {
            apart: Apart::of(house, parts)?,
            case,
            name,
            id: *id,
            head,
        }))
    }
}

impl Planned for PlanInVault<'_> {
    fn head(&self) -> &Plan {
        &self.head
    }

    fn id(&self) -> Digest {
        self.id
    }

    fn each(&self, visit: &mut dyn FnMut(&Step) -> Result<()>) -> Result<()> {
        self.head.steps.iter().try_for_each(&mut *visit)?;
        let Some(Apart { vault, parts }) = &self.apart else {
            return Ok(());
        };
        let mut one = |step: Step| visit(&step);
        vault.each_in_parts(self.case, &self.name, *parts, &mut one)
    }
}

/// Findings that are read from the vault whenever they are asked for.
pub(crate) struct FindingsInVault<'h> {
    case: &'h CaseId,
    head: Findings,
    apart: Option<Apart>,
}

impl<'h> FindingsInVault<'h> {
    /// # Errors
    /// Those of the vault.
    pub(crate) fn open(house: &House, case: &'h CaseId) -> Result<Option<FindingsInVault<'h>>> {
        let Some(head) = house.vault().read(case, item::FINDINGS)? else {
            return Ok(None);
        };
        let parts = house.vault().parts(case, item::FINDINGS)?;
        Ok(Some(FindingsInVault {
            case,
            head,
            apart: Apart::of(house, parts)?,
        }))
    }
}

impl Searched for FindingsInVault<'_> {
    fn head(&self) -> &Findings {
        &self.head
    }

    fn each(&self, visit: &mut dyn FnMut(usize, usize, &Found) -> Result<()>) -> Result<()> {
        Searched::each(&self.head, visit)?;
        let Some(Apart { vault, parts }) = &self.apart else {
            return Ok(());
        };
        let mut one = |(system, object, found): (usize, usize, Found)| {
            let own = self.head.systems.get(system);
            if own.is_none_or(|own| own.objects.len() <= object) {
                return Err(vault.damaged(self.case, item::FINDINGS));
            }
            visit(system, object, &found)
        };
        vault.each_in_parts(self.case, item::FINDINGS, *parts, &mut one)
    }
}

/// The events of a case as evidence takes them, from the ledger each time. What is written after they passed for the first time is not
/// part of them.
pub(crate) struct JournalInLedger<'h> {
    house: &'h House,
    case: &'h CaseId,
    count: Cell<Option<u64>>,
}

impl<'h> JournalInLedger<'h> {
    pub(crate) fn of(house: &'h House, case: &'h CaseId) -> JournalInLedger<'h> {
        JournalInLedger {
            house,
            case,
            count: Cell::new(None),
        }
    }
}

impl Journal for JournalInLedger<'_> {
    fn each(&self, visit: &mut dyn FnMut(&JournalLine) -> Result<()>) -> Result<()> {
        let (known, mut count) = (self.count.get(), 0);
        self.house.each_event(self.case, &mut |stored| {
            if known == Some(count) {
                return Ok(false);
            }
            count += 1;
            visit(&JournalLine {
                seq: stored.seq,
                at: stored.at,
                event: stored.event,
                bytes: stored.bytes,
                hash: stored.hash,
            })?;
            Ok(true)
        })?;
        self.count.set(known.or(Some(count)));
        Ok(())
    }
}
