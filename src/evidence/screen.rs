//! The last gate for free words: reasons that the inventory or a hold gave, and what foreign systems say about themselves.
//!
//! Codes, names from the inventory and digests need no gate. A sentence in which the person's identity, a record's key or its label
//! occurs is left out, and the reader is told so.

use super::{Material, page};
use crate::messages::Text;
use crate::messages::evidence as say;

/// What must not occur, in lower case.
pub(super) struct Screen(Vec<String>);

impl Screen {
    pub(super) fn of(material: &Material<'_>) -> Screen {
        let mut words: Vec<String> = Vec::new();
        if let Some(findings) = material.findings {
            words.extend(
                findings
                    .identities
                    .iter()
                    .flat_map(|known| known.identity.spellings()),
            );
            words.extend(
                findings
                    .records()
                    .flat_map(|(_, _, found)| found.record.key.parts().to_vec()),
            );
        }
        for step in material.plan.iter().flat_map(|plan| &plan.steps) {
            words.extend(step.key.parts().iter().cloned());
            // The name alone says as much as name and town.
            let names = step
                .label
                .iter()
                .filter_map(|label| label.split(", ").next());
            words.extend(names.map(str::to_owned));
            words.extend(step.label.clone());
            words.extend(
                step.found_by
                    .identity
                    .iter()
                    .flat_map(|identity| identity.spellings()),
            );
        }
        for word in &mut words {
            *word = word.trim().to_lowercase();
        }
        // Shorter ones would also occur in dates and paragraphs of law.
        words.retain(|word| word.chars().count() >= 4);
        words.sort();
        words.dedup();
        Screen(words)
    }

    /// The words without steering characters, or the remark that they were left out.
    pub(super) fn text(&self, text: &Text) -> Text {
        let lower = [text.en.to_lowercase(), text.de.to_lowercase()];
        if self
            .0
            .iter()
            .any(|word| lower.iter().any(|text| text.contains(word)))
        {
            return say::withheld();
        }
        Text {
            en: page::plain(&text.en),
            de: page::plain(&text.de),
        }
    }

    pub(super) fn words(&self, words: &str) -> Text {
        self.text(&Text::same(words))
    }
}
