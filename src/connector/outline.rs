//! What a system says it holds, before anybody has said which of it is about people: its tables or files with their columns.
//!
//! Names and types only; no record is read.

use crate::connector::Holds;

/// Everything that the account is shown, in the order of names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    pub collections: Vec<Collection>,
}

/// A table, or the files of a system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collection {
    /// As an object of the inventory names it: `table`, or `schema.table` where the bare name would mean another.
    pub name: String,
    /// A view, or a table of another server: what it shows lies elsewhere.
    pub is_view: bool,
    /// The columns of its primary key, in their order.
    pub key: Vec<String>,
    pub columns: Vec<OutlineColumn>,
    pub references: Vec<Reference>,
    /// Columns that only some of the files have.
    pub uneven: Vec<String>,
    /// Read off one record, and not stated by the system.
    pub is_sample: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutlineColumn {
    /// In trees of members the path of one, or a JSONPath.
    pub name: String,
    /// What people call it there, if the system says so.
    pub label: Option<String>,
    /// As the system names it; empty where it has no types.
    pub type_name: String,
    pub holds: Holds,
}

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reference {
    /// The other collection, named as it is.
    pub to: String,
    /// Own column and the other's, which is empty where its key is meant.
    pub pairs: Vec<(String, String)>,
}
