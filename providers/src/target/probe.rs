//! How to ask one side of a shift how it is.

use super::route_side::Through;
use serde::{Deserialize, Serialize};

/// One question to one side, over HTTP or gRPC, without any user's traffic.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Where to connect, `host:port`: not where DNS says, which does not know of the new side yet.
    pub address: String,
    /// The `Host` header and, with TLS, the SNI.
    pub host: String,
    /// The path of the GET request; says nothing of gRPC.
    pub path: String,
    /// Whether over TLS; the certificate must then be valid for `host`.
    pub tls: bool,
    /// The lowest and highest status that is healthy; says nothing of gRPC.
    pub status: (u16, u16),
    /// Milliseconds for the whole answer.
    pub timeout_ms: u32,
    /// The service whose health is asked over gRPC (`grpc.health.v1.Health/Check`) in the place of a GET: a side that speaks
    /// gRPC answers none. Empty for the server as a whole; none for a GET.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grpc: Option<String>,
    /// What users go through on their way to the side: where a load balancer says of a target group that none of its targets can answer,
    /// or a cluster that no endpoint of a backend is ready or a gateway does not follow the route, the side fails whatever it answers
    /// itself. What neither can tell changes nothing; what a gateway has not said of the route as it stands leaves the side unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<Through>,
}

impl Probe {
    /// The same question for whoever goes back to the side ([`Through::to_go_back`]).
    #[must_use]
    pub fn to_go_back(&self) -> Self {
        Self { through: self.through.iter().map(Through::to_go_back).collect(), ..self.clone() }
    }
}
