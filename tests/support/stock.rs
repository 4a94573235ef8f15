//! The script for stock tools, and the commands that a bundle prints: run as an auditor would run them.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "each test binary uses a part of this, and says what it skips"
)]

use std::path::Path;
use std::process::{Command, Output};

/// Says what a test leaves out, which is a fault where everything has to be there.
pub fn skip(what: &str) {
    assert!(
        std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none(),
        "needs {what}"
    );
    eprintln!("skipped: needs {what}");
}

/// Whether bash, OpenSSL 3 and unzip are there; LibreSSL has no -cades.
pub fn has_tools() -> bool {
    let says = |tool: &str, arg: &str, word: &str| {
        let output = Command::new(tool).arg(arg).output();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(word))
    };
    let all = says("bash", "--version", "bash")
        && says("openssl", "version", "OpenSSL 3")
        && says("unzip", "-v", "UnZip");
    if !all {
        skip("bash, OpenSSL 3 and unzip");
    }
    all
}

/// The script, with the language that its words are looked for in.
pub fn script() -> Command {
    let mut command = Command::new("bash");
    command.arg(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scripts/verify-evidence.sh"
    ));
    command.env("LC_ALL", "C").env_remove("OPENSSL");
    command
}

/// Exit code, and all words.
pub fn ran(command: &mut Command) -> (i32, String) {
    told(&command.output().unwrap())
}

pub fn told(output: &Output) -> (i32, String) {
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), said.into_owned())
}

/// The commands that `VERIFY.txt` prints for a shell, in their order.
pub fn printed(text: &str) -> String {
    let lines = text.lines().filter(|line| line.starts_with("    "));
    let lines = lines.map(str::trim_start);
    let shell = lines.take_while(|line| !line.starts_with("Get-Content"));
    shell.map(|line| format!("{line}\n")).collect()
}

/// Runs printed commands in a folder, stopping at the first that fails.
pub fn run_printed(commands: &str, folder: &Path) -> (bool, String) {
    let mut command = Command::new("bash");
    command
        .args(["-e", "-c", commands])
        .current_dir(folder)
        .env("LC_ALL", "C");
    let output = command.output().unwrap();
    let (code, said) = told(&output);
    (code == 0, said)
}
