//! How proof is kept: the key that seals, who vouches for the time, where the log's checkpoints go, who may open commitments.
//!
//! Addresses and names of secrets only; what lies behind them is looked at when a bundle is made, and by `check`.

use std::path::Path;
use std::str::FromStr as _;

use crate::connector::grammar::{mapping, text};
use crate::connector::process::content;
use crate::connector::rest::is_loopback;
use crate::diagnostic::{Diagnostic, Place};
use crate::inventory::settings::reference;
use crate::inventory::values::{is_label, period};
use crate::inventory::{EvidenceSettings, LogSettings, SealSource, Signer, TimeAuthority};
use crate::keys::Digest;
use crate::messages::{inventory as say, openings, seal as words, stamp as say_stamp};
use crate::secret::{self, Reference};
use crate::yaml::{Fields, Node, error};

pub(super) fn evidence(
    node: &Node,
    folder: &Path,
    errors: &mut Vec<Diagnostic>,
) -> EvidenceSettings {
    let mut out = EvidenceSettings::default();
    let Some(mut top) = Fields::of(node, errors) else {
        return out;
    };
    if let Some(node) = top.optional("seal") {
        seal(node, folder, &mut out, top.errors());
    }
    if let Some(node) = top.optional("tsa") {
        authorities(node, &mut out, top.errors());
    }
    if let Some(node) = top.optional("recipients") {
        recipients(node, &mut out, top.errors());
    }
    if let Some(node) = top.optional("log") {
        log(node, &mut out.log, top.errors());
    }
    let keep = top.raw("keep");
    out.keep = keep.and_then(|node| period(node, top.errors()));
    top.finish();
    out
}

/// The key that seals: one of `key`, `pkcs12` and `command`, with what belongs to it.
fn seal(node: &Node, folder: &Path, out: &mut EvidenceSettings, errors: &mut Vec<Diagnostic>) {
    let Some(mut seal) = Fields::of(node, errors) else {
        return;
    };
    let key = seal.optional("key");
    let pkcs12 = seal.optional("pkcs12");
    let command = seal.optional("command");
    let passphrase = seal.optional("passphrase");
    let certificate = seal.optional("certificate");
    let mut wrong = Vec::new();
    let stated: Vec<(&str, &Node)> = [("key", key), ("pkcs12", pkcs12), ("command", command)]
        .into_iter()
        .filter_map(|(name, node)| Some((name, node?)))
        .collect();
    if let [(first, _), (second, second_node), ..] = stated.as_slice() {
        wrong.push(two_keys(first, second, second_node.place.clone()));
    }
    let unfit = |name: &str, node: &Node, needs: &str| {
        error("E681", words::unfit(name))
            .at(node.place.clone())
            .help(words::unfit_help(name, needs))
    };
    if let Some(node) = passphrase.filter(|_| key.is_none() && pkcs12.is_none()) {
        wrong.push(unfit("passphrase", node, "key, pkcs12"));
    }
    if let Some(node) = certificate.filter(|_| key.is_none() && command.is_none()) {
        wrong.push(unfit("certificate", node, "key, command"));
    }
    if let (Some(node), None) = (command, certificate) {
        wrong.push(
            error("E682", words::no_certificate())
                .at(node.place.clone())
                .help(words::no_certificate_help()),
        );
    }
    let is_sound = wrong.is_empty();
    let errors = seal.errors();
    errors.extend(wrong);
    let key = key.and_then(|node| reference(node, errors));
    let passphrase = passphrase.and_then(|node| reference(node, errors));
    let pkcs12 = pkcs12.and_then(|node| file(node, errors));
    let certificate = certificate.and_then(|node| path(node, errors));
    let command = command.and_then(|node| signer(node, folder, errors));
    if is_sound {
        out.seal = match (key, pkcs12, command) {
            (Some(key), ..) => SealSource::Key {
                key,
                passphrase,
                certificate,
            },
            (_, Some(file), _) => SealSource::Pkcs12 { file, passphrase },
            (.., Some((command, files))) => SealSource::Command(Signer {
                command,
                files,
                certificate: certificate.unwrap_or_default(),
            }),
            _ => SealSource::Workspace,
        };
    }
    seal.finish();
}

fn two_keys(first: &str, second: &str, place: Place) -> Diagnostic {
    error("E680", words::two_keys(first, second))
        .at(place)
        .help(words::two_keys_help())
}

/// The path of a file, in words that a key itself would never be.
fn path(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<String> {
    let stated = text(node, errors)?;
    let is_path = !stated.trim().is_empty() && !stated.contains(['\n', '\0']);
    if !is_path {
        // Whoever wrote the key itself must not read it in the error.
        stated.lines().for_each(secret::remember);
        errors.push(
            error("E683", words::no_path())
                .at(node.place.clone())
                .help(words::no_path_help()),
        );
    }
    is_path.then_some(stated)
}

/// A file whose bytes are taken whole: a path, or `credential:NAME`.
fn file(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Reference> {
    let stated = path(node, errors)?;
    match Reference::parse(&stated) {
        Ok(known @ (Reference::File(_) | Reference::Credential(_))) => Some(known),
        _ => Some(Reference::File(stated.into())),
    }
}

/// The words of the program that signs, and the files among them.
#[allow(
    clippy::type_complexity,
    reason = "words, and files with their digests"
)]
fn signer(
    node: &Node,
    folder: &Path,
    errors: &mut Vec<Diagnostic>,
) -> Option<(Vec<String>, Vec<(String, Digest)>)> {
    let items = node.list().unwrap_or(std::slice::from_ref(node));
    // An argument may stand twice, unlike a name.
    let argv: Option<Vec<String>> = items.iter().map(|item| text(item, errors)).collect();
    let argv = argv.filter(|argv| argv.first().is_some_and(|word| !word.trim().is_empty()))?;
    let mut files: Vec<(String, Digest)> = Vec::new();
    let mut unreadable = false;
    for (nth, word) in argv.iter().enumerate() {
        let file = folder.join(word);
        let is_program = nth == 0 && word.contains('/');
        if files.iter().any(|(known, _)| known == word)
            || !(is_program || file.is_file() && !is_secret(Path::new(word), &file))
        {
            continue;
        }
        match content(&file) {
            Ok(bytes) => files.push((word.clone(), Digest::sha256(&bytes))),
            Err(why) => {
                unreadable = true;
                errors.push(
                    error("E684", words::unreadable_program(word, why))
                        .at(node.place.clone())
                        .help(words::unreadable_program_help()),
                );
            }
        }
    }
    if files.is_empty() && !unreadable {
        errors.push(
            error("E685", words::no_program_of_its_own())
                .at(node.place.clone())
                .help(words::no_program_of_its_own_help()),
        );
    }
    (!files.is_empty()).then_some((argv, files))
}

/// Whether a file elsewhere is for its owner's eyes, such as a PIN. Its digest in `dsr.lock` would be as good as the PIN.
#[cfg(unix)]
fn is_secret(word: &Path, file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    word.is_absolute() && fs_err::metadata(file).is_ok_and(|about| about.mode() & 0o177 == 0)
}

#[cfg(not(unix))]
fn is_secret(word: &Path, file: &Path) -> bool {
    word.is_absolute() && fs_err::metadata(file).is_ok_and(|about| about.len() < 256)
}

/// The log over all cases: its key, and where its checkpoints go.
fn log(node: &Node, out: &mut LogSettings, errors: &mut Vec<Diagnostic>) {
    let Some(mut log) = Fields::of(node, errors) else {
        return;
    };
    let key = log.optional("key");
    out.key = key.and_then(|node| reference(node, log.errors()));
    let mut texts = |name: &'static str| -> Vec<String> {
        let Some(node) = log.optional(name) else {
            return Vec::new();
        };
        let items = node.list().unwrap_or(std::slice::from_ref(node));
        items
            .iter()
            .filter_map(|item| text(item, log.errors()))
            .collect()
    };
    out.copy_to = texts("copy_to").into_iter().map(Into::into).collect();
    out.command = texts("command");
    log.finish();
}

/// Time-stamping authorities, in the order in which they are asked: an address each, or what it takes beside the address.
fn authorities(node: &Node, out: &mut EvidenceSettings, errors: &mut Vec<Diagnostic>) {
    for item in node.list().unwrap_or(std::slice::from_ref(node)) {
        out.tsa.extend(match item.map() {
            Some(_) => authority(item, errors),
            None => text(item, errors).map(|url| {
                address(&url, item, errors);
                TimeAuthority::at(url)
            }),
        });
    }
}

fn authority(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<TimeAuthority> {
    let mut fields = Fields::of(node, errors)?;
    let url = fields.required("url")?;
    let mut out = TimeAuthority::at(text(url, fields.errors())?);
    let url = address(&out.url, url, fields.errors());
    let mut take = |name| {
        let node = fields.optional(name)?;
        Some((text(node, fields.errors())?, node))
    };
    out.ca = take("ca").map(|(path, _)| path.into());
    out.user = take("user").map(|(user, _)| user);
    out.certificate = take("certificate").map(|(path, _)| path.into());
    let policy = take("policy");
    let mut secret = |name| {
        let node = fields.optional(name)?;
        Some((reference(node, fields.errors())?, node))
    };
    let password = secret("password");
    let key = secret("key");
    let mut wrong = |what, node: &Node, help| {
        let place = node.place.clone();
        fields
            .errors()
            .push(error("E149", what).at(place).help(help));
    };
    if let Some((text, node)) = policy {
        if const_oid::ObjectIdentifier::new(&text).is_err() {
            wrong(say_stamp::bad_policy(), node, say_stamp::bad_policy_help());
        }
        out.policy = Some(text);
    }
    for (there, missing, name) in [
        (out.user.is_some(), password.is_none(), "password"),
        (password.is_some(), out.user.is_none(), "user"),
        (out.certificate.is_some(), key.is_none(), "key"),
        (key.is_some(), out.certificate.is_none(), "certificate"),
    ] {
        if there && missing {
            let what = say_stamp::half_of_a_pair(name);
            wrong(what, node, say_stamp::half_of_a_pair_help());
        }
    }
    let in_clear = |url: &url::Url| url.scheme() == "http" && !is_loopback(url);
    if let Some((_, node)) = &password
        && url.as_ref().is_some_and(in_clear)
    {
        let help = say_stamp::password_in_clear_help();
        wrong(say_stamp::password_in_clear(), node, help);
    }
    out.password = password.map(|(reference, _)| reference);
    out.key = key.map(|(reference, _)| reference);
    fields.finish();
    Some(out)
}

fn address(text: &str, node: &Node, errors: &mut Vec<Diagnostic>) -> Option<url::Url> {
    let url = url::Url::parse(text).ok();
    let url = url.filter(|url| {
        ["http", "https"].contains(&url.scheme())
            && url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if url.is_none() {
        errors.push(
            error("E149", say::bad_tsa())
                .at(node.place.clone())
                .help(say::bad_tsa_help()),
        );
    }
    url
}

/// Who may open commitments: a public key of age for each name.
fn recipients(node: &Node, out: &mut EvidenceSettings, errors: &mut Vec<Diagnostic>) {
    for (name, node) in mapping(node, errors).unwrap_or_default() {
        if !is_label(name, errors) {
            continue;
        }
        let Some(key) = text(node, errors) else {
            continue;
        };
        if age::x25519::Recipient::from_str(&key).is_err() {
            // A secret key written here by mistake is not repeated.
            let wrong = error("E690", openings::bad_recipient(name.text.as_str()));
            let wrong = wrong.at(node.place.clone());
            errors.push(wrong.help(openings::bad_recipient_help()));
        }
        out.recipients.insert(name.text.clone(), key);
    }
}
