//! Credentials that are known by the name of their field, and values that are none whatever their field is called.

use crate::package::credentials::REMOVED;

/// Whether a field of this name holds a credential: one of its words says so, and none says that it only speaks of one.
pub(super) fn sounds(name: &str) -> bool {
    const ALONE: &[&str] = &[
        "password",
        "passwords",
        "passwort",
        "passwd",
        "passphrase",
        "kennwort",
        "kennworte",
        "pwd",
        "pw",
        "pass",
        "secret",
        "secrets",
        "geheimnis",
        "token",
        "tokens",
        "apikey",
        "apikeys",
        "totp",
        "otp",
        "hotp",
        "mfa",
        "cvv",
        "cvc",
        "cvv2",
        "csc",
        "pin",
        "puk",
        "tan",
        "salt",
        "jwt",
        "bearer",
        "credential",
        "credentials",
        "zugangsdaten",
        "authkey",
        "privatekey",
        "sessionid",
        "sessid",
        "phpsessid",
        "jsessionid",
        "passhash",
    ];
    const PAIRS: &[(&str, &str)] = &[
        ("api", "key"),
        ("private", "key"),
        ("access", "key"),
        ("auth", "key"),
        ("secret", "key"),
        ("encryption", "key"),
        ("signing", "key"),
        ("ssh", "key"),
        ("session", "id"),
        ("session", "key"),
        ("session", "cookie"),
        ("auth", "cookie"),
        ("recovery", "code"),
        ("recovery", "codes"),
        ("backup", "code"),
        ("backup", "codes"),
        ("reset", "code"),
        ("verification", "code"),
        ("activation", "code"),
        ("security", "answer"),
        ("security", "code"),
        ("geheime", "antwort"),
    ];
    const ABOUT: &[&str] = &[
        "at",
        "on",
        "date",
        "datum",
        "changed",
        "change",
        "geaendert",
        "updated",
        "expires",
        "expiry",
        "expired",
        "until",
        "count",
        "attempts",
        "attempt",
        "tries",
        "length",
        "policy",
        "required",
        "enabled",
        "type",
        "status",
        "age",
        "name",
        "version",
        "algorithm",
        "algo",
        "balance",
        "method",
        "days",
        "created",
        "hint",
    ];
    let words = words(name);
    let is_about = words.iter().any(|word| ABOUT.contains(&word.as_str()));
    // A pass for a train or a mountain opens no account.
    const JOURNEYS: &[&str] = &[
        "ski", "season", "saison", "boarding", "travel", "reise", "museum", "festival", "bus",
        "train", "day", "tages", "monats", "jahres",
    ];
    let travels = words.iter().any(|word| JOURNEYS.contains(&word.as_str()));
    let alone = |word: &String| ALONE.contains(&word.as_str()) && !(travels && word == "pass");
    let says = words.iter().any(alone)
        || words
            .windows(2)
            .any(|pair| PAIRS.contains(&(pair[0].as_str(), pair[1].as_str())));
    let joined = words.concat();
    let inside = [
        "password",
        "passwort",
        "kennwort",
        "passwd",
        "apikey",
        "privatekey",
        "accesstoken",
        "refreshtoken",
        "resettoken",
        "sessiontoken",
        "clientsecret",
    ];
    (says || inside.iter().any(|part| joined.contains(part))) && !is_about
}

/// Whether a field of this name holds a digest of what may be a credential; of an order, a file or an address it is a number like others.
pub(super) fn digests(name: &str) -> bool {
    const THINGS: &[&str] = &[
        "order",
        "bestellung",
        "auftrag",
        "invoice",
        "rechnung",
        "file",
        "datei",
        "document",
        "dokument",
        "content",
        "image",
        "bild",
        "photo",
        "foto",
        "email",
        "mail",
        "address",
        "adresse",
        "phone",
        "telefon",
        "transaction",
        "commit",
        "url",
    ];
    let words = words(name);
    let is_one_of = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    is_one_of(&["hash", "digest"]) && !is_one_of(THINGS)
}

/// Whether a field of this name holds a number of a system's own, such as that of an order, and not that of a card.
pub(super) fn counts(name: &str) -> bool {
    const THINGS: &[&str] = &[
        "order",
        "bestell",
        "bestellung",
        "auftrag",
        "auftrags",
        "invoice",
        "rechnung",
        "rechnungs",
        "customer",
        "kunde",
        "kunden",
        "contract",
        "vertrag",
        "vertrags",
        "tracking",
        "shipment",
        "parcel",
        "sendung",
        "sendungs",
        "paket",
        "ticket",
        "booking",
        "buchung",
        "buchungs",
        "serial",
        "device",
    ];
    const NUMBERS: &[&str] = &["no", "nr", "number", "nummer", "id", "code"];
    const ALONE: &[&str] = &["imei", "iccid", "ean", "gtin", "barcode", "seriennummer"];
    const CARDS: &[&str] = &[
        "card",
        "karte",
        "karten",
        "kreditkarte",
        "pan",
        "payment",
        "zahlung",
    ];
    let words = words(name);
    let is_one_of = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let joined = words.last().and_then(|word| {
        let thing = word
            .strip_suffix("nummer")
            .or_else(|| word.strip_suffix("nr"))?;
        THINGS.contains(&thing).then_some(())
    });
    let says = is_one_of(THINGS) && words.last().is_some_and(|w| NUMBERS.contains(&w.as_str()));
    (says || joined.is_some() || is_one_of(ALONE)) && !is_one_of(CARDS)
}

/// `userPasswordHash2` and `USER_PASSWORD-HASH` are user, password, hash.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_lowercase();
        if begins || !c.is_alphanumeric() {
            out.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = out.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    out.retain(|word| !word.is_empty());
    out
}

/// Yes, no and days are no secrets, whatever their field is called.
pub(super) fn is_word_or_day(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "true", "false", "yes", "no", "ja", "nein", "null", "none", "0", "1", "t", "f", "active",
        "inactive",
    ];
    let day = text
        .split_at_checked(10)
        .is_some_and(|(day, _)| day.parse::<jiff::civil::Date>().is_ok());
    day || text == REMOVED || WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// MD5 to SHA-512 in hex or base64.
pub(super) fn is_digest(text: &str) -> bool {
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
    let base64 = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=-_".contains(&b));
    (hex && [32, 40, 48, 56, 64, 96, 128].contains(&text.len()))
        || (base64 && [24, 28, 44, 64, 88].contains(&text.len()) && text.ends_with('='))
}
