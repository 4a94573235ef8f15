//! `dsr connector record`: carries a case out against a sandbox and writes it down as a test, with invented values in the place of
//! everything that is somebody's.
//!
//! A system of the inventory is only read here: what is written to it belongs into a case and the ledger. A case that writes is
//! recorded with `--connector`, `--set` and `--sandbox`, shows its plan, and asks as every write does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::meant;
use crate::cli::context::{Context, refuse_unseen, signers};
use crate::cli::journey::{self, apply::Consent};
use crate::cli::{block_on, report};
use crate::connector::Settings;
use crate::connector::definition::{self, Definition};
use crate::connector::library;
use crate::diagnostic::{Diagnostic, Exit, Result, Source};
use crate::inventory::Engine;
use crate::messages::{Text, author as say, cli as say_cli, os};
use crate::plan::Correction;
use crate::replay::Run;
use crate::replay::record::{Recorded, Recorder, Wanted};
use crate::secret::{self, Reference};
use crate::subject::{Identity, Kind, Kinds};
use crate::trust::Lock;
use crate::ui::Format;
use crate::workspace::{self, Workspace};
use crate::yaml::error;

/// Carry a case out against a sandbox and write it down as a test, with invented values
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The connector, if the sandbox is no system of the inventory: a file or a name
    #[arg(
        long,
        value_name = "CONNECTOR",
        conflicts_with = "system",
        required_unless_present = "system"
    )]
    connector: Option<String>,
    /// With --connector: a setting of the sandbox, such as url=https://sandbox.example.com; secrets as key=env:NAME; repeatable
    #[arg(long, value_name = "NAME=VALUE", requires = "connector")]
    set: Vec<String>,
    /// The system of the inventory; it is only read
    #[arg(long, value_name = "SYSTEM")]
    system: Option<String>,
    /// What is carried out: find, export, erase, rectify, restrict or optout
    #[arg(long, value_name = "RUN", default_value = "find")]
    run: String,
    /// The test person: an e-mail address, or an identity such as customer_no=4711; repeatable
    #[arg(long, value_name = "ADDRESS|KIND=VALUE", required = true)]
    subject: Vec<String>,
    /// What the case shows, in a few words; nothing of the person
    #[arg(long, value_name = "TEXT", required = true)]
    case: String,
    /// With --run rectify: a new value, such as person.name=Ada; repeatable
    #[arg(long, value_name = "FIELD=VALUE")]
    change: Vec<String>,
    /// The test file, if it is not tests/NAME.test.yml beside the connector; a case is added to it if it is there
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    /// Let the values of this member stay, such as status; repeatable
    #[arg(long, value_name = "MEMBER")]
    keep: Vec<String>,
    /// Replace the values of this member although they look like a record's number; repeatable
    #[arg(long, value_name = "MEMBER")]
    hide: Vec<String>,
    /// What answers is a sandbox: the case may write to it
    #[arg(long, requires = "connector")]
    sandbox: bool,
    #[command(flatten)]
    consent: Consent,
}

/// What stands at the other end.
struct Sandbox {
    definition: Definition,
    text: String,
    settings: Settings,
    kinds: Kinds,
    tests: PathBuf,
}

pub(crate) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let run = run_of(&args.run)?;
    if run.writes() && !args.sandbox {
        return Err(error("E796", say::not_a_sandbox())
            .why(say::not_a_sandbox_why())
            .help(say::not_a_sandbox_help())
            .into());
    }
    let house = match &args.system {
        Some(_) => Some(context.house()?),
        None => None,
    };
    let sandbox = match (&house, &args.system) {
        (Some(house), Some(name)) => of_inventory(context, house, name)?,
        _ => of_flags(context, args)?,
    };
    let wanted = wanted(args, run, &sandbox)?;
    let tests = args
        .tests
        .as_ref()
        .map_or_else(|| sandbox.tests.clone(), |file| context.folder().join(file));
    let existing = match fs_err::read_to_string(&tests) {
        Ok(text) => Some(Arc::new(Source {
            path: tests.clone(),
            text,
        })),
        Err(failure) if failure.kind() == std::io::ErrorKind::NotFound => None,
        Err(failure) => return Err(cannot_write(&tests, &failure).into()),
    };
    if let Some(existing) = &existing {
        // Nothing is asked of the sandbox if there is no place for what it says.
        crate::replay::parse(existing, &sandbox.definition)?;
    }
    for origin in sandbox.definition.contacts() {
        let stated = sandbox.settings.plain.iter();
        let origin = stated.fold(origin, |origin, (name, value)| {
            let value = value.trim_end_matches('/');
            origin.replace(&format!("{{settings.{name}}}"), value)
        });
        context.ui.say(&say_cli::may_contact(origin));
    }
    let name = sandbox.definition.name.clone();
    let mut recorder = Recorder::new(
        &sandbox.definition,
        sandbox.text,
        sandbox.settings,
        sandbox.kinds,
        wanted,
    );
    let searched = block_on(recorder.search())?;
    if let (Some(house), Some(findings)) = (&house, recorder.findings()) {
        // A search of one's own systems is remembered, whatever it is for.
        house.write(
            None,
            context.now(),
            &[journey::searched(
                findings,
                &house.key,
                "find",
                &house.operator,
            )],
        )?;
        house.close()?;
    }
    if let Some(plan) = searched? {
        let writes = plan.steps.iter().filter(|step| step.writes()).count();
        if writes == 0 {
            return Err(error("E799", say::nothing_to_write())
                .help(say::nothing_to_write_help())
                .into());
        }
        recorder.rehearse(existing.as_ref())?;
        report::plan_in_words(context, &plan);
        context.ui.say(&say::will_write(&name));
        journey::apply::consent_to(context, writes, &args.consent, say::look_at_the_plan())?;
        block_on(recorder.apply())??;
    }
    let found = recorder.found();
    let recorded = recorder.write(existing.as_ref())?;
    save(&tests, &recorded.text, existing.is_some())?;
    show(context, args, &name, &tests, &recorded, found);
    Ok(match recorded.wrong.is_empty() {
        true => Exit::Done,
        false => Exit::Waiting,
    })
}

fn show(
    context: &Context,
    args: &Args,
    name: &str,
    tests: &Path,
    recorded: &Recorded,
    found: usize,
) {
    if context.ui.format == Format::Json {
        context.ui.json(&json!({
            "schema": "dsr.connector.record/1",
            "connector": name,
            "case": args.case,
            "run": args.run,
            "file": tests.display().to_string(),
            "exchanges": recorded.exchanges,
            "replaced": recorded.replaced,
            "expect": recorded.expect,
        }));
    }
    for wrong in &recorded.wrong {
        context.ui.warn(wrong);
    }
    context.ui.say(&say::recorded(
        &args.case,
        recorded.exchanges,
        found,
        recorded.replaced,
    ));
    context
        .ui
        .say(&say::recorded_in(tests.display().to_string()));
    if !recorded.wrong.is_empty() {
        context.ui.say(&say::derived_do_not_hold());
    }
}

fn save(file: &Path, text: &str, there: bool) -> Result<()> {
    let folder = workspace::make_folder(file.parent().unwrap_or(Path::new(".")), 0o755);
    let written = folder.and_then(|()| match there {
        true => workspace::replace(file, text.as_bytes(), 0o644),
        false => workspace::write_new(file, text.as_bytes(), 0o644),
    });
    written.map_err(|failure| cannot_write(file, &failure).into())
}

fn cannot_write(file: &Path, failure: &std::io::Error) -> Diagnostic {
    error("E791", say::cannot_write(os::why_at(file, failure))).help(say::cannot_write_help())
}

fn run_of(word: &str) -> Result<Run> {
    let all = [
        Run::Find,
        Run::Export,
        Run::Erase,
        Run::Rectify,
        Run::Restrict,
        Run::Optout,
    ];
    let found = all.into_iter().find(|run| run.word() == word);
    let words: Vec<&str> = all.iter().map(|run| run.word()).collect();
    found.ok_or_else(|| bad("run", say::runs_that_can_be_recorded(words.join(", "))).into())
}

fn bad(flag: &str, help: Text) -> Diagnostic {
    error("E794", say::bad_answer(flag)).help(help)
}

/// A system of the inventory, with its secrets.
fn of_inventory(
    context: &Context,
    house: &crate::cli::context::House,
    name: &str,
) -> Result<Sandbox> {
    journey::check_names(house, &[name.to_owned()])?;
    let system = house.inventory.system(name);
    let Some((system, definition)) = system.and_then(|system| match &system.engine {
        Engine::Rest(definition) => Some((system, definition)),
        _ => None,
    }) else {
        return Err(bad("system", say::only_http_is_recorded()).into());
    };
    let settings = secret::settings(system, &house.inventory.folder).map_err(|fault| {
        error("E797", crate::messages::replay::sandbox_fault(&fault.code))
            .why(fault.text)
            .help(crate::messages::replay::sandbox_fault_help())
    })?;
    Ok(Sandbox {
        text: text_of(definition)?,
        tests: tests_of(definition, &super::home(context)),
        definition: (**definition).clone(),
        settings,
        kinds: house.inventory.kinds.clone(),
    })
}

/// A connector, and settings on the command line.
fn of_flags(context: &Context, args: &Args) -> Result<Sandbox> {
    let (volume, library) = meant(context, args.connector.as_deref().unwrap_or_default())?;
    let definition = definition::load(&volume, &library, None)?;
    if definition.signing().is_some() {
        // A program that nobody has looked at does not run for a recording either.
        let workspace = Workspace::find(&context.folder())?;
        let lock = Lock::read(&workspace)?;
        refuse_unseen(
            |path| say_cli::not_trusted_signer(path),
            signers(&definition),
            &workspace,
            &lock,
        )?;
    }
    let mut settings = Settings::default();
    for pair in &args.set {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| bad("set", say::set_form()))?;
        let known = definition
            .settings
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        let rule = definition
            .settings
            .get(name)
            .ok_or_else(|| bad("set", say::settings_are(&known)))?;
        if rule.secret {
            // A secret on a command line is in the history of the shell, and in the list of processes.
            let reference = Reference::parse(value)
                .map_err(|why| bad("set", say::secret_by_reference(name)).why(why))?;
            let folder = context.folder();
            let fetched = secret::resolve(&reference, &folder)
                .map_err(|fault| bad("set", say::secret_by_reference(name)).why(fault.text))?;
            settings.secret.insert(name.to_owned(), fetched);
        } else {
            rule.check(value, false)
                .map_err(|why| bad("set", say::set_form()).why(why))?;
            settings.plain.insert(name.to_owned(), value.to_owned());
        }
    }
    for (name, rule) in &definition.settings {
        let stated = settings.plain.contains_key(name) || settings.secret.contains_key(name);
        match &rule.default {
            _ if stated => {}
            Some(default) if !rule.secret => {
                drop(settings.plain.insert(name.clone(), default.clone()))
            }
            _ => return Err(bad("set", say::setting_is_missing(name)).into()),
        }
    }
    let kinds = Kinds {
        country: "DE".to_owned(),
        ..Kinds::default()
    };
    Ok(Sandbox {
        text: text_of(&definition)?,
        tests: tests_of(&definition, &super::home(context)),
        definition,
        settings,
        kinds,
    })
}

/// The texts of all files that a connector is made of.
fn text_of(definition: &Definition) -> Result<String> {
    let mut out = String::new();
    for part in &definition.parts {
        let text = match &part.file {
            Some(file) => library::open(file, library::Origin::Path)?
                .source
                .text
                .clone(),
            None => library::shipped(&part.name)
                .map(|volume| volume.source.text.clone())
                .unwrap_or_default(),
        };
        // What a comment says is nobody's word for a value.
        out.extend(
            text.lines()
                .filter(|line| !line.trim_start().starts_with('#'))
                .flat_map(|line| [line, "\n"]),
        );
    }
    Ok(out)
}

/// `tests/NAME.test.yml` beside the connector, or in `connectors/` here for one that came with the program.
fn tests_of(definition: &Definition, home: &Path) -> PathBuf {
    let file = definition.parts.first().and_then(|part| part.file.clone());
    let folder = file
        .as_deref()
        .and_then(Path::parent)
        .map_or_else(|| home.join("connectors"), Path::to_owned);
    let name = file.as_deref().and_then(Path::file_stem).map_or_else(
        || definition.name.clone(),
        |stem| stem.to_string_lossy().into_owned(),
    );
    folder.join("tests").join(format!("{name}.test.yml"))
}

fn wanted(args: &Args, run: Run, sandbox: &Sandbox) -> Result<Wanted> {
    let mut subject: Vec<Identity> = Vec::new();
    let mut typed = Vec::new();
    for stated in &args.subject {
        let (kind, value) = match stated.split_once('=') {
            Some((kind, value)) if !kind.contains('@') => (kind, value),
            _ => (Kind::EMAIL, stated.as_str()),
        };
        let identity = sandbox
            .kinds
            .stated(&Kind(kind.to_owned()), value)
            .map_err(|why| bad("subject", say::subject_form()).why(why))?;
        subject.push(identity);
        typed.push(value.to_owned());
    }
    let mut set = Vec::new();
    for pair in &args.change {
        let (field, value) = pair
            .split_once('=')
            .ok_or_else(|| bad("change", say::change_form()))?;
        let objects = sandbox.definition.objects.iter();
        let mut fields = objects.flat_map(|object| {
            object
                .fields
                .iter()
                .map(|field| (format!("{}.{}", object.name, field.name), &field.category))
        });
        let known = fields.find_map(
            |(name, category)| match (name == field, category == field) {
                (true, _) => Some(format!("{}.{name}", sandbox.definition.name)),
                (_, true) => Some(field.to_owned()),
                _ => None,
            },
        );
        let field = known.ok_or_else(|| bad("change", say::change_form()))?;
        set.push(Correction {
            field,
            value: value.to_owned(),
            was: None,
        });
    }
    if (run == Run::Rectify) == set.is_empty() {
        return Err(bad("change", say::change_form()).into());
    }
    if args.case.trim().is_empty() || args.case.chars().any(char::is_control) {
        return Err(bad("case", say::case_form()).into());
    }
    Ok(Wanted {
        name: args.case.trim().to_owned(),
        run,
        subject,
        typed,
        set,
        keep: args.keep.clone(),
        hide: args.hide.clone(),
    })
}
