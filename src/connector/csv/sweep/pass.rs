//! One pass over one file: every row judged by the cell from which the rule counts, and, where a new file grows, copied to it unless it goes.
//!
//! Of a row that is not due nothing is looked at but where that cell lies. Whatever goes has as many cells as the header and is text of the
//! file's encoding; otherwise nobody could say which cell is which, and the whole file is left alone.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

use jiff::civil::Date;

use super::ordinals::Ordinals;
use crate::connector::csv::cell;
use crate::connector::csv::charset::Charset;
use crate::connector::csv::files::{self, Opened, Source};
use crate::connector::csv::lookup::{Ended, read_header, require};
use crate::connector::csv::rewrite;
use crate::connector::csv::row::{self, Header};
use crate::connector::csv::scan::{Failure, Row, Stretch};
use crate::connector::object::{At, Object};
use crate::connector::start::{Reckoner, Standing, Start};
use crate::connector::sweeping::{self, Left, Namer};
use crate::connector::{Action, Changes, Fault, Key};
use crate::keys::{Digest, Macs};

/// A rule on the rows of files.
pub(super) struct Judge<'j> {
    source: &'j Source,
    object: &'j Object,
    action: Action,
    reckoner: Reckoner,
    /// The column of the day.
    column: String,
    named_by_row: bool,
    /// Names rows by their bytes.
    macs: Macs,
}

/// What a pass has met.
pub(super) struct Counted {
    pub(super) records: u64,
    pub(super) unknown: u64,
    pub(super) future: u64,
    pub(super) charset: Charset,
    /// Whether the last row went, and had no line end.
    pub(super) lost_its_end: bool,
}

/// What the day of a row says of it.
enum Judged {
    Over(Start),
    Running,
    Left(Left),
}

/// What becomes of a row that is due.
pub(super) enum Fate {
    Stays,
    Goes,
    /// Other bytes take the place of its own.
    Becomes(Vec<u8>),
}

/// A row that is due.
pub(super) struct Due<'r> {
    raw: &'r [u8],
    start: Start,
    judge: &'r Judge<'r>,
    sheet: &'r Sheet<'r>,
}

/// How the file is written, and the rows of it that were named already.
struct Sheet<'s> {
    file: &'s str,
    charset: Charset,
    header: Header,
    delimiter: u8,
    /// Whether a cell can be told in the raw bytes.
    plain: bool,
    place: usize,
    named: RefCell<Ordinals>,
}

/// Where the rows that are to stay are written.
pub(super) type Out<'o> = dyn Write + 'o;

impl<'j> Judge<'j> {
    /// # Errors
    /// E490: the rule would make anonymous.
    pub(super) fn new(
        source: &'j Source,
        object: &'j Object,
        due: &sweeping::Due,
    ) -> Result<Judge<'j>, Fault> {
        if !matches!(due.action, Action::Remove | Action::Restrict) {
            return Err(Fault::not_anonymised_here());
        }
        Ok(Judge {
            source,
            object,
            action: due.action,
            reckoner: Reckoner::new(due),
            column: column_of(object, &due.field),
            named_by_row: row::is_named_by_row(object),
            macs: source.row_key.macs(),
        })
    }

    /// Goes through a file, and asks what becomes of each row that is due and shows nothing of the action yet.
    pub(super) fn pass(
        &self,
        opened: &Opened,
        stopped: &AtomicBool,
        mut out: Option<&mut Out<'_>>,
        each: &mut dyn FnMut(&Due<'_>) -> Result<Fate, Ended>,
    ) -> Result<Counted, Fault> {
        let failed =
            |error: io::Error| Fault::unwritable(&opened.listed.name, files::reason(&error));
        if let Some(out) = &mut out {
            // Byte order mark, hints to spreadsheets and the header stay as they are.
            let mut scan = opened.scan(self.source, stopped)?;
            read_header(self.source, opened, &mut scan)?;
            let head = rewrite::bytes_at(opened.file.file(), 0, scan.offset());
            let head = head.map_err(|error| opened.fault(self.source, error.into()))?;
            out.write_all(&head).map_err(failed)?;
        }
        let mut scan = opened.scan(self.source, stopped)?;
        let header = read_header(self.source, opened, &mut scan)?;
        let sheet = self.sheet(opened, header, scan.charset)?;
        let mut counted = Counted {
            records: 0,
            unknown: 0,
            future: 0,
            charset: scan.charset,
            lost_its_end: false,
        };
        let mut stretch = |stretch: &Stretch<'_>| -> Result<(), Ended> {
            // Bytes of the stretch that are written or left out already.
            let mut dealt = 0;
            for row in stretch.rows() {
                counted.records += 1;
                let start = match self.judged(&sheet, row.raw) {
                    Judged::Over(start) => start,
                    Judged::Running => continue,
                    Judged::Left(Left::Future) => {
                        counted.future += 1;
                        continue;
                    }
                    Judged::Left(_) => {
                        counted.unknown += 1;
                        continue;
                    }
                };
                sheet.require_whole(&row)?;
                let due = Due {
                    raw: row.raw,
                    start,
                    judge: self,
                    sheet: &sheet,
                };
                if due.shows_the_action()? {
                    continue;
                }
                let fate = each(&due)?;
                let Some(out) = &mut out else { continue };
                let begin = within(stretch, row.start);
                let (new, end) = match fate {
                    Fate::Stays => continue,
                    Fate::Goes => (Vec::new(), within(stretch, row.end)),
                    Fate::Becomes(new) => (new, begin + row.raw.len()),
                };
                // Only at the end of the file a row has no line end.
                let has_no_end = row.end - row.start == row.raw.len() as u64;
                counted.lost_its_end = has_no_end && new.is_empty();
                let stays = stretch.bytes.get(dealt..begin).unwrap_or_default();
                out.write_all(stays).map_err(failed)?;
                out.write_all(&new).map_err(failed)?;
                dealt = end;
            }
            if let Some(out) = &mut out {
                let stays = stretch.bytes.get(dealt..).unwrap_or_default();
                out.write_all(stays).map_err(failed)?;
            }
            Ok(())
        };
        let ended = scan.stretches(&mut stretch);
        self.named(opened, ended)?;
        Ok(counted)
    }

    /// What the day of a row says of it.
    fn judged(&self, sheet: &Sheet<'_>, raw: &[u8]) -> Judged {
        let text = sheet.clock(raw);
        let start = text.as_deref().and_then(Start::read);
        match (self.reckoner.judge(start), start) {
            (Standing::Over, Some(start)) => Judged::Over(start),
            (Standing::Running, _) => Judged::Running,
            (Standing::Future, _) => Judged::Left(Left::Future),
            (Standing::Unknown | Standing::Over, _) => Judged::Left(Left::Unknown),
        }
    }

    /// Hears of each row of which the day cannot be told, or is still to come. One that its key cannot name is named by its bytes.
    pub(super) fn left(
        &self,
        opened: &Opened,
        stopped: &AtomicBool,
        hear: &mut dyn FnMut(Left, Key),
    ) -> Result<(), Fault> {
        let mut scan = opened.scan(self.source, stopped)?;
        let header = read_header(self.source, opened, &mut scan)?;
        let sheet = self.sheet(opened, header, scan.charset)?;
        let mut stretch = |stretch: &Stretch<'_>| -> Result<(), Ended> {
            for row in stretch.rows() {
                let Judged::Left(why) = self.judged(&sheet, row.raw) else {
                    continue;
                };
                let row = Due {
                    raw: row.raw,
                    start: Start::Day(Date::MIN),
                    judge: self,
                    sheet: &sheet,
                };
                let key = match row.key() {
                    Err(_) if !self.named_by_row => row.by_bytes()?,
                    key => key?,
                };
                hear(why, key);
            }
            Ok(())
        };
        let ended = scan.stretches(&mut stretch);
        self.named(opened, ended)
    }

    /// Those of some names that belong to rows which are there and show nothing of the action, due or not.
    pub(super) fn among(
        &self,
        opened: &Opened,
        stopped: &AtomicBool,
        names: &BTreeSet<Digest>,
        namer: &Namer,
    ) -> Result<BTreeSet<Digest>, Fault> {
        let mut scan = opened.scan(self.source, stopped)?;
        let header = read_header(self.source, opened, &mut scan)?;
        let sheet = self.sheet(opened, header, scan.charset)?;
        let mut found = BTreeSet::new();
        let mut stretch = |stretch: &Stretch<'_>| -> Result<(), Ended> {
            for row in stretch.rows() {
                let row = Due {
                    raw: row.raw,
                    start: Start::Day(Date::MIN),
                    judge: self,
                    sheet: &sheet,
                };
                // A row that no key names was none of them.
                let Ok(first) = row.key_at(0) else { continue };
                let mut name = namer(&first);
                if !names.contains(&name) {
                    continue;
                }
                if self.named_by_row {
                    name = namer(&row.key()?);
                }
                if !row.shows_the_action()? {
                    found.insert(name);
                }
            }
            Ok(())
        };
        let ended = scan.stretches(&mut stretch);
        self.named(opened, ended)?;
        Ok(found)
    }

    fn named(&self, opened: &Opened, ended: Result<(), Ended>) -> Result<(), Fault> {
        ended.map_err(|ended| match ended {
            Ended::Scan(failure) => opened.fault(self.source, failure),
            Ended::Fault(fault) => fault,
        })
    }

    fn sheet<'s>(
        &self,
        opened: &'s Opened,
        header: Header,
        charset: Charset,
    ) -> Result<Sheet<'s>, Fault> {
        let name = &opened.listed.name;
        require(opened, &header, self.object)?;
        let place = header.position(&self.column);
        let place = place.ok_or_else(|| Fault::no_header(name, &self.column))?;
        if header.is_ambiguous(&self.column) {
            return Err(Fault::broken_file(name, 1u64));
        }
        if self.action == Action::Restrict && !cell::is_writable(charset) {
            return Err(Fault::multibyte(name, charset.encoding.name()));
        }
        Ok(Sheet {
            file: name,
            charset,
            header,
            delimiter: self.source.settings.delimiter,
            plain: charset.width == 1 && cell::is_writable(charset),
            place,
            named: RefCell::default(),
        })
    }
}

/// Where an offset of the file lies in a stretch of it.
fn within(stretch: &Stretch<'_>, offset: u64) -> usize {
    usize::try_from(offset - stretch.offset).unwrap_or(usize::MAX)
}

/// The column that a rule's field stands for.
fn column_of(object: &Object, field: &str) -> String {
    match object.field(field).map(|field| &field.at) {
        Some(At::Path(names)) => names.first().cloned().unwrap_or_else(|| field.to_owned()),
        _ => field.to_owned(),
    }
}

impl Sheet<'_> {
    /// The text of the cell from which the rule counts; `None` if the row has no such cell.
    fn clock<'r>(&self, raw: &'r [u8]) -> Option<Cow<'r, str>> {
        if !self.plain {
            let fields = row::fields(raw, self.charset.encoding, self.delimiter)?;
            return fields.into_iter().nth(self.place).map(Cow::Owned);
        }
        let mut begin = 0;
        for _ in 0..self.place {
            begin = self.cell_end(raw, begin)? + 1;
        }
        let end = self.cell_end(raw, begin).unwrap_or(raw.len());
        let cell = raw.get(begin..end)?;
        let inner = match cell {
            [b'"', inner @ .., b'"'] if !inner.contains(&b'"') => inner,
            [b'"', ..] => {
                let fields = row::fields(cell, self.charset.encoding, self.delimiter)?;
                return fields.into_iter().next().map(Cow::Owned);
            }
            plain => plain,
        };
        // Days are written in letters that all encodings share.
        std::str::from_utf8(inner).ok().map(Cow::Borrowed)
    }

    /// Where the delimiter stands that ends the cell which begins here.
    fn cell_end(&self, raw: &[u8], begin: usize) -> Option<usize> {
        let mut place = begin;
        if raw.get(begin) == Some(&b'"') {
            place += 1;
            while let Some(quote) = memchr::memchr(b'"', raw.get(place..)?) {
                place += quote + 1;
                if raw.get(place) != Some(&b'"') {
                    break;
                }
                place += 1;
            }
        }
        memchr::memchr(self.delimiter, raw.get(place..)?).map(|distance| place + distance)
    }

    /// Refuses a row of which nobody can say which cell is which.
    fn require_whole(&self, row: &Row<'_>) -> Result<(), Ended> {
        let utf8 = self.charset.encoding == encoding_rs::UTF_8;
        let width = if utf8 && memchr::memchr(b'"', row.raw).is_none() {
            let is_text = std::str::from_utf8(row.raw).is_ok();
            is_text.then(|| memchr::memchr_iter(self.delimiter, row.raw).count() + 1)
        } else {
            let fields = row::fields(row.raw, self.charset.encoding, self.delimiter);
            fields.map(|fields| fields.len())
        };
        match width == Some(self.header.width()) {
            true => Ok(()),
            false => Err(Failure::Broken(row.start).into()),
        }
    }
}

impl Due<'_> {
    /// The day from which it counts.
    pub(super) fn day(&self) -> Date {
        self.judge.reckoner.day(self.start)
    }

    /// The texts of its cells.
    fn fields(&self) -> Result<Vec<String>, Ended> {
        let sheet = self.sheet;
        row::fields(self.raw, sheet.charset.encoding, sheet.delimiter)
            .ok_or_else(|| Fault::other_encoding(sheet.file, sheet.charset.encoding.name()).into())
    }

    /// By which the record is named. Of rows of the same bytes each is asked once, in their order.
    pub(super) fn key(&self) -> Result<Key, Ended> {
        match self.judge.named_by_row {
            true => self.by_bytes(),
            false => self.key_at(0),
        }
    }

    fn by_bytes(&self) -> Result<Key, Ended> {
        let digest = self.judge.macs.of(self.raw);
        let ordinal = self.sheet.named.borrow_mut().next(&digest);
        let folder = || std::env::temp_dir().display().to_string();
        let refused = |error| Fault::unwritable(folder(), files::reason(&error));
        self.of_row(&digest, ordinal.map_err(refused)?)
    }

    /// The same, as if so many rows of the same bytes stood before it.
    fn key_at(&self, ordinal: u64) -> Result<Key, Ended> {
        if !self.judge.named_by_row {
            let key = self.sheet.header.key(self.judge.object, &self.fields()?);
            return key.map_err(Ended::from);
        }
        self.of_row(&self.judge.macs.of(self.raw), ordinal)
    }

    fn of_row(&self, digest: &Digest, ordinal: u64) -> Result<Key, Ended> {
        let parts = vec![
            self.sheet.file.to_owned(),
            digest.hex(),
            ordinal.to_string(),
        ];
        Key::new(parts).map_err(|_| Fault::empty_key(row::ROW).into())
    }

    /// Whether the row is as the action would leave it.
    fn shows_the_action(&self) -> Result<bool, Ended> {
        if self.judge.action != Action::Restrict {
            return Ok(false);
        }
        let fields = self.fields()?;
        let values = self.values();
        let header = &self.sheet.header;
        let shown = |(column, text): &(String, String)| {
            let place = header.position(column);
            place.and_then(|place| fields.get(place)) == Some(text)
        };
        Ok(!values.is_empty() && values.iter().all(shown))
    }

    fn values(&self) -> Vec<(String, String)> {
        row::values(self.judge.object, self.judge.action, &Changes::new())
    }

    /// The row as a restriction leaves it.
    pub(super) fn restricted(&self) -> Result<Vec<u8>, Ended> {
        let sheet = self.sheet;
        let values = self.values();
        let mut texts: BTreeMap<usize, &str> = BTreeMap::new();
        for (column, text) in &values {
            let place = sheet.header.position(column);
            let place = place.ok_or_else(|| Fault::no_header(sheet.file, column));
            texts.insert(place.map_err(Ended::from)?, text);
        }
        let new = cell::replaced(self.raw, sheet.charset, sheet.delimiter, &texts);
        new.map_err(|place| {
            let column = sheet.header.names().get(place).map_or("", String::as_str);
            Fault::unencodable(sheet.file, column, sheet.charset.encoding.name()).into()
        })
    }
}
