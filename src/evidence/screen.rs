//! The last gate for free words: reasons that the inventory or a hold gave, and what foreign systems say about themselves.
//!
//! Codes, names from the inventory and digests need no gate. A sentence in which the person's identity, a record's key or its label
//! occurs is left out, and the reader is told so. There may be a million keys and few sentences, so the sentences are gathered first, by
//! putting the pages together once; then all that must not occur passes by, one record after the other, and only then the pages count.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Material, page};
use crate::diagnostic::Result;
use crate::messages::Text;
use crate::messages::evidence as say;
use crate::subject::Identity;

/// Shorter words would also occur in dates and paragraphs of law.
const SHORTEST: usize = 4;

/// Sentences, in lower case, and whether something occurs in them that must not.
pub(super) struct Screen {
    sentences: RefCell<BTreeMap<String, bool>>,
    /// Whether all sentences have been held against everything.
    is_settled: bool,
    /// Words of the journal that were left out.
    left_out: RefCell<BTreeSet<String>>,
}

/// Words that passed a screen when they were written: those of both languages, or the remark that they were left out.
pub(super) fn read(words: &str) -> Text {
    let withheld = say::withheld();
    match words == withheld.en {
        true => withheld,
        false => Text::same(page::plain(words)),
    }
}

impl Screen {
    /// One that gathers what it is asked about, and lets it pass.
    pub(super) fn gathering() -> Screen {
        Screen::without(&[])
    }

    /// One of whoever verifies: what passed before is there already, and these words of the journal did not.
    pub(super) fn without(left_out: &[String]) -> Screen {
        let words = left_out.iter().map(|words| (words.to_lowercase(), true));
        Screen {
            sentences: RefCell::new(words.collect()),
            is_settled: false,
            left_out: RefCell::default(),
        }
    }

    /// Holds the gathered sentences against identities, keys and labels. What was not gathered does not pass from here on.
    ///
    /// # Errors
    /// Those of plan and findings.
    pub(super) fn settle(self, material: &Material<'_>) -> Result<Screen> {
        let mut marks = Marks::over(self.sentences.into_inner());
        if let Some(findings) = material.findings {
            let known = &findings.head().identities;
            known
                .iter()
                .for_each(|known| marks.identity(&known.identity));
            findings.each(&mut |_, _, found| {
                found
                    .record
                    .key
                    .parts()
                    .iter()
                    .for_each(|part| marks.word(part));
                Ok(())
            })?;
        }
        if let Some(plan) = material.plan {
            let mut last = None;
            plan.each(&mut |step| {
                step.key.parts().iter().for_each(|part| marks.word(part));
                if let Some(label) = &step.label {
                    // The name alone says as much as name and town.
                    marks.word(label.split(", ").next().unwrap_or_default());
                    marks.word(label);
                }
                if step.found_by.identity != last {
                    last.clone_from(&step.found_by.identity);
                    last.iter().for_each(|identity| marks.identity(identity));
                }
                Ok(())
            })?;
        }
        let withheld = marks.withheld;
        let sentences = marks.sentences.into_iter().enumerate();
        let sentences = sentences.map(|(n, sentence)| (sentence, withheld.contains(&n)));
        Ok(Screen {
            sentences: RefCell::new(sentences.collect()),
            is_settled: true,
            left_out: RefCell::default(),
        })
    }

    /// The words without steering characters, or the remark that they were left out.
    pub(super) fn text(&self, text: &Text) -> Text {
        let mut withheld = false;
        for words in [&text.en, &text.de] {
            let mut sentences = self.sentences.borrow_mut();
            let known = sentences.entry(words.to_lowercase());
            withheld |= *known.or_insert(self.is_settled);
        }
        if withheld {
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

    /// Words that stand in the journal as they are: whoever verifies has them too, and has to know only which of them were left out.
    pub(super) fn of_journal(&self, words: &str) -> Text {
        let shown = self.words(words);
        if shown == say::withheld() {
            self.left_out.borrow_mut().insert(words.to_owned());
        }
        shown
    }

    /// Words of the journal that were asked for and left out.
    pub(super) fn left_out(&self) -> Vec<String> {
        self.left_out.borrow().iter().cloned().collect()
    }
}

/// Sentences while words pass by.
struct Marks {
    sentences: Vec<String>,
    withheld: BTreeSet<usize>,
    /// What a word begins with that occurs anywhere: most words are gone with one look.
    beginnings: HashSet<[u8; SHORTEST]>,
}

impl Marks {
    fn over(sentences: BTreeMap<String, bool>) -> Marks {
        let sentences: Vec<String> = sentences.into_keys().collect();
        let windows = sentences
            .iter()
            .flat_map(|s| s.as_bytes().windows(SHORTEST));
        let beginnings = windows
            .filter_map(|window| window.try_into().ok())
            .collect();
        Marks {
            sentences,
            withheld: BTreeSet::new(),
            beginnings,
        }
    }

    fn identity(&mut self, identity: &Identity) {
        identity
            .spellings()
            .iter()
            .for_each(|spelling| self.word(spelling));
    }

    fn word(&mut self, word: &str) {
        let word = word.trim().to_lowercase();
        let is_long = word.chars().nth(SHORTEST - 1).is_some();
        let beginning = word.as_bytes().first_chunk::<SHORTEST>();
        if !is_long || !beginning.is_some_and(|first| self.beginnings.contains(first)) {
            return;
        }
        let found = self.sentences.iter().enumerate();
        let found = found.filter(|(_, sentence)| sentence.contains(&word));
        self.withheld.extend(found.map(|(n, _)| n));
    }
}
