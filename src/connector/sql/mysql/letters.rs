//! How MariaDB and MySQL compare and keep values.
//!
//! Their collations see no difference between `a`, `A`, `ä` and `a ` unless somebody chose otherwise. A search may use that, for it
//! only brings candidates, and an index serves it; a key is compared byte by byte as well, or a write could take another's record.
//! A text is compared with a number as a number (`'4711x' = 4711`), so a number is made of it first, if it is one. A value travels in
//! utf8mb4 and is converted to the column's character set, because an index serves no converted column.

use crate::connector::sql::catalogue::{Compare, LiveColumn, Lookup, Table};
use crate::connector::sql::statement::{Builder, quote};
use crate::connector::sql::{Dialect, catalogue::Fit, comparison};
use crate::connector::{Fault, Holds};

/// Longer columns are indexed by their beginning: an index entry has 767 bytes in old row formats, and a letter has four.
const INDEXED_LETTERS: usize = 191;

/// The name under which bytes are read; their type alone does not tell them from letters that are compared byte by byte.
pub(super) const BYTES: &str = "bytes, to be written in hexadecimal";

/// The column as its text, for the list of what is read; bits as a number. Bytes come as they are and are written in hexadecimal here,
/// because the server's own function makes null of those that are half as long as its largest packet.
pub(in crate::connector::sql) fn shown(column: &LiveColumn, name: &str) -> String {
    match &column.compare {
        // The server converts letters on their way.
        Compare::Letters { .. } => name.to_owned(),
        Compare::Bytes => format!("{name} AS `{BYTES}`"),
        _ if column.shape.type_name.starts_with("bit(") => format!("CAST({name} + 0 AS CHAR)"),
        _ => format!("CAST({name} AS CHAR)"),
    }
}

/// The same to compare with, in utf8mb4.
pub(in crate::connector::sql) fn written(column: &LiveColumn, name: &str) -> String {
    match &column.compare {
        Compare::Letters { .. } => format!("CONVERT({name} USING utf8mb4)"),
        Compare::Bytes => format!("HEX({name})"),
        _ => shown(column, name),
    }
}

/// Equality for a search: the column's collation decides. `None` if no value of the column's type is written like this.
pub(in crate::connector::sql) fn equals(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    value: &str,
) -> Option<String> {
    let name = builder.column(column);
    match &column.compare {
        Compare::Letters {
            charset, collation, ..
        } => {
            let value = like(&builder.bind(Some(value.to_owned())), charset, collation);
            Some(format!("{name} = {value}"))
        }
        Compare::Bytes if !is_hex(value) => None,
        Compare::Bytes => {
            let value = builder.bind(Some(value.to_owned()));
            Some(format!("{name} = UNHEX({value})"))
        }
        Compare::Cast(_, fit) if !fit.takes(value) => None,
        Compare::Cast(cast, fit) => {
            let written = match fit {
                Fit::Uuid => value.to_lowercase(),
                _ => value.to_owned(),
            };
            let value = builder.bind(Some(written));
            Some(format!("{name} = CAST({value} AS {cast})"))
        }
        Compare::Text | Compare::Both | Compare::Written => is_exactly(builder, column, value),
    }
}

/// Equality for a key: the same bytes, and an index to find them where the type has one.
pub(in crate::connector::sql) fn is_exactly(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    value: &str,
) -> Option<String> {
    let name = builder.column(column);
    let bound = builder.bind(Some(value.to_owned()));
    let written = written(column, &name);
    let same = format!("CAST({written} AS BINARY) = CAST({bound} AS BINARY)");
    match &column.compare {
        Compare::Letters {
            charset, collation, ..
        } => {
            let value = like(&bound, charset, collation);
            Some(format!("({name} = {value} AND {same})"))
        }
        Compare::Bytes | Compare::Cast(..) => {
            let found = equals(builder, column, value)?;
            Some(format!("({found} AND {same})"))
        }
        Compare::Text | Compare::Both | Compare::Written => Some(same),
    }
}

/// Any of some lower-case spellings, whatever the case in the column and the white space around it.
///
/// Collations differ in where white space stands in their order, so the parts of an index where it can stand are named by patterns.
pub(in crate::connector::sql) fn folded(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    spellings: &[String],
) -> String {
    let name = builder.column(column);
    let kept = column.indexes.lower_in;
    let kept = kept.and_then(|place| builder.table.columns.get(place));
    let compared = match (&column.compare, kept) {
        (_, Some(kept)) => builder.column(kept),
        (Compare::Letters { folds: true, .. }, None) => name.clone(),
        (Compare::Letters { .. }, None) => format!("lower({name})"),
        _ => lower(column, &name),
    };
    let served = kept.is_some() || column.indexes.lower || column.indexes.nocase;
    let as_column = |value: String| match &kept.unwrap_or(column).compare {
        Compare::Letters {
            charset, collation, ..
        } => like(&value, charset, collation),
        _ => value,
    };
    let (mut all, mut same, mut part) = (Vec::new(), Vec::new(), Vec::new());
    for spelling in spellings {
        let value = builder.bind(Some(spelling.clone()));
        part.push(format!("instr({}, {value}) > 0", lower(column, &name)));
        same.push(value.clone());
        all.push(as_column(value));
    }
    let pattern = builder.bind(Some(blanks_around()));
    let written = written(column, &name);
    let trimmed = format!("regexp_replace(CONVERT({written} USING utf8mb4), {pattern}, '')");
    let trimmed = format!("lower(CONVERT({trimmed} USING utf8mb4) COLLATE utf8mb4_bin)");
    let maybe = if served {
        let behind = spellings.iter().map(|one| escaped(one));
        let before = comparison::BLANKS
            .iter()
            .flat_map(|(first, last)| *first..=*last)
            .map(String::from);
        let begins = behind.chain(before).map(|begin| {
            let value = as_column(builder.bind(Some(format!("{begin}%"))));
            format!("{compared} LIKE {value} ESCAPE '|'")
        });
        let mut begins: Vec<String> = begins.collect();
        // A collation by bytes takes a text for one with spaces behind it, so what goes on with a TAB or a line break comes before
        // the text itself, where the server looks for no pattern.
        if is_by_bytes(&kept.unwrap_or(column).compare) {
            let before = comparison::BLANKS
                .iter()
                .flat_map(|(first, last)| *first..=*last)
                .map(String::from);
            for begin in spellings.iter().cloned().chain(before) {
                let from = as_column(builder.bind(Some(format!("{begin}\0"))));
                let to = as_column(builder.bind(Some(begin)));
                begins.push(format!("({compared} >= {from} AND {compared} < {to})"));
            }
        }
        begins.join(" OR ")
    } else {
        part.join(" OR ")
    };
    format!(
        "({compared} IN ({}) OR (({maybe}) AND {trimmed} IN ({})))",
        all.join(", "),
        same.join(", ")
    )
}

fn is_by_bytes(compare: &Compare) -> bool {
    matches!(compare, Compare::Letters { collation, .. } if collation.ends_with("_bin"))
}

/// White space at the beginning and at the end, to be taken away; written in ASCII.
fn blanks_around() -> String {
    let class = comparison::blank_class(|sign| format!("\\x{{{sign:x}}}"));
    format!("^[{class}]+|[{class}]+$")
}

/// A text in which a pattern of `LIKE` finds nothing but itself, with `|` before what would mean more.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '|' | '%' | '_') {
            plain.push('|');
        }
        plain.push(sign);
    }
    plain
}

/// The column in lower case, to be compared letter by letter with others.
pub(in crate::connector::sql) fn lower(column: &LiveColumn, name: &str) -> String {
    let written = written(column, name);
    format!("lower(CONVERT({written} USING utf8mb4) COLLATE utf8mb4_bin)")
}

/// The digits of the column.
pub(in crate::connector::sql) fn digits(table: &Table, column: &LiveColumn) -> String {
    let named = |column: &LiveColumn| format!("t.{}", quote(Dialect::Mysql, &column.name));
    let kept = column.indexes.digits_in;
    match kept.and_then(|place| table.columns.get(place)) {
        Some(kept) => named(kept),
        None => {
            let text = match &column.compare {
                Compare::Letters { .. } => named(column),
                _ => written(column, &named(column)),
            };
            format!("regexp_replace({text}, '[^0-9]', '')")
        }
    }
}

/// What is stored for a value in the notation in which it is read.
///
/// # Errors
/// The value is no such notation: of bytes that are none, the server would make null without a word.
pub(in crate::connector::sql) fn stored(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    value: Option<String>,
) -> Result<String, Fault> {
    if matches!(column.compare, Compare::Bytes) {
        if value.as_deref().is_some_and(|value| !is_hex(value)) {
            return Err(Fault::unfit(&column.name));
        }
        return Ok(format!("UNHEX({})", builder.bind(value)));
    }
    let value = builder.bind(value);
    match column.shape.type_name.starts_with("bit(") {
        true => Ok(format!("CAST({value} AS UNSIGNED)")),
        false => Ok(value),
    }
}

/// The statement that makes an index for a lookup. MariaDB knows no index on an expression, so a column is made of it; it is
/// invisible, so that an `INSERT` without a list of columns goes on working, and virtual, so that it takes no room.
pub(in crate::connector::sql) fn index(table: &str, column: &LiveColumn, lookup: Lookup) -> String {
    let name = quote(Dialect::Mysql, &column.name);
    let (charset, folds) = match &column.compare {
        Compare::Letters { charset, folds, .. } => (Some(charset), *folds),
        _ => (None, false),
    };
    let long = charset.is_some()
        && column
            .shape
            .max_length
            .is_none_or(|most| most > INDEXED_LETTERS);
    let begin = if long {
        format!("({INDEXED_LETTERS})")
    } else {
        String::new()
    };
    let (suffix, made) = match lookup {
        Lookup::Folded if !folds => ("lower", format!("lower({name})")),
        Lookup::Digits => ("digits", format!("regexp_replace({name}, '[^0-9]', '')")),
        Lookup::Equal | Lookup::Folded => {
            let index = quote(Dialect::Mysql, &format!("{}_dsr", column.name));
            return format!("CREATE INDEX {index} ON {table} ({name}{begin})");
        }
    };
    let kept = quote(Dialect::Mysql, &format!("{}_{suffix}", column.name));
    let index = quote(Dialect::Mysql, &format!("{}_{suffix}_dsr", column.name));
    let kind = match (charset, column.shape.holds) {
        (Some(charset), Holds::Text) => {
            format!("{} CHARACTER SET {charset}", column.shape.type_name)
        }
        _ => "varchar(64) CHARACTER SET utf8mb4".to_owned(),
    };
    // The lower case has to be compared as it stands; under a name of its own, since not every character set has the same one.
    let kind = match charset {
        Some(charset) => format!("{kind} COLLATE {charset}_bin"),
        None => kind,
    };
    format!(
        "ALTER TABLE {table} ADD COLUMN {kept} {kind} AS ({made}) VIRTUAL INVISIBLE, ADD INDEX {index} ({kept}{begin})"
    )
}

/// A value under the collation of the column that it is compared with: left to itself, the server refuses a comparison of collations
/// of equal rank, and with it the whole statement. A letter that the character set does not have becomes `?`.
pub(in crate::connector::sql) fn like(value: &str, charset: &str, collation: &str) -> String {
    match charset {
        "utf8mb4" => format!("{value} COLLATE {collation}"),
        other => format!("CONVERT({value} USING {other}) COLLATE {collation}"),
    }
}

fn is_hex(value: &str) -> bool {
    value.len().is_multiple_of(2) && value.bytes().all(|sign| sign.is_ascii_hexdigit())
}
