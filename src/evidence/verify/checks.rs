//! What must be true of a bundle's content: each list against the files, the seal over the list, the statement against all of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::bundle::{BAGIT, SEALED, read_asic_manifest};
use super::super::certificate;
use super::super::history::History;
use super::super::level::{Facts, Level, Stamp};
use super::super::{
    ASIC_MANIFEST, CASE_PROOF, FORMAT, MIMETYPE, OPEN_STAMP, OPENED, OPENED_PROOF, SIGNATURE,
    STATEMENT, TIME_MANIFEST, TIME_STAMP, authority, gap, period, seal, sheet, statement,
    succession,
};
use super::content::Content;
use super::{Anchor, Anchors, Clock, Kind, Verdict, held, reason, time};
use crate::keys::Digest;
use crate::messages::{evidence as say, held as words, openings, stamp as say_stamp};

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

/// Files that the other kinds cannot be without.
const REQUIRED_ELSEWHERE: [&str; 11] = [
    "mimetype",
    "VERIFY.txt",
    "bagit.txt",
    "bag-info.txt",
    "manifest-sha256.txt",
    "tagmanifest-sha256.txt",
    "data/00-COVER.html",
    "data/00-COVER.txt",
    STATEMENT,
    ASIC_MANIFEST,
    SIGNATURE,
];

/// What a container says that it is; the statement is sealed, so that nobody else can say it.
fn kind(content: &Content) -> Kind {
    #[derive(serde::Deserialize)]
    struct Said {
        #[serde(rename = "predicateType")]
        predicate_type: String,
    }
    let said = content.small.get(STATEMENT);
    let said = said.and_then(|bytes| serde_json::from_slice::<Said>(bytes).ok());
    match said.as_ref().map(|said| said.predicate_type.as_str()) {
        Some(period::PREDICATE) => Kind::Period,
        Some(authority::PREDICATE) => Kind::Authority,
        _ => Kind::Case,
    }
}

fn required(kind: Kind) -> Vec<&'static str> {
    let further: &[&str] = match kind {
        Kind::Case => return REQUIRED.to_vec(),
        Kind::Period => &[period::LINES, "data/environment.json"],
        Kind::Authority => &authority::REQUIRED,
    };
    [&REQUIRED_ELSEWHERE[..], further].concat()
}

/// Whether a file is one of this format.
pub(super) fn is_known(name: &str, kind: Kind) -> bool {
    required(kind).contains(&name)
        || is_outside(name)
        || is_later(name)
        || succession::is_file(name)
        || [CASE_PROOF, OPEN_STAMP, OPENED, OPENED_PROOF].contains(&name)
        || match kind {
            Kind::Case => name == sheet::FILE,
            Kind::Period => super::sweeps::is_file(name),
            Kind::Authority => name == sheet::FILE,
        }
}

/// Runs all checks; each notes its reasons in the verdict.
pub(super) fn run(content: &mut Content, anchors: &Anchors, verdict: &mut Verdict) {
    let kind = kind(content);
    for name in required(kind) {
        if !content.files.contains_key(name) {
            verdict
                .reasons
                .push(reason("E712", say::file_missing(name)));
        }
    }
    if content.is_other("mimetype", MIMETYPE) {
        verdict.reasons.push(reason("E714", say::mimetype_wrong()));
    }
    verdict.kind = kind;
    sealed_list(content, verdict);
    bag(content, verdict);
    let signature = signature(content, verdict);
    time::run(content, signature.as_ref(), &anchors.time, verdict);
    let signer = signature.map(|signature| signer(content, &signature, &anchors.seal, verdict));
    let said = match kind {
        Kind::Case => said(content, signer, verdict),
        Kind::Period => said_of_period(content, signer, anchors, verdict),
        Kind::Authority => said_of_authority(content, signer, anchors, verdict),
    };
    let log = (&anchors.log[..], anchors.must_be_logged);
    super::log::check(content, said.as_ref(), log, verdict);
    super::name::check(content, verdict);
    let history = said.as_ref().and_then(|said| said.history.as_ref());
    super::cover::check(content, history, verdict);
    late(content, verdict);
}

/// A stamp that came when the opening was past proves nothing of it; the verdict says so where the bundle does not.
fn late(content: &Content, verdict: &mut Verdict) {
    let stamped = verdict.time.opened.as_ref().map(|stamp| stamp.at);
    let began = content.chain.began();
    verdict.time.opened_late = began
        .zip(stamped)
        .and_then(|(began, at)| gap::late(began, at));
    if let Some(minutes) = verdict.time.opened_late {
        let is_late = |gap: &Value| gap["kind"] == gap::LATE;
        verdict.not_proven.retain(|gap| !is_late(gap));
        verdict
            .not_proven
            .push(json!({ "kind": gap::LATE, "count": minutes }));
    }
}

/// What a statement of any kind says that the log is held against.
pub(super) struct Said {
    /// What the case came to, if the files tell.
    pub(super) history: Option<History>,
    pub(super) case: Option<String>,
    pub(super) received: Option<jiff::civil::Date>,
    pub(super) log: Option<statement::Log>,
    /// Whether the journal says that the log holds anything of the case.
    pub(super) is_logged: bool,
}

/// The list that is sealed names every file, and every file is as it says.
fn sealed_list(content: &Content, verdict: &mut Verdict) {
    if !content.small.contains_key(ASIC_MANIFEST) {
        return;
    }
    verdict.bundle = content.digest(ASIC_MANIFEST);
    let text = content.text(ASIC_MANIFEST);
    let Some(listed) = text.and_then(|text| read_asic_manifest(text, SEALED)) else {
        verdict.reasons.push(reason("E723", say::asic_form()));
        return;
    };
    for name in content.files.keys() {
        if is_later(name) {
            verdict.unchecked.push(name.clone());
        } else if !is_outside(name) && name != ASIC_MANIFEST && !listed.contains_key(name) {
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
            None if required(verdict.kind).contains(&name.as_str()) => {}
            None => verdict
                .reasons
                .push(reason("E712", say::file_missing(name))),
        }
    }
}

/// Files that neither list names: the container's type, the signature, and what stands over the files for the time.
pub(super) fn is_outside(name: &str) -> bool {
    ["mimetype", SIGNATURE, TIME_MANIFEST, TIME_STAMP].contains(&name)
}

/// What archives add to a sealed container later (EN 319 162-1, A.5 to A.7).
pub(super) fn is_later(name: &str) -> bool {
    if name == TIME_STAMP {
        return false;
    }
    let Some(name) = name.strip_prefix("META-INF/") else {
        return false;
    };
    let is_numbered = |start: &str, end: &str| {
        let middle = name
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end));
        middle.is_some_and(|number| number.len() <= 3 && number.chars().all(|c| c.is_ascii_digit()))
    };
    is_numbered("timestamp", ".tst")
        || is_numbered("ASiCArchiveManifest", ".xml")
        || is_numbered("ASiCEvidenceRecordManifest", ".xml")
        || is_numbered("evidencerecord", ".ers")
}

/// The unpacked files are a complete bag (RFC 8493): what `sha256sum -c` reads is what is there.
fn bag(content: &Content, verdict: &mut Verdict) {
    if content.is_other("bagit.txt", BAGIT) {
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

/// The seal, if it holds.
fn signature(content: &Content, verdict: &mut Verdict) -> Option<seal::Signature> {
    let (der, list) = (
        content.small.get(SIGNATURE)?,
        content.digest(ASIC_MANIFEST)?,
    );
    match seal::verify(der, &list) {
        Ok(signature) => Some(signature),
        Err(reasons) => {
            verdict.reasons.extend(reasons);
            None
        }
    }
}

/// Who sealed, and who vouches for that one. Returns the fingerprint of the certificate.
fn signer(
    content: &Content,
    signature: &seal::Signature,
    anchors: &[Anchor],
    verdict: &mut Verdict,
) -> Digest {
    let own = &signature.certificate;
    let fingerprint = certificate::fingerprint(own);
    let subject = own.tbs_certificate.subject.to_string();
    verdict.signer = Some(super::super::page::plain(&subject));
    verdict.fingerprint = Some(fingerprint);
    verdict.sealed_at = Some(signature.at);
    verdict.certificate = Some(own.clone());
    verdict.worth = Some(Facts::of(own));
    judge_level(None, verdict);
    // Somebody else's clock is believed before that of whoever sealed.
    let by_others = verdict.time.seal.as_ref();
    let by_others = by_others.filter(|stamping| stamping.anchor.is_some());
    let at = by_others.map_or(signature.at, |stamping| stamping.at);
    if !certificate::is_valid_at(own, at) {
        let what = match by_others {
            Some(_) => say_stamp::seal_expired_when_stamped(),
            None => say::seal_expired(),
        };
        verdict.reasons.push(reason("E745", what));
    }
    verdict.anchor = certificate::vouched(own, &signature.others, anchors, at);
    if verdict.anchor.is_none() {
        let changes = succession::read(&content.small);
        // The changes are told by the clock that sealed, so they are held against that one.
        verdict.followed = succession::follow(fingerprint, signature.at, &changes, anchors);
    }
    // An authority vouches for who it is; what for, its certificate says.
    let by_itself = verdict.anchor.as_ref();
    let by_itself = by_itself.is_some_and(|anchor| anchor.fingerprint == fingerprint);
    let is_named = by_itself || verdict.followed.is_some();
    if !is_named && !certificate::is_for_documents(own) {
        verdict
            .reasons
            .push(reason("E744", say::seal_other_purpose()));
    }
    if verdict.anchor.is_none() && verdict.followed.is_none() {
        let spoken = certificate::spoken(&fingerprint);
        let broken = certificate::broken_path(own, &signature.others, anchors, at);
        let what = match broken {
            Some(why) => say::signer_unknown_by(spoken, why),
            None => say::signer_unknown(spoken),
        };
        let mut unknown = reason("E746", what);
        unknown.exit = crate::diagnostic::Exit::Waiting;
        unknown.help = vec![say::signer_unknown_help()];
        verdict.reasons.push(unknown);
    }
    fingerprint
}

/// What the seal is worth by what was verified, beside what the bundle claims of itself.
fn judge_level(claim: Option<Level>, verdict: &mut Verdict) {
    let stamp = match (verdict.time.best(), verdict.time.clock) {
        (Some(best), _) if best.anchor.is_some() => Stamp::Known {
            says_qualified: best.calls_itself_qualified,
        },
        (Some(_), _) => Stamp::ByStranger,
        (None, Clock::Pending) => Stamp::Pending,
        (None, _) => Stamp::None,
    };
    verdict.worth = verdict.worth.map(|worth| worth.stamped(stamp));
    verdict.level = verdict.worth.map(|worth| worth.words(claim));
}

/// Takes in what the bundle claims of its seal; `false` if that is no level. Where more than the lowest is claimed, somebody was to be
/// asked for the time.
fn claims(seal: &statement::Level, verdict: &mut Verdict) -> bool {
    let claim = Level::of(&seal.level);
    if verdict.time.clock == Clock::None && claim.is_some_and(|claim| claim > Level::S0) {
        verdict.time.clock = Clock::Pending;
    }
    judge_level(claim, verdict);
    claim.is_some()
}

/// A statement that is text to its last byte, also where a member stands that nothing here reads: another reader must not find less.
fn whole<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(bytes).ok()?;
    serde_json::from_str(text).ok()
}

/// The statement names every evidence file, and its counts, root and head are those of the files.
fn said(content: &mut Content, signer: Option<Digest>, verdict: &mut Verdict) -> Option<Said> {
    let told = std::mem::take(&mut content.told);
    let content = &*content;
    let is_logged = told.history.is_logged;
    let bytes = content.small.get(STATEMENT)?;
    let Some(said) = whole::<statement::Statement>(bytes) else {
        verdict.reasons.push(reason("E733", say::statement_form()));
        return None;
    };
    let predicate = said.predicate;
    verdict.case = Some(super::super::page::plain(&predicate.case));
    verdict.number = Some(predicate.number);
    verdict.predecessor = predicate.predecessor;
    verdict.not_proven.clone_from(&predicate.not_proven);
    let is_ours = claims(&predicate.seal, verdict)
        && said.kind == statement::KIND
        && said.predicate_type == statement::PREDICATE
        && predicate.schema == FORMAT;
    if !is_ours {
        verdict.reasons.push(reason("E733", say::statement_form()));
    }
    subjects(content, &said.subject, verdict);
    let records = &predicate.records;
    if (records.count, records.merkle_root)
        != (content.records.tree.count(), content.records.tree.root())
        || records.outcomes != content.records.sorts.outcomes()
    {
        verdict.reasons.push(reason("E732", say::records_differ()));
    }
    if !content.steps.are_those_of(&content.records.lines) {
        let what = words::records_beyond_journal();
        verdict.reasons.push(reason("E732", what));
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
    let history = held::case(content, told.history, bytes, verdict);
    Some(Said {
        history,
        case: Some(predicate.case),
        received: predicate.received,
        log: predicate.log,
        is_logged,
    })
}

/// The statement names exactly the evidence files that there are, as they are.
fn subjects(content: &Content, listed: &[statement::Subject], verdict: &mut Verdict) {
    let subjects: BTreeMap<&str, Digest> = listed
        .iter()
        .map(|subject| (subject.name.as_str(), subject.digest.sha256))
        .collect();
    let evidence: BTreeMap<&str, Digest> = content
        .files
        .iter()
        .filter(|(name, _)| {
            name.starts_with("data/") && ![STATEMENT, CASE_PROOF].contains(&name.as_str())
        })
        .map(|(name, (digest, _))| (name.as_str(), *digest))
        .collect();
    if subjects != evidence || subjects.len() != listed.len() {
        verdict.reasons.push(reason("E733", say::statement_files()));
    }
}

/// What every statement has, whatever it speaks of.
#[derive(serde::Deserialize)]
struct Envelope {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<statement::Subject>,
}

/// The statement of a period: its files, the cases and the figures that follow from them.
fn said_of_period(
    content: &Content,
    signer: Option<Digest>,
    anchors: &Anchors,
    verdict: &mut Verdict,
) -> Option<Said> {
    let bytes = content.small.get(STATEMENT)?;
    let (Some(envelope), Some(said)) = (whole::<Envelope>(bytes), whole::<period::Said>(bytes))
    else {
        verdict.reasons.push(reason("E733", say::statement_form()));
        return None;
    };
    let predicate = said.predicate;
    verdict.period = Some((predicate.period.from, predicate.period.until));
    verdict.number = Some(predicate.number);
    verdict.predecessor = predicate.predecessor;
    verdict.cases = content.cases.count();
    let is_ours = claims(&predicate.seal, verdict)
        && envelope.kind == statement::KIND
        && predicate.schema == period::FORMAT;
    if !is_ours {
        verdict.reasons.push(reason("E733", say::statement_form()));
    }
    subjects(content, &envelope.subject, verdict);
    let cases = &predicate.cases;
    if (cases.count, cases.merkle_root) != (content.cases.count(), content.cases.root())
        || !predicate.figures.agrees(&content.figures)
    {
        verdict
            .reasons
            .push(reason("E732", openings::cases_differ()));
    }
    if signer.is_some_and(|signer| signer != predicate.seal.certificate) {
        verdict.reasons.push(reason("E735", say::other_signer()));
    }
    verdict.not_proven = predicate.not_proven;
    held::environment(content, verdict);
    let left = content.left.gaps().into_iter().map(|gap| json!(gap));
    let is_later = |gap: &Value| {
        let code = gap["code"].as_str().unwrap_or_default();
        gap["kind"] == "in_bundles" && period::LATER.contains(&code)
    };
    let (later, mut wanted): (Vec<_>, Vec<_>) = left.partition(is_later);
    match predicate.keep_until {
        Some(_) => wanted.extend(later),
        // The first periods did not repeat these, so the verdict does.
        None => verdict.not_proven.extend(later),
    }
    held::at_least(wanted, verdict);
    let days = (predicate.period.from, predicate.period.until);
    let figures = predicate.sweeps.as_ref();
    super::sweeps::check(content, figures, days, anchors, verdict);
    Some(Said {
        history: None,
        case: None,
        received: None,
        log: predicate.log,
        is_logged: false,
    })
}

/// The statement of a complete case: its files, and which case and bundle they belong to.
fn said_of_authority(
    content: &mut Content,
    signer: Option<Digest>,
    anchors: &Anchors,
    verdict: &mut Verdict,
) -> Option<Said> {
    let bytes = content.small.get(STATEMENT)?;
    let (Some(envelope), Some(said)) = (whole::<Envelope>(bytes), whole::<authority::Said>(bytes))
    else {
        verdict.reasons.push(reason("E733", say::statement_form()));
        return None;
    };
    let predicate = said.predicate;
    verdict.case = Some(super::super::page::plain(&predicate.case));
    verdict.number = Some(predicate.number);
    let is_ours = claims(&predicate.seal, verdict)
        && envelope.kind == statement::KIND
        && predicate.schema == authority::FORMAT;
    if !is_ours {
        verdict.reasons.push(reason("E733", say::statement_form()));
    }
    subjects(content, &envelope.subject, verdict);
    if signer.is_some_and(|signer| signer != predicate.seal.certificate) {
        verdict.reasons.push(reason("E735", say::other_signer()));
    }
    verdict.not_proven.clone_from(&predicate.not_proven);
    super::inner::check(content, &predicate, anchors, verdict);
    Some(Said {
        history: None,
        case: Some(predicate.case),
        received: None,
        log: predicate.log,
        is_logged: false,
    })
}
