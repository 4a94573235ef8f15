//! What can only be checked when the whole file has been read: kinds of identity, and references from one part to another.

use std::collections::BTreeSet;

use crate::connector::Object;
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::{Engine, System};
use crate::messages::{inventory as say, yaml as say_yaml};
use crate::subject::Kind;
use crate::yaml::{error, nearest};

/// Collected while the systems are read.
#[derive(Default)]
pub(super) struct Context {
    /// `email`, `phone`, what `identities` lists, and what connectors bring.
    pub(super) kinds: BTreeSet<String>,
    /// Kinds that a field of the inventory holds.
    pub(super) held: Vec<(Kind, Place)>,
    /// Kinds searched by in an object that has no field of them.
    pub(super) searched: Vec<Searched>,
    /// Kinds that documents are searched by.
    pub(super) looked_for: Vec<(Kind, Place)>,
    /// Systems whose objects could not be read; nothing is said about references to them.
    pub(super) broken: BTreeSet<String>,
}

pub(super) struct Searched {
    pub(super) kind: Kind,
    pub(super) object: String,
    pub(super) place: Place,
}

impl Context {
    /// Notes what is wrong with the kinds of identity that were used (E127, E210).
    pub(super) fn check_kinds(&mut self, errors: &mut Vec<Diagnostic>) {
        let mut misspelt = BTreeSet::new();
        for (kind, place) in std::mem::take(&mut self.held) {
            let near = nearest(&kind.0, self.kinds.iter().map(String::as_str));
            match near {
                // Two fields of one unusual kind confirm each other only if nothing similar is known.
                Some(near) if !self.kinds.contains(&kind.0) && !kind.is_private() => {
                    misspelt.insert(near.to_owned());
                    errors.push(
                        error("E127", say::near_kind(&kind.0, near))
                            .at(place)
                            .help(say_yaml::did_you_mean(near))
                            .help(say::declare_kind(&kind.0)),
                    );
                }
                _ => {
                    self.kinds.insert(kind.0);
                }
            }
        }
        for searched in std::mem::take(&mut self.searched) {
            let kind = &searched.kind.0;
            if misspelt.contains(kind) {
                continue;
            }
            if self.kinds.contains(kind) {
                let category = match kind.as_str() {
                    Kind::EMAIL => "contact.email",
                    Kind::PHONE => "contact.phone",
                    _ => "account.id",
                };
                let name = kind.replace(':', "_");
                let line = format!("{name}: {{ category: {category}, identity: {kind} }}");
                errors.push(
                    error("E210", say::no_identity_field(kind))
                        .at(searched.place)
                        .why(say::no_identity_field_why())
                        .help(say::no_identity_field_help(&searched.object, line)),
                );
            } else {
                errors.push(self.unknown_kind(&searched.kind, searched.place));
            }
        }
    }

    /// A kind that nothing declares (E127).
    pub(super) fn unknown_kind(&self, kind: &Kind, place: Place) -> Diagnostic {
        let words = self.kinds.iter().map(String::as_str).chain(["name", "age"]);
        let wrong = error("E127", say::unknown_kind(&kind.0)).at(place);
        match nearest(&kind.0, words) {
            Some(near) => wrong.help(say_yaml::did_you_mean(near)),
            None => wrong.help(say::declare_kind(&kind.0)),
        }
    }

    /// The object that `system.object` names; `None` without an error where the system's objects are not known (E135).
    pub(super) fn object<'s>(
        &self,
        systems: &'s [System],
        reference: &str,
        place: &Place,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<&'s Object> {
        let wrong = || error("E135", say::unknown_object(reference)).at(place.clone());
        let Some((name, object)) = reference.split_once('.') else {
            errors.push(wrong().help(say::reference_help()));
            return None;
        };
        if self.broken.contains(name) {
            return None;
        }
        let Some(system) = systems.iter().find(|system| system.name == name) else {
            let near = nearest(name, systems.iter().map(|system| system.name.as_str()));
            errors.push(match near {
                Some(near) => wrong().help(say_yaml::did_you_mean(format!("{near}.{object}"))),
                None => wrong().help(say::reference_help()),
            });
            return None;
        };
        let found = system.object(object);
        if found.is_none() && !matches!(system.engine, Engine::None) {
            let names = || system.objects.iter().map(|object| object.name.as_str());
            errors.push(match nearest(object, names()) {
                Some(near) => wrong().help(say_yaml::did_you_mean(format!("{name}.{near}"))),
                None if system.objects.is_empty() => wrong().help(say::reference_help()),
                None => wrong().help(say::objects_are(names().collect::<Vec<_>>().join(", "))),
            });
        }
        found
    }
}
