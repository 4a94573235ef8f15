//! A printable page as a value, and its two forms: HTML and plain text.
//!
//! Both are drawn from the same blocks, so they say the same. Whatever comes from outside passes [`plain`] first and is escaped
//! where it lands; the HTML loads nothing, runs nothing and says so in its content security policy.

use crate::html::{escape, head};
use crate::messages::{Lang, Text};

pub use crate::html::plain;

/// A part of a page.
pub enum Block {
    Heading(Text),
    Paragraph(Text),
    /// Names with their values.
    Facts(Vec<(Text, Text)>),
    Table {
        head: Vec<Text>,
        rows: Vec<Vec<Text>>,
    },
    /// Stands out from the rest.
    Warning {
        title: Text,
        intro: Text,
        items: Vec<Text>,
    },
    /// Command lines, the same in every language.
    Commands(Vec<String>),
}

/// A page in every language.
pub struct Page {
    pub title: Text,
    pub subtitle: Text,
    pub blocks: Vec<Block>,
}

const STYLE: &str = "\
@page{size:A4;margin:18mm 16mm}\
*{box-sizing:border-box}\
html{-webkit-print-color-adjust:exact;print-color-adjust:exact}\
body{margin:0;background:#eef0f2;color:#1c2329;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}\
main{max-width:58rem;margin:2rem auto;padding:2.5rem 3rem;background:#fff;border-top:4px solid #24506e}\
header p{margin:.2rem 0 0;color:#56626c}\
h1{margin:0;font-size:1.65rem;line-height:1.25;font-weight:600}\
h2{margin:2.1rem 0 .6rem;font-size:1.08rem;font-weight:600;color:#24506e;break-after:avoid}\
p{margin:.5rem 0}\
nav{margin:0 0 1.4rem;font-size:.9rem}\
a{color:#24506e}\
dl{display:grid;grid-template-columns:minmax(11rem,15rem) 1fr;margin:.6rem 0;border-top:1px solid #d9dee2}\
dt,dd{margin:0;padding:.34rem .5rem .34rem 0;border-bottom:1px solid #e6eaed;overflow-wrap:anywhere}\
dt{color:#56626c}\
table{width:100%;border-collapse:collapse;margin:.6rem 0;font-size:.88rem}\
th,td{padding:.36rem .6rem .36rem 0;border-bottom:1px solid #e6eaed;text-align:left;vertical-align:top;overflow-wrap:break-word}\
th{border-bottom:1.5px solid #24506e;font-weight:600}\
tr{break-inside:avoid}\
thead{display:table-header-group}\
aside{margin:1.6rem 0;padding:.9rem 1.2rem;border:1px solid #c9892b;border-left-width:6px;background:#fdf7ec}\
aside h2{margin:0 0 .3rem;color:#7a4d08}\
aside ul{margin:.4rem 0 0;padding-left:1.2rem}\
aside li{margin:.22rem 0;break-inside:avoid}\
pre{margin:.6rem 0;padding:.8rem 1rem;background:#f4f6f7;border:1px solid #dde2e5;font:12.5px/1.5 ui-monospace,'Cascadia Mono',Consolas,Menlo,monospace;white-space:pre-wrap;overflow-wrap:anywhere;break-inside:avoid}\
section+section{margin-top:3.5rem;padding-top:2.5rem;border-top:1px solid #d9dee2}\
@media print{body{background:#fff;font-size:10.5pt}main{margin:0;padding:0;max-width:none;border-top:3px solid #24506e;padding-top:1rem}nav{display:none}section+section{break-before:page;border:0;margin:0;padding:0}}\
@media(max-width:40rem){main{margin:0;padding:1.2rem}dl{grid-template-columns:1fr}dt{border:0;padding-bottom:0}}";

/// One HTML file with the page in German, then in English.
pub fn html(page: &Page) -> String {
    let title = format!("{} / {}", page.title.de, page.title.en);
    let mut out = head("de", &title, STYLE)
        + "<body>\n<main>\n<nav><a href=\"#de\">Deutsch</a> &middot; <a href=\"#en\">English</a></nav>\n";
    for (lang, name) in [(Lang::De, "de"), (Lang::En, "en")] {
        let say = |text: &Text| escape(text.to(lang));
        out += &format!(
            "<section lang=\"{name}\" id=\"{name}\">\n<header><h1>{}</h1><p>{}</p></header>\n",
            say(&page.title),
            say(&page.subtitle)
        );
        for block in &page.blocks {
            out += &html_block(block, &say);
        }
        out += "</section>\n";
    }
    out + "</main>\n</body>\n</html>\n"
}

fn html_block(block: &Block, say: &dyn Fn(&Text) -> String) -> String {
    let cells = |tag: &str, cells: &[Text]| -> String {
        cells
            .iter()
            .map(|cell| format!("<{tag}>{}</{tag}>", say(cell)))
            .collect()
    };
    match block {
        Block::Heading(text) => format!("<h2>{}</h2>\n", say(text)),
        Block::Paragraph(text) => format!("<p>{}</p>\n", say(text)),
        Block::Facts(facts) => {
            let rows: String = facts
                .iter()
                .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>\n", say(name), say(value)))
                .collect();
            format!("<dl>\n{rows}</dl>\n")
        }
        Block::Table { head, rows } => {
            let rows: String = rows
                .iter()
                .map(|row| format!("<tr>{}</tr>\n", cells("td", row)))
                .collect();
            format!(
                "<table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
                cells("th", head)
            )
        }
        Block::Warning {
            title,
            intro,
            items,
        } => {
            let items: String = items
                .iter()
                .map(|item| format!("<li>{}</li>\n", say(item)))
                .collect();
            format!(
                "<aside><h2>{}</h2><p>{}</p><ul>\n{items}</ul></aside>\n",
                say(title),
                say(intro)
            )
        }
        Block::Commands(lines) => format!("<pre>{}</pre>\n", escape(&lines.join("\n"))),
    }
}

/// One text file with the page in German, then in English.
pub fn text(page: &Page) -> String {
    let mut out = String::new();
    for lang in [Lang::De, Lang::En] {
        let title = page.title.to(lang);
        let rule = "=".repeat(title.chars().count());
        out += &format!("{title}\n{rule}\n{}\n", page.subtitle.to(lang));
        for block in &page.blocks {
            out += &text_block(block, lang);
        }
        out += "\n\n";
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn text_block(block: &Block, lang: Lang) -> String {
    let heading = |text: &Text| {
        let text = text.to(lang);
        format!("\n{text}\n{}\n", "-".repeat(text.chars().count()))
    };
    match block {
        Block::Heading(text) => heading(text),
        Block::Paragraph(text) => format!("{}\n", text.to(lang)),
        Block::Facts(facts) => facts
            .iter()
            .map(|(name, value)| format!("  {}: {}\n", name.to(lang), value.to(lang)))
            .collect(),
        Block::Table { head, rows } => rows
            .iter()
            .map(|row| {
                let mut pairs = head
                    .iter()
                    .zip(row)
                    .filter(|(_, cell)| !cell.to(lang).is_empty());
                let first = pairs.next().map_or("", |(_, cell)| cell.to(lang));
                let rest: String = pairs
                    .map(|(name, cell)| format!("      {}: {}\n", name.to(lang), cell.to(lang)))
                    .collect();
                format!("  * {first}\n{rest}")
            })
            .collect(),
        Block::Warning {
            title,
            intro,
            items,
        } => {
            let items: String = items
                .iter()
                .map(|item| format!("  - {}\n", item.to(lang)))
                .collect();
            format!("{}{}\n{items}", heading(title), intro.to(lang))
        }
        Block::Commands(lines) => lines.iter().map(|line| format!("    {line}\n")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_words_stay_words() {
        let bad = || Text::same(plain("<script>'\"&\u{1b}[2J\u{202e}\r\n"));
        let page = Page {
            title: bad(),
            subtitle: bad(),
            blocks: vec![
                Block::Heading(bad()),
                Block::Paragraph(bad()),
                Block::Facts(vec![(bad(), bad())]),
                Block::Table {
                    head: vec![bad()],
                    rows: vec![vec![bad()]],
                },
                Block::Warning {
                    title: bad(),
                    intro: bad(),
                    items: vec![bad()],
                },
                Block::Commands(vec![plain("</pre><script>")]),
            ],
        };
        let html = html(&page);
        assert!(!html.contains("<script"), "{html}");
        for page in [html, text(&page)] {
            assert!(
                !page
                    .chars()
                    .any(|c| (c.is_control() && c != '\n') || c == '\u{202e}')
            );
        }
    }
}
