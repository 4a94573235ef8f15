//! Breaks sentences between words where the terminal would break them anywhere; what a person may paste stays in one line.

/// A text whose lines are no longer than `width` characters, as far as words, commands and quotations in backquotes allow.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| one(line, width)).collect();
    lines.join("\n")
}

fn one(line: &str, width: usize) -> String {
    // What stands far in is a statement or a line to paste, and a line end in it would run the half of it.
    if length(line) <= width || line.starts_with("    ") {
        return line.to_owned();
    }
    let bare = line.trim_start_matches(' ');
    let blanks = line.len() - bare.len();
    let indent = match bare.starts_with("- ") {
        true => blanks + 2,
        false => blanks,
    };
    let mut out = " ".repeat(blanks);
    let mut used = blanks;
    let mut first = true;
    for piece in pieces(bare) {
        if !first && used + 1 + length(piece) > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        } else if !first {
            out.push(' ');
            used += 1;
        }
        out.push_str(piece);
        used += length(piece);
        first = false;
    }
    out
}

/// What has to stay together: words, quotations in backquotes, and a command behind a colon up to the end.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut from, mut quoted) = (0, false);
    for (at, c) in line.char_indices() {
        match c {
            '`' => quoted = !quoted,
            ' ' if !quoted => {
                pieces.push(&line[from..at]);
                from = at + 1;
                let command = line[from..].starts_with("dsr ");
                if command && line[..at].ends_with(':') {
                    break;
                }
            }
            _ => {}
        }
    }
    pieces.push(&line[from..]);
    pieces
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "Bevor die Identität bestätigt ist, wird nichts herausgegeben, berichtigt oder gelöscht (Art. 12 Abs. 6 DSGVO).";

    #[test]
    fn a_sentence_is_broken_between_words_and_loses_none() {
        for width in 20..140 {
            let shown = wrapped(LONG, width);
            assert!(shown.lines().all(|line| length(line) <= width), "{shown}");
            assert_eq!(shown.replace('\n', " "), LONG);
        }
    }

    #[test]
    fn a_command_stays_whole() {
        let text = "Wartet auf: Menschen, die Aufgaben haben. Weiter mit: dsr task list --case 2026-8MT7RJ";
        let shown = wrapped(text, 60);
        assert!(
            shown.ends_with("\ndsr task list --case 2026-8MT7RJ"),
            "{shown}"
        );
        let statement = "    (umask 077; cat > 'services/crm.key') && chmod 600 services/crm.key";
        assert_eq!(wrapped(statement, 40), statement);
        let quoted =
            "Checkliste Datenschutz: 4 von 17 Punkten offen; `dsr check --compliance` zeigt sie.";
        assert!(wrapped(quoted, 60).contains("`dsr check --compliance`"));
    }

    #[test]
    fn points_of_a_list_go_on_below_their_words() {
        let shown = wrapped("  - Daten anderer Personen in Notizen und Freitext", 30);
        assert_eq!(
            shown,
            "  - Daten anderer Personen in\n    Notizen und Freitext"
        );
    }
}
