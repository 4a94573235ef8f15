//! What a seal is worth, S0 to S3, in words: the one place where that is worked out, for the cover as for the verdict.
//!
//! S0: sealed. S1: and the time stamped by a third party. S2: and sealed under a certificate that calls itself qualified for electronic
//! seals. S3 is what an archive makes of a bundle later; nothing here checks that, so nothing here says it. Whether somebody *is* qualified stands
//! on the trusted lists of the Union and in no certificate, so nothing here says more than that a certificate calls itself so.

use der::asn1::{Any, ObjectIdentifier};
use der::{Decode as _, Sequence};
use x509_cert::Certificate;

use super::certificate;
use crate::messages::{Text, level as say};

/// The levels, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    S0,
    S1,
    S2,
    S3,
}

impl Level {
    /// As it is written.
    pub fn code(self) -> &'static str {
        match self {
            Level::S0 => "S0",
            Level::S1 => "S1",
            Level::S2 => "S2",
            Level::S3 => "S3",
        }
    }

    /// What a statement writes.
    pub fn of(code: &str) -> Option<Level> {
        [Level::S0, Level::S1, Level::S2, Level::S3]
            .into_iter()
            .find(|level| level.code() == code)
    }
}

/// What is known of a bundle's time by a third party's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// No authority was asked.
    None,
    /// One is named and will be asked once the bundle is sealed: all that the sealing side can say.
    Announced,
    /// One was asked and has not answered.
    Pending,
    /// By somebody whom the reader did not name.
    ByStranger,
    /// By an authority that the reader named; whether it calls itself qualified for time stamps.
    Known { says_qualified: bool },
}

/// What a certificate says of itself (ETSI EN 319 412-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issued {
    /// The organisation issued it to itself.
    ByItself,
    /// Another authority issued it.
    ByAuthority,
    /// Another authority issued it, and it calls itself qualified for electronic seals; `device`: with its key in a device for them.
    SaysQualified { device: bool },
}

/// What a level is worked out from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub certificate: Issued,
    pub stamp: Stamp,
}

impl Facts {
    /// Those of a certificate, without a time stamp.
    pub fn of(certificate: &Certificate) -> Facts {
        Facts {
            certificate: issued(certificate),
            stamp: Stamp::None,
        }
    }

    /// The same with what is known of the time.
    pub fn stamped(self, stamp: Stamp) -> Facts {
        Facts { stamp, ..self }
    }

    /// The level. A stamp of somebody unknown raises nothing.
    pub fn level(&self) -> Level {
        match (self.stamp, self.certificate) {
            (Stamp::None | Stamp::Pending | Stamp::ByStranger, _) => Level::S0,
            (_, Issued::SaysQualified { .. }) => Level::S2,
            _ => Level::S1,
        }
    }

    /// The level in words; `claim` is what the bundle says of itself, for whoever verifies.
    pub fn words(&self, claim: Option<Level>) -> Text {
        let certificate = match self.certificate {
            Issued::ByItself => say::by_itself(),
            Issued::ByAuthority => say::by_authority(),
            Issued::SaysQualified { device: false } => say::says_qualified(),
            Issued::SaysQualified { device: true } => say::says_qualified_on_device(),
        };
        let stamp = match self.stamp {
            Stamp::None => say::no_stamp(),
            Stamp::Announced => say::stamp_announced(),
            Stamp::Pending => say::stamp_pending(),
            Stamp::ByStranger => say::stamp_by_stranger(),
            Stamp::Known {
                says_qualified: false,
            } => say::stamped(),
            Stamp::Known {
                says_qualified: true,
            } => say::stamped_says_qualified(),
        };
        let own = self.level();
        let mut words = say::level(own.code(), certificate, stamp);
        if let Some(claim) = claim.filter(|claim| *claim > own) {
            words = say::and(words, say::claims_more(claim.code()));
        }
        words
    }
}

/// RFC 3739, 3.2.6.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct QcStatement {
    id: ObjectIdentifier,
    #[asn1(optional = "true")]
    info: Option<Any>,
}

const QC_STATEMENTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.3");
/// ETSI EN 319 412-5, 4.2.1, 4.2.2 and 4.2.3.
const QC_COMPLIANCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.1");
const QC_SSCD: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.4");
const QC_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.6");
const QCT_ESEAL: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.6.2");

/// Who issued a certificate, and whether it calls itself qualified for seals. Of one that the organisation issued to itself that
/// would mean nothing.
pub fn issued(certificate: &Certificate) -> Issued {
    if certificate::is_self_issued(certificate) {
        return Issued::ByItself;
    }
    let extensions = certificate.tbs_certificate.extensions.iter().flatten();
    let mut listed = extensions.filter(|extension| extension.extn_id == QC_STATEMENTS);
    let statements = listed
        .next()
        .and_then(|extension| Vec::<QcStatement>::from_der(extension.extn_value.as_bytes()).ok());
    let statements = statements.unwrap_or_default();
    let says = |id| statements.iter().any(|statement| statement.id == id);
    let is_for_seals = statements
        .iter()
        .filter(|statement| statement.id == QC_TYPE)
        .filter_map(|statement| {
            let info = statement.info.as_ref()?;
            info.decode_as::<Vec<ObjectIdentifier>>().ok()
        })
        .any(|kinds| kinds.contains(&QCT_ESEAL));
    match says(QC_COMPLIANCE) && is_for_seals {
        true => Issued::SaysQualified {
            device: says(QC_SSCD),
        },
        false => Issued::ByAuthority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_says_what_it_rests_on_and_no_more() {
        let known = |says_qualified| Stamp::Known { says_qualified };
        let qualified = Issued::SaysQualified { device: true };
        let mut told = String::new();
        for (certificate, stamp, claim, level) in [
            (Issued::ByItself, Stamp::None, None, Level::S0),
            (Issued::ByItself, Stamp::Announced, None, Level::S1),
            (Issued::ByItself, Stamp::Pending, Some(Level::S1), Level::S0),
            (
                Issued::ByAuthority,
                Stamp::ByStranger,
                Some(Level::S1),
                Level::S0,
            ),
            (
                Issued::ByAuthority,
                known(false),
                Some(Level::S1),
                Level::S1,
            ),
            (Issued::ByItself, known(true), Some(Level::S2), Level::S1),
            (
                Issued::SaysQualified { device: false },
                known(true),
                Some(Level::S2),
                Level::S2,
            ),
            (qualified, Stamp::None, Some(Level::S2), Level::S0),
            (qualified, known(false), None, Level::S2),
        ] {
            let facts = Facts { certificate, stamp };
            assert_eq!(facts.level(), level, "{facts:?}");
            let words = facts.words(claim);
            for text in [&words.en, &words.de] {
                assert!(!text.contains("is qualified") && !text.contains("ist qualifiziert"));
                told += &format!("{text}\n");
            }
            told.push('\n');
        }
        insta::assert_snapshot!(told);
    }

    #[test]
    fn a_certificate_calls_itself_qualified_only_with_both_statements_and_an_issuer() {
        use rcgen::{CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair};
        // SEQUENCE OF { esi4-qcStatement-1 }, { QcType { eseal } }, { QcSSCD }, as in EN 319 412-5.
        let compliance = [0x30, 8, 6, 6, 4, 0, 0x8e, 0x46, 1, 1];
        let eseal = [
            0x30, 19, 6, 6, 4, 0, 0x8e, 0x46, 1, 6, 0x30, 9, 6, 7, 4, 0, 0x8e, 0x46, 1, 6, 2,
        ];
        let esign = [
            0x30, 19, 6, 6, 4, 0, 0x8e, 0x46, 1, 6, 0x30, 9, 6, 7, 4, 0, 0x8e, 0x46, 1, 6, 1,
        ];
        let device = [0x30, 8, 6, 6, 4, 0, 0x8e, 0x46, 1, 4];
        let made = |statements: &[&[u8]], by_itself: bool| {
            let inner = statements.concat();
            let value = [vec![0x30, u8::try_from(inner.len()).unwrap()], inner].concat();
            let mut params = CertificateParams::default();
            params
                .distinguished_name
                .push(DnType::OrganizationName, "Acme");
            let extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 3], value);
            params.custom_extensions = vec![extension];
            let key = KeyPair::generate().unwrap();
            if by_itself {
                return params.self_signed(&key).unwrap().pem();
            }
            let mut root = CertificateParams::default();
            root.distinguished_name.push(DnType::OrganizationName, "CA");
            root.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            let above = KeyPair::generate().unwrap();
            params
                .signed_by(&key, &Issuer::new(root, &above))
                .unwrap()
                .pem()
        };
        let issued = |statements: &[&[u8]], by_itself| {
            let pem = made(statements, by_itself);
            issued(&certificate::read_all(&pem).unwrap()[0])
        };
        let both: [&[u8]; 2] = [&compliance, &eseal];
        assert_eq!(
            issued(&both, false),
            Issued::SaysQualified { device: false }
        );
        assert_eq!(
            issued(&[&compliance, &device, &eseal], false),
            Issued::SaysQualified { device: true }
        );
        assert_eq!(issued(&both, true), Issued::ByItself);
        for wrong in [
            &[&compliance[..]][..],
            &[&eseal[..]],
            &[&compliance, &esign],
            &[&eseal, &device],
            &[],
        ] {
            assert_eq!(issued(wrong, false), Issued::ByAuthority);
        }
        assert_eq!(
            issued(&[&[0x30, 0x80, 1]], false),
            Issued::ByAuthority,
            "broken"
        );
    }
}
