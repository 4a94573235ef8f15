//! The door: a file's text in, a checked inventory or everything that is wrong with it out.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Exit, Source, Trouble};
use crate::inventory::commands::started;
use crate::inventory::context::Context;
use crate::inventory::documents;
use crate::inventory::system::{Surroundings, controls, systems};
use crate::inventory::{
    Controller, DataType, Inventory, Load, Rule, System, evidence, head, retention, sync,
};
use crate::keys::Digest;
use crate::messages::{Lang, Text, inventory as say};
use crate::secret::Reference;
use crate::subject::{Kind, Kinds};
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
    let source = source(path)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    parse(&source, folder.unwrap_or(Path::new(".")), load)
}

/// The controller that a `dsr.yaml` states, whatever else may be missing or wrong in it: a connector that nobody trusts yet, for one.
/// `None` if it cannot be read.
pub fn controller(path: &Path) -> Option<Controller> {
    let top = yaml::parse(&source(path).ok()?).ok()?;
    let (_, controller) = top
        .map()?
        .iter()
        .find(|(name, _)| name.text == "controller")?;
    head::controller(controller, &mut Vec::new())
}

/// The language in which to say what is wrong with a `dsr.yaml`: that of its controller, also where the rest is no YAML. `None` if it cannot
/// be told.
pub fn language(path: &Path) -> Option<Lang> {
    let source = source(path).ok()?;
    let top = yaml::parse(&source).or_else(|_| yaml::parse(&block(&source, "controller")));
    let top = top.ok()?;
    let mut members = top.map()?.iter();
    let (_, controller) = members.find(|(name, _)| name.text == "controller")?;
    head::language(controller)
}

/// One key of the top with what lies below it: a document of its own.
fn block(source: &Source, key: &str) -> Arc<Source> {
    let opens = |line: &&str| {
        line.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with(':'))
    };
    let lies_below = |line: &&str| line.trim().is_empty() || line.starts_with([' ', '#', '}']);
    let mut lines = source.text.lines().skip_while(|line| !opens(line));
    let first = lines.next();
    let lines: Vec<&str> = first
        .into_iter()
        .chain(lines.take_while(lies_below))
        .collect();
    Arc::new(Source {
        path: source.path.clone(),
        text: lines.join("\n"),
    })
}

/// Where an inventory says that the address of a monitoring service lies, whatever else is wrong with it: the service is to hear of that.
pub fn ping(path: &Path) -> Option<Reference> {
    let top = yaml::parse(&source(path).ok()?).ok()?;
    let mut members = top.map()?.iter();
    let (_, limits) = members.find(|(name, _)| name.text == "limits")?;
    head::limits(Some(limits), &mut Vec::new()).sweep.ping
}

fn source(path: &Path) -> Result<Arc<Source>, Trouble> {
    let unreadable = |reason: Text| {
        Diagnostic::new(
            "E150",
            Exit::Usage,
            say::unreadable(path.display().to_string(), reason),
        )
        .help(say::unreadable_help())
    };
    let size = fs_err::metadata(path).map_err(|e| unreadable(crate::messages::os::why(&e)))?;
    if !size.is_file() || size.len() > LARGEST {
        return Err(unreadable(say::too_large()).into());
    }
    let bytes = fs_err::read(path).map_err(|e| unreadable(crate::messages::os::why(&e)))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Diagnostic::new(
            "E151",
            Exit::Usage,
            say::not_utf8(path.display().to_string()),
        )
        .help(say::not_utf8_help())
    })?;
    Ok(Arc::new(Source {
        path: path.to_owned(),
        text,
    }))
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
    match inventory {
        Some(inventory) if errors.is_empty() => Ok((inventory, warnings)),
        _ => Err(shown(source, errors).into()),
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
    let started = started(node, surroundings.folder);
    let source = Arc::clone(&node.place.source);
    let digest = Digest::sha256(source.text.as_bytes());
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
    let controller = controller.and_then(|node| head::controller(node, top.errors()));
    let (identity_required, reason_required) = match top.optional("requests") {
        Some(node) => head::requests(node, top.errors()),
        None => (true, false),
    };
    let node = top.optional("people");
    let people = node
        .map(|node| head::people(node, surroundings.folder, top.errors()))
        .unwrap_or_default();
    let place = node.map(|node| node.place.clone());
    let approval = top.optional("approval");
    let approval = head::approval(approval, &people, place, top.errors());

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
        trusted = head::identities(node, &mut kinds, top.errors());
    }
    context
        .kinds
        .extend(kinds.rules.keys().map(|kind| kind.0.clone()));
    let expand = top.optional("expand");
    let expand = head::expand(expand, top.errors());
    let limits = top.optional("limits");
    let limits = head::limits(limits, top.errors());

    let node = top.required("systems");
    let (mut systems, stated) = match node {
        Some(node) => systems(node, surroundings, &mut context, top.errors()),
        None => Default::default(),
    };
    context.check_kinds(top.errors());
    documents::settle(&mut systems, &context, &kinds, top.errors());
    object_names(node, &systems, &context, top.errors());
    controls(stated, &mut systems, &kinds, &context, top.errors());
    for (reference, place) in trusted {
        context.object(&systems, &reference, &place, top.errors());
    }
    let flows = top.optional("flows");
    let flows = flows.map(|node| sync::flows(node, &systems, &context, top.errors()));
    let data_types = top.optional("data_types");
    let data_types = data_types.map(|node| {
        retention::data_types(node, &systems, &context, controller.as_ref(), top.errors())
    });
    for data_type in data_types.iter().flatten() {
        read_start_with_record(data_type, &mut systems);
    }
    let evidence = top.optional("evidence");
    let evidence = evidence.map(|node| evidence::evidence(node, surroundings.folder, top.errors()));
    if let Some(node) = top.optional("ledger") {
        head::ledger(node, top.errors());
    }
    top.finish();
    Some(Inventory {
        folder: surroundings.folder.to_owned(),
        digest,
        source,
        controller: controller?,
        identity_required,
        reason_required,
        people,
        approval,
        kinds,
        expand,
        limits,
        systems,
        flows: flows.unwrap_or_default(),
        data_types: data_types.unwrap_or_default(),
        evidence: evidence.unwrap_or_default(),
        started,
    })
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

/// The date from which a rule counts has to be read with each record, whether or not it is listed as personal.
fn read_start_with_record(data_type: &DataType, systems: &mut [System]) {
    let field = match &data_type.rule {
        Rule::Stated { start, .. } => start.field(),
        Rule::Catalogue { field, .. } => field.as_deref(),
    };
    let Some(field) = field else {
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
