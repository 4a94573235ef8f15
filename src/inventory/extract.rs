//! What of the inventory an auditor sees: systems, objects, fields, categories, rules. No settings, addresses, owners, comments.

use serde_json::{Value, json};

use crate::connector::object::{Erase, Object};
use crate::inventory::{DataType, Engine, Inventory, Rule, RuleKind, Status, System, Then};

/// The canonical extract that lies in every bundle.
pub fn extract(inventory: &Inventory) -> Value {
    json!({
        "schema": "dsr.inventory-extract/1",
        "identity": if inventory.identity_required { "required" } else { "assumed" },
        "approval": inventory.approval,
        "identities": inventory.kinds.rules.iter().map(|(kind, rule)| json!({ "kind": kind, "trusted_from": rule.trusted_from })).collect::<Vec<_>>(),
        "systems": inventory.systems.iter().map(system).collect::<Vec<_>>(),
        "data_types": inventory.data_types.iter().map(data_type).collect::<Vec<_>>(),
        "flows": inventory.flows.iter().map(|flow| json!({ "from": flow.from, "to": flow.to })).collect::<Vec<_>>(),
    })
}

fn system(system: &System) -> Value {
    let engine = match &system.engine {
        Engine::Postgres => "postgres".to_owned(),
        Engine::Mysql => "mysql".to_owned(),
        Engine::Sqlite => "sqlite".to_owned(),
        Engine::Csv(_) => "csv".to_owned(),
        Engine::Manual(_) => "manual".to_owned(),
        Engine::Rest(definition) => format!("rest ({} {})", definition.name, definition.version),
        Engine::Ldap => "ldap".to_owned(),
        Engine::Files(_) => "files".to_owned(),
        Engine::Process(plugin) if plugin.own_network => "process (own network)".to_owned(),
        Engine::Process(_) => "process".to_owned(),
        Engine::None => "none".to_owned(),
    };
    let status = match system.status {
        Status::Active => "active",
        Status::Disabled => "disabled",
        Status::NotConnected => "not_connected",
    };
    json!({
        "name": system.name,
        "engine": engine,
        "status": status,
        "accounts": accounts(&system.engine),
        "control": system.control.is_some(),
        "insecure_http": system.insecure_http,
        "unconfirmed_writes": system.unconfirmed_writes,
        "objects": system.objects.iter().map(object).collect::<Vec<_>>(),
    })
}

/// Whether what is written is looked at again by another account than wrote it: `same` (no), `unknown` where a plugin signs in as it
/// likes, `none` where people do both.
fn accounts(engine: &Engine) -> &'static str {
    match engine {
        Engine::Postgres
        | Engine::Mysql
        | Engine::Sqlite
        | Engine::Csv(_)
        | Engine::Rest(_)
        | Engine::Ldap
        | Engine::Files(_) => "same",
        Engine::Process(_) => "unknown",
        Engine::Manual(_) | Engine::None => "none",
    }
}

fn object(object: &Object) -> Value {
    let erase = match &object.erase {
        Erase::Remove => "remove".to_owned(),
        Erase::Anonymise => "anonymise".to_owned(),
        Erase::Restrict => "restrict".to_owned(),
        Erase::Retain { .. } => "retain".to_owned(),
        Erase::Manual { .. } => "manual".to_owned(),
        Erase::With { object } => format!("with {object}"),
    };
    let find = object.find.iter().map(|finder| match &finder.by {
        Some(kind) if !finder.under.is_empty() => json!({ "by": kind, "under": finder.under }),
        Some(kind) => json!({ "by": kind }),
        None => json!({ "under": finder.under }),
    });
    json!({
        "object": object.name,
        "find": find.collect::<Vec<_>>(),
        "fields": object.fields.iter().map(|field| json!({ "field": field.name, "category": field.category, "identity": field.identity })).collect::<Vec<_>>(),
        "erase": erase,
        "cap": object.cap,
    })
}

fn data_type(data_type: &DataType) -> Value {
    let rule = match &data_type.rule {
        Rule::Catalogue { statute, field } => {
            let version = statute.versions.last();
            json!({
                "catalogue": statute.id,
                "kind": statute.kind,
                "keep": version.map(|version| version.keep.word()),
                "start": version.map(|version| version.start),
                "field": field,
                "norm": version.map(|version| &version.norm),
                "valid_from": version.and_then(|version| version.valid_from),
                "checked_on": version.map(|version| version.checked_on),
            })
        }
        Rule::Stated {
            keep,
            start,
            kind,
            because,
        } => json!({
            "keep": keep.to_string(),
            "start": start.words(),
            "kind": match kind { RuleKind::Min => "min", RuleKind::Max => "max", RuleKind::Keep => "keep" },
            "because": because,
        }),
    };
    let mut said = json!({
        "data_type": data_type.name,
        "objects": data_type.objects,
        "purpose": data_type.purpose,
        "basis": data_type.basis,
        "rule": rule,
        "then": match data_type.then { Then::Remove => "remove", Then::Anonymise => "anonymise", Then::Restrict => "restrict" },
    });
    // Absent where nobody says it, so that extracts of inventories without it stay as they are.
    if let Some(active) = &data_type.active_until {
        said["active_until"] = active.json();
    }
    said
}
