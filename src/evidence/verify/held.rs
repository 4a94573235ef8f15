//! The statement of a case held against the files that it sums up: what the journal says of days, plans and tasks, what the systems
//! answered, and what all of it leaves unproven.
//!
//! The seal shows whose word a bundle is, and not that the word is true. Here everything is worked out again that the files show by
//! themselves, by the rules by which bundles are made: a statement that names fewer gaps than its own files show is no valid one. What only
//! the vault knew, such as records that were found and stand in no plan, cannot be worked out again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::history::History;
use super::super::{certificate, gap, sheet, statement};
use super::content::Content;
use super::{Verdict, reason};
use crate::inventory::Approval;
use crate::keys::Digest;
use crate::ledger::{Closing, Event, SystemAnswer};
use crate::messages::{Text, evidence as say, held};

/// Gaps that the first versions did not name: where a statement does not, the verdict does.
pub(super) const TOLD: [&str; 3] = ["answer_not_recorded", "answered_by_word", gap::LATE];
/// Gaps that are named in the reason; of the others only the number.
const NAMED: usize = 6;
/// Events of a journal that are about no single step; far more than any case has.
const MOST_EVENTS: u64 = 50_000;

/// The journal as far as it is folded.
#[derive(Default)]
pub(super) struct Told {
    pub(super) history: History,
    count: u64,
}

impl Told {
    /// Takes in a line of the journal that is about no single step; `false` if it fits no history.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct When {
            at: Timestamp,
        }
        // Events that this version does not know say nothing to it.
        let (Ok(when), Ok(event)) = (
            serde_json::from_slice::<When>(line),
            serde_json::from_slice::<Event>(line),
        ) else {
            return true;
        };
        let is_many = matches!(event, Event::RecordAccepted { .. } | Event::Noted { .. });
        if is_many {
            return true;
        }
        self.count += 1;
        self.count <= MOST_EVENTS && self.history.tell(when.at, &event)
    }
}

/// A line of `systems.jsonl`.
#[derive(Deserialize)]
struct System {
    #[serde(flatten)]
    answer: SystemAnswer,
    #[serde(default)]
    at: Option<Timestamp>,
    #[serde(default)]
    warnings: Vec<(String, String)>,
}

/// Holds the statement of a case against journal, systems, records and inventory.
/// Returns what the case came to.
pub(super) fn case(
    content: &Content,
    mut history: History,
    bytes: &[u8],
    verdict: &mut Verdict,
) -> Option<History> {
    let said: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let said = &said["predicate"];
    let (systems, listed) = files(content, said, verdict)?;
    let mut other = facts(said, &history);
    other.extend(answers(said, &systems, &history));
    if !other.is_empty() {
        let what = held::facts_differ(other.join(", "));
        verdict.reasons.push(reason("E737", what));
    }
    let mut warnings = Vec::new();
    for system in systems {
        let name = system.answer.system.clone();
        for (code, _) in system.warnings {
            warnings.push(Key::new("warning", Some(&name), None, Some(&code)));
        }
        history.systems.insert(name, (system.at, system.answer));
    }
    let mut wanted = derived(content, said, &mut history, listed, verdict);
    for warning in warnings {
        *wanted.entry(warning).or_default() += 1;
    }
    hold(wanted, said, verdict);
    Some(history)
}

/// The small files, read; `None` if one of them has another form.
fn files(
    content: &Content,
    said: &Value,
    verdict: &mut Verdict,
) -> Option<(Vec<System>, Vec<String>)> {
    let mut whole = true;
    let mut refuse = |name: &str| {
        whole = false;
        let what = held::file_form(name);
        verdict.reasons.push(reason("E734", what));
    };
    let read = |name: &str| {
        let bytes = content.small.get(name)?;
        Some(serde_json::from_slice::<Value>(bytes).ok())
    };
    let systems = content.small.get("data/systems.jsonl").map(|bytes| {
        let lines = bytes.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.is_empty());
        lines
            .map(serde_json::from_slice::<System>)
            .collect::<Result<Vec<_>, _>>()
    });
    let mut systems = match systems {
        Some(Err(_)) => {
            refuse("data/systems.jsonl");
            Vec::new()
        }
        Some(Ok(systems)) => systems,
        None => Vec::new(),
    };
    systems.sort_by(|one, other| one.answer.system.cmp(&other.answer.system));
    let twice = systems
        .windows(2)
        .any(|two| two[0].answer.system == two[1].answer.system);
    if twice {
        refuse("data/systems.jsonl");
    }
    let same = |file: &Value, name: &str, of: &str| {
        file.get(name).is_none_or(|digest| *digest == said[of]) && file.is_object()
    };
    let inventory = read("data/inventory.json");
    if let Some(inventory) = &inventory
        && !inventory.as_ref().is_some_and(|file| {
            file.get("extract").is_some()
                && same(file, "dsr.yaml", "inventory")
                && same(file, "dsr.lock", "lock")
        })
    {
        refuse("data/inventory.json");
    }
    if let Some(environment) = read("data/environment.json")
        && !environment.is_some_and(|file| {
            file["dsr"].is_string()
                && same(&file, "inventory", "inventory")
                && same(&file, "lock", "lock")
        })
    {
        refuse("data/environment.json");
    }
    if read("data/law.json").is_some_and(|law| law.is_none()) {
        refuse("data/law.json");
    }
    let inventory = inventory.flatten().unwrap_or_default();
    whole.then(|| (systems, gap::listed_systems(&inventory["extract"])))
}

/// The environment of another container.
pub(super) fn environment(content: &Content, verdict: &mut Verdict) {
    const NAME: &str = "data/environment.json";
    let file = content.small.get(NAME);
    let file = file.map(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    if file.is_some_and(|file| !file.is_some_and(|file| file["dsr"].is_string())) {
        verdict.reasons.push(reason("E734", held::file_form(NAME)));
    }
}

/// Members of the statement that say other than the journal.
fn facts(said: &Value, history: &History) -> Vec<&'static str> {
    let mut other = Vec::new();
    let mut must = |name, holds: bool| {
        if !holds {
            other.push(name);
        }
    };
    let opening = history.opening.as_ref();
    let received = opening.map(|(received, _)| *received);
    must("received", said["received"] == json!(received));
    let due = received.map(|day| day.saturating_add(jiff::Span::new().months(1)));
    must("due", said["due"]["date"] == json!(due));
    let operator = opening.map(|(_, operator)| operator);
    must("operator", said["operator"] == json!(operator));
    must("rights", said["rights"] == json!(history.rights));
    must("closed", said["closed"] == json!(history.closed));
    must("answered", answered(said, history));
    must("plan", said["plan"] == json!(history.latest));
    let approver = said["approver"].as_str();
    let known = history.approvals.values().flat_map(|(_, by)| by);
    let is_known = approver.is_none_or(|name| known.clone().any(|by| by == name));
    must("approver", is_known);
    let identity = said["identity"].as_str();
    let is_left_out = identity == Some(say::withheld().en.as_str());
    let method = history.method.as_deref();
    must(
        "identity",
        is_left_out || method.is_none() || identity == method,
    );
    let channel = said["channel"].as_str();
    let is_left_out = channel == Some(say::withheld().en.as_str());
    must(
        "channel",
        is_left_out || channel == history.channel.as_deref(),
    );
    must("number", numbered(said, history));
    must("tasks", tasks(said, history));
    let asked: Vec<Value> = history.asked.iter().map(statement::asked).collect();
    let is_older = |name: &str| said.get(name).is_none();
    must("asked", is_older("asked") || said["asked"] == json!(asked));
    let notices = json!(history.notices);
    must(
        "noticeSent",
        is_older("noticeSent") || said["noticeSent"] == notices,
    );
    other
}

/// The day is that of the place, the time that of the world.
fn answered(said: &Value, history: &History) -> bool {
    let Some(day) = said["answered"].as_str() else {
        return said["answered"].is_null();
    };
    let Ok(day) = day.parse::<jiff::civil::Date>() else {
        return false;
    };
    history.closing.is_none_or(|(closing, at)| {
        let own = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        closing != Closing::Withdrawn
            && own.yesterday().is_ok_and(|before| before <= day)
            && own.tomorrow().is_ok_and(|after| day <= after)
    })
}

/// A later bundle has a higher number, and names the one before it.
fn numbered(said: &Value, history: &History) -> bool {
    let before = history.bundles.len() as u64;
    before == 0
        || (said["number"]
            .as_u64()
            .is_some_and(|number| number > before)
            && said["predecessor"] == json!(history.bundles.last()))
}

/// What people were asked to do, as far as the statement's version tells it.
fn tasks(said: &Value, history: &History) -> bool {
    let known: Vec<Value> = history.tasks.iter().map(statement::task).collect();
    let Some(stated) = said.get("tasks") else {
        return known.is_empty();
    };
    let same = |(stated, known): (&Value, &Value)| {
        let members = stated.as_object();
        members.is_some_and(|members| {
            ["task", "digest", "state"]
                .iter()
                .all(|name| members.contains_key(*name))
                && members.iter().all(|(name, value)| known[name] == *value)
        })
    };
    stated
        .as_array()
        .is_some_and(|stated| stated.len() == known.len() && stated.iter().zip(&known).all(same))
}

/// What the systems answered: by the statement, by their lines, and by the journal.
fn answers(said: &Value, systems: &[System], history: &History) -> Option<&'static str> {
    let summed: Vec<Value> = systems
        .iter()
        .map(|system| statement::answered(&system.answer))
        .collect();
    let told = history.systems.iter().all(|(name, (_, answer))| {
        let own = systems.iter().find(|system| system.answer.system == *name);
        own.is_some_and(|own| own.answer == *answer)
    });
    (said["systems"] != json!(summed) || !told).then_some("systems")
}

/// What gaps are told apart by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: String,
    system: Option<String>,
    object: Option<String>,
    code: Option<String>,
}

impl Key {
    fn new(kind: &str, system: Option<&str>, object: Option<&str>, code: Option<&str>) -> Key {
        let code = code.filter(|_| ["warning", "in_bundles"].contains(&kind));
        Key {
            kind: kind.to_owned(),
            system: system.map(str::to_owned),
            object: object.map(str::to_owned),
            code: code.map(str::to_owned),
        }
    }

    fn of(gap: &Value) -> Key {
        let text = |name: &str| gap.get(name).and_then(Value::as_str);
        let kind = text("kind").unwrap_or_default();
        Key::new(kind, text("system"), text("object"), text("code"))
    }

    /// What is not proven and where, in signs that steer nothing.
    fn place(&self) -> String {
        let plain = |text: &Option<String>| text.as_deref().map(super::super::page::plain);
        let code = plain(&self.code).map(|code| format!(" {code}"));
        let code = code.unwrap_or_default();
        let kind = super::super::page::plain(&self.kind);
        match (plain(&self.system), plain(&self.object)) {
            (Some(system), Some(object)) => format!("{kind}{code} ({system}.{object})"),
            (Some(system), None) => format!("{kind}{code} ({system})"),
            (None, _) => format!("{kind}{code}"),
        }
    }
}

type Tally = BTreeMap<Key, u64>;

fn tally(gaps: impl IntoIterator<Item = Value>) -> Tally {
    let mut tally = Tally::new();
    for gap in gaps {
        let count = gap.get("count").and_then(Value::as_u64).unwrap_or(1);
        let sum = tally.entry(Key::of(&gap)).or_default();
        *sum = sum.saturating_add(count);
    }
    tally
}

/// The gaps that the files show by themselves.
fn derived(
    content: &Content,
    said: &Value,
    history: &mut History,
    listed: Vec<String>,
    verdict: &Verdict,
) -> Tally {
    history.sorts = content.records.sorts.sorted();
    let mut gaps = Vec::new();
    gap::search(listed, history, &|_| None, &mut gaps);
    gap::steps(history, &mut gaps);
    gap::tasks(history, &mut gaps);
    let operator = said["operator"].as_str().unwrap_or_default();
    let approval = said["approval"].clone();
    let conduct = gap::Conduct {
        operator,
        approval: serde_json::from_value(approval).unwrap_or(Approval::None),
        answered: said["answered"].as_str().and_then(|day| day.parse().ok()),
        lines_of: &|plan: &Digest| content.records.sorts.lines_of(plan),
    };
    gap::conduct(&conduct, history, &mut gaps);
    let gaps = gap::once(gaps).into_iter();
    let mut wanted = tally(gaps.map(|gap| json!(gap)));
    let mut always = |kind: &str, is: bool| {
        if is {
            wanted.insert(Key::new(kind, None, None, None), 1);
        }
    };
    let own = verdict.certificate.as_ref();
    always("self_signed", own.is_some_and(certificate::is_self_issued));
    always("due_nominal", true);
    always("same_word", true);
    let log = said.get("log").filter(|log| !log.is_null());
    always("no_log", log.is_none());
    always("log_is_ours", log.is_some());
    let opened = log.is_some_and(|log| !log["opened"].is_null());
    always("opened_not_logged", log.is_some() && !opened);
    let later = said["number"].as_u64() > Some(1) || !said["predecessor"].is_null();
    always("changes_not_listed", later && !lists_changes(content));
    wanted
}

/// Whether the cover lists what was changed in the inventory.
fn lists_changes(content: &Content) -> bool {
    let beside = content.small.get(sheet::FILE);
    let beside = beside.and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    beside.is_some_and(|beside| beside["amendments"].is_array())
}

/// Holds what the files show against what the statement names.
fn hold(mut wanted: Tally, said: &Value, verdict: &mut Verdict) {
    let stated = said["notProven"].as_array().cloned().unwrap_or_default();
    let mut stated = tally(stated);
    // A record that was not found again is one of those that changed where a later plan came upon it.
    for tally in [&mut wanted, &mut stated] {
        let unfound: Vec<Key> = tally
            .keys()
            .filter(|key| key.kind == "not_found_again")
            .cloned()
            .collect();
        for key in unfound {
            let count = tally.remove(&key).unwrap_or(0);
            let key = Key {
                kind: "changed".to_owned(),
                ..key
            };
            *tally.entry(key).or_default() += count;
        }
    }
    // The first statements of all do not tell of tasks, and not everything of answers.
    let is_told = |kind: &str| TOLD.contains(&kind);
    let missing = wanted
        .into_iter()
        .filter(|(key, count)| stated.get(key).copied().unwrap_or(0) < *count);
    let (told, hidden): (Vec<_>, Vec<_>) = missing.partition(|(key, _)| is_told(&key.kind));
    for (key, _) in told {
        verdict.not_proven.push(json!({ "kind": key.kind }));
    }
    refuse(hidden.into_iter().map(|(key, _)| key), verdict);
}

/// That the statement of another container names fewer gaps than what lies in it.
pub(super) fn at_least(wanted: Vec<Value>, verdict: &mut Verdict) {
    let stated = tally(verdict.not_proven.clone());
    let missing = tally(wanted)
        .into_iter()
        .filter(|(key, count)| stated.get(key).copied().unwrap_or(0) < *count);
    let missing: Vec<Key> = missing.map(|(key, _)| key).collect();
    refuse(missing.into_iter(), verdict);
}

fn refuse(hidden: impl Iterator<Item = Key>, verdict: &mut Verdict) {
    let places: Vec<String> = hidden.map(|key| key.place()).collect();
    if places.is_empty() {
        return;
    }
    let named = places.len().min(NAMED);
    let list = Text::same(places[..named].join(", "));
    let list = match places.len() - named {
        0 => list,
        more => held::and_more(list, more),
    };
    verdict.reasons.push(reason("E738", held::gap_hidden(list)));
}
