//! Messages about why something is kept.

catalogue! {
    must_be_kept(norm) { en: "duty to keep: {norm}", de: "Aufbewahrungspflicht: {norm}" }
    unknown_start(norm) { en: "{norm}: the start of the period is unknown, so it cannot be said to have ended", de: "{norm}: der Fristbeginn ist unbekannt, ein Ende der Frist daher nicht feststellbar" }
    catalogue_rule(id) { en: "the statutory rule {id} applies; this version does not reckon it, so a person decides", de: "es gilt die gesetzliche Regel {id}; diese Version berechnet sie noch nicht, daher entscheidet ein Mensch" }
}
