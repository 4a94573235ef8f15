//! `dsr hold`: stops on erasing. Set, looked at, released; what they cover is asked for wherever something is to be erased.

mod add;
mod list;
mod person;
mod release;
mod show;

use serde_json::{Value, json};

pub(crate) use crate::hold::listed;
pub(crate) use list::deferred_json;
pub(crate) use person::{Records, all_records, follow, identities, records, remember};

use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::hold::{self, Hold, HoldId};
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::{Text, hold as say};
use crate::subject::Identity;

/// Set, list and release holds: what they cover is erased by no request and no sweep
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Keep records from being erased, until the hold is released
    Add(Box<add::Args>),
    /// List the holds that stand, or the records that wait to be erased
    List(list::Args),
    /// Show one hold with its reason
    Show {
        /// Number of the hold, such as H-K7QF3M
        #[arg(value_name = "HOLD")]
        hold: String,
    },
    /// Release a hold: what nothing else keeps may be erased again
    Release(release::Args),
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    match args.verb {
        Verb::Add(args) => add::run(context, &args),
        Verb::List(args) => list::run(context, &args),
        Verb::Show { hold } => show::run(context, &hold),
        Verb::Release(args) => release::run(context, &args),
    }
}

/// What the vault keeps of a hold. A hold without it stands all the same.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
struct Words {
    reason: String,
    /// Whose the digests of its scope are; none once it is released.
    identities: Vec<Identity>,
    /// Records that were found to be the person's; none once it is released.
    #[serde(default, skip_serializing_if = "Records::is_empty")]
    records: Records,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released_because: Option<String>,
    /// Why somebody wants it released, while a second person has not agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_because: Option<String>,
    /// As what it was set, so that it can be set anew where an older ledger is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    set: Option<Set>,
    /// The accepted ledger does not know it, and it could not be set anew: nobody clears it away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    lost: bool,
}

/// As what a hold was set, but for the person's identities.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Set {
    ground: hold::Ground,
    scope: hold::Scope,
    review_by: jiff::civil::Date,
    person: Option<CaseId>,
}

/// What becomes of the holds that an older ledger does not know.
pub(crate) struct Anew {
    pub(crate) events: Vec<Event>,
    /// How many are set anew, or widened.
    pub(crate) anew: usize,
    /// Those of which the vault does not say enough.
    pub(crate) lost: Vec<HoldId>,
}

/// Sets the holds anew that a ledger does not know which is about to be accepted, by what the vault says of them.
/// Whoever calls this holds the lease on holds.
///
/// # Errors
/// Those of reading ledger and vault.
pub(crate) fn set_anew(house: &House) -> Result<Anew> {
    let every = hold::every(&house.ledger())?;
    let mut found = Anew {
        events: Vec::new(),
        anew: 0,
        lost: Vec::new(),
    };
    let names = house.vault().names_for_workspace()?;
    for name in names {
        let Some(id) = name.strip_prefix(WORDS).and_then(HoldId::parse) else {
            continue;
        };
        let mut words = words(house, &id)?;
        if words.released_because.is_some() {
            continue;
        }
        let identities = digests(house, &words.identities);
        let event = match (every.iter().find(|hold| hold.id == id), words.set.clone()) {
            (Some(hold), _) => {
                let known = &hold.scope.identities;
                let more = identities.into_iter().filter(|one| !known.contains(one));
                let identities: Vec<Digest> = more.collect();
                if identities.is_empty() || !hold.stands() {
                    continue;
                }
                Event::HoldWidened {
                    hold: id,
                    identities,
                }
            }
            (None, Some(set)) => Event::HoldAdded {
                hold: id,
                ground: set.ground,
                scope: hold::Scope {
                    identities,
                    ..set.scope
                },
                review_by: set.review_by,
                person: set.person,
                operator: house.operator.clone(),
            },
            (None, None) => {
                words.lost = true;
                put(house, &id, &words)?;
                found.lost.push(id);
                continue;
            }
        };
        found.anew += 1;
        found.events.push(event);
    }
    Ok(found)
}

fn digests(house: &House, identities: &[Identity]) -> Vec<Digest> {
    let all = identities.iter();
    let mut digests: Vec<Digest> = all.map(|one| hold::digest(&house.key, one)).collect();
    digests.sort();
    digests.dedup();
    digests
}

/// A hold that somebody may want to release, for whoever is to agree.
pub(crate) struct Wish {
    pub(crate) hold: String,
    /// Why it is to be released; `None` if nobody has asked.
    pub(crate) reason: Option<String>,
    pub(crate) scope: Text,
    pub(crate) ground: Text,
    pub(crate) set_because: String,
}

/// What stands about the release of a hold.
///
/// # Errors
/// E430 if there is none of this number, E439 if it is released.
pub(crate) fn wish(house: &House, text: &str) -> Result<Wish> {
    let hold = named(house, text)?;
    refuse_released(&hold)?;
    let words = words(house, &hold.id)?;
    Ok(Wish {
        hold: hold.id.to_string(),
        reason: words.asked_because,
        scope: scope_in_words(&hold),
        ground: Text::same(hold.ground.code()).with(&hold.ground.text()),
        set_because: words.reason,
    })
}

/// # Errors
/// E439.
fn refuse_released(hold: &Hold) -> Result<()> {
    let Some(released) = &hold.released else {
        return Ok(());
    };
    let what = say::released_before(hold.id.as_str(), day_of(released.at));
    let wrong = Diagnostic::new("E439", Exit::Usage, what);
    Err(wrong.help(say::released_before_help()).into())
}

/// Whoever sets or releases a hold has this lease for a moment.
pub(crate) const LEASE: &str = "holds";
/// How long another waits for it.
pub(crate) const WAIT: std::time::Duration = std::time::Duration::from_secs(10);

/// Longer reasons are refused, in bytes.
const LONGEST: usize = 4096;

/// Workspace items with this beginning hold the words of a hold.
const WORDS: &str = "hold.";

fn item(id: &HoldId) -> String {
    format!("{WORDS}{id}")
}

fn words(house: &House, id: &HoldId) -> Result<Words> {
    let words: Option<Words> = house.vault().read_for_workspace(&item(id))?;
    Ok(words.unwrap_or_default())
}

fn put(house: &House, id: &HoldId, words: &Words) -> Result<()> {
    house.vault().put_for_workspace(&item(id), words)
}

/// A reason that can be kept.
///
/// # Errors
/// E441 if it is empty or too long.
fn checked(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() || reason.len() > LONGEST {
        let wrong = Diagnostic::new("E441", Exit::Usage, say::reason_empty());
        return Err(wrong.help(say::reason_help()).into());
    }
    Ok(reason.to_owned())
}

/// Clears away what a killed run has left in the vault: words of a hold that was never set, and identities of one that is released.
/// Whoever calls this holds the lease on holds, so nobody is setting one.
fn tidy(house: &House) -> Result<()> {
    // A ledger that lags behind does not say which holds there are.
    if house.ledger().missed().is_some() {
        return Ok(());
    }
    let every = hold::every(&house.ledger())?;
    let names = house.vault().names_for_workspace()?;
    for name in names {
        let Some(id) = name.strip_prefix(WORDS).and_then(HoldId::parse) else {
            continue;
        };
        match every.iter().find(|hold| hold.id == id) {
            None if words(house, &id)?.lost => {}
            None => house.vault().remove_for_workspace(&name)?,
            Some(hold) if !hold.stands() => forget_person(house, &id)?,
            Some(_) => {}
        }
    }
    Ok(())
}

/// A released hold goes by nobody's identities and records any more.
fn forget_person(house: &House, id: &HoldId) -> Result<()> {
    let mut words = words(house, id)?;
    if !(words.identities.is_empty() && words.records.is_empty()) {
        words.identities.clear();
        words.records.clear();
        words.set = None;
        // Written anew under the same name, the old words would lie in the file's free pages and its log for a while.
        house.vault().remove_for_workspace(&item(id))?;
        put(house, id, &words)?;
    }
    Ok(())
}

/// The hold that the command line names.
///
/// # Errors
/// E430 if there is none of this number.
fn named(house: &House, text: &str) -> Result<Hold> {
    let unknown = || {
        let what = say::unknown_hold(crate::harmless::typed(text));
        Diagnostic::new("E430", Exit::Usage, what).help(say::unknown_hold_help())
    };
    let id = HoldId::parse(text).ok_or_else(unknown)?;
    let every = hold::every(&house.ledger())?;
    let found = every.into_iter().find(|hold| hold.id == id);
    Ok(found.ok_or_else(unknown)?)
}

/// What a hold covers, in words that name nobody.
fn scope_in_words(hold: &Hold) -> Text {
    let scope = &hold.scope;
    let mut parts: Vec<Text> = Vec::new();
    if !scope.identities.is_empty() {
        parts.push(match &hold.case {
            Some(case) => say::scope_person_of(case.as_str()),
            None => say::scope_person(),
        });
    }
    parts.extend(scope.system.as_deref().map(say::scope_system));
    parts.extend(scope.object.as_deref().map(Text::same));
    parts.extend(scope.data_type.as_deref().map(say::scope_data_type));
    parts.extend(scope.from.map(say::scope_from));
    parts.extend(scope.until.map(say::scope_until));
    let join = |lang: fn(&Text) -> &str| parts.iter().map(lang).collect::<Vec<_>>().join(", ");
    Text {
        en: join(|text| &text.en),
        de: join(|text| &text.de),
    }
}

/// A hold as data, without its reason and without anybody's identities.
fn hold_json(house: &House, hold: &Hold, today: jiff::civil::Date) -> Value {
    let scope = &hold.scope;
    json!({
        "hold": hold.id,
        "ground": hold.ground,
        "scope": {
            "person": !scope.identities.is_empty(),
            "case": hold.case,
            "system": scope.system,
            "object": scope.object,
            "data_type": scope.data_type,
            "from": scope.from,
            "until": scope.until,
        },
        "set_at": hold.set_at,
        "set_by": hold.set_by,
        "review_by": hold.review_by,
        "review_due": hold.is_to_review(today),
        "unknown_name": hold.lost(&house.inventory).filter(|_| hold.stands()),
        "released_at": hold.released.as_ref().map(|released| released.at),
        "released_by": hold.released.as_ref().map(|released| &released.by),
    })
}

/// The day of a time where the program runs.
fn day_of(at: jiff::Timestamp) -> jiff::civil::Date {
    at.to_zoned(jiff::tz::TimeZone::system()).date()
}
