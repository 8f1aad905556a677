//! Our own proxy in front of any HTTP server, which spoils calls by a script.

use crate::fault::Rule;
use crate::lines::LineServer;
use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde::Deserialize;
use serde_json::json;
use std::process::Command;
use std::sync::Once;

/// A running proxy. It ends when this is dropped.
pub struct FaultProxy {
    server: LineServer,
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
        self.ask::<()>("script", "", rules);
    }

    /// An outage begins: until [`FaultProxy::end`] of its name, these rules come before the script. Others go on beside it.
    ///
    /// # Panics
    ///
    /// When the proxy does not answer.
    pub fn begin(&self, outage: &str, rules: &[Rule]) {
        self.ask::<()>("begin", outage, rules);
    }

    /// The outage of this name is over.
    ///
    /// # Panics
    ///
    /// When the proxy does not answer.
    pub fn end(&self, outage: &str) {
        self.ask::<()>("end", outage, &[]);
    }

    /// Every call so far, or since [`FaultProxy::forget`], in the order in which they came.
    ///
    /// # Panics
    ///
    /// When the proxy does not answer.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.ask("calls", "", &[])
    }

    /// How many calls there were so far, or since [`FaultProxy::forget`], to which this rule applies.
    ///
    /// # Panics
    ///
    /// When the proxy does not answer.
    #[must_use]
    pub fn count(&self, rule: &Rule) -> usize {
        self.ask("count", "", std::slice::from_ref(rule))
    }

    /// Empties the list of calls.
    ///
    /// # Panics
    ///
    /// When the proxy does not answer.
    pub fn forget(&self) {
        self.ask::<()>("forget", "", &[]);
    }

    #[expect(clippy::panic, reason = "a test whose proxy is gone can only fail")]
    fn ask<T: serde::de::DeserializeOwned>(&self, what: &str, name: &str, rules: &[Rule]) -> T {
        match self.server.ask(&json!({"do": what, "name": name, "rules": rules})) {
            Ok(answer) => answer,
            Err(failure) => panic!("{failure}"),
        }
    }
}
