//! The verifier in one HTML file, opened in a browser, and what `dsr` says in the form in which the page is asked.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    reason = "each test program uses a part of this"
)]

#[path = "browser.rs"]
pub(crate) mod browser;

use std::path::{Path, PathBuf};

use browser::Browser;
use dsr::evidence::{Standing, Verdict};

pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The page in a browser.
pub(crate) struct Page {
    pub(crate) browser: Browser,
    runs: u64,
}

impl Page {
    pub(crate) fn open(lang: &str) -> Option<Page> {
        let mut browser = Browser::start(lang)?;
        browser.open(&project("verifier/verify.html"));
        Some(Page { browser, runs: 0 })
    }

    /// Names certificates of time-stamping authorities.
    pub(crate) fn trust_time(&mut self, certificate: &Path) {
        let before = self.trusted();
        self.browser.choose("#time-file", &[certificate]);
        self.browser.wait(&format!(
            "document.querySelectorAll('#anchors li').length > {before}"
        ));
    }

    /// Names the key of a log.
    pub(crate) fn trust_log(&mut self, key: &str) {
        let before = self.trusted();
        let key = serde_json::Value::from(key.trim());
        self.browser.value(&format!(
            "document.querySelector('#log-text').value = {key}; document.querySelector('#log-form').requestSubmit()"
        ));
        self.browser.wait(&format!(
            "document.querySelectorAll('#anchors li').length > {before}"
        ));
    }

    fn trusted(&mut self) -> u64 {
        let count = "document.querySelectorAll('#anchors li').length";
        self.browser.value(count).as_u64().unwrap()
    }

    /// All that is to be read on the page.
    pub(crate) fn text(&mut self) -> String {
        let shown = self.browser.value("document.body.innerText");
        shown.as_str().unwrap().to_owned()
    }

    pub(crate) fn trust(&mut self, certificate: &Path) {
        self.browser.choose("#seal-file", &[certificate]);
        self.browser
            .wait("document.querySelectorAll('#anchors li').length > 0");
    }

    /// Waits until the page has looked as often as it was asked to.
    pub(crate) fn looked(&mut self) {
        self.runs += 1;
        let seen = format!(
            "document.querySelector('main').dataset.run === '{}'",
            self.runs
        );
        self.browser.wait(&seen);
    }

    /// Drops files onto the page, as a person does with the mouse.
    pub(crate) fn drop(&mut self, files: &[&Path]) {
        use base64::Engine as _;
        let files = files.iter().map(|file| {
            let bytes = std::fs::read(file).unwrap();
            let name = file.file_name().unwrap().to_str().unwrap();
            serde_json::json!([
                name,
                base64::engine::general_purpose::STANDARD.encode(bytes)
            ])
        });
        let files = serde_json::Value::from_iter(files);
        self.browser.value(&format!(
            "(() => {{ const held = new DataTransfer();
              for (const [name, words] of {files}) held.items.add(new File([Uint8Array.from(atob(words), (sign) => sign.charCodeAt(0))], name));
              const area = document.querySelector('#drop');
              for (const type of ['dragenter', 'dragover', 'drop']) area.dispatchEvent(new DragEvent(type, {{ dataTransfer: held, bubbles: true, cancelable: true }}));
              return true; }})()"
        ));
        self.looked();
    }

    /// What the page says of the bundle that it looked at last.
    pub(crate) fn standing(&mut self) -> String {
        let standing = "document.querySelector('main').dataset.standing";
        self.browser.value(standing).as_str().unwrap().to_owned()
    }

    /// Chooses a bundle, and returns standing and sentences, code first.
    pub(crate) fn verify(&mut self, bundle: &Path) -> (String, Vec<String>) {
        self.browser.choose("#bundle", &[bundle]);
        self.looked();
        let standing = self
            .browser
            .value("document.querySelector('main').dataset.standing");
        let reasons = self.browser.value(
            "[...document.querySelectorAll('#reasons li')].map((one) => one.dataset.code + ' ' + one.querySelector('.what').textContent)",
        );
        let mut reasons: Vec<String> = serde_json::from_value(reasons).unwrap();
        reasons.sort();
        (standing.as_str().unwrap().to_owned(), reasons)
    }

    /// How many things the page says that the bundle does not prove.
    pub(crate) fn gaps(&mut self) -> usize {
        let count = "document.querySelectorAll('#gaps li').length";
        let count = self.browser.value(count).as_u64().unwrap();
        usize::try_from(count).unwrap()
    }

    /// Nothing was asked for but the page itself, and nothing went wrong in it.
    pub(crate) fn was_calm(&self) {
        for request in &self.browser.requests {
            assert!(request.starts_with("file://"), "{request}");
        }
        assert_eq!(
            self.browser.requests.len(),
            1,
            "{:?}",
            self.browser.requests
        );
        assert_eq!(self.browser.complaints, Vec::<String>::new());
    }
}

/// What `dsr` says, in the form in which the page is asked.
pub(crate) fn said(verdict: &Verdict, german: bool) -> (String, Vec<String>) {
    let standing = match verdict.standing {
        Standing::Valid => "valid",
        Standing::IntactButSignerUnknown => "intact_but_signer_unknown",
        Standing::Invalid => "invalid",
    };
    let reasons = verdict.reasons.iter().map(|reason| {
        let words = if german {
            &reason.what.de
        } else {
            &reason.what.en
        };
        format!("{} {words}", reason.code)
    });
    let mut reasons: Vec<String> = reasons.collect();
    reasons.sort();
    (standing.to_owned(), reasons)
}

pub(crate) fn skipped() {
    assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
    eprintln!("skipped: needs chromium");
}
