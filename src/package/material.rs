//! What a package is made of, beside the records themselves.

use std::path::Path;

use jiff::civil::Date;

use crate::connector::Fault;
use crate::connector::look_up::{Part, Right};
use crate::findings::{
    Control, Found, Known, Match, ObjectStatus, Streamed, SystemFindings, SystemStatus,
};
use crate::inventory::{Controller, DataType, Engine, Flow, System};
use crate::messages::{Lang, Text};

/// Which right a package answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Art. 15: everything.
    Access,
    /// Art. 20: what the person provided, to take along; only fields that the inventory calls portable.
    Portable,
}

impl Kind {
    /// As it stands in files.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Access => "access",
            Kind::Portable => "portable",
        }
    }
}

/// The facts of a package.
#[derive(Clone, Debug)]
pub struct Material<'a> {
    pub kind: Kind,
    /// Nobody has reviewed it yet; it says so on every page and names what is to be reviewed.
    pub draft: bool,
    pub controller: &'a Controller,
    /// The language of the person.
    pub language: Lang,
    /// The case's number.
    pub case: &'a str,
    pub received: Date,
    pub made: Date,
    /// When the controller deletes its own copy of the package.
    pub expires: Option<Date>,
    /// In the order of the inventory; each of them, searched or not.
    pub systems: Vec<SystemMaterial<'a>>,
    pub data_types: &'a [DataType],
    pub flows: &'a [Flow],
    /// What was searched for; the stated ones are shown, all of them are known as the person's own.
    pub identities: Vec<Known>,
    /// Folder for encrypted temporary files; the system's own if there is none.
    pub scratch: Option<&'a Path>,
}

/// A system and what became of its search.
#[derive(Clone, Debug)]
pub struct SystemMaterial<'a> {
    pub name: String,
    pub owner: Option<String>,
    pub status: SystemStatus,
    pub error: Option<Fault>,
    /// What a person was asked to do there.
    pub task: Option<Text>,
    pub objects: Vec<ObjectMaterial>,
    /// What people look up there for the package, or have looked up.
    pub look_up: Vec<Part>,
    /// Its entry in the inventory.
    pub system: Option<&'a System>,
}

/// An object and what became of its search.
#[derive(Clone, Debug)]
pub struct ObjectMaterial {
    pub name: String,
    pub searched: bool,
    pub error: Option<Fault>,
    /// Nobody who must be there was found in the same session, so an empty answer proves little.
    pub unproven: bool,
    /// Records that may be the person's, about which nobody has decided; they are not handed over, and the page says that they wait.
    pub waiting: u64,
}

impl<'a> SystemMaterial<'a> {
    /// A system of which a search told.
    pub fn found(findings: &SystemFindings, system: Option<&'a System>) -> SystemMaterial<'a> {
        let objects = findings.objects.iter().map(|object| ObjectMaterial {
            name: object.object.clone(),
            searched: object.status == ObjectStatus::Searched,
            error: object.error.clone(),
            unproven: object.control != Control::Found && object.count() == 0,
            waiting: waiting(&object.records)
                + object.streamed.as_ref().map_or(0, Streamed::waiting),
        });
        SystemMaterial {
            name: findings.system.clone(),
            owner: findings.owner.clone(),
            status: findings.status,
            error: findings.error.clone(),
            task: findings.task.clone(),
            objects: objects.collect(),
            look_up: findings
                .look_up
                .iter()
                .filter(|part| part.concerns(Right::Export))
                .cloned()
                .collect(),
            system,
        }
    }

    /// A system that was not asked yet.
    pub fn unasked(system: &'a System) -> SystemMaterial<'a> {
        SystemMaterial {
            name: system.name.clone(),
            owner: system.owner.clone(),
            status: SystemStatus::NotSearched,
            error: None,
            task: None,
            objects: Vec::new(),
            look_up: Vec::new(),
            system: Some(system),
        }
    }

    /// Whether every object of it was searched by the program.
    pub fn is_searched(&self) -> bool {
        self.status == SystemStatus::Searched && self.objects.iter().all(|object| object.searched)
    }

    /// The product behind it, as its connector names it.
    pub(super) fn product(&self) -> Option<&str> {
        match &self.system?.engine {
            Engine::Rest(connector) => Some(connector.name.as_str()),
            _ => None,
        }
    }
}

/// Those that carry only what other records led to, or what several people share.
fn waiting(records: &[Found]) -> u64 {
    let open = records
        .iter()
        .filter(|found| found.matched != Match::Stated);
    open.count() as u64
}
