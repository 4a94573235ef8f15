//! A recording as a test file: a new one, or a further case behind those of an existing one.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::disguise::Disguise;
use super::notation::Told;
use super::talk::exchange;
use super::{Invented, Taken, Wanted, outcome};
use crate::connector::definition::{Definition, SettingKind, SettingRule};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::messages::{Text, replay as say};
use crate::replay::play::Played;
use crate::replay::{self, Run};
use crate::yaml::write::{block, json as flow, scalar};
use crate::yaml::{Node, error};

/// What a case is written from.
pub(super) struct Sheet<'s> {
    pub(super) definition: &'s Definition,
    pub(super) wanted: &'s Wanted,
    pub(super) played: &'s Played,
    pub(super) disguise: &'s Disguise<'s>,
    pub(super) invented: &'s Invented,
    /// What each reply says.
    pub(super) told: &'s [Option<Told>],
    /// Headers that the connector reads, in small letters.
    pub(super) headers: Vec<String>,
}

/// A test file with the new case, and the parts of it that were recorded, each with what it is.
pub(super) struct Paper {
    pub(super) text: String,
    pub(super) exchanges: usize,
    pub(super) expect: Value,
    pub(super) parts: Vec<Part>,
}

/// A text that was recorded, and where.
pub(super) struct Part {
    /// `exchange 3`
    pub(super) place: Text,
    /// The member that holds it.
    pub(super) member: Option<String>,
    /// It is the name of a member, and not a value.
    pub(super) name: bool,
    pub(super) text: String,
}

/// The settings of the file: those that it has, else invented ones.
pub(super) fn settings(
    definition: &Definition,
    existing: Option<&Arc<Source>>,
) -> Result<Invented> {
    if let Some(source) = existing {
        return Ok(replay::parse(source, definition)?.settings);
    }
    let each = definition
        .settings
        .iter()
        .filter(|(_, rule)| rule.is_required() || rule.kind == SettingKind::Url || rule.secret);
    Ok(each
        .map(|(name, rule)| (name.clone(), invented(&definition.name, name, rule)))
        .collect())
}

/// A value of the form that a setting must have.
pub(in crate::replay) fn invented(connector: &str, name: &str, rule: &SettingRule) -> String {
    let fits = |text: &String| rule.check(text, false).is_ok();
    let usual = match rule.kind {
        SettingKind::Url => vec![format!("https://{connector}.example.com")],
        SettingKind::Integer => vec!["7".to_owned()],
        SettingKind::Boolean => vec!["true".to_owned()],
        SettingKind::Text => vec![],
    };
    let more = rule.one_of.iter().cloned().chain(rule.default.clone());
    let shapes = [
        "invented",
        "example",
        "12345",
        "1234567890",
        "ab12",
        "EX",
        "ada@example.org",
        "00000000-0000-4000-8000-000000000000",
    ];
    let all = usual
        .into_iter()
        .chain(more)
        .chain(shapes.map(str::to_owned));
    let mut all = all.chain([format!("invented-{name}")]);
    all.find(fits).unwrap_or_else(|| "invented".to_owned())
}

pub(super) fn write(
    sheet: &Sheet<'_>,
    taken: &[Taken],
    existing: Option<&Arc<Source>>,
) -> Result<Paper> {
    let mut parts = Vec::new();
    let mut exchanges = Vec::new();
    for (at, one) in taken.iter().enumerate() {
        let made = exchange(sheet, one, at)?;
        // A text is looked through by its names and values, as JSON is.
        let mut looked = made.exchange.clone();
        if let Some(values) = made.looked {
            looked["reply"]["text"] = values;
        }
        spread(&looked, &say::exchange_no(at + 1), None, &mut parts);
        exchanges.push(made.exchange);
    }
    let subject: Map<String, Value> = sheet
        .wanted
        .subject
        .iter()
        .map(|one| {
            (
                one.kind.0.clone(),
                json!(sheet.disguise.request(one.value())),
            )
        })
        .collect();
    let set: Map<String, Value> = sheet
        .wanted
        .set
        .iter()
        .map(|one| {
            (
                own_name(sheet.definition, &one.field),
                json!(sheet.disguise.request(&one.value)),
            )
        })
        .collect();
    let expect = expect(sheet);
    for (name, value) in [
        ("subject", json!(subject)),
        ("set", json!(set)),
        ("expect", expect.clone()),
        ("name", json!(sheet.wanted.name)),
    ] {
        spread(&value, &Text::same(name), None, &mut parts);
    }
    let mut case = format!(
        "  - name: {}\n    run: {}\n    subject: {}\n",
        scalar(&sheet.wanted.name),
        sheet.wanted.run.word(),
        flow(&json!(subject))
    );
    if !set.is_empty() {
        case.push_str(&format!("    set: {}\n", flow(&json!(set))));
    }
    case.push_str("    exchanges:\n");
    for exchange in &exchanges {
        case.push_str(&item(exchange));
    }
    case.push_str("    expect:\n");
    for (name, value) in expect.as_object().into_iter().flatten() {
        case.push_str(&format!("      {name}: {}\n", flow(value)));
    }
    let text = match existing {
        Some(source) => appended(source, &case, &sheet.wanted.name)?,
        None => {
            let mut text = format!("dsr: 1\ntests: {}\n", scalar(&sheet.definition.name));
            if !sheet.invented.is_empty() {
                text.push_str(&format!("settings: {}\n", flow(&json!(sheet.invented))));
            }
            format!("{text}cases:\n{case}")
        }
    };
    Ok(Paper {
        text,
        exchanges: exchanges.len(),
        expect,
        parts,
    })
}

/// `object.field` of a correction; the name of the system before it is the connector's.
fn own_name(definition: &Definition, field: &str) -> String {
    let own = field.strip_prefix(&format!("{}.", definition.name));
    own.unwrap_or(field).to_owned()
}

/// One exchange in the file: on a line, or on as many as it needs.
fn item(exchange: &Value) -> String {
    let line = flow(exchange);
    if line.chars().count() <= 130 {
        return format!("      - {line}\n");
    }
    let source = Arc::new(Source {
        path: "exchange".into(),
        text: line.clone(),
    });
    let Ok(node) = crate::yaml::parse(&source) else {
        return format!("      - {line}\n");
    };
    let mut out = String::new();
    for (at, text) in block(&node).lines().enumerate() {
        out.push_str(if at == 0 { "      - " } else { "        " });
        out.push_str(text);
        out.push('\n');
    }
    out
}

/// A further case at the end of the list that ends the file.
fn appended(source: &Source, case: &str, name: &str) -> Result<String> {
    let refuse = || {
        error(
            "E798",
            say::no_place_for_case(source.path.display().to_string()),
        )
        .help(say::no_place_for_case_help())
    };
    let node = crate::yaml::parse(&Arc::new(Source {
        path: source.path.clone(),
        text: source.text.clone(),
    }))?;
    let last = node.map().and_then(|entries| entries.last());
    let Some((_, cases)) = last.filter(|(key, _)| key.text == "cases") else {
        return Err(refuse().into());
    };
    let named = |one: &Node| {
        one.map()
            .into_iter()
            .flatten()
            .any(|(key, value)| key.text == "name" && value.scalar().as_deref() == Some(name))
    };
    if cases.list().is_some_and(|all| all.iter().any(named)) {
        return Err(error("E798", say::case_is_there(name))
            .help(say::case_is_there_help())
            .into());
    }
    let mut text = source.text.trim_end().to_owned();
    text.push('\n');
    text.push_str(case);
    let whole = crate::yaml::parse(&Arc::new(Source {
        path: source.path.clone(),
        text: text.clone(),
    }));
    match whole {
        Ok(_) => Ok(text),
        Err(_) => Err(refuse().into()),
    }
}

fn expect(sheet: &Sheet<'_>) -> Value {
    let (found, near_misses, outcomes) = outcome(sheet.played);
    let key = |key: &String| -> String {
        key.split('/')
            .map(|part| sheet.disguise.request(part))
            .collect::<Vec<_>>()
            .join("/")
    };
    let found: Map<String, Value> = found
        .iter()
        .map(|(object, keys)| {
            (
                object.clone(),
                json!(keys.iter().map(key).map(plain).collect::<Vec<_>>()),
            )
        })
        .collect();
    let mut out = json!({ "found": found, "near_misses": near_misses });
    if sheet.wanted.run.writes() {
        let each = outcomes.iter().map(|(name, word)| {
            let (object, rest) = name.split_once('/').unwrap_or((name, ""));
            (format!("{object}/{}", key(&rest.to_owned())), json!(word))
        });
        out["outcomes"] = Value::Object(each.collect());
    }
    if sheet.wanted.run == Run::Export {
        out["exported"] = exported(sheet);
    }
    out
}

/// A number without quotation marks, if it is written as one.
fn plain(key: String) -> Value {
    match key.parse::<u64>() {
        Ok(number) if number.to_string() == key => json!(number),
        _ => json!(key),
    }
}

/// Values of the fields, as an access request would show them.
fn exported(sheet: &Sheet<'_>) -> Value {
    let mut out = Map::new();
    for (_, object, found) in sheet.played.findings.records() {
        let Some(described) = sheet.definition.object(&object.object) else {
            continue;
        };
        let disguised = sheet.disguise.reply(&found.record.data, false);
        let mut values = Map::new();
        for field in &described.fields {
            let value = match field.at.all(&disguised)[..] {
                [] => continue,
                [one] => one.clone(),
                ref several => json!(several),
            };
            values.insert(field.name.clone(), value);
        }
        let key = found.record.key.to_string();
        let key: Vec<String> = key
            .split('/')
            .map(|part| sheet.disguise.request(part))
            .collect();
        out.insert(
            format!("{}/{}", object.object, key.join("/")),
            Value::Object(values),
        );
    }
    Value::Object(out)
}

/// Every text in a value, names of members as well.
fn spread(value: &Value, place: &Text, member: Option<&str>, out: &mut Vec<Part>) {
    let part = |name: bool, text: String| Part {
        place: place.clone(),
        member: member.map(str::to_owned),
        name,
        text,
    };
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                out.push(part(true, name.clone()));
                spread(inner, place, Some(name), out);
            }
        }
        Value::Array(items) => {
            for item in items {
                spread(item, place, member, out);
            }
        }
        Value::String(text) => out.push(part(false, text.clone())),
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => out.push(part(false, number.to_string())),
    }
}

/// Plays the new case; what its derived cases come to is not the recording's fault.
pub(super) fn play(definition: &Definition, text: &str, name: &str) -> Result<Vec<Diagnostic>> {
    let source = Arc::new(Source {
        path: Path::new("recording").to_owned(),
        text: text.to_owned(),
    });
    let file = replay::parse(&source, definition)?;
    let report = replay::run(definition, &file);
    let Some(case) = report.cases.iter().find(|case| case.name == name) else {
        return Ok(Vec::new());
    };
    if let Some(first) = case.wrong.first() {
        let wrong = error("E795", say::not_accepted(name))
            .why(first.what.clone())
            .help(say::not_accepted_help());
        return Err(wrong.into());
    }
    Ok(case
        .derived
        .iter()
        .filter_map(|one| one.wrong())
        .flatten()
        .cloned()
        .collect())
}
