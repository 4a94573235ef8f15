//! Drafts of connector files, for people who connect a system that nobody has connected before.
//!
//! A draft says what is known of an interface: from a few answers (`cli` asks), or from an OpenAPI document (`author/openapi.rs`).
//! It is written as a connector file in which everything guessed is marked (`author/draft.rs`), with a first test file beside it
//! (`author/trial.rs`), and it is only a draft: a person reads it before `dsr trust` lets it run. Nothing here contacts a system.

pub mod draft;
pub mod openapi;
pub mod trial;

pub use draft::{Draft, Open, Written};
