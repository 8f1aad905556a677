//! Knot: a real name server, that speaks for the zones it is given and for nothing else.

use crate::ports::free_port;
use crate::run_dir::{Process, RunDir};
use crate::server_failure::{ServerFailure, demand, ran_against};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const SERVER: &str = "knot";
/// Where Debian has it, which may be no folder that an ordinary user's commands are looked up in.
const FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/bin", "/usr/local/sbin"];

/// A running name server.
pub struct Knot {
    process: Process,
    folder: RunDir,
    control: PathBuf,
    address: SocketAddr,
    serial: AtomicU32,
}

impl Knot {
    /// Starts one on a free port, which speaks for these zones, each with a name server `ns` at its top and nothing else; nothing,
    /// after saying so, where this machine does not have it.
    ///
    /// # Panics
    ///
    /// When it can't be started, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start(zones: &[&str]) -> Option<Self> {
        demand(
            free_port()
                .map_err(|error| ServerFailure::broken(SERVER, error))
                .and_then(|port| Self::begin(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), zones)),
        )
    }

    /// The same at an address.
    ///
    /// # Panics
    ///
    /// As [`Knot::start`].
    #[must_use]
    pub fn start_at(address: SocketAddr, zones: &[&str]) -> Option<Self> {
        demand(Self::begin(address, zones))
    }

    /// Where it answers, over UDP and TCP.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets a zone have these records and no others besides its own top: each a line as a zone file has it, names with their
    /// trailing dots. When this returns, they are answered.
    ///
    /// # Panics
    ///
    /// When the server does not take them.
    #[expect(clippy::panic, reason = "a test whose zone could not be changed has nothing to go on with")]
    pub fn set(&self, zone: &str, records: &[String]) {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let reloaded = write_zone(self.folder.path(), zone, serial, records)
            .map_err(|error| error.to_string())
            .and_then(|()| self.reload(zone));
        if let Err(why) = reloaded {
            panic!("{}", self.process.failure(why));
        }
    }

    fn reload(&self, zone: &str) -> Result<(), String> {
        let config = self.folder.path().join("knot.conf");
        let mut command = Command::new(&self.control);
        command.arg("-c").arg(config).args(["-b", "zone-reload", zone]);
        let output = command.output().map_err(|error| error.to_string())?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }

    #[expect(clippy::disallowed_methods, reason = "the test bench writes the files of its servers and waits for them")]
    fn begin(address: SocketAddr, zones: &[&str]) -> Result<Self, ServerFailure> {
        let (server, control) = (program("knotd")?, program("knotc")?);
        let folder = RunDir::new(SERVER)?;
        let broken = |error: &dyn std::fmt::Display| ServerFailure::broken(SERVER, error);
        let mut config = format!(
            "server:\n    rundir: \"{0}\"\n    listen: {1}@{2}\n    udp-workers: 1\n    tcp-workers: 1\n    background-workers: 1\n\
             log:\n  - target: stderr\n    any: info\ndatabase:\n    storage: \"{0}\"\nzone:\n",
            folder.path().display(),
            address.ip(),
            address.port(),
        );
        for zone in zones {
            let file = zone_file(folder.path(), zone);
            // Infallible: a String grows.
            let _ = writeln!(config, "  - domain: {zone}\n    file: \"{}\"\n    semantic-checks: off", file.display());
            write_zone(folder.path(), zone, 1, &[]).map_err(|error| broken(&error))?;
        }
        let path = folder.path().join("knot.conf");
        std::fs::write(&path, config).map_err(|error| broken(&error))?;
        let mut command = Command::new(&server);
        command.arg("-c").arg(&path);
        let process = Process::start_held_logging(SERVER, &command, folder.path().join("log"))?;
        let mut knot = Self { process, folder, control, address, serial: AtomicU32::new(2) };
        let begun = Instant::now();
        while zones.iter().any(|zone| knot.reload(zone).is_err()) {
            knot.process.alive()?;
            if begun.elapsed() > Duration::from_secs(30) {
                return Err(knot.process.failure("it is not ready after 30 s"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        ran_against(SERVER, &version(&server));
        Ok(knot)
    }
}

fn program(name: &str) -> Result<PathBuf, ServerFailure> {
    let found = FOLDERS.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.exists());
    let why = || format!("{name} is not there; `./check` installs Debian's package knot");
    found.ok_or_else(|| ServerFailure::Missing { server: SERVER, why: why() })
}

fn version(server: &Path) -> String {
    let output = Command::new(server).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    text.rsplit(' ').next().unwrap_or_default().to_owned()
}

fn zone_file(folder: &Path, zone: &str) -> PathBuf {
    let name = zone.trim_end_matches('.');
    folder.join(format!("{}.zone", if name.is_empty() { "root" } else { name }))
}

#[expect(clippy::disallowed_methods, reason = "the test bench writes the files of its servers")]
fn write_zone(folder: &Path, zone: &str, serial: u32, records: &[String]) -> std::io::Result<()> {
    let name = format!("{}.", zone.trim_end_matches('.'));
    let below = |label: &str| if name == "." { format!("{label}.") } else { format!("{label}.{name}") };
    let (server, admin) = (below("ns"), below("admin"));
    let mut text = format!(
        "{name} 60 IN SOA {server} {admin} {serial} 60 60 3600 5\n\
         {name} 60 IN NS {server}\n{server} 60 IN A 127.0.0.1\n"
    );
    for record in records {
        text += record;
        text.push('\n');
    }
    // Whole or not at all: the server may read at any moment.
    let (file, new) = (zone_file(folder, zone), folder.join(format!("{serial}.new")));
    std::fs::write(&new, text)?;
    std::fs::rename(new, file)
}
