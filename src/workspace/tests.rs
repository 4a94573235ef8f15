use super::*;

/// An initialised workspace in a folder that goes with the test.
pub(crate) fn workspace() -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let made = Workspace::init(&folder.path().join("acme"), "dsr: 1\n", noon()).unwrap();
    (folder, made.workspace)
}

pub(crate) fn noon() -> jiff::Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn codes(result: Result<Workspace>) -> Vec<&'static str> {
    let trouble = result.map(|_| ()).unwrap_err();
    assert_eq!(trouble.exit(), Exit::Usage);
    assert!(trouble.diagnostics.iter().all(|d| !d.help.is_empty()));
    trouble.diagnostics.iter().map(|d| d.code).collect()
}

#[test]
fn the_nearest_parent_counts() {
    let (_folder, workspace) = workspace();
    let deep = workspace.folder.join("a/b");
    make_folder(&deep, 0o755).unwrap();
    assert_eq!(Workspace::find(&deep).unwrap().folder, workspace.folder);
    make_folder(&deep.join("c"), 0o755).unwrap();
    write_new(&deep.join("dsr.yaml"), b"dsr: 1\n", 0o644).unwrap();
    let nearest = Workspace::find(&deep.join("c")).unwrap();
    assert_eq!(nearest.folder, deep);
    assert_eq!(codes(Workspace::find(&deep.join("missing"))), ["E600"]);
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(codes(Workspace::find(elsewhere.path())), ["E600"]);
}

#[test]
fn init_makes_only_what_is_missing() {
    let (_folder, workspace) = workspace();
    fs_err::write(workspace.inventory_file(), "dsr: 1\n# mine\n").unwrap();
    fs_err::write(workspace.folder.join(".gitignore"), "*.log\n/.dsr/").unwrap();
    fs_err::remove_dir(workspace.exports_dir()).unwrap();
    let ledger = fs_err::read(workspace.ledger_file()).unwrap();
    let again = Workspace::init(&workspace.folder, "dsr: 1\n", noon()).unwrap();
    let mut new = again.new;
    new.sort();
    assert_eq!(
        new,
        [workspace.folder.join(".gitignore"), workspace.exports_dir()]
    );
    let inventory = fs_err::read_to_string(workspace.inventory_file()).unwrap();
    assert_eq!(inventory, "dsr: 1\n# mine\n");
    let ignored = fs_err::read_to_string(workspace.folder.join(".gitignore")).unwrap();
    assert_eq!(ignored, "*.log\n/.dsr/\n/evidence/\n/exports/\n");
    assert_eq!(fs_err::read(workspace.ledger_file()).unwrap(), ledger);
    assert!(
        Workspace::init(&workspace.folder, "", noon())
            .unwrap()
            .new
            .is_empty()
    );
}

#[test]
fn an_interrupted_init_is_finished_and_a_loss_is_not_papered_over() {
    let (_folder, workspace) = workspace();
    let id = crate::trust::Lock::read(&workspace).unwrap().ledger;
    // Killed after the ledger and before dsr.lock.
    fs_err::remove_file(workspace.lock_file()).unwrap();
    Workspace::init(&workspace.folder, "", noon()).unwrap();
    assert_eq!(crate::trust::Lock::read(&workspace).unwrap().ledger, id);
    for (file, code) in [
        (workspace.workspace_key_file(), "E655"),
        (workspace.vault_file(), "E650"),
        (workspace.ledger_file(), "E631"),
    ] {
        let away = workspace.folder.join("away");
        fs_err::rename(&file, &away).unwrap();
        let again = Workspace::init(&workspace.folder, "", noon()).map(|made| made.workspace);
        assert_eq!(codes(again), [code]);
        assert!(!file.exists());
        // Not even where the lock that names the ledger is gone too.
        if file != workspace.ledger_file() {
            let lock = fs_err::read(workspace.lock_file()).unwrap();
            fs_err::remove_file(workspace.lock_file()).unwrap();
            let again = Workspace::init(&workspace.folder, "", noon()).map(|made| made.workspace);
            assert_eq!(codes(again), [code]);
            assert!(!file.exists() && !workspace.lock_file().exists());
            write_new(&workspace.lock_file(), &lock, 0o644).unwrap();
        }
        fs_err::rename(&away, &file).unwrap();
    }
    Workspace::init(&workspace.folder, "", noon()).unwrap();
}

#[test]
fn a_lease_is_for_one_and_ends_with_its_holder() {
    let (_folder, workspace) = workspace();
    let held = lease(&workspace, "2026-K7QF3M").unwrap();
    let other = lease(&workspace, "../sweep: leads").unwrap();
    let error = lease(&workspace, "2026-K7QF3M").unwrap_err();
    assert_eq!(
        (error.diagnostics[0].code, error.exit()),
        ("E605", Exit::Failed)
    );
    let why = &error.diagnostics[0].why.as_ref().unwrap().de;
    assert!(
        why.contains(&format!("Prozess {}", std::process::id())),
        "{why}"
    );
    drop(held);
    lease(&workspace, "2026-K7QF3M").unwrap();
    drop(other);
    let leases = fs_err::read_dir(workspace.private_dir().join("leases")).unwrap();
    assert_eq!(leases.count(), 2, "no name leads out of the folder");
}

#[cfg(unix)]
mod modes {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    use super::*;

    fn chmod(path: &Path, mode: u32) {
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        fs_err::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn what_is_private_is_made_so() {
        let (_folder, workspace) = workspace();
        let _log =
            crate::ledger::Ledger::open(&workspace, &crate::trust::Lock::read(&workspace).unwrap())
                .unwrap();
        assert_eq!(mode(&workspace.private_dir()), 0o700);
        assert_eq!(mode(&workspace.keys_dir()), 0o700);
        assert_eq!(mode(&workspace.exports_dir()), 0o700);
        let mut seen = 0;
        for entry in fs_err::read_dir(workspace.private_dir()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
                seen += 1;
            }
        }
        assert!(seen >= 3, "ledger, vault, lock");
        assert_eq!(mode(&workspace.workspace_key_file()), 0o600);
        assert_eq!(mode(&workspace.lock_file()) & 0o022, 0);
    }

    #[test]
    fn what_others_can_write_is_refused_with_the_remedy() {
        let (_folder, workspace) = workspace();
        let guarded = [
            workspace.folder.clone(),
            workspace.inventory_file(),
            workspace.lock_file(),
            workspace.connectors_dir(),
        ];
        for path in &guarded {
            let before = mode(path);
            for bits in [0o020, 0o002] {
                chmod(path, before | bits);
                assert_eq!(codes(Workspace::find(&workspace.folder)), ["E602"]);
            }
            chmod(path, before);
        }
        chmod(&workspace.private_dir(), 0o750);
        let error = Workspace::find(&workspace.folder).unwrap_err();
        assert_eq!(error.diagnostics[0].code, "E603");
        let remedy = &error.diagnostics[0].help[0].en;
        let command = format!("chmod go= {}", workspace.private_dir().display());
        assert!(remedy.contains(&command), "{remedy}");
        chmod(&workspace.private_dir(), 0o700);
        for path in &guarded {
            chmod(path, mode(path) | 0o022);
        }
        assert_eq!(codes(Workspace::find(&workspace.folder)), ["E602"; 4]);
    }

    #[test]
    fn what_belongs_to_somebody_else_is_refused_for_root_too() {
        let (_folder, workspace) = workspace();
        let wrong = if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(workspace.inventory_file(), Some(1234), None).unwrap();
            codes(Workspace::find(&workspace.folder))
        } else {
            let root = ownership::check(Path::new("/")).unwrap();
            root.iter().map(|diagnostic| diagnostic.code).collect()
        };
        assert_eq!(wrong, ["E601"]);
    }
}

#[test]
fn failures_of_the_disk_have_a_remedy() {
    use std::io::{Error, ErrorKind};
    for (kind, code) in [
        (ErrorKind::StorageFull, "E606"),
        (ErrorKind::ReadOnlyFilesystem, "E607"),
        (ErrorKind::PermissionDenied, "E607"),
        (ErrorKind::InvalidData, "E608"),
    ] {
        let trouble = file_trouble(&Error::new(kind, "x"));
        assert_eq!(
            (trouble.diagnostics[0].code, trouble.exit()),
            (code, Exit::Failed)
        );
        assert_eq!(trouble.diagnostics[0].help.len(), 1);
    }
}
