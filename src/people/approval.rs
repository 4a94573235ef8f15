//! Approval on a second machine: what goes there and what comes back.
//!
//! The sheet holds the plan itself, from which the second machine works out its id and what to show; what the first machine says about
//! it beside that is never believed. The answer is a small file with one signature.

use std::io::{Read as _, Write as _};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Proof, Purpose, Statement};
use crate::case_id::CaseId;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::keys::Digest;
use crate::messages::{Text, approval as say};
use crate::plan::Plan;

/// More than the largest plan that one command may make.
const LARGEST: u64 = 256 << 20;

/// A plan on its way to whoever is to approve it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// `dsr.plan-sheet/1`
    pub schema: String,
    pub controller: String,
    /// Id of the workspace's ledger.
    pub ledger: String,
    pub case: String,
    /// Who is to approve, and the fingerprint of the key that the inventory lists.
    pub approver: String,
    pub key: Digest,
    /// Who made the plan.
    pub makers: Vec<Maker>,
    /// Id of the plan as the first machine has it, to be compared.
    pub id: Digest,
    pub plan: Plan,
}

/// Who made a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maker {
    pub by: String,
    pub proof: Proof,
    /// The public key in PEM.
    pub key: String,
}

impl Sheet {
    pub const SCHEMA: &str = "dsr.plan-sheet/1";

    /// Encrypts the sheet to one recipient of age.
    ///
    /// # Errors
    /// Those of encrypting.
    ///
    /// # Panics
    /// Never: a sheet serialises.
    pub fn sealed(&self, recipient: &age::x25519::Recipient) -> std::io::Result<Vec<u8>> {
        let text = serde_json::to_vec_pretty(self).expect("a sheet serialises");
        let recipients = std::iter::once(recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients);
        let encryptor = encryptor.map_err(std::io::Error::other)?;
        let mut out = Vec::new();
        let mut writer = encryptor.wrap_output(&mut out)?;
        writer.write_all(&text)?;
        writer.write_all(b"\n")?;
        writer.finish()?;
        Ok(out)
    }

    /// Opens a sheet.
    ///
    /// # Errors
    /// E983 if it does not open or is none. The plan in it has the id that is stated.
    pub fn open(bytes: &[u8], identities: &[age::x25519::Identity]) -> Result<Sheet> {
        let unusable = |why: Text| {
            Diagnostic::new("E983", Exit::Usage, say::sheet_unusable())
                .why(why)
                .help(say::sheet_unusable_help())
        };
        let decryptor = age::Decryptor::new(bytes).map_err(|_| unusable(say::sheet_not_age()))?;
        let own = identities
            .iter()
            .map(|identity| identity as &dyn age::Identity);
        let reader = decryptor.decrypt(own);
        let reader = reader.map_err(|_| unusable(say::sheet_for_another()))?;
        let mut text = Vec::new();
        let read = reader.take(LARGEST).read_to_end(&mut text);
        read.map_err(|_| unusable(say::sheet_damaged()))?;
        let sheet: Sheet =
            serde_json::from_slice(&text).map_err(|_| unusable(say::sheet_form()))?;
        // What is signed has one fact a line, so none of them may bring lines of its own.
        let is_id = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
        let facts = is_id(&sheet.ledger)
            && CaseId::parse(&sheet.case).is_some_and(|case| case.as_str() == sheet.case)
            && sheet.plan.case == sheet.case;
        if sheet.schema != Sheet::SCHEMA || !facts {
            return Err(unusable(say::sheet_form()).into());
        }
        if sheet.plan.id() != sheet.id {
            return Err(unusable(say::sheet_other_plan()).into());
        }
        Ok(sheet)
    }
}

/// What comes back: one signature, with all that is needed to check it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// `dsr.approval/1`
    pub schema: String,
    pub case: String,
    pub plan: Digest,
    pub person: String,
    pub ledger: String,
    pub day: Date,
    /// Fingerprint of the public key.
    pub key: Digest,
    /// What was signed, byte for byte.
    pub message: String,
    /// Base64 of the DER.
    pub signature: String,
}

impl Approval {
    pub const SCHEMA: &str = "dsr.approval/1";

    pub fn of(case: &str, plan: Digest, person: &str, proof: &Proof) -> Approval {
        let statement = Statement {
            purpose: Purpose::Approve,
            ledger: &proof.ledger,
            case,
            plan,
            person,
            day: proof.day,
        };
        Approval {
            schema: Approval::SCHEMA.to_owned(),
            case: case.to_owned(),
            plan,
            person: person.to_owned(),
            ledger: proof.ledger.clone(),
            day: proof.day,
            key: proof.key,
            message: statement.text(),
            signature: proof.signature.clone(),
        }
    }

    pub fn proof(&self) -> Proof {
        Proof {
            ledger: self.ledger.clone(),
            day: self.day,
            key: self.key,
            signature: self.signature.clone(),
        }
    }

    /// Whether the text that it quotes is the one that its members make.
    pub fn is_consistent(&self) -> bool {
        self.schema == Approval::SCHEMA
            && self.message
                == Approval::of(&self.case, self.plan, &self.person, &self.proof()).message
    }
}
