//! How values are compared with columns: addresses without their case and the white space around them, telephone numbers by their
//! digits, all else exactly.
//!
//! A comparison may return too much, which the guard in `find` refuses; it must not return too little.

use super::catalogue::{Compare, Dialect, LiveColumn, Lookup, NAME};
use super::mysql::letters;
use super::statement::{Builder, text_of};
use crate::subject::name::Name;
use crate::subject::{Identity, Kind, phone};

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
            &phone::stored(identity.value()),
            // The words before an extension are no digits, so only the number itself can be compared.
            contained || phone::has_extension(identity.value()),
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

/// Whether the finder's columns, such as first and last name, hold every word of a name, however it is spelled.
///
/// Looser than the name itself: `Anna` also meets `Johanna` here, and `find` refuses her.
pub(super) fn is_called(builder: &mut Builder<'_>, columns: &[&LiveColumn], name: &Name) -> String {
    let dialect = builder.table.dialect;
    let parts: Vec<String> = columns
        .iter()
        .map(|column| match dialect {
            // Columns of several collations are not joined otherwise, and a pattern is refused beside them.
            Dialect::Mysql => {
                let written = letters::written(column, &builder.column(column));
                format!("coalesce(CONVERT({written} USING utf8mb4) COLLATE utf8mb4_bin, '')")
            }
            Dialect::Postgres | Dialect::Sqlite => {
                format!("coalesce({}, '')", text_of(builder.table, column))
            }
        })
        .collect();
    let text = match dialect {
        // What joins texts in the other two means "or" to MySQL.
        Dialect::Mysql => format!("concat({})", parts.join(", ' ', ")),
        Dialect::Postgres | Dialect::Sqlite => format!("({})", parts.join(" || ' ' || ")),
    };
    let mut all = Vec::new();
    for pattern in name.patterns() {
        all.push(match dialect {
            Dialect::Postgres => {
                // Written in ASCII, so that a server with another encoding than UTF-8 takes it too.
                let escaped = |c: char| match u32::from(c) {
                    ascii @ 0..=0x7f => char::from_u32(ascii).map(String::from).unwrap_or_default(),
                    short @ ..=0xffff => format!("\\u{short:04x}"),
                    long => format!("\\U{long:08x}"),
                };
                let wanted = builder.bind(Some(pattern.regex(escaped)));
                format!("{text} ~ {wanted}")
            }
            Dialect::Mysql => {
                let escaped = |c: char| match u32::from(c) {
                    ascii @ 0..=0x7f => char::from_u32(ascii).map(String::from).unwrap_or_default(),
                    other => format!("\\x{{{other:x}}}"),
                };
                let wanted = builder.bind(Some(pattern.regex(escaped)));
                format!("{text} REGEXP {wanted}")
            }
            Dialect::Sqlite => {
                let wanted = builder.bind(Some(pattern.glob()));
                format!("{} GLOB {wanted}", without_marks(&text))
            }
        });
    }
    if all.is_empty() {
        return "1 = 0".to_owned();
    }
    format!("({})", all.join(" AND "))
}

/// A text without the accents that stand behind their letters: those of the letters in `subject/name.rs`, and
/// without apostrophes.
fn without_marks(text: &str) -> String {
    const MARKS: [u32; 18] = [
        0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x30a, 0x30b, 0x30c, 0x326, 0x327,
        0x328, 0x27, 0x60, 0xb4, 0x2019,
    ];
    MARKS.iter().fold(text.to_owned(), |inner, mark| {
        format!("replace({inner}, char({mark}), '')")
    })
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

/// Any of some lower-case spellings, whatever the case in the column and the white space around it.
///
/// An index on the column in lower case goes on serving the search: what stands there with white space around it is looked for
/// beside it, in the parts of the index where it must stand (SQLite, MySQL) or by an index of its own (PostgreSQL, whose order
/// depends on its locale).
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
    let any = match builder.table.dialect {
        Dialect::Postgres => plain_or_blank(builder, column, spellings),
        _ => trimmed(builder, column, spellings),
    };
    format!("({})", any.join(" OR "))
}

/// PostgreSQL: the plain spellings on their own, so that their index is used, and then what has white space around it.
fn plain_or_blank(
    builder: &mut Builder<'_>,
    column: &LiveColumn,
    spellings: &[String],
) -> Vec<String> {
    let name = builder.column(column);
    let citext = match &column.compare {
        Compare::Cast(cast, _) if cast.ends_with("citext") => Some(cast.clone()),
        _ => None,
    };
    let (mut any, mut within) = (Vec::new(), Vec::new());
    for spelling in spellings {
        let folded = fold(builder, column, spelling);
        let wanted = builder.bind(Some(spelling.clone()));
        any.push(match &citext {
            Some(cast) => format!("{name} = {wanted}::{cast}"),
            None => format!("{folded} = {wanted}"),
        });
        within.push(format!("strpos({folded}, {wanted}) > 0"));
    }
    // Left to right: the pattern costs more than the search for a part.
    let blank = has_blanks(&name);
    any.push(format!("(({}) AND {blank})", within.join(" OR ")));
    any
}

/// SQLite: the plain spelling, and the stretches of its index in which it stands with white space around it; the whole table where
/// no index serves the comparison.
fn trimmed(builder: &mut Builder<'_>, column: &LiveColumn, spellings: &[String]) -> Vec<String> {
    let name = builder.column(column);
    let mut any = Vec::new();
    for spelling in spellings {
        let kept = folded_as(builder, &without_blanks(&name), spelling);
        let wanted = builder.bind(Some(spelling.clone()));
        let same = format!("{kept} = {wanted}");
        let nocase = builder.table.place.filter(|_| column.indexes.nocase);
        let served = column.indexes.lower || nocase.is_some();
        if !served || !spelling.is_ascii() {
            any.push(same);
            continue;
        }
        let behind = builder.bind(Some(format!("{spelling}{}", char::MAX)));
        let mut stretches = vec![(wanted.clone(), behind)];
        for (first, last) in BLANKS {
            let beyond = char::from_u32(u32::from(last) + 1).unwrap_or(char::MAX);
            let first = builder.bind(Some(first.to_string()));
            stretches.push((first, builder.bind(Some(beyond.to_string()))));
        }
        let stretches = |indexed: &str| -> Vec<String> {
            let plain = std::iter::once(format!("{indexed} = {wanted}"));
            // Without a word on how rare that is, the planner would rather read the whole table.
            let around = stretches.iter().map(|(from, to)| {
                format!("likelihood({indexed} >= {from}, 0.0001) AND {indexed} < {to}")
            });
            plain.chain(around).collect()
        };
        match nocase.filter(|_| !column.indexes.lower) {
            None => {
                let all = stretches(&folded_column(Dialect::Sqlite, &name));
                any.extend(all.iter().map(|one| format!("({one} AND {same})")));
            }
            // An index with a collation of its own serves no `OR` (SQLite 3.54), so each stretch is asked for by itself.
            Some(place) => {
                let (table, column) = (
                    super::statement::quoted_table(builder.table),
                    super::statement::quote(Dialect::Sqlite, &column.name),
                );
                let all = stretches(&format!("i.{column} COLLATE NOCASE"));
                let all: Vec<String> = all
                    .iter()
                    .map(|one| format!("SELECT i.{place} FROM {table} AS i WHERE {one}"))
                    .collect();
                any.push(format!(
                    "(t.{place} IN ({}) AND {same})",
                    all.join(" UNION ALL ")
                ));
            }
        }
    }
    any
}

/// White space as `str::trim` knows it (White_Space of the Unicode standard), in stretches of code points: a database and a file
/// must mean the same by an address.
pub(super) const BLANKS: [(char, char); 10] = [
    ('\t', '\r'),
    (' ', ' '),
    ('\u{85}', '\u{85}'),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{2028}', '\u{2029}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
];

/// The same as the inner part of a class in a regular expression, in ASCII, each sign beyond it as `escaped` writes it.
pub(super) fn blank_class(escaped: impl Fn(u32) -> String) -> String {
    let one = |sign: char| match sign {
        '\t' => "\\t".to_owned(),
        '\r' => "\\r".to_owned(),
        ' ' => " ".to_owned(),
        other => escaped(u32::from(other)),
    };
    BLANKS
        .iter()
        .map(|(first, last)| match first == last {
            true => one(*first),
            false => format!("{}-{}", one(*first), one(*last)),
        })
        .collect()
}

/// PostgreSQL: whether a column has white space around it. Also the condition of the index for such rows, so it has no bound value.
pub(super) fn has_blanks(name: &str) -> String {
    let class = blank_class(|sign| format!("\\u{sign:04x}"));
    format!("{name}::text ~ '^[{class}]|[{class}]$'")
}

/// SQLite: the column without the white space around it.
fn without_blanks(name: &str) -> String {
    let signs: Vec<String> = BLANKS
        .iter()
        .flat_map(|(first, last)| *first..=*last)
        .map(|sign| u32::from(sign).to_string())
        .collect();
    format!("trim({name}, char({}))", signs.join(", "))
}

/// The column in lower case, letters beyond ASCII included: where the database's own `lower()` does not know them, each such
/// letter of the value wanted is replaced by name.
fn fold(builder: &mut Builder<'_>, column: &LiveColumn, wanted: &str) -> String {
    if builder.table.dialect == Dialect::Mysql {
        return letters::lower(column, &builder.column(column));
    }
    let name = builder.column(column);
    folded_as(builder, &name, wanted)
}

/// The same of any text.
fn folded_as(builder: &mut Builder<'_>, text: &str, wanted: &str) -> String {
    let mut folded = folded_column(builder.table.dialect, text);
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
        // Signs that nobody sees on a screen by their numbers, so that the statement can be run as it is printed.
        Dialect::Sqlite => [
            "'tel:'",
            "'TEL:'",
            "'Tel:'",
            "' '",
            "'-'",
            "'/'",
            "'('",
            "')'",
            "'.'",
            "'+'",
            "','",
            "'['",
            "']'",
            "char(9)",
            "char(10)",
            "char(13)",
            "char(160)",
            "char(8209)",
            "char(8211)",
        ]
        .iter()
        .fold(name.to_owned(), |inner, sign| {
            format!("replace({inner}, {sign}, '')")
        }),
    }
}

/// Whether the kind of identity is looked for in several columns at once.
pub(super) fn is_name(kind: &Kind) -> bool {
    kind.0 == NAME
}
