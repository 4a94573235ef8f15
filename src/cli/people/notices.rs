//! The columns of `dsr restrict --lift --subjects`: the day on which each person was told that their restriction ends
//! (Art. 18(3) GDPR), and the ground for lifting it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::cli::restrict::{ground, missing};
use crate::diagnostic::{Diagnostic, Exit};
use crate::messages::{Text, people as say, rights};
use crate::plan::LiftReason;

/// Names of the two columns.
const NOTICE: &str = "notice";
const BECAUSE: &str = "because";

/// Headings that people give to them, in small letters without hyphens and blanks.
const HEADINGS: [(&str, &str); 12] = [
    ("noticesent", NOTICE),
    ("told", NOTICE),
    ("toldon", NOTICE),
    ("informed", NOTICE),
    ("informedon", NOTICE),
    ("unterrichtet", NOTICE),
    ("unterrichtetam", NOTICE),
    ("unterrichtung", NOTICE),
    ("mitgeteiltam", NOTICE),
    ("benachrichtigtam", NOTICE),
    ("ground", BECAUSE),
    ("grund", BECAUSE),
];

/// Grounds as a German spreadsheet says them, beside their codes.
const GERMAN: [(&str, LiftReason); 5] = [
    ("geprüft", LiftReason::Verified),
    ("rechtmäßig", LiftReason::Lawful),
    ("anspruch erledigt", LiftReason::ClaimSettled),
    ("andere gründe überwiegen", LiftReason::GroundsOverride),
    ("auf bitte der person", LiftReason::PersonAsked),
];

/// What counts for those whose line says nothing else.
pub(crate) struct Notices {
    pub(crate) today: Date,
    pub(crate) told: Option<Date>,
    pub(crate) because: Option<LiftReason>,
}

/// Why a person's restriction may end, and when they were told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifting {
    /// `None` if the file does not say it; the case may know.
    pub(crate) told: Option<Date>,
    pub(crate) because: LiftReason,
}

pub(super) fn target(name: &str) -> Option<String> {
    [NOTICE, BECAUSE].contains(&name).then(|| name.to_owned())
}

/// What a column stands for, for the conversation.
pub(super) fn in_words(target: &str) -> Text {
    match target {
        NOTICE => say::day_of_notice(),
        BECAUSE => say::ground(),
        other => Text::same(other),
    }
}

pub(super) fn heading(column: &str) -> Option<String> {
    let small = column.trim().to_lowercase();
    let plain: String = small.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut headings = HEADINGS.iter();
    let found = headings.find(|(heading, _)| *heading == plain);
    target(&small).or_else(|| found.map(|(_, what)| (*what).to_owned()))
}

impl Notices {
    /// What one line says.
    pub(super) fn line(
        &self,
        row: usize,
        cells: &BTreeMap<&str, Vec<&str>>,
    ) -> Result<Lifting, Vec<Diagnostic>> {
        let mut troubles = Vec::new();
        let last = |name| cells.get(name).and_then(|values| values.last());
        let told = match last(NOTICE).map(|text| crate::cli::usage::day(text)) {
            None => self.told,
            Some(Ok(day)) if day > self.today => {
                troubles.push(
                    Diagnostic::new("E876", Exit::Usage, rights::notice_future(day))
                        .why(say::in_row(row))
                        .help(rights::notice_future_help()),
                );
                None
            }
            Some(Ok(day)) => Some(day),
            Some(Err(_)) => {
                troubles.push(
                    Diagnostic::new("E958", Exit::Usage, say::not_a_notice(row))
                        .help(say::not_a_notice_help()),
                );
                None
            }
        };
        let because = match (last(BECAUSE), self.because) {
            (Some(text), _) => reason(text),
            (None, Some(because)) => Ok(because),
            (None, None) => Err(missing::<LiftReason>(rights::lift_because_help())),
        };
        let because = match because {
            Ok(because) => Some(because),
            Err(trouble) => {
                let wrong = trouble.diagnostics.into_iter();
                troubles.extend(wrong.map(|one| {
                    let in_row = one.why(say::in_row(row));
                    in_row.help(say::ground_of_line_help())
                }));
                None
            }
        };
        match because {
            Some(because) if troubles.is_empty() => Ok(Lifting { told, because }),
            _ => Err(troubles),
        }
    }
}

/// A ground by its code, or in German. Another word is not repeated: a cell of the wrong column may be personal.
fn reason(text: &str) -> crate::diagnostic::Result<LiftReason> {
    let small = text.trim().to_lowercase();
    match GERMAN.iter().find(|(german, _)| *german == small) {
        Some((_, because)) => Ok(*because),
        None => ground(&small.replace([' ', '-'], "_"), rights::lift_because_help())
            .or_else(|_| ground("…", rights::lift_because_help())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_is_a_code_or_a_german_word() {
        for text in ["person_asked", "Person asked", "auf Bitte der Person"] {
            assert_eq!(reason(text).unwrap(), LiftReason::PersonAsked, "{text}");
        }
        for (german, because) in GERMAN {
            assert_eq!(reason(german).unwrap(), because);
        }
        assert!(reason("weil").is_err());
    }

    #[test]
    fn columns_are_known_by_the_words_above_them() {
        for (heading_, what) in [
            ("Unterrichtet am", NOTICE),
            ("notice", NOTICE),
            ("Told on", NOTICE),
            ("Grund", BECAUSE),
        ] {
            assert_eq!(heading(heading_).as_deref(), Some(what), "{heading_}");
        }
        assert_eq!(heading("Bemerkung"), None);
    }
}
