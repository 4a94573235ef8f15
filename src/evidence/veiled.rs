//! A nameless file for what is personal and too much for memory: it lies there encrypted, under a key that only this run has and that is
//! never written anywhere. Whoever finds the blocks later finds noise.
//!
//! A zip goes back to the head of an entry when it knows its size, so blocks are written more than once; each time under a nonce of its
//! own (NIST SP 800-38D 8.2.2), and bound to its place.

use std::fs::File;
use std::io::{Error, Read as _, Result, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use crate::keys::Key;

/// Bytes of a block before it is encrypted.
const BLOCK: usize = 64 * 1024;
/// And in the file: with nonce and tag.
const SLOT: usize = NONCE_LEN + BLOCK + 16;

/// The file while it is written.
pub(super) struct Veil {
    blocks: Blocks,
    /// The block that is at work.
    held: Block,
    is_changed: bool,
    at: u64,
    length: u64,
}

/// The file when it is written; read from several places at once.
pub(super) struct Veiled {
    blocks: Mutex<(Blocks, Block)>,
    length: u64,
}

struct Blocks {
    file: File,
    key: LessSafeKey,
}

struct Block {
    number: u64,
    bytes: Zeroizing<Vec<u8>>,
}

impl Veil {
    /// A file without a name in a folder.
    ///
    /// # Errors
    /// If the folder takes none.
    pub(super) fn in_folder(folder: &Path) -> Result<Veil> {
        let key = UnboundKey::new(&AES_256_GCM, Key::random().expose()).map_err(failed)?;
        Ok(Veil {
            blocks: Blocks {
                file: tempfile::tempfile_in(folder)?,
                key: LessSafeKey::new(key),
            },
            held: Block::empty(0),
            is_changed: false,
            at: 0,
            length: 0,
        })
    }

    /// Ends the writing.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn finish(mut self) -> Result<Veiled> {
        self.put_down()?;
        Ok(Veiled {
            blocks: Mutex::new((self.blocks, self.held)),
            length: self.length,
        })
    }

    fn put_down(&mut self) -> Result<()> {
        if self.is_changed {
            self.blocks.write(&self.held)?;
            self.is_changed = false;
        }
        Ok(())
    }
}

impl Write for Veil {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let (number, start) = place(self.at)?;
        if number != self.held.number {
            self.put_down()?;
            // Zips are written without holes: what is not there yet is the next block.
            self.held = match number * (BLOCK as u64) < self.length {
                true => self.blocks.read(number)?,
                false => Block::empty(number),
            };
        }
        let count = bytes.len().min(BLOCK - start);
        self.held.bytes[start..start + count].copy_from_slice(&bytes[..count]);
        self.is_changed = true;
        self.at += count as u64;
        self.length = self.length.max(self.at);
        Ok(count)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Seek for Veil {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        let inside = at.filter(|at| *at <= self.length);
        self.at = inside.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl Veiled {
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Some bytes from a place on; none behind the end.
    ///
    /// # Errors
    /// Those of the file, and if it was changed.
    pub(super) fn read_at(&self, into: &mut [u8], at: u64) -> Result<usize> {
        let (number, start) = place(at)?;
        let rest = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let count = into.len().min(BLOCK - start).min(rest);
        if count == 0 {
            return Ok(0);
        }
        let mut guard = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let (blocks, held) = &mut *guard;
        if held.number != number {
            *held = blocks.read(number)?;
        }
        into[..count].copy_from_slice(&held.bytes[start..start + count]);
        Ok(count)
    }

    /// Hands all of it over.
    ///
    /// # Errors
    /// Those of reading and of writing.
    pub(super) fn copy(&self, out: &mut dyn Write) -> Result<()> {
        let mut buffer = Zeroizing::new(vec![0; BLOCK]);
        let mut at = 0;
        loop {
            match self.read_at(&mut buffer, at)? {
                0 => return Ok(()),
                count => {
                    out.write_all(&buffer[..count])?;
                    at += count as u64;
                }
            }
        }
    }
}

impl Blocks {
    fn write(&mut self, block: &Block) -> Result<()> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(failed)?;
        let mut slot = Vec::with_capacity(SLOT);
        slot.extend_from_slice(&nonce);
        slot.extend_from_slice(&block.bytes);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let own = Aad::from(block.number.to_be_bytes());
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, own, &mut slot[NONCE_LEN..])
            .map_err(failed)?;
        slot.extend_from_slice(tag.as_ref());
        self.file
            .seek(SeekFrom::Start(block.number * SLOT as u64))?;
        self.file.write_all(&slot)
    }

    fn read(&mut self, number: u64) -> Result<Block> {
        let mut slot = Zeroizing::new(vec![0; SLOT]);
        self.file.seek(SeekFrom::Start(number * SLOT as u64))?;
        self.file.read_exact(&mut slot)?;
        let (nonce, sealed) = slot.split_at_mut(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(failed)?;
        let own = Aad::from(number.to_be_bytes());
        self.key.open_in_place(nonce, own, sealed).map_err(failed)?;
        let mut block = Block::empty(number);
        block
            .bytes
            .copy_from_slice(&slot[NONCE_LEN..NONCE_LEN + BLOCK]);
        Ok(block)
    }
}

impl Block {
    fn empty(number: u64) -> Block {
        Block {
            number,
            bytes: Zeroizing::new(vec![0; BLOCK]),
        }
    }
}

fn place(at: u64) -> Result<(u64, usize)> {
    let start = usize::try_from(at % BLOCK as u64).map_err(Error::other)?;
    Ok((at / BLOCK as u64, start))
}

fn failed(error: ring::error::Unspecified) -> Error {
    Error::other(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same steps on a veil and in memory.
    fn both(steps: &[(u64, &[u8])]) -> (Vec<u8>, Veiled) {
        let folder = tempfile::tempdir().unwrap();
        let mut veil = Veil::in_folder(folder.path()).unwrap();
        let mut plain = std::io::Cursor::new(Vec::new());
        for (at, bytes) in steps {
            for out in [&mut veil as &mut dyn Both, &mut plain] {
                out.seek(SeekFrom::Start(*at)).unwrap();
                out.write_all(bytes).unwrap();
            }
        }
        (plain.into_inner(), veil.finish().unwrap())
    }

    trait Both: Write + Seek {}
    impl<T: Write + Seek> Both for T {}

    fn read(veiled: &Veiled) -> Vec<u8> {
        let mut out = Vec::new();
        veiled.copy(&mut out).unwrap();
        out
    }

    #[test]
    fn what_was_written_comes_back_also_where_it_was_written_twice() {
        let large = vec![7; 3 * BLOCK + 11];
        let across = vec![9; 300];
        for steps in [
            vec![(0, &b""[..])],
            vec![(0, &b"a"[..]), (1, b"b"), (0, b"c")],
            vec![
                (0, &large[..]),
                (5, b"head"),
                (BLOCK as u64 - 100, &across),
                (3 * BLOCK as u64 + 11, b"end"),
                (2 * BLOCK as u64, b"x"),
            ],
            vec![(0, &large[..BLOCK]), (BLOCK as u64, b"next")],
        ] {
            let (plain, veiled) = both(&steps);
            assert_eq!(veiled.length(), plain.len() as u64);
            assert!(read(&veiled) == plain);
            let mut some = [0; 40];
            let at = plain.len() as u64 / 2;
            let count = veiled.read_at(&mut some, at).unwrap();
            let there = usize::try_from(at).unwrap();
            assert_eq!(&some[..count], &plain[there..there + count]);
        }
    }

    #[test]
    fn nothing_of_it_stands_in_the_file_and_no_bit_of_it_can_be_changed() {
        let folder = tempfile::tempdir().unwrap();
        let mut veil = Veil::in_folder(folder.path()).unwrap();
        let name = b"anna.beispiel@example.org ";
        for _ in 0..20_000 {
            veil.write_all(name).unwrap();
        }
        let veiled = veil.finish().unwrap();
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 0);
        let stored = |veiled: &Veiled| {
            let mut guard = veiled.blocks.lock().unwrap();
            let mut bytes = Vec::new();
            guard.0.file.rewind().unwrap();
            guard.0.file.read_to_end(&mut bytes).unwrap();
            bytes
        };
        let bytes = stored(&veiled);
        assert!(bytes.len() > 20_000 * name.len());
        assert!(memchr::memmem::find(&bytes, &name[..8]).is_none());
        // The same block is noise that never comes twice.
        let blocks: Vec<&[u8]> = bytes.chunks(SLOT).collect();
        assert_ne!(blocks[0][..64], blocks[1][..64]);
        for (at, what) in [
            (0, "the nonce"),
            (100, "the text"),
            (SLOT - 1, "the tag"),
            (3 * SLOT + 99, "a block further on"),
        ] {
            let mut guard = veiled.blocks.lock().unwrap();
            guard.1 = Block::empty(u64::MAX);
            let flip = |file: &mut File| {
                let mut byte = [0];
                file.seek(SeekFrom::Start(at as u64)).unwrap();
                file.read_exact(&mut byte).unwrap();
                file.seek(SeekFrom::Start(at as u64)).unwrap();
                file.write_all(&[byte[0] ^ 1]).unwrap();
            };
            flip(&mut guard.0.file);
            drop(guard);
            assert!(veiled.copy(&mut std::io::sink()).is_err(), "{what}");
            flip(&mut veiled.blocks.lock().unwrap().0.file);
        }
        // Two blocks in each other's place.
        let mut guard = veiled.blocks.lock().unwrap();
        guard.1 = Block::empty(u64::MAX);
        guard.0.file.rewind().unwrap();
        guard.0.file.write_all(&bytes[SLOT..2 * SLOT]).unwrap();
        guard.0.file.write_all(&bytes[..SLOT]).unwrap();
        drop(guard);
        assert!(veiled.copy(&mut std::io::sink()).is_err());
    }

    #[test]
    fn there_are_no_holes() {
        let folder = tempfile::tempdir().unwrap();
        let mut veil = Veil::in_folder(folder.path()).unwrap();
        veil.write_all(b"some").unwrap();
        assert!(veil.seek(SeekFrom::Start(5)).is_err());
        assert!(veil.seek(SeekFrom::End(-5)).is_err());
        assert_eq!(veil.seek(SeekFrom::End(-4)).unwrap(), 0);
    }
}
