//! The `ldap` engine: people in the entries of a directory (OpenLDAP, Active Directory).

use crate::connector::{Action, Fault, Object, Opening, Reader, Writer};
use crate::plan::Approved;

/// Opens a directory for reading.
///
/// # Errors
/// What the settings lack.
pub fn reader(_opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    Err(Fault::not_connected())
}

/// Opens a directory for carrying out an approved plan, and nothing else.
///
/// # Errors
/// As [`reader`].
pub fn writer(_opening: &Opening, _approved: &Approved) -> Result<Box<dyn Writer>, Fault> {
    Err(Fault::not_connected())
}

/// What an action does, for the plan.
pub fn describe(_object: &Object, _action: Action) -> Vec<String> {
    Vec::new()
}
