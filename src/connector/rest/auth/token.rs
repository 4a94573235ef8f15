//! What a token endpoint is asked, and what its reply brings (RFC 6749, RFC 7523). Sends nothing.

use std::time::Duration;

use base64::Engine as _;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::jwt;
use crate::connector::Fault;
use crate::connector::definition::{ClientAuth, Grant, Jwt, OAuth2};
use crate::secret;
use crate::template::{Names, Template};

/// Of a token's life, this part is not used: it takes time to arrive.
const MARGIN: u32 = 5;
const LONGEST_MARGIN: Duration = Duration::from_secs(60);

/// The reasons of RFC 6749, 5.2, and those that large vendors add. Others may be made of anything.
const REASONS: [&str; 9] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "interaction_required",
    "invalid_client_id",
    "inactive_user",
];

/// A request for a token.
pub(in crate::connector::rest) struct Asked {
    pub(in crate::connector::rest) form: Vec<(String, String)>,
    /// Value of `Authorization`.
    pub(in crate::connector::rest) authorization: Option<String>,
}

/// What came of it.
pub(in crate::connector::rest) struct Token {
    pub(in crate::connector::rest) token: String,
    /// How long it may be used.
    pub(in crate::connector::rest) life: Option<Duration>,
    /// A refresh token that takes the place of the one shown.
    pub(in crate::connector::rest) refresh: Option<SecretString>,
}

/// What the grant shows. `refresh` is a refresh token newer than that of the settings.
pub(in crate::connector::rest) fn request(
    oauth: &OAuth2,
    names: &Names,
    url: &Url,
    refresh: Option<&SecretString>,
    now: Timestamp,
) -> Result<Asked, Fault> {
    let mut form = Vec::new();
    let mut put = |name: &str, value: String| form.push((name.to_owned(), value));
    match &oauth.grant {
        Grant::ClientCredentials => put("grant_type", "client_credentials".into()),
        Grant::RefreshToken { token, .. } => {
            put("grant_type", "refresh_token".into());
            let token = match refresh {
                Some(newer) => newer.expose_secret().to_owned(),
                None => token.text(names)?,
            };
            put("refresh_token", token);
        }
        Grant::JwtBearer => {
            put(
                "grant_type",
                "urn:ietf:params:oauth:grant-type:jwt-bearer".into(),
            );
            if let Some(jwt) = &oauth.jwt {
                put("assertion", statement(oauth, jwt, names, url, now)?);
            }
        }
    }
    let scopes = oauth.scope.iter().map(|scope| scope.text(names));
    let scopes = scopes.collect::<Result<Vec<_>, _>>()?;
    if !scopes.is_empty() {
        put("scope", scopes.join(" "));
    }
    for (name, value) in &oauth.params {
        put(name, value.text(names)?);
    }
    let authorization = client(oauth, names, url, now, &mut form)?;
    Ok(Asked {
        form,
        authorization,
    })
}

/// What a code that a person's consent brought is exchanged with (RFC 6749, 4.1.3; RFC 7636, 4.5).
pub(in crate::connector::rest) fn exchange(
    oauth: &OAuth2,
    names: &Names,
    url: &Url,
    (code, redirect, verifier): (&str, &str, &str),
    now: Timestamp,
) -> Result<Asked, Fault> {
    let mut form: Vec<(String, String)> = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect),
        ("code_verifier", verifier),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let authorization = client(oauth, names, url, now, &mut form)?;
    Ok(Asked {
        form,
        authorization,
    })
}

/// Says who the client is.
fn client(
    oauth: &OAuth2,
    names: &Names,
    url: &Url,
    now: Timestamp,
    form: &mut Vec<(String, String)>,
) -> Result<Option<String>, Fault> {
    let text = |template: &Option<Template>| -> Result<Option<String>, Fault> {
        Ok(match template {
            Some(template) => Some(template.text(names)?),
            None => None,
        })
    };
    let (id, key) = (text(&oauth.client_id)?, text(&oauth.client_secret)?);
    if oauth.client_auth == ClientAuth::Basic {
        // RFC 6749, 2.3.1: both in form encoding first.
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!(
            "{}:{}",
            encode(&id.unwrap_or_default()),
            encode(&key.unwrap_or_default())
        );
        secret::remember(&pair);
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        return Ok(Some(format!("Basic {encoded}")));
    }
    form.extend(id.map(|id| ("client_id".to_owned(), id)));
    match (oauth.client_auth, &oauth.jwt) {
        (ClientAuth::Jwt, Some(jwt)) => {
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form.push(("client_assertion_type".to_owned(), kind.to_owned()));
            let statement = statement(oauth, jwt, names, url, now)?;
            form.push(("client_assertion".to_owned(), statement));
        }
        _ => form.extend(key.map(|key| ("client_secret".to_owned(), key))),
    }
    Ok(None)
}

/// The statement, signed; `iss` is the client and `aud` the endpoint where nothing else is stated.
fn statement(
    oauth: &OAuth2,
    jwt: &Jwt,
    names: &Names,
    url: &Url,
    now: Timestamp,
) -> Result<String, Fault> {
    let mut claims: Map<String, Value> = Map::new();
    for (name, value) in &jwt.claims {
        let value = value.text(names)?;
        match claims.get_mut(name) {
            // Several scopes.
            Some(Value::String(known)) => {
                known.push(' ');
                known.push_str(&value);
            }
            _ => drop(claims.insert(name.clone(), value.into())),
        }
    }
    if let (Some(id), false) = (&oauth.client_id, claims.contains_key("iss")) {
        claims.insert("iss".to_owned(), id.text(names)?.into());
    }
    if oauth.client_auth == ClientAuth::Jwt && !claims.contains_key("sub") {
        let issuer = claims.get("iss").cloned().unwrap_or_default();
        claims.insert("sub".to_owned(), issuer);
    }
    claims.entry("aud").or_insert_with(|| url.as_str().into());
    let life = i64::try_from(jwt.life.as_secs()).unwrap_or(i64::MAX);
    claims.insert("iat".to_owned(), now.as_second().into());
    claims.insert(
        "exp".to_owned(),
        now.as_second().saturating_add(life).into(),
    );
    let mut id = [0u8; 16];
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut id);
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    claims.insert("jti".to_owned(), id.into());
    let key = jwt.key.text(names)?;
    let key_id = match &jwt.key_id {
        Some(id) => Some(id.text(names)?),
        None => None,
    };
    jwt::signed(&key, jwt.algorithm, key_id.as_deref(), &claims)
}

/// The token of a reply.
///
/// # Errors
/// There is none in it (E533).
pub(in crate::connector::rest) fn read(status: u16, body: &[u8]) -> Result<Token, Fault> {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name| json.get(name).and_then(Value::as_str);
    let token = text("access_token").filter(|token| !token.trim().is_empty());
    let (Some(token), 200..300) = (token, status) else {
        let reason =
            text("error").and_then(|said| REASONS.into_iter().find(|known| *known == said));
        return Err(match reason {
            Some(reason) => Fault::no_token(reason),
            None => Fault::no_token(format!("HTTP {status}")),
        });
    };
    secret::remember(token);
    let seconds = match json.get("expires_in") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let refresh = text("refresh_token").filter(|token| !token.trim().is_empty());
    refresh.map(secret::remember);
    Ok(Token {
        token: token.to_owned(),
        life: seconds.map(|seconds| {
            let life = Duration::from_secs(seconds);
            life.saturating_sub((life / MARGIN).min(LONGEST_MARGIN))
        }),
        refresh: refresh.map(SecretString::from),
    })
}
