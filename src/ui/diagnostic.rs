//! One look for every error: code, title, file with line and column, the line itself, why, and what to do.
//!
//! What a file holds is not trusted: control characters and terminal escapes are shown as harmless signs, and whatever is, or
//! looks like, a secret written out is blotted out of the line before it is shown.

use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Place};
use crate::messages::{Lang, Text, diagnostic as say};
use crate::secret;

/// Stands in a line where a secret was.
const BLOT: &str = "[redacted]";

/// A diagnostic as text for a terminal or a log, without a line end behind it.
///
/// Each reason and remedy has a line of its own; a remedy of several lines is indented under its first.
pub fn render(diagnostic: &Diagnostic, lang: Lang, colour: bool) -> String {
    let (level, name) = if diagnostic.is_warning() {
        (Level::WARNING, say::warning())
    } else {
        (Level::ERROR, say::error())
    };
    let title = level
        .with_name(name.to(lang).to_owned())
        .primary_title(harmless(diagnostic.what.to(lang)))
        .id(diagnostic.code);
    let mut group = Group::with_title(title);
    if let Some(place) = &diagnostic.place {
        let (line, column) = place.line_column();
        let path = harmless(&shown_path(&place.source.path));
        let (text, span) = shown_line(place);
        if text.trim().is_empty() {
            group = group.element(Origin::path(path).line(line).char_column(column));
        } else {
            // A blot before the place moves it, so the column that the snippet would state is only right without one.
            let moved = text[..span.start].chars().count() + 1 != column;
            let origin = moved.then(|| Origin::path(path.clone()).line(line).char_column(column));
            group = group.elements(origin).element(
                Snippet::source(text)
                    .path((!moved).then_some(path))
                    .line_start(line)
                    .fold(false)
                    .annotation(AnnotationKind::Primary.span(span)),
            );
        }
    }
    let remark = |level: Level<'static>, name: Text, text: &Text| {
        level
            .with_name(name.to(lang).to_owned())
            .message(harmless(text.to(lang)))
    };
    if let Some(why) = &diagnostic.why {
        group = group.element(remark(Level::NOTE, say::why(), why));
    }
    for help in &diagnostic.help {
        group = group.element(remark(Level::HELP, say::help(), help));
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let drawn = renderer.render(&[group]);
    match diagnostic.place {
        Some(_) => drawn,
        // Without a snippet there is no margin to draw.
        None => {
            let is_text =
                |line: &&str| anstream::adapter::strip_str(line).to_string().trim() != "|";
            drawn.lines().filter(is_text).collect::<Vec<_>>().join("\n")
        }
    }
}

/// The same for programs: `code`, `severity`, `message`, `why`, `help`, `file`, `line`, `column`; what is not known is null.
pub fn json(diagnostic: &Diagnostic, lang: Lang) -> Value {
    let place = diagnostic.place.as_ref();
    let position = place.map(Place::line_column);
    let words = |text: &Text| secret::redact(text.to(lang)).into_owned();
    json!({
        "code": diagnostic.code,
        "severity": if diagnostic.is_warning() { "warning" } else { "error" },
        "message": words(&diagnostic.what),
        "why": diagnostic.why.as_ref().map(words),
        "help": diagnostic.help.iter().map(words).collect::<Vec<_>>(),
        "file": place.map(|place| shown_path(&place.source.path)),
        "line": position.map(|(line, _)| line),
        "column": position.map(|(_, column)| column),
    })
}

/// Relative to the current folder where the file lies below it.
pub(crate) fn shown_path(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok())
        .unwrap_or(path)
        .display()
        .to_string()
}

/// The line on which the place begins, made harmless, and where in it the place lies; a place of several lines ends with the first.
fn shown_line(place: &Place) -> (String, Range<usize>) {
    let text = &place.source.text;
    let start = text.floor_char_boundary(place.start);
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = text[from..to].trim_end();
    let start = (start - from).min(line.len());
    let end = (text.floor_char_boundary(place.end).max(from) - from).clamp(start, line.len());

    let blots = secret::blots(line);
    let mut shown = String::with_capacity(line.len());
    let mut span = 0..0;
    for (at, sign) in line.char_indices() {
        if at == start {
            span.start = shown.len();
        }
        if at == end {
            span.end = shown.len();
        }
        match blots.iter().find(|blot| blot.contains(&at)) {
            Some(blot) if blot.start == at => shown.push_str(BLOT),
            // A place that begins or ends within a blot covers all of it.
            Some(_) if at == start => span.start = shown.len() - BLOT.len(),
            Some(_) => {}
            None => shown.push(visible(sign)),
        }
    }
    if start == line.len() {
        span.start = shown.len();
    }
    if end == line.len() {
        span.end = shown.len();
    }
    // Something must be underlined, also where the file ends.
    if span.is_empty() && span.start < shown.len() {
        let first = shown[span.start..].chars().next().map_or(0, char::len_utf8);
        span.end = span.start + first;
    }
    (shown, span)
}

/// A message without secrets, escapes and lines of its own making.
fn harmless(text: &str) -> String {
    secret::redact(text)
        .chars()
        .map(|sign| if sign == '\n' { sign } else { visible(sign) })
        .collect()
}

/// The sign itself, or one that stands for it if a terminal would act upon it or print nothing.
fn visible(sign: char) -> char {
    match sign {
        '\t' => ' ',
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(sign)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::{Exit, Source};

    fn diagnostic(text: &str, start: usize, end: usize) -> Diagnostic {
        let source = Arc::new(Source {
            path: "connectors/redmine.yml".into(),
            text: text.into(),
        });
        let text = |en: &str, de: &str| Text {
            en: en.into(),
            de: de.into(),
        };
        Diagnostic::new(
            "E210",
            Exit::Usage,
            text(
                "people are searched by phone",
                "gesucht wird nach der Telefonnummer",
            ),
        )
        .at(Place { source, start, end })
        .why(text(
            "without it nothing can be checked",
            "ohne sie lässt sich nichts prüfen",
        ))
        .help(text(
            "add:   phone: contact.phone",
            "ergänzen:   phone: contact.phone",
        ))
    }

    #[test]
    fn an_error_says_what_where_why_and_what_to_do() {
        let text = "objects:\n  users:\n    find: [{ by: phone }]\n";
        let one = diagnostic(text, 37, 42);
        insta::assert_snapshot!(render(&one, Lang::En, false), @r#"
        error[E210]: people are searched by phone
         --> connectors/redmine.yml:3:20
          |
        3 |     find: [{ by: phone }]
          |                    ^^^^^
          |
          = why: without it nothing can be checked
          = help: add:   phone: contact.phone
        "#);
        insta::assert_snapshot!(render(&one, Lang::De, false), @r#"
        Fehler[E210]: gesucht wird nach der Telefonnummer
         --> connectors/redmine.yml:3:20
          |
        3 |     find: [{ by: phone }]
          |                    ^^^^^
          |
          = warum: ohne sie lässt sich nichts prüfen
          = Abhilfe: ergänzen:   phone: contact.phone
        "#);
        insta::assert_snapshot!(json(&one, Lang::De), @r#"{"code":"E210","column":20,"file":"connectors/redmine.yml","help":["ergänzen:   phone: contact.phone"],"line":3,"message":"gesucht wird nach der Telefonnummer","severity":"error","why":"ohne sie lässt sich nichts prüfen"}"#);
        assert!(render(&one, Lang::En, true).contains("\u{1b}["));
    }

    #[test]
    fn nothing_in_a_file_reaches_the_terminal_as_it_is() {
        let text = "a: \u{1b}[2J\u{202e}x\r\n";
        let mut one = diagnostic(text, 3, 9);
        one.what = Text::same("a\u{1b}]0;title\u{7}b");
        let shown = render(&one, Lang::En, false);
        assert!(
            !shown.contains(['\u{1b}', '\u{7}', '\r', '\u{202e}']),
            "{shown:?}"
        );
        insta::assert_snapshot!(shown, @r#"
        error[E210]: a␛]0;title␇b
         --> connectors/redmine.yml:1:4
          |
        1 | a: ␛[2J�x
          |    ^^^^
          |
          = why: without it nothing can be checked
          = help: add:   phone: contact.phone
        "#);
    }

    #[test]
    fn a_secret_in_a_line_is_blotted_and_the_column_stays_right() {
        let text = "x: { password: hunter2, bad: 1 }\n";
        let at = text.find("bad").unwrap();
        let shown = render(&diagnostic(text, at, at + 3), Lang::En, false);
        insta::assert_snapshot!(shown, @r#"
        error[E210]: people are searched by phone
         --> connectors/redmine.yml:1:25
          |
         ::: 
        1 | x: { password: [redacted], bad: 1 }
          |                            ^^^
          |
          = why: without it nothing can be checked
          = help: add:   phone: contact.phone
        "#);
        let at = text.find("hunter2").unwrap();
        let shown = render(&diagnostic(text, at + 2, at + 7), Lang::En, false);
        insta::assert_snapshot!(shown, @r#"
        error[E210]: people are searched by phone
         --> connectors/redmine.yml:1:18
          |
         ::: 
        1 | x: { password: [redacted], bad: 1 }
          |                ^^^^^^^^^^
          |
          = why: without it nothing can be checked
          = help: add:   phone: contact.phone
        "#);
    }

    #[test]
    fn a_known_secret_is_shown_nowhere() {
        secret::remember("s3cr3t-of-this-test");
        let mut one = diagnostic("a: s3cr3t-of-this-test\n", 3, 6);
        one.what = Text::same("`s3cr3t-of-this-test` is wrong");
        one.why = Some(one.what.clone());
        one.help.push(one.what.clone());
        let shown = render(&one, Lang::De, true) + &json(&one, Lang::De).to_string();
        assert!(!shown.contains("s3cr3t"), "{shown}");
        assert_eq!(shown.matches("[redacted]").count(), 7);
    }

    #[test]
    fn a_file_below_the_current_folder_is_named_from_there() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(shown_path(&here.join("a/dsr.yaml")), "a/dsr.yaml");
        assert_eq!(
            shown_path(Path::new("/nowhere/dsr.yaml")),
            "/nowhere/dsr.yaml"
        );
    }

    #[test]
    fn places_at_the_edges_of_a_file_are_drawn() {
        for (text, start, end) in [
            ("", 0, 0),
            ("a", 1, 1),
            ("ä\n", 1, 2),
            ("a\n", 2, 9),
            ("a: [\n1,\n", 3, 8),
            ("\n\n", 1, 1),
        ] {
            let shown = render(&diagnostic(text, start, end), Lang::En, false);
            assert!(shown.contains("connectors/redmine.yml:"), "{shown}");
        }
    }
}
