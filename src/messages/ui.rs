//! Messages of the terminal itself.

catalogue! {
    nobody_there() { en: "a question has to be answered, and nobody is at the terminal", de: "eine Frage ist zu beantworten, aber am Terminal sitzt niemand" }
    no_answer() { en: "no answer came, so nothing was done", de: "es kam keine Antwort, deshalb wurde nichts getan" }
    waiting_for(systems) { en: "waiting for {systems}", de: "warte auf {systems}" }
}
