//! Messages of the search by name.

catalogue! {
    number() { en: "No.", de: "Nr." }
    name() { en: "Name", de: "Name" }
    town() { en: "Town", de: "Ort" }
    born() { en: "Born", de: "Geboren" }
    place() { en: "Found in", de: "Gefunden in" }
    pick() { en: "To go on with this one", de: "Um hiermit fortzufahren" }
    help_name() { en: "a first and a last name, such as --name \"Anna Beispiel\"", de: "Vor- und Nachname, etwa --name \"Anna Beispiel\"" }
    not_a_day() { en: "this is no day of birth", de: "das ist kein Geburtstag" }
    help_day() { en: "write it as 1980-03-15 or 15.03.1980", de: "als 1980-03-15 oder 15.03.1980 schreiben" }
    not_a_postcode() { en: "this is no postcode", de: "das ist keine Postleitzahl" }
    help_postcode() { en: "write the whole code, such as 80331 or SW1A 1AA", de: "die ganze Postleitzahl schreiben, etwa 80331 oder SW1A 1AA" }
    too_many(cap) { en: "more than {cap} records are of this name", de: "mehr als {cap} Datensätze tragen diesen Namen" }
    too_many_why() { en: "nobody can tell so many apart by looking at a list", de: "so viele kann niemand anhand einer Liste auseinanderhalten" }
    help_narrow() { en: "narrow the search: the full name, --postcode, --born, or --system for one system at a time", de: "die Suche eingrenzen: mit dem vollen Namen, mit --postcode, --born oder mit --system für ein System nach dem anderen" }
    not_a_pick() { en: "--pick takes SYSTEM.OBJECT:KEY", de: "--pick erwartet SYSTEM.OBJEKT:SCHLÜSSEL" }
    help_pick() { en: "copy it from the list that `dsr find --name NAME` shows", de: "aus der Liste übernehmen, die `dsr find --name NAME` zeigt" }
    not_listed(place) { en: "no record of {place} with this key was in the last list of a search by name", de: "in der letzten Liste einer Namenssuche stand kein Datensatz aus {place} mit diesem Schlüssel" }
    not_listed_why() { en: "only what was shown can be picked, and for an hour: a wrong key would be somebody else's record", de: "auswählbar ist nur, was gezeigt wurde, und das eine Stunde lang: ein falscher Schlüssel wäre der Datensatz eines anderen" }
    help_search() { en: "search again with `dsr find --name NAME`", de: "erneut suchen mit `dsr find --name NAME`" }
    nothing_to_search_by(place) { en: "the record of {place} holds no identity by which the person's other data could be found", de: "der Datensatz aus {place} enthält keine Kennung, mit der sich weitere Daten der Person finden ließen" }
    help_no_identity() { en: "look for an e-mail address or a number elsewhere and state it, or mark a field of the object with `identity:` in dsr.yaml", de: "eine E-Mail-Adresse oder Nummer anderswo suchen und angeben, oder in der dsr.yaml ein Feld des Objekts mit `identity:` kennzeichnen" }
    gone(place) { en: "the record picked from {place} is not there any more, or is no longer of this name", de: "der ausgewählte Datensatz aus {place} ist nicht mehr da oder trägt diesen Namen nicht mehr" }
    not_theirs(place) { en: "the record picked from {place} is somebody else's by now", de: "der ausgewählte Datensatz aus {place} gehört inzwischen jemand anderem" }
    not_theirs_why(case) { en: "it was picked in {case} and carries none of the identities of the person there", de: "er wurde in {case} ausgewählt und trägt keine der Kennungen der Person dort" }
    help_not_theirs(case) { en: "for the person who has the record now, state an e-mail address or a number of theirs; to go on with the other, use --case {case}", de: "für die Person, der er jetzt gehört, eine E-Mail-Adresse oder Nummer von ihr angeben; für die andere --case {case} verwenden" }
    not_read(place) { en: "the record picked from {place} could not be read", de: "der ausgewählte Datensatz aus {place} konnte nicht gelesen werden" }
    help_again() { en: "run the same command again once the system answers", de: "denselben Befehl wiederholen, sobald das System antwortet" }
    nothing_searchable() { en: "no object of these systems can be searched by name", de: "kein Objekt dieser Systeme lässt sich nach Namen durchsuchen" }
    help_searchable() { en: "add a finder in dsr.yaml: find: [{{ by: name, columns: [first_name, last_name] }}]", de: "in der dsr.yaml einen Suchweg ergänzen: find: [{{ by: name, columns: [first_name, last_name] }}]" }
    found(records, systems) { en: "Records of this name: {records}. Systems that answered: {systems}. Nothing is planned; a name identifies nobody.", de: "Datensätze mit diesem Namen: {records}. Systeme, die geantwortet haben: {systems}. Geplant ist nichts; ein Name identifiziert niemanden." }
    nobody(systems) { en: "Nobody with this name was found. Systems that answered: {systems}.", de: "Niemand mit diesem Namen wurde gefunden. Systeme, die geantwortet haben: {systems}." }
    refused(count) { en: "Returned by systems, but of another name, postcode or day of birth, and left out: {count}.", de: "Von Systemen geliefert, aber mit anderem Namen, anderer Postleitzahl oder anderem Geburtstag, und ausgelassen: {count}." }
    unsearchable(systems) { en: "Not searchable by name, so the answer says nothing of them: {systems}.", de: "Nicht nach Namen durchsuchbar, die Antwort sagt also nichts über sie: {systems}." }
    by_hand(system, task) { en: "{system}, by hand: {task}", de: "{system}, von Hand: {task}" }
    not_searched(place, why) { en: "{place}: NOT SEARCHED: {why}.", de: "{place}: NICHT DURCHSUCHT: {why}." }
    next(flag) { en: "To go on with one of them, within an hour: dsr find {flag} (or erase, and so on).", de: "Um mit einem davon fortzufahren, innerhalb einer Stunde: dsr find {flag} (oder erase und so weiter)." }
    go_on(flags) { en: "Within an hour, other commands take the same person: dsr erase {flags} (or export, rectify and so on).", de: "Andere Befehle nehmen dieselbe Person eine Stunde lang so an: dsr erase {flags} (oder export, rectify und so weiter)." }
    ask() { en: "Which numbers are the person? (Enter: none)", de: "Welche Nummern sind die Person? (Eingabetaste: keine)" }
    none_picked() { en: "Nobody was picked.", de: "Niemand wurde ausgewählt." }
    no_such_number() { en: "Type numbers of the list, with blanks between several; Enter alone picks nobody.", de: "Bitte Nummern aus der Liste eingeben, mehrere durch Leerzeichen getrennt; die Eingabetaste allein wählt niemanden aus." }
}
