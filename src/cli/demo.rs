//! `dsr demo`: builds a small landscape on this machine and walks a request through it.
//!
//! The walk is the one of `dsr erase`, stage by stage and with the same functions; the demo adds headings, a count of everybody
//! else's records taken past `dsr`, and the end. How the landscape looks is the business of `landscape`, `services` and `census`.

mod census;
mod landscape;
mod services;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::context::{Context, House};
use crate::cli::journey::apply::{self, Consent};
use crate::cli::journey::{self, RequestArgs, log, prove};
use crate::cli::seal;
use crate::cli::who::Who;
use crate::cli::{block_on, evidence as proof, find, interrupt, report};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::certificate::Anchor;
use crate::evidence::verify;
use crate::findings::Findings;
use crate::inventory::Setting;
use crate::messages::{Text, demo as say};
use crate::subject::Origin;
use crate::trust::Lock;
use crate::ui::Format;
use crate::workspace::{Workspace, file_trouble};
use census::{Census, Compared, Kept};
use landscape::{Ground, NAMESAKE, SUBJECT, SUBJECT_NAME, shown};
use services::Ports;

/// Build a small landscape on this machine and erase a person from it
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Keep the landscape in this folder, empty or new, to play with
    #[arg(long, value_name = "DIR", conflicts_with = "serve")]
    keep: Option<PathBuf>,
    /// Start the two HTTP services of a kept landscape again, until Ctrl-C
    #[arg(long, value_name = "DIR")]
    serve: Option<PathBuf>,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let began = Instant::now();
    let here = context.folder();
    if let Some(folder) = &args.serve {
        return serve(context, &here.join(folder));
    }
    let keep = args.keep.map(|folder| match context.globals.directory {
        Some(_) => here.join(folder),
        None => folder,
    });
    let ground = Ground::choose(keep.clone())?;
    let (workspace, services) = landscape::build(context, &ground)?;
    context.ui.say(&say::intro());
    let house = context.house_in(workspace)?;
    let mut walked = walk(context, &house)?;
    house.close()?;
    drop(services);
    let case = walked.case.clone();
    walked.report["next"] = json!(next(context, keep.as_deref(), &case, began));
    if context.ui.format == Format::Json {
        context.ui.json(&walked.report);
    }
    Ok(walked.exit)
}

/// What the walk came to.
struct Walked {
    case: String,
    /// `dsr.demo/1`
    report: Value,
    exit: Exit,
}

fn walk(context: &Context, house: &House) -> Result<Walked> {
    let ui = &context.ui;
    let before = Census::take(&house.workspace.folder)?;

    ui.say(&say::letter(SUBJECT_NAME, SUBJECT));
    ui.heading(&say::find_head());
    ui.say(&say::habits());
    let request = request();
    let opened = journey::open(context, house, &request, "erasure")?;
    journey::confirm_identity(context, house, &opened, request.identity.as_deref())?;
    let findings = block_on(journey::search(context, house, &opened, &[], "erase"))??;
    if ui.format == Format::Table {
        report::findings(context, house, &findings);
    }
    report::summary(context, &findings);
    learned(context, &findings);

    ui.heading(&say::plan_head());
    let plan = journey::make_plan(
        context,
        house,
        &opened,
        &findings,
        &crate::plan::Aim::Erase,
        context.today(),
    )?;
    report::plan_in_words(context, &plan);

    ui.heading(&say::ask_head());
    let writes = plan.steps.iter().filter(|step| step.writes());
    let consent = Consent {
        yes: true,
        expect: Some(writes.count()),
    };
    ui.say(&say::asked(consent.expect.unwrap_or_default()));
    apply::approve(context, house, &opened, &plan, &consent)?;

    ui.heading(&say::apply_head());
    let applied = block_on(apply::apply(context, house, &opened, &plan.id()))??;
    match ui.format {
        Format::Table => report::outcomes(context, &applied),
        Format::Csv => report::all_in_one(context, &applied),
        Format::Json => {}
    }

    ui.heading(&say::stays_head());
    if ui.format == Format::Table {
        report::remains(context, &applied);
    }
    ui.say(&say::tasks(plan.tasks.len()));

    ui.heading(&say::others_head());
    let others = Census::take(&house.workspace.folder)?.since(&before);
    show_others(context, &others);

    ui.heading(&say::proof_head());
    let made = prove::make(context, house, &opened)?;
    let anchors = Anchor::from_pem(
        &fs_err::read_to_string(seal::own_certificate(house)).map_err(|e| file_trouble(&e))?,
    )?;
    let anchors = verify::Anchors {
        log: log::known_keys(&house.workspace),
        ..verify::Anchors::of_seal(anchors)
    };
    let verdict = verify::verify(&made.path, &anchors)?;
    ui.say(&crate::messages::cli::evidence_made(shown(&made.path)));
    if ui.format == Format::Table {
        proof::show(context, &verdict);
    }
    if !others.iter().all(Compared::is_clean) {
        let harmed = Diagnostic::new("E884", Exit::Unproven, say::harmed());
        return Err(harmed.help(say::harmed_help()).into());
    }
    let kept = |kept: Kept| json!({ "untouched": kept.same, "of": kept.of });
    let places = others.iter().map(|one| {
        json!({ "place": one.place, "before": one.before, "now": one.now,
                "namesake": kept(one.namesake), "others": kept(one.others) })
    });
    let report = json!({
        "schema": "dsr.demo/1",
        "case": opened.id,
        "found": report::findings_json(house, &findings, context.today()),
        "plan": report::plan_json(&plan),
        "applied": report::applied_json(opened.id.as_str(), &applied, Some(&made.path)),
        "everybody_else": places.collect::<Vec<_>>(),
        "evidence": proof::verdict_json(&verdict),
    });
    Ok(Walked {
        case: opened.id.to_string(),
        report,
        exit: applied
            .exit
            .and(find::exit_of(&findings))
            .and(verdict.exit()),
    })
}

/// The request as the command line would state it.
fn request() -> RequestArgs {
    RequestArgs {
        who: Who::with_email(SUBJECT),
        received: None,
        channel: "letter".to_owned(),
        identity: Some("reply-to-stored-address".to_owned()),
        accept: Vec::new(),
        same_person: false,
        system: Vec::new(),
    }
}

/// Identities that the search itself came upon, and where.
fn learned(context: &Context, findings: &Findings) {
    for known in &findings.identities {
        if let Origin::Derived { object, .. } = &known.from {
            let identity = &known.identity;
            let words = say::learned(identity.kind.to_string(), identity.value(), object);
            context.ui.say(&words);
        }
    }
}

fn show_others(context: &Context, others: &[Compared]) {
    context.ui.say(&say::others(SUBJECT_NAME));
    let columns = [
        say::place(),
        say::before(),
        say::now(),
        say::of_namesake(SUBJECT_NAME),
        say::of_others(),
    ];
    let words = |kept: Kept| -> String {
        let text = match kept.of {
            0 => Text::same("–"),
            of => say::untouched(kept.same, of),
        };
        text.to(context.ui.lang).to_owned()
    };
    let rows: Vec<Vec<String>> = others
        .iter()
        .map(|one| {
            vec![
                one.place.clone(),
                one.before.to_string(),
                one.now.to_string(),
                words(one.namesake),
                words(one.others),
            ]
        })
        .collect();
    context.ui.show(&columns, &rows);
}

/// Says how long it took and what to try next; returns the commands.
fn next(context: &Context, kept: Option<&Path>, case: &str, began: Instant) -> Vec<String> {
    let en = format!("{:.1}", began.elapsed().as_secs_f32());
    let de = en.replace('.', ",");
    let seconds = Text { en, de };
    let commands = match kept {
        None => {
            context.ui.say(&say::took(seconds));
            vec![
                ("dsr demo --keep demo".to_owned(), say::try_keep()),
                ("dsr init".to_owned(), say::try_init()),
                ("dsr --help".to_owned(), say::try_help()),
            ]
        }
        Some(folder) => {
            let word = word(folder);
            context.ui.say(&say::took_and_kept(seconds, shown(folder)));
            vec![
                (format!("dsr demo --serve {word}"), say::try_serve()),
                (
                    format!("dsr -C {word} find --email {NAMESAKE}"),
                    say::try_find(SUBJECT_NAME),
                ),
                (format!("dsr -C {word} case show {case}"), say::try_show()),
                (format!("dsr -C {word} sweep"), say::try_sweep()),
            ]
        }
    };
    context.ui.heading(&say::next_head());
    let width = commands.iter().map(|(command, _)| command.len()).max();
    for (command, why) in &commands {
        let command = format!("{command:<0$}", width.unwrap_or(0));
        context.ui.say(&say::try_line(command, why));
    }
    commands.into_iter().map(|(command, _)| command).collect()
}

/// A path as a shell takes it.
fn word(path: &Path) -> String {
    let text = shown(path);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    match text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// Serves the records of a kept landscape under the addresses that its inventory names.
fn serve(context: &mut Context, folder: &Path) -> Result<Exit> {
    let foreign = || {
        Diagnostic::new("E885", Exit::Usage, say::not_a_demo(shown(folder)))
            .help(say::not_a_demo_help())
    };
    let records = folder.join("services");
    if !folder.join("dsr.yaml").is_file() || !records.join("crm.json").is_file() {
        return Err(foreign().into());
    }
    let workspace = Workspace::find(folder)?;
    let (inventory, _) = context.read(&workspace, Some(&Lock::read(&workspace)?))?;
    let address = |system: &str| -> Option<SocketAddr> {
        match inventory.system(system)?.settings.get("url")? {
            Setting::Plain(url) => url.strip_prefix("http://")?.parse().ok(),
            Setting::Secret(_) => None,
        }
    };
    // What is served is not meant for other machines.
    let address = |system: &str| address(system).filter(|found| found.ip().is_loopback());
    let (Some(crm), Some(desk)) = (address("crm"), address("desk")) else {
        return Err(foreign().into());
    };
    let silent = |error: std::io::Error| {
        Diagnostic::new("E886", Exit::Failed, say::no_services())
            .why(Text::same(error.to_string()))
            .help(say::no_services_help())
    };
    let ports = Ports::take(Some(crm), Some(desk)).map_err(silent)?;
    let running = ports.serve(&records).map_err(silent)?;
    context
        .ui
        .say(&say::serving(crm.to_string(), desk.to_string()));
    let mut taken = interrupt::take();
    block_on(taken.asked())?;
    drop(running);
    Ok(Exit::Done)
}
