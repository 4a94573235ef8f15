//! Values of attributes as text and back: names in one spelling, the binary names of Active Directory as everybody writes them, other
//! bytes in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::dn::Dn;
use super::schema::Schema;

/// What the bytes of an attribute mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Number,
    /// The name of another entry.
    Name,
    /// Sixteen bytes that Windows writes as `3f2504e0-4f89-11d3-9a0c-0305e82c3301`, the first three groups turned round.
    Guid,
    /// A security identifier, `S-1-5-21-…`.
    Sid,
    Bytes,
}

/// Numbers of syntaxes (RFC 4517).
const RFC: &str = "1.3.6.1.4.1.1466.115.121.1.";

/// What an attribute holds, by its name where that is known everywhere, else as the directory describes it.
pub(super) fn sort(schema: &Schema, name: &str) -> Sort {
    const GUIDS: [&str; 6] = [
        "objectguid",
        "ms-ds-consistencyguid",
        "msexchmailboxguid",
        "msexcharchiveguid",
        "netbootguid",
        "schemaidguid",
    ];
    const NAMES: [&str; 10] = [
        "member",
        "uniquemember",
        "memberof",
        "owner",
        "manager",
        "secretary",
        "seealso",
        "roleoccupant",
        "distinguishedname",
        "directreports",
    ];
    const BYTES: [&str; 6] = [
        "jpegphoto",
        "thumbnailphoto",
        "photo",
        "usercertificate",
        "usersmimecertificate",
        "audio",
    ];
    let plain = name.split(';').next().unwrap_or(name).to_lowercase();
    let plain = plain.as_str();
    if name.to_lowercase().ends_with(";binary") {
        return Sort::Bytes;
    }
    match plain {
        "dn" => return Sort::Name,
        "objectsid" | "sidhistory" => return Sort::Sid,
        _ if GUIDS.contains(&plain) => return Sort::Guid,
        _ => {}
    }
    match schema
        .syntax(plain)
        .map(|number| number.strip_prefix(RFC).unwrap_or(number))
    {
        Some("12" | "34") => Sort::Name,
        Some("27") | Some("1.2.840.113556.1.4.906") => Sort::Number,
        // Fax, JPEG, binary, certificates, audio.
        Some("4" | "5" | "8" | "9" | "10" | "23" | "28") => Sort::Bytes,
        Some(_) => Sort::Text,
        None if NAMES.contains(&plain) => Sort::Name,
        None if BYTES.contains(&plain) => Sort::Bytes,
        None => Sort::Text,
    }
}

/// A value as text. What should be text and is none is shown as bytes.
pub(super) fn shown(sort: Sort, bytes: &[u8]) -> String {
    let text = || match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => STANDARD.encode(bytes),
    };
    match sort {
        Sort::Text | Sort::Number => text(),
        Sort::Name => {
            let text = text();
            Dn::parse(&text).map_or(text, |dn| dn.to_string())
        }
        Sort::Guid => guid(bytes).unwrap_or_else(|| STANDARD.encode(bytes)),
        Sort::Sid => sid(bytes).unwrap_or_else(|| STANDARD.encode(bytes)),
        // Many servers keep words in octet strings (passwords, employee numbers of their own schema).
        Sort::Bytes => match std::str::from_utf8(bytes) {
            Ok(text) if text.chars().all(|c| !c.is_control()) => text.to_owned(),
            _ => STANDARD.encode(bytes),
        },
    }
}

/// The bytes of a value; `None` if the text is none of this sort.
pub(super) fn bytes(sort: Sort, text: &str) -> Option<Vec<u8>> {
    match sort {
        Sort::Text | Sort::Number | Sort::Name | Sort::Bytes => Some(text.as_bytes().to_vec()),
        Sort::Guid => guid_bytes(text),
        Sort::Sid => sid_bytes(text),
    }
}

fn guid(bytes: &[u8]) -> Option<String> {
    let b: [u8; 16] = bytes.try_into().ok()?;
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut out = String::with_capacity(36);
    for (at, &from) in order.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            out.push('-');
        }
        out.push_str(&format!("{:02x}", b[from]));
    }
    Some(out)
}

fn guid_bytes(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() != 32 || !digits.is_ascii() {
        return None;
    }
    let read = |at: usize| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).ok();
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    order.into_iter().map(read).collect()
}

fn sid(bytes: &[u8]) -> Option<String> {
    let (&[revision, count], rest) = bytes.split_first_chunk::<2>()?;
    let (authority, rest) = rest.split_first_chunk::<6>()?;
    if rest.len() != usize::from(count) * 4 {
        return None;
    }
    let authority = authority
        .iter()
        .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    let mut out = format!("S-{revision}-{authority}");
    for part in rest.chunks_exact(4) {
        out.push_str(&format!("-{}", u32::from_le_bytes(part.try_into().ok()?)));
    }
    Some(out)
}

fn sid_bytes(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.strip_prefix("S-")?.split('-');
    let revision: u8 = parts.next()?.parse().ok()?;
    let authority: u64 = parts.next()?.parse().ok()?;
    let rest: Vec<u32> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let mut out = vec![revision, u8::try_from(rest.len()).ok()?];
    out.extend_from_slice(&authority.to_be_bytes()[2..]);
    rest.iter().for_each(|part| out.extend(part.to_le_bytes()));
    Some(out)
}

/// What surrounds an address in a value, such as `smtp:{}`. Compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Form {
    /// `None` unless the text has exactly one `{}`, and something beside it.
    pub(crate) fn parse(text: &str) -> Option<Form> {
        let (before, after) = text.split_once("{}")?;
        let sound = !after.contains("{}") && text.len() > 2 && text.is_ascii();
        sound.then(|| Form {
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }

    /// What stands inside, with how the surroundings are written here.
    pub(super) fn inside<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
        let before = text.get(..self.before.len())?;
        let rest = text.get(self.before.len()..)?;
        let cut = rest.len().checked_sub(self.after.len())?;
        let (inner, after) = (rest.get(..cut)?, rest.get(cut..)?);
        let same =
            before.eq_ignore_ascii_case(&self.before) && after.eq_ignore_ascii_case(&self.after);
        same.then_some((before, inner, after))
    }

    pub(super) fn around(&self, text: &str) -> String {
        format!("{}{text}{}", self.before, self.after)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_windows_are_written_as_it_writes_them() {
        let raw = [
            0xe0, 0x04, 0x25, 0x3f, 0x89, 0x4f, 0xd3, 0x11, 0x9a, 0x0c, 0x03, 0x05, 0xe8, 0x2c,
            0x33, 0x01,
        ];
        let text = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";
        assert_eq!(shown(Sort::Guid, &raw), text);
        assert_eq!(bytes(Sort::Guid, text), Some(raw.to_vec()));
        let raw = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        assert_eq!(shown(Sort::Sid, &raw), "S-1-5-32-544");
        assert_eq!(bytes(Sort::Sid, "S-1-5-32-544"), Some(raw.to_vec()));
        assert_eq!(shown(Sort::Sid, &raw[..9]), STANDARD.encode(&raw[..9]));
        for wrong in ["", "S", "S-1", "S-1-x", "3f2504e0"] {
            assert_eq!(
                bytes(Sort::Sid, wrong).and(bytes(Sort::Guid, wrong)),
                None,
                "{wrong}"
            );
        }
    }

    #[test]
    fn what_is_no_text_is_shown_as_bytes() {
        let schema = Schema::default();
        assert_eq!(sort(&schema, "objectGUID"), Sort::Guid);
        assert_eq!(sort(&schema, "userCertificate;binary"), Sort::Bytes);
        assert_eq!(sort(&schema, "Member"), Sort::Name);
        assert_eq!(shown(Sort::Text, &[0xff, 0xfe]), "//4=");
        assert_eq!(shown(Sort::Name, b"UID=anna, DC=x"), "uid=anna,dc=x");
        assert_eq!(shown(Sort::Bytes, &[0, 1]), "AAE=");
    }

    #[test]
    fn an_address_stands_inside_its_form() {
        let form = Form::parse("smtp:{}").unwrap();
        assert_eq!(
            form.inside("SMTP:anna@example.org"),
            Some(("SMTP:", "anna@example.org", ""))
        );
        assert_eq!(form.inside("sip:anna@example.org"), None);
        assert_eq!(form.inside("ü"), None);
        for wrong in ["smtp:", "{}", "{}{}", "ü{}"] {
            assert_eq!(Form::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn sixteen_bytes_come_back(raw in any::<[u8; 16]>()) {
            prop_assert_eq!(bytes(Sort::Guid, &shown(Sort::Guid, &raw)), Some(raw.to_vec()));
        }

        #[test]
        fn no_text_is_too_strange_for_a_form(text in any::<String>()) {
            let form = Form::parse("a{}b").unwrap();
            if let Some((before, inner, after)) = form.inside(&text) {
                prop_assert_eq!(format!("{before}{inner}{after}"), text);
            }
        }
    }
}
