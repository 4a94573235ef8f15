//! A consent in the browser: says which address to open, waits on this machine for the browser to come back (RFC 8252), or takes
//! what the person pastes where the browser runs on another machine.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use crate::cli::context::Context;
use crate::connector::rest::consent::{Answer, Consent};
use crate::connector::{Fault, Opening};
use crate::diagnostic::{Diagnostic, Exit, Result};
use crate::messages::{Text, login as say};

/// How long the browser may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// How long a connection may take to say what it wants.
const IMPATIENCE: Duration = Duration::from_secs(5);

/// Longest first line and headers in bytes.
const LONGEST: usize = 16 * 1024;

/// Asks the person for consent and brings the refresh token.
///
/// # Errors
/// Nobody consented (exit 4), or the system gave nothing that lasts.
pub(super) fn consent(
    context: &Context,
    opening: &Opening,
    port: Option<u16>,
    paste: bool,
) -> Result<SecretString> {
    let system = &opening.system.name;
    let failed = |fault: Fault| -> crate::diagnostic::Trouble {
        let what = say::refused(system, fault.code, fault.text);
        let diagnostic = Diagnostic::new("E915", Exit::Usage, what);
        diagnostic.help(say::refused_help()).into()
    };
    let listener = match paste {
        true => None,
        false => Some(listen(port.unwrap_or(0))?),
    };
    let port = match &listener {
        Some(listener) => listener
            .local_addr()
            .map(|at| at.port())
            .unwrap_or_default(),
        None => port.unwrap_or(8765),
    };
    let redirect = format!("http://127.0.0.1:{port}/");
    let consent = Consent::begin(opening, &redirect).map_err(failed)?;
    context.ui.say(&say::open_this(system));
    context.ui.say(&Text::same(consent.url.as_str()));
    let code = match &listener {
        Some(listener) => {
            context.ui.say(&say::waiting_for_browser(&redirect));
            wait(context, listener, &consent)?
        }
        None => {
            let pasted = context.ui.ask(&say::paste_it(&redirect))?;
            match consent.judge(&pasted) {
                Answer::Code(code) => code,
                Answer::Refused => return Err(refused(system)),
                Answer::Foreign => {
                    let diagnostic = Diagnostic::new("E383", Exit::Usage, say::foreign_answer());
                    return Err(diagnostic.help(say::foreign_answer_help()).into());
                }
            }
        }
    };
    let token = super::super::block_on(consent.exchange(opening, &code))?.map_err(failed)?;
    token.ok_or_else(|| {
        Diagnostic::new("E384", Exit::Usage, say::no_refresh_token(system))
            .help(say::no_refresh_token_help())
            .into()
    })
}

fn refused(system: &str) -> crate::diagnostic::Trouble {
    Diagnostic::new("E380", Exit::Waiting, say::no_consent(system))
        .help(say::no_consent_help())
        .into()
}

fn listen(port: u16) -> Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    listener.map_err(|error| {
        let why = crate::messages::os::why(&error);
        Diagnostic::new("E382", Exit::Failed, say::no_listener(port))
            .why(why)
            .help(say::no_listener_help())
            .into()
    })
}

/// Waits for the one request that answers this question. Others are turned away.
fn wait(context: &Context, listener: &TcpListener, consent: &Consent) -> Result<String> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let Ok((stream, _)) = listener.accept() else {
            std::thread::sleep(Duration::from_millis(50));
            continue;
        };
        let Some(target) = target(&stream) else {
            continue;
        };
        let (path, query) = target.split_once('?').unwrap_or((target.as_str(), ""));
        let answer = match path {
            "/" => consent.judge(query),
            _ => Answer::Foreign,
        };
        let (status, page) = match &answer {
            Answer::Code(_) => ("200 OK", say::browser_done()),
            Answer::Refused => ("200 OK", say::browser_refused()),
            Answer::Foreign => ("404 Not Found", say::browser_foreign()),
        };
        reply(stream, status, page.to(context.ui.lang));
        match answer {
            Answer::Code(code) => return Ok(code),
            Answer::Refused => return Err(refused(consent.url.host_str().unwrap_or_default())),
            Answer::Foreign => {}
        }
    }
    let diagnostic = Diagnostic::new("E381", Exit::Waiting, say::browser_silent());
    Err(diagnostic.help(say::browser_silent_help()).into())
}

/// What a GET asks for.
fn target(mut stream: &TcpStream) -> Option<String> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(IMPATIENCE)).ok()?;
    let mut came = Vec::new();
    let mut piece = [0u8; 1024];
    while !came.windows(4).any(|end| end == b"\r\n\r\n") {
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        came.extend_from_slice(&piece[..length]);
        if came.len() > LONGEST {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&came);
    let mut words = text.lines().next()?.split(' ');
    (words.next() == Some("GET")).then(|| words.next().map(str::to_owned))?
}

fn reply(mut stream: TcpStream, status: &str, words: &str) {
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>dsr</title><p>{}</p>",
        words.replace('&', "&amp;").replace('<', "&lt;")
    );
    // A browser that has gone already loses nothing but these words.
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
}
