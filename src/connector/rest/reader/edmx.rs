//! The metadata document of an OData service: entity sets, their properties and where navigation leads
//! (OData CSDL XML 4.01; CSDL of OData 2.0).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::connector::members;
use crate::connector::outline::OutlineColumn;

/// What a metadata document says.
#[derive(Default)]
pub(super) struct Model {
    /// By name: the type of an entity set, or of what a navigation property leads to.
    leads: BTreeMap<String, String>,
    /// By full name.
    types: BTreeMap<String, Kind>,
}

#[derive(Default)]
struct Kind {
    base: Option<String>,
    columns: Vec<OutlineColumn>,
}

impl Model {
    /// `None` if it is no metadata document.
    pub(super) fn read(document: &Value) -> Option<Model> {
        let edmx = below(document, "Edmx").into_iter().next()?;
        let services = below(edmx, "DataServices").into_iter().next()?;
        let schemas = below(services, "Schema");
        let mut model = Model::default();
        let mut aliases = BTreeMap::new();
        for schema in &schemas {
            if let (Some(alias), Some(name)) = (text(schema, "Alias"), text(schema, "Namespace")) {
                aliases.insert(alias, name);
            }
        }
        let full = |name: &str| {
            let name = name
                .strip_prefix("Collection(")
                .unwrap_or(name)
                .trim_end_matches(')');
            match name.rsplit_once('.') {
                Some((space, last)) => format!(
                    "{}.{last}",
                    aliases.get(space).map_or(space, String::as_str)
                ),
                None => name.to_owned(),
            }
        };
        // In OData 2.0 an association says what its ends are.
        let mut ends = BTreeMap::new();
        for schema in &schemas {
            let space = text(schema, "Namespace").unwrap_or_default();
            for association in below(schema, "Association") {
                let name = text(association, "Name").unwrap_or_default();
                for end in below(association, "End") {
                    if let (Some(role), Some(kind)) = (text(end, "Role"), text(end, "Type")) {
                        ends.insert((format!("{space}.{name}"), role), full(&kind));
                    }
                }
            }
        }
        let mut sets = BTreeMap::new();
        for schema in &schemas {
            let space = text(schema, "Namespace").unwrap_or_default();
            for entity in below(schema, "EntityType") {
                let Some(name) = text(entity, "Name") else {
                    continue;
                };
                let columns = below(entity, "Property").into_iter().filter_map(column);
                let kind = Kind {
                    base: text(entity, "BaseType").map(|base| full(&base)),
                    columns: columns.collect(),
                };
                model.types.insert(format!("{space}.{name}"), kind);
                for leads in below(entity, "NavigationProperty") {
                    let to = text(leads, "Type").map(|kind| full(&kind)).or_else(|| {
                        let relation = full(&text(leads, "Relationship")?);
                        ends.get(&(relation, text(leads, "ToRole")?)).cloned()
                    });
                    if let (Some(name), Some(to)) = (text(leads, "Name"), to) {
                        model.leads.insert(name, to);
                    }
                }
            }
            for container in below(schema, "EntityContainer") {
                for set in below(container, "EntitySet") {
                    if let (Some(name), Some(kind)) = (text(set, "Name"), text(set, "EntityType")) {
                        sets.insert(name, full(&kind));
                    }
                }
            }
        }
        // An entity set is meant before a property of the same name.
        model.leads.extend(sets);
        (!model.types.is_empty()).then_some(model)
    }

    /// The properties of what an entity set or a navigation property holds, those of its base types among them.
    pub(super) fn members(&self, name: &str) -> Option<Vec<OutlineColumn>> {
        let mut at = self.leads.get(name);
        let mut seen = BTreeSet::new();
        let mut columns = Vec::new();
        let mut known = false;
        while let Some(name) = at.filter(|name| seen.insert((*name).clone())) {
            let kind = self.types.get(name);
            known |= kind.is_some();
            columns.extend(kind.into_iter().flat_map(|kind| kind.columns.clone()));
            at = kind.and_then(|kind| kind.base.as_ref());
        }
        known.then_some(columns)
    }
}

fn column(property: &Value) -> Option<OutlineColumn> {
    let type_name = text(property, "Type").unwrap_or_default();
    Some(OutlineColumn {
        name: text(property, "Name")?,
        label: text(property, "sap:label"),
        holds: members::holds(&type_name),
        type_name,
    })
}

/// The elements of this name, whatever its prefix; one alone is no list in XML.
fn below<'v>(value: &'v Value, name: &str) -> Vec<&'v Value> {
    let members = value.as_object().into_iter().flatten();
    members
        .filter(|(known, _)| known.rsplit(':').next() == Some(name))
        .flat_map(|(_, value)| match value {
            Value::Array(items) => items.iter().collect(),
            one => vec![one],
        })
        .collect()
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(format!("@{name}"))?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(model: &Model, of: &str) -> Vec<String> {
        let columns = model.members(of).unwrap();
        columns.into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn sets_and_what_they_lead_to_are_read_in_both_versions() {
        let second = json!({ "edmx:Edmx": { "edmx:DataServices": { "Schema": {
            "@Namespace": "CRM",
            "EntityType": [
                { "@Name": "PartnerType", "Property": [{ "@Name": "Partner", "@Type": "Edm.String" },
                    { "@Name": "Fax", "@Type": "Edm.String", "@sap:label": "Fax number" }],
                  "NavigationProperty": { "@Name": "to_Address", "@Relationship": "CRM.Lives", "@ToRole": "there" } },
                { "@Name": "AddressType", "Property": { "@Name": "Street", "@Type": "Edm.String" } }
            ],
            "Association": { "@Name": "Lives", "End": [{ "@Role": "here", "@Type": "CRM.PartnerType" }, { "@Role": "there", "@Type": "CRM.AddressType" }] },
            "EntityContainer": { "EntitySet": { "@Name": "A_Partner", "@EntityType": "CRM.PartnerType" } }
        } } } });
        let model = Model::read(&second).unwrap();
        assert_eq!(names(&model, "A_Partner"), ["Partner", "Fax"]);
        assert_eq!(names(&model, "to_Address"), ["Street"]);
        assert!(model.members("to_Nothing").is_none());
        let fourth = json!({ "Edmx": { "DataServices": { "Schema": [
            { "@Namespace": "long.name", "@Alias": "self", "EntityType": [
                { "@Name": "base", "Property": { "@Name": "id", "@Type": "Edm.Guid" } },
                { "@Name": "contact", "@BaseType": "self.base", "Property": [{ "@Name": "fax", "@Type": "Edm.String" }],
                  "NavigationProperty": { "@Name": "notes", "@Type": "Collection(self.note)" } },
                { "@Name": "note", "@BaseType": "self.note", "Property": { "@Name": "text", "@Type": "Edm.String" } }
            ] },
            { "@Namespace": "other", "EntityContainer": { "EntitySet": [{ "@Name": "contacts", "@EntityType": "self.contact" }] } }
        ] } } });
        let model = Model::read(&fourth).unwrap();
        assert_eq!(names(&model, "contacts"), ["fax", "id"]);
        assert_eq!(names(&model, "notes"), ["text"], "a circle ends");
        assert!(Model::read(&json!({ "html": {} })).is_none());
    }
}
