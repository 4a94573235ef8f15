//! The door: a file's text in, a checked inventory or everything that is wrong with it out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::connector::grammar::{is_kind, mapping, text};
use crate::diagnostic::{Diagnostic, Exit, Place, Source, Trouble};
use crate::inventory::context::Context;
use crate::inventory::settings::reference;
use crate::inventory::system::{Surroundings, controls, systems};
use crate::inventory::values::{is_label, none_of, number, period, word};
use crate::inventory::{
    Approval, Controller, DataType, EvidenceSettings, Expand, Inventory, Limits, Load, Person,
    Rule, Start, System, retention, sync,
};
use crate::keys::Digest;
use crate::messages::{Lang, Text, grammar as say_grammar, inventory as say};
use crate::subject::{Kind, KindRule, Kinds};
use crate::yaml::{self, Fields, Name, Node, error};

/// Errors shown at once.
const MOST: usize = 20;

/// Larger files are no inventories.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Reads `dsr.yaml`; returns the inventory and warnings, which stop nothing.
///
/// # Errors
/// Everything that is wrong with it (exit 2), up to 20 at once in the order of the file. While its structure is wrong, only that
/// is reported, because one misspelt key would bring a train of errors that are none.
pub fn read(path: &Path, load: Load<'_>) -> Result<(Inventory, Vec<Diagnostic>), Trouble> {
    let unreadable = |reason: Text| {
        Diagnostic::new(
            "E150",
            Exit::Usage,
            say::unreadable(path.display().to_string(), reason),
        )
        .help(say::unreadable_help())
    };
    let size = fs_err::metadata(path).map_err(|e| unreadable(Text::same(e.kind().to_string())))?;
    if !size.is_file() || size.len() > LARGEST {
        return Err(unreadable(say::too_large()).into());
    }
    let bytes = fs_err::read(path).map_err(|e| unreadable(Text::same(e.kind().to_string())))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Diagnostic::new(
            "E151",
            Exit::Usage,
            say::not_utf8(path.display().to_string()),
        )
        .help(say::not_utf8_help())
    })?;
    let source = Arc::new(Source {
        path: path.to_owned(),
        text,
    });
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    parse(&source, folder.unwrap_or(Path::new(".")), load)
}

/// The same for a text; `folder` is where relative paths start.
///
/// # Errors
/// As [`read`].
pub fn parse(
    source: &Arc<Source>,
    folder: &Path,
    load: Load<'_>,
) -> Result<(Inventory, Vec<Diagnostic>), Trouble> {
    let node = yaml::parse(source)?;
    let mut errors = Vec::new();
    let inventory = top(&node, &Surroundings { folder, load }, &mut errors);
    let (warnings, errors): (Vec<_>, Vec<_>) = errors.into_iter().partition(Diagnostic::is_warning);
    if !errors.is_empty() {
        return Err(shown(source, errors).into());
    }
    match inventory {
        Some(inventory) => Ok((inventory, warnings)),
        // Not reached: whatever is missing has been noted above.
        None => Err(error("E121", say::none_of("")).at(node.place).into()),
    }
}

/// In the order of the file, structure first and alone, no more than a screen.
fn shown(source: &Arc<Source>, mut errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_structure = |one: &Diagnostic| ["E120", "E121", "E122"].contains(&one.code);
    if errors.iter().any(is_structure) {
        errors.retain(is_structure);
    }
    errors.sort_by_key(|one| match &one.place {
        Some(place) if Arc::ptr_eq(&place.source, source) => (0, place.start),
        Some(place) => (1, place.start),
        None => (2, 0),
    });
    if errors.len() > MOST {
        let more = errors.len() - MOST;
        errors.truncate(MOST);
        errors.push(error("E199", say::more_errors(more)).help(say::more_errors_help()));
    }
    errors
}

fn top(
    node: &Node,
    surroundings: &Surroundings<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Inventory> {
    let digest = Digest::sha256(node.place.source.text.as_bytes());
    let mut top = Fields::of(node, errors)?;
    if let Some(node) = top.required("dsr")
        && node.scalar().as_deref() != Some("1")
    {
        let found = node.scalar().unwrap_or_default();
        top.error(
            error("E100", say::language_number(found))
                .at(node.place.clone())
                .help(say::language_number_help()),
        );
    }
    let controller = top.required("controller");
    let controller = controller.and_then(|node| self::controller(node, top.errors()));
    let (identity_required, reason_required) = match top.optional("requests") {
        Some(node) => requests(node, top.errors()),
        None => (true, false),
    };
    let people = top.optional("people");
    let people = people.map(|node| self::people(node, top.errors()));
    let approval = top.optional("approval");
    let approval = self::approval(approval, &people, &mut top);

    let mut context = Context::default();
    context
        .kinds
        .extend([Kind::EMAIL, Kind::PHONE].map(str::to_owned));
    let mut kinds = Kinds::default();
    if let Some(controller) = &controller {
        kinds.country = controller.seat.chars().take(2).collect();
    }
    let mut trusted = Vec::new();
    if let Some(node) = top.optional("identities") {
        trusted = identities(node, &mut kinds, top.errors());
    }
    context
        .kinds
        .extend(kinds.rules.keys().map(|kind| kind.0.clone()));
    let expand = top.optional("expand");
    let expand = self::expand(expand, top.errors());
    let limits = top.optional("limits");
    let limits = self::limits(limits, top.errors());

    let node = top.required("systems");
    let (mut systems, stated) = match node {
        Some(node) => systems(node, surroundings, &mut context, top.errors()),
        None => Default::default(),
    };
    context.check_kinds(top.errors());
    object_names(node, &systems, &context, top.errors());
    controls(stated, &mut systems, &kinds, &context, top.errors());
    for (reference, place) in trusted {
        context.object(&systems, &reference, &place, top.errors());
    }
    let flows = top.optional("flows");
    let flows = flows.map(|node| sync::flows(node, &systems, &context, top.errors()));
    let data_types = top.optional("data_types");
    let data_types =
        data_types.map(|node| retention::data_types(node, &systems, &context, top.errors()));
    for data_type in data_types.iter().flatten() {
        read_start_with_record(data_type, &mut systems);
    }
    let evidence = top.optional("evidence");
    let evidence = evidence.map(|node| self::evidence(node, top.errors()));
    if let Some(node) = top.optional("ledger") {
        ledger(node, top.errors());
    }
    top.finish();
    Some(Inventory {
        folder: surroundings.folder.to_owned(),
        digest,
        controller: controller?,
        identity_required,
        reason_required,
        people: people.unwrap_or_default(),
        approval,
        kinds,
        expand,
        limits,
        systems,
        flows: flows.unwrap_or_default(),
        data_types: data_types.unwrap_or_default(),
        evidence: evidence.unwrap_or_default(),
    })
}

fn controller(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Controller> {
    let mut top = Fields::of(node, errors)?;
    let name = top.required_text("name");
    let seat = top.required("seat").and_then(|node| {
        let seat = text(node, top.errors())?;
        let good = is_seat(&seat);
        if !good {
            top.error(
                error("E129", say::bad_seat(&seat))
                    .at(node.place.clone())
                    .help(say::seats_are()),
            );
        }
        good.then_some(seat)
    });
    let language = top.optional("language");
    let language =
        language.and_then(|node| word(node, &[("de", Lang::De), ("en", Lang::En)], top.errors()));
    let contact = top.text("contact");
    let regulated_finance = top.boolean("regulated_finance").unwrap_or(false);
    top.finish();
    let seat = seat?;
    let german = ["DE", "AT", "LI"]
        .iter()
        .any(|country| seat.starts_with(country));
    Some(Controller {
        name: name?,
        language: language.unwrap_or(if german { Lang::De } else { Lang::En }),
        seat,
        contact,
        regulated_finance,
    })
}

/// ISO 3166-1 alpha-2, or ISO 3166-2 with one to three letters or digits behind the hyphen.
fn is_seat(text: &str) -> bool {
    let (country, part) = text
        .split_once('-')
        .map_or((text, None), |(country, part)| (country, Some(part)));
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && part.is_none_or(|part| {
            (1..=3).contains(&part.len())
                && part
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        })
}

/// (identity required, reason required)
fn requests(node: &Node, errors: &mut Vec<Diagnostic>) -> (bool, bool) {
    let Some(mut top) = Fields::of(node, errors) else {
        return (true, false);
    };
    let identity = top.optional("identity");
    let identity = identity.and_then(|node| {
        word(
            node,
            &[("required", true), ("assumed", false)],
            top.errors(),
        )
    });
    let reason = top.optional("reason");
    let reason = reason.and_then(|node| {
        word(
            node,
            &[("required", true), ("optional", false)],
            top.errors(),
        )
    });
    top.finish();
    (identity.unwrap_or(true), reason.unwrap_or(false))
}

fn people(node: &Node, errors: &mut Vec<Diagnostic>) -> BTreeMap<String, Person> {
    const ROLES: [&str; 2] = ["operator", "approver"];
    let mut out = BTreeMap::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        if !is_label(name, errors) {
            continue;
        }
        let Some(mut top) = Fields::of(node, errors) else {
            continue;
        };
        let role = top.required("role").and_then(|node| {
            let role = text(node, top.errors())?;
            let known = ROLES.contains(&role.as_str());
            if !known {
                top.error(none_of(&role, &ROLES, node.place.clone()));
            }
            known.then_some(role)
        });
        let key = top.required_text("key");
        let recipient = top.text("recipient");
        top.finish();
        if let (Some(role), Some(key)) = (role, key) {
            let person = Person {
                role,
                key,
                recipient,
            };
            out.insert(name.text.clone(), person);
        }
    }
    out
}

fn approval(
    node: Option<&Node>,
    people: &Option<BTreeMap<String, Person>>,
    top: &mut Fields<'_, '_>,
) -> Approval {
    let count = people.as_ref().map_or(0, BTreeMap::len);
    let Some(node) = node else {
        if count > 1 {
            top.error(
                error("E148", say::unsaid_approval())
                    .at(top.place.clone())
                    .help(say::unsaid_approval_help()),
            );
        }
        return Approval::None;
    };
    let words = [("none", Approval::None), ("four_eyes", Approval::FourEyes)];
    let approval = word(node, &words, top.errors()).unwrap_or(Approval::None);
    let has = |role: &str| {
        let people = people.iter().flat_map(BTreeMap::values);
        people.filter(|person| person.role == role).count() > 0
    };
    if approval == Approval::FourEyes && !(has("operator") && has("approver")) {
        top.error(
            error("E146", say::too_few_eyes())
                .at(node.place.clone())
                .help(say::too_few_eyes_help()),
        );
    }
    approval
}

/// The date from which a rule counts has to be read with each record, whether or not it is listed as personal.
fn read_start_with_record(data_type: &DataType, systems: &mut [System]) {
    let start = match &data_type.rule {
        Rule::Stated { start, .. } => Some(start),
        Rule::Catalogue { start, .. } => start.as_ref(),
    };
    let Some(field) = start.and_then(Start::field) else {
        return;
    };
    let objects = systems.iter_mut().flat_map(|system| {
        let name = system.name.clone();
        system
            .objects
            .iter_mut()
            .map(move |object| (format!("{name}.{}", object.name), object))
    });
    for (place, object) in objects {
        if data_type.objects.contains(&place) && object.field(field).is_none() {
            object.also.push(field.to_owned());
        }
    }
}

/// Fills in the rules; returns what `trusted_from` names, to be checked when the systems are known.
fn identities(
    node: &Node,
    kinds: &mut Kinds,
    errors: &mut Vec<Diagnostic>,
) -> Vec<(String, Place)> {
    let mut trusted = Vec::new();
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        if !is_kind(&name.text) || ["age", "all", "name"].contains(&name.text.as_str()) {
            errors.push(
                error("E203", say_grammar::bad_kind(&name.text))
                    .at(name.place.clone())
                    .why(say_grammar::bad_kind_why())
                    .help(say_grammar::bad_kind_help()),
            );
            continue;
        }
        let Some(mut top) = Fields::of(node, errors) else {
            continue;
        };
        let like = top.optional("like");
        let like = like.and_then(|node| pattern(node, top.errors()));
        let mut trusted_from = Vec::new();
        if let Some(node) = top.optional("trusted_from") {
            for item in node.list().unwrap_or(std::slice::from_ref(node)) {
                if let Some(reference) = text(item, top.errors()) {
                    trusted.push((reference.clone(), item.place.clone()));
                    trusted_from.push(reference);
                }
            }
        }
        top.finish();
        let rule = KindRule { like, trusted_from };
        kinds.rules.insert(Kind(name.text.clone()), rule);
    }
    trusted
}

fn pattern(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<regex::Regex> {
    let pattern = text(node, errors)?;
    match regex::Regex::new(&pattern) {
        Ok(pattern) => Some(pattern),
        Err(_) => {
            errors.push(
                error("E128", say::bad_regex())
                    .at(node.place.clone())
                    .help(say::bad_regex_help()),
            );
            None
        }
    }
}

fn expand(node: Option<&Node>, errors: &mut Vec<Diagnostic>) -> Expand {
    let mut expand = Expand {
        rounds: 3,
        stop_on_shared: true,
    };
    let Some(mut top) = node.and_then(|node| Fields::of(node, errors)) else {
        return expand;
    };
    let rounds = top.optional("rounds");
    if let Some(rounds) = rounds.and_then(|node| number(node, 0..=20, top.errors())) {
        expand.rounds = u32::try_from(rounds).unwrap_or(expand.rounds);
    }
    if let Some(node) = top.optional("stop_on") {
        let words = [("shared", true), ("nothing", false)];
        expand.stop_on_shared = word(node, &words, top.errors()).unwrap_or(true);
    }
    top.finish();
    expand
}

fn limits(node: Option<&Node>, errors: &mut Vec<Diagnostic>) -> Limits {
    let mut limits = Limits {
        people: 50,
        records: 1000,
    };
    let Some(mut top) = node.and_then(|node| Fields::of(node, errors)) else {
        return limits;
    };
    for (key, limit) in [
        ("people", &mut limits.people),
        ("records", &mut limits.records),
    ] {
        let stated = top.optional(key);
        let stated = stated.and_then(|node| number(node, 1..=1_000_000, top.errors()));
        *limit = stated
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(*limit);
    }
    top.finish();
    limits
}

/// No object may be called like a kind of identity (E200): `email: …` would mean two things.
fn object_names(
    node: Option<&Node>,
    systems: &[System],
    context: &Context,
    errors: &mut Vec<Diagnostic>,
) {
    let entries = node.and_then(Node::map).unwrap_or_default();
    for system in systems {
        let here = entries.iter().find(|(name, _)| name.text == system.name);
        for object in &system.objects {
            if !context.kinds.contains(&object.name) {
                continue;
            }
            let place = here.map(|(name, node)| {
                name_below(node, &object.name)
                    .map_or_else(|| name.place.clone(), |n| n.place.clone())
            });
            let mut wrong = error("E200", say::kind_as_name(&object.name));
            wrong.place = place;
            errors.push(wrong.help(say::kind_as_name_help()));
        }
    }
}

fn name_below<'n>(system: &'n Node, object: &str) -> Option<&'n Name> {
    let (_, objects) = system
        .map()?
        .iter()
        .find(|(name, _)| name.text == "objects")?;
    let (name, _) = objects
        .map()?
        .iter()
        .find(|(name, _)| name.text == object)?;
    Some(name)
}

fn evidence(node: &Node, errors: &mut Vec<Diagnostic>) -> EvidenceSettings {
    let mut out = EvidenceSettings::default();
    let Some(mut top) = Fields::of(node, errors) else {
        return out;
    };
    let seal = top.optional("seal");
    if let Some(mut seal) = seal.and_then(|node| Fields::of(node, top.errors())) {
        let key = seal.optional("key");
        out.seal_key = key.and_then(|node| reference(node, seal.errors()));
        seal.finish();
    }
    if let Some(node) = top.optional("tsa") {
        for item in node.list().unwrap_or(std::slice::from_ref(node)) {
            let Some(address) = text(item, top.errors()) else {
                continue;
            };
            let scheme = url::Url::parse(&address).ok();
            let scheme = scheme.filter(|url| ["http", "https"].contains(&url.scheme()));
            if scheme.is_none_or(|url| url.host().is_none() || url.password().is_some()) {
                top.error(
                    error("E149", say::bad_tsa())
                        .at(item.place.clone())
                        .help(say::bad_tsa_help()),
                );
            }
            out.tsa.push(address);
        }
    }
    let keep = top.raw("keep");
    out.keep = keep.and_then(|node| period(node, top.errors()));
    top.finish();
    out
}

fn ledger(node: &Node, errors: &mut Vec<Diagnostic>) {
    match text(node, errors).as_deref() {
        None | Some("sqlite") => {}
        Some(other) if other.starts_with("postgres") => errors.push(
            error("E104", say::not_yet(say::postgres_ledger_word()))
                .at(node.place.clone())
                .help(say::postgres_ledger_help()),
        ),
        Some(other) => errors.push(
            none_of(other, &["sqlite"], node.place.clone()).help(say::postgres_ledger_help()),
        ),
    }
}
