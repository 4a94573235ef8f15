//! A small HTTP server on a free loopback port that answers as a test says and remembers what it was asked.
//!
//! ```ignore
//! let server = Server::start(|request| match (request.method.as_str(), request.path()) {
//!     ("GET", "/guests") => Reply::json(json!({"items": []})),
//!     ("DELETE", _) => Reply::dropped(),                  // the connection closes before any reply
//!     _ => Reply::status(404),
//! });
//! // … use server.url …
//! assert_eq!(server.writes(), 0);
//! assert_eq!(server.lines(), ["GET /guests?email=a%40example.org"]);
//! ```
//!
//! The server runs on a thread and a runtime of its own, so it serves blocking programs as well; it stops when it is dropped.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses a part of this"
)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: String,
    /// Path and query, as they were on the wire.
    pub target: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// How many requests came before this one.
    pub nth: usize,
}

impl Received {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The decoded value of a query parameter.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// `GET /guests?page=1`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// Anything but GET and HEAD; a POST that only searches counts too.
    pub fn is_write(&self) -> bool {
        !["GET", "HEAD"].contains(&self.method.as_str())
    }
}

/// What to answer.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Duration,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Whole,
    /// No reply at all.
    Dropped,
    /// The body breaks off after half of it.
    Cut,
}

impl Reply {
    pub fn status(status: u16) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
            end: End::Whole,
        }
    }

    pub fn json(value: serde_json::Value) -> Reply {
        Reply::bytes("application/json", value.to_string())
    }

    pub fn html(text: &str) -> Reply {
        Reply::bytes("text/html", text)
    }

    pub fn bytes(content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        let mut reply = Reply::status(200).header("Content-Type", content_type);
        reply.body = body.into();
        reply
    }

    /// A redirect.
    pub fn to(status: u16, location: impl Into<String>) -> Reply {
        Reply::status(status).header("Location", location)
    }

    /// The connection closes before any reply; the request has arrived.
    pub fn dropped() -> Reply {
        Reply {
            end: End::Dropped,
            ..Reply::status(0)
        }
    }

    /// Status and headers arrive, the body breaks off in the middle.
    pub fn cut(mut self) -> Reply {
        self.end = End::Cut;
        self
    }

    pub fn with_status(mut self, status: u16) -> Reply {
        self.status = status;
        self
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Reply {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Waits before it answers.
    pub fn after(mut self, delay: Duration) -> Reply {
        self.delay = delay;
        self
    }
}

/// The running server.
pub struct Server {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    log: Arc<Mutex<Vec<Received>>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Starts a server that asks `answer` for each request.
    pub fn start(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Server {
        let log = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("non-blocking");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let kept = Arc::clone(&log);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, Arc::new(answer), kept) => {}
                    _ = stopped => {}
                }
            });
        });
        Server {
            url,
            log,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Everything that was asked, in order.
    pub fn received(&self) -> Vec<Received> {
        self.log.lock().expect("the log").clone()
    }

    /// `METHOD /path?query` of everything that was asked.
    pub fn lines(&self) -> Vec<String> {
        self.received().iter().map(Received::line).collect()
    }

    /// How many requests were neither GET nor HEAD.
    pub fn writes(&self) -> usize {
        self.received()
            .iter()
            .filter(|request| request.is_write())
            .count()
    }

    pub fn clear(&self) {
        self.log.lock().expect("the log").clear();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept<F>(listener: std::net::TcpListener, answer: Arc<F>, log: Arc<Mutex<Vec<Received>>>)
where
    F: Fn(&Received) -> Reply + Send + Sync + 'static,
{
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    let count = Arc::new(AtomicUsize::new(0));
    while let Ok((stream, _)) = listener.accept().await {
        let (answer, log, count) = (Arc::clone(&answer), Arc::clone(&log), Arc::clone(&count));
        tokio::spawn(async move {
            let service = service_fn(move |request: hyper::Request<Incoming>| {
                let (answer, log, count) =
                    (Arc::clone(&answer), Arc::clone(&log), Arc::clone(&count));
                async move {
                    let (parts, body) = request.into_parts();
                    let body = body
                        .collect()
                        .await
                        .map_err(std::io::Error::other)?
                        .to_bytes();
                    let received = Received {
                        method: parts.method.to_string(),
                        target: parts
                            .uri
                            .path_and_query()
                            .map(ToString::to_string)
                            .unwrap_or_default(),
                        headers: parts
                            .headers
                            .iter()
                            .map(|(name, value)| {
                                (
                                    name.to_string(),
                                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                                )
                            })
                            .collect(),
                        body: body.to_vec(),
                        nth: count.fetch_add(1, Ordering::SeqCst),
                    };
                    log.lock().expect("the log").push(received.clone());
                    respond(answer(&received)).await
                }
            });
            // Dropped connections end in an error here, which is what was asked for.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

type Body =
    StreamBody<futures_util::stream::Iter<std::vec::IntoIter<std::io::Result<Frame<Bytes>>>>>;

async fn respond(reply: Reply) -> std::io::Result<hyper::Response<Body>> {
    tokio::time::sleep(reply.delay).await;
    if reply.end == End::Dropped {
        return Err(std::io::Error::other("dropped on purpose"));
    }
    let mut response = hyper::Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response = response.header("Content-Length", reply.body.len());
    let frame = |bytes: &[u8]| Ok(Frame::data(Bytes::copy_from_slice(bytes)));
    let frames = match reply.end {
        End::Cut => vec![
            frame(&reply.body[..reply.body.len() / 2]),
            Err(std::io::Error::other("cut on purpose")),
        ],
        _ => vec![frame(&reply.body)],
    };
    let body = StreamBody::new(futures_util::stream::iter(frames));
    Ok(response.body(body).expect("a sound response"))
}
