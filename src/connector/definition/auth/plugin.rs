//! `plugin`: every request is signed by a program that lies beside the file. It is handed what is listed, and may give what is listed;
//! how it is spoken to is the affair of `process`.

use std::path::{Path, PathBuf};

use super::super::request::check_header_name;
use super::Around;
use crate::connector::{grammar, process};
use crate::diagnostic::Diagnostic;
use crate::keys::Digest;
use crate::messages::process as say;
use crate::yaml::{Fields, Name, Node, error};

/// A program that signs.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The folder of the file in which it stands; the program runs there, and all paths begin there.
    pub folder: PathBuf,
    /// The program and its arguments.
    pub run: Vec<String>,
    /// What `dsr.lock` has to name before it runs.
    pub files: Vec<(String, Digest)>,
    /// Settings that it is handed.
    pub settings: Vec<String>,
    /// Secrets that it is handed.
    pub secrets: Vec<String>,
    /// Headers that it may give.
    pub headers: Vec<String>,
    /// Parameters of the URL that it may give.
    pub query: Vec<String>,
    /// Whether it is shown whole bodies, and not only their digests.
    pub body: bool,
    /// Takes what it writes to standard error.
    pub log: Option<String>,
    reads: Vec<String>,
}

impl Signing {
    /// Every setting that it names, as expressions name them.
    pub(super) fn reads(&self) -> Vec<&str> {
        self.reads.iter().map(String::as_str).collect()
    }

    /// Its files where they lie.
    pub fn pinned(&self) -> impl Iterator<Item = (PathBuf, Digest)> + '_ {
        let files = self.files.iter();
        files.map(|(file, digest)| (self.folder.join(file), *digest))
    }
}

/// Headers that say what a request asks, where it goes or what it carries, beside those that no connector may set.
const NOT_TO_BE_SIGNED: [&str; 14] = [
    "accept",
    "authority",
    "content-encoding",
    "content-type",
    "expect",
    "forwarded",
    "range",
    "referer",
    "trailer",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-rewrite-url",
];

pub(super) fn plugin(
    node: &Node,
    around: &Around<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Signing> {
    let mut fields = Fields::of(node, errors)?;
    let run_node = fields.required("run");
    let run = run_node
        .map(|node| grammar::names(node, fields.errors()))
        .unwrap_or_default();
    let mut list = |key| {
        let node = fields.optional(key);
        node.map(|node| grammar::names(node, fields.errors()))
            .unwrap_or_default()
    };
    let further: Vec<String> = list("files");
    let settings = list("settings");
    let secrets = list("secrets");
    let headers = list("headers");
    let query = list("query");
    let body = fields.boolean("body").unwrap_or(false);
    let log = fields.text("log");
    fields.finish();

    let mut sound = true;
    let mut wrong = |diagnostic: Diagnostic| {
        errors.push(diagnostic);
        sound = false;
    };
    for (names, secret) in [(&settings, false), (&secrets, true)] {
        for name in names {
            if around.settings.get(name) != Some(&secret) {
                let what = match secret {
                    true => say::no_such_setting_secret(name),
                    false => say::no_such_setting(name),
                };
                wrong(
                    error("E169", what)
                        .at(node.place.clone())
                        .help(say::no_such_setting_help()),
                );
            }
        }
    }
    for name in headers.iter().chain(&query).filter(|name| is_ours(name)) {
        wrong(
            error("E170", say::not_to_be_signed(name))
                .at(node.place.clone())
                .why(say::not_to_be_signed_why())
                .help(say::not_to_be_signed_help()),
        );
    }
    if headers.is_empty() && query.is_empty() {
        wrong(
            error("E171", say::no_place_to_sign())
                .at(node.place.clone())
                .help(say::no_place_to_sign_help()),
        );
    }
    for name in &headers {
        let name = Name {
            text: name.clone(),
            place: node.place.clone(),
        };
        sound &= check_header_name(&name, errors).is_some();
    }
    let run_node = run_node.filter(|_| !run.is_empty())?;
    // An overlay may name a program of its own, beside itself.
    let file = &run_node.place.source.path;
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let files = process::pinned(&run, further, &folder, true, &run_node.place, errors)?;
    let reads = settings.iter().chain(&secrets);
    let reads = reads.map(|name| format!("settings.{name}")).collect();
    sound.then_some(Signing {
        reads,
        folder,
        run,
        files,
        settings,
        secrets,
        headers,
        query,
        body,
        log,
    })
}

/// Whether a header or parameter of this name is more than a signature to some server.
fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NOT_TO_BE_SIGNED.contains(&name.as_str())
        || ["_method", "method"].contains(&name.as_str())
        || ["if-", "proxy-", "sec-", "x-forwarded-", "x-original-"]
            .iter()
            .any(|start| name.starts_with(start))
}
