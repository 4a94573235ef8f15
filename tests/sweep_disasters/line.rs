//! A line to a server that breaks, or goes silent, where a test wants it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// What happens when so many bytes have passed, both directions together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Every connection that there is breaks; new ones pass.
    Cut,
    /// Every connection breaks, and new ones are closed as soon as they come, until [`Line::mend`].
    Down,
    /// Nothing passes any more on the connections that there are, which stay open; new ones pass.
    Silent,
}

/// What all threads of a line look at.
#[derive(Default)]
struct Shared {
    passed: AtomicU64,
    limit: AtomicU64,
    trouble: Mutex<Option<Trouble>>,
    down: AtomicBool,
    /// Holds back the first commit behind a deletion.
    holds_commit: AtomicBool,
    /// Whether one is held back.
    holding: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
    /// Connections up to this number pass nothing.
    silent: AtomicU64,
}

/// Listens on a port of its own and passes on what comes.
pub(crate) struct Line {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

impl Line {
    pub(crate) fn to(url: &str) -> Line {
        let mut address = url::Url::parse(url).unwrap();
        let target = (
            address.host_str().unwrap().to_owned(),
            address.port().unwrap(),
        );
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        address.set_port(Some(port)).unwrap();
        let shared = Arc::new(Shared::default());
        shared.limit.store(u64::MAX, Ordering::SeqCst);
        let line = Line {
            url: address.to_string(),
            shared: Arc::clone(&shared),
        };
        std::thread::spawn(move || {
            for (number, client) in (1..).zip(listener.incoming()) {
                let Ok(client) = client else { continue };
                if shared.down.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(server) = TcpStream::connect((target.0.as_str(), target.1)) else {
                    continue;
                };
                let _ = (client.set_nodelay(true), server.set_nodelay(true));
                let ends = [&client, &server].map(|end| end.try_clone().unwrap());
                shared.open.lock().unwrap().extend(ends);
                let ways = [
                    (
                        client.try_clone().unwrap(),
                        server.try_clone().unwrap(),
                        true,
                    ),
                    (server, client, false),
                ];
                for (from, to, asks) in ways {
                    let shared = Arc::clone(&shared);
                    std::thread::spawn(move || pass(from, to, asks, number, &shared));
                }
            }
        });
        line
    }

    /// From now on, so many bytes pass until it happens.
    pub(crate) fn after(&self, bytes: u64, trouble: Trouble) {
        *self.shared.trouble.lock().unwrap() = Some(trouble);
        let passed = self.shared.passed.load(Ordering::SeqCst);
        self.shared.limit.store(passed + bytes, Ordering::SeqCst);
    }

    /// Whether it has happened.
    pub(crate) fn broke(&self) -> bool {
        self.shared.limit.load(Ordering::SeqCst) == u64::MAX
    }

    pub(crate) fn mend(&self) {
        self.shared.limit.store(u64::MAX, Ordering::SeqCst);
        self.shared.down.store(false, Ordering::SeqCst);
    }

    /// The first commit behind a deletion does not arrive until [`Line::let_it_go`].
    pub(crate) fn hold_commit(&self) {
        self.shared.holds_commit.store(true, Ordering::SeqCst);
    }

    pub(crate) fn holds_one(&self) -> bool {
        self.shared.holding.load(Ordering::SeqCst)
    }

    pub(crate) fn let_it_go(&self) {
        self.shared.holds_commit.store(false, Ordering::SeqCst);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, asks: bool, number: u64, shared: &Shared) {
    let mut part = [0; 4096];
    let mut deletes = false;
    loop {
        let length = match from.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(length) => length,
        };
        let bytes = &part[..length];
        let has = |word: &[u8]| bytes.windows(word.len()).any(|there| there == word);
        deletes |= asks && (has(b"DELETE FROM") || has(b"DELETE t FROM"));
        if deletes
            && has(b"COMMIT")
            && shared.holds_commit.load(Ordering::SeqCst)
            && !shared.holding.swap(true, Ordering::SeqCst)
        {
            while shared.holds_commit.load(Ordering::SeqCst) {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
        }
        let before = shared.passed.fetch_add(length as u64, Ordering::SeqCst);
        let limit = shared.limit.load(Ordering::SeqCst);
        let rest = usize::try_from(limit.saturating_sub(before)).unwrap_or(usize::MAX);
        if rest < length {
            let _ = to.write_all(&bytes[..rest]);
            shared.limit.store(u64::MAX, Ordering::SeqCst);
            match shared.trouble.lock().unwrap().take() {
                Some(Trouble::Silent) => shared.silent.store(number, Ordering::SeqCst),
                trouble => {
                    shared
                        .down
                        .store(trouble == Some(Trouble::Down), Ordering::SeqCst);
                    for end in shared.open.lock().unwrap().drain(..) {
                        let _ = end.shutdown(Shutdown::Both);
                    }
                }
            }
            continue;
        }
        // Both ends wait for ever, as behind a router that forgot them.
        while shared.silent.load(Ordering::SeqCst) >= number {
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    if shared.silent.load(Ordering::SeqCst) < number {
        let _ = (to.shutdown(Shutdown::Write), from.shutdown(Shutdown::Read));
    }
}
