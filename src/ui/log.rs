//! What a machine reads of a run: one line on stderr for each thing that happened, as JSON or as the journal of systemd takes it.
//!
//! Only what is kept free of persons by rule goes in: events of the program (codes, names of systems, counts) and diagnostics. The
//! conversation, which may repeat what a person typed, stays out, so that a log can be kept and passed on without a second thought.

use std::fmt;

use clap::ValueEnum;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::diagnostic;
use crate::diagnostic::Diagnostic;
use crate::messages::Lang;

/// The form in which stderr is written: conversation for a person, one JSON object a line, or one line a message with its priority in
/// front, as `sd-daemon(3)` has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Log {
    // What were said of each here would make the help of every command twice as long.
    #[default]
    Text,
    Json,
    Journal,
}

impl Log {
    /// A diagnostic as one line.
    pub(super) fn line(self, diagnostic: &Diagnostic, lang: Lang) -> String {
        let level = match diagnostic.is_warning() {
            true => Level::WARN,
            false => Level::ERROR,
        };
        let all = diagnostic::json(diagnostic, lang);
        match self {
            Log::Json => {
                let mut told = Map::new();
                told.insert("time".into(), now().into());
                told.insert("level".into(), word(level).into());
                if let Value::Object(all) = all {
                    // The level says it already.
                    told.extend(all.into_iter().filter(|(name, _)| name != "severity"));
                }
                Value::Object(told).to_string()
            }
            Log::Text | Log::Journal => {
                let text = |name: &str| all[name].as_str().map(str::to_owned);
                let mut parts = vec![format!(
                    "{}: {}",
                    diagnostic.code,
                    text("message").unwrap_or_default()
                )];
                if let Some(file) = text("file") {
                    parts.push(format!("({file}:{}:{})", all["line"], all["column"]));
                }
                parts.extend(text("why").map(|why| format!("| {why}")));
                let help = all["help"].as_array().into_iter().flatten();
                parts.extend(help.filter_map(|help| Some(format!("| {}", help.as_str()?))));
                format!("<{}>{}", priority(level), in_one(&parts.join(" ")))
            }
        }
    }
}

/// Line ends would begin another message.
fn in_one(text: &str) -> String {
    super::harmless::shown(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// The time of a line, in UTC.
fn now() -> String {
    let mut text = String::new();
    // Writing to memory does not fail.
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warning",
        Level::INFO => "info",
        _ => "debug",
    }
}

/// The priorities of syslog (RFC 5424, 6.2.1).
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

/// Writes the events of the program in such a form.
pub struct Events(pub Log);

impl<S, N> FormatEvent<S, N> for Events
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let level = *event.metadata().level();
        match self.0 {
            Log::Json => {
                let mut told = Map::new();
                told.insert("time".into(), now().into());
                told.insert("level".into(), word(level).into());
                told.append(&mut fields.0);
                writeln!(writer, "{}", Value::Object(told))
            }
            Log::Text | Log::Journal => {
                let message = fields.0.remove("message");
                let mut line = message
                    .as_ref()
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned();
                for (name, value) in &fields.0 {
                    let value = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    line += &format!(" {name}={value}");
                }
                writeln!(writer, "<{}>{}", priority(level), in_one(&line))
            }
        }
    }
}

/// The fields of an event, by name.
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0
            .insert(field.name().into(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().into(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().into(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().into(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Exit;
    use crate::messages::Text;

    #[test]
    fn a_diagnostic_is_one_line_whatever_it_says() {
        let diagnostic = Diagnostic::new("E465", Exit::Incomplete, Text::same("a\nb\u{1b}[31m"))
            .why(Text::same("<3>why"))
            .help(Text::same("one\ntwo"));
        let line = Log::Journal.line(&diagnostic, Lang::En);
        assert_eq!(line.lines().count(), 1);
        assert!(line.starts_with("<3>E465: a b"), "{line}");
        assert!(
            line.ends_with("| <3>why | one two") && !line.contains('\u{1b}'),
            "{line}"
        );
        let line = Log::Json.line(&diagnostic, Lang::En);
        let told: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (line.lines().count(), &told["level"], &told["code"]),
            (1, &"error".into(), &"E465".into())
        );
        assert!(
            told["time"]
                .as_str()
                .is_some_and(|time| time.ends_with('Z'))
        );
    }
}
