//! What a gap is called, by its fields alone: making a cover and verifying one come to the same words.

use serde_json::Value;

use super::super::page::plain;
use super::super::screen;
use crate::messages::{
    Text, evidence as say, fault, held, look_up, openings, profiles, stamp, translog,
};
use crate::plan::{Level, Outcome};

/// What stands in a statement.
pub(super) struct Said<'s> {
    pub(super) kind: &'s str,
    pub(super) system: Option<&'s str>,
    pub(super) object: Option<&'s str>,
    pub(super) count: Option<u64>,
    pub(super) code: Option<&'s str>,
    pub(super) level: Option<Level>,
    pub(super) place: Option<&'s str>,
}

/// A gap of a statement in words; one that this version does not know is named as it stands, in signs that steer nothing.
pub fn in_words(gap: &Value) -> Text {
    let text = |name: &str| gap.get(name).and_then(Value::as_str).map(plain);
    let (kind, system, object) = (text("kind"), text("system"), text("object"));
    let (code, place) = (text("code"), text("place"));
    let level = gap.get("level").cloned();
    of(&Said {
        kind: kind.as_deref().unwrap_or("?"),
        system: system.as_deref(),
        object: object.as_deref(),
        count: gap.get("count").and_then(Value::as_u64),
        code: code.as_deref(),
        level: level.and_then(|level| serde_json::from_value(level).ok()),
        place: place.as_deref(),
    })
}

pub(super) fn of(said: &Said<'_>) -> Text {
    bare(said.kind)
        .or_else(|| counted(said))
        .or_else(|| of_system(said))
        .or_else(|| of_object(said))
        .unwrap_or_else(|| unknown(said))
}

/// Those that need no names.
fn bare(kind: &str) -> Option<Text> {
    Some(match kind {
        "no_search" => say::gap_no_search(),
        "identity_not_confirmed" => say::gap_identity(),
        "not_applied" => say::gap_not_applied(),
        "interrupted" => say::gap_interrupted(),
        "incomplete" => say::gap_incomplete(),
        "approval_missing" => say::gap_approval_missing(),
        "approval_none" => say::gap_approval_none(),
        "not_answered" => say::gap_not_answered(),
        "no_time_stamp" => say::gap_no_time_stamp(),
        "no_log" => say::gap_no_log(),
        "due_nominal" => say::gap_due_nominal(),
        "self_signed" => say::gap_self_signed(),
        "same_word" => say::gap_same_word(),
        "changes_not_listed" => say::gap_changes(),
        "time_stamp_beside" => stamp::gap_stamp_outside(),
        "opening_not_stamped" => stamp::gap_opening(),
        "opened_not_logged" => translog::gap_not_opened(),
        "log_not_anchored" => translog::gap_not_anchored(),
        "log_is_ours" => translog::gap_ours(),
        "inventory_missing" => openings::gap_inventory(),
        "answer_not_recorded" => openings::gap_answer(),
        "answered_by_word" => held::gap_answered_by_word(),
        "log_anchored_by_word" => held::gap_anchored_by_word(),
        "period_not_over" => profiles::gap_not_over(),
        "never_entered" => profiles::gap_never_entered(),
        _ => return None,
    })
}

/// Those with a number: of steps, of cases, of runs, of minutes, of days.
fn counted(said: &Said<'_>) -> Option<Text> {
    let count = said.count?;
    Some(match said.kind {
        "never_begun" => say::gap_never_begun(count),
        "case_without_bundle" => profiles::gap_no_bundle(count),
        "bundle_not_at_hand" => profiles::gap_not_at_hand(count),
        "case_open" => profiles::gap_open(count),
        "closing_not_recorded" => profiles::gap_closing(count),
        "sweep_incomplete" => held::gap_sweep_incomplete(count),
        "sweep_without_statement" => held::gap_sweep_unsealed(count),
        "sweep_missing" => held::gap_sweep_missing(count),
        "opening_stamped_late" => held::gap_stamped_late(count),
        "log_anchor_old" => held::gap_anchor_old(count),
        "in_bundles" => profiles::gap_in_bundles(profiles::kind(said.code?), count),
        _ => return None,
    })
}

fn of_system(said: &Said<'_>) -> Option<Text> {
    let system = said.system?;
    let count = said.count.unwrap_or(0);
    Some(match (said.kind, said.object) {
        ("never_asked", _) => say::gap_never_asked(system),
        ("searched_by_hand", _) => say::gap_by_hand(system),
        ("task_open", _) => say::gap_task_open(system, count),
        ("task_without_proof", _) => say::gap_task_without_proof(system, count),
        ("unread_documents", _) => openings::gap_unread(system, count),
        ("not_searched", None) => say::gap_system_not_searched(system, reason(said.code)),
        ("warning", _) => match said.place {
            Some(place) => say::gap_warning(system, said.code?, screen::read(place)),
            None => say::gap_warning_alone(system, said.code?),
        },
        _ => return None,
    })
}

/// Those of a kind of record in a system.
fn of_object(said: &Said<'_>) -> Option<Text> {
    let object = match said.object {
        Some(object) => format!("{}.{object}", said.system?),
        None => said.system?.to_owned(),
    };
    match said.kind {
        "not_searched" => return Some(say::gap_object_not_searched(object, reason(said.code))),
        "zero_without_control" => return Some(say::gap_no_control(object)),
        _ => {}
    }
    let count = said.count?;
    Some(match said.kind {
        "not_accepted" => say::gap_not_accepted(object, count),
        "not_planned" => say::gap_not_planned(object, count),
        "not_found_again" => say::gap_lost(object, count),
        "found_unaccounted" => openings::gap_unaccounted(object, count),
        "settling" => openings::gap_settling(object, count),
        "weakly_proven" => match said.level {
            Some(level) => say::gap_weak(object, count, say::level(Some(level))),
            None => say::gap_weak_alone(object, count),
        },
        outcome => {
            let outcome: Outcome = serde_json::from_value(Value::from(outcome)).ok()?;
            say::gap_open(object, count, say::outcome(outcome))
        }
    })
}

fn reason(code: Option<&str>) -> Text {
    match code {
        // The commonest reasons are no faults; the others have a heading each in the reference.
        Some("E542") => fault::disabled(),
        Some("E543") => fault::not_connected(),
        Some("E530") => say::reason_blind(),
        Some("E249") => look_up::reason(),
        Some(code) => Text::same(plain(code)),
        None => say::reason_unknown(),
    }
}

fn unknown(said: &Said<'_>) -> Text {
    let place = match (said.system, said.object) {
        (Some(system), Some(object)) => Some(format!("{system}.{object}")),
        (system, object) => system.or(object).map(str::to_owned),
    };
    let count = said.count.map(|count| count.to_string());
    let code = said.code.map(str::to_owned);
    let rest: Vec<String> = [place, count, code].into_iter().flatten().collect();
    Text::same(match rest.is_empty() {
        true => said.kind.to_owned(),
        false => format!("{} ({})", said.kind, rest.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_gap_that_nobody_knows_is_named_as_it_stands_and_steers_nothing() {
        for (gap, words) in [
            (
                json!({"kind": "new\u{1b}[2J", "system": "crm", "object": "x"}),
                "new\u{fffd}[2J (crm.x)",
            ),
            (json!({"kind": "new"}), "new"),
            (json!(7), "?"),
            (json!({"kind": "weakly_proven"}), "weakly_proven"),
            (
                json!({"kind": "in_bundles", "code": "new", "count": 2}),
                "Bundles that say of themselves: new (2).",
            ),
        ] {
            assert_eq!(in_words(&gap).en, words, "{gap}");
        }
    }

    #[test]
    fn a_gap_of_an_older_bundle_has_words_without_what_it_did_not_say() {
        let weak = json!({"kind": "weakly_proven", "system": "crm", "object": "leads", "count": 3});
        assert_eq!(
            in_words(&weak).de,
            "crm.leads (3): Keine spätere Suche hat das Ergebnis bestätigt."
        );
        let warned = json!({"kind": "warning", "system": "crm", "code": "W210"});
        assert_eq!(
            in_words(&warned).en,
            "crm: warning W210 weakens what was read or written there."
        );
    }
}
