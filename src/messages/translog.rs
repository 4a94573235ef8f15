//! Messages of the log over all cases: its place on the cover sheet, what is wrong with proofs, and `dsr evidence log`.

catalogue! {
    check_log() {
        en: "The bundle stands in the log over all cases; its checkpoint lies below the empty line of data/log/case.tlog-proof. The key of the log (log.pem, as `dsr evidence log key --pem` prints it) must reach you on another way than this bundle. The last line must say \"Signature Verified Successfully\". Keep bundle.checkpoint: at the next audit the log must begin with it (`verify-evidence.sh --log`). That this bundle is in the log shows the script.",
        de: "Der Nachweis steht im Verzeichnis aller Vorgänge; dessen Prüfpunkt liegt unter der Leerzeile von data/log/case.tlog-proof. Der Schlüssel des Verzeichnisses (log.pem, wie `dsr evidence log key --pem` ihn ausgibt) muss Sie auf anderem Weg erreichen als dieser Nachweis. Die letzte Zeile muss \"Signature Verified Successfully\" lauten. Bewahren Sie bundle.checkpoint auf: Bei der nächsten Prüfung muss das Verzeichnis damit beginnen (`verify-evidence.sh --log`). Dass dieser Nachweis darin steht, zeigt das Skript.",
    }
    // The cover sheet and what is not proven.
    heading() { en: "Place in the log over all cases", de: "Platz im Verzeichnis aller Vorgänge" }
    good_for() { en: "Every case that is opened and every bundle that is made gets an entry in one log, in which nothing can be changed or left out without its root becoming another. Whoever kept an earlier root of this log can demand the proof that the log of today begins with it, and the list of all entries between; a case that was taken out then shows. The entries themselves say nothing about anybody.", de: "Jeder eröffnete Vorgang und jeder erstellte Nachweis bekommt einen Eintrag in einem Verzeichnis, in dem sich nichts ändern oder auslassen lässt, ohne dass seine Wurzel eine andere wird. Wer eine frühere Wurzel aufbewahrt hat, kann den Beleg verlangen, dass das heutige Verzeichnis mit dem damaligen beginnt, und die Liste aller Einträge dazwischen; ein entfernter Vorgang fällt dann auf. Die Einträge selbst sagen über niemanden etwas." }
    log() { en: "Log", de: "Verzeichnis" }
    opening() { en: "Opening of the case", de: "Eröffnung des Vorgangs" }
    opened_at(index, root) { en: "entry no. {index} (counted from 0); the root up to this entry is {root}", de: "Eintrag Nr. {index} (gezählt ab 0); die Wurzel bis zu diesem Eintrag ist {root}" }
    opened_nowhere() { en: "not in the log: the case was opened before there was one", de: "nicht im Verzeichnis: Bei Eröffnung des Vorgangs gab es noch keines" }
    statement() { en: "This bundle", de: "Dieser Nachweis" }
    statement_at() { en: "entry, root and signature stand in data/log/case.tlog-proof, which is made after this page; the log's key you get from the organisation by another way", de: "Eintrag, Wurzel und Signatur stehen in data/log/case.tlog-proof, das nach diesem Blatt entsteht; den Schlüssel des Verzeichnisses erhalten Sie von der Organisation auf anderem Weg" }
    gap_not_opened() { en: "The opening of the case is not in the log over all cases; that it was not opened later than stated cannot be seen there.", de: "Die Eröffnung des Vorgangs steht nicht im Verzeichnis aller Vorgänge; dass er nicht später als angegeben eröffnet wurde, ist dort nicht zu sehen." }
    gap_not_anchored() { en: "No checkpoint of the log over all cases has left the house; until one does, the log can be written anew by whoever holds its key.", de: "Kein Prüfpunkt des Verzeichnisses aller Vorgänge hat das Haus verlassen; bis dahin kann es neu schreiben, wer seinen Schlüssel hat." }
    gap_ours() { en: "The log over all cases is kept by the organisation itself; that no case was left out shows only against a checkpoint that somebody else kept.", de: "Das Verzeichnis aller Vorgänge führt die Organisation selbst; dass kein Vorgang fehlt, zeigt nur ein Vergleich mit einem Prüfpunkt, den jemand anders aufbewahrt hat." }

    // What is wrong with a bundle.
    proof_missing(file) { en: "{file} and what the statement says of the log do not go together", de: "{file} und die Angaben der Erklärung zum Verzeichnis passen nicht zusammen" }
    proof_form(file) { en: "{file} is no proof from the log that the statement names", de: "{file} ist kein Beleg aus dem Verzeichnis, das die Erklärung nennt" }
    not_in_the_log(file) { en: "{file} does not prove that this entry is in the log", de: "{file} belegt nicht, dass dieser Eintrag im Verzeichnis steht" }
    checkpoint_forged() { en: "the checkpoint is in the name of the log whose key you named, and not signed by that key", de: "der Prüfpunkt trägt den Namen des Verzeichnisses, dessen Schlüssel genannt wurde, aber nicht dessen Signatur" }
    key_unknown(origin) { en: "the checkpoint is of the log {origin}, and none of the named log keys is its key", de: "der Prüfpunkt stammt aus dem Verzeichnis {origin}, und keiner der genannten Schlüssel gehört dazu" }
    key_unknown_help() { en: "name the key that this log had at your last audit: `--log-key`", de: "den Schlüssel nennen, den dieses Verzeichnis bei der letzten Prüfung hatte: `--log-key`" }
    other_opening() { en: "the log holds another entry for the opening of this case than its key gives", de: "im Verzeichnis steht zur Eröffnung dieses Vorgangs ein anderer Eintrag, als sein Schlüssel ergibt" }
    other_opening_help() { en: "vault and ledger are not of the same state; restore both from the same backup", de: "Tresor und Protokoll haben nicht denselben Stand; beide aus derselben Sicherung wiederherstellen" }

    // The facts of a verdict.
    fact_log() { en: "Log over all cases", de: "Verzeichnis aller Vorgänge" }
    fact_none() { en: "the bundle is in none", de: "der Nachweis steht in keinem" }
    fact_named(index, size, origin) { en: "entry {index} of {size} in {origin}, signed by a key that you named", de: "Eintrag {index} von {size} in {origin}, signiert mit einem genannten Schlüssel" }
    fact_unnamed(index, size, origin) { en: "entry {index} of {size} in {origin}; its key is not named, so anybody may have signed", de: "Eintrag {index} von {size} in {origin}; sein Schlüssel ist nicht genannt, signiert haben kann also jeder" }

    // The key.
    key_unusable() { en: "the log's key cannot be used", de: "der Schlüssel des Verzeichnisses ist nicht verwendbar" }
    key_unusable_help() { en: "it is an Ed25519 key in PEM; restore it, or name it in `dsr.yaml` under `evidence: log: key:`", de: "verlangt ist ein Ed25519-Schlüssel als PEM; ihn wiederherstellen oder in `dsr.yaml` unter `evidence: log: key:` nennen" }
    key_missing(file) { en: "{file} is missing, and the log was signed with it before", de: "{file} fehlt, und das Verzeichnis wurde schon damit signiert" }
    key_other() { en: "it is not an Ed25519 key", de: "es ist kein Ed25519-Schlüssel" }
    key_give_away() { en: "Give this line to auditors by a way of its own: it is the key under which the log speaks.", de: "Diese Zeile Prüfern auf eigenem Weg geben: Es ist der Schlüssel, unter dem das Verzeichnis spricht." }

    // `dsr evidence log`.
    log_is_empty() { en: "The log is still empty: no case was opened since there is one.", de: "Das Verzeichnis ist noch leer: Seit es besteht, wurde kein Vorgang eröffnet." }
    no_such_leaf(what) { en: "the log has no entry {what}", de: "das Verzeichnis hat keinen Eintrag {what}" }
    no_such_leaf_help(size) { en: "entries are counted from 0; there are {size}", de: "gezählt wird ab 0; es sind {size}" }
    case_not_logged(case) { en: "case {case} has no entry in the log", de: "Vorgang {case} hat keinen Eintrag im Verzeichnis" }
    case_not_logged_help() { en: "cases that were opened before there was a log get their first entry with the next bundle: `dsr evidence make CASE`", de: "Vorgänge aus der Zeit davor bekommen ihren ersten Eintrag mit dem nächsten Nachweis: `dsr evidence make VORGANG`" }
    file_unreadable() { en: "a file cannot be read", de: "eine Datei lässt sich nicht lesen" }
    file_is_none(file) { en: "{file} is no signed checkpoint", de: "{file} ist kein signierter Prüfpunkt" }
    proof_is_none(file) { en: "{file} is no consistency proof", de: "{file} ist kein Konsistenzbeleg" }
    vkey_is_none() { en: "this is no key of a log", de: "das ist kein Schlüssel eines Verzeichnisses" }
    vkey_is_none_help() { en: "it has the form NAME+ID+KEY, as `dsr evidence log key` prints it; a file holds one a line", de: "verlangt ist die Form NAME+KENNUNG+SCHLÜSSEL, wie `dsr evidence log key` sie ausgibt; in einer Datei einer je Zeile" }
    file_help() { en: "name a file as `dsr evidence log checkpoint` or `consistency` writes it", de: "eine Datei nennen, wie `dsr evidence log checkpoint` oder `consistency` sie schreibt" }
    proof_needed(from, to) { en: "that {to} entries begin with the {from} earlier ones needs a proof", de: "dass {to} Einträge mit den früheren {from} beginnen, braucht einen Beleg" }
    proof_needed_help() { en: "ask for the output of `dsr evidence log consistency --from OLD`, and name it as the third file", de: "die Ausgabe von `dsr evidence log consistency --from ALT` verlangen und als dritte Datei nennen" }
    not_a_continuation(from) { en: "the log is not a continuation of its state of {from} entries", de: "das Verzeichnis setzt seinen Stand mit {from} Einträgen nicht fort" }
    not_a_continuation_why() { en: "Entries were changed, taken out, or put back to an earlier state; or this is another log under the same name.", de: "Einträge wurden geändert, entfernt oder auf einen früheren Stand zurückgesetzt; oder es ist ein anderes Verzeichnis unter demselben Namen." }
    not_a_continuation_help() { en: "keep both checkpoints: together they show it. Ask who restored the ledger, when, and from what", de: "beide Prüfpunkte aufbewahren: Zusammen zeigen sie es. Klären, wer das Protokoll wann und woraus wiederhergestellt hat" }
    shrunk_help() { en: "restore the ledger from a backup of that day or later. If it is lost for good, move the old checkpoints out of evidence/log and keep them for the auditors; they will see the break, and have to be told why", de: "das Protokoll aus einer Sicherung von diesem Tag oder später wiederherstellen. Ist es endgültig verloren, die alten Prüfpunkte aus evidence/log herausnehmen und für Prüfer aufbewahren; sie sehen den Bruch und müssen den Grund erfahren" }
    another_log(one, two) { en: "the checkpoints are of two logs: {one} and {two}", de: "die Prüfpunkte stammen aus zwei Verzeichnissen: {one} und {two}" }
    continues(from, to) { en: "CONSISTENT: the log of {to} entries begins with all {from} earlier ones, unchanged.", de: "SCHLÜSSIG: Das Verzeichnis mit {to} Einträgen beginnt unverändert mit allen {from} früheren." }
    continues_unnamed() { en: "No log key was named, so anybody may have signed both: `--log-key`.", de: "Kein Schlüssel wurde genannt, beide kann also jeder signiert haben: `--log-key`." }
    head_index() { en: "Entry", de: "Eintrag" }
    head_when() { en: "Time", de: "Zeit" }
    head_of() { en: "What", de: "Was" }
    head_case() { en: "Case", de: "Vorgang" }
    head_hash() { en: "Hash of the leaf", de: "Hash des Blatts" }
    of_opened() { en: "case opened", de: "Vorgang eröffnet" }
    of_period() { en: "period told", de: "Zeitraum belegt" }
    of_authority() { en: "complete case made for an authority", de: "vollständiger Vorgang für Behörde erstellt" }
    of_statement() { en: "bundle made", de: "Nachweis erstellt" }

    // Anchoring.
    never_anchored(count) { en: "No checkpoint of the log over all cases has left the house ({count} entries); until one does, it proves nothing to others.", de: "Kein Prüfpunkt des Verzeichnisses aller Vorgänge hat das Haus verlassen (Einträge: {count}); bis dahin beweist es anderen nichts." }
    never_anchored_help() { en: "run `dsr evidence log anchor` each day, from cron, with `evidence: {{ log: {{ copy_to: [PATH] }} }}` or `command:` in the inventory", de: "`dsr evidence log anchor` täglich ausführen, etwa mit cron, dazu `evidence: {{ log: {{ copy_to: [PFAD] }} }}` oder `command:` im Inventar" }
    anchored(size, file) { en: "Checkpoint written (entries: {size}): {file}", de: "Prüfpunkt geschrieben (Einträge: {size}): {file}" }
    written_before(file) { en: "Today's checkpoint is written already: {file}", de: "Der heutige Prüfpunkt ist schon geschrieben: {file}" }
    noted_as_sent() { en: "It is noted in the ledger that somebody else has the checkpoint.", de: "Im Protokoll ist vermerkt, dass jemand anders den Prüfpunkt hat." }
    only_a_word() { en: "A bundle calls it your word: stamp it (`evidence: {{ tsa: … }}`), or have it copied or handed over, for more.", de: "Ein Nachweis nennt das Ihre Angabe: für mehr stempeln lassen (`evidence: {{ tsa: … }}`), kopieren oder übergeben lassen." }
    anchored_before(file) { en: "Today's checkpoint is out already: {file}", de: "Der heutige Prüfpunkt ist schon draußen: {file}" }
    copied(path) { en: "Copied to {path}.", de: "Kopiert nach {path}." }
    handed(program) { en: "Handed to {program}.", de: "Übergeben an {program}." }
    not_out() { en: "The checkpoint has not left the house: neither `evidence: log: copy_to:` nor `command:` is set. Send the text below to somebody who keeps it, then run the command again with `--sent`.", de: "Der Prüfpunkt hat das Haus nicht verlassen: Weder `evidence: log: copy_to:` noch `command:` ist gesetzt. Den folgenden Text jemandem schicken, der ihn aufbewahrt, dann den Befehl mit `--sent` wiederholen." }
    cannot_hand_out(place) { en: "the checkpoint could not be handed to {place}", de: "der Prüfpunkt ließ sich nicht an {place} übergeben" }
    cannot_hand_out_help() { en: "put it right and run `dsr evidence log anchor` again; it goes on where it stopped", de: "die Ursache beheben und `dsr evidence log anchor` wiederholen; es geht weiter, wo es stehen blieb" }
    other_there() { en: "another checkpoint lies there under the same name", de: "dort liegt unter demselben Namen ein anderer Prüfpunkt" }
    program_slow(seconds) { en: "the program did not end within {seconds} s", de: "das Programm endete nicht innerhalb von {seconds} s" }
    program_failed(status) { en: "the program ended with {status}", de: "das Programm endete mit {status}" }
    time_pending() { en: "the checkpoint is out, but no authority has stamped its time", de: "der Prüfpunkt ist draußen, aber keine Stelle hat seine Zeit bestätigt" }
    time_pending_help() { en: "run `dsr evidence log anchor` again later today", de: "`dsr evidence log anchor` heute noch einmal ausführen" }
    mail_subject(day) { en: "Subject: Checkpoint of our log of data-subject requests, {day}", de: "Betreff: Prüfpunkt unseres Verzeichnisses von Betroffenenanfragen, {day}" }
    mail_text() { en: "Hello,\n\nplease keep the lines below unchanged. They show which cases and bundles our log held on this day, without\nsaying anything about anybody. Later they prove whether entries were changed or taken out.", de: "Guten Tag,\n\nbitte bewahren Sie die folgenden Zeilen unverändert auf. Sie halten fest, welche Vorgänge und Nachweise unser\nVerzeichnis an diesem Tag enthielt, ohne über jemanden etwas zu sagen. Später belegen sie, ob Einträge geändert\noder entfernt wurden." }

    // For the letter to the person.
    for_the_letter(index, root) { en: "For the letter to the person: \"Your request is entry no. {index} (counted from 0) of our log of requests. The root up to this entry is {root}\"", de: "Für das Schreiben an die Person: „Ihr Antrag ist Eintrag Nr. {index} (gezählt ab 0) in unserem Verzeichnis der Anfragen. Die Wurzel bis zu diesem Eintrag ist {root}“" }
    event_opened() { en: "opening of the case entered in the log over all cases", de: "Eröffnung des Vorgangs in das Verzeichnis aller Vorgänge eingetragen" }
    event_authority() { en: "complete case for an authority entered in the log over all cases", de: "vollständiger Vorgang für eine Behörde in das Verzeichnis aller Vorgänge eingetragen" }
    event_statement() { en: "bundle entered in the log over all cases", de: "Nachweis in das Verzeichnis aller Vorgänge eingetragen" }
}
