//! `docs`: what an administrator should know before connecting the system. Nothing of it changes what is sent; the connector's page
//! is made from it.

use crate::diagnostic::Diagnostic;
use crate::yaml::{Fields, Node};

/// What the author says about the system, in English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    /// The vendor's own description of the interface.
    pub url: Option<String>,
    /// What the account must be allowed.
    pub permissions: Option<String>,
    /// What erasure means there.
    pub erasing: Option<String>,
    /// What stays after an erasure: histories, recycle bins, copies, free text.
    pub left_over: Vec<String>,
    /// What surprises.
    pub gotchas: Vec<String>,
    /// How often and how much the system lets itself be asked.
    pub limits: Option<String>,
}

/// A URL alone, or a mapping.
pub(super) fn read(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Docs> {
    if let Some(url) = node.scalar() {
        return Some(Docs {
            url: Some(url),
            ..Docs::default()
        });
    }
    let mut fields = Fields::of(node, errors)?;
    let docs = Docs {
        url: fields.text("url"),
        permissions: fields.text("permissions"),
        erasing: fields.text("erasing"),
        left_over: fields.texts("left_over").unwrap_or_default(),
        gotchas: fields.texts("gotchas").unwrap_or_default(),
        limits: fields.text("limits"),
    };
    fields.finish();
    Some(docs)
}
