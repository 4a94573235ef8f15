//! The words between tags, and signs that are written as something else.
//!
//! These are looked at beside the text as it stands, so that nothing depends on getting a broken page right.

/// Elements that stand within a line; all others end a word.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "code", "em", "font", "i", "ins", "kbd", "mark", "q", "s",
    "small", "span", "strong", "sub", "sup", "tt", "u", "wbr",
];

/// A page without its tags, with as many line ends as before.
pub(super) fn stripped(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('<') {
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            let (tag, after) = rest.split_at(end);
            let name: String = tag[1..]
                .trim_start_matches('/')
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .take(12)
                .map(|c| c.to_ascii_lowercase())
                .collect();
            if !INLINE.contains(&name.as_str()) {
                out.push(' ');
            }
            out.extend(tag.chars().filter(|c| *c == '\n'));
            rest = after;
        } else {
            let (sign, length) = entity(rest);
            out.push(sign);
            rest = &rest[length..];
        }
    }
    out.push_str(rest);
    out
}

/// The sign that an entity stands for, and how long it is; the `&` itself where it stands for none.
fn entity(text: &str) -> (char, usize) {
    const NAMED: [(&str, char); 14] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("shy", '\u{ad}'),
        ("commat", '@'),
        ("period", '.'),
        ("plus", '+'),
        ("hyphen", '-'),
        ("lowbar", '_'),
        ("auml", 'ä'),
        ("uuml", 'ü'),
    ];
    let name = text[1..].bytes().take(12).position(|b| b == b';');
    let Some(name) = name.and_then(|end| text.get(1..1 + end)) else {
        return ('&', 1);
    };
    let coded = match name.strip_prefix('#') {
        Some(code) => match code.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => code.parse().ok(),
        }
        .and_then(char::from_u32),
        None => NAMED
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, sign)| *sign),
    };
    match coded {
        Some(sign) => (sign, name.len() + 2),
        None => ('&', 1),
    }
}

/// JSON with its escaped signs written out; `None` if it has none.
pub(super) fn unescaped(json: &str) -> Option<String> {
    if !json.contains("\\u") {
        return None;
    }
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at..];
        let unit = |from: usize| {
            let code = escape.get(from..from + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(code, 16).ok()
        };
        let (sign, length) = match unit(0) {
            Some(high @ 0xd800..0xdc00) => {
                let pair = char::decode_utf16([high, unit(6).unwrap_or(0)]).next();
                match pair {
                    Some(Ok(sign)) => (sign, 12),
                    _ => (' ', 6),
                }
            }
            Some(unit) => (char::from_u32(u32::from(unit)).unwrap_or(' '), 6),
            None => {
                let sign = match escape.as_bytes().get(1) {
                    Some(b'n' | b'r' | b't') => ' ',
                    Some(b'"') => '"',
                    Some(b'/') => '/',
                    _ => '\\',
                };
                (sign, escape.len().min(2))
            }
        };
        // A line end within a value is no line of the file.
        out.push(if sign == '\n' { ' ' } else { sign });
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Some(out)
}

/// The words of an RTF text (Microsoft's specification 1.9.1): control words dropped, signs in their code page or as `\u`.
pub(super) fn rtf(text: &str) -> String {
    let mut out = String::with_capacity(text.len() / 2);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'}' | b'\r' => at += 1,
            b'\n' => {
                out.push('\n');
                at += 1;
            }
            b'\\' => at = control(text, at + 1, &mut out),
            _ => {
                let end = bytes[at..]
                    .iter()
                    .position(|b| matches!(b, b'{' | b'}' | b'\\' | b'\r' | b'\n'));
                let end = end.map_or(bytes.len(), |end| at + end);
                out.push_str(&text[at..end]);
                at = end;
            }
        }
    }
    out
}

/// Takes one control word or sign behind its backslash; returns where the text goes on.
fn control(text: &str, at: usize, out: &mut String) -> usize {
    let rest = &text.as_bytes()[at..];
    let Some(first) = rest.first() else {
        return at;
    };
    if !first.is_ascii_alphabetic() {
        match first {
            b'\'' => {
                let Some(byte) = hex(text, at + 1) else {
                    return at + 1;
                };
                out.push_str(&encoding_rs::WINDOWS_1252.decode(&[byte]).0);
                return at + 3;
            }
            b'~' => out.push('\u{a0}'),
            b'{' | b'}' | b'\\' => out.push(*first as char),
            b'_' => out.push('-'),
            // `\-` is a soft hyphen.
            _ => {}
        }
        let sign = text[at..].chars().next().map_or(1, char::len_utf8);
        return at + sign;
    }
    let word = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let digits = rest[word..]
        .iter()
        .take_while(|b| b.is_ascii_digit() || **b == b'-')
        .count();
    let mut end = at + word + digits;
    let number: i32 = text[at + word..end].parse().unwrap_or(0);
    if text.as_bytes().get(end) == Some(&b' ') {
        end += 1;
    }
    match &text[at..at + word] {
        "par" | "line" | "cell" | "row" | "tab" | "sect" | "page" => out.push(' '),
        "u" => {
            // Negative where it does not fit into 15 bits; one sign for readers without Unicode follows.
            let code = if number < 0 {
                number + 0x1_0000
            } else {
                number
            };
            let sign = u32::try_from(code).ok().and_then(char::from_u32);
            out.push(sign.unwrap_or(' '));
            match text.as_bytes().get(end) {
                Some(b'\\') if text.as_bytes().get(end + 1) == Some(&b'\'') => {
                    end += if hex(text, end + 2).is_some() { 4 } else { 2 };
                }
                Some(b'{' | b'}' | b'\\') | None => {}
                Some(_) => end += text[end..].chars().next().map_or(0, char::len_utf8),
            }
        }
        _ => {}
    }
    end.min(text.len())
}

/// The byte that two digits stand for.
fn hex(text: &str, at: usize) -> Option<u8> {
    u8::from_str_radix(text.get(at..at + 2)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn entities_become_their_signs_and_nothing_else_does() {
        assert_eq!(
            stripped("a&#64;b &#x40; &amp;lt; &nope; & &;"),
            "a@b @ &lt; &nope; & &;"
        );
        assert_eq!(stripped("a<b>b</b>c<td>d\n<x\ny>e"), "abc d\n \ne");
        assert_eq!(stripped("<!-- a@b"), " ");
    }

    #[test]
    fn escapes_of_json_become_their_signs() {
        assert_eq!(unescaped("plain"), None);
        assert_eq!(
            unescaped(r"\u002B49 \ud83d\ude00 \ud83d \u00e9").unwrap(),
            "+49 😀   é"
        );
        assert_eq!(unescaped(r"\u00e9\").unwrap(), "é\\");
    }

    #[test]
    fn a_sign_for_readers_without_unicode_is_passed_over_whole_or_not_at_all() {
        assert_eq!(rtf(r"\u233\'e9t\u233 ?t\u233\'"), "étété");
        assert_eq!(rtf(r"a\u233\'{é}b"), "aééb");
    }

    proptest! {
        #[test]
        fn no_text_breaks_any_of_them(text in ".{0,60}", odd in r"[<>&;\\u{}'0-9a-fé]{0,60}") {
            for text in [text, odd] {
                stripped(&text);
                rtf(&text);
                unescaped(&format!("\\u{text}"));
            }
        }
    }
}
