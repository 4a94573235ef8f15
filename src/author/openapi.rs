//! A draft from an OpenAPI document: 3.x, and 2.0, which was called Swagger.
//!
//! What such a document says of an interface is read in `openapi/document.rs` and `openapi/schema.rs`; how one is let in, in
//! `openapi/access.rs`; which of its operations lead from an address to a person's records, in `openapi/candidate.rs` and `propose.rs`;
//! what one object becomes, in `openapi/thing.rs`, and what lies below a record, in `openapi/below.rs`. A document says what may be
//! sent, not what it means, so most of the result is marked as open.

mod access;
mod below;
mod candidate;
mod document;
mod page;
mod parameters;
mod propose;
mod schema;
mod thing;

use std::sync::Arc;

use crate::author::Draft;
use crate::diagnostic::{Result, Source};
use document::Document;
pub(crate) use parameters::member;

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub name: String,
    /// Only lists whose path begins so; all without one.
    pub paths: Vec<String>,
    /// Another address than the document's.
    pub url: Option<String>,
}

/// Reads a document and drafts a connector.
///
/// # Errors
/// It cannot be read, is none (E787), or leads from no address to any record (E788).
pub fn draft(source: &Arc<Source>, wish: &Wish) -> Result<Draft> {
    let document = Document::read(source)?;
    propose::propose(&document, source, wish)
}
