//! What must hold while searching: nothing is sent that writes, nobody else is taken for the person, and no other reply for an empty
//! one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::leaves::{self, Member};
use super::{Checked, Flaw, Recorded};
use crate::messages::replay as say;
use crate::replay::exchange::Reply;
use crate::replay::judge;
use crate::replay::play::Until;
use crate::replay::tape::{Act, Phase};
use crate::subject::{Identity, Kind, Kinds};

pub(super) fn plan_mode(recorded: &Recorded<'_>) -> Checked {
    let played = recorded.play(Until::Plan, None)?;
    let mut log = played.tape.log.iter();
    if let Some(sent) = log.find(|sent| sent.writes || sent.by_writer) {
        return Err(Flaw::Wrong(say::sent_while_planning(sent.words())));
    }
    match judge::found(&played) == judge::found(recorded.played) {
        true => Ok(()),
        false => Err(Flaw::Wrong(say::found_otherwise())),
    }
}

pub(super) fn stranger(recorded: &Recorded<'_>) -> Checked {
    let subject = recorded.case.subject.clone();
    let kinds = recorded.file.kinds.clone();
    let objects = recorded.specimen.objects.iter();
    let fields = objects.flat_map(|object| &object.fields);
    let members: Vec<Member> = fields
        .filter(|field| {
            subject
                .iter()
                .any(|one| field.identity.as_ref() == Some(&one.kind))
        })
        .filter_map(leaves::member)
        .collect();
    let changed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&changed);
    let played = recorded.play(
        Until::End,
        Some(Box::new(move |sent, _| {
            let Some(reply) = sent.reply.as_ref().filter(|_| sent.phase == Phase::Search) else {
                return Act::Pass;
            };
            let (reply, times) = estranged(reply, &members, &subject, &kinds);
            count.fetch_add(times, Ordering::Relaxed);
            Act::Instead(reply)
        })),
    )?;
    if changed.load(Ordering::Relaxed) == 0 {
        return Err(Flaw::Absent(say::names_nobody()));
    }
    if let Some(sent) = played.tape.log.iter().find(|sent| sent.writes) {
        return Err(Flaw::Wrong(say::wrote_a_stranger(sent.words())));
    }
    let found = judge::found(&played);
    if let Some((object, keys)) = found.iter().next() {
        let record = format!("{object}/{}", keys.join(", "));
        return Err(Flaw::Wrong(say::found_a_stranger(record)));
    }
    match judge::near_misses(&played) {
        0 => Err(Flaw::Wrong(say::no_near_miss())),
        _ => Ok(()),
    }
}

/// A reply in which somebody else bears the identities, and how many of them it had.
fn estranged(
    reply: &Reply,
    members: &[Member],
    subject: &[Identity],
    kinds: &Kinds,
) -> (Reply, usize) {
    let Some(mut body) = reply.json() else {
        let mut text = String::from_utf8_lossy(&reply.body).into_owned();
        let mut times = 0;
        for identity in subject {
            for spelling in identity.spellings() {
                times += text.matches(&spelling).count();
                text = text.replace(&spelling, &other(identity));
            }
        }
        let mut reply = reply.clone();
        reply.body = text.into_bytes();
        return (reply, times);
    };
    let times = leaves::each(&mut body, &mut |trail, value| {
        if !members.iter().any(|member| member.is_over(trail)) {
            return false;
        }
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return false,
        };
        for identity in subject {
            let is = |raw: &str| {
                let read = kinds.identity(&identity.kind, raw);
                read.is_ok_and(|read| read == *identity)
            };
            let stranger = other(identity);
            // One text may hold several, behind any separator.
            let parts: Vec<&str> = text.split_inclusive([';', ',', '|']).collect();
            let told: String = parts
                .iter()
                .map(|part| match is(part.trim_end_matches([';', ',', '|'])) {
                    true => {
                        let behind = part.trim_start_matches(|c| ![';', ',', '|'].contains(&c));
                        format!("{stranger}{behind}")
                    }
                    false => (*part).to_owned(),
                })
                .collect();
            if is(&text) || told != text {
                let told = if is(&text) { stranger } else { told };
                *value = match &value {
                    Value::Number(_) => serde_json::from_str(&told).unwrap_or(json!(told)),
                    _ => json!(told),
                };
                return true;
            }
        }
        false
    });
    (reply.with(&body), times)
}

/// The same kind of identity of somebody else.
fn other(identity: &Identity) -> String {
    match identity.kind.0.as_str() {
        Kind::EMAIL => "stranger@stranger.example".to_owned(),
        Kind::PHONE => "+493012345678".to_owned(),
        _ => identity
            .value()
            .chars()
            .map(|sign| match sign {
                '0'..='8' => char::from(sign as u8 + 1),
                '9' => '1',
                'a'..='y' | 'A'..='Y' => char::from(sign as u8 + 1),
                'z' => 'a',
                'Z' => 'A',
                sign => sign,
            })
            .collect(),
    }
}

pub(super) fn no_envelope(recorded: &Recorded<'_>) -> Checked {
    let mut asked = recorded.played.tape.log.iter();
    let first = asked.find(|sent| !sent.signs_in);
    let told = first.and_then(|sent| sent.reply.as_ref());
    if !told.is_some_and(|reply| (200..300).contains(&reply.status)) {
        return Err(Flaw::Absent(say::first_is_no_success()));
    }
    let done = AtomicBool::new(false);
    let played = recorded.play(
        Until::End,
        Some(Box::new(move |_, _| {
            match done.swap(true, Ordering::Relaxed) {
                true => Act::Pass,
                false => Act::Instead(Reply::of_json(200, &json!({}))),
            }
        })),
    )?;
    match judge::search_faults(&played).is_empty() {
        true => Err(Flaw::Wrong(say::envelope_not_missed())),
        false => Ok(()),
    }
}
