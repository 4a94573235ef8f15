//! Writes the files of a bundle, each as a stream, and hashes them as they pass: records and journal first, then what speaks about
//! them, then the lists of digests, and the seal last.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::path::Path;

use base64::Engine as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::commitment::{self, Committer, Opening};
use super::gap::Gap;
use super::history::{History, Touched};
use super::merkle::Tree;
use super::screen::Screen;
use super::{
    ASIC_MANIFEST, MIMETYPE, Material, SIGNATURE, STATEMENT, Seal, cover, instructions, statement,
};
use crate::canonical;
use crate::diagnostic::Trouble;
use crate::keys::Digest;
use crate::plan::Plan;

/// Why a bundle could not be written.
pub(super) enum Failure {
    Io(std::io::Error),
    Trouble(Trouble),
}

impl Failure {
    pub(super) fn explain(self, path: &Path) -> Trouble {
        match self {
            Failure::Io(error) => super::unwritable(path, &error).into(),
            Failure::Trouble(trouble) => trouble,
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl From<::zip::result::ZipError> for Failure {
    fn from(error: ::zip::result::ZipError) -> Failure {
        Failure::Io(std::io::Error::other(error))
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::Trouble(trouble)
    }
}

/// Writes everything; returns the bundle's id and what opens its commitments.
pub(super) fn write(
    material: &Material<'_>,
    history: &History,
    gaps: &[Gap],
    seal: &Seal,
    file: impl Write + Seek,
) -> Result<(Digest, Vec<Opening>), Failure> {
    let screen = Screen::of(material);
    let mut bundle = Bundle {
        zip: ::zip::ZipWriter::new(file),
        files: BTreeMap::new(),
    };
    bundle.mimetype()?;

    let mut tree = Tree::default();
    let mut openings = Vec::new();
    let committer = Committer::new(material.case_key);
    bundle.stream("data/records.jsonl", |out| {
        for (seq, touched) in (0..).zip(&history.records) {
            let disclosures = disclosures(&committer, touched, material.plan);
            let line = record_line(&committer, seq, touched, &disclosures);
            tree.push(&line);
            out.write_all(&line)?;
            out.write_all(b"\n")?;
            openings.push(Opening { seq, disclosures });
        }
        Ok(())
    })?;
    bundle.stream("data/journal.jsonl", |out| {
        for line in material.journal {
            out.write_all(&line.bytes)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    bundle.stream("data/systems.jsonl", |out| {
        for (name, (at, answer)) in &history.systems {
            let systems = material
                .findings
                .map_or(&[][..], |findings| &findings.systems);
            let notes = systems
                .iter()
                .find(|system| system.system == *name)
                .map(|s| &s.notes);
            out.write_all(&canonical::bytes(&statement::system(
                *at, answer, notes, &screen,
            )))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    bundle.add(
        "data/inventory.json",
        &canonical::bytes(&json!({
            "extract": material.inventory_extract,
            "dsr.yaml": material.inventory_digest,
            "dsr.lock": material.lock_digest,
        })),
    )?;
    bundle.add("data/law.json", &canonical::bytes(&material.law))?;
    bundle.add(
        "data/environment.json",
        &canonical::bytes(&statement::environment(material)),
    )?;
    let page = cover::page(material, history, gaps, seal, &screen);
    bundle.add("data/00-COVER.html", super::page::html(&page).as_bytes())?;
    bundle.add("data/00-COVER.txt", super::page::text(&page).as_bytes())?;
    let files = bundle.digests(|_| true);
    let said = statement::make(material, history, gaps, seal, &files, &tree, &screen);
    bundle.add(STATEMENT, &canonical::bytes(&said))?;

    bundle.bag(material)?;
    let manifest = asic_manifest(&bundle.digests(|_| true));
    let id = Digest::sha256(manifest.as_bytes());
    bundle.add(ASIC_MANIFEST, manifest.as_bytes())?;
    bundle.add(SIGNATURE, &seal.sign(&id, material.now)?)?;
    bundle.zip.finish()?.flush()?;
    Ok((id, openings))
}

/// What names the record, committed to and not said.
fn disclosures(committer: &Committer, touched: &Touched, plan: Option<&Plan>) -> Vec<String> {
    let disclose = |name, value| committer.disclose(&touched.plan, touched.step, name, &value);
    let mut out = vec![disclose("record", json!(touched.record))];
    let step = plan
        .and_then(|plan| plan.steps.get(usize::try_from(touched.step).ok()?))
        .filter(|step| step.no == touched.step && step.name == touched.record);
    if let Some(step) = step {
        out.push(disclose("key", json!(step.key.parts())));
        out.push(disclose("categories", json!(step.categories)));
    }
    out
}

fn record_line(
    committer: &Committer,
    seq: u64,
    touched: &Touched,
    disclosures: &[String],
) -> Vec<u8> {
    let mut commitments: Vec<String> = disclosures.iter().map(|d| commitment::digest(d)).collect();
    // RFC 9901, 4.2.4.1: sorted, so that their order says nothing.
    commitments.sort();
    canonical::bytes(&json!({
        "_sd": commitments,
        "_sd_alg": "sha-256",
        "action": touched.action,
        "at": touched.at,
        "decision": touched.decision,
        "fault": touched.fault,
        "level": touched.level,
        "n": committer.nonce(&touched.plan, touched.step),
        "object": touched.object,
        "outcome": touched.outcome,
        "plan": touched.plan,
        "seq": seq,
        "step": touched.step,
        "system": touched.system,
        "until": touched.until,
        "verified_at": touched.verified_at,
    }))
}

/// EN 319 162-1, A.4: the list that is sealed. One reference a line and attributes in one order, so that `sed` can read it.
fn asic_manifest(files: &BTreeMap<String, Digest>) -> String {
    let mut out = format!(
        "{ASIC_HEAD}\n<asic:SigReference URI=\"{SIGNATURE}\" MimeType=\"application/pkcs7-signature\"/>\n"
    );
    for (name, digest) in files {
        let kind = match name.rsplit('.').next() {
            Some("html") => "text/html",
            Some("json") => "application/json",
            Some("jsonl") => "application/jsonl",
            _ => "text/plain",
        };
        out += &reference(name, kind, digest);
    }
    out + ASIC_TAIL + "\n"
}

pub(super) const ASIC_HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">";
pub(super) const ASIC_TAIL: &str = "</asic:ASiCManifest>";

fn reference(name: &str, kind: &str, digest: &Digest) -> String {
    let value = base64::engine::general_purpose::STANDARD.encode(digest.0);
    format!(
        "<asic:DataObjectReference URI=\"{name}\" MimeType=\"{kind}\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{value}</ds:DigestValue></asic:DataObjectReference>\n"
    )
}

/// Reads a list of the form above; `None` for any other.
pub(super) fn read_asic_manifest(text: &str) -> Option<BTreeMap<String, Digest>> {
    let body = text.strip_prefix(ASIC_HEAD)?.strip_prefix('\n')?;
    let body = body
        .strip_suffix(ASIC_TAIL)
        .or_else(|| body.strip_suffix(&format!("{ASIC_TAIL}\n")))?;
    let (first, body) = body.split_once('\n')?;
    if first
        != format!(
            "<asic:SigReference URI=\"{SIGNATURE}\" MimeType=\"application/pkcs7-signature\"/>"
        )
    {
        return None;
    }
    let mut files = BTreeMap::new();
    for line in body.lines() {
        let rest = line.strip_prefix("<asic:DataObjectReference URI=\"")?;
        let (name, rest) = rest.split_once('"')?;
        let (kind, rest) = rest.strip_prefix(" MimeType=\"")?.split_once('"')?;
        let (_, rest) = rest.split_once("<ds:DigestValue>")?;
        let (value, _) = rest.split_once('<')?;
        let value = base64::engine::general_purpose::STANDARD
            .decode(value)
            .ok()?;
        let digest = Digest(value.try_into().ok()?);
        let is_ours = format!("{line}\n") == reference(name, kind, &digest);
        if !is_ours
            || !super::zip::is_proper_name(name)
            || files.insert(name.to_owned(), digest).is_some()
        {
            return None;
        }
    }
    Some(files)
}

struct Bundle<W: Write + Seek> {
    zip: ::zip::ZipWriter<W>,
    /// Digest and size of every file but `mimetype` and those under `META-INF`.
    files: BTreeMap<String, (Digest, u64)>,
}

impl<W: Write + Seek> Bundle<W> {
    fn options() -> ::zip::write::SimpleFileOptions {
        // A fixed date: the same material gives the same bytes, and the machine's clock is not told.
        ::zip::write::SimpleFileOptions::default()
            .last_modified_time(::zip::DateTime::DEFAULT)
            .unix_permissions(0o644)
    }

    fn mimetype(&mut self) -> Result<(), Failure> {
        let stored = Self::options().compression_method(::zip::CompressionMethod::Stored);
        self.zip.start_file("mimetype", stored)?;
        Ok(self.zip.write_all(MIMETYPE.as_bytes())?)
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        self.stream(name, |out| out.write_all(bytes))
    }

    fn stream(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        let packed = Self::options().compression_method(::zip::CompressionMethod::Deflated);
        self.zip.start_file(name, packed)?;
        let mut out = std::io::BufWriter::new(Hashed {
            to: &mut self.zip,
            hasher: Sha256::new(),
            size: 0,
        });
        fill(&mut out)?;
        let hashed = out
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        let entry = (Digest(hashed.hasher.finalize().into()), hashed.size);
        self.files.insert(name.to_owned(), entry);
        Ok(())
    }

    fn digests(&self, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Digest> {
        self.files
            .iter()
            .filter(|(name, _)| wanted(name))
            .map(|(name, (digest, _))| (name.clone(), *digest))
            .collect()
    }

    /// The files that make the unpacked folder a bag (RFC 8493), and the instructions.
    fn bag(&mut self, material: &Material<'_>) -> Result<(), Failure> {
        let is_payload = |name: &str| name.starts_with("data/");
        let size: u64 = self.files.values().map(|(_, size)| size).sum();
        let count = self.files.len();
        let mut info = format!(
            "Source-Organization: {}\nExternal-Identifier: {}\nBagging-Date: {}\nPayload-Oxum: {size}.{count}\nBag-Software-Agent: dsr {}\n",
            super::page::plain(&material.controller),
            material.case,
            material.now.strftime("%Y-%m-%d"),
            env!("CARGO_PKG_VERSION"),
        );
        if let Some(until) = material.keep_until {
            info += &format!("Dsr-Keep-Until: {until}\n");
        }
        let payload = list(&self.digests(is_payload));
        self.add("bagit.txt", BAGIT.as_bytes())?;
        self.add("bag-info.txt", info.as_bytes())?;
        self.add(
            "VERIFY.txt",
            super::page::text(&instructions::page(material)).as_bytes(),
        )?;
        self.add("manifest-sha256.txt", payload.as_bytes())?;
        let mut tags = self.digests(|name| !is_payload(name));
        tags.insert("mimetype".to_owned(), Digest::sha256(MIMETYPE.as_bytes()));
        self.add("tagmanifest-sha256.txt", list(&tags).as_bytes())
    }
}

pub(super) const BAGIT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

fn list(files: &BTreeMap<String, Digest>) -> String {
    files
        .iter()
        .map(|(name, digest)| format!("{digest}  {name}\n"))
        .collect()
}

struct Hashed<'a, W: Write> {
    to: &'a mut W,
    hasher: Sha256,
    size: u64,
}

impl<W: Write> Write for Hashed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}
