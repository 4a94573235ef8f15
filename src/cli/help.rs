//! The help pages: grouped by who needs a command, in English from the doc comments, in German from the catalogue.

use clap::{Command, CommandFactory as _};

use crate::cli::Cli;
use crate::messages::{Lang, help as say};

/// The commands of `dsr`, ready to parse, with help in the given language.
pub(crate) fn command(lang: Lang) -> Command {
    let command = dress(Cli::command(), "", lang);
    let overview = overview(&command, lang);
    command.help_template(overview)
}

/// Groups of the first page, by who needs them.
const GROUPS: [(&str, &[&str]); 4] = [
    (
        "every_day",
        &[
            "find", "export", "rectify", "restrict", "optout", "erase", "case", "task", "note",
        ],
    ),
    ("second", &["approve"]),
    (
        "it",
        &[
            "init",
            "demo",
            "check",
            "login",
            "logout",
            "trust",
            "key",
            "backup",
            "plan",
            "apply",
            "sweep",
            "hold",
            "connector",
            "schema",
            "completions",
            "man",
        ],
    ),
    ("auditor", &["evidence", "audit", "report", "law"]),
];

fn overview(command: &Command, lang: Lang) -> String {
    let mut page = format!(
        "{{about}}\n\n{} dsr [{}] [{}]\n",
        say::usage().to(lang),
        say::options_word().to(lang),
        say::command_word().to(lang)
    );
    for (group, names) in GROUPS {
        page.push_str(&format!("\n{}\n", say::group(group).to(lang)));
        for name in names {
            let about = command
                .find_subcommand(name)
                .and_then(Command::get_about)
                .map(ToString::to_string)
                .unwrap_or_default();
            page.push_str(&format!("  {name:<11} {}\n", hanging(&about, width())));
        }
    }
    page.push_str(&format!(
        "\n{}\n{{options}}\n\n{}\n",
        say::options().to(lang),
        say::more().to(lang)
    ));
    page
}

/// Columns of the first page, as many as clap takes for what it lays out itself.
fn width() -> usize {
    let terminal = console::Term::stdout();
    let columns = match terminal.size_checked() {
        Some((_, columns)) if terminal.is_term() => Some(usize::from(columns)),
        _ => std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok()),
    };
    columns
        .filter(|&columns| columns > 0)
        .unwrap_or(100)
        .min(110)
}

/// A text behind the name of a command, its further lines below its first.
fn hanging(text: &str, width: usize) -> String {
    const INDENT: usize = 14;
    let (mut out, mut used) = (String::new(), INDENT);
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > INDENT && used + 1 + length > width.max(40) {
            out.push_str(&format!("\n{:INDENT$}", ""));
            used = INDENT;
        } else if used > INDENT {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
}

/// Gives each page its headings, with the flags of every command under one of their own, and the German page its texts; `path` is
/// `erase` or `case.list`.
fn dress(command: Command, path: &str, lang: Lang) -> Command {
    let [own_arguments, own_flags, every_command, commands] = say::headings(lang);
    let german = |id: &str| match lang {
        Lang::En => None,
        Lang::De => say::german(id),
    };
    let english = |id: &str| match lang {
        Lang::En => say::english(id),
        Lang::De => None,
    };
    let mut command = match german(if path.is_empty() { "dsr" } else { path }) {
        Some(text) => command.about(text),
        None => command,
    };
    command = command.mut_args(|arg| {
        let heading = if arg.is_global_set() {
            every_command
        } else if arg.is_positional() {
            own_arguments
        } else {
            own_flags
        };
        let own = format!("{path}.{}", arg.get_id());
        let shared = format!("*.{}", arg.get_id());
        let text = german(&own).or_else(|| german(&shared));
        let arg = arg.help_heading(heading);
        match (text, english(&own)) {
            (Some(text), _) => in_german(arg).help(text),
            (None, Some(text)) => arg.help(text),
            (None, None) => arg,
        }
    });
    command = command.disable_help_flag(true).arg(
        clap::Arg::new("help")
            .short('h')
            .long("help")
            .action(clap::ArgAction::Help)
            .display_order(900)
            .help(say::show_help().to(lang).to_owned())
            .help_heading(every_command),
    );
    let below: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in &below {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        command = command.mut_subcommand(name, |sub| dress(sub, &path, lang));
    }
    if path.is_empty() {
        return command.disable_version_flag(true).arg(
            clap::Arg::new("version")
                .short('V')
                .long("version")
                .action(clap::ArgAction::Version)
                .help(say::show_version().to(lang).to_owned()),
        );
    }
    let usage = usage(&command, path, lang);
    command
        .subcommand_help_heading(commands)
        .help_template(format!("{{about}}\n\n{usage}\n\n{{all-args}}\n"))
}

/// How a command is called: `Usage: dsr evidence verify [OPTIONS] <BUNDLE>`.
fn usage(command: &Command, path: &str, lang: Lang) -> String {
    let mut line = format!(
        "{} dsr {} [{}]",
        say::usage().to(lang),
        path.replace('.', " "),
        say::options_word().to(lang)
    );
    for arg in command.get_positionals() {
        let name = arg.get_value_names().unwrap_or_default().join(" ");
        line.push_str(&match arg.is_required_set() {
            true => format!(" <{name}>"),
            false => format!(" [{name}]"),
        });
    }
    if command.has_subcommands() {
        line.push_str(&format!(" <{}>", say::command_word().to(lang)));
    }
    line
}

/// What clap itself would add is English, and the German text names the values; so only the name of the value is left, in German.
fn in_german(arg: clap::Arg) -> clap::Arg {
    if !arg.get_action().takes_values() {
        return arg;
    }
    let arg = arg.hide_possible_values(true).hide_default_value(true);
    let english = arg.get_value_names().and_then(|names| names.first());
    match english.and_then(|name| say::german_value(name)) {
        Some(name) => arg.value_name(name),
        None => arg,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command and every argument has a German text.
    #[test]
    fn nothing_is_left_in_english() {
        fn missing(command: &Command, path: &str, out: &mut Vec<String>) {
            if !path.is_empty() && say::german(path).is_none() {
                out.push(path.to_owned());
            }
            for arg in command.get_arguments() {
                let names = arg.get_value_names().unwrap_or_default();
                let shown = names.iter().filter(|_| arg.get_action().takes_values());
                let unsaid = shown.filter(|n| say::german_value(n).is_none());
                out.extend(unsaid.map(|name| format!("{path}: {name}")));
                let own = format!("{path}.{}", arg.get_id());
                if say::german(&own)
                    .or_else(|| say::german(&format!("*.{}", arg.get_id())))
                    .is_none()
                {
                    out.push(own);
                }
            }
            for sub in command.get_subcommands() {
                let below = if path.is_empty() {
                    sub.get_name().to_owned()
                } else {
                    format!("{path}.{}", sub.get_name())
                };
                missing(sub, &below, out);
            }
        }
        let mut out = Vec::new();
        missing(&Cli::command(), "", &mut out);
        assert!(out.is_empty(), "no German help for {out:?}");
    }

    #[test]
    fn a_long_text_goes_on_below_its_first_line() {
        let shown = hanging(
            "Erase the data of a person everywhere: search, plan, ask",
            46,
        );
        for line in format!("{:14}{shown}", "").lines() {
            assert!(
                line.chars().count() <= 46 && line.starts_with(&" ".repeat(14)),
                "{line}"
            );
        }
        assert_eq!(
            shown.split_whitespace().collect::<Vec<_>>().join(" "),
            "Erase the data of a person everywhere: search, plan, ask"
        );
    }

    /// Every command stands in one group of the first page.
    #[test]
    fn every_command_is_in_a_group() {
        for sub in Cli::command().get_subcommands() {
            let groups = GROUPS
                .iter()
                .filter(|(_, names)| names.contains(&sub.get_name()))
                .count();
            assert_eq!(groups, 1, "{}", sub.get_name());
        }
    }
}
