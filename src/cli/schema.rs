//! `dsr schema`: the JSON Schemas of what people write and of what programs read. The files lie under `schemas/`; tests hold them
//! against the parser and against every output.

use serde_json::json;

use crate::cli::context::Context;
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::desk as say;
use crate::ui::Format;

/// Show the JSON Schemas of the inventory and of all outputs
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The schema, such as inventory or find; a list without it
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

macro_rules! schemas {
    ($($name:literal describes $what:literal),* $(,)?) => {
        /// Name, what it describes, and the schema itself.
        const SCHEMAS: &[(&str, &str, &str)] = &[$((
            $name,
            $what,
            include_str!(concat!("../../schemas/", $name, ".schema.json")),
        )),*];
    };
}

schemas! {
    "inventory" describes "dsr.yaml",
    "connector" describes "connectors/*.yml",
    "law" describes "dsr.law/1",
    "reckoning" describes "dsr.reckoning/1",
    "concept" describes "dsr.concept/1",
    "find" describes "dsr.find/1",
    "candidates" describes "dsr.candidates/1",
    "subjects" describes "dsr.subjects/1",
    "export" describes "dsr.export/1",
    "exports" describes "dsr.exports/1",
    "truth" describes "dsr.truth/1",
    "plan" describes "dsr.plan/1",
    "apply" describes "dsr.apply/1",
    "check" describes "dsr.check/1",
    "login.list" describes "dsr.login.list/1",
    "cases" describes "dsr.cases/1",
    "case" describes "dsr.case/1",
    "holds" describes "dsr.holds/1",
    "hold" describes "dsr.hold/1",
    "deferred" describes "dsr.deferred/1",
    "tasks" describes "dsr.tasks/1",
    "reminders" describes "dsr.reminders/1",
    "notes" describes "dsr.notes/1",
    "audit" describes "dsr.audit/1",
    "anomalies" describes "dsr.anomalies/1",
    "backup" describes "dsr.backup/1",
    "backups" describes "dsr.backups/1",
    "keys" describes "dsr.keys/1",
    "sample" describes "dsr.sample/1",
    "sweep" describes "dsr.sweep/1",
    "orphans" describes "dsr.orphans/1",
    "left" describes "dsr.left/1",
    "runs" describes "dsr.runs/1",
    "evidence" describes "dsr.evidence/1",
    "stamps" describes "dsr.stamps/1",
    "evidence.period" describes "dsr.evidence.period/1",
    "reveal" describes "dsr.reveal/1",
    "disclosed" describes "dsr.disclosed/1",
    "verdict" describes "dsr.verdict/1",
    "log" describes "dsr.log/1",
    "log.key" describes "dsr.log.key/1",
    "log.leaves" describes "dsr.log.leaves/1",
    "log.verify" describes "dsr.log.verify/1",
    "log.anchor" describes "dsr.log.anchor/1",
    "schemas" describes "dsr.schemas/1",
    "connector.list" describes "dsr.connector.list/1",
    "connector.show" describes "dsr.connector.show/1",
    "connector.check" describes "dsr.connector.check/1",
    "connector.discover" describes "dsr.connector.discover/1",
    "connector.diff" describes "dsr.connector.diff/1",
    "connector.new" describes "dsr.connector.new/1",
    "connector.record" describes "dsr.connector.record/1",
    "connector.test" describes "dsr.connector.test/1",
    "error" describes "dsr.error/1",
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let Some(wanted) = &args.name else {
        list(context);
        return Ok(Exit::Done);
    };
    let found = SCHEMAS
        .iter()
        .find(|(name, what, _)| name == wanted || what == wanted);
    let Some((_, _, schema)) = found else {
        let names: Vec<&str> = SCHEMAS.iter().map(|(name, _, _)| *name).collect();
        let mut diagnostic =
            Diagnostic::new("E930", Exit::Usage, say::unknown_schema(wanted.as_str()));
        if let Some(near) = crate::yaml::nearest(wanted, names.iter().copied()) {
            diagnostic = diagnostic.help(crate::messages::yaml::did_you_mean(near));
        }
        return Err(diagnostic.help(say::schemas_are(names.join(", "))).into());
    };
    context.ui.raw(schema.as_bytes());
    Ok(Exit::Done)
}

fn list(context: &Context) {
    if context.ui.format == Format::Json {
        let all: Vec<_> = SCHEMAS
            .iter()
            .map(|(name, what, _)| json!({ "name": name, "describes": what }))
            .collect();
        return context
            .ui
            .json(&json!({ "schema": "dsr.schemas/1", "schemas": all }));
    }
    let rows: Vec<Vec<String>> = SCHEMAS
        .iter()
        .map(|(name, what, _)| vec![(*name).to_owned(), (*what).to_owned()])
        .collect();
    context
        .ui
        .rows(&[say::schema_name(), say::schema_about()], &rows);
}
