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
        "*.subjects" => {
            "Für viele Personen arbeiten: eine CSV- oder JSON-Datei mit einer Zeile oder einem Eintrag je Person; jede bekommt Vorgang, Plan und Nachweis"
        }
        "*.map" => {
            "Welche Spalte der Datei was ist, etwa email=Mail; auch reference, received, channel, identity, bei rectify contact.email und was:contact.email, bei restrict --lift notice und because"
        }
        "find" => "Suchen, wo Daten einer Person liegen",
        "erase" => {
            "Daten einer Person überall löschen: suchen, planen, fragen, löschen, prüfen, nachweisen"
        }
        "rectify" => {
            "Daten einer Person überall berichtigen; ohne --set nebeneinander zeigen, was die Systeme enthalten"
        }
        "rectify.set" => {
            "Richtiger Wert für eine Kategorie (contact.email) oder ein Feld (SYSTEM.OBJEKT.FELD); mehrfach möglich"
        }
        "rectify.set_from" => {
            "Richtige Werte aus einer YAML- oder JSON-Datei lesen, mit `-` von der Standardeingabe"
        }
        "rectify.was" => {
            "Was bisher dort stehen muss; alles andere hält den Befehl an. Mehrfach möglich"
        }
        "restrict" => {
            "Verarbeitung der Daten einer Person einschränken oder eine Einschränkung beenden"
        }
        "restrict.because" => {
            "Grund: contested (bestritten), unlawful (unrechtmäßig), needed_for_claims (Rechtsansprüche), objection (Widerspruch); mit --lift: verified (geprüft), lawful (rechtmäßig), claim_settled (Anspruch erledigt), grounds_override (andere Gründe überwiegen), person_asked (auf Bitte der Person)"
        }
        "restrict.until" => "Tag, an dem die Einschränkung voraussichtlich endet",
        "restrict.lift" => "Die Einschränkung beenden, die dieser Vorgang gesetzt hat",
        "restrict.notice_sent" => {
            "Tag, an dem die Person über das Ende der Einschränkung unterrichtet wurde; allein wird nur er vermerkt, mit --subjects gilt er für Zeilen, die keinen nennen"
        }
        "optout" => {
            "Daten einer Person nicht mehr für Werbung oder den eingewilligten Zweck verwenden, wo ein System das bietet"
        }
        "optout.because" => {
            "Grund: objection (Widerspruch, Art. 21 Abs. 2 DSGVO) oder withdrawal (Widerruf der Einwilligung, Art. 7 Abs. 3 DSGVO)"
        }
        "*.plan" => "Nach dem Planen anhalten; es wird nichts geschrieben",
        "case" => "Vorgänge eröffnen, ansehen und schließen",
        "case.open" => "Einen Vorgang eröffnen, noch ohne zu suchen",
        "case.open.right" => {
            "Was die Person verlangt: access (Auskunft), rectification (Berichtigung), erasure (Löschung), restriction (Einschränkung), portability (Übertragung), objection (Widerspruch)"
        }
        "case.close" => "Einen Vorgang schließen, der zu Ende ist",
        "case.close.how" => {
            "Wie er endete: answered (beantwortet), refused (abgelehnt), withdrawn (zurückgezogen) oder nothing_found (nichts gefunden)"
        }
        "task" => "Auflisten, was Menschen von Hand tun, als erledigt vermerken, daran erinnern",
        "task.list" => "Offene Aufgaben auflisten: Vorgang, Zuständige, was, bis wann",
        "task.list.case" => "Nur Aufgaben dieses Vorgangs",
        "task.list.owner" => "Nur Aufgaben dieser zuständigen Stelle",
        "task.list.overdue" => "Nur Aufgaben, deren Tag vorbei ist",
        "task.list.all" => "Auch Aufgaben, die erledigt oder nicht mehr nötig sind",
        "task.done" => "Vermerken, dass eine Aufgabe erledigt ist, mit dem Beleg dafür",
        "task.done.proof" => {
            "Dokument, das es belegt, etwa eine Bestätigung; wird verschlüsselt aufbewahrt"
        }
        "task.done.found" => "Was eine Suche ergab: `nothing` oder die Anzahl der Datensätze",
        "task.done.confirmed_by_processor" => {
            "Das Dokument ist die schriftliche Bestätigung eines Auftragsverarbeiters; die Nachweisstufe steigt auf L4"
        }
        "task.done.note" => "Eine Bemerkung; wird verschlüsselt aufbewahrt",
        "task.proof" => "Den Beleg einer erledigten Aufgabe in eine Datei schreiben",
        "task.proof.save" => "Zu schreibende Datei; darf noch nicht da sein",
        "task.remind" => {
            "Erinnerungen für die Zuständigen ausgeben, fertig zum Versand; verschickt nichts"
        }
        "task.remind.case" => "Nummer des Vorgangs; ohne Angabe alle offenen",
        "task.remind.task" => "Eine Aufgabe des Vorgangs, etwa T1",
        "task.remind.due_within" => {
            "Nur Aufgaben, die überfällig sind oder in dieser Zeit fällig werden, etwa P3D"
        }
        "task.remind.with_identities" => "Die Person mit ihren angegebenen Kennungen nennen",
        "*.task" => "Die Aufgabe, etwa T1",
        "note" => "Eine Notiz verschlüsselt beim Vorgang aufbewahren",
        "note.text" => {
            "Die Notiz, oder `-` für die Standardeingabe; ohne Angabe wird danach gefragt"
        }
        "note.list" => "Die Notizen des Vorgangs auflisten",
        "connector" => "Konnektoren schreiben und prüfen",
        "connector.list" => {
            "Die Konnektoren auflisten, die es gibt: mitgelieferte, eigene und die dieses Arbeitsordners"
        }
        "connector.show" => "Einen Konnektor zeigen, wie er geschrieben ist",
        "connector.show.connector" | "connector.check.connectors" | "connector.diff.overlay" => {
            "Die Datei eines Konnektors oder sein Name"
        }
        "connector.show.expanded" => {
            "Mit allem, was er erweitert, und allen Vorgaben ausgeschrieben"
        }
        "connector.new" => {
            "Einen Konnektor und einen ersten Test entwerfen, aus einigen Antworten oder einem OpenAPI-Dokument"
        }
        "connector.new.name" => "Wie der Konnektor heißt, etwa bookings",
        "connector.new.openapi" => {
            "Die Schnittstelle aus diesem OpenAPI-Dokument lesen (3.x oder Swagger 2.0, YAML oder JSON)"
        }
        "connector.new.path" => {
            "Mit --openapi: nur Listen, deren Pfad so beginnt; mehrfach möglich"
        }
        "connector.new.url" => "Adresse der Schnittstelle, etwa https://bookings.example.com/api",
        "connector.new.auth" => {
            "Wie man eingelassen wird: none, bearer, basic, header:NAME oder query:NAME"
        }
        "connector.new.find" => "Pfad der Suche nach E-Mail, etwa /guests?email={email}",
        "connector.new.records" => "Wo in der Antwort die Datensätze liegen, etwa $.items[*]",
        "connector.new.item" => "Pfad eines Datensatzes, etwa /guests/{id}, oder none",
        "connector.new.fields" => {
            "Personenbezogene Felder, durch Komma getrennt, etwa email,name,note=content.note"
        }
        "connector.new.delete" => "Ein DELETE auf den Pfad eines Datensatzes entfernt ihn",
        "connector.check" => "Konnektordateien auf Fehler prüfen, ohne ein System zu fragen",
        "connector.diff" => {
            "Zeigen, was eine Erweiterung am Konnektor darunter ändert, Sicherheitseigenschaften zuerst"
        }
        "connector.discover" => {
            "Ein System fragen, was es enthält, und Objekte, Kennungen und Verknüpfungen für das Inventar vorschlagen"
        }
        "connector.discover.system" => {
            "Das System des Inventars; es darf noch `not_connected` sein"
        }
        "connector.record" => {
            "Einen Fall an einem Testsystem ausführen und als Test festhalten, mit erfundenen Werten"
        }
        "connector.record.connector" => {
            "Der Konnektor, wenn das Testsystem nicht im Inventar steht: eine Datei oder ein Name"
        }
        "connector.record.set" => {
            "Mit --connector: eine Einstellung des Testsystems, etwa url=https://sandbox.example.com; Geheimnisse als key=env:NAME; mehrfach möglich"
        }
        "connector.record.system" => "Das System des Inventars; es wird nur gelesen",
        "connector.record.run" => {
            "Was ausgeführt wird: find, export, erase, rectify, restrict oder optout"
        }
        "connector.record.subject" => {
            "Die Testperson: eine E-Mail-Adresse oder eine Kennung wie customer_no=4711; mehrfach möglich"
        }
        "connector.record.case" => "Was der Fall zeigt, in wenigen Wörtern; nichts über die Person",
        "connector.record.change" => {
            "Mit --run rectify: ein neuer Wert, etwa person.name=Ada; mehrfach möglich"
        }
        "connector.record.tests" => {
            "Die Testdatei, wenn sie nicht tests/NAME.test.yml neben dem Konnektor ist; gibt es sie schon, kommt der Fall hinzu"
        }
        "connector.record.keep" => {
            "Die Werte dieses Felds stehen lassen, etwa status; mehrfach möglich"
        }
        "connector.record.hide" => {
            "Die Werte dieses Felds ersetzen, obwohl sie wie die Nummer eines Datensatzes aussehen; mehrfach möglich"
        }
        "connector.record.sandbox" => "Es antwortet ein Testsystem: der Fall darf hineinschreiben",
        "connector.test" => {
            "Aufgezeichnete Antworten eines Systems dem Konnektor vorspielen, und daraus abgeleitete Fälle"
        }
        "connector.test.connectors" => {
            "Dateien von Konnektoren oder ihre Namen; ohne Angabe alle in connectors/"
        }
        "connector.test.tests" => {
            "Die Testdatei, wenn sie nicht connectors/tests/NAME.test.yml ist"
        }
        "connector.test.all" => "Auch scheitern, wenn ein Objekt oder eine Aktion keinen Fall hat",
        "connector.test.traffic" => {
            "Anfragen und Antworten der aufgezeichneten Fälle in eine Datei schreiben, je Zeile ein JSON-Objekt"
        }
        "schema" => "JSON-Schemas des Inventars und der Ausgaben zeigen",
        "schema.name" => "Das Schema, etwa inventory oder find; ohne Angabe eine Liste",
        "completions" => "Vervollständigungen für eine Shell ausgeben",
        "completions.shell" => "Die Shell: bash, zsh, fish, powershell oder elvish",
        "man" => "Die Handbuchseite ausgeben oder eine für jeden Befehl schreiben",
        "man.dir" => "Für jeden Befehl eine Seite in diesen Ordner schreiben",
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
        "check" => "Arbeitsordner und Systeme prüfen: erreichbar, Rechte, Fallen, Abhilfe",
        "check.system" => "Nur dieses System prüfen; mehrfach möglich",
        "check.strict" => "Bei Warnungen mit Code 4 enden",
        "check.compliance" => "Zeigen, was die DSGVO verlangt und das Inventar noch nicht sagt",
        "login" => {
            "Die Geheimnisse eines Systems im Schlüsselbund ablegen; ohne System zeigen, welche da sind"
        }
        "login.system" | "logout.system" => "Das System aus dem Inventar",
        "login.stdin" => "Die Geheimnisse von der Standardeingabe lesen, je eine Zeile",
        "login.paste" => "Einfügen, was der Browser zurückbringt; für einen Rechner ohne Browser",
        "login.port" => {
            "Der Port dieses Rechners, auf den der Browser zurückkommt, wenn das System ihn vorher wissen will"
        }
        "login.unchecked" => "Ablegen, ohne sie am System auszuprobieren",
        "logout" => "Die Geheimnisse eines Systems aus dem Schlüsselbund entfernen",
        "trust" => {
            "Zeigen, was ein Konnektor oder Plugin erreichen und ändern darf, und ihn dann zulassen"
        }
        "trust.file" => "Die Datei des Konnektors oder eine des Plugins",
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
        "find.name" => "Personen dieses Namens suchen und zur Auswahl auflisten",
        "find.postcode" => "Mit --name: wer eine andere Postleitzahl hat, wird ausgelassen",
        "find.born" => "Mit --name: wer an einem anderen Tag geboren ist, wird ausgelassen",
        "*.pick" => {
            "Ein Datensatz aus der Liste von `dsr find --name`, der zu der Person gehört; mehrfach möglich"
        }
        "*.subject" => {
            "Kennungen aus einer YAML- oder JSON-Datei lesen, mit `-` von der Standardeingabe"
        }
        "apply.case" | "case.show.case" | "case.close.case" | "evidence.make.case"
        | "task.done.case" | "task.proof.case" | "note.case" => "Nummer des Vorgangs",
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
        "CONNECTOR" => "KONNEKTOR",
        "OVERLAY" => "ERWEITERUNG",
        "PORT" => "PORT",
        "DATE" => "DATUM",
        "DIR" => "ORDNER",
        "FIELD=VALUE" => "FELD=WERT",
        "FILE" => "DATEI",
        "ADDRESS|KIND=VALUE" => "ADRESSE|ART=WERT",
        "MEMBER" => "FELD",
        "NAME=VALUE" => "NAME=WERT",
        "RUN" => "LAUF",
        "FIELDS" => "FELDER",
        "URL" => "URL",
        "WAY" => "WEG",
        "FILE|-" => "DATEI|-",
        "FORMAT" => "FORM",
        "GROUND" => "GRUND",
        "HEX" => "HEX",
        "WHAT=COLUMN" => "WAS=SPALTE",
        "HOW" => "WIE",
        "KIND=VALUE" => "ART=WERT",
        "LANG" => "SPRACHE",
        "PATH" => "PFAD",
        "TIME" => "FRIST",
        "METHOD" => "METHODE",
        "N" => "ANZAHL",
        "N|nothing" => "ANZAHL|nothing",
        "NAME" => "NAME",
        "NUMBER" => "NUMMER",
        "PERIOD" => "ZEITRAUM",
        "PERSON" => "PERSON",
        "PLACE" => "ORT",
        "RIGHT" => "RECHT",
        "POSTCODE" => "POSTLEITZAHL",
        "SEAT" => "SITZ",
        "SYSTEM" => "SYSTEM",
        "SYSTEM.OBJECT:KEY" => "SYSTEM.OBJEKT:SCHLÜSSEL",
        "SHELL" => "SHELL",
        "TASK" => "AUFGABE",
        "TEXT" => "TEXT",
        "TEXT|-" => "TEXT|-",
        _ => return None,
    })
}
