//! The line to a directory: connecting, signing in, searching page by page, and for writers three ways to write.
//!
//! [`ReadLine`] and [`WriteLine`] hold the same line; the first has no way to change anything. Referrals are never followed, aliases
//! never looked through. An end that is not the end of the search – a limit, a referral, a cookie that comes again – is a fault.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use ldap3::controls::{MakeCritical as _, PagedResults, RawControl};
use ldap3::{
    DerefAliases, Ldap, LdapConnAsync, LdapError, LdapResult, Mod, Scope, SearchOptions, StdStream,
};
use secrecy::ExposeSecret as _;

use super::address::{Address, Protection};
use super::dn::Dn;
use super::entry::{self, Entry};
use super::filter::Filter;
use crate::connector::{Effect, Fault, Notes, Opening};
use crate::inventory::Timeouts;
use crate::keys::Digest;
use crate::messages::{Text, fault as say};

/// Entries of one page.
const PAGE: i32 = 500;
/// Pages of one search; with [`PAGE`] that is ten million entries.
const PAGES: usize = 20_000;
/// Pages in a row without any entry, as servers send that look for a long time.
const EMPTY_PAGES: usize = 200;

const PAGING: &str = "1.2.840.113556.1.4.319";
const ASSERTION: &str = "1.3.6.1.1.12";
/// What Active Directory says of itself in `supportedCapabilities`.
const ACTIVE_DIRECTORY: &str = "1.2.840.113556.1.4.800";

/// What a server says of itself (root DSE, RFC 4512, section 5.1).
#[derive(Clone, Debug, Default)]
pub(super) struct Server {
    controls: BTreeSet<String>,
    pub(super) contexts: Vec<String>,
    pub(super) schema: Option<String>,
    pub(super) is_active_directory: bool,
}

impl Server {
    pub(super) fn asserts(&self) -> bool {
        self.controls.contains(ASSERTION)
    }
}

/// What is looked for.
pub(super) struct Search<'a> {
    pub(super) base: &'a str,
    pub(super) scope: Scope,
    pub(super) filter: &'a Filter,
    pub(super) attributes: Vec<String>,
    /// Only the names of attributes come, no values.
    pub(super) names_only: bool,
    /// So many entries are enough, whichever they are; 0 for all there are.
    pub(super) most: i32,
    /// Whether what lies in other directories is passed over; else a reference to one is a fault.
    pub(super) only_here: bool,
}

/// Takes entries as they come; `false` is enough.
pub(super) type Take<'a> = &'a mut (dyn FnMut(Entry) -> Result<bool, Fault> + Send);

/// A line through which nothing can be changed.
pub(super) struct ReadLine(Line);

impl ReadLine {
    pub(super) fn new(opening: &Opening) -> Result<ReadLine, Fault> {
        Ok(ReadLine(Line::new(opening)?))
    }

    pub(super) fn notes(&self) -> Notes {
        self.0.notes.clone()
    }
}

/// A line for carrying out an approved plan.
pub(super) struct WriteLine(Line);

impl WriteLine {
    pub(super) fn new(opening: &Opening, _: &crate::plan::Approved) -> Result<WriteLine, Fault> {
        Ok(WriteLine(Line::new(opening)?))
    }

    /// Changes attributes of an entry, all or none of them.
    pub(super) async fn modify(
        &mut self,
        dn: &str,
        changes: Vec<Mod<Vec<u8>>>,
        only_if: Option<&Filter>,
    ) -> Result<Effect, Fault> {
        let request = self.0.prepared(only_if)?;
        // What the library takes has one type for names and values.
        let result = request.modify(dn, changes).await;
        self.0.meaning(result)
    }

    /// Gives an entry another name at the same place; the old one is gone from its attributes.
    pub(super) async fn rename(
        &mut self,
        dn: &str,
        rdn: &str,
        only_if: Option<&Filter>,
    ) -> Result<Effect, Fault> {
        let request = self.0.prepared(only_if)?;
        let result = request.modifydn(dn, rdn, true, None).await;
        self.0.meaning(result)
    }

    /// Removes an entry that has none below it.
    pub(super) async fn delete(
        &mut self,
        dn: &str,
        only_if: Option<&Filter>,
    ) -> Result<Effect, Fault> {
        let request = self.0.prepared(only_if)?;
        let result = request.delete(dn).await;
        self.0.meaning(result)
    }
}

/// Searching, which both kinds of line can do.
#[async_trait]
pub(super) trait Look: Send {
    async fn search(&mut self, search: &Search<'_>, take: Take<'_>) -> Result<(), Fault>;

    /// What the server says of itself; connects if there is no line yet.
    async fn server(&mut self) -> Result<Server, Fault>;
}

#[async_trait]
impl Look for ReadLine {
    async fn search(&mut self, search: &Search<'_>, take: Take<'_>) -> Result<(), Fault> {
        self.0.search(search, take).await
    }

    async fn server(&mut self) -> Result<Server, Fault> {
        self.0.server().await
    }
}

#[async_trait]
impl Look for WriteLine {
    async fn search(&mut self, search: &Search<'_>, take: Take<'_>) -> Result<(), Fault> {
        self.0.search(search, take).await
    }

    async fn server(&mut self) -> Result<Server, Fault> {
        self.0.server().await
    }
}

struct Line {
    address: Address,
    timeouts: Timeouts,
    open: Option<Ldap>,
    server: Server,
    notes: Notes,
}

impl Line {
    fn new(opening: &Opening) -> Result<Line, Fault> {
        Ok(Line {
            address: Address::of(opening)?,
            timeouts: opening.system.timeouts.clone(),
            open: None,
            server: Server::default(),
            notes: Notes::default(),
        })
    }

    /// A line that is open, and whether it was before.
    async fn ready(&mut self) -> Result<bool, Fault> {
        if let Some(open) = &mut self.open {
            if !open.is_closed() {
                return Ok(true);
            }
            self.open = None;
        }
        let open = self.connect().await?;
        self.open = Some(open);
        if let Err(fault) = self.learn().await {
            self.open = None;
            return Err(fault);
        }
        Ok(false)
    }

    async fn server(&mut self) -> Result<Server, Fault> {
        self.ready().await?;
        Ok(self.server.clone())
    }

    /// Connects and signs in.
    async fn connect(&mut self) -> Result<Ldap, Fault> {
        let limit = self.timeouts.connect;
        let late = || Fault::timeout(limit.as_secs());
        let mut settings = self.address.settings();
        if self.address.protection != Protection::Socket {
            let stream = tokio::time::timeout(limit, self.stream()).await;
            let stream = stream.map_err(|_| late())??;
            settings = settings.set_std_stream(StdStream::Tcp(stream));
        }
        let connecting = LdapConnAsync::from_url_with_settings(settings, &self.address.url);
        let connected = tokio::time::timeout(limit, connecting)
            .await
            .map_err(|_| late())?;
        let (line, mut open) = connected.map_err(|error| unreachable(&error))?;
        // Ends when the last handle is dropped, or with the line.
        tokio::spawn(async move {
            let _ = line.drive().await;
        });
        if self.address.is_encrypted() {
            let certificate = open.get_peer_certificate().await.ok().flatten();
            self.notes.certificate = certificate.map(|der| Digest::sha256(&der));
            self.notes.tls = Some("TLS".to_owned());
        } else {
            self.notes.tls = Some("none".to_owned());
        }
        self.notes.host = Some(self.address.host());
        let request = open.with_timeout(self.timeouts.request);
        let bound = match &self.address.account {
            Some((user, password)) => {
                self.notes.account = Some(user.clone());
                request.simple_bind(user, password.expose_secret()).await
            }
            None => request.sasl_external_bind().await,
        };
        let bound = bound.map_err(|error| broken(&error, self.timeouts.request))?;
        match bound.rc {
            0 => Ok(open),
            8 | 13 => Err(Fault::no_tls()),
            51 | 52 => Err(Fault::busy(code(bound.rc))),
            10 => Err(Fault::referral(host(
                bound.refs.first().map_or("", String::as_str),
            ))),
            rc => Err(Fault::credential(code(rc))),
        }
    }

    /// A stream to the first address that answers; in the clear only to this machine, whatever its name leads to.
    async fn stream(&self) -> Result<std::net::TcpStream, Fault> {
        let (name, port) = (self.address.name(), self.address.port());
        let found = tokio::net::lookup_host((name, port)).await;
        let found: Vec<_> = found.map_err(|_| Fault::dns(name))?.collect();
        if !self.address.is_encrypted() && !found.iter().all(|at| at.ip().is_loopback()) {
            return Err(Fault::no_tls());
        }
        for at in found {
            if let Ok(stream) = tokio::net::TcpStream::connect(at).await {
                return stream.into_std().map_err(|_| Fault::connection());
            }
        }
        Err(Fault::refused())
    }

    /// Asks the server who it is and what it can do.
    async fn learn(&mut self) -> Result<(), Fault> {
        const ASKED: [&str; 9] = [
            "objectClass",
            "supportedControl",
            "supportedCapabilities",
            "namingContexts",
            "subschemaSubentry",
            "vendorName",
            "vendorVersion",
            "currentTime",
            "structuralObjectClass",
        ];
        let all = Filter::present("objectClass");
        let search = Search {
            base: "",
            scope: Scope::Base,
            filter: &all,
            attributes: ASKED.map(str::to_owned).to_vec(),
            names_only: false,
            most: 0,
            only_here: false,
        };
        let mut root = None;
        self.pages(&search, false, &mut 0, &mut |entry| {
            root = Some(entry);
            Ok(true)
        })
        .await?;
        let Some(root) = root else { return Ok(()) };
        let first = |name: &str| root.texts(name).into_iter().next();
        let capabilities = root.texts("supportedCapabilities");
        self.server = Server {
            controls: root.texts("supportedControl").into_iter().collect(),
            contexts: root.texts("namingContexts"),
            schema: first("subschemaSubentry"),
            is_active_directory: capabilities.iter().any(|one| one == ACTIVE_DIRECTORY),
        };
        let vendor = [first("vendorName"), first("vendorVersion")];
        let vendor: Vec<String> = vendor.into_iter().flatten().collect();
        let classes = root.texts("objectClass");
        self.notes.server = if self.server.is_active_directory {
            Some("Active Directory".to_owned())
        } else if !vendor.is_empty() {
            Some(vendor.join(" "))
        } else if classes.iter().any(|class| class == "OpenLDAProotDSE") {
            Some("OpenLDAP".to_owned())
        } else {
            None
        };
        let there = first("currentTime").and_then(|text| super::time::moment(&text));
        self.notes.clock_offset_s = there
            .map(|there| there.as_second() - i64::try_from(seconds_here()).unwrap_or(i64::MAX));
        Ok(())
    }

    /// Searches to the end. A line that the server closed while nothing was asked is opened anew once, if nothing has come yet.
    async fn search(&mut self, search: &Search<'_>, take: Take<'_>) -> Result<(), Fault> {
        let was_open = self.ready().await?;
        let paged = search.most == 0 && self.server.controls.contains(PAGING);
        let mut came = 0;
        match self.pages(search, paged, &mut came, take).await {
            Err(fault) if fault.code == "E508" && was_open && came == 0 => {
                self.open = None;
                self.ready().await?;
                self.pages(search, paged, &mut came, take).await
            }
            other => other,
        }
    }

    async fn pages(
        &mut self,
        search: &Search<'_>,
        paged: bool,
        came: &mut usize,
        take: Take<'_>,
    ) -> Result<(), Fault> {
        let mut cookie = Vec::new();
        let mut seen = Seen::default();
        let mut empty = 0;
        for _ in 0..PAGES {
            let before = *came;
            let asked = paged.then(|| cookie.clone());
            let mut first = None;
            let mut noting = |entry: Entry| {
                first.get_or_insert_with(|| entry.dn.clone());
                take(entry)
            };
            match self.page(search, asked, came, &mut noting).await? {
                Some(next) if !next.is_empty() => cookie = next,
                _ => return Ok(()),
            }
            if !seen.is_new(first, &cookie) {
                return Err(Fault::repeated_page());
            }
            empty = if *came == before { empty + 1 } else { 0 };
            if empty > EMPTY_PAGES {
                break;
            }
        }
        Err(Fault::page_limit(PAGES))
    }

    /// One page, or everything where the server has no pages; gives the cookie of the next. `None` if it was enough.
    async fn page(
        &mut self,
        search: &Search<'_>,
        cookie: Option<Vec<u8>>,
        came: &mut usize,
        take: Take<'_>,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let limit = self.timeouts.request;
        let paged = cookie.is_some();
        let Some(mut open) = self.open.clone() else {
            return Err(Fault::connection());
        };
        let seconds = i32::try_from(limit.as_secs()).unwrap_or(i32::MAX);
        let options = SearchOptions::new()
            .deref(DerefAliases::Never)
            .typesonly(search.names_only)
            .sizelimit(search.most)
            .timelimit(seconds);
        let request = open.with_search_options(options).with_timeout(limit);
        if let Some(cookie) = cookie {
            request.with_controls(PagedResults { size: PAGE, cookie }.critical());
        }
        let filter = search.filter.to_string();
        let stream = request
            .streaming_search(
                search.base,
                search.scope,
                &filter,
                search.attributes.clone(),
            )
            .await;
        let mut stream = match stream {
            Ok(stream) => stream,
            Err(error) => return Err(self.lost(&error)),
        };
        loop {
            match stream.next().await {
                Ok(Some(result)) if result.is_intermediate() => {}
                Ok(Some(result)) if result.is_ref() => {
                    let address = entry::reference(result);
                    // What Active Directory keeps beside a domain holds nobody, and is referred to in every search of its root.
                    if !search.only_here && !is_of_the_forest(&address) {
                        self.open = None;
                        return Err(Fault::referral(host(&address)));
                    }
                }
                Ok(Some(result)) => {
                    *came += 1;
                    let taken = match Entry::read(result) {
                        Some(entry) => take(entry),
                        None => Err(Fault::not_a_record()),
                    };
                    if !matches!(taken, Ok(true)) {
                        // What is still under way is of no use to anybody.
                        self.open = None;
                        return taken.map(|_| None);
                    }
                }
                Ok(None) => break,
                Err(error) => return Err(self.lost(&error)),
            }
        }
        let result = stream.finish().await;
        if (search.most > 0 && result.rc == 4) || (search.only_here && result.rc == 10) {
            return Ok(None);
        }
        self.ended(&result, search.base)?;
        if !paged {
            return Ok(None);
        }
        let controls = result.ctrls.iter().map(|control| &control.1);
        let answer = controls.into_iter().find(|control| control.ctype == PAGING);
        let Some(RawControl {
            val: Some(value), ..
        }) = answer
        else {
            // A server that leaves the answer out has sent all there is.
            return Ok(None);
        };
        let next = entry::cookie(value).ok_or_else(|| Fault::undecodable("RFC 2696"))?;
        Ok(Some(next))
    }

    fn lost(&mut self, error: &LdapError) -> Fault {
        self.open = None;
        broken(error, self.timeouts.request)
    }

    /// What the end of a search says.
    fn ended(&self, result: &LdapResult, base: &str) -> Result<(), Fault> {
        Err(match result.rc {
            0 => return Ok(()),
            3 => Fault::timeout(self.timeouts.request.as_secs()),
            4 | 11 => Fault::size_limit(code(result.rc)),
            10 => Fault::referral(host(result.refs.first().map_or("", String::as_str))),
            32 => Fault::no_base(base),
            rc => refused(rc),
        })
    }

    /// The line with its time limit and the condition on which a write is made.
    fn prepared(&mut self, only_if: Option<&Filter>) -> Result<&mut Ldap, Fault> {
        let limit = self.timeouts.request;
        let open = self.open.as_mut().ok_or_else(Fault::connection)?;
        let request = open.with_timeout(limit);
        if let Some(filter) = only_if {
            let assertion = ldap3::controls::Assertion {
                filter: filter.to_string(),
            };
            request.with_controls(assertion.critical());
        }
        Ok(request)
    }

    /// What became of a write.
    fn meaning(&mut self, result: Result<LdapResult, LdapError>) -> Result<Effect, Fault> {
        let Ok(result) = result else {
            // It was sent, and nobody knows how far it came.
            self.open = None;
            return Ok(Effect::Unknown);
        };
        match result.rc {
            0 => Ok(Effect::Done),
            32 => Ok(Effect::Gone),
            // The entry has others below it.
            66 => Ok(Effect::Blocked),
            // The condition does not hold, or the value that was to be replaced is another by now.
            16 | 20 | 122 => Ok(Effect::Stale),
            10 => Err(Fault::referral(host(
                result.refs.first().map_or("", String::as_str),
            ))),
            rc => Err(refused(rc)),
        }
    }
}

/// What pages have come. No entry comes twice in one search; a cookie may, because some servers have one for all pages.
#[derive(Default)]
struct Seen {
    entries: HashSet<String>,
    cookies: HashSet<Vec<u8>>,
}

impl Seen {
    /// Whether a page, by its first entry and the cookie behind it, can be another one than those before.
    fn is_new(&mut self, first: Option<String>, cookie: &[u8]) -> bool {
        let new_cookie = self.cookies.insert(cookie.to_vec());
        match first {
            Some(first) => self.entries.insert(first),
            None => new_cookie,
        }
    }
}

/// A refusal that means the same whatever was asked.
fn refused(rc: u32) -> Fault {
    match rc {
        50 => Fault::forbidden(code(rc)),
        51 | 52 => Fault::busy(code(rc)),
        8 | 13 => Fault::no_tls(),
        _ => Fault::directory(code(rc)),
    }
}

/// A result by its name (RFC 4511, appendix A, and RFC 4528) and number; what the server writes beside it may quote an entry.
fn code(rc: u32) -> String {
    let name = match rc {
        1 => "operationsError",
        2 => "protocolError",
        4 => "sizeLimitExceeded",
        7 => "authMethodNotSupported",
        8 => "strongerAuthRequired",
        10 => "referral",
        11 => "adminLimitExceeded",
        12 => "unavailableCriticalExtension",
        13 => "confidentialityRequired",
        17 => "undefinedAttributeType",
        18 => "inappropriateMatching",
        19 => "constraintViolation",
        21 => "invalidAttributeSyntax",
        34 => "invalidDNSyntax",
        48 => "inappropriateAuthentication",
        49 => "invalidCredentials",
        50 => "insufficientAccessRights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        54 => "loopDetect",
        64 => "namingViolation",
        65 => "objectClassViolation",
        67 => "notAllowedOnRDN",
        68 => "entryAlreadyExists",
        69 => "objectClassModsProhibited",
        71 => "affectsMultipleDSAs",
        80 => "other",
        _ => return rc.to_string(),
    };
    format!("{name}, {rc}")
}

/// The server in an address of a referral, without the entry that it names.
fn host(address: &str) -> String {
    let url = url::Url::parse(address).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    host.filter(|host| !host.is_empty())
        .unwrap_or("?")
        .to_owned()
}

/// Whether a reference leads to what Active Directory keeps beside its domains: zones of DNS and its configuration.
fn is_of_the_forest(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else {
        return false;
    };
    let path = url.path().trim_start_matches('/');
    let name = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let Some(dn) = Dn::parse(&name) else {
        return false;
    };
    match dn.first() {
        [(kind, value)] => {
            let value = value.to_lowercase();
            (kind == "dc" && ["domaindnszones", "forestdnszones"].contains(&value.as_str()))
                || (kind == "cn" && value == "configuration")
        }
        _ => false,
    }
}

fn seconds_here() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Why nothing came.
fn broken(error: &LdapError, limit: Duration) -> Fault {
    match error {
        LdapError::Timeout { .. } => Fault::timeout(limit.as_secs()),
        // The filter was made of a tree that was checked; a library that reads it otherwise must not be asked.
        LdapError::FilterParsing => Fault::unfit("filter"),
        _ => Fault::connection(),
    }
}

/// Why a line did not come about.
fn unreachable(error: &LdapError) -> Fault {
    match error {
        LdapError::Rustls { source } => Fault::tls(reason(source)),
        LdapError::DNSName { .. } => Fault::tls(say::tls_other_name()),
        // StartTLS was refused.
        LdapError::LdapResult { .. } => Fault::no_tls(),
        LdapError::Timeout { .. } => Fault::connection(),
        LdapError::Io { source } => {
            let inner = source.get_ref();
            match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(tls) => Fault::tls(reason(tls)),
                None => match source.kind() {
                    std::io::ErrorKind::ConnectionRefused
                    | std::io::ErrorKind::NotFound
                    | std::io::ErrorKind::PermissionDenied => Fault::refused(),
                    _ => Fault::connection(),
                },
            }
        }
        _ => Fault::connection(),
    }
}

fn reason(error: &rustls::Error) -> Text {
    use rustls::CertificateError as Certificate;
    match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            Certificate::Expired | Certificate::ExpiredContext { .. } => say::tls_expired(),
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => say::tls_not_yet(),
            Certificate::UnknownIssuer => say::tls_unknown_issuer(),
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                say::tls_other_name()
            }
            _ => say::tls_other(),
        },
        rustls::Error::InvalidMessage(_) => say::tls_handshake(),
        _ => say::tls_other(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_what_holds_nobody_are_told_apart() {
        assert!(is_of_the_forest(
            "ldap://DomainDnsZones.example.org/DC=DomainDnsZones,DC=example,DC=org"
        ));
        assert!(is_of_the_forest(
            "ldap://example.org/CN=Configuration,DC=example,DC=org"
        ));
        assert!(!is_of_the_forest(
            "ldap://sub.example.org/DC=sub,DC=example,DC=org"
        ));
        assert!(!is_of_the_forest("nonsense"));
        assert_eq!(host("ldap://sub.example.org/cn=Anna"), "sub.example.org");
        assert_eq!(host("ldap:///cn=Anna"), "?");
    }
}
