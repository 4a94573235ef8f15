//! Documents of all formats, written byte by byte.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An archive of these files.
pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// A letter whose paragraphs are given as runs.
pub(crate) fn docx(paragraphs: &[&[&str]]) -> Vec<u8> {
    let mut body = String::new();
    for runs in paragraphs {
        body.push_str("<w:p><w:pPr><w:pStyle w:val=\"Text\"/></w:pPr>");
        for run in *runs {
            body.push_str(&format!(
                "<w:r><w:rPr><w:rStyle w:val=\"x\"/></w:rPr><w:t>{run}</w:t></w:r>"
            ));
        }
        body.push_str("</w:p>");
    }
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"{WORD}\"><w:body>{body}</w:body></w:document>"
    );
    docx_of(document.as_bytes(), &[])
}

pub(crate) fn docx_of(document: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    let types: &[u8] =
        b"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let mut files = vec![
        ("[Content_Types].xml", types),
        ("word/document.xml", document),
    ];
    files.extend_from_slice(more);
    archive(&files)
}

/// A workbook of one sheet; shared strings, an inline one and a number.
pub(crate) fn xlsx(sheet: &str, shared: &[&str], cells: &str) -> Vec<u8> {
    let strings: String = shared
        .iter()
        .map(|text| format!("<si><t>{text}</t></si>"))
        .collect();
    let workbook = format!(
        "<workbook xmlns:r=\"r\"><sheets><sheet name=\"{sheet}\" sheetId=\"1\" r:id=\"rId7\"/></sheets></workbook>"
    );
    let rels = "<Relationships><Relationship Id=\"rId7\" Target=\"worksheets/sheet3.xml\"/></Relationships>";
    let data = format!("<worksheet><sheetData><row r=\"1\">{cells}</row></sheetData></worksheet>");
    archive(&[
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", rels.as_bytes()),
        (
            "xl/sharedStrings.xml",
            format!("<sst>{strings}</sst>").as_bytes(),
        ),
        ("xl/worksheets/sheet3.xml", data.as_bytes()),
    ])
}

pub(crate) fn pptx(slide: &str) -> Vec<u8> {
    let text = format!(
        "<p:sld xmlns:p=\"p\" xmlns:a=\"a\"><a:p><a:r><a:t>{slide}</a:t></a:r></a:p></p:sld>"
    );
    archive(&[
        ("ppt/presentation.xml", b"<p:presentation xmlns:p=\"p\"/>"),
        ("ppt/slides/slide1.xml", b"<p:sld xmlns:p=\"p\"/>"),
        ("ppt/slides/slide2.xml", text.as_bytes()),
    ])
}

pub(crate) fn odf(kind: &str, body: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:text=\"t\" xmlns:table=\"tb\">\
         <office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    );
    archive(&[
        (
            "mimetype",
            format!("application/vnd.oasis.opendocument.{kind}").as_bytes(),
        ),
        ("META-INF/manifest.xml", b"<manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

/// A PDF with one page for each text; one without text shows a picture.
pub(crate) fn pdf(pages: &[&str]) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = Vec::new();
    let kids: Vec<String> = (0..pages.len())
        .map(|page| format!("{} 0 R", 4 + page * 2))
        .collect();
    objects.push(b"<< /Type /Catalog /Pages 2 0 R >>".to_vec());
    objects.push(
        format!(
            "<< /Type /Pages /Count {} /Kids [{}] >>",
            pages.len(),
            kids.join(" ")
        )
        .into_bytes(),
    );
    objects.push(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_vec(),
    );
    for (at, text) in pages.iter().enumerate() {
        let resources = match text.is_empty() {
            true => "/XObject << /Im1 99 0 R >>",
            false => "/Font << /F1 3 0 R >>",
        };
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << {resources} >> /Contents {} 0 R >>",
                5 + at * 2
            )
            .into_bytes(),
        );
        let content = match text.is_empty() {
            true => String::new(),
            false => format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET"),
        };
        objects.push(
            format!(
                "<< /Length {} >>\nstream\n{content}\nendstream",
                content.len()
            )
            .into_bytes(),
        );
    }
    let mut out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", number + 1).as_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    out.extend_from_slice(
        format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes(),
    );
    for offset in offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    out.extend_from_slice(
        format!(
            "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
            objects.len() + 1
        )
        .as_bytes(),
    );
    out
}

/// A letter with an attachment.
pub(crate) fn letter(body: &str, attachment: &str, bytes: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let mut lines = String::new();
    for line in encoded.as_bytes().chunks(76) {
        lines.push_str(std::str::from_utf8(line).unwrap());
        lines.push_str("\r\n");
    }
    format!(
        "From: Bob <bob@example.com>\r\nTo: office@example.com\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\
         Date: Sat, 21 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         {body}\r\n--b\r\nContent-Type: application/octet-stream; name=\"{attachment}\"\r\n\
         Content-Disposition: attachment; filename=\"{attachment}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {lines}--b--\r\n"
    )
    .into_bytes()
}

/// A compound file (MS-CFB, version 3) of these streams; `/` leads into storages.
pub(crate) fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    const NONE: u32 = u32::MAX;
    struct Entry {
        name: String,
        kind: u8,
        right: u32,
        child: u32,
        start: u32,
        size: u32,
    }
    let new = |name: &str, kind| Entry {
        name: name.to_owned(),
        kind,
        right: NONE,
        child: NONE,
        start: END,
        size: 0,
    };
    let mut entries = vec![new("Root Entry", 5)];
    let (mut small, mut small_table): (Vec<u8>, Vec<u32>) = (Vec::new(), Vec::new());
    let (mut sectors, mut table): (Vec<u8>, Vec<u32>) = (Vec::new(), Vec::new());
    fn chain(bytes: &[u8], size: usize, all: &mut Vec<u8>, table: &mut Vec<u32>) -> u32 {
        let start = table.len();
        let count = bytes.len().div_ceil(size);
        for number in 0..count {
            table.push(if number + 1 == count {
                END
            } else {
                (start + number + 1) as u32
            });
        }
        all.extend_from_slice(bytes);
        all.resize(table.len() * size, 0);
        if count == 0 { END } else { start as u32 }
    }
    for (path, bytes) in streams {
        let mut here = 0;
        let names: Vec<&str> = path.split('/').collect();
        for (depth, name) in names.iter().enumerate() {
            let is_last = depth + 1 == names.len();
            let mut at = entries[here].child;
            let mut last = None;
            let mut found = None;
            while at != NONE {
                if entries[at as usize].name == *name {
                    found = Some(at as usize);
                }
                last = Some(at as usize);
                at = entries[at as usize].right;
            }
            here = found.unwrap_or_else(|| {
                entries.push(new(name, if is_last { 2 } else { 1 }));
                let number = entries.len() - 1;
                match last {
                    Some(last) => entries[last].right = number as u32,
                    None => entries[here].child = number as u32,
                }
                number
            });
        }
        entries[here].size = bytes.len() as u32;
        entries[here].start = match bytes.len() < 4096 {
            true => chain(bytes, 64, &mut small, &mut small_table),
            false => chain(bytes, 512, &mut sectors, &mut table),
        };
    }
    entries[0].size = small.len() as u32;
    entries[0].start = chain(&small, 512, &mut sectors, &mut table);
    let mut directory = Vec::new();
    for entry in &entries {
        let mut bytes = [0u8; 128];
        let name: Vec<u8> = entry
            .name
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        bytes[..name.len()].copy_from_slice(&name);
        bytes[64..66].copy_from_slice(&(name.len() as u16 + 2).to_le_bytes());
        bytes[66] = entry.kind;
        for (at, value) in [
            (68, NONE),
            (72, entry.right),
            (76, entry.child),
            (116, entry.start),
            (120, entry.size),
        ] {
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        directory.extend_from_slice(&bytes);
    }
    let to_bytes = |numbers: &[u32]| -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    };
    let directory = chain(&directory, 512, &mut sectors, &mut table);
    let small_start = chain(&to_bytes(&small_table), 512, &mut sectors, &mut table);
    let own = (table.len() + 1).div_ceil(127);
    let first = table.len();
    table.extend(std::iter::repeat_n(0xffff_fffd, own));
    table.resize(own * 128, NONE);
    sectors.extend(to_bytes(&table));
    let mut head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    head.resize(512, 0);
    let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    for (at, value) in [
        (44, own as u32),
        (48, directory),
        (56, 4096),
        (60, small_start),
        (64, 1),
        (68, END),
    ] {
        put(at, &value.to_le_bytes());
    }
    for number in 0..109 {
        let sector = if number < own {
            (first + number) as u32
        } else {
            NONE
        };
        put(76 + 4 * number, &sector.to_le_bytes());
    }
    head.extend(sectors);
    head
}

/// UTF-16 as it stands in such files.
pub(crate) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A document of Word 97: one piece of narrow characters, one of wide ones.
pub(crate) fn doc(narrow: &str, wide_text: &str) -> Vec<u8> {
    let mut main = vec![0u8; 1024];
    main[..4].copy_from_slice(&[0xec, 0xa5, 0xc1, 0]);
    main[10..12].copy_from_slice(&0x0200u16.to_le_bytes());
    main[0x1a2..0x1a6].copy_from_slice(&8u32.to_le_bytes());
    let narrow_at = main.len() as u32;
    main.extend(narrow.as_bytes());
    let wide_at = main.len() as u32;
    main.extend(wide(wide_text));
    let counts = [
        0,
        narrow.len() as u32,
        (narrow.len() + wide_text.encode_utf16().count()) as u32,
    ];
    let mut plc: Vec<u8> = counts
        .iter()
        .flat_map(|count| count.to_le_bytes())
        .collect();
    for at in [(narrow_at * 2) | 0x4000_0000, wide_at] {
        plc.extend([0, 0]);
        plc.extend(at.to_le_bytes());
        plc.extend([0, 0]);
    }
    // Something that is no piece stands before the table of pieces.
    let mut clx = vec![1, 3, 0, 9, 9, 9, 2];
    clx.extend((plc.len() as u32).to_le_bytes());
    clx.extend(plc);
    main[0x1a6..0x1aa].copy_from_slice(&(clx.len() as u32).to_le_bytes());
    let mut table = vec![0u8; 8];
    table.extend(clx);
    compound(&[
        ("WordDocument", &main),
        ("1Table", &table),
        ("\u{5}SummaryInformation", b"\0\0Otto Vorlage\0"),
    ])
}

/// A workbook of Excel 97 with one sheet: shared strings that go on in a second record, a number, a comment.
pub(crate) fn xls(sheet: &str, shared: &[&str], number: f64, comment: &str) -> Vec<u8> {
    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let mut out = kind.to_le_bytes().to_vec();
        out.extend((data.len() as u16).to_le_bytes());
        out.extend_from_slice(data);
        out
    }
    let begin = record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mut strings = (shared.len() as u32).to_le_bytes().repeat(2);
    let mut rest = Vec::new();
    for (at, text) in shared.iter().enumerate() {
        let is_last = at + 1 == shared.len();
        let into = &mut strings;
        into.extend((text.len() as u16).to_le_bytes());
        match is_last {
            // The last one begins narrow, and goes on in wide signs in the next record.
            true => {
                into.push(0);
                into.extend(&text.as_bytes()[..3]);
                rest.push(1);
                rest.extend(wide(&text[3..]));
            }
            false => {
                into.push(0);
                into.extend(text.as_bytes());
            }
        }
    }
    let mut name = vec![0, 0, 0, 0, 0, 0, sheet.len() as u8, 0];
    name.extend(sheet.as_bytes());
    let head_length = begin.len() + name.len() + 4 + strings.len() + 4 + rest.len() + 4 + 4;
    name[..4].copy_from_slice(&(head_length as u32).to_le_bytes());
    let mut book = begin.clone();
    book.extend(record(0x0085, &name));
    book.extend(record(0x00fc, &strings));
    book.extend(record(0x003c, &rest));
    book.extend(record(0x000a, &[]));
    assert_eq!(book.len(), head_length);
    book.extend(&begin);
    for (row, _) in shared.iter().enumerate() {
        let mut cell = (row as u16).to_le_bytes().to_vec();
        cell.extend([1, 0, 0, 0]);
        cell.extend((row as u32).to_le_bytes());
        book.extend(record(0x00fd, &cell));
    }
    let mut cell = vec![4, 0, 27, 0, 0, 0];
    cell.extend(number.to_le_bytes());
    book.extend(record(0x0203, &cell));
    book.extend(record(0x01b6, &[0; 18]));
    book.extend(record(0x003c, &[&[0], comment.as_bytes()].concat()));
    book.extend(record(0x000a, &[]));
    compound(&[("Workbook", &book)])
}
