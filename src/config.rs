//! `caravan.yaml`: what is scanned, how the platform looks, who owns what. Read strictly.

use crate::clouds::Account;
use crate::error::{Failure, FailureKind};
use crate::metrics::MetricsSettings;
use crate::notifications::{self, ReceiverSettings};
use crate::yaml;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::Platform;
use caravan_cutover_domains::settings::MoveSettings;
use caravan_inventory::Ownership;
use caravan_plans::Drivers;
use caravan_plans::domains::DomainPolicy;
use caravan_plans::waves::WavePolicy;
use caravan_providers_network::look::LookSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// The name of the file.
pub(crate) const FILE: &str = "caravan.yaml";

/// The whole file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The version of the format.
    #[expect(dead_code, reason = "it is there to be checked while reading")]
    schema: Schema,
    /// The accounts to scan.
    #[serde(default)]
    pub(crate) accounts: Vec<Account>,
    /// How the platform that workloads move to looks.
    #[serde(default)]
    pub(crate) platform: Platform,
    /// From tag, cluster, account or path to team and environment.
    #[serde(default)]
    pub(crate) ownership: Ownership,
    /// Who may drive cutovers: `one-machine` allows targets without a conditional write (K8).
    #[serde(default)]
    pub(crate) drivers: Drivers,
    /// What people want of the waves that are proposed.
    #[serde(default)]
    pub(crate) waves: WavePolicy,
    /// What the company says of the way that vanity domains go.
    #[serde(default)]
    pub(crate) domains: DomainPolicy,
    /// What is needed to move hostnames.
    #[serde(default)]
    pub(crate) moves: MoveSettings,
    /// Where domains are looked up.
    #[serde(default)]
    pub(crate) lookups: LookupSettings,
    /// Seconds that a driver's lease lasts: how long a dead driver's run waits for the next one.
    #[serde(default = "lease")]
    pub(crate) lease: u32,
    /// How the probes of a cutover ask.
    #[serde(default)]
    pub(crate) probes: ProbeSettings,
    /// Who counts the requests of what is shifted.
    #[serde(default)]
    pub(crate) metrics: MetricsSettings,
    /// Who is told of holds, rollbacks, failures and approvals that wait.
    #[serde(default)]
    pub(crate) notifications: Vec<ReceiverSettings>,
}

const fn lease() -> u32 {
    15
}

/// How the probes of a cutover ask.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProbeSettings {
    /// PEM files of roots that are trusted besides the public ones; relative to the folder of `caravan.yaml`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) ca_files: Vec<Utf8PathBuf>,
}

/// Where domains are looked up: the world's own root and ports, or those of a test bench.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LookupSettings {
    /// The name servers of the root.
    #[schemars(with = "Vec<String>")]
    pub(crate) roots: Vec<IpAddr>,
    /// Where name servers listen.
    pub(crate) dns_port: u16,
    /// Where pages answer over TLS.
    pub(crate) https_port: u16,
    /// Where pages answer without.
    pub(crate) http_port: u16,
}

impl Default for LookupSettings {
    fn default() -> Self {
        let LookSettings { roots, dns_port, https_port, http_port } = LookSettings::default();
        Self { roots, dns_port, https_port, http_port }
    }
}

impl From<LookupSettings> for LookSettings {
    fn from(settings: LookupSettings) -> Self {
        let LookupSettings { roots, dns_port, https_port, http_port } = settings;
        Self { roots, dns_port, https_port, http_port }
    }
}

/// The versions of the format.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
enum Schema {
    #[serde(rename = "caravan.config/v1")]
    V1,
}

impl Config {
    /// Reads `caravan.yaml` in `dir`; where there is none, everything has its default.
    ///
    /// # Errors
    /// A configuration failure that names file, line and what was probably meant.
    pub(crate) fn load(dir: &Utf8Path) -> Result<Self, Failure> {
        let path = Self::path(dir);
        match path.try_exists() {
            Ok(false) => Ok(Self::default()),
            Ok(true) | Err(_) => Self::read(&path),
        }
    }

    /// Where the file lies.
    pub(crate) fn path(dir: &Utf8Path) -> Utf8PathBuf {
        crate::paths::within(dir, FILE)
    }

    fn read(path: &Utf8Path) -> Result<Self, Failure> {
        Self::parse(path, &crate::error::read_text(path, FailureKind::Configuration)?)
    }

    /// Reads the text of a file; `path` is its name in errors.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub(crate) fn parse(path: &Utf8Path, text: &str) -> Result<Self, Failure> {
        let config: Self = yaml::parse(path, text)?;
        config.check(path)?;
        Ok(config)
    }

    /// What the types can't hold.
    fn check(&self, path: &Utf8Path) -> Result<(), Failure> {
        let wrong = |text: String| Failure::new(FailureKind::Configuration, format!("{path}: {text}"));
        let mut seen = BTreeSet::new();
        for (at, account) in self.accounts.iter().enumerate() {
            account.check().map_err(|error| wrong(format!("accounts[{at}].{error}")))?;
            if !seen.insert((account.provider, &account.id)) {
                return Err(wrong(format!("account {} stands there twice", account.id)));
            }
        }
        if !(1..=3600).contains(&self.lease) {
            return Err(wrong(format!("lease: {} s is not between 1 and 3600", self.lease)));
        }
        self.domains.check().map_err(|error| wrong(error.to_string()))?;
        self.waves.check().map_err(|error| wrong(error.to_string()))?;
        self.platform.terraform.check().map_err(wrong)?;
        self.platform.auth.check().map_err(wrong)?;
        self.metrics.check().map_err(wrong)?;
        notifications::check(&self.notifications).map_err(wrong)?;
        self.ownership.check().map_err(|error| wrong(error.to_string()))
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            schema: Schema::V1,
            accounts: Vec::new(),
            platform: Platform::default(),
            ownership: Ownership::default(),
            drivers: Drivers::default(),
            waves: WavePolicy::default(),
            domains: DomainPolicy::default(),
            moves: MoveSettings::default(),
            lookups: LookupSettings::default(),
            lease: lease(),
            probes: ProbeSettings::default(),
            metrics: MetricsSettings::default(),
            notifications: Vec::new(),
        }
    }
}
