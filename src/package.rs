//! What a person receives who asks what is held about them: the copy of Art. 15(3) GDPR, or the data of Art. 20.
//!
//! A package is made while records arrive, one object after the other: each becomes a JSON and a CSV file, and at the end come a
//! page that a lay person can read and print, a description of the files, and a manifest. However many records there are, memory
//! stays flat. The room decides what stands in a package and what may not (credentials, formulas, values that would break out of
//! their place); finding the records, encrypting the result and remembering it are the business of others.

mod attached;
mod authorities;
mod columns;
mod container;
mod credentials;
mod files;
mod folder;
mod material;
mod object;
mod others;
mod overview;
mod page;
mod papers;
mod review;
mod spool;
mod unread;
mod values;
mod words;
mod zip;

use std::io;
use std::ops::Range;

use crate::connector::Object;
use crate::findings::Known;
use crate::keys::Digest;
use crate::messages::Lang;
use crate::subject::Origin;

pub use authorities::{Authority, authority};
pub use container::Container;
pub use credentials::{About, CARD, REMOVED, strip, strip_text};
pub use folder::Folder;
pub use material::{Kind, Material, ObjectMaterial, SystemMaterial};
pub use object::ObjectWriter;
pub use zip::Zip;

use files::Files;
use object::ObjectSummary;
use others::Own;
use spool::Spool;
use unread::Names;

/// A package in the making.
pub struct Package<'a> {
    material: Material<'a>,
    files: Files<'a>,
    /// The overview's records, object after object.
    shown: Spool,
    objects: Vec<ObjectSummary>,
    /// What is known as the person's own.
    own: Own,
    /// An object was begun and not finished: the package cannot become whole any more.
    broken: bool,
}

/// What became of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Files, the manifest included.
    pub files: u64,
    pub records: u64,
    /// SHA-256 of the manifest, which names every other file with its own.
    pub manifest: Digest,
    pub not_included: NotIncluded,
    /// What a reviewer has to look at.
    pub open_points: u64,
}

/// What is held and does not stand in the package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotIncluded {
    /// Systems that were not searched, or in part, or by hand.
    pub systems: u64,
    /// Names of fields that records have and the inventory does not list.
    pub unlisted_fields: u64,
    /// Columns that the tables of the records have and nobody read, because the inventory does not list them there.
    pub unread_columns: u64,
    /// Passwords, keys and tokens that were taken out.
    pub credentials: u64,
    /// Fields that are not part of an Art. 20 package.
    pub not_portable: u64,
    /// Files that belong to records and could not be taken along.
    pub files: u64,
}

impl<'a> Package<'a> {
    /// Begins a package. Of the systems, what is not known yet can be told later with [`Package::tell`].
    ///
    /// # Errors
    /// Those of the container.
    pub fn new(
        material: Material<'a>,
        container: Box<dyn Container + 'a>,
    ) -> io::Result<Package<'a>> {
        let mut own = Own::default();
        // What a record led to and nobody vouches for may be another person in it.
        let is_sure = |known: &&Known| match known.from {
            Origin::Stated => true,
            Origin::Derived { trusted, .. } => trusted && !known.shared,
        };
        for known in material.identities.iter().filter(is_sure) {
            for spelling in known.identity.spellings() {
                own.know(&spelling);
            }
        }
        // The controller's own address is nobody's secret.
        own.learn(material.controller.contact.as_deref().unwrap_or_default());
        Ok(Package {
            own,
            shown: Spool::new(material.scratch),
            files: Files::new(container),
            objects: Vec::new(),
            broken: false,
            material,
        })
    }

    /// What became of a system's search; takes the place of what was said about the system of this name before.
    pub fn tell(&mut self, system: SystemMaterial<'a>) {
        let mut known = self.material.systems.iter_mut();
        match known.find(|known| known.name == system.name) {
            Some(known) => *known = system,
            None => self.material.systems.push(system),
        }
    }

    /// Begins the records of one object; objects stand in the package in the order of these calls. One without records gets no file
    /// and is named as empty.
    ///
    /// # Errors
    /// If an earlier object was not finished, or this one had its turn.
    pub fn object<'p>(
        &'p mut self,
        system: &str,
        object: &'p Object,
    ) -> io::Result<ObjectWriter<'p, 'a>> {
        let again = |known: &ObjectSummary| known.system == system && known.object == object.name;
        if self.broken || self.objects.iter().any(again) {
            return Err(io::Error::other(
                "the objects of a package come one after the other, each once",
            ));
        }
        self.broken = true;
        Ok(ObjectWriter::new(self, system, object))
    }

    /// Writes the overview, the description, what a reviewer has to look at (in a draft), and the manifest.
    ///
    /// # Errors
    /// Those of the container, or if an object was not finished.
    pub fn finish(mut self) -> io::Result<Summary> {
        if self.broken {
            return Err(io::Error::other(
                "an object of the package was not finished",
            ));
        }
        self.objects.sort_by_key(|object| {
            let mut known = self.material.systems.iter();
            known.position(|system| system.name == object.system)
        });
        let points = review::points(&self.material, &self.objects);
        papers::schema(&self.material, &self.objects, &mut self.files)?;
        overview::write(
            &self.material,
            &self.objects,
            &mut self.shown,
            &mut self.files,
        )?;
        if self.material.draft {
            review::write(&self.material, &self.objects, &points, &mut self.files)?;
        }
        let not_included = self.not_included();
        let manifest =
            papers::manifest(&self.material, &self.objects, not_included, &mut self.files)?;
        Ok(Summary {
            files: self.files.finish()?,
            records: self.objects.iter().map(|object| object.records).sum(),
            manifest,
            not_included,
            open_points: points.len() as u64,
        })
    }

    fn not_included(&self) -> NotIncluded {
        let sum = |of: fn(&ObjectSummary) -> u64| self.objects.iter().map(of).sum();
        NotIncluded {
            systems: self
                .material
                .systems
                .iter()
                .filter(|system| !system.is_searched())
                .count() as u64,
            unlisted_fields: sum(|object| object.unlisted.names()),
            unread_columns: sum(|object| object.unread().map_or(0, Names::count)),
            credentials: sum(|object| object.credentials),
            not_portable: sum(|object| object.not_portable.len() as u64),
            files: sum(|object| object.left_out),
        }
    }
}

/// A part of what was put aside.
type Part = Range<u64>;

/// BCP 47.
fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::De => "de",
    }
}
