//! Shows one record line of a bundle, so that somebody else can check it: the line, what opens its commitments, and the way from the
//! line to the root in the sealed statement.
//!
//! The bundle is read once and as a stream, whatever its size. Of all other lines only hashes are given away, and each of those lines
//! has a nonce, so that nobody can guess it from its hash.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::commitment;
use super::lines::Lines;
use super::merkle::{Sibling, Watch};
use super::source::Source;
use super::statement::Statement;
use super::{ASIC_MANIFEST, STATEMENT};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::openings as say;

/// The statement of a case is small; what is larger is none.
const LARGEST: usize = 4 << 20;

/// One line of `records.jsonl`, with its place in the bundle.
#[derive(Clone)]
pub struct Line {
    /// Counts from 0, as the line itself says.
    pub seq: u64,
    /// The line as it stands there, without its end.
    pub text: String,
    pub system: String,
    pub object: String,
    /// The digests in `_sd`.
    pub commitments: Vec<String>,
    /// From the leaf up.
    pub path: Vec<Sibling>,
    /// How many lines there are.
    pub count: u64,
    /// What the path leads to: `predicate.records.merkleRoot` of the statement.
    pub root: Digest,
    /// Id of the bundle.
    pub bundle: Digest,
}

/// A value that a line commits to.
pub struct Disclosed {
    pub disclosure: String,
    /// What stands in `_sd` for it.
    pub digest: String,
    pub name: String,
    pub value: Value,
}

#[derive(Deserialize)]
struct Own {
    seq: u64,
    system: String,
    object: String,
    #[serde(rename = "_sd")]
    commitments: Vec<String>,
}

/// Reads a bundle's line with this number.
///
/// # Errors
/// E700 if the file cannot be read, E691 if it has no such line, E693 if lines and statement of the bundle do not fit.
pub fn line(bundle: &Path, seq: u64) -> Result<Line> {
    let unreadable = |error: std::io::Error| super::verify::unreadable(bundle, &error);
    let mut source = Source::open(bundle)
        .map_err(unreadable)?
        .map_err(crate::diagnostic::Trouble::from)?;
    let mut watch = Watch::new(seq);
    let (mut own, mut at, mut lines) = (None, 0u64, Lines::default());
    source
        .stream("data/records.jsonl", &mut |bytes| {
            lines.feed(bytes, &mut |line| {
                if at == seq {
                    own = String::from_utf8(line.to_vec()).ok();
                }
                at += 1;
                watch.push(line);
            });
        })
        .map_err(unreadable)?;
    let mut whole = |name: &str| {
        let mut bytes = Vec::new();
        let read = source.stream(name, &mut |part| {
            if bytes.len() <= LARGEST {
                bytes.extend_from_slice(part);
            }
        });
        read.map(|()| bytes)
    };
    let statement = whole(STATEMENT).map_err(unreadable)?;
    let id = Digest::sha256(&whole(ASIC_MANIFEST).map_err(unreadable)?);
    let broken = lines.is_broken();
    let (Some(text), Some((count, root, path))) = (own, watch.finish()) else {
        return Err(no_line(at));
    };
    let said: Option<Statement> = serde_json::from_slice(&statement).ok();
    let fits = said.is_some_and(|said| {
        let records = &said.predicate.records;
        (records.count, records.merkle_root) == (count, root)
    });
    let own: Option<Own> = serde_json::from_str(&text).ok();
    match own.filter(|own| fits && !broken && own.seq == seq) {
        Some(own) => Ok(Line {
            seq,
            text,
            system: own.system,
            object: own.object,
            commitments: own.commitments,
            path,
            count,
            root,
            bundle: id,
        }),
        None => Err(Diagnostic::new("E693", Exit::Failed, say::bundle_broken())
            .help(say::bundle_broken_help())
            .into()),
    }
}

/// What these disclosures open in the line; `None` unless each of them opens one of its commitments, and all are opened.
pub fn opened(line: &Line, disclosures: &[String]) -> Option<Vec<Disclosed>> {
    let open = |disclosure: &String| {
        let (name, value) = commitment::open(disclosure, &line.commitments)?;
        Some(Disclosed {
            disclosure: disclosure.clone(),
            digest: commitment::digest(disclosure),
            name,
            value,
        })
    };
    let all: Option<Vec<Disclosed>> = disclosures.iter().map(open).collect();
    all.filter(|all| all.len() == line.commitments.len())
}

/// The digest of a line as a leaf of the tree.
pub fn leaf(line: &Line) -> Digest {
    super::merkle::leaf(line.text.as_bytes())
}

/// The one line of a shell that gives a disclosure's digest.
pub fn digest_command(disclosure: &str) -> String {
    format!(
        "printf %s {} | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d =",
        quoted(disclosure)
    )
}

/// Lines for a shell that lead from the line to the root. They print the root that comes of it.
pub fn path_script(line: &Line) -> String {
    let steps: Vec<String> = line
        .path
        .iter()
        .map(|sibling| match sibling {
            Sibling::Left(hash) => format!("left:{hash}"),
            Sibling::Right(hash) => format!("right:{hash}"),
        })
        .collect();
    format!(
        r#"line={}
hash=$({{ printf '\000'; printf %s "$line"; }} | openssl dgst -sha256 -r | cut -c 1-64)
for step in {}; do
  case $step in
    left:*) both=${{step#left:}}$hash ;;
    right:*) both=$hash${{step#right:}} ;;
  esac
  hash=$({{ printf '\001'; printf %s "$both" | xxd -r -p; }} | openssl dgst -sha256 -r | cut -c 1-64)
done
echo "$hash"
"#,
        quoted(&line.text),
        steps.join(" "),
    )
}

/// A word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

pub(crate) fn no_line(count: u64) -> crate::diagnostic::Trouble {
    Diagnostic::new("E691", Exit::Usage, say::no_such_line(count))
        .help(say::which_record())
        .into()
}
