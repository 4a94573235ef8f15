//! Certificates: the organisation's own, and which ones a reader of evidence trusts.
//!
//! `dsr init` makes a self-signed one; it proves nothing about who the organisation is until the reader has compared its
//! fingerprint over another channel. A certificate of an authority takes its place without any other change.

use const_oid::db::rfc5912;
use der::asn1::ObjectIdentifier;
use der::pem::PemLabel as _;
use der::{Decode as _, Document, Encode as _};
use jiff::Timestamp;
use ring::signature::{self, VerificationAlgorithm};
use secrecy::SecretString;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use super::bounds;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::evidence as say;

/// What the caller trusts: got over a channel of its own, never out of the bundle.
#[derive(Clone, Debug)]
pub enum Anchor {
    /// The seal's certificate itself, or that of an authority that issued it.
    Certificate(Box<Certificate>),
    /// SHA-256 of the seal's certificate.
    Fingerprint(Digest),
}

impl Anchor {
    /// Reads every certificate of a PEM file.
    ///
    /// # Errors
    /// E707 if there is none or one is broken.
    pub fn from_pem(pem: &str) -> Result<Vec<Anchor>> {
        let all = read_all(pem)?;
        Ok(all
            .into_iter()
            .map(|c| Anchor::Certificate(Box::new(c)))
            .collect())
    }

    /// Reads a SHA-256 fingerprint, with or without colons or blanks.
    pub fn from_fingerprint(text: &str) -> Option<Anchor> {
        let hex: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        Digest::from_hex(&hex.to_ascii_lowercase()).map(Anchor::Fingerprint)
    }
}

/// An anchor that vouches for something, as a verdict names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// SHA-256 of the anchor's certificate.
    pub fingerprint: Digest,
    /// Subject of the anchor's certificate; nobody knows it where only a fingerprint was given.
    pub subject: Option<String>,
}

impl Vouched {
    fn by(anchor: &Anchor) -> Vouched {
        match anchor {
            Anchor::Fingerprint(fingerprint) => Vouched {
                fingerprint: *fingerprint,
                subject: None,
            },
            Anchor::Certificate(certificate) => Vouched {
                fingerprint: fingerprint(certificate),
                subject: Some(super::page::plain(
                    &certificate.tbs_certificate.subject.to_string(),
                )),
            },
        }
    }

    /// Its subject, or else its fingerprint.
    pub fn name(&self) -> String {
        self.subject
            .clone()
            .unwrap_or_else(|| spoken(&self.fingerprint))
    }
}

/// A new P-256 key and a self-signed certificate for it, valid for ten years from `now`: private key as PKCS#8 PEM, then the
/// certificate as PEM.
///
/// # Errors
/// E703 if the organisation's name cannot stand in a certificate.
pub fn make(organisation: &str, now: Timestamp) -> Result<(SecretString, String)> {
    use rcgen::{
        CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    };

    let unusable = |error: rcgen::Error| {
        Diagnostic::new("E703", Exit::Failed, say::seal_unusable(error.to_string()))
            .help(say::seal_unusable_help())
    };
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(unusable)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, organisation);
    params.distinguished_name.push(
        DnType::CommonName,
        format!("{organisation} (dsr evidence seal)"),
    );
    params.is_ca = IsCa::NoCa;
    // Content commitment is what X.509 formerly called non-repudiation.
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::ContentCommitment,
    ];
    let midnight = |day: jiff::civil::Date| {
        let part = |n: i8| u8::try_from(n).expect("months and days are positive");
        rcgen::date_time_ymd(i32::from(day.year()), part(day.month()), part(day.day()))
    };
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    params.not_before = midnight(day);
    params.not_after = midnight(day.saturating_add(jiff::Span::new().years(10)));
    let certificate = params.self_signed(&key).map_err(unusable)?;
    Ok((SecretString::from(key.serialize_pem()), certificate.pem()))
}

/// Every certificate of a PEM text, the first one first.
///
/// # Errors
/// E707 if there is none or one is broken.
pub fn read_all(pem: &str) -> Result<Vec<Certificate>> {
    const END: &str = "-----END CERTIFICATE-----";
    let broken = || {
        Diagnostic::new("E707", Exit::Usage, say::certificate_unreadable())
            .help(say::certificate_unreadable_help())
    };
    let certificates: Vec<Certificate> = pem
        .split_inclusive(END)
        .filter_map(|part| {
            part.find("-----BEGIN CERTIFICATE-----")
                .map(|at| &part[at..])
        })
        .map(|part| read(part).ok_or_else(broken))
        .collect::<Result<_, _>>()?;
    if certificates.is_empty() {
        return Err(broken().into());
    }
    Ok(certificates)
}

/// One certificate in PEM.
fn read(pem: &str) -> Option<Certificate> {
    let (label, document) = Document::from_pem(pem).ok()?;
    let der = document.as_bytes();
    let is_sound = label == Certificate::PEM_LABEL && bounds::is_bearable(der);
    is_sound.then(|| Certificate::from_der(der).ok())?
}

/// SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` computes it.
pub fn fingerprint(certificate: &Certificate) -> Digest {
    Digest::sha256(&certificate.to_der().unwrap_or_default())
}

/// A fingerprint as it is read aloud: pairs of capital hex digits with colons.
pub fn spoken(fingerprint: &Digest) -> String {
    let pairs: Vec<String> = fingerprint
        .0
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    pairs.join(":")
}

/// Whether subject and issuer are the same.
pub fn is_self_issued(certificate: &Certificate) -> bool {
    certificate.tbs_certificate.subject == certificate.tbs_certificate.issuer
}

/// Values of organisation and common name in the subject.
pub(super) fn holders(certificate: &Certificate) -> Vec<String> {
    use const_oid::db::rfc4519::{COMMON_NAME, ORGANIZATION_NAME};
    let name = &certificate.tbs_certificate.subject;
    let parts = name.0.iter().flat_map(|part| part.0.iter());
    let named = parts.filter(|part| [COMMON_NAME, ORGANIZATION_NAME].contains(&part.oid));
    let texts = named.filter_map(|part| std::str::from_utf8(part.value.value()).ok());
    texts.map(str::to_owned).collect()
}

/// Whether the certificate is meant for signing documents (RFC 5280, 4.2.1.3).
pub fn may_seal(certificate: &Certificate) -> bool {
    matches!(
        certificate.tbs_certificate.get::<KeyUsage>(),
        Ok(Some((_, usage))) if usage.digital_signature() || usage.non_repudiation()
    )
}

/// Whether the certificate's key lies on P-256.
pub fn is_p256(certificate: &Certificate) -> bool {
    let algorithm = &certificate
        .tbs_certificate
        .subject_public_key_info
        .algorithm;
    let curve = algorithm.parameters.as_ref();
    algorithm.oid == rfc5912::ID_EC_PUBLIC_KEY
        && curve.and_then(|any| any.decode_as::<ObjectIdentifier>().ok())
            == Some(rfc5912::SECP_256_R_1)
}

/// The certificate as PEM.
pub fn pem(certificate: &Certificate) -> String {
    use der::EncodePem as _;
    certificate
        .to_pem(der::pem::LineEnding::LF)
        .unwrap_or_default()
}

/// The last instant at which the certificate is valid.
pub fn valid_until(certificate: &Certificate) -> Timestamp {
    let end = certificate.tbs_certificate.validity.not_after;
    let seconds = i64::try_from(end.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// Whether the certificate was valid at an instant.
pub fn is_valid_at(certificate: &Certificate, at: Timestamp) -> bool {
    let validity = &certificate.tbs_certificate.validity;
    let seconds = |time: x509_cert::time::Time| {
        i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
    };
    (seconds(validity.not_before)..=seconds(validity.not_after)).contains(&at.as_second())
}

/// Which of the anchors vouches for a certificate: it is the anchor, or a chain of authorities leads to one. `others` are
/// certificates that came along and are believed only as links of such a chain.
pub fn vouched(
    certificate: &Certificate,
    others: &[Certificate],
    anchors: &[Anchor],
    at: Timestamp,
) -> Option<Vouched> {
    let own = fingerprint(certificate);
    let pinned = anchors.iter().find(|anchor| match anchor {
        Anchor::Fingerprint(digest) => *digest == own,
        Anchor::Certificate(anchor) => **anchor == *certificate,
    });
    pinned
        .or_else(|| leads_to(certificate, others, anchors, at))
        .map(Vouched::by)
}

/// Follows the chain upwards, link by link. Each certificate is looked at once, so that many that vouch for each other cost little.
fn leads_to<'a>(
    certificate: &Certificate,
    others: &[Certificate],
    anchors: &'a [Anchor],
    at: Timestamp,
) -> Option<&'a Anchor> {
    let mut left: Vec<&Certificate> = others.iter().take(MOST_LINKS).collect();
    let mut reached = vec![certificate];
    for _ in 0..=LONGEST_CHAIN {
        let issued = |by: &Certificate| {
            is_authority(by) && is_valid_at(by, at) && reached.iter().any(|c| signed_by(c, by))
        };
        let found = anchors
            .iter()
            .find(|anchor| matches!(anchor, Anchor::Certificate(anchor) if issued(anchor)));
        if found.is_some() {
            return found;
        }
        let (next, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|other| issued(other));
        (reached, left) = (next, rest);
    }
    None
}

/// More certificates than travel with any signature.
const MOST_LINKS: usize = 32;
/// Authorities between a certificate and its anchor.
const LONGEST_CHAIN: usize = 4;

fn is_authority(certificate: &Certificate) -> bool {
    let tbs = &certificate.tbs_certificate;
    let may_sign = match tbs.get::<KeyUsage>() {
        Ok(Some((_, usage))) => usage.key_cert_sign(),
        Ok(None) => true,
        Err(_) => false,
    };
    may_sign
        && matches!(tbs.get::<BasicConstraints>(), Ok(Some((_, constraints))) if constraints.ca)
}

fn signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let key = &issuer.tbs_certificate.subject_public_key_info.algorithm;
    let curve = key
        .parameters
        .as_ref()
        .and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
    let is_p256 = curve == Some(rfc5912::SECP_256_R_1);
    let algorithm: &dyn VerificationAlgorithm = match certificate.signature_algorithm.oid {
        rfc5912::ECDSA_WITH_SHA_256 if is_p256 => &signature::ECDSA_P256_SHA256_ASN1,
        rfc5912::ECDSA_WITH_SHA_256 => &signature::ECDSA_P384_SHA256_ASN1,
        rfc5912::ECDSA_WITH_SHA_384 if is_p256 => &signature::ECDSA_P256_SHA384_ASN1,
        rfc5912::ECDSA_WITH_SHA_384 => &signature::ECDSA_P384_SHA384_ASN1,
        rfc5912::SHA_256_WITH_RSA_ENCRYPTION => &signature::RSA_PKCS1_2048_8192_SHA256,
        rfc5912::SHA_384_WITH_RSA_ENCRYPTION => &signature::RSA_PKCS1_2048_8192_SHA384,
        rfc5912::SHA_512_WITH_RSA_ENCRYPTION => &signature::RSA_PKCS1_2048_8192_SHA512,
        _ => return false,
    };
    let tbs = &certificate.tbs_certificate;
    tbs.issuer == issuer.tbs_certificate.subject
        && tbs.signature == certificate.signature_algorithm
        && tbs.to_der().is_ok_and(|message| {
            has_signed(
                issuer,
                algorithm,
                &message,
                certificate.signature.raw_bytes(),
            )
        })
}

/// Whether the holder of the certificate's key made this signature.
pub fn has_signed(
    certificate: &Certificate,
    algorithm: &'static dyn VerificationAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = certificate
        .tbs_certificate
        .subject_public_key_info
        .subject_public_key
        .raw_bytes();
    signature::UnparsedPublicKey::new(algorithm, key)
        .verify(message, signature)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_organisations_certificate_is_for_sealing_and_ten_years() {
        let (_, pem) = make("Acme GmbH & Co. KG, München", now()).unwrap();
        let certificate = read_all(&pem).unwrap().remove(0);
        assert!(
            may_seal(&certificate) && is_self_issued(&certificate) && !is_authority(&certificate)
        );
        assert!(is_valid_at(&certificate, now()));
        for (at, valid) in [
            ("2026-11-20T23:59:59Z", false),
            ("2036-11-20T23:59:59Z", true),
            ("2036-11-22T00:00:00Z", false),
        ] {
            assert_eq!(
                is_valid_at(&certificate, at.parse().unwrap()),
                valid,
                "{at}"
            );
        }
    }

    #[test]
    fn only_an_authority_vouches_for_others() {
        use rcgen::{
            BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
        };
        let named = |name: &str, is_ca| {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(DnType::CommonName, name);
            params.is_ca = is_ca;
            params.key_usages = match is_ca {
                IsCa::Ca(_) => vec![KeyUsagePurpose::KeyCertSign],
                _ => vec![KeyUsagePurpose::DigitalSignature],
            };
            params
        };
        let parsed = |pem: String| read_all(&pem).unwrap().remove(0);
        let key = || KeyPair::generate().unwrap();
        let (root_key, middle_key, leaf_key) = (key(), key(), key());
        let root_params = named("root", IsCa::Ca(BasicConstraints::Unconstrained));
        let root = parsed(root_params.self_signed(&root_key).unwrap().pem());
        let root_issuer = Issuer::new(root_params, &root_key);
        let anchors =
            |certificate: &Certificate| vec![Anchor::Certificate(Box::new(certificate.clone()))];

        for (is_ca, trusted) in [
            (IsCa::Ca(BasicConstraints::Unconstrained), true),
            (IsCa::NoCa, false),
        ] {
            let middle_params = named("middle", is_ca);
            let middle = parsed(
                middle_params
                    .signed_by(&middle_key, &root_issuer)
                    .unwrap()
                    .pem(),
            );
            let leaf = named("leaf", IsCa::NoCa)
                .signed_by(&leaf_key, &Issuer::new(middle_params, &middle_key))
                .unwrap();
            let leaf = parsed(leaf.pem());
            assert_eq!(
                vouched(&leaf, std::slice::from_ref(&middle), &anchors(&root), now()).is_some(),
                trusted
            );
            assert!(
                vouched(&leaf, &[], &anchors(&root), now()).is_none(),
                "a link is missing"
            );
            assert!(
                vouched(&leaf, &[], &anchors(&leaf), now()).is_some(),
                "pinned"
            );
            let impostor = named("root", IsCa::Ca(BasicConstraints::Unconstrained));
            let impostor = parsed(impostor.self_signed(&key()).unwrap().pem());
            assert!(
                vouched(&leaf, &[middle], &anchors(&impostor), now()).is_none(),
                "same name, other key"
            );
        }
    }

    #[test]
    fn fingerprints_are_read_as_people_write_them() {
        let digest = Digest::sha256(b"x");
        let spoken = spoken(&digest);
        for text in [
            spoken.clone(),
            spoken.to_lowercase(),
            spoken.replace(':', " "),
            digest.hex(),
        ] {
            assert!(
                matches!(Anchor::from_fingerprint(&text), Some(Anchor::Fingerprint(d)) if d == digest)
            );
        }
        assert!(Anchor::from_fingerprint("AB:CD").is_none());
    }
}
