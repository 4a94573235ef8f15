//! The words of an expression, as far as they must be known before it is compiled: where it ends, whether it names a filter or
//! calls a function that the language does not have.

use std::ops::Range;

use super::filters;

/// Position of the `}}` that ends an expression: outside of its texts and mappings.
pub(super) fn closing(inner: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut chars = inner.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                chars.next();
            }
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') if depth > 0 => depth -= 1,
            (None, '}') if inner[at..].starts_with("}}") => return Some(at),
            _ => {}
        }
    }
    None
}

/// A word of an expression, for the checks that come before compiling.
#[derive(Clone, Copy, PartialEq)]
enum Word<'s> {
    Name(&'s str),
    Literal,
    Pipe,
    Dot,
    Open,
    Close,
    Sign,
}

fn words(source: &str) -> Vec<(Word<'_>, Range<usize>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        let start = at;
        at += c.len_utf8();
        let word = match c {
            _ if c.is_whitespace() => continue,
            '\'' | '"' => {
                let mut escaped = false;
                for inner in source[at..].chars() {
                    at += inner.len_utf8();
                    if inner == c && !escaped {
                        break;
                    }
                    escaped = inner == '\\' && !escaped;
                }
                Word::Literal
            }
            _ if c.is_alphanumeric() || c == '_' => {
                let more = |c: char| c.is_alphanumeric() || c == '_';
                at += source[at..]
                    .chars()
                    .take_while(|c| more(*c))
                    .map(char::len_utf8)
                    .sum::<usize>();
                if c.is_ascii_digit() {
                    Word::Literal
                } else {
                    Word::Name(&source[start..at])
                }
            }
            '|' => Word::Pipe,
            '.' => Word::Dot,
            '(' | '[' | '{' => Word::Open,
            ')' | ']' | '}' => Word::Close,
            _ => Word::Sign,
        };
        out.push((word, start..at));
    }
    out
}

/// What stands between the `or`s of an expression that are in no brackets; the whole if there are none, or if one may belong to
/// something that binds more loosely (`… if … else …`).
pub(super) fn sides(source: &str) -> Vec<&str> {
    let (mut depth, mut start, mut sides) = (0usize, 0, Vec::new());
    let mut previous = None;
    for (word, range) in words(source) {
        match word {
            Word::Open => depth += 1,
            Word::Close => depth = depth.saturating_sub(1),
            Word::Name("if" | "else") if previous != Some(Word::Dot) => return vec![source],
            Word::Name("or") if depth == 0 && previous != Some(Word::Dot) => {
                sides.push(source[start..range.start].trim());
                start = range.end;
            }
            _ => {}
        }
        previous = Some(word);
    }
    sides.push(source[start..].trim());
    sides
}

const KEYWORDS: &[&str] = &["and", "or", "not", "in", "is", "if", "else"];

pub(super) enum Foreign<'s> {
    Filter(&'s str),
    Call,
    Test,
}

/// The first thing in an expression that the language does not have.
pub(super) fn first_foreign_word(source: &str) -> Option<(Foreign<'_>, Range<usize>)> {
    let words = words(source);
    let mut previous: [Option<Word<'_>>; 2] = [None, None];
    for (word, range) in &words {
        let filter = previous[0] == Some(Word::Pipe);
        match word {
            Word::Name(name)
                if previous[1] == Some(Word::Pipe)
                    && !filters::QUOTING.contains(name)
                    && !filters::PLAIN.contains(name) =>
            {
                return Some((Foreign::Filter(name), range.clone()));
            }
            Word::Name("is") if previous[1] != Some(Word::Dot) => {
                return Some((Foreign::Test, range.clone()));
            }
            Word::Open if source[range.clone()].starts_with('(') && !filter => {
                let callee = match previous[1] {
                    Some(Word::Name(name)) => !KEYWORDS.contains(&name),
                    Some(Word::Close | Word::Literal) => true,
                    _ => false,
                };
                if callee {
                    return Some((Foreign::Call, range.clone()));
                }
            }
            _ => {}
        }
        previous = [previous[1], Some(*word)];
    }
    None
}

/// The members `root.name` of a name that an expression reads only by `root['name']`, with a plain text between the brackets.
/// `None` if it stands anywhere by itself: then it is read as a whole.
pub(super) fn subscripts(source: &str, root: &str) -> Option<Vec<String>> {
    let words = words(source);
    let sign = |at: usize, sign: &str| {
        words
            .get(at)
            .is_some_and(|(_, range)| &source[range.clone()] == sign)
    };
    let mut members = Vec::new();
    for (at, (word, _)) in words.iter().enumerate() {
        if *word != Word::Name(root) || (at > 0 && words[at - 1].0 == Word::Dot) {
            continue;
        }
        if words
            .get(at + 1)
            .is_some_and(|(word, _)| *word == Word::Dot)
        {
            // A dotted member is known already.
            continue;
        }
        if !sign(at + 1, "[") || !sign(at + 3, "]") {
            return None;
        }
        let (Word::Literal, range) = words.get(at + 2)? else {
            return None;
        };
        let text = &source[range.clone()];
        let name = ['\'', '"']
            .iter()
            .find_map(|mark| text.strip_prefix(*mark)?.strip_suffix(*mark))?;
        let plain = |c: char| c.is_alphanumeric() || "@#_-:".contains(c);
        if name.is_empty() || !name.chars().all(plain) {
            return None;
        }
        members.push(format!("{root}.{name}"));
    }
    (!members.is_empty()).then_some(members)
}

/// The names with their members that `default` follows directly, wherever they stand: `a.b | default(0)`.
pub(super) fn defaulted(source: &str) -> Vec<String> {
    let words = words(source);
    let (mut followed, mut others) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < words.len() {
        let Word::Name(root) = words[at].0 else {
            at += 1;
            continue;
        };
        let is_filter = at > 0 && words[at - 1].0 == Word::Pipe;
        let mut name = root.to_owned();
        at += 1;
        while let (Some((Word::Dot, _)), Some((Word::Name(member), _))) =
            (words.get(at), words.get(at + 1))
        {
            name = format!("{name}.{member}");
            at += 2;
        }
        if is_filter || KEYWORDS.contains(&name.as_str()) {
            continue;
        }
        let next = (words.get(at), words.get(at + 1));
        let has_default = matches!(
            next,
            (Some((Word::Pipe, _)), Some((Word::Name("default"), _)))
        );
        match has_default {
            true => followed.push(name),
            false => others.push(name),
        }
    }
    followed.retain(|name| !others.contains(name));
    followed
}
