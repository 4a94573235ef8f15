//! Time by somebody else's clock: RFC 3161.
//!
//! [`Request`] is what an authority is sent, [`Request::read`] what it answers, and [`verify`] says whether a token holds for a
//! content. Nothing here calls anybody or asks the time. A token that holds shows that the content existed at its time, as the holder
//! of the certificate says; whether somebody the caller trusts vouches for that certificate is the question of [`Stamp::anchor`].

mod algorithm;
mod form;
mod request;
mod token;

use const_oid::ObjectIdentifier;
use jiff::Timestamp;
use x509_cert::Certificate;

pub use request::Request;
pub use token::verify;
pub(super) use token::{tokens_of, with_token};

use super::certificate::{self, Anchor, Vouched};
use crate::keys::Digest;
use crate::messages::Text;

/// Most bytes of a token; one with its chain has five to fifteen thousand.
pub const LARGEST: usize = 48 * 1024;

/// A token that holds by itself.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// When the authority says it saw the digest.
    pub at: Timestamp,
    pub policy: ObjectIdentifier,
    /// As it stands in the token.
    pub(super) nonce: Option<Vec<u8>>,
    pub certificate: Certificate,
    /// Other certificates that travelled along.
    others: Vec<Certificate>,
    /// SHA-256 of the token.
    pub token: Digest,
    /// Whether it says of itself that it is a qualified one (EN 319 422, 9.1). Whether that is so stands on the trusted list.
    pub calls_itself_qualified: bool,
}

impl Stamp {
    /// Subject of the authority's certificate, harmless and of bearable length.
    pub fn authority(&self) -> String {
        let subject = self.certificate.tbs_certificate.subject.to_string();
        super::page::plain(&subject).chars().take(200).collect()
    }

    /// Who of those that the caller trusts vouches for the authority, at the time of the token.
    pub fn anchor(&self, anchors: &[Anchor]) -> Option<Vouched> {
        certificate::vouched(&self.certificate, &self.others, anchors, self.at)
    }

    /// Why nobody does, where the certificate leads to one that the caller trusts by a path that breaks a rule.
    pub fn broken_path(&self, anchors: &[Anchor]) -> Option<Text> {
        certificate::broken_path(&self.certificate, &self.others, anchors, self.at)
    }
}
