//! `dsr sweep --left-alone`: every record that a run would leave alone, by its number, and why.
//!
//! Rows are told as they are read, a page at a time, so that a million of them take no more room than a thousand. What is told of a record
//! is its key, as in a plan, and who is responsible for its system.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::json;

use super::spare::Spared;
use super::{Line, show};
use crate::cli::block_on;
use crate::cli::context::{Context, House};
use crate::connector::sweeping::{Candidate, Left, Surveyor};
use crate::connector::{Fault, Key};
use crate::diagnostic::{Exit, Result};
use crate::hold::{self, HoldId};
use crate::messages::{Text, sweep as say};
use crate::ui::Format;

/// Records that are read and told at once.
const PAGE: usize = 1_000;

/// Why a record is left alone.
enum Why {
    Seen(Left),
    Requested,
    Control,
    Held(Vec<HoldId>),
}

impl Why {
    fn word(&self) -> &'static str {
        match self {
            Why::Seen(Left::Unknown) => "unknown_start",
            Why::Seen(Left::Future) => "future",
            Why::Seen(Left::Referenced) => "referenced",
            Why::Requested => "requested",
            Why::Control => "control",
            Why::Held(_) => "held",
        }
    }

    fn text(&self) -> Text {
        match self {
            Why::Seen(Left::Unknown) => say::left_unknown(),
            Why::Seen(Left::Future) => say::left_future(),
            Why::Seen(Left::Referenced) => say::left_referenced(),
            Why::Requested => say::left_requested(),
            Why::Control => say::left_control(),
            Why::Held(holds) => say::left_held(hold::listed(holds)),
        }
    }
}

/// Where rows go, as they come.
struct Out<'c> {
    context: &'c Context,
    rows: Vec<Vec<String>>,
    told: u64,
}

impl Out<'_> {
    fn begin(&self, day: Date) {
        if self.context.ui.format == Format::Json {
            let day = json!(day);
            let head = format!("{{\n  \"schema\": \"dsr.left/1\",\n  \"day\": {day},\n");
            self.context.ui.json_part(&(head + "  \"records\": ["));
        }
    }

    fn add(&mut self, line: &Line, key: &Key, why: &Why) {
        let rule = &line.rule;
        self.told += 1;
        if self.context.ui.format == Format::Json {
            let no_holds = Vec::new();
            let holds = match why {
                Why::Held(holds) => holds,
                _ => &no_holds,
            };
            let record = json!({
                "data_type": rule.data_type.name,
                "system": rule.system.name,
                "object": rule.object.name,
                "key": key.to_string(),
                "why": why.word(),
                "holds": holds,
                "owner": rule.system.owner,
            });
            let comma = if self.told > 1 { "," } else { "" };
            self.context.ui.json_part(&format!("{comma}\n    {record}"));
            return;
        }
        self.rows.push(vec![
            rule.data_type.name.clone(),
            rule.place(),
            key.to_string(),
            why.text().to(self.context.ui.lang).to_owned(),
            rule.system.owner.clone().unwrap_or_default(),
        ]);
        if self.rows.len() >= PAGE {
            self.flush(self.told <= PAGE as u64);
        }
    }

    fn flush(&mut self, first: bool) {
        let head = [
            say::head_rule(),
            say::head_where(),
            say::head_record(),
            say::head_why(),
            say::head_owner(),
        ];
        let rows = std::mem::take(&mut self.rows);
        match first {
            true => self.context.ui.rows(&head, &rows),
            false => self.context.ui.more_rows(&head, &rows),
        }
    }

    fn end(mut self, exit: Exit) {
        let ui = &self.context.ui;
        match ui.format {
            Format::Json => {
                let (between, complete) = match self.told {
                    0 => ("", exit == Exit::Done),
                    _ => ("\n  ", exit == Exit::Done),
                };
                let tail = format!("{between}],\n  \"complete\": {complete}\n}}\n");
                ui.json_part(&tail);
            }
            // Where somebody could not be asked, a warning follows instead.
            Format::Table if self.told == 0 && exit != Exit::Done => {}
            Format::Table if self.told == 0 => ui.say(&say::left_nothing()),
            _ => {
                let first = self.told <= PAGE as u64;
                if !self.rows.is_empty() || self.told == 0 {
                    self.flush(first);
                }
                self.context.ui.say(&say::left_count(self.told));
            }
        }
    }
}

/// Lists what the chosen rules leave alone.
pub(super) fn list(
    context: &Context,
    house: &House,
    day: Date,
    lines: &[Line],
    spared: &Spared,
) -> Result<Exit> {
    let mut out = Out {
        context,
        rows: Vec::new(),
        told: 0,
    };
    let mut exit = Exit::Done;
    let (mut failed, mut obstructed) = (Vec::new(), Vec::new());
    out.begin(day);
    for line in lines.iter().filter(|line| line.chosen) {
        exit = exit.and(line.exit(false));
        if line.rule.due.is_err() {
            obstructed.push(line);
            continue;
        }
        let fault = match &line.survey {
            Ok(_) => block_on(of_rule(house, line, spared, &mut out))?.err(),
            Err(fault) => Some(fault.clone()),
        };
        if let Some(fault) = fault {
            exit = exit.and(Exit::Incomplete);
            failed.push((line, fault));
        }
    }
    out.end(exit);
    for line in obstructed {
        show::warn_of_obstacle(context, line);
        show::contradiction(context, house, line);
    }
    for (line, fault) in failed {
        show::warn_of_fault(context, line, &fault);
    }
    Ok(exit)
}

async fn of_rule(
    house: &House,
    line: &Line,
    spared: &Spared,
    out: &mut Out<'_>,
) -> std::result::Result<(), Fault> {
    let (Ok(due), Some(unheld), Ok(survey)) = (&line.rule.due, &line.unheld, &line.survey) else {
        return Ok(());
    };
    let object = &line.rule.object;
    let Some(mut surveyor) = house.doors().surveyor(&line.rule.system)? else {
        return Err(Fault::not_connected());
    };
    surveyor.check().await?;
    for (why, count) in [
        (Left::Unknown, survey.unknown),
        (Left::Future, survey.future),
        (Left::Referenced, survey.referenced),
    ] {
        if count > 0 {
            seen(&mut *surveyor, line, why, out).await?;
        }
    }
    // Records of persons, of which there are as many as a person has.
    let mut persons: BTreeMap<Key, Vec<HoldId>> = BTreeMap::new();
    for (hold, keys) in spared.by_person(&line.rule) {
        for key in surveyor.still(object, due, &keys).await? {
            persons.entry(key).or_default().push(hold.clone());
        }
    }
    let requested = spared.requested(&line.rule);
    let requested = surveyor.still(object, due, &requested).await?;
    if line.whole.is_empty() {
        let asked: BTreeSet<&Key> = requested.iter().collect();
        for key in &requested {
            out.add(line, key, &Why::Requested);
        }
        // As in the numbers: a record that both speak for stands with the request.
        for (key, holds) in persons.iter().filter(|(key, _)| !asked.contains(key)) {
            out.add(line, key, &Why::Held(holds.clone()));
        }
        let controls = spared.controls(&line.rule);
        for key in surveyor.still(object, due, &controls).await? {
            out.add(line, &key, &Why::Control);
        }
    }
    let ranged = spared.by_days(&line.rule, unheld);
    if line.whole.is_empty() && ranged.is_empty() {
        return Ok(());
    }
    let mut after: Option<Candidate> = None;
    loop {
        let page = surveyor.next(object, unheld, after.as_ref(), PAGE).await?;
        let Some(last) = page.last().cloned() else {
            return Ok(());
        };
        if after.as_ref().is_some_and(|after| after.key == last.key) {
            return Ok(());
        }
        let keys: Vec<Key> = page.into_iter().map(|one| one.key).collect();
        let mut holding: BTreeMap<&Key, Vec<HoldId>> = BTreeMap::new();
        for (hold, beside) in &ranged {
            let free = surveyor.still(object, beside, &keys).await?;
            let free: BTreeSet<Key> = free.into_iter().collect();
            for key in keys.iter().filter(|key| !free.contains(key)) {
                holding.entry(key).or_default().push(hold.id.clone());
            }
        }
        for key in &keys {
            let mut holds = line.whole.clone();
            holds.extend(holding.remove(key).unwrap_or_default());
            if !line.whole.is_empty() {
                holds.extend(persons.get(key).cloned().unwrap_or_default());
            }
            if !line.whole.is_empty() && requested.contains(key) {
                out.add(line, key, &Why::Requested);
            } else if !holds.is_empty() {
                out.add(line, key, &Why::Held(holds));
            }
        }
        after = Some(last);
    }
}

/// Those that the system itself tells.
async fn seen(
    surveyor: &mut dyn Surveyor,
    line: &Line,
    why: Left,
    out: &mut Out<'_>,
) -> std::result::Result<(), Fault> {
    let Ok(due) = &line.rule.due else {
        return Ok(());
    };
    let mut after: Option<Key> = None;
    loop {
        let object = &line.rule.object;
        let page = surveyor
            .left(object, due, why, after.as_ref(), PAGE)
            .await?;
        let Some(last) = page.last().cloned() else {
            return Ok(());
        };
        // A server that orders keys otherwise than it compares them would show the same page for ever.
        if after.as_ref() == Some(&last) {
            return Ok(());
        }
        for key in &page {
            out.add(line, key, &Why::Seen(why));
        }
        if page.len() < PAGE {
            return Ok(());
        }
        after = Some(last);
    }
}
