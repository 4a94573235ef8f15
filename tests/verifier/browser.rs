//! A browser without a window, steered over the DevTools protocol through two pipes: JSON messages that end in a zero byte.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: String,
    asked: u64,
    /// Every address that the page asked for.
    pub(crate) requests: Vec<String>,
    /// What went wrong in the page: exceptions, refusals of its policy.
    pub(crate) complaints: Vec<String>,
    profile: tempfile::TempDir,
}

impl Browser {
    /// `None` where there is no Chromium.
    pub(crate) fn start(lang: &str) -> Option<Browser> {
        let there = Command::new("chromium").arg("--version").output();
        if there.is_err() {
            assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
            return None;
        }
        let profile = tempfile::tempdir().unwrap();
        // The browser reads from descriptor 3 and writes to 4.
        let mut child = Command::new("bash")
            .arg("-c")
            .arg("exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1")
            .arg("chromium")
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--lang={lang}"))
            .arg(format!("--accept-lang={lang}"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .env("LANGUAGE", lang)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let from = BufReader::new(child.stdout.take().unwrap());
        let mut browser = Browser {
            child,
            to,
            from,
            session: String::new(),
            asked: 0,
            requests: Vec::new(),
            complaints: Vec::new(),
            profile,
        };
        let page = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attached = browser.ask(
            "Target.attachToTarget",
            json!({"targetId": page["targetId"], "flatten": true}),
        );
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "DOM", "Runtime", "Network", "Log"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Asks, and waits for the answer; what the browser tells meanwhile is noted.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(&[0]).unwrap();
        self.to.flush().unwrap();
        loop {
            let told = self.next();
            if told["id"] == json!(self.asked) {
                assert!(told["error"].is_null(), "{method}: {}", told["error"]);
                return told["result"].clone();
            }
            self.note(&told);
        }
    }

    fn next(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "the browser has gone");
        serde_json::from_slice(&bytes).unwrap()
    }

    fn note(&mut self, told: &Value) {
        let params = &told["params"];
        match told["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                let url = params["request"]["url"].as_str().unwrap_or_default();
                self.requests.push(url.to_owned());
            }
            Some("Runtime.exceptionThrown") => self.complaints.push(params.to_string()),
            Some("Log.entryAdded") if params["entry"]["level"] == "error" => {
                self.complaints.push(params["entry"]["text"].to_string());
            }
            _ => {}
        }
    }

    pub(crate) fn open(&mut self, page: &Path) {
        let url = format!("file://{}", page.display());
        self.ask("Page.navigate", json!({ "url": url }));
        self.wait(
            "document.readyState === 'complete' && document.querySelector('#bundle') !== null",
        );
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let told = self.ask("Runtime.evaluate", asked);
        assert!(
            told["exceptionDetails"].is_null(),
            "{expression}: {}",
            told["exceptionDetails"]
        );
        told["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(crate) fn wait(&mut self, expression: &str) {
        let begun = std::time::Instant::now();
        while self.value(expression) != json!(true) {
            assert!(
                begun.elapsed().as_secs() < 120,
                "{expression} never became true: {:?}",
                self.complaints
            );
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// Chooses files in a file field, as a person would.
    pub(crate) fn choose(&mut self, field: &str, files: &[&Path]) {
        let document = self.ask("DOM.getDocument", json!({}));
        let found = self.ask(
            "DOM.querySelector",
            json!({"nodeId": document["root"]["nodeId"], "selector": field}),
        );
        let files: Vec<String> = files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        self.ask(
            "DOM.setFileInputFiles",
            json!({"nodeId": found["nodeId"], "files": files}),
        );
    }

    /// A screen of this width in pixels.
    pub(crate) fn wide(&mut self, width: u32) {
        let metrics =
            json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// A picture of the whole page.
    pub(crate) fn picture(&mut self, to: &Path) {
        use base64::Engine as _;
        let asked = json!({"format": "png", "captureBeyondViewport": true});
        let told = self.ask("Page.captureScreenshot", asked);
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(told["data"].as_str().unwrap())
            .unwrap();
        std::fs::write(to, bytes).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session.clear();
        let close = json!({"id": 0, "method": "Browser.close"}).to_string();
        let asked = self
            .to
            .write_all(close.as_bytes())
            .and_then(|()| self.to.write_all(&[0]));
        let closes = asked.and_then(|()| self.to.flush()).is_ok();
        if closes {
            // It ends by itself; its pipe ends with it.
            let mut rest = Vec::new();
            std::io::Read::read_to_end(&mut self.from, &mut rest).ok();
        } else {
            self.child.kill().ok();
        }
        self.child.wait().ok();
        assert!(self.profile.path().exists());
    }
}
