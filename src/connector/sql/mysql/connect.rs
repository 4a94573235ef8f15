//! Reaching a MariaDB or MySQL server: its address, and a line that nobody else can read.
//!
//! The same rules as for PostgreSQL: TLS is verified to the full, only a socket or the loopback interface may be spoken to in the
//! clear, and nothing falls back to it. `localhost` is the loopback interface here; the socket has to be named (`?socket=`).

use std::net::IpAddr;

use secrecy::ExposeSecret as _;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::{ConnectOptions as _, MySqlConnection};

use super::refuse;
use crate::connector::sql::Refusal;
use crate::connector::{Fault, Opening};
use crate::inventory::Timeouts;
use crate::messages::{Text, sql as say};

/// How to reach a server.
pub(super) struct Address {
    /// For people; no user, no password.
    pub(super) host: String,
    options: MySqlConnectOptions,
}

impl Address {
    /// # Errors
    /// There is no address, it is none of MariaDB or MySQL, or a password stands in the inventory itself.
    pub(super) fn of(opening: &Opening) -> Result<Address, Fault> {
        let settings = &opening.settings;
        let unusable = |reason: Text| Fault::secret_unreadable("url", reason);
        let written = match (settings.secret.get("url"), settings.plain.get("url")) {
            (Some(secret), _) => secret.expose_secret(),
            (None, Some(plain)) => plain.as_str(),
            (None, None) => return Err(Fault::secret("url")),
        };
        let url = url::Url::parse(written).map_err(|_| unusable(say::not_a_mysql_address()))?;
        if !["mysql", "mariadb"].contains(&url.scheme()) {
            return Err(unusable(say::not_a_mysql_address()));
        }
        let in_query = url.query_pairs().any(|(name, _)| name == "password");
        if !settings.secret.contains_key("url") && (url.password().is_some() || in_query) {
            return Err(unusable(say::password_in_the_open()));
        }
        let mut options: MySqlConnectOptions = understood(url)
            .as_str()
            .parse()
            .map_err(|_| unusable(say::not_a_mysql_address()))?;
        let bare = options.get_host().trim_matches(['[', ']']).to_owned();
        // How values are written is said with each transaction, by `Server::beginning`.
        options = options
            .host(&bare)
            .charset("utf8mb4")
            .collation("utf8mb4_bin")
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None)
            .disable_statement_logging();
        let file = |name: &str| {
            settings
                .plain
                .get(name)
                .map(|path| opening.folder.join(path))
        };
        if let Some(ca) = file("ca_file") {
            options = options.ssl_ca(ca);
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
                MySqlSslMode::Required | MySqlSslMode::VerifyCa | MySqlSslMode::VerifyIdentity
            );
        let stays_here = options.get_socket().is_some() || is_loopback(options.get_host());
        let mode = if stays_here && !asked {
            MySqlSslMode::Disabled
        } else {
            MySqlSslMode::VerifyIdentity
        };
        let options = options.ssl_mode(mode);
        let host = match options.get_socket() {
            Some(path) => path.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        Ok(Address { host, options })
    }

    /// Whether the line is not encrypted.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.options.get_ssl_mode(), MySqlSslMode::Disabled)
    }
}

/// The address without parameters that are meant for other drivers, and without those that would change how values are written.
fn understood(mut url: url::Url) -> url::Url {
    const KNOWN: [&str; 9] = [
        "sslmode", "ssl-mode", "sslca", "ssl-ca", "sslcert", "ssl-cert", "sslkey", "ssl-key",
        "socket",
    ];
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| KNOWN.contains(&name.as_str()))
        .collect();
    url.set_query(None);
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url
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
) -> Result<MySqlConnection, Refusal> {
    let late = || Fault::timeout(timeouts.connect.as_secs());
    let mut ways = vec![address.options.clone()];
    if address.options.get_socket().is_none() {
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
            let to = |at: &std::net::SocketAddr| ways[0].clone().host(&at.ip().to_string());
            ways = resolved.iter().map(to).collect();
        }
    }
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
    let connected = tokio::time::timeout(timeouts.connect, connecting).await;
    connected
        .map_err(|_| late())?
        .map_err(|error| unreachable(&error, timeouts, address.is_plain()))
}

/// Why a connection did not come about.
fn unreachable(error: &sqlx::Error, timeouts: &Timeouts, plain: bool) -> Refusal {
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
        // On a line that is not encrypted, MySQL takes a password it does not remember only under its RSA key, which nobody vouches
        // for; the library is built without it (RUSTSEC-2023-0071).
        sqlx::Error::Configuration(_) if plain => Fault::sign_in().into(),
        sqlx::Error::Configuration(_) => Fault::tls(say::key_unusable()).into(),
        sqlx::Error::Protocol(said) if said.contains("auth") || said.contains("cleartext") => {
            Fault::sign_in().into()
        }
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
            url("mysql://a:b@h/d?useSSL=false&ssl-mode=REQUIRED&charset=latin1&timezone=CET"),
            "mysql://a:b@h/d?ssl-mode=REQUIRED"
        );
        assert_eq!(
            url("mysql://a@localhost/d?socket=%2Frun%2Fmysqld%2Fmysqld.sock"),
            "mysql://a@localhost/d?socket=%2Frun%2Fmysqld%2Fmysqld.sock"
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
            !["localhost.example.org", "0.0.0.0", "10.0.0.1", "::"]
                .into_iter()
                .any(is_loopback)
        );
    }
}
