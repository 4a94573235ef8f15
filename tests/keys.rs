//! The key that seals: in every form in which it comes, with every mistake that can be made with it, and when it changes.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first surprise and says what it skipped"
)]

#[path = "evidence/material.rs"]
#[allow(dead_code, reason = "evidence itself needs more of it")]
mod material;
#[path = "keys/pki.rs"]
mod pki;
#[path = "keys/rotation.rs"]
mod rotation;
#[path = "keys/sources.rs"]
mod sources;
#[path = "support/workspace.rs"]
mod workspace;
