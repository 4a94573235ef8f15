//! Documents that are archives of XML: Office Open XML (ECMA-376) and OpenDocument (ISO/IEC 26300).
//!
//! Every XML file of the archive is read as a stream, also those that nobody sees on a page: headers, comments, notes, hyperlinks,
//! properties. Words that are split over several runs are put together within their paragraph. Entities are never expanded, and what
//! is unpacked counts against a limit. Pictures within a document are not looked at and not told either: nearly every one has some.

mod open_document;
mod sheet;
mod xml;

use std::io::{BufReader, Read, Seek};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::document;
use super::look::{At, LARGEST_PART, Look};
use super::unread::Why;
use open_document::open_document;
pub(super) use sheet::letters;
use sheet::{Sheets, worksheet};
use xml::words;

/// Files in an archive.
const MOST_FILES: usize = 100_000;

/// What an archive turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Package {
    Word,
    Sheet,
    Slides,
    OpenDocument,
    /// Any other archive: its files are documents of their own.
    Archive,
}

impl Package {
    pub(super) fn word(self) -> &'static str {
        match self {
            Package::Word => "docx",
            Package::Sheet => "xlsx",
            Package::Slides => "pptx",
            Package::OpenDocument => "odf",
            Package::Archive => "zip",
        }
    }
}

/// Looks through an archive; says what it is as soon as that is known.
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn read(
    input: impl Read + Seek,
    look: &mut Look<'_>,
    format: &mut &'static str,
) -> Result<(), Why> {
    let mut archive = ZipArchive::new(BufReader::new(input)).map_err(|_| Why::Broken)?;
    if archive.len() > MOST_FILES {
        return Err(Why::TooLarge);
    }
    let mut names: Vec<(String, usize)> = Vec::with_capacity(archive.len());
    for (index, name) in archive.file_names_raw().enumerate() {
        names.push((String::from_utf8_lossy(name).into_owned(), index));
    }
    // The same order whatever the archive's.
    names.sort();
    let has = |name: &str| names.iter().any(|(known, _)| known == name);
    let package = if has("word/document.xml") {
        Package::Word
    } else if has("xl/workbook.xml") {
        Package::Sheet
    } else if has("ppt/presentation.xml") {
        Package::Slides
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Package::OpenDocument
    } else {
        Package::Archive
    };
    *format = package.word();
    let mut sheets = Sheets::default();
    if package == Package::Sheet {
        sheets.names(&mut archive, look);
        if let Some((_, index)) = names
            .iter()
            .find(|(name, _)| name == "xl/sharedStrings.xml")
        {
            sheets.shared(&mut archive, *index, look)?;
        }
    }
    let mut trouble = None;
    for (name, index) in &names {
        look.go_on()?;
        if name.ends_with('/') {
            continue;
        }
        let done = match opened(&mut archive, *index) {
            Err(why) => Err(why),
            Ok(file) => member(file, name, package, &sheets, look),
        };
        match done {
            Ok(()) => {}
            Err(why @ (Why::TooLarge | Why::Slow | Why::Encrypted))
                if package != Package::Archive =>
            {
                return Err(why);
            }
            Err(why @ Why::Slow) => return Err(why),
            Err(why) if look.is_spent() => return Err(why),
            Err(why) if package == Package::Archive => {
                look.within(name, |look| look.miss(why));
            }
            // The other parts are still worth reading.
            Err(why) => trouble = Some(why),
        }
    }
    if package == Package::Sheet {
        sheets.unreferenced(look);
    }
    trouble.map_or(Ok(()), Err)
}

fn opened<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
) -> Result<ZipFile<'_, R>, Why> {
    archive.by_index(index).map_err(|error| {
        let words = error.to_string().to_ascii_lowercase();
        match words.contains("password") || words.contains("encrypt") {
            true => Why::Encrypted,
            false => Why::Broken,
        }
    })
}

/// One file of an archive.
fn member<R: Read>(
    file: ZipFile<'_, R>,
    name: &str,
    package: Package,
    sheets: &Sheets,
    look: &mut Look<'_>,
) -> Result<(), Why> {
    let lower = name.to_ascii_lowercase();
    let is_xml = [".xml", ".rels", ".vml"]
        .iter()
        .any(|end| lower.ends_with(end));
    let embedded = [".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"];
    if package == Package::Archive || embedded.iter().any(|end| lower.ends_with(end)) {
        let mut bytes = Vec::new();
        let mut input = look.gauge(file).take(LARGEST_PART + 1);
        let read = input.read_to_end(&mut bytes);
        read.map_err(|error| super::text::why(&error, look))?;
        if bytes.len() as u64 > LARGEST_PART {
            return Err(Why::TooLarge);
        }
        look.within(name, |look| document::part(name, &bytes, look));
        return Ok(());
    }
    if !is_xml {
        return Ok(());
    }
    if package == Package::OpenDocument && name == "META-INF/manifest.xml" {
        let mut manifest = String::new();
        let read = look.gauge(file).take(1 << 22).read_to_string(&mut manifest);
        read.map_err(|error| super::text::why(&error, look))?;
        return match manifest.contains("encryption-data") {
            true => Err(Why::Encrypted),
            false => Ok(()),
        };
    }
    match package {
        Package::Sheet if name == "xl/sharedStrings.xml" => Ok(()),
        Package::Sheet if name.starts_with("xl/worksheets/sheet") => {
            let sheet = sheets.by_file.get(name).map_or(name, String::as_str);
            worksheet(file, sheet, sheets, look)
        }
        Package::OpenDocument if name == "content.xml" => open_document(file, look),
        _ => words(file, &at_of(name), look),
    }
}

fn at_of(name: &str) -> At {
    let slide = name
        .strip_prefix("ppt/slides/slide")
        .and_then(|rest| rest.strip_suffix(".xml"))
        .and_then(|number| number.parse().ok());
    slide.map_or(At::Whole, At::Slide)
}
