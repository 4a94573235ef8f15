//! What a system holds about people that its connector does not read: a mailbox behind an account, messages behind a member. A person
//! looks it up in the system's own screens.
//!
//! The connector names each part and the screen to open, so that a search never passes over it in silence. Whom it concerns is for
//! `find` to say, that it becomes a task for `cli` and the plan.

use serde::{Deserialize, Serialize};

use crate::inventory::{Engine, System};
use crate::messages::{Text, look_up as say};

/// What a person may have asked for, as `for` of a connector file names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To know what there is: `find` and `export`.
    Export,
    Rectify,
    Restrict,
    Erase,
}

impl Right {
    pub const ALL: [Right; 4] = [Right::Export, Right::Rectify, Right::Restrict, Right::Erase];

    /// Those for which somebody looks where a connector says nothing else.
    pub const USUAL: [Right; 2] = [Right::Export, Right::Erase];

    pub fn word(self) -> &'static str {
        match self {
            Right::Export => "export",
            Right::Rectify => "rectify",
            Right::Restrict => "restrict",
            Right::Erase => "erase",
        }
    }
}

/// A part of a system that a person looks up: an entry of `look_up`.
#[derive(Clone, Debug, PartialEq)]
pub struct LookUp {
    pub name: String,
    /// What lies there, in words that the person concerned may read.
    pub holds: Text,
    /// Which screen to open.
    pub screen: Text,
    pub rights: Vec<Right>,
    /// Objects whose records lead there; any of the connector's if empty.
    pub under: Vec<String>,
    /// What in it is personal, as far as the connector says.
    pub categories: Vec<String>,
    /// Why nobody has to look there.
    pub off: Option<Text>,
}

/// Such a part, for one person who has a record that leads there. Lies in the vault with the findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    pub holds: Text,
    pub screen: Text,
    pub rights: Vec<Right>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Whether somebody looked there for the package, and how many records they found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<u64>,
}

impl Part {
    /// Whether it belongs into a package and nobody has looked there yet.
    pub fn is_open(&self) -> bool {
        self.concerns(Right::Export) && self.found.is_none()
    }

    pub fn concerns(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// What somebody is asked to do there.
    pub fn task(&self, system: &str, right: Right) -> Text {
        let (holds, screen) = (&self.holds, &self.screen);
        match right {
            Right::Export => say::task_export(system, holds, screen),
            Right::Rectify => say::task_rectify(system, holds, screen),
            Right::Restrict => say::task_restrict(system, holds, screen),
            Right::Erase => say::task_erase(system, holds, screen),
        }
    }
}

/// The parts of a system at which somebody has to look for anybody at all: without those that are switched off.
pub fn of(system: &System) -> impl Iterator<Item = &LookUp> {
    let stated: &[LookUp] = match &system.engine {
        Engine::Rest(connector) => &connector.look_up,
        _ => &[],
    };
    stated.iter().filter(|one| one.off.is_none())
}
