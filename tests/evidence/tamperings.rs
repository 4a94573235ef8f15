//! Every way of tampering with a bundle that we know, for each program that has to notice.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::tamper::{self, Files, pack};

/// Changes that a lone bundle can show, with the codes that must be among the reasons.
pub(crate) fn tamperings(
    files: &Files,
    other: &Files,
    other_certificate: &str,
) -> Vec<(&'static str, Files, &'static [&'static str])> {
    let edit = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = files.clone();
        change(tamper::file_mut(&mut files, name));
        files
    };
    let lines = |name: &str, change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        edit(name, &|bytes| {
            let mut lines: Vec<Vec<u8>> = bytes
                .split_inclusive(|b| *b == b'\n')
                .map(<[u8]>::to_vec)
                .collect();
            change(&mut lines);
            *bytes = lines.concat();
        })
    };
    let other_file = |name: &str| tamper::file(other, name).to_vec();
    let flip = |bytes: &mut Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    };
    vec![
        (
            "byte of evidence",
            edit("data/law.json", &flip),
            &["E720", "E724", "E733"],
        ),
        (
            "evidence and hash lists",
            tamper::relist(edit("data/law.json", &flip)),
            &["E724", "E733"],
        ),
        (
            "evidence, hash lists, statement and sealed list",
            tamper::relist_all(edit("data/law.json", &flip)),
            &["E742"],
        ),
        (
            "sealed list",
            edit("META-INF/ASiCManifest001.xml", &flip),
            &["E742"],
        ),
        (
            "sealed list emptied of one file, file removed",
            tamper::relist_all(
                files
                    .clone()
                    .into_iter()
                    .filter(|(n, _)| n != "data/law.json")
                    .collect(),
            ),
            &["E712", "E742"],
        ),
        (
            "journal tail cut",
            lines("data/journal.jsonl", &|lines| lines.truncate(10)),
            &["E724", "E731"],
        ),
        (
            "journal tail cut, all lists rebuilt",
            tamper::relist_all(lines("data/journal.jsonl", &|lines| lines.truncate(10))),
            &["E731", "E742"],
        ),
        (
            "journal line dropped",
            tamper::relist_all(lines("data/journal.jsonl", &|lines| {
                lines.remove(4);
            })),
            &["E730", "E731", "E742"],
        ),
        (
            "journal lines reordered",
            tamper::relist_all(lines("data/journal.jsonl", &|lines| lines.swap(7, 9))),
            &["E730", "E742"],
        ),
        (
            "record line dropped",
            tamper::relist_all(lines("data/records.jsonl", &|lines| {
                lines.pop();
            })),
            &["E732", "E742"],
        ),
        (
            "record lines reordered",
            tamper::relist_all(lines("data/records.jsonl", &|lines| lines.swap(0, 1))),
            &["E732", "E742"],
        ),
        (
            "outcome embellished",
            tamper::relist_all(edit("data/records.jsonl", &|bytes| {
                let text = String::from_utf8(bytes.clone()).unwrap();
                *bytes = text.replace("\"unknown\"", "\"removed\"").into_bytes();
            })),
            &["E732", "E742"],
        ),
        (
            "file removed",
            files
                .clone()
                .into_iter()
                .filter(|(name, _)| name != "data/systems.jsonl")
                .collect(),
            &["E712", "E721", "E722"],
        ),
        (
            "file added",
            [
                files.clone(),
                vec![("data/extra.txt".to_owned(), b"x".to_vec())],
            ]
            .concat(),
            &["E711", "E721", "E722", "E733"],
        ),
        (
            "file added at the root",
            [
                files.clone(),
                vec![("README.txt".to_owned(), b"x".to_vec())],
            ]
            .concat(),
            &["E711", "E721"],
        ),
        (
            "file added under META-INF",
            [
                files.clone(),
                vec![("META-INF/extra.p7s".to_owned(), b"x".to_vec())],
            ]
            .concat(),
            &["E711"],
        ),
        (
            "file added and listed everywhere but in the seal",
            tamper::relist(
                [
                    files.clone(),
                    vec![("data/extra.txt".to_owned(), b"x".to_vec())],
                ]
                .concat(),
            ),
            &["E711", "E724", "E733"],
        ),
        (
            "cover sheet rewritten",
            tamper::relist(edit("data/00-COVER.txt", &|bytes| {
                *bytes = b"All is well.\n".to_vec();
            })),
            &["E724", "E733"],
        ),
        (
            "instructions rewritten",
            tamper::relist(edit("VERIFY.txt", &|bytes| {
                *bytes = b"Trust us.\n".to_vec()
            })),
            &["E724"],
        ),
        (
            "seal of another bundle",
            edit("META-INF/signature001.p7s", &|bytes| {
                *bytes = other_file("META-INF/signature001.p7s");
            }),
            &["E742"],
        ),
        (
            "certificate swapped inside the seal",
            edit("META-INF/signature001.p7s", &|bytes| {
                *bytes = tamper::swap_certificate(bytes, other_certificate);
            }),
            &["E743"],
        ),
        (
            "seal cut off",
            edit("META-INF/signature001.p7s", &|bytes| bytes.truncate(100)),
            &["E740"],
        ),
        (
            "bytes behind the seal",
            edit("META-INF/signature001.p7s", &|bytes| bytes.extend(b"junk")),
            &["E740"],
        ),
        (
            "seal empty",
            edit("META-INF/signature001.p7s", &Vec::clear),
            &["E740"],
        ),
        (
            "seal removed",
            files
                .clone()
                .into_iter()
                .filter(|(name, _)| !name.ends_with(".p7s"))
                .collect(),
            &["E712"],
        ),
        (
            "other container",
            edit("mimetype", &|bytes| bytes[20] ^= 1),
            &["E710"],
        ),
        (
            "container whose type goes on with what is no text",
            edit("mimetype", &|bytes| bytes.push(0xff)),
            &["E714"],
        ),
    ]
}

/// What only the holder of the sealing key can do: everything is listed and sealed anew after the change. With the codes that must be
/// among the reasons, and whether the script for stock tools can see it: it looks at files, lists, chain and seal, and does not work out
/// roots, figures and what else the statement says.
pub(crate) fn resealed(
    files: &Files,
    key: &str,
    certificate: &str,
) -> Vec<(&'static str, Files, &'static [&'static str], bool)> {
    const CADES: &[&str] = &["-cades", "-md", "sha256"];
    let seal = |files: Files, options: &[&str]| sealed(files, key, certificate, options);
    let stated = |change: &dyn Fn(&mut Value)| {
        let mut files = files.clone();
        let bytes = tamper::file_mut(&mut files, "data/statement.json");
        let mut said: Value = serde_json::from_slice(bytes).unwrap();
        let before = said.clone();
        change(&mut said);
        assert_ne!(before, said);
        *bytes = dsr::canonical::bytes(&said);
        // The statement as it is now; its list of files is right already.
        tamper::relist_under_statement(files)
    };
    let other = json!("0".repeat(64));
    let said_twice = || {
        let mut files = files.clone();
        let bytes = tamper::file_mut(&mut files, "data/statement.json");
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains("\"number\":1,"));
        *bytes = text
            .replace("\"number\":1,", "\"number\":1,\"number\":7,")
            .into_bytes();
        tamper::relist_under_statement(files)
    };
    vec![
        (
            "the list inside the seal as well",
            seal(files.clone(), &["-cades", "-md", "sha256", "-nodetach"]),
            &["E740"],
            true,
        ),
        (
            "a member of the statement twice",
            seal(said_twice(), CADES),
            &["E733"],
            true,
        ),
        (
            "sealed without naming the certificate",
            seal(files.clone(), &["-md", "sha256"]),
            &["E743"],
            true,
        ),
        (
            "sealed with SHA-1",
            seal(files.clone(), &["-cades", "-md", "sha1"]),
            &["E740"],
            true,
        ),
        (
            "sealed with SHA-512",
            seal(files.clone(), &["-cades", "-md", "sha512"]),
            &["E740"],
            true,
        ),
        (
            "sealed without signed attributes",
            seal(files.clone(), &["-noattr", "-md", "sha256"]),
            &["E743"],
            true,
        ),
        (
            "journal shortened in the statement",
            seal(
                stated(&|said| said["predicate"]["journal"]["count"] = json!(18)),
                CADES,
            ),
            &["E731"],
            true,
        ),
        (
            "a record too many in the statement",
            seal(
                stated(&|said| said["predicate"]["records"]["count"] = json!(8)),
                CADES,
            ),
            &["E732"],
            true,
        ),
        (
            "another root of the records",
            seal(
                stated(&|said| said["predicate"]["records"]["merkleRoot"] = other.clone()),
                CADES,
            ),
            &["E732"],
            false,
        ),
        (
            "outcomes embellished in the statement",
            seal(
                stated(&|said| {
                    let outcomes = &mut said["predicate"]["records"]["outcomes"];
                    outcomes["removed"] = json!(3);
                    outcomes.as_object_mut().unwrap().remove("unknown");
                }),
                CADES,
            ),
            &["E732"],
            false,
        ),
        (
            "a file that the statement does not name",
            seal(
                stated(&|said| drop(said["subject"].as_array_mut().unwrap().pop())),
                CADES,
            ),
            &["E733"],
            true,
        ),
        (
            "another certificate in the statement",
            seal(
                stated(&|said| said["predicate"]["seal"]["certificate"] = other.clone()),
                CADES,
            ),
            &["E735"],
            true,
        ),
        (
            "a level of its own",
            seal(
                stated(&|said| said["predicate"]["seal"]["level"] = json!("S9")),
                CADES,
            ),
            &["E733"],
            false,
        ),
        (
            "another case in the statement",
            seal(
                stated(&|said| said["predicate"]["case"] = json!("2026-ZZZZZZ")),
                CADES,
            ),
            &["E731"],
            true,
        ),
    ]
}

/// Seals the list of files as it stands now.
fn sealed(mut files: Files, key: &str, certificate: &str, options: &[&str]) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let list = tamper::file(&files, "META-INF/ASiCManifest001.xml");
    fs_err::write(at("list"), list).unwrap();
    fs_err::write(at("key.pem"), key).unwrap();
    fs_err::write(at("organisation.pem"), certificate).unwrap();
    let signed = Command::new("openssl")
        .args(["cms", "-sign", "-binary", "-outform", "DER", "-in", "list"])
        .args(["-signer", "organisation.pem", "-inkey", "key.pem"])
        .args(["-out", "p7s"])
        .args(options)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(signed.status.success(), "{signed:?}");
    let seal: &Path = &at("p7s");
    *tamper::file_mut(&mut files, "META-INF/signature001.p7s") = fs_err::read(seal).unwrap();
    files
}

/// Zips that are refused before anything in them is read.
pub(crate) fn hostile_zips(good: &[u8], files: &Files) -> Vec<(&'static str, Vec<u8>)> {
    let added =
        |name: &str| pack(&[files.clone(), vec![(name.to_owned(), b"x".to_vec())]].concat());
    let named = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        tamper::replace_all(&added(from), from.as_bytes(), to.as_bytes())
    };
    let mut commented = good.to_vec();
    let end = commented.len() - 2;
    commented[end] = 3;
    commented.extend(b"abc");
    vec![
        ("data before", [b"#!/bin/sh\n".as_slice(), good].concat()),
        ("data after", [good, b"more".as_slice()].concat()),
        ("comment", commented),
        ("two archives", [good.to_vec(), good.to_vec()].concat()),
        (
            "twice the same name",
            named("data/law.jsox", "data/law.json"),
        ),
        ("case clash", added("DATA/law.json")),
        ("outwards", added("../outside.txt")),
        ("absolute", added("/tmp/outside.txt")),
        ("backslash", added("data\\law.json")),
        ("empty part", added("data//law.json")),
        ("steering characters", added("data/\u{202e}nosj.wal")),
        ("link", tamper::pack_with_link(&files.clone())),
        ("encrypted", tamper::mark_encrypted(good)),
        (
            "mimetype packed",
            tamper::pack_mimetype_deflated(&files.clone()),
        ),
        (
            "mimetype last",
            pack(&{
                let mut files = files.clone();
                files.rotate_left(1);
                files
            }),
        ),
        (
            "bomb",
            pack(
                &[
                    files.clone(),
                    vec![("data/zeros".to_owned(), vec![0; 80 << 20])],
                ]
                .concat(),
            ),
        ),
        (
            "too many files",
            pack(
                &(0..300)
                    .map(|i| (format!("data/{i}"), vec![]))
                    .collect::<Files>(),
            ),
        ),
        ("cut", good[..good.len() / 2].to_vec()),
        ("empty", vec![]),
        ("no zip", b"hello".to_vec()),
    ]
}
