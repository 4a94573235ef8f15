//! The rules that a sweep carries out, in their order.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::connector::sweeping::Due;
use crate::connector::{self, Action, Object};
use crate::inventory::{self, About, DataType, Engine, Inventory, RuleKind, Status, System, Then};
use crate::keys::Digest;
use crate::law::Conflict;
use crate::messages::{Text, sweep as say};
use crate::statute::{self, Statute};
use crate::{canonical, law};

/// One data type in one object: what is due there, and what is then done.
#[derive(Clone, Debug)]
pub struct Rule {
    /// SHA-256 over everything that decides which records are due and what is written to them. A rule that is another by a single word has
    /// another.
    pub id: Digest,
    pub data_type: DataType,
    pub system: Arc<System>,
    pub object: Object,
    pub action: Action,
    /// By which norm or decision.
    pub basis: Text,
    pub due: Result<Due, Obstacle>,
}

/// Why a rule is not carried out at all.
#[derive(Clone, Copy, Debug)]
pub enum Obstacle {
    /// The system is disabled or not connected.
    Disconnected,
    /// People do it, or the engine has no records of which one could ask the age.
    Engine,
    /// It is kept on purpose.
    KeptOnPurpose,
    /// The connector lists no records by the day from which the rule counts.
    NotByAge,
    /// Neither the rule nor the object names a field from which to count.
    NoStart,
    /// The inventory does not say when the financial year ends.
    FinancialYear,
    /// It is stated as a duty to keep, and ends before the norm that it stands for.
    ShortMinimum(&'static Statute),
    /// A duty to keep counts from another kind of day than the data type names.
    OtherDay(&'static Statute),
}

impl Obstacle {
    pub fn word(self) -> &'static str {
        match self {
            Obstacle::Disconnected => "disconnected",
            Obstacle::Engine => "engine",
            Obstacle::KeptOnPurpose => "kept_on_purpose",
            Obstacle::NotByAge => "not_by_age",
            Obstacle::NoStart => "no_start",
            Obstacle::FinancialYear => "financial_year",
            Obstacle::ShortMinimum(_) => "short_minimum",
            Obstacle::OtherDay(_) => "other_day",
        }
    }

    /// Whether the rule contradicts the law, so that nobody can say what is due until a person has corrected it.
    pub fn contradicts_the_law(self) -> bool {
        matches!(self, Obstacle::ShortMinimum(_) | Obstacle::OtherDay(_))
    }

    /// Whether nothing is missing: the records are kept on purpose, or people see to them. Everything else is a rule that is not carried out
    /// though it should be.
    pub fn is_meant(self) -> bool {
        matches!(self, Obstacle::KeptOnPurpose | Obstacle::Engine)
    }

    /// The same of an obstacle that the ledger knows by its word.
    pub fn is_meant_by(word: &str) -> bool {
        [Obstacle::KeptOnPurpose, Obstacle::Engine]
            .iter()
            .any(|one| one.word() == word)
    }
}

impl Rule {
    /// `system.object`.
    pub fn place(&self) -> String {
        format!("{}.{}", self.system.name, self.object.name)
    }
}

/// Every rule of the inventory: those that lock before those that erase, and what hangs below something after that, since a record that others
/// refer to stays. What only the system knows to refer to something, a run puts behind it as well (`cli/sweep/order.rs`).
pub fn rules(inventory: &Inventory, today: Date, zone: &TimeZone) -> Vec<Rule> {
    let mut found = Vec::new();
    for data_type in &inventory.data_types {
        for name in &data_type.objects {
            let Some((system, object)) = name.split_once('.') else {
                continue;
            };
            let Some(system) = inventory.system(system) else {
                continue;
            };
            if let Some(object) = system.object(object) {
                found.extend(lock(data_type, system, object, today, zone));
                found.push(rule(data_type, system, object, today, zone));
            }
        }
    }
    found.sort_by_key(|rule| {
        let locks = rule.action == Action::Restrict;
        let depth = depth(&rule.system, &rule.object, &mut BTreeSet::new());
        (
            !locks,
            depth,
            rule.system.name.clone(),
            rule.object.name.clone(),
        )
    });
    found
}

fn rule(
    data_type: &DataType,
    system: &System,
    object: &Object,
    today: Date,
    zone: &TimeZone,
) -> Rule {
    let action = data_type.then.action();
    Rule {
        id: identify(data_type, system, object, action),
        data_type: data_type.clone(),
        system: Arc::new(system.clone()),
        object: object.clone(),
        action,
        basis: basis(data_type),
        due: due(data_type, system, object, action, today, zone),
    }
}

/// The rule by which records are locked once their purpose has ended, until the rule of their data type lets them go.
fn lock(
    data_type: &DataType,
    system: &System,
    object: &Object,
    today: Date,
    zone: &TimeZone,
) -> Option<Rule> {
    let active = data_type.active_until.as_ref()?;
    let until_then = DataType {
        rule: inventory::Rule::Stated {
            keep: active.plus,
            start: active.event.clone(),
            kind: RuleKind::Max,
            because: None,
        },
        then: Then::Restrict,
        // Duties keep from erasing, and not from locking.
        duties: Vec::new(),
        active_until: None,
        about: About::default(),
        ..data_type.clone()
    };
    let locks = rule(&until_then, system, object, today, zone);
    Some(Rule {
        basis: say::purpose_over(active.plus.to_string(), basis(data_type)),
        ..locks
    })
}

fn due(
    data_type: &DataType,
    system: &System,
    object: &Object,
    action: Action,
    today: Date,
    zone: &TimeZone,
) -> Result<Due, Obstacle> {
    if system.status != Status::Active {
        return Err(Obstacle::Disconnected);
    }
    if !matches!(
        system.engine,
        Engine::Postgres | Engine::Mysql | Engine::Sqlite | Engine::Csv(_) | Engine::Rest(_)
    ) {
        return Err(Obstacle::Engine);
    }
    let on_purpose = match &data_type.rule {
        inventory::Rule::Catalogue { statute, .. } => statute.kind == statute::Kind::Keep,
        inventory::Rule::Stated { kind, .. } => *kind == RuleKind::Keep,
    };
    if on_purpose {
        return Err(Obstacle::KeptOnPurpose);
    }
    match law::conflict(data_type) {
        Some(Conflict::ShortMinimum(norm)) => return Err(Obstacle::ShortMinimum(norm)),
        Some(Conflict::OtherDay(norm)) => return Err(Obstacle::OtherDay(norm)),
        None => {}
    }
    let field = law::start_field(data_type, object).ok_or(Obstacle::NoStart)?;
    let is_listed = object.find.iter().any(|finder| finder.is_by_age())
        && object.clock.as_deref() == Some(field);
    if matches!(system.engine, Engine::Rest(_)) && !is_listed {
        return Err(Obstacle::NotByAge);
    }
    let days = law::days_over(data_type, today).ok_or(Obstacle::FinancialYear)?;
    Ok(Due {
        action,
        field: field.to_owned(),
        days,
        free: None,
        today,
        zone: zone.clone(),
    })
}

/// How many objects of the system an object hangs below.
fn depth<'s>(system: &'s System, object: &'s Object, seen: &mut BTreeSet<&'s str>) -> usize {
    if !seen.insert(&object.name) {
        return 0;
    }
    let above = object.find.iter().flat_map(|finder| &finder.under);
    let above: Vec<&Object> = above.filter_map(|name| system.object(name)).collect();
    let deepest = above
        .into_iter()
        .map(|object| depth(system, object, seen) + 1);
    deepest.max().unwrap_or(0)
}

fn identify(data_type: &DataType, system: &System, object: &Object, action: Action) -> Digest {
    let period = match &data_type.rule {
        inventory::Rule::Catalogue { statute, field } => json!({
            "rule": statute.id,
            "field": field,
            "versions": versions(statute),
        }),
        inventory::Rule::Stated {
            keep,
            start,
            kind,
            because,
        } => json!({
            "keep": keep.to_string(),
            "start": start.begin(),
            "field": start.field(),
            "kind": format!("{kind:?}"),
            "because": because,
        }),
    };
    let fields: Vec<_> = object
        .fields
        .iter()
        .map(|field| {
            // Where no mask is stated, what else a field says decides what is written to it.
            json!({
                "name": field.name,
                "at": format!("{:?}", field.at),
                "category": field.category,
                "identity": field.identity.as_ref().map(ToString::to_string),
                "fixed": field.fixed,
                "mask": field.mask.as_ref().map(|mask| format!("{mask:?}")),
            })
        })
        .collect();
    let finders: Vec<_> = object
        .find
        .iter()
        .map(|finder| format!("{:?}", finder.via))
        .collect();
    let duties: Vec<_> = data_type
        .duties
        .iter()
        .map(|duty| {
            let norms = duty
                .norms
                .iter()
                .map(|norm| json!([norm.id, versions(norm)]));
            norms.collect::<Vec<_>>()
        })
        .collect();
    let year = data_type.financial_year.map(|year| format!("{year:?}"));
    // What hangs below a record keeps it, so whoever takes an object out of the inventory, or looks for it elsewhere, changes what its
    // parents' rules erase.
    let below: Vec<_> = system
        .objects
        .iter()
        .flat_map(|other| other.find.iter().map(move |finder| (other, finder)))
        .filter(|(_, finder)| finder.under.contains(&object.name))
        .map(|(other, finder)| json!([other.name, other.table(), format!("{:?}", finder.via)]))
        .collect();
    Digest::sha256(&canonical::bytes(&json!({
        "data_type": data_type.name,
        "system": system.name,
        "object": object.name,
        "table": object.table(),
        "key": object.key,
        "clock": object.clock,
        "period": period,
        "duties": duties,
        "financial_year": year,
        "action": action,
        "writes": connector::describe(system, object, action),
        "sets": object.sets(action),
        "fields": fields,
        "finders": finders,
        "below": below,
        // Where the system is: another database has other records, however alike its tables are.
        "engine": format!("{:?}", system.engine),
        "settings": format!("{:?}", system.settings),
    })))
}

/// What of a norm decides which records are due.
fn versions(statute: &Statute) -> Vec<serde_json::Value> {
    let versions = statute.versions.iter().map(|version| {
        json!([
            version.keep.word(),
            version.start,
            version.valid_from,
            version.valid_to,
            version.norm
        ])
    });
    versions.collect()
}

/// The norm of a rule, or the decision of the company; and the norms by which records are kept longer than either says.
fn basis(data_type: &DataType) -> Text {
    let beyond: Vec<String> = law::beyond_the_rule(data_type)
        .into_iter()
        .map(law::in_words)
        .collect();
    let own = own_basis(data_type);
    match beyond.is_empty() {
        true => own,
        false => say::kept_longer(own, beyond.join("; ")),
    }
}

fn own_basis(data_type: &DataType) -> Text {
    match &data_type.rule {
        inventory::Rule::Catalogue { statute, .. } => {
            let norm = statute.versions.last().map_or("", |version| &version.norm);
            Text::same(format!("{norm} ({})", statute.id))
        }
        inventory::Rule::Stated { because, keep, .. } => match because {
            Some(because) => Text::same(because),
            None => say::own_decision(&data_type.name, keep.to_string()),
        },
    }
}

/// What a rule does, for a table.
pub fn action_text(then: Then) -> Text {
    match then {
        Then::Remove => say::removes(),
        Then::Anonymise => say::anonymises(),
        Then::Restrict => say::restricts(),
    }
}
