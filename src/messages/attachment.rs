//! Messages about files that belong to records: what is wrong in a connector's `files`, why one was left out, what may be fetched.

catalogue! {
    not_one_by_one(part) { en: "the path does not go through the items of the part `{part}` one by one", de: "der Pfad geht die Einträge des Teils `{part}` nicht einzeln durch" }
    not_one_by_one_why() { en: "items of a part are looked at as they come and are never all there at once", de: "Einträge eines Teils werden betrachtet, wie sie kommen, und liegen nie alle zugleich vor" }
    not_one_by_one_help(part) { en: "begin with the part and all of its items:   each: \"$.{part}[*].attachments[*]\"", de: "mit dem Teil und allen seinen Einträgen beginnen:   each: \"$.{part}[*].attachments[*]\"" }
    key_is_taken() { en: "the list of files has members of the names `file_name`, `content_type`, `file` and `left_out`; use another member as the key", de: "die Liste der Dateien hat selbst die Spalten `file_name`, `content_type`, `file` und `left_out`; einen anderen Schlüssel verwenden" }
    same_file() { en: "the request reads nothing of `file`, so it would fetch the same for each", de: "die Anfrage liest nichts aus `file`, sie würde also jedes Mal dasselbe holen" }
    same_file_help() { en: "name the file:   get: \"/attachments/{{{{ file.id }}}}\", or its whole address:   get: \"{{{{ file.url }}}}\"", de: "die Datei benennen:   get: \"/attachments/{{{{ file.id }}}}\", oder ihre ganze Adresse:   get: \"{{{{ file.url }}}}\"" }
    address_needs_get() { en: "a whole address that a system names is only fetched by GET", de: "eine ganze Adresse, die ein System nennt, wird nur mit GET abgerufen" }
    address_needs_get_help() { en: "use `get`, or a path below `api.url`", de: "`get` verwenden oder einen Pfad unter `api.url`" }
    call_without_base64() { en: "the reply to a call is JSON, and nothing says where in it the file stands", de: "die Antwort auf einen Aufruf ist JSON, und nirgends steht, wo darin die Datei ist" }
    call_without_base64_help() { en: "say where it stands as Base64:   base64: \"$.result[0].content\"", de: "angeben, wo sie als Base64 steht:   base64: \"$.result[0].content\"" }
    no_spot(path) { en: "`{path}` is no place that is known while the reply comes", de: "`{path}` ist keine Stelle, die schon feststeht, während die Antwort kommt" }
    no_spot_why() { en: "the file is decoded as it comes and never held as a whole", de: "die Datei wird dekodiert, wie sie kommt, und nie als Ganzes gehalten" }
    no_spot_help() { en: "name its members and items, `$.result[0].content`, or the one member of a name, `$..content`", de: "die Elemente und Stellen benennen, `$.result[0].content`, oder das einzige Element eines Namens, `$..content`" }
    idle_type() { en: "the type of this file is what its reply says, so `type` would change nothing", de: "den Typ dieser Datei nennt ihre Antwort, `type` würde daran nichts ändern" }
    idle_type_help() { en: "leave `type` out; it belongs to a file that stands as `base64` in a JSON reply", de: "`type` weglassen; es gehört zu einer Datei, die als `base64` in einer JSON-Antwort steht" }
    told_host() { en: "this host would be whatever the system says", de: "dieser Rechnername wäre das, was das System gerade nennt" }
    told_host_why() { en: "whoever can write into a record could then send the program to any server", de: "wer in einen Datensatz schreiben kann, könnte das Programm so zu jedem Server schicken" }
    told_host_help() { en: "write the hosts out, or take them from the settings:   hosts: [\"*.example.com\", \"{{{{ settings.files_host }}}}\"]", de: "die Rechnernamen ausschreiben oder aus den Einstellungen nehmen:   hosts: [\"*.example.com\", \"{{{{ settings.files_host }}}}\"]" }
    no_host(text) { en: "`{text}` is no host name", de: "`{text}` ist kein Rechnername" }
    no_host_help() { en: "write a name without scheme and path, `files.example.com`, or all below a name of at least two words, `*.example.com`", de: "einen Namen ohne Schema und Pfad angeben, `files.example.com`, oder alles unter einem Namen aus mindestens zwei Wörtern, `*.example.com`" }
    no_size() { en: "this is no size that a file can be limited to", de: "das ist keine Größe, auf die sich eine Datei begrenzen lässt" }
    no_size_help() { en: "write a whole number with kB, MB or GB, up to 1GB:   limit: 25MB", de: "eine ganze Zahl mit kB, MB oder GB angeben, höchstens 1GB:   limit: 25MB" }
    may_fetch(object, request, hosts) { en: "May fetch files for packages, with the credentials: {object}: {request}, from {hosts}", de: "Darf Dateien für Datenpakete holen, mit den Zugangsdaten: {object}: {request}, von {hosts}" }
    may_fetch_bare(object, request, hosts) { en: "May fetch files for packages, without credentials: {object}: {request}, from {hosts}", de: "Darf Dateien für Datenpakete holen, ohne Zugangsdaten: {object}: {request}, von {hosts}" }
    left_out(count) { en: "files that were left out of the package because they are larger than the connector allows: {count}", de: "wegen ihrer Größe nicht ins Datenpaket aufgenommene Dateien: {count}" }
    left_out_help() { en: "each is named in the package, in the list `files` of its object; hand them over otherwise, or raise `limit` under `files` of the connector", de: "jede ist im Datenpaket in der Liste `files` ihres Objekts genannt; sie auf anderem Weg übergeben oder im Konnektor unter `files` das `limit` erhöhen" }
    not_included_files(count) { en: "Files that belong to the records and are not part of this package: {count}. The lists of files name each with the reason.", de: "Dateien, die zu den Datensätzen gehören und nicht beiliegen: {count}. Die Dateilisten nennen jede mit dem Grund." }
    point_left_out(object, count) { en: "{object}: files that are not part of the package ({count}); see why in the list, and hand them over otherwise", de: "{object}: nicht beiliegende Dateien ({count}); den Grund in der Liste nachsehen und sie auf anderem Weg übergeben" }
}
