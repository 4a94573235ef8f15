//! What a seal is worth, in words. An issuer or authority "calls itself qualified": whether it is, the trusted lists of the Union say.

use super::Text;

/// One sentence after the other.
pub fn and(first: Text, second: Text) -> Text {
    Text {
        en: format!("{} {}", first.en, second.en),
        de: format!("{} {}", first.de, second.de),
    }
}

catalogue! {
    level(level, certificate, stamp) { en: "Level {level} of S0 to S3: {certificate} {stamp}", de: "Stufe {level} von S0 bis S3: {certificate} {stamp}" }
    by_itself() {
        en: "sealed with a certificate that the organisation issued to itself. The seal shows any change, provided that the fingerprint of the certificate was compared over another channel, such as the telephone.",
        de: "gesiegelt mit einem Zertifikat, das die Organisation sich selbst ausgestellt hat. Das Siegel zeigt jede Änderung, sofern der Fingerabdruck des Zertifikats auf anderem Weg verglichen wurde, etwa am Telefon.",
    }
    by_authority() {
        en: "sealed with a certificate that another authority issued to the organisation. The seal shows any change and leads to that authority.",
        de: "gesiegelt mit einem Zertifikat, das eine andere Stelle der Organisation ausgestellt hat. Das Siegel zeigt jede Änderung und führt zu dieser Stelle.",
    }
    says_qualified() {
        en: "sealed with a certificate that another authority issued to the organisation and that calls itself qualified for electronic seals; compare the authority with the trusted list. The seal shows any change and leads to that authority.",
        de: "gesiegelt mit einem Zertifikat, das eine andere Stelle der Organisation ausgestellt hat und das sich selbst als qualifiziert für elektronische Siegel bezeichnet; vergleichen Sie die Stelle mit der Vertrauensliste. Das Siegel zeigt jede Änderung und führt zu dieser Stelle.",
    }
    says_qualified_on_device() {
        en: "sealed with a certificate that another authority issued to the organisation and that calls itself qualified for electronic seals, with its key in a device for them; compare the authority with the trusted list. The seal shows any change and leads to that authority.",
        de: "gesiegelt mit einem Zertifikat, das eine andere Stelle der Organisation ausgestellt hat und das sich selbst als qualifiziert für elektronische Siegel bezeichnet, mit dem Schlüssel in einer Einheit dafür; vergleichen Sie die Stelle mit der Vertrauensliste. Das Siegel zeigt jede Änderung und führt zu dieser Stelle.",
    }
    no_stamp() { en: "There is no time stamp of a third party.", de: "Einen Zeitstempel eines Dritten gibt es nicht." }
    stamp_announced() {
        en: "A third party is asked to stamp the time as soon as the bundle is sealed; its token lies beside the seal (META-INF/timestamp002.tst). Without that file the level is S0.",
        de: "Ein Dritter wird gebeten, die Zeit zu stempeln, sobald der Nachweis gesiegelt ist; sein Token liegt neben dem Siegel (META-INF/timestamp002.tst). Fehlt diese Datei, ist es Stufe S0.",
    }
    stamp_pending() { en: "The time stamp of a third party is still to come.", de: "Der Zeitstempel eines Dritten steht noch aus." }
    stamp_by_stranger() { en: "The time is stamped by an authority that you did not name.", de: "Die Zeit ist von einer Stelle bestätigt, die Sie nicht genannt haben." }
    stamped() { en: "The time is stamped by an authority that you named.", de: "Die Zeit ist von einer Stelle bestätigt, die Sie genannt haben." }
    stamped_says_qualified() { en: "The time is stamped by an authority that you named and that calls itself qualified for time stamps; compare it with the trusted list.", de: "Die Zeit ist von einer Stelle bestätigt, die Sie genannt haben und die sich selbst als qualifiziert für Zeitstempel bezeichnet; vergleichen Sie sie mit der Vertrauensliste." }
    archived() { en: "An archive has put files of its own beside the seal (level S3); dsr does not check them.", de: "Ein Archiv hat eigene Dateien neben das Siegel gelegt (Stufe S3); dsr prüft sie nicht." }
    claims_more(level) { en: "The bundle itself claims level {level}; that was not found here.", de: "Der Nachweis selbst nennt Stufe {level}; das hat sich hier nicht gezeigt." }
}
