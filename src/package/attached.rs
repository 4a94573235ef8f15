//! Files that belong to records: put aside as they come, then listed with the record to which each belongs.
//!
//! In the package a file has a name that the program gives it, a number and a harmless ending, because names of files stay readable in
//! a zip with a password and whoever named the file in its system may have meant another folder or a device. What it is called there
//! stands in the list. What is in a file is handed over as it is; nobody looks into it but the reviewer.

use std::io;

use serde_json::Value;

use crate::connector::attachment::{self, Came};
use crate::connector::{Fault, Record};
use crate::messages::Text;
use crate::package::object::ObjectWriter;

/// Endings that a file may keep from its name in the system: what shows something and runs nothing.
const ENDINGS: [&str; 32] = [
    "aac", "bmp", "csv", "docx", "eml", "flac", "gif", "heic", "ics", "jpeg", "jpg", "json", "m4a",
    "mov", "mp3", "mp4", "msg", "odp", "ods", "odt", "ogg", "pdf", "png", "pptx", "tif", "tiff",
    "txt", "vcf", "wav", "webm", "webp", "xlsx",
];

/// The ending for a file by its name in the system; `bin` for all that a shell, a browser or an office program might run.
pub(super) fn ending(name: &str) -> &str {
    let said = name.rsplit_once('.').map(|(_, said)| said.to_lowercase());
    let known = ENDINGS
        .iter()
        .find(|known| Some(**known) == said.as_deref());
    known.copied().unwrap_or("bin")
}

impl ObjectWriter<'_, '_> {
    /// A file begins, or the one that began last begins once more.
    pub fn begin_file(&mut self) {
        self.began = self.binaries.len();
    }

    /// Adds to the file that is under way.
    ///
    /// # Errors
    /// Those of the temporary file; the package is lost then.
    pub fn add_to_file(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.binaries.put(bytes)
    }

    /// Takes the file that is under way into the package and lists it for its record.
    ///
    /// # Errors
    /// As [`ObjectWriter::push`].
    pub fn end_file(&mut self, record: &Record, name: &str, came: &Came) -> io::Result<()> {
        let part = self.began..self.binaries.len();
        self.began = part.end;
        self.under_way = Some((ending(name).to_owned(), part));
        let line = attachment::line(name, came.content_type.as_deref(), None);
        self.push(&self.listed_for(record, line))
    }

    /// Lists a file that is not part of the package, with the reason.
    ///
    /// # Errors
    /// As [`ObjectWriter::push`].
    pub fn leave_out(&mut self, record: &Record, name: &str, why: &Fault) -> io::Result<()> {
        self.summary.left_out += 1;
        let why: &Text = &why.text;
        let line = attachment::line(name, None, Some(why.to(self.lang())));
        self.push(&self.listed_for(record, line))
    }

    /// A line of the list, with the key of the record.
    fn listed_for(&self, record: &Record, mut line: Value) -> Record {
        if let (Value::Object(line), Value::Object(data)) = (&mut line, &record.data) {
            for part in &self.object.key {
                if let Some(value) = data.get(part) {
                    line.insert(part.clone(), value.clone());
                }
            }
        }
        Record {
            key: record.key.clone(),
            data: line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_one_that_runs_nothing() {
        assert_eq!(ending("CV of Anna.PDF"), "pdf");
        for name in [
            "",
            "pdf",
            "x.exe",
            "x.pdf.lnk",
            "x.svg",
            "x.html",
            "x.docm",
            "x.pdf\u{202e}",
            "x.pdf ",
            "x./../../pdf",
            "x.zip",
        ] {
            assert_eq!(ending(name), "bin", "{name:?}");
        }
    }
}
