//! The content of an OpenDocument file: paragraphs, tables with their cells, slides.

use std::io::Read;

use quick_xml::events::Event;

use super::sheet::letters;
use super::xml::{LONGEST_PARAGRAPH, attribute, characters, local, separate, stream};
use crate::connector::files::look::{At, Look};
use crate::connector::files::unread::Why;

/// `content.xml` of an OpenDocument file: paragraphs, with their cell where they lie in a table of a spreadsheet.
pub(super) fn open_document<R: Read>(file: R, look: &mut Look<'_>) -> Result<(), Why> {
    let mut stream = stream(file, look);
    let mut text = String::new();
    let (mut sheet, mut row, mut column, mut slide) = (None::<String>, 0u64, 0u64, 0u32);
    let mut step = 1;
    let mut events = 0u32;
    let at = |sheet: &Option<String>, row: u64, column: u64, slide: u32| match sheet {
        Some(sheet) => At::Cell(sheet.clone(), format!("{}{row}", letters(column))),
        None if slide > 0 => At::Slide(slide),
        None => At::Whole,
    };
    loop {
        events = events.wrapping_add(1);
        if events.is_multiple_of(4096) {
            look.go_on()?;
        }
        let event = stream.next(look)?;
        match &event {
            Event::Eof => {
                look.text(&At::Whole, &text);
                return Ok(());
            }
            Event::Start(tag) | Event::Empty(tag) => {
                let repeats = |name: &str| -> u64 {
                    let count = attribute(tag, name).and_then(|n| n.parse().ok());
                    count.unwrap_or(1)
                };
                match local(tag.name().as_ref()) {
                    "table" => {
                        sheet = attribute(tag, "name");
                        (row, column) = (0, 0);
                    }
                    "table-row" => {
                        row += step;
                        step = repeats("number-rows-repeated");
                        column = 0;
                    }
                    "table-cell" | "covered-table-cell" => {
                        column += 1;
                        let here = at(&sheet, row, column, slide);
                        for name in ["value", "string-value", "formula"] {
                            if let Some(value) = attribute(tag, name) {
                                look.text(&here, &value);
                            }
                        }
                        if matches!(event, Event::Empty(_)) {
                            column += repeats("number-columns-repeated") - 1;
                        }
                    }
                    "page" => slide += 1,
                    "a" => {
                        if let Some(target) = attribute(tag, "href") {
                            look.text(&at(&sheet, row, column, slide), &target);
                        }
                    }
                    "p" | "h" | "span" => {}
                    name => separate(name, &mut text),
                }
            }
            Event::End(tag) => match local(tag.name().as_ref()) {
                "table" => (sheet, step) = (None, 1),
                "p" | "h" => {
                    look.text(&at(&sheet, row, column, slide), &text);
                    text.clear();
                }
                _ => {}
            },
            other => text.extend(characters(other)),
        }
        if text.len() > LONGEST_PARAGRAPH {
            look.text(&at(&sheet, row, column, slide), &text);
            text.clear();
        }
    }
}
