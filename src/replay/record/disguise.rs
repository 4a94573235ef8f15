//! What stays of a recording, and what becomes invented.
//!
//! Everything in a reply that is text is taken for personal, whether or not the connector lists it: a system sends more than anybody
//! asked for, and of other people too. What stays is what cannot be a person's: truth values, counts, numbers of records, points in
//! time, words that stand in the connector itself, and what the program wrote. In requests only what came from the person or from a
//! reply is replaced, because the rest is the connector's own and has to be sent again as it is.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Map, Value};
use url::Url;

use super::invent::Inventor;
use super::notation::{self, Told};
use super::shape::{
    ADDRESS, DAY, MOMENT, SEGMENT, digests, holds_phone, is, is_harmless, is_number_like, leaves,
    members_of, moved, replaced, scalar,
};
use super::{Invented, Taken, Wanted};
use crate::connector::definition::Definition;
use crate::subject::{Kind, Kinds};

/// The text of an element of XML that has attributes.
const TEXT: &str = "#text";

/// What is known before anything is disguised.
pub(super) struct Known<'k> {
    pub(super) definition: &'k Definition,
    /// The connector's file, and those that it extends.
    pub(super) text: &'k str,
    pub(super) kinds: &'k Kinds,
    pub(super) wanted: &'k Wanted,
    /// Settings as they are.
    pub(super) plain: &'k BTreeMap<String, String>,
    pub(super) secrets: &'k [String],
    /// Settings as they will be.
    pub(super) invented: &'k Invented,
    pub(super) taken: &'k [Taken],
    /// What their replies say, one for each.
    pub(super) told: &'k [Option<Told>],
}

/// Originals and their substitutes.
pub(super) struct Disguise<'k> {
    known: Known<'k>,
    /// Names of members down to each listed field, with whether it holds a telephone number.
    listed: Vec<(Vec<String>, bool)>,
    /// Members that name records.
    keys: BTreeSet<String>,
    /// Words of the connector file.
    words: BTreeSet<String>,
    /// What the program put into records.
    ours: BTreeSet<String>,
    /// Texts that stay, as they were when the disguise was put on.
    stays: BTreeSet<String>,
    /// Whole values and their substitutes.
    map: BTreeMap<String, String>,
    /// Values of listed fields: their single words are looked for as well.
    personal: BTreeSet<String>,
    inventor: RefCell<Inventor>,
    base: Option<Url>,
    new_base: Option<Url>,
}

impl<'k> Disguise<'k> {
    pub(super) fn new(known: Known<'k>) -> Disguise<'k> {
        let objects = known.definition.objects.iter();
        let fields = objects.clone().flat_map(|object| &object.fields);
        let listed = fields
            .map(|field| {
                let mut members = members_of(field);
                members.retain(|name| name != TEXT);
                (members, holds_phone(field))
            })
            .collect();
        let mut keys: BTreeSet<String> = objects
            .flat_map(|object| object.key.iter().cloned())
            .collect();
        let links = known
            .definition
            .objects
            .iter()
            .flat_map(|object| &object.fields)
            .filter(|field| !field.links.is_empty());
        keys.extend(links.filter_map(|field| members_of(field).last().cloned()));
        let word = |text: &str| -> Vec<String> {
            text.split(|sign: char| !(sign.is_alphanumeric() || "_-".contains(sign)))
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let words = word(known.text).into_iter().collect();
        let mut texts: Vec<String> = known.wanted.typed.clone();
        texts.extend(
            known
                .wanted
                .subject
                .iter()
                .map(|one| one.value().to_owned()),
        );
        texts.extend(known.wanted.set.iter().map(|one| one.value.clone()));
        for told in known.told.iter().flatten() {
            leaves(&told.value, &mut Vec::new(), &mut |_, value| {
                texts.extend(scalar(value))
            });
        }
        let base = known.taken.first().map(|one| one.base.clone());
        let new_base = base
            .as_ref()
            .and_then(|base| moved(base, known.plain, known.invented));
        let inventor = RefCell::new(Inventor::new(texts.iter().map(String::as_str)));
        let mut disguise = Disguise {
            known,
            listed,
            keys,
            words,
            ours: BTreeSet::new(),
            stays: BTreeSet::new(),
            map: BTreeMap::new(),
            personal: BTreeSet::new(),
            inventor,
            base,
            new_base,
        };
        disguise.learn();
        disguise
    }

    /// Gives every original its substitute: the person first, then what replies brought, in their order.
    fn learn(&mut self) {
        let wanted = self.known.wanted;
        let person: Vec<(String, bool)> = wanted
            .subject
            .iter()
            .map(|one| (one.value().to_owned(), one.kind.0 == Kind::PHONE))
            .chain(wanted.typed.iter().map(|typed| (typed.clone(), false)))
            .collect();
        for (text, phone) in person {
            self.personal.insert(text.clone());
            self.add(&text, phone);
        }
        for set in &wanted.set {
            self.personal.insert(set.value.clone());
            self.add(&set.value, set.field.ends_with("phone"));
        }
        for (name, value) in self.known.plain {
            if let Some(made) = self.known.invented.get(name)
                && made != value
            {
                self.map.insert(value.clone(), made.clone());
            }
        }
        for secret in self.known.secrets {
            self.map.insert(secret.clone(), "invented".to_owned());
        }
        let (taken, all_told) = (self.known.taken, self.known.told);
        for (one, told) in taken.iter().zip(all_told) {
            let body = |body: &[u8]| {
                let json = serde_json::from_slice::<Value>(body).ok();
                json.or_else(|| notation::sent(body))
            };
            if let (true, Some(body)) = (one.writes, one.body.as_deref().and_then(body)) {
                // What no reply and no person brought is what the program makes of a field.
                leaves(&body, &mut Vec::new(), &mut |_, value| {
                    let text = scalar(value)
                        .filter(|text| !self.map.contains_key(text) && !text.is_empty());
                    self.ours.extend(text);
                });
            }
            let Some(told) = told else {
                continue;
            };
            let untyped = told.is_untyped();
            let mut found = Vec::new();
            leaves(&told.value, &mut Vec::new(), &mut |path, value| {
                found.push((path.to_vec(), value.clone()))
            });
            for (path, value) in found {
                let listed = self.listing(&path);
                let Some(text) = scalar(&value).filter(|text| !text.trim().is_empty()) else {
                    continue;
                };
                if self.may_stay(&path, &value, &text, listed, untyped) {
                    self.stays.insert(text);
                    continue;
                }
                // A number that nobody listed is replaced where it stands: the same number is a record's own elsewhere.
                let is_count =
                    untyped && text.trim().len() < 5 && text.trim().parse::<u64>().is_ok();
                let is_number = value.is_number() || is_count;
                if self.own_url(&text).is_some() || (listed.is_none() && is_number) {
                    continue;
                }
                if listed.is_some() {
                    self.personal.insert(text.clone());
                }
                self.add(&text, listed == Some(true));
            }
        }
    }

    fn add(&mut self, text: &str, phone: bool) {
        if !self.map.contains_key(text) {
            let made = self.invent(text, phone);
            self.map.insert(text.to_owned(), made);
        }
    }

    fn invent(&self, text: &str, phone: bool) -> String {
        let mut inventor = self.inventor.borrow_mut();
        let trimmed = text.trim();
        if let Some(whole) = ADDRESS.as_ref().and_then(|pattern| pattern.find(trimmed))
            && whole.as_str() == trimmed
        {
            return inventor.address(trimmed);
        }
        let looks =
            trimmed.starts_with('+') && trimmed.chars().filter(char::is_ascii_digit).count() >= 7;
        if phone || looks {
            let kind = Kind(Kind::PHONE.to_owned());
            if let Ok(identity) = self.known.kinds.identity(&kind, trimmed) {
                return inventor.phone(text, identity.value());
            }
        }
        if is(&DAY, trimmed)
            && let Ok(day) = trimmed.parse::<Date>()
        {
            return inventor.day(day).to_string();
        }
        if let Ok(url) = Url::parse(trimmed)
            && url.has_host()
        {
            let path = inventor.text(url.path());
            return format!("https://files.example.org{path}");
        }
        // Addresses within a longer text have the same substitutes as those that stand alone.
        let mut out = String::new();
        let mut end = 0;
        for found in ADDRESS.iter().flat_map(|pattern| pattern.find_iter(text)) {
            out.push_str(&inventor.text(&text[end..found.start()]));
            out.push_str(&inventor.address(found.as_str()));
            end = found.end();
        }
        out.push_str(&inventor.text(&text[end..]));
        out
    }

    /// Whether a member is a listed field; inside, whether it holds a telephone number.
    fn listing(&self, path: &[String]) -> Option<bool> {
        let path = path.strip_suffix(&[TEXT.to_owned()]).unwrap_or(path);
        let all = self
            .listed
            .iter()
            .filter(|(members, _)| !members.is_empty() && path.ends_with(members));
        all.map(|(_, phone)| *phone).reduce(|a, b| a || b)
    }

    fn may_stay(
        &self,
        path: &[String],
        value: &Value,
        text: &str,
        listed: Option<bool>,
        untyped: bool,
    ) -> bool {
        // `<id type="x">7</id>`: what stands in an element has the element's name.
        let mut names = path.iter().rev().filter(|name| *name != TEXT);
        let name = names.next().map_or("", |name| name.trim_start_matches('@'));
        let wanted = self.known.wanted;
        if wanted.hide.iter().any(|hidden| hidden == name) {
            return false;
        }
        if self.map.contains_key(text) {
            // The person's own number is no less personal where it stands as a key.
            return false;
        }
        if wanted.keep.iter().any(|kept| kept == name) {
            return true;
        }
        let small = name.to_lowercase();
        let names_record = self.keys.contains(name)
            || small == "id"
            || small.ends_with("_id")
            || name.ends_with("Id")
            || name.ends_with("ID")
            || small.ends_with("uuid");
        if names_record && (value.is_number() || is_number_like(text)) {
            return true;
        }
        if listed.is_some() {
            return self.ours.contains(text);
        }
        match value {
            Value::Bool(_) | Value::Null => true,
            Value::Number(number) => self.words.contains(name) || is_harmless(number, text),
            // A notation without types: a truth value, or a count that the connector itself names.
            _ if untyped && ["true", "false"].contains(&text.trim()) => true,
            _ if untyped && text.trim().parse::<u64>().is_ok() && self.words.contains(name) => true,
            _ => is(&MOMENT, text) || self.words.contains(text) || self.ours.contains(text),
        }
    }

    /// A reply as it goes into the file.
    pub(super) fn reply(&self, value: &Value, untyped: bool) -> Value {
        self.in_reply(&mut Vec::new(), value, untyped)
    }

    fn in_reply(&self, path: &mut Vec<String>, value: &Value, untyped: bool) -> Value {
        match value {
            Value::Object(members) => {
                let each = members.iter().map(|(name, inner)| {
                    path.push(name.clone());
                    let inner = self.in_reply(path, inner, untyped);
                    path.pop();
                    // A name can be a value: `{ "anna@example.org": { … } }`.
                    (self.name(name), inner)
                });
                Value::Object(each.collect::<Map<_, _>>())
            }
            Value::Array(items) => items
                .iter()
                .map(|item| self.in_reply(path, item, untyped))
                .collect(),
            other => {
                let Some(text) = scalar(other).filter(|text| !text.trim().is_empty()) else {
                    return other.clone();
                };
                let stays = self.may_stay(path, other, &text, self.listing(path), untyped);
                if stays {
                    return other.clone();
                }
                if let Some(url) = self.own_url(&text) {
                    return Value::String(url);
                }
                let made = self
                    .map
                    .get(&text)
                    .cloned()
                    .unwrap_or_else(|| self.invent(&text, false));
                match other {
                    Value::String(_) => Value::String(made),
                    _ => serde_json::from_str(&made).unwrap_or(Value::String(made)),
                }
            }
        }
    }

    /// A part of a request: a value that is known, alone or within a longer text.
    pub(super) fn request(&self, text: &str) -> String {
        if let Some(made) = self.map.get(text) {
            return made.clone();
        }
        if self.stays.contains(text) || self.words.contains(text) || text.is_empty() {
            return text.to_owned();
        }
        if let Some(made) = self.phone(text) {
            return made;
        }
        let small = text.to_lowercase();
        for (original, made) in &self.map {
            if original.to_lowercase() == small {
                return made.to_lowercase();
            }
            for (digest, new) in digests(original).into_iter().zip(digests(made)) {
                if digest == small {
                    return new;
                }
            }
        }
        let mut out = text.to_owned();
        let mut longest: Vec<(&String, &String)> = self
            .map
            .iter()
            .filter(|(original, _)| {
                original.chars().count() >= 4 && !self.words.contains(*original)
            })
            .collect();
        longest.sort_by_key(|(original, _)| std::cmp::Reverse(original.len()));
        for (original, made) in longest {
            // A word is one only where it stands alone.
            let alone = original.chars().all(char::is_alphabetic);
            out = replaced(&out, original, made, alone);
            out = replaced(&out, &original.to_lowercase(), &made.to_lowercase(), alone);
            out = replaced(&out, &original.to_uppercase(), &made.to_uppercase(), alone);
        }
        out
    }

    /// A telephone number that is known in another spelling.
    fn phone(&self, text: &str) -> Option<String> {
        let signs = text
            .chars()
            .all(|sign| sign.is_ascii_digit() || "+ -/().".contains(sign));
        let digits = text.chars().filter(char::is_ascii_digit).count();
        if !signs || digits < 6 {
            return None;
        }
        let kind = Kind(Kind::PHONE.to_owned());
        let normal = self.known.kinds.identity(&kind, text).ok()?;
        let mut inventor = self.inventor.borrow_mut();
        inventor
            .knows_phone(normal.value())
            .then(|| inventor.phone(text, normal.value()))
    }

    /// The name of a member, which may itself be an address or a value.
    pub(super) fn name(&self, name: &str) -> String {
        match self.map.get(name) {
            Some(made) if self.personal.contains(name) => made.clone(),
            _ if is(&ADDRESS, name) => self.invent(name, false),
            _ => name.to_owned(),
        }
    }

    /// A JSON body of a request.
    pub(super) fn body(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, inner)| (self.name(name), self.body(inner)))
                    .collect(),
            ),
            Value::Array(items) => items.iter().map(|item| self.body(item)).collect(),
            Value::String(text) if self.ours.contains(text) => value.clone(),
            Value::String(text) => Value::String(self.request(text)),
            Value::Number(number) => match self.map.get(&number.to_string()) {
                Some(made) => serde_json::from_str(made).unwrap_or(Value::String(made.clone())),
                None => value.clone(),
            },
            other => other.clone(),
        }
    }

    /// A link to the system itself, or a path on it that was asked for: moved to the invented server, its values replaced.
    pub(super) fn own_url(&self, text: &str) -> Option<String> {
        let base = self.base.as_ref()?;
        let relative =
            text.starts_with('/') && !text.starts_with("//") && !text.contains(char::is_whitespace);
        let whole = match relative {
            true => base.join(text).ok()?,
            false => Url::parse(text).ok()?,
        };
        if whole.origin() != base.origin() {
            return None;
        }
        let was_asked = self
            .known
            .taken
            .iter()
            .any(|one| one.url.path() == whole.path());
        if relative && !was_asked {
            return None;
        }
        let mut made = self.new_base.clone()?;
        let behind = whole
            .path()
            .strip_prefix(base.path().trim_end_matches('/'))
            .unwrap_or(whole.path());
        let start = made.path().trim_end_matches('/').to_owned();
        made.set_path(&format!("{start}{}", self.path(behind, !was_asked)));
        let pairs: Vec<(String, String)> = whole
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), self.request(&value)))
            .collect();
        if !pairs.is_empty() {
            made.query_pairs_mut().extend_pairs(pairs);
        }
        match relative {
            // The path is the server's own, and the invented server may have another before it.
            true => Some(made[url::Position::BeforePath..].to_owned()),
            false => Some(made.to_string()),
        }
    }

    /// A path below the base, its values replaced; where nobody asked for it, unknown words are replaced as well.
    pub(super) fn path(&self, path: &str, unknown: bool) -> String {
        let segment = |segment: &str| {
            let plain = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
            let made = match unknown
                && !self.map.contains_key(&*plain)
                && !self.words.contains(&*plain)
                && !is_number_like(&plain)
            {
                true => self.invent(&plain, false),
                false => self.request(&plain),
            };
            percent_encoding::utf8_percent_encode(&made, SEGMENT).to_string()
        };
        path.split('/').map(segment).collect::<Vec<_>>().join("/")
    }

    /// What was there before, with whether its single words count too.
    pub(super) fn originals(&self) -> impl Iterator<Item = (&str, bool)> {
        self.map
            .keys()
            .map(|original| (original.as_str(), self.personal.contains(original)))
    }

    pub(super) fn secrets(&self) -> &[String] {
        self.known.secrets
    }

    /// Words that may stand in the file because the connector itself says them.
    pub(super) fn is_word(&self, text: &str) -> bool {
        self.words.contains(text)
    }

    pub(super) fn replaced(&self) -> usize {
        self.map.len()
    }
}
