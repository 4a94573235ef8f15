//! What an expression makes of the values that it names: whole values, quoted ones, or texts in which one stands beside other text.
//!
//! A value that stands alone is one parameter, one leaf, one segment. As soon as it is joined with anything, by `~`, `+`, `join`,
//! `replace` or the text around the expression, it could change what the text means, and has to be quoted before. The tree is the
//! one of the engine's own parser, so that nothing is read here otherwise than it is computed.

use minijinja::Value;
use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, Filter};
use minijinja::machinery::parse_expr;

use super::Within;
use super::filters::{self, Escape};

/// Alternatives (`… if … else …`, `or`) that are followed; with more, nothing is known.
const MOST: usize = 64;

/// Separators that a list of values may have where it stands alone. The filter refuses values that hold them.
const SEPARATORS: &[&str] = &[",", ";", "|"];

/// Why a value cannot stand where an expression puts it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The expression is one value, and stands in a longer text.
    Unquoted,
    /// The value of this name is joined within the expression.
    Joined(String),
    /// What was quoted is changed once more.
    Undone,
    /// `text` behind something that may be a person's.
    Personal,
    /// The filter puts quotes around a value that stands between quotes.
    WithinQuotes(&'static str),
    /// The filter quotes for another language than that of the text.
    Foreign(&'static str),
    /// The name of a member is computed.
    Member,
}

/// A stretch of a text.
#[derive(Clone, Debug)]
enum Piece {
    /// As the file has it.
    Literal(String),
    /// A value as it is, by the name it has in the expression.
    Bare(String),
    /// What a quoting filter gave.
    Quoted(&'static str),
    /// A number, a truth value, digits, a date: nothing that could mean anything.
    Fixed,
}

/// One of the things that an expression can come to.
#[derive(Clone, Debug)]
enum Shape {
    Text(Vec<Piece>),
    /// A list or mapping, with all that can stand in it.
    Tree(Vec<Shape>),
    /// A text that holds the value of this name, or values that were quoted, changed so that no quoting counts any more.
    Mangled(Option<String>),
}

/// Everything that can stand before what follows an expression behind one of `before`, without the values, or what is wrong with
/// putting it there; `embedded` if there is any text around it.
pub(super) fn behind(
    source: &str,
    before: &[String],
    embedded: bool,
    within: Within,
    harmless: &dyn Fn(&str) -> bool,
) -> Result<Vec<String>, Flaw> {
    let Ok(tree) = parse_expr(source) else {
        return Err(Flaw::Joined(source.to_owned()));
    };
    let mut reader = Reader {
        harmless,
        flaw: None,
    };
    let mut shapes = reader.shapes(&tree);
    if let Some(flaw) = reader.flaw {
        return Err(flaw);
    }
    if shapes.is_empty() {
        shapes.push(Shape::Mangled(None));
    }
    let mut after = Vec::new();
    match within {
        Within::Url | Within::Auth | Within::Condition | Within::FileName => {
            return Ok(before.to_vec());
        }
        Within::Path | Within::Query | Within::Header | Within::Body | Within::Envelope => {
            for (before, shape) in before
                .iter()
                .flat_map(|b| shapes.iter().map(move |s| (b, s)))
            {
                after.push(weigh(shape, before, embedded, within)?);
            }
        }
    }
    after.sort_unstable();
    after.dedup();
    match after.len() > MOST {
        true => Err(Flaw::Undone),
        false => Ok(after),
    }
}

/// What was written when a shape has been put behind a text.
fn weigh(shape: &Shape, before: &str, embedded: bool, within: Within) -> Result<String, Flaw> {
    let pieces = match shape {
        Shape::Text(pieces) => pieces,
        // Each of them is a leaf of its own.
        Shape::Tree(items) => {
            for item in items {
                weigh(item, "", false, within)?;
            }
            return Ok(before.to_owned());
        }
        Shape::Mangled(Some(name)) => return Err(Flaw::Joined(name.clone())),
        Shape::Mangled(None) => return Err(Flaw::Undone),
    };
    let single = pieces.len() == 1;
    let mut text = before.to_owned();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Fixed => {}
            _ if single && !embedded => {}
            // There it is encoded as one segment or a part of one; only quotes and brackets have a reader of their own.
            Piece::Bare(_) if single && within == Within::Path && !is_notation(&text) => {}
            Piece::Bare(_) if single => return Err(Flaw::Unquoted),
            Piece::Bare(name) => return Err(Flaw::Joined(name.clone())),
            Piece::Quoted(filter) => misfit(filter, &text).map_or(Ok(()), Err)?,
        }
    }
    Ok(text)
}

/// Whether what follows in a path is read by more than the slashes: `/A('…')`, `/A(id=…)`, `/a;v=…`.
fn is_notation(path: &str) -> bool {
    let opened = path.matches('(').count() > path.matches(')').count();
    opened || open_quote(path, false) || path.ends_with(['=', ','])
}

/// Why a quoting filter does not quote behind this text.
fn misfit(filter: &'static str, text: &str) -> Option<Flaw> {
    let foreign = Some(Flaw::Foreign(filter));
    match (filter, filters::quotes(filter)) {
        (_, Some(escape)) => match language(text) {
            _ if open_quote(text, matches!(escape, Escape::Backslash)) => {
                Some(Flaw::WithinQuotes(filter))
            }
            Some(own) if !own.contains(&filter) => foreign,
            _ => None,
        },
        ("xml", None) if !takes_markup(text) => foreign,
        ("ldap", None) if !takes_assertion(text) => foreign,
        _ => None,
    }
}

/// The filters with quotes that belong to a text that says itself what it is.
fn language(text: &str) -> Option<&'static [&'static str]> {
    let start = text.trim_start();
    let word = start.split_whitespace().next().unwrap_or_default();
    if word.eq_ignore_ascii_case("select") {
        return Some(&["soql", "sql"]);
    }
    let other = ["<", "(&", "(|", "(!"];
    other
        .iter()
        .any(|sign| start.starts_with(sign))
        .then_some(&[])
}

/// Whether a text ends between quotes.
fn open_quote(text: &str, backslash: bool) -> bool {
    let mut open = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match open {
            Some(_) if c == '\\' && backslash => {
                chars.next();
            }
            Some(mark) if c == mark => open = None,
            None if c == '\'' || c == '"' => open = Some(c),
            _ => {}
        }
    }
    open.is_some()
}

/// Whether an escaped text can follow: between tags, or in an attribute's quotes.
fn takes_markup(text: &str) -> bool {
    let Some(tag) = text.rfind('<') else {
        return false;
    };
    let tag = &text[tag..];
    tag.contains('>') || open_quote(tag, false)
}

/// Whether an escaped value can follow: behind `(mail=`.
fn takes_assertion(text: &str) -> bool {
    let opened = text.matches('(').count() > text.matches(')').count();
    opened
        && text
            .rsplit('(')
            .next()
            .is_some_and(|last| last.contains('='))
}

struct Reader<'h> {
    /// Whether a name is no person's value.
    harmless: &'h dyn Fn(&str) -> bool,
    flaw: Option<Flaw>,
}

impl Reader<'_> {
    /// Everything that an expression can come to.
    fn shapes(&mut self, tree: &Expr<'_>) -> Vec<Shape> {
        if let Some(name) = name(tree) {
            return one(Piece::Bare(name));
        }
        let shapes = match tree {
            Expr::Const(constant) => one(literal(&constant.value)),
            Expr::GetAttr(get) => self.members(&get.expr),
            Expr::GetItem(get) => self.members(&get.expr),
            Expr::Slice(slice) => {
                let whole = self.shapes(&slice.expr);
                whole.into_iter().map(part).collect()
            }
            Expr::UnaryOp(_) | Expr::Compare(_) | Expr::Test(_) => one(Piece::Fixed),
            Expr::IfExpr(choice) => {
                let mut either = self.shapes(&choice.true_expr);
                if let Some(other) = &choice.false_expr {
                    either.extend(self.shapes(other));
                }
                either
            }
            Expr::BinOp(two) => {
                let (left, right) = (self.shapes(&two.left), self.shapes(&two.right));
                match two.op {
                    BinOpKind::ScAnd | BinOpKind::ScOr => [left, right].concat(),
                    BinOpKind::Concat => every(&left, &right, concat),
                    BinOpKind::Add => every(&left, &right, add),
                    BinOpKind::Mul => every(&left, &right, times),
                    _ => one(Piece::Fixed),
                }
            }
            Expr::List(list) => vec![self.tree(&list.items)],
            Expr::Tuple(tuple) => vec![self.tree(&tuple.items)],
            Expr::Map(map) => {
                if !map.keys.iter().all(|key| matches!(key, Expr::Const(_))) {
                    self.flaw.get_or_insert(Flaw::Member);
                }
                vec![self.tree(&map.values)]
            }
            Expr::Filter(filter) => self.filtered(filter),
            _ => vec![Shape::Mangled(None)],
        };
        match shapes.len() > MOST {
            true => vec![mangled(&shapes)],
            false => shapes,
        }
    }

    fn tree(&mut self, items: &[Expr<'_>]) -> Shape {
        Shape::Tree(items.iter().flat_map(|item| self.shapes(item)).collect())
    }

    fn members(&mut self, of: &Expr<'_>) -> Vec<Shape> {
        let whole = self.shapes(of);
        whole.into_iter().flat_map(member).collect()
    }

    fn filtered(&mut self, filter: &Filter<'_>) -> Vec<Shape> {
        let Some(on) = &filter.expr else {
            return vec![Shape::Mangled(None)];
        };
        let base = self.shapes(on);
        let args: Option<Vec<&Expr<'_>>> = filter
            .args
            .iter()
            .map(|arg| match arg {
                CallArg::Pos(value) => Some(value),
                _ => None,
            })
            .collect();
        let Some(args) = args else {
            return vec![mangled(&base)];
        };
        if let Some(quoting) = filters::QUOTING.iter().find(|name| **name == filter.name) {
            if *quoting == "text" && !self.is_harmless(on, &base) {
                self.flaw.get_or_insert(Flaw::Personal);
            }
            return base
                .into_iter()
                .map(|shape| quoted(quoting, shape))
                .collect();
        }
        let map = |change: &dyn Fn(Shape) -> Shape| base.iter().cloned().map(change).collect();
        match (filter.name, &args[..]) {
            ("digits" | "number" | "length", _) => one(Piece::Fixed),
            ("lower" | "upper" | "trim", []) => map(&respelled),
            // The value can only be a date; what else stands there is in the file.
            ("date", [Expr::Const(format)]) => one(literal(&format.value)),
            ("first" | "last", []) => base.into_iter().flat_map(member).collect(),
            ("default", [other] | [other, _]) => [base, self.shapes(other)].concat(),
            ("merge", [over]) => {
                let parts = [base, self.shapes(over)].concat();
                vec![Shape::Tree(parts.into_iter().flat_map(leaves).collect())]
            }
            ("replace", [old, new]) => match (text(old), text(new)) {
                (Some(old), Some(new)) => map(&|shape| replaced(shape, &old, &new)),
                _ => {
                    let put = [self.shapes(old), self.shapes(new), base].concat();
                    vec![mangled(&put)]
                }
            },
            ("join", separator) if separator.len() < 2 => {
                let between = match separator.first() {
                    Some(written) => text(written),
                    None => Some(String::new()),
                };
                match (between, on) {
                    (Some(between), Expr::List(list)) => {
                        let mut row = vec![Shape::Text(Vec::new())];
                        for (at, item) in list.items.iter().enumerate() {
                            if at > 0 {
                                let sign = one(Piece::Literal(between.clone()));
                                row = every(&row, &sign, concat);
                            }
                            row = every(&row, &self.shapes(item), concat);
                        }
                        row
                    }
                    (Some(between), _) if SEPARATORS.contains(&between.trim()) => {
                        map(&|shape| match &shape {
                            Shape::Text(pieces) if matches!(pieces[..], [Piece::Bare(_)]) => shape,
                            _ => mangled(&[shape]),
                        })
                    }
                    _ => vec![mangled(&base)],
                }
            }
            _ => vec![mangled(&base)],
        }
    }

    /// Whether `text` may stand behind something: it lets through what means nothing anywhere, and refuses all else.
    fn is_harmless(&self, on: &Expr<'_>, shapes: &[Shape]) -> bool {
        let means_nothing = |piece: &Piece| match piece {
            Piece::Fixed | Piece::Literal(_) => true,
            Piece::Quoted(filter) => ["md5", "sha256", "text"].contains(filter),
            Piece::Bare(_) => false,
        };
        let plain = |shape: &Shape| match shape {
            Shape::Text(pieces) => pieces.iter().all(means_nothing),
            Shape::Tree(_) | Shape::Mangled(_) => false,
        };
        let mut read = Vec::new();
        names(on, &mut read);
        shapes.iter().all(plain) || read.iter().all(|name| (self.harmless)(name))
    }
}

fn one(piece: Piece) -> Vec<Shape> {
    vec![Shape::Text(vec![piece])]
}

fn literal(value: &Value) -> Piece {
    match value.as_str() {
        Some(text) => Piece::Literal(text.to_owned()),
        None => Piece::Fixed,
    }
}

fn text(tree: &Expr<'_>) -> Option<String> {
    match tree {
        Expr::Const(constant) => constant.value.as_str().map(str::to_owned),
        _ => None,
    }
}

/// The name of a value, if the expression is one: `record.name`, `record['name']`.
pub(super) fn name(tree: &Expr<'_>) -> Option<String> {
    match tree {
        Expr::Var(var) => Some(var.id.to_owned()),
        Expr::GetAttr(get) => Some(format!("{}.{}", name(&get.expr)?, get.name)),
        Expr::GetItem(get) => Some(format!(
            "{}.{}",
            name(&get.expr)?,
            text(&get.subscript_expr)?
        )),
        _ => None,
    }
}

/// The names that an expression reads, each with its members.
pub(super) fn names(tree: &Expr<'_>, out: &mut Vec<String>) {
    if let Some(name) = name(tree) {
        out.push(name);
        return;
    }
    for below in below(tree) {
        names(below, out);
    }
}

/// Whether anything is cut out in steps (`value[::-1]`): the engine stops the program where a text is empty, and nobody needs it.
pub(super) fn steps(source: &str) -> bool {
    fn stepped(tree: &Expr<'_>) -> bool {
        matches!(tree, Expr::Slice(slice) if slice.step.is_some())
            || below(tree).into_iter().any(stepped)
    }
    parse_expr(source).is_ok_and(|tree| stepped(&tree))
}

/// The expressions that one is made of.
pub(super) fn below<'t, 's>(tree: &'t Expr<'s>) -> Vec<&'t Expr<'s>> {
    let args = |args: &'t [CallArg<'s>]| {
        args.iter().map(|arg| match arg {
            CallArg::Pos(value)
            | CallArg::Kwarg(_, value)
            | CallArg::PosSplat(value)
            | CallArg::KwargSplat(value) => value,
        })
    };
    match tree {
        Expr::Var(_) | Expr::Const(_) => Vec::new(),
        Expr::Slice(slice) => {
            let ends = [&slice.start, &slice.stop, &slice.step];
            let ends = ends.into_iter().flatten();
            std::iter::once(&slice.expr).chain(ends).collect()
        }
        Expr::UnaryOp(one) => vec![&one.expr],
        Expr::BinOp(two) => vec![&two.left, &two.right],
        Expr::Compare(row) => {
            let others = row.ops.iter().map(|op| &op.expr);
            std::iter::once(&row.expr).chain(others).collect()
        }
        Expr::IfExpr(choice) => {
            let ends = [&choice.test_expr, &choice.true_expr];
            ends.into_iter().chain(&choice.false_expr).collect()
        }
        Expr::Filter(filter) => filter.expr.iter().chain(args(&filter.args)).collect(),
        Expr::Test(test) => std::iter::once(&test.expr)
            .chain(args(&test.args))
            .collect(),
        Expr::GetAttr(get) => vec![&get.expr],
        Expr::GetItem(get) => vec![&get.expr, &get.subscript_expr],
        Expr::Call(call) => std::iter::once(&call.expr)
            .chain(args(&call.args))
            .collect(),
        Expr::List(list) => list.items.iter().collect(),
        Expr::Tuple(tuple) => tuple.items.iter().collect(),
        Expr::Map(map) => map.keys.iter().chain(&map.values).collect(),
    }
}

/// Each of these with each of those.
fn every(left: &[Shape], right: &[Shape], join: fn(&Shape, &Shape) -> Shape) -> Vec<Shape> {
    if left.len() * right.len() > MOST {
        return vec![mangled(&[left, right].concat())];
    }
    let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (l, r)));
    pairs.map(|(l, r)| join(l, r)).collect()
}

fn concat(left: &Shape, right: &Shape) -> Shape {
    match (left, right) {
        (Shape::Text(left), Shape::Text(right)) => Shape::Text([&left[..], right].concat()),
        _ => mangled(&[left.clone(), right.clone()]),
    }
}

fn add(left: &Shape, right: &Shape) -> Shape {
    let fixed = |shape: &Shape| matches!(shape, Shape::Text(p) if matches!(p[..], [Piece::Fixed]));
    match (left, right) {
        (Shape::Tree(left), Shape::Tree(right)) => Shape::Tree([&left[..], right].concat()),
        // Only numbers can be added to a number, and digits to a text are no more than that text.
        (Shape::Text(pieces), other) | (other, Shape::Text(pieces))
            if fixed(other) && pieces.len() == 1 =>
        {
            Shape::Text(pieces.clone())
        }
        _ => concat(left, right),
    }
}

fn times(left: &Shape, right: &Shape) -> Shape {
    let number = |shape: &Shape| matches!(shape, Shape::Text(p) if matches!(p[..], [Piece::Fixed | Piece::Bare(_)]));
    match (left, right) {
        (Shape::Tree(_), other) if number(other) => left.clone(),
        (other, Shape::Tree(_)) if number(other) => right.clone(),
        _ if number(left) && number(right) => left.clone(),
        _ => mangled(&[left.clone(), right.clone()]),
    }
}

/// A member or item of a value.
fn member(whole: Shape) -> Vec<Shape> {
    match whole {
        Shape::Tree(items) => items,
        other => vec![part(other)],
    }
}

/// A stretch of a value.
fn part(whole: Shape) -> Shape {
    match &whole {
        Shape::Tree(_) => whole,
        Shape::Text(pieces) if matches!(pieces[..], [Piece::Bare(_) | Piece::Fixed]) => whole,
        _ => mangled(&[whole]),
    }
}

fn leaves(shape: Shape) -> Vec<Shape> {
    match shape {
        Shape::Tree(items) => items,
        other => vec![other],
    }
}

/// In capitals, without, or without spaces at its ends.
fn respelled(shape: Shape) -> Shape {
    let stays = |piece: &Piece| match piece {
        Piece::Literal(_) | Piece::Fixed => true,
        Piece::Quoted(filter) => ["md5", "sha256", "text"].contains(filter),
        Piece::Bare(_) => false,
    };
    match &shape {
        Shape::Text(pieces) if matches!(pieces[..], [Piece::Bare(_)]) => shape,
        Shape::Text(pieces) if pieces.iter().all(stays) => shape,
        _ => mangled(&[shape]),
    }
}

fn replaced(shape: Shape, old: &str, new: &str) -> Shape {
    let plain = |c: char| c.is_alphanumeric() || "-_.+@%".contains(c);
    match &shape {
        Shape::Text(pieces) => match &pieces[..] {
            [Piece::Literal(text)] => match filters::replaced(text, old, new) {
                Some(text) => Shape::Text(vec![Piece::Literal(text)]),
                None => mangled(&[shape]),
            },
            // Other signs within the value, but none that could mean something beside it.
            [Piece::Bare(_)] if !old.is_empty() && new.chars().all(plain) => shape,
            _ => mangled(&[shape]),
        },
        _ => mangled(&[shape]),
    }
}

fn quoted(filter: &'static str, shape: Shape) -> Shape {
    // These two put nothing around the text, so that what was joined before stays joined where nothing reads the escapes.
    let encloses = !["xml", "ldap"].contains(&filter);
    match &shape {
        Shape::Text(pieces) if pieces.len() == 1 => Shape::Text(vec![Piece::Quoted(filter)]),
        _ if encloses => Shape::Text(vec![Piece::Quoted(filter)]),
        _ => Shape::Text(vec![Piece::Literal(String::new()), Piece::Quoted(filter)]),
    }
}

/// Of all these only that they hold a value.
fn mangled(shapes: &[Shape]) -> Shape {
    fn bare(shape: &Shape) -> Option<String> {
        match shape {
            Shape::Mangled(name) => name.clone(),
            Shape::Tree(items) => items.iter().find_map(bare),
            Shape::Text(pieces) => pieces.iter().find_map(|piece| match piece {
                Piece::Bare(name) => Some(name.clone()),
                _ => None,
            }),
        }
    }
    Shape::Mangled(shapes.iter().find_map(bare))
}
