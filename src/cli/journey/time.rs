//! Time by somebody else's clock: of the opening of a case, and of its bundles. An authority that does not answer is no obstacle; what
//! it did not stamp is pending, is said, and is asked for again by the case's next commands and by `dsr evidence stamp`.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;

use crate::case::{Case, item};
use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::journey::Opened;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::{self, Authority as _, Time, stamp};
use crate::keys::Digest;
use crate::ledger::{Event, Stamped};
use crate::messages::{Text, stamp as say};
use crate::vault::Item;
use crate::workspace::Lease;
use crate::workspace::lease;

/// Has the opening of the case stamped, if an authority is named and that was not done yet.
///
/// # Errors
/// Those of ledger and vault; that nobody answers is said and no error.
pub(crate) fn opening(context: &Context, house: &House, opened: &Opened) -> Result<()> {
    if house.authorities.is_empty() {
        return Ok(());
    }
    let mut first = None;
    house.each_event(&opened.id, &mut |stored| {
        first = Some(stored);
        Ok(false)
    })?;
    let is_stamped = opened.outline(house)?.opening_token.is_some();
    let Some(first) = first.filter(|_| !is_stamped) else {
        return Ok(());
    };
    let got = house.authorities.stamp(&first.hash).and_then(|token| {
        let stamp = stamp::verify(&token, &first.hash);
        let stamp = stamp.map_err(|mut reasons| reasons.remove(0))?;
        Ok((token, stamp))
    });
    let (token, stamp) = match got {
        Ok(got) => got,
        Err(silent) => {
            let mut pending = Diagnostic::new("W276", Exit::Done, say::opening_pending());
            pending.why = silent.why.or(Some(silent.what));
            context.ui.warn(&pending);
            return Ok(());
        }
    };
    let kept = STANDARD.encode(&token);
    house
        .vault()
        .put_all(&opened.id, vec![Item::new(item::OPEN_STAMP, &kept)])?;
    let event = Event::TimeStamped {
        of: Stamped::Opened,
        digest: first.hash,
        token: stamp.token,
        at: stamp.at,
        authority: stamp.authority(),
    };
    house.write(Some(&opened.id), context.now(), &[event])
}

/// The token over the case's opening: what the ledger names and the vault holds.
pub(crate) fn open_token(house: &House, opened: &Opened, case: &Case) -> Result<Option<Vec<u8>>> {
    let Some(named) = case.opening_token else {
        return Ok(None);
    };
    let kept: Option<String> = house.vault().read(&opened.id, item::OPEN_STAMP)?;
    let token = kept.and_then(|kept| STANDARD.decode(kept).ok());
    Ok(token.filter(|token| Digest::sha256(token) == named))
}

/// What the ledger holds of a container's time, if it was stamped.
pub(crate) fn event(of: Stamped, bundle: Digest, time: &Time) -> Option<Event> {
    match time {
        Time::Stamped {
            at,
            authority,
            token,
        } => Some(Event::TimeStamped {
            of,
            digest: bundle,
            token: *token,
            at: *at,
            authority: authority.clone(),
        }),
        Time::NotAsked | Time::Pending(_) => None,
    }
}

/// Says what is known of a new bundle's time.
pub(crate) fn tell(context: &Context, time: &Time) {
    match time {
        Time::NotAsked => {}
        Time::Stamped { at, authority, .. } => {
            let at = crate::cli::case::when(context, *at);
            context.ui.say(&say::stamped(at, authority));
        }
        Time::Pending(silent) => context.ui.warn(&pending(silent)),
    }
}

/// That a bundle's time is pending, and why.
pub(crate) fn pending(silent: &Diagnostic) -> Diagnostic {
    pending_with(silent, say::nobody_answered_help())
}

/// Says what is known of the time of a container that leaves the house encrypted, and cannot be stamped later.
pub(crate) fn tell_sealed_off(context: &Context, time: &Time) {
    match time {
        Time::Pending(silent) => {
            let help = say::pending_sealed_off_help();
            context.ui.warn(&pending_with(silent, help));
        }
        Time::NotAsked | Time::Stamped { .. } => tell(context, time),
    }
}

fn pending_with(silent: &Diagnostic, help: Text) -> Diagnostic {
    let mut pending = Diagnostic::new("W275", Exit::Incomplete, say::pending()).help(help);
    pending.why = silent.why.clone().or_else(|| Some(silent.what.clone()));
    pending
}

/// A bundle of a case that nobody has stamped.
pub(crate) struct Waiting {
    pub(crate) number: u32,
    pub(crate) bundle: Digest,
}

/// The bundles that wait for a stamp, while an authority is named.
pub(crate) fn waiting(house: &House, case: &Case) -> Vec<Waiting> {
    if house.authorities.is_empty() {
        return Vec::new();
    }
    (1..)
        .zip(&case.evidence)
        .filter(|(_, bundle)| !case.stamped.contains_key(*bundle))
        .map(|(number, bundle)| Waiting {
            number,
            bundle: *bundle,
        })
        .collect()
}

/// Asks for the time of a bundle again; the caller holds the case's lease. What came of it is in the ledger.
///
/// # Errors
/// E667 if the bundle is not in the evidence folder; those of [`evidence::stamp_later`].
pub(crate) fn again(
    context: &Context,
    house: &House,
    case: &CaseId,
    waiting: &Waiting,
) -> Result<Time> {
    let path = path(house, case, waiting);
    let bundle = (Stamped::Bundle, waiting.bundle);
    stamp_file(context, house, Some(case), &path, bundle)
}

fn stamp_file(
    context: &Context,
    house: &House,
    case: Option<&CaseId>,
    path: &Path,
    (of, id): (Stamped, Digest),
) -> Result<Time> {
    if path.symlink_metadata().is_err() {
        let what = say::bundle_missing(path.display().to_string());
        let missing = Diagnostic::new("E667", Exit::Incomplete, what);
        return Err(missing.help(say::bundle_missing_help()).into());
    }
    let time = evidence::stamp_later(path, &id, &house.authorities)?;
    if let Some(event) = event(of, id, &time) {
        house.write(case, context.now(), &[event])?;
    }
    Ok(time)
}

/// The container of a period that nobody has stamped.
pub(crate) struct WaitingPeriod {
    pub(crate) from: Date,
    pub(crate) until: Date,
    pub(crate) number: u32,
    pub(crate) container: Digest,
}

impl WaitingPeriod {
    pub(crate) fn path(&self, house: &House) -> std::path::PathBuf {
        let name = evidence::period::file_name(self.from, self.until, self.number);
        house.workspace.evidence_dir().join(name)
    }

    /// Asks for its time again; the caller holds the lease of the periods.
    ///
    /// # Errors
    /// As [`again`].
    pub(crate) fn again(&self, context: &Context, house: &House) -> Result<Time> {
        let container = (Stamped::Period, self.container);
        stamp_file(context, house, None, &self.path(house), container)
    }
}

/// The containers of periods that wait for a stamp, while an authority is named.
pub(crate) fn waiting_periods(house: &House) -> Result<Vec<WaitingPeriod>> {
    let mut waiting: Vec<WaitingPeriod> = Vec::new();
    if house.authorities.is_empty() {
        return Ok(waiting);
    }
    house.ledger().all(&mut |stored| {
        match stored.event {
            Event::PeriodSealed {
                from,
                until,
                container,
                number,
                ..
            } => waiting.push(WaitingPeriod {
                from,
                until,
                number,
                container,
            }),
            Event::TimeStamped {
                of: Stamped::Period,
                digest,
                ..
            } => waiting.retain(|one| one.container != digest),
            _ => {}
        }
        true
    })?;
    Ok(waiting)
}

/// The lease under which containers of periods are numbered, made and stamped.
///
/// # Errors
/// E605 while another process is at it.
pub(crate) fn hold_periods(house: &House) -> Result<Lease> {
    lease(&house.workspace, "periods")
}

/// Asks again for every container of a period, as a side of other work.
pub(crate) fn catch_up_periods(context: &Context, house: &House) -> Result<()> {
    for waiting in waiting_periods(house)? {
        if let Ok(Time::Pending(_)) = waiting.again(context, house) {
            break;
        }
    }
    Ok(())
}

/// Where a bundle lies.
pub(crate) fn path(house: &House, case: &CaseId, waiting: &Waiting) -> std::path::PathBuf {
    let name = evidence::file_name(case.as_str(), waiting.number);
    house.workspace.evidence_dir().join(name)
}

/// Asks again for every bundle of the case, as a side of other work: what fails stays pending and is told when it is asked for.
pub(crate) fn catch_up(context: &Context, house: &House, opened: &Opened) -> Result<()> {
    if house.authorities.is_empty() {
        return Ok(());
    }
    for waiting in waiting(house, &opened.outline(house)?) {
        if let Ok(Time::Pending(_)) = again(context, house, &opened.id, &waiting) {
            break;
        }
    }
    Ok(())
}
