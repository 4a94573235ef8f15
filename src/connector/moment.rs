//! Points in time as OData 2 writes them in JSON: `/Date(1735689600000)/`, with an offset in minutes behind the number or without one.
//! The number counts milliseconds from the beginning of 1970 in UTC; the offset says only where it was meant.

use jiff::Timestamp;

/// The point in time that a text is, if it is nothing else.
pub fn of_odata(text: &str) -> Option<Timestamp> {
    let inner = text.trim().strip_prefix("/Date(")?.strip_suffix(")/")?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (sign, rest) = match inner.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, inner),
    };
    let number = match rest.split_once(['+', '-']) {
        Some((number, offset)) if digits(offset) => number,
        Some(_) => return None,
        None => rest,
    };
    digits(number).then_some(())?;
    let count: i64 = number.parse().ok()?;
    Timestamp::from_millisecond(sign * count).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_number_in_this_form_and_nothing_else() {
        let said = |text: &str| of_odata(text).map(|moment| moment.to_string());
        let known = |text: &str| Some(text.to_owned());
        assert_eq!(said("/Date(1735689600000)/"), known("2025-01-01T00:00:00Z"));
        assert_eq!(
            said("/Date(1735689600000+0060)/"),
            known("2025-01-01T00:00:00Z")
        );
        assert_eq!(said("/Date(-86400000)/"), known("1969-12-31T00:00:00Z"));
        for bad in [
            "",
            "/Date()/",
            "/Date(x)/",
            "/Date(1",
            "Date(1)",
            "/Date(1+)/",
            "/Date(1+x)/",
            "/Date(+1)/",
            "/Date(--1)/",
            "/Date(99999999999999999999)/",
            "/Date(9223372036854775807)/",
            "/Date(1)/ x",
        ] {
            assert_eq!(said(bad), None, "{bad}");
        }
    }
}
