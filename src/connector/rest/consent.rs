//! The consent that a person gives in a browser: OAuth 2.0 with a code (RFC 6749, 4.1), bound to this program by PKCE (RFC 7636).
//!
//! Knows no browser and listens to nobody: it says which address to open, judges what came back, and exchanges it for a refresh
//! token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use url::Url;

use super::auth::token;
use super::client::Asker;
use crate::connector::definition::{Auth, Grant, OAuth2};
use crate::connector::{Fault, Opening};
use crate::inventory::{Engine, System};
use crate::keys::Digest;
use crate::secret;

/// A consent that is being asked for.
pub struct Consent {
    /// What the person opens.
    pub url: Url,
    redirect: String,
    state: String,
    verifier: String,
}

impl std::fmt::Debug for Consent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[consent]")
    }
}

/// What a browser brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Code(String),
    /// The person or the system said no.
    Refused,
    /// Not the answer to this question.
    Foreign,
}

/// The setting that a browser grant fills, if the system has one.
pub fn setting(system: &System) -> Option<&str> {
    match &grant(system)?.grant {
        Grant::RefreshToken {
            setting: Some(name),
            ..
        } => Some(name),
        _ => None,
    }
}

fn grant(system: &System) -> Option<&OAuth2> {
    let Engine::Rest(definition) = &system.engine else {
        return None;
    };
    match &definition.api.auth {
        Auth::OAuth2(oauth) if oauth.authorize_url.is_some() => Some(oauth),
        _ => None,
    }
}

impl Consent {
    /// Begins to ask. `redirect` is where the browser is to be sent with the answer.
    ///
    /// # Errors
    /// The settings give no usable address.
    pub fn begin(opening: &Opening, redirect: &str) -> Result<Consent, Fault> {
        let asker = Asker::open(opening)?;
        let oauth = grant(&opening.system).ok_or_else(Fault::unreadable_here)?;
        let url = oauth
            .authorize_url
            .as_ref()
            .ok_or_else(Fault::unreadable_here)?;
        let mut url = asker.token_url(url)?;
        let (state, verifier) = (random()?, random()?);
        let challenge = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
        let names = asker.settings();
        let scopes: Vec<String> = oauth
            .scope
            .iter()
            .map(|scope| scope.text(names))
            .collect::<Result<_, _>>()?;
        {
            let mut pairs = url.query_pairs_mut();
            pairs.append_pair("response_type", "code");
            if let Some(id) = &oauth.client_id {
                pairs.append_pair("client_id", &id.text(names)?);
            }
            pairs.append_pair("redirect_uri", redirect);
            if !scopes.is_empty() {
                pairs.append_pair("scope", &scopes.join(" "));
            }
            pairs.append_pair("state", &state);
            pairs.append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge));
            pairs.append_pair("code_challenge_method", "S256");
        }
        secret::remember(&verifier);
        Ok(Consent {
            url,
            redirect: redirect.to_owned(),
            state,
            verifier,
        })
    }

    /// Judges the query with which the browser came back, or what a person pasted: the whole address, or its query.
    pub fn judge(&self, came: &str) -> Answer {
        let came = came.trim();
        let query = came.split_once('?').map_or(came, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let find = |name: &str| {
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
        };
        let ours = find("state").is_some_and(|state| {
            // Digests, so that the time it takes tells nothing of the state.
            Digest::sha256(state.as_bytes()) == Digest::sha256(self.state.as_bytes())
        });
        match (ours, find("code"), find("error")) {
            (false, ..) => Answer::Foreign,
            (true, _, Some(_)) => Answer::Refused,
            (true, Some(code), None) if !code.is_empty() => Answer::Code(code),
            (true, ..) => Answer::Foreign,
        }
    }

    /// Exchanges the code for a refresh token; `None` if the system gave a token that cannot be renewed.
    ///
    /// # Errors
    /// The token endpoint did not answer, or refused.
    pub async fn exchange(
        &self,
        opening: &Opening,
        code: &str,
    ) -> Result<Option<SecretString>, Fault> {
        let asker = Asker::open(opening)?;
        let oauth = grant(&opening.system).ok_or_else(Fault::unreadable_here)?;
        let url = asker.token_url(&oauth.token_url)?;
        let shown = (code, self.redirect.as_str(), self.verifier.as_str());
        let asked = token::exchange(oauth, asker.settings(), &url, shown, asker.now())?;
        Ok(asker.ask(&url, asked).await?.refresh)
    }
}

/// 256 random bits as text.
fn random() -> Result<String, Fault> {
    let mut bytes = [0u8; 32];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)
        .map_err(|_| Fault::panicked())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
