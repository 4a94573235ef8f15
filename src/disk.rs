//! What a file lies on, and who can reach it there: network shares, free space, rights of others.
//!
//! Facts only; what follows from them is for `workspace`, the connectors and `check` to say.

use std::path::Path;

/// Whether a file or folder lies on a network share, and on which kind; `None` also where nobody can tell.
#[cfg(target_os = "linux")]
pub(crate) fn share(path: &Path) -> Option<&'static str> {
    let about = rustix::fs::statfs(path).ok()?;
    network_share(about.f_type as u64)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn share(_: &Path) -> Option<&'static str> {
    None
}

/// Bytes that this account may still write there.
#[cfg(unix)]
pub(crate) fn free(path: &Path) -> Option<u64> {
    let about = rustix::fs::statvfs(path).ok()?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}

#[cfg(not(unix))]
pub(crate) fn free(_: &Path) -> Option<u64> {
    None
}

/// Whether every account of this machine can read a file: its own mode says so, and no folder above it is closed to others.
#[cfg(unix)]
pub(crate) fn open_to_all(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let mode = |path: &Path| fs_err::metadata(path).map_or(0, |metadata| metadata.mode());
    let Ok(path) = fs_err::canonicalize(path) else {
        return false;
    };
    mode(&path) & 0o004 != 0
        && path
            .ancestors()
            .skip(1)
            .all(|above| mode(above) & 0o001 != 0)
}

#[cfg(not(unix))]
pub(crate) fn open_to_all(_: &Path) -> bool {
    false
}

/// Whether this account may write to a file or into a folder.
#[cfg(unix)]
pub(crate) fn writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
pub(crate) fn writable(path: &Path) -> bool {
    fs_err::metadata(path).is_ok_and(|metadata| !metadata.permissions().readonly())
}

/// A path as one word for a shell.
pub(crate) fn word(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:,".contains(c);
    if path.chars().all(plain) && !path.starts_with('-') {
        path.to_owned()
    } else {
        format!("'./{}'", path.replace('\'', "'\\''")).replace("'.//", "'/")
    }
}

/// File systems that reach over a network, by their number in statfs(2) and linux/magic.h.
#[cfg(target_os = "linux")]
fn network_share(magic: u64) -> Option<&'static str> {
    // The number is signed on some machines; only its lower 32 bits mean something.
    match magic & 0xffff_ffff {
        0x6969 => Some("NFS"),
        0x517b => Some("SMB"),
        0xff53_4d42 => Some("CIFS"),
        0xfe53_4d42 => Some("SMB2"),
        0x0102_1997 => Some("9P"),
        0x5346_414f => Some("AFS"),
        0x00c3_6400 => Some("Ceph"),
        _ => None,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_from_disks() {
        assert_eq!(network_share(0x6969), Some("NFS"));
        assert_eq!(network_share(0xff53_4d42), Some("CIFS"));
        assert_eq!(network_share((0xfe53_4d42_u32 as i32) as u64), Some("SMB2"));
        assert_eq!(network_share(0xef53), None, "ext4");
        assert_eq!(network_share(0x0102_1994), None, "tmpfs");
    }

    #[test]
    fn a_path_is_one_word_whatever_it_is_called() {
        assert_eq!(word("events/a.csv"), "events/a.csv");
        assert_eq!(word("it's; rm -r ~"), r"'./it'\''s; rm -r ~'");
        assert_eq!(word("-rf"), "'./-rf'");
        assert_eq!(word("/srv/my files/a.csv"), "'/srv/my files/a.csv'");
    }

    #[test]
    fn a_closed_folder_closes_what_lies_in_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let closed = std::fs::Permissions::from_mode(0o700);
        fs_err::set_permissions(folder.path(), closed).unwrap();
        let file = folder.path().join("a");
        fs_err::write(&file, "x").unwrap();
        fs_err::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(!open_to_all(&file));
        assert!(writable(&file) && free(folder.path()).is_some());
        assert!(open_to_all(Path::new("/bin/sh")));
        assert!(!open_to_all(&folder.path().join("missing")));
    }
}
