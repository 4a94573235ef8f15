//! Answers requests from recorded exchanges and keeps a log of what was asked.
//!
//! An exchange is used as often as it says (once): writes in the order of the file, reads in any, but none before a write that stands
//! before it. A read to which no further reply is recorded is answered as before: a system that nobody wrote to says the same, and if
//! it was written to, its old state never passes for an erasure. What nobody recorded at all is noted and not answered. A derived case
//! changes replies on their way through [`Tamper`].

use std::sync::Mutex;

use reqwest::header::HeaderMap;
use serde_json::json;
use url::Url;

use super::exchange::{Exchange, Fit, Reply};
use super::outline;
use super::specimen::Specimen;
use crate::connector::rest::request::Verb;
use crate::connector::transport::{Answer, Asked, Replay, Silence};

/// Which half of a case is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    #[default]
    Search,
    Apply,
}

/// One request that was asked.
#[derive(Clone)]
pub(super) struct Sent {
    pub phase: Phase,
    pub verb: Verb,
    pub url: Url,
    /// Base of the connector's paths.
    pub base: Url,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// It may change something.
    pub writes: bool,
    /// Asked by the client that only an approved plan opens.
    pub by_writer: bool,
    /// Its sender says that it only reads.
    pub promised: bool,
    /// May not be sent again if its reply is lost.
    pub once: bool,
    /// Part of signing in, and no part of the conversation.
    pub signs_in: bool,
    /// Index of the exchange that answered; `None` for a token of nobody's recording.
    pub exchange: Option<usize>,
    /// What was answered; `None` if the reply was lost.
    pub reply: Option<Reply>,
    /// Answered as before, although something was written since.
    pub again: bool,
    /// Whether a derived case answered in its place.
    pub tampered: bool,
}

/// What a derived case makes of a reply.
pub(super) enum Act {
    Pass,
    /// Another reply; the exchange is used.
    Instead(Reply),
    /// Another reply before the recorded one, which stays for the next time.
    Before(Reply),
    Lose,
}

/// Changes replies. Gets the request with its recorded reply, and what was asked so far.
pub(super) type Tamper = Box<dyn FnMut(&Sent, &[Sent]) -> Act + Send>;

/// A request to which no exchange fits.
#[derive(Clone)]
pub(super) struct Miss {
    /// In words.
    pub asked: String,
    /// The nearest recorded exchange; the write that has to come first if only the order is wrong.
    pub nearest: Option<usize>,
    pub too_early: bool,
}

/// Recorded exchanges in the place of a system.
pub(super) struct Tape {
    exchanges: Vec<Exchange>,
    sign_in: Vec<Exchange>,
    /// Whether writes have to come in the order of the file, none left out.
    strict: bool,
    /// Whether each request says itself if it changes something.
    says: bool,
    /// Which exchanges change something.
    writes: Vec<bool>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    phase: Phase,
    used: Vec<usize>,
    log: Vec<Sent>,
    misses: Vec<Miss>,
    written: bool,
    tamper: Option<Tamper>,
}

/// What a tape has to say in the end.
pub(super) struct Record {
    pub log: Vec<Sent>,
    pub misses: Vec<Miss>,
    /// Exchanges that were not asked for as often as they should, with how often they were.
    pub unused: Vec<(usize, usize)>,
}

impl Tape {
    pub(super) fn new(
        specimen: &Specimen,
        exchanges: &[Exchange],
        sign_in: &[Exchange],
        strict: bool,
        tamper: Option<Tamper>,
    ) -> Tape {
        Tape {
            exchanges: exchanges.to_vec(),
            sign_in: sign_in.to_vec(),
            strict,
            says: specimen.is_plugin(),
            writes: exchanges
                .iter()
                .map(|exchange| outline::writes(specimen, exchange))
                .collect(),
            state: Mutex::new(State {
                used: vec![0; exchanges.len()],
                tamper,
                ..State::default()
            }),
        }
    }

    /// From now on the plan is carried out.
    pub(super) fn apply(&self) {
        self.state().phase = Phase::Apply;
    }

    /// Whether something was asked that nobody recorded.
    pub(super) fn has_missed(&self) -> bool {
        !self.state().misses.is_empty()
    }

    pub(super) fn record(&self) -> Record {
        let state = self.state();
        let used = self.exchanges.iter().zip(&state.used).enumerate();
        Record {
            log: state.log.clone(),
            misses: state.misses.clone(),
            unused: used
                .filter(|(_, (exchange, used))| **used < exchange.times)
                .map(|(at, (_, used))| (at, *used))
                .collect(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic while answering ends the case; what was asked until then is still true.
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The exchange that answers, and whether it has answered before and does so again.
    fn find(&self, state: &State, asked: &Asked<'_>, writes: bool) -> Result<(usize, bool), Miss> {
        let all = 0..self.exchanges.len();
        let meant = |at: &usize| !self.says || self.writes[*at] == writes;
        let fits = |at: &usize| meant(at) && self.exchanges[*at].fit(asked) == Fit::Whole;
        let left = |at: &usize| state.used[*at] < self.exchanges[*at].times;
        // Nothing behind a write has happened before that write was sent.
        let barrier = all.clone().find(|at| self.writes[*at] && left(at));
        let behind = |at: &usize| barrier.is_some_and(|barrier| *at > barrier);
        let mut ahead = None;
        if let Some(at) = all.clone().filter(left).find(fits) {
            if !behind(&at) || (writes && !self.strict) {
                return Ok((at, false));
            }
            ahead = barrier;
        }
        if !writes
            && let Some(at) = all
                .clone()
                .rev()
                .filter(|at| state.used[*at] > 0)
                .find(fits)
        {
            return Ok((at, true));
        }
        let near = all
            .map(|at| (self.exchanges[at].fit(asked), left(&at), at))
            .filter(|(fit, ..)| *fit > Fit::Not)
            .max_by_key(|(fit, left, at)| (*left, *fit, std::cmp::Reverse(*at)));
        Err(Miss {
            asked: words(asked),
            nearest: ahead.or(near.map(|(.., at)| at)),
            too_early: ahead.is_some(),
        })
    }

    /// What will not be sent after another reply: repetitions of the same request, and after a lost reply the rest of its action.
    fn pass_over(&self, state: &mut State, answered: usize, lost: bool) {
        let this = &self.exchanges[answered];
        let same = |at: usize| {
            let other = &self.exchanges[at];
            other.verb == this.verb && other.target == this.target && other.carries_the_same(this)
        };
        let mut rest = answered + 1..self.exchanges.len();
        for at in rest
            .by_ref()
            .take_while(|at| self.writes[*at] && (lost || same(*at)))
        {
            state.used[at] = self.exchanges[at].times;
        }
    }
}

impl Replay for Tape {
    fn answer(&self, asked: &Asked<'_>) -> Result<Answer, Silence> {
        let mut state = self.state();
        let writes = match asked.verb {
            Verb::Get | Verb::Head => false,
            Verb::Put | Verb::Patch | Verb::Delete => true,
            Verb::Post => asked.writes && !asked.promised,
        };
        let mut sent = Sent {
            phase: state.phase,
            verb: asked.verb,
            url: asked.url.clone(),
            base: asked.base.clone(),
            headers: asked.headers.clone(),
            body: asked.body.unwrap_or_default().to_vec(),
            writes,
            by_writer: asked.writes,
            promised: asked.promised,
            once: asked.once,
            signs_in: false,
            exchange: None,
            reply: None,
            again: false,
            tampered: false,
        };
        let found = self.find(&state, asked, writes);
        if found.is_err()
            && let Some(reply) = self.signing_in(asked)
        {
            let answer = reply.answer();
            (sent.signs_in, sent.writes, sent.reply) = (true, false, Some(reply));
            state.log.push(sent);
            return Ok(answer);
        }
        let (at, again) = match found {
            Ok(found) => found,
            Err(miss) => {
                // A derived case may know the answer to what its own replies led to.
                if let Act::Instead(reply) = tampered(&mut state, &sent) {
                    let answer = reply.answer();
                    (sent.tampered, sent.reply) = (true, Some(reply));
                    state.log.push(sent);
                    return Ok(answer);
                }
                state.misses.push(miss);
                return Err(Silence::Unrecorded);
            }
        };
        let recorded = &self.exchanges[at];
        sent.exchange = Some(at);
        sent.reply = (!recorded.drop).then(|| recorded.reply.clone());
        sent.again = again && state.written;
        let act = tampered(&mut state, &sent);
        sent.tampered = !matches!(act, Act::Pass);
        let used = !matches!(act, Act::Before(_));
        let changed = used && sent.tampered && writes;
        let lost = matches!(act, Act::Lose);
        match act {
            Act::Pass => {}
            Act::Instead(reply) | Act::Before(reply) => sent.reply = Some(reply),
            Act::Lose => sent.reply = None,
        }
        if used {
            state.used[at] += usize::from(!again);
            state.written |= writes;
        }
        if writes {
            // Those that a derived case leaves out do not come later.
            for earlier in 0..at {
                if self.writes[earlier] {
                    state.used[earlier] = self.exchanges[earlier].times;
                }
            }
        }
        if changed {
            self.pass_over(&mut state, at, lost);
        }
        let answer = sent.reply.as_ref().map(Reply::answer);
        state.log.push(sent);
        answer.ok_or(Silence::Lost)
    }
}

/// What a derived case makes of a request.
fn tampered(state: &mut State, sent: &Sent) -> Act {
    match state.tamper.take() {
        Some(mut tamper) => {
            let act = tamper(sent, &state.log);
            state.tamper = Some(tamper);
            act
        }
        None => Act::Pass,
    }
}

impl Tape {
    /// What signs in: a recorded exchange of the file, else a token for whoever asks for one as OAuth 2.0 does (RFC 6749, 4).
    fn signing_in(&self, asked: &Asked<'_>) -> Option<Reply> {
        let mut recorded = self.sign_in.iter();
        if let Some(found) = recorded.find(|one| one.fit(asked) == Fit::Whole) {
            return Some(found.reply.clone());
        }
        let body = asked.body.unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(body);
        let grant = asked.verb == Verb::Post && pairs.any(|(name, _)| name == "grant_type");
        let token =
            json!({ "access_token": "replayed-token", "token_type": "Bearer", "expires_in": 3600 });
        grant.then(|| Reply::of_json(200, &token))
    }
}

impl Sent {
    /// Verb, path, query and body.
    pub(super) fn words(&self) -> String {
        let asked = Asked {
            verb: self.verb,
            url: &self.url,
            base: &self.base,
            headers: &self.headers,
            body: Some(&self.body),
            writes: self.by_writer,
            promised: self.promised,
            once: self.once,
        };
        words(&asked)
    }
}

/// A request in words: verb, path, query and body.
fn words(asked: &Asked<'_>) -> String {
    let base = asked.base.as_str().trim_end_matches('/');
    let whole = asked.url.as_str();
    let path = whole.split(['?', '#']).next().unwrap_or(whole);
    let path = path.strip_prefix(base).unwrap_or(path);
    let mut line = format!("{} {path}", asked.verb.word());
    let pairs: Vec<String> = asked
        .url
        .query_pairs()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    if !pairs.is_empty() {
        line.push_str(&format!(" query {{ {} }}", pairs.join(", ")));
    }
    if let Some(body) = asked.body.filter(|body| !body.is_empty()) {
        line.push_str(&format!(" body {}", String::from_utf8_lossy(body)));
    }
    line
}
