//! Messages about the address of a monitoring service that hears of retention runs. None holds the address: who knows it can speak for the run.

catalogue! {
    bad_address() { en: "--ping needs an address that begins with https://, or with http:// on this machine", de: "--ping braucht eine Adresse, die mit https:// beginnt, oder mit http:// auf diesem Rechner" }
    bad_address_why() { en: "the address is a secret, and plain HTTP would tell everybody on the way", de: "die Adresse ist ein Geheimnis, und ohne Verschlüsselung liest sie jeder auf dem Weg" }
    bad_address_help() { en: "give the address that the service shows for this check, or where it lies: env:NAME, file:PATH, keyring:NAME, credential:NAME", de: "die Adresse angeben, die der Dienst für diese Prüfung zeigt, oder wo sie steht: env:NAME, file:PFAD, keyring:NAME, credential:NAME" }
    not_told() { en: "the monitoring service was not told how this run ended", de: "der Überwachungsdienst hat nicht erfahren, wie dieser Lauf endete" }
    timed_out(seconds) { en: "it did not answer within {seconds} s", de: "er hat nicht innerhalb von {seconds} s geantwortet" }
    no_connection() { en: "no connection to it came about", de: "es kam keine Verbindung zustande" }
    status(status) { en: "it answered with HTTP status {status}", de: "er antwortete mit dem HTTP-Status {status}" }
    not_told_help() { en: "the run itself is as its table and exit code say; look whether the address is still the one that the service shows, and whether a proxy stands in between", de: "für den Lauf selbst gelten Tabelle und Rückgabewert; prüfen, ob die Adresse noch die ist, die der Dienst zeigt, und ob ein Proxy dazwischensteht" }
}
