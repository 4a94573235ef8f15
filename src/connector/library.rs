//! Where connectors lie, and which one a name means.
//!
//! A path names its own file. A name is looked for in `connectors/` beside the inventory, then in the user's folder, then among the
//! connectors that come with the program; the first that has it is meant. What the file says is `definition`'s affair, and whether
//! it may run that of `dsr.lock`.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Result, Source, Trouble};
use crate::messages::library as say;
use crate::yaml::error;

/// Name and text of each connector that comes with the program, in alphabetical order, and what was recorded of its system, compressed.
const SHIPPED: &[(&str, &str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// Larger files are no connectors.
const LARGEST: u64 = 1024 * 1024;

/// Where a connector comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file that was named by its path.
    Path,
    /// A file that is only looked at: no inventory lies beside it, and nothing runs by it.
    Loose,
    /// `connectors/` beside the inventory.
    Workspace,
    /// `dsr/connectors` in the user's configuration folder.
    User,
    /// It came with the program, and is trusted with it.
    Shipped,
}

impl Origin {
    pub fn word(self) -> &'static str {
        match self {
            Origin::Path | Origin::Loose => "path",
            Origin::Workspace => "workspace",
            Origin::User => "user",
            Origin::Shipped => "shipped",
        }
    }
}

/// The text of a connector, not yet read.
#[derive(Clone, Debug)]
pub struct Volume {
    /// What it is called for: the name of its file.
    pub name: String,
    pub origin: Origin,
    /// For a shipped one the path is a name only.
    pub source: Arc<Source>,
}

/// A file that should hold a connector and cannot be read.
#[derive(Clone, Debug)]
pub struct Unreadable {
    pub name: String,
    pub origin: Origin,
    pub file: PathBuf,
    pub trouble: Trouble,
}

impl Volume {
    /// The file, which only those have that did not come with the program.
    pub fn file(&self) -> Option<&Path> {
        (self.origin != Origin::Shipped).then_some(&*self.source.path)
    }
}

/// The folders in which names are looked up before the program's own connectors.
#[derive(Clone, Debug, Default)]
pub struct Library {
    folders: Vec<(Origin, PathBuf)>,
}

impl Library {
    /// What an inventory in this folder can name.
    pub fn of(inventory: &Path) -> Library {
        Library::around(&inventory.join("connectors"))
    }

    /// What a connector in this folder can extend.
    pub fn around(folder: &Path) -> Library {
        let mut folders = vec![(Origin::Workspace, plain(folder))];
        folders.extend(user_folder().map(|folder| (Origin::User, folder)));
        Library { folders }
    }

    /// The connector of this name; `passed` are files that are not meant, because they are being read already.
    ///
    /// # Errors
    /// A file of this name that cannot be read (E521).
    pub fn find(&self, name: &str, passed: &[PathBuf]) -> Result<Option<Volume>> {
        for (origin, folder) in &self.folders {
            let files = ["yml", "yaml"].map(|ending| folder.join(format!("{name}.{ending}")));
            let mut files = files.into_iter().filter(|file| file.is_file());
            if let Some(file) = files.find(|file| !passed.contains(&identity(file))) {
                return open(&file, *origin).map(Some);
            }
        }
        Ok(shipped(name))
    }

    /// Every connector that a name can mean, sorted by name; one that another hides is left out. Beside them the files that cannot
    /// be read (E521): they hide others of their name all the same.
    pub fn all(&self) -> (Vec<Volume>, Vec<Unreadable>) {
        let mut all: Vec<Volume> = Vec::new();
        let mut unreadable: Vec<Unreadable> = Vec::new();
        for (origin, folder) in &self.folders {
            let entries = fs_err::read_dir(folder).into_iter().flatten();
            let mut files: Vec<PathBuf> = entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| path.is_file() && is_yaml(path))
                .collect();
            files.sort();
            for file in files {
                let name = name_of(&file);
                let mut names = all.iter().map(|known| &known.name);
                let mut others = unreadable.iter().map(|known| &known.name);
                if names.any(|known| *known == name) || others.any(|known| *known == name) {
                    continue;
                }
                match open(&file, *origin) {
                    Ok(volume) => all.push(volume),
                    Err(trouble) => unreadable.push(Unreadable {
                        name,
                        origin: *origin,
                        file,
                        trouble,
                    }),
                }
            }
        }
        for (name, _, _) in SHIPPED {
            let hidden = unreadable.iter().any(|known| known.name == *name);
            if !hidden && all.iter().all(|known| known.name != *name) {
                all.extend(shipped(name));
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        (all, unreadable)
    }
}

/// The names of all connectors that come with the program.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _, _)| *name)
}

/// A connector that comes with the program.
pub fn shipped(name: &str) -> Option<Volume> {
    let (name, text, _) = SHIPPED.iter().find(|(known, _, _)| *known == name)?;
    Some(Volume {
        name: (*name).to_owned(),
        origin: Origin::Shipped,
        source: Arc::new(Source {
            path: shipped_path(name).into(),
            text: (*text).to_owned(),
        }),
    })
}

/// The test file of a connector that comes with the program. Like the connector it has a name in the place of a path.
pub fn shipped_tests(name: &str) -> Option<Arc<Source>> {
    let (name, _, packed) = SHIPPED.iter().find(|(known, _, _)| *known == name)?;
    let mut text = String::new();
    // Empty where the program was built without the recordings.
    let read = flate2::read::GzDecoder::new(*packed).read_to_string(&mut text);
    read.ok().map(|_| {
        Arc::new(Source {
            path: format!("dsr:tests/{name}.test.yml").into(),
            text,
        })
    })
}

/// What a shipped connector is called where others have a path.
pub fn shipped_path(name: &str) -> String {
    format!("dsr:{name}.yml")
}

/// The text of one file.
///
/// # Errors
/// E521: it cannot be read, or is no text.
pub fn open(file: &Path, origin: Origin) -> Result<Volume> {
    let unreadable =
        |why| error("E521", say::unreadable_file(why)).help(say::unreadable_file_help());
    let text = match fs_err::metadata(file) {
        Ok(size) if size.len() > LARGEST => return Err(unreadable(say::too_large()).into()),
        _ => fs_err::read_to_string(file),
    };
    let text = text.map_err(|failure| unreadable(crate::messages::os::why_at(file, &failure)))?;
    Ok(Volume {
        name: name_of(file),
        origin,
        source: Arc::new(Source {
            path: plain(file),
            text,
        }),
    })
}

/// A path without the `.` in it: `././connectors` is `connectors`.
fn plain(path: &Path) -> PathBuf {
    let steps = path.components();
    let steps: PathBuf = steps.filter(|step| *step != Component::CurDir).collect();
    match steps.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => steps,
    }
}

/// Whether words name a file and not a connector.
pub fn is_path(words: &str) -> bool {
    words.contains(['/', '\\']) || is_yaml(Path::new(words))
}

pub fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending == "yml" || ending == "yaml")
}

/// One spelling for each file.
pub(crate) fn identity(file: &Path) -> PathBuf {
    fs_err::canonicalize(file).unwrap_or_else(|_| file.to_owned())
}

fn name_of(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// XDG Base Directory Specification: a relative path there is ignored.
fn user_folder() -> Option<PathBuf> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let config = absolute("XDG_CONFIG_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".config")))
        .or_else(|| absolute("APPDATA"))?;
    Some(config.join("dsr").join("connectors"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_a_name_is_meant() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("connectors");
        fs_err::create_dir(&own).unwrap();
        let library = Library {
            folders: vec![
                (Origin::Workspace, own.clone()),
                (Origin::User, folder.path().join("user")),
            ],
        };
        let origin = |name: &str| library.find(name, &[]).unwrap().map(|found| found.origin);
        assert_eq!(origin("directus"), Some(Origin::Shipped));
        assert_eq!(origin("nothing"), None);
        fs_err::create_dir(folder.path().join("user")).unwrap();
        fs_err::write(folder.path().join("user/directus.yaml"), "").unwrap();
        assert_eq!(origin("directus"), Some(Origin::User));
        let file = own.join("directus.yml");
        fs_err::write(&file, "").unwrap();
        assert_eq!(origin("directus"), Some(Origin::Workspace));
        let beyond = library.find("directus", &[identity(&file)]).unwrap();
        assert_eq!(beyond.unwrap().origin, Origin::User);
        let (all, unreadable) = library.all();
        assert!(unreadable.is_empty());
        let meant: Vec<_> = all.iter().filter(|one| one.name == "directus").collect();
        assert_eq!(meant.len(), 1);
        assert_eq!(meant[0].origin, Origin::Workspace);
    }

    #[test]
    fn each_comes_with_what_was_recorded_of_its_system() {
        for name in shipped_names() {
            let tests = shipped_tests(name).unwrap_or_else(|| panic!("{name}"));
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors/tests");
            let file = fs_err::read_to_string(folder.join(format!("{name}.test.yml"))).unwrap();
            assert!(tests.text == file, "{name}");
        }
        assert!(shipped_tests("nothing").is_none());
    }

    #[test]
    fn a_path_says_no_more_than_it_has_to() {
        for (path, said) in [
            ("././connectors/x.yml", "connectors/x.yml"),
            ("./x.yml", "x.yml"),
            ("a/./../b", "a/../b"),
            ("/a/./b", "/a/b"),
            (".", "."),
        ] {
            assert_eq!(plain(Path::new(path)), Path::new(said), "{path}");
        }
    }

    #[test]
    fn names_are_told_from_paths() {
        for path in ["./crm.yml", "crm.yaml", "connectors/crm", "/x"] {
            assert!(is_path(path), "{path}");
        }
        assert!(!is_path("crm"));
    }
}
