//! A draft from answers: flags, or what a person types at the terminal.

use super::Args;
use crate::author::draft::{Column, Find, Read, Setting, Thing, Write, sound};
use crate::author::{Draft, openapi};
use crate::cli::context::Context;
use crate::connector::{categories, definition, grammar, guess, library};
use crate::diagnostic::{Diagnostic, Result};
use crate::messages::{Text, author as say};
use crate::yaml::error;

/// From answers: flags, or what a person types.
pub(super) fn ask(context: &Context, args: &Args) -> Result<Draft> {
    let answers = Answers { context };
    let name = answers.get("name", &args.name, say::ask_name(), None)?;
    check_name(&name)?;
    let url = answers.get("url", &args.url, say::ask_url(), None)?;
    check_url(&url)?;
    let mut draft = Draft {
        name,
        url: "{{ settings.url }}".to_owned(),
        ..Draft::default()
    };
    draft.settings.push(Setting {
        url: true,
        default: Some(url.trim_end_matches('/').to_owned()),
        ..Setting::plain("url")
    });
    let auth = answers.get("auth", &args.auth, say::ask_auth(), Some("bearer"))?;
    let_in(&auth, &mut draft)?;
    // A default path is for whoever is asked; a script says what it means.
    let guessed = context.ui.can_ask().then_some("/users?email={email}");
    let found = answers.get("find", &args.find, say::ask_find(), guessed)?;
    let mut find = search(&found)?;
    let records = answers.get("records", &args.records, say::ask_records(), Some("$[*]"))?;
    let members = match records.trim().strip_suffix("[*]") {
        Some("$") => Some(Vec::new()),
        way => way.and_then(grammar::member_names),
    };
    find.records = members.ok_or_else(|| bad("records", say::bad_records_help()))?;
    let base = base_of(&found);
    let usual = format!("{base}/{{id}}");
    let item = answers.get("item", &args.item, say::ask_item(&usual), Some(&usual))?;
    let mut thing = Thing {
        name: object_name(&base),
        key: "id".to_owned(),
        key_is_number: true,
        ..Thing::default()
    };
    let item = item_path(&item, &mut thing)?;
    let fields = answers.get(
        "fields",
        &args.fields,
        say::ask_fields(),
        Some("email,name"),
    )?;
    thing.fields = columns(&fields)?;
    thing.finds = vec![find];
    thing.finds[0].open.push(say::open_no_page());
    let deletes = match &item {
        Some(_) if args.delete => true,
        // Whoever stated the path in flags has stated this as well.
        Some(_) if args.item.is_none() && args.find.is_none() && context.ui.can_ask() => {
            let answer = context.ui.ask(&say::ask_delete())?;
            matches!(answer.to_lowercase().as_str(), "y" | "yes" | "j" | "ja")
        }
        _ => false,
    };
    match item {
        Some(path) => {
            thing.read = Some(Read {
                path: path.clone(),
                query: Vec::new(),
                records: Vec::new(),
                open: Vec::new(),
            });
            if deletes {
                thing.writes.push(Write {
                    word: "remove",
                    verb: "delete",
                    path,
                    query: Vec::new(),
                    body: None,
                    unconfirmed: false,
                    open: Vec::new(),
                });
            }
        }
        None => thing.finds[0].open.push(say::open_no_read()),
    }
    if !deletes {
        let text = say::by_hand(&thing.name);
        let quoted = crate::yaml::write::scalar;
        thing.erase = Some(format!(
            "{{ manual: {{ en: {}, de: {} }} }}",
            quoted(&text.en),
            quoted(&text.de)
        ));
        thing.erase_open.push(say::open_by_hand());
    }
    draft.objects.push(thing);
    Ok(draft)
}

/// Where answers come from.
struct Answers<'a> {
    context: &'a Context,
}

fn bad(flag: &str, help: Text) -> Diagnostic {
    error("E789", say::bad_answer(flag)).help(help)
}

pub(super) fn check_name(name: &str) -> Result<()> {
    if !definition::is_name(name) {
        return Err(bad("name", say::bad_name_help()).into());
    }
    if library::shipped(name).is_some() {
        return Err(error("E101", say::name_taken(name))
            .help(say::name_taken_help(name))
            .into());
    }
    Ok(())
}

pub(super) fn check_url(url: &str) -> Result<()> {
    let rule = definition::SettingRule {
        kind: definition::SettingKind::Url,
        ..definition::SettingRule::default()
    };
    rule.check(url, false)
        .map_err(|why| bad("url", say::bad_url_help()).why(why).into())
}

fn let_in(answer: &str, draft: &mut Draft) -> Result<()> {
    let secret = |name: &str| format!("\"{{{{ settings.{name} }}}}\"");
    let (way, name) = answer.split_once(':').unwrap_or((answer, ""));
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.[]".contains(&byte);
    let named = !name.is_empty() && name.bytes().all(token);
    draft.auth = match (way.trim(), named) {
        ("none", false) if name.is_empty() => "none".to_owned(),
        ("bearer", false) if name.is_empty() => format!("{{ bearer: {} }}", secret("token")),
        ("basic", false) if name.is_empty() => format!(
            "{{ basic: {{ user: {}, password: {} }} }}",
            secret("user"),
            secret("password")
        ),
        ("header" | "query", true) => format!(
            "{{ {}: {{ {}: {} }} }}",
            way.trim(),
            crate::yaml::write::scalar(name),
            secret("key")
        ),
        _ => return Err(bad("auth", say::bad_auth_help()).into()),
    };
    match way.trim() {
        "bearer" => draft.settings.push(Setting::secret("token")),
        "basic" => draft
            .settings
            .extend([Setting::plain("user"), Setting::secret("password")]),
        "header" | "query" => draft.settings.push(Setting::secret("key")),
        _ => {}
    }
    Ok(())
}

/// `/guests?email={email}` as a request.
fn search(answer: &str) -> Result<Find> {
    let wrong = || bad("find", say::bad_find_help());
    let (path, query) = answer.split_once('?').unwrap_or((answer, ""));
    let spaced = |text: &str| {
        text.chars()
            .any(|sign| sign.is_whitespace() || sign.is_control())
    };
    if !path.starts_with('/')
        || path.starts_with("//")
        || !answer.contains("{email}")
        || spaced(answer)
        || answer.contains("{{")
    {
        return Err(wrong().into());
    }
    let mut find = Find {
        by: Some("email".to_owned()),
        path: path.replace("{email}", "{{ value }}"),
        ..Find::default()
    };
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        // Within a longer text the value is put in quotes, so that it cannot end it.
        let value = match &*value {
            "{email}" => "{{ value }}".to_owned(),
            longer => longer.replace("{email}", "{{ value | quoted }}"),
        };
        find.query.push((name.into_owned(), value));
    }
    Ok(find)
}

/// The path of a search without what says how it searches.
fn base_of(find: &str) -> String {
    let path = find
        .split('?')
        .next()
        .unwrap_or_default()
        .trim_end_matches('/');
    let kept: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && !part.contains('{') && *part != "search")
        .collect();
    format!("/{}", kept.join("/"))
}

fn object_name(base: &str) -> String {
    let name = sound(base.rsplit('/').next().unwrap_or_default(), '_');
    match ["email", "phone", "x", ""].contains(&name.as_str()) {
        true => "records".to_owned(),
        false => name,
    }
}

/// `/guests/{id}` as a path with the key of the record, which is noted.
fn item_path(answer: &str, thing: &mut Thing) -> Result<Option<String>> {
    if answer == "none" {
        return Ok(None);
    }
    let wrong = || bad("item", say::bad_item_help());
    let (before, behind) = answer.split_once('{').ok_or_else(wrong)?;
    let (key, rest) = behind.split_once('}').ok_or_else(wrong)?;
    let named = !key.is_empty()
        && key
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    if !named
        || !before.starts_with('/')
        || answer.contains("//")
        || rest.contains(['{', '}'])
        || answer.contains(['?', '#', ' '])
    {
        return Err(wrong().into());
    }
    thing.key = key.to_owned();
    Ok(Some(format!(
        "{before}{{{{ {} }}}}{rest}",
        openapi::member(key)
    )))
}

/// `email,name,note=content.note` as fields.
fn columns(answer: &str) -> Result<Vec<Column>> {
    let mut out: Vec<Column> = Vec::new();
    let wrong = || bad("fields", say::bad_fields_help());
    for part in answer
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let (name, stated) = part.split_once('=').unwrap_or((part, ""));
        let path: Vec<Option<String>> = name
            .split('.')
            .map(|member| Some(member.to_owned()))
            .collect();
        let is_sound = name
            .chars()
            .all(|sign| sign.is_alphanumeric() || "_-.".contains(sign))
            && path.iter().flatten().all(|member| !member.is_empty());
        if !is_sound
            || (!stated.is_empty() && !categories::is_known(stated))
            || out.iter().any(|known| known.name() == name)
        {
            return Err(wrong().into());
        }
        let guess =
            guess::category(name).filter(|guess| stated.is_empty() || guess.category == stated);
        let identity = guess.and_then(|guess| guess.identity);
        let category = match (stated.is_empty(), guess) {
            (false, _) => stated.to_owned(),
            (true, Some(guess)) => guess.category.to_owned(),
            (true, None) => format!("x.{}", sound(name, '_')),
        };
        let open = match category.starts_with("x.") && stated.is_empty() {
            true => vec![say::open_category(name)],
            false => Vec::new(),
        };
        out.push(Column {
            path,
            category,
            identity: identity.map(str::to_owned),
            open,
            ..Column::default()
        });
    }
    // Whatever is found is compared with it.
    match out
        .iter()
        .any(|field| field.identity.as_deref() == Some("email"))
    {
        true => Ok(out),
        false => Err(wrong().into()),
    }
}

impl Answers<'_> {
    /// The flag, else what is typed, else the default.
    fn get(
        &self,
        flag: &str,
        given: &Option<String>,
        question: Text,
        default: Option<&str>,
    ) -> Result<String> {
        let given = match given {
            Some(given) => given.trim().to_owned(),
            None if self.context.ui.can_ask() => self.context.ui.ask(&question)?,
            None => String::new(),
        };
        match (given.is_empty(), default) {
            (false, _) => Ok(given),
            (true, Some(default)) => Ok(default.to_owned()),
            (true, None) => Err(error("E789", say::missing_answer(flag))
                .help(say::missing_answer_help())
                .into()),
        }
    }
}
