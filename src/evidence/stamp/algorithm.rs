//! Which signatures and digests of tokens can be verified: RSA (PKCS#1 v1.5 and PSS) and ECDSA on P-256 and P-384, SHA-256 to SHA-512.

use const_oid::db::rfc5912;
use der::Any;
use der::asn1::ObjectIdentifier;
use ring::signature::{self, VerificationAlgorithm};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;

use super::form::PssParameters;
use crate::messages::{Text, stamp as say};

/// A digest that is believed; SHA-1 is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn named(algorithm: &AlgorithmIdentifierOwned) -> Option<Hash> {
        let plain = algorithm
            .parameters
            .as_ref()
            .is_none_or(|p| *p == Any::null());
        Hash::of(algorithm.oid).filter(|_| plain)
    }

    fn of(oid: ObjectIdentifier) -> Option<Hash> {
        match oid {
            rfc5912::ID_SHA_256 => Some(Hash::Sha256),
            rfc5912::ID_SHA_384 => Some(Hash::Sha384),
            rfc5912::ID_SHA_512 => Some(Hash::Sha512),
            _ => None,
        }
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Hash::Sha256 => &ring::digest::SHA256,
            Hash::Sha384 => &ring::digest::SHA384,
            Hash::Sha512 => &ring::digest::SHA512,
        };
        ring::digest::digest(algorithm, bytes).as_ref().to_vec()
    }

    fn length(self) -> u8 {
        match self {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    fn rsa(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Hash::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Hash::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Hash::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        }
    }

    fn pss(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Hash::Sha256 => &signature::RSA_PSS_2048_8192_SHA256,
            Hash::Sha384 => &signature::RSA_PSS_2048_8192_SHA384,
            Hash::Sha512 => &signature::RSA_PSS_2048_8192_SHA512,
        }
    }
}

/// How to verify a signature that was made over a digest of this kind with the key of this certificate.
///
/// # Errors
/// Why this program cannot.
pub(super) fn verifier(
    signed: &AlgorithmIdentifierOwned,
    hash: Hash,
    certificate: &Certificate,
) -> Result<&'static dyn VerificationAlgorithm, Text> {
    let unknown = || say::unknown_algorithm(signed.oid.to_string());
    let stated = |own: Hash| match own == hash {
        true => Ok(hash),
        false => Err(say::digests_differ()),
    };
    Ok(match signed.oid {
        // The plain name of the key says nothing of the digest; that stands beside it.
        rfc5912::RSA_ENCRYPTION => hash.rsa(),
        rfc5912::SHA_256_WITH_RSA_ENCRYPTION => stated(Hash::Sha256)?.rsa(),
        rfc5912::SHA_384_WITH_RSA_ENCRYPTION => stated(Hash::Sha384)?.rsa(),
        rfc5912::SHA_512_WITH_RSA_ENCRYPTION => stated(Hash::Sha512)?.rsa(),
        rfc5912::ID_RSASSA_PSS => stated(pss_hash(signed).ok_or_else(unknown)?)?.pss(),
        rfc5912::ID_EC_PUBLIC_KEY => ecdsa(certificate, hash).ok_or_else(unknown)?,
        rfc5912::ECDSA_WITH_SHA_256 => {
            ecdsa(certificate, stated(Hash::Sha256)?).ok_or_else(unknown)?
        }
        rfc5912::ECDSA_WITH_SHA_384 => {
            ecdsa(certificate, stated(Hash::Sha384)?).ok_or_else(unknown)?
        }
        _ => return Err(unknown()),
    })
}

/// The digest of PSS parameters, if they are the usual ones: the mask by the same digest, the salt as long as it.
fn pss_hash(signed: &AlgorithmIdentifierOwned) -> Option<Hash> {
    let parameters = signed
        .parameters
        .as_ref()?
        .decode_as::<PssParameters>()
        .ok()?;
    let hash = Hash::named(parameters.hash.as_ref()?)?;
    let mask = parameters.mask?;
    let inner = mask
        .parameters?
        .decode_as::<AlgorithmIdentifierOwned>()
        .ok()?;
    let usual = mask.oid == rfc5912::ID_MGF_1
        && Hash::named(&inner) == Some(hash)
        && parameters.salt == Some(hash.length())
        && parameters.trailer.is_none_or(|trailer| trailer == 1);
    usual.then_some(hash)
}

fn ecdsa(certificate: &Certificate, hash: Hash) -> Option<&'static dyn VerificationAlgorithm> {
    let key = &certificate
        .tbs_certificate
        .subject_public_key_info
        .algorithm;
    let curve = key
        .parameters
        .as_ref()?
        .decode_as::<ObjectIdentifier>()
        .ok()?;
    Some(match (curve, hash) {
        (rfc5912::SECP_256_R_1, Hash::Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
        (rfc5912::SECP_256_R_1, Hash::Sha384) => &signature::ECDSA_P256_SHA384_ASN1,
        (rfc5912::SECP_384_R_1, Hash::Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
        (rfc5912::SECP_384_R_1, Hash::Sha384) => &signature::ECDSA_P384_SHA384_ASN1,
        _ => return None,
    })
}
