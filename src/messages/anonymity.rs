//! Messages about records that a retention run makes anonymous, and about schemes by which they would not be.

catalogue! {
    text(place) { en: "{place}: free text would stay, and it can name anybody", de: "{place}: Freitext bliebe stehen, und darin kann jeder genannt sein" }
    text_help() { en: "give the field a mask (`\"null\"`, `empty`, `text:…`), or set `then: remove`", de: "dem Feld eine Maske geben (`\"null\"`, `empty`, `text:…`) oder `then: remove` angeben" }
    unlisted(place) { en: "{place}: nobody lists this column, and it can hold free text, which would stay", de: "{place}: diese Spalte ist nicht aufgeführt und kann Freitext enthalten, der stehen bliebe" }
    unlisted_help() { en: "list it under `fields` so that it is masked; if it says nothing about a person: `{{ category: x.NAME, mask: keep }}`", de: "unter `fields` aufführen, damit sie maskiert wird; sagt sie nichts über eine Person: `{{ category: x.NAME, mask: keep }}`" }
    part(place) { en: "{place}: a part of what names somebody would stay, such as initials or digits of a number", de: "{place}: ein Teil dessen, was jemanden nennt, bliebe stehen, etwa Initialen oder Ziffern einer Nummer" }
    part_help() { en: "give the field a mask that leaves nothing of it: `\"null\"`, `empty`, `text:…`, or `token` where each value may stand only once", de: "dem Feld eine Maske geben, die nichts davon lässt: `\"null\"`, `empty`, `text:…`, oder `token`, wo jeder Wert nur einmal vorkommen darf" }
    name(place) { en: "{place}: what names somebody would stay", de: "{place}: was jemanden nennt, bliebe stehen" }
    name_help() { en: "give the field a mask; where it is the object's key, the record cannot become anonymous: set `then: remove`, or give it another key", de: "dem Feld eine Maske geben; ist es der Schlüssel des Objekts, kann der Datensatz nicht anonym werden: `then: remove` angeben oder einen anderen Schlüssel wählen" }
    link(place, to) { en: "{place}: this column would stay and leads to the record of {to}", de: "{place}: diese Spalte bliebe stehen und führt zum Datensatz in {to}" }
    link_help() { en: "list it under `fields` with `mask: \"null\"`; where the column takes no null, set `then: remove`", de: "unter `fields` mit `mask: \"null\"` aufführen; lässt die Spalte kein NULL zu, `then: remove` angeben" }
    untold(place, mask) { en: "{place}: by the mask `{mask}` nobody can tell later whether the record is anonymous already", de: "{place}: an der Maske `{mask}` ließe sich später nicht erkennen, ob der Datensatz schon anonym ist" }
    untold_help() { en: "give the field `mask: \"null\"`", de: "dem Feld `mask: \"null\"` geben" }
    stands_out(place, count, fields, fewest) { en: "{place}: {count} of the due records would stand out, because fewer than {fewest} anonymous records share what stays in {fields}", de: "{place}: {count} der fälligen Datensätze fielen auf, weil weniger als {fewest} anonyme Datensätze dasselbe in {fields} behielten" }
    stands_out_help(fields) { en: "mask one of {fields} or make it coarser (`mask: year` for a date); `limits.sweep.alike` says how many have to share it", de: "eines von {fields} maskieren oder vergröbern (`mask: year` bei einem Datum); `limits.sweep.alike` sagt, wie viele es teilen müssen" }
    named_by(place, objects) { en: "{place}: records of {objects} go on naming the masked record; as long as they stand, it can be traced to a person through them", de: "{place}: Datensätze in {objects} nennen den maskierten Datensatz weiterhin; solange sie bestehen, führen sie von ihm zur Person" }
    named_by_help() { en: "give those a rule of their own whose period is no longer", de: "ihnen eine eigene Regel geben, deren Frist nicht länger ist" }
    stays_unlisted(place, columns) { en: "{place}: nobody lists {columns}; they stay as they are, and are not looked at for what stands out", de: "{place}: nicht aufgeführt sind {columns}; sie bleiben, wie sie sind, und werden bei der Prüfung auf Auffälliges nicht betrachtet" }
    stays_unlisted_help() { en: "list under `fields` what says something about a person", de: "unter `fields` aufführen, was etwas über eine Person sagt" }
    stood_out(place, count) { en: "{place}: {count} anonymous records stand out by what stayed of them", de: "{place}: {count} anonyme Datensätze fallen durch das auf, was von ihnen blieb" }
    stood_out_help() { en: "run the sweep again; what is left over stays until others are like it, or mask more and let the next run go over them", de: "den Löschlauf wiederholen; was übrig ist, bleibt auffällig, bis andere ihm gleichen, oder mehr maskieren und den nächsten Lauf darübergehen lassen" }
    brake() { en: "would not be anonymous", de: "würde nicht anonym" }
}
