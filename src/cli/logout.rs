//! `dsr logout`: takes the secrets of a system out of the keyring. What lies elsewhere is explained and left alone.

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::login::{accounts, known, no_keyring};
use crate::diagnostic::{Exit, Result};
use crate::keyring::{self, SERVICE};
use crate::messages::login as say;
use crate::secret::Reference;
use crate::ui::Format;

/// Remove a system's secrets from the keyring
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The system of the inventory
    #[arg(value_name = "SYSTEM")]
    system: String,
}

pub(crate) fn run(context: &mut Context, args: Args) -> Result<Exit> {
    let house = context.house()?;
    let system = known(&house, &args.system)?;
    let mut removed = Vec::new();
    for account in accounts(system)? {
        let reference = Reference::Keyring(account.clone()).to_string();
        let was_there = keyring::read(SERVICE, &account)
            .map_err(no_keyring)?
            .is_some();
        if !was_there {
            context.ui.say(&say::was_not_there(&reference));
            continue;
        }
        keyring::delete(SERVICE, &account).map_err(no_keyring)?;
        context.ui.say(&say::removed(&reference));
        let others: Vec<&str> = house
            .inventory
            .systems
            .iter()
            .filter(|other| other.name != system.name)
            .filter(|other| accounts(other).is_ok_and(|all| all.contains(&account)))
            .map(|other| other.name.as_str())
            .collect();
        if !others.is_empty() {
            context.ui.say(&say::shared(&reference, others.join(", ")));
        }
        removed.push(reference);
    }
    if context.ui.format == Format::Json {
        context.ui.json(&json!({
            "schema": "dsr.logout/1",
            "system": args.system,
            "removed": removed,
        }));
    }
    Ok(Exit::Done)
}
