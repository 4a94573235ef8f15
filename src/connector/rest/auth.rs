//! Where a system is and how one is let in, with the settings put in place.
//!
//! Secrets go into the credentials and nowhere else: the names that requests can use hold the plain settings only.

use base64::Engine as _;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use url::Url;

use super::is_loopback;
use crate::connector::definition::{Auth, Definition};
use crate::connector::{Fault, Opening};
use crate::template::{Names, Template};

/// A system's server.
pub(super) struct Server {
    /// Base of every path, without a slash at its end.
    pub(super) url: Url,
    /// Sent with every request, to this origin only.
    pub(super) credentials: HeaderMap,
    /// `settings`, without secrets.
    pub(super) names: Names,
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
        match url.scheme() {
            "https" => {}
            "http" if insecure || is_loopback(&url) => {}
            "http" => return Err(Fault::plain_http()),
            _ => return Err(Fault::base_url()),
        }
        let mut all = serde_json::Map::new();
        for (name, value) in &plain {
            all.insert(name.clone(), value.clone().into());
        }
        for (name, value) in &opening.settings.secret {
            all.insert(name.clone(), value.expose_secret().into());
        }
        let with_secrets = Names::default().with("settings", &all);
        Ok(Server {
            credentials: credentials(&definition.api.auth, &with_secrets)?,
            url,
            names,
        })
    }

    /// Whether a URL belongs to this server: same scheme, host and port.
    pub(super) fn owns(&self, url: &Url) -> bool {
        self.url.origin() == url.origin()
    }
}

fn credentials(auth: &Auth, names: &Names) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, value: String| {
        let mut value = HeaderValue::from_str(&value).map_err(|_| Fault::unfit("auth"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok::<_, Fault>(())
    };
    let secret = |template: &Template| template.header(names);
    match auth {
        Auth::None => {}
        Auth::Bearer(token) => put(AUTHORIZATION, format!("Bearer {}", secret(token)?))?,
        Auth::Basic { user, password } => {
            let user = user.text(names)?;
            // RFC 7617, 2: the first colon ends the user.
            if user.contains(':') {
                return Err(Fault::unfit("auth.user"));
            }
            let pair = format!("{user}:{}", password.text(names)?);
            let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
            put(AUTHORIZATION, format!("Basic {encoded}"))?;
        }
        Auth::Header(all) => {
            for (name, value) in all {
                let name =
                    HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fault::unfit("auth"))?;
                put(name, secret(value)?)?;
            }
        }
    }
    Ok(headers)
}
