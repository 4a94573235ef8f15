//! The parts of an inventory beside its systems: who is responsible, who works here, how far a search may go, how proof is kept.

use std::collections::BTreeMap;

use crate::connector::grammar::{is_kind, mapping, text};
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::settings::reference;
use crate::inventory::values::{is_label, none_of, number, period, word};
use crate::inventory::{Approval, Controller, EvidenceSettings, Expand, Limits, Person};
use crate::messages::{Lang, grammar as say_grammar, inventory as say};
use crate::subject::{Kind, KindRule, Kinds};
use crate::yaml::{Fields, Node, error};

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

pub(super) fn people(node: &Node, errors: &mut Vec<Diagnostic>) -> BTreeMap<String, Person> {
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
    top.finish();
    limits
}

pub(super) fn evidence(node: &Node, errors: &mut Vec<Diagnostic>) -> EvidenceSettings {
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
