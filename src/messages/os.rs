//! What the operating system says of a file, where a person reads it: the usual reasons in words, the others as it says them.

use std::io::ErrorKind;

use crate::messages::Text;

catalogue! {
    not_found() { en: "there is no such file or folder", de: "die Datei oder den Ordner gibt es nicht" }
    not_permitted() { en: "this account may not do that to the file or folder", de: "dieses Konto darf das mit der Datei oder dem Ordner nicht tun" }
    exists() { en: "it exists already", de: "es gibt sie schon" }
    is_a_folder() { en: "it is a folder, not a file", de: "das ist ein Ordner, keine Datei" }
    no_folder() { en: "a part of the path is a file, not a folder", de: "ein Teil des Pfads ist eine Datei, kein Ordner" }
    no_room() { en: "the disk is full", de: "der Datenträger ist voll" }
    read_only() { en: "the file system can only be read", de: "das Dateisystem ist schreibgeschützt" }
    not_text() { en: "it is no text in UTF-8", de: "das ist kein Text in UTF-8" }
}

/// Why a file could not be read or written.
pub fn why(error: &std::io::Error) -> Text {
    match error.kind() {
        ErrorKind::NotFound => not_found(),
        ErrorKind::PermissionDenied => not_permitted(),
        ErrorKind::AlreadyExists => exists(),
        ErrorKind::IsADirectory => is_a_folder(),
        ErrorKind::NotADirectory => no_folder(),
        ErrorKind::StorageFull => no_room(),
        ErrorKind::ReadOnlyFilesystem => read_only(),
        ErrorKind::InvalidData => not_text(),
        other => Text::same(other.to_string()),
    }
}

/// The same with the path, where nothing else names it.
pub fn why_at(path: &std::path::Path, error: &std::io::Error) -> Text {
    Text::same(path.display().to_string()).with(&why(error))
}
