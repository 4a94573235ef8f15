//! What an auditor would ask about, read from the ledger alone: destroyed early, weakened, left out, looked at without a reason.
//!
//! None of it is forbidden and nothing is stopped by it. Each is something that an honest operator can explain and a dishonest one needs,
//! so each is listed with who, when and why it matters. What never reaches the ledger cannot be listed (docs/security.md).

mod amended;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::agreed::{Register, Turn};
use crate::case_id::CaseId;
use crate::findings::SystemStatus;
use crate::inventory::Approval;
use crate::inventory::terms::{Connected, DataTerms, SystemTerms, Terms};
use crate::ledger::{Event, ExportKind, Stored};
use crate::messages::{Text, agreed as say_agreed, anomaly as say};

pub use amended::amended;

/// How far the clock of this machine may be from an authority's, and how far ahead of now an event may lie, in seconds.
const CLOCK: i64 = 300;

/// What stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The ledger lagged behind what was remembered of it, and was accepted so.
    LedgerAdopted,
    /// Ledger, vault and keys were put back from a copy.
    Restored,
    /// The clock of this machine and that of an authority differ, or an event lies in the future.
    Clock,
    /// A case was destroyed before the day until which it is kept.
    EarlyPurge,
    /// The inventory asks for less than before.
    Weakened,
    /// A system is not asked any more.
    SystemLeft,
    /// Records are kept for another time than before.
    Retention,
    /// A case asked fewer systems than the one of its kind before it.
    FewerSystems,
    /// Somebody looked for a person without a case, and did not say why.
    NoReason,
    /// A person's final package was made more than once.
    ExportRepeated,
    /// Two people have agreed that the inventory asks for something else.
    Agreed,
    /// The inventory asks for something else than two people have agreed on.
    NotAgreed,
}

impl Kind {
    /// Why somebody would ask about it.
    pub fn why(self) -> Text {
        match self {
            Kind::LedgerAdopted => say::why_adopted(),
            Kind::Restored => say::why_restored(),
            Kind::Clock => say::why_clock(),
            Kind::EarlyPurge => say::why_early(),
            Kind::Weakened => say::why_weakened(),
            Kind::SystemLeft => say::why_left(),
            Kind::Retention => say::why_retention(),
            Kind::FewerSystems => say::why_fewer(),
            Kind::NoReason => say::why_no_reason(),
            Kind::ExportRepeated => say::why_repeated(),
            Kind::Agreed => say_agreed::why_agreed(),
            Kind::NotAgreed => say_agreed::why_alone(),
        }
    }
}

/// One thing that stands out, without anything personal.
#[derive(Clone, Debug, PartialEq)]
pub struct Anomaly {
    pub kind: Kind,
    /// The event that shows it.
    pub seq: u64,
    pub at: Timestamp,
    pub case: Option<CaseId>,
    /// A pseudonym; none where nobody in particular did it.
    pub who: Option<String>,
    pub what: Text,
}

/// Reads the events of a ledger in their order.
#[derive(Default)]
pub struct Reader {
    terms: Option<Terms>,
    agreed: Register,
    /// The place among what was found of a change that two people have not agreed on yet.
    waiting: Option<usize>,
    cases: BTreeMap<CaseId, Asked>,
    /// Cases by the rights that were asked for, in their order.
    kinds: BTreeMap<Vec<String>, Vec<CaseId>>,
    /// Searches without case and reason, by operator and day: the first of them, and how many.
    unexplained: BTreeMap<(String, Date), (u64, Timestamp, u64)>,
    finals: BTreeMap<(CaseId, ExportKind), u64>,
    found: Vec<Anomaly>,
}

/// What a case asked.
struct Asked {
    seq: u64,
    at: Timestamp,
    operator: String,
    rights: Vec<String>,
    systems: BTreeSet<String>,
}

impl Reader {
    /// Takes the next event in.
    pub fn take(&mut self, stored: &Stored) {
        let case = || stored.case.clone();
        self.agree(stored);
        match &stored.event {
            Event::LedgerAdopted {
                known,
                found,
                operator,
                ..
            } => {
                let what = match known.count {
                    0 => say::adopted_unreadable(found.count),
                    known => say::adopted(known, found.count),
                };
                self.note(Kind::LedgerAdopted, stored, Some(operator), what);
            }
            Event::BackupRestored { backup, operator } => {
                let what = say::restored(&backup.hex()[..12]);
                self.note(Kind::Restored, stored, Some(operator), what);
            }
            Event::TermsChanged {
                terms, operator, ..
            } => {
                let before = self.terms.replace(terms.clone());
                for (kind, what) in before.iter().flat_map(|before| weaker(before, terms)) {
                    self.note(kind, stored, Some(operator), what);
                }
            }
            Event::CasePurged {
                early: true,
                reason,
                again: false,
                operator,
            } => {
                let what = say::purged_early(reason.as_deref().unwrap_or("-"));
                self.note(Kind::EarlyPurge, stored, Some(operator), what);
            }
            Event::TimeStamped {
                at: told,
                authority,
                ..
            } => {
                let apart = told.duration_since(stored.at).as_secs();
                if apart.abs() > CLOCK {
                    let what = say::clock_differs(authority.as_str(), apart.abs());
                    self.note(Kind::Clock, stored, None, what);
                }
            }
            Event::CaseOpened {
                rights, operator, ..
            } => self.open(stored, rights, operator),
            Event::Searched {
                verb,
                operator,
                systems,
                reason,
                ..
            } => match case() {
                Some(case) if verb != "verify" => {
                    if let Some(asked) = self.cases.get_mut(&case) {
                        let answered = systems
                            .iter()
                            .filter(|one| one.status != SystemStatus::NotSearched);
                        asked.systems.extend(answered.map(|one| one.system.clone()));
                    }
                }
                None if verb == "find" && reason.is_none() => {
                    let day = stored.at.to_zoned(TimeZone::UTC).date();
                    let one = (stored.seq, stored.at, 0);
                    let known = self.unexplained.entry((operator.clone(), day));
                    known.or_insert(one).2 += 1;
                }
                _ => {}
            },
            Event::Exported {
                kind,
                draft: false,
                operator,
                ..
            } => {
                if let Some(case) = case() {
                    let count = self.finals.entry((case, *kind)).or_insert(0);
                    *count += 1;
                    if *count > 1 {
                        let what = say::exported_again(kind.in_words(false), *count);
                        self.note(Kind::ExportRepeated, stored, Some(operator), what);
                    }
                }
            }
            _ => {}
        }
    }

    /// What needed two people, and whether they agreed.
    fn agree(&mut self, stored: &Stored) {
        let list = |changes: &[Text]| {
            let join =
                |lang: fn(&Text) -> &str| changes.iter().map(lang).collect::<Vec<_>>().join("; ");
            Text {
                en: join(|text| &text.en),
                de: join(|text| &text.de),
            }
        };
        let (turn, operator) = match (&stored.event, self.agreed.take(stored)) {
            (Event::TermsChanged { operator, .. }, turn) => (turn, operator),
            (Event::Agreed { by, .. }, turn) => (turn, by),
            _ => return,
        };
        match turn {
            Turn::Asked(changes) => {
                let what = say_agreed::changed_alone(list(&changes));
                self.note(Kind::NotAgreed, stored, Some(operator), what);
                self.waiting = Some(self.found.len() - 1);
            }
            Turn::Agreed(changes, names) => {
                // What was open a moment ago is told once, by how it ended.
                if let Some(place) = self.waiting.take() {
                    self.found.remove(place);
                }
                let what = say_agreed::changed_agreed(names.join(", "), list(&changes));
                self.note(Kind::Agreed, stored, Some(operator), what);
            }
            Turn::Nothing => {
                if matches!(stored.event, Event::TermsChanged { .. }) {
                    self.waiting = None;
                }
            }
        }
    }

    fn open(&mut self, stored: &Stored, rights: &[String], operator: &str) {
        let Some(case) = stored.case.clone() else {
            return;
        };
        let mut rights = rights.to_vec();
        rights.sort();
        let of_kind = self.kinds.entry(rights.clone()).or_default();
        of_kind.push(case.clone());
        self.cases.insert(
            case,
            Asked {
                seq: stored.seq,
                at: stored.at,
                operator: operator.to_owned(),
                rights,
                systems: BTreeSet::new(),
            },
        );
    }

    fn note(&mut self, kind: Kind, stored: &Stored, who: Option<&String>, what: Text) {
        self.found.push(Anomaly {
            kind,
            seq: stored.seq,
            at: stored.at,
            case: stored.case.clone(),
            who: who.cloned(),
            what,
        });
    }

    /// All that stands out, in the order of the ledger. `last` is the last event, `now` the time of looking.
    pub fn end(mut self, last: Option<(u64, Timestamp)>, now: Timestamp) -> Vec<Anomaly> {
        let mut fewer = Vec::new();
        for (case, asked) in &self.cases {
            let Some(before) = self.before(case, asked) else {
                continue;
            };
            fewer.extend(left_out(case, asked, before.0, &before.1.systems));
        }
        self.found.extend(fewer);
        for ((who, _), (seq, at, count)) in std::mem::take(&mut self.unexplained) {
            self.found.push(Anomaly {
                kind: Kind::NoReason,
                seq,
                at,
                case: None,
                who: Some(who),
                what: say::looked(count),
            });
        }
        if let Some((seq, at)) = last
            && at.duration_since(now).as_secs() > CLOCK
        {
            self.found.push(Anomaly {
                kind: Kind::Clock,
                seq,
                at,
                case: None,
                who: None,
                what: say::in_the_future(),
            });
        }
        self.found.sort_by_key(|one| (one.seq, one.kind));
        self.found
    }

    /// The last case of the same kind that was opened before this one and asked anything.
    fn before(&self, case: &CaseId, asked: &Asked) -> Option<(&CaseId, &Asked)> {
        let of_kind = self.kinds.get(&asked.rights)?;
        let place = of_kind.iter().position(|one| one == case)?;
        let earlier = of_kind[..place].iter().rev();
        let mut earlier = earlier.filter_map(|case| Some((case, self.cases.get(case)?)));
        earlier.find(|(_, earlier)| !earlier.systems.is_empty())
    }
}

/// What stands out about one case, and what became weaker since the last one of its kind: for the cover sheet of its evidence.
///
/// `own` and `before` are the events of the two cases as far as they tell who was asked; `terms` those that speak of the workspace.
pub fn of_case(
    case: &CaseId,
    own: &[Stored],
    before: Option<(&CaseId, &[Stored])>,
    terms: &[Stored],
) -> Vec<Anomaly> {
    let mut reader = Reader::default();
    let since = before.and_then(|(_, events)| Some(events.first()?.seq));
    for stored in before.iter().flat_map(|(_, events)| events.iter()) {
        reader.take(stored);
    }
    for stored in terms.iter().chain(own) {
        reader.take(stored);
    }
    // Without an earlier case there is nothing to be compared with but the terms, all of which are new to whoever reads this.
    let since = since.unwrap_or(0);
    let of_another = |one: &Anomaly| one.case.as_ref().is_some_and(|other| other != case);
    let mut found = reader.end(None, Timestamp::MAX);
    found.retain(|one| one.seq > since && !of_another(one));
    found
}

/// Systems that the case before asked, and this one did not.
fn left_out(
    case: &CaseId,
    asked: &Asked,
    before: &CaseId,
    systems: &BTreeSet<String>,
) -> Option<Anomaly> {
    let missing: Vec<&str> = systems
        .difference(&asked.systems)
        .map(String::as_str)
        .collect();
    // A case that asked nobody yet is none to be compared.
    (!missing.is_empty() && !asked.systems.is_empty()).then(|| Anomaly {
        kind: Kind::FewerSystems,
        seq: asked.seq,
        at: asked.at,
        case: Some(case.clone()),
        who: Some(asked.operator.clone()),
        what: say::fewer(missing.join(", "), before.as_str()),
    })
}

/// In what the terms after ask for less than those before.
pub fn weaker(before: &Terms, after: &Terms) -> Vec<(Kind, Text)> {
    let mut found = Vec::new();
    let mut weak = |is: bool, what: Text| {
        if is {
            found.push((Kind::Weakened, what));
        }
    };
    let four_eyes = |terms: &Terms| terms.approval == Approval::FourEyes;
    weak(
        four_eyes(before) && !four_eyes(after),
        say::approval_dropped(),
    );
    weak(before.identity && !after.identity, say::identity_assumed());
    weak(before.reason && !after.reason, say::reason_dropped());
    for (name, bound) in &before.limits {
        let now = after.limits.get(name).copied().unwrap_or(u64::MAX);
        let name = format!("limits.{name}");
        weak(now > *bound, say::bound_raised(name, *bound, now));
    }
    for (name, one) in &before.systems {
        system(name, one, after.systems.get(name), &mut found);
    }
    for (name, one) in &before.data_types {
        data_type(name, one, after.data_types.get(name), &mut found);
    }
    found
}

fn system(
    name: &str,
    before: &SystemTerms,
    after: Option<&SystemTerms>,
    found: &mut Vec<(Kind, Text)>,
) {
    let Some(after) = after else {
        return found.push((Kind::SystemLeft, say::system_removed(name)));
    };
    let asked = |terms: &SystemTerms| terms.status <= Connected::Manual;
    if asked(before) && !asked(after) {
        found.push((
            Kind::SystemLeft,
            match after.status {
                Connected::NotConnected => say::system_not_connected(name),
                _ => say::system_disabled(name),
            },
        ));
    }
    let mut weak = |is: bool, what: Text| {
        if is {
            found.push((Kind::Weakened, what));
        }
    };
    weak(before.control && !after.control, say::control_removed(name));
    weak(
        !before.insecure_http && after.insecure_http,
        say::insecure_http(name),
    );
    weak(
        !before.unconfirmed_writes && after.unconfirmed_writes,
        say::unconfirmed_writes(name),
    );
    for (object, one) in &before.objects {
        let place = format!("{name}.{object}");
        let Some(now) = after.objects.get(object) else {
            weak(true, say::object_removed(place));
            continue;
        };
        let lost: Vec<&str> = one.find.difference(&now.find).map(String::as_str).collect();
        weak(
            !lost.is_empty(),
            say::finder_removed(place.as_str(), lost.join(", ")),
        );
        weak(
            now.cap > one.cap,
            say::bound_raised(format!("{place}.cap"), one.cap, now.cap),
        );
        weak(
            one.erase.is_gone() && !now.erase.is_gone(),
            say::erase_dropped(place),
        );
    }
}

fn data_type(
    name: &str,
    before: &DataTerms,
    after: Option<&DataTerms>,
    found: &mut Vec<(Kind, Text)>,
) {
    let mut changed = |what: Text| found.push((Kind::Retention, what));
    let Some(after) = after else {
        return changed(say::data_type_removed(name));
    };
    if before.kind != after.kind {
        changed(say::rule_kind(
            name,
            before.kind.as_str(),
            after.kind.as_str(),
        ));
    } else if before.keep != after.keep {
        let (from, to) = (before.keep.as_str(), after.keep.as_str());
        changed(match (days(from), days(to)) {
            (Some(old), Some(new)) if new < old => say::keep_shortened(name, from, to),
            (Some(old), Some(new)) if new > old => say::keep_lengthened(name, from, to),
            _ => say::keep_changed(name, from, to),
        });
    }
    let lost: Vec<&str> = before
        .objects
        .difference(&after.objects)
        .map(String::as_str)
        .collect();
    if !lost.is_empty() {
        changed(say::objects_left(name, lost.join(", ")));
    }
}

/// A period in days from a day that stands for all; `open` has none.
fn days(keep: &str) -> Option<i32> {
    let from = Date::constant(2000, 1, 1);
    let span: Span = keep.parse().ok()?;
    let to = from.checked_add(span).ok()?;
    Some(from.until(to).ok()?.get_days())
}

#[cfg(test)]
mod tests;
