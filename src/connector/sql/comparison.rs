//! How values are compared with columns: letters without their case, telephone numbers by their digits, all else exactly.
//!
//! A comparison may return too much, which the guard in `find` refuses; it must not return too little.

use super::catalogue::{Compare, Dialect, LiveColumn, Lookup, NAME};
use super::mysql::letters;
use super::statement::{Builder, text_of};
use crate::subject::{Identity, Kind};

/// The condition under which a column holds an identity; `None` if a column of its type cannot.
///
/// `contained` asks for a part of the column, for columns that hold several values in one text.
pub(super) fn holds(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    identity: &Identity,
    contained: bool,
) -> Option<String> {
    match identity.kind.0.as_str() {
        Kind::EMAIL => Some(folded(builder, column, &identity.spellings(), contained)),
        Kind::PHONE => Some(digits(
            builder,
            column,
            &phone_spellings(identity.value()),
            contained,
        )),
        _ if contained => {
            let written = match builder.table.dialect {
                Dialect::Mysql => letters::written(column, &builder.column(column)),
                Dialect::Postgres | Dialect::Sqlite => text_of(builder.table, column),
            };
            Some(part_of(builder, &written, identity.value()))
        }
        _ => equals(builder, column, identity.value()),
    }
}

/// Whether two finders' columns, such as first and last name, carry a name: the full name either way round, or the last one.
pub(super) fn is_called(builder: &mut Builder<'_>, columns: &[&LiveColumn], name: &str) -> String {
    let name = name.to_lowercase();
    let mut parts: Vec<String> = Vec::new();
    for column in columns {
        let one = fold(builder, column, &name);
        parts.push(format!("trim(coalesce({one}, ''))"));
    }
    // What joins texts in the other two means "or" to MySQL.
    let join = |parts: &[&str], between: &str| match builder.table.dialect {
        Dialect::Mysql => format!("concat({})", parts.join(&format!(", '{between}', "))),
        Dialect::Postgres | Dialect::Sqlite => parts.join(&format!(" || '{between}' || ")),
    };
    let all: Vec<&str> = parts.iter().map(String::as_str).collect();
    let mut spellings = vec![join(&all, " ")];
    if let [before @ .., last] = all.as_slice()
        && !before.is_empty()
    {
        let first = join(before, " ");
        spellings.push(join(&[last, &first], " "));
        spellings.push(join(&[last, &first], ", "));
        spellings.push((*last).to_owned());
    }
    let wanted = builder.bind(Some(name));
    let any: Vec<String> = spellings
        .iter()
        .map(|one| format!("{one} = {wanted}"))
        .collect();
    format!("({})", any.join(" OR "))
}

/// Exact equality; `None` if no value of the column's type is written like this.
pub(super) fn equals(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    value: &str,
) -> Option<String> {
    let name = builder.column(column);
    if builder.table.dialect == Dialect::Mysql {
        return letters::equals(builder, column, value);
    }
    match &column.compare {
        Compare::Cast(_, fit) if !fit.takes(value) => None,
        Compare::Cast(cast, _) => {
            let value = builder.bind(Some(value.to_owned()));
            Some(format!("{name} = {value}::{cast}"))
        }
        Compare::Text => {
            let value = builder.bind(Some(value.to_owned()));
            Some(format!("{name} = {value}"))
        }
        Compare::Both => {
            let written = text_of(builder.table, column);
            let value = builder.bind(Some(value.to_owned()));
            Some(format!("({name} = {value} AND {written} = {value})"))
        }
        // The last two are MySQL's.
        Compare::Written | Compare::Letters { .. } | Compare::Bytes => {
            let written = text_of(builder.table, column);
            let value = builder.bind(Some(value.to_owned()));
            Some(format!("{written} = {value}"))
        }
    }
}

/// Equality for a key, where a collation that sees no difference between letters would name another's record.
pub(super) fn is_exactly(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    value: &str,
) -> Option<String> {
    match builder.table.dialect {
        Dialect::Mysql => letters::is_exactly(builder, column, value),
        Dialect::Postgres | Dialect::Sqlite => equals(builder, column, value),
    }
}

/// Any of some lower-case spellings, whatever the case in the column.
fn folded(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    spellings: &[String],
    contained: bool,
) -> String {
    if contained {
        let mut any = Vec::new();
        for spelling in spellings {
            let folded = fold(builder, column, spelling);
            any.push(part_of(builder, &folded, spelling));
        }
        return format!("({})", any.join(" OR "));
    }
    if builder.table.dialect == Dialect::Mysql {
        return letters::folded(builder, column, spellings);
    }
    if let Compare::Cast(cast, _) = &column.compare
        && cast.ends_with("citext")
    {
        let all: Vec<String> = spellings
            .iter()
            .map(|one| builder.bind(Some(one.clone())) + "::" + cast)
            .collect();
        return format!("{} IN ({})", builder.column(column), all.join(", "));
    }
    // The plain spelling first and on its own, so that it can use an index even where the other cannot.
    let mut any = Vec::new();
    for spelling in spellings {
        let name = builder.column(column);
        let nocase = column.indexes.nocase && !column.indexes.lower && spelling.is_ascii();
        let folded = if nocase {
            format!("{name} COLLATE NOCASE")
        } else {
            fold(builder, column, spelling)
        };
        let wanted = builder.bind(Some(spelling.clone()));
        any.push(format!("{folded} = {wanted}"));
    }
    format!("({})", any.join(" OR "))
}

/// The column in lower case, letters beyond ASCII included: where the database's own `lower()` does not know them, each such
/// letter of the value wanted is replaced by name.
fn fold(builder: &mut Builder<'_>, column: &LiveColumn, wanted: &str) -> String {
    if builder.table.dialect == Dialect::Mysql {
        return letters::lower(column, &builder.column(column));
    }
    let mut folded = folded_column(builder.table.dialect, &builder.column(column));
    if !builder.table.folds_unicode {
        let mut letters: Vec<char> = wanted.chars().filter(|letter| !letter.is_ascii()).collect();
        letters.sort_unstable();
        letters.dedup();
        for lower in letters {
            let upper: String = lower.to_uppercase().collect();
            if upper.chars().count() == 1 && !upper.starts_with(lower) {
                let (upper, lower) = (
                    builder.bind(Some(upper)),
                    builder.bind(Some(lower.to_string())),
                );
                folded = format!("replace({folded}, {upper}, {lower})");
            }
        }
    }
    folded
}

fn part_of(builder: &mut Builder<'_>, text: &str, part: &str) -> String {
    let part = builder.bind(Some(part.to_owned()));
    match builder.table.dialect {
        Dialect::Postgres => format!("strpos({text}, {part}) > 0"),
        Dialect::Sqlite | Dialect::Mysql => format!("instr({text}, {part}) > 0"),
    }
}

fn digits(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    spellings: &[String],
    contained: bool,
) -> String {
    let digits = match builder.table.dialect {
        Dialect::Mysql => letters::digits(builder.table, column),
        dialect => digits_of_column(dialect, &builder.column(column)),
    };
    if contained {
        let shortest = spellings
            .iter()
            .min_by_key(|one| one.len())
            .cloned()
            .unwrap_or_default();
        return part_of(builder, &digits, &shortest);
    }
    let all: Vec<String> = spellings
        .iter()
        .map(|one| builder.bind(Some(one.clone())))
        .collect();
    format!("{digits} IN ({})", all.join(", "))
}

/// What an index must be made of to serve a lookup; `name` is the quoted column.
pub(super) fn indexed_as(dialect: Dialect, name: &str, lookup: Lookup) -> String {
    match lookup {
        Lookup::Equal => name.to_owned(),
        Lookup::Folded => folded_column(dialect, name),
        Lookup::Digits => digits_of_column(dialect, name),
    }
}

fn folded_column(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("lower({name}::text)"),
        Dialect::Sqlite | Dialect::Mysql => format!("lower({name})"),
    }
}

fn digits_of_column(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("regexp_replace({name}::text, '[^0-9]', '', 'g')"),
        Dialect::Mysql => format!("regexp_replace({name}, '[^0-9]', '')"),
        Dialect::Sqlite => [
            " ", "-", "/", "(", ")", ".", "+", ",", "[", "]", "\u{a0}", "\u{2011}", "\u{2013}",
            "\t",
        ]
        .iter()
        .fold(name.to_owned(), |inner, sign| {
            format!("replace({inner}, '{sign}', '')")
        }),
    }
}

/// The digits under which a telephone number may be stored: E.164, with 00, national with and without the trunk zero, and the
/// mixture that `+49 (0)30` makes.
fn phone_spellings(value: &str) -> Vec<String> {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let (code, national) = match value.starts_with('+') {
        true => digits.split_at(country_code_length(&digits).min(digits.len())),
        false => ("", digits.trim_start_matches('0')),
    };
    let mut all = vec![digits.clone(), format!("00{digits}")];
    if national.len() >= 4 {
        all.extend([
            national.to_owned(),
            format!("0{national}"),
            format!("{code}0{national}"),
            format!("00{code}0{national}"),
        ]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// ITU-T E.164: two zones of one digit, a list of two, and three digits for all others.
fn country_code_length(digits: &str) -> usize {
    const TWO: [&str; 44] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
        "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
        "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    match digits.get(..2) {
        Some(two) if two.starts_with(['1', '7']) => 1,
        Some(two) if TWO.contains(&two) => 2,
        _ => 3,
    }
}

/// Whether the kind of identity is looked for in several columns at once.
pub(super) fn is_name(kind: &Kind) -> bool {
    kind.0 == NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_looked_for_as_people_write_it() {
        let all = phone_spellings("+49301234567");
        for stored in [
            "49301234567",
            "0049301234567",
            "0301234567",
            "301234567",
            "490301234567",
        ] {
            assert!(all.iter().any(|one| one == stored), "{stored}");
        }
        assert!(phone_spellings("+15551234567").contains(&"5551234567".to_owned()));
        assert!(phone_spellings("+35312345678").contains(&"012345678".to_owned()));
        // So short a rest would be anybody's number.
        assert!(!phone_spellings("+49123").contains(&"123".to_owned()));
    }
}
