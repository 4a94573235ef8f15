//! Expressions between `{{ }}`, escaped for where the text lands (connector-language.md 3.10).

/// A text with expressions in it.
#[derive(Clone, Debug)]
pub struct Template {
    pub text: String,
}

/// An expression that is true or false.
#[derive(Clone, Debug)]
pub struct Condition {
    pub text: String,
}

/// A JSON-like structure with templates as its leaves.
#[derive(Clone, Debug)]
pub enum Structure {
    Leaf(Template),
    List(Vec<Structure>),
    Map(Vec<(String, Structure)>),
}
