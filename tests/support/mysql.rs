//! A database of its own for each test, on the MariaDB server that `DSR_TEST_MARIADB` names.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, Row as _};

/// A fresh database; dropped with this value, and so are its users.
pub(crate) struct Database {
    /// Address with the owner's password.
    pub(crate) url: String,
    pub(crate) name: String,
    server: String,
}

/// Makes a database and fills it; `None`, said on a line of its own, if there is no server to make it on.
///
/// # Panics
/// If `DSR_TEST_REQUIRE_SERVERS` is set and there is no server, or if the server refuses.
pub(crate) fn database(seed_sql: &str) -> Option<Database> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = server("DSR_TEST_MARIADB", "MariaDB")?;
    let name = format!(
        "dsr_test_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    run(
        &server,
        &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"),
    );
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    let database = Database {
        url: url.to_string(),
        name,
        server,
    };
    database.sql(seed_sql);
    Some(database)
}

fn server(variable: &str, product: &str) -> Option<String> {
    if let Ok(address) = std::env::var(variable) {
        return Some(address);
    }
    let needs = format!("needs {product} ({variable})");
    assert!(
        std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none(),
        "{needs}"
    );
    // Past the test harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr(), "skipped: {needs}");
    None
}

impl Database {
    /// Runs statements as the owner. A body of more than one statement stands alone in its call.
    pub(crate) fn sql(&self, sql: &str) {
        run(&self.url, sql);
    }

    /// The one value that a query returns, as text.
    pub(crate) fn value(&self, sql: &str) -> Option<String> {
        let (url, sql) = (self.url.clone(), format!("SELECT CAST(({sql}) AS CHAR)"));
        block(async move {
            let mut connection = MySqlConnection::connect(&url).await.unwrap();
            let row = sqlx::raw_sql(AssertSqlSafe(sql))
                .fetch_one(&mut connection)
                .await
                .unwrap();
            row.try_get_unchecked(0).unwrap()
        })
    }

    /// The address of another account, which is made with these rights (`{db}` stands for the database).
    #[allow(dead_code, reason = "not every test file asks")]
    pub(crate) fn account(&self, suffix: &str, rights: &[&str]) -> String {
        let user = format!("{}_{suffix}", self.name.replacen("dsr_test_", "d", 1));
        run(
            &self.server,
            &format!("CREATE OR REPLACE USER '{user}'@'%' IDENTIFIED BY 'p-w'"),
        );
        for right in rights {
            let right = right.replace("{db}", &self.name);
            run(&self.server, &format!("GRANT {right} TO '{user}'@'%'"));
        }
        let mut url = url::Url::parse(&self.url).unwrap();
        url.set_username(&user).unwrap();
        url.set_password(Some("p-w")).unwrap();
        url.to_string()
    }

    /// Ends every connection of others to this database.
    #[allow(dead_code, reason = "not every test file asks")]
    pub(crate) fn hang_up(&self) -> usize {
        let (url, name) = (self.url.clone(), self.name.clone());
        block(async move {
            let mut connection = MySqlConnection::connect(&url).await.unwrap();
            let asked = format!(
                "SELECT CAST(ID AS CHAR) FROM information_schema.PROCESSLIST WHERE DB = '{name}' AND ID <> CONNECTION_ID()"
            );
            let rows = sqlx::raw_sql(AssertSqlSafe(asked))
                .fetch_all(&mut connection)
                .await
                .unwrap();
            for row in &rows {
                let id: String = row.try_get_unchecked(0).unwrap();
                let ended = sqlx::raw_sql(AssertSqlSafe(format!("KILL {id}")))
                    .execute(&mut connection)
                    .await;
                // One that has ended by itself meanwhile is as good.
                if let Err(why) = ended {
                    assert!(why.to_string().contains("Unknown thread id"), "{why}");
                }
            }
            rows.len()
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        run(&self.server, &format!("DROP DATABASE {}", self.name));
    }
}

fn run(url: &str, sql: &str) {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    block(async move {
        let mut connection = MySqlConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
}

/// Waits on a thread of its own, so that tests with and without a runtime can call.
fn block<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let wait = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(work)
    };
    std::thread::spawn(wait).join().unwrap()
}
