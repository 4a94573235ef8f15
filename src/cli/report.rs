//! What findings, plans and results look like: the JSON (docs/reference/json.md) and the tables a data-protection officer reads.

mod done;
mod found;
mod planned;
mod truth;

use crate::cli::context::Context;
use crate::connector::{Fault, Key};
use crate::messages::{Text, report as say};

pub(crate) use done::{all_in_one, applied, applied_json, outcome, outcomes, remains};
pub(crate) use found::{
    faults_of, findings, findings_json, look_up_in_words, look_up_json, summary, to_look_up,
    waiting,
};
pub(crate) use planned::{happens, plan_in_words, plan_json, plan_table, surnames};
pub(crate) use truth::{truth, truth_of};

/// A record as people call it: name and town, with its key or file behind it where that is short enough to help.
fn named(label: Option<&str>, key: &Key) -> String {
    const SHORT: usize = 14;
    let hint = match key.parts() {
        [key] => Some(key.as_str()),
        // Rows of files: file, digest, ordinal.
        [file, digest, _] if digest.len() == 64 => file.rsplit('/').next(),
        _ => None,
    };
    let hint = hint.filter(|hint| hint.chars().count() <= SHORT);
    match (label, hint) {
        (Some(label), Some(hint)) => format!("{label} ({hint})"),
        (Some(label), None) => label.to_owned(),
        (None, _) => key.to_string(),
    }
}

/// The same table without columns in which nothing stands; for people only, since a program counts columns.
fn lean(columns: &[Text], rows: &[Vec<String>]) -> (Vec<Text>, Vec<Vec<String>>) {
    let says = |at: &usize| {
        rows.is_empty()
            || rows
                .iter()
                .any(|row| row.get(*at).is_some_and(|cell| !cell.is_empty()))
    };
    let kept: Vec<usize> = (0..columns.len()).filter(says).collect();
    let short = |row: &Vec<String>| kept.iter().filter_map(|at| row.get(*at).cloned()).collect();
    (
        kept.iter().map(|at| columns[*at].clone()).collect(),
        rows.iter().map(short).collect(),
    )
}

/// A line of advice for each fault.
pub(crate) fn remedies<'a>(
    context: &Context,
    faults: impl IntoIterator<Item = (&'a str, &'a Fault)>,
) {
    for (system, fault) in faults {
        let remedy = crate::messages::fault::remedy(&fault.code);
        context
            .ui
            .say(&say::remedy(system, fault.code.clone(), remedy));
    }
}
