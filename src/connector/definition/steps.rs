//! What a request can say beyond itself: values that later steps name, a job to wait for, what became of each record of a batch,
//! limits of its own.

use super::not_yet;
use super::request::Context;
use crate::connector::definition::Limits;
use crate::connector::rest::request::{Capture, Each, Poll};
use crate::yaml::Fields;

/// `capture`: names with a JSONPath or `header.<Name>`.
pub(super) fn capture(fields: &mut Fields<'_, '_>) -> Option<Vec<Capture>> {
    not_yet(fields, &["capture"]);
    Some(Vec::new())
}

/// `poll`: the job that the reply started.
pub(super) fn poll(
    fields: &mut Fields<'_, '_>,
    _context: &Context<'_>,
) -> Option<Option<Box<Poll>>> {
    not_yet(fields, &["poll"]);
    Some(None)
}

/// `each`: the reply to a batch, record by record.
pub(super) fn each(fields: &mut Fields<'_, '_>, _context: &Context<'_>) -> Option<Option<Each>> {
    not_yet(fields, &["each"]);
    Some(None)
}

/// `limits` of one request.
pub(super) fn limits(fields: &mut Fields<'_, '_>) -> Option<Option<Limits>> {
    not_yet(fields, &["limits"]);
    Some(None)
}
