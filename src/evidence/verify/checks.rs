//! What must be true of a bundle's content: each list against the files, the seal over the list, the statement against all of it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::bundle::{BAGIT, read_asic_manifest};
use super::super::certificate;
use super::super::{ASIC_MANIFEST, FORMAT, MIMETYPE, SIGNATURE, STATEMENT, cover, seal, statement};
use super::content::Content;
use super::{Anchor, Verdict, reason};
use crate::keys::Digest;
use crate::messages::evidence as say;

/// Files that a bundle cannot be without.
const REQUIRED: [&str; 17] = [
    "mimetype",
    "VERIFY.txt",
    "bagit.txt",
    "bag-info.txt",
    "manifest-sha256.txt",
    "tagmanifest-sha256.txt",
    "data/00-COVER.html",
    "data/00-COVER.txt",
    "data/environment.json",
    "data/inventory.json",
    "data/journal.jsonl",
    "data/law.json",
    "data/records.jsonl",
    STATEMENT,
    "data/systems.jsonl",
    ASIC_MANIFEST,
    SIGNATURE,
];

/// Runs all checks; each notes its reasons in the verdict.
pub(super) fn run(content: &Content, anchors: &[Anchor], verdict: &mut Verdict) {
    for name in REQUIRED {
        if !content.files.contains_key(name) {
            verdict
                .reasons
                .push(reason("E712", say::file_missing(name)));
        }
    }
    if content
        .text("mimetype")
        .is_some_and(|text| text != MIMETYPE)
    {
        verdict.reasons.push(reason("E714", say::mimetype_wrong()));
    }
    sealed_list(content, verdict);
    bag(content, verdict);
    let signer = signature(content, anchors, verdict);
    said(content, signer, verdict);
}

/// The list that is sealed names every file, and every file is as it says.
fn sealed_list(content: &Content, verdict: &mut Verdict) {
    let Some(text) = content.text(ASIC_MANIFEST) else {
        return;
    };
    verdict.bundle = content.digest(ASIC_MANIFEST);
    let Some(listed) = read_asic_manifest(text) else {
        verdict.reasons.push(reason("E723", say::asic_form()));
        return;
    };
    for name in content.files.keys() {
        if is_later(name) {
            verdict.unchecked.push(name.clone());
        } else if !["mimetype", ASIC_MANIFEST, SIGNATURE].contains(&name.as_str())
            && !listed.contains_key(name)
        {
            verdict
                .reasons
                .push(reason("E711", say::file_unlisted(name)));
        }
    }
    for (name, digest) in &listed {
        match content.digest(name) {
            Some(found) if found == *digest && !name.starts_with("META-INF/") => {}
            Some(_) => verdict
                .reasons
                .push(reason("E724", say::file_changed(name, ASIC_MANIFEST))),
            None if REQUIRED.contains(&name.as_str()) => {}
            None => verdict
                .reasons
                .push(reason("E712", say::file_missing(name))),
        }
    }
}

/// What archives and time stamps add to a sealed container later (EN 319 162-1, A.5 to A.7).
fn is_later(name: &str) -> bool {
    let Some(name) = name.strip_prefix("META-INF/") else {
        return false;
    };
    let is_numbered = |start: &str, end: &str| {
        let middle = name
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end));
        middle.is_some_and(|number| number.len() <= 3 && number.chars().all(|c| c.is_ascii_digit()))
    };
    name == "ASiCManifest002.xml"
        || is_numbered("timestamp", ".tst")
        || is_numbered("ASiCArchiveManifest", ".xml")
        || is_numbered("ASiCEvidenceRecordManifest", ".xml")
        || is_numbered("evidencerecord", ".ers")
}

/// The unpacked files are a complete bag (RFC 8493): what `sha256sum -c` reads is what is there.
fn bag(content: &Content, verdict: &mut Verdict) {
    if content.text("bagit.txt").is_some_and(|text| text != BAGIT) {
        verdict
            .reasons
            .push(reason("E721", say::bag_form("bagit.txt")));
    }
    let is_payload = |name: &str| name.starts_with("data/");
    let is_tag = |name: &str| !name.contains('/') && name != "tagmanifest-sha256.txt";
    list(content, "manifest-sha256.txt", &is_payload, verdict);
    list(content, "tagmanifest-sha256.txt", &is_tag, verdict);

    let payload = content.files.iter().filter(|(name, _)| is_payload(name));
    let (count, size) = payload.fold((0, 0), |(count, size), (_, (_, own))| {
        (count + 1, size + own)
    });
    let stated = content.text("bag-info.txt").and_then(|text| {
        text.lines()
            .find_map(|line| line.strip_prefix("Payload-Oxum: "))
    });
    if stated != Some(&format!("{size}.{count}")) {
        verdict.reasons.push(reason("E722", say::oxum_wrong()));
    }
}

/// One list of digests against the files that it must name.
fn list(content: &Content, name: &str, wanted: &dyn Fn(&str) -> bool, verdict: &mut Verdict) {
    let Some(text) = content.small.get(name) else {
        return;
    };
    let Some(listed) = std::str::from_utf8(text).ok().and_then(digests) else {
        verdict.reasons.push(reason("E721", say::bag_form(name)));
        return;
    };
    for (file, digest) in &listed {
        if content.digest(file).is_some_and(|found| found != *digest) {
            verdict
                .reasons
                .push(reason("E720", say::file_changed(file, name)));
        }
    }
    let named: BTreeSet<&String> = listed.keys().collect();
    let there: BTreeSet<&String> = content.files.keys().filter(|file| wanted(file)).collect();
    if named != there {
        verdict
            .reasons
            .push(reason("E721", say::bag_incomplete(name)));
    }
}

/// The lines of `sha256sum`, each file once; `None` for any other form.
fn digests(text: &str) -> Option<BTreeMap<String, Digest>> {
    let mut out = BTreeMap::new();
    for line in text.strip_suffix('\n')?.split('\n') {
        let (digest, name) = line.split_once("  ")?;
        let digest = Digest::from_hex(digest).filter(|parsed| parsed.hex() == digest)?;
        if out.insert(name.to_owned(), digest).is_some() {
            return None;
        }
    }
    Some(out)
}

/// Returns the fingerprint of the seal's certificate if the seal holds.
fn signature(content: &Content, anchors: &[Anchor], verdict: &mut Verdict) -> Option<Digest> {
    let (der, list) = (
        content.small.get(SIGNATURE)?,
        content.digest(ASIC_MANIFEST)?,
    );
    let signature = match seal::verify(der, &list) {
        Ok(signature) => signature,
        Err(reasons) => {
            verdict.reasons.extend(reasons);
            return None;
        }
    };
    let own = &signature.certificate;
    let fingerprint = certificate::fingerprint(own);
    let subject = own.tbs_certificate.subject.to_string();
    verdict.signer = Some(super::super::page::plain(&subject));
    verdict.fingerprint = Some(fingerprint);
    verdict.sealed_at = Some(signature.at);
    verdict.level = Some(cover::level(certificate::is_self_issued(own)));
    if !certificate::is_trusted(own, &signature.others, anchors, signature.at) {
        let spoken = certificate::spoken(&fingerprint);
        let mut unknown = reason("E746", say::signer_unknown(spoken));
        unknown.exit = crate::diagnostic::Exit::Waiting;
        unknown.help = vec![say::signer_unknown_help()];
        verdict.reasons.push(unknown);
    }
    Some(fingerprint)
}

/// The statement names every evidence file, and its counts, root and head are those of the files.
fn said(content: &Content, signer: Option<Digest>, verdict: &mut Verdict) {
    let Some(bytes) = content.small.get(STATEMENT) else {
        return;
    };
    let Ok(said) = serde_json::from_slice::<statement::Statement>(bytes) else {
        verdict.reasons.push(reason("E733", say::statement_form()));
        return;
    };
    let predicate = &said.predicate;
    verdict.case = Some(super::super::page::plain(&predicate.case));
    verdict.number = Some(predicate.number);
    verdict.predecessor = predicate.predecessor;
    verdict.not_proven.clone_from(&predicate.not_proven);
    let is_ours = said.kind == statement::KIND
        && said.predicate_type == statement::PREDICATE
        && predicate.schema == FORMAT
        && predicate.seal.level == statement::LEVEL;
    if !is_ours {
        verdict.reasons.push(reason("E733", say::statement_form()));
    }
    let subjects: BTreeMap<&str, Digest> = said
        .subject
        .iter()
        .map(|subject| (subject.name.as_str(), subject.digest.sha256))
        .collect();
    let evidence: BTreeMap<&str, Digest> = content
        .files
        .iter()
        .filter(|(name, _)| name.starts_with("data/") && *name != STATEMENT)
        .map(|(name, (digest, _))| (name.as_str(), *digest))
        .collect();
    if subjects != evidence || subjects.len() != said.subject.len() {
        verdict.reasons.push(reason("E733", say::statement_files()));
    }
    let records = &predicate.records;
    if (records.count, records.merkle_root) != (content.tree.count(), content.tree.root())
        || records.outcomes != content.outcomes
    {
        verdict.reasons.push(reason("E732", say::records_differ()));
    }
    let journal = &predicate.journal;
    if (journal.count, journal.head) != (content.chain.count(), content.chain.head())
        || content
            .chain
            .case()
            .is_some_and(|case| case != predicate.case)
    {
        verdict.reasons.push(reason("E731", say::journal_differs()));
    }
    if signer.is_some_and(|signer| signer != predicate.seal.certificate) {
        verdict.reasons.push(reason("E735", say::other_signer()));
    }
}
