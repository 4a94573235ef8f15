//! What a plan is to bring about: the right that the person exercises, with what they asked for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::connector::Key;
use crate::keys::Digest;
use crate::messages::{Text, rights as say};

/// What is asked for. May be personal (new values), so it lies in the vault; the ledger knows only its verb, codes and keyed digests.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Aim {
    /// Art. 17 GDPR.
    Erase,
    /// Art. 16 GDPR.
    Rectify { corrections: Vec<Correction> },
    /// Art. 18(1) GDPR.
    Restrict {
        because: Ground,
        until: Option<Date>,
    },
    /// Art. 18(3) GDPR: a restriction ends.
    Lift {
        because: LiftReason,
        /// Day on which the person was told that it would.
        notice: Date,
        /// The records that this case restricted; no other lock is touched.
        records: Vec<Restricted>,
    },
    /// Art. 21(2) and (3), 7(3) GDPR.
    Optout { because: OptoutGround },
}

/// The verb only: what is asked for may be personal.
impl std::fmt::Debug for Aim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Aim({})", self.verb())
    }
}

/// A record that a case restricted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Restricted {
    /// Its name in ledger and evidence.
    pub record: Digest,
    pub system: String,
    pub object: String,
    /// The key that it had before; rows of files have another one since.
    pub key: Key,
    /// Digest of the state that it was brought into.
    pub after: Option<Digest>,
}

/// One value that is wrong, and what is right. Personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// A category (`contact.email`), or one field (`crm.contacts.email`).
    pub field: String,
    /// What should stand there.
    pub value: String,
    /// What has to stand there until then, or nothing if it is empty; anything else stops the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
}

impl std::fmt::Debug for Correction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Correction({}, [redacted])", self.field)
    }
}

/// Why processing is restricted (Art. 18(1)(a) to (d) GDPR).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
pub enum Ground {
    /// (a) the person contests that the data are right
    Contested,
    /// (b) processing is unlawful, and the person does not want erasure
    Unlawful,
    /// (c) the person needs the data for a legal claim
    NeededForClaims,
    /// (d) the person objected, and the objection is being weighed
    Objection,
}

/// Why a restriction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
pub enum LiftReason {
    /// The data were checked: they are right, or have been corrected
    Verified,
    /// The processing is lawful by now
    Lawful,
    /// The legal claim is settled
    ClaimSettled,
    /// The objection was weighed: other grounds override
    GroundsOverride,
    /// The person asked for it
    PersonAsked,
}

/// Why the person's data are used no longer for a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
pub enum OptoutGround {
    /// Objection to direct marketing (Art. 21(2) GDPR)
    Objection,
    /// Consent withdrawn (Art. 7(3) GDPR)
    Withdrawal,
}

impl Aim {
    /// What plan and ledger call it.
    pub fn verb(&self) -> &'static str {
        match self {
            Aim::Erase => "erase",
            Aim::Rectify { .. } => "rectify",
            Aim::Restrict { .. } => "restrict",
            Aim::Lift { .. } => "lift",
            Aim::Optout { .. } => "optout",
        }
    }

    /// The right of the person that it answers, as the case lists it.
    pub fn right(&self) -> &'static str {
        match self {
            Aim::Erase => "erasure",
            Aim::Rectify { .. } => "rectification",
            Aim::Restrict { .. } | Aim::Lift { .. } => "restriction",
            Aim::Optout { because } => because.right(),
        }
    }

    /// The words behind `dsr` that go on with a plan of this verb.
    pub fn command(verb: &str) -> &str {
        match verb {
            "lift" => "restrict --lift",
            other => other,
        }
    }

    /// The code of the ground that was given; `None` for rights that need none.
    pub fn ground(&self) -> Option<String> {
        let code = |value: serde_json::Result<serde_json::Value>| {
            value
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned))
        };
        match self {
            Aim::Erase | Aim::Rectify { .. } => None,
            Aim::Restrict { because, .. } => code(serde_json::to_value(because)),
            Aim::Lift { because, .. } => code(serde_json::to_value(because)),
            Aim::Optout { because } => code(serde_json::to_value(because)),
        }
    }
}

impl Ground {
    pub fn text(self) -> Text {
        match self {
            Ground::Contested => say::ground_contested(),
            Ground::Unlawful => say::ground_unlawful(),
            Ground::NeededForClaims => say::ground_claims(),
            Ground::Objection => say::ground_objection(),
        }
    }
}

impl LiftReason {
    pub fn text(self) -> Text {
        match self {
            LiftReason::Verified => say::lift_verified(),
            LiftReason::Lawful => say::lift_lawful(),
            LiftReason::ClaimSettled => say::lift_claim_settled(),
            LiftReason::GroundsOverride => say::lift_grounds_override(),
            LiftReason::PersonAsked => say::lift_person_asked(),
        }
    }
}

impl OptoutGround {
    /// The right of the person that it answers.
    pub fn right(self) -> &'static str {
        match self {
            OptoutGround::Objection => "objection",
            OptoutGround::Withdrawal => "consent_withdrawal",
        }
    }

    pub fn text(self) -> Text {
        match self {
            OptoutGround::Objection => say::optout_objection(),
            OptoutGround::Withdrawal => say::optout_withdrawal(),
        }
    }
}

/// A code of a ground in words, as the ledger and the evidence hold it.
pub fn ground_text(verb: &str, code: &str) -> Text {
    let value = serde_json::Value::String(code.to_owned());
    let known = match verb {
        "restrict" => serde_json::from_value(value).ok().map(Ground::text),
        "lift" => serde_json::from_value(value).ok().map(LiftReason::text),
        "optout" => serde_json::from_value(value).ok().map(OptoutGround::text),
        _ => None,
    };
    known.unwrap_or_else(|| Text::same(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_is_read_as_it_was_written_and_hides_its_values() {
        let all = [
            Aim::Erase,
            Aim::Rectify {
                corrections: vec![Correction {
                    field: "contact.email".into(),
                    value: "CANARY@example.org".into(),
                    was: None,
                }],
            },
            Aim::Restrict {
                because: Ground::NeededForClaims,
                until: None,
            },
            Aim::Lift {
                because: LiftReason::ClaimSettled,
                notice: jiff::civil::date(2026, 11, 1),
                records: vec![Restricted {
                    record: Digest([7; 32]),
                    system: "crm".into(),
                    object: "contacts".into(),
                    key: Key::new(vec!["CANARY".into()]).unwrap(),
                    after: None,
                }],
            },
            Aim::Optout {
                because: OptoutGround::Withdrawal,
            },
        ];
        for aim in all {
            let text = serde_json::to_string(&aim).unwrap();
            assert_eq!(serde_json::from_str::<Aim>(&text).unwrap(), aim);
            assert!(!format!("{aim:?}").contains("CANARY"));
            if let Some(code) = aim.ground() {
                assert_ne!(ground_text(aim.verb(), &code), Text::same(code));
            }
        }
    }
}
