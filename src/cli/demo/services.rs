//! The two HTTP services of the demo: a CRM and a help desk on loopback, with the habits of real ones.
//!
//! Each keeps its records in a JSON file of the landscape and really deletes them. The CRM searches loosely, sends two contacts a
//! page and refuses the first call because it came too soon (429); the help desk takes its time over a search and links from page
//! to page. They run on a thread and a runtime of their own until they are dropped.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::workspace;

/// How long the help desk thinks about a search.
const SLOW: Duration = Duration::from_millis(300);
/// Tickets a page.
const TICKETS: usize = 2;

/// Both services, as long as this lives.
pub(super) struct Services {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The ports of the two services, taken before the inventory that names them is written.
pub(super) struct Ports {
    crm: TcpListener,
    desk: TcpListener,
}

impl Ports {
    /// Takes two ports: those named, or free ones where none are.
    ///
    /// # Errors
    /// A port is in use.
    pub(super) fn take(crm: Option<SocketAddr>, desk: Option<SocketAddr>) -> std::io::Result<Self> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let take = |address: Option<SocketAddr>| TcpListener::bind(address.unwrap_or(any));
        Ok(Ports {
            crm: take(crm)?,
            desk: take(desk)?,
        })
    }

    /// Base addresses of CRM and help desk.
    pub(super) fn urls(&self) -> std::io::Result<[String; 2]> {
        let [crm, desk] = [self.crm.local_addr()?, self.desk.local_addr()?];
        Ok([format!("http://{crm}"), format!("http://{desk}")])
    }

    /// Starts to serve the records in this folder.
    ///
    /// # Errors
    /// Records or keys cannot be read.
    pub(super) fn serve(self, folder: &Path) -> std::io::Result<Services> {
        let crm = Arc::new(Service::open(Kind::Crm, folder)?);
        let desk = Arc::new(Service::open(Kind::Desk, folder)?);
        for listener in [&self.crm, &self.desk] {
            listener.set_nonblocking(true)?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = listen(self.crm, crm) => {}
                    () = listen(self.desk, desk) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Services {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn listen(listener: TcpListener, service: Arc<Service>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    while let Ok((stream, _)) = listener.accept().await {
        let service = Arc::clone(&service);
        tokio::spawn(async move {
            let answer = service_fn(move |request| {
                let service = Arc::clone(&service);
                async move { service.respond(&request).await }
            });
            // A client that went away is its own affair.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Crm,
    Desk,
}

struct Service {
    kind: Kind,
    key: String,
    file: PathBuf,
    data: Mutex<Value>,
    was_asked: AtomicBool,
}

/// Status and body; a refusal has none.
type Answer = (u16, Value);

impl Service {
    fn open(kind: Kind, folder: &Path) -> std::io::Result<Service> {
        let name = match kind {
            Kind::Crm => "crm",
            Kind::Desk => "desk",
        };
        let file = folder.join(format!("{name}.json"));
        let key = fs_err::read_to_string(folder.join(format!("{name}.key")))?;
        let data = serde_json::from_str(&fs_err::read_to_string(&file)?)?;
        Ok(Service {
            kind,
            key: key.trim().to_owned(),
            file,
            data: Mutex::new(data),
            was_asked: AtomicBool::new(false),
        })
    }

    async fn respond(
        &self,
        request: &hyper::Request<Incoming>,
    ) -> Result<hyper::Response<Full<Bytes>>, hyper::http::Error> {
        let target = request.uri();
        let host = header(request, "host");
        let too_soon = self.kind == Kind::Crm && !self.was_asked.swap(true, Ordering::SeqCst);
        if self.kind == Kind::Desk && target.path() == "/users" {
            tokio::time::sleep(SLOW).await;
        }
        let (status, body) = if !self.lets_in(request) {
            (401, Value::Null)
        } else if too_soon {
            (429, Value::Null)
        } else {
            self.answer(request.method().as_str(), target, &host)
        };
        let response = hyper::Response::builder().status(status);
        let response = match status {
            429 => response.header("Retry-After", "0"),
            _ => response.header("Content-Type", "application/json"),
        };
        let body = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        response.body(Full::new(body))
    }

    fn lets_in(&self, request: &hyper::Request<Incoming>) -> bool {
        match self.kind {
            Kind::Crm => header(request, "authorization") == format!("Bearer {}", self.key),
            Kind::Desk => header(request, "x-api-key") == self.key,
        }
    }

    fn answer(&self, method: &str, target: &hyper::Uri, host: &str) -> Answer {
        let path: Vec<&str> = target.path().trim_matches('/').split('/').collect();
        let query = |name: &str| {
            url::form_urlencoded::parse(target.query().unwrap_or_default().as_bytes())
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
        };
        let page = query("page")
            .and_then(|page| page.parse::<usize>().ok())
            .unwrap_or(1)
            .max(1);
        let mut data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        match (self.kind, method, &path[..]) {
            (Kind::Crm, "GET", ["contacts"]) => {
                let wanted = words(&query("q").unwrap_or_default());
                let per_page = query("per_page").and_then(|size| size.parse().ok());
                let found = match query("silent_since") {
                    Some(day) => silent(&data, "contacts", "last_contact", &day),
                    None => select(&data, "contacts", |contact| resembles(contact, &wanted)),
                };
                let (shown, _) = cut(&found, page, per_page.unwrap_or(2));
                (200, json!({ "total": found.len(), "contacts": shown }))
            }
            (Kind::Desk, "GET", [list @ ("users" | "tickets")])
                if query("silent_since").is_some() =>
            {
                let day = query("silent_since").unwrap_or_default();
                let found = silent(&data, list, "last_activity", &day);
                (200, json!({ *list: found, "next": null }))
            }
            (Kind::Desk, "GET", ["users"]) => {
                // Everything before the @ is compared: a search that means well.
                let wanted = query("email").unwrap_or_default().to_lowercase();
                let name = wanted.split('@').next().unwrap_or_default().to_owned();
                let found = select(&data, "users", |user| {
                    !name.is_empty() && text(user, "email").to_lowercase().starts_with(&name)
                });
                (200, json!({ "users": found, "next": null }))
            }
            (Kind::Desk, "GET", ["users", user, "tickets"]) => {
                let found = select(&data, "tickets", |ticket| text(ticket, "user") == *user);
                let (shown, more) = cut(&found, page, TICKETS);
                let next = format!("http://{host}/users/{user}/tickets?page={}", page + 1);
                (
                    200,
                    json!({ "tickets": shown, "next": more.then_some(next) }),
                )
            }
            (_, "GET", [list, id]) => match select(&data, list, |one| text(one, "id") == *id).pop()
            {
                Some(record) => (200, record),
                None => (404, Value::Null),
            },
            (_, "DELETE", [list, id]) => self.delete(&mut data, list, id),
            _ => (404, Value::Null),
        }
    }

    /// Deletes for good: from memory and from the file.
    fn delete(&self, data: &mut Value, list: &str, id: &str) -> Answer {
        let mut left = data.clone();
        let Some(records) = left.get_mut(list).and_then(Value::as_array_mut) else {
            return (404, Value::Null);
        };
        let before = records.len();
        records.retain(|record| text(record, "id") != id);
        if records.len() == before {
            return (404, Value::Null);
        }
        let bytes = serde_json::to_vec_pretty(&left).unwrap_or_default();
        match workspace::replace(&self.file, &bytes, 0o644) {
            Ok(()) => {
                *data = left;
                (204, Value::Null)
            }
            Err(_) => (500, Value::Null),
        }
    }
}

fn header(request: &hyper::Request<Incoming>, name: &str) -> String {
    let value = request.headers().get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default().to_owned()
}

fn text<'v>(record: &'v Value, name: &str) -> &'v str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn select(data: &Value, list: &str, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
    let records = data.get(list).and_then(Value::as_array);
    records
        .into_iter()
        .flatten()
        .filter(|record| fits(record))
        .cloned()
        .collect()
}

/// Records whose day lies before another. Both are written so that they stand in the order of texts.
fn silent(data: &Value, list: &str, clock: &str, before: &str) -> Vec<Value> {
    select(data, list, |one| {
        let day = text(one, clock);
        !day.is_empty() && day < before
    })
}

/// One page of a list, and whether more follow.
fn cut(found: &[Value], page: usize, size: usize) -> (Vec<Value>, bool) {
    let start = (page - 1).saturating_mul(size).min(found.len());
    let end = start.saturating_add(size).min(found.len());
    (found[start..end].to_vec(), end < found.len())
}

/// The first four letters of each word before the @.
fn words(text: &str) -> Vec<String> {
    let name = text.split('@').next().unwrap_or_default().to_lowercase();
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 4)
        .map(|word| word.chars().take(4).collect())
        .collect()
}

/// Whether a contact's address has a word that begins like one of those looked for.
fn resembles(contact: &Value, wanted: &[String]) -> bool {
    words(text(contact, "email"))
        .iter()
        .any(|word| wanted.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(kind: Kind, records: &Value) -> (tempfile::TempDir, Service) {
        let folder = tempfile::tempdir().unwrap();
        let name = if kind == Kind::Crm { "crm" } else { "desk" };
        fs_err::write(
            folder.path().join(format!("{name}.json")),
            records.to_string(),
        )
        .unwrap();
        fs_err::write(folder.path().join(format!("{name}.key")), "key\n").unwrap();
        let service = Service::open(kind, folder.path()).unwrap();
        (folder, service)
    }

    fn ask(service: &Service, method: &str, target: &str) -> Answer {
        service.answer(method, &target.parse().unwrap(), "127.0.0.1:1")
    }

    #[test]
    fn the_crm_returns_strangers_too_and_sends_them_in_pages() {
        let contact = |id: &str, email: &str| json!({ "id": id, "email": email });
        let (_folder, crm) = service(
            Kind::Crm,
            &json!({ "contacts": [
                contact("1", "anna.meier@example.org"), contact("2", "anna.huber@example.com"),
                contact("3", "control@example.org"), contact("4", "bernd.meierhofer@example.org"),
            ] }),
        );
        let page = |number: u8| {
            let target = format!("/contacts?q=anna.meier%40example.org&per_page=2&page={number}");
            let (status, body) = ask(&crm, "GET", &target);
            assert_eq!((status, &body["total"]), (200, &json!(3)));
            let contacts = body["contacts"].as_array().unwrap().clone();
            contacts
                .iter()
                .map(|c| text(c, "id").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(page(1), ["1", "2"]);
        assert_eq!(page(2), ["4"]);
        assert!(page(3).is_empty());
    }

    #[test]
    fn the_desk_links_from_page_to_page() {
        let ticket = |id: u8| json!({ "id": id.to_string(), "user": "7" });
        let (_folder, desk) = service(
            Kind::Desk,
            &json!({ "users": [], "tickets": [ticket(1), ticket(2), ticket(3)] }),
        );
        let (_, first) = ask(&desk, "GET", "/users/7/tickets");
        assert_eq!(first["next"], "http://127.0.0.1:1/users/7/tickets?page=2");
        let (_, second) = ask(&desk, "GET", "/users/7/tickets?page=2");
        assert_eq!(second["tickets"].as_array().unwrap().len(), 1);
        assert_eq!(second["next"], Value::Null);
    }

    #[test]
    fn what_is_deleted_is_gone_from_the_file_too() {
        let (folder, desk) = service(
            Kind::Desk,
            &json!({ "users": [{ "id": "1" }, { "id": "2" }], "tickets": [] }),
        );
        assert_eq!(ask(&desk, "DELETE", "/users/1").0, 204);
        assert_eq!(ask(&desk, "DELETE", "/users/1").0, 404);
        assert_eq!(ask(&desk, "GET", "/users/1").0, 404);
        let again = Service::open(Kind::Desk, folder.path()).unwrap();
        assert_eq!(ask(&again, "GET", "/users/1").0, 404);
        assert_eq!(ask(&again, "GET", "/users/2").0, 200);
    }

    #[tokio::test]
    async fn the_first_call_comes_too_soon_and_strangers_stay_outside() {
        let (folder, _) = service(Kind::Crm, &json!({ "contacts": [] }));
        for (name, content) in [("desk.json", "{}"), ("desk.key", "key")] {
            fs_err::write(folder.path().join(name), content).unwrap();
        }
        let ports = Ports::take(None, None).unwrap();
        let [crm, _] = ports.urls().unwrap();
        let _services = ports.serve(folder.path()).unwrap();
        let status = async |key: &str| -> u16 {
            let stream = tokio::net::TcpStream::connect(crm.trim_start_matches("http://"))
                .await
                .unwrap();
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream))
                    .await
                    .unwrap();
            tokio::spawn(connection);
            let request = hyper::Request::get("/contacts?q=anna&page=1")
                .header("Host", "localhost")
                .header("Authorization", format!("Bearer {key}"))
                .body(Full::new(Bytes::new()))
                .unwrap();
            sender
                .send_request(request)
                .await
                .unwrap()
                .status()
                .as_u16()
        };
        assert_eq!(status("key").await, 429);
        assert_eq!(status("key").await, 200);
        assert_eq!(status("another").await, 401);
    }
}
