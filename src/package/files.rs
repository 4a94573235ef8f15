//! The files of a package with what the manifest says about them.

use std::io;

use sha2::{Digest as _, Sha256};

use crate::keys::Digest;
use crate::package::container::Container;

/// A container that remembers what went into it.
pub(super) struct Files<'a> {
    container: Box<dyn Container + 'a>,
    open: Option<(Written, Sha256)>,
    done: Vec<Written>,
}

/// A file of the package.
pub(super) struct Written {
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) digest: Digest,
    pub(super) records: Option<u64>,
}

impl<'a> Files<'a> {
    pub(super) fn new(container: Box<dyn Container + 'a>) -> Files<'a> {
        Files {
            container,
            open: None,
            done: Vec::new(),
        }
    }

    pub(super) fn begin(&mut self, path: &str) -> io::Result<()> {
        self.close(None);
        self.container.begin(path)?;
        let written = Written {
            path: path.to_owned(),
            bytes: 0,
            digest: Digest([0; 32]),
            records: None,
        };
        self.open = Some((written, Sha256::new()));
        Ok(())
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some((written, hash)) = &mut self.open {
            written.bytes += bytes.len() as u64;
            hash.update(bytes);
        }
        self.container.write(bytes)
    }

    /// Ends the file that is open and says how many records it holds.
    pub(super) fn close(&mut self, records: Option<u64>) {
        if let Some((mut written, hash)) = self.open.take() {
            written.digest = Digest(hash.finalize().into());
            written.records = records;
            self.done.push(written);
        }
    }

    /// A whole file at once.
    pub(super) fn add(&mut self, path: &str, bytes: &[u8]) -> io::Result<Digest> {
        self.begin(path)?;
        self.write(bytes)?;
        self.close(None);
        Ok(Digest::sha256(bytes))
    }

    /// What is finished so far, in order.
    pub(super) fn done(&self) -> &[Written] {
        &self.done
    }

    /// How many files there are.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.close(None);
        self.container.finish()?;
        Ok(self.done.len() as u64)
    }
}
