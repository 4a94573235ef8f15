//! Messages of `dsr check`.

catalogue! {
    state() { en: "State", de: "Zustand" }
    server() { en: "Server", de: "Server" }
    took() { en: "Took", de: "Dauer" }
    by_hand() { en: "searched by hand", de: "wird von Hand durchsucht" }
    reachable() { en: "reachable, credential works", de: "erreichbar, Zugangsdaten gültig" }
    failed(code, why) { en: "{code}: {why}", de: "{code}: {why}" }
    control_found() { en: "control person found", de: "Kontrollperson gefunden" }
    control_missing() { en: "control person NOT found", de: "Kontrollperson NICHT gefunden" }
    control_none() { en: "no control person: empty answers stay unproven", de: "keine Kontrollperson: leere Antworten bleiben unbewiesen" }
    key_in_credential() { en: "The workspace key comes from a systemd credential.", de: "Der Schlüssel des Arbeitsordners kommt aus einem systemd-Credential." }
    key_in_keyring(account) { en: "The workspace key lies in the keyring (service dsr, account {account}). While it is unlocked, every program that you run can read the key; on a server, a systemd credential named dsr-workspace-key is safer.", de: "Der Schlüssel des Arbeitsordners liegt im Schlüsselbund (Dienst dsr, Konto {account}). Solange dieser entsperrt ist, kann jedes Programm desselben Benutzers den Schlüssel lesen; auf einem Server ist ein systemd-Credential namens dsr-workspace-key sicherer." }
    key_in_file() { en: "The workspace key lies in a file. On a server, a systemd credential named dsr-workspace-key is safer; at a desk, the keyring is (`dsr init --key keyring` for a new workspace).", de: "Der Schlüssel des Arbeitsordners liegt in einer Datei. Auf einem Server ist ein systemd-Credential namens dsr-workspace-key sicherer, am Arbeitsplatz der Schlüsselbund (`dsr init --key keyring` für einen neuen Arbeitsordner)." }
}
