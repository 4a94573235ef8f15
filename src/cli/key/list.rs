//! `dsr key list`: the certificate that seals, those before it, those that an old key named for later, and the keys of people.

use jiff::tz::TimeZone;
use serde_json::json;
use x509_cert::Certificate;

use super::person;
use crate::cli::context::{Context, House};
use crate::cli::seal::{self, Register, kept};
use crate::diagnostic::{Exit, Result};
use crate::evidence::certificate;
use crate::inventory::SealSource;
use crate::keys::Digest;
use crate::messages::evidence::day as day_text;
use crate::messages::{Text, approval, seal as say};
use crate::people::{PublicKey, own, spoken};
use crate::ui::Format;

/// What a certificate is to the workspace.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Seals,
    Announced,
    Before,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Role::Seals => "seals",
            Role::Announced => "announced",
            Role::Before => "before",
        }
    }

    fn text(self) -> Text {
        match self {
            Role::Seals => say::role_seals(),
            Role::Announced => say::role_announced(),
            Role::Before => say::role_before(),
        }
    }
}

/// A fingerprint in four parts, between which a line can be broken.
pub(crate) fn in_four(spoken: &str) -> String {
    let pairs: Vec<&str> = spoken.split(':').collect();
    let parts = pairs.chunks(8).map(|part| part.join(":"));
    parts.collect::<Vec<_>>().join(" ")
}

pub(super) fn run(context: &mut Context) -> Result<Exit> {
    let house = context.house()?;
    let (register, seal) = (Register::read(&house.workspace)?, seal::open(&house)?);
    let own = certificate::fingerprint(seal.certificate());
    let source = match house.inventory.evidence.seal {
        SealSource::Workspace => "workspace",
        SealSource::Key { .. } => "key",
        SealSource::Pkcs12 { .. } => "pkcs12",
        SealSource::Command(_) => "command",
    };
    let mut all: Vec<(Role, Certificate)> = vec![(Role::Seals, seal.certificate().clone())];
    let announced = register.announced();
    let steps = register.changes();
    for certificate in kept(&house.workspace) {
        let fingerprint = certificate::fingerprint(&certificate);
        let has_sealed = steps.iter().any(|step| step.previous == fingerprint);
        if fingerprint == own {
            continue;
        } else if announced.contains(&fingerprint) {
            all.push((Role::Announced, certificate));
        } else if has_sealed || register.last(&house.workspace) == Some(fingerprint) {
            all.push((Role::Before, certificate));
        }
    }
    // The latest first.
    let since = |fingerprint: Digest| {
        let step = steps
            .iter()
            .rev()
            .find(|step| step.certificate == fingerprint);
        step.map(|step| step.at)
    };
    all[1..].sort_by_key(|(role, certificate)| {
        let since = since(certificate::fingerprint(certificate));
        (*role == Role::Before, std::cmp::Reverse(since))
    });
    let signed = |fingerprint: Digest| {
        let step = steps
            .iter()
            .rev()
            .find(|step| step.certificate == fingerprint)?;
        Some(register.is_linked(step.previous, fingerprint))
    };
    if context.ui.format == Format::Json {
        let keys = all.iter().map(|(role, certificate)| {
            let fingerprint = certificate::fingerprint(certificate);
            json!({
                "role": role.word(),
                "fingerprint": fingerprint,
                "subject": certificate.tbs_certificate.subject.to_string(),
                "valid_until": certificate::valid_until(certificate),
                "since": since(fingerprint),
                "signed_by_previous": signed(fingerprint),
            })
        });
        context.ui.json(&json!({
            "schema": "dsr.keys/1",
            "source": source,
            "seal": keys.collect::<Vec<_>>(),
            "people": people(&house).iter().map(Own::json).collect::<Vec<_>>(),
        }));
        return Ok(Exit::Done);
    }
    let lang = context.ui.lang;
    let rows = all.iter().map(|(role, certificate)| {
        let fingerprint = certificate::fingerprint(certificate);
        let day = certificate::valid_until(certificate)
            .to_zoned(TimeZone::UTC)
            .date();
        let since = since(fingerprint).map(|at| at.to_zoned(TimeZone::UTC).date());
        vec![
            role.text().to(lang).to_owned(),
            day_text(day).to(lang).to_owned(),
            since.map_or_else(|| "-".to_owned(), |day| day_text(day).to(lang).to_owned()),
            match signed(fingerprint) {
                Some(true) => say::change_signed().to(lang).to_owned(),
                Some(false) => say::change_unsigned().to(lang).to_owned(),
                None => "-".to_owned(),
            },
            in_four(&certificate::spoken(&fingerprint)),
        ]
    });
    let people = people(&house);
    let people = people.iter().map(|own| {
        let dash = || "-".to_owned();
        let words = own.key.map_or_else(dash, |key| spoken(&key));
        vec![
            own.text().to(lang).to_owned(),
            dash(),
            dash(),
            dash(),
            words,
        ]
    });
    let rows: Vec<Vec<String>> = rows.chain(people).collect();
    context.ui.rows(&say::keys_head(), &rows);
    Ok(Exit::Done)
}

/// A key of a person, or that they have none yet.
struct Own {
    name: String,
    role: String,
    key: Option<Digest>,
    is_current: bool,
}

impl Own {
    fn text(&self) -> Text {
        match (self.key, self.is_current) {
            (None, _) => approval::key_missing(&self.name, &self.role),
            (Some(_), true) => approval::key_of(&self.name, &self.role),
            (Some(_), false) => approval::key_before(&self.name, &self.role),
        }
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "person": self.name,
            "role": self.role,
            "key": self.key,
            "current": self.is_current,
            "here": self.key.is_some_and(|key| own::is_here(&key)),
        })
    }
}

/// Everybody with the key that counts, then those before it.
fn people(house: &House) -> Vec<Own> {
    let mut out = Vec::new();
    for (name, listed) in &house.inventory.people {
        let own = |key, is_current| Own {
            name: name.clone(),
            role: listed.role.clone(),
            key,
            is_current,
        };
        let current = listed.public.as_ref().map(PublicKey::fingerprint);
        out.push(own(current, true));
        let before = person::before(&house.inventory.folder, name, &listed.key);
        let before = before.iter().map(|key| Some(key.fingerprint()));
        out.extend(
            before
                .filter(|key| *key != current)
                .map(|key| own(key, false)),
        );
    }
    out
}
