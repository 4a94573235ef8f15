//! What a plugin may say, and nothing else: one JSON object a line.

use serde_json::{Map, Value};

use crate::connector::{Action, Fault};
use crate::messages::process as say;

/// One line from a plugin.
#[derive(Debug)]
pub(super) enum Said {
    Record(Value),
    Outcome(Outcome, Vec<String>),
    /// A request that this side is to send.
    Http(Map<String, Value>),
    Progress,
    Done(Map<String, Value>),
    Error(Refused),
}

/// What became of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done(Action),
    Gone,
    Changed,
    Blocked,
    Failed,
    Running,
    Unknown,
}

/// Why a plugin did not do what it was asked. Its own words may hold anything and are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Retry,
    Blocked,
    Failed,
}

/// Reads one line that answers the question `id`.
///
/// # Errors
/// E582: it is no JSON object, answers something else, or says none or several of the things that can be said.
pub(super) fn read(line: &str, id: u64) -> Result<Said, Fault> {
    let broke = |why| Fault::plugin_broke(why);
    let Ok(Value::Object(mut all)) = serde_json::from_str::<Value>(line) else {
        return Err(broke(say::no_json()));
    };
    if all.remove("id").as_ref().and_then(Value::as_u64) != Some(id) {
        return Err(broke(say::other_id()));
    }
    let mut members = all.into_iter();
    let (Some((word, value)), None) = (members.next(), members.next()) else {
        return Err(broke(say::not_one_thing()));
    };
    match (word.as_str(), value) {
        ("record", value @ Value::Object(_)) => Ok(Said::Record(value)),
        ("outcome", Value::Object(outcome)) => {
            let key = outcome.get("key").and_then(keys);
            let is = outcome.get("is").and_then(Value::as_str).and_then(word_of);
            match (is, key) {
                (Some(is), Some(key)) => Ok(Said::Outcome(is, key)),
                _ => Err(broke(say::no_outcome())),
            }
        }
        ("http", Value::Object(http)) => Ok(Said::Http(http)),
        ("progress", _) => Ok(Said::Progress),
        ("done", Value::Object(done)) => Ok(Said::Done(done)),
        ("error", Value::Object(error)) => match error.get("is").and_then(Value::as_str) {
            Some("retry") => Ok(Said::Error(Refused::Retry)),
            Some("blocked") => Ok(Said::Error(Refused::Blocked)),
            Some("failed") => Ok(Said::Error(Refused::Failed)),
            _ => Err(broke(say::not_one_thing())),
        },
        _ => Err(broke(say::not_one_thing())),
    }
}

fn keys(value: &Value) -> Option<Vec<String>> {
    let part = |part: &Value| match part {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(parts) => parts.iter().map(part).collect(),
        one => part(one).map(|one| vec![one]),
    }
}

fn word_of(word: &str) -> Option<Outcome> {
    Some(match word {
        "removed" => Outcome::Done(Action::Remove),
        "anonymised" => Outcome::Done(Action::Anonymise),
        "rectified" => Outcome::Done(Action::Rectify),
        "restricted" => Outcome::Done(Action::Restrict),
        "unrestricted" => Outcome::Done(Action::Unrestrict),
        "already_gone" => Outcome::Gone,
        "changed" => Outcome::Changed,
        "blocked" => Outcome::Blocked,
        "failed" => Outcome::Failed,
        "running" => Outcome::Running,
        "unknown" => Outcome::Unknown,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_one_thing_about_one_question() {
        assert!(matches!(
            read(r#"{"id":4,"record":{"no":"K-1"}}"#, 4),
            Ok(Said::Record(_))
        ));
        let outcome = read(r#"{"id":4,"outcome":{"key":["K",7],"is":"removed"}}"#, 4).unwrap();
        assert!(
            matches!(outcome, Said::Outcome(Outcome::Done(Action::Remove), key) if key == ["K", "7"])
        );
        for line in [
            "",
            "hello",
            "[]",
            "{}",
            r#"{"id":4}"#,
            r#"{"id":3,"done":{}}"#,
            r#"{"id":"4","done":{}}"#,
            r#"{"id":4,"done":{},"record":{}}"#,
            r#"{"id":4,"done":true}"#,
            r#"{"id":4,"record":[1]}"#,
            r#"{"id":4,"outcome":{"key":[1.5],"is":"removed"}}"#,
            r#"{"id":4,"outcome":{"key":["K"],"is":"deleted"}}"#,
            r#"{"id":4,"shout":{}}"#,
            r#"{"id":4,"error":{"is":"maybe"}}"#,
            r#"{"id":4,"record":{"a":NaN}}"#,
        ] {
            assert_eq!(read(line, 4).unwrap_err().code, "E582", "{line}");
        }
        let deep = format!(
            r#"{{"id":4,"record":{{"a":{}{}}}}}"#,
            "[".repeat(5000),
            "]".repeat(5000)
        );
        assert_eq!(read(&deep, 4).unwrap_err().code, "E582");
    }
}
