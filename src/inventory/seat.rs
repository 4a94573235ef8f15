//! Where the controller sits: a country of ISO 3166-1, and a part of it by ISO 3166-2.

/// The two letters of every country of ISO 3166-1, and `XK`, which the European Union writes for Kosovo.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW \
    XK";

/// A country, or a country and one to three letters or digits of its part behind a hyphen. Which parts a country has is not looked up.
pub fn is_seat(text: &str) -> bool {
    let (country, part) = text
        .split_once('-')
        .map_or((text, None), |(country, part)| (country, Some(part)));
    COUNTRIES.split(' ').any(|known| known == country)
        && part.is_none_or(|part| {
            (1..=3).contains(&part.len())
                && part
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_in_a_country_that_there_is() {
        for seat in [
            "DE", "DE-BY", "AT-9", "CH-ZH", "GB-ENG", "AD", "ZW", "XK", "US",
        ] {
            assert!(is_seat(seat), "{seat}");
        }
        for seat in [
            "XX", "UK", "EL", "ZZ", "AA", "XX-BY", "de", "D", "DEU", "", " ", "DE AT", "E A",
            "DE-", "DE-by", "DE-BYXX", "-BY", " DE",
        ] {
            assert!(!is_seat(seat), "{seat}");
        }
        assert_eq!(COUNTRIES.split(' ').count(), 250);
    }
}
