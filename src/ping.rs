//! Tells a monitoring service that a retention run has begun, and how it ended.
//!
//! The address is called as Healthchecks.io and services like it take it (<https://healthchecks.io/docs/http_api/>): `/start` behind it at
//! the beginning, the address itself for an end with exit code 0, and the exit code behind it for every other. It is called with GET and
//! without a body, so that it says nothing but that. Whoever knows the address can speak for the run, so it is a secret: it is sent
//! encrypted or on this machine only, follows no redirect, and stands in no message. The machine's proxy (`HTTPS_PROXY`) and its
//! certificates hold for it as for connectors.

use std::path::Path;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::connector::rest::{is_loopback, plain_client};
use crate::diagnostic::{Diagnostic, Exit};
use crate::messages::{Text, ping as say};
use crate::secret::{self, Reference};

/// How long a connection and a whole answer may take: a run that is done waits for nobody.
const CONNECT: Duration = Duration::from_secs(3);
const WHOLE: Duration = Duration::from_secs(5);

/// A shorter path is a word that other texts may hold as well.
const TELLING: usize = 16;

/// An address that hears of a run.
pub struct Ping {
    /// Never shown: `Debug` is not derived on purpose.
    url: Url,
}

impl Ping {
    /// Reads the address itself, or a reference to the secret that it is (`env:NAME` and so on, files from `folder`).
    ///
    /// # Errors
    /// E519 if it is no address that may be called; those of [`secret::resolve`] as W323, because a run does not depend on who watches it.
    pub fn at(words: &str, folder: &Path) -> Result<Ping, Diagnostic> {
        let address = match Reference::parse(words) {
            Ok(reference) => secret::resolve(&reference, folder)
                .map_err(|fault| not_told(Text::same(&fault.code).with(&fault.text)))?,
            Err(_) => SecretString::from(words.to_owned()),
        };
        let url = Url::parse(address.expose_secret().trim()).ok();
        let safe = |url: &Url| match url.scheme() {
            "https" => url.has_host(),
            "http" => is_loopback(url),
            _ => false,
        };
        let mut url = url.filter(safe).ok_or_else(|| {
            Diagnostic::new("E519", Exit::Usage, say::bad_address())
                .why(say::bad_address_why())
                .help(say::bad_address_help())
        })?;
        // What is no address stands in no message anyway, and may be a word that every other one holds.
        secret::remember(address.expose_secret().trim());
        url.set_fragment(None);
        // What stands behind the host is what makes it a secret, in whatever message it turned up.
        let path = url.path().trim_matches('/');
        if path.len() >= TELLING {
            secret::remember(path);
        }
        Ok(Ping { url })
    }

    /// Tells that a run begins. Nobody hears of it if that fails: the end is told in any case.
    pub async fn begun(&self) {
        let _ = self.call(Some("start")).await;
    }

    /// Tells how a run ended.
    ///
    /// # Errors
    /// W323, without the address and without anything that the service said.
    pub async fn ended(&self, exit: Exit) -> Result<(), Diagnostic> {
        let code = (exit as u8).to_string();
        let suffix = (exit != Exit::Done).then_some(code.as_str());
        self.call(suffix).await.map_err(not_told)
    }

    async fn call(&self, suffix: Option<&str>) -> Result<(), Text> {
        let url = behind(&self.url, suffix);
        let client = plain_client(&url, CONNECT).map_err(|_| say::no_connection())?;
        let answer = client.get(url).timeout(WHOLE).send().await;
        let status = answer.map_err(|error| match error.is_timeout() {
            true => say::timed_out(WHOLE.as_secs()),
            false => say::no_connection(),
        })?;
        match status.status().is_success() {
            true => Ok(()),
            false => Err(say::status(status.status().as_u16())),
        }
    }
}

/// The address with a word behind its path, before its query.
fn behind(url: &Url, suffix: Option<&str>) -> Url {
    let mut url = url.clone();
    if let (Some(suffix), Ok(mut path)) = (suffix, url.path_segments_mut()) {
        path.pop_if_empty().push(suffix);
    }
    url
}

fn not_told(why: Text) -> Diagnostic {
    Diagnostic::new("W323", Exit::Done, say::not_told())
        .why(why)
        .help(say::not_told_help())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_nobody_overhears_are_taken() {
        let folder = Path::new(".");
        for good in [
            "https://hc-ping.com/0b5c",
            "https://watch.example.org/ping/key/nightly?create=1",
            "http://127.0.0.1:8000/x",
            "http://[::1]/x",
        ] {
            assert!(Ping::at(good, folder).is_ok(), "{good}");
        }
        for bad in [
            "http://hc-ping.com/secret-word",
            "ftp://127.0.0.1/secret-word",
            "secret-word",
            "https://",
            "/secret-word",
            "",
        ] {
            let refused = Ping::at(bad, folder).err().unwrap();
            assert_eq!(refused.code, "E519", "{bad}");
            assert!(!format!("{refused:?}").contains("secret-word"), "{bad}");
        }
        let missing = Ping::at("env:DSR_NO_SUCH_ADDRESS", folder).err().unwrap();
        assert_eq!(missing.code, "W323");
    }

    #[test]
    fn the_word_stands_behind_the_path_and_before_the_query() {
        let with =
            |address: &str, suffix| behind(&Url::parse(address).unwrap(), suffix).to_string();
        for (address, wanted) in [
            (
                "https://a.example/ping/uuid",
                "https://a.example/ping/uuid/start",
            ),
            (
                "https://a.example/ping/uuid/",
                "https://a.example/ping/uuid/start",
            ),
            (
                "https://a.example/p/k?create=1",
                "https://a.example/p/k/start?create=1",
            ),
            ("https://a.example", "https://a.example/start"),
        ] {
            assert_eq!(with(address, Some("start")), wanted);
        }
        let plain = "https://a.example/ping/uuid?x=1";
        assert_eq!(with(plain, None), plain);
    }
}
