//! The package of one of many people, in the steps that `export --subjects` takes for each.

use serde_json::Value;

use super::make::{Filled, Source};
use super::{Args, Order, choose_seal, drafted, expiry, looked_through, make, place, short, show};
use crate::cli::context::{Context, House};
use crate::cli::journey::Opened;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::ledger::ExportKind;
use crate::messages::export as say;

/// Records of one person that fit into memory beside those of a few others.
const FEW: u64 = 1_000;

/// What one of many packages came to.
pub(crate) struct Handed {
    pub(crate) json: Value,
    pub(crate) records: u64,
    pub(crate) path: String,
    /// The one time that it is shown.
    pub(crate) passphrase: Option<String>,
    pub(crate) exit: Exit,
}

/// A package that may be written; its case belongs to this run until it is kept.
pub(crate) struct Handing {
    opened: Opened,
    order: Order,
    source: Source,
}

/// A package that is written and has no place yet.
pub(crate) struct Ready(Filled);

impl Handing {
    /// Begins the package of one person, from the findings of their search or of their draft.
    ///
    /// # Errors
    /// E800 if nothing was searched, and those of [`make::begin`].
    pub(crate) fn begin(
        context: &Context,
        house: &House,
        opened: Opened,
        args: &Args,
        kind: ExportKind,
    ) -> Result<Handing> {
        let findings = match args.reviewed {
            true => drafted(house, &opened, kind)?,
            false => {
                let found = crate::cli::journey::stored::findings(house, &opened.id)?;
                found.ok_or_else(|| Diagnostic::new("E800", Exit::Waiting, say::no_draft()))?
            }
        };
        let order = Order {
            kind,
            draft: !args.reviewed,
            lang: args.language.unwrap_or(house.inventory.controller.language),
            seal: choose_seal(context, args)?,
            place: place(house, &opened, kind, args)?,
            expires: expiry(&args.expires, context.today())?,
            findings: looked_through(house, &opened, findings)?,
        };
        let source = make::begin(context, house, &opened, &order)?;
        Ok(Handing {
            opened,
            order,
            source,
        })
    }

    /// Whether it is written beside others: no system has to be asked again, and there is little to hold.
    pub(crate) fn is_light(&self) -> bool {
        let systems = self.order.findings.systems.iter();
        let mut objects = systems.flat_map(|system| &system.objects);
        let count = objects.try_fold(0, |count, object| {
            let kept = object.streamed.is_none().then_some(object.count());
            kept.map(|kept| count + kept)
        });
        count.is_some_and(|count: u64| count <= FEW)
    }

    /// Writes it; any thread may.
    ///
    /// # Errors
    /// Those of [`Source::write`].
    pub(crate) fn write(&self) -> Result<Ready> {
        self.source.write(&self.order).map(Ready)
    }

    /// Gives it its name and remembers it.
    ///
    /// # Errors
    /// Those of [`make::keep`].
    pub(crate) fn keep(self, context: &Context, house: &House, written: Ready) -> Result<Handed> {
        let (opened, order) = (&self.opened, &self.order);
        let made = make::keep(context, house, opened, order, written.0)?;
        Ok(Handed {
            json: show::as_json(house, opened, order, &made),
            records: made.contents.records,
            path: short(house, &made.path),
            passphrase: order.seal.passphrase().map(str::to_owned),
            exit: made.exit(),
        })
    }
}
