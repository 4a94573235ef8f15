use proptest::prelude::*;
use serde_json::json;

use super::*;

fn clean(name: &str, text: &str) -> String {
    let about = About::field(name, "content.note");
    strip_text(about, text).0.into_owned()
}

/// Shapes of credentials, made up here.
const SHAPES_KNOWN: &[&str] = &[
    "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG",
    "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
    "$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk",
    "pbkdf2_sha256$260000$Zk3rIbLpqXhN$Yw1yrSsBKS8IQ7YpA5kPHNXUhhNwJPbW0Y9hK1kA2nE=",
    "pbkdf2:sha256:260000$tBUnnK8z$7ffe17a53fdf7a1d0d2d8a1a9c0f2a1b5b7e3f4d2c1b0a998877665544332211",
    "scrypt:32768:8:1$Ab3dEf6h$c0ffee254729296a45a3885639ac1234567890abcdef1234567890abcdef1234",
    "$6$rounds=5000$usesomesillystri$D4IrlXCKb2U3pVtjvSsuBZsMPDZoNWrzyS5Lp7k6L2zYgL1cE2C0",
    "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8",
    "$1$deadbeef$Q7g0UO4hRC0mgQUQ/qkjZ0",
    "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",
    "$P$B123456789abcdefghijklmnopqrstu",
    "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g4Q2Vt",
    "{SSHA512}Zr6b1mOq9LxTz1Xo0hVnYpQ==",
    "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19",
    "md55f4dcc3b5aa765d61d8327deb882cf99",
    "SCRAM-SHA-256$4096:c2FsdHNhbHQ=$abcDEF1234567890abcDEF1234567890:xyz=",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "Bearer abc123def456",
    "bearer mF_9.B5f-4.1JqM",
    "Authorization: Basic YW5uYTpwYXNz",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "xoxb-123456789012-abcdefghijkl",
    "glpat-abcdEFGH1234567890ab",
    "sk-abcdefghijklmnopqrstuvwx1234",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "0123456789abcdef0123456789abcdef-us21",
    "SG.abcdefghijklmnop1234.qrstuvwxyzabcdef567890",
    "otpauth://totp/Acme:anna?secret=JBSWY3DPEHPK3PXP&issuer=Acme",
    "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF\n-----END PGP PRIVATE KEY BLOCK-----",
];

/// What people write and what systems number, and nothing of it opens a door.
const ORDINARY: &[&str] = &[
    "Anna Beispiel",
    "anna.beispiel@example.org",
    "Musterstraße 12, 80331 München",
    "+49 89 1234567",
    "+4917012345678901",
    "DE89 3704 0044 0532 0130 00",
    "DE89370400440532013000",
    "AT611904300234573201",
    "550e8400-e29b-41d4-a716-446655440000",
    "507f1f77bcf86cd799439011",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "2026-03-01T14:05:00Z",
    "1700000000000000000",
    "Rechnung 2026-000123 über 1.234,56 €",
    "Der Überbringer (bearer) dieses Briefes",
    "bearer of good news",
    "basic information about the contract",
    "Kostet $20 oder $30, je nach Menge",
    "Passwort vergessen, bitte anrufen",
    "Sie hat ihr Passwort: siehe Brief",
    "https://shop.example.org/p?id=4711&ref=newsletter",
    "mailto:anna@example.org",
    "Treffen: 12:30 Uhr, Raum 4",
    "The token of our appreciation is in the post",
    "ISBN 978-3-16-148410-0",
    "Sendung 00340434161094042557",
    "1234 5678 9012 3456",
    "key account manager",
    "eyJ ist kein Wort",
    "Geheimnis des Erfolgs = Fleiß",
];

#[test]
fn no_known_shape_survives_anywhere() {
    for secret in SHAPES_KNOWN {
        for text in [
            (*secret).to_owned(),
            format!("Notiz: {secret}"),
            format!("vor\n{secret}\n nach"),
            format!("\"{secret}\""),
        ] {
            let out = clean("note", &text);
            assert!(out.contains(REMOVED), "{text} -> {out}");
            let core = secret
                .rsplit(['$', ' ', '}', '*', '\n'])
                .find(|part| part.len() > 7)
                .unwrap_or(secret);
            assert!(!out.contains(core), "{text} -> {out}");
        }
    }
}

#[test]
fn ordinary_texts_stay_as_they_are() {
    for text in ORDINARY {
        assert_eq!(clean("note", text), *text);
        assert_eq!(clean("customer_no", text), *text);
    }
}

#[test]
fn fields_go_by_their_name() {
    for name in [
        "password",
        "Passwort",
        "user_password",
        "passwordHash",
        "PASSWORD_HASH",
        "pwd",
        "kennwort",
        "api_key",
        "apiKey",
        "API-KEY",
        "session_id",
        "sessionId",
        "totp_secret",
        "otp",
        "reset_token",
        "resetToken",
        "access_token",
        "refreshToken",
        "private_key",
        "client_secret",
        "cvv",
        "pin",
        "recovery_codes",
        "security_answer",
        "remember_token",
        "mfa_secret",
        "encrypted_password",
    ] {
        assert_eq!(clean(name, "geheim"), REMOVED, "{name}");
    }
    for (name, value) in [
        ("password_changed_at", "gestern"),
        ("password_changed_at", "2026-01-01"),
        ("token_balance", "12"),
        ("has_password", "true"),
        ("passport_no", "C01X00T47"),
        ("compass", "Norden"),
        ("company", "Acme"),
        ("secretary", "Frau Muster"),
        ("pinboard", "Zettel"),
        ("spinning_class", "Montag"),
        ("key", "4711"),
        ("keyboard", "QWERTZ"),
        ("author", "Anna"),
        ("password", ""),
        ("tanning", "ja"),
        ("session_date", "Dienstag"),
        ("otpional", "x"),
        ("hash", "rote Grütze"),
        ("saltiness", "wenig"),
    ] {
        assert_eq!(clean(name, value), value, "{name}");
    }
    let digest = "5f4dcc3b5aa765d61d8327deb882cf99";
    assert_eq!(clean("hash", digest), REMOVED);
    assert_eq!(clean("row_digest", digest), REMOVED);
    assert_eq!(clean("password_hash_of_email", digest), REMOVED);
    for name in [
        "order_hash",
        "emailHash",
        "document-digest",
        "BESTELLUNG_HASH",
    ] {
        assert_eq!(clean(name, digest), digest, "{name}");
    }
    for name in ["ski_pass", "boarding_pass", "saison_pass_nr"] {
        assert_eq!(clean(name, "A-4711"), "A-4711", "{name}");
    }
    assert_eq!(clean("boarding_password", "A-4711"), REMOVED);
}

#[test]
fn secrets_in_sentences_and_addresses_go() {
    for (text, out) in [
        ("Passwort: Sommer2024!", "Passwort: [removed: credential]"),
        (
            "password = hunter2, ok",
            "password = [removed: credential], ok",
        ),
        (
            "https://x.example/reset?token=abcdef123456&lang=de",
            "https://x.example/reset?token=[removed: credential]&lang=de",
        ),
        (
            "https://anna:hunter2@x.example/",
            "https://anna:[removed: credential]@x.example/",
        ),
    ] {
        assert_eq!(clean("note", text), out);
    }
}

#[test]
fn card_numbers_keep_their_end() {
    for (text, out) in [
        ("4111111111111111", "[removed: card number ending 1111]"),
        (
            "Karte 4111 1111 1111 1111, 12/27",
            "Karte [removed: card number ending 1111], 12/27",
        ),
        ("5500-0000-0000-0004", "[removed: card number ending 0004]"),
        ("3782 822463 10005", "[removed: card number ending 0005]"),
    ] {
        assert_eq!(clean("note", text), out);
    }
    for name in [
        "order_no",
        "Bestellnummer",
        "kundenNr",
        "tracking_id",
        "imei",
        "invoice_number",
    ] {
        assert_eq!(
            clean(name, "4111111111111111"),
            "4111111111111111",
            "{name}"
        );
    }
    for name in [
        "order_note",
        "customer_card_no",
        "number",
        "order_payment_id",
    ] {
        assert_eq!(
            clean(name, "4111111111111111"),
            "[removed: card number ending 1111]",
            "{name}"
        );
    }
    let account = About::field("number", "account.id");
    assert_eq!(strip_text(account, "4111111111111111").1, 0);
    let card = json!({"card": 4_111_111_111_111_111_u64});
    let (value, count) = strip(About::default(), &card);
    assert_eq!(
        (value.to_string().as_str(), count),
        ("{\"card\":\"[removed: card number ending 1111]\"}", 1)
    );
}

#[test]
fn what_is_nested_is_found_too() {
    let value = json!({
        "profile": {"name": "Anna", "credentials": {"value": "x1", "n": [1234, "y2"], "created_at": "2026-01-01", "on": true}},
        "list": ["ok", "Bearer abc123def456"],
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig": 1,
    });
    let (clean, count) = strip(About::default(), &value);
    let text = clean.to_string();
    assert_eq!(count, 5, "{text}");
    for secret in ["x1", "1234", "y2", "abc123def456", "eyJ"] {
        assert!(!text.contains(&format!("\"{secret}")), "{secret}: {text}");
    }
    assert!(text.contains("\"Anna\"") && text.contains("2026-01-01") && text.contains("\"ok\""));
    // A second pass finds nothing more.
    assert_eq!(strip(About::default(), &clean).1, 0, "{text}");
}

proptest! {
    /// Any known secret anywhere in any text goes.
    #[test]
    fn no_secret_survives_in_any_company(
        secret in proptest::sample::select(SHAPES_KNOWN),
        before in "[a-zäöüß .,;()\n]{0,40}",
        after in "[ .,;)\n][a-zäöüß .,;()\n]{0,40}",
    ) {
        let text = format!("{before} {secret}{after}");
        let out = clean("note", &text);
        let tail = secret.lines().next().unwrap_or(secret);
        prop_assert!(!out.contains(tail), "{text} -> {out}");
    }

    /// Letters, umlauts and short numbers are never touched, whatever their order.
    #[test]
    fn names_and_addresses_are_left_alone(text in "([A-ZÄÖÜ][a-zäöüß]{1,12}[ ,.-]{1,2}){1,6}[0-9]{0,6}") {
        prop_assert_eq!(clean("note", &text), text);
    }

    /// Nothing panics, and what is marked is counted.
    #[test]
    fn any_text_is_taken(text in "\\PC{0,200}", name in "\\PC{0,20}") {
        let about = About::field(&name, "");
        let (out, count) = strip_text(about, &text);
        prop_assert_eq!(count > 0, out != text);
    }
}
