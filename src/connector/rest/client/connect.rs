//! A client for one server, and why a connection did not come about or broke.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::Mutex;
use std::time::Duration;

use url::Url;

use super::super::is_loopback;
use crate::connector::Fault;
use crate::messages::fault as say;

/// A client for one server: no redirects, no repetitions of its own, TLS by the house's provider. Those with TLS are kept for the life of
/// the process, because each reads the machine's certificates.
pub(crate) fn http_client(url: &Url, connect: Duration) -> Result<reqwest::Client, Fault> {
    static KEPT: Mutex<BTreeMap<Duration, reqwest::Client>> = Mutex::new(BTreeMap::new());
    // Another room may have installed the same provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("dsr/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(connect)
        .tls_info(true);
    let unusable = |_| Fault::tls(say::tls_other());
    if url.scheme() == "http" {
        // Nothing here ever speaks TLS, so nobody is trusted.
        let nobody = rustls::ClientConfig::builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        builder = builder.tls_backend_preconfigured(nobody);
        if is_loopback(url) {
            builder = builder.no_proxy();
        }
        return builder.build().map_err(unusable);
    }
    builder = builder.https_only(true);
    if is_loopback(url) {
        return builder.no_proxy().build().map_err(unusable);
    }
    let mut kept = KEPT.lock().map_err(|_| Fault::panicked())?;
    if let Some(client) = kept.get(&connect) {
        return Ok(client.clone());
    }
    let client = builder.build().map_err(unusable)?;
    kept.insert(connect, client.clone());
    Ok(client)
}

/// What went wrong, from the chain of causes. The URL is taken out first, because it may hold an address.
pub(super) fn fault(
    failure: reqwest::Error,
    url: &Url,
    connect: Duration,
    request: Duration,
) -> Fault {
    let failure = failure.without_url();
    let mut cause = failure.source();
    while let Some(here) = cause {
        if let Some(tls) = here.downcast_ref::<rustls::Error>() {
            return tls_fault(tls);
        }
        if here.to_string().contains("dns error") {
            return Fault::dns(url.host_str().unwrap_or_default());
        }
        cause = match here.downcast_ref::<std::io::Error>() {
            Some(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => {
                return Fault::refused();
            }
            // `source` of an I/O error skips the error that it wraps.
            Some(io) => io
                .get_ref()
                .map(|inner| inner as &(dyn std::error::Error + 'static)),
            None => here.source(),
        };
    }
    if failure.is_timeout() {
        let seconds = if failure.is_connect() {
            connect.as_secs()
        } else {
            request.as_secs()
        };
        return Fault::timeout(seconds.max(1));
    }
    Fault::connection()
}

fn tls_fault(failure: &rustls::Error) -> Fault {
    use rustls::CertificateError as Certificate;
    Fault::tls(match failure {
        rustls::Error::InvalidCertificate(reason) => match reason {
            Certificate::Expired | Certificate::ExpiredContext { .. } => say::tls_expired(),
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => say::tls_not_yet(),
            Certificate::UnknownIssuer => say::tls_unknown_issuer(),
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                say::tls_other_name()
            }
            _ => say::tls_other(),
        },
        _ => say::tls_handshake(),
    })
}
