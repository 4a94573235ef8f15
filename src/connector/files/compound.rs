//! Compound files (MS-CFB): a file system within a file, in which Outlook's messages and the documents of Office before 2007 lie.
//!
//! Read only, from memory, and with a limit on everything that a hostile file could make endless: a chain of sectors is no longer than
//! the file has sectors, an entry of the directory is visited once, and every byte that is handed out counts against what the document
//! may come to. What does not fit is [`Why::Broken`].

use std::collections::BTreeSet;

use super::look::Look;
use super::unread::Why;

/// Marks in a table of sectors from here on are no sectors.
const LAST_SECTOR: u32 = 0xffff_fffa;
/// An entry of the directory.
const ENTRY: usize = 128;
/// Sectors of the table that stand in the head itself.
const IN_HEAD: usize = 109;
/// Size of the small sectors, in which short streams lie.
const SMALL: usize = 64;

/// A storage or a stream, by its place in the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(usize);

pub(super) struct Compound<'b> {
    bytes: &'b [u8],
    /// Bytes of a sector.
    sector: usize,
    table: Vec<u32>,
    small_table: Vec<u32>,
    /// The stream in which short streams lie.
    small: Vec<u8>,
    /// Streams shorter than this lie there.
    cutoff: u64,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    is_storage: bool,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    size: u64,
}

impl<'b> Compound<'b> {
    /// Reads tables and directory.
    ///
    /// # Errors
    /// It is no such file, is cut, or leads nowhere.
    pub(super) fn open(bytes: &'b [u8], look: &Look<'_>) -> Result<Compound<'b>, Why> {
        let shift = u16_at(bytes, 30)?;
        if !bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") || ![9, 12].contains(&shift) {
            return Err(Why::Broken);
        }
        let mut file = Compound {
            bytes,
            sector: 1 << shift,
            table: Vec::new(),
            small_table: Vec::new(),
            small: Vec::new(),
            cutoff: u64::from(u32_at(bytes, 56)?),
            entries: Vec::new(),
        };
        file.table = file.table()?;
        file.small_table = numbers(&file.chain(u32_at(bytes, 60)?, None, look)?);
        let directory = file.chain(u32_at(bytes, 48)?, None, look)?;
        let entries = directory.chunks_exact(ENTRY).map(|one| entry(one, shift));
        file.entries = entries.collect::<Result<_, _>>()?;
        let root = file.entries.first().ok_or(Why::Broken)?;
        file.small = file.chain(root.start, Some(root.size), look)?;
        Ok(file)
    }

    pub(super) fn root(&self) -> Id {
        Id(0)
    }

    pub(super) fn name(&self, id: Id) -> &str {
        &self.entries[id.0].name
    }

    pub(super) fn is_storage(&self, id: Id) -> bool {
        self.entries[id.0].is_storage
    }

    /// What lies in a storage, in the order of the directory.
    ///
    /// # Errors
    /// The directory leads nowhere, or in a circle.
    pub(super) fn children(&self, id: Id) -> Result<Vec<Id>, Why> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![self.entries[id.0].child]);
        while let Some(next) = open.pop() {
            // 0xffffffff stands for none.
            if next == u32::MAX {
                continue;
            }
            let at = usize::try_from(next).map_err(|_| Why::Broken)?;
            let entry = self.entries.get(at).ok_or(Why::Broken)?;
            if at == 0 || !seen.insert(at) {
                return Err(Why::Broken);
            }
            open.extend([entry.left, entry.right]);
        }
        Ok(seen.into_iter().map(Id).collect())
    }

    /// The child of this name, in whatever letters.
    ///
    /// # Errors
    /// As [`Compound::children`].
    pub(super) fn child(&self, id: Id, name: &str) -> Result<Option<Id>, Why> {
        let mut all = self.children(id)?.into_iter();
        Ok(all.find(|child| self.name(*child).eq_ignore_ascii_case(name)))
    }

    /// A stream from beginning to end.
    ///
    /// # Errors
    /// It is cut, goes in a circle, or is more than the document may come to.
    pub(super) fn stream(&self, id: Id, look: &Look<'_>) -> Result<Vec<u8>, Why> {
        let entry = &self.entries[id.0];
        if entry.size >= self.cutoff {
            return self.chain(entry.start, Some(entry.size), look);
        }
        let size = usize::try_from(entry.size).map_err(|_| Why::Broken)?;
        look.spend(entry.size)?;
        let (mut out, mut at) = (Vec::with_capacity(size), entry.start);
        while out.len() < size {
            let start = usize::try_from(at).map_err(|_| Why::Broken)?;
            let from = start.checked_mul(SMALL).ok_or(Why::Broken)?;
            let piece = self.small.get(from..(from + SMALL).min(self.small.len()));
            let piece = piece.filter(|piece| !piece.is_empty()).ok_or(Why::Broken)?;
            out.extend_from_slice(piece);
            at = match self.small_table.get(start) {
                Some(next) => *next,
                None => return Err(Why::Broken),
            };
        }
        out.truncate(size);
        Ok(out)
    }

    /// Sectors one after the other; to their end, or as many bytes as are stated.
    fn chain(&self, start: u32, size: Option<u64>, look: &Look<'_>) -> Result<Vec<u8>, Why> {
        let most = self.bytes.len() / self.sector + 1;
        let size = match size {
            Some(size) if size > self.bytes.len() as u64 => return Err(Why::Broken),
            Some(size) => usize::try_from(size).map_err(|_| Why::Broken)?,
            None => usize::MAX,
        };
        let (mut out, mut at, mut steps) = (Vec::new(), start, 0);
        while at < LAST_SECTOR && out.len() < size {
            steps += 1;
            if steps > most {
                return Err(Why::Broken);
            }
            look.spend(self.sector as u64)?;
            out.extend_from_slice(self.at(at)?);
            let index = usize::try_from(at).map_err(|_| Why::Broken)?;
            at = *self.table.get(index).ok_or(Why::Broken)?;
        }
        if size != usize::MAX {
            if out.len() < size {
                return Err(Why::Broken);
            }
            out.truncate(size);
        }
        Ok(out)
    }

    fn at(&self, sector: u32) -> Result<&'b [u8], Why> {
        let number = usize::try_from(sector).map_err(|_| Why::Broken)?;
        let start = (number.checked_add(1).ok_or(Why::Broken)?)
            .checked_mul(self.sector)
            .ok_or(Why::Broken)?;
        // The last sector of a file may be cut short.
        let end = (start + self.sector).min(self.bytes.len());
        self.bytes
            .get(start..end)
            .filter(|part| !part.is_empty())
            .ok_or(Why::Broken)
    }

    /// The table that says which sector follows which.
    fn table(&self) -> Result<Vec<u32>, Why> {
        let most = self.bytes.len() / self.sector + 1;
        let mut sectors = numbers(self.bytes.get(76..76 + 4 * IN_HEAD).ok_or(Why::Broken)?);
        let (mut more, mut steps) = (u32_at(self.bytes, 68)?, 0);
        while more < LAST_SECTOR {
            steps += 1;
            if steps > most {
                return Err(Why::Broken);
            }
            let mut list = numbers(self.at(more)?);
            more = list.pop().ok_or(Why::Broken)?;
            sectors.extend(list);
        }
        sectors.retain(|sector| *sector < LAST_SECTOR);
        // Each sector of the table speaks of many, so a file has far fewer of them than sectors.
        if sectors.len() > most / (self.sector / 4) + 2 {
            return Err(Why::Broken);
        }
        let mut out = Vec::new();
        for sector in sectors {
            out.extend(numbers(self.at(sector)?));
        }
        Ok(out)
    }
}

fn entry(bytes: &[u8], shift: u16) -> Result<Entry, Why> {
    let length = usize::from(u16_at(bytes, 64)?).clamp(2, 64) - 2;
    let size = u64::from(u32_at(bytes, 120)?);
    let high = u64::from(u32_at(bytes, 124)?);
    Ok(Entry {
        name: utf16(&bytes[..length]),
        is_storage: bytes[66] != 2,
        left: u32_at(bytes, 68)?,
        right: u32_at(bytes, 72)?,
        child: u32_at(bytes, 76)?,
        start: u32_at(bytes, 116)?,
        // The upper half means nothing in files with sectors of 512 bytes.
        size: if shift == 9 { size } else { size | high << 32 },
    })
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let each = bytes.chunks_exact(4);
    each.map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect()
}

/// # Errors
/// The bytes end before.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Why> {
    match bytes.get(at..).and_then(|rest| rest.get(..2)) {
        Some(two) => Ok(u16::from_le_bytes([two[0], two[1]])),
        None => Err(Why::Broken),
    }
}

/// # Errors
/// The bytes end before.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Why> {
    match bytes.get(at..).and_then(|rest| rest.get(..4)) {
        Some(four) => Ok(u32::from_le_bytes([four[0], four[1], four[2], four[3]])),
        None => Err(Why::Broken),
    }
}

/// UTF-16, its zeros left out.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let (text, _) = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes);
    text.replace('\0', "")
}
