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
    second() { en: "Second person:", de: "Zweite Person:" }
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
        "second" => second(),
        "it" => it(),
        _ => auditor(),
    }
}

/// The English help of an argument that means something else here than in the other commands that share it.
pub fn english(id: &str) -> Option<&'static str> {
    match id {
        "hold.add.case" => Some("Cover the person of this case"),
        _ => None,
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
        "*.log" => {
            "Wofür stderr da ist: text für einen Menschen; json oder journal, ein Betriebsprotokoll ohne Personen"
        }
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
        "case.correct" => "Tag des Eingangs oder Eingangsweg eines Vorgangs berichtigen",
        "case.correct.received" => "Tag, an dem die Anfrage einging; die Frist läuft ab diesem Tag",
        "case.correct.channel" => "Eingangsweg der Anfrage",
        "case.correct.reason" => "Warum, als kurzer Code fürs Protokoll, etwa vertippt",
        "case.separate" => {
            "Eine Kennung, die jemand anderem gehört, wieder aus einem Vorgang nehmen"
        }
        "case.separate.email" => "E-Mail-Adresse, die nicht dieser Person gehört; mehrfach möglich",
        "case.separate.phone" => "Telefonnummer, die nicht dieser Person gehört; mehrfach möglich",
        "case.separate.id" => {
            "Andere Kennung, die nicht dieser Person gehört, etwa customer_no=4711; mehrfach möglich"
        }
        "find.same_person" => {
            "Kennungen, die der Vorgang nicht kennt, gehören derselben Person; die Identität ist dann neu zu bestätigen"
        }
        "*.same_person" => {
            "Kennungen, die der offene Vorgang nicht kennt, gehören derselben Person; die Identität ist dann neu zu bestätigen"
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
        "task.done.despite_document" => {
            "Das Dokument nennt die Person noch oder ist nicht lesbar; die Bemerkung sagt, warum das so richtig ist"
        }
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
        "report" => "Was im Inventar steht, als Dokument ausgeben: das Löschkonzept",
        "report.concept" => "Das Löschkonzept (DIN 66398, ISO/IEC 27555) ausgeben und prüfen",
        "report.concept.lint" => {
            "Nur zeigen, was falsch ist oder fehlt; bei Fehlern mit Rückgabewert 2 enden"
        }
        "report.concept.strict" => "Mit --lint bei Warnungen mit Rückgabewert 4 enden",
        "report.concept.html" => "Es als Seite für Browser oder Drucker schreiben",
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
        "connector.show.tests" => "Stattdessen seine Testdatei",
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
            "Dateien von Konnektoren, ihre Namen oder Testdateien; ohne Angabe alle Konnektoren in connectors/"
        }
        "connector.test.tests" => {
            "Die Testdatei, wenn sie nicht connectors/tests/NAME.test.yml ist"
        }
        "connector.test.all" => {
            "Auch scheitern, wenn ein Objekt, eine Suche oder eine Aktion keinen Fall hat; ohne Konnektoren in connectors/ alle mitgelieferten testen"
        }
        "connector.test.traffic" => {
            "Anfragen und Antworten der aufgezeichneten Fälle in eine Datei schreiben, je Zeile ein JSON-Objekt"
        }
        "hold" => {
            "Löschstopps setzen, ansehen, aufheben: was sie umfassen, löscht keine Anfrage und kein Löschlauf"
        }
        "hold.add" => "Datensätze vom Löschen ausnehmen, bis der Löschstopp aufgehoben wird",
        "hold.add.case" => "Die Person dieses Vorgangs",
        "hold.add.system" => "Nur was in diesem System liegt",
        "hold.add.object" => "Nur Datensätze dieses Objekts",
        "hold.add.data_type" => "Nur Datensätze dieser Datenart des Inventars",
        "hold.add.from" => {
            "Nur Datensätze, deren Uhr (`clock`) diesen oder einen späteren Tag zeigt oder keinen"
        }
        "hold.add.until" => {
            "Nur Datensätze, deren Uhr (`clock`) diesen oder einen früheren Tag zeigt oder keinen"
        }
        "hold.add.ground" => {
            "Warum: art17_3_e (Rechtsansprüche), ao147_3_s5, bao132, ugb212 oder authority_order"
        }
        "hold.add.reason" => "Worum es geht, in einem Satz; wird verschlüsselt aufbewahrt",
        "hold.add.review_by" => {
            "Tag, bis zu dem jemand prüft, ob er noch nötig ist, höchstens zwölf Monate voraus; ohne Angabe zwölf Monate"
        }
        "hold.add.no_search" => "Nicht in den Systemen nach weiteren Kennungen der Person suchen",
        "hold.list" => {
            "Die geltenden Löschstopps auflisten oder die Datensätze, die auf ihre Löschung warten"
        }
        "hold.list.all" => "Auch aufgehobene",
        "hold.list.within" => {
            "Rückgabewert 6, wenn ein Löschstopp binnen so vieler Tage zu prüfen ist"
        }
        "hold.list.deferred" => {
            "Die Datensätze auflisten, die eine Löschung wegen des Gesetzes oder eines Löschstopps zurückgelassen hat"
        }
        "hold.show" => "Einen Löschstopp mit seinem Grund zeigen",
        "hold.show.hold" | "hold.release.hold" => "Nummer des Löschstopps, etwa H-K7QF3M",
        "hold.release" => {
            "Einen Löschstopp aufheben: was sonst nichts hält, darf wieder gelöscht werden"
        }
        "hold.release.reason" => {
            "Warum er nicht mehr nötig ist, in einem Satz; wird verschlüsselt aufbewahrt. Nicht noch einmal nötig, sobald eine zweite Person zugestimmt hat"
        }
        "law" => {
            "Regeln zum Aufbewahren und Löschen ansehen und nachrechnen, wie ein Tag zustande kommt"
        }
        "law.list" => "Die Regeln auflisten",
        "law.list.order" => "Nur aus dieser Rechtsordnung: de, at, ch oder gdpr",
        "law.list.kind" => {
            "Nur Aufbewahrungspflichten (min), Höchstfristen (max) oder bewusst Behaltenes (keep)"
        }
        "law.show" => "Eine Regel mit ihren Fassungen und Quellen zeigen",
        "law.show.rule" | "law.explain.rule" => "Die Regel, etwa de.ao147.voucher",
        "law.explain" => "Vom Tag eines Ereignisses an berechnen, bis wann etwas aufbewahrt wird",
        "law.explain.event" => "Tag des Ereignisses, ab dem die Regel zählt",
        "law.explain.financial_year_end" => {
            "Letzter Tag des Geschäftsjahres, etwa 06-30; sonst der des Inventars"
        }
        "law.explain.regulated_finance" => {
            "Für eine Bank, einen Versicherer oder ein Wertpapierinstitut rechnen"
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
            "Zeigen, was ein Konnektor, ein Plugin oder ein in dsr.yaml genanntes Programm darf, und es dann zulassen"
        }
        "trust.file" => "Die Datei des Konnektors, eine des Programms, oder dsr.yaml",
        "trust.yes" => "Nicht fragen",
        "approve" => {
            "Mit dem eigenen Schlüssel freigeben: einen Plan, hier oder aus einer Datei von `dsr plan show`; wem sonst eine zweite Person zustimmen muss; eine Änderung der dsr.yaml"
        }
        "approve.what" => {
            "Nummer des Vorgangs oder Löschstopps, `dsr.yaml`, `ledger` (Protokoll), oder eine Datei VORGANG.plan.age auf einem Rechner ohne den Arbeitsordner"
        }
        "approve.identity" => {
            "Der geheime age-Schlüssel, der die Datei öffnet; sonst der von `dsr key new`"
        }
        "apply.approval" => "Was jemand von einem eigenen Rechner als Freigabe zurückgeschickt hat",
        "plan.show" => {
            "Den Plan eines Vorgangs zeigen, oder verschlüsselt für die Freigabe anderswo schreiben"
        }
        "plan.show.case" => "Nummer des Vorgangs",
        "plan.show.approver" => "VORGANG.plan.age schreiben, verschlüsselt für diese Person",
        "key" => "Schlüssel von Personen und der, der Nachweise siegelt: anlegen, zeigen, wechseln",
        "key.new" => "Einen Schlüssel für die Person anlegen, die --as nennt",
        "*.keyring" => {
            "Den privaten Schlüssel in den eigenen Schlüsselbund legen statt in eine Datei unter einer Passphrase"
        }
        "key.new.file" | "key.rotate.file" => {
            "Datei des privaten Schlüssels; sonst eine im eigenen Konfigurationsordner"
        }
        "key.new.passphrase" | "key.rotate.passphrase" => {
            "Wo ein Skript die Passphrase findet: env:, file:, keyring: oder credential:; sonst wird gefragt"
        }
        "key.list" => {
            "Welches Zertifikat siegelt, welche es früher taten, und die Schlüssel der Personen"
        }
        "key.export-cert" => "Ein Zertifikat als PEM ausgeben, für die Prüfung",
        "key.export-cert.fingerprint" => {
            "Anfang seines SHA-256-Fingerabdrucks; ohne Angabe das Zertifikat, das siegelt"
        }
        "key.rotate" => {
            "Ab jetzt ein anderer Schlüssel, fürs Siegel oder für die Person, die --as nennt; was der alte unterschrieben hat, bleibt gültig"
        }
        "key.rotate.what" => {
            "Der Schlüssel, der gewechselt wird: seal, der Nachweise siegelt; sonst der der Person, die --as nennt"
        }
        "key.rotate.key" => {
            "Ein P-256-Schlüssel (PKCS#8, PEM), der übernommen wird; ohne Angabe entsteht ein neuer"
        }
        "key.rotate.certificate" => {
            "Das neue Zertifikat (PEM); allein das eines Schlüssels, der anderswo liegt und den die dsr.yaml nennen wird"
        }
        "key.rotate.yes" => "Nicht fragen",
        "plan" => "Eine Löschung planen, ohne sie auszuführen",
        "plan.as_of" => {
            "Zeigen, wie der Plan an einem anderen Tag aussähe; er wird nicht aufbewahrt"
        }
        "sweep" => {
            "Zeigen, was nach den Regeln fällig ist; mit --apply löschen, anonymisieren oder einschränken"
        }
        "sweep.apply" => "Die Regeln ausführen, die ein früherer Lauf unverändert gezeigt hat",
        "sweep.then" => "Nur Regeln, die dies tun: remove, anonymise oder restrict",
        "sweep.data_type" => "Nur diese Datenart; für mehrere wiederholen",
        "sweep.system" => "Nur in diesem System; für mehrere wiederholen",
        "sweep.as_of" => {
            "Zeigen, was an diesem Tag fällig wäre; ein solcher Blick lässt keine Regel schreiben"
        }
        "sweep.expect" => {
            "So viele Datensätze sind nach der einen Regel fällig, oder mit --deferred von dem, was Vorgänge aufgeschoben haben: das über seine Grenzen hinaus ausführen"
        }
        "sweep.deferred" => "Nur was Vorgänge aufgeschoben haben, und keine Regel",
        "sweep.left_alone" => {
            "Jeden Datensatz auflisten, der ausgelassen wird, und warum; geschrieben wird nichts"
        }
        "sweep.metrics" => {
            "Die Zahlen des Laufs im Textformat von Prometheus in diese Datei schreiben"
        }
        "sweep.orphans" => {
            "Zählen, was keine Regel erreicht: Datensätze, deren übergeordneter Datensatz fehlt, und solche ohne Datenart; geschrieben wird nichts"
        }
        "sweep.ping" => {
            "Dieser Adresse eines Überwachungsdienstes sagen, dass der Lauf beginnt und wie er endete; oder wo sie steht: env:NAME, file:PFAD, keyring:NAME, credential:NAME"
        }
        "sweep.pause" => {
            "Keinen Löschlauf schreiben lassen, bis --resume; ein laufender hört nach seinem Stapel auf"
        }
        "sweep.resume" => "Löschläufe wieder schreiben lassen",
        "apply" => "Den Plan eines Vorgangs ausführen oder fortsetzen",
        "evidence" => "Nachweise erstellen und prüfen",
        "evidence.stamp" => {
            "Die Zeitstempeldienste erneut fragen, für Nachweise, deren Zeit noch aussteht"
        }
        "evidence.stamp.all" => "Alle Vorgänge und die Nachweise über Zeiträume",
        "evidence.make" => {
            "Den Nachweis eines Vorgangs oder aller Vorgänge eines Zeitraums aus Protokoll und Tresor zusammenstellen"
        }
        "evidence.make.profile" => {
            "Für wen: auditor (ohne die Person) oder authority (der Vorgang vollständig, verschlüsselt)"
        }
        "evidence.make.period" => {
            "Alle Vorgänge eines Zeitraums statt eines Vorgangs, etwa 2026-01-01..2026-12-31"
        }
        "evidence.reveal" => {
            "Die Zeile eines Datensatzes zeigen, mit dem, was sie öffnet, und wie andere sie prüfen können"
        }
        "evidence.reveal.record" => {
            "Der Datensatz: `seq` seiner Zeile, SYSTEM.OBJEKT:SCHLÜSSEL oder sein Wert im Protokoll"
        }
        "evidence.reveal.bundle" => {
            "Der Nachweis, wenn er anderswo liegt oder ein früherer des Vorgangs ist"
        }
        "evidence.disclose" => {
            "Was den neuesten Nachweis öffnet, für benannte Empfänger verschlüsseln"
        }
        "evidence.disclose.path" => {
            "Ablage: eine Datei, die es noch nicht gibt; ohne Angabe neben dem Nachweis"
        }
        "evidence.disclose.recipient" | "evidence.make.recipient" => {
            "Für diesen öffentlichen Schlüssel von age verschlüsseln oder für diesen Namen aus `evidence.recipients`; mehrfach möglich"
        }
        "evidence.disclose.recipient_file" | "evidence.make.recipient_file" => {
            "Für die öffentlichen Schlüssel von age in dieser Datei verschlüsseln"
        }
        "case.purge" => {
            "Den Schlüssel eines geschlossenen Vorgangs und alles Persönliche darin vernichten"
        }
        "case.purge.early" => {
            "Vor dem Tag, bis zu dem der Vorgang aufbewahrt wird; verlangt --reason"
        }
        "case.purge.reason" => {
            "Warum vorzeitig vernichtet wird, als kurzer Code fürs Protokoll, etwa authority_order"
        }
        "case.purge.yes" | "evidence.disclose.yes" | "evidence.make.yes" => "Nicht fragen",
        "evidence.make.with_verifier" => {
            "Das Prüfprogramm für den Browser danebenlegen (besser von der Veröffentlichungsseite zu beziehen als von Ihnen)"
        }
        "evidence.verifier" => {
            "Das Prüfprogramm für den Browser ausgeben: eine HTML-Datei, die kein Netz braucht"
        }
        "evidence.verifier.output" => "In eine Datei schreiben statt auf die Standardausgabe",
        "evidence.verify" => "Einen Nachweis prüfen; braucht keinen Arbeitsordner",
        "evidence.verify.bundle" => "Die ZIP-Datei oder der Ordner, in den sie entpackt wurde",
        "evidence.verify.anchor" => {
            "Zertifikat (PEM), auf das das Siegel zurückgehen muss; mehrfach möglich"
        }
        "evidence.verify.tsa" => {
            "Zertifikat (PEM), auf das Zeitstempel zurückgehen müssen; mehrfach möglich"
        }
        "evidence.verify.fingerprint" => "SHA-256-Fingerabdruck des Zertifikats, das gesiegelt hat",
        "evidence.verify.log_key" | "evidence.log.verify.log_key" => {
            "Schlüssel des Verzeichnisses aller Vorgänge (NAME+KENNUNG+SCHLÜSSEL) oder eine Datei mit Schlüsseln; mehrfach möglich"
        }
        "evidence.log" => "Das Verzeichnis aller Vorgänge: Prüfpunkte, Belege, Einträge",
        "evidence.log.checkpoint" => {
            "Ausgeben, wie viele Einträge das Verzeichnis hat und welche Wurzel, signiert"
        }
        "evidence.log.prove" => "Den Beleg ausgeben, dass ein Eintrag im Verzeichnis steht",
        "evidence.log.prove.what" => {
            "Ein Vorgang (sein letzter Eintrag) oder die Nummer eines Eintrags"
        }
        "evidence.log.prove.opened" => "Beim Vorgang: der Eintrag seiner Eröffnung",
        "evidence.log.consistency" => {
            "Den Beleg ausgeben, dass das Verzeichnis mit einem früheren Stand beginnt"
        }
        "evidence.log.consistency.from" => {
            "Datei mit dem früheren Prüfpunkt oder die Zahl seiner Einträge"
        }
        "evidence.log.key" => "Den öffentlichen Schlüssel des Verzeichnisses für Prüfer ausgeben",
        "evidence.log.key.pem" => "In der Form, die openssl liest",
        "evidence.log.leaves" => "Einträge auflisten",
        "evidence.log.leaves.from" => "Erster Eintrag, gezählt ab 0",
        "evidence.log.leaves.to" => "Letzter Eintrag; ohne Angabe der letzte des Verzeichnisses",
        "evidence.log.verify" => {
            "Prüfen, dass ein späterer Prüfpunkt einen früheren fortsetzt; braucht keinen Arbeitsordner"
        }
        "evidence.log.verify.old" => "Datei mit dem früheren Prüfpunkt",
        "evidence.log.verify.new" => {
            "Datei mit dem späteren Prüfpunkt oder der Konsistenzbeleg, der ihn enthält"
        }
        "evidence.log.verify.proof" => {
            "Datei mit dem Konsistenzbeleg, wenn NEW nur ein Prüfpunkt ist"
        }
        "evidence.log.anchor" => "Den Prüfpunkt des Tages aus dem Haus geben; für cron",
        "evidence.log.anchor.sent" => {
            "Bestätigen, dass der ausgegebene Text an jemanden ging, der ihn aufbewahrt"
        }
        "audit" => {
            "Das Protokoll prüfen und lesen, Löschläufe prüfen, Vorgänge ziehen und noch einmal ansehen"
        }
        "audit.log" => {
            "Die Kette des ganzen Protokolls prüfen und auflisten, was geschah oder was auffällt"
        }
        "audit.log.verify" => "Nur prüfen",
        "audit.log.case" => "Nur Ereignisse dieses Vorgangs",
        "audit.log.since" => "Nur Ereignisse dieses Tages und späterer",
        "audit.log.reasons" => {
            "Auch die Gründe zeigen, die verschlüsselt im Tresor liegen und Personen nennen können"
        }
        "audit.log.anomalies" => {
            "Nur was auffällt: vorzeitig vernichtet, abgeschwächt, ausgelassen, ohne Grund gesucht"
        }
        "audit.log.fail" => "Mit --anomalies: mit Code 4 enden, wenn etwas auffällt",
        "audit.adopt" => {
            "Ein Protokoll anerkennen, das hinter dem zurückliegt, was dieses Konto davon kennt, etwa nach einer Wiederherstellung"
        }
        "audit.adopt.reason" => "Was geschah, in einem Satz; wird verschlüsselt aufbewahrt",
        "backup" => {
            "Protokoll, Tresor und Schlüssel verschlüsselt sichern, Sicherungen auflisten, eine zurückholen"
        }
        "backup.file" => {
            "Wohin: eine Datei, die es noch nicht gibt; sonst in diesen Ordner mit dem Tag im Namen"
        }
        "backup.to" => "Für diesen öffentlichen age-Schlüssel verschlüsseln; mehrfach möglich",
        "backup.recipients_file" => {
            "Für die öffentlichen age-Schlüssel in dieser Datei verschlüsseln"
        }
        "backup.until" => "Letzter Tag, an dem diese Sicherung aufbewahrt wird",
        "backup.list" => {
            "Die erstellten Sicherungen auflisten, und wie viele vernichtete Vorgänge jede noch öffnet"
        }
        "backup.destroyed" => {
            "Vermerken, dass es eine Sicherung nicht mehr gibt: ihre Nummer oder deren Anfang"
        }
        "backup.restore" => {
            "Protokoll, Tresor und Schlüssel aus dieser Datei zurückholen; nie über Vorhandenes"
        }
        "backup.identity" => "Datei mit dem geheimen age-Schlüssel, der die Sicherung öffnet",
        "audit.runs" => {
            "Löschläufe auflisten, die Nachweise eines jeden prüfen und fehlende Läufe nennen"
        }
        "audit.runs.from" => "Nur Läufe dieses Tages oder späterer",
        "audit.runs.to" => "Nur Läufe dieses Tages oder früherer",
        "audit.sample" => {
            "Vorgänge nach einem Startwert ziehen, ihre Nachweise prüfen und ihre Datensätze erneut lesen; in kein System wird geschrieben"
        }
        "audit.sample.n" => "Wie viele Vorgänge gezogen werden",
        "audit.sample.seed" => {
            "Wovon die Ziehung abhängt: Buchstaben, Ziffern, . _ -; die Prüfung nennt ihn"
        }
        "audit.sample.from" => "Nur Vorgänge, die an diesem Tag oder später eingingen",
        "audit.sample.to" => "Nur Vorgänge, die an diesem Tag oder früher eingingen",
        "audit.sample.all" => "Auch aus offenen Vorgängen ziehen",
        "audit.sample.papers" => {
            "Arbeitspapiere (HTML, JSON, CSV) in diesen neuen Ordner schreiben"
        }
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
        "apply.case"
        | "case.show.case"
        | "case.close.case"
        | "case.correct.case"
        | "case.separate.case"
        | "evidence.make.case"
        | "evidence.stamp.case"
        | "case.purge.case"
        | "evidence.reveal.case"
        | "evidence.disclose.case"
        | "task.done.case"
        | "task.proof.case"
        | "note.case" => "Nummer des Vorgangs",
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
        "CASE|HOLD|FILE" => "VORGANG|LÖSCHSTOPP|DATEI",
        "REFERENCE" => "VERWEIS",
        "CODE" => "CODE",
        "DAY" => "TAG",
        "DAYS" => "TAGE",
        "HOLD" => "LÖSCHSTOPP",
        "SYSTEM.OBJECT" => "SYSTEM.OBJEKT",
        "FOLDER" => "ORDNER",
        "KEY" => "SCHLÜSSEL",
        "SEED" => "STARTWERT",
        "RECORD" => "DATENSATZ",
        "VKEY|FILE" => "VKEY|DATEI",
        "CASE|INDEX" => "VORGANG|NUMMER",
        "CHECKPOINT|SIZE" => "PRÜFPUNKT|ANZAHL",
        "OLD" => "ALT",
        "NEW" => "NEU",
        "PROOF" => "BELEG",
        "ORDER" => "RECHTSORDNUNG",
        "KIND" => "ART",
        "RULE" => "REGEL",
        "MM-DD" => "MM-TT",
        "FROM..TO" => "VON..BIS",
        "PROFILE" => "ART",
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
        "FORM" | "FORMAT" => "FORM",
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
        "WORD" => "WORT",
        _ => return None,
    })
}
