//! Cookies of one origin, as far as a session needs them (RFC 6265). There is one jar a system, and it is shown to nobody else, so
//! domains play no part.

use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

use crate::secret;

/// Shorter values are no secret and would blot out other text.
pub(crate) const SECRET_FROM: usize = 8;

#[derive(Default)]
pub(crate) struct Jar(Vec<Cookie>);

struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl Jar {
    /// Takes what a reply to a request for this URL sets.
    pub(crate) fn take(&mut self, url: &Url, headers: &HeaderMap) {
        for header in headers.get_all(SET_COOKIE) {
            let Ok(text) = header.to_str() else { continue };
            let mut parts = text.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let (mut path, mut ends) = (default_path(url), false);
            for part in parts {
                let (word, stated) = part.split_once('=').unwrap_or((part, ""));
                match word.trim().to_ascii_lowercase().as_str() {
                    "path" if stated.trim().starts_with('/') => stated.trim().clone_into(&mut path),
                    // Only whether it is taken back matters; no session outlives the run.
                    "max-age" => ends |= stated.trim().parse::<i64>().is_ok_and(|s| s <= 0),
                    "expires" => ends |= stated.contains("1970"),
                    _ => {}
                }
            }
            let (name, value) = (name.trim(), value.trim());
            self.0
                .retain(|known| known.name != name || known.path != path);
            if name.is_empty() || ends {
                continue;
            }
            if value.len() >= SECRET_FROM {
                secret::remember(value);
            }
            self.0.push(Cookie {
                name: name.to_owned(),
                value: value.to_owned(),
                path,
            });
        }
    }

    /// The header for a request.
    pub(crate) fn header(&self, url: &Url) -> Option<HeaderValue> {
        let fits = |cookie: &&Cookie| {
            url.path()
                .strip_prefix(cookie.path.as_str())
                .is_some_and(|rest| {
                    rest.is_empty() || cookie.path.ends_with('/') || rest.starts_with('/')
                })
        };
        let mut all: Vec<&Cookie> = self.0.iter().filter(fits).collect();
        all.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = all
            .iter()
            .map(|c| format!("{}={}", c.name, c.value))
            .collect();
        if pairs.is_empty() {
            return None;
        }
        let mut header = HeaderValue::from_str(&pairs.join("; ")).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// RFC 6265, 5.1.4.
fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(last) => url.path()[..last].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn set(jar: &mut Jar, at: &str, lines: &[&str]) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(SET_COOKIE, HeaderValue::from_str(line).unwrap());
        }
        jar.take(&url(at), &headers);
    }

    fn sent(jar: &Jar, to: &str) -> Option<String> {
        Some(jar.header(&url(to))?.to_str().unwrap().to_owned())
    }

    #[test]
    fn cookies_go_back_to_their_paths_until_they_are_taken_back() {
        let mut jar = Jar::default();
        let base = "https://sap.example.com/sap/opu/";
        set(
            &mut jar,
            base,
            &[
                "SAP_SESSIONID=abc%3d; path=/; secure; HttpOnly",
                "here=1",
                "usercontext=sap-client=100; Path=/sap",
                "nonsense",
            ],
        );
        assert_eq!(
            sent(&jar, "https://sap.example.com/sap/opu/x").unwrap(),
            "here=1; usercontext=sap-client=100; SAP_SESSIONID=abc%3d"
        );
        assert_eq!(
            sent(&jar, "https://sap.example.com/sapient").unwrap(),
            "SAP_SESSIONID=abc%3d"
        );
        set(&mut jar, base, &["SAP_SESSIONID=new; path=/"]);
        set(&mut jar, base, &["here=; Max-Age=0"]);
        set(
            &mut jar,
            base,
            &["usercontext=; path=/sap; expires=Thu, 01 Jan 1970 00:00:00 GMT"],
        );
        assert_eq!(sent(&jar, base).unwrap(), "SAP_SESSIONID=new");
        jar.clear();
        assert_eq!(sent(&jar, base), None);
    }
}
