//! Items that speak of very many things lie without these, which lie beside them in parts, so that whoever can do with one after the
//! other need not hold all of them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Item, Vault};
use crate::case_id::CaseId;
use crate::diagnostic::Result;

/// Things in a part. Of what has no more nothing lies apart.
pub const PART: usize = 1_000;

/// How many parts belong to an item; to one that lies whole none.
#[derive(Default, Deserialize)]
struct Parts {
    #[serde(default)]
    parts: usize,
}

/// The name of a part of an item.
pub fn part(name: &str, number: usize) -> String {
    format!("{name}.part.{number}")
}

/// The number of a part of this item, from its name.
pub fn number_of(name: &str, part: &str) -> Option<usize> {
    part.strip_prefix(name)?
        .strip_prefix(".part.")?
        .parse()
        .ok()
}

/// The item that says what the parts belong to. `head` is a JSON object.
pub fn head(name: &str, mut head: Value, parts: usize) -> Item<'static> {
    head["parts"] = json!(parts);
    Item::new(name.to_owned(), &head)
}

/// An item and its parts, on their way into the vault in one commit.
pub fn divided<T: Serialize>(name: &str, own: Value, all: &[T]) -> Vec<Item<'static>> {
    let parts = all.chunks(PART).enumerate();
    let mut items: Vec<Item<'static>> = parts
        .map(|(number, some)| Item::new(part(name, number), some))
        .collect();
    items.push(head(name, own, items.len()));
    items
}

impl Vault {
    /// How many parts an item of a case has.
    ///
    /// # Errors
    /// Those of [`Vault::read`].
    pub fn parts(&self, case: &CaseId, name: &str) -> Result<usize> {
        let parts: Option<Parts> = self.read(case, name)?;
        Ok(parts.unwrap_or_default().parts)
    }

    /// Hands over what lies in the parts of an item, in its order.
    ///
    /// # Errors
    /// E653 if one is missing or was changed; those of `visit`.
    pub fn each_in_parts<T: DeserializeOwned>(
        &self,
        case: &CaseId,
        name: &str,
        parts: usize,
        visit: &mut dyn FnMut(T) -> Result<()>,
    ) -> Result<()> {
        for number in 0..parts {
            let some: Option<Vec<T>> = self.read(case, &part(name, number))?;
            let some = some.ok_or_else(|| self.damaged(case, name))?;
            some.into_iter().try_for_each(&mut *visit)?;
        }
        Ok(())
    }
}
