//! The synthetic persons by whom searches are proven: they are found and handed out as everybody is, and nothing of theirs is changed.

use crate::cli::context::House;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::ledger::ExportKind;
use crate::messages::cli as say;
use crate::subject::Identity;

/// Lets a request through unless it would change what is stored of a control person: no answer of the system would be proven any more.
///
/// # Errors
/// E498 if one of the identities is under `control` of a system, and the right is another than to know or to receive.
pub(super) fn spare(house: &House, identities: &[Identity], right: &str) -> Result<()> {
    refusal(house, identities, right).map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// The same as a value, for whoever has more to say about it.
pub(crate) fn refusal(house: &House, identities: &[Identity], right: &str) -> Option<Diagnostic> {
    let only_reads = ExportKind::of(right).is_some();
    let mut identities = identities.iter();
    if only_reads || !identities.any(|identity| house.inventory.is_control(identity)) {
        return None;
    }
    let wrong = Diagnostic::new("E498", Exit::Usage, say::control_person());
    let wrong = wrong.why(say::control_person_why());
    Some(wrong.help(say::control_person_help()))
}
