//! Messages about who is asked about.

catalogue! {
    identity_empty(kind) {
        en: "the {kind} is empty",
        de: "die Angabe zu „{kind}“ ist leer",
    }
    identity_wildcard(kind) {
        en: "the {kind} consists of wildcards or contains one; only one exact value can name a person",
        de: "die Angabe zu „{kind}“ besteht aus Platzhaltern oder enthält einen; eine Person benennt nur ein genauer Wert",
    }
    identity_control_characters(kind) {
        en: "the {kind} contains control characters",
        de: "die Angabe zu „{kind}“ enthält Steuerzeichen",
    }
    not_an_email() {
        en: "this is not an e-mail address: one @ with something before and a domain after it is expected",
        de: "das ist keine E-Mail-Adresse: erwartet wird genau ein @ mit einem Namen davor und einer Domain danach",
    }
    not_a_phone() {
        en: "this is not a telephone number: at least five digits are expected",
        de: "das ist keine Telefonnummer: erwartet werden mindestens fünf Ziffern",
    }
    phone_too_long() {
        en: "this is not a telephone number: it has more than 15 digits with its country code",
        de: "das ist keine Telefonnummer: sie hat mit ihrer Landesvorwahl mehr als 15 Ziffern",
    }
    name_too_short() {
        en: "this name has no word of two letters or more, so it would find almost everybody",
        de: "dieser Name hat kein Wort mit mindestens zwei Buchstaben und würde fast jeden finden",
    }
    name_too_long() {
        en: "this name has more than 100 characters",
        de: "dieser Name hat mehr als 100 Zeichen",
    }
    not_like(kind, pattern) {
        en: "the {kind} does not have the form that the inventory asks for ({pattern})",
        de: "die Angabe zu „{kind}“ hat nicht die Form, die das Inventar verlangt ({pattern})",
    }
}
