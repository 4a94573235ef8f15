//! Which certificates sealed, one after the other, and what the keys of old ones signed about the next.
//!
//! The ledger says that the seal changed; this file beside the certificates is what the next bundles are made of. A change is noted
//! when the first bundle is made under the new seal, whoever brought it about: `dsr key rotate`, or a hand in the inventory. Where the key
//! before is the workspace's own, it signs then what follows it, so that readers of older bundles can follow; nobody asked for that, so
//! it is told.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use x509_cert::Certificate;

use super::own;
use crate::cli::context::{Context, House};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::certificate;
use crate::evidence::{Change, Seal};
use crate::keys::Digest;
use crate::ledger::Event;
use crate::messages::seal as say;
use crate::workspace::{Workspace, file_trouble, replace};

const FILE: &str = "seal-changes.json";

/// What is remembered of seals.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Register {
    /// The certificate of the first bundle, where it was not the workspace's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<Digest>,
    /// In their order.
    #[serde(default)]
    changes: Vec<Step>,
    /// What old keys signed, also of certificates that have not sealed yet.
    #[serde(default)]
    links: Vec<Step>,
}

/// One certificate in the place of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) previous: Digest,
    pub(crate) certificate: Digest,
    pub(crate) at: Timestamp,
    /// Base64 of the DER.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

impl Register {
    /// # Errors
    /// E969 if the file is none of this form.
    pub(crate) fn read(workspace: &Workspace) -> Result<Register> {
        let file = workspace.keys_dir().join(FILE);
        let text = match fs_err::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Register::default());
            }
            Err(error) => return Err(file_trouble(&error)),
        };
        serde_json::from_str(&text).map_err(|_| {
            let diagnostic = Diagnostic::new("E969", Exit::Failed, say::register_unreadable());
            diagnostic.help(say::register_unreadable_help()).into()
        })
    }

    pub(crate) fn write(&self, workspace: &Workspace) -> Result<()> {
        let mut text = serde_json::to_vec_pretty(self).expect("a register serialises");
        text.push(b'\n');
        let file = workspace.keys_dir().join(FILE);
        replace(&file, &text, 0o600).map_err(|error| file_trouble(&error))
    }

    /// The certificate that sealed last, as far as is known.
    pub(crate) fn last(&self, workspace: &Workspace) -> Option<Digest> {
        let last = self.changes.last().map(|step| step.certificate);
        last.or(self.first).or_else(|| own_fingerprint(workspace))
    }

    pub(crate) fn changes(&self) -> &[Step] {
        &self.changes
    }

    /// Certificates that an old key named and that have not sealed yet.
    pub(crate) fn announced(&self) -> Vec<Digest> {
        let links = self.links.iter().map(|link| link.certificate);
        links
            .filter(|named| self.changes.iter().all(|step| step.certificate != *named))
            .collect()
    }

    pub(crate) fn is_linked(&self, previous: Digest, certificate: Digest) -> bool {
        self.link_of(previous, certificate).is_some()
    }

    fn link_of(&self, previous: Digest, certificate: Digest) -> Option<&Step> {
        let mut links = self.links.iter();
        links.find(|link| (link.previous, link.certificate) == (previous, certificate))
    }

    /// The old seal signs what follows it; both certificates are kept.
    ///
    /// # Errors
    /// Those of signing and of writing files.
    pub(crate) fn link(
        &mut self,
        workspace: &Workspace,
        old: &Seal,
        certificate: Digest,
        at: Timestamp,
    ) -> Result<()> {
        let change = Change::link(old, certificate, at)?;
        keep(workspace, old.certificate(), &old.pem())?;
        let previous = certificate::fingerprint(old.certificate());
        if self.changes.is_empty() {
            self.first.get_or_insert(previous);
        }
        self.links.push(Step {
            previous,
            certificate,
            at: change.at,
            signature: change.signature.map(|bytes| STANDARD.encode(bytes)),
        });
        self.write(workspace)
    }

    /// The changes as bundles carry them; one whose old certificate is lost is left out.
    fn in_bundles(&self, workspace: &Workspace) -> Vec<Change> {
        let kept = kept(workspace);
        let changes = self.changes.iter().filter_map(|step| {
            let is_previous = |c: &&Certificate| certificate::fingerprint(c) == step.previous;
            let link = self.link_of(step.previous, step.certificate);
            let signature = link.and_then(|link| link.signature.as_ref());
            Some(Change {
                previous: kept.iter().find(is_previous)?.clone(),
                certificate: step.certificate,
                at: link.unwrap_or(step).at,
                signature: signature.and_then(|text| STANDARD.decode(text).ok()),
            })
        });
        changes.collect()
    }
}

/// Notes that this seal is another than the last one, and returns it with all the changes before it.
///
/// # Errors
/// Those of writing files and the ledger.
pub(crate) fn settle(context: &Context, house: &House, seal: Seal) -> Result<Seal> {
    let workspace = &house.workspace;
    let mut register = Register::read(workspace)?;
    let certificate = certificate::fingerprint(seal.certificate());
    let last = register.last(workspace);
    let mut unasked = None;
    if last != Some(certificate) {
        keep(workspace, seal.certificate(), &seal.pem())?;
        if register.changes.is_empty() && register.first.is_none() && !has_sealed(house)? {
            register.first = Some(certificate);
        } else {
            if let Some(previous) = last.filter(|last| !register.is_linked(*last, certificate)) {
                link_from_own(
                    workspace,
                    &mut register,
                    previous,
                    certificate,
                    context.now(),
                )?;
                unasked = register
                    .is_linked(previous, certificate)
                    .then_some(previous);
            }
            house.write(
                None,
                context.now(),
                &[Event::SealChanged {
                    previous: last,
                    certificate,
                    operator: house.operator.clone(),
                }],
            )?;
            register.changes.extend(last.map(|previous| Step {
                previous,
                certificate,
                at: context.now(),
                signature: None,
            }));
            if last.is_none() {
                register.first = Some(certificate);
            }
        }
        register.write(workspace)?;
        if let Some(previous) = unasked {
            let (old, new) = (
                certificate::spoken(&previous),
                certificate::spoken(&certificate),
            );
            let told = Diagnostic::new("W347", Exit::Done, say::linked_unasked(old, new));
            context.ui.warn(&told.help(say::linked_unasked_help()));
        }
        if let Some(previous) = last.filter(|last| {
            let changed = register.changes.last();
            changed.is_some_and(|step| step.previous == *last)
                && !register.is_linked(*last, certificate)
        }) {
            let warning = Diagnostic::new(
                "W280",
                Exit::Done,
                say::not_linked(certificate::spoken(&previous)),
            );
            context.ui.warn(&warning.help(say::not_linked_help()));
        }
    }
    Ok(seal.after(register.in_bundles(workspace)))
}

/// Where the seal before is the workspace's own, its key lies there and can sign.
fn link_from_own(
    workspace: &Workspace,
    register: &mut Register,
    previous: Digest,
    certificate: Digest,
    at: Timestamp,
) -> Result<()> {
    match own(workspace) {
        Ok(old) if certificate::fingerprint(old.certificate()) == previous => {
            register.link(workspace, &old, certificate, at)
        }
        _ => Ok(()),
    }
}

/// Whether any bundle was ever made here; asked once, when a seal changes for the first time.
fn has_sealed(house: &House) -> Result<bool> {
    let mut found = false;
    house.ledger().all(&mut |stored| {
        found = matches!(
            stored.event,
            Event::EvidenceMade { .. } | Event::SweepSealed { .. }
        );
        !found
    })?;
    Ok(found)
}

/// Keeps a certificate for ever, with those above it.
///
/// # Errors
/// Those of writing a file.
pub(crate) fn keep(workspace: &Workspace, certificate: &Certificate, pem: &str) -> Result<()> {
    let name = certificate::fingerprint(certificate).hex()[..16].to_owned();
    let file = workspace.keys_dir().join(format!("seal-{name}.cert.pem"));
    replace(&file, pem.as_bytes(), 0o600).map_err(|error| file_trouble(&error))
}

/// Every certificate that is kept, each once.
pub(crate) fn kept(workspace: &Workspace) -> Vec<Certificate> {
    let mut all: Vec<Certificate> = Vec::new();
    for pem in super::certificates(workspace) {
        let first = certificate::read_all(&pem).ok();
        let first = first.and_then(|found| found.into_iter().next());
        all.extend(first.filter(|found| !all.contains(found)));
    }
    all
}

fn own_fingerprint(workspace: &Workspace) -> Option<Digest> {
    let file = workspace.keys_dir().join(super::SEAL_CERTIFICATE);
    let pem = fs_err::read_to_string(file).ok()?;
    let own = certificate::read_all(&pem).ok()?;
    own.first().map(certificate::fingerprint)
}
