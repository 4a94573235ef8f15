//! Reads bytes as far as rows depend on them: quotes, delimiters and line ends, one or two bytes each.

use std::io::{self, Read};

use encoding_rs::Encoding;

/// How the file's bytes stand for characters, as far as rows depend on it.
#[derive(Clone, Copy)]
pub(super) struct Charset {
    pub(super) encoding: &'static Encoding,
    pub(super) width: usize,
    big_endian: bool,
}

impl Charset {
    pub(super) fn new(encoding: &'static Encoding) -> Charset {
        let big_endian = encoding == encoding_rs::UTF_16BE;
        let wide = big_endian || encoding == encoding_rs::UTF_16LE;
        Charset {
            encoding,
            width: if wide { 2 } else { 1 },
            big_endian,
        }
    }

    /// The ASCII character at this place, if it is one.
    pub(super) fn at(self, bytes: &[u8], place: usize) -> Option<u8> {
        let unit = bytes.get(place..place + self.width)?;
        match (unit, self.big_endian) {
            ([one], _) => Some(*one),
            ([low, 0], false) => Some(*low),
            ([0, low], true) => Some(*low),
            _ => None,
        }
    }

    /// The next of two ASCII characters from a place on.
    pub(super) fn find(self, either: u8, or: u8, bytes: &[u8], from: usize) -> Option<usize> {
        if self.width == 1 {
            let rest = bytes.get(from..)?;
            return memchr::memchr2(either, or, rest).map(|place| from + place);
        }
        (from..bytes.len())
            .step_by(2)
            .find(|&place| matches!(self.at(bytes, place), Some(c) if c == either || c == or))
    }

    /// The last line feed or carriage return before a place.
    pub(super) fn last_line_end(self, bytes: &[u8], before: usize) -> Option<usize> {
        if self.width == 1 {
            return memchr::memrchr2(b'\n', b'\r', &bytes[..before]);
        }
        (0..before)
            .step_by(2)
            .rfind(|&place| matches!(self.at(bytes, place), Some(b'\n' | b'\r')))
    }

    /// How many bytes at the end of these are a line end.
    pub(super) fn line_end_length(self, bytes: &[u8]) -> usize {
        let w = self.width;
        let back = |units: usize| bytes.len().checked_sub(units * w);
        match back(1).and_then(|place| self.at(bytes, place)) {
            Some(b'\n') => match back(2).and_then(|place| self.at(bytes, place)) {
                Some(b'\r') => 2 * w,
                _ => w,
            },
            Some(b'\r') => w,
            _ => 0,
        }
    }

    /// Line of the byte at `offset`, counted from 1: reads from the start, which only a fault is worth.
    pub(super) fn line_at(self, input: impl Read, offset: u64) -> io::Result<u64> {
        let mut input = io::BufReader::with_capacity(1 << 16, input.take(offset));
        let (mut lines, mut last) = (1, None);
        let mut unit = [0; 2];
        let unit = &mut unit[..self.width];
        while input.read_exact(unit).is_ok() {
            let here = self.at(unit, 0);
            lines += u64::from(here == Some(b'\r') || (here == Some(b'\n') && last != Some(b'\r')));
            last = here;
        }
        Ok(lines)
    }
}

/// Calls with the place of every quote.
///
/// Files that quote every field hold one every few bytes, where a search for the next one costs more in being called than in
/// searching; so 64 bytes become 64 bits at a time, and the bits are gone through. Stretches without quotes are searched.
#[inline(always)]
pub(super) fn each_quote(charset: Charset, bytes: &[u8], mut call: impl FnMut(usize)) {
    if charset.width == 2 {
        let quotes = (0..bytes.len()).step_by(2);
        quotes
            .filter(|&place| charset.at(bytes, place) == Some(b'"'))
            .for_each(call);
        return;
    }
    let mut place = 0;
    while let Some(chunk) = bytes[place..].first_chunk::<64>() {
        let mut bits = quote_mask(chunk);
        place += 64;
        if bits == 0 {
            match memchr::memchr(b'"', &bytes[place..]) {
                Some(distance) => place += distance,
                None => return,
            }
        }
        while bits != 0 {
            call(place - 64 + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
    let rest = bytes[place..].iter().enumerate();
    rest.filter(|(_, byte)| **byte == b'"')
        .for_each(|(index, _)| call(place + index));
}

/// One bit for each of 64 bytes, the first one lowest, set where the byte is a quote.
#[inline(always)]
fn quote_mask(chunk: &[u8; 64]) -> u64 {
    let mut bits = 0;
    for (index, word) in chunk.chunks_exact(8).enumerate() {
        let word = word.try_into().map(u64::from_le_bytes).unwrap_or_default();
        bits |= quote_bits(word) << (8 * index);
    }
    bits
}

/// One bit for each of eight bytes, the first one lowest, set where the byte is a quote.
#[inline(always)]
fn quote_bits(word: u64) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    let other = word ^ u64::from_ne_bytes([b'"'; 8]);
    // The high bit of each byte that is zero; no carry leaves a byte, so this is exact.
    let zero = !(((other & LOW) + LOW) | other | LOW);
    (zero >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
