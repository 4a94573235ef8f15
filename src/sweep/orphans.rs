//! By which columns the records of an object name those above them, as the inventory has it. Pure.

use std::collections::BTreeMap;

use crate::connector::Object;
use crate::connector::object::{At, How, Via};
use crate::connector::sweeping::Link;
use crate::inventory::System;

/// The links of an object, each set of columns once: where several objects share one, a record has a parent if any of them has it.
pub fn links(system: &System, object: &Object) -> Vec<Link> {
    let mut found: BTreeMap<Vec<String>, Vec<(String, Vec<String>)>> = BTreeMap::new();
    let mut add = |columns: Vec<String>, parent: (String, Vec<String>)| {
        let parents = found.entry(columns).or_default();
        if !parents.contains(&parent) {
            parents.push(parent);
        }
    };
    let is_table = |name: &String| {
        let above = system.object(name);
        above.filter(|above| matches!(above.how, How::Table { .. }))
    };
    for finder in &object.find {
        let Via::Join(pairs) = &finder.via else {
            continue;
        };
        let mut pairs = pairs.clone();
        pairs.sort();
        let (own, above): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        for parent in finder.under.iter().filter(|name| is_table(name).is_some()) {
            add(own.clone(), (parent.clone(), above.clone()));
        }
    }
    for field in &object.fields {
        let At::Path(path) = &field.at else {
            continue;
        };
        let own = path.first().unwrap_or(&field.name);
        for parent in &field.links {
            // A part of a longer key names no record alone.
            if let Some([key]) = is_table(parent).map(|above| &above.key[..]) {
                add(vec![own.clone()], (parent.clone(), vec![key.clone()]));
            }
        }
    }
    found
        .into_iter()
        .map(|(columns, parents)| Link { columns, parents })
        .collect()
}

/// Whether records of an object hang below others in a way that only its system knows.
pub fn hangs_elsewhere(object: &Object) -> bool {
    let below = |finder: &crate::connector::object::Finder| !finder.under.is_empty();
    !matches!(object.how, How::Table { .. }) && object.find.iter().any(below)
}
