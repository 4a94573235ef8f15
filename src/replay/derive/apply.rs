//! What must hold while a plan is carried out: success is what was read, nothing is sent twice, and nobody writes over a change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::leaves::{self, Member};
use super::{Checked, Flaw, Recorded, is_success};
use crate::connector::Fault;
use crate::connector::object::{At, Object};
use crate::messages::replay as say;
use crate::replay::exchange::Reply;
use crate::replay::play::{Played, Until};
use crate::replay::tape::{Act, Phase, Sent};
use crate::replay::{judge, outline};

pub(super) fn already_gone(recorded: &Recorded<'_>) -> Checked {
    recorded.first_write()?;
    // One status for many records says of none of them that it is gone.
    let mut log = recorded.played.tape.log.iter();
    if let Some(first) = log.find(|sent| sent.writes)
        && outline::is_of_many(recorded.specimen, first.verb, first.url.as_str())
    {
        return Err(Flaw::Absent(say::speaks_of_many()));
    }
    let successes = recorded.successes()?;
    let played = recorded.play(
        Until::End,
        Some(Box::new(|sent, log| {
            let is_first = sent.writes && !log.iter().any(|earlier| earlier.writes);
            match is_first {
                true => Act::Instead(Reply::of_json(404, &json!({}))),
                false => Act::Pass,
            }
        })),
    )?;
    let outcomes = judge::outcomes(&played);
    for record in successes {
        let came = outcomes.get(record).map_or("", String::as_str);
        if !is_success(came) {
            return Err(Flaw::Wrong(say::record_came_to(record, came)));
        }
    }
    Ok(())
}

pub(super) fn throttled(recorded: &Recorded<'_>) -> Checked {
    let throttled = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&throttled);
    let seen = Mutex::new(BTreeSet::new());
    let played = recorded.play(
        Until::End,
        Some(Box::new(move |sent, _| {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if !seen.insert(request(sent)) {
                return Act::Pass;
            }
            count.fetch_add(1, Ordering::Relaxed);
            let mut reply = Reply::of_json(429, &json!({}));
            let pause = reqwest::header::HeaderValue::from_static("1");
            reply.headers.insert(reqwest::header::RETRY_AFTER, pause);
            Act::Before(reply)
        })),
    )?;
    same(recorded, &played)?;
    let least = Duration::from_secs(throttled.load(Ordering::Relaxed) as u64);
    if played.waited + Duration::from_millis(100) < least {
        let (waited, least) = (judge::seconds(played.waited), judge::seconds(least));
        return Err(Flaw::Wrong(say::waited_less(waited, least)));
    }
    Ok(())
}

/// The same was found, and the same became of it.
fn same(recorded: &Recorded<'_>, played: &Played) -> Checked {
    let outcomes = judge::outcomes(played);
    if outcomes != recorded.outcomes {
        let (came, wanted) = (judge::pairs(&outcomes), judge::pairs(&recorded.outcomes));
        return Err(Flaw::Wrong(say::other_outcomes(came, wanted)));
    }
    match judge::found(played) == judge::found(recorded.played) {
        true => Ok(()),
        false => Err(Flaw::Wrong(say::found_otherwise())),
    }
}

/// What makes two requests the same.
fn request(sent: &Sent) -> (&'static str, String, Vec<u8>) {
    (sent.verb.word(), sent.url.to_string(), sent.body.clone())
}

pub(super) fn lost_reply(recorded: &Recorded<'_>) -> Checked {
    recorded.first_write()?;
    let mut log = recorded.played.tape.log.iter();
    if !log.any(|sent| sent.writes && sent.once) {
        return Err(Flaw::Absent(say::all_repeatable()));
    }
    let played = recorded.play(
        Until::End,
        Some(Box::new(|sent, log| {
            let is_first = sent.once && sent.writes && !log.iter().any(|s| s.writes && s.once);
            match is_first {
                true => Act::Lose,
                false => Act::Pass,
            }
        })),
    )?;
    let mut writes = played.tape.log.iter().filter(|sent| sent.writes);
    if let Some(lost) = writes.by_ref().find(|sent| sent.tampered)
        && writes.any(|sent| request(sent) == request(lost))
    {
        return Err(Flaw::Wrong(say::sent_again(lost.words())));
    }
    let outcomes = judge::outcomes(&played);
    let waits = waiting_for_others(&played);
    let outcomes_recorded = recorded.outcomes.iter();
    for (record, wanted) in outcomes_recorded.filter(|(_, wanted)| is_success(wanted)) {
        let came = outcomes.get(record).map_or("", String::as_str);
        // What reading cannot decide is for a person.
        if came != wanted && came != "unknown" && !waits.contains(record) {
            return Err(Flaw::Wrong(say::record_came_to(record, came)));
        }
    }
    Ok(())
}

/// Records that were left alone because something below them was not settled.
fn waiting_for_others(played: &Played) -> BTreeSet<String> {
    let faults = judge::all_faults(played).into_iter();
    let open = Fault::child_open().code;
    faults
        .filter(|(_, fault)| fault.code == open)
        .map(|(record, _)| record)
        .collect()
}

pub(super) fn changed(recorded: &Recorded<'_>) -> Checked {
    recorded.first_write()?;
    let wishes = Arc::new(wishes(recorded));
    let altered = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&altered);
    let known = Arc::clone(&wishes);
    let is_plugin = recorded.specimen.is_plugin();
    let played = recorded.play(
        Until::End,
        Some(Box::new(move |sent, _| {
            let (Phase::Apply, false, Some(reply)) = (sent.phase, sent.writes, &sent.reply) else {
                return Act::Pass;
            };
            let Some(mut body) = reply.json() else {
                // What a plugin makes of a text nobody else can tell: the value is changed wherever it stands.
                let meant = known.values().flatten().filter(|_| is_plugin);
                let (text, times) = retold(reply, meant);
                count.fetch_add(times, Ordering::Relaxed);
                return Act::Instead(text);
            };
            let times = leaves::each(&mut body, &mut |trail, value| {
                let mut wishes = known.values().flatten();
                let meant = wishes.any(|(member, old)| member.is_over(trail) && old == value);
                if meant {
                    *value = leaves::other(value);
                }
                meant
            });
            count.fetch_add(times, Ordering::Relaxed);
            Act::Instead(reply.with(&body))
        })),
    )?;
    if altered.load(Ordering::Relaxed) == 0 {
        return Err(Flaw::Absent(say::nothing_to_change()));
    }
    let outcomes = judge::outcomes(&played);
    let waits = waiting_for_others(&played);
    let mut all = true;
    for record in recorded.successes()? {
        let known = wishes.get(record).is_some_and(|wishes| !wishes.is_empty());
        all &= known;
        let came = outcomes.get(record).map_or("", String::as_str);
        if known && came != "changed" && !waits.contains(record) && was_written(recorded, record) {
            return Err(Flaw::Wrong(say::record_came_to(record, came)));
        }
    }
    let mut log = played.tape.log.iter();
    match log.find(|sent| sent.writes) {
        Some(sent) if all => Err(Flaw::Wrong(say::wrote_over(sent.words()))),
        _ => Ok(()),
    }
}

/// A reply with other values in its text, and how many it had.
fn retold<'w>(reply: &Reply, wishes: impl Iterator<Item = &'w (Member, Value)>) -> (Reply, usize) {
    let mut reply = reply.clone();
    let mut times = 0;
    for (_, old) in wishes {
        let (Value::String(old), Value::String(new)) = (old, leaves::other(old)) else {
            continue;
        };
        // As it is, and as it stands in markup.
        let markup = |text: &str| {
            let text = text.replace('&', "&amp;");
            text.replace('<', "&lt;").replace('>', "&gt;")
        };
        let pairs = [(markup(old), markup(&new)), (old.clone(), new)];
        for (old, new) in pairs.into_iter().filter(|(old, _)| !old.is_empty()) {
            let text = String::from_utf8_lossy(&reply.body).into_owned();
            let found = text.matches(old.as_str()).count();
            if found > 0 {
                times += found;
                reply.body = text.replace(old.as_str(), &new).into_bytes();
                break;
            }
        }
    }
    (reply, times)
}

/// Whether the recorded plan had something to write to a record.
fn was_written(recorded: &Recorded<'_>, record: &str) -> bool {
    let steps = recorded.played.plan.iter().flat_map(|plan| &plan.steps);
    let mut written = steps.filter(|step| step.writes());
    written.any(|step| format!("{}/{}", step.object, step.key) == record)
}

/// For each record a value that could change, with the member that it stands under: neither part of its key nor one by which it is
/// found, where there is another.
fn wishes(recorded: &Recorded<'_>) -> BTreeMap<String, Vec<(Member, Value)>> {
    let mut all = BTreeMap::new();
    for (_, object, found) in recorded.played.findings.records() {
        let Some(described) = recorded.specimen.object(&object.object) else {
            continue;
        };
        let name = format!("{}/{}", object.object, found.record.key);
        let wish = wish(described, &found.record.data);
        all.insert(name, wish.into_iter().collect());
    }
    all
}

fn wish(object: &Object, data: &Value) -> Option<(Member, Value)> {
    let fields = object.fields.iter().filter(|field| !field.volatile);
    let mut fields: Vec<_> = fields
        .filter(|field| match &field.at {
            At::Path(path) => !(path.len() == 1 && object.key.contains(&path[0])),
            At::JsonPath(_) => true,
        })
        .collect();
    fields.sort_by_key(|field| (field.identity.is_some(), !field.links.is_empty()));
    let values = fields.iter().flat_map(|field| {
        let member = leaves::member(field);
        let values = field.at.all(data);
        values.into_iter().filter_map(move |value| {
            let scalar = !value.is_object() && !value.is_array();
            Some((member.clone()?, value.clone())).filter(|_| scalar)
        })
    });
    let values: Vec<(Member, Value)> = values.collect();
    let stated = values.iter().find(|(_, value)| !value.is_null());
    stated.or(values.first()).cloned()
}

pub(super) fn forbidden(recorded: &Recorded<'_>) -> Checked {
    recorded.first_write()?;
    recorded.successes()?;
    let played = recorded.play(
        Until::End,
        Some(Box::new(|sent, log| {
            let looks = !sent.writes && !sent.by_writer;
            match looks && log.iter().any(|earlier| earlier.writes) {
                true => Act::Instead(Reply::of_json(403, &json!({}))),
                false => Act::Pass,
            }
        })),
    )?;
    let outcomes = judge::outcomes(&played);
    for record in recorded.successes()? {
        let came = outcomes.get(record).map_or("", String::as_str);
        let nothing_to_do = came == "already_gone" && recorded.outcomes[record] == came;
        if is_success(came) && was_written(recorded, record) && !nothing_to_do {
            return Err(Flaw::Wrong(say::record_came_to(record, came)));
        }
    }
    match outcomes.values().any(|outcome| outcome == "not_verified") {
        true => Ok(()),
        false => Err(Flaw::Wrong(say::nothing_unverified(judge::pairs(
            &outcomes,
        )))),
    }
}
