//! Messages about directories.

catalogue! {
    url_form() { en: "ldaps://HOST, or ldap://HOST with `starttls: yes`; without TLS only on this machine: ldap://localhost, ldapi://%2Frun%2Fslapd%2Fldapi", de: "ldaps://RECHNER, oder ldap://RECHNER mit `starttls: yes`; ohne TLS nur auf diesem Rechner: ldap://localhost, ldapi://%2Frun%2Fslapd%2Fldapi" }
    insecure(host) { en: "the line to {host} would not be encrypted", de: "die Leitung zu {host} wäre nicht verschlüsselt" }
    insecure_why() { en: "the account's password and everything about people would go over the network in the clear", de: "das Passwort des Kontos und alle Angaben über Menschen gingen im Klartext über das Netz" }
    insecure_help() { en: "write `ldaps://` for the URL, or add `starttls: yes`", de: "die URL mit `ldaps://` schreiben, oder `starttls: yes` ergänzen" }
    needless_starttls() { en: "`starttls` stands beside a line that it cannot concern", de: "`starttls` steht bei einer Leitung, die es nicht betreffen kann" }
    needless_starttls_help() { en: "leave `starttls` out, or write the URL with `ldap://`", de: "`starttls` weglassen, oder die URL mit `ldap://` schreiben" }
    bad_starttls(word) { en: "`{word}` is no answer to whether TLS is to be started", de: "`{word}` sagt nicht, ob TLS gestartet werden soll" }
    bad_starttls_help() { en: "write `starttls: yes`, or leave it out", de: "`starttls: yes` schreiben, oder es weglassen" }
    bad_dn(text) { en: "`{text}` is not the name of an entry", de: "`{text}` ist nicht der Name eines Eintrags" }
    bad_dn_help() { en: "write it from the entry up to the root: ou=people,dc=example,dc=org", de: "vom Eintrag bis zur Wurzel schreiben: ou=people,dc=example,dc=org" }
    root_base() { en: "the base is the root of the whole directory", de: "die Basis ist die Wurzel des ganzen Verzeichnisses" }
    root_base_help() { en: "name the entry below which these people are: ou=people,dc=example,dc=org", de: "den Eintrag angeben, unter dem diese Menschen stehen: ou=people,dc=example,dc=org" }
    bad_filter(at) { en: "the filter cannot be read from its sign {at} on", de: "der Filter ist ab dem Zeichen {at} nicht lesbar" }
    bad_filter_help() { en: "a filter stands in brackets: (objectClass=inetOrgPerson), (&(objectClass=user)(!(objectClass=computer))); signs with a meaning are written by number: \\28 \\29 \\2a \\5c", de: "ein Filter steht in Klammern: (objectClass=inetOrgPerson), (&(objectClass=user)(!(objectClass=computer))); Zeichen mit Bedeutung werden als Zahl geschrieben: \\28 \\29 \\2a \\5c" }
    bad_form(text) { en: "`{text}` is not a form of an address", de: "`{text}` ist keine Form einer Adresse" }
    two_forms(attribute) { en: "the attribute {attribute} has two forms", de: "das Attribut {attribute} hat zwei Formen" }
    form_help() { en: "`{{}}` stands for the address, once: form: \"smtp:{{}}\"", de: "`{{}}` steht für die Adresse, einmal: form: \"smtp:{{}}\"" }
    bad_bits(attribute) { en: "the bits of {attribute} are not a number from 1 to 2147483647", de: "die Bits von {attribute} sind keine Zahl von 1 bis 2147483647" }
    bad_bits_help() { en: "write the bits as one number: add_bits: {{ userAccountControl: 2 }}", de: "die Bits als eine Zahl schreiben: add_bits: {{ userAccountControl: 2 }}" }
    bits_here(word) { en: "`{word}` has no place here", de: "`{word}` hat hier keinen Platz" }
    bits_here_help() { en: "`restrict` adds bits (`add_bits`), `unrestrict` takes them away (`remove_bits`)", de: "`restrict` setzt Bits (`add_bits`), `unrestrict` nimmt sie weg (`remove_bits`)" }
    sets_nothing(action) { en: "`{action}` changes nothing", de: "`{action}` ändert nichts" }
    mark_help(action) { en: "name the attributes: {action}: {{ set: {{ ATTRIBUTE: VALUE }} }}, or the bits of a number", de: "die Attribute angeben: {action}: {{ set: {{ ATTRIBUT: WERT }} }}, oder die Bits einer Zahl" }
    name_as_key() { en: "the name of an entry cannot be its key", de: "der Name eines Eintrags kann nicht sein Schlüssel sein" }
    name_as_key_why() { en: "it changes when the person's name does, or when somebody moves the entry; then an entry that is there would pass for erased", de: "er ändert sich mit dem Namen der Person oder wenn jemand den Eintrag verschiebt; dann gälte ein Eintrag als gelöscht, den es noch gibt" }
    name_as_key_help() { en: "write `key: entryUUID`, in Active Directory `key: objectGUID`", de: "`key: entryUUID` schreiben, bei Active Directory `key: objectGUID`" }
    one_key() { en: "the key of an entry is one attribute", de: "der Schlüssel eines Eintrags ist ein einziges Attribut" }
    name_searched() { en: "entries cannot be searched by their own name", de: "Einträge lassen sich nicht über ihren eigenen Namen suchen" }
    name_searched_help() { en: "search by an attribute that holds the name: on: {{ member: dn }}", de: "über ein Attribut suchen, das den Namen enthält: on: {{ member: dn }}" }
    each_key(attribute) { en: "with `each: {attribute}` a record is one value, so its key needs both: the entry and the value", de: "mit `each: {attribute}` ist ein Datensatz ein Wert; sein Schlüssel braucht beides: den Eintrag und den Wert" }
    each_key_help(attribute) { en: "write `key: [entryUUID, {attribute}]`", de: "`key: [entryUUID, {attribute}]` schreiben" }
    each_find(attribute) { en: "values of {attribute} are found under the person's own entry, and in no other way", de: "Werte von {attribute} werden unter dem Eintrag der Person gefunden und auf keinem anderen Weg" }
    each_find_help(attribute) { en: "write `find: [{{ under: people, on: {{ {attribute}: dn }} }}]`", de: "`find: [{{ under: people, on: {{ {attribute}: dn }} }}]` schreiben" }
    each_erase() { en: "a value of an attribute is removed, and cannot be anything else", de: "ein Wert eines Attributs wird entfernt; anderes geht mit ihm nicht" }
    each_erase_help() { en: "write `erase: remove`, or `manual` with what a person does", de: "`erase: remove` schreiben, oder `manual` mit dem, was ein Mensch tut" }
    finder_attribute() { en: "it is not said in which attribute to look", de: "es fehlt, in welchem Attribut zu suchen ist" }
    finder_help() { en: "write {{ by: email, attribute: mail }}, or {{ under: people, on: {{ owner: dn }} }}", de: "{{ by: email, attribute: mail }} schreiben, oder {{ under: people, on: {{ owner: dn }} }}" }
    entry_of(base) { en: "entry below {base}", de: "Eintrag unter {base}" }
}

catalogue! {
    refuses_empty(attribute) { en: "the attribute {attribute} must not be missing, and a directory has no empty values; write `mask: token` or `mask: \"text: …\"`", de: "das Attribut {attribute} darf nicht fehlen, und leere Werte hat ein Verzeichnis nicht; `mask: token` oder `mask: \"text: …\"` schreiben" }
    names_entry(attribute) { en: "the attribute {attribute} is part of the entry's name (DN), and programs may know the entry by that name; write `rename: true` at the object to have entries renamed, `erase: remove` to have them removed, or `mask: keep` if it names nobody", de: "das Attribut {attribute} ist Teil des Namens des Eintrags (DN), und Programme kennen den Eintrag womöglich unter diesem Namen; beim Objekt `rename: true` schreiben, um Einträge umbenennen zu lassen, `erase: remove`, um sie zu entfernen, oder `mask: keep`, wenn es niemanden benennt" }
    which_value() { en: "it has several values; say with --was which of them is wrong", de: "es hat mehrere Werte; mit --was angeben, welcher davon falsch ist" }
    groups(count, attribute) { en: "{count} entries name others in {attribute}, and no object of this system takes care of that: after an erasure the name of a removed entry may still stand there", de: "{count} Einträge nennen andere in {attribute}, und kein Objekt dieses Systems kümmert sich darum: Nach einer Löschung kann der Name eines entfernten Eintrags dort noch stehen" }
    groups_help(attribute) { en: "add an object for memberships (`each: {attribute}`), or let the directory do it (refint in OpenLDAP) and look once whether it does", de: "ein Objekt für Mitgliedschaften ergänzen (`each: {attribute}`), oder es dem Verzeichnis überlassen (refint bei OpenLDAP) und einmal nachsehen, ob es das tut" }
    tombstones() { en: "Active Directory keeps deleted entries in `Deleted Objects`, for 180 days as a rule: with the recycle bin all their attributes, without it name, SID and GUID", de: "Active Directory hebt gelöschte Einträge unter `Deleted Objects` auf, in der Regel 180 Tage: mit Papierkorb alle Attribute, ohne ihn Name, SID und GUID" }
    tombstones_help() { en: "say so in the answer, or have a domain administrator remove the deleted object at once; dsr cannot see that place", de: "in der Antwort darauf hinweisen, oder das gelöschte Objekt von der Domänenverwaltung sofort entfernen lassen; dsr sieht diesen Ort nicht" }
    change_log(base) { en: "the server keeps a log of changes under {base}; what was erased stands there until the log is cleared", de: "der Server führt unter {base} ein Protokoll der Änderungen; Gelöschtes steht dort, bis das Protokoll geleert wird" }
    change_log_help() { en: "have old entries of the log cleared regularly, and say so in the answer", de: "alte Einträge des Protokolls regelmäßig löschen lassen und in der Antwort darauf hinweisen" }
    no_assertion() { en: "the server cannot make a write depend on the state of the entry (RFC 4528), so that a change in the instant between reading and writing would be overwritten", de: "der Server kann Schreibzugriffe nicht vom Zustand des Eintrags abhängig machen (RFC 4528); eine Änderung im Augenblick zwischen Lesen und Schreiben würde überschrieben" }
    no_assertion_help() { en: "nothing to do; dsr reads each entry right before it writes", de: "nichts zu tun; dsr liest jeden Eintrag unmittelbar vor dem Schreiben" }
    empty_password() { en: "the password is empty, and a directory takes that for nobody at all", de: "das Passwort ist leer, und ein Verzeichnis hält das für niemanden" }
    not_an_address() { en: "it is not the address of a directory", de: "das ist keine Adresse eines Verzeichnisses" }
    password_in_url() { en: "an address has no user and no password; they stand in `user` and `password`", de: "eine Adresse enthält weder Konto noch Passwort; sie stehen in `user` und `password`" }
    bad_ca() { en: "the file of `ca_file` holds no certificate", de: "die Datei von `ca_file` enthält kein Zertifikat" }
}
