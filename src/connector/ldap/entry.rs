//! An entry as it comes over the line, taken apart without trusting that it is well formed.

use ldap3::ResultEntry;
use ldap3::asn1::{PL, StructureTag};

/// An entry with its values as bytes. Personal throughout.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) dn: String,
    /// Attributes as the server names them, each with all its values.
    pub(super) attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl Entry {
    /// `None` if what came is no entry.
    pub(super) fn read(result: ResultEntry) -> Option<Entry> {
        let mut parts = constructed(result.0)?.into_iter();
        let dn = text(parts.next()?)?;
        let mut attributes = Vec::new();
        for attribute in constructed(parts.next()?)? {
            let mut parts = constructed(attribute)?.into_iter();
            let name = text(parts.next()?)?;
            let values = constructed(parts.next()?)?.into_iter();
            attributes.push((name, values.map(primitive).collect::<Option<Vec<_>>>()?));
        }
        Some(Entry { dn, attributes })
    }

    /// The values of an attribute by its plain name.
    pub(super) fn values(&self, name: &str) -> &[Vec<u8>] {
        let same = |(known, _): &&(String, Vec<Vec<u8>>)| known.eq_ignore_ascii_case(name);
        let found = self.attributes.iter().find(same);
        found.map_or(&[], |(_, values)| values.as_slice())
    }

    /// The values of an attribute that are text.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let values = self.values(name).iter();
        values
            .filter_map(|value| String::from_utf8(value.clone()).ok())
            .collect()
    }
}

/// Where a reference that came among the entries leads to: server and entry of the first address.
pub(super) fn reference(result: ResultEntry) -> String {
    let addresses = constructed(result.0).unwrap_or_default().into_iter();
    addresses.filter_map(text).next().unwrap_or_default()
}

/// The cookie behind a page (RFC 2696): `None` if the value is not of the form that it should have.
pub(super) fn cookie(value: &[u8]) -> Option<Vec<u8>> {
    let (whole, rest) = element(value, 0x30)?;
    if !rest.is_empty() {
        return None;
    }
    let (_, behind) = element(whole, 0x02)?;
    let (cookie, rest) = element(behind, 0x04)?;
    rest.is_empty().then(|| cookie.to_vec())
}

/// One element of BER with this tag and a definite length, and what comes behind it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, length], rest) = bytes.split_first_chunk::<2>()?;
    if found != tag {
        return None;
    }
    if length < 0x80 {
        return rest.split_at_checked(usize::from(length));
    }
    let (length, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
    if length.is_empty() || length.len() > 4 {
        return None;
    }
    let length = length
        .iter()
        .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
    rest.split_at_checked(length)
}

fn constructed(tag: StructureTag) -> Option<Vec<StructureTag>> {
    match tag.payload {
        PL::C(inner) => Some(inner),
        PL::P(_) => None,
    }
}

fn primitive(tag: StructureTag) -> Option<Vec<u8>> {
    match tag.payload {
        PL::P(bytes) => Some(bytes),
        PL::C(_) => None,
    }
}

fn text(tag: StructureTag) -> Option<String> {
    String::from_utf8(primitive(tag)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::cookie;

    #[test]
    fn a_cookie_is_read_or_refused() {
        assert_eq!(cookie(&[0x30, 5, 2, 1, 0, 4, 0]), Some(Vec::new()));
        assert_eq!(
            cookie(&[0x30, 8, 2, 1, 0, 4, 3, 1, 2, 3]),
            Some(vec![1, 2, 3])
        );
        assert_eq!(cookie(&[0x30, 0x81, 5, 2, 1, 0, 4, 0]), Some(Vec::new()));
        for wrong in [
            &[][..],
            &[0x30],
            &[0x30, 9, 2, 1, 0, 4, 0],
            &[0x31, 5, 2, 1, 0, 4, 0],
            &[0x30, 5, 2, 1, 0, 4, 0, 0],
        ] {
            assert_eq!(cookie(wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in any::<Vec<u8>>()) {
            let _ = cookie(&bytes);
        }
    }
}
