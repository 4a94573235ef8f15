//! Names of columns that nobody read, as they may stand in a package.
//!
//! They are the words of a system's catalogue: bounded, and looked at for credentials like all names from outside. How many records
//! are concerned is the number of records of the object, because a column belongs to every row of its table.

use crate::connector::{Blind, Unread};
use crate::package::columns::Unlisted;
use crate::package::credentials::{About, strip_text};

/// Columns that the inventory does not list for an object.
pub(super) struct Names {
    pub(super) columns: Vec<Name>,
    /// Further ones, which are not kept.
    pub(super) more: u64,
    /// Why there may be others that nobody can name.
    pub(super) blind: Option<Blind>,
}

pub(super) struct Name {
    pub(super) name: String,
    pub(super) forbidden: bool,
    pub(super) listed_for: Vec<String>,
}

impl Names {
    pub(super) fn of(unread: &Unread) -> Names {
        let kept = unread.columns.iter().take(Unlisted::MOST);
        let columns = kept.map(|column| Name {
            name: bounded(&column.name),
            forbidden: column.forbidden,
            listed_for: column.listed_for.clone(),
        });
        Names {
            columns: columns.collect(),
            more: unread.columns.len().saturating_sub(Unlisted::MOST) as u64,
            blind: unread.blind,
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.columns.len() as u64 + self.more
    }

    /// Those that the account could not read.
    pub(super) fn forbidden(&self) -> impl Iterator<Item = &str> {
        let those = self.columns.iter().filter(|column| column.forbidden);
        those.map(|column| column.name.as_str())
    }
}

/// A name from outside that is no longer than names are, and no credential.
pub(super) fn bounded(name: &str) -> String {
    let mut name: String = name.chars().take(Unlisted::LONGEST).collect();
    if name.is_empty() {
        name.push('?');
    }
    // A system that keeps tokens as names of members would give them away here.
    if let (clean, 1..) = strip_text(About::default(), &name) {
        name = clean.into_owned();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::UnreadColumn;

    #[test]
    fn names_are_bounded_and_no_credentials() {
        let column = |name: String| UnreadColumn {
            name,
            forbidden: false,
            listed_for: Vec::new(),
        };
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig";
        let mut columns = vec![column(token.into()), column("x".repeat(500))];
        columns.extend((0..300).map(|number| column(format!("c{number}"))));
        let names = Names::of(&Unread {
            columns,
            blind: Some(Blind::View),
        });
        assert_eq!(names.columns[0].name, "[removed: credential]");
        assert_eq!(names.columns[1].name.len(), 100);
        assert_eq!((names.columns.len(), names.more), (200, 102));
        assert_eq!(names.count(), 302);
    }
}
