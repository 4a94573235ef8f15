//! The records of one object, as they come: JSON at once, what else is made of them put aside.

use std::borrow::Cow;
use std::io;

use base64::Engine as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::connector::{Object, Record, Unread};
use crate::harmless;
use crate::html::escape;
use crate::inventory::DataType;
use crate::messages::{Lang, package as say};
use crate::package::columns::{Column, Listed, Role, Unlisted, columns};
use crate::package::container::slug;
use crate::package::credentials::{About, strip, strip_text};
use crate::package::others::{Own, Trace};
use crate::package::spool::Spool;
use crate::package::unread::Names;
use crate::package::{Kind, Package, Part, values, words};

/// Records of one object on the page; the files hold all of them.
pub(super) const SHOWN: u64 = 1_000;
/// Files of one object that are taken out of their base64; further ones stay in the JSON.
const BINARIES: usize = 2_000;
/// Places of one object that a reviewer is led to; further ones are counted.
const FLAGS: usize = 200;

/// Takes the records of one object.
pub struct ObjectWriter<'p, 'a> {
    package: &'p mut Package<'a>,
    pub(super) object: &'p Object,
    pub(super) summary: ObjectSummary,
    columns: Vec<Column>,
    /// Their names as JSON, with the colon.
    members: Vec<String>,
    listed: Listed,
    data_type: Option<&'a DataType>,
    days: crate::law::Days,
    table: csv::Writer<Spool>,
    pub(super) binaries: Spool,
    taken_out: Vec<(String, Part)>,
    /// Where the file begins that is put aside piece by piece.
    pub(super) began: u64,
    /// Such a file with its ending, until the record that names it is written.
    pub(super) under_way: Option<(String, Part)>,
}

/// What is known of an object when its records are written.
pub(super) struct ObjectSummary {
    pub(super) system: String,
    pub(super) object: String,
    /// Part of a path, unique in the package.
    pub(super) stem: String,
    pub(super) records: u64,
    /// How many of them the page shows.
    pub(super) shown: u64,
    pub(super) part: Part,
    pub(super) fields: Vec<FieldSummary>,
    pub(super) not_portable: Vec<String>,
    pub(super) unlisted: Unlisted,
    unread: Option<Names>,
    pub(super) credentials: u64,
    pub(super) binaries: u64,
    /// Files that belong to its records and are not part of the package.
    pub(super) left_out: u64,
    /// First and last day on which a period of the records ends.
    pub(super) ends: Option<(Date, Date)>,
    /// Records whose period cannot be reckoned.
    pub(super) endless: u64,
    pub(super) flags: Vec<Flag>,
    pub(super) flagged: u64,
}

/// A column as the other papers describe it.
pub(super) struct FieldSummary {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) binary: bool,
}

/// A place that a reviewer should look at.
pub(super) struct Flag {
    pub(super) key: String,
    pub(super) field: String,
    pub(super) traces: Vec<Trace>,
}

impl ObjectSummary {
    /// `system.object`, as the inventory names it.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.system, self.object)
    }

    pub(super) fn json(&self) -> String {
        format!("data/{}.json", self.stem)
    }

    pub(super) fn csv(&self) -> String {
        format!("data/{}.csv", self.stem)
    }

    /// What its records have and nobody read; `None` if they come whole, or there is no record of which that could be said.
    pub(super) fn unread(&self) -> Option<&Names> {
        self.unread.as_ref().filter(|_| self.records > 0)
    }

    /// Whether there are files of it.
    pub(super) fn has_files(&self) -> bool {
        self.records > 0 && !self.fields.is_empty()
    }
}

impl<'p, 'a> ObjectWriter<'p, 'a> {
    pub(super) fn new(
        package: &'p mut Package<'a>,
        system: &str,
        object: &'p Object,
    ) -> ObjectWriter<'p, 'a> {
        let (columns, not_portable) = columns(object, package.material.kind);
        let start = package.shown.len();
        let fields = columns.iter().map(|column| FieldSummary {
            name: column.name.clone(),
            role: column.role.clone(),
            binary: column.binary,
        });
        // A part is kept for what the whole is kept for.
        let whole = object.name.split('/').next().unwrap_or_default();
        let scratch = package.material.scratch;
        // A spreadsheet in German expects semicolons.
        let delimiter = match package.material.language {
            Lang::De => b';',
            Lang::En => b',',
        };
        ObjectWriter {
            summary: ObjectSummary {
                system: system.to_owned(),
                object: object.name.clone(),
                stem: stem(system, &object.name, &package.objects),
                records: 0,
                shown: 0,
                part: start..start,
                fields: fields.collect(),
                not_portable,
                unlisted: Unlisted::default(),
                unread: None,
                credentials: 0,
                binaries: 0,
                left_out: 0,
                ends: None,
                endless: 0,
                flags: Vec::new(),
                flagged: 0,
            },
            members: columns.iter().map(member).collect(),
            columns,
            listed: Listed::of(object),
            data_type: words::data_type(package.material.data_types, system, whole),
            days: crate::law::Days::at_seat(&package.material.controller.seat),
            table: csv::WriterBuilder::new()
                .delimiter(delimiter)
                .from_writer(Spool::new(scratch)),
            binaries: Spool::new(scratch),
            taken_out: Vec::new(),
            began: 0,
            under_way: None,
            object,
            package,
        }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// Those of the container and of the temporary file; the package is lost then.
    pub fn push(&mut self, record: &Record) -> io::Result<()> {
        if self.summary.records == 0 && !self.columns.is_empty() {
            self.begin()?;
        }
        self.summary.records += 1;
        let row = self.summary.records;
        self.summary.unlisted.look(&self.listed, record, row);
        if self.columns.is_empty() {
            return Ok(());
        }
        let cells = self.cells(record)?;
        self.json(&cells)?;
        let texts = cells
            .iter()
            .map(|cell| cell.as_ref().map(Cell::text).unwrap_or_default());
        self.table.write_record(texts)?;
        let ends = self.ends(record);
        if row <= SHOWN {
            let html = self.html(&cells, ends);
            self.package.shown.put(html.as_bytes())?;
            self.summary.shown = row;
        }
        Ok(())
    }

    /// Names what the records have in their system and nobody read. Said again, the last word counts.
    pub fn unread(&mut self, unread: &Unread) {
        self.summary.unread = Some(Names::of(unread));
    }

    /// Writes what was put aside. Without this call the package cannot be finished.
    ///
    /// # Errors
    /// As [`ObjectWriter::push`].
    pub fn finish(mut self) -> io::Result<()> {
        self.summary.part.end = self.package.shown.len();
        let records = self.summary.records;
        if self.summary.has_files() {
            let files = &mut self.package.files;
            files.write(b"\n]}\n")?;
            files.close(Some(records));
            files.begin(&self.summary.csv())?;
            // It takes a file for UTF-8 only with this mark.
            if self.package.material.language == Lang::De {
                files.write("\u{feff}".as_bytes())?;
            }
            let table = self.table.into_inner();
            let mut table = table.map_err(csv::IntoInnerError::into_error)?;
            let whole = 0..table.len();
            table.read(whole, &mut |piece| files.write(piece))?;
            files.close(Some(records));
            for (path, part) in &self.taken_out {
                files.begin(path)?;
                self.binaries
                    .read(part.clone(), &mut |piece| files.write(piece))?;
                files.close(None);
            }
        }
        self.package.objects.push(self.summary);
        self.package.broken = false;
        Ok(())
    }

    pub(super) fn lang(&self) -> Lang {
        self.package.material.language
    }

    /// The heads of both files.
    fn begin(&mut self) -> io::Result<()> {
        let lang = self.lang();
        let fields: serde_json::Map<String, Value> = self
            .columns
            .iter()
            .map(|column| {
                (
                    column.name.clone(),
                    words::described(&column.role, column.binary, lang),
                )
            })
            .collect();
        let head = format!(
            "{{\"schema\":\"dsr.package.object/1\",\"system\":{},\"object\":{},\"fields\":{},\"records\":[",
            json!(self.summary.system),
            json!(self.summary.object),
            Value::Object(fields)
        );
        self.package.files.begin(&self.summary.json())?;
        self.package.files.write(harmless::json(&head).as_bytes())?;
        let names = self
            .columns
            .iter()
            .map(|column| harmless::cell(&column.name));
        Ok(self.table.write_record(names)?)
    }

    /// The record's values as they may be handed over; `None` where it has no such member.
    fn cells<'r>(&mut self, record: &'r Record) -> io::Result<Vec<Option<Cell<'r>>>> {
        let mut cells = Vec::with_capacity(self.columns.len());
        let is_part = self.object.name.contains('/');
        let teaching = self.columns.iter();
        let teaching = teaching.filter(|column| Own::teaches(column.category()));
        let (names, values): (Vec<_>, Vec<_>) = teaching
            .map(|column| (column.name.clone(), column.value(record)))
            .unzip();
        let foreign = self.package.own.learn_all(&values);
        for (name, traces) in names.iter().zip(foreign) {
            if !traces.is_empty() {
                flag(&mut self.summary, record, name, traces);
            }
        }
        for index in 0..self.columns.len() {
            let column = &self.columns[index];
            let Some(value) = column.value(record) else {
                cells.push(None);
                continue;
            };
            if column.binary
                && let Some(file) = self.take_out(index, &value)?
            {
                cells.push(Some(file));
                continue;
            }
            let column = &self.columns[index];
            let (clean, removed) = strip(column.about, &value);
            self.summary.credentials += removed;
            // Of a part nobody has listed what stands in it.
            if column.category().starts_with("content.")
                || (is_part && matches!(column.role, Role::Field(_)))
            {
                let traces = self.package.own.foreign(&clean);
                if !traces.is_empty() {
                    flag(&mut self.summary, record, &self.columns[index].name, traces);
                }
            }
            let changed = match clean {
                Cow::Owned(changed) => Some(changed),
                Cow::Borrowed(_) => None,
            };
            cells.push(Some(Cell::Value(changed.map_or(value, Cow::Owned))));
        }
        Ok(cells)
    }

    /// A value in base64 becomes a file of its own; `None` if it is none, or there are too many.
    fn take_out(&mut self, index: usize, value: &Value) -> io::Result<Option<Cell<'static>>> {
        if let Some((ending, part)) = self.under_way.take() {
            let (stem, row) = (&self.summary.stem, self.summary.records);
            let path = format!("files/{stem}/{row:06}.{ending}");
            let bytes = part.end - part.start;
            self.taken_out.push((path.clone(), part));
            self.summary.binaries += 1;
            return Ok(Some(Cell::File { path, bytes }));
        }
        let Some(text) = value.as_str().filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        if self.taken_out.len() >= BINARIES {
            return Ok(None);
        }
        let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let engine = base64::engine::general_purpose::STANDARD;
        let Ok(mut bytes) = engine.decode(plain) else {
            return Ok(None);
        };
        // What is text after all may hold a key.
        if let Ok(words) = std::str::from_utf8(&bytes)
            && let (clean, removed @ 1..) = strip_text(About::default(), words)
        {
            self.summary.credentials += removed;
            bytes = clean.into_owned().into_bytes();
        }
        let path = format!(
            "files/{}/{:06}-{}-{}.{}",
            self.summary.stem,
            self.summary.records,
            index + 1,
            slug(&self.columns[index].name),
            ending(&bytes)
        );
        let start = self.binaries.len();
        self.binaries.put(&bytes)?;
        self.taken_out
            .push((path.clone(), start..self.binaries.len()));
        self.summary.binaries += 1;
        Ok(Some(Cell::File {
            path,
            bytes: bytes.len() as u64,
        }))
    }

    fn json(&mut self, cells: &[Option<Cell<'_>>]) -> io::Result<()> {
        let mut line = String::with_capacity(256);
        line += match self.summary.records {
            1 => "\n{",
            _ => ",\n{",
        };
        let mut first = true;
        for (member, cell) in self.members.iter().zip(cells) {
            let Some(cell) = cell else { continue };
            if !first {
                line.push(',');
            }
            first = false;
            line += member;
            line += &cell.json();
        }
        line.push('}');
        self.package.files.write(harmless::json(&line).as_bytes())
    }

    /// The day on which the record's period ends.
    fn ends(&mut self, record: &Record) -> Option<Date> {
        let end = crate::law::period_ends(self.data_type?, self.object, record, &self.days);
        match (end, self.summary.ends) {
            (None, _) => self.summary.endless += 1,
            (Some(end), None) => self.summary.ends = Some((end, end)),
            (Some(end), Some((first, last))) => {
                self.summary.ends = Some((first.min(end), last.max(end)));
            }
        }
        end
    }

    /// The record as a table of labels and values.
    fn html(&self, cells: &[Option<Cell<'_>>], ends: Option<Date>) -> String {
        let lang = self.lang();
        let title = say::record(self.summary.records);
        let mut out = format!(
            "<table class=\"record\"><colgroup><col class=\"label\"><col></colgroup><thead><tr><th colspan=\"2\" scope=\"colgroup\">{}</th></tr></thead><tbody>\n",
            title.to(lang)
        );
        for (column, cell) in self.columns.iter().zip(cells) {
            let Some(cell) = cell else { continue };
            out += &format!(
                "<tr><th scope=\"row\">{} <code>{}</code></th><td dir=\"auto\">{}</td></tr>\n",
                escape(words::label(&column.role).to(lang)),
                escape(&crate::html::plain(&column.name)),
                cell.html(lang)
            );
        }
        if let Some(end) = ends
            && self.package.material.kind == Kind::Access
            && let Some(data_type) = self.data_type
        {
            let (label, day) = words::end(&data_type.rule, end);
            out += &format!(
                "<tr class=\"rule\"><th scope=\"row\">{}</th><td>{}</td></tr>\n",
                escape(label.to(lang)),
                escape(day.to(lang))
            );
        }
        out + "</tbody></table>\n"
    }
}

/// A value as it is handed over.
enum Cell<'r> {
    Value(Cow<'r, Value>),
    File { path: String, bytes: u64 },
}

impl Cell<'_> {
    fn json(&self) -> String {
        match self {
            Cell::Value(value) => value.to_string(),
            Cell::File { path, bytes } => json!({"file": path, "bytes": bytes}).to_string(),
        }
    }

    fn text(&self) -> String {
        match self {
            Cell::Value(value) => values::cell(value),
            Cell::File { path, .. } => path.clone(),
        }
    }

    fn html(&self, lang: Lang) -> String {
        match self {
            Cell::Value(value) => values::html(value, lang),
            Cell::File { path, bytes } => {
                let words = say::file_of(words::size(*bytes));
                let path = escape(path);
                format!("<a href=\"{path}\">{path}</a> {}", escape(words.to(lang)))
            }
        }
    }
}

/// A column's name as the name of a member in JSON, with the colon.
fn member(column: &Column) -> String {
    format!("{}:", Value::from(column.name.as_str()))
}

fn flag(summary: &mut ObjectSummary, record: &Record, field: &str, traces: Vec<Trace>) {
    summary.flagged += 1;
    if summary.flags.len() < FLAGS {
        let key = record.key.to_string();
        let (key, _) = strip_text(About::default(), &key);
        summary.flags.push(Flag {
            key: key.chars().take(120).collect(),
            field: field.to_owned(),
            traces,
        });
    }
}

/// `system/object`, with a number behind it where another object has the same but for the case of its letters.
fn stem(system: &str, object: &str, others: &[ObjectSummary]) -> String {
    let plain = format!("{}/{}", slug(system), slug(object));
    let is_taken = |stem: &str| {
        others
            .iter()
            .any(|other| other.stem.eq_ignore_ascii_case(stem))
    };
    let mut stem = plain.clone();
    let mut number = 2;
    while is_taken(&stem) {
        stem = format!("{plain}-{number}");
        number += 1;
    }
    stem
}

/// How the name of a file ends, by its first bytes; whatever a browser or a shell might run is called `bin`.
fn ending(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'G', b'I', b'F', b'8', ..] => "gif",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "webp",
        [b'%', b'P', b'D', b'F', b'-', ..] => "pdf",
        _ => "bin",
    }
}
