//! Ends the sessions that were opened, when a command has come to its end.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::door::Pass;
use super::wire::{Built, Line};
use crate::connector::Fault;

/// How long one log-out may take; the session ends by itself if it does not come to that.
const PATIENCE: Duration = Duration::from_secs(5);

/// Log-outs that are due.
static DUE: Mutex<Vec<reqwest::RequestBuilder>> = Mutex::new(Vec::new());

/// Notes the request that ends a session.
pub(super) fn remember(line: &Line, built: &Built, pass: &Pass) -> Result<(), Fault> {
    let body = line.bytes(built, pass)?;
    let request = line.outgoing(built, pass, body, None)?;
    DUE.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request.timeout(PATIENCE));
    Ok(())
}

/// Whether a log-out is due.
pub(in crate::connector::rest) fn is_due() -> bool {
    !DUE.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .is_empty()
}

/// Ends every session that was opened. What a system answers to that changes nothing any more.
pub(in crate::connector::rest) async fn all() {
    let due = std::mem::take(&mut *DUE.lock().unwrap_or_else(PoisonError::into_inner));
    for request in due {
        let status = request.send().await.map(|reply| reply.status().as_u16());
        tracing::debug!(status = status.ok(), "session ended");
    }
}
