//! `dsr evidence stamp`: asks the authorities again for the time of bundles that were sealed while none answered.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::case_id::CaseId;
use crate::cli::context::{Context, House};
use crate::cli::journey::{self, time};
use crate::cli::{case, plan};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::evidence::Time;
use crate::messages::{Text, stamp as say};
use crate::ui::Format;
use crate::workspace::lease;

pub(super) fn run(context: &mut Context, named: Option<&str>) -> Result<Exit> {
    let named = named.map(plan::case_id).transpose()?;
    let house = context.house()?;
    if house.authorities.is_empty() {
        let none = Diagnostic::new("E668", Exit::Usage, say::no_authority());
        return Err(none.help(say::no_authority_help()).into());
    }
    let cases: Vec<CaseId> = match &named {
        Some(id) => vec![id.clone()],
        None => house.ledger().cases()?,
    };
    let mut done = Done::default();
    for id in &cases {
        of_case(context, &house, id, &mut done)?;
    }
    if named.is_none() {
        of_periods(context, &house, &mut done)?;
    }
    house.close()?;
    if let Some(silent) = &done.silent {
        context.ui.warn(&time::pending(silent));
    } else if done.stamped.is_empty() && done.exit == Exit::Done {
        context.ui.say(&say::nothing_pending());
    }
    if context.ui.format == Format::Json {
        context.ui.json(&json!({
            "schema": "dsr.stamps/1",
            "stamped": done.stamped,
            "pending": done.pending,
        }));
    }
    Ok(done.exit)
}

struct Done {
    stamped: Vec<Value>,
    pending: Vec<Value>,
    /// Why nobody answered.
    silent: Option<Diagnostic>,
    exit: Exit,
}

impl Done {
    /// Takes in what came of one container.
    fn take(
        &mut self,
        context: &Context,
        came: Result<Time>,
        mut fact: Value,
        told: impl Fn(Timestamp) -> Text,
    ) {
        match came {
            Ok(Time::Stamped { at, authority, .. }) => {
                context.ui.say(&told(at));
                fact["at"] = json!(at);
                fact["authority"] = json!(authority);
                self.stamped.push(fact);
            }
            Ok(Time::Pending(silent)) => {
                self.pending.push(fact);
                self.silent = Some(*silent);
                self.exit = self.exit.and(Exit::Incomplete);
            }
            Ok(Time::NotAsked) => {}
            // One that cannot be stamped does not keep the others from it.
            Err(trouble) => {
                for diagnostic in &trouble.diagnostics {
                    context.ui.warn(diagnostic);
                }
                self.pending.push(fact);
                self.exit = self.exit.and(trouble.exit());
            }
        }
    }
}

impl Default for Done {
    fn default() -> Done {
        Done {
            stamped: Vec::new(),
            pending: Vec::new(),
            silent: None,
            exit: Exit::Done,
        }
    }
}

fn of_case(context: &Context, house: &House, id: &CaseId, done: &mut Done) -> Result<()> {
    let case = journey::fold(house, id)?;
    if time::waiting(house, &case).is_empty() {
        return Ok(());
    }
    // Others may work on the case, and then wait for the same stamp; what waits is looked at again once nobody else does.
    let _held = lease(&house.workspace, &format!("case-{id}"))?;
    for waiting in time::waiting(house, &journey::fold(house, id)?) {
        let fact = json!({ "case": id, "number": waiting.number, "bundle": waiting.bundle });
        let came = time::again(context, house, id, &waiting);
        let told = |at| say::stamped_bundle(id.as_str(), waiting.number, case::when(context, at));
        done.take(context, came, fact, told);
    }
    Ok(())
}

fn of_periods(context: &Context, house: &House, done: &mut Done) -> Result<()> {
    if time::waiting_periods(house)?.is_empty() {
        return Ok(());
    }
    let _held = time::hold_periods(house)?;
    for waiting in time::waiting_periods(house)? {
        let (from, until, number) = (waiting.from, waiting.until, waiting.number);
        let fact = json!({
            "case": null,
            "period": { "from": from, "until": until },
            "number": number,
            "bundle": waiting.container,
        });
        let came = waiting.again(context, house);
        let told = |at| say::stamped_period(number, from, until, case::when(context, at));
        done.take(context, came, fact, told);
    }
    Ok(())
}
