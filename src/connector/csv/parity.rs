//! The quick look at the quotes of a block: whether they pair, without noting where.
//!
//! A place lies inside a quoted field if an odd number of quotes stands before it, provided that every quote which would open a field
//! by that count stands where a field begins, or right behind another quote (the second of a doubled pair). Then the count and the
//! exact rule of `scan` agree everywhere. Where one stands elsewhere (`5" pipe`), nothing is said and `scan` looks closely.
//!
//! Eight stripes of a stretch are counted side by side, each in a bit of its own, so that the processor compares many bytes with one
//! instruction and none has to be looked at alone. What stands before a stripe is not known meanwhile; so it is noted for each
//! whether a quote would be misplaced if the stripe begins outside of a quoted field, and whether if it begins inside.

/// Stripes that are counted side by side: the bits of a byte.
const STRIPES: usize = 8;
/// Bytes of a stripe.
const STRIPE: usize = 512;
const STRETCH: usize = STRIPES * STRIPE;

/// For each place in a stripe, one bit for each of the stripes.
type Bits = [u8; STRIPE];

/// Whether a quoted field is open at the end of bytes that begin with a row of one byte a character; `None` if counting cannot tell.
pub(super) fn open_at_end(bytes: &[u8], delimiter: u8) -> Option<bool> {
    let (mut inside, mut misplaced) = (false, false);
    let (mut quotes, mut bare) = ([0; STRIPE], [0; STRIPE]);
    let mut place = 0;
    // Stretches without quotes are searched.
    while let Some(distance) = memchr::memchr(b'"', &bytes[place..]) {
        place += distance;
        let before = place.checked_sub(1).map_or(b'\n', |before| bytes[before]);
        let rest = &bytes[place..];
        let last;
        let stretch = match rest.first_chunk::<STRETCH>() {
            Some(stretch) => stretch,
            None => {
                last = padded(rest);
                &last
            }
        };
        mark(stretch, before, delimiter, &mut quotes, &mut bare);
        let counted = count(&quotes, &bare, befores(stretch, before));
        for stripe in 0..STRIPES {
            let of = |bits: u8| bits >> stripe & 1 == 1;
            misplaced |= of(counted.misplaced[usize::from(inside)]);
            inside ^= of(counted.odd);
        }
        place = (place + STRETCH).min(bytes.len());
    }
    (!misplaced).then_some(inside)
}

fn padded(bytes: &[u8]) -> [u8; STRETCH] {
    let mut stretch = [0; STRETCH];
    stretch[..bytes.len()].copy_from_slice(bytes);
    stretch
}

/// Notes where quotes stand, and which of them are bare: behind a byte that ends neither a field nor a row. A quote behind a quote
/// counts as bare here.
fn mark(stretch: &[u8; STRETCH], before: u8, delimiter: u8, quotes: &mut Bits, bare: &mut Bits) {
    let (stripes, _) = stretch.as_chunks::<STRIPE>();
    let ends = |byte: u8| (byte == delimiter) | (byte == b'\n') | (byte == b'\r');
    let quote = |byte: u8, stripe: usize| if byte == b'"' { 1 << stripe } else { 0 };
    let bare_if = |before: u8, quote: u8| if ends(before) { 0 } else { quote };
    // Without branches, and each place for itself: the compiler makes vectors of this.
    for place in 1..STRIPE {
        let (mut all, mut without): (u8, u8) = (0, 0);
        for (number, stripe) in stripes.iter().enumerate() {
            let here = quote(stripe[place], number);
            all |= here;
            without |= bare_if(stripe[place - 1], here);
        }
        quotes[place] = all;
        bare[place] = without;
    }
    (quotes[0], bare[0]) = (0, 0);
    for (stripe, before) in befores_of(stretch, before).into_iter().enumerate() {
        let here = quote(stripes[stripe][0], stripe);
        quotes[0] |= here;
        bare[0] |= bare_if(before, here);
    }
}

/// What stands right before each stripe.
fn befores_of(stretch: &[u8; STRETCH], before: u8) -> [u8; STRIPES] {
    std::array::from_fn(|stripe| match stripe {
        0 => before,
        _ => stretch[stripe * STRIPE - 1],
    })
}

/// The stripes that begin right behind a quote.
fn befores(stretch: &[u8; STRETCH], before: u8) -> u8 {
    let all = befores_of(stretch, before).into_iter().enumerate();
    all.fold(0, |bits, (stripe, byte)| {
        bits | u8::from(byte == b'"') << stripe
    })
}

/// What counting said of each stripe.
struct Counted {
    /// Whether it holds an odd number of quotes.
    odd: u8,
    /// Whether a quote in it is misplaced, if it begins outside of a quoted field, and if inside.
    misplaced: [u8; 2],
}

fn count(quotes: &Bits, bare: &Bits, behind_quote: u8) -> Counted {
    let in_all = |bits: u64| u64::from_le_bytes([1; 8]).wrapping_mul(bits);
    // The quotes right before eight places; the lowest byte is that of the first.
    let mut last = u64::from(behind_quote);
    // In each byte whether the number of quotes so far is odd.
    let mut so_far = 0u64;
    let mut misplaced = [0u64; 2];
    let (quotes, bare) = (quotes.as_chunks::<8>().0, bare.as_chunks::<8>().0);
    for (quotes, bare) in quotes.iter().zip(bare) {
        let quotes = u64::from_le_bytes(*quotes);
        let bare = u64::from_le_bytes(*bare) & !(quotes << 8 | last);
        last = quotes >> 56;
        let mut odd = quotes;
        for shift in [8, 16, 32] {
            odd ^= odd << shift;
        }
        let next = so_far ^ in_all(odd >> 56);
        odd ^= so_far;
        so_far = next;
        misplaced[0] |= bare & odd;
        misplaced[1] |= bare & !odd;
    }
    let any = |bits: u64| bits.to_le_bytes().into_iter().fold(0, |all, one| all | one);
    Counted {
        odd: so_far.to_le_bytes()[0],
        misplaced: misplaced.map(any),
    }
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
