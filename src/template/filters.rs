//! The filters of the connector language. A quoting filter adds the quotes itself and refuses what its notation cannot hold.

use std::borrow::Cow;

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind};
use percent_encoding::utf8_percent_encode;

/// Filters whose output may stand inside a longer text.
pub(super) const QUOTING: &[&str] = &[
    "soql", "odata", "jql", "sql", "ldap", "quoted", "xml", "url", "csv", "md5", "sha256", "text",
];

/// The others.
pub(super) const PLAIN: &[&str] = &[
    "lower", "upper", "trim", "join", "first", "last", "length", "default", "replace", "date",
    "merge", "digits", "number",
];

pub(super) fn add(environment: &mut Environment<'static>) {
    use minijinja::filters as builtin;
    environment.add_filter("lower", builtin::lower);
    environment.add_filter("upper", builtin::upper);
    environment.add_filter("trim", builtin::trim);
    environment.add_filter("join", join);
    environment.add_filter("first", builtin::first);
    environment.add_filter("last", builtin::last);
    environment.add_filter("length", builtin::length);
    environment.add_filter("default", builtin::default);
    environment.add_filter("replace", replace);
    environment.add_filter("date", date);
    environment.add_filter("merge", |base: &Value, over: &Value| merge(base, over));
    environment.add_filter("digits", |value: &Value| {
        Ok::<_, Error>(
            plain(value)?
                .chars()
                .filter(char::is_ascii_digit)
                .collect::<String>(),
        )
    });
    environment.add_filter("number", number);
    environment.add_filter("text", text);
    environment.add_filter("soql", |value: &Value| {
        quote(value, '\'', Escape::Backslash)
    });
    environment.add_filter("jql", |value: &Value| quote(value, '"', Escape::Backslash));
    environment.add_filter("odata", |value: &Value| quote(value, '\'', Escape::Double));
    environment.add_filter("sql", sql);
    environment.add_filter("quoted", |value: &Value| {
        quote(&Value::from(plain(value)?), '"', Escape::Backslash)
    });
    environment.add_filter("csv", |value: &Value| {
        quote(&Value::from(plain(value)?), '"', Escape::Double)
    });
    environment.add_filter("xml", xml);
    environment.add_filter("ldap", |value: &Value| {
        Ok::<_, Error>(ldap_assertion(&plain(value)?))
    });
    environment.add_filter("url", |value: &Value| {
        Ok::<_, Error>(utf8_percent_encode(&plain(value)?, super::SEGMENT).to_string())
    });
    environment.add_filter("sha256", |value: &Value| {
        Ok::<_, Error>(crate::keys::Digest::sha256(plain(value)?.as_bytes()).hex())
    });
    environment.add_filter("md5", |value: &Value| {
        use md5::Digest as _;
        let digest = md5::Md5::digest(plain(value)?.as_bytes());
        Ok::<_, Error>(
            digest
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>(),
        )
    });
}

/// The details of these errors never reach anybody: the caller says which expression failed.
fn refuse() -> Error {
    Error::new(ErrorKind::InvalidOperation, "value refused")
}

/// A text or whole number without control characters.
fn plain(value: &Value) -> Result<String, Error> {
    let text = match value.kind() {
        ValueKind::String => value.as_str().unwrap_or_default().to_owned(),
        ValueKind::Number if value.is_integer() => value.to_string(),
        _ => return Err(refuse()),
    };
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(refuse());
    }
    Ok(text)
}

/// Items in a row. One that holds the separator itself would count as two, and name another record.
fn join(items: &Value, separator: Option<String>) -> Result<String, Error> {
    let separator = separator.unwrap_or_default();
    let mut texts = Vec::new();
    for item in items.try_iter()? {
        let text = plain(&item)?;
        if !separator.trim().is_empty() && text.contains(separator.trim()) {
            return Err(refuse());
        }
        texts.push(text);
    }
    Ok(texts.join(&separator))
}

/// One text in place of another, as far as it stays within what a template may become: each replacement can be of replaced ones,
/// and no count of instructions bounds that.
fn replace(text: Cow<'_, str>, old: Cow<'_, str>, new: Cow<'_, str>) -> Result<String, Error> {
    replaced(&text, &old, &new).ok_or_else(refuse)
}

/// None if the text would become too long.
pub(super) fn replaced(text: &str, old: &str, new: &str) -> Option<String> {
    let longest = text.matches(old).count().saturating_mul(new.len());
    (longest.saturating_add(text.len()) <= super::LONGEST).then(|| text.replace(old, new))
}

#[derive(Clone, Copy)]
pub(super) enum Escape {
    Backslash,
    Double,
}

/// How a filter that puts quotes around a value escapes those in it.
pub(super) fn quotes(filter: &str) -> Option<Escape> {
    match filter {
        "soql" | "jql" | "quoted" => Some(Escape::Backslash),
        "odata" | "sql" | "csv" => Some(Escape::Double),
        _ => None,
    }
}

/// Numbers stay bare, texts are quoted.
fn quote(value: &Value, mark: char, escape: Escape) -> Result<String, Error> {
    let text = plain(value)?;
    if value.is_number() {
        return Ok(text);
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push(mark);
    for c in text.chars() {
        match escape {
            Escape::Backslash if c == mark || c == '\\' => out.push('\\'),
            Escape::Double if c == mark => out.push(mark),
            _ => {}
        }
        out.push(c);
    }
    out.push(mark);
    Ok(out)
}

/// Standard SQL knows no escape but the doubled quote, MySQL also the backslash; what both read alike has none.
fn sql(value: &Value) -> Result<String, Error> {
    if plain(value)?.contains('\\') {
        return Err(refuse());
    }
    quote(value, '\'', Escape::Double)
}

/// A value as it stands in a search filter of LDAP (RFC 4515, section 3): what means something there, and what a server may take
/// for an end or a space to be dropped, becomes `\` and two hexadecimal digits for each byte.
pub fn ldap_assertion(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (i, c) in value.chars().enumerate() {
        let edge = c == ' ' && (i == 0 || i == last);
        if edge || matches!(c, '*' | '(' | ')' | '\\') || c.is_control() {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push_str(&format!("\\{byte:02x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn xml(value: &Value) -> Result<String, Error> {
    let mut out = String::new();
    for c in plain(value)?.chars() {
        match c {
            '\u{fffe}' | '\u{ffff}' => return Err(refuse()),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    Ok(out)
}

/// What needs no quoting in any notation: letters, digits and a few signs without a meaning of their own. A key that comes from a
/// foreign system is refused if it holds anything else.
fn text(value: &Value) -> Result<String, Error> {
    let text = plain(value)?;
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_.:@+~/=".contains(c);
    if text.chars().all(harmless) {
        Ok(text)
    } else {
        Err(refuse())
    }
}

/// A whole number as a number, for systems that compare types: a key that is read again is text, whatever it was.
fn number(value: &Value) -> Result<Value, Error> {
    let text = plain(value)?;
    let number: i64 = text.parse().map_err(|_| refuse())?;
    // Anything that would be written otherwise might name another record.
    match number.to_string() == text {
        true => Ok(Value::from(number)),
        false => Err(refuse()),
    }
}

/// `date("%Y-%m-%d")` of an ISO 8601 date or timestamp, or of one that OData 2 writes.
fn date(value: &Value, format: &str) -> Result<String, Error> {
    let text = plain(value)?;
    let timestamp = text.parse::<jiff::Timestamp>().ok();
    if let Some(timestamp) = timestamp.or_else(|| crate::connector::moment::of_odata(&text)) {
        let zoned = timestamp.to_zoned(jiff::tz::TimeZone::UTC);
        return jiff::fmt::strtime::format(format, &zoned).map_err(|_| refuse());
    }
    let date: jiff::civil::Date = text.parse().map_err(|_| refuse())?;
    jiff::fmt::strtime::format(format, date).map_err(|_| refuse())
}

/// `over` laid onto `base`, mapping by mapping; all else in `over` replaces what it meets.
fn merge(base: &Value, over: &Value) -> Result<Value, Error> {
    fn lay(base: &mut serde_json::Value, over: serde_json::Value) {
        match (base, over) {
            (serde_json::Value::Object(base), serde_json::Value::Object(over)) => {
                for (key, value) in over {
                    lay(base.entry(key).or_insert(serde_json::Value::Null), value);
                }
            }
            (base, over) => *base = over,
        }
    }
    let tree = |value: &Value| serde_json::to_value(value).map_err(|_| refuse());
    let (mut merged, over) = (tree(base)?, tree(over)?);
    if !merged.is_object() || !over.is_object() {
        return Err(refuse());
    }
    lay(&mut merged, over);
    Ok(Value::from(minijinja::value::Serde(merged)))
}
