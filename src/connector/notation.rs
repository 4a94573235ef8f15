//! How a system would write a value, so that what is read back after a correction is what was sent.
//!
//! People type 17.05.1984 and a database answers 1984-05-17; without one notation every honest correction would look unproven. What
//! a column cannot hold is refused here, with the words that masks use.

use jiff::civil::{Date, DateTime};
use serde_json::Value;

use crate::connector::object::Field;
use crate::connector::{Column, Holds, mask};
use crate::messages::{Text, rights as say};
use crate::subject::Kinds;

/// The place that a value is written to, and what stands there now.
pub struct Notation<'a> {
    pub field: &'a Field,
    /// `None` where the system has no catalogue.
    pub column: Option<&'a Column>,
    pub kinds: &'a Kinds,
    /// Whether truth values come back as 0 and 1.
    pub flags_are_numbers: bool,
    pub old: &'a Value,
}

impl Notation<'_> {
    /// The value as it is written and should be read back.
    ///
    /// # Errors
    /// The place cannot hold it; says why and what to do, without the value.
    pub fn write(&self, value: &str) -> Result<String, Text> {
        let value = match &self.field.identity {
            Some(kind) => self.kinds.identity(kind, value)?.value().to_owned(),
            None => value.trim().to_owned(),
        };
        let value = match self.column.map_or(Holds::Text, |column| column.holds) {
            Holds::Date => self.date(value),
            Holds::Timestamp => self.instant(value),
            Holds::Number => self.number(value)?,
            Holds::Boolean => self.flag(value),
            Holds::Uuid => value.to_lowercase(),
            Holds::Text | Holds::Json | Holds::Binary | Holds::Other => value,
        };
        if let Some(column) = self.column {
            mask::check_change(&self.field.name, column, Some(&value))?;
        }
        Ok(value)
    }

    /// Whether this already stands there. An identity in another spelling is the same identity.
    pub fn is_same(&self, value: &str) -> bool {
        let Some(old) = text(self.old) else {
            return false;
        };
        let same_identity = self.field.identity.as_ref().is_some_and(|kind| {
            let one = self.kinds.identity(kind, &old);
            matches!((one, self.kinds.identity(kind, value)), (Ok(old), Ok(new)) if old == new)
        });
        old == value || same_identity
    }

    /// As the other dates of this column are written: the old value shows it, else ISO 8601.
    fn date(&self, value: String) -> String {
        let Some(date) = day(&value) else {
            return value;
        };
        let german = text(self.old).is_some_and(|old| Date::strptime("%d.%m.%Y", &old).is_ok());
        match german {
            true => date.strftime("%d.%m.%Y").to_string(),
            false => date.to_string(),
        }
    }

    fn instant(&self, value: String) -> String {
        let zoned = self
            .column
            .is_some_and(|column| column.type_name.contains("with time zone"));
        let zone = if zoned { "+00" } else { "" };
        let moment: Option<DateTime> = match day(&value) {
            Some(date) => Some(date.to_datetime(jiff::civil::Time::midnight())),
            None => value
                .parse::<jiff::Timestamp>()
                .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).datetime())
                .or_else(|_| value.parse::<DateTime>())
                .ok(),
        };
        moment.map_or(value, |moment| {
            format!("{}{zone}", moment.strftime("%Y-%m-%d %H:%M:%S%.f"))
        })
    }

    /// With the decimal places that the type has; more would be rounded without a word.
    fn number(&self, value: String) -> Result<String, Text> {
        if let Ok(whole) = value.parse::<i128>() {
            return Ok(self.with_places(whole.to_string(), ""));
        }
        let Some((whole, places)) = value.split_once('.') else {
            return Ok(value);
        };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole.trim_start_matches(['-', '+'])) || !digits(places) {
            return Ok(value);
        }
        match self.scale() {
            Some(scale) if places.trim_end_matches('0').len() > scale => {
                Err(say::too_precise(&self.field.name, scale))
            }
            Some(_) => Ok(self.with_places(whole.to_owned(), places)),
            None => Ok(value),
        }
    }

    fn with_places(&self, whole: String, places: &str) -> String {
        match self.scale() {
            Some(scale) if scale > 0 => {
                let places: String = places
                    .chars()
                    .chain(std::iter::repeat('0'))
                    .take(scale)
                    .collect();
                format!("{whole}.{places}")
            }
            Some(_) | None => whole,
        }
    }

    /// Decimal places of `numeric(10,2)`.
    fn scale(&self) -> Option<usize> {
        let name = &self.column?.type_name;
        let inside = name.split_once('(')?.1.strip_suffix(')')?;
        match inside.split_once(',') {
            Some((_, scale)) => scale.trim().parse().ok(),
            None => None,
        }
    }

    fn flag(&self, value: String) -> String {
        let truth = match value.to_lowercase().as_str() {
            "true" | "1" | "yes" | "ja" => true,
            "false" | "0" | "no" | "nein" => false,
            _ => return value,
        };
        let numeric = match text(self.old).as_deref() {
            Some("0" | "1") => true,
            Some(_) => false,
            None => self.flags_are_numbers,
        };
        match (truth, numeric) {
            (true, true) => "1".to_owned(),
            (false, true) => "0".to_owned(),
            (truth, false) => truth.to_string(),
        }
    }
}

/// A calendar day as people and systems write it.
pub fn day(text: &str) -> Option<Date> {
    Date::strptime("%Y-%m-%d", text)
        .or_else(|_| Date::strptime("%d.%m.%Y", text))
        .ok()
}

/// A single value as text; `None` for null, and for what is no single value.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connector::object::At;
    use crate::subject::Kind;

    fn written(type_name: &str, holds: Holds, old: Value, value: &str) -> Result<String, Text> {
        let field = Field {
            name: "it".into(),
            category: "person.name".into(),
            at: At::Path(vec!["it".into()]),
            identity: None,
            links: Vec::new(),
            split: None,
            mask: None,
            fixed: false,
            volatile: false,
            self_service: false,
            portable: false,
            base64: false,
        };
        let column = Column {
            type_name: type_name.into(),
            holds,
            nullable: true,
            ..Column::default()
        };
        let kinds = Kinds::default();
        Notation {
            field: &field,
            column: Some(&column),
            kinds: &kinds,
            flags_are_numbers: false,
            old: &old,
        }
        .write(value)
    }

    #[test]
    fn values_are_written_as_the_system_will_answer_them() {
        let ok = |text: &str| Ok(text.to_owned());
        let date = |old, value| written("date", Holds::Date, old, value);
        assert_eq!(date(json!("1984-05-16"), "17.05.1984"), ok("1984-05-17"));
        assert_eq!(date(json!(null), "1984-05-17"), ok("1984-05-17"));
        assert_eq!(
            written(
                "timestamp with time zone",
                Holds::Timestamp,
                json!(null),
                "17.05.1984"
            ),
            ok("1984-05-17 00:00:00+00")
        );
        let money = |value| written("numeric(10,2)", Holds::Number, json!("1.00"), value);
        assert_eq!(money("19.9"), ok("19.90"));
        assert_eq!(money("20"), ok("20.00"));
        assert_eq!(
            written("integer", Holds::Number, json!("7"), "+0042"),
            ok("42")
        );
        let flag = |old, value| written("boolean", Holds::Boolean, old, value);
        assert_eq!(flag(json!("0"), "true"), ok("1"));
        assert_eq!(flag(json!("false"), "ja"), ok("true"));
        assert_eq!(
            written("text", Holds::Text, json!("x"), " Anna "),
            ok("Anna")
        );
    }

    #[test]
    fn what_would_be_rounded_or_refused_is_refused_before() {
        for (type_name, holds, value) in [
            ("numeric(10,2)", Holds::Number, "19.999"),
            ("numeric(10,2)", Holds::Number, "19,90"),
            ("smallint", Holds::Number, "40000"),
            ("date", Holds::Date, "31.02.2026"),
            ("boolean", Holds::Boolean, "perhaps"),
            ("uuid", Holds::Uuid, "4711"),
        ] {
            let refused = written(type_name, holds, json!(null), value).unwrap_err();
            assert!(!refused.en.contains(value), "{}", refused.en);
        }
    }

    #[test]
    fn an_address_in_another_spelling_is_there_already() {
        let mut field = crate::connector::object::Field {
            name: "mail".into(),
            category: "contact.email".into(),
            at: At::Path(vec!["mail".into()]),
            identity: Some(Kind(Kind::EMAIL.into())),
            links: Vec::new(),
            split: None,
            mask: None,
            fixed: false,
            volatile: false,
            self_service: false,
            portable: false,
            base64: false,
        };
        let (kinds, old) = (Kinds::default(), json!("Anna@Example.org"));
        let same = |field: &Field| {
            Notation {
                field,
                column: None,
                kinds: &kinds,
                flags_are_numbers: false,
                old: &old,
            }
            .is_same("anna@example.org")
        };
        assert!(same(&field));
        field.identity = None;
        assert!(!same(&field));
    }
}
