//! `dsr` answers data-subject requests under the GDPR across all systems of a company, and proves what it did.
//!
//! A request walks through the house once, from left to right, and each room makes the value that the next one takes:
//!
//! ```text
//! open      find         plan        approve     apply        verify      evidence
//! case  ->  find     ->  plan    ->  plan    ->  execute  ->  execute ->  evidence
//!           subject      law                     connector                ledger, vault
//! ```
//!
//! `plan`, `law` and `subject` are pure. `execute` never reads the inventory, `connector` never sees a case, `evidence` never
//! calls a system, only `ui` prints, and only `cli` asks what time it is. A test reads the `use` lines and keeps it so.

pub mod agreed;
pub mod anomaly;
pub mod author;
pub mod backup;
pub mod canonical;
pub mod case;
pub mod case_id;
pub mod cli;
pub mod compliance;
pub mod concept;
pub mod connector;
pub mod deferred;
pub mod diagnostic;
mod disk;
pub mod evidence;
pub mod execute;
pub mod find;
pub mod findings;
pub mod handover;
pub mod harmless;
pub mod hold;
pub mod html;
pub mod init;
pub mod inventory;
pub mod keyring;
pub mod keys;
pub mod law;
pub mod ledger;
pub mod messages;
pub mod package;
pub mod people;
pub mod ping;
pub mod plan;
pub mod private_key;
pub mod purged;
pub mod replay;
pub mod sample;
pub mod secret;
mod signer;
pub mod statute;
pub mod subject;
pub mod sweep;
pub mod task;
pub mod template;
pub mod translog;
pub mod trust;
pub mod tsa;
pub mod ui;
pub mod vault;
pub mod workspace;
pub mod yaml;
