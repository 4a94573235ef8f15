//! A file that names many people: which column is which identity, and who stands in it.
//!
//! The whole file is checked before anybody is looked for, and each mistake is named with its line and never with its value. A
//! person who stands in two lines is refused: two cases would work on the same records. What a command reads beside the people has
//! files of its own: new values (`corrections.rs`), days of notice (`notices.rs`).

mod corrections;
mod file;
mod notices;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::cli::context::Context;
use crate::cli::journey;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::harmless::typed;
use crate::messages::{Text, cli as say_cli, people as say};
use crate::plan::Correction;
use crate::subject::{Identity, Kind, Kinds};

use corrections::Corrections;
pub(crate) use notices::{Lifting, Notices};

/// The file, and how its columns are to be understood.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct PeopleArgs {
    /// Work for many people: a CSV or JSON file with a line or an entry for each, who get a case, plan and proof each
    #[arg(long, value_name = "FILE", conflicts_with_all = ["email", "phone", "id", "subject", "case", "pick"])]
    pub(crate) subjects: Option<PathBuf>,
    /// Which column of the file is what, such as email=Mail; also reference, received, channel, identity, for rectify contact.email and was:contact.email, for restrict --lift notice and because
    #[arg(long, value_name = "WHAT=COLUMN", requires = "subjects")]
    pub(crate) map: Vec<String>,
}

/// One person of the file.
#[derive(Clone)]
pub(crate) struct Person {
    /// Line of a CSV file, or place in the list from 1.
    pub(crate) row: usize,
    /// What the caller calls this request, such as the number of a ticket.
    pub(crate) reference: Option<String>,
    pub(crate) stated: Vec<Identity>,
    pub(crate) received: Option<Date>,
    pub(crate) channel: Option<String>,
    /// How identity was confirmed.
    pub(crate) method: Option<String>,
    /// What is wrong about them and what is right, sorted by field; empty unless corrections are read.
    pub(crate) corrections: Vec<Correction>,
    /// Why and when their restriction may end; `None` unless notices are read.
    pub(crate) lifting: Option<Lifting>,
}

/// What a command reads of each line beside who is meant.
pub(crate) enum Reads<'a> {
    Nothing,
    /// New values for this inventory.
    Corrections(&'a crate::inventory::Inventory),
    /// Days of notice, and grounds.
    Notices(Notices),
}

/// The columns that a command reads beside those of every command.
enum Own<'a> {
    None,
    Corrections(Corrections<'a>),
    Notices(&'a Notices),
}

/// Mistakes of a file that are named one by one.
const MOST: usize = 50;

/// Columns that are no identity.
const REFERENCE: &str = "reference";
const RECEIVED: &str = "received";
const CHANNEL: &str = "channel";
const METHOD: &str = "identity";
const OTHERS: [&str; 4] = [REFERENCE, RECEIVED, CHANNEL, METHOD];

/// Headings that people give to the identities that every inventory knows, in lower case without hyphens.
const HEADINGS: [(&str, &str); 9] = [
    ("mail", Kind::EMAIL),
    ("emailadresse", Kind::EMAIL),
    ("mailadresse", Kind::EMAIL),
    ("telefon", Kind::PHONE),
    ("telefonnummer", Kind::PHONE),
    ("mobil", Kind::PHONE),
    ("aktenzeichen", REFERENCE),
    ("eingang", RECEIVED),
    ("eingangsweg", CHANNEL),
];

/// Reads the people of a file.
///
/// # Errors
/// Exit 2 with every line that cannot be understood; then nobody is looked for.
pub(crate) fn read(
    context: &Context,
    args: &PeopleArgs,
    kinds: &Kinds,
    reads: &Reads<'_>,
) -> Result<Vec<Person>> {
    let Some(path) = &args.subjects else {
        return Ok(Vec::new());
    };
    let own = Own::of(reads);
    let (columns, rows) = file::content(context, path)?;
    let mapping = mapping(&columns, &args.map, kinds, &own)?;
    own.check(&columns, &mapping)?;
    let mut people = Vec::new();
    let mut troubles = Vec::new();
    for (row, cells) in rows {
        match person(row, &cells, &mapping, kinds, &own, context.today()) {
            Ok(person) => people.push(person),
            Err(mut wrong) => troubles.append(&mut wrong),
        }
    }
    troubles.extend(same_person(&people));
    if troubles.len() > MOST {
        let more = troubles.len() - MOST;
        troubles.truncate(MOST);
        let rest = Diagnostic::new("E952", Exit::Usage, say::more_troubles(more));
        troubles.push(rest.help(say::more_troubles_help()));
    }
    if !troubles.is_empty() {
        return Err(troubles.into());
    }
    if people.is_empty() {
        return Err(Diagnostic::new("E942", Exit::Usage, say::nobody())
            .help(say::nobody_help())
            .into());
    }
    tell(context, &columns, &mapping, people.len());
    Ok(people)
}

/// Refuses `--accept` beside a file: a record is accepted as one person's, and the flag does not say whose.
///
/// # Errors
/// E953, before anything is opened or asked.
pub(crate) fn refuse_accept(args: &PeopleArgs, accept: &[String]) -> Result<()> {
    match args.subjects.is_some() && !accept.is_empty() {
        true => Err(
            Diagnostic::new("E953", Exit::Usage, say::accept_is_for_one())
                .help(say::accept_is_for_one_help())
                .into(),
        ),
        false => Ok(()),
    }
}

impl<'a> Own<'a> {
    fn of(reads: &'a Reads<'a>) -> Own<'a> {
        match reads {
            Reads::Nothing => Own::None,
            Reads::Corrections(inventory) => Own::Corrections(Corrections::of(inventory)),
            Reads::Notices(notices) => Own::Notices(notices),
        }
    }

    /// What a name behind `--map` stands for, as it is kept in the mapping.
    fn target(&self, name: &str) -> Option<String> {
        match self {
            Own::None => None,
            Own::Corrections(corrections) => corrections.target(name),
            Own::Notices(_) => notices::target(name),
        }
    }

    /// What a heading stands for.
    fn heading(
        &self,
        column: &str,
        columns: &[String],
    ) -> std::result::Result<Option<String>, Diagnostic> {
        match self {
            Own::None => Ok(None),
            Own::Corrections(corrections) => corrections.heading(column, columns),
            Own::Notices(_) => Ok(notices::heading(column)),
        }
    }

    /// What else `--map` takes here.
    fn help(&self) -> Option<Text> {
        match self {
            Own::None => None,
            Own::Corrections(_) => Some(say::map_corrections()),
            Own::Notices(_) => Some(say::map_notices()),
        }
    }

    fn check(&self, columns: &[String], mapping: &BTreeMap<String, String>) -> Result<()> {
        match self {
            Own::None | Own::Notices(_) => Ok(()),
            Own::Corrections(corrections) => corrections.check(columns, mapping),
        }
    }

    /// Takes what a line says, by what its columns stand for.
    fn line(
        &self,
        person: &mut Person,
        cells: &BTreeMap<&str, Vec<&str>>,
    ) -> std::result::Result<(), Vec<Diagnostic>> {
        match self {
            Own::None => {}
            Own::Corrections(corrections) => {
                person.corrections = corrections.line(person.row, cells)?;
            }
            Own::Notices(notices) => person.lifting = Some(notices.line(person.row, cells)?),
        }
        Ok(())
    }
}

/// Says which column was read as what, so that a wrong guess is seen before anything follows from it.
fn tell(context: &Context, columns: &[String], mapping: &BTreeMap<String, String>, people: usize) {
    let lang = context.ui.lang;
    let named = |column: &&String| mapping.contains_key(*column);
    let read: Vec<String> = columns
        .iter()
        .filter(named)
        .map(|column| {
            let what = corrections::in_words(&mapping[column]);
            say::read_as(column, what).to(lang).to_owned()
        })
        .collect();
    context.ui.say(&say::mapping(people, read.join(", ")));
    let left: Vec<String> = columns
        .iter()
        .filter(|column| !named(column))
        .cloned()
        .collect();
    if !left.is_empty() {
        context.ui.say(&say::not_read(headings(&left)));
    }
}

/// Headings, for the conversation; `…` for all of them if one is a value: a file without a header line begins with a person.
fn headings(columns: &[String]) -> String {
    let is_value = |column: &String| {
        let digits = column.chars().filter(char::is_ascii_digit).count();
        column.contains('@') || digits >= 5 || column.chars().count() > 60
    };
    match columns.iter().any(is_value) {
        true => "…".to_owned(),
        false => columns.join(", "),
    }
}

/// Which column is read as what: as `--map` says, else by its heading.
fn mapping(
    columns: &[String],
    stated: &[String],
    kinds: &Kinds,
    own: &Own<'_>,
) -> Result<BTreeMap<String, String>> {
    let is_identity = |name: &str| {
        name == Kind::EMAIL
            || name == Kind::PHONE
            || kinds.rules.contains_key(&Kind(name.to_owned()))
    };
    let known = |name: &str| is_identity(name) || OTHERS.contains(&name);
    let all = || headings(columns);
    let mut mapping = BTreeMap::new();
    for pair in stated {
        let wrong = || {
            Diagnostic::new("E944", Exit::Usage, say::not_a_mapping())
                .help(say::not_a_mapping_help())
        };
        let (what, column) = pair.split_once('=').ok_or_else(wrong)?;
        let what = match known(what) {
            true => Some(what.to_owned()),
            false => own.target(what),
        };
        let Some(what) = what else {
            let what = pair.split_once('=').map_or("", |(what, _)| what);
            let mut names: Vec<&str> = vec![Kind::EMAIL, Kind::PHONE];
            names.extend(kinds.rules.keys().map(|kind| kind.0.as_str()));
            names.sort_unstable();
            names.dedup();
            let diagnostic = Diagnostic::new("E944", Exit::Usage, say::unknown_target(typed(what)))
                .help(say::known_targets(names.join(", ")));
            return Err(match own.help() {
                Some(help) => diagnostic.help(help).into(),
                None => diagnostic.into(),
            });
        };
        if !columns.iter().any(|known| known == column) {
            return Err(
                Diagnostic::new("E945", Exit::Usage, say::unknown_column(typed(column)))
                    .help(say::columns_are(all()))
                    .into(),
            );
        }
        mapping.insert(column.to_owned(), what);
    }
    let named: Vec<String> = mapping.values().cloned().collect();
    if let Some(what) = named
        .iter()
        .enumerate()
        .find_map(|(at, what)| named[..at].contains(what).then_some(what))
    {
        return Err(Diagnostic::new("E946", Exit::Usage, say::twice(what))
            .help(say::twice_help(what))
            .into());
    }
    let mut unclear = Vec::new();
    for column in columns
        .iter()
        .filter(|column| !mapping.contains_key(*column))
        .collect::<Vec<_>>()
    {
        let plain: String = column
            .trim()
            .to_lowercase()
            .chars()
            .filter(|c| !matches!(c, '-' | ' '))
            .collect();
        let exact = column.trim().to_lowercase();
        let heading = HEADINGS.iter().find(|(heading, _)| *heading == plain);
        let own = match own.heading(column, columns) {
            Ok(own) => own,
            Err(diagnostic) => {
                unclear.push(diagnostic);
                continue;
            }
        };
        let what = match heading {
            _ if own.is_some() => own.as_deref().unwrap_or_default(),
            _ if known(&exact) => exact.as_str(),
            _ if known(&plain) => plain.as_str(),
            Some((_, what)) => what,
            None => continue,
        };
        // What was stated counts alone.
        if named.iter().any(|named| named == what) {
            continue;
        }
        if mapping.values().any(|named| named == what) {
            return Err(Diagnostic::new("E946", Exit::Usage, say::twice(what))
                .help(say::twice_help(what))
                .into());
        }
        mapping.insert(column.clone(), what.to_owned());
    }
    if !unclear.is_empty() {
        return Err(unclear.into());
    }
    if !mapping.values().any(|what| is_identity(what)) {
        return Err(Diagnostic::new("E947", Exit::Usage, say::no_column())
            .help(say::no_column_help(all()))
            .into());
    }
    Ok(mapping)
}

fn person(
    row: usize,
    cells: &BTreeMap<String, Vec<String>>,
    mapping: &BTreeMap<String, String>,
    kinds: &Kinds,
    own: &Own<'_>,
    today: Date,
) -> std::result::Result<Person, Vec<Diagnostic>> {
    let mut person = Person {
        row,
        reference: None,
        stated: Vec::new(),
        received: None,
        channel: None,
        method: None,
        corrections: Vec::new(),
        lifting: None,
    };
    let mut troubles = Vec::new();
    let mut others: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (column, what) in mapping {
        for value in cells
            .get(column)
            .into_iter()
            .flatten()
            .filter(|value| !value.trim().is_empty())
        {
            match what.as_str() {
                REFERENCE => person.reference = Some(value.clone()),
                // What the ledger cannot hold would stop the command between two people.
                CHANNEL | METHOD if journey::code(value).is_err() => troubles.push(
                    Diagnostic::new("E834", Exit::Usage, say_cli::not_a_code())
                        .why(say::in_row(row))
                        .help(say_cli::code_help()),
                ),
                CHANNEL => person.channel = Some(value.clone()),
                METHOD => person.method = Some(value.clone()),
                RECEIVED => match crate::cli::usage::day(value) {
                    Ok(day) if day > today => troubles.push(
                        Diagnostic::new("E833", Exit::Usage, say_cli::received_in_future(day))
                            .why(say::in_row(row))
                            .help(say_cli::received_help(today)),
                    ),
                    Ok(day) => person.received = Some(day),
                    Err(_) => troubles.push(
                        Diagnostic::new("E948", Exit::Usage, say::not_a_day(row))
                            .help(say::not_a_day_help()),
                    ),
                },
                other if own.target(other).is_some() => {
                    others.entry(other).or_default().push(value);
                }
                kind => match kinds.identity(&Kind(kind.to_owned()), value) {
                    Ok(identity) => person.stated.push(identity),
                    Err(text) => troubles.push(
                        Diagnostic::new("E824", Exit::Usage, text)
                            .why(say::in_row(row))
                            .help(say_cli::identity_help()),
                    ),
                },
            }
        }
    }
    if person.stated.is_empty() && troubles.is_empty() {
        troubles.push(
            Diagnostic::new("E949", Exit::Usage, say::no_identity(row))
                .help(say::no_identity_help()),
        );
    }
    person.stated.sort();
    person.stated.dedup();
    if let Err(mut wrong) = own.line(&mut person, &others) {
        troubles.append(&mut wrong);
    }
    if troubles.is_empty() {
        Ok(person)
    } else {
        Err(troubles)
    }
}

/// Lines that share an identity.
fn same_person(people: &[Person]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&Identity, usize> = BTreeMap::new();
    let mut pairs = Vec::new();
    for person in people {
        for identity in &person.stated {
            match first.get(identity) {
                Some(&row) if row != person.row => pairs.push((row, person.row)),
                Some(_) => {}
                None => {
                    first.insert(identity, person.row);
                }
            }
        }
    }
    pairs.dedup();
    let refuse = |(first, second)| {
        Diagnostic::new("E950", Exit::Usage, say::same_person(first, second))
            .help(say::same_person_help())
    };
    pairs.into_iter().map(refuse).collect()
}
