//! Keys and certificates, made by OpenSSL as an authority would.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with a key, its certificate and an authority above it.
pub(crate) struct Pki {
    pub(crate) folder: tempfile::TempDir,
}

/// Whether the programs are there; a run of `scripts/test` has them all.
pub(crate) fn has(programs: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |program: &&str| {
        program.starts_with('/') && Path::new(program).exists()
            || std::env::split_paths(&path).any(|folder| folder.join(program).exists())
    };
    let all = programs.iter().all(is_there);
    if !all {
        assert!(
            std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none(),
            "{programs:?}"
        );
        eprintln!("skipped: needs {}", programs.join(", "));
    }
    all
}

impl Pki {
    /// `key.pem`, `cert.pem` with the certificate of the authority behind it, and `root.pem`.
    pub(crate) fn new() -> Pki {
        let pki = Pki {
            folder: tempfile::tempdir().unwrap(),
        };
        pki.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout root.key -out root.pem -days 3650 -subj /O=Example-CA -addext keyUsage=critical,keyCertSign");
        pki.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem");
        pki.certify("key.pem", "cert.pem", "");
        pki
    }

    /// A certificate of the authority for a key; `more` are lines of its extensions.
    pub(crate) fn certify(&self, key: &str, certificate: &str, more: &str) {
        self.write(
            "extensions",
            &format!("keyUsage=critical,digitalSignature,nonRepudiation\nbasicConstraints=CA:FALSE\n{more}\n"),
        );
        self.openssl(&format!("req -new -key {key} -subj /O=Acme -out request"));
        self.openssl(&format!("x509 -req -in request -CA root.pem -CAkey root.key -CAcreateserial -days 1000 -extfile extensions -out {certificate}"));
        let chain = self.read(certificate) + &self.read("root.pem");
        self.write(certificate, &chain);
    }

    pub(crate) fn openssl(&self, arguments: &str) -> Vec<u8> {
        let output = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs_err::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.path(name)).unwrap()
    }
}

/// Makes a file executable, or readable by its owner alone.
pub(crate) fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
