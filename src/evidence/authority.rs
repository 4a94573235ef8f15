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
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use x509_cert::Certificate;

use super::bundle::Label;
use super::gap::{self, Gap};
use super::level::Facts;
use super::page::{Block, Page, plain};
use super::sheet::{self, Witnessed};
use super::statement::{self, KIND};
use super::veiled::{Veil, Veiled};
use super::witness::Place;
use super::{Seal, Time, Witnesses, certificate, cover, instructions, sealed, verify};
use crate::canonical;
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
    let written = write(material, seal, witnesses, &mut veil);
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
    out: &mut Veil,
) -> std::result::Result<(Digest, Time), super::bundle::Failure> {
    let gaps = gaps(material, witnesses);
    let mut bundle = sealed::begin(::zip::ZipWriter::new(out))?;
    for file in material.files {
        bundle.stream(&format!("data/{}", file.name), |out| Ok((file.fill)(out)?))?;
    }
    let content = |file: &File<'_>| (format!("data/{}", file.name), file.what.clone());
    let beside = Beside {
        recipients: material.recipients_in_words.to_owned(),
        contents: material.files.iter().map(content).collect(),
    };
    bundle.add(sheet::FILE, &canonical::bytes(&beside))?;
    let front = Front {
        controller: material.controller,
        seat: material.seat,
        contact: material.contact,
        case: material.case,
        number: material.number,
        bundle: material.bundle,
        made: material.now,
        beside: &beside,
        gaps: gaps.iter().map(Gap::text).collect(),
        certificate: seal.certificate(),
        worth: seal.worth(witnesses),
        log: place.map(|place| place.key.name.as_str()),
        witnessed: witnesses.into(),
    };
    let verify = super::page::text(&instructions(&front));
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
                "controller": { "name": material.controller, "seat": material.seat, "contact": material.contact },
                "keepUntil": material.keep_until,
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
    let page = page(&front);
    sealed::end(bundle, &page, say, &label, seal, witnesses)
}

/// What the cover says that follows from no other file: its content in `data/cover.json`.
#[derive(Serialize, Deserialize)]
pub(super) struct Beside {
    /// Who may open it.
    pub(super) recipients: String,
    /// What each file holds.
    pub(super) contents: Vec<(String, Text)>,
}

/// What the cover is drawn from, when it is made and when it is verified.
pub(super) struct Front<'f> {
    pub(super) controller: &'f str,
    pub(super) seat: &'f str,
    pub(super) contact: Option<&'f str>,
    pub(super) case: &'f str,
    pub(super) number: u32,
    pub(super) bundle: Digest,
    pub(super) made: Timestamp,
    pub(super) beside: &'f Beside,
    pub(super) gaps: Vec<Text>,
    pub(super) certificate: &'f Certificate,
    pub(super) worth: Facts,
    /// Name of the log over all cases.
    pub(super) log: Option<&'f str>,
    pub(super) witnessed: Witnessed,
}

/// `VERIFY.txt`.
pub(super) fn instructions(front: &Front<'_>) -> Page {
    Page {
        title: say_evidence::verify_title(),
        subtitle: say_evidence::subtitle(plain(front.controller), front.case),
        blocks: stock(front),
    }
}

fn stock(front: &Front<'_>) -> Vec<Block> {
    instructions::of_personal(
        &file_name(front.case, front.number),
        &inner_name(front.case, front.number),
        front.witnessed,
    )
}

pub(super) fn page(front: &Front<'_>) -> Page {
    let mut facts = vec![(
        say_evidence::controller(),
        Text::same(format!(
            "{}, {}",
            plain(front.controller),
            plain(front.seat)
        )),
    )];
    if let Some(contact) = front.contact {
        facts.push((say_evidence::contact(), Text::same(plain(contact))));
    }
    facts.push((say_evidence::case(), Text::same(front.case)));
    facts.push((
        say::recipient(),
        Text::same(plain(&front.beside.recipients)),
    ));
    facts.push((
        say::own_bundle(),
        say::bundle(front.number, front.bundle.hex()),
    ));
    facts.push((say_evidence::made(), say_evidence::instant(front.made)));
    let row = |(name, what): &(String, Text)| vec![Text::same(plain(name)), what.clone()];
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
            items: front.gaps.clone(),
        },
        Block::Heading(say::contents()),
        Block::Table {
            head: say::contents_head().to_vec(),
            rows: front.beside.contents.iter().map(row).collect(),
        },
        Block::Heading(say_evidence::seal()),
        Block::Paragraph(front.worth.words(None)),
        Block::Facts(vec![
            (
                say_evidence::signer(),
                Text::same(plain(
                    &front.certificate.tbs_certificate.subject.to_string(),
                )),
            ),
            (
                say_evidence::fingerprint(),
                Text::same(certificate::spoken(&certificate::fingerprint(
                    front.certificate,
                ))),
            ),
        ]),
    ];
    if let Some(log) = front.log {
        blocks.extend(cover::log(log, None));
    }
    blocks.push(Block::Heading(say_evidence::check()));
    blocks.extend(stock(front));
    Page {
        title: say::authority_title(),
        subtitle: say_evidence::subtitle(plain(front.controller), front.case),
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
    pub(super) controller: statement::Controller,
    pub(super) made: Timestamp,
    /// Absent in the first statements; `null` where there is no such day.
    #[serde(default, deserialize_with = "statement::stated")]
    pub(super) keep_until: Option<Option<Date>>,
    pub(super) case: String,
    pub(super) number: u32,
    /// Id of the bundle in it.
    pub(super) bundle: Digest,
    pub(super) not_proven: Vec<Value>,
    pub(super) seal: statement::Level,
    pub(super) log: Option<statement::Log>,
}
