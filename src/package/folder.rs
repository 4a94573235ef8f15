//! A package as a folder of plain files, for whoever looks at it before it is handed over.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::package::container::{Container, Paths};

/// Writes below one folder: folders 0700, files 0600, nothing that is there already is touched.
pub struct Folder {
    root: PathBuf,
    paths: Paths,
    open: Option<BufWriter<fs_err::File>>,
}

impl Folder {
    /// Makes the folder with those above it; one that is there and empty is taken.
    ///
    /// # Errors
    /// If there is something in it, or it is no folder.
    pub fn create(path: &Path) -> io::Result<Folder> {
        make_folder(path, 0o700)?;
        if fs_err::read_dir(path)?.next().is_some() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("the folder `{}` is not empty", path.display()),
            ));
        }
        // One that was there may be open to others.
        #[cfg(unix)]
        fs_err::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        Ok(Folder {
            root: path.to_owned(),
            paths: Paths::default(),
            open: None,
        })
    }

    fn close(&mut self) -> io::Result<()> {
        let Some(file) = self.open.take() else {
            return Ok(());
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()
    }
}

impl Container for Folder {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.close()?;
        self.paths.take(path)?;
        let path = self.root.join(path);
        if let Some(folder) = path.parent() {
            make_folder(folder, 0o700)?;
        }
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        self.open = Some(BufWriter::with_capacity(64 * 1024, options.open(path)?));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = self.open.as_mut();
        file.ok_or_else(|| io::Error::other("no file was begun"))?
            .write_all(bytes)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.close()?;
        #[cfg(unix)]
        fs_err::File::open(&self.root)?.sync_all()?;
        Ok(())
    }
}

/// Makes a folder and those above it, 0700; leaves existing ones as they are.
fn make_folder(path: &Path, mode: u32) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let failed = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
    builder.create(path).map_err(failed)
}
