//! What the tests share.

#[allow(unreachable_pub, reason = "test binaries have no public face")]
pub mod house;
#[allow(unreachable_pub, reason = "test binaries have no public face")]
pub mod http;
