//! Messages about why something is kept.

catalogue! {
    must_be_kept(norm) { en: "duty to keep: {norm}", de: "Aufbewahrungspflicht: {norm}" }
    kept_on_purpose(id) { en: "kept on purpose ({id}): erase it only if the person insists", de: "bewusst behalten ({id}): nur löschen, wenn die Person darauf besteht" }
    unknown_start(norm) { en: "{norm}: the start of the period is unknown, so it cannot be said to have ended", de: "{norm}: der Fristbeginn ist unbekannt, ein Ende der Frist daher nicht feststellbar" }
}
