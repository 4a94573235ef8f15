//! What is older than a day, for retention: the records that a sweep may touch, whosever they are.
//!
//! A search for a person never asks this. Each record that comes is compared with the day by its own clock, so that a server which
//! knows no such question, or answers another one, brings up nothing that is newer.

use crate::connector::object::Object;
use crate::connector::{Fault, Probe, Reader, Sink};
use crate::find::guard::{self, Verdict};
use crate::find::places;
use crate::inventory::System;
use crate::subject::Kinds;
use jiff::civil::Date;

/// Hands over every record of an object whose clock shows a day before this one, and says how many were refused. The sink returns
/// `false` to stop.
///
/// # Errors
/// Those of the system and of its places; E333 if the object cannot be asked by age. What was handed over until then is not complete.
pub async fn older(
    reader: &mut dyn Reader,
    system: &System,
    object: &Object,
    day: Date,
    sink: Sink<'_>,
) -> Result<u64, Fault> {
    let kinds = Kinds::default();
    let by_age = |object: &Object| object.find.iter().any(|finder| finder.is_by_age());
    if !by_age(object) {
        return Err(Fault::unreadable_here());
    }
    let (mut refused, mut stopped) = (0, false);
    for (number, finder) in object.find.iter().enumerate() {
        if !finder.is_by_age() {
            continue;
        }
        let places = places::above(reader, system, finder).await?;
        let mut probes = Vec::new();
        if finder.under.is_empty() {
            probes.push(Probe::Before { day, parent: None });
        }
        probes.extend(places.iter().map(|(_, place)| Probe::Before {
            day,
            parent: Some(place),
        }));
        for probe in probes {
            let mut short = Vec::new();
            reader
                .find(object, number, probe, &mut |record| {
                    match guard::check(object, finder, probe, &record, &kinds) {
                        Verdict::Passed => {
                            stopped = !sink(record);
                        }
                        Verdict::Unseen if finder.partial => short.push(record.key),
                        Verdict::Unseen | Verdict::Refused => refused += 1,
                    }
                    !stopped
                })
                .await?;
            for key in short {
                if stopped {
                    break;
                }
                let whole = reader.read(object, &key).await?;
                let whole = whole.ok_or_else(Fault::unreadable_after_find)?;
                match guard::check(object, finder, probe, &whole, &kinds) {
                    Verdict::Passed => stopped = !sink(whole),
                    Verdict::Unseen | Verdict::Refused => refused += 1,
                }
            }
            if stopped {
                return Ok(refused);
            }
        }
    }
    Ok(refused)
}
