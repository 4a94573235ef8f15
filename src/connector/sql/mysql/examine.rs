//! What the doctor asks a MariaDB or MySQL server about its account; what it knows of tables is part of their description.

use sqlx::MySqlConnection;

use super::Server;
use super::grants::Grant;
use crate::connector::Finding;
use crate::connector::sql::Refusal;
use crate::messages::finding as say;

/// Whether the server only copies another one, and whether the account may do more than it needs.
pub(super) async fn server(
    server: &Server,
    connection: &mut MySqlConnection,
) -> Result<Vec<Finding>, Refusal> {
    let mut found = Vec::new();
    if server.notes.warnings.iter().any(|(code, _)| code == "W214") {
        found.push(Finding::warning("W214", say::replica()).remedy(say::replica_help()));
    }
    let answers = server.entries(connection, "SHOW GRANTS").await?;
    let grants: Vec<Grant> = answers.iter().flatten().filter_map(Grant::of).collect();
    let mut wide: Vec<&str> = grants.iter().flat_map(Grant::beyond_data).collect();
    wide.sort_unstable();
    wide.dedup();
    if !wide.is_empty() {
        let account = server.notes.account.clone().unwrap_or_default();
        let text = say::superuser(account, wide.join(", "));
        found.push(Finding::warning("W228", text).remedy(say::superuser_help()));
    }
    Ok(found)
}
