//! Keycloak: a real provider of logins and tokens, from the package of its own release.

use crate::place;
use crate::run_dir::{Process, RunDir};
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const SERVER: &str = "Keycloak";
/// How long it may take to answer: 25 seconds on a loaded machine of two cores, three times as many beside a build.
const ANSWERS_WITHIN: Duration = Duration::from_secs(300);
const LOOKS_EVERY: Duration = Duration::from_millis(250);
/// What it says once it listens, which it does after its realms are in.
const LISTENS: &str = "Listening on: https://";

/// A running Keycloak. It keeps nothing, and ends when this is dropped.
pub struct Keycloak {
    _process: Process,
    _folder: RunDir,
}

/// What a Keycloak is to be.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'i> {
    /// The host that it is asked for by, and that stands in its tokens. It listens on the loopback at the port of HTTPS.
    pub host: &'i str,
    /// Its realms, as its own export would describe them.
    pub realms: &'i [Value],
    /// Its certificate, as PEM.
    pub certificate: &'i str,
    /// The certificate's key, as PEM.
    pub key: &'i str,
}

impl Keycloak {
    /// Starts it; nothing, after saying so, where this machine has none.
    ///
    /// # Panics
    ///
    /// When it does not start, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start(identity: &Identity<'_>) -> Option<Self> {
        demand(Self::begin(identity))
    }

    fn begin(identity: &Identity<'_>) -> Result<Self, ServerFailure> {
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
        write(&own, identity).map_err(broken)?;
        // As its script starts it, which would stay in between: what ends the script leaves the server running.
        // Its log is its standard output, which a held server has none of.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$@\" >&2", "sh", "java"]);
        command.args(["-Xms64m", "-Xmx512m", "-XX:MaxMetaspaceSize=256m", "-XX:+ExitOnOutOfMemoryError"]);
        for package in ["util", "util.concurrent", "security"] {
            command.arg(format!("--add-opens=java.base/java.{package}=ALL-UNNAMED"));
        }
        command.arg("-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory");
        command.arg("-Djava.util.logging.manager=org.jboss.logmanager.LogManager");
        command.arg(format!("-Dkc.home.dir={}", own.display()));
        command.arg(format!("-Djboss.server.config.dir={}", own.join("conf").display()));
        command.arg("-cp").arg(own.join("lib/quarkus-run.jar")).arg("io.quarkus.bootstrap.runner.QuarkusEntryPoint");
        command.args(["start", "--optimized", "--import-realm", "--cache=local"]);
        command.args(["--http-host=127.0.0.1", "--https-port=443"]);
        command.arg(format!("--hostname=https://{}", identity.host));
        command.arg(format!("--https-certificate-file={}", own.join(CERTIFICATE).display()));
        command.arg(format!("--https-certificate-key-file={}", own.join(KEY).display()));
        let log = folder.path().join("log");
        let mut process = Process::start_held(SERVER, &command, log.clone())?;
        let mut waited = Duration::ZERO;
        while !listens(&log) {
            process.alive()?;
            if waited > ANSWERS_WITHIN {
                return Err(process.failure(format!("it does not listen after {ANSWERS_WITHIN:?}")));
            }
            std::thread::sleep(LOOKS_EVERY);
            waited += LOOKS_EVERY;
        }
        ran_against(SERVER, "26.4.5");
        Ok(Self { _process: process, _folder: folder })
    }
}

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

#[expect(clippy::disallowed_methods, reason = "Keycloak reads realms and its certificate from files")]
fn write(own: &Path, identity: &Identity<'_>) -> std::io::Result<()> {
    let folder = own.join("data/import");
    std::fs::create_dir_all(&folder)?;
    for (at, realm) in identity.realms.iter().enumerate() {
        std::fs::write(folder.join(format!("realm-{at}.json")), realm.to_string())?;
    }
    std::fs::write(own.join(CERTIFICATE), identity.certificate)?;
    std::fs::write(own.join(KEY), identity.key)
}

#[expect(clippy::disallowed_methods, reason = "Keycloak says in its log that it listens")]
fn listens(log: &Path) -> bool {
    std::fs::read(log).is_ok_and(|text| String::from_utf8_lossy(&text).contains(LISTENS))
}
