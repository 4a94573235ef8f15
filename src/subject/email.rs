//! E-mail addresses: one spelling for each, and the spellings under which systems keep it.
//!
//! Case is left out on both sides of the @ (RFC 5321 allows a server to tell `Anna@` from `anna@`, none does), the domain is in
//! ASCII (IDNA, RFC 5891), letters are composed (NFC, as RFC 6530 asks), quotes that quote nothing are dropped. What stands behind
//! a `+` stays: who gets `anna+shop@` is the business of her server alone, so it is another address.

use std::borrow::Cow;

use crate::messages::{Text, subject as say};
use crate::subject::name::{compose, decompose};

/// Domain of the addresses that a `token` mask writes.
pub const ERASED: &str = "erased.invalid";

/// The address in what a person typed or pasted: `Anna <anna@example.org>`, `mailto:anna@example.org?subject=…`.
///
/// For input only. In a record such a text may name somebody else than the address does, so there it is no address.
pub(super) fn typed(raw: &str) -> Cow<'_, str> {
    let text = raw.trim();
    let text = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(at), Some(open)) if !open[at + 1..].contains(['<', '>']) => open[at + 1..].trim(),
        _ => text,
    };
    let Some(address) = text
        .get(..7)
        .filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
        .map(|_| &text[7..])
    else {
        return Cow::Borrowed(text);
    };
    let address = address.split('?').next().unwrap_or_default();
    percent_encoding::percent_decode_str(address).decode_utf8_lossy()
}

pub(super) fn normal(value: &str) -> Result<String, Text> {
    // The Kelvin sign becomes a plain k in lower case (Unicode CaseFolding), so one address would turn into another's.
    if value
        .rsplit_once('@')
        .is_some_and(|(local, _)| local.contains('\u{212a}'))
    {
        return Err(say::not_an_email());
    }
    let lower = value.to_lowercase();
    let (local, domain) = lower.rsplit_once('@').ok_or_else(say::not_an_email)?;
    // A name that ends at the root may say so (RFC 1034, 3.1).
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let local = local_part(local);
    let quoted = local.starts_with('"') && local.ends_with('"') && local.len() > 2;
    if local.is_empty()
        || domain.is_empty()
        || (local.contains('@') && !quoted)
        || domain.contains(char::is_whitespace)
    {
        return Err(say::not_an_email());
    }
    if (!quoted && local.contains(char::is_whitespace)) || !local.chars().any(char::is_alphanumeric)
    {
        return Err(say::not_an_email());
    }
    let ascii = idna::domain_to_ascii(domain).map_err(|_| say::not_an_email())?;
    // What anonymising wrote names nobody any more (RFC 2606 keeps `.invalid` free of people).
    if ascii == ERASED || ascii.is_empty() || ascii.contains(['%', '_', '/', '?', '#']) {
        return Err(say::not_an_email());
    }
    Ok(format!("{local}@{ascii}"))
}

/// Composed, and without quotes that change nothing: `"anna"@` is `anna@` (RFC 5321, 4.1.2).
fn local_part(local: &str) -> String {
    let local = compose(local);
    let Some(inner) = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return local;
    };
    let mut plain = String::new();
    let mut signs = inner.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => plain.extend(signs.next()),
            '"' => return local,
            sign => plain.push(sign),
        }
    }
    // RFC 5322, 3.2.3: an atom, with single dots between its parts.
    let atom = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    match plain.split('.').all(atom) {
        true => plain,
        false => local,
    }
}

/// The normalised address, and the ones with its domain in letters (RFC 5890: A-label and U-label) and its accents apart, where
/// those differ.
pub(super) fn spellings(value: &str) -> Vec<String> {
    let mut all = vec![value.to_owned()];
    if let Some((local, domain)) = value.rsplit_once('@') {
        let (unicode, _) = idna::domain_to_unicode(domain);
        if unicode != domain {
            all.push(format!("{local}@{unicode}"));
        }
        let apart = decompose(local);
        if apart != local {
            let more: Vec<String> = all
                .iter()
                .filter_map(|one| Some(format!("{apart}@{}", one.rsplit_once('@')?.1)))
                .collect();
            all.extend(more);
        }
    }
    all
}

/// Local parts that belong to a desk and not to a person (`info@`).
pub(super) fn is_of_a_desk(value: &str) -> bool {
    const DESKS: [&str; 22] = [
        "info",
        "office",
        "kontakt",
        "contact",
        "mail",
        "post",
        "service",
        "support",
        "buero",
        "büro",
        "verwaltung",
        "hello",
        "hallo",
        "sales",
        "vertrieb",
        "einkauf",
        "admin",
        "team",
        "zentrale",
        "empfang",
        "buchhaltung",
        "rechnung",
    ];
    value
        .split('@')
        .next()
        .is_some_and(|local| DESKS.contains(&local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_spelling() {
        for (written, address) in [
            ("ANNA@Example.ORG.", "anna@example.org"),
            ("\"anna\"@example.org", "anna@example.org"),
            ("\"an\\na.k\"@example.org", "anna.k@example.org"),
            ("\"anna k\"@example.org", "\"anna k\"@example.org"),
            ("\"anna@home\"@example.org", "\"anna@home\"@example.org"),
            ("mu\u{308}ller@example.org", "müller@example.org"),
            ("anna@MÜLLER.example", "anna@xn--mller-kva.example"),
            ("anna@mu\u{308}ller.example", "anna@xn--mller-kva.example"),
            ("anna+shop@example.org", "anna+shop@example.org"),
        ] {
            assert_eq!(normal(written), Ok(address.into()), "{written}");
            assert_eq!(normal(address), Ok(address.into()), "{address}");
        }
        assert_eq!(
            spellings("anna@xn--mller-kva.example"),
            ["anna@xn--mller-kva.example", "anna@müller.example"]
        );
        assert_eq!(
            spellings("jürgen@example.org"),
            ["jürgen@example.org", "ju\u{308}rgen@example.org"]
        );
    }

    #[test]
    fn other_mailboxes_stay_others() {
        for (one, other) in [
            ("anna+x@example.org", "anna@example.org"),
            ("anna.k@example.org", "annak@example.org"),
            ("müller@example.org", "mueller@example.org"),
            ("muller@example.org", "müller@example.org"),
            ("anna@müller.example", "anna@mueller.example"),
        ] {
            assert_ne!(normal(one), normal(other), "{one}");
        }
    }

    #[test]
    fn an_address_is_taken_out_of_what_people_paste() {
        for text in [
            "Anna <anna@example.org>",
            "\"Beispiel, Anna\" <anna@example.org>",
            "mailto:anna@example.org?subject=x",
            "MAILTO:anna%40example.org",
            "<anna@example.org>",
            " anna@example.org ",
            "Anna <mailto:anna@example.org>",
        ] {
            assert_eq!(typed(text), "anna@example.org", "{text}");
        }
        // In a record the words before it may name another person.
        assert!(normal("Anna <anna@example.org>").is_err());
        assert!(normal(&typed("A <a@example.org> B <b@example.org> x")).is_err());
    }
}
