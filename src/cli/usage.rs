//! Command lines that cannot be understood, in the reader's language; and the language itself, before anything is parsed.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use jiff::civil::Date;

use crate::diagnostic::{Diagnostic, Exit};
use crate::inventory;
use crate::messages::{Lang, Text, usage as say, yaml as say_yaml};
use crate::secret;
use crate::ui::diagnostic::render;
use crate::workspace::Workspace;

/// The language asked for: `--lang`, else the environment's if it is one we speak.
pub(crate) fn language(args: &[OsString]) -> Option<Lang> {
    let mut args = args.iter().filter_map(|arg| arg.to_str());
    while let Some(arg) = args.next() {
        let value = if arg == "--lang" {
            args.next()
        } else {
            arg.strip_prefix("--lang=")
        };
        if let Some(lang) = value.and_then(|value| Lang::from_str(value, true).ok()) {
            return Some(lang);
        }
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))?;
    match locale.get(..2) {
        Some("de") => Some(Lang::De),
        Some("en") => Some(Lang::En),
        _ => None,
    }
}

/// The language of the inventory that the command line is about: whoever works there reads it. English where there is none, or it cannot be
/// told.
pub(crate) fn language_here(args: &[OsString]) -> Lang {
    let folder = directory(args).unwrap_or_else(|| PathBuf::from("."));
    let workspace = Workspace::find(&folder).ok();
    let stated = workspace.and_then(|workspace| inventory::language(&workspace.inventory_file()));
    stated.unwrap_or(Lang::En)
}

/// What `-C` says in a command line that could not be understood as a whole.
fn directory(args: &[OsString]) -> Option<PathBuf> {
    let mut args = args.iter().filter_map(|arg| arg.to_str());
    while let Some(arg) = args.next() {
        if matches!(arg, "-C" | "--directory") {
            return args.next().map(PathBuf::from);
        }
        let attached = arg.strip_prefix("--directory=").or(arg.strip_prefix("-C"));
        if let Some(folder) = attached {
            return Some(PathBuf::from(folder));
        }
    }
    None
}

/// Shows help, version, or what is wrong with a command line.
pub(crate) fn refuse(error: &clap::Error, lang: Lang) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = write!(std::io::stdout().lock(), "{}", error.render());
            Exit::Done
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = write!(std::io::stderr().lock(), "{}", error.render());
            Exit::Usage
        }
        kind => {
            let _ = writeln!(
                std::io::stderr().lock(),
                "{}",
                render(&diagnose(kind, error), lang, false)
            );
            Exit::Usage
        }
    }
}

fn diagnose(kind: ErrorKind, error: &clap::Error) -> Diagnostic {
    let context = |kind| error.get(kind).map(written).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let what = match kind {
        // A word without a dash is a value in all likelihood, perhaps the person's address where its flag was forgotten.
        ErrorKind::UnknownArgument if !argument.starts_with('-') => say::stray_value(),
        ErrorKind::UnknownArgument => say::unknown_flag(&argument),
        ErrorKind::InvalidSubcommand if context(ContextKind::SuggestedSubcommand).is_empty() => {
            say::no_such_command()
        }
        ErrorKind::InvalidSubcommand => {
            say::unknown_command(context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => say::missing_argument(&argument),
        ErrorKind::MissingSubcommand => say::missing_command(),
        ErrorKind::ArgumentConflict => match context(ContextKind::PriorArg) {
            other if other.is_empty() => say::conflict(&argument),
            other if other == argument => say::twice(&argument),
            other => say::conflict_with(&argument, other),
        },
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            say::too_many_values(&argument)
        }
        ErrorKind::InvalidUtf8 => say::not_unicode(),
        ErrorKind::InvalidValue if value.is_empty() => say::value_missing(&argument),
        // The value could be personal (`--email`), so only the flag is named.
        _ => say::invalid_value(&argument),
    };
    let mut diagnostic = Diagnostic::new("E820", Exit::Usage, what);
    for kind in [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ] {
        let near = near(error, kind);
        if let [one] = near.as_slice() {
            diagnostic = diagnostic.help(say_yaml::did_you_mean(one));
        } else if !near.is_empty() {
            diagnostic = diagnostic.help(say_yaml::did_you_mean_one_of(near.join(", ")));
        }
    }
    if kind == ErrorKind::UnknownArgument && argument.starts_with("--name") {
        diagnostic = diagnostic.help(say::names_are_looked_for());
    }
    if matches!(
        kind,
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::MissingRequiredArgument
    ) && let Some(form) = form_of(&argument)
    {
        diagnostic = diagnostic.help(form);
    }
    let valid = context(ContextKind::ValidValue);
    if !valid.is_empty() {
        diagnostic = diagnostic.help(say::possible_values(valid));
    }
    diagnostic.help(say::see_help())
}

/// How a value is written that is called so.
fn form_of(argument: &str) -> Option<Text> {
    let names = [
        ("DATE", say::dates_are as fn() -> Text),
        ("DATUM", say::dates_are),
        ("DAY", say::dates_are),
        ("TAG", say::dates_are),
        ("N", say::numbers_are),
        ("ANZAHL", say::numbers_are),
        ("DAYS", say::days_are),
        ("TAGE", say::days_are),
        ("PERIOD", say::periods_are),
        ("ZEITRAUM", say::periods_are),
    ];
    let is_called = |name: &str| argument.ends_with(&format!("<{name}>"));
    let found = names.iter().find(|(name, _)| is_called(name));
    found.map(|(_, form)| form())
}

/// A day as data or as Germans write it, with all four digits of the year: 26 would be a year of antiquity.
pub(crate) fn day(text: &str) -> std::result::Result<Date, &'static str> {
    let text = text.trim();
    text.parse()
        .or_else(|_| Date::strptime("%d.%m.%Y", text))
        .ok()
        .filter(|day: &Date| day.year() >= 1000)
        .ok_or("not a day")
}

/// A range of days that ends before it begins (E438); the later end is named as its flag is.
pub(crate) fn backwards(
    from: Option<Date>,
    (flag, to): (&str, Option<Date>),
) -> Option<Diagnostic> {
    let (from, to) = from.zip(to).filter(|(from, to)| from > to)?;
    let wrong = Diagnostic::new("E438", Exit::Usage, say::range_backwards(from, flag, to));
    Some(wrong.help(say::range_backwards_help()))
}

/// Refuses a range of days, `--from` and `--to`, in which nothing can have happened.
///
/// # Errors
/// E438 if it ends before it begins, E939 if it begins after today.
pub(crate) fn past(
    from: Option<Date>,
    to: Option<Date>,
    today: Date,
) -> crate::diagnostic::Result<()> {
    let ahead = from.filter(|from| *from > today).map(|from| {
        let wrong = Diagnostic::new("E939", Exit::Usage, say::day_ahead("--from", from));
        wrong.help(say::day_ahead_help())
    });
    match backwards(from, ("--to", to)).or(ahead) {
        Some(wrong) => Err(wrong.into()),
        None => Ok(()),
    }
}

/// What is known and much like what was written, the likest first; several of them each in quotes.
fn near(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        None => Vec::new(),
        Some(ContextValue::Strings(several)) if several.len() > 1 => {
            let likest_first = several.iter().rev();
            likest_first.map(|near| format!("`{near}`")).collect()
        }
        Some(one) => vec![written(one)],
    }
}

fn written(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        other => other.to_string(),
    }
}

/// Standard error behind the redaction of secrets.
pub(crate) struct RedactingWriter;

impl Write for RedactingWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        std::io::stderr()
            .lock()
            .write_all(secret::redact(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().lock().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_a_year_of_four_digits() {
        let november = jiff::civil::date(2026, 11, 2);
        for text in ["2026-11-02", "02.11.2026", " 2.11.2026 "] {
            assert_eq!(day(text), Ok(november), "{text}");
        }
        for text in [
            "02.11.26",
            "2.11.26",
            "31.02.2026",
            "11/02/2026",
            "45964",
            "",
        ] {
            assert!(day(text).is_err(), "{text}");
        }
    }
}
