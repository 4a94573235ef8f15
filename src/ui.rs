//! The only writer to the terminal: tables, JSON, CSV, progress, questions, and errors.

pub mod diagnostic;
