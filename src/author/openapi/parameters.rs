//! Paths and parameters of operations as expressions: the key of a record, the value that is searched, and settings for all else
//! that has to be sent.

use super::document::{Document, Operation, Param};
use crate::author::draft::{Draft, Setting, sound};
use crate::messages::author as say;

/// `record.id`, `record['@id']`
pub(crate) fn member(key: &str) -> String {
    let plain = key
        .chars()
        .all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
        && !key.starts_with(|sign: char| sign.is_ascii_digit());
    match plain {
        true => format!("record.{key}"),
        false => format!("record['{}']", key.replace('\'', "\\'")),
    }
}

/// `parent.id`, `parent['@id']`
pub(super) fn parent(key: &str) -> String {
    member(key).replacen("record", "parent", 1)
}

/// A path with expressions in the place of its parameters: those that are `known`, and settings of the system, such as a
/// workspace, for all others.
pub(super) fn path(path: &str, known: &[(&str, String)], draft: &mut Draft) -> String {
    let mut out = String::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        out.push('/');
        let mut rest = segment;
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, behind)) = behind.split_once('}') else {
                break;
            };
            let stated = known.iter().find(|(known, _)| *known == name);
            let expression = match stated {
                Some((_, expression)) => expression.clone(),
                None => format!("settings.{}", setting(name, draft)),
            };
            // Within brackets or quotes a value has to be a plain one; a filter that quotes brings the quotes itself.
            let quoted = before.strip_suffix('\'').zip(behind.strip_prefix('\''));
            let (before, filter, behind) = match quoted {
                Some((before, behind)) => (before, " | odata", behind),
                None if before.is_empty() && (behind.is_empty() || behind.starts_with('.')) => {
                    (before, "", behind)
                }
                None if expression.starts_with("value") => (before, " | odata", behind),
                None => (before, " | text", behind),
            };
            out.push_str(before);
            out.push_str(&format!("{{{{ {expression}{filter} }}}}"));
            rest = behind;
        }
        out.push_str(rest);
    }
    if path.len() > 1 && path.ends_with('/') {
        out.push('/');
    }
    out
}

/// A setting of this name, made if there is none.
fn setting(name: &str, draft: &mut Draft) -> String {
    let name = sound(name, '_');
    if !draft.settings.iter().any(|known| known.name == name) {
        draft.settings.push(Setting {
            open: vec![say::open_setting()],
            ..Setting::plain(&name)
        });
    }
    name
}

/// Parameters without which the operation is refused: as the document states them, else as settings.
pub(super) fn required(
    document: &Document,
    operation: &Operation<'_>,
    taken: &[&str],
    draft: &mut Draft,
) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for param in operation
        .params
        .iter()
        .filter(|param| param.required && !taken.contains(&param.name))
    {
        let value = |draft: &mut Draft| {
            param
                .stated(document)
                .unwrap_or_else(|| format!("{{{{ settings.{} }}}}", setting(param.name, draft)))
        };
        match param.place {
            "query" => {
                let value = value(draft);
                out.push((param.name.to_owned(), value));
            }
            "header"
                if !is_usual_header(param)
                    && !draft
                        .headers
                        .iter()
                        .any(|(known, _)| known.eq_ignore_ascii_case(param.name))
                    && !draft.auth.contains(param.name) =>
            {
                let value = value(draft);
                draft.headers.push((param.name.to_owned(), value));
            }
            _ => {}
        }
    }
    out
}

/// Headers that are set anyway, or belong to `auth`.
fn is_usual_header(param: &Param<'_>) -> bool {
    let words = param.words().join("-");
    [
        "accept",
        "content-type",
        "authorization",
        "user-agent",
        "host",
        "content-length",
        "cookie",
        "if-match",
        "idempotency-key",
    ]
    .contains(&words.as_str())
}
