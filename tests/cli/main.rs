//! Whole screens: what a person sees of each verb, in both languages and as data, and what they see when something is wrong.
//!
//! `INSTA_UPDATE=always cargo test --test cli` writes the snapshots anew; read the difference before you commit it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it skips"
)]

#[path = "../support/workspace.rs"]
mod workspace;

mod backup;
mod candidates;
mod concept;
mod connector;
mod doctor;
mod export;
mod hold;
mod law;
mod log;
mod openings;
mod refusals;
mod rights;
mod subjects;
mod task;
mod tools;
mod verbs;

/// Compares a screen with its snapshot.
macro_rules! see {
    ($name:literal, $output:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($name, $output.screen())
        })
    };
}
pub(crate) use see;
