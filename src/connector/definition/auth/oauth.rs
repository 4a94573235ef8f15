//! `oauth2` and `oauth1`: what a token endpoint is told, and what requests are signed with.

use std::time::Duration;

use super::{Around, headers, optional, parameters, required, with_auth};
use crate::connector::definition::api;
use crate::diagnostic::Diagnostic;
use crate::messages::access as say;
use crate::template::{Members, Scope, Template};
use crate::yaml::{Fields, Node, Value, error};

/// A token that is asked for before the first request, and again when it has come to its end.
#[derive(Clone, Debug)]
pub struct OAuth2 {
    pub grant: Grant,
    /// On an origin that a setting gives or the file writes out, as `api.url`.
    pub token_url: Template,
    /// Where a person agrees, for `dsr login`.
    pub authorize_url: Option<Template>,
    pub client_id: Option<Template>,
    pub client_secret: Option<Template>,
    pub client_auth: ClientAuth,
    /// Joined by blanks.
    pub scope: Vec<Template>,
    pub jwt: Option<Jwt>,
    /// Further parameters of the token request.
    pub params: Vec<(String, Template)>,
    /// How the token is sent; `Authorization: Bearer` where nothing is stated.
    pub header: Vec<(String, Template)>,
}

/// What is shown to the token endpoint.
#[derive(Clone, Debug)]
pub enum Grant {
    /// RFC 6749, 4.4.
    ClientCredentials,
    /// RFC 6749, 6. The setting it comes from, if it comes from one alone: a new token is kept where that setting lies.
    RefreshToken {
        token: Template,
        setting: Option<String>,
    },
    /// RFC 7523, 2.1.
    JwtBearer,
}

/// How the client says who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_id` and `client_secret` in the body.
    Body,
    /// RFC 6749, 2.3.1: both in a header.
    Basic,
    /// RFC 7523, 2.2: a signed statement in place of the secret.
    Jwt,
}

/// A signed statement (RFC 7519).
#[derive(Clone, Debug)]
pub struct Jwt {
    /// A private key in PEM form.
    pub key: Template,
    pub algorithm: Algorithm,
    pub key_id: Option<Template>,
    /// How long it counts.
    pub life: Duration,
    /// `iss`, `sub`, `aud`, `scope` and others.
    pub claims: Vec<(String, Template)>,
}

/// RFC 7518, 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Ps256,
    Es256,
}

/// What each request is signed with (RFC 5849).
#[derive(Clone, Debug)]
pub struct OAuth1 {
    pub consumer_key: Template,
    pub consumer_secret: Template,
    pub token: Template,
    pub token_secret: Template,
    pub realm: Option<Template>,
    pub signature: SignatureMethod,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureMethod {
    HmacSha256,
    HmacSha1,
}

impl OAuth2 {
    pub(super) fn reads(&self) -> Vec<&str> {
        let grant = match &self.grant {
            Grant::RefreshToken { token, .. } => Some(token),
            _ => None,
        };
        let jwt = self.jwt.iter().flat_map(|jwt| {
            let claims = jwt.claims.iter().map(|(_, claim)| claim);
            [&jwt.key].into_iter().chain(&jwt.key_id).chain(claims)
        });
        let pairs = self.params.iter().chain(&self.header).map(|(_, t)| t);
        [&self.token_url]
            .into_iter()
            .chain(&self.authorize_url)
            .chain(&self.client_id)
            .chain(&self.client_secret)
            .chain(&self.scope)
            .chain(grant)
            .chain(jwt)
            .chain(pairs)
            .flat_map(Template::reads)
            .collect()
    }
}

impl OAuth1 {
    pub(super) fn reads(&self) -> Vec<&str> {
        [
            &self.consumer_key,
            &self.consumer_secret,
            &self.token,
            &self.token_secret,
        ]
        .into_iter()
        .chain(&self.realm)
        .flat_map(Template::reads)
        .collect()
    }
}

/// Parameters that the grant itself sets.
const OURS: [&str; 8] = [
    "grant_type",
    "client_id",
    "client_secret",
    "refresh_token",
    "assertion",
    "client_assertion",
    "client_assertion_type",
    "scope",
];

pub(super) fn oauth2(
    node: &Node,
    around: &Around<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<OAuth2> {
    let scope = &around.scope();
    let mut fields = Fields::of(node, errors)?;
    let before = fields.errors().len();
    let grant_node = fields.required("grant")?;
    let word = grant_node.scalar().unwrap_or_default();
    let url = |node: &Node| {
        let whole = node.text()?;
        // Fixed parameters may follow where a person agrees.
        let (before, fixed) = whole.split_once('?').unwrap_or((whole, ""));
        let origin = Node {
            value: Value::Text(before.to_owned()),
            place: node.place.clone(),
        };
        api::base(&origin, around.kinds, scope, &mut Vec::new())?;
        let plain = !fixed.contains(['{', '#', '@', '\\']);
        let whole = Template::compile(node, scope, &mut Vec::new())?;
        plain.then_some(whole)
    };
    let mut address = |key: &'static str, needed: bool| -> Option<Option<Template>> {
        let node = match needed {
            true => fields.required(key)?,
            false => match fields.optional(key) {
                Some(node) => node,
                None => return Some(None),
            },
        };
        let template = url(node);
        if template.is_none() {
            // What is wrong with the expression itself is said first.
            let compiled = Template::compile(node, scope, fields.errors());
            if compiled.is_some() {
                fields.error(
                    error("E371", say::token_origin(key))
                        .at(node.place.clone())
                        .why(say::token_origin_why())
                        .help(say::token_origin_help(key)),
                );
            }
            return None;
        }
        Some(template)
    };
    let token_url = address("token_url", true).flatten();
    let authorize_url = address("authorize_url", false);
    let client_id = optional(&mut fields, "client_id", scope);
    let client_secret = optional(&mut fields, "client_secret", scope);
    let client_auth = match fields.optional("client_auth") {
        None => ClientAuth::Body,
        Some(node) => match node.text() {
            Some("body") => ClientAuth::Body,
            Some("basic") => ClientAuth::Basic,
            Some("jwt") => ClientAuth::Jwt,
            _ => {
                fields.error(
                    error("E121", say::client_auths())
                        .at(node.place.clone())
                        .help(say::client_auths_help()),
                );
                ClientAuth::Body
            }
        },
    };
    let scopes = scopes(&mut fields, scope);
    let signs = word == "jwt_bearer" || client_auth == ClientAuth::Jwt;
    let jwt = match signs {
        true => jwt(&mut fields, scope).map(Some),
        false => idle(
            &mut fields,
            &["key", "key_id", "algorithm", "claims"],
            &word,
        ),
    };
    let params = match fields.optional("params") {
        Some(node) => own_parameters(node, scope, fields.errors()),
        None => Some(Vec::new()),
    };
    let token = ["token".to_owned()];
    let names = [("auth".into(), Members::Auth(&token))];
    let header = match fields.optional("header") {
        Some(node) => headers(node, &with_auth(around, &names), fields.errors()),
        None => Some(Vec::new()),
    };
    let needs_client = |fields: &mut Fields<'_, '_>, secret: bool| {
        let id = fields.required("client_id").is_some();
        id && (!secret || fields.required("client_secret").is_some())
    };
    let grant = match word.as_str() {
        "client_credentials" => {
            idle(&mut fields, &["refresh_token", "authorize_url"], &word);
            needs_client(&mut fields, client_auth != ClientAuth::Jwt)
                .then_some(Grant::ClientCredentials)
        }
        "refresh_token" => {
            let client = needs_client(&mut fields, client_auth == ClientAuth::Basic);
            let token = required(&mut fields, "refresh_token", scope);
            token.filter(|_| client).map(|token| Grant::RefreshToken {
                setting: alone(&token),
                token,
            })
        }
        "jwt_bearer" => {
            idle(&mut fields, &["refresh_token", "authorize_url"], &word);
            Some(Grant::JwtBearer)
        }
        _ => {
            fields.error(
                error("E121", say::grants())
                    .at(grant_node.place.clone())
                    .help(say::grants_help()),
            );
            None
        }
    };
    let sound = fields.errors().len() == before;
    fields.finish();
    if !sound {
        return None;
    }
    Some(OAuth2 {
        grant: grant?,
        token_url: token_url?,
        authorize_url: authorize_url?,
        client_id: client_id?,
        client_secret: client_secret?,
        client_auth,
        scope: scopes?,
        jwt: jwt?,
        params: params?,
        header: header?,
    })
}

/// Refuses words that do nothing beside others (E372).
fn idle(fields: &mut Fields<'_, '_>, words: &[&'static str], grant: &str) -> Option<Option<Jwt>> {
    for word in words {
        if let Some(node) = fields.optional(word) {
            let wrong = error("E372", say::idle_word(word, grant)).at(node.place.clone());
            fields.error(wrong.help(say::idle_word_help()));
        }
    }
    Some(None)
}

/// One text, or a list of texts.
fn scopes(fields: &mut Fields<'_, '_>, scope: &Scope<'_>) -> Option<Vec<Template>> {
    let Some(node) = fields.optional("scope") else {
        return Some(Vec::new());
    };
    let nodes: Vec<&Node> = match node.list() {
        Some(items) => items.iter().collect(),
        None => vec![node],
    };
    nodes
        .into_iter()
        .map(|node| Template::compile(node, scope, fields.errors()))
        .collect()
}

fn jwt(fields: &mut Fields<'_, '_>, scope: &Scope<'_>) -> Option<Jwt> {
    let key = required(fields, "key", scope);
    let key_id = optional(fields, "key_id", scope);
    let algorithm = match fields.optional("algorithm") {
        None => Algorithm::Rs256,
        Some(node) => match node.text() {
            Some("RS256") => Algorithm::Rs256,
            Some("PS256") => Algorithm::Ps256,
            Some("ES256") => Algorithm::Es256,
            _ => {
                fields.error(
                    error("E121", say::algorithms())
                        .at(node.place.clone())
                        .help(say::algorithms_help()),
                );
                return None;
            }
        },
    };
    let mut life = Duration::from_secs(180);
    let mut claims = Vec::new();
    if let Some(node) = fields.optional("claims") {
        let mut inner = Fields::of(node, fields.errors())?;
        if let Some(node) = inner.optional("exp") {
            life = api::duration(node, inner.errors())?;
        }
        for (name, node) in inner.rest() {
            if ["iat", "jti", "nbf"].contains(&name.text.as_str()) {
                let wrong = error("E373", say::our_parameter(&name.text)).at(name.place.clone());
                inner.error(wrong.help(say::our_parameter_help()));
                return None;
            }
            let claim = match node.list() {
                // A list of scopes is one text in a claim too.
                Some(items) if name.text == "scope" => {
                    let all = items
                        .iter()
                        .map(|item| Template::compile(item, scope, inner.errors()));
                    let all: Option<Vec<Template>> = all.collect();
                    claims.extend(all?.into_iter().map(|one| (name.text.clone(), one)));
                    continue;
                }
                _ => Template::compile(node, scope, inner.errors())?,
            };
            claims.push((name.text.clone(), claim));
        }
    }
    Some(Jwt {
        key: key?,
        algorithm,
        key_id: key_id?,
        life,
        claims,
    })
}

fn own_parameters(
    node: &Node,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<(String, Template)>> {
    for (name, _) in node.map().unwrap_or_default() {
        if OURS.contains(&name.text.as_str()) {
            let wrong = error("E373", say::our_parameter(&name.text)).at(name.place.clone());
            errors.push(wrong.help(say::our_parameter_help()));
            return None;
        }
    }
    parameters(node, scope, errors)
}

/// The setting that a template is made of, if it is nothing else.
fn alone(template: &Template) -> Option<String> {
    let mut reads = template.reads();
    let name = reads.next()?.strip_prefix("settings.")?.to_owned();
    let bare = template.masked() == format!("{{settings.{name}}}");
    (bare && reads.next().is_none()).then_some(name)
}

pub(super) fn oauth1(
    node: &Node,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<OAuth1> {
    let mut fields = Fields::of(node, errors)?;
    let consumer_key = required(&mut fields, "consumer_key", scope);
    let consumer_secret = required(&mut fields, "consumer_secret", scope);
    let token = required(&mut fields, "token", scope);
    let token_secret = required(&mut fields, "token_secret", scope);
    let realm = optional(&mut fields, "realm", scope);
    let signature = match fields.optional("signature") {
        None => Some(SignatureMethod::HmacSha256),
        Some(node) => match node.text() {
            Some("HMAC-SHA256") => Some(SignatureMethod::HmacSha256),
            Some("HMAC-SHA1") => Some(SignatureMethod::HmacSha1),
            _ => {
                fields.error(
                    error("E121", say::signatures())
                        .at(node.place.clone())
                        .help(say::signatures_help()),
                );
                None
            }
        },
    };
    fields.finish();
    Some(OAuth1 {
        consumer_key: consumer_key?,
        consumer_secret: consumer_secret?,
        token: token?,
        token_secret: token_secret?,
        realm: realm?,
        signature: signature?,
    })
}
