//! `auth`: how one is let in (3.5). The simple ways are here; those that ask for a token first have rooms of their own.

mod oauth;
mod plugin;
mod session;

use std::collections::BTreeMap;

use super::SettingKind;
use super::protocol::Protocol;
use crate::connector::rest::request::Request;
use crate::diagnostic::Diagnostic;
use crate::messages::connector as say;
use crate::template::{Members, Scope, Template, Within};
use crate::yaml::{Fields, Node, error};

pub use oauth::{Algorithm, ClientAuth, Grant, Jwt, OAuth1, OAuth2, SignatureMethod};
pub use plugin::Signing;
pub use session::Session;

/// How one is let in.
#[derive(Clone, Debug)]
pub enum Auth {
    None,
    Bearer(Template),
    /// RFC 7617.
    Basic {
        user: Template,
        password: Template,
    },
    Header(Vec<(String, Template)>),
    /// Parameters of the URL, added when a request leaves.
    Query(Vec<(String, Template)>),
    /// A token that is asked for first (RFC 6749).
    OAuth2(Box<OAuth2>),
    /// Every request is signed (RFC 5849).
    OAuth1(Box<OAuth1>),
    /// A log-in call whose reply lets in.
    Session(Box<Session>),
    /// Every request is signed by a program.
    Plugin(Box<Signing>),
}

impl Auth {
    /// Every setting that it names.
    pub(super) fn reads(&self) -> Vec<&str> {
        match self {
            Auth::None => Vec::new(),
            Auth::Bearer(token) => token.reads().collect(),
            Auth::Basic { user, password } => user.reads().chain(password.reads()).collect(),
            Auth::Header(pairs) | Auth::Query(pairs) => {
                pairs.iter().flat_map(|(_, t)| t.reads()).collect()
            }
            Auth::OAuth2(oauth) => oauth.reads(),
            Auth::OAuth1(oauth) => oauth.reads(),
            Auth::Session(session) => session.reads(),
            Auth::Plugin(signing) => signing.reads(),
        }
    }

    /// The names that it brings: `token` as `auth.token`.
    pub fn brings(&self) -> Vec<String> {
        match self {
            Auth::OAuth2(_) => vec!["token".to_owned()],
            Auth::Session(session) => session.capture.iter().map(|c| c.name.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// Servers beside the system's own that are contacted, settings shown as `{settings.url}`.
    pub(super) fn elsewhere(&self) -> Vec<String> {
        match self {
            Auth::OAuth2(oauth) => {
                let urls = [Some(&oauth.token_url), oauth.authorize_url.as_ref()];
                urls.into_iter().flatten().map(Template::masked).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Auth {
    /// The requests that open a session and end it.
    pub(super) fn log_ins(&self) -> Vec<String> {
        match self {
            Auth::Session(session) => {
                let requests = std::iter::once(&session.login).chain(&session.ends);
                requests.map(Request::describe).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// What the file says around `auth`.
#[derive(Clone, Copy)]
pub(super) struct Around<'s> {
    pub(super) kinds: &'s BTreeMap<String, SettingKind>,
    pub(super) settings: &'s BTreeMap<String, bool>,
    pub(super) protocol: Protocol,
}

impl<'s> Around<'s> {
    pub(super) fn scope(&self) -> Scope<'s> {
        Scope {
            within: Within::Auth,
            settings: self.settings,
            names: &[],
        }
    }
}

pub(super) fn read(node: &Node, around: &Around<'_>, errors: &mut Vec<Diagnostic>) -> Option<Auth> {
    if node.text() == Some("none") {
        return Some(Auth::None);
    }
    let scope = &around.scope();
    let mut fields = Fields::of(node, errors)?;
    let place = fields.place.clone();
    let words = [
        "bearer", "basic", "header", "query", "oauth2", "oauth1", "session", "plugin",
    ];
    let stated: Vec<(&str, &Node)> = words
        .into_iter()
        .filter_map(|word| Some((word, fields.optional(word)?)))
        .collect();
    let auth =
        match stated[..] {
            [("bearer", node)] => Template::compile(node, scope, fields.errors()).map(Auth::Bearer),
            [("basic", node)] => basic_auth(node, scope, fields.errors()),
            [("header", node)] => headers(node, scope, fields.errors()).map(Auth::Header),
            [("query", node)] => parameters(node, scope, fields.errors()).map(Auth::Query),
            [("oauth2", node)] => oauth::oauth2(node, around, fields.errors())
                .map(|oauth| Auth::OAuth2(Box::new(oauth))),
            [("oauth1", node)] => oauth::oauth1(node, scope, fields.errors())
                .map(|oauth| Auth::OAuth1(Box::new(oauth))),
            [("session", node)] => session::session(node, around, fields.errors())
                .map(|session| Auth::Session(Box::new(session))),
            [("plugin", node)] => plugin::plugin(node, around, fields.errors())
                .map(|signing| Auth::Plugin(Box::new(signing))),
            _ => {
                fields.error(
                    error("E346", say::one_auth())
                        .at(place)
                        .help(say::one_auth_help()),
                );
                None
            }
        };
    fields.finish();
    auth
}

fn basic_auth(node: &Node, scope: &Scope<'_>, errors: &mut Vec<Diagnostic>) -> Option<Auth> {
    let mut fields = Fields::of(node, errors)?;
    let user = required(&mut fields, "user", scope);
    let password = required(&mut fields, "password", scope);
    fields.finish();
    Some(Auth::Basic {
        user: user?,
        password: password?,
    })
}

/// Headers with credentials in them; at least one.
fn headers(
    node: &Node,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<(String, Template)>> {
    let mut fields = Fields::of(node, errors)?;
    let mut out = Vec::new();
    for (name, node) in fields.rest() {
        super::request::check_header_name(name, fields.errors())?;
        let value = Template::compile(node, scope, fields.errors())?;
        super::request::check_header_value(name, &value, node, fields.errors())?;
        out.push((name.text.clone(), value));
    }
    (!out.is_empty()).then_some(out)
}

/// Names with a text each; at least one.
fn parameters(
    node: &Node,
    scope: &Scope<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<(String, Template)>> {
    let mut fields = Fields::of(node, errors)?;
    let mut out = Vec::new();
    for (name, node) in fields.rest() {
        let value = Template::compile(node, scope, fields.errors())?;
        out.push((name.text.clone(), value));
    }
    (!out.is_empty()).then_some(out)
}

fn required(fields: &mut Fields<'_, '_>, key: &'static str, scope: &Scope<'_>) -> Option<Template> {
    let node = fields.required(key)?;
    Template::compile(node, scope, fields.errors())
}

/// `None` inside if it is not stated; `None` outside if it is wrong.
fn optional(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
    scope: &Scope<'_>,
) -> Option<Option<Template>> {
    match fields.optional(key) {
        Some(node) => Template::compile(node, scope, fields.errors()).map(Some),
        None => Some(None),
    }
}

/// What a header template of a log-in can name: the settings, and what the log-in brings.
fn with_auth<'s>(
    around: &Around<'s>,
    names: &'s [(std::borrow::Cow<'s, str>, Members<'s>)],
) -> Scope<'s> {
    Scope {
        within: Within::Auth,
        settings: around.settings,
        names,
    }
}
