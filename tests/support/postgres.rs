//! A database of its own for each test, on the server that `DSR_TEST_POSTGRES` names.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// A fresh database; dropped with this value.
pub(crate) struct Database {
    /// Address with the owner's password.
    pub(crate) url: String,
    server: String,
    name: String,
}

/// Makes a database and fills it; `None`, said on a line of its own, if there is no server to make it on.
///
/// # Panics
/// If `DSR_TEST_REQUIRE_SERVERS` is set and there is no server, or if the server refuses.
pub(crate) fn database(seed_sql: &str) -> Option<Database> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = server("DSR_TEST_POSTGRES", "PostgreSQL")?;
    let name = format!(
        "dsr_test_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    run(
        &server,
        &format!("CREATE DATABASE {name} TEMPLATE template0"),
    );
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    let database = Database {
        url: url.to_string(),
        server,
        name,
    };
    database.sql(seed_sql);
    Some(database)
}

/// The address of a PgBouncer before the same server, in transaction mode; its database `statement` is in statement mode.
#[allow(
    dead_code,
    reason = "most test files that need a database need no pooler"
)]
pub(crate) fn pooler() -> Option<String> {
    server("DSR_TEST_PGBOUNCER", "PgBouncer")
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
    /// Runs statements as the owner.
    pub(crate) fn sql(&self, sql: &str) {
        run(&self.url, sql);
    }

    /// The one value that a query returns, as text.
    #[allow(dead_code, reason = "not every test file asks")]
    pub(crate) fn value(&self, sql: &str) -> Option<String> {
        let (url, sql) = (self.url.clone(), format!("SELECT ({sql})::text"));
        block(async move {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_one(&mut connection)
                .await
                .unwrap()
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        run(
            &self.server,
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        );
    }
}

fn run(url: &str, sql: &str) {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    block(async move {
        let mut connection = PgConnection::connect(&url).await.unwrap();
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
