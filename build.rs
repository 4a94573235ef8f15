//! Writes the table of the connectors that come with the program, and of what was recorded of their systems: whatever lies in
//! `connectors/` is in it, and there is no list to edit. The recordings are compressed, since they are twenty times as large as the
//! connectors and read by nobody but whoever tests one.

#![allow(
    clippy::disallowed_methods,
    reason = "a build script has the standard library alone"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where to"));
    let folder = root.join("connectors");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", folder.display());
    println!("cargo:rerun-if-changed={}", folder.join("tests").display());
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
        let tests = folder.join("tests").join(format!("{name}.test.yml"));
        let packed = match pack(&tests, &out.join(format!("{name}.test.gz"))) {
            Some(packed) => format!("include_bytes!({packed:?})"),
            None => "&[]".to_owned(),
        };
        writeln!(table, "    ({name:?}, include_str!({path:?}), {packed}),").expect("a text grows");
    }
    table.push_str("]\n");
    std::fs::write(out.join("shipped.rs"), table).expect("the table can be written");
}

/// Where the compressed text of a file lies now; `None` if there is no such file.
fn pack(file: &Path, to: &Path) -> Option<String> {
    let text = std::fs::read(file).ok()?;
    println!("cargo:rerun-if-changed={}", file.display());
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&text).expect("a list of bytes grows");
    let packed = packer.finish().expect("a list of bytes grows");
    std::fs::write(to, packed).expect("the recording can be written");
    Some(to.display().to_string())
}
