//! Sentences about the key that seals: where it lies, how it changes, what it is worth.

catalogue! {
    two_keys(first, second) { en: "`{first}` and `{second}` both name the key that seals", de: "`{first}` und `{second}` nennen beide den Schlüssel, der siegelt" }
    two_keys_help() { en: "keep one of them: `key` for a file or a secret, `pkcs12` for key and certificate in one file, `command` for a program that signs", de: "eines davon behalten: `key` für eine Datei oder ein Geheimnis, `pkcs12` für Schlüssel und Zertifikat in einer Datei, `command` für ein Programm, das signiert" }
    unfit(name) { en: "`{name}` belongs to nothing that is stated here", de: "`{name}` gehört zu nichts, was hier angegeben ist" }
    unfit_help(name, needs) { en: "`{name}` goes with: {needs}; otherwise leave it out", de: "`{name}` gehört zu: {needs}; sonst weglassen" }
    no_certificate() { en: "the certificate of the program's key is missing", de: "das Zertifikat zum Schlüssel des Programms fehlt" }
    no_certificate_help() { en: "name its file (PEM) beside it:   certificate: seal.pem", de: "die Datei (PEM) daneben angeben:   certificate: siegel.pem" }
    no_path() { en: "this is not the path of a file", de: "das ist kein Pfad einer Datei" }
    no_path_help() { en: "write the path; it starts in the folder of dsr.yaml", de: "den Pfad schreiben; er beginnt im Ordner der dsr.yaml" }
    unreadable_program(file, why) { en: "{file}, which signs, cannot be read: {why}", de: "{file}, das signiert, ist nicht lesbar: {why}" }
    unreadable_program_help() { en: "correct the path; it starts in the folder of dsr.yaml", de: "den Pfad berichtigen; er beginnt im Ordner der dsr.yaml" }
    no_program_of_its_own() { en: "no word of `command` is the path of a file, so dsr.lock cannot say which program signs", de: "kein Wort von `command` ist der Pfad einer Datei; so kann dsr.lock nicht sagen, welches Programm signiert" }
    no_program_of_its_own_help() { en: "write the path in full:   command: [/usr/bin/pkcs11-tool, …]   or   command: [python3, sign.py]", de: "den Pfad ausschreiben:   command: [/usr/bin/pkcs11-tool, …]   oder   command: [python3, sign.py]" }

    locked() { en: "the key that seals does not open", de: "der Schlüssel, der siegelt, lässt sich nicht öffnen" }
    locked_help() { en: "look at `evidence.seal` in dsr.yaml: `passphrase` refers to where the passphrase lies", de: "`evidence.seal` in der dsr.yaml ansehen: `passphrase` verweist darauf, wo die Passphrase liegt" }
    no_passphrase() { en: "the key is encrypted, and no passphrase is named", de: "der Schlüssel ist verschlüsselt, und es ist keine Passphrase angegeben" }
    wrong_passphrase() { en: "it opens under another passphrase only", de: "die angegebene Passphrase ist nicht die richtige" }
    old_cipher() { en: "it is encrypted in a way that is not read here: only AES under PBES2, with SHA-2, is", de: "diese Art der Verschlüsselung wird hier nicht gelesen: nur AES nach PBES2, mit SHA-2" }
    pkcs12_unusable() { en: "the PKCS#12 file of the seal cannot be used", de: "die PKCS#12-Datei des Siegels ist nicht verwendbar" }
    pkcs12_help() { en: "OpenSSL 3 writes one that can:   openssl pkcs12 -legacy -in OLD.p12 -out all.pem && openssl pkcs12 -export -in all.pem -out NEW.p12 && rm all.pem", de: "OpenSSL 3 schreibt eine verwendbare:   openssl pkcs12 -legacy -in ALT.p12 -out alles.pem && openssl pkcs12 -export -in alles.pem -out NEU.p12 && rm alles.pem" }
    pkcs12_form() { en: "it is no PKCS#12 file in DER", de: "das ist keine PKCS#12-Datei in DER" }
    pkcs12_no_key() { en: "there is no P-256 key in it", de: "darin ist kein P-256-Schlüssel" }
    pkcs12_many_keys() { en: "there is more than one P-256 key in it", de: "darin ist mehr als ein P-256-Schlüssel" }
    pkcs12_no_certificate() { en: "the certificate of its key is not in it", de: "das Zertifikat zu seinem Schlüssel ist nicht darin" }
    no_p256_certificate() { en: "the certificate is not for a key on P-256", de: "das Zertifikat ist nicht für einen Schlüssel auf P-256" }
    signer_failed(program) { en: "the program {program} gave no signature", de: "das Programm {program} hat keine Signatur geliefert" }
    signer_failed_help() { en: "try it by hand, as the account that dsr runs under:   printf x | PROGRAM … | xxd   ; it must print one ECDSA signature in DER and nothing else", de: "von Hand versuchen, mit dem Konto, unter dem dsr läuft:   printf x | PROGRAMM … | xxd   ; es muss eine ECDSA-Signatur in DER ausgeben und sonst nichts" }
    signer_silent() { en: "it ended and said nothing", de: "es hat sich beendet und nichts gesagt" }
    signer_changed(file) { en: "{file} is not what dsr.lock knows any more", de: "{file} ist nicht mehr, was dsr.lock kennt" }
    other_signature() { en: "what came back is not the signature of the certificate's key", de: "was zurückkam, ist nicht die Signatur des Schlüssels, zu dem das Zertifikat gehört" }
    other_signature_why() { en: "it is in another form than DER (a PKCS#11 token answers with r and s side by side), over other bytes, or made with another key", de: "sie hat eine andere Form als DER (ein PKCS#11-Token antwortet mit r und s nebeneinander), gilt anderen Bytes oder stammt von einem anderen Schlüssel" }
    other_signature_help() { en: "compare key and certificate; examples/signers shows a program that answers in the right form", de: "Schlüssel und Zertifikat vergleichen; examples/signers zeigt ein Programm, das in der richtigen Form antwortet" }

    trust_head(program) { en: "The program {program}, which seals evidence", de: "Das Programm {program}, das Nachweise siegelt" }
    trust_run(words) { en: "  is started as: {words}", de: "  wird gestartet als: {words}" }
    trust_gets() { en: "  is handed what is to be signed, digests and a time, and nothing of a person; what it contacts, dsr does not see", de: "  erhält, was zu signieren ist: Prüfsummen und eine Zeit, nichts von Personen; womit es sich verbindet, sieht dsr nicht" }

    changes() { en: "Changes of the seal", de: "Wechsel des Siegels" }
    changes_intro() { en: "The organisation has sealed with other certificates before. Where the old key signed the change, whoever knows the old certificate can follow it to the new one; the signed lines lie in data/seal.", de: "Die Organisation hat früher mit anderen Zertifikaten gesiegelt. Wo der alte Schlüssel den Wechsel signiert hat, gelangt vom alten Zertifikat zum neuen, wer das alte kennt; die signierten Zeilen liegen in data/seal." }
    head_changed() { en: "Changed", de: "Gewechselt" }
    head_before() { en: "Certificate before (SHA-256)", de: "Zertifikat vorher (SHA-256)" }
    head_after() { en: "Certificate after (SHA-256)", de: "Zertifikat nachher (SHA-256)" }
    head_signed() { en: "By the old key", de: "Vom alten Schlüssel" }
    change_signed() { en: "signed", de: "signiert" }
    change_unsigned() { en: "not signed", de: "nicht signiert" }
    fact_followed() { en: "Known through", de: "Bekannt über" }
    followed(fingerprint) { en: "the certificate {fingerprint}, whose key named this one as the next", de: "das Zertifikat {fingerprint}, dessen Schlüssel dieses als das nächste genannt hat" }

    register_unreadable() { en: ".dsr/keys/seal-changes.json, which remembers earlier seals, cannot be read", de: ".dsr/keys/seal-changes.json, das frühere Siegel festhält, ist nicht lesbar" }
    register_unreadable_help() { en: "restore it from the backup of .dsr/keys", de: "aus der Sicherung von .dsr/keys wiederherstellen" }
    linked_unasked(before, after) { en: "dsr.yaml names another seal than before; the workspace's own key ({before}) lay here still and signed the change to {after}", de: "die dsr.yaml nennt ein anderes Siegel als bisher; der eigene Schlüssel des Arbeitsordners ({before}) lag noch hier und hat den Wechsel zu {after} signiert" }
    linked_unasked_help() { en: "if you did not change `evidence.seal`, find out who did: put dsr.yaml back, and tell auditors not to follow this change", de: "wer `evidence.seal` nicht selbst geändert hat, klärt, wer es war: dsr.yaml zurücksetzen und der Prüfung sagen, dass sie diesem Wechsel nicht folgen soll" }
    not_linked(before) { en: "another certificate seals than before, and the key of the old one ({before}) did not sign the change", de: "ein anderes Zertifikat siegelt als bisher, und der Schlüssel des alten ({before}) hat den Wechsel nicht signiert" }
    not_linked_help() { en: "give auditors the new certificate (`dsr key export-cert`); next time, before dsr.yaml is changed:   dsr key rotate seal --certificate NEW.pem", de: "der Prüfung das neue Zertifikat geben (`dsr key export-cert`); beim nächsten Mal, bevor die dsr.yaml geändert wird:   dsr key rotate seal --certificate NEU.pem" }
    no_such_certificate() { en: "no certificate that is kept here has a fingerprint that begins so", de: "kein hier verwahrtes Zertifikat hat einen Fingerabdruck, der so beginnt" }
    no_such_certificate_help() { en: "`dsr key list` shows them", de: "`dsr key list` zeigt sie" }
    key_lies_elsewhere() { en: "dsr.yaml names the key that seals (evidence.seal), so no new one is made here", de: "die dsr.yaml nennt den Schlüssel, der siegelt (evidence.seal); deshalb entsteht hier kein neuer" }
    key_lies_elsewhere_help() { en: "have the new key and its certificate made where the old key lies; then   dsr key rotate seal --certificate NEW.pem   , and after that change dsr.yaml", de: "neuen Schlüssel und Zertifikat dort machen lassen, wo der alte Schlüssel liegt; dann   dsr key rotate seal --certificate NEU.pem   , und danach die dsr.yaml ändern" }
    same_certificate() { en: "this is the certificate that seals already", de: "das ist das Zertifikat, das schon siegelt" }
    same_certificate_help() { en: "name another, or leave the files out to have a new key made", de: "ein anderes angeben, oder die Dateien weglassen, damit ein neuer Schlüssel entsteht" }
    cannot_follow() { en: "this certificate cannot follow the one that seals", de: "dieses Zertifikat kann nicht auf das folgen, das siegelt" }
    not_for_sealing() { en: "it is not for sealing", de: "es ist nicht zum Siegeln" }
    not_for_sealing_help() { en: "it has to be for a key on P-256, with the key usage digitalSignature or nonRepudiation", de: "es muss für einen Schlüssel auf P-256 sein, mit der Schlüsselverwendung digitalSignature oder nonRepudiation" }
    not_valid_today(day) { en: "it is not valid today; its last day is {day}", de: "es ist heute nicht gültig; sein letzter Tag ist {day}" }
    not_valid_today_help() { en: "wait for its first day, or have another one issued", de: "seinen ersten Tag abwarten oder ein anderes ausstellen lassen" }
    file_unreadable() { en: "a file of the new seal cannot be read", de: "eine Datei des neuen Siegels ist nicht lesbar" }
    file_unreadable_help() { en: "correct the path", de: "den Pfad berichtigen" }
    not_changed() { en: "the seal was not changed", de: "das Siegel wurde nicht gewechselt" }
    not_changed_help() { en: "answer with y, or add --yes", de: "mit j antworten oder --yes angeben" }
    will_replace(before, after) { en: "The certificate {before} seals now. Its key signs the change and is then deleted; from now on {after} seals. Go on? [y/N]", de: "Jetzt siegelt das Zertifikat {before}. Sein Schlüssel signiert den Wechsel und wird dann gelöscht; ab jetzt siegelt {after}. Weiter? [j/N]" }
    will_announce(before, after) { en: "The key of {before} signs that {after} may follow. Go on? [y/N]", de: "Der Schlüssel von {before} signiert, dass {after} folgen darf. Weiter? [j/N]" }
    replaced(after) { en: "from now on the certificate {after} seals; bundles made before stay valid", de: "ab jetzt siegelt das Zertifikat {after}; frühere Nachweise bleiben gültig" }
    announced() { en: "the old key has signed the new certificate; now name its key under evidence.seal in dsr.yaml", de: "der alte Schlüssel hat das neue Zertifikat signiert; jetzt in der dsr.yaml unter evidence.seal den Schlüssel dazu angeben" }
    settled() { en: "the change to the seal that dsr.yaml names is noted", de: "der Wechsel zum Siegel, das die dsr.yaml nennt, ist verzeichnet" }
    tell_auditors() { en: "give auditors the new certificate: dsr key export-cert", de: "der Prüfung das neue Zertifikat geben: dsr key export-cert" }
    role_seals() { en: "seals", de: "siegelt" }
    role_announced() { en: "named as the next", de: "als nächstes genannt" }
    role_before() { en: "sealed before", de: "siegelte früher" }
    head_role() { en: "Use", de: "Verwendung" }
    head_fingerprint() { en: "SHA-256 fingerprint", de: "SHA-256-Fingerabdruck" }
    head_until() { en: "Valid until", de: "Gültig bis" }
    head_since() { en: "Since", de: "Seit" }
}

/// The columns of the changes of a seal.
pub fn changes_head() -> [super::Text; 4] {
    [head_changed(), head_before(), head_after(), head_signed()]
}

/// The columns of `dsr key list`.
pub fn keys_head() -> [super::Text; 5] {
    [
        head_role(),
        head_until(),
        head_since(),
        head_signed(),
        head_fingerprint(),
    ]
}
