//! What an engine needs to reach its system; secrets by reference only.

use std::collections::BTreeMap;

use url::Url;

use crate::connector::definition::{SettingKind, SettingRule};
use crate::connector::grammar::{mapping, text};
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::values::none_of;
use crate::inventory::{CsvSettings, Setting};
use crate::messages::{
    Text, inventory as say, ldap as say_ldap, secret as say_secret, yaml as say_yaml,
};
use crate::secret::{self, Reference};
use crate::yaml::{Name, Node, Value, error, nearest};

/// Settings by name, and where each stands.
pub(super) type Stated = BTreeMap<String, (Setting, Place)>;

/// Takes `settings` apart: plain values and references. `known` names the settings, `secrets` those that must be references;
/// names that are neither and sound like a secret must be as well (E114, E120).
pub(super) fn stated(
    node: Option<&Node>,
    known: &[&str],
    secrets: impl Fn(&str) -> bool,
    errors: &mut Vec<Diagnostic>,
) -> Stated {
    let mut out = Stated::new();
    let Some(entries) = node.and_then(|node| mapping(node, errors)) else {
        return out;
    };
    for (name, node) in entries {
        let is_known = known.contains(&name.text.as_str());
        let must_hide = secrets(&name.text) || (!is_known && secret::sounds_secret(&name.text));
        let Some(setting) = setting(name, node, must_hide, errors) else {
            continue;
        };
        if is_known {
            out.insert(name.text.clone(), (setting, node.place.clone()));
        } else {
            errors.push(unknown(name, known));
        }
    }
    out
}

fn unknown(name: &Name, known: &[&str]) -> Diagnostic {
    let wrong = error("E120", say_yaml::unknown_key(&name.text)).at(name.place.clone());
    match nearest(&name.text, known.iter().copied()) {
        Some(near) => wrong.help(say_yaml::did_you_mean(near)),
        None => wrong.help(say_yaml::known_keys(known.join(", "))),
    }
}

fn setting(
    name: &Name,
    node: &Node,
    must_hide: bool,
    errors: &mut Vec<Diagnostic>,
) -> Option<Setting> {
    if let Some(value) = node.scalar() {
        // A file of a key is named; the key itself has no place here, whatever the setting is called.
        if must_hide || value.contains("PRIVATE KEY-----") {
            errors.push(literal(&name.text, &value, node.place.clone()));
            return None;
        }
        return Some(Setting::Plain(value));
    }
    reference(node, errors).map(Setting::Secret)
}

/// `{ secret: "env:NAME" }` or `{ secret: { command: […] } }`; for the seal's key also the bare text.
pub(super) fn reference(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Reference> {
    let inner = match node.map() {
        Some([(name, inner)]) if name.text == "secret" => inner,
        Some(_) => {
            errors.push(no_reference(
                say_secret::not_a_reference(),
                node.place.clone(),
            ));
            return None;
        }
        None => node,
    };
    match inner.map() {
        Some([(name, argv)]) if name.text == "command" && argv.list().is_some() => {
            // An argument may stand twice, unlike a name.
            let items = argv.list().unwrap_or_default();
            let argv: Option<Vec<String>> = items.iter().map(|item| text(item, errors)).collect();
            let argv = argv?;
            if argv.first().is_none_or(|program| program.trim().is_empty()) {
                errors.push(no_reference(
                    say_secret::not_a_reference(),
                    inner.place.clone(),
                ));
                return None;
            }
            Some(Reference::Command(argv))
        }
        Some(_) => {
            errors.push(no_reference(
                say_secret::not_a_reference(),
                inner.place.clone(),
            ));
            None
        }
        None => {
            let stated = text(inner, errors)?;
            Reference::parse(&stated)
                .map_err(|reason| {
                    // Whoever writes `secret: hunter2` has written a secret.
                    if reason == say_secret::not_a_reference() {
                        secret::remember(&stated);
                    }
                    errors.push(no_reference(reason, inner.place.clone()));
                })
                .ok()
        }
    }
}

/// A secret written out (E114). It is registered, so that the line can be shown without it.
fn literal(name: &str, value: &str, place: Place) -> Diagnostic {
    secret::remember(value);
    error("E114", say::literal_secret(name))
        .at(place)
        .why(say::literal_secret_why())
        .help(say::literal_secret_help())
}

fn no_reference(what: Text, place: Place) -> Diagnostic {
    error("E114", what)
        .at(place)
        .help(say_secret::references_are())
}

/// PostgreSQL: a URL, and how TLS is checked.
pub(super) fn postgres(
    node: Option<&Node>,
    needed: bool,
    here: &Place,
    errors: &mut Vec<Diagnostic>,
) -> Stated {
    server(node, needed, here, &["postgres", "postgresql"], errors)
}

/// MariaDB and MySQL: the same as for PostgreSQL.
pub(super) fn mysql(
    node: Option<&Node>,
    needed: bool,
    here: &Place,
    errors: &mut Vec<Diagnostic>,
) -> Stated {
    server(node, needed, here, &["mysql", "mariadb"], errors)
}

/// A database behind a line, whose URL begins with one of `schemes`.
fn server(
    node: Option<&Node>,
    needed: bool,
    here: &Place,
    schemes: &[&str; 2],
    errors: &mut Vec<Diagnostic>,
) -> Stated {
    const KNOWN: [&str; 5] = ["url", "tls", "ca_file", "client_cert", "client_key"];
    let out = stated(node, &KNOWN, |_| false, errors);
    if needed && !has(node, "url") {
        let line = "url: { secret: \"env:SHOP_DATABASE_URL\" }";
        errors.push(missing("url", line, node, here));
    }
    if let Some((Setting::Plain(tls), place)) = out.get("tls")
        && tls != "verify"
    {
        errors.push(none_of(tls, &["verify"], place.clone()).help(say::tls_words()));
    }
    if let Some((Setting::Plain(url), place)) = out.get("url") {
        let parsed = Url::parse(url).ok();
        let password = parsed.as_ref().and_then(|url| {
            let in_query = url.query_pairs().find(|(name, _)| name == "password");
            let in_query = in_query.map(|(_, value)| value.into_owned());
            url.password().map(str::to_owned).or(in_query)
        });
        let scheme = parsed.as_ref().map_or("", |url| url.scheme());
        if let Some(password) = password {
            // The URL holds it percent-encoded, which is how it stands in the line.
            errors.push(literal("url", &password, place.clone()));
        } else if !schemes.contains(&scheme) {
            if url.to_lowercase().contains("password") {
                errors.push(literal("url", url, place.clone()));
            } else {
                let form = format!("{}://user@host/database", schemes[0]);
                errors.push(bad_url(&form, place.clone()));
            }
        }
    }
    out
}

/// SQLite: the file.
pub(super) fn sqlite(
    node: Option<&Node>,
    needed: bool,
    here: &Place,
    errors: &mut Vec<Diagnostic>,
) -> Stated {
    let out = stated(node, &["path"], |_| false, errors);
    if needed && !has(node, "path") {
        errors.push(missing("path", "path: \"shop.db\"", node, here));
    }
    out
}

/// A directory: its address, who asks, and how TLS is checked (E112, E117, E190).
pub(super) fn ldap(
    node: Option<&Node>,
    needed: bool,
    here: &Place,
    errors: &mut Vec<Diagnostic>,
) -> Stated {
    const KNOWN: [&str; 5] = ["url", "user", "password", "ca_file", "starttls"];
    let out = stated(node, &KNOWN, |name| name == "password", errors);
    let plain = |name: &str| match out.get(name) {
        Some((Setting::Plain(value), place)) => Some((value.as_str(), place)),
        _ => None,
    };
    let url = plain("url").and_then(|(url, place)| Some((Url::parse(url).ok()?, place)));
    let on_socket = url.as_ref().is_some_and(|(url, _)| url.scheme() == "ldapi");
    if needed {
        for (name, line) in [
            ("url", "url: \"ldaps://dc1.example.org\""),
            ("user", "user: \"cn=dsr,ou=services,dc=example,dc=org\""),
            (
                "password",
                "password: { secret: \"env:DIRECTORY_PASSWORD\" }",
            ),
        ] {
            if !(has(node, name) || on_socket && name != "url") {
                errors.push(missing(name, line, node, here));
            }
        }
    }
    let starts = match plain("starttls") {
        Some((word, place)) => {
            let starts = crate::connector::ldap::starts_tls(word);
            if starts.is_none() {
                let wrong = error("E117", say_ldap::bad_starttls(word)).at(place.clone());
                errors.push(wrong.help(say_ldap::bad_starttls_help()));
            }
            starts.unwrap_or(true)
        }
        None => false,
    };
    let Some((stated, place)) = plain("url") else {
        return out;
    };
    let wrong_form = || {
        error("E112", say::bad_url())
            .at(place.clone())
            .help(say_ldap::url_form())
    };
    let Some((url, _)) = url else {
        errors.push(match stated.to_lowercase().contains("password") {
            true => literal("url", stated, place.clone()),
            false => wrong_form(),
        });
        return out;
    };
    let host = url.host_str().unwrap_or_default();
    if let Some(password) = url.password() {
        errors.push(literal("url", password, place.clone()));
        return out;
    }
    let bare =
        ["", "/"].contains(&url.path()) && url.query().is_none() && url.username().is_empty();
    if !["ldap", "ldaps", "ldapi"].contains(&url.scheme()) || !bare || host.is_empty() {
        errors.push(wrong_form());
        return out;
    }
    let here = crate::connector::ldap::is_loopback(host);
    match url.scheme() {
        "ldap" if !starts && !here => errors.push(
            error("E190", say_ldap::insecure(host))
                .at(place.clone())
                .why(say_ldap::insecure_why())
                .help(say_ldap::insecure_help()),
        ),
        "ldaps" | "ldapi" if starts => errors.push(
            error("E117", say_ldap::needless_starttls())
                .at(place.clone())
                .help(say_ldap::needless_starttls_help()),
        ),
        _ => {}
    }
    out
}

/// CSV: which files, and how they are written.
pub(super) fn csv(
    node: Option<&Node>,
    needed: bool,
    here: &Place,
    errors: &mut Vec<Diagnostic>,
) -> (CsvSettings, Stated) {
    let out = stated(node, &["path", "delimiter", "encoding"], |_| false, errors);
    let mut csv = CsvSettings {
        path: String::new(),
        delimiter: b',',
        encoding: encoding_rs::UTF_8,
    };
    let mut wrong = |what: Text, help: Text, place: &Place| {
        errors.push(error("E117", what).at(place.clone()).help(help));
    };
    if let Some((Setting::Plain(path), place)) = out.get("path") {
        if path.trim().is_empty() || glob::Pattern::new(path).is_err() {
            wrong(say::bad_pattern(), say::bad_pattern_help(), place);
        }
        csv.path.clone_from(path);
    }
    if let Some((Setting::Plain(sign), place)) = out.get("delimiter") {
        match sign.as_bytes() {
            [byte] if is_delimiter(*byte) => csv.delimiter = *byte,
            _ => wrong(say::bad_delimiter(), say::delimiters_are(), place),
        }
    }
    if let Some((Setting::Plain(label), place)) = out.get("encoding") {
        match encoding_rs::Encoding::for_label(label.as_bytes()) {
            // The others are read by decoders that nothing can write for.
            Some(encoding)
                if encoding.output_encoding() == encoding
                    || encoding == encoding_rs::UTF_16LE
                    || encoding == encoding_rs::UTF_16BE =>
            {
                csv.encoding = encoding;
            }
            _ => wrong(say::bad_encoding(label), say::encodings_are(), place),
        }
    }
    for (name, (setting, place)) in &out {
        if matches!(setting, Setting::Secret(_)) {
            wrong(say::not_secret(name), say::not_secret_help(), place);
        }
    }
    if needed && !has(node, "path") {
        errors.push(missing("path", "path: \"events/*.csv\"", node, here));
    }
    (csv, out)
}

fn is_delimiter(byte: u8) -> bool {
    byte == b'\t' || (byte.is_ascii_graphic() && !byte.is_ascii_alphanumeric() && byte != b'"')
}

/// A connector's settings against what its file declares (E112, E114, E116, E117, E120).
pub(super) fn declared(
    node: Option<&Node>,
    declared: &BTreeMap<String, SettingRule>,
    system: (bool, bool),
    here: &Place,
    errors: &mut Vec<Diagnostic>,
) -> Stated {
    let (needed, insecure_http) = system;
    let known: Vec<&str> = declared.keys().map(String::as_str).collect();
    let is_secret = |name: &str| declared.get(name).is_some_and(|one| one.secret);
    let out = stated(node, &known, is_secret, errors);
    for (name, one) in declared {
        match out.get(name) {
            None if needed && one.is_required() && !has(node, name) => {
                let line = match (one.secret, one.kind) {
                    (true, _) => format!("{name}: {{ secret: \"env:{}\" }}", name.to_uppercase()),
                    (_, SettingKind::Url) => format!("{name}: \"https://…\""),
                    _ => format!("{name}: …"),
                };
                errors.push(missing(name, line, node, here));
            }
            Some((Setting::Secret(_), place)) if !one.secret => errors.push(
                error("E117", say::not_secret(name))
                    .at(place.clone())
                    .help(say::not_secret_help()),
            ),
            Some((Setting::Plain(value), place)) => {
                errors.extend(misfit(name, value, one, insecure_http, place));
            }
            _ => {}
        }
    }
    out
}

/// What is wrong with a plain value.
fn misfit(
    name: &str,
    value: &str,
    declared: &SettingRule,
    insecure_http: bool,
    place: &Place,
) -> Option<Diagnostic> {
    let wrong_form = |form: Text| {
        error("E117", say::not_of_form(name, form))
            .at(place.clone())
            .help(say::not_of_form_help())
    };
    match declared.kind {
        SettingKind::Url => return misfit_url(value, insecure_http, place),
        SettingKind::Integer if value.parse::<i64>().is_err() => {
            return Some(wrong_form(say::form_integer()));
        }
        SettingKind::Boolean if !["true", "false"].contains(&value) => {
            return Some(wrong_form(say::form_boolean()));
        }
        _ => {}
    }
    if !declared.one_of.is_empty() && !declared.one_of.iter().any(|one| one == value) {
        let known: Vec<&str> = declared.one_of.iter().map(String::as_str).collect();
        return Some(none_of(value, &known, place.clone()));
    }
    match &declared.pattern {
        Some(pattern) if !pattern.is_match(value) => Some(wrong_form(Text::same(pattern.as_str()))),
        _ => None,
    }
}

/// A base URL: https unless on this machine or allowed, nothing but scheme, host and path (E112).
fn misfit_url(value: &str, insecure_http: bool, place: &Place) -> Option<Diagnostic> {
    let Ok(url) = Url::parse(value) else {
        return Some(bad_url("https://host/path", place.clone()));
    };
    if url.password().is_some() {
        return Some(literal(
            "url",
            url.password().unwrap_or_default(),
            place.clone(),
        ));
    }
    if !url.username().is_empty() || url.query().is_some() || url.fragment().is_some() {
        let wrong = error("E112", say::bad_url_parts()).at(place.clone());
        return Some(wrong.help(say::bad_url_parts_help()));
    }
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => None,
        "http" if loopback || insecure_http => None,
        "http" => Some(
            error("E112", say::plain_http())
                .at(place.clone())
                .why(say::plain_http_why())
                .help(say::plain_http_help()),
        ),
        _ => Some(bad_url("https://host/path", place.clone())),
    }
}

fn bad_url(form: &str, place: Place) -> Diagnostic {
    error("E112", say::bad_url())
        .at(place)
        .help(say::bad_url_help(form))
}

/// Whether the key is there at all; if its value was wrong, that has been said.
pub(super) fn has(node: Option<&Node>, key: &str) -> bool {
    let entries = node.and_then(Node::map).unwrap_or_default();
    entries
        .iter()
        .any(|(name, value)| name.text == key && !matches!(value.value, Value::Null))
}

pub(super) fn missing(
    name: &str,
    line: impl Into<String>,
    node: Option<&Node>,
    here: &Place,
) -> Diagnostic {
    let place = node.map_or(here, |node| &node.place);
    error("E116", say::missing_setting(name))
        .at(place.clone())
        .help(say::missing_setting_help(line.into()))
}
