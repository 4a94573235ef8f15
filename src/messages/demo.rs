//! Messages of `dsr demo`.

catalogue! {
    not_empty(folder) { en: "{folder} is not an empty folder, so nothing was built there", de: "{folder} ist kein leerer Ordner, deshalb wurde dort nichts aufgebaut" }
    not_empty_help() { en: "name a folder that is empty or does not exist yet; to start the services of a landscape that was kept, use --serve", de: "einen leeren oder noch nicht vorhandenen Ordner nennen; die Dienste einer behaltenen Landschaft startet --serve" }
    no_shop() { en: "the demo's database cannot be made", de: "die Datenbank der Vorführung lässt sich nicht anlegen" }
    no_census() { en: "what the demo's systems hold cannot be counted", de: "der Bestand der Vorführsysteme lässt sich nicht zählen" }
    no_services() { en: "the demo's two services cannot be started", de: "die beiden Dienste der Vorführung lassen sich nicht starten" }
    no_services_help() { en: "if they run already in another terminal, use that; otherwise another program has taken their ports, which stand in dsr.yaml", de: "laufen sie schon in einem anderen Terminal, dann dieses verwenden; sonst belegt ein anderes Programm ihre Ports, die in dsr.yaml stehen" }
    not_a_demo(folder) { en: "{folder} is not a landscape that `dsr demo --keep` made", de: "{folder} ist keine Landschaft aus `dsr demo --keep`" }
    not_a_demo_help() { en: "make one: dsr demo --keep FOLDER", de: "eine anlegen: dsr demo --keep ORDNER" }
    harmed() { en: "the demo touched somebody else's records; this must never happen", de: "die Vorführung hat Datensätze anderer Personen angefasst; das darf nie geschehen" }
    harmed_help() { en: "please report it, with the output above", de: "bitte melden, mit der Ausgabe darüber" }

    intro() {
        en: "An invented mail-order house, built on this machine just now: a shop (SQLite), a newsletter (CSV files), a CRM and
a help desk (HTTP on 127.0.0.1), and paper files. dsr.yaml says what they hold and what the law wants kept.
",
        de: "Ein erfundenes Versandhaus, eben auf diesem Rechner aufgebaut: ein Shop (SQLite), ein Newsletter (CSV-Dateien),
ein CRM und ein Kundendienst (HTTP auf 127.0.0.1), dazu Papierakten. dsr.yaml beschreibt, was sie halten und was
aufzubewahren ist.
"
    }
    letter(name, address) {
        en: "A letter arrives: {name}, {address}, wants everything about her erased (Art. 17 GDPR).
That it is she who writes was confirmed by a reply to the address on file; before that, nothing is erased.
One command does what follows:  dsr erase --email {address}",
        de: "Ein Brief trifft ein: {name}, {address}, verlangt die Löschung aller Daten (Art. 17 DSGVO).
Dass sie es ist, hat eine Rückfrage an die hinterlegte Adresse bestätigt; vorher wird nichts gelöscht.
Ein einziger Befehl leistet das Folgende:  dsr erase --email {address}"
    }
    find_head() { en: "1  Find: every system is asked at the same time", de: "1  Suchen: alle Systeme werden gleichzeitig gefragt" }
    habits() { en: "The CRM refuses the first call as too early (429), and the help desk is slow. dsr waits and asks again.", de: "Das CRM weist den ersten Aufruf als verfrüht ab (429), und der Kundendienst ist langsam. dsr wartet und fragt erneut." }
    learned(kind, value, place) { en: "Learned on the way, from {place}: {kind} {value}.", de: "Unterwegs erfahren, aus {place}: {kind} {value}." }
    plan_head() { en: "2  Plan: what happens to each record, and what the law keeps. Nothing is written yet", de: "2  Planen: was mit jedem Datensatz geschieht und was nach dem Gesetz bleiben muss. Noch ist nichts geschrieben" }
    ask_head() { en: "3  Confirm: nothing is written without a person's yes", de: "3  Bestätigen: ohne das Ja eines Menschen wird nichts geschrieben" }
    asked(writes) {
        en: "At a terminal `dsr erase` now asks for the surname in the letter. The demo answers as a script would:
--yes --expect {writes}. Had the number of records been another one, it would have stopped.",
        de: "Am Terminal fragt `dsr erase` jetzt nach dem Nachnamen aus dem Brief. Die Vorführung antwortet wie ein Skript:
--yes --expect {writes}. Bei einer anderen Anzahl von Datensätzen wäre hier Schluss gewesen."
    }
    apply_head() { en: "4  Erase, then read back and search again", de: "4  Löschen, dann zurücklesen und neu suchen" }
    stays_head() { en: "5  What remains, and why", de: "5  Was bleibt, und warum" }
    tasks(count) { en: "Left for people, each with an owner and a date: {count} tasks, listed in the plan above.", de: "Bleibt für Menschen, je mit Zuständigkeit und Termin: {count} Aufgaben, siehe Plan oben." }
    others_head() { en: "6  Everybody else", de: "6  Alle anderen" }
    others(name) {
        en: "Counted in the systems themselves, past dsr. Another {name} lives in Kassel, with nearly the same address and
customer number.",
        de: "Gezählt in den Systemen selbst, an dsr vorbei. Eine zweite {name} wohnt in Kassel, mit fast gleicher Adresse und
Kundennummer."
    }
    proof_head() { en: "7  Evidence: sealed, without a single personal value in it, and verified", de: "7  Nachweis: gesiegelt, ganz ohne personenbezogene Daten, und geprüft" }
    next_head() { en: "Try next", de: "Zum Weitermachen" }
    took(seconds) { en: "All of this took {seconds} s. The landscape is gone again; --keep FOLDER leaves it to play with.", de: "Das alles dauerte {seconds} s. Die Landschaft ist wieder fort; --keep ORDNER lässt sie zum Ausprobieren stehen." }
    took_and_kept(seconds, folder) { en: "All of this took {seconds} s. The landscape stays in {folder}; its two services have ended with this command.", de: "Das alles dauerte {seconds} s. Die Landschaft bleibt in {folder}; ihre beiden Dienste sind mit diesem Befehl beendet." }

    place() { en: "Place", de: "Ort" }
    before() { en: "Before", de: "Vorher" }
    now() { en: "Now", de: "Jetzt" }
    of_namesake(name) { en: "Of {name}, Kassel", de: "Von {name}, Kassel" }
    of_others() { en: "Of all others", de: "Von allen übrigen" }
    untouched(same, of) { en: "{same} of {of} untouched", de: "{same} von {of} unberührt" }

    try_line(command, why) { en: "  {command}   {why}", de: "  {command}   {why}" }
    try_keep() { en: "the same, left as a workspace to read and play with", de: "dasselbe, als Arbeitsordner zum Lesen und Ausprobieren" }
    try_init() { en: "a workspace for your own systems", de: "ein Arbeitsordner für die eigenen Systeme" }
    try_help() { en: "every command", de: "alle Befehle" }
    try_serve() { en: "in a second terminal: starts CRM and help desk again", de: "in einem zweiten Terminal: startet CRM und Kundendienst wieder" }
    try_find(name) { en: "finds the other {name}, still there", de: "findet die andere {name}, unversehrt" }
    try_sweep() { en: "shows what is due by the retention rules; with --apply, carries it out", de: "zeigt, was nach den Löschregeln fällig ist; mit --apply wird es ausgeführt" }
    try_show() { en: "the history of what you have just seen", de: "der Verlauf dessen, was eben zu sehen war" }
    serving(crm, desk) { en: "CRM on {crm}, help desk on {desk}. Ctrl-C ends them.", de: "CRM auf {crm}, Kundendienst auf {desk}. Strg-C beendet sie." }
}
