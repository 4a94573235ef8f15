//! `dsr sweep --orphans`: records that no rule will ever reach by way of a person. Their parent is gone, or no data type covers them.
//!
//! Whether something is covered is for the deletion concept to say (`concept`), and not decided here anew. Systems are counted in and
//! never written to; what is told of a record is its number at most.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Args;
use crate::cli::block_on;
use crate::cli::context::{Context, House};
use crate::concept::Concept;
use crate::connector::sweeping::{Link, Orphans, Surveyor};
use crate::connector::{Fault, Object};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::{Status, System};
use crate::messages::{Text, fault, orphans as say, sweep as say_sweep};
use crate::sweep::orphans::{hangs_elsewhere, links};
use crate::ui::Format;

/// Keys that are told of one link.
const KEYS: usize = 5;

/// What was found about one link, or one object.
type Seen<T> = std::result::Result<T, Unseen>;

/// Why nothing was counted.
enum Unseen {
    /// By no fault of anybody: `disconnected`, `engine`.
    Obstacle(&'static str),
    Fault(Fault),
}

/// A link of an object; none where only its system knows how its records hang together.
struct Linked<'i> {
    system: &'i System,
    object: &'i Object,
    link: Option<Link>,
    seen: Seen<Orphans>,
}

/// An object without a data type.
struct Uncovered<'i> {
    system: &'i System,
    object: &'i Object,
    categories: Vec<&'i str>,
    seen: Seen<u64>,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let house = context.house()?;
    crate::cli::journey::search::check_names(&house, &args.system)?;
    let concept = Concept::of(&house.inventory);
    let mut linked = Vec::new();
    let mut uncovered = Vec::new();
    let named = |system: &&System| args.system.is_empty() || args.system.contains(&system.name);
    for system in house.inventory.systems.iter().filter(named) {
        let mut surveyor = block_on(open(&house, system))?;
        for object in &system.objects {
            for link in links(system, object) {
                let seen = block_on(orphans(&mut surveyor, object, &link))?;
                linked.push(Linked {
                    system,
                    object,
                    link: Some(link),
                    seen,
                });
            }
            if hangs_elsewhere(object) {
                let why = match system.status {
                    Status::Active => "engine",
                    _ => "disconnected",
                };
                let seen = Err(Unseen::Obstacle(why));
                linked.push(Linked {
                    system,
                    object,
                    link: None,
                    seen,
                });
            }
        }
        let here = concept.uncovered.iter();
        for holding in here.filter(|holding| holding.system.name == system.name) {
            let object = holding.object;
            let seen = block_on(count(&mut surveyor, object))?;
            let fields = object.fields.iter().map(|field| field.category.as_str());
            let categories: BTreeSet<&str> = fields.collect();
            uncovered.push(Uncovered {
                system,
                object,
                categories: categories.into_iter().collect(),
                seen,
            });
        }
    }
    let exit = linked
        .iter()
        .filter_map(|one| one.seen.as_ref().err())
        .chain(uncovered.iter().filter_map(|one| one.seen.as_ref().err()))
        .fold(Exit::Done, |exit, unseen| match unseen {
            Unseen::Fault(_) => Exit::Incomplete,
            Unseen::Obstacle(_) => exit,
        });
    match context.ui.format {
        Format::Json => context.ui.json(&as_json(exit, &linked, &uncovered)),
        _ => show(context, &linked, &uncovered),
    }
    house.close()?;
    Ok(exit)
}

async fn open(house: &House, system: &System) -> Seen<Box<dyn Surveyor>> {
    if system.status != Status::Active {
        return Err(Unseen::Obstacle("disconnected"));
    }
    if !system.engine.is_database() {
        return Err(Unseen::Obstacle("engine"));
    }
    let opened = house.doors().surveyor(system).map_err(Unseen::Fault)?;
    let mut surveyor = opened.ok_or(Unseen::Obstacle("engine"))?;
    surveyor.check().await.map_err(Unseen::Fault)?;
    Ok(surveyor)
}

async fn orphans(
    surveyor: &mut Seen<Box<dyn Surveyor>>,
    object: &Object,
    link: &Link,
) -> Seen<Orphans> {
    match surveyor {
        Ok(surveyor) => surveyor
            .orphans(object, link, KEYS)
            .await
            .map_err(Unseen::Fault),
        Err(unseen) => Err(unseen.again()),
    }
}

async fn count(surveyor: &mut Seen<Box<dyn Surveyor>>, object: &Object) -> Seen<u64> {
    match surveyor {
        Ok(surveyor) => surveyor.records_in(object).await.map_err(Unseen::Fault),
        Err(unseen) => Err(unseen.again()),
    }
}

impl Unseen {
    fn again(&self) -> Unseen {
        match self {
            Unseen::Obstacle(word) => Unseen::Obstacle(word),
            Unseen::Fault(fault) => Unseen::Fault(fault.clone()),
        }
    }

    fn text(&self) -> Text {
        match self {
            Unseen::Obstacle("disconnected") => say_sweep::disconnected(),
            Unseen::Obstacle(_) => say::engine(),
            Unseen::Fault(fault) => Text::same(&fault.code),
        }
    }
}

impl Linked<'_> {
    fn place(&self) -> String {
        format!("{}.{}", self.system.name, self.object.name)
    }

    /// The objects that a link leads to.
    fn parents(&self) -> Text {
        let parents: Vec<&str> = match &self.link {
            Some(link) => link.parents.iter().map(|(name, _)| name.as_str()).collect(),
            None => {
                let all = self.object.find.iter().flat_map(|finder| &finder.under);
                let all: BTreeSet<&str> = all.map(String::as_str).collect();
                all.into_iter().collect()
            }
        };
        Text {
            en: parents.join(&say::or().en),
            de: parents.join(&say::or().de),
        }
    }

    fn by(&self) -> String {
        self.link
            .as_ref()
            .map_or_else(String::new, |link| link.columns.join(", "))
    }
}

fn show(context: &Context, linked: &[Linked<'_>], uncovered: &[Uncovered<'_>]) {
    let ui = &context.ui;
    let lang = ui.lang;
    if linked.is_empty() && uncovered.is_empty() {
        ui.say(&say::nothing_to_look_at());
        return;
    }
    let state = |unseen: Option<&Unseen>| {
        let text = unseen.map_or_else(say::counted, Unseen::text);
        text.to(lang).to_owned()
    };
    if ui.format == Format::Csv {
        csv(context, linked, uncovered);
        warn(context, linked, uncovered);
        return;
    }
    if !linked.is_empty() {
        ui.heading(&say::links_heading());
        let head = [
            say_sweep::head_where(),
            say::head_names(),
            say::head_by(),
            say::head_orphans(),
            say::head_blank(),
            say::head_keys(),
            say_sweep::head_state(),
        ];
        let row = |one: &Linked<'_>| {
            let found = one.seen.as_ref().ok();
            let number = |number: Option<u64>| number.map_or_else(String::new, |n| n.to_string());
            let keys = found.map_or_else(Vec::new, |found| {
                found.keys.iter().map(ToString::to_string).collect()
            });
            vec![
                one.place(),
                one.parents().to(lang).to_owned(),
                one.by(),
                number(found.map(|found| found.records)),
                number(found.map(|found| found.blank)),
                keys.join(", "),
                state(one.seen.as_ref().err()),
            ]
        };
        ui.rows(&head, &linked.iter().map(row).collect::<Vec<_>>());
    }
    if !uncovered.is_empty() {
        ui.heading(&say::uncovered_heading());
        let head = [
            say_sweep::head_where(),
            say::head_about(),
            say_sweep::head_records(),
            say_sweep::head_state(),
        ];
        let row = |one: &Uncovered<'_>| {
            let count = one.seen.as_ref().ok();
            vec![
                format!("{}.{}", one.system.name, one.object.name),
                one.categories.join(", "),
                count.map_or_else(String::new, u64::to_string),
                state(one.seen.as_ref().err()),
            ]
        };
        ui.rows(&head, &uncovered.iter().map(row).collect::<Vec<_>>());
        ui.say(&say::uncovered_help());
    }
    warn(context, linked, uncovered);
}

/// Both kinds in one table, which a column tells apart: a spreadsheet takes the first line of a file for the names of all columns.
fn csv(context: &Context, linked: &[Linked<'_>], uncovered: &[Uncovered<'_>]) {
    let lang = context.ui.lang;
    let word = |text: Text| text.to(lang).to_owned();
    let number = |number: Option<u64>| number.map_or_else(String::new, |n| n.to_string());
    let state = |unseen: Option<&Unseen>| word(unseen.map_or_else(say::counted, Unseen::text));
    let head = [
        say::head_kind(),
        say_sweep::head_where(),
        say::head_names(),
        say::head_by(),
        say::head_about(),
        say_sweep::head_records(),
        say::head_blank(),
        say::head_keys(),
        say_sweep::head_state(),
    ];
    let links = linked.iter().map(|one| {
        let found = one.seen.as_ref().ok();
        let keys = found.into_iter().flat_map(|found| &found.keys);
        let keys: Vec<String> = keys.map(ToString::to_string).collect();
        vec![
            word(say::kind_orphan()),
            one.place(),
            one.parents().to(lang).to_owned(),
            one.by(),
            String::new(),
            number(found.map(|found| found.records)),
            number(found.map(|found| found.blank)),
            keys.join(", "),
            state(one.seen.as_ref().err()),
        ]
    });
    let objects = uncovered.iter().map(|one| {
        vec![
            word(say::kind_uncovered()),
            format!("{}.{}", one.system.name, one.object.name),
            String::new(),
            String::new(),
            one.categories.join(", "),
            number(one.seen.as_ref().ok().copied()),
            String::new(),
            String::new(),
            state(one.seen.as_ref().err()),
        ]
    });
    let rows: Vec<Vec<String>> = links.chain(objects).collect();
    context.ui.rows(&head, &rows);
}

fn warn(context: &Context, linked: &[Linked<'_>], uncovered: &[Uncovered<'_>]) {
    let mut any = false;
    for one in linked {
        if let Ok(found) = &one.seen
            && found.records > found.blank
        {
            let what = say::gone(one.place(), found.records, one.parents());
            let warning = Diagnostic::new("W325", Exit::Done, what).why(say::gone_why());
            context
                .ui
                .warn(&warning.help(say::gone_help(&found.statement)));
            any = true;
        }
    }
    if any {
        context.ui.say(&say::gone_rule_help());
    }
    let links = linked
        .iter()
        .map(|one| (one.place(), one.seen.as_ref().err()));
    let objects = uncovered.iter().map(|one| {
        let place = format!("{}.{}", one.system.name, one.object.name);
        (place, one.seen.as_ref().err())
    });
    let mut told = BTreeSet::new();
    for (place, unseen) in links.chain(objects) {
        if let Some(Unseen::Fault(found)) = unseen
            && told.insert((place.clone(), found.code.clone()))
        {
            let warning = Diagnostic::new("W324", Exit::Incomplete, say::failed(place))
                .why(Text::same(&found.code).with(&found.text))
                .help(fault::remedy(&found.code));
            context.ui.warn(&warning);
        }
    }
}

fn as_json(exit: Exit, linked: &[Linked<'_>], uncovered: &[Uncovered<'_>]) -> Value {
    let obstacle = |unseen: Option<&Unseen>| match unseen {
        Some(Unseen::Obstacle(word)) => Some(*word),
        _ => None,
    };
    let error = |unseen: Option<&Unseen>| match unseen {
        Some(Unseen::Fault(fault)) => Some(json!({ "code": fault.code, "text": fault.text })),
        _ => None,
    };
    let links = linked.iter().map(|one| {
        let found = one.seen.as_ref().ok();
        let link = one.link.as_ref();
        let parents = link.into_iter().flat_map(|link| &link.parents);
        let parents: Vec<Value> = parents
            .map(|(object, columns)| json!({ "object": object, "columns": columns }))
            .collect();
        json!({
            "system": one.system.name,
            "object": one.object.name,
            "columns": link.map(|link| &link.columns),
            "parents": parents,
            "orphans": found.map(|found| found.records),
            "blank": found.map(|found| found.blank),
            "keys": found.map(|found| &found.keys),
            "statement": found.map(|found| &found.statement),
            "obstacle": obstacle(one.seen.as_ref().err()),
            "error": error(one.seen.as_ref().err()),
        })
    });
    let objects = uncovered.iter().map(|one| {
        json!({
            "system": one.system.name,
            "object": one.object.name,
            "categories": one.categories,
            "records": one.seen.as_ref().ok(),
            "obstacle": obstacle(one.seen.as_ref().err()),
            "error": error(one.seen.as_ref().err()),
        })
    });
    json!({
        "schema": "dsr.orphans/1",
        "complete": exit == Exit::Done,
        "links": links.collect::<Vec<_>>(),
        "uncovered": objects.collect::<Vec<_>>(),
    })
}
