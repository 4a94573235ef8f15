//! Credentials that are known by their shape, wherever they stand.

use std::sync::LazyLock;

use regex::Regex;

/// One shape of credential: a sign without which no text has it, its pattern, and which group of it goes.
pub(super) struct Shape {
    pub(super) sign: &'static str,
    pub(super) pattern: Regex,
}

/// Each of them; the order does not matter.
pub(super) static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let shape = |sign, pattern: &str| Shape {
        sign,
        pattern: Regex::new(pattern).expect("a fixed pattern"),
    };
    vec![
        // crypt(5): bcrypt, argon2, scrypt, pbkdf2, sha-crypt, md5-crypt, yescrypt, phpass, Drupal.
        shape("$", r"\$2[abxy]?\$\d{2}\$[./A-Za-z0-9]{22,}"),
        shape(
            "$",
            r"\$(?:argon2(?:id|i|d)|scrypt|pbkdf2(?:-[a-z0-9]+)?|bcrypt(?:-sha256)?|balloon)\$[^\s\x22'<>]{8,}",
        ),
        shape(
            "$",
            r"\$(?:1|5|6|7|apr1|sha1|md5|y|gy|s0|e0801)\$[^\s\x22'<>,;]{20,}",
        ),
        shape("$", r"\$[PHS]\$[./A-Za-z0-9]{28,}"),
        // Django, Werkzeug, PostgreSQL.
        shape(
            "$",
            r"\b(?:pbkdf2|bcrypt|argon2|scrypt|sha1|md5|sha256|sha512)[_:][A-Za-z0-9_:]*\$[^\s\x22'<>,;]{16,}",
        ),
        shape(
            "$",
            r"\b(?:sha1|md5|sha256|argon2|bcrypt)\$[^\s\x22'<>,;]{16,}",
        ),
        shape("SCRAM-SHA-", r"SCRAM-SHA-(?:1|256|512)\$[^\s\x22'<>]{16,}"),
        shape(
            "}",
            r"\{(?i:s?sha|ssha256|ssha512|sha256|sha512|s?md5|crypt|pbkdf2[a-z0-9-]*|argon2|bcrypt)\}[^\s\x22'<>,;]{8,}",
        ),
        // MySQL, PostgreSQL.
        shape("*", r"\*[0-9A-F]{40}\b"),
        shape("md5", r"\bmd5[0-9a-f]{32}\b"),
        // RFC 7468, OpenPGP, PuTTY; also one that is cut off.
        shape(
            "PRIVATE KEY",
            r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)",
        ),
        shape("PuTTY-User-Key-File", r"(?s)PuTTY-User-Key-File-\d.*"),
        shape("AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[A-Z0-9]{20,}"),
        // RFC 7515 and 7516: a JSON object in base64 begins with eyJ.
        shape("eyJ", r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}"),
        // RFC 6750; the digit tells a token from a word.
        shape(
            "earer",
            r"\b[Bb]earer\s+[A-Za-z._~+/-]*[0-9][A-Za-z0-9._~+/-]{4,}=*",
        ),
        shape(
            "EARER",
            r"\bBEARER\s+[A-Za-z._~+/-]*[0-9][A-Za-z0-9._~+/-]{4,}=*",
        ),
        shape("earer", r"\b[Bb]earer\s+[A-Za-z0-9._~+/-]{20,}=*"),
        shape(
            "uthorization",
            r"(?i)\bauthorization\s*[:=]\s*(?:basic|digest|bearer|token)\s+[^\s\x22'<>,;]{6,}",
        ),
        shape("asic", r"\b[Bb]asic\s+[A-Za-z0-9+/]{12,}={1,2}"),
        // Keys of providers, which announce themselves so that they can be found.
        shape("_", r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}"),
        shape(
            "_",
            r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|npm_[A-Za-z0-9]{30,}|whsec_[A-Za-z0-9+/=]{16,}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{24,}|dop_v1_[a-f0-9]{40,}|hf_[A-Za-z0-9]{30,})",
        ),
        shape(
            "-",
            r"\b(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|glpat-[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9_-]{20,}|pat-[a-z0-9]{2,4}-[a-f0-9-]{30,})",
        ),
        shape("-us", r"\b[0-9a-f]{32}-us\d{1,2}\b"),
        shape("A", r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"),
        shape("AIza", r"\bAIza[A-Za-z0-9_-]{30,}"),
        shape("SG.", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
        shape("ya29.", r"\bya29\.[A-Za-z0-9_-]{20,}"),
        // TOTP set-up, with the secret inside.
        shape("otpauth", r"(?i)otpauth(?:-migration)?://[^\s\x22'<>]+"),
        // Whoever has such an address is logged in.
        shape(
            "=",
            r"(?i)[?&;#](?:access_?token|id_token|refresh_token|reset_?token|reset_password_token|confirmation_token|invitation_token|auth_?token|token|api_?key|sig|signature|x-amz-signature|password|passwort|pwd|sid|session_?id|session|phpsessid|jsessionid|secret|otp|magic|key)=(?P<v>[^&\s#\x22'<>]{6,})",
        ),
        shape("@", r"://[^/\s:@]*:(?P<v>[^/\s@]+)@"),
        // A word and its value, as people write them into notes.
        shape(
            "",
            r#"(?i)\b(?:pass(?:word|wort|wd|phrase)|kennwort|pwd|api[ _-]?key|(?:client|api)[ _-]?secret|(?:access|refresh|reset|session|auth|api)[ _-]?token|session[ _-]?id|totp[ _-]?secret|phpsessid|jsessionid)["']?\s*(?:[:=]|lautet|ist|is)\s*["']?(?P<v>[^\s"',;<>]*[0-9!$%&*+#=_~^/\\?§@-][^\s"',;<>]*)"#,
        ),
    ]
});
