//! What two people agree on that is no plan: whether the inventory's terms stand, who has signed a matter, and a yes to it.
//!
//! Under `approval: four_eyes` the same rule holds for all of it: two people with a key each, one of them an approver. For a change of the
//! inventory they have to be listed in the terms before it (`agreed.rs`), for all else today.

use crate::agreed::{Register, Signed, is_enough, signers_under};
use crate::cli::context::{Context, House};
use crate::cli::journey::apply::Consent;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::inventory::Person;
use crate::inventory::terms::Terms;
use crate::keys::Digest;
use crate::ledger::{Event, Head};
use crate::messages::{Text, agreed as say};
use crate::people::own::{self, PersonKey};
use crate::people::{APPROVER, Matter, PublicKey};

/// What the ledger says of agreements.
///
/// # Errors
/// E636 if an event cannot be relied on.
pub(crate) fn register(house: &House) -> Result<Register> {
    let mut register = Register::default();
    house.ledger().of_the_terms(&mut |stored| {
        register.take(&stored);
    })?;
    Ok(register)
}

/// Stops what writes while the inventory asks for something that two people would have to agree on and have not.
///
/// # Errors
/// E990 (exit 4), with every change and who can agree.
pub(crate) fn terms_stand(house: &House) -> Result<()> {
    let (now, register) = (Terms::of(&house.inventory), register(house)?);
    let changes = register.differences(&now);
    if changes.is_empty() {
        return Ok(());
    }
    let names = register.missing(&now).join(", ");
    Err(
        Diagnostic::new("E990", Exit::Waiting, say::open(changes.len()))
            .why(joined(&changes))
            .help(say::open_help(names))
            .help(say::open_back())
            .into(),
    )
}

/// Several sentences as one reason.
fn joined(parts: &[Text]) -> Text {
    let join = |lang: fn(&Text) -> &str| parts.iter().map(lang).collect::<Vec<_>>().join("; ");
    Text {
        en: join(|text| &text.en),
        de: join(|text| &text.de),
    }
}

/// Who has signed a matter, of the people who are listed today.
pub(crate) fn signers(house: &House, register: &Register, matter: &Matter) -> Vec<String> {
    let listed = |name: &str| house.inventory.people.get(name)?.public.clone();
    let signers = register.signers(matter, &listed).into_iter();
    signers.map(str::to_owned).collect()
}

/// Whether that is two people, one of whom may approve.
pub(crate) fn is_agreed(house: &House, signers: &[String]) -> bool {
    let approves = |name: &String| {
        let person = house.inventory.people.get(name);
        person.is_some_and(|person| person.role == APPROVER)
    };
    signers.len() > 1 && signers.iter().any(approves)
}

/// Approvers who can agree, other than whoever has signed.
pub(crate) fn approvers(house: &House, signers: &[String]) -> String {
    let people = house.inventory.people.iter();
    let can = |(name, person): &(&String, &Person)| {
        person.role == APPROVER && !signers.contains(name) && person.public.is_some()
    };
    let names: Vec<&str> = people.filter(can).map(|(name, _)| name.as_str()).collect();
    names.join(", ")
}

/// The operator's signature under a matter, with the key that was opened for this run.
///
/// # Errors
/// Those of [`crate::cli::signing::identify`].
pub(crate) fn signature(
    context: &Context,
    house: &House,
    matter: &Matter,
) -> Result<Option<Event>> {
    crate::cli::signing::identify(context, house)?;
    let signer = house.signer.borrow();
    Ok(signer
        .as_ref()
        .map(|key| agreed(context, house, key, matter)))
}

/// The event of a signature with this key.
fn agreed(context: &Context, house: &House, key: &PersonKey, matter: &Matter) -> Event {
    let ledger = house.ledger().id().to_owned();
    Event::Agreed {
        matter: matter.clone(),
        by: house.operator.clone(),
        proof: key.agree(&ledger, matter, &house.operator, context.today()),
    }
}

/// The signature of somebody whom the terms before a change list.
///
/// # Errors
/// E993 if they do not; those of opening their key.
pub(crate) fn signature_before(
    context: &Context,
    house: &House,
    register: &Register,
    now: &Terms,
    matter: &Matter,
) -> Result<Event> {
    let person = register.person(&house.operator);
    let Some(public) = person.and_then(|person| person.public()) else {
        return Err(not_before(house, register.missing(now).join(", ")).into());
    };
    let key = own_key(context, house, &public)?;
    Ok(agreed(context, house, &key, matter))
}

fn not_before(house: &House, names: String) -> Diagnostic {
    let wrong = Diagnostic::new("E993", Exit::Usage, say::not_before(&house.operator));
    wrong
        .why(say::not_before_why())
        .help(say::not_before_help(names))
}

/// The operator's private key to a public one that is listed.
fn own_key(context: &Context, house: &House, public: &PublicKey) -> Result<PersonKey> {
    let name = house.operator.as_str();
    let ask = || {
        let question = crate::messages::approval::ask_passphrase(name);
        context.ui.ask_hidden(&question)
    };
    own::open(name, &public.fingerprint(), &ask)
}

/// What somebody asks for who wants an older ledger accepted, with the signatures so far. It lies in the vault: such a ledger takes no event.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Adoption {
    pub(crate) matter: Matter,
    pub(crate) reason: String,
    pub(crate) signed: Vec<Signed>,
}

impl Adoption {
    const ITEM: &str = "adoption";

    /// What is asked for about the ledger as it is.
    ///
    /// # Errors
    /// Those of reading vault and ledger.
    pub(crate) fn asked(house: &House) -> Result<Option<Adoption>> {
        let asked: Option<Adoption> = house.vault().read_for_workspace(Self::ITEM)?;
        let Some(head) = house.ledger().missed() else {
            return Ok(None);
        };
        let there = house.ledger().head()?.hash;
        Ok(asked.filter(|one| {
            matches!(one.matter, Matter::Adopt { known, found, .. } if known == head.hash && found == there)
        }))
    }

    /// The same with this reason, whoever has signed that before.
    ///
    /// # Errors
    /// Those of reading vault and ledger.
    pub(crate) fn because(house: &House, reason: &str) -> Result<Adoption> {
        let names = house.key.derive(crate::keys::Purpose::Name);
        let known = house.ledger().missed().unwrap_or(Head::EMPTY).hash;
        let found = house.ledger().head()?.hash;
        let digest = names.mac(&crate::canonical::bytes(&("adopt", known, reason)));
        let matter = Matter::Adopt {
            known,
            found,
            reason: digest,
        };
        let asked = Adoption::asked(house)?.filter(|one| one.matter == matter);
        Ok(asked.unwrap_or_else(|| Adoption {
            matter,
            reason: reason.to_owned(),
            signed: Vec::new(),
        }))
    }

    /// Who has signed, of the people whom these terms list.
    pub(crate) fn signers(&self, terms: &Terms) -> Vec<String> {
        let signers = signers_under(terms, &self.signed, &self.matter);
        signers.into_iter().map(str::to_owned).collect()
    }

    /// Whether that is two people, one of whom may approve.
    pub(crate) fn is_agreed(&self, terms: &Terms) -> bool {
        is_enough(terms, &signers_under(terms, &self.signed, &self.matter))
    }

    /// Puts the operator's signature under it, by the key that these terms list.
    ///
    /// # Errors
    /// E993 if they list none; those of opening the key.
    pub(crate) fn sign(&mut self, context: &Context, house: &House, terms: &Terms) -> Result<()> {
        let people = terms.people.as_ref();
        let person = people.and_then(|people| people.get(&house.operator));
        let Some(public) = person.and_then(|person| person.public()) else {
            let with_key = people.into_iter().flatten();
            let with_key = with_key.filter(|(_, one)| one.key.is_some());
            let names: Vec<&str> = with_key.map(|(name, _)| name.as_str()).collect();
            return Err(not_before(house, names.join(", ")).into());
        };
        let key = own_key(context, house, &public)?;
        let ledger = house.ledger().id().to_owned();
        let proof = key.agree(&ledger, &self.matter, &house.operator, context.today());
        self.signed.push(Signed {
            matter: self.matter.clone(),
            by: house.operator.clone(),
            proof,
        });
        house.vault().put_for_workspace(Self::ITEM, self)
    }

    /// The signatures as the ledger has them from the acceptance on.
    pub(crate) fn events(&self) -> impl Iterator<Item = Event> {
        self.signed.iter().map(|one| Event::Agreed {
            matter: one.matter.clone(),
            by: one.by.clone(),
            proof: one.proof.clone(),
        })
    }

    pub(crate) fn forget(house: &House) -> Result<()> {
        house.vault().remove_for_workspace(Self::ITEM)
    }
}

/// A yes to that many things.
///
/// # Errors
/// E991 (exit 4) if there is none.
pub(crate) fn consent(context: &Context, count: usize, consent: &Consent) -> Result<()> {
    let no = || {
        Diagnostic::new("E991", Exit::Waiting, say::no_consent()).help(say::no_consent_help(count))
    };
    let yes = match (consent.yes, consent.expect) {
        (true, expected) => expected == Some(count),
        (false, _) if !context.ui.can_ask() => false,
        (false, _) => context.ui.ask(&say::ask_count(count))?.trim() == count.to_string(),
    };
    match yes {
        true => Ok(()),
        false => Err(no().into()),
    }
}

/// Why a hold is released, as the ledger knows it: keyed, so that nobody can try words, and bound to the hold.
pub(crate) fn reason_digest(house: &House, hold: &str, reason: &str) -> Digest {
    let names = house.key.derive(crate::keys::Purpose::Name);
    names.mac(&crate::canonical::bytes(&("release", hold, reason)))
}

/// Refuses whoever has asked for a matter to agree to it too.
///
/// # Errors
/// E995.
pub(crate) fn refuse_own(house: &House, signers: &[String]) -> Result<()> {
    let name = house.operator.as_str();
    match signers.iter().any(|one| one == name) {
        true => Err(Diagnostic::new("E995", Exit::Usage, say::own_wish(name))
            .why(crate::messages::approval::own_plan_why())
            .help(say::own_wish_help())
            .into()),
        false => Ok(()),
    }
}
