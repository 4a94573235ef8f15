//! The `rest` engine: carries out what a connector file describes, over HTTP.

pub mod request;
