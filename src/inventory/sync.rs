//! `flows`: which system writes whose data where.

use crate::connector::grammar::{names, text};
use crate::diagnostic::Diagnostic;
use crate::inventory::context::Context;
use crate::inventory::values::{duration, word};
use crate::inventory::{Conflict, Creates, Deletes, Every, Flow, Pause, System};
use crate::messages::inventory as say;
use crate::yaml::{Fields, Node, Wanted, error, wrong_kind};

/// Every flow; one warning (W230) that nothing watches them yet.
pub(super) fn flows(
    node: &Node,
    systems: &[System],
    context: &Context,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Flow> {
    let Some(entries) = node.list() else {
        errors.push(wrong_kind(node, Wanted::List));
        return Vec::new();
    };
    if let Some(first) = entries.first() {
        errors.push(
            error("W230", say::unwatched_flows())
                .at(first.place.clone())
                .why(say::unwatched_flows_why())
                .help(say::unwatched_flows_help()),
        );
    }
    entries
        .iter()
        .filter_map(|node| flow(node, systems, context, errors))
        .collect()
}

fn flow(
    node: &Node,
    systems: &[System],
    context: &Context,
    errors: &mut Vec<Diagnostic>,
) -> Option<Flow> {
    let mut top = Fields::of(node, errors)?;
    let mut end = |key: &'static str| {
        let node = top.required(key)?;
        let reference = text(node, top.errors())?;
        context.object(systems, &reference, &node.place, top.errors());
        Some((reference, node))
    };
    let (from, to) = (end("from"), end("to"));
    if let (Some((from, _)), Some((to, node))) = (&from, &to)
        && from == to
    {
        top.error(
            error("E144", say::flow_to_itself())
                .at(node.place.clone())
                .help(say::flow_to_itself_help()),
        );
    }
    let mut flow = Flow {
        from: from.map(|(from, _)| from).unwrap_or_default(),
        to: to.map(|(to, _)| to).unwrap_or_default(),
        both_ways: false,
        master: None,
        on: top.text("on"),
        carries: Vec::new(),
        every: Every::Unknown,
        deletes: Deletes::Unknown,
        creates: Creates::Upsert,
        conflict: None,
        pause: Pause::Manual,
    };
    if let Some(node) = top.optional("direction") {
        let words = [("one_way", false), ("both", true)];
        flow.both_ways = word(node, &words, top.errors()).unwrap_or(false);
    }
    if let Some(node) = top.optional("master") {
        let master = text(node, top.errors())?;
        if master != flow.from && master != flow.to {
            top.error(
                error("E145", say::foreign_master(&master))
                    .at(node.place.clone())
                    .help(say::foreign_master_help(&flow.from, &flow.to)),
            );
        }
        flow.master = Some(master);
    }
    if let Some(node) = top.optional("carries") {
        flow.carries = names(node, top.errors());
    }
    if let Some(node) = top.optional("every") {
        flow.every = match node.text() {
            Some("realtime") => Every::Realtime,
            Some("manual") => Every::ByHand,
            _ => duration(node, top.errors()).map_or(Every::Unknown, Every::Period),
        };
    }
    words(&mut flow, &mut top);
    top.finish();
    Some(flow)
}

fn words(flow: &mut Flow, top: &mut Fields<'_, '_>) {
    if let Some(node) = top.optional("deletes") {
        let words = [
            ("hard", Deletes::Hard),
            ("soft", Deletes::Soft),
            ("none", Deletes::None),
            ("unknown", Deletes::Unknown),
        ];
        flow.deletes = word(node, &words, top.errors()).unwrap_or(flow.deletes);
    }
    if let Some(node) = top.optional("creates") {
        let words = [
            ("upsert", Creates::Upsert),
            ("update_only", Creates::UpdateOnly),
        ];
        flow.creates = word(node, &words, top.errors()).unwrap_or(flow.creates);
    }
    if let Some(node) = top.optional("conflict") {
        let words = [
            ("source_wins", Conflict::SourceWins),
            ("last_write", Conflict::LastWrite),
            ("manual", Conflict::Manual),
        ];
        flow.conflict = word(node, &words, top.errors());
    }
    if let Some(node) = top.optional("pause") {
        let words = [
            ("api", Pause::Api),
            ("cmd", Pause::Command),
            ("manual", Pause::Manual),
            ("impossible", Pause::Impossible),
        ];
        flow.pause = word(node, &words, top.errors()).unwrap_or(flow.pause);
    }
}
