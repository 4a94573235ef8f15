//! Outlook's messages (MS-OXMSG): every text of a message, its recipients and attachments, its body in whichever form it has.
//!
//! All properties that are text are looked at, whatever they are called, so that a sender or a former subject is not missed; of the
//! binary ones the bodies (HTML, compressed RTF after MS-OXRTFCP) and the attachments. A message within a message is looked into like any
//! other part.

use super::compound::{Compound, Id, u32_at, utf16};
use super::document;
use super::look::Look;
use super::unread::Why;

/// Body in HTML.
const HTML: &str = "10130102";
/// Body in compressed RTF.
const RTF: &str = "10090102";
/// Content of an attachment.
const CONTENT: &str = "37010102";
/// A message, or an object of another program, as an attachment.
const OBJECT: &str = "3701000D";
/// Names of an attachment, the long one first.
const NAMES: [&str; 6] = [
    "3707001F", "3707001E", "3001001F", "3001001E", "3704001F", "3704001E",
];
/// By what a body refers to a picture in it.
const CONTENT_ID: [&str; 2] = ["3712001F", "3712001E"];
/// Largest body that is unpacked.
const LARGEST_BODY: usize = 64 << 20;

/// Looks through a message.
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn message(file: &Compound<'_>, here: Id, look: &mut Look<'_>) -> Result<(), Why> {
    let mut number = 0;
    for child in file.children(here)? {
        look.go_on()?;
        let name = file.name(child).to_ascii_uppercase();
        if let Some(property) = name.strip_prefix("__SUBSTG1.0_") {
            property_text(file, child, property, look)?;
        } else if name.starts_with("__RECIP_VERSION1.0") {
            texts(file, child, look)?;
        } else if name.starts_with("__ATTACH_VERSION1.0") {
            number += 1;
            attachment(file, child, number, look)?;
        }
    }
    Ok(())
}

/// Every text in a storage.
fn texts(file: &Compound<'_>, here: Id, look: &mut Look<'_>) -> Result<(), Why> {
    for child in file.children(here)? {
        let name = file.name(child).to_ascii_uppercase();
        if let Some(property) = name.strip_prefix("__SUBSTG1.0_") {
            property_text(file, child, property, look)?;
        }
    }
    Ok(())
}

fn property_text(
    file: &Compound<'_>,
    id: Id,
    property: &str,
    look: &mut Look<'_>,
) -> Result<(), Why> {
    // `0037001F`, and `8001101F-00000002` for the third of several values.
    let (tag, _) = property.split_once('-').unwrap_or((property, ""));
    let is_multiple = property.contains('-');
    let kind = tag.get(4..).unwrap_or_default();
    if file.is_storage(id) {
        return Ok(());
    }
    match (kind, is_multiple) {
        ("001F", _) | ("101F", true) => {
            let text = utf16(&file.stream(id, look)?);
            look.lines(1, &text);
        }
        ("001E", _) | ("101E", true) => {
            let text = narrow(&file.stream(id, look)?, look);
            look.lines(1, &text);
        }
        _ if tag == HTML => {
            let text = narrow(&file.stream(id, look)?, look);
            look.lines(1, &text);
            look.lines(1, &super::markup::stripped(&text));
        }
        _ if tag == RTF => {
            let text = narrow(&rtf(&file.stream(id, look)?, look)?, look);
            look.lines(1, &super::markup::rtf(&text));
        }
        _ => {}
    }
    Ok(())
}

/// Text that is not UTF-16: UTF-8 if it is that, else what the inventory says.
pub(super) fn narrow(bytes: &[u8], look: &Look<'_>) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => look
            .fallback
            .decode_without_bom_handling(bytes)
            .0
            .into_owned(),
    }
}

fn attachment(
    file: &Compound<'_>,
    here: Id,
    number: usize,
    look: &mut Look<'_>,
) -> Result<(), Why> {
    let part = |tag: &str| file.child(here, &format!("__substg1.0_{tag}"));
    let text = |tag: &str, look: &Look<'_>| -> Result<Option<String>, Why> {
        let Some(id) = part(tag)? else {
            return Ok(None);
        };
        let bytes = file.stream(id, look)?;
        Ok(Some(match tag.ends_with('F') {
            true => utf16(&bytes),
            false => narrow(&bytes, look),
        }))
    };
    texts(file, here, look)?;
    let mut name = None;
    for tag in NAMES {
        name = name
            .or(text(tag, look)?)
            .filter(|name| !name.trim().is_empty());
    }
    let name = name.unwrap_or_else(|| format!("[{number}]"));
    if let Some(content) = part(CONTENT)? {
        let bytes = file.stream(content, look)?;
        let mut is_named = false;
        for tag in CONTENT_ID {
            is_named |= part(tag)?.is_some();
        }
        // A picture in the text of a letter, nearly always a logo.
        let is_picture = || {
            let head = &bytes[..bytes.len().min(512)];
            document::sort(head, "") == document::Sort::Not(Why::Image)
        };
        if !(is_named && is_picture()) {
            look.within(&name, |look| document::part(&name, &bytes, look));
        }
    } else if let Some(object) = part(OBJECT)? {
        let is_message =
            file.is_storage(object) && file.child(object, "__properties_version1.0")?.is_some();
        look.within(&name, |look| {
            let read = match is_message {
                true => message(file, object, look),
                // Whatever another program put there.
                false => Err(Why::Legacy),
            };
            if let Err(why) = read {
                look.miss(why);
            }
        });
    }
    // Attachments that only name a file elsewhere have neither, and their names were looked at.
    Ok(())
}

/// What every packed body of this kind begins as if it had had before.
const BEFORE: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Unpacks RTF (MS-OXRTFCP, 3.1): runs of literal bytes and of references into the last 4096.
fn rtf(bytes: &[u8], look: &Look<'_>) -> Result<Vec<u8>, Why> {
    let size = usize::try_from(u32_at(bytes, 4)?).map_err(|_| Why::Broken)?;
    let packed = bytes.get(16..).ok_or(Why::Broken)?;
    match bytes.get(8..12) {
        Some(b"MELA") => return Ok(packed[..size.min(packed.len())].to_vec()),
        Some(b"LZFu") => {}
        _ => return Err(Why::Broken),
    }
    // A reference of two bytes makes 17 at most.
    if size > LARGEST_BODY || size / 9 > packed.len() {
        return Err(Why::TooLarge);
    }
    look.spend(size as u64)?;
    let mut ring = [b' '; 4096];
    ring[..BEFORE.len()].copy_from_slice(BEFORE);
    let (mut write, mut out, mut rest) = (BEFORE.len(), Vec::with_capacity(size), packed.iter());
    while out.len() < size {
        let Some(control) = rest.next() else {
            return Err(Why::Broken);
        };
        for bit in 0..8 {
            if out.len() >= size {
                break;
            }
            if control & (1 << bit) == 0 {
                let byte = *rest.next().ok_or(Why::Broken)?;
                out.push(byte);
                ring[write] = byte;
                write = (write + 1) % ring.len();
                continue;
            }
            let (high, low) = (rest.next(), rest.next());
            let (Some(high), Some(low)) = (high, low) else {
                return Err(Why::Broken);
            };
            let from = usize::from(*high) << 4 | usize::from(*low) >> 4;
            // A reference to where the next byte goes is the end.
            if from == write {
                return Ok(out);
            }
            for step in 0..(usize::from(*low & 15) + 2) {
                let byte = ring[(from + step) % ring.len()];
                out.push(byte);
                ring[write] = byte;
                write = (write + 1) % ring.len();
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::super::needle::Needles;
    use super::*;
    use crate::subject::Kinds;

    /// The example of MS-OXRTFCP, 4.1.1 and 4.1.2.
    #[test]
    fn packed_rtf_is_unpacked_as_its_specification_shows() {
        let needles = Needles::new(&[], &Kinds::default()).unwrap();
        let stopped = AtomicBool::default();
        let look = Look::new(&needles, encoding_rs::WINDOWS_1252, 1 << 20, &stopped);
        let packed = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125\x42\x32\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        let text = rtf(packed, &look).unwrap();
        assert_eq!(text, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        let turns = b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4KQA\0\x04 WXYZ\x0d\x6e\x7d\x01\x0e\xb0";
        assert_eq!(rtf(turns, &look).unwrap(), b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
        for cut in 0..packed.len() {
            let _ = rtf(&packed[..cut], &look);
        }
        let huge = b"\x1a\0\0\0\xff\xff\xff\xffLZFu\0\0\0\0A";
        assert_eq!(rtf(huge, &look), Err(Why::TooLarge));
    }
}
