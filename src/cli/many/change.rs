//! A verb that changes something, for many people: one case, plan and proof each, and one question for all.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::export::{self, register};
use crate::cli::journey::apply::{self, Consent};
use crate::cli::journey::walk::{self, Approvable, Finished, Planned, Ready};
use crate::cli::journey::{self, Arrival, Opened, Register, RequestArgs, same};
use crate::cli::many::summary::{self, Effects};
use crate::cli::many::{Part, each, first, subjects_json, tell_troubles};
use crate::cli::people::Person;
use crate::cli::{report, signing};
use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
use crate::messages::{Text, cli as say_cli, people as say};
use crate::plan::Aim;
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
        /// What is to be written where, and to how many records.
        effects: Effects,
        waiting: usize,
        irreversible: Vec<Text>,
        /// The plan for programs, where planning is all that is wanted.
        json: Option<Value>,
    },
}

/// What became of one person's request.
struct Answer {
    id: CaseId,
    /// `None` if an earlier run had finished it.
    finished: Option<Finished>,
}

/// What is wanted for everybody.
pub(crate) struct Wish<'a> {
    pub(crate) request: &'a RequestArgs,
    /// As [`Aim::verb`] and [`Aim::right`] have it, whatever the aim of each.
    pub(crate) verb: &'a str,
    pub(crate) right: &'a str,
    /// What is to be brought about for one person, once their case is open.
    pub(crate) aim: &'a dyn Fn(&Opened, &Person) -> Result<Aim>,
    /// Goes on with open cases and opens none.
    pub(crate) only_open: bool,
    pub(crate) consent: &'a Consent,
    /// Stop after planning.
    pub(crate) plan: bool,
    /// Erase although a package is not made yet.
    pub(crate) despite_access: bool,
}

/// Walks the path of the verb for everybody: open, find, plan; ask once; carry out, verify, prove.
pub(crate) fn change(
    context: &Context,
    house: &House,
    people: &[Person],
    wish: &Wish<'_>,
) -> Result<Exit> {
    signing::operates(context, house)?;
    let hushed = context.hushed();
    let Wish { request, .. } = wish;
    journey::check(context, house, request)?;
    // A plan needs no identity, and who is in an open case for its restriction had it confirmed.
    let method = match wish.plan || wish.only_open {
        true => request.identity.clone(),
        false => method(context, house, people, request)?,
    };
    let ids = open_all(&hushed, house, people, request, wish.right, wish.only_open)?;
    let prepare = async |at: usize, person: &Person| {
        let opened = journey::reopen(house, known(&ids[at])?)?;
        let method = person.method.as_deref().or(method.as_deref());
        let aim = (wish.aim)(&opened, person)?;
        prepare(&hushed, house, &opened, method, wish, &aim).await
    };
    let stages = crate::cli::block_on(each(context, people, prepare))?;
    if wish.plan {
        return Ok(planned(context, people, &ids, &stages));
    }
    approve(context, people, &ids, &stages, wish.consent)?;
    let stages: Vec<RefCell<Option<Part<Stage>>>> = stages
        .into_iter()
        .map(|part| RefCell::new(Some(part)))
        .collect();
    let carry_out = async |at: usize, _: &Person| {
        let stage = match stages[at].take().and_then(|part| part.result) {
            Some(stage) => stage?,
            None => return Err(stopped(known(&ids[at])?).into()),
        };
        let opened = journey::reopen(house, known(&ids[at])?)?;
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
                wish.verb,
                people,
                &answers,
                exit,
                |_, answer| answer_json(answer),
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
        context.ui.say(&say::next_of_each());
    }
    Ok(exit)
}

/// How identity was confirmed for those of whom the file does not say it; asked once where somebody can answer.
pub(super) fn method(
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
    journey::ask_method(context, &say::ask_identity(people.len())).map(Some)
}

/// Joins or opens the case of each, while nobody else can open one. A case on which another run works is that person's error alone.
pub(super) fn open_all(
    context: &Context,
    house: &House,
    people: &[Person],
    request: &RequestArgs,
    right: &str,
    only_open: bool,
) -> Result<Vec<Result<CaseId>>> {
    // Before a case is opened for anybody.
    for person in people {
        if let Some(refusal) = journey::control::refusal(house, &person.stated, right) {
            return Err(refusal.why(say::in_row(person.row)).into());
        }
    }
    register::expire(context, house)?;
    let mut register = Register::open(house)?;
    // Whose case each line goes to is known before the first is opened, so that a file that is wrong leaves nothing behind.
    let mut known: Vec<Result<Option<CaseId>>> = Vec::new();
    for person in people {
        let case = match same::case_of(house, &register, &person.stated) {
            Err(trouble) if !is_of_one_line(&trouble) => return Err(trouble),
            case => case,
        };
        // Two lines that share nothing may each share something with what a case knows.
        let same = |other: &Result<Option<CaseId>>| match (other, &case) {
            (Ok(Some(one)), Ok(Some(other))) => one == other,
            _ => false,
        };
        if let Some(at) = known.iter().position(same) {
            let what = say::same_person(people[at].row, person.row);
            return Err(Diagnostic::new("E950", Exit::Usage, what)
                .help(say::same_person_help())
                .into());
        }
        known.push(case);
    }
    let mut ids: Vec<Result<CaseId>> = Vec::new();
    for (person, case) in people.iter().zip(known) {
        let case = match case {
            Ok(None) if only_open => {
                let diagnostic = Diagnostic::new("E959", Exit::Waiting, say::no_open_case());
                Err(diagnostic.help(say::no_open_case_help()).into())
            }
            case => case,
        };
        let id = case.and_then(|case| {
            let arrival = Arrival {
                typed: person.stated.clone(),
                picked: Vec::new(),
                recognised_by: person.stated.clone(),
                same_person: request.same_person,
                case,
                received: person.received.or(request.received),
                channel: person
                    .channel
                    .clone()
                    .unwrap_or_else(|| request.channel.clone()),
            };
            let none = |_: Option<&Opened>| Ok(());
            journey::open_for(context, house, &mut register, arrival, right, &none)
                .map(|opened| opened.id)
        });
        match id {
            Err(trouble) if !is_of_one_line(&trouble) => return Err(trouble),
            id => ids.push(id),
        }
    }
    Ok(ids)
}

/// Whether the others can be worked for all the same: another run holds the person's case, there is none, or a person has to look at it.
fn is_of_one_line(trouble: &Trouble) -> bool {
    let codes = ["E605", "E831", "E838", "E839", "E856", "E857", "E959"];
    let mut all = trouble.diagnostics.iter();
    all.all(|one| codes.contains(&one.code))
}

async fn prepare(
    context: &Context,
    house: &House,
    opened: &Opened,
    method: Option<&str>,
    wish: &Wish<'_>,
    aim: &Aim,
) -> Result<Stage> {
    let Wish { request, .. } = wish;
    let case = opened.case(house)?;
    let method = method.filter(|_| case.identity.is_none());
    if method.is_some() || !wish.plan {
        journey::confirm_identity(context, house, opened, method)?;
    }
    if *aim == Aim::Erase && !wish.plan {
        export::access_comes_first(context, house, opened, wish.despite_access)?;
    }
    // By the plan and not by what is remembered: a run may have been stopped between the two.
    let same_aim = journey::latest_aim(house, opened, &case)?.as_ref() == Some(aim);
    if same_aim && journey::is_at_rest(&case) {
        return Ok(Stage::Finished);
    }
    journey::remember(house, opened, aim)?;
    if wish.plan {
        let plan = walk::plan(context, house, opened, aim, &request.system).await?;
        let json = report::plan_json(&plan.plan);
        return Ok(planned_stage(plan, Some(json)));
    }
    match walk::prepare(context, house, opened, aim, &request.system).await? {
        Ready::Done(applied) => Ok(Stage::Applied(applied)),
        Ready::Planned(planned) => Ok(planned_stage(*planned, None)),
    }
}

fn planned_stage(planned: Planned, json: Option<Value>) -> Stage {
    let plan = &planned.plan;
    let mut irreversible: Vec<Text> = plan
        .steps
        .iter()
        .filter_map(|step| step.irreversible.clone())
        .collect();
    irreversible.dedup();
    Stage::Planned {
        writes: plan.steps.iter().filter(|step| step.writes()).count(),
        effects: summary::effects(plan),
        waiting: plan.waiting.len(),
        irreversible,
        approvable: planned.approvable(),
        json,
    }
}

fn planned_effects(stages: &[Part<Stage>]) -> impl Iterator<Item = &Effects> {
    stages.iter().filter_map(|part| match &part.result {
        Some(Ok(Stage::Planned { effects, .. })) => Some(effects),
        _ => None,
    })
}

/// What `--plan` answers: every case keeps its plan, and nothing is written.
fn planned(
    context: &Context,
    people: &[Person],
    ids: &[Result<CaseId>],
    stages: &[Part<Stage>],
) -> Exit {
    let exit = |stage: &Stage| match stage {
        Stage::Planned { approvable, .. } => approvable.searched,
        Stage::Finished | Stage::Applied(_) => Exit::Done,
    };
    let exit = stages.iter().map(|part| part.exit(exit));
    let exit = exit.fold(Exit::Done, Exit::and);
    match context.ui.format {
        Format::Json => {
            let answer = |_: &Person, stage: &Stage| match stage {
                Stage::Planned { json, .. } => json.clone().unwrap_or_default(),
                Stage::Finished | Stage::Applied(_) => json!({ "finished_before": true }),
            };
            context.ui.json(&subjects_json(
                context, "plan", people, stages, exit, answer,
            ));
        }
        Format::Table | Format::Csv => {
            context
                .ui
                .rows(&plan_columns(), &plan_rows(people, ids, stages));
        }
    }
    summary::show(context, planned_effects(stages));
    tell_troubles(context, people, stages);
    context.ui.say(&say::plans_made());
    exit
}

fn plan_columns() -> [Text; 5] {
    [
        say::row(),
        say::reference(),
        say::case(),
        say::to_be_written(),
        say::waiting(),
    ]
}

fn plan_rows(
    people: &[Person],
    ids: &[Result<CaseId>],
    stages: &[Part<Stage>],
) -> Vec<Vec<String>> {
    let all = people.iter().zip(ids).zip(stages);
    let rows = all.filter_map(|((person, id), part)| match &part.result {
        Some(Ok(Stage::Planned {
            writes, waiting, ..
        })) => Some(vec![
            person.row.to_string(),
            person.reference.clone().unwrap_or_default(),
            number(id),
            writes.to_string(),
            waiting.to_string(),
        ]),
        _ => None,
    });
    rows.collect()
}

/// Shows what would be written for whom, and asks for all of them at once.
///
/// # Errors
/// Exit 4 if the answer is no, nobody is there, or `--expect` names another number; each case keeps its plan.
fn approve(
    context: &Context,
    people: &[Person],
    ids: &[Result<CaseId>],
    stages: &[Part<Stage>],
    consent: &Consent,
) -> Result<()> {
    let rows = plan_rows(people, ids, stages);
    if rows.is_empty() {
        return Ok(());
    }
    context.ui.show(&plan_columns(), &rows);
    summary::show(context, planned_effects(stages));
    let (mut writes, mut effects) = (0, Vec::new());
    for part in stages {
        if let Some(Ok(Stage::Planned {
            writes: of_one,
            irreversible,
            ..
        })) = &part.result
        {
            writes += of_one;
            effects.extend(irreversible.iter().cloned());
        }
    }
    effects.sort_by(|a: &Text, b| a.en.cmp(&b.en));
    effects.dedup();
    for effect in &effects {
        context.ui.say(&say::irreversible(effect.clone()));
    }
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

pub(super) fn stopped(id: &CaseId) -> Diagnostic {
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

/// The case, unless another run holds it.
pub(super) fn known(id: &Result<CaseId>) -> Result<&CaseId> {
    id.as_ref().map_err(Clone::clone)
}

/// The case's number; nothing where another run holds the case.
pub(super) fn number(id: &Result<CaseId>) -> String {
    id.as_ref().map(CaseId::to_string).unwrap_or_default()
}

fn answer_row(
    context: &Context,
    person: &Person,
    id: &Result<CaseId>,
    part: &Part<Answer>,
) -> Vec<String> {
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
        number(id),
        records,
        result.to(lang).to_owned(),
        evidence,
    ]
}
