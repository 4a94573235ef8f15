//! What carries a connector's requests: the network, or exchanges that were recorded before.
//!
//! Everything above the one place that sends (`rest/client/wire.rs`) is the same either way, so that a test of a connector runs the
//! code that will run against the system.

use std::sync::Arc;

use reqwest::header::HeaderMap;
use url::Url;

use crate::connector::rest::request::Verb;

/// What requests leave by.
#[derive(Clone, Default)]
pub enum Transport {
    #[default]
    Wire,
    Replay(Arc<dyn Replay>),
    /// The network, and somebody who writes down what is asked and answered there.
    Record(Arc<dyn Tap>),
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Transport::Wire => "Wire",
            Transport::Replay(_) => "Replay",
            Transport::Record(_) => "Record",
        })
    }
}

/// Takes note of requests and their replies. How one is let in is no part of them.
pub trait Tap: Send + Sync {
    fn took(&self, asked: &Asked<'_>, answer: &Answer);
}

/// Answers in the place of a system.
pub trait Replay: Send + Sync {
    /// # Errors
    /// There is no reply.
    fn answer(&self, asked: &Asked<'_>) -> Result<Answer, Silence>;
}

/// A request as it would leave, without the credentials.
pub struct Asked<'a> {
    pub verb: Verb,
    pub url: &'a Url,
    /// Base of the connector's paths.
    pub base: &'a Url,
    pub headers: &'a HeaderMap,
    pub body: Option<&'a [u8]>,
    /// Sent by the client that only an approved plan opens.
    pub writes: bool,
    /// Whoever sends it says that it only reads, whichever client sends it.
    pub promised: bool,
    /// May not be sent again if its reply is lost.
    pub once: bool,
}

/// A whole reply.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why no reply comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The request arrived, its reply did not.
    Lost,
    /// Nobody knows what the system would say.
    Unrecorded,
}
