//! What can be wrong, said so that the reader knows what, where, why and what to do next.
//!
//! Every room returns its errors as [`Trouble`]; `ui::diagnostic` draws them. A diagnostic never holds a personal value or a
//! secret. Each code has one meaning and one heading in `docs/reference/diagnostics.md`.

use std::path::PathBuf;
use std::sync::Arc;

use crate::messages::Text;

/// What a finished command says to the shell (docs/reference/exit-codes.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    Incomplete = 3,
    Waiting = 4,
    Unproven = 5,
    Deadline = 6,
}

impl Exit {
    /// The one of two conditions that the caller has to hear of first: 2, 1, 5, 3, 4, 6, then 0.
    pub fn and(self, other: Exit) -> Exit {
        if self.rank() <= other.rank() {
            self
        } else {
            other
        }
    }

    fn rank(self) -> u8 {
        match self {
            Exit::Usage => 0,
            Exit::Failed => 1,
            Exit::Unproven => 2,
            Exit::Incomplete => 3,
            Exit::Waiting => 4,
            Exit::Deadline => 5,
            Exit::Done => 6,
        }
    }
}

/// A file as it was read, kept for drawing the line that an error speaks of.
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

/// The path only: a file that is wrong may hold a secret written out.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.path)
    }
}

/// A stretch of bytes in a file.
#[derive(Clone, Debug)]
pub struct Place {
    pub source: Arc<Source>,
    pub start: usize,
    pub end: usize,
}

impl Place {
    /// Line and column of the first character, counted from 1; the column counts characters.
    pub fn line_column(&self) -> (usize, usize) {
        let before = &self.source.text[..self.source.text.floor_char_boundary(self.start)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub code: &'static str,
    pub exit: Exit,
    pub what: Text,
    pub place: Option<Place>,
    pub why: Option<Text>,
    pub help: Vec<Text>,
}

impl Diagnostic {
    pub fn new(code: &'static str, exit: Exit, what: Text) -> Diagnostic {
        Diagnostic {
            code,
            exit,
            what,
            place: None,
            why: None,
            help: Vec::new(),
        }
    }

    pub fn at(mut self, place: Place) -> Diagnostic {
        self.place = Some(place);
        self
    }

    pub fn why(mut self, why: Text) -> Diagnostic {
        self.why = Some(why);
        self
    }

    pub fn help(mut self, help: Text) -> Diagnostic {
        self.help.push(help);
        self
    }

    /// Warnings are shown and do not stop a command.
    pub fn is_warning(&self) -> bool {
        self.code.starts_with('W')
    }
}

/// One or more things that stop a command.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.first_line())]
pub struct Trouble {
    pub diagnostics: Vec<Diagnostic>,
}

impl Trouble {
    pub fn exit(&self) -> Exit {
        self.diagnostics
            .iter()
            .map(|d| d.exit)
            .reduce(Exit::and)
            .unwrap_or(Exit::Failed)
    }

    fn first_line(&self) -> String {
        self.diagnostics
            .first()
            .map(|d| format!("{}: {}", d.code, d.what.en))
            .unwrap_or_default()
    }
}

impl From<Diagnostic> for Trouble {
    fn from(diagnostic: Diagnostic) -> Trouble {
        Trouble {
            diagnostics: vec![diagnostic],
        }
    }
}

impl From<Vec<Diagnostic>> for Trouble {
    fn from(diagnostics: Vec<Diagnostic>) -> Trouble {
        Trouble { diagnostics }
    }
}

pub type Result<T, E = Trouble> = std::result::Result<T, E>;
