//! The law as data: statutory and customary periods, each with its norm, its validity and the day on which somebody read it.
//!
//! The rules stand in `law/*.yaml`, for people who read law; this room reads them and reckons with them. It knows no system, no
//! record and no inventory: from the day of an event it says until when something is kept. What follows for a record is `law`'s
//! affair.

mod cited;
mod file;
mod reckon;

use std::sync::LazyLock;

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::messages::Text;

pub use cited::{cited, names_a_norm};
pub use reckon::{Begin, FinancialYear, Reckoning, counted_from};

/// A rule of the catalogue.
#[derive(Clone, Debug)]
pub struct Statute {
    /// Such as `de.ao147.voucher`; its first part is the legal order.
    pub id: String,
    pub kind: Kind,
    pub title: Text,
    /// The rule that holds in its place for banks, insurers and investment firms.
    pub regulated_finance: Option<String>,
    pub note: Option<Text>,
    /// Where the norm stands today. What was read is said by each version.
    pub url: String,
    /// Oldest first, without gaps.
    pub versions: Vec<Version>,
}

/// What a rule demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It must be kept.
    Min,
    /// It has to be gone by then.
    Max,
    /// It is kept on purpose, and reviewed.
    Keep,
}

/// A rule as it held for some time.
#[derive(Clone, Debug)]
pub struct Version {
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub keep: Keep,
    /// After this long it has to be gone, even where it must be kept before.
    pub latest: Option<Span>,
    pub start: Begin,
    /// The event that the period counts from, in words.
    pub event: Text,
    /// Where the rule stands, in the words of its legal order.
    pub norm: String,
    pub source: String,
    pub read: Read,
    pub checked_on: Date,
}

/// How long.
#[derive(Clone, Copy, Debug)]
pub enum Keep {
    For(Span),
    /// Without an end that could be reckoned.
    Open,
}

impl Keep {
    /// ISO 8601, or `open`.
    pub fn word(&self) -> String {
        match self {
            // A period of no length is written in days, as ISO 8601 has it of a calendar.
            Keep::For(span) if span.is_zero() => "P0D".to_owned(),
            Keep::For(span) => span.to_string(),
            Keep::Open => "open".to_owned(),
        }
    }
}

/// What was read before the rule was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    NormText,
    Quotation,
    Secondary,
    /// Nothing: general knowledge.
    Unread,
}

/// Every rule, in the order of the files.
pub fn all() -> &'static [Statute] {
    static ALL: LazyLock<Vec<Statute>> = LazyLock::new(file::read);
    &ALL
}

/// The rule of this name.
pub fn find(id: &str) -> Option<&'static Statute> {
    all().iter().find(|statute| statute.id == id)
}

/// The rule that holds for a controller: banks, insurers and investment firms have longer ones.
pub fn applying(id: &str, regulated_finance: bool) -> Option<&'static Statute> {
    let statute = find(id)?;
    match &statute.regulated_finance {
        Some(other) if regulated_finance => find(other),
        _ => Some(statute),
    }
}

impl Statute {
    /// The legal order, such as `de`; `gdpr` for what follows from the regulation itself.
    pub fn order(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
}
