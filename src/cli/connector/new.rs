//! `dsr connector new`: drafts a connector and a first test of it, from a few answers or from an OpenAPI document.
//!
//! Each question has a flag, so that a script can do without a terminal. Nothing is contacted and nothing overwritten; what is
//! written is a draft, and what is guessed in it is listed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::home;
use crate::author::draft::{Column, Find, Read, Setting, Thing, Write, sound};
use crate::author::openapi::{self, Wish};
use crate::author::{Draft, Open, Written, trial};
use crate::cli::context::Context;
use crate::connector::definition::{self, Definition};
use crate::connector::{categories, grammar, guess, library};
use crate::diagnostic::{Diagnostic, Exit, Result, Source};
use crate::messages::{Text, author as say, os};
use crate::ui::{Format, diagnostic as draw};
use crate::workspace;
use crate::yaml::error;

/// Draft a connector and a first test of it, from a few answers or from an OpenAPI document
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What the connector is called, such as bookings
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Read the interface from this OpenAPI document (3.x or Swagger 2.0, YAML or JSON)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["auth", "find", "records", "item", "fields", "delete"])]
    openapi: Option<PathBuf>,
    /// With --openapi: only lists whose path begins so; repeatable
    #[arg(long, value_name = "PATH", requires = "openapi")]
    path: Vec<String>,
    /// Address of the interface, such as https://bookings.example.com/api
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// How it lets you in: none, bearer, basic, header:NAME or query:NAME
    #[arg(long, value_name = "WAY")]
    auth: Option<String>,
    /// Path of the search by e-mail, such as /guests?email={email}
    #[arg(long, value_name = "PATH")]
    find: Option<String>,
    /// Where the records lie in its reply, such as $.items[*]
    #[arg(long, value_name = "PATH")]
    records: Option<String>,
    /// Path of one record, such as /guests/{id}, or none
    #[arg(long, value_name = "PATH")]
    item: Option<String>,
    /// Personal fields with commas between them, such as email,name,note=content.note
    #[arg(long, value_name = "FIELDS")]
    fields: Option<String>,
    /// A DELETE of the path of a record removes it
    #[arg(long)]
    delete: bool,
}

pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let draft = match &args.openapi {
        Some(file) => read(context, file, args)?,
        None => ask(context, args)?,
    };
    let folder = home(context).join("connectors");
    let file = folder.join(format!("{}.yml", draft.name));
    let tests = folder
        .join("tests")
        .join(format!("{}.test.yml", draft.name));
    let taken = [
        folder.join(format!("{}.yaml", draft.name)),
        file.clone(),
        tests.clone(),
    ];
    if let Some(there) = taken.iter().find(|file| file.exists()) {
        return Err(error("E790", say::is_there(there.display().to_string()))
            .help(say::is_there_help())
            .into());
    }
    let mut written = draft.write(context.ui.lang);
    let source = Arc::new(Source {
        path: file.clone(),
        text: written.text.clone(),
    });
    let read = definition::parse(source);
    let trial = read
        .as_ref()
        .ok()
        .and_then(|definition| trial::trial(&draft, definition, context.ui.lang));
    if read.is_ok() && trial.is_none() {
        written.open.push(Open {
            line: 1,
            place: "tests".to_owned(),
            what: say::open_no_test(),
        });
    }
    save(&file, &written.text)?;
    if let Some(text) = &trial {
        save(&tests, text)?;
    }
    let found = match &read {
        Ok(definition) => definition.warnings.clone(),
        Err(trouble) => trouble.diagnostics.clone(),
    };
    let made = Made {
        draft: &draft,
        written: &written,
        file: &file,
        tests: trial.is_some().then_some(&*tests),
        found: &found,
        is_sound: read.is_ok(),
    };
    match context.ui.format {
        Format::Json => context.ui.json(&document(context, &made)),
        Format::Table | Format::Csv => show(context, &made, read.as_ref().ok()),
    }
    Ok(if made.is_sound {
        Exit::Done
    } else {
        Exit::Waiting
    })
}

/// What was made.
struct Made<'m> {
    draft: &'m Draft,
    written: &'m Written,
    file: &'m Path,
    tests: Option<&'m Path>,
    found: &'m [Diagnostic],
    is_sound: bool,
}

fn save(file: &Path, text: &str) -> Result<()> {
    let made = workspace::make_folder(file.parent().unwrap_or(Path::new(".")), 0o755);
    made.and_then(|()| workspace::write_new(file, text.as_bytes(), 0o644))
        .map_err(|failure| {
            error("E791", say::cannot_write(os::why_at(file, &failure)))
                .help(say::cannot_write_help())
                .into()
        })
}

fn show(context: &Context, made: &Made<'_>, definition: Option<&Definition>) {
    let lang = context.ui.lang;
    let columns = [say::column_line(), say::column_place(), say::column_open()];
    let row = |open: &Open| {
        vec![
            open.line.to_string(),
            open.place.clone(),
            open.what.to(lang).to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = made.written.open.iter().map(row).collect();
    if !rows.is_empty() {
        context.ui.rows(&columns, &rows);
    }
    for file in std::iter::once(made.file).chain(made.tests) {
        context.ui.say(&say::wrote(file.display().to_string()));
    }
    context.ui.say(&match rows.len() {
        0 => say::nothing_open(),
        count => say::open_count(count),
    });
    if definition.is_none() {
        context.ui.say(&say::not_sound());
    }
    for wrong in made.found.iter().filter(|one| !one.is_warning()) {
        context.ui.warn(wrong);
    }
    if definition.is_some() {
        context.ui.say(&say::next_steps(&made.draft.name));
    }
}

/// `dsr.connector.new/1`
fn document(context: &Context, made: &Made<'_>) -> Value {
    let lang = context.ui.lang;
    let open =
        made.written.open.iter().map(
            |open| json!({ "line": open.line, "path": open.place, "what": open.what.to(lang) }),
        );
    json!({
        "schema": "dsr.connector.new/1",
        "connector": made.draft.name,
        "file": made.file.display().to_string(),
        "tests": made.tests.map(|file| file.display().to_string()),
        "sound": made.is_sound,
        "diagnostics": made.found.iter().map(|wrong| draw::json(wrong, lang)).collect::<Vec<_>>(),
        "open": open.collect::<Vec<_>>(),
    })
}

/// From an OpenAPI document.
fn read(context: &Context, file: &Path, args: &Args) -> Result<Draft> {
    if let Some(url) = &args.url {
        check_url(url)?;
    }
    let path = context.folder().join(file);
    let text = fs_err::read_to_string(&path).map_err(|failure| {
        error("E787", say::unreadable_openapi(os::why_at(&path, &failure)))
            .help(say::unreadable_openapi_help())
    })?;
    let source = Arc::new(Source {
        path: file.to_owned(),
        text,
    });
    let wish = Wish {
        name: args.name.clone().unwrap_or_default(),
        paths: args.path.clone(),
        url: args.url.clone(),
    };
    let draft = openapi::draft(&source, &wish)?;
    check_name(&draft.name)?;
    Ok(draft)
}

/// From answers: flags, or what a person types.
fn ask(context: &Context, args: &Args) -> Result<Draft> {
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

fn bad(flag: &str, help: Text) -> Diagnostic {
    error("E789", say::bad_answer(flag)).help(help)
}

fn check_name(name: &str) -> Result<()> {
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

fn check_url(url: &str) -> Result<()> {
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
        by: "email".to_owned(),
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
            fixed: false,
            open,
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
