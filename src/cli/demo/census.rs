//! Counts who is in the landscape, before and after, without asking `dsr`: straight from the database and the files in which the
//! systems keep their records. So the demo shows that everybody else was left alone, and does not merely say so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::{Connection, OpenFlags, types::Value as Cell};
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{Text, demo as say};

/// All rows of all places, each with its owner.
pub(super) struct Census {
    places: BTreeMap<String, BTreeSet<Row>>,
}

/// Whose it is, and every value it has.
type Row = (Owner, String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Subject,
    Namesake,
    Other,
}

/// What became of the rows of one place.
pub(super) struct Compared {
    pub(super) place: String,
    pub(super) before: usize,
    pub(super) now: usize,
    pub(super) namesake: Kept,
    pub(super) others: Kept,
}

/// Rows that are still there with every value they had, of those that were.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) same: usize,
    pub(super) of: usize,
}

/// Tables of the shop with the column that names the customer.
const TABLES: [(&str, &str); 4] = [
    ("customers", "id"),
    ("orders", "customer_id"),
    ("reviews", "customer_id"),
    ("invoices", "customer_id"),
];
/// Lists of the services with the key that names the owner, and the owner's keys: subject, namesake.
const LISTS: [(&str, &str, &str, [&str; 2]); 3] = [
    ("crm", "contacts", "id", ["C-2005", "C-2002"]),
    ("desk", "users", "id", ["42", "43"]),
    ("desk", "tickets", "user", ["42", "43"]),
];

impl Census {
    /// # Errors
    /// A place cannot be read.
    pub(super) fn take(folder: &Path) -> Result<Census> {
        let places = shop(folder)
            .and_then(|mut places| {
                places.extend(services(folder)?);
                places.insert("newsletter".to_owned(), newsletter(folder)?);
                Ok(places)
            })
            .map_err(|error| {
                Diagnostic::new("E883", Exit::Failed, say::no_census())
                    .why(Text::same(error.to_string()))
            })?;
        Ok(Census { places })
    }

    /// Compares with what was there before.
    pub(super) fn since(&self, before: &Census) -> Vec<Compared> {
        let compared = before.places.iter().map(|(place, then)| {
            let nothing = BTreeSet::new();
            let now = self.places.get(place).unwrap_or(&nothing);
            let kept = |owner: Owner| Kept {
                same: then.intersection(now).filter(|row| row.0 == owner).count(),
                of: then.iter().filter(|row| row.0 == owner).count(),
            };
            Compared {
                place: place.clone(),
                before: then.len(),
                now: now.len(),
                namesake: kept(Owner::Namesake),
                others: kept(Owner::Other),
            }
        });
        compared.collect()
    }
}

impl Compared {
    /// Whether everybody but the subject is as before.
    pub(super) fn is_clean(&self) -> bool {
        self.namesake.same == self.namesake.of && self.others.same == self.others.of
    }
}

fn shop(folder: &Path) -> anyhow::Result<BTreeMap<String, BTreeSet<Row>>> {
    let shop = Connection::open_with_flags(
        folder.join("shop.db"),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    let mut places = BTreeMap::new();
    for (table, customer) in TABLES {
        let mut query = shop.prepare(&format!("SELECT {customer} AS owner, * FROM {table}"))?;
        let columns = query.column_count();
        let rows = query.query_map([], |row| {
            let owner = match row.get::<_, i64>(0)? {
                1 => Owner::Subject,
                2 => Owner::Namesake,
                _ => Owner::Other,
            };
            let cells: rusqlite::Result<Vec<Cell>> = (1..columns).map(|at| row.get(at)).collect();
            Ok((owner, format!("{:?}", cells?)))
        })?;
        places.insert(format!("shop.{table}"), rows.collect::<Result<_, _>>()?);
    }
    Ok(places)
}

fn services(folder: &Path) -> anyhow::Result<BTreeMap<String, BTreeSet<Row>>> {
    let mut places = BTreeMap::new();
    for (service, list, name, [subject, namesake]) in LISTS {
        let file = folder.join("services").join(format!("{service}.json"));
        let data: Value = serde_json::from_str(&fs_err::read_to_string(file)?)?;
        let records = data.get(list).and_then(Value::as_array);
        let rows = records.into_iter().flatten().map(|record| {
            let owner = match record.get(name).and_then(Value::as_str) {
                Some(key) if key == subject => Owner::Subject,
                Some(key) if key == namesake => Owner::Namesake,
                _ => Owner::Other,
            };
            (owner, record.to_string())
        });
        places.insert(format!("{service}.{list}"), rows.collect());
    }
    Ok(places)
}

fn newsletter(folder: &Path) -> anyhow::Result<BTreeSet<Row>> {
    let mut rows = BTreeSet::new();
    for name in ["weekly.csv", "christmas.csv"] {
        let text = fs_err::read_to_string(folder.join("newsletter").join(name))?;
        for line in text.lines().skip(1) {
            let address = line.split(';').next().unwrap_or_default().to_lowercase();
            let owner = match address.as_str() {
                super::landscape::SUBJECT => Owner::Subject,
                super::landscape::NAMESAKE => Owner::Namesake,
                _ => Owner::Other,
            };
            rows.insert((owner, format!("{name}: {line}")));
        }
    }
    Ok(rows)
}
