//! A time-stamping authority around `openssl ts -reply`, with a certification authority of its own, both made when a test starts.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "each test binary uses a part of this, and says what it skips"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// What the authority signs with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Rsa,
    P256,
    P384,
}

/// The authority; its folder goes when this is dropped.
pub struct Tsa {
    folder: tempfile::TempDir,
    /// One answer at a time: the serial number is a file.
    turn: Mutex<()>,
}

const SETTINGS: &str = "[req]
distinguished_name=dn
[dn]
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign
[tsa]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[no_purpose]
keyUsage=critical,digitalSignature
[not_critical]
keyUsage=critical,digitalSignature
extendedKeyUsage=timeStamping
[two_purposes]
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping,emailProtection
[no_signing]
keyUsage=critical,keyEncipherment
extendedKeyUsage=critical,timeStamping
[settings]
serial=FOLDER/serial
crypto_device=builtin
signer_digest=sha256
default_policy=1.2.3.4.1
other_policies=1.2.3.4.5
digests=sha256,sha384,sha512
accuracy=secs:1
ess_cert_id_alg=sha256
[ca_default]
dir=FOLDER
database=FOLDER/index.txt
new_certs_dir=FOLDER
serial=FOLDER/ca.srl
default_md=sha256
policy=any
unique_subject=no
rand_serial=yes
[any]
organizationName=optional
commonName=optional
";

/// Whether OpenSSL 3 is there.
pub fn has_openssl() -> bool {
    let there = Command::new("openssl")
        .arg("version")
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"OpenSSL 3"));
    if !there {
        assert!(std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none());
        eprintln!("skipped: needs OpenSSL 3");
    }
    there
}

impl Tsa {
    /// An authority of a name, or none where OpenSSL is missing.
    pub fn new(name: &str, kind: Kind) -> Option<Tsa> {
        if !has_openssl() {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let settings = SETTINGS.replace("FOLDER", &folder.path().display().to_string());
        let write = |name: &str, text: &str| {
            fs_err::write(folder.path().join(name), text).expect("a file");
        };
        write("tsa.cnf", &settings);
        write("serial", "01\n");
        write("index.txt", "");
        let tsa = Tsa {
            folder,
            turn: Mutex::new(()),
        };
        tsa.key("ca.key", kind);
        let subject = format!("/O={name}/CN=Root");
        tsa.openssl(&[
            "req",
            "-x509",
            "-new",
            "-key",
            "ca.key",
            "-out",
            "ca.pem",
            "-subj",
            &subject,
            "-days",
            "30",
            "-config",
            "tsa.cnf",
            "-extensions",
            "ca",
        ]);
        tsa.key("tsa.key", kind);
        tsa.certificate("tsa", "tsa.key", name, None);
        Some(tsa)
    }

    fn key(&self, name: &str, kind: Kind) {
        let kind: &[&str] = match kind {
            Kind::Rsa => &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            Kind::P256 => &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            Kind::P384 => &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        };
        let start = ["genpkey", "-quiet", "-out", name, "-algorithm"];
        self.openssl(&[&start[..], kind].concat());
    }

    /// A certificate with these extensions, named `EXTENSIONS.pem`; between two days (`YYYYMMDDHHMMSSZ`), or from now on.
    fn certificate(&self, extensions: &str, key: &str, name: &str, days: Option<(&str, &str)>) {
        let out = format!("{extensions}.pem");
        let subject = format!("/O={name}/CN=Unit {extensions}");
        self.openssl(&[
            "req", "-new", "-key", key, "-out", "unit.csr", "-subj", &subject, "-config", "tsa.cnf",
        ]);
        let days: Vec<&str> = match days {
            Some((from, to)) => vec!["-startdate", from, "-enddate", to],
            None => vec!["-days", "20"],
        };
        let all = [
            &[
                "ca",
                "-batch",
                "-notext",
                "-config",
                "tsa.cnf",
                "-name",
                "ca_default",
                "-in",
            ][..],
            &[
                "unit.csr", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", &out,
            ],
            &["-extensions", extensions],
            &days,
        ];
        self.openssl(&all.concat());
    }

    fn openssl(&self, args: &[&str]) -> Vec<u8> {
        let output = Command::new("openssl")
            .args(args)
            .current_dir(self.folder.path())
            .output()
            .expect("openssl starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {args:?}: {said}");
        output.stdout
    }

    /// Where the certificate of the certification authority lies.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub fn ca_pem(&self) -> String {
        fs_err::read_to_string(self.ca()).expect("the certificate")
    }

    /// Answers a question.
    pub fn reply(&self, query: &[u8]) -> Vec<u8> {
        let _turn = self.turn.lock().expect("a turn");
        let path = |name: &str| self.folder.path().join(name);
        fs_err::write(path("query.tsq"), query).expect("a file");
        self.openssl(&[
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-section",
            "settings",
            "-queryfile",
            "query.tsq",
            "-signer",
            "tsa.pem",
            "-inkey",
            "tsa.key",
            "-chain",
            "ca.pem",
            "-out",
            "reply.tsr",
        ]);
        fs_err::read(path("reply.tsr")).expect("an answer")
    }

    /// A token over bytes, as `openssl ts` makes it.
    pub fn token(&self, over: &[u8]) -> Vec<u8> {
        let path = |name: &str| self.folder.path().join(name);
        fs_err::write(path("over"), over).expect("a file");
        self.openssl(&[
            "ts", "-query", "-data", "over", "-sha256", "-cert", "-out", "own.tsq",
        ]);
        let query = fs_err::read(path("own.tsq")).expect("a question");
        let reply = self.reply(&query);
        fs_err::write(path("own.tsr"), reply).expect("a file");
        self.openssl(&[
            "ts",
            "-reply",
            "-in",
            "own.tsr",
            "-token_out",
            "-out",
            "own.tst",
        ]);
        fs_err::read(path("own.tst")).expect("a token")
    }

    /// The content of a token signed anew, by a certificate with other extensions, or in another way (`openssl cms` options).
    pub fn signed_anew(
        &self,
        token: &[u8],
        extensions: &str,
        days: Option<(&str, &str)>,
        options: &[&str],
    ) -> Vec<u8> {
        self.signed_with(token, extensions, days, options, |_| {})
    }

    /// The same token, calling itself qualified (ETSI EN 319 422, 9.1: esi4-qtstStatement-1 in an extension of its content).
    pub fn calling_itself_qualified(&self, token: &[u8]) -> Vec<u8> {
        const SAYS: [u8; 29] = [
            0xa1, 0x1b, 0x30, 0x19, 6, 8, 0x2b, 6, 1, 5, 5, 7, 1, 3, 4, 0x0d, 0x30, 0x0b, 0x30, 9,
            6, 7, 4, 0, 0x81, 0x97, 0x5e, 1, 1,
        ];
        self.signed_with(token, "tsa", None, &[], |info| {
            // One SEQUENCE, which gets longer.
            let head = match info[1] {
                short if short < 0x80 => 2,
                long => 2 + usize::from(long & 0x7f),
            };
            let content = [&info[head..], &SAYS].concat();
            let length = u8::try_from(content.len()).expect("a short content");
            let head: &[u8] = match length {
                0..0x80 => &[0x30, length],
                _ => &[0x30, 0x81, length],
            };
            *info = [head, &content].concat();
        })
    }

    fn signed_with(
        &self,
        token: &[u8],
        extensions: &str,
        days: Option<(&str, &str)>,
        options: &[&str],
        change: impl FnOnce(&mut Vec<u8>),
    ) -> Vec<u8> {
        let path = |name: &str| self.folder.path().join(name);
        fs_err::write(path("token.tst"), token).expect("a file");
        if extensions != "tsa" || days.is_some() {
            self.certificate(extensions, "tsa.key", "Odd", days);
        }
        self.openssl(&[
            "cms",
            "-verify",
            "-noverify",
            "-nosigs",
            "-inform",
            "DER",
            "-in",
            "token.tst",
            "-out",
            "info.der",
            "-binary",
        ]);
        let mut info = fs_err::read(path("info.der")).expect("a content");
        change(&mut info);
        fs_err::write(path("info.der"), info).expect("a file");
        let signer = format!("{extensions}.pem");
        let start = [
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-nosmimecap",
            "-cades",
            "-in",
            "info.der",
            "-econtent_type",
            "1.2.840.113549.1.9.16.1.4",
            "-signer",
            &signer,
            "-inkey",
            "tsa.key",
            "-outform",
            "DER",
            "-out",
            "anew.tst",
        ];
        self.openssl(&[&start[..], options].concat());
        fs_err::read(path("anew.tst")).expect("a token")
    }

    /// What `openssl ts -verify` says of a token over bytes.
    pub fn accepts(&self, token: &[u8], over: &[u8]) -> bool {
        let path = |name: &str| self.folder.path().join(name);
        fs_err::write(path("check.tst"), token).expect("a file");
        fs_err::write(path("check"), over).expect("a file");
        let ran = Command::new("openssl")
            .args(["ts", "-verify", "-token_in", "-in", "check.tst"])
            .args(["-data", "check", "-CAfile", "ca.pem"])
            .current_dir(self.folder.path())
            .output();
        ran.expect("openssl starts").status.success()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
