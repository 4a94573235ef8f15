//! The quick look at the quotes of a block: whether they pair, without noting where.
//!
//! A place lies inside a quoted field if an odd number of quotes stands before it, provided that every quote which would open a field
//! by that count stands where a field begins, or right behind another quote (the second of a doubled pair). Then the count and the
//! exact rule of `scan` agree everywhere. Where one stands elsewhere (`5" pipe`), nothing is said and `scan` looks closely.
//!
//! 64 bytes become 64 bits at a time, and only the quotes that open are looked at one by one.

use super::charset::quote_mask;

/// Whether a quoted field is open at the end of bytes that begin with a row of one byte a character; `None` if counting cannot tell.
pub(super) fn open_at_end(bytes: &[u8], delimiter: u8) -> Option<bool> {
    let mut opens = [false; 256];
    for byte in [delimiter, b'\n', b'\r', b'"'] {
        opens[usize::from(byte)] = true;
    }
    // All bits set while inside of a quoted field.
    let mut inside = 0u64;
    let mut misplaced = false;
    let mut place = 0;
    while place < bytes.len() {
        let mut padded = [0; 64];
        let rest = &bytes[place..];
        let chunk = match rest.first_chunk::<64>() {
            Some(chunk) => chunk,
            None => {
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            }
        };
        let quotes = quote_mask(chunk);
        if quotes == 0 {
            // Stretches without quotes are searched.
            let rest = bytes.get(place + 64..).unwrap_or_default();
            place += 64 + memchr::memchr(b'"', rest).unwrap_or(rest.len());
            continue;
        }
        let within = odd_until(quotes) ^ inside;
        inside = 0u64.wrapping_sub(within >> 63);
        let mut opening = quotes & within;
        while opening != 0 {
            let quote = place + opening.trailing_zeros() as usize;
            let before = quote.checked_sub(1).map(|before| bytes[before]);
            misplaced |= before.is_some_and(|before| !opens[usize::from(before)]);
            opening &= opening - 1;
        }
        place += 64;
    }
    (!misplaced).then_some(inside != 0)
}

/// For each bit, whether an odd number of bits is set up to it and including it.
fn odd_until(bits: u64) -> u64 {
    let mut odd = bits;
    for shift in [1, 2, 4, 8, 16, 32] {
        odd ^= odd << shift;
    }
    odd
}

/// Where the last row ends whose line end is certainly complete, if counting can tell; 0 if there is none.
pub(super) fn complete(bytes: &[u8], open: bool) -> usize {
    let (mut inside, mut before) = (open, bytes.len());
    while let Some(place) = memchr::memrchr3(b'"', b'\n', b'\r', &bytes[..before]) {
        before = place;
        match bytes[place] {
            b'"' => inside = !inside,
            _ if inside => {}
            // Its line feed may come with the next block.
            b'\r' if place + 1 == bytes.len() => {}
            _ => return place + 1,
        }
    }
    0
}
