//! The command line: global flags, the verbs, and what they say to the shell.
//!
//! One verb is one file under `cli/` with its `Args` and its `run`. Verbs that walk the path of a request share
//! `cli/journey.rs`; all of them get what they need from [`context::Context`], which is also the only place that asks what time
//! it is.

mod agreeing;
mod apply;
mod approve;
mod audit;
mod backup;
mod candidates;
mod case;
mod check;
mod completions;
mod connector;
mod context;
mod demo;
mod erase;
mod evidence;
mod export;
mod find;
mod help;
mod hold;
mod init;
mod interrupt;
mod journey;
mod key;
mod law;
mod login;
mod logout;
mod man;
mod many;
mod note;
mod optout;
mod people;
mod plan;
mod rectify;
mod report;
mod reports;
mod restrict;
mod schema;
mod seal;
mod shelf;
mod signing;
mod sweep;
mod task;
mod trust;
mod usage;
mod who;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::OnceLock;

use clap::{Args, FromArgMatches as _, Parser, Subcommand};
use tokio::runtime::Runtime;

use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::Lang;
use crate::ui::log::{Events, Log};
use crate::ui::{Colour, Format, Ui};
use context::Context;

/// Answers data-subject requests under the GDPR across every connected system, and proves it
#[derive(Parser, Debug)]
#[command(
    name = "dsr",
    version,
    max_term_width = 110,
    disable_help_subcommand = true
)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    verb: Option<Verb>,
}

/// Flags of every command.
#[derive(Args, Clone, Debug)]
pub(crate) struct Globals {
    /// Work in this folder instead of the nearest one with a dsr.yaml
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    directory: Option<PathBuf>,
    /// How data is printed: table, json or csv
    #[arg(long, value_enum, default_value = "table", global = true)]
    format: Format,
    /// Language: en or de; without it that of the environment, else of the inventory
    #[arg(long, value_enum, global = true)]
    lang: Option<Lang>,
    /// Colour: auto, always or never
    #[arg(long, value_enum, default_value = "auto", global = true)]
    color: Colour,
    /// Show no progress
    #[arg(long, global = true)]
    no_progress: bool,
    /// Show data, warnings and errors only
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Show what happens in detail; repeat for more
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
    /// What stderr is for: text for a person; json or journal, a log without persons
    #[arg(
        long,
        value_enum,
        default_value = "text",
        global = true,
        value_name = "FORM"
    )]
    log: Log,
    /// Who works: a pseudonym from `people:` in the inventory
    #[arg(
        long = "as",
        value_name = "PERSON",
        default_value = "op",
        global = true
    )]
    operator: String,
}

impl Globals {
    /// Whether `--as` was given; while nobody is listed, everybody is called as the default says.
    fn names_operator(&self) -> bool {
        self.operator != context::NOBODY_LISTED
    }
}

#[derive(Subcommand, Debug)]
enum Verb {
    Find(find::Args),
    Rectify(rectify::Args),
    Restrict(restrict::Args),
    Optout(optout::Args),
    Export(Box<export::Args>),
    Erase(erase::Args),
    Case(case::Args),
    Task(task::Args),
    Note(note::Args),
    Init(init::Args),
    Demo(demo::Args),
    Check(check::Args),
    Login(login::Args),
    Logout(logout::Args),
    Trust(trust::Args),
    Hold(hold::Args),
    Key(key::Args),
    Backup(Box<backup::Args>),
    Plan(plan::Args),
    Apply(apply::Args),
    Approve(approve::Args),
    Sweep(sweep::Args),
    Connector(connector::Args),
    Schema(schema::Args),
    Completions(completions::Args),
    Man(man::Args),
    Evidence(evidence::Args),
    Audit(audit::Args),
    Report(reports::Args),
    Law(law::Args),
}

impl Verb {
    /// What a lock says that its holder does; never the arguments, which may name a person.
    fn name(&self) -> &'static str {
        match self {
            Verb::Find(_) => "dsr find",
            Verb::Rectify(_) => "dsr rectify",
            Verb::Restrict(_) => "dsr restrict",
            Verb::Optout(_) => "dsr optout",
            Verb::Export(_) => "dsr export",
            Verb::Erase(_) => "dsr erase",
            Verb::Case(_) => "dsr case",
            Verb::Task(_) => "dsr task",
            Verb::Note(_) => "dsr note",
            Verb::Init(_) => "dsr init",
            Verb::Demo(_) => "dsr demo",
            Verb::Check(_) => "dsr check",
            Verb::Login(_) => "dsr login",
            Verb::Logout(_) => "dsr logout",
            Verb::Trust(_) => "dsr trust",
            Verb::Hold(_) => "dsr hold",
            Verb::Key(_) => "dsr key",
            Verb::Backup(_) => "dsr backup",
            Verb::Plan(_) => "dsr plan",
            Verb::Apply(_) => "dsr apply",
            Verb::Approve(_) => "dsr approve",
            Verb::Sweep(_) => "dsr sweep",
            Verb::Connector(_) => "dsr connector",
            Verb::Schema(_) => "dsr schema",
            Verb::Completions(_) => "dsr completions",
            Verb::Man(_) => "dsr man",
            Verb::Evidence(_) => "dsr evidence",
            Verb::Audit(_) => "dsr audit",
            Verb::Report(_) => "dsr report",
            Verb::Law(_) => "dsr law",
        }
    }
}

/// What a process does that was started to read one document (`connector/files/pdf.rs`): its exit code, `None` for all others.
pub fn read_document(args: &[OsString]) -> Option<u8> {
    use crate::connector::files::pdf;
    pdf::is_asked(args).then(|| {
        let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
        pdf::serve(&mut input, &mut output)
    })
}

/// Runs one command line and returns its exit code.
pub fn run(args: Vec<OsString>) -> u8 {
    let lang = usage::language(&args);
    let parse = |lang| {
        let matches = help::command(lang).try_get_matches_from(&args);
        matches.and_then(|matches| Cli::from_arg_matches(&matches))
    };
    let cli = match parse(lang.unwrap_or(Lang::En)) {
        Ok(cli) => cli,
        Err(error) => {
            let lang = lang.unwrap_or_else(|| usage::language_here(&args));
            // Help and the names of values are written in the language that they were asked for in.
            return usage::refuse(&parse(lang).err().unwrap_or(error), lang) as u8;
        }
    };
    let globals = cli.globals.clone();
    let ui = Ui::new(
        lang.unwrap_or(Lang::En),
        globals.format,
        globals.color,
        !globals.no_progress,
        globals.quiet,
    )
    .logging(globals.log);
    start_log(globals.verbose, globals.log, ui.has_colour());
    let mut context = Context::new(ui, globals, lang.is_some());
    let exit = match dispatch(&mut context, cli.verb) {
        Ok(exit) => exit,
        Err(trouble) => {
            context.ui.trouble(&trouble);
            trouble.exit()
        }
    };
    if crate::connector::rest::has_to_sign_off() {
        // What comes of it changes nothing any more.
        let _ = block_on(crate::connector::rest::sign_off());
    }
    exit.and(context.ui.finish()) as u8
}

fn dispatch(context: &mut Context, verb: Option<Verb>) -> Result<Exit> {
    crate::workspace::announce(verb.as_ref().map_or("dsr", Verb::name));
    match verb {
        None => case::overview(context),
        Some(Verb::Find(args)) => find::run(context, args),
        Some(Verb::Rectify(args)) => rectify::run(context, args),
        Some(Verb::Restrict(args)) => restrict::run(context, args),
        Some(Verb::Optout(args)) => optout::run(context, args),
        Some(Verb::Export(args)) => export::run(context, *args),
        Some(Verb::Erase(args)) => erase::run(context, args),
        Some(Verb::Case(args)) => case::run(context, args),
        Some(Verb::Task(args)) => task::run(context, args),
        Some(Verb::Note(args)) => note::run(context, args),
        Some(Verb::Init(args)) => init::run(context, args),
        Some(Verb::Demo(args)) => demo::run(context, args),
        Some(Verb::Check(args)) => check::run(context, args),
        Some(Verb::Login(args)) => login::run(context, args),
        Some(Verb::Logout(args)) => logout::run(context, args),
        Some(Verb::Trust(args)) => trust::run(context, args),
        Some(Verb::Hold(args)) => hold::run(context, args),
        Some(Verb::Key(args)) => key::run(context, args),
        Some(Verb::Backup(args)) => backup::run(context, *args),
        Some(Verb::Plan(args)) => plan::run(context, args),
        Some(Verb::Apply(args)) => apply::run(context, args),
        Some(Verb::Approve(args)) => approve::run(context, args),
        Some(Verb::Sweep(args)) => sweep::run(context, args),
        Some(Verb::Connector(args)) => connector::run(context, args),
        Some(Verb::Schema(args)) => schema::run(context, &args),
        Some(Verb::Completions(args)) => completions::run(context, &args),
        Some(Verb::Man(args)) => man::run(context, &args),
        Some(Verb::Evidence(args)) => evidence::run(context, args),
        Some(Verb::Audit(args)) => audit::run(context, args),
        Some(Verb::Report(args)) => reports::run(context, args),
        Some(Verb::Law(args)) => law::run(context, args),
    }
}

/// Runs what waits on systems. The commands themselves go one step after the other, all on one runtime: what one step connected
/// serves the next.
fn block_on<F: Future>(future: F) -> Result<F::Output> {
    Ok(runtime()?.block_on(future))
}

/// Begins what goes on beside the command.
fn spawn<F>(future: F) -> Result<tokio::task::JoinHandle<F::Output>>
where
    F: Future<Output: Send> + Send + 'static,
{
    Ok(runtime()?.spawn(future))
}

fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let built = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = built.map_err(|error| {
        let diagnostic = Diagnostic::new("E890", Exit::Failed, crate::messages::cli::no_runtime());
        diagnostic
            .why(crate::messages::Text::same(error.to_string()))
            .help(crate::messages::cli::no_runtime_help())
    })?;
    Ok(RUNTIME.get_or_init(|| {
        runtime.spawn(interrupt::watch());
        runtime
    }))
}

/// Logs go to stderr and only on request; secrets are taken out of every line before it is written.
fn start_log(verbose: u8, log: Log, colour: bool) {
    let level = match (verbose, log) {
        (0, Log::Text) => return,
        (0 | 1, _) => "dsr=info",
        (2, _) => "dsr=debug",
        _ => "dsr=trace,info",
    };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(level))
        .with_writer(|| usage::RedactingWriter);
    // A second start (in tests) keeps the first.
    let _ = match log {
        Log::Text => subscriber.with_ansi(colour).with_target(false).try_init(),
        Log::Json | Log::Journal => subscriber.event_format(Events(log)).try_init(),
    };
}
