//! Values in the two forms that people read: words on a page, and the cells of a table.

use serde_json::Value;

use crate::connector::moment::of_odata;
use crate::harmless;
use crate::html::{escape, plain_lines};
use crate::messages::{Lang, Say as _, package as say};
use crate::package::credentials::{CARD, REMOVED};

/// Signs of one text on the page; the files hold all of it.
const LONGEST: usize = 2_000;
/// Items of one list on the page.
const MOST: usize = 50;
/// How deep a value within values is drawn; what is deeper is shown as JSON.
const DEEPEST: usize = 5;

/// For the page: dates and yes and no in the reader's language, lists as lists.
pub(super) fn html(value: &Value, lang: Lang) -> String {
    let mut out = String::new();
    draw(value, lang, 0, &mut out);
    out
}

fn draw(value: &Value, lang: Lang, depth: usize, out: &mut String) {
    match value {
        Value::Null => *out += &empty(lang),
        Value::Bool(true) => *out += &escape(say::yes().to(lang)),
        Value::Bool(false) => *out += &escape(say::no().to(lang)),
        Value::Number(number) => *out += &escape(&number.to_string()),
        Value::String(one) if one.trim().is_empty() => *out += &empty(lang),
        Value::String(one) => *out += &text(one, lang),
        Value::Array(items) if items.is_empty() => *out += &empty(lang),
        Value::Object(members) if members.is_empty() => *out += &empty(lang),
        deep @ (Value::Array(_) | Value::Object(_)) if depth >= DEEPEST => {
            *out += &text(&deep.to_string(), lang);
        }
        Value::Array(items) => {
            *out += "<ul>";
            for item in items.iter().take(MOST) {
                *out += "<li>";
                draw(item, lang, depth + 1, out);
                *out += "</li>";
            }
            *out += "</ul>";
            more(items.len(), lang, out);
        }
        Value::Object(members) => {
            *out += "<dl>";
            for (name, item) in members.iter().take(MOST) {
                *out += &format!("<dt>{}</dt><dd>", text(name, lang));
                draw(item, lang, depth + 1, out);
                *out += "</dd>";
            }
            *out += "</dl>";
            more(members.len(), lang, out);
        }
    }
}

fn more(count: usize, lang: Lang, out: &mut String) {
    if count > MOST {
        let rest = say::more_items(count - MOST);
        *out += &format!("<p class=\"cut\">{}</p>", escape(rest.to(lang)));
    }
}

fn empty(lang: Lang) -> String {
    format!(
        "<span class=\"none\">{}</span>",
        escape(say::empty().to(lang))
    )
}

fn text(text: &str, lang: Lang) -> String {
    if let Some(day) = day(text, lang) {
        return escape(&day);
    }
    // What the program put there itself is said in the reader's language.
    let text = text.replace(REMOVED, say::removed().to(lang));
    let text = text.replace(CARD, say::card_removed().to(lang));
    let cut = text.char_indices().nth(LONGEST);
    let Some((end, _)) = cut else {
        return escape(&plain_lines(&text));
    };
    let note = say::cut(text.chars().count());
    format!(
        "{}… <span class=\"cut\">{}</span>",
        escape(&plain_lines(&text[..end])),
        escape(note.to(lang))
    )
}

/// A day, or a point in time, as the language writes it; what stands behind the day stays as it is.
fn day(text: &str, lang: Lang) -> Option<String> {
    if let Some(moment) = of_odata(text) {
        let moment = moment.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        let day = moment.date().say(lang);
        // What has no time of its own is written as midnight.
        return Some(match moment.time() == jiff::civil::Time::midnight() {
            true => day,
            false => format!("{day}, {} UTC", moment.time()),
        });
    }
    let (day, time) = text.split_at_checked(10)?;
    let day: jiff::civil::Date = day.parse().ok()?;
    let time = match time.as_bytes() {
        [] => return Some(day.say(lang)),
        [b'T' | b' ', b'0'..=b'2', b'0'..=b'9', b':', ..] if time.len() < 40 => &time[1..],
        _ => return None,
    };
    let good = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z' | ' ');
    let time = time.strip_suffix("[UTC]").unwrap_or(time);
    time.chars().all(good).then(|| {
        let zulu = time.replace('Z', " UTC");
        format!("{}, {}", day.say(lang), zulu)
    })
}

/// For a table: text as it is, lists of simple values with commas, all else as JSON; harmless to a spreadsheet.
pub(super) fn cell(value: &Value) -> String {
    harmless::cell(&raw(value))
}

fn raw(value: &Value) -> String {
    let is_simple = |value: &Value| !matches!(value, Value::Array(_) | Value::Object(_));
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(is_simple) => {
            items.iter().map(raw).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_read_their_own_language() {
        let de = |value: Value| html(&value, Lang::De);
        assert_eq!(de(json!("2026-03-01")), "01.03.2026");
        assert_eq!(
            de(json!("2026-03-01T14:05:00Z")),
            "01.03.2026, 14:05:00 UTC"
        );
        assert_eq!(de(json!("/Date(1735689600000)/")), "01.01.2025");
        assert_eq!(
            de(json!("/Date(1735736645000+0060)/")),
            "01.01.2025, 13:04:05 UTC"
        );
        assert_eq!(de(json!(true)), "ja");
        assert_eq!(
            html(&json!(["a", 1]), Lang::En),
            "<ul><li>a</li><li>1</li></ul>"
        );
        assert_eq!(de(json!("2026-03-01<script>")), "2026-03-01&lt;script&gt;");
        assert!(de(json!("x".repeat(3_000))).len() < 2_200);
        assert!(de(json!((0..99).collect::<Vec<_>>())).contains("49"));
    }

    #[test]
    fn a_hostile_value_stays_in_its_place() {
        let bad = "</style></td><script>alert(1)</script>\u{202e}\0\u{1b}[2J";
        let value = json!({bad: [bad, {bad: bad}]});
        let html = html(&value, Lang::En);
        assert!(!html.contains("<script") && !html.contains("</td>") && !html.contains("</style"));
        assert!(
            !html
                .chars()
                .any(|c| matches!(c, '\u{202e}' | '\0' | '\u{1b}'))
        );
        assert_eq!(cell(&json!("=1+1")), "'=1+1");
        assert_eq!(cell(&json!(["a", 2, null])), "a, 2, ");
        assert_eq!(cell(&json!("a\r\nb")), "a\nb");
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!([deep]);
        }
        assert!(super::html(&deep, Lang::En).len() < 500);
    }
}
