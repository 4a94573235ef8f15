//! Which files a plugin is made of: those that `dsr.lock` has to name before it runs. Nothing is started here.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Place};
use crate::keys::Digest;
use crate::messages::{Text, os, process as say};
use crate::yaml::error;

/// Larger files are no programs that anybody looks through.
const LARGEST: u64 = 16 << 20;

/// The files among the words of `run`, and the further ones that are named, with their digests; `folder` is where all paths begin.
/// Without `needed`, one that cannot be read is left out.
///
/// `None` if there is none (E165). One that cannot be read is noted (E166).
pub(crate) fn pinned(
    run: &[String],
    further: Vec<String>,
    folder: &Path,
    needed: bool,
    place: &Place,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<(String, Digest)>> {
    let mut named = further;
    let beside = place.source.path.file_name();
    let beside = beside.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    // An argument that is a file there is part of the program: `[python3, plugins/erp.py]`.
    for (nth, word) in run.iter().enumerate() {
        let is_program = nth == 0 && word.contains('/');
        if (is_program || folder.join(word).is_file()) && !named.contains(word) {
            named.insert(0, word.clone());
        }
    }
    if named.is_empty() {
        errors.push(
            error("E165", say::no_file_of_its_own(&beside))
                .at(place.clone())
                .why(say::no_file_of_its_own_why())
                .help(say::no_file_of_its_own_help()),
        );
        return None;
    }
    let mut files = Vec::new();
    for name in named {
        match content(&folder.join(&name)) {
            Ok(bytes) => files.push((name, Digest::sha256(&bytes))),
            Err(_) if !needed => {}
            Err(why) => errors.push(
                error("E166", say::unreadable_file(&name, why))
                    .at(place.clone())
                    .help(say::unreadable_file_help(&beside)),
            ),
        }
    }
    Some(files)
}

/// The bytes of one file of a program.
pub(crate) fn content(file: &Path) -> Result<Vec<u8>, Text> {
    match fs_err::metadata(file) {
        Ok(size) if !size.is_file() || size.len() > LARGEST => Err(say::no_program_file()),
        Ok(_) => fs_err::read(file).map_err(|failure| os::why_at(file, &failure)),
        Err(failure) => Err(os::why_at(file, &failure)),
    }
}
