//! Where a directory is and who asks it: the settings, checked once more with the secrets in hand.

use std::net::IpAddr;
use std::sync::Arc;

use ldap3::LdapConnSettings;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::connector::{Fault, Opening};
use crate::messages::{Text, ldap as say};

/// How the line is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    /// TLS from the first byte on.
    Tls,
    /// TLS is started before anything is said.
    StartTls,
    /// The interface of this machine only.
    Loopback,
    /// A socket of this machine; the operating system says who asks.
    Socket,
}

/// How to reach a directory.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) url: Url,
    pub(super) protection: Protection,
    /// Name and password; `None` only on a socket.
    pub(super) account: Option<(String, SecretString)>,
    tls: Option<Arc<rustls::ClientConfig>>,
}

impl Address {
    /// # Errors
    /// There is no address, it is none of a directory, or what the line needs is missing.
    pub(super) fn of(opening: &Opening) -> Result<Address, Fault> {
        let settings = &opening.settings;
        let unusable = |reason: Text| Fault::secret_unreadable("url", reason);
        let stated = |name: &str| match (settings.secret.get(name), settings.plain.get(name)) {
            (Some(secret), _) => Some(secret.expose_secret().to_owned()),
            (None, Some(plain)) => Some(plain.clone()),
            (None, None) => None,
        };
        let written = stated("url").ok_or_else(|| Fault::secret("url"))?;
        let url = Url::parse(written.trim()).map_err(|_| unusable(say::not_an_address()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(unusable(say::password_in_url()));
        }
        let starts = stated("starttls").is_some_and(|word| starts_tls(&word) == Some(true));
        let protection = match url.scheme() {
            "ldaps" => Protection::Tls,
            "ldap" if starts => Protection::StartTls,
            "ldap" if is_loopback(url.host_str().unwrap_or_default()) => Protection::Loopback,
            "ldap" => return Err(Fault::no_tls()),
            "ldapi" => Protection::Socket,
            _ => return Err(unusable(say::not_an_address())),
        };
        let account = match (stated("user"), settings.secret.get("password")) {
            // An empty password asks for nobody's rights, and is answered with yes (RFC 4513, section 5.1.2).
            (Some(_), Some(password)) if password.expose_secret().is_empty() => {
                return Err(Fault::secret_unreadable("password", say::empty_password()));
            }
            (Some(user), Some(password)) if !user.trim().is_empty() => {
                Some((user, password.clone()))
            }
            _ if protection == Protection::Socket => None,
            (Some(_), Some(_)) | (None, _) => return Err(Fault::secret("user")),
            (Some(_), None) => return Err(Fault::secret("password")),
        };
        let tls = match settings.plain.get("ca_file") {
            Some(path) => Some(trusting(&opening.folder.join(path), path)?),
            None => None,
        };
        Ok(Address {
            url,
            protection,
            account,
            tls,
        })
    }

    /// For people; no account, no password.
    pub(super) fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.protection {
            Protection::Socket => percent_encoding::percent_decode_str(host)
                .decode_utf8_lossy()
                .into_owned(),
            _ => format!("{host}:{}", self.port()),
        }
    }

    /// The bare host name, without the brackets of IPv6.
    pub(super) fn name(&self) -> &str {
        self.url
            .host_str()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
    }

    pub(super) fn port(&self) -> u16 {
        let usual = if self.protection == Protection::Tls {
            636
        } else {
            389
        };
        self.url.port().unwrap_or(usual)
    }

    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self.protection, Protection::Tls | Protection::StartTls)
    }

    /// What the client library needs to know. Certificates are always verified.
    pub(super) fn settings(&self) -> LdapConnSettings {
        // Another room may have installed the same provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings =
            LdapConnSettings::new().set_starttls(self.protection == Protection::StartTls);
        match &self.tls {
            Some(tls) => settings.set_config(Arc::clone(tls)),
            None => settings,
        }
    }
}

/// Whether a word says yes; `None` if it says neither.
pub(crate) fn starts_tls(word: &str) -> Option<bool> {
    match word {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

/// Whether a host is this machine by its name or number.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|at| at.is_loopback())
}

/// Trusts the certificates of a file, and no others.
fn trusting(path: &std::path::Path, named: &str) -> Result<Arc<rustls::ClientConfig>, Fault> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pem = fs_err::read(path)
        .map_err(|error| Fault::unreadable(named, crate::messages::os::why(&error)))?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let added = certificate.ok().and_then(|one| roots.add(one).ok());
        added.ok_or_else(|| Fault::tls(say::bad_ca()))?;
    }
    if roots.is_empty() {
        return Err(Fault::tls(say::bad_ca()));
    }
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
