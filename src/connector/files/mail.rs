//! Letters and mailboxes: headers, bodies and attachments, each a part with its own place.
//!
//! A letter is held in memory as a whole, a mailbox letter by letter.

use std::io::{BufRead as _, BufReader, Read};

use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

use super::document;
use super::look::{At, LARGEST_PART, Look};
use super::text;
use super::unread::Why;

/// A line of a mailbox is read in pieces of this size.
const LINE: u64 = 1 << 16;

/// Looks through one letter.
///
/// # Errors
/// It is none.
pub(super) fn letter(bytes: &[u8], look: &mut Look<'_>) -> Result<(), Why> {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Err(Why::Broken);
    };
    parts(&message, look);
    Ok(())
}

fn parts(message: &Message<'_>, look: &mut Look<'_>) {
    // Headers as they stand, continued lines joined, and what is written in other words (RFC 2047).
    for (name, value) in message.headers_raw() {
        let value = value.replace(['\r', '\n'], "");
        look.text(&At::Whole, &format!("{name}:{value}"));
    }
    look.text(&At::Whole, message.subject().unwrap_or_default());
    for (number, part) in message.parts.iter().enumerate() {
        if look.go_on().is_err() {
            look.miss(Why::Slow);
            return;
        }
        let name = part.attachment_name().map(str::to_owned);
        let called = name.clone().unwrap_or_else(|| format!("[{number}]"));
        match &part.body {
            PartType::Text(body) => within(name.as_deref(), look, |look| look.lines(1, body)),
            PartType::Html(body) => within(name.as_deref(), look, |look| {
                look.lines(1, body);
                look.lines(1, &super::markup::stripped(body));
            }),
            // A picture in the text of a letter, nearly always a logo.
            PartType::InlineBinary(bytes) if is_picture(bytes) => {}
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                look.within(&called, |look| document::part(&called, bytes, look));
            }
            PartType::Message(inner) => {
                look.within(&called, |look| parts(inner, look));
            }
            PartType::Multipart(_) => {}
        }
    }
}

/// A body belongs to the letter, an attached text has a name.
fn within<'n>(name: Option<&str>, look: &mut Look<'n>, then: impl FnOnce(&mut Look<'n>)) {
    match name {
        Some(name) => {
            look.within(name, |look| {
                look.text(&At::Name, name);
                then(look);
            });
        }
        None => then(look),
    }
}

fn is_picture(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(512)];
    document::sort(head, "") == document::Sort::Not(Why::Image)
}

/// Looks through a mailbox (RFC 4155, with the quoting of mboxrd).
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn mailbox(input: &mut dyn Read, look: &mut Look<'_>) -> Result<(), Why> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut letters = Letters::default();
    let (mut line, mut begins, mut empty_before) = (Vec::new(), true, true);
    loop {
        line.clear();
        let came = input.by_ref().take(LINE).read_until(b'\n', &mut line);
        if came.map_err(|error| text::why(&error, look))? == 0 {
            letters.end(look)?;
            return Ok(());
        }
        if begins && empty_before && line.starts_with(b"From ") {
            letters.end(look)?;
            letters.number += 1;
        } else {
            letters.take(if begins { unquoted(&line) } else { &line });
        }
        empty_before = begins && matches!(line.as_slice(), b"\n" | b"\r\n");
        begins = line.ends_with(b"\n");
    }
}

/// A line that was quoted so that it does not begin a letter.
fn unquoted(line: &[u8]) -> &[u8] {
    let signs = line.iter().take_while(|b| **b == b'>').count();
    match signs > 0 && line[signs..].starts_with(b"From ") {
        true => &line[1..],
        false => line,
    }
}

/// The letter that is being collected.
#[derive(Default)]
struct Letters {
    number: u64,
    bytes: Vec<u8>,
    is_too_large: bool,
}

impl Letters {
    fn take(&mut self, line: &[u8]) {
        if self.is_too_large || (self.bytes.len() + line.len()) as u64 > LARGEST_PART {
            self.is_too_large = true;
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(line);
        }
    }

    fn end(&mut self, look: &mut Look<'_>) -> Result<(), Why> {
        look.go_on()?;
        let bytes = std::mem::take(&mut self.bytes);
        let is_too_large = std::mem::take(&mut self.is_too_large);
        if bytes.is_empty() && !is_too_large {
            return Ok(());
        }
        look.within(&format!("#{}", self.number.max(1)), |look| {
            let read = match is_too_large {
                true => Err(Why::TooLarge),
                false => letter(&bytes, look),
            };
            if let Err(why) = read {
                look.miss(why);
            }
        });
        Ok(())
    }
}
