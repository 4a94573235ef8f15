//! The help pages: grouped by who needs a command, in English from the doc comments, in German from the catalogue.

use clap::{Command, CommandFactory as _};

use crate::cli::Cli;
use crate::messages::{Lang, help as say};

/// The commands of `dsr`, ready to parse, with help in the given language.
pub(crate) fn command(lang: Lang) -> Command {
    let command = Cli::command();
    let command = match lang {
        Lang::En => command,
        Lang::De => germanise(command, ""),
    };
    let overview = overview(&command, lang);
    command.help_template(overview)
}

/// Groups of the first page, by who needs them.
const GROUPS: [(&str, &[&str]); 3] = [
    ("every_day", &["find", "erase", "case"]),
    ("it", &["init", "demo", "check", "trust", "plan", "apply"]),
    ("auditor", &["evidence", "audit"]),
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
            page.push_str(&format!("  {name:<10} {about}\n"));
        }
    }
    page.push_str(&format!(
        "\n{}\n{{options}}\n\n{}\n",
        say::options().to(lang),
        say::more().to(lang)
    ));
    page
}

/// Replaces every help text by the German one; `path` is `erase` or `case.list`.
fn germanise(command: Command, path: &str) -> Command {
    let id = if path.is_empty() { "dsr" } else { path };
    let mut command = match say::german(id) {
        Some(text) => command.about(text),
        None => command,
    };
    if !path.is_empty() {
        let template = "{about}\n\nAufruf: {usage}\n\n{all-args}\n";
        command = command
            .help_template(template)
            .subcommand_help_heading("Befehle")
            .next_help_heading("Angaben");
    }
    command = command.mut_args(|arg| {
        let arg = arg.help_heading("Angaben");
        // What these would say is English, and the text itself names the values.
        let arg = if arg.get_action().takes_values() {
            arg.hide_possible_values(true).hide_default_value(true)
        } else {
            arg
        };
        let own = format!("{path}.{}", arg.get_id());
        let shared = format!("*.{}", arg.get_id());
        match say::german(&own).or_else(|| say::german(&shared)) {
            Some(text) => arg.help(text),
            None => arg,
        }
    });
    command = command.disable_help_flag(true).arg(
        clap::Arg::new("help")
            .short('h')
            .long("help")
            .action(clap::ArgAction::Help)
            .help("Diese Hilfe zeigen")
            .help_heading("Angaben"),
    );
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in names {
        let below = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        command = command.mut_subcommand(&name, |sub| germanise(sub, &below));
    }
    command
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
            for arg in command
                .get_arguments()
                .filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"))
            {
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
