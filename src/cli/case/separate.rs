//! `dsr case separate`: takes out of a case what was stated by mistake and is another person's.

use serde_json::json;

use crate::cli::case::case_json;
use crate::cli::context::Context;
use crate::cli::export::register;
use crate::cli::journey::{self, same};
use crate::cli::plan::case_id;
use crate::cli::signing;
use crate::cli::who::Who;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{case as say, same as say_same};
use crate::ui::Format;
use crate::workspace::shown;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Number of the case
    #[arg(value_name = "CASE")]
    case: String,
    /// E-mail address that is not this person's; repeat for several
    #[arg(long, value_name = "ADDRESS", required_unless_present_any = ["phone", "id"])]
    email: Vec<String>,
    /// Telephone number that is not this person's; repeat for several
    #[arg(long, value_name = "NUMBER")]
    phone: Vec<String>,
    /// Another identity that is not this person's, such as customer_no=4711; repeat for several
    #[arg(long = "id", value_name = "KIND=VALUE")]
    id: Vec<String>,
}

pub(super) fn run(context: &mut Context, args: &Args) -> Result<Exit> {
    let id = case_id(&args.case)?;
    let house = context.house()?;
    let who = Who::stating(&args.email, &args.phone, &args.id);
    let wrong = who.identities(context, &house.inventory.kinds)?;
    signing::operates(context, &house)?;
    let mut opened = journey::reopen(&house, &id)?;
    same::remove(context, &house, &mut opened, &wrong)?;
    let (gone, left) = register::withdraw(context, &house, &id)?;
    house.close()?;
    let case = opened.case(&house)?;
    if context.ui.format == Format::Json {
        let mut out = case_json(&case, context.today());
        out["schema"] = json!("dsr.case/1");
        context.ui.json(&out);
    }
    let known = opened.subject.len();
    context.ui.say(&say_same::separated(id.as_str(), known));
    if gone > 0 {
        context.ui.say(&say_same::drafts_gone(gone));
    }
    for path in left {
        let what = say_same::draft_left(shown(&path));
        let warning = Diagnostic::new("W343", Exit::Done, what);
        context.ui.warn(&warning.help(say_same::draft_left_help()));
    }
    if let Some(next) = case.waits_for().next_command(&case) {
        context.ui.say(&say::next(next));
    }
    Ok(Exit::Done)
}
