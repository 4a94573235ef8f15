//! Lays rows out for a person: a table where its words fit the terminal, otherwise a short paragraph for each row.
//!
//! A word is never broken to make a column fit: `customer_n` above `o` is no name that anybody could look up, and a command has to be
//! pasted whole. What the rows say is left to others, and so is writing them.

use comfy_table::{
    Attribute, Cell, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width,
};

/// A line under the header and nothing else, so that a table reads well and copies well.
const RULED: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

/// Columns of the screen that a column of the table takes beside its words: a blank before, one behind, one between.
const AROUND: usize = 3;

/// A word that is longer, such as a digest, may be broken.
const LONGEST: usize = 40;

/// Lays out rows whose cells are harmless already; `width` is that of the terminal, in characters.
pub(super) fn lay_out(
    columns: &[&str],
    rows: &[Vec<String>],
    width: usize,
    colour: bool,
) -> String {
    let narrowest: Vec<usize> = (0..columns.len())
        .map(|at| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            let cells = cells.map(String::as_str).chain([columns[at]]);
            cells.map(narrowest).max().unwrap_or_default()
        })
        .collect();
    if 1 + narrowest.iter().map(|least| least + AROUND).sum::<usize>() > width {
        return paragraphs(columns, rows, width, colour);
    }
    let mut table = Table::new();
    table
        .load_style(RULED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .force_no_tty()
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_header(columns.iter().map(|column| {
            let cell = Cell::new(column);
            if colour {
                cell.add_attribute(Attribute::Bold)
            } else {
                cell
            }
        }));
    if colour {
        table.enforce_styling();
    }
    for row in rows {
        table.add_row(row);
    }
    for (column, least) in table.column_iter_mut().zip(narrowest) {
        let least = u16::try_from(least + 2).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
    }
    let lines: Vec<String> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n") + "\n"
}

/// Width of the longest part of a cell that has to stay in one line.
fn narrowest(cell: &str) -> usize {
    cell.lines()
        .map(|line| {
            if is_command(line) {
                return length(line);
            }
            let words = line.split(' ').map(length);
            words.max().unwrap_or_default().min(LONGEST)
        })
        .max()
        .unwrap_or_default()
}

/// Something to paste into a terminal.
fn is_command(text: &str) -> bool {
    text.starts_with("dsr ")
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// A paragraph for each row: every filled cell behind the name of its column, as many in a line as fit.
fn paragraphs(columns: &[&str], rows: &[Vec<String>], width: usize, colour: bool) -> String {
    let mut out = String::new();
    for row in rows {
        let mut page = Page {
            width: width.max(20),
            used: 0,
            text: String::new(),
        };
        for (column, cell) in columns.iter().zip(row) {
            if !matches!(cell.trim(), "" | "–" | "-") {
                page.item(column, cell, colour);
            }
        }
        out.push_str(&page.text);
        out.push('\n');
    }
    out
}

/// Lines that are filled item by item and word by word.
struct Page {
    width: usize,
    /// Characters in the last line.
    used: usize,
    text: String,
}

impl Page {
    fn item(&mut self, column: &str, cell: &str, colour: bool) {
        let column = column.replace('\n', " ");
        let whole = length(&column) + 2 + length(cell);
        let alone = is_command(cell) || cell.contains('\n');
        if self.used == 0 {
            self.put("• ", 2);
        } else if alone || self.used + 3 + whole > self.width {
            self.new_line(2);
        } else {
            self.put(" · ", 3);
        }
        let label = format!("{column}:");
        if colour {
            self.put(&format!("\u{1b}[1m{label}\u{1b}[0m"), length(&label));
        } else {
            self.put(&label, length(&label));
        }
        for (at, line) in cell.lines().enumerate() {
            if at > 0 {
                self.new_line(3);
            }
            if is_command(line) {
                self.put(" ", 1);
                self.put(line, length(line));
                continue;
            }
            for word in line.split(' ').filter(|word| !word.is_empty()) {
                if self.used > 4 && self.used + 1 + length(word) > self.width {
                    self.new_line(3);
                }
                self.put(" ", 1);
                self.put(word, length(word));
            }
        }
        if alone {
            // What follows begins a line of its own.
            self.used = self.width;
        }
    }

    fn new_line(&mut self, indent: usize) {
        self.text.push('\n');
        self.text.push_str(&" ".repeat(indent));
        self.used = indent;
    }

    fn put(&mut self, text: &str, length: usize) {
        self.text.push_str(text);
        self.used += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASKS: [&str; 6] = ["Vorgang", "Aufgabe", "System", "Zuständig", "Was", "Fällig"];

    fn tasks() -> Vec<Vec<String>> {
        let row = |cells: [&str; 6]| cells.map(str::to_owned).to_vec();
        vec![
            row([
                "2026-5E6HFF",
                "T1",
                "paper_files",
                "buero",
                "Papierakten A bis Z durchsehen.",
                "05.12.2026",
            ]),
            row([
                "2026-5E6HFF",
                "T2",
                "shop",
                "it",
                "In shop.invoices bis 31.12.2033 aufzubewahrende Datensätze für jede andere Nutzung sperren: 1.",
                "05.12.2026",
            ]),
        ]
    }

    /// Every word of the cells stands whole in some line, at every width from that of a telephone on.
    #[test]
    fn no_word_is_broken() {
        for width in 24..200 {
            let shown = lay_out(&TASKS, &tasks(), width, false);
            for word in tasks().iter().flatten().flat_map(|cell| cell.split(' ')) {
                assert!(
                    shown.split_whitespace().any(|found| found == word),
                    "{word} is broken at {width}:\n{shown}"
                );
            }
            let widest = shown.lines().map(length).max().unwrap();
            assert!(widest <= width, "{widest} > {width}:\n{shown}");
        }
    }

    #[test]
    fn a_narrow_terminal_gets_paragraphs() {
        insta::assert_snapshot!(lay_out(&TASKS, &tasks(), 72, false), @r"
        • Vorgang: 2026-5E6HFF · Aufgabe: T1 · System: paper_files
          Zuständig: buero · Was: Papierakten A bis Z durchsehen.
          Fällig: 05.12.2026
        • Vorgang: 2026-5E6HFF · Aufgabe: T2 · System: shop · Zuständig: it
          Was: In shop.invoices bis 31.12.2033 aufzubewahrende Datensätze für
            jede andere Nutzung sperren: 1. · Fällig: 05.12.2026
        ");
    }

    #[test]
    fn a_wide_terminal_gets_a_table() {
        insta::assert_snapshot!(lay_out(&TASKS, &tasks(), 100, false), @r"
          Vorgang       Aufgabe   System        Zuständig   Was                                 Fällig
        ────────────────────────────────────────────────────────────────────────────────────────────────────
          2026-5E6HFF   T1        paper_files   buero       Papierakten A bis Z durchsehen.     05.12.2026
          2026-5E6HFF   T2        shop          it          In shop.invoices bis 31.12.2033     05.12.2026
                                                            aufzubewahrende Datensätze für
                                                            jede andere Nutzung sperren: 1.
        ");
    }

    #[test]
    fn a_command_stands_in_one_line() {
        let rows = vec![vec![
            "2026-5E6HFF".to_owned(),
            "Menschen, die Aufgaben haben".to_owned(),
            "dsr task list --case 2026-5E6HFF".to_owned(),
            "3 offen".to_owned(),
        ]];
        for width in 46..140 {
            let shown = lay_out(
                &["Vorgang", "Wartet auf", "Weiter mit", "Aufgaben"],
                &rows,
                width,
                false,
            );
            assert!(
                shown.contains("dsr task list --case 2026-5E6HFF"),
                "at {width}:\n{shown}"
            );
        }
    }

    #[test]
    fn an_empty_table_is_its_header() {
        let shown = lay_out(&["System", "Objekt"], &[], 80, false);
        assert!(shown.starts_with("  System   Objekt\n"), "{shown}");
    }
}
