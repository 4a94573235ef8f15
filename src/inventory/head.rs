//! The parts of an inventory beside its systems: who is responsible, who works here, how far a search may go.

use std::collections::BTreeMap;
use std::path::Path;

use crate::connector::grammar::{is_kind, mapping, text};
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::seat::is_seat;
use crate::inventory::settings;
use crate::inventory::values::{is_label, none_of, number, word};
use crate::inventory::{Approval, Controller, Expand, Limits, Person, SweepLimits, Window};
use crate::messages::{Lang, approval as say_approval, grammar as say_grammar, inventory as say};
use crate::people::{self, PublicKey};
use crate::secret::Reference;
use crate::statute::FinancialYear;
use crate::subject::{Kind, KindRule, Kinds};
use crate::yaml::{Fields, Node, error};

const LANGUAGES: [(&str, Lang); 2] = [("de", Lang::De), ("en", Lang::En)];

fn spoken_at(seat: &str) -> Lang {
    let german = ["DE", "AT", "LI"]
        .iter()
        .any(|country| seat.starts_with(country));
    if german { Lang::De } else { Lang::En }
}

/// The language of a controller of whom something else may be wrong or missing: the one that is stated, else that of the seat.
pub(super) fn language(controller: &Node) -> Option<Lang> {
    let members = controller.map()?;
    let text = |name: &str| {
        let (_, node) = members.iter().find(|(own, _)| own.text == name)?;
        node.text()
    };
    let stated = text("language").and_then(|stated| {
        let mut known = LANGUAGES.iter();
        known.find(|(word, _)| *word == stated)
    });
    match stated {
        Some((_, language)) => Some(*language),
        None => text("seat").filter(|seat| is_seat(seat)).map(spoken_at),
    }
}

pub(super) fn controller(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Controller> {
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
    let language = language.and_then(|node| word(node, &LANGUAGES, top.errors()));
    let contact = top.text("contact");
    let regulated_finance = top.boolean("regulated_finance").unwrap_or(false);
    let financial_year = top.optional("financial_year_end").and_then(|node| {
        let stated = text(node, top.errors())?;
        let year = FinancialYear::parse(&stated);
        if year.is_none() {
            top.error(
                error("E154", say::bad_financial_year(&stated))
                    .at(node.place.clone())
                    .help(say::bad_financial_year_help()),
            );
        }
        year
    });
    top.finish();
    let seat = seat?;
    Some(Controller {
        name: name?,
        language: language.unwrap_or_else(|| spoken_at(&seat)),
        seat,
        contact,
        regulated_finance,
        financial_year,
    })
}

/// (identity required, reason required)
pub(super) fn requests(node: &Node, errors: &mut Vec<Diagnostic>) -> (bool, bool) {
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

/// People with their keys, as far as these lie in the workspace already; `folder` is where their paths start. No two people have one key
/// (E974): who signed would then be anybody's guess.
pub(super) fn people(
    node: &Node,
    folder: &Path,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Person> {
    const ROLES: [&str; 2] = [people::OPERATOR, people::APPROVER];
    let mut out: BTreeMap<String, Person> = BTreeMap::new();
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
        let key = top.required("key").and_then(|node| {
            let file = text(node, top.errors())?;
            let public = public_key(&folder.join(&file), &file, node, top.errors());
            let same = |(_, other): &(&String, &Person)| {
                other.key == file || (public.is_some() && other.public == public)
            };
            if let Some((other, _)) = out.iter().find(same) {
                top.error(
                    error("E974", say_approval::same_key(other, &name.text))
                        .at(node.place.clone())
                        .why(say_approval::same_key_why())
                        .help(say_approval::same_key_help(&name.text)),
                );
            }
            Some((file, public))
        });
        let recipient = top.text("recipient");
        top.finish();
        if let (Some(role), Some((key, public))) = (role, key) {
            let person = Person {
                role,
                key,
                public,
                recipient,
            };
            out.insert(name.text.clone(), person);
        }
    }
    out
}

/// The public key in a file; `None` while there is no file.
fn public_key(
    path: &Path,
    file: &str,
    node: &Node,
    errors: &mut Vec<Diagnostic>,
) -> Option<PublicKey> {
    if !path.exists() {
        return None;
    }
    let pem = fs_err::read_to_string(path).ok();
    let key = pem.and_then(|pem| PublicKey::from_pem(&pem));
    if key.is_none() {
        errors.push(
            error("E973", say_approval::not_a_public_key(file))
                .at(node.place.clone())
                .help(say_approval::not_a_public_key_help()),
        );
    }
    key
}

/// One person alone needs nobody's approval; several must say (E148), and four eyes need both roles (E146).
pub(super) fn approval(
    node: Option<&Node>,
    people: &BTreeMap<String, Person>,
    place: Option<Place>,
    errors: &mut Vec<Diagnostic>,
) -> Approval {
    let Some(node) = node else {
        if let Some(place) = place.filter(|_| people.len() > 1) {
            errors.push(
                error("E148", say::unsaid_approval())
                    .at(place)
                    .help(say::unsaid_approval_help()),
            );
        }
        return Approval::None;
    };
    let words = [("none", Approval::None), ("four_eyes", Approval::FourEyes)];
    let approval = word(node, &words, errors).unwrap_or(Approval::None);
    let has = |role: &str| people.values().any(|person| person.role == role);
    if approval == Approval::FourEyes && !(has("operator") && has("approver")) {
        errors.push(
            error("E146", say::too_few_eyes())
                .at(node.place.clone())
                .help(say::too_few_eyes_help()),
        );
    }
    approval
}

/// Fills in the rules; returns what `trusted_from` names, to be checked when the systems are known.
pub(super) fn identities(
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

pub(super) fn expand(node: Option<&Node>, errors: &mut Vec<Diagnostic>) -> Expand {
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

pub(super) fn limits(node: Option<&Node>, errors: &mut Vec<Diagnostic>) -> Limits {
    let mut limits = Limits {
        people: 50,
        records: 1000,
        sweep: SweepLimits::default(),
    };
    let Some(mut top) = node.and_then(|node| Fields::of(node, errors)) else {
        return limits;
    };
    // An export lets records flow through and does not hold them.
    for (key, most, limit) in [
        ("people", 1_000_000, &mut limits.people),
        ("records", 100_000_000, &mut limits.records),
    ] {
        let stated = top.optional(key);
        let stated = stated.and_then(|node| number(node, 1..=most, top.errors()));
        *limit = stated
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(*limit);
    }
    if let Some(node) = top.optional("sweep") {
        limits.sweep = sweep(node, top.errors());
    }
    top.finish();
    limits
}

/// The bounds of retention runs.
fn sweep(node: &Node, errors: &mut Vec<Diagnostic>) -> SweepLimits {
    let mut limits = SweepLimits::default();
    let Some(mut top) = Fields::of(node, errors) else {
        return limits;
    };
    let mut stated = |key: &'static str, least: u64, most: u64| {
        let node = top.optional(key)?;
        number(node, least..=most, top.errors())
    };
    let records = stated("records", 1, 1_000_000_000);
    let share = stated("share", 1, 100);
    let deviation = stated("deviation", 2, 1_000);
    let batch = stated("batch", 1, 20_000);
    let lag = stated("lag", 1, 3_600);
    let alike = stated("alike", 2, 1_000);
    limits.records = records.unwrap_or(limits.records);
    limits.share = share
        .and_then(|n| n.try_into().ok())
        .unwrap_or(limits.share);
    limits.deviation = deviation
        .and_then(|n| n.try_into().ok())
        .unwrap_or(limits.deviation);
    limits.batch = batch
        .and_then(|n| n.try_into().ok())
        .unwrap_or(limits.batch);
    limits.alike = alike
        .and_then(|n| n.try_into().ok())
        .unwrap_or(limits.alike);
    limits.lag = lag.and_then(|n| n.try_into().ok()).unwrap_or(limits.lag);
    if let Some(node) = top.optional("every") {
        let every = text(node, top.errors());
        limits.every_s = every.and_then(|written| {
            let seconds = rhythm_of(&written);
            if seconds.is_none() {
                top.error(
                    error("E475", say::not_a_rhythm(&written))
                        .at(node.place.clone())
                        .help(say::not_a_rhythm_help()),
                );
            }
            seconds
        });
    }
    if let Some(node) = top.optional("window") {
        let window = text(node, top.errors());
        limits.window = window.and_then(|written| {
            let window = window_of(&written);
            if window.is_none() {
                top.error(
                    error("E465", say::not_a_window(&written))
                        .at(node.place.clone())
                        .help(say::not_a_window_help()),
                );
            }
            window
        });
    }
    if let Some(node) = top.optional("ping") {
        let stated = settings::reference(node, top.errors());
        limits.ping = stated.and_then(|stated| match stated {
            // A program would have to be looked at first, and a run does not depend on who watches it.
            Reference::Command(_) => {
                top.error(
                    error("E497", say::ping_by_program())
                        .at(node.place.clone())
                        .help(say::ping_by_program_help()),
                );
                None
            }
            named => Some(named),
        });
    }
    top.finish();
    limits
}

/// `1d`, `12h`, `P7D`, `PT6H`: whole hours or days.
fn rhythm_of(written: &str) -> Option<u64> {
    const HOUR: u64 = 3_600;
    let written = written.trim();
    let (text, time) = match (written.strip_prefix("PT"), written.strip_prefix('P')) {
        (Some(text), _) => (text, true),
        (None, Some(text)) => (text, false),
        (None, None) => (written, written.ends_with(['h', 'H'])),
    };
    let unit = text.chars().next_back()?.to_ascii_lowercase();
    let number: u64 = text.get(..text.len() - 1)?.trim_end().parse().ok()?;
    let seconds = match (unit, time) {
        ('h', true) => number.checked_mul(HOUR)?,
        ('d', false) => number.checked_mul(24 * HOUR)?,
        ('w', false) => number.checked_mul(7 * 24 * HOUR)?,
        _ => return None,
    };
    (HOUR..=31 * 24 * HOUR)
        .contains(&seconds)
        .then_some(seconds)
}

/// `22:00-05:00`
fn window_of(written: &str) -> Option<Window> {
    let (from, to) = written.split_once('-')?;
    let time = |text: &str| jiff::civil::Time::strptime("%H:%M", text.trim()).ok();
    let (from, to) = (time(from)?, time(to)?);
    (from != to).then_some(Window { from, to })
}

pub(super) fn ledger(node: &Node, errors: &mut Vec<Diagnostic>) {
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
