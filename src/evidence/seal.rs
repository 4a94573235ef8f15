//! The seal: a detached CAdES baseline B signature (ETSI EN 319 122-1) over the bytes of `ASiCManifest001.xml`.
//!
//! Made with ECDSA on P-256 and SHA-256, because stock `openssl cms` verifies that everywhere. Signing and verifying share no code
//! but the ASN.1 types: the one signs with `p256` or lets somebody else sign ([`Sign`]), the other verifies with `ring`. The time in the
//! signature is what the sealing machine believed; a time stamp of somebody else over the signature's value travels in it (RFC 5126,
//! 6.1.1; that makes it baseline T).

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use const_oid::db::{rfc5911, rfc5912};
use der::asn1::{Any, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::{Decode as _, Encode as _, Sequence};
use jiff::Timestamp;
use p256::ecdsa::signature::Signer as _;
use secrecy::{ExposeSecret as _, SecretString};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::time::Time;

use super::level::{self, Stamp};
use super::succession::{Change, MOST};
use super::{Witnesses, bounds, certificate, pkcs12};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::{evidence as say, seal as words};
use crate::private_key::{self, Unreadable};

/// A signature with its chain has a few thousand bytes, and each token in it as many.
const LARGEST: usize = 128 * 1024;

/// Whoever holds a key and signs with it.
pub trait Sign: Send + Sync {
    /// ECDSA on P-256 over the SHA-256 of the message, in DER (RFC 3279, 2.2.3).
    ///
    /// # Errors
    /// Why there is no signature. Whether it is the right one is looked at by who asked.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;
}

/// A key in the memory of this process.
pub(super) struct Own(pub(super) p256::ecdsa::SigningKey);

impl Sign for Own {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        // RFC 6979: the same message gives the same signature.
        let signature: p256::ecdsa::Signature = self.0.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

impl Own {
    /// Whether this certificate was made for the key.
    pub(super) fn is_of(&self, certificate: &Certificate) -> bool {
        let public = certificate
            .tbs_certificate
            .subject_public_key_info
            .subject_public_key
            .raw_bytes();
        public == self.0.verifying_key().to_encoded_point(false).as_bytes()
    }
}

/// The organisation's sealing key with its certificate.
pub struct Seal {
    key: Box<dyn Sign>,
    certificate: Certificate,
    /// Authorities above the certificate; they travel with the signature.
    chain: Vec<Certificate>,
    /// The changes of seal that led to this one, oldest first.
    changes: Vec<Change>,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[seal]")
    }
}

/// RFC 5035, 4. The hash algorithm is absent because SHA-256 is its default.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct EssCertIdV2 {
    #[asn1(optional = "true")]
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    cert_hash: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<Any>,
}

/// RFC 5035, 3.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
    #[asn1(optional = "true")]
    policies: Option<Any>,
}

impl Seal {
    /// Takes a PKCS#8 key and its certificate, both PEM; further certificates in the second text are the chain above it.
    ///
    /// # Errors
    /// E703 if the key is no P-256 key, does not belong to the certificate, or the certificate is not for signing; E707 if the
    /// certificate cannot be read.
    pub fn from_pem(key: &SecretString, certificates: &str) -> Result<Seal> {
        Seal::from_pem_under(key, None, certificates)
    }

    /// As [`Seal::from_pem`], for a key that may be encrypted (PKCS#8, PBES2) under this passphrase.
    ///
    /// # Errors
    /// As [`Seal::from_pem`], and E686 if the key is encrypted and does not open.
    pub fn from_pem_under(
        key: &SecretString,
        passphrase: Option<&SecretString>,
        certificates: &str,
    ) -> Result<Seal> {
        let own = Own(read_key(key, passphrase)?);
        let mut chain = certificate::read_all(certificates)?;
        let certificate = chain.remove(0);
        if !own.is_of(&certificate) {
            return Err(unusable(say::seal_other_key()).into());
        }
        Seal::made_of(Box::new(own), certificate, chain)
    }

    /// Takes key and certificates out of a PKCS#12 file (RFC 7292).
    ///
    /// # Errors
    /// E686 if it does not open under this passphrase, E687 if it cannot be read or holds no P-256 key with its certificate, E703 if
    /// that is not for signing.
    pub fn from_pkcs12(der: &[u8], passphrase: &SecretString) -> Result<Seal> {
        let (own, certificate, chain) = pkcs12::open(der, passphrase)?;
        Seal::made_of(Box::new(own), certificate, chain)
    }

    /// Somebody else holds the key; the certificates are PEM, the first one that of the key.
    ///
    /// # Errors
    /// E703 if the certificate is not for signing or not for a P-256 key, E707 if it cannot be read.
    pub fn from_signer(key: Box<dyn Sign>, certificates: &str) -> Result<Seal> {
        let mut chain = certificate::read_all(certificates)?;
        let certificate = chain.remove(0);
        Seal::made_of(key, certificate, chain)
    }

    fn made_of(
        key: Box<dyn Sign>,
        certificate: Certificate,
        chain: Vec<Certificate>,
    ) -> Result<Seal> {
        if !certificate::is_p256(&certificate) {
            return Err(unusable(words::no_p256_certificate()).into());
        }
        if !certificate::may_seal(&certificate) {
            return Err(unusable(say::seal_key_usage()).into());
        }
        Ok(Seal {
            key,
            certificate,
            chain,
            changes: Vec::new(),
        })
    }

    /// The same seal, with the changes that led to it, oldest first.
    pub fn after(mut self, changes: Vec<Change>) -> Seal {
        self.changes = changes;
        self
    }

    /// The changes of seal that led to this one, oldest first.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The latest of them: as many as a bundle carries.
    pub(super) fn told(&self) -> &[Change] {
        &self.changes[self.changes.len().saturating_sub(MOST)..]
    }

    /// What the seal is worth as far as the sealing side can say, which does not know yet what an authority will answer.
    pub fn worth(&self, witnesses: Witnesses<'_>) -> level::Facts {
        level::Facts::of(&self.certificate).stamped(match witnesses.time {
            Some(_) => Stamp::Announced,
            None => Stamp::None,
        })
    }

    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificate and the authorities above it, in PEM.
    pub fn pem(&self) -> String {
        let all = std::iter::once(&self.certificate).chain(&self.chain);
        all.map(certificate::pem).collect()
    }

    /// The key's signature over a message, in DER; it has been verified with the certificate.
    ///
    /// # Errors
    /// Those of the signer, and E689 if its signature is not the one of the certificate's key.
    pub fn sign_message(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signature = self.key.sign(message)?;
        let holds = certificate::has_signed(
            &self.certificate,
            &ring::signature::ECDSA_P256_SHA256_ASN1,
            message,
            &signature,
        );
        match holds {
            true => Ok(signature),
            false => Err(
                Diagnostic::new("E689", Exit::Failed, words::other_signature())
                    .why(words::other_signature_why())
                    .help(words::other_signature_help())
                    .into(),
            ),
        }
    }

    /// The DER of the signature over a content with this digest.
    pub(super) fn sign(&self, content: &Digest, now: Timestamp) -> Result<Vec<u8>> {
        let broken = |error: der::Error| {
            Diagnostic::new("E703", Exit::Failed, say::seal_unusable(error.to_string()))
                .help(say::seal_unusable_help())
        };
        let attributes = self.attributes(content, now).map_err(broken)?;
        // RFC 5652, 5.4: what is signed is the attributes as a SET OF, not as the [0] under which they travel.
        let signature = self.sign_message(&attributes.to_der().map_err(broken)?)?;
        Ok(self.signed_data(attributes, &signature).map_err(broken)?)
    }

    fn attributes(&self, content: &Digest, now: Timestamp) -> der::Result<SetOfVec<Attribute>> {
        let signing_certificate = SigningCertificateV2 {
            certs: vec![EssCertIdV2 {
                hash_algorithm: None,
                cert_hash: OctetString::new(certificate::fingerprint(&self.certificate).0)?,
                issuer_serial: None,
            }],
            policies: None,
        };
        vec![
            attribute(
                rfc5911::ID_CONTENT_TYPE,
                Any::encode_from(&rfc5911::ID_DATA)?,
            )?,
            attribute(rfc5911::ID_SIGNING_TIME, Any::encode_from(&time(now)?)?)?,
            attribute(
                rfc5911::ID_MESSAGE_DIGEST,
                Any::encode_from(&OctetString::new(content.0)?)?,
            )?,
            attribute(
                rfc5911::ID_AA_SIGNING_CERTIFICATE_V_2,
                Any::encode_from(&signing_certificate)?,
            )?,
        ]
        .try_into()
    }

    fn signed_data(
        &self,
        attributes: SetOfVec<Attribute>,
        signature: &[u8],
    ) -> der::Result<Vec<u8>> {
        let tbs = &self.certificate.tbs_certificate;
        let sha256 = AlgorithmIdentifierOwned {
            oid: rfc5912::ID_SHA_256,
            parameters: None,
        };
        let certificates = std::iter::once(&self.certificate)
            .chain(&self.chain)
            .cloned()
            .map(CertificateChoices::Certificate)
            .collect::<Vec<_>>();
        let signed = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: vec![sha256.clone()].try_into()?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: rfc5911::ID_DATA,
                econtent: None,
            },
            certificates: Some(CertificateSet::try_from(certificates)?),
            crls: None,
            signer_infos: SignerInfos::try_from(vec![SignerInfo {
                version: CmsVersion::V1,
                sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                    issuer: tbs.issuer.clone(),
                    serial_number: tbs.serial_number.clone(),
                }),
                digest_alg: sha256,
                signed_attrs: Some(attributes),
                signature_algorithm: AlgorithmIdentifierOwned {
                    oid: rfc5912::ECDSA_WITH_SHA_256,
                    parameters: None,
                },
                signature: OctetString::new(signature)?,
                unsigned_attrs: None,
            }])?,
        };
        ContentInfo {
            content_type: rfc5911::ID_SIGNED_DATA,
            content: Any::encode_from(&signed)?,
        }
        .to_der()
    }
}

fn unusable(why: crate::messages::Text) -> Diagnostic {
    Diagnostic::new("E703", Exit::Usage, say::seal_unusable(why)).help(say::seal_unusable_help())
}

/// A P-256 key in PEM, PKCS#8 plain or encrypted.
fn read_key(
    key: &SecretString,
    passphrase: Option<&SecretString>,
) -> Result<p256::ecdsa::SigningKey> {
    let read = private_key::read(key.expose_secret(), passphrase);
    Ok(read.map_err(|why| match why {
        Unreadable::NoP256 => unusable(say::seal_no_p256()),
        Unreadable::NoPassphrase => locked(words::no_passphrase()),
        Unreadable::WrongPassphrase => locked(words::wrong_passphrase()),
        Unreadable::OldCipher => locked(words::old_cipher()),
    })?)
}

/// A key that is there and stays closed.
pub(super) fn locked(why: crate::messages::Text) -> Diagnostic {
    Diagnostic::new("E686", Exit::Usage, words::locked())
        .why(why)
        .help(words::locked_help())
}

fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    Ok(Attribute {
        oid,
        values: vec![value].try_into()?,
    })
}

/// RFC 5652, 11.3: UTCTime up to 2049, GeneralizedTime after.
fn time(now: Timestamp) -> der::Result<Time> {
    let since = std::time::Duration::from_secs(u64::try_from(now.as_second()).unwrap_or(0));
    match UtcTime::from_unix_duration(since) {
        Ok(time) => Ok(Time::UtcTime(time)),
        Err(_) => Ok(Time::GeneralTime(GeneralizedTime::from_unix_duration(
            since,
        )?)),
    }
}

/// A signature that holds by itself; whether its signer is known is another question.
pub(super) struct Signature {
    pub(super) certificate: Certificate,
    /// Other certificates that travelled along.
    pub(super) others: Vec<Certificate>,
    /// When the signer says it signed.
    pub(super) at: Timestamp,
    /// SHA-256 of the signature's value, and the tokens that somebody made over it; both unchecked.
    pub(super) value: Digest,
    pub(super) tokens: Vec<Vec<u8>>,
}

/// SHA-256 of the value of a signature, over which a time stamp of it is.
pub(super) fn value(der: &[u8]) -> Option<Digest> {
    let (signer, _) = parse(der)?;
    Some(Digest::sha256(signer.signature.as_bytes()))
}

/// Checks a signature over a content with this digest. Whether its certificate was valid is for the caller to judge, who may know
/// the time better than the signer says it.
///
/// # Errors
/// Everything that is wrong with it, E740 to E744.
pub(super) fn verify(der: &[u8], content: &Digest) -> Result<Signature, Vec<Diagnostic>> {
    let refuse = |code, what| vec![super::verify::reason(code, what)];
    let (signer, certificates) = parse(der).ok_or_else(|| refuse("E740", say::seal_form()))?;
    let attributes = signer.signed_attrs.clone().unwrap_or_default();
    let signing_certificate = single(&attributes, rfc5911::ID_AA_SIGNING_CERTIFICATE_V_2)
        .and_then(|value| value.decode_as::<SigningCertificateV2>().ok())
        .and_then(|listed| listed.certs.into_iter().next())
        .filter(|first| {
            first
                .hash_algorithm
                .as_ref()
                .is_none_or(|hash| hash.oid == rfc5912::ID_SHA_256)
        });
    // The attribute decides which certificate counts; the identifier beside the signature is not signed.
    let signer_certificate = signing_certificate.and_then(|first| {
        certificates
            .iter()
            .find(|c| certificate::fingerprint(c).0 == first.cert_hash.as_bytes())
            .filter(|c| is_named(&signer.sid, c))
    });
    let Some(signer_certificate) = signer_certificate else {
        return Err(refuse("E743", say::seal_certificate_swapped()));
    };
    let at = single(&attributes, rfc5911::ID_SIGNING_TIME)
        .and_then(|value| Time::from_der(&value.to_der().ok()?).ok())
        .and_then(|time| i64::try_from(time.to_unix_duration().as_secs()).ok())
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    let content_type = single(&attributes, rfc5911::ID_CONTENT_TYPE)
        .and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
    let (Some(at), Some(rfc5911::ID_DATA)) = (at, content_type) else {
        return Err(refuse("E740", say::seal_form()));
    };

    let mut reasons = Vec::new();
    let holds = attributes.to_der().is_ok_and(|message| {
        certificate::has_signed(
            signer_certificate,
            &ring::signature::ECDSA_P256_SHA256_ASN1,
            &message,
            signer.signature.as_bytes(),
        )
    });
    if !holds {
        reasons.push(super::verify::reason("E741", say::seal_broken()));
    }
    let digest = single(&attributes, rfc5911::ID_MESSAGE_DIGEST)
        .and_then(|value| value.decode_as::<OctetString>().ok());
    if digest.is_none_or(|digest| digest.as_bytes() != content.0) {
        reasons.push(super::verify::reason("E742", say::seal_other_content()));
    }
    if !certificate::may_seal(signer_certificate) {
        reasons.push(super::verify::reason("E744", say::seal_key_usage()));
    }
    let Some(tokens) = super::stamp::tokens_of(&signer) else {
        return Err(refuse("E740", say::seal_form()));
    };
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let certificate = signer_certificate.clone();
    let others = certificates
        .into_iter()
        .filter(|c| *c != certificate)
        .collect();
    Ok(Signature {
        certificate,
        others,
        at,
        value: Digest::sha256(signer.signature.as_bytes()),
        tokens,
    })
}

/// The one signer and the certificates of a detached SHA-256 and ECDSA signature; `None` for anything else.
fn parse(der: &[u8]) -> Option<(SignerInfo, Vec<Certificate>)> {
    if der.len() > LARGEST || !bounds::is_bearable(der) {
        return None;
    }
    let outer = ContentInfo::from_der(der).ok()?;
    if outer.content_type != rfc5911::ID_SIGNED_DATA {
        return None;
    }
    let signed = outer.content.decode_as::<SignedData>().ok()?;
    let is_sha256 = |algorithm: &AlgorithmIdentifierOwned| {
        algorithm.oid == rfc5912::ID_SHA_256
            && algorithm
                .parameters
                .as_ref()
                .is_none_or(|p| *p == Any::null())
    };
    let content = &signed.encap_content_info;
    if !matches!(signed.version, CmsVersion::V1 | CmsVersion::V3)
        || content.econtent_type != rfc5911::ID_DATA
        || content.econtent.is_some()
        || !signed.digest_algorithms.iter().all(is_sha256)
    {
        return None;
    }
    let certificates = signed
        .certificates?
        .0
        .iter()
        .filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
            CertificateChoices::Other(_) => None,
        })
        .collect();
    let [signer] = signed.signer_infos.0.as_slice() else {
        return None;
    };
    let is_known = is_sha256(&signer.digest_alg)
        && signer.signature_algorithm.oid == rfc5912::ECDSA_WITH_SHA_256
        && matches!(signer.version, CmsVersion::V1 | CmsVersion::V3);
    is_known.then(|| (signer.clone(), certificates))
}

/// The value of an attribute that must be there exactly once and have exactly one value.
pub(super) fn single(attributes: &SetOfVec<Attribute>, oid: ObjectIdentifier) -> Option<&Any> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    match (found.next(), found.next()) {
        (Some(attribute), None) if attribute.values.len() == 1 => attribute.values.get(0),
        _ => None,
    }
}

pub(super) fn is_named(sid: &SignerIdentifier, certificate: &Certificate) -> bool {
    let tbs = &certificate.tbs_certificate;
    match sid {
        SignerIdentifier::IssuerAndSerialNumber(name) => {
            name.issuer == tbs.issuer && name.serial_number == tbs.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(id) => {
            matches!(tbs.get::<x509_cert::ext::pkix::SubjectKeyIdentifier>(), Ok(Some((_, own))) if own == *id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> Seal {
        let (key, certificate) = certificate::make("Acme GmbH", now()).unwrap();
        Seal::from_pem(&key, &certificate).unwrap()
    }

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_seal_holds_for_its_content_only() {
        let seal = seal();
        let content = Digest::sha256(b"content");
        let der = seal.sign(&content, now()).unwrap();
        assert_eq!(
            der,
            seal.sign(&content, now()).unwrap(),
            "RFC 6979 signs without chance"
        );
        let signature = verify(&der, &content).ok().unwrap();
        assert_eq!(
            (signature.at, &signature.certificate),
            (now(), seal.certificate())
        );
        let codes = |result: Result<Signature, Vec<Diagnostic>>| -> Vec<&str> {
            result.err().unwrap().iter().map(|d| d.code).collect()
        };
        assert_eq!(codes(verify(&der, &Digest::sha256(b"other"))), ["E742"]);
    }

    #[test]
    fn no_byte_of_a_seal_can_change() {
        let content = Digest::sha256(b"content");
        let der = seal().sign(&content, now()).unwrap();
        for at in 0..der.len() {
            let mut bent = der.clone();
            bent[at] ^= 0x01;
            assert!(
                verify(&bent, &content).is_err(),
                "byte {at} of {}",
                der.len()
            );
        }
        for length in 0..der.len() {
            assert!(verify(&der[..length], &content).is_err());
        }
        assert!(
            verify(&[der, vec![0]].concat(), &content).is_err(),
            "trailing data"
        );
    }

    #[test]
    fn a_key_without_its_certificate_is_refused() {
        let (key, _) = certificate::make("Acme GmbH", now()).unwrap();
        let (_, other) = certificate::make("Acme GmbH", now()).unwrap();
        let trouble = Seal::from_pem(&key, &other).unwrap_err();
        assert_eq!(trouble.diagnostics[0].code, "E703");
        let trouble = Seal::from_pem(&SecretString::from("x"), &other).unwrap_err();
        assert_eq!(trouble.diagnostics[0].code, "E703");
    }
}
