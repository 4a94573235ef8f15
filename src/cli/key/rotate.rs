//! `dsr key rotate`: another key for a person, or, with `seal`, another key seals from now on. The old one signs the fingerprint of the new certificate first, so that whoever
//! knows the old certificate can follow.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use secrecy::{ExposeSecret as _, SecretString};
use x509_cert::Certificate;

use super::person;
use crate::cli::context::{Context, House};
use crate::cli::seal::{self, Register, SEAL_CERTIFICATE, SEAL_KEY, keep};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::{Seal, certificate};
use crate::inventory::SealSource;
use crate::messages::{Text, approval, seal as say};
use crate::workspace::{file_trouble, replace, write_new};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The key that changes; without it that of the person whom --as names
    #[arg(value_name = "KEY")]
    what: Option<What>,
    /// A P-256 key (PKCS#8, PEM) that is taken over; without it a new one is made
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    /// The new certificate (PEM); alone it is that of a key elsewhere, which dsr.yaml will name
    #[arg(long, value_name = "FILE", requires = "what")]
    certificate: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: person::Where,
}

/// Keys that can change.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// The key that seals evidence
    Seal,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let Some(What::Seal) = args.what else {
        return person::rotate(context, &args.place);
    };
    if args.place.is_given() {
        return Err(Diagnostic::new("E848", Exit::Usage, approval::for_people())
            .help(approval::for_people_help())
            .into());
    }
    let house = context.house()?;
    let is_own = house.inventory.evidence.seal == SealSource::Workspace;
    let current = seal::open(&house)?;
    match (&args.key, &args.certificate) {
        (None, Some(file)) => announce(context, &house, &current, file, args.yes)?,
        (key, certificate) if is_own => {
            let (key, certificate) = match (key, certificate) {
                (Some(key), Some(certificate)) => (
                    SecretString::from(read(context, key)?),
                    read(context, certificate)?,
                ),
                _ => certificate::make(&house.inventory.controller.name, context.now())?,
            };
            replace_own(context, &house, current, &key, &certificate, args.yes)?;
        }
        (None, None) if is_another(&house, &current)? => {
            seal::settle(context, &house, current)?;
            context.ui.say(&say::settled());
        }
        _ => {
            return Err(
                Diagnostic::new("E960", Exit::Usage, say::key_lies_elsewhere())
                    .help(say::key_lies_elsewhere_help())
                    .into(),
            );
        }
    }
    house.close()?;
    Ok(Exit::Done)
}

/// Whether the inventory names another seal than the one that is known.
fn is_another(house: &House, current: &Seal) -> Result<bool> {
    let known = Register::read(&house.workspace)?.last(&house.workspace);
    Ok(known != Some(certificate::fingerprint(current.certificate())))
}

/// The workspace's own key and certificate make room for others.
fn replace_own(
    context: &Context,
    house: &House,
    old: Seal,
    key: &SecretString,
    pem: &str,
    yes: bool,
) -> Result<()> {
    let new = Seal::from_pem(key, pem)?;
    check(context, new.certificate(), &old)?;
    let (before, after) = (
        fingerprint(old.certificate()),
        fingerprint(new.certificate()),
    );
    confirm(context, &say::will_replace(&before, &after), yes)?;
    let workspace = &house.workspace;
    let io = |error: std::io::Error| file_trouble(&error);
    // What was sealed without a bundle being noted yet belongs to the old one.
    let old = seal::settle(context, house, old)?;
    let mut register = Register::read(workspace)?;
    keep(workspace, new.certificate(), pem)?;
    let certificate = certificate::fingerprint(new.certificate());
    register.link(workspace, &old, certificate, context.now())?;
    // The certificate takes its place between two keys that both lie there: whenever this is interrupted, one of them is its own.
    let waiting = seal::key_in_waiting(workspace, new.certificate());
    write_new(&waiting, key.expose_secret().as_bytes(), 0o600).map_err(io)?;
    replace(
        &workspace.keys_dir().join(SEAL_CERTIFICATE),
        pem.as_bytes(),
        0o600,
    )
    .map_err(io)?;
    fs_err::rename(&waiting, workspace.keys_dir().join(SEAL_KEY)).map_err(io)?;
    seal::settle(context, house, new)?;
    context.ui.say(&say::replaced(&after));
    context.ui.say(&say::tell_auditors());
    Ok(())
}

/// A certificate whose key lies elsewhere is named by the seal of today; it seals once the inventory names its key.
fn announce(
    context: &Context,
    house: &House,
    current: &Seal,
    file: &Path,
    yes: bool,
) -> Result<()> {
    let pem = read(context, file)?;
    let new = certificate::read_all(&pem)?.remove(0);
    let fit = certificate::is_p256(&new) && certificate::may_seal(&new);
    if !fit {
        return Err(cannot_follow(say::not_for_sealing(), say::not_for_sealing_help()).into());
    }
    check(context, &new, current)?;
    confirm(
        context,
        &say::will_announce(fingerprint(current.certificate()), fingerprint(&new)),
        yes,
    )?;
    keep(&house.workspace, &new, &pem)?;
    let mut register = Register::read(&house.workspace)?;
    let named = certificate::fingerprint(&new);
    register.link(&house.workspace, current, named, context.now())?;
    context.ui.say(&say::announced());
    context.ui.say(&say::tell_auditors());
    Ok(())
}

/// The new certificate is another one, and valid today.
fn check(context: &Context, new: &Certificate, old: &Seal) -> Result<()> {
    if new == old.certificate() {
        return Err(
            Diagnostic::new("E961", Exit::Usage, say::same_certificate())
                .help(say::same_certificate_help())
                .into(),
        );
    }
    if !certificate::is_valid_at(new, context.now()) {
        let end = certificate::valid_until(new).to_zoned(TimeZone::UTC).date();
        return Err(cannot_follow(say::not_valid_today(end), say::not_valid_today_help()).into());
    }
    Ok(())
}

fn cannot_follow(why: Text, help: Text) -> Diagnostic {
    Diagnostic::new("E962", Exit::Usage, say::cannot_follow())
        .why(why)
        .help(help)
}

fn fingerprint(certificate: &Certificate) -> String {
    certificate::spoken(&certificate::fingerprint(certificate))
}

fn read(context: &Context, file: &Path) -> Result<String> {
    let file = context.folder().join(file);
    Ok(fs_err::read_to_string(&file).map_err(|error| {
        Diagnostic::new("E965", Exit::Usage, say::file_unreadable())
            .why(crate::messages::os::why_at(&file, &error))
            .help(say::file_unreadable_help())
    })?)
}

fn confirm(context: &Context, question: &Text, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    let answer = context.ui.ask(question)?;
    match answer.to_lowercase().as_str() {
        "y" | "yes" | "j" | "ja" => Ok(()),
        _ => Err(Diagnostic::new("E966", Exit::Waiting, say::not_changed())
            .help(say::not_changed_help())
            .into()),
    }
}
