//! Rules that make anonymous: judged before they write, and what they left looked at afterwards.

use serde_json::{Value, json};

use super::Line;
use super::spare::Spared;
use crate::cli::block_on;
use crate::cli::context::{Context, House};
use crate::connector::sweeping::{Alike, Due, Surveyor, Work};
use crate::connector::{Action, Fault, Key, Record};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::anonymity as say;
use crate::sweep::Rule;
use crate::sweep::anonymity::{self, Scheme};

/// What a rule would leave, and how many records would stand out by it.
pub(super) async fn judge(
    house: &House,
    surveyor: &mut dyn Surveyor,
    rule: &Rule,
    due: &Due,
    spared: &[Key],
) -> std::result::Result<(Option<Scheme>, Option<Alike>), Fault> {
    if due.action != Action::Anonymise {
        return Ok((None, None));
    }
    let (shape, unread) = surveyor.described(&rule.object).await?;
    let scheme = anonymity::scheme(&rule.system, &rule.object, shape, &unread);
    let alike = count(house, surveyor, rule, due, &scheme, spared).await?;
    Ok((Some(scheme), alike))
}

async fn count(
    house: &House,
    surveyor: &mut dyn Surveyor,
    rule: &Rule,
    due: &Due,
    scheme: &Scheme,
    spared: &[Key],
) -> std::result::Result<Option<Alike>, Fault> {
    if scheme.stays.is_empty() {
        return Ok(None);
    }
    let fewest = house.inventory.limits.sweep.alike;
    let counted = surveyor.alike(&rule.object, due, &scheme.stays, fewest, spared);
    Ok(Some(counted.await?))
}

/// Whether what the rule leaves would not be anonymous.
pub(super) fn is_weak(line: &Line) -> bool {
    let weaknesses = line.scheme.as_ref().map(|scheme| &scheme.weaknesses);
    weaknesses.is_some_and(|list| !list.is_empty()) || line.alike.is_some_and(|alike| alike.due > 0)
}

/// Records that stand out after the run and did not before.
pub(super) fn stood_out(line: &Line) -> u64 {
    let count = |alike: Option<Alike>| alike.map_or(0, |alike| alike.done);
    count(line.after).saturating_sub(count(line.alike))
}

/// New values for the records of a batch.
pub(super) fn work(
    house: &House,
    line: &Line,
    records: &[Record],
) -> std::result::Result<Vec<Work>, Fault> {
    let scheme = line.scheme.as_ref().ok_or_else(Fault::not_planned)?;
    anonymity::work(&line.rule, &scheme.shape, &house.key, records)
}

/// The same count once more, after the run.
pub(super) fn after(
    house: &House,
    line: &Line,
    due: &Due,
    spared: &Spared,
) -> Result<Option<Alike>> {
    let Some(scheme) = &line.scheme else {
        return Ok(None);
    };
    let keys = spared.of(&line.rule);
    let counted = block_on(async {
        let Some(mut surveyor) = house.doors().surveyor(&line.rule.system)? else {
            return Err(Fault::not_connected());
        };
        count(house, &mut *surveyor, &line.rule, due, scheme, &keys).await
    })?;
    Ok(counted.ok().flatten())
}

/// Everything by which what is left would not be anonymous, each with its remedy, and what else stays.
pub(super) fn warn(context: &Context, house: &House, line: &Line) {
    let Some(scheme) = &line.scheme else {
        return;
    };
    let place = line.rule.place();
    for weakness in &scheme.weaknesses {
        context.ui.warn(&weakness.diagnostic(&place));
    }
    let fewest = house.inventory.limits.sweep.alike;
    if let Some(alike) = line.alike.filter(|alike| alike.due > 0) {
        context.ui.warn(&anonymity::stands_out(
            &place,
            alike.due,
            &scheme.stays,
            fewest,
        ));
    }
    if !scheme.named_by.is_empty() {
        let what = say::named_by(&place, scheme.named_by.join(", "));
        let warning = Diagnostic::new("W326", Exit::Done, what).help(say::named_by_help());
        context.ui.warn(&warning);
    }
    if stood_out(line) > 0 {
        let what = say::stood_out(&place, stood_out(line));
        let warning = Diagnostic::new("W327", Exit::Incomplete, what).help(say::stood_out_help());
        context.ui.warn(&warning);
    }
    if !scheme.unlisted.is_empty() {
        let what = say::stays_unlisted(&place, scheme.unlisted.join(", "));
        let warning = Diagnostic::new("W328", Exit::Done, what).help(say::stays_unlisted_help());
        context.ui.warn(&warning);
    }
}

/// The weaknesses by code and field, for programs.
pub(super) fn weaknesses(line: &Line) -> Option<Value> {
    let scheme = line.scheme.as_ref()?;
    let mut list: Vec<Value> = scheme
        .weaknesses
        .iter()
        .map(|one| json!({ "code": one.code(), "field": one.field() }))
        .collect();
    if line.alike.is_some_and(|alike| alike.due > 0) {
        let each = scheme.stays.iter();
        list.extend(each.map(|field| json!({ "code": "E473", "field": field })));
    }
    Some(Value::Array(list))
}
