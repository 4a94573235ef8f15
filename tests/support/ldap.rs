//! A branch of its own for each test, in the directory that `DSR_TEST_OPENLDAP` names, and servers that misbehave.

use std::collections::HashSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use ldap3::{Ldap, LdapConnAsync, Mod, Scope, SearchEntry};

pub(crate) const ROOT: &str = "dc=example,dc=org";

/// A branch with places for people and for groups.
#[derive(Clone)]
pub(crate) struct Branch {
    pub(crate) url: String,
    pub(crate) password: String,
    pub(crate) base: String,
}

/// `None`, said on a line of its own, if there is no server.
///
/// # Panics
/// If `DSR_TEST_REQUIRE_SERVERS` is set and there is no server, or if the server refuses.
pub(crate) fn branch() -> Option<Branch> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var("DSR_TEST_OPENLDAP") else {
        let needs = "needs OpenLDAP (DSR_TEST_OPENLDAP)";
        assert!(
            std::env::var_os("DSR_TEST_REQUIRE_SERVERS").is_none(),
            "{needs}"
        );
        let _ = writeln!(std::io::stderr(), "skipped: {needs}");
        return None;
    };
    let nth = COUNT.fetch_add(1, Ordering::Relaxed);
    let base = format!("ou=test-{}-{nth},{ROOT}", std::process::id());
    let branch = Branch {
        url,
        password: std::env::var("DSR_TEST_OPENLDAP_PASSWORD").unwrap(),
        base,
    };
    branch.add_at(&branch.base, &[("objectClass", "organizationalUnit")]);
    branch.add("ou=people", &[("objectClass", "organizationalUnit")]);
    branch.add("ou=groups", &[("objectClass", "organizationalUnit")]);
    Some(branch)
}

/// Attributes with their values, as they are sent.
type Attributes = Vec<(Vec<u8>, HashSet<Vec<u8>>)>;

impl Branch {
    /// A name below the branch.
    pub(crate) fn dn(&self, rdn: &str) -> String {
        format!("{rdn},{}", self.base)
    }

    pub(crate) fn add(&self, rdn: &str, attributes: &[(&str, &str)]) {
        self.add_at(&self.dn(rdn), attributes);
    }

    fn add_at(&self, dn: &str, attributes: &[(&str, &str)]) {
        self.add_many(vec![(dn.to_owned(), owned(attributes))]);
    }

    /// Several entries over one line.
    pub(crate) fn add_many(&self, entries: Vec<(String, Attributes)>) {
        self.with(|mut line| async move {
            for (dn, attributes) in entries {
                line.add(&dn, attributes).await.unwrap().success().unwrap();
            }
        });
    }

    /// A person, whose e-mail addresses may be several.
    pub(crate) fn person(
        &self,
        uid: &str,
        name: &str,
        mails: &[&str],
        more: &[(&str, &str)],
    ) -> String {
        let rdn = format!("uid={uid},ou=people");
        let last = name.split(' ').next_back().unwrap();
        let mut all = vec![("objectClass", "inetOrgPerson"), ("cn", name), ("sn", last)];
        all.extend(mails.iter().map(|mail| ("mail", *mail)));
        all.extend_from_slice(more);
        self.add(&rdn, &all);
        self.dn(&rdn)
    }

    /// The values of an attribute, sorted; `None` if there is no such entry.
    pub(crate) fn values(&self, dn: &str, attribute: &str) -> Option<Vec<String>> {
        let (dn, attribute) = (dn.to_owned(), attribute.to_owned());
        self.with(|mut line| async move {
            let found = line
                .search(
                    &dn,
                    Scope::Base,
                    "(objectClass=*)",
                    vec![attribute.as_str()],
                )
                .await
                .unwrap();
            let (entries, _) = found.success().ok()?;
            let entry = SearchEntry::construct(entries.into_iter().next()?);
            let mut values: Vec<String> = entry.attrs.into_values().flatten().collect();
            values.sort();
            Some(values)
        })
    }

    pub(crate) fn is_there(&self, dn: &str) -> bool {
        self.values(dn, "1.1").is_some()
    }

    /// The names of the entries below the branch that fulfil a filter, sorted.
    pub(crate) fn found(&self, filter: &str) -> Vec<String> {
        let (base, filter) = (self.base.clone(), filter.to_owned());
        self.with(|mut line| async move {
            let found = line
                .search(&base, Scope::Subtree, &filter, vec!["1.1"])
                .await
                .unwrap();
            let entries = found.success().unwrap().0.into_iter();
            let mut all: Vec<String> = entries
                .map(|entry| SearchEntry::construct(entry).dn)
                .collect();
            all.sort();
            all
        })
    }

    pub(crate) fn set(&self, dn: &str, attribute: &str, values: &[&str]) {
        let bytes = values
            .iter()
            .map(|value| value.as_bytes().to_vec())
            .collect();
        let change = Mod::Replace(attribute.as_bytes().to_vec(), bytes);
        let dn = dn.to_owned();
        self.with(|mut line| async move {
            line.modify(&dn, vec![change])
                .await
                .unwrap()
                .success()
                .unwrap();
        });
    }

    /// Moves an entry and gives its new name.
    pub(crate) fn rename(&self, dn: &str, rdn: &str, above: &str) -> String {
        let (new, dn) = (format!("{rdn},{above}"), dn.to_owned());
        let (rdn, above) = (rdn.to_owned(), above.to_owned());
        self.with(|mut line| async move {
            line.modifydn(&dn, &rdn, true, Some(&above))
                .await
                .unwrap()
                .success()
                .unwrap();
        });
        new
    }

    pub(crate) fn delete(&self, dn: &str) {
        let dn = dn.to_owned();
        self.with(|mut line| async move {
            line.delete(&dn).await.unwrap().success().unwrap();
        });
    }

    /// Works over a line of the directory's own administrator, on a thread of its own.
    fn with<T: Send + 'static, F: Future<Output = T>>(
        &self,
        work: impl FnOnce(Ldap) -> F + Send + 'static,
    ) -> T {
        let (url, password) = (self.url.clone(), self.password.clone());
        let all = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let (connection, mut line) = LdapConnAsync::new(&url).await.unwrap();
                tokio::spawn(connection.drive());
                let admin = format!("cn=admin,{ROOT}");
                line.simple_bind(&admin, &password)
                    .await
                    .unwrap()
                    .success()
                    .unwrap();
                work(line).await
            })
        };
        std::thread::spawn(all).join().unwrap()
    }
}

/// Attributes with their values together, as the client library takes them.
pub(crate) fn owned(attributes: &[(&str, &str)]) -> Vec<(Vec<u8>, HashSet<Vec<u8>>)> {
    let mut out: Vec<(Vec<u8>, HashSet<Vec<u8>>)> = Vec::new();
    for (name, value) in attributes {
        let value = value.as_bytes().to_vec();
        match out.iter_mut().find(|(known, _)| known == name.as_bytes()) {
            Some((_, values)) => drop(values.insert(value)),
            None => out.push((name.as_bytes().to_vec(), [value].into())),
        }
    }
    out
}

/// Stands between `dsr` and the directory. Once armed it passes the first write on, keeps the answer to itself and is gone.
pub(crate) struct Trap {
    pub(crate) url: String,
    pub(crate) armed: Arc<AtomicBool>,
    /// Whether lines are refused.
    pub(crate) down: Arc<AtomicBool>,
}

impl Trap {
    pub(crate) fn before(url: &str) -> Trap {
        Trap::with(url, None)
    }

    /// Does something of its own right before it passes the first write on.
    pub(crate) fn meddling(url: &str, meddle: impl Fn() + Send + Sync + 'static) -> Trap {
        Trap::with(url, Some(Arc::new(meddle)))
    }

    fn with(url: &str, meddle: Option<Arc<dyn Fn() + Send + Sync>>) -> Trap {
        let meddled = Arc::new(AtomicBool::new(false));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = format!("ldap://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let (armed, down) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicBool::new(false)),
        );
        let trap = Trap {
            url: own,
            armed: Arc::clone(&armed),
            down: Arc::clone(&down),
        };
        let behind = url.trim_start_matches("ldap://").to_owned();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if down.load(Ordering::SeqCst) {
                    continue;
                }
                let server = TcpStream::connect(&behind).unwrap();
                let (armed, down) = (Arc::clone(&armed), Arc::clone(&down));
                let (meddle, meddled) = (meddle.clone(), Arc::clone(&meddled));
                let sprung = Arc::new(Mutex::new(false));
                let answers = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let silent = Arc::clone(&sprung);
                std::thread::spawn(move || {
                    let (mut from, mut to) = answers;
                    let mut buffer = [0; 65536];
                    while let Ok(count @ 1..) = from.read(&mut buffer) {
                        if *silent.lock().unwrap() || to.write_all(&buffer[..count]).is_err() {
                            break;
                        }
                    }
                    let _ = to.shutdown(std::net::Shutdown::Both);
                });
                std::thread::spawn(move || {
                    let (mut from, mut to) = (client, server);
                    let mut buffer = [0; 65536];
                    while let Ok(count @ 1..) = from.read(&mut buffer) {
                        if let Some(meddle) = &meddle
                            && is_write(&buffer[..count])
                            && !meddled.swap(true, Ordering::SeqCst)
                        {
                            meddle();
                        }
                        let springs = armed.load(Ordering::SeqCst) && is_write(&buffer[..count]);
                        if springs {
                            *sprung.lock().unwrap() = true;
                            down.store(true, Ordering::SeqCst);
                        }
                        if to.write_all(&buffer[..count]).is_err() || springs {
                            break;
                        }
                    }
                    // The server has the request; give it the time to carry it out.
                    std::thread::sleep(std::time::Duration::from_millis(300));
                    let _ = from.shutdown(std::net::Shutdown::Both);
                });
            }
        });
        trap
    }
}

/// Whether a message asks for a change: the tag behind its length and number (RFC 4511, section 4).
fn is_write(message: &[u8]) -> bool {
    let long = |at: usize| match message.get(at) {
        Some(length) if length & 0x80 != 0 => 1 + usize::from(length & 0x7f),
        _ => 1,
    };
    let number = 1 + long(1);
    let operation = number + 2 + usize::from(message.get(number + 1).copied().unwrap_or(0));
    matches!(message.get(operation), Some(0x66 | 0x4a | 0x6c))
}

/// A server that answers every search with one entry, and says that there is another page behind it.
pub(crate) fn endless() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ldap://127.0.0.1:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || answer_endlessly(client));
        }
    });
    url
}

fn answer_endlessly(mut client: TcpStream) {
    let mut buffer = vec![0; 65536];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        // Messages are short and come one by one: 30 LL 02 01 ID.
        let at = 2 + usize::from(buffer[1] & 0x80 != 0) * usize::from(buffer[1] & 0x7f);
        let (id, operation) = (buffer[at + 2], buffer[at + 3]);
        let searched = memchr::memmem::find(&buffer[..count], b"supportedControl").is_some();
        let done = |tag: u8| {
            seq(
                tag,
                &[&[10, 1, 0], &seq(4, &[])[..], &seq(4, &[])[..]].concat(),
            )
        };
        let reply = match operation {
            0x60 => message(id, &done(0x61), &[]),
            0x63 if searched => {
                let values = seq(0x31, &text("1.2.840.113556.1.4.319"));
                let attribute = seq(0x30, &[text("supportedControl"), values].concat());
                let entry = seq(0x64, &[text(""), seq(0x30, &attribute)].concat());
                [message(id, &entry, &[]), message(id, &done(0x65), &[])].concat()
            }
            0x63 => {
                let class = seq(
                    0x30,
                    &[text("objectClass"), seq(0x31, &text("person"))].concat(),
                );
                let uuid = seq(
                    0x30,
                    &[text("entryUUID"), seq(0x31, &text("4711"))].concat(),
                );
                let mail = seq(
                    0x30,
                    &[text("mail"), seq(0x31, &text("anna@example.org"))].concat(),
                );
                let attributes = seq(0x30, &[class, uuid, mail].concat());
                let entry = seq(
                    0x64,
                    &[text("uid=anna,dc=example,dc=org"), attributes].concat(),
                );
                let page = seq(0x30, &[vec![2, 1, 0], text("more")].concat());
                let control = seq(
                    0x30,
                    &[text("1.2.840.113556.1.4.319"), seq(4, &page)].concat(),
                );
                let end = message(id, &done(0x65), &seq(0xa0, &control));
                [message(id, &entry, &[]), end].concat()
            }
            _ => return,
        };
        if client.write_all(&reply).is_err() {
            return;
        }
    }
}

fn text(text: &str) -> Vec<u8> {
    seq(4, text.as_bytes())
}

fn seq(tag: u8, inner: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match inner.len() {
        short @ 0..128 => out.push(u8::try_from(short).unwrap()),
        long => out.extend([&[0x82][..], &u16::try_from(long).unwrap().to_be_bytes()].concat()),
    }
    out.extend_from_slice(inner);
    out
}

fn message(id: u8, operation: &[u8], controls: &[u8]) -> Vec<u8> {
    seq(0x30, &[&[2, 1, id], operation, controls].concat())
}
