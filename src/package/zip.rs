//! A package as one zip, plain or with a password, written from front to back.
//!
//! Nothing is written twice, so it can go through a pipe or an encrypting writer. With a password each entry is encrypted by
//! AES-256 in the form AE-2 (WinZip AES specification 1.04), which stores no check sum of the plain content: a small file could be
//! guessed from one. Names and sizes of the files stay readable in such a zip, so no name may be personal.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::Date;
use secrecy::{ExposeSecret as _, SecretString};
use zip::write::{FileOptions, StreamWriter};
use zip::{AesMode, CompressionMethod, DateTime, ZipWriter};

use crate::package::container::{Container, Paths};

/// Writes a zip.
pub struct Zip<W: Write> {
    /// `None` once it is finished.
    zip: Option<ZipWriter<StreamWriter<Gate<W>>>>,
    shut: Arc<AtomicBool>,
    paths: Paths,
    password: Option<SecretString>,
    day: DateTime,
}

impl<W: Write> Zip<W> {
    /// A zip that anyone can open. A writer that encrypts has to be finished by its owner, who can lend it with `&mut`.
    pub fn plain(out: W) -> Zip<W> {
        let shut = Arc::new(AtomicBool::new(false));
        let gate = Gate {
            out,
            shut: Arc::clone(&shut),
        };
        Zip {
            zip: Some(ZipWriter::new_stream(gate)),
            shut,
            paths: Paths::default(),
            password: None,
            day: DateTime::default(),
        }
    }

    /// A zip whose files need the password.
    pub fn with_password(out: W, password: &SecretString) -> Zip<W> {
        let mut zip = Zip::plain(out);
        zip.password = Some(password.clone());
        zip
    }

    /// The day that stands at every file; 1980-01-01, the zip's first, without it.
    #[must_use]
    pub fn dated(mut self, day: Date) -> Zip<W> {
        let year = u16::try_from(day.year()).ok();
        let month = u8::try_from(day.month()).ok();
        let date = year.zip(month).zip(u8::try_from(day.day()).ok());
        if let Some(((year, month), day)) = date
            && let Ok(stamp) = DateTime::from_date_and_time(year, month, day, 0, 0, 0)
        {
            self.day = stamp;
        }
        self
    }
}

impl<W: Write + Send> Container for Zip<W> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.paths.take(path)?;
        let zip = self.zip.as_mut().ok_or_else(finished)?;
        // How long a file becomes is not known before it is written; zip64 allows any length.
        let options = FileOptions::<()>::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(self.day)
            .unix_permissions(0o600)
            .large_file(true);
        let options = match &self.password {
            Some(password) => {
                options.with_aes_encryption(AesMode::Aes256, password.expose_secret())
            }
            None => options,
        };
        Ok(zip.start_file(path, options)?)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let zip = self.zip.as_mut().ok_or_else(finished)?;
        zip.write_all(bytes)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let zip = self.zip.take().ok_or_else(finished)?;
        let mut gate = zip.finish()?.into_inner();
        if self.shut.load(Ordering::Relaxed) {
            return Err(io::Error::other("an earlier write to the zip failed"));
        }
        gate.flush()
    }
}

impl<W: Write> Drop for Zip<W> {
    fn drop(&mut self) {
        self.shut.store(true, Ordering::Relaxed);
    }
}

fn finished() -> io::Error {
    io::Error::other("the zip was finished")
}

/// Lets nothing through once it is shut: the zip crate writes the directory also when a writer is dropped, and a zip with a
/// directory would be taken for whole.
struct Gate<W> {
    out: W,
    shut: Arc<AtomicBool>,
}

impl<W: Write> Gate<W> {
    /// Nothing follows a failed write, for the same reason.
    fn shut_on_error<T>(&self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done
            && error.kind() != io::ErrorKind::Interrupted
        {
            self.shut.store(true, Ordering::Relaxed);
        }
        done
    }
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.shut.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        let done = self.out.write(bytes);
        self.shut_on_error(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.shut.load(Ordering::Relaxed) {
            return Ok(());
        }
        let done = self.out.flush();
        self.shut_on_error(done)
    }
}
