//! Key and certificates from one file: PKCS#12 (RFC 7292), as authorities hand it out and OpenSSL 3, Java and Windows write it.
//!
//! The types and ciphers are those of the crates that seal and read certificates anyway (`pkcs12`, `cms`, `pkcs8`), which adds two
//! small crates to the program. Read is what is written today: AES under PBES2, and a check value by HMAC with SHA-2. Files in the
//! older ciphers (RC2, triple DES, SHA-1) are refused with the command that turns them into one of today.

use cms::content_info::ContentInfo;
use cms::encrypted_data::EncryptedData;
use const_oid::db::{rfc5911, rfc5912};
use der::asn1::{AnyRef, OctetString};
use der::{Decode as _, Encode as _};
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::{EncryptedPrivateKeyInfo, PrivateKeyInfo};
use pkcs12::kdf::{Pkcs12KeyType, derive_key_utf8};
use pkcs12::mac_data::MacData;
use pkcs12::pfx::Pfx;
use pkcs12::safe_bag::{SafeBag, SafeContents};
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use zeroize::Zeroizing;

use super::seal::{Own, locked};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{Text, seal as say};

/// Rounds of key derivation beyond which a file would keep the machine busy for minutes.
const MOST_ROUNDS: i32 = 10_000_000;

/// The one P-256 key of a file, its certificate, and the others.
pub(super) fn open(
    der: &[u8],
    passphrase: &SecretString,
) -> Result<(Own, Certificate, Vec<Certificate>)> {
    let unreadable = |_: der::Error| unreadable(say::pkcs12_form());
    let file = Pfx::from_der(der).map_err(unreadable)?;
    let content = octets(&file.auth_safe).ok_or_else(|| no_file(say::pkcs12_form()))?;
    if let Some(mac) = &file.mac_data {
        check(mac, &content, passphrase)?;
    }
    let safes = Vec::<ContentInfo>::from_der(&content).map_err(unreadable)?;
    let (mut keys, mut certificates) = (Vec::new(), Vec::new());
    for safe in &safes {
        let is_encrypted = safe.content_type == rfc5911::ID_ENCRYPTED_DATA;
        let bags = match is_encrypted {
            true => decrypted(safe, passphrase)?,
            false => Zeroizing::new(octets(safe).ok_or_else(|| no_file(say::pkcs12_form()))?),
        };
        let bags = SafeContents::from_der(&bags).map_err(|error| match file.mac_data {
            // Under another passphrase one file in 256 seems to open, and what comes out is nothing.
            None if is_encrypted => locked(say::wrong_passphrase()),
            _ => unreadable(error),
        })?;
        for bag in bags {
            take(&bag, passphrase, &mut keys, &mut certificates)?;
        }
    }
    let key = match keys.len() {
        1 => keys.remove(0),
        0 => return Err(no_file(say::pkcs12_no_key()).into()),
        _ => return Err(no_file(say::pkcs12_many_keys()).into()),
    };
    let own = certificates.iter().position(|found| key.is_of(found));
    let own = own.ok_or_else(|| no_file(say::pkcs12_no_certificate()))?;
    let certificate = certificates.remove(own);
    Ok((key, certificate, certificates))
}

fn unreadable(why: Text) -> Diagnostic {
    no_file(why)
}

fn no_file(why: Text) -> Diagnostic {
    Diagnostic::new("E687", Exit::Usage, say::pkcs12_unusable())
        .why(why)
        .help(say::pkcs12_help())
}

/// The bytes that a content of type `data` carries.
fn octets(content: &ContentInfo) -> Option<Vec<u8>> {
    let data = content.content.decode_as::<OctetString>().ok()?;
    (content.content_type == rfc5911::ID_DATA).then(|| data.into_bytes())
}

/// The check value over the content (RFC 7292, appendix B.4): under another passphrase it is another.
fn check(mac: &MacData, content: &[u8], passphrase: &SecretString) -> Result<()> {
    let (salt, rounds) = (mac.mac_salt.as_bytes(), mac.iterations);
    if !(1..=MOST_ROUNDS).contains(&rounds) {
        return Err(no_file(say::pkcs12_form()).into());
    }
    let secret = passphrase.expose_secret();
    let purpose = || Pkcs12KeyType::Mac;
    let (algorithm, key) = match mac.mac.algorithm.oid {
        rfc5912::ID_SHA_256 => (
            hmac::HMAC_SHA256,
            derive_key_utf8::<Sha256>(secret, salt, purpose(), rounds, 32),
        ),
        rfc5912::ID_SHA_384 => (
            hmac::HMAC_SHA384,
            derive_key_utf8::<Sha384>(secret, salt, purpose(), rounds, 48),
        ),
        rfc5912::ID_SHA_512 => (
            hmac::HMAC_SHA512,
            derive_key_utf8::<Sha512>(secret, salt, purpose(), rounds, 64),
        ),
        _ => return Err(no_file(say::old_cipher()).into()),
    };
    let key = Zeroizing::new(key.map_err(|_| locked(say::wrong_passphrase()))?);
    let key = hmac::Key::new(algorithm, &key);
    hmac::verify(&key, content, mac.mac.digest.as_bytes())
        .map_err(|_| locked(say::wrong_passphrase()).into())
}

fn decrypted(safe: &ContentInfo, passphrase: &SecretString) -> Result<Zeroizing<Vec<u8>>> {
    let form = || no_file(say::pkcs12_form());
    let data = safe.content.decode_as::<EncryptedData>();
    let data = data.map_err(|_| form())?.enc_content_info;
    let scheme = data.content_enc_alg.to_der().map_err(|_| form())?;
    let scheme = EncryptionScheme::try_from(&scheme[..]).map_err(|_| no_file(say::old_cipher()))?;
    let content = data.encrypted_content.ok_or_else(form)?;
    Ok(Zeroizing::new(
        scheme
            .decrypt(passphrase.expose_secret(), content.as_bytes())
            .map_err(|error| why_closed(&error))?,
    ))
}

fn why_closed(error: &pkcs8::pkcs5::Error) -> Diagnostic {
    match error {
        // The crate calls it the one where a key does not fit, and the other where the padding does not.
        pkcs8::pkcs5::Error::DecryptFailed | pkcs8::pkcs5::Error::EncryptFailed => {
            locked(say::wrong_passphrase())
        }
        _ => no_file(say::old_cipher()),
    }
}

/// One thing in the file: a key, plain or under the passphrase, or a certificate. Others are of no use here.
fn take(
    bag: &SafeBag,
    passphrase: &SecretString,
    keys: &mut Vec<Own>,
    certificates: &mut Vec<Certificate>,
) -> Result<()> {
    let form = |_: der::Error| no_file(say::pkcs12_form());
    // The value still stands under its tag [0].
    let value = AnyRef::from_der(&bag.bag_value).map_err(form)?;
    let value = value.value();
    match bag.bag_id {
        pkcs12::PKCS_12_CERT_BAG_OID => {
            let bag = pkcs12::cert_type::CertBag::from_der(value).map_err(form)?;
            if bag.cert_id == pkcs12::PKCS_12_X509_CERT_OID {
                let found = Certificate::from_der(bag.cert_value.as_bytes()).map_err(form)?;
                certificates.push(found);
            }
        }
        pkcs12::PKCS_12_PKCS8_KEY_BAG_OID => {
            let encrypted =
                EncryptedPrivateKeyInfo::try_from(value).map_err(|_| no_file(say::old_cipher()))?;
            let opened = encrypted
                .encryption_algorithm
                .decrypt(passphrase.expose_secret(), encrypted.encrypted_data)
                .map_err(|error| why_closed(&error))?;
            let opened = Zeroizing::new(opened);
            if PrivateKeyInfo::try_from(&opened[..]).is_err() {
                return Err(locked(say::wrong_passphrase()).into());
            }
            keys.extend(p256_key(&opened));
        }
        pkcs12::PKCS_12_KEY_BAG_OID => keys.extend(p256_key(value)),
        _ => {}
    }
    Ok(())
}

/// The key, if it is one on P-256; a file may hold others beside it.
fn p256_key(der: &[u8]) -> Option<Own> {
    let info = PrivateKeyInfo::try_from(der).ok()?;
    Some(Own(p256::ecdsa::SigningKey::try_from(info).ok()?))
}
