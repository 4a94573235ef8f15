//! `dsr login`: puts the secrets of a system into the keyring, under the references that the inventory names. Typed unseen, tried on
//! the system before they are kept, never shown. Without a system it says which secrets are there.
//!
//! Where a person has to agree in a browser first, the refresh token comes from there and is typed by nobody.
//!
//! Where a secret is to lie is the inventory's decision: what it does not call `keyring:` is explained and left alone.

mod browser;

use std::io::Read as _;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use zeroize::Zeroizing;

use crate::cli::context::{Context, House};
use crate::connector::{Fault, Settings};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::{Setting, System};
use crate::keyring::{self, SERVICE};
use crate::messages::{Text, login as say};
use crate::secret::{self, Reference};
use crate::ui::Format;

/// Longest input in bytes; some secrets are keys with their chain.
const LONGEST: u64 = 64 * 1024;

/// Store a system's secrets in the keyring; without a system, show which are there
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The system of the inventory
    #[arg(value_name = "SYSTEM")]
    system: Option<String>,
    /// Read the secrets from standard input, one line each
    #[arg(long)]
    stdin: bool,
    /// Keep them without trying them on the system
    #[arg(long)]
    unchecked: bool,
    /// Paste what the browser brings back; for a machine without one
    #[arg(long, conflicts_with = "stdin")]
    paste: bool,
    /// The port of this machine to which the browser comes back, where the system wants to know it beforehand
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
}

/// A secret that belongs into the keyring, and the settings that use it.
#[derive(Clone)]
struct Wanted {
    settings: Vec<String>,
    account: String,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let house = context.house()?;
    let Some(name) = &args.system else {
        return list(context, &house);
    };
    let system = known(&house, name)?;
    let wanted = wanted(system)?;
    keyring::available().map_err(no_keyring)?;
    for (setting, reference) in elsewhere(system) {
        let text = say::elsewhere_too(setting, reference.to_string());
        context.ui.say(&text);
    }
    let mut browser = None;
    if let Some(setting) = crate::connector::rest::consent::setting(system)
        && !args.stdin
    {
        browser = wanted
            .iter()
            .position(|one| one.settings.iter().any(|name| name == setting));
    }
    let secrets = match (args.stdin, browser) {
        (true, _) => from_stdin(&wanted)?,
        (false, None) => from_person(context, system, &wanted)?,
        (false, Some(nth)) => {
            let mut typed = wanted.clone();
            typed.remove(nth);
            let mut secrets = from_person(context, system, &typed)?;
            for secret in &secrets {
                secret::remember(secret.expose_secret());
            }
            let mut settings = Settings::default();
            fetch(&house, system, &mut settings).map_err(|fault| unreached(system, fault))?;
            put_in(&typed, &secrets, &mut settings);
            let opening = house.doors().with(system, settings);
            let token = browser::consent(context, &opening, args.port, args.paste)?;
            secrets.insert(nth, token);
            secrets
        }
    };
    for (one, secret) in wanted.iter().zip(&secrets) {
        if secret.expose_secret().trim().is_empty() {
            let diagnostic =
                Diagnostic::new("E914", Exit::Usage, say::empty(one.settings.join(", ")));
            return Err(diagnostic.help(say::empty_help()).into());
        }
        secret::remember(secret.expose_secret());
    }
    let before = wanted.iter().map(lying).collect::<Vec<_>>();
    let proven = match args.unchecked {
        true => None,
        false => Some(try_out(&house, system, &wanted, &secrets)?),
    };
    for ((one, secret), before) in wanted.iter().zip(&secrets).zip(before) {
        // Trying it may have brought a newer one, which lies there already; the one shown is worth nothing any more.
        let newer = SecretString::from(
            lying(one)
                .filter(|now| Some(now) != before.as_ref())
                .unwrap_or_default(),
        );
        let secret = match newer.expose_secret().is_empty() {
            true => secret,
            false => &newer,
        };
        keyring::write(SERVICE, &one.account, secret).map_err(no_keyring)?;
        let kept = keyring::read(SERVICE, &one.account).map_err(no_keyring)?;
        if kept.is_none_or(|kept| kept.expose_secret() != secret.expose_secret()) {
            let diagnostic =
                Diagnostic::new("E912", Exit::Failed, say::no_keyring(say::not_kept()));
            return Err(diagnostic.help(keyring::Why::Failed.help()).into());
        }
        let reference = Reference::Keyring(one.account.clone()).to_string();
        let text = say::kept(one.settings.join(", "), name, reference);
        context.ui.say(&text);
    }
    context.ui.say(&match proven {
        None => say::untried(name),
        Some(true) => say::tried(name),
        Some(false) => say::unproven(name),
    });
    if context.ui.format == Format::Json {
        let kept = wanted.iter().map(|one| {
            json!({ "settings": one.settings, "reference": Reference::Keyring(one.account.clone()).to_string() })
        });
        context.ui.json(&json!({
            "schema": "dsr.login/1",
            "system": name,
            "kept": kept.collect::<Vec<_>>(),
            "accepted": proven,
        }));
    }
    Ok(Exit::Done)
}

/// The system of this name.
pub(crate) fn known<'h>(house: &'h House, name: &str) -> Result<&'h System> {
    super::journey::check_names(house, std::slice::from_ref(&name.to_owned()))?;
    // The line before has refused every other name.
    house.inventory.system(name).ok_or_else(|| {
        Diagnostic::new("E911", Exit::Usage, say::no_secrets(name))
            .help(say::no_secrets_help())
            .into()
    })
}

/// The accounts of the keyring that a system refers to.
///
/// # Errors
/// Exit 2 if it refers to none: E911 if it has no secrets, E910 with what to do instead if they lie elsewhere.
pub(crate) fn accounts(system: &System) -> Result<Vec<String>> {
    Ok(wanted(system)?.into_iter().map(|one| one.account).collect())
}

fn wanted(system: &System) -> Result<Vec<Wanted>> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for (setting, reference) in references(system) {
        let Reference::Keyring(account) = reference else {
            continue;
        };
        match wanted.iter_mut().find(|one| one.account == *account) {
            Some(one) => one.settings.push(setting.to_owned()),
            None => wanted.push(Wanted {
                settings: vec![setting.to_owned()],
                account: account.clone(),
            }),
        }
    }
    if !wanted.is_empty() {
        return Ok(wanted);
    }
    let mut others = elsewhere(system).peekable();
    if others.peek().is_none() {
        return Err(
            Diagnostic::new("E911", Exit::Usage, say::no_secrets(&system.name))
                .help(say::no_secrets_help())
                .into(),
        );
    }
    let diagnostic = Diagnostic::new("E910", Exit::Usage, say::elsewhere(&system.name))
        .why(say::not_from_keyring());
    let explained = others.fold(diagnostic, |diagnostic, (_, reference)| match reference {
        Reference::Env(name) => diagnostic.help(say::help_env(name)),
        Reference::File(path) => diagnostic.help(say::help_file(path.display().to_string())),
        Reference::Credential(name) => diagnostic.help(say::help_credential(name)),
        Reference::Command(argv) => {
            diagnostic.help(say::help_command(argv.first().map_or("", String::as_str)))
        }
        Reference::Keyring(_) => diagnostic,
    });
    Err(explained.help(say::help_keyring()).into())
}

fn references(system: &System) -> impl Iterator<Item = (&str, &Reference)> {
    system
        .settings
        .iter()
        .filter_map(|(name, setting)| match setting {
            Setting::Secret(reference) => Some((name.as_str(), reference)),
            Setting::Plain(_) => None,
        })
}

fn elsewhere(system: &System) -> impl Iterator<Item = (&str, &Reference)> {
    references(system).filter(|(_, reference)| !matches!(reference, Reference::Keyring(_)))
}

/// Why the keyring cannot be used, and what to use where there is none.
pub(crate) fn no_keyring(why: keyring::Why) -> Diagnostic {
    Diagnostic::new("E912", Exit::Usage, say::no_keyring(why.text()))
        .help(why.help())
        .help(say::no_keyring_server())
}

fn from_person(context: &Context, system: &System, wanted: &[Wanted]) -> Result<Vec<SecretString>> {
    wanted
        .iter()
        .map(|one| {
            let reference = Reference::Keyring(one.account.clone()).to_string();
            let setting = one.settings.join(", ");
            context
                .ui
                .ask_hidden(&say::ask(setting, &system.name, reference))
        })
        .collect()
}

fn from_stdin(wanted: &[Wanted]) -> Result<Vec<SecretString>> {
    let mut bytes = Zeroizing::new(Vec::new());
    // What cannot be read has come to its end.
    let _ = std::io::stdin()
        .lock()
        .take(LONGEST)
        .read_to_end(&mut bytes);
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    // A key of several lines can only be the only one.
    let secrets: Vec<SecretString> = match wanted {
        [_] => vec![SecretString::from(text.trim_end_matches(['\n', '\r']))],
        _ => text.lines().map(SecretString::from).collect(),
    };
    let came = secrets
        .len()
        .min(usize::from(!text.trim().is_empty()) * secrets.len());
    if came < wanted.len() {
        let settings: Vec<String> = wanted.iter().map(|one| one.settings.join(", ")).collect();
        let what = say::too_few_lines(wanted.len(), came);
        return Err(Diagnostic::new("E913", Exit::Usage, what)
            .help(say::too_few_lines_help(settings.join("; ")))
            .into());
    }
    Ok(secrets)
}

/// What lies in the keyring now.
fn lying(one: &Wanted) -> Option<String> {
    let kept = keyring::read(SERVICE, &one.account).ok().flatten();
    kept.map(|kept| kept.expose_secret().to_owned())
}

fn put_in(wanted: &[Wanted], secrets: &[SecretString], settings: &mut Settings) {
    for (one, secret) in wanted.iter().zip(secrets) {
        for setting in &one.settings {
            settings.secret.insert(setting.clone(), secret.clone());
        }
    }
}

fn unreached(system: &System, fault: Fault) -> Diagnostic {
    let what = say::unreachable(&system.name, fault.code, fault.text);
    Diagnostic::new("E916", Exit::Incomplete, what).help(say::unreachable_help())
}

/// Whether the system accepted them; `false` if it answers and nothing showed that it does.
fn try_out(
    house: &House,
    system: &System,
    wanted: &[Wanted],
    secrets: &[SecretString],
) -> Result<bool> {
    let mut settings = Settings::default();
    let tried = fetch(house, system, &mut settings).and_then(|()| {
        put_in(wanted, secrets, &mut settings);
        let doors = house.doors();
        let asked = async {
            let mut reader = doors.trial(system, settings)?;
            reader.check().await
        };
        super::block_on(limited(system, asked)).unwrap_or_else(|_| Err(Fault::panicked()))
    });
    match tried {
        Ok(health) => Ok(!health.notes.warnings.iter().any(|(code, _)| code == "W330")),
        Err(fault) if is_answer(&fault) => {
            let what = say::refused(&system.name, fault.code, fault.text);
            let diagnostic = Diagnostic::new("E915", Exit::Usage, what);
            Err(diagnostic.help(say::refused_help()).into())
        }
        Err(fault) => Err(unreached(system, fault).into()),
    }
}

/// Whether the system answered and said no, or what was typed makes no address at all; another secret may then do better.
fn is_answer(fault: &Fault) -> bool {
    const ANSWERS: [&str; 8] = [
        "E332", "E506", "E507", "E531", "E532", "E533", "E535", "E538",
    ];
    ANSWERS.contains(&fault.code.as_str())
}

async fn limited<T>(
    system: &System,
    asked: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(system.within, asked).await {
        Ok(result) => result,
        Err(_) => Err(Fault::cut(system.within.as_secs())),
    }
}

/// The settings that are not to be stored now.
fn fetch(house: &House, system: &System, settings: &mut Settings) -> Result<(), Fault> {
    for (name, setting) in &system.settings {
        match setting {
            Setting::Plain(value) => {
                settings.plain.insert(name.clone(), value.clone());
            }
            Setting::Secret(Reference::Keyring(_)) => {}
            Setting::Secret(reference) => {
                let value = secret::resolve(reference, &house.inventory.folder)?;
                settings.secret.insert(name.clone(), value);
            }
        }
    }
    Ok(())
}

/// Which secrets are there. Programs are not run for it: they may ask somebody.
fn list(context: &Context, house: &House) -> Result<Exit> {
    let lang = context.ui.lang;
    let mut rows = Vec::new();
    let mut data = Vec::new();
    let mut exit = Exit::Done;
    for system in &house.inventory.systems {
        for (setting, reference) in references(system) {
            let state = state(house, reference);
            if state.is_err() {
                exit = Exit::Incomplete;
            }
            let (word, text) = match &state {
                Ok(Some(())) => ("there", say::there()),
                Ok(None) => ("not_asked", say::asked_when_needed()),
                Err(fault) => (
                    if fault.code == "E531" {
                        "missing"
                    } else {
                        "unusable"
                    },
                    Text {
                        en: format!("{}: {}", fault.code, fault.text.en),
                        de: format!("{}: {}", fault.code, fault.text.de),
                    },
                ),
            };
            rows.push(vec![
                system.name.clone(),
                setting.to_owned(),
                reference.to_string(),
                text.to(lang).to_owned(),
            ]);
            data.push(json!({
                "system": system.name,
                "setting": setting,
                "reference": reference.to_string(),
                "state": word,
                "code": state.err().map(|fault| fault.code),
            }));
        }
    }
    match context.ui.format {
        Format::Json => context
            .ui
            .json(&json!({ "schema": "dsr.login.list/1", "secrets": data })),
        Format::Table | Format::Csv if rows.is_empty() => context.ui.say(&say::none_needed()),
        Format::Table | Format::Csv => {
            let columns = [
                crate::messages::report::system(),
                say::setting(),
                say::reference(),
                crate::messages::check::state(),
            ];
            context.ui.rows(&columns, &rows);
        }
    }
    Ok(exit)
}

fn state(house: &House, reference: &Reference) -> Result<Option<()>, Fault> {
    match reference {
        Reference::Command(_) => Ok(None),
        other => secret::resolve(other, &house.inventory.folder).map(|_| Some(())),
    }
}
