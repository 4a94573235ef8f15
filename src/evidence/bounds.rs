//! A first look at DER from strangers: whether reading it costs what its size says.
//!
//! Sets are sorted by insertion when they are read, so that a long one which lies the wrong way round costs the square of its length:
//! seconds for a hundred kilobytes, hours for a few megabytes. What is signed or vouches for a signature has a handful of members in
//! each. Only the lengths are looked at here; whether the values are right is for whoever reads them.

/// More members than any set has in a signature, a token or a certificate.
const MOST_MEMBERS: usize = 64;

/// Whether no set in it is longer than it could rightly be. Of what is not well-formed, the part before that counts: it is all that
/// gets read.
pub(super) fn is_bearable(der: &[u8]) -> bool {
    let mut open = vec![Open::new(0, der)];
    while let Some(inner) = open.last_mut() {
        let Some((tag, value, rest)) = first(inner.rest) else {
            open.pop();
            continue;
        };
        inner.rest = rest;
        inner.members += 1;
        if inner.is_set && inner.members > MOST_MEMBERS {
            return false;
        }
        if tag & CONSTRUCTED != 0 {
            open.push(Open::new(tag, value));
        }
    }
    true
}

const CONSTRUCTED: u8 = 0x20;

/// A value that is being gone through.
struct Open<'d> {
    rest: &'d [u8],
    is_set: bool,
    members: usize,
}

impl<'d> Open<'d> {
    fn new(tag: u8, rest: &'d [u8]) -> Open<'d> {
        Open {
            rest,
            // A set, or one that goes by the number of its field, as certificates and attributes do in a signature (RFC 5652, 5.1).
            is_set: matches!(tag, 0x31 | 0xa0 | 0xa1),
            members: 0,
        }
    }
}

/// Tag and value that stand first, and what follows; `None` at the end, and where no value is.
fn first(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, length], rest) = der.split_first_chunk::<2>()?;
    let is_short_tag = tag & 0x1f != 0x1f;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            let length = bytes
                .iter()
                .fold(0, |all, byte| all << 8 | usize::from(*byte));
            (length, rest)
        }
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length).filter(|_| is_short_tag)?;
    Some((tag, value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    }

    #[test]
    fn a_long_set_is_seen_wherever_it_lies() {
        let members = |count: usize| [4, 1, 7].repeat(count);
        for (wrap, bearable) in [(MOST_MEMBERS, true), (MOST_MEMBERS + 1, false)] {
            for tag in [0x31, 0xa0, 0xa1] {
                let set = value(tag, &members(wrap));
                let before = value(0x30, &[value(2, &[1]), set].concat());
                assert_eq!(is_bearable(&before), bearable);
                // What comes after is not well-formed, and the set is read before that is seen.
                let broken = [before.clone(), vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff]].concat();
                assert_eq!(is_bearable(&value(0x30, &broken)), bearable);
                assert!(
                    is_bearable(&value(4, &before)),
                    "nobody looks into a string"
                );
            }
            assert!(
                is_bearable(&value(0x30, &members(wrap))),
                "a sequence is not sorted"
            );
        }
    }

    #[test]
    fn deep_and_broken_values_end() {
        // Each value holds the next one and nothing else.
        let mut deep = Vec::new();
        for held in (0..20_000u32).rev() {
            deep.extend([0x31, 0x83]);
            deep.extend(&(held * 5).to_be_bytes()[1..]);
        }
        assert!(is_bearable(&deep));
        for broken in [
            &[][..],
            &[0x31],
            &[0x31, 0x80],
            &[0x3f, 1, 0],
            &[0x31, 0x84, 0, 0, 0],
        ] {
            assert!(is_bearable(broken));
        }
    }
}
