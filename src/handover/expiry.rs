//! Deletes packages whose day has come: only in the workspace's own folder, and only what still is what was made.

use std::path::Path;

use crate::keys::Digest;

/// Deletes the package with this digest if it lies directly in the folder of its case; whether it did.
///
/// A file that was changed, renamed into something else or moved away is left alone: who did that has taken it over.
///
/// # Errors
/// Those of reading and deleting.
pub fn delete(folder: &Path, package: &Digest) -> std::io::Result<bool> {
    if !is_own_folder(folder) {
        return Ok(false);
    }
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if super::digest(&path)? != Some(*package) {
            continue;
        }
        if path.is_dir() {
            fs_err::remove_dir_all(&path)?;
        } else {
            fs_err::remove_file(&path)?;
        }
        return Ok(true);
    }
    Ok(false)
}

/// Removes what a killed run left of a package that it did not finish, by its mark. Nobody else may be writing one with it.
///
/// # Errors
/// Those of reading and deleting.
pub fn clear_partial(folder: &Path, mark: &str) -> std::io::Result<()> {
    let prefix = format!("{}{mark}", super::place::PARTIAL);
    if !is_own_folder(folder) {
        return Ok(());
    }
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with(&prefix) {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_file() {
            fs_err::remove_file(entry.path())?;
        } else if kind.is_dir() {
            fs_err::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// A folder and no link to one.
fn is_own_folder(folder: &Path) -> bool {
    fs_err::symlink_metadata(folder).is_ok_and(|there| there.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_is_deleted() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("CASE");
        fs_err::create_dir_all(folder.join("open/data")).unwrap();
        fs_err::write(folder.join("a.zip"), "package").unwrap();
        fs_err::write(folder.join("b.zip"), "another").unwrap();
        fs_err::write(folder.join("open/data/x.csv"), "x").unwrap();
        let package = Digest::sha256(b"package");
        let open = super::super::digest(&folder.join("open")).unwrap().unwrap();
        fs_err::write(folder.join("a.zip"), "changed").unwrap();
        assert!(!delete(&folder, &package).unwrap());
        // The same content under another name is the same package.
        fs_err::write(folder.join("c.zip"), "package").unwrap();
        assert!(delete(&folder, &package).unwrap());
        assert!(!folder.join("c.zip").exists() && folder.join("b.zip").exists());
        // A folder to which something was added is somebody's work.
        fs_err::write(folder.join("open/notes.txt"), "mine").unwrap();
        assert!(!delete(&folder, &open).unwrap());
        fs_err::remove_file(folder.join("open/notes.txt")).unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc/passwd", folder.join("open/link")).unwrap();
            assert!(!delete(&folder, &open).unwrap());
            fs_err::remove_file(folder.join("open/link")).unwrap();
            let link = root.path().join("LINK");
            std::os::unix::fs::symlink(&folder, &link).unwrap();
            assert!(!delete(&link, &open).unwrap());
        }
        assert!(delete(&folder, &open).unwrap());
        assert!(!folder.join("open").exists());
        assert!(!delete(&root.path().join("nowhere"), &open).unwrap());
    }
}
