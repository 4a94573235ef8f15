//! `dsr connector discover`: what a connected system says it holds, and what of it belongs into the inventory.
//!
//! Nothing is written and no record is read. The proposal goes to standard output as the `objects:` of the inventory, with the
//! reason of each guess beside it; what remains open goes to standard error.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::context::{Context, House};
use crate::cli::{block_on, journey};
use crate::connector::object::How;
use crate::connector::outline::Outline;
use crate::connector::proposal::{self, Fate, Proposal, Proposed, Way};
use crate::connector::{Object, members};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::execute::Doors as _;
use crate::inventory::{Engine, System};
use crate::messages::{Text, describe, discover as say};
use crate::subject::Kind;
use crate::ui::{Format, harmless};
use crate::yaml::error;
use crate::yaml::write::scalar;

/// Ask a system what it holds and propose objects, identities and links for the inventory
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The system of the inventory; it may still be `not_connected`
    #[arg(value_name = "SYSTEM")]
    system: String,
}

pub(crate) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    journey::check_names(&house, std::slice::from_ref(&args.system))?;
    let system = house.inventory.system(&args.system).cloned();
    let Some(system) =
        system.filter(|system| !matches!(system.engine, Engine::Manual(_) | Engine::None))
    else {
        let wrong = error("E918", say::by_hand(&args.system));
        return Err(wrong.help(say::by_hand_help()).into());
    };
    let Some(outline) = ask(&house, &system)? else {
        if matches!(system.engine, Engine::Rest(_)) {
            let wrong = error("E921", describe::nothing_says(&system.name));
            return Err(wrong.help(describe::nothing_says_help()).into());
        }
        let wrong = error("E919", say::no_outline(&system.name));
        return Err(wrong.help(say::no_outline_help()).into());
    };
    let mut kinds: BTreeSet<String> = house
        .inventory
        .kinds
        .rules
        .keys()
        .map(|kind| kind.0.clone())
        .collect();
    kinds.extend([Kind::EMAIL, Kind::PHONE].map(str::to_owned));
    let proposal = proposal::propose(&outline, &known(&system), &kinds);
    match context.ui.format {
        Format::Json => context.ui.json(&document(context, &system, &proposal)),
        Format::Csv => {
            let columns = [
                say::column_object(),
                say::column_column(),
                say::column_category(),
                say::column_identity(),
                say::column_because(),
            ];
            context.ui.rows(&columns, &rows(context, &proposal));
        }
        Format::Table => table(context, &system, &proposal),
    }
    Ok(Exit::Done)
}

fn ask(house: &House, system: &System) -> Result<Option<Outline>> {
    let doors = house.doors();
    let asked = block_on(async {
        let mut reader = doors.reader(system)?;
        tokio::time::timeout(system.within, reader.outline())
            .await
            .unwrap_or_else(|_| Err(crate::connector::Fault::cut(system.within.as_secs())))
    })?;
    asked.map_err(|fault| {
        let wrong = Diagnostic::new(
            "E920",
            Exit::Incomplete,
            say::unreached(&system.name, fault.code.clone(), fault.text.clone()),
        );
        wrong
            .help(crate::messages::fault::remedy(&fault.code))
            .into()
    })
}

/// The objects that the inventory has already, by what they read. Several may read one table; the first stands for it.
fn known(system: &System) -> BTreeMap<String, &Object> {
    let mut known = BTreeMap::new();
    for object in &system.objects {
        let name = match &object.how {
            How::Table { table, .. } => table.clone(),
            How::File { .. } => system.name.clone(),
            How::Http { .. } => object.name.clone(),
            _ => continue,
        };
        known.entry(name).or_insert(object);
    }
    known
}

fn table(context: &Context, system: &System, proposal: &Proposal) {
    let lang = context.ui.lang;
    let open: Vec<(&str, &Text)> = proposal
        .objects
        .iter()
        .flat_map(|one| one.open.iter().map(|text| (one.object.as_str(), text)))
        .collect();
    if proposal.objects.is_empty() {
        context.ui.say(&say::nothing_new(&system.name));
    } else {
        let out = Text {
            en: block(system, proposal, |text| text.en.as_str()),
            de: block(system, proposal, |text| text.de.as_str()),
        };
        context.ui.raw(out.to(lang).as_bytes());
    }
    if !open.is_empty() {
        context.ui.heading(&say::open());
        for (object, text) in open {
            context.ui.say(&say::point(object, text.clone()));
        }
    }
    if !proposal.left.is_empty() {
        context.ui.heading(&say::left());
        for (name, why) in &proposal.left {
            context.ui.say(&say::point(name, why.clone()));
        }
    }
    let fields: usize = proposal
        .objects
        .iter()
        .map(|object| object.fields.len())
        .sum();
    context.ui.say(&say::summary(
        proposal.objects.len(),
        fields,
        proposal.left.len(),
    ));
}

/// The proposal as the inventory takes it.
fn block(system: &System, proposal: &Proposal, words: impl Fn(&Text) -> &str) -> String {
    let is_file = matches!(system.engine, Engine::Csv(_));
    let comment = |text: Text| harmless::shown(words(&text)).to_string();
    let mut out = String::new();
    // Writing to a text cannot fail.
    let mut points = proposal.objects.iter().flat_map(|object| &object.open);
    let whence = match points.any(|point| *point == describe::a_sample()) {
        true => describe::sampled_from(&system.name),
        false => say::proposed_for(&system.name),
    };
    let _ = writeln!(out, "# {}", comment(whence));
    let _ = writeln!(out, "# {}", comment(say::nothing_counts()));
    let is_http = matches!(system.engine, Engine::Rest(_));
    if is_http {
        let _ = writeln!(out, "# {}", comment(describe::ask_for_it()));
        out.push_str("extend:\n");
    }
    let began = out.len();
    out.push_str("objects:\n");
    for object in &proposal.objects {
        if object.known {
            let already = match is_http {
                true => describe::in_the_connector(&object.object),
                false => say::already(&object.object),
            };
            let _ = writeln!(out, "  # {}", comment(already));
        }
        let _ = writeln!(out, "  {}:", object.object);
        if !object.known {
            head(object, is_file, &comment, &mut out);
        }
        fields(object, &comment, &mut out);
        if !object.unclear.is_empty() {
            let _ = writeln!(
                out,
                "    # {}",
                comment(say::unclear(object.unclear.join(", ")))
            );
        }
        for point in &object.open {
            let _ = writeln!(out, "    # {}", comment(point.clone()));
        }
        match object.erase {
            _ if object.known => {}
            Fate::Remove => out.push_str("    erase: remove\n"),
            Fate::Retain => {
                let _ = writeln!(out, "    erase: retain  # {}", comment(say::booked()));
                let _ = writeln!(
                    out,
                    "    reason: {}",
                    scalar(&comment(say::booked_reason()))
                );
            }
        }
    }
    if is_http {
        // An overlay of the system's connector, one step further in.
        let lines = out[began..].lines().map(|line| format!("  {line}\n"));
        let inner: String = lines.collect();
        out.truncate(began);
        out.push_str(&inner);
    }
    out
}

fn head(object: &Proposed, is_file: bool, comment: &impl Fn(Text) -> String, out: &mut String) {
    if !is_file {
        let _ = writeln!(out, "    table: {}", scalar(&object.collection));
        let parts: Vec<String> = object.key.iter().map(|part| scalar(part)).collect();
        match parts.as_slice() {
            [] => {}
            [only] => {
                let _ = writeln!(out, "    key: {only}  # {}", comment(say::primary_key()));
            }
            several => {
                let _ = writeln!(
                    out,
                    "    key: [{}]  # {}",
                    several.join(", "),
                    comment(say::primary_key())
                );
            }
        }
    }
    out.push_str("    find:\n");
    for way in &object.find {
        let _ = match way {
            Way::By { kind, column } => {
                writeln!(out, "      - {{ by: {kind}, column: {} }}", scalar(column))
            }
            Way::Under {
                object,
                column,
                because,
            } => writeln!(
                out,
                "      - {{ under: {object}, column: {} }}  # {}",
                scalar(column),
                comment(because.clone())
            ),
        };
    }
}

fn fields(object: &Proposed, comment: &impl Fn(Text) -> String, out: &mut String) {
    if object.fields.is_empty() {
        out.push_str("    fields: {}\n");
        return;
    }
    out.push_str("    fields:\n");
    for field in &object.fields {
        let because = comment(field.because.clone());
        if field.column.starts_with('$') {
            let name = members::names(&field.column).join("_");
            let identity = field.identity.map(|kind| format!(", identity: {kind}"));
            let _ = writeln!(
                out,
                "      {}: {{ category: {}, at: {}{} }}  # {because}",
                scalar(&name),
                field.category,
                scalar(&field.column),
                identity.unwrap_or_default()
            );
            continue;
        }
        let column = scalar(&field.column);
        let _ = match field.identity {
            Some(kind) => writeln!(
                out,
                "      {column}: {{ category: {}, identity: {kind} }}  # {because}",
                field.category
            ),
            None => writeln!(out, "      {column}: {}  # {because}", field.category),
        };
    }
}

fn rows(context: &Context, proposal: &Proposal) -> Vec<Vec<String>> {
    let lang = context.ui.lang;
    let of = |object: &Proposed| -> Vec<Vec<String>> {
        let fields = object.fields.iter().map(|field| {
            let identity = field.identity.unwrap_or_default();
            vec![
                object.object.clone(),
                field.column.clone(),
                field.category.to_owned(),
                identity.to_owned(),
                field.because.to(lang).to_owned(),
            ]
        });
        fields.collect()
    };
    proposal.objects.iter().flat_map(of).collect()
}

/// `dsr.connector.discover/1`
fn document(context: &Context, system: &System, proposal: &Proposal) -> Value {
    let lang = context.ui.lang;
    let way = |way: &Way| match way {
        Way::By { kind, column } => json!({ "by": kind, "column": column }),
        Way::Under {
            object,
            column,
            because,
        } => json!({ "under": object, "column": column, "because": because.to(lang) }),
    };
    let object = |object: &Proposed| {
        let fields = object.fields.iter().map(|field| {
            json!({
                "column": field.column,
                "type": field.type_name,
                "category": field.category,
                "identity": field.identity,
                "because": field.because.to(lang),
            })
        });
        let erase = match object.erase {
            _ if object.known => None,
            Fate::Remove => Some("remove"),
            Fate::Retain => Some("retain"),
        };
        json!({
            "object": object.object,
            "table": object.collection,
            "known": object.known,
            "key": object.key,
            "find": object.find.iter().map(way).collect::<Vec<_>>(),
            "fields": fields.collect::<Vec<_>>(),
            "unclear": object.unclear,
            "erase": erase,
            "open": object.open.iter().map(|text| text.to(lang)).collect::<Vec<_>>(),
        })
    };
    let left = proposal
        .left
        .iter()
        .map(|(name, why)| json!({ "table": name, "because": why.to(lang) }));
    json!({
        "schema": "dsr.connector.discover/1",
        "system": system.name,
        "objects": proposal.objects.iter().map(object).collect::<Vec<_>>(),
        "left": left.collect::<Vec<_>>(),
    })
}
