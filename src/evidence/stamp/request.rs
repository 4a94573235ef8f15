//! What an authority is asked, and what it answers (RFC 3161, 2.4).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::asn1::{Any, Int, OctetString};
use der::{Decode as _, Encode as _};
use spki::AlgorithmIdentifierOwned;

use super::form::{MessageImprint, PkiStatusInfo, TimeStampReq, TimeStampResp};
use super::{LARGEST, Stamp, token};
use crate::diagnostic::{Diagnostic, Exit};
use crate::keys::Digest;
use crate::messages::{Text, stamp as say};

/// One question to an authority.
#[derive(Clone, Debug)]
pub struct Request {
    content: Digest,
    policy: Option<ObjectIdentifier>,
    nonce: [u8; 8],
}

impl Request {
    /// Asks for a stamp over a content with this digest, under a policy if one is wanted. The random number makes sure that the
    /// answer was made for this question.
    pub fn new(content: Digest, policy: Option<ObjectIdentifier>, random: [u8; 8]) -> Request {
        let mut nonce = random;
        // A positive INTEGER in its shortest form, whatever the dice say.
        nonce[0] = nonce[0] & 0x3f | 0x40;
        Request {
            content,
            policy,
            nonce,
        }
    }

    /// The bytes to send.
    ///
    /// # Errors
    /// None that has been seen: the parts are of fixed size.
    pub fn to_der(&self) -> der::Result<Vec<u8>> {
        TimeStampReq {
            version: 1,
            message_imprint: MessageImprint {
                hash_algorithm: AlgorithmIdentifierOwned {
                    oid: rfc5912::ID_SHA_256,
                    parameters: Some(Any::null()),
                },
                hashed_message: OctetString::new(self.content.0)?,
            },
            req_policy: self.policy,
            nonce: Some(Int::new(&self.nonce)?),
            cert_req: true,
        }
        .to_der()
    }

    /// Reads an answer: granted, over this content, with this nonce and policy, and a token that holds. Returns the token's bytes too.
    ///
    /// # Errors
    /// E661 if it is no answer at all, E662 if the authority refuses, E663 if the answer is one to another question, E664 if the
    /// token does not hold.
    pub fn read(&self, answer: &[u8]) -> Result<(Vec<u8>, Stamp), Diagnostic> {
        let garbled = || refusal("E661", say::answer_form()).help(say::answer_form_help());
        if answer.len() > LARGEST + 1024 {
            return Err(garbled());
        }
        let answer = TimeStampResp::from_der(answer).map_err(|_| garbled())?;
        if answer.status.status > 1 {
            let reason = failure(&answer.status);
            return Err(refusal("E662", say::refused(answer.status.status))
                .why(reason)
                .help(say::refused_help()));
        }
        let token = answer.token.ok_or_else(garbled)?;
        let token = token.to_der().map_err(|_| garbled())?;
        let stamp = token::verify(&token, &self.content).map_err(|reasons| {
            let other = reasons.iter().any(|reason| reason.code == "E716");
            let code = if other { "E663" } else { "E664" };
            let mut refusal = refusal(code, say::answer_does_not_hold());
            refusal.why = reasons.into_iter().next().map(|reason| reason.what);
            refusal.help(say::answer_does_not_hold_help())
        })?;
        let other = if stamp.nonce.as_deref() != Some(&self.nonce[..]) {
            Some(say::other_nonce())
        } else if self.policy.is_some_and(|policy| policy != stamp.policy) {
            Some(say::other_policy(stamp.policy.to_string()))
        } else {
            None
        };
        match other {
            None => Ok((token, stamp)),
            Some(why) => Err(refusal("E663", say::answer_does_not_hold())
                .why(why)
                .help(say::answer_does_not_hold_help())),
        }
    }
}

fn refusal(code: &'static str, what: Text) -> Diagnostic {
    Diagnostic::new(code, Exit::Failed, what)
}

/// The names of the failure bits (RFC 3161, 2.4.2). The words beside them are somebody else's and are not repeated.
fn failure(status: &PkiStatusInfo) -> Text {
    const NAMES: [(usize, &str); 8] = [
        (0, "badAlg"),
        (2, "badRequest"),
        (5, "badDataFormat"),
        (14, "timeNotAvailable"),
        (15, "unacceptedPolicy"),
        (16, "unacceptedExtension"),
        (17, "addInfoNotAvailable"),
        (25, "systemFailure"),
    ];
    let bits = status.failure.as_ref().map(|bits| bits.raw_bytes());
    let is_set = |bit: usize| {
        bits.and_then(|bits| bits.get(bit / 8))
            .is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0)
    };
    let named: Vec<&str> = NAMES
        .iter()
        .filter(|(bit, _)| is_set(*bit))
        .map(|(_, name)| *name)
        .collect();
    match named.is_empty() {
        true => say::no_reason_given(),
        false => Text::same(named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::asn1::BitString;

    #[test]
    fn a_question_is_as_stock_tools_write_it() {
        let request = Request::new(Digest([7; 32]), None, [0xff; 8]);
        let der = request.to_der().unwrap();
        // SEQUENCE, version 1, imprint, nonce of eight bytes that is positive, certReq TRUE.
        let expected = [
            &[0x30, 0x43, 2, 1, 1, 0x30, 0x31, 0x30, 0x0d, 6, 9][..],
            &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32],
            &[7; 32],
            &[2, 8, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[1, 1, 0xff],
        ]
        .concat();
        assert_eq!(der, expected);
        assert_eq!(Request::new(Digest([7; 32]), None, [0; 8]).nonce[0], 0x40);
    }

    #[test]
    fn a_refusal_is_told_by_the_names_of_its_bits() {
        let answer = |failure: Option<BitString>| {
            let status = PkiStatusInfo {
                status: 2,
                words: None,
                failure,
            };
            let response = TimeStampResp {
                status,
                token: None,
            };
            let request = Request::new(Digest([7; 32]), None, [1; 8]);
            request.read(&response.to_der().unwrap()).unwrap_err()
        };
        let refused = answer(Some(BitString::new(0, vec![0x20, 0x01]).unwrap()));
        assert_eq!(refused.code, "E662");
        assert_eq!(refused.why.unwrap().en, "badRequest, unacceptedPolicy");
        assert_eq!(answer(None).code, "E662");
        let request = Request::new(Digest([7; 32]), None, [1; 8]);
        for garbage in [&b""[..], b"<html>", &[0x30, 0x80]] {
            assert_eq!(request.read(garbage).unwrap_err().code, "E661");
        }
    }
}
