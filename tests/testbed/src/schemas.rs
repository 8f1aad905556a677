//! The arguments that resources and data sources of Terraform take, where no registry of packages brings the provider: as packages
//! of other tools have them.

use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use std::collections::BTreeMap;
use std::process::Command;

const SERVER: &str = "schemas of Terraform's providers";

/// By resource and argument: whether it must be there. Data sources begin with `data.`.
pub type Arguments = BTreeMap<String, BTreeMap<String, bool>>;

/// A provider, and which of it the packages have.
const PROVIDERS: &[(&str, &str, &str)] = &[
    ("aws", "hashicorp/aws", "6.69.1, its arguments by cdktn-provider-aws 25.8.1"),
    ("azuread", "hashicorp/azuread", "3.10.0, its arguments by cdktn-provider-azuread 17.1.0"),
    ("datadog", "datadog/datadog", "4.25.0, its arguments by cdktn-provider-datadog 16.1.1"),
    ("github", "integrations/github", "6.13.0, its arguments by cdktn-provider-github 18.0.0"),
    ("keycloak", "keycloak/keycloak", "its arguments by pulumi_keycloak 6.14.1"),
];

/// The arguments of everything that these providers have, of Keycloak of what is written; nothing, after saying so, where this
/// machine does not have the packages.
///
/// # Panics
///
/// When they can't be read, and under `CI=true` also when they are missing.
#[must_use]
pub fn arguments(providers: &[&str]) -> Option<Arguments> {
    demand(read(providers))
}

fn read(providers: &[&str]) -> Result<Arguments, ServerFailure> {
    let folder = place::part(SERVER, "schemas/pulumi_keycloak")?;
    let folder = folder.parent().unwrap_or(&folder);
    let broken = |error: &dyn std::fmt::Display| ServerFailure::broken(SERVER, error);
    let said = Command::new("python3").arg(place::source("schemas/arguments.py")).arg(folder).args(providers).output();
    let said = said.map_err(|error| broken(&error))?;
    if !said.status.success() {
        return Err(broken(&String::from_utf8_lossy(&said.stderr)));
    }
    for (_, name, version) in PROVIDERS.iter().filter(|(short, ..)| providers.contains(short)) {
        ran_against(name, version);
    }
    serde_json::from_slice(&said.stdout).map_err(|error| broken(&error))
}
