//! In which order a run goes through its rules, and what stays whatever the order.
//!
//! A record that others refer to stays. Were those taken first, it would become due on the way and be taken in place of one that was counted:
//! so what others refer to comes before them. Where tables refer to each other, or to themselves, no order does; there the records that are
//! left for that reason are named before anything is written.

use std::collections::BTreeSet;

use super::Line;
use crate::cli::block_on;
use crate::cli::context::House;
use crate::connector::sweeping::Left;
use crate::connector::{Action, Fault, Key};
use crate::diagnostic::Result;

/// So many keys are asked for at once.
const PAGE: usize = 1000;

/// Puts what others refer to before them; whatever may stay where it is does.
pub(super) fn put(mut lines: Vec<Line>) -> Vec<Line> {
    let mut ordered = Vec::with_capacity(lines.len());
    while !lines.is_empty() {
        let comes_later = |at: usize| lines.iter().any(|above| is_below(&lines[at], above));
        let next = (0..lines.len()).find(|at| !comes_later(*at));
        ordered.push(lines.remove(next.unwrap_or(0)));
    }
    ordered
}

/// Whether a rule removes what refers to the records of another one.
fn is_below(line: &Line, above: &Line) -> bool {
    line.rule.object.name != above.rule.object.name && takes_from_below(line, above)
}

/// The same where a rule may remove what refers to its own records.
fn takes_from_below(line: &Line, above: &Line) -> bool {
    let removes = line.rule.action == Action::Remove;
    removes
        && line.rule.system.name == above.rule.system.name
        && (above.survey.as_ref()).is_ok_and(|survey| survey.below.contains(&line.rule.object.name))
}

/// Names the records that stay because others refer to them, where the run may take those others first. A system that cannot say them is not
/// written to under that rule.
pub(super) fn name_those_that_stay(house: &House, lines: &mut [Line]) -> Result<()> {
    for at in 0..lines.len() {
        let (before, rest) = lines.split_at_mut(at);
        let Some(line) = rest.first_mut() else {
            continue;
        };
        let may_lose = (before.iter().chain([&*line]))
            .any(|other| other.may_write() && takes_from_below(other, line));
        let stay = line.survey.as_ref().map_or(0, |survey| survey.referenced);
        if !may_lose || stay == 0 || !line.may_write() {
            continue;
        }
        match block_on(referred_to(house, line))? {
            Ok(keys) => line.referred_to = keys,
            Err(fault) => line.survey = Err(fault),
        }
    }
    Ok(())
}

async fn referred_to(house: &House, line: &Line) -> std::result::Result<BTreeSet<Key>, Fault> {
    let mut keys = BTreeSet::new();
    let (Ok(due), Some(mut surveyor)) =
        (&line.rule.due, house.doors().surveyor(&line.rule.system)?)
    else {
        return Err(Fault::not_connected());
    };
    let mut after: Option<Key> = None;
    loop {
        let object = &line.rule.object;
        let page = surveyor.left(object, due, Left::Referenced, after.as_ref(), PAGE);
        let page = page.await?;
        let last = page.last().cloned();
        let is_through = page.len() < PAGE || last == after;
        keys.extend(page);
        if is_through {
            return Ok(keys);
        }
        after = last;
    }
}
