//! The words around a diagnostic.

catalogue! {
    error() { en: "error", de: "Fehler" }
    warning() { en: "warning", de: "Warnung" }
    why() { en: "why", de: "warum" }
    help() { en: "help", de: "Abhilfe" }
}
