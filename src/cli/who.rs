//! Who a command is about: identities from flags, from a file, or an open case.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use crate::case_id::CaseId;
use crate::cli::context::Context;
use crate::diagnostic::{Diagnostic, Exit, Result, Source};
use crate::messages::cli as say;
use crate::subject::{Identity, Kind, Kinds};
use crate::yaml;

/// The subject of a command.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Who {
    /// E-mail address of the person; repeat for several
    #[arg(long, value_name = "ADDRESS")]
    email: Vec<String>,
    /// Telephone number of the person; repeat for several
    #[arg(long, value_name = "NUMBER")]
    phone: Vec<String>,
    /// Another identity of the person, such as customer_no=4711; repeat for several
    #[arg(long = "id", value_name = "KIND=VALUE")]
    id: Vec<String>,
    /// Read the identities from a YAML or JSON file, or from standard input with `-`
    #[arg(long, value_name = "FILE|-")]
    subject: Option<PathBuf>,
    /// A record from the list of `dsr find --name` that is the person's; repeat for several
    #[arg(long, value_name = "SYSTEM.OBJECT:KEY")]
    pub(crate) pick: Vec<String>,
    /// Go on with this case
    #[arg(long = "case", value_name = "CASE")]
    pub(crate) case: Option<String>,
}

impl Who {
    /// Somebody with this e-mail address.
    pub(crate) fn with_email(address: &str) -> Who {
        Who {
            email: vec![address.to_owned()],
            ..Who::default()
        }
    }

    /// Somebody with these identities.
    pub(crate) fn stating(email: &[String], phone: &[String], id: &[String]) -> Who {
        Who {
            email: email.to_vec(),
            phone: phone.to_vec(),
            id: id.to_vec(),
            ..Who::default()
        }
    }

    /// Whether the identities come from standard input.
    pub(crate) fn reads_standard_input(&self) -> bool {
        self.subject
            .as_ref()
            .is_some_and(|file| file.as_os_str() == "-")
    }

    /// Whether anybody is named.
    pub(crate) fn is_anybody(&self) -> bool {
        let values = [&self.email, &self.phone, &self.id, &self.pick];
        values.iter().any(|values| !values.is_empty())
            || self.subject.is_some()
            || self.case.is_some()
    }

    /// The case named on the command line.
    pub(crate) fn case_id(&self) -> Result<Option<CaseId>> {
        let Some(text) = &self.case else {
            return Ok(None);
        };
        match CaseId::parse(text) {
            Some(id) => Ok(Some(id)),
            None => Err(Diagnostic::new("E821", Exit::Usage, say::not_a_case_id())
                .help(say::case_id_help())
                .into()),
        }
    }

    /// The identities that were stated, normalised; asks for an address if there are none and somebody can answer.
    ///
    /// # Errors
    /// Exit 2 for each value that cannot name one person; the values themselves are not repeated.
    pub(crate) fn identities(&self, context: &Context, kinds: &Kinds) -> Result<Vec<Identity>> {
        let mut stated: Vec<(Kind, String)> = Vec::new();
        stated.extend(
            self.email
                .iter()
                .map(|value| (Kind(Kind::EMAIL.to_owned()), value.clone())),
        );
        stated.extend(
            self.phone
                .iter()
                .map(|value| (Kind(Kind::PHONE.to_owned()), value.clone())),
        );
        for pair in &self.id {
            let Some((kind, value)) = pair.split_once('=') else {
                return Err(Diagnostic::new("E822", Exit::Usage, say::not_kind_value())
                    .help(say::kind_value_help())
                    .into());
            };
            stated.push((Kind(kind.trim().to_owned()), value.to_owned()));
        }
        if let Some(file) = &self.subject {
            stated.extend(from_file(file)?);
        }
        if stated.is_empty() && self.case.is_none() && self.pick.is_empty() {
            let address = context.ui.ask(&say::ask_email())?;
            stated.push((Kind(Kind::EMAIL.to_owned()), address));
        }
        let mut identities = Vec::new();
        let mut troubles = Vec::new();
        for (kind, value) in stated {
            let known =
                kind.0 == Kind::EMAIL || kind.0 == Kind::PHONE || kinds.rules.contains_key(&kind);
            if !known {
                let mut diagnostic =
                    Diagnostic::new("E823", Exit::Usage, say::unknown_kind(&kind.0));
                let mut names = vec![Kind::EMAIL, Kind::PHONE];
                names.extend(kinds.rules.keys().map(|kind| kind.0.as_str()));
                names.dedup();
                if kind.0 == Kind::NAME {
                    diagnostic = diagnostic.help(say::name_is_no_identity());
                }
                if let Some(near) = yaml::nearest(&kind.0, names.iter().copied()) {
                    diagnostic = diagnostic.help(crate::messages::yaml::did_you_mean(near));
                }
                troubles.push(diagnostic.help(say::known_kinds(names.join(", "))));
                continue;
            }
            match kinds.stated(&kind, &value) {
                Ok(identity) => identities.push(identity),
                Err(text) => troubles
                    .push(Diagnostic::new("E824", Exit::Usage, text).help(say::identity_help())),
            }
        }
        if !troubles.is_empty() {
            return Err(troubles.into());
        }
        identities.sort();
        identities.dedup();
        Ok(identities)
    }
}

/// `email: a@example.org`, one value or a list for each kind.
fn from_file(file: &PathBuf) -> Result<Vec<(Kind, String)>> {
    let text = if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs_err::read_to_string(file)
    };
    let text = text.map_err(|error| {
        Diagnostic::new("E825", Exit::Usage, say::subject_unreadable())
            .why(crate::messages::os::why_at(file, &error))
            .help(say::subject_unreadable_help())
    })?;
    let source = Arc::new(Source {
        path: file.clone(),
        text,
    });
    let wrong =
        || Diagnostic::new("E826", Exit::Usage, say::subject_form()).help(say::subject_form_help());
    // The snippet of a YAML error would show personal values, so only the place is named.
    let node = yaml::parse(&source).map_err(|mut error| {
        let line = error.place.take().map_or(0, |place| place.line_column().0);
        let named = if error.code == yaml::TWICE {
            Diagnostic::new("E828", Exit::Usage, say::subject_twice())
                .help(say::subject_twice_help())
        } else {
            wrong()
        };
        named.why(say::in_line(line))
    })?;
    let mut stated = Vec::new();
    for (name, value) in node.map().ok_or_else(wrong)? {
        let values = value
            .list()
            .map_or_else(|| vec![value], |items| items.iter().collect());
        for value in values {
            stated.push((Kind(name.text.clone()), value.scalar().ok_or_else(wrong)?));
        }
    }
    Ok(stated)
}
