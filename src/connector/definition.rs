//! `connectors/*.yml`, read and checked (connector-language.md 3).

/// A connector file.
#[derive(Clone, Debug)]
pub struct Definition {
    pub name: String,
    pub version: String,
}
