//! Messages about command lines.

catalogue! {
    unknown_flag(flag) { en: "unknown argument `{flag}`", de: "unbekannte Angabe `{flag}`" }
    not_unicode() { en: "an argument is no text in UTF-8", de: "eine Angabe ist kein Text in UTF-8" }
    no_such_command() { en: "there is no such command", de: "diesen Befehl gibt es nicht" }
    stray_value() { en: "a value stands where none belongs; is a flag such as --email missing before it?", de: "ein Wert steht, wo keiner hingehört; fehlt davor ein Schalter wie --email?" }
    unknown_command(name) { en: "unknown command `{name}`", de: "unbekannter Befehl `{name}`" }
    missing_argument(flag) { en: "missing: {flag}", de: "es fehlt: {flag}" }
    missing_command() { en: "a command is missing", de: "es fehlt ein Befehl" }
    conflict(flag) { en: "`{flag}` cannot stand with another of the arguments given", de: "`{flag}` verträgt sich nicht mit einer anderen Angabe" }
    conflict_with(flag, other) { en: "`{flag}` cannot stand with `{other}`", de: "`{flag}` verträgt sich nicht mit `{other}`" }
    twice(flag) { en: "`{flag}` can be given only once", de: "`{flag}` darf nur einmal angegeben werden" }
    too_many_values(flag) { en: "`{flag}` has another number of values than it takes", de: "`{flag}` hat nicht die Anzahl Werte, die es braucht" }
    value_missing(flag) { en: "`{flag}` needs a value", de: "`{flag}` braucht einen Wert" }
    invalid_value(flag) { en: "the value of `{flag}` is not one that it takes", de: "`{flag}` nimmt diesen Wert nicht an" }
    possible_values(values) { en: "possible: {values}", de: "möglich: {values}" }
    dates_are() { en: "a day is written 2026-01-31 or 31.01.2026", de: "ein Tag wird 31.01.2026 oder 2026-01-31 geschrieben" }
    numbers_are() { en: "a number is written in digits, such as 12", de: "eine Anzahl wird in Ziffern geschrieben, etwa 12" }
    days_are() { en: "a number of days, in digits, such as 14", de: "eine Anzahl von Tagen in Ziffern, etwa 14" }
    periods_are() { en: "a period is written as in ISO 8601: P14D (days), P2M (months), P1Y (years)", de: "eine Zeitspanne wird nach ISO 8601 geschrieben: P14D (Tage), P2M (Monate), P1Y (Jahre)" }
    range_backwards(from, flag, to) { en: "--from {from} is after {flag} {to}", de: "--from {from} liegt nach {flag} {to}" }
    range_backwards_help() { en: "exchange the two days", de: "die beiden Tage vertauschen" }
    day_ahead(flag, day) { en: "{flag} {day} lies in the future, where nothing has happened yet", de: "{flag} {day} liegt in der Zukunft; dort ist noch nichts geschehen" }
    day_ahead_help() { en: "name today or a day before it", de: "heute oder einen Tag davor nennen" }
    names_are_looked_for() { en: "`dsr find --name` looks for people of a name; what is picked there goes on with --pick", de: "`dsr find --name` sucht Personen nach Namen; mit dem dort Ausgewählten geht es mit --pick weiter" }
    see_help() { en: "`dsr COMMAND --help` explains each command", de: "`dsr BEFEHL --help` erklärt jeden Befehl" }
}
