//! Folders and zips: who may read them, who can open them, and that half a package is never taken for a whole one.

use std::io::{Cursor, Read as _, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use dsr::messages::Lang;
use dsr::package::{Container as _, Folder, Kind, Package, Zip};
use jiff::civil::date;
use secrecy::SecretString;

use crate::has;
use crate::material::{House, record};

fn zipped(password: Option<&str>) -> Vec<u8> {
    let house = House::new(Lang::De);
    let mut out = Vec::new();
    let zip = match password {
        Some(password) => Zip::with_password(&mut out, &SecretString::from(password)),
        None => Zip::plain(&mut out),
    };
    house.anna(
        house.material(Kind::Access, false),
        Box::new(zip.dated(date(2026, 3, 20))),
    );
    out
}

#[test]
fn a_folder_is_its_owners_alone() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("package");
    House::new(Lang::De).anna_in(&path, Kind::Access, true);
    let mut open = vec![path.clone()];
    while let Some(next) = open.pop() {
        let mode = fs_err::metadata(&next).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            mode,
            if next.is_dir() { 0o700 } else { 0o600 },
            "{}",
            next.display()
        );
        if next.is_dir() {
            open.extend(
                fs_err::read_dir(&next)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    let again = Folder::create(&path).err().unwrap();
    assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
    let file = root.path().join("file");
    fs_err::write(&file, "x").unwrap();
    assert!(Folder::create(&file).is_err());
}

#[test]
fn a_zip_holds_what_a_folder_holds() {
    let folder = tempfile::tempdir().unwrap();
    House::new(Lang::De).anna_in(folder.path(), Kind::Access, false);
    let mut zip = zip::ZipArchive::new(Cursor::new(zipped(None))).unwrap();
    let names: Vec<String> = zip
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    assert!(names.len() > 8);
    for name in names {
        let mut bytes = Vec::new();
        let mut entry = zip.by_name(&name).unwrap();
        assert_eq!(
            entry.last_modified().unwrap().to_string(),
            "2026-03-20 00:00:00"
        );
        entry.read_to_end(&mut bytes).unwrap();
        assert_eq!(
            bytes,
            fs_err::read(folder.path().join(&name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_password_is_needed_and_the_right_one() {
    let bytes = zipped(Some("sieben-mal-sieben"));
    assert!(memchr::memmem::find(&bytes, b"example.org").is_none());
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for index in 0..zip.len() {
        assert!(zip.by_index(index).is_err(), "opens without a password");
        assert!(zip.by_index_decrypt(index, b"falsch").is_err());
        let mut entry = zip.by_index_decrypt(index, b"sieben-mal-sieben").unwrap();
        // AE-2 keeps no check sum of what is inside.
        assert_eq!(entry.crc32(), 0);
        std::io::copy(&mut entry, &mut std::io::sink()).unwrap();
    }
}

#[test]
fn seven_zip_and_unzip_open_it() {
    let folder = tempfile::tempdir().unwrap();
    let (plain, locked) = (
        folder.path().join("plain.zip"),
        folder.path().join("locked.zip"),
    );
    fs_err::write(&plain, zipped(None)).unwrap();
    fs_err::write(&locked, zipped(Some("sieben mal sieben"))).unwrap();
    if has("unzip") {
        let done = Command::new("unzip")
            .arg("-tq")
            .arg(&plain)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    } else {
        eprintln!("skipped: needs unzip");
    }
    if !has("7zz") {
        eprintln!("skipped: needs 7zz");
        return;
    }
    let seven = |password: &str, file: &std::path::Path| {
        let done = Command::new("7zz")
            .args(["t", &format!("-p{password}")])
            .arg(file)
            .output()
            .unwrap();
        (
            done.status.success(),
            String::from_utf8_lossy(&done.stdout).into_owned(),
        )
    };
    let (good, said) = seven("", &plain);
    assert!(good && said.contains("Everything is Ok"), "{said}");
    let (good, said) = seven("sieben mal sieben", &locked);
    assert!(good && said.contains("Everything is Ok"), "{said}");
    assert!(!seven("falsch", &locked).0);
    let list = Command::new("7zz")
        .args(["l", "-slt"])
        .arg(&locked)
        .output()
        .unwrap();
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(
        list.contains("AES-256") && !list.contains("ZipCrypto"),
        "{list}"
    );
}

/// A writer that fails after so many bytes.
struct Full<'v>(&'v mut Vec<u8>, usize);

impl Write for Full<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() >= self.1 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        let fits = bytes.len().min(self.1 - self.0.len());
        self.0.extend_from_slice(&bytes[..fits]);
        Ok(fits)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn half_a_package_is_no_package() {
    let house = House::new(Lang::En);
    let object = &house.systems[0].objects[0];
    // Dropped in the middle.
    let mut out = Vec::new();
    let mut package = Package::new(
        house.material(Kind::Access, false),
        Box::new(Zip::plain(&mut out)),
    )
    .unwrap();
    let mut writer = package.object("shop", object).unwrap();
    writer.push(&record(serde_json::json!({"id": 1}))).unwrap();
    drop(writer);
    assert!(
        package
            .object("shop", &house.systems[0].objects[1])
            .is_err()
    );
    assert!(package.finish().is_err());
    assert!(zip::ZipArchive::new(Cursor::new(&out)).is_err());
    // Nothing but the container.
    let mut out = Vec::new();
    let mut zip = Zip::plain(&mut out);
    zip.begin("a.txt").unwrap();
    zip.write(b"a").unwrap();
    drop(zip);
    assert!(zip::ZipArchive::new(Cursor::new(&out)).is_err());
    // A disk that is full, wherever it is noticed.
    let whole = zipped(None).len();
    for room in [0, 10, 1_000, whole / 2, whole - 10] {
        let mut out = Vec::new();
        let house = House::new(Lang::De);
        let zip = Zip::plain(Full(&mut out, room)).dated(date(2026, 3, 20));
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            house.anna(house.material(Kind::Access, false), Box::new(zip))
        }));
        assert!(done.is_err(), "a package of {whole} bytes in {room}");
        assert!(out.len() <= room);
    }
}
