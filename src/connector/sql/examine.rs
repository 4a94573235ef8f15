//! What the doctor makes of a table and of the account that reaches it.
//!
//! Sessions bring facts from the catalogue ([`Facts`]); what they mean for the promises is the same for all databases and is decided
//! here, without asking again.

use super::catalogue::Table;
use super::{column_of, statement};
use crate::connector::finding::Finding;
use crate::connector::object::{How, Mask, Object};
use crate::connector::{Action, Notes};
use crate::messages::{Text, finding as say, sql as known};

/// What a name in the inventory really is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Nature {
    #[default]
    Table,
    View,
    /// A materialised view.
    Copy,
    /// Rows of another server.
    Foreign,
    Partitioned,
    /// Others inherit from it.
    Parent,
}

/// What this account may do to a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Rights {
    pub(super) delete: bool,
    pub(super) truncate: bool,
    /// It could give itself any right.
    pub(super) owner: bool,
    /// The columns that it may update.
    pub(super) update: Vec<String>,
}

/// What a session says of a table beyond its description.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) nature: Nature,
    /// Rules that rewrite statements on it.
    pub(super) rules: Vec<String>,
    /// Publications that copy its rows elsewhere.
    pub(super) published: Vec<String>,
    /// `None` where the database has no rights of its own.
    pub(super) rights: Option<Rights>,
    /// Columns with a nondeterministic collation, which takes differently written texts for equal.
    pub(super) loose: Vec<String>,
    /// Columns whose type or collation ignores the case of letters (`citext`, `NOCASE`).
    pub(super) folding: Vec<String>,
    /// Columns whose collation folds A to Z only, although the database's folds all letters.
    pub(super) ascii: Vec<String>,
}

/// Everything that weakens a promise about one object.
pub(super) fn object(
    table: &Table,
    facts: &Facts,
    object: &Object,
    needs: &[Action],
    notes: &Notes,
) -> Vec<Finding> {
    let title = table.title();
    let mut found = warnings(table, facts, object);
    found.extend(nature(&title, facts));
    if !facts.rules.is_empty() {
        let text = say::rule(&title, facts.rules.join(", "));
        found.push(Finding::warning("W223", text).remedy(say::rule_help()));
    }
    if !facts.published.is_empty() {
        let text = say::published(&title, facts.published.join(", "));
        found.push(Finding::hint("W226", text).remedy(say::published_help()));
    }
    let account = notes.account.clone().unwrap_or_default();
    if let Some(rights) = &facts.rights {
        found.extend(scope(table, rights, object, needs, &account));
    }
    found.extend(collations(&title, facts, object));
    found.into_iter().map(|one| one.on(&object.name)).collect()
}

/// The warnings of the description (W203 to W213, W353) with their remedies.
fn warnings(table: &Table, facts: &Facts, object: &Object) -> Vec<Finding> {
    let mut found = Vec::new();
    for (code, what) in table.warnings(object) {
        let finding = match code.as_str() {
            "W203" | "W353" => {
                let (column, statement) = what.split_once(": ").unwrap_or((&what, ""));
                let statement = match facts.nature {
                    // PostgreSQL manual, CREATE INDEX: not supported for partitioned tables.
                    Nature::Partitioned => statement.replace("INDEX CONCURRENTLY", "INDEX"),
                    _ => statement.to_owned(),
                };
                let text = match code.as_str() {
                    "W203" => say::no_index(column),
                    _ => say::no_blank_index(column),
                };
                Finding::warning(&code, text)
                    .remedy(say::no_index_help())
                    .statement(statement)
            }
            "W204" => Finding::warning("W204", say::trigger(what)).remedy(say::trigger_help()),
            "W206" => Finding::warning("W206", say::key_not_unique(what))
                .remedy(say::key_not_unique_help()),
            "W207" => Finding::warning("W207", say::cascade(what)).remedy(say::cascade_help()),
            "W211" => Finding::warning("W211", known::no_transactions(what))
                .remedy(say::no_transactions_help()),
            "W212" => {
                let grant = what.split_once(": ").map(|(_, grant)| grant.to_owned());
                let finding = Finding::warning("W212", known::unseen(what));
                let finding = finding.remedy(say::unseen_help());
                match grant {
                    Some(grant) => finding.statement(grant),
                    None => finding,
                }
            }
            "W213" => Finding::warning("W213", known::keeps_history(what))
                .remedy(say::keeps_history_help()),
            // A code that this match does not know is shown as it is, and never as another.
            _ => Finding::warning(&code, Text::same(what)),
        };
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

fn nature(title: &str, facts: &Facts) -> Option<Finding> {
    let view = |text| Finding::warning("W224", text).remedy(say::view_help());
    match facts.nature {
        Nature::Table => None,
        Nature::View => Some(view(say::view(title))),
        Nature::Copy => Some(view(say::copy(title))),
        Nature::Foreign => {
            Some(Finding::warning("W224", say::foreign(title)).remedy(say::foreign_help()))
        }
        Nature::Partitioned => Some(Finding::hint("W225", say::partitioned(title))),
        Nature::Parent => {
            Some(Finding::warning("W225", say::inherited(title)).remedy(say::inherited_help()))
        }
    }
}

/// Whether the account may do what the inventory plans, and not much more.
fn scope(
    table: &Table,
    rights: &Rights,
    object: &Object,
    needs: &[Action],
    account: &str,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let title = table.title();
    let (on, to) = (
        statement::quoted_table(table),
        statement::quote(table.dialect, account),
    );
    let missing = |right: &str, grant: String| {
        Finding::warning("W231", say::missing_right(account, right, &title))
            .remedy(say::missing_right_help())
            .statement(format!("GRANT {grant} ON {on} TO {to}"))
    };
    let removes = needs.contains(&Action::Remove);
    if removes && !rights.delete {
        found.push(missing("DELETE", "DELETE".to_owned()));
    }
    // What is about to be written is locked first, and a row lock needs UPDATE on a column (PostgreSQL manual, SELECT).
    let mut wanted = written(object, needs);
    if wanted.is_empty() && removes && rights.update.is_empty() {
        wanted.extend(object.key.first().cloned());
    }
    let lacks = lacking(table, rights, &wanted);
    if !lacks.is_empty() {
        let right = format!("UPDATE ({})", lacks.join(", "));
        let quoted: Vec<String> = lacks
            .iter()
            .map(|name| statement::quote(table.dialect, name))
            .collect();
        found.push(missing(&right, format!("UPDATE ({})", quoted.join(", "))));
    }
    let rectified: Vec<String> = object
        .fields
        .iter()
        .filter(|field| !field.fixed && !object.key.contains(&field.name))
        .map(column_of)
        .collect();
    let lacks: Vec<String> = lacking(table, rights, &rectified)
        .into_iter()
        .filter(|name| !wanted.contains(name))
        .collect();
    if !lacks.is_empty() {
        let text = say::no_rectify(account, lacks.join(", "), &title);
        found.push(Finding::hint("W231", text).remedy(say::no_rectify_help()));
    }
    if rights.owner {
        let text = say::owner(account, &title);
        found.push(Finding::warning("W232", text).remedy(say::superuser_help()));
        return found;
    }
    let extra: Vec<&str> = [
        ("DELETE", rights.delete && !removes),
        ("TRUNCATE", rights.truncate),
    ]
    .into_iter()
    .filter_map(|(name, too_much)| too_much.then_some(name))
    .collect();
    if !extra.is_empty() {
        let text = say::too_wide(account, extra.join(", "), &title);
        found.push(
            Finding::warning("W232", text)
                .remedy(say::too_wide_help())
                .statement(format!("REVOKE {} ON {on} FROM {to}", extra.join(", "))),
        );
    }
    found
}

/// The columns that the planned actions write.
fn written(object: &Object, needs: &[Action]) -> Vec<String> {
    let mut all = Vec::new();
    if needs.contains(&Action::Anonymise) {
        let masked = object.fields.iter().filter(|field| {
            !field.fixed && field.mask != Some(Mask::Keep) && !object.key.contains(&field.name)
        });
        all.extend(masked.map(column_of));
    }
    if let How::Table { restrict, .. } = &object.how
        && needs.contains(&Action::Restrict)
    {
        all.extend(restrict.iter().map(|(name, _)| name.clone()));
    }
    all.dedup();
    all
}

fn lacking(table: &Table, rights: &Rights, columns: &[String]) -> Vec<String> {
    let may = |name: &String| {
        let live = table.column(name).map_or(name, |column| &column.name);
        rights.update.contains(live)
    };
    columns.iter().filter(|name| !may(name)).cloned().collect()
}

fn collations(title: &str, facts: &Facts, object: &Object) -> Vec<Finding> {
    let mut found = Vec::new();
    let loose = facts.loose.iter().chain(&facts.folding);
    for column in loose.filter(|name| object.key.contains(name)) {
        let text = say::loose_key(column, title);
        found.push(Finding::warning("W233", text).remedy(say::loose_key_help()));
    }
    let searched: Vec<&str> = object
        .find
        .iter()
        .flat_map(|finder| super::catalogue::columns_of(&finder.via))
        .collect();
    for column in facts
        .ascii
        .iter()
        .filter(|name| searched.contains(&name.as_str()))
    {
        let text = say::ascii_column(column, title);
        found.push(Finding::warning("W234", text).remedy(say::collation_help()));
    }
    for column in &facts.loose {
        if searched.contains(&column.as_str()) && !object.key.contains(column) {
            let text = say::loose_column(column, title);
            found.push(Finding::hint("W234", text).remedy(say::collation_help()));
        }
    }
    found
}

/// What the session noted of the server by itself.
pub(super) fn server(notes: &Notes) -> Vec<Finding> {
    let pooled = notes.warnings.iter().filter(|(code, _)| code == "W205");
    pooled
        .map(|(_, host)| Finding::warning("W205", say::pooled(host)).remedy(say::pooled_help()))
        .collect()
}
