//! Names of tables as the inventory writes them.

use crate::connector::Object;
use crate::connector::object::How;

/// A table's name as the inventory writes it: `schema.table` or `table`, taken to the letter.
///
/// A part that holds a dot itself is written in double quotes, as in SQL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TableName {
    pub(super) schema: Option<String>,
    pub(super) table: String,
}

impl TableName {
    pub(super) fn parse(written: &str) -> TableName {
        let mut parts: Vec<String> = Vec::new();
        let mut rest = written;
        loop {
            let (part, after) = match rest.strip_prefix('"').and_then(quoted) {
                Some(found) => found,
                None if parts.is_empty() => match rest.split_once('.') {
                    Some((part, after)) => (part.to_owned(), Some(after)),
                    None => (rest.to_owned(), None),
                },
                None => (rest.to_owned(), None),
            };
            parts.push(part);
            match after {
                Some(after) if parts.len() < 2 => rest = after,
                _ => break,
            }
        }
        let table = parts.pop().unwrap_or_default();
        TableName {
            schema: parts.pop(),
            table,
        }
    }

    /// The table of an object; its own name where the object is none of SQL.
    pub(super) fn of(object: &Object) -> TableName {
        match &object.how {
            How::Table { table, .. } => TableName::parse(table),
            _ => TableName::parse(&object.name),
        }
    }
}

/// Reads up to the closing quote; what follows a dot behind it is still to be read.
fn quoted(rest: &str) -> Option<(String, Option<&str>)> {
    let mut part = String::new();
    let mut characters = rest.char_indices().peekable();
    while let Some((_, character)) = characters.next() {
        if character != '"' {
            part.push(character);
        } else if characters.next_if(|(_, next)| *next == '"').is_some() {
            part.push('"');
        } else {
            return match characters.next() {
                None => Some((part, None)),
                Some((dot, '.')) => Some((part, Some(&rest[dot + 1..]))),
                Some(_) => None,
            };
        }
    }
    None
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_names_are_taken_to_the_letter() {
        let name = |schema: Option<&str>, table: &str| TableName {
            schema: schema.map(str::to_owned),
            table: table.to_owned(),
        };
        assert_eq!(TableName::parse("customers"), name(None, "customers"));
        assert_eq!(
            TableName::parse("public.Order Items"),
            name(Some("public"), "Order Items")
        );
        assert_eq!(TableName::parse("a.b.c"), name(Some("a"), "b.c"));
        assert_eq!(
            TableName::parse("\"odd.schema\".\"ta\"\"ble\""),
            name(Some("odd.schema"), "ta\"ble")
        );
        assert_eq!(TableName::parse("we\"ird"), name(None, "we\"ird"));
        assert_eq!(
            TableName::parse("x\"; drop table y; --"),
            name(None, "x\"; drop table y; --")
        );
    }
}
