//! `dsr evidence disclose`: what opens a bundle's commitments, encrypted to those who may have it, in a file beside the bundle.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::case::purge;
use crate::cli::context::{Context, House};
use crate::cli::evidence::{openings, reveal};
use crate::cli::journey;
use crate::cli::plan::case_id;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::file_name;
use crate::handover::seal;
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::{Text, openings as say};
use crate::ui::Format;
use crate::workspace::{file_trouble, shown};

/// Who gets something that is encrypted.
#[derive(clap::Args, Debug)]
pub(super) struct To {
    /// Encrypt to this public key of age, or to this name from `evidence.recipients`; repeat for several
    #[arg(long, value_name = "AGE1...")]
    pub(super) recipient: Vec<String>,
    /// Encrypt to the public keys of age in this file
    #[arg(long, value_name = "FILE")]
    pub(super) recipient_file: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    #[command(flatten)]
    to: To,
    /// Where to put it: a file that does not exist yet; without it beside the bundle
    #[arg(long = "to", value_name = "PATH")]
    path: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// The public keys, with a fingerprint and, where there is one, a name of each.
pub(super) struct Recipients {
    pub(super) keys: Vec<age::x25519::Recipient>,
    /// Name in the inventory, the key as text, and its fingerprint.
    named: Vec<(Option<String>, String, Digest)>,
}

impl Recipients {
    /// # Errors
    /// E695 if nobody is named, E806 and E807 for what is no public key.
    pub(super) fn of(house: &House, to: &To) -> Result<Recipients> {
        let known = &house.inventory.evidence.recipients;
        let nobody = to.recipient.is_empty() && to.recipient_file.is_none();
        let mut given: Vec<String> = match nobody {
            // Those are there to be given it.
            true => known.values().cloned().collect(),
            false => to.recipient.clone(),
        };
        for text in &mut given {
            if let Some(key) = known.get(text) {
                text.clone_from(key);
            }
        }
        let mut keys = seal::recipients(&given, to.recipient_file.as_deref())?;
        if keys.is_empty() {
            return Err(Diagnostic::new("E695", Exit::Usage, say::no_recipient())
                .help(say::no_recipient_help())
                .into());
        }
        keys.sort_by_key(ToString::to_string);
        keys.dedup_by_key(|key| key.to_string());
        let named = keys.iter().map(|key| {
            let key = key.to_string();
            let name = known.iter().find(|(_, own)| **own == key);
            let digest = Digest::sha256(key.as_bytes());
            (name.map(|(name, _)| name.clone()), key, digest)
        });
        let named = named.collect();
        Ok(Recipients { keys, named })
    }

    pub(super) fn fingerprints(&self) -> Vec<Digest> {
        self.named.iter().map(|(.., digest)| *digest).collect()
    }

    /// Names, or the beginning of a key.
    pub(super) fn in_words(&self) -> String {
        let words = self.named.iter().map(|(name, key, _)| match name {
            Some(name) => name.clone(),
            None => format!("{}…", &key[..16.min(key.len())]),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let one = |(name, _, digest): &(Option<String>, String, Digest)| json!({ "name": name, "fingerprint": digest });
        self.named.iter().map(one).collect()
    }
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let id = case_id(&args.case)?;
    let house = context.house()?;
    let recipients = Recipients::of(&house, &args.to)?;
    let opened = journey::look_into(&house, &id)?;
    let case = opened.outline(&house)?;
    let number = u32::try_from(case.evidence.len()).unwrap_or(u32::MAX);
    let Some(bundle) = case.evidence.last().copied() else {
        return Err(reveal::no_bundle(id.as_str()));
    };
    let name = file_name(id.as_str(), number).replace(".evidence.zip", ".disclosures.age");
    let path = args
        .path
        .clone()
        .unwrap_or_else(|| house.workspace.evidence_dir().join(name));
    free(&path)?;
    let records = openings::count(&house, &id)?;
    context
        .ui
        .say(&say::what_they_see(recipients.in_words(), records));
    confirm(context, args.yes, &say::ask_disclose())?;

    let head = json!({
        "schema": "dsr.disclosures/1",
        "case": id,
        "bundle": bundle,
        "records": records,
        "keep_until": purge::keeps(&house, &id)?,
    });
    let file = encrypted(&path, &recipients, &mut |out| {
        line(out, &head)?;
        openings::each(&house, &id, &mut |opening| {
            line(
                out,
                &json!({ "seq": opening.seq, "disclosures": opening.disclosures }),
            )?;
            Ok(true)
        })
    })?;
    let event = Event::Disclosed {
        bundle,
        records,
        recipients: recipients.fingerprints(),
        operator: house.operator.clone(),
    };
    house.write(Some(&id), context.now(), &[event])?;
    put(file, &path)?;
    house.close()?;
    if context.ui.format == Format::Json {
        context.ui.json(&json!({
            "schema": "dsr.disclosed/1",
            "case": id,
            "bundle": bundle,
            "path": path.display().to_string(),
            "records": records,
            "recipients": recipients.json(),
        }));
    }
    context.ui.say(&say::disclosed(shown(&path)));
    Ok(Exit::Done)
}

/// A yes at the terminal, or `--yes`.
///
/// # Errors
/// E696 (exit 4) without one.
pub(super) fn confirm(context: &Context, yes: bool, question: &Text) -> Result<()> {
    if yes {
        return Ok(());
    }
    let no = || Diagnostic::new("E696", Exit::Waiting, say::not_confirmed());
    if !context.ui.can_ask() {
        return Err(no().help(say::confirm_help()).into());
    }
    let answer = context.ui.ask(question)?.to_lowercase();
    match ["y", "yes", "j", "ja"].contains(&answer.as_str()) {
        true => Ok(()),
        false => Err(no().into()),
    }
}

/// # Errors
/// E699 if something is there already.
pub(super) fn free(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Err(_) => Ok(()),
        Ok(_) => Err(taken(path)),
    }
}

fn taken(path: &Path) -> crate::diagnostic::Trouble {
    Diagnostic::new("E699", Exit::Usage, say::place_taken(shown(path)))
        .help(say::place_taken_help())
        .into()
}

/// Writes a file that is encrypted from its first byte on and has no name yet.
pub(super) fn encrypted(
    path: &Path,
    recipients: &Recipients,
    fill: &mut dyn FnMut(&mut dyn std::io::Write) -> Result<()>,
) -> Result<tempfile::NamedTempFile> {
    let trouble = |error: std::io::Error| file_trouble(&error);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Readable by nobody else (0600). What a killed run leaves is recognised as the case's by its name.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut file = tempfile::Builder::new()
        .prefix(&format!(".{name}-"))
        .tempfile_in(folder)
        .map_err(trouble)?;
    {
        let mut out = BufWriter::with_capacity(256 * 1024, file.as_file_mut());
        let keys = recipients.keys.iter().map(|key| key as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(keys)
            .map_err(|error| file_trouble(&std::io::Error::other(error.to_string())))?;
        let mut sealed = encryptor.wrap_output(&mut out).map_err(trouble)?;
        fill(&mut sealed)?;
        sealed.finish().map_err(trouble)?;
        out.flush().map_err(trouble)?;
    }
    file.as_file().sync_all().map_err(trouble)?;
    Ok(file)
}

/// Gives it its name, over nothing that is there.
pub(super) fn put(file: tempfile::NamedTempFile, path: &Path) -> Result<()> {
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(taken(path)),
        Err(error) => Err(file_trouble(&error.error)),
    }
}

fn line(out: &mut dyn std::io::Write, value: &serde_json::Value) -> Result<()> {
    let mut bytes = crate::canonical::bytes(value);
    bytes.push(b'\n');
    out.write_all(&bytes).map_err(|error| file_trouble(&error))
}
