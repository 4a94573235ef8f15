//! Actions of several steps over HTTP: values handed on, jobs that are waited for, batches, what people do by hand, and what proves
//! that any of it took effect.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "steps/batches.rs"]
mod batches;
#[path = "steps/journeys.rs"]
mod journeys;
#[path = "steps/refusals.rs"]
mod refusals;
#[path = "steps/retries.rs"]
mod retries;
#[path = "steps/writer.rs"]
mod writer;
mod support {
    #[path = "../support/http.rs"]
    pub(crate) mod http;
    #[path = "../support/program.rs"]
    pub(crate) mod program;
}
