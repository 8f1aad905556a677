//! How to ask one side of a shift how it is.

use serde::{Deserialize, Serialize};

/// One question to one side, over HTTP, without any user's traffic.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Where to connect, `host:port`: not where DNS says, which does not know of the new side yet.
    pub address: String,
    /// The `Host` header and, with TLS, the SNI.
    pub host: String,
    /// The path of the GET request.
    pub path: String,
    /// Whether over TLS; the certificate must then be valid for `host`.
    pub tls: bool,
    /// The lowest and highest status that is healthy.
    pub status: (u16, u16),
    /// Milliseconds for the whole answer.
    pub timeout_ms: u32,
}
