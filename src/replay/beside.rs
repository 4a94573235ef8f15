//! What a package asks for beside the records: the items of their parts, and their files. In a test only an export asks for it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::connector::attachment;
use crate::connector::object::Object;
use crate::connector::{Fault, Reader};
use crate::findings::Findings;

/// What came, by `object/key` of the record.
#[derive(Default)]
pub(super) struct Beside {
    /// Number of items by part.
    pub parts: BTreeMap<String, BTreeMap<String, u64>>,
    /// Names of files that came whole.
    pub files: BTreeMap<String, Vec<String>>,
    /// By object and part.
    pub faults: Vec<(String, Fault)>,
}

/// Asks for everything that belongs to the records that were found.
pub(super) async fn gather(
    reader: &mut dyn Reader,
    objects: &[Object],
    findings: &Findings,
) -> Beside {
    let mut all = Beside::default();
    for object in objects {
        let mine = findings.records();
        let mine = mine.filter(|(_, answer, _)| answer.object == object.name);
        for (_, _, found) in mine {
            let record = &found.record;
            let name = format!("{}/{}", object.name, record.key);
            let mut named = attachment::named(object, None, &record.data);
            for part in object.parts() {
                let mut items: Vec<Value> = Vec::new();
                let mut sink = |item: Value| {
                    items.push(item);
                    true
                };
                let read = reader.part(object, part, record, &mut sink).await;
                let counts = all.parts.entry(name.clone()).or_default();
                counts.insert(part.name.clone(), items.len() as u64);
                if let Err(fault) = read {
                    all.faults.push((format!("{name} {}", part.name), fault));
                }
                let of_items = items.iter();
                named.extend(
                    of_items.flat_map(|item| attachment::named(object, Some(&part.name), item)),
                );
            }
            for file in named {
                let Some(rule) = object.files().get(file.rule) else {
                    continue;
                };
                let fetched = reader
                    .file(object, rule, record, &file, &mut |_| true)
                    .await;
                match fetched.came {
                    Ok(None) => {}
                    Ok(Some(_)) => {
                        let names = all.files.entry(name.clone()).or_default();
                        names.push(fetched.name);
                    }
                    Err(fault) => all.faults.push((format!("{name} files"), fault)),
                }
            }
        }
    }
    all
}
