//! Private keys on P-256 as files hold them: PKCS#8 in PEM, plain or encrypted under a passphrase (PBES2, RFC 8018).
//!
//! Keys of the seal and of people are read here; whose key it is, and what to tell its owner, is the business of those rooms.

use p256::ecdsa::SigningKey;
use pkcs8::{
    DecodePrivateKey as _, EncodePrivateKey as _, LineEnding, PrivateKeyInfo, SecretDocument,
};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::keys::Key;

/// Why a key cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no private key, or not one on P-256.
    NoP256,
    /// It is encrypted, and no passphrase is there.
    NoPassphrase,
    WrongPassphrase,
    /// Only AES under PBES2, with SHA-2, is read.
    OldCipher,
}

/// Rounds of PBKDF2 with SHA-256: as many as OWASP asks for (Password Storage Cheat Sheet, 2023). Stock `openssl` reads any number.
const ROUNDS: u32 = 600_000;

/// Reads a key.
///
/// # Errors
/// Why it stays closed.
pub fn read(pem: &str, passphrase: Option<&SecretString>) -> Result<SigningKey, Unreadable> {
    if !is_encrypted(pem) {
        return SigningKey::from_pkcs8_pem(pem).map_err(|_| Unreadable::NoP256);
    }
    let passphrase = passphrase.ok_or(Unreadable::NoPassphrase)?;
    let (_, document) = SecretDocument::from_pem(pem).map_err(|_| Unreadable::NoP256)?;
    let encrypted = pkcs8::EncryptedPrivateKeyInfo::try_from(document.as_bytes());
    let encrypted = encrypted.map_err(|_| Unreadable::OldCipher)?;
    let opened = encrypted
        .decrypt(passphrase.expose_secret())
        .map_err(|error| match error {
            pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::DecryptFailed)
            | pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::EncryptFailed) => {
                Unreadable::WrongPassphrase
            }
            pkcs8::Error::EncryptedPrivateKey(_) => Unreadable::OldCipher,
            // Under another key the first bytes are no key any more.
            _ => Unreadable::WrongPassphrase,
        })?;
    let info =
        PrivateKeyInfo::try_from(opened.as_bytes()).map_err(|_| Unreadable::WrongPassphrase)?;
    SigningKey::try_from(info).map_err(|_| Unreadable::NoP256)
}

/// Whether a passphrase opens it.
pub fn is_encrypted(pem: &str) -> bool {
    pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
}

/// A fresh key from the operating system's random source.
pub fn random() -> SigningKey {
    loop {
        // All but one of 2^32 numbers of this length are keys.
        if let Ok(key) = SigningKey::from_slice(Key::random().expose()) {
            return key;
        }
    }
}

/// The key as a file holds it; without a passphrase it is plain.
///
/// # Panics
/// Never: a key on P-256 has a form in PKCS#8, and the parameters are within their bounds.
pub fn write(key: &SigningKey, passphrase: Option<&SecretString>) -> Zeroizing<String> {
    let secret = p256::SecretKey::from(key);
    let plain = secret.to_pkcs8_der().expect("a key has a form in PKCS#8");
    let Some(passphrase) = passphrase else {
        return plain
            .to_pem("PRIVATE KEY", LineEnding::LF)
            .expect("base64 of a few bytes");
    };
    let (salt, iv) = (Key::random(), Key::random());
    let parameters = pkcs8::pkcs5::pbes2::Parameters::pbkdf2_sha256_aes256cbc(
        ROUNDS,
        &salt.expose()[..16],
        iv.expose()[..16].try_into().expect("16 bytes"),
    );
    let parameters = parameters.expect("a salt of 16 bytes and these rounds are allowed");
    let info = PrivateKeyInfo::try_from(plain.as_bytes()).expect("it was just made");
    let encrypted = info
        .encrypt_with_params(parameters, passphrase.expose_secret())
        .expect("a buffer of its own is long enough");
    encrypted
        .to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF)
        .expect("base64 of a few bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_under_its_passphrase_and_under_no_other() {
        let key = random();
        let right = SecretString::from("correct horse battery");
        let pem = write(&key, Some(&right));
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assert_eq!(read(&pem, Some(&right)).unwrap(), key);
        let wrong = SecretString::from("correct horse batterz");
        assert_eq!(read(&pem, Some(&wrong)), Err(Unreadable::WrongPassphrase));
        assert_eq!(read(&pem, None), Err(Unreadable::NoPassphrase));
        assert_ne!(write(&key, Some(&right)), pem, "salt and vector are fresh");
        assert_eq!(read(&write(&key, None), None).unwrap(), key);
        for broken in [
            "",
            "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        ] {
            assert_eq!(read(broken, None), Err(Unreadable::NoP256));
        }
    }
}
