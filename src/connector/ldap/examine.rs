//! What weakens a promise about a directory: names of entries in groups, what a server keeps of deleted entries.

use ldap3::Scope;

use super::directory::Directory;
use super::entries;
use super::filter::Filter;
use super::line::{Look, Search, Server};
use crate::connector::{Action, Fault, Finding, Object};
use crate::messages::ldap as say;

/// Attributes by which entries name others (RFC 4519).
const MEMBERS: [&str; 2] = ["member", "uniqueMember"];

/// Entries that are counted at most.
const COUNTED: i32 = 1000;

/// What is to be said of the server as a whole.
pub(super) fn server(server: &Server) -> Vec<Finding> {
    let mut found = Vec::new();
    if server.is_active_directory {
        let kept = Finding::warning("W257", say::tombstones());
        found.push(kept.remedy(say::tombstones_help()));
    }
    for base in server.contexts.iter().filter(|base| is_log(base)) {
        let kept = Finding::warning("W259", say::change_log(base));
        found.push(kept.remedy(say::change_log_help()));
    }
    if !server.asserts() {
        let unsure = Finding::hint("W258", say::no_assertion());
        found.push(unsure.remedy(say::no_assertion_help()));
    }
    found
}

/// Whether a part of a directory is a log of its changes, by the names that servers give it.
fn is_log(base: &str) -> bool {
    let base = base.to_lowercase();
    ["cn=accesslog", "cn=changelog", "cn=log"].contains(&base.as_str())
}

/// What is to be said of an object: who else names its entries.
pub(super) async fn object<L: Look>(
    directory: &mut Directory<L>,
    object: &Object,
    needs: &[Action],
) -> Result<Vec<Finding>, Fault> {
    let described = entries(object)?;
    let leaves = needs.contains(&Action::Remove)
        || (described.rename
            && (needs.contains(&Action::Anonymise) || needs.contains(&Action::Rectify)));
    // Active Directory takes a deleted or renamed entry out of its groups itself.
    if !leaves || described.each.is_some() || directory.line.server().await?.is_active_directory {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for attribute in MEMBERS {
        let objects = directory.system.objects.iter();
        let cared_for = objects
            .filter_map(|other| entries(other).ok()?.each.as_ref())
            .any(|each| each.eq_ignore_ascii_case(attribute));
        if cared_for {
            continue;
        }
        let mut bases = directory.contexts(described).await?;
        if bases.is_empty() {
            bases.push(described.base.clone());
        }
        let filter = Filter::present(attribute);
        let mut count = 0u32;
        for base in &bases {
            let search = Search {
                base,
                scope: Scope::Subtree,
                filter: &filter,
                attributes: vec!["1.1".to_owned()],
                names_only: true,
                most: COUNTED,
                only_here: true,
            };
            let mut counting = |_| {
                count += 1;
                Ok(true)
            };
            match directory.line.search(&search, &mut counting).await {
                Err(fault) if fault.is_of_system() => return Err(fault),
                // What the account may not see it cannot count.
                Ok(()) | Err(_) => {}
            }
        }
        if count > 0 {
            let left = Finding::warning("W256", say::groups(count, attribute));
            found.push(left.remedy(say::groups_help(attribute)).on(&object.name));
        }
    }
    Ok(found)
}
