//! Writes the files of a bundle, each as a stream, and hashes them as they pass: records and journal first, then what speaks about
//! them, then the lists of digests, and the seal last.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::path::Path;

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::commitment::{self, Committer, Opening};
use super::gap::{self, Gap};
use super::history::History;
use super::merkle::Tree;
use super::page::Page;
use super::records::Touched;
use super::screen::{self, Screen};
use super::sheet::{self, Beside, Logged, Sheet};
use super::witness::Place;
use super::{
    ASIC_MANIFEST, CASE_PROOF, MIMETYPE, Material, OPEN_STAMP, OPENED, OPENED_PROOF, SIGNATURE,
    STATEMENT, Seal, TIME_STAMP, Time, Witnesses, cover, instructions, statement, timing,
};
use crate::canonical;
use crate::diagnostic::{Diagnostic, Result, Trouble};
use crate::keys::Digest;
use crate::ledger::SystemAnswer;
use crate::messages::evidence as say;
use crate::plan::Step;

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

/// What a bundle is written from.
pub(super) struct Ground<'g> {
    pub(super) material: &'g Material<'g>,
    pub(super) history: &'g History,
    pub(super) seal: &'g Seal,
    pub(super) witnesses: Witnesses<'g>,
    pub(super) place: Option<&'g Place>,
    /// What an I/O error means here.
    pub(super) io: &'g dyn Fn(std::io::Error) -> Diagnostic,
}

impl Ground<'_> {
    /// The gaps, and the gate for free words: all pages are put together once for it, and thrown away.
    pub(super) fn screened(&self, folder: &Path) -> Result<(Vec<Gap>, Screen)> {
        let met = gap::meet(self.material, self.history, folder, self.io)?;
        let gaps = |screen: &Screen| {
            let proof = (self.seal, self.witnesses, self.place);
            gap::all(self.material, self.history, &met, screen, proof)
        };
        let gathering = Screen::gathering();
        let all = gaps(&gathering);
        self.cover(&all, &gathering);
        self.statement(&all, &BTreeMap::new(), &Tree::default(), &gathering);
        self.systems(&gathering);
        let screen = gathering.settle(self.material)?;
        Ok((gaps(&screen), screen))
    }

    /// The cover, and what it says that follows from no other file.
    fn cover(&self, gaps: &[Gap], screen: &Screen) -> (Page, Beside) {
        let (material, history) = (self.material, self.history);
        let amendments = material.amendments.as_deref();
        let mut beside = Beside::of(&material.anomalies, amendments, history, screen);
        let page = cover::page(&self.sheet(gaps, &beside, screen), history, screen);
        beside.left_out = screen.left_out();
        (page, beside)
    }

    fn sheet<'s>(&'s self, gaps: &[Gap], beside: &'s Beside, screen: &Screen) -> Sheet<'s> {
        let (material, history) = (self.material, self.history);
        let channel = |code: &String| say::channel(code).unwrap_or_else(|| screen.words(code));
        let findings = material.findings.map(|findings| findings.head());
        let systems = findings.iter().flat_map(|findings| &findings.systems);
        let hosts = systems.filter_map(|system| {
            let host = system.notes.host.as_ref()?;
            let host = screen::read(&screen.words(host).en);
            Some((system.system.clone(), host))
        });
        let deferred = history.deferred.iter();
        Sheet {
            case: material.case,
            controller: &material.controller,
            seat: &material.seat,
            contact: material.contact.as_deref(),
            received: material.received,
            answered: material.answered,
            identity: screen.words(&material.identity_method),
            channel: history.channel.as_ref().map(channel),
            operator: &material.operator,
            approver: material.approver.as_deref(),
            made: material.now,
            number: material.number,
            predecessor: material.predecessor,
            keep_until: material.keep_until,
            inventory: &material.inventory_extract,
            inventory_digest: material.inventory_digest,
            lock_digest: material.lock_digest,
            connectors: material.connectors.clone(),
            program: env!("CARGO_PKG_VERSION"),
            deferred: deferred
                .map(|((system, object, outcome), count)| {
                    (system.clone(), object.clone(), *outcome, *count)
                })
                .collect(),
            hosts: hosts.collect(),
            beside,
            gaps: gaps.iter().map(Gap::text).collect(),
            certificate: self.seal.certificate(),
            changes: self.seal.told(),
            worth: self.seal.worth(self.witnesses),
            log: self.place.map(Logged::of),
            witnessed: self.witnesses.into(),
        }
    }

    fn statement(
        &self,
        gaps: &[Gap],
        files: &BTreeMap<String, Digest>,
        tree: &Tree,
        screen: &Screen,
    ) -> Value {
        let claim = statement::claim(self.seal, self.witnesses);
        let claim = (&claim, self.place);
        statement::make(
            self.material,
            self.history,
            gaps,
            claim,
            files,
            tree,
            screen,
        )
    }

    /// The lines of `systems.jsonl`.
    fn systems(&self, screen: &Screen) -> Vec<Vec<u8>> {
        let findings = self.material.findings.map(|findings| findings.head());
        let systems = findings.map_or(&[][..], |findings| &findings.systems);
        let line = |(name, (at, answer)): (&String, &(Option<Timestamp>, SystemAnswer))| {
            let own = systems.iter().find(|system| system.system == *name);
            let notes = own.map(|system| &system.notes);
            canonical::bytes(&statement::system(*at, answer, notes, screen))
        };
        self.history.systems.iter().map(line).collect()
    }

    /// Hands over what opens each record line, in the order of the lines.
    pub(super) fn openings(&self, visit: &mut dyn FnMut(Opening) -> Result<()>) -> Result<()> {
        let committer = Committer::new(self.material.case_key);
        let mut seq = 0;
        self.history
            .walk(self.material.plan, self.io, &mut |touched, step| {
                let disclosures = disclosures(&committer, touched, step);
                visit(Opening { seq, disclosures })?;
                seq += 1;
                Ok(())
            })
    }

    /// Writes the record lines; returns the tree over them.
    fn records(&self, out: &mut dyn Write) -> Result<Tree> {
        let mut tree = Tree::default();
        let committer = Committer::new(self.material.case_key);
        self.history
            .walk(self.material.plan, self.io, &mut |touched, step| {
                let disclosures = disclosures(&committer, touched, step);
                let mut line = record_line(&committer, tree.count(), touched, &disclosures);
                tree.push(&line);
                line.push(b'\n');
                Ok(out.write_all(&line).map_err(self.io)?)
            })?;
        Ok(tree)
    }

    /// Writes the events once more; they must be those that were folded.
    fn journal(&self, out: &mut dyn Write) -> Result<()> {
        let (mut head, mut count) = (None, 0);
        self.material.journal.each(&mut |line| {
            head = Some(line.hash);
            count += 1;
            out.write_all(&line.bytes).map_err(self.io)?;
            Ok(out.write_all(b"\n").map_err(self.io)?)
        })?;
        match (head, count) == (self.history.head, self.history.count) {
            true => Ok(()),
            false => Err(super::history::contradiction(say::journal_broken(count))),
        }
    }
}

/// Writes everything; returns the bundle's id and what is known of its time.
pub(super) fn write(
    ground: &Ground<'_>,
    gaps: &[Gap],
    screen: &Screen,
    file: impl Write + Seek,
) -> Result<(Digest, Time), Failure> {
    let Ground {
        material,
        seal,
        witnesses,
        place,
        ..
    } = *ground;
    let mut bundle = Bundle {
        zip: ::zip::ZipWriter::new(file),
        files: BTreeMap::new(),
    };
    bundle.mimetype()?;

    let tree = bundle.stream("data/records.jsonl", |out| Ok(ground.records(out)?))?;
    bundle.stream("data/journal.jsonl", |out| Ok(ground.journal(out)?))?;
    bundle.stream("data/systems.jsonl", |out| {
        for line in ground.systems(screen) {
            out.write_all(&line)?;
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
    if let Some(token) = &material.open_stamp {
        bundle.add(OPEN_STAMP, token)?;
    }
    if let Some((opened, proof)) = place.and_then(|place| place.opened.as_ref()) {
        bundle.add(OPENED, &opened.file())?;
        bundle.add(OPENED_PROOF, proof.to_string().as_bytes())?;
    }
    bundle.changes(seal)?;
    let (page, beside) = ground.cover(gaps, screen);
    bundle.add(sheet::FILE, &canonical::bytes(&beside))?;
    bundle.add("data/00-COVER.html", super::page::html(&page).as_bytes())?;
    bundle.add("data/00-COVER.txt", super::page::text(&page).as_bytes())?;
    let files = bundle.digests(|_| true);
    let said = ground.statement(gaps, &files, &tree, screen);
    let said = canonical::bytes(&said);
    bundle.state(&said, witnesses)?;
    bundle.bag(material, witnesses)?;
    bundle.seal(seal, witnesses, material.now)
}

/// What names the record, committed to and not said.
fn disclosures(committer: &Committer, touched: &Touched, step: Option<&Step>) -> Vec<String> {
    let disclose = |name, value| committer.disclose(&touched.plan, touched.step, name, &value);
    let mut out = vec![disclose("record", json!(touched.record))];
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

/// What stands over a list of files: its name and kind.
pub(super) type Over = (&'static str, &'static str);
/// The list that is sealed, and the list that is stamped.
pub(super) const SEALED: Over = (SIGNATURE, "application/pkcs7-signature");
pub(super) const STAMPED: Over = (TIME_STAMP, "application/vnd.etsi.timestamp-token");

/// EN 319 162-1, A.4: a list of files. One reference a line and attributes in one order, so that `sed` can read it.
pub(super) fn asic_manifest(files: &BTreeMap<String, Digest>, over: Over) -> String {
    let mut out = format!("{ASIC_HEAD}\n{}\n", sig_reference(over));
    for (name, digest) in files {
        let kind = match name.rsplit('.').next() {
            Some("bin") => "application/octet-stream",
            Some("zip") => "application/zip",
            Some("html") => "text/html",
            Some("json") => "application/json",
            Some("jsonl") => "application/jsonl",
            Some("sig") => "application/octet-stream",
            Some("tst") => STAMPED.1,
            Some("xml") => "text/xml",
            _ => "text/plain",
        };
        out += &reference(name, kind, digest);
    }
    out + ASIC_TAIL + "\n"
}

pub(super) const ASIC_HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">";
pub(super) const ASIC_TAIL: &str = "</asic:ASiCManifest>";

fn sig_reference((name, kind): Over) -> String {
    format!("<asic:SigReference URI=\"{name}\" MimeType=\"{kind}\"/>")
}

fn reference(name: &str, kind: &str, digest: &Digest) -> String {
    let value = base64::engine::general_purpose::STANDARD.encode(digest.0);
    format!(
        "<asic:DataObjectReference URI=\"{name}\" MimeType=\"{kind}\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{value}</ds:DigestValue></asic:DataObjectReference>\n"
    )
}

/// Reads a list of the form above; `None` for any other.
pub(super) fn read_asic_manifest(text: &str, over: Over) -> Option<BTreeMap<String, Digest>> {
    let body = text.strip_prefix(ASIC_HEAD)?.strip_prefix('\n')?;
    let body = body
        .strip_suffix(ASIC_TAIL)
        .or_else(|| body.strip_suffix(&format!("{ASIC_TAIL}\n")))?;
    let (first, body) = body.split_once('\n')?;
    if first != sig_reference(over) {
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

pub(super) fn options() -> ::zip::write::SimpleFileOptions {
    // A fixed date: the same material gives the same bytes, and the machine's clock is not told.
    ::zip::write::SimpleFileOptions::default()
        .last_modified_time(::zip::DateTime::DEFAULT)
        .unix_permissions(0o644)
}

pub(super) struct Bundle<W: Write + Seek> {
    pub(super) zip: ::zip::ZipWriter<W>,
    /// Digest and size of every file but `mimetype` and those under `META-INF`.
    pub(super) files: BTreeMap<String, (Digest, u64)>,
}

impl<W: Write + Seek> Bundle<W> {
    /// Adds the statement, and has the log take it in.
    pub(super) fn state(&mut self, said: &[u8], witnesses: Witnesses<'_>) -> Result<(), Failure> {
        self.add(STATEMENT, said)?;
        if let Some(log) = witnesses.log {
            self.add(CASE_PROOF, log.append(said)?.to_string().as_bytes())?;
        }
        Ok(())
    }

    /// Seals the list of all files, asks for the time, and ends the container. Returns its id.
    pub(super) fn seal(
        mut self,
        seal: &Seal,
        witnesses: Witnesses<'_>,
        now: jiff::Timestamp,
    ) -> Result<(Digest, Time), Failure> {
        let files = self.digests(|_| true);
        let manifest = asic_manifest(&files, SEALED);
        let id = Digest::sha256(manifest.as_bytes());
        self.add(ASIC_MANIFEST, manifest.as_bytes())?;
        let signature = seal.sign(&id, now)?;
        let time = match witnesses.time {
            None => {
                self.add(SIGNATURE, &signature)?;
                Time::NotAsked
            }
            Some(authority) => match timing::ask(authority, &signature, files, id) {
                Ok(stamped) => {
                    for (name, bytes) in stamped.files() {
                        self.add(name, bytes)?;
                    }
                    stamped.time
                }
                Err(silent) => {
                    self.add(SIGNATURE, &signature)?;
                    Time::Pending(Box::new(silent))
                }
            },
        };
        self.zip.finish()?.flush()?;
        Ok((id, time))
    }

    /// How the seal came to be this one, where it was another before.
    pub(super) fn changes(&mut self, seal: &Seal) -> Result<(), Failure> {
        for (number, change) in (1..).zip(seal.told()) {
            for (name, bytes) in change.files(number) {
                self.add(&name, &bytes)?;
            }
        }
        Ok(())
    }

    pub(super) fn mimetype(&mut self) -> Result<(), Failure> {
        let stored = options().compression_method(::zip::CompressionMethod::Stored);
        self.zip.start_file("mimetype", stored)?;
        Ok(self.zip.write_all(MIMETYPE.as_bytes())?)
    }

    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        self.stream(name, |out| Ok(out.write_all(bytes)?))
    }

    /// Writes a file as a stream; returns what filling it returns.
    pub(super) fn stream<T>(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let packed = options().compression_method(::zip::CompressionMethod::Deflated);
        self.zip.start_file(name, packed)?;
        let mut out = std::io::BufWriter::new(Hashed {
            to: &mut self.zip,
            hasher: Sha256::new(),
            size: 0,
        });
        let filled = fill(&mut out)?;
        let hashed = out
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        let entry = (Digest(hashed.hasher.finalize().into()), hashed.size);
        self.files.insert(name.to_owned(), entry);
        Ok(filled)
    }

    pub(super) fn digests(&self, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Digest> {
        self.files
            .iter()
            .filter(|(name, _)| wanted(name))
            .map(|(name, (digest, _))| (name.clone(), *digest))
            .collect()
    }

    /// The files that make the unpacked folder a bag (RFC 8493), and the instructions.
    fn bag(&mut self, material: &Material<'_>, witnesses: Witnesses<'_>) -> Result<(), Failure> {
        let verify = super::page::text(&instructions::page(
            &material.controller,
            material.case,
            material.number,
            witnesses.into(),
        ));
        self.bag_of(&Label {
            controller: &material.controller,
            identifier: material.case,
            now: material.now,
            keep_until: material.keep_until,
            openings_until: material.keep_until,
            verify: &verify,
        })
    }

    pub(super) fn bag_of(&mut self, label: &Label<'_>) -> Result<(), Failure> {
        let is_payload = |name: &str| name.starts_with("data/");
        let size: u64 = self.files.values().map(|(_, size)| size).sum();
        let info = label.text(size, self.files.len(), env!("CARGO_PKG_VERSION"));
        let payload = list(&self.digests(is_payload));
        self.add("bagit.txt", BAGIT.as_bytes())?;
        self.add("bag-info.txt", info.as_bytes())?;
        self.add("VERIFY.txt", label.verify.as_bytes())?;
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

/// What stands on the outside of a bag.
pub(super) struct Label<'l> {
    pub(super) controller: &'l str,
    pub(super) identifier: &'l str,
    pub(super) now: jiff::Timestamp,
    pub(super) keep_until: Option<jiff::civil::Date>,
    /// Until when what opens the record lines may lie beside it: `dsr case purge` ends both.
    pub(super) openings_until: Option<jiff::civil::Date>,
    /// The content of `VERIFY.txt`.
    pub(super) verify: &'l str,
}

impl Label<'_> {
    /// `bag-info.txt`, of so many bytes and files under `data`, by this version of the program.
    pub(super) fn text(&self, size: u64, count: usize, version: &str) -> String {
        let mut info = format!(
            "Source-Organization: {}\nExternal-Identifier: {}\nBagging-Date: {}\nPayload-Oxum: {size}.{count}\nBag-Software-Agent: dsr {version}\n",
            super::page::plain(self.controller),
            self.identifier,
            self.now.strftime("%Y-%m-%d"),
        );
        if let Some(until) = self.keep_until {
            info += &format!("Dsr-Keep-Until: {until}\n");
        }
        if let Some(until) = self.openings_until {
            info += &format!("Dsr-Openings-Until: {until}\n");
        }
        info
    }
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
