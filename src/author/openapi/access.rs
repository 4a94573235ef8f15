//! Where the server is and how one is let in: `servers` and `securitySchemes`, as settings and `api.auth`.

use serde_json::Value;

use super::document::Document;
use crate::author::draft::{Draft, Setting};
use crate::messages::author as say;
use crate::yaml::write::scalar;

/// The address of the server, as a setting with the document's own as its default where it states one that is complete.
pub(super) fn server(document: &Document, given: Option<&str>, draft: &mut Draft) {
    let mut url = Setting {
        url: true,
        ..Setting::plain("url")
    };
    let stated = given.map(str::to_owned).or_else(|| stated(document));
    match stated {
        Some(stated) if is_complete(&stated) => {
            url.default = Some(stated.trim_end_matches('/').to_owned())
        }
        Some(stated) => url.open.push(say::open_server(&stated)),
        None => url.open.push(say::open_no_server()),
    }
    draft.url = "{{ settings.url }}".to_owned();
    draft.settings.insert(0, url);
}

fn stated(document: &Document) -> Option<String> {
    if document.old {
        let host = document.text("/host")?;
        let base = document.text("/basePath").unwrap_or_default();
        return Some(format!("https://{host}{}", base.trim_end_matches('/')));
    }
    // The first that is no test server and needs nothing filled in, else the first.
    let servers = document.get("/servers")?.as_array()?;
    let urls: Vec<&str> = servers
        .iter()
        .filter_map(|server| server.get("url")?.as_str())
        .collect();
    let best = urls.iter().find(|url| is_complete(url)).or(urls.first())?;
    Some((*best).to_owned())
}

/// Whether it can be used as it stands: a whole https URL without placeholders, query or user.
fn is_complete(text: &str) -> bool {
    let plain = !text.contains(['{', '}', '<', '>', '?', '#', '@'])
        && !text.to_ascii_lowercase().contains("your");
    let Ok(url) = url::Url::parse(text) else {
        return false;
    };
    plain
        && url.has_host()
        && (url.scheme() == "https" || crate::connector::rest::is_loopback(&url))
}

/// How one is let in; the simplest of several ways.
pub(super) fn auth(document: &Document, draft: &mut Draft) {
    let schemes = match document.old {
        true => document.get("/securityDefinitions"),
        false => document.get("/components/securitySchemes"),
    };
    let schemes: Vec<(&String, &Value)> = schemes
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, scheme)| (name, document.resolve(scheme)))
        .collect();
    let named = document
        .get("/security")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let named: Vec<&String> = named
        .filter_map(Value::as_object)
        .flat_map(|one| one.keys())
        .collect();
    let mut ways: Vec<(usize, bool, &String, Way)> = schemes
        .iter()
        .filter_map(|(name, scheme)| {
            way(scheme).map(|way| (way.rank(), !named.contains(name), *name, way))
        })
        .collect();
    ways.sort_by_key(|(rank, unnamed, name, _)| (*unnamed, *rank, (*name).clone()));
    let others: Vec<&str> = ways
        .iter()
        .skip(1)
        .map(|(_, _, name, _)| name.as_str())
        .collect();
    let others = others.join(", ");
    draft.auth = "none".to_owned();
    let Some((_, _, name, way)) = ways.first() else {
        draft.auth_open.push(match schemes.is_empty() {
            true => say::open_no_auth(),
            false => say::open_strange_auth(),
        });
        return;
    };
    way.put(draft);
    match others.is_empty() {
        true => draft.auth_open.push(say::open_auth(name.as_str())),
        false => draft
            .auth_open
            .push(say::open_auth_of(name.as_str(), &others)),
    }
}

/// A way of being let in.
enum Way {
    Bearer,
    Basic,
    Header(String),
    Query(String),
    Client { token: String },
    Consent { token: String, authorize: String },
}

fn way(scheme: &Value) -> Option<Way> {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str);
    match text("type")?.to_ascii_lowercase().as_str() {
        "basic" => Some(Way::Basic),
        "http" => match text("scheme")
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "basic" => Some(Way::Basic),
            "bearer" => Some(Way::Bearer),
            _ => None,
        },
        "apikey" => {
            let name = text("name")?.to_owned();
            match text("in")? {
                "header" => Some(Way::Header(name)),
                "query" => Some(Way::Query(name)),
                _ => None,
            }
        }
        "oauth2" => oauth(scheme),
        _ => None,
    }
}

fn oauth(scheme: &Value) -> Option<Way> {
    let text = |node: &Value, key: &str| node.get(key).and_then(Value::as_str).map(str::to_owned);
    let flow = |names: [&str; 2]| -> Option<&Value> {
        let flows = scheme.get("flows");
        let new = names.iter().find_map(|name| flows?.get(name));
        new.or_else(|| (names.contains(&scheme.get("flow")?.as_str()?)).then_some(scheme))
    };
    if let Some(flow) = flow(["clientCredentials", "application"]) {
        return Some(Way::Client {
            token: text(flow, "tokenUrl")?,
        });
    }
    let flow = flow(["authorizationCode", "accessCode"])?;
    Some(Way::Consent {
        token: text(flow, "tokenUrl")?,
        authorize: text(flow, "authorizationUrl")?,
    })
}

impl Way {
    /// What needs the least from whoever sets it up comes first.
    fn rank(&self) -> usize {
        match self {
            Way::Bearer | Way::Header(_) => 0,
            Way::Basic => 1,
            Way::Client { .. } => 2,
            Way::Query(_) => 3,
            Way::Consent { .. } => 4,
        }
    }

    fn put(&self, draft: &mut Draft) {
        let secret = |name: &str| format!("\"{{{{ settings.{name} }}}}\"");
        let client = |draft: &mut Draft| {
            draft.settings.push(Setting::plain("client_id"));
            draft.settings.push(Setting::secret("client_secret"));
        };
        draft.auth = match self {
            Way::Bearer => {
                draft.settings.push(Setting::secret("token"));
                format!("{{ bearer: {} }}", secret("token"))
            }
            Way::Basic => {
                draft.settings.push(Setting::plain("user"));
                draft.settings.push(Setting::secret("password"));
                format!(
                    "{{ basic: {{ user: {}, password: {} }} }}",
                    secret("user"),
                    secret("password")
                )
            }
            Way::Header(name) if name.eq_ignore_ascii_case("authorization") => {
                draft.settings.push(Setting {
                    help: Some("the whole header, with the word before the key".to_owned()),
                    ..Setting::secret("key")
                });
                draft.auth_open.push(say::open_authorization());
                format!("{{ header: {{ Authorization: {} }} }}", secret("key"))
            }
            Way::Header(name) => {
                draft.settings.push(Setting::secret("key"));
                format!("{{ header: {{ {}: {} }} }}", scalar(name), secret("key"))
            }
            Way::Query(name) => {
                draft.settings.push(Setting::secret("key"));
                format!("{{ query: {{ {}: {} }} }}", scalar(name), secret("key"))
            }
            Way::Client { token } => {
                client(draft);
                format!(
                    "{{ oauth2: {{ grant: client_credentials, token_url: {}, client_id: {}, client_secret: {} }} }}",
                    scalar(&server_of(token)),
                    secret("client_id"),
                    secret("client_secret")
                )
            }
            Way::Consent { token, authorize } => {
                client(draft);
                draft.settings.push(Setting::secret("refresh_token"));
                format!(
                    "{{ oauth2: {{ grant: refresh_token, token_url: {}, authorize_url: {}, client_id: {}, client_secret: {}, refresh_token: {} }} }}",
                    scalar(&server_of(token)),
                    scalar(&server_of(authorize)),
                    secret("client_id"),
                    secret("client_secret"),
                    secret("refresh_token")
                )
            }
        };
    }
}

/// A URL that is complete, or one behind the address of the system.
fn server_of(text: &str) -> String {
    match is_complete(text) {
        true => text.to_owned(),
        false => {
            let path =
                url::Url::parse(text).map_or_else(|_| text.to_owned(), |url| url.path().to_owned());
            let path = path
                .split(['?', '#', '{'])
                .next()
                .unwrap_or_default()
                .trim_start_matches('/')
                .to_owned();
            format!("{{{{ settings.url }}}}/{path}")
        }
    }
}
