//! Whether a condition can be false at all. One that is true whatever it is asked about proves nothing, however much it names:
//! `record.id == record.id`, `record.x or 1 == 1`.
//!
//! It is tried with many values in the place of everything that it reads, those among them that stand in the condition itself.

use minijinja::machinery::ast::{BinOpKind, Expr, UnaryOpKind};
use minijinja::machinery::parse_expr;
use serde_json::{Value as Json, json};

use super::{Names, joining};

/// Worlds that are tried at most.
const MOST: usize = 3_000;

/// A step to a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Member(String),
    Index(usize),
}

type Path = Vec<Step>;

/// Replies of every kind that a condition could tell from one another. None if it reads what cannot be told beforehand.
pub(super) fn worlds(source: &str) -> Option<Vec<Names>> {
    let tree = parse_expr(source).ok()?;
    let (mut paths, mut values) = (Vec::new(), values());
    read(&tree, &mut paths)?;
    constants(&tree, &mut values);
    paths.sort();
    paths.dedup();
    let (all, many) = (paths.len(), values.len());
    let product = u32::try_from(all).ok().and_then(|n| many.checked_pow(n));
    let choices: Vec<Vec<usize>> = match product.filter(|count| *count <= MOST) {
        Some(count) => (0..count)
            .map(|nth| {
                let digit = |place: usize| nth / many.pow(u32::try_from(place).unwrap_or(0)) % many;
                (0..all).map(digit).collect()
            })
            .collect(),
        // All alike, and one that differs from all others.
        None => {
            let alike = (0..many).map(|value| vec![value; all]);
            let one_other = (0..many).flat_map(|rest| {
                (0..all).flat_map(move |at| {
                    (0..many).map(move |value| {
                        let mut choice = vec![rest; all];
                        choice[at] = value;
                        choice
                    })
                })
            });
            alike.chain(one_other).take(MOST).collect()
        }
    };
    Some(
        choices
            .iter()
            .map(|choice| world(&paths, choice.iter().map(|value| &values[*value])))
            .collect(),
    )
}

/// Whether each side of every `or` that decides by itself reads something of these names.
pub(super) fn every_side_reads(source: &str, roots: &[&str]) -> bool {
    parse_expr(source).is_ok_and(|tree| sides_read(&tree, roots))
}

fn sides_read(tree: &Expr<'_>, roots: &[&str]) -> bool {
    let reads = |tree: &Expr<'_>| {
        let mut names = Vec::new();
        joining::names(tree, &mut names);
        let mut found = names.iter().filter_map(|name| name.split('.').next());
        found.any(|root| roots.contains(&root))
    };
    match tree {
        Expr::BinOp(two) if matches!(two.op, BinOpKind::ScOr) => {
            let sides = [&two.left, &two.right];
            sides
                .into_iter()
                .all(|side| reads(side) && sides_read(side, roots))
        }
        Expr::BinOp(two) if matches!(two.op, BinOpKind::ScAnd) => {
            sides_read(&two.left, roots) && sides_read(&two.right, roots)
        }
        Expr::UnaryOp(one) if matches!(one.op, UnaryOpKind::Not) => sides_read(&one.expr, roots),
        Expr::IfExpr(choice) => {
            let mut sides = std::iter::once(&choice.true_expr).chain(&choice.false_expr);
            sides.all(|side| sides_read(side, roots))
        }
        _ => true,
    }
}

fn values() -> Vec<Json> {
    vec![
        json!("\u{1}probe"),
        json!(true),
        json!(false),
        json!(null),
        json!(-1),
        json!(0),
        json!(1),
        json!(200),
        json!(404),
        json!(""),
        json!([]),
        json!({}),
    ]
}

/// The values that are written out in a condition, and what holds one of them.
fn constants(tree: &Expr<'_>, out: &mut Vec<Json>) {
    if let Expr::Const(constant) = tree
        && let Ok(value) = serde_json::to_value(&constant.value)
    {
        let mut known = vec![json!([value.clone()])];
        if let Json::String(text) = &value {
            known.push(json!({ text.clone(): 1 }));
        }
        known.push(value);
        known.retain(|value| !out.contains(value));
        out.extend(known);
    }
    for below in joining::below(tree) {
        constants(below, out);
    }
}

/// The places that an expression reads; none if one is computed.
fn read(tree: &Expr<'_>, out: &mut Vec<Path>) -> Option<()> {
    if let Some(path) = path(tree) {
        out.push(path);
        return Some(());
    }
    if let Expr::GetItem(get) = tree
        && !matches!(get.subscript_expr, Expr::Const(_))
    {
        return None;
    }
    joining::below(tree)
        .into_iter()
        .try_for_each(|below| read(below, out))
}

fn path(tree: &Expr<'_>) -> Option<Path> {
    let (mut path, step) = match tree {
        Expr::Var(var) => return Some(vec![Step::Member(var.id.to_owned())]),
        Expr::GetAttr(get) => (path(&get.expr)?, Step::Member(get.name.to_owned())),
        Expr::GetItem(get) => {
            let Expr::Const(constant) = &get.subscript_expr else {
                return None;
            };
            let step = match constant.value.as_str() {
                Some(name) => Step::Member(name.to_owned()),
                None => Step::Index(usize::try_from(constant.value.clone()).ok()?),
            };
            (path(&get.expr)?, step)
        }
        _ => return None,
    };
    path.push(step);
    Some(path)
}

/// Every path leads to its value, and what lies below one to its own.
fn world<'v>(paths: &[Path], values: impl Iterator<Item = &'v Json>) -> Names {
    let mut root = Json::Null;
    // Sorted, so that a path comes before those that go on from it.
    for (path, value) in paths.iter().zip(values) {
        let mut here = &mut root;
        for step in path {
            here = match step {
                Step::Member(name) => {
                    if !here.is_object() {
                        *here = json!({});
                    }
                    match here {
                        Json::Object(members) => members.entry(name.clone()).or_insert(Json::Null),
                        _ => return Names::default(),
                    }
                }
                Step::Index(at) => {
                    if !here.is_array() {
                        *here = json!([]);
                    }
                    match here {
                        Json::Array(items) if *at < 100 => {
                            while items.len() <= *at {
                                items.push(Json::Null);
                            }
                            &mut items[*at]
                        }
                        _ => return Names::default(),
                    }
                }
            };
        }
        *here = value.clone();
    }
    let Json::Object(members) = root else {
        return Names::default();
    };
    members
        .into_iter()
        .fold(Names::default(), |names, (name, value)| {
            names.with(name, value)
        })
}
