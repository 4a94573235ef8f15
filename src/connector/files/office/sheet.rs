//! The cells of a workbook in Office Open XML, its shared strings, and the names of its sheets.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::opened;
use super::xml::{LONGEST_PARAGRAPH, attribute, characters, local, stream};
use crate::connector::files::look::{At, Hit, Look};
use crate::connector::files::unread::Why;

/// Strings and names of a workbook.
#[derive(Default)]
pub(super) struct Sheets {
    /// What people call the sheet that lies in this file.
    pub(super) by_file: BTreeMap<String, String>,
    /// Hits in shared strings, by the strings' index.
    shared: HashMap<u64, Vec<Hit>>,
    /// Those that a cell showed.
    seen: std::cell::RefCell<std::collections::BTreeSet<u64>>,
}

impl Sheets {
    /// Reads which sheet lies in which file. What goes wrong here only costs the names.
    pub(super) fn names<R: Read + Seek>(&mut self, archive: &mut ZipArchive<R>, look: &Look<'_>) {
        let mut targets: HashMap<String, String> = HashMap::new();
        let mut each = |name: &str, take: &mut dyn FnMut(&BytesStart<'_>)| {
            let Ok(file) = archive.by_name(name) else {
                return;
            };
            let mut stream = stream(file.take(1 << 22), look);
            while let Ok(event) = stream.next(look) {
                match &event {
                    Event::Eof => break,
                    Event::Start(tag) | Event::Empty(tag) => take(tag),
                    _ => {}
                }
            }
        };
        each("xl/_rels/workbook.xml.rels", &mut |tag| {
            if let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target")) {
                let file = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None => format!("xl/{target}"),
                };
                targets.insert(id, file);
            }
        });
        let mut names = BTreeMap::new();
        each("xl/workbook.xml", &mut |tag| {
            if local(tag.name().as_ref()) == "sheet"
                && let (Some(name), Some(id)) = (attribute(tag, "name"), attribute(tag, "id"))
                && let Some(file) = targets.get(&id)
            {
                names.insert(file.clone(), name);
            }
        });
        self.by_file = names;
    }

    pub(super) fn shared<R: Read + Seek>(
        &mut self,
        archive: &mut ZipArchive<R>,
        index: usize,
        look: &mut Look<'_>,
    ) -> Result<(), Why> {
        let file = opened(archive, index)?;
        let mut stream = stream(file, look);
        let (mut number, mut text, mut phonetic) = (0u64, String::new(), false);
        loop {
            if number.is_multiple_of(1024) {
                look.go_on()?;
            }
            let event = stream.next(look)?;
            match &event {
                Event::Eof => return Ok(()),
                Event::Start(tag) if local(tag.name().as_ref()) == "rPh" => phonetic = true,
                Event::End(tag) => match local(tag.name().as_ref()) {
                    "rPh" => phonetic = false,
                    "si" => {
                        let hits = hits_in(&text, look);
                        if !hits.is_empty() {
                            self.shared.insert(number, hits);
                        }
                        number += 1;
                        text.clear();
                    }
                    _ => {}
                },
                other if !phonetic && text.len() < LONGEST_PARAGRAPH => {
                    text.extend(characters(other));
                }
                _ => {}
            }
        }
    }

    /// Strings that no cell shows are still in the file.
    pub(super) fn unreferenced(&self, look: &mut Look<'_>) {
        let seen = self.seen.borrow();
        let mut left: Vec<_> = self
            .shared
            .iter()
            .filter(|(n, _)| !seen.contains(n))
            .collect();
        left.sort_by_key(|(number, _)| **number);
        for (_, hits) in left {
            hits.iter().for_each(|hit| look.keep(hit.clone()));
        }
    }
}

/// What a text would show, without keeping it.
fn hits_in(text: &str, look: &Look<'_>) -> Vec<Hit> {
    let mut aside = look.aside();
    aside.text(&At::Whole, text);
    aside.hits
}

/// The cells of one sheet.
pub(super) fn worksheet<R: Read>(
    file: R,
    sheet: &str,
    sheets: &Sheets,
    look: &mut Look<'_>,
) -> Result<(), Why> {
    let mut stream = stream(file, look);
    let (mut cell, mut is_shared, mut in_value, mut value) =
        (String::new(), false, false, String::new());
    let mut aside = String::new();
    let mut cells = 0u32;
    loop {
        let event = stream.next(look)?;
        match &event {
            Event::Eof => {
                look.text(&At::Cell(sheet.to_owned(), String::new()), &aside);
                return Ok(());
            }
            Event::Start(tag) | Event::Empty(tag) => match local(tag.name().as_ref()) {
                "c" => {
                    cells = cells.wrapping_add(1);
                    if cells.is_multiple_of(4096) {
                        look.go_on()?;
                    }
                    cell = attribute(tag, "r").unwrap_or_default();
                    is_shared = attribute(tag, "t").as_deref() == Some("s");
                    value.clear();
                }
                "v" | "t" | "f" => in_value = matches!(event, Event::Start(_)),
                "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" => {
                    in_value = true;
                    value.clear();
                }
                "hyperlink" | "dataValidation" => {
                    for name in ["display", "tooltip", "location", "prompt"] {
                        aside.extend(attribute(tag, name));
                        aside.push('\n');
                    }
                    if aside.len() > LONGEST_PARAGRAPH {
                        look.text(&At::Cell(sheet.to_owned(), String::new()), &aside);
                        aside.clear();
                    }
                }
                _ => {}
            },
            Event::End(tag) => match local(tag.name().as_ref()) {
                "v" | "t" => in_value = false,
                "f" => {
                    in_value = false;
                    value.push('\n');
                }
                "c" | "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" => {
                    in_value = false;
                    let at = At::Cell(sheet.to_owned(), cell.clone());
                    if is_shared {
                        let number = value.trim().parse().unwrap_or(u64::MAX);
                        for hit in sheets.shared.get(&number).into_iter().flatten() {
                            sheets.seen.borrow_mut().insert(number);
                            look.keep(Hit {
                                at: at.clone(),
                                ..hit.clone()
                            });
                        }
                    } else if !value.is_empty() {
                        look.text(&at, &value);
                        if let Some(whole) = whole(value.trim()) {
                            look.text(&at, &whole);
                        }
                    }
                    (is_shared, cell) = (false, String::new());
                    value.clear();
                }
                _ => {}
            },
            other if in_value && value.len() < LONGEST_PARAGRAPH => value.extend(characters(other)),
            _ => {}
        }
    }
}

/// A large number that a spreadsheet wrote as 4.9301234567E10.
fn whole(value: &str) -> Option<String> {
    value.contains(['E', 'e']).then_some(())?;
    let number: f64 = value.parse().ok()?;
    let fits = number.fract() == 0.0 && number.abs() < 9e15;
    fits.then(|| format!("{number:.0}"))
}

/// The letters of a column, counted from 1.
pub(in crate::connector::files) fn letters(mut column: u64) -> String {
    let mut out = Vec::new();
    while column > 0 {
        column -= 1;
        out.push(b'A' + (column % 26) as u8);
        column /= 26;
    }
    out.reverse();
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_that_a_spreadsheet_shows() {
        for (column, name) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")] {
            assert_eq!(letters(column), name);
        }
    }

    #[test]
    fn numbers_of_cells_are_read_whole() {
        assert_eq!(whole("4.9301234567E10").as_deref(), Some("49301234567"));
        assert_eq!(whole("4711"), None);
        assert_eq!(whole("1.5E0"), None);
    }
}
