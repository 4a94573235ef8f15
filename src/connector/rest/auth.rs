//! Where a system is and how one is let in, with the settings put in place.
//!
//! Secrets go into the credentials and nowhere else: the names that requests can use hold the plain settings only. What has to be
//! asked for first is got by `client::door`; what is asked and how a reply is understood lies below.

pub(super) mod cookies;
mod jwt;
pub(super) mod oauth1;
pub(super) mod token;

use std::sync::Arc;

use base64::Engine as _;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use url::Url;

use super::is_loopback;
use crate::connector::definition::{Auth, Definition};
use crate::connector::process::Signer;
use crate::connector::{Fault, Opening, Settings};
use crate::keys::Digest;
use crate::secret;
use crate::template::{Names, Template};

/// A system's server.
pub(super) struct Server {
    /// Base of every path, without a slash at its end.
    pub(super) url: Url,
    /// Sent with every request, to this origin only.
    pub(super) credentials: Credentials,
    /// `settings`, without secrets.
    pub(super) names: Names,
    /// `settings` with them, for `api.auth` and `api.envelope`.
    pub(super) all: Names,
    /// Tells one set of settings from another.
    pub(super) fingerprint: Digest,
    /// Whether the inventory allows plain http.
    insecure: bool,
}

/// What every request carries that needs no log-in.
#[derive(Clone, Default)]
pub(super) struct Credentials {
    pub(super) headers: HeaderMap,
    /// Parameters of the URL, which are never part of a request that is kept or shown.
    pub(super) query: Vec<(String, String)>,
    pub(super) signer: Option<Arc<oauth1::Signer>>,
    /// A program that signs.
    pub(super) plugin: Option<Arc<Signer>>,
}

impl Server {
    /// # Errors
    /// A setting is missing or does not fit, the URL is none, or it is plain http where that was not allowed.
    pub(super) fn new(opening: &Opening, definition: &Definition) -> Result<Server, Fault> {
        let mut plain = opening.settings.plain.clone();
        for (name, rule) in &definition.settings {
            if let (Some(default), false) = (&rule.default, rule.secret) {
                plain.entry(name.clone()).or_insert_with(|| default.clone());
            }
        }
        let insecure = opening.system.insecure_http;
        for (name, rule) in &definition.settings {
            if let Some(value) = plain.get(name) {
                rule.check(value, insecure).map_err(|_| Fault::base_url())?;
            }
        }
        let names = Names::default().with("settings", &plain);
        let url = Url::parse(&definition.api.url.url(&names)?).map_err(|_| Fault::base_url())?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !bare || !url.has_host() {
            return Err(Fault::base_url());
        }
        is_protected(&url, insecure)?;
        let mut all = serde_json::Map::new();
        for (name, value) in &plain {
            all.insert(name.clone(), value.clone().into());
        }
        for (name, value) in &opening.settings.secret {
            all.insert(name.clone(), value.expose_secret().into());
        }
        let mut credentials = Credentials::default();
        if let Auth::Plugin(signing) = &definition.api.auth {
            let settings = Settings {
                plain: plain.clone(),
                secret: opening.settings.secret.clone(),
            };
            credentials.plugin = Some(Arc::new(Signer::new(signing, &settings)?));
        }
        let fingerprint = Digest::sha256(&crate::canonical::bytes(&all));
        let with_secrets = Names::default().with("settings", &all);
        Ok(Server {
            credentials: stated(&definition.api.auth, &with_secrets, credentials)?,
            url,
            names,
            all: with_secrets,
            fingerprint,
            insecure,
        })
    }

    /// The address of a server that gives tokens.
    ///
    /// # Errors
    /// The settings give none, or it is plain http where that was not allowed.
    pub(super) fn token_url(&self, url: &Template) -> Result<Url, Fault> {
        let url = Url::parse(&url.url(&self.all)?).map_err(|_| Fault::base_url())?;
        let bare = url.username().is_empty() && url.password().is_none() && url.has_host();
        if !bare || url.fragment().is_some() {
            return Err(Fault::base_url());
        }
        is_protected(&url, self.insecure).map(|()| url)
    }

    /// Whether a URL belongs to this server: same scheme, host and port.
    pub(super) fn owns(&self, url: &Url) -> bool {
        self.url.origin() == url.origin()
    }
}

fn is_protected(url: &Url, insecure: bool) -> Result<(), Fault> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if insecure || is_loopback(url) => Ok(()),
        "http" => Err(Fault::plain_http()),
        _ => Err(Fault::base_url()),
    }
}

/// What a connector states outright, put to what is there.
fn stated(auth: &Auth, names: &Names, mut all: Credentials) -> Result<Credentials, Fault> {
    match auth {
        Auth::None | Auth::OAuth2(_) | Auth::Session(_) | Auth::Plugin(_) => {}
        Auth::Bearer(token) => {
            put(
                &mut all.headers,
                AUTHORIZATION.as_str(),
                format!("Bearer {}", token.header(names)?),
            )?;
        }
        Auth::Basic { user, password } => {
            let user = user.text(names)?;
            // RFC 7617, 2: the first colon ends the user.
            if user.contains(':') {
                return Err(Fault::unfit("auth.user"));
            }
            let pair = format!("{user}:{}", password.text(names)?);
            secret::remember(&pair);
            let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
            put(
                &mut all.headers,
                AUTHORIZATION.as_str(),
                format!("Basic {encoded}"),
            )?;
        }
        Auth::Header(headers) => put_all(&mut all.headers, headers, names)?,
        Auth::Query(pairs) => {
            for (name, value) in pairs {
                all.query.push((name.clone(), value.text(names)?));
            }
        }
        Auth::OAuth1(oauth) => all.signer = Some(Arc::new(oauth1::Signer::new(oauth, names)?)),
    }
    Ok(all)
}

/// Puts headers with secrets in them.
pub(super) fn put_all(
    headers: &mut HeaderMap,
    all: &[(String, Template)],
    names: &Names,
) -> Result<(), Fault> {
    for (name, value) in all {
        put(headers, name, value.header(names)?)?;
    }
    Ok(())
}

/// Puts a header that logs show as sensitive.
pub(super) fn put(headers: &mut HeaderMap, name: &str, value: String) -> Result<(), Fault> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fault::unfit("auth"))?;
    let mut value = HeaderValue::from_str(&value).map_err(|_| Fault::unfit("auth"))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}
