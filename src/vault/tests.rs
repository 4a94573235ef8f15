use serde_json::json;

use super::*;
use crate::keyring;
use crate::keys::Digest;
use crate::workspace::tests::workspace;

const CANARY: &str = "Anna Canary, anna@example.org";

fn case(text: &str) -> CaseId {
    CaseId::parse(text).unwrap()
}

fn open(workspace: &Workspace) -> Vault {
    Vault::open(workspace, &workspace_key(workspace).unwrap().0).unwrap()
}

fn code<T>(result: Result<T>) -> (&'static str, Exit) {
    let trouble = result.map(|_| ()).unwrap_err();
    (trouble.diagnostics[0].code, trouble.exit())
}

/// All bytes of all files of the vault, its write-ahead log included.
fn bytes_on_disk(workspace: &Workspace) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs_err::read_dir(workspace.private_dir()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("vault")
        {
            all.extend(fs_err::read(path).unwrap());
        }
    }
    all
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[test]
fn items_come_back_and_the_last_one_counts() {
    let (_folder, workspace) = workspace();
    let mut vault = open(&workspace);
    let (a, b) = (case("2026-AAAAAA"), case("2026-BBBBBB"));
    let key = vault.create_case(&a).unwrap();
    assert_eq!(vault.create_case(&a).unwrap().expose(), key.expose());
    assert_ne!(vault.create_case(&b).unwrap().expose(), key.expose());
    vault.put(&a, "subject", "old").unwrap();
    let items = vec![
        Item::new("subject", CANARY),
        Item::new("plan", &json!({"n": 1})),
    ];
    vault.put_all(&a, items).unwrap();
    vault.put_for_workspace("reason/1", CANARY).unwrap();
    drop(vault);

    let mut vault = open(&workspace);
    assert_eq!(vault.case_key(&a).unwrap().unwrap().expose(), key.expose());
    assert_eq!(
        vault.read::<String>(&a, "subject").unwrap().unwrap(),
        CANARY
    );
    assert_eq!(vault.names(&a).unwrap(), ["plan", "subject"]);
    assert_eq!(vault.read::<String>(&b, "subject").unwrap(), None);
    assert_eq!(vault.names_for_workspace().unwrap(), ["reason/1"]);
    let reason: Option<String> = vault.read_for_workspace("reason/1").unwrap();
    assert_eq!(reason.unwrap(), CANARY);
    vault.remove_for_workspace("reason/1").unwrap();
    assert!(vault.names_for_workspace().unwrap().is_empty());
    vault.remove(&a, "plan").unwrap();
    assert_eq!(vault.names(&a).unwrap(), ["subject"]);
}

#[test]
fn without_the_key_the_vault_yields_nothing() {
    let (_folder, workspace) = workspace();
    let mut vault = open(&workspace);
    let a = case("2026-AAAAAA");
    let key = vault.create_case(&a).unwrap();
    vault.put(&a, "subject", CANARY).unwrap();
    vault.put_for_workspace("reason", CANARY).unwrap();
    let all = bytes_on_disk(&workspace);
    assert!(contains(&all, b"subject"), "the right files were looked at");
    for part in [&b"Canary"[..], b"anna@", key.expose()] {
        assert!(!contains(&all, part));
    }
    drop(vault);
    let wrong = Key::from_bytes([7; 32]);
    assert_eq!(code(Vault::open(&workspace, &wrong)), ("E651", Exit::Usage));
    fs_err::remove_file(workspace.vault_file()).unwrap();
    assert_eq!(code(Vault::open(&workspace, &key)), ("E650", Exit::Usage));
    assert!(!workspace.vault_file().exists());
}

#[test]
fn an_item_cannot_be_read_in_the_place_of_another() {
    let (_folder, workspace) = workspace();
    let mut vault = open(&workspace);
    let (a, b) = (case("2026-AAAAAA"), case("2026-BBBBBB"));
    vault.create_case(&a).unwrap();
    vault.create_case(&b).unwrap();
    vault.put(&a, "plan", CANARY).unwrap();
    let attacks = [
        "UPDATE item SET name = 'subject' WHERE name = 'plan'",
        "UPDATE item SET name = 'plan', owner = '2026-BBBBBB' WHERE name = 'subject'",
        "UPDATE item SET owner = '2026-AAAAAA', sealed = zeroblob(5) WHERE name = 'plan'",
    ];
    for (attack, (owner, name)) in attacks
        .iter()
        .zip([(&a, "subject"), (&b, "plan"), (&a, "plan")])
    {
        assert_eq!(vault.connection.execute(attack, []).unwrap(), 1);
        let read = vault.read::<String>(owner, name);
        assert_eq!(code(read), ("E653", Exit::Failed), "{attack}");
    }
    // Nor can a case be given the key of another.
    let swap = "UPDATE case_key SET wrapped = (SELECT wrapped FROM case_key WHERE case_id = '2026-AAAAAA')";
    vault.connection.execute(swap, []).unwrap();
    assert_eq!(code(vault.case_key(&b)), ("E653", Exit::Failed));
    assert!(vault.case_key(&a).unwrap().is_some());
}

#[test]
fn an_item_of_another_kind_is_an_error_without_its_content() {
    let (_folder, workspace) = workspace();
    let mut vault = open(&workspace);
    let a = case("2026-AAAAAA");
    vault.create_case(&a).unwrap();
    vault.put(&a, "subject", CANARY).unwrap();
    let trouble = vault.read::<u32>(&a, "subject").unwrap_err();
    assert!(!format!("{trouble:?}").contains("Canary"));
}

#[test]
fn a_purged_case_leaves_neither_key_nor_item() {
    let (_folder, workspace) = workspace();
    let mut vault = open(&workspace);
    let (a, b) = (case("2026-AAAAAA"), case("2026-BBBBBB"));
    vault.create_case(&a).unwrap();
    vault.create_case(&b).unwrap();
    // Several pages, so that overflow pages are freed too.
    let large = CANARY.repeat(2_000);
    vault.put(&a, "findings", &large).unwrap();
    vault.put(&a, "findings", &format!("{large}!")).unwrap();
    vault.put(&b, "findings", CANARY).unwrap();
    let (wrapped, sealed): (Vec<u8>, Vec<u8>) = vault
        .connection
        .query_row(
            "SELECT wrapped, sealed FROM case_key JOIN item ON owner = case_id WHERE owner = '2026-AAAAAA'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let before = bytes_on_disk(&workspace);
    let mut pieces: Vec<&[u8]> = sealed.chunks_exact(32).step_by(29).collect();
    // A few lie across two pages.
    pieces.retain(|piece| contains(&before, piece));
    assert!(pieces.len() > 50, "{}", pieces.len());

    vault.destroy_case(&a).unwrap();
    let after = bytes_on_disk(&workspace);
    assert!(!contains(&after, &wrapped[..16]));
    assert!(!pieces.iter().any(|piece| contains(&after, piece)));
    assert!(!contains(&after, a.as_str().as_bytes()));
    assert!(vault.case_key(&a).unwrap().is_none());
    assert_eq!(vault.read::<String>(&a, "findings").unwrap(), None);
    assert_eq!(
        code(vault.put(&a, "subject", CANARY)),
        ("E652", Exit::Usage)
    );
    assert_eq!(
        vault.read::<String>(&b, "findings").unwrap().unwrap(),
        CANARY
    );
    vault.destroy_case(&a).unwrap();
}

#[test]
fn a_purge_that_a_reader_holds_up_says_so() {
    let (_folder, workspace) = workspace();
    let mut vault = open(&workspace);
    let a = case("2026-AAAAAA");
    vault.create_case(&a).unwrap();
    vault.connection.busy_timeout(Duration::ZERO).unwrap();
    let reader = Connection::open(workspace.vault_file()).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM case_key")
        .unwrap();
    assert_eq!(code(vault.destroy_case(&a)), ("E654", Exit::Failed));
    assert!(vault.case_key(&a).unwrap().is_none());
    drop(reader);
    vault.destroy_case(&a).unwrap();
}

#[test]
fn a_key_in_the_keyring_is_named_in_the_file_and_never_made_twice() {
    let folder = tempfile::tempdir().unwrap();
    let init = || {
        let inventory = "dsr: 1\n";
        let at = crate::workspace::tests::noon();
        Workspace::init_keyed(folder.path(), inventory, KeyPlace::Keyring, at)
    };
    let workspace = init().unwrap().workspace;
    let file = workspace.workspace_key_file();
    let (key, source) = workspace_key(&workspace).unwrap();
    let KeySource::Keyring(account) = &source else {
        panic!("{source:?}")
    };
    let written = fs_err::read_to_string(&file).unwrap();
    assert_eq!(written, format!("keyring:{account}\n"));
    let digits = Digest(*key.expose()).hex();
    for entry in fs_err::read_dir(workspace.keys_dir()).unwrap() {
        let bytes = fs_err::read(entry.unwrap().path()).unwrap();
        assert!(!contains(&bytes, digits.as_bytes()) && !contains(&bytes, key.expose()));
    }
    open(&workspace);
    init().unwrap();

    keyring::tests::refuse_once(account);
    assert_eq!(code(workspace_key(&workspace)), ("E658", Exit::Usage));
    keyring::delete(keyring::SERVICE, account).unwrap();
    assert_eq!(code(workspace_key(&workspace)), ("E657", Exit::Usage));
    assert_eq!(code(init()), ("E657", Exit::Usage));
    assert!(keyring::read(keyring::SERVICE, account).unwrap().is_none());
    assert_eq!(fs_err::read_to_string(&file).unwrap(), written);

    keyring::write(keyring::SERVICE, account, &"0123".into()).unwrap();
    assert_eq!(code(workspace_key(&workspace)), ("E656", Exit::Usage));
    keyring::write(keyring::SERVICE, account, &digits.into()).unwrap();
    assert_eq!(workspace_key(&workspace).unwrap().0.expose(), key.expose());
    fs_err::write(&file, "keyring:\n").unwrap();
    assert_eq!(code(workspace_key(&workspace)), ("E656", Exit::Usage));
}

#[test]
fn a_key_that_is_missing_malformed_or_open_to_others_is_refused() {
    let (_folder, workspace) = workspace();
    let file = workspace.workspace_key_file();
    assert_eq!(
        workspace_key(&workspace).unwrap().1,
        KeySource::File(file.clone())
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = |mode| fs_err::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        open(0o640);
        assert_eq!(code(workspace_key(&workspace)), ("E603", Exit::Usage));
        open(0o600);
    }
    fs_err::write(&file, "0123").unwrap();
    assert_eq!(code(workspace_key(&workspace)), ("E656", Exit::Usage));
    fs_err::remove_file(&file).unwrap();
    assert_eq!(code(workspace_key(&workspace)), ("E655", Exit::Usage));
    assert_eq!(
        code(make_workspace_key(&workspace, KeyPlace::File)),
        ("E655", Exit::Usage)
    );
    assert!(!file.exists(), "no new key beside an old vault");
}
