//! What a system's own catalogue names and nobody reads: columns of a table that the inventory does not list.
//!
//! Their values stay where they are, so only names are here, and whether a record holds something in one of them is not known.

use serde::{Deserialize, Serialize};

/// What the records of an object have in their system beyond what was read of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// In the catalogue's order.
    pub columns: Vec<UnreadColumn>,
    /// Why there may be columns that are not among these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind: Option<Blind>,
}

/// A column whose values nobody asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadColumn {
    /// As the catalogue spells it; behind its table's name and a dot where it belongs to one that inherits from the object's.
    pub name: String,
    /// The account could not read it, were it listed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forbidden: bool,
    /// Other objects of the same table for which the inventory does list it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed_for: Vec<String>,
}

/// Why a catalogue does not show everything that a record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blind {
    /// A view, or a table of another server: what lies behind it may have more columns.
    View,
    /// The server shows to this account only the columns that it has a right to.
    Grants,
    /// Nobody looked: the search is of a version that did not.
    Unasked,
}
