//! `body` and `decode`: what a request carries, and how its reply is read.

use super::request::pairs;
use super::{not_yet, not_yet_at};
use crate::connector::rest::request::{Body, Decode};
use crate::diagnostic::Diagnostic;
use crate::template::{Scope, Structure};
use crate::yaml::{Fields, Node};

pub(super) fn read(node: &Node, scope: &Scope<'_>, errors: &mut Vec<Diagnostic>) -> Option<Body> {
    if let Some([(name, value)]) = node.map() {
        match name.text.as_str() {
            "form" => return pairs(value, scope, errors).map(Body::Form),
            "xml" | "csv" | "text" => {
                errors.push(not_yet_at(&name.text, value));
                return None;
            }
            _ => {}
        }
    }
    Structure::compile(node, scope, errors).map(Body::Json)
}

/// `decode`; the content type decides where it is not stated.
pub(super) fn decode(fields: &mut Fields<'_, '_>) -> Option<Option<Decode>> {
    not_yet(fields, &["decode"]);
    Some(None)
}
