//! What was not searched, what is held, and what stands at each kind of record.

use crate::findings::SystemStatus;
use crate::html::{escape, plain};
use crate::inventory::Status;
use crate::messages::{Text, look_up, package as say};
use crate::package::object::ObjectSummary;
use crate::package::overview::View;
use crate::package::{Kind, Material, SystemMaterial, words};
use crate::subject::Origin;

/// The identities that the person stated.
pub(super) fn stated(material: &Material<'_>) -> Vec<String> {
    let all = material.identities.iter();
    all.filter(|known| known.from == Origin::Stated)
        .map(|known| known.identity.value().to_owned())
        .collect()
}

/// What was not searched: name and why.
pub(in crate::package) fn gaps(material: &Material<'_>) -> Vec<(String, Text)> {
    let mut out = Vec::new();
    for system in &material.systems {
        let whole = match system.status {
            SystemStatus::Searched => None,
            SystemStatus::Manual => Some(say::system_manual()),
            SystemStatus::Incomplete => Some(say::system_partly()),
            SystemStatus::NotSearched => Some(not_searched_because(system)),
        };
        let parts = system.objects.iter().filter(|object| !object.searched);
        let has_parts = parts.clone().next().is_some();
        // What was searched in part is better told part by part.
        if let Some(why) = whole
            && !(system.status == SystemStatus::Incomplete && has_parts)
        {
            out.push((system.name.clone(), why));
        }
        if system.status == SystemStatus::NotSearched {
            continue;
        }
        for object in parts {
            let why = match &object.error {
                Some(fault) => say::object_failed(&fault.text),
                None => say::object_unsearched(),
            };
            out.push((format!("{} · {}", system.name, object.name), why));
        }
        for part in &system.look_up {
            let why = match part.found {
                None => look_up::person_open(),
                Some(1..) => look_up::person_found(),
                // Somebody looked, and there was nothing.
                Some(0) => continue,
            };
            let holds = part.holds.to(material.language);
            out.push((format!("{} · {holds}", system.name), why));
        }
        for object in system.objects.iter().filter(|object| object.waiting > 0) {
            let name = format!("{} · {}", system.name, object.name);
            out.push((name, say::object_waiting(say::number(object.waiting))));
        }
    }
    out
}

fn not_searched_because(system: &SystemMaterial<'_>) -> Text {
    let status = system.system.map(|system| system.status);
    match (status, &system.error) {
        (Some(Status::NotConnected), _) => say::not_connected(),
        (Some(Status::Disabled), _) => say::disabled(),
        (_, Some(fault)) => say::system_failed(&fault.text),
        (_, None) => say::system_unasked(),
    }
}

/// What was not searched comes first: nobody should read the rest and believe that it is all.
pub(super) fn not_searched(view: &mut View<'_, '_>) {
    let gaps = gaps(view.material);
    if gaps.is_empty() {
        return;
    }
    let (title, why) = (
        view.say(&say::not_searched()),
        view.say(&say::not_searched_why()),
    );
    view.raw(&format!(
        "<aside id=\"gaps\"><h2>{title}</h2><p>{why}</p><ul>\n"
    ));
    for (name, why) in gaps {
        let (name, why) = (escape(&plain(&name)), view.say(&why));
        view.raw(&format!("<li><strong>{name}</strong>: {why}</li>\n"));
    }
    view.raw("</ul></aside>\n");
}

/// Whether data are held, and where (Art. 15(1) GDPR); a negative answer is one too.
pub(super) fn confirmation(view: &mut View<'_, '_>) {
    let material = view.material;
    view.raw("<section id=\"held\">\n");
    view.heading(2, &say::confirmation());
    let with_data = |object: &&ObjectSummary| match material.kind {
        Kind::Access => object.records > 0,
        Kind::Portable => object.has_files(),
    };
    let held: Vec<&ObjectSummary> = view.objects.iter().filter(with_data).collect();
    let records: u64 = held.iter().map(|object| object.records).sum();
    let mut systems: Vec<&str> = held.iter().map(|object| object.system.as_str()).collect();
    systems.dedup();
    let (records, systems) = (say::records(records), say::systems(systems.len() as u64));
    let complete = gaps(material).is_empty();
    view.paragraph(&match (material.kind, held.is_empty(), complete) {
        (Kind::Access, false, _) => say::yes_held(records, systems),
        (Kind::Portable, false, _) => say::yes_portable(records, systems),
        (Kind::Access, true, true) => say::nothing_held(),
        (Kind::Portable, true, true) => say::nothing_portable(),
        (_, true, false) => say::nothing_found(),
    });
    if !view.objects.is_empty() {
        table(view);
    }
    let unproven = unproven(view.material);
    if let Some(names) = words::list(unproven.into_iter().map(Text::same).collect()) {
        view.paragraph(&say::unproven(names));
    }
    view.raw("</section>\n");
}

fn table(view: &mut View<'_, '_>) {
    let heads = [
        say::head_system(),
        say::head_object(),
        say::head_categories(),
        say::head_records(),
    ];
    let rows: Vec<Vec<String>> = view
        .objects
        .iter()
        .enumerate()
        .map(|(number, object)| {
            let count = match object.records {
                0 => say::no_records(),
                n => say::number(n),
            };
            let name = view.say(&Text::same(object.object.clone()));
            vec![
                view.say(&Text::same(object.system.clone())),
                format!("<a href=\"#o{number}\">{name}</a>"),
                view.categories(object),
                view.say(&count),
            ]
        })
        .collect();
    view.table(&heads, &rows, true);
}

/// Objects in which nothing was found and nothing shows that the search works.
pub(in crate::package) fn unproven(material: &Material<'_>) -> Vec<String> {
    let systems = material.systems.iter();
    systems
        .flat_map(|system| {
            let objects = system.objects.iter();
            objects
                .filter(|object| object.searched && object.unproven)
                .map(|object| format!("{} · {}", system.name, object.name))
        })
        .collect()
}

/// The head of an object's section; its records follow, and whoever writes them closes the section.
pub(super) fn object(view: &mut View<'_, '_>, number: usize, object: &ObjectSummary) {
    view.raw(&format!("<section class=\"object\" id=\"o{number}\">\n"));
    let (name, count) = (
        view.say(&Text::same(object.object.clone())),
        view.say(&say::records(object.records)),
    );
    view.raw(&format!(
        "<h3>{name} <span class=\"count\">· {count}</span></h3>\n"
    ));
    if object.records == 0 {
        view.paragraph(&say::nothing_here());
        return;
    }
    if object.fields.is_empty() {
        view.paragraph(&say::not_portable_object());
        return;
    }
    let facts = facts(view, object);
    view.facts(&facts);
    if object.shown < object.records {
        let part = say::shown_part(say::number(object.shown), say::number(object.records));
        view.paragraph(&part);
    }
}

fn facts(view: &View<'_, '_>, object: &ObjectSummary) -> Vec<(Text, String)> {
    let material = view.material;
    let mut facts = Vec::new();
    if material.kind == Kind::Access {
        let lines = |texts: Vec<Text>| {
            let lines: Vec<String> = texts.iter().map(|text| view.say(text)).collect();
            (!lines.is_empty()).then(|| lines.join("<br>"))
        };
        let data_type = words::data_type(material.data_types, &object.system, &object.object);
        let purpose = data_type.and_then(|one| one.purpose.clone());
        let basis = data_type.and_then(|one| one.basis.as_deref());
        let period = data_type.map(|one| {
            let mut out = view.say(&words::period(one, clock(material, object)));
            for more in ends(object) {
                out += " ";
                out += &view.say(&more);
            }
            out
        });
        let answers = [
            (
                say::purpose(),
                purpose.map(|one| view.say(&Text::same(one))),
            ),
            (say::basis(), basis.map(|one| view.say(&words::basis(one)))),
            (say::period(), period),
            (say::recipients(), lines(recipients(material, object))),
        ];
        // What the register does not say is said once, and not in every line.
        let mut unknown = Vec::new();
        for (label, answer) in answers {
            match answer {
                Some(answer) => facts.push((label, answer)),
                None => unknown.push(label),
            }
        }
        if let Some(labels) = words::list(words::within(unknown)) {
            facts.push((labels, view.say(&say::not_stated(view.contact()))));
        }
        if let Some(sources) = lines(sources(material, object)) {
            facts.push((say::source(), sources));
        }
    }
    let (json, csv) = (object.json(), object.csv());
    let links = format!("<a href=\"{json}\">{json}</a><br><a href=\"{csv}\">{csv}</a>");
    facts.push((say::files(), links));
    facts
}

fn clock<'m>(material: &Material<'m>, object: &ObjectSummary) -> Option<&'m str> {
    let mut systems = material.systems.iter();
    let system = systems
        .find(|system| system.name == object.system)?
        .system?;
    system.object(&object.object)?.clock.as_deref()
}

/// When the periods of the records found end.
fn ends(object: &ObjectSummary) -> Vec<Text> {
    let mut out = Vec::new();
    match object.ends {
        Some((first, last)) if first == last => out.push(say::ends_on(first)),
        Some((first, last)) => out.push(say::ends_between(first, last)),
        None => {}
    }
    if object.ends.is_some() && object.endless > 0 {
        out.push(say::ends_unknown(say::number(object.endless)));
    }
    out
}

/// Who else has these data, as far as the inventory says.
pub(in crate::package) fn recipients(material: &Material<'_>, object: &ObjectSummary) -> Vec<Text> {
    let name = object.name();
    let mut out = Vec::new();
    for flow in material.flows {
        let to = if flow.from == name {
            &flow.to
        } else if flow.both_ways && flow.to == name {
            &flow.from
        } else {
            continue;
        };
        let (system, object) = to.split_once('.').unwrap_or((to, ""));
        out.push(say::recipient_flow(system, object));
    }
    let mut systems = material.systems.iter();
    let system = systems.find(|system| system.name == object.system);
    if let Some(product) = system.and_then(|system| system.product()) {
        out.push(say::recipient_product(product));
    }
    out
}

/// Where these data came from, as far as the inventory says.
pub(in crate::package) fn sources(material: &Material<'_>, object: &ObjectSummary) -> Vec<Text> {
    let name = object.name();
    let mut out = Vec::new();
    for flow in material.flows {
        let from = if flow.to == name {
            &flow.from
        } else if flow.both_ways && flow.from == name {
            &flow.to
        } else {
            continue;
        };
        let (system, object) = from.split_once('.').unwrap_or((from, ""));
        out.push(say::source_flow(system, object));
    }
    out
}
