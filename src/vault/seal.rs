//! Authenticated encryption of one item: nonce, ciphertext and tag in one piece.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use crate::keys::Key;

/// What an item is bound to. A case number holds no NUL, so two items never share a context.
pub(super) fn context(owner: &str, name: &str) -> Vec<u8> {
    format!("dsr/1 vault\0{owner}\0{name}").into_bytes()
}

/// Encrypts under a random nonce (NIST SP 800-38D 8.2.2), in the place of the plain text.
///
/// # Panics
/// If the text is longer than the 64 GiB that AES-GCM allows.
pub(super) fn seal(key: &Key, context: &[u8], mut plain: Zeroizing<Vec<u8>>) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new()
        .fill(&mut nonce)
        .expect("the system has randomness");
    let tag = cipher(key)
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context),
            plain.as_mut_slice(),
        )
        .expect("an item is shorter than 64 GiB");
    let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + tag.as_ref().len());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&plain);
    sealed.extend_from_slice(tag.as_ref());
    sealed
}

/// Decrypts; `None` if the key or context is another one, or a bit was changed.
pub(super) fn open(key: &Key, context: &[u8], mut sealed: Vec<u8>) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let length = cipher(key)
        .open_in_place(nonce, Aad::from(context), rest)
        .ok()?
        .len();
    let mut plain = Zeroizing::new(sealed);
    plain.drain(..NONCE_LEN);
    plain.truncate(length);
    Some(plain)
}

fn cipher(key: &Key) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, key.expose()).expect("the key has 256 bits");
    LessSafeKey::new(key)
}
