//! What a row means: its fields, the columns they belong to, and the key that names it.

use encoding_rs::Encoding;
use serde_json::{Map, Value};

use crate::connector::object::At;
use crate::connector::{Action, Changes, Fault, Key, Object};

/// Stands for a key where an object names no key columns.
pub(super) const ROW: &str = "_row";

/// Whether rows of this object are named by their bytes instead of by columns.
pub(super) fn is_named_by_row(object: &Object) -> bool {
    object.key.iter().any(|part| part == ROW)
}

/// Columns that the file must have for this object: those that are searched, described or part of the key.
pub(super) fn needed(object: &Object) -> Vec<&str> {
    use crate::connector::object::Via;
    let mut columns: Vec<&str> = Vec::new();
    for finder in &object.find {
        match &finder.via {
            Via::Columns(names) => columns.extend(names.iter().map(String::as_str)),
            Via::Join(pairs) => columns.extend(pairs.iter().map(|(child, _)| child.as_str())),
            Via::Request(_) => {}
        }
    }
    columns.extend(object.fields.iter().filter_map(|field| match &field.at {
        At::Path(names) => names.first().map(String::as_str),
        At::JsonPath(_) => None,
    }));
    columns.extend(object.clock.as_deref());
    for action in [Action::Restrict, Action::Unrestrict, Action::Suppress] {
        columns.extend(object.sets(action).iter().map(|(name, _)| name.as_str()));
    }
    columns.extend(object.key.iter().map(String::as_str).filter(|k| *k != ROW));
    columns
}

/// The texts that an action writes, by column; null is an empty cell.
pub(super) fn values(object: &Object, action: Action, changes: &Changes) -> Vec<(String, String)> {
    let column = |name: &String| match object.field(name).map(|field| &field.at) {
        Some(At::Path(names)) => names.first().unwrap_or(name).clone(),
        _ => name.clone(),
    };
    let mut values: Vec<(String, String)> = changes
        .iter()
        .map(|(name, value)| (column(name), value.clone().unwrap_or_default()))
        .collect();
    for (column, value) in object.sets(action) {
        if !values.iter().any(|(name, _)| name == column) {
            values.push((column.clone(), value.clone().unwrap_or_default()));
        }
    }
    values
}

/// The columns of a file, each under a name of its own.
pub(super) struct Header {
    names: Vec<String>,
    repeated: Vec<String>,
}

impl Header {
    /// A column without a name, or with one that was there before, takes its number (`#3`, `Mail#3`), so that none is lost.
    pub(super) fn new(fields: Vec<String>) -> Header {
        let fields: Vec<&str> = fields.iter().map(|field| field.trim()).collect();
        let mut header = Header {
            names: Vec::with_capacity(fields.len()),
            repeated: Vec::new(),
        };
        for (index, &name) in fields.iter().enumerate() {
            let again = fields[..index].contains(&name);
            if again {
                header.repeated.push(name.to_owned());
            }
            let mut unique = name.to_owned();
            while unique.is_empty()
                || header.names.contains(&unique)
                || (unique != name && fields.contains(&unique.as_str()))
            {
                unique = format!("{unique}#{}", index + 1);
            }
            header.names.push(unique);
        }
        header
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// Whether the name stands for more than one column of the file.
    pub(super) fn is_ambiguous(&self, name: &str) -> bool {
        self.repeated.iter().any(|repeated| repeated == name)
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column == name)
    }

    /// The text of a column in a row, trimmed.
    pub(super) fn text<'f>(&self, fields: &'f [String], name: &str) -> Option<&'f str> {
        Some(fields.get(self.position(name)?)?.trim())
    }

    /// Column names to texts.
    pub(super) fn data(&self, fields: Vec<String>) -> Value {
        let pairs = self.names.iter().cloned();
        Value::Object(
            pairs
                .zip(fields.into_iter().map(Value::String))
                .collect::<Map<_, _>>(),
        )
    }

    /// The key of a row from its key columns.
    pub(super) fn key(&self, object: &Object, fields: &[String]) -> Result<Key, Fault> {
        let part = |name: &String| self.text(fields, name).unwrap_or_default().to_owned();
        Key::new(object.key.iter().map(part).collect())
            .map_err(|index| Fault::empty_key(&object.key[index]))
    }
}

/// The fields of one row, `None` if its bytes are not text of the encoding.
pub(super) fn fields(
    raw: &[u8],
    encoding: &'static Encoding,
    delimiter: u8,
) -> Option<Vec<String>> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(raw)?;
    let delimiter = char::from(delimiter);
    let mut fields = Vec::new();
    let mut rest: &str = &text;
    loop {
        let mut field = String::new();
        if let Some(mut quoted) = rest.strip_prefix('"') {
            while let Some((before, after)) = quoted.split_once('"') {
                field.push_str(before);
                rest = after;
                match after.strip_prefix('"') {
                    Some(more) => {
                        field.push('"');
                        quoted = more;
                    }
                    None => break,
                }
            }
        }
        match rest.split_once(delimiter) {
            Some((before, after)) => {
                field.push_str(before);
                fields.push(field);
                rest = after;
            }
            None => {
                field.push_str(rest);
                fields.push(field);
                return Some(fields);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::csv::scan::Scan;
    use proptest::prelude::*;

    fn split(row: &str) -> Vec<String> {
        fields(row.as_bytes(), encoding_rs::UTF_8, b';').unwrap()
    }

    #[test]
    fn fields_are_read_as_other_programs_read_them() {
        assert_eq!(split("a;b"), ["a", "b"]);
        assert_eq!(split(""), [""]);
        assert_eq!(split(";"), ["", ""]);
        assert_eq!(
            split("\"x;\"\"y\"\"\n\";5\" pipe"),
            ["x;\"y\"\n", "5\" pipe"]
        );
        assert_eq!(split("\"\";\"\"\"\""), ["", "\""]);
        assert_eq!(split("=1+1;'@x"), ["=1+1", "'@x"]);
        assert!(fields(b"M\xfcller", encoding_rs::UTF_8, b';').is_none());
        assert_eq!(
            fields(b"M\xfcller", encoding_rs::WINDOWS_1252, b';').unwrap(),
            ["Müller"]
        );
    }

    #[test]
    fn no_column_is_lost_under_a_name_used_twice() {
        let header = Header::new(split("Mail;;Mail; Name "));
        assert_eq!(header.names, ["Mail", "#2", "Mail#3", "Name"]);
        assert!(header.is_ambiguous("Mail"));
        assert!(!header.is_ambiguous("Name"));
    }

    proptest! {
        #[test]
        fn the_csv_crate_reads_the_same(fields in prop::collection::vec("[a;\"\n\r é']{0,6}", 1..5)) {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
            writer.write_record(&fields).unwrap();
            let bytes = writer.into_inner().unwrap();
            let row = std::str::from_utf8(&bytes).unwrap().strip_suffix('\n').unwrap();
            prop_assert_eq!(split(row), fields);
        }

        #[test]
        fn odd_quoting_is_read_like_the_csv_crate_does(row in "[a;\"]{1,12}") {
            // An open quote is the scan's to refuse.
            let scan = Scan::start(row.as_bytes(), encoding_rs::UTF_8, b';', 64).and_then(|mut scan| scan.next_row());
            prop_assume!(scan.is_ok());
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).flexible(true).from_reader(row.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(split(&row), record.iter().collect::<Vec<_>>());
        }
    }
}
