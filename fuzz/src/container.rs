//! A writer of zips that writes what it is told, tricks included. It shares no code with the program.

/// One entry.
#[derive(Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    /// Packed by DEFLATE, in blocks that are not compressed.
    pub deflated: bool,
    /// Sizes after the data.
    pub follows: bool,
    /// Extra fields before the data, and in the directory.
    pub extras: [Vec<u8>; 2],
    /// Bytes between the packed data and the next entry, counted as packed.
    pub tail: Vec<u8>,
    /// The checksum of the content, where somebody knows it already.
    pub sum: Option<u32>,
}

impl Entry {
    pub fn plain(name: impl Into<Vec<u8>>, content: impl Into<Vec<u8>>) -> Entry {
        Entry {
            name: name.into(),
            content: content.into(),
            deflated: false,
            follows: false,
            extras: [Vec::new(), Vec::new()],
            tail: Vec::new(),
            sum: None,
        }
    }
}

/// The zip of these entries.
pub fn pack(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let at = length(&out);
        let mut data = match entry.deflated {
            true => blocks(&entry.content),
            false => entry.content.clone(),
        };
        data.extend(&entry.tail);
        let facts = [
            entry.sum.unwrap_or_else(|| checksum(&entry.content)),
            length(&data),
            length(&entry.content),
        ];
        let facts: Vec<u8> = facts.iter().flat_map(|fact| fact.to_le_bytes()).collect();
        let flags = u16::from(entry.follows) << 3;
        let method = u16::from(entry.deflated) * 8;
        let common: Vec<u8> = [20, flags, method, 0, 0x21]
            .iter()
            .flat_map(|word: &u16| word.to_le_bytes())
            .collect();
        let [before, behind] = &entry.extras;

        out.extend(b"PK\x03\x04");
        out.extend(&common);
        match entry.follows {
            true => out.extend([0; 12]),
            false => out.extend(&facts),
        }
        out.extend(short(&entry.name));
        out.extend(short(before));
        out.extend(&entry.name);
        out.extend(before);
        out.extend(data);
        if entry.follows {
            out.extend(b"PK\x07\x08");
            out.extend(&facts);
        }

        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend(&facts);
        directory.extend(short(&entry.name));
        directory.extend(short(behind));
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(&entry.name);
        directory.extend(behind);
    }
    let (size, start) = (length(&directory), length(&out));
    let count = u16::try_from(entries.len())
        .unwrap_or(u16::MAX)
        .to_le_bytes();
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].concat());
    out.extend(size.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("inputs are small")
}

fn short(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_le_bytes()
}

/// RFC 1951, 3.2.4.
fn blocks(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut pieces = content.chunks(0xffff).peekable();
    while let Some(piece) = pieces.next() {
        out.push(u8::from(pieces.peek().is_none()));
        out.extend(short(piece));
        out.extend(short(piece).map(|byte| !byte));
        out.extend(piece);
    }
    match out.is_empty() {
        true => vec![1, 0, 0, 0xff, 0xff],
        false => out,
    }
}

/// CRC-32, four bits at a time.
pub fn checksum(bytes: &[u8]) -> u32 {
    const NIBBLES: [u32; 16] = nibbles();
    let step = |crc: u32| crc >> 4 ^ NIBBLES[(crc & 15) as usize];
    !bytes
        .iter()
        .fold(!0, |crc, byte| step(step(crc ^ u32::from(*byte))))
}

const fn nibbles() -> [u32; 16] {
    let mut out = [0; 16];
    let mut at = 0;
    while at < 16 {
        let (mut crc, mut bit) = (at as u32, 0);
        while bit < 4 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        out[at] = crc;
        at += 1;
    }
    out
}
