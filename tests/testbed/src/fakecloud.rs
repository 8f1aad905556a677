//! fakecloud: a third emulator of AWS, somebody else's, whose balancers refuse what moto's take. A process of its own.

use crate::lines::LineServer;
use crate::moto::Account;
use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The run's fakecloud. It takes any credentials; tests keep out of each other's way by resources of their own.
pub struct Fakecloud {
    server: LineServer,
    keys: AtomicU64,
}

impl Fakecloud {
    /// The run's fakecloud, started on first use; nothing, after saying so, where this machine has none.
    ///
    /// # Panics
    ///
    /// When it does not work, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn shared() -> Option<&'static Self> {
        static FAKECLOUD: OnceLock<Result<Fakecloud, ServerFailure>> = OnceLock::new();
        demand(FAKECLOUD.get_or_init(Self::start).as_ref())
    }

    /// Where it listens: `http://127.0.0.1:PORT`, for all services.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.greeting.port)
    }

    /// Credentials that nobody else has, all of its one account.
    #[must_use]
    pub fn account(&self) -> Account {
        Account {
            id: "123456789012".to_owned(),
            access_key_id: format!("AKIAFAKECLOUD{:07}", self.keys.fetch_add(1, Ordering::Relaxed)),
            secret_access_key: "test".to_owned(),
            session_token: String::new(),
        }
    }

    fn start() -> Result<Self, ServerFailure> {
        let program = place::part("fakecloud", "fakecloud/bin/fakecloud")?;
        let mut command = Command::new(place::part("fakecloud", "python/bin/python")?);
        command.arg(place::source("fakecloud/serve.py")).arg(program).env("PYTHONDONTWRITEBYTECODE", "1");
        let server = LineServer::start("fakecloud", command)?;
        ran_against("fakecloud", &server.greeting.version);
        Ok(Self { server, keys: AtomicU64::new(1) })
    }
}
