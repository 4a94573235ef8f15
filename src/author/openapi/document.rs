//! The document itself: its operations, their parameters, bodies and replies, the same for each version of the format.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Source};
use crate::messages::author as say;
use crate::yaml::error;

/// References followed one after the other.
const HOPS: usize = 16;

/// Verbs that an operation can have.
const VERBS: [&str; 6] = ["get", "post", "put", "patch", "delete", "head"];

/// An OpenAPI document.
pub(super) struct Document {
    root: Value,
    /// Whether it is Swagger 2.0.
    pub(super) old: bool,
}

/// One operation.
pub(super) struct Operation<'d> {
    pub(super) path: &'d str,
    pub(super) verb: &'static str,
    node: &'d Value,
    /// Those of the path and its own.
    pub(super) params: Vec<Param<'d>>,
}

/// A parameter.
#[derive(Clone)]
pub(super) struct Param<'d> {
    pub(super) name: &'d str,
    /// `query`, `path`, `header`, `body`, …
    pub(super) place: &'d str,
    pub(super) required: bool,
    node: &'d Value,
}

impl Document {
    pub(super) fn read(source: &Arc<Source>) -> Result<Document, Diagnostic> {
        let root = crate::yaml::values(source)?;
        let version = |key: &str| {
            root.get(key).map(|version| {
                version
                    .as_str()
                    .map_or_else(|| version.to_string(), str::to_owned)
            })
        };
        let old = version("swagger").is_some_and(|version| version.starts_with('2'));
        let new = version("openapi").is_some_and(|version| version.starts_with('3'));
        if !(old || new) || root.get("paths").and_then(Value::as_object).is_none() {
            return Err(
                error("E787", say::no_openapi(source.path.display().to_string()))
                    .help(say::no_openapi_help()),
            );
        }
        Ok(Document { root, old })
    }

    pub(super) fn get(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer)
    }

    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.get(pointer).and_then(Value::as_str)
    }

    /// The node that a `$ref` leads to within the document, or the node itself.
    pub(super) fn resolve<'d>(&'d self, node: &'d Value) -> &'d Value {
        let mut here = node;
        for _ in 0..HOPS {
            let Some(next) = here
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|link| link.strip_prefix('#'))
            else {
                return here;
            };
            // Some writers percent-encode the pointer, as in a URL.
            let plain = percent_encoding::percent_decode_str(next).decode_utf8_lossy();
            let Some(found) = self
                .root
                .pointer(next)
                .or_else(|| self.root.pointer(&plain))
            else {
                return here;
            };
            here = found;
        }
        here
    }

    /// Every operation, in the order of their paths.
    pub(super) fn operations(&self) -> Vec<Operation<'_>> {
        let mut out = Vec::new();
        let paths = self.get("/paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let item = self.resolve(item);
            for verb in VERBS {
                let Some(node) = item.get(verb) else { continue };
                let shared = item.get("parameters").and_then(Value::as_array);
                let own = node.get("parameters").and_then(Value::as_array);
                let mut params: Vec<Param<'_>> = Vec::new();
                for node in own.into_iter().chain(shared).flatten() {
                    let param = self.param(node);
                    // What the operation says itself comes first and wins.
                    params.extend(param.filter(|one| {
                        !params
                            .iter()
                            .any(|known| known.name == one.name && known.place == one.place)
                    }));
                }
                out.push(Operation {
                    path,
                    verb,
                    node,
                    params,
                });
            }
        }
        out
    }

    fn param<'d>(&'d self, node: &'d Value) -> Option<Param<'d>> {
        let node = self.resolve(node);
        Some(Param {
            name: node.get("name")?.as_str()?,
            place: node.get("in")?.as_str()?,
            required: node
                .get("required")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            node,
        })
    }
}

impl<'d> Operation<'d> {
    /// The schema of the reply of a success, or an example of it.
    pub(super) fn reply(&self, document: &'d Document) -> Option<Shape<'d>> {
        let replies = self.node.get("responses")?.as_object()?;
        let mut all: Vec<(&String, &Value)> = replies
            .iter()
            .filter(|(status, _)| status.starts_with('2') || *status == "default")
            .collect();
        all.sort_by_key(|(status, _)| *status != "200");
        all.into_iter()
            .find_map(|(_, reply)| document.shape(document.resolve(reply)))
    }

    /// The schema of the JSON body.
    pub(super) fn body(&self, document: &'d Document) -> Option<Shape<'d>> {
        if document.old {
            let body = self.params.iter().find(|param| param.place == "body")?;
            return body.node.get("schema").map(Shape::Schema);
        }
        document.shape(document.resolve(self.node.get("requestBody")?))
    }

    /// A parameter of its path.
    pub(super) fn in_path(&self, name: &str) -> Option<&Param<'d>> {
        let mut all = self.params.iter();
        all.find(|param| param.place == "path" && param.name == name)
    }

    pub(super) fn query(&self) -> impl Iterator<Item = &Param<'d>> {
        self.params.iter().filter(|param| param.place == "query")
    }

    /// The path of the list that it belongs to and the name of its last parameter, if its path is that of one record:
    /// `/people/{id}`, `/people/{id}.json`, `/people({id})`, `/people('{id}')`.
    pub(super) fn item(&self) -> Option<(String, &'d str)> {
        of_one(bare(self.path))
    }
}

/// The list and the last parameter of the path of one record.
pub(super) fn of_one(path: &str) -> Option<(String, &str)> {
    let (head, last) = path.rsplit_once('/')?;
    let (before, behind) = last.split_once('{')?;
    let (name, after) = behind.split_once('}')?;
    let list = match (before, after) {
        ("", "") => head.to_owned(),
        (before, ")") => format!("{head}/{}", before.strip_suffix('(')?),
        (before, "')") => format!("{head}/{}", before.strip_suffix("('")?),
        _ => return None,
    };
    Some((list, name))
}

/// A path without what only says in which form a reply comes.
pub(super) fn bare(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let cut = path.strip_suffix(".json").or(path.strip_suffix(".xml"));
    cut.unwrap_or(path)
}

/// What is said of a body: a schema, or only an example.
#[derive(Clone, Copy)]
pub(super) enum Shape<'d> {
    Schema(&'d Value),
    Example(&'d Value),
}

impl Document {
    /// The shape of a reply or request body of version 3, or of a reply of version 2.
    fn shape<'d>(&'d self, node: &'d Value) -> Option<Shape<'d>> {
        if let Some(schema) = node.get("schema") {
            return Some(Shape::Schema(schema));
        }
        let content: Option<&Map<String, Value>> = node.get("content").and_then(Value::as_object);
        let media = content
            .into_iter()
            .flatten()
            .filter(|(kind, _)| kind.contains("json") || *kind == "*/*");
        let media: Vec<&Value> = media.map(|(_, media)| media).collect();
        let schema = media.iter().find_map(|media| media.get("schema"));
        let is_empty = |schema: &Value| {
            let schema = self.resolve(schema);
            !["properties", "items", "allOf", "oneOf", "anyOf"]
                .iter()
                .any(|key| schema.get(key).is_some())
        };
        if let Some(schema) = schema.filter(|schema| !is_empty(schema)) {
            return Some(Shape::Schema(schema));
        }
        let example = |media: &&'d Value| -> Option<&'d Value> {
            let one = media.get("example");
            one.or_else(|| {
                let first = media.get("examples")?.as_object()?.values().next()?;
                self.resolve(first).get("value")
            })
        };
        let old = node
            .get("examples")
            .and_then(|all| all.get("application/json"));
        media
            .iter()
            .find_map(example)
            .or(old)
            .filter(|example| example.is_object() || example.is_array())
            .map(Shape::Example)
    }
}

impl Param<'_> {
    /// Its schema; in version 2 it is one itself.
    pub(super) fn schema<'d>(&'d self, document: &'d Document) -> &'d Value {
        document.resolve(self.node.get("schema").unwrap_or(self.node))
    }

    /// A value that the document states: a default, or the first it may have.
    pub(super) fn stated(&self, document: &Document) -> Option<String> {
        let schema = self.schema(document);
        let first = schema
            .get("enum")
            .and_then(Value::as_array)
            .and_then(|all| all.first());
        let value = schema
            .get("default")
            .or(first)
            .or_else(|| schema.get("const"))?;
        match value {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// What the document says it is, in small letters.
    pub(super) fn described(&self, document: &Document) -> String {
        let text = |node: &Value| {
            let text = node.get("description").and_then(Value::as_str);
            text.unwrap_or_default().to_lowercase()
        };
        format!("{} {}", text(self.node), text(self.schema(document)))
    }

    pub(super) fn has_format(&self, document: &Document, format: &str) -> bool {
        self.schema(document).get("format").and_then(Value::as_str) == Some(format)
    }

    pub(super) fn number(&self, document: &Document, key: &str) -> Option<u64> {
        self.schema(document).get(key).and_then(Value::as_u64)
    }

    pub(super) fn words(&self) -> Vec<String> {
        crate::connector::guess::words(self.name)
    }
}
