//! moto: an emulator of AWS, somebody else's.

use crate::lines::LineServer;
use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The run's moto. Every account and region of it is a world of its own.
pub struct Moto {
    server: LineServer,
    python: PathBuf,
    accounts: AtomicU64,
}

/// An account and credentials that belong to it.
#[derive(Clone, Debug)]
pub struct Account {
    /// Twelve digits; `sts:GetCallerIdentity` answers them.
    pub id: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token.
    pub session_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
}

impl Moto {
    /// The run's moto, started on first use; nothing, after saying so, where this machine has none.
    ///
    /// # Panics
    ///
    /// When it does not work, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn shared() -> Option<&'static Self> {
        static MOTO: OnceLock<Result<Moto, ServerFailure>> = OnceLock::new();
        demand(MOTO.get_or_init(Self::start).as_ref())
    }

    /// Where it listens: `http://127.0.0.1:PORT`, for all services.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.greeting.port)
    }

    /// A new, empty account.
    ///
    /// # Panics
    ///
    /// When moto refuses.
    #[must_use]
    pub fn account(&self) -> Account {
        self.account_with_id(&format!("{:012}", self.accounts.fetch_add(1, Ordering::Relaxed)))
    }

    /// Credentials of the account with this id of twelve digits, for tests that need to know it beforehand.
    ///
    /// # Panics
    ///
    /// When moto refuses.
    #[must_use]
    #[expect(clippy::panic, reason = "a test without credentials has nothing to go on with")]
    pub fn account_with_id(&self, id: &str) -> Account {
        let credentials = match self.server.ask::<Credentials>(&json!({"do": "account", "id": id})) {
            Ok(credentials) => credentials,
            Err(failure) => panic!("{failure}"),
        };
        Account {
            id: id.to_owned(),
            access_key_id: credentials.access_key_id,
            secret_access_key: credentials.secret_access_key,
            session_token: credentials.session_token,
        }
    }

    /// Runs a boto3 script as `account` against this moto, past any fault proxy, and gives the JSON that it prints.
    ///
    /// # Panics
    ///
    /// When the script fails or prints something else; its standard error is in the message.
    pub fn boto3(&self, account: &Account, region: &str, script: &Path, arguments: &[&str]) -> Value {
        self.boto3_at(&self.endpoint(), account, region, script, arguments)
    }

    /// The same against another server: the Python is moto's, the calls go to `endpoint`.
    ///
    /// # Panics
    ///
    /// As [`Self::boto3`].
    #[expect(clippy::panic, reason = "a test whose estate could not be made has nothing to go on with")]
    pub fn boto3_at(
        &self,
        endpoint: &str,
        account: &Account,
        region: &str,
        script: &Path,
        arguments: &[&str],
    ) -> Value {
        let variables = account.environment(endpoint, region).into_iter().filter(|(_, value)| !value.is_empty());
        let outcome = Command::new(&self.python).arg(script).args(arguments).envs(variables).output();
        let Output { status, stdout, stderr } = match outcome {
            Ok(output) => output,
            Err(error) => panic!("{}: {error}", self.python.display()),
        };
        if !status.success() {
            panic!("{} ended with {status}:\n{}", script.display(), String::from_utf8_lossy(&stderr));
        }
        match serde_json::from_slice(if stdout.is_empty() { b"null" } else { &stdout }) {
            Ok(value) => value,
            Err(error) => panic!("{} printed no JSON: {error}", script.display()),
        }
    }

    /// A shell script to stand in the place of the `aws` program: it makes the call that it is asked for by the SDK that the
    /// AWS CLI stands on, to wherever its environment says.
    #[must_use]
    pub fn aws_command(&self) -> String {
        let script = place::source("aws_cli/aws.py");
        format!("#!/bin/sh\nexec '{}' '{}' \"$@\"\n", self.python.display(), script.display())
    }

    fn start() -> Result<Self, ServerFailure> {
        let python = place::part("moto", "python/bin/python")?;
        let mut command = Command::new(&python);
        command.arg(place::source("moto/serve.py")).env("PYTHONDONTWRITEBYTECODE", "1");
        let server = LineServer::start("moto", command)?;
        ran_against("moto", &server.greeting.version);
        // Any number that no test writes into a file; twelve digits.
        Ok(Self { server, python, accounts: AtomicU64::new(700_000_000_001) })
    }
}

impl Account {
    /// The variables by which AWS's SDKs and tools use this account at `endpoint`, and nothing else of this machine.
    #[must_use]
    pub fn environment(&self, endpoint: &str, region: &str) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", endpoint.to_owned()),
            ("AWS_REGION", region.to_owned()),
            ("AWS_DEFAULT_REGION", region.to_owned()),
            ("AWS_ACCESS_KEY_ID", self.access_key_id.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_access_key.clone()),
            ("AWS_SESSION_TOKEN", self.session_token.clone()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_CONFIG_FILE", "/dev/null".to_owned()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".to_owned()),
        ]
    }
}
