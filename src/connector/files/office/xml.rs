//! XML files of a document as streams: their events, each of bounded size, and the words of any of them.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::connector::files::look::{At, Look};
use crate::connector::files::unread::Why;

/// A text between two tags, or a tag with its attributes, that is larger than this is no document's.
const LARGEST_PIECE: u64 = 8 << 20;
/// A paragraph longer than this is looked at in pieces.
pub(super) const LONGEST_PARAGRAPH: usize = 1 << 20;
/// Elements in one another.
const DEEPEST: u32 = 5_000;
/// An XML file as a stream of events, each no larger than a document's pieces are.
pub(super) struct Stream<R: BufRead> {
    xml: quick_xml::reader::Reader<R>,
    piece: Rc<Cell<u64>>,
    buffer: Vec<u8>,
    depth: u32,
}

pub(super) fn stream<R: Read>(file: R, look: &Look<'_>) -> Stream<impl BufRead + use<R>> {
    let gauge = look.gauge(file);
    let piece = gauge.piece();
    let mut xml = quick_xml::reader::Reader::from_reader(BufReader::new(gauge));
    xml.config_mut().check_end_names = false;
    Stream {
        xml,
        piece,
        buffer: Vec::new(),
        depth: 0,
    }
}

impl<R: BufRead> Stream<R> {
    pub(super) fn next(&mut self, look: &Look<'_>) -> Result<Event<'static>, Why> {
        self.buffer.clear();
        self.piece.set(LARGEST_PIECE);
        let event = self.xml.read_event_into(&mut self.buffer);
        let event = event.map_err(|_| match look.is_spent() || self.piece.get() == 0 {
            true => Why::TooLarge,
            false => Why::Broken,
        })?;
        match &event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > DEEPEST {
            return Err(Why::Broken);
        }
        Ok(event.into_owned())
    }
}

/// The characters of a text, or of a reference to one; of entities that a file defines itself none.
pub(super) fn characters(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(text) => text.xml10_content().into_owned(),
        Event::GeneralRef(reference) => match reference.resolve_char_ref() {
            Ok(Some(sign)) => sign.to_string(),
            _ => match reference.xml10_content().as_ref() {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                "apos" => "'",
                _ => "",
            }
            .to_owned(),
        },
        _ => return None,
    })
}

pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let mut found = all
        .with_checks(false)
        .flatten()
        .filter(|one| local(one.key.as_ref()) == name);
    let value = found.next()?;
    Some(
        value
            .normalized_value(XmlVersion::Implicit1_0)
            .ok()?
            .into_owned(),
    )
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or_default()
}

/// The text of any XML file: words of a paragraph together, attributes by themselves.
pub(super) fn words<R: Read>(file: R, at: &At, look: &mut Look<'_>) -> Result<(), Why> {
    let mut stream = stream(file, look);
    let mut paragraph = String::new();
    let mut aside = String::new();
    let mut events = 0u32;
    let result = loop {
        events = events.wrapping_add(1);
        if events.is_multiple_of(4096) {
            look.go_on()?;
        }
        let event = match stream.next(look) {
            Ok(event) => event,
            Err(why) => break Err(why),
        };
        match &event {
            Event::Eof => break Ok(()),
            Event::Start(tag) | Event::Empty(tag) => {
                separate(local(tag.name().as_ref()), &mut paragraph);
                let mut all = tag.attributes();
                let values = all.with_checks(false).flatten();
                for value in
                    values.filter_map(|one| one.normalized_value(XmlVersion::Implicit1_0).ok())
                {
                    // Addresses, numbers and names; not the many switches of a format.
                    if value.len() >= 4
                        && value
                            .chars()
                            .any(|c| c.is_ascii_digit() || c == '@' || c == '%')
                    {
                        aside.push_str(&value);
                        aside.push('\n');
                    }
                }
            }
            Event::End(tag) => {
                if ends_paragraph(local(tag.name().as_ref())) {
                    look.text(at, &paragraph);
                    paragraph.clear();
                }
            }
            Event::Comment(text) | Event::DocType(text) => {
                aside.push_str(&text.xml10_content());
                aside.push('\n');
            }
            other => paragraph.extend(characters(other)),
        }
        if paragraph.len() > LONGEST_PARAGRAPH {
            look.text(at, &paragraph);
            paragraph.clear();
        }
        if aside.len() > LONGEST_PARAGRAPH {
            look.text(at, &aside);
            aside.clear();
        }
    };
    look.text(at, &paragraph);
    look.text(at, &aside);
    result
}

/// Elements of these formats that stand for a blank.
pub(super) fn separate(name: &str, paragraph: &mut String) {
    match name {
        "tab" | "br" | "cr" | "s" | "line-break" => paragraph.push(' '),
        "noBreakHyphen" => paragraph.push('-'),
        _ => {}
    }
}

/// Whether an element's end ends a word; these stand within lines.
fn ends_paragraph(name: &str) -> bool {
    const INLINE: [&str; 34] = [
        "r",
        "t",
        "rPr",
        "rFonts",
        "rStyle",
        "span",
        "a",
        "hyperlink",
        "proofErr",
        "lang",
        "tab",
        "br",
        "cr",
        "s",
        "b",
        "i",
        "u",
        "sz",
        "color",
        "bookmarkStart",
        "bookmarkEnd",
        "softHyphen",
        "noBreakHyphen",
        "ins",
        "del",
        "moveTo",
        "smartTag",
        "noProof",
        "sdt",
        "sdtPr",
        "sdtContent",
        "fldSimple",
        "instrText",
        "soft-page-break",
    ];
    !INLINE.contains(&name)
}
