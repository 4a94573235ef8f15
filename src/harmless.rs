//! Values from records, made harmless for where they are shown: a terminal, JSON, a spreadsheet. HTML is the business of `html.rs`.

use std::borrow::Cow;

/// For a terminal: control characters, those that cannot be seen, and those that turn the direction of text are written as escapes.
pub fn shown(text: &str) -> Cow<'_, str> {
    escaped(text, |c, out| out.push_str(&c.escape_unicode().to_string()))
}

/// [`shown`], with line ends kept: for what the program itself says in several lines.
pub fn lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(shown).collect();
    lines.join("\n")
}

/// For JSON that a terminal may show: the same text with the same meaning to a parser. Line ends are the document's own.
pub fn json(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut units = [0; 2];
    let lines: Vec<_> = text
        .split('\n')
        .map(|line| {
            escaped(line, |c, out| {
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            })
        })
        .collect();
    match lines.iter().all(|line| matches!(line, Cow::Borrowed(_))) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(lines.join("\n")),
    }
}

/// For a spreadsheet: as [`shown`], and what would be taken for a formula, also behind blanks or in full width, is marked as text
/// with an apostrophe (OWASP, CSV injection).
pub fn spreadsheet(text: &str) -> Cow<'_, str> {
    let shown = shown(text);
    match text
        .trim_start_matches(|c: char| c.is_whitespace() || c.is_control())
        .chars()
        .next()
    {
        Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}') => {
            Cow::Owned(format!("'{shown}"))
        }
        _ => shown,
    }
}

/// [`spreadsheet`] for a cell of a file that people open: line ends stay, a tab becomes a blank.
pub fn cell(text: &str) -> String {
    if is_plain(text) && text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n");
    let is_formula = matches!(spreadsheet(&text), Cow::Owned(marked) if marked.starts_with('\'') && !text.starts_with('\''));
    let calm = lines(&text.replace('\t', " "));
    if is_formula { format!("'{calm}") } else { calm }
}

/// What was typed where a name of the house belongs, for an error: `…` if it may be a value instead, such as an address or a number.
pub fn typed(text: &str) -> &str {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let digits = text.chars().filter(char::is_ascii_digit).count();
    match text.len() <= 40 && digits < 5 && text.chars().all(is_name) {
        true => text,
        false => "…",
    }
}

/// Whether a text is nothing but printable ASCII and line ends, as nearly all are: then nothing in it has to be escaped.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n'))
}

fn escaped(text: &str, mut escape: impl FnMut(char, &mut String)) -> Cow<'_, str> {
    if !text.chars().any(is_bad) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_bad(c) {
            escape(c, &mut out);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Controls, invisible signs, line and paragraph separators, changes of direction, tags (Unicode general categories Cc, Cf, Zl, Zp).
pub(crate) fn is_bad(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_is_not_repeated() {
        for name in [
            "shop",
            "contact.email",
            "shop.people_2.e-mail",
            "T12",
            "wrong",
        ] {
            assert_eq!(typed(name), name);
        }
        for value in [
            "anna@example.org",
            "Anna Beispiel",
            "0170123",
            "Müller",
            "a\u{1b}",
            &"x".repeat(41),
        ] {
            assert_eq!(typed(value), "…");
        }
    }

    #[test]
    fn escapes_and_formulas_lose_their_power() {
        assert_eq!(shown("a\u{1b}[2Jb\u{202e}c"), "a\\u{1b}[2Jb\\u{202e}c");
        assert_eq!(shown("Müller"), "Müller");
        let text = "[\n  \"\u{9b}31m\u{e0041} Müller\"\n]";
        assert_eq!(json(text), "[\n  \"\\u009b31m\\udb40\\udc41 Müller\"\n]");
        let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(parsed(&json(text)), parsed(text));
        assert_eq!(shown("a\u{2028}b\u{e0041}"), "a\\u{2028}b\\u{e0041}");
        for formula in ["=HYPERLINK(1)", "+1", "-1", "@A1", "  =1+1", "\u{ff1d}1"] {
            assert_eq!(spreadsheet(formula), format!("'{formula}"));
        }
        assert_eq!(spreadsheet("\t=1"), "'\\u{9}=1");
        assert_eq!(spreadsheet("2026-01-01"), "2026-01-01");
        assert_eq!(cell("\t=1\r\nb\u{1b}"), "' =1\nb\\u{1b}");
        assert_eq!(cell("a\n=1"), "a\n=1");
    }
}
