//! Our own proxy in front of any HTTP server, which spoils calls by a script.

use crate::lines::LineServer;
use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::process::Command;
use std::sync::Once;

/// A running proxy. It ends when this is dropped.
pub struct FaultProxy {
    server: LineServer,
}

/// One line of the script: what happens to which calls. The first rule whose calls match and that is due decides;
/// pages and delays go together with one that spoils the answer.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    r#match: Match,
    fault: Fault,
    nth: Option<Vec<u32>>,
    times: Option<u32>,
    probability: Option<f64>,
    seed: u64,
}

/// Which calls; what is not said matches every call.
#[derive(Clone, Debug, Default, Serialize)]
struct Match {
    method: Option<String>,
    path: Option<String>,
    service: Option<String>,
    action: Option<String>,
    region: Option<String>,
    with_token: Option<bool>,
}

/// What happens to a call.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Fault {
    /// Refused as too fast, in the words of the call's own protocol: `ThrottlingException`, `Throttling`, 429, 503.
    Throttle,
    /// Answered with this instead; the server never sees the call.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The content type.
        r#type: String,
        /// The body.
        body: String,
    },
    /// The connection is reset; the server never sees the call.
    Reset,
    /// The call reaches the server this much later.
    Delay {
        /// How much later.
        milliseconds: u64,
    },
    /// The whole length is announced, half of the body sent, and the connection closed.
    Truncate,
    /// A list is answered in pages of this size, with tokens of the proxy's own: for servers that ignore paging. Calls
    /// that AWS does not page are left alone. Route 53, which pages rightly, is asked for pages of this size.
    Pages {
        /// Elements on a page.
        size: u32,
    },
    /// The server does what was asked, and the caller never hears of it: after this time the connection is reset.
    Applied {
        /// How long the caller is kept waiting.
        milliseconds: u64,
    },
}

/// One call that the proxy saw.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query.
    pub query: String,
    /// The body, as text.
    pub body: String,
    /// The signed service: `ecs`, `elasticloadbalancing`; none of an unsigned call.
    pub service: Option<String>,
    /// The signed region.
    pub region: Option<String>,
    /// The access key that signed.
    pub access_key: Option<String>,
    /// The API's name for the call, `ListClusters`; for REST calls `GET /path`.
    pub action: String,
    /// Whether it asked for a later page.
    pub with_token: bool,
    /// The faults it met: `throttle`, `pages`.
    pub faults: Vec<String>,
    /// The status that was answered; 599 for a reset, none while the answer is under way.
    pub status: Option<u16>,
}

impl FaultProxy {
    /// A proxy in front of `upstream` (`http://127.0.0.1:PORT`), without any rule; nothing, after saying so, where this
    /// machine lacks what it needs.
    ///
    /// # Panics
    ///
    /// When it does not work, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start(upstream: &str) -> Option<Self> {
        demand(Self::try_start(upstream))
    }

    fn try_start(upstream: &str) -> Result<Self, ServerFailure> {
        let mut command = Command::new(place::part("fault proxy", "python/bin/python")?);
        command.arg(place::source("fault_proxy/serve.py")).arg(upstream).env("PYTHONDONTWRITEBYTECODE", "1");
        let server = LineServer::start("fault proxy", command)?;
        static SAID: Once = Once::new();
        SAID.call_once(|| ran_against("our fault proxy over aiohttp", &server.greeting.version));
        Ok(Self { server })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.greeting.port)
    }

    /// Puts these rules in the place of those before; their counts start anew.
    ///
    /// # Panics
    ///
    /// When the proxy does not answer.
    pub fn script(&self, rules: &[Rule]) {
        self.ask::<()>("script", rules);
    }

    /// Every call so far, or since [`FaultProxy::forget`], in the order in which they came.
    ///
    /// # Panics
    ///
    /// When the proxy does not answer.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.ask("calls", &[])
    }

    /// Empties the list of calls.
    ///
    /// # Panics
    ///
    /// When the proxy does not answer.
    pub fn forget(&self) {
        self.ask::<()>("forget", &[]);
    }

    #[expect(clippy::panic, reason = "a test whose proxy is gone can only fail")]
    fn ask<T: serde::de::DeserializeOwned>(&self, what: &str, rules: &[Rule]) -> T {
        match self.server.ask(&json!({"do": what, "rules": rules})) {
            Ok(answer) => answer,
            Err(failure) => panic!("{failure}"),
        }
    }
}

impl Rule {
    /// `fault` for every call; the other methods narrow it.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self { r#match: Match::default(), fault, nth: None, times: None, probability: None, seed: 0 }
    }

    /// Only calls with this HTTP method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.r#match.method = Some(method.to_owned());
        self
    }

    /// Only calls whose path matches this pattern; `*` stands for anything.
    #[must_use]
    pub fn path(mut self, pattern: &str) -> Self {
        self.r#match.path = Some(pattern.to_owned());
        self
    }

    /// Only calls signed for this service: `ecs`, `elasticloadbalancing`, `events`.
    #[must_use]
    pub fn service(mut self, service: &str) -> Self {
        self.r#match.service = Some(service.to_owned());
        self
    }

    /// Only this call, as in [`Call::action`].
    #[must_use]
    pub fn action(mut self, action: &str) -> Self {
        self.r#match.action = Some(action.to_owned());
        self
    }

    /// Only calls signed for this region.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        self.r#match.region = Some(region.to_owned());
        self
    }

    /// Only calls that ask for a later page, or only those that do not.
    #[must_use]
    pub fn with_token(mut self, with_token: bool) -> Self {
        self.r#match.with_token = Some(with_token);
        self
    }

    /// Only the calls with these places among those that match; the first is 1.
    #[must_use]
    pub fn nth(mut self, places: impl IntoIterator<Item = u32>) -> Self {
        self.nth = Some(places.into_iter().collect());
        self
    }

    /// At most so many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// With this probability, 0 to 1, drawn from a generator with this seed.
    #[must_use]
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.probability = Some(probability);
        self.seed = seed;
        self
    }
}

impl Fault {
    /// An answer of HTML with this status, as a failing gateway gives.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let body = format!("<html><body><h1>{status}</h1></body></html>");
        Self::Answer { status, r#type: "text/html".to_owned(), body }
    }
}
