//! What hangs below records that are known already: the part of a search that goes down from a record, without one for the person.
//!
//! An erasure that was left for later knows its records by their keys. Before one of them is removed it has to be known what goes with
//! it, which may be more than there was when the case left it.

use std::sync::Arc;

use crate::connector::{Reader, Record};
use crate::find::Depth;
use crate::find::session::Session;
use crate::findings::{Known, ObjectFindings};
use crate::inventory::System;
use crate::subject::Kinds;

/// The seeds, by the names of their objects, and all that any way of the inventory finds below them. An object that could not be asked to
/// the end is *not searched*, and so is everything below it. Seeds that are found below others say so.
pub async fn below(
    system: Arc<System>,
    reader: Box<dyn Reader>,
    kinds: Arc<Kinds>,
    known: &[Known],
    seeds: Vec<(String, Record)>,
) -> Vec<ObjectFindings> {
    let mut session = Session::new(system, reader, kinds, Depth::Whole, None);
    session.below(seeds, known).await;
    session.finish_below()
}
