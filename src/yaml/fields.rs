//! Takes a mapping apart, so that unknown, missing and misspelt keys are found and all mistakes come at once.

use super::{Name, Node, Value, Wanted, error, wrong_kind};
use crate::diagnostic::{Diagnostic, Place};
use crate::messages::yaml as say;

/// Takes a mapping apart key by key and collects what is wrong with it, so that one run shows all errors of a file.
///
/// Ask for each known key, then call [`Fields::finish`]: what nobody asked for is unknown, and the nearest known key is named.
pub struct Fields<'n, 'e> {
    entries: Vec<(&'n Name, &'n Node, bool)>,
    known: Vec<&'static str>,
    /// Where the mapping itself stands.
    pub place: Place,
    errors: &'e mut Vec<Diagnostic>,
}

impl<'n, 'e> Fields<'n, 'e> {
    /// `None`, with an error noted, if the node is no mapping.
    pub fn of(node: &'n Node, errors: &'e mut Vec<Diagnostic>) -> Option<Fields<'n, 'e>> {
        match node.map() {
            Some(entries) => Some(Fields {
                entries: entries
                    .iter()
                    .map(|(name, node)| (name, node, false))
                    .collect(),
                known: Vec::new(),
                place: node.place.clone(),
                errors,
            }),
            None => {
                errors.push(wrong_kind(node, Wanted::Mapping));
                None
            }
        }
    }

    /// The value under a key, if it is there and not null.
    pub fn optional(&mut self, key: &'static str) -> Option<&'n Node> {
        self.raw(key)
            .filter(|node| !matches!(node.value, Value::Null))
    }

    /// The value under a key, null included.
    pub fn raw(&mut self, key: &'static str) -> Option<&'n Node> {
        self.known.push(key);
        let entry = self
            .entries
            .iter_mut()
            .find(|(name, _, _)| name.text == key)?;
        entry.2 = true;
        Some(entry.1)
    }

    /// The value under a key; its absence is noted as an error.
    pub fn required(&mut self, key: &'static str) -> Option<&'n Node> {
        let found = self.optional(key);
        if found.is_none() {
            self.errors.push(
                error("E122", say::missing_key(key))
                    .at(self.place.clone())
                    .help(say::missing_key_help(key)),
            );
        }
        found
    }

    pub fn text(&mut self, key: &'static str) -> Option<String> {
        let node = self.optional(key)?;
        node.scalar().or_else(|| self.wrong(node, Wanted::Text))
    }

    pub fn required_text(&mut self, key: &'static str) -> Option<String> {
        let node = self.required(key)?;
        node.scalar().or_else(|| self.wrong(node, Wanted::Text))
    }

    pub fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let node = self.optional(key)?;
        match node.value {
            Value::Bool(value) => Some(value),
            _ => self.wrong(node, Wanted::Boolean),
        }
    }

    /// A whole number that is not negative.
    pub fn count(&mut self, key: &'static str) -> Option<u64> {
        let node = self.optional(key)?;
        match &node.value {
            Value::Number(text) => text
                .parse()
                .ok()
                .or_else(|| self.wrong(node, Wanted::Count)),
            _ => self.wrong(node, Wanted::Count),
        }
    }

    /// One text or a list of texts.
    pub fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let node = self.optional(key)?;
        let nodes = node
            .list()
            .map_or_else(|| vec![node], |items| items.iter().collect());
        let texts: Option<Vec<String>> = nodes.into_iter().map(Node::scalar).collect();
        texts.or_else(|| self.wrong(node, Wanted::TextOrList))
    }

    /// Notes an error.
    pub fn error(&mut self, diagnostic: Diagnostic) {
        self.errors.push(diagnostic);
    }

    /// The list of errors, to hand on to whoever takes a value apart.
    pub fn errors(&mut self) -> &mut Vec<Diagnostic> {
        self.errors
    }

    /// Entries nobody has asked for, for mappings whose keys are names.
    pub fn rest(&mut self) -> Vec<(&'n Name, &'n Node)> {
        self.entries
            .iter_mut()
            .filter(|entry| !entry.2)
            .map(|entry| {
                entry.2 = true;
                (entry.0, entry.1)
            })
            .collect()
    }

    /// Notes every key that nobody asked for, with the nearest known one.
    ///
    /// A key that was missed because it is misspelt is reported as misspelt only.
    pub fn finish(self) {
        for (name, _, used) in &self.entries {
            if *used {
                continue;
            }
            let absent = |key: &&str| self.entries.iter().all(|(name, ..)| name.text != **key);
            let known = || self.known.iter().copied();
            let near = nearest(&name.text, known().filter(absent));
            let wrong = error("E120", say::unknown_key(&name.text)).at(name.place.clone());
            self.errors.push(match near {
                Some(near) => wrong.help(say::did_you_mean(near)),
                None => wrong.help(say::known_keys(known().collect::<Vec<_>>().join(", "))),
            });
            if let Some(near) = near {
                let missed = say::missing_key(near);
                self.errors.retain(|one| {
                    let same_place = one.place.as_ref().map(|place| (place.start, place.end));
                    let is_missed = one.code == "E122"
                        && one.what == missed
                        && same_place == Some((self.place.start, self.place.end));
                    !is_missed
                });
            }
        }
    }

    fn wrong<T>(&mut self, node: &Node, wanted: Wanted) -> Option<T> {
        self.errors.push(wrong_kind(node, wanted));
        None
    }
}

/// The known word that a typing error most likely meant.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len().max(word.len()) / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Source;
    use crate::yaml::parse;

    fn source(text: &str) -> Arc<Source> {
        Arc::new(Source {
            path: "dsr.yaml".into(),
            text: text.into(),
        })
    }

    #[test]
    fn a_misspelt_key_is_one_mistake_and_not_two() {
        let node = parse(&source("fnid: 1\nkey: 2\n")).unwrap();
        let mut errors = Vec::new();
        let mut fields = Fields::of(&node, &mut errors).unwrap();
        fields.required("find");
        fields.required("key");
        fields.required("table");
        fields.finish();
        let codes: Vec<&str> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, ["E122", "E120"]);
        assert!(errors[0].what.en.contains("`table`"));
    }

    #[test]
    fn unknown_keys_name_the_nearest_known_one() {
        let node = parse(&source("systmes: 1\nother: 2\n")).unwrap();
        let mut errors = Vec::new();
        let mut fields = Fields::of(&node, &mut errors).unwrap();
        fields.optional("systems");
        fields.finish();
        assert_eq!(errors[0].help[0].en, "did you mean `systems`?");
        assert_eq!(errors[1].help[0].en, "known here: systems");
    }
}
