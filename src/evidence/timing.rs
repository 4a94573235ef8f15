//! Asks an authority for the time of a sealed bundle: one token over the seal's value, which travels in the seal and is what the
//! validators of signatures look for, and one over a list of all files, which stock tools can check without taking a seal apart.
//!
//! That list does not name the seal: archives extend it later (EN 319 122-1, levels LT and LTA), and it must still be what was listed.

use std::collections::BTreeMap;

use super::bundle::{STAMPED, asic_manifest};
use super::{ASIC_MANIFEST, Authority, SIGNATURE, TIME_MANIFEST, TIME_STAMP, Time, seal, stamp};
use crate::diagnostic::{Diagnostic, Exit};
use crate::keys::Digest;
use crate::messages::evidence as say;

/// The files that a stamped bundle has instead of, and beside, its bare seal.
pub(super) struct Stamped {
    signature: Vec<u8>,
    manifest: String,
    token: Vec<u8>,
    pub(super) time: Time,
}

impl Stamped {
    pub(super) fn files(&self) -> [(&'static str, &[u8]); 3] {
        [
            (SIGNATURE, &self.signature),
            (TIME_MANIFEST, self.manifest.as_bytes()),
            (TIME_STAMP, &self.token),
        ]
    }
}

/// Asks for both tokens; `files` are those that the sealed list names, `id` its digest.
///
/// # Errors
/// Those of the authority. Without both tokens nothing is stamped.
pub(super) fn ask(
    authority: &dyn Authority,
    signature: &[u8],
    mut files: BTreeMap<String, Digest>,
    id: Digest,
) -> Result<Stamped, Diagnostic> {
    let broken = || {
        Diagnostic::new("E703", Exit::Failed, say::seal_unusable(say::seal_form()))
            .help(say::seal_unusable_help())
    };
    let value = seal::value(signature).ok_or_else(broken)?;
    let inner = authority.stamp(&value)?;
    let holds = stamp::verify(&inner, &value).map_err(first)?;
    files.insert(ASIC_MANIFEST.to_owned(), id);
    let manifest = asic_manifest(&files, STAMPED);
    let list = Digest::sha256(manifest.as_bytes());
    let token = authority.stamp(&list)?;
    stamp::verify(&token, &list).map_err(first)?;
    Ok(Stamped {
        signature: stamp::with_token(signature, &inner).map_err(|_| broken())?,
        manifest,
        token,
        time: Time::Stamped {
            at: holds.at,
            authority: holds.authority(),
            token: holds.token,
        },
    })
}

fn first(mut reasons: Vec<Diagnostic>) -> Diagnostic {
    reasons.remove(0)
}
