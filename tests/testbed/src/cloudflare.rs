//! Our own Cloudflare: nobody else's can be run. It is held to a contract that was written from the public API reference.

use crate::lines::LineServer;
use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde_json::{Value, json};
use std::process::Command;

/// A running server with a state of its own. It ends when this is dropped.
pub struct Cloudflare {
    server: LineServer,
}

impl Cloudflare {
    /// A server that holds this state: accounts with their Workers and domains, zones with their records and routes, and for
    /// each token the paths that it may read; nothing, after saying so, where this machine lacks what it needs.
    ///
    /// # Panics
    ///
    /// When it does not work, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start(state: &Value) -> Option<Self> {
        demand(Self::try_start(state))
    }

    fn try_start(state: &Value) -> Result<Self, ServerFailure> {
        let mut command = Command::new(place::part("Cloudflare", "python/bin/python")?);
        command.arg(place::source("cloudflare/serve.py")).env("PYTHONDONTWRITEBYTECODE", "1");
        let server = LineServer::start("Cloudflare", command)?;
        ran_against("our own Cloudflare", &server.greeting.version);
        server.ask::<Value>(&json!({"do": "fill", "state": state}))?;
        Ok(Self { server })
    }

    /// The root of its API: `http://127.0.0.1:PORT/client/v4`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/client/v4", self.server.greeting.port)
    }
}
