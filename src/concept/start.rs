//! What a period counts from: rules whose event is the making of a record, and fields that hold that day.

use crate::statute::Statute;

/// Whether the event of a rule is itself the making of the record.
pub(super) fn is_making(statute: &Statute) -> bool {
    matches!(
        statute.id.as_str(),
        "de.arbzg16" | "de.milog17" | "at.glbg.applicant"
    )
}

/// Names under which systems keep the day a record was made, without signs and in small letters, beside those that [`MAKING`] and
/// [`TAIL`] make up.
const MADE: &[&str] = &[
    "addtime",
    "ctime",
    "crdate",
    "crdatetime",
    "createuserdate",
    "dateadd",
    "dateadded",
    "datecreate",
    "datecreated",
    "dateentered",
    "datumanlage",
    "datumangelegt",
    "datumerstellt",
    "erdat",
    "ersda",
    "neuanlage",
    "whencreated",
];

/// Words for the making of a record. What follows them may only say what a day is ([`TAIL`]): `created_by` is a person, `credited_on` and
/// `Angebotsdatum` are other days.
const MAKING: &[&str] = &[
    "created",
    "create",
    "creation",
    "inserted",
    "insert",
    "insertion",
    "added",
    "angelegt",
    "anlage",
    "erstellt",
    "erstell",
    "erstellung",
    "erstellungs",
    "erfasst",
    "erfassung",
    "erfassungs",
    "eingefuegt",
    "eingefügt",
];

/// Those that name a day by themselves.
const ALONE: &[&str] = &[
    "created",
    "creation",
    "inserted",
    "added",
    "angelegt",
    "erstellt",
    "erfasst",
    "eingefuegt",
    "eingefügt",
];

/// What may stand before them: whose making it is.
const HEAD: &[&str] = &[
    "",
    "record",
    "row",
    "sys",
    "system",
    "entry",
    "entity",
    "object",
    "date",
    "datum",
    "time",
    "ts",
    "datensatz",
    "satz",
];

/// What says that a field holds a day or a moment.
const TAIL: &[&str] = &[
    "",
    "at",
    "on",
    "am",
    "um",
    "date",
    "dat",
    "datum",
    "day",
    "tag",
    "time",
    "zeit",
    "zeitpunkt",
    "ts",
    "tstamp",
    "timestamp",
    "zeitstempel",
    "datetime",
    "dt",
    "dttm",
    "utc",
    "gmt",
    "tz",
    "local",
    "ms",
];

/// Whether a field is called like the day on which its record was made.
pub(super) fn is_creation(field: &str) -> bool {
    // `$.meta['created_at']` and `Properties.CreatedDate` end with the name.
    let last = field
        .trim_end_matches(['\'', '"', ']', ')'])
        .rsplit(['.', '/', '[', '\'', '"'])
        .next()
        .unwrap_or(field);
    let plain: String = last
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    MADE.contains(&plain.as_str()) || is_made_up(&plain)
}

/// `sys_created`, `createdAtUtc`, `erstellungszeitpunkt`: whose making, the making, and up to two words for a moment.
fn is_made_up(plain: &str) -> bool {
    let made = |word: &str, tail: &str| {
        let mut rests = TAIL.iter().filter_map(|first| tail.strip_prefix(first));
        // A verb or a noun alone names an action or a thing, not a day.
        (!tail.is_empty() || ALONE.contains(&word)) && rests.any(|rest| TAIL.contains(&rest))
    };
    let mut rests = HEAD.iter().filter_map(|head| plain.strip_prefix(head));
    rests.any(|rest| {
        let mut words = MAKING.iter();
        words.any(|word| rest.strip_prefix(word).is_some_and(|tail| made(word, tail)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::StartType;
    use crate::statute;

    #[test]
    fn the_day_a_record_was_made_has_many_names() {
        for name in [
            "created_at",
            "createdAt",
            "CreatedDate",
            "CREATED_ON",
            "Anlagedatum",
            "Angelegt am",
            "erstellt_am",
            "ERDAT",
            "$.meta.created_at",
            "$['meta']['created_at']",
            "properties.createdate",
            "date-created",
            "created_ts",
            "create_ts",
            "createdAtUtc",
            "created_datetime",
            "creation_ts",
            "record_created",
            "row_created_at",
            "sys_created",
            "sys_created_on",
            "crdate",
            "date_add",
            "inserted_at",
            "insert_date",
            "added_on",
            "erstellungszeitpunkt",
            "erstellt_am",
            "anlagezeit",
            "Anlage-Datum",
            "angelegt_um",
            "Erfassungsdatum",
        ] {
            assert!(is_creation(name), "{name}");
        }
        for name in [
            "issued_on",
            "invoice_date",
            "ordered_at",
            "last_seen",
            "closed_at",
            "created_at.closed",
            "creator",
            "recreated_at_close",
            "Rechnungsdatum",
            "credited_on",
            "created_by",
            "create",
            "creator_id",
            "addressed_on",
            "added_value_date",
            "anlage",
            "Anlagekonto",
            "Anlagenzugang",
            "insertion_order",
            "erstellerdatum",
            "date",
            "datum",
            "timestamp",
            "",
        ] {
            assert!(!is_creation(name), "{name}");
        }
    }

    #[test]
    fn the_rules_that_are_named_here_are_in_the_catalogue() {
        for id in [
            "de.arbzg16",
            "de.milog17",
            "at.glbg.applicant",
            "de.uwg7a",
            "de.gwg8",
            "de.bgb195.contract",
            "de.bgb630f",
            "gdpr.consent.proof",
            "gdpr.suppression",
        ] {
            let statute = statute::find(id).unwrap();
            assert_ne!(
                StartType::of_statute(statute),
                StartType::EndOfProcess,
                "{id}"
            );
        }
        let voucher = statute::find("de.ao147.voucher").unwrap();
        assert_eq!(StartType::of_statute(voucher), StartType::EndOfProcess);
        assert!(!is_making(voucher));
    }
}
