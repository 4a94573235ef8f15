//! Lets a program sign: for keys that nobody can read, in a smart card, a security module or with a remote service.
//!
//! The program is started without a shell, gets what is to be signed on its standard input and answers with the signature on its
//! standard output. It sees nothing of the environment but what a program needs to find its own files, and must be done within a
//! minute. Whether the signature is the right one is looked at by the room of evidence, which asks for it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::Sign;
use crate::inventory::Signer;
use crate::keys::Digest;
use crate::messages::{Text, seal as say};
use crate::secret::program;

/// How long a program may take; a remote service may ask its own.
const PATIENCE: Duration = Duration::from_secs(60);
/// A signature on P-256 has at most 72 bytes.
const LONGEST: u64 = 256;
/// What a program sees of the environment: where it finds programs, its own settings, and the credentials of the service.
const ENVIRONMENT: [&str; 11] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "CREDENTIALS_DIRECTORY",
    "SYSTEMROOT",
    "USERPROFILE",
];

/// A program of the inventory that signs.
pub(crate) struct Program {
    signer: Signer,
    folder: PathBuf,
    patience: Duration,
}

impl Program {
    /// The program as the inventory in this folder names it.
    pub(crate) fn new(signer: &Signer, folder: &Path) -> Program {
        Program {
            signer: signer.clone(),
            folder: fs_err::canonicalize(folder).unwrap_or_else(|_| folder.to_owned()),
            patience: PATIENCE,
        }
    }

    fn failed(&self, why: Text) -> Diagnostic {
        // The first word only: an argument has been seen to hold a PIN.
        let program = self.signer.command.first().map_or("", String::as_str);
        Diagnostic::new("E688", Exit::Failed, say::signer_failed(program))
            .why(why)
            .help(say::signer_failed_help())
    }
}

impl Sign for Program {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        for (file, digest) in &self.signer.files {
            // Somebody may have changed it since the inventory was read.
            let bytes = fs_err::read(self.folder.join(file));
            if !bytes.is_ok_and(|bytes| Digest::sha256(&bytes) == *digest) {
                return Err(self.failed(say::signer_changed(file)).into());
            }
        }
        let command = program::command(&self.signer.command, &self.folder);
        let mut command = command.ok_or_else(|| self.failed(say::signer_silent()))?;
        command.env_clear();
        for name in ENVIRONMENT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let answer = program::answer(command, message, LONGEST, self.patience)
            .map_err(|why| self.failed(why))?;
        if answer.is_empty() {
            return Err(self.failed(say::signer_silent()).into());
        }
        Ok(answer.to_vec())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// What a shell script answers to "message" within a second or two.
    fn asked(script: &str) -> std::result::Result<Vec<u8>, Diagnostic> {
        let program = Program {
            signer: Signer {
                command: ["sh", "-c", script, "sh", "a b", "$HOME"]
                    .map(str::to_owned)
                    .to_vec(),
                files: Vec::new(),
                certificate: String::new(),
            },
            folder: std::env::temp_dir(),
            patience: Duration::from_secs(2),
        };
        program
            .sign(b"message")
            .map_err(|mut trouble| trouble.diagnostics.remove(0))
    }

    #[test]
    fn the_words_arrive_as_they_stand_and_the_message_whole() {
        assert_eq!(
            asked("cat; printf '|%s|%s' \"$1\" \"$2\"").unwrap(),
            b"message|a b|$HOME"
        );
        // The tests are run with more than a dozen variables; few of them come through.
        let names = asked("env | cut -d = -f 1 | sort | tr '\\n' ' '").unwrap();
        let names = String::from_utf8(names).unwrap();
        for name in names.split_whitespace() {
            let own = ["PWD", "OLDPWD", "SHLVL", "_"].contains(&name);
            assert!(own || ENVIRONMENT.contains(&name), "{name}");
        }
        assert!(!names.contains("CARGO"));
    }

    #[test]
    fn who_hangs_babbles_fails_or_is_silent_is_refused() {
        let begun = std::time::Instant::now();
        for (script, why) in [
            ("sleep 60", "within 2 s"),
            ("sleep 60 & printf early", "within 2 s"),
            ("cat /dev/zero", "longer than 256 bytes"),
            ("printf x; exit 3", "failed"),
            ("cat > /dev/null", "nothing"),
            ("kill -9 $$", "failed"),
        ] {
            let refused = asked(script).unwrap_err();
            assert_eq!(refused.code, "E688", "{script}");
            assert!(refused.why.unwrap().en.contains(why), "{script}");
        }
        assert!(begun.elapsed() < Duration::from_secs(30));
        // One that never reads what it is given still gives an answer.
        assert_eq!(asked("printf x").unwrap(), b"x");
    }

    #[test]
    fn a_program_that_was_changed_since_it_was_trusted_does_not_run() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("sign"), "#!/bin/sh\ntouch ran\n").unwrap();
        let signer = Signer {
            command: vec!["sh".into(), "sign".into()],
            files: vec![("sign".into(), Digest::sha256(b"another"))],
            certificate: String::new(),
        };
        let refused = Program::new(&signer, folder.path()).sign(b"x").unwrap_err();
        assert_eq!(refused.diagnostics[0].code, "E688");
        assert!(!folder.path().join("ran").exists());
    }
}
