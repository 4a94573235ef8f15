//! Shipped connectors before the systems that they are for: what is found, handed out, corrected, erased, and what is left over, seen
//! with the system's own eyes and in its database. `scripts/test --apps` installs and starts the systems.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "apps/matrix_synapse.rs"]
mod matrix_synapse;
#[path = "apps/redmine.rs"]
mod redmine;
#[path = "apps/request_tracker.rs"]
mod request_tracker;
#[path = "apps/town.rs"]
mod town;
#[path = "apps/wordpress.rs"]
mod wordpress;
mod support {
    #[path = "../support/house.rs"]
    pub(crate) mod house;
}
