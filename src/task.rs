//! Work that a case leaves to people, folded from its events: systems that are searched by hand, records that somebody has to lock,
//! erase or decide on.
//!
//! The ledger says which system, until when, and what came of it; owner and words lie in the vault as a [`Task`]. A task has the same
//! digest in every run, so the same work is never given out twice. Who is reminded and how a task is shown is left to `cli`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::keys::{Digest, Key, Purpose};
use crate::ledger::{Event, Needless, TaskKind};
use crate::messages::Text;
use crate::plan::Level;

/// What a person is asked to do; lies in the vault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub system: String,
    pub owner: Option<String>,
    pub kind: TaskKind,
    /// The verb of the plan that asks for it; `find` for searches.
    pub verb: String,
    pub text: Text,
    /// The one document that it is about; it is read again before the task counts as done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<crate::connector::Key>,
    /// The records that it is about, where a plan left them: once a retention run has erased the last of them, nobody is asked any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<crate::plan::About>,
}

impl Task {
    /// The task's name in the ledger. `about` is what the person has to know to do it, such as the identities to look for: another
    /// identity makes it another task.
    pub fn digest(&self, case_key: &Key, about: &impl Serialize) -> Digest {
        let named = ("task", &self.system, self.kind, &self.verb, &self.text.en);
        case_key
            .derive(Purpose::Name)
            .mac(&crate::canonical::bytes(&(named, about)))
    }
}

/// A task as its events tell it.
#[derive(Clone, Debug)]
pub struct TaskState {
    /// Counts from 1 within the case, in the order in which tasks were first opened.
    pub no: u32,
    pub id: Digest,
    pub system: String,
    pub kind: TaskKind,
    /// The part of the system that is looked up, by the connector's name for it.
    pub part: Option<String>,
    pub due: Date,
    pub opened: Timestamp,
    /// When its owner was last to be reminded.
    pub reminded: Option<Timestamp>,
    pub state: State,
}

#[derive(Clone, Debug, PartialEq)]
pub enum State {
    Open,
    Done(Done),
    /// Nothing asks for it any more; and why, where that is not a later plan or search.
    Dropped(Option<Needless>),
}

/// What was said about a task that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    pub at: Timestamp,
    pub operator: String,
    /// Records found; only of a search.
    pub found: Option<u64>,
    /// SHA-256 of the document that shows it.
    pub proof: Option<Digest>,
    pub level: Option<Level>,
}

impl TaskState {
    /// What people call it within its case.
    pub fn name(&self) -> String {
        format!("T{}", self.no)
    }

    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether it is open and its day has passed.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.is_open() && self.due < today
    }

    /// Why nobody has to do it any more, where that is not for a later plan or search.
    pub fn needless(&self) -> Option<Needless> {
        match self.state {
            State::Dropped(because) => because,
            State::Open | State::Done(_) => None,
        }
    }

    pub fn done(&self) -> Option<&Done> {
        match &self.state {
            State::Done(done) => Some(done),
            State::Open | State::Dropped(_) => None,
        }
    }
}

/// All tasks of a case, in the order in which they were first opened.
#[derive(Clone, Debug, Default)]
pub struct Tasks(Vec<TaskState>);

impl Tasks {
    /// Takes one event in; others than those of tasks change nothing.
    pub fn take(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::TaskOpened {
                task,
                system,
                kind,
                due,
                part,
            } => match self.get_mut(task) {
                // Dropped, and asked for once more: it keeps its number.
                Some(known) => {
                    (known.due, known.opened, known.state) = (*due, at, State::Open);
                }
                None => self.0.push(TaskState {
                    no: u32::try_from(self.0.len()).unwrap_or(u32::MAX - 1) + 1,
                    id: *task,
                    system: system.clone(),
                    kind: *kind,
                    part: part.clone(),
                    due: *due,
                    opened: at,
                    reminded: None,
                    state: State::Open,
                }),
            },
            Event::TaskReminded { task, .. } => {
                if let Some(known) = self.get_mut(task) {
                    known.reminded = Some(at);
                }
            }
            Event::TaskDone {
                task,
                operator,
                found,
                proof,
                level,
                ..
            } => {
                if let Some(known) = self.get_mut(task) {
                    known.state = State::Done(Done {
                        at,
                        operator: operator.clone(),
                        found: *found,
                        proof: *proof,
                        level: *level,
                    });
                }
            }
            Event::TaskDropped { task, because } => {
                if let Some(known) = self.get_mut(task) {
                    known.state = State::Dropped(*because);
                }
            }
            _ => {}
        }
    }

    pub fn iter(&self) -> std::slice::Iter<'_, TaskState> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn open(&self) -> impl Iterator<Item = &TaskState> {
        self.0.iter().filter(|task| task.is_open())
    }

    pub fn get(&self, id: &Digest) -> Option<&TaskState> {
        self.0.iter().find(|task| task.id == *id)
    }

    /// The task that people call so: `T3`, or `t3`.
    pub fn named(&self, name: &str) -> Option<&TaskState> {
        let number: u32 = name.strip_prefix(['T', 't'])?.parse().ok()?;
        self.0.iter().find(|task| task.no == number)
    }

    /// How many records were found in a system that people search; `None` while a search of it is open, or nobody searched it.
    pub fn found_by_hand(&self, system: &str) -> Option<u64> {
        let mut found = None;
        let searches = self.0.iter().filter(|task| task.system == system);
        for task in searches.filter(|task| task.kind == TaskKind::Search) {
            match &task.state {
                State::Open => return None,
                State::Done(done) => found = Some(found.unwrap_or(0) + done.found.unwrap_or(0)),
                State::Dropped(_) => {}
            }
        }
        found
    }

    fn get_mut(&mut self, id: &Digest) -> Option<&mut TaskState> {
        self.0.iter_mut().find(|task| task.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::TaskResult;

    fn id(name: &str) -> Digest {
        Digest::sha256(name.as_bytes())
    }

    fn opened(name: &str, kind: TaskKind) -> Event {
        Event::TaskOpened {
            task: id(name),
            system: "paper".into(),
            kind,
            due: jiff::civil::date(2026, 3, 14),
            part: None,
        }
    }

    fn done(name: &str, found: Option<u64>) -> Event {
        Event::TaskDone {
            task: id(name),
            operator: "op".into(),
            result: TaskResult::Done,
            found,
            proof: None,
            level: None,
        }
    }

    fn fold(events: &[Event]) -> Tasks {
        let mut tasks = Tasks::default();
        for event in events {
            tasks.take(Timestamp::UNIX_EPOCH, event);
        }
        tasks
    }

    #[test]
    fn a_task_keeps_its_number_whatever_becomes_of_it() {
        let tasks = fold(&[
            opened("a", TaskKind::Search),
            opened("b", TaskKind::Act),
            Event::TaskDropped {
                task: id("a"),
                because: None,
            },
            opened("c", TaskKind::Act),
            opened("a", TaskKind::Search),
        ]);
        let names: Vec<String> = tasks.iter().map(TaskState::name).collect();
        assert_eq!(names, ["T1", "T2", "T3"]);
        assert!(tasks.get(&id("a")).unwrap().is_open());
        assert_eq!(tasks.named("t2").unwrap().id, id("b"));
        for wrong in ["T4", "T0", "2", "", "T", "T-1", "TT1"] {
            assert!(tasks.named(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_task_is_late_on_the_day_after_its_day_and_only_while_open() {
        let day = |day| jiff::civil::date(2026, 3, day);
        let open = fold(&[opened("a", TaskKind::Act)]);
        let task = open.iter().next().unwrap();
        assert!(!task.is_overdue(day(14)) && task.is_overdue(day(15)));
        let done = fold(&[opened("a", TaskKind::Act), done("a", None)]);
        assert!(!done.iter().next().unwrap().is_overdue(day(15)));
    }

    #[test]
    fn a_system_counts_as_searched_only_when_every_search_of_it_is_done() {
        let first = [
            opened("a", TaskKind::Search),
            opened("b", TaskKind::Search),
            done("a", Some(2)),
        ];
        assert_eq!(fold(&first).found_by_hand("paper"), None);
        let both = [&first[..], &[done("b", Some(0))]].concat();
        assert_eq!(fold(&both).found_by_hand("paper"), Some(2));
        assert_eq!(fold(&[]).found_by_hand("paper"), None);
        let act = [opened("a", TaskKind::Act), done("a", None)];
        assert_eq!(fold(&act).found_by_hand("paper"), None, "nobody searched");
    }

    #[test]
    fn what_is_looked_for_and_what_is_to_be_done_make_the_task() {
        let key = Key::from_bytes([7; 32]);
        let task = |text: &str| Task {
            system: "paper".into(),
            owner: Some("office".into()),
            kind: TaskKind::Search,
            verb: "find".into(),
            text: Text::same(text),
            document: None,
            about: None,
        };
        let digest = task("Search.").digest(&key, &["a"]);
        assert_eq!(digest, task("Search.").digest(&key, &["a"]));
        assert_ne!(digest, task("Search.").digest(&key, &["a", "b"]));
        assert_ne!(digest, task("Destroy.").digest(&key, &["a"]));
        let other_owner = Task {
            owner: None,
            ..task("Search.")
        };
        assert_eq!(
            digest,
            other_owner.digest(&key, &["a"]),
            "who does it is no other task"
        );
    }
}
