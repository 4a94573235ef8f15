//! Paths and parameters of operations as expressions: the key of a record, the value that is searched, and settings for all else
//! that has to be sent.

use super::candidate::Item;
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

pub(super) fn list_path(operation: &Operation<'_>, draft: &mut Draft) -> String {
    settings_in(operation.path, draft)
}

/// A path whose further parameters are settings of the system, such as a workspace.
fn settings_in(path: &str, draft: &mut Draft) -> String {
    let mut out = String::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        out.push('/');
        let mut rest = segment;
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, behind)) = behind.split_once('}') else {
                break;
            };
            out.push_str(before);
            let name = setting(name, draft);
            // Within brackets or beside other text a value has to be a plain one.
            let quoted = if segment.starts_with('{')
                && segment.ends_with('}')
                && segment.matches('{').count() == 1
            {
                ""
            } else {
                " | text"
            };
            out.push_str(&format!("{{{{ settings.{name}{quoted} }}}}"));
            rest = behind;
        }
        out.push_str(rest);
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

/// The path of one record, its key in the place of the last parameter.
pub(super) fn item_path(
    item: &Item<'_>,
    key: &str,
    operation: &Operation<'_>,
    draft: &mut Draft,
) -> String {
    let (list, _) = operation.item().unwrap_or((item.path, item.param));
    format!("{}/{{{{ {} }}}}", settings_in(list, draft), member(key))
}
