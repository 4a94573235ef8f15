//! What a test is of: a connector, or a plugin with the objects that an inventory would state for it.
//!
//! The test file of a plugin says itself what an inventory says of it: which program it is, what it is set with, and which objects it
//! holds. That the program runs is the affair of whoever names the file on a command line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::{self, TestFile};
use crate::connector::definition::{Definition, SettingRule};
use crate::connector::object::Object;
use crate::diagnostic::{Diagnostic, Result, Source, Trouble};
use crate::inventory::{self, Engine};
use crate::messages::replay as say;
use crate::yaml::{Node, Value, error};

/// What is tested.
#[derive(Clone)]
pub struct Specimen {
    pub name: String,
    /// `plugin` for a plugin, whose version only it knows itself.
    pub version: String,
    pub settings: BTreeMap<String, SettingRule>,
    pub objects: Vec<Object>,
    /// Where the files of a plugin lie, and where it runs.
    pub folder: PathBuf,
    engine: Engine,
}

impl Specimen {
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }

    /// Whether a program answers, and not a connector file.
    pub fn is_plugin(&self) -> bool {
        matches!(self.engine, Engine::Process(_))
    }

    /// The words with which its program is started, for a plugin.
    pub fn started_as(&self) -> Option<String> {
        match &self.engine {
            Engine::Process(settings) => Some(settings.run.join(" ")),
            _ => None,
        }
    }

    /// What a system of it is asked through: at a pace of its own, because what other cases asked is no concern of this one.
    pub(super) fn engine(&self) -> Engine {
        match &self.engine {
            Engine::Rest(definition) => Engine::Rest(Box::new(definition.for_another_system())),
            other => other.clone(),
        }
    }
}

impl From<&Definition> for Specimen {
    fn from(definition: &Definition) -> Specimen {
        Specimen {
            name: definition.name.clone(),
            version: definition.version.clone(),
            settings: definition.settings.clone(),
            objects: definition.objects.clone(),
            folder: ".".into(),
            engine: Engine::Rest(Box::new(definition.clone())),
        }
    }
}

impl From<&Specimen> for Specimen {
    fn from(specimen: &Specimen) -> Specimen {
        specimen.clone()
    }
}

/// Whether a file is the test file of a plugin: it ends as one, and names a program.
pub fn is_of_plugin(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ends = name.ends_with(".test.yml") || name.ends_with(".test.yaml");
    let text = ends.then(|| fs_err::read_to_string(path).ok()).flatten();
    text.is_some_and(|text| text.lines().any(|line| line.starts_with("plugin:")))
}

/// Reads the test file of a plugin.
///
/// # Errors
/// Everything that is wrong with it (exit 2).
pub fn read(path: &Path) -> Result<(Specimen, TestFile)> {
    let text = file::text(path)?;
    let source = Arc::new(Source {
        path: path.to_owned(),
        text,
    });
    let node = crate::yaml::parse(&source)?;
    let mut errors = Vec::new();
    let Some((specimen, rest)) = apart(&node, &source, &mut errors) else {
        return Err(Trouble::from(errors));
    };
    match errors.is_empty() {
        true => {
            let file = file::of_node(&rest, &source, &specimen)?;
            Ok((specimen, file))
        }
        false => Err(Trouble::from(errors)),
    }
}

/// The plugin that a file speaks of, and the rest of the file, as that of a connector is.
fn apart(node: &Node, source: &Source, errors: &mut Vec<Diagnostic>) -> Option<(Specimen, Node)> {
    let entries = crate::connector::grammar::mapping(node, errors)?;
    let part = |key: &str| {
        let mut entries = entries.iter();
        entries
            .find(|(name, _)| name.text == key)
            .map(|(_, node)| node)
    };
    for word in ["sign_in", "contract"] {
        if let Some(node) = part(word) {
            errors.push(
                error("E173", say::of_connectors_only(word))
                    .at(node.place.clone())
                    .help(say::of_connectors_only_help()),
            );
        }
    }
    let folder = source.path.parent().unwrap_or(Path::new("")).to_owned();
    let (Some(plugin), Some(objects)) = (part("plugin"), part("objects")) else {
        errors.push(
            error("E175", say::plugin_without_objects())
                .at(node.place.clone())
                .help(say::plugin_without_objects_help()),
        );
        return None;
    };
    let (program, objects) = inventory::plugged(plugin, objects, &folder, errors)?;
    if program.own_network {
        errors.push(
            error("E172", say::own_network_is_not_recorded())
                .at(plugin.place.clone())
                .why(say::own_network_is_not_recorded_why())
                .help(say::own_network_is_not_recorded_help()),
        );
    }
    let mut settings = BTreeMap::new();
    let mut plain = Vec::new();
    let stated = part("settings").and_then(Node::map).unwrap_or_default();
    for (name, node) in stated {
        // Invented, so that it stands in the file: `{ secret: TEXT }`, where an inventory has a reference.
        let secret = match node.map() {
            Some([(word, inner)]) if word.text == "secret" => Some(inner),
            _ => None,
        };
        let rule = SettingRule {
            secret: secret.is_some(),
            ..SettingRule::default()
        };
        settings.insert(name.text.clone(), rule);
        plain.push((name.clone(), secret.unwrap_or(node).clone()));
    }
    let rest = entries
        .iter()
        .filter(|(name, _)| !["plugin", "objects"].contains(&name.text.as_str()))
        .map(|(name, node)| match name.text.as_str() {
            "settings" if node.map().is_some() => {
                let node = Node {
                    value: Value::Map(plain.clone()),
                    place: node.place.clone(),
                };
                (name.clone(), node)
            }
            _ => (name.clone(), node.clone()),
        });
    let rest = Node {
        value: Value::Map(rest.collect()),
        place: node.place.clone(),
    };
    let specimen = Specimen {
        name: part("tests").and_then(Node::scalar).unwrap_or_default(),
        version: "plugin".to_owned(),
        settings,
        objects,
        folder,
        engine: Engine::Process(program),
    };
    Some((specimen, rest))
}
