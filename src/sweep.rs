//! Retention that runs itself: what the rules of the inventory make due, and how it is carried out.
//!
//! A run first looks ([`rule`]: which rules there are and which days are over for each; the surveyors of `connector::sweeping` count), then
//! asks whether anything speaks against it ([`brakes`], and [`anonymity`] where records become anonymous), and only then goes through what is due, batch by batch ([`walk`]) or file by file ([`renew`]). What earlier runs
//! have shown and done is folded from the ledger ([`history`]), and so is the statement about each ([`runs`]) and which are missing ([`rhythm`]). By which columns records name those above them, so that ones without can be counted, says [`orphans`]; who holds copies of what goes, [`recipients`]. Nothing here asks the time, prints, or knows where a system lies.

pub mod anonymity;
pub mod brakes;
pub mod history;
pub mod listing;
pub mod orphans;
pub mod recipients;
pub mod renew;
pub mod rhythm;
pub mod rule;
pub mod runs;
pub mod walk;

pub use history::History;
pub use recipients::recipients;
pub use renew::Renewal;
pub use rule::{Obstacle, Rule, rules};
pub use walk::{Before, Begun, Book, Halt, Walk, Walked};
