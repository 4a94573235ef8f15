//! What the words of a concept give away: two rules in one, special categories under a rule that was made for others, and data types
//! that nobody could tell apart.

use super::{Lint, Severity};
use crate::concept::{Concept, Entry};
use crate::inventory::{DataType, Rule};
use crate::messages::lint as say;

pub(super) fn lints(concept: &Concept<'_>) -> Vec<Lint> {
    let mut lints = Vec::new();
    for entry in &concept.entries {
        lints.extend(alternatives(entry.data_type));
        lints.extend(special(entry));
    }
    lints.extend(twins(concept));
    lints
}

/// Words that make two rules of one. They count in small letters alone, or at the begin of a sentence where nothing else is meant:
/// OR is a Swiss code, and Oder a river.
const ALTERNATIVES: &[&str] = &[
    "or",
    "else",
    "otherwise",
    "alternatively",
    "oder",
    "sonst",
    "ansonsten",
    "andernfalls",
    "wahlweise",
    "beziehungsweise",
    "bzw",
    "ggf",
    "gegebenenfalls",
];

fn alternative(text: &str) -> Option<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.into_iter().find(|word| {
        let small = match *word {
            "Otherwise" => "otherwise",
            "Sonst" => "sonst",
            "Ansonsten" => "ansonsten",
            "Andernfalls" => "andernfalls",
            word => word,
        };
        ALTERNATIVES.contains(&small)
    })
}

/// A data type has exactly one rule; who needs an "or" in its words has two data types. A purpose may have one: it is no rule.
fn alternatives(data_type: &DataType) -> Vec<Lint> {
    let because = match &data_type.rule {
        Rule::Stated { because, .. } => because.as_deref(),
        Rule::Catalogue { .. } => None,
    };
    let texts = [
        ("because", because),
        ("reason", data_type.about.reason.as_deref()),
    ];
    let found = texts
        .into_iter()
        .filter_map(|(key, text)| Some((key, alternative(text?)?)));
    found
        .map(|(key, word)| {
            let says = (
                say::alternatives(&data_type.name, key, word),
                say::alternatives_help(),
            );
            let lint = Lint::on("E455", Severity::Error, data_type, key, says);
            lint.why(say::alternatives_why())
        })
        .collect()
}

/// Special categories need a ground of Art. 9(2), criminal records one of Art. 10, and with it mostly a rule of their own.
fn special(entry: &Entry<'_>) -> Option<Lint> {
    let data_type = entry.data_type;
    let basis = data_type.basis.as_deref().unwrap_or_default();
    let (holding, category) = entry.holdings.iter().find_map(|holding| {
        let mut fields = holding.object.fields.iter();
        let found = fields.find(|field| {
            let article = match field.category.split('.').next() {
                Some("special") => "art9",
                Some("criminal") => "art10",
                _ => return false,
            };
            !basis.contains(article)
        })?;
        Some((holding, found.category.as_str()))
    })?;
    let name = holding.name();
    let says = (
        say::special(&data_type.name, &name, category),
        say::special_help(),
    );
    let lint = Lint::on("W298", Severity::Warning, data_type, "basis", says);
    Some(lint.why(say::special_why()).object(&name))
}

/// The same purpose on the same basis for the same people: one data type, or the purposes have to be told apart.
fn twins(concept: &Concept<'_>) -> Vec<Lint> {
    let mut lints = Vec::new();
    for (at, one) in concept.entries.iter().enumerate() {
        let twin = concept.entries[..at].iter().find(|other| {
            is_same_use(one.data_type, other.data_type) && one.standard != other.standard
        });
        if let Some(twin) = twin {
            let says = (
                say::twins(&one.data_type.name, &twin.data_type.name),
                say::twins_help(),
            );
            let lint = Lint::on("W299", Severity::Hint, one.data_type, "purpose", says);
            lints.push(lint.why(say::twins_why()));
        }
    }
    lints
}

fn is_same_use(one: &DataType, other: &DataType) -> bool {
    let plain = |text: &Option<String>| {
        let text = text.as_ref()?.trim().to_lowercase();
        (!text.is_empty()).then_some(text)
    };
    let same = |a: &Option<String>, b: &Option<String>| plain(a).is_some() && plain(a) == plain(b);
    let (ours, theirs) = (&one.about.subjects, &other.about.subjects);
    let same_people =
        ours.is_empty() || theirs.is_empty() || ours.iter().any(|subject| theirs.contains(subject));
    same(&one.purpose, &other.purpose) && same(&one.basis, &other.basis) && same_people
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::concept::lint::tests::codes;

    #[test]
    fn two_rules_in_one_are_heard() {
        for text in [
            "three years, or five with consent",
            "nach Widerruf oder nach drei Jahren",
            "zwei Jahre, sonst fünf",
            "Andernfalls drei Jahre",
            "Verträge bzw. Angebote",
            "advertising/or similar",
        ] {
            assert!(alternative(text).is_some(), "{text}");
        }
        for text in [
            "Art. 958f OR",
            "Messe in Frankfurt (Oder)",
            "order processing",
            "oderint",
            "elsewhere",
            "customer-or-supplier",
            "",
        ] {
            assert_eq!(alternative(text), None, "{text}");
        }
        let purpose = "purpose: delivery";
        assert_eq!(
            codes(&[(purpose, "purpose: delivery or returns")]),
            Vec::<String>::new(),
            "a purpose is no rule"
        );
        assert_eq!(
            codes(&[(
                "reason: warranty and disputes",
                "reason: dann zwei Jahre; ggf. länger"
            )]),
            ["E455 reason"]
        );
        assert_eq!(
            codes(&[(
                "reason: warranty and disputes",
                "reason: zwei Jahre, sonst drei"
            )]),
            ["E455 reason"]
        );
        assert_eq!(
            codes(&[(
                "kind: max\n    reason: warranty and disputes",
                "kind: min\n    because: § 147 AO oder § 257 HGB"
            )]),
            ["E443 keep", "E455 because"]
        );
    }

    #[test]
    fn special_categories_want_a_ground_of_their_own() {
        let health = ("note: content.note", "note: special.health");
        assert_eq!(codes(&[health]), ["W298 basis"]);
        let orders = "purpose: delivery\n    basis: art6_1_b";
        let based = "purpose: delivery\n    basis: art9_2_a";
        assert!(codes(&[health, (orders, based)]).is_empty());
        let criminal = ("note: content.note", "note: criminal.record");
        assert_eq!(codes(&[criminal, (orders, based)]), ["W298 basis"]);
        // What follows an object is under its rule.
        let item = ("title: order.item", "title: special.belief");
        assert_eq!(codes(&[item]), ["W298 basis"]);
    }

    #[test]
    fn data_types_of_one_use_have_one_period() {
        let purpose = ("purpose: keeping customer accounts", "purpose: Delivery ");
        assert_eq!(codes(&[purpose]), Vec::<String>::new(), "the same period");
        let longer = ("keep: P3Y\n    start: clock", "keep: P2Y\n    start: clock");
        let class = ("    class: P37M\n", "");
        assert_eq!(codes(&[purpose, longer, class]), ["W299 purpose"]);
        // Another basis, or other people, are another use.
        let basis = (
            "purpose: keeping customer accounts\n    basis: art6_1_b",
            "purpose: delivery\n    basis: art6_1_f",
        );
        assert!(codes(&[basis, longer, class]).is_empty());
        let people = (
            "    objects: [shop.orders]",
            "    subjects: [suppliers]\n    objects: [shop.orders]",
        );
        assert!(codes(&[purpose, longer, class, people]).is_empty());
    }
}
