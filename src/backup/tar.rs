//! The few parts of the tar format that a copy needs (POSIX.1-2017, pax, section "ustar Interchange Format"): plain files with short
//! names, written and read as a stream.

use std::io::{Error, ErrorKind, Read, Result, Write};

use jiff::Timestamp;

const BLOCK: usize = 512;
/// The largest size that eleven octal digits hold; more is written in binary, as GNU tar and bsdtar do.
const OCTAL: u64 = 0o77_777_777_777;

/// Where a field lies in the header, and how long it is.
const NAME: (usize, usize) = (0, 100);
const SIZE: (usize, usize) = (124, 12);
const SUM: (usize, usize) = (148, 8);

fn put(header: &mut [u8; BLOCK], (at, length): (usize, usize), bytes: &[u8]) {
    let end = at + bytes.len().min(length);
    header[at..end].copy_from_slice(&bytes[..end - at]);
}

fn sum(header: &[u8; BLOCK]) -> u64 {
    let (at, length) = SUM;
    let own = at..at + length;
    // The sum counts as blanks in itself.
    let bytes = header.iter().enumerate();
    let bytes = bytes.map(|(place, byte)| if own.contains(&place) { b' ' } else { *byte });
    bytes.map(u64::from).sum()
}

/// Writes a file with its content, of which exactly `size` bytes are taken.
///
/// # Errors
/// Those of reading and writing; if the content is shorter.
pub(super) fn add(
    out: &mut dyn Write,
    name: &str,
    size: u64,
    at: Timestamp,
    content: &mut dyn Read,
) -> Result<()> {
    let mut header = [0; BLOCK];
    put(&mut header, NAME, name.as_bytes());
    put(&mut header, (100, 8), b"0000600\0");
    put(&mut header, (108, 8), b"0000000\0");
    put(&mut header, (116, 8), b"0000000\0");
    if size <= OCTAL {
        put(&mut header, SIZE, format!("{size:011o}\0").as_bytes());
    } else {
        let mut binary = [0; 12];
        binary[0] = 0x80;
        binary[4..].copy_from_slice(&size.to_be_bytes());
        put(&mut header, SIZE, &binary);
    }
    let seconds = at.as_second().max(0);
    put(
        &mut header,
        (136, 12),
        format!("{seconds:011o}\0").as_bytes(),
    );
    put(&mut header, (156, 1), b"0");
    put(&mut header, (257, 8), b"ustar\x0000");
    let sum = sum(&header);
    put(&mut header, SUM, format!("{sum:06o}\0 ").as_bytes());
    out.write_all(&header)?;
    let written = std::io::copy(&mut content.take(size), out)?;
    if written != size {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    out.write_all(&[0; BLOCK][..padding(size)])
}

/// Ends the archive.
pub(super) fn end(out: &mut dyn Write) -> Result<()> {
    out.write_all(&[0; 2 * BLOCK])
}

fn padding(size: u64) -> usize {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or_default();
    (BLOCK - over) % BLOCK
}

/// Name and size of the next file; `None` at the end.
///
/// # Errors
/// Those of reading; if it is anything else than a plain file.
pub(super) fn next(from: &mut dyn Read) -> Result<Option<(String, u64)>> {
    let mut header = [0; BLOCK];
    from.read_exact(&mut header)?;
    if header.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let wrong = || Error::from(ErrorKind::InvalidData);
    let field = |(at, length): (usize, usize)| &header[at..at + length];
    let text = |place| {
        let bytes: &[u8] = field(place);
        let end = bytes.iter().position(|byte| *byte == 0);
        std::str::from_utf8(&bytes[..end.unwrap_or(bytes.len())]).map_err(|_| wrong())
    };
    let octal = |place| u64::from_str_radix(text(place)?.trim(), 8).map_err(|_| wrong());
    let plain = header[156] == b'0' && &header[257..262] == b"ustar";
    if !plain || octal(SUM)? != sum(&header) {
        return Err(wrong());
    }
    let size = match field(SIZE) {
        [0x80, 0, 0, 0, rest @ ..] => {
            u64::from_be_bytes(<[u8; 8]>::try_from(rest).map_err(|_| wrong())?)
        }
        _ => octal(SIZE)?,
    };
    Ok(Some((text(NAME)?.to_owned(), size)))
}

/// Hands over the content of the file whose header was read.
///
/// # Errors
/// Those of reading and writing; if it ends before.
pub(super) fn content(mut from: &mut dyn Read, size: u64, out: &mut dyn Write) -> Result<()> {
    let read = std::io::copy(&mut (&mut from).take(size), out)?;
    if read != size {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    from.read_exact(&mut [0; BLOCK][..padding(size)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_comes_back_whatever_its_size() {
        for size in [0, 1, 511, 512, 513, 5000] {
            let (mut all, body) = (Vec::new(), vec![7; size]);
            let at = Timestamp::UNIX_EPOCH;
            add(&mut all, "keys/a", size as u64, at, &mut body.as_slice()).unwrap();
            end(&mut all).unwrap();
            assert_eq!(all.len() % BLOCK, 0);
            let mut from = all.as_slice();
            let found = next(&mut from).unwrap().unwrap();
            assert_eq!(found, ("keys/a".to_owned(), size as u64));
            let mut out = Vec::new();
            content(&mut from, found.1, &mut out).unwrap();
            assert_eq!(out, body);
            assert!(next(&mut from).unwrap().is_none());
        }
    }

    #[test]
    fn a_size_beyond_eleven_digits_goes_round() {
        let mut all = Vec::new();
        let mut nothing: &[u8] = &[];
        // The header is written before the content turns out to be short.
        let size = OCTAL + 5;
        assert!(
            add(
                &mut all,
                "vault.db",
                size,
                Timestamp::UNIX_EPOCH,
                &mut nothing
            )
            .is_err()
        );
        let found = next(&mut all.as_slice()).unwrap().unwrap();
        assert_eq!(found.1, size);
    }

    #[test]
    fn a_changed_header_is_no_file() {
        let mut all = Vec::new();
        let mut body: &[u8] = b"x";
        add(&mut all, "vault.db", 1, Timestamp::UNIX_EPOCH, &mut body).unwrap();
        for place in [0, 100, 130, 156, 257] {
            let mut changed = all.clone();
            changed[place] ^= 1;
            assert!(next(&mut changed.as_slice()).is_err(), "{place}");
        }
        assert!(next(&mut &all[..100]).is_err());
    }
}
