//! The log over all cases: a Merkle tree to which leaves are only ever added, and what lets an outsider hold its keeper to that.
//!
//! One leaf is added when a case opens and one for the statement of each bundle. A checkpoint says how many leaves there are and which
//! root they have, under the log's own key; whoever kept an earlier one can ask for the proof that the later tree begins with the
//! earlier (RFC 6962, RFC 9162). A case that was left out, put back or taken away shows there. The texts are those of C2SP
//! (signed-note, tlog-checkpoint, tlog-proof), so that stock tools and witnesses can read them.
//!
//! The leaves are events of the ledger, in its order; there is no second store that could say something else, only a copy of the
//! hashes that makes large workspaces answer fast ([`leaves`]). When to append, whom to tell, and where keys lie is left to `cli`.

pub mod checkpoint;
pub mod key;
pub mod leaves;
pub mod note;
pub mod proof;
pub mod tree;

pub use checkpoint::{Checkpoint, Signed};
pub use key::Signer;
pub use leaves::{Anchored, Entry, Leaves};
pub use note::{Note, VerifierKey, Voucher};
pub use proof::{Consistency, Inclusion};

/// The name of a ledger's log: origin of its checkpoints, and name of its key.
pub fn origin(ledger: &str) -> String {
    format!("dsr.log/{ledger}")
}
