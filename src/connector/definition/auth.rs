//! `auth`: how one is let in (3.5).

use super::not_yet;
use crate::diagnostic::Diagnostic;
use crate::messages::connector as say;
use crate::template::{Scope, Template};
use crate::yaml::{Fields, Node, error};

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
}

impl Auth {
    /// Every setting that it names.
    pub(super) fn reads(&self) -> Vec<&str> {
        match self {
            Auth::None => Vec::new(),
            Auth::Bearer(token) => token.reads().collect(),
            Auth::Basic { user, password } => user.reads().chain(password.reads()).collect(),
            Auth::Header(headers) => headers.iter().flat_map(|(_, t)| t.reads()).collect(),
        }
    }
}

pub(super) fn read(node: &Node, scope: &Scope<'_>, errors: &mut Vec<Diagnostic>) -> Option<Auth> {
    if node.text() == Some("none") {
        return Some(Auth::None);
    }
    let mut fields = Fields::of(node, errors)?;
    let place = fields.place.clone();
    let before = fields.errors().len();
    not_yet(&mut fields, &["oauth2", "oauth1", "session", "query"]);
    let refused = fields.errors().len() > before;
    let bearer = fields.optional("bearer");
    let basic = fields.optional("basic");
    let header = fields.optional("header");
    let ways = [bearer, basic, header].iter().flatten().count();
    let auth = match (bearer, basic, header) {
        (Some(node), None, None) => {
            Template::compile(node, scope, fields.errors()).map(Auth::Bearer)
        }
        (None, Some(node), None) => basic_auth(node, scope, fields.errors()),
        (None, None, Some(node)) => header_auth(node, scope, fields.errors()),
        _ => None,
    };
    if ways != 1 && !refused {
        fields.error(
            error("E346", say::one_auth())
                .at(place)
                .help(say::one_auth_help()),
        );
    }
    fields.finish();
    auth
}

fn basic_auth(node: &Node, scope: &Scope<'_>, errors: &mut Vec<Diagnostic>) -> Option<Auth> {
    let mut fields = Fields::of(node, errors)?;
    let user = fields
        .required("user")
        .and_then(|n| Template::compile(n, scope, fields.errors()));
    let password = fields
        .required("password")
        .and_then(|n| Template::compile(n, scope, fields.errors()));
    fields.finish();
    Some(Auth::Basic {
        user: user?,
        password: password?,
    })
}

fn header_auth(node: &Node, scope: &Scope<'_>, errors: &mut Vec<Diagnostic>) -> Option<Auth> {
    let mut fields = Fields::of(node, errors)?;
    let mut out = Vec::new();
    for (name, node) in fields.rest() {
        super::request::check_header_name(name, fields.errors())?;
        out.push((
            name.text.clone(),
            Template::compile(node, scope, fields.errors())?,
        ));
    }
    (!out.is_empty()).then_some(Auth::Header(out))
}
