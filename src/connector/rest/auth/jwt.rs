//! Signed statements (RFC 7515, 7518, 7519) that a token endpoint takes in place of a secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::DecodePrivateKey as _;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::connector::Fault;
use crate::connector::definition::Algorithm;

/// Header, claims and signature.
///
/// # Errors
/// The key is no private key in PEM form, or none for this algorithm.
pub(super) fn signed(
    pem: &str,
    algorithm: Algorithm,
    key_id: Option<&str>,
    claims: &Map<String, Value>,
) -> Result<String, Fault> {
    let name = match algorithm {
        Algorithm::Rs256 => "RS256",
        Algorithm::Ps256 => "PS256",
        Algorithm::Es256 => "ES256",
    };
    let mut header = json!({ "alg": name, "typ": "JWT" });
    if let Some(id) = key_id {
        header["kid"] = id.into();
    }
    let encode = |value: &str| URL_SAFE_NO_PAD.encode(value);
    let text = format!(
        "{}.{}",
        encode(&header.to_string()),
        encode(&Value::Object(claims.clone()).to_string())
    );
    // Where the key came through one line, its line ends were written out.
    let pem = Zeroizing::new(match pem.contains('\n') {
        true => pem.to_owned(),
        false => pem.replace("\\n", "\n"),
    });
    let signature = match algorithm {
        Algorithm::Es256 => elliptic(&pem, text.as_bytes()),
        Algorithm::Rs256 | Algorithm::Ps256 => rsa(&pem, algorithm, text.as_bytes()),
    };
    let signature = signature.ok_or_else(Fault::signing_key)?;
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn elliptic(pem: &str, text: &[u8]) -> Option<Vec<u8>> {
    let key = p256::SecretKey::from_pkcs8_pem(pem)
        .ok()
        .or_else(|| p256::SecretKey::from_sec1_pem(pem).ok())?;
    let signature: p256::ecdsa::Signature = p256::ecdsa::SigningKey::from(key).sign(text);
    Some(signature.to_bytes().to_vec())
}

fn rsa(pem: &str, algorithm: Algorithm, text: &[u8]) -> Option<Vec<u8>> {
    let key = match PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok()?,
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok()?,
        _ => return None,
    };
    let padding: &dyn ring::signature::RsaEncoding = match algorithm {
        Algorithm::Ps256 => &RSA_PSS_SHA256,
        _ => &RSA_PKCS1_SHA256,
    };
    let mut signature = vec![0; key.public().modulus_len()];
    let random = ring::rand::SystemRandom::new();
    key.sign(padding, &random, text, &mut signature).ok()?;
    Some(signature)
}
