//! What somebody has to look at before a package is handed over: what the inventory does not answer, what was not searched, and
//! free text that may speak of others.
//!
//! It stands in a draft only, as `REVIEW.txt`. The page of the person says the same gaps in its own words, so that nothing goes
//! missing silently when the draft's mark is taken away.

use std::io;

use crate::connector::Blind;
use crate::connector::look_up::Right;
use crate::connector::object::How;
use crate::html::plain;
use crate::inventory::Rule;
use crate::messages::{Text, attachment, documents, package as say};
use crate::package::columns::Role;
use crate::package::files::Files;
use crate::package::object::ObjectSummary;
use crate::package::others::Trace;
use crate::package::overview::answer::{gaps, recipients, sources, unproven};
use crate::package::{Kind, Material, authority, words};

/// The list's name.
const NAME: &str = "REVIEW.txt";

/// Every open point of the inventory's, in order.
pub(super) fn points(material: &Material<'_>, objects: &[ObjectSummary]) -> Vec<Text> {
    let mut out = Vec::new();
    let found = || objects.iter().filter(|object| object.records > 0);
    for object in found() {
        of_object(material, object, &mut out);
    }
    if material.kind == Kind::Access {
        let sourceless: Vec<Text> = found()
            .filter(|object| sources(material, object).is_empty())
            .map(|object| Text::same(object.name()))
            .collect();
        out.extend(words::list(sourceless).map(say::point_source));
        out.push(say::point_automated());
        out.push(say::point_transfers());
    }
    if material.controller.contact.is_none() {
        out.push(say::point_contact());
    }
    out.push(match authority(&material.controller.seat) {
        Some(authority) => say::point_authority_check(authority.name, authority.site),
        None => say::point_authority(&material.controller.seat),
    });
    out
}

fn of_object(material: &Material<'_>, object: &ObjectSummary, out: &mut Vec<Text>) {
    let name = object.name();
    let data_type = words::data_type(material.data_types, &object.system, &object.object);
    match (material.kind, data_type) {
        (Kind::Access, None) => out.push(say::point_no_type(&name)),
        (Kind::Access, Some(data_type)) => {
            if data_type.purpose.is_none() {
                out.push(say::point_no_purpose(&name));
            }
            if data_type.basis.is_none() {
                out.push(say::point_no_basis(&name));
            }
            let is_open = matches!(&data_type.rule, Rule::Catalogue { statute, .. } if statute.kind == crate::statute::Kind::Keep);
            if object.endless > 0 && !is_open {
                out.push(say::point_no_start(&name, object.endless));
            }
        }
        (Kind::Portable, data_type) => {
            let basis = data_type
                .and_then(|one| one.basis.as_deref())
                .unwrap_or("?");
            // Art. 20(1)(a) GDPR
            if object.has_files() && !["art6_1_a", "art6_1_b", "art9_2_a"].contains(&basis) {
                out.push(say::point_basis_portable(&name, basis));
            }
        }
    }
    if material.kind == Kind::Access {
        let mut systems = material.systems.iter();
        let system = systems.find(|system| system.name == object.system);
        if recipients(material, object).is_empty() {
            out.push(say::point_no_recipient(&name));
        } else if let Some(product) = system.and_then(|system| system.product()) {
            out.push(say::point_recipient_name(&name, product));
        }
    }
    for field in &object.fields {
        if let Role::Field(category) = &field.role
            && say::category(category).is_none()
        {
            out.push(say::point_category(&name, &field.name, category));
        }
    }
    if object.unlisted.names() > 0 {
        out.push(say::point_unlisted(&name, object.unlisted.names()));
    }
    of_columns(object, out);
    if object.credentials > 0 {
        out.push(say::point_credentials(&name, object.credentials));
    }
    let mut systems = material.systems.iter();
    let system = systems.find(|system| system.name == object.system);
    let own = system.and_then(|system| system.system?.object(&object.object));
    if own.is_some_and(|own| matches!(own.how, How::Document)) {
        out.push(documents::point_documents(&name, object.records));
    }
    if object.binaries > 0 {
        out.push(say::point_files(&name, object.binaries));
    }
    if object.left_out > 0 {
        out.push(attachment::point_left_out(&name, object.left_out));
    }
}

/// Columns that nobody read. Those that the inventory lists for another object of the table are no gap in it.
fn of_columns(object: &ObjectSummary, out: &mut Vec<Text>) {
    let Some(names) = object.unread() else { return };
    let name = object.name();
    let elsewhere = names.columns.iter().filter(|c| !c.listed_for.is_empty());
    let elsewhere = elsewhere.count() as u64;
    let nowhere = names.count() - elsewhere;
    if nowhere > 0 {
        out.push(say::point_unread(&name, nowhere, object.records));
    }
    if elsewhere > 0 {
        out.push(say::point_listed_elsewhere(&name, elsewhere));
    }
    let forbidden: Vec<&str> = names.forbidden().collect();
    if !forbidden.is_empty() {
        out.push(say::point_forbidden(&name, forbidden.join(", ")));
    }
    out.extend(names.blind.map(|blind| match blind {
        Blind::View => say::point_view(&name),
        Blind::Grants => say::point_grants(&name),
        Blind::Unasked => say::point_unasked(&name),
    }));
}

/// Writes the list.
pub(super) fn write(
    material: &Material<'_>,
    objects: &[ObjectSummary],
    points: &[Text],
    files: &mut Files<'_>,
) -> io::Result<()> {
    let mut list = List {
        out: String::new(),
        material,
    };
    list.title();
    list.part(&say::review_open(), points.to_vec());
    list.part(&say::review_search(), unsearched(material));
    let flags: Vec<Text> = objects.iter().flat_map(flagged).collect();
    if flags.is_empty() {
        list.part(&say::review_others(), flags);
    } else {
        let intro = std::iter::once(say::review_others_intro());
        list.part(&say::review_others(), intro.chain(flags).collect());
    }
    files.add(NAME, list.out.as_bytes())?;
    Ok(())
}

fn unsearched(material: &Material<'_>) -> Vec<Text> {
    let mut out: Vec<Text> = gaps(material)
        .into_iter()
        .map(|(what, why)| say::where_reason(what, why))
        .collect();
    for system in &material.systems {
        if let Some(task) = &system.task {
            out.push(say::task_of(
                system.owner.as_deref().unwrap_or(&system.name),
                task,
            ));
        }
        for part in system.look_up.iter().filter(|part| part.is_open()) {
            out.push(say::task_of(
                system.owner.as_deref().unwrap_or(&system.name),
                part.task(&system.name, Right::Export),
            ));
        }
    }
    out.extend(unproven(material).into_iter().map(say::point_unproven));
    out
}

fn flagged(object: &ObjectSummary) -> Vec<Text> {
    let name = object.name();
    let mut out: Vec<Text> = object
        .flags
        .iter()
        .map(|flag| {
            let traces = flag.traces.iter().map(|trace| match trace {
                Trace::Email => say::trace_email(),
                Trace::Phone => say::trace_phone(),
                Trace::Account => say::trace_account(),
            });
            let traces = words::list(traces.collect()).unwrap_or_else(say::review_none);
            say::flag_line(&name, &flag.key, &flag.field, traces)
        })
        .collect();
    let more = object.flagged - object.flags.len() as u64;
    if more > 0 {
        out.push(say::flag_more(&name, more));
    }
    out
}

struct List<'m, 'a> {
    out: String,
    material: &'m Material<'a>,
}

impl List<'_, '_> {
    fn title(&mut self) {
        let lang = self.material.language;
        let title = say::review_title();
        let title = title.to(lang);
        let rule = "=".repeat(title.chars().count());
        let case = plain(self.material.case);
        self.out += &format!(
            "{title}\n{rule}\n\n{case}\n{}\n",
            say::review_intro().to(lang)
        );
    }

    fn part(&mut self, title: &Text, items: Vec<Text>) {
        let lang = self.material.language;
        let title = title.to(lang);
        self.out += &format!("\n{title}\n{}\n", "-".repeat(title.chars().count()));
        if items.is_empty() {
            self.out += &format!("{}\n", say::review_none().to(lang));
        }
        for item in items {
            self.out += &format!("[ ] {}\n", plain(item.to(lang)));
        }
    }
}
