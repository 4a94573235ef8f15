//! Find, as a stage: all systems are asked, what they said goes to the vault, that they were asked to the ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::item;
use crate::cli::context::{Context, House};
use crate::cli::interrupt;
use crate::cli::journey::{Opened, back, learn, stored, tasks};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::{Accepted, Depth, Search};
use crate::findings::{Findings, Known};
use crate::harmless::typed;
use crate::keys::{Digest, Key, Purpose};
use crate::ledger::{Event, ObjectAnswer, SystemAnswer};
use crate::messages::cli as say;
use crate::subject::Identity;
use crate::ui::progress::Progress;
use crate::vault::Item;

/// Asks the systems, keeps what they said, and logs that it was asked.
pub(crate) async fn search(
    context: &Context,
    house: &House,
    opened: &Opened,
    only: &[String],
    verb: &str,
) -> Result<Findings> {
    search_holding(context, house, opened, only, verb, None).await
}

/// The same for a verb that can do without having all records of an object at once.
pub(crate) async fn search_holding(
    context: &Context,
    house: &House,
    opened: &Opened,
    only: &[String],
    verb: &str,
    hold: Option<usize>,
) -> Result<Findings> {
    check_names(house, only)?;
    let earlier: Vec<Known> = house
        .vault()
        .read(&opened.id, item::KNOWN)?
        .unwrap_or_default();
    let mut accepted: Accepted = house
        .vault()
        .read(&opened.id, item::ACCEPTED)?
        .unwrap_or_default();
    let mut known = Search::stated(opened.subject.clone());
    // What earlier searches learned stays known, even when the system that said it is clean by now.
    known.extend(
        earlier
            .into_iter()
            .filter(|k| !opened.subject.contains(&k.identity)),
    );
    let mut findings = ask(context, house, known.clone(), accepted.clone(), only, hold).await?;
    if learn::accept_moved(house, opened, &findings, &mut accepted)? {
        house.vault().put(&opened.id, item::ACCEPTED, &accepted)?;
        findings = ask(context, house, known, accepted, only, hold).await?;
    }
    tasks::settle(house, opened, &mut findings)?;
    let mut items = stored::findings_items(&findings);
    let parts = items.len() - 1;
    items.push(Item::new(item::KNOWN, &findings.identities));
    house.vault().put_all(&opened.id, items)?;
    stored::forget_parts(&mut house.vault(), &opened.id, parts)?;
    let mut event = searched(&findings, &opened.key, verb, &house.operator);
    if let (Event::Searched { back, .. }, FIND) = (&mut event, verb) {
        *back = back::came_back(house, opened, &findings)?;
    }
    let mut events = vec![event];
    events.extend(tasks::of_search(context, house, opened, &findings)?);
    house.write(Some(&opened.id), context.now(), &events)?;
    Ok(findings)
}

/// The verb that looks and does nothing else: what it finds again stands in no plan.
const FIND: &str = "find";

/// `--system` names systems of the inventory.
pub(crate) fn check_names(house: &House, only: &[String]) -> Result<()> {
    for name in only {
        if house.inventory.system(name).is_none() {
            let mut diagnostic =
                Diagnostic::new("E837", Exit::Usage, say::unknown_system(typed(name)));
            let names: Vec<&str> = house
                .inventory
                .systems
                .iter()
                .map(|s| s.name.as_str())
                .collect();
            if let Some(near) = crate::yaml::nearest(name, names.iter().copied()) {
                diagnostic = diagnostic.help(crate::messages::yaml::did_you_mean(near));
            }
            return Err(diagnostic.help(say::known_systems(names.join(", "))).into());
        }
    }
    Ok(())
}

/// The search itself, with progress.
pub(crate) async fn ask_systems(
    context: &Context,
    house: &House,
    known: Vec<Known>,
    accepted: Accepted,
    only: &[String],
) -> Result<Findings> {
    ask(context, house, known, accepted, only, None).await
}

/// The search itself, with at most `hold` records of an object kept.
pub(crate) async fn ask(
    context: &Context,
    house: &House,
    known: Vec<Known>,
    accepted: Accepted,
    only: &[String],
    hold: Option<usize>,
) -> Result<Findings> {
    let progress = Arc::new(Progress::new(&context.ui, house.inventory.systems.len()));
    let doors = house.doors();
    let search = Search {
        systems: house.systems(),
        only: (!only.is_empty()).then(|| only.to_vec()),
        kinds: Arc::new(house.inventory.kinds.clone()),
        expand: house.inventory.expand.clone(),
        known,
        accepted,
        depth: Depth::Whole,
        hold,
        open: Arc::new(move |system| crate::execute::Doors::reader(&*doors, system)),
        watch: Arc::clone(&progress) as Arc<dyn crate::find::Watch>,
    };
    let mut taken = interrupt::take();
    let ended = tokio::select! {
        findings = search.run() => Some(findings),
        () = taken.asked() => None,
    };
    progress.finish();
    ended.ok_or_else(|| {
        let ended = Diagnostic::new("E649", Exit::Incomplete, say::search_interrupted());
        ended.help(say::search_interrupted_help()).into()
    })
}

/// An identity as the ledger names it.
pub(crate) fn digest(key: &Key, identity: &Identity) -> Digest {
    key.derive(Purpose::Identity)
        .mac(format!("{}={}", identity.kind, identity.value()).as_bytes())
}

/// What the ledger remembers of a search: who was asked and what they answered, in numbers.
pub(crate) fn searched(findings: &Findings, key: &Key, verb: &str, operator: &str) -> Event {
    let systems = findings.systems.iter().map(|system| SystemAnswer {
        system: system.system.clone(),
        status: system.status,
        error: system.error.as_ref().map(|fault| fault.code.clone()),
        objects: system
            .objects
            .iter()
            .map(|object| ObjectAnswer {
                object: object.object.clone(),
                status: object.status,
                error: object.error.as_ref().map(|fault| fault.code.clone()),
                control: object.control,
                records: object.count(),
                near_misses: object.near_misses,
            })
            .collect(),
    });
    Event::Searched {
        verb: verb.to_owned(),
        operator: operator.to_owned(),
        identities: findings
            .identities
            .iter()
            .map(|known| digest(key, &known.identity))
            .collect(),
        rounds: findings.rounds,
        complete: findings.complete(),
        systems: systems.collect(),
        reason: None,
        back: BTreeMap::new(),
    }
}
