//! Programs that were not written here, asked about unpacked evidence: OpenSSL, bagit-python and pyHanko.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "each test binary uses a part of this, and says what it skips"
)]

use std::path::Path;
use std::process::Command;

/// Exit and words of a program; `None` where it is missing, which is a fault where everything has to be there.
fn run(command: &mut Command, what: &str) -> Option<(bool, String)> {
    match command.output() {
        Ok(output) => {
            let said =
                String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            Some((output.status.success(), said.into_owned()))
        }
        Err(error) => {
            assert!(
                std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none(),
                "{what}: {error}"
            );
            eprintln!("skipped: needs {what}");
            None
        }
    }
}

/// Whether OpenSSL takes the seal for a CAdES signature of the holder of this certificate over the list of files.
pub fn openssl_seal(folder: &Path, certificate: &Path) -> Option<(bool, String)> {
    let mut command = Command::new("openssl");
    command
        .args([
            "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any",
        ])
        .args(["-in", "META-INF/signature001.p7s"])
        .args(["-content", "META-INF/ASiCManifest001.xml"])
        .args(["-no-CApath", "-no-CAstore", "-out", "/dev/null", "-CAfile"])
        .arg(certificate)
        .current_dir(folder);
    run(&mut command, "OpenSSL 3")
}

/// Whether OpenSSL takes the time stamp for one of this authority over the second list of files.
pub fn openssl_time(folder: &Path, authority: &Path) -> Option<(bool, String)> {
    let mut command = Command::new("openssl");
    command
        .args(["ts", "-verify", "-token_in"])
        .args(["-in", "META-INF/timestamp002.tst"])
        .args(["-data", "META-INF/ASiCManifest002.xml", "-CAfile"])
        .arg(authority)
        .current_dir(folder);
    run(&mut command, "OpenSSL 3")
}

/// Whether bagit-python takes the folder for a whole bag (RFC 8493).
pub fn bagit(folder: &Path) -> Option<(bool, String)> {
    let mut command = Command::new("bagit.py");
    command.arg("--validate").arg(folder);
    run(&mut command, "bagit (pip install bagit)")
}

/// Whether pyHanko takes the seal, and the time stamp in it, for valid ones of these.
pub fn pyhanko(
    folder: &Path,
    certificate: &Path,
    authority: Option<&Path>,
) -> Option<(bool, String)> {
    let mut command = Command::new("pyhanko");
    command
        .args([
            "sign",
            "validate",
            "--pretty-print",
            "--no-revocation-check",
        ])
        .arg("--trust")
        .arg(certificate);
    if let Some(authority) = authority {
        command.arg("--trust").arg(authority);
    }
    command
        .args(["--trust-replace", "--detached"])
        .args(["META-INF/signature001.p7s", "META-INF/ASiCManifest001.xml"])
        .current_dir(folder);
    run(&mut command, "pyHanko (pip install pyhanko-cli)")
}
