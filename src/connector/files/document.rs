//! What a document is, read from its first bytes and not from its name, and the reader that looks through it.

use std::io::{Cursor, Read, Seek, SeekFrom};

use super::compound::{Compound, Id};
use super::look::{At, LARGEST_PART, Look};
use super::text::{self, Form};
use super::unread::Why;
use super::{ancient, mail, office, outlook, pdf};

/// Enough to tell formats apart; a PDF may begin a little later than the file (ISO 32000-1, annex H).
const HEAD: usize = 4096;

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Text(Form),
    Letter,
    Mailbox,
    Zip,
    Pdf,
    /// A file system within a file: Outlook's messages, and Office before 2007.
    Compound,
    /// No reader for it.
    Not(Why),
}

/// Formats that are told by their first bytes and that nobody reads here.
const NOT_READ: [(&[u8], Why); 34] = [
    (b"\xff\xd8\xff", Why::Image),
    (b"\x89PNG\r\n", Why::Image),
    (b"GIF8", Why::Image),
    (b"II*\0", Why::Image),
    (b"MM\0*", Why::Image),
    (b"II+\0", Why::Image),
    (b"BM", Why::Image),
    (b"\0\0\x01\0", Why::Image),
    (b"8BPS", Why::Image),
    (b"\0\0\0\x0cjP  ", Why::Image),
    (b"%!PS", Why::Unknown),
    (b"ID3", Why::Media),
    (b"OggS", Why::Media),
    (b"fLaC", Why::Media),
    (b"\x1aE\xdf\xa3", Why::Media),
    (b"\xff\xfb", Why::Media),
    (b"\xff\xf3", Why::Media),
    (b"FLV\x01", Why::Media),
    (b"0&\xb2u\x8ef\xcf\x11", Why::Media),
    (b"\x1f\x8b", Why::Packed),
    (b"BZh", Why::Packed),
    (b"\xfd7zXZ\0", Why::Packed),
    (b"7z\xbc\xaf\x27\x1c", Why::Packed),
    (b"Rar!\x1a\x07", Why::Packed),
    (b"\x28\xb5\x2f\xfd", Why::Packed),
    (b"MSCF", Why::Packed),
    (b"!BDN", Why::Legacy),
    (b"{\\pwd", Why::Legacy),
    (b"age-encryption.org/", Why::Encrypted),
    (b"-----BEGIN AGE ENCRYPTED", Why::Encrypted),
    (b"-----BEGIN PGP MESSAGE", Why::Encrypted),
    (b"Salted__", Why::Encrypted),
    (b"SQLite format 3\0", Why::Unknown),
    (b"\x7fELF", Why::Unknown),
];

/// Reads from the first bytes, with the name only where they leave several formats open.
pub(super) fn sort(head: &[u8], name: &str) -> Sort {
    let ending = name
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Sort::Compound;
    }
    if let Some(why) = not_read(head) {
        return Sort::Not(why);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Sort::Zip;
    }
    let pdf_at = head.windows(5).take(1024).position(|five| five == b"%PDF-");
    if pdf_at.is_some_and(|at| at == 0 || ending == "pdf" || !text::is_text(head)) {
        return Sort::Pdf;
    }
    if ending == "pdf" && !head.is_empty() {
        return Sort::Not(Why::Broken);
    }
    if !text::is_text(head) {
        return Sort::Not(Why::Unknown);
    }
    if head.starts_with(b"{\\rtf") {
        return Sort::Text(Form::Rtf);
    }
    if is_mailbox(head, &ending) {
        return Sort::Mailbox;
    }
    if ending == "eml" || is_letter(head) {
        return Sort::Letter;
    }
    let start = head.iter().position(|b| !b.is_ascii_whitespace());
    let start = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&head[start.unwrap_or(0)..]);
    let markup = [
        "html", "htm", "xhtml", "xml", "svg", "md", "markdown", "mht", "kml", "gpx",
    ];
    if start.starts_with(b"<") || markup.contains(&ending.as_str()) {
        return Sort::Text(Form::Markup);
    }
    match start.first() {
        _ if ["json", "jsonl", "ndjson", "ipynb"].contains(&ending.as_str()) => {
            Sort::Text(Form::Json)
        }
        Some(b'{' | b'[') => Sort::Text(Form::Json),
        _ => Sort::Text(Form::Plain),
    }
}

fn not_read(head: &[u8]) -> Option<Why> {
    match (head.get(..4), head.get(8..12)) {
        (Some(b"RIFF"), Some(b"WEBP")) => return Some(Why::Image),
        (Some(b"RIFF"), _) => return Some(Why::Media),
        _ => {}
    }
    match head.get(4..12) {
        Some(b"ftypheic" | b"ftypheix" | b"ftypmif1" | b"ftypavif") => return Some(Why::Image),
        Some([b'f', b't', b'y', b'p', ..]) => return Some(Why::Media),
        _ => {}
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(Why::Packed);
    }
    let known = NOT_READ.iter().find(|(start, _)| head.starts_with(start));
    let (start, why) = known?;
    // Two letters begin many a text.
    let is_word = start.len() < 3 && text::is_text(head);
    (!is_word).then_some(*why)
}

fn is_mailbox(head: &[u8], ending: &str) -> bool {
    let Some(rest) = head.strip_prefix(b"From ") else {
        return false;
    };
    let mut lines = rest.split(|b| *b == b'\n').skip(1);
    ["mbox", "mbx"].contains(&ending) || lines.next().is_some_and(is_header)
}

/// Whether a text begins with the headers of a letter: two that every one has, before the first empty line.
fn is_letter(head: &[u8]) -> bool {
    const USUAL: [&str; 10] = [
        "from",
        "to",
        "date",
        "subject",
        "message-id",
        "received",
        "return-path",
        "mime-version",
        "delivered-to",
        "content-type",
    ];
    let mut usual = 0;
    for line in head.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        if !is_header(line) {
            return false;
        }
        let name = line.split(|b| *b == b':').next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        usual += u32::from(USUAL.contains(&name.as_str()));
    }
    usual >= 3
}

fn is_header(line: &[u8]) -> bool {
    let name = line.iter().position(|b| *b == b':');
    name.is_some_and(|end| {
        end > 0
            && line[..end]
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
    })
}

/// An open document that can be read several times.
pub(super) trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// Looks through a document; returns its format. Parts that could not be read are noted in `look`.
///
/// # Errors
/// Why the document could not be read to its end, beside its format.
pub(super) fn read(
    mut source: impl Source,
    size: u64,
    name: &str,
    look: &mut Look<'_>,
) -> (&'static str, Result<(), Why>) {
    let head = match head(&mut source) {
        Ok(head) => head,
        Err(error) => return ("unknown", Err(text::why(&error, look))),
    };
    let sort = sort(&head, name);
    let mut format = word(sort, name);
    let result = match sort {
        Sort::Not(why) => Err(why),
        Sort::Text(form) => text::read(&mut source, form, look),
        Sort::Letter => letter(&mut source, size, look),
        Sort::Mailbox => mail::mailbox(&mut source, look),
        Sort::Zip => office::read(&mut source, look, &mut format),
        Sort::Pdf => pdf::read(&mut source, size, look),
        Sort::Compound => compound(&mut source, size, look, &mut format),
    };
    (format, result)
}

/// A document that lies within another one.
pub(super) fn part(name: &str, bytes: &[u8], look: &mut Look<'_>) {
    look.text(&At::Name, name);
    let (_, result) = read(Cursor::new(bytes), bytes.len() as u64, name, look);
    if let Err(why) = result {
        look.miss(why);
    }
}

fn head(source: &mut impl Source) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    source.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(head)
}

fn letter(source: &mut impl Source, size: u64, look: &mut Look<'_>) -> Result<(), Why> {
    if size > LARGEST_PART {
        return Err(Why::TooLarge);
    }
    let mut bytes = Vec::new();
    let read = source.take(LARGEST_PART + 1).read_to_end(&mut bytes);
    read.map_err(|error| text::why(&error, look))?;
    mail::letter(&bytes, look)
}

fn compound(
    source: &mut impl Source,
    size: u64,
    look: &mut Look<'_>,
    format: &mut &'static str,
) -> Result<(), Why> {
    if size > LARGEST_PART {
        return Err(Why::TooLarge);
    }
    let mut bytes = Vec::new();
    let read = source.take(LARGEST_PART + 1).read_to_end(&mut bytes);
    read.map_err(|error| text::why(&error, look))?;
    let file = Compound::open(&bytes, look)?;
    let (word, kind) = kind(&file)?;
    *format = word;
    match kind {
        Kind::Message => return outlook::message(&file, file.root(), look),
        Kind::Word(main) => ancient::word(&file, main, look)?,
        Kind::Book(main) => ancient::workbook(&file, main, look)?,
    }
    ancient::properties(&file, look)?;
    ancient::embedded(&file, look)
}

/// What lies in a compound file.
enum Kind {
    Message,
    Word(Id),
    Book(Id),
}

fn kind(file: &Compound<'_>) -> Result<(&'static str, Kind), Why> {
    let root = |name: &str| file.child(file.root(), name);
    // Office documents with a password lie in the same container (MS-OFFCRYPTO).
    if root("EncryptedPackage")?.is_some() {
        return Err(Why::Encrypted);
    }
    if root("__properties_version1.0")?.is_some() {
        return Ok(("msg", Kind::Message));
    }
    if let Some(main) = root("WordDocument")? {
        return Ok(("doc", Kind::Word(main)));
    }
    match root("Workbook")? {
        Some(main) => Ok(("xls", Kind::Book(main))),
        None => Err(Why::Legacy),
    }
}

/// Whether a compound file is one of those that nobody reads here, as far as its directory says.
pub(super) fn not_read_inside(bytes: &[u8], look: &Look<'_>) -> Option<Why> {
    let file = Compound::open(bytes, look);
    file.and_then(|file| kind(&file).map(|_| ())).err()
}

/// The format in one word.
pub(super) fn word(sort: Sort, name: &str) -> &'static str {
    let ending = name
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    match sort {
        Sort::Text(Form::Plain) => match ending.as_str() {
            "csv" | "tsv" => "csv",
            _ => "text",
        },
        Sort::Text(Form::Markup) => match ending.as_str() {
            "md" | "markdown" => "markdown",
            "xml" => "xml",
            _ => "html",
        },
        Sort::Text(Form::Json) => "json",
        Sort::Text(Form::Rtf) => "rtf",
        Sort::Letter => "eml",
        Sort::Mailbox => "mbox",
        Sort::Zip => "zip",
        Sort::Pdf => "pdf",
        Sort::Compound => "legacy",
        Sort::Not(why) => why.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_by_its_bytes_and_not_by_its_name() {
        let plain = Sort::Text(Form::Plain);
        for (head, name, expected) in [
            (&b"%PDF-1.7"[..], "a.txt", Sort::Pdf),
            (b"no pdf", "a.pdf", Sort::Not(Why::Broken)),
            (
                b"\xff\xd8\xff\xe0..JFIF",
                "letter.txt",
                Sort::Not(Why::Image),
            ),
            (b"\0\0\0\x18ftypmp42", "a", Sort::Not(Why::Media)),
            (b"PK\x03\x04\x14\0", "a.bin", Sort::Zip),
            (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0",
                "a.doc",
                Sort::Compound,
            ),
            (
                b"-----BEGIN PGP MESSAGE-----\n",
                "a",
                Sort::Not(Why::Encrypted),
            ),
            (b"Born in Ulm", "a", plain),
            (b"BM is a company", "a", plain),
            (b"From here on\nnothing", "a.txt", plain),
            (b"From ada Mon\nReceived: x\n", "Inbox", Sort::Mailbox),
            (b"From: a\nTo: b\nSubject: c\n\nd", "x", Sort::Letter),
            (b"To do: a\nFrom: b\n", "x.txt", plain),
            (b"Received: x", "a.eml", Sort::Letter),
            (b"  <?xml?>", "x", Sort::Text(Form::Markup)),
            (b"{\"a\":1}", "x", Sort::Text(Form::Json)),
            (b"{\\rtf1", "x.doc", Sort::Text(Form::Rtf)),
            (b"\x01\x02\x03\x04\0\0", "x.dat", Sort::Not(Why::Unknown)),
            (b"", "empty.txt", plain),
        ] {
            assert_eq!(sort(head, name), expected, "{name} {head:?}");
        }
    }
}
