//! Messages about references to secrets.

catalogue! {
    not_a_reference() { en: "this is not a reference to a secret", de: "das ist kein Verweis auf ein Geheimnis" }
    references_are() { en: "a secret is named, not written: secret: \"env:NAME\", \"file:PATH\", \"keyring:NAME\", \"credential:NAME\", or secret: {{ command: [program, argument] }}", de: "ein Geheimnis wird benannt, nicht hingeschrieben: secret: \"env:NAME\", \"file:PFAD\", \"keyring:NAME\", \"credential:NAME\" oder secret: {{ command: [programm, argument] }}" }
    empty() { en: "it is empty", de: "es ist leer" }
    not_text() { en: "it is not UTF-8 text", de: "es ist kein UTF-8-Text" }
    too_long(limit) { en: "it is longer than {limit} bytes", de: "es ist länger als {limit} Byte" }
    not_a_file() { en: "it is not a regular file", de: "es ist keine gewöhnliche Datei" }
    open_to_others() { en: "others may read the file; run: chmod 600", de: "andere dürfen die Datei lesen; abhelfen mit: chmod 600" }
    other_owner() { en: "the file belongs to another user", de: "die Datei gehört einem anderen Benutzer" }
    no_credentials() { en: "the variable CREDENTIALS_DIRECTORY is not set; it is there when systemd starts dsr with LoadCredential=", de: "die Variable CREDENTIALS_DIRECTORY ist nicht gesetzt; systemd setzt sie, wenn es dsr mit LoadCredential= startet" }
    credential_name() { en: "a credential's name has no `/` in it", de: "der Name eines Credentials enthält kein `/`" }
    no_program(reason) { en: "the program does not start ({reason})", de: "das Programm startet nicht ({reason})" }
    program_failed(status) { en: "the program failed ({status})", de: "das Programm ist gescheitert ({status})" }
    program_slow(seconds) { en: "the program gave no answer within {seconds} s", de: "das Programm hat innerhalb von {seconds} s nicht geantwortet" }
}
