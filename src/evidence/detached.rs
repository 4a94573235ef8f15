//! A seal beside a single file, for what is proven without a container: the same signature (CAdES, detached) over the file's own bytes.
//!
//! Stock tools check it: `openssl cms -verify -binary -inform DER -in FILE.p7s -content FILE -CAfile CERTIFICATE -purpose any`.

use jiff::Timestamp;

use super::certificate::{self, Anchor};
use super::seal::{self, Seal};
use super::verify::reason;
use crate::diagnostic::{Diagnostic, Result};
use crate::keys::Digest;
use crate::messages::evidence as say;

/// Who sealed a file, and when they say they did.
#[derive(Clone, Debug)]
pub struct Signed {
    pub signer: String,
    /// SHA-256 of the certificate.
    pub fingerprint: Digest,
    pub at: Timestamp,
}

/// The signature over these bytes, in DER.
///
/// # Errors
/// Those of the seal.
pub fn sign(bytes: &[u8], seal: &Seal, now: Timestamp) -> Result<Vec<u8>> {
    seal.sign(&Digest::sha256(bytes), now)
}

/// Checks a signature over these bytes, and that one of the anchors vouches for whoever made it.
///
/// # Errors
/// Everything that is wrong with it, E740 to E746.
pub fn check(
    bytes: &[u8],
    signature: &[u8],
    anchors: &[Anchor],
) -> std::result::Result<Signed, Vec<Diagnostic>> {
    let signature = seal::verify(signature, &Digest::sha256(bytes))?;
    let own = &signature.certificate;
    let fingerprint = certificate::fingerprint(own);
    let mut reasons = Vec::new();
    if !certificate::is_valid_at(own, signature.at) {
        reasons.push(reason("E745", say::seal_expired()));
    }
    let named = certificate::vouched(own, &signature.others, anchors, signature.at);
    let by_itself = named
        .as_ref()
        .is_some_and(|by| by.fingerprint == fingerprint);
    if !by_itself && !certificate::is_for_documents(own) {
        reasons.push(reason("E744", say::seal_other_purpose()));
    }
    if named.is_none() {
        let spoken = certificate::spoken(&fingerprint);
        reasons.push(reason("E746", say::signer_unknown(spoken)));
    }
    match reasons.is_empty() {
        true => Ok(Signed {
            signer: super::page::plain(&own.tbs_certificate.subject.to_string()),
            fingerprint,
            at: signature.at,
        }),
        false => Err(reasons),
    }
}
