//! The closed list of what a personal field can be about, and what others call it.
//!
//! Two levels, so that a report can group by the first; `x.NAME` is open to anyone. The table gives for each category the concept
//! of the W3C Data Privacy Vocabulary (PD extension, <https://w3id.org/dpv/pd>) and the key of Fideslang 3.2, so that a record of
//! processing can be exchanged with tools that speak those.

/// One category with its names in public vocabularies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    pub name: &'static str,
    /// Concept of DPV-PD.
    pub dpv: &'static str,
    /// Key of a Fideslang data category.
    pub fideslang: &'static str,
}

const fn category(name: &'static str, dpv: &'static str, fideslang: &'static str) -> Category {
    Category {
        name,
        dpv,
        fideslang,
    }
}

/// Every category but the open `x.*`.
pub const CATEGORIES: &[Category] = &[
    category("person.name", "pd:Name", "user.name"),
    category(
        "person.birth_date",
        "pd:BirthDate",
        "user.demographic.date_of_birth",
    ),
    category("person.gender", "pd:Gender", "user.demographic.gender"),
    category("person.image", "pd:Picture", "user.content.self_image"),
    category("person.id_number", "pd:OfficialID", "user.government_id"),
    category("person.interest", "pd:Interest", "user.demographic.profile"),
    category("contact.email", "pd:EmailAddress", "user.contact.email"),
    category(
        "contact.phone",
        "pd:TelephoneNumber",
        "user.contact.phone_number",
    ),
    category(
        "contact.address",
        "pd:PhysicalAddress",
        "user.contact.address",
    ),
    category("account.id", "pd:UID", "user.unique_id"),
    category("account.login", "pd:Username", "user.account.username"),
    category("device.id", "pd:DeviceBased", "user.device.device_id"),
    category("device.ip", "pd:IPAddress", "user.device.ip_address"),
    category("device.location", "pd:Location", "user.location"),
    category(
        "content.message",
        "pd:Communication",
        "user.content.private",
    ),
    category("content.note", "dpv:PersonalData", "user.content"),
    category("content.file", "pd:PersonalDocuments", "user.content"),
    category(
        "order.item",
        "pd:Purchase",
        "user.behavior.purchase_history",
    ),
    category("finance.invoice", "pd:Transactional", "user.financial"),
    category("finance.payment", "pd:Transaction", "user.payment"),
    category(
        "finance.bank",
        "pd:BankAccount",
        "user.financial.bank_account",
    ),
    category(
        "finance.card",
        "pd:PaymentCard",
        "user.financial.credit_card",
    ),
    category(
        "employment.role",
        "pd:Job",
        "user.professional_information.job_title",
    ),
    category(
        "employment.pay",
        "pd:Salary",
        "user.professional_information",
    ),
    category(
        "employment.record",
        "pd:EmploymentHistory",
        "user.professional_information",
    ),
    category(
        "consent.choice",
        "pd:PrivacyPreference",
        "user.privacy_preferences",
    ),
    category("special.health", "pd:Health", "user.health"),
    category(
        "special.belief",
        "pd:ReligiousBelief",
        "user.demographic.religious_belief",
    ),
    category(
        "special.union",
        "pd:TradeUnionMembership",
        "user.demographic.union_membership",
    ),
    category("special.biometric", "pd:Biometric", "user.biometrics"),
    category(
        "special.origin",
        "pd:EthnicOrigin",
        "user.demographic.race_ethnicity",
    ),
    category(
        "special.political",
        "pd:PoliticalOpinion",
        "user.demographic.political_opinion",
    ),
    category("special.genetic", "pd:Genetic", "user.health.genetic"),
    category(
        "special.sexual",
        "pd:Sexual",
        "user.demographic.sexual_orientation",
    ),
    category("criminal.record", "pd:Criminal", "user.criminal_history"),
];

/// The category of this name, if it is one of the list.
pub fn find(name: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|category| category.name == name)
}

/// Whether a field may carry this category: one of the list, or `x.` and a name of small letters, digits and `_`.
pub fn is_known(name: &str) -> bool {
    match name.strip_prefix("x.") {
        Some(own) => {
            !own.is_empty()
                && own
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        }
        None => find(name).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_two_levels_and_no_duplicates() {
        let mut names: Vec<_> = CATEGORIES.iter().map(|category| category.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CATEGORIES.len());
        assert!(
            names
                .iter()
                .all(|name| name.split('.').count() == 2 && is_known(name))
        );
    }

    #[test]
    fn own_categories_stand_under_x_only() {
        assert!(is_known("x.loyalty_tier"));
        for name in ["x.", "x.Tier", "x.a.b", "y.tier", "contact", "contact.mail"] {
            assert!(!is_known(name), "{name}");
        }
    }
}
