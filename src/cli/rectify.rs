//! `dsr rectify`: puts right values in the place of wrong ones (Art. 16 GDPR); without `--set` it shows what all systems hold today.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::context::{Context, House};
use crate::cli::journey::apply::Consent;
use crate::cli::journey::{self, Opened, RequestArgs, walk};
use crate::cli::many::{self, Wish};
use crate::cli::people::{self, PeopleArgs, Reads};
use crate::cli::{find, report, signing};
use crate::diagnostic::{Diagnostic, Exit, Result, Source};
use crate::messages::rights as say;
use crate::plan::{Aim, Correction, rectify};
use crate::yaml;

/// Correct a person's data everywhere; without --set, show side by side what the systems hold
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    people: PeopleArgs,
    /// Right value of a category (contact.email) or of one field (SYSTEM.OBJECT.FIELD); repeat for several
    #[arg(long, value_name = "FIELD=VALUE", conflicts_with = "subjects")]
    set: Vec<String>,
    /// Read the right values from a YAML or JSON file, or from standard input with `-`
    #[arg(long, value_name = "FILE|-", conflicts_with = "subjects")]
    set_from: Option<PathBuf>,
    /// What must stand there until now; anything else stops the command. Repeat for several
    #[arg(long, value_name = "FIELD=VALUE", conflicts_with = "subjects")]
    was: Vec<String>,
    /// Stop after planning; nothing is written
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    consent: Consent,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    if args.request.who.reads_standard_input() && is_standard_input(args.set_from.as_deref()) {
        let diagnostic = Diagnostic::new("E869", Exit::Usage, say::two_inputs());
        return Err(diagnostic.help(say::set_file_help()).into());
    }
    people::refuse_accept(&args.people, &args.request.accept)?;
    let corrections = corrections(&args)?;
    let house = context.house()?;
    let right = "rectification";
    let reads = Reads::Corrections(&house.inventory);
    let people = people::read(context, &args.people, &house.inventory.kinds, &reads)?;
    if !people.is_empty() {
        let wish = Wish {
            request: &args.request,
            verb: "rectify",
            right,
            aim: &|_, person| {
                let corrections = person.corrections.clone();
                Ok(Aim::Rectify { corrections })
            },
            only_open: false,
            consent: &args.consent,
            plan: args.plan,
            despite_access: false,
        };
        let exit = many::change(context, &house, &people, &wish)?;
        house.close()?;
        return Ok(exit);
    }
    if !corrections.is_empty() {
        rectify::check_names(&house.inventory, &corrections)?;
        signing::operates(context, &house)?;
    }
    let opened = journey::open(context, &house, &args.request, right)?;
    let method = args.request.identity.as_deref();
    let aim = match corrections.is_empty() {
        false => Aim::Rectify { corrections },
        true => match journey::aim(&house, &opened)? {
            Some(aim @ Aim::Rectify { .. }) if args.request.who.case.is_some() => aim,
            _ => return truth(context, &house, &opened, &args),
        },
    };
    journey::remember(&house, &opened, &aim)?;
    let only = &args.request.system;
    let exit = if args.plan {
        journey::note_identity(context, &house, &opened, method)?;
        walk::plan_only(context, &house, &opened, &aim, only, None)?
    } else {
        journey::confirm_identity(context, &house, &opened, method)?;
        walk::go_on(context, &house, &opened, &aim, only, &args.consent)?
    };
    house.close()?;
    Ok(exit)
}

/// What all systems hold, side by side.
fn truth(context: &Context, house: &House, opened: &Opened, args: &Args) -> Result<Exit> {
    let only = &args.request.system;
    let findings = super::block_on(journey::search(context, house, opened, only, "rectify"))??;
    report::summary(context, &findings);
    report::truth(context, house, opened.id.as_str(), &findings);
    house.close()?;
    Ok(find::exit_of(&findings))
}

fn is_standard_input(file: Option<&Path>) -> bool {
    file.is_some_and(|file| file.as_os_str() == "-")
}

/// What `--set`, `--set-from` and `--was` say together.
fn corrections(args: &Args) -> Result<Vec<Correction>> {
    let mut corrections = match &args.set_from {
        Some(file) => from_file(file)?,
        None => Vec::new(),
    };
    for pair in &args.set {
        let (field, value) = split(pair)?;
        corrections.push(Correction {
            field,
            value,
            was: None,
        });
    }
    for pair in &args.was {
        let (field, value) = split(pair)?;
        let Some(correction) = corrections.iter_mut().find(|c| c.field == field) else {
            let diagnostic = Diagnostic::new("E868", Exit::Usage, say::was_without_set(&field));
            return Err(diagnostic.help(say::correction_help()).into());
        };
        correction.was = Some(value);
    }
    for correction in &corrections {
        if correction.value.trim().is_empty() {
            let what = say::empty_value(&correction.field);
            let diagnostic = Diagnostic::new("E866", Exit::Usage, what);
            return Err(diagnostic.help(say::empty_value_help()).into());
        }
    }
    Ok(corrections)
}

fn split(pair: &str) -> Result<(String, String)> {
    let wrong = || {
        Diagnostic::new("E865", Exit::Usage, say::not_a_correction()).help(say::correction_help())
    };
    let (field, value) = pair.split_once('=').ok_or_else(wrong)?;
    Ok((field.trim().to_owned(), value.to_owned()))
}

/// `contact.email: a@example.org`, or `{ was: …, set: … }` in place of the value.
fn from_file(file: &Path) -> Result<Vec<Correction>> {
    let wrong = || {
        Diagnostic::new("E867", Exit::Usage, say::set_file_unreadable()).help(say::set_file_help())
    };
    let text = if is_standard_input(Some(file)) {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs_err::read_to_string(file)
    };
    let text = text.map_err(|error| wrong().why(crate::messages::os::why_at(file, &error)))?;
    let source = Arc::new(Source {
        path: file.to_owned(),
        text,
    });
    // The snippet of a YAML error would show personal values, so only the place is named.
    let node = yaml::parse(&source).map_err(|mut error| {
        let line = error.place.take().map_or(0, |place| place.line_column().0);
        wrong().why(crate::messages::cli::in_line(line))
    })?;
    let mut corrections = Vec::new();
    for (name, value) in node.map().ok_or_else(wrong)? {
        let field = name.text.clone();
        let Some(both) = value.map() else {
            let value = value.scalar().ok_or_else(wrong)?;
            corrections.push(Correction {
                field,
                value,
                was: None,
            });
            continue;
        };
        let (mut set, mut was) = (None, None);
        for (key, value) in both {
            let value = value.scalar().ok_or_else(wrong)?;
            match key.text.as_str() {
                "set" => set = Some(value),
                "was" => was = Some(value),
                _ => return Err(wrong().into()),
            }
        }
        corrections.push(Correction {
            field,
            value: set.ok_or_else(wrong)?,
            was,
        });
    }
    Ok(corrections)
}
