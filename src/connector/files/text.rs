//! Texts of all sorts, read in blocks: plain ones, CSV, JSON, and pages whose words stand between tags.
//!
//! What a file's bytes mean is read from its mark of byte order, else from itself (UTF-16 has zeros, UTF-8 is strict), else it is what
//! the inventory says. Nothing here fails for a wrong guess: addresses and numbers look the same in all of these encodings.

use std::borrow::Cow;
use std::io::Read;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::look::Look;
use super::markup;
use super::unread::Why;

/// How much is looked at together.
const BLOCK: usize = 1 << 20;
/// A line without end is cut; so much of it is looked at on both sides of the cut.
const CONTEXT: usize = 512;

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    /// Tags, and signs written as `&#64;`.
    Markup,
    /// Signs written as `\u0040`.
    Json,
    Rtf,
}

/// Looks through a text to its end.
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn read(input: &mut dyn Read, form: Form, look: &mut Look<'_>) -> Result<(), Why> {
    let mut bytes: Vec<u8> = Vec::with_capacity(BLOCK + 1024);
    let mut encoding: Option<Option<&'static Encoding>> = None;
    // Text of wide encodings that was decoded and not looked at yet; of the others everything is in `bytes`.
    let mut lines = 1;
    let mut context = 0;
    loop {
        look.go_on()?;
        let wanted = (BLOCK + context).saturating_sub(bytes.len()).max(BLOCK / 4);
        let came = fill(input, &mut bytes, wanted, look)?;
        let is_last = came < wanted;
        let known = *encoding.get_or_insert_with(|| guess(&bytes));
        let is_wide = known.is_some_and(|one| one == UTF_16LE || one == UTF_16BE);
        let (cut, is_hard) = match is_last {
            true => (bytes.len(), false),
            false if is_wide => wide_cut(&bytes, known == Some(UTF_16BE)),
            false => match memchr::memrchr(b'\n', &bytes) {
                Some(at) if at + 1 > context => (at + 1, false),
                _ => (char_start(&bytes, bytes.len()), true),
            },
        };
        let text = decode(&bytes[..cut], known, look.fallback);
        // Beyond a hard cut a hit may go on, so that the last stretch is looked at again together with what follows.
        let end = match is_hard {
            true => floor(&text, text.len().saturating_sub(CONTEXT)),
            false => text.len(),
        };
        let start = floor(&text, context.min(end));
        let from = if context == 0 { 0 } else { start };
        look.lines_within(lines, &text, from..end.max(from));
        let other = match form {
            Form::Plain => None,
            Form::Markup => Some(markup::stripped(&text)),
            Form::Json => markup::unescaped(&text),
            Form::Rtf => Some(markup::rtf(&text)),
        };
        if let Some(other) = other {
            let end = other.len() - if is_hard { CONTEXT.min(other.len()) } else { 0 };
            let start = floor(&other, (context / 2).min(end));
            look.lines_within(lines, &other, start..floor(&other, end));
        }
        if is_last {
            return Ok(());
        }
        let line_ends = |text: &str| memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
        let done = match (is_hard, is_wide) {
            (false, _) => cut,
            // A unit of two bytes may be one of text.
            (true, true) => cut - (CONTEXT * 4).min(cut),
            (true, false) => char_start(&bytes, cut - (CONTEXT * 2).min(cut)),
        };
        lines += match is_hard {
            false => line_ends(&text),
            true => line_ends(&decode(&bytes[..done], known, look.fallback)),
        };
        context = match is_hard {
            true => CONTEXT.min(cut - done),
            false => 0,
        };
        bytes.drain(..done);
    }
}

fn fill(
    input: &mut dyn Read,
    bytes: &mut Vec<u8>,
    wanted: usize,
    look: &Look<'_>,
) -> Result<usize, Why> {
    let before = bytes.len();
    let read = input.take(wanted as u64).read_to_end(bytes);
    match read {
        Ok(_) => Ok(bytes.len() - before),
        Err(error) => Err(why(&error, look)),
    }
}

/// What an error of reading means.
pub(super) fn why(error: &std::io::Error, look: &Look<'_>) -> Why {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::FileTooLarge => Why::TooLarge,
        ErrorKind::PermissionDenied => Why::Forbidden,
        ErrorKind::NotFound => Why::Changed,
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => Why::Broken,
        _ if look.is_spent() => Why::TooLarge,
        _ => Why::Failed,
    }
}

/// The encoding that the beginning of a text tells; `None` if it is UTF-8 where it can be and the inventory's elsewhere.
fn guess(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some(encoding).filter(|one| *one != UTF_8);
    }
    let head = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |at: usize| head.iter().skip(at).step_by(2).filter(|b| **b == 0).count();
    let half = head.len() / 2;
    match (zeros(0), zeros(1)) {
        (even, odd) if half >= 4 && odd * 2 > half && even * 8 < half => Some(UTF_16LE),
        (even, odd) if half >= 4 && even * 2 > half && odd * 8 < half => Some(UTF_16BE),
        _ => stated(&bytes[..bytes.len().min(1024)]),
    }
}

/// `charset=` of a page, `encoding=` of an XML file, as far as it is one that is no part of UTF-8.
fn stated(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if !head.trim_start().starts_with('<') {
        return None;
    }
    let at = ["charset=", "encoding="]
        .iter()
        .find_map(|word| head.find(word).map(|at| at + word.len()))?;
    let label: String = head[at..]
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
        .collect();
    let encoding = Encoding::for_label(label.as_bytes())?;
    // A page that says UTF-16 and begins with a plain `<` is not.
    (encoding != UTF_8 && encoding.is_ascii_compatible()).then_some(encoding)
}

fn decode<'b>(
    bytes: &'b [u8],
    known: Option<&'static Encoding>,
    fallback: &'static Encoding,
) -> Cow<'b, str> {
    match known {
        Some(encoding) => encoding.decode_with_bom_removal(bytes).0,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => fallback.decode_without_bom_handling(bytes).0,
        },
    }
}

/// A place in UTF-16 behind a line end, else at the end of the last whole unit.
fn wide_cut(bytes: &[u8], is_big: bool) -> (usize, bool) {
    let whole = bytes.len() & !1;
    let line_end = if is_big { [0, b'\n'] } else { [b'\n', 0] };
    let at = (0..whole)
        .step_by(2)
        .rfind(|at| bytes[*at..at + 2] == line_end);
    match at {
        Some(at) => (at + 2, false),
        None => (whole, true),
    }
}

/// The beginning of the UTF-8 sign that reaches over this place; the place itself where there is none.
fn char_start(bytes: &[u8], at: usize) -> usize {
    let back = bytes[..at]
        .iter()
        .rev()
        .take(4)
        .position(|b| b & 0xc0 != 0x80);
    match back {
        Some(back) if bytes[at - 1 - back] >= 0xc0 => at - 1 - back,
        _ => at,
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whether bytes are a text at all: no zeros but those of UTF-16, hardly any controls.
pub(super) fn is_text(head: &[u8]) -> bool {
    if head.is_empty() {
        return true;
    }
    if guess(head).is_some_and(|one| one == UTF_16LE || one == UTF_16BE) {
        return true;
    }
    let odd = |b: &&u8| matches!(b, 0..=6 | 14..=26 | 28..=31 | 127);
    !head.contains(&0) && head.iter().filter(odd).count() * 100 <= head.len()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::super::look::At;
    use super::super::needle::Needles;
    use super::*;
    use crate::subject::{Kind, Kinds};

    fn places(bytes: &[u8], form: Form) -> Vec<u64> {
        let kinds = Kinds {
            country: "DE".into(),
            ..Kinds::default()
        };
        let ada = kinds
            .identity(&Kind("email".into()), "ada@müller.example")
            .unwrap();
        let bob = kinds
            .identity(&Kind("email".into()), "bob@example.org")
            .unwrap();
        let needles = Needles::new(&[ada, bob], &kinds).unwrap();
        let stopped = AtomicBool::default();
        let mut look = Look::new(&needles, encoding_rs::WINDOWS_1252, u64::MAX, &stopped);
        read(&mut &bytes[..], form, &mut look).unwrap();
        let line = |at: &At| match at {
            At::Line(line) => *line,
            _ => 0,
        };
        let mut all: Vec<u64> = look.hits.iter().map(|hit| line(&hit.at)).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn the_encoding_is_read_from_the_text() {
        let text = "Grüße\nan ada@müller.example\r\nund\nbob@example.org\n";
        let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(order).collect()
        };
        let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", text.as_bytes()),
            encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
            marked(b"\xff\xfe", &little),
            marked(b"\xfe\xff", &big),
            little,
            big,
        ] {
            assert_eq!(places(&bytes, Form::Plain), [2, 4], "{:?}", &bytes[..8]);
        }
    }

    #[test]
    fn a_hit_is_found_once_wherever_blocks_end() {
        for filler in [
            BLOCK - 20,
            BLOCK - 5,
            BLOCK + 300,
            2 * BLOCK - 700,
            3 * BLOCK - 9,
        ] {
            // A line that never ends, with signs of two bytes so that a cut may fall into one.
            let mut endless = "ü".repeat(filler / 2);
            endless.push_str(" bob@example.org ");
            endless.push_str(&"x".repeat(BLOCK));
            assert_eq!(places(endless.as_bytes(), Form::Plain), [1], "{filler}");
            // `bob@example.org` must not be seen in `bob@example.org.uk` cut in two.
            let longer = format!(
                "{} bob@example.org.uk {}",
                "x".repeat(filler),
                "y".repeat(BLOCK)
            );
            assert!(
                places(longer.as_bytes(), Form::Plain).is_empty(),
                "{filler}"
            );
            let lines = format!("{}\nbob@example.org\n", "line\n".repeat(filler / 5));
            let line = filler as u64 / 5 + 2;
            assert_eq!(places(lines.as_bytes(), Form::Plain), [line], "{filler}");
        }
    }

    #[test]
    fn words_between_tags_are_whole() {
        let page = "<p>mail <b>bob</b>@example.org</p>\n<td>bob&#64;example&period;org</td>\n\
            <a href=\"mailto:bob@example.org\">x</a>\n<td>bob</td><td>@example.org</td>\n";
        assert_eq!(places(page.as_bytes(), Form::Markup), [1, 2, 3]);
        let json = r#"{"a": "bob\u0040example.org",
            "b": "x\/bob@example.org"}"#;
        assert_eq!(places(json.as_bytes(), Form::Json), [1, 2]);
        let rtf = r"{\rtf1\ansi Gr\'fc\'dfe {\b bob}@example.org\par ada@m\u252?ller.example}";
        assert_eq!(places(rtf.as_bytes(), Form::Rtf).len(), 2);
    }

    #[test]
    fn bytes_that_are_no_text_are_told_from_it() {
        assert!(is_text("Grüße\n".as_bytes()) && is_text(b""));
        assert!(is_text(b"a\0b\0c\0d\0e\0f\0"));
        assert!(!is_text(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"));
        assert!(!is_text(&[0x80, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0e, 0x0f]));
    }
}
