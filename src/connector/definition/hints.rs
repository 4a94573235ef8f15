//! What a connector says that is allowed and likely not meant.

use crate::connector::object::{Action, At, Field, HttpAction, Mask};
use crate::connector::rest::request::{Body, Request};
use crate::diagnostic::Diagnostic;
use crate::messages::steps as say;
use crate::template::Structure;
use crate::yaml::{Node, error};

/// A listed field that an anonymisation writes with a value of its own (W267): read back, it is compared with its mask, and an
/// erasure that took effect would count as not verified.
pub(super) fn writes_past_the_mask(
    action: Action,
    does: &HttpAction,
    listed: &[Field],
    node: &Node,
    errors: &mut Vec<Diagnostic>,
) {
    if action != Action::Anonymise {
        return;
    }
    let keeps = |field: &&Field| field.fixed || field.volatile || field.mask == Some(Mask::Keep);
    for field in listed.iter().filter(|field| !keeps(field)) {
        let At::Path(path) = &field.at else {
            continue;
        };
        if does.steps.iter().any(|step| has_own(step, path)) {
            errors.push(
                error("W267", say::past_the_mask(&field.name))
                    .at(node.place.clone())
                    .why(say::past_the_mask_why())
                    .help(say::past_the_mask_help(&field.name)),
            );
        }
    }
}

/// Whether the body puts something in this place that is not made of `masked`.
fn has_own(step: &Request, path: &[String]) -> bool {
    let Some(Body::Json(mut here)) = step.body.clone() else {
        return false;
    };
    for name in path {
        let Structure::Map(members) = here else {
            return false;
        };
        let mut members = members.into_iter();
        match members.find(|(known, _)| known == name) {
            Some((_, below)) => here = below,
            None => return false,
        }
    }
    let mut reads = here.reads().into_iter();
    !reads.any(|read| read == "masked" || read.starts_with("masked."))
}
