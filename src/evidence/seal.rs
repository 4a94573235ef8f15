//! The seal: a detached CAdES baseline B signature (ETSI EN 319 122-1) over the bytes of `ASiCManifest001.xml`.
//!
//! Made with ECDSA on P-256 and SHA-256, because stock `openssl cms` verifies that everywhere. Signing and verifying share no code
//! but the ASN.1 types: the one signs with `p256`, the other verifies with `ring`. The time in the signature is what the sealing
//! machine believed; a time stamp of somebody else can be put beside it later.

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
use p256::pkcs8::DecodePrivateKey as _;
use secrecy::{ExposeSecret as _, SecretString};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::time::Time;

use super::certificate;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::evidence as say;

/// A signature with its chain has a few thousand bytes. Sets are sorted slowly when they are read, so a hostile one must be short.
const LARGEST: usize = 128 * 1024;

/// The organisation's sealing key with its certificate.
pub struct Seal {
    key: p256::ecdsa::SigningKey,
    certificate: Certificate,
    /// Authorities above the certificate; they travel with the signature.
    chain: Vec<Certificate>,
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
        let unusable = |why| {
            Diagnostic::new("E703", Exit::Usage, say::seal_unusable(why))
                .help(say::seal_unusable_help())
        };
        let key = p256::ecdsa::SigningKey::from_pkcs8_pem(key.expose_secret())
            .map_err(|_| unusable(say::seal_no_p256()))?;
        let mut chain = certificate::read_all(certificates)?;
        let certificate = chain.remove(0);
        let public = certificate
            .tbs_certificate
            .subject_public_key_info
            .subject_public_key
            .raw_bytes();
        if public != key.verifying_key().to_encoded_point(false).as_bytes() {
            return Err(unusable(say::seal_other_key()).into());
        }
        if !certificate::may_seal(&certificate) {
            return Err(unusable(say::seal_key_usage()).into());
        }
        Ok(Seal {
            key,
            certificate,
            chain,
        })
    }

    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The DER of the signature over a content with this digest.
    pub(super) fn sign(&self, content: &Digest, now: Timestamp) -> Result<Vec<u8>> {
        self.signed_data(content, now).map_err(|error| {
            Diagnostic::new("E703", Exit::Failed, say::seal_unusable(error.to_string()))
                .help(say::seal_unusable_help())
                .into()
        })
    }

    fn signed_data(&self, content: &Digest, now: Timestamp) -> der::Result<Vec<u8>> {
        let tbs = &self.certificate.tbs_certificate;
        let signing_certificate = SigningCertificateV2 {
            certs: vec![EssCertIdV2 {
                hash_algorithm: None,
                cert_hash: OctetString::new(certificate::fingerprint(&self.certificate).0)?,
                issuer_serial: None,
            }],
            policies: None,
        };
        let attributes: SetOfVec<Attribute> = vec![
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
        .try_into()?;
        // RFC 5652, 5.4: what is signed is the attributes as a SET OF, not as the [0] under which they travel.
        let signature: p256::ecdsa::Signature = self.key.sign(&attributes.to_der()?);
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
                signature: OctetString::new(signature.to_der().as_bytes())?,
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
}

/// Checks a signature over a content with this digest.
///
/// # Errors
/// Everything that is wrong with it, E740 to E745.
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
    if !certificate::is_valid_at(signer_certificate, at) {
        reasons.push(super::verify::reason("E745", say::seal_expired()));
    }
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
    })
}

/// The one signer and the certificates of a detached SHA-256 and ECDSA signature; `None` for anything else.
fn parse(der: &[u8]) -> Option<(SignerInfo, Vec<Certificate>)> {
    if der.len() > LARGEST {
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
fn single(attributes: &SetOfVec<Attribute>, oid: ObjectIdentifier) -> Option<&Any> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    match (found.next(), found.next()) {
        (Some(attribute), None) if attribute.values.len() == 1 => attribute.values.get(0),
        _ => None,
    }
}

fn is_named(sid: &SignerIdentifier, certificate: &Certificate) -> bool {
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
        let late = seal
            .sign(&content, "2036-12-24T00:00:00Z".parse().unwrap())
            .unwrap();
        assert_eq!(codes(verify(&late, &content)), ["E745"]);
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
