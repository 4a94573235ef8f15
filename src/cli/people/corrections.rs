//! The columns of `dsr rectify --subjects`: right values and, beside them, what has to stand there until now.
//!
//! A column is known by a name that `--set` takes (`contact.email`, `was:contact.email`) or by the words that people write above it
//! ("E-Mail neu", "old address"). A heading that sounds like either and means nothing here is refused, because it would be left out
//! without a word. An empty cell leaves the value as it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::people::headings;
use crate::connector::categories::is_known;
use crate::connector::object::Field;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::find::narrow::is_no_day;
use crate::inventory::Inventory;
use crate::messages::{Lang, Text, package, people as say, rights};
use crate::plan::{Correction, rectify};

/// What the mapping writes before the name of a column with old values.
const WAS: &str = "was:";

/// Words in a heading that make a column one of new values; the first list stands before or behind the name, the second before it.
const NEW: [&[&str]; 2] = [
    &["neu", "künftig", "new"],
    &[
        "neue",
        "neuer",
        "neues",
        "künftige",
        "künftiger",
        "künftiges",
        "richtige",
        "richtiger",
        "richtiges",
        "right",
        "correct",
    ],
];

/// Those that make it one of old values.
const OLD: [&[&str]; 2] = [
    &["alt", "bisher", "old"],
    &[
        "alte",
        "alter",
        "altes",
        "bisherige",
        "bisheriger",
        "bisheriges",
        "falsche",
        "falscher",
        "falsches",
        "previous",
        "wrong",
    ],
];

/// What people call a category beside its label, small letters and digits only.
const CALLED: [(&str, &str); 9] = [
    ("email", "contact.email"),
    ("mail", "contact.email"),
    ("mailadresse", "contact.email"),
    ("telefon", "contact.phone"),
    ("phone", "contact.phone"),
    ("adresse", "contact.address"),
    ("address", "contact.address"),
    ("geburtstag", "person.birth_date"),
    ("birthdate", "person.birth_date"),
];

/// What can be corrected by this inventory.
pub(super) struct Corrections<'a> {
    inventory: &'a Inventory,
    names: BTreeSet<String>,
}

/// What a column stands for, for the conversation.
pub(super) fn in_words(target: &str) -> Text {
    match target.strip_prefix(WAS) {
        Some(name) => say::old_value_of(name),
        None if target.contains('.') => say::new_value_of(target),
        None => crate::cli::people::notices::in_words(target),
    }
}

impl<'a> Corrections<'a> {
    pub(super) fn of(inventory: &'a Inventory) -> Corrections<'a> {
        Corrections {
            inventory,
            names: rectify::names(inventory),
        }
    }

    /// `contact.email`, `was:contact.email`, or a field in place of the category.
    pub(super) fn target(&self, name: &str) -> Option<String> {
        match name.strip_prefix(WAS) {
            Some(name) => self.name(name).map(|name| format!("{WAS}{name}")),
            None => self.name(name),
        }
    }

    fn name(&self, name: &str) -> Option<String> {
        let name = name.trim();
        if self.names.contains(name) {
            return Some(name.to_owned());
        }
        let small = name.to_lowercase();
        let mut same = self.names.iter().filter(|one| one.to_lowercase() == small);
        match (same.next(), same.next()) {
            (Some(one), None) => Some(one.clone()),
            _ => None,
        }
    }

    /// # Errors
    /// E954 for a heading that sounds like new or old values of something that is not there.
    pub(super) fn heading(
        &self,
        column: &str,
        columns: &[String],
    ) -> std::result::Result<Option<String>, Diagnostic> {
        let heading = column.trim();
        if let Some(target) = self.target(heading) {
            return Ok(Some(target));
        }
        let (old, rest) = match marked(heading) {
            Some(found) => found,
            None if self.sounds_like_a_name(heading) => (false, heading.to_owned()),
            None => return Ok(None),
        };
        match self.meant(&rest) {
            Some(name) if old => Ok(Some(format!("{WAS}{name}"))),
            Some(name) => Ok(Some(name)),
            // A file without a header line begins with a person, of whom nothing is repeated.
            None if headings(columns) == "…" => Err(self.unknown("…", &rest)),
            None => Err(self.unknown(column, &rest)),
        }
    }

    /// The category or field of these words.
    fn meant(&self, words: &str) -> Option<String> {
        if let Some(name) = self.name(words) {
            return Some(name);
        }
        let plain = plain(words);
        let called = CALLED.iter().find(|(called, _)| *called == plain);
        let named = |name: &&String| {
            package::category(name).is_some_and(|label| {
                [Lang::En, Lang::De]
                    .iter()
                    .any(|lang| self::plain(label.to(*lang)) == plain)
            })
        };
        match called {
            Some((_, name)) => self.name(name),
            None => self.names.iter().find(named).cloned(),
        }
    }

    /// A category or SYSTEM.OBJECT.FIELD, perhaps mistyped.
    fn sounds_like_a_name(&self, heading: &str) -> bool {
        let Some((first, rest)) = heading.split_once('.') else {
            return false;
        };
        let first = first.to_lowercase();
        let begins = |name: &String| {
            name.split_once('.')
                .is_some_and(|(start, _)| start.to_lowercase() == first)
        };
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        is_known(heading)
            || (!rest.is_empty() && rest.chars().all(is_word) && self.names.iter().any(begins))
    }

    fn unknown(&self, column: &str, rest: &str) -> Diagnostic {
        let what = say::unknown_correction(headings(&[column.to_owned()]));
        let mut diagnostic = Diagnostic::new("E954", Exit::Usage, what);
        let names = self.names.iter().map(String::as_str);
        if let Some(near) = crate::yaml::nearest(rest, names) {
            diagnostic = diagnostic.help(crate::messages::yaml::did_you_mean(near));
        }
        diagnostic.help(say::unknown_correction_help(self.categories()))
    }

    fn categories(&self) -> String {
        let names = self.names.iter().filter(|name| is_known(name));
        names.cloned().collect::<Vec<_>>().join(", ")
    }

    /// # Errors
    /// E955 if no column gives a new value, E868 for old values of something that gets no new one.
    pub(super) fn check(
        &self,
        columns: &[String],
        mapping: &BTreeMap<String, String>,
    ) -> Result<()> {
        let new: Vec<&String> = mapping
            .values()
            .filter(|what| self.names.contains(*what))
            .collect();
        if new.is_empty() {
            let diagnostic = Diagnostic::new("E955", Exit::Usage, say::no_new_values());
            return Err(diagnostic
                .help(say::no_new_values_help(headings(columns)))
                .into());
        }
        let old = mapping.values().filter_map(|what| what.strip_prefix(WAS));
        let alone = old.filter(|name| !new.iter().any(|new| new == name));
        let troubles: Vec<Diagnostic> = alone
            .map(|name| {
                Diagnostic::new("E868", Exit::Usage, say::old_without_new(name))
                    .help(say::old_without_new_help(name))
            })
            .collect();
        match troubles.is_empty() {
            true => Ok(()),
            false => Err(troubles.into()),
        }
    }

    /// What one line wants to have corrected.
    pub(super) fn line(
        &self,
        row: usize,
        cells: &BTreeMap<&str, Vec<&str>>,
    ) -> std::result::Result<Vec<Correction>, Vec<Diagnostic>> {
        let mut corrections: Vec<Correction> = Vec::new();
        let mut troubles = Vec::new();
        let twice = |name: &str| {
            Diagnostic::new("E421", Exit::Usage, rights::twice(name))
                .why(say::in_row(row))
                .help(rights::twice_help())
        };
        for (name, values) in cells.iter().filter(|(name, _)| !name.starts_with(WAS)) {
            let [value] = values.as_slice() else {
                troubles.push(twice(name));
                continue;
            };
            if is_empty(value) {
                troubles.push(
                    Diagnostic::new("E957", Exit::Usage, say::emptied(row, *name))
                        .why(rights::empty_value_help())
                        .help(say::emptied_help()),
                );
                continue;
            }
            if let Some(why) = self.refusal(name, value) {
                troubles.push(
                    Diagnostic::new("E424", Exit::Usage, rights::does_not_fit(*name))
                        .why(say::in_row_because(row, why))
                        .help(say::mend_the_line()),
                );
                continue;
            }
            let old = cells.get(format!("{WAS}{name}").as_str());
            let was = match old.map(Vec::as_slice) {
                None => None,
                // "Nothing stands there" is a word of its own too; an empty cell says nothing about it.
                Some([was]) if is_empty(was) => Some(String::new()),
                Some([was]) => Some((*was).to_owned()),
                Some(_) => {
                    troubles.push(twice(name));
                    continue;
                }
            };
            corrections.push(Correction {
                field: (*name).to_owned(),
                value: (*value).to_owned(),
                was,
            });
        }
        if corrections.is_empty() && troubles.is_empty() {
            troubles.push(
                Diagnostic::new("E956", Exit::Usage, say::nothing_new(row))
                    .help(say::nothing_new_help()),
            );
        }
        match troubles.is_empty() {
            true => Ok(corrections),
            false => Err(troubles),
        }
    }

    /// Why none of the fields that are meant could hold this value, as far as the inventory alone tells.
    fn refusal(&self, name: &str, value: &str) -> Option<Text> {
        if rectify::is_birth_date(self.inventory, name) && is_no_day(value) {
            return Some(rights::no_such_day());
        }
        let mut why = None;
        for field in self.fields(name) {
            let kind = field.identity.as_ref()?;
            why = Some(self.inventory.kinds.identity(kind, value).err()?);
        }
        why
    }

    fn fields(&self, name: &str) -> Vec<&Field> {
        let mut fields = Vec::new();
        for system in &self.inventory.systems {
            for object in &system.objects {
                let place = format!("{}.{}", system.name, object.name);
                fields.extend(object.fields.iter().filter(|field| {
                    field.category == name || format!("{place}.{}", field.name) == name
                }));
            }
        }
        fields
    }
}

/// Whether a heading speaks of old values, and what is left of it; `None` if it speaks of neither old nor new.
fn marked(heading: &str) -> Option<(bool, String)> {
    let small = heading.to_lowercase().replace(['(', ')', '[', ']'], " ");
    let small = small.trim();
    for (prefix, old) in [(WAS, true), ("set:", false)] {
        if let Some(rest) = small.strip_prefix(prefix) {
            return Some((old, rest.trim().to_owned()));
        }
    }
    let parts = |c: char| c.is_whitespace() || matches!(c, '_' | '-' | ':');
    for (old, [either, before]) in [(false, NEW), (true, OLD)] {
        for word in either.iter().chain(before) {
            let rest = small
                .strip_prefix(word)
                .filter(|rest| rest.starts_with(parts));
            let behind = small
                .strip_suffix(word)
                .filter(|rest| rest.ends_with(parts) && either.contains(word));
            if let Some(rest) = rest.or(behind) {
                let rest = rest.trim_matches(parts);
                return (!rest.is_empty()).then(|| (old, rest.to_owned()));
            }
        }
    }
    None
}

/// Small letters and digits only.
fn plain(words: &str) -> String {
    let small = words.to_lowercase();
    small.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The words with which the tables of `dsr` show that nothing stands there.
fn is_empty(value: &str) -> bool {
    let empty = rights::empty();
    let value = value.trim().to_lowercase();
    value == empty.en || value == empty.de
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_new_or_old_in_the_words_of_people() {
        let of = |heading: &str| marked(heading).map(|(old, rest)| (old, plain(&rest)));
        for (heading, old, rest) in [
            ("E-Mail neu", false, "email"),
            ("E-Mail (neu)", false, "email"),
            ("neue E-Mail-Adresse", false, "emailadresse"),
            ("Email_neu", false, "email"),
            ("New address", false, "address"),
            ("Telefon bisher", true, "telefon"),
            ("Alter Name", true, "name"),
            ("was:contact.email", true, "contactemail"),
        ] {
            assert_eq!(of(heading), Some((old, rest.to_owned())), "{heading}");
        }
        for heading in [
            "Alter",
            "Neukunde",
            "Name",
            "E-Mail",
            "Was ist falsch",
            "neu",
            "Halt",
        ] {
            assert_eq!(of(heading), None, "{heading}");
        }
    }
}
