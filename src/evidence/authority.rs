//! One case complete, for an authority that asks for it: the bundle, what opens it, and what the vault holds of the case, listed and sealed
//! as a bundle is.
//!
//! It names the person, so it lies encrypted from its first byte on (`veiled`) and leaves this room only to be encrypted to others. What
//! stands in its files is put together by the caller, file after file while it is written, so that a case of very many records takes the
//! memory of a small one; here every one of them is listed, described on the cover, and sealed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bundle::Label;
use super::gap::{self, Gap};
use super::page::{Block, Page, plain};
use super::statement::{self, KIND};
use super::veiled::{Veil, Veiled};
use super::witness::Place;
use super::{Seal, Time, Witnesses, certificate, cover, instructions, sealed, verify};
use crate::diagnostic::Result;
use crate::keys::Digest;
use crate::messages::{Text, evidence as say_evidence, profiles as say};

pub(super) const PREDICATE: &str = "urn:dsr:evidence-authority:1";
pub(super) const FORMAT: &str = "dsr-evidence-authority/1";
/// Files that it cannot be without, beside those of every container.
pub(super) const REQUIRED: [&str; 7] = [
    "data/exports.json",
    "data/findings.json",
    "data/history.json",
    "data/notes.json",
    "data/openings.jsonl",
    "data/person.json",
    "data/tasks.json",
];

/// What it is made of.
pub struct Material<'a> {
    pub controller: &'a str,
    pub seat: &'a str,
    pub contact: Option<&'a str>,
    pub case: &'a str,
    /// The bundle that lies in it: number and id.
    pub number: u32,
    pub bundle: Digest,
    /// What the bundle does not prove.
    pub gaps: &'a [Gap],
    pub files: &'a [File<'a>],
    /// Fingerprints of the recipients' keys, and who they are in words.
    pub recipients: &'a [Digest],
    pub recipients_in_words: &'a str,
    pub keep_until: Option<Date>,
    pub now: Timestamp,
}

/// A file of the case.
pub struct File<'a> {
    /// Below `data/`.
    pub name: String,
    /// What it holds.
    pub what: Text,
    /// Writes its content.
    pub fill: Box<Fill<'a>>,
}

/// Writes the content of a file.
pub type Fill<'a> = dyn Fn(&mut dyn Write) -> Result<()> + 'a;

/// The name of the container within the encrypted file.
pub fn file_name(case: &str, number: u32) -> String {
    super::file_name(case, number).replace(".evidence.zip", ".authority.evidence.zip")
}

/// Where the bundle of the case lies in it.
pub(super) fn inner_name(case: &str, number: u32) -> String {
    format!("data/{}", super::file_name(case, number))
}

/// A container that was made.
pub struct Made {
    content: Arc<Veiled>,
    /// Made as a bundle's.
    pub id: Digest,
    pub time: Time,
}

impl Made {
    /// Writes the container, in clear: only to where it is encrypted.
    ///
    /// # Errors
    /// Those of reading and of writing.
    pub fn copy(&self, out: &mut dyn Write) -> std::io::Result<()> {
        self.content.copy(out)
    }
}

/// Makes the container and verifies it. What lies in the folder meanwhile nobody else can read, and it has no name.
///
/// # Errors
/// E701 if nothing can be written there, E703 if the seal cannot be used, E706 if the container does not verify; those of the files.
pub fn make(
    material: &Material<'_>,
    seal: &Seal,
    witnesses: Witnesses<'_>,
    folder: &Path,
) -> Result<Made> {
    let unwritable = |error: std::io::Error| super::unwritable(folder, &error);
    let mut veil = Veil::in_folder(folder).map_err(unwritable)?;
    let name = file_name(material.case, material.number);
    let place = Place::of_container(witnesses.log)?;
    let witnesses = (witnesses, place.as_ref());
    let written = write(material, seal, witnesses, &name, &mut veil);
    let (id, time) = written.map_err(|failure| failure.explain(Path::new(&name)))?;
    let content = Arc::new(veil.finish().map_err(unwritable)?);
    let anchors = sealed::anchors(seal, place.as_ref());
    sealed::check(verify::verify_veiled(&content, &anchors)?)?;
    Ok(Made { content, id, time })
}

/// What the bundle in it does not prove, and this container neither: its own stamp too is made after its cover.
fn gaps(material: &Material<'_>, witnesses: Witnesses<'_>) -> Vec<Gap> {
    let mut gaps = material.gaps.to_vec();
    if witnesses.time.is_some() && gaps.iter().all(|gap| gap.kind != gap::BESIDE) {
        gaps.push(gap::beside());
    }
    gaps
}

fn write(
    material: &Material<'_>,
    seal: &Seal,
    (witnesses, place): (Witnesses<'_>, Option<&Place>),
    name: &str,
    out: &mut Veil,
) -> std::result::Result<(Digest, Time), super::bundle::Failure> {
    let gaps = gaps(material, witnesses);
    let mut bundle = sealed::begin(::zip::ZipWriter::new(out))?;
    for file in material.files {
        bundle.stream(&format!("data/{}", file.name), |out| Ok((file.fill)(out)?))?;
    }
    let verify = super::page::text(&Page {
        title: say_evidence::verify_title(),
        subtitle: say_evidence::subtitle(plain(material.controller), material.case),
        blocks: instructions::of_personal(
            name,
            &inner_name(material.case, material.number),
            witnesses,
        ),
    });
    let label = Label {
        controller: material.controller,
        identifier: material.case,
        now: material.now,
        keep_until: material.keep_until,
        openings_until: material.keep_until,
        verify: &verify,
    };
    let say = |files: &BTreeMap<String, Digest>| {
        let mut said = json!({
            "_type": KIND,
            "subject": sealed::subject(files),
            "predicateType": PREDICATE,
            "predicate": {
                "schema": FORMAT,
                "case": material.case,
                "number": material.number,
                "bundle": material.bundle,
                "made": material.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "controller": { "name": material.controller, "seat": material.seat },
                "recipients": material.recipients,
                "notProven": gaps,
                "seal": statement::claim(seal, witnesses),
            },
        });
        if let Some(place) = place {
            said["predicate"]["log"] = place.said();
        }
        said
    };
    let page = page(material, &gaps, seal, (witnesses, place), name);
    sealed::end(bundle, &page, say, &label, seal, witnesses)
}

fn page(
    material: &Material<'_>,
    gaps: &[Gap],
    seal: &Seal,
    (witnesses, place): (Witnesses<'_>, Option<&Place>),
    name: &str,
) -> Page {
    let own = seal.certificate();
    let mut facts = vec![(
        say_evidence::controller(),
        Text::same(format!(
            "{}, {}",
            plain(material.controller),
            plain(material.seat)
        )),
    )];
    if let Some(contact) = material.contact {
        facts.push((say_evidence::contact(), Text::same(plain(contact))));
    }
    facts.push((say_evidence::case(), Text::same(material.case)));
    facts.push((
        say::recipient(),
        Text::same(plain(material.recipients_in_words)),
    ));
    facts.push((
        say::own_bundle(),
        say::bundle(material.number, material.bundle.hex()),
    ));
    facts.push((
        say_evidence::made(),
        Text::same(material.now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
    ));
    let row = |file: &File<'_>| vec![Text::same(format!("data/{}", file.name)), file.what.clone()];
    let mut blocks = vec![
        Block::Warning {
            title: say::personal(),
            intro: say::personal_intro(),
            items: Vec::new(),
        },
        Block::Facts(facts),
        Block::Warning {
            title: say_evidence::not_proven(),
            intro: say_evidence::not_proven_intro(),
            items: gaps.iter().map(|gap| gap.text.clone()).collect(),
        },
        Block::Heading(say::contents()),
        Block::Table {
            head: say::contents_head().to_vec(),
            rows: material.files.iter().map(row).collect(),
        },
        Block::Heading(say_evidence::seal()),
        Block::Paragraph(seal.worth(witnesses).words(None)),
        Block::Facts(vec![
            (
                say_evidence::signer(),
                Text::same(plain(&own.tbs_certificate.subject.to_string())),
            ),
            (
                say_evidence::fingerprint(),
                Text::same(certificate::spoken(&certificate::fingerprint(own))),
            ),
        ]),
    ];
    if let Some(place) = place {
        blocks.extend(cover::log(place, None));
    }
    blocks.push(Block::Heading(say_evidence::check()));
    blocks.extend(instructions::of_personal(
        name,
        &inner_name(material.case, material.number),
        witnesses,
    ));
    Page {
        title: say::authority_title(),
        subtitle: say_evidence::subtitle(plain(material.controller), material.case),
        blocks,
    }
}

/// The statement as the verifier reads it.
#[derive(Deserialize)]
pub(super) struct Said {
    pub(super) predicate: Predicate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Predicate {
    pub(super) schema: String,
    pub(super) case: String,
    pub(super) number: u32,
    /// Id of the bundle in it.
    pub(super) bundle: Digest,
    pub(super) not_proven: Vec<Value>,
    pub(super) seal: statement::Level,
    pub(super) log: Option<statement::Log>,
}
