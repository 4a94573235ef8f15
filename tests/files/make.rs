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
