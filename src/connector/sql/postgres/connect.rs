//! Reaching a PostgreSQL server: its address, and a line that nobody else can read.
//!
//! TLS is verified to the full. Only a socket or the loopback interface may be spoken to in the clear, because that never leaves
//! the machine; nothing falls back to it, whatever the address says.

use std::net::IpAddr;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions as _, PgConnection};

use super::refuse;
use crate::connector::sql::Refusal;
use crate::connector::{Fault, Opening};
use crate::inventory::Timeouts;
use crate::messages::{Text, sql as say};

/// How to reach a server.
pub(super) struct Address {
    /// For people; no user, no password.
    pub(super) host: String,
    options: PgConnectOptions,
}

impl Address {
    /// # Errors
    /// There is no address, it is none of PostgreSQL, or a password stands in the inventory itself.
    pub(super) fn of(opening: &Opening) -> Result<Address, Fault> {
        let settings = &opening.settings;
        let unusable = |reason: Text| Fault::secret_unreadable("url", reason);
        let written = match (settings.secret.get("url"), settings.plain.get("url")) {
            (Some(secret), _) => secret.expose_secret(),
            (None, Some(plain)) => plain.as_str(),
            (None, None) => return Err(Fault::secret("url")),
        };
        let url = url::Url::parse(written).map_err(|_| unusable(say::not_an_address()))?;
        if !["postgres", "postgresql"].contains(&url.scheme()) {
            return Err(unusable(say::not_an_address()));
        }
        let in_query = url.query_pairs().any(|(name, _)| name == "password");
        if !settings.secret.contains_key("url") && (url.password().is_some() || in_query) {
            return Err(unusable(say::password_in_the_open()));
        }
        let mut options: PgConnectOptions = understood(url)
            .as_str()
            .parse()
            .map_err(|_| unusable(say::not_an_address()))?;
        let bare = options.get_host().trim_matches(['[', ']']).to_owned();
        options = options
            .host(&bare)
            .application_name("dsr")
            .extra_float_digits(None)
            .statement_cache_capacity(0)
            .disable_statement_logging();
        let file = |name: &str| {
            settings
                .plain
                .get(name)
                .map(|path| opening.folder.join(path))
        };
        if let Some(ca) = file("ca_file") {
            options = options.ssl_root_cert(ca);
        }
        if let Some(certificate) = file("client_cert") {
            options = options.ssl_client_cert(certificate);
        }
        if let Some(key) = settings.secret.get("client_key") {
            options = options.ssl_client_key_from_pem(key.expose_secret().as_bytes());
        } else if let Some(key) = file("client_key") {
            options = options.ssl_client_key(key);
        }
        let asked = ["ca_file", "client_cert"]
            .iter()
            .any(|name| settings.plain.contains_key(*name))
            || matches!(
                options.get_ssl_mode(),
                PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull
            );
        let stays_here = is_socket(&options) || is_loopback(options.get_host());
        let mode = if stays_here && !asked {
            PgSslMode::Disable
        } else {
            PgSslMode::VerifyFull
        };
        let options = options.ssl_mode(mode);
        let host = match options.get_socket() {
            Some(path) => path.display().to_string(),
            None if is_socket(&options) => options.get_host().to_owned(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        Ok(Address { host, options })
    }

    /// Whether the line is not encrypted.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.options.get_ssl_mode(), PgSslMode::Disable)
    }
}

/// The address without parameters that are meant for other drivers; the library would log them, and they may be secret.
fn understood(mut url: url::Url) -> url::Url {
    const KNOWN: [&str; 15] = [
        "sslmode",
        "ssl-mode",
        "sslrootcert",
        "ssl-root-cert",
        "ssl-ca",
        "sslcert",
        "ssl-cert",
        "sslkey",
        "ssl-key",
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "password",
    ];
    let known =
        |name: &str| KNOWN.contains(&name) || name == "options" || name.starts_with("options[");
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| known(name))
        .collect();
    url.set_query(None);
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url
}

fn is_socket(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || options.get_host().starts_with('/')
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Connects, within the system's time limit.
pub(super) async fn open(
    address: &Address,
    timeouts: &Timeouts,
    writes: bool,
) -> Result<PgConnection, Refusal> {
    let late = || Fault::timeout(timeouts.connect.as_secs());
    let mut hosts = vec![address.options.get_host().to_owned()];
    if !is_socket(&address.options) {
        let (host, port) = (address.options.get_host(), address.options.get_port());
        let resolved =
            tokio::time::timeout(timeouts.connect, tokio::net::lookup_host((host, port))).await;
        let resolved: Vec<_> = resolved
            .map_err(|_| late())?
            .map_err(|_| Fault::dns(host))?
            .collect();
        if address.is_plain() {
            // A name that leads elsewhere must not get a password in the clear, nor one that leads elsewhere the next time.
            if !resolved.iter().all(|at| at.ip().is_loopback()) {
                return Err(Fault::no_tls().into());
            }
            hosts = resolved.iter().map(|at| at.ip().to_string()).collect();
        }
    }
    let mut options = address.options.clone();
    if !writes {
        options = options.options([("default_transaction_read_only", "on")]);
    }
    match shake_hands(options, &hosts, timeouts.connect)
        .await
        .ok_or_else(late)?
    {
        Ok(connection) => Ok(connection),
        // A pooler that lets no options through; each transaction sets its own, and `W205` says so.
        Err(sqlx::Error::Database(error))
            if !writes && error.code().as_deref() == Some("08P01") =>
        {
            let options = address.options.clone();
            let connected = shake_hands(options, &hosts, timeouts.connect).await;
            connected
                .ok_or_else(late)?
                .map_err(|error| unreachable(&error, timeouts))
        }
        Err(error) => Err(unreachable(&error, timeouts)),
    }
}

/// Connects to the first of the hosts that can be reached, on a thread of its own; `None` if the time is over.
///
/// The library hashes the password 4096 times and lets others go first after every fifth, which on a thread of the runtime costs
/// more than the hashing: each time the threads wake one another.
async fn shake_hands(
    options: PgConnectOptions,
    hosts: &[String],
    limit: Duration,
) -> Option<sqlx::Result<PgConnection>> {
    let runtime = tokio::runtime::Handle::current();
    let ways: Vec<PgConnectOptions> = hosts
        .iter()
        .map(|host| options.clone().host(host))
        .collect();
    let connecting = async {
        let mut tried = Err(sqlx::Error::Io(std::io::ErrorKind::NotFound.into()));
        for way in ways {
            tried = way.connect().await;
            if !matches!(tried, Err(sqlx::Error::Io(_))) {
                break;
            }
        }
        tried
    };
    let within = async move { tokio::time::timeout(limit, connecting).await.ok() };
    let thread = tokio::task::spawn_blocking(move || runtime.block_on(within));
    thread.await.ok().flatten()
}

/// Why a connection did not come about.
fn unreachable(error: &sqlx::Error, timeouts: &Timeouts) -> Refusal {
    use std::io::ErrorKind;
    match error {
        sqlx::Error::Io(io) => match io
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            Some(tls) => Fault::tls(reason(tls)).into(),
            None => match io.kind() {
                ErrorKind::ConnectionRefused
                | ErrorKind::NotFound
                | ErrorKind::PermissionDenied => Fault::refused().into(),
                _ => Fault::connection().into(),
            },
        },
        sqlx::Error::Tls(tls) => match tls.downcast_ref::<rustls::Error>() {
            Some(tls) => Fault::tls(reason(tls)).into(),
            None if tls.to_string() == "server does not support TLS" => Fault::no_tls().into(),
            None => Fault::tls(say::certificate_refused()).into(),
        },
        sqlx::Error::Configuration(_) => Fault::tls(say::key_unusable()).into(),
        other => refuse(other, timeouts),
    }
}

fn reason(error: &rustls::Error) -> Text {
    use rustls::CertificateError as Certificate;
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            Certificate::Expired | Certificate::ExpiredContext { .. } => say::certificate_expired(),
            Certificate::UnknownIssuer => say::certificate_unknown_issuer(),
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                say::certificate_other_name()
            }
            _ => say::certificate_refused(),
        },
        rustls::Error::AlertReceived(_) => say::server_refused_handshake(),
        _ => say::certificate_refused(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_other_drivers_are_left_out() {
        let url = |text: &str| understood(url::Url::parse(text).unwrap()).to_string();
        assert_eq!(
            url("postgres://a:b@h/d?sslpassword=x&sslmode=require&schema=y"),
            "postgres://a:b@h/d?sslmode=require"
        );
        assert_eq!(
            url("postgres://a:p%40s@h/d?host=%2Frun%2Fpg"),
            "postgres://a:p%40s@h/d?host=%2Frun%2Fpg"
        );
        assert_eq!(
            url("postgres://h/d?channel_binding=require"),
            "postgres://h/d"
        );
    }

    #[test]
    fn only_this_machine_is_loopback() {
        assert!(
            ["localhost", "127.0.0.1", "127.9.9.9", "::1"]
                .into_iter()
                .all(is_loopback)
        );
        assert!(
            ![
                "localhost.example.org",
                "0.0.0.0",
                "10.0.0.1",
                "::",
                "127.0.0.1.example.org"
            ]
            .into_iter()
            .any(is_loopback)
        );
    }
}
