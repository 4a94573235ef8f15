//! Where a package keeps what it can only write later: the second format of an object, and what the overview shows.
//!
//! It is personal, so nothing of it may outlive the run. The start stays in memory; what is more goes to a temporary file that has
//! no name (it is gone with the process, also after a crash), in chunks encrypted under a random key that exists in memory only.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::{Zeroize as _, Zeroizing};

use crate::keys::Key;

/// Bytes of a chunk; what is shorter than one never leaves memory.
const CHUNK: usize = 256 * 1024;
/// Tag of AES-GCM.
const TAG: usize = 16;

/// Bytes that were put aside and can be read again, any part of them.
pub(super) struct Spool {
    /// Folder for the temporary file; the system's own if none is given.
    folder: Option<PathBuf>,
    disk: Option<Disk>,
    /// What is not on disk yet, less than a chunk.
    rest: Zeroizing<Vec<u8>>,
}

struct Disk {
    file: std::fs::File,
    cipher: LessSafeKey,
    chunks: u64,
}

impl Spool {
    pub(super) fn new(folder: Option<&Path>) -> Spool {
        Spool {
            folder: folder.map(Path::to_owned),
            disk: None,
            rest: Zeroizing::default(),
        }
    }

    /// Bytes that were put aside so far.
    pub(super) fn len(&self) -> u64 {
        let on_disk = self.disk.as_ref().map_or(0, |disk| disk.chunks);
        on_disk * CHUNK as u64 + self.rest.len() as u64
    }

    pub(super) fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while self.rest.len() + bytes.len() >= CHUNK {
            let (now, later) = bytes.split_at(CHUNK - self.rest.len());
            self.extend(now);
            bytes = later;
            self.spill()?;
        }
        self.extend(bytes);
        Ok(())
    }

    /// Grows without leaving copies of the content behind.
    fn extend(&mut self, bytes: &[u8]) {
        let needed = self.rest.len() + bytes.len();
        if needed > self.rest.capacity() {
            let room = needed.next_power_of_two().clamp(4096, CHUNK + TAG);
            let mut grown = Vec::with_capacity(room.max(needed));
            grown.extend_from_slice(&self.rest);
            self.rest = Zeroizing::new(grown);
        }
        self.rest.extend_from_slice(bytes);
    }

    fn spill(&mut self) -> io::Result<()> {
        let disk = match &mut self.disk {
            Some(disk) => disk,
            none => none.insert(Disk::open(self.folder.as_deref())?),
        };
        disk.append(&mut self.rest)
    }

    /// Gives a part of it to `take`, in pieces.
    pub(super) fn read(
        &mut self,
        range: Range<u64>,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let size = CHUNK as u64;
        let on_disk = self.disk.as_ref().map_or(0, |disk| disk.chunks * size);
        let mut chunk = Zeroizing::new(Vec::new());
        let mut at = range.start;
        while at < range.end.min(on_disk) {
            let number = at / size;
            if let Some(disk) = &mut self.disk {
                disk.load(number, &mut chunk)?;
            }
            let begin = number * size;
            let end = range.end.min(begin + size);
            take(&chunk[within(at - begin)..within(end - begin)])?;
            at = end;
        }
        if at < range.end {
            let piece = within(at - on_disk)..within(range.end - on_disk);
            let piece = self.rest.get(piece);
            take(piece.ok_or(io::ErrorKind::UnexpectedEof)?)?;
        }
        Ok(())
    }
}

impl io::Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An offset in a chunk.
fn within(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

impl Disk {
    fn open(folder: Option<&Path>) -> io::Result<Disk> {
        let file = match folder {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        };
        let failed = |e: io::Error| io::Error::new(e.kind(), format!("a temporary file: {e}"));
        let key = Key::random();
        let key = UnboundKey::new(&AES_256_GCM, key.expose()).expect("the key has 256 bits");
        Ok(Disk {
            file: file.map_err(failed)?,
            cipher: LessSafeKey::new(key),
            chunks: 0,
        })
    }

    /// Encrypts the chunk where it lies, writes it and leaves it empty.
    fn append(&mut self, chunk: &mut Vec<u8>) -> io::Result<()> {
        let tag = self
            .cipher
            .seal_in_place_separate_tag(nonce(self.chunks), Aad::empty(), chunk)
            .map_err(|_| io::Error::other("a chunk could not be encrypted"))?;
        chunk.extend_from_slice(tag.as_ref());
        let place = self.chunks * (CHUNK + TAG) as u64;
        self.file.seek(SeekFrom::Start(place))?;
        self.file.write_all(chunk)?;
        chunk.clear();
        self.chunks += 1;
        Ok(())
    }

    fn load(&mut self, number: u64, chunk: &mut Vec<u8>) -> io::Result<()> {
        chunk.resize(CHUNK + TAG, 0);
        self.file
            .seek(SeekFrom::Start(number * (CHUNK + TAG) as u64))?;
        self.file.read_exact(chunk)?;
        let opened = self
            .cipher
            .open_in_place(nonce(number), Aad::empty(), chunk);
        if opened.is_err() {
            chunk.zeroize();
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a temporary file was changed by somebody else",
            ));
        }
        chunk.truncate(CHUNK);
        Ok(())
    }
}

/// The chunk's number: each is sealed once under this key.
fn nonce(number: u64) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    nonce[..8].copy_from_slice(&number.to_le_bytes());
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(spool: &mut Spool, range: Range<u64>) -> Vec<u8> {
        let mut out = Vec::new();
        spool
            .read(range, &mut |piece| {
                out.extend_from_slice(piece);
                Ok(())
            })
            .unwrap();
        out
    }

    #[test]
    fn what_was_put_aside_comes_back() {
        let whole: Vec<u8> = (0..3 * CHUNK + 77).map(|i| (i % 251) as u8).collect();
        let mut spool = Spool::new(None);
        for piece in whole.chunks(9973) {
            spool.put(piece).unwrap();
        }
        assert_eq!(spool.len(), whole.len() as u64);
        for range in [
            0..0,
            0..1,
            5..CHUNK,
            CHUNK - 1..CHUNK + 1,
            CHUNK..2 * CHUNK,
            3 * CHUNK..whole.len(),
            0..whole.len(),
        ] {
            let got = all(&mut spool, range.start as u64..range.end as u64);
            assert!(got == whole[range.clone()], "{range:?}");
        }
        assert!(spool.read(0..spool.len() + 1, &mut |_| Ok(())).is_err());
        let mut small = Spool::new(None);
        small.put(b"anna").unwrap();
        assert!(small.disk.is_none());
        assert_eq!(all(&mut small, 1..3), b"nn");
    }

    #[test]
    fn nothing_readable_lies_on_disk() {
        let mut spool = Spool::new(None);
        spool
            .put(&b"anna.beispiel@example.org ".repeat(CHUNK / 13))
            .unwrap();
        let disk = spool.disk.as_mut().unwrap();
        let mut raw = Vec::new();
        disk.file.seek(SeekFrom::Start(0)).unwrap();
        disk.file.read_to_end(&mut raw).unwrap();
        assert!(raw.len() >= CHUNK && memchr::memmem::find(&raw, b"anna").is_none());
        // A bit that was turned is seen.
        raw[99] ^= 1;
        disk.file.seek(SeekFrom::Start(0)).unwrap();
        disk.file.write_all(&raw).unwrap();
        assert!(spool.read(0..10, &mut |_| Ok(())).is_err());
    }
}
