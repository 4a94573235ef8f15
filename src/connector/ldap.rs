//! The `ldap` engine: people in the entries of a directory (OpenLDAP, Active Directory).
//!
//! An object is the entries below a base that fulfil a constant filter, or, with `each`, the single values of one of their attributes
//! (memberships). A record is one entry, named by an attribute that never changes; an attribute with several values is a list.
//! `filter` and `dn` keep values from meaning more than themselves, `line` speaks with the server, `directory` makes records of
//! entries, `reader` and `writer` do the rest.

mod address;
mod directory;
mod dn;
mod entry;
mod examine;
mod filter;
mod line;
mod reader;
mod schema;
mod time;
mod value;
mod writer;

use crate::connector::object::{How, Mask};
use crate::connector::{Action, Fault, Object, Opening, Reader, Writer};
use crate::messages::ldap as say;
use crate::plan::Approved;

pub(crate) use address::{is_loopback, starts_tls};
pub(crate) use dn::Dn;
pub(crate) use filter::Filter;
pub(crate) use value::Form;

/// The name of an entry, as if it were an attribute.
pub(crate) const NAME: &str = "dn";

/// Which entries an object is, and what can be done to them.
#[derive(Clone, Debug)]
pub struct Entries {
    /// The entry below which they are, in the one spelling of names.
    pub base: String,
    pub(crate) filter: Filter,
    /// Not the entries are the records, but each value of this attribute.
    pub each: Option<String>,
    /// Whether an entry may be given another name when the attribute changes that names it.
    pub rename: bool,
    /// What surrounds addresses in the values of an attribute.
    pub(crate) forms: Vec<(String, Form)>,
    pub restrict: Vec<Mark>,
    pub unrestrict: Vec<Mark>,
}

/// What a restriction leaves on an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The attribute has this value, or none.
    Set(String, Option<String>),
    /// These bits of a number are set, or not.
    Bits {
        attribute: String,
        bits: i64,
        on: bool,
    },
}

impl Mark {
    pub(crate) fn attribute(&self) -> &str {
        match self {
            Mark::Set(attribute, _) | Mark::Bits { attribute, .. } => attribute,
        }
    }
}

impl Entries {
    /// What an action leaves on an entry.
    pub fn marks(&self, action: Action) -> &[Mark] {
        match action {
            Action::Restrict => &self.restrict,
            Action::Unrestrict => &self.unrestrict,
            _ => &[],
        }
    }

    /// Whether a record shows the marks of an action; `None` if it leaves none.
    pub(crate) fn shows(&self, action: Action, data: &serde_json::Value) -> Option<bool> {
        let marks = self.marks(action);
        let stands = |mark: &Mark| {
            let value = data
                .get(mark.attribute())
                .and_then(serde_json::Value::as_str);
            match mark {
                Mark::Set(_, set) => value == set.as_deref(),
                Mark::Bits { bits, on, .. } => {
                    let number = value.map_or(Some(0), |text| text.parse::<i64>().ok());
                    number.is_some_and(|number| number & bits == if *on { *bits } else { 0 })
                }
            }
        };
        (!marks.is_empty()).then(|| marks.iter().all(stands))
    }

    /// What surrounds addresses in an attribute.
    pub(crate) fn form(&self, attribute: &str) -> Option<&Form> {
        let mut forms = self.forms.iter();
        let found = forms.find(|(name, _)| name.eq_ignore_ascii_case(attribute));
        found.map(|(_, form)| form)
    }
}

/// How an object lies in its directory.
///
/// # Errors
/// It is none of a directory, which the inventory lets nobody write.
fn entries(object: &Object) -> Result<&Entries, Fault> {
    match &object.how {
        How::Entry(entries) => Ok(entries),
        _ => Err(Fault::unreadable_here()),
    }
}

/// Opens a directory for reading.
///
/// # Errors
/// What the settings lack.
pub fn reader(opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    Ok(Box::new(reader::LdapReader::new(opening)?))
}

/// Opens a directory for carrying out an approved plan, and nothing else.
///
/// # Errors
/// As [`reader`].
pub fn writer(opening: &Opening, approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
    Ok(Box::new(writer::LdapWriter::new(opening, approved)?))
}

/// What an action does, for the plan: `?` stands for each value that differs from entry to entry.
pub fn describe(object: &Object, action: Action) -> Vec<String> {
    let Ok(entries) = entries(object) else {
        return Vec::new();
    };
    let place = format!("{} {}", say::entry_of(&entries.base).en, entries.filter);
    let changes: Vec<String> = match (action, &entries.each) {
        (Action::Remove, Some(each)) => return vec![format!("modify {place}: delete {each} = ?")],
        (Action::Remove, None) => return vec![format!("delete {place}")],
        (Action::Anonymise | Action::Rectify, _) => {
            let keeps = |field: &crate::connector::object::Field| {
                field.fixed || (action == Action::Anonymise && field.mask == Some(Mask::Keep))
            };
            let fields = object.fields.iter().filter(|field| !keeps(field));
            let fields = fields.filter(|field| !object.key.contains(&field.name));
            fields.map(|field| format!("{} = ?", field.name)).collect()
        }
        (Action::Restrict | Action::Unrestrict | Action::Suppress, _) => {
            let marks = entries.marks(action).iter();
            let written = marks.map(|mark| match mark {
                Mark::Set(attribute, Some(value)) => format!("{attribute} = \"{value}\""),
                Mark::Set(attribute, None) => format!("delete {attribute}"),
                Mark::Bits {
                    attribute,
                    bits,
                    on: true,
                } => format!("{attribute} |= {bits}"),
                Mark::Bits {
                    attribute, bits, ..
                } => format!("{attribute} &= ~{bits}"),
            });
            written.collect()
        }
    };
    if changes.is_empty() {
        return Vec::new();
    }
    vec![format!("modify {place}: {}", changes.join(", "))]
}
