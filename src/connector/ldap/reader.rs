//! Reading a directory: candidates by a finder, entries by their key, what the schema says about their attributes.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use ldap3::Scope;
use serde_json::Value;

use super::directory::{Directory, needed, record};
use super::dn::Dn;
use super::filter::{Filter, Test};
use super::line::{Look as _, ReadLine, Search};
use super::schema::Schema;
use super::value::{self, Sort};
use super::{Entries, NAME, entries, examine, time};
use crate::connector::object::{Finder, Via};
use crate::connector::{
    Action, Blind, Column, Fault, Finding, Health, Holds, Key, Notes, Object, Opening, Probe,
    Reader, Record, Shape, Sink, Unread, UnreadColumn,
};
use crate::messages::ldap as say;
use crate::subject::{Identity, Kind};

/// Entries that are looked at to learn of which classes they are and which attributes they have.
const SAMPLE: i32 = 200;

pub(super) struct LdapReader(Directory<ReadLine>);

impl LdapReader {
    pub(super) fn new(opening: &Opening) -> Result<LdapReader, Fault> {
        let line = ReadLine::new(opening)?;
        Ok(LdapReader(Directory::new(
            line,
            Arc::clone(&opening.system),
        )))
    }

    /// Some entries of an object, with these attributes.
    async fn sample(
        &mut self,
        described: &Entries,
        attributes: &[&str],
        names_only: bool,
    ) -> Result<Vec<super::entry::Entry>, Fault> {
        let mut found = Vec::new();
        let search = Search {
            base: &described.base,
            scope: Scope::Subtree,
            filter: &described.filter,
            attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
            names_only,
            most: SAMPLE,
            only_here: false,
        };
        self.0
            .line
            .search(&search, &mut |entry| {
                found.push(entry);
                Ok(true)
            })
            .await?;
        Ok(found)
    }
}

#[async_trait]
impl Reader for LdapReader {
    async fn check(&mut self) -> Result<Health, Fault> {
        self.0.line.server().await?;
        Ok(Health {
            notes: self.notes(),
        })
    }

    async fn shape(&mut self, object: &Object) -> Result<Shape, Fault> {
        let described = entries(object)?;
        let schema = self.0.schema().await?;
        let attributes = needed(&self.0.system, object);
        let attributes = attributes.into_iter().filter(|name| name != NAME);
        let attributes: Vec<String> = attributes.collect();
        if !schema.is_empty() {
            let unknown = |name: &&String| schema.attribute(name).is_none();
            if let Some(unknown) = attributes.iter().find(unknown) {
                return Err(Fault::no_attribute(unknown));
            }
        }
        let all = Filter::present("objectClass");
        let mut is_there = false;
        let search = Search {
            base: &described.base,
            scope: Scope::Base,
            filter: &all,
            attributes: vec!["1.1".to_owned()],
            names_only: true,
            most: 0,
            only_here: false,
        };
        self.0
            .line
            .search(&search, &mut |_| {
                is_there = true;
                Ok(true)
            })
            .await?;
        if !is_there {
            return Err(Fault::no_base(&described.base));
        }
        let mut classes: BTreeSet<String> = described.filter.classes().into_iter().collect();
        let mut naming = BTreeSet::new();
        if described.each.is_none() {
            for entry in self.sample(described, &["objectClass"], false).await? {
                classes.extend(entry.texts("objectClass"));
                let dn = Dn::parse(&entry.dn);
                let first = dn.iter().flat_map(|dn| dn.first());
                naming.extend(first.map(|(kind, _)| kind.clone()));
            }
        }
        let must = schema.must(classes.iter().map(String::as_str));
        let names = |name: &str| naming.iter().any(|kind| schema.is_same(kind, name));
        let columns = attributes.into_iter().map(|name| {
            let is_firm = schema.is_among(&name, &must);
            let column = column(&schema, described, &name, is_firm, names(&name));
            (name, column)
        });
        Ok(columns.collect())
    }

    async fn unread(&mut self, object: &Object) -> Result<Option<Unread>, Fault> {
        let described = entries(object)?;
        if described.each.is_some() {
            return Ok(None);
        }
        let schema = self.0.schema().await?;
        let listed = needed(&self.0.system, object);
        let mut names = BTreeSet::new();
        for entry in self.sample(described, &["*"], true).await? {
            names.extend(entry.attributes.into_iter().map(|(name, _)| name));
        }
        names.retain(|name| {
            !name.eq_ignore_ascii_case("objectClass")
                && !schema.is_operational(name)
                && !listed.iter().any(|known| schema.is_same(known, name))
        });
        let system = Arc::clone(&self.0.system);
        let others = |name: &str| {
            let same = system
                .objects
                .iter()
                .filter(|other| other.name != object.name);
            let same = same.filter(|other| {
                entries(other).is_ok_and(|other| other.base == described.base)
                    && needed(&system, other)
                        .iter()
                        .any(|known| schema.is_same(known, name))
            });
            same.map(|other| other.name.clone()).collect()
        };
        let columns = names.into_iter().map(|name| UnreadColumn {
            listed_for: others(&name),
            name,
            forbidden: false,
        });
        Ok(Some(Unread {
            columns: columns.collect(),
            // A directory shows the attributes that the account may see and is silent about the others.
            blind: Some(Blind::Grants),
        }))
    }

    async fn find(
        &mut self,
        object: &Object,
        finder: usize,
        probe: Probe<'_>,
        sink: Sink<'_>,
    ) -> Result<(), Fault> {
        let described = entries(object)?;
        let schema = self.0.schema().await?;
        let finder = object.find.get(finder);
        let finder = finder.ok_or_else(|| Fault::wrong_type(&object.name))?;
        let system = Arc::clone(&self.0.system);
        for question in questions(&schema, object, described, finder, probe)? {
            let mut enough = false;
            let each = question.each.as_deref();
            let mut take = |entry: super::entry::Entry| {
                enough = !sink(record(&system, &schema, object, &entry, each)?);
                Ok(!enough)
            };
            self.0
                .entries(object, question.filter, &[], &mut take)
                .await?;
            if enough {
                break;
            }
        }
        Ok(())
    }

    fn reads_by_key(&self, _object: &Object) -> bool {
        true
    }

    async fn read(&mut self, object: &Object, key: &Key) -> Result<Option<Record>, Fault> {
        let schema = self.0.schema().await?;
        let Some(entry) = self.0.by_key(object, key, &[]).await? else {
            return Ok(None);
        };
        let each = value_of_key(object, key);
        record(&self.0.system, &schema, object, &entry, each).map(Some)
    }

    async fn examine_system(&mut self) -> Result<Vec<Finding>, Fault> {
        Ok(examine::server(&self.0.line.server().await?))
    }

    async fn examine(&mut self, object: &Object, needs: &[Action]) -> Result<Vec<Finding>, Fault> {
        examine::object(&mut self.0, object, needs).await
    }

    fn notes(&self) -> Notes {
        self.0.line.notes()
    }
}

/// The value that a key names beside its entry, where records are values.
pub(super) fn value_of_key<'k>(object: &Object, key: &'k Key) -> Option<&'k str> {
    let each = entries(object).ok()?.each.as_ref()?;
    let at = object.key.iter().position(|name| name == each)?;
    key.parts().get(at).map(String::as_str)
}

/// One search, and the value for which its entries stand where records are values.
struct Question {
    filter: Filter,
    each: Option<String>,
}

/// What a finder asks. Several searches where records are values and the parent has several that could be among them; none where the
/// parent has nothing that could lead anywhere.
fn questions(
    schema: &Schema,
    object: &Object,
    described: &Entries,
    finder: &Finder,
    probe: Probe<'_>,
) -> Result<Vec<Question>, Fault> {
    let plain = |filter| Question { filter, each: None };
    match (&finder.via, probe) {
        (Via::Columns(columns), Probe::Identity(identity)) => {
            let asked = by_identity(schema, described, columns, identity);
            Ok(asked.map(plain).into_iter().collect())
        }
        (Via::Columns(columns), Probe::Before { day, parent: None }) => {
            let until = time::midnight(day).into_bytes();
            let items = columns.iter();
            let items = items.map(|name| Filter::Item(name.clone(), Test::AtMost(until.clone())));
            Ok(vec![plain(Filter::Or(items.collect()))])
        }
        (Via::Join(pairs), Probe::Parent(parent)) => {
            let mut conditions = Vec::new();
            let mut values = Vec::new();
            for (own, above) in pairs {
                let held = texts(parent.data.get(above));
                if held.is_empty() {
                    return Ok(Vec::new());
                }
                if described.each.as_ref() == Some(own) {
                    values = held;
                    continue;
                }
                let sort = value::sort(schema, own);
                let same = held.iter().filter_map(|text| value::bytes(sort, text));
                let same: Vec<Filter> = same.map(|bytes| Filter::equal(own, bytes)).collect();
                if same.is_empty() {
                    return Ok(Vec::new());
                }
                conditions.push(Filter::Or(same));
            }
            let Some(each) = &described.each else {
                return Ok(vec![plain(Filter::And(conditions))]);
            };
            let questions = values.into_iter().map(|value| {
                let mut all = conditions.clone();
                all.push(Filter::equal(each, value.as_bytes()));
                Question {
                    filter: Filter::And(all),
                    each: Some(value),
                }
            });
            Ok(questions.collect())
        }
        _ => Err(Fault::wrong_type(&object.name)),
    }
}

/// Any of the attributes holds the identity in any of its spellings; for a name, one spelling with all its words.
fn by_identity(
    schema: &Schema,
    described: &Entries,
    columns: &[String],
    identity: &Identity,
) -> Option<Filter> {
    let spellings = identity.spellings();
    if identity.kind.0 == Kind::NAME {
        let fits = |spelling: &String| {
            let words = spelling.split_whitespace();
            let somewhere = |word: &str| {
                let all = columns.iter().map(|name| Filter::contains(name, word));
                Filter::Or(all.collect())
            };
            Filter::And(words.map(somewhere).collect())
        };
        let all: Vec<Filter> = spellings.iter().map(fits).collect();
        return (!all.is_empty()).then_some(Filter::Or(all));
    }
    let mut all = Vec::new();
    for name in columns {
        let sort = value::sort(schema, name);
        let form = described.form(name);
        for spelling in &spellings {
            let text = form.map_or_else(|| spelling.clone(), |form| form.around(spelling));
            let bytes = value::bytes(sort, &text);
            all.extend(bytes.map(|bytes| Filter::equal(name, bytes)));
        }
        if identity.kind.0 == Kind::PHONE && form.is_none() {
            all.push(by_digits(name, identity.value()));
        }
    }
    (!all.is_empty()).then_some(Filter::Or(all))
}

/// A number whose last digits stand in this order, whatever stands between them; the guard compares the whole.
fn by_digits(name: &str, number: &str) -> Filter {
    const LAST: usize = 7;
    let digits: Vec<u8> = number.bytes().filter(u8::is_ascii_digit).collect();
    let last = &digits[digits.len().saturating_sub(LAST)..];
    let mut parts = vec![Vec::new()];
    parts.extend(last.iter().map(|digit| vec![*digit]));
    parts.push(Vec::new());
    Filter::Item(name.to_owned(), Test::Parts(parts))
}

/// The values that a parent has, one or several.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) if !text.trim().is_empty() => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().flat_map(|item| texts(Some(item))).collect(),
        _ => Vec::new(),
    }
}

/// What is known of an attribute: `firm` if entries must have it, `names` if entries are named by it.
fn column(schema: &Schema, described: &Entries, name: &str, firm: bool, names: bool) -> Column {
    let sort = value::sort(schema, name);
    let attribute = schema.attribute(name);
    let computed = attribute.is_some_and(|attribute| attribute.computed);
    let (word, holds) = match sort {
        Sort::Text => ("text", Holds::Text),
        Sort::Number => ("integer", Holds::Number),
        Sort::Name => ("name of an entry", Holds::Other),
        Sort::Guid => ("GUID", Holds::Other),
        Sort::Sid => ("SID", Holds::Other),
        Sort::Bytes => ("bytes", Holds::Binary),
    };
    // Words with a form of their own: a truth value, a time, a UUID.
    const FORMED: [&str; 4] = [
        "1.3.6.1.4.1.1466.115.121.1.7",
        "1.3.6.1.4.1.1466.115.121.1.24",
        "1.3.6.1.4.1.1466.115.121.1.53",
        "1.3.6.1.1.16.1",
    ];
    let formed = schema
        .syntax(name)
        .is_some_and(|syntax| FORMED.contains(&syntax));
    Column {
        type_name: match computed {
            true => format!("{word} (generated)"),
            false => word.to_owned(),
        },
        holds: if formed { Holds::Other } else { holds },
        nullable: !firm && !names,
        never_empty: true,
        refuses: (names && !described.rename).then(|| say::names_entry(name)),
        ..Column::default()
    }
}
