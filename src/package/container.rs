//! Where the files of a package go: a folder or a zip, one file after the other.

use std::collections::BTreeSet;
use std::io;

/// Takes files in the order in which they come.
pub trait Container: Send {
    /// Begins the next file; an earlier one is finished by that.
    ///
    /// # Errors
    /// If the path is not one that every system can unpack ([`Paths::take`]), or writing fails.
    fn begin(&mut self, path: &str) -> io::Result<()>;

    /// Adds to the file that was begun last.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Finishes the last file and the container. One that is dropped without this is incomplete and must not be handed over.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// The paths that are taken already.
#[derive(Default)]
pub(super) struct Paths(BTreeSet<String>);

impl Paths {
    /// Checks a path and takes it.
    ///
    /// Names in a package are made by the program, never by a system's values, and still each is checked: relative, with `/`
    /// between its parts, of printable ASCII only (so it is in NFC and shows as it is), without `.`, `..`, empty parts and what
    /// Windows cannot keep (`\ : * ? " < > |`, a blank or dot at the end, `CON` and its like), and not there already in any case of
    /// letters.
    pub(super) fn take(&mut self, path: &str) -> io::Result<()> {
        let good = path.len() <= 200 && path.split('/').all(is_part);
        if !good {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "`{}` is no path for a file of a package",
                    path.escape_debug()
                ),
            ));
        }
        if !self.0.insert(path.to_ascii_lowercase()) {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("the package has a file `{path}` already"),
            ));
        }
        Ok(())
    }
}

fn is_part(part: &str) -> bool {
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
    let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    !part.is_empty()
        && !part.ends_with(['.', ' '])
        && !part.starts_with(' ')
        && part
            .bytes()
            .all(|b| (b' '..=b'~').contains(&b) && !b"\\:*?\"<>|".contains(&b))
        && !DEVICES.contains(&stem.as_str())
        && !numbered("com")
        && !numbered("lpt")
}

/// A name as a part of a path: ASCII letters, digits, `-` and `_` stay, all else becomes `_`.
pub(super) fn slug(name: &str) -> String {
    const LONGEST: usize = 60;
    let slug: String = name
        .chars()
        .take(LONGEST)
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
                c
            } else {
                '_'
            }
        })
        .collect();
    if is_part(&slug) {
        slug
    } else {
        format!("_{slug}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_and_is_named_once() {
        let mut paths = Paths::default();
        paths.take("data/crm/contacts.json").unwrap();
        paths.take("a b.txt").unwrap();
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            "a\\b",
            "C:/x",
            "a\nb",
            "a\0b",
            "\u{202e}a",
            "caf\u{e9}",
            "cafe\u{301}",
            "nul",
            "data/CON.json",
            "com1.csv",
            "a.",
            "a ",
            " a",
            "a|b",
            "DATA/crm/Contacts.JSON",
        ] {
            assert!(paths.take(bad).is_err(), "{bad:?}");
        }
        assert!(paths.take(&"x".repeat(300)).is_err());
    }

    #[test]
    fn any_name_makes_a_part() {
        for name in [
            "",
            "..",
            "con",
            "a/b",
            "käse\0",
            "\u{202e}",
            "x y",
            &"long".repeat(99),
        ] {
            assert!(is_part(&slug(name)), "{name:?}");
        }
        assert_eq!(slug("shop-2_old"), "shop-2_old");
    }
}
