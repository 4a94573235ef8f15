//! Messages about values that take the place of personal ones.

catalogue! {
    not_null(column) {
        en: "the column `{column}` does not take null; give it `mask: token`, `empty`, `zero` or `text:…`",
        de: "die Spalte `{column}` lässt kein NULL zu; `mask: token`, `empty`, `zero` oder `text:…` angeben",
    }
    no_such_text(mask, column, kind) {
        en: "the mask `{mask}` does not suit the column `{column}` of type {kind}; give it `mask: keep`, `\"null\"`, `zero`, `year` or a `text:…` of that type",
        de: "die Maske `{mask}` passt nicht zur Spalte `{column}` vom Typ {kind}; `mask: keep`, `\"null\"`, `zero`, `year` oder ein passendes `text:…` angeben",
    }
    not_unique(mask, column) {
        en: "the column `{column}` takes each value only once, but the mask `{mask}` is the same for everyone; give it `mask: token` or `\"null\"`",
        de: "die Spalte `{column}` nimmt jeden Wert nur einmal, die Maske `{mask}` ist aber für alle gleich; `mask: token` oder `\"null\"` angeben",
    }
    refers(column, elsewhere) {
        en: "the column `{column}` refers to {elsewhere} and takes only values from there; give it `mask: \"null\"` or `keep`",
        de: "die Spalte `{column}` verweist auf {elsewhere} und nimmt nur Werte von dort; `mask: \"null\"` oder `keep` angeben",
    }
    wrong_type(column, kind) {
        en: "the column `{column}` of type {kind} cannot hold the new value; choose another mask, such as `mask: \"null\"`, or a value of that type",
        de: "die Spalte `{column}` vom Typ {kind} kann den neuen Wert nicht aufnehmen; eine andere Maske wie `mask: \"null\"` oder einen passenden Wert wählen",
    }
    too_long(column, most, length) {
        en: "the column `{column}` takes {most} characters, the new value has {length}; give it `mask: \"null\"` or a short `text:…`, or widen the column",
        de: "die Spalte `{column}` fasst {most} Zeichen, der neue Wert hat {length}; `mask: \"null\"` oder ein kurzes `text:…` angeben oder die Spalte verbreitern",
    }
    not_encodable(column, encoding) {
        en: "the column `{column}` is kept in {encoding}, which lacks a character of the new value; use one in its characters, or convert the file to UTF-8",
        de: "die Spalte `{column}` steht in {encoding}; darin fehlt ein Zeichen des neuen Werts; einen Wert in diesen Zeichen verwenden oder die Datei nach UTF-8 umwandeln",
    }
    formula(column) {
        en: "a spreadsheet would take the mask of the column `{column}` for a formula; begin it with another sign than = + - @",
        de: "eine Tabellenkalkulation hielte die Maske der Spalte `{column}` für eine Formel; mit einem anderen Zeichen als = + - @ beginnen",
    }
    generated(column) {
        en: "the database computes the column `{column}` itself; change the columns it is made of, and mark this one `fixed: true`",
        de: "die Datenbank berechnet die Spalte `{column}` selbst; die zugrunde liegenden Spalten ändern und diese mit `fixed: true` kennzeichnen",
    }
}
