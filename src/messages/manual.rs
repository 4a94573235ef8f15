//! Messages about systems that people search by hand.

catalogue! {
    find(system) {
        en: "Search {system} for this person and hand over what you find.",
        de: "{system} nach dieser Person durchsuchen und das Gefundene übergeben.",
    }
    erase(system) {
        en: "Erase this person's data in {system} and confirm it.",
        de: "Die Daten dieser Person in {system} löschen und das bestätigen.",
    }
}
