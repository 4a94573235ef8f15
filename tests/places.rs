//! Places over HTTP: mailing lists and projects that are walked through, people found in them, and what must not come of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "places/age.rs"]
mod age;
#[path = "places/files.rs"]
mod files;
#[path = "places/hostile.rs"]
mod hostile;
#[path = "places/journeys.rs"]
mod journeys;
#[path = "places/kin.rs"]
mod kin;
#[path = "places/parts.rs"]
mod parts;
#[path = "places/town.rs"]
mod town;
mod support {
    #[path = "../support/http.rs"]
    pub(crate) mod http;
    #[path = "../support/program.rs"]
    pub(crate) mod program;
}
