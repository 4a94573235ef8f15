//! Messages about a bundle whose statement is held against the files that it sums up, and about what lies in other containers.

// Why a bundle is invalid though its seal holds.
catalogue! {
    facts_differ(facts) { en: "data/statement.json says other than the files that it sums up: {facts}", de: "data/statement.json sagt etwas anderes als die Dateien, die es zusammenfasst: {facts}" }
    gap_hidden(gaps) { en: "the files show what is not proven, and the statement does not name it: {gaps}", de: "die Dateien zeigen, was nicht bewiesen ist, und die Erklärung nennt es nicht: {gaps}" }
    and_more(gaps, count) { en: "{gaps}, and {count} more", de: "{gaps} und {count} weitere" }
    file_form(name) { en: "{name} has another form than this format", de: "{name} ist anders aufgebaut als in diesem Format" }
    log_left_out() { en: "the journal says that the log over all cases holds entries of this case, and the bundle carries no proof of that log", de: "laut Journal stehen Einträge dieses Vorgangs im Verzeichnis aller Vorgänge, und der Nachweis enthält keinen Beleg daraus" }
    in_no_log() { en: "you named the key of a log, and this bundle is in no log", de: "Sie haben den Schlüssel eines Verzeichnisses angegeben, und dieser Nachweis steht in keinem" }
    in_no_log_help() { en: "ask the organisation why it is in none; only a bundle that is older than the log can be checked without `--log-key`", de: "bei der Organisation nachfragen, warum er in keinem steht; nur ein Nachweis, der älter ist als das Verzeichnis, lässt sich ohne `--log-key` prüfen" }
    records_beyond_journal() { en: "the record lines say other than the journal of what was done to a record: where, what, when, until when, or how it ended", de: "die Datensatzzeilen sagen über einen Datensatz etwas anderes als das Journal: wo, was, wann, bis wann oder mit welchem Ergebnis" }
    sweep_wrong(name) { en: "{name} is no sealed statement of a retention run in its place", de: "{name} ist keine gesiegelte Erklärung eines Löschlaufs an ihrem Platz" }
    sweep_by_other(name) { en: "{name}: the statement was sealed by somebody who is neither the one that sealed this container nor one you know", de: "{name}: die Erklärung siegelte jemand, der weder diesen Nachweis gesiegelt hat noch Ihnen bekannt ist" }
    sweep_chain(name) { en: "{name} does not name the statement before it, or one before it is missing", de: "{name} nennt nicht die Erklärung davor, oder eine davor fehlt" }
    sweeps_differ() { en: "the retention runs are not those that the statement speaks of (number, completeness or records)", de: "die Löschläufe sind nicht die, von denen die Erklärung spricht (Anzahl, Vollständigkeit oder Datensätze)" }
    unchecked(names) { en: "{names}: anybody could put these there without a key, and nothing here looked into them", de: "{names}: kann jeder ohne Schlüssel dazulegen; nichts hat hier hineingesehen" }
    inner_missing(name) { en: "{name}, the bundle of the case, is missing", de: "{name}, der Nachweis des Vorgangs, fehlt" }
    inner_other(name) { en: "{name} is not the bundle that the statement names (case, number or id)", de: "{name} ist nicht der Nachweis, den die Erklärung nennt (Vorgang, Nummer oder Kennung)" }
    inner_wrong(name, why) { en: "{name}, the bundle of the case: {why}", de: "{name}, der Nachweis des Vorgangs: {why}" }
    openings_wrong() { en: "data/openings.jsonl does not open exactly the record lines of the bundle that lies beside it", de: "data/openings.jsonl öffnet nicht genau die Datensatzzeilen des Nachweises, der daneben liegt" }
    opening_line(line) { en: "data/openings.jsonl, line {line}: this opens no record line in its place", de: "data/openings.jsonl, Zeile {line}: das öffnet keine Datensatzzeile an ihrem Platz" }
}

// What is not proven.
catalogue! {
    gap_stamped_late(minutes) { en: "The opening of the case was stamped {minutes} minutes after the journal says that it was opened; the stamp does not show that it was opened no later than stated.", de: "Die Eröffnung des Vorgangs wurde {minutes} Minuten nach dem Zeitpunkt gestempelt, den das Journal nennt; dass er nicht später eröffnet wurde als angegeben, zeigt der Stempel nicht." }
    stamped_late(when, minutes) { en: "{when}; {minutes} minutes after the journal says that the case was opened: no proof that it was opened then", de: "{when}; {minutes} Minuten nach dem Zeitpunkt, zu dem der Vorgang laut Journal eröffnet wurde: kein Beleg für diesen Zeitpunkt" }
    gap_answered_by_word() { en: "The case was closed as answered on the operator's word; no package for the person shows it. What was sent by letter or mail lies outside of dsr.", de: "Der Vorgang wurde auf Angabe der bearbeitenden Person als beantwortet geschlossen; kein Paket für die betroffene Person belegt es. Was per Brief oder E-Mail ging, liegt außerhalb von dsr." }
    gap_anchored_by_word() { en: "That a checkpoint of the log over all cases has left the house rests on the operator's word alone; nobody stamped it, and dsr has neither copied nor handed it to anybody.", de: "Dass ein Prüfpunkt des Verzeichnisses aller Vorgänge das Haus verlassen hat, beruht allein auf der Angabe der bearbeitenden Person; niemand hat ihn gestempelt, und dsr hat ihn weder kopiert noch übergeben." }
    gap_anchor_old(days) { en: "The log over all cases has entries older than a day of which no checkpoint has left the house (the oldest for {days} days); these can be written anew by whoever holds its key.", de: "Das Verzeichnis aller Vorgänge hat Einträge, die älter als ein Tag sind und von denen kein Prüfpunkt das Haus verlassen hat (der älteste seit {days} Tagen); diese lassen sich von der Person, die den Schlüssel hat, neu schreiben." }
    gap_sweep_incomplete(count) { en: "Retention runs that did not complete ({count}).", de: "Unvollständige Löschläufe ({count})." }
    gap_sweep_unsealed(count) { en: "Retention runs without a sealed statement at hand ({count}); what they did stands in the ledger only.", de: "Löschläufe ohne vorliegende gesiegelte Erklärung ({count}); was sie taten, steht nur im Protokoll." }
    gap_sweep_missing(count) { en: "Retention runs that were to be, by their rhythm, and were not ({count}).", de: "Löschläufe, die nach ihrem Rhythmus fällig waren und ausblieben ({count})." }
    kind_by_word() { en: "an answer rests on the operator's word", de: "eine Antwort beruht auf der Angabe der bearbeitenden Person" }
    kind_late() { en: "the opening of the case was stamped late", de: "die Eröffnung des Vorgangs wurde verspätet gestempelt" }
    kind_anchor_old() { en: "entries of the log had not left the house within a day, or only by somebody's word", de: "Einträge des Verzeichnisses hatten nicht binnen eines Tages das Haus verlassen, oder nur nach Angabe" }
}

// How to check what lies in a container that names the person.
catalogue! {
    check_personal() {
        en: "This zip is an ASiC-E container (ETSI EN 319 162-1); do not repack it. Unpacked it is a BagIt 1.0 bag (RFC 8493). IT NAMES THE PERSON: check it on a machine of your own and never with a service that it would be uploaded to.",
        de: "Diese Zip-Datei ist ein ASiC-E-Container (ETSI EN 319 162-1); bitte nicht neu packen. Entpackt ist sie ein BagIt-Ordner (BagIt 1.0, RFC 8493). SIE NENNT DIE PERSON: nur auf eigenen Rechnern prüfen, nie mit einem Dienst, zu dem sie hochgeladen würde.",
    }
    check_inner(name) {
        en: "The commands above check this container. The bundle of the case that lies in it, {name}, has a seal of its own: check it with the same commands, in a folder of its own. Its id, the SHA-256 of its META-INF/ASiCManifest001.xml, must be the one that the cover sheet names. What data/openings.jsonl opens must stand in the `_sd` of the line of data/records.jsonl with the same `seq`; for each disclosure:",
        de: "Die Befehle oben prüfen diesen Container. Der darin liegende Nachweis des Vorgangs, {name}, trägt ein eigenes Siegel: mit denselben Befehlen in einem eigenen Ordner prüfen. Seine Kennung, der SHA-256-Wert seiner META-INF/ASiCManifest001.xml, muss die auf dem Deckblatt genannte sein. Was data/openings.jsonl öffnet, muss im Feld `_sd` der Zeile mit derselben `seq` in data/records.jsonl stehen; je Disclosure:",
    }
    check_rest() {
        en: "What the vault held (person, findings, notes, plans, tasks) is sealed here and proven by nothing else: it is what the organisation says.",
        de: "Was der Tresor enthielt (Person, Fundstellen, Notizen, Pläne, Aufgaben), ist hier gesiegelt und sonst durch nichts bewiesen: Es ist die Angabe der Organisation.",
    }
}
