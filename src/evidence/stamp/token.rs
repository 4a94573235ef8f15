//! A time-stamp token: a CMS `SignedData` around a `TSTInfo`, by one signer whose certificate is for time stamps and nothing else.
//!
//! What is read may be hostile: sizes and counts are limited, nothing panics, and every finding is a reason.

use cms::cert::CertificateChoices;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{SignedData, SignerInfo, SignerInfos};
use const_oid::ObjectIdentifier;
use const_oid::db::{rfc5280, rfc5911};
use der::asn1::{Any, OctetString, SetOfVec};
use der::{Decode as _, Encode as _};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};

use super::algorithm::{self, Hash};
use super::form::{
    ID_CT_TST_INFO, ID_PE_QC_STATEMENTS, QUALIFIED_STAMP, QcStatement, SIGNATURE_TIME_STAMP,
    SigningCertificate, SigningCertificateV2, TstInfo, time,
};
use super::{LARGEST, Stamp};
use crate::diagnostic::Diagnostic;
use crate::evidence::seal::{is_named, single};
use crate::evidence::{bounds, certificate, verify::reason};
use crate::keys::Digest;
use crate::messages::stamp as say;

/// More certificates than any chain has; each may cost a verification for every other.
const MOST_CERTIFICATES: usize = 16;
/// RFC 5126, 6.1.1: there may be several; more than these nobody makes.
const MOST_TOKENS: usize = 4;

/// Checks a token over a content with this digest.
///
/// # Errors
/// Everything that is wrong with it: E715 its form, E716 it is over something else, E717 its signature does not hold, E719 its
/// certificate is not for time stamps or was not valid.
pub fn verify(der: &[u8], content: &Digest) -> Result<Stamp, Vec<Diagnostic>> {
    let refuse = |code, what| vec![reason(code, what)];
    let parts = Parts::of(der).ok_or_else(|| refuse("E715", say::token_form()))?;
    let info = TstInfo::from_der(&parts.content).ok();
    let info = info.filter(|info| info.version == 1 && extensions_are_known(info));
    let Some((at, info)) = info.and_then(|info| Some((time(&info.gen_time)?, info))) else {
        return Err(refuse("E715", say::token_form()));
    };
    let attributes = parts.signer.signed_attrs.clone().unwrap_or_default();
    // The signed attribute decides which certificate counts.
    let Some(own) = parts.signing_certificate(&attributes) else {
        return Err(refuse("E717", say::token_certificate_swapped()));
    };

    let mut reasons = Vec::new();
    let imprint = &info.message_imprint;
    if Hash::named(&imprint.hash_algorithm) != Some(Hash::Sha256)
        || imprint.hashed_message.as_bytes() != content.0
    {
        reasons.push(reason("E716", say::token_other_content()));
    }
    if let Err(what) = parts.signature_holds(&attributes, own) {
        reasons.push(reason("E717", what));
    }
    if let Some(what) = unfit(own) {
        reasons.push(reason("E719", what));
    }
    if !certificate::is_valid_at(own, at) {
        reasons.push(reason("E719", say::token_expired()));
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let certificate = own.clone();
    let others = parts.certificates.into_iter();
    Ok(Stamp {
        at,
        policy: info.policy,
        nonce: info.nonce.as_ref().map(|nonce| nonce.as_bytes().to_vec()),
        others: others.filter(|other| *other != certificate).collect(),
        certificate,
        token: Digest::sha256(der),
        calls_itself_qualified: calls_itself_qualified(&info),
    })
}

/// A token in its parts.
struct Parts {
    signer: SignerInfo,
    certificates: Vec<Certificate>,
    /// The bytes of the `TSTInfo`, as they lie.
    content: Vec<u8>,
}

impl Parts {
    fn of(der: &[u8]) -> Option<Parts> {
        if der.len() > LARGEST || !bounds::is_bearable(der) {
            return None;
        }
        let outer = ContentInfo::from_der(der).ok()?;
        if outer.content_type != rfc5911::ID_SIGNED_DATA {
            return None;
        }
        let signed = outer.content.decode_as::<SignedData>().ok()?;
        let content = signed.encap_content_info;
        let version = matches!(signed.version, CmsVersion::V1 | CmsVersion::V3);
        if !version || content.econtent_type != ID_CT_TST_INFO {
            return None;
        }
        let content = content.econtent?.decode_as::<OctetString>().ok()?;
        let certificates: Vec<Certificate> = signed
            .certificates?
            .0
            .into_vec()
            .into_iter()
            .filter_map(|choice| match choice {
                CertificateChoices::Certificate(certificate) => Some(certificate),
                CertificateChoices::Other(_) => None,
            })
            .collect();
        let [signer] = signed.signer_infos.0.as_slice() else {
            return None;
        };
        (certificates.len() <= MOST_CERTIFICATES).then(|| Parts {
            signer: signer.clone(),
            certificates,
            content: content.into_bytes(),
        })
    }

    /// The certificate that the signed attributes name: in the second version by a digest of choice, in the first by SHA-1. Where
    /// both are there, both have to name it.
    fn signing_certificate(&self, attributes: &SetOfVec<Attribute>) -> Option<&Certificate> {
        let is_there = |oid| attributes.iter().any(|attribute| attribute.oid == oid);
        let v1 = single(attributes, rfc5911::ID_AA_SIGNING_CERTIFICATE)
            .and_then(|value| value.decode_as::<SigningCertificate>().ok())
            .and_then(|named| named.certs.into_iter().next());
        let v2 = single(attributes, rfc5911::ID_AA_SIGNING_CERTIFICATE_V_2)
            .and_then(|value| value.decode_as::<SigningCertificateV2>().ok())
            .and_then(|named| named.certs.into_iter().next());
        let unread = (is_there(rfc5911::ID_AA_SIGNING_CERTIFICATE) && v1.is_none())
            || (is_there(rfc5911::ID_AA_SIGNING_CERTIFICATE_V_2) && v2.is_none());
        if unread || (v1.is_none() && v2.is_none()) {
            return None;
        }
        self.certificates.iter().find(|certificate| {
            let Ok(der) = certificate.to_der() else {
                return false;
            };
            let by_first = v1.as_ref().is_none_or(|named| {
                let sha1 = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
                named.cert_hash.as_bytes() == sha1.as_ref()
            });
            let by_second = v2.as_ref().is_none_or(|named| {
                let hash = match &named.hash_algorithm {
                    None => Some(Hash::Sha256),
                    Some(algorithm) => Hash::named(algorithm),
                };
                hash.is_some_and(|hash| hash.digest(&der) == named.cert_hash.as_bytes())
            });
            by_first && by_second && is_named(&self.signer.sid, certificate)
        })
    }

    fn signature_holds(
        &self,
        attributes: &SetOfVec<Attribute>,
        own: &Certificate,
    ) -> Result<(), crate::messages::Text> {
        let hash = Hash::named(&self.signer.digest_alg)
            .ok_or_else(|| say::unknown_digest(self.signer.digest_alg.oid.to_string()))?;
        let algorithm = algorithm::verifier(&self.signer.signature_algorithm, hash, own)?;
        let kind = single(attributes, rfc5911::ID_CONTENT_TYPE)
            .and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
        let digest = single(attributes, rfc5911::ID_MESSAGE_DIGEST)
            .and_then(|value| value.decode_as::<OctetString>().ok());
        let is_over_content = kind == Some(ID_CT_TST_INFO)
            && digest.is_some_and(|digest| digest.as_bytes() == hash.digest(&self.content));
        // RFC 5652, 5.4: what is signed is the attributes as a SET OF.
        let holds = attributes.to_der().is_ok_and(|message| {
            certificate::has_signed(own, algorithm, &message, self.signer.signature.as_bytes())
        });
        match is_over_content && holds {
            true => Ok(()),
            false => Err(say::token_broken()),
        }
    }
}

/// Why a certificate is not one for time stamps (RFC 3161, 2.3).
fn unfit(certificate: &Certificate) -> Option<crate::messages::Text> {
    let tbs = &certificate.tbs_certificate;
    let purpose = match tbs.get::<ExtendedKeyUsage>() {
        Ok(Some((true, usage))) => usage.0 == [rfc5280::ID_KP_TIME_STAMPING],
        _ => false,
    };
    let may_sign = match tbs.get::<KeyUsage>() {
        Ok(Some((_, usage))) => usage.digital_signature() || usage.non_repudiation(),
        Ok(None) => true,
        Err(_) => false,
    };
    (!purpose || !may_sign).then(say::token_purpose)
}

/// An extension that must be understood and is not makes a token unreadable.
fn extensions_are_known(info: &TstInfo) -> bool {
    let extensions = info.extensions.as_deref().unwrap_or_default();
    extensions
        .iter()
        .all(|extension| !extension.critical || extension.extn_id == ID_PE_QC_STATEMENTS)
}

fn calls_itself_qualified(info: &TstInfo) -> bool {
    let extensions = info.extensions.as_deref().unwrap_or_default();
    extensions
        .iter()
        .filter(|extension| extension.extn_id == ID_PE_QC_STATEMENTS)
        .filter_map(|extension| Vec::<QcStatement>::from_der(extension.extn_value.as_bytes()).ok())
        .flatten()
        .any(|statement| statement.id == QUALIFIED_STAMP)
}

/// The tokens over its value that a signature carries (RFC 5126, 6.1.1); `None` if they have another form.
pub(in crate::evidence) fn tokens_of(signer: &SignerInfo) -> Option<Vec<Vec<u8>>> {
    let mut tokens = Vec::new();
    for attribute in signer.unsigned_attrs.iter().flat_map(SetOfVec::iter) {
        if attribute.oid != SIGNATURE_TIME_STAMP {
            continue;
        }
        for value in attribute.values.iter() {
            tokens.push(value.to_der().ok()?);
        }
    }
    (tokens.len() <= MOST_TOKENS).then_some(tokens)
}

/// A signature with a token over its value added.
pub(in crate::evidence) fn with_token(signature: &[u8], token: &[u8]) -> der::Result<Vec<u8>> {
    let outer = ContentInfo::from_der(signature)?;
    let mut signed = outer.content.decode_as::<SignedData>()?;
    let mut signers = signed.signer_infos.0.into_vec();
    for signer in &mut signers {
        let mut attributes = signer.unsigned_attrs.take().unwrap_or_default().into_vec();
        attributes.push(Attribute {
            oid: SIGNATURE_TIME_STAMP,
            values: vec![Any::from_der(token)?].try_into()?,
        });
        signer.unsigned_attrs = Some(attributes.try_into()?);
    }
    signed.signer_infos = SignerInfos::try_from(signers)?;
    ContentInfo {
        content_type: outer.content_type,
        content: Any::encode_from(&signed)?,
    }
    .to_der()
}
