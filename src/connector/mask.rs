//! What takes the place of a personal value, and whether its column can take it.
//!
//! Pure: planning asks here before anything is written, so that a mask which the database would refuse stops the plan and not a
//! half-done erasure. A refusal names the column and what to write into the inventory instead, never a value.

use serde_json::Value;

use crate::connector::object::{At, Field, Mask, Object};
use crate::connector::{Column, Holds};
use crate::messages::{Text, mask as say};
use crate::subject::ERASED;

/// Code of the diagnostic that `plan` makes of a refusal; the command ends with exit 2.
pub const REFUSED: &str = "E250";

/// How many signs a token has.
pub const ERASED_TOKEN: usize = 20;

/// Whether a field is written to at all when its record becomes anonymous. What names a record is not: it could not be found again.
pub fn is_masked(object: &Object, field: &Field) -> bool {
    let At::Path(path) = &field.at else {
        return false;
    };
    let names = |key: &String| *key == field.name || path.first() == Some(key);
    !field.fixed && !object.key.iter().any(names)
}

/// Whether a database can tell of a value that it is what this mask has left.
pub fn is_told(mask: &Mask, column: &Column) -> bool {
    let plain = matches!(
        column.holds,
        Holds::Text | Holds::Number | Holds::Boolean | Holds::Date | Holds::Timestamp
    );
    match mask {
        Mask::Null | Mask::Keep => true,
        Mask::Empty => matches!(column.holds, Holds::Text | Holds::Binary),
        Mask::Token => column.holds == Holds::Text,
        Mask::Year => plain && column.holds != Holds::Boolean,
        Mask::Zero => plain,
        Mask::Text(_) => plain || column.holds == Holds::Uuid,
    }
}

/// A year as the mask `year` leaves it in a column.
pub fn year_form(year: &str, column: &Column) -> String {
    in_column(year, Some(column))
}

/// The mask of a field: its own, or what suits its column.
///
/// Identities in columns that are not null or unique get a token; everything else becomes null where the column allows it, else
/// empty. A system without a catalogue is taken to allow null; there the numbers that hold its records together stay, because
/// without them an interface refuses the record, and once all else is gone they name nobody.
pub fn default_mask(field: &Field, column: Option<&Column>) -> Mask {
    match (&field.mask, column) {
        (Some(mask), _) => mask.clone(),
        (None, Some(column)) if field.identity.is_some() && (!column.nullable || column.unique) => {
            Mask::Token
        }
        (None, Some(column)) if !column.nullable && column.never_empty => Mask::Token,
        (None, Some(column)) if !column.nullable => Mask::Empty,
        (None, None) if field.category == "account.id" => Mask::Keep,
        (None, _) => Mask::Null,
    }
}

/// The value that a mask puts in the place of `old`: `None` if nothing is written, `Some(None)` for null.
///
/// `token` is the record's own 20 characters of base32 ([`crate::keys::token`]); as an e-mail address it is written under
/// `erased.invalid`, where no mail can ever go (RFC 2606). Nothing is written where nothing personal stands: over null, into a
/// column that the database computes, into a field that cannot be written.
///
/// # Errors
/// The column cannot take the value; names column and remedy.
pub fn masked_value(
    mask: &Mask,
    field: &Field,
    column: Option<&Column>,
    token: &str,
    old: &Value,
) -> Result<Option<Option<String>>, Text> {
    if *mask == Mask::Keep || field.fixed || column.is_some_and(is_generated) {
        return Ok(None);
    }
    if let Some(why) = column.and_then(|column| column.refuses.clone()) {
        return Err(why);
    }
    if let (Mask::Empty, Some(column)) = (mask, column)
        && column.never_empty
    {
        // Without a value is as empty as it gets.
        return match column.nullable {
            true => Ok((!old.is_null()).then_some(None)),
            false => Err(crate::messages::ldap::refuses_empty(&field.name)),
        };
    }
    let holds = column.map_or(Holds::Text, |column| column.holds);
    let name = field.name.as_str();
    let new = match mask {
        Mask::Keep | Mask::Null => None,
        Mask::Empty if matches!(holds, Holds::Text | Holds::Binary) => Some(String::new()),
        Mask::Token if holds == Holds::Text && field.category == "contact.email" => {
            Some(format!("{token}@{ERASED}"))
        }
        Mask::Token if holds == Holds::Text => Some(token.to_owned()),
        Mask::Zero => Some(zero(column)),
        Mask::Text(text) => Some(text.clone()),
        Mask::Year => match year(old) {
            Some(year) => Some(in_column(&year, column)),
            // What shows no year must not stay as it is.
            None if column.is_none_or(|column| column.nullable) => None,
            None => Some(String::new()),
        },
        Mask::Empty | Mask::Token => {
            return Err(say::no_such_text(word(mask), name, type_name(column)));
        }
    };
    if let Some(column) = column {
        // Only tokens differ from record to record; nulls never collide.
        if column.unique && new.is_some() && *mask != Mask::Token {
            return Err(say::not_unique(word(mask), name));
        }
        check_change(name, column, new.as_deref())?;
    }
    Ok((!old.is_null()).then_some(new))
}

/// Whether a column can take a new value, as far as its description tells; what a check constraint thinks shows only at the write.
///
/// # Errors
/// Why not; names column and remedy.
pub fn check_change(name: &str, column: &Column, value: Option<&str>) -> Result<(), Text> {
    if is_generated(column) {
        return Err(say::generated(name));
    }
    if let Some(why) = &column.refuses {
        return Err(why.clone());
    }
    let Some(value) = value.filter(|value| !(column.never_empty && value.is_empty())) else {
        return if column.nullable && value.is_none() {
            Ok(())
        } else if column.never_empty {
            Err(crate::messages::ldap::refuses_empty(name))
        } else {
            Err(say::not_null(name))
        };
    };
    if let Some(elsewhere) = &column.references {
        return Err(say::refers(name, elsewhere));
    }
    if let Some(label) = &column.encoding
        && let Some(encoding) = encoding_rs::Encoding::for_label(label.as_bytes())
        && encoding.encode(value).2
    {
        return Err(say::not_encodable(name, label));
    }
    if !fits(column, value) {
        return Err(say::wrong_type(name, &column.type_name));
    }
    match column.max_length {
        Some(most) if value.chars().count() > most => {
            Err(say::too_long(name, most, value.chars().count()))
        }
        _ => Ok(()),
    }
}

/// Whether the database computes it.
pub fn is_generated(column: &Column) -> bool {
    column.type_name.ends_with("(generated)")
}

fn fits(column: &Column, value: &str) -> bool {
    match column.holds {
        Holds::Text | Holds::Binary | Holds::Other => true,
        Holds::Number => match whole_bits(&column.type_name) {
            Some(bits) => value.parse::<i128>().is_ok_and(|number| {
                (-(1i128 << (bits - 1))..1i128 << (bits - 1)).contains(&number)
            }),
            None => value.parse::<f64>().is_ok_and(f64::is_finite),
        },
        Holds::Boolean => ["true", "false", "0", "1"].contains(&value),
        Holds::Date => value.parse::<jiff::civil::Date>().is_ok(),
        Holds::Timestamp => {
            let plain = value.strip_suffix("+00").unwrap_or(value);
            plain.parse::<jiff::civil::DateTime>().is_ok()
                || value.parse::<jiff::Timestamp>().is_ok()
        }
        Holds::Uuid => {
            value.len() == 36
                && value.bytes().enumerate().all(|(at, sign)| match at {
                    8 | 13 | 18 | 23 => sign == b'-',
                    _ => sign.is_ascii_hexdigit(),
                })
        }
        Holds::Json => serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok(),
    }
}

/// The size of a whole number by the name of its type.
fn whole_bits(type_name: &str) -> Option<u32> {
    let name = type_name.to_ascii_lowercase();
    // MySQL adds how wide it is shown, and whether it has a sign.
    let (base, rest) = match name.find(['(', ' ']) {
        Some(end) if name.contains("int(") || name.contains(" unsigned") => name.split_at(end),
        _ => (name.as_str(), ""),
    };
    let sign = u32::from(rest.contains("unsigned"));
    match base {
        "tinyint" => Some(8 + sign),
        "smallint" => Some(16 + sign),
        "mediumint" => Some(24 + sign),
        "integer" | "int" => Some(32 + sign),
        "bigint" => Some(64 + sign),
        _ if name.contains("int") => Some(64),
        _ => None,
    }
}

fn zero(column: Option<&Column>) -> String {
    let Some(column) = column else {
        return "0".to_owned();
    };
    if column.holds == Holds::Boolean {
        return "false".to_owned();
    }
    // Databases write all the digits that the type has, and reading back compares with what they write.
    let parts = column
        .type_name
        .strip_prefix("numeric(")
        .or_else(|| column.type_name.strip_prefix("decimal("));
    let scale = parts.and_then(|rest| rest.split_once(')')?.0.split_once(','));
    match scale.and_then(|(_, scale)| scale.trim().parse::<usize>().ok()) {
        Some(scale) if scale > 0 => format!("0.{}", "0".repeat(scale)),
        _ => "0".to_owned(),
    }
}

/// The first four digits in a row that can be the year of a living person's date.
fn year(old: &Value) -> Option<String> {
    let text = match old {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    text.split(|sign: char| !sign.is_ascii_digit())
        .find(|digits| {
            digits.len() == 4
                && (digits.starts_with("18") || digits.starts_with("19") || digits.starts_with('2'))
        })
        .map(str::to_owned)
}

fn in_column(year: &str, column: Option<&Column>) -> String {
    match column.map(|column| (column.holds, column.type_name.contains("with time zone"))) {
        Some((Holds::Date, _)) => format!("{year}-01-01"),
        Some((Holds::Timestamp, true)) => format!("{year}-01-01 00:00:00+00"),
        Some((Holds::Timestamp, false)) => {
            // MySQL writes as many digits of a second as the type has: `datetime(3)`.
            let name = column.map_or("", |column| &column.type_name);
            let digits = name
                .strip_prefix("datetime(")
                .or_else(|| name.strip_prefix("timestamp("))
                .and_then(|rest| rest.strip_suffix(')')?.parse::<usize>().ok());
            match digits {
                Some(digits) if digits > 0 => {
                    format!("{year}-01-01 00:00:00.{}", "0".repeat(digits))
                }
                _ => format!("{year}-01-01 00:00:00"),
            }
        }
        _ => year.to_owned(),
    }
}

/// A mask by the word of the inventory.
pub fn word(mask: &Mask) -> &'static str {
    match mask {
        Mask::Null => "null",
        Mask::Empty => "empty",
        Mask::Keep => "keep",
        Mask::Token => "token",
        Mask::Year => "year",
        Mask::Zero => "zero",
        Mask::Text(_) => "text",
    }
}

fn type_name(column: Option<&Column>) -> &str {
    column.map_or("text", |column| &column.type_name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connector::object::At;
    use crate::subject::Kind;

    const TOKEN: &str = "abcdefghijklmnopqrst";

    fn field(category: &str, identity: Option<&str>) -> Field {
        Field {
            name: "it".into(),
            category: category.into(),
            at: At::Path(vec!["it".into()]),
            identity: identity.map(|kind| Kind(kind.into())),
            links: Vec::new(),
            split: None,
            mask: None,
            fixed: false,
            volatile: false,
            self_service: false,
            portable: false,
            base64: false,
        }
    }

    fn column(type_name: &str, holds: Holds) -> Column {
        Column {
            type_name: type_name.into(),
            holds,
            nullable: true,
            ..Column::default()
        }
    }

    fn masked(mask: &Mask, column: &Column, old: Value) -> Result<Option<Option<String>>, Text> {
        masked_value(
            mask,
            &field("contact.email", None),
            Some(column),
            TOKEN,
            &old,
        )
    }

    #[test]
    fn without_a_mask_the_column_decides() {
        let (email, note) = (
            field("contact.email", Some("email")),
            field("content.note", None),
        );
        let free = column("text", Holds::Text);
        let firm = Column {
            nullable: false,
            ..free.clone()
        };
        let sole = Column {
            unique: true,
            ..free.clone()
        };
        for (field, column, expected) in [
            (&email, &free, Mask::Null),
            (&email, &firm, Mask::Token),
            (&email, &sole, Mask::Token),
            (&note, &free, Mask::Null),
            (&note, &firm, Mask::Empty),
        ] {
            assert_eq!(default_mask(field, Some(column)), expected);
        }
        let kept = Field {
            mask: Some(Mask::Keep),
            ..email.clone()
        };
        assert_eq!(default_mask(&kept, Some(&firm)), Mask::Keep);
        assert_eq!(default_mask(&email, None), Mask::Null);
    }

    #[test]
    fn values_are_written_as_the_column_writes_them() {
        let text = column("character varying(80)", Holds::Text);
        let some = |value: &str| Ok(Some(Some(value.to_owned())));
        assert_eq!(
            masked(&Mask::Token, &text, json!("x")),
            some("abcdefghijklmnopqrst@erased.invalid")
        );
        let number = field("account.id", None);
        assert_eq!(
            masked_value(&Mask::Token, &number, Some(&text), TOKEN, &json!("x")),
            some(TOKEN)
        );
        assert_eq!(
            masked(&Mask::Year, &text, json!("17.05.1984")),
            some("1984")
        );
        assert_eq!(
            masked(&Mask::Year, &text, json!("tomorrow")),
            Ok(Some(None)),
            "no year is no reason to keep"
        );
        assert_eq!(
            masked(
                &Mask::Year,
                &column("date", Holds::Date),
                json!("1984-05-17")
            ),
            some("1984-01-01")
        );
        let stamp = column("timestamp with time zone", Holds::Timestamp);
        assert_eq!(
            masked(&Mask::Year, &stamp, json!("1984-05-17 10:00:00+00")),
            some("1984-01-01 00:00:00+00")
        );
        assert_eq!(
            masked(
                &Mask::Zero,
                &column("numeric(10,2)", Holds::Number),
                json!("19.90")
            ),
            some("0.00")
        );
        assert_eq!(
            masked(&Mask::Zero, &column("integer", Holds::Number), json!("7")),
            some("0")
        );
        assert_eq!(masked(&Mask::Null, &text, json!("x")), Ok(Some(None)));
        assert_eq!(masked(&Mask::Keep, &text, json!("x")), Ok(None));
        assert_eq!(
            masked(&Mask::Text("gone".into()), &text, Value::Null),
            Ok(None),
            "nothing stands there"
        );
        let computed = Column {
            nullable: false,
            ..column("text (generated)", Holds::Text)
        };
        assert_eq!(masked(&Mask::Null, &computed, json!("x")), Ok(None));
    }

    #[test]
    fn what_the_database_would_refuse_is_refused_before() {
        let text = column("character varying(30)", Holds::Text);
        let refused =
            |mask: Mask, column: &Column| masked(&mask, column, json!("CANARY 1984")).unwrap_err();
        let firm = Column {
            nullable: false,
            ..text.clone()
        };
        let short = Column {
            max_length: Some(30),
            ..text.clone()
        };
        let sole = Column {
            unique: true,
            ..text.clone()
        };
        let child = Column {
            references: Some("people".into()),
            ..text.clone()
        };
        let whole = column("smallint", Holds::Number);
        for (mask, column) in [
            (Mask::Null, &firm),
            (Mask::Token, &short),
            (Mask::Empty, &sole),
            (Mask::Year, &sole),
            (Mask::Text("x".into()), &sole),
            (Mask::Token, &child),
            (Mask::Token, &whole),
            (Mask::Empty, &whole),
            (Mask::Text("40000".into()), &whole),
            (Mask::Text("1.5".into()), &whole),
            (Mask::Zero, &column("date", Holds::Date)),
            (Mask::Token, &column("uuid", Holds::Uuid)),
            (Mask::Text("x".into()), &column("jsonb", Holds::Json)),
            (
                Mask::Text("maybe".into()),
                &column("boolean", Holds::Boolean),
            ),
            (Mask::Empty, &column("state", Holds::Other)),
        ] {
            let text = refused(mask.clone(), column);
            for words in [&text.en, &text.de] {
                assert!(
                    words.contains("it") && words.contains('`') && !words.contains("CANARY"),
                    "{words}"
                );
            }
        }
        // Nulls do not collide, and a reference may be cut.
        assert!(
            masked(&Mask::Null, &sole, json!("x")).is_ok()
                && masked(&Mask::Null, &child, json!("x")).is_ok()
        );
        assert!(
            check_change(
                "it",
                &Column {
                    nullable: false,
                    ..text
                },
                None
            )
            .is_err()
        );
    }

    #[test]
    fn what_mysql_adds_to_the_names_of_its_types_is_understood() {
        for (name, bits) in [
            ("tinyint(1)", Some(8)),
            ("tinyint(3) unsigned", Some(9)),
            ("mediumint(9)", Some(24)),
            ("int(11)", Some(32)),
            ("int unsigned", Some(33)),
            ("bigint(20) unsigned zerofill", Some(65)),
            ("integer", Some(32)),
            ("bigint", Some(64)),
            ("decimal(10,2)", None),
        ] {
            assert_eq!(whole_bits(name), bits, "{name}");
        }
        let column = |name: &str, holds| Column {
            type_name: name.into(),
            holds,
            ..Column::default()
        };
        let money = column("decimal(10,2) unsigned", Holds::Number);
        assert_eq!(zero(Some(&money)), "0.00");
        let at = column("datetime(3)", Holds::Timestamp);
        assert_eq!(in_column("1984", Some(&at)), "1984-01-01 00:00:00.000");
    }
}
