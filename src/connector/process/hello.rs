//! What a plugin says of itself, compared with what the inventory expects of it.

use serde_json::{Map, Value};

use crate::connector::{Fault, Object};

/// The version of the protocol that is spoken here.
pub(super) const PROTOCOL: u64 = 1;

/// Name and version of a plugin that can do what the inventory says.
///
/// # Errors
/// E585 for another protocol, E586 for the first object, field, kind of search or action that the plugin does not have.
pub(super) fn compare(hello: &Map<String, Value>, objects: &[Object]) -> Result<String, Fault> {
    match hello.get("protocol").and_then(Value::as_u64) {
        Some(PROTOCOL) => {}
        _ => return Err(Fault::plugin_protocol(PROTOCOL)),
    }
    let text = |name: &str| {
        let text = hello.get(name).and_then(Value::as_str).unwrap_or_default();
        let plain = |sign: &char| sign.is_ascii_alphanumeric() || "._-+".contains(*sign);
        text.chars().filter(plain).take(60).collect::<String>()
    };
    for object in objects {
        let lacks = |what: &str| Err(Fault::plugin_lacks(&object.name, what));
        let Some(offered) = hello.get("objects").and_then(|all| all.get(&object.name)) else {
            return lacks(&object.name);
        };
        let has = |list: &str, word: &str| {
            let list = offered.get(list).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|one| one == word))
        };
        let missing = object.key.iter().find(|part| !has("key", part));
        if let Some(part) = missing {
            return lacks(part);
        }
        if let Some(field) = object
            .fields
            .iter()
            .find(|field| !has("fields", &field.name))
        {
            return lacks(&field.name);
        }
        for finder in &object.find {
            let wanted = finder.by.as_ref().map(|kind| ("find", kind.0.as_str()));
            let wanted = wanted.or(finder
                .under
                .first()
                .map(|parent| ("under", parent.as_str())));
            if let Some((list, word)) = wanted.filter(|(list, word)| !has(list, word)) {
                return lacks(&format!("{list}: {word}"));
            }
        }
        use crate::connector::Action::{Anonymise, Rectify, Remove, Restrict, Unrestrict};
        let mut actions = [Remove, Anonymise, Rectify, Restrict, Unrestrict].into_iter();
        if let Some(action) =
            actions.find(|action| object.can(*action) && !has("actions", action.word()))
        {
            return lacks(action.word());
        }
    }
    Ok(format!("{} {}", text("name"), text("version"))
        .trim()
        .to_owned())
}
