//! Pebble: Let's Encrypt's own authority for tests. It forgets everything when it ends, and fails now and then on purpose.

use crate::place;
use crate::ports::free_port;
use crate::run_dir::{Process, RunDir};
use crate::server_failure::{ServerFailure, demand, ran_against};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::json;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

const SERVER: &str = "pebble";
/// The version that `prepare` builds.
const VERSION: &str = "2.10.3";

/// A running authority.
pub struct Pebble {
    process: Process,
    _folder: RunDir,
    port: u16,
    management: u16,
    root: String,
    http_port: u16,
}

/// How an authority is started.
#[derive(Clone, Copy, Debug)]
pub struct PebbleSettings {
    /// The name server that it asks.
    pub dns: SocketAddr,
    /// How long its certificates last, in seconds.
    pub lasts: u64,
}

impl Pebble {
    /// Starts one; nothing, after saying so, where this machine does not have it.
    ///
    /// # Panics
    ///
    /// When it can't be started, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start(settings: PebbleSettings) -> Option<Self> {
        demand(Self::begin(settings))
    }

    /// The URL of its directory.
    #[must_use]
    pub fn directory(&self) -> String {
        format!("https://127.0.0.1:{}/dir", self.port)
    }

    /// Where the root that its certificates go back to can be had, in PEM.
    #[must_use]
    pub fn issuing_root(&self) -> String {
        format!("https://127.0.0.1:{}/roots/0", self.management)
    }

    /// The root, in PEM, of the certificate that it shows itself.
    #[must_use]
    pub fn own_root(&self) -> &str {
        &self.root
    }

    /// The port on which it looks for the answers to challenges over HTTP.
    #[must_use]
    pub const fn http_port(&self) -> u16 {
        self.http_port
    }

    /// Everything that it has said: each order is in there once.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }

    #[expect(clippy::disallowed_methods, reason = "the test bench writes the files of its servers and waits for them")]
    fn begin(settings: PebbleSettings) -> Result<Self, ServerFailure> {
        let program = place::part(SERVER, "pebble/pebble")?;
        let folder = RunDir::new(SERVER)?;
        let broken = |error: &dyn std::fmt::Display| ServerFailure::broken(SERVER, error);
        let [port, management, http_port, tls_port] = free_ports()?;
        let (root, certificate, key) = certificate().map_err(|error| broken(&error))?;
        let at = |name: &str| folder.path().join(name);
        let config = json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": at("cert.pem"), "privateKey": at("key.pem"),
            "httpPort": http_port, "tlsPort": tls_port, "keyAlgorithm": "ecdsa",
            "profiles": {"default": {"description": "of the test bench", "validityPeriod": settings.lasts}},
        }});
        for (name, text) in [("cert.pem", &certificate), ("key.pem", &key), ("config.json", &config.to_string())] {
            std::fs::write(at(name), text).map_err(|error| broken(&error))?;
        }
        let mut command = Command::new("env");
        // It would wait up to 15 s before it looks, and take no two authorizations for the same.
        command.args(["PEBBLE_VA_NOSLEEP=1", "PEBBLE_AUTHZREUSE=0", "PEBBLE_WFE_NONCEREJECT=10"]);
        command.arg(&program).arg("-config").arg(at("config.json"));
        command.args(["-dnsserver", &settings.dns.to_string(), "-strict"]);
        let mut process = Process::start_held_logging(SERVER, &command, at("log"))?;
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            process.alive()?;
            if begun.elapsed() > Duration::from_secs(30) {
                return Err(process.failure("it does not listen after 30 s"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        ran_against(SERVER, VERSION);
        Ok(Self { process, _folder: folder, port, management, root, http_port })
    }
}

fn free_ports<const N: usize>() -> Result<[u16; N], ServerFailure> {
    let mut ports = [0; N];
    for port in &mut ports {
        *port = free_port().map_err(|error| ServerFailure::broken(SERVER, error))?;
    }
    Ok(ports)
}

/// A root of its own, and a certificate for loopback with its key, all in PEM.
fn certificate() -> Result<(String, String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = parameters.self_signed(&key)?;
    let issuer = Issuer::new(parameters, key);
    let own_key = KeyPair::generate()?;
    let names = ["localhost", "127.0.0.1"].map(str::to_owned).to_vec();
    let own = CertificateParams::new(names)?.signed_by(&own_key, &issuer)?;
    Ok((root.pem(), own.pem(), own_key.serialize_pem()))
}
