//! Messages of the terminal itself.

catalogue! {
    output_lost() { en: "the output could not be written to the end", de: "die Ausgabe ließ sich nicht vollständig schreiben" }
    output_lost_help() { en: "what the command did is done and noted; make room where the output goes, then look again, for example with `dsr case list`", de: "was der Befehl getan hat, ist getan und vermerkt; am Ziel der Ausgabe Platz schaffen, dann nachsehen, etwa mit `dsr case list`" }
    nobody_there() { en: "a question has to be answered, and nobody is at the terminal", de: "eine Frage ist zu beantworten, aber am Terminal sitzt niemand" }
    nobody_there_help() { en: "run it at a terminal, or give the answer as an argument; `--help` lists them", de: "an einem Terminal ausführen oder die Antwort als Angabe mitgeben; `--help` führt sie auf" }
    no_answer_help() { en: "run the command again and answer, or give the answer as an argument", de: "den Befehl wiederholen und antworten, oder die Antwort als Angabe mitgeben" }
    no_answer() { en: "no answer came, so nothing was done", de: "es kam keine Antwort, deshalb wurde nichts getan" }
    reads_documents(system, count) { en: "{system}: documents read: {count}", de: "{system}: gelesene Dokumente: {count}" }
    waiting_for(systems) { en: "waiting for {systems}", de: "warte auf {systems}" }
}
