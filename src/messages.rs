//! Everything that a person reads, once in German and once in English.
//!
//! A message is a function whose arguments are the things it speaks of; it returns both languages as a [`Text`], so that the
//! library stays silent and knows nothing of the reader: `ui` picks the language at the edge. Each room's messages lie in a
//! file of their own under `messages/`. German is written as German, not translated; dates read 31.12.2034 there.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A language in which `dsr` speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    En,
    De,
}

/// One message in every language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Text {
    pub en: String,
    pub de: String,
}

impl Text {
    /// Words that are the same in every language, such as a name or a code.
    pub fn same(words: impl Into<String>) -> Text {
        let en: String = words.into();
        Text { de: en.clone(), en }
    }

    /// Two messages on one line, the second as the reason of the first.
    pub fn with(self, because: &Text) -> Text {
        Text {
            en: format!("{}: {}", self.en, because.en),
            de: format!("{}: {}", self.de, because.de),
        }
    }

    /// The message in the reader's language.
    pub fn to(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::De => &self.de,
        }
    }
}

/// Something a message can speak of, written as each language writes it.
pub trait Say {
    fn say(&self, lang: Lang) -> String;
}

macro_rules! say_plainly {
    ($($kind:ty),*) => { $(impl Say for $kind {
        fn say(&self, _: Lang) -> String { self.to_string() }
    })* };
}
say_plainly!(str, String, char, usize, u8, u16, u32, u64, i32, i64);

impl Say for Date {
    /// ISO 8601 in English text, day.month.year in German text (DIN 5008).
    fn say(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.to_string(),
            Lang::De => self.strftime("%d.%m.%Y").to_string(),
        }
    }
}

impl Say for Text {
    fn say(&self, lang: Lang) -> String {
        self.to(lang).to_owned()
    }
}

impl<T: Say + ?Sized> Say for &T {
    fn say(&self, lang: Lang) -> String {
        (**self).say(lang)
    }
}

/// Defines messages: a function name, what it speaks of, and the words in each language.
///
/// ```
/// dsr::catalogue! {
///     /// Shown when a key is not known.
///     unknown_key(key, nearest) {
///         en: "unknown key `{key}`; did you mean `{nearest}`?",
///         de: "Schlüssel `{key}` unbekannt; ist `{nearest}` gemeint?",
///     }
/// }
/// assert_eq!(unknown_key("sytsems", "systems").en, "unknown key `sytsems`; did you mean `systems`?");
/// ```
#[macro_export]
macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident ( $($arg:ident),* $(,)? ) { en: $en:literal, de: $de:literal $(,)? })*) => { $(
        $(#[$doc])*
        pub fn $name($($arg: impl $crate::messages::Say),*) -> $crate::messages::Text {
            $crate::messages::Text {
                en: {
                    $(let $arg = $crate::messages::Say::say(&$arg, $crate::messages::Lang::En);)*
                    format!($en)
                },
                de: {
                    $(let $arg = $crate::messages::Say::say(&$arg, $crate::messages::Lang::De);)*
                    format!($de)
                },
            }
        }
    )* };
}

pub mod access;
pub mod agreed;
pub mod anomaly;
pub mod anonymity;
pub mod approval;
pub mod attachment;
pub mod audit;
pub mod author;
pub mod backup;
pub mod candidates;
pub mod case;
pub mod check;
pub mod cli;
pub mod compliance;
pub mod concept;
pub mod connector;
pub mod csv;
pub mod demo;
pub mod describe;
pub mod desk;
pub mod diagnostic;
pub mod discover;
pub mod documents;
pub mod evidence;
pub mod export;
pub mod fault;
pub mod finding;
pub mod grammar;
pub mod held;
pub mod help;
pub mod hold;
pub mod inventory;
pub mod keyring;
pub mod kin;
pub mod law;
pub mod ldap;
pub mod level;
pub mod library;
pub mod lint;
pub mod login;
pub mod look_up;
pub mod manual;
pub mod mask;
pub mod openings;
pub mod orphans;
pub mod os;
pub mod owed;
pub mod package;
pub mod people;
pub mod ping;
pub mod place;
pub mod plan;
pub mod process;
pub mod profiles;
pub mod replay;
pub mod report;
pub mod rights;
pub mod runs;
pub mod same;
pub mod sample;
pub mod seal;
pub mod secret;
pub mod sql;
pub mod stamp;
pub mod statute;
pub mod steps;
pub mod store;
pub mod subject;
pub mod sweep;
pub mod template;
pub mod translog;
pub mod ui;
pub mod usage;
pub mod yaml;
