//! The form of a bundle's zip, checked byte for byte before anything in it is read.
//!
//! Zip readers disagree about files that are not quite right: which of two entries of the same name counts, where the archive
//! begins, whose sizes are true. So a bundle must be exactly this: entries one after the other from byte 0, each named once, then
//! the directory with the same facts in the same order, then the end record, then nothing.

use std::io::{Read, Seek, SeekFrom};

use crate::messages::{Text, evidence as say};

/// Most entries a bundle may have. A case needs about twenty; a year of nightly retention runs has two for each night.
pub(super) const MOST_FILES: usize = 1000;
/// Most bytes of all files together, and how many times the size of the zip they may be.
pub(super) const MOST_BYTES: u64 = 64 << 30;
const MOST_EXPANSION: u64 = 200;
const SMALL: u64 = 64 << 20;

/// Other writers add a date or two; more could hide something.
const MOST_EXTRA: usize = 64;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
/// The flags that other writers of such containers set: sizes after the data, names in UTF-8, compression speed.
const SIZES_FOLLOW: u16 = 1 << 3;
const HARMLESS_FLAGS: u16 = SIZES_FOLLOW | 1 << 11 | 0b110;

struct Entry {
    name: String,
    flags: u16,
    /// Version needed, flags, method, time and date: the same words in both headers.
    common: [u8; 10],
    /// Checksum, packed and unpacked size.
    facts: [u32; 3],
    packed: u64,
    offset: u64,
}

/// Names of all entries, sorted; `Ok(Err(…))` says why the form is bad, `Err` that the file cannot be read.
pub(super) fn inspect<R: Read + Seek>(file: &mut R) -> std::io::Result<Result<Vec<String>, Text>> {
    let length = file.seek(SeekFrom::End(0))?;
    let entries = match directory(file, length)? {
        Ok(entries) => entries,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut offset = 0;
    for entry in &entries.0 {
        if entry.offset != offset {
            return Ok(Err(say::zip_gap(&entry.name)));
        }
        let Some(end) = entry_end(file, entry, entries.1)? else {
            return Ok(Err(say::zip_headers_differ(&entry.name)));
        };
        offset = end;
    }
    if offset != entries.1 {
        return Ok(Err(say::zip_gap("-")));
    }
    let mut names: Vec<String> = entries.0.into_iter().map(|entry| entry.name).collect();
    names.sort();
    Ok(Ok(names))
}

/// The entries of the directory, and where it begins.
fn directory<R: Read + Seek>(
    file: &mut R,
    length: u64,
) -> std::io::Result<Result<(Vec<Entry>, u64), Text>> {
    // Without a comment, the end record is the last 22 bytes; a comment could hold another end record.
    let Some(end_at) = length.checked_sub(22) else {
        return Ok(Err(say::zip_end()));
    };
    let mut end = [0; 22];
    read_at(file, end_at, &mut end)?;
    let (size, start) = (u64::from(u32_at(&end, 12)), u64::from(u32_at(&end, 16)));
    let count = usize::from(u16_at(&end, 10));
    let is_plain = u32_at(&end, 0) == END
        && u32_at(&end, 4) == 0
        && usize::from(u16_at(&end, 8)) == count
        && u16_at(&end, 20) == 0
        // The largest number says that the true one stands elsewhere.
        && start != u64::from(u32::MAX)
        && start + size == end_at;
    if !is_plain {
        return Ok(Err(say::zip_end()));
    }
    // 46 bytes and a name of at most 100 each; extra fields of other writers are small.
    if count > MOST_FILES || size > 1024 * MOST_FILES as u64 {
        return Ok(Err(say::too_many_files(MOST_FILES)));
    }
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
    read_at(file, start, &mut bytes)?;
    Ok(entries(&bytes, count, length).map(|entries| (entries, start)))
}

fn entries(mut bytes: &[u8], count: usize, length: u64) -> Result<Vec<Entry>, Text> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut total = 0u64;
    while !bytes.is_empty() {
        if bytes.len() < 46 || u32_at(bytes, 0) != CENTRAL {
            return Err(say::zip_end());
        }
        let [name_length, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(bytes, at)));
        let Some(name) = bytes.get(46..46 + name_length) else {
            return Err(say::zip_end());
        };
        let name = std::str::from_utf8(name)
            .ok()
            .filter(|name| is_proper_name(name))
            .ok_or_else(|| say::zip_name(printable(name)))?;
        if entries
            .iter()
            .any(|other| other.name.eq_ignore_ascii_case(name))
        {
            return Err(say::zip_twice(name));
        }
        let flags = u16_at(bytes, 8);
        let method = u16_at(bytes, 10);
        let [crc, packed, unpacked] = [16, 20, 24].map(|at| u32_at(bytes, at));
        // The file type of a Unix host lies in the upper half: only regular files, or none stated.
        let kind = u32_at(bytes, 38) >> 28;
        if flags & !HARMLESS_FLAGS != 0 || !matches!(method, 0 | 8) || !matches!(kind, 0 | 8) {
            return Err(say::zip_kind(name));
        }
        if comment != 0
            || extra > MOST_EXTRA
            || u16_at(bytes, 34) != 0
            || [packed, unpacked, u32_at(bytes, 42)].contains(&u32::MAX)
        {
            return Err(say::zip_kind(name));
        }
        let fields = bytes.get(46 + name_length..46 + name_length + extra);
        if fields.is_none_or(names_another) {
            return Err(say::zip_headers_differ(name));
        }
        if method == 0 && packed != unpacked {
            return Err(say::zip_headers_differ(name));
        }
        total += u64::from(unpacked);
        let mut common = [0; 10];
        common.copy_from_slice(&bytes[6..16]);
        entries.push(Entry {
            name: name.to_owned(),
            flags,
            common,
            facts: [crc, packed, unpacked],
            packed: u64::from(packed),
            offset: u64::from(u32_at(bytes, 42)),
        });
        bytes = bytes
            .get(46 + name_length + extra..)
            .ok_or_else(say::zip_end)?;
    }
    if entries.len() != count {
        return Err(say::zip_end());
    }
    if total > MOST_BYTES.min((length * MOST_EXPANSION).max(SMALL)) {
        return Err(say::too_large());
    }
    Ok(entries)
}

/// Where the entry ends, if its own header says what the directory says.
fn entry_end<R: Read + Seek>(
    file: &mut R,
    entry: &Entry,
    directory: u64,
) -> std::io::Result<Option<u64>> {
    if entry.offset + 30 > directory {
        return Ok(None);
    }
    let mut header = [0; 30];
    read_at(file, entry.offset, &mut header)?;
    let name_length = u64::from(u16_at(&header, 26));
    let extra = u64::from(u16_at(&header, 28));
    let data = entry.offset + 30 + name_length + extra;
    let mut end = data + entry.packed;
    if u32_at(&header, 0) != LOCAL
        || extra > MOST_EXTRA as u64
        || header[4..14] != entry.common
        || name_length != entry.name.len() as u64
        || end > directory
    {
        return Ok(None);
    }
    // What lies before the data ends before the directory does, as checked above.
    let mut name = vec![0; entry.name.len()];
    read_at(file, entry.offset + 30, &mut name)?;
    let mut extra = vec![0; usize::try_from(extra).unwrap_or(0)];
    file.read_exact(&mut extra)?;
    if name != entry.name.as_bytes() || names_another(&extra) {
        return Ok(None);
    }
    if entry.flags & SIZES_FOLLOW == 0 {
        let stated = [14, 18, 22].map(|at| u32_at(&header, at)) == entry.facts;
        return Ok(stated.then_some(end));
    }
    if end + 16 > directory {
        return Ok(None);
    }
    let mut descriptor = [0; 16];
    read_at(file, end, &mut descriptor)?;
    let stated = u32_at(&descriptor, 0) == DESCRIPTOR
        && [4, 8, 12].map(|at| u32_at(&descriptor, at)) == entry.facts;
    end += 16;
    Ok(stated.then_some(end))
}

/// Whether an extra field gives the entry another name (Info-ZIP, 0x7075), which some readers believe and others do not.
fn names_another(mut extra: &[u8]) -> bool {
    while let Some((&[id, kind, low, high], rest)) = extra.split_first_chunk::<4>() {
        if [id, kind] == [0x75, 0x70] {
            return true;
        }
        let length = usize::from(u16::from_le_bytes([low, high]));
        extra = rest.get(length..).unwrap_or_default();
    }
    false
}

/// Whether a name can be a file of a bundle: at most 100 bytes of `A-Z a-z 0-9 . _ - /`, relative, no empty or dotted part.
pub(super) fn is_proper_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    name.len() <= 100
        && name.chars().all(is_plain)
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// A name from a foreign file, harmless on a terminal.
pub(super) fn printable(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(&name[..name.len().min(100)]);
    text.chars()
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c
            } else {
                '?'
            }
        })
        .collect()
}

fn read_at<R: Read + Seek>(file: &mut R, at: u64, into: &mut [u8]) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(into)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write as _};

    fn zipped(names: &[&str]) -> Vec<u8> {
        let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(*name, ::zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(b"some content").unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn good(bytes: Vec<u8>) -> bool {
        inspect(&mut Cursor::new(bytes)).unwrap().is_ok()
    }

    #[test]
    fn plain_zips_pass_and_tricks_do_not() {
        let plain = zipped(&["a", "data/b"]);
        assert!(good(plain.clone()));
        assert!(!good([b"x".as_slice(), &plain].concat()), "data before");
        assert!(!good([&plain, b"x".as_slice()].concat()), "data after");
        assert!(
            !good([plain.clone(), plain.clone()].concat()),
            "two archives"
        );
        for names in [
            ["a", "A"],
            ["a", "../b"],
            ["a", "/b"],
            ["a", "b\\c"],
            ["a", "b//c"],
            ["a", "./b"],
            ["a", "C:b"],
            ["a", "b\u{202e}c"],
            ["a", "b c"],
        ] {
            assert!(!good(zipped(&names)), "{names:?}");
        }
        assert!(!good(vec![]));
        assert!(!good(b"PK\x05\x06".to_vec()));
    }

    #[test]
    fn a_year_of_nightly_runs_has_room_and_there_is_a_bound() {
        let names = |count: usize| -> Vec<String> {
            (0..count)
                .map(|nth| format!("data/sweeps/{nth:06}"))
                .collect()
        };
        let packed = |count: usize| {
            let names = names(count);
            zipped(&names.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert!(good(packed(2 * 366 + 30)));
        assert!(good(packed(MOST_FILES)));
        assert!(!good(packed(MOST_FILES + 1)));
    }

    #[test]
    fn both_headers_must_agree() {
        let plain = zipped(&["a", "data/b"]);
        for at in 0..31 {
            let mut other = plain.clone();
            other[at] ^= 0x40;
            assert!(!good(other), "{at}");
        }
    }

    /// Readers disagree about which name counts. Of two that are swapped by it, the list of names is the same.
    #[test]
    fn no_entry_has_a_second_name() {
        let field = |name: &str, other: &str| {
            let checksum = match name {
                "a" => 0xe8b7_be43_u32,
                _ => 0x71be_eff9,
            };
            let length = u16::try_from(5 + other.len()).unwrap();
            let head = [&[0x75, 0x70][..], &length.to_le_bytes(), &[1]].concat();
            [&head, &checksum.to_le_bytes()[..], other.as_bytes()].concat()
        };
        let packed = |first: bool, central: bool| {
            let mut out = Vec::new();
            let mut directory = Vec::new();
            for (name, other) in [("a", "b"), ("b", "a")] {
                let at = u32::try_from(out.len()).unwrap();
                let extra = |there: bool| {
                    if there {
                        field(name, other)
                    } else {
                        Vec::new()
                    }
                };
                let common = [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
                let [local, behind] = [extra(first), extra(central)];
                let lengths = |extra: &[u8]| [1, 0, u8::try_from(extra.len()).unwrap(), 0];
                out.extend([&b"PK\x03\x04"[..], &common, &[0; 12], &lengths(&local)].concat());
                out.extend([name.as_bytes(), &local].concat());
                directory.extend([&b"PK\x01\x02\x14\0"[..], &common, &[0; 12]].concat());
                directory.extend([&lengths(&behind)[..], &[0; 10], &at.to_le_bytes()].concat());
                directory.extend([name.as_bytes(), &behind].concat());
            }
            let [size, start] = [&directory, &out].map(|part| u32::try_from(part.len()).unwrap());
            let end = [
                &b"PK\x05\x06\0\0\0\0\x02\0\x02\0"[..],
                &size.to_le_bytes(),
                &start.to_le_bytes(),
                &[0, 0],
            ];
            [out, directory, end.concat()].concat()
        };
        assert!(good(packed(false, false)));
        assert!(!good(packed(false, true)));
        assert!(!good(packed(true, false)));
    }

    /// Four gigabytes that are nothing but zeros where nothing else is said.
    struct Sparse {
        length: u64,
        parts: Vec<(u64, Vec<u8>)>,
        at: u64,
    }

    impl Seek for Sparse {
        fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
            self.at = match to {
                SeekFrom::Start(at) => at,
                SeekFrom::End(by) => self.length.saturating_add_signed(by),
                SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            };
            Ok(self.at)
        }
    }

    impl Read for Sparse {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            for byte in into.iter_mut() {
                let part = self.parts.iter().find_map(|(start, bytes)| {
                    bytes.get(usize::try_from(self.at.checked_sub(*start)?).ok()?)
                });
                *byte = part.copied().unwrap_or(0);
                self.at += 1;
            }
            Ok(into.len())
        }
    }

    /// A reader that finds the largest number looks for another one elsewhere (zip64), where another directory could be named.
    #[test]
    fn a_directory_that_may_stand_elsewhere_is_refused() {
        let fine = |start: u32| {
            let packed = start - 31;
            let sizes = [&[0; 4][..], &packed.to_le_bytes(), &packed.to_le_bytes()].concat();
            let common = [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
            let local = [&b"PK\x03\x04"[..], &common, &sizes, &[1, 0, 0, 0], b"a"].concat();
            let behind = [&sizes[..], &[1, 0], &[0; 16], b"a"].concat();
            let central = [&b"PK\x01\x02\x14\0"[..], &common, &behind].concat();
            let end = [
                &b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2f\0\0\0"[..],
                &start.to_le_bytes(),
                &[0, 0],
            ];
            let tail = [central, end.concat()].concat();
            let mut file = Sparse {
                length: u64::from(start) + tail.len() as u64,
                parts: vec![(0, local), (u64::from(start), tail)],
                at: 0,
            };
            // What follows the form is no matter: unpacked it may be no larger than this.
            inspect(&mut file).unwrap().is_ok()
        };
        assert!(fine(u32::MAX - 1));
        assert!(!fine(u32::MAX));
    }

    #[test]
    fn links_encryption_and_duplicates_are_refused() {
        let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink(
            "a",
            "/etc/passwd",
            ::zip::write::SimpleFileOptions::default(),
        )
        .unwrap();
        assert!(!good(zip.finish().unwrap().into_inner()));

        let plain = zipped(&["a", "b"]);
        let renamed: Vec<u8> = plain
            .iter()
            .map(|byte| if *byte == b'b' { b'a' } else { *byte })
            .collect();
        assert!(!good(renamed), "duplicate");
        let mut locked = plain.clone();
        locked[6] |= 1;
        let central = plain.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        locked[central + 8] |= 1;
        assert!(!good(locked), "encrypted");
    }
}
