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
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

use super::bounds;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::{Text, evidence as say};

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
                subject: Some(subject(certificate)),
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

/// Purposes for which a certificate may seal documents: e-mail (RFC 5280, 4.2.1.12), documents (RFC 9336), any, and the ones for documents
/// that Adobe and Microsoft used before there was a common one.
const FOR_DOCUMENTS: [ObjectIdentifier; 5] = [
    rfc5912::ID_KP_EMAIL_PROTECTION,
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36"),
    rfc5912::ANY_EXTENDED_KEY_USAGE,
    ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.5"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.12"),
];

/// Whether no extended key usage says that the certificate is for something else only, such as web servers or time stamps.
pub fn is_for_documents(certificate: &Certificate) -> bool {
    match certificate.tbs_certificate.get::<ExtendedKeyUsage>() {
        Ok(None) => true,
        Ok(Some((_, purposes))) => purposes.0.iter().any(|one| FOR_DOCUMENTS.contains(one)),
        Err(_) => false,
    }
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
    let led = || Some(leads_to(certificate, others, anchors, at, Rules::Kept)?.0);
    pinned.or_else(led).map(Vouched::by)
}

/// The same for a seal: where an authority vouches for the certificate, it must not be for something else.
pub fn vouched_for_seal(
    certificate: &Certificate,
    others: &[Certificate],
    anchors: &[Anchor],
    at: Timestamp,
) -> Option<Vouched> {
    let found = vouched(certificate, others, anchors, at)?;
    let is_named = found.fingerprint == fingerprint(certificate);
    (is_named || is_for_documents(certificate)).then_some(found)
}

/// Why nobody vouches for a certificate from which signatures do lead to an anchor: the rule for such a path that is broken first, from the
/// certificate upwards (RFC 5280, section 6). `None` where no path leads there at all.
pub fn broken_path(
    certificate: &Certificate,
    others: &[Certificate],
    anchors: &[Anchor],
    at: Timestamp,
) -> Option<Text> {
    leads_to(certificate, others, anchors, at, Rules::Noted)?.1
}

/// What to do about a rule that a path breaks.
#[derive(Clone, Copy, PartialEq)]
enum Rules {
    /// No such path leads anywhere.
    Kept,
    /// It is followed all the same, to tell what is wrong with it.
    Noted,
}

/// A certificate that was reached from below.
struct Link<'c> {
    certificate: &'c Certificate,
    /// Authorities from here downwards, those that issued to themselves not counted (RFC 5280, 4.2.1.9).
    authorities: usize,
    /// The first rule that is broken on the way to here.
    broken: Option<Text>,
}

/// Follows the chain upwards, link by link. Each certificate is looked at once, so that many that vouch for each other cost little.
fn leads_to<'a>(
    certificate: &Certificate,
    others: &[Certificate],
    anchors: &'a [Anchor],
    at: Timestamp,
    rules: Rules,
) -> Option<(&'a Anchor, Option<Text>)> {
    let broken = broken_by_any(certificate);
    if broken.is_some() && rules == Rules::Kept {
        return None;
    }
    let mut left: Vec<&Certificate> = others.iter().take(MOST_LINKS).collect();
    let mut reached = vec![Link {
        certificate,
        authorities: 0,
        broken,
    }];
    for _ in 0..=LONGEST_CHAIN {
        for anchor in anchors {
            if let Anchor::Certificate(by) = anchor
                && let Some(link) = issued(by, &reached, at, rules)
            {
                return Some((anchor, link.broken));
            }
        }
        let (mut next, mut rest) = (Vec::new(), Vec::new());
        for by in left {
            match issued(by, &reached, at, rules) {
                Some(link) => next.push(link),
                None => rest.push(by),
            }
        }
        (reached, left) = (next, rest);
    }
    None
}

/// The link above one of these, if `by` issued it.
fn issued<'c>(
    by: &'c Certificate,
    reached: &[Link<'_>],
    at: Timestamp,
    rules: Rules,
) -> Option<Link<'c>> {
    reached.iter().find_map(|link| {
        let own = broken_by_authority(by, link.authorities, at);
        if rules == Rules::Kept && own.is_some() {
            return None;
        }
        signed_by(link.certificate, by).then(|| Link {
            certificate: by,
            authorities: link.authorities + usize::from(!is_self_issued(by)),
            broken: link.broken.clone().or(own),
        })
    })
}

/// More certificates than travel with any signature.
const MOST_LINKS: usize = 32;
/// Authorities between a certificate and its anchor.
const LONGEST_CHAIN: usize = 4;

/// Extensions that are understood where they are critical. Policies are no question here: whatever they are, they are accepted.
const UNDERSTOOD: [ObjectIdentifier; 6] = [
    rfc5912::ID_CE_KEY_USAGE,
    rfc5912::ID_CE_BASIC_CONSTRAINTS,
    rfc5912::ID_CE_EXT_KEY_USAGE,
    rfc5912::ID_CE_SUBJECT_ALT_NAME,
    rfc5912::ID_CE_ISSUER_ALT_NAME,
    rfc5912::ID_CE_CERTIFICATE_POLICIES,
];

/// The rule for every certificate of a path that this one breaks (RFC 5280, 4.2): each extension once, and none critical that is not
/// understood.
fn broken_by_any(certificate: &Certificate) -> Option<Text> {
    let subject = || subject(certificate);
    let all = || certificate.tbs_certificate.extensions.iter().flatten();
    let twice = |id| all().filter(|one| one.extn_id == id).count() > 1;
    if all().any(|one| twice(one.extn_id)) {
        return Some(say::path_unreadable(subject()));
    }
    let unknown = all().find(|one| one.critical && !UNDERSTOOD.contains(&one.extn_id));
    unknown.map(|one| say::path_critical(subject(), one.extn_id.to_string()))
}

/// The rule for authorities that this one breaks as the issuer of a certificate with so many authorities from there downwards.
fn broken_by_authority(by: &Certificate, below: usize, at: Timestamp) -> Option<Text> {
    let tbs = &by.tbs_certificate;
    let has = |id| tbs.extensions.iter().flatten().any(|one| one.extn_id == id);
    if !is_valid_at(by, at) {
        return Some(say::path_not_valid(subject(by)));
    }
    // Names are not held against them here, so whoever limits them vouches for nobody.
    if has(rfc5912::ID_CE_NAME_CONSTRAINTS) {
        return Some(say::path_names(subject(by)));
    }
    if let Some(broken) = broken_by_any(by) {
        return Some(broken);
    }
    let (Ok(constraints), Ok(usage)) = (tbs.get::<BasicConstraints>(), tbs.get::<KeyUsage>())
    else {
        return Some(say::path_unreadable(subject(by)));
    };
    let Some((_, constraints)) = constraints.filter(|(_, constraints)| constraints.ca) else {
        return Some(say::path_no_authority(subject(by)));
    };
    if usage.is_some_and(|(_, usage)| !usage.key_cert_sign()) {
        return Some(say::path_may_not_issue(subject(by)));
    }
    let most = constraints.path_len_constraint.map(usize::from);
    most.is_some_and(|most| below > most)
        .then(|| say::path_too_long(subject(by)))
}

/// Whose certificate it is, harmless.
fn subject(certificate: &Certificate) -> String {
    super::page::plain(&certificate.tbs_certificate.subject.to_string())
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
            may_seal(&certificate)
                && is_self_issued(&certificate)
                && is_for_documents(&certificate)
        );
        assert!(broken_by_authority(&certificate, 0, now()).is_some());
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

    /// A root, two authorities below it and a leaf, each changed as the case wants, and what is said of the path.
    #[test]
    fn a_path_that_breaks_a_rule_leads_nowhere_and_the_rule_is_named() {
        use rcgen::{
            BasicConstraints as Basic, CertificateParams, CustomExtension, DnType, GeneralSubtree,
            IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
        };
        type Change<'c> = &'c dyn Fn(&mut CertificateParams);
        const NAMES: [&str; 4] = ["root", "upper", "lower", "leaf"];
        let path = |changes: [Option<Change<'_>>; 4]| {
            let keys = [(); 4].map(|()| KeyPair::generate().unwrap());
            let mut all: Vec<CertificateParams> = Vec::new();
            for (at, name) in NAMES.iter().enumerate() {
                let mut params = CertificateParams::default();
                params.distinguished_name = rcgen::DistinguishedName::new();
                params.distinguished_name.push(DnType::CommonName, *name);
                params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                if at < 3 {
                    params.is_ca = IsCa::Ca(Basic::Unconstrained);
                    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
                }
                if let Some(change) = changes[at] {
                    change(&mut params);
                }
                all.push(params);
            }
            let pems = (0..4).map(|at| match at {
                0 => all[0].self_signed(&keys[0]).unwrap().pem(),
                _ => {
                    let issuer = Issuer::new(all[at - 1].clone(), &keys[at - 1]);
                    all[at].clone().signed_by(&keys[at], &issuer).unwrap().pem()
                }
            });
            let certificates: Vec<Certificate> =
                pems.map(|pem| read_all(&pem).unwrap().remove(0)).collect();
            let anchors = [Anchor::Certificate(Box::new(certificates[0].clone()))];
            let others = &certificates[1..3];
            let found = vouched(&certificates[3], others, &anchors, now()).is_some();
            let told = broken_path(&certificates[3], others, &anchors, now());
            assert_eq!(found, told.is_none());
            told.map(|told| told.en)
        };
        assert_eq!(path([None; 4]), None);

        let length = |most| {
            move |params: &mut CertificateParams| params.is_ca = IsCa::Ca(Basic::Constrained(most))
        };
        let (none, one, two) = (length(0), length(1), length(2));
        assert_eq!(path([Some(&two), Some(&one), Some(&none), None]), None);
        assert_eq!(
            path([Some(&one), None, None, None]),
            Some(say::path_too_long("CN=root").en)
        );
        assert_eq!(
            path([None, Some(&none), None, None]),
            Some(say::path_too_long("CN=upper").en)
        );

        let names = |params: &mut CertificateParams| {
            params.name_constraints = Some(NameConstraints {
                permitted_subtrees: vec![GeneralSubtree::DnsName("example.org".into())],
                excluded_subtrees: vec![],
            });
        };
        assert_eq!(
            path([None, Some(&names), None, None]),
            Some(say::path_names("CN=upper").en)
        );

        let unknown = |is_critical| {
            move |params: &mut CertificateParams| {
                let mut own = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
                own.set_criticality(is_critical);
                params.custom_extensions.push(own);
            }
        };
        let (critical, harmless) = (unknown(true), unknown(false));
        assert_eq!(path([Some(&harmless); 4]), None);
        for at in 0..4 {
            let mut changes: [Option<Change<'_>>; 4] = [None; 4];
            changes[at] = Some(&critical);
            let subject = format!("CN={}", NAMES[at]);
            assert_eq!(
                path(changes),
                Some(say::path_critical(subject, "1.2.3.4").en)
            );
        }

        let no_authority = |params: &mut CertificateParams| params.is_ca = IsCa::ExplicitNoCa;
        assert_eq!(
            path([None, None, Some(&no_authority), None]),
            Some(say::path_no_authority("CN=lower").en)
        );
        let other_use =
            |params: &mut CertificateParams| params.key_usages = vec![KeyUsagePurpose::CrlSign];
        assert_eq!(
            path([None, Some(&other_use), None, None]),
            Some(say::path_may_not_issue("CN=upper").en)
        );
        let over =
            |params: &mut CertificateParams| params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        assert_eq!(
            path([None, None, Some(&over), None]),
            Some(say::path_not_valid("CN=lower").en)
        );
        let twice = |params: &mut CertificateParams| {
            for _ in 0..2 {
                let own = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
                params.custom_extensions.push(own);
            }
        };
        assert_eq!(
            path([None, None, None, Some(&twice)]),
            Some(say::path_unreadable("CN=leaf").en)
        );
    }

    /// RFC 5280, 4.2.1.9: authorities that issued to themselves, as when they change their key, do not count.
    #[test]
    fn an_authority_with_a_new_key_is_no_further_authority() {
        use rcgen::{
            BasicConstraints as Basic, CertificateParams, DnType, IsCa, Issuer, KeyPair,
            KeyUsagePurpose,
        };
        let named = |name: &str, is_ca| {
            let mut params = CertificateParams::default();
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(DnType::CommonName, name);
            params.key_usages = match is_ca {
                IsCa::Ca(_) => vec![KeyUsagePurpose::KeyCertSign],
                _ => vec![KeyUsagePurpose::DigitalSignature],
            };
            params.is_ca = is_ca;
            params
        };
        let [old, new, own] = [(); 3].map(|()| KeyPair::generate().unwrap());
        let parsed = |pem: String| read_all(&pem).unwrap().remove(0);
        let root = named("root", IsCa::Ca(Basic::Constrained(0)));
        let anchor = parsed(root.self_signed(&old).unwrap().pem());
        for (name, is_led) in [("root", true), ("other", false)] {
            let middle = named(name, IsCa::Ca(Basic::Unconstrained));
            let leaf = named("leaf", IsCa::NoCa);
            let leaf = leaf
                .signed_by(&own, &Issuer::new(middle.clone(), &new))
                .unwrap();
            let middle = middle
                .signed_by(&new, &Issuer::new(root.clone(), &old))
                .unwrap();
            let anchors = [Anchor::Certificate(Box::new(anchor.clone()))];
            let (leaf, middle) = (parsed(leaf.pem()), parsed(middle.pem()));
            assert_eq!(
                vouched(&leaf, &[middle], &anchors, now()).is_some(),
                is_led,
                "{name}"
            );
        }
    }

    #[test]
    fn a_certificate_for_something_else_seals_only_where_it_was_named_itself() {
        use rcgen::{
            BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose as Purpose, IsCa,
            Issuer, KeyPair, KeyUsagePurpose,
        };
        let (root_key, own) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut root = CertificateParams::default();
        root.distinguished_name.push(DnType::CommonName, "root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let anchor = |pem: &str| Anchor::from_pem(pem).unwrap();
        let trusted = anchor(&root.self_signed(&root_key).unwrap().pem());
        let issuer = Issuer::new(root, &root_key);
        let other = |oid: &[u64]| Purpose::Other(oid.to_vec());
        for (purposes, may) in [
            (vec![], true),
            (vec![Purpose::ServerAuth], false),
            (vec![Purpose::ClientAuth, Purpose::ServerAuth], false),
            (vec![Purpose::TimeStamping], false),
            (vec![Purpose::CodeSigning], false),
            (vec![Purpose::ClientAuth, Purpose::EmailProtection], true),
            (vec![Purpose::Any], true),
            (vec![other(&[1, 3, 6, 1, 5, 5, 7, 3, 36])], true),
            (vec![other(&[1, 2, 840, 113583, 1, 1, 5])], true),
            (vec![other(&[1, 3, 6, 1, 4, 1, 311, 10, 3, 12])], true),
        ] {
            let mut params = CertificateParams::default();
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            params.extended_key_usages = purposes.clone();
            let pem = params.signed_by(&own, &issuer).unwrap().pem();
            let certificate = read_all(&pem).unwrap().remove(0);
            let led = vouched_for_seal(&certificate, &[], &trusted, now());
            assert_eq!(led.is_some(), may, "{purposes:?}");
            assert!(vouched(&certificate, &[], &trusted, now()).is_some());
            assert!(vouched_for_seal(&certificate, &[], &anchor(&pem), now()).is_some());
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
