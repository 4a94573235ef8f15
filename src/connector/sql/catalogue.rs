//! What a live database says about a table, and whether the inventory's words fit it.
//!
//! An engine fills a [`Table`] when the run first touches an object; everything after that, from the comparison that suits a
//! column to the warning about a missing index, is decided here without asking the database again.

use super::name::TableName;
use crate::connector::object::{Finder, How, Via};
use crate::connector::{Action, Blind, Column, Fault, Holds, Object, Shape};
use crate::subject::Kind;

/// Which SQL is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
    /// MariaDB and MySQL.
    Mysql,
}

/// A table as the live catalogue describes it.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) dialect: Dialect,
    pub(super) schema: Option<String>,
    pub(super) name: String,
    /// Whether the database's `lower()` knows letters beyond ASCII.
    pub(super) folds_unicode: bool,
    pub(super) columns: Vec<LiveColumn>,
    /// Sets of columns that no two rows share.
    pub(super) unique: Vec<Vec<String>>,
    pub(super) triggers: Vec<String>,
    /// Rules of PostgreSQL that rewrite what is done to the table.
    pub(super) rules: Vec<String>,
    /// Foreign keys of other tables.
    pub(super) references: Vec<Reference>,
    /// Views have no indexes of their own to ask for.
    pub(super) is_view: bool,
    /// What the engine calls the place of a row, good for one statement; `None` where that is not one place.
    pub(super) place: Option<&'static str>,
    /// What else weakens a promise, as [`Table::warnings`] says it.
    pub(super) weak: Vec<(String, String)>,
    pub(super) refuses: Refuses,
    pub(super) beyond: Beyond,
}

/// What a record may have beside the columns of the table.
#[derive(Clone, Debug, Default)]
pub(super) struct Beyond {
    /// Columns of tables that inherit from it, whose rows are found through it: `table.column`.
    pub(super) heirs: Vec<String>,
    /// Why the catalogue may not show all of them.
    pub(super) blind: Option<Blind>,
}

/// Why records of a table may not be written to, though they can be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Refuses {
    /// In any way.
    pub(super) writing: Option<Fault>,
    /// By removing or overwriting, after which nothing may be left of what was there.
    pub(super) erasing: Option<Fault>,
    pub(super) removing: Option<Fault>,
}

impl Refuses {
    pub(super) fn action(&self, action: Action) -> Option<&Fault> {
        let erasing = match action {
            Action::Remove | Action::Anonymise => self.erasing.as_ref(),
            _ => None,
        };
        let removing = self.removing.as_ref().filter(|_| action == Action::Remove);
        self.writing.as_ref().or(erasing).or(removing)
    }
}

#[derive(Clone, Debug)]
pub(super) struct LiveColumn {
    /// As the catalogue spells it.
    pub(super) name: String,
    pub(super) shape: Column,
    pub(super) compare: Compare,
    /// The type to which a text is cast before it is written; empty where none is needed.
    pub(super) cast: String,
    /// Whether this account may read it.
    pub(super) readable: bool,
    pub(super) indexes: Indexes,
}

/// How a value, which is always text here, is compared with a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    /// As it stands.
    Text,
    /// Cast to the column's type, for which it must be fit; otherwise no row can hold it.
    Cast(String, Fit),
    /// Both as it stands and by its written form (a column of SQLite that converts what it is compared with).
    Both,
    /// By the written form of the column alone.
    Written,
    /// MySQL: letters in a character set of the column's own, which its collation compares.
    Letters {
        charset: String,
        collation: String,
        /// Whether the collation takes no notice of case.
        folds: bool,
    },
    /// MySQL: bytes, which travel in hexadecimal.
    Bytes,
}

/// Which texts are values of a type in its own canonical spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Any,
    Whole {
        bits: u32,
    },
    /// Without a sign.
    Natural {
        bits: u32,
    },
    Decimal,
    Uuid,
}

impl Fit {
    pub(super) fn takes(self, value: &str) -> bool {
        match self {
            Fit::Any => true,
            Fit::Whole { bits } => value.parse::<i128>().is_ok_and(|number| {
                let limit = 1i128 << (bits - 1);
                number.to_string() == value && (-limit..limit).contains(&number)
            }),
            Fit::Natural { bits } => value
                .parse::<u128>()
                .is_ok_and(|number| number.to_string() == value && number < 1u128 << bits),
            Fit::Decimal => {
                let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
                let digits =
                    |part: &str| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit());
                digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(fraction)
            }
            Fit::Uuid => {
                value.len() == 36
                    && value.char_indices().all(|(at, character)| match at {
                        8 | 13 | 18 | 23 => character == '-',
                        _ => character.is_ascii_hexdigit(),
                    })
            }
        }
    }
}

/// Which comparisons an index of the column serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Indexes {
    pub(super) plain: bool,
    pub(super) lower: bool,
    /// SQLite: the index ignores the case of ASCII letters.
    pub(super) nocase: bool,
    pub(super) digits: bool,
    /// PostgreSQL: an index names the rows whose value has white space around it.
    pub(super) blanks: bool,
    /// MySQL: the places in the table of generated columns that hold the lower case and the digits, and have the index.
    pub(super) lower_in: Option<usize>,
    pub(super) digits_in: Option<usize>,
}

/// A foreign key elsewhere whose rows refer to rows of a table.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) schema: Option<String>,
    pub(super) table: String,
    /// Column there, column here.
    pub(super) columns: Vec<(String, String)>,
    /// Whether they are deleted together with the row that they refer to.
    pub(super) cascades: bool,
}

impl Table {
    /// What is deleted elsewhere together with a row of this table.
    pub(super) fn cascades(&self) -> impl Iterator<Item = &Reference> {
        self.references
            .iter()
            .filter(|reference| reference.cascades)
    }

    pub(super) fn title(&self) -> String {
        let schema = self.schema.clone();
        TableName {
            schema,
            table: self.name.clone(),
        }
        .to_string()
    }

    /// The column of this name; PostgreSQL alone tells cases apart.
    pub(super) fn column(&self, name: &str) -> Option<&LiveColumn> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .or_else(|| match self.dialect {
                Dialect::Postgres => None,
                Dialect::Sqlite | Dialect::Mysql => self
                    .columns
                    .iter()
                    .find(|column| column.name.eq_ignore_ascii_case(name)),
            })
    }

    /// # Errors
    /// The column does not exist.
    pub(super) fn require(&self, name: &str) -> Result<&LiveColumn, Fault> {
        self.column(name)
            .ok_or_else(|| Fault::no_column(self.title(), name))
    }

    /// Proves that every column the object speaks of is there and may be read.
    ///
    /// # Errors
    /// The first column that is missing, or that this account may not read.
    pub(super) fn check(&self, object: &Object, columns: &[String]) -> Result<(), Fault> {
        let found_by = object
            .find
            .iter()
            .flat_map(|finder| columns_of(&finder.via));
        for name in columns.iter().map(String::as_str).chain(found_by) {
            if !self.require(name)?.readable {
                return Err(Fault::forbidden(format!("SELECT {}.{name}", self.title())));
            }
        }
        if let How::Table {
            restrict,
            unrestrict,
            ..
        } = &object.how
        {
            for (name, _) in restrict.iter().chain(unrestrict) {
                self.require(name)?;
            }
        }
        Ok(())
    }

    /// The columns under the names that the inventory uses for them.
    pub(super) fn shape(&self, object: &Object) -> Shape {
        let mut shape = Shape::new();
        for live in &self.columns {
            shape.insert(live.name.clone(), live.shape.clone());
        }
        let mut named: Vec<&str> = object
            .find
            .iter()
            .flat_map(|f| columns_of(&f.via))
            .collect();
        named.extend(object.key.iter().map(String::as_str));
        named.extend(object.fields.iter().map(|field| field.name.as_str()));
        for name in named {
            if let Some(live) = self.column(name) {
                let mut column = live.shape.clone();
                column.indexed = self
                    .lookups(object, name)
                    .all(|how| how.served(live.indexes));
                shape.insert(name.to_owned(), column);
            }
        }
        shape
    }

    /// What about the table weakens a promise: comparisons without an index (W203, W353), triggers (W204), a key that is not unique
    /// (W206), rows elsewhere that vanish with a row of this one (W207).
    pub(super) fn warnings(&self, object: &Object) -> Vec<(String, String)> {
        let mut warnings = Vec::new();
        let mut warn = |code: &str, what: String| warnings.push((code.to_owned(), what));
        // A name is looked for within the columns' texts, which no index serves.
        let served = |finder: &&Finder| {
            !self.is_view && finder.by.as_ref().is_none_or(|kind| kind.0 != NAME)
        };
        for finder in object.find.iter().filter(served) {
            for name in columns_of(&finder.via) {
                let how = Lookup::of(finder.by.as_ref());
                if let Some(live) = self.column(name)
                    && !how.served(live.indexes)
                {
                    let statement = super::statement::index(self, live, how);
                    warn("W203", format!("{}.{name}: {statement}", self.title()));
                }
                if let Some(live) = self.column(name)
                    && self.dialect == Dialect::Postgres
                    && how == Lookup::Folded
                    && !live.indexes.blanks
                {
                    let statement = super::statement::index_of_blanks(self, live);
                    warn("W353", format!("{}.{name}: {statement}", self.title()));
                }
            }
        }
        for trigger in &self.triggers {
            warn("W204", format!("{}: {trigger}", self.title()));
        }
        let key: Vec<&str> = object
            .key
            .iter()
            .filter_map(|k| Some(self.column(k)?.name.as_str()))
            .collect();
        let proven = |set: &Vec<String>| set.iter().all(|name| key.contains(&name.as_str()));
        if !self.is_view && !self.unique.iter().any(proven) {
            warn(
                "W206",
                format!("{}: {}", self.title(), object.key.join(", ")),
            );
        }
        for cascade in self.cascades() {
            let columns: Vec<&str> = cascade
                .columns
                .iter()
                .map(|(there, _)| there.as_str())
                .collect();
            warn(
                "W207",
                format!("{}: {}.{}", self.title(), cascade.table, columns.join(", ")),
            );
        }
        warnings.extend(self.weak.iter().cloned());
        warnings.dedup();
        warnings
    }

    fn lookups<'o>(
        &self,
        object: &'o Object,
        name: &'o str,
    ) -> impl Iterator<Item = Lookup> + use<'o> {
        let asked = object
            .find
            .iter()
            .filter(move |finder| columns_of(&finder.via).any(|column| column == name))
            .filter(|finder| finder.by.as_ref().is_none_or(|kind| kind.0 != NAME));
        let mut lookups: Vec<Lookup> = asked.map(|finder| Lookup::of(finder.by.as_ref())).collect();
        if lookups.is_empty() {
            lookups.push(Lookup::Equal);
        }
        lookups.into_iter()
    }
}

/// How a finder looks into a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    Equal,
    Folded,
    Digits,
}

impl Lookup {
    fn of(kind: Option<&Kind>) -> Lookup {
        match kind.map(|kind| kind.0.as_str()) {
            Some(Kind::EMAIL) => Lookup::Folded,
            Some(Kind::PHONE) => Lookup::Digits,
            _ => Lookup::Equal,
        }
    }

    fn served(self, indexes: Indexes) -> bool {
        match self {
            Lookup::Equal => indexes.plain,
            Lookup::Folded => indexes.lower || indexes.nocase,
            Lookup::Digits => indexes.digits,
        }
    }
}

/// The kind of identity that finds candidates by what people are called.
pub(super) const NAME: &str = "name";

/// The columns into which a finder looks.
pub(super) fn columns_of(via: &Via) -> impl Iterator<Item = &str> {
    let (columns, pairs): (&[String], &[(String, String)]) = match via {
        Via::Columns(columns) => (columns, &[]),
        Via::Join(pairs) => (&[], pairs),
        Via::Request(_) => (&[], &[]),
    };
    columns
        .iter()
        .map(String::as_str)
        .chain(pairs.iter().map(|(child, _)| child.as_str()))
}

/// The coarse type of a column by the words of a type name.
pub(super) fn holds(type_name: &str) -> Holds {
    let name = type_name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["[]", "interval", "point", "range"]) {
        Holds::Other
    } else if has(&["bool"]) {
        Holds::Boolean
    } else if has(&["char", "text", "clob", "name", "string"]) {
        Holds::Text
    } else if has(&[
        "int", "serial", "numeric", "decimal", "real", "double", "float", "money",
    ]) {
        Holds::Number
    } else if has(&["timestamp", "datetime"]) {
        Holds::Timestamp
    } else if name == "date" {
        Holds::Date
    } else if name == "uuid" {
        Holds::Uuid
    } else if has(&["json"]) {
        Holds::Json
    } else if has(&["blob", "bytea", "binary"]) {
        Holds::Binary
    } else {
        Holds::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_fits_a_type_only_in_its_canonical_spelling() {
        let whole = Fit::Whole { bits: 32 };
        assert!(whole.takes("4711") && whole.takes("-1") && whole.takes("2147483647"));
        for value in [
            "0042",
            "+1",
            "2147483648",
            "1e3",
            "1 or 1=1",
            "",
            "anna@example.org",
            "٤",
        ] {
            assert!(!whole.takes(value), "{value}");
        }
        assert!(
            Fit::Decimal.takes("-12.50") && !Fit::Decimal.takes("1e5") && !Fit::Decimal.takes(".")
        );
        assert!(Fit::Uuid.takes("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"));
        assert!(!Fit::Uuid.takes("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1'"));
    }
}
