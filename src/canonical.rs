//! Canonical JSON (RFC 8785) for everything that is hashed or signed.
//!
//! `dsr` writes only strings, whole numbers, booleans, null, lists and objects with ASCII keys, for which RFC 8785 comes down to
//! sorted keys and no white space. Numbers from other people's systems are written as text before they get here.

use serde::Serialize;
use serde_json::Value;

/// The canonical bytes of a value.
///
/// # Panics
/// Never for the types of this crate: all of them serialise, and floating-point numbers are refused by debug assertions.
pub fn bytes(value: &impl Serialize) -> Vec<u8> {
    let tree = serde_json::to_value(value).expect("values of this crate serialise");
    let mut out = Vec::with_capacity(256);
    write(&tree, &mut out);
    out
}

/// The members of an object in their canonical order, each with its canonical bytes; none of anything else.
///
/// # Panics
/// As for [`bytes`].
pub fn members(value: &impl Serialize) -> Vec<(String, Vec<u8>)> {
    let Value::Object(map) = serde_json::to_value(value).expect("values of this crate serialise")
    else {
        return Vec::new();
    };
    let mut members: Vec<(String, Vec<u8>)> = map
        .into_iter()
        .map(|(name, value)| (name, bytes(&value)))
        .collect();
    members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    members
}

/// The canonical form as text.
pub fn text(value: &impl Serialize) -> String {
    String::from_utf8(bytes(value)).expect("JSON is UTF-8")
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            // RFC 8785 3.2.3 sorts by UTF-16 code units.
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                leaf(&Value::String(key.clone()), out);
                out.push(b':');
                write(&map[key], out);
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        other => leaf(other, out),
    }
}

fn leaf(value: &Value, out: &mut Vec<u8>) {
    debug_assert!(
        !value.is_f64(),
        "floating-point numbers have no canonical form here; write them as text"
    );
    // serde_json escapes as RFC 8785 3.2.2.2 asks: the two-character escapes, \u00xx in lower case, nothing else.
    serde_json::to_writer(out, value).expect("a leaf serialises");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_nothing_is_spaced() {
        let value = json!({"b": [1, true, null], "a": {"ü": "x\n\u{1}", "z": "\""}});
        assert_eq!(
            super::text(&value),
            "{\"a\":{\"z\":\"\\\"\",\"ü\":\"x\\n\\u0001\"},\"b\":[1,true,null]}"
        );
    }
}
