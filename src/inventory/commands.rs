//! Programs that an inventory names to be started: what fetches a secret, or carries a checkpoint away.
//!
//! Whoever can change a line of `dsr.yaml` could have any program run by the next command, so each is bound to `dsr.lock`: the place where
//! it is named, every word of it, and the content of the files among these words. The program that seals and the plugins of systems are
//! bound by their files ([`crate::connector::process`]).

use std::path::Path;

use serde_json::json;

use crate::connector::process;
use crate::keys::Digest;
use crate::yaml::{Node, Value};

/// A program, as it is named at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Keys from the top of the file, with points: `systems.crm.settings.password.secret`.
    pub place: String,
    /// The program and its arguments; an argument may be more than others should see.
    pub argv: Vec<String>,
    /// Files among the words, in their order; `None` where one cannot be read.
    pub files: Vec<(String, Option<Digest>)>,
}

impl Started {
    /// What `dsr.lock` holds of it: SHA-256 of the canonical JSON of words and files.
    pub fn digest(&self) -> Digest {
        let files: Vec<_> = (self.files.iter())
            .map(|(name, digest)| json!([name, digest]))
            .collect();
        let said = json!({ "argv": self.argv, "files": files });
        Digest::sha256(&crate::canonical::bytes(&said))
    }

    /// The path under which `dsr.lock` lists it.
    pub fn path(&self) -> String {
        format!("dsr.yaml#{}", self.place)
    }

    /// The system that it is named for, if it is one of a system.
    pub fn system(&self) -> Option<&str> {
        let rest = self.place.strip_prefix("systems.")?;
        rest.split_once('.').map(|(system, _)| system)
    }
}

/// All of them, in the order of the file. What is no list of words is left to whoever reads that place.
pub(super) fn started(top: &Node, folder: &Path) -> Vec<Started> {
    let mut out = Vec::new();
    walk(top, "", folder, &mut out);
    out
}

fn walk(node: &Node, place: &str, folder: &Path, out: &mut Vec<Started>) {
    match &node.value {
        Value::List(items) => {
            for (nth, item) in items.iter().enumerate() {
                walk(item, &format!("{place}[{nth}]"), folder, out);
            }
        }
        Value::Map(entries) => {
            for (name, inner) in entries {
                if name.text == "command" && place != "evidence.seal" {
                    let one = std::slice::from_ref(inner);
                    // A scalar is a program where programs are carried away, and elsewhere perhaps a column of that name.
                    let words = inner.list().or((place == "evidence.log").then_some(one));
                    let argv: Option<Vec<String>> =
                        words.and_then(|words| words.iter().map(Node::scalar).collect());
                    if let Some(argv) = argv.filter(|argv| !argv.is_empty()) {
                        let files = files(&argv, folder);
                        let place = place.to_owned();
                        out.push(Started { place, argv, files });
                        continue;
                    }
                }
                let below = match place {
                    "" => name.text.clone(),
                    _ => format!("{place}.{}", name.text),
                };
                walk(inner, &below, folder, out);
            }
        }
        _ => {}
    }
}

/// As for plugins: the program if it is a path, and every argument that is a file beside the inventory. A bare name is one that the
/// operating system looks after.
fn files(argv: &[String], folder: &Path) -> Vec<(String, Option<Digest>)> {
    let is_file = |(nth, word): &(usize, &String)| {
        (*nth == 0 && word.contains('/')) || (*nth > 0 && folder.join(word).is_file())
    };
    let words = argv.iter().enumerate().filter(is_file);
    words
        .map(|(_, word)| {
            let content = process::content(&folder.join(word)).ok();
            (word.clone(), content.map(|bytes| Digest::sha256(&bytes)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Source;

    fn of(text: &str, folder: &Path) -> Vec<Started> {
        let source = Arc::new(Source {
            path: "dsr.yaml".into(),
            text: text.to_owned(),
        });
        started(&crate::yaml::parse(&source).unwrap(), folder)
    }

    const TEXT: &str = "systems:
  crm: { settings: { password: { secret: { command: [vault, get, key.txt] } } } }
  shop: { objects: { log: { fields: { command: content.note } } } }
evidence:
  seal: { command: [sign.sh], certificate: c.pem }
  tsa: [{ url: x, password: { secret: { command: [./pick, tsa] } } }]
  log: { command: send }
";

    #[test]
    fn every_program_is_seen_with_its_place_and_no_column_is_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let places: Vec<_> = of(TEXT, folder.path());
        let places: Vec<_> = places.iter().map(|one| one.place.as_str()).collect();
        let wanted = [
            "systems.crm.settings.password.secret",
            "evidence.tsa[0].password.secret",
            "evidence.log",
        ];
        assert_eq!(places, wanted);
    }

    #[test]
    fn another_word_another_file_and_another_content_are_another_program() {
        let folder = tempfile::tempdir().unwrap();
        let digest = |text: &str| of(text, folder.path())[0].digest();
        let before = digest(TEXT);
        assert_ne!(digest(&TEXT.replace("vault, get", "vault, put")), before);
        fs_err::write(folder.path().join("key.txt"), "one").unwrap();
        let with_file = digest(TEXT);
        assert_ne!(with_file, before);
        fs_err::write(folder.path().join("key.txt"), "two").unwrap();
        assert_ne!(digest(TEXT), with_file);
    }
}
