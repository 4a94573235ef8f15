//! The concept as one HTML file: printable, without a script, and with nothing to load.
//!
//! What the inventory says is escaped where it lands. The count of gaps stands in the head of the page and the gaps themselves in a
//! section of their own; no part of the style hides either.

use super::document::{Block, Document, Gap, severity};
use super::lint::Severity;
use crate::html::{escape, head, plain};
use crate::messages::{Lang, Text, concept as say};

const STYLE: &str = "\
@page{size:A4;margin:18mm 16mm}\
*{box-sizing:border-box}\
html{-webkit-print-color-adjust:exact;print-color-adjust:exact}\
body{margin:0;background:#eef0f2;color:#1c2329;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}\
main{max-width:66rem;margin:2rem auto;padding:2.5rem 3rem;background:#fff;border-top:4px solid #24506e}\
header p{margin:.2rem 0 0;color:#56626c}\
h1{margin:0;font-size:1.75rem;line-height:1.25;font-weight:600}\
h2{margin:2.6rem 0 .6rem;padding-bottom:.3rem;border-bottom:2px solid #24506e;font-size:1.22rem;font-weight:600;color:#24506e;break-after:avoid}\
h3{margin:1.7rem 0 .4rem;font-size:1.02rem;font-weight:600;break-after:avoid}\
h3+dl{break-inside:avoid}\
h3 code{margin-left:.5rem;font-weight:400;color:#56626c}\
p{margin:.5rem 0;max-width:48rem}\
code{font:.85em ui-monospace,'Cascadia Mono',Consolas,Menlo,monospace;overflow-wrap:anywhere}\
dl{display:grid;grid-template-columns:minmax(11rem,14rem) 1fr;margin:.5rem 0 1rem;border-top:1px solid #d9dee2}\
dt,dd{margin:0;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #e6eaed;overflow-wrap:anywhere}\
dt{color:#56626c}\
table{width:100%;border-collapse:collapse;margin:.7rem 0 1rem;font-size:.9rem}\
th,td{padding:.4rem .7rem .4rem 0;border-bottom:1px solid #e6eaed;text-align:left;vertical-align:top;overflow-wrap:break-word}\
thead th{border-bottom:1.5px solid #24506e;font-weight:600}\
table.matrix th,table.matrix td{padding:.5rem .7rem;border:1px solid #d9dee2}\
table.matrix thead th{background:#eaf0f4}\
table.matrix tbody th{white-space:nowrap;background:#f6f8f9}\
tr{break-inside:avoid}\
thead{display:table-header-group}\
ul{margin:.4rem 0;padding-left:1.2rem}\
li{margin:.22rem 0}\
aside{margin:1.2rem 0 0;padding:.8rem 1.1rem;border:1px solid #c9892b;border-left-width:6px;background:#fdf7ec}\
aside a{color:inherit}\
ol.gaps{margin:.7rem 0;padding:0;list-style:none}\
ol.gaps li{margin:.6rem 0;padding:.5rem .9rem;border-left:5px solid #8a949b;background:#f6f7f8;break-inside:avoid}\
ol.gaps li.error{border-color:#b3261e;background:#fdf3f2}\
ol.gaps li.warning{border-color:#c9892b;background:#fdf7ec}\
ol.gaps p{margin:.15rem 0}\
ol.gaps .why{color:#56626c}\
@media print{body{background:#fff;font-size:10pt}main{margin:0;padding:.8rem 0 0;max-width:none;border-top-width:3px}h2{margin-top:1.8rem}aside a{text-decoration:none}}\
@media(max-width:44rem){main{margin:0;padding:1.2rem}dl{grid-template-columns:1fr}dt{border:0;padding-bottom:0}}";

/// Stands in every such page, and in no other: what an older one is told by.
const MARK: &str = "<main data-report=\"dsr concept\">";

/// Whether a file is such a page.
pub fn is_one(file: &[u8]) -> bool {
    std::str::from_utf8(file)
        .is_ok_and(|text| text.starts_with("<!DOCTYPE html>") && text.contains(MARK))
}

/// The page in one language.
pub fn html(document: &Document, lang: Lang) -> String {
    let say = |text: &Text| escape(&plain(text.to(lang)));
    let tag = match lang {
        Lang::En => "en",
        Lang::De => "de",
    };
    let title = format!(
        "{} – {}",
        plain(document.title.to(lang)),
        plain(document.subtitle.to(lang))
    );
    let mut blocks = document.blocks.iter();
    let has_gaps = blocks.any(|block| matches!(block, Block::Gaps(_)));
    let mut said = document.facts.clone();
    if !has_gaps {
        said.push(document.gaps.clone());
    }
    let mut out = head(tag, &title, STYLE);
    out += &format!(
        "<body>\n{MARK}\n<header><h1>{}</h1><p>{}</p><p>{}</p></header>\n{}",
        say(&document.title),
        say(&document.subtitle),
        say(&say::after()),
        facts(&said, &say)
    );
    if has_gaps {
        let (name, value) = &document.gaps;
        out += &format!(
            "<aside><a href=\"#gaps\">{}: {}</a></aside>\n",
            say(name),
            say(value)
        );
    }
    for (at, block) in document.blocks.iter().enumerate() {
        // The first table is the matrix of classes.
        let is_matrix = !document.blocks[..at]
            .iter()
            .any(|before| matches!(before, Block::Table { .. } | Block::Part(..)));
        out += &part(block, is_matrix, lang, &say);
    }
    out + "</main>\n</body>\n</html>\n"
}

fn facts(facts: &[(Text, Text)], say: &dyn Fn(&Text) -> String) -> String {
    let rows: String = facts
        .iter()
        .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>\n", say(name), say(value)))
        .collect();
    format!("<dl>\n{rows}</dl>\n")
}

fn part(block: &Block, is_matrix: bool, lang: Lang, say: &dyn Fn(&Text) -> String) -> String {
    match block {
        Block::Heading(text) => format!("<h2>{}</h2>\n", say(text)),
        Block::Part(text, name) => {
            let name = match name.is_empty() {
                true => String::new(),
                false => format!("<code>{}</code>", escape(&plain(name))),
            };
            format!("<h3>{}{name}</h3>\n", say(text))
        }
        Block::Paragraph(text) => format!("<p>{}</p>\n", say(text)),
        Block::Facts(rows) => facts(rows, say),
        Block::Table { head, rows } => table(head, rows, is_matrix, say),
        Block::List(items) => {
            let items: String = items
                .iter()
                .map(|item| format!("<li>{}</li>\n", say(item)))
                .collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Block::Gaps(gaps) => {
            let items: String = gaps.iter().map(|gap| item(gap, lang, say)).collect();
            format!("<ol class=\"gaps\" id=\"gaps\">\n{items}</ol>\n")
        }
    }
}

fn table(
    head: &[Text],
    rows: &[Vec<Text>],
    is_matrix: bool,
    say: &dyn Fn(&Text) -> String,
) -> String {
    let cells = |tag: &str, row: &[Text]| -> String {
        row.iter()
            .map(|cell| format!("<{tag}>{}</{tag}>", say(cell)))
            .collect()
    };
    let class = if is_matrix { " class=\"matrix\"" } else { "" };
    let rows: String = rows
        .iter()
        .map(|row| match row.split_first() {
            Some((first, rest)) if is_matrix => format!(
                "<tr><th scope=\"row\">{}</th>{}</tr>\n",
                say(first),
                cells("td", rest)
            ),
            _ => format!("<tr>{}</tr>\n", cells("td", row)),
        })
        .collect();
    format!(
        "<table{class}>\n<thead><tr>{}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        cells("th", head)
    )
}

fn item(gap: &Gap, lang: Lang, say: &dyn Fn(&Text) -> String) -> String {
    let class = match gap.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    let line = gap.line.map_or_else(String::new, |line| {
        format!(", {} {line}", say::line().to(lang))
    });
    let marked = |text: &Text| marked(&say(text));
    let why = gap.why.as_ref().map_or_else(String::new, |why| {
        format!("<p class=\"why\">{}</p>", marked(why))
    });
    format!(
        "<li class=\"{class}\"><p><strong>{} {}{line}</strong>: {}</p>{why}<p>{}: {}</p></li>\n",
        say(&severity(gap.severity)),
        gap.code,
        marked(&gap.what),
        say(&say::remedy()),
        marked(&gap.remedy)
    )
}

/// Words between backquotes as code, in a text that is escaped already.
fn marked(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // Somebody's name has one in it: nothing says which belong together.
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let code = |(at, part): (usize, &&str)| match at % 2 {
        0 => (*part).to_owned(),
        _ => format!("<code>{part}</code>"),
    };
    parts.iter().enumerate().map(code).collect()
}
