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
    no_program() { en: "it is no program that runs on this machine", de: "das ist kein Programm, das auf diesem Rechner läuft" }
    busy() { en: "another program is using it", de: "ein anderes Programm benutzt sie gerade" }
    port_taken() { en: "another program listens there already", de: "dort horcht schon ein anderes Programm" }
    too_long() { en: "it took too long", de: "es hat zu lange gedauert" }
    cut_short() { en: "it ends too early", de: "sie endet zu früh" }
    loops() { en: "links lead in a circle", de: "Verknüpfungen führen im Kreis" }
    /// The system's own number, which can be looked up everywhere.
    number(number) { en: "the operating system reports error {number}", de: "das Betriebssystem meldet den Fehler {number}" }
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
        ErrorKind::ExecutableFileBusy | ErrorKind::ResourceBusy => busy(),
        ErrorKind::AddrInUse => port_taken(),
        ErrorKind::TimedOut => too_long(),
        ErrorKind::UnexpectedEof => cut_short(),
        other => match error.raw_os_error() {
            Some(NO_PROGRAM) => no_program(),
            Some(LOOPS) => loops(),
            Some(known) => number(known),
            None => Text::same(other.to_string()),
        },
    }
}

/// ENOEXEC and ELOOP of Linux, which have no stable kind.
const NO_PROGRAM: i32 = 8;
const LOOPS: i32 = 40;

/// The same with the path, where nothing else names it.
pub fn why_at(path: &std::path::Path, error: &std::io::Error) -> Text {
    Text::same(path.display().to_string()).with(&why(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_errors_of_the_system_are_said_in_both_languages() {
        // EPERM, ENOENT, ENOEXEC, EACCES, EEXIST, ENOTDIR, EISDIR, ETXTBSY, ENOSPC, EROFS, ELOOP, and one of which nobody hears.
        for number in [1, 2, 8, 13, 17, 20, 21, 26, 28, 30, 40, 52] {
            let said = why(&std::io::Error::from_raw_os_error(number));
            assert_ne!(said.en, said.de, "{number}: {}", said.en);
        }
        assert!(
            why(&std::io::Error::from_raw_os_error(52))
                .de
                .ends_with("52")
        );
    }
}
