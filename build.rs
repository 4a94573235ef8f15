//! Writes the table of the connectors that come with the program: whatever lies in `connectors/` is in it, and there is no list to
//! edit.

#![allow(
    clippy::disallowed_methods,
    reason = "a build script has the standard library alone"
)]

use std::fmt::Write as _;
use std::path::PathBuf;

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where to"));
    let folder = root.join("connectors");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", folder.display());
    // A source package without the folder has no connectors, and still builds.
    let entries = std::fs::read_dir(&folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "yml"))
        .collect();
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        println!("cargo:rerun-if-changed={}", file.display());
        let name = file.file_stem().expect("a file has a name");
        let (name, path) = (name.to_string_lossy(), file.display().to_string());
        writeln!(table, "    ({name:?}, include_str!({path:?})),").expect("a text grows");
    }
    table.push_str("]\n");
    std::fs::write(out.join("shipped.rs"), table).expect("the table can be written");
}
