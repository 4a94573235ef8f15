//! Where a person can complain: the supervisory authority at the controller's seat (Art. 15(1)(f), 77 GDPR; Art. 49 DSG in
//! Switzerland).
//!
//! Companies in Germany are supervised by the Land of their seat (§ 40(1) BDSG). Names and addresses are those that the authorities
//! publish on the sites given here, as of 2025; they move now and then, so a reviewer is asked to look. A person may also turn to
//! the authority where they live or work.

/// A supervisory authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    /// ISO 3166-2 or 3166-1.
    pub seat: &'static str,
    pub name: &'static str,
    pub address: &'static str,
    pub email: &'static str,
    /// Its site, which is the source of the rest.
    pub site: &'static str,
}

const fn of(
    seat: &'static str,
    name: &'static str,
    address: &'static str,
    email: &'static str,
    site: &'static str,
) -> Authority {
    Authority {
        seat,
        name,
        address,
        email,
        site,
    }
}

/// Authorities for companies, by seat.
const AUTHORITIES: [Authority; 20] = [
    of(
        "DE-BW",
        "Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Baden-Württemberg",
        "Postfach 10 29 32, 70025 Stuttgart",
        "poststelle@lfdi.bwl.de",
        "www.baden-wuerttemberg.datenschutz.de",
    ),
    of(
        "DE-BY",
        "Bayerisches Landesamt für Datenschutzaufsicht",
        "Promenade 18, 91522 Ansbach",
        "poststelle@lda.bayern.de",
        "www.lda.bayern.de",
    ),
    of(
        "DE-BE",
        "Berliner Beauftragte für Datenschutz und Informationsfreiheit",
        "Alt-Moabit 59-61, 10555 Berlin",
        "mailbox@datenschutz-berlin.de",
        "www.datenschutz-berlin.de",
    ),
    of(
        "DE-BB",
        "Die Landesbeauftragte für den Datenschutz und für das Recht auf Akteneinsicht Brandenburg",
        "Stahnsdorfer Damm 77, 14532 Kleinmachnow",
        "poststelle@lda.brandenburg.de",
        "www.lda.brandenburg.de",
    ),
    of(
        "DE-HB",
        "Die Landesbeauftragte für Datenschutz und Informationsfreiheit der Freien Hansestadt Bremen",
        "Arndtstraße 1, 27570 Bremerhaven",
        "office@datenschutz.bremen.de",
        "www.datenschutz.bremen.de",
    ),
    of(
        "DE-HH",
        "Der Hamburgische Beauftragte für Datenschutz und Informationsfreiheit",
        "Ludwig-Erhard-Straße 22, 20459 Hamburg",
        "mailbox@datenschutz.hamburg.de",
        "www.datenschutz-hamburg.de",
    ),
    of(
        "DE-HE",
        "Der Hessische Beauftragte für Datenschutz und Informationsfreiheit",
        "Postfach 31 63, 65021 Wiesbaden",
        "poststelle@datenschutz.hessen.de",
        "www.datenschutz.hessen.de",
    ),
    of(
        "DE-MV",
        "Der Landesbeauftragte für Datenschutz und Informationsfreiheit Mecklenburg-Vorpommern",
        "Werderstraße 74a, 19055 Schwerin",
        "info@datenschutz-mv.de",
        "www.datenschutz-mv.de",
    ),
    of(
        "DE-NI",
        "Der Landesbeauftragte für den Datenschutz Niedersachsen",
        "Prinzenstraße 5, 30159 Hannover",
        "poststelle@lfd.niedersachsen.de",
        "www.lfd.niedersachsen.de",
    ),
    of(
        "DE-NW",
        "Landesbeauftragte für Datenschutz und Informationsfreiheit Nordrhein-Westfalen",
        "Kavalleriestraße 2-4, 40213 Düsseldorf",
        "poststelle@ldi.nrw.de",
        "www.ldi.nrw.de",
    ),
    of(
        "DE-RP",
        "Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Rheinland-Pfalz",
        "Hintere Bleiche 34, 55116 Mainz",
        "poststelle@datenschutz.rlp.de",
        "www.datenschutz.rlp.de",
    ),
    of(
        "DE-SL",
        "Unabhängiges Datenschutzzentrum Saarland",
        "Fritz-Dobisch-Straße 12, 66111 Saarbrücken",
        "poststelle@datenschutz.saarland.de",
        "www.datenschutz.saarland.de",
    ),
    of(
        "DE-SN",
        "Sächsische Datenschutz- und Transparenzbeauftragte",
        "Postfach 11 01 32, 01330 Dresden",
        "post@sdtb.sachsen.de",
        "www.datenschutz.sachsen.de",
    ),
    of(
        "DE-ST",
        "Landesbeauftragte für den Datenschutz Sachsen-Anhalt",
        "Postfach 19 47, 39009 Magdeburg",
        "poststelle@lfd.sachsen-anhalt.de",
        "datenschutz.sachsen-anhalt.de",
    ),
    of(
        "DE-SH",
        "Unabhängiges Landeszentrum für Datenschutz Schleswig-Holstein",
        "Holstenstraße 98, 24103 Kiel",
        "mail@datenschutzzentrum.de",
        "www.datenschutzzentrum.de",
    ),
    of(
        "DE-TH",
        "Thüringer Landesbeauftragter für den Datenschutz und die Informationsfreiheit",
        "Häßlerstraße 8, 99096 Erfurt",
        "poststelle@datenschutz.thueringen.de",
        "www.tlfdi.de",
    ),
    of(
        "AT",
        "Österreichische Datenschutzbehörde",
        "Barichgasse 40-42, 1030 Wien",
        "dsb@dsb.gv.at",
        "www.dsb.gv.at",
    ),
    of(
        "CH",
        "Eidgenössischer Datenschutz- und Öffentlichkeitsbeauftragter (EDÖB)",
        "Feldeggweg 1, 3003 Bern",
        "",
        "www.edoeb.admin.ch",
    ),
    of(
        "LI",
        "Datenschutzstelle Fürstentum Liechtenstein",
        "Städtle 38, 9490 Vaduz",
        "info.dss@llv.li",
        "www.datenschutzstelle.li",
    ),
    of(
        "LU",
        "Commission nationale pour la protection des données",
        "15, boulevard du Jazz, 4370 Belvaux",
        "info@cnpd.lu",
        "www.cnpd.public.lu",
    ),
];

/// The authority for a seat, such as `DE-BY` or `AT`; for `AT-9` that of Austria. None for `DE` alone, where the Land decides.
pub fn authority(seat: &str) -> Option<&'static Authority> {
    let seat = seat.trim().to_ascii_uppercase();
    let country = seat.split('-').next().unwrap_or(&seat);
    let find = |wanted: &str| AUTHORITIES.iter().find(|one| one.seat == wanted);
    find(&seat).or_else(|| find(country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_land_has_its_own() {
        let lands = AUTHORITIES.iter().filter(|one| one.seat.starts_with("DE-"));
        assert_eq!(lands.count(), 16);
        assert_eq!(authority("DE-BY").unwrap().site, "www.lda.bayern.de");
        assert_eq!(authority("at-9").unwrap().seat, "AT");
        assert_eq!(authority("CH-ZH").unwrap().seat, "CH");
        for none in ["DE", "DE-XX", "FR", ""] {
            assert!(authority(none).is_none(), "{none}");
        }
    }
}
