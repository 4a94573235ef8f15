//! Signed requests (RFC 5849), as NetSuite's token-based authentication has them.

use percent_encoding::utf8_percent_encode;
use url::Url;

use crate::connector::Fault;
use crate::connector::definition::{OAuth1, SignatureMethod};
use crate::template::{Names, SEGMENT};

/// Who signs.
pub(in crate::connector::rest) struct Signer {
    consumer_key: String,
    consumer_secret: String,
    token: String,
    token_secret: String,
    realm: Option<String>,
    method: SignatureMethod,
}

impl Signer {
    pub(super) fn new(oauth: &OAuth1, names: &Names) -> Result<Signer, Fault> {
        Ok(Signer {
            consumer_key: oauth.consumer_key.text(names)?,
            consumer_secret: oauth.consumer_secret.text(names)?,
            token: oauth.token.text(names)?,
            token_secret: oauth.token_secret.text(names)?,
            realm: match &oauth.realm {
                Some(realm) => Some(realm.header(names)?),
                None => None,
            },
            method: oauth.signature,
        })
    }

    /// The value of `Authorization` for one request. `form` are the parameters of a body in form encoding.
    pub(in crate::connector::rest) fn header(
        &self,
        verb: &str,
        url: &Url,
        form: &[(String, String)],
        nonce: &str,
        seconds: i64,
    ) -> String {
        let mut ours = vec![
            ("oauth_consumer_key".to_owned(), self.consumer_key.clone()),
            ("oauth_nonce".to_owned(), nonce.to_owned()),
            ("oauth_signature_method".to_owned(), self.name().to_owned()),
            ("oauth_timestamp".to_owned(), seconds.to_string()),
            ("oauth_token".to_owned(), self.token.clone()),
            ("oauth_version".to_owned(), "1.0".to_owned()),
        ];
        let mut all: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        all.extend(form.iter().cloned());
        all.extend(ours.iter().cloned());
        let base = base_string(verb, url, &all);
        ours.push(("oauth_signature".to_owned(), self.signature(&base)));
        let realm = self.realm.iter().map(|realm| {
            let quoted = realm.replace('\\', "\\\\").replace('"', "\\\"");
            format!("realm=\"{quoted}\"")
        });
        let pairs = ours
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", encoded(value)));
        format!(
            "OAuth {}",
            realm.chain(pairs).collect::<Vec<_>>().join(", ")
        )
    }

    fn name(&self) -> &'static str {
        match self.method {
            SignatureMethod::HmacSha256 => "HMAC-SHA256",
            SignatureMethod::HmacSha1 => "HMAC-SHA1",
        }
    }

    /// RFC 5849, 3.4.2.
    fn signature(&self, base: &str) -> String {
        use base64::Engine as _;
        let algorithm = match self.method {
            SignatureMethod::HmacSha256 => ring::hmac::HMAC_SHA256,
            SignatureMethod::HmacSha1 => ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        };
        let key = format!(
            "{}&{}",
            encoded(&self.consumer_secret),
            encoded(&self.token_secret)
        );
        let key = ring::hmac::Key::new(algorithm, key.as_bytes());
        base64::engine::general_purpose::STANDARD.encode(ring::hmac::sign(&key, base.as_bytes()))
    }
}

/// RFC 5849, 3.6: all but the unreserved characters.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// RFC 5849, 3.4.1.
fn base_string(verb: &str, url: &Url, parameters: &[(String, String)]) -> String {
    let mut pairs: Vec<(String, String)> = parameters
        .iter()
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    // `Url` has small letters and no port where it is the usual one.
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let at = format!("{}://{host}{port}{}", url.scheme(), url.path());
    format!(
        "{}&{}&{}",
        verb.to_uppercase(),
        encoded(&at),
        encoded(&pairs.join("&"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5849, 3.4.1.1: the base string of the worked example.
    #[test]
    fn the_base_string_is_that_of_the_rfc() {
        let url =
            Url::parse("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap();
        let mut all: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        for (name, value) in [
            ("c2", ""),
            ("a3", "2 q"),
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
        ] {
            all.push((name.to_owned(), value.to_owned()));
        }
        assert_eq!(
            base_string("post", &url, &all),
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
        );
    }

    /// RFC 5849, 1.2: the photo request of the worked example, whose parameters lack the version.
    #[test]
    fn the_signature_is_that_of_the_rfc() {
        let signer = Signer {
            consumer_key: "dpf43f3p2l4k3l03".into(),
            consumer_secret: "kd94hf93k423kf44".into(),
            token: "nnch734d00sl2jdk".into(),
            token_secret: "pfkkdhi9sl3r4s00".into(),
            realm: Some("Photos".into()),
            method: SignatureMethod::HmacSha1,
        };
        let url =
            Url::parse("http://photos.example.net/photos?file=vacation.jpg&size=original").unwrap();
        let mut all: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        for (name, value) in [
            ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
            ("oauth_token", "nnch734d00sl2jdk"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131202"),
            ("oauth_nonce", "chapoH"),
        ] {
            all.push((name.to_owned(), value.to_owned()));
        }
        assert_eq!(
            signer.signature(&base_string("GET", &url, &all)),
            "MdpQcU8iPSUjWoN/UDMsK2sui9I="
        );
        let header = signer.header("GET", &url, &[], "chapoH", 137_131_202);
        assert!(header.starts_with("OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_nonce=\"chapoH\""));
        assert!(header.contains("oauth_version=\"1.0\", oauth_signature=\""));
    }

    /// Oracle's example for token-based authentication:
    /// <https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1534941088.html>
    #[test]
    fn the_signature_is_that_of_netsuite() {
        let signer = Signer {
            consumer_key: "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4".into(),
            consumer_secret: "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5"
                .into(),
            token: "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc".into(),
            token_secret: "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295".into(),
            realm: Some("123456".into()),
            method: SignatureMethod::HmacSha256,
        };
        let url = Url::parse("https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl?script=6&deploy=1&customParam=someValue&testParam=someOtherValue").unwrap();
        let header = signer.header("POST", &url, &[], "fjaLirsIcCGVZWzBX0pg", 1_508_242_306);
        assert!(header.starts_with("OAuth realm=\"123456\", oauth_consumer_key=\"ef40"));
        let signature = "oauth_signature=\"%2BKK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ%3D\"";
        assert!(header.ends_with(signature), "{header}");
    }
}
