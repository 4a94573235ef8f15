//! Whether what a rule leaves of a record is anonymous: nobody can be singled out by it, and nothing leads from it to somebody.
//!
//! Masks alone do not make a record anonymous. What stays may be a text in which a name stands, a part of a name, a number that other
//! records know too, or a combination that only one person has. The first three show in the inventory and the table's description and are
//! judged here; the last is counted in the system. A scheme with a weakness is refused before anything is written. New values are made
//! here as well, by the masks that requests use.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rule::Rule;
use crate::connector::object::{Field, Mask, Object, Via};
use crate::connector::sweeping::Work;
use crate::connector::{Changes, Column, Fault, Holds, Record, Shape, Unread, mask};
use crate::diagnostic::{Diagnostic, Exit};
use crate::inventory::System;
use crate::keys::{self, Purpose};
use crate::messages::{Text, anonymity as say, plan as say_plan};
use crate::plan::name_of;
use crate::subject::ERASED;

/// Categories that tell people apart only together with others: of these a value may stay if enough records share it.
const SHARED: [&str; 12] = [
    "person.birth_date",
    "person.gender",
    "person.interest",
    "contact.address",
    "device.location",
    "order.item",
    "finance.invoice",
    "finance.payment",
    "employment.role",
    "employment.pay",
    "employment.record",
    "consent.choice",
];

/// Longer texts that nobody lists may hold anything.
const SHORT: usize = 20;

/// What a rule does to the columns of an object, judged.
#[derive(Clone, Debug, Default)]
pub struct Scheme {
    pub shape: Shape,
    pub weaknesses: Vec<Weakness>,
    /// Fields of which something stays that several records may share.
    pub stays: Vec<String>,
    /// Objects whose records go on naming the record.
    pub named_by: Vec<String>,
    /// Columns that nobody lists and that stay: numbers, days, short texts.
    pub unlisted: Vec<String>,
}

/// Why what is left would not be anonymous.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Free text stays in a listed field.
    Text { field: String },
    /// A column that nobody lists can hold free text.
    Unlisted { column: String },
    /// A part of what names somebody stays: initials, a year out of a number.
    Part { field: String },
    /// What names somebody stays whole.
    Name { field: String },
    /// A column stays that leads to the record of another object.
    Link { column: String, to: String },
    /// Whether the mask is there cannot be told by the database.
    Untold { field: String, mask: &'static str },
    /// The column cannot take the mask.
    Refused { field: String, why: Text },
}

impl Weakness {
    pub fn code(&self) -> &'static str {
        match self {
            Weakness::Text { .. } | Weakness::Unlisted { .. } => "E470",
            Weakness::Part { .. } => "E471",
            Weakness::Name { .. } | Weakness::Link { .. } => "E472",
            Weakness::Untold { .. } => "E474",
            Weakness::Refused { .. } => mask::REFUSED,
        }
    }

    pub fn field(&self) -> &str {
        match self {
            Weakness::Text { field }
            | Weakness::Part { field }
            | Weakness::Name { field }
            | Weakness::Untold { field, .. }
            | Weakness::Refused { field, .. } => field,
            Weakness::Unlisted { column } | Weakness::Link { column, .. } => column,
        }
    }

    /// With its place, the reason and a remedy.
    pub fn diagnostic(&self, object: &str) -> Diagnostic {
        let place = format!("{object}.{}", self.field());
        let (what, help) = match self {
            Weakness::Text { .. } => (say::text(place), say::text_help()),
            Weakness::Unlisted { .. } => (say::unlisted(place), say::unlisted_help()),
            Weakness::Part { .. } => (say::part(place), say::part_help()),
            Weakness::Name { .. } => (say::name(place), say::name_help()),
            Weakness::Link { to, .. } => (say::link(place, to), say::link_help()),
            Weakness::Untold { mask, .. } => (say::untold(place, *mask), say::untold_help()),
            Weakness::Refused { why, .. } => (say_plan::mask_refused(place), why.clone()),
        };
        Diagnostic::new(self.code(), Exit::Waiting, what).help(help)
    }
}

/// Combinations of what stays that too few records would share.
pub fn stands_out(place: &str, count: u64, fields: &[String], fewest: u32) -> Diagnostic {
    let fields = fields.join(", ");
    Diagnostic::new(
        "E473",
        Exit::Waiting,
        say::stands_out(place, count, &fields, fewest),
    )
    .help(say::stands_out_help(fields))
}

/// Judges what a rule would leave of an object.
pub fn scheme(system: &System, object: &Object, shape: Shape, unread: &Unread) -> Scheme {
    let mut scheme = Scheme::default();
    for field in &object.fields {
        let column = column_of(field, &shape);
        if column.is_some_and(mask::is_generated) {
            // It follows the columns that it is made of.
            continue;
        }
        match mask_of(object, field, column) {
            Some(mask) => scheme.masked(field, column, &mask),
            None => scheme.kept(object, field),
        }
    }
    for finder in &object.find {
        if let Via::Join(pairs) = &finder.via {
            for (own, _) in pairs.iter().filter(|(own, _)| stays(object, own, &shape)) {
                let known = |one: &Weakness| one.field() == own;
                if !scheme.weaknesses.iter().any(known) {
                    scheme.weaknesses.push(Weakness::Link {
                        column: own.clone(),
                        to: finder.under.join(", "),
                    });
                }
            }
        }
    }
    for other in system
        .objects
        .iter()
        .filter(|other| other.name != object.name)
    {
        let names = other.find.iter().any(|finder| {
            let joins = matches!(&finder.via, Via::Join(pairs)
                if pairs.iter().any(|(_, here)| stays(object, here, &shape)));
            joins && finder.under.contains(&object.name)
        });
        if names {
            scheme
                .named_by
                .push(format!("{}.{}", system.name, other.name));
        }
    }
    // A key or a link that nobody lists is read all the same, and its words would stay.
    let below = system.objects.iter().flat_map(|other| &other.find);
    let below = below.filter(|finder| finder.under.contains(&object.name));
    let below = below.filter_map(|finder| match &finder.via {
        Via::Join(pairs) => Some(pairs.iter().map(|(_, here)| here)),
        _ => None,
    });
    let silent: BTreeSet<&String> = object
        .key
        .iter()
        .chain(&object.also)
        .chain(below.flatten())
        .collect();
    for column in silent
        .into_iter()
        .filter(|name| object.field(name).is_none())
    {
        let holds = shape.get(column).map(|column| column.holds);
        if matches!(
            holds,
            Some(Holds::Text | Holds::Binary | Holds::Json | Holds::Other)
        ) {
            scheme.weaknesses.push(Weakness::Unlisted {
                column: column.clone(),
            });
        }
    }
    for unlisted in &unread.columns {
        match shape.get(&unlisted.name) {
            Some(column) if is_short(column) => scheme.unlisted.push(unlisted.name.clone()),
            Some(column) if mask::is_generated(column) => {}
            _ => scheme.weaknesses.push(Weakness::Unlisted {
                column: unlisted.name.clone(),
            }),
        }
    }
    scheme.shape = shape;
    scheme
}

impl Scheme {
    fn masked(&mut self, field: &Field, column: Option<&Column>, mask: &Mask) {
        let name = || field.name.clone();
        if *mask == Mask::Year {
            if !is_shared(&field.category) {
                return self.weaknesses.push(Weakness::Part { field: name() });
            }
            self.stays.push(name());
        }
        if column.is_none_or(|column| !mask::is_told(mask, column)) {
            return self.weaknesses.push(Weakness::Untold {
                field: name(),
                mask: mask::word(mask),
            });
        }
        let token = token(field, "a".repeat(mask::ERASED_TOKEN));
        let sample = Value::String("1984-05-17".to_owned());
        if let Err(why) = mask::masked_value(mask, field, column, &token, &sample) {
            let field = name();
            self.weaknesses.push(Weakness::Refused { field, why });
        }
    }

    fn kept(&mut self, object: &Object, field: &Field) {
        let name = field.name.clone();
        let category = field.category.as_str();
        let is_number_of_record =
            category == "account.id" && field.identity.is_none() && object.key.contains(&name);
        if is_number_of_record {
            return;
        }
        if category.starts_with("content.") {
            self.weaknesses.push(Weakness::Text { field: name });
        } else if field.identity.is_none() && category == "person.name" {
            self.weaknesses.push(Weakness::Part { field: name });
        } else if field.identity.is_some() || !is_shared(category) {
            self.weaknesses.push(Weakness::Name { field: name });
        } else {
            self.stays.push(name);
        }
    }
}

/// New values for records, one work for each.
///
/// # Errors
/// A value of which no mask can be made that its column takes (E330).
pub fn work(
    rule: &Rule,
    shape: &Shape,
    key: &keys::Key,
    records: &[Record],
) -> Result<Vec<Work>, Fault> {
    let object = &rule.object;
    let masks = key.derive(Purpose::Mask);
    let mut all = Vec::with_capacity(records.len());
    for record in records {
        let named = name_of(key, &rule.system.name, &object.name, &record.key);
        let mut changes = Changes::new();
        for field in &object.fields {
            let column = column_of(field, shape);
            let Some(mask) = mask_of(object, field, column) else {
                continue;
            };
            let old = field.at.all(&record.data);
            let Some(old) = old.first() else { continue };
            let salted = crate::canonical::bytes(&(named, &field.name));
            let token = token(field, keys::token(&masks.mac(&salted)));
            match mask::masked_value(&mask, field, column, &token, old) {
                Ok(Some(value)) => {
                    changes.insert(field.name.clone(), value);
                }
                Ok(None) => {}
                Err(_) => return Err(Fault::unfit(&field.name)),
            }
        }
        all.push(Work {
            key: record.key.clone(),
            changes,
        });
    }
    Ok(all)
}

/// A token as an address, whatever the field: twenty letters alone could be somebody's name, and no later run could tell.
fn token(field: &Field, token: String) -> String {
    match field.category.as_str() {
        "contact.email" => token,
        _ => format!("{token}@{ERASED}"),
    }
}

/// The mask that is written to a field; `None` if it stays as it is.
fn mask_of(object: &Object, field: &Field, column: Option<&Column>) -> Option<Mask> {
    let mask = mask::default_mask(field, column);
    let written = mask::is_masked(object, field) && !column.is_some_and(mask::is_generated);
    (written && mask != Mask::Keep).then_some(mask)
}

fn column_of<'s>(field: &Field, shape: &'s Shape) -> Option<&'s Column> {
    let path = match &field.at {
        crate::connector::object::At::Path(path) => path.first(),
        crate::connector::object::At::JsonPath(_) => None,
    };
    let named = path.and_then(|name| shape.get(name));
    named.or_else(|| shape.get(&field.name))
}

/// Whether a column is as it was afterwards.
fn stays(object: &Object, name: &str, shape: &Shape) -> bool {
    let written = object
        .field(name)
        .is_some_and(|field| mask_of(object, field, column_of(field, shape)).is_some());
    !written
}

fn is_shared(category: &str) -> bool {
    SHARED.contains(&category) || category.starts_with("x.")
}

/// Whether a column holds too little for a text.
fn is_short(column: &Column) -> bool {
    match column.holds {
        Holds::Text => column.max_length.is_some_and(|most| most <= SHORT),
        Holds::Number | Holds::Boolean | Holds::Date | Holds::Timestamp | Holds::Uuid => true,
        Holds::Binary | Holds::Json | Holds::Other => false,
    }
}
