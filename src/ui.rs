//! The only writer to the terminal: tables, JSON, CSV, progress, questions.
//!
//! Data goes to stdout, conversation to stderr. A person at a terminal sees progress and colour, a pipe sees neither. Whatever
//! comes out of a record is made harmless first (`harmless.rs`): control characters, terminal escapes, CSV formulas.

pub mod diagnostic;
pub mod log;
pub mod progress;
mod table;
mod wrap;

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use secrecy::SecretString;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::diagnostic::{Diagnostic, Exit, Result, Trouble};
pub use crate::harmless;
use crate::messages::{Lang, Text, ui as say};
use log::Log;

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Csv,
}

/// When colour is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    Auto,
    Always,
    Never,
}

/// The person at the other end, and how they like to be spoken to.
pub struct Ui {
    pub lang: Lang,
    pub format: Format,
    colour: bool,
    progress: bool,
    quiet: bool,
    /// What stderr is for: conversation, or a log.
    log: Log,
    /// Works for one of many: nobody is asked in between.
    hushed: bool,
    /// Whether data could not be written.
    lost: AtomicBool,
}

impl Ui {
    pub fn new(lang: Lang, format: Format, colour: Colour, progress: bool, quiet: bool) -> Ui {
        let terminal = std::io::stderr().is_terminal();
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && !refused,
        };
        Ui {
            lang,
            format,
            colour,
            progress: progress && terminal && !quiet,
            quiet,
            log: Log::Text,
            hushed: false,
            lost: AtomicBool::new(false),
        }
    }

    /// Writes a log where conversation would be: nobody is spoken to or asked, and nothing is drawn.
    pub fn logging(self, log: Log) -> Ui {
        match log {
            Log::Text => self,
            Log::Json | Log::Journal => Ui {
                log,
                colour: false,
                progress: false,
                quiet: true,
                hushed: true,
                ..self
            },
        }
    }

    /// The same place to write to, for work that many do at once: data, warnings and errors only.
    pub fn hushed(&self) -> Ui {
        Ui {
            lang: self.lang,
            format: self.format,
            colour: self.colour,
            progress: false,
            quiet: true,
            log: self.log,
            hushed: true,
            lost: AtomicBool::new(false),
        }
    }

    /// A sentence of conversation.
    pub fn say(&self, text: &Text) {
        if !self.quiet {
            self.line(&self.fitted(&harmless::lines(text.to(self.lang))));
        }
    }

    /// A sentence as the terminal has room for it; a log keeps it in one line.
    fn fitted(&self, text: &str) -> String {
        let terminal = console::Term::stderr();
        match terminal.size_checked() {
            Some((_, columns)) if terminal.is_term() && columns >= 20 => {
                wrap::wrapped(text, usize::from(columns))
            }
            _ => text.to_owned(),
        }
    }

    /// Words that only the person at the terminal may see, once, also the quiet.
    pub fn confide(&self, text: &Text) {
        if self.has_eyes() {
            self.line(&self.fitted(&harmless::lines(text.to(self.lang))));
        }
    }

    /// Whether what is said goes to a terminal and not into a file or a pipe.
    pub fn has_eyes(&self) -> bool {
        self.log == Log::Text && std::io::stderr().is_terminal()
    }

    /// A heading between parts of a longer conversation.
    pub fn heading(&self, text: &Text) {
        if !self.quiet {
            let words = text.to(self.lang);
            self.line("");
            self.line(&if self.colour {
                format!("\u{1b}[1m{words}\u{1b}[0m")
            } else {
                words.to_owned()
            });
        }
    }

    /// A warning is shown even to the quiet.
    pub fn warn(&self, diagnostic: &Diagnostic) {
        self.line(&match self.log {
            Log::Text => diagnostic::render(diagnostic, self.lang, self.colour),
            log => log.line(diagnostic, self.lang),
        });
    }

    /// What stopped the command, and what to do about it.
    pub fn trouble(&self, trouble: &Trouble) {
        if self.format == Format::Json {
            let all: Vec<_> = trouble
                .diagnostics
                .iter()
                .map(|d| diagnostic::json(d, self.lang))
                .collect();
            self.json(&serde_json::json!({ "schema": "dsr.error/1", "exit": trouble.exit() as u8, "errors": all }));
        }
        for diagnostic in &trouble.diagnostics {
            self.warn(diagnostic);
        }
    }

    /// Data for a program.
    pub fn json(&self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string_pretty(value) {
            self.out(&format!("{}\n", harmless::json(&text)));
        }
    }

    /// Rows, as a table or as CSV; the first line names the columns.
    pub fn rows(&self, columns: &[Text], rows: &[Vec<String>]) {
        let out = match self.format {
            Format::Csv => self.csv(columns, rows),
            Format::Table | Format::Json => self.table(columns, rows),
        };
        self.out(&out);
    }

    /// More rows of the same columns, which a file does not name again.
    pub fn more_rows(&self, columns: &[Text], rows: &[Vec<String>]) {
        let out = match self.format {
            Format::Csv => self.csv_lines(None, rows),
            Format::Table | Format::Json => self.table(columns, rows),
        };
        self.out(&out);
    }

    /// A part of an object that is too large to be held as a whole.
    pub fn json_part(&self, text: &str) {
        self.out(&harmless::json(text));
    }

    /// Whether only warnings and errors are to be said.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Rows as part of the conversation.
    pub fn show(&self, columns: &[Text], rows: &[Vec<String>]) {
        if !self.quiet {
            self.line(self.table(columns, rows).trim_end());
        }
    }

    fn table(&self, columns: &[Text], rows: &[Vec<String>]) -> String {
        let columns: Vec<&str> = columns.iter().map(|column| column.to(self.lang)).collect();
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let cells = row.iter().map(|cell| harmless::shown(cell));
                cells.map(|cell| cell.to_string()).collect()
            })
            .collect();
        table::lay_out(&columns, &rows, self.width(), self.colour)
    }

    /// Characters in a line of the terminal; without one as many as a log has room for.
    fn width(&self) -> usize {
        let terminal = console::Term::stdout();
        match terminal.size_checked() {
            Some((_, columns)) if terminal.is_term() && columns > 0 => usize::from(columns),
            _ => 120,
        }
    }

    /// German spreadsheets expect semicolons and a byte order mark.
    fn csv(&self, columns: &[Text], rows: &[Vec<String>]) -> String {
        let text = self.csv_lines(Some(columns), rows);
        if self.lang == Lang::De {
            format!("\u{feff}{text}")
        } else {
            text
        }
    }

    fn csv_lines(&self, columns: Option<&[Text]>, rows: &[Vec<String>]) -> String {
        let delimiter = if self.lang == Lang::De { b';' } else { b',' };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .from_writer(Vec::new());
        // Writing to memory does not fail.
        if let Some(columns) = columns {
            let _ = writer.write_record(columns.iter().map(|column| column.to(self.lang)));
        }
        for row in rows {
            let _ = writer.write_record(
                row.iter()
                    .map(|cell| harmless::spreadsheet(cell).into_owned()),
            );
        }
        writer
            .into_inner()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// A line of data.
    pub fn data(&self, text: &Text) {
        self.out(&(harmless::lines(text.to(self.lang)) + "\n"));
    }

    /// What the program itself made for other programs, such as a script; never a value from a record.
    pub fn raw(&self, bytes: &[u8]) {
        self.out_bytes(bytes);
    }

    fn out(&self, text: &str) {
        self.out_bytes(text.as_bytes());
    }

    fn out_bytes(&self, bytes: &[u8]) {
        let mut out = std::io::stdout().lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        // A closed pipe (`| head`) is the reader's decision, not an error.
        if written.is_err_and(|error| error.kind() != std::io::ErrorKind::BrokenPipe) {
            self.lost.store(true, Ordering::Relaxed);
        }
    }

    /// Says if data did not reach its place, as on a full disk; what the command did is done all the same.
    pub fn finish(&self) -> Exit {
        if !self.lost.load(Ordering::Relaxed) {
            return Exit::Done;
        }
        let diagnostic = Diagnostic::new("E812", Exit::Failed, say::output_lost());
        self.warn(&diagnostic.help(say::output_lost_help()));
        Exit::Failed
    }

    /// Whether there is a person who can answer.
    pub fn can_ask(&self) -> bool {
        !self.hushed && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks and waits for a line; empty if the person just pressed Enter.
    ///
    /// # Errors
    /// Exit 4 when nobody is there to answer.
    pub fn ask(&self, question: &Text) -> Result<String> {
        if !self.can_ask() {
            return Err(Diagnostic::new("E810", Exit::Waiting, say::nobody_there())
                .why(question.clone())
                .help(say::nobody_there_help())
                .into());
        }
        let mut err = std::io::stderr().lock();
        let _ = write!(
            err,
            "{} ",
            self.fitted(&harmless::lines(question.to(self.lang)))
        );
        let _ = err.flush();
        let mut answer = String::new();
        match std::io::stdin().lock().read_line(&mut answer) {
            Ok(0) | Err(_) => Err(Diagnostic::new("E811", Exit::Waiting, say::no_answer())
                .help(say::no_answer_help())
                .into()),
            Ok(_) => Ok(answer.trim().to_owned()),
        }
    }

    /// Asks for a secret and waits for a line, which the terminal does not show.
    ///
    /// # Errors
    /// Exit 4 when nobody is there to answer.
    pub fn ask_hidden(&self, question: &Text) -> Result<SecretString> {
        if !self.can_ask() {
            return Err(Diagnostic::new("E810", Exit::Waiting, say::nobody_there())
                .why(question.clone())
                .help(say::nobody_there_help())
                .into());
        }
        let mut err = std::io::stderr().lock();
        let _ = write!(
            err,
            "{} ",
            self.fitted(&harmless::lines(question.to(self.lang)))
        );
        let _ = err.flush();
        drop(err);
        match console::Term::stderr()
            .read_secure_line()
            .map(Zeroizing::new)
        {
            Err(_) => Err(Diagnostic::new("E811", Exit::Waiting, say::no_answer())
                .help(say::no_answer_help())
                .into()),
            Ok(answer) => Ok(SecretString::from(answer.trim_end_matches(['\n', '\r']))),
        }
    }

    /// Whether progress is shown.
    pub fn shows_progress(&self) -> bool {
        self.progress
    }

    /// Whether conversation is coloured.
    pub fn has_colour(&self) -> bool {
        self.colour
    }

    fn line(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}
