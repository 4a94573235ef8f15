//! Documents that are archives of XML: Office Open XML (ECMA-376) and OpenDocument (ISO/IEC 26300).
//!
//! Every XML file of the archive is read as a stream, also those that nobody sees on a page: headers, comments, notes, hyperlinks,
//! properties. Words that are split over several runs are put together within their paragraph. Entities are never expanded, and what
//! is unpacked counts against a limit. Pictures within a document are not looked at and not told either: nearly every one has some.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Seek};
use std::rc::Rc;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::document;
use super::look::{At, Hit, LARGEST_PART, Look};
use super::unread::Why;

/// A text between two tags, or a tag with its attributes, that is larger than this is no document's.
const LARGEST_PIECE: u64 = 8 << 20;
/// A paragraph longer than this is looked at in pieces.
const LONGEST_PARAGRAPH: usize = 1 << 20;
/// Elements in one another.
const DEEPEST: u32 = 5_000;
/// Files in an archive.
const MOST_FILES: usize = 100_000;

/// What an archive turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Package {
    Word,
    Sheet,
    Slides,
    OpenDocument,
    /// Any other archive: its files are documents of their own.
    Archive,
}

impl Package {
    pub(super) fn word(self) -> &'static str {
        match self {
            Package::Word => "docx",
            Package::Sheet => "xlsx",
            Package::Slides => "pptx",
            Package::OpenDocument => "odf",
            Package::Archive => "zip",
        }
    }
}

/// Looks through an archive; says what it is as soon as that is known.
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn read(
    input: impl Read + Seek,
    look: &mut Look<'_>,
    format: &mut &'static str,
) -> Result<(), Why> {
    let mut archive = ZipArchive::new(BufReader::new(input)).map_err(|_| Why::Broken)?;
    if archive.len() > MOST_FILES {
        return Err(Why::TooLarge);
    }
    let mut names: Vec<(String, usize)> = Vec::with_capacity(archive.len());
    for (index, name) in archive.file_names_raw().enumerate() {
        names.push((String::from_utf8_lossy(name).into_owned(), index));
    }
    // The same order whatever the archive's.
    names.sort();
    let has = |name: &str| names.iter().any(|(known, _)| known == name);
    let package = if has("word/document.xml") {
        Package::Word
    } else if has("xl/workbook.xml") {
        Package::Sheet
    } else if has("ppt/presentation.xml") {
        Package::Slides
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Package::OpenDocument
    } else {
        Package::Archive
    };
    *format = package.word();
    let mut sheets = Sheets::default();
    if package == Package::Sheet {
        sheets.names(&mut archive, look);
        if let Some((_, index)) = names
            .iter()
            .find(|(name, _)| name == "xl/sharedStrings.xml")
        {
            sheets.shared(&mut archive, *index, look)?;
        }
    }
    let mut trouble = None;
    for (name, index) in &names {
        look.go_on()?;
        if name.ends_with('/') {
            continue;
        }
        let done = match opened(&mut archive, *index) {
            Err(why) => Err(why),
            Ok(file) => member(file, name, package, &sheets, look),
        };
        match done {
            Ok(()) => {}
            Err(why @ (Why::TooLarge | Why::Slow | Why::Encrypted))
                if package != Package::Archive =>
            {
                return Err(why);
            }
            Err(why @ Why::Slow) => return Err(why),
            Err(why) if look.is_spent() => return Err(why),
            Err(why) if package == Package::Archive => {
                look.within(name, |look| look.miss(why));
            }
            // The other parts are still worth reading.
            Err(why) => trouble = Some(why),
        }
    }
    if package == Package::Sheet {
        sheets.unreferenced(look);
    }
    trouble.map_or(Ok(()), Err)
}

fn opened<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
) -> Result<ZipFile<'_, R>, Why> {
    archive.by_index(index).map_err(|error| {
        let words = error.to_string().to_ascii_lowercase();
        match words.contains("password") || words.contains("encrypt") {
            true => Why::Encrypted,
            false => Why::Broken,
        }
    })
}

/// One file of an archive.
fn member<R: Read>(
    file: ZipFile<'_, R>,
    name: &str,
    package: Package,
    sheets: &Sheets,
    look: &mut Look<'_>,
) -> Result<(), Why> {
    let lower = name.to_ascii_lowercase();
    let is_xml = [".xml", ".rels", ".vml"]
        .iter()
        .any(|end| lower.ends_with(end));
    let embedded = [".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"];
    if package == Package::Archive || embedded.iter().any(|end| lower.ends_with(end)) {
        let mut bytes = Vec::new();
        let mut input = look.gauge(file).take(LARGEST_PART + 1);
        let read = input.read_to_end(&mut bytes);
        read.map_err(|error| super::text::why(&error, look))?;
        if bytes.len() as u64 > LARGEST_PART {
            return Err(Why::TooLarge);
        }
        look.within(name, |look| document::part(name, &bytes, look));
        return Ok(());
    }
    if !is_xml {
        return Ok(());
    }
    if package == Package::OpenDocument && name == "META-INF/manifest.xml" {
        let mut manifest = String::new();
        let read = look.gauge(file).take(1 << 22).read_to_string(&mut manifest);
        read.map_err(|error| super::text::why(&error, look))?;
        return match manifest.contains("encryption-data") {
            true => Err(Why::Encrypted),
            false => Ok(()),
        };
    }
    match package {
        Package::Sheet if name == "xl/sharedStrings.xml" => Ok(()),
        Package::Sheet if name.starts_with("xl/worksheets/sheet") => {
            let sheet = sheets.by_file.get(name).map_or(name, String::as_str);
            worksheet(file, sheet, sheets, look)
        }
        Package::OpenDocument if name == "content.xml" => open_document(file, look),
        _ => words(file, &at_of(name), look),
    }
}

fn at_of(name: &str) -> At {
    let slide = name
        .strip_prefix("ppt/slides/slide")
        .and_then(|rest| rest.strip_suffix(".xml"))
        .and_then(|number| number.parse().ok());
    slide.map_or(At::Whole, At::Slide)
}

/// An XML file as a stream of events, each no larger than a document's pieces are.
struct Stream<R: BufRead> {
    xml: quick_xml::reader::Reader<R>,
    piece: Rc<Cell<u64>>,
    buffer: Vec<u8>,
    depth: u32,
}

fn stream<R: Read>(file: R, look: &Look<'_>) -> Stream<impl BufRead + use<R>> {
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
    fn next(&mut self, look: &Look<'_>) -> Result<Event<'static>, Why> {
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
fn characters(event: &Event<'_>) -> Option<String> {
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

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
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
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or_default()
}

/// The text of any XML file: words of a paragraph together, attributes by themselves.
fn words<R: Read>(file: R, at: &At, look: &mut Look<'_>) -> Result<(), Why> {
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
fn separate(name: &str, paragraph: &mut String) {
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

/// Strings and names of a workbook.
#[derive(Default)]
struct Sheets {
    /// What people call the sheet that lies in this file.
    by_file: BTreeMap<String, String>,
    /// Hits in shared strings, by the strings' index.
    shared: HashMap<u64, Vec<Hit>>,
    /// Those that a cell showed.
    seen: std::cell::RefCell<std::collections::BTreeSet<u64>>,
}

impl Sheets {
    /// Reads which sheet lies in which file. What goes wrong here only costs the names.
    fn names<R: Read + Seek>(&mut self, archive: &mut ZipArchive<R>, look: &Look<'_>) {
        let mut targets: HashMap<String, String> = HashMap::new();
        let mut each = |name: &str, take: &mut dyn FnMut(&BytesStart<'_>)| {
            let Ok(file) = archive.by_name(name) else {
                return;
            };
            let mut stream = stream(file.take(1 << 22), look);
            while let Ok(event) = stream.next(look) {
                match &event {
                    Event::Eof => break,
                    Event::Start(tag) | Event::Empty(tag) => take(tag),
                    _ => {}
                }
            }
        };
        each("xl/_rels/workbook.xml.rels", &mut |tag| {
            if let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target")) {
                let file = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None => format!("xl/{target}"),
                };
                targets.insert(id, file);
            }
        });
        let mut names = BTreeMap::new();
        each("xl/workbook.xml", &mut |tag| {
            if local(tag.name().as_ref()) == "sheet"
                && let (Some(name), Some(id)) = (attribute(tag, "name"), attribute(tag, "id"))
                && let Some(file) = targets.get(&id)
            {
                names.insert(file.clone(), name);
            }
        });
        self.by_file = names;
    }

    fn shared<R: Read + Seek>(
        &mut self,
        archive: &mut ZipArchive<R>,
        index: usize,
        look: &mut Look<'_>,
    ) -> Result<(), Why> {
        let file = opened(archive, index)?;
        let mut stream = stream(file, look);
        let (mut number, mut text, mut phonetic) = (0u64, String::new(), false);
        loop {
            if number.is_multiple_of(1024) {
                look.go_on()?;
            }
            let event = stream.next(look)?;
            match &event {
                Event::Eof => return Ok(()),
                Event::Start(tag) if local(tag.name().as_ref()) == "rPh" => phonetic = true,
                Event::End(tag) => match local(tag.name().as_ref()) {
                    "rPh" => phonetic = false,
                    "si" => {
                        let hits = hits_in(&text, look);
                        if !hits.is_empty() {
                            self.shared.insert(number, hits);
                        }
                        number += 1;
                        text.clear();
                    }
                    _ => {}
                },
                other if !phonetic && text.len() < LONGEST_PARAGRAPH => {
                    text.extend(characters(other));
                }
                _ => {}
            }
        }
    }

    /// Strings that no cell shows are still in the file.
    fn unreferenced(&self, look: &mut Look<'_>) {
        let seen = self.seen.borrow();
        let mut left: Vec<_> = self
            .shared
            .iter()
            .filter(|(n, _)| !seen.contains(n))
            .collect();
        left.sort_by_key(|(number, _)| **number);
        for (_, hits) in left {
            hits.iter().for_each(|hit| look.keep(hit.clone()));
        }
    }
}

/// What a text would show, without keeping it.
fn hits_in(text: &str, look: &Look<'_>) -> Vec<Hit> {
    let mut aside = look.aside();
    aside.text(&At::Whole, text);
    aside.hits
}

/// The cells of one sheet.
fn worksheet<R: Read>(
    file: R,
    sheet: &str,
    sheets: &Sheets,
    look: &mut Look<'_>,
) -> Result<(), Why> {
    let mut stream = stream(file, look);
    let (mut cell, mut is_shared, mut in_value, mut value) =
        (String::new(), false, false, String::new());
    let mut aside = String::new();
    let mut cells = 0u32;
    loop {
        let event = stream.next(look)?;
        match &event {
            Event::Eof => {
                look.text(&At::Cell(sheet.to_owned(), String::new()), &aside);
                return Ok(());
            }
            Event::Start(tag) | Event::Empty(tag) => match local(tag.name().as_ref()) {
                "c" => {
                    cells = cells.wrapping_add(1);
                    if cells.is_multiple_of(4096) {
                        look.go_on()?;
                    }
                    cell = attribute(tag, "r").unwrap_or_default();
                    is_shared = attribute(tag, "t").as_deref() == Some("s");
                    value.clear();
                }
                "v" | "t" | "f" => in_value = matches!(event, Event::Start(_)),
                "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" => {
                    in_value = true;
                    value.clear();
                }
                "hyperlink" | "dataValidation" => {
                    for name in ["display", "tooltip", "location", "prompt"] {
                        aside.extend(attribute(tag, name));
                        aside.push('\n');
                    }
                    if aside.len() > LONGEST_PARAGRAPH {
                        look.text(&At::Cell(sheet.to_owned(), String::new()), &aside);
                        aside.clear();
                    }
                }
                _ => {}
            },
            Event::End(tag) => match local(tag.name().as_ref()) {
                "v" | "t" => in_value = false,
                "f" => {
                    in_value = false;
                    value.push('\n');
                }
                "c" | "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" => {
                    in_value = false;
                    let at = At::Cell(sheet.to_owned(), cell.clone());
                    if is_shared {
                        let number = value.trim().parse().unwrap_or(u64::MAX);
                        for hit in sheets.shared.get(&number).into_iter().flatten() {
                            sheets.seen.borrow_mut().insert(number);
                            look.keep(Hit {
                                at: at.clone(),
                                ..hit.clone()
                            });
                        }
                    } else if !value.is_empty() {
                        look.text(&at, &value);
                        if let Some(whole) = whole(value.trim()) {
                            look.text(&at, &whole);
                        }
                    }
                    (is_shared, cell) = (false, String::new());
                    value.clear();
                }
                _ => {}
            },
            other if in_value && value.len() < LONGEST_PARAGRAPH => value.extend(characters(other)),
            _ => {}
        }
    }
}

/// A large number that a spreadsheet wrote as 4.9301234567E10.
fn whole(value: &str) -> Option<String> {
    value.contains(['E', 'e']).then_some(())?;
    let number: f64 = value.parse().ok()?;
    let fits = number.fract() == 0.0 && number.abs() < 9e15;
    fits.then(|| format!("{number:.0}"))
}

/// `content.xml` of an OpenDocument file: paragraphs, with their cell where they lie in a table of a spreadsheet.
fn open_document<R: Read>(file: R, look: &mut Look<'_>) -> Result<(), Why> {
    let mut stream = stream(file, look);
    let mut text = String::new();
    let (mut sheet, mut row, mut column, mut slide) = (None::<String>, 0u64, 0u64, 0u32);
    let mut step = 1;
    let mut events = 0u32;
    let at = |sheet: &Option<String>, row: u64, column: u64, slide: u32| match sheet {
        Some(sheet) => At::Cell(sheet.clone(), format!("{}{row}", letters(column))),
        None if slide > 0 => At::Slide(slide),
        None => At::Whole,
    };
    loop {
        events = events.wrapping_add(1);
        if events.is_multiple_of(4096) {
            look.go_on()?;
        }
        let event = stream.next(look)?;
        match &event {
            Event::Eof => {
                look.text(&At::Whole, &text);
                return Ok(());
            }
            Event::Start(tag) | Event::Empty(tag) => {
                let repeats = |name: &str| -> u64 {
                    let count = attribute(tag, name).and_then(|n| n.parse().ok());
                    count.unwrap_or(1)
                };
                match local(tag.name().as_ref()) {
                    "table" => {
                        sheet = attribute(tag, "name");
                        (row, column) = (0, 0);
                    }
                    "table-row" => {
                        row += step;
                        step = repeats("number-rows-repeated");
                        column = 0;
                    }
                    "table-cell" | "covered-table-cell" => {
                        column += 1;
                        let here = at(&sheet, row, column, slide);
                        for name in ["value", "string-value", "formula"] {
                            if let Some(value) = attribute(tag, name) {
                                look.text(&here, &value);
                            }
                        }
                        if matches!(event, Event::Empty(_)) {
                            column += repeats("number-columns-repeated") - 1;
                        }
                    }
                    "page" => slide += 1,
                    "a" => {
                        if let Some(target) = attribute(tag, "href") {
                            look.text(&at(&sheet, row, column, slide), &target);
                        }
                    }
                    "p" | "h" | "span" => {}
                    name => separate(name, &mut text),
                }
            }
            Event::End(tag) => match local(tag.name().as_ref()) {
                "table" => (sheet, step) = (None, 1),
                "p" | "h" => {
                    look.text(&at(&sheet, row, column, slide), &text);
                    text.clear();
                }
                _ => {}
            },
            other => text.extend(characters(other)),
        }
        if text.len() > LONGEST_PARAGRAPH {
            look.text(&at(&sheet, row, column, slide), &text);
            text.clear();
        }
    }
}

/// The letters of a column, counted from 1.
fn letters(mut column: u64) -> String {
    let mut out = Vec::new();
    while column > 0 {
        column -= 1;
        out.push(b'A' + (column % 26) as u8);
        column /= 26;
    }
    out.reverse();
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_that_a_spreadsheet_shows() {
        for (column, name) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")] {
            assert_eq!(letters(column), name);
        }
    }

    #[test]
    fn numbers_of_cells_are_read_whole() {
        assert_eq!(whole("4.9301234567E10").as_deref(), Some("49301234567"));
        assert_eq!(whole("4711"), None);
        assert_eq!(whole("1.5E0"), None);
    }
}
