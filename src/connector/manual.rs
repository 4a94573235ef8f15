//! The `manual` engine: systems that a person searches and clears.
//!
//! There is nothing to read or write here. `find` lists such a system with the status `manual` and its task; the plan gives its owner
//! the tasks with a date.

use crate::connector::Action;
use crate::connector::files::Documents;
use crate::inventory::{Engine, System};
use crate::messages::{Text, documents as documents_say, manual as say};

/// What the owner of a manual system is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tasks {
    pub find: Text,
    pub erase: Text,
    /// What else is done by hand, as far as the inventory says it.
    pub others: Vec<(Action, Text)>,
    pub owner: Option<String>,
    /// Within how many days after the task was given.
    pub days: u32,
}

impl Tasks {
    /// What is done in place of an action, in the inventory's words.
    pub fn told(&self, action: Action) -> Option<&Text> {
        let mut others = self.others.iter();
        others
            .find(|(known, _)| *known == action)
            .map(|(_, task)| task)
    }
}

/// The tasks of a manual system, in the inventory's words or, where it has none, in ours; `None` for other engines.
pub fn tasks(system: &System) -> Option<Tasks> {
    let Engine::Manual(tasks) = &system.engine else {
        return None;
    };
    let words = |stated: &Option<String>, ours: Text| match stated {
        Some(text) if !text.trim().is_empty() => Text::same(text.trim()),
        _ => ours,
    };
    Some(Tasks {
        find: words(&tasks.find, say::find(&system.name)),
        erase: words(&tasks.erase, say::erase(&system.name)),
        others: tasks.others.clone(),
        owner: system.owner.clone(),
        days: tasks.days,
    })
}

/// What the owner of a share is asked to do with the documents that nobody but a person can look into.
pub fn look_through(documents: &Documents) -> Text {
    /// More are named by the findings.
    const MOST: usize = 20;
    let text = documents_say::task_look(documents.unread(), documents.in_words());
    let named: Vec<&str> = documents
        .named
        .iter()
        .take(MOST)
        .map(|one| one.path.as_str())
        .collect();
    let paths = Text::same(named.join("; "));
    let others = documents.unread() - named.len() as u64;
    let paths = match others {
        0 => paths,
        _ => documents_say::and_others(paths, others),
    };
    documents_say::task_look_named(text, paths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::ManualTasks;

    #[test]
    fn what_the_inventory_leaves_out_is_asked_in_our_words() {
        let system = crate::connector::csv::tests::system(Engine::Manual(ManualTasks {
            find: Some(" Search the paper files A-Z.\n".into()),
            erase: None,
            others: vec![(
                Action::Restrict,
                Text::same("Put it into the sealed cabinet."),
            )],
            days: 14,
        }));
        let tasks = tasks(&system).unwrap();
        assert_eq!(tasks.find, Text::same("Search the paper files A-Z."));
        assert!(tasks.erase.de.contains("events"));
        assert_eq!(tasks.days, 14);
        let sealed = Text::same("Put it into the sealed cabinet.");
        assert_eq!(tasks.told(Action::Restrict), Some(&sealed));
        assert_eq!(tasks.told(Action::Rectify), None);
        assert_eq!(
            super::tasks(&crate::connector::csv::tests::system(Engine::None)),
            None
        );
    }
}
