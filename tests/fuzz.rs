//! What the fuzzers begin with, and everything that they ever found, read again without a fuzzer (docs/architecture.md).
//!
//! The harness is the same as theirs; `scripts/fuzz` runs them. An input that once broke something lies in `fuzz/found`, under the name
//! of its target.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../fuzz/src/lib.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::disallowed_methods,
    reason = "written for the fuzzers, which are programs of their own"
)]
mod harness;

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use harness::{TARGETS, Target};

/// Runs a target over an input. The fuzzers allow it ten seconds; here the program is slower, and others may be at work beside.
fn holds(target: &Target, name: &str, input: &[u8]) {
    let begun = Instant::now();
    (target.run)(input);
    let took = begun.elapsed();
    assert!(
        took < Duration::from_secs(30),
        "{}, {name}: {took:?}",
        target.name
    );
}

/// The targets have a lock of their own, with which they are built and nothing else: one that does not know what the program needs
/// stops every run before its first input.
#[test]
fn the_lock_of_the_targets_knows_what_the_program_needs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs_err::read_to_string(root.join("Cargo.toml")).unwrap();
    let lock = fs_err::read_to_string(root.join("fuzz/Cargo.lock")).unwrap();
    let program = lock
        .split("[[package]]")
        .find(|one| one.contains("\nname = \"dsr\"\n"));
    let program = program.expect("the program is a package of the lock");
    let mut needed = 0;
    for section in manifest.split("\n[") {
        let title = section.split(']').next().unwrap();
        if !title.ends_with("dependencies") || title.ends_with("dev-dependencies") {
            continue;
        }
        for line in section.lines().skip(1) {
            let Some((name, told)) = line.split_once(" = ") else {
                continue;
            };
            if told.contains("optional = true") {
                continue;
            }
            let package = told.split_once("package = \"");
            let name = package.map_or(name, |(_, rest)| rest.split('"').next().unwrap());
            needed += 1;
            let known = [format!("\n \"{name}\","), format!("\n \"{name} ")];
            assert!(
                known.iter().any(|line| program.contains(line)),
                "{name}: run cargo metadata in fuzz/"
            );
        }
    }
    assert!(needed > 40, "{needed}");
}

#[test]
fn the_seeds_hold() {
    for target in &TARGETS {
        let seeds = (target.seeds)();
        assert!(seeds.len() > 5, "{}", target.name);
        for (number, seed) in seeds.iter().enumerate() {
            holds(target, &number.to_string(), seed);
        }
    }
}

#[test]
fn nothing_that_was_found_comes_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/found");
    // The folder comes with the first finding.
    let Ok(kinds) = fs_err::read_dir(folder) else {
        return;
    };
    for kind in kinds {
        let kind = kind.unwrap();
        let name = kind.file_name().into_string().unwrap();
        let target = TARGETS.iter().find(|target| target.name == name);
        let target = target.unwrap_or_else(|| panic!("no target {name}"));
        for found in fs_err::read_dir(kind.path()).unwrap() {
            let found = found.unwrap();
            let name = found.file_name().into_string().unwrap();
            holds(target, &name, &fs_err::read(found.path()).unwrap());
        }
    }
}

/// What the fuzzers need to get anywhere: from every seed that is spoilt a little, none is taken for what it was.
#[test]
fn a_byte_here_and_there_is_no_other_bundle() {
    for target in &TARGETS {
        for (number, seed) in (target.seeds)().iter().enumerate() {
            for nth in 1..4 {
                let mut bent = seed.clone();
                let at = 1 + (seed.len() - 1) * nth / 4;
                if let Some(byte) = bent.get_mut(at) {
                    *byte ^= 1 << (number % 8);
                }
                holds(target, &format!("{number}, byte {at}"), &bent);
            }
        }
    }
}

fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).unwrap()
}

/// A value in DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let head = match length[..] {
        [] => vec![tag, 0],
        [short @ 0..0x80] => vec![tag, short],
        _ => [
            &[tag, 0x80 | u8::try_from(length.len()).unwrap()],
            &length[..],
        ]
        .concat(),
    };
    [head, content].concat()
}

/// A set whose members lie the wrong way round, so that sorting it by insertion takes the most steps.
fn backwards(count: u32, member: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let members: Vec<u8> = (0..count)
        .rev()
        .flat_map(|nth| member(&[nth >> 14, nth >> 7, nth].map(|part| part as u8 & 0x7f)))
        .collect();
    der(0x31, &[&members])
}

#[test]
fn a_long_set_the_wrong_way_round_costs_no_time() {
    let version = [2, 1, 1];
    let signature = |count| {
        let algorithms = backwards(count, |own| der(0x30, &[&der(6, &[&[0x2a], own])]));
        let signed = der(0x30, &[&version, &algorithms]);
        let kind = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
        der(0x30, &[&kind, &der(0xa0, &[&signed])])
    };
    let certificate = |count| {
        let names = backwards(count, |own| der(0x30, &[&[6, 1, 0x2a], &der(4, &[own])]));
        let algorithm = der(0x30, &[&[6, 3, 0x2a, 3, 4]]);
        let told = der(0x30, &[&version, &algorithm, &der(0x30, &[&names])]);
        let body = BASE64.encode(der(0x30, &[&told]));
        let lines: Vec<&str> = body
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    };
    let large = [&[0], &signature(15_000)[..]].concat();
    assert!((100_000..128 * 1024).contains(&large.len()));
    holds(target("cms"), "signature", &large);
    let token = signature(5_500);
    assert!((40_000..48 * 1024).contains(&token.len()));
    holds(target("tsp"), "token", &[&[0], &token[..]].concat());
    let answer = der(0x30, &[&der(0x30, &[&[2, 1, 0]]), &token]);
    holds(target("tsp"), "answer", &[&[3], &answer[..]].concat());
    for kind in [3, 4] {
        let pem = certificate(200_000);
        holds(
            target("cms"),
            "certificate",
            &[&[kind], pem.as_bytes()].concat(),
        );
    }
}
