//! Time-stamping authorities over HTTP (RFC 3161, 3.4), asked in order until one gives a usable answer.
//!
//! What an answer has to be is said by `evidence::stamp`; here it is sent for. Plain HTTP is allowed: the answer is signed, and what is
//! sent is a digest that says nothing. A password is not sent that way. Redirects are not followed, sizes and times are limited, and
//! words of the other side are not repeated. Who did not answer once is not asked again in the same run: a command for a thousand
//! people must not wait a thousand times.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use const_oid::ObjectIdentifier;
use ring::rand::SecureRandom as _;
use secrecy::ExposeSecret as _;
use url::Url;

use crate::connector::rest::is_loopback;
use crate::diagnostic::{Diagnostic, Exit};
use crate::evidence::stamp::{LARGEST, Request};
use crate::evidence::{Anchor, Authority};
use crate::inventory::TimeAuthority;
use crate::keys::Digest;
use crate::messages::{Text, os, stamp as say};
use crate::secret;

/// How long a connection and a whole answer may take.
const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(15);
const QUERY: &str = "application/timestamp-query";
const REPLY: &str = "application/timestamp-reply";

/// The authorities of an inventory, in their order.
#[derive(Debug)]
pub struct Authorities {
    all: Vec<TimeAuthority>,
    /// Where relative paths start.
    folder: PathBuf,
    /// Why nobody answered, once that was so.
    silent: Mutex<Option<Diagnostic>>,
}

impl Authorities {
    pub fn new(all: &[TimeAuthority], folder: &Path) -> Authorities {
        Authorities {
            all: all.to_vec(),
            folder: folder.to_owned(),
            silent: Mutex::new(None),
        }
    }

    /// Whether any is named.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The certificates of all `ca` files: what answers are checked against by default.
    ///
    /// # Errors
    /// E665 if one cannot be read.
    pub fn anchors(&self) -> Result<Vec<Anchor>, Diagnostic> {
        let mut anchors = Vec::new();
        for authority in &self.all {
            anchors.extend(anchors_of(authority, &self.folder)?);
        }
        Ok(anchors)
    }

    fn ask_all(&self, content: &Digest) -> Result<Vec<u8>, Diagnostic> {
        let mut refusals = Vec::new();
        for authority in &self.all {
            match ask(authority, &self.folder, content) {
                Ok(token) => return Ok(token),
                Err(refusal) => refusals.push(refusal),
            }
        }
        Err(nobody(refusals))
    }
}

impl Authority for Authorities {
    fn stamp(&self, content: &Digest) -> Result<Vec<u8>, Diagnostic> {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*silent {
            return Err(known.clone());
        }
        // The caller may be part of a runtime of its own, which must not be blocked by another inside it.
        let answer = std::thread::scope(|scope| {
            let asking = scope.spawn(|| self.ask_all(content));
            asking.join().unwrap_or_else(|_| Err(nobody(Vec::new())))
        });
        if let Err(why) = &answer {
            *silent = Some(why.clone());
        }
        answer
    }
}

/// All refusals as one.
fn nobody(refusals: Vec<Diagnostic>) -> Diagnostic {
    let mut all = Diagnostic::new("E666", Exit::Failed, say::nobody_answered());
    all.why = refusals
        .iter()
        .map(|refusal| {
            let coded = Text {
                en: format!("{} {}", refusal.code, refusal.what.en),
                de: format!("{} {}", refusal.code, refusal.what.de),
            };
            match &refusal.why {
                Some(why) => coded.with(why),
                None => coded,
            }
        })
        .reduce(|all, next| Text {
            en: format!("{}; {}", all.en, next.en),
            de: format!("{}; {}", all.de, next.de),
        });
    for refusal in refusals {
        for help in refusal.help {
            if !all.help.contains(&help) {
                all.help.push(help);
            }
        }
    }
    all.help(say::nobody_answered_help())
}

/// Asks one authority and checks its answer.
///
/// # Errors
/// E660 to E665.
fn ask(authority: &TimeAuthority, folder: &Path, content: &Digest) -> Result<Vec<u8>, Diagnostic> {
    let host = host(&authority.url);
    let mut random = [0; 8];
    let unusable = || settings(&host, Text::same("-"));
    ring::rand::SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| unusable())?;
    let policy = match &authority.policy {
        Some(policy) => Some(ObjectIdentifier::new(policy).map_err(|_| unusable())?),
        None => None,
    };
    let anchors = anchors_of(authority, folder)?;
    let request = Request::new(*content, policy, random);
    let body = request.to_der().map_err(|_| unusable())?;
    let answer = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| settings(&host, os::why(&error)))?
        .block_on(send(authority, folder, &host, body))?;
    let (token, stamp) = request.read(&answer).map_err(|mut refusal| {
        refusal.what = say_at(&host, refusal.what);
        refusal
    })?;
    if authority.ca.is_some() && stamp.anchor(&anchors).is_none() {
        let other = Diagnostic::new("E664", Exit::Failed, say::other_authority(&host));
        return Err(other.help(say::other_authority_help()));
    }
    Ok(token)
}

async fn send(
    authority: &TimeAuthority,
    folder: &Path,
    host: &str,
    body: Vec<u8>,
) -> Result<Vec<u8>, Diagnostic> {
    let client = client(authority, folder, host)?;
    let mut request = client
        .post(&authority.url)
        .header(reqwest::header::CONTENT_TYPE, QUERY)
        .header(reqwest::header::ACCEPT, REPLY)
        .body(body);
    if let Some(user) = &authority.user {
        let password = match &authority.password {
            Some(reference) => Some(
                secret::resolve(reference, folder).map_err(|fault| settings(host, fault.text))?,
            ),
            None => None,
        };
        let password = password.as_ref().map(|password| password.expose_secret());
        request = request.basic_auth(user, password);
    }
    let mut answer = request.send().await.map_err(|error| failed(host, &error))?;
    let status = answer.status().as_u16();
    let other = |why: Text| {
        Diagnostic::new("E661", Exit::Failed, say::not_an_answer(host))
            .why(why)
            .help(match status {
                401 | 402 | 403 | 407 | 429 => say::http_refused_help(),
                _ => say::answer_form_help(),
            })
    };
    if status != 200 {
        return Err(other(say::http_status(status)));
    }
    let kind = answer.headers().get(reqwest::header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(REPLY) {
        return Err(other(say::content_type()));
    }
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| failed(host, &error))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LARGEST + 1024 {
            return Err(other(say::answer_large()));
        }
    }
    Ok(bytes)
}

fn client(
    authority: &TimeAuthority,
    folder: &Path,
    host: &str,
) -> Result<reqwest::Client, Diagnostic> {
    // Another room may have installed the same provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("dsr/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(WHOLE);
    if let (Some(certificate), Some(key)) = (&authority.certificate, &authority.key) {
        let path = folder.join(certificate);
        let certificate = fs_err::read_to_string(&path)
            .map_err(|error| settings(host, os::why_at(&path, &error)))?;
        let key = secret::resolve(key, folder).map_err(|fault| settings(host, fault.text))?;
        let pair = zeroize::Zeroizing::new(format!("{}\n{certificate}", key.expose_secret()));
        let pair = reqwest::Identity::from_pem(pair.as_bytes())
            .map_err(|_| settings(host, say::no_pair()))?;
        builder = builder.identity(pair);
    }
    let url = Url::parse(&authority.url).ok();
    if url.as_ref().is_some_and(|url| url.scheme() == "http") {
        // Nothing here ever speaks TLS, so nobody is trusted.
        let nobody = rustls::ClientConfig::builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        if authority.certificate.is_none() {
            builder = builder.tls_backend_preconfigured(nobody);
        }
    }
    if url.as_ref().is_some_and(is_loopback) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|_| settings(host, say::no_pair()))
}

fn failed(host: &str, error: &reqwest::Error) -> Diagnostic {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    let mut by_tls = false;
    while let Some(inner) = cause {
        by_tls |= inner.downcast_ref::<rustls::Error>().is_some()
            || inner
                .downcast_ref::<std::io::Error>()
                .and_then(std::io::Error::get_ref)
                .is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some());
        cause = inner.source();
    }
    let why = if error.is_timeout() {
        say::timed_out()
    } else if by_tls {
        say::no_tls()
    } else {
        say::no_connection()
    };
    Diagnostic::new("E660", Exit::Failed, say::unreachable(host))
        .why(why)
        .help(say::unreachable_help())
}

fn settings(host: &str, why: Text) -> Diagnostic {
    Diagnostic::new("E665", Exit::Usage, say::settings(host))
        .why(why)
        .help(say::settings_help())
}

fn anchors_of(authority: &TimeAuthority, folder: &Path) -> Result<Vec<Anchor>, Diagnostic> {
    let Some(ca) = &authority.ca else {
        return Ok(Vec::new());
    };
    let host = host(&authority.url);
    let path = folder.join(ca);
    let pem = fs_err::read_to_string(&path)
        .map_err(|error| settings(&host, os::why_at(&path, &error)))?;
    Anchor::from_pem(&pem)
        .map_err(|_| settings(&host, crate::messages::evidence::certificate_unreadable()))
}

fn say_at(host: &str, what: Text) -> Text {
    Text::same(host).with(&what)
}

/// Host and port of an address, without anything that could be a secret.
fn host(address: &str) -> String {
    let url = Url::parse(address).ok();
    let host = url.as_ref().and_then(|url| {
        let host = url.host_str()?;
        Some(match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    });
    host.unwrap_or_else(|| "?".to_owned())
}
