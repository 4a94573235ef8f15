//! Messages about the ledger as a history to be read, and about accepting one that was set back.

catalogue! {
    adopt_reason_empty() { en: "the reason is empty or too long", de: "der Grund fehlt oder ist zu lang" }
    adopt_reason_help() { en: "say in a sentence what happened, such as `--reason \"restored after the disk failed\"`; it is kept encrypted", de: "in einem Satz sagen, was geschah, etwa `--reason \"nach Plattenschaden zurückgeholt\"`; er wird verschlüsselt aufbewahrt" }
    adopt_broken(seq) { en: "the chain of the ledger itself breaks at event {seq}; accepting it would hide that", de: "die Kette des Protokolls selbst bricht beim Eintrag {seq}; eine Anerkennung würde das verdecken" }
    adopt_broken_help() { en: "keep the files as they are, and restore `.dsr` from a backup", de: "die Dateien unverändert aufbewahren und `.dsr` aus einer Sicherung wiederherstellen" }
    adopt_nothing() { en: "The ledger contains all that this account remembers of it. There is nothing to accept.", de: "Das Protokoll enthält alles, was dieses Konto davon kennt. Es gibt nichts anzuerkennen." }
    adopted(known, found) { en: "Accepted: the ledger has {found} events; this account had known {known}. The ledger says so from now on, and so does every list of what stands out.", de: "Anerkannt: Das Protokoll hat {found} Einträge, dieses Konto kannte {known}. Das steht ab jetzt im Protokoll und unter allem, was auffällt." }
    adopted_unreadable(found) { en: "Accepted: the ledger has {found} events; what this account had known of it could not be read.", de: "Anerkannt: Das Protokoll hat {found} Einträge; was dieses Konto davon kannte, war nicht lesbar." }
    unremembered() { en: "this account remembers nothing of this ledger, which has a history already: whether events are missing at its end cannot be seen", de: "dieses Konto kennt dieses Protokoll noch nicht, obwohl es schon Einträge hat: ob am Ende welche fehlen, ist nicht zu erkennen" }
    unremembered_help() { en: "that is so once after a move, a restore, or for another account. A copy of the folder that is used elsewhere too makes two histories, which cannot be joined: use one, and compare checkpoints (`dsr evidence log verify`)", de: "das ist einmal so nach Umzug, Wiederherstellung oder bei einem anderen Konto. Wird eine Kopie des Ordners auch anderswo benutzt, entstehen zwei Protokolle, die sich nicht vereinen lassen: nur eines benutzen und Prüfpunkte vergleichen (`dsr evidence log verify`)" }

    head_who() { en: "Who", de: "Wer" }
    head_what() { en: "What happened", de: "Was geschah" }
    head_reason() { en: "Reason", de: "Grund" }
    shown_some(shown, all) { en: "Events shown: {shown} of {all}.", de: "Gezeigte Einträge: {shown} von {all}." }

    made(version) { en: "ledger made by dsr {version}", de: "Protokoll angelegt mit dsr {version}" }
    set_back(known, found) { en: "a ledger of {found} events accepted; {known} had been known", de: "Protokoll mit {found} Einträgen anerkannt; bekannt waren {known}" }
    terms() { en: "the inventory asks for something else than before", de: "das Inventar verlangt anderes als zuvor" }
    backup(number) { en: "backup {number} made", de: "Sicherung {number} erstellt" }
    backup_until(number, day) { en: "backup {number} made, kept until {day}", de: "Sicherung {number} erstellt, aufbewahrt bis {day}" }
    backup_gone(number) { en: "backup {number} destroyed", de: "Sicherung {number} vernichtet" }
    backup_back(number) { en: "put back from backup {number}", de: "aus Sicherung {number} zurückgeholt" }
    looked(answered, asked, records) { en: "searched: {answered} of {asked} systems, records: {records}", de: "gesucht: {answered} von {asked} Systemen, Datensätze: {records}" }
    about_to(place) { en: "{place}: about to write", de: "{place}: wird gleich beschrieben" }
    verified(outcome) { en: "looked at again: {outcome}", de: "nachgeprüft: {outcome}" }
    task_opened(system, day) { en: "task for {system}, due {day}", de: "Aufgabe zu {system}, fällig {day}" }
    task_reminded() { en: "owner of a task reminded", de: "an eine Aufgabe erinnert" }
    task_done() { en: "task done", de: "Aufgabe erledigt" }
    task_erased() { en: "task no longer needed: its records are erased", de: "Aufgabe nicht mehr nötig: ihre Datensätze sind gelöscht" }
    task_dropped() { en: "task no longer needed", de: "Aufgabe nicht mehr nötig" }
    seal_changed() { en: "the organisation seals with another key", de: "die Organisation siegelt mit einem anderen Schlüssel" }
    sampled(count) { en: "cases drawn to be looked at again: {count}", de: "Vorgänge zur Nachschau gezogen: {count}" }
    period(from, until, cases) { en: "container over {from} to {until}, cases: {cases}", de: "Sammelnachweis {from} bis {until}, Vorgänge: {cases}" }
    leaf() { en: "entered into the log over all cases", de: "in das Verzeichnis aller Vorgänge eingetragen" }
    stamped(authority) { en: "time stamped by {authority}", de: "Zeitstempel von {authority}" }
    anchored(size) { en: "checkpoint of the log over {size} entries left the house", de: "Prüfpunkt des Registers über {size} Einträge nach außen gegeben" }
    sweep_planned(name, due) { en: "retention run {name}: records due: {due}", de: "Löschlauf {name}: fällige Datensätze: {due}" }
    sweep_started(name) { en: "retention run {name} begins to write", de: "Löschlauf {name} beginnt zu schreiben" }
    batch_started(records) { en: "batch: about to write to {records} records", de: "Block: {records} Datensätze werden gleich beschrieben" }
    batch_given_up(records, unknown) { en: "batch: {records} records written, and of {unknown} nobody can tell any more", de: "Block: {records} Datensätze beschrieben; von {unknown} lässt es sich nicht mehr sagen" }
    batch_ended(records) { en: "batch: {records} records written", de: "Block: {records} Datensätze beschrieben" }
    rule_ended(done) { en: "a rule of the run is through, records: {done}", de: "eine Regel des Laufs ist fertig, Datensätze: {done}" }
    sweep_ended(name, exit) { en: "retention run {name} ended with exit code {exit}", de: "Löschlauf {name} endete mit Code {exit}" }
    sweep_deferred(done) { en: "erasures that were left for later, done: {done}", de: "aufgeschobene Löschungen, ausgeführt: {done}" }
    sweep_sealed(number) { en: "statement {number} about a retention run sealed", de: "Erklärung {number} über einen Löschlauf gesiegelt" }
    hold_added(hold) { en: "hold {hold} set", de: "Löschstopp {hold} gesetzt" }
    hold_widened(hold) { en: "hold {hold}: further identities of the person", de: "Löschstopp {hold}: weitere Kennungen der Person" }
    hold_released(hold) { en: "hold {hold} released", de: "Löschstopp {hold} aufgehoben" }
}
