//! What is older than a day, for retention: the records that a sweep may touch, whosever they are.
//!
//! A search for a person never asks this. Each record that comes is compared with the day by its own clock, so that a server which
//! knows no such question, or answers another one, brings up nothing that is newer.

use crate::connector::object::Object;
use crate::connector::{Fault, Probe, Reader, Record, Sink};
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
    let mut refused = 0;
    let mut older = |record: Record, is_older: bool| {
        refused += u64::from(!is_older);
        !is_older || sink(record)
    };
    listed(reader, system, object, day, &mut older).await?;
    Ok(refused)
}

/// Receives what a listing by age brought, and whether its clock shows a day before the one that was asked for. Returns `false` to stop.
pub type Each<'a> = &'a mut (dyn FnMut(Record, bool) -> bool + Send);

/// Hands over every record that comes when an object is asked by age, those that are newer or show no day among them.
///
/// # Errors
/// As [`older`].
pub async fn listed(
    reader: &mut dyn Reader,
    system: &System,
    object: &Object,
    day: Date,
    sink: Each<'_>,
) -> Result<(), Fault> {
    let kinds = Kinds::default();
    let by_age = |object: &Object| object.find.iter().any(|finder| finder.is_by_age());
    if !by_age(object) {
        return Err(Fault::unreadable_here());
    }
    let mut stopped = false;
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
                        Verdict::Passed => stopped = !sink(record, true),
                        Verdict::Unseen if finder.partial => short.push(record.key),
                        Verdict::Unseen | Verdict::Refused => stopped = !sink(record, false),
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
                    Verdict::Passed => stopped = !sink(whole, true),
                    Verdict::Unseen | Verdict::Refused => stopped = !sink(whole, false),
                }
            }
            if stopped {
                return Ok(());
            }
        }
    }
    Ok(())
}
