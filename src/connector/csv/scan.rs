//! Finds rows in a stream of bytes, in memory that does not grow with the file.
//!
//! A block is read, cut behind its last complete row, searched as a whole for a pattern, and only rows that hold a hit are handed
//! on; the rest of a file costs a count of quotes (`parity`) and a search for the pattern. What a row means is the business of `row`.
//!
//! Quoting is that of RFC 4180 as common programs read it: a field is quoted if its first character is a quote, a doubled quote
//! inside stands for one, a quote in the middle of an unquoted field is an ordinary character. Rows end at LF, CRLF or CR outside
//! of quotes.

use std::io::{self, Read};

use encoding_rs::Encoding;
use regex::bytes::Regex;

use super::charset::{Charset, each_quote};
use super::parity;

/// Longest row that is taken for one. A stray opening quote would otherwise pull the rest of the file into memory.
const LONGEST_ROW: usize = 16 << 20;

/// One row as it lies in the file.
pub(super) struct Row<'b> {
    /// Without its line end.
    pub(super) raw: &'b [u8],
    /// Offset of its first byte in the file.
    pub(super) start: u64,
    /// Offset behind its line end.
    pub(super) end: u64,
}

/// Why a scan ended early.
pub(super) enum Failure {
    Io(io::Error),
    /// The bytes at this offset are not CSV as described: a quote that is never closed, a row without end, text that is not of the encoding.
    Broken(u64),
    /// The file is UTF-8 and was declared as something else.
    Mistaken,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

/// A file being read row by row.
pub(super) struct Scan<R> {
    input: R,
    pub(super) charset: Charset,
    delimiter: u8,
    block: usize,
    buffer: Vec<u8>,
    filled: usize,
    /// Offset of the buffer's first byte in the file; always the start of a row.
    offset: u64,
    ended: bool,
    guise: Guise,
}

/// Whether bytes that were declared as one byte a character are UTF-8: no text of other encodings that is longer than a few
/// characters forms its sequences throughout.
#[derive(Clone, Copy, PartialEq)]
enum Guise {
    Ascii,
    Utf8,
    None,
}

impl Guise {
    fn after(self, charset: Charset, bytes: &[u8]) -> Guise {
        if self == Guise::None || !charset.encoding.is_single_byte() {
            return Guise::None;
        }
        match std::str::from_utf8(bytes) {
            Err(_) => Guise::None,
            Ok(text) if text.is_ascii() => self,
            Ok(_) => Guise::Utf8,
        }
    }
}

impl<R: Read> Scan<R> {
    /// Starts behind the byte order mark. A mark overrules the encoding that was stated, as it cannot be there by chance.
    pub(super) fn start(
        input: R,
        encoding: &'static Encoding,
        delimiter: u8,
        block: usize,
    ) -> Result<Scan<R>, Failure> {
        let mut scan = Scan {
            input,
            charset: Charset::new(encoding),
            delimiter,
            block: block.max(4),
            buffer: Vec::new(),
            filled: 0,
            offset: 0,
            ended: false,
            guise: Guise::Ascii,
        };
        scan.fill()?;
        if let Some((encoding, length)) = Encoding::for_bom(&scan.buffer[..scan.filled]) {
            scan.charset = Charset::new(encoding);
            scan.drop_front(length);
        }
        Ok(scan)
    }

    /// The next row that is not empty, `None` at the end of the file.
    pub(super) fn next_row(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            let end = self.region()?;
            if end == 0 {
                return Ok(None);
            }
            let spans = self.spans(end);
            let mut place = 0;
            while place < end {
                let (text_end, next) = spans.row_end(self.charset, &self.buffer[..end], place);
                if text_end > place {
                    let raw = self.buffer[place..text_end].to_vec();
                    self.guise = self.guise.after(self.charset, &raw);
                    self.drop_front(next);
                    return Ok(Some(raw));
                }
                place = next;
            }
            self.drop_front(end);
        }
    }

    /// Visits the remaining rows that overlap a hit of the pattern, or all that are not empty; `visit` returns whether to go on.
    ///
    /// With `strict`, all bytes must be valid in UTF-8: needed where an invalid one could hide a hit.
    pub(super) fn rows<E: From<Failure>>(
        &mut self,
        pattern: Option<&Regex>,
        strict: bool,
        visit: &mut dyn FnMut(Row<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        loop {
            let end = self.region()?;
            if end == 0 {
                return match self.guise {
                    Guise::Utf8 => Err(Failure::Mistaken.into()),
                    Guise::Ascii | Guise::None => Ok(()),
                };
            }
            let region = &self.buffer[..end];
            if strict && let Err(error) = std::str::from_utf8(region) {
                return Err(Failure::Broken(self.offset + error.valid_up_to() as u64).into());
            }
            self.guise = self.guise.after(self.charset, region);
            // Only a hit is worth knowing where rows end.
            let mut spans = None;
            let mut place = 0;
            while place < end {
                let hit = match pattern {
                    Some(pattern) => match pattern.find_at(region, place) {
                        Some(hit) => hit.start(),
                        None => break,
                    },
                    None => place,
                };
                let spans = spans.get_or_insert_with(|| self.spans(end));
                let (mut text_end, mut next) = spans.row_end(self.charset, region, place);
                while next <= hit {
                    place = next;
                    (text_end, next) = spans.row_end(self.charset, region, place);
                }
                let row = Row {
                    raw: &region[place..text_end],
                    start: self.offset + place as u64,
                    end: self.offset + next as u64,
                };
                if !row.raw.is_empty() && !visit(row)? {
                    return Ok(());
                }
                // From the end of the row, not of the hit: a hit that runs on into the next row must not hide one there.
                place = next;
            }
            self.drop_front(end);
        }
    }

    /// Visits the remaining bytes of the file, all of them, in stretches of whole rows.
    pub(super) fn stretches<E: From<Failure>>(
        &mut self,
        visit: &mut dyn FnMut(&Stretch<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            let end = self.region()?;
            if end == 0 {
                return match self.guise {
                    Guise::Utf8 => Err(Failure::Mistaken.into()),
                    Guise::Ascii | Guise::None => Ok(()),
                };
            }
            let bytes = &self.buffer[..end];
            self.guise = self.guise.after(self.charset, bytes);
            visit(&Stretch {
                spans: self.spans(end),
                charset: self.charset,
                offset: self.offset,
                bytes,
            })?;
            self.drop_front(end);
        }
    }

    /// How many bytes of the file lie before what comes next.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Makes the buffer hold at least one complete row and says where its last complete row ends; 0 at the end of the file.
    fn region(&mut self) -> Result<usize, Failure> {
        loop {
            let bytes = &self.buffer[..self.filled];
            let counted = match self.charset.width {
                1 => parity::open_at_end(bytes, self.delimiter),
                _ => None,
            };
            if self.ended {
                let open = match counted {
                    Some(false) => None,
                    _ => self.spans(self.filled).open,
                };
                if let Some(open) = open {
                    return Err(Failure::Broken(self.offset + open as u64));
                }
                if !self.filled.is_multiple_of(self.charset.width) {
                    return Err(Failure::Broken(self.offset + self.filled as u64));
                }
                return Ok(self.filled);
            }
            let end = match counted {
                Some(open) => parity::complete(bytes, open),
                None => self.spans(self.filled).complete(self.charset, bytes),
            };
            if end > 0 {
                return Ok(end);
            }
            if self.filled > LONGEST_ROW {
                return Err(Failure::Broken(self.offset));
            }
            self.fill()?;
        }
    }

    /// Where exactly quoted fields lie in the first bytes of the buffer.
    fn spans(&self, end: usize) -> Spans {
        // What stands behind the end tells whether a quote there is the first of two.
        let bytes = &self.buffer[..self.filled];
        let ended = self.ended || end < self.filled;
        Spans::of(self.charset, &bytes[..end], self.delimiter, ended)
    }

    fn fill(&mut self) -> Result<(), Failure> {
        // A row longer than a block doubles what is read, so that it is not looked through over and over.
        let wanted = self.filled + self.block.max(self.filled);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        while self.filled < wanted {
            match self.input.read(&mut self.buffer[self.filled..wanted]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn drop_front(&mut self, count: usize) {
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
        self.offset += count as u64;
    }
}

/// A part of a file that begins and ends with a row.
pub(super) struct Stretch<'b> {
    pub(super) bytes: &'b [u8],
    /// Offset of its first byte in the file.
    pub(super) offset: u64,
    spans: Spans,
    charset: Charset,
}

impl<'b> Stretch<'b> {
    /// Its rows, without those that are empty.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'b>> {
        let mut place = 0;
        std::iter::from_fn(move || {
            while place < self.bytes.len() {
                let begin = place;
                let (text_end, next) = self.spans.row_end(self.charset, self.bytes, begin);
                place = next;
                if text_end > begin {
                    return Some(Row {
                        raw: &self.bytes[begin..text_end],
                        start: self.offset + begin as u64,
                        end: self.offset + next as u64,
                    });
                }
            }
            None
        })
    }
}

/// Where quoted fields lie in a stretch of bytes that begins with a row.
struct Spans {
    /// From the opening to the closing quote.
    closed: Vec<(usize, usize)>,
    /// The opening quote of a field that does not end here.
    open: Option<usize>,
}

impl Spans {
    fn of(charset: Charset, bytes: &[u8], delimiter: u8, ended: bool) -> Spans {
        let width = charset.width;
        let mut spans = Spans {
            closed: Vec::new(),
            open: None,
        };
        // The second of two quotes, which the first has settled.
        let mut paired = usize::MAX;
        each_quote(charset, bytes, |quote| {
            if quote == paired {
                return;
            }
            let Some(open) = spans.open else {
                let before = quote
                    .checked_sub(width)
                    .map(|place| charset.at(bytes, place));
                let opens = match before {
                    None => true,
                    Some(before) => {
                        matches!(before, Some(c) if c == delimiter || c == b'\n' || c == b'\r')
                    }
                };
                if opens {
                    spans.open = Some(quote);
                }
                return;
            };
            match charset.at(bytes, quote + width) {
                Some(b'"') => paired = quote + width,
                // The block ends here: the quote may be the first of two.
                None if quote + 2 * width > bytes.len() && !ended => {}
                _ => {
                    spans.closed.push((open, quote));
                    spans.open = None;
                }
            }
        });
        spans
    }

    /// The quoted field that holds this place.
    fn around(&self, place: usize) -> Option<(usize, usize)> {
        let after = self.closed.partition_point(|(open, _)| *open <= place);
        let span = *self.closed.get(after.checked_sub(1)?)?;
        (place < span.1).then_some(span)
    }

    /// End of the last row whose line end is certainly complete.
    fn complete(&self, charset: Charset, bytes: &[u8]) -> usize {
        let width = charset.width;
        // In UTF-16 a block may end within a character.
        let whole = bytes.len() / width * width;
        let mut before = self.open.unwrap_or(whole);
        while let Some(place) = charset.last_line_end(bytes, before) {
            if let Some((open, _)) = self.around(place) {
                before = open;
            } else if charset.at(bytes, place) == Some(b'\r') && place + width >= whole {
                // Its line feed may come with the next block.
                before = place;
            } else {
                return place + width;
            }
        }
        0
    }

    /// Where the text of the row that begins here ends, and where the next row begins.
    fn row_end(&self, charset: Charset, region: &[u8], start: usize) -> (usize, usize) {
        let mut from = start;
        while let Some(place) = charset.find(b'\n', b'\r', region, from) {
            if let Some((_, close)) = self.around(place) {
                from = close + charset.width;
                continue;
            }
            let next = place + charset.width;
            let pair =
                charset.at(region, place) == Some(b'\r') && charset.at(region, next) == Some(b'\n');
            return (place, if pair { next + charset.width } else { next });
        }
        (region.len(), region.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(bytes: &[u8], block: usize, pattern: Option<&str>) -> Result<Vec<Vec<u8>>, u64> {
        let pattern = pattern.map(|p| Regex::new(p).unwrap());
        let mut out = Vec::new();
        let mut scan = Scan::start(bytes, encoding_rs::UTF_8, b',', block).map_err(offset)?;
        scan.rows::<Failure>(pattern.as_ref(), false, &mut |row| {
            assert!(bytes[row.start as usize..row.end as usize].starts_with(row.raw));
            out.push(row.raw.to_vec());
            Ok(true)
        })
        .map_err(offset)?;
        Ok(out)
    }

    fn offset(failure: Failure) -> u64 {
        match failure {
            Failure::Broken(offset) => offset,
            Failure::Io(error) => panic!("{error}"),
            Failure::Mistaken => panic!("no test of encodings"),
        }
    }

    #[test]
    fn rows_end_outside_of_quotes_only() {
        let text = b"a,\"x\r\n\"\"y\"\"\n\"\r\nb 5\" c,d\n\n\"\"\r\"e\"x\"";
        let expected: Vec<&[u8]> = vec![
            b"a,\"x\r\n\"\"y\"\"\n\"",
            b"b 5\" c,d",
            b"\"\"",
            b"\"e\"x\"",
        ];
        for block in 4..60 {
            assert_eq!(rows(text, block, None).unwrap(), expected, "{block}");
        }
    }

    #[test]
    fn an_open_quote_is_a_fault_at_its_place() {
        assert_eq!(rows(b"a,b\nc,\"d\ne,f\n", 4, None), Err(6));
        assert_eq!(rows(b"a,b\nc,\"d\ne,f\n", 4, Some("nothing")), Err(6));
        assert_eq!(rows(b"a,b\nc,\"d\"\"", 1000, None), Err(6));
    }

    #[test]
    fn memory_does_not_grow_with_the_file() {
        let row = b"guest@example.org;\"a note;\nwith \"\"quotes\"\"\"\n";
        let file = std::io::Cursor::new(row.repeat(20_000));
        let mut scan = Scan::start(file, encoding_rs::UTF_8, b';', 1024)
            .map_err(offset)
            .unwrap();
        let mut rows = 0;
        let end = scan.rows::<Failure>(None, true, &mut |row| {
            rows += usize::from(row.raw.len() == 43);
            Ok(true)
        });
        assert!(end.is_ok());
        assert_eq!(rows, 20_000);
        assert!(scan.buffer.len() <= 4096, "{}", scan.buffer.len());
    }

    #[test]
    fn a_hit_across_rows_does_not_hide_the_one_behind_it() {
        let pattern = "1[^0-9]*2[^0-9]*3[^0-9]*1[^0-9]*2";
        let found = rows(b"x,123\n12312,y\nz,z\n", 4096, Some(pattern)).unwrap();
        assert!(found.contains(&b"12312,y".to_vec()));
    }

    /// Counting says what the exact rule says, or nothing, and nothing only where a quote is misplaced.
    fn agrees(bytes: &[u8]) -> Result<(), TestCaseError> {
        let charset = Charset::new(encoding_rs::UTF_8);
        if let Some(open) = parity::open_at_end(bytes, b',') {
            let ended = Spans::of(charset, bytes, b',', true);
            prop_assert_eq!(open, ended.open.is_some());
            let going_on = Spans::of(charset, bytes, b',', false);
            prop_assert_eq!(
                parity::complete(bytes, open),
                going_on.complete(charset, bytes)
            );
        } else {
            let odd = (1..bytes.len())
                .any(|at| bytes[at] == b'"' && !b",\"\r\n".contains(&bytes[at - 1]));
            prop_assert!(odd, "a file that is quoted as it should be is counted");
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn counting_agrees_with_the_exact_rule(
            text in "[a,\"\r\n]{0,40}", times in 1usize..5, pad in prop_oneof![0usize..70, 490usize..520, 4070usize..4100],
        ) {
            // Also across the stripes and stretches that are counted at a time.
            let text = format!("{}{}", "a".repeat(pad), text.repeat(times));
            agrees(text.as_bytes())?;
        }

        #[test]
        fn counting_agrees_over_many_stripes(
            rows in prop::collection::vec("[ab,\"\n]{0,30}", 1..40), times in 1usize..30, stray in any::<prop::sample::Index>(),
            put in "[a,\"\r\n]{0,3}",
        ) {
            let rows = rows.iter().map(|row| format!("\"{}\",x,{}\n", row.replace('"', "\"\""), row.len()));
            let mut text = rows.collect::<String>().repeat(times);
            text.insert_str(stray.index(text.len()), &put);
            agrees(text.as_bytes())?;
        }

        #[test]
        fn well_quoted_rows_are_counted(rows in prop::collection::vec("[ab,\"\n]{0,30}", 1..12)) {
            let quoted: String = rows.iter().map(|row| format!("\"{}\",x\n", row.replace('"', "\"\""))).collect();
            prop_assert_eq!(parity::open_at_end(quoted.as_bytes(), b','), Some(false));
            prop_assert_eq!(parity::complete(quoted.as_bytes(), false), quoted.len());
        }

        #[test]
        fn block_size_never_matters(text in "[a,\"\r\n]{0,200}", block in 4usize..20) {
            prop_assert_eq!(rows(text.as_bytes(), block, None), rows(text.as_bytes(), 4096, None));
            prop_assert_eq!(rows(text.as_bytes(), block, Some("a")), rows(text.as_bytes(), 4096, Some("a")));
            if let (Ok(all), Ok(some)) = (rows(text.as_bytes(), block, None), rows(text.as_bytes(), block, Some("a"))) {
                let with: Vec<_> = all.into_iter().filter(|row| row.contains(&b'a')).collect();
                prop_assert_eq!(some, with);
            }
        }
    }
}
