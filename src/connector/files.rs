//! The `files` engine: documents in folders and shares that name a person.

use crate::connector::{Fault, Opening, Reader};

/// Opens folders for reading.
///
/// # Errors
/// What the settings lack.
pub fn reader(_opening: &Opening) -> Result<Box<dyn Reader>, Fault> {
    Err(Fault::not_connected())
}
