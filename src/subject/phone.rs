//! Telephone numbers: one spelling for each, and the digits under which systems keep it.
//!
//! A number becomes E.164 (`+49301234567`); what was written without a country takes the one of the controller's seat. An extension
//! that has to be asked for is kept behind `;ext=` (RFC 3966), so that two desks behind one number stay two numbers. Nothing here
//! guesses: letters, and digits of other scripts, are refused.
//!
//! Country codes: ITU-T E.164 and its list of assigned codes. Prefixes within a country: ITU-T Operational Bulletin, "Dialling
//! procedures (international prefix, national (trunk) prefix and national (significant) number)", and E.123 for how they are written.

use crate::messages::{Text, subject as say};

/// Digits that a number has at most, country code included (ITU-T E.164, 6.1).
const LONGEST: usize = 15;
/// Fewer digits would be anybody's number.
const SHORTEST: usize = 5;

/// How a country writes numbers for its own people.
struct Country {
    iso: &'static str,
    code: &'static str,
    /// What stands before the number within the country and is not part of it; empty if there is nothing.
    trunk: &'static str,
}

const fn country(iso: &'static str, code: &'static str, trunk: &'static str) -> Country {
    Country { iso, code, trunk }
}

/// Italy and San Marino keep their zero: it is part of the number.
const COUNTRIES: [Country; 43] = [
    country("DE", "49", "0"),
    country("AT", "43", "0"),
    country("CH", "41", "0"),
    country("LI", "423", ""),
    country("LU", "352", ""),
    country("FR", "33", "0"),
    country("NL", "31", "0"),
    country("BE", "32", "0"),
    country("IT", "39", ""),
    country("SM", "378", ""),
    country("GB", "44", "0"),
    country("IE", "353", "0"),
    country("PL", "48", ""),
    country("CZ", "420", ""),
    country("SK", "421", "0"),
    country("HU", "36", "06"),
    country("SI", "386", "0"),
    country("HR", "385", "0"),
    country("RS", "381", "0"),
    country("BA", "387", "0"),
    country("RO", "40", "0"),
    country("BG", "359", "0"),
    country("GR", "30", ""),
    country("CY", "357", ""),
    country("MT", "356", ""),
    country("ES", "34", ""),
    country("PT", "351", ""),
    country("AD", "376", ""),
    country("MC", "377", ""),
    country("DK", "45", ""),
    country("SE", "46", "0"),
    country("NO", "47", ""),
    country("FI", "358", "0"),
    country("IS", "354", ""),
    country("EE", "372", ""),
    country("LV", "371", ""),
    country("LT", "370", "0"),
    country("UA", "380", "0"),
    country("TR", "90", "0"),
    country("US", "1", "1"),
    country("CA", "1", "1"),
    country("AU", "61", "0"),
    country("JP", "81", "0"),
];

/// A telephone number in E.164, with `;ext=` where it has an extension; digits alone if the seat's country is not listed.
pub(super) fn normal(value: &str, seat: &str) -> Result<String, Text> {
    let (number, extension) = split(value)?;
    // Digits of other scripts would be dropped, which leaves somebody else's number; letters stand for digits on some keys only.
    let foreign = |c: char| c.is_alphabetic() || (c.is_numeric() && !c.is_ascii());
    if number.chars().any(foreign)
        || number
            .trim_start_matches([' ', '('])
            .chars()
            .skip(1)
            .any(|c| c == '+')
    {
        return Err(say::not_a_phone());
    }
    let home = COUNTRIES.iter().find(|country| country.iso == seat);
    let digits = digits_of(number);
    if digits.len() < SHORTEST {
        return Err(say::not_a_phone());
    }
    let abroad = match seat {
        "US" | "CA" => "011",
        "JP" => "010",
        "AU" => "0011",
        _ => "00",
    };
    let whole = if number.trim_start_matches([' ', '(']).starts_with('+') {
        Some(international(number, 0))
    } else if digits.starts_with("00") {
        Some(international(number, 2))
    } else if digits.starts_with(abroad) {
        Some(international(number, abroad.len()))
    } else {
        home.map(|home| {
            // The zero in brackets stands for the trunk prefix here too.
            let national = digits.strip_prefix(home.trunk).unwrap_or(&digits);
            format!("{}{national}", home.code)
        })
    };
    let number = match whole {
        Some(whole) if whole.len() > LONGEST => return Err(say::phone_too_long()),
        Some(whole) if whole.len() < SHORTEST || whole.starts_with('0') => {
            return Err(say::not_a_phone());
        }
        Some(whole) => format!("+{whole}"),
        None if digits.len() > LONGEST => return Err(say::phone_too_long()),
        None => digits,
    };
    Ok(match extension {
        Some(extension) => format!("{number};ext={extension}"),
        None => number,
    })
}

/// Number and extension, by the words that people put between them. A hyphen is no such word: what follows it is dialled on
/// (DIN 5008), so it belongs to the number.
fn split(value: &str) -> Result<(&str, Option<String>), Text> {
    const WORDS: [&str; 9] = [
        ";ext=",
        "durchwahl",
        "nebenstelle",
        "extension",
        "apparat",
        "app.",
        "ext",
        "dw",
        "x",
    ];
    let lower = value.to_ascii_lowercase();
    let Some((at, word)) = WORDS
        .iter()
        .filter_map(|word| lower.find(word).map(|at| (at, *word)))
        .min_by_key(|(at, word)| (*at, usize::MAX - word.len()))
    else {
        return Ok((value, None));
    };
    let rest = value[at + word.len()..]
        .trim_start_matches(['.', ':', ' ', '-'])
        .trim();
    let fits = !rest.is_empty() && rest.len() <= 7 && rest.bytes().all(|b| b.is_ascii_digit());
    match fits {
        true => Ok((&value[..at], Some(rest.to_owned()))),
        false => Err(say::not_a_phone()),
    }
}

/// The digits from the country code on, without a trunk zero in brackets or behind the code.
fn international(number: &str, prefix: usize) -> String {
    let bracketed = digits_of(&number.replace("(0)", ""));
    let all = digits_of(number);
    let of = |digits: &str| {
        COUNTRIES
            .iter()
            .find(|country| country.code == code_of(digits).0)
    };
    let without = bracketed.get(prefix..).unwrap_or_default();
    let Some(country) = of(without) else {
        return without.to_owned();
    };
    if country.trunk != "0" {
        // Where no zero is left out, one in brackets is dialled like any other.
        return match country.trunk {
            "" => all.get(prefix..).unwrap_or_default().to_owned(),
            _ => without.to_owned(),
        };
    }
    let national = &without[country.code.len()..];
    // No number of such a country begins with its trunk prefix.
    let national = national.strip_prefix('0').unwrap_or(national);
    format!("{}{national}", country.code)
}

/// The digits under which a number may be stored: E.164, with 00, national with and without trunk prefix, and the mixture that
/// `+49 (0)30` makes. Its extension is left out.
///
/// More than the number itself may hide behind some of them; the guard tells them apart.
pub(crate) fn stored(value: &str) -> Vec<String> {
    let (number, _) = value.split_once(";ext=").unwrap_or((value, ""));
    let digits = digits_of(number);
    let (code, national) = match number.starts_with('+') {
        true => code_of(&digits),
        false => ("", digits.trim_start_matches('0')),
    };
    let mut all = vec![
        digits.clone(),
        format!("00{digits}"),
        format!("011{digits}"),
    ];
    if national.len() >= 4 {
        all.extend([
            national.to_owned(),
            format!("0{national}"),
            format!("{code}0{national}"),
            format!("00{code}0{national}"),
        ]);
        let trunk = COUNTRIES.iter().filter(|country| country.code == code);
        all.extend(trunk.map(|country| format!("{}{national}", country.trunk)));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// How a number is written for systems that search by themselves: E.164, with 00, and as in its country. The first is the normal one.
pub(super) fn spellings(value: &str) -> Vec<String> {
    let (number, _) = value.split_once(";ext=").unwrap_or((value, ""));
    let mut all = vec![value.to_owned()];
    if number != value {
        all.push(number.to_owned());
    }
    if let Some(digits) = number.strip_prefix('+') {
        let (code, national) = code_of(digits);
        all.push(format!("00{digits}"));
        if let Some(country) = COUNTRIES.iter().find(|country| country.code == code) {
            all.push(format!("{}{national}", country.trunk));
        }
    }
    all
}

/// Whether an extension has to be asked for behind the number.
pub(crate) fn has_extension(value: &str) -> bool {
    value.contains(";ext=")
}

/// Country code and the rest, by ITU-T E.164: two zones of one digit, a list of two, and three digits for all others.
fn code_of(digits: &str) -> (&str, &str) {
    const TWO: [&str; 44] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
        "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
        "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    let length = match digits.get(..2) {
        Some(two) if two.starts_with(['1', '7']) => 1,
        Some(two) if TWO.contains(&two) => 2,
        _ => 3,
    };
    digits.split_at(length.min(digits.len()))
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_their_country_writes_them() {
        for (seat, written, number) in [
            ("DE", "030 / 123 45-67", "+49301234567"),
            ("DE", "0049301234567", "+49301234567"),
            ("DE", "+49 (0)30 1234567", "+49301234567"),
            ("DE", "+49 030 1234567", "+49301234567"),
            ("DE", "(030) 1234567", "+49301234567"),
            ("DE", "(+49) 30 1234567", "+49301234567"),
            ("DE", "030 1234-0", "+493012340"),
            ("AT", "01 2345678", "+4312345678"),
            ("CH", "044 668 18 00", "+41446681800"),
            ("LI", "234 56 78", "+4232345678"),
            ("LU", "26 12 34 56", "+35226123456"),
            ("FR", "01 23 45 67 89", "+33123456789"),
            ("IT", "06 1234 5678", "+390612345678"),
            ("DE", "+39 06 1234 5678", "+390612345678"),
            ("DE", "+39 (0)6 1234 5678", "+390612345678"),
            ("HU", "06 1 234 5678", "+3612345678"),
            ("PL", "22 123 45 67", "+48221234567"),
            ("US", "(555) 123-4567", "+15551234567"),
            ("US", "1-555-123-4567", "+15551234567"),
            ("US", "011 49 30 1234567", "+49301234567"),
            ("DE", "030 1234 ext. 12", "+49301234;ext=12"),
            ("DE", "030 1234 Durchwahl 12", "+49301234;ext=12"),
            ("DE", "+49301234;ext=12", "+49301234;ext=12"),
        ] {
            assert_eq!(normal(written, seat), Ok(number.into()), "{seat} {written}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for written in [
            "1800 FLOWERS",
            "0800 CALL-ME",
            "1234",
            "+4930123456789012345",
            "+49+301234567",
            "030 1234 ext",
            "030 1234 ext. twelve",
            "030 1234 x 12345678",
            "+00301234567",
        ] {
            assert!(normal(written, "DE").is_err(), "{written}");
        }
    }

    #[test]
    fn a_number_is_looked_for_as_people_write_it() {
        let all = stored("+49301234567");
        for kept in [
            "49301234567",
            "0049301234567",
            "0301234567",
            "301234567",
            "490301234567",
        ] {
            assert!(all.iter().any(|one| one == kept), "{kept}");
        }
        assert!(stored("+15551234567").contains(&"5551234567".to_owned()));
        assert!(stored("+35312345678").contains(&"012345678".to_owned()));
        assert!(stored("+3612345678").contains(&"0612345678".to_owned()));
        // So short a rest would be anybody's number.
        assert!(!stored("+49123").contains(&"123".to_owned()));
    }

    #[test]
    fn services_are_asked_for_the_usual_forms() {
        assert_eq!(
            spellings("+49301234567"),
            ["+49301234567", "0049301234567", "0301234567"]
        );
        assert_eq!(
            spellings("+390612345678"),
            ["+390612345678", "00390612345678", "0612345678"]
        );
        assert_eq!(
            spellings("+49301234;ext=12"),
            ["+49301234;ext=12", "+49301234", "0049301234", "0301234"]
        );
        assert_eq!(spellings("12345678"), ["12345678"]);
    }

    /// The ways in which a number of a country is written there.
    fn written(country: &Country, national: &str) -> Vec<String> {
        let (code, trunk) = (country.code, country.trunk);
        let (head, tail) = national.split_at(3);
        let mut all = vec![
            format!("+{code}{national}"),
            format!("+{code} {head} {tail}"),
            format!("00{code} {head}-{tail}"),
            format!("{trunk}{head} / {tail}"),
            format!("({trunk}{head}) {tail}"),
        ];
        if trunk == "0" {
            all.push(format!("+{code} (0){head} {tail}"));
            all.push(format!("+{code}0{national}"));
        }
        all
    }

    proptest! {
        #[test]
        fn two_numbers_never_become_one(
            at in 0..COUNTRIES.len(), other in 0..COUNTRIES.len(),
            one in "[2-9][0-9]{6,8}", two in "[2-9][0-9]{6,8}",
        ) {
            let (here, there) = (&COUNTRIES[at], &COUNTRIES[other]);
            prop_assume!((here.code, &one) != (there.code, &two));
            let number = format!("+{}{one}", here.code);
            for form in written(here, &one) {
                prop_assert_eq!(normal(&form, here.iso), Ok(number.clone()), "{}", form);
                let digits = digits_of(&form);
                prop_assert!(stored(&number).contains(&digits), "{} is not looked for", form);
            }
            // The other number, read at the same seat, in the forms that name their country.
            for form in written(there, &two).into_iter().filter(|form| form.starts_with(['+'])) {
                prop_assert_ne!(normal(&form, here.iso), Ok(number.clone()), "{}", form);
            }
            let own = written(here, &two);
            if one != two {
                for form in own {
                    prop_assert_ne!(normal(&form, here.iso), Ok(number.clone()), "{}", form);
                }
            }
        }

        #[test]
        fn a_normal_number_stays_as_it_is(at in 0..COUNTRIES.len(), national in "[2-9][0-9]{6,8}", ext in proptest::option::of("[0-9]{1,4}")) {
            let ext = ext.map_or(String::new(), |ext| format!(";ext={ext}"));
            let number = format!("+{}{national}{ext}", COUNTRIES[at].code);
            prop_assert_eq!(normal(&number, "DE"), Ok(number));
        }
    }
}
