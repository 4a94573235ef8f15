//! The record lines of a case: each in its place, counted by sort, summed up to be held against the journal.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::flat::{Alike, Flat, Forms, Wanted};
use super::super::merkle::Tree;
use super::sorts::{self, Sorts};
use super::steps::{self, Lines, Steps};

/// What the lines come to.
#[derive(Default)]
pub(super) struct Records {
    pub(super) tree: Tree,
    /// The lines in numbers.
    pub(super) sorts: Sorts,
    /// What they say of their steps.
    pub(super) lines: Lines,
    forms: Forms<4, 9>,
    /// What lines that are alike say of their steps, and the place of their sort.
    alike: Alike<(steps::Mark, usize)>,
}

const WANTED: Wanted<4, 9> = Wanted {
    own: ["at", "seq", "step", "verified_at"],
    said: [
        "action", "decision", "fault", "level", "object", "outcome", "plan", "system", "until",
    ],
};

/// The same members, as the JSON parser finds them.
#[derive(Deserialize)]
struct Record<'r> {
    #[serde(borrow, default)]
    action: Option<Cow<'r, str>>,
    #[serde(borrow, default)]
    at: Option<Cow<'r, str>>,
    #[serde(borrow, default)]
    decision: Option<Cow<'r, str>>,
    #[serde(borrow, default)]
    fault: Option<Cow<'r, str>>,
    #[serde(borrow, default)]
    level: Option<Cow<'r, str>>,
    #[serde(borrow, default)]
    object: Cow<'r, str>,
    #[serde(borrow)]
    outcome: Cow<'r, str>,
    #[serde(borrow, default)]
    plan: Cow<'r, str>,
    seq: u64,
    #[serde(default)]
    step: Option<u64>,
    #[serde(borrow, default)]
    system: Cow<'r, str>,
    #[serde(borrow, default)]
    until: Option<Cow<'r, str>>,
    #[serde(borrow, default)]
    verified_at: Option<Cow<'r, str>>,
}

impl Records {
    /// Lines that can be held against these steps.
    pub(super) fn beside(steps: &Steps) -> Records {
        Records {
            lines: steps.lines(),
            ..Records::default()
        }
    }

    /// Takes a line into the tree and the counts; `false` if it is no record or out of its place.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        let expected = self.tree.count();
        self.tree.push(line);
        if let Some(found) = self.forms.read(line, &WANTED)
            && let [at, Flat::Number(seq), Flat::Number(step), verified_at] = found.own()
        {
            let own = steps::Own {
                at: at.text(),
                step: Some(step),
                verified_at: verified_at.text(),
            };
            if let Some((mark, place)) = self.alike.get(found.alike) {
                self.lines.take(&mark, &own);
                self.sorts.count_again(place);
                return seq == expected;
            }
            if let [
                action,
                decision,
                fault,
                level,
                Flat::Text(object),
                Flat::Text(outcome),
                Flat::Text(plan),
                Flat::Text(system),
                until,
            ] = found.said()
            {
                let line = steps::Line {
                    sort: sorts::Line {
                        fault: fault.text(),
                        level: level.text(),
                        object,
                        outcome,
                        plan,
                        system,
                    },
                    action: action.text(),
                    decision: decision.text(),
                    until: until.text(),
                };
                let mark = self.lines.mark(&line);
                self.lines.take(&mark, &own);
                let place = self.sorts.take(&line.sort);
                if let Some(place) = place {
                    self.alike.put(found.alike, (mark, place));
                }
                return place.is_some() && seq == expected;
            }
        }
        let Ok(record) = serde_json::from_slice::<Record<'_>>(line) else {
            return false;
        };
        let line = steps::Line {
            sort: sorts::Line {
                fault: record.fault.as_deref(),
                level: record.level.as_deref(),
                object: &record.object,
                outcome: &record.outcome,
                plan: &record.plan,
                system: &record.system,
            },
            action: record.action.as_deref(),
            decision: record.decision.as_deref(),
            until: record.until.as_deref(),
        };
        let own = steps::Own {
            at: record.at.as_deref(),
            step: record.step,
            verified_at: record.verified_at.as_deref(),
        };
        let mark = self.lines.mark(&line);
        self.lines.take(&mark, &own);
        self.sorts.take(&line.sort).is_some() && record.seq == expected
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::content::{self, Content};
    use crate::keys::Digest;

    /// Journal and record lines of so many steps, as `canonical` writes them; what the record lines say is passed through `change`.
    fn steps_of(count: u64, change: &dyn Fn(u64, String) -> String) -> Content {
        let mut events = vec![
            json!({"event": "case_opened"}),
            json!({"event": "identity_confirmed"}),
        ];
        let mut records = String::new();
        for step in 0..count {
            let at = format!("2026-11-23T15:06:42.{:03}Z", step % 7);
            let said = json!({"at": at, "plan": "ab12", "step": step, "system": "shop", "object": "orders", "action": "remove",
                "decision": "erase", "outcome": "removed", "level": "L1", "until": "2030-12-31", "fault": "E500"});
            let mut begun = said.clone();
            begun["event"] = "step_started".into();
            let mut ended = said.clone();
            ended["event"] = "step_ended".into();
            let looked = json!({"event": "step_verified", "at": at, "plan": "ab12", "step": step, "outcome": "removed", "level": "L2"});
            events.extend([begun, ended, looked]);
            let mut record = said;
            record["seq"] = step.into();
            record["level"] = "L2".into();
            record["verified_at"] = at.into();
            let line = String::from_utf8(crate::canonical::bytes(&record)).unwrap();
            records += &(change(step, line) + "\n");
        }
        let (mut journal, mut prev) = (Vec::new(), Digest([0; 32]));
        for (n, mut event) in (1..).zip(events) {
            event["case"] = "2026-K7QF3M".into();
            event["n"] = n.into();
            event["case_prev"] = prev.to_string().into();
            let line = crate::canonical::bytes(&event);
            prev = Digest::sha256(&line);
            journal.extend([line, b"\n".to_vec()].concat());
        }
        let files: [(&str, &[u8]); 3] = [
            ("mimetype", crate::evidence::MIMETYPE.as_bytes()),
            ("data/records.jsonl", records.as_bytes()),
            ("data/journal.jsonl", &journal),
        ];
        let mut reasons = Vec::new();
        let content = content::read(&mut content::tests::packed(&files), false, &mut reasons);
        // What tells of the case is not complete here; the lines themselves are what they have to be.
        reasons.retain(|reason| reason.code != "E730");
        assert!(reasons.is_empty(), "{reasons:?}");
        content
    }

    /// However many lines before it said something else of the same length.
    #[test]
    fn every_line_is_held_against_its_step() {
        let is_said = |change: &dyn Fn(u64, String) -> String| {
            let content = steps_of(40, change);
            content.steps.are_those_of(&content.records.lines)
        };
        assert!(is_said(&|_, line| line));
        let others = [
            ("\"action\":\"remove\"", "\"action\":\"redact\""),
            ("06:42.", "06:43."),
            ("\"decision\":\"erase\"", "\"decision\":\"erose\""),
            ("\"E500\"", "\"E501\""),
            ("\"L2\"", "\"L3\""),
            ("\"orders\"", "\"ordres\""),
            ("\"removed\"", "\"blocked\""),
            ("\"ab12\"", "\"ab13\""),
            ("\"shop\"", "\"shup\""),
            ("\"2030-12-31\"", "\"2031-12-31\""),
            ("\"step\":", "\"step\":9"),
        ];
        for (old, new) in others {
            for at in [0, 1, 23, 39] {
                let change = |step, line: String| match step == at {
                    true => line.replace(old, new),
                    false => line,
                };
                assert!(!is_said(&change), "{new} in {at}");
                let only_there = |step, line: String| match step == at {
                    true => line,
                    false => line.replace(old, new),
                };
                assert!(!is_said(&only_there), "{new} but in {at}");
            }
        }
    }
}
