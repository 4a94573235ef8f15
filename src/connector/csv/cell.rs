//! Cells of a row as bytes: where each lies, and how a new text is written in the file's own notation.
//!
//! A row that changes keeps every byte outside of the cells that change. What a text means is the business of others: one that a
//! spreadsheet would take for a formula is the company's data and written as it is.

use std::collections::BTreeMap;
use std::ops::Range;

use encoding_rs::Encoding;

use super::charset::Charset;

/// Whether cells can be told apart in the raw bytes, so that one can be replaced: not where half a character may look like a
/// delimiter.
pub(super) fn is_writable(charset: Charset) -> bool {
    charset.width == 2
        || charset.encoding == encoding_rs::UTF_8
        || charset.encoding.is_single_byte()
}

/// The encoding's name, if it holds less than Unicode.
pub(super) fn narrow(encoding: &'static Encoding) -> Option<&'static str> {
    (encoding == encoding.output_encoding() && encoding != encoding_rs::UTF_8)
        .then(|| encoding.name())
}

/// Where each cell of a row lies, quotes included: one for each text that `row::fields` gives.
pub(super) fn cells(raw: &[u8], charset: Charset, delimiter: u8) -> Vec<Range<usize>> {
    let width = charset.width;
    let mut cells = Vec::new();
    let mut start = 0;
    loop {
        let mut place = start;
        if charset.at(raw, place) == Some(b'"') {
            place += width;
            while let Some(quote) = charset.find(b'"', b'"', raw, place) {
                place = quote + width;
                if charset.at(raw, place) != Some(b'"') {
                    break;
                }
                place += width;
            }
        }
        match charset.find(delimiter, delimiter, raw, place) {
            Some(end) => {
                cells.push(start..end);
                start = end + width;
            }
            None => {
                cells.push(start..raw.len());
                return cells;
            }
        }
    }
}

/// The row with other texts in some of its cells, by their index.
///
/// # Errors
/// The index of a cell whose text has a character that the encoding lacks.
pub(super) fn replaced(
    raw: &[u8],
    charset: Charset,
    delimiter: u8,
    texts: &BTreeMap<usize, &str>,
) -> Result<Vec<u8>, usize> {
    let cells = cells(raw, charset, delimiter);
    let alone = cells.len() == 1;
    let mut out = Vec::with_capacity(raw.len());
    let mut kept = 0;
    for (&index, text) in texts {
        let Some(cell) = cells.get(index) else {
            return Err(index);
        };
        out.extend_from_slice(&raw[kept..cell.start]);
        let was_quoted = charset.at(raw, cell.start) == Some(b'"');
        // A row of one empty cell would be an empty line, which is no row.
        let quoted = was_quoted || needs_quotes(text, delimiter) || (alone && text.is_empty());
        let written = match quoted {
            true => encoded(&format!("\"{}\"", text.replace('"', "\"\"")), charset),
            false => encoded(text, charset),
        };
        out.extend_from_slice(&written.ok_or(index)?);
        kept = cell.end;
    }
    out.extend_from_slice(&raw[kept..]);
    Ok(out)
}

/// Whether a text would read as something else without quotes; blanks at its ends are what many readers cut off.
fn needs_quotes(text: &str, delimiter: u8) -> bool {
    text.contains([char::from(delimiter), '"', '\n', '\r']) || text.trim() != text
}

/// A text in the file's encoding; `None` if it has a character that the encoding lacks.
fn encoded(text: &str, charset: Charset) -> Option<Vec<u8>> {
    if charset.width == 2 {
        let bytes = |unit: u16| match charset.encoding == encoding_rs::UTF_16BE {
            true => unit.to_be_bytes(),
            false => unit.to_le_bytes(),
        };
        return Some(text.encode_utf16().flat_map(bytes).collect());
    }
    let (bytes, _, lacking) = charset.encoding.encode(text);
    (!lacking).then(|| bytes.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::csv::row;
    use crate::connector::csv::scan::Scan;
    use proptest::prelude::*;

    const UTF8: &Encoding = encoding_rs::UTF_8;

    fn changed(row: &str, index: usize, text: &str) -> String {
        let texts = BTreeMap::from([(index, text)]);
        let row = replaced(row.as_bytes(), Charset::new(UTF8), b';', &texts).unwrap();
        String::from_utf8(row).unwrap()
    }

    #[test]
    fn only_the_changed_cell_is_written_anew() {
        assert_eq!(changed("a;\"b\"; c ", 0, "x"), "x;\"b\"; c ");
        assert_eq!(changed("a;\"b\";c", 1, "x"), "a;\"x\";c");
        assert_eq!(changed("a;\"b\";c", 1, ""), "a;\"\";c");
        assert_eq!(changed("a;b;c", 1, ""), "a;;c");
        assert_eq!(changed("a;b;c", 2, "x;\"y\"\n"), "a;b;\"x;\"\"y\"\"\n\"");
        assert_eq!(changed("a;b", 0, " x"), "\" x\";b");
        assert_eq!(changed("a;b", 0, "=1+1"), "=1+1;b");
        assert_eq!(changed("\"a;\"\"\n\"z;b", 0, "x"), "\"x\";b");
        assert_eq!(changed("5\" pipe;b", 0, "x"), "x;b");
        assert_eq!(changed("a", 0, ""), "\"\"", "still a row");
    }

    #[test]
    fn encodings_write_what_they_can_hold() {
        let latin1 = Charset::new(encoding_rs::WINDOWS_1252);
        let row = |text| replaced(b"a;\xfc", latin1, b';', &BTreeMap::from([(0, text)]));
        assert_eq!(row("J\u{f6}rg").unwrap(), b"J\xf6rg;\xfc");
        assert_eq!(row("€").unwrap(), b"\x80;\xfc");
        assert_eq!(row("Юлия"), Err(0));
        let wide = Charset::new(encoding_rs::UTF_16BE);
        let texts = BTreeMap::from([(1, "\u{1F600};")]);
        let written = replaced(b"\0a\0;\0b", wide, b';', &texts).unwrap();
        assert_eq!(
            written, b"\0a\0;\0\"\xd8\x3d\xde\x00\0;\0\"",
            "a pair of surrogates, and quotes for the delimiter"
        );
        assert!(!is_writable(Charset::new(encoding_rs::SHIFT_JIS)));
    }

    fn scanned(row: &[u8], charset: Charset) -> Option<Vec<u8>> {
        let mut scan = Scan::start(row, charset.encoding, b';', 64).ok()?;
        scan.next_row().ok()?
    }

    proptest! {
        #[test]
        fn cells_are_those_that_are_read(text in "[a;\" ü]{1,14}", wide in any::<bool>()) {
            let charset = Charset::new(if wide { encoding_rs::UTF_16LE } else { UTF8 });
            let raw = encoded(&text, charset).unwrap();
            prop_assume!(scanned(&raw, charset).is_some());
            let fields = row::fields(&raw, charset.encoding, b';').unwrap();
            prop_assert_eq!(cells(&raw, charset, b';').len(), fields.len());
        }

        #[test]
        fn a_text_is_read_as_it_was_written(
            text in "[a;\" ü]{1,14}", new in "[b;\"\n\r =]{0,6}", at in 0usize..4, wide in any::<bool>(),
        ) {
            let charset = Charset::new(if wide { encoding_rs::UTF_16BE } else { UTF8 });
            let raw = encoded(&text, charset).unwrap();
            prop_assume!(scanned(&raw, charset).is_some());
            let mut fields = row::fields(&raw, charset.encoding, b';').unwrap();
            let at = at % fields.len();
            let row = replaced(&raw, charset, b';', &BTreeMap::from([(at, new.as_str())])).unwrap();
            fields[at] = new;
            prop_assert_eq!(scanned(&row, charset).unwrap(), row.clone());
            prop_assert_eq!(row::fields(&row, charset.encoding, b';').unwrap(), fields);
        }
    }
}
