//! A verb that changes something, for many people: one case, plan and proof each, and one question for all.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::case::WaitsFor;
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::export::register;
use crate::cli::journey::apply::{self, Consent};
use crate::cli::journey::walk::{self, Approvable, Finished, Ready};
use crate::cli::journey::{self, Arrival, Opened, Register, RequestArgs};
use crate::cli::many::{Part, each, first, subjects_json, tell_troubles};
use crate::cli::people::Person;
use crate::cli::report;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{Text, cli as say_cli, people as say};
use crate::plan::{Aim, Plan};
use crate::ui::Format;

/// How far one person's case came before the question.
enum Stage {
    /// An earlier run brought it to its end.
    Finished,
    /// What was approved before is carried out, and nothing more is planned.
    Applied(apply::Applied),
    Planned {
        approvable: Approvable,
        writes: usize,
        waiting: usize,
        irreversible: Vec<Text>,
    },
}

/// What became of one person's request.
struct Answer {
    id: CaseId,
    /// `None` if an earlier run had finished it.
    finished: Option<Finished>,
}

/// Walks the path of the verb for everybody: open, find, plan; ask once; carry out, verify, prove.
pub(crate) fn change(
    context: &Context,
    house: &House,
    people: &[Person],
    request: &RequestArgs,
    aim: &Aim,
    consent: &Consent,
) -> Result<Exit> {
    let hushed = context.hushed();
    journey::check_names(house, &request.system)?;
    let method = method(context, house, people, request)?;
    let ids = open_all(&hushed, house, people, request, aim)?;
    let prepare = async |at: usize, person: &Person| {
        let opened = journey::reopen(house, &ids[at])?;
        let method = person.method.as_deref().or(method.as_deref());
        prepare(&hushed, house, &opened, method, request, aim).await
    };
    let stages = crate::cli::block_on(each(context, people, prepare))?;
    approve(context, people, &ids, &stages, consent)?;
    let stages: Vec<RefCell<Option<Part<Stage>>>> = stages
        .into_iter()
        .map(|part| RefCell::new(Some(part)))
        .collect();
    let carry_out = async |at: usize, _: &Person| {
        let stage = match stages[at].take().and_then(|part| part.result) {
            Some(stage) => stage?,
            None => return Err(stopped(&ids[at]).into()),
        };
        let opened = journey::reopen(house, &ids[at])?;
        carry_out(&hushed, house, &opened, stage).await
    };
    let answers = crate::cli::block_on(each(context, people, carry_out))?;
    let exit = answers
        .iter()
        .map(|part| part.exit(exit_of))
        .fold(Exit::Done, Exit::and);
    match context.ui.format {
        Format::Json => {
            context.ui.json(&subjects_json(
                context,
                aim.verb(),
                people,
                &answers,
                exit,
                answer_json,
            ));
        }
        Format::Table | Format::Csv => {
            let columns = [
                say::row(),
                say::reference(),
                say::case(),
                say::records(),
                say::result(),
                say::evidence(),
            ];
            let rows = people.iter().zip(&answers).zip(&ids);
            let rows = rows.map(|((person, part), id)| answer_row(context, person, id, part));
            context.ui.rows(&columns, &rows.collect::<Vec<_>>());
        }
    }
    tell_troubles(context, people, &answers);
    if exit != Exit::Done {
        context.ui.say(&say::same_command());
    }
    Ok(exit)
}

/// How identity was confirmed for those of whom the file does not say it; asked once where somebody can answer.
fn method(
    context: &Context,
    house: &House,
    people: &[Person],
    request: &RequestArgs,
) -> Result<Option<String>> {
    let stated = people.iter().all(|person| person.method.is_some());
    if request.identity.is_some()
        || stated
        || !house.inventory.identity_required
        || !context.ui.can_ask()
    {
        return Ok(request.identity.clone());
    }
    context.ui.say(&say_cli::identity_open_why());
    Ok(Some(context.ui.ask(&say::ask_identity(people.len()))?))
}

/// Joins or opens the case of each, while nobody else can open one.
fn open_all(
    context: &Context,
    house: &House,
    people: &[Person],
    request: &RequestArgs,
    aim: &Aim,
) -> Result<Vec<CaseId>> {
    register::expire(context, house)?;
    let mut register = Register::open(house)?;
    let mut ids: Vec<CaseId> = Vec::new();
    for person in people {
        let arrival = Arrival {
            stated: person.stated.clone(),
            recognised_by: person.stated.clone(),
            case: None,
            received: person.received.or(request.received),
            channel: person
                .channel
                .clone()
                .unwrap_or_else(|| request.channel.clone()),
        };
        let id = journey::open_for(context, house, &mut register, arrival, aim.right())?.id;
        // Known only now: two lines that share nothing may each share something with what the case knows already.
        if let Some(at) = ids.iter().position(|known| *known == id) {
            let what = say::same_person(people[at].row, person.row);
            return Err(Diagnostic::new("E950", Exit::Usage, what)
                .help(say::same_person_help())
                .into());
        }
        ids.push(id);
    }
    Ok(ids)
}

async fn prepare(
    context: &Context,
    house: &House,
    opened: &Opened,
    method: Option<&str>,
    request: &RequestArgs,
    aim: &Aim,
) -> Result<Stage> {
    let case = opened.case(house)?;
    let method = method.filter(|_| case.identity.is_none());
    journey::confirm_identity(context, house, opened, method)?;
    let same_aim = journey::aim(house, opened)?.as_ref() == Some(aim);
    if same_aim && case.waits_for() == WaitsFor::Nothing && case.unfinished().is_none() {
        return Ok(Stage::Finished);
    }
    match walk::prepare(context, house, opened, aim, &request.system).await? {
        Ready::Done(applied) => Ok(Stage::Applied(applied)),
        Ready::Planned(planned) => {
            let plan: &Plan = &planned.plan;
            let mut irreversible: Vec<Text> = plan
                .steps
                .iter()
                .filter_map(|step| step.irreversible.clone())
                .collect();
            irreversible.dedup();
            Ok(Stage::Planned {
                writes: plan.steps.iter().filter(|step| step.writes()).count(),
                waiting: plan.waiting.len(),
                irreversible,
                approvable: planned.approvable(),
            })
        }
    }
}

/// Shows what would be written for whom, and asks for all of them at once.
///
/// # Errors
/// Exit 4 if the answer is no, nobody is there, or `--expect` names another number; each case keeps its plan.
fn approve(
    context: &Context,
    people: &[Person],
    ids: &[CaseId],
    stages: &[Part<Stage>],
    consent: &Consent,
) -> Result<()> {
    let planned = |part: &Part<Stage>| match &part.result {
        Some(Ok(Stage::Planned {
            writes,
            waiting,
            irreversible,
            ..
        })) => Some((*writes, *waiting, irreversible.clone())),
        _ => None,
    };
    let rows: Vec<Vec<String>> = people
        .iter()
        .zip(ids)
        .zip(stages)
        .filter_map(|((person, id), part)| {
            let (writes, waiting, _) = planned(part)?;
            Some(vec![
                person.row.to_string(),
                person.reference.clone().unwrap_or_default(),
                id.to_string(),
                writes.to_string(),
                waiting.to_string(),
            ])
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let columns = [
        say::row(),
        say::reference(),
        say::case(),
        say::to_be_written(),
        say::waiting(),
    ];
    context.ui.show(&columns, &rows);
    let mut effects: Vec<Text> = stages
        .iter()
        .filter_map(planned)
        .flat_map(|(_, _, texts)| texts)
        .collect();
    effects.sort_by(|a, b| a.en.cmp(&b.en));
    effects.dedup();
    for effect in &effects {
        context.ui.say(&say::irreversible(effect.clone()));
    }
    let writes = stages
        .iter()
        .filter_map(planned)
        .map(|(writes, _, _)| writes)
        .sum();
    apply::consent_to(context, writes, consent, say::look_first())
}

async fn carry_out(
    context: &Context,
    house: &House,
    opened: &Opened,
    stage: Stage,
) -> Result<Answer> {
    let applied = match stage {
        Stage::Finished => {
            return Ok(Answer {
                id: opened.id.clone(),
                finished: None,
            });
        }
        Stage::Applied(applied) => applied,
        Stage::Planned {
            approvable, writes, ..
        } => {
            let plan = journey::stored_plan(house, opened, &approvable.plan)?;
            let yes = Consent {
                yes: true,
                expect: Some(writes),
            };
            apply::approve(context, house, opened, &plan, &yes)?;
            walk::carry_out(context, house, opened, &approvable).await?
        }
    };
    Ok(Answer {
        id: opened.id.clone(),
        finished: Some(walk::prove(context, house, opened, applied)),
    })
}

fn stopped(id: &CaseId) -> Diagnostic {
    Diagnostic::new("E951", Exit::Incomplete, say::stopped(id.as_str())).help(say::stopped_help())
}

fn exit_of(answer: &Answer) -> Exit {
    answer
        .finished
        .as_ref()
        .map_or(Exit::Done, |finished| finished.applied.exit)
}

fn answer_json(answer: &Answer) -> Value {
    match &answer.finished {
        None => json!({ "case": answer.id.as_str(), "finished_before": true }),
        Some(finished) => {
            let path = finished.made.as_ref().ok().map(|made| made.path.as_path());
            report::applied_json(answer.id.as_str(), &finished.applied, path)
        }
    }
}

fn answer_row(context: &Context, person: &Person, id: &CaseId, part: &Part<Answer>) -> Vec<String> {
    let lang = context.ui.lang;
    let (records, result, evidence) = match &part.result {
        Some(Ok(Answer { finished: None, .. })) => {
            (String::new(), say::finished_before(), String::new())
        }
        Some(Ok(Answer {
            finished: Some(finished),
            ..
        })) => {
            let applied = &finished.applied;
            let result = match applied.exit {
                Exit::Done => say::done(),
                Exit::Incomplete => say::incomplete(),
                Exit::Waiting => say::waits(),
                Exit::Unproven => say::unproven(),
                _ => say::failed(),
            };
            let file = finished
                .made
                .as_ref()
                .ok()
                .and_then(|made| made.path.file_name());
            let file = file.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            (applied.results.len().to_string(), result, file)
        }
        Some(Err(trouble)) => (String::new(), first(trouble), String::new()),
        None => (String::new(), say::not_begun(), String::new()),
    };
    vec![
        person.row.to_string(),
        person.reference.clone().unwrap_or_default(),
        id.to_string(),
        records,
        result.to(lang).to_owned(),
        evidence,
    ]
}
