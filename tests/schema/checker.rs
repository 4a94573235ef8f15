//! As much of JSON Schema (draft 2020-12) as the files under `schemas/` use; a keyword that is not known here fails the test.

use serde_json::Value;

/// How what a schema does not list is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unlisted {
    /// As the schema says.
    Allowed,
    /// As a mistake: the schema should list it.
    Wrong,
}

/// Everything that is wrong with a value, each with its place.
pub(crate) fn check(schema: &Value, value: &Value, unlisted: Unlisted) -> Vec<String> {
    let checker = Checker {
        root: schema,
        unlisted,
    };
    let mut wrong = Vec::new();
    checker.check(schema, value, "$", &mut wrong);
    wrong
}

struct Checker<'s> {
    root: &'s Value,
    unlisted: Unlisted,
}

impl Checker<'_> {
    fn check(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let Value::Object(keywords) = schema else {
            if *schema == Value::Bool(false) {
                wrong.push(format!("{at}: not allowed"));
            }
            return;
        };
        for (keyword, wanted) in keywords {
            let mut no = |what: String| wrong.push(format!("{at}: {what}"));
            match keyword.as_str() {
                "$schema"
                | "$id"
                | "$defs"
                | "title"
                | "description"
                | "then"
                | "additionalProperties" => {}
                "$ref" => {
                    let name = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                    let target = self
                        .root
                        .pointer(name)
                        .expect("a reference leads somewhere");
                    self.check(target, value, at, wrong);
                }
                "type" => {
                    let types = wanted.as_array().cloned();
                    let types = types.unwrap_or_else(|| vec![wanted.clone()]);
                    if !types.iter().any(|one| is_a(value, one.as_str().unwrap())) {
                        no(format!("is no {wanted}"));
                    }
                }
                "const" if value != wanted => no(format!("is not {wanted}")),
                "enum" if !wanted.as_array().unwrap().contains(value) => {
                    no(format!("{value} is none of {wanted}"));
                }
                "pattern" => {
                    let pattern = regex::Regex::new(wanted.as_str().unwrap()).unwrap();
                    if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                        no(format!("{value} does not match {wanted}"));
                    }
                }
                "minimum" if value.as_f64() < wanted.as_f64() && value.is_number() => {
                    no(format!("is less than {wanted}"));
                }
                "maximum" if value.as_f64() > wanted.as_f64() && value.is_number() => {
                    no(format!("is more than {wanted}"));
                }
                "minItems" if size(value.as_array().map(Vec::len), wanted, |n, w| n < w) => {
                    no("has too few items".into());
                }
                "minProperties"
                    if size(value.as_object().map(|o| o.len()), wanted, |n, w| n < w) =>
                {
                    no("has too few entries".into());
                }
                "maxProperties"
                    if size(value.as_object().map(|o| o.len()), wanted, |n, w| n > w) =>
                {
                    no("has too many entries".into());
                }
                "const" | "enum" | "minimum" | "maximum" | "minItems" | "minProperties"
                | "maxProperties" => {}
                "required" => {
                    for name in wanted.as_array().unwrap() {
                        let name = name.as_str().unwrap();
                        if value.is_object() && value.get(name).is_none() {
                            no(format!("`{name}` is missing"));
                        }
                    }
                }
                "properties" => {
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        let place = format!("{at}.{name}");
                        match (wanted.get(name), keywords.get("additionalProperties")) {
                            (Some(schema), _) => self.check(schema, inner, &place, wrong),
                            (None, Some(other)) => self.check(other, inner, &place, wrong),
                            // Conditions name only what they look at.
                            (None, None)
                                if self.unlisted == Unlisted::Wrong
                                    && keywords.contains_key("type") =>
                            {
                                wrong.push(format!("{place}: is not listed"));
                            }
                            (None, None) => {}
                        }
                    }
                }
                "items" => {
                    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(wanted, item, &format!("{at}[{n}]"), wrong);
                    }
                }
                "anyOf" | "oneOf" | "allOf" => {
                    let all = wanted.as_array().unwrap();
                    let tried: Vec<Vec<String>> = all
                        .iter()
                        .map(|one| {
                            let mut inner = Vec::new();
                            self.check(one, value, at, &mut inner);
                            inner
                        })
                        .collect();
                    let fits = tried.iter().filter(|inner| inner.is_empty()).count();
                    let good = match keyword.as_str() {
                        "anyOf" => fits > 0,
                        "oneOf" => fits == 1,
                        _ => fits == all.len(),
                    };
                    if !good {
                        wrong.push(format!("{at}: {fits} of {keyword} fit"));
                        wrong.extend(tried.into_iter().flatten());
                    }
                }
                "if" => {
                    let mut inner = Vec::new();
                    self.check(wanted, value, at, &mut inner);
                    if inner.is_empty()
                        && let Some(then) = keywords.get("then")
                    {
                        self.check(then, value, at, wrong);
                    }
                }
                "format" => {
                    assert_eq!(wanted, "date", "the checker does not know this format");
                    let is_day =
                        |text: &str| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
                    if value.as_str().is_some_and(|text| !is_day(text)) {
                        no(format!("{value} is no day"));
                    }
                }
                other => panic!("the checker does not know `{other}`"),
            }
        }
        // Names that people choose.
        if !keywords.contains_key("properties")
            && let Some(other) = keywords.get("additionalProperties")
        {
            for (name, inner) in value.as_object().into_iter().flatten() {
                self.check(other, inner, &format!("{at}.{name}"), wrong);
            }
        }
    }
}

fn size(found: Option<usize>, wanted: &Value, wrong: fn(u64, u64) -> bool) -> bool {
    found.is_some_and(|found| wrong(found as u64, wanted.as_u64().unwrap()))
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no type {other}"),
    }
}

#[test]
fn the_checker_finds_mistakes() {
    let schema = serde_json::json!({
        "type": "object",
        "properties": { "a": { "oneOf": [{ "type": "string", "pattern": "^x" }, { "type": "array", "items": { "$ref": "#/$defs/n" }, "minItems": 1 }] } },
        "required": ["a"],
        "$defs": { "n": { "type": ["integer", "null"], "minimum": 1 } }
    });
    let count =
        |text: &str, unlisted| check(&schema, &serde_json::from_str(text).unwrap(), unlisted).len();
    for good in [r#"{"a": "xy"}"#, r#"{"a": [1, null]}"#] {
        assert_eq!(count(good, Unlisted::Wrong), 0, "{good}");
    }
    for bad in [
        "[]",
        "{}",
        r#"{"a": "y"}"#,
        r#"{"a": []}"#,
        r#"{"a": [0]}"#,
        r#"{"a": 1}"#,
    ] {
        assert_ne!(count(bad, Unlisted::Allowed), 0, "{bad}");
    }
    let more = r#"{"a": "x", "b": 1}"#;
    assert_eq!(count(more, Unlisted::Allowed), 0);
    assert_eq!(count(more, Unlisted::Wrong), 1);
}
