//! The help pages' own words, and their German texts. The English ones are the doc comments of `cli`.

use crate::messages::{Lang, Text};

catalogue! {
    usage() { en: "Usage:", de: "Aufruf:" }
    options_word() { en: "OPTIONS", de: "ANGABEN" }
    command_word() { en: "COMMAND", de: "BEFEHL" }
    options() { en: "Options:", de: "Angaben:" }
    show_help() { en: "Show this help", de: "Diese Hilfe zeigen" }
    show_version() { en: "Show the version", de: "Version zeigen" }
    more() { en: "`dsr` alone lists open cases. `dsr COMMAND --help` explains a command.", de: "`dsr` allein zeigt die offenen Vorgänge. `dsr BEFEHL --help` erklärt einen Befehl." }
    every_day() { en: "Every day:", de: "Täglich:" }
    it() { en: "IT:", de: "IT:" }
    auditor() { en: "Auditors:", de: "Prüfung:" }
}

/// The headings of a command's page, which clap wants as constants: what it is given, its own flags, those of every command, its commands.
pub fn headings(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::En => ["Arguments", "Options", "Every command", "Commands"],
        Lang::De => ["Argumente", "Angaben", "Bei jedem Befehl", "Befehle"],
    }
}

/// The heading of a group of commands.
pub fn group(name: &str) -> Text {
    match name {
        "every_day" => every_day(),
        "it" => it(),
        _ => auditor(),
    }
}

/// The German help of a command (`case.list`) or an argument (`erase.expect`, `*.email` for one that several share).
pub fn german(id: &str) -> Option<&'static str> {
    Some(match id {
        "dsr" => {
            "Beantwortet Betroffenenanfragen nach der DSGVO in allen angebundenen Systemen und weist es nach"
        }
        "*.directory" => "In diesem Ordner arbeiten statt im nächsten mit einer dsr.yaml",
        "*.format" => "Form der Daten: table, json oder csv",
        "*.lang" => "Sprache: en oder de; sonst die der Umgebung, sonst die des Inventars",
        "*.color" => "Farbe: auto, always oder never",
        "*.no_progress" => "Keinen Fortschritt zeigen",
        "*.quiet" => "Nur Daten, Warnungen und Fehler zeigen",
        "*.verbose" => "Einzelheiten zeigen; mehrfach für mehr",
        "*.operator" => "Wer arbeitet: ein Pseudonym aus `people:` im Inventar",
        "find" => "Suchen, wo Daten einer Person liegen",
        "erase" => {
            "Daten einer Person überall löschen: suchen, planen, fragen, löschen, prüfen, nachweisen"
        }
        "export" => {
            "Das Paket mit den Daten einer Person erstellen: erst ein Entwurf zum Durchsehen, dann mit --reviewed die Auskunft"
        }
        "export.portable" => "Was die Person bereitgestellt hat, maschinenlesbar (Art. 20 DSGVO)",
        "export.reviewed" => {
            "Das endgültige Paket erstellen, aus dem, was im letzten Entwurf stand; jemand hat ihn durchgesehen"
        }
        "export.to" => "Wohin: eine Datei, die es noch nicht gibt, oder ein Ordner",
        "export.recipient" => {
            "An diesen öffentlichen Schlüssel von age verschlüsseln statt mit Passphrase; mehrfach für mehrere"
        }
        "export.recipient_file" => {
            "An die öffentlichen Schlüssel von age in dieser Datei verschlüsseln"
        }
        "export.folder" => "Einen Ordner schreiben, der NICHT verschlüsselt ist",
        "export.language" => "Sprache des Pakets; ohne Angabe die des Inventars",
        "export.expires" => {
            "Wann das Paket gelöscht wird: eine Zeitspanne ab heute (P30D) oder ein Tag"
        }
        "export.list" => "Die erstellten Pakete auflisten, und wo sie liegen",
        "*.despite_access" => {
            "Auch löschen, wenn die Person Auskunft verlangt hat und das Paket noch nicht erstellt ist"
        }
        "case" => "Vorgänge ansehen",
        "case.list" => {
            "Vorgänge auflisten: Eingang, Fälligkeit, worauf jeder wartet, nächster Befehl"
        }
        "case.list.all" => "Auch geschlossene Vorgänge",
        "case.show" => "Einen Vorgang mit seiner Geschichte zeigen",
        "init" => {
            "Hier einen Arbeitsordner anlegen: Inventar, Schlüssel, Protokoll; ein bestehender bekommt nur, was fehlt"
        }
        "init.controller" => "Name des Verantwortlichen, etwa „Acme GmbH“",
        "init.seat" => "Sitz des Verantwortlichen, etwa DE-BY",
        "init.key" => {
            "Ablage eines neuen Arbeitsschlüssels: keyring (Schlüsselbund) oder file (Datei); ohne Angabe im Schlüsselbund, wenn ein Mensch am Terminal sitzt und er entsperrt ist, sonst in einer Datei"
        }
        "init.yes" => "Nichts fragen",
        "demo" => {
            "Auf diesem Rechner eine kleine Systemlandschaft aufbauen und eine Löschung vorführen"
        }
        "demo.keep" => {
            "Die Landschaft in diesem leeren oder neuen Ordner behalten, zum Ausprobieren"
        }
        "demo.serve" => {
            "Die beiden HTTP-Dienste einer behaltenen Landschaft wieder starten, bis Strg-C gedrückt wird"
        }
        "check" => "Inventar und Systeme prüfen: erreichbar, Zugangsdaten, Kontrollperson",
        "check.system" => "Nur dieses System prüfen; mehrfach möglich",
        "trust" => "Zeigen, was ein Konnektor erreichen und ändern darf, und ihn dann zulassen",
        "trust.file" => "Die Datei des Konnektors",
        "trust.yes" => "Nicht fragen",
        "plan" => "Eine Löschung planen, ohne sie auszuführen",
        "plan.as_of" => {
            "Zeigen, wie der Plan an einem anderen Tag aussähe; er wird nicht aufbewahrt"
        }
        "apply" => "Den Plan eines Vorgangs ausführen oder fortsetzen",
        "evidence" => "Nachweispakete erstellen und prüfen",
        "evidence.make" => {
            "Das Nachweispaket eines Vorgangs aus Protokoll und Tresor zusammenstellen"
        }
        "evidence.verify" => "Ein Nachweispaket prüfen; braucht keinen Arbeitsordner",
        "evidence.verify.bundle" => "Die ZIP-Datei oder der Ordner, in den sie entpackt wurde",
        "evidence.verify.anchor" => {
            "Zertifikat (PEM), auf das das Siegel zurückgehen muss; mehrfach möglich"
        }
        "evidence.verify.fingerprint" => "SHA-256-Fingerabdruck des Zertifikats, das gesiegelt hat",
        "audit" => "Das Protokoll prüfen und lesen",
        "audit.log" => "Die Kette des ganzen Protokolls prüfen und seine Ereignisse auflisten",
        "audit.log.verify" => "Nur prüfen",
        "*.email" => "E-Mail-Adresse der Person; mehrfach möglich",
        "*.phone" => "Telefonnummer der Person; mehrfach möglich",
        "*.id" => "Andere Kennung der Person, etwa customer_no=4711; mehrfach möglich",
        "*.subject" => {
            "Kennungen aus einer YAML- oder JSON-Datei lesen, mit `-` von der Standardeingabe"
        }
        "apply.case" | "case.show.case" | "evidence.make.case" => "Nummer des Vorgangs",
        "*.case" => "Diesen Vorgang fortsetzen",
        "*.system" => {
            "Nur dieses System fragen; mehrfach möglich. Das Ergebnis ist dann unvollständig"
        }
        "*.reason" => {
            "Warum gesucht wird; wird verschlüsselt aufbewahrt und verlangt, wo das Inventar es vorsieht"
        }
        "*.received" => "Tag des Eingangs; ohne Angabe heute",
        "*.channel" => "Eingangsweg, etwa letter, e-mail oder telephone",
        "*.identity" => "Wie die Identität der Person bestätigt wurde",
        "*.accept" => {
            "Einen verknüpften oder geteilten Datensatz als den der Person annehmen; mehrfach möglich"
        }
        "*.yes" => "Nicht fragen; verlangt --expect",
        "*.expect" => {
            "Anzahl der Datensätze, die geschrieben werden; bei einer anderen bricht der Befehl ab"
        }
        _ => return None,
    })
}

/// The German name of a value on the help pages, for its English one.
pub fn german_value(name: &str) -> Option<&'static str> {
    Some(match name {
        "ADDRESS" => "ADRESSE",
        "BUNDLE" => "PAKET",
        "CASE" => "VORGANG",
        "AGE1..." => "AGE1...",
        "CHANNEL" => "WEG",
        "COLOR" => "FARBE",
        "DATE" => "DATUM",
        "DIR" => "ORDNER",
        "FILE" => "DATEI",
        "FILE|-" => "DATEI|-",
        "FORMAT" => "FORM",
        "HEX" => "HEX",
        "KIND=VALUE" => "ART=WERT",
        "LANG" => "SPRACHE",
        "PATH" => "PFAD",
        "TIME" => "FRIST",
        "METHOD" => "METHODE",
        "N" => "ANZAHL",
        "NAME" => "NAME",
        "NUMBER" => "NUMMER",
        "PERSON" => "PERSON",
        "PLACE" => "ORT",
        "SEAT" => "SITZ",
        "SYSTEM.OBJECT:KEY" => "SYSTEM.OBJEKT:SCHLÜSSEL",
        "TEXT" => "TEXT",
        _ => return None,
    })
}
