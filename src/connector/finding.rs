//! What the doctor (`dsr check`) says of a system: what weakens a promise, how much it matters, what to do about it.
//!
//! Engines know the facts and make the findings; `cli` collects them and decides about the exit code. A finding names tables, columns,
//! files and accounts, never a record.

use serde::{Deserialize, Serialize};

use crate::connector::Fault;
use crate::messages::{Text, fault};

/// How much a finding matters, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something could not be examined, or will not work.
    Error,
    /// It works, and a promise is weaker for it.
    Warning,
    /// Good to know.
    Hint,
}

/// One thing that the doctor found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: String,
    pub severity: Severity,
    /// The object of the inventory that it concerns; `None` for the whole system.
    pub object: Option<String>,
    pub text: Text,
    pub remedy: Option<Text>,
    /// A statement or command that puts it right, ready to be copied.
    pub statement: Option<String>,
}

impl Finding {
    pub fn warning(code: &str, text: Text) -> Finding {
        Finding::new(code, Severity::Warning, text)
    }

    pub fn hint(code: &str, text: Text) -> Finding {
        Finding::new(code, Severity::Hint, text)
    }

    pub fn error(code: &str, text: Text) -> Finding {
        Finding::new(code, Severity::Error, text)
    }

    fn new(code: &str, severity: Severity, text: Text) -> Finding {
        Finding {
            code: code.to_owned(),
            severity,
            object: None,
            text,
            remedy: None,
            statement: None,
        }
    }

    /// What kept a system or an object from being examined.
    pub fn of_fault(failure: &Fault) -> Finding {
        Finding::error(&failure.code, failure.text.clone()).remedy(fault::remedy(&failure.code))
    }

    pub fn on(mut self, object: &str) -> Finding {
        self.object = Some(object.to_owned());
        self
    }

    pub fn remedy(mut self, remedy: Text) -> Finding {
        self.remedy = Some(remedy);
        self
    }

    pub fn statement(mut self, statement: impl Into<String>) -> Finding {
        self.statement = Some(statement.into());
        self
    }
}
