//! The ASN.1 of RFC 3161 and of what it refers to, as far as it is read or written here.

use const_oid::ObjectIdentifier;
use der::asn1::{BitString, Int, OctetString};
use der::{Any, Sequence, Tag, Tagged as _};
use jiff::Timestamp;
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::Extension;

/// RFC 3161, 2.4.2.
pub(super) const ID_CT_TST_INFO: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// RFC 3161, appendix A: the attribute in which a token over a signature travels.
pub(super) const SIGNATURE_TIME_STAMP: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
/// RFC 3739, 3.2.6.
pub(super) const ID_PE_QC_STATEMENTS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.3");
/// EN 319 422, 9.1: esi4-qtstStatement-1.
pub(super) const QUALIFIED_STAMP: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("0.4.0.19422.1.1");

/// RFC 3161, 2.4.1.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct TimeStampReq {
    pub(super) version: u8,
    pub(super) message_imprint: MessageImprint,
    #[asn1(optional = "true")]
    pub(super) req_policy: Option<ObjectIdentifier>,
    #[asn1(optional = "true")]
    pub(super) nonce: Option<Int>,
    /// Written only because it is true: false is the default.
    pub(super) cert_req: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct MessageImprint {
    pub(super) hash_algorithm: AlgorithmIdentifierOwned,
    pub(super) hashed_message: OctetString,
}

/// RFC 3161, 2.4.2.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct TimeStampResp {
    pub(super) status: PkiStatusInfo,
    #[asn1(optional = "true")]
    pub(super) token: Option<Any>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct PkiStatusInfo {
    pub(super) status: u8,
    /// Somebody else's words; not shown.
    #[asn1(optional = "true")]
    pub(super) words: Option<Vec<Any>>,
    #[asn1(optional = "true")]
    pub(super) failure: Option<BitString>,
}

/// RFC 3161, 2.4.2.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct TstInfo {
    pub(super) version: u8,
    pub(super) policy: ObjectIdentifier,
    pub(super) message_imprint: MessageImprint,
    pub(super) serial_number: Int,
    /// A `GeneralizedTime`, which here may have fractions of a second, unlike in certificates.
    pub(super) gen_time: Any,
    #[asn1(optional = "true")]
    pub(super) accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    pub(super) ordering: bool,
    #[asn1(optional = "true")]
    pub(super) nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) tsa: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) extensions: Option<Vec<Extension>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct Accuracy {
    #[asn1(optional = "true")]
    pub(super) seconds: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) millis: Option<Int>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) micros: Option<Int>,
}

/// RFC 3739, 3.2.6.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct QcStatement {
    pub(super) id: ObjectIdentifier,
    #[asn1(optional = "true")]
    pub(super) info: Option<Any>,
}

/// RFC 2634, 5.4: the certificate by SHA-1.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct SigningCertificate {
    pub(super) certs: Vec<EssCertId>,
    #[asn1(optional = "true")]
    pub(super) policies: Option<Any>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct EssCertId {
    pub(super) cert_hash: OctetString,
    #[asn1(optional = "true")]
    pub(super) issuer_serial: Option<Any>,
}

/// RFC 5035, 3: the certificate by a digest that is named, SHA-256 by default.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct SigningCertificateV2 {
    pub(super) certs: Vec<EssCertIdV2>,
    #[asn1(optional = "true")]
    pub(super) policies: Option<Any>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct EssCertIdV2 {
    #[asn1(optional = "true")]
    pub(super) hash_algorithm: Option<AlgorithmIdentifierOwned>,
    pub(super) cert_hash: OctetString,
    #[asn1(optional = "true")]
    pub(super) issuer_serial: Option<Any>,
}

/// RFC 4055, 3.1. What is left out is SHA-1 and a salt of 20 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) salt: Option<u8>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) trailer: Option<u8>,
}

/// `YYYYMMDDhhmmss[.f…]Z`, without a zero at the end of the fraction (RFC 3161, 2.4.2).
pub(super) fn time(value: &Any) -> Option<Timestamp> {
    if value.tag() != Tag::GeneralizedTime || value.value().len() > 30 {
        return None;
    }
    let text = std::str::from_utf8(value.value()).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 14
        || !is_number(whole)
        || fraction.is_some_and(|f| !is_number(f) || f.ends_with('0'))
    {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to)?.parse::<i8>().ok();
    let nanos = match fraction {
        Some(fraction) => format!("{:0<9}", fraction.get(..9).unwrap_or(fraction))
            .parse()
            .ok()?,
        None => 0,
    };
    let moment = jiff::civil::DateTime::new(
        whole.get(..4)?.parse().ok()?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?,
        nanos,
    );
    let utc = moment.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(utc.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_and_without_fractions_are_read_and_others_are_not() {
        let read = |text: &str| {
            time(&Any::new(Tag::GeneralizedTime, text.as_bytes()).unwrap()).map(|t| t.to_string())
        };
        assert_eq!(
            read("20261122071500Z").as_deref(),
            Some("2026-11-22T07:15:00Z")
        );
        assert_eq!(
            read("20261122071500.25Z").as_deref(),
            Some("2026-11-22T07:15:00.25Z")
        );
        assert!(read("20261122071500.123456789123Z").is_some());
        for wrong in [
            "",
            "Z",
            "20261122071500",
            "20261122071500+0100",
            "202611220715Z",
            "20261322071500Z",
            "20261122071500.Z",
            "20261122071500.10Z",
            "2026112207150éZ",
            "-2026112207150Z",
            "20261122071500.1111111111111111111111Z",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert!(time(&Any::new(Tag::UtcTime, *b"261122071500Z").unwrap()).is_none());
    }
}
