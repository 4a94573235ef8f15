//! The norms that a text names, such as "§ 147 Abs. 3 AO, § 257 HGB" or "Art. 958f OR".

use super::{Keep, Kind, Statute, all};

/// A paragraph or article, and the short name of its law: `("147", "AO")`.
type Norm = (String, String);

/// Duties of the catalogue that a text may mean, one list for each norm that it names: which of several applies, the number of a paragraph
/// alone does not say. Those that end with their event, or begin with an audit, are never meant by a period of years.
pub fn cited(text: &str) -> Vec<Vec<&'static Statute>> {
    let mut found: Vec<Vec<&'static Statute>> = Vec::new();
    for norm in norms(text) {
        let under = all().iter().filter(|statute| {
            statute.kind == Kind::Min
                && has_length(statute)
                && statute
                    .versions
                    .iter()
                    .any(|version| norms(&version.norm).contains(&norm))
        });
        let under: Vec<_> = under.collect();
        if !under.is_empty() {
            found.push(under);
        }
    }
    found
}

/// Whether a text names a norm of any law: a number of a paragraph, article or section, or the number of an act.
pub fn names_a_norm(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "§",
        "art",
        "artikel",
        "article",
        "articles",
        "sec",
        "section",
        "sections",
        "paragraph",
        "para",
        "abs",
        "regulation",
        "directive",
        "verordnung",
        "richtlinie",
        "act",
        "code",
        "usc",
        "cfr",
        "nr",
        "az",
    ];
    if !norms(text).is_empty() {
        return true;
    }
    let tokens: Vec<String> = tokens(text).collect();
    let has_number = tokens
        .iter()
        .any(|token| token.starts_with(|c: char| c.is_ascii_digit()));
    has_number
        && tokens.iter().any(|token| {
            let small = token.to_lowercase();
            // A short name of a law has two capitals, such as BGB or MiLoG.
            MARKS.contains(&small.as_str()) || is_law(token) || small.ends_with("gesetz")
        })
}

fn has_length(statute: &Statute) -> bool {
    statute
        .versions
        .last()
        .is_some_and(|version| matches!(version.keep, Keep::For(span) if !span.is_zero()))
}

/// Words and numbers, and `§` by itself.
fn tokens(text: &str) -> impl Iterator<Item = String> {
    let spaced = text.replace('§', " § ");
    let words: Vec<String> = spaced
        .split(|c: char| !c.is_alphanumeric() && c != '§')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

fn is_law(token: &str) -> bool {
    token.len() > 1
        && token.chars().all(char::is_alphabetic)
        && token.chars().filter(|c| c.is_uppercase()).count() > 1
        && token.chars().any(|c| !"IVX".contains(c))
}

fn norms(text: &str) -> Vec<Norm> {
    let is_number = |token: &str| token.starts_with(|c: char| c.is_ascii_digit());
    let mut found: Vec<Norm> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let (mut several, mut before) = (false, String::new());
    for token in tokens(text) {
        let marks = matches!(
            before.as_str(),
            "§" | "Art" | "art" | "Artikel" | "Artikeln"
        );
        if token == "§" {
            several = before == "§";
        } else if is_number(&token) {
            let counts_within = matches!(
                before.as_str(),
                "Abs" | "Absatz" | "Nr" | "Nummer" | "S" | "Satz" | "Buchst" | "Unterabs"
            );
            if marks || several && !counts_within {
                open.push(token.to_lowercase());
            }
        } else if is_law(&token) && (!open.is_empty() || is_number(&before)) {
            if open.is_empty() {
                open.push(before.to_lowercase());
            }
            for number in open.drain(..) {
                let norm = (number, token.clone());
                if !found.contains(&norm) {
                    found.push(norm);
                }
            }
        }
        before = token;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<Vec<&'static str>> {
        let found = cited(text);
        let names =
            |group: Vec<&'static Statute>| group.iter().map(|one| one.id.as_str()).collect();
        found.into_iter().map(names).collect()
    }

    #[test]
    fn the_paragraphs_that_a_text_names_lead_to_their_duties() {
        let tax = vec![
            "de.ao147.books",
            "de.ao147.voucher",
            "de.ao147.voucher.regulated",
            "de.ao147.letter",
        ];
        for text in [
            "§147 AO",
            "§ 147 AO",
            "§ 147 Abs. 1 Nr. 4, Abs. 3 AO",
            "nach § 147 der AO",
            "147 AO",
        ] {
            assert_eq!(ids(text), std::slice::from_ref(&tax), "{text}");
        }
        let trade = vec!["de.ao147.books", "de.ao147.voucher", "de.ao147.letter"];
        for text in [
            "§147 AO, §257 HGB",
            "§§ 147 AO, 257 HGB",
            "§ 147 AO und § 257 HGB",
        ] {
            assert_eq!(ids(text), [tax.clone(), trade.clone()], "{text}");
        }
        assert_eq!(ids("§ 14b Abs. 1 UStG"), [["de.ustg14b.invoice"]]);
        assert_eq!(ids("Art. 958f OR"), [["ch.or958f"]]);
        assert_eq!(ids("§ 132 BAO"), [["at.bao132"]]);
        for text in [
            "Hausregel",
            "house rule 7",
            "§ 28f Abs. 1 SGB IV",
            "§ 1 DSGVO",
            "AO",
            "§ 14 AO",
            "",
        ] {
            assert!(cited(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_norm_has_a_number_and_a_law() {
        for text in [
            "§147 AO",
            "§ 8 GwG",
            "Art. 6 DSGVO",
            "§ 10 BORA",
            "Companies Act 2006, s. 388",
            "26 CFR 31.6001",
            "Regulation (EU) 2024/1624",
            "Aufbewahrungsverordnung Nr. 3",
            "section 388",
        ] {
            assert!(names_a_norm(text), "{text}");
        }
        for text in [
            "Hausregel",
            "house rule",
            "old habit",
            "drei Jahre",
            "since 1998",
            "",
            "§",
        ] {
            assert!(!names_a_norm(text), "{text}");
        }
    }
}
