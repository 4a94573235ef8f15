//! The cover held against the bundle: it is drawn anew from statement, journal, answers and `data/cover.json`, and must be the one that
//! lies there, to the byte. People read the cover and nothing else, so a cover of its own would undo everything that is checked elsewhere.
//!
//! It is compared where everything else holds: of a bundle that is refused anyway, the cover says nothing more. The words of another version
//! of the program may be other words, so there a difference is a warning and not a reason.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::super::bundle::Label;
use super::super::history::History;
use super::super::level::{self, Facts, Stamp};
use super::super::page::{self, Page};
use super::super::period::cover::Front;
use super::super::screen::{self, Screen};
use super::super::sheet::{self, Beside, Logged, Sheet, Witnessed};
use super::super::{
    OPENED_PROOF, STATEMENT, authority, cover, gap, instructions, period, statement, succession,
};
use super::content::Content;
use super::{Kind, Verdict, checks, reason};
use crate::diagnostic::{Diagnostic, Exit};
use crate::keys::Digest;
use crate::messages::{Text, evidence as say};
use crate::plan::{Level, Outcome};
use crate::translog::Inclusion;

const HTML: &str = "data/00-COVER.html";
const TEXT: &str = "data/00-COVER.txt";
const VERIFY: &str = "VERIFY.txt";
const BAG_INFO: &str = "bag-info.txt";

/// Reasons under which the content holds all the same: only the signer or the log is unknown.
const OF_STRANGERS: [&str; 3] = ["E746", "E674", "E765"];

/// The version of `dsr` that made a bundle, by `environment.json`; those of complete cases have none.
fn version(content: &Content) -> Option<String> {
    #[derive(Deserialize)]
    struct Environment {
        dsr: String,
    }
    let file = content.small.get("data/environment.json")?;
    let environment: Environment = serde_json::from_slice(file).ok()?;
    Some(environment.dsr)
}

/// What is drawn anew.
struct Drawn {
    cover: Page,
    instructions: Page,
    bag_info: String,
    /// Whether `data/cover.json` says what it can say and nothing else.
    is_beside_whole: bool,
}

/// Compares the pages of a container, and names the files that this version does not know. `history` is that of a case.
pub(super) fn check(content: &Content, history: Option<&History>, verdict: &mut Verdict) {
    let holds = |one: &Diagnostic| OF_STRANGERS.contains(&one.code);
    if !verdict.reasons.iter().all(holds) {
        return;
    }
    let version = match verdict.kind {
        Kind::Authority => agent(content),
        Kind::Case | Kind::Period => version(content),
    };
    let is_same = version.as_deref() == Some(env!("CARGO_PKG_VERSION"));
    unknown(content, is_same, verdict);
    let version = version.unwrap_or_default();
    let drawn = match verdict.kind {
        Kind::Case => history.and_then(|history| of_case(content, history, &version, verdict)),
        Kind::Period => of_period(content, &version, verdict),
        Kind::Authority => of_authority(content, &version, verdict),
    };
    let Some(drawn) = drawn else {
        return warn(verdict, say::cover_not_compared());
    };
    let mut other = Vec::new();
    let mut compare = |name: &'static str, text: String| {
        if content.digest(name) != Some(Digest::sha256(text.as_bytes())) {
            other.push(name);
        }
    };
    compare(HTML, page::html(&drawn.cover));
    compare(TEXT, page::text(&drawn.cover));
    compare(VERIFY, page::text(&drawn.instructions));
    compare(BAG_INFO, drawn.bag_info);
    if !drawn.is_beside_whole {
        other.push(sheet::FILE);
    }
    match (other.is_empty(), is_same) {
        (true, _) => {}
        (false, false) => warn(verdict, say::cover_of_other_version(other.join(", "))),
        (false, true) => {
            for name in other {
                verdict
                    .reasons
                    .push(reason("E896", say::page_differs(name)));
            }
        }
    }
}

fn warn(verdict: &mut Verdict, what: Text) {
    let warning = Diagnostic::new("W345", Exit::Done, what).help(say::cover_not_compared_help());
    verdict.warnings.push(warning);
}

/// Files that are listed and sealed, and that this version does not know: one of the same version has none.
fn unknown(content: &Content, is_same: bool, verdict: &mut Verdict) {
    let names = content.files.keys();
    let names = names.filter(|name| !checks::is_known(name, verdict.kind));
    // What a complete case holds, its cover lists.
    let listed = |name: &&String| {
        verdict.kind == Kind::Authority
            && authority_beside(content)
                .is_none_or(|beside| beside.contents.iter().any(|(known, _)| known == *name))
    };
    let names: Vec<String> = names.filter(|name| !listed(name)).cloned().collect();
    for name in names {
        match is_same {
            true => verdict
                .reasons
                .push(reason("E897", say::file_unknown(&name))),
            false => {
                let warning = Diagnostic::new("W346", Exit::Done, say::file_unknown(&name));
                verdict
                    .warnings
                    .push(warning.help(say::file_unknown_help()));
            }
        }
        verdict.unknown.push(name);
    }
}

/// A statement of any kind as it stands.
fn said(content: &Content) -> Option<Value> {
    let said: Value = serde_json::from_slice(content.small.get(STATEMENT)?).ok()?;
    Some(said["predicate"].clone())
}

/// The gaps as they stand on the cover.
fn gaps(not_proven: &[Value]) -> Vec<Text> {
    not_proven.iter().map(gap::in_words).collect()
}

/// Whoever asks nobody for the time can claim the lowest level alone.
fn witnessed(seal: &statement::Level, has_log: bool) -> Witnessed {
    Witnessed {
        time: seal.level != level::Level::S0.code(),
        log: has_log,
    }
}

/// What the seal is worth as far as whoever sealed could say.
fn worth(verdict: &Verdict, witnessed: Witnessed) -> Option<Facts> {
    let facts = Facts::of(verdict.certificate.as_ref()?);
    Some(facts.stamped(match witnessed.time {
        true => Stamp::Announced,
        false => Stamp::None,
    }))
}

/// `bag-info.txt` as it has to be, by what the statement says.
fn bag_info(content: &Content, label: &Label<'_>, version: &str) -> String {
    let payload = content.files.iter();
    let payload = payload.filter(|(name, _)| name.starts_with("data/"));
    let (size, count) = payload.fold((0, 0), |(size, count), (_, (_, own))| {
        (size + own, count + 1)
    });
    label.text(size, count, version)
}

/// Program and version that a bag names.
fn agent(content: &Content) -> Option<String> {
    let mut lines = content.text(BAG_INFO)?.lines();
    lines.find_map(|line| {
        line.strip_prefix("Bag-Software-Agent: dsr ")
            .map(str::to_owned)
    })
}

fn of_case(
    content: &Content,
    history: &History,
    version: &str,
    verdict: &Verdict,
) -> Option<Drawn> {
    let bytes = content.small.get(sheet::FILE)?;
    let beside: Beside = serde_json::from_slice(bytes).ok()?;
    let said = said(content)?;
    let predicate: statement::Predicate = serde_json::from_value(said.clone()).ok()?;
    let keep_until = predicate.keep_until?;
    let text = |name: &str| said[name].as_str();
    let environment: Value =
        serde_json::from_slice(content.small.get("data/environment.json")?).ok()?;
    let connector = |one: &Value| {
        let name = one["name"].as_str()?.to_owned();
        let digest = Digest::from_hex(one["sha256"].as_str()?)?;
        Some((name, one["version"].as_str()?.to_owned(), digest))
    };
    let connectors = environment["connectors"].as_array()?.iter();
    let deferred = said["deferred"].as_array().map_or(&[][..], Vec::as_slice);
    let deferred = deferred.iter().map(|one| {
        let outcome: Outcome = serde_json::from_value(one["outcome"].clone()).ok()?;
        let (system, object) = (one["system"].as_str()?, one["object"].as_str()?);
        let count = one["records"].as_u64()?;
        Some((system.to_owned(), object.to_owned(), outcome, count))
    });
    let log = predicate.log.as_ref();
    let log = match log {
        None => None,
        Some(log) => Some(Logged {
            name: log.origin.clone(),
            opened: match log.opened {
                None => None,
                Some(index) => {
                    let proof = Inclusion::parse(content.small.get(OPENED_PROOF)?)?;
                    Some((index, proof.signed.checkpoint.root))
                }
            },
        }),
    };
    let inventory: Value =
        serde_json::from_slice(content.small.get("data/inventory.json")?).ok()?;
    let witnessed = witnessed(&predicate.seal, predicate.log.is_some());
    let changes = succession::read(&content.small);
    let channel = history.channel.as_ref();
    let sheet = Sheet {
        case: &predicate.case,
        controller: &predicate.controller.name,
        seat: &predicate.controller.seat,
        contact: predicate.controller.contact.as_deref(),
        received: predicate.received?,
        answered: serde_json::from_value(said["answered"].clone()).ok()?,
        identity: screen::read(text("identity")?),
        channel: channel.map(|code| {
            let known = say::channel(code);
            known.unwrap_or_else(|| screen::read(text("channel").unwrap_or_default()))
        }),
        operator: text("operator")?,
        approver: text("approver"),
        made: predicate.made,
        number: predicate.number,
        predecessor: predicate.predecessor,
        keep_until,
        inventory: &inventory["extract"],
        inventory_digest: Digest::from_hex(text("inventory")?)?,
        lock_digest: Digest::from_hex(text("lock")?)?,
        connectors: connectors.map(connector).collect::<Option<_>>()?,
        program: version,
        deferred: deferred.collect::<Option<_>>()?,
        hosts: hosts(content),
        beside: &beside,
        gaps: gaps(&predicate.not_proven),
        certificate: verdict.certificate.as_ref()?,
        changes: &changes,
        worth: worth(verdict, witnessed)?,
        log,
        witnessed,
    };
    let screen = Screen::without(&beside.left_out);
    let label = Label {
        controller: sheet.controller,
        identifier: sheet.case,
        now: sheet.made,
        keep_until,
        openings_until: keep_until,
        verify: "",
    };
    Some(Drawn {
        cover: cover::page(&sheet, history, &screen),
        instructions: instructions::page(
            sheet.controller,
            sheet.case,
            sheet.number,
            sheet.witnessed,
        ),
        bag_info: bag_info(content, &label, version),
        is_beside_whole: crate::canonical::bytes(&beside) == *bytes && fits(&beside, content),
    })
}

/// What records are told apart by in their lines, as far as the cover goes by it.
type Counts<'c> = BTreeMap<
    (
        Digest,
        &'c str,
        &'c str,
        Outcome,
        Option<Level>,
        Option<&'c str>,
    ),
    u64,
>;

/// Whether the cover counts the records that there are.
fn fits(beside: &Beside, content: &Content) -> bool {
    let mut told: Counts<'_> = BTreeMap::new();
    for one in &beside.records {
        let of = &one.of;
        let fault = of.fault.as_deref();
        let key = (
            of.plan,
            &*of.system,
            &*of.object,
            of.outcome,
            of.level,
            fault,
        );
        let sum = told.entry(key).or_default();
        *sum = sum.saturating_add(one.count);
    }
    let sorts = content.records.sorts.sorted();
    let mut there: Counts<'_> = BTreeMap::new();
    for (sort, count) in &sorts {
        let fault = sort.fault.as_deref();
        let key = (
            sort.plan,
            &*sort.system,
            &*sort.object,
            sort.outcome,
            sort.level,
            fault,
        );
        *there.entry(key).or_default() += count;
    }
    told == there
}

/// At which host each system was reached.
fn hosts(content: &Content) -> BTreeMap<String, Text> {
    #[derive(Deserialize)]
    struct Line {
        system: String,
        host: Option<String>,
    }
    let lines = content.text("data/systems.jsonl").unwrap_or_default();
    let lines = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Line>(line).ok());
    lines
        .filter_map(|line| Some((line.system, screen::read(&line.host?))))
        .collect()
}

fn of_period(content: &Content, version: &str, verdict: &Verdict) -> Option<Drawn> {
    let predicate: period::Predicate = serde_json::from_value(said(content)?).ok()?;
    let keep_until = predicate.keep_until?;
    let lines = content.case_lines.whole()?;
    let witnessed = witnessed(&predicate.seal, predicate.log.is_some());
    let days = (predicate.period.from, predicate.period.until);
    let front = Front {
        controller: &predicate.controller.name,
        seat: &predicate.controller.seat,
        contact: predicate.controller.contact.as_deref(),
        days,
        made: predicate.made,
        number: predicate.number,
        predecessor: predicate.predecessor,
        ledger: (predicate.ledger.count, predicate.ledger.head),
        keep_until,
        figures: &predicate.figures,
        sweeps: predicate.sweeps,
        lines,
        gaps: gaps(&predicate.not_proven),
        certificate: verdict.certificate.as_ref()?,
        worth: worth(verdict, witnessed)?,
        log: predicate.log.as_ref().map(|log| log.origin.as_str()),
        witnessed,
    };
    let label = Label {
        controller: front.controller,
        identifier: &format!("{}--{}", days.0, days.1),
        now: front.made,
        keep_until,
        openings_until: None,
        verify: "",
    };
    Some(Drawn {
        cover: period::cover::page(&front),
        instructions: period::cover::instructions(&front),
        bag_info: bag_info(content, &label, version),
        is_beside_whole: true,
    })
}

fn authority_beside(content: &Content) -> Option<authority::Beside> {
    serde_json::from_slice(content.small.get(sheet::FILE)?).ok()
}

fn of_authority(content: &Content, version: &str, verdict: &Verdict) -> Option<Drawn> {
    let predicate: authority::Predicate = serde_json::from_value(said(content)?).ok()?;
    let keep_until = predicate.keep_until?;
    let beside = authority_beside(content)?;
    let witnessed = witnessed(&predicate.seal, predicate.log.is_some());
    let front = authority::Front {
        controller: &predicate.controller.name,
        seat: &predicate.controller.seat,
        contact: predicate.controller.contact.as_deref(),
        case: &predicate.case,
        number: predicate.number,
        bundle: predicate.bundle,
        made: predicate.made,
        beside: &beside,
        gaps: gaps(&predicate.not_proven),
        certificate: verdict.certificate.as_ref()?,
        worth: worth(verdict, witnessed)?,
        log: predicate.log.as_ref().map(|log| log.origin.as_str()),
        witnessed,
    };
    let label = Label {
        controller: front.controller,
        identifier: front.case,
        now: front.made,
        keep_until,
        openings_until: keep_until,
        verify: "",
    };
    Some(Drawn {
        cover: authority::page(&front),
        instructions: authority::instructions(&front),
        bag_info: bag_info(content, &label, version),
        is_beside_whole: content.small.get(sheet::FILE) == Some(&crate::canonical::bytes(&beside)),
    })
}
