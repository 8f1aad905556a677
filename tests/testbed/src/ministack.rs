//! ministack: another emulator of AWS, somebody else's, for what moto gets wrong: it refuses a change of record sets that
//! does not fit what stands there.

use crate::lines::LineServer;
use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use std::process::Command;
use std::sync::OnceLock;

/// The run's ministack. It takes any credentials; tests keep out of each other's way by zones of their own.
pub struct Ministack {
    server: LineServer,
}

impl Ministack {
    /// The run's ministack, started on first use; nothing, after saying so, where this machine has none.
    ///
    /// # Panics
    ///
    /// When it does not work, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn shared() -> Option<&'static Self> {
        static MINISTACK: OnceLock<Result<Ministack, ServerFailure>> = OnceLock::new();
        demand(MINISTACK.get_or_init(Self::start).as_ref())
    }

    /// Where it listens: `http://127.0.0.1:PORT`, for all services.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.greeting.port)
    }

    fn start() -> Result<Self, ServerFailure> {
        let mut command = Command::new(place::part("ministack", "ministack/bin/python")?);
        command.arg(place::source("ministack/serve.py")).env("PYTHONDONTWRITEBYTECODE", "1");
        let server = LineServer::start("ministack", command)?;
        ran_against("ministack", &server.greeting.version);
        Ok(Self { server })
    }
}
