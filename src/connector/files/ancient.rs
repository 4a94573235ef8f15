//! Documents of Office before 2007: the text of Word's (MS-DOC) and the cells of Excel's (MS-XLS), as far back as Office 97.
//!
//! Word says in a table of pieces where the text of a document lies, notes, headers and comments included. A workbook is a row of
//! records; those that hold text are looked at as they stand, in both widths that text has there, and cells by their place. Older
//! versions, presentations, and what another program embedded are named as not read.

use std::collections::HashMap;

use super::compound::{Compound, Id, u16_at, u32_at, utf16};
use super::look::{At, Look};
use super::office::letters;
use super::unread::Why;

/// Looks through a document of Word.
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn word(file: &Compound<'_>, main: Id, look: &mut Look<'_>) -> Result<(), Why> {
    let bytes = file.stream(main, look)?;
    // Before Word 97 a file says otherwise where its text lies.
    if u16_at(&bytes, 0)? != 0xa5ec || u16_at(&bytes, 2)? < 0xc1 {
        return Err(Why::Legacy);
    }
    let flags = u16_at(&bytes, 10)?;
    if flags & 0x0100 != 0 {
        return Err(Why::Encrypted);
    }
    let name = if flags & 0x0200 != 0 {
        "1Table"
    } else {
        "0Table"
    };
    let table = file.child(file.root(), name)?.ok_or(Why::Broken)?;
    let table = file.stream(table, look)?;
    let start = usize::try_from(u32_at(&bytes, 0x1a2)?).map_err(|_| Why::Broken)?;
    let length = usize::try_from(u32_at(&bytes, 0x1a6)?).map_err(|_| Why::Broken)?;
    let end = start.checked_add(length).ok_or(Why::Broken)?;
    let pieces = pieces(table.get(start..end).ok_or(Why::Broken)?)?;
    let mut text = String::new();
    for (count, at) in pieces {
        look.go_on()?;
        let is_narrow = at & 0x4000_0000 != 0;
        let at = usize::try_from(at & 0x3fff_ffff).map_err(|_| Why::Broken)?;
        let (from, width) = if is_narrow { (at / 2, 1) } else { (at, 2) };
        let length = count.checked_mul(width).ok_or(Why::Broken)?;
        let end = from.checked_add(length).ok_or(Why::Broken)?;
        // Pieces may lie over one another, so they count each time.
        look.spend(length as u64)?;
        let part = bytes.get(from..end).ok_or(Why::Broken)?;
        text.push_str(&match is_narrow {
            true => latin(part),
            false => utf16(part),
        });
    }
    // The end of a paragraph, of a cell, of a page.
    let text = text.replace(['\r', '\u{7}', '\u{b}', '\u{c}'], "\n");
    look.text(&At::Whole, &text);
    Ok(())
}

/// How many characters each piece has, and where it lies.
fn pieces(mut clx: &[u8]) -> Result<Vec<(usize, u32)>, Why> {
    loop {
        match clx.first() {
            // What is changed in some pieces.
            Some(1) => {
                let skipped = usize::from(u16_at(clx, 1)?) + 3;
                clx = clx.get(skipped..).ok_or(Why::Broken)?;
            }
            Some(2) => break,
            _ => return Err(Why::Broken),
        }
    }
    let length = usize::try_from(u32_at(clx, 1)?).map_err(|_| Why::Broken)?;
    let table = clx
        .get(5..)
        .and_then(|rest| rest.get(..length))
        .ok_or(Why::Broken)?;
    let count = length.saturating_sub(4) / 12;
    let mut out = Vec::with_capacity(count);
    for piece in 0..count {
        let (from, to) = (u32_at(table, 4 * piece)?, u32_at(table, 4 * piece + 4)?);
        let signs = to.checked_sub(from).ok_or(Why::Broken)?;
        let at = u32_at(table, 4 * (count + 1) + 8 * piece + 2)?;
        out.push((usize::try_from(signs).map_err(|_| Why::Broken)?, at));
    }
    Ok(out)
}

/// Windows-1252, in which both programs write what fits into it.
fn latin(bytes: &[u8]) -> String {
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
    text.into_owned()
}

/// Author, title, keywords: properties of a document, looked at as they stand.
///
/// # Errors
/// As [`Compound::stream`].
pub(super) fn properties(file: &Compound<'_>, look: &mut Look<'_>) -> Result<(), Why> {
    for child in file.children(file.root())? {
        if file.name(child).starts_with('\u{5}') && !file.is_storage(child) {
            let bytes = file.stream(child, look)?;
            raw(&bytes, &At::Whole, look);
        }
    }
    Ok(())
}

/// Names what another program put into a document, because it is not looked into.
///
/// # Errors
/// As [`Compound::children`].
pub(super) fn embedded(file: &Compound<'_>, look: &mut Look<'_>) -> Result<(), Why> {
    for child in file.children(file.root())? {
        let name = file.name(child);
        let holds =
            name.starts_with("MBD") || (name == "ObjectPool" && !file.children(child)?.is_empty());
        if file.is_storage(child) && holds {
            look.within(name, |look| look.miss(Why::Legacy));
        }
    }
    Ok(())
}

/// Bytes in which text of either width lies anywhere.
fn raw(bytes: &[u8], at: &At, look: &mut Look<'_>) {
    let plain = |text: &str| text.replace(|sign: char| sign.is_control(), "\n");
    look.text(at, &plain(&latin(bytes)));
    for start in 0..2.min(bytes.len()) {
        let (text, _) = encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes[start..]);
        look.text(at, &plain(&text));
    }
}

// Records of a workbook.
const FORMULA: u16 = 0x0006;
const EOF: u16 = 0x000a;
const CONTINUE: u16 = 0x003c;
const FILE_PASS: u16 = 0x002f;
const SHEET: u16 = 0x0085;
const MULTIPLE_RK: u16 = 0x00bd;
const SHARED_STRINGS: u16 = 0x00fc;
const SHARED_STRING: u16 = 0x00fd;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const RK: u16 = 0x027e;
const BEGIN: u16 = 0x0809;

/// Records without any text: cells that are empty, looks, drawings, tables of places.
const TEXTLESS: [u16; 14] = [
    0x00be, 0x0201, 0x0208, 0x00e0, 0x0031, 0x020b, 0x00d7, 0x00eb, 0x00ec, 0x0092, 0x00ff, 0x087d,
    0x0863, 0x00e5,
];

/// Looks through a workbook of Excel.
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn workbook(file: &Compound<'_>, main: Id, look: &mut Look<'_>) -> Result<(), Why> {
    let bytes = file.stream(main, look)?;
    let mut book = Book::default();
    let (mut at, mut last, mut count) = (0usize, 0u16, 0u32);
    while at + 4 <= bytes.len() {
        count = count.wrapping_add(1);
        if count.is_multiple_of(4096) {
            look.go_on()?;
        }
        let kind = u16_at(&bytes, at)?;
        let length = usize::from(u16_at(&bytes, at + 2)?);
        let data = bytes.get(at + 4..at + 4 + length).ok_or(Why::Broken)?;
        // Zeros behind the last record fill a sector.
        if kind == 0 && length == 0 {
            break;
        }
        if kind == SHARED_STRINGS {
            let mut parts = vec![data];
            let mut next = at + 4 + length;
            while u16_at(&bytes, next).ok() == Some(CONTINUE) {
                let more = usize::from(u16_at(&bytes, next + 2)?);
                parts.push(bytes.get(next + 4..next + 4 + more).ok_or(Why::Broken)?);
                next += 4 + more;
            }
            book.strings(&parts, look)?;
            (at, last) = (next, kind);
            continue;
        }
        let start = at;
        at += 4 + length;
        if kind != CONTINUE {
            last = kind;
        }
        match kind {
            BEGIN if u16_at(data, 0)? != 0x0600 => return Err(Why::Legacy),
            BEGIN => book.begins(start),
            FILE_PASS => return Err(Why::Encrypted),
            EOF => {}
            SHEET => book.sheet(data, look)?,
            _ if TEXTLESS.contains(&last) => {}
            SHARED_STRING => book.shared(data, look)?,
            LABEL => raw(data.get(6..).unwrap_or_default(), &book.place(data)?, look),
            NUMBER => book.number(data, f64_at(data, 6)?, look)?,
            RK => book.number(data, rk(u32_at(data, 6)?), look)?,
            MULTIPLE_RK => {
                let first = u16_at(data, 2)?;
                for cell in 0..length.saturating_sub(6) / 6 {
                    let value = rk(u32_at(data, 4 + 6 * cell + 2)?);
                    let column = first.saturating_add(u16::try_from(cell).unwrap_or(u16::MAX));
                    let place = book.at(u16_at(data, 0)?, column);
                    look.text(&place, &figure(value));
                }
            }
            // Its text, if it has one, is the next record.
            FORMULA => {
                if data.get(12..14) != Some(&[0xff, 0xff]) {
                    book.number(data, f64_at(data, 6)?, look)?;
                }
                raw(data.get(14..).unwrap_or_default(), &book.place(data)?, look);
            }
            _ => raw(data, &At::Whole, look),
        }
    }
    book.unreferenced(look);
    Ok(())
}

/// What is known of a workbook.
#[derive(Default)]
struct Book {
    /// Names of sheets by where their records begin.
    sheets: HashMap<usize, String>,
    sheet: String,
    /// Shared strings in which something was found, whether a cell showed them.
    found: HashMap<u32, (String, bool)>,
}

impl Book {
    fn begins(&mut self, start: usize) {
        if let Some(name) = self.sheets.get(&start) {
            self.sheet.clone_from(name);
        }
    }

    fn sheet(&mut self, data: &[u8], look: &mut Look<'_>) -> Result<(), Why> {
        let start = usize::try_from(u32_at(data, 0)?).map_err(|_| Why::Broken)?;
        let count = usize::from(*data.get(6).ok_or(Why::Broken)?);
        let is_wide = data.get(7).is_some_and(|flags| flags & 1 == 1);
        let rest = data.get(8..).unwrap_or_default();
        let name = match is_wide {
            true => utf16(&rest[..(2 * count).min(rest.len())]),
            false => latin(&rest[..count.min(rest.len())]),
        };
        look.text(&At::Whole, &name);
        self.sheets.insert(start, name);
        Ok(())
    }

    /// Strings that cells share; only those that name the person are kept.
    fn strings(&mut self, parts: &[&[u8]], look: &mut Look<'_>) -> Result<(), Why> {
        let mut text = Split {
            parts,
            part: 0,
            at: 8,
        };
        let count = u32_at(parts[0], 4)?;
        for number in 0..count {
            if number.is_multiple_of(1024) {
                look.go_on()?;
            }
            let string = text.string()?;
            let mut aside = look.aside();
            aside.text(&At::Whole, &string);
            if !aside.hits.is_empty() {
                self.found.insert(number, (string, false));
            }
        }
        Ok(())
    }

    fn shared(&mut self, data: &[u8], look: &mut Look<'_>) -> Result<(), Why> {
        let place = self.place(data)?;
        if let Some((string, is_shown)) = self.found.get_mut(&u32_at(data, 6)?) {
            *is_shown = true;
            look.text(&place, string);
        }
        Ok(())
    }

    /// What no cell shows any more still stands in the file.
    fn unreferenced(&self, look: &mut Look<'_>) {
        for (string, is_shown) in self.found.values() {
            if !is_shown {
                look.text(&At::Whole, string);
            }
        }
    }

    fn number(&self, data: &[u8], value: f64, look: &mut Look<'_>) -> Result<(), Why> {
        look.text(&self.place(data)?, &figure(value));
        Ok(())
    }

    fn place(&self, data: &[u8]) -> Result<At, Why> {
        Ok(self.at(u16_at(data, 0)?, u16_at(data, 2)?))
    }

    fn at(&self, row: u16, column: u16) -> At {
        let name = letters(u64::from(column) + 1);
        At::Cell(self.sheet.clone(), format!("{name}{}", u32::from(row) + 1))
    }
}

fn f64_at(bytes: &[u8], at: usize) -> Result<f64, Why> {
    let eight = bytes
        .get(at..at + 8)
        .and_then(|eight| eight.try_into().ok());
    eight.map(f64::from_le_bytes).ok_or(Why::Broken)
}

/// A number in 32 bits: a whole one, or the upper half of another, perhaps a hundredfold (MS-XLS, 2.5.122).
fn rk(bits: u32) -> f64 {
    let value = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from(bits.cast_signed() >> 2),
    };
    if bits & 1 == 1 { value / 100.0 } else { value }
}

/// A number as a person would write it.
fn figure(value: f64) -> String {
    format!("{value}")
}

/// Strings that go on from one record into the next.
struct Split<'p> {
    parts: &'p [&'p [u8]],
    part: usize,
    at: usize,
}

impl Split<'_> {
    fn byte(&mut self) -> Result<u8, Why> {
        loop {
            let part = self.parts.get(self.part).ok_or(Why::Broken)?;
            if let Some(byte) = part.get(self.at) {
                self.at += 1;
                return Ok(*byte);
            }
            self.part += 1;
            self.at = 0;
        }
    }

    fn pair(&mut self) -> Result<u16, Why> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    /// A string with what follows it of its looks and its reading aid (MS-XLS, 2.5.293).
    fn string(&mut self) -> Result<String, Why> {
        let count = usize::from(self.pair()?);
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 {
            usize::from(self.pair()?)
        } else {
            0
        };
        let extra = match flags & 4 {
            0 => 0,
            _ => {
                let (low, high) = (u32::from(self.pair()?), u32::from(self.pair()?));
                usize::try_from(high << 16 | low).map_err(|_| Why::Broken)?
            }
        };
        let mut is_wide = flags & 1 == 1;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            let ends = self
                .parts
                .get(self.part)
                .is_none_or(|part| self.at >= part.len());
            // Where a string goes on in the next record, that says anew how wide its signs are.
            if ends {
                self.part += 1;
                self.at = 0;
                is_wide = self.byte()? & 1 == 1;
            }
            units.push(match is_wide {
                true => self.pair()?,
                false => u16::from(self.byte()?),
            });
        }
        let left: usize = self
            .parts
            .iter()
            .skip(self.part)
            .map(|part| part.len())
            .sum();
        let more = 4 * runs + extra;
        if more > left {
            return Err(Why::Broken);
        }
        for _ in 0..more {
            self.byte()?;
        }
        Ok(String::from_utf16_lossy(&units))
    }
}
