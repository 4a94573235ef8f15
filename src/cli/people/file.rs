//! Opens a file of people: a table as spreadsheets save it, or a list in JSON, in the letters in which people save it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use encoding_rs::Encoding;

use crate::cli::context::Context;
use crate::diagnostic::{Diagnostic, Exit, Result, Source};
use crate::messages::{Text, cli as say_cli, os, people as say};
use crate::yaml;

/// A line or an entry: its place, and each filled column with its values.
pub(super) type Row = (usize, BTreeMap<String, Vec<String>>);

fn unreadable(reason: Text) -> Diagnostic {
    Diagnostic::new("E940", Exit::Usage, say::unreadable())
        .why(reason)
        .help(say::unreadable_help())
}

/// The columns of the file in their order, and its rows.
///
/// # Errors
/// Exit 2 if it is no table and no list; nothing of it is repeated.
pub(super) fn content(context: &Context, path: &Path) -> Result<(Vec<String>, Vec<Row>)> {
    let bytes = fs_err::read(path).map_err(|error| unreadable(os::why_at(path, &error)))?;
    let text = text(context, bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let begins = text.trim_start().chars().next();
    match begins {
        Some('[' | '{') => from_list(path, text),
        _ => from_csv(text),
    }
}

/// UTF-8, else what spreadsheets write: UTF-16 behind a byte order mark, or Windows-1252, and then it is said, because a name or a
/// number in the wrong letters is somebody else's.
fn text(context: &Context, bytes: Vec<u8>) -> Result<String> {
    // Workbooks are zips, older ones OLE files.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(unreadable(say::is_workbook()).into());
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => return Ok(text),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    let encoding = match Encoding::for_bom(&bytes) {
        Some((encoding, _)) => encoding,
        None => encoding_rs::WINDOWS_1252,
    };
    let (text, _, broken) = encoding.decode(&bytes);
    // Five bytes stand for nothing in Windows-1252; they would come out as control characters, as would other encodings.
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if broken || text.contains(control) {
        return Err(unreadable(say::not_text()).into());
    }
    context.ui.say(&say::read_in(encoding.name()));
    Ok(text.into_owned())
}

/// `[{ "email": "anna@example.org" }, …]`, one value or a list for each.
fn from_list(path: &Path, text: &str) -> Result<(Vec<String>, Vec<Row>)> {
    let wrong = || Diagnostic::new("E941", Exit::Usage, say::no_list()).help(say::no_list_help());
    // Tabs can stand between the words of JSON only, where a blank is as good.
    let source = Arc::new(Source {
        path: path.to_owned(),
        text: text.replace('\t', " "),
    });
    // The snippet of an error would show personal values, so only the place is named.
    let node = yaml::parse(&source).map_err(|mut error| {
        let line = error.place.take().map_or(0, |place| place.line_column().0);
        wrong().why(say_cli::in_line(line))
    })?;
    let mut columns = Vec::new();
    let mut rows = Vec::new();
    for (at, entry) in node.list().ok_or_else(wrong)?.iter().enumerate() {
        let mut cells: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in entry.map().ok_or_else(wrong)? {
            if !columns.contains(&name.text) {
                columns.push(name.text.clone());
            }
            let values = value
                .list()
                .map_or_else(|| vec![value], |items| items.iter().collect());
            for value in values {
                if matches!(value.value, yaml::Value::Null) {
                    continue;
                }
                let text = value.scalar().ok_or_else(wrong)?;
                cells.entry(name.text.clone()).or_default().push(text);
            }
        }
        rows.push((at + 1, cells));
    }
    Ok((columns, rows))
}

/// Comma, semicolon or tab, whichever parts the header into the most columns.
fn from_csv(text: &str) -> Result<(Vec<String>, Vec<Row>)> {
    let header = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b',', b'\t']
        .into_iter()
        .max_by_key(|delimiter| header.bytes().filter(|byte| byte == delimiter).count())
        .unwrap_or(b';');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .map_err(|error| unreadable(Text::same(error.to_string())))?;
    let columns: Vec<String> = headers.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    let mut lines = Lines {
        text,
        at: 0,
        line: 1,
    };
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, |place| lines.of(place));
            Diagnostic::new("E943", Exit::Usage, say::ragged(line)).help(say::ragged_help())
        })?;
        let mut cells: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (column, cell) in columns.iter().zip(&record) {
            if !cell.is_empty() {
                cells
                    .entry(column.clone())
                    .or_default()
                    .push(cell.to_owned());
            }
        }
        rows.push((record.position().map_or(0, |place| lines.of(place)), cells));
    }
    Ok((columns, rows))
}

/// Counts lines as editors do. The reader's own count is short by one behind a line that ends with two characters.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line in which a row begins; rows come in order.
    fn of(&mut self, place: &csv::Position) -> usize {
        let bytes = self.text.as_bytes();
        let mut to = usize::try_from(place.byte()).map_or(bytes.len(), |to| to.min(bytes.len()));
        while bytes
            .get(to)
            .is_some_and(|byte| matches!(byte, b'\r' | b'\n'))
        {
            to += 1;
        }
        let passed = bytes.get(self.at..to).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = to;
        self.line
    }
}
