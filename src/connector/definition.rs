//! `connectors/*.yml`, read and checked.
//!
//! After this door a connector cannot search without a field to guard by, send a secret anywhere but to its own server, read with
//! a request that writes, or write without naming the record. Words that the language does not have are refused by name, so that nothing
//! in a file is silently ignored. Which system uses which connector is the inventory's affair.

mod action;
mod api;
mod auth;
mod body;
mod describe;
mod docs;
mod expand;
mod files;
mod find;
mod hints;
mod look_up;
mod object;
pub mod overlay;
mod page;
mod part;
mod place;
mod protocol;
mod reply;
mod request;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::connector::attachment;
use crate::connector::grammar;
use crate::connector::library::{self, Library, Origin, Volume};
use crate::connector::look_up::LookUp;
use crate::connector::object::{How, Object, Via};
use crate::connector::rest::access::Access;
use crate::connector::rest::pace::Pace;
use crate::connector::rest::request::Verb;
use crate::diagnostic::{Diagnostic, Result, Source, Trouble};
use crate::keys::Digest;
use crate::messages::{Text, connector as say, library as words};
use crate::yaml::{Fields, Node, error};

pub(crate) use api::duration;
pub use api::{Api, Limits};
pub use auth::{
    Algorithm, Auth, ClientAuth, Grant, Jwt, OAuth1, OAuth2, Session, SignatureMethod, Signing,
};
pub use docs::Docs;
pub use expand::expanded;
pub use overlay::{Part, change::Change};
pub use protocol::{Etag, Protocol};

/// A connector file.
#[derive(Clone)]
pub struct Definition {
    pub name: String,
    pub version: String,
    pub title: Option<String>,
    pub docs: Docs,
    pub settings: BTreeMap<String, SettingRule>,
    pub api: Api,
    /// Children after their parents.
    pub objects: Vec<Object>,
    /// What the system holds beside them, which people look up.
    pub look_up: Vec<LookUp>,
    /// SHA-256 of the file's bytes, by which `dsr.lock` pins it.
    pub digest: Digest,
    /// The files it is made of: its own first, then those that it extends.
    pub parts: Vec<Part>,
    /// What overlays changed in the connector at the bottom, safety properties first.
    pub changes: Vec<Change>,
    /// What does not stop the file from being used (W201).
    pub warnings: Vec<Diagnostic>,
}

impl Definition {
    /// The same connector for another system, which is asked at a pace of its own.
    pub fn for_another_system(&self) -> Definition {
        let mut other = self.clone();
        other.api.pace = Pace::default();
        other.api.access = Access::default();
        other
    }
}

impl std::fmt::Debug for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Definition")
            .field("name", &self.name)
            .field("version", &self.version)
            .finish()
    }
}

/// What a system must state to use the connector.
#[derive(Clone, Debug, Default)]
pub struct SettingRule {
    pub kind: SettingKind,
    /// Must be a reference, never a literal, and goes nowhere but into `api.auth`.
    pub secret: bool,
    pub default: Option<String>,
    pub pattern: Option<regex::Regex>,
    pub one_of: Vec<String>,
    pub help: Option<Text>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SettingKind {
    #[default]
    Text,
    Url,
    Integer,
    Boolean,
}

impl SettingRule {
    /// Whether an inventory must state it.
    pub fn is_required(&self) -> bool {
        self.default.is_none()
    }

    /// Checks a value; `insecure_http` is the system's own switch.
    ///
    /// # Errors
    /// What is wrong with the value, without the value.
    pub fn check(&self, value: &str, insecure_http: bool) -> Result<(), Text> {
        if value.trim().is_empty() || value.chars().any(char::is_control) {
            return Err(say::setting_empty());
        }
        match self.kind {
            SettingKind::Url => check_url(value, insecure_http)?,
            SettingKind::Integer if value.parse::<i64>().is_err() => {
                return Err(say::setting_not_integer());
            }
            SettingKind::Boolean if !["true", "false"].contains(&value) => {
                return Err(say::setting_not_boolean());
            }
            _ => {}
        }
        if let Some(pattern) = &self.pattern
            && !pattern.is_match(value)
        {
            return Err(say::setting_pattern(pattern.as_str()));
        }
        if !self.one_of.is_empty() && !self.one_of.iter().any(|known| known == value) {
            return Err(say::setting_one_of(self.one_of.join(", ")));
        }
        Ok(())
    }
}

/// https, or loopback, without user, query or fragment (E112).
fn check_url(value: &str, insecure_http: bool) -> Result<(), Text> {
    let url = url::Url::parse(value).map_err(|_| say::url_unreadable())?;
    let secure = url.scheme() == "https"
        || (url.scheme() == "http" && (insecure_http || crate::connector::rest::is_loopback(&url)));
    if !secure {
        return Err(say::url_insecure());
    }
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.has_host();
    if bare { Ok(()) } else { Err(say::url_extras()) }
}

/// Reads a connector file.
///
/// # Errors
/// Everything that is wrong with it, structure before expressions.
pub fn read(path: &Path) -> Result<Definition> {
    let volume = library::open(path, Origin::Path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    assemble(&volume.source, &Library::around(folder), None)
}

/// Reads the text of a connector file, which can extend only what comes with the program.
///
/// # Errors
/// As [`read`].
pub fn parse(source: Arc<Source>) -> Result<Definition> {
    assemble(&source, &Library::default(), None)
}

/// Reads a connector as an inventory uses it; `extend` stands there.
///
/// # Errors
/// As [`read`], and where the file takes the name of a connector that comes with the program without extending it (E101).
pub fn load(volume: &Volume, library: &Library, extend: Option<&Node>) -> Result<Definition> {
    not_taken(volume)?;
    assemble(&volume.source, library, extend)
}

/// The connector of the same name that comes with the program, if a file that is only looked at reads otherwise and does not extend it.
pub fn named_like(volume: &Volume) -> Option<String> {
    let named = Volume {
        origin: Origin::Path,
        ..volume.clone()
    };
    let taken = volume.origin == Origin::Loose && not_taken(&named).is_err();
    taken.then(|| volume.name.clone())
}

fn not_taken(volume: &Volume) -> Result<()> {
    if volume.origin == Origin::Loose {
        return Ok(());
    }
    let node = crate::yaml::parse(&volume.source)?;
    let stated = overlay::entry(&node, "connector");
    let name = stated.and_then(Node::scalar);
    let names = [name.as_deref(), Some(volume.name.as_str())];
    let shipped = names.into_iter().flatten().find_map(library::shipped);
    let Some(shipped) = shipped.filter(|_| volume.origin != Origin::Shipped) else {
        return Ok(());
    };
    if overlay::entry(&node, "extends").is_some() || shipped.source.text == volume.source.text {
        return Ok(());
    }
    let major = parse(Arc::clone(&shipped.source)).ok();
    let major = major.and_then(|shipped| overlay::major_of(&shipped.version));
    let place = stated.map_or_else(|| node.place.clone(), |stated| stated.place.clone());
    Err(error("E101", words::name_is_taken(&shipped.name))
        .at(place)
        .why(words::name_is_taken_why())
        .help(words::name_is_taken_help(&shipped.name, major.unwrap_or(1)))
        .into())
}

fn assemble(source: &Arc<Source>, library: &Library, extend: Option<&Node>) -> Result<Definition> {
    let mut errors = Vec::new();
    let whole = overlay::whole(source, library, extend)?;
    let definition = definition(&whole, source, &mut errors);
    let (warnings, mut errors): (Vec<_>, Vec<_>) =
        errors.into_iter().partition(Diagnostic::is_warning);
    match definition {
        Some(definition) if errors.is_empty() => Ok(Definition {
            warnings,
            ..definition
        }),
        _ => {
            // A typing error in the structure must not drown in what follows from it.
            errors.sort_by_key(|error| error.code.starts_with("E3"));
            errors.truncate(20);
            Err(Trouble::from(errors))
        }
    }
}

fn definition(
    whole: &overlay::Whole,
    source: &Source,
    errors: &mut Vec<Diagnostic>,
) -> Option<Definition> {
    let mut fields = Fields::of(&whole.node, errors)?;
    if let Some(number) = fields.required("dsr")
        && number.scalar().as_deref() != Some("1")
    {
        fields.error(
            error("E100", say::language_number())
                .at(number.place.clone())
                .help(say::language_number_help()),
        );
    }
    let name = checked_text(
        &mut fields,
        "connector",
        "E101",
        is_name,
        (say::connector_name(), say::connector_name_help()),
    );
    let version = checked_text(
        &mut fields,
        "version",
        "E102",
        is_semver,
        (say::version(), say::version_help()),
    );
    let title = fields.text("title");
    let docs = fields
        .optional("docs")
        .and_then(|node| docs::read(node, fields.errors()))
        .unwrap_or_default();
    let settings = match fields.optional("settings") {
        Some(node) => settings(node, fields.errors()),
        None => BTreeMap::new(),
    };
    let api_node = fields.required("api");
    let objects_node = fields.required("objects");
    let secrets: BTreeMap<String, bool> = settings
        .iter()
        .map(|(name, (rule, _))| (name.clone(), rule.secret))
        .collect();
    let api = api_node
        .and_then(|node| api::read(node, &settings_only(&settings), &secrets, fields.errors()));
    let screen = fields
        .optional("screen")
        .and_then(|node| grammar::words(node, fields.errors()));
    let mut objects = match (&api, objects_node) {
        (Some((_, defaults)), Some(node)) => {
            object::read_all(node, defaults, &secrets, fields.errors())
        }
        _ => None,
    };
    let look_up_node = fields.optional("look_up");
    let look_up = match (look_up_node, &mut objects) {
        (node, Some(objects)) => {
            for object in objects.iter_mut().filter(|o| o.screen.is_none()) {
                object.screen.clone_from(&screen);
            }
            let records = objects.iter().filter(|object| !object.is_place());
            let records: Vec<&str> = records.map(|object| object.name.as_str()).collect();
            node.map(|node| look_up::read(node, &records, fields.errors()))
                .unwrap_or_default()
        }
        // What is wrong with the objects is said first.
        (_, None) => Vec::new(),
    };
    fields.finish();
    let (api, objects) = (api?.0, objects?);
    unused_settings(&settings, &api, &objects, source, errors);
    Some(Definition {
        name: name?,
        version: version?,
        title,
        docs,
        settings: settings
            .into_iter()
            .map(|(name, (rule, _))| (name, rule))
            .collect(),
        api,
        objects,
        look_up,
        digest: Digest::sha256(source.text.as_bytes()),
        parts: whole.parts.clone(),
        changes: whole.changes.clone(),
        warnings: Vec::new(),
    })
}

type Settings = BTreeMap<String, (SettingRule, crate::diagnostic::Place)>;

fn settings_only(settings: &Settings) -> BTreeMap<String, SettingKind> {
    settings
        .iter()
        .map(|(name, (rule, _))| (name.clone(), rule.kind))
        .collect()
}

fn settings(node: &Node, errors: &mut Vec<Diagnostic>) -> Settings {
    let mut out = Settings::new();
    for (name, node) in grammar::mapping(node, errors).unwrap_or_default() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.text.chars().all(word) || name.text.is_empty() {
            errors.push(
                error("E110", say::setting_name(&name.text))
                    .help(say::setting_name_help())
                    .at(name.place.clone()),
            );
            continue;
        }
        let Some(mut fields) = Fields::of(node, errors) else {
            continue;
        };
        let kind = match fields.text("type").as_deref() {
            None | Some("text") => SettingKind::Text,
            Some("url") => SettingKind::Url,
            Some("integer") => SettingKind::Integer,
            Some("boolean") => SettingKind::Boolean,
            Some(other) => {
                let place = node.place.clone();
                fields.error(
                    error("E121", say::setting_type(other))
                        .help(say::setting_type_help())
                        .at(place),
                );
                SettingKind::Text
            }
        };
        let pattern = fields.text("pattern").and_then(|pattern| {
            // Anchored, so that a pattern speaks of the whole value.
            regex::Regex::new(&format!("^(?:{pattern})$"))
                .map_err(|_| {
                    fields.error(
                        error("E121", say::setting_bad_pattern())
                            .help(say::setting_bad_pattern_help())
                            .at(node.place.clone()),
                    );
                })
                .ok()
        });
        let rule = SettingRule {
            kind,
            secret: fields.boolean("secret").unwrap_or(false),
            default: fields.text("default"),
            pattern,
            one_of: fields.texts("one_of").unwrap_or_default(),
            help: fields
                .optional("help")
                .and_then(|node| grammar::words(node, fields.errors())),
        };
        if let Some(default) = rule.default.as_ref().filter(|_| rule.secret) {
            // Known as a secret from here on, so that its line can be shown without it.
            crate::secret::remember(default);
            fields.error(
                error("E114", say::secret_default())
                    .at(node.place.clone())
                    .help(say::secret_default_help()),
            );
        } else if let Some(default) = &rule.default
            && let Err(what) = rule.check(default, false)
        {
            let code = if rule.kind == SettingKind::Url {
                "E112"
            } else {
                "E121"
            };
            fields.error(
                error(code, what)
                    .at(node.place.clone())
                    .help(say::setting_default_help()),
            );
        }
        fields.finish();
        out.insert(name.text.clone(), (rule, name.place.clone()));
    }
    out
}

fn unused_settings(
    settings: &Settings,
    api: &Api,
    objects: &[Object],
    source: &Source,
    errors: &mut Vec<Diagnostic>,
) {
    let mut used: BTreeSet<String> = api.reads().into_iter().map(str::to_owned).collect();
    for object in objects {
        for request in requests(object) {
            used.extend(request.reads().into_iter().map(str::to_owned));
            used.extend(
                request
                    .when
                    .iter()
                    .flat_map(|c| c.reads().map(str::to_owned)),
            );
        }
        for rule in object.files() {
            let texts = rule.name.iter().chain(&rule.hosts);
            used.extend(texts.flat_map(|text| text.reads().map(str::to_owned)));
        }
    }
    for (name, (_, place)) in settings {
        if !used.contains(&format!("settings.{name}")) {
            // What came along cannot be edited; what is stated above it takes away what used the setting.
            let file = &place.source.path;
            let came_along = file.to_string_lossy().starts_with("dsr:");
            let help = match came_along || *file != source.path {
                true => say::setting_unused_below(name),
                false => say::setting_unused_help(),
            };
            errors.push(
                error("E110", say::setting_unused(name))
                    .at(place.clone())
                    .help(help),
            );
        }
    }
}

fn checked_text(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
    code: &'static str,
    sound: fn(&str) -> bool,
    (what, help): (Text, Text),
) -> Option<String> {
    let node = fields.required(key)?;
    let text = node.scalar().filter(|text| sound(text));
    if text.is_none() {
        fields.error(error(code, what).at(node.place.clone()).help(help));
    }
    text
}

pub(crate) fn is_name(text: &str) -> bool {
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(part)
}

fn is_semver(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok())
}

/// Every request of an object, reading and writing.
fn requests(object: &Object) -> impl Iterator<Item = &crate::connector::rest::request::Request> {
    let finders = object.find.iter().filter_map(|finder| match &finder.via {
        Via::Request(request) => Some(&**request),
        _ => None,
    });
    let (read, actions) = match &object.how {
        How::Http { read, actions, .. } => (read.as_deref(), actions.as_slice()),
        _ => (None, &[][..]),
    };
    finders
        .chain(read)
        .chain(object.parts().iter().map(|part| &part.request))
        .chain(object.files().iter().map(|rule| &rule.request))
        .chain(actions.iter().flat_map(|(_, action)| {
            let polls = action.steps.iter().filter_map(|step| step.poll.as_deref());
            let steps = action.steps.iter();
            steps
                .chain(polls.map(|poll| &poll.get))
                .chain(action.verify.request.as_deref())
        }))
}

/// Scheme and host of a URL with settings in it.
fn origin_of(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            format!("{scheme}://{}", rest.split('/').next().unwrap_or_default())
        }
        // A setting that is a whole URL ends where its path begins.
        None => url.split('/').next().unwrap_or_default().to_owned(),
    }
}

/// What a file may do, for the person who decides whether to trust it.
impl Definition {
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }

    /// The one server that is contacted, settings shown as `{settings.url}`.
    pub fn origin(&self) -> String {
        origin_of(&self.api.url.masked())
    }

    /// Every server that is contacted: the system's own, and those that give tokens for it.
    pub fn contacts(&self) -> Vec<String> {
        let mut all = vec![self.origin()];
        for url in self.api.auth.elsewhere() {
            let origin = origin_of(&url);
            if !all.contains(&origin) {
                all.push(origin);
            }
        }
        all
    }

    /// The program that signs its requests, if one does.
    pub fn signing(&self) -> Option<&Signing> {
        match &self.api.auth {
            Auth::Plugin(signing) => Some(signing),
            _ => None,
        }
    }

    /// The requests by which one is let in and takes one's leave, in reading as well.
    pub fn log_ins(&self) -> Vec<String> {
        self.api.auth.log_ins()
    }

    /// Each action, as `object.action`, with its requests; `≤ 200` where one of them may be for so many records.
    pub fn writes(&self) -> Vec<(String, Vec<String>)> {
        let mut out = Vec::new();
        for object in &self.objects {
            if let How::Http { actions, .. } = &object.how {
                let sent = actions.iter().filter(|(_, does)| does.manual.is_none());
                for (action, does) in sent {
                    let mut name = format!("{}.{}", object.name, action.word());
                    if let Some(batch) = does.batch {
                        name.push_str(&format!(", ≤ {batch}"));
                    }
                    out.push((
                        name,
                        does.steps.iter().map(|step| step.describe()).collect(),
                    ));
                }
            }
        }
        out
    }

    /// What may be fetched for packages: the object, the request, the hosts from which it may come, and whether credentials go along
    /// to those of them that are written out.
    pub fn downloads(&self) -> Vec<(String, String, Vec<String>, bool)> {
        let own = self.origin();
        let rules = self.objects.iter().flat_map(|object| {
            let rules = object.files().iter();
            rules.map(move |rule| (object.name.clone(), rule))
        });
        rules
            .map(|(object, rule)| {
                let (request, hosts, known) = attachment::describe(rule, &own);
                (object, request, hosts, known)
            })
            .collect()
    }

    /// How each object is read: what is taken for reading by the kind of its requests, whatever a server makes of them.
    pub fn reads(&self) -> Vec<(String, Vec<String>)> {
        let of = |object: &Object| {
            let gets =
                requests(object).filter(|request| matches!(request.verb, Verb::Get | Verb::Head));
            let mut all: Vec<String> = gets.map(|request| request.describe()).collect();
            all.sort();
            all.dedup();
            (object.name.clone(), all)
        };
        let all = self.objects.iter().map(of);
        all.filter(|(_, requests)| !requests.is_empty()).collect()
    }

    /// Objects of which one person may have more records than is usual, and how many.
    pub fn wide_caps(&self) -> Vec<(String, usize)> {
        let wide = self
            .objects
            .iter()
            .filter(|object| object.cap > grammar::CAP);
        wide.map(|object| (object.name.clone(), object.cap))
            .collect()
    }

    /// POSTs of which the author promises that they only read.
    pub fn read_only_posts(&self) -> Vec<String> {
        let posts = self.objects.iter().flat_map(|object| {
            requests(object)
                .filter(|request| request.verb == Verb::Post && request.read_only)
                .map(|request| format!("{}: {}", object.name, request.describe()))
        });
        posts.collect()
    }
}

#[cfg(test)]
mod tests;
