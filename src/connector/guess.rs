//! What a field is likely about, by its name alone: a proposal for a person to confirm, never a decision.
//!
//! Names are taken apart into words (`firstName`, `first_name`, `FIRST-NAME`), in English and German. Whatever is not clear from
//! its name has no guess: a field that nobody classified is named as such, and one that was classified wrongly is believed.

use crate::subject::Kind;

/// A proposed category, and the kind of identity where the field may name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    pub category: &'static str,
    pub identity: Option<&'static str>,
}

/// Names whose last word makes them something about a field: how often, since when, whether.
const ABOUT: [&str; 23] = [
    "count",
    "verified",
    "enabled",
    "status",
    "type",
    "format",
    "confirmed",
    "valid",
    "visible",
    "visibility",
    "id",
    "ids",
    "at",
    "label",
    "href",
    "template",
    "templates",
    "settings",
    "permissions",
    "preferences",
    "total",
    "domain",
    "client",
];

/// Names whose first word makes them a question.
const QUESTIONS: [&str; 8] = ["is", "has", "can", "should", "allow", "show", "send", "num"];

/// A category with the words, or words one after the other, that stand for it, with `|` between them. The first that fits is taken.
const WORDS: [(&str, &str); 25] = [
    (
        "contact.email",
        "email|emails|e mail|mail|mails|emailaddress|mailaddress|mailadresse|emailadresse",
    ),
    (
        "contact.phone",
        "phone|phones|telephone|telephones|mobile|fax|telefon|telefonnummer|handy|mobil|mobilnummer\
         |cellphone|phonenumber|mobilephone|rufnummer|tel",
    ),
    (
        "person.birth_date",
        "birth|birthday|birthdate|dob|dateofbirth|geburtsdatum|geburtstag",
    ),
    (
        "finance.bank",
        "iban|bic|bankaccount|bank account|kontonummer|bankverbindung|sort code",
    ),
    (
        "finance.card",
        "creditcard|credit card|card number|cardnumber|kreditkarte",
    ),
    (
        "person.id_number",
        "passport|ssn|social security|national id|tax id|taxid|tax number|vat id|vatid|vat number\
         |steuernummer|steuer id|ausweisnummer",
    ),
    ("device.ip", "ip|ipaddress|ip address"),
    ("person.gender", "gender|sex|salutation|anrede|geschlecht"),
    (
        "person.image",
        "avatar|photo|picture|gravatar|foto|profile image",
    ),
    (
        "account.login",
        "username|login|benutzername|screen name|screenname|user name",
    ),
    ("employment.pay", "salary|wage|gehalt|lohn"),
    (
        "employment.role",
        "job|jobtitle|occupation|department|employer|abteilung|beruf|position title",
    ),
    (
        "contact.address",
        "address|addresses|street|city|town|village|municipality|suburb|district|zip|zipcode|postcode|postalcode|postal code|zip code|country\
         |adresse|anschrift|strasse|straße|hausnummer|housenumber|plz|ort|wohnort|ortsteil|stadt|land|postfach",
    ),
    (
        "person.name",
        "firstname|first name|lastname|last name|surname|givenname|given name|familyname|family name\
         |fullname|full name|displayname|display name|middlename|middle name|nickname|maiden name\
         |real name|public name|customer name|contact name|person name|employee name|guest name\
         |author name|owner name|vorname|nachname|familienname|author|addressee|recipient|recipients|consignee|payee|payer\
         |billed to|bill to|billto|invoiced to|shipped to|ship to|shipto|delivered to|deliver to|sold to|soldto|attention of\
         |written by|posted by|signed by|ordered by|requested by|submitted by|verfasser|autor|empfänger|empfaenger\
         |rechnungsempfänger|rechnungsempfaenger|lieferempfänger|lieferempfaenger|besteller|ansprechpartner",
    ),
    ("device.location", "latitude|longitude|geolocation|geo"),
    ("device.id", "user agent|useragent|deviceid|fingerprint"),
    (
        "consent.choice",
        "consent|optin|opt in|optout|opt out|newsletter|subscribed|unsubscribed|einwilligung",
    ),
    (
        "special.health",
        "health|disability|sickness|krankheit|behinderung",
    ),
    ("special.belief", "religion|denomination|konfession"),
    ("special.union", "trade union|gewerkschaft"),
    ("special.origin", "ethnicity|race"),
    ("criminal.record", "criminal|conviction"),
    (
        "content.note",
        "note|notes|remark|remarks|bio|biography|about me|notiz|notizen|bemerkung|bemerkungen",
    ),
    (
        "content.message",
        "message|messages|nachricht|comment|comments|kommentar|subject|betreff",
    ),
    (
        "finance.invoice",
        "invoice number|invoicenumber|rechnungsnummer",
    ),
];

/// Numbers that a company gives to its customers.
const NUMBERS: [&str; 8] = [
    "customer number",
    "customer no",
    "customernumber",
    "customerno",
    "kundennummer",
    "kundennr",
    "client number",
    "debitorennummer",
];

/// What a field of this name is likely about. For a path, `billing.address.city`, its last member speaks; the ones before it help.
pub fn category(path: &str) -> Option<Guess> {
    let mut members = path.rsplit('.');
    let name = words(members.next()?);
    let around: Vec<String> = members.flat_map(words).collect();
    let joined = name.join(" ");
    let guess = |category, identity| Some(Guess { category, identity });
    if NUMBERS.iter().any(|number| holds(&name, number)) {
        return guess("account.id", Some("customer_no"));
    }
    let last = name.last().map(String::as_str).unwrap_or_default();
    let first = name.first().map(String::as_str).unwrap_or_default();
    let excepted = ["tax id", "vat id", "national id", "steuer id"]
        .iter()
        .any(|known| holds(&name, known));
    if (ABOUT.contains(&last) && name.len() > 1 && !excepted) || QUESTIONS.contains(&first) {
        return None;
    }
    if joined == "name" {
        // The name of a thing within a person is not the person's.
        let person = [
            "customer", "contact", "person", "user", "owner", "profile", "billing", "shipping",
            "guest", "member", "employee", "author",
        ];
        let is_persons =
            around.is_empty() || around.iter().any(|word| person.contains(&word.as_str()));
        return if is_persons {
            guess("person.name", None)
        } else {
            None
        };
    }
    if ["first", "last"].contains(&joined.as_str()) && around.iter().any(|word| word == "name") {
        return guess("person.name", None);
    }
    let found = WORDS
        .iter()
        .find(|(_, all)| all.split('|').any(|known| holds(&name, known)));
    let Some((category, _)) = found else {
        let in_address = around
            .iter()
            .any(|word| word.starts_with("address") || word == "adresse");
        let part = [
            "state", "region", "province", "line", "line1", "line2", "number", "county",
        ];
        return if in_address && part.contains(&last) {
            guess("contact.address", None)
        } else {
            None
        };
    };
    // Whoever is in copy is not whom a record is about.
    let beside = [
        "cc", "bcc", "fwd", "reply", "to", "sender", "support", "from",
    ];
    let beside = name.iter().any(|word| beside.contains(&word.as_str()));
    let identity = match *category {
        "contact.email" | "contact.phone" if beside => None,
        "contact.email" => Some(Kind::EMAIL),
        "contact.phone" if !name.iter().any(|word| word == "fax") => Some(Kind::PHONE),
        _ => None,
    };
    guess(category, identity)
}

/// Whether a name speaks of an e-mail address, as a parameter of a search does.
pub fn is_email(name: &str) -> bool {
    category(name).is_some_and(|guess| guess.identity == Some(Kind::EMAIL))
}

/// Whether a name speaks of a telephone number.
pub fn is_phone(name: &str) -> bool {
    category(name).is_some_and(|guess| guess.identity == Some(Kind::PHONE))
}

/// The words of a name in small letters: `firstName`, `FIRST_NAME` and `first-name` are the same two.
pub fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before = ' ';
    for sign in name.chars() {
        if !sign.is_alphanumeric() {
            before = ' ';
            continue;
        }
        let begins = !before.is_alphanumeric() || (sign.is_uppercase() && before.is_lowercase());
        if begins || out.is_empty() {
            out.push(String::new());
        }
        if let Some(word) = out.last_mut() {
            word.extend(sign.to_lowercase());
        }
        before = sign;
    }
    out
}

/// Whether the words of `known` stand one after the other in a name.
fn holds(name: &[String], known: &str) -> bool {
    let wanted: Vec<&str> = known.split(' ').collect();
    name.windows(wanted.len()).any(|part| {
        part.iter()
            .zip(&wanted)
            .all(|(word, wanted)| word == wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_field_is_about() {
        for (name, wanted) in [
            ("email", "contact.email"),
            ("eMail", "contact.email"),
            ("E-Mail", "contact.email"),
            ("billing.emailAddress", "contact.email"),
            ("name.last", "person.name"),
            ("phone_number", "contact.phone"),
            ("Mobilnummer", "contact.phone"),
            ("firstName", "person.name"),
            ("NACHNAME", "person.name"),
            ("name", "person.name"),
            ("customer.name", "person.name"),
            ("dateOfBirth", "person.birth_date"),
            ("date_of_birth", "person.birth_date"),
            ("shipping.address.state", "contact.address"),
            ("PLZ", "contact.address"),
            ("last_login_ip", "device.ip"),
            ("IBAN", "finance.bank"),
            ("vatId", "person.id_number"),
            ("Kundennummer", "account.id"),
            ("internal_notes", "content.note"),
            ("town", "contact.address"),
            ("billing.town", "contact.address"),
            ("Wohnort", "contact.address"),
            ("author", "person.name"),
            ("billed_to", "person.name"),
            ("deliveredTo", "person.name"),
            ("ship_to", "person.name"),
            ("ship_to_city", "contact.address"),
            ("bill_to_email", "contact.email"),
            ("recipient_phone", "contact.phone"),
            ("Rechnungsempfänger", "person.name"),
        ] {
            assert_eq!(
                category(name).map(|guess| guess.category),
                Some(wanted),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_not_clear_has_no_guess() {
        for name in [
            "id",
            "email_verified",
            "emailCount",
            "is_email_public",
            "hasPhone",
            "status",
            "address_id",
            "product.name",
            "list.name",
            "state",
            "created_at",
            "description",
            "shipment",
            "",
            "...",
            "emails_total",
            "email_domain",
            "email_client",
            "last_seen",
            "first",
            "author_id",
            "recipient_count",
            "shipping_method",
            "delivered_at",
            "townhall.name",
        ] {
            assert_eq!(category(name), None, "{name}");
        }
    }

    #[test]
    fn every_guess_is_a_category_of_the_list() {
        for (category, _) in WORDS {
            assert!(
                crate::connector::categories::is_known(category),
                "{category}"
            );
        }
        assert_eq!(category("cc_emails").and_then(|guess| guess.identity), None);
        assert_eq!(category("fax").and_then(|guess| guess.identity), None);
        assert!(is_email("filter[email]") && is_phone("mobile") && !is_email("q"));
    }
}
