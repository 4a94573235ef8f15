//! `dsr init`: makes a workspace, or what is missing in one.

use std::path::Path;

use secrecy::ExposeSecret as _;

use crate::cli::context::Context;
use crate::cli::journey::log;
use crate::cli::seal::{SEAL_CERTIFICATE, SEAL_KEY};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::certificate;
use crate::harmless::typed;
use crate::inventory;
use crate::keyring;
use crate::messages::{Lang, cli as say, inventory as say_inventory, keyring as say_keyring};
use crate::vault::{self, KeyPlace, KeySource};
use crate::workspace::{self, Workspace};

/// Make a workspace here: inventory, keys, ledger; an existing one gets only what is missing
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Name of the controller, such as "Acme GmbH"
    #[arg(long, value_name = "NAME")]
    controller: Option<String>,
    /// Seat of the controller, such as DE-BY
    #[arg(long, value_name = "SEAT")]
    seat: Option<String>,
    /// Where a new workspace key is kept; without it in the keyring if you are at a terminal and have it unlocked, else in a file
    #[arg(long, value_name = "PLACE")]
    key: Option<KeyPlace>,
    /// Ask nothing
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let folder = context.folder();
    let exists = folder.join("dsr.yaml").exists();
    if exists && let Ok(there) = fs_err::canonicalize(&folder) {
        // Nothing is read in a folder that others can write to.
        context.speak_as_stated(&Workspace::at(&there)?);
    }
    let place = key_place(context, &folder, args.key)?;
    let ask = |given: &Option<String>, question, fallback: &str| -> Result<String> {
        match given {
            Some(given) => Ok(given.clone()),
            None if args.yes || exists || !context.ui.can_ask() => Ok(fallback.to_owned()),
            None => context.ui.ask(&question).map(|answer| {
                if answer.is_empty() {
                    fallback.to_owned()
                } else {
                    answer
                }
            }),
        }
    };
    let controller = ask(&args.controller, say::ask_controller(), "Example GmbH")?;
    let seat = ask(&args.seat, say::ask_seat(), "DE")?;
    if !exists {
        require_controller(&controller, &seat)?;
    }
    let made = Workspace::init_keyed(
        &folder,
        &inventory(&controller, &seat, context.ui.lang),
        place,
        context.now(),
    )?;
    // An existing inventory names the controller itself, also while its connectors are not trusted yet; only if it cannot be read
    // does the certificate take the name given.
    let stated = inventory::controller(&made.workspace.inventory_file());
    let stated = stated.map(|controller| controller.name);
    let controller = stated.unwrap_or(controller);
    let mut sealed = make_seal(context, &made.workspace, &controller)?;
    sealed.extend(log::make_key(&made.workspace)?);
    for path in made.new.iter().chain(&sealed) {
        context.ui.say(&say::made(made.workspace.relative(path)));
    }
    if made.new.contains(&made.workspace.workspace_key_file())
        && let Some(KeySource::Keyring(account)) = vault::key_source(&made.workspace.folder)?
    {
        context.ui.say(&say_keyring::key_kept(&account));
        if let Some(command) = keyring::show_command(&account) {
            context.ui.say(&say_keyring::key_copy(command));
        }
    }
    if made.new.is_empty() && sealed.is_empty() {
        context.ui.say(&say::nothing_to_make());
    }
    let described = !made.new.contains(&made.workspace.inventory_file());
    context.ui.say(&match described {
        true => say::init_check(),
        false => say::init_next(),
    });
    Ok(Exit::Done)
}

/// What goes into a first inventory has to be something that `dsr` reads again.
fn require_controller(name: &str, seat: &str) -> Result<()> {
    if name.trim().is_empty() {
        let empty = Diagnostic::new("E648", Exit::Usage, say::nameless());
        return Err(empty.help(say::nameless_help()).into());
    }
    if !inventory::is_seat(seat) {
        let wrong = Diagnostic::new("E129", Exit::Usage, say_inventory::bad_seat(&typed(seat)));
        return Err(wrong.help(say_inventory::seats_are()).into());
    }
    Ok(())
}

/// Where a new workspace key goes. A keyring is taken only if somebody asked for it, or sits there and has it unlocked; what
/// runs by itself gets a file.
fn key_place(context: &Context, folder: &Path, asked: Option<KeyPlace>) -> Result<KeyPlace> {
    if let Ok(folder) = fs_err::canonicalize(folder) {
        // Nothing is read in a folder that others can write to.
        Workspace::at(&folder)?;
    }
    let there = vault::key_source(folder)?;
    let kept = match &there {
        Some(KeySource::Keyring(_)) => Some(KeyPlace::Keyring),
        Some(KeySource::File(_)) => Some(KeyPlace::File),
        Some(KeySource::Credential) | None => None,
    };
    match (asked, &there) {
        (Some(_), Some(there)) if asked != kept => {
            let what = say_keyring::key_elsewhere(there.text());
            Err(Diagnostic::new("E659", Exit::Usage, what)
                .help(say_keyring::key_elsewhere_help())
                .into())
        }
        (Some(KeyPlace::Keyring), None) => match keyring::available() {
            Ok(()) => Ok(KeyPlace::Keyring),
            Err(why) => {
                let what = say_keyring::key_unwritable(why.text());
                Err(Diagnostic::new("E658", Exit::Usage, what)
                    .help(why.help())
                    .help(say_keyring::key_file_instead())
                    .into())
            }
        },
        (None, None) if context.ui.can_ask() && keyring::available().is_ok() => {
            Ok(KeyPlace::Keyring)
        }
        _ => Ok(KeyPlace::File),
    }
}

/// The organisation's sealing key with a self-signed certificate, unless there is one.
pub(crate) fn make_seal(
    context: &Context,
    workspace: &Workspace,
    controller: &str,
) -> Result<Vec<std::path::PathBuf>> {
    let key_file = workspace.keys_dir().join(SEAL_KEY);
    let certificate_file = workspace.keys_dir().join(SEAL_CERTIFICATE);
    match (key_file.exists(), certificate_file.exists()) {
        (true, true) => return Ok(Vec::new()),
        (false, false) => {}
        _ => {
            return Err(Diagnostic::new("E862", Exit::Usage, say::half_a_seal())
                .help(say::half_a_seal_help())
                .into());
        }
    }
    let io = |error: std::io::Error| workspace::file_trouble(&error);
    let (key, certificate) = certificate::make(controller, context.now())?;
    workspace::write_new(&key_file, key.expose_secret().as_bytes(), 0o600).map_err(io)?;
    workspace::write_new(&certificate_file, certificate.as_bytes(), 0o600).map_err(io)?;
    Ok(vec![key_file, certificate_file])
}

/// A first inventory that is valid and explains itself.
fn inventory(controller: &str, seat: &str, lang: Lang) -> String {
    let language = if lang == Lang::De { "de" } else { "en" };
    let quoted = |text: &str| serde_json::Value::String(text.to_owned()).to_string();
    say::first_inventory(quoted(controller), quoted(seat), language)
        .to(lang)
        .to_owned()
}
