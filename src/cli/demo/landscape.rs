//! Builds the demo's landscape as a workspace: an inventory, two connectors that are trusted, a database, files, and the records of
//! two services. Everything in it lies as a file under `examples/demo/`, to be read and learned from.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::cli::context::Context;
use crate::cli::demo::services::{Ports, Services};
use crate::cli::{init, trust};
use crate::connector::definition;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{Lang, Text, demo as say};
use crate::trust::Lock;
use crate::workspace::{self, Workspace, file_trouble};

/// The person who writes, and the one who must not be mistaken for her.
pub(super) const SUBJECT: &str = "jana.gruenberg@example.org";
pub(super) const NAMESAKE: &str = "jana.gruenberg@example.com";
pub(super) const SUBJECT_NAME: &str = "Jana Grünberg";

const INVENTORY_EN: &str = include_str!("../../../examples/demo/dsr.en.yaml");
const INVENTORY_DE: &str = include_str!("../../../examples/demo/dsr.de.yaml");
const SHOP: &str = include_str!("../../../examples/demo/shop.sql");
const CONNECTORS: [(&str, &str); 2] = [
    (
        "demo-crm.yml",
        include_str!("../../../examples/demo/demo-crm.yml"),
    ),
    (
        "demo-desk.yml",
        include_str!("../../../examples/demo/demo-desk.yml"),
    ),
];
const FILES: [(&str, &str); 4] = [
    (
        "services/crm.json",
        include_str!("../../../examples/demo/crm.json"),
    ),
    (
        "services/desk.json",
        include_str!("../../../examples/demo/desk.json"),
    ),
    (
        "newsletter/weekly.csv",
        include_str!("../../../examples/demo/weekly.csv"),
    ),
    (
        "newsletter/christmas.csv",
        include_str!("../../../examples/demo/christmas.csv"),
    ),
];
/// Keys of invented services on loopback: nothing hangs on them but the sight of a secret by reference.
const KEYS: [(&str, &str); 2] = [
    ("services/crm.key", "demo-key-of-the-crm\n"),
    ("services/desk.key", "demo-key-of-the-help-desk\n"),
];
/// Where the files under `examples/demo/` say that the services listen.
const URLS: [&str; 2] = ["http://127.0.0.1:7701", "http://127.0.0.1:7702"];

/// Where a landscape stands.
pub(super) enum Ground {
    /// Thrown away with this value, heads of the ledger and all.
    Passing(tempfile::TempDir),
    /// A folder that is empty or absent.
    Kept(PathBuf),
}

impl Ground {
    pub(super) fn choose(keep: Option<PathBuf>) -> Result<Ground> {
        let Some(folder) = keep else {
            let passing = tempfile::Builder::new().prefix("dsr-demo-").tempdir();
            return Ok(Ground::Passing(passing.map_err(|e| file_trouble(&e))?));
        };
        let is_free = match fs_err::read_dir(&folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        if is_free {
            return Ok(Ground::Kept(folder));
        }
        let refused = Diagnostic::new("E881", Exit::Usage, say::not_empty(shown(&folder)));
        Err(refused.help(say::not_empty_help()).into())
    }

    fn workspace(&self) -> Result<Workspace> {
        let io = |error: std::io::Error| file_trouble(&error);
        match self {
            Ground::Kept(folder) => {
                workspace::make_folder(folder, 0o755).map_err(io)?;
                Workspace::at(&fs_err::canonicalize(folder).map_err(io)?)
            }
            Ground::Passing(root) => {
                let root = fs_err::canonicalize(root.path()).map_err(io)?;
                let folder = root.join("demo");
                workspace::make_folder(&folder, 0o755).map_err(io)?;
                Ok(Workspace {
                    folder,
                    heads: root.join("heads"),
                })
            }
        }
    }
}

/// Builds the landscape and starts its services.
pub(super) fn build(context: &Context, ground: &Ground) -> Result<(Workspace, Services)> {
    let io = |error: std::io::Error| file_trouble(&error);
    let ports = Ports::take(None, None).map_err(io)?;
    let workspace = ground.workspace()?;
    let mut inventory = match context.ui.lang {
        Lang::En => INVENTORY_EN,
        Lang::De => INVENTORY_DE,
    }
    .to_owned();
    for (written, real) in URLS.iter().zip(ports.urls().map_err(io)?) {
        inventory = inventory.replace(written, &real);
    }
    let workspace = workspace.make(&inventory, context.now())?.workspace;
    for folder in ["services", "newsletter"] {
        workspace::make_folder(&workspace.folder.join(folder), 0o755).map_err(io)?;
    }
    let write = |path: &str, text: &str, mode: u32| {
        workspace::write_new(&workspace.folder.join(path), text.as_bytes(), mode).map_err(io)
    };
    for (path, text) in FILES {
        write(path, &dated(text, context.today()), 0o644)?;
    }
    for (path, text) in KEYS {
        write(path, text, 0o600)?;
    }
    let mut lock = Lock::read(&workspace)?;
    for (name, text) in CONNECTORS {
        let file = workspace.connectors_dir().join(name);
        workspace::write_new(&file, text.as_bytes(), 0o644).map_err(io)?;
        trust::note(&workspace, &mut lock, &file, &definition::read(&file)?)?;
    }
    shop(&workspace.folder.join("shop.db"), context.today())?;
    init::make_seal(context, &workspace, controller(context.ui.lang))?;
    let services = ports
        .serve(&workspace.folder.join("services"))
        .map_err(io)?;
    Ok((workspace, services))
}

/// As the inventory names it.
fn controller(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Example Mail Order",
        Lang::De => "Muster Versand GmbH",
    }
}

/// The years of the landscape: last year, of which no period is over, and one of which all are, whenever somebody looks.
fn dated(text: &str, today: Date) -> String {
    text.replace("@RECENT@", &(today.year() - 1).to_string())
        .replace("@OLD@", &(today.year() - 12).to_string())
}

/// Makes the shop's database.
fn shop(file: &Path, today: Date) -> Result<()> {
    let sql = dated(SHOP, today);
    let made = rusqlite::Connection::open(file).and_then(|shop| {
        shop.execute_batch(&format!("BEGIN; {sql} COMMIT;"))?;
        shop.close().map_err(|(_, error)| error)
    });
    made.map_err(|error| {
        Diagnostic::new("E882", Exit::Failed, say::no_shop())
            .why(Text::same(error.to_string()))
            .into()
    })
}

pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// Every path in a document, with the values that are not words for people.
    fn paths(value: &Value, path: &str, out: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => map
                .iter()
                .for_each(|(name, value)| paths(value, &format!("{path}.{name}"), out)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(at, value)| paths(value, &format!("{path}.{at}"), out)),
            _ => {
                let spoken = [
                    "name", "language", "contact", "owner", "purpose", "mask", "title", "reason",
                ];
                let last = path.rsplit('.').next().unwrap_or_default();
                let for_people = spoken.contains(&last)
                    || path.contains(".manual.")
                    || path.contains(".subjects.");
                out.insert(if for_people {
                    path.to_owned()
                } else {
                    format!("{path} = {value}")
                });
            }
        }
    }

    #[test]
    fn the_inventories_of_both_languages_say_the_same() {
        let [en, de] = [INVENTORY_EN, INVENTORY_DE].map(|text| {
            let mut out = BTreeSet::new();
            paths(&serde_yaml::from_str(text).unwrap(), "", &mut out);
            out
        });
        assert!(en.len() > 60);
        assert_eq!(en, de);
    }

    #[test]
    fn the_services_stand_where_the_inventories_say() {
        for url in URLS {
            assert!(INVENTORY_EN.contains(url) && INVENTORY_DE.contains(url));
        }
    }
}
