//! Every way of joining a value with text, in every language that has a quoting filter: what is taken keeps its structure whatever
//! the value is, and what would not is refused when the file is read.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A language: its filter, texts of it, each with the word `zzz`, and what of a text is structure.
struct Language {
    filter: &'static str,
    texts: &'static [&'static str],
    skeleton: fn(&str) -> String,
}

const LANGUAGES: &[Language] = &[
    Language {
        filter: "soql",
        texts: &[
            "zzz = ",
            " OR zzz ",
            "zzz '",
            "' zzz",
            "SELECT zzz FROM A WHERE b = ",
        ],
        skeleton: |text| between_quotes(text, true),
    },
    Language {
        filter: "jql",
        texts: &["zzz = ", " AND zzz ", "zzz \"", "\" zzz", "zzz '"],
        skeleton: |text| between_quotes(text, true),
    },
    Language {
        filter: "quoted",
        texts: &["zzz: ", "[zzz, ", "zzz \"", "\" zzz"],
        skeleton: |text| between_quotes(text, true),
    },
    Language {
        filter: "odata",
        texts: &["zzz eq ", " or zzz ", "A(zzz=", "zzz '", "' zzz"],
        skeleton: |text| between_quotes(text, false),
    },
    Language {
        filter: "sql",
        texts: &[
            "zzz = ",
            " or zzz ",
            "zzz '",
            "' zzz",
            "SELECT zzz FROM a WHERE b = ",
        ],
        skeleton: |text| between_quotes(text, false),
    },
    Language {
        filter: "csv",
        texts: &["zzz,", ",zzz", "zzz \"", "\" zzz"],
        skeleton: |text| between_quotes(text, false),
    },
    Language {
        filter: "xml",
        texts: &["<zzz>", "</zzz>", "<zzz a='", "<zzz a=", "'/><zzz>", "zzz"],
        skeleton: markup,
    },
    Language {
        filter: "ldap",
        texts: &["(zzz=", "(&(zzz=", ")zzz", "))zzz", "zzz"],
        skeleton: |text| {
            signs(
                text,
                "()*\\",
                &["\\2a", "\\28", "\\29", "\\5c", "\\20", "\\00"],
            )
        },
    },
    Language {
        filter: "url",
        texts: &["zzz=", "&zzz=", "zzz?", "/zzz"],
        skeleton: |text| signs(text, ":/?#[]@!$&'()*+,;=\"<> ", &[]),
    },
];

/// The text without what stands between quotes, and without digits, which every filter lets stand bare.
fn between_quotes(text: &str, backslash: bool) -> String {
    let (mut out, mut open) = (String::new(), None);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match open {
            Some(_) if c == '\\' && backslash => {
                chars.next();
            }
            Some(mark) if c == mark => {
                open = None;
                out.push(c);
            }
            Some(_) => {}
            None if c == '\'' || c == '"' => {
                open = Some(c);
                out.push(c);
            }
            None if c.is_ascii_digit() => {}
            None => out.push(c),
        }
    }
    // `''` within quotes is one of their signs.
    let doubled = |mark: char| format!("{mark}{mark}{mark}{mark}");
    let single = |mark: char| format!("{mark}{mark}");
    while !backslash && ['\'', '"'].iter().any(|mark| out.contains(&doubled(*mark))) {
        for mark in ['\'', '"'] {
            out = out.replace(&doubled(mark), &single(mark));
        }
    }
    out
}

/// The tags of a text, with their attributes and without the values of these, and without digits, which stand bare as a count.
fn markup(text: &str) -> String {
    let (mut out, mut within, mut quote) = (String::new(), false, None);
    for c in text.chars() {
        match (within, quote) {
            (false, _) if c == '<' => within = true,
            (false, _) => continue,
            (true, Some(mark)) if c == mark => quote = None,
            (true, Some(_)) if c == '<' => {}
            (true, Some(_)) => continue,
            (true, None) if c == '>' => within = false,
            (true, None) if c == '\'' || c == '"' => quote = Some(c),
            (true, None) if c.is_ascii_digit() => continue,
            (true, None) => {}
        }
        out.push(c);
    }
    out
}

/// The signs of a text that mean something in it.
fn signs(text: &str, meaning: &str, escapes: &[&str]) -> String {
    let mut plain = text.to_owned();
    for escape in escapes {
        plain = plain.replace(escape, "");
    }
    plain.chars().filter(|c| meaning.contains(*c)).collect()
}

fn written(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Expressions of every form, over `value` and the texts of a language.
fn expression(language: usize) -> impl Strategy<Value = String> {
    let filter = LANGUAGES[language].filter;
    let leaf = prop_oneof![
        4 => Just("value".to_owned()),
        1 => Just("record.name".to_owned()),
        1 => Just("record['id']".to_owned()),
        1 => Just(format!("(value | {filter})")),
        4 => prop::sample::select(LANGUAGES[language].texts).prop_map(written),
        1 => Just("7".to_owned()),
        1 => Just("''".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, move |inner| {
        let one = inner.clone();
        let two = (inner.clone(), inner.clone());
        let three = (inner.clone(), inner.clone(), inner.clone());
        prop_oneof![
            4 => two.clone().prop_map(|(a, b)| format!("({a} ~ {b})")),
            2 => two.clone().prop_map(|(a, b)| format!("({a} + {b})")),
            3 => one.clone().prop_map(move |a| format!("({a} | {filter})")),
            1 => one.clone().prop_map(move |a| format!("{a} | {filter}")),
            1 => two.clone().prop_map(|(a, b)| format!("[{a}, {b}] | join")),
            1 => three.clone().prop_map(|(a, b, c)| format!("[{a}, {b}] | join({c})")),
            1 => two.clone().prop_map(|(a, b)| format!("({a} | join({b}))")),
            2 => three.clone().prop_map(|(a, b, c)| format!("({a} | replace({b}, {c}))")),
            1 => two.clone().prop_map(|(a, b)| format!("({a} | replace('zzz', {b}))")),
            1 => two.clone().prop_map(|(a, b)| format!("({a} | default({b}))")),
            1 => two.clone().prop_map(|(a, b)| format!("({a} if record.id == 7 else {b})")),
            1 => two.clone().prop_map(|(a, b)| format!("({a} if record.id == 8 else {b})")),
            // Which of two is taken must not depend on the value.
            1 => one.clone().prop_map(|a| format!("('' or {a})")),
            1 => one.clone().prop_map(|a| format!("(7 and {a})")),
            1 => two.clone().prop_map(|(a, b)| format!("('zzz' or {a} or {b})")),
            1 => two.clone().prop_map(|(a, b)| format!("[{a}, {b}][1]")),
            1 => two.clone().prop_map(|(a, b)| format!("({{'x': {a}}} | merge({{'y': {b}}})).y")),
            1 => two.clone().prop_map(|(a, b)| format!("{{'x': {a}, 'y': [{b}]}}")),
            1 => two.clone().prop_map(|(a, b)| format!("{{{a}: {b}}}")),
            1 => one.clone().prop_map(|a| format!("({a})[1:]")),
            1 => one.clone().prop_map(|a| format!("({a})[::-1]")),
            1 => one.clone().prop_map(|a| format!("({a})[:-1]")),
            1 => one.clone().prop_map(|a| format!("({a})[-2:]")),
            1 => one.clone().prop_map(|a| format!("({a} * 2)")),
            2 => (one, prop::sample::select(&["lower", "upper", "trim", "first", "last", "length", "digits", "text"][..]))
                .prop_map(|(a, name)| format!("({a} | {name})")),
        ]
    })
}

/// Around an expression, or around two.
fn around(language: usize) -> impl Strategy<Value = String> {
    let text = || prop::sample::select(LANGUAGES[language].texts);
    let braces = |inner: String| format!("{{{{ {inner} }}}}");
    prop_oneof![
        3 => expression(language).prop_map(braces),
        2 => (text(), expression(language)).prop_map(move |(a, e)| format!("{a}{}", braces(e))),
        2 => (text(), expression(language), text()).prop_map(move |(a, e, b)| format!("{a}{}{b}", braces(e))),
        1 => (expression(language), expression(language)).prop_map(move |(a, b)| format!("{}{}", braces(a), braces(b))),
    ]
}

/// Both have the same members and items, and texts with the same structure wherever the file wrote some of it.
fn alike(language: &Language, tame: &Json, wild: &Json) -> bool {
    match (tame, wild) {
        (Json::Object(tame), Json::Object(wild)) => {
            tame.keys().eq(wild.keys()) && tame.iter().all(|(k, v)| alike(language, v, &wild[k]))
        }
        (Json::Array(tame), Json::Array(wild)) => {
            let mut both = tame.iter().zip(wild);
            tame.len() == wild.len() && both.all(|(t, w)| alike(language, t, w))
        }
        (Json::String(tame), Json::String(wild)) => {
            let skeleton = |text: &str| (language.skeleton)(text).to_lowercase();
            !tame.to_lowercase().contains("zzz") || skeleton(tame) == skeleton(wild)
        }
        // Hexadecimal digits and counts.
        (tame, wild) => tame == wild || (tame.is_number() && wild.is_number()),
    }
}

static JOINED: AtomicUsize = AtomicUsize::new(0);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    #[test]
    fn no_way_of_joining_lets_a_value_change_the_structure(
        (language, text) in (0..LANGUAGES.len()).prop_flat_map(|l| (Just(l), around(l))),
        value in value().prop_filter("a blank value is refused", |v| !v.trim().is_empty()),
    ) {
        let language = &LANGUAGES[language];
        let yaml = serde_json::to_string(&text).unwrap();
        for within in [Within::Query, Within::Header, Within::Body, Within::Envelope] {
            let Ok(Structure::Leaf(template)) = compile_in(&yaml, within) else { continue };
            let Ok(tame) = template.value(&names("q")) else { continue };
            if tame.to_string().contains("zzz") && tame.to_string().contains('q') {
                JOINED.fetch_add(1, Ordering::Relaxed);
            }
            if let Ok(wild) = template.value(&names(&value)) {
                prop_assert!(alike(language, &tame, &wild), "{text}\n{tame}\n{wild}");
            }
        }
        // A path: what one expression joins is read by whoever decodes the segment.
        let path = serde_json::to_string(&format!("/a/{text}/b")).unwrap();
        if text.starts_with("{{") && let Ok(Structure::Leaf(path)) = compile_in(&path, Within::Path)
            && let (Ok(tame), Ok(wild)) = (path.path(&names("q")), path.path(&names(&value)))
        {
            let plain = |text: &str| Json::String(percent_decode_str(text).decode_utf8_lossy().into_owned());
            prop_assert_eq!(tame.matches('/').count(), wild.matches('/').count());
            if !text.contains("zzz") || text.matches("{{ ").count() == 1 && !text.contains("}}zzz") {
                prop_assert!(alike(language, &plain(&tame), &plain(&wild)), "{text}\n{tame}\n{wild}");
            }
        }
    }
}

/// What the property is about does occur.
#[test]
fn values_that_are_quoted_can_be_joined() {
    for (joined, told) in [
        ("a = {{ value | soql }}", "a = 'o\\'b'"),
        ("{{ 'a = ' ~ (value | soql) }}", "a = 'o\\'b'"),
        (
            "{{ 'a = ' ~ value | soql ~ ' and b' }}",
            "a = 'o\\'b' and b",
        ),
        ("x{{ ' or ' + (value | odata) }}", "x or 'o''b'"),
        ("{{ ['a', value | odata] | join(' eq ') }}", "a eq 'o''b'"),
        ("{{ ('a' ~ value) | quoted }}", "\"ao'b\""),
        ("{{ '<a>' ~ (value | xml) ~ '</a>' }}", "<a>o&#39;b</a>"),
        ("<a b=\"{{ value | xml }}\"/>", "<a b=\"o&#39;b\"/>"),
        ("{{ '(mail=' ~ (value | ldap) ~ ')' }}", "(mail=o'b)"),
        ("{{ 'id-' ~ (record.id | text) }}", "id-7"),
        ("{{ 'id-' ~ (value | md5) }}", "id-"),
        ("{{ value | replace('b', 'c') | upper }}", "O'C"),
        ("{{ record.list | join(',') }}", "1,2"),
        ("{{ value if record.id == 7 else 'nobody' }}", "o'b"),
        ("{{ value | default('nobody') }}", "o'b"),
    ] {
        let yaml = serde_json::to_string(joined).unwrap();
        let text = template(&yaml, Within::Query).text(&names("o'b"));
        match joined.contains("md5") {
            true => assert!(text.is_ok_and(|text| text.len() == 35), "{joined}"),
            false => assert_eq!(text.as_deref(), Ok(told), "{joined}"),
        }
    }
}

#[test]
fn what_is_joined_without_quoting_is_refused_everywhere() {
    use Within::*;
    for joined in [
        "'mail = ' ~ value",
        "value ~ ''",
        "value ~ value",
        "'mail = ' + value",
        "value + record.name",
        "'X' | replace('X', value)",
        "value | replace('', 'mail = ')",
        "value | replace('@', ' or 1=1 ')",
        "['mail', value] | join(':')",
        "[value, value] | join",
        "record.list | join(' or ')",
        "record.list | join(value)",
        "('a' ~ (value | soql)) | replace('\\\\', '')",
        "('a' ~ (value | soql)) | lower",
        "('a' ~ (value | soql))[1:]",
        "('a' ~ value) | xml",
        "('a' ~ value) | ldap",
        "'a' ~ (value | xml)",
        "'a' ~ (value if record.id else value | soql)",
        "'a' ~ (record.none or value)",
        "'a' ~ (record.none | default(value))",
        "'a' ~ [value][0]",
        "'a' ~ {'x': value}.x",
        "'a' ~ ({'x': 1} | merge({'x': value})).x",
        "{'x': 'a' ~ value}",
        "['a' ~ value]",
        "{} | merge({'x': ['a' ~ value]})",
        "('a' ~ value) * 2",
        "'a' ~ value | trim",
        "'a' ~ value[1:]",
        "'a' ~ (value | first)",
        "'a' ~ (value | date(value))",
    ] {
        let yaml = serde_json::to_string(&format!("{{{{ {joined} }}}}")).unwrap();
        for within in [Query, Header, Body, Envelope] {
            let found = code(&yaml, within);
            assert!(["E302", "E243"].contains(&found), "{joined}: {found}");
        }
        let path = serde_json::to_string(&format!("/a/{{{{ {joined} }}}}")).unwrap();
        let found = code(&path, Path);
        assert!(["E302", "E243"].contains(&found), "{joined}: {found}");
        // Nothing of it is sent, so nothing can be changed.
        assert!(compile_in(&yaml, FileName).is_ok(), "{joined}");
    }
    for (text, wanted) in [
        ("a = '{{ value | soql }}'", "E242"),
        ("a = \"{{ value | jql }}\"", "E242"),
        ("{{ \"a = '\" ~ (value | odata) }}", "E242"),
        // Another expression opened the quotes.
        ("{{ \"a = '\" }}{{ value | soql }}", "E242"),
        ("{{ ('' or 'a \\'') }}{{ value | soql }}", "E242"),
        (
            "{{ 'a' if record.id else '\"' }} x {{ value | jql }}",
            "E242",
        ),
        ("{{ '<a>' }}{{ value | quoted }}", "E243"),
        ("a = {{ value | xml }}", "E243"),
        ("<a b={{ value | xml }}>", "E243"),
        ("<a>{{ value | quoted }}</a>", "E243"),
        ("(&(mail={{ value | quoted }}))", "E243"),
        ("mail={{ value | ldap }}", "E243"),
        ("select a from b where c = {{ value | jql }}", "E243"),
        ("{{ {value: 1} }}", "E301"),
    ] {
        let yaml = serde_json::to_string(text).unwrap();
        assert_eq!(code(&yaml, Query), wanted, "{text}");
    }
    for path in [
        "/A('{{ value }}')",
        "/A(id={{ record.id }})",
        "/A(a{{ value }})",
        "/a;v={{ value }}",
    ] {
        let yaml = serde_json::to_string(path).unwrap();
        assert_eq!(code(&yaml, Path), "E302", "{path}");
    }
}
