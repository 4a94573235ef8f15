//! An overlay replayed with what was recorded for the connector that it extends.
//!
//! Whoever changes one thing in a connector that came with the program wants to know what else changed with it, and has no recording
//! of the system. The cases of the connector below are read as its own, and then carried out with the overlay: what comes out as
//! recorded is untouched, what comes out otherwise is what the overlay changes, or breaks. Which of the two a person says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::{self, TestFile};
use super::record;
use crate::connector::definition::{self, Change, Definition};
use crate::connector::library::{self, Library, Origin};
use crate::diagnostic::{Result, Source};

/// What one connector lends to the overlay above it.
pub struct Lent {
    /// What the overlay is called: the name of its file.
    pub overlay: String,
    /// The connector that the cases were recorded for.
    pub name: String,
    pub version: String,
    /// What the overlay changes in it, safety properties first.
    pub changes: Vec<Change>,
    /// The cases, with a value for every setting of the overlay.
    pub tests: TestFile,
}

/// Where the test file of a connector file lies: `tests/NAME.test.yml` beside it.
pub fn tests_of(file: &Path) -> PathBuf {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let folder = file.parent().unwrap_or(Path::new("."));
    folder.join("tests").join(format!("{name}.test.yml"))
}

/// The connector file to which a test file belongs by where it lies; `None` for a file that lies elsewhere, or is called otherwise.
pub fn connector_of(tests: &Path) -> Option<PathBuf> {
    let name = tests.file_name()?.to_str()?.strip_suffix(".test.yml")?;
    let folder = tests.parent()?;
    let above = folder.parent()?;
    (folder.file_name()? == "tests").then(|| above.join(format!("{name}.yml")))
}

/// The cases of the nearest connector below an overlay that has any; `None` for what extends nothing, or nothing with a test.
///
/// # Errors
/// The connector below or its test file is wrong.
pub fn lent(overlay: &Definition) -> Result<Option<Lent>> {
    for part in overlay.parts.iter().skip(1) {
        let (volume, library, tests) = match &part.file {
            Some(file) => {
                let own = tests_of(file);
                if !own.is_file() {
                    continue;
                }
                let text = file::text(&own)?;
                let folder = file.parent().unwrap_or(Path::new("."));
                let source = Arc::new(Source { path: own, text });
                let volume = library::open(file, Origin::Path)?;
                (volume, Library::around(folder), source)
            }
            None => {
                let shipped = library::shipped(&part.name);
                let Some((volume, tests)) = shipped.zip(library::shipped_tests(&part.name)) else {
                    continue;
                };
                (volume, Library::default(), tests)
            }
        };
        let below = definition::load(&volume, &library, None)?;
        let tests = fit(file::parse(&tests, &below)?, overlay);
        let changes = overlay.changes.iter();
        let overlay = overlay.parts.first().map(|own| own.name.clone());
        return Ok(Some(Lent {
            overlay: overlay.unwrap_or_default(),
            changes: changes
                .filter(|change| !below.changes.contains(change))
                .cloned()
                .collect(),
            name: below.name,
            version: below.version,
            tests,
        }));
    }
    Ok(None)
}

/// The file with invented values for settings that the overlay adds, and without those that it removed.
fn fit(mut file: TestFile, overlay: &Definition) -> TestFile {
    let known = &overlay.settings;
    file.settings.retain(|name, value| {
        known
            .get(name)
            .is_some_and(|rule| rule.secret || rule.check(value, false).is_ok())
    });
    for (name, rule) in known.iter().filter(|(_, rule)| rule.is_required()) {
        let invent = || record::invented(&overlay.name, name, rule);
        file.settings.entry(name.clone()).or_insert_with(invent);
    }
    file
}
