//! Writing to a directory: one entry at a time, checked against the plan and read again right before.
//!
//! Where the server can, each write is made on the condition that the entry is still the one that was read (RFC 4528); a value that is
//! corrected and bits of a number are taken away by their old value in any case, which a newer one refuses.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use ldap3::Mod;

use super::directory::{Directory, as_shown, record};
use super::dn::{self, Dn};
use super::entry::Entry;
use super::filter::Filter;
use super::line::{Look as _, WriteLine};
use super::reader::value_of_key;
use super::schema::Schema;
use super::value::{self, Sort};
use super::{Entries, Mark, entries};
use crate::connector::object::At;
use crate::connector::{
    Action, Changes, Digester, Effect, Fault, Key, Object, Opening, Target, Writer,
};
use crate::keys::Digest;
use crate::plan::Approved;

/// Changes with every write to an entry (OpenLDAP).
const STATE: &str = "entryCSN";

/// Object, key, action and state before of a planned step.
type Planned = (String, Key, Action, Digest);

pub(super) struct LdapWriter {
    directory: Directory<WriteLine>,
    /// What the approved plan lets this system write, with the values that stood there for those that are corrected.
    planned: HashMap<Planned, Changes>,
}

impl LdapWriter {
    pub(super) fn new(opening: &Opening, approved: &Approved) -> Result<LdapWriter, Fault> {
        let steps = approved.plan().steps.iter();
        let steps = steps.filter(|step| step.system == opening.system.name);
        let planned = steps.filter_map(|step| {
            let name = (
                step.object.clone(),
                step.key.clone(),
                step.action?,
                step.before,
            );
            Some((name, step.was.clone()))
        });
        Ok(LdapWriter {
            planned: planned.collect(),
            directory: Directory::new(
                WriteLine::new(opening, approved)?,
                Arc::clone(&opening.system),
            ),
        })
    }

    async fn one(
        &mut self,
        object: &Object,
        action: Action,
        target: &Target<'_>,
        digester: &Digester,
    ) -> Result<Effect, Fault> {
        let key = &target.record.key;
        let name = (object.name.clone(), key.clone(), action, *target.before);
        let was = self.planned.get(&name).cloned();
        let was = was.ok_or_else(Fault::not_planned)?;
        let described = entries(object)?;
        let schema = self.directory.schema().await?;
        let asserts = self.directory.line.server().await?.asserts();
        let Some(entry) = self.directory.by_key(object, key, &[STATE]).await? else {
            return Ok(Effect::Gone);
        };
        let each = value_of_key(object, key);
        let now = record(&self.directory.system, &schema, object, &entry, each)?;
        if now.key != *key {
            return Err(Fault::other_record());
        }
        if digester.state(object, action, &now) != *target.before {
            return Ok(Effect::Changed);
        }
        let work = Work {
            schema: &schema,
            object,
            described,
            entry: &entry,
        };
        let only_if = condition(&entry, asserts);
        match action {
            Action::Remove => match (&described.each, each) {
                (Some(attribute), Some(value)) => {
                    let bytes = value.as_bytes().to_vec();
                    let gone = Mod::Delete(attribute.clone().into_bytes(), [bytes].into());
                    let line = &mut self.directory.line;
                    let effect = line.modify(&entry.dn, vec![gone], only_if.as_ref()).await;
                    match effect {
                        // The last value of an attribute that the entry must have: a group without members.
                        Err(fault) if fault.text.en.contains("objectClassViolation") => {
                            Ok(Effect::Blocked)
                        }
                        other => other,
                    }
                }
                _ => {
                    self.directory
                        .line
                        .delete(&entry.dn, only_if.as_ref())
                        .await
                }
            },
            Action::Anonymise | Action::Rectify => {
                let (rdn, changes) = work.changes(action, target.changes, &was)?;
                self.write(&work, key, rdn, changes, only_if).await
            }
            Action::Restrict | Action::Unrestrict => {
                let changes = work.marks(action)?;
                self.write(&work, key, None, changes, only_if).await
            }
            Action::Suppress => Err(Fault::not_planned()),
        }
    }

    /// Renames first: whoever is interrupted in between finds the person by what is still there and goes on.
    async fn write(
        &mut self,
        work: &Work<'_>,
        key: &Key,
        rdn: Option<dn::Rdn>,
        changes: Vec<Mod<Vec<u8>>>,
        only_if: Option<Filter>,
    ) -> Result<Effect, Fault> {
        let (mut dn, mut only_if) = (work.entry.dn.clone(), only_if);
        if let Some(rdn) = rdn {
            let old = Dn::parse(&dn).ok_or_else(Fault::not_a_record)?;
            let line = &mut self.directory.line;
            let renamed = line
                .rename(&dn, &dn::written(&rdn), only_if.as_ref())
                .await?;
            if renamed != Effect::Done || changes.is_empty() {
                return Ok(renamed);
            }
            dn = old.renamed(rdn).to_string();
            if only_if.is_some() {
                let again = self.directory.by_key(work.object, key, &[STATE]).await?;
                let Some(again) = again else {
                    return Ok(Effect::Unknown);
                };
                if !work.is_otherwise_same(&again, &old) {
                    return Ok(Effect::Changed);
                }
                dn.clone_from(&again.dn);
                only_if = condition(&again, true);
            }
        }
        if changes.is_empty() {
            return Ok(Effect::Done);
        }
        self.directory
            .line
            .modify(&dn, changes, only_if.as_ref())
            .await
    }
}

#[async_trait]
impl Writer for LdapWriter {
    fn is_idempotent(&self, _object: &Object, _action: Action) -> bool {
        // What is gone cannot be removed again, and every other write sets values.
        true
    }

    async fn act(
        &mut self,
        object: &Object,
        action: Action,
        targets: &[Target<'_>],
        digester: &Digester,
    ) -> Vec<Result<Effect, Fault>> {
        let mut effects = Vec::with_capacity(targets.len());
        for target in targets {
            effects.push(self.one(object, action, target, digester).await);
        }
        effects
    }
}

/// That the entry is still in the state in which it came.
fn condition(entry: &Entry, asserts: bool) -> Option<Filter> {
    let state = entry.values(STATE).first().filter(|_| asserts)?;
    Some(Filter::equal(STATE, state.clone()))
}

/// One entry that is about to be written.
struct Work<'a> {
    schema: &'a Schema,
    object: &'a Object,
    described: &'a Entries,
    entry: &'a Entry,
}

/// Changes of attributes, as they are sent.
type Modifications = Vec<Mod<Vec<u8>>>;

impl Work<'_> {
    /// The entry's own part of its name if that changes, and the changes of its other attributes.
    fn changes(
        &self,
        action: Action,
        changes: &Changes,
        was: &Changes,
    ) -> Result<(Option<dn::Rdn>, Modifications), Fault> {
        let dn = Dn::parse(&self.entry.dn).ok_or_else(Fault::not_a_record)?;
        let mut rdn = dn.first().to_vec();
        let mut out = Vec::new();
        for (field, new) in changes {
            let field = self.object.field(field).ok_or_else(Fault::not_planned)?;
            let attribute = match &field.at {
                At::Path(path) if path.len() == 1 => &path[0],
                _ => return Err(Fault::not_planned()),
            };
            let held = self.raw(attribute);
            let sort = value::sort(self.schema, attribute);
            let replaced = match action {
                Action::Rectify => {
                    let was = was.get(&field.name).and_then(Option::as_deref);
                    self.replaced(attribute, sort, &held, was)?
                }
                _ => None,
            };
            let named = rdn.iter_mut().find(|(kind, value)| {
                let is_it = replaced.is_none_or(|old| {
                    String::from_utf8_lossy(old).to_lowercase() == value.to_lowercase()
                });
                self.schema.is_same(kind, attribute) && is_it
            });
            let new = match new {
                Some(text) => Some(self.written(attribute, sort, text, replaced)?),
                None => None,
            };
            let mut only_named = false;
            if let Some((_, value)) = named {
                // Who may be renamed is asked when it is planned; a name never loses a part of itself.
                let text = new.clone().and_then(|bytes| String::from_utf8(bytes).ok());
                let text = text.filter(|_| self.described.rename);
                *value = text.ok_or_else(|| Fault::directory("notAllowedOnRDN, 67"))?;
                only_named = held.len() == 1 || action == Action::Rectify;
            }
            if !only_named {
                out.extend(self.modification(attribute, action, &held, replaced, new)?);
            }
        }
        let renamed = rdn.as_slice() != dn.first();
        Ok((renamed.then_some(rdn), out))
    }

    /// The value of several that a correction replaces.
    fn replaced<'h>(
        &self,
        attribute: &str,
        sort: Sort,
        held: &[&'h Vec<u8>],
        was: Option<&str>,
    ) -> Result<Option<&'h [u8]>, Fault> {
        let shown = |bytes: &[u8]| as_shown(self.object, self.described, sort, attribute, bytes);
        match (held, was) {
            ([], _) => Ok(None),
            ([one], None) => Ok(Some(one.as_slice())),
            (all, Some(was)) => {
                let mut all = all.iter();
                let found = all.find(|bytes| shown(bytes) == was);
                found
                    .map(|bytes| Some(bytes.as_slice()))
                    .ok_or_else(Fault::not_planned)
            }
            // Which one is meant was not said, and nobody guesses.
            (_, None) => Err(Fault::not_planned()),
        }
    }

    /// A new value as it is sent, in the surroundings of the old one where it has any.
    fn written(
        &self,
        attribute: &str,
        sort: Sort,
        text: &str,
        replaced: Option<&[u8]>,
    ) -> Result<Vec<u8>, Fault> {
        let text = match self.described.form(attribute) {
            Some(form) => {
                let old = replaced.and_then(|bytes| std::str::from_utf8(bytes).ok());
                match old.and_then(|old| form.inside(old)) {
                    Some((before, _, after)) => format!("{before}{text}{after}"),
                    None => form.around(text),
                }
            }
            None => text.to_owned(),
        };
        value::bytes(sort, &text).ok_or_else(|| Fault::wrong_type(attribute))
    }

    fn modification(
        &self,
        attribute: &str,
        action: Action,
        held: &[&Vec<u8>],
        replaced: Option<&[u8]>,
        new: Option<Vec<u8>>,
    ) -> Result<Vec<Mod<Vec<u8>>>, Fault> {
        let name = || attribute.as_bytes().to_vec();
        let Some(old) = replaced.filter(|_| action == Action::Rectify) else {
            return Ok(vec![Mod::Replace(name(), new.into_iter().collect())]);
        };
        let rest: Vec<Vec<u8>> = held
            .iter()
            .filter(|bytes| bytes.as_slice() != old)
            .map(|bytes| (*bytes).clone())
            .collect();
        if !self.schema.compares(attribute) {
            // Single values of it cannot be taken away.
            let all = rest.into_iter().chain(new).collect();
            return Ok(vec![Mod::Replace(name(), all)]);
        }
        let mut out = vec![Mod::Delete(name(), [old.to_vec()].into())];
        out.extend(
            new.filter(|new| !rest.contains(new))
                .map(|new| Mod::Add(name(), [new].into())),
        );
        Ok(out)
    }

    /// What sets the marks of a restriction or takes them away; nothing where they stand already.
    fn marks(&self, action: Action) -> Result<Vec<Mod<Vec<u8>>>, Fault> {
        let mut out = Vec::new();
        for mark in self.described.marks(action) {
            let name = || mark.attribute().as_bytes().to_vec();
            let held = self.raw(mark.attribute());
            match mark {
                Mark::Set(_, set) => {
                    let new: Vec<Vec<u8>> =
                        set.iter().map(|text| text.clone().into_bytes()).collect();
                    if held
                        .iter()
                        .map(|bytes| bytes.as_slice())
                        .ne(new.iter().map(Vec::as_slice))
                    {
                        out.push(Mod::Replace(name(), new.into_iter().collect()));
                    }
                }
                Mark::Bits {
                    attribute,
                    bits,
                    on,
                } => {
                    let old = match held.as_slice() {
                        [] => None,
                        [one] => Some(
                            std::str::from_utf8(one)
                                .ok()
                                .and_then(|text| text.parse::<i64>().ok())
                                .ok_or_else(|| Fault::wrong_type(attribute))?,
                        ),
                        _ => return Err(Fault::wrong_type(attribute)),
                    };
                    let number = old.unwrap_or(0);
                    let new = if *on { number | bits } else { number & !bits };
                    if new == number {
                        continue;
                    }
                    out.extend(
                        held.iter()
                            .map(|old| Mod::Delete(name(), [(*old).clone()].into())),
                    );
                    out.push(Mod::Add(name(), [new.to_string().into_bytes()].into()));
                }
            }
        }
        Ok(out)
    }

    /// The values of an attribute as the server holds them.
    fn raw(&self, attribute: &str) -> Vec<&Vec<u8>> {
        let all = self.entry.attributes.iter();
        let same = all.filter(|(known, _)| self.schema.is_same(known, attribute));
        same.flat_map(|(_, values)| values).collect()
    }

    /// Whether an entry that was just renamed is otherwise as it was read.
    fn is_otherwise_same(&self, again: &Entry, old: &Dn) -> bool {
        let changed = |name: &str| {
            let mut named = old.first().iter();
            name.eq_ignore_ascii_case(STATE)
                || named.any(|(kind, _)| self.schema.is_same(kind, name))
        };
        let held = |entry: &Entry| -> BTreeMap<String, Vec<Vec<u8>>> {
            let all = entry.attributes.iter().filter(|(name, _)| !changed(name));
            all.map(|(name, values)| {
                let mut values = values.clone();
                values.sort();
                (name.to_lowercase(), values)
            })
            .collect()
        };
        held(self.entry) == held(again)
    }
}
