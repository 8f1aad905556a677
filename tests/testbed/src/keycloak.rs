//! Keycloak: a real provider of logins and tokens, from the package of its own release.

use crate::place;
use crate::run_dir::{Process, RunDir};
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

const SERVER: &str = "Keycloak";
/// How long it may take to answer: 25 seconds on a loaded machine of two cores.
const ANSWERS_WITHIN: Duration = Duration::from_secs(240);
const LOOKS_EVERY: Duration = Duration::from_millis(250);

/// A running Keycloak with one realm. It keeps nothing, and ends when this is dropped.
pub struct Keycloak {
    _process: Process,
    _folder: RunDir,
}

impl Keycloak {
    /// Starts it at a port of the loopback with a realm, as its own export would describe it; nothing, after saying so, where
    /// this machine has none.
    ///
    /// # Panics
    ///
    /// When it does not start, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start(port: u16, realm: &Value) -> Option<Self> {
        demand(Self::begin(port, realm))
    }

    /// Where its realms are, without a name behind it. Envoy Gateway takes no provider by its address.
    #[must_use]
    pub fn realms(port: u16) -> String {
        format!("http://localhost:{port}/realms")
    }

    fn begin(port: u16, realm: &Value) -> Result<Self, ServerFailure> {
        let script = place::part(SERVER, "keycloak/dist/bin/kc.sh")?;
        let folder = RunDir::new(SERVER)?;
        let own = folder.path().join("keycloak");
        let broken = |error: std::io::Error| ServerFailure::broken(SERVER, error);
        // It writes into its own folder.
        let from = script.ancestors().nth(2).unwrap_or(&script);
        let copied = Command::new("cp").arg("-a").arg(from).arg(&own).status().map_err(broken)?;
        if !copied.success() {
            return Err(ServerFailure::broken(SERVER, "its folder can't be copied"));
        }
        import(&own, realm).map_err(broken)?;
        let mut command = Command::new("bash");
        command.arg(own.join("bin/kc.sh"));
        command.args(["start", "--optimized", "--import-realm", "--cache=local", "--http-enabled=true"]);
        command.args(["--http-host=127.0.0.1", &format!("--http-port={port}")]);
        command.arg(format!("--hostname=http://localhost:{port}"));
        let mut process = Process::start_held(SERVER, &command, folder.path().join("log"))?;
        let name = realm.get("realm").and_then(Value::as_str).unwrap_or_default();
        let mut waited = Duration::ZERO;
        while !answers(port, name) {
            process.alive()?;
            if waited > ANSWERS_WITHIN {
                return Err(process.failure(format!("it does not answer after {ANSWERS_WITHIN:?}")));
            }
            std::thread::sleep(LOOKS_EVERY);
            waited += LOOKS_EVERY;
        }
        ran_against(SERVER, "26.4.5");
        Ok(Self { _process: process, _folder: folder })
    }
}

#[expect(clippy::disallowed_methods, reason = "Keycloak reads a realm from a file")]
fn import(own: &std::path::Path, realm: &Value) -> std::io::Result<()> {
    let folder = own.join("data/import");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("realm.json"), realm.to_string())
}

/// Whether the realm says where everything of it is.
fn answers(port: u16, realm: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            stream,
            "GET /realms/{realm}/.well-known/openid-configuration HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n"
        )?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    };
    ask().is_ok_and(|text| text.starts_with("HTTP/1.1 200"))
}
